//! Which of several is the cause.

use crate::jobs::Job;
use triage::{Retry, Role, Side, Verdict};

fn cause(job: &Job) -> String {
    let report = job.report();
    match report.verdict {
        Verdict::Cause => report.findings[0].signature.clone(),
        other => format!("{other:?}"),
    }
}

const OVERHEAD: &str = "26/03/04 02:13:52 ERROR YarnScheduler: Lost executor 7 on ip-10-4-18-203.ec2.internal: Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical memory used. Consider boosting spark.executor.memoryOverhead.\n\
26/03/04 02:13:52 WARN TaskSetManager: Lost task 41.0 in stage 6.0 (TID 905) (ip-10-4-18-203.ec2.internal executor 7): ExecutorLostFailure (executor 7 exited caused by one of the running tasks) Reason: Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical memory used. Consider boosting spark.executor.memoryOverhead.\n\
26/03/04 02:14:00 WARN TaskSetManager: Lost task 1.0 in stage 7.0 (TID 950) (ip-10-4-18-9.ec2.internal executor 2): FetchFailed(BlockManagerId(7, ip-10-4-18-203.ec2.internal, 7337, None), shuffleId=3, mapIndex=1, mapId=9, reduceId=1, message=\n\
org.apache.spark.shuffle.FetchFailedException: Failed to connect to ip-10-4-18-203.ec2.internal\n\
26/03/04 02:15:00 ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: ResultStage 7 has failed the maximum allowable number of times: 4. Most recent failure reason: org.apache.spark.shuffle.FetchFailedException: Failed to connect\n";

#[test]
fn a_killed_container_explains_lost_executors_and_failed_fetches() {
    let mut job = Job::new().driver(OVERHEAD).state("FAILED");
    job.facts.config.insert("spark.executor.memory".to_owned(), "8g".to_owned());
    let report = job.report();
    let finding = report.cause().expect("a cause");
    assert_eq!(finding.signature, "memory.container-physical");
    assert_eq!(finding.retry, Retry::Bigger);
    assert_eq!(
        finding.title,
        "YARN killed the container of executor 7 on ip-10-4-18-203.ec2.internal: it used 9.1 GB of 8.8 GB memory that it was given"
    );
    let chain: Vec<_> = finding.consequences.iter().map(|link| link.signature.as_str()).collect();
    assert!(
        ["executor.lost", "shuffle.fetch-failed", "spark.job-aborted"].iter().all(|id| chain.contains(id)),
        "{chain:?}"
    );
    let lost = finding.consequences.iter().find(|link| link.signature == "executor.lost").unwrap();
    assert_eq!(lost.follows, "memory.container-physical");
    let place = &finding.places[0];
    assert_eq!((place.side, place.executor.as_deref()), (Side::Executor, Some("7")));
    let setting = &finding.settings[0];
    assert_eq!((setting.key.as_str(), setting.value.as_deref()), ("spark.executor.memoryOverhead", Some("2g")));
    assert_eq!((finding.evidence[0].file.0, finding.evidence[0].line), (0, 1));
}

#[test]
fn the_driver_and_the_executor_are_told_apart() {
    let driver = "26/01/01 10:00:00 INFO SparkContext: up\nException in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat com.acme.Load.collect(Load.scala:3)\n";
    assert_eq!(cause(&Job::new().driver(driver)), "memory.driver-heap");
    let executor = "26/01/01 10:00:00 ERROR Executor: Exception in task 3.0 in stage 5.0 (TID 9)\njava.lang.OutOfMemoryError: Java heap space\n\tat com.acme.Load.map(Load.scala:3)\n";
    let aborted = "26/01/01 10:00:09 ERROR ApplicationMaster: User class threw exception: org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 5.0 failed 4 times, most recent failure: Lost task 3.3 in stage 5.0 (TID 12) (ip-10-0-0-1 executor 4): java.lang.OutOfMemoryError: Java heap space\n";
    let job = Job::new().executor("4", executor).driver(aborted);
    assert_eq!(cause(&job), "memory.executor-heap");
    // The driver's own words alone still speak of an executor.
    assert_eq!(cause(&Job::new().driver(aborted)), "memory.executor-heap");
    let report = job.report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.title, "executor 4 ran out of heap");
    assert_eq!(finding.evidence[0].file.0, 0, "the executor's own log comes first");
    assert_eq!(finding.exception.as_ref().unwrap().frames, ["com.acme.Load.map(Load.scala:3)"]);
}

