//! A definition as a drawing: layers from top to bottom, after Sugiyama, Tagawa and Toda ("Methods for Visual Understanding
//! of Hierarchical System Structures", 1981).
//!
//! Each scope (the machine, each branch of a Parallel, the processor of a Map) is laid out by itself, innermost first; a
//! Parallel or Map is then one large box in the layout of its parent. In a scope the way from the start to the happiest end
//! is one straight column, what a Catch leads to stands right of everything else, and what leads back runs at the side.
//!
//! What always holds: every state is drawn exactly once, in the order of the definition (`GraphNode::id` is its place there);
//! boxes of one scope do not touch; no line runs through a box; labels stand in the gaps between rows or beside the state that
//! they belong to; the same definition gives the same drawing.
//!
//! What is said in the drawing: a plain line leaves at the bottom and arrives at the top; a Catch leaves at the right side;
//! lines back leave and arrive at the side where nothing is in their way. Lines to one target that would run beside each other
//! share one trunk. Several conditions that lead to the same state are one edge.

mod curve;
mod grid;
mod labels;
mod lanes;
mod layers;
mod links;
mod order;
mod per;
mod place;
mod route;

#[cfg(test)]
mod tests;

use crate::definition::{Definition, Scope, State};
use contract::executions::{Graph, GraphEdge, GraphNode, StateKind};
use links::Link;
use per::{Per, px};
use std::collections::HashMap;

/// Pixels at zoom 1.
const WIDTH: f32 = 200.0;
const WIDEST: f32 = 280.0;
const HEIGHT: f32 = 44.0;
/// Of a letter of a name, and what stands around a name in its box.
const NAME_LETTER: f32 = 7.2;
const NAME_AROUND: f32 = 56.0;
/// Between boxes.
const GAP_X: f32 = 32.0;
const GAP_Y: f32 = 36.0;
/// Inside a group, around and above its states.
const PADDING: f32 = 16.0;
const HEADER: f32 = 28.0;
/// Around the page.
const MARGIN: f32 = 16.0;

/// Lays a definition out. `label_x` and `label_y` of an edge are the middle of its label, for text of about 11 pixels.
pub fn graph(definition: &Definition) -> Graph {
    let mut members: HashMap<Scope, Vec<usize>> = HashMap::new();
    for (place, state) in definition.states.iter().enumerate() {
        members.entry(state.scope()).or_default().push(place);
    }
    let handlers = Per::of(definition.handlers());
    let mut drawing =
        Drawing { definition, members, handlers, sizes: Per::new(definition.states.len()), blocks: HashMap::new() };
    // Backwards: what a group holds stands behind it, so its size is known when the group's turn comes.
    for (place, state) in definition.states.iter().enumerate().rev() {
        let size = drawing.size(place, state);
        drawing.sizes.set(place, size);
    }
    let top = drawing.block((None, 0), &definition.start);
    let page = (top.width + 2.0 * MARGIN, top.height + 2.0 * MARGIN);
    drawing.blocks.insert((None, 0), top);
    drawing.absolute(page)
}

/// A scope, laid out by itself: places from its own top left corner.
#[derive(Debug, Clone, Default)]
struct Block {
    width: f32,
    height: f32,
    /// Top left corners, in the order of the scope's states.
    spots: Vec<(f32, f32)>,
    routes: Vec<Route>,
}

/// One edge between two states of a scope, by their order there.
#[derive(Debug, Clone)]
struct Route {
    link: Link,
    points: Vec<(f32, f32)>,
    label: (f32, f32),
}

struct Drawing<'a> {
    definition: &'a Definition,
    members: HashMap<Scope, Vec<usize>>,
    handlers: Per<bool>,
    sizes: Per<(f32, f32)>,
    blocks: HashMap<Scope, Block>,
}

