//! Executions: state machines, their executions, and one execution with its graph, states, events and reason.
//!
//! The router mounts `Machines` at `/executions` and `ExecutionList` at `/executions/list`, whose query names a machine, a
//! Map Run or nothing (all machines), and the execution that is open.

mod action_bar;
mod cells;
mod compare;
mod events;
mod groups;
mod incident;
mod list;
mod machine_pane;
mod machines;
mod pane;
mod payload;
mod rerun;
mod state_compare;
mod state_pane;
mod states;
mod watch;
mod why;

pub use watch::use_execution;
pub use why::{WhyCard, folder_of};

use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

pub const AREA: (&str, &str) = ("Executions", crate::address::EXECUTIONS);

#[wasm_split(executions, preload(load))]
pub fn all_machines() -> AnyView {
    view! { <machines::Machines /> }.into_any()
}

#[wasm_split(executions)]
pub fn one_incident() -> AnyView {
    view! { <incident::OneIncident /> }.into_any()
}

#[wasm_split(executions)]
pub fn execution_list() -> AnyView {
    view! { <list::ExecutionList /> }.into_any()
}
