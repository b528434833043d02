//! What can be done about an incident, the best first. Decided from facts alone: no call is made here.
//!
//! What always holds: a run is never started twice (where a restore starts it by its own rule, starting it is withheld, and
//! so it is for a while after what was restored has started it);
//! a version that may be of another day is never advised without the warning that it repeats that day; and what a plain retry cannot
//! help is not offered first.

use super::starts::Brought;
use ::jobs::again::offers;
use contract::{
    Timestamp,
    executions::{PlanRedrive, PlanStart, Recommend, Rerun},
    incident::{BetterVersion, IncidentAction, IncidentCause, IncidentStep, InputObject, UploadDay},
    jobs::{JobChange, diagnosis::RetryAdvice, facts::RunFact},
    restore::{Destination, Method, Pick, PlanRestore, RestoreItem},
};
use jiff::SignedDuration;
use objects::{size, words};

/// How long after an input was stored its run may be on its way and not listed: rules and the list of executions lag behind.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(5);

/// What the actions are decided from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The failed execution and its machine, by their ARNs.
    pub execution: &'a str,
    pub machine: &'a str,
    pub machine_name: &'a str,
    pub cause: Option<&'a IncidentCause>,
    pub inputs: &'a [InputObject],
    /// The run that failed, where there is one that could be read.
    pub run: Option<&'a RunFact>,
    /// Whether and how the execution can be run again.
    pub rerun: Option<&'a Rerun>,
    /// What starts the machine when an object is stored at one of the inputs: `rule on-daily-sales`.
    pub starts_by: Option<&'a str>,
    /// An input was stored whole since the run began, and that starts the machine.
    pub brought: Option<&'a Brought>,
    /// Runs of the machine that began after this one and did not fail.
    pub newer: Option<Newer<'a>>,
    /// Whether there is such a run could not be read.
    pub newer_unread: bool,
    pub now: Timestamp,
}

/// A later run of the same machine.
#[derive(Debug, Clone, Copy)]
pub struct Newer<'a> {
    pub name: &'a str,
    pub running: bool,
}

impl Newer<'_> {
    /// `Execution 2026-11-21T08-10 runs`.
    fn words(&self) -> String {
        format!("Execution {} {}", self.name, if self.running { "runs" } else { "succeeded since" })
    }
}

pub fn actions(facts: &Facts<'_>) -> Vec<IncidentAction> {
    let mut all = Vec::new();
    let mut restored = false;
    let mut waiting = false;
    for input in facts.inputs {
        let Some(better) = &input.better else { continue };
        // It was brought back meanwhile: nothing to restore, and the run is to be started.
        if better.current {
            waiting = true;
            continue;
        }
        restored = true;
        all.push(restore(facts, input, better));
    }
    all.extend(follow(facts, restored));
    let blocked = withheld(facts, restored);
    all.extend(again(facts, blocked.as_deref(), restored || waiting));
    // Running it as it is would fail again: what has to be put right stands before it.
    if all.is_empty() || needs_hand(facts) {
        all.splice(0..0, by_hand(facts));
    }
    // What is withheld is shown, behind what can be pressed.
    all.sort_by_key(|action| action.withheld.is_some());
    all
}

/// The run that a rule starts: by a restore that is offered, or by an input that was stored meanwhile.
fn follow(facts: &Facts<'_>, restored: bool) -> Option<IncidentAction> {
    let machine = facts.machine_name;
    let (rule, after, why) = match (facts.starts_by.filter(|_| restored), facts.brought) {
        (Some(rule), _) => (rule, facts.now, format!("Storing the object starts {machine} by {rule}.")),
        (None, Some(Brought { rule, at })) => {
            let when = words::instant(*at);
            (rule.as_str(), *at, format!("The input was stored whole at {when}: that starts {machine} by {rule}."))
        }
        (None, None) => return None,
    };
    Some(IncidentAction {
        title: format!("Follow the run that {rule} starts"),
        why,
        warning: None,
        withheld: None,
        starts: None,
        does: IncidentStep::Follow { machine: facts.machine.to_owned(), after },
    })
}

