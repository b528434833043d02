//! What is offered, in which order, and what is withheld.

use super::*;
use contract::{
    executions::Verdict,
    jobs::{
        JobId, SageMakerKind,
        diagnosis::{SettingKind, Severity, Suggestion},
        facts::{Driver, ObjectFact},
    },
};

const EXECUTION: &str = "arn:aws:states:eu-west-1:123456789012:execution:daily-sales-pipeline:2026-11-21T06-04";
const MACHINE: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:daily-sales-pipeline";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn cause(retry: RetryAdvice) -> IncidentCause {
    IncidentCause {
        title: "A record cannot be read".into(),
        text: "Mend the input.".into(),
        confidence: Some(90),
        severity: Some(Severity::Error),
        retry: Some(retry),
        evidence: Vec::new(),
        settings: Vec::new(),
    }
}

fn setting(key: &str, kind: SettingKind, value: &str) -> Suggestion {
    let value = Some(value.to_owned()).filter(|value| !value.is_empty());
    Suggestion { key: key.into(), kind, value, current: None, why: String::new() }
}

fn run(id: JobId) -> RunFact {
    let driver = Driver::SparkSubmit { entry_point: "s3://code/a.py".into(), arguments: Vec::new(), parameters: None };
    RunFact::bare(id, "FAILED", driver)
}

fn step() -> RunFact {
    run(JobId::Step { cluster: "j-1".into(), step: "s-1".into() })
}

fn input(better: Option<BetterVersion>) -> InputObject {
    InputObject {
        bucket: "lake-raw".into(),
        key: "data/in/daily_sales.csv".into(),
        read: ObjectFact {
            uri: "s3://lake-raw/data/in/daily_sales.csv".into(),
            version_id: Some("cut".into()),
            etag: None,
            size: Some(3_174),
            modified: Some(at("2026-11-21T06:00:12Z")),
            exists: true,
        },
        content: None,
        before: None,
        verdicts: Vec::new(),
        better,
        uploads: Vec::new(),
    }
}

fn better(same_day: bool) -> BetterVersion {
    BetterVersion {
        version_id: "whole".into(),
        stored: at(if same_day { "2026-11-21T05:52:04Z" } else { "2026-11-20T05:52:04Z" }),
        size: 1_258_291,
        day: if same_day { UploadDay::Same } else { UploadDay::Another },
        by_size: false,
        current: false,
    }
}

fn restored(better: BetterVersion) -> IncidentAction {
    let (cause, rerun) = (cause(RetryAdvice::AfterFix), rerun(Recommend::StartAgain));
    decide(|_| (), &cause, &[input(Some(better))], &rerun).remove(0)
}

fn rerun(recommend: Recommend) -> Rerun {
    let yes = || Verdict { ok: true, reasons: Vec::new() };
    Rerun {
        redrive: Verdict { ok: recommend == Recommend::Redrive, reasons: vec!["It succeeded.".into()] },
        start: yes(),
        stop: yes(),
        recommend,
        why: "A caught failure cannot be redriven.".into(),
        safety: Vec::new(),
        name: "again".into(),
        targets: Vec::new(),
        shape: Vec::new(),
    }
}

fn decide<'a>(
    change: impl FnOnce(&mut Facts<'a>),
    cause: &'a IncidentCause,
    inputs: &'a [InputObject],
    rerun: &'a Rerun,
) -> Vec<IncidentAction> {
    let mut facts = Facts {
        execution: EXECUTION,
        machine: MACHINE,
        machine_name: "daily-sales-pipeline",
        cause: Some(cause),
        inputs,
        run: None,
        rerun: Some(rerun),
        starts_by: None,
        refused: &[],
        running: false,
        brought: None,
        newer: None,
        newer_unread: false,
        now: at("2026-11-21T08:14:00Z"),
    };
    change(&mut facts);
    actions(&facts)
}

fn kinds(all: &[IncidentAction]) -> Vec<(&'static str, bool)> {
    let kind = |action: &IncidentAction| match action.does {
        IncidentStep::Restore(_) => "restore",
        IncidentStep::Start(_) => "start",
        IncidentStep::Redrive(_) => "redrive",
        IncidentStep::RunJob { .. } => "job",
        IncidentStep::Follow { .. } => "follow",
        IncidentStep::ByHand => "hand",
    };
    all.iter().map(|action| (kind(action), action.withheld.is_none())).collect()
}

