//! Columns: what they show, how they sort, and the chooser.

use super::{
    GridRow,
    prefs::{NARROWEST, Prefs, WIDEST, within},
};
use crate::parts::{icon::Icon, popover::CloseByBack};
use contract::sets::{CopyFormat, Sort};
use leptos::{ev, html, prelude::*};
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

/// Pixels that an arrow key adds to a column or takes from it.
const STEP: f64 = 16.0;

/// One column. `sort` is the core's field; without it the column cannot be sorted.
#[derive(Clone)]
pub struct Column<R: GridRow> {
    pub name: &'static str,
    pub label: Signal<String>,
    /// Pixels; `None` takes its share of what is left.
    pub width: Option<u16>,
    pub share: u8,
    pub numeric: bool,
    pub sort: Option<&'static str>,
    /// Not shown until the person chooses it.
    pub hidden: bool,
    pub cell: Arc<dyn Fn(&R) -> AnyView + Send + Sync>,
}

/// A column without its cells.
#[derive(Clone)]
pub struct Head {
    name: &'static str,
    label: Signal<String>,
    width: Option<u16>,
    numeric: bool,
    sort: Option<&'static str>,
    hidden: bool,
}

impl<R: GridRow> Column<R> {
    pub fn new(
        name: &'static str,
        label: impl Into<Signal<String>>,
        cell: impl Fn(&R) -> AnyView + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            label: label.into(),
            width: None,
            share: 1,
            numeric: false,
            sort: None,
            hidden: false,
            cell: Arc::new(cell),
        }
    }
    #[must_use]
    pub fn width(mut self, width: u16) -> Self {
        self.width = Some(width);
        self
    }
    #[must_use]
    pub fn share(mut self, share: u8) -> Self {
        self.share = share;
        self
    }
    #[must_use]
    pub fn numeric(mut self) -> Self {
        self.numeric = true;
        self
    }
    #[must_use]
    pub fn sort(mut self, field: &'static str) -> Self {
        self.sort = Some(field);
        self
    }
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }
    pub fn head(&self) -> Head {
        Head {
            name: self.name,
            label: self.label,
            width: self.width,
            numeric: self.numeric,
            sort: self.sort,
            hidden: self.hidden,
        }
    }
}

/// `grid-template-columns` of every row.
pub fn template<R: GridRow>(columns: StoredValue<Vec<Column<R>>>, prefs: Prefs, selectable: bool) -> String {
    columns.with_value(|columns| {
        let mut template = if selectable { "34px".to_owned() } else { String::new() };
        for column in columns.iter().filter(|column| prefs.visible(column.name)) {
            let width = match prefs.width(column.name).or(column.width) {
                Some(width) => format!(" {width}px"),
                None => format!(" minmax(90px, {}fr)", column.share),
            };
            template.push_str(&width);
        }
        template
    })
}