fn restore(facts: &Facts<'_>, input: &InputObject, better: &BetterVersion) -> IncidentAction {
    let name = input.key.rsplit('/').next().unwrap_or(&input.key);
    let when = words::instant(better.stored);
    let complete = if better.by_size { "larger" } else { "complete" };
    let upload = match better.day {
        UploadDay::Same => format!("the {complete} upload"),
        UploadDay::Another => format!("the last {complete} upload, of another day,"),
        UploadDay::LastSuccess => "the upload that the last success read,".to_owned(),
        UploadDay::Doubtful(_) => format!("the {complete} upload, perhaps of another day,"),
    };
    let by_size = if better.by_size { " Its records could not be read: its size alone speaks for it." } else { "" };
    let starts = facts.starts_by.map(|rule| format!(" That starts {} by {rule}.", facts.machine_name));
    IncidentAction {
        title: format!("Restore {name}"),
        why: format!(
            "Brings back {upload} of {when} ({}).{by_size}{}",
            size::words(better.size),
            starts.as_deref().unwrap_or_default()
        ),
        warning: joined(once_more(facts), repeats(&better.day, &when)),
        withheld: None,
        starts: facts.starts_by.map(str::to_owned),
        does: IncidentStep::Restore(plan_of(input, better)),
    }
}

/// What a restore does where the work was done since, or is being done.
fn once_more(facts: &Facts<'_>) -> Option<String> {
    let (newer, rule) = facts.newer.as_ref().zip(facts.starts_by)?;
    Some(format!("{}: restoring starts {} once more by {rule}.", newer.words(), facts.machine_name))
}

fn joined(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first} {second}")),
        (first, second) => first.or(second),
    }
}

/// What running with a version of another day does.
fn repeats(day: &UploadDay, when: &str) -> Option<String> {
    match day {
        UploadDay::Same => None,
        UploadDay::Another => {
            Some(format!("It holds the data of another day ({when}): running with it repeats that day."))
        }
        UploadDay::LastSuccess => Some(format!("The last success read it ({when}): running with it repeats that day.")),
        UploadDay::Doubtful(why) => {
            Some(format!("It may hold the data of another day: {why}. Running with it then repeats that day."))
        }
    }
}

/// What stands there now may be of another day than the run that failed: it would be run with that.
fn replaced(facts: &Facts<'_>) -> Option<String> {
    facts.inputs.iter().find_map(|input| {
        let better = input.better.as_ref().filter(|better| better.current)?;
        let name = input.key.rsplit('/').next().unwrap_or(&input.key);
        let repeats = repeats(&better.day, &words::instant(better.stored))?;
        Some(format!("Another version of {name} stands there now. {repeats}"))
    })
}

/// Brings back what an input lacks.
pub fn restore_of(input: &InputObject) -> Option<PlanRestore> {
    input.better.as_ref().map(|better| plan_of(input, better))
}

fn plan_of(input: &InputObject, better: &BetterVersion) -> PlanRestore {
    PlanRestore {
        bucket: input.bucket.clone(),
        items: vec![RestoreItem {
            key: input.key.clone(),
            folder: false,
            pick: Pick::Version(better.version_id.clone()),
        }],
        destination: Destination::InPlace,
        method: Method::Auto,
    }
}

/// Why the execution must not be started now.
fn withheld(facts: &Facts<'_>, restored: bool) -> Option<String> {
    if let Some(newer) = &facts.newer {
        return Some(format!("{}: starting one more would do its work twice.", newer.words()));
    }
    if let Some(rule) = facts.starts_by.filter(|_| restored) {
        return Some(format!("The restore starts it by {rule}: starting it as well would run it twice."));
    }
    let Brought { rule, at } = facts.brought.filter(|brought| is_on_its_way(brought, facts.now))?;
    Some(format!(
        "The input was stored whole at {}, and {rule} starts it; its run may not be listed yet. Starting it as well would \
         run it twice.",
        words::instant(*at)
    ))
}