impl Drawing<'_> {
    /// The size of a state's box; the blocks in it are laid out on the way.
    fn size(&mut self, place: usize, state: &State) -> (f32, f32) {
        let own = (px(state.name.chars().count()) * NAME_LETTER + NAME_AROUND).clamp(WIDTH, WIDEST);
        let mut inner = (0.0_f32, 0.0_f32);
        for (branch, start) in state.starts.iter().enumerate() {
            let block = self.block((Some(place), branch), start);
            inner.0 += block.width + if branch > 0 { GAP_X } else { 0.0 };
            inner.1 = inner.1.max(block.height);
            self.blocks.insert((Some(place), branch), block);
        }
        if state.starts.is_empty() {
            return (even(own), HEIGHT);
        }
        (even(own.max(inner.0 + 2.0 * PADDING)), (HEADER + inner.1 + PADDING).ceil())
    }

    fn block(&self, scope: Scope, start: &str) -> Block {
        let members = self.members.get(&scope).map(Vec::as_slice).unwrap_or_default();
        let plan = links::plan(self.definition, members, start, &self.sizes, &self.handlers);
        let layers = layers::layers(&plan);
        let mut grid = grid::grid(&plan, &layers);
        order::order(&mut grid);
        let catches = route::catches(&plan, &mut grid);
        let across = place::place(&grid);
        route::block(plan, &grid, &across, &catches)
    }

    /// Blocks put into each other, from the outside in.
    fn absolute(mut self, (width, height): (f32, f32)) -> Graph {
        let mut spots: Per<(f32, f32)> = Per::new(self.definition.states.len());
        let mut edges: Vec<GraphEdge> = Vec::new();
        self.put((None, 0), (MARGIN, MARGIN), &mut spots, &mut edges);
        for (place, state) in self.definition.states.iter().enumerate() {
            let (x, y) = spots.at(place);
            let blocks = (0..state.starts.len()).filter_map(|branch| self.blocks.get(&(Some(place), branch)));
            let inner: f32 =
                blocks.map(|block| block.width).sum::<f32>() + GAP_X * px(state.starts.len().saturating_sub(1));
            // A name may make a group wider than what it holds.
            let mut left = x + ((self.sizes.at(place).0 - inner) / 2.0).round();
            for branch in 0..state.starts.len() {
                let scope = (Some(place), branch);
                self.put(scope, (left, y + HEADER), &mut spots, &mut edges);
                left += self.blocks.get(&scope).map_or(0.0, |block| block.width) + GAP_X;
            }
        }
        edges.sort_by_key(|edge| edge.from);
        let nodes = self.definition.states.iter().enumerate();
        let nodes = nodes.map(|(place, state)| self.node(place, state, spots.at(place))).collect();
        Graph { width, height, nodes, edges }
    }

    fn put(&mut self, scope: Scope, (x, y): (f32, f32), spots: &mut Per<(f32, f32)>, edges: &mut Vec<GraphEdge>) {
        let Some(members) = self.members.get(&scope) else { return };
        let Some(block) = self.blocks.get_mut(&scope) else { return };
        for (place, spot) in members.iter().zip(&block.spots) {
            spots.set(*place, (x + spot.0, y + spot.1));
        }
        let id = |local: usize| members.get(local).map_or(0, |place| number(*place));
        for route in std::mem::take(&mut block.routes) {
            edges.push(GraphEdge {
                from: id(route.link.from),
                to: id(route.link.to),
                kind: route.link.kind,
                label: route.link.label,
                label_x: x + route.label.0,
                label_y: y + route.label.1,
                points: route.points.into_iter().map(|(across, down)| (x + across, y + down)).collect(),
            });
        }
    }

    fn node(&self, place: usize, state: &State, (x, y): (f32, f32)) -> GraphNode {
        let (width, height) = self.sizes.at(place);
        let stops = state.end || matches!(state.kind, StateKind::Succeed | StateKind::Fail);
        GraphNode {
            id: number(place),
            name: state.name.clone(),
            kind: state.kind,
            parent: state.parent.map(number),
            branch: number(state.branch),
            group: !state.starts.is_empty(),
            handler: self.handlers.at(place),
            // The end of a branch is not the end of the execution.
            end: stops && state.parent.is_none(),
            text: state.words(),
            x,
            y,
            width,
            height,
        }
    }
}

/// So that the middle is a whole pixel too.
fn even(length: f32) -> f32 {
    (length / 2.0).ceil() * 2.0
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
