//! From state to state by keyboard.
//!
//! Down and Up follow the edges, those of the run first: so Down from the start goes where the execution went. Left and
//! Right go to what stands beside a state, and where nothing does, to the edges that Down does not follow. A group is
//! entered by Down and left by Up from its first state. Every state is reached from the start by one way or another.

use contract::executions::{EdgeKind, Graph, GraphEdge, GraphNode, GraphRun, StateStatus};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
    Left,
    Right,
    Start,
    /// The state that failed, else the one that runs, else the last.
    End,
}

impl Way {
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowDown" => Self::Down,
            "ArrowUp" => Self::Up,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "Home" => Self::Start,
            "End" => Self::End,
            _ => return None,
        })
    }
}

/// The state that a key leads to.
pub fn step(graph: &Graph, run: &GraphRun, at: u32, way: Way) -> Option<u32> {
    let here = node(graph, at)?;
    match way {
        Way::Start => start(graph, run),
        Way::End => trouble(graph, run).or_else(|| last(graph, run)),
        Way::Down => inside(graph, run, here).or_else(|| down(graph, run, here)),
        Way::Up => up(graph, run, here),
        Way::Left | Way::Right => beside(graph, here, way).or_else(|| alternative(graph, run, here, way)),
    }
}

/// The state that failed first, else the one that runs: what the person came for.
pub fn trouble(graph: &Graph, run: &GraphRun) -> Option<u32> {
    let status = |id: u32| run.nodes.iter().find(|run| run.node == id).map(|run| run.status);
    let failed = |id: &u32| matches!(status(*id), Some(StateStatus::Failed | StateStatus::Caught));
    let group = |id: u32| node(graph, id).is_some_and(|node| node.group);
    let path = || run.failed_path.iter().copied().filter(failed);
    // A group fails because of a state in it.
    path().find(|id| !group(*id)).or_else(|| path().next()).or_else(|| {
        let running: Vec<u32> =
            run.nodes.iter().filter(|run| run.status == StateStatus::Running).map(|run| run.node).collect();
        running.iter().copied().find(|id| !group(*id)).or_else(|| running.first().copied())
    })
}

/// Where the execution starts.
pub fn start(graph: &Graph, run: &GraphRun) -> Option<u32> {
    let entered = |edge: &GraphEdge, id: u32| edge.to == id && edge.from != id;
    run.failed_path.first().copied().filter(|id| node(graph, *id).is_some()).or_else(|| {
        let outer = || graph.nodes.iter().filter(|node| node.parent.is_none());
        outer()
            .find(|node| !graph.edges.iter().any(|edge| entered(edge, node.id)))
            // In a circle every state is entered: the topmost is the start.
            .or_else(|| outer().min_by(|one, other| one.y.total_cmp(&other.y)))
            .map(|node| node.id)
    })
}

fn last(graph: &Graph, run: &GraphRun) -> Option<u32> {
    let lowest = |node: &&GraphNode, other: &&GraphNode| (node.y + node.height).total_cmp(&(other.y + other.height));
    let entered = |node: &&GraphNode| run.nodes.iter().any(|run| run.node == node.id);
    let ends = || graph.nodes.iter().filter(|node| node.end && !node.group);
    ends()
        .filter(entered)
        .max_by(lowest)
        .or_else(|| ends().max_by(lowest))
        .or_else(|| graph.nodes.iter().max_by(lowest))
        .map(|node| node.id)
}

fn node(graph: &Graph, id: u32) -> Option<&GraphNode> {
    graph.nodes.get(usize::try_from(id).ok()?)
}

/// Smaller is better: the failed path, then what was taken, then what leads on rather than back, then the definition's order.
fn rank(graph: &Graph, run: &GraphRun, index: usize, edge: &GraphEdge) -> (bool, bool, bool, usize) {
    let taken = is_taken(run, index);
    let on_path = taken && on_failed_path(run, edge);
    let y = |id: u32| node(graph, id).map_or(0.0, |node| node.y);
    (!on_path, !taken, y(edge.to) <= y(edge.from), index)
}

