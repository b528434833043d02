//! What holds the house together, read from its sources: no server, no display, no program.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::similar_names,
    reason = "a test fails by panicking, wherever it notices"
)]

mod commands;
mod contrast;
mod layering;
mod looks;
