//! Lists: groups, versions of a group, what waits for a decision.

use super::{Better, GateSummary, Measured, facts::Approval};
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One group of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupRow {
    /// As calls take it: the name, or the ARN of a group that another account shares.
    pub id: String,
    pub name: String,
    /// From its tags: `team`, `owner`.
    pub team: Option<String>,
    pub versions: u32,
    pub latest: Option<VersionMark>,
    /// The newest approved one.
    pub approved: Option<VersionMark>,
    pub pending: u32,
    /// Of the version that waits longest.
    pub pending_since: Option<Timestamp>,
    /// Who registered that one, and waits for a decision.
    pub pending_by: Option<String>,
    /// Of the version that serves, otherwise of the newest approved one, otherwise of the newest.
    pub stage: Option<String>,
    pub deployed: Vec<DeployedAt>,
    pub drift: Glance,
    pub monitors: Glance,
    pub as_of: Timestamp,
}

/// A version in few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionMark {
    pub arn: String,
    /// 0: a package without a group, which has no number.
    pub version: u32,
    pub approval: Approval,
    pub created: Option<Timestamp>,
}

/// What a version is called by its number: `version 14`, or `model package` where it is in no group.
pub fn version_words(version: u32) -> String {
    if version == 0 { "model package".to_owned() } else { format!("version {version}") }
}

/// An endpoint that serves a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedAt {
    pub endpoint: String,
    /// The service's word.
    pub status: String,
    /// `None`: the model was made from no version that is known.
    pub version: Option<u32>,
    pub model: String,
}

/// A state and the reason for it, small enough for a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glance {
    pub state: GlanceState,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GlanceState {
    Wrong,
    Warning,
    /// It should be known and is not.
    Unknown,
    /// Measured, and good.
    Good,
    /// There is nothing to be known.
    Nothing,
}

/// The versions of a group, oldest first, for the strip above the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionStrip {
    pub group: String,
    /// The metric of the cells.
    pub metric: Option<String>,
    pub better: Option<Better>,
    pub cells: Vec<VersionCell>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionCell {
    pub mark: VersionMark,
    /// `ModelPackageStatus`.
    pub status: String,
    pub stage: Option<String>,
    /// `None`: the version has no such metric, or it was not read.
    pub metric: Option<Measured>,
    /// Cells with the same number were measured on the same data; `None` is not known.
    pub set: Option<u32>,
    /// Endpoints that serve it.
    pub live: Vec<String>,
    pub comment: Option<String>,
}

/// A version that waits for a decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    pub arn: String,
    pub group: String,
    pub version: u32,
    pub team: Option<String>,
    pub registered_by: Option<String>,
    pub since: Option<Timestamp>,
    pub waits_for: WaitsFor,
    pub stage: Option<String>,
    /// Who waits and why, in one line.
    pub words: String,
    /// `None` until its gates were looked at.
    pub gates: Option<GateSummary>,
    /// Name and value of the main metric, if it was read.
    pub metric: Option<(String, Measured, Option<Better>)>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WaitsFor {
    /// Nobody has decided yet.
    Decision,
    /// One person has signed, another has to approve.
    SecondPerson,
    /// The service is still making or checking it.
    Service,
    /// Its registration failed: it can only be rejected.
    Nothing,
}

impl WaitsFor {
    pub fn word(self) -> &'static str {
        match self {
            Self::Decision => "a decision",
            Self::SecondPerson => "a second person",
            Self::Service => "SageMaker",
            Self::Nothing => "nothing, it failed",
        }
    }
}

/// A pending version that can hardly be meant any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaleRow {
    pub mark: VersionMark,
    pub group: String,
    /// `pending for 96 d; version 9 was approved since`.
    pub why: String,
}
