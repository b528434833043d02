use super::super::{shell::quote, *};
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

/// Reads back what `quote` writes, by the shell's rules.
fn unquote(text: &str) -> Option<String> {
    if let Some(inner) = text.strip_prefix("$'").and_then(|rest| rest.strip_suffix('\'')) {
        let (mut bytes, mut rest) = (Vec::new(), inner.bytes());
        while let Some(byte) = rest.next() {
            match byte {
                b'\'' => return None,
                b'\\' => bytes.push(match rest.next()? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    same @ (b'\'' | b'\\') => same,
                    first => [first, rest.next()?, rest.next()?]
                        .iter()
                        .fold(0, |sum: u8, d| sum.wrapping_mul(8) + (d - b'0')),
                }),
                byte => bytes.push(byte),
            }
        }
        return String::from_utf8(bytes).ok();
    }
    if text.starts_with('\'') {
        return text.strip_prefix('\'')?.strip_suffix('\'').map(|inner| inner.replace(r"'\''", "'"));
    }
    Some(text.to_owned())
}

#[test]
fn a_real_shell_reads_what_was_written() {
    for text in
        ["", "a b", "it's", "$(rm -rf ~)", "`id`", "a\nb'c\\d", "\u{1b}[31m", "ü!", "=ls", "~", "*", "a\u{202e}b"]
    {
        // Every shell of the tests knows `$'…'` but dash, so bash is named.
        let line = format!("printf %s {}", quote(text));
        let Ok(out) = std::process::Command::new("bash").args(["-c", &line]).output() else { return };
        assert_eq!(String::from_utf8(out.stdout).unwrap(), text, "{line}");
    }
}

proptest! {
    #[test]
    fn a_shell_reads_back_the_same(text in "[ -~]{0,20}|\\PC{0,20}|(?s).{0,20}") {
        prop_assume!(!text.contains('\0'));
        let quoted = quote(&text);
        prop_assert!(!quoted.contains('\n'));
        prop_assert_eq!(unquote(&quoted), Some(text));
    }

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
