//! What the engines said of their runs, before any conclusion is drawn. `aws` reads it, the crate `jobs` reasons about it.

use super::JobId;
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One run: `DescribeStep`, `GetJobRun`, `DescribeJobRun`, `DescribeTrainingJob` and the like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunFact {
    pub id: JobId,
    pub arn: Option<String>,
    pub name: Option<String>,
    /// The engine's word.
    pub status: String,
    /// SageMaker's `SecondaryStatus`, EMR's `StateChangeReason.Code`.
    pub secondary: Option<String>,
    /// `FailureDetails.Reason` and `.Message`, `stateDetails`, `ErrorMessage`, `FailureReason`.
    pub reason: Option<String>,
    /// `FailureDetails.LogFile` of a step.
    pub log_file: Option<String>,
    pub created: Option<Timestamp>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Milliseconds that the engine itself counted as waiting, such as `queuedDurationMilliseconds`.
    pub queued_millis: Option<u64>,
    /// Seconds that the engine itself counted as running, such as Glue's `ExecutionTime`.
    pub run_seconds: Option<u64>,
    /// SageMaker's `SecondaryStatusTransitions`, in its order; other engines tell of none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// From 1.
    pub attempt: Option<u32>,
    /// As many as there may be.
    pub attempts: Option<u32>,
    pub by: Option<String>,
    pub request: Request,
    pub usage: Usage,
}

impl RunFact {
    /// A run of which no more is known than its id, its state and its program.
    pub fn bare(id: JobId, status: &str, driver: Driver) -> Self {
        Self {
            id,
            arn: None,
            name: None,
            status: status.to_owned(),
            secondary: None,
            reason: None,
            log_file: None,
            created: None,
            started: None,
            ended: None,
            queued_millis: None,
            run_seconds: None,
            transitions: Vec::new(),
            attempt: None,
            attempts: None,
            by: None,
            request: Request {
                name: None,
                role: None,
                release: None,
                driver,
                configurations: Vec::new(),
                logs: LogSettings::default(),
                timeout_minutes: None,
            },
            usage: Usage::default(),
        }
    }
}

/// What a run went on to do, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub at: Timestamp,
    /// The engine's word: `Downloading`.
    pub status: String,
    pub message: Option<String>,
}

/// What was used, in the engines' own units. `None` is "not reported".
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// EMR Serverless `totalResourceUtilization`.
    pub vcpu_hours: Option<f64>,
    pub memory_gb_hours: Option<f64>,
    pub storage_gb_hours: Option<f64>,
    /// EMR Serverless `billedResourceUtilization`.
    pub billed_vcpu_hours: Option<f64>,
    pub billed_memory_gb_hours: Option<f64>,
    pub billed_storage_gb_hours: Option<f64>,
    /// Glue `DPUSeconds`; reported for Auto Scaling and Flex runs only.
    pub dpu_seconds: Option<f64>,
    /// Lambda: of the `REPORT` line.
    pub billed_millis: Option<u64>,
    /// SageMaker training: `BillableTimeInSeconds`.
    pub billable_seconds: Option<u64>,
}

/// What a person asked for: enough to ask for the same again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub name: Option<String>,
    /// ARN of the execution role.
    pub role: Option<String>,
    /// `emr-7.1.0`, Glue's `5.0`, Lambda's runtime.
    pub release: Option<String>,
    pub driver: Driver,
    /// `configurationOverrides.applicationConfiguration`; of EMR on EC2 those of the cluster.
    pub configurations: Vec<Configuration>,
    pub logs: LogSettings,
    /// Minutes.
    pub timeout_minutes: Option<u64>,
}

/// A classification with its properties, in the order of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// `spark-defaults`, `spark-env`.
    pub classification: String,
    pub properties: Vec<(String, String)>,
}

/// The program and what it is told, as each engine takes it. Names are the APIs' own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Driver {
    /// A step of EMR.
    Jar {
        jar: String,
        main_class: Option<String>,
        arguments: Vec<String>,
        properties: Vec<(String, String)>,
        /// Of a step that is asked for. What an earlier one did to its cluster is not asked for again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_failure: Option<OnFailure>,
    },
    /// EMR Serverless and EMR on EKS.
    SparkSubmit {
        entry_point: String,
        arguments: Vec<String>,
        parameters: Option<String>,
    },
    /// EMR on EKS.
    SparkSql {
        entry_point: String,
        parameters: Option<String>,
    },
    /// EMR Serverless.
    Hive {
        query: String,
        init: Option<String>,
        parameters: Option<String>,
    },
    Glue(Box<GlueDriver>),
    Lambda(LambdaDriver),
    SageMaker(Box<SageMakerDriver>),
}

