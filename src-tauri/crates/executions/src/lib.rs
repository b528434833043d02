//! Step Functions without Step Functions: definitions and their graphs, histories and what they mean, why an execution
//! failed, what is different from the last success, and whether running it again is safe.
//!
//! Everything here is a function of values: facts that `aws` read (`contract::executions::facts`), and a `now`. Nothing
//! panics on what a stranger wrote: definitions, histories, causes and log lines may be cut, unknown or no JSON at all.

pub mod address;
pub mod caught;
pub mod cause;
pub mod compare;
pub mod definition;
pub mod express;
pub mod graph;
pub mod history;
pub mod jobs;
pub mod preflight;
pub mod schedule;
pub mod tasks;
pub mod why;
pub mod wire;

pub use definition::{Definition, State};
pub use history::History;
