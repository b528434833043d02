//! Logs Insights: a query over log groups, what it may cost, and what it found.
//!
//! A query costs by what it scans, so nothing runs but by a press, the cost is told before, and the rows of a run stay in
//! the core: the address names the run, and coming back from a line shows them again.

mod cost;
mod editor;
mod groups;
mod results;
mod run;

use super::{
    AREA,
    list::capital,
    log_files::{apart, joined},
};
use crate::{
    address, bridge,
    desk::Desk,
    parts::{head::Head, list::use_change, split::Split},
    range::use_range,
};
use contract::{
    InsightsId,
    insights::{InsightsRow, PrepareInsights, ReadyQuery},
    jobs::JobId,
    range::Range,
};
use editor::Editor;
use leptos::{prelude::*, task::spawn_local};
use results::{Detail, Results};
use run::use_run;

/// What is asked about where the address says nothing.
const RANGE: Range = Range::last_hours(1);

/// What the page asks, as the person writes it.
#[derive(Clone, Copy)]
struct Asked {
    groups: RwSignal<Vec<String>>,
    text: RwSignal<String>,
    ready: RwSignal<Vec<ReadyQuery>>,
}

#[component]
pub fn Insights() -> impl IntoView {
    let desk = Desk::get();
    let query = address::use_query();
    let change = StoredValue::new_local(use_change());
    let said = query.get_untracked();
    let job = said.get("job").and_then(|text| text.parse::<JobId>().ok());
    let asked = Asked {
        groups: RwSignal::new(said.get("group").map(apart).unwrap_or_default()),
        text: RwSignal::new(said.get("query").unwrap_or_default().to_owned()),
        ready: RwSignal::new(Vec::new()),
    };
    let kept = said.get("run").and_then(|id| id.parse().ok()).map(InsightsId);
    let within = use_range(Some(RANGE));
    let on_started = Callback::new(move |id: InsightsId| {
        change.with_value(|change| {
            change("group", Some(joined(&asked.groups.get_untracked())));
            change("query", Some(asked.text.get_untracked()));
            change("run", Some(id.0.to_string()));
        });
    });
    let run = use_run(kept, on_started);
    let wanted = StoredValue::new(job.clone());
    Effect::new(move |_| {
        desk.generation();
        spawn_local(async move {
            let Some(job) = wanted.try_get_value() else { return };
            match bridge::call(PrepareInsights { job }).await {
                Ok(start) => {
                    // What the address says, or the person wrote meanwhile, stays.
                    asked.groups.try_update(|groups| {
                        if groups.is_empty() {
                            *groups = start.groups;
                        }
                    });
                    let first = start.queries.first().map(|query| query.text.clone()).unwrap_or_default();
                    asked.text.try_update(|text| {
                        if text.is_empty() {
                            *text = first;
                        }
                    });
                    asked.ready.try_set(start.queries);
                }
                Err(fault) => desk.say(format!("{}: {}", fault.title, fault.detail)),
            }
        });
    });
    let current = RwSignal::new(None::<InsightsRow>);
    let way = job
        .as_ref()
        .map_or_else(Vec::new, |job| vec![(capital(&format!("{} {}", job.noun(), job.own())), address::job(job))]);
    let list = move || {
        view! {
            <Head area=AREA way=way.clone() title="Logs Insights" />
            <Editor asked within run />
            <Results run current />
        }
    };
    let detail = move || view! { <Detail run current /> };
    view! { <Split list detail /> }
}