#[component]
pub fn HeaderCell(column: Head, sort: RwSignal<Option<Sort>>, prefs: Prefs) -> impl IntoView {
    let Head { name, label, width: own, numeric, sort: field, .. } = column;
    let direction = Memo::new(move |_| {
        let sort = sort.read();
        sort.as_ref().filter(|sort| Some(sort.by.as_str()) == field).map(|sort| sort.descending)
    });
    let turn = move |_| {
        if let Some(field) = field {
            sort.update(|sort| *sort = turned(sort.as_ref(), field, numeric));
        }
    };
    let dragging = StoredValue::new(None::<(f64, f64)>);
    let grip = NodeRef::<html::Span>::new();
    let width_now = move || {
        let cell = grip.try_get_untracked().flatten().and_then(|grip| grip.parent_element());
        cell.map_or(120.0, |cell| cell.get_bounding_client_rect().width())
    };
    // A column without a width of its own is as wide as the window lets it be: measured once somebody gets to its edge.
    let measured = RwSignal::new(None::<u16>);
    let told = move || prefs.width(name).or(own).or(measured.get());
    let on_key = move |event: ev::KeyboardEvent| {
        // With Ctrl an arrow goes to the edge beside.
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.shift_key() {
            return;
        }
        let Some(change) = pressed(&event.key(), width_now()) else { return };
        event.prevent_default();
        event.stop_propagation();
        match change {
            Press::Width(width) => prefs.set_width(name, width),
            Press::Own => {
                prefs.forget_width(name);
                request_animation_frame(move || {
                    measured.try_set(Some(within(width_now())));
                });
            }
            Press::Leave => {
                let rows = grip.get_untracked().and_then(|grip| grip.closest("[role=grid]").ok().flatten());
                if let Some(rows) = rows.and_then(|rows| rows.dyn_into::<web_sys::HtmlElement>().ok()) {
                    let _ = rows.focus();
                }
            }
        }
    };
    view! {
        <div
            role="columnheader"
            class="grid-cell"
            class:num=numeric
            aria-sort=move || match (field, direction.get()) {
                (None, _) => None,
                (Some(_), None) => Some("none"),
                (Some(_), Some(true)) => Some("descending"),
                (Some(_), Some(false)) => Some("ascending"),
            }
        >
            {if field.is_some() {
                view! {
                    <button type="button" class="sort" tabindex="-1" on:click=turn>
                        <span class="cut">{move || label.get()}</span>
                        {move || {
                            direction.get().map(|down| view! { <Icon name=if down { "arrow-down" } else { "arrow-up" } /> })
                        }}
                    </button>
                }
                    .into_any()
            } else {
                view! { <span class="cut">{move || label.get()}</span> }.into_any()
            }}
            <span
                class="grip"
                node_ref=grip
                role="separator"
                aria-orientation="vertical"
                aria-label=move || format!("Width of {}", label.get())
                aria-valuemin=NARROWEST.to_string()
                aria-valuemax=WIDEST.to_string()
                aria-valuenow=move || told().map(|width| width.to_string())
                aria-valuetext=move || told().map(|width| format!("{width} pixels"))
                tabindex="-1"
                on:focus=move |_| measured.set(Some(within(width_now())))
                on:keydown=on_key
                on:pointerdown=move |event| {
                    event.prevent_default();
                    dragging.set_value(Some((f64::from(event.client_x()), width_now())));
                    if let Some(grip) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
                        let _ = grip.set_pointer_capture(event.pointer_id());
                    }
                }
                on:pointermove=move |event| {
                    if let Some((from, width)) = dragging.get_value() {
                        prefs.set_width(name, width + f64::from(event.client_x()) - from);
                    }
                }
                on:pointerup=move |_| dragging.set_value(None)
                on:pointercancel=move |_| dragging.set_value(None)
            ></span>
        </div>
    }
}

/// What a key does at the edge of a column ("ARIA Authoring Practices Guide, Window Splitter").
#[derive(Debug, PartialEq)]
enum Press {
    /// Pixels, before they are brought within what a column may have.
    Width(f64),
    /// The width that the column had before anybody changed it.
    Own,
    /// Back to the rows.
    Leave,
}

fn pressed(key: &str, now: f64) -> Option<Press> {
    Some(match key {
        "ArrowLeft" => Press::Width(now - STEP),
        "ArrowRight" => Press::Width(now + STEP),
        "Home" => Press::Width(f64::from(NARROWEST)),
        "End" => Press::Width(f64::from(WIDEST)),
        "Enter" => Press::Own,
        "Escape" => Press::Leave,
        _ => return None,
    })
}

/// Gives the focus to the edge of the next column, or of the one before: the grid is one tab stop, and edges are none.
pub fn to_edge(grid: &web_sys::Element, forward: bool) {
    let Ok(found) = grid.query_selector_all(".grid-heads .grip") else { return };
    let edges: Vec<web_sys::HtmlElement> =
        (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect();
    let focused = document().active_element();
    let now = edges.iter().position(|edge| edge.is_same_node(focused.as_deref()));
    if let Some(edge) = next_edge(edges.len(), now, forward).and_then(|at| edges.get(at)) {
        let _ = edge.focus();
    }
}

/// The edge beside `now`; from the rows the first or the last.
fn next_edge(count: usize, now: Option<usize>, forward: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (now, forward) {
        (None, true) => 0,
        (None, false) => last,
        (Some(now), true) => (now + 1).min(last),
        (Some(now), false) => now.saturating_sub(1),
    })
}

/// One press on: up, down, the set's own order. Of numbers the largest come first.
fn turned(sort: Option<&Sort>, field: &str, numeric: bool) -> Option<Sort> {
    match sort.filter(|sort| sort.by == field).map(|sort| sort.descending) {
        None => Some(Sort { by: field.to_owned(), descending: numeric }),
        Some(first) if first == numeric => Some(Sort { by: field.to_owned(), descending: !numeric }),
        Some(_) => None,
    }
}

