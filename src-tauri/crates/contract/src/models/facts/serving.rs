//! Where models serve.

use super::{AlertFact, MonitorKind, ScheduleSummary};
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A SageMaker model with what it serves and what watches it: `Search` for `Model`, the model dashboard's own call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DeployedModel {
    pub name: String,
    pub arn: Option<String>,
    pub created: Option<Timestamp>,
    /// `PrimaryContainer.ModelPackageName`: the ARN of the version, if it was made from one.
    pub package: Option<String>,
    /// Names, with their state in the service's word.
    pub endpoints: Vec<(String, String)>,
    pub schedules: Vec<ScheduleSummary>,
    /// Schedule, its kind, alert.
    pub alerts: Vec<(String, Option<MonitorKind>, AlertFact)>,
    /// `High`, `Medium`, `Low`, `Unknown`, of the model card.
    pub risk: Option<String>,
    /// The newest batch transform job: name and state.
    pub last_transform: Option<(String, String)>,
}

/// `DescribeEndpoint`, with what its configuration says of each variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointFact {
    pub name: String,
    pub arn: String,
    /// `InService`, `Updating`, `Failed`, `RollingBack` and so on.
    pub status: String,
    pub reason: Option<String>,
    pub config: Option<String>,
    /// When the configuration was made, if it could be read: the next deployment brings another one.
    pub config_created: Option<Timestamp>,
    pub created: Option<Timestamp>,
    /// Also when instances are added or weights are moved.
    pub modified: Option<Timestamp>,
    pub variants: Vec<VariantFact>,
    pub capture: Option<CaptureFact>,
    /// Alarms of `AutoRollbackConfiguration` of the last deployment.
    pub rollback_alarms: Vec<String>,
    /// Requests are answered later, through S3: no invocations are counted.
    pub is_async: bool,
    /// The configuration of a deployment that goes on.
    pub pending_config: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VariantFact {
    pub name: String,
    /// The SageMaker model, if the configuration could be read.
    pub model: Option<String>,
    /// ARN of the version that the model was made from, if the model could be read and was made from one.
    pub package: Option<String>,
    pub weight: Option<f32>,
    pub desired_weight: Option<f32>,
    pub instances: Option<u32>,
    pub desired_instances: Option<u32>,
    pub instance_type: Option<String>,
    /// `Creating`, `Baking` and so on, with a message.
    pub statuses: Vec<(String, Option<String>)>,
    /// Images as they were resolved, by digest.
    pub images: Vec<String>,
    /// Of a serverless variant: memory in MB, and the most requests at once.
    pub serverless: Option<(u32, u32)>,
}

/// `DataCaptureConfig`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptureFact {
    pub is_on: bool,
    /// `Started`, `Stopped`.
    pub status: String,
    /// Percent of requests, now.
    pub sampling: Option<u32>,
    /// S3 URI; hours follow as `endpoint/variant/yyyy/mm/dd/hh`.
    pub destination: String,
}
