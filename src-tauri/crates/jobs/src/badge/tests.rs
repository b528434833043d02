//! Badges of runs that go on, ended just now, or long ago.

use super::*;
use crate::{classify, sample};
use contract::jobs::facts::{Driver, ListedLog, LogStore};

fn files(names: &[(&str, &str)]) -> Vec<LogFileRow> {
    let file = |(path, at): &(&str, &str)| {
        let store = LogStore::Bucket("logs".into());
        classify::classify(&ListedLog { store, path: (*path).into(), size: Some(1), last_write: at.parse().ok() })
    };
    names.iter().map(file).collect()
}

fn look(run: &RunFact, files: &[LogFileRow], executors: &[&str], now: &str) -> Badge {
    let executors: Vec<String> = executors.iter().map(|name| (*name).to_owned()).collect();
    let now = now.parse().unwrap();
    badge(&Looked { run, files, executors: &executors, problems: &[], kept_days: None, cut: false, unread: false, now })
}

const DRIVER: (&str, &str) = ("x/SPARK_DRIVER/stderr.gz", "2026-11-21T05:11:20Z");

#[test]
fn a_run_that_is_over_for_long_is_complete_or_not() {
    let run = sample::serverless();
    let all = files(&[DRIVER, ("x/SPARK_EXECUTOR/1/stderr.gz", "2026-11-21T05:11:10Z")]);
    let said = look(&run, &all, &["1"], "2026-11-21T06:00:00Z");
    assert_eq!((said.level, said.text.as_str()), (BadgeLevel::Complete, "complete as of 05:11:20 UTC"));
    let said = look(&run, &all, &["10", "1", "2", "10"], "2026-11-21T06:00:00Z");
    assert_eq!(said.level, BadgeLevel::Incomplete);
    assert_eq!(said.text, "as of 05:11:20 UTC; 2 executors missing (2 and 10)");
    let said = look(&run, &all[1..], &[], "2026-11-21T06:00:00Z");
    assert_eq!(said.text, "as of 05:11:10 UTC; the driver's log is missing");
}

#[test]
fn what_was_not_listed_to_its_end_is_not_complete() {
    let run = sample::serverless();
    let all = files(&[DRIVER, ("x/SPARK_EXECUTOR/1/stderr.gz", "2026-11-21T05:11:10Z")]);
    let look = |files: &[LogFileRow]| {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        badge(&Looked {
            run: &run,
            files,
            executors: &[],
            problems: &[],
            kept_days: None,
            cut: true,
            unread: false,
            now,
        })
    };
    let said = look(&all);
    assert_eq!(said.level, BadgeLevel::Incomplete);
    assert_eq!(said.text, "as of 05:11:20 UTC; not all could be listed");
    let said = look(&[]);
    assert_eq!((said.level, said.text.as_str()), (BadgeLevel::Nothing, "no logs; not all could be listed"));
}

#[test]
fn a_drivers_log_that_cannot_be_read_names_no_executors_and_is_not_complete() {
    let run = sample::serverless();
    let all = files(&[DRIVER, ("x/SPARK_EXECUTOR/1/stderr.gz", "2026-11-21T05:11:10Z")]);
    let look = |files: &[LogFileRow]| {
        let now = "2026-11-21T06:00:00Z".parse().unwrap();
        let problems = &[];
        badge(&Looked { run: &run, files, executors: &[], unread: true, problems, kept_days: None, cut: false, now })
    };
    let said = look(&all);
    assert_eq!(said.level, BadgeLevel::Incomplete);
    let wanted = "as of 05:11:20 UTC; the driver's log could not be read for its executors: some may be missing";
    assert_eq!(said.text, wanted);
    assert_eq!(look(&[]).text, "no logs");
}

#[test]
fn a_step_that_just_ended_is_waited_for() {
    let run = sample::step();
    let all = files(&[("j-1/steps/s-3QM0XXXXXM1W/stderr.gz", "2026-11-21T05:10:00Z")]);
    let said = look(&run, &all, &["7"], "2026-11-21T05:15:00Z");
    assert_eq!(said.level, BadgeLevel::Pending);
    assert_eq!(said.text, "as of 05:10:00 UTC; EMR pushes every 5 minutes and when the cluster ends");
    assert_eq!(said.again, "2026-11-21T05:20:00Z".parse().ok());
    let said = look(&run, &all, &["container_1_1_01_000002"], "2026-11-21T08:00:00Z");
    assert_eq!(said.missing, ["container_1_1_01_000002"]);
    assert!(said.text.contains("the driver's log is missing"), "in cluster mode it is in a container");
    let mut client = sample::step();
    if let Driver::Jar { arguments, .. } = &mut client.request.driver {
        *arguments = vec!["spark-submit".into(), "s3://code/etl.py".into()];
    }
    assert_eq!(look(&client, &all, &[], "2026-11-21T08:00:00Z").level, BadgeLevel::Complete);
}

