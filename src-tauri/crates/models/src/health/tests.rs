//! Silent monitors, one by one.

use super::*;
use crate::sample::{at, now, version};
use contract::models::facts::BaselineFact;

fn run(status: &str, scheduled: &str) -> MonitorRunFact {
    MonitorRunFact {
        schedule: "churn-data".into(),
        scheduled: at(scheduled),
        created: None,
        modified: None,
        status: status.into(),
        job: None,
        reason: (status == "Failed").then(|| "Job inputs had no data".into()),
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some("churn".into()),
    }
}

fn schedule() -> ScheduleSummary {
    ScheduleSummary {
        name: "churn-data".into(),
        arn: "arn:aws:sagemaker:eu-west-1:123456789012:monitoring-schedule/churn-data".into(),
        status: "Scheduled".into(),
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some("churn".into()),
        definition: None,
        expression: None,
        created: Some(at("2026-10-01T00:00:00Z")),
        modified: Some(at("2026-10-01T00:00:00Z")),
        last: None,
    }
}

fn capture_at(sampling: u32) -> CaptureFact {
    CaptureFact { is_on: true, status: "Started".into(), sampling: Some(sampling), destination: "s3://c".into() }
}

fn kinds(watched: &Watched<'_>) -> Vec<SilenceKind> {
    health(watched, now()).problems.iter().map(|problem| problem.kind).collect()
}

#[test]
fn each_way_of_being_silent() {
    let schedule = schedule();
    let runs = [run("Completed", "2026-11-21T07:00:00Z"), run("Failed", "2026-11-21T06:00:00Z")];
    let captured = capture_at(100);
    let alerts =
        [AlertFact { name: "two".into(), is_raised: false, failing: 2, of: 3, modified: None, is_shown: true }];
    let live = version(7);
    let definition = JobDefinitionFact {
        baseline: BaselineFact {
            job: None,
            constraints: Some("s3://models/churn-eu/7/DataConstraints.json".into()),
            statistics: Some("s3://models/churn-eu/7/DataStatistics.json".into()),
        },
        ground_truth: Some("s3://truth/churn".into()),
        ..JobDefinitionFact::default()
    };
    let good = Watched {
        expression: Some("cron(0 * ? * * *)"),
        definition: Some(&definition),
        runs: Some(&runs),
        alerts: Some(&alerts),
        capture: Look::There(&captured),
        live: Some(&live),
        has_checks: Some(true),
        truth: Look::There(at("2026-11-21T05:00:00Z")),
        ..Watched::bare(&schedule)
    };
    let well = health(&good, now());
    assert_eq!((well.state, well.words.as_str()), (HealthState::Measured, "measured"));

    let old = [run("Completed", "2026-11-20T20:00:00Z")];
    let silent = health(&Watched { runs: Some(&old), ..good }, now());
    assert_eq!(silent.state, HealthState::Silent);
    assert_eq!(silent.words, "scheduled, and has not run for 12 h");
    assert_eq!(kinds(&Watched { runs: Some(&[]), ..good }), [SilenceKind::NotRunning]);

    let failed = [run("Failed", "2026-11-21T07:00:00Z"), run("Failed", "2026-11-21T06:00:00Z")];
    let failing = health(&Watched { runs: Some(&failed), ..good }, now());
    assert_eq!(failing.words, "the last 2 runs failed: Job inputs had no data");

    let stopped = ScheduleSummary { status: "Stopped".into(), ..schedule.clone() };
    assert_eq!(kinds(&Watched { schedule: &stopped, ..good }), [SilenceKind::Stopped]);
    let gone = health(&Watched { is_endpoint_gone: true, capture: Look::Unread, ..good }, now());
    assert_eq!((gone.state, gone.problems[0].kind), (HealthState::Silent, SilenceKind::EndpointGone));
    assert!(
        gone.words.starts_with("its endpoint ") && gone.words.ends_with("does not exist any more"),
        "{}",
        gone.words
    );
    assert_eq!(kinds(&Watched { capture: Look::Nothing, ..good }), [SilenceKind::CaptureOff]);
    let none = capture_at(0);
    assert_eq!(kinds(&Watched { capture: Look::There(&none), ..good }), [SilenceKind::CaptureOff]);
    assert_eq!(kinds(&Watched { truth: Look::Nothing, ..good }), [SilenceKind::GroundTruthMissing]);
    let unread = health(&Watched { truth: Look::Unread, ..good }, now());
    assert_eq!((unread.state, unread.problems.len()), (HealthState::Unknown, 0), "labels were not looked for");
    assert_eq!(unread.words, "whether labels are written for it was not read");
    let unlabelled = JobDefinitionFact { ground_truth: None, ..definition.clone() };
    let needless = Watched { truth: Look::Unread, definition: Some(&unlabelled), ..good };
    assert_eq!(health(&needless, now()).state, HealthState::Measured, "a monitor that needs no labels");
    assert_eq!(kinds(&Watched { has_checks: Some(false), ..good }), [SilenceKind::ChecksDisabled]);
    let newer = version(8);
    assert_eq!(kinds(&Watched { live: Some(&newer), ..good }), [SilenceKind::OtherBaseline]);
    assert_eq!(health(&Watched { live: Some(&newer), ..good }, now()).state, HealthState::Doubtful);
    let hidden = [AlertFact { is_shown: false, ..alerts[0].clone() }];
    assert_eq!(kinds(&Watched { alerts: Some(&hidden), ..good }), [SilenceKind::AlertNotShown]);
    assert_eq!(kinds(&Watched { alerts: Some(&[]), ..good }), [SilenceKind::NoAlert]);
}

