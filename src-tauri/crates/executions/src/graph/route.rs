//! From places across to a drawing: how high the gaps are, where the lines run, where the labels stand.

use super::curve::Curve;
use super::grid::{Grid, Way};
use super::labels::{self, LINE, Label};
use super::lanes::{Lane, Outline, Side};
use super::links::{Link, Plan};
use super::order::positions;
use super::per::{Per, px};
use super::{Block, GAP_Y, Route};
use contract::executions::EdgeKind;

/// From the top of a box: the loop of a Retry, its label, and where a Catch leaves, beside a loop and without one. The label
/// of a Catch stands on its line.
const LOOP: (f32, f32) = (7.0, 19.0);
const CATCH: f32 = 22.0;
const CATCH_BELOW_LOOP: f32 = 36.0;
const ON_LINE: f32 = 8.0;
/// How far a loop reaches.
const LOOP_WIDE: f32 = 18.0;
/// Where labels beside a box begin: behind the loop, or on the line of a Catch; and what they leave free behind them.
const BEHIND_LOOP: f32 = 24.0;
const BEGIN: f32 = 12.0;
const END: f32 = 6.0;
/// A line around a corner of its box, through a gap with other boxes beside it.
const CORNER: f32 = 12.0;
/// Where lanes leave and enter a box at its side, from its bottom and top; and through which height of a gap they go.
const PORT: f32 = 14.0;
/// The upper part of a gap with labels, for the curves; and what the arrow's head needs below them.
const CURVES: f32 = 28.0;
const HEAD: f32 = 8.0;

/// How each Catch leaves its state, by link.
#[derive(Debug)]
pub(super) struct Catches {
    /// No box stands between the state and the line's way down.
    open: Per<bool>,
    /// Its label stands on the line beside the state.
    beside: Per<bool>,
    /// Which of the state's Catch lines it is.
    nth: Per<usize>,
    /// Boxes before each vertex in its row, and in the whole row.
    boxes: Per<usize>,
    in_row: Per<usize>,
}

/// Looks at the order of the rows, and gives the boxes the room that loops and labels at their right side take.
pub(super) fn catches(plan: &Plan, grid: &mut Grid) -> Catches {
    let at = positions(grid);
    let count = plan.links.len();
    let mut boxes = Per::new(grid.vertices.len());
    let mut in_row = Per::new(grid.rows.len());
    for (place, row) in grid.rows.iter().enumerate() {
        let mut before = 0;
        for number in row {
            boxes.set(*number, before);
            before += usize::from(!grid.vertices.at(*number).point);
        }
        in_row.set(place, before);
    }
    let mut found = Catches { open: Per::new(count), beside: Per::new(count), nth: Per::new(count), boxes, in_row };
    let mut seen: Per<usize> = Per::new(plan.items.len());
    for (number, link) in plan.links.iter().enumerate() {
        let wide = labels::width(&link.label) + END;
        match (grid.ways.get(number), link.kind) {
            (Some(Way::Loop), _) => grid.vertices.change(link.from, |vertex| {
                vertex.right = vertex.right.max(vertex.left + BEHIND_LOOP + wide);
            }),
            (Some(way), EdgeKind::Catch) => {
                found.nth.set(number, seen.at(link.from));
                seen.change(link.from, |count| *count += 1);
                let Way::Through(points) = way else { continue };
                let Some(first) = points.first().copied() else { continue };
                let open = at.at(first) > at.at(link.from) && found.boxes.at(first) == found.boxes.at(link.from) + 1;
                let beside = open && found.nth.at(number) == 0;
                found.open.set(number, open);
                found.beside.set(number, beside);
                if beside {
                    grid.vertices
                        .change(link.from, |vertex| vertex.right = vertex.right.max(vertex.left + BEGIN + wide));
                }
            }
            _ => {}
        }
    }
    found
}

