//! Whether monitors measure at all, and why a run of one failed.

use super::{ColumnRow, facts::MonitorKind};
use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One schedule. "Good" means that it ran, on data, against the right baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonitorHealth {
    pub schedule: String,
    pub kind: Option<MonitorKind>,
    pub endpoint: Option<String>,
    pub state: HealthState,
    pub problems: Vec<Silence>,
    pub last_run: Option<Timestamp>,
    /// In one line.
    pub words: String,
}

/// From bad to good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HealthState {
    /// It measures nothing.
    Silent,
    /// It measures, and something about it is wrong.
    Doubtful,
    /// Something that decides this could not be read.
    Unknown,
    Measured,
}

/// A reason why a quiet monitor is not a good sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    pub kind: SilenceKind,
    /// What is so.
    pub words: String,
    pub remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SilenceKind {
    /// `Scheduled`, and nothing has run for longer than its rhythm.
    NotRunning,
    Stopped,
    /// The endpoint that it watches does not exist any more.
    EndpointGone,
    /// Its last runs failed.
    Failing,
    CaptureOff,
    GroundTruthMissing,
    OtherBaseline,
    ChecksDisabled,
    AlertNotShown,
    NoAlert,
}

/// Why a run failed, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFailure {
    pub title: String,
    /// The service's own words.
    pub said: Option<String>,
    pub remedy: String,
    /// Hours of captured data that are missing, as `2026/11/21/05`.
    pub missing_hours: Vec<String>,
    /// Columns of the capture against the baseline's.
    pub columns: Vec<ColumnRow>,
}
