//! What crosses the bridge: every request with its reply, every event of a stream, every fault.
//!
//! Both sides of the bridge are Rust, so this crate is the whole interface: the window (`ui`) knows nothing else of
//! the core, and the core's commands take and give nothing else. It holds plain data and the words for it, how a
//! person writes a time, because both sides read that, and how a text writes values ([`words`]), command lines ([`shell`]),
//! cells ([`cells`]) and ARNs ([`arn`]), because every crate below the bridge writes some; otherwise it does no work, so
//! that it stays cheap to compile for three targets (core, build script, WASM).
//!
//! Times are [`jiff::Timestamp`] (RFC 3339 in UTC on the wire), sizes are bytes, percentages are 0 to 100.

pub mod arn;
pub mod cells;
pub mod charts;
pub mod command;
pub mod drift;
pub mod ends;
pub mod executions;
pub mod exports;
pub mod facts;
pub mod fault;
pub mod ids;
pub mod incident;
pub mod insights;
pub mod jobs;
mod known;
pub mod logs;
pub mod models;
pub mod now;
pub mod objects;
pub mod operations;
pub mod palette;
pub mod plan;
pub mod range;
pub mod restore;
pub mod searches;
pub mod session;
pub mod sets;
pub mod settings;
pub mod shell;
pub mod signatures;
pub mod time;
pub mod words;

pub use command::{COMMANDS, Command, CommandInfo, Kind, Streaming};
pub use fault::{Code, Fault, Notice, Retry, Severity};
pub use ids::{InsightsId, LogId, OperationId, PlanId, SearchId, SetId};
pub use jiff::Timestamp;
pub use models::pipelines;
