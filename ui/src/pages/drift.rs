//! Drift: what watches models, what it found, and whether it measures at all.
//!
//! The router mounts `Monitors` at `/drift`, `Worklist` at `/drift/worklist`, `Endpoints` at `/drift/endpoints`, `OneMonitor` at `/drift/monitor`, whose query
//! names the schedule, the tab, the feature and the report, `OneEndpoint` at `/drift/endpoint`, and `OneFollowed`, of what
//! Evidently or MLflow follow, at `/drift/followed`.

mod agreement;
mod alert;
mod cells;
mod endpoint;
mod endpoints;
mod feature;
mod features;
mod followed;
mod measure;
mod metrics;
mod monitor;
mod monitors;
mod reports;
mod run;
mod runs;
mod setup;
mod statistics;
mod switch;
mod trial;
mod violations;
mod worklist;

use leptos::prelude::*;
use wasm_split_helpers::wasm_split;

pub const AREA: (&str, &str) = ("Drift", crate::address::DRIFT);

#[wasm_split(drift, preload(load))]
pub fn all_monitors() -> AnyView {
    view! { <monitors::Monitors /> }.into_any()
}

#[wasm_split(drift)]
pub fn whole_worklist() -> AnyView {
    view! { <worklist::Worklist /> }.into_any()
}

#[wasm_split(drift)]
pub fn all_endpoints() -> AnyView {
    view! { <endpoints::Endpoints /> }.into_any()
}

#[wasm_split(drift)]
pub fn one_monitor() -> AnyView {
    view! { <monitor::OneMonitor /> }.into_any()
}

#[wasm_split(drift)]
pub fn one_endpoint() -> AnyView {
    view! { <endpoint::OneEndpoint /> }.into_any()
}

#[wasm_split(drift)]
pub fn one_followed() -> AnyView {
    view! { <followed::OneFollowed /> }.into_any()
}
