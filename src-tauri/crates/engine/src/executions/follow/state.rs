//! What is known of an execution, and the view that the window gets of it.

use crate::executions::{ExecutionEvents, last_part, machine_name};
use ::executions::{
    Definition, History,
    cause::{one_line, unfold},
    graph::graph,
    why::why,
};
use contract::{
    Notice, Timestamp,
    executions::{
        DefinitionProblem, ExecutionLink, ExecutionRow, ExecutionView, Graph, GraphRun, MachineKind, MapRunRow,
        Redrive, Status,
        facts::{ExecutionFact, HistoryEvent, MachineFact, MapRunFact},
    },
};
use jiff::ToSpan as _;
use std::sync::Arc;

pub(super) struct State {
    pub fact: ExecutionFact,
    pub kind: MachineKind,
    pub machine: Option<Arc<MachineFact>>,
    pub definition: Option<Arc<Definition>>,
    pub graph: Option<Arc<Graph>>,
    pub problem: Option<DefinitionProblem>,
    /// From the first event on; without holes, unless it was [cut short](Self::cut_short).
    pub events: Arc<Vec<HistoryEvent>>,
    /// The end, while the rest is not there yet.
    pub tail: Arc<Vec<HistoryEvent>>,
    pub complete: bool,
    pub as_of: Timestamp,
    pub history: Arc<History>,
    pub definition_changed: Option<bool>,
    pub parents: Vec<ExecutionLink>,
    pub map_runs: Vec<MapRunRow>,
    pub notices: Vec<Notice>,
    pub watchers: Vec<Watcher>,
    /// Pages that show it, until they say that they leave.
    pub pages: u64,
    /// [Looks](super::Look) that are held.
    pub looks: u64,
}

#[derive(Clone)]
pub(super) struct Watcher {
    pub events: ExecutionEvents,
    pub has_graph: bool,
}

/// A followed execution at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub fact: ExecutionFact,
    pub kind: MachineKind,
    /// As it was for the execution.
    pub machine: Option<Arc<MachineFact>>,
    pub definition: Option<Arc<Definition>>,
    pub history: Arc<History>,
    events: Arc<Vec<HistoryEvent>>,
    pub complete: bool,
    pub row: ExecutionRow,
    pub definition_changed: Option<bool>,
    pub map_runs: Vec<MapRunRow>,
    pub map_run_facts: Vec<MapRunFact>,
}

impl Seen {
    /// An execution that nobody follows, from what was read of it.
    pub fn of(fact: ExecutionFact, machine: Option<MachineFact>, events: Vec<HistoryEvent>, now: Timestamp) -> Self {
        let mut state = State::new(fact, MachineKind::Standard, now);
        state.complete = events.first().is_some_and(|event| event.id == 1);
        state.events = Arc::new(events);
        match machine {
            Some(machine) => state.set_machine(machine),
            None => state.reread(),
        }
        state.seen()
    }

    pub fn events(&self) -> &[HistoryEvent] {
        &self.events
    }

    /// Events of the whole history: they are numbered without holes.
    pub fn last_event(&self) -> Option<u64> {
        self.events.last().map(|event| event.id)
    }
}

impl State {
    pub fn new(fact: ExecutionFact, kind: MachineKind, as_of: Timestamp) -> Self {
        Self {
            fact,
            kind,
            machine: None,
            definition: None,
            graph: None,
            problem: None,
            events: Arc::default(),
            tail: Arc::default(),
            complete: false,
            as_of,
            history: Arc::new(History::read(&[], None, as_of)),
            definition_changed: None,
            parents: Vec::new(),
            map_runs: Vec::new(),
            notices: Vec::new(),
            watchers: Vec::new(),
            pages: 0,
            looks: 0,
        }
    }

    pub fn set_machine(&mut self, machine: MachineFact) {
        match Definition::read(&machine.definition) {
            Ok(definition) => {
                self.graph = Some(Arc::new(graph(&definition)));
                self.definition = Some(Arc::new(definition));
            }
            Err(problem) => self.problem = Some(problem),
        }
        self.machine = Some(Arc::new(machine));
        self.reread();
    }

