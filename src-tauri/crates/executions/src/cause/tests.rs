//! Causes as they are recorded or as the APIs shape them, whole and cut.

use super::*;
use proptest::prelude::*;

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn spark() -> String {
    r#"{"ApplicationId":"00fapp","JobRunId":"00f4k2","State":"FAILED","StateDetails":"Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: Caused by: java.lang.IllegalStateException: no column 'rows'..."}"#.to_owned()
}

/// Three executions in each other, the innermost failed by its job.
fn nested() -> String {
    let mut cause = spark();
    for name in ["inner", "middle", "outer"] {
        cause = format!(
            r#"{{"Cause":{},"Error":"States.TaskFailed","ExecutionArn":"arn:aws:states:eu-west-1:1:execution:nightly:{name}","Name":"{name}","Status":"FAILED","StartDate":1790000000000}}"#,
            json(&cause)
        );
    }
    cause
}

#[test]
fn three_executions_deep_to_the_job() {
    let levels = unfold(Some("states"), Some("States.TaskFailed"), Some(&nested()));
    let sources: Vec<&str> = levels.iter().map(|level| level.source.as_str()).collect();
    assert_eq!(sources, ["execution outer", "execution middle", "execution inner", "EMR Serverless job run 00f4k2"]);
    assert_eq!(levels[2].execution.as_deref(), Some("arn:aws:states:eu-west-1:1:execution:nightly:inner"));
    let job = levels.last().unwrap();
    assert_eq!(job.text, "java.lang.IllegalStateException: no column 'rows'");
    assert!(job.fields.contains(&("ExitCode".into(), "1".into())));
    assert_eq!(one_line(&levels), "java.lang.IllegalStateException: no column 'rows'");
}

#[test]
fn a_message_that_ends_in_a_full_stop_is_not_a_full_stop() {
    let cause = r#"{"ApplicationId":"00fapp","JobRunId":"00f4k2","State":"FAILED","StateDetails":"Job failed. ExitCode: 1. Last few exceptions: Caused by: DeltaUnsupportedOperationException: rows matched in possibly conflicting ways...."}"#;
    let job = last("emr-serverless", "States.TaskFailed", cause);
    assert_eq!(job.text, "DeltaUnsupportedOperationException: rows matched in possibly conflicting ways");
}

#[test]
fn a_child_that_failed_by_itself_is_one_level() {
    let cause = r#"{"Cause":"This state machines raises a 'SomeFailure' failure.","Error":"SomeFailure","ExecutionArn":"arn:aws:states:us-east-1:1:execution:SM:TestStartTarget","Input":"{}","Name":"TestStartTarget","Status":"FAILED"}"#;
    let levels = unfold(Some("states"), Some("States.TaskFailed"), Some(cause));
    assert_eq!(levels.len(), 1);
    assert_eq!(
        (levels[0].source.as_str(), levels[0].error.as_deref()),
        ("execution TestStartTarget", Some("SomeFailure"))
    );
    assert_eq!(one_line(&levels), "This state machines raises a 'SomeFailure' failure.");
}

fn last(resource: &str, error: &str, cause: &str) -> CauseLevel {
    unfold(Some(resource), Some(error), Some(cause)).pop().unwrap()
}

