use super::*;
use proptest::prelude::*;

const ARN: &str = "arn:aws:states:eu-central-1:123456789012:express:ingest:run-1:0a1b2c3d-0000-4000-8000-000000000001";

fn logged(id: u32, kind: &str, details: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"{kind}","details":{details},"previous_event_id":"{}","event_timestamp":"170000000{id}000","execution_arn":"{ARN}","redrive_count":"0"}}"#,
        id - 1
    )
}

#[test]
fn events_are_read_sorted_and_taken_once() {
    let lines = [
        logged(
            3,
            "TaskScheduled",
            r#"{"parameters":"{\"a\":1}","region":"eu-central-1","resource":"invoke","resourceType":"lambda","timeoutInSeconds":"60","heartbeatInSeconds":5}"#,
        ),
        logged(1, "ExecutionStarted", r#"{"input":"{}","inputDetails":{"truncated":false},"roleArn":"arn:role"}"#),
        "START RequestId: 1".to_owned(),
        logged(2, "PassStateEntered", r#"{"input":"{\"x\":","inputDetails":{"truncated":true},"name":"Hello"}"#),
        logged(2, "PassStateEntered", r#"{"name":"Hello"}"#),
        format!("2023-11-14T22:13:24Z {}", logged(4, "TaskFailed", r#"{"error":"E","cause":"c","resource":"invoke"}"#)),
        logged(5, "MapIterationStarted", r#"{"name":"Each","index":7}"#),
        logged(6, "MapStateStarted", r#"{"length":"12"}"#),
        logged(7, "ExecutionSucceeded", r#"{"output":{"a":1},"outputDetails":{"truncated":false}}"#),
    ];
    let all = events_from_logs(lines.iter().map(String::as_str));
    assert_eq!(all.keys().collect::<Vec<_>>(), [ARN]);
    let events = all.get(ARN).unwrap();
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(events[0].detail.role.as_deref(), Some("arn:role"));
    assert_eq!(events[1].at, Timestamp::from_millisecond(1_700_000_002_000).unwrap());
    assert_eq!((events[1].previous, events[1].kind.as_str()), (1, "PassStateEntered"));
    assert_eq!((events[1].detail.name.as_deref(), events[1].detail.truncated), (Some("Hello"), true));
    let task = &events[2].detail;
    assert_eq!((task.resource_type.as_deref(), task.resource.as_deref()), (Some("lambda"), Some("invoke")));
    assert_eq!((task.timeout_seconds, task.heartbeat_seconds), (Some(60), Some(5)));
    assert_eq!(task.parameters.as_deref(), Some(r#"{"a":1}"#));
    assert_eq!((events[3].detail.error.as_deref(), events[3].detail.cause.as_deref()), (Some("E"), Some("c")));
    assert_eq!((events[4].detail.index, events[5].detail.length), (Some(7), Some(12)));
    assert_eq!(events[6].detail.output.as_deref(), Some(r#"{"a":1}"#));
}

#[test]
fn what_is_no_event_is_skipped() {
    let lines = [
        "",
        "{",
        "[]",
        "null",
        r#"{"id":"1"}"#,
        r#"{"id":"0","type":"X","event_timestamp":"1","execution_arn":"a"}"#,
        r#"{"id":"1","type":"X","event_timestamp":"99999999999999999","execution_arn":"a"}"#,
        r#"{"id":"1","type":"","event_timestamp":"1","execution_arn":"a"}"#,
        r#"{"id":"x","type":"X","event_timestamp":"1","execution_arn":"a"}"#,
    ];
    assert!(events_from_logs(lines.into_iter()).is_empty());
    // Without details it is one: `LambdaFunctionStarted` has none.
    let bare = r#"{"id":4,"type":"LambdaFunctionStarted","event_timestamp":1700000000000,"execution_arn":"a"}"#;
    assert_eq!(events_from_logs([bare].into_iter()).get("a").map(Vec::len), Some(1));
}

fn machine(level: Option<&str>, data: bool, group: Option<&str>) -> MachineFact {
    MachineFact {
        arn: "arn:aws:states:eu-central-1:123456789012:stateMachine:ingest".to_owned(),
        name: "ingest".to_owned(),
        kind: MachineKind::Express,
        status: Some("ACTIVE".to_owned()),
        definition: "{}".to_owned(),
        role: "arn:role".to_owned(),
        revision: None,
        updated: None,
        log_group: group.map(str::to_owned),
        log_level: level.map(str::to_owned),
        logs_data: data,
        description: None,
    }
}

#[test]
fn why_executions_cannot_be_seen() {
    let group = Some("arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/ingest");
    assert_eq!(why_not(&machine(Some("ALL"), true, group)), None);
    assert_eq!(log_command(&machine(Some("ALL"), true, group), None, None), None);
    for (level, data, group, words) in [
        (Some("OFF"), true, group, "logs nothing"),
        (None, false, None, "logs nothing"),
        (Some("ALL"), true, None, "logs nothing"),
        (Some("ALL"), false, group, "without execution data"),
        (Some("ERROR"), true, group, "errors alone"),
        (Some("FATAL"), false, group, "are left out of the log as well"),
        (Some("DEBUG"), true, group, "level DEBUG"),
    ] {
        let why = why_not(&machine(level, data, group)).unwrap();
        assert!(why.contains(words), "{level:?}: {why}");
    }
    let standard = MachineFact { kind: MachineKind::Standard, ..machine(None, false, None) };
    assert_eq!((why_not(&standard), log_command(&standard, None, None)), (None, None));
}

#[test]
fn the_command_switches_everything_on() {
    assert_eq!(
        log_command(&machine(Some("OFF"), false, None), Some("prod"), Some("eu-central-1")).unwrap(),
        "aws stepfunctions update-state-machine --state-machine-arn arn:aws:states:eu-central-1:123456789012:stateMachine:ingest \
         --logging-configuration '{\"level\":\"ALL\",\"includeExecutionData\":true,\"destinations\":[{\"cloudWatchLogsLogGroup\":\
         {\"logGroupArn\":\"arn:aws:logs:eu-central-1:123456789012:log-group:/aws/vendedlogs/states/ingest-Logs:*\"}}]}' \
         --profile prod --region eu-central-1"
    );
    let known =
        log_command(&machine(Some("ERROR"), true, Some("arn:aws:logs:r:1:log-group:own:*")), None, None).unwrap();
    assert!(known.contains("log-group:own:*\"") && !known.contains(":*:*"), "{known}");
}

proptest! {
    #[test]
    fn any_line_may_come(line in "(?s).{0,80}|\\{[\"a-z_:0-9,{}]{0,60}\\}") {
        let all = events_from_logs([line.as_str()].into_iter());
        prop_assert!(all.values().all(|events| !events.is_empty()));
    }
}
