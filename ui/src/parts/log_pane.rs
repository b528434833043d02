//! The log pane: a window on a log that the core holds open.
//!
//! As in the grid, a fixed number of row nodes is recycled, so that tens of millions of lines are never more than
//! [`window::MOST`] nodes, and focus stays on the pane itself. Every row has one height: a long line is cut, or given
//! three lines when wrapped; Enter shows its record whole.

mod chosen;
mod clocks;
mod follow;
mod line;
mod open;
mod record;
mod repeats;
mod rows;
mod search;
mod signature;
mod text;
mod tools;
mod zone;

pub use clocks::words as offset_words;
pub use open::{LogHandle, use_log};
pub use signature::AfterSignature;
pub use text::RowText;

use crate::{
    bridge,
    desk::Desk,
    keys::{self, Action},
    parts::{
        fault::FaultView,
        grid::{
            nothing_has_focus,
            window::{self, Window},
        },
        states::{Empty, Skeleton},
    },
};
use chosen::Chosen;
use clocks::Clocks;
use contract::{
    Timestamp,
    logs::{LineAt, LogState, LogStep, LogView, StepInLog},
};
use follow::Following;
use leptos::{
    ev, html,
    prelude::*,
    task::{spawn_local, tick},
};
use line::{Line, row_id};
use record::RecordPane;
use repeats::Repeats;
use rows::{LogRows, is_counted};
use search::{SearchBar, use_search};
use signature::{SignatureSheet, use_making};
use text::use_lead;
use tools::{FileFaults, HitMap, Tools};

/// Pixels of a line.
const LINE: f64 = 20.0;
/// Lines of a row when long ones are wrapped.
const WRAPPED: f64 = 3.0;
/// Lines around a hit when only hits are shown, until others are chosen.
const CONTEXT: u32 = 2;

/// What the pane shows of its log.
#[derive(Clone, Copy)]
struct Shown {
    /// One row for each record, instead of one for each line.
    folded: RwSignal<bool>,
    /// The same, and one for those that say the same.
    repeats: RwSignal<bool>,
    /// Hits alone, with lines around them.
    hits: RwSignal<bool>,
    /// How many lines.
    context: RwSignal<u32>,
    wrap: RwSignal<bool>,
}

/// Every file that tells times tells none as late as this.
fn lasts_before(state: &LogState, at: Timestamp) -> bool {
    let mut lasts = state.files.iter().filter_map(|file| file.last).peekable();
    lasts.peek().is_some() && lasts.all(|last| last < at)
}

