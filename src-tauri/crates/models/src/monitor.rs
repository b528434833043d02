//! Readers of what monitors write.
//!
//! The formats have no schema that holds: keys came and went with the years, a standard deviation is a number or the string
//! `"NaN"`, a metric that could not be computed is `null` with an error beside it, and custom containers write what they like
//! into files of the same names. A reader therefore refuses only what is not JSON, or not the file that it is for; everything
//! else that it could not read becomes a [`Problem`] beside what it could. Formats: the developer guide's pages on Model
//! Monitor and Clarify, and files that these services wrote.

pub mod capture;
pub mod clarify;
pub mod constraints;
pub mod evaluation;
pub mod evidently;
pub(crate) mod json;
pub mod mlflow;
pub mod mlruns;
mod number;
pub mod statistics;
pub mod violations;

pub use capture::{Capture, CaptureReader};
pub use clarify::{Bias, Explanations};
pub use constraints::{Constraints, MetricConstraints};
pub use evaluation::Evaluation;
pub use evidently::Snapshot;
pub use statistics::Statistics;
pub use violations::Violations;

/// Why nothing of a file could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("it is not text: byte {at} is no UTF-8")]
    NotText { at: usize },
    #[error("it is not JSON: {what} at line {line}, column {column}")]
    NotJson { line: usize, column: usize, what: String },
    /// JSON, of something else.
    #[error("it is not {expected}: {found}")]
    OtherFile { expected: &'static str, found: &'static str },
}

/// What of a file could not be read. The rest of it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// Where: a feature, a metric, a line.
    pub place: String,
    pub what: String,
}

impl Problem {
    fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}
