//! The visits to states over time: a row each, in order of entry, with what each did when.
//!
//! A list box rather than a grid: there is one thing to choose, the visit. Only rows in sight have nodes, so the focus
//! stays on the list and `aria-activedescendant` names the row. What the pointer learns from a title, the line at the
//! foot tells of the row under the cursor.

pub mod scale;
pub mod sight;

use crate::{desk::Desk, format, parts::icon::Icon};
use contract::{
    Timestamp,
    executions::{StateRow, StateStatus},
    settings::Zone,
};
use leptos::{ev, html, prelude::*};
use scale::{Bar, Scale, bars, tick_label, took};
use sight::{Sight, on_resize};

/// Height of a row in pixels; also in the style sheet.
const ROW: f64 = 24.0;
/// Pixels that a tick needs.
const TICK: f64 = 76.0;
/// A deeper state is not moved in further.
const DEEPEST: u32 = 8;

/// See the module. `until` is the end of the execution, or now while it runs; `selected` is the id of a visit.
#[component]
pub fn Gantt(
    #[prop(into)] rows: Signal<Vec<StateRow>>,
    #[prop(into)] started: Signal<Timestamp>,
    #[prop(into)] until: Signal<Timestamp>,
    selected: RwSignal<Option<String>>,
    name: &'static str,
) -> impl IntoView {
    let desk = Desk::get();
    let sight = Sight::new(ROW);
    let axis = NodeRef::<html::Div>::new();
    let width = RwSignal::new(480.0_f64);
    on_resize(axis, move |element| {
        let now = f64::from(element.client_width());
        if now > 0.0 && (now - width.get_untracked()).abs() > 0.5 {
            width.set(now);
        }
    });
    let scale = Memo::new(move |_| rows.with(|rows| Scale::new(started.get(), until.get(), rows)));
    let ticks = Memo::new(move |_| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few ticks")]
        let most = (width.get() / TICK).max(1.0) as u64;
        scale.get().ticks(most)
    });
    let count = Memo::new(move |_| rows.with(Vec::len));
    let shown = Memo::new(move |_| sight.rows(count.get()));
    // An identity, because rows come in between while an execution is followed.
    let cursor = RwSignal::new(None::<String>);
    let place = move |id: &str| rows.with(|rows| rows.iter().position(|row| row.id == id));
    let cursor_at = Memo::new(move |_| cursor.read().as_deref().and_then(place));
    Effect::new(move |_| {
        let chosen = selected.get();
        if chosen.is_some() && chosen != cursor.get_untracked() {
            cursor.set(chosen);
            if let Some(at) = cursor_at.get_untracked() {
                sight.reveal(at);
            }
        }
    });

    crate::keys::hold(&crate::keys::held::GANTT);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let Some(last) = count.get_untracked().checked_sub(1) else { return };
        let at = cursor_at.get_untracked();
        let page = sight.fitting().saturating_sub(1).max(1);
        let next = match event.key().as_str() {
            "ArrowDown" | "j" => at.map_or(0, |at| at + 1),
            "ArrowUp" | "k" => at.map_or(0, |at| at.saturating_sub(1)),
            "PageDown" => at.map_or(0, |at| at + page),
            "PageUp" => at.map_or(0, |at| at.saturating_sub(page)),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                if at.is_some() {
                    selected.set(cursor.get_untracked());
                    event.prevent_default();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let next = next.min(last);
        cursor.set(rows.with_untracked(|rows| rows.get(next).map(|row| row.id.clone())));
        sight.reveal(next);
    };
    let row_id = move |at: usize| format!("{}-row-{at}", name.replace(' ', "-").to_lowercase());
    let tick_words = move || {
        let scale = scale.get();
        let place = move |tick: u64| format!("{:.3}%", scale.percent(tick));
        ticks
            .get()
            .into_iter()
            .map(|tick| view! { <span style:left=place(tick)>{tick_label(tick)}</span> })
            .collect_view()
    };
    let tick_lines = move || {
        let scale = scale.get();
        let place = move |tick: u64| format!("{:.3}%", scale.percent(tick));
        ticks.get().into_iter().map(|tick| view! { <i style:left=place(tick)></i> }).collect_view()
    };
    let foot = move || {
        let row = cursor_at.get().and_then(|at| rows.with(|rows| rows.get(at).cloned()));
        row.map(|row| title(&row, scale.get(), desk.zone()).replace('\n', ", "))
    };

    view! {
        <div class="gantt">
            <div class="gantt-head" aria-hidden="true">
                <span>"State"</span>
                <div class="gantt-axis num-text" node_ref=axis>{tick_words}</div>
            </div>
            <div
                class="gantt-body"
                role="listbox"
                aria-label=name
                tabindex="0"
                aria-activedescendant=move || cursor_at.get().filter(|at| shown.read().contains(at)).map(row_id)
                node_ref=sight.scroller
                on:scroll=move |_| sight.scrolled()
                on:keydown=on_key
            >
                <div class="gantt-space" role="presentation" style:height=move || format!("{}px", sight.offset(count.get()))>
                    <div class="gantt-lines" aria-hidden="true"><div>{tick_lines}</div></div>
                    <For each=move || shown.get() key=|at| *at let:at>
                        <Visit
                            row=Memo::new(move |_| rows.with(|rows| rows.get(at).cloned()))
                            scale
                            top=sight.offset(at)
                            id=row_id(at)
                            place=at + 1
                            count
                            on=Memo::new(move |_| cursor_at.get() == Some(at))
                            selected
                            on_press=move |id| {
                                cursor.set(Some(id));
                                selected.set(cursor.get_untracked());
                            }
                        />
                    </For>
                </div>
            </div>
            <div class="gantt-foot">
                <span class="gantt-told selectable">{foot}</span>
                <ul class="gantt-key" role="list" aria-label="Key">
                    <li><i class="gantt-bar work"></i>"work"</li>
                    <li><i class="gantt-bar fail"></i>"failed attempt"</li>
                    <li><i class="gantt-bar rest"></i>"pause"</li>
                    <li><i class="gantt-bar wait"></i>"wait"</li>
                </ul>
            </div>
        </div>
    }
}

