//! The walk, where it meets Parallel and Map: who a start, an end or an iteration belongs to.

use super::build::{CLIMB, Walk};
use super::{Item, Place, StateKind, Try};
use contract::executions::facts::HistoryEvent;

impl Walk<'_> {
    /// The Parallel or Map that an event in this place means.
    pub(super) fn group_at(&self, place: Place, event: &HistoryEvent, failed: bool) -> Option<usize> {
        let parallel = event.kind.starts_with("Parallel");
        let fits = |at: &usize| {
            self.history.visits.get(*at).is_some_and(|visit| {
                // The one inside has failed already when the one around it fails because of that.
                let pending = visit.fault.is_none_or(|fault| fault.run < self.run);
                visit.is_group()
                    && (visit.kind == StateKind::Parallel) == parallel
                    && visit.exited.is_none()
                    && (pending || !failed)
            })
        };
        let after_run = |at: &usize| failed && !parallel && self.map_run_failed(*at);
        let mut found = place.visit.filter(|at| fits(at) || after_run(at));
        let mut frame = place.frame;
        for _ in 0..CLIMB {
            if found.is_some() {
                break;
            }
            let Some(around) = frame.and_then(|frame| self.frames.list.get(frame)) else { break };
            found = around.group.filter(fits);
            frame = around.parent;
        }
        found
    }

    /// Of a distributed Map: its Map Run has failed, and nothing has come since. Its state fails next.
    fn map_run_failed(&self, at: usize) -> bool {
        let visit = self.history.visits.get(at).filter(|visit| visit.kind == StateKind::DistributedMap);
        visit.is_some_and(|visit| visit.fault.is_some_and(|fault| fault.event == visit.last))
    }

    pub(super) fn group(&mut self, event: &HistoryEvent, place: Place, succeeded: Option<bool>) -> Place {
        let Some(at) = self.group_at(place, event, succeeded == Some(false)) else { return place };
        let said = self.map_run_failed(at);
        self.touch(at, event);
        let run = self.run;
        let Some(visit) = self.visit(at) else { return place };
        let frame = visit.frame;
        match succeeded {
            None => {
                visit.tries.push(Try::starting(event, run));
                visit.fault = None;
                if event.kind == "MapStateStarted" {
                    visit.iterations.get_or_insert_default().length = event.detail.length;
                }
            }
            // Its Map Run has said it already, and why.
            Some(false) if said => {}
            Some(succeeded) => visit.close(event, run, !succeeded),
        }
        Place { visit: Some(at), frame }
    }

    pub(super) fn iteration(&mut self, event: &HistoryEvent, place: Place, item: Item) -> Place {
        let name = event.detail.name.clone().unwrap_or_default();
        let group = self.named(place, &name);
        if let Some(at) = group {
            self.touch(at, event);
        }
        if let (Some(visit), Some(index)) = (group.and_then(|at| self.visit(at)), event.detail.index) {
            visit.iterations.get_or_insert_default().state.insert(index, item);
        }
        if item == Item::Running {
            let frame = self.frames.iteration(group, &self.history.visits, &name, event.detail.index);
            return Place { visit: None, frame: Some(frame) };
        }
        let frame = group.and_then(|at| self.history.visits.get(at)).and_then(|visit| visit.frame);
        Place { visit: group, frame }
    }

    pub(super) fn map_run(&mut self, event: &HistoryEvent, place: Place) -> Place {
        let run = self.run;
        let at = self.attached(place);
        let name = at.and_then(|at| self.history.visits.get(at)).map(|visit| visit.name.clone());
        if let Some(arn) = &event.detail.map_run
            && self.history.map_runs.iter().rev().take(64).all(|known| known.1 != *arn)
        {
            self.history.map_runs.push((name.unwrap_or_default(), arn.clone()));
        }
        let Some(at) = at else { return place };
        self.touch(at, event);
        let Some(visit) = self.visit(at) else { return place };
        if visit.kind == StateKind::Map {
            visit.kind = StateKind::DistributedMap;
        }
        visit.fault = None;
        match visit.tries.last_mut().filter(|last| last.ended.is_none()) {
            Some(open) => open.submitted = Some(event.id),
            None => visit.tries.push(Try { submitted: Some(event.id), ..Try::starting(event, run) }),
        }
        Place { visit: Some(at), frame: visit.frame }
    }
}
