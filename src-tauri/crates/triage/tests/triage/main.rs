//! Triage as its callers use it: files in, an answer out.

// Clippy takes the helpers of an integration test for product code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout)]

mod accuracy;
mod corpus;
mod generator;
mod jobs;
mod properties;
mod ranking;
mod reasons;
mod speed;
mod tables;
mod tally;
