//! The incident of a failed execution: from what failed to its cause, to what changed, to what can be done about it.

use crate::{
    Fault, Notice, Timestamp,
    ends::{EndId, LoadErrors},
    executions::{Difference, ExecutionRow, PlanRedrive, PlanStart},
    jobs::{
        JobChange, JobId, LogFileRow,
        diagnosis::{EvidenceLine, NewTemplate, RetryAdvice, Severity, Suggestion},
        facts::ObjectFact,
    },
    logs::StreamLog,
    objects::content::Content,
    restore::PlanRestore,
};
use serde::{Deserialize, Serialize};

/// Follows the incident of an execution: the reply is what is known at once, the channel brings the whole again whenever
/// more was found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIncident {
    pub execution: String,
}

/// Writes what is known of an open incident as a file, in one document that needs nothing else. Answers where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportIncident {
    pub execution: String,
    pub format: ExportFormat,
    /// A folder or a file, as the person typed it; without one a dialog of the system asks.
    pub path: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExportFormat {
    Markdown,
    Html,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// `None` when the person closed the dialog.
    pub path: Option<String>,
    pub bytes: u64,
    /// What the file does not hold, or holds otherwise than was shown.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

/// Puts what is known of an open incident on the clipboard, as Markdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyIncident {
    pub execution: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum IncidentEvent {
    View(Box<Incident>),
    Failed(Fault),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub execution: ExecutionRow,
    /// From the execution down to what threw: the first failure, not what followed from it.
    pub chain: Vec<ChainLink>,
    pub cause: Option<IncidentCause>,
    /// Where the cause is not known: messages of the logs that the last success did not have.
    #[serde(default)]
    pub said_now: Vec<NewTemplate>,
    /// What is different from the last success, the most telling first.
    pub changes: Vec<Difference>,
    /// Differences that are not among these.
    #[serde(default)]
    pub more_changes: Vec<MoreChanges>,
    pub inputs: Vec<InputObject>,
    /// What the pipeline's two ends have to do with it, the surest first.
    pub ends: Vec<EndEvidence>,
    /// What can be done, the best first.
    pub actions: Vec<IncidentAction>,
    /// What happened, from all sources, in order.
    pub timeline: Vec<Moment>,
    /// What is still being found out, in words.
    pub looking: Vec<String>,
    pub as_of: Timestamp,
    pub notices: Vec<Notice>,
}

/// Differences that are counted and not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoreChanges {
    pub count: u64,
    /// The run or the execution whose comparison shows all of them.
    pub of: IncidentTarget,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainLink {
    pub kind: ChainKind,
    /// The thing's own name.
    pub name: String,
    pub text: Option<String>,
    pub at: Option<Timestamp>,
    pub target: Option<IncidentTarget>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ChainKind {
    Execution,
    State,
    Job,
    Container,
    Exception,
    /// The log line to read first, where no cause is known.
    Line,
}

impl ChainKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Execution => "execution",
            Self::State => "state",
            Self::Job => "job",
            Self::Container => "container",
            Self::Exception => "exception",
            Self::Line => "read first",
        }
    }
}

/// What a part of an incident leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum IncidentTarget {
    Execution(String),
    /// A visit to a state of an execution.
    State {
        execution: String,
        visit: String,
    },
    Job(JobId),
    End(EndId),
    /// A line of a log, or the log.
    Log(QuotePlace),
    Version {
        bucket: String,
        key: String,
        version_id: Option<String>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentCause {
    pub title: String,
    /// In one or two sentences.
    pub text: String,
    /// 5 to 98; `None` when the service itself says so.
    pub confidence: Option<u8>,
    /// Of the finding; `None` when the service itself says so.
    pub severity: Option<Severity>,
    pub retry: Option<RetryAdvice>,
    pub evidence: Vec<Quote>,
    pub settings: Vec<Suggestion>,
}

/// A line of evidence, away from the list of files that it counts in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub line: EvidenceLine,
    /// `None` where the service said it.
    pub place: Option<QuotePlace>,
}

/// Where a quoted line stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotePlace {
    /// The run whose file it is; `None` of a stream that belongs to none.
    pub job: Option<JobId>,
    /// [`LogFileRow::words`]: `executor 7 stderr`; of a stream its name.
    pub file: String,
    /// [`LogFileRow::address`].
    pub address: String,
    /// From 0. `None` where it is not known, and then its time leads there.
    pub line: Option<u64>,
    pub at: Option<Timestamp>,
}

impl QuotePlace {
    /// Of a line of evidence about a run, whose [`LineAt::file`](crate::logs::LineAt::file) counts these files.
    pub fn of(line: &EvidenceLine, job: &JobId, files: &[LogFileRow]) -> Option<Self> {
        let at = line.at?;
        let file = files.get(usize::try_from(at.file).ok()?)?;
        let (file, address) = (file.words(), file.address.clone());
        Some(Self { job: Some(job.clone()), file, address, line: Some(at.line), at: line.time })
    }

