//! State machines, their executions, and one execution with its graph, states, events and reason.

pub mod facts;
mod payloads;

use crate::{Notice, Timestamp, range::Within};
pub use facts::MachineKind;
pub use payloads::{CompareState, PayloadPlace, PayloadSide, StateComparison};
use serde::{Deserialize, Serialize};

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

/// A definition, laid out. Positions are pixels at zoom 1, from the top left corner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    pub width: f32,
    pub height: f32,
    /// A group stands before what it holds.
    pub nodes: Vec<GraphNode>,
    pub edges: Vec<GraphEdge>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphNode {
    /// Its place in `nodes`.
    pub id: u32,
    /// Unique in the definition.
    pub name: String,
    pub kind: StateKind,
    /// The Parallel or Map that holds it.
    pub parent: Option<u32>,
    /// Branch of a Parallel, from 0.
    pub branch: u32,
    /// A Parallel or Map drawn around its states.
    pub group: bool,
    /// Reached only through a Catch.
    pub handler: bool,
    /// The execution can end here.
    pub end: bool,
    /// What it calls: `EMR Serverless startJobRun`, `Lambda`, `waits 300 s`.
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateKind {
    Task,
    Pass,
    Choice,
    Wait,
    Succeed,
    Fail,
    Parallel,
    Map,
    DistributedMap,
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GraphEdge {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    /// `$.rows < 1000`, `Default`, `Catch States.TaskFailed`, `Retry 2 times`.
    pub label: String,
    /// Where the label stands.
    pub label_x: f32,
    pub label_y: f32,
    /// Start, then three points for each cubic curve.
    pub points: Vec<(f32, f32)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EdgeKind {
    Next,
    Choice,
    Catch,
    /// From a state to itself.
    Retry,
}

/// What an execution did on its graph.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GraphRun {
    /// One for each node that was entered.
    pub nodes: Vec<NodeRun>,
    /// Places in `edges` that were taken.
    pub taken: Vec<u32>,
    /// Nodes from the start to the state that failed first, and on to where the execution ended because of it.
    pub failed_path: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeRun {
    pub node: u32,
    pub status: StateStatus,
    /// Times entered.
    pub visits: u64,
    /// Attempts of the newest visit, 1 without a retry.
    pub attempts: u64,
    /// Of the newest visit; until now for a running one.
    pub millis: u64,
    /// Of a Map: its items.
    pub iterations: Option<Iterations>,
    /// The state of the newest visit, for [`ReadState`].
    pub state: String,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Iterations {
    pub total: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub running: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StateStatus {
    Running,
    Succeeded,
    /// Failed, and nothing caught it.
    Failed,
    /// Failed, and a Catch led on.
    Caught,
    /// Ended because something else failed or the execution was stopped.
    Aborted,
}

impl StateStatus {
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Caught => "caught",
            Self::Aborted => "aborted",
        }
    }
}

/// Opens the visits to states of a followed execution, in order of entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStates {
    pub arn: String,
}

/// One visit to a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateRow {
    /// The id of the event that entered it, as text.
    pub id: String,
    pub name: String,
    pub kind: StateKind,
    pub status: StateStatus,
    /// Iterations and branches that it lies in, outermost first: `DownloadImages[17]`, `Checks branch 2`.
    pub within: Vec<String>,
    /// How deep it lies.
    pub depth: u32,
    pub entered: Timestamp,
    pub exited: Option<Timestamp>,
    pub attempts: u64,
    pub error: Option<String>,
    /// The job that its last attempt started: `EMR Serverless job run 00f4k2…`.
    pub job: Option<String>,
    /// What it did when, for the Gantt.
    pub spans: Vec<Span>,
    /// In which redrive it ran, 0 for the first run.
    pub redrive: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub kind: SpanKind,
    pub from: Timestamp,
    /// `None` while it lasts.
    pub to: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SpanKind {
    Work,
    FailedAttempt,
    /// Between a failed attempt and the next.
    Backoff,
    Wait,
}

/// Opens the events of a followed execution, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenHistoryEvents {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventRow {
    /// The event's number as text.
    pub id: String,
    pub number: u64,
    pub previous: u64,
    pub at: Timestamp,
    pub kind: String,
    pub state: Option<String>,
    /// Resource, error, job id: what matters of its details in one line.
    pub text: String,
    pub failure: bool,
    /// Milliseconds since the execution started.
    pub offset: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadEvent {
    pub arn: String,
    pub number: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReply {
    pub row: EventRow,
    /// The details as pretty JSON, JSON texts inside unfolded.
    pub json: String,
    pub truncated: bool,
}

/// Everything of one visit to a state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadState {
    pub arn: String,
    /// [`StateRow::id`].
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StateDetail {
    pub row: StateRow,
    pub input: Option<Payload>,
    pub output: Option<Payload>,
    pub attempts: Vec<Attempt>,
    pub cause: Vec<CauseLevel>,
    /// Its part of the definition, pretty JSON.
    pub definition: Option<String>,
    /// Executions that it started, and its Map Run.
    pub children: Vec<ExecutionLink>,
    pub map_run: Option<String>,
}

/// JSON or other text of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    pub text: String,
    /// Cut by the service.
    pub truncated: bool,
}

/// One try of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// From 1.
    pub number: u64,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub error: Option<String>,
    /// In one line.
    pub cause: Option<String>,
    pub job: Option<JobLink>,
}

/// A job that an attempt started: a run of its own with its own ids and logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobLink {
    /// `EMR Serverless`, `Glue`, `Lambda`.
    pub service: String,
    /// `job run`, `step`, `training job`.
    pub noun: String,
    /// The one that names it: `00f4k2…`.
    pub id: String,
    /// All that is known, by the API's names: `ApplicationId`, `JobRunId`.
    pub ids: Vec<(String, String)>,
    pub region: Option<String>,
    /// The `aws` command that shows it, without profile.
    pub command: Option<String>,
    /// Where its logs are, if the events say so: an S3 URI or a log group with a stream.
    pub logs: Option<String>,
}

