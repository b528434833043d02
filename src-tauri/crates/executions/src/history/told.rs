//! A failure in its own words: of a visit, or of bare events when no visit is known.

use super::Visit;
use super::failure::{Failure, Search, executing};
use super::kinds::{What, what};
use crate::cause::cut;
use crate::jobs::job_link;
use contract::{
    Timestamp,
    executions::{StateKind, facts::HistoryEvent},
};
use serde_json::Value;

impl Search<'_> {
    pub(super) fn of_visit(&self, at: usize) -> Option<Failure> {
        let visit = self.visit(at)?;
        let event = visit.fault.map(|fault| fault.event).or(visit.last_fault).and_then(|id| self.event(id));
        let mut failure = blank(visit.entered);
        failure.at_visit = Some(at);
        failure.visit = Some(visit.id.to_string());
        failure.state = Some(visit.name.clone());
        failure.kind = Some(visit.kind);
        failure.within = visit
            .frame
            .and_then(|at| self.history.frames.get(at))
            .map(|frame| frame.within.clone())
            .unwrap_or_default();
        failure.attempts = visit.attempts();
        failure.input = self.event(visit.id).and_then(|event| event.detail.input.clone());
        if let Some(event) = event {
            take(&mut failure, event);
        }
        if failure.error.is_empty() && failure.cause.is_none() {
            let (error, cause) = self.said_elsewhere(visit);
            failure.error = error.unwrap_or_default();
            failure.cause = cause;
        }
        if failure.error.is_empty() {
            "States.TaskFailed".clone_into(&mut failure.error);
        }
        let last = visit.tries.iter().rev().find(|last| last.failed).or(visit.tries.last());
        if let Some(last) = last.filter(|_| !visit.is_group())
            && let Some(scheduled) = last.scheduled.and_then(|id| self.event(id))
        {
            let submitted = last.submitted.and_then(|id| self.event(id)).map(|event| &event.detail);
            let ended = last.ended.and_then(|(id, _)| self.event(id)).map(|event| &event.detail);
            failure.job = job_link(&scheduled.detail, submitted, ended);
            failure.timeout_seconds = scheduled.detail.timeout_seconds;
            failure.heartbeat_seconds = scheduled.detail.heartbeat_seconds;
            failure.resource_type = scheduled.detail.resource_type.clone().or(failure.resource_type);
            failure.resource = scheduled.detail.resource.clone().or(failure.resource);
        }
        Some(failure)
    }

    /// Error and cause of a state whose own events have none: of the Fail state's definition, of the output that a Catch
    /// wrote, of the end of the execution.
    pub(super) fn said_elsewhere(&self, visit: &Visit) -> (Option<String>, Option<String>) {
        let written = self.names.and_then(|names| names.state(&visit.name)).filter(|_| visit.kind == StateKind::Fail);
        if let Some(state) = written {
            let text = |key: &str| state.text.get(key).and_then(Value::as_str).map(str::to_owned);
            return (text("Error"), text("Cause"));
        }
        let exit = visit.exited.and_then(|(id, _)| self.event(id));
        if let Some((value, _)) = exit.and_then(|event| event.detail.output.as_deref()).and_then(cut::read) {
            let both = |value: &Value| {
                let error = value.get("Error")?.as_str()?.to_owned();
                Some((Some(error), value.get("Cause").and_then(Value::as_str).map(str::to_owned)))
            };
            let nested = || value.as_object().and_then(|map| map.values().find_map(both));
            if let Some(said) = both(&value).or_else(nested) {
                return said;
            }
        }
        if visit.exited.is_some() {
            return (None, None);
        }
        (self.history.end_error.clone(), self.history.end_cause.clone())
    }

    /// When no visit is known: the failure among the events that were read.
    pub(super) fn of_events(&self) -> Failure {
        let end = self.order.iter().rev().find(|event| matches!(what(&event.kind), What::ExecutionEnded(_)));
        let mut failure = end.and_then(|end| self.behind(end.id)).unwrap_or_else(|| {
            let mut failure = blank(self.history.ended.unwrap_or(self.history.now));
            failure.error = self.history.end_error.clone().unwrap_or_default();
            failure.cause.clone_from(&self.history.end_cause);
            failure.event = end.map_or(0, |end| end.id);
            failure.event_kind = end.map(|end| end.kind.clone()).unwrap_or_default();
            failure.state = failure.cause.as_deref().and_then(executing).map(str::to_owned);
            failure
        });
        if failure.error.is_empty() {
            "States.TaskFailed".clone_into(&mut failure.error);
        }
        failure
    }

    /// The failure that lies behind an event, predecessor by predecessor.
    pub(super) fn behind(&self, id: u64) -> Option<Failure> {
        let mut event = self.event(id)?;
        let mut left = None;
        // A state that succeeded may have failed attempts; they are not what is looked for.
        let mut succeeded = false;
        for _ in 0..256 {
            event = self.event(event.previous).filter(|before| before.id < event.id)?;
            match what(&event.kind) {
                What::Exited => left.clone_from(&event.detail.name),
                What::Succeeded => succeeded = true,
                What::Entered(_) => succeeded = false,
                What::Redriven | What::GroupStarted | What::IterationStarted => return None,
                What::Failed | What::EvaluationFailed if succeeded => {}
                What::Failed | What::EvaluationFailed
                    if event.detail.error.is_some() || event.detail.cause.is_some() =>
                {
                    let mut failure = blank(event.at);
                    take(&mut failure, event);
                    failure.state =
                        self.history.state_of(event.id).map(str::to_owned).or(event.detail.state.clone()).or(left);
                    let called = self.event(event.previous).filter(|before| before.id < event.id);
                    if let Some(called) = called.filter(|called| what(&called.kind) == What::Submitted) {
                        failure.job = job_link(&called.detail, Some(&called.detail), Some(&event.detail));
                    }
                    if failure.error.is_empty() {
                        "States.TaskFailed".clone_into(&mut failure.error);
                    }
                    return Some(failure);
                }
                _ => {}
            }
        }
        None
    }
}

fn take(failure: &mut Failure, event: &HistoryEvent) {
    failure.event = event.id;
    failure.event_kind.clone_from(&event.kind);
    failure.at = event.at;
    let fallback = super::rows::fallback_error(&event.kind);
    failure.error = event.detail.error.clone().filter(|error| !error.is_empty()).unwrap_or_else(|| fallback.to_owned());
    failure.cause = event.detail.cause.clone().filter(|cause| !cause.trim().is_empty());
    failure.location.clone_from(&event.detail.location);
    failure.resource_type.clone_from(&event.detail.resource_type);
    failure.resource.clone_from(&event.detail.resource);
}

pub(super) fn blank(at: Timestamp) -> Failure {
    Failure {
        visit: None,
        state: None,
        kind: None,
        within: Vec::new(),
        event: 0,
        event_kind: String::new(),
        at,
        error: String::new(),
        cause: None,
        attempts: 1,
        resource_type: None,
        resource: None,
        timeout_seconds: None,
        heartbeat_seconds: None,
        input: None,
        location: None,
        job: None,
        caught: None,
        handler: None,
        ended_in: None,
        ended_in_kind: None,
        at_visit: None,
        caught_at: None,
    }
}