/// Whether the execution went along the edge at this place.
pub fn is_taken(run: &GraphRun, index: usize) -> bool {
    run.taken.iter().any(|taken| usize::try_from(*taken) == Ok(index))
}

/// Whether the failed path has both ends of an edge one after the other.
pub fn on_failed_path(run: &GraphRun, edge: &GraphEdge) -> bool {
    run.failed_path.windows(2).any(|pair| matches!(pair, [from, to] if *from == edge.from && *to == edge.to))
}

fn best<'a>(graph: &'a Graph, run: &GraphRun, wanted: impl Fn(&GraphEdge) -> bool) -> Option<&'a GraphEdge> {
    graph
        .edges
        .iter()
        .enumerate()
        .filter(|(_, edge)| edge.kind != EdgeKind::Retry && edge.from != edge.to && wanted(edge))
        .min_by_key(|(index, edge)| rank(graph, run, *index, edge))
        .map(|(_, edge)| edge)
}

/// The first state in a group, of the branch that the run's failure lies in if there is one.
fn inside(graph: &Graph, run: &GraphRun, here: &GraphNode) -> Option<u32> {
    let held = |node: &&GraphNode| node.parent == Some(here.id);
    let on_path = run.failed_path.iter().filter_map(|id| node(graph, *id)).find(held);
    let first =
        graph.nodes.iter().filter(held).min_by(|one, other| {
            one.branch.cmp(&other.branch).then(one.y.total_cmp(&other.y)).then(one.id.cmp(&other.id))
        });
    on_path.or(first).map(|node| node.id)
}

fn down(graph: &Graph, run: &GraphRun, here: &GraphNode) -> Option<u32> {
    let mut from = here;
    loop {
        if let Some(edge) = best(graph, run, |edge| edge.from == from.id) {
            return Some(edge.to);
        }
        // The end of a branch: on after the group.
        from = node(graph, from.parent?)?;
    }
}

fn up(graph: &Graph, run: &GraphRun, here: &GraphNode) -> Option<u32> {
    let y = |id: u32| node(graph, id).map_or(0.0, |node| node.y);
    // A way back into the first state of a branch is not where that state comes from.
    let forward = best(graph, run, |edge| edge.to == here.id && y(edge.from) < here.y).map(|edge| edge.from);
    forward.or(here.parent).or_else(|| best(graph, run, |edge| edge.to == here.id).map(|edge| edge.from))
}

fn centre(node: &GraphNode) -> (f32, f32) {
    (node.x + node.width / 2.0, node.y + node.height / 2.0)
}

/// The next state to one side that stands on the same level, in the same group.
fn beside(graph: &Graph, here: &GraphNode, way: Way) -> Option<u32> {
    let (x, y) = centre(here);
    let same_level = |other: &&GraphNode| {
        let (_, other_y) = centre(other);
        let within = |y: f32, node: &GraphNode| y >= node.y && y <= node.y + node.height;
        other.id != here.id && other.parent == here.parent && (within(y, other) || within(other_y, here))
    };
    graph
        .nodes
        .iter()
        .filter(same_level)
        .map(|other| (other.id, centre(other).0 - x))
        .filter(|(_, distance)| if way == Way::Right { *distance > 0.5 } else { *distance < -0.5 })
        .min_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()))
        .map(|(id, _)| id)
}

