//! SageMaker pipelines.

use super::Who;
use crate::{Timestamp, jobs::JobId};
use serde::{Deserialize, Serialize};

/// An item of `ListPipelines`, or `DescribePipeline` with its definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineFact {
    pub name: String,
    pub arn: String,
    pub title: Option<String>,
    pub description: Option<String>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub last_run: Option<Timestamp>,
    pub role: Option<String>,
    /// JSON. `None` is "not read".
    pub definition: Option<String>,
}

/// An item of `ListPipelineExecutions`, or `DescribePipelineExecution`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineExecutionFact {
    pub arn: String,
    pub pipeline: String,
    pub title: Option<String>,
    pub description: Option<String>,
    /// `Executing`, `Stopping`, `Stopped`, `Failed`, `Succeeded`.
    pub status: String,
    pub reason: Option<String>,
    pub started: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub by: Option<Who>,
    /// Name and value. `None` is "not read".
    pub parameters: Option<Vec<(String, String)>>,
}

/// An item of `ListPipelineExecutionSteps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PipelineStepFact {
    pub name: String,
    pub title: Option<String>,
    /// `Starting`, `Executing`, `Stopping`, `Stopped`, `Failed`, `Succeeded`.
    pub status: String,
    pub reason: Option<String>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    pub attempts: u32,
    /// The execution whose result was taken instead of running the step.
    pub cached_from: Option<String>,
    pub made: Option<StepMade>,
}

/// What a step started or made (`Metadata` of the step).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepMade {
    /// A run that the area Jobs shows.
    Run(JobId),
    /// ARN of a model package.
    Package(String),
    /// ARN of a SageMaker model.
    Model(String),
    Condition {
        /// `True` or `False`.
        outcome: Option<String>,
    },
    /// A fail step's own words.
    Failure(String),
    /// Any other, by kind and id.
    Other { kind: String, id: String },
}
