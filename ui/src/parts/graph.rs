//! A state machine as a graph, and what an execution did on it.
//!
//! The core laid the graph out; here it is drawn once, and only what a run changes (colours, second lines, edges taken)
//! follows the run, so an update neither moves the picture nor loses the focus. States are buttons with one tab stop
//! among them, edges are decoration: what a reader needs of them is in the description of their state. The picture is a
//! flat list of elements, groups too, because what is inside a button is hidden from readers.

mod edges;
mod geometry;
mod nodes;
mod walk;
mod words;

use crate::parts::{gantt::sight::on_resize, icon::Icon};
use contract::executions::{Graph, GraphRun, NodeRun};
use edges::{Edges, Marks, TakenEdges};
use geometry::{Camera, Rect, Size, wheel_factor};
use leptos::{ev, html, prelude::*};
use nodes::{Nodes, element_id};
use std::sync::Arc;
use walk::Way;
use wasm_bindgen::JsCast as _;

/// How far the pointer goes before a press is a pull, in pixels.
const PULL: f64 = 4.0;
/// One press of a button or key.
const ZOOM_STEP: f64 = 1.25;

/// Who the camera obeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// The first look, kept when graph or pane change.
    Opening,
    /// All of it, by the person's wish, kept when graph or pane change.
    Fitted,
    /// The person moved it.
    Person,
}

#[derive(Debug, Clone, Copy)]
struct Pull {
    pointer: (f64, f64),
    camera: Camera,
    moving: bool,
}

/// What the parts of the picture share.
#[derive(Clone, Copy)]
struct Scene {
    /// By node; `None` was not entered.
    states: Memo<Vec<Option<NodeRun>>>,
    marks: Memo<Marks>,
    /// An execution is shown, not only a definition.
    followed: Memo<bool>,
    selected: RwSignal<Option<String>>,
    /// The state that is the tab stop.
    at: Memo<Option<u32>>,
    on_open: Callback<String>,
    name: &'static str,
}

