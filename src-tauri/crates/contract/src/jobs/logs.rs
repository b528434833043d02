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

impl LogFileRow {
    /// Whose it is: `driver`, `executor 7`, `bootstrap action 1`.
    pub fn who(&self) -> String {
        let role = self.role.word();
        let executor = self.executor.as_deref().filter(|name| *name != role);
        match executor.or(self.container.as_deref()).or(self.node.as_deref()) {
            Some(name) => format!("{role} {name}"),
            None => role.to_owned(),
        }
    }

    /// The file in a sentence: `executor 7 stderr`, `driver stderr, attempt 2`. One whose name says nothing is called by the
    /// end of its address.
    pub fn words(&self) -> String {
        if self.role == LogRole::Unknown {
            let end: Vec<&str> = self.address.rsplit('/').take(2).collect();
            return end.into_iter().rev().collect::<Vec<_>>().join("/");
        }
        let part = self.part.as_ref().map(|part| format!(" {part}")).unwrap_or_default();
        let attempt = self.attempt.filter(|attempt| *attempt > 1).map(|attempt| format!(", attempt {attempt}"));
        format!("{} {}{part}{}", self.who(), self.stream.word(), attempt.unwrap_or_default())
    }
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
    /// Where it keeps them could not be read: why.
    NotKnown(String),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn row(role: LogRole, executor: Option<&str>, node: Option<&str>) -> LogFileRow {
        LogFileRow {
            address: "s3://lake-logs/a/b/stderr.gz".into(),
            role,
            executor: executor.map(str::to_owned),
            container: None,
            node: node.map(str::to_owned),
            attempt: Some(1),
            stream: LogStreamKind::Stderr,
            part: None,
            compressed: true,
            size: None,
            last_write: None,
        }
    }

    #[test]
    fn a_file_says_whose_it_is() {
        assert_eq!(row(LogRole::Driver, Some("driver"), None).who(), "driver");
        assert_eq!(row(LogRole::Executor, Some("7"), None).who(), "executor 7");
        assert_eq!(row(LogRole::Bootstrap, None, Some("i-0a")).who(), "bootstrap i-0a");
        assert_eq!(row(LogRole::Step, None, None).who(), "step");
    }

    #[test]
    fn a_file_is_named_by_what_is_known_of_it() {
        assert_eq!(row(LogRole::Executor, Some("7"), None).words(), "executor 7 stderr");
        let again = LogFileRow { attempt: Some(2), part: Some("0".into()), ..row(LogRole::Driver, None, None) };
        assert_eq!(again.words(), "driver stderr 0, attempt 2");
        let unknown = |address: &str| LogFileRow { address: address.into(), ..row(LogRole::Unknown, None, None) };
        assert_eq!(unknown("s3://lake-logs/a/b/app.log.gz").words(), "b/app.log.gz");
        assert_eq!(unknown("/aws/app:web").words(), "aws/app:web");
        assert_eq!(unknown("x").words(), "x");
    }
}
