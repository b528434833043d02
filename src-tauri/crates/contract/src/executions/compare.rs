//! Two executions of one machine beside each other.

use super::{ExecutionRow, StateStatus};
use crate::{Notice, Timestamp};
use serde::{Deserialize, Serialize};

/// Compares an execution with another of its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareExecution {
    pub arn: String,
    /// `None`: the last success before it.
    pub with: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// `None` when there is no success to compare with; then `notices` says how far was looked.
    pub with: Option<ExecutionRow>,
    /// What is different, most telling first.
    pub differences: Vec<Difference>,
    /// What was looked at and is the same.
    pub same: Vec<String>,
    pub states: Vec<StatePair>,
    pub input: Vec<DiffLine>,
    pub definition: Vec<DiffLine>,
    pub notices: Vec<Notice>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// `Input`, `Definition`, `Branch`, `Duration`, `Job parameters`, `Version`.
    pub what: String,
    /// `$.detail.object.size`, `SubmitEMRServerlessJob`.
    pub place: String,
    pub then: Option<String>,
    pub now: Option<String>,
    /// When it became what it is now, where that is known: of an object in S3.
    pub at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatePair {
    pub name: String,
    pub then: Option<PairSide>,
    pub now: Option<PairSide>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSide {
    pub status: StateStatus,
    pub millis: u64,
    pub visits: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    pub side: DiffSide,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DiffSide {
    Both,
    Then,
    Now,
    /// Lines that are the same were left out here; the text says how many.
    Gap,
}
