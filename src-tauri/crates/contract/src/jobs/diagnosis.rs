//! Why a job failed: findings with their evidence.

use super::{JobId, logs::LogFileRow};
use crate::{Fault, Notice, Timestamp, logs::LineAt};
use serde::{Deserialize, Serialize};

/// Reads the logs of a run and names the cause. The reply is what is known at once (the service's own words), the channel
/// brings the whole again whenever more was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagnoseJob {
    pub id: JobId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum DiagnosisEvent {
    Read(Box<Diagnosis>),
    Failed(Fault),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub job: JobId,
    pub verdict: Verdict,
    /// The cause first, then what else could be one, by weight.
    pub findings: Vec<Finding>,
    /// There when the verdict is unknown.
    pub unknown: Option<UnknownCause>,
    /// What was seen and is in runs that succeed too.
    pub noise: Vec<Noise>,
    /// Files that were read; [`LineAt::file`] counts them.
    pub files: Vec<LogFileRow>,
    pub records: u64,
    /// Bytes as they are shown.
    pub bytes: u64,
    /// Everything that is worth reading was read.
    pub complete: bool,
    pub as_of: Timestamp,
    /// What could not be read, and signatures of the user that do not hold.
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The first finding is the cause.
    Cause,
    /// It failed and nothing known explains it.
    Unknown,
    /// Nothing speaks of a failure, or the run succeeded all the same.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The id of its signature.
    pub signature: String,
    pub title: String,
    pub severity: Severity,
    /// `resource`, `code`, `data`, `permission`, `capacity`, `platform`.
    pub layer: String,
    pub retry: RetryAdvice,
    /// 5 to 98.
    pub confidence: u8,
    /// Why it is so sure.
    pub reasons: Vec<String>,
    pub evidence: Vec<EvidenceLine>,
    /// Records that said so.
    pub count: u64,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// `executor 7 on ip-10-0-1-2`.
    pub places: Vec<String>,
    pub consequences: Vec<Consequence>,
    pub remedy: String,
    pub settings: Vec<Suggestion>,
    pub doc: Option<String>,
    /// Class and message of the deepest exception, where there is one.
    pub exception: Option<String>,
    /// Frames of the person's own code in it.
    pub frames: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    Info,
    Warning,
    Error,
    Fatal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAdvice {
    /// A plain retry has a fair chance.
    Same,
    /// With more of something: memory, disk, time.
    Bigger,
    /// Once something outside the job is put right: data, code, a permission.
    AfterFix,
    /// It fails again, whatever is done around it.
    Never,
}

impl RetryAdvice {
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "running it again has a fair chance",
            Self::Bigger => "it fails again unless it gets more",
            Self::AfterFix => "it fails again until the cause is put right",
            Self::Never => "it fails again, whatever is done around it",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    /// Where it stands; none when the service said it.
    pub at: Option<LineAt>,
    /// The service's field, when it said it: `stateDetails`.
    pub fact: Option<String>,
    pub time: Option<Timestamp>,
    /// Masked.
    pub text: String,
    /// Lines like it in this file.
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    pub title: String,
    pub count: u64,
    /// The title of what it follows from.
    pub follows: String,
    pub evidence: Option<EvidenceLine>,
}

/// A setting to change, with the value computed from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub key: String,
    /// `None` when the evidence does not hold what it takes.
    pub value: Option<String>,
    pub current: Option<String>,
    /// How the value came to be.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnknownCause {
    /// In words: what is known all the same.
    pub reason: String,
    pub best: Vec<EvidenceLine>,
    /// Messages that the last success did not have.
    pub new_templates: Vec<NewTemplate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewTemplate {
    pub text: String,
    pub count: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    pub title: String,
    pub count: u64,
}
