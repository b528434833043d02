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
    assert_eq!(stage.slowest().map(|task| (task.task, task.began_ms)), Some((9, 1_000)));
    assert_eq!(stage.ailments(), [Ailment::Skew, Ailment::Spill]);
    assert_eq!(stage.shuffle_read, 9 * 101 + 9001);
    assert_eq!(summary.worst(5).len(), 1);
}

#[test]
fn executors_say_where_they_ran() {
    let added = |id: u32, info: &str| {
        format!(r#"{{"Event":"SparkListenerExecutorAdded","Timestamp":1,"Executor ID":"{id}","Executor Info":{info}}}"#)
    };
    let log = [
        added(1, r#"{"Host":"ip-1","Log Urls":{},"Attributes":{"CONTAINER_ID":"container_1_1_01_000002"}}"#),
        added(
            2,
            r#"{"Host":"ip-2","Log Urls":{"stdout":"http://ip-2:8042/node/containerlogs/container_1_1_01_000003/hadoop/stdout"}}"#,
        ),
        added(3, r#"{"Host":"ip-3"}"#),
    ];
    let summary = read([log.join("\n").as_bytes()]);
    let container = |id: &str| summary.places[id].container.as_deref();
    assert_eq!(container("1"), Some("container_1_1_01_000002"));
    assert_eq!(container("2"), Some("container_1_1_01_000003"));
    assert_eq!((container("3"), summary.places["3"].host.as_str()), (None, "ip-3"));
}

#[test]
fn the_slowest_tasks_are_kept_in_order() {
    let lines: Vec<String> = [3_u64, 9, 1, 7, 5, 8, 2].iter().map(|millis| task(0, *millis, *millis, 1)).collect();
    let summary = read([lines.join("\n").as_bytes()]);
    let slow: Vec<u64> = summary.stages[0].slow.iter().map(|task| task.millis).collect();
    assert_eq!(slow, [9, 8, 7, 5, 3]);
}

#[test]
fn what_a_stage_suffers_from_is_advised_on() {
    let advice = read([log().as_bytes()]).advice();
    let ailments: Vec<Ailment> = advice.iter().map(|one| one.ailment).collect();
    assert_eq!(ailments, [Ailment::Skew, Ailment::Spill]);
    assert!(advice[0].title.starts_with("Stage 3 is skewed"), "{}", advice[0].title);
    assert!(advice[0].text.contains("executor 0"), "{}", advice[0].text);
    assert!(advice[0].settings.iter().any(|one| one.key == "spark.sql.adaptive.skewJoin.enabled"));
    let memory = advice[1].settings.iter().find(|one| one.key == "spark.executor.memory").unwrap();
    assert_eq!((memory.value.as_deref(), memory.current.as_deref()), (Some("6g"), Some("4g")));
    // MiB, as Spark takes a number without a unit.
    let advice =
        read([log().replace(r#""spark.executor.memory":"4g""#, r#""spark.executor.memory":"4096""#).as_bytes()]);
    let advice = advice.advice();
    let memory = advice[1].settings.iter().find(|one| one.key == "spark.executor.memory").unwrap();
    assert_eq!(memory.value.as_deref(), Some("6g"));
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
    fn however_a_log_is_cut_it_is_the_same(size in 1_usize..400) {
        let log = log();
        let mut reader = Reader::default();
        log.as_bytes().chunks(size).for_each(|piece| reader.feed(piece));
        reader.end_part(None);
        prop_assert_eq!(format!("{:?}", reader.finish()), format!("{:?}", read([log.as_bytes()])));
    }

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..2000), cut in 0_usize..6000) {
        let _ = read([bytes.as_slice()]).advice();
        let log = log();
        let _ = read([&log.as_bytes()[..cut.min(log.len())]]).advice();
    }
}
