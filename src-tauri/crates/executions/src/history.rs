//! What a history means: visits to states with their attempts, what failed first, what ran on the graph.
//!
//! Events name their predecessor, not their state. Facts that this module rests on, all seen in histories recorded from
//! the service:
//!
//! - the first state, and a stop by a person, have the predecessor 0;
//! - the next iteration of a Map follows the *last state of the iteration before*, so iterations are told apart by the
//!   name and index that their events carry;
//! - `ParallelStateSucceeded` and `…Exited` follow the last event of the branch that ended last, `ParallelStateFailed`
//!   and every `…StateAborted` follow the failure in the branch that failed, so `…StateAborted` says only that
//!   something was aborted, not what;
//! - a redrive adds `ExecutionRedriven`; the unsuccessful states then go on *without being entered again*: their next
//!   `…Scheduled` follows the original `…StateEntered`. A Fail state that is redriven adds `ExecutionFailed` alone.
//!
//! A history may be its end alone, have holes, or come from an emulator without predecessors. Every step looks only at
//! events with a smaller id, so no cycle of predecessors can hold it up.

mod attempts;
mod build;
mod detail;
mod events;
mod failure;
mod frames;
mod graph_run;
mod groups;
mod kinds;
mod rows;
mod started;
#[cfg(test)]
pub(crate) mod tests;
mod told;

pub use events::event_json;
pub use failure::Failure;
pub(crate) use failure::executing;

use crate::Definition;
use contract::{
    Timestamp,
    executions::{ExecutionLink, StateKind, StateRow, StateStatus, facts::HistoryEvent},
};
use std::collections::HashMap;

/// How the last run of the execution ended, as far as its events say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum End {
    #[default]
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// A history, read. It keeps what it needs of the events; the functions that show details take the events again.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// One row for each visit, in order of entry.
    pub states: Vec<StateRow>,
    pub end: End,
    /// Error and cause of the event that ended it.
    pub end_error: Option<String>,
    pub end_cause: Option<String>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Times that it was redriven.
    pub redrives: u64,
    /// Of `ExecutionStarted`.
    pub input: Option<String>,
    pub role: Option<String>,
    /// Map Runs with the state that started them.
    pub map_runs: Vec<(String, String)>,
    /// Executions that it started and waited for.
    pub children: Vec<ExecutionLink>,
    /// EMR clusters that it made or gave steps to.
    pub clusters: Vec<String>,
    /// Events that were read.
    pub events: u64,
    now: Timestamp,
    visits: Vec<Visit>,
    frames: Vec<frames::Frame>,
    /// Ascending, with the place of each event.
    ids: Vec<u64>,
    places: Vec<Place>,
    /// The visit in which the last run ended.
    ended_in: Option<usize>,
    failure: Option<Failure>,
}

/// Where an event stands: in which visit, and in which branch or iteration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    visit: Option<usize>,
    frame: Option<usize>,
}

#[derive(Debug, Clone)]
struct Visit {
    /// Number of the event that entered it.
    id: u64,
    name: String,
    kind: StateKind,
    frame: Option<usize>,
    entered: Timestamp,
    /// Number and time of its `…StateExited`.
    exited: Option<(u64, Timestamp)>,
    /// The visit from which a transition led here.
    follows: Option<usize>,
    tries: Vec<Try>,
    /// A failure that nothing has made good since.
    fault: Option<Fault>,
    /// The last failure, made good or not.
    last_fault: Option<u64>,
    /// The redrive in which it was last seen, and its last event.
    run: u64,
    last: u64,
    iterations: Option<MapItems>,
    status: StateStatus,
    /// When it ended, by its own exit or by what ended around it.
    ended: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Fault {
    event: u64,
    run: u64,
}

/// One attempt of a task, one start of a Parallel or Map. Events by number.
#[derive(Debug, Clone, Copy)]
struct Try {
    scheduled: Option<u64>,
    submitted: Option<u64>,
    started: Timestamp,
    ended: Option<(u64, Timestamp)>,
    failed: bool,
    run: u64,
}

#[derive(Debug, Clone, Default)]
struct MapItems {
    length: Option<u64>,
    state: HashMap<u64, Item>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Running,
    Succeeded,
    Failed,
    Aborted,
}

impl Visit {
    fn is_group(&self) -> bool {
        matches!(self.kind, StateKind::Parallel | StateKind::Map | StateKind::DistributedMap)
    }
}

impl History {
    /// Reads events (of any order, with holes, or the end alone). The definition is the execution's own, if it is known:
    /// it tells branches by their number, distributed Maps, and a Catch without an event of its own. 25,000 events take
    /// some ten milliseconds.
    pub fn read(events: &[HistoryEvent], definition: Option<&Definition>, now: Timestamp) -> Self {
        build::read(events, definition, now)
    }

    /// The state that an event belongs to.
    pub fn state_of(&self, event: u64) -> Option<&str> {
        let visit = self.place(event)?.visit?;
        self.visits.get(visit).map(|visit| visit.name.as_str())
    }

    /// The first real failure, as against what followed from it: not an attempt whose retry succeeded, not the siblings
    /// that were aborted; of a failure that a Catch led away from, the caught one and not the Fail state behind it; of a
    /// redriven execution, of its last run. `None` when nothing failed, or what failed was handled and the execution
    /// went back to its ordinary path.
    pub fn first_failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Names of states that are running, innermost ones, in order of entry.
    pub fn running(&self) -> Vec<&str> {
        let running = self.visits.iter().filter(|visit| visit.status == StateStatus::Running && !visit.is_group());
        running.map(|visit| visit.name.as_str()).collect()
    }

    /// Names of the Parallel and Map states around a failure that failed or were caught because of it, innermost first.
    pub fn groups_around(&self, failure: &Failure) -> Vec<String> {
        let around = failure.at_visit.into_iter().flat_map(|at| self.around(at).take(64));
        let failed = around
            .filter_map(|at| self.visits.get(at))
            .filter(|group| matches!(group.status, StateStatus::Failed | StateStatus::Caught));
        failed.map(|group| group.name.clone()).collect()
    }

    fn place(&self, event: u64) -> Option<Place> {
        let at = self.ids.binary_search(&event).ok()?;
        self.places.get(at).copied()
    }

    fn visit_of_id(&self, id: u64) -> Option<usize> {
        self.visits.binary_search_by_key(&id, |visit| visit.id).ok()
    }

    /// The group around a visit, then the one around that: innermost first.
    fn around(&self, visit: usize) -> impl Iterator<Item = usize> + '_ {
        let mut frame = self.visits.get(visit).and_then(|visit| visit.frame);
        std::iter::from_fn(move || {
            // A frame without a group was entered before the part that is known; what lies around it is known.
            while let Some(place) = frame {
                let found = self.frames.get(place)?;
                frame = found.parent;
                if found.group.is_some() {
                    return found.group;
                }
            }
            None
        })
    }
}

/// An event by its number; events stand in ascending order unless somebody mixed them.
fn find(events: &[HistoryEvent], id: u64) -> Option<&HistoryEvent> {
    let at = events.binary_search_by_key(&id, |event| event.id).ok();
    at.and_then(|at| events.get(at)).or_else(|| events.iter().find(|event| event.id == id))
}