/// What becomes of the cluster when a step fails: `ActionOnFailure`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OnFailure {
    #[default]
    Continue,
    CancelAndWait,
    TerminateCluster,
}

impl OnFailure {
    pub const ALL: [Self; 3] = [Self::Continue, Self::CancelAndWait, Self::TerminateCluster];

    /// As the API writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Continue => "CONTINUE",
            Self::CancelAndWait => "CANCEL_AND_WAIT",
            Self::TerminateCluster => "TERMINATE_CLUSTER",
        }
    }

    /// What follows from it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Continue => "the cluster goes on with the next step",
            Self::CancelAndWait => "the steps behind it are cancelled and the cluster waits",
            Self::TerminateCluster => "the cluster is terminated",
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GlueDriver {
    /// `glueetl`, `gluestreaming`, `pythonshell`, `glueray`.
    pub command: String,
    /// `ScriptLocation`.
    pub script: Option<String>,
    /// `DefaultArguments` of the job.
    pub defaults: Vec<(String, String)>,
    /// `NonOverridableArguments` of the job.
    pub fixed: Vec<(String, String)>,
    /// `Arguments` of this run.
    pub arguments: Vec<(String, String)>,
    /// `G.1X`, `G.2X`, `R.1X`.
    pub worker_type: Option<String>,
    pub workers: Option<u32>,
    /// DPUs; of jobs that name no worker type.
    pub max_capacity: Option<f64>,
    /// `STANDARD`, `FLEX`.
    pub execution_class: Option<String>,
    /// `LogGroupName` of the run.
    pub log_group: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaDriver {
    /// Version or alias.
    pub qualifier: Option<String>,
    /// JSON, if it is known: the service keeps none.
    pub payload: Option<String>,
    pub memory_mb: Option<u64>,
    pub timeout_seconds: Option<u64>,
    pub code_sha256: Option<String>,
    pub environment: Vec<(String, String)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SageMakerDriver {
    pub image: Option<String>,
    pub model: Option<String>,
    pub entry_point: Vec<String>,
    pub arguments: Vec<String>,
    pub hyperparameters: Vec<(String, String)>,
    pub environment: Vec<(String, String)>,
    /// Channel or input name, and its S3 URI.
    pub inputs: Vec<(String, String)>,
    /// Output name, and its S3 URI.
    pub outputs: Vec<(String, String)>,
    pub instance_type: Option<String>,
    pub instances: Option<u32>,
    /// GB of each instance.
    pub volume_gb: Option<u32>,
}

/// Where a run was told to keep its logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSettings {
    /// `LogUri` of the cluster, of the step's monitoring configuration or of the job run.
    pub s3: Option<String>,
    /// The step's own `LogUri`, which takes the place of the cluster's for its step logs.
    pub step_s3: Option<String>,
    pub cloud_watch: Option<CloudWatchSettings>,
    /// `managedPersistenceMonitoringConfiguration.enabled`; on unless switched off.
    pub managed: Option<bool>,
    /// Log types whose upload is switched off: `system-logs`, `application-logs`.
    pub uploads_off: Vec<String>,
    /// Why what the run has of its application could not be read.
    #[serde(default)]
    pub unread: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloudWatchSettings {
    /// `None` is the engine's own group.
    pub group: Option<String>,
    pub stream_prefix: Option<String>,
}

/// A file or stream that a listing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLog {
    pub store: LogStore,
    /// A key in S3, without bucket, or the name of a stream.
    pub path: String,
    /// Bytes; streams do not say.
    pub size: Option<u64>,
    pub last_write: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LogStore {
    Bucket(String),
    Group(String),
}

/// A version of an object, at the moment of a run or now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFact {
    pub uri: String,
    /// `None` where the bucket keeps no versions.
    pub version_id: Option<String>,
    pub etag: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    pub modified: Option<Timestamp>,
    /// False when there was no such object.
    pub exists: bool,
}

/// A run that an execution started, as its history names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StartedRun {
    Run(JobId),
    /// A call of a function, whose request the history does not name.
    Call {
        function: String,
        from: Timestamp,
        /// `None` while it goes on.
        until: Option<Timestamp>,
    },
}
