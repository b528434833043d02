//! Reading log files: opened, shown by rows, stepped through, searched.
//!
//! The core inflates, indexes and keeps the text; the window asks for the rows that it shows. Lines are counted from 0
//! here and shown from 1. What looks like a secret is masked before it gets here.

use crate::{
    Fault, LogId, Notice, SearchId, SetId, Timestamp,
    jobs::{JobId, LogFileRow},
    sets::ViewSet,
};
use serde::{Deserialize, Serialize};

/// Opens files and streams: one is read as it is, several are merged on one clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLog {
    /// [`LogFileRow::address`]: `s3://bucket/key`, or group and stream with `:` between.
    pub addresses: Vec<String>,
    /// The run that they are of: what names another file of it leads there.
    pub job: Option<JobId>,
}

/// What is known of an open log so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    pub log: LogId,
    pub files: Vec<LogFileState>,
    /// Rows of [`LogView::Lines`]; of several files none.
    pub lines: u64,
    /// Rows of [`LogView::Records`]: a line with the lines that belong to it is one record.
    pub records: u64,
    /// Records at ERROR or above, and at WARN.
    pub errors: u64,
    pub warnings: u64,
    /// Records that [`LogView::Folds`] has folded so far; none until it is asked for.
    pub folded: Option<u64>,
    /// Of times that tell none.
    pub zone: LogZone,
    /// Everything was read. Files that still grow are looked at again.
    pub complete: bool,
    /// It is looked at for more every second or two: see [`FollowLog`].
    pub following: bool,
    pub as_of: Timestamp,
    pub notices: Vec<Notice>,
    /// Grows with every change: rows read at another revision may stand elsewhere.
    pub revision: u64,
}

/// One file of an open log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFileState {
    pub row: LogFileRow,
    /// Bytes as stored that were read, of [`LogFileRow::size`].
    pub read: u64,
    /// Bytes as they are shown.
    pub length: u64,
    pub lines: u64,
    pub records: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Milliseconds that are added to its times on the common clock of several files, as [`SetLogClock`] has it.
    pub offset: i64,
    /// What should be added by what the files tell of the same events; none where they fit.
    pub skew: Option<LogSkew>,
    pub complete: bool,
    /// What is wrong with it, in words: `damaged after line 12,004: the gzip data is cut off`, `access denied`.
    pub fault: Option<String>,
}

/// How far the clock of a file is from that of the driver's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSkew {
    /// Milliseconds to be added to the file's times.
    pub offset: i64,
    /// Tasks that both files tell of.
    pub tasks: u64,
}

/// Adds to the times of a file of several, in place of what was added before; 0 shows them as they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLogClock {
    pub log: LogId,
    /// Which of the open files, from 0.
    pub file: u32,
    /// Milliseconds, [`SetLogClock::MOST`] at most either way.
    pub offset: i64,
}

impl SetLogClock {
    /// Two days: zones that are mistaken for one another differ by 26 hours.
    pub const MOST: i64 = 48 * 3_600_000;
}

/// The zone of times that tell none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogZone {
    /// Amazon's machines are set to it.
    #[default]
    Utc,
    /// This computer's.
    Local,
    /// Minutes east of UTC, 18 hours at most either way.
    Fixed(i32),
}

/// Reads the times of an open log that tell no zone in this one. Nothing is fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetLogZone {
    pub log: LogId,
    pub zone: LogZone,
}

/// Reported while a log grows, batched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogEvent {
    Grew(LogState),
    Failed(Fault),
}

/// Which rows of a log are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogView {
    /// Every line of the one file.
    Lines,
    /// One row for each record; several files have their records on one clock.
    Records,
    /// The same with records that follow each other and differ in numbers alone as one row, until it is opened
    /// ([`FoldInLog`]). Of several files each folds for itself.
    Folds,
    /// Lines that a search found, with so many lines around each.
    Hits { search: SearchId, context: u32 },
}

