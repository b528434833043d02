//! Whether an execution can be run again, in which of the two ways, and what happens then.
//!
//! A redrive continues the same execution with the definition and input that it had, and keeps what succeeded; a new run
//! starts from the first state. The rules are those of "Restarting state machine executions with redrive", "Redriving Map
//! Runs" and "Quotas". Where the service has given its own verdict (`redriveStatus`), that one counts, and ours explains it.

mod commands;
mod input;
mod names;
mod permissions;
mod redrive;

use crate::compare::{cut, list};
use crate::definition::Definition;
pub(crate) use commands::{Scope, line};
pub use commands::{StartCommand, redrive_command, start_command, stop_command};
use contract::{
    Notice, Timestamp,
    executions::{
        MachineKind, Status,
        facts::{ExecutionFact, MapRunFact},
    },
};
pub use input::{INPUT_BYTES, InputProblem, ShapeField, ValueKind, check_against, check_input, input_shape};
pub use names::{NAME_CHARS, check_name, propose_name};
pub use permissions::{Denied, Need, Permissions, Subject, Way, Who, needs};
pub use redrive::{behaviour, headroom, left, until};

/// What is known of an execution and its surroundings. What is empty or `None` has not been found or not been looked for.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    pub fact: &'a ExecutionFact,
    pub kind: MachineKind,
    /// With [`Status::CaughtFailure`] where a Catch made a success of a failure.
    pub status: Status,
    /// As it was for this execution.
    pub definition_then: Option<&'a Definition>,
    pub definition_changed: Option<bool>,
    /// Of the whole history.
    pub events: Option<u64>,
    /// States that were entered and not exited: a redrive begins at them.
    pub failed_states: Vec<String>,
    /// States that were exited: a redrive keeps their results.
    pub kept_states: Option<u64>,
    /// The Fail state that it ended in.
    pub fail_state: Option<String>,
    /// The state that a Catch led to.
    pub handler: Option<String>,
    pub map_runs: &'a [MapRunFact],
    /// Unsuccessful Standard children that ended more than 14 days ago.
    pub children_expired: Option<u64>,
    /// EMR clusters in outputs that a redrive would keep, and that are terminated.
    pub clusters_gone: Vec<String>,
    /// Names of running executions with the same input.
    pub same_input_running: Vec<String>,
    /// `EMR Serverless job run 00f…`.
    pub still_running_jobs: Vec<String>,
    /// What its states have written already: `SubmitEMRServerlessJob wrote s3://…`.
    pub wrote: Vec<String>,
    pub permissions: Permissions,
    /// `ACTIVE`, `DELETING`.
    pub machine_status: Option<String>,
}

/// Whether one of the two ways is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub ok: bool,
    /// Why not; empty when it is.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recommend {
    Redrive,
    StartAgain,
    Neither,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    pub redrive: Verdict,
    /// A new run of the machine with this input.
    pub start: Verdict,
    pub recommend: Recommend,
    /// The reason for the recommendation, in one or two sentences.
    pub why: String,
    pub notices: Vec<Notice>,
    /// Until when it can be redriven.
    pub until: Option<Timestamp>,
    /// Events that a redrive may still add.
    pub headroom: Option<u64>,
}

/// Judges both ways. Nothing here is a permit: the service decides when it is asked.
pub fn preflight(facts: &Facts<'_>, now: Timestamp) -> Preflight {
    let redrive = redrive::verdict(facts, now);
    let start = start(facts);
    let (recommend, why) = recommend(facts, &redrive, &start);
    let (recommend, why) = facts.permissions.temper(recommend, why);
    let ended = !matches!(facts.status, Status::Running | Status::Succeeded | Status::CaughtFailure);
    let possible = facts.kind == MachineKind::Standard && ended;
    let notices = notices(facts, &redrive, now);
    Preflight {
        redrive,
        start,
        recommend,
        why,
        notices,
        until: possible.then(|| until(facts.fact)).flatten(),
        headroom: facts.events.filter(|_| facts.kind == MachineKind::Standard).map(headroom),
    }
}

fn start(facts: &Facts<'_>) -> Verdict {
    let mut reasons = Vec::new();
    if facts.fact.map_run.is_some() {
        reasons.push("It is a child of a Map Run and cannot be started by itself: start the parent again.".to_owned());
    }
    if facts.machine_status.as_deref() == Some("DELETING") {
        reasons.push("The state machine is being deleted.".to_owned());
    }
    Verdict { ok: reasons.is_empty(), reasons }
}

/// Errors of the workflow itself: the same definition on the same data ends in the same way ("Handling errors").
fn by_definition(error: &str) -> bool {
    [
        "States.Runtime",
        "States.ParameterPathFailure",
        "States.ResultPathMatchFailure",
        "States.NoChoiceMatched",
        "States.IntrinsicFailure",
        "States.QueryEvaluationError",
    ]
    .contains(&error)
}

fn names(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| cut(item, 100)).collect();
    list(&items.iter().map(String::as_str).collect::<Vec<_>>(), 4)
}

/// One sentence for one or for many.
fn verb<'a>(items: &[String], one: &'a str, many: &'a str) -> &'a str {
    if items.len() == 1 { one } else { many }
}