/// See the module. `name` is the accessible name; `selected` is the name of a state. Enter, Space and a double click open.
#[component]
pub fn GraphView(
    #[prop(into)] graph: Signal<Option<Arc<Graph>>>,
    #[prop(into)] run: Signal<GraphRun>,
    selected: RwSignal<Option<String>>,
    #[prop(into)] on_open: Callback<String>,
    name: &'static str,
) -> impl IntoView {
    // Compared by content: a graph that is sent again is not drawn again.
    let graph = Memo::new(move |_| graph.get());
    let followed = Memo::new(move |_| run.with(|run| !run.nodes.is_empty()));
    let states = Memo::new(move |_| {
        let count = graph.with(|graph| graph.as_ref().map_or(0, |graph| graph.nodes.len()));
        run.with(|run| {
            let mut states = vec![None; count];
            for node in &run.nodes {
                if let Some(state) = usize::try_from(node.node).ok().and_then(|at| states.get_mut(at)) {
                    *state = Some(node.clone());
                }
            }
            states
        })
    });
    let marks = Memo::new(move |_| {
        graph.with(|graph| graph.as_ref().map(|graph| run.with(|run| Marks::new(graph, run))).unwrap_or_default())
    });
    let at = Memo::new(move |_| {
        graph.with(|graph| {
            let graph = graph.as_ref()?;
            let chosen = selected
                .with(|name| name.as_ref().and_then(|name| graph.nodes.iter().find(|node| node.name == *name)))
                .map(|node| node.id);
            chosen.or_else(|| run.with(|run| walk::trouble(graph, run).or_else(|| walk::start(graph, run))))
        })
    });
    let scene = Scene { states, marks, followed, selected, at, on_open, name };

    let pane_node = NodeRef::<html::Div>::new();
    let pane = RwSignal::new(None::<Size>);
    let camera = RwSignal::new(Camera::HOME);
    let mode = RwSignal::new(Mode::Opening);
    let pull = StoredValue::new(None::<Pull>);
    // The click that ends a pull is none.
    let pulled = StoredValue::new(false);

    on_resize(pane_node, move |element| {
        let size = Size { width: f64::from(element.client_width()), height: f64::from(element.client_height()) };
        // A hidden tab has no size, and keeps what it had.
        if size.width > 0.0 && size.height > 0.0 && pane.get_untracked() != Some(size) {
            pane.set(Some(size));
        }
    });
    let whole = move || {
        graph.with_untracked(|graph| {
            graph.as_ref().map(|graph| Size { width: graph.width.into(), height: graph.height.into() })
        })
    };
    Effect::new(move |_| {
        graph.track();
        let (Some(pane), Some(whole)) = (pane.get(), whole()) else { return };
        match mode.get() {
            Mode::Opening => {
                camera.set(Camera::opening(whole, pane, at.get_untracked().and_then(|at| rect(graph, at))));
            }
            Mode::Fitted => camera.set(Camera::fit(whole, pane)),
            Mode::Person => camera.update(|camera| *camera = camera.held(whole, pane)),
        }
    });
    // A state that is chosen elsewhere, or reached by keys, comes into sight.
    Effect::new(move |before: Option<Option<String>>| {
        let now = selected.get();
        if before.as_ref().is_some_and(|before| *before != now)
            && now.is_some()
            && let (Some(rect), Some(pane)) = (at.get_untracked().and_then(|at| rect(graph, at)), pane.get_untracked())
        {
            let moved = camera.get_untracked().revealing(rect, pane);
            if moved != camera.get_untracked() {
                mode.set(Mode::Person);
                camera.set(moved);
            }
        }
        now
    });

    let move_camera = move |change: &dyn Fn(Camera) -> Camera| {
        let (Some(pane), Some(whole)) = (pane.get_untracked(), whole()) else { return };
        mode.set(Mode::Person);
        camera.update(|camera| *camera = change(*camera).held(whole, pane));
    };
    // Around the chosen state if it is in sight, so that pressing + again and again ends there.
    let zoom = move |factor: f64| {
        let Some(pane) = pane.get_untracked() else { return };
        let now = camera.get_untracked();
        let state = at.get_untracked().filter(|_| selected.with_untracked(Option::is_some));
        let centre = state
            .and_then(|at| rect(graph, at))
            .map(|rect| {
                ((rect.x + rect.width / 2.0) * now.zoom + now.x, (rect.y + rect.height / 2.0) * now.zoom + now.y)
            })
            .filter(|(x, y)| (0.0..=pane.width).contains(x) && (0.0..=pane.height).contains(y))
            .unwrap_or((pane.width / 2.0, pane.height / 2.0));
        move_camera(&|camera| camera.zoomed(factor, centre));
    };
    let fit = move || {
        mode.set(Mode::Fitted);
        if let (Some(pane), Some(whole)) = (pane.get_untracked(), whole()) {
            camera.set(Camera::fit(whole, pane));
        }
    };

    crate::keys::hold(&crate::keys::held::GRAPH);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "+" | "=" => zoom(ZOOM_STEP),
            "-" | "_" => zoom(1.0 / ZOOM_STEP),
            "0" => fit(),
            // On the buttons the other keys are the buttons' own.
            key if on_state(&event) => {
                let Some(graph) = graph.get_untracked() else { return };
                let Some(here) = at.get_untracked() else { return };
                if matches!(key, "Enter" | " ") {
                    if let Some(node) = usize::try_from(here).ok().and_then(|here| graph.nodes.get(here)) {
                        selected.set(Some(node.name.clone()));
                        on_open.run(node.name.clone());
                    }
                } else {
                    let Some(way) = Way::of_key(key) else { return };
                    let next = run.with_untracked(|run| walk::step(&graph, run, here, way)).unwrap_or(here);
                    if let Some(node) = usize::try_from(next).ok().and_then(|next| graph.nodes.get(next)) {
                        selected.set(Some(node.name.clone()));
                        nodes::focus(name, next);
                    }
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let on_wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        let Some(node) = pane_node.get_untracked() else { return };
        let frame = node.get_bounding_client_rect();
        let at = (f64::from(event.client_x()) - frame.left(), f64::from(event.client_y()) - frame.top());
        // Lines, or pages, for a wheel that does not count in pixels.
        let delta = event.delta_y() * if event.delta_mode() == 0 { 1.0 } else { 32.0 };
        let factor = wheel_factor(delta, event.ctrl_key());
        move_camera(&|camera| camera.zoomed(factor, at));
    };
    let on_down = move |event: ev::PointerEvent| {
        pulled.set_value(false);
        if event.button() <= 1 {
            let pointer = (f64::from(event.client_x()), f64::from(event.client_y()));
            pull.set_value(Some(Pull { pointer, camera: camera.get_untracked(), moving: false }));
        }
    };
    let pulling = RwSignal::new(false);
    let on_move = move |event: ev::PointerEvent| {
        let Some(now) = pull.get_value() else { return };
        // Let go where no event of it arrived.
        if event.buttons() == 0 {
            pull.set_value(None);
            return;
        }
        let by = (f64::from(event.client_x()) - now.pointer.0, f64::from(event.client_y()) - now.pointer.1);
        if !now.moving {
            if by.0.hypot(by.1) < PULL {
                return;
            }
            // Only now: a captured pointer would take the click away from the state under it.
            if let Some(ground) = event.current_target().and_then(|ground| ground.dyn_into::<web_sys::Element>().ok()) {
                let _ = ground.set_pointer_capture(event.pointer_id());
            }
            pull.set_value(Some(Pull { moving: true, ..now }));
            pulled.set_value(true);
            pulling.set(true);
        }
        move_camera(&|_| now.camera.moved(by));
    };
    let let_go = move |_| {
        pull.set_value(None);
        pulling.set(false);
        // The click of this pull comes before the next frame; a later one that no pointer made is a real one.
        request_animation_frame(move || {
            pulled.try_set_value(false);
        });
    };
    let dots = format!("{}-dots", element_id(name, 0));
    let ground = format!("url(#{dots})");

    view! {
        <div class="graph" class:pulling=move || pulling.get() role="group" aria-label=name node_ref=pane_node on:keydown=on_key>
            <svg
                class="graph-canvas"
                role="none"
                on:wheel=on_wheel
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=let_go
                on:pointercancel=let_go
            >
                <defs>
                    <pattern
                        id=dots
                        width="18"
                        height="18"
                        patternUnits="userSpaceOnUse"
                        patternTransform=move || {
                            let camera = camera.get();
                            format!("translate({:.1} {:.1})", camera.x, camera.y)
                        }
                    >
                        <circle class="graph-dot" cx="1" cy="1" r="1" />
                    </pattern>
                </defs>
                <rect width="100%" height="100%" fill=ground />
                <g transform=move || camera.get().transform()>
                    {move || {
                        graph
                            .get()
                            .map(|graph| {
                                view! {
                                    <Nodes graph=Arc::clone(&graph) scene groups=true pulled />
                                    <Edges graph=Arc::clone(&graph) />
                                    <TakenEdges graph=Arc::clone(&graph) scene />
                                    <Nodes graph scene groups=false pulled />
                                }
                            })
                    }}
                </g>
            </svg>
            <div class="graph-tools">
                <button type="button" class="btn icon-only" aria-label="Zoom out" title="Zoom out (-)" on:click=move |_| zoom(1.0 / ZOOM_STEP)>
                    <Icon name="minus" />
                </button>
                <button type="button" class="btn icon-only" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| zoom(ZOOM_STEP)>
                    <Icon name="plus" />
                </button>
                <button type="button" class="btn" title="Show all of it (0)" on:click=move |_| fit()>
                    "Fit"
                </button>
            </div>
        </div>
    }
}

fn rect(graph: Memo<Option<Arc<Graph>>>, at: u32) -> Option<Rect> {
    graph.with_untracked(|graph| {
        let node = graph.as_ref()?.nodes.get(usize::try_from(at).ok()?)?;
        Some(Rect { x: node.x.into(), y: node.y.into(), width: node.width.into(), height: node.height.into() })
    })
}

fn on_state(event: &ev::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    target.is_some_and(|target| target.class_list().contains("graph-node"))
}