/// One level of a cause: causes hold causes, through jobs and child executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseLevel {
    /// `execution nightly-child 4f2…`, `EMR Serverless job run 00f…`, `Lambda function load-redshift`.
    pub source: String,
    pub error: Option<String>,
    /// In words, without the JSON around it.
    pub text: String,
    /// What else it says: exit code, request id, log file.
    pub fields: Vec<(String, String)>,
    /// Stack trace or other lines.
    pub lines: Vec<String>,
    /// The child execution, if that is what failed.
    pub execution: Option<String>,
}

/// Why an execution failed, in one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// The state that failed first, with its visit.
    pub state: Option<String>,
    pub visit: Option<String>,
    /// `States.TaskFailed`, `BadRecordException`.
    pub error: String,
    /// One sentence: `SubmitEMRServerlessJob: the job run failed, three attempts`.
    pub title: String,
    /// One or two sentences in plain words.
    pub text: String,
    pub cause: Vec<CauseLevel>,
    /// What followed from it: `Checks was aborted`, `The Catch led to SendFailureNotification, which ended it as SUCCEEDED`.
    pub consequences: Vec<String>,
    /// For a fault of the workflow itself: what the limit or rule is and what to do.
    pub advice: Vec<String>,
    pub job: Option<JobLink>,
    /// Only the end of the history has been read so far.
    pub partial: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapRunRow {
    pub fact: facts::MapRunFact,
    pub state: String,
}

/// Reads input, output or definition whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPayload {
    pub arn: String,
    pub what: PayloadOf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayloadOf {
    Input,
    Output,
    /// As it was for this execution.
    Definition,
}

/// Compares an execution with another of its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareExecution {
    pub arn: String,
    /// `None`: the last success before it.
    pub with: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// `None` when there is no success to compare with; then `notices` says how far was looked.
    pub with: Option<ExecutionRow>,
    /// What is different, most telling first.
    pub differences: Vec<Difference>,
    /// What was looked at and is the same.
    pub same: Vec<String>,
    pub states: Vec<StatePair>,
    pub input: Vec<DiffLine>,
    pub definition: Vec<DiffLine>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `Input`, `Definition`, `Branch`, `Duration`, `Job parameters`, `Version`.
    pub what: String,
    /// `$.detail.object.size`, `SubmitEMRServerlessJob`.
    pub place: String,
    pub then: Option<String>,
    pub now: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatePair {
    pub name: String,
    pub then: Option<PairSide>,
    pub now: Option<PairSide>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSide {
    pub status: StateStatus,
    pub millis: u64,
    pub visits: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    pub side: DiffSide,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DiffSide {
    Both,
    Then,
    Now,
    /// Lines that are the same were left out here; the text says how many.
    Gap,
}

/// Whether an execution can be run again, and how. Reads only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRerun {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerun {
    pub redrive: Verdict,
    pub start: Verdict,
    pub stop: Verdict,
    pub recommend: Recommend,
    /// Why that is recommended, in one or two sentences.
    pub why: String,
    /// What the failed run already wrote, what still runs, what processes the same input.
    pub safety: Vec<Notice>,
    /// A name that is free.
    pub name: String,
    /// Versions and aliases that can be started.
    pub targets: Vec<VersionName>,
    /// What past inputs have in common.
    pub shape: Vec<InputField>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub ok: bool,
    /// Why not, or what will happen.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recommend {
    Redrive,
    StartAgain,
    Neither,
}

/// A field that past inputs had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputField {
    pub path: String,
    /// `string`, `number or null`.
    pub kinds: String,
    pub seen: u64,
    pub of: u64,
    pub example: String,
}

/// Checks an edited input before a plan is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInput {
    /// The execution whose input was edited.
    pub arn: String,
    pub input: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputCheck {
    /// Why it cannot be sent, with its place.
    pub problem: Option<DefinitionProblem>,
    /// Where it departs from past inputs.
    pub notices: Vec<Notice>,
    /// Against the original.
    pub diff: Vec<DiffLine>,
}

/// Plans to redrive executions from where they failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRedrive {
    pub executions: Vec<String>,
}

/// Plans to start executions again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStart {
    /// Executions whose input and machine are used.
    pub executions: Vec<String>,
    /// Version or alias instead of the latest definition. For one execution only.
    pub target: Option<String>,
    /// An edited input. For one execution only.
    pub input: Option<String>,
    /// For one execution only; otherwise names are proposed.
    pub name: Option<String>,
}

/// Plans to stop running executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStop {
    pub executions: Vec<String>,
    pub error: Option<String>,
    pub cause: Option<String>,
}
