//! What CloudWatch keeps about models: metrics and the alarms on them.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A metric. Its dimensions are all of those that it was published with: with fewer it is another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MetricName {
    /// `AWS/SageMaker`, `aws/sagemaker/Endpoints/data-metrics`.
    pub namespace: String,
    pub name: String,
    /// In the order of their names.
    pub dimensions: Vec<(String, String)>,
}

/// What is asked about a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricQuery {
    pub metric: MetricName,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, `p99`.
    pub statistic: String,
    /// Seconds, a multiple of 60.
    pub period: u32,
}

/// The answer to a [`MetricQuery`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MetricSeries {
    /// Start of the period and value, oldest first. A period in which nothing was published is left out: it is not
    /// zero.
    pub points: Vec<(Timestamp, f64)>,
    /// Why there may be more than these points, in the service's words.
    pub problem: Option<String>,
}

/// A metric alarm.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AlarmFact {
    pub name: String,
    pub arn: Option<String>,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`.
    pub state: String,
    pub reason: Option<String>,
    /// Of the state.
    pub since: Option<Timestamp>,
    /// What it watches: several if it computes.
    pub metrics: Vec<MetricName>,
    /// None if an expression makes another number of what it watches.
    pub statistic: Option<String>,
    /// `GreaterThanThreshold` and so on.
    pub comparison: Option<String>,
    pub threshold: Option<f64>,
    /// Seconds.
    pub period: Option<u32>,
    /// Raised when `failing` of the last `of` periods are beyond the threshold.
    pub failing: Option<u32>,
    pub of: Option<u32>,
    /// Whether its actions are carried out.
    pub acts: bool,
}

/// An item of `DescribeAlarmHistory`: an alarm went from one state to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmHistoryFact {
    pub alarm: String,
    pub at: Timestamp,
    /// `HistoryData`: JSON with the old and the new state.
    pub data: Option<String>,
    /// `Alarm updated from OK to ALARM`.
    pub summary: Option<String>,
}
