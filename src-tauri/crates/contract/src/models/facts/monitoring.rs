//! What watches models: schedules, their runs, their alerts.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// `MonitoringType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MonitorKind {
    DataQuality,
    ModelQuality,
    Bias,
    Explainability,
}

impl MonitorKind {
    pub const ALL: [Self; 4] = [Self::DataQuality, Self::ModelQuality, Self::Bias, Self::Explainability];

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == word)
    }

    /// The service's word.
    pub fn code(self) -> &'static str {
        match self {
            Self::DataQuality => "DataQuality",
            Self::ModelQuality => "ModelQuality",
            Self::Bias => "ModelBias",
            Self::Explainability => "ModelExplainability",
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::DataQuality => "data quality",
            Self::ModelQuality => "model quality",
            Self::Bias => "bias",
            Self::Explainability => "attribution",
        }
    }
}

/// An item of `ListMonitoringSchedules`, or of a model's dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSummary {
    pub name: String,
    pub arn: String,
    /// `Pending`, `Failed`, `Scheduled`, `Stopped`.
    pub status: String,
    pub kind: Option<MonitorKind>,
    pub endpoint: Option<String>,
    pub definition: Option<String>,
    /// `cron(0 * ? * * *)`, `NOW`; as far as the call that was made gives it, like the last run.
    pub expression: Option<String>,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    pub last: Option<MonitorRunFact>,
}

/// `DescribeMonitoringSchedule`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleFact {
    pub summary: ScheduleSummary,
    /// `cron(0 * ? * * *)`, `NOW`.
    pub expression: Option<String>,
    pub reason: Option<String>,
    /// The definition that stands in the schedule itself.
    pub inline: Option<JobDefinitionFact>,
}

/// A job definition of one of the four kinds, or the one inside a schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDefinitionFact {
    pub name: Option<String>,
    pub baseline: BaselineFact,
    pub input: MonitorInput,
    /// `BinaryClassification`, `MulticlassClassification`, `Regression`.
    pub problem: Option<String>,
    /// S3 URI below which ground truth is expected.
    pub ground_truth: Option<String>,
    /// S3 URI below which reports are written.
    pub output: Option<String>,
    pub image: Option<String>,
    pub instance_type: Option<String>,
    pub environment: Vec<(String, String)>,
}

/// `BaselineConfig`. All of it may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineFact {
    pub job: Option<String>,
    pub constraints: Option<String>,
    pub statistics: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorInput {
    /// Otherwise captured data of batch transform jobs, at `captured`.
    pub endpoint: Option<String>,
    /// S3 URI.
    pub captured: Option<String>,
    /// Relative to the time of the run: `-PT1H`.
    pub start_offset: Option<String>,
    pub end_offset: Option<String>,
    pub excluded: Option<String>,
    pub inference_attribute: Option<String>,
    pub probability_attribute: Option<String>,
}

/// An item of `ListMonitoringExecutions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorRunFact {
    pub schedule: String,
    pub scheduled: Timestamp,
    pub created: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    /// `Pending`, `Completed`, `CompletedWithViolations`, `InProgress`, `Failed`, `Stopping`, `Stopped`.
    pub status: String,
    /// ARN of the processing job; none if the run failed before it.
    pub job: Option<String>,
    pub reason: Option<String>,
    pub kind: Option<MonitorKind>,
    pub endpoint: Option<String>,
}

/// What a run's processing job says: `DescribeProcessingJob`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessingFact {
    pub name: String,
    pub status: String,
    pub exit_message: Option<String>,
    pub reason: Option<String>,
    pub created: Option<Timestamp>,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Says which baseline, which window of data and which kind of analysis.
    pub environment: Vec<(String, String)>,
    /// S3 URIs.
    pub inputs: Vec<String>,
    /// S3 URIs; the report is below the first.
    pub outputs: Vec<String>,
    pub instance_type: Option<String>,
    pub instances: Option<u32>,
}

/// An item of `ListMonitoringAlerts`: raised when `failing` of the last `of` runs fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertFact {
    pub name: String,
    /// `InAlert` rather than `OK`.
    pub is_raised: bool,
    pub failing: u32,
    pub of: u32,
    pub modified: Option<Timestamp>,
    /// The model dashboard shows it.
    pub is_shown: bool,
}

/// An item of `ListMonitoringAlertHistory`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertChangeFact {
    pub schedule: String,
    pub alert: String,
    pub at: Timestamp,
    pub is_raised: bool,
}
