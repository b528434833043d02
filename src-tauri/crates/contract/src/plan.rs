//! Plans: what an operation will do, before anything is done.

use crate::{
    Notice, OperationId, PlanId, Timestamp,
    executions::Status,
    jobs::{Engine, JobChange, JobId},
    models::{ModelWrite, Seal, facts::Approval},
    session::Environment,
};
use serde::{Deserialize, Serialize};

/// What will happen, object by object, execution by execution, run by run or version by version. Confirmed by [`crate::operations::RunOperation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub id: PlanId,
    /// Verb and noun: `Restore daily_sales.csv`, `Restore 12 objects`.
    pub title: String,
    /// What a production confirmation must type: the name of the object, bucket, machine, run or version.
    pub name: String,
    pub place: Place,
    pub made: Timestamp,
    pub risk: Risk,
    pub confirm: Confirm,
    pub steps: Vec<Step>,
    /// What was asked for and cannot be done, one by one; the steps can be run without them.
    #[serde(default)]
    pub refused: Vec<RefusedItem>,
    /// Bytes that S3 will copy.
    pub bytes: u64,
    pub fidelity: Vec<Fidelity>,
    /// What the writes will set off.
    pub effects: Vec<Effect>,
    pub permissions: Vec<Permission>,
    /// What could go wrong, and refusals, which keep the plan from running.
    pub notices: Vec<Notice>,
    /// The same as `aws` command lines.
    pub cli: Vec<String>,
    /// The operation that this undoes.
    pub undoes: Option<OperationId>,
}

/// Where an operation happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub account: String,
    pub profile: String,
    /// Of the bucket or the machine.
    pub region: String,
    pub environment: Environment,
    #[serde(alias = "bucket")]
    pub scope: Scope,
}

/// What an operation is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Scope {
    Bucket(String),
    /// The name of a state machine, or of several in words.
    Machine {
        machine: String,
    },
    /// What the run of an engine belongs to: cluster, application, job; the name of a SageMaker job.
    Jobs {
        engine: Engine,
        home: String,
    },
    /// The name of a group of models.
    Models {
        group: String,
    },
    /// The name of a SageMaker pipeline.
    Pipeline {
        pipeline: String,
    },
    /// The name of a monitoring schedule.
    Monitor {
        schedule: String,
    },
}

impl Scope {
    pub fn name(&self) -> &str {
        match self {
            Self::Bucket(name)
            | Self::Machine { machine: name }
            | Self::Jobs { home: name, .. }
            | Self::Models { group: name }
            | Self::Pipeline { pipeline: name }
            | Self::Monitor { schedule: name } => name,
        }
    }
}

/// Something that a plan leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedItem {
    pub name: String,
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Risk {
    Low,
    High,
}

/// How the person confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirm {
    /// The button itself.
    Inline,
    /// A dialog that names verb and resource.
    Dialog,
    /// The dialog, and the plan's `name` typed.
    TypeName,
}

/// One write on one object, execution, run or version of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The object's key, or the name of the execution, run or version.
    pub key: String,
    pub action: Action,
    /// What was current when the plan was made: the write is conditional on it.
    pub seen: Seen,
    /// The step in words: `copies version 3HL4… (21 Nov 2026 05:52:04 UTC, 1.2 MB) on top`.
    pub text: String,
    /// Why this way: `marker removal: free, same version id; the replica stays deleted`.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// `CopyObject`, or by parts above the threshold.
    Copy {
        source: SourceVersion,
        to_key: String,
    },
    /// `DeleteObject` with the version id of a delete marker. The only delete of a version that exists here.
    RemoveMarker {
        marker_id: String,
    },
    /// `DeleteObject` without a version id: hides the object behind a new marker. Only an undo does this.
    AddMarker,
    Execution(ExecutionAction),
    Job(JobAction),
    Model(ModelAction),
    Pipeline(PipelineAction),
    Monitor(MonitorAction),
}

/// One write on a pipeline or on an execution of one. The token keeps a repeated call from being a second write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PipelineAction {
    /// `StartPipelineExecution` of a pipeline by its name, with the parameters that differ from the defaults.
    Start { pipeline: String, title: Option<String>, parameters: Vec<(String, String)>, token: String },
    /// `RetryPipelineExecution`, by its ARN.
    Retry { execution: String, token: String },
    /// `StopPipelineExecution`, by its ARN.
    Stop { execution: String, token: String },
}

/// A monitoring schedule on or off, or when its alert is raised: the same however often it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MonitorAction {
    /// `StartMonitoringSchedule`.
    Start { schedule: String },
    /// `StopMonitoringSchedule`.
    Stop { schedule: String },
    /// `UpdateMonitoringAlert`: raised when `failing` of the last `of` runs fail.
    Alert { schedule: String, alert: String, failing: u8, of: u8 },
}