/// Where Down does not go from a state with several ways on: the next of them to that side, else any.
fn alternative(graph: &Graph, run: &GraphRun, here: &GraphNode, way: Way) -> Option<u32> {
    let followed = down(graph, run, here);
    let (x, _) = centre(here);
    let mut others: Vec<(u32, f32)> = graph
        .edges
        .iter()
        .filter(|edge| edge.from == here.id && edge.to != here.id && Some(edge.to) != followed)
        .filter_map(|edge| node(graph, edge.to).map(|to| (edge.to, centre(to).0 - x)))
        .collect();
    others.sort_by(|(_, one), (_, other)| one.abs().total_cmp(&other.abs()));
    let to_side = |distance: f32| if way == Way::Right { distance > 0.5 } else { distance < -0.5 };
    others.iter().find(|(_, distance)| to_side(*distance)).or_else(|| others.first()).map(|(id, _)| *id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::executions::{NodeRun, StateKind};
    use std::collections::BTreeSet;

    fn state(id: u32, x: f32, y: f32, parent: Option<u32>) -> GraphNode {
        GraphNode {
            id,
            name: format!("S{id}"),
            kind: StateKind::Task,
            parent,
            branch: 0,
            group: false,
            handler: false,
            end: false,
            text: String::new(),
            x,
            y,
            width: 196.0,
            height: 40.0,
        }
    }

    fn edge(from: u32, to: u32, kind: EdgeKind) -> GraphEdge {
        GraphEdge { from, to, kind, label: String::new(), label_x: 0.0, label_y: 0.0, points: Vec::new() }
    }

    fn ran(node: u32, status: StateStatus) -> NodeRun {
        NodeRun { node, status, visits: 1, attempts: 1, millis: 5, iterations: None, state: node.to_string() }
    }

    /// The pipeline of the drawing: 0 check, 1 submit, 2 map of 3 update and 4 load, 5 handler.
    fn pipeline() -> Graph {
        let mut map = state(2, 70.0, 166.0, None);
        map.group = true;
        map.width = 256.0;
        map.height = 150.0;
        let mut handler = state(5, 402.0, 292.0, None);
        handler.handler = true;
        handler.end = true;
        Graph {
            width: 640.0,
            height: 380.0,
            nodes: vec![
                state(0, 100.0, 18.0, None),
                state(1, 100.0, 88.0, None),
                map,
                state(3, 100.0, 192.0, Some(2)),
                state(4, 100.0, 258.0, Some(2)),
                handler,
            ],
            edges: vec![
                edge(0, 1, EdgeKind::Next),
                edge(1, 1, EdgeKind::Retry),
                edge(1, 2, EdgeKind::Next),
                edge(1, 5, EdgeKind::Catch),
                edge(3, 4, EdgeKind::Next),
            ],
        }
    }

    fn caught() -> GraphRun {
        GraphRun {
            nodes: vec![ran(0, StateStatus::Succeeded), ran(1, StateStatus::Caught), ran(5, StateStatus::Succeeded)],
            taken: vec![0, 1, 3],
            failed_path: vec![0, 1, 5],
        }
    }

    #[test]
    fn down_goes_where_the_execution_went() {
        let (graph, none, run) = (pipeline(), GraphRun::default(), caught());
        assert_eq!(step(&graph, &none, 1, Way::Down), Some(2));
        assert_eq!(step(&graph, &run, 1, Way::Down), Some(5));
        assert_eq!(step(&graph, &run, 1, Way::Right), Some(2), "the other way on, though it stands below");
        assert_eq!(step(&graph, &none, 1, Way::Right), Some(5));
        assert_eq!(step(&graph, &run, 5, Way::Down), None);
        assert_eq!(step(&graph, &run, 5, Way::Up), Some(1));
        assert_eq!(step(&graph, &run, 0, Way::Up), None);
    }

    #[test]
    fn a_group_is_entered_and_left() {
        let (graph, run) = (pipeline(), GraphRun::default());
        assert_eq!(step(&graph, &run, 2, Way::Down), Some(3));
        assert_eq!(step(&graph, &run, 3, Way::Up), Some(2));
        assert_eq!(step(&graph, &run, 4, Way::Up), Some(3));
        assert_eq!(step(&graph, &run, 2, Way::Up), Some(1));
        assert_eq!(step(&graph, &run, 4, Way::Down), None);
        let mut on = graph;
        on.nodes.push(state(6, 100.0, 340.0, None));
        on.edges.push(edge(2, 6, EdgeKind::Next));
        assert_eq!(step(&on, &run, 4, Way::Down), Some(6), "the end of the branch leads on after the group");
    }

    #[test]
    fn home_is_the_start_and_end_is_the_failure() {
        let (graph, run) = (pipeline(), caught());
        assert_eq!(step(&graph, &run, 4, Way::Start), Some(0));
        assert_eq!(step(&graph, &run, 0, Way::End), Some(1));
        assert_eq!(step(&graph, &GraphRun::default(), 0, Way::End), Some(5), "without a run, the last that ends");
        let running = GraphRun { nodes: vec![ran(2, StateStatus::Running), ran(3, StateStatus::Running)], ..run };
        let running = GraphRun { failed_path: Vec::new(), ..running };
        assert_eq!(trouble(&graph, &running), Some(3), "the state, not the group around it");
        assert_eq!(trouble(&graph, &GraphRun::default()), None);
    }

    #[test]
    fn a_poll_loop_is_left_downwards() {
        // 0 wait -> 1 ask -> 2 choice -> back to 0, or on to 3; all taken.
        let graph = Graph {
            nodes: (0_u8..4).map(|id| state(id.into(), 100.0, f32::from(id) * 70.0, None)).collect(),
            edges: vec![
                edge(0, 1, EdgeKind::Next),
                edge(1, 2, EdgeKind::Next),
                edge(2, 0, EdgeKind::Choice),
                edge(2, 3, EdgeKind::Choice),
            ],
            ..Graph::default()
        };
        let run = GraphRun { taken: vec![0, 1, 2, 3], ..GraphRun::default() };
        assert_eq!(step(&graph, &run, 2, Way::Down), Some(3));
        assert_eq!(step(&graph, &run, 2, Way::Left), Some(0));
        assert_eq!(step(&graph, &run, 1, Way::Up), Some(0));
        assert_eq!(step(&graph, &run, 3, Way::Up), Some(2));
        assert_eq!(start(&graph, &run), Some(0), "every state is entered: the topmost");
    }

    #[test]
    fn siblings_are_beside_each_other() {
        let mut graph = Graph {
            nodes: vec![
                state(0, 300.0, 0.0, None),
                state(1, 0.0, 100.0, None),
                state(2, 300.0, 100.0, None),
                state(3, 600.0, 110.0, None),
            ],
            edges: vec![edge(0, 1, EdgeKind::Choice), edge(0, 2, EdgeKind::Choice), edge(0, 3, EdgeKind::Choice)],
            ..Graph::default()
        };
        let run = GraphRun::default();
        assert_eq!(step(&graph, &run, 1, Way::Right), Some(2));
        assert_eq!(step(&graph, &run, 2, Way::Right), Some(3));
        assert_eq!(step(&graph, &run, 3, Way::Right), None);
        assert_eq!(step(&graph, &run, 3, Way::Left), Some(2));
        assert_eq!(step(&graph, &run, 0, Way::Right), Some(3));
        assert_eq!(step(&graph, &run, 9, Way::Right), None, "no such state");
        graph.nodes.clear();
        assert_eq!(start(&graph, &run), None);
        assert_eq!(step(&graph, &run, 0, Way::Down), None);
    }

    #[test]
    fn every_state_is_reached_from_the_start() {
        for run in [GraphRun::default(), caught()] {
            let graph = pipeline();
            let mut reached = BTreeSet::from([0_u32]);
            loop {
                let next: BTreeSet<u32> = reached
                    .iter()
                    .flat_map(|at| [Way::Down, Way::Up, Way::Left, Way::Right].map(|way| step(&graph, &run, *at, way)))
                    .flatten()
                    .chain(reached.iter().copied())
                    .collect();
                if next == reached {
                    break;
                }
                reached = next;
            }
            assert_eq!(reached.len(), graph.nodes.len(), "{reached:?}");
        }
    }
}
