use super::super::*;
use super::{ARN, t};
use proptest::prelude::*;

#[test]
fn commands_name_what_they_act_on() {
    assert_eq!(
        redrive_command(ARN, Some("prod"), Some("eu-central-1")),
        format!("aws stepfunctions redrive-execution --execution-arn {ARN} --profile prod --region eu-central-1")
    );
    assert_eq!(
        redrive_command(ARN, None, Some("")),
        format!("aws stepfunctions redrive-execution --execution-arn {ARN}")
    );
    assert_eq!(
        stop_command(ARN, "", "it's wrong", Some("my team"), None),
        format!(r"aws stepfunctions stop-execution --execution-arn {ARN} --cause 'it'\''s wrong' --profile 'my team'")
    );
    let start = start_command("arn:m", "n-1", r#"{"a": "$(x)"}"#, None, Some("eu-central-1"));
    assert_eq!(
        start.line,
        r#"aws stepfunctions start-execution --state-machine-arn arn:m --name n-1 --input '{"a": "$(x)"}' --region eu-central-1"#
    );
    assert_eq!(start.note, None);
}

#[test]
fn a_long_input_goes_through_a_file() {
    let start = start_command("arn:m", "../.n 1", &format!("\"{}\"", "x".repeat(2_000)), None, None);
    assert!(start.line.ends_with("--name '../.n 1' --input file://n-1.json"), "{}", start.line);
    assert_eq!(start.note.as_deref(), Some("Save the input (2,002 bytes) as n-1.json in the current folder first."));
    assert!(start_command("arn:m", "n", "{\n}", None, None).note.is_some());
}

#[test]
fn a_text_is_never_read_as_a_file_or_an_option() {
    let line = stop_command(ARN, "--query", "file:///etc/passwd", None, None);
    assert!(line.ends_with("--error=--query --cause ' file:///etc/passwd'"), "{line}");
    assert!(stop_command(ARN, &"e".repeat(300), "", None, None).ends_with(&format!(" --error {}", "e".repeat(256))));
}

#[test]
fn names_are_those_that_the_api_takes() {
    assert_eq!(check_name("nightly-2026_11.21"), Ok(()));
    assert_eq!(check_name(&"x".repeat(80)), Ok(()));
    assert_eq!(check_name("größe"), Ok(()));
    for (name, reason) in [
        ("", "empty"),
        ("a b", "white space"),
        ("a\u{a0}b", "white space"),
        ("a\u{7}b", "control"),
        ("a:b", "`:`"),
        ("a/b", "`/`"),
    ] {
        assert!(check_name(name).unwrap_err().contains(reason), "{name}");
    }
    for c in "<>{}[]?*\"#%\\^|~`$&,;:/".chars() {
        assert!(check_name(&format!("a{c}b")).is_err(), "{c}");
    }
    assert!(check_name(&"x".repeat(81)).unwrap_err().contains("81 characters"));
}

#[test]
fn a_rerun_is_named_after_its_first_run() {
    let now = t("2026-11-21T08:14:59Z");
    let free = |_: &str| false;
    assert_eq!(propose_name("nightly", now, &free), "nightly-rerun-20261121T0814");
    assert_eq!(propose_name("nightly-rerun-20261120T0900", now, &free), "nightly-rerun-20261121T0814");
    assert_eq!(propose_name("nightly-rerun-20261120T0900-2", now, &free), "nightly-rerun-20261121T0814");
    assert_eq!(propose_name("a-rerun-b", now, &free), "a-rerun-b-rerun-20261121T0814");
    assert_eq!(propose_name("", now, &free), "execution-rerun-20261121T0814");
    let taken = |name: &str| ["nightly-rerun-20261121T0814", "nightly-rerun-20261121T0814-2"].contains(&name);
    assert_eq!(propose_name("nightly", now, &taken), "nightly-rerun-20261121T0814-3");
    let long = propose_name(&"y".repeat(80), now, &free);
    assert_eq!((long.len(), long.ends_with("yy-rerun-20261121T0814")), (80, true));
    assert!(check_name(&propose_name("nightly", now, &|_| true)).is_ok());
}

proptest! {
    #[test]
    fn proposed_names_can_be_used(original in "(?s).{0,100}|[a-z-]{0,90}", seconds in 0..4_000_000_000_i64, taken in 0..5_usize) {
        let count = std::cell::Cell::new(0);
        let busy = |_: &str| {
            count.set(count.get() + 1);
            count.get() <= taken
        };
        let now = Timestamp::from_second(seconds).unwrap();
        let name = propose_name(&original, now, &busy);
        prop_assert_eq!(check_name(&name), Ok(()));
        prop_assert_eq!(count.get(), taken + 1);
    }
}
