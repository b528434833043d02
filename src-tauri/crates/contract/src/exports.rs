//! Comparisons, drift and charts as files for people without this program.

use crate::{
    charts::Chart,
    drift::{ReadDrift, ReadEndpointHealth, ReadFeature, ReadFollowed, TryThreshold},
    models::requests::{CompareModels, DescribeModel},
};
use serde::{Deserialize, Serialize};

/// Writes what a page shows as one file that needs nothing else, read anew where the core does not hold it. Answers where it
/// stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    pub subject: Subject,
    pub format: FileFormat,
    /// A folder or a file, as the person typed it; without one a dialog of the system asks.
    pub path: Option<String>,
}

/// What a file is about, by the request that its page made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    Comparison(CompareModels),
    /// Beside the version that its page compares it with, or alone where there is none.
    Version(DescribeModel),
    Drift(ReadDrift),
    Feature(ReadFeature),
    Endpoint(ReadEndpointHealth),
    Followed(ReadFollowed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileFormat {
    /// Everything, with its charts.
    Html,
    /// Every number, a row each.
    Csv,
    /// The charts beneath each other.
    Png,
}

impl FileFormat {
    /// Of a file's name, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Png => "png",
        }
    }
}

/// Writes what a decision on a version rests on as one zip: its files with their digests, the ledger that the evidence
/// digest is of, gates, comparison and history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveEvidence {
    /// ARN of the version.
    pub arn: String,
    /// [`DecisionDraft::evidence`](crate::models::DecisionDraft::evidence) of the draft that the person saw. Without it
    /// everything is looked at anew.
    pub evidence: Option<String>,
    /// A folder or a file, as the person typed it; without one a dialog of the system asks.
    pub path: Option<String>,
}

/// Writes what a threshold that was tried changes in `constraints.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveConstraints {
    pub trial: TryThreshold,
    /// The file with the change in it, else a patch for the file as it is.
    pub is_whole: bool,
    /// A folder or a file, as the person typed it; without one a dialog of the system asks.
    pub path: Option<String>,
}

/// Writes a chart as PNG.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SaveChart {
    pub chart: Box<Chart>,
    /// A folder or a file, as the person typed it; without one a dialog of the system asks.
    pub path: Option<String>,
}
