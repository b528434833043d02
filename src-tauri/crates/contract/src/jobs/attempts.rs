//! The attempts of one run: an engine may try again by itself.

use super::{JobId, JobRow};
use crate::Notice;
use serde::{Deserialize, Serialize};

/// Asks for all attempts of the run, whichever of them the id names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAttempts {
    pub id: JobId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attempts {
    /// The newest first; each with an id that leads to its own logs.
    pub rows: Vec<JobRow>,
    pub notices: Vec<Notice>,
}