/// `UpdateModelPackage` of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelAction {
    /// Of the version.
    pub arn: String,
    /// Written together, in one call.
    pub writes: Vec<ModelWrite>,
    /// Keeps a repeated call from being a second decision.
    pub token: String,
    /// SHA-256 in hex over the evidence that the decision stands on: it is read again just before the write. `None`: it
    /// stands on none.
    #[serde(default)]
    pub evidence: Option<String>,
    /// What that digest is of, as it was found. `None` beside a digest: an older version of this program made the plan.
    #[serde(default)]
    pub seal: Option<Seal>,
}

/// One write on a run of an engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobAction {
    /// `StartJobRun`, or `AddJobFlowSteps` with one step. The request itself is not kept, for it may hold secrets: it is
    /// read from the earlier run again, and changed again.
    Start {
        of: JobId,
        changes: Vec<JobChange>,
        /// Of a step: the cluster that gets it.
        cluster: Option<String>,
        /// Keeps a repeated call from starting twice, where the engine takes one.
        token: String,
    },
    /// `CancelSteps`, `CancelJobRun`, `BatchStopJobRun`, `StopTrainingJob` and the like.
    Stop { run: JobId, force: bool },
}

/// One write on one execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExecutionAction {
    /// `RedriveExecution`; the token keeps a repeated call from redriving twice.
    Redrive { execution: String, token: String },
    /// `StartExecution` of a machine, version or alias (its ARN). The name keeps a repeated call from starting twice.
    Start { machine: String, name: String, input: String },
    /// `StopExecution`.
    Stop { execution: String, error: Option<String>, cause: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceVersion {
    pub key: String,
    pub version_id: String,
    pub size: u64,
    pub etag: String,
    pub last_modified: Timestamp,
}

/// What stood at the destination when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seen {
    Nothing,
    Marker {
        version_id: String,
    },
    Object {
        version_id: String,
        etag: String,
        size: u64,
    },
    Execution {
        status: Status,
        redrives: u64,
    },
    /// Where a run, the execution of a pipeline or a monitoring schedule stood, in its service's word.
    Run {
        word: String,
    },
    /// The request that was shown, as JSON with its secrets covered; and the runs that were asked for in the same words
    /// before, where the engine takes no token. `None` where these could not be listed: then nobody can tell an earlier run
    /// from the one that was asked for.
    Request {
        text: String,
        like: Option<Vec<JobId>>,
    },
    /// When the definition of a pipeline was last changed.
    Pipeline {
        modified: Option<Timestamp>,
    },
    /// When an alert was raised: after so many of the last runs.
    Alert {
        failing: u32,
        of: u32,
    },
    /// A version as it stood.
    Model {
        approval: Approval,
        modified: Option<Timestamp>,
    },
}

/// What becomes of one attribute of the object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fidelity {
    /// `metadata`, `tags`, `storage class`, `encryption`, `ACL`, `object lock`, `date`.
    pub attribute: String,
    pub outcome: Outcome,
    /// `batch=0441`, `becomes bucket default SSE-S3`.
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Kept,
    Changed,
    CannotKeep,
    /// Could not be read, so nothing is promised.
    Unknown,
}

/// Something that hears of the write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// `rule on-daily-sales`, `Lambda refresh-menu`.
    pub through: String,
    /// `Starts daily-sales-pipeline`.
    pub what: String,
    /// How many of the steps set it off.
    pub times: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// `s3:GetObjectVersion`.
    pub action: String,
    pub resource: String,
    /// Set when a read for the plan was refused for lack of it, or IAM's simulation denies it.
    pub missing: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_a_plan_from_before_there_were_machines_is_read() {
        let old = r#"{"account":"1","profile":"p","region":"r","environment":"Other","bucket":"lake-raw"}"#;
        let place: Place = serde_json::from_str(old).unwrap();
        assert_eq!(place.scope, Scope::Bucket("lake-raw".into()));
        let new = Place { scope: Scope::Machine { machine: "daily".into() }, ..place };
        let text = serde_json::to_string(&new).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), new, "and one of a machine comes back as it was");
        let of_jobs = Place { scope: Scope::Jobs { engine: Engine::Glue, home: "crm".into() }, ..new };
        let text = serde_json::to_string(&of_jobs).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), of_jobs, "and one of a job");
        for scope in [Scope::Pipeline { pipeline: "train".into() }, Scope::Monitor { schedule: "churn-data".into() }] {
            let place = Place { scope, ..of_jobs.clone() };
            let text = serde_json::to_string(&place).unwrap();
            assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), place, "each by the name of its field");
        }
    }
}
