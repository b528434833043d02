//! Models: what waits for a decision, every group with its versions, and one version with all that a decision rests on.
//!
//! The router mounts `ModelList` at `/models` (what waits, or with `show=all` all groups), `OneGroup` at `/models/group`,
//! `OneVersion` at `/models/version` (also a package without a group) and `TwoVersions` at `/models/compare`. Each takes what it shows from the query.
//! SageMaker's pipelines are at `/models/pipelines`, one at `/models/pipeline`, and one of its executions at
//! `/models/pipeline/execution`.

mod cells;
mod compare;
mod confusion;
mod decide;
mod decision;
mod follow;
mod gates;
mod group;
mod history;
mod lineage;
mod lineage_graph;
mod list;
mod metrics;
mod package;
mod pipelines;
mod stage;
mod stale;
mod strip;
mod version;

use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

pub const AREA: (&str, &str) = ("Models", crate::address::MODELS);

#[wasm_split(models, preload(load))]
pub fn model_list() -> AnyView {
    view! { <list::ModelList /> }.into_any()
}

#[wasm_split(models)]
pub fn one_group() -> AnyView {
    view! { <group::OneGroup /> }.into_any()
}

#[wasm_split(models)]
pub fn one_version() -> AnyView {
    view! { <group::OneVersion /> }.into_any()
}

#[wasm_split(models)]
pub fn two_versions() -> AnyView {
    view! { <compare::TwoVersions /> }.into_any()
}

#[wasm_split(models)]
pub fn all_pipelines() -> AnyView {
    view! { <pipelines::list::Pipelines /> }.into_any()
}

#[wasm_split(models)]
pub fn one_pipeline() -> AnyView {
    view! { <pipelines::pipeline::OnePipeline /> }.into_any()
}

#[wasm_split(models)]
pub fn one_pipeline_execution() -> AnyView {
    view! { <pipelines::execution::OneExecution /> }.into_any()
}