/// The keys that a finding of this signature suggests.
fn suggested(job: &Job, signature: &str) -> Vec<String> {
    let report = job.report();
    let finding = report.findings.iter().find(|finding| finding.signature == signature);
    let finding = finding.unwrap_or_else(|| panic!("no {signature} among {:?}", report.findings));
    finding.settings.iter().map(|setting| setting.key.clone()).collect()
}

#[test]
fn who_ran_out_of_heap_gets_the_memory() {
    let executor =
        "26/03/04 02:13:52 ERROR YarnScheduler: Lost executor 4 on ip-10-0-0-1: Executor exited with exit code 52\n";
    assert_eq!(suggested(&Job::new().driver(executor).state("FAILED"), "memory.exit-52"), ["spark.executor.memory"]);
    let driver = "26/03/04 02:13:52 ERROR ApplicationMaster: the process of the driver ended with exit code 52\n";
    assert_eq!(suggested(&Job::new().driver(driver).state("FAILED"), "memory.exit-52"), ["spark.driver.memory"]);

    let killed = "26/03/04 02:13:52 ERROR Worker has been killed as memory usage exceeded configured memory size\n";
    let keys = |job: Job| suggested(&job.state("FAILED"), "memory.worker-size").remove(0);
    assert_eq!(keys(Job::new().driver(killed)), "spark.driver.memory");
    assert_eq!(keys(Job::new().executor("4", killed)), "spark.executor.memory");
    let lost = format!("Lost executor 4: {killed}");
    assert_eq!(keys(Job::new().fact("stateDetails", &lost)), "spark.executor.memory");
}

#[test]
fn what_only_a_person_knows_is_suggested_without_a_value() {
    let text = "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nModuleNotFoundError: No module named 'pandas'\n";
    let report = Job::new().driver(text).state("FAILED").report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.signature, "python.module-missing");
    assert!(finding.settings.iter().all(|setting| setting.value.is_none()), "{:?}", finding.settings);
    assert!(finding.settings[0].from.contains("s3://<bucket>/"), "{:?}", finding.settings);
}

#[test]
fn what_a_python_wrapper_wraps_is_the_cause() {
    let text = "26/01/01 10:00:00 INFO SparkContext: up\nTraceback (most recent call last):\n  File \"/tmp/job.py\", line 9, in <module>\n    df.write.save(path)\n  File \"/usr/lib/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py\", line 1, in save\npy4j.protocol.Py4JJavaError: An error occurred while calling o1.save.\n: org.apache.spark.SparkException: Job aborted.\n\tat org.apache.spark.X.y(X.scala:1)\nCaused by: java.lang.RuntimeException: s3://lake/raw/_tmp/x.csv is not a Parquet file. Expected magic number at tail\n";
    let report = Job::new().driver(text).report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.signature, "data.not-parquet");
    assert_eq!(finding.exception.as_ref().unwrap().frames, ["/tmp/job.py, line 9, in <module>"]);
    assert!(finding.consequences.iter().any(|link| link.signature == "python.py4j"));
}

