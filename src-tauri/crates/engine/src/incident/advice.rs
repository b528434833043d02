//! What can be done about an incident, the best first. Decided from facts alone: no call is made here.
//!
//! What always holds: a run is never started twice (where a restore starts it by its own rule, starting it is withheld, and
//! so it is for a while after what was restored has started it);
//! a version that may be of another day is never advised without the warning that it repeats that day; and what a plain retry cannot
//! help is not offered first.

use super::{inputs::Name, starts::Brought};
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
    /// Inputs, by bucket and key, whose better version cannot be brought back now, and why.
    pub refused: &'a [(Name, String)],
    /// The execution itself has not ended.
    pub running: bool,
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
    /// It does the same work: by its input.
    pub same: bool,
}

impl<'a> Facts<'a> {
    /// Why the better version of an input cannot be brought back now.
    fn refusal(&self, input: &InputObject) -> Option<&'a str> {
        let is_of = |name: &Name| name.0 == input.bucket && name.1 == input.key;
        self.refused.iter().find(|(name, _)| is_of(name)).map(|(_, why)| why.as_str())
    }

    /// The later run that did the work, or does it.
    fn done_by(&self) -> Option<Newer<'a>> {
        self.newer.filter(|newer| newer.same)
    }
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
        // What cannot be brought back starts nothing and mends nothing.
        restored |= facts.refusal(input).is_none();
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
        withheld: facts.refusal(input).map(str::to_owned),
        starts: facts.starts_by.map(str::to_owned),
        does: IncidentStep::Restore(plan_of(input, better)),
    }
}

/// What a restore does where the work was done since, or is being done.
fn once_more(facts: &Facts<'_>) -> Option<String> {
    let rule = facts.starts_by?;
    let goes_on = || facts.running.then(|| "This execution still runs".to_owned());
    let words = facts.newer.as_ref().map(Newer::words).or_else(goes_on)?;
    Some(format!("{words}: restoring starts {} once more by {rule}.", facts.machine_name))
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
    if let Some(newer) = facts.done_by() {
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
    if let Some(newer) = facts.newer.filter(|newer| !newer.same) {
        let words = newer.words();
        return Some(format!("{words}, with another input: where that did this work too, one more does it twice."));
    }
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
    // The job is a part of what was started. A restore that is only offered starts nothing yet.
    let goes_on = facts.done_by().is_some() || facts.brought.is_some_and(|brought| is_on_its_way(brought, facts.now));
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
            withheld: still_runs(facts).or_else(|| blocked.filter(|_| goes_on).map(str::to_owned)),
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

/// A Retry or a redrive may start the job again by itself.
fn still_runs(facts: &Facts<'_>) -> Option<String> {
    let text = "The execution still runs, and may start the job again by itself: wait for its end, or stop it first.";
    facts.running.then(|| text.to_owned())
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
    outside && facts.inputs.iter().all(|input| input.better.is_none() || facts.refusal(input).is_some())
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
mod tests;