/// Rows `from..to` of a view; at most 512 are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLog {
    pub log: LogId,
    pub view: LogView,
    pub from: u64,
    pub to: u64,
    /// Marks what this search matches.
    pub search: Option<SearchId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogWindow {
    pub from: u64,
    /// All rows of the view.
    pub total: u64,
    pub revision: u64,
    pub rows: Vec<LogRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    pub at: LineAt,
    /// Of the record, when its first line is shown.
    pub time: Option<Timestamp>,
    pub level: Option<LogLevel>,
    /// What the line says; in [`LogView::Records`] and [`LogView::Folds`] without the time and level that stand before
    /// it. Control characters and escapes are gone, secrets are masked, what is very long is cut.
    pub text: String,
    /// Characters that were cut from its end.
    pub cut: u64,
    /// Characters of `text`, from and to, that the search matches.
    pub marks: Vec<(u32, u32)>,
    /// Names in it that lead elsewhere.
    pub links: Vec<LogLink>,
    /// [`LogView::Records`] and [`LogView::Folds`]: lines of the record. Otherwise 1.
    pub lines: u64,
    /// [`LogView::Folds`]: the row stands for more records than its own, or is the first of them when they are shown.
    pub fold: Option<LogFold>,
    /// [`LogView::Folds`]: belongs to the open fold above.
    pub inside: bool,
    /// Belongs to the record above.
    pub continues: bool,
    /// [`LogView::Hits`]: it matches; false for the lines around. Otherwise true.
    pub hit: bool,
}

/// Records that follow each other and differ in numbers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFold {
    /// At least 2.
    pub count: u64,
    /// Of the first and of the last; of one that tells no time the last that was told before it.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// Each has a row of its own.
    pub open: bool,
}

/// Opens or closes the fold that a record is in. Answers with the row of [`LogView::Folds`] where it begins now, or none
/// where the record is alone or not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoldInLog {
    pub log: LogId,
    /// Any of its lines.
    pub at: LineAt,
    pub open: bool,
}

/// A stream of CloudWatch Logs of what is no run of an engine here: a replication task, a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLog {
    /// Group and stream with `:` between, as [`OpenLog`] takes it.
    pub address: String,
    /// The stream's own name.
    pub name: String,
    /// It was read from its first line, so that lines of evidence count in it. Of a longer one only the end was read, and
    /// times lead there.
    pub whole: bool,
}

/// A line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LineAt {
    /// Which of the open files, from 0.
    pub file: u32,
    /// From 0.
    pub line: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

impl LogLevel {
    pub const ALL: [Self; 6] = [Self::Trace, Self::Debug, Self::Info, Self::Warn, Self::Error, Self::Fatal];

    pub fn word(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }
}

/// A name in a line that leads to another file of the run, or to an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLink {
    /// Characters of the text.
    pub from: u32,
    pub to: u32,
    pub target: LogTarget,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogTarget {
    /// The address of another log file of the run.
    File(String),
    /// `s3://bucket/key`.
    Object(String),
}

/// Reads one record whole, as far as it can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRecord {
    pub log: LogId,
    /// Any of its lines.
    pub at: LineAt,
    /// Shows what is masked; the audit log keeps that.
    pub unmasked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordText {
    /// Its first line.
    pub at: LineAt,
    pub time: Option<Timestamp>,
    pub level: Option<LogLevel>,
    /// At most 2,000 lines.
    pub lines: Vec<String>,
    /// Lines behind those.
    pub more: u64,
    /// Something in it is masked.
    pub masked: bool,
}

/// Where to go from a row of a view. Answers with a row of that view, or none when there is nothing further. In
/// [`LogView::Folds`] the fold of a hit, a line or a time is opened; one of errors is gone to as it is, and passed as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInLog {
    pub log: LogId,
    pub view: LogView,
    pub from: u64,
    pub to: LogStep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogStep {
    /// The first record at ERROR or above of all.
    FirstError,
    NextError,
    PreviousError,
    NextHit(SearchId),
    PreviousHit(SearchId),
    /// The first record that is no earlier.
    Time(Timestamp),
    Line(LineAt),
}

/// Searches an open log. Results are counted as they are found; the search stays until it is closed or its log is, takes up
/// files that are still to come, and searches anew what is replaced or grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchLog {
    pub log: LogId,
    pub query: LogQuery,
}

