//! Requests of every engine as tables.

use super::*;
use crate::sample;
use contract::jobs::{Direction, facts::Configuration};
use proptest::prelude::*;

fn counting(told: &Parameters) -> Vec<(&str, &str, &str)> {
    let rows = told.settings.iter().filter(|row| row.effective);
    rows.map(|row| (row.key.as_str(), row.value.as_str(), row.from.as_str())).collect()
}

fn read(told: &Parameters) -> Vec<(&str, Direction)> {
    told.paths.iter().map(|path| (path.uri.as_str(), path.direction)).collect()
}

fn objects(told: &Parameters) -> Vec<(&str, &str)> {
    told.code.iter().map(|object| (object.uri.as_str(), object.role.as_str())).collect()
}

#[test]
fn a_step() {
    let told = parameters(&sample::step().request);
    assert_eq!(told.entry_point.as_deref(), Some("s3://code/etl.py"));
    assert_eq!(
        counting(&told),
        [
            ("spark.submit.deployMode", "cluster", "--deploy-mode"),
            ("spark.executor.memory", "4g", "--executor-memory"),
            ("spark.sql.shuffle.partitions", "200", "--conf"),
        ]
    );
    assert_eq!(read(&told), [("s3://lake/in/", Direction::Input), ("s3://lake/out/", Direction::Output)]);
    assert_eq!(objects(&told), [("s3://code/etl.py", "script")]);
    let script = Driver::Jar {
        jar: "s3://eu-west-1.elasticmapreduce/libs/script-runner/script-runner.jar".into(),
        main_class: None,
        arguments: vec!["s3://code/run.sh".into(), "x".into()],
        properties: vec![("mapred.reduce.tasks".into(), "3".into())],
        on_failure: None,
    };
    let told = parameters(&Request { driver: script, ..sample::step().request });
    assert_eq!((told.entry_point.as_deref(), told.arguments.len()), (Some("s3://code/run.sh"), 1));
    assert_eq!(told.other[0].from, "step property");
}

#[test]
fn job_runs_of_spark() {
    let mut request = sample::serverless().request;
    request.configurations.push(Configuration {
        classification: "spark-defaults".into(),
        properties: vec![("spark.executor.memory".into(), "2g".into()), ("spark.jdbc.password".into(), "x".into())],
    });
    let told = parameters(&request);
    assert_eq!(
        counting(&told),
        [
            ("spark.executor.memory", "4g", "--conf"),
            ("spark.x.extraJavaOptions", "-Da=1 -Db=2", "--conf"),
            ("spark.jdbc.password", "x", "spark-defaults"),
        ]
    );
    assert!(told.settings.last().unwrap().secret);
    assert_eq!(
        read(&told),
        [("s3://lake/in/daily_sales.csv", Direction::Unknown), ("s3://lake/out/", Direction::Unknown)]
    );
}

#[test]
fn a_job_run_of_glue() {
    let told = parameters(&sample::glue().request);
    assert_eq!(told.arguments, ["--source_path", "s3://lake/in/", "--date", "2026-11-21"]);
    assert_eq!(
        counting(&told),
        [("spark.executor.memory", "5g", "--conf"), ("spark.sql.shuffle.partitions", "100", "--conf")]
    );
    assert_eq!(
        objects(&told),
        [("s3://code/clean.py", "script"), ("s3://code/a.zip", "py-files"), ("s3://code/b.zip", "py-files")]
    );
    assert_eq!(read(&told), [("s3://lake/in/", Direction::Input)]);
    assert!(told.other.iter().any(|row| row.key == "worker type" && row.value == "G.1X"));
}

#[test]
fn a_training_job_and_a_function() {
    let told = parameters(&sample::training().request);
    assert_eq!(told.entry_point.as_deref(), Some("train.py"));
    assert_eq!(read(&told), [("s3://lake/train/", Direction::Input), ("s3://models/", Direction::Output)]);
    assert_eq!(objects(&told).first(), Some(&("s3://code/source.tar.gz", "archive")));
    let told = parameters(&sample::lambda().request);
    assert_eq!(read(&told), [("s3://lake/in/x.csv", Direction::Input)]);
}

#[test]
fn names_say_what_is_read_and_what_is_written() {
    let cases = [
        ("--input=s3://b/k", Direction::Input, Some("--input")),
        ("sourceUri=s3n://b/k", Direction::Input, Some("sourceUri")),
        (r#"{"output_dir": "s3a://b/k"}"#, Direction::Output, Some("output_dir")),
        ("s3://b/k", Direction::Unknown, None),
        ("main=s3://b/k", Direction::Unknown, Some("main")),
    ];
    for (value, direction, argument) in cases {
        let found = paths(std::iter::once(Named { name: None, value }));
        assert_eq!(found.len(), 1, "{value}");
        assert_eq!(
            (found[0].uri.as_str(), found[0].direction, found[0].argument.as_deref()),
            ("s3://b/k", direction, argument),
            "{value}"
        );
    }
    let two = paths(std::iter::once(Named { name: None, value: "in=s3://b/1,s3://b/2" }));
    assert_eq!(two.iter().map(|path| path.direction).collect::<Vec<_>>(), [Direction::Input; 2]);
    assert!(uris("https://x/s3 xs3://b/k s3://").is_empty());
}

#[test]
fn a_pattern_is_part_of_its_path() {
    let found = |text: &str| uris(text).into_iter().map(|(_, uri)| uri).collect::<Vec<_>>();
    for whole in [
        "s3://b/raw/sales/*/part-*.csv",
        "s3://b/raw/{a,b}/x",
        "s3://b/raw/{a,{b,c}/d}/x",
        "s3://b/raw/day-[0-9][^a]?.csv",
        "s3://b/raw/\\*/x",
    ] {
        assert_eq!(found(whole), [whole]);
        assert_eq!(found(&format!("in={whole},s3://b/2 [{whole}]")), [whole, "s3://b/2", whole]);
        assert_eq!(found(&format!(r#"{{"in": "{whole}"}}"#)), [whole]);
    }
    for (text, uri) in [
        ("[s3://b/k]", "s3://b/k"),
        ("{s3://b/k}", "s3://b/k"),
        ("s3://b/k/{day}/x", "s3://b/k/"),
        ("s3://b/k/${a,b}/x", "s3://b/k/$"),
        ("s3://b/k{a, b}", "s3://b/k"),
        ("s3://b/k\\n", "s3://b/k"),
    ] {
        assert_eq!(found(text), [uri], "{text}");
    }
}

proptest! {
    #[test]
    fn no_argument_is_too_strange(words in proptest::collection::vec(any::<String>(), 0..6), text in any::<String>()) {
        let spaced = format!("x s3://{text} y=s3a://{text}");
        uris(&text);
        paths(std::iter::once(Named { name: Some(&text), value: &spaced }));
        let driver = Driver::Jar { jar: text.clone(), main_class: None, arguments: words.clone(), properties: Vec::new(), on_failure: None };
        parameters(&Request { driver, ..sample::step().request });
        let driver = Driver::Hive { query: text.clone(), init: None, parameters: Some(text.clone()) };
        parameters(&Request { driver, ..sample::step().request });
        let driver = Driver::SparkSubmit { entry_point: text.clone(), arguments: words, parameters: Some(text) };
        parameters(&Request { driver, ..sample::step().request });
    }
}
