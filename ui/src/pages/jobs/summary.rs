//! The run under the cursor of a list: what it was, why it failed, and the way to its logs.

use super::{
    cells::of_state,
    diagnosis::use_diagnosis,
    findings::Cause,
    list::capital,
    overview::{Reason, Times},
};
use crate::{address, format, parts::status::Status};
use contract::jobs::{JobId, JobRow};
use leptos::prelude::*;
use leptos_router::components::A;
use std::time::Duration;

/// How long the cursor rests on a run before its logs are read.
const REST: Duration = Duration::from_millis(300);

#[component]
pub fn Summary(id: JobId, row: RwSignal<Option<JobRow>>) -> impl IntoView {
    let this = StoredValue::new(id.clone());
    // The list reads running rows anew; another run is another pane.
    let row = Memo::new(move |before: Option<&Option<JobRow>>| {
        let now = row.get().filter(|row| this.with_value(|id| row.id == *id));
        now.or_else(|| before.cloned().flatten())
    });
    let failed = Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|row| row.state.is_failure())));
    let rested = RwSignal::new(false);
    let wait = move || {
        rested.try_set(true);
    };
    if let Ok(timer) = set_timeout_with_handle(wait, REST) {
        on_cleanup(move || timer.clear());
    }
    let diagnosed = use_diagnosis(Signal::derive(move || (rested.get() && failed.get()).then(|| this.get_value())));
    let name = move || row.with(|row| row.as_ref().map(|row| format::visible(&row.name)).unwrap_or_default());
    let href = address::job(&id);
    let logs = format!("{href}&tab=logs");
    let crumb = format!("{} {}", id.engine().word(), id.noun());
    view! {
        <section class="detail" role="region" aria-label=name>
            <div class="head">
                <div class="crumb">
                    {capital(&crumb)}
                    " "
                    <span class="mono cut">{id.own().to_owned()}</span>
                    {move || row.with(|row| row.as_ref().map(|row| {
                        let class = if row.state.is_failure() { "chip bad" } else { "chip" };
                        view! { <span class=class><Status shape=of_state(&row.state) word=row.state.word() /></span> }
                    }))}
                </div>
                <h2>{name}</h2>
                {move || row.get().map(|row| view! { <Times row /> })}
            </div>
            <div class="body">
                <Reason row />
                {move || failed.get().then(|| view! { <Cause job=this.get_value() diagnosed /> })}
                {move || row.with(|row| row.as_ref().map(|row| {
                    let home = row.id.home().map(str::to_owned);
                    view! {
                        <dl class="kv">
                            {home.map(|home| view! { <dt>"Belongs to"</dt><dd class="mono selectable">{home}</dd> })}
                            {row.by.clone().map(|by| view! { <dt>"Started by"</dt><dd class="selectable">{by}</dd> })}
                            {row.release.clone().map(|release| view! { <dt>"Release"</dt><dd>{release}</dd> })}
                            {super::cells::used(&row.cost)}
                        </dl>
                    }
                }))}
            </div>
            <div class="acts">
                <A href=href attr:class="btn go">"Open run"</A>
                <A href=logs attr:class="btn">"Read logs"</A>
            </div>
        </section>
    }
}
