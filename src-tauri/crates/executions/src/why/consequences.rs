//! What followed from the first failure, so that nobody takes it for another one.

use crate::history::{End, Failure, History};
use contract::executions::{StateKind, StateStatus, facts::ExecutionFact};
use std::collections::BTreeSet;

/// Names that are listed; the others are counted.
const MOST: usize = 4;

pub(super) fn list(history: &History, failure: &Failure, execution: &ExecutionFact) -> Vec<String> {
    let mut list = Vec::new();
    let around = history.groups_around(failure);
    for name in around.iter().filter(|name| Some(name.as_str()) != failure.state.as_deref()) {
        list.push(format!("{name} failed because of it"));
    }
    list.extend(aborted(history, failure));
    list.extend(handled(history, failure, execution));
    list
}

fn aborted(history: &History, failure: &Failure) -> Option<String> {
    let mut known = BTreeSet::new();
    let rows = history.states.iter().filter(|row| {
        row.status == StateStatus::Aborted && Some(&row.id) != failure.visit.as_ref() && row.redrive == history.redrives
    });
    let names: Vec<String> = rows
        .map(|row| match row.within.last() {
            Some(within) => format!("{} in {within}", row.name),
            None => row.name.clone(),
        })
        .filter(|name| known.insert(name.clone()))
        .collect();
    let (shown, more) = names.split_at(names.len().min(MOST));
    match (shown, more.len()) {
        ([], _) => None,
        ([one], 0) => Some(format!("{one} was aborted")),
        (_, 0) => Some(format!("{} were aborted", shown.join(", "))),
        (_, more) => Some(format!("{} and {more} more were aborted", shown.join(", "))),
    }
}

fn handled(history: &History, failure: &Failure, execution: &ExecutionFact) -> Option<String> {
    let handler = failure.handler.as_deref()?;
    let of = failure.caught.as_deref().filter(|caught| Some(*caught) != failure.state.as_deref());
    let catch = of.map_or_else(|| "The Catch".to_owned(), |of| format!("The Catch of {of}"));
    let end = failure.ended_in.as_deref();
    let error = history.end_error.as_deref().filter(|error| !error.is_empty());
    let with = error.map(|error| format!(" with {error}")).unwrap_or_default();
    Some(match history.end {
        End::Succeeded => match end.filter(|end| *end != handler) {
            Some(end) => format!("{catch} led to {handler}, and {end} ended it as SUCCEEDED, so it cannot be redriven"),
            None => format!("{catch} led to {handler}, which ended it as SUCCEEDED, so it cannot be redriven"),
        },
        End::Failed if failure.ended_in_kind == Some(StateKind::Fail) => {
            let fail = end.unwrap_or(handler);
            let way = if fail == handler { String::new() } else { format!(" led to {handler}, and") };
            let verb = if way.is_empty() {
                format!(" led to the Fail state {fail}, which")
            } else {
                format!("{way} the Fail state {fail}")
            };
            format!(
                "{catch}{verb} ended it{with}: a redrive lands on {fail} again, not on {}",
                failure.state.as_deref().unwrap_or("the state that failed")
            )
        }
        End::Failed => format!("{catch} led to {handler}, and {} failed as well{with}", end.unwrap_or(handler)),
        End::TimedOut => format!("{catch} led to {handler}; then the execution timed out"),
        End::Aborted => format!("{catch} led to {handler}; then the execution was stopped"),
        End::Running if execution.status == "RUNNING" => format!("{catch} led to {handler}, where it goes on"),
        End::Running => format!("{catch} led to {handler}"),
    })
}
