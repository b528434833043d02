//! The runs of every engine in one shape: ids, states, rows, and one run with its parameters, places of logs and reasons.
//!
//! Step of EMR, job run of EMR Serverless, of EMR on EKS and of Glue, invocation of a Lambda function, job of SageMaker:
//! each has its own words, and the window knows none of them. What the engine itself said is kept beside our word for it.

pub mod absence;
mod again;
mod attempts;
mod capacity;
pub mod diagnosis;
pub mod facts;
pub mod find;
mod id;
pub mod logs;
pub mod recurrence;
mod requests;
pub mod stages;

use crate::{Notice, Timestamp, ends::EndId, executions::Difference};
pub use again::{EditJob, JobEdit, JobForm, JobOffers, PlanJobRun, PlanJobStop};
pub use attempts::{Attempts, ReadAttempts};
pub use capacity::{Capacity, CapacityRow, ReadCapacity};
pub use diagnosis::{DiagnoseJob, Diagnosis, DiagnosisEvent};
pub use find::{FIND_DAYS, FREE_CALLS, FindEvent, FindRun, FoundRun, LoggedAt, REQUEST_HOURS, StopFind, Unlogged};
pub use id::{BadJobId, JobId, SageMakerKind};
pub use logs::{Badge, LogFileRow, LogPlace, LogRole, LogStreamKind};
pub use recurrence::{ReadRecurrence, Recurrence};
pub use requests::{
    BootstrapAction, ClusterDetail, ClusterInstance, CompareJob, DescribeCluster, DescribeJob, HomeId, HomeRow,
    JobDetail, JobsOf, JudgeLogs, OpenHomes, OpenJobs, OpenLogFiles,
};
use serde::{Deserialize, Serialize};
pub use stages::{CloseStages, ReadStages, Stages, StagesEvent};

/// What runs jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Engine {
    /// Steps of a cluster of EC2 instances.
    Emr,
    EmrServerless,
    EmrEks,
    Glue,
    Lambda,
    SageMaker,
}

impl Engine {
    pub const ALL: [Self; 6] =
        [Self::Emr, Self::EmrServerless, Self::EmrEks, Self::Glue, Self::Lambda, Self::SageMaker];

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emr => "EMR",
            Self::EmrServerless => "EMR Serverless",
            Self::EmrEks => "EMR on EKS",
            Self::Glue => "Glue",
            Self::Lambda => "Lambda",
            Self::SageMaker => "SageMaker",
        }
    }

    /// The service's name in ARNs and commands; it begins the text of a [`JobId`].
    pub fn code(self) -> &'static str {
        match self {
            Self::Emr => "emr",
            Self::EmrServerless => "emr-serverless",
            Self::EmrEks => "emr-containers",
            Self::Glue => "glue",
            Self::Lambda => "lambda",
            Self::SageMaker => "sagemaker",
        }
    }
}

/// Where a run stands, whatever its engine calls that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Taken by the engine; nothing has been given to it yet.
    Submitted,
    /// Waits for its turn or for capacity.
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelling,
    Cancelled,
    TimedOut,
    /// A word that is not known yet.
    Unknown(String),
}

impl State {
    /// One word for the filter line and the grid.
    pub fn word(&self) -> &str {
        match self {
            Self::Submitted => "submitted",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed out",
            Self::Unknown(word) => word,
        }
    }

    /// It will not change any more. An unknown word may.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::TimedOut)
    }

    /// Shown among the failed ones. A cancelled run was ended by somebody and is none.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut)
    }
}

/// One run in the list over all engines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub id: JobId,
    /// The name that a person gave; the id's own when there is none.
    pub name: String,
    pub state: State,
    /// The engine's own word.
    pub word: String,
    /// Why it is in that state, in the engine's words.
    pub reason: Option<String>,
    pub created: Option<Timestamp>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub timing: Timing,
    /// Who or what started it: an ARN or a name.
    pub by: Option<String>,
    /// `emr-7.1.0`, `Glue 5.0`, `python3.13`.
    pub release: Option<String>,
    pub cost: Vec<Quantity>,
    pub as_of: Timestamp,
}

