//! A definition's columns as a picture for the graph of states, from top to bottom; and what an execution did on it.
//!
//! The core says which column and row a step stands in. Here that becomes pixels, so that pan, zoom and the walk by
//! keys are those of state machines.

use contract::{
    executions::{EdgeKind, Graph, GraphEdge, GraphNode, GraphRun, NodeRun, StateKind, StateStatus},
    models::{LinkKind, PipelineStep, StepGraph, StepLink, StepStanding},
};

/// Pixels of a step.
const WIDTH: f32 = 196.0;
const HEIGHT: f32 = 44.0;
/// Between two steps beside each other, and between two below each other: a label has room there.
const BESIDE: f32 = 28.0;
const BELOW: f32 = 48.0;
/// Around the picture.
const MARGIN: f32 = 16.0;
/// How far a link stays from the steps that it goes around.
const AROUND: f32 = 16.0;

/// The picture. It does not change while an execution goes on.
pub fn drawn(graph: &StepGraph) -> Graph {
    let widest = graph.steps.iter().map(|step| step.row + 1).max().unwrap_or_default();
    let nodes: Vec<GraphNode> = graph
        .steps
        .iter()
        .zip(0_u32..)
        .map(|(step, id)| {
            let beside = graph.steps.iter().filter(|other| other.column == step.column).map(|other| other.row + 1);
            let free = widest - beside.max().unwrap_or_default();
            let is_end = graph.links.iter().all(|link| link.from != id);
            GraphNode {
                id,
                name: step.name.clone(),
                // No state of a machine: its text says what it is.
                kind: StateKind::Unknown,
                parent: None,
                branch: 0,
                group: false,
                handler: false,
                end: is_end,
                text: step.kind.clone(),
                x: MARGIN + (number(free) / 2.0 + number(step.row)) * (WIDTH + BESIDE),
                y: MARGIN + number(step.column) * (HEIGHT + BELOW),
                width: WIDTH,
                height: HEIGHT,
            }
        })
        .collect();
    let edges: Vec<GraphEdge> = graph.links.iter().filter_map(|link| edge(&nodes, *link)).collect();
    // A curve stays among its points.
    let reach = edges.iter().flat_map(|edge| &edge.points).map(|point| point.0);
    let width = nodes.iter().map(|node| node.x + node.width).chain(reach).fold(0.0, f32::max) + MARGIN;
    let height = nodes.iter().map(|node| node.y + node.height).fold(0.0, f32::max) + MARGIN;
    Graph { width, height, nodes, edges }
}

/// What the execution did. `failed` are places of steps, the first one first.
pub fn run_of(graph: &StepGraph, failed: &[u32]) -> GraphRun {
    let nodes = graph
        .steps
        .iter()
        .zip(0_u32..)
        .filter_map(|(step, node)| {
            let run = step.run.as_ref();
            Some(NodeRun {
                node,
                status: status(step.standing)?,
                visits: 1,
                attempts: run.map_or(1, |run| u64::from(run.attempts.max(1))),
                millis: run.and_then(|run| run.seconds).unwrap_or_default() * 1_000,
                iterations: None,
                state: step.name.clone(),
            })
        })
        .collect();
    // Edges are drawn of links between steps that are there, so they are counted as `drawn` counts them.
    let is_there = |at: u32| step(graph, at).is_some();
    let links = graph.links.iter().filter(|link| is_there(link.from) && is_there(link.to));
    let taken = links.zip(0_u32..).filter(|(link, _)| link.is_taken).map(|(_, at)| at).collect();
    GraphRun { nodes, taken, failed_path: failed.first().map(|at| path_to(graph, *at)).unwrap_or_default() }
}

/// `None`: it was not begun.
fn status(standing: StepStanding) -> Option<StateStatus> {
    match standing {
        StepStanding::Waiting | StepStanding::NotReached | StepStanding::Unknown => None,
        StepStanding::Starting | StepStanding::Executing | StepStanding::Stopping => Some(StateStatus::Running),
        StepStanding::Stopped => Some(StateStatus::Aborted),
        StepStanding::Failed => Some(StateStatus::Failed),
        StepStanding::Succeeded => Some(StateStatus::Succeeded),
    }
}

