//! What SageMaker said of models, before any conclusion is drawn. `aws` reads it, the crate `models` reasons about it.

mod lineage;
mod metrics;
mod monitoring;
mod pipelines;
mod serving;

use crate::Timestamp;
pub use lineage::{ActionFact, ArtifactFact, LineageEdge, LineageFact, LineageVertex, TrailFact};
pub use metrics::{AlarmFact, AlarmHistoryFact, MetricName, MetricQuery, MetricSeries};
pub use monitoring::{
    AlertChangeFact, AlertFact, BaselineFact, JobDefinitionFact, MonitorInput, MonitorKind, MonitorRunFact,
    ProcessingFact, ScheduleFact, ScheduleSummary,
};
pub use pipelines::{PipelineExecutionFact, PipelineFact, PipelineStepFact, StepMade};
use serde::{Deserialize, Serialize};
pub use serving::{CaptureFact, DeployedModel, EndpointFact, VariantFact};

/// A model package group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFact {
    /// Its name, or its ARN if another account shares it.
    pub id: String,
    pub name: String,
    pub arn: String,
    pub description: Option<String>,
    pub created: Option<Timestamp>,
    /// `Completed`, `Failed`, `Deleting` and so on.
    pub status: String,
    /// `None` is "not read": `ListModelPackageGroups` gives none, `Search` does.
    pub tags: Option<Vec<(String, String)>>,
}

/// One version of a model (a versioned model package): `Search`, `DescribeModelPackage`. Also a package without a group
/// where one is described by its ARN: its `group` is empty and its `version` 0, which no version of a group has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionFact {
    pub arn: String,
    pub group: String,
    pub version: u32,
    pub description: Option<String>,
    /// `ModelPackageStatus`: `Completed`, `Failed`, `InProgress` and so on.
    pub status: String,
    pub approval: Approval,
    /// `ApprovalDescription`: the comment of the last decision alone.
    pub comment: Option<String>,
    pub lifecycle: Option<Lifecycle>,
    /// `Registered` or `Logged`.
    pub registration: Option<String>,
    pub created: Option<Timestamp>,
    pub created_by: Option<Who>,
    pub modified: Option<Timestamp>,
    pub modified_by: Option<Who>,
    pub origin: Origin,
    pub containers: Vec<ContainerFact>,
    /// What the service itself looked at: validation and image scan.
    pub checks: Vec<CheckFact>,
    /// `ModelMetrics`.
    pub metrics: Vec<EvidenceFact>,
    /// `DriftCheckBaselines`.
    pub baselines: Vec<EvidenceFact>,
    pub card: Option<CardFact>,
    /// `CustomerMetadataProperties`, by name.
    pub metadata: Vec<(String, String)>,
    /// `None` is "not read".
    pub tags: Option<Vec<(String, String)>>,
    /// `IMAGE`, `TEXT_CLASSIFICATION` and so on.
    pub task: Option<String>,
    pub source_uri: Option<String>,
}

/// `ModelApprovalStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Approval {
    Pending,
    Approved,
    Rejected,
    /// The service says nothing, or a word that is not known.
    Unknown,
}

impl Approval {
    pub fn of(word: &str) -> Self {
        match word {
            "PendingManualApproval" => Self::Pending,
            "Approved" => Self::Approved,
            "Rejected" => Self::Rejected,
            _ => Self::Unknown,
        }
    }

    /// The service's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pending => "PendingManualApproval",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Unknown => "",
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }
}

/// `ModelLifeCycle`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle {
    /// `Development`, `QA`, `Production`, or a team's own.
    pub stage: String,
    /// `PendingApproval`, `InProgress`, `Approved`, or a team's own.
    pub status: String,
    pub description: Option<String>,
}

impl Lifecycle {
    /// The stages that the service proposes ("Staging construct for your model lifecycle").
    pub const STAGES: [&str; 6] = ["Proposal", "Development", "QA", "PreProduction", "Production", "Archived"];
    /// Its states of a stage.
    pub const STATUSES: [&str; 6] = ["PendingApproval", "InProgress", "OnHold", "Approved", "Rejected", "Retired"];
}

/// A `UserContext`. A shared role hides the person: principal and source identity tell people apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The Studio user profile.
    pub profile: Option<String>,
    /// `IamIdentity.Arn`.
    pub arn: Option<String>,
    /// `IamIdentity.PrincipalId`: `AROA…:session`.
    pub principal: Option<String>,
    pub source_identity: Option<String>,
}

/// `MetadataProperties`: what a version was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub commit: Option<String>,
    pub repository: Option<String>,
    /// ARN of a pipeline execution or of a job, most often.
    pub generated_by: Option<String>,
    pub project: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerFact {
    pub image: String,
    /// `sha256:` and 64 hex digits.
    pub image_digest: Option<String>,
    /// S3 URI of the artefact: an object, or a prefix if `is_prefix`.
    pub model_data: Option<String>,
    pub is_prefix: bool,
    /// As it was when the version was registered.
    pub model_data_etag: Option<String>,
    pub environment: Vec<(String, String)>,
    pub framework: Option<String>,
    pub framework_version: Option<String>,
}

/// An entry of `ValidationStatuses` or `ImageScanStatuses`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckFact {
    pub kind: CheckKind,
    pub name: String,
    /// `NotStarted`, `InProgress`, `Completed`, `Failed`.
    pub status: String,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckKind {
    Validation,
    ImageScan,
}

/// A file that a version points at. S3 objects change: only a digest pins what was meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceFact {
    pub part: EvidencePart,
    pub uri: String,
    pub content_type: Option<String>,
    /// `sha256:` and 64 hex digits.
    pub digest: Option<String>,
}

/// Which file: the fields of `ModelMetrics` and `DriftCheckBaselines` together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EvidencePart {
    QualityStatistics,
    QualityConstraints,
    DataStatistics,
    DataConstraints,
    BiasReport,
    PreTrainingBias,
    PostTrainingBias,
    BiasConfig,
    Explainability,
    ExplainabilityConstraints,
    ExplainabilityConfig,
}

impl EvidencePart {
    pub const ALL: [Self; 11] = [
        Self::QualityStatistics,
        Self::QualityConstraints,
        Self::DataStatistics,
        Self::DataConstraints,
        Self::BiasReport,
        Self::PreTrainingBias,
        Self::PostTrainingBias,
        Self::BiasConfig,
        Self::Explainability,
        Self::ExplainabilityConstraints,
        Self::ExplainabilityConfig,
    ];

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::QualityStatistics => "model quality",
            Self::QualityConstraints => "model quality constraints",
            Self::DataStatistics => "data statistics",
            Self::DataConstraints => "data constraints",
            Self::BiasReport => "bias report",
            Self::PreTrainingBias => "bias before training",
            Self::PostTrainingBias => "bias after training",
            Self::BiasConfig => "bias configuration",
            Self::Explainability => "explainability",
            Self::ExplainabilityConstraints => "explainability constraints",
            Self::ExplainabilityConfig => "explainability configuration",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFact {
    /// `Draft`, `PendingReview`, `Approved`, `Archived`.
    pub status: String,
    /// JSON of the model card schema, at most 100,000 characters. `None` if metadata alone was asked for.
    pub content: Option<String>,
}