/// Times of a run. `None` is "the engine does not say".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Milliseconds from created to started; until now while it waits.
    pub queued: Option<u64>,
    /// Milliseconds from started to ended; until now while it runs.
    pub run: Option<u64>,
    /// From 1.
    pub attempt: Option<u32>,
    /// As many as there may be.
    pub attempts: Option<u32>,
}

/// What was used, in units. No price: prices differ by region, contract and day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    pub unit: Unit,
    pub amount: f64,
    pub basis: Basis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unit {
    VcpuHours,
    MemoryGbHours,
    StorageGbHours,
    DpuHours,
    /// Memory in GB times seconds.
    GbSeconds,
    InstanceHours,
}

impl Unit {
    pub fn word(self) -> &'static str {
        match self {
            Self::VcpuHours => "vCPU-hours",
            Self::MemoryGbHours => "GB-hours of memory",
            Self::StorageGbHours => "GB-hours of storage",
            Self::DpuHours => "DPU-hours",
            Self::GbSeconds => "GB-seconds",
            Self::InstanceHours => "instance-hours",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// What the engine says it bills.
    Billed,
    /// What the engine says was used.
    Reported,
    /// Capacity times time: the engine reports neither.
    Computed,
}

/// Everything of one run that needs no further call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    pub row: JobRow,
    /// The ARN that policies name; of a step and of a Glue run that of its cluster or job.
    pub arn: Option<String>,
    pub console: Option<String>,
    /// What happened to it, in order.
    pub moments: Vec<JobMoment>,
    /// What it does, and the `aws` command for it.
    pub commands: Vec<(String, String)>,
    pub parameters: Parameters,
    pub logs: Vec<LogPlace>,
    /// What is worth knowing: no logs are kept, a word is not known.
    pub notices: Vec<Notice>,
}

/// Something that happened to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMoment {
    pub at: Timestamp,
    /// `created`, `started`, `Downloading`, `ended: failed`.
    pub what: String,
    /// What the engine says to it.
    pub text: Option<String>,
    pub failure: bool,
}

impl JobMoment {
    /// Start and end of one of several attempts.
    pub fn of_attempt(row: &JobRow) -> Vec<Self> {
        let Some(number) = row.timing.attempt else { return Vec::new() };
        let moment = |at: Option<Timestamp>, what: String, failure: bool, text: Option<String>| {
            at.map(|at| Self { at, what: format!("attempt {number} {what}"), text, failure })
        };
        let failed = row.state.is_failure();
        let ended = row.ended.filter(|_| row.state.is_over());
        let reason = row.reason.clone().filter(|_| failed);
        [
            moment(row.started.or(row.created), "started".to_owned(), false, None),
            moment(ended, format!("ended: {}", row.state.word()), failed, reason),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What a run was asked to do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// The script, jar, query, function or image.
    pub entry_point: Option<String>,
    pub main_class: Option<String>,
    /// For the program itself, in order.
    pub arguments: Vec<String>,
    /// Spark configuration, by key; the one that counts is `effective`.
    pub settings: Vec<Setting>,
    /// What else the engine was told: worker type, hyperparameters.
    pub other: Vec<Setting>,
    /// Objects that hold the program and its libraries.
    pub code: Vec<CodeObject>,
    pub paths: Vec<DataPath>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    pub key: String,
    pub value: String,
    /// Where it was set: `--conf`, `--executor-memory`, `spark-defaults`, `hyperparameter`.
    pub from: String,
    /// False when a later or stronger place sets it again.
    pub effective: bool,
    /// The name looks like that of a secret; shown masked.
    pub secret: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeObject {
    pub uri: String,
    /// `script`, `jar`, `py-files`, `archive`, `image`.
    pub role: String,
}

/// A path in S3 that an argument names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPath {
    /// Always `s3://…`, whichever of Hadoop's schemes was written.
    pub uri: String,
    pub direction: Direction,
    /// The argument's name, if it has one: `--input`, `train`.
    pub argument: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Direction {
    Input,
    Output,
    /// The name says neither.
    Unknown,
}

/// A run beside the last success of the same job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobComparison {
    /// `None` when there is no success to compare with; then `notices` says how far was looked.
    pub with: Option<JobRow>,
    /// What is different, most telling first.
    pub differences: Vec<Difference>,
    /// What was looked at and is the same.
    pub same: Vec<String>,
    pub notices: Vec<Notice>,
}

/// One check of a job or state machine that has not run as it should have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AbsenceCheck {
    pub what: AbsenceCause,
    pub verdict: AbsenceVerdict,
    /// In words, with the evidence: `rule nightly is disabled`.
    pub text: String,
    /// What a person would do about it.
    pub advice: Option<String>,
    /// What can be looked at in S3: the URI of a key, or of a folder, which ends in `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AbsenceCause {
    /// What starts it is switched off or gone.
    Starter,
    /// The cluster, application or job that it runs on.
    Home,
    /// The file that it waits for.
    Input,
    Quota,
    /// Somebody changed something since it last ran.
    Change,
    LastSuccess,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AbsenceVerdict {
    /// Explains it.
    Cause,
    /// May have to do with it.
    Suspect,
    /// Could not be read.
    Unknown,
    Fine,
}

/// What a pasted text leads to among jobs and logs.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JobTarget {
    Job(JobId),
    Cluster(String),
    /// A step whose cluster the text does not name.
    Step(String),
    Application(String),
    /// An application or a job run of EMR Serverless: both look alike.
    ServerlessId(String),
    VirtualCluster(String),
    /// A job run of EMR on EKS whose virtual cluster the text does not name.
    EksRun(String),
    GlueJob(String),
    /// A run whose job the text does not name.
    GlueRun(String),
    Function(String),
    /// Of an invocation whose function the text does not name, or of anything else with such an id.
    RequestId(String),
    /// Of YARN: `application_1700000000000_0001`.
    YarnApplication(String),
    LogGroup(String),
    LogStream {
        group: String,
        stream: String,
    },
    /// A replication task of DMS, or a statement of Redshift.
    End(EndId),
    /// A log file or folder of logs in S3.
    LogPath {
        uri: String,
        job: Option<JobId>,
    },
}

/// A [`JobTarget`] with the account and region that the text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastedJob {
    pub target: JobTarget,
    pub title: String,
    pub account: Option<String>,
    pub region: Option<String>,
}