#[test]
fn a_python_traceback_wins_over_the_java_that_reports_it() {
    let stdout = "Traceback (most recent call last):\n  File \"/tmp/job.py\", line 9, in <module>\n    main()\nValueError: no rows for 2026-01-01\n";
    let stderr = "26/01/01 10:00:00 ERROR ApplicationMaster: User application exited with status 1\n26/01/01 10:00:00 ERROR ApplicationMaster: Uncaught exception:\norg.apache.spark.SparkUserAppException: User application exited with 1\n26/01/01 10:00:01 INFO ApplicationMaster: Final app status: FAILED, exitCode: 13\n";
    let job = Job::new().driver(stdout).driver(stderr).state("FAILED").fact("error", "exitCode: 13");
    let report = job.report();
    let finding = report.cause().unwrap();
    assert_eq!(finding.signature, "python.exception");
    assert_eq!(finding.title, "The Python code raised ValueError: no rows for 2026-01-01");
    assert_eq!(finding.remedy, "The line of the code: /tmp/job.py, line 9, in <module>.");
}

#[test]
fn a_termination_after_the_end_is_nothing() {
    let driver = "26/01/01 10:00:00 INFO SparkContext: Successfully stopped SparkContext\n26/01/01 10:00:01 INFO ShutdownHookManager: Shutdown hook called\n";
    let executor = "26/01/01 10:00:01 ERROR CoarseGrainedExecutorBackend: RECEIVED SIGNAL TERM\n";
    let report = Job::new().driver(driver).executor("1", executor).state("SUCCEEDED").report();
    assert_eq!(report.verdict, Verdict::Nothing);
    assert!(
        report.noise.iter().any(|ignored| ignored.signature == "executor.terminated" && ignored.count == 1),
        "{:?}",
        report.noise
    );
    // Without anything that says how the job ended.
    let job = Job::new().driver(driver).executor("1", executor);
    assert!(job.report().findings.is_empty());
    // Before the end it is a consequence of something that is not said.
    let killed = Job::new().executor("1", executor).state("FAILED").report();
    assert_eq!(killed.verdict, Verdict::Unknown);
}

#[test]
fn a_quoted_tail_is_not_counted_twice() {
    let driver = "2026-01-01 10:00:00,000 ERROR Main: failed\norg.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://lake/raw/2026-01-01\n";
    let step = "2026-01-01 10:00:05,000 INFO Client: \n\t diagnostics: AM Container exited with exitCode: 15\nLast 4096 bytes of stderr :\n2026-01-01 10:00:00,000 ERROR Main: failed\norg.apache.spark.sql.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://lake/raw/2026-01-01\n";
    let both = Job::new().driver(driver).file(Role::Step, step).report();
    let finding = both.cause().unwrap();
    assert_eq!((finding.signature.as_str(), finding.count, finding.evidence.len()), ("data.path-missing", 1, 1));
    assert!(!finding.evidence[0].quoted);
    // Where the original is not here, the quote is what there is.
    let quote = Job::new().file(Role::Step, step).report();
    let finding = quote.cause().unwrap();
    assert!(finding.evidence[0].quoted && finding.confidence.percent < both.findings[0].confidence.percent);
}

#[test]
fn noise_alone_is_nothing() {
    let text = "SLF4J: Failed to load class \"org.slf4j.impl.StaticLoggerBinder\".\n26/01/01 10:00:00 WARN NativeCodeLoader: Unable to load native-hadoop library\n26/01/01 10:00:01 INFO DAGScheduler: failed: HashSet()\n26/01/01 10:00:02 INFO Client: command: java '-XX:OnOutOfMemoryError=kill -9 %p'\n26/01/01 10:00:03 ERROR NodeStatusUpdaterImpl: Invalid NodeLabels\n26/01/01 10:00:04 INFO ShutdownHookManager: Shutdown hook called\n";
    let report = Job::new().driver(text).state("SUCCEEDED").report();
    assert_eq!((report.verdict, report.findings.len()), (Verdict::Nothing, 0));
    assert!(report.noise.len() >= 5, "{:?}", report.noise);
}

