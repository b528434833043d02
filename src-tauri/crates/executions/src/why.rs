//! Why an execution failed: one card in plain words. What the service says is kept word for word in the cause; here it is
//! said once in a sentence, with the rule that was broken if the workflow itself is at fault.

mod consequences;
mod faults;
mod paths;
mod permissions;
#[cfg(test)]
mod tests;

use crate::Definition;
use crate::cause::{one_line, says_something, unfold};
use crate::history::{End, Failure, History};
use contract::executions::{CauseLevel, StateKind, Why, facts::ExecutionFact};

/// What a fault of the workflow means.
struct Explained {
    /// Behind the state's name: `ran longer than its limit`.
    what: String,
    /// One or two sentences. Empty: the cause says it.
    text: String,
    advice: Vec<String>,
}

/// Why an execution failed, or which failure one that succeeded went through. `partial` says that only the end of the
/// history has been read. `None` when nothing failed, or nothing is known yet.
pub fn why(
    history: &History,
    definition: Option<&Definition>,
    execution: &ExecutionFact,
    partial: bool,
) -> Option<Why> {
    let Some(failure) = history.first_failure() else { return of_the_fact(history, execution, partial) };
    let resource = failure.resource_type.as_deref().or(failure.resource.as_deref());
    let cause = unfold(resource, Some(&failure.error), failure.cause.as_deref());
    let place = Place { history, definition, failure, cause: &cause };
    let explained = faults::explain(&place).unwrap_or_else(|| plain(&place));
    let mut advice = explained.advice;
    if failure.kind == Some(StateKind::Fail) && history.end == End::Failed {
        advice.push("A redrive lands on this Fail state again and fails. Start a new execution instead.".into());
    }
    let text = if explained.text.is_empty() { said(&cause) } else { explained.text };
    Some(Why {
        state: failure.state.clone(),
        visit: failure.visit.clone(),
        error: deepest_error(&cause).unwrap_or_else(|| failure.error.clone()),
        title: title(failure, &explained.what),
        text,
        consequences: consequences::list(history, failure, execution),
        advice,
        job: failure.job.clone().filter(crate::jobs::is_job),
        cause,
        partial,
    })
}

/// What an explanation may look at.
struct Place<'a> {
    history: &'a History,
    definition: Option<&'a Definition>,
    failure: &'a Failure,
    cause: &'a [CauseLevel],
}

/// Before any event was read: what `DescribeExecution` says.
fn of_the_fact(history: &History, execution: &ExecutionFact, partial: bool) -> Option<Why> {
    let what = match execution.status.as_str() {
        "FAILED" => "failed",
        "TIMED_OUT" => "ran longer than its limit",
        "ABORTED" => "was stopped",
        _ => return None,
    };
    // Redriven since it was described.
    if history.events > 0 && history.end == End::Running {
        return None;
    }
    let cause = unfold(None, execution.error.as_deref(), execution.cause.as_deref());
    let fallback = if what == "was stopped" { "Aborted" } else { "States.TaskFailed" };
    let error = deepest_error(&cause).or_else(|| execution.error.clone()).unwrap_or_else(|| fallback.to_owned());
    Some(Why {
        state: execution.cause.as_deref().and_then(crate::history::executing).map(str::to_owned),
        visit: None,
        error,
        title: format!("The execution {what}"),
        text: said(&cause),
        cause,
        consequences: Vec::new(),
        advice: Vec::new(),
        job: None,
        partial,
    })
}

fn title(failure: &Failure, what: &str) -> String {
    let attempts = match failure.attempts {
        0 | 1 => String::new(),
        count => format!(", {} attempts", number(count)),
    };
    let within = failure.within.last().map(|within| format!(" in {within}")).unwrap_or_default();
    match &failure.state {
        Some(state) => format!("{state}{within}: {what}{attempts}"),
        None => format!("The execution failed: {what}{attempts}"),
    }
}

/// Neither rule nor limit: a job, a function or a call failed.
fn plain(place: &Place<'_>) -> Explained {
    let failure = place.failure;
    let what = match &failure.job {
        Some(job) if job.service == "Lambda" => format!("the function {} failed", job.id),
        Some(job) if job.noun == "execution" => "the execution that it started failed".to_owned(),
        Some(job) if job.noun == "call" => format!("the call {} {} failed", job.service, job.id),
        Some(job) => format!("the {} failed", job.noun),
        None if failure.kind == Some(StateKind::Fail) => "this Fail state ended the execution".to_owned(),
        None if failure.event_kind == "MapRunFailed" => "the Map Run failed".to_owned(),
        None => match failure.kind {
            Some(StateKind::Map | StateKind::DistributedMap) => "the Map failed".to_owned(),
            Some(StateKind::Parallel) => "the Parallel failed".to_owned(),
            _ => "the state failed".to_owned(),
        },
    };
    Explained { what, text: String::new(), advice: Vec::new() }
}

/// The innermost level as a sentence or two.
fn said(cause: &[CauseLevel]) -> String {
    let line = one_line(cause);
    if line.is_empty() { "The service gives no cause.".to_owned() } else { line }
}

fn deepest_error(cause: &[CauseLevel]) -> Option<String> {
    let errors = cause.iter().rev().filter_map(|level| level.error.as_deref());
    errors.into_iter().find(|error| says_something(error)).map(str::to_owned)
}

fn number(count: u64) -> String {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    let word = usize::try_from(count).ok().and_then(|count| words.get(count));
    word.map_or_else(|| count.to_string(), |word| (*word).to_owned())
}