#[test]
fn a_restore_that_starts_the_pipeline_withholds_a_second_start() {
    let all = decide(
        |facts| facts.starts_by = Some("rule on-daily-sales"),
        &cause(RetryAdvice::AfterFix),
        &[input(Some(better(true)))],
        &rerun(Recommend::StartAgain),
    );
    assert_eq!(kinds(&all), [("restore", true), ("follow", true), ("start", false), ("redrive", false)]);
    let first = &all[0];
    assert_eq!(first.title, "Restore daily_sales.csv");
    assert_eq!(
        first.why,
        "Brings back the complete upload of 21 Nov 2026 05:52:04 UTC (1.2 MB). That starts daily-sales-pipeline by \
         rule on-daily-sales."
    );
    assert_eq!(first.warning, None);
    let start = all.iter().find(|action| matches!(action.does, IncidentStep::Start(_))).unwrap();
    assert!(start.withheld.as_deref().unwrap().contains("twice"));
}

#[test]
fn without_a_rule_the_start_follows_the_restore() {
    let all =
        decide(|_| (), &cause(RetryAdvice::AfterFix), &[input(Some(better(true)))], &rerun(Recommend::StartAgain));
    assert_eq!(kinds(&all), [("restore", true), ("start", true), ("redrive", false)]);
    assert!(all.iter().all(|action| action.warning.is_none()), "the cause is put right by the first");
}

#[test]
fn a_version_of_another_day_comes_with_its_warning() {
    let all =
        decide(|_| (), &cause(RetryAdvice::AfterFix), &[input(Some(better(false)))], &rerun(Recommend::StartAgain));
    assert!(all[0].warning.as_deref().unwrap().contains("repeats that day"));
}

#[test]
fn what_the_last_success_read_or_may_be_of_another_day_comes_with_a_warning_too() {
    let first = restored(BetterVersion { day: UploadDay::LastSuccess, ..better(true) });
    assert!(
        first.why.starts_with("Brings back the upload that the last success read, of 21 Nov 2026"),
        "{}",
        first.why
    );
    assert!(first.warning.is_some_and(|text| text.contains("repeats that day")));
    let why = "it was stored at 00:30 UTC, and uploads come about 06:00 UTC".to_owned();
    let first = restored(BetterVersion { day: UploadDay::Doubtful(why), ..better(true) });
    assert_eq!(
        first.warning.as_deref(),
        Some(
            "It may hold the data of another day: it was stored at 00:30 UTC, and uploads come about 06:00 UTC. \
             Running with it then repeats that day."
        )
    );
    assert!(first.why.contains("perhaps of another day"), "{}", first.why);
}

#[test]
fn a_version_that_its_size_alone_speaks_for_says_so() {
    let first = restored(BetterVersion { by_size: true, ..better(true) });
    assert_eq!(
        first.why,
        "Brings back the larger upload of 21 Nov 2026 05:52:04 UTC (1.2 MB). Its records could not be read: its size \
         alone speaks for it."
    );
}

#[test]
fn what_was_restored_meanwhile_is_not_restored_again() {
    let back = BetterVersion { current: true, ..better(true) };
    let all = decide(
        |facts| facts.starts_by = Some("rule on-daily-sales"),
        &cause(RetryAdvice::AfterFix),
        &[input(Some(back))],
        &rerun(Recommend::StartAgain),
    );
    assert_eq!(kinds(&all), [("start", true), ("redrive", false)]);
}

#[test]
fn what_stands_there_of_another_day_is_not_started_with_without_its_warning() {
    let current = |day| input(Some(BetterVersion { current: true, day, ..better(true) }));
    let (cause, rerun) = (cause(RetryAdvice::AfterFix), rerun(Recommend::StartAgain));
    for (day, words) in [
        (UploadDay::Another, "It holds the data of another day (21 Nov 2026 05:52:04 UTC): running with it repeats"),
        (UploadDay::LastSuccess, "The last success read it (21 Nov 2026 05:52:04 UTC): running with it repeats"),
    ] {
        let all = decide(|_| (), &cause, &[current(day)], &rerun);
        assert_eq!(kinds(&all), [("start", true), ("redrive", false)]);
        let warning = all[0].warning.as_deref().unwrap();
        assert!(warning.starts_with("Another version of daily_sales.csv stands there now. "), "{warning}");
        assert!(warning.contains(words), "{warning}");
    }
    let all = decide(|_| (), &cause, &[current(UploadDay::Same)], &rerun);
    assert_eq!(all[0].warning, None);
}

