//! The lineage of a version as a picture: causes above, the version, what came of it below. Pan, zoom and the walk by keys
//! are those of state machines and pipelines.

use super::{lineage::made_address, pipelines::graph::drawn as drawn_steps};
use crate::{desk::Desk, format, parts::graph::GraphView};
use contract::{
    executions::{Graph, GraphRun},
    models::{LineageGraph, LineageNode, LinkKind, PipelineStep, StepGraph, StepLink, StepStanding},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::sync::Arc;

/// Enter, Space and a double click open what a thing was made by, where this window shows it.
#[component]
pub fn LineagePicture(graph: LineageGraph) -> impl IntoView {
    let desk = Desk::get();
    let named = names(&graph);
    let version = graph.nodes.iter().position(|node| node.column == 0).and_then(|at| named.get(at).cloned());
    let picture = Signal::stored(Some(Arc::new(drawn(&graph, &named))));
    let made = graph.nodes.into_iter().map(|node| node.made.as_ref().and_then(made_address));
    let ways: Vec<(String, Option<String>)> = named.into_iter().zip(made).collect();
    // The version is what a reader begins at.
    let selected = RwSignal::new(version);
    let navigate = StoredValue::new_local(use_navigate());
    let ways = StoredValue::new(ways);
    let on_open = Callback::new(move |name: String| {
        let href = ways.with_value(|ways| ways.iter().find(|(of, _)| *of == name).and_then(|(_, href)| href.clone()));
        match href {
            Some(href) => navigate.with_value(|navigate| navigate(&href, NavigateOptions::default())),
            None => desk.say(format!("{} has no page here", format::visible(&name))),
        }
    });
    view! {
        <div class="lineage-picture">
            <GraphView graph=picture run=Signal::stored(GraphRun::default()) selected on_open name="Lineage graph" />
        </div>
    }
}

/// The graph knows its nodes by name: things of one title are told apart by a number.
fn names(graph: &LineageGraph) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(graph.nodes.len());
    for node in &graph.nodes {
        let mut name = node.title.clone();
        let mut next = 2_u32;
        while names.contains(&name) {
            name = format!("{} ({next})", node.title);
            next += 1;
        }
        names.push(name);
    }
    names
}

/// Columns become lines from top to bottom; how a cause led to something stands at its edge.
fn drawn(graph: &LineageGraph, names: &[String]) -> Graph {
    let first = graph.nodes.iter().map(|node| node.column).min().unwrap_or_default();
    let step = |(node, name): (&LineageNode, &String)| PipelineStep {
        name: name.clone(),
        title: None,
        kind: node.kind.clone(),
        column: u32::try_from(node.column.saturating_sub(first)).unwrap_or_default(),
        row: node.row,
        inside: None,
        standing: StepStanding::Unknown,
        run: None,
    };
    let count = graph.nodes.len();
    let is_there = |at: u32| usize::try_from(at).is_ok_and(|at| at < count);
    let edges: Vec<_> = graph.edges.iter().filter(|(from, to, _)| is_there(*from) && is_there(*to)).collect();
    let links =
        edges.iter().map(|(from, to, _)| StepLink { from: *from, to: *to, kind: LinkKind::After, is_taken: false });
    let steps = StepGraph { steps: graph.nodes.iter().zip(names).map(step).collect(), links: links.collect() };
    let mut picture = drawn_steps(&steps);
    for (edge, (_, _, how)) in picture.edges.iter_mut().zip(&edges) {
        edge.label = how.clone().unwrap_or_default();
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(title: &str, column: i32, row: u32) -> LineageNode {
        LineageNode {
            arn: format!("arn:{title}:{row}"),
            title: title.to_owned(),
            kind: "Artifact".to_owned(),
            column,
            row,
            made: None,
        }
    }

    #[test]
    fn every_edge_between_nodes_that_are_there_is_drawn() {
        let graph = LineageGraph {
            nodes: vec![
                node("train.csv", -2, 0),
                node("train.csv", -2, 1),
                node("train", -1, 0),
                node("version 7", 0, 0),
            ],
            edges: vec![
                (0, 2, Some("ContributedTo".to_owned())),
                (9, 2, Some("Produced".to_owned())),
                (1, 2, None),
                (2, 3, Some("Produced".to_owned())),
            ],
            ..LineageGraph::default()
        };
        let named = names(&graph);
        assert_eq!(named, ["train.csv", "train.csv (2)", "train", "version 7"]);
        let picture = drawn(&graph, &named);
        let labels: Vec<(u32, u32, &str)> =
            picture.edges.iter().map(|edge| (edge.from, edge.to, edge.label.as_str())).collect();
        assert_eq!(labels, [(0, 2, "ContributedTo"), (1, 2, ""), (2, 3, "Produced")]);
        let [one, other, job, version] = &picture.nodes[..] else { panic!("four nodes") };
        assert!((one.y - other.y).abs() < 0.1 && one.x + one.width < other.x, "causes stand beside each other");
        assert!(one.y < job.y && job.y < version.y, "and above what they led to");
    }
}
