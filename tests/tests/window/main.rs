//! The program in real WebKit, on the practice estate: `cargo xtask e2e`.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test fails by panicking, wherever it notices"
)]

mod cancel_step;
mod drift;
mod drift_sources;
mod elsewhere;
mod ends;
mod executions;
mod exports;
mod found_lines;
mod incident;
mod job_logs;
mod job_writes;
mod jobs;
mod keyboard;
mod logs_insights;
mod model_gates;
mod model_reject;
mod models;
mod now_models;
mod opening;
mod path;
mod pipelines;
mod settings;
mod stages;
mod watching;
mod writes;
