//! Whether an execution that succeeded went wrong: it ended through a handler that a Catch led to, which the service
//! counts as SUCCEEDED. One page of its history, newest event first, is enough to tell for nearly all of them.

use crate::cause::{one_line, unfold};
use crate::history::{End, History};
use crate::{Definition, cause};
use contract::executions::facts::HistoryEvent;

/// What the end of a history says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Caught(Caught),
    /// It ended on its ordinary path, whatever was caught on the way.
    Clean,
    /// The page does not reach back to the state in which it ended.
    NeedMore,
}

/// The failure behind an execution that succeeded. What lies before the page is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caught {
    /// The state that the Catch led to; when that lies before the page, the handler in which it ended.
    pub handler: String,
    pub failed_state: Option<String>,
    pub error: Option<String>,
    /// In one line of plain words.
    pub cause: Option<String>,
}

/// Judges an execution that SUCCEEDED by the newest events of its history (in any order, `ExecutionSucceeded` among
/// them) and its own definition. A definition without handlers needs no events.
pub fn is_caught(definition: &Definition, last_events_reversed: &[HistoryEvent]) -> Answer {
    let handlers = definition.handlers();
    if !handlers.contains(&true) {
        return Answer::Clean;
    }
    let Some(newest) = last_events_reversed.iter().max_by_key(|event| event.id) else { return Answer::NeedMore };
    if newest.kind != "ExecutionSucceeded" {
        return Answer::NeedMore;
    }
    let exited = |event: &&HistoryEvent| event.kind.ends_with("StateExited") && event.id < newest.id;
    let last = if newest.previous == 0 {
        last_events_reversed.iter().filter(exited).max_by_key(|event| event.id)
    } else {
        last_events_reversed.iter().find(|event| event.id == newest.previous)
    };
    let Some(last) = last.and_then(|event| event.detail.name.as_deref()) else { return Answer::NeedMore };
    if !definition.place(last).and_then(|at| handlers.get(at)).copied().unwrap_or_default() {
        return Answer::Clean;
    }
    let history = History::read(last_events_reversed, Some(definition), newest.at);
    debug_assert_eq!(history.end, End::Succeeded, "the newest event says so");
    let Some(failure) = history.first_failure() else {
        return Answer::Caught(Caught { handler: last.to_owned(), failed_state: None, error: None, cause: None });
    };
    let levels = unfold(failure.resource_type.as_deref(), Some(&failure.error), failure.cause.as_deref());
    let cause = failure.cause.as_ref().map(|_| one_line(&levels)).filter(|line| !line.is_empty());
    let telling =
        levels.iter().rev().filter_map(|level| level.error.clone()).find(|error| cause::says_something(error));
    Answer::Caught(Caught {
        handler: failure.handler.clone().unwrap_or_else(|| last.to_owned()),
        failed_state: failure.state.clone(),
        error: telling.or_else(|| Some(failure.error.clone())),
        cause,
    })
}

#[cfg(test)]
mod tests;
