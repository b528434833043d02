use super::*;
use proptest::prelude::*;

fn reader() -> Reader {
    Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap()))
}

fn told(line: &str) -> Option<(Option<String>, Option<Level>)> {
    let head = reader().head(line.as_bytes())?;
    assert!(head.rest <= line.len(), "{line}");
    Some((head.time.and_then(Time::timestamp).map(|at| at.to_string()), head.level))
}

#[test]
fn layouts_of_every_engine() {
    use Level::{Debug, Error, Fatal, Info, Trace, Warn};
    let noon = Some("2024-05-01T12:00:00Z");
    let later = Some("2024-05-01T12:00:00.123Z");
    for (line, time, level) in [
        ("24/05/01 12:00:00 INFO SparkContext: Running Spark version 3.5.1", noon, Some(Info)),
        ("24/05/01 12:00:00 WARN  TaskSetManager: Lost task", noon, Some(Warn)),
        ("24/05/01 12:00:00 \u{1b}[1;31mERROR\u{1b}[0m TaskSetManager: Lost task", noon, Some(Error)),
        ("2024-05-01 12:00:00,123 INFO org.apache.hadoop.yarn.client.RMProxy (main): Connecting", later, Some(Info)),
        (
            "2024-05-01 12:00:00,123 FATAL [main] org.apache.hadoop.mapred.YarnChild: Error running child",
            later,
            Some(Fatal),
        ),
        ("2024-05-01T12:00:00.123Z INFO Ensure step 1 jar file command-runner.jar", later, Some(Info)),
        ("2024-05-01 12:00:00,123 - my.module - ERROR - it broke", later, Some(Error)),
        ("[2024-05-01 12:00:00,123] {taskinstance.py:1} DEBUG - x", later, Some(Debug)),
        ("2024-05-01 12:00:00,123 sagemaker-training-toolkit INFO     Imported framework", later, Some(Info)),
        ("[INFO]\t2024-05-01T12:00:00.123Z\t8f5-id\tmessage", later, Some(Info)),
        ("2024-05-01T12:00:00.123Z\t8f5a-1\tERROR\tInvoke Error", later, Some(Error)),
        ("START RequestId: 8f5 Version: $LATEST", None, Some(Info)),
        ("REPORT RequestId: 8f5\tDuration: 3 ms", None, Some(Info)),
        ("[ERROR] KeyError: 'x'", None, Some(Error)),
        ("ERROR:root:it broke", None, Some(Error)),
        ("WARNING: An illegal reflective access operation", None, Some(Warn)),
        ("INFO 2024-05-01 12:00:00,123 x", later, Some(Info)),
        ("log4j:WARN No appenders could be found", None, Some(Warn)),
        ("SLF4J: Class path contains multiple bindings.", None, Some(Info)),
        ("May 01, 2024 12:00:00 PM org.apache.parquet.Log info", noon, None),
        ("[2024-05-01T12:00:00.123+0000][0.123s][info][gc] GC(0) Pause", later, Some(Info)),
        ("[0.123s][warning][gc] x", None, Some(Warn)),
        ("2024-05-01T12:00:00.123+0000: 0.123: [GC (Allocation Failure) ", later, None),
        ("{\"level\":\"warn\",\"ts\":1714564800.123,\"msg\":\"x\"}", later, Some(Warn)),
        (
            "{\"a\":{\"level\":\"x\\\"}\"},\"@timestamp\":\"2024-05-01T12:00:00.123Z\", \"severity\": \"ERROR\"}",
            later,
            Some(Error),
        ),
        ("{\"time\":1714564800123,\"level\":30}", later, Some(Warn)),
        ("{\"timestamp\":1.7145648E9,\"level\":\"trace\"}", noon, Some(Trace)),
        ("{\"nothing\":1}", None, None),
        ("2024-05-01T12:00:00 [TASK_MANAGER    ]E:  Task 'K7' encountered a fatal error", noon, Some(Error)),
        ("2024-05-01T12:00:00 [SORTER          ]W:  Reading is paused. ERROR: none", noon, Some(Warn)),
        ("2024-05-01T12:00:00 [SOURCE_CAPTURE  ]I:  Log level ERROR is set", noon, Some(Info)),
        ("2024-05-01T12:00:00 [main]E: no component of DMS", noon, None),
        ("time=\"2024-05-01T12:00:00Z\" level=error msg=x", noon, Some(Error)),
        ("level=info ts=2024-05-01T12:00:00.123Z caller=main.go", later, Some(Info)),
        ("E0501 12:00:00.123000    1 file.go:12] x", later, Some(Error)),
        ("May  1 12:00:00 ip-10-0-0-1 kernel: Out of memory", noon, None),
        ("10.0.0.1 - - [01/May/2024:12:00:00 +0000] \"GET / HTTP/1.1\" 200", noon, None),
        ("\u{1b}[32m2024-05-01 12:00:00,123\u{1b}[0m \u{1b}[1mERROR\u{1b}[0m x", later, Some(Error)),
    ] {
        assert_eq!(told(line), Some((time.map(str::to_owned), level)), "{line}");
    }
}