#[test]
fn what_was_not_read_is_not_measured() {
    let schedule = ScheduleSummary { last: Some(run("Completed", "2026-11-21T07:00:00Z")), ..schedule() };
    let captured = capture_at(100);
    let live = version(7);
    let definition = JobDefinitionFact {
        baseline: BaselineFact {
            job: None,
            constraints: Some("s3://models/churn-eu/7/DataConstraints.json".into()),
            statistics: None,
        },
        ..JobDefinitionFact::default()
    };
    let good = Watched {
        definition: Some(&definition),
        capture: Look::There(&captured),
        live: Some(&live),
        has_checks: Some(true),
        ..Watched::bare(&schedule)
    };
    assert_eq!(health(&good, now()).state, HealthState::Measured);
    let unknown = |watched: &Watched<'_>| {
        let health = health(watched, now());
        (health.state, health.words)
    };
    let not_read = |words: &str| (HealthState::Unknown, words.to_owned());
    assert_eq!(unknown(&Watched { definition: None, ..good }), not_read("what it compares with was not read"));
    assert_eq!(unknown(&Watched { has_checks: None, ..good }), not_read("whether it checks anything was not read"));
    let nobody = Watched { live: None, ..good };
    assert_eq!(health(&nobody, now()).state, HealthState::Measured, "it serves no version of the registry");
    let words = "which version its endpoint serves was not read";
    assert_eq!(unknown(&Watched { is_live_unread: true, ..nobody }), not_read(words));
    let of_quality = ScheduleSummary { kind: Some(MonitorKind::ModelQuality), ..schedule.clone() };
    let needs_none = Watched { schedule: &of_quality, has_checks: None, live: None, ..good };
    assert_eq!(health(&needs_none, now()).state, HealthState::Measured, "checks are turned off for data alone");
    let image = |name: &str| Some(format!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}:latest"));
    let own = JobDefinitionFact {
        baseline: BaselineFact::default(),
        image: image("sagemaker-model-monitor-analyzer"),
        ..definition.clone()
    };
    let bare = Watched { definition: Some(&own), has_checks: None, ..good };
    assert_eq!(kinds(&bare), [SilenceKind::ChecksDisabled], "without constraints it only counts");
    let custom = JobDefinitionFact { image: image("our-monitor"), ..own.clone() };
    let custom = Watched { definition: Some(&custom), ..bare };
    assert_eq!(unknown(&custom), not_read("whether it checks anything was not read"), "nobody knows what it does");
}

#[test]
fn what_was_not_read_is_not_good() {
    let schedule = ScheduleSummary { last: Some(run("Completed", "2026-11-21T07:00:00Z")), ..schedule() };
    let health = health(&Watched::bare(&schedule), now());
    assert_eq!(health.state, HealthState::Unknown);
    assert_eq!(health.words, "whether its endpoint captures data was not read");
}

