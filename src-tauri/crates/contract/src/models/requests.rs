//! What the window asks of models.

use super::{
    Decision, DecisionDraft, FollowPipeline, FollowRow, GatePolicy, GroupRow, MetricTrend, StaleRow, VersionComparison,
    VersionDetail, VersionMark, VersionNumbers, VersionStrip,
    facts::{AlertFact, Lifecycle},
};
use crate::{Notice, charts::Chart};
use serde::{Deserialize, Serialize};

/// Opens all groups of models, by name. Read again while the page is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenGroups {}

/// Opens the versions that wait for somebody, the oldest first. Their gates come in one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenQueue {}

/// One group with its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeGroup {
    /// Name, or ARN if another account shares it.
    pub group: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupDetail {
    pub row: GroupRow,
    pub description: Option<String>,
    pub tags: Vec<(String, String)>,
    pub strip: VersionStrip,
    /// Metrics that can be followed over the versions, the main one first.
    pub metrics: Vec<String>,
    /// Pending versions that nobody will decide any more.
    pub stale: Vec<StaleRow>,
    pub alerts: Vec<AlertFact>,
    pub notices: Vec<Notice>,
}

/// One version, or a package without a group, with its files looked at now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeModel {
    /// ARN of the version, or its short form: `version:churn/7`, `package:sold`.
    pub arn: String,
}

/// A version with its numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelReply {
    pub detail: VersionDetail,
    /// Against the approved version, or the one before.
    pub against: Option<String>,
    /// Its numbers alone, where there is no version to compare it with.
    pub numbers: Option<ModelNumbers>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelNumbers {
    pub numbers: VersionNumbers,
    /// ROC and precision against recall, where the evaluation holds the curves; importance of features.
    pub charts: Vec<Chart>,
    /// What it predicts as one feature changes, a picture a feature.
    pub dependence: Vec<Chart>,
}

/// Two versions beside each other: the approved one on the left, most often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareModels {
    pub left: String,
    pub right: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelComparison {
    pub comparison: VersionComparison,
    /// ROC and precision against recall, where both evaluations hold the curves; ranks of features.
    pub charts: Vec<Chart>,
    /// What both predict as one feature changes, a picture a feature.
    pub dependence: Vec<Chart>,
}

/// One metric over the versions of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadTrend {
    pub group: String,
    /// `None` is the main one.
    pub metric: Option<String>,
    /// Offset of the zone that the window shows, in minutes east of UTC.
    pub offset_minutes: i32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendReply {
    pub trend: MetricTrend,
    pub chart: Option<Chart>,
}

/// Looks at everything that a decision on a version stands on, anew. What was seen is remembered: a decision is on that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftDecision {
    pub arn: String,
}

/// Plans a decision. Refused if what was seen has changed since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanDecision {
    pub arn: String,
    pub decision: Decision,
    /// [`DecisionDraft::evidence`] of the draft that the person saw.
    pub evidence: String,
}

/// Plans to reject pending versions of a group that nobody will decide any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStaleRejection {
    pub group: String,
    /// ARNs of the versions.
    pub versions: Vec<String>,
    pub comment: String,
}

/// How a version does where it serves, against the version beside it or the one before it at the same hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowModel {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowReply {
    /// What goes on: `endpoint churn-live is Updating and serves version 13 and version 14`.
    pub words: String,
    /// Where its deployment is, a line a thing; empty where it is over.
    pub deployment: Vec<String>,
    /// What its approval started.
    pub pipelines: Vec<FollowPipeline>,
    /// What the rows compare with, in words; empty without rows.
    pub against: String,
    pub rows: Vec<FollowRow>,
    /// The newest other approved version: it goes back if this one does badly and is rejected.
    pub former: Option<VersionMark>,
    /// Something of it goes on, or may begin any moment: worth asking again soon.
    pub goes_on: bool,
    pub notices: Vec<Notice>,
}

/// What the team asks of a version before it is approved, for the open profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadGatePolicy {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveGatePolicy {
    pub policy: GatePolicy,
}

/// [`DraftDecision`]'s reply, with the comparison that the quality gate rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftReply {
    pub draft: DecisionDraft,
    pub lifecycle: Option<Lifecycle>,
    /// The evidence digest that the comment of the last decision names: SHA-256 in hex.
    pub decided_on: Option<String>,
    /// That comment was written by an older version of this program, whose digest covered other things.
    pub decided_before: bool,
    /// Where two persons are asked for: whether IAM's simulation lets this person write the decision. `None`: not asked, or
    /// not told; a notice says why.
    pub may_write: Option<bool>,
    /// Stages that a version can be given: the service's own, then those that other versions of the region have.
    pub stages: Vec<String>,
    pub comparison: Option<VersionComparison>,
    /// The feature that fits today's traffic worst: its baseline against what the endpoint saw.
    pub traffic: Option<Chart>,
}