#[test]
fn a_cluster_that_is_over_has_no_driver_to_wait_for() {
    let mut run = sample::step();
    run.id = JobId::Cluster { cluster: "j-1".into() };
    run.status = "TERMINATED_WITH_ERRORS".into();
    let all = files(&[("emr/j-1/node/i-0a1b2c3d/bootstrap-actions/1/stderr.gz", "2026-11-21T05:11:20Z")]);
    let said = look(&run, &all, &[], "2026-11-21T08:00:00Z");
    assert_eq!((said.level, said.text.as_str()), (BadgeLevel::Complete, "complete as of 05:11:20 UTC"));
}

#[test]
fn the_reason_for_nothing_is_said() {
    let now = "2026-11-21T08:00:00Z";
    let mut run = sample::step();
    run.request.logs = contract::jobs::facts::LogSettings::default();
    assert_eq!(look(&run, &[], &[], now).reasons, [LogGap::NoPlace]);
    let mut run = sample::serverless();
    run.request.logs.s3 = None;
    let said = look(&run, &[], &[], now);
    assert_eq!((said.level, said.reasons.len()), (BadgeLevel::Nothing, 2));
    assert!(said.text.contains("managed storage alone"));
    run.request.logs.unread = Some("emr-serverless:GetApplication is not allowed".into());
    let said = look(&run, &[], &[], now);
    assert_eq!(
        said.text,
        "no logs; where the run keeps its logs could not be read: emr-serverless:GetApplication is not allowed"
    );
    let mut run = sample::step();
    run.request.logs.uploads_off = vec!["application-logs".into()];
    assert!(look(&run, &[], &[], now).text.contains("upload of application-logs is switched off"));
    (run.status, run.started) = ("CANCELLED".into(), None);
    assert!(look(&run, &[], &[], now).reasons.contains(&LogGap::NeverStarted));
    let denied = LogGap::NoPermission { action: "s3:ListBucket".into(), place: "logs".into() };
    let run = sample::eks();
    let said = badge(&Looked {
        run: &run,
        files: &[],
        executors: &[],
        problems: std::slice::from_ref(&denied),
        kept_days: Some(30),
        cut: false,
        unread: false,
        now: "2027-11-21T08:00:00Z".parse().unwrap(),
    });
    assert_eq!(said.reasons, [denied, LogGap::Expired { days: 30 }]);
    assert_eq!(said.text, "no logs; s3:ListBucket on logs is not allowed; kept for 30 days, and that is over");
}

#[test]
fn a_run_that_goes_on_may_have_nothing_yet() {
    let mut run = sample::serverless();
    (run.status, run.ended) = ("RUNNING".into(), None);
    let said = look(&run, &[], &[], "2026-11-21T05:02:00Z");
    assert_eq!(
        (said.level, said.text.as_str()),
        (BadgeLevel::Pending, "nothing yet; EMR Serverless refreshes every 15 seconds")
    );
}

#[test]
fn a_run_that_does_not_tell_when_it_ended_is_not_waited_for_without_end() {
    let mut run = sample::step();
    (run.status, run.ended) = ("CANCELLED".into(), None);
    let all = files(&[("j-1/steps/s-3QM0XXXXXM1W/stderr.gz", "2026-11-21T05:10:00Z")]);
    assert_eq!(look(&run, &all, &[], "2026-11-21T05:15:00Z").level, BadgeLevel::Pending);
    let said = look(&run, &all, &[], "2026-11-22T08:00:00Z");
    assert_ne!(said.level, BadgeLevel::Pending, "{}", said.text);
    assert_eq!(said.again, None);
    run.started = None;
    let nodes = files(&[("emr/j-1/node/i-0a1b2c3d/applications/hadoop-yarn/x.log.gz", "2026-11-22T07:59:00Z")]);
    let said = look(&run, &nodes, &[], "2026-11-22T08:00:00Z");
    assert_ne!(said.level, BadgeLevel::Pending, "its cluster writes on: {}", said.text);
    (run.created, run.started) = (None, None);
    assert_eq!(look(&run, &[], &[], "2026-11-21T05:15:00Z").level, BadgeLevel::Nothing, "it tells no time at all");
}
