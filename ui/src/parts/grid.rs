//! The grid: a window on a result set of the core.
//!
//! The core holds the rows; the grid asks for those in sight. Row nodes are recycled: a fixed number of slots, each
//! showing the one row of the visible range that falls to it, so a million rows are never more than [`window::MOST`]
//! nodes. Because nodes are recycled, focus stays on the grid itself and `aria-activedescendant` names the row.
//! Filter, order and cursor belong to the page, which keeps them in the address.

mod columns;
mod prefs;
mod rows;
mod sections;
mod set;
pub mod window;

pub use columns::Column;
pub use rows::GridRow;
pub use set::{SetHandle, use_set, use_set_over_range};

use crate::{
    bridge,
    desk::Desk,
    format,
    keys::{self, Action},
    parts::menu::{CopyItem, CopyMenu},
};
use columns::{ColumnChooser, HeaderCell, template, to_edge};
use contract::{
    sets::{CopyFormat, CopyRows, FindRow, Sort},
    settings::Density,
};
use leptos::{ev, html, prelude::*, task::spawn_local};
use prefs::Prefs;
use rows::RowCache;
use sections::{Headings, Sections};
use std::collections::BTreeSet;
use wasm_bindgen::{JsCast, prelude::Closure};
use window::Window;

/// What the grid tells its page, and what the page tells the grid.
#[derive(Clone, Copy)]
pub struct GridState {
    /// Identity of the row that has the cursor.
    pub cursor: RwSignal<Option<String>>,
    /// Identities of the rows that are selected for an action.
    pub chosen: RwSignal<BTreeSet<String>>,
    pub sort: RwSignal<Option<Sort>>,
}

impl GridState {
    pub fn new() -> Self {
        Self { cursor: RwSignal::new(None), chosen: RwSignal::new(BTreeSet::new()), sort: RwSignal::new(None) }
    }
}

