//! Why a job failed, from its log lines: which line is the cause, what followed from it, what to do, and whether running
//! the same thing again can help.
//!
//! [`Catalogue`] holds what is known of failures (data in `assets/signatures`, and the user's own). A [`Scanner`] reads
//! the records of one file in one pass; scans of many files merge in any order. [`Catalogue::report`] joins them with
//! the job's own [`Facts`] and ranks. Nothing here reads a clock, a disk or a network, and no line of a log can make it
//! panic: lines come from strangers and are cut, binary or enormous at will. *Unknown* is an answer: nothing is guessed.

pub mod catalogue;
pub mod compute;
pub mod event_log;
pub mod input;
pub mod redact;
pub mod report;
pub mod scan;
pub mod templates;
pub mod trace;

pub use catalogue::{Catalogue, Class, Layer, Retry, Severity, Signature, SignatureFault};
pub use input::{Fact, Facts, FileId, Level, Record, Role, Side, Source};
pub use redact::redact;
pub use report::{Finding, Report, Verdict};
pub use scan::{Scan, Scanner};
pub use templates::Templates;
pub use trace::Trace;
