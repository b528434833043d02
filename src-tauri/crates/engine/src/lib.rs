//! Use cases: what the window can ask for, joined from the crates below.
//!
//! [`Desk`] is the whole core of a running program: the store, the session, the open result sets, the plans that wait
//! for confirmation and the operations that run. The shell owns one and calls it from its commands; tests own one
//! without a shell. Nothing here knows Tauri, and nothing here names an SDK type.

mod desk;
mod drift;
mod ends;
mod error;
mod executions;
mod exports;
mod incident;
mod insights;
mod jobs;
mod logs;
mod models;
mod now;
mod objects;
mod operations;
mod palette;
mod plans;
mod profiles;
mod restore;
mod searches;
mod sets;
mod signatures;
mod watch;

pub use ::objects::restore::Parts as PartSizes;
pub use desk::{Desk, Options};
pub use drift::{DriftEvents, TrialEvents};
pub use error::EngineError;
pub use executions::ExecutionEvents;
pub use exports::Document;
pub use incident::IncidentEvents;
pub use insights::InsightsEvents;
pub use jobs::{DiagnosisEvents, FindEvents, StagesEvents};
pub use logs::{LogEvents, SearchEvents};
pub use objects::{Saved, typed_path};
pub use operations::OperationEvents;
pub use sets::Events;
pub use watch::{Alert, AlertEvents, Raise, WatchPace};