fn is_on_its_way(brought: &Brought, now: Timestamp) -> bool {
    now.duration_since(brought.at) < ON_ITS_WAY
}

/// A rule that should have started it, long ago, and no run that does its work: it may have failed again, or not begun.
fn overdue(facts: &Facts<'_>) -> Option<String> {
    let Brought { rule, at } =
        facts.brought.filter(|brought| facts.newer.is_none() && !is_on_its_way(brought, facts.now))?;
    Some(format!(
        "Storing the input at {} starts it by {rule}, and no run since then goes on or succeeded: look at its runs first.",
        words::instant(*at)
    ))
}

/// It may have been done again meanwhile, and nobody could look.
fn unsure(facts: &Facts<'_>) -> Option<String> {
    let text = "Whether a newer run did its work could not be read: look at the runs of the state machine first.";
    facts.newer_unread.then(|| text.to_owned())
}

/// How a change of the job alone gets into the pipeline.
const WHOLE: &str =
    "To run the whole pipeline with it, change the state machine or the input that sets it, and start again.";

/// Running it again: the way that is recommended first.
fn again(facts: &Facts<'_>, blocked: Option<&str>, input_mended: bool) -> Vec<IncidentAction> {
    let Some(rerun) = facts.rerun else { return Vec::new() };
    let mut all = Vec::new();
    let retry = facts.cause.and_then(|cause| cause.retry);
    // The execution runs again as it was: no suggested change goes along.
    let hopeless = match retry {
        Some(RetryAdvice::Never) => Some("It fails again, whatever is done around it."),
        Some(RetryAdvice::AfterFix) if !input_mended => Some("It fails again until the cause is put right."),
        Some(RetryAdvice::Bigger) => Some("It fails again unless it gets more."),
        _ => None,
    };
    let changes = changes(facts);
    if let (Some(run), false) = (facts.run, changes.is_empty()) {
        let settings: Vec<String> = changes.iter().map(told).collect();
        // What it lacked, the change gives it.
        let fails = hopeless.filter(|_| retry != Some(RetryAdvice::Bigger)).map(str::to_owned);
        let fails = joined(fails, replaced(facts));
        all.push(IncidentAction {
            title: format!("Run the {} again with {}", run.id.noun(), settings.join(", ")),
            why: "The job alone, with the suggested change. What comes after it in the state machine does not run."
                .into(),
            warning: joined(fails, Some(WHOLE.to_owned())),
            withheld: facts.newer.and(blocked.map(str::to_owned)),
            starts: None,
            does: IncidentStep::RunJob { job: run.id.clone(), changes },
        });
    }
    let warning = joined(joined(hopeless.map(str::to_owned), replaced(facts)), joined(overdue(facts), unsure(facts)));
    let redrive = IncidentAction {
        title: "Redrive execution".into(),
        why: rerun.why.clone(),
        warning: warning.clone(),
        withheld: blocked.map(str::to_owned).or_else(|| refused(rerun.redrive.ok, &rerun.redrive.reasons)),
        starts: None,
        does: IncidentStep::Redrive(PlanRedrive { executions: vec![facts.execution.to_owned()] }),
    };
    let start = IncidentAction {
        title: "Start again".into(),
        why: rerun.why.clone(),
        warning,
        withheld: blocked.map(str::to_owned).or_else(|| refused(rerun.start.ok, &rerun.start.reasons)),
        starts: None,
        does: IncidentStep::Start(PlanStart {
            executions: vec![facts.execution.to_owned()],
            target: None,
            input: None,
            name: None,
        }),
    };
    match rerun.recommend {
        Recommend::Redrive => all.extend([redrive, start]),
        Recommend::StartAgain => all.extend([start, redrive]),
        // Neither is advised; one that is possible all the same is behind what is to be done by hand.
        Recommend::Neither => {}
    }
    all
}

