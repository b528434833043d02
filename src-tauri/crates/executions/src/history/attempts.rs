//! The walk, where it meets the attempts of a task.

use super::build::Walk;
use super::{Fault, Place, Try, Visit};
use crate::cause::cut;
use contract::executions::facts::HistoryEvent;

impl Walk<'_> {
    /// The visit that an event belongs to. Without a known predecessor it is the one that is open, if there is one only.
    pub(super) fn attached(&self, place: Place) -> Option<usize> {
        if place.visit.is_some() || place.frame.is_some() {
            return place.visit;
        }
        let mut open = self.open.iter();
        open.next().copied().filter(|_| open.next().is_none())
    }

    pub(super) fn scheduled(&mut self, event: &HistoryEvent, place: Place, order: &[&HistoryEvent]) -> Place {
        let mut at = self.attached(place);
        let leaf =
            |at: &usize| self.history.visits.get(*at).is_some_and(|visit| !visit.is_group() && visit.exited.is_none());
        // Another shape of a redrive: the attempt follows `ExecutionRedriven`, or what ended the run before.
        if self.run > 0 && at.is_none_or(|at| !leaf(&at)) {
            at = self.resumed(event, order).or(at);
        }
        let Some(at) = at else { return place };
        self.touch(at, event);
        let run = self.run;
        self.note(event);
        let Some(visit) = self.visit(at) else { return place };
        visit.tries.push(Try::starting(event, run));
        visit.fault = None;
        Place { visit: Some(at), frame: visit.frame }
    }

    /// One of the visits that a redrive goes on with, by what it had called.
    pub(super) fn resumed(&mut self, event: &HistoryEvent, order: &[&HistoryEvent]) -> Option<usize> {
        let visits = &self.history.visits;
        let found = self.resume.iter().take(256).position(|at| {
            let last = visits.get(*at).filter(|visit| visit.run < self.run).and_then(|visit| visit.tries.last());
            let scheduled = last.and_then(|last| last.scheduled);
            let called = scheduled.and_then(|id| order.binary_search_by_key(&id, |event| event.id).ok());
            called.and_then(|at| order.get(at)).is_some_and(|called| {
                called.detail.resource == event.detail.resource
                    && called.detail.resource_type == event.detail.resource_type
            })
        })?;
        self.resume.remove(found)
    }

    pub(super) fn submitted(&mut self, event: &HistoryEvent, place: Place) -> Place {
        let Some(at) = self.attached(place) else { return place };
        self.touch(at, event);
        self.note(event);
        let Some(visit) = self.visit(at) else { return place };
        if let Some(open) = visit.tries.last_mut().filter(|last| last.ended.is_none()) {
            open.submitted = Some(event.id);
        }
        Place { visit: Some(at), frame: visit.frame }
    }

    pub(super) fn ended(&mut self, event: &HistoryEvent, place: Place, failed: bool) -> Place {
        let Some(at) = self.attached(place) else { return place };
        self.touch(at, event);
        let run = self.run;
        let Some(visit) = self.visit(at) else { return place };
        visit.close(event, run, failed);
        Place { visit: Some(at), frame: visit.frame }
    }

    pub(super) fn evaluation(&mut self, event: &HistoryEvent, place: Place) -> Place {
        let named = event.detail.state.as_deref().and_then(|name| self.named(place, name));
        let Some(at) = named.or_else(|| self.attached(place)) else { return place };
        self.touch(at, event);
        let run = self.run;
        let Some(visit) = self.visit(at) else { return place };
        if let Some(open) = visit.tries.last_mut().filter(|last| last.ended.is_none()) {
            open.ended = Some((event.id, event.at));
            open.failed = true;
        }
        visit.fault = Some(Fault { event: event.id, run });
        visit.last_fault = Some(event.id);
        Place { visit: Some(at), frame: visit.frame }
    }

    /// Child executions and clusters, by a look at one field.
    fn note(&mut self, event: &HistoryEvent) {
        let detail = &event.detail;
        let from = detail.resource_type.as_deref().unwrap_or_default();
        let text = detail.output.as_deref().or(detail.parameters.as_deref()).unwrap_or_default();
        if from == "states" || from == "aws-sdk:sfn" {
            let arn = cut::field(text, "ExecutionArn").filter(|arn| arn.starts_with("arn:"));
            if let Some(arn) = arn {
                self.history.children.push(super::detail::link(&arn));
            }
        } else if from == "elasticmapreduce" || from == "aws-sdk:emr" {
            let id = cut::field(text, "ClusterId").or_else(|| cut::field(text, "JobFlowId"));
            if let Some(id) = id
                && self.history.clusters.iter().rev().take(64).all(|known| *known != id)
            {
                self.history.clusters.push(id);
            }
        }
    }
}

impl Visit {
    /// A Parallel or Map that a redrive goes on with, without an event of its own.
    pub(super) fn reopen(&mut self, event: &HistoryEvent, run: u64) {
        if self.exited.is_none() {
            self.fault = None;
            self.tries.push(Try { scheduled: None, ..Try::starting(event, run) });
        }
    }

    /// The end of its newest attempt; of one that was not seen to begin, if there is none.
    pub(super) fn close(&mut self, event: &HistoryEvent, run: u64, failed: bool) {
        match self.tries.last_mut().filter(|last| last.ended.is_none()) {
            Some(open) => {
                open.ended = Some((event.id, event.at));
                open.failed = failed;
            }
            None if failed => self.tries.push(Try {
                scheduled: None,
                ended: Some((event.id, event.at)),
                failed: true,
                ..Try::starting(event, run)
            }),
            None => {}
        }
        self.fault = failed.then_some(Fault { event: event.id, run });
        if failed {
            self.last_fault = Some(event.id);
        }
    }
}

impl Try {
    pub(super) fn starting(event: &HistoryEvent, run: u64) -> Self {
        Self { scheduled: Some(event.id), submitted: None, started: event.at, ended: None, failed: false, run }
    }
}
