//! The ways between the states. Drawn thin from the definition, and once more over that where the execution went.

use super::{Scene, geometry, walk, words};
use crate::format;
use contract::executions::{EdgeKind, Graph, GraphEdge, GraphRun};
use leptos::prelude::*;
use std::sync::Arc;

/// How wide a label may be before it is cut, in pixels.
const LABEL_ROOM: f64 = 240.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    No,
    Taken,
    /// On the way to the failure, or on from it.
    Hot,
}

/// What the run did with each edge, by place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(Vec<Mark>);

impl Marks {
    pub fn new(graph: &Graph, run: &GraphRun) -> Self {
        let mut marks = vec![Mark::No; graph.edges.len()];
        for (index, (mark, edge)) in marks.iter_mut().zip(&graph.edges).enumerate() {
            if walk::is_taken(run, index) {
                *mark = if walk::on_failed_path(run, edge) { Mark::Hot } else { Mark::Taken };
            }
        }
        Self(marks)
    }

    pub fn of(&self, index: usize) -> Mark {
        self.0.get(index).copied().unwrap_or(Mark::No)
    }
}

fn shape(edge: &GraphEdge) -> impl IntoView + use<> {
    view! {
        <path class="graph-line" d=geometry::path(&edge.points)></path>
        <path class="graph-head" d=geometry::arrow(&edge.points)></path>
    }
}

#[component]
pub fn Edges(graph: Arc<Graph>) -> impl IntoView {
    let edges = graph
        .edges
        .iter()
        .map(|edge| {
            let class = if edge.kind == EdgeKind::Catch { "graph-edge catch" } else { "graph-edge" };
            view! { <g class=class>{shape(edge)}</g> }
        })
        .collect_view();
    view! { <g aria-hidden="true">{edges}</g> }
}

/// The edges that were taken, those of the failure on top, and all labels over them.
#[component]
pub fn TakenEdges(graph: Arc<Graph>, scene: Scene) -> impl IntoView {
    let marks = scene.marks;
    let drawn = {
        let graph = Arc::clone(&graph);
        move || {
            let marks = marks.get();
            [Mark::Taken, Mark::Hot]
                .into_iter()
                .flat_map(|wanted| {
                    let marks = marks.clone();
                    graph.edges.iter().enumerate().filter(move |(index, _)| marks.of(*index) == wanted).map(
                        move |(_, edge)| {
                            let class = if wanted == Mark::Hot { "graph-edge hot" } else { "graph-edge taken" };
                            view! { <g class=class>{shape(edge)}</g> }
                        },
                    )
                })
                .collect_view()
        }
    };
    let labels = graph
        .edges
        .iter()
        .enumerate()
        .filter(|(_, edge)| !edge.label.is_empty())
        .map(|(index, edge)| {
            let label = words::cut(&format::visible(&edge.label), 11.0, LABEL_ROOM);
            let whole = edge.label.clone();
            let class = move || match marks.read().of(index) {
                Mark::No => "graph-label",
                Mark::Taken => "graph-label taken",
                Mark::Hot => "graph-label hot",
            };
            view! {
                <text class=class x=edge.label_x.to_string() y=edge.label_y.to_string()>
                    <title>{whole}</title>
                    {label}
                </text>
            }
        })
        .collect_view();
    view! { <g aria-hidden="true">{drawn} {labels}</g> }
}