    pub fn note(&mut self, text: String) {
        let notice = Notice::warning(text);
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    pub fn append(&mut self, events: Vec<HistoryEvent>) {
        let last = self.events.last().map_or(0, |event| event.id);
        // In place, unless somebody reads them at this moment.
        Arc::make_mut(&mut self.events).extend(events.into_iter().filter(|event| event.id > last));
        self.reread();
    }

    /// The history cannot be read on: what was read of its beginning and its end is all that there will be.
    pub fn cut_short(&mut self, events: Vec<HistoryEvent>, why: &str) {
        self.append(events);
        let read = self.events.len();
        self.complete = true;
        self.append(self.tail.to_vec());
        self.note(format!("Only the first {read} events and the last could be read: {why}."));
    }

    /// Until the whole is there, its end says more than its beginning.
    pub fn reread(&mut self) {
        let history = History::read(self.known_events(), self.definition.as_deref(), self.as_of);
        self.history = Arc::new(history);
    }

    fn known_events(&self) -> &Arc<Vec<HistoryEvent>> {
        if !self.complete && !self.tail.is_empty() { &self.tail } else { &self.events }
    }

    pub fn seen(&self) -> Seen {
        Seen {
            fact: self.fact.clone(),
            kind: self.kind,
            machine: self.machine.clone(),
            definition: self.definition.clone(),
            history: Arc::clone(&self.history),
            events: Arc::clone(self.known_events()),
            complete: self.complete,
            row: self.row(),
            definition_changed: self.definition_changed,
            map_run_facts: self.map_runs.iter().map(|run| run.fact.clone()).collect(),
            map_runs: self.map_runs.clone(),
        }
    }

    fn row(&self) -> ExecutionRow {
        let fact = &self.fact;
        let failure = self.history.first_failure();
        let mut status = Status::from_api(&fact.status);
        // Of a success, a first failure is one that was handled and led to the end.
        if status == Status::Succeeded && failure.is_some() {
            status = Status::CaughtFailure;
        }
        let failure = failure.filter(|_| status.is_failure());
        let started_with = fact.alias.as_deref().or(fact.version.as_deref());
        ExecutionRow {
            arn: fact.arn.clone(),
            machine: machine_name(&fact.arn).to_owned(),
            machine_arn: fact.machine.clone(),
            name: fact.name.clone(),
            status,
            started: fact.started,
            stopped: fact.stopped,
            redrives: fact.redrive_count,
            state: match failure {
                Some(failure) => failure.state.clone(),
                None if status == Status::Running => self.history.running().first().map(|state| (*state).to_owned()),
                None => None,
            },
            error: failure.map(|failure| failure.error.clone()).or_else(|| fact.error.clone()),
            cause: failure.map(|failure| {
                one_line(&unfold(failure.resource_type.as_deref(), Some(&failure.error), failure.cause.as_deref()))
            }),
            version: started_with.map(|arn| format!(":{}", last_part(arn))),
            looked: true,
        }
    }

    pub fn view(&self, with_graph: bool) -> ExecutionView {
        let fact = &self.fact;
        let row = self.row();
        let partial = !self.complete;
        ExecutionView {
            why: why(&self.history, self.definition.as_deref(), fact, partial),
            run: self.graph.as_ref().map_or_else(GraphRun::default, |graph| self.history.graph_run(graph)),
            kind: self.kind,
            graph: self.graph.as_deref().filter(|_| with_graph).cloned(),
            graph_problem: self.problem.clone(),
            events: self.events.len().max(self.tail.len()) as u64,
            complete: self.complete,
            as_of: self.as_of,
            redrive: Redrive {
                status: fact.redrive_status.clone(),
                reason: fact.redrive_reason.clone(),
                count: fact.redrive_count,
                date: fact.redrive_date,
                until: fact
                    .stopped
                    .filter(|_| row.status.is_failure() && row.status != Status::CaughtFailure)
                    .and_then(|stopped| stopped.checked_add((14 * 24).hours()).ok()),
            },
            definition_changed: self.definition_changed,
            parents: self.parents.clone(),
            map_runs: self.map_runs.clone(),
            notices: self.notices.clone(),
            execution: row,
        }
    }
}

pub(crate) fn link(arn: &str) -> ExecutionLink {
    ExecutionLink { arn: arn.to_owned(), name: last_part(arn).to_owned(), machine: machine_name(arn).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::executions::facts::EventDetail;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn events(ids: std::ops::RangeInclusive<u64>) -> Vec<HistoryEvent> {
        let event = |id: u64| HistoryEvent {
            id,
            previous: id - 1,
            at: at(60),
            kind: "PassStateEntered".into(),
            detail: EventDetail::default(),
        };
        ids.map(event).collect()
    }

    fn state() -> State {
        let (arn, machine) =
            ("arn:aws:states:eu-west-1:1:execution:daily:one", "arn:aws:states:eu-west-1:1:stateMachine:daily");
        let mut fact = ExecutionFact::bare(arn, machine, "one", "FAILED", at(0));
        fact.stopped = Some(at(60));
        State::new(fact, MachineKind::Standard, at(60))
    }

    #[test]
    fn a_history_that_cannot_be_read_on_is_not_waited_for() {
        let mut state = state();
        state.tail = Arc::new(events(901..=1_000));
        state.append(events(1..=40));
        state.cut_short(events(41..=50), "Rate exceeded");
        assert!(state.complete, "nothing more comes: who waits for the whole goes on with this");
        let ids: Vec<u64> = state.seen().events.iter().map(|event| event.id).collect();
        assert_eq!((ids.len(), ids.first(), ids.last()), (150, Some(&1), Some(&1_000)));
        assert_eq!(state.notices[0].text, "Only the first 50 events and the last could be read: Rate exceeded.");
    }
}
