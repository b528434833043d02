//! The foot: operations that run, that were cut off, that just ended, and the window's one status region. It grows by
//! lines of its own and never covers the page.

use super::announce::percent;
use crate::{
    address, bridge,
    desk::{Desk, FollowUp},
    format,
    parts::{
        icon::Icon,
        status::{Status, of_operation},
    },
};
use contract::{
    OperationId,
    operations::{CancelOperation, OperationRow, OperationState, UndoState},
};
use leptos::{prelude::*, task::spawn_local};
use std::{collections::BTreeSet, time::Duration};

/// How long what ended stays in the foot, unless it is closed: seconds. It remains on the activity page.
const LINGER: i64 = 30;
/// How long the last announcement stays to be read.
const SAID: Duration = Duration::from_secs(8);

#[component]
pub fn Foot() -> impl IntoView {
    let desk = Desk::get();
    let closed = RwSignal::new(BTreeSet::<OperationId>::new());
    // Identities first, so that a line of the list stays the same element while its numbers move.
    let shown = Memo::new(move |_| {
        let now = desk.now.get();
        let closed = closed.read();
        desk.operations
            .read()
            .iter()
            .filter(|row| !closed.contains(&row.id))
            .filter(|row| match row.state {
                OperationState::Running | OperationState::Interrupted => true,
                OperationState::Discarded => false,
                _ => row.finished.is_some_and(|at| now.duration_since(at).as_secs() < LINGER),
            })
            .map(|row| row.id.clone())
            .collect::<Vec<_>>()
    });
    clear_said(desk);
    view! {
        <footer class="foot">
            <Show
                when=move || !shown.read().is_empty()
                fallback=|| view! { <span class="dim foot-idle">"No operation is running"</span> }
            >
                <ul class="operations" role="list" aria-label="Operations">
                    <For each=move || shown.get() key=Clone::clone let(id)>
                        <Line id closed />
                    </For>
                </ul>
            </Show>
            <span class="said" role="status" aria-live="polite">
                {move || desk.said.get()}
            </span>
        </footer>
    }
}

fn clear_said(desk: Desk) {
    Effect::new(move |_| {
        let said = desk.said.get();
        if !said.is_empty() {
            set_timeout(
                move || {
                    if *desk.said.read_untracked() == said {
                        desk.said.set(String::new());
                    }
                },
                SAID,
            );
        }
    });
}

#[component]
fn Line(id: OperationId, closed: RwSignal<BTreeSet<OperationId>>) -> impl IntoView {
    let desk = Desk::get();
    let wanted = id.clone();
    let data_id = id.0.clone();
    let row = Memo::new(move |_| desk.operations.read().iter().find(|row| row.id == wanted).cloned());
    let state = Memo::new(move |_| row.read().as_ref().map(|row| row.state));
    let title = Memo::new(move |_| row.read().as_ref().map(|row| row.title.clone()).unwrap_or_default());
    view! {
        <li class="operation" data-id=data_id>
            {move || {
                let Some(state) = state.get() else { return ().into_any() };
                let (shape, word) = of_operation(state);
                let id = id.clone();
                let word = if state == OperationState::Running { String::new() } else { word.to_owned() };
                view! {
                    <Status shape word />
                    <span class="cut operation-title" title=move || title.get()>
                        {move || title.get()}
                    </span>
                    {if state == OperationState::Running {
                        view! { <Progress id row title /> }.into_any()
                    } else {
                        view! { <Ways id row closed /> }.into_any()
                    }}
                }
                    .into_any()
            }}
        </li>
    }
}

#[component]
fn Progress(id: OperationId, row: Memo<Option<OperationRow>>, title: Memo<String>) -> impl IntoView {
    let desk = Desk::get();
    let done = Memo::new(move |_| row.read().as_ref().map(percent).unwrap_or_default());
    let asked = RwSignal::new(false);
    let cancel = move |_| {
        let operation = id.clone();
        asked.set(true);
        spawn_local(async move {
            if let Err(fault) = bridge::call(CancelOperation { operation }).await {
                asked.set(false);
                desk.problem.set(Some(fault));
            }
        });
    };
    view! {
        <span
            class="bar"
            role="progressbar"
            aria-label=move || title.get()
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || done.get()
        >
            <i style:width=move || format!("{}%", done.get())></i>
        </span>
        <span class="num">
            {move || row.read().as_ref().map(|row| format!("{} %{}", done.get(), rate(row)))}
        </span>
        <button
            type="button"
            class="link"
            aria-label=move || format!("Cancel {}", title.get())
            disabled=move || asked.get()
            on:click=cancel
        >
            {move || if asked.get() { "Stopping after this call" } else { "Cancel" }}
        </button>
    }
}

/// Speed so far and time left, where both mean something: ` · 412/s · 3 s left`.
fn rate(row: &OperationRow) -> String {
    let seconds = u64::try_from(format::now().duration_since(row.started).as_secs()).unwrap_or_default();
    if seconds == 0 {
        return String::new();
    }
    let (done, all, speed) = if row.bytes > 0 {
        (row.bytes_done, row.bytes, format!("{}/s", format::size(row.bytes_done / seconds)))
    } else {
        (row.steps_done, row.steps, format!("{}/s", format::count(row.steps_done / seconds)))
    };
    let per_second = done / seconds;
    if per_second == 0 {
        return String::new();
    }
    format!(" · {speed} · {} left", format::duration(all.saturating_sub(done) / per_second))
}

/// What can be done with an operation that does not run.
#[component]
fn Ways(id: OperationId, row: Memo<Option<OperationRow>>, closed: RwSignal<BTreeSet<OperationId>>) -> impl IntoView {
    let desk = Desk::get();
    let title = move || row.read().as_ref().map(|row| row.title.clone()).unwrap_or_default();
    let interrupted = move || row.read().as_ref().is_some_and(|row| row.state == OperationState::Interrupted);
    let undoable = move || row.read().as_ref().is_some_and(|row| row.undo == UndoState::Possible);
    let ask = move |follow_up: FollowUp| desk.follow_up.set(Some(follow_up));
    let id = StoredValue::new(id);
    view! {
        <span class="dim cut operation-note">{move || row.read().as_ref().map(|row| row.note.clone())}</span>
        <Show when=interrupted>
            <button
                type="button"
                class="link"
                aria-label=move || format!("Resume {}", title())
                on:click=move |_| ask(FollowUp::Resume(id.get_value()))
            >
                "Resume"
            </button>
            <button
                type="button"
                class="link"
                aria-label=move || format!("Discard {}", title())
                on:click=move |_| ask(FollowUp::Discard(id.get_value()))
            >
                "Discard"
            </button>
        </Show>
        <a class="link" href=address::operation(&id.get_value().0) aria-label=move || format!("Receipt of {}", title())>
            "Receipt"
        </a>
        <Show when=move || undoable() && !interrupted()>
            <button
                type="button"
                class="link"
                aria-label=move || format!("Undo {}", title())
                on:click=move |_| ask(FollowUp::Undo(id.get_value()))
            >
                "Undo"
            </button>
        </Show>
        <Show when=move || !interrupted()>
            <button
                type="button"
                class="close"
                aria-label=move || format!("Hide {}", title())
                on:click=move |_| closed.update(|closed| {
                    closed.insert(id.get_value());
                })
            >
                <Icon name="x" />
            </button>
        </Show>
    }
}
