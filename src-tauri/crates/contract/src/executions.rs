//! State machines, their executions, and one execution with its graph, states, events and reason.

mod compare;
pub mod facts;
mod graph;
mod payloads;
mod rerun;
mod tasks;
mod visits;

use crate::{Notice, Timestamp, range::Within};
pub use compare::{CompareExecution, Comparison, DiffLine, DiffSide, Difference, PairSide, StatePair};
pub use facts::MachineKind;
pub use graph::{EdgeKind, Graph, GraphEdge, GraphNode, GraphRun, Iterations, NodeRun, StateKind, StateStatus};
pub use payloads::{CompareState, PayloadPlace, PayloadSide, StateComparison};
pub use rerun::{
    CheckInput, CheckRerun, InputCheck, InputField, PlanRedrive, PlanStart, PlanStop, Recommend, Rerun, Verdict,
};
use serde::{Deserialize, Serialize};
pub use tasks::{ContainerEnd, ContainerFact, ContainerLog, FindTaskLogs, TaskEnd, TaskLogs};
pub use visits::{
    Attempt, CauseLevel, EventReply, EventRow, JobLink, MapRunRow, OpenHistoryEvents, OpenStates, Payload, PayloadOf,
    ReadEvent, ReadPayload, ReadState, Span, SpanKind, StateDetail, StateRow, Why,
};

/// Opens the state machines of the session's region. Growth arrives in the order in which it is known: names first, then
/// counts, then the last run and what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMachines {
    /// What counts, rates and medians cover.
    pub within: Within,
}

/// One state machine. `None` is "not read yet".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MachineRow {
    pub arn: String,
    pub name: String,
    pub kind: MachineKind,
    pub created: Option<Timestamp>,
    /// From the metrics `AWS/States`; caught failures are among the succeeded there.
    pub counts: Option<RunCounts>,
    /// The newest run; the inner `None` is "has never run, as far as history goes back".
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::known::known")]
    pub last: Option<Option<LastRun>>,
    /// Seconds, over the range.
    pub median: Option<f64>,
    pub expected: Option<Expected>,
    /// Why something above is missing.
    pub problem: Option<String>,
    /// When the newest part of the row was read.
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    pub started: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub timed_out: u64,
    pub aborted: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastRun {
    pub arn: String,
    pub name: String,
    pub status: Status,
    pub started: Timestamp,
}

/// When the clock starts a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// `rule nightly`, `schedule default/nightly`.
    pub by: String,
    pub next: Option<Timestamp>,
    pub standing: Standing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    OnTime,
    /// It should have started then and did not.
    Late(Timestamp),
    /// The clock should have started it and it has never run.
    NeverRan,
    /// The rule or schedule is switched off.
    Disabled,
    /// Started by events alone, or what has run is not known.
    Unknown,
}

/// The service's statuses and one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    Running,
    Succeeded,
    /// Ended as SUCCEEDED, but through a handler that a Catch led to.
    CaughtFailure,
    Failed,
    TimedOut,
    Aborted,
    PendingRedrive,
    /// A word that is not known yet.
    Other,
}

impl Status {
    /// From the API's word.
    pub fn from_api(word: &str) -> Self {
        match word {
            "RUNNING" => Self::Running,
            "SUCCEEDED" => Self::Succeeded,
            "FAILED" => Self::Failed,
            "TIMED_OUT" => Self::TimedOut,
            "ABORTED" => Self::Aborted,
            "PENDING_REDRIVE" => Self::PendingRedrive,
            _ => Self::Other,
        }
    }

    /// One word for the filter line, the grid and the graph.
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::CaughtFailure => "caught failure",
            Self::Failed => "failed",
            Self::TimedOut => "timed out",
            Self::Aborted => "aborted",
            Self::PendingRedrive => "pending redrive",
            Self::Other => "unknown",
        }
    }

    /// Shown among the failed ones.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::CaughtFailure | Self::Failed | Self::TimedOut | Self::Aborted)
    }
}

