//! One row of the log: its number, in records time and level, of several files which one, and what it says.

use super::{
    chosen::Chosen,
    text::{Leading, RowText},
};
use crate::{desk::Desk, format, parts::grid::window::Window};
use contract::logs::{LineAt, LogFold, LogLevel, LogRow, LogView};
use leptos::prelude::*;

/// The identity of the node that shows a row.
pub fn row_id(at: u64) -> String {
    format!("log-row-{at}")
}

/// `names` are those of the files, when there are several.
#[component]
pub fn Line(
    at: Memo<Option<u64>>,
    row: Memo<Option<(u64, Option<LogRow>)>>,
    window: Window,
    cursor: RwSignal<Option<u64>>,
    chosen: Chosen,
    view: Memo<LogView>,
    names: Memo<Vec<String>>,
    #[prop(into)] on_open: Callback<LineAt>,
    #[prop(into)] on_fold: Callback<u64>,
    #[prop(into)] on_lead: Callback<Leading>,
) -> impl IntoView {
    let desk = Desk::get();
    let fold = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|(_, row)| row.as_ref()?.fold)));
    let press = Callback::new(move |()| {
        if let Some(at) = at.get_untracked() {
            on_fold.run(at);
        }
    });
    let is_chosen = move || at.get().is_some_and(|at| chosen.has(at));
    let is = move |test: fn(&LogRow) -> bool| {
        row.with(|row| row.as_ref().and_then(|(_, row)| row.as_ref()).is_some_and(test))
    };
    view! {
        <div
            role="row"
            class="log-row"
            class:bad=move || is(|row| row.level >= Some(LogLevel::Error))
            class:warn=move || is(|row| row.level == Some(LogLevel::Warn))
            class:around=move || is(|row| !row.hit)
            class:on=move || at.get().is_some() && at.get() == cursor.get()
            class:chosen=is_chosen
            class:inside=move || is(|row| row.inside)
            id=move || at.get().map(row_id)
            aria-rowindex=move || at.get().map(|at| (at + 1).to_string())
            aria-selected=move || (is_chosen() || (at.get().is_some() && at.get() == cursor.get())).to_string()
            aria-expanded=move || fold.get().map(|fold| fold.open.to_string())
            style:transform=move || at.get().map(|at| format!("translateY({}px)", window.offset(at)))
            on:mousedown=move |event| {
                // With Shift lines are taken, not letters.
                if event.shift_key() {
                    event.prevent_default();
                }
            }
            on:click=move |event| {
                let Some(at) = at.get_untracked() else { return };
                if event.shift_key() {
                    chosen.extend(cursor.get_untracked().unwrap_or(at), at);
                } else if event.ctrl_key() || event.meta_key() {
                    chosen.toggle(at);
                } else {
                    chosen.leave();
                }
                cursor.set(Some(at));
            }
            on:dblclick=move |_| {
                if let Some(row) = row.get_untracked().and_then(|(_, row)| row) {
                    on_open.run(row.at);
                }
            }
        >
            {move || {
                let Some((_, Some(row))) = row.get() else {
                    return view! { <div role="gridcell" class="waiting"><i class="w-2"></i></div> }.into_any();
                };
                let folded = matches!(view.get(), LogView::Records | LogView::Folds);
                let level = row.level.map(LogLevel::word).unwrap_or_default();
                let (time, place) = (row.time, row.at);
                let lead = Callback::new(move |target| on_lead.run((target, place, time)));
                let more = (folded && row.lines > 1).then(|| format!("+ {}", format::counted(row.lines - 1, "line", "lines")));
                let of = usize::try_from(row.at.file).ok().and_then(|at| names.with(|names| names.get(at).cloned()));
                view! {
                    {of.map(|of| view! { <div role="gridcell" class="of dim cut" title=of.clone()>{of.clone()}</div> })}
                    <div role="gridcell" class="n">{format::count(row.at.line + 1)}</div>
                    {folded.then(|| view! {
                        <div role="gridcell" class="dim">{time.map(|time| view! { <time title=format::hover_time(time)>{move || format::clock_exact(time, desk.zone())}</time> })}</div>
                        <div role="gridcell" class="level">{level}</div>
                    })}
                    <div role="gridcell" class="text">
                        <RowText text=row.text marks=row.marks links=row.links on_lead=lead />
                        {(row.cut > 0).then(|| view! { <span class="chip">{format::counted(row.cut, "more character", "more characters")}</span> })}
                        {more.map(|more| view! { <span class="chip">{more}</span> })}
                        {row.fold.map(|fold| view! { <Times fold on_press=press /> })}
                    </div>
                }
                .into_any()
            }}
        </div>
    }
}

/// How often a record is repeated and until when; opens and closes it.
#[component]
fn Times(fold: LogFold, #[prop(into)] on_press: Callback<()>) -> impl IntoView {
    let desk = Desk::get();
    let count = format::count(fold.count);
    let label = format!("{} {count} repeats", if fold.open { "Close" } else { "Open" });
    let until = move || fold.to.map(|to| format!(" until {}", format::clock_exact(to, desk.zone())));
    view! {
        <button
            type="button"
            class="chip fold"
            tabindex="-1"
            aria-label=label
            title="Open or close (z)"
            on:click=move |_| on_press.run(())
            on:dblclick=move |event| event.stop_propagation()
        >
            {format!("× {count}")}
            {until}
        </button>
    }
}