pub(super) fn block(plan: Plan, grid: &Grid, across: &Per<f32>, catches: &Catches) -> Block {
    let mut sheet = Sheet { plan: &plan, grid, across, catches, bands: Vec::new(), marks: Per::new(plan.links.len()) };
    let mut outline = Outline::new(grid, across);
    let mut stacked = sheet.gap_labels(&mut outline);
    let mut lanes = sheet.lanes();
    outline.place(grid, &mut lanes);
    sheet.lane_labels(&lanes, &mut outline, &mut stacked);
    let text = |number: usize| plan.links.get(number).map(|link| link.label.as_str());
    labels::stack(&mut stacked, |one, other| text(one) == text(other));
    let (height, above) = sheet.rows(&stacked, &lanes);
    for label in &stacked {
        let gap = sheet.band(label.gap);
        let top = if gap.stack > 0 { gap.curves } else { gap.bottom };
        sheet.marks.set(label.link, (label.x, top + LINE * (px(label.line) + 0.5)));
    }
    let (left, right) = outline.whole();
    // Whole pixels, so that boxes are crisp.
    let (left, right) = (left.floor(), right.ceil());
    let mut drawn: Per<Vec<(f32, f32)>> = Per::new(plan.links.len());
    for (number, link) in plan.links.iter().enumerate() {
        let line = match grid.ways.get(number) {
            Some(Way::Loop) => sheet.retry(number, link),
            Some(Way::Through(points)) => sheet.through(number, link, points),
            _ => continue,
        };
        drawn.set(number, line);
    }
    for lane in &lanes {
        drawn.set(lane.link, sheet.aside(lane));
    }
    let spots = (0..plan.items.len()).map(|item| {
        let vertex = grid.vertices.at(item);
        (across.at(item) - vertex.left - left, sheet.band(vertex.row).top - above)
    });
    let spots: Vec<(f32, f32)> = spots.collect();
    let marks = sheet.marks;
    let routes = plan.links.into_iter().enumerate().map(|(number, link)| {
        let label = marks.at(number);
        let points = drawn.list(number).iter().map(|(x, y)| (x - left, y - above)).collect();
        Route { link, points, label: (label.0 - left, label.1 - above) }
    });
    Block { width: right - left, height: height - above, spots, routes: routes.collect() }
}

/// A row and the gap below it.
#[derive(Debug, Clone, Copy, Default)]
struct Band {
    top: f32,
    bottom: f32,
    /// Where the curves of the gap end, and its labels begin.
    curves: f32,
    /// Lines of labels.
    stack: usize,
}

struct Sheet<'a> {
    plan: &'a Plan,
    grid: &'a Grid,
    across: &'a Per<f32>,
    catches: &'a Catches,
    bands: Vec<Band>,
    /// The middle of each link's label.
    marks: Per<(f32, f32)>,
}

