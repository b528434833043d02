//! What the run may take where it runs, beside what it took.

use crate::{
    bridge,
    parts::{
        cells::dash,
        fault::FaultView,
        states::{Partial, Skeleton},
    },
};
use contract::{
    Fault,
    jobs::{Capacity as Answer, CapacityRow, Engine, JobId, ReadCapacity},
};
use leptos::{prelude::*, task::spawn_local};

/// Engines that report any.
pub fn is_reported(engine: Engine) -> bool {
    matches!(engine, Engine::Emr | Engine::EmrServerless | Engine::Glue)
}

#[component]
pub fn Capacity(id: JobId) -> impl IntoView {
    let answer = RwSignal::new(None::<Result<Answer, Fault>>);
    let run = StoredValue::new(id);
    let ask = Callback::new(move |()| {
        spawn_local(async move {
            let Some(id) = run.try_get_value() else { return };
            let read = bridge::call(ReadCapacity { id }).await;
            answer.try_set(Some(read));
        });
    });
    ask.run(());
    move || match answer.get() {
        None => view! { <Skeleton rows=2 /> }.into_any(),
        Some(Err(fault)) => view! { <FaultView fault retry=ask /> }.into_any(),
        Some(Ok(Answer { rows, notices })) => view! {
            <section aria-label="Capacity">
                <h3 class="part-title">"Capacity"</h3>
                <Partial notices=Signal::stored(notices) />
                {rows.is_empty().then(|| view! {
                    <p class="soft">"What it runs on has no limit of its own and keeps nothing ready."</p>
                })}
                {(!rows.is_empty()).then(|| view! { <Rows rows /> })}
            </section>
        }
        .into_any(),
    }
}

#[component]
fn Rows(rows: Vec<CapacityRow>) -> impl IntoView {
    let cell = |text: Option<String>| text.map_or_else(dash, |text| view! { {text} }.into_any());
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Resource"</th>
                    <th scope="col">"Configured"</th>
                    <th scope="col">"Used"</th>
                    <th scope="col">"Maximum"</th>
                </tr>
            </thead>
            <tbody>
                {rows.into_iter().map(|row| view! {
                    <tr>
                        <th scope="row">{row.what}</th>
                        <td>{cell(row.configured)}</td>
                        <td>{cell(row.used)}</td>
                        <td>{cell(row.maximum)}</td>
                    </tr>
                }).collect_view()}
            </tbody>
        </table>
    }
}
