//! What failed first, as against what followed from it.

use super::frames::Names;
use super::told::blank;
use super::{End, History, Visit};
use contract::{
    Timestamp,
    executions::{JobLink, StateKind, StateStatus, facts::HistoryEvent},
};

/// The first real failure, with what is needed to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Visit (the id of a [`contract::executions::StateRow`]) and state, if they are known: the history may begin after
    /// the state was entered.
    pub visit: Option<String>,
    pub state: Option<String>,
    pub kind: Option<StateKind>,
    pub within: Vec<String>,
    /// Number of the event that says it; 0 for a state that was running when the execution was stopped.
    pub event: u64,
    pub event_kind: String,
    pub at: Timestamp,
    /// Never empty: `States.TaskFailed` when the service named none.
    pub error: String,
    pub cause: Option<String>,
    pub attempts: u64,
    pub resource_type: Option<String>,
    pub resource: Option<String>,
    pub timeout_seconds: Option<i64>,
    pub heartbeat_seconds: Option<i64>,
    /// Of the state, as it was entered.
    pub input: Option<String>,
    /// Which field of the state, for a failed evaluation.
    pub location: Option<String>,
    pub job: Option<JobLink>,
    /// The state whose Catch led on: the state itself or a Parallel or Map around it.
    pub caught: Option<String>,
    /// Where that Catch led.
    pub handler: Option<String>,
    /// Where the execution ended because of it, if that is another state.
    pub ended_in: Option<String>,
    pub ended_in_kind: Option<StateKind>,
    /// Places in the visits of the history.
    pub(super) at_visit: Option<usize>,
    pub(super) caught_at: Option<usize>,
}

pub(super) fn first(history: &History, order: &[&HistoryEvent], names: Option<&Names<'_>>) -> Option<Failure> {
    let search = Search { history, order, names, handlers: names.map(|names| names.definition.handlers()) };
    match history.end {
        End::Failed => Some(search.of_end()),
        End::TimedOut | End::Aborted => Some(search.stopped()),
        End::Succeeded | End::Running => {
            let last = match history.end {
                End::Succeeded => history.ended_in.or_else(|| search.last_outermost()),
                _ => search.last_outermost(),
            };
            let last = last?;
            let (at, caught) = search.back(last);
            let Some(caught) = caught else { return search.before_the_page(last) };
            let (at, inner) = search.deepest(at);
            let failure = search.of_visit(at)?;
            Some(search.led(failure, inner.or(Some(caught)), Some(caught), Some(last)))
        }
    }
}

pub(super) struct Search<'a> {
    pub(super) history: &'a History,
    pub(super) order: &'a [&'a HistoryEvent],
    pub(super) names: Option<&'a Names<'a>>,
    handlers: Option<Vec<bool>>,
}

