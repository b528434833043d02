//! Result sets: the core holds the data, the window asks for the rows it shows.
//!
//! A command that opens a set answers with its first [`SetState`] and then reports growth on a channel. The window asks
//! for rows by position in the set's current view (filter and sort). Sets are closed with their page.

use crate::{
    Fault, Notice, SetId, Timestamp,
    drift::{EndpointRow, FeatureRow, MonitorRow, MonitorRunRow, WorkRow},
    ends::{EndRow, TableRow},
    executions::{EventRow, ExecutionRow, MachineRow, StateRow},
    insights::InsightsRow,
    jobs::{HomeRow, JobRow, LogFileRow},
    logs::FoundLine,
    models::{GroupRow, PipelineExecutionRow, PipelineRow, QueueRow},
    now::NowRow,
    objects::{BucketRow, EntryRow, VersionRow},
    operations::{AuditRow, OperationRow},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetState {
    pub set: SetId,
    /// Rows read so far.
    pub total: u64,
    /// Rows that pass the filter.
    pub shown: u64,
    /// False while the core is still reading.
    pub complete: bool,
    /// When the newest part of the data was read.
    pub as_of: Timestamp,
    /// What could not be read, and why: the "partial" state of the view.
    pub notices: Vec<Notice>,
    /// Parts of the filter that were not understood; the rest of it holds.
    pub filter_errors: Vec<FilterError>,
    /// What the filter line may name here.
    pub fields: Vec<Field>,
    /// Where the order is by a field that groups the rows: each group, in that order. Empty otherwise.
    pub sections: Vec<Section>,
    /// Grows with every change of rows, filter or order: rows read at another revision are stale.
    pub revision: u64,
}

/// Rows that stand together because they have one value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The value, or what rows without one are called: `no team`.
    pub title: String,
    /// Position of the first of them in the view.
    pub from: u64,
    pub rows: u64,
}

/// Reported while a set grows, batched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum SetEvent {
    Grew(SetState),
    /// Reading stopped; what was read stays.
    Failed(Fault),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub kind: FieldKind,
    /// Values to offer, for a field with few of them.
    pub values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FieldKind {
    Text,
    Size,
    Number,
    /// With digits behind the point.
    Real,
    Time,
    Duration,
}

/// `from..to` are positions in characters, not bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterError {
    pub from: u32,
    pub to: u32,
    pub message: String,
}

/// Sets filter and order of a set. An empty filter shows all; no sort is the set's own order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewSet {
    pub set: SetId,
    pub filter: String,
    pub sort: Option<Sort>,
    /// Offset of the zone that the window shows, in minutes east of UTC: for a day or time typed in the filter.
    pub offset_minutes: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// A field's name.
    pub by: String,
    pub descending: bool,
}

/// Rows `from..to` of the current view; at most 512 are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRows {
    pub set: SetId,
    pub from: u64,
    pub to: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowWindow {
    pub from: u64,
    pub revision: u64,
    pub rows: Rows,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Rows {
    Buckets(Vec<BucketRow>),
    Entries(Vec<EntryRow>),
    Versions(Vec<VersionRow>),
    Machines(Vec<MachineRow>),
    Executions(Vec<ExecutionRow>),
    States(Vec<StateRow>),
    Events(Vec<EventRow>),
    Jobs(Vec<JobRow>),
    Homes(Vec<HomeRow>),
    LogFiles(Vec<LogFileRow>),
    FoundLines(Vec<FoundLine>),
    Insights(Vec<InsightsRow>),
    Ends(Vec<EndRow>),
    Tables(Vec<TableRow>),
    Groups(Vec<GroupRow>),
    Queue(Vec<QueueRow>),
    Pipelines(Vec<PipelineRow>),
    PipelineExecutions(Vec<PipelineExecutionRow>),
    Monitors(Vec<MonitorRow>),
    MonitorRuns(Vec<MonitorRunRow>),
    Features(Vec<FeatureRow>),
    Worklist(Vec<WorkRow>),
    Endpoints(Vec<EndpointRow>),
    Now(Vec<NowRow>),
    Operations(Vec<OperationRow>),
    Audit(Vec<AuditRow>),
}

/// Where the row with this identity stands in the current view.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindRow {
    pub set: SetId,
    pub id: String,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct CloseSet {
    pub set: SetId,
}

/// Puts rows of the current view on the clipboard, with a header line. Answers with the number of rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CopyRows {
    pub set: SetId,
    /// Identities of rows; empty means all that are shown.
    pub ids: Vec<String>,
    pub format: CopyFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyFormat {
    Tsv,
    Csv,
}