/// Sorts by a column, for who does not press its header: the grid is one tab stop, and the header is none.
#[component]
fn SortButton(
    label: Signal<String>,
    field: &'static str,
    numeric: bool,
    sort: RwSignal<Option<Sort>>,
) -> impl IntoView {
    let direction =
        Memo::new(move |_| sort.with(|sort| sort.as_ref().filter(|sort| sort.by == field).map(|sort| sort.descending)));
    let word = move || match direction.get() {
        None => "not sorted",
        Some(false) => "rising",
        Some(true) => "falling",
    };
    view! {
        <button
            type="button"
            class="link"
            aria-label=move || format!("Sort by {}: {}", label.get(), word())
            title="Rising, falling, the list's own order"
            on:click=move |_| sort.update(|sort| *sort = turned(sort.as_ref(), field, numeric))
        >
            {word}
        </button>
    }
}

/// The button at the end of the header: which columns, by which of them the rows are sorted, and copies of the rows.
#[component]
pub fn ColumnChooser(
    heads: Vec<Head>,
    sort: RwSignal<Option<Sort>>,
    prefs: Prefs,
    #[prop(into)] copy: Callback<CopyFormat>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let opener = NodeRef::<html::Button>::new();
    let defaults: Vec<(&'static str, bool)> = heads.iter().map(|head| (head.name, head.hidden)).collect();
    view! {
        <div class="chooser">
            <button
                type="button"
                class="chooser-button"
                node_ref=opener
                aria-label="Columns and copies"
                aria-expanded=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <Icon name="ellipsis" />
            </button>
            <Show when=move || open.get()>
                <div
                    class="popover chooser-list"
                    role="group"
                    aria-label="Columns"
                    on:keydown=move |event| {
                        if event.key() == "Escape" {
                            event.prevent_default();
                            event.stop_propagation();
                            open.set(false);
                            // What had the focus goes.
                            if let Some(opener) = opener.get_untracked() {
                                let _ = opener.focus();
                            }
                        }
                    }
                    on:mouseleave=move |_| open.set(false)
                >
                    <CloseByBack open />
                    {heads
                        .iter()
                        .map(|head| {
                            let (name, label, numeric) = (head.name, head.label, head.numeric);
                            view! {
                                <div class="chooser-line">
                                    <label class="option">
                                        <span>{move || label.get()}</span>
                                        <input type="checkbox" prop:checked=move || prefs.visible(name) on:change=move |_| prefs.toggle(name) />
                                    </label>
                                    {head.sort.map(|field| view! { <SortButton label field numeric sort /> })}
                                </div>
                            }
                        })
                        .collect_view()}
                    {
                        let defaults = defaults.clone();
                        view! {
                            <div class="chooser-end">
                                <button type="button" class="link" on:click=move |_| prefs.reset(&defaults)>"Reset"</button>
                                <button type="button" class="link" on:click=move |_| copy.run(CopyFormat::Tsv)>"Copy as TSV"</button>
                                <button type="button" class="link" on:click=move |_| copy.run(CopyFormat::Csv)>"Copy as CSV"</button>
                            </div>
                        }
                    }
                </div>
            </Show>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_at_an_edge_change_the_width_as_a_window_splitter_does() {
        let width = |key: &str| match pressed(key, 120.4) {
            Some(Press::Width(width)) => Some(within(width)),
            _ => None,
        };
        assert_eq!(["ArrowLeft", "ArrowRight", "Home", "End"].map(width), [Some(104), Some(136), Some(48), Some(900)]);
        assert_eq!((pressed("Enter", 120.0), pressed("Escape", 120.0)), (Some(Press::Own), Some(Press::Leave)));
        assert_eq!(pressed("j", 120.0), None, "rows keep their keys");
        assert_eq!((within(50.0 - STEP), within(890.0 + STEP)), (48, 900), "no narrower and no wider");
    }

    #[test]
    fn edges_are_gone_through_one_by_one() {
        assert_eq!([next_edge(3, None, true), next_edge(3, None, false)], [Some(0), Some(2)]);
        assert_eq!([next_edge(3, Some(0), true), next_edge(3, Some(2), true)], [Some(1), Some(2)]);
        assert_eq!([next_edge(3, Some(2), false), next_edge(3, Some(0), false)], [Some(1), Some(0)]);
        assert_eq!(next_edge(0, None, true), None);
    }

    #[test]
    fn a_column_is_sorted_up_down_and_not_at_all() {
        let by = |by: &str, descending| Some(Sort { by: by.to_owned(), descending });
        assert_eq!(turned(None, "name", false), by("name", false));
        assert_eq!(turned(by("name", false).as_ref(), "name", false), by("name", true));
        assert_eq!(turned(by("name", true).as_ref(), "name", false), None);
        assert_eq!(turned(by("name", true).as_ref(), "size", true), by("size", true), "the largest first");
        assert_eq!(turned(by("size", true).as_ref(), "size", true), by("size", false));
    }
}
