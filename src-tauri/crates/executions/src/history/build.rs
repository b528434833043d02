//! The walk over the events, from the oldest on.

use super::frames::{Frames, Names};
use super::kinds::{What, what};
use super::{End, Fault, History, Item, Place, StateKind, Visit};
use crate::Definition;
use contract::{
    Timestamp,
    executions::{StateStatus, facts::HistoryEvent},
};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// How far up a name is looked for: deeper nesting does not exist outside of tests.
pub(super) const CLIMB: usize = 64;

pub(super) fn read(events: &[HistoryEvent], definition: Option<&Definition>, now: Timestamp) -> History {
    let mut order: Vec<&HistoryEvent> = events.iter().collect();
    order.sort_by_key(|event| event.id);
    order.dedup_by_key(|event| event.id);
    let names = definition.map(Names::new);
    let mut walk = Walk {
        history: History { now, events: order.len() as u64, ..History::default() },
        names,
        frames: Frames::default(),
        open: BTreeSet::new(),
        by_name: HashMap::new(),
        last_exited: HashMap::new(),
        resume: VecDeque::new(),
        run: 0,
        run_ends: Vec::new(),
    };
    for event in &order {
        walk.step(event, &order);
    }
    walk.finish(&order)
}

pub(super) struct Walk<'a> {
    pub(super) history: History,
    names: Option<Names<'a>>,
    pub(super) frames: Frames,
    /// Visits that are no groups and have not been left.
    pub(super) open: BTreeSet<usize>,
    /// Visits of a name, oldest first, that have not been left.
    by_name: HashMap<String, Vec<usize>>,
    /// For histories without predecessors.
    last_exited: HashMap<Option<usize>, usize>,
    /// What had not been left when the execution was redriven.
    pub(super) resume: VecDeque<usize>,
    pub(super) run: u64,
    run_ends: Vec<(u64, Timestamp)>,
}

