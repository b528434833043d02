//! A chart of the core: its picture, and over it what the pointer or the arrow keys are at.
//!
//! The picture comes as SVG text and is adopted only if it holds nothing but what the contract lists. Crosshair and words
//! are laid over it in its own coordinates. For a reader the picture is a slider over its points, whose value is what the
//! table says in the row of the point; the table itself is one press away.

mod picture;
mod table;
mod walk;

use crate::{desk::Desk, parts::segmented::Segmented};
use contract::charts::{Chart, KeyEntry, Sign};
use leptos::{ev, html, prelude::*};
use table::Table;
use walk::Cursor;
use wasm_bindgen::JsCast as _;

/// See the module. A chart that changes is another view: give it a key, or draw it inside of a closure.
#[component]
pub fn ChartView(chart: Chart) -> impl IntoView {
    let desk = Desk::get();
    let as_table = RwSignal::new(false);
    let refused = RwSignal::new(false);
    let (caption, summary, key) = (chart.caption.clone(), chart.summary.clone(), chart.key.clone());
    let copied = format!("{caption} as CSV");
    let name = format!("View of {caption}");
    let chart = StoredValue::new(chart);
    let copy = move |_| desk.copy(chart.with_value(|chart| chart.table.csv()), copied.clone());
    let shown = move || {
        if as_table.get() {
            view! { <Table table=chart.with_value(|chart| chart.table.clone()) name=chart.with_value(|chart| chart.caption.clone()) /> }
                .into_any()
        } else {
            view! { <Picture chart refused /> }.into_any()
        }
    };
    view! {
        <figure class="chart">
            <figcaption>
                <h3 class="part-title">{caption}</h3>
                <p class="dim small">{summary}</p>
            </figcaption>
            <div class="row chart-tools">
                <Key entries=key />
                <Segmented
                    name=Signal::stored(name)
                    choices=vec![(false, "Chart"), (true, "Table")]
                    chosen=as_table
                    on_choose=Callback::new(move |table: bool| as_table.set(table))
                />
                <button type="button" class="btn" on:click=copy>"Copy as CSV"</button>
                <button type="button" class="btn" aria-haspopup="dialog" on:click=move |_| desk.picture.set(Some(chart.get_value()))>"Save picture…"</button>
            </div>
            {shown}
            {move || {
                (refused.get() && !as_table.get())
                    .then(|| view! { <p class="dim small">"The picture could not be shown. The table has its values."</p> })
            }}
        </figure>
    }
}