#[test]
fn a_warning_that_was_got_over_is_not_the_cause() {
    let text = "26/01/01 10:00:00 WARN S3Client: Please reduce your request rate. (Status Code: 503; Error Code: SlowDown), retrying\n26/01/01 10:00:09 ERROR Main: ledger 8841 does not balance\n";
    let report = Job::new().driver(text).state("FAILED").report();
    assert_eq!(report.verdict, Verdict::Unknown);
    let unknown = report.unknown.unwrap();
    assert!(unknown.best[0].text.contains("does not balance"), "{unknown:?}");
}

#[test]
fn unknown_shows_what_the_last_success_did_not_say() {
    let good = "26/01/01 10:00:00 WARN Pool: 3 connections left\n26/01/01 10:00:00 ERROR Probe: metrics endpoint 10.0.0.1 not reachable\n";
    let bad = "26/01/02 10:00:00 WARN Pool: 2 connections left\n26/01/02 10:00:00 ERROR Probe: metrics endpoint 10.0.0.2 not reachable\n26/01/02 10:00:09 ERROR Settlement: ledger 8841 does not balance\n";
    let baseline = Job::new().driver(good).scan().templates();
    let report = Job::new().driver(bad).state("FAILED").report_with(Some(&baseline));
    let unknown = report.unknown.unwrap();
    assert_eq!(unknown.new_templates.len(), 1);
    assert_eq!(unknown.new_templates[0].text, "ERROR Settlement: ledger <n> does not balance");
    assert_eq!(unknown.best.len(), 1);
}

#[test]
fn a_driver_that_ends_without_a_word_is_said_to() {
    let text =
        "26/01/01 10:00:00 INFO SparkContext: up\n26/01/01 10:00:01 INFO DAGScheduler: Submitting 200 missing tasks\n";
    let report = Job::new().driver(text).state("FAILED").report();
    assert_eq!(report.verdict, Verdict::Unknown);
    assert!(report.unknown.unwrap().reason.starts_with("The driver's log ends without an error"));
}

#[test]
fn a_lost_node_explains_what_was_lost_with_it() {
    let text = "26/01/01 10:00:00 ERROR YarnScheduler: Lost executor 5 on ip-10-0-0-1.ec2.internal: Container marked as failed: container_1_0001_01_000006 on host: ip-10-0-0-1.ec2.internal. Exit status: -100. Diagnostics: Container released on a *lost* node.\n26/01/01 10:00:01 WARN TaskSetManager: Lost task 1.0 in stage 7.0 (TID 950) (ip-10-0-0-9 executor 2): FetchFailed(BlockManagerId(5, ip-10-0-0-1, 7337, None), shuffleId=3, message=x)\n26/01/01 10:00:02 ERROR TaskSetManager: Task 1 in stage 7.0 failed 4 times; aborting job\n";
    let report = Job::new().driver(text).state("FAILED").report();
    let finding = report.cause().unwrap();
    assert_eq!((finding.signature.as_str(), finding.retry), ("executor.node-lost", Retry::Same));
    assert!(finding.consequences.iter().any(|link| link.signature == "shuffle.fetch-failed"));
}

#[test]
fn the_deepest_cause_of_one_record_wins() {
    let text = "26/01/01 10:00:00 ERROR Main: failed\norg.apache.spark.SparkException: Could not execute broadcast in 300 secs.\n\tat org.apache.spark.X.y(X.scala:1)\nCaused by: java.io.IOException: No space left on device\n";
    assert_eq!(cause(&Job::new().driver(text)), "disk.full");
}

#[test]
fn secrets_are_not_quoted() {
    let text = "26/01/01 10:00:00 ERROR Main: jdbc:postgresql://etl:hunter2@db/x password=hunter2 Communications link failure\n";
    let report = Job::new().driver(text).report();
    let quoted = format!("{report:?}");
    assert!(quoted.contains("Communications") && !quoted.contains("hunter2"), "{quoted}");
}

#[test]
fn a_job_that_succeeded_has_no_cause() {
    let report = Job::new().driver(OVERHEAD).state("SUCCEEDED").report();
    assert_eq!(report.verdict, Verdict::Nothing);
    assert!(report.cause().is_none() && !report.findings.is_empty());
}
