//! A failed run beside the last success.

use super::*;
use crate::{classify, sample, view};
use contract::jobs::facts::{Driver, ListedLog, LogStore};

fn object(uri: &str, size: u64, version: &str) -> ObjectFact {
    ObjectFact {
        uri: uri.into(),
        version_id: Some(version.into()),
        etag: Some(format!("etag-{version}")),
        size: Some(size),
        modified: None,
        exists: true,
    }
}

fn compared(then: &Side<'_>, now: &Side<'_>) -> JobComparison {
    let at = "2026-11-21T08:00:00Z".parse().unwrap();
    compare(then, now, view::row(then.run, at), at)
}

fn lines(all: &JobComparison) -> Vec<String> {
    let text = |value: &Option<String>| value.clone().unwrap_or("none".into());
    all.differences
        .iter()
        .map(|one| format!("{} {}: {} -> {}", one.what, one.place, text(&one.then), text(&one.now)))
        .collect()
}

#[test]
fn the_most_telling_stands_first() {
    let then = sample::serverless();
    let mut now = sample::serverless();
    now.status = "FAILED".into();
    now.request.release = Some("emr-7.2.0".into());
    now.ended = "2026-11-21T05:41:00Z".parse().ok();
    now.request.driver = Driver::SparkSubmit {
        entry_point: "s3://code/etl.py".into(),
        arguments: vec!["s3://lake/in/daily_sales.csv".into(), "s3://lake/out/".into(), "--date".into(), "2026-11-21".into()],
        parameters: Some("--conf spark.executor.memory=2g --conf 'spark.x.extraJavaOptions=-Da=1 -Db=2' --conf spark.jdbc.password=b".into()),
    };
    let (old, new) = (
        [object("s3://lake/in/daily_sales.csv", 1_300_000, "v1")],
        [object("s3://lake/in/daily_sales.csv", 4_096, "v2")],
    );
    let (old_code, new_code) = ([object("s3://code/etl.py", 900, "c1")], [object("s3://code/etl.py", 950, "c2")]);
    let side = |run, code, inputs, executors| Side { run, code, inputs, executors };
    let all = compared(&side(&then, &old_code, &old, Some(8)), &side(&now, &new_code, &new, Some(2)));
    assert_eq!(
        lines(&all),
        [
            "Input s3://lake/in/daily_sales.csv: 1.2 MB, version v1 -> 4 KB, version v2",
            "Code version s3://code/etl.py: 900 B, version c1 -> 950 B, version c2",
            "Release : emr-7.1.0 -> emr-7.2.0",
            "Configuration spark.executor.memory: 4g -> 2g",
            "Configuration spark.jdbc.password: none -> ••••••",
            "Argument --date: none -> 2026-11-21",
            "Executors : 8 -> 2",
            "Run time : 10 m -> 40 m",
        ]
    );
    assert_eq!(all.same, ["Role", "Queued time (1 m both times)"]);
}

#[test]
fn another_amount_is_no_date() {
    let with = |limit: &str, date: &str| {
        let mut run = sample::serverless();
        run.request.driver = Driver::SparkSubmit {
            entry_point: "s3://code/etl.py".into(),
            arguments: vec!["--date".into(), date.into(), "--limit".into(), limit.into()],
            parameters: Some(format!("--conf spark.sql.autoBroadcastJoinThreshold={limit}")),
        };
        run
    };
    let (then, now) = (with("10485760", "20261120"), with("1048576000", "20261121"));
    let side = |run| Side { run, code: &[], inputs: &[], executors: None };
    assert_eq!(
        lines(&compared(&side(&then), &side(&now))),
        [
            "Configuration spark.sql.autoBroadcastJoinThreshold: 10485760 -> 1048576000",
            "Argument --limit: 10485760 -> 1048576000",
            "Argument --date: 20261120 -> 20261121",
        ]
    );
}

#[test]
fn changed_code_has_the_time_of_its_change() {
    let (then, now) = (sample::serverless(), sample::serverless());
    let stored: Option<Timestamp> = "2026-11-20T17:05:00Z".parse().ok();
    let old = [object("s3://code/etl.py", 900, "c1"), object("s3://code/gone.py", 10, "g1")];
    let new = [ObjectFact { modified: stored, ..object("s3://code/etl.py", 950, "c2") }];
    let with = |run, code| Side { run, code, inputs: &[], executors: None };
    let all = compared(&with(&then, &old), &with(&now, &new));
    let times: Vec<_> = all.differences.iter().map(|one| (one.place.as_str(), one.at)).collect();
    assert_eq!(times, [("s3://code/etl.py", stored), ("s3://code/gone.py", None)]);
}

fn side<'a>(run: &'a RunFact, inputs: &'a [ObjectFact]) -> Side<'a> {
    Side { run, code: &[], inputs, executors: None }
}

