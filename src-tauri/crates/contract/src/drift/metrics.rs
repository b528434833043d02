//! What a monitor measured over time, metric by metric: quality, bias, attributions, distances.

use crate::{Notice, Timestamp, charts::Chart, models::facts::MonitorKind};
use serde::{Deserialize, Serialize};

/// Reads the metrics of a monitor: what CloudWatch has of them, else what the reports of its runs say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMonitorMetrics {
    pub schedule: String,
    pub days: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorMetrics {
    pub schedule: String,
    pub kind: MonitorKind,
    pub source: MetricSource,
    /// What is beyond its limit first.
    pub metrics: Vec<MonitorMetricRow>,
    /// Metrics that its baseline names and that nobody published in this time; with why, if that is known.
    pub unpublished: Vec<(String, Option<String>)>,
    pub notices: Vec<Notice>,
}

/// Where the values come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetricSource {
    CloudWatch,
    /// Of the runs, because CloudWatch has nothing of them.
    Reports,
}

/// One metric in the list `Metrics`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorMetricRow {
    /// Its identity within the monitor: `f1`, `DI of guest_age_band 55+`.
    pub id: String,
    /// `f1`, `DI`, `NDCG`, or a feature.
    pub metric: String,
    /// As people write it: `F1`. A feature keeps its name.
    pub title: String,
    /// The facet's value, the label, or the other model that it was measured of.
    pub of: Option<String>,
    /// The newest value and its time. `None` is infinite.
    pub value: Option<f64>,
    pub at: Timestamp,
    /// Standard deviation, as the newest report tells it.
    pub deviation: Option<f64>,
    /// Of the baseline's constraints.
    pub limit: Option<f64>,
    pub side: Option<LimitSide>,
    /// The value at which nobody is preferred; of bias alone.
    pub neutral: Option<f64>,
    /// Whether the newest value is beyond the limit. `None` is not known.
    pub violated: Option<bool>,
    /// Values beyond the limit, of those that are judged.
    pub violations: Option<u32>,
    /// Values of which that is known: by the limit alone, or by what their report says.
    pub judged: u32,
    /// Values in this time.
    pub values: u32,
    pub note: Option<String>,
}

/// On which side of its limit a value is a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitSide {
    Below,
    Above,
    /// Too far from it: how far, the monitor decides from the spread of both.
    Apart,
}

/// One metric of a monitor over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadMonitorMetric {
    pub schedule: String,
    /// [`MonitorMetricRow::id`].
    pub metric: String,
    pub days: u32,
    pub offset_minutes: i32,
    /// In pixels.
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorMetric {
    pub row: MonitorMetricRow,
    pub source: MetricSource,
    pub chart: Option<Chart>,
    /// What happened meanwhile, the newest first.
    pub events: Vec<MetricEvent>,
}

/// Something that happened while a metric was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricEvent {
    pub at: Timestamp,
    /// An alert or alarm rather than a deployment.
    pub is_alarm: bool,
    pub words: String,
}