#[component]
fn Visit(
    row: Memo<Option<StateRow>>,
    scale: Memo<Scale>,
    top: f64,
    id: String,
    place: usize,
    count: Memo<usize>,
    on: Memo<bool>,
    selected: RwSignal<Option<String>>,
    #[prop(into)] on_press: Callback<String>,
) -> impl IntoView {
    let desk = Desk::get();
    let visit = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.id.clone())));
    let label = move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let (icon, class) = shape(row.status);
            let indent = format!("{}px", 10 + row.depth.min(DEEPEST) * 12);
            let name = format::visible(&row.name);
            Some(view! {
                <span class="gantt-label" style:padding-left=indent>
                    <Icon name=icon class />
                    <span class="cut">{name}</span>
                    <span class="dim">{iteration(row)}</span>
                </span>
            })
        })
    };
    let track = move || {
        row.with(|row| {
            let row = row.as_ref()?;
            let (scale, zone) = (scale.get(), desk.zone());
            let bars = bars(row, scale);
            let end = bars.iter().map(|bar| bar.left + bar.width).fold(0.0, f64::max);
            let bars = bars
                .into_iter()
                .map(|bar| {
                    // The shortest is two pixels wide, also at the very end.
                    let left = format!("min({:.3}%, calc(100% - 2px))", bar.left);
                    let width = format!("{:.3}%", bar.width);
                    let title = bar_title(&bar, scale, zone);
                    view! { <i class=format!("gantt-bar {}", bar.class) style:left=left style:width=width title=title></i> }
                })
                .collect_view();
            let took = format::millis(took(row, scale));
            Some(view! {
                {bars}
                <span class="gantt-took num-text" style:left=format!("{end:.3}%")>{took}</span>
            })
        })
    };
    view! {
        <div
            class="gantt-row"
            class:on=move || on.get()
            role="option"
            id=id
            data-id=move || visit.get()
            aria-selected=move || (visit.get().is_some() && visit.get() == selected.get()).to_string()
            aria-posinset=place.to_string()
            aria-setsize=move || count.get().to_string()
            aria-label=move || row.with(|row| row.as_ref().map(|row| spoken(row, scale.get())))
            title=move || row.with(|row| row.as_ref().map(|row| title(row, scale.get(), desk.zone())))
            style:transform=format!("translateY({top}px)")
            on:click=move |_| {
                if let Some(id) = visit.get_untracked() {
                    on_press.run(id);
                }
            }
        >
            {label}
            <span class="gantt-track">{track}</span>
        </div>
    }
}

fn shape(status: StateStatus) -> (&'static str, &'static str) {
    match status {
        StateStatus::Succeeded => ("check", "good"),
        StateStatus::Failed => ("circle-x", "bad"),
        StateStatus::Caught => ("x", "bad"),
        StateStatus::Running => ("loader", "wait"),
        StateStatus::Aborted => ("minus", "warn"),
    }
}

/// `[17]` of `DownloadImages[17]`: which of many rows of one name this is.
fn iteration(row: &StateRow) -> Option<String> {
    let inner = row.within.last()?;
    let from = inner.rfind('[').filter(|_| inner.ends_with(']'))?;
    inner.get(from..).map(format::visible)
}

/// `SubmitEMRServerlessJob, caught, 3 attempts, after 12 ms, took 47 s`.
fn spoken(row: &StateRow, scale: Scale) -> String {
    let mut parts = vec![format::visible(&row.name)];
    parts.extend(iteration(row));
    parts.push(row.status.word().to_owned());
    if row.attempts > 1 {
        parts.push(format::counted(row.attempts, "attempt", "attempts"));
    }
    parts.push(format!("after {}", format::millis(scale.offset(row.entered))));
    parts.push(format!("{} {}", if row.exited.is_some() { "took" } else { "for" }, format::millis(took(row, scale))));
    parts.join(", ")
}

/// Exact times and durations, a line each.
fn title(row: &StateRow, scale: Scale, zone: Zone) -> String {
    let mut lines = vec![spoken(row, scale)];
    if !row.within.is_empty() {
        lines.push(format!("in {}", format::visible(&row.within.join(" > "))));
    }
    lines.push(times(row.entered, row.exited, zone));
    lines.push(format!("{} ms", format::count(took(row, scale))));
    lines.extend(row.error.as_deref().map(format::visible));
    lines.join("\n")
}

fn bar_title(bar: &Bar, scale: Scale, zone: Zone) -> String {
    let to = (!bar.open).then(|| scale.at(bar.from + bar.millis));
    let length = format::millis(bar.millis);
    let exact = format::count(bar.millis);
    format!("{}: {length} ({exact} ms)\n{}", bar.word, times(scale.at(bar.from), to, zone))
}

fn times(from: Timestamp, to: Option<Timestamp>, zone: Zone) -> String {
    let to = to.map_or_else(|| "now".into(), |to| format::time_exact(to, zone));
    format!("{} to {to}", format::time_exact(from, zone))
}
