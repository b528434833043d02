//! Drift: what watches models, and what it found.

mod metrics;
mod sources;

pub use metrics::{
    LimitSide, MetricEvent, MetricSource, MonitorMetric, MonitorMetricRow, MonitorMetrics, ReadMonitorMetric,
    ReadMonitorMetrics,
};
pub use sources::{
    Agreed, AgreementRow, AgreementView, DriftSource, DriftSources, ENDPOINT, FollowedFeature, FollowedReport,
    FollowedView, MOST_NAMES, MOST_SOURCES, Origin, PickRunFolder, ReadAgreement, ReadDriftSources, ReadFollowed,
    RemoveDriftSource, SaveDriftSource, SourceDraft, SourceError, SourceFound, SourceName, SourcePlace, SourceTrial,
    TestSide, TryDriftSource, UNENCRYPTED,
};

use crate::{
    Notice, Timestamp,
    charts::Chart,
    jobs::JobId,
    models::{
        HealthState, MonitorHealth, RunFailure,
        facts::{AlarmFact, AlertFact, EndpointFact, JobDefinitionFact, MonitorKind},
    },
};
use serde::{Deserialize, Serialize};

/// Opens all monitoring schedules. Read again while the page is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMonitors {}

/// One schedule in the list over all endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorRow {
    /// The name of a schedule; of what another tool follows, where it lies. Names have no slash, places have one.
    pub schedule: String,
    pub source: Origin,
    pub kind: Option<MonitorKind>,
    pub endpoint: Option<String>,
    /// The group of the model that the endpoint serves, if it is known.
    pub group: Option<String>,
    /// `Scheduled`, `Stopped` and so on.
    pub status: String,
    pub last_run: Option<Timestamp>,
    /// The last run's word: `Completed`, `CompletedWithViolations`, `Failed` and so on.
    pub last: Option<String>,
    /// Of the last run that made a report. `None` is "not read".
    pub violations: Option<u32>,
    pub alert: Option<bool>,
    pub health: HealthState,
    /// What is wrong, the worst first, or what was measured: `scheduled, and has not run for 9 d`, `3 violations`.
    pub words: String,
    pub as_of: Timestamp,
}

/// Opens the runs of a schedule, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenMonitorRuns {
    pub schedule: String,
    pub days: u32,
}

/// One run in the list `Monitoring runs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorRunRow {
    pub schedule: String,
    /// Its identity within the schedule.
    pub scheduled: Timestamp,
    pub status: String,
    pub kind: Option<MonitorKind>,
    pub endpoint: Option<String>,
    /// The processing job, for its logs.
    pub job: Option<JobId>,
    pub reason: Option<String>,
    pub as_of: Timestamp,
}

/// One schedule: how it stands, what it compares with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeMonitor {
    pub schedule: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorDetail {
    pub row: MonitorRow,
    pub health: MonitorHealth,
    pub expression: Option<String>,
    pub definition: Option<JobDefinitionFact>,
    pub endpoint: Option<EndpointFact>,
    pub alerts: Vec<AlertFact>,
    pub notices: Vec<Notice>,
}

/// Reads the reports of a schedule's runs, once: they are kept in the core. Says so as they come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDrift {
    pub schedule: String,
    pub days: u32,
    pub offset_minutes: i32,
    /// In pixels.
    pub width: u32,
}

/// Reported while reports come in, batched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftEvent {
    pub view: DriftView,
}

/// What the runs of a schedule found, feature by feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftView {
    pub schedule: String,
    /// Reports read, of how many.
    pub read: u32,
    pub of: u32,
    /// Features by distance over time.
    pub map: Option<Chart>,
    /// Drift of the newest report against importance. `None`: nothing says what the features are worth.
    pub matters: Option<Chart>,
    /// By the distance of the newest report, the largest first.
    pub features: Vec<FeatureRow>,
    /// Of the newest report, grouped by what was checked.
    pub violations: Vec<ViolationGroup>,
    /// The newest report.
    pub newest: Option<Timestamp>,
    pub notices: Vec<Notice>,
}

/// One feature in the list `Features`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureRow {
    pub name: String,
    /// `Fractional`, `Integral`, `String`.
    pub kind: String,
    /// The distance that the monitor's own method asks for, reckoned rightly, with its error on both sides.
    pub distance: Option<f64>,
    pub error: Option<f64>,
    pub threshold: Option<f64>,
    /// What Model Monitor says.
    pub told: Option<f64>,
    /// `L∞ robust`.
    pub method: String,
    pub drifted: Option<bool>,
    /// Reports in which it drifted, of those that were read.
    pub drifted_runs: u32,
    /// Mean and three standard deviations of past runs.
    pub natural: Option<f64>,
    /// Of the model's explainability report.
    pub importance: Option<f64>,
    /// Why the numbers differ, or cannot be reckoned: `Model Monitor cannot see this feature: tied values`.
    pub note: Option<String>,
}

/// The list `Violations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViolationGroup {
    /// `baseline_drift_check`.
    pub check: String,
    /// In words: `drift from the baseline`.
    pub title: String,
    /// Feature or metric, with what the monitor says.
    pub lines: Vec<(String, String)>,
}