    /// Of a line of evidence about what wrote to this stream.
    pub fn in_stream(line: &EvidenceLine, log: &StreamLog) -> Option<Self> {
        let at = line.at?;
        Some(Self { line: Some(at.line).filter(|_| log.whole), at: line.time, ..Self::stream(log) })
    }

    /// A stream, and no line of it.
    pub fn stream(log: &StreamLog) -> Self {
        Self { job: None, file: log.name.clone(), address: log.address.clone(), line: None, at: None }
    }

    pub fn target(&self) -> IncidentTarget {
        IncidentTarget::Log(self.clone())
    }
}

/// A replication task that brings an input, or a statement that loads: what it has to do with the incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndEvidence {
    pub id: EndId,
    /// One line: `DMS task orders-cdc failed 3 h ago: it met a fatal error`.
    pub title: String,
    /// What it explains, and what to do.
    pub text: String,
    /// 5 to 98.
    pub confidence: u8,
    pub at: Option<Timestamp>,
    pub evidence: Vec<Quote>,
    /// Of a load that failed, where they were read without asking.
    pub errors: Option<LoadErrors>,
    /// What reading them would set off, where that is for a person to ask.
    pub asks: Option<String>,
}

/// An object that the failed run read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputObject {
    pub bucket: String,
    pub key: String,
    /// As it was when the run began.
    pub read: ObjectFact,
    pub content: Option<Content>,
    /// As it was for the last success.
    pub before: Option<ObjectFact>,
    /// What stands out, in words.
    pub verdicts: Vec<Notice>,
    /// A version that is whole where this one is not.
    pub better: Option<BetterVersion>,
    /// How large its uploads were, the newest first.
    #[serde(default)]
    pub uploads: Vec<UploadSize>,
}

/// An upload of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadSize {
    pub stored: Timestamp,
    /// Bytes.
    pub size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BetterVersion {
    pub version_id: String,
    pub stored: Timestamp,
    /// Bytes.
    pub size: u64,
    /// Beside the version that the run read.
    pub day: UploadDay,
    /// Its size and ETag alone speak for it: its records could not be read.
    pub by_size: bool,
    /// It is the current one by now.
    pub current: bool,
}

/// Of which day the data of an upload is, beside another upload of the key. Running with one of another day repeats that
/// day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UploadDay {
    Same,
    Another,
    /// The last success read it.
    LastSuccess,
    /// It may be another day's, and why: `it was stored at 00:30 UTC, and uploads come about 06:00 UTC`.
    Doubtful(String),
}

/// Something that can be done, prepared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentAction {
    /// Verb and noun: `Restore daily_sales.csv`.
    pub title: String,
    /// Why, and what it sets off.
    pub why: String,
    /// What a person must know before.
    pub warning: Option<String>,
    /// Why it is not offered now.
    pub withheld: Option<String>,
    /// What starts the machine of the execution when it is done: `rule on-daily-sales`. Starting it as well runs it twice.
    #[serde(default)]
    pub starts: Option<String>,
    pub does: IncidentStep,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum IncidentStep {
    Restore(PlanRestore),
    Start(PlanStart),
    Redrive(PlanRedrive),
    RunJob {
        job: JobId,
        changes: Vec<JobChange>,
    },
    /// Watch for the run that something else starts: executions of this machine after a moment.
    Follow {
        machine: String,
        after: Timestamp,
    },
    /// Nothing to press: something outside has to be put right.
    ByHand,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub at: Timestamp,
    /// `S3`, `Step Functions`, `EMR Serverless`, `driver`.
    pub source: String,
    pub text: String,
    pub failure: bool,
    pub target: Option<IncidentTarget>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::LineAt;

    #[test]
    fn a_line_counts_in_a_stream_that_was_read_from_its_beginning() {
        let log = |whole| StreamLog { address: "dms-tasks-a:dms-task-B".into(), name: "dms-task-B".into(), whole };
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let line = EvidenceLine {
            at: Some(LineAt { file: 0, line: 41 }),
            fact: None,
            time: Some(at),
            text: String::new(),
            count: 1,
        };
        let place = QuotePlace::in_stream(&line, &log(true)).unwrap();
        assert_eq!((place.line, place.at, place.file.as_str()), (Some(41), Some(at), "dms-task-B"));
        let place = QuotePlace::in_stream(&line, &log(false)).unwrap();
        assert_eq!((place.line, place.at), (None, Some(at)), "only its time leads there");
        assert_eq!(QuotePlace::in_stream(&EvidenceLine { at: None, ..line }, &log(true)), None, "the service said it");
    }
}
