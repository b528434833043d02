//! What an execution did, drawn on the graph of its definition.

use super::{History, Item, Visit};
use contract::executions::{EdgeKind, Graph, GraphRun, Iterations, NodeRun, StateKind, StateStatus};
use std::collections::{BTreeSet, HashMap};

impl History {
    /// Status of each node that was entered, the edges that were taken, and the path to the first failure and on to where
    /// the execution ended because of it.
    ///
    /// A node shows its newest visit; the node of the first failure shows the visit that failed, because among a
    /// hundred iterations the newest is seldom the one that matters.
    pub fn graph_run(&self, graph: &Graph) -> GraphRun {
        let ids: HashMap<&str, u32> = graph.nodes.iter().map(|node| (node.name.as_str(), node.id)).collect();
        let node = |visit: &Visit| ids.get(visit.name.as_str()).copied();
        let failed = self.failure.as_ref().and_then(|failure| failure.at_visit);

        let mut seen: HashMap<u32, (usize, u64)> = HashMap::new();
        let mut order = Vec::new();
        for (at, visit) in self.visits.iter().enumerate() {
            let Some(node) = node(visit) else { continue };
            let entry = seen.entry(node).or_insert_with(|| {
                order.push(node);
                (at, 0)
            });
            entry.1 += 1;
            if Some(entry.0) != failed {
                entry.0 = at;
            }
        }
        let nodes = order
            .iter()
            .filter_map(|node| {
                let (at, visits) = seen.get(node).copied()?;
                Some(self.node_run(*node, self.visits.get(at)?, visits))
            })
            .collect();
        GraphRun { nodes, taken: self.taken(graph, &ids), failed_path: self.failed_path(&ids) }
    }

    fn node_run(&self, node: u32, visit: &Visit, visits: u64) -> NodeRun {
        let until = visit.ended.unwrap_or(self.now).max(visit.entered);
        let millis = until.as_millisecond().saturating_sub(visit.entered.as_millisecond());
        NodeRun {
            node,
            status: visit.status,
            visits,
            attempts: visit.attempts(),
            millis: u64::try_from(millis).unwrap_or_default(),
            iterations: iterations(visit),
            state: visit.id.to_string(),
        }
    }

    fn taken(&self, graph: &Graph, ids: &HashMap<&str, u32>) -> Vec<u32> {
        // Of several rules with one target only the first can be named: which one held is not in the history.
        let mut edges: HashMap<(u32, u32), Vec<(u32, EdgeKind)>> = HashMap::new();
        for (place, edge) in (0_u32..).zip(&graph.edges) {
            edges.entry((edge.from, edge.to)).or_default().push((place, edge.kind));
        }
        let mut taken = BTreeSet::new();
        for visit in &self.visits {
            let Some(to) = ids.get(visit.name.as_str()).copied() else { continue };
            let before = visit.follows.and_then(|at| self.visits.get(at));
            if let Some(before) = before
                && let Some(from) = ids.get(before.name.as_str()).copied()
                && let Some(between) = edges.get(&(from, to))
            {
                let caught = before.status == StateStatus::Caught;
                let fits = between.iter().find(|(_, kind)| match kind {
                    EdgeKind::Catch => caught,
                    EdgeKind::Next | EdgeKind::Choice => !caught,
                    EdgeKind::Retry => false,
                });
                taken.extend(fits.map(|(place, _)| *place));
            }
            if visit.attempts() > 1
                && let Some(own) = edges.get(&(to, to))
            {
                taken.extend(own.iter().find(|(_, kind)| *kind == EdgeKind::Retry).map(|(place, _)| *place));
            }
        }
        taken.into_iter().collect()
    }

    fn failed_path(&self, ids: &HashMap<&str, u32>) -> Vec<u32> {
        let Some(failure) = &self.failure else { return Vec::new() };
        let Some(failed) = failure.at_visit else { return Vec::new() };
        // Around it from the outside in, each with what led to it.
        let mut chain: Vec<usize> = self.around(failed).take(64).collect();
        chain.reverse();
        chain.push(failed);
        let mut path = Vec::new();
        for at in chain {
            let mut before = Vec::new();
            let mut step = Some(at);
            while let Some(visit) = step.and_then(|at| self.visits.get(at)) {
                before.extend(step);
                step = visit.follows.filter(|next| Some(*next) < step);
            }
            path.extend(before.into_iter().rev());
        }
        // On to where it ended: from the failure, or from the state around it whose Catch led on.
        let mut on = failure.caught_at.or(Some(failed));
        let followers: HashMap<usize, usize> =
            self.visits.iter().enumerate().rev().filter_map(|(at, visit)| Some((visit.follows?, at))).collect();
        while let Some(next) = on.and_then(|at| followers.get(&at).copied().filter(|next| *next > at)) {
            path.push(next);
            on = Some(next);
        }
        let mut known = BTreeSet::new();
        let nodes = path.into_iter().filter_map(|at| ids.get(self.visits.get(at)?.name.as_str()).copied());
        nodes.filter(|node| known.insert(*node)).collect()
    }
}

/// Of an inline Map. The items of a distributed one are counted by its Map Run, not by the history.
fn iterations(visit: &Visit) -> Option<Iterations> {
    let items = visit.iterations.as_ref().filter(|_| visit.kind == StateKind::Map)?;
    let count = |item: Item| items.state.values().filter(|state| **state == item).count() as u64;
    let running = if visit.status == StateStatus::Running { count(Item::Running) } else { 0 };
    Some(Iterations {
        total: items.length.unwrap_or_default().max(items.state.len() as u64),
        succeeded: count(Item::Succeeded),
        failed: count(Item::Failed),
        running,
    })
}
