//! Lanes at the side of the rows: for what leads back, and for lines beyond what the rows can take.
//!
//! A lane runs as near to the boxes of its rows as nothing but other lanes are in its way; short lanes are placed first, so
//! that loops in loops lie in each other.

use super::grid::Grid;
use super::per::Per;

/// Between a lane and what it passes.
const BESIDE: f32 = 18.0;
/// Rows that all lanes of a scope together may look at; beyond that a lane goes past the whole scope.
const WORK: usize = 1_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Lane {
    pub(super) link: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) side: Side,
    /// It leaves its source at the side; otherwise at the bottom and through the gap.
    pub(super) leaves_aside: bool,
    /// It arrives at the side; otherwise through the gap at the top.
    pub(super) arrives_aside: bool,
    pub(super) x: f32,
}

/// Rows and the gaps around them, from the gap above the first row: what reaches furthest left and right in each.
pub(super) struct Outline {
    slots: Per<(f32, f32)>,
    whole: (f32, f32),
    looked: usize,
}

impl Outline {
    pub(super) fn new(grid: &Grid, across: &Per<f32>) -> Self {
        let mut outline = Self { slots: Per::new(2 * grid.rows.len() + 1), whole: (0.0, 0.0), looked: 0 };
        for (row, vertices) in grid.rows.iter().enumerate() {
            for number in vertices {
                let (vertex, x) = (grid.vertices.at(*number), across.at(*number));
                outline.reach(2 * row + 1, x - vertex.left, x + vertex.right);
            }
        }
        outline
    }

    /// Something stands in the gap below a row.
    pub(super) fn in_gap(&mut self, gap: usize, left: f32, right: f32) {
        self.reach(2 * gap + 2, left, right);
    }

    pub(super) fn whole(&self) -> (f32, f32) {
        self.whole
    }

    fn reach(&mut self, slot: usize, left: f32, right: f32) {
        self.slots.change(slot, |reach| *reach = (reach.0.min(left), reach.1.max(right)));
        self.whole = (self.whole.0.min(left), self.whole.1.max(right));
    }

    /// Places the lanes.
    pub(super) fn place(&mut self, grid: &Grid, lanes: &mut [Lane]) {
        let span = |lane: &Lane| {
            let (from, to) = (grid.vertices.at(lane.from).row, grid.vertices.at(lane.to).row);
            let from = 2 * from + 1 + usize::from(!lane.leaves_aside);
            let to = 2 * to + usize::from(lane.arrives_aside);
            (from.min(to), from.max(to))
        };
        lanes.sort_by_key(|lane| {
            let (first, last) = span(lane);
            (last - first, lane.link)
        });
        for lane in lanes {
            let (first, last) = span(lane);
            self.looked += last - first;
            let reach = if self.looked > WORK {
                self.whole
            } else {
                let all = (first..=last).map(|slot| self.slots.at(slot));
                all.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1))).unwrap_or_default()
            };
            lane.x = if lane.side == Side::Left { reach.0 - BESIDE } else { reach.1 + BESIDE };
            if self.looked > WORK {
                self.whole = (self.whole.0.min(lane.x), self.whole.1.max(lane.x));
            } else {
                (first..=last).for_each(|slot| self.reach(slot, lane.x, lane.x));
            }
        }
    }
}