/// Searches files one after the other without keeping any open: for more of them than can be read together. Those that a
/// list of log files shows, but for what is for a machine to read. Closing the set ends it; the last search that ended or failed
/// is taken up again when the same is asked for, without the files that it could not read: see [`RetryUnreadFiles`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenFoundLines {
    /// The list of `OpenLogFiles` with its filter and order.
    pub files: ViewSet,
    /// The run that they are of.
    pub job: JobId,
    pub query: LogQuery,
}

/// Files that a search through many could not read, or not whole: known once it has ended, by its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadUnreadFiles {
    /// The set of [`OpenFoundLines`].
    pub set: SetId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadFiles {
    pub total: u64,
    /// The first of them, [`UnreadFiles::MOST`] at most.
    pub files: Vec<UnreadFile>,
}

impl UnreadFiles {
    /// Files that are named.
    pub const MOST: usize = 200;
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadFile {
    /// What it is called: [`LogFileRow::words`].
    pub name: String,
    /// [`LogFileRow::address`].
    pub address: String,
    pub why: String,
}

/// Lets a search read the files again that it could not read, the next time that the same is asked for. Answers with their
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetryUnreadFiles {
    /// The set of [`OpenFoundLines`].
    pub set: SetId,
}

/// A line that was found in one of many files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    pub file: LogFileRow,
    /// From 0.
    pub line: u64,
    /// Of its record, or the last that was told before it.
    pub time: Option<Timestamp>,
    pub level: Option<LogLevel>,
    /// Its beginning, as [`LogRow::text`].
    pub text: String,
    /// Characters of `text`, from and to, that the search matches.
    pub marks: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    /// Empty: every record that level and time let through.
    pub text: String,
    pub regex: bool,
    /// False: case is ignored unless there is a capital in the text.
    pub match_case: bool,
    /// Lines that do not match.
    pub inverse: bool,
    /// Records at this level or above.
    pub level: Option<LogLevel>,
    /// By the times that the files tell.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchState {
    pub search: SearchId,
    /// Lines that match.
    pub hits: u64,
    /// Rows of [`LogView::Hits`] without context; fewer than `hits` when there are very many.
    pub kept: u64,
    /// Of each open file.
    pub files: Vec<u64>,
    /// How many hits fall into each of 100 equal parts of the log.
    pub map: Vec<u64>,
    /// Bytes searched, of all that are there.
    pub searched: u64,
    pub length: u64,
    /// Files of which nothing is there yet; they are searched as they come.
    pub unread: u64,
    /// Grows whenever a file was searched anew: its hits may stand elsewhere.
    pub turn: u64,
    /// Everything was read and searched. What comes later is added.
    pub done: bool,
    /// Milliseconds from its beginning until it was done.
    pub took: u64,
    /// What is wrong with the query or could not be searched.
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchEvent {
    Found(SearchState),
    Failed(Fault),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseSearch {
    pub search: SearchId,
}

/// Looks for more every second or two, until it is switched off, the run is over and nothing came any more, or nothing
/// came for a quarter of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowLog {
    pub log: LogId,
    pub on: bool,
}

/// Ends reading; what was inflated stays in the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseLog {
    pub log: LogId,
}

/// How much the copies of read logs, and what is kept of monitors' reports and of pipelines' executions, take on this computer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLogCache {}

/// Removes the copies of read logs and what is kept of monitors' reports and of pipelines' executions. A log that is open stays readable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearLogCache {}

/// Inflated copies of read logs with their indexes: with one, a log opens and is searched again at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCache {
    /// Bytes that they take.
    pub bytes: u64,
    /// Bytes that they may take; the least recently used go first.
    pub most: u64,
    pub folder: String,
    pub reports: KeptReports,
    /// Executions of pipelines that are over.
    pub pipelines: KeptReports,
}

/// What reports of monitors came to, or executions of pipelines: one that is kept is not fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptReports {
    /// Bytes that they take.
    pub bytes: u64,
    /// Bytes that they may take; the oldest go first.
    pub most: u64,
    /// Since the run: older ones go too.
    pub days: u32,
}
