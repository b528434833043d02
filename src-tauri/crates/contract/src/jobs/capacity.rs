//! How much a run may take where it runs, beside what it took.

use super::JobId;
use crate::Notice;
use serde::{Deserialize, Serialize};

/// Asks for the capacity of what the run runs on, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadCapacity {
    pub id: JobId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capacity {
    /// Empty where the engine reports none.
    pub rows: Vec<CapacityRow>,
    pub notices: Vec<Notice>,
}

/// One resource, in words with its unit. `None` is "not reported".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapacityRow {
    /// `vCPU`, `core, r6g.2xlarge`, `workers`.
    pub what: String,
    pub configured: Option<String>,
    pub used: Option<String>,
    pub maximum: Option<String>,
}