#[test]
fn lambda_in_python_java_and_plain_text() {
    let python = r#"{"errorMessage":"bad row","errorType":"BadRecordException","requestId":"8b1f","stackTrace":["  File \"/var/task/app.py\", line 7, in handler\n    check(row)\n"]}"#;
    let level = last("lambda", "BadRecordException", python);
    assert_eq!((level.source.as_str(), level.text.as_str()), ("Lambda function", "bad row"));
    assert_eq!(level.fields, [("requestId".to_owned(), "8b1f".to_owned())]);
    assert_eq!(level.lines.len(), 2);
    assert_eq!(one_line(std::slice::from_ref(&level)), "BadRecordException: bad row");

    let java = r#"{"errorMessage":"wrapped","errorType":"java.lang.RuntimeException","stackTrace":["a.B.c(B.java:1)"],"cause":{"errorMessage":"connection refused","errorType":"java.net.ConnectException","stackTrace":["x.Y.z(Y.java:2)"]}}"#;
    let level = last("lambda", "java.lang.RuntimeException", java);
    assert!(level.lines.contains(&"Caused by: java.net.ConnectException: connection refused".to_owned()));

    let old =
        r#"{"errorMessage":"x","errorType":"KeyError","stackTrace":[["/var/task/a.py",3,"handler","event['x']"]]}"#;
    assert_eq!(last("lambda", "KeyError", old).lines, ["/var/task/a.py 3 handler event['x']"]);

    let text = "2026-11-20T02:00:00.000Z 8b1f Task timed out after 3.00 seconds";
    let level = last("lambda", "Sandbox.Timedout", text);
    assert_eq!((level.source.as_str(), level.text.as_str()), ("Lambda", text));

    let passed = format!(r#"{{"errorMessage":{},"errorType":"Exception"}}"#, json(&spark()));
    assert_eq!(last("lambda", "Exception", &passed).source, "EMR Serverless job run 00f4k2");
}

#[test]
fn emr_steps_and_clusters() {
    let step = r#"{"Step":{"Id":"s-3QM0","Name":"load","Status":{"State":"FAILED","FailureDetails":{"LogFile":"s3n://b/logs/j-1/steps/s-3QM0/stderr.gz","Message":"org.apache.hadoop.mapred.FileAlreadyExistsException: Output directory s3://x already exists","Reason":"Output directory already exists."}}}}"#;
    let level = last("elasticmapreduce", "States.TaskFailed", step);
    assert_eq!(level.source, "EMR step s-3QM0");
    assert!(level.text.starts_with("org.apache.hadoop.mapred.FileAlreadyExistsException"));
    assert!(level.fields.contains(&("LogFile".into(), "s3://b/logs/j-1/steps/s-3QM0/stderr.gz".into())));
    assert!(level.fields.contains(&("Reason".into(), "Output directory already exists.".into())));

    let bare = r#"{"Id":"s-1","Status":{"State":"FAILED","FailureDetails":{"Reason":"Unknown Error."}}}"#;
    assert_eq!(last("elasticmapreduce", "States.TaskFailed", bare).text, "Unknown Error.");

    let cluster = r#"{"Cluster":{"Id":"j-2","Status":{"State":"TERMINATED_WITH_ERRORS","StateChangeReason":{"Code":"BOOTSTRAP_FAILURE","Message":"On the master instance, bootstrap action 1 returned a non-zero return code"}}}}"#;
    let level = last("elasticmapreduce", "States.TaskFailed", cluster);
    assert_eq!(level.source, "EMR cluster j-2");
    assert!(level.text.contains("bootstrap action 1"));
    assert!(level.fields.contains(&("Code".into(), "BOOTSTRAP_FAILURE".into())));
}

#[test]
fn the_other_services() {
    let glue = r#"{"Id":"jr_1","JobName":"clean","JobRunState":"FAILED","ErrorMessage":"Command Failed with Exit Code 1","LogGroupName":"/aws-glue/jobs"}"#;
    let level = last("glue", "States.TaskFailed", glue);
    assert_eq!((level.source.as_str(), level.text.as_str()), ("Glue job run jr_1", "Command Failed with Exit Code 1"));

    let eks = r#"{"Id":"000","VirtualClusterId":"vc","FailureReason":"USER_ERROR","StateDetails":"Job failed. ExitCode: 137"}"#;
    let level = last("emr-containers", "States.TaskFailed", eks);
    assert_eq!(level.source, "EMR on EKS job run 000");
    assert_eq!(level.fields[0], ("ExitCode".to_owned(), "137".to_owned()));

    let training = r#"{"TrainingJobName":"churn-1","TrainingJobStatus":"Failed","FailureReason":"AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"KeyError: 'label'\""}"#;
    let level = last("sagemaker", "States.TaskFailed", training);
    assert_eq!(level.source, "SageMaker training job churn-1");
    assert!(level.text.contains("KeyError: 'label'"), "{}", level.text);
    assert_eq!(level.fields[0], ("ExitCode".to_owned(), "1".to_owned()));
    let processing = r#"{"ProcessingJobName":"prep","ExitMessage":"no baseline"}"#;
    assert_eq!(last("sagemaker", "States.TaskFailed", processing).text, "no baseline");

    let batch = r#"{"JobId":"77","JobName":"b","JobQueue":"q","Status":"FAILED","StatusReason":"Essential container in task exited","Attempts":[{"Container":{"ExitCode":137,"Reason":"OutOfMemoryError: Container killed due to memory usage","LogStreamName":"b/default/1"},"StatusReason":"Essential container in task exited"}]}"#;
    let level = last("batch", "States.TaskFailed", batch);
    assert_eq!(level.source, "Batch job 77");
    assert!(level.text.contains("OutOfMemoryError"), "{}", level.text);
    assert!(level.fields.contains(&("LogStreamName".into(), "b/default/1".into())));

    let ecs = r#"{"StopCode":"TaskFailedToStart","StoppedReason":"CannotPullContainerError: pull image manifest has been retried","TaskArn":"arn:aws:ecs:eu-west-1:1:task/main/abc","Containers":[{"Name":"app"}]}"#;
    let level = last("ecs", "States.TaskFailed", ecs);
    assert_eq!(level.source, "ECS task abc");
    assert!(level.text.starts_with("CannotPullContainerError"));
    let exited = r#"{"StopCode":"EssentialContainerExited","StoppedReason":"Essential container in task exited","TaskArn":"t/1","Containers":[{"Name":"app","ExitCode":1,"Reason":"boom"}]}"#;
    assert_eq!(last("ecs", "States.TaskFailed", exited).text, "app: boom, exit code 1");

    let athena = r#"{"QueryExecution":{"QueryExecutionId":"q-1","Status":{"State":"FAILED","StateChangeReason":"SYNTAX_ERROR: line 1:8: Column 'rows' cannot be resolved"}}}"#;
    let level = last("athena", "States.TaskFailed", athena);
    assert_eq!((level.source.as_str(), &level.text[..12]), ("Athena query q-1", "SYNTAX_ERROR"));

    let other = r#"{"code":42,"message":"the moon is full","deep":{"x":1}}"#;
    let level = last("aws-sdk:quantum", "Quantum.MoonException", other);
    assert_eq!((level.text.as_str(), level.source.as_str()), ("the moon is full", "quantum"));
    assert_eq!(level.fields, [("code".to_owned(), "42".to_owned())]);
    assert_eq!(one_line(&unfold(None, Some("E"), Some(r#"{"a":1,"b":"two"}"#))), "E: a: 1, b: two");
}

#[test]
fn plain_text_and_nothing_at_all() {
    assert!(unfold(None, None, None).is_empty());
    assert_eq!(one_line(&[]), "");
    assert_eq!(one_line(&unfold(None, Some("States.Timeout"), None)), "States.Timeout");
    assert_eq!(one_line(&unfold(None, Some("A.B"), Some("  one\n two "))), "A.B: one two");
    let traceback = "Traceback (most recent call last):\n  File \"a.py\", line 1\n    x\nKeyError: 'rows'";
    let level = last("glue", "States.TaskFailed", traceback);
    assert_eq!((level.text.as_str(), level.lines.len()), ("KeyError: 'rows'", 4));
    let long = one_line(&unfold(None, None, Some(&"wort ".repeat(200))));
    assert_eq!(long.chars().count(), 240);
    assert!(long.ends_with('…'));
}

#[test]
fn every_cut_of_a_real_cause_is_read() {
    let whole = nested();
    let mut named = 0;
    for (cut, _) in whole.char_indices().chain([(whole.len(), ' ')]) {
        let levels = unfold(Some("states"), Some("States.TaskFailed"), Some(&whole[..cut]));
        assert!(!levels.is_empty());
        assert!(levels.len() <= 4);
        assert!(!one_line(&levels).is_empty());
        named += usize::from(levels.iter().any(|level| level.text.contains("IllegalStateException")));
    }
    assert!(named > 200, "most of what was cut late still names the exception: {named}");
    // Cut in the job's own text, the ids before it are kept.
    let job = spark();
    let half = &job[..job.find("no column").unwrap()];
    let levels = unfold(Some("emr-serverless"), Some("States.TaskFailed"), Some(half));
    assert_eq!(levels[0].source, "EMR Serverless job run 00f4k2");
    assert!(levels[0].fields.iter().any(|(name, _)| name == "Cut"));
}

#[test]
fn causes_without_end_are_bounded() {
    // Doubling of the escapes makes real ones grow fast; a cycle cannot be written in a text.
    let mut cause = "end".to_owned();
    for _ in 0..12 {
        cause = format!(r#"{{"Error":"E","Cause":{}}}"#, json(&cause));
    }
    let levels = unfold(None, None, Some(&cause));
    assert!(levels.len() <= DEEPEST);
    assert_eq!(levels.last().unwrap().text, "end");
    let flat = format!("{{{}\"Cause\":\"x\"}}", "\"a\":{".repeat(30_000));
    assert!(!unfold(None, None, Some(&flat)).is_empty());
}

proptest! {
    #[test]
    fn nothing_panics(resource in proptest::option::of("\\PC{0,12}"), error in proptest::option::of("\\PC{0,12}"), cause in proptest::option::of("\\PC{0,200}")) {
        let levels = unfold(resource.as_deref(), error.as_deref(), cause.as_deref());
        let line = one_line(&levels);
        prop_assert!(line.chars().count() <= 241);
        prop_assert!(!line.contains('\n'));
    }

    #[test]
    fn nothing_panics_on_objects_of_known_fields(fields in proptest::collection::vec((0_usize..FIELDS.len(), "[a-z\\{\\}\":,\\[\\]0-9]{0,20}", any::<bool>()), 0..8)) {
        let mut map = serde_json::Map::new();
        for (field, text, nested) in fields {
            let value = if nested { serde_json::json!({FIELDS[field]: text, "Status": {"State": text}}) } else { text.into() };
            map.insert(FIELDS[field].into(), value);
        }
        let text = serde_json::Value::Object(map).to_string();
        let levels = unfold(None, None, Some(&text));
        prop_assert!(!levels.is_empty() && levels.len() <= DEEPEST);
    }
}

const FIELDS: [&str; 20] = [
    "ExecutionArn",
    "Cause",
    "Error",
    "errorMessage",
    "stackTrace",
    "ApplicationId",
    "JobRunId",
    "VirtualClusterId",
    "Step",
    "Status",
    "QueryExecution",
    "JobRunState",
    "ErrorMessage",
    "TrainingJobName",
    "StopCode",
    "Containers",
    "Attempts",
    "Message",
    "JobRun",
    "FailureReason",
];