#[test]
fn lines_that_belong_to_the_one_before() {
    for line in [
        "",
        "\tat org.apache.spark.Foo(Foo.scala:1)",
        "Caused by: java.io.IOException: x",
        "    raise ValueError(x)",
        "Traceback (most recent call last):",
        "ValueError: bad",
        "ErrorCode: 3",
        "Information about it",
        "INFOX y",
        "{",
        "  \"time\": 1,",
        "== Physical Plan ==",
        "| id|name|",
        "12 monkeys",
        "3.5.1",
        "[x] y",
        "Warn me",
        "I am here",
        "May you live",
        "ERROR_CODE=3",
        "E0x",
        "java.lang.RuntimeException: x",
    ] {
        assert_eq!(told(line), None, "{line}");
    }
}

#[test]
fn a_level_must_be_set_off() {
    for line in ["24/05/01 12:00:00 the ERROR_LOG is", "24/05/01 12:00:00 Error while", "24/05/01 12:00:00 x=ERROR-1"] {
        assert_eq!(told(line).unwrap().1, None, "{line}");
    }
}

/// Lines as they follow each other: the same second again, and what looks like it and is another.
fn following() -> impl Strategy<Value = Vec<String>> {
    let time = proptest::sample::select(vec![
        "24/05/01 12:00:00",
        "24/05/01 12:00:01",
        "2024-05-01 12:00:00",
        "2024-05-01T12:00:00.123",
        "2024-05-01 12:00:00,123",
        "01/May/2024:12:00:00",
        "1714564800",
        "May 01, 2024 12:00:00",
        "24/05/01 12:00:0",
    ]);
    let behind = proptest::sample::select(vec![
        " INFO x",
        " INFO",
        " UTC INFO x",
        " GMT x",
        " Unknown",
        "Z INFO x",
        " +0200 WARN x",
        "+02 x",
        " PM",
        "5 x",
        ".5 x",
        "",
        " ",
        " ERROR: x",
        "\tDEBUG x",
        " info x",
        " WARNING x",
    ]);
    proptest::collection::vec((time, behind).prop_map(|(time, behind)| format!("{time}{behind}")), 1..12)
}

proptest! {
    #[test]
    fn a_line_is_read_alike_whatever_was_read_before(lines in following()) {
        let mut one = reader();
        for line in &lines {
            prop_assert_eq!(one.head(line.as_bytes()), reader().head(line.as_bytes()), "{}", line);
        }
    }

    #[test]
    fn the_usual_place_of_a_level_is_no_rule_of_its_own(text in " (INFO|WARN|ERROR|DEBUG|info|INFOS)[ :x]{0,2}.{0,20}") {
        if let Some(level) = words::first(text.as_bytes()) {
            prop_assert_eq!(words::level(text.as_bytes()), Some(level));
        }
    }

    #[test]
    fn whatever_comes(line in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\":,\\ 0123INFOERR/-T.".to_vec())], 0..300)) {
        if let Some(head) = reader().head(&line) {
            prop_assert!(head.rest <= line.len());
        }
        let _ = json::depth(&line, 3);
    }
}
