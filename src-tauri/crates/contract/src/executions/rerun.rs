//! Whether an execution can be run again, and the plans to do so.

use super::{DefinitionProblem, DiffLine, VersionName};
use crate::Notice;
use serde::{Deserialize, Serialize};

/// Whether an execution can be run again, and how. Reads only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRerun {
    pub arn: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerun {
    pub redrive: Verdict,
    pub start: Verdict,
    pub stop: Verdict,
    pub recommend: Recommend,
    /// Why that is recommended, in one or two sentences.
    pub why: String,
    /// What the failed run already wrote, what still runs, what processes the same input.
    pub safety: Vec<Notice>,
    /// A name that is free.
    pub name: String,
    /// Versions and aliases that can be started.
    pub targets: Vec<VersionName>,
    /// What past inputs have in common.
    pub shape: Vec<InputField>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub ok: bool,
    /// Why not, or what will happen.
    pub reasons: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Recommend {
    Redrive,
    StartAgain,
    Neither,
}

/// A field that past inputs had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputField {
    pub path: String,
    /// `string`, `number or null`.
    pub kinds: String,
    pub seen: u64,
    pub of: u64,
    pub example: String,
}

/// Checks an edited input before a plan is made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckInput {
    /// The execution whose input was edited.
    pub arn: String,
    pub input: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputCheck {
    /// Why it cannot be sent, with its place.
    pub problem: Option<DefinitionProblem>,
    /// Where it departs from past inputs.
    pub notices: Vec<Notice>,
    /// Against the original.
    pub diff: Vec<DiffLine>,
}

/// Plans to redrive executions from where they failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRedrive {
    pub executions: Vec<String>,
}

/// Plans to start executions again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStart {
    /// Executions whose input and machine are used.
    pub executions: Vec<String>,
    /// Version or alias instead of the latest definition. For one execution only.
    pub target: Option<String>,
    /// An edited input. For one execution only.
    pub input: Option<String>,
    /// For one execution only; otherwise names are proposed.
    pub name: Option<String>,
}

/// Plans to stop running executions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStop {
    pub executions: Vec<String>,
    pub error: Option<String>,
    pub cause: Option<String>,
}