#[test]
fn a_start_that_may_be_the_second_says_so() {
    let (cause, rerun) = (cause(RetryAdvice::Same), rerun(Recommend::Redrive));
    let all = decide(|facts| facts.newer_unread = true, &cause, &[], &rerun);
    assert_eq!(kinds(&all), [("redrive", true), ("start", true)]);
    for action in &all {
        assert!(action.warning.as_deref().unwrap().starts_with("Whether a newer run did its work"), "{action:?}");
    }
}

#[test]
fn what_was_restored_and_starts_the_pipeline_withholds_a_start_for_a_while() {
    let back = input(Some(BetterVersion { current: true, ..better(true) }));
    let (inputs, rerun, cause) = ([back], rerun(Recommend::StartAgain), cause(RetryAdvice::AfterFix));
    let brought = Brought { rule: "rule on-daily-sales".into(), at: at("2026-11-21T08:10:00Z") };
    let all = decide(|facts| facts.brought = Some(&brought), &cause, &inputs, &rerun);
    assert_eq!(kinds(&all), [("follow", true), ("start", false), ("redrive", false)]);
    let IncidentStep::Follow { after, .. } = &all[0].does else { panic!("{:?}", all[0]) };
    assert_eq!(*after, brought.at);
    let start = all.iter().find(|action| matches!(action.does, IncidentStep::Start(_))).unwrap();
    assert_eq!(
        start.withheld.as_deref(),
        Some(
            "The input was stored whole at 21 Nov 2026 08:10:00 UTC, and rule on-daily-sales starts it; its run may not \
             be listed yet. Starting it as well would run it twice."
        )
    );
    // Its run never came, or failed again.
    let later = |facts: &mut Facts<'_>| facts.now = at("2026-11-21T08:16:00Z");
    let all = decide(
        |facts| {
            facts.brought = Some(&brought);
            later(facts);
        },
        &cause,
        &inputs,
        &rerun,
    );
    assert_eq!(kinds(&all), [("follow", true), ("start", true), ("redrive", false)]);
    let warning = all[1].warning.as_deref().unwrap();
    assert!(warning.ends_with("look at its runs first."), "{warning}");
}

#[test]
fn while_the_pipeline_is_being_started_its_job_is_not_run_beside_it() {
    let step = step();
    let back = |current| [input(Some(BetterVersion { current, ..better(true) }))];
    let settings = vec![setting("spark.executor.memory", SettingKind::Spark, "4g")];
    let (cause, rerun) = (IncidentCause { settings, ..cause(RetryAdvice::Bigger) }, rerun(Recommend::Redrive));
    let brought = Brought { rule: "rule on-daily-sales".into(), at: at("2026-11-21T08:10:00Z") };
    let job = |inputs: &[InputObject], now: &str, brought: Option<&Brought>| {
        let all = decide(
            |facts| {
                (facts.run, facts.brought, facts.now) = (Some(&step), brought, at(now));
                facts.starts_by = Some("rule on-daily-sales").filter(|_| brought.is_none());
            },
            &cause,
            inputs,
            &rerun,
        );
        all.into_iter().find(|action| matches!(action.does, IncidentStep::RunJob { .. })).unwrap().withheld
    };
    let why = job(&back(true), "2026-11-21T08:14:00Z", Some(&brought)).unwrap();
    assert!(why.contains("rule on-daily-sales starts it"), "{why}");
    assert_eq!(job(&back(true), "2026-11-21T08:16:00Z", Some(&brought)), None, "its run never came");
    assert_eq!(job(&back(false), "2026-11-21T08:14:00Z", None), None, "the restore was not pressed");
}

