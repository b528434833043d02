//! Log files of a run: where they are, what each is, and whether all are there.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A place to look for logs of one run. A prefix may hold nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LogPlace {
    S3 {
        bucket: String,
        prefix: String,
        /// `step`, `containers of application_…`, `driver and executors`.
        holds: String,
    },
    CloudWatch {
        group: String,
        /// Streams begin with it; empty for all of the group.
        stream_prefix: String,
        /// A filter pattern that leaves only the lines of this run.
        filter: Option<String>,
        holds: String,
    },
    /// Kept by the service itself and not as files: to be seen through the address that a call returns.
    Managed {
        /// The call, such as `GetDashboardForJobRun`.
        call: String,
        holds: String,
    },
}

/// What a log file is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogRole {
    Driver,
    Executor,
    /// A container of YARN that may be either; its number says which.
    Container,
    Step,
    /// The pod that calls spark-submit for EMR on EKS.
    Submitter,
    Bootstrap,
    /// A daemon or a snapshot of an instance.
    Node,
    /// A function's invocations.
    Function,
    /// An instance of a SageMaker job.
    Algorithm,
    /// Spark's event log or a history file: for a machine to read.
    EventLog,
    /// About the job rather than of it.
    Metadata,
    Unknown,
}

impl LogRole {
    pub fn word(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Executor => "executor",
            Self::Container => "container",
            Self::Step => "step",
            Self::Submitter => "submitter",
            Self::Bootstrap => "bootstrap",
            Self::Node => "node",
            Self::Function => "function",
            Self::Algorithm => "algorithm",
            Self::EventLog => "event log",
            Self::Metadata => "metadata",
            Self::Unknown => "other",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogStreamKind {
    Stdout,
    Stderr,
    /// EMR's own account of a step.
    Controller,
    Syslog,
    /// Standard output and error together, and the engine's own lines.
    Mixed,
    /// Any other file, by its name without number and ending.
    Other(String),
}

impl LogStreamKind {
    pub fn word(&self) -> &str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Controller => "controller",
            Self::Syslog => "syslog",
            Self::Mixed => "log",
            Self::Other(name) => name,
        }
    }
}

/// One log file or stream in the list of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFileRow {
    /// `s3://bucket/key`, or group and stream with `:` between.
    pub address: String,
    pub role: LogRole,
    /// `7`, `driver`; SageMaker's `algo-1`.
    pub executor: Option<String>,
    /// Of YARN, or a pod.
    pub container: Option<String>,
    /// `i-…`.
    pub node: Option<String>,
    /// From 1.
    pub attempt: Option<u32>,
    pub stream: LogStreamKind,
    /// Of a file in parts: an index or the hour. `None` is the newest part.
    pub part: Option<String>,
    /// The name says so; what is inside decides.
    pub compressed: bool,
    /// Bytes as stored; streams do not say.
    pub size: Option<u64>,
    pub last_write: Option<Timestamp>,
}

/// Whether all logs of a run are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Badge {
    pub level: BadgeLevel,
    /// `complete as of 06:31 UTC; 3 executors missing; EMR pushes every 5 minutes`.
    pub text: String,
    /// The newest write of any file.
    pub as_of: Option<Timestamp>,
    /// Numbers of executors that the run names and that have no file.
    pub missing: Vec<String>,
    /// Why there are none or not all.
    pub reasons: Vec<LogGap>,
    /// When it is worth looking again.
    pub again: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BadgeLevel {
    Complete,
    /// More may come: the run goes on, or the engine has not pushed since it ended.
    Pending,
    /// Something that should be there is not, and will not come.
    Incomplete,
    Nothing,
}

/// Why logs are missing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LogGap {
    /// The run was not told to keep any.
    NoPlace,
    /// `system-logs`, `application-logs`: their upload is switched off.
    UploadOff(String),
    /// The service keeps them itself and not as files.
    ManagedOnly,
    /// Refused: the action that is missing, and where.
    NoPermission { action: String, place: String },
    /// The log group or bucket is not there.
    PlaceGone(String),
    /// The engine has not pushed yet.
    NotYet,
    /// They were kept for so many days, and that is over.
    Expired { days: u32 },
    /// The run never got as far as writing any.
    NeverStarted,
}