impl Walk<'_> {
    fn step(&mut self, event: &HistoryEvent, order: &[&HistoryEvent]) {
        let place = self.before(event);
        let after = match what(&event.kind) {
            What::Entered(kind) => self.entered(event, kind, place),
            What::Exited => self.exited(event, place),
            What::GroupStarted => self.group(event, place, None),
            What::GroupSucceeded => self.group(event, place, Some(true)),
            What::GroupFailed => self.group(event, place, Some(false)),
            What::IterationStarted => self.iteration(event, place, Item::Running),
            What::IterationSucceeded => self.iteration(event, place, Item::Succeeded),
            What::IterationFailed => self.iteration(event, place, Item::Failed),
            What::IterationAborted => self.iteration(event, place, Item::Aborted),
            What::MapRunStarted => self.map_run(event, place),
            What::Scheduled => self.scheduled(event, place, order),
            What::Submitted => self.submitted(event, place),
            What::Succeeded => self.ended(event, place, false),
            What::Failed => self.ended(event, place, true),
            What::EvaluationFailed => self.evaluation(event, place),
            What::ExecutionStarted => {
                self.history.started = Some(event.at);
                self.history.input.clone_from(&event.detail.input);
                self.history.role.clone_from(&event.detail.role);
                Place::default()
            }
            What::ExecutionEnded(end) => self.end(event, place, end),
            What::Redriven => self.redriven(event, place),
            What::Other => place,
        };
        self.history.ids.push(event.id);
        self.history.places.push(after);
    }

    /// Where the predecessor stands. Only smaller ids are known yet, so this cannot go round.
    fn before(&self, event: &HistoryEvent) -> Place {
        if event.previous == 0 { Place::default() } else { self.history.place(event.previous).unwrap_or_default() }
    }

    pub(super) fn visit(&mut self, at: usize) -> Option<&mut Visit> {
        self.history.visits.get_mut(at)
    }

    fn entered(&mut self, event: &HistoryEvent, kind: StateKind, place: Place) -> Place {
        let name = event.detail.name.clone().unwrap_or_default();
        let state = self.names.as_ref().and_then(|names| names.state(&name));
        let kind = state.map(|state| state.kind).filter(|known| *known != StateKind::Unknown).unwrap_or(kind);
        let mut follows = None;
        let visits = &self.history.visits;
        let frame = match place.visit.and_then(|at| Some((at, visits.get(at)?))) {
            Some((group, visit)) if visit.is_group() && visit.exited.is_none() => {
                let branch = state.filter(|state| state.parent.is_some()).map(|state| state.branch);
                let first = if visit.kind == StateKind::Parallel {
                    self.frames.branch(group, visits, branch)
                } else {
                    self.frames.iteration(Some(group), visits, &visit.name, None)
                };
                Some(first)
            }
            // Entered again, in the shape of a redrive that enters a state anew.
            Some((_, visit)) if visit.exited.is_none() && visit.name == name => {
                follows = visit.follows;
                visit.frame
            }
            Some((at, visit)) => {
                follows = Some(at);
                visit.frame
            }
            None if place.frame.is_some() => place.frame,
            None if visits.is_empty() && event.previous == 0 => None,
            None => {
                let around = state.and_then(|state| Some((state, self.names.as_ref()?.parent(state)?)));
                let frame = around.map(|(state, parent)| {
                    let group = self.by_name.get(&parent.name).and_then(|open| open.last()).copied();
                    self.frames.guess(group, visits, state, parent)
                });
                if event.previous == 0 {
                    follows = self.last_exited.get(&frame).copied();
                }
                frame
            }
        };
        let at = visits.len();
        let visit = Visit {
            id: event.id,
            name: name.clone(),
            kind,
            frame,
            entered: event.at,
            exited: None,
            follows,
            tries: Vec::new(),
            fault: (kind == StateKind::Fail).then_some(Fault { event: event.id, run: self.run }),
            last_fault: (kind == StateKind::Fail).then_some(event.id),
            run: self.run,
            last: event.id,
            iterations: None,
            status: StateStatus::Running,
            ended: None,
        };
        if !visit.is_group() && kind != StateKind::Fail {
            self.open.insert(at);
        }
        self.history.visits.push(visit);
        self.by_name.entry(name).or_default().push(at);
        self.touch(at, event);
        Place { visit: Some(at), frame }
    }

    fn exited(&mut self, event: &HistoryEvent, place: Place) -> Place {
        let name = event.detail.name.as_deref().unwrap_or_default();
        let Some(at) = self.named(place, name) else { return place };
        self.touch(at, event);
        self.open.remove(&at);
        if let Some(known) = self.by_name.get_mut(name)
            && let Some(found) = known.iter().rposition(|known| *known == at)
        {
            known.remove(found);
        }
        let Some(visit) = self.visit(at) else { return place };
        visit.exited = Some((event.id, event.at));
        let frame = visit.frame;
        if let Some(open) = visit.tries.last_mut().filter(|last| last.ended.is_none()) {
            open.ended = Some((event.id, event.at));
        }
        self.last_exited.insert(frame, at);
        Place { visit: Some(at), frame }
    }

    /// The visit of that name that an event in this place means: this one, one around it, or the newest that is open.
    pub(super) fn named(&self, place: Place, name: &str) -> Option<usize> {
        let fits =
            |at: &usize| self.history.visits.get(*at).is_some_and(|visit| visit.name == name && visit.exited.is_none());
        let mut frame = place.frame;
        let mut found = place.visit.filter(fits);
        for _ in 0..CLIMB {
            if found.is_some() {
                break;
            }
            let Some(around) = frame.and_then(|frame| self.frames.list.get(frame)) else { break };
            found = around.group.filter(fits);
            frame = around.parent;
        }
        found.or_else(|| self.by_name.get(name)?.last().copied())
    }

    fn end(&mut self, event: &HistoryEvent, place: Place, end: End) -> Place {
        let history = &mut self.history;
        history.end = end;
        history.ended = Some(event.at);
        history.end_error.clone_from(&event.detail.error);
        history.end_cause.clone_from(&event.detail.cause);
        self.run_ends.push((self.run, event.at));
        let mut at = place.visit;
        if end == End::Failed {
            // `… executing the state 'X' (entered at the event id #27) …` names it where no event did.
            let entered = event.detail.cause.as_deref().and_then(super::failure::entered_at);
            at = entered.and_then(|id| history.visit_of_id(id)).or(at);
        }
        history.ended_in = at;
        let run = self.run;
        if end == End::Failed
            && let Some(visit) = at.and_then(|at| self.visit(at)).filter(|visit| visit.exited.is_none())
            && (visit.kind == StateKind::Fail || visit.fault.is_none())
        {
            visit.fault = Some(Fault { event: event.id, run });
            visit.last_fault = Some(event.id);
            visit.run = run;
            if let Some(open) = visit.tries.last_mut().filter(|last| last.ended.is_none()) {
                open.ended = Some((event.id, event.at));
                open.failed = true;
            }
        }
        Place { visit: at, ..place }
    }

    fn redriven(&mut self, event: &HistoryEvent, place: Place) -> Place {
        let next = self.history.redrives + 1;
        let count = event.detail.redrive_count.filter(|count| *count < u64::from(u32::MAX)).unwrap_or(next);
        self.run = self.run.max(next).max(count);
        self.history.redrives = self.run;
        self.history.end = End::Running;
        self.history.ended = None;
        self.history.end_error = None;
        self.history.end_cause = None;
        self.resume = self.open.iter().copied().collect();
        place
    }

    /// Seen now. What lies around a visit that goes on after a redrive goes on as well.
    pub(super) fn touch(&mut self, at: usize, event: &HistoryEvent) {
        let run = self.run;
        let Some(visit) = self.visit(at) else { return };
        if visit.run < run && visit.is_group() {
            visit.reopen(event, run);
        }
        visit.last = event.id;
        visit.run = run;
        let mut frame = visit.frame;
        if run == 0 {
            return;
        }
        while let Some(around) = frame.and_then(|frame| self.frames.list.get(frame)) {
            frame = around.parent;
            let Some(group) = around.group.and_then(|at| self.history.visits.get_mut(at)) else { continue };
            if group.run == run {
                break;
            }
            group.reopen(event, run);
            group.run = run;
            group.last = event.id;
        }
    }

    fn finish(mut self, order: &[&HistoryEvent]) -> History {
        self.history.frames = std::mem::take(&mut self.frames.list);
        self.history.started = self.history.started.or_else(|| order.first().map(|event| event.at));
        super::rows::settle(&mut self.history, self.names.as_ref(), &self.run_ends);
        super::rows::fill(&mut self.history, order, &self.run_ends);
        self.history.failure = super::failure::first(&self.history, order, self.names.as_ref());
        self.history
    }
}