/// One thing that is asked for differently when a run is started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobChange {
    /// A key of Spark's or Hive's configuration; `None` takes it away.
    Setting {
        key: String,
        value: Option<String>,
    },
    /// An argument of the program by its name, with its dashes; a hyperparameter; `None` takes it away.
    Argument {
        name: String,
        value: Option<String>,
    },
    /// All arguments of the program, in order.
    Arguments(Vec<String>),
    /// The script, jar or query.
    Program(String),
    /// Of a jar; `None` leaves it to the jar's manifest.
    MainClass(Option<String>),
    /// A step that no run was asked for before. The one change of a cluster, and of nothing else.
    Step(NewStep),
    /// Glue: type and number of workers. SageMaker: type and number of instances.
    Workers {
        kind: Option<String>,
        number: Option<u32>,
    },
    Release(String),
    TimeoutMinutes(u64),
    /// JSON, for a function.
    Payload(String),
}

/// Whether a cluster in this state, in EMR's word, takes steps.
pub fn takes_steps(state: &str) -> bool {
    matches!(state, "STARTING" | "BOOTSTRAPPING" | "RUNNING" | "WAITING")
}

/// A step of a cluster, as a person asks for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStep {
    pub name: String,
    /// `spark-submit` through `command-runner.jar`; otherwise the program is a jar that the step runs itself.
    pub spark: bool,
    /// The script or jar.
    pub program: String,
    pub main_class: Option<String>,
    /// Configuration of Spark.
    pub settings: Vec<(String, String)>,
    /// For the program, in order.
    pub arguments: Vec<String>,
    pub on_failure: facts::OnFailure,
}

/// A request as it would be sent, beside the one that it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditedJob {
    pub request: facts::Request,
    pub differences: Vec<Difference>,
    /// What the change does not reach, and what it may set off.
    pub notices: Vec<Notice>,
    /// The `aws` command that starts it, where it can be said whole.
    pub command: Option<String>,
}

/// A job that has not run as it should have, with what was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// `clean has not run for 3 d 2 h: rule nightly is disabled`.
    pub title: String,
    /// Milliseconds since the newest run; `None` when none is known.
    pub silent: Option<u64>,
    /// The explaining ones first.
    pub checks: Vec<AbsenceCheck>,
}
