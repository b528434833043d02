//! What triage reads: records with the source they come from, and what the service itself said of the job. The shapes
//! are its own, so that whoever inflates, indexes and groups lines may do so as it likes.

use jiff::Timestamp;
use std::collections::BTreeMap;

/// A file of the job, as the caller numbers them. The order has no meaning beyond being stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct FileId(pub u32);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// One log record: a line, or a line with the stack trace below it.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    pub file: FileId,
    /// Of its first line, from 1.
    pub line: u64,
    /// How many lines it has.
    pub lines: u32,
    pub at: Option<Timestamp>,
    pub level: Option<Level>,
    /// The whole record, as it stands in the file. Need not be UTF-8.
    pub text: &'a [u8],
}

/// What wrote a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Role {
    /// The Spark driver, wherever it runs (step stderr in client mode, container 1 in cluster mode, `SPARK_DRIVER`).
    Driver,
    Executor {
        id: Option<String>,
    },
    /// An EMR step: the client's own report, or the driver in client mode.
    Step,
    Controller,
    NodeManager,
    ResourceManager,
    Bootstrap,
    /// Console snapshots of a node: `dmesg`, `df`, `free`.
    InstanceState,
    Lambda,
    Glue,
    SageMaker,
    /// An ECS or Batch container.
    Container,
    Dms,
    Redshift,
    Workflow,
    #[default]
    Other,
}

/// A file and where it was written.
#[derive(Debug, Clone, Default)]
pub struct Source {
    pub role: Role,
    pub host: Option<String>,
    /// The YARN container or the pod.
    pub container: Option<String>,
    pub attempt: Option<u32>,
    /// `emr-ec2`, `emr-serverless`, `glue`, ... as the caller names engines.
    pub engine: Option<String>,
}

/// On whose account a line is. A driver reports its executors' deaths, so this is decided for each line, not each file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    Driver,
    Executor,
    Node,
    Service,
    /// What the service says of the job; who is meant is not said.
    Fact,
}

/// What the service says of the job: texts are searched with the same signatures as log lines.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub engine: Option<String>,
    /// The service's own word: `FAILED`, `TERMINATED_WITH_ERRORS`, `SUCCEEDED`.
    pub state: Option<String>,
    pub exit_code: Option<i32>,
    pub texts: Vec<Fact>,
    /// Spark properties, job arguments, function settings: what suggested values start from.
    pub config: BTreeMap<String, String>,
}

/// One text of the service, under its field's name (`StateDetails`, `FailureDetails.Message`, `ErrorMessage`, `cause`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub name: String,
    pub text: String,
}

/// How a job ended, as far as its state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Well,
    Badly,
    Unsaid,
}

impl Facts {
    pub fn ended(&self) -> Ended {
        let state = self.state.as_deref().unwrap_or_default().to_ascii_uppercase();
        match state.as_str() {
            "SUCCEEDED" | "SUCCESS" | "COMPLETED" | "FINISHED" => Ended::Well,
            "FAILED" | "FAILURE" | "ERROR" | "TIMEOUT" | "TIMED_OUT" | "TERMINATED_WITH_ERRORS" | "ABORTED" => {
                Ended::Badly
            }
            _ if self.exit_code.is_some_and(|code| code != 0) => Ended::Badly,
            _ => Ended::Unsaid,
        }
    }

    /// Every text, with the exit code put as a line of its own, so that a signature can speak of it.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let code = self.exit_code.filter(|code| *code != 0);
        let code = code.map(|code| ("exit code".to_owned(), format!("exited with exit code {code}")));
        self.texts.iter().map(|fact| (fact.name.clone(), fact.text.clone())).chain(code)
    }
}

impl Role {
    pub(crate) fn side(&self) -> Side {
        match self {
            Self::Driver | Self::Step | Self::Glue => Side::Driver,
            Self::Executor { .. } => Side::Executor,
            Self::NodeManager | Self::ResourceManager | Self::InstanceState => Side::Node,
            _ => Side::Service,
        }
    }
}
