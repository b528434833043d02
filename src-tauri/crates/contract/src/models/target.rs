//! The name of one thing of the area Models.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// All that a call needs to find it again, but for account and region.
///
/// As text: the kind, `:`, and the names with `/` between them: `version:churn/7`, `run:train-churn/a1b2c3d4e5f6`.
/// SageMaker's names hold letters, digits and hyphens only, so nothing has to be encoded, and other text is no target.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ModelTarget {
    /// A model package group.
    Group(String),
    /// A versioned model package.
    Version {
        group: String,
        version: u32,
    },
    /// A model package without a group.
    Package(String),
    /// A SageMaker model, as endpoints serve it.
    Model(String),
    Endpoint(String),
    /// A monitoring schedule.
    Schedule(String),
    Pipeline(String),
    PipelineExecution {
        pipeline: String,
        execution: String,
    },
}

/// A [`ModelTarget`] with the account and region that the text names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastedModel {
    pub target: ModelTarget,
    /// In words: `version 7 of churn`.
    pub title: String,
    pub account: Option<String>,
    pub region: Option<String>,
}

/// The text names nothing of the area Models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this names no model, endpoint, schedule or pipeline")]
pub struct BadModelTarget;

/// Characters of the longest name: that of a pipeline.
const LONGEST: usize = 256;

/// Letters, digits and hyphens, with a letter or digit at both ends (`EntityName`, `PipelineName`).
pub fn is_name(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

impl ModelTarget {
    /// As people call it.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Group(_) => "model group",
            Self::Version { .. } => "version",
            Self::Package(_) => "model package",
            Self::Model(_) => "model",
            Self::Endpoint(_) => "endpoint",
            Self::Schedule(_) => "monitoring schedule",
            Self::Pipeline(_) => "pipeline",
            Self::PipelineExecution { .. } => "pipeline execution",
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Group(_) => "group",
            Self::Version { .. } => "version",
            Self::Package(_) => "package",
            Self::Model(_) => "model",
            Self::Endpoint(_) => "endpoint",
            Self::Schedule(_) => "schedule",
            Self::Pipeline(_) => "pipeline",
            Self::PipelineExecution { .. } => "run",
        }
    }
}

impl fmt::Display for ModelTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.code())?;
        match self {
            Self::Group(name)
            | Self::Package(name)
            | Self::Model(name)
            | Self::Endpoint(name)
            | Self::Schedule(name)
            | Self::Pipeline(name) => f.write_str(name),
            Self::Version { group, version } => write!(f, "{group}/{version}"),
            Self::PipelineExecution { pipeline, execution } => write!(f, "{pipeline}/{execution}"),
        }
    }
}

impl FromStr for ModelTarget {
    type Err = BadModelTarget;

    fn from_str(text: &str) -> Result<Self, BadModelTarget> {
        let (code, rest) = text.split_once(':').ok_or(BadModelTarget)?;
        let (name, more) = rest.split_once('/').map_or((rest, None), |(name, more)| (name, Some(more)));
        if !is_name(name) || more.is_some_and(|more| !is_name(more)) {
            return Err(BadModelTarget);
        }
        let name = name.to_owned();
        Ok(match (code, more) {
            ("version", Some(version)) => {
                let version = version.parse::<u32>().ok().filter(|version| *version > 0).ok_or(BadModelTarget)?;
                Self::Version { group: name, version }
            }
            ("run", Some(execution)) => Self::PipelineExecution { pipeline: name, execution: execution.to_owned() },
            ("group", None) => Self::Group(name),
            ("package", None) => Self::Package(name),
            ("model", None) => Self::Model(name),
            ("endpoint", None) => Self::Endpoint(name),
            ("schedule", None) => Self::Schedule(name),
            ("pipeline", None) => Self::Pipeline(name),
            _ => return Err(BadModelTarget),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_reads_back_from_its_text() {
        let targets = [
            ("group:churn-eu", ModelTarget::Group("churn-eu".into())),
            ("version:churn-eu/7", ModelTarget::Version { group: "churn-eu".into(), version: 7 }),
            ("package:sold", ModelTarget::Package("sold".into())),
            ("model:churn-7", ModelTarget::Model("churn-7".into())),
            ("endpoint:churn", ModelTarget::Endpoint("churn".into())),
            ("schedule:churn-data", ModelTarget::Schedule("churn-data".into())),
            ("pipeline:train", ModelTarget::Pipeline("train".into())),
            ("run:train/a1b2", ModelTarget::PipelineExecution { pipeline: "train".into(), execution: "a1b2".into() }),
        ];
        for (text, target) in targets {
            assert_eq!(target.to_string(), text);
            assert_eq!(text.parse(), Ok(target));
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in [
            "",
            "group",
            "group:",
            "group:a/b",
            "group:-a",
            "group:a b",
            "version:a",
            "version:a/0",
            "version:a/b",
            "version:a/1/2",
            "job:a",
            "run:a",
        ] {
            assert_eq!(text.parse::<ModelTarget>(), Err(BadModelTarget), "{text}");
        }
    }
}