/// See the module. `name` is the accessible name and the key under which widths are kept.
#[component]
pub fn Grid<R: GridRow>(
    name: &'static str,
    set: SetHandle,
    columns: Vec<Column<R>>,
    state: GridState,
    /// Enter, or a double click.
    #[prop(into)]
    on_open: Callback<R>,
    /// The cursor moved to a row, or the row under it was read anew.
    #[prop(into)]
    on_cursor: Callback<R>,
    /// What the row under the cursor can be copied as.
    #[prop(into)]
    copies: Callback<R, Vec<CopyItem>>,
    /// More classes of a row.
    #[prop(optional, into)]
    row_class: Option<Callback<R, &'static str>>,
    /// Shows a box for selecting several.
    #[prop(optional)]
    selectable: bool,
) -> impl IntoView {
    let desk = Desk::get();
    let columns = StoredValue::new(columns);
    let prefs = Prefs::kept(
        name,
        columns.with_value(|columns| columns.iter().map(|column| (column.name, column.hidden)).collect()),
    );
    let row_height = Memo::new(move |_| if desk.settings().density == Density::Compact { 26.0 } else { 30.0 });
    let shown = Memo::new(move |_| set.state.with(|state| state.as_ref().map_or(0, |state| state.shown)));
    let sections = Memo::new(move |_| {
        set.state.with(|state| state.as_ref().map(|state| Sections::new(state.sections.clone())).unwrap_or_default())
    });
    let lines = Memo::new(move |_| shown.get() + sections.with(Sections::count));
    let window = Window::new(lines, row_height);
    let cache = RowCache::<R>::follow(set, window, sections);
    let cursor_at = RwSignal::new(None::<u64>);
    let anchor = StoredValue::new(None::<u64>);
    let (root, scroller) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let copying = RwSignal::new(false);
    let copy_items = RwSignal::new(Vec::<CopyItem>::new());
    // The first row of a section comes with its heading.
    let reveal = move |row: u64| {
        let (first, line) = sections.with_untracked(|sections| (sections.first_line_of(row), sections.line_of(row)));
        window.reveal(first, scroller);
        window.reveal(line, scroller);
    };

    // The cursor is an identity; where it stands is asked again whenever rows, filter or order change.
    Effect::new(move |_| {
        let (Some(id), Some((set_id, _))) = (state.cursor.get(), set.revision()) else {
            cursor_at.set(None);
            return;
        };
        if cursor_at.get_untracked().and_then(|at| cache.get(at)).is_some_and(|row| row.is(&id)) {
            return;
        }
        spawn_local(async move {
            let found = bridge::call(FindRow { set: set_id, id: id.clone() }).await.ok().flatten();
            // The page may have put something else in the place of this grid meanwhile.
            let Some(at) = cursor_at.try_get_untracked() else { return };
            if state.cursor.try_get_untracked().flatten().as_ref() == Some(&id) {
                let first = at.is_none();
                cursor_at.set(found);
                if let (true, Some(found)) = (first, found) {
                    reveal(found);
                }
            }
        });
    });
    // A row that was read anew under the cursor is told, so that the detail never shows an old one.
    Effect::new(move |before: Option<Option<R>>| {
        let row = cursor_at.get().and_then(|at| cache.get(at));
        let wanted = state.cursor.get_untracked();
        let row = row.filter(|row| wanted.as_deref().is_some_and(|wanted| row.is(wanted)));
        if let Some(row) = &row
            && before.flatten().as_ref() != Some(row)
        {
            on_cursor.run(row.clone());
        }
        row
    });

    let move_to = move |at: u64| {
        let last = shown.get_untracked().saturating_sub(1);
        if shown.get_untracked() == 0 {
            return;
        }
        let at = at.min(last);
        // The arrow keys work wherever nothing else has the focus; what follows them, such as Ctrl A, is meant for the grid.
        if let Some(root) = root.get_untracked().filter(|_| nothing_has_focus()) {
            let _ = root.focus();
        }
        reveal(at);
        cursor_at.set(Some(at));
        cache.with_row(at, move |row| state.cursor.set(Some(row.id())));
    };
    let step = move |by: i64| {
        let at = cursor_at.get_untracked();
        move_to(match at {
            None => 0,
            Some(at) => at.saturating_add_signed(by),
        });
    };
    let current = move || cursor_at.get_untracked().and_then(|at| cache.get_untracked(at));
    let toggle = move |id: String| {
        state.chosen.update(|chosen| {
            if !chosen.remove(&id) {
                chosen.insert(id);
            }
        });
    };
    let choose_range = move |to: u64| {
        let from = anchor.get_value().or(cursor_at.get_untracked()).unwrap_or(to);
        cache.ids(from.min(to), from.max(to) + 1, move |ids| state.chosen.update(|chosen| chosen.extend(ids)));
    };

    keys::on(Action::Down, move || step(1));
    keys::on(Action::Up, move || step(-1));
    keys::on(Action::First, move || move_to(0));
    keys::on(Action::Last, move || move_to(u64::MAX));
    keys::on(Action::Open, move || {
        if let Some(row) = current() {
            on_open.run(row);
        }
    });
    keys::on(Action::Peek, move || {
        if let Some(row) = current() {
            on_cursor.run(row);
        }
    });
    if selectable {
        keys::on(Action::Select, move || {
            if let Some(row) = current() {
                anchor.set_value(cursor_at.get_untracked());
                toggle(row.id());
            }
        });
    }
    let copy_rows = move |format: CopyFormat| {
        let Some((set_id, _)) = set.revision_untracked() else { return };
        let ids: Vec<String> = state.chosen.get_untracked().into_iter().collect();
        spawn_local(async move {
            match bridge::call(CopyRows { set: set_id, ids, format }).await {
                Ok(count) => desk.say(format!("Copied {}", format::counted(count, "row", "rows"))),
                Err(fault) => desk.say(format!("Could not copy: {}", fault.title)),
            }
        });
    };
    keys::on(Action::CopyMenu, move || {
        if let Some(row) = current() {
            copy_items.set(copies.run(row));
            copying.set(true);
        }
    });

    keys::hold(&keys::held::GRID);
    keys::hold(&keys::held::GRID_EDGE);
    if selectable {
        keys::hold(&keys::held::GRID_SELECTION);
    }
    let on_key = move |event: ev::KeyboardEvent| {
        let page = i64::try_from(window.fitting().saturating_sub(1)).unwrap_or(1).max(1);
        match event.key().as_str() {
            "PageDown" => step(page),
            "PageUp" => step(-page),
            "ArrowRight" | "ArrowLeft" if event.ctrl_key() => {
                if let Some(root) = root.get_untracked() {
                    to_edge(&root, event.key() == "ArrowRight");
                }
            }
            "ArrowDown" | "ArrowUp" if event.shift_key() && selectable => {
                if anchor.get_value().is_none() {
                    anchor.set_value(cursor_at.get_untracked());
                }
                step(if event.key() == "ArrowDown" { 1 } else { -1 });
                if let Some(at) = cursor_at.get_untracked() {
                    choose_range(at);
                }
            }
            "a" if event.ctrl_key() && selectable => {
                let all = shown.get_untracked().min(10_000);
                cache.ids(0, all, move |ids| state.chosen.set(ids.into_iter().collect()));
            }
            _ => return,
        }
        event.prevent_default();
    };
    let on_click = move |event: ev::MouseEvent, at: u64| {
        let Some(row) = cache.get_untracked(at) else { return };
        if selectable && event.shift_key() {
            choose_range(at);
        } else if selectable && (event.ctrl_key() || event.meta_key()) {
            anchor.set_value(Some(at));
            toggle(row.id());
        } else {
            anchor.set_value(Some(at));
            cursor_at.set(Some(at));
            state.cursor.set(Some(row.id()));
        }
    };

    window.watch(scroller);
    let row_id = move |at: u64| format!("{}-row-{at}", name.replace(' ', "-").to_lowercase());
    let slots = move || {
        (0..window::MOST)
            .map(|slot| {
                let line = Memo::new(move |_| window.row_of(slot));
                let at = Memo::new(move |_| {
                    let line = line.get()?;
                    sections.with(|sections| sections.row_at(line))
                });
                let row = Memo::new(move |_| at.get().map(|at| (at, cache.get(at))));
                view! {
                    <Show when=move || at.get().is_some()>
                        <div
                            role="row"
                            class=move || {
                                let more = row
                                    .get()
                                    .and_then(|(_, row)| row)
                                    .and_then(|row| row_class.map(|class| class.run(row)))
                                    .unwrap_or_default();
                                format!("grid-row {more}")
                            }
                            class:on=move || at.get().is_some() && at.get() == cursor_at.get()
                            id=move || at.get().map(row_id)
                            data-id=move || row.get().and_then(|(_, row)| row).map(|row| row.id())
                            aria-rowindex=move || line.get().map(|line| (line + 2).to_string())
                            aria-selected=move || {
                                let id = row.get().and_then(|(_, row)| row).map(|row| row.id());
                                let chosen = id.is_some_and(|id| state.chosen.read().contains(&id));
                                (chosen || (at.get().is_some() && at.get() == cursor_at.get())).to_string()
                            }
                            style:transform=move || line.get().map(|line| format!("translateY({}px)", window.offset(line)))
                            on:click=move |event| {
                                if let Some(at) = at.get_untracked() {
                                    on_click(event, at);
                                }
                            }
                            on:dblclick=move |_| {
                                if let Some(row) = row.get_untracked().and_then(|(_, row)| row) {
                                    on_open.run(row);
                                }
                            }
                        >
                            {move || {
                                let Some((_, Some(row))) = row.get() else {
                                    return view! { <div role="gridcell" class="grid-cell waiting"><i class="w-2"></i></div> }.into_any();
                                };
                                let id = row.id();
                                let boxed = selectable.then(|| {
                                    let (id, tick) = (id.clone(), id.clone());
                                    view! {
                                        <div role="gridcell" class="grid-cell tick">
                                            <input
                                                type="checkbox"
                                                tabindex="-1"
                                                aria-label="Select"
                                                prop:checked=move || state.chosen.read().contains(&id)
                                                on:click=move |event| {
                                                    event.stop_propagation();
                                                    toggle(tick.clone());
                                                }
                                            />
                                        </div>
                                    }
                                });
                                let cells = columns.with_value(|columns| {
                                    columns
                                        .iter()
                                        .filter(|column| prefs.visible(column.name))
                                        .map(|column| {
                                            let class = if column.numeric { "grid-cell num" } else { "grid-cell" };
                                            view! { <div role="gridcell" class=class>{(column.cell)(&row)}</div> }
                                        })
                                        .collect_view()
                                });
                                view! {
                                    {boxed}
                                    {cells}
                                }
                                    .into_any()
                            }}
                        </div>
                    </Show>
                }
            })
            .collect_view()
    };

    view! {
        <div
            class="grid"
            node_ref=root
            class:outdated=move || set.outdated.get()
            class:scrolls=move || window.overflows()
            role="grid"
            aria-label=name
            aria-multiselectable=selectable.then_some("true")
            aria-rowcount=move || {
                set.state.with(|state| match state {
                    Some(state) if state.complete => (state.shown + state.sections.len() as u64 + 1).to_string(),
                    _ => "-1".to_owned(),
                })
            }
            aria-busy=move || (!set.complete()).to_string()
            aria-activedescendant=move || {
                let in_sight = |at: &u64| window.in_sight(sections.with(|sections| sections.line_of(*at)));
                cursor_at.get().filter(in_sight).map(row_id)
            }
            tabindex="0"
            style=("--cols", move || template(columns, prefs, selectable))
            style=("--row", move || format!("{}px", row_height.get()))
            on:keydown=on_key
        >
            <div class="grid-head" role="rowgroup">
                <div role="row" class="grid-row grid-heads" aria-rowindex="1">
                    {selectable.then(|| view! { <div role="columnheader" class="grid-cell tick"><span class="unseen">"Selected"</span></div> })}
                    {move || {
                        columns
                            .with_value(|columns| {
                                columns
                                    .iter()
                                    .filter(|column| prefs.visible(column.name))
                                    .map(|column| view! { <HeaderCell column=column.head() sort=state.sort prefs /> })
                                    .collect_view()
                            })
                    }}
                </div>
                <ColumnChooser heads=columns.with_value(|columns| columns.iter().map(Column::head).collect()) sort=state.sort prefs copy=copy_rows />
            </div>
            <div class="grid-body" role="rowgroup" node_ref=scroller on:scroll=move |_| window.scrolled(scroller) on:wheel=move |event| window.wheel(&event, scroller)>
                <div class="grid-space" role="presentation" style:height=move || format!("{}px", window.height())>
                    <Headings sections window />
                    {slots()}
                </div>
            </div>
        </div>
        <CopyMenu open=copying items=copy_items />
    }
}

/// A tab that was pressed has done its work: the next keys are meant for what it showed.
pub fn nothing_has_focus() -> bool {
    let of_a_tab = |element: &web_sys::Element| element.get_attribute("role").as_deref() == Some("tab");
    document().active_element().is_none_or(|element| element.tag_name() == "BODY" || of_a_tab(&element))
}

/// Calls `act` with the element's size whenever it changes, until the owner is cleaned up.
fn on_resize(node: NodeRef<html::Div>, act: impl Fn(&web_sys::Element) + Clone + 'static) {
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let element: web_sys::Element = (*element).clone().into();
        act(&element);
        let (act, watched) = (act.clone(), element.clone());
        let closure = Closure::<dyn Fn()>::new(move || act(&watched));
        let Ok(observer) = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        let kept = StoredValue::new_local(Some((observer, closure)));
        on_cleanup(move || {
            if let Some(Some((observer, _))) = kept.try_update_value(Option::take) {
                observer.disconnect();
            }
        });
    });
}