/// `line` is where the address wants to begin, in the first file; `at` when.
#[component]
pub fn LogPane(log: LogHandle, line: Memo<Option<u64>>, at: Memo<Option<Timestamp>>) -> impl IntoView {
    let desk = Desk::get();
    let search = use_search(log);
    let merged = Memo::new(move |_| log.state.with(|state| state.as_ref().is_some_and(|state| state.files.len() > 1)));
    let (folded, hits, context) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(CONTEXT));
    let repeats = repeats::kept();
    let view = Memo::new(move |_| match (hits.get(), search.id()) {
        (true, Some(search)) => LogView::Hits { search, context: context.get() },
        _ if repeats.get() => LogView::Folds,
        _ if merged.get() || folded.get() => LogView::Records,
        _ => LogView::Lines,
    });
    let shown = Shown { folded, repeats, hits, context, wrap: RwSignal::new(false) };
    let row_height = Memo::new(move |_| if shown.wrap.get() { LINE * WRAPPED } else { LINE });
    let total = RwSignal::new(0_u64);
    let known = Memo::new(move |_| {
        let told = log.state.with(|state| {
            state.as_ref().map_or(0, |state| match view.get() {
                LogView::Lines => state.lines,
                LogView::Records => state.records,
                LogView::Folds | LogView::Hits { .. } => 0,
            })
        });
        if is_counted(view.get()) { total.get() } else { told }
    });
    let following = Following::new(log, view, known);
    let window = Window::new(known, row_height);
    let rows = LogRows::follow(log, view, search, window, total);
    let cursor = RwSignal::new(None::<u64>);
    let opened = RwSignal::new(None::<LineAt>);
    let chosen = Chosen::new(log, view, rows);
    let names = Memo::new(move |_| {
        log.state.with(|state| match state {
            Some(state) if state.files.len() > 1 => state.files.iter().map(|file| file.row.words()).collect::<Vec<_>>(),
            _ => Vec::new(),
        })
    });
    let (root, scroller) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());

    let move_to = move |at: u64| {
        let rows = known.get_untracked();
        if rows > 0 {
            // As in the grid: what follows the arrow keys, such as one with Shift, is meant for the lines.
            if let Some(root) = root.get_untracked().filter(|_| nothing_has_focus()) {
                let _ = root.focus();
            }
            let at = at.min(rows - 1);
            window.reveal(at, scroller);
            cursor.set(Some(at));
        }
    };
    let step = move |by: i64| {
        following.leave();
        move_to(cursor.get_untracked().map_or(0, |at| at.saturating_add_signed(by)));
    };
    // A step to another place, or one that takes the lines on its way along.
    let walk = move |by: i64, taking: bool| {
        let from = cursor.get_untracked();
        if !taking {
            chosen.leave();
        }
        step(by);
        if let (true, Some(to)) = (taking, cursor.get_untracked()) {
            chosen.extend(from.unwrap_or(to), to);
        }
    };
    // Goes where the core says that this is in the view.
    let go = move |to: LogStep, nothing: &'static str| {
        let Some(id) = log.id() else { return };
        let from = cursor.get_untracked().unwrap_or_else(|| window.first());
        let view = view.get_untracked();
        following.leave();
        chosen.leave();
        spawn_local(async move {
            let answer = bridge::call(StepInLog { log: id, view, from, to }).await;
            // The page may have gone on meanwhile.
            if cursor.try_get_untracked().is_none() {
                return;
            }
            match answer {
                Ok(Some(row)) => {
                    if view == LogView::Folds {
                        // What was opened on the way has rows before they are scrolled to.
                        rows.anew(id, view).await;
                        tick().await;
                    }
                    window.centre(row, scroller);
                    cursor.try_set(Some(row));
                }
                Ok(None) => desk.say(nothing),
                Err(fault) => desk.say(fault.title),
            }
        });
    };
    // The line that the address names, as soon as it was read; another whenever it names another.
    Effect::new(move |gone: Option<Option<u64>>| {
        let wanted = line.get();
        let there = log.state.with(|state| {
            let lines = state.as_ref().and_then(|state| state.files.first()).map_or(0, |file| file.lines);
            wanted.is_some_and(|line| lines > line || log.complete())
        });
        if gone.flatten() == wanted || !there {
            return gone.flatten();
        }
        if let Some(line) = wanted {
            go(LogStep::Line(LineAt { file: 0, line }), "The file has no such line");
        }
        wanted
    });
    // The time that the address names, in the same way.
    Effect::new(move |gone: Option<Option<Timestamp>>| {
        let wanted = at.get();
        let there = wanted.is_some_and(|at| {
            let read = |state: &LogState| state.files.iter().any(|file| file.last.is_some_and(|last| last >= at));
            log.complete() || log.state.with(|state| state.as_ref().is_some_and(read))
        });
        if gone.flatten() == wanted || !there {
            return gone.flatten();
        }
        if let Some(time) = wanted {
            let lasts = log.state.with_untracked(|state| state.as_ref().map(|state| lasts_before(state, time)));
            if lasts == Some(true) && known.get_untracked() > 0 {
                // An executor that was lost has said its last word before others speak of it.
                following.leave();
                move_to(u64::MAX);
                desk.say("The log ends before that time: this is its last line");
            } else {
                go(LogStep::Time(time), "The log has no line of that time");
            }
        }
        wanted
    });
    // Following keeps the last row in sight until the person scrolls.
    Effect::new(move |_| {
        let rows = known.get();
        if following.at_end() && rows > 0 {
            window.reveal(rows - 1, scroller);
        }
    });

    keys::on(Action::Down, move || walk(1, false));
    keys::on(Action::Up, move || walk(-1, false));
    keys::on(Action::First, move || {
        following.leave();
        chosen.leave();
        move_to(0);
    });
    keys::on(Action::Last, move || {
        following.resume();
        chosen.leave();
        move_to(u64::MAX);
    });
    keys::on(Action::FirstError, move || go(LogStep::FirstError, "There is no error in this log"));
    let next = move |forward: bool| match (search.id(), forward) {
        (Some(id), true) => {
            let done = untrack(|| search.is_done());
            go(LogStep::NextHit(id), if done { "No further hit" } else { "No further hit in what was read so far" });
        }
        (Some(id), false) => go(LogStep::PreviousHit(id), "No earlier hit"),
        (None, true) => go(LogStep::NextError, "No further error"),
        (None, false) => go(LogStep::PreviousError, "No earlier error"),
    };
    keys::on(Action::NextError, move || next(true));
    keys::on(Action::PreviousError, move || next(false));
    keys::on(Action::Follow, move || following.toggle());
    let folding = Repeats::new(log, view, rows, cursor);
    let way = use_lead();
    keys::on(Action::Lead, move || {
        let Some(row) = cursor.get_untracked().and_then(|at| rows.get_untracked(at)) else {
            desk.say("Put the cursor on a line first");
            return;
        };
        match row.links.into_iter().next() {
            Some(first) => way.run((first.target, row.at, row.time)),
            None => desk.say("This line leads nowhere else"),
        }
    });
    keys::on(Action::Repeats, move || repeats.update(|on| *on = !*on));
    keys::on(Action::Unfold, move || {
        if let Some(at) = cursor.get_untracked() {
            folding.turn(at, None);
        }
    });
    keys::on(Action::Wrap, move || shown.wrap.update(|wrap| *wrap = !*wrap));
    let open_record = move || {
        if let Some(row) = cursor.get_untracked().and_then(|at| rows.get_untracked(at)) {
            opened.set(Some(row.at));
        }
    };
    keys::on(Action::Open, open_record);
    keys::on(Action::Peek, open_record);
    keys::on(Action::Select, move || {
        if let Some(at) = cursor.get_untracked() {
            chosen.toggle(at);
        }
    });
    let clocks = RwSignal::new(false);
    let making = use_making(log);
    let make = move || {
        let row = cursor.get_untracked().or_else(|| known.get_untracked().checked_sub(1).map(|_| window.first()));
        match row.and_then(|at| rows.get_untracked(at)) {
            Some(row) => making.begin(row.at),
            None => desk.say("Put the cursor on a line first"),
        }
    };
    keys::on(Action::Signature, make);
    keys::on(Action::CopyMenu, move || {
        if chosen.any() {
            chosen.copy(desk);
        } else if let Some(row) = cursor.get_untracked().and_then(|at| rows.get_untracked(at)) {
            desk.copy(row.text, "the line");
        }
    });
    keys::hold(&keys::held::LOG);
    let on_key = move |event: ev::KeyboardEvent| {
        let page = i64::try_from(window.fitting().saturating_sub(1)).unwrap_or(1).max(1);
        match event.key().as_str() {
            "PageDown" => walk(page, event.shift_key()),
            "PageUp" => walk(-page, event.shift_key()),
            "ArrowDown" if event.shift_key() => walk(1, true),
            "ArrowUp" if event.shift_key() => walk(-1, true),
            "ArrowRight" | "ArrowLeft" if view.get_untracked() == LogView::Folds => {
                if let Some(at) = cursor.get_untracked() {
                    folding.turn(at, Some(event.key() == "ArrowRight"));
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    window.watch(scroller);

    let slots = move || {
        (0..window::MOST)
            .map(|slot| {
                let at = Memo::new(move |_| window.row_of(slot));
                let row = Memo::new(move |_| at.get().map(|at| (at, rows.get(at))));
                view! {
                    <Show when=move || at.get().is_some()>
                        <Line at row window cursor chosen view names on_open=Callback::new(move |at| opened.set(Some(at))) on_fold=Callback::new(move |at| folding.turn(at, None)) on_lead=way />
                    </Show>
                }
            })
            .collect_view()
    };
    let nothing = Memo::new(move |_| {
        log.state
            .with(|state| state.as_ref().is_some_and(|state| state.complete && state.lines == 0 && state.records == 0))
    });
    let no_hit = Memo::new(move |_| {
        let none = || search.state.with(|state| state.as_ref().is_some_and(|state| state.done && state.hits == 0));
        matches!(view.get(), LogView::Hits { .. }) && none()
    });
    view! {
        <SearchBar log search shown />
        <Tools log shown following merged on_first=Callback::new(move |()| go(LogStep::FirstError, "There is no error in this log")) on_next=Callback::new(next) making on_make=Callback::new(move |()| make()) chosen clocks />
        <Clocks log open=clocks />
        <FileFaults log />
        {move || log.fault.get().map(|fault| view! { <div class="list-fault"><FaultView fault retry=Callback::new(move |()| log.again()) /></div> })}
        <div class="log-frame" class:wrapped=move || shown.wrap.get()>
            <div
                class="log"
                node_ref=root
                role="grid"
                aria-multiselectable="true"
                aria-label="Log lines"
                aria-rowcount=move || if log.complete() { known.get().to_string() } else { "-1".to_owned() }
                aria-busy=move || (!log.complete()).to_string()
                aria-activedescendant=move || cursor.get().filter(|at| window.in_sight(*at)).map(row_id)
                tabindex="0"
                style=("--row", move || format!("{}px", row_height.get()))
                on:keydown=on_key
            >
                <div
                    class="log-body"
                    node_ref=scroller
                    on:scroll=move |_| {
                        let before = window.first();
                        window.scrolled(scroller);
                        let end = untrack(|| known.get().checked_sub(1).is_some_and(|last| window.in_sight(last)));
                        following.scrolled(before, window.first(), end);
                    }
                    on:wheel=move |event| {
                        if event.delta_y() < 0.0 {
                            following.leave();
                        }
                        window.wheel(&event, scroller);
                    }
                >
                    <div class="log-space" style:height=move || format!("{}px", window.height())>
                        {slots}
                    </div>
                </div>
            </div>
            <HitMap search />
        </div>
        {move || (log.state.with(Option::is_none) && log.fault.with(Option::is_none)).then(|| view! { <div class="log-over"><Skeleton rows=12 /></div> })}
        {move || nothing.get().then(|| view! { <div class="log-over"><Empty title=if merged.get() { "The files are empty" } else { "The file is empty" } text="Nothing was written there." icon="file" /></div> })}
        {move || no_hit.get().then(|| view! {
            <div class="log-over">
                <Empty title="No line matches" text="The search finds nothing in what was read. Change it, or show all lines." icon="search">
                    <button type="button" class="btn" on:click=move |_| shown.hits.set(false)>"Show all lines"</button>
                </Empty>
            </div>
        })}
        {move || opened.get().map(|at| view! { <RecordPane log at names on_close=Callback::new(move |()| opened.set(None)) /> })}
        <SignatureSheet making on_go=Callback::new(move |at| go(LogStep::Line(at), "The log has no such line (any more)")) />
    }
}
