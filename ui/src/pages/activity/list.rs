//! The list of a feed as an ARIA grid: a line of cells for each row, one tab stop, the keys of every list.

use super::feed::Feed;
use crate::{
    format,
    keys::{self, Action},
    parts::{
        fault::FaultView,
        states::{Empty, Partial, Skeleton},
    },
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast as _;

/// A column: its head and the class of its cells.
pub type Column = (&'static str, &'static str);

/// How a row is drawn: a view for each column.
pub type Cells<T> = fn(&T) -> Vec<AnyView>;

/// `identity` names a row; `on_open` hears of the row that the person chose.
#[component]
pub fn List<T>(
    name: &'static str,
    /// The class that gives the columns their widths.
    class: &'static str,
    feed: Feed<T>,
    columns: Vec<Column>,
    cells: Cells<T>,
    identity: fn(&T) -> String,
    /// Title and text when there is nothing.
    empty: (&'static str, &'static str),
    /// What one row and several are called.
    words: (&'static str, &'static str),
    #[prop(into)] chosen: Signal<Option<String>>,
    #[prop(into)] on_open: Callback<String>,
    #[prop(into)] reload: Callback<()>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let at = RwSignal::new(0_usize);
    let filter = NodeRef::<html::Input>::new();
    let grid = NodeRef::<html::Div>::new();
    let identity = StoredValue::new(identity);
    let cells = StoredValue::new(cells);

    let name_of =
        move |index: usize| feed.rows.with_untracked(|rows| rows.get(index).map(|row| identity.get_value()(row)));
    let go = move |index: usize| {
        let last = feed.rows.with_untracked(Vec::len).saturating_sub(1);
        let index = index.min(last);
        at.set(index);
        if let Some(name) = name_of(index) {
            on_open.run(name);
        }
        let row = grid
            .get_untracked()
            .and_then(|grid| grid.query_selector(&format!("[aria-rowindex='{}']", index + 2)).ok().flatten());
        if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = row.focus();
            row.scroll_into_view_with_bool(false);
        }
    };
    keys::on(Action::Down, move || go(at.get_untracked() + usize::from(chosen.get_untracked().is_some())));
    keys::on(Action::Up, move || go(at.get_untracked().saturating_sub(1)));
    keys::on(Action::First, move || go(0));
    keys::on(Action::Last, move || go(usize::MAX));
    keys::on(Action::Open, move || go(at.get_untracked()));
    keys::on(Action::Refresh, move || reload.run(()));
    keys::on(Action::Filter, move || {
        if let Some(input) = filter.get_untracked() {
            let _ = input.focus();
        }
    });
    // The row that the address names is the one that the keys start from.
    Effect::new(move |_| {
        let chosen = chosen.get();
        let place = feed.rows.with(|rows| rows.iter().position(|row| Some(identity.get_value()(row)) == chosen));
        if let Some(place) = place {
            at.set(place);
        }
    });

    let notices = Signal::derive(move || {
        feed.state.with(|state| state.as_ref().map(|state| state.notices.clone()).unwrap_or_default())
    });
    let count = move || {
        feed.state.with(|state| {
            state.as_ref().map(|state| {
                let (one, many) = words;
                let shown = format::counted(state.shown, one, many);
                let of = if state.shown == state.total {
                    String::new()
                } else {
                    format!(" of {}", format::count(state.total))
                };
                let reading = if state.complete { "" } else { ", still reading" };
                format!("{shown}{of}{reading}")
            })
        })
    };
    let heads = columns.len();
    let order =
        Memo::new(move |_| feed.rows.with(|rows| rows.iter().map(|row| identity.get_value()(row)).collect::<Vec<_>>()));
    let more = move || {
        feed.state
            .with(|state| state.as_ref().map_or(0, |state| state.shown))
            .saturating_sub(feed.rows.with(Vec::len) as u64)
    };
    let nothing = Memo::new(move |_| {
        feed.state.with(|state| state.as_ref().is_some_and(|state| state.complete && state.total == 0))
    });
    let waiting = Memo::new(move |_| feed.state.with(Option::is_none) && feed.fault.with(Option::is_none));

    view! {
        <div class="filter">
            <input
                node_ref=filter
                class="input"
                type="text"
                aria-label=format!("Filter {}", words.1)
                aria-invalid=move || (!feed.filter_errors.read().is_empty()).to_string()
                aria-describedby="filter-errors"
                placeholder="Filter"
                autocomplete="off"
                spellcheck="false"
                prop:value=feed.filter
                on:input:target=move |event| feed.filter.set(event.target().value())
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        feed.filter.set(String::new());
                        go(at.get_untracked());
                    }
                }
            />
            <span class="dim num">{count}</span>
        </div>
        <p class="field-error filter-errors" id="filter-errors">
            {move || feed.filter_errors.get().into_iter().map(|error| error.message).collect::<Vec<_>>().join(" ")}
        </p>
        <Partial notices />
        {move || feed.fault.get().map(|fault| view! { <div class="body-part"><FaultView fault retry=reload /></div> })}
        <Show when=move || waiting.get()>
            <Skeleton />
        </Show>
        <Show when=move || nothing.get()>
            <Empty title=empty.0 text=empty.1 icon="history" />
        </Show>
        <div
            node_ref=grid
            class=format!("lines {class}")
            class:unseen=move || waiting.get() || nothing.get()
            role="grid"
            aria-label=name
            aria-rowcount=move || feed.state.with(|state| state.as_ref().map_or(0, |state| state.shown + 1))
            aria-colcount=heads
        >
            <div class="line line-head" role="row" aria-rowindex="1">
                {columns
                    .iter()
                    .map(|(head, class)| {
                        view! {
                            <span role="columnheader" class=*class>
                                {*head}
                            </span>
                        }
                    })
                    .collect_view()}
            </div>
            <For each=move || order.get().into_iter().enumerate() key=|(index, name)| (*index, name.clone()) let((index, name))>
                {
                    let data_id = name.clone();
                    let wanted = name.clone();
                    let columns = columns.clone();
                    let row = Memo::new(move |_| feed.rows.with(|rows| rows.get(index).cloned()));
                    let on = move || chosen.read().as_ref() == Some(&wanted);
                    let selected = on.clone();
                    view! {
                        <div
                            class="line"
                            role="row"
                            aria-rowindex=index + 2
                            aria-selected=move || selected().to_string()
                            tabindex=move || if at.get() == index { "0" } else { "-1" }
                            data-id=data_id
                            class:on=on
                            on:click=move |_| go(index)
                        >
                            {move || {
                                row.get()
                                    .map(|row| {
                                        cells
                                            .get_value()(&row)
                                            .into_iter()
                                            .zip(columns.clone())
                                            .map(|(cell, (_, class))| {
                                                view! {
                                                    <span role="gridcell" class=class>
                                                        {cell}
                                                    </span>
                                                }
                                            })
                                            .collect_view()
                                    })
                            }}
                        </div>
                    }
                }
            </For>
        </div>
        <Show when=move || { more() > 0 }>
            <button type="button" class="btn quiet" on:click=move |_| feed.more()>
                {move || format!("Show more, {} left", format::count(more()))}
            </button>
        </Show>
    }
}