#[test]
fn dates_are_no_news_and_the_same_bytes_no_difference() {
    let mut then = sample::glue();
    then.status = "SUCCEEDED".into();
    let mut now = sample::glue();
    if let Driver::Glue(glue) = &mut now.request.driver {
        glue.arguments = vec![("--date".into(), "2026-11-22".into())];
    }
    let old = [object("s3://lake/in/2026-11-20/a.csv", 10, "v1")];
    let mut new = [object("s3://lake/in/2026-11-21/a.csv", 10, "v2")];
    new[0].etag.clone_from(&old[0].etag);
    let all = compared(&side(&then, &old), &side(&now, &new));
    assert_eq!(lines(&all), ["Argument --date: 2026-11-21 -> 2026-11-22"]);
    let times = ["Run time (10 m both times)", "Queued time (1 m both times)"];
    assert_eq!(all.same, [&["Inputs", "Release", "Configuration", "Role"][..], &times].concat());
    assert_eq!(all.notices.len(), 1);
    new[0].exists = false;
    assert!(lines(&compared(&side(&then, &old), &side(&now, &new)))[0].ends_with("-> not there"));
}

/// What is said of the run time when the success took 10 minutes and the run ended at this second of its start.
fn lasted(seconds: i64) -> JobComparison {
    let then = sample::serverless();
    let mut now = sample::serverless();
    let started = now.started.unwrap();
    now.ended = Timestamp::from_second(started.as_second() + seconds).ok();
    compared(&side(&then, &[]), &side(&now, &[]))
}

#[test]
fn a_run_time_is_the_same_only_within_noise_and_both_are_shown() {
    let run_time = |all: &JobComparison| all.same.iter().find(|one| one.starts_with("Run time")).cloned();
    for (seconds, words) in
        [(600, "10 m both times"), (650, "10 m then, 10 m 50 s now"), (590, "10 m then, 9 m 50 s now")]
    {
        let all = lasted(seconds);
        assert_eq!(lines(&all), Vec::<String>::new());
        assert_eq!(run_time(&all), Some(format!("Run time ({words})")));
    }
    for (seconds, words) in [(1_140, "19 m"), (721, "12 m 1 s"), (480, "8 m"), (30, "30 s")] {
        let all = lasted(seconds);
        assert_eq!(lines(&all), [format!("Run time : 10 m -> {words}")]);
        assert_eq!(run_time(&all), None);
    }
    assert!(differ(1_000, 6_000) && !differ(1_000, 5_900), "five seconds are noise however short the run was");
}

#[test]
fn a_time_that_is_missing_is_not_called_the_same() {
    let then = sample::serverless();
    let mut now = sample::serverless();
    (now.started, now.ended) = (None, None);
    now.created = None;
    let told = |all: JobComparison| -> Vec<String> {
        let own = |text: &String| text.contains(" time: ");
        assert!(!all.same.iter().any(|one| one.contains(" time")), "{:?}", all.same);
        all.notices.into_iter().map(|notice| notice.text).filter(own).collect()
    };
    assert_eq!(
        told(compared(&side(&then, &[]), &side(&now, &[]))),
        [
            "Run time: not compared, that of this run is not known; the last success took 10 m.",
            "Queued time: not compared, that of this run is not known; the last success took 1 m.",
        ]
    );
    assert_eq!(
        told(compared(&side(&now, &[]), &side(&then, &[]))),
        [
            "Run time: not compared, that of the last success is not known; now it is 10 m.",
            "Queued time: not compared, that of the last success is not known; now it is 1 m.",
        ]
    );
    assert_eq!(
        told(compared(&side(&now, &[]), &side(&now, &[]))),
        ["Run time: not compared, that of neither run is known."]
    );
}

fn files(paths: &[&str]) -> Vec<LogFileRow> {
    let listed = |path: &&str| ListedLog {
        store: LogStore::Bucket("logs".into()),
        path: (*path).into(),
        size: Some(1),
        last_write: None,
    };
    paths.iter().map(|path| classify::classify(&listed(path))).collect()
}

#[test]
fn executors_are_counted_by_the_logs_of_the_newest_attempt() {
    let run = "applications/00f/jobs/00g";
    let two = [
        format!("{run}/SPARK_DRIVER/stderr.gz"),
        format!("{run}/SPARK_EXECUTOR/1/stderr.gz"),
        format!("{run}/SPARK_EXECUTOR/1/stdout.gz"),
        format!("{run}/SPARK_EXECUTOR/2/archived/stderr_0.gz"),
    ];
    let two: Vec<&str> = two.iter().map(String::as_str).collect();
    assert_eq!(executors(&files(&two)), Some(2));
    let step = "containers/application_1700000000000_0001/container_1700000000000_0001";
    let again = [
        format!("{step}_01_000001/stderr.gz"),
        format!("{step}_01_000002/stderr.gz"),
        format!("{step}_01_000003/stderr.gz"),
        format!("{step}_02_000001/stderr.gz"),
        format!("{step}_02_000002/stderr.gz"),
    ];
    let again: Vec<&str> = again.iter().map(String::as_str).collect();
    assert_eq!(executors(&files(&again)), Some(1), "the first container of an attempt is the driver's");
    assert_eq!(executors(&files(&two[..1])), None, "nothing says that it had none");
}