impl Sheet<'_> {
    fn band(&self, row: usize) -> Band {
        self.bands.get(row).copied().unwrap_or_default()
    }

    fn row(&self, vertex: usize) -> usize {
        self.grid.vertices.at(vertex).row
    }

    /// Left, right, top and bottom of a box.
    fn sides(&self, item: usize) -> (f32, f32, f32, f32) {
        let (size, middle, top) = (self.plan.items.at(item), self.across.at(item), self.band(self.row(item)).top);
        (middle - size.width / 2.0, middle + size.width / 2.0, top, top + size.height)
    }

    /// Labels of lines that pass from row to row: in the first gap, where the line has left its siblings.
    fn gap_labels(&self, outline: &mut Outline) -> Vec<Label> {
        let mut found = Vec::new();
        for (number, link) in self.plan.links.iter().enumerate() {
            let Some(Way::Through(points)) = self.grid.ways.get(number) else { continue };
            if link.label.is_empty() || self.catches.beside.at(number) {
                continue;
            }
            let next = points.get(usize::from(link.kind == EdgeKind::Catch)).copied().unwrap_or(link.to);
            let label = Label {
                link: number,
                gap: self.row(link.from),
                x: self.across.at(next),
                width: labels::width(&link.label),
                line: 0,
            };
            outline.in_gap(label.gap, label.x - label.width / 2.0, label.x + label.width / 2.0);
            found.push(label);
        }
        found
    }

    fn lanes(&self) -> Vec<Lane> {
        let mut lanes = Vec::new();
        for (number, link) in self.plan.links.iter().enumerate() {
            if !matches!(self.grid.ways.get(number), Some(Way::Aside)) {
                continue;
            }
            let (from, to) = (self.grid.vertices.at(link.from), self.grid.vertices.at(link.to));
            let free = |item: usize, side: Side| match side {
                Side::Left => self.catches.boxes.at(item) == 0,
                Side::Right => self.catches.boxes.at(item) + 1 == self.catches.in_row.at(self.row(item)),
            };
            let blocked = |side: Side| usize::from(!free(link.from, side)) + usize::from(!free(link.to, side));
            // What a Catch led to is at the right already; the other side is for when boxes are in the way there.
            let right = from.class > 0 || from.row < to.row;
            let right = if right {
                blocked(Side::Right) <= blocked(Side::Left)
            } else {
                blocked(Side::Right) < blocked(Side::Left)
            };
            let side = if right || link.kind == EdgeKind::Catch { Side::Right } else { Side::Left };
            lanes.push(Lane {
                link: number,
                from: link.from,
                to: link.to,
                side,
                leaves_aside: free(link.from, side),
                arrives_aside: free(link.to, side),
                x: 0.0,
            });
        }
        lanes
    }

    fn lane_labels(&self, lanes: &[Lane], outline: &mut Outline, found: &mut Vec<Label>) {
        for lane in lanes {
            let text = self.plan.links.get(lane.link).map(|link| link.label.as_str()).unwrap_or_default();
            if text.is_empty() {
                continue;
            }
            let (from, to) = (self.row(lane.from), self.row(lane.to));
            let gap = if to < from { from - 1 } else { from };
            let width = labels::width(text);
            outline.in_gap(gap, lane.x - width / 2.0, lane.x + width / 2.0);
            found.push(Label { link: lane.link, gap, x: lane.x, width, line: 0 });
        }
    }

    /// Gives rows and gaps their heights. The result is where the drawing ends, and where above 0 it begins.
    fn rows(&mut self, stacked: &[Label], lanes: &[Lane]) -> (f32, f32) {
        let count = self.grid.rows.len();
        let mut stacks: Per<usize> = Per::new(count);
        for label in stacked {
            stacks.change(label.gap, |most| *most = (*most).max(label.line + 1));
        }
        let mut spread: Per<f32> = Per::new(count);
        for (number, below) in self.grid.down.iter().enumerate() {
            for (other, _) in below {
                let wide = (self.across.at(number) - self.across.at(*other)).abs();
                spread.change(self.row(number), |most| *most = most.max(wide));
            }
        }
        let mut y = 0.0;
        for (row, vertices) in self.grid.rows.iter().enumerate() {
            let boxes = vertices.iter().filter(|number| !self.grid.vertices.at(**number).point);
            let height = boxes.map(|number| self.plan.items.at(*number).height).fold(0.0, f32::max);
            let (bottom, stack) = (y + height, stacks.at(row));
            // A line that goes far needs height, or it looks level.
            let curves = bottom
                + if stack > 0 { CURVES } else { GAP_Y }
                + (spread.at(row) / 20.0 - 12.0).clamp(0.0, 44.0).round();
            self.bands.push(Band { top: y, bottom, curves, stack });
            y = curves + if stack > 0 { LINE * px(stack) + HEAD } else { 0.0 };
        }
        let last = count.saturating_sub(1);
        let end = self.band(last);
        let leaves_below = lanes.iter().any(|lane| !lane.leaves_aside && self.row(lane.from) == last);
        let bottom = match end.stack {
            0 if leaves_below => end.bottom + PORT + HEAD,
            0 => end.bottom,
            stack => end.curves + LINE * px(stack),
        };
        let arrives_above = lanes.iter().any(|lane| !lane.arrives_aside && self.row(lane.to) == 0);
        (bottom, if arrives_above { -PORT - HEAD } else { 0.0 })
    }

    fn retry(&mut self, number: usize, link: &Link) -> Vec<(f32, f32)> {
        let (_, right, top, _) = self.sides(link.from);
        let (first, last) = (top + LOOP.0, top + LOOP.1);
        let mut curve = Curve::from(right, first);
        let reach = right + LOOP_WIDE * 4.0 / 3.0;
        curve.piece((reach, first - 5.0), (reach, last + 5.0), (right, last));
        let middle = right + BEHIND_LOOP + labels::width(&link.label) / 2.0;
        self.marks.set(number, (middle, f32::midpoint(first, last)));
        curve.points()
    }

    fn catch_leaves(&self, number: usize, from: usize) -> (f32, f32) {
        let (_, right, top, _) = self.sides(from);
        let first = if self.plan.items.at(from).retries { CATCH_BELOW_LOOP } else { CATCH };
        (right, top + (first + 8.0 * px(self.catches.nth.at(number))).min(38.0))
    }

    fn through(&mut self, number: usize, link: &Link, points: &[usize]) -> Vec<(f32, f32)> {
        let own = self.band(self.row(link.from));
        let catch = link.kind == EdgeKind::Catch;
        let rest = points.iter().skip(usize::from(catch)).copied();
        let stops = rest.chain([link.to]).map(|vertex| (self.across.at(vertex), self.row(vertex)));
        let stops: Vec<(f32, usize)> = stops.collect();
        let mut curve = if catch {
            let (right, y) = self.catch_leaves(number, link.from);
            let mut curve = Curve::from(right, y);
            let lane = points.first().map_or(right, |point| self.across.at(*point));
            let next = stops.first().map_or(lane, |(x, _)| *x);
            if self.catches.beside.at(number) {
                self.marks.set(number, (right + BEGIN + labels::width(&link.label) / 2.0, y - ON_LINE));
            }
            if !self.catches.open.at(number) {
                curve.turn(right + CORNER, (y + CORNER).min(own.bottom.max(y + 4.0)));
                curve.down(right + CORNER, own.bottom);
            } else if next <= lane && next > right + CORNER {
                curve.turn(next, own.curves);
            } else {
                curve.turn(lane, own.bottom.max(y + 4.0));
            }
            curve
        } else {
            let (_, _, _, bottom) = self.sides(link.from);
            let mut curve = Curve::from(self.across.at(link.from), bottom);
            curve.down(self.across.at(link.from), own.bottom);
            curve
        };
        let mut above = own;
        for (x, row) in stops {
            let band = self.band(row);
            curve.down(x, above.curves);
            curve.down(x, band.top);
            if row < self.row(link.to) {
                curve.down(x, band.bottom);
            }
            above = band;
        }
        curve.points()
    }

    fn aside(&self, lane: &Lane) -> Vec<(f32, f32)> {
        let (from, to) = (self.sides(lane.from), self.sides(lane.to));
        let at_side = |sides: (f32, f32, f32, f32)| if lane.side == Side::Left { sides.0 } else { sides.1 };
        let catch = self.plan.links.get(lane.link).is_some_and(|link| link.kind == EdgeKind::Catch);
        let mut stops = Vec::with_capacity(6);
        let start = if catch {
            self.catch_leaves(lane.link, lane.from)
        } else if lane.leaves_aside {
            (at_side(from), from.3 - PORT)
        } else {
            (self.across.at(lane.from), from.3)
        };
        if lane.leaves_aside {
            stops.push((lane.x, start.1));
        } else {
            let gap = self.band(self.row(lane.from)).bottom + PORT;
            // A Catch starts at the right side, and turns down before the next box.
            let down = if catch { start.0 + CORNER } else { start.0 };
            if catch {
                stops.push((down, start.1));
            }
            stops.extend([(down, gap), (lane.x, gap)]);
        }
        if lane.arrives_aside {
            let y = to.2 + if lane.side == Side::Right { PORT + LOOP.1 - LOOP.0 } else { PORT };
            stops.extend([(lane.x, y), (at_side(to), y)]);
        } else {
            let (x, gap) = (self.across.at(lane.to), to.2 - PORT);
            stops.extend([(lane.x, gap), (x, gap), (x, to.2)]);
        }
        let mut curve = Curve::from(start.0, start.1);
        curve.corners(&stops);
        curve.points()
    }
}
