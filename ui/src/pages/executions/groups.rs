//! Above the list: the last 50 runs as a strip, the rate and median, and the failures by error.

use crate::{
    bridge, format,
    parts::{
        grid::SetHandle,
        icon::Icon,
        list::{use_change, use_filter},
        strip::RunStrip,
    },
};
use contract::executions::{ErrorGroup, ErrorGroups, GroupErrors};
use leptos::{prelude::*, task::spawn_local};

/// Groups that are shown; the rest is in the filter.
const SHOWN: usize = 4;

#[component]
pub fn Groups(
    set: SetHandle,
    /// Over all machines, where a median says nothing.
    all: bool,
    #[prop(into)] on_open: Callback<String>,
) -> impl IntoView {
    let groups = RwSignal::new(ErrorGroups::default());
    let filter = use_filter();
    // What the filter leaves is what is grouped; but the strip shows the runs as they were without it.
    let strip = RwSignal::new(ErrorGroups::default());
    Effect::new(move |_| {
        let Some((set, _)) = set.revision() else { return };
        let plain = filter.get().is_empty();
        spawn_local(async move {
            if let Ok(answer) = bridge::call(GroupErrors { set }).await {
                if plain {
                    strip.try_set(answer.clone());
                }
                groups.try_set(answer);
            }
        });
    });
    let change = StoredValue::new_local(use_change());
    let choose = Callback::new(move |group: ErrorGroup| {
        let state = group.state.map(|state| format!(" state:\"{state}\"")).unwrap_or_default();
        change.with_value(|change| change("q", Some(format!("error:\"{}\"{state}", group.error))));
    });
    view! {
        <div class="runs-head">
            {move || {
                let told = strip.read();
                (!all && told.ended > 0)
                    .then(|| {
                        let median = told.median.map(|seconds| format!("median {} · ", format::duration(seconds))).unwrap_or_default();
                        view! { <p class="soft">{format!("{median}{} of {} succeeded", format::count(told.succeeded), format::counted(told.ended, "run", "runs"))}</p> }
                    })
            }}
            <Show when=move || !strip.read().strip.is_empty()>
                <RunStrip runs=Signal::derive(move || strip.read().strip.clone()) on_open />
            </Show>
            <Show when=move || !groups.read().groups.is_empty()>
                <ul class="error-groups" role="list" aria-label="Failures by error">
                    {move || {
                        groups
                            .get()
                            .groups
                            .into_iter()
                            .take(SHOWN)
                            .map(|group| {
                                let chosen = group.clone();
                                let title = group.cause.clone().unwrap_or_default();
                                view! {
                                    <li>
                                        <button type="button" class="chip bad" title=title on:click=move |_| choose.run(chosen.clone())>
                                            <Icon name="x" />
                                            <strong>{format::count(group.count)}</strong>
                                            <span class="cut">
                                                {group.error.clone()}
                                                {group.state.clone().map(|state| format!(" in {state}"))}
                                            </span>
                                        </button>
                                    </li>
                                }
                            })
                            .collect_view()
                    }}
                </ul>
            </Show>
        </div>
    }
}
