//! Deciding about a version: what is written, what it sets off, what became of it.

use super::{Gate, GateSummary, PipelineMark, VersionMark, facts::Lifecycle};
use crate::{Notice, Timestamp, executions::Difference};
use serde::{Deserialize, Serialize};

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decision {
    Approve {
        comment: String,
    },
    Reject {
        comment: String,
    },
    /// The first of two people: keeps the version pending.
    Sign {
        comment: String,
    },
    Stage(Lifecycle),
}

/// One `UpdateModelPackage`. Fields of one call are written together; calls follow in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelWrite {
    Stage(Lifecycle),
    /// One entry of `CustomerMetadataProperties`; the others stay.
    Metadata {
        key: String,
        value: String,
    },
    /// `ModelApprovalStatus` in the service's word, and `ApprovalDescription`.
    Approval {
        status: String,
        comment: String,
    },
}

/// A decision before it is taken: what it rests on, and what stands in its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionDraft {
    pub mark: VersionMark,
    pub gates: Vec<Gate>,
    pub summary: GateSummary,
    /// A comment to begin with.
    pub template: String,
    /// SHA-256 in hex over what was shown.
    pub evidence: String,
    pub signatures: Vec<Signature>,
    /// What approving, and what rejecting, will do.
    pub approve: Outlook,
    pub reject: Outlook,
    /// Signing as the first of two; `None` where no signature is asked for any more.
    pub sign: Option<Outlook>,
    pub notices: Vec<Notice>,
}

/// What follows from a decision, as far as it can be known before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// For the line above the button: `fires rule deploy-on-approve: CodePipeline deploy-models`.
    pub words: String,
    /// Why it cannot be done; empty when it can.
    pub held: Vec<String>,
    pub roll_back: Option<RollBack>,
}

/// What serves after the version that serves now is rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollBack {
    /// The newest other approved version, which the project templates of SageMaker deploy; `None`: there is none.
    pub to: Option<VersionMark>,
    pub endpoints: Vec<String>,
    pub words: String,
}

/// A first person's word, as it stands in the version's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Its key: `ops:sig1`.
    pub key: String,
    /// Principal or source identity.
    pub user: String,
    pub at: Timestamp,
    /// SHA-256 in hex of what was shown to that person.
    pub evidence: String,
    /// What that person's look-ups found, a few letters each, as the value of the metadata holds them. Empty: an older
    /// version of this program wrote it, whose digest covered other things.
    #[serde(default)]
    pub marks: String,
    /// Against what is shown now.
    #[serde(default)]
    pub stands: Stands,
}

/// Whether what a person signed is what is shown now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stands {
    #[default]
    NotCompared,
    Same,
    /// Nothing is known to be another; one of the two could not find out all of it: what, and why.
    Partly(Vec<String>),
    /// What is another, as far as that can be named.
    Other(Vec<String>),
    /// Signed with an older version of this program, whose digest covered other things.
    Older,
}

impl Stands {
    /// Whether a signature counts for what is shown.
    pub fn counts(&self) -> bool {
        matches!(self, Self::Same | Self::Partly(_))
    }
}

/// What a decision stands on, so that it can be compared later, also by somebody who may look at less. Nothing of it gives
/// back a value of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// SHA-256 in hex over what the evidence is. What could not be found out counts in it as what was registered.
    pub digest: String,
    /// The same over what the version itself says: what is registered, and the environment.
    pub base: String,
    /// What had to be asked for, by name.
    pub looks: Vec<Look>,
}

/// What asking for one part of the evidence came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// `image 123456789012.dkr.ecr.eu-west-1.amazonaws.com/xgb:1.7`.
    pub what: String,
    pub found: Found,
    /// SHA-256 in hex of what was found; empty where nothing was.
    pub mark: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    /// `as registered`, `gone`, `sha256 ab12…`.
    Known(String),
    /// Why: refused, throttled, not asked.
    Unknown(String),
}

/// The version is not what was shown any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub changes: Vec<Difference>,
    pub by: Option<String>,
    pub at: Option<Timestamp>,
    pub words: String,
}

/// A SageMaker pipeline that an approval starts through a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowPipeline {
    pub name: String,
    pub rule: String,
    /// Its newest execution, whatever started it.
    pub last: LastRun,
    /// That one began before the version was changed last, so it is not what the approval started.
    pub is_before: bool,
}

/// The newest execution of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastRun {
    Run(PipelineMark),
    /// It never ran.
    Never,
    /// Why it was not read.
    Unread(String),
}

/// The hours after a deployment against the same hours of the version before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FollowRow {
    pub part: FollowPart,
    pub before: Option<f64>,
    pub after: Option<f64>,
    /// `ms`, `% of requests`, `violations`.
    pub unit: String,
    /// `None`: cannot be said.
    pub is_worse: Option<bool>,
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FollowPart {
    /// Share of requests answered 5XX.
    Errors,
    /// Of the model, 99th percentile.
    Latency,
    /// The first run of a monitor.
    Monitor,
}