fn refused(ok: bool, reasons: &[String]) -> Option<String> {
    (!ok).then(|| reasons.first().cloned().unwrap_or_else(|| "It cannot be done now.".to_owned()))
}

/// What the run can be asked for again with. Nothing where it cannot be asked for, or where nothing helps.
fn changes(facts: &Facts<'_>) -> Vec<JobChange> {
    let Some(cause) = facts.cause.filter(|cause| cause.retry != Some(RetryAdvice::Never)) else { return Vec::new() };
    let Some(run) = facts.run.filter(|run| offers(run).again.ok) else { return Vec::new() };
    cause.settings.iter().filter_map(|setting| setting.change(&run.id)).collect()
}

fn told(change: &JobChange) -> String {
    match change {
        JobChange::Setting { key, value } => format!("{key}={}", value.as_deref().unwrap_or_default()),
        JobChange::TimeoutMinutes(minutes) => format!("a timeout of {minutes} minutes"),
        JobChange::Workers { kind: Some(kind), number: None } => format!("workers of type {kind}"),
        JobChange::Workers { kind: Some(kind), number: Some(number) } => format!("{number} workers of type {kind}"),
        JobChange::Workers { kind: None, number: Some(number) } => format!("{number} workers"),
        // No setting is suggested as one of these.
        JobChange::Workers { kind: None, number: None }
        | JobChange::Argument { .. }
        | JobChange::Arguments(_)
        | JobChange::Program(_)
        | JobChange::MainClass(_)
        | JobChange::Step(_)
        | JobChange::Release(_)
        | JobChange::Payload(_) => "the suggested change".to_owned(),
    }
}

/// No run as it was helps, no change that a run takes either, and no version of an input mends it.
fn needs_hand(facts: &Facts<'_>) -> bool {
    let outside = match facts.cause.and_then(|cause| cause.retry) {
        Some(RetryAdvice::AfterFix | RetryAdvice::Never) => true,
        Some(RetryAdvice::Bigger) => changes(facts).is_empty(),
        Some(RetryAdvice::Same) | None => false,
    };
    outside && facts.inputs.iter().all(|input| input.better.is_none())
}

fn by_hand(facts: &Facts<'_>) -> Option<IncidentAction> {
    let cause = facts.cause?;
    Some(IncidentAction {
        title: "Put the cause right".into(),
        why: cause.text.clone(),
        warning: None,
        withheld: None,
        starts: None,
        does: IncidentStep::ByHand,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        executions::Verdict,
        jobs::{
            JobId, SageMakerKind,
            diagnosis::{SettingKind, Severity, Suggestion},
            facts::{Driver, LogSettings, ObjectFact, Request, Usage},
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
        let driver =
            Driver::SparkSubmit { entry_point: "s3://code/a.py".into(), arguments: Vec::new(), parameters: None };
        RunFact {
            id,
            arn: None,
            name: None,
            status: "FAILED".into(),
            secondary: None,
            reason: None,
            log_file: None,
            created: None,
            started: None,
            ended: None,
            queued_millis: None,
            run_seconds: None,
            transitions: Vec::new(),
            attempt: None,
            attempts: None,
            by: None,
            request: Request {
                name: None,
                role: None,
                release: None,
                driver,
                configurations: Vec::new(),
                logs: LogSettings::default(),
                timeout_minutes: None,
            },
            usage: Usage::default(),
        }
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
            (
                UploadDay::Another,
                "It holds the data of another day (21 Nov 2026 05:52:04 UTC): running with it repeats",
            ),
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
    fn a_restore_beside_a_newer_run_says_that_it_starts_one_more() {
        let all = decide(
            |facts| {
                facts.starts_by = Some("rule on-daily-sales");
                facts.newer = Some(Newer { name: "2026-11-21T08-10", running: false });
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
            |facts| facts.newer = Some(Newer { name: "2026-11-21T08-10", running: true }),
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
}
