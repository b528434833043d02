//! CloudWatch Logs Insights: queries over log groups, which cost by what they scan.
//!
//! Nothing is scanned until [`StartInsights`]; what it may cost is asked before with [`EstimateInsights`]. The rows of a
//! run stay in the core, also when its page is left, so that coming back costs nothing.

use crate::{Fault, InsightsId, Notice, Timestamp, jobs::JobId, range::Within};
use serde::{Deserialize, Serialize};

/// Log groups of one query ("CloudWatch Logs quotas").
pub const MOST_GROUPS: usize = 50;
/// Characters of a query ("StartQuery").
pub const MOST_TEXT: usize = 10_000;
/// Rows of one query.
pub const MOST_ROWS: u64 = 10_000;

/// Names under which the columns of a run can be sorted, in the order of its fields. Fields beyond them are copied and
/// shown with their row, and have no column.
pub const COLUMNS: [&str; 24] = [
    "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12", "c13", "c14", "c15", "c16", "c17",
    "c18", "c19", "c20", "c21", "c22", "c23", "c24",
];

/// What a page begins with: the log groups of a run, and queries that fit it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepareInsights {
    pub job: Option<JobId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsStart {
    pub groups: Vec<String>,
    pub queries: Vec<ReadyQuery>,
}

/// A query that is ready to run or to be changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyQuery {
    pub name: String,
    pub text: String,
}

/// Log groups whose names hold this text, whatever its case; at most 50.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListLogGroups {
    pub holds: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroups {
    pub groups: Vec<LogGroup>,
    /// There are more than were read.
    pub more: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    pub name: String,
    /// Bytes, as DescribeLogGroups says; it may lag by hours.
    pub stored: Option<u64>,
    /// `None` is for ever.
    pub kept_days: Option<u32>,
    pub created: Option<Timestamp>,
}

/// What a query over these groups may cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EstimateInsights {
    pub groups: Vec<String>,
    pub within: Within,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsEstimate {
    /// Bytes that would be scanned.
    pub bytes: u64,
    /// All bytes of the groups.
    pub stored: u64,
    /// Millionths of a US dollar, at the price that the basis names.
    pub micros: u64,
    /// What the estimate is made of, in words.
    pub basis: String,
    /// Groups that are not there or say no size.
    pub notices: Vec<Notice>,
}

/// Starts a query. It costs by what it scans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartInsights {
    pub groups: Vec<String>,
    pub text: String,
    pub within: Within,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InsightsReply {
    Started(InsightsState),
    /// The service does not understand the query; nothing was scanned.
    Malformed(Malformed),
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed {
    pub message: String,
    /// Characters of the query, from and to, where the service says.
    pub place: Option<(u32, u32)>,
}

/// A run of a query as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsState {
    pub query: InsightsId,
    pub status: InsightsStatus,
    /// In the order of the query; of [`COLUMNS`] each has the one at its place.
    pub fields: Vec<InsightsField>,
    pub rows: u64,
    /// Records that passed the query's filters, of those scanned.
    pub matched: u64,
    pub scanned: u64,
    /// Bytes that were scanned, and what they cost in millionths of a US dollar at `price`.
    pub bytes: u64,
    pub micros: u64,
    /// In words, with the region where it holds.
    pub price: String,
    /// Milliseconds from its beginning.
    pub took: u64,
    pub from: Timestamp,
    pub until: Timestamp,
    /// The same as a command line.
    pub command: String,
    pub notices: Vec<Notice>,
    /// Grows with every change.
    pub revision: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum InsightsStatus {
    Running,
    Complete,
    /// By the person, or because the page was left.
    Stopped,
    Failed,
    /// After 60 minutes.
    TimedOut,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsField {
    pub name: String,
    /// All its values are numbers.
    pub numeric: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InsightsEvent {
    Changed(InsightsState),
    Failed(Fault),
}

/// A run that the core still holds, for a page that comes back to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShowInsights {
    pub query: InsightsId,
}

/// Stops a run that is not over; what was found stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopInsights {
    pub query: InsightsId,
}

/// The rows of a run, as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInsightsRows {
    pub query: InsightsId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsRow {
    /// Its place in what the service answered, from 0.
    pub id: String,
    /// A value for each field of the run; secrets are masked, and what is long is cut and says by how much.
    pub cells: Vec<Option<String>>,
    /// A line of a log stands behind it; a row that counts has none.
    pub leads: bool,
}

/// Where the line behind a row is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindInsightsLine {
    pub query: InsightsId,
    pub row: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsightsLine {
    /// Group and stream with `:` between.
    pub address: String,
    /// The second of it.
    pub at: Option<Timestamp>,
}