/// Opens the executions of one machine, of one Map Run, or of all machines at once; newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenExecutions {
    pub of: ExecutionsOf,
    /// Those that ran at some time in this range; `None` for all that the service still keeps. Of all machines at once, and
    /// of an Express machine, which only its log tells of, `None` is the last 24 hours.
    pub within: Option<Within>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionsOf {
    Machine(String),
    MapRun(String),
    /// Of every machine with something to show in the range.
    All,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionRow {
    pub arn: String,
    pub machine: String,
    pub machine_arn: String,
    pub name: String,
    pub status: Status,
    pub started: Timestamp,
    pub stopped: Option<Timestamp>,
    pub redrives: u64,
    /// The state that failed first, or the one that a running execution is in.
    pub state: Option<String>,
    pub error: Option<String>,
    /// The cause in one line of plain words.
    pub cause: Option<String>,
    /// Version or alias that it was started with, such as `:12` or `:live`.
    pub version: Option<String>,
    /// Whether `state`, `error` and the status have been looked up in the history.
    pub looked: bool,
}

/// Errors of the rows of an open set of executions, most frequent first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct GroupErrors {
    pub set: crate::SetId,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorGroups {
    pub groups: Vec<ErrorGroup>,
    /// The newest 50 runs, newest first.
    pub strip: Vec<StripRun>,
    /// Seconds, of the succeeded runs.
    pub median: Option<u64>,
    pub succeeded: u64,
    pub ended: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorGroup {
    pub error: String,
    pub state: Option<String>,
    pub cause: Option<String>,
    pub machines: Vec<String>,
    pub count: u64,
    pub newest: Timestamp,
    pub oldest: Timestamp,
    /// ARNs, newest first.
    pub executions: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripRun {
    pub arn: String,
    pub name: String,
    pub status: Status,
    pub started: Timestamp,
    /// Until now for a running one.
    pub seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeMachine {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MachineDetail {
    pub machine: facts::MachineFact,
    pub graph: Option<Graph>,
    /// Why there is no graph, with its place in the text (line and column from 1).
    pub graph_problem: Option<DefinitionProblem>,
    /// Number or name with what it points at, newest first.
    pub versions: Vec<VersionName>,
    pub starts: Vec<facts::StartRule>,
    /// When the clock starts it next, and whether it did last time.
    pub expected: Option<Expected>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionName {
    pub arn: String,
    /// `12`, `live`.
    pub name: String,
    /// `version`, or `alias of 12 (90 %), 11 (10 %)`.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefinitionProblem {
    pub message: String,
    pub line: u32,
    pub column: u32,
}

/// Follows one execution: the reply is what is known at once, the channel brings the whole view whenever it changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchExecution {
    pub arn: String,
}

/// Ends the following. The core forgets the history unless somebody else follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnwatchExecution {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExecutionEvent {
    View(Box<ExecutionView>),
    Failed(crate::Fault),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExecutionView {
    pub execution: ExecutionRow,
    pub kind: MachineKind,
    /// Sent once; a later view without it means that it has not changed.
    pub graph: Option<Graph>,
    pub graph_problem: Option<DefinitionProblem>,
    pub run: GraphRun,
    pub why: Option<Why>,
    pub events: u64,
    /// The whole history has been read (as far as it exists).
    pub complete: bool,
    pub as_of: Timestamp,
    pub redrive: Redrive,
    /// The definition of the machine is another one now.
    pub definition_changed: Option<bool>,
    /// Executions that this one is nested in, outermost first, when it was started by `states:startExecution` or is a
    /// child of a Map Run.
    pub parents: Vec<ExecutionLink>,
    pub map_runs: Vec<MapRunRow>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redrive {
    pub status: Option<String>,
    pub reason: Option<String>,
    pub count: u64,
    pub date: Option<Timestamp>,
    /// Until when it can be redriven: 14 days after it ended.
    pub until: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionLink {
    pub arn: String,
    pub name: String,
    pub machine: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_never_run_is_told_from_what_is_not_read() {
        let row = MachineRow {
            arn: "arn".into(),
            name: "orders".into(),
            kind: MachineKind::Standard,
            created: None,
            counts: None,
            last: None,
            median: None,
            expected: None,
            problem: None,
            as_of: Timestamp::UNIX_EPOCH,
        };
        let run =
            LastRun { arn: "arn/1".into(), name: "1".into(), status: Status::Failed, started: Timestamp::UNIX_EPOCH };
        for last in [None, Some(None), Some(Some(run))] {
            let row = MachineRow { last, ..row.clone() };
            let text = serde_json::to_string(&row).unwrap();
            assert_eq!(serde_json::from_str::<MachineRow>(&text).unwrap(), row, "{text}");
        }
    }
}
