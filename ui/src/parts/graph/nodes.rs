//! The states as they are drawn, and the groups around them.

use super::{Scene, words};
use crate::format;
use contract::executions::{EdgeKind, Graph, GraphNode, NodeRun, StateStatus};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

const NAME_SIZE: f64 = 12.0;
const TEXT_SIZE: f64 = 11.0;
/// From the border of a state to its text.
const INSET: f64 = 12.0;
/// What the status needs at the right.
const STATUS: f64 = 27.0;
/// Between the name of a group and the rest of its line.
const GAP: f64 = 8.0;
/// The part of a group that can be pressed: above its states.
const HEADER: f64 = 26.0;

/// The id of a state's element; several graphs may be on one page.
pub fn element_id(name: &str, node: u32) -> String {
    let name: String = name.chars().map(|part| if part.is_alphanumeric() { part } else { '-' }).collect();
    format!("graph-{name}-{node}")
}

/// Gives a state the focus without letting the browser scroll to it: the camera does that.
pub fn focus(name: &str, node: u32) {
    let element = document().get_element_by_id(&element_id(name, node));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::SvgElement>().ok()) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
}

/// Either the groups, which lie under the edges, or the states, which lie over them.
#[component]
pub fn Nodes(graph: Arc<Graph>, scene: Scene, groups: bool, pulled: StoredValue<bool>) -> impl IntoView {
    graph
        .nodes
        .iter()
        .filter(|node| node.group == groups)
        .map(|node| {
            let ways = ways(&graph, node);
            view! { <Node node=node.clone() ways scene pulled /> }
        })
        .collect_view()
}

/// Where a state leads, for readers: the edges themselves are only drawn.
fn ways(graph: &Graph, node: &GraphNode) -> String {
    let ways: Vec<String> = graph
        .edges
        .iter()
        .filter(|edge| edge.from == node.id && edge.kind != EdgeKind::Retry)
        .filter_map(|edge| {
            let to = graph.nodes.get(usize::try_from(edge.to).ok()?)?;
            let label = if edge.label.is_empty() { "Next" } else { &edge.label };
            Some(format!("{label}: {}", format::visible(&to.name)))
        })
        .collect();
    ways.join("; ")
}

#[component]
fn Node(node: GraphNode, ways: String, scene: Scene, pulled: StoredValue<bool>) -> impl IntoView {
    let index = usize::try_from(node.id).unwrap_or_default();
    let followed = scene.followed;
    let run = Memo::new(move |_| scene.states.with(|states| states.get(index).cloned().flatten()));
    let chosen = {
        let name = node.name.clone();
        Memo::new(move |_| scene.selected.with(|selected| selected.as_deref() == Some(name.as_str())))
    };
    let (id, name, group) = (node.id, node.name.clone(), node.group);
    let (x, y) = (f64::from(node.x), f64::from(node.y));
    let (width, height) = (f64::from(node.width), f64::from(node.height));
    let node = StoredValue::new(node);
    let spoken =
        Memo::new(move |_| node.with_value(|node| run.with(|run| words::spoken(node, run.as_ref(), followed.get()))));
    let class = move || {
        let status = run.with(|run| words::class(run.as_ref(), followed.get()));
        format!("graph-node {status}{}", if group { " group" } else { "" })
    };
    let hint = node.with_value(|node| node.text.clone());
    let (on_click, on_open) = {
        let (clicked, opened) = (name.clone(), name.clone());
        let on_click = move |event: leptos::ev::MouseEvent| {
            if pulled.get_value() {
                return;
            }
            scene.selected.set(Some(clicked.clone()));
            focus(scene.name, id);
            // A press that no pointer made comes from a screen reader, for which a press opens.
            if event.detail() == 0 {
                scene.on_open.run(clicked.clone());
            }
        };
        (on_click, move |_| scene.on_open.run(opened.clone()))
    };
    let at = |value: f64| format!("{value:.1}");
    let text = if group { group_text(node, run, followed) } else { state_text(node, run, followed) };
    let pressed_height = if group { HEADER.min(height) } else { height };
    view! {
        <g
            class=class
            id=element_id(scene.name, id)
            role="button"
            data-id=name
            tabindex=move || if scene.at.get() == Some(id) { "0" } else { "-1" }
            aria-label=move || spoken.get()
            aria-description=ways
            aria-current=move || chosen.get().then_some("true")
            class:on=move || chosen.get()
            on:click=on_click
            on:dblclick=on_open
        >
            <title>
                {move || spoken.get()}
                {(!hint.is_empty()).then(|| format!("\n{}", format::visible(&hint)))}
            </title>
            <rect
                class="graph-ring"
                x=at(x - 4.0)
                y=at(y - 4.0)
                width=at(width + 8.0)
                height=at(height + 8.0)
                rx=if group { "11" } else { "9" }
            ></rect>
            <rect class="graph-box" x=at(x) y=at(y) width=at(width) height=at(height) rx=if group { "8" } else { "6" }></rect>
            <rect class="graph-press" x=at(x) y=at(y) width=at(width) height=at(pressed_height)></rect>
            // Cuts what an estimate of the text's width got wrong.
            <svg class="graph-inside" x=at(x) y=at(y) width=at(width) height=at(height)>
                {text}
                {move || run.with(|run| run.as_ref().map(|run| status(run, width - 17.0, if group { 15.0 } else { height / 2.0 })))}
            </svg>
        </g>
    }
}

