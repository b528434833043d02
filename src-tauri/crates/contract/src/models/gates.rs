//! What a version has to pass before it is approved.

use super::facts::EvidencePart;
use crate::jobs::JobId;
use serde::{Deserialize, Serialize};

/// One check, with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub id: GateId,
    pub title: String,
    pub verdict: GateVerdict,
    /// The reason in one line.
    pub words: String,
    /// Each finding of its own.
    pub findings: Vec<String>,
    pub evidence: Vec<EvidenceLink>,
    /// It keeps the version from being approved, by its verdict and the policy.
    pub holds: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GateId {
    /// Complete, scanned, and still what was registered.
    Intact,
    /// Not worse than the approved version.
    Quality,
    /// What its monitors will compare with is there.
    Baselines,
    Bias,
    Explainability,
    Lineage,
    /// Fit for what the endpoint is asked today.
    Traffic,
    TwoPersons,
    /// What an approval sets off.
    Blast,
}

impl GateId {
    pub const ALL: [Self; 9] = [
        Self::Intact,
        Self::Quality,
        Self::Baselines,
        Self::Bias,
        Self::Explainability,
        Self::Lineage,
        Self::Traffic,
        Self::TwoPersons,
        Self::Blast,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Intact => "Complete, and still what was registered",
            Self::Quality => "Not worse than the approved version",
            Self::Baselines => "Baselines for its monitors",
            Self::Bias => "Bias within limits",
            Self::Explainability => "Explained, by the same features",
            Self::Lineage => "Known where it comes from",
            Self::Traffic => "Fits today's traffic",
            Self::TwoPersons => "Second person",
            Self::Blast => "What the decision sets off",
        }
    }

    /// As few words as a cell has room for.
    pub fn word(self) -> &'static str {
        match self {
            Self::Intact => "integrity",
            Self::Quality => "quality",
            Self::Baselines => "baselines",
            Self::Bias => "bias",
            Self::Explainability => "explainability",
            Self::Lineage => "lineage",
            Self::Traffic => "traffic",
            Self::TwoPersons => "second person",
            Self::Blast => "rules",
        }
    }

    /// What it looks at.
    pub fn about(self) -> &'static str {
        match self {
            Self::Intact => {
                "Registration, scans and validations are complete; image, artefact and files are what was registered."
            }
            Self::Quality => {
                "Metrics are no worse than the approved version's on the same test set, and better than a constant answer."
            }
            Self::Baselines => {
                "Statistics and constraints for its monitors are there, readable, and name the same columns in the same order."
            }
            Self::Bias => "The report after training is there, and no facet is further from neutral than its limit.",
            Self::Explainability => {
                "The report is there, features keep the order of importance of the approved version, and no identifier leads."
            }
            Self::Lineage => {
                "Commit, repository and what made it are named; the lineage reaches a data set and a training job."
            }
            Self::Traffic => {
                "Its data baseline fits what the endpoint was asked in the newest hours that a monitor reported on."
            }
            Self::TwoPersons => "One person signs what is shown, another approves it, and neither registered it.",
            Self::Blast => "The EventBridge rules that an approval fires, and those that fire on every later edit too.",
        }
    }
}

/// From bad to good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GateVerdict {
    Fail,
    /// Not read, not there, or not comparable. Never good.
    Unknown,
    /// A person should look.
    Warn,
    Pass,
}

impl GateVerdict {
    pub fn word(self) -> &'static str {
        match self {
            Self::Fail => "red",
            Self::Unknown => "not known",
            Self::Warn => "look",
            Self::Pass => "green",
        }
    }
}

/// What is opened to see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidenceLink {
    /// A file of the version.
    File {
        part: EvidencePart,
        uri: String,
    },
    /// An S3 object that is no evidence by itself: an artefact.
    Object(String),
    Image(String),
    Run(JobId),
    /// By its ARN.
    PipelineExecution(String),
    /// The comparison with this version, by its ARN.
    Compare(String),
    Lineage,
    History,
    Endpoint(String),
    /// A feature's two distributions.
    Feature(String),
    /// An EventBridge rule, with its targets in words.
    Rule {
        name: String,
        targets: Vec<String>,
    },
    /// A SageMaker pipeline that a rule starts.
    Pipeline(String),
}

/// All gates of a version, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSummary {
    pub passed: u32,
    pub warned: u32,
    pub unknown: u32,
    pub failed: u32,
    /// Gates that keep it from being approved.
    pub holding: u32,
    /// `all green`, `red: bias, second person; not known: baselines`.
    pub words: String,
}

/// What a team asks of a version. Every field has a default, so a file names what differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatePolicy {
    /// Gates that keep a version from being approved when they are red; the others advise.
    pub blocking: Vec<GateId>,
    /// A blocking gate that is not known blocks too.
    pub unknown_blocks: bool,
    /// Two people: one signs, another approves.
    pub two_persons: bool,
    /// Characters of a comment, at least.
    pub comment_least: u32,
    /// Differences up to so many standard deviations of both together are noise.
    pub deviations: f64,
    /// Where there are no deviations: share of the approved version's value that is noise.
    pub tolerance: f64,
    /// NDCG of the candidate's attributions in the approved version's order, at least (Clarify's default alert is at
    /// 0.9).
    pub ndcg_least: f64,
    /// Largest distance of a bias metric from its neutral value, by name; for those that no constraint limits.
    pub bias_limits: Vec<(String, f64)>,
    /// Share of features that may have drifted on day 0.
    pub drifted_share: f64,
    /// Days after which a pending version is stale.
    pub stale_days: u32,
    /// A stage that is set before the approval, if any: stage and status.
    pub stage_on_approval: Option<(String, String)>,
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            blocking: vec![
                GateId::Intact,
                GateId::Quality,
                GateId::Baselines,
                GateId::Bias,
                GateId::Traffic,
                GateId::TwoPersons,
            ],
            unknown_blocks: false,
            two_persons: true,
            comment_least: 20,
            deviations: 2.0,
            tolerance: 0.01,
            ndcg_least: 0.9,
            bias_limits: Vec::new(),
            drifted_share: 0.0,
            stale_days: 30,
            stage_on_approval: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_only_what_differs() {
        let policy: GatePolicy = serde_json::from_str(r#"{"two_persons":false,"blocking":["Quality"]}"#).unwrap();
        assert_eq!(policy, GatePolicy { two_persons: false, blocking: vec![GateId::Quality], ..GatePolicy::default() });
        assert!(
            serde_json::from_str::<GatePolicy>(r#"{"two_person":false}"#).is_err(),
            "a mistyped name is not passed over"
        );
    }
}
