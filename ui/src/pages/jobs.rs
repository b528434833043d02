//! Jobs: the runs of every engine, what they belong to, and one run with its parameters, findings and logs.
//!
//! The router mounts `JobRuns` at `/jobs` (all engines, or one home), `Homes` at `/jobs/homes` and `OneRun` at
//! `/jobs/run`, whose query names the run, the tab, the log file and the line; `OneLog` at `/jobs/log` reads files of no
//! known run, and `Insights` at `/jobs/insights` asks log groups. `Ends` at `/jobs/ends` lists replication tasks and
//! statements, and `OneEnd` at `/jobs/end` shows one.

mod acts;
mod add_step;
mod again;
mod attempts;
mod capacity;
mod cells;
mod compare;
mod diagnosis;
mod ends;
mod find;
mod findings;
mod found_lines;
mod homes;
mod insights;
mod list;
mod log_files;
mod logs;
mod machines;
mod overview;
mod run;
mod seen;
mod stages;
mod summary;

pub use list::capital;
pub use overview::object_address;

use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

pub const AREA: (&str, &str) = ("Jobs", crate::address::JOBS);

#[wasm_split(jobs, preload(load))]
pub fn job_runs() -> AnyView {
    view! { <list::JobRuns /> }.into_any()
}

#[wasm_split(jobs)]
pub fn homes() -> AnyView {
    view! { <homes::Homes /> }.into_any()
}

#[wasm_split(jobs)]
pub fn one_run() -> AnyView {
    view! { <run::OneRun /> }.into_any()
}

#[wasm_split(jobs)]
pub fn logs_insights() -> AnyView {
    view! { <insights::Insights /> }.into_any()
}

#[wasm_split(jobs)]
pub fn one_log() -> AnyView {
    view! { <logs::OneLog /> }.into_any()
}

#[wasm_split(jobs)]
pub fn all_ends() -> AnyView {
    view! { <ends::Ends /> }.into_any()
}

#[wasm_split(jobs)]
pub fn one_end() -> AnyView {
    view! { <ends::OneEnd /> }.into_any()
}