type Parts = (StoredValue<GraphNode>, Memo<Option<NodeRun>>, Memo<bool>);

fn second_line((node, run, followed): Parts, room: f64) -> String {
    node.with_value(|node| {
        run.with(|run| words::joined(&words::second_line(node, run.as_ref(), followed.get()), TEXT_SIZE, room))
    })
}

/// Name over second line, in the middle of the height.
fn state_text(node: StoredValue<GraphNode>, run: Memo<Option<NodeRun>>, followed: Memo<bool>) -> AnyView {
    let (name, width, height) =
        node.with_value(|node| (format::visible(&node.name), f64::from(node.width), f64::from(node.height)));
    let room = move || width - INSET - run.with(|run| if run.is_some() { STATUS } else { INSET });
    let cut_name = move || words::cut(&name, NAME_SIZE, room());
    let middle = height / 2.0;
    view! {
        <text class="graph-name" x=INSET.to_string() y=(middle - 3.0).to_string()>{cut_name}</text>
        <text class="graph-text" x=INSET.to_string() y=(middle + 12.0).to_string()>
            {move || second_line((node, run, followed), room())}
        </text>
    }
    .into_any()
}

/// Name and second line in one line, at the top.
fn group_text(node: StoredValue<GraphNode>, run: Memo<Option<NodeRun>>, followed: Memo<bool>) -> AnyView {
    let (name, width) = node.with_value(|node| (format::visible(&node.name), f64::from(node.width)));
    let room = (width - INSET - STATUS).max(0.0);
    // The name has two fifths at most; what it does not need is the second line's.
    let cut_name = words::cut(&name, NAME_SIZE, room * 0.4);
    let left = room - GAP - words::width(&cut_name, NAME_SIZE);
    let rest = move || second_line((node, run, followed), left);
    view! {
        <text class="graph-text" x=INSET.to_string() y="19">
            <tspan class="graph-name">{cut_name}</tspan>
            <tspan dx=GAP.to_string()>{rest}</tspan>
        </text>
    }
    .into_any()
}

/// The status as a shape: tick, cross, cross on a disc, broken ring, dash.
fn status(run: &NodeRun, x: f64, y: f64) -> AnyView {
    let place = format!("translate({x:.1} {y:.1})");
    let cross = "M-3.5 -3.5l7 7M3.5 -3.5l-7 7";
    let inside = match run.status {
        StateStatus::Succeeded => view! { <path d="M-4.5 .5l3 3 6-7"></path> }.into_any(),
        StateStatus::Caught => view! { <path d=cross></path> }.into_any(),
        StateStatus::Failed => view! {
            <circle class="graph-disc" r="8"></circle>
            <path class="graph-on-disc" d=cross></path>
        }
        .into_any(),
        StateStatus::Running => view! { <circle r="5.5" stroke-dasharray="6 2.6"></circle> }.into_any(),
        StateStatus::Aborted => view! { <path d="M-4.5 0h9"></path> }.into_any(),
    };
    view! { <g class="graph-status" transform=place>{inside}</g> }.into_any()
}