impl Search<'_> {
    pub(super) fn event(&self, id: u64) -> Option<&HistoryEvent> {
        let at = self.order.binary_search_by_key(&id, |event| event.id).ok()?;
        self.order.get(at).copied()
    }

    pub(super) fn visit(&self, at: usize) -> Option<&Visit> {
        self.history.visits.get(at)
    }

    fn last_outermost(&self) -> Option<usize> {
        self.history.visits.iter().rposition(|visit| visit.frame.is_none())
    }

    fn of_end(&self) -> Failure {
        let Some(ended) = self.history.ended_in else { return self.of_events() };
        let (at, caught) = self.back(ended);
        let (at, inner) = self.deepest(at);
        // Its predecessors were not read yet: what the events before it say, if they are there.
        let alone = caught.is_none() && self.visit(at).is_some_and(|visit| visit.kind == StateKind::Fail);
        if alone && let Some(failure) = self.begin_of_path(at).and_then(|first| self.behind(first.id)) {
            return self.led(failure, None, None, Some(ended));
        }
        match self.of_visit(at) {
            Some(failure) => self.led(failure, inner.or(caught), caught, Some(ended)),
            None => self.of_events(),
        }
    }

    /// A handler whose Catch was not read as a visit: what the events before it say.
    fn before_the_page(&self, last: usize) -> Option<Failure> {
        let names = self.names?;
        let handles = |visit: &Visit| {
            let handler = names.place(&visit.name).and_then(|at| self.handlers.as_ref()?.get(at));
            handler.copied().unwrap_or_default()
        };
        self.visit(last).filter(|visit| handles(visit))?;
        let first = self.begin_of_path(last).filter(|first| handles(first))?;
        let mut failure = self.led(self.behind(first.id)?, None, None, Some(last));
        failure.handler = Some(first.name.clone());
        Some(failure)
    }

    /// The earliest visit that is known on the way to this one.
    fn begin_of_path(&self, at: usize) -> Option<&Visit> {
        let mut first = self.visit(at)?;
        while let Some(before) = first.follows.and_then(|at| self.visit(at)).filter(|before| before.id < first.id) {
            first = before;
        }
        Some(first)
    }

    /// From where it ended back to the failure whose Catch led there. Each step goes to an earlier visit.
    fn back(&self, from: usize) -> (usize, Option<usize>) {
        let mut now = from;
        let mut first = None;
        loop {
            let mut between = Vec::new();
            let mut at = self.visit(now).and_then(|visit| visit.follows);
            while let Some(before) = at.and_then(|at| self.visit(at)) {
                if before.status == StateStatus::Caught {
                    break;
                }
                between.extend(at);
                at = before.follows.filter(|next| Some(*next) < at);
            }
            let Some(caught) = at.filter(|at| *at < now && self.led_here(now, &between)) else { return (now, first) };
            now = caught;
            // The newest one is where the path left the ordinary one for good.
            first.get_or_insert(caught);
        }
    }

    /// Whether the path behind a Catch was still the handler's when it came to this visit.
    fn led_here(&self, at: usize, between: &[usize]) -> bool {
        let Some(visit) = self.visit(at) else { return false };
        match (self.names, &self.handlers) {
            (Some(names), Some(handlers)) => {
                let is_handler = |visit: &Visit| {
                    names.place(&visit.name).and_then(|at| handlers.get(at)).copied().unwrap_or_default()
                };
                let only_handlers = between.iter().filter_map(|at| self.visit(*at)).all(is_handler);
                is_handler(visit) || (only_handlers && visit.kind == StateKind::Fail)
            }
            _ => between.is_empty() || visit.kind == StateKind::Fail || self.history.end == End::Succeeded,
        }
    }

    /// From a Parallel or Map that failed to what failed in it first; the second is the Catch inside that led there.
    fn deepest(&self, from: usize) -> (usize, Option<usize>) {
        let mut now = from;
        let mut caught = None;
        for _ in 0..64 {
            let Some(group) = self.visit(now).filter(|visit| visit.is_group()) else { break };
            let Some(inner) = self.first_inside(now, group) else { break };
            let (at, inner_caught) = self.back(inner);
            caught = inner_caught;
            now = at;
        }
        (now, caught)
    }

    fn first_inside(&self, at: usize, group: &Visit) -> Option<usize> {
        let ends: Vec<u64> = group.tries.iter().filter_map(|last| last.ended.map(|(id, _)| id)).collect();
        let failed = group.tries.iter().rev().find(|last| last.failed).and_then(|last| last.ended);
        let until = failed.map_or(u64::MAX, |(id, _)| id);
        // A Map that is retried keeps the failures of the attempts before; they are not this one's.
        let since = ends.iter().rev().copied().find(|id| *id < until).unwrap_or_default();
        let failures = self.history.visits.iter().enumerate().filter_map(|(inner, visit)| {
            let fault = visit.fault.filter(|_| visit.status == StateStatus::Failed)?;
            ((since..=until).contains(&fault.event) && !visit.is_group()).then_some((fault.event, inner))
        });
        let mut failures: Vec<(u64, usize)> = failures.collect();
        failures.sort_unstable();
        failures
            .into_iter()
            .map(|(_, inner)| inner)
            .find(|inner| self.history.around(*inner).take(64).any(|around| around == at))
    }

    fn led(&self, mut failure: Failure, inner: Option<usize>, caught: Option<usize>, ended: Option<usize>) -> Failure {
        let outermost = caught.or(inner);
        failure.caught_at = outermost;
        failure.caught = outermost.and_then(|at| self.visit(at)).map(|visit| visit.name.clone());
        let handler = outermost.and_then(|at| self.history.visits.iter().find(|visit| visit.follows == Some(at)));
        failure.handler = handler.map(|visit| visit.name.clone());
        let ended = ended.filter(|at| Some(*at) != failure.at_visit).and_then(|at| self.visit(at));
        failure.ended_in = ended.map(|visit| visit.name.clone());
        failure.ended_in_kind = ended.map(|visit| visit.kind);
        failure
    }

    /// Stopped by a person or by the clock: in which state it was.
    fn stopped(&self) -> Failure {
        let history = self.history;
        let ended = history.ended.unwrap_or(history.now);
        let open = |visit: &&(usize, &Visit)| {
            visit.1.exited.is_none()
                && !visit.1.is_group()
                && visit.1.kind != StateKind::Fail
                && visit.1.run == history.redrives
        };
        let visits: Vec<(usize, &Visit)> = history.visits.iter().enumerate().collect();
        // Closed by the end of the execution and not by something around it.
        let at = visits
            .iter()
            .find(|visit| open(visit) && visit.1.ended == history.ended)
            .or_else(|| visits.iter().find(open));
        let mut failure = at.and_then(|(at, _)| self.of_visit(*at)).unwrap_or_else(|| blank(ended));
        failure.at = ended;
        failure.event = 0;
        let kind = if history.end == End::TimedOut { "ExecutionTimedOut" } else { "ExecutionAborted" };
        kind.clone_into(&mut failure.event_kind);
        let fallback = if history.end == End::TimedOut { "States.Timeout" } else { "Aborted" };
        failure.error =
            history.end_error.clone().filter(|error| !error.is_empty()).unwrap_or_else(|| fallback.to_owned());
        failure.cause.clone_from(&history.end_cause);
        failure
    }
}

/// `… (entered at the event id #27) …`.
pub(super) fn entered_at(cause: &str) -> Option<u64> {
    let rest = cause.split("entered at the event id #").nth(1)?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).take(12).collect();
    digits.parse().ok()
}

/// `An error occurred while executing the state 'X' …`.
pub(crate) fn executing(cause: &str) -> Option<&str> {
    cause.split("executing the state '").nth(1)?.split('\'').next().filter(|name| !name.is_empty())
}