/// From a start to this step, along what was taken.
fn path_to(graph: &StepGraph, at: u32) -> Vec<u32> {
    let mut path = vec![at];
    let mut here = at;
    // Each link goes to a later column; whatever a definition says, no path is longer than its steps.
    while path.len() <= graph.steps.len() {
        let column = |at: u32| step(graph, at).map(|step| step.column);
        let before = graph.links.iter().filter(|link| link.to == here && link.is_taken);
        // The nearest, so that the path follows what was waited for last.
        let Some(link) = before.max_by_key(|link| column(link.from)) else { break };
        here = link.from;
        path.push(here);
    }
    path.reverse();
    path
}

fn step(graph: &StepGraph, at: u32) -> Option<&PipelineStep> {
    graph.steps.get(usize::try_from(at).ok()?)
}

/// A definition has at most a hundred steps.
fn number(of: u32) -> f32 {
    f32::from(u16::try_from(of).unwrap_or(u16::MAX))
}

fn edge(nodes: &[GraphNode], link: StepLink) -> Option<GraphEdge> {
    let node = |at: u32| nodes.get(usize::try_from(at).ok()?);
    let (from, to) = (node(link.from)?, node(link.to)?);
    let start = (from.x + from.width / 2.0, from.y + from.height);
    let end = (to.x + to.width / 2.0, to.y);
    let bend = if let Some(right) = in_the_way(nodes, start, end) {
        // So far out that the curve, which reaches half as far near its ends, is beside what it goes around.
        let out = start.0.max(end.0) + (right + AROUND - start.0.min(end.0)).max(AROUND) * 2.0;
        [(out, start.1 + BELOW / 4.0), (out, end.1 - BELOW / 4.0)]
    } else {
        let half = (end.1 - start.1) / 2.0;
        [(start.0, start.1 + half), (end.0, end.1 - half)]
    };
    let [first, second] = bend;
    let middle = |a: f32, b: f32, c: f32, d: f32| (a + 3.0 * (b + c) + d) / 8.0;
    let (kind, label) = match link.kind {
        LinkKind::If | LinkKind::Else => (EdgeKind::Choice, link.kind.word()),
        LinkKind::After | LinkKind::Uses => (EdgeKind::Next, ""),
    };
    Some(GraphEdge {
        from: link.from,
        to: link.to,
        kind,
        label: label.to_owned(),
        label_x: middle(start.0, first.0, second.0, end.0),
        label_y: middle(start.1, first.1, second.1, end.1),
        points: vec![start, first, second, end],
    })
}