/// One feature of one report against its baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFeature {
    pub schedule: String,
    pub feature: String,
    /// The report's time; `None` is the newest.
    pub run: Option<Timestamp>,
    /// How far is looked back for how often it drifted, and in the chart over time.
    pub days: u32,
    pub offset_minutes: i32,
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureDetail {
    pub row: FeatureRow,
    pub run: Timestamp,
    /// Reports of the time that is looked back at, of which the row's were counted.
    pub read: u32,
    /// Distance over time, baseline against current, both cumulative distributions.
    pub charts: Vec<Chart>,
    pub statistics: Vec<StatisticRow>,
    pub notices: Vec<Notice>,
}

/// One statistic of a feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatisticRow {
    /// `Population stability index`.
    pub name: String,
    pub value: Option<f64>,
    /// On both sides, from the sketches.
    pub error: Option<f64>,
    pub threshold: Option<f64>,
    /// What the threshold is: `Evidently's default`, `the schedule's own`.
    pub rule: Option<String>,
    pub drifted: Option<bool>,
    /// How it was reckoned, or why it was not.
    pub note: Option<String>,
}

/// How many alerts of the last 90 days a threshold would leave. Reads the reports that were not read yet, and says so as they
/// come in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TryThreshold {
    pub schedule: String,
    /// `None` is all features.
    pub feature: Option<String>,
    pub threshold: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThresholdTrial {
    /// Reports with drift by the threshold of today: of the feature, or of any.
    pub now: u32,
    pub then: u32,
    /// How often the schedule's alert is raised by what its reports say of all features; `None` where its rule is not known.
    pub alerts_now: Option<u32>,
    pub alerts_then: Option<u32>,
    /// Reports that were looked at.
    pub runs: u32,
    /// Days between the oldest of them and now.
    pub days: u32,
    /// In words: `12 of 88 reports of 90 days would still be beyond it (today 30); by distances alone the alert (2 of 3 runs) would be raised 4
    /// times (today 9)`.
    pub words: String,
    /// The change of `constraints.json` as a unified diff, line by line; empty where there is no file to change, or nothing
    /// to change in it. A file in one line is laid out for it.
    pub difference: Vec<String>,
}

/// Reported while the reports of the past come in, batched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialEvent {
    pub trial: ThresholdTrial,
}

/// What drifted and matters, over all schedules that watch data quality.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWorklist {}

/// One column that drifted, in one model or in several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkRow {
    pub feature: String,
    /// Schedules, the worst first; where Evidently or MLflow alone tell of an endpoint, the place of what they tell.
    /// Names have no slash, places have one.
    pub schedules: Vec<String>,
    pub endpoints: Vec<String>,
    pub distance: f64,
    pub threshold: Option<f64>,
    /// Where it is worst. `None` is "not known", and not unimportant.
    pub importance: Option<f64>,
    /// Distance against threshold times importance, of all schedules together; where that is not known, as if all features of a
    /// model were worth the same.
    pub weight: f64,
    pub words: String,
    pub as_of: Timestamp,
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainMonitorRun {
    pub schedule: String,
    pub scheduled: Timestamp,
}

/// Why a failed run cannot be started again by itself, and when the next one is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunAgain {
    pub words: String,
    /// The earliest start of the schedule's next run; `None` if there is none, or its expression does not say.
    pub next: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonitorRunReply {
    pub row: MonitorRunRow,
    pub failure: Option<RunFailure>,
    /// Of a run that failed.
    pub again: Option<RunAgain>,
    /// S3 URI of the report.
    pub report: Option<String>,
    /// What it was compared with: S3 URIs of statistics and constraints.
    pub baseline: Vec<String>,
    pub violations: Vec<ViolationGroup>,
    pub notices: Vec<Notice>,
}

/// Opens all endpoints of the region, watched or not. Read again while the page is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenEndpoints {}

/// One endpoint in the list `Endpoints`. What could not be read is `None`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointRow {
    pub name: String,
    /// `InService`, `Updating`, `Failed`, `RollingBack` and so on.
    pub status: String,
    /// Why it failed, or why the last deployment did.
    pub reason: Option<String>,
    /// What it serves: `churn version 14`, or the name of a model that was made from no version.
    pub serves: Option<Vec<String>>,
    pub variants: Option<u32>,
    /// Of all variants; of serverless ones there are none.
    pub instances: Option<u32>,
    pub created: Option<Timestamp>,
    /// The last change, of instances and weights too.
    pub changed: Option<Timestamp>,
    pub as_of: Timestamp,
}

/// Health of an endpoint from CloudWatch: invocations, errors, latency, use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadEndpointHealth {
    pub endpoint: String,
    pub hours: u32,
    pub offset_minutes: i32,
    pub width: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointHealth {
    pub endpoint: EndpointFact,
    /// The schedules that watch it, by name; `None` is "not read".
    pub schedules: Option<Vec<MonitorRow>>,
    /// Those of its `rollback_alarms` that there are; `None` is "not read".
    pub rollback: Option<Vec<AlarmFact>>,
    pub charts: Vec<Chart>,
    /// Names of metrics that nobody published in this time.
    pub unpublished: Vec<String>,
    pub notices: Vec<Notice>,
}