#[test]
fn a_restore_beside_a_newer_run_says_that_it_starts_one_more() {
    let all = decide(
        |facts| {
            facts.starts_by = Some("rule on-daily-sales");
            facts.newer = Some(Newer { name: "2026-11-21T08-10", running: false, same: true });
        },
        &cause(RetryAdvice::AfterFix),
        &[input(Some(better(false)))],
        &rerun(Recommend::StartAgain),
    );
    let restore = all.iter().find(|action| matches!(action.does, IncidentStep::Restore(_))).unwrap();
    assert_eq!(restore.starts.as_deref(), Some("rule on-daily-sales"));
    let warning = restore.warning.as_deref().unwrap();
    assert!(
        warning.starts_with(
            "Execution 2026-11-21T08-10 succeeded since: restoring starts daily-sales-pipeline once more by rule \
             on-daily-sales. It holds the data of another day"
        ),
        "{warning}"
    );
}

#[test]
fn a_newer_run_withholds_every_start() {
    let all = decide(
        |facts| facts.newer = Some(Newer { name: "2026-11-21T08-10", running: true, same: true }),
        &cause(RetryAdvice::Same),
        &[],
        &rerun(Recommend::Redrive),
    );
    assert_eq!(kinds(&all), [("redrive", false), ("start", false)]);
    assert_eq!(
        all[0].withheld.as_deref(),
        Some("Execution 2026-11-21T08-10 runs: starting one more would do its work twice.")
    );
}

#[test]
fn a_setting_is_changed_on_the_job() {
    let glue = run(JobId::Glue { job: "crm".into(), run: "jr_1".into() });
    let mut cause = cause(RetryAdvice::Bigger);
    cause.settings = vec![
        setting("spark.executor.memoryOverhead", SettingKind::Spark, "2g"),
        setting("spark.archives", SettingKind::Spark, ""),
        setting("Timeout", SettingKind::Glue, "120"),
    ];
    let all = decide(|facts| facts.run = Some(&glue), &cause, &[], &rerun(Recommend::Redrive));
    assert_eq!(kinds(&all), [("job", true), ("redrive", true), ("start", true)]);
    let with = "again with spark.executor.memoryOverhead=2g, a timeout of 120 minutes";
    assert!(all[0].title.ends_with(with), "{}", all[0].title);
    assert_eq!(all[0].warning.as_deref(), Some(WHOLE));
    let hopeless = Some("It fails again unless it gets more.");
    assert_eq!(all[1].warning.as_deref(), hopeless, "the execution runs without the change");
}

#[test]
fn what_a_run_does_not_read_is_not_offered_with_it() {
    let step = step();
    for one in [
        setting("commit.retry.num-retries", SettingKind::Table, "10"),
        setting("yarn.nodemanager.vmem-check-enabled", SettingKind::Cluster, "false"),
        setting("ExecutionProperty.MaxConcurrentRuns", SettingKind::Api, "4"),
        setting("Timeout", SettingKind::Glue, "120"),
        setting("spark.archives", SettingKind::Spark, ""),
        setting("spark.executor.memoryOverhead", SettingKind::Untaken, "2g"),
    ] {
        let cause = IncidentCause { settings: vec![one], ..cause(RetryAdvice::Bigger) };
        let all = decide(|facts| facts.run = Some(&step), &cause, &[], &rerun(Recommend::Redrive));
        assert_eq!(kinds(&all), [("hand", true), ("redrive", true), ("start", true)], "{:?}", cause.settings);
        assert_eq!(all[1].warning.as_deref(), Some("It fails again unless it gets more."));
    }
}

#[test]
fn a_job_that_cannot_be_asked_for_again_is_not_offered() {
    let settings = vec![
        setting("spark.executor.memory", SettingKind::Spark, "4g"),
        setting("MemorySize", SettingKind::Api, "1024"),
    ];
    let cause = IncidentCause { settings, ..cause(RetryAdvice::Bigger) };
    for id in [
        JobId::Lambda { function: "resize".into(), request: "r".into() },
        JobId::SageMaker { kind: SageMakerKind::Training, name: "train".into() },
        JobId::Cluster { cluster: "j-1".into() },
    ] {
        let run = run(id);
        let all = decide(|facts| facts.run = Some(&run), &cause, &[], &rerun(Recommend::Redrive));
        assert_eq!(kinds(&all), [("hand", true), ("redrive", true), ("start", true)], "{:?}", run.id);
    }
}

