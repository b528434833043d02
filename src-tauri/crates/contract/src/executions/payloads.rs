//! Input and output of a visit to a state, beside another.

use super::{DiffLine, ExecutionLink};
use crate::Notice;
use serde::{Deserialize, Serialize};

/// Compares the input or output of one visit to a state with another text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareState {
    pub arn: String,
    /// [`super::StateRow::id`].
    pub state: String,
    pub side: PayloadSide,
    pub with: PayloadPlace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PayloadSide {
    Input,
    Output,
}

impl PayloadSide {
    pub fn word(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayloadPlace {
    /// Of the newest visit to a state of the same execution, by its name.
    State { name: String, side: PayloadSide },
    /// Of the same state in the last success of the machine before this execution.
    LastSuccess,
    /// Of the same state in an execution of the same machine, by its name or ARN.
    Execution(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateComparison {
    /// `output of ExtractOrders`, `input in 2026-11-20T06-04`.
    pub then: String,
    pub now: String,
    /// The other execution.
    pub with: Option<ExecutionLink>,
    pub lines: Vec<DiffLine>,
    pub notices: Vec<Notice>,
}
