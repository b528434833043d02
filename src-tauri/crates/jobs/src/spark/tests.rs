//! Reading, changing and writing lines of `spark-submit`.

use super::*;
use proptest::prelude::*;

#[test]
fn an_option_is_set_and_taken_away_by_its_own_name() {
    for (before, with, without) in [
        ("--class A x.jar 1", "--class B x.jar 1", "x.jar 1"),
        ("--verbose --class=A x.jar", "--verbose --class=B x.jar", "--verbose x.jar"),
        ("--conf a=b x.jar", "--class B --conf a=b x.jar", "--conf a=b x.jar"),
    ] {
        let mut line = SparkLine::parse(before);
        line.set_option("--class", Some("B"));
        assert_eq!(line.to_string(), with);
        assert_eq!((line.option("--class"), line.program()), (Some("B"), Some("x.jar")));
        line.set_option("--class", None);
        assert_eq!(line.to_string(), without);
    }
}

#[test]
fn options_program_and_arguments() {
    let line = SparkLine::parse(
        r#"--deploy-mode cluster --conf spark.a=1 --conf "spark.x.extraJavaOptions=-Da=b -Dc=d" --executor-memory=4g -v --class com.Main s3://b/app.jar --conf not.ours=1 "two words""#,
    );
    assert_eq!(line.program(), Some("s3://b/app.jar"));
    assert_eq!(line.arguments(), ["--conf", "not.ours=1", "two words"]);
    assert_eq!(line.option("--class"), Some("com.Main"));
    assert_eq!(line.get("spark.executor.memory"), Some("4g"));
    assert_eq!(line.get("spark.x.extraJavaOptions"), Some("-Da=b -Dc=d"));
    assert_eq!(line.get("spark.submit.deployMode"), Some("cluster"));
    assert_eq!(line.get("not.ours"), None);
}

#[test]
fn the_last_conf_counts_and_an_option_before_any() {
    let line = SparkLine::parse("--conf spark.executor.memory=1g --conf spark.b=1 --conf spark.b=2");
    assert_eq!((line.get("spark.b"), line.get("spark.executor.memory")), (Some("2"), Some("1g")));
    let line = SparkLine::parse("--executor-memory 3g --conf spark.executor.memory=1g");
    assert_eq!(line.get("spark.executor.memory"), Some("3g"));
    let counts: Vec<bool> = line.settings().iter().map(|(_, counts)| *counts).collect();
    assert_eq!(counts, [true, false]);
}

#[test]
fn a_setting_is_changed_where_it_counts() {
    let cases = [
        ("", "--conf spark.executor.memory=8g"),
        ("--class a.B", "--class a.B --conf spark.executor.memory=8g"),
        ("--executor-memory  4g  --class a.B", "--executor-memory  8g  --class a.B"),
        ("--executor-memory=4g x.py", "--executor-memory=8g x.py"),
        (
            "--conf spark.executor.memory=1g --conf 'spark.executor.memory=2g'",
            "--conf spark.executor.memory=1g --conf 'spark.executor.memory=8g'",
        ),
        ("--conf=spark.executor.memory=1g", "--conf=spark.executor.memory=8g"),
        ("-v x.py --executor-memory 1g", "-v --conf spark.executor.memory=8g x.py --executor-memory 1g"),
    ];
    for (before, after) in cases {
        let mut line = SparkLine::parse(before);
        line.set("spark.executor.memory", "8g");
        assert_eq!(line.to_string(), after);
        line.remove("spark.executor.memory");
        assert_eq!(line.get("spark.executor.memory"), None, "{before}");
    }
}

#[test]
fn arguments_are_changed_behind_the_program() {
    let mut line = SparkLine::parse("--class A 's3://b/x.jar' \"a b\" c d");
    line.set_arguments(&["a b".into(), "it's".into()]);
    assert_eq!(line.to_string(), r#"--class A 's3://b/x.jar' "a b" 'it'\''s'"#);
    line.set_arguments(&["1".into(), "2".into(), "3".into()]);
    assert_eq!(line.arguments(), ["1", "2", "3"]);
    line.set_program("s3://b/y.jar");
    assert_eq!(line.program(), Some("s3://b/y.jar"));
}

#[test]
fn a_line_that_breaks_off_is_read_as_far_as_it_goes() {
    for text in ["--conf", "--conf spark.a", "--executor-memory", "-", "--", "--=", "--conf =x"] {
        let mut line = SparkLine::parse(text);
        assert_eq!(line.to_string(), text);
        line.settings();
        line.remove("spark.a");
    }
    // A new setting behind an option that has lost its value would become that value.
    let mut line = SparkLine::parse("--conf");
    line.set("spark.a", "1");
    assert_eq!((line.to_string().as_str(), line.get("spark.a")), ("--conf spark.a=1 --conf", Some("1")));
}

proptest! {
    #[test]
    fn every_line_prints_as_it_was(text in any::<String>()) {
        prop_assert_eq!(SparkLine::parse(&text).to_string(), text);
    }

    #[test]
    fn every_set_is_read_back(
        before in proptest::collection::vec(("spark\\.[a-e]", "[ -~]{0,8}"), 0..5),
        memory in proptest::option::of("[1-9]g"),
        key in "spark\\.[a-e]|spark\\.executor\\.memory",
        value in any::<String>(),
        program in proptest::option::of("[a-z]{1,5}\\.py"),
    ) {
        let mut list = Vec::new();
        for (key, value) in &before {
            list.extend(["--conf".to_owned(), format!("{key}={value}")]);
        }
        list.extend(memory.iter().flat_map(|memory| ["--executor-memory".to_owned(), memory.clone()]));
        list.extend(program.iter().cloned());
        let mut line = SparkLine::parse(&Words::list(&list).to_string());
        line.set(&key, &value);
        let again = SparkLine::parse(&line.to_string());
        prop_assert_eq!(again.get(&key), Some(value.as_str()));
        prop_assert_eq!(again.program(), program.as_deref());
        for (other, _) in before.iter().filter(|(other, _)| *other != key) {
            let last = before.iter().rev().find(|(name, _)| name == other).map(|(_, value)| value.as_str());
            prop_assert_eq!(again.get(other), last);
        }
        line.remove(&key);
        let without = SparkLine::parse(&line.to_string());
        prop_assert_eq!(without.get(&key), None);
    }
}
