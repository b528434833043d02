//! What stands around the lines: what is shown and counted, what is wrong with single files, where the hits are.

use super::{
    Shown,
    chosen::{Chosen, ChosenBar},
    follow::Following,
    open::LogHandle,
    search::SearchHandle,
    signature::Making,
    text,
    zone::ZoneSelect,
};
use crate::{
    desk::Desk,
    format,
    parts::{icon::Icon, states::NoticeLine},
};
use contract::Notice;
use leptos::prelude::*;

/// What is shown, and what was counted.
#[component]
pub fn Tools(
    log: LogHandle,
    shown: Shown,
    following: Following,
    merged: Memo<bool>,
    #[prop(into)] on_first: Callback<()>,
    #[prop(into)] on_next: Callback<bool>,
    making: Making,
    #[prop(into)] on_make: Callback<()>,
    chosen: Chosen,
    clocks: RwSignal<bool>,
) -> impl IntoView {
    let desk = Desk::get();
    let toggle = |label: &'static str, title: &'static str, on: RwSignal<bool>| {
        view! {
            <button type="button" class="btn toggle" title=title aria-pressed=move || on.get().to_string() on:click=move |_| on.update(|on| *on = !*on)>{label}</button>
        }
    };
    let counts = move || {
        log.state.with(|state| {
            state.as_ref().map(|state| {
                let lines = if merged.get() {
                    format::counted(state.records, "record", "records")
                } else {
                    format::counted(state.lines, "line", "lines")
                };
                let folding = shown.repeats.get() && state.folded.is_some_and(|folded| folded < state.records);
                let more = match (state.complete, folding) {
                    (false, _) => ", reading…",
                    (true, true) => ", folding…",
                    (true, false) => "",
                };
                let kinds = match (state.errors, state.warnings) {
                    (0, 0) => String::new(),
                    (errors, warnings) => format!(
                        ", {}, {}",
                        format::counted(errors, "error", "errors"),
                        format::counted(warnings, "warning", "warnings")
                    ),
                };
                let times = if merged.get() || shown.folded.get() || shown.repeats.get() {
                    format!(", {} times", format::zone_label(desk.zone()))
                } else {
                    String::new()
                };
                format!("{lines}{kinds}{times}{more}")
            })
        })
    };
    let fresh = Memo::new(move |_| following.fresh());
    view! {
        <div class="log-tools">
            {move || (!merged.get()).then(|| toggle("Fold records", "One row for each record: stack traces fold into their first line", shown.folded))}
            {toggle("Fold repeats", "One row with a count for records that follow each other and differ in numbers alone (Shift Z)", shown.repeats)}
            {move || merged.get().then(|| toggle("Clocks", "Add to the times of a file whose clock is off", clocks))}
            {toggle("Wrap", "Three lines for each row (Alt Z); Enter shows a record whole", shown.wrap)}
            <button
                type="button"
                class="btn toggle"
                title="Look for more every second and keep the end in sight (f)"
                aria-pressed=move || following.on.get().to_string()
                on:click=move |_| following.toggle()
            >
                "Follow"
            </button>
            <Show when=move || fresh.get() != 0>
                <button type="button" class="btn go" title="Go to the end (End)" on:click=move |_| following.resume()>
                    {move || format::counted(fresh.get(), "new line", "new lines")}
                </button>
            </Show>
            <button type="button" class="btn" title="First error (Shift E)" on:click=move |_| on_first.run(())>"First error"</button>
            <button type="button" class="btn icon-only" aria-label="Previous hit or error" title="Previous hit or error (Shift N)" on:click=move |_| on_next.run(false)><Icon name="arrow-up" /></button>
            <button type="button" class="btn icon-only" aria-label="Next hit or error" title="Next hit or error (n)" on:click=move |_| on_next.run(true)><Icon name="arrow-down" /></button>
            <button type="button" class="btn" title="Of the line under the cursor (m)" on:click=move |_| on_make.run(())>"Make a signature…"</button>
            <Show when=move || making.waits()>
                <button type="button" class="btn" on:click=move |_| making.go_on()>"Back to the signature"</button>
            </Show>
            <ZoneSelect log />
            <span class="dim num count">{counts}</span>
        </div>
        <Show when=move || chosen.count() != 0>
            <ChosenBar chosen />
        </Show>
    }
}

/// What is wrong with single files, a line each.
#[component]
pub fn FileFaults(log: LogHandle) -> impl IntoView {
    let lines = Memo::new(move |_| {
        log.state.with(|state| {
            state.as_ref().map_or_else(Vec::new, |state| {
                let several = state.files.len() > 1;
                let of_files = state.files.iter().filter_map(|file| {
                    let fault = file.fault.as_ref()?;
                    Some(Notice::warning(if several {
                        format!("{}: {fault}", file.row.address)
                    } else {
                        fault.clone()
                    }))
                });
                state.notices.iter().cloned().chain(of_files).collect()
            })
        })
    });
    view! {
        <Show when=move || !lines.read().is_empty()>
            <ul class="notices pad" role="list" aria-label="Notices">
                {move || lines.get().into_iter().map(|notice| view! { <NoticeLine notice /> }).collect_view()}
            </ul>
        </Show>
    }
}

/// Where the hits are, from the top of the log to its end.
#[component]
pub fn HitMap(search: SearchHandle) -> impl IntoView {
    let marks = Memo::new(move |_| {
        search.state.with(|state| {
            state.as_ref().map_or_else(Vec::new, |state| {
                let most = state.map.iter().copied().max().unwrap_or_default();
                state.map.iter().map(|count| text::share(*count, most)).collect::<Vec<_>>()
            })
        })
    });
    view! {
        <Show when=move || !marks.read().is_empty()>
            <div class="hit-map" aria-hidden="true">
                {move || marks.get().into_iter().map(|share| view! { <i class=share></i> }).collect_view()}
            </div>
        </Show>
    }
}
