//! Rows of vertices: the boxes, and a point in each row that a long line passes.
//!
//! Long lines to one target share their points, so that they become one trunk; that also keeps the number of points near to
//! targets times rows, and not links times rows. A Catch has a point in the row of its own source already: its line leaves
//! sideways and turns down there.

use super::layers::Layers;
use super::links::Plan;
use super::per::Per;
use contract::executions::EdgeKind;
use std::collections::HashMap;

/// Points in one scope; lines beyond that run at the side, so that a hostile definition costs no more than a large one.
const MOST_POINTS: usize = 20_000;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Vertex {
    pub(super) row: usize,
    /// 0 plain, 1 at the right for what a Catch led to, 2 for what nothing leads to. Rows are sorted by it.
    pub(super) class: u8,
    /// A point of a line and no box.
    pub(super) point: bool,
    pub(super) main: bool,
    /// Room from the middle.
    pub(super) left: f32,
    pub(super) right: f32,
    /// What orders a row at first.
    pub(super) met: usize,
}

/// How a link gets to its target.
#[derive(Debug, Clone)]
pub(super) enum Way {
    /// Over these points, from row to row. For a Catch the first is in the row of its source.
    Through(Vec<usize>),
    /// At the side, past everything: what leads back, and what is too much.
    Aside,
    /// The loop of a Retry.
    Loop,
}

/// Boxes have the numbers of their items, points those after them.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub(super) vertices: Per<Vertex>,
    pub(super) rows: Vec<Vec<usize>>,
    /// Neighbours in the row above and below, with how much a line between them wants to be straight.
    pub(super) up: Per<Vec<(usize, f32)>>,
    pub(super) down: Per<Vec<(usize, f32)>>,
    pub(super) ways: Vec<Way>,
}

/// The trunk to a target, from the row above it upwards.
type Trunks = HashMap<(usize, bool, u8), Vec<usize>>;

pub(super) fn grid(plan: &Plan, layers: &Layers) -> Grid {
    let mut grid = Grid::default();
    for (number, item) in plan.items.iter().enumerate() {
        grid.vertices.push(Vertex {
            row: layers.row.at(number),
            class: if layers.lost.at(number) { 2 } else { u8::from(item.handler) },
            point: false,
            main: layers.main.at(number),
            left: item.width / 2.0,
            right: item.width / 2.0,
            met: layers.met.at(number),
        });
        grid.up.push(Vec::new());
        grid.down.push(Vec::new());
    }
    let mut trunks = Trunks::new();
    for (number, link) in plan.links.iter().enumerate() {
        let way = if link.kind == EdgeKind::Retry {
            Way::Loop
        } else if layers.back.at(number) || grid.vertices.len() > plan.items.len() + MOST_POINTS {
            Way::Aside
        } else {
            let points = grid.through(link.from, link.to, link.kind == EdgeKind::Catch, &mut trunks);
            let on = layers.main.at(link.from) && layers.onward.at(link.from) == Some(link.to);
            if on && link.kind != EdgeKind::Catch {
                for point in &points {
                    grid.vertices.change(*point, |vertex| vertex.main = true);
                }
            }
            Way::Through(points)
        };
        grid.ways.push(way);
    }
    let count = grid.vertices.iter().map(|vertex| vertex.row + 1).max().unwrap_or_default();
    grid.rows = vec![Vec::new(); count];
    for (number, vertex) in grid.vertices.iter().enumerate() {
        if let Some(row) = grid.rows.get_mut(vertex.row) {
            row.push(number);
        }
    }
    for row in &mut grid.rows {
        row.sort_by_key(|number| (grid.vertices.at(*number).class, grid.vertices.at(*number).met));
    }
    grid
}

impl Grid {
    fn through(&mut self, from: usize, to: usize, catch: bool, trunks: &mut Trunks) -> Vec<usize> {
        let (source, target) = (self.vertices.at(from), self.vertices.at(to));
        let class = source.class.max(target.class).max(u8::from(catch));
        let first = source.row + usize::from(!catch);
        let needed = target.row.saturating_sub(first);
        let trunk = trunks.entry((to, catch, class)).or_default();
        while trunk.len() < needed {
            let row = target.row - 1 - trunk.len();
            let point = Vertex { row, class, point: true, main: false, left: 0.0, right: 0.0, met: source.met };
            let number = self.vertices.push(point);
            self.up.push(Vec::new());
            self.down.push(Vec::new());
            let below = trunk.last().copied();
            // A trunk that nothing else shares its target with is straight to the end.
            let weight = if below.is_some() || (catch && target.class > 0) { 8.0 } else { 2.0 };
            self.join(number, below.unwrap_or(to), weight);
            trunk.push(number);
        }
        let points: Vec<usize> = trunk.iter().take(needed).rev().copied().collect();
        if !catch {
            let weight = if points.is_empty() { 1.0 } else { 2.0 };
            self.join(from, points.first().copied().unwrap_or(to), weight);
        }
        points
    }

    fn join(&mut self, above: usize, below: usize, weight: f32) {
        self.down.add(above, (below, weight));
        self.up.add(below, (above, weight));
    }
}