#[test]
fn a_change_is_not_offered_where_nothing_helps_and_warned_of_before_the_fix() {
    let step = step();
    let settings = || vec![setting("spark.sql.autoBroadcastJoinThreshold", SettingKind::Spark, "-1")];
    let never = IncidentCause { settings: settings(), ..cause(RetryAdvice::Never) };
    let all = decide(|facts| facts.run = Some(&step), &never, &[], &rerun(Recommend::StartAgain));
    assert_eq!(kinds(&all), [("hand", true), ("start", true), ("redrive", false)]);
    let after = IncidentCause { settings: settings(), ..cause(RetryAdvice::AfterFix) };
    let all = decide(|facts| facts.run = Some(&step), &after, &[], &rerun(Recommend::StartAgain));
    assert_eq!(kinds(&all), [("hand", true), ("job", true), ("start", true), ("redrive", false)]);
    let warning = all[1].warning.as_deref().unwrap();
    assert!(warning.starts_with("It fails again until the cause is put right. To run the whole"), "{warning}");
}

#[test]
fn what_a_retry_cannot_help_is_said() {
    let all = decide(|_| (), &cause(RetryAdvice::Never), &[input(None)], &rerun(Recommend::StartAgain));
    assert_eq!(kinds(&all), [("hand", true), ("start", true), ("redrive", false)]);
    assert_eq!(all[1].warning.as_deref(), Some("It fails again, whatever is done around it."));
    let all = decide(|_| (), &cause(RetryAdvice::AfterFix), &[], &rerun(Recommend::Neither));
    assert_eq!(kinds(&all), [("hand", true)]);
}

#[test]
fn a_later_run_with_another_input_is_warned_of_and_withholds_nothing() {
    let all = decide(
        |facts| facts.newer = Some(Newer { name: "orders-2026-w35", running: false, same: false }),
        &cause(RetryAdvice::Same),
        &[],
        &rerun(Recommend::Redrive),
    );
    assert_eq!(kinds(&all).first(), Some(&("redrive", true)), "{all:?}");
    let warning = all[0].warning.as_deref().unwrap();
    assert!(warning.starts_with("Execution orders-2026-w35 succeeded since, with another input"), "{warning}");
}

#[test]
fn a_version_that_cannot_be_brought_back_is_withheld_and_does_not_withhold_the_start() {
    let name = ("lake-raw".to_owned(), "data/in/daily_sales.csv".to_owned());
    let refused = [(name, "It is archived in GLACIER.".to_owned())];
    let (cause, inputs) = (cause(RetryAdvice::AfterFix), [input(Some(better(true)))]);
    let rerun = rerun(Recommend::StartAgain);
    let all = decide(|facts| facts.refused = &refused, &cause, &inputs, &rerun);
    assert_eq!(all.first().map(|action| action.does.clone()), Some(IncidentStep::ByHand), "{all:?}");
    let restore = all.iter().find(|action| matches!(action.does, IncidentStep::Restore(_))).unwrap();
    assert_eq!(restore.withheld.as_deref(), Some("It is archived in GLACIER."));
    let start = all.iter().find(|action| matches!(action.does, IncidentStep::Start(_))).unwrap();
    assert_eq!(start.withheld, None);
    assert!(start.warning.as_deref().unwrap().contains("until the cause is put right"), "{start:?}");
}

#[test]
fn nothing_is_started_beside_an_execution_that_still_runs() {
    let mut cause = cause(RetryAdvice::Bigger);
    cause.settings = vec![setting("spark.executor.memoryOverhead", SettingKind::Spark, "2g")];
    let (step, inputs, rerun) = (step(), [input(Some(better(true)))], rerun(Recommend::Neither));
    let running = |running: bool| {
        decide(
            |facts| {
                facts.running = running;
                facts.run = Some(&step);
                facts.starts_by = Some("rule on-daily-sales");
            },
            &cause,
            &inputs,
            &rerun,
        )
    };
    let job = |all: Vec<IncidentAction>| all.into_iter().find(|one| matches!(one.does, IncidentStep::RunJob { .. }));
    assert_eq!(job(running(false)).unwrap().withheld, None);
    assert!(job(running(true)).unwrap().withheld.unwrap().contains("still runs"));
    let restore = running(true).into_iter().find(|one| matches!(one.does, IncidentStep::Restore(_))).unwrap();
    assert!(restore.warning.unwrap().starts_with("This execution still runs: restoring starts"));
}