#[component]
fn Picture(chart: StoredValue<Chart>, refused: RwSignal<bool>) -> impl IntoView {
    let host = NodeRef::<html::Div>::new();
    Effect::new(move |_| {
        let Some(host) = host.get() else { return };
        let picture = chart.with_value(|chart| picture::adopt(&chart.svg));
        refused.set(picture.is_none());
        if let Some(picture) = picture {
            host.replace_children_with_node_1(&picture);
        }
    });
    let cursor = RwSignal::new(None::<Cursor>);
    crate::keys::hold(&crate::keys::held::CHART);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            // What has no crosshair leaves the key to the page.
            if cursor.get_untracked().is_some() {
                event.stop_propagation();
                cursor.set(None);
            }
            return;
        }
        if let Some(next) = chart.with_value(|chart| walk::step(chart, cursor.get_untracked(), &key)) {
            event.prevent_default();
            event.stop_propagation();
            cursor.set(Some(next));
        }
    };
    let on_move = move |event: ev::PointerEvent| {
        let Some(ground) = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
            return;
        };
        let frame = ground.get_bounding_client_rect();
        let next = chart.with_value(|chart| {
            let scale = (chart.width / frame.width().max(1.0), chart.height / frame.height().max(1.0));
            let x = (f64::from(event.client_x()) - frame.left()) * scale.0;
            let y = (f64::from(event.client_y()) - frame.top()) * scale.1;
            walk::nearest(chart, x, y)
        });
        if next != cursor.get_untracked() {
            cursor.set(next);
        }
    };
    let words = Memo::new(move |_| cursor.get().map(|cursor| chart.with_value(|chart| walk::words(chart, cursor))));
    let spoken =
        move || words.get().unwrap_or_else(|| "No point chosen. Arrow keys go from point to point.".to_owned());
    let (name, box_of, width, count) = chart.with_value(|chart| {
        let (width, height) = (chart.width, chart.height);
        (chart.caption.clone(), format!("0 0 {width} {height}"), format!("{width}px"), walk::count(chart))
    });
    let place = move || {
        cursor.get().and_then(|cursor| chart.with_value(|chart| walk::place(chart, cursor))).map(|place| place + 1)
    };
    let over = move || {
        let cursor = cursor.get()?;
        chart.with_value(|chart| {
            let (x, y) = walk::spot(chart, cursor)?;
            let area = chart.plot_area;
            let at = |value: f64| format!("{value:.1}");
            Some(view! {
                <line class="chart-cross" x1=at(x) x2=at(x) y1=at(area.y) y2=at(area.y + area.height)></line>
                <line class="chart-cross" x1=at(area.x) x2=at(area.x + area.width) y1=at(y) y2=at(y)></line>
                <circle class="chart-at" cx=at(x) cy=at(y) r="5"></circle>
            })
        })
    };
    let tip = move || {
        let at = cursor.get()?;
        let said = words.get()?;
        chart.with_value(|chart| {
            let (x, y) = walk::spot(chart, at)?;
            let left = x > chart.width / 2.0;
            let across = format!("{:.2}%", x / chart.width * 100.0);
            let down = format!("{:.2}%", y / chart.height * 100.0);
            let lines = said.split("; ").map(|part| view! { <span>{part.to_owned()}</span> }).collect_view();
            Some(view! { <div class="chart-tip" class:left=left aria-hidden="true" style:left=across style:top=down>{lines}</div> })
        })
    };
    view! {
        <div
            class="chart-ground"
            role="slider"
            tabindex="0"
            aria-label=name
            aria-valuemin="1"
            aria-valuemax=count.max(1).to_string()
            aria-valuenow=move || place().unwrap_or(1).to_string()
            aria-valuetext=spoken
            style:max-width=width
            on:keydown=on_key
            on:pointermove=on_move
            on:pointerleave=move |_| cursor.set(None)
        >
            <div class="chart-picture" node_ref=host aria-hidden="true"></div>
            <svg class="chart-over" viewBox=box_of aria-hidden="true">{over}</svg>
            {tip}
        </div>
    }
}

/// What the lines and shapes are.
#[component]
fn Key(entries: Vec<KeyEntry>) -> impl IntoView {
    let entry = |entry: KeyEntry| {
        view! {
            <li>
                <svg class="chart-swatch" viewBox="0 0 22 10" aria-hidden="true">{swatch(&entry)}</svg>
                {entry.name}
            </li>
        }
    };
    view! { <ul class="chart-key" role="list" aria-label="Key">{entries.into_iter().map(entry).collect_view()}</ul> }
}

fn swatch(entry: &KeyEntry) -> AnyView {
    let class = entry.class.clone();
    match entry.sign() {
        Sign::Line => view! { <line class=class x1="0" y1="5" x2="22" y2="5" stroke="currentColor"></line> }.into_any(),
        Sign::Box { filled } => {
            let (fill, stroke) = if filled { ("currentColor", "none") } else { ("none", "currentColor") };
            view! { <rect class=class x="4" y="1" width="14" height="8" fill=fill stroke=stroke></rect> }.into_any()
        }
        Sign::Circle => {
            view! { <circle class=class cx="11" cy="5" r="3" fill="none" stroke="currentColor"></circle> }.into_any()
        }
        Sign::Corners(corners) => {
            let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
            view! { <polygon class=class points=points.join(" ") fill="currentColor"></polygon> }.into_any()
        }
    }
}
