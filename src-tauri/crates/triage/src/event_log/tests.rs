use super::summary::Ailment;
use super::*;
use proptest::prelude::*;

fn task(stage: u64, id: u64, millis: u64, read: u64) -> String {
    format!(
        r#"{{"Event":"SparkListenerTaskEnd","Stage ID":{stage},"Stage Attempt ID":0,"Task Type":"ShuffleMapTask","Task End Reason":{{"Reason":"Success"}},"Task Info":{{"Task ID":{id},"Index":0,"Executor ID":"{}","Host":"ip-10-0-0-{id}","Launch Time":1000,"Finish Time":{}}},"Task Metrics":{{"Executor Run Time":{millis},"JVM GC Time":10,"Memory Bytes Spilled":0,"Disk Bytes Spilled":7,"Shuffle Read Metrics":{{"Remote Bytes Read":{read},"Local Bytes Read":1,"Fetch Wait Time":0}},"Shuffle Write Metrics":{{"Shuffle Bytes Written":5}},"Input Metrics":{{"Bytes Read":0}}}}}}"#,
        id % 3,
        1000 + millis
    )
}

fn log() -> String {
    let mut lines = vec![
        r#"{"Event":"SparkListenerLogStart","Spark Version":"3.5.1-amzn-1"}"#.to_owned(),
        r#"{"Event":"SparkListenerApplicationStart","App Name":"daily","App ID":"application_1_0001","Timestamp":1000,"User":"hadoop"}"#.to_owned(),
        r#"{"Event":"SparkListenerEnvironmentUpdate","JVM Information":{},"Spark Properties":{"spark.executor.memory":"4g","spark.db.password":"hunter2"}}"#.to_owned(),
        r#"{"Event":"SparkListenerExecutorAdded","Timestamp":1001,"Executor ID":"1"}"#.to_owned(),
        r#"{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":3,"Stage Attempt ID":0,"Stage Name":"save at daily.py:9","Number of Tasks":10,"Submission Time":2000}}"#.to_owned(),
        r#"{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":0}"#.to_owned(),
        r#"{"Event":"SparkListenerOfTheFuture","x":[1,2]}"#.to_owned(),
    ];
    lines.extend((0..9).map(|id| task(3, id, 1000 + id, 100)));
    lines.push(task(3, 9, 90_000, 9_000));
    lines.push(r#"{"Event":"SparkListenerTaskEnd","Stage ID":3,"Stage Attempt ID":0,"Task End Reason":{"Reason":"ExceptionFailure","Class Name":"java.io.IOException","Description":"No space left on device"},"Task Info":{"Task ID":77,"Executor ID":"2"}}"#.to_owned());
    lines.push(r#"{"Event":"SparkListenerExecutorRemoved","Timestamp":3000,"Executor ID":"2","Removed Reason":"Container killed by YARN"}"#.to_owned());
    lines.push(r#"{"Event":"SparkListenerApplicationEnd","Timest"#.to_owned());
    lines.join("\n")
}

#[test]
fn a_cut_log_with_unknown_events_is_read_as_far_as_it_goes() {
    let summary = read([log().as_bytes()]);
    assert_eq!((summary.name.as_str(), summary.spark.as_str(), summary.unreadable), ("daily", "3.5.1-amzn-1", 1));
    assert_eq!((summary.ended_ms, summary.executors, summary.removed.len()), (None, 1, 1));
    assert_eq!(summary.properties["spark.executor.memory"], "4g");
    assert_eq!(summary.properties["spark.db.password"], "****");
    assert_eq!(summary.reasons[0].text, "ExceptionFailure: java.io.IOException: No space left on device");
    let stage = &summary.stages[0];
    assert_eq!((stage.tasks, stage.failed, stage.planned), (10, 1, 10));
    assert_eq!((stage.median_ms, stage.p95_ms, stage.max_ms, stage.stragglers), (1004, 90_000, 90_000, 1));
    assert_eq!(stage.slowest.as_ref().unwrap().task, 9);
    assert_eq!(stage.ailments(), [Ailment::Skew, Ailment::Spill]);
    assert_eq!(stage.shuffle_read, 9 * 101 + 9001);
    assert_eq!(summary.worst(5).len(), 1);
}

#[test]
fn rolled_parts_are_one_log() {
    let whole = log();
    let (first, second) = whole.split_at(whole.match_indices('\n').nth(9).unwrap().0 + 1);
    let rolled = read([first.as_bytes(), second.as_bytes()]);
    assert_eq!(format!("{rolled:?}"), format!("{:?}", read([whole.as_bytes()])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2000), cut in 0_usize..6000) {
        let _ = read([bytes.as_slice()]);
        let log = log();
        let _ = read([&log.as_bytes()[..cut.min(log.len())]]);
    }
}