#[test]
fn cells_of_a_group() {
    let model = |last: Option<MonitorRunFact>| DeployedModel {
        schedules: vec![ScheduleSummary { last, ..schedule() }],
        ..crate::sample::served(7)
    };
    let looked = |health: HealthState, words: &str| MonitorRow {
        schedule: "churn-data".into(),
        source: Origin::ModelMonitor,
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some("churn".into()),
        group: None,
        status: "Scheduled".into(),
        last_run: None,
        last: None,
        violations: None,
        alert: None,
        health,
        words: words.into(),
        as_of: now(),
    };
    let with = |model: &DeployedModel, rows: &[MonitorRow]| {
        (monitors(&[model], rows, now()).state, drift(&[model], rows, now()).state)
    };
    let state = |model: &DeployedModel| with(model, &[]);
    let fresh = "2026-11-21T07:00:00Z";
    let quiet = model(Some(run("Completed", fresh)));
    assert_eq!(state(&quiet), (GlanceState::Unknown, GlanceState::Unknown), "nobody looked closer");
    assert_eq!(monitors(&[&quiet], &[], now()).words, "1 of 1 not known to measure");
    let measured = [looked(HealthState::Measured, "measured")];
    assert_eq!(with(&quiet, &measured), (GlanceState::Good, GlanceState::Good));
    let old = [MonitorRow { as_of: at("2026-11-19T08:00:00Z"), ..measured[0].clone() }];
    assert_eq!(with(&quiet, &old), (GlanceState::Unknown, GlanceState::Unknown), "a look of two days ago");
    let unread = [looked(HealthState::Unknown, "whether its endpoint captures data was not read")];
    assert_eq!(with(&quiet, &unread), (GlanceState::Unknown, GlanceState::Unknown));
    let unchecked = [looked(HealthState::Silent, "its constraints check nothing")];
    assert_eq!(with(&quiet, &unchecked), (GlanceState::Wrong, GlanceState::Unknown), "a silent monitor finds nothing");
    let words = monitors(&[&quiet], &unchecked, now()).words;
    assert!(words.starts_with("1 of 1 silent: ") && words.ends_with(" its constraints check nothing"), "{words}");
    assert!(drift(&[&quiet], &unchecked, now()).words.ends_with("; 1 of 1 monitors silent"));
    let long = [MonitorRow { as_of: at("2026-11-19T08:00:00Z"), ..unchecked[0].clone() }];
    assert_eq!(with(&quiet, &long).0, GlanceState::Wrong, "what was wrong two days ago may be so still");
    let other = [looked(HealthState::Doubtful, "compares with another version's baseline")];
    assert_eq!(with(&quiet, &other), (GlanceState::Warning, GlanceState::Unknown));
    let elsewhere = [MonitorRow { source: Origin::Evidently, ..looked(HealthState::Measured, "") }];
    assert_eq!(with(&quiet, &elsewhere).0, GlanceState::Unknown, "another tool's row is none of it");
    let failed = model(Some(run("Failed", fresh)));
    assert_eq!(with(&failed, &measured).0, GlanceState::Wrong, "the dashboard is newer than the look");
    let violated = model(Some(run("CompletedWithViolations", fresh)));
    assert_eq!(with(&violated, &measured), (GlanceState::Good, GlanceState::Warning));
    assert_eq!(state(&violated), (GlanceState::Unknown, GlanceState::Warning));
    assert_eq!(state(&model(None)), (GlanceState::Wrong, GlanceState::Unknown));
    assert_eq!(state(&crate::sample::served(7)), (GlanceState::Warning, GlanceState::Unknown));
    assert_eq!(monitors(&[], &[], now()).state, GlanceState::Nothing);
    let raised = DeployedModel {
        alerts: vec![(
            "churn-data".into(),
            Some(MonitorKind::DataQuality),
            AlertFact { name: "two".into(), is_raised: true, failing: 2, of: 3, modified: None, is_shown: true },
        )],
        ..crate::sample::served(7)
    };
    assert_eq!(drift(&[&raised], &[], now()).state, GlanceState::Wrong);
}