/// First what makes any second run wrong, then what makes a redrive useless, then what is possible.
fn recommend(facts: &Facts<'_>, redrive: &Verdict, start: &Verdict) -> (Recommend, String) {
    let neither = |why: String| (Recommend::Neither, why);
    match facts.status {
        Status::Running => return neither("It is running. Wait for its end, or stop it first.".to_owned()),
        Status::PendingRedrive => return neither("It already waits to be redriven.".to_owned()),
        Status::Succeeded => return neither("It succeeded: there is nothing to repair.".to_owned()),
        _ => {}
    }
    if facts.fact.map_run.is_some() {
        return neither("It is a child of a Map Run: redrive the execution that started the Map Run.".to_owned());
    }
    if !facts.same_input_running.is_empty() {
        let running = &facts.same_input_running;
        let runs = verb(running, "runs", "run");
        return neither(format!(
            "{} {runs} with the same input now. A second one would do the work twice.",
            names(running)
        ));
    }
    if !facts.still_running_jobs.is_empty() {
        let jobs = &facts.still_running_jobs;
        let (run, them) = (verb(jobs, "is", "are"), verb(jobs, "it", "them"));
        let jobs = names(jobs);
        return neither(format!(
            "{jobs} {run} still running, whatever became of the execution. Wait for {them} or cancel {them} first."
        ));
    }
    let again = |why: String| match start.reasons.first() {
        None => (Recommend::StartAgain, why),
        Some(reason) => (Recommend::Neither, format!("{why} But a new run is not possible: {reason}")),
    };
    if facts.status == Status::CaughtFailure {
        let handler = facts.handler.as_deref().map_or_else(String::new, |handler| format!(" at {}", cut(handler, 100)));
        return again(format!(
            "A Catch ended it{handler} as SUCCEEDED, and what succeeded cannot be redriven: only a new run repeats the work."
        ));
    }
    if let Some(state) = &facts.fail_state {
        let state = cut(state, 100);
        return again(format!(
            "It ended in the Fail state {state}. A redrive enters {state} again and fails again at once: only a new run comes to the work before it."
        ));
    }
    if !facts.clusters_gone.is_empty() {
        let gone = &facts.clusters_gone;
        let (noun, is) = (verb(gone, "cluster", "clusters"), verb(gone, "is", "are"));
        let gone = names(gone);
        return again(format!(
            "A redrive would go on with EMR {noun} {gone}, which {is} terminated; a new run makes its own."
        ));
    }
    let error = facts.fact.error.as_deref().unwrap_or("");
    if by_definition(error) {
        let why = if facts.definition_changed == Some(true) {
            "A redrive uses the old definition and fails in the same way; the definition has been changed since."
        } else {
            "The same definition on the same data fails in the same way: change the input or the definition first."
        };
        return again(format!("{error} is a fault of the workflow itself. {why}"));
    }
    if let Some(run) = facts.map_runs.iter().find(|run| run.redrive_count >= redrive::MAP_RUN_REDRIVES) {
        let run = cut(&run.arn, 160);
        return again(format!("The Map Run {run} has been redriven 1,000 times, which is the limit."));
    }
    if redrive.ok {
        let kept = facts.kept_states.filter(|kept| *kept > 0);
        let kept =
            kept.map_or_else(String::new, |kept| format!(" and keeps what {kept} {} did", redrive::states(kept)));
        let why = format!("A redrive goes on where it failed{kept}, with the same input.");
        let old = facts.definition_changed == Some(true);
        let old = if old { " If the definition was changed to repair this, start a new run instead." } else { "" };
        return (Recommend::Redrive, format!("{why}{old}"));
    }
    let reason = redrive.reasons.first().cloned().unwrap_or_default();
    again(format!("It cannot be redriven. {reason}"))
}

fn notices(facts: &Facts<'_>, redrive: &Verdict, now: Timestamp) -> Vec<Notice> {
    let mut all = Vec::new();
    if facts.status == Status::Running {
        all.push(Notice::warning("It is running: a new run would be a second one beside it."));
    }
    if !facts.same_input_running.is_empty() {
        let running = &facts.same_input_running;
        let text = format!("{} {} with the same input now.", names(running), verb(running, "runs", "run"));
        all.push(Notice::warning(text));
    }
    if !facts.still_running_jobs.is_empty() {
        let jobs = &facts.still_running_jobs;
        let text = format!(
            "{} {} still running: ending an execution does not end its jobs.",
            names(jobs),
            verb(jobs, "is", "are")
        );
        all.push(Notice::warning(text));
    }
    if !facts.wrote.is_empty() {
        let text = format!("Already written: {}. A new run writes it again.", names(&facts.wrote));
        all.push(Notice::warning(text));
    }
    if facts.fact.input.is_none() && facts.fact.map_run.is_none() {
        all.push(Notice::info("The input of this execution is not known: a new run needs one from you."));
    }
    all.extend(facts.permissions.notices());
    redrive::notices(facts, redrive, now, &mut all);
    all
}

#[cfg(test)]
mod tests;