/// The right edge of the steps between two places, if the straight way goes through one of them.
fn in_the_way(nodes: &[GraphNode], start: (f32, f32), end: (f32, f32)) -> Option<f32> {
    let between = || nodes.iter().filter(|node| node.y > start.1 && node.y + node.height < end.1);
    let is_hit = |node: &GraphNode| {
        let share = (node.y + node.height / 2.0 - start.1) / (end.1 - start.1).max(1.0);
        let x = start.0 + (end.0 - start.0) * share;
        x > node.x - AROUND && x < node.x + node.width + AROUND
    };
    between().any(is_hit).then(|| between().map(|node| node.x + node.width).fold(0.0, f32::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::StepRun;

    fn step(name: &str, column: u32, row: u32, standing: StepStanding) -> PipelineStep {
        let run = StepRun {
            reason: None,
            started: None,
            ended: None,
            seconds: Some(90),
            attempts: 0,
            cached_from: None,
            made: None,
        };
        let begun = !matches!(standing, StepStanding::Waiting | StepStanding::NotReached);
        PipelineStep {
            name: name.into(),
            title: None,
            kind: "training".into(),
            column,
            row,
            inside: None,
            standing,
            run: begun.then_some(run),
        }
    }

    fn link(from: u32, to: u32, kind: LinkKind, is_taken: bool) -> StepLink {
        StepLink { from, to, kind, is_taken }
    }

    /// Prepare, then two side by side, then a check that also uses what was prepared.
    fn diamond() -> StepGraph {
        StepGraph {
            steps: vec![
                step("Prepare", 0, 0, StepStanding::Succeeded),
                step("TrainA", 1, 0, StepStanding::Succeeded),
                step("TrainB", 1, 1, StepStanding::Failed),
                step("Check", 2, 0, StepStanding::NotReached),
            ],
            links: vec![
                link(0, 1, LinkKind::After, true),
                link(0, 2, LinkKind::Uses, true),
                link(1, 3, LinkKind::If, false),
                link(2, 3, LinkKind::Else, false),
                link(9, 3, LinkKind::After, true),
            ],
        }
    }

    #[test]
    fn columns_stand_below_each_other_in_the_middle() {
        let graph = drawn(&diamond());
        let [prepare, a, b, check] = &graph.nodes[..] else { panic!("four steps") };
        assert!(prepare.y < a.y && (a.y - b.y).abs() < 0.1 && b.y < check.y);
        assert!((prepare.x - check.x).abs() < 0.1 && a.x < prepare.x && prepare.x < b.x);
        assert!(a.x + a.width < b.x, "steps beside each other do not touch");
        assert!(graph.nodes.iter().all(|node| node.x >= 0.0 && node.x + node.width <= graph.width));
        assert!(check.end && !prepare.end);
        assert_eq!(graph.edges.len(), 4, "a link from nowhere is not drawn");
        assert_eq!(graph.edges[2].label, "if true");
        assert!(graph.edges[0].label.is_empty());
    }

    #[test]
    fn a_link_goes_around_what_stands_between() {
        let chain = StepGraph {
            steps: vec![
                step("One", 0, 0, StepStanding::Succeeded),
                step("Two", 1, 0, StepStanding::Succeeded),
                step("Three", 2, 0, StepStanding::Succeeded),
            ],
            links: vec![link(0, 1, LinkKind::After, true), link(0, 2, LinkKind::Uses, true)],
        };
        let graph = drawn(&chain);
        let straight = &graph.edges[0].points;
        assert!(straight.iter().all(|point| (point.0 - straight[0].0).abs() < 0.1));
        // Its middle, as a curve of Bézier has it.
        let around = &graph.edges[1];
        let two = &graph.nodes[1];
        assert!(around.label_x > two.x + two.width, "{} is not beside {}", around.label_x, two.x + two.width);
        assert!(graph.width > around.label_x);
    }

    #[test]
    fn the_failed_step_has_its_path() {
        let run = run_of(&diamond(), &[2]);
        assert_eq!(run.failed_path, [0, 2]);
        assert_eq!(run.taken, [0, 1]);
        let statuses: Vec<_> = run.nodes.iter().map(|node| (node.node, node.status)).collect();
        let (done, failed) = (StateStatus::Succeeded, StateStatus::Failed);
        assert_eq!(statuses, [(0, done), (1, done), (2, failed)], "what was not begun has no run");
        assert!(run.nodes.iter().all(|node| node.attempts == 1 && node.millis == 90_000));
        assert!(run_of(&diamond(), &[]).failed_path.is_empty());
    }

    #[test]
    fn a_circle_has_an_end() {
        let circle = StepGraph {
            steps: vec![step("A", 0, 0, StepStanding::Failed), step("B", 0, 1, StepStanding::Failed)],
            links: vec![link(0, 1, LinkKind::After, true), link(1, 0, LinkKind::After, true)],
        };
        assert!(run_of(&circle, &[0]).failed_path.len() <= 4);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let graph = drawn(&StepGraph::default());
        assert!(graph.nodes.is_empty() && graph.width > 0.0);
        assert_eq!(run_of(&StepGraph::default(), &[7]).failed_path, [7]);
    }
}
