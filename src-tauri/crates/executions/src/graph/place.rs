//! Where each vertex stands across.
//!
//! The main column is at 0 and stays there. The others wish to stand where their neighbours are (the weighted median); a row
//! grants the wishes as far as its order and its gaps allow, by pooling those that would overlap (isotonic regression, Ayer
//! et al. 1955), left and right of the main column apart. So gaps hold after every sweep, whatever the wishes were.

use super::GAP_X;
use super::grid::{Grid, Vertex};
use super::per::Per;

/// Sweeps down and up again.
const SWEEPS: usize = 4;
/// Between a box and a line that passes, and between two lines.
const BESIDE: f32 = 20.0;
const LINES: f32 = 14.0;
/// A bend that is worth straightening.
const NEARLY: f32 = 14.0;
/// How much nearer a line may pass for that.
const SLACK: f32 = 6.0;

/// The middle of each vertex, in whole pixels.
pub(super) fn place(grid: &Grid) -> Per<f32> {
    let mut across: Per<f32> = Per::new(grid.vertices.len());
    let still: Per<Vec<(usize, f32)>> = Per::default();
    for row in &grid.rows {
        settle(grid, row, &still, &mut across);
    }
    for _ in 0..SWEEPS {
        for row in &grid.rows {
            settle(grid, row, &grid.up, &mut across);
        }
        for row in grid.rows.iter().rev() {
            settle(grid, row, &grid.down, &mut across);
        }
    }
    for row in &grid.rows {
        settle(grid, row, &grid.up, &mut across);
    }
    let mut across = Per::of(across.iter().map(|middle| middle.round()).collect());
    straighten(grid, &mut across);
    across
}

/// Moves what stands nearly below its neighbour exactly below it, where there is room: a bend of a few pixels looks like a
/// mistake.
fn straighten(grid: &Grid, across: &mut Per<f32>) {
    for row in &grid.rows {
        for (place, number) in row.iter().enumerate() {
            let vertex = grid.vertices.at(*number);
            let here = across.at(*number);
            let near = grid.up.list(*number).iter().map(|(other, _)| across.at(*other));
            let nearest = near.min_by(|one, other| (one - here).abs().total_cmp(&(other - here).abs()));
            let Some(there) = nearest.filter(|there| !vertex.main && (there - here).abs() <= NEARLY) else { continue };
            let fits = |one: usize, from: f32, other: usize, to: f32| {
                let (one, other) = (grid.vertices.at(one), grid.vertices.at(other));
                let slack = if one.point || other.point { SLACK } else { 0.0 };
                from + apart(one, other) - slack <= to
            };
            let before = place.checked_sub(1).and_then(|place| row.get(place)).copied();
            let after = row.get(place + 1).copied();
            let room = before.is_none_or(|before| fits(before, across.at(before), *number, there))
                && after.is_none_or(|after| fits(*number, there, after, across.at(after)));
            if room {
                across.set(*number, there);
            }
        }
    }
}

fn apart(one: Vertex, other: Vertex) -> f32 {
    let gap = match (one.point, other.point) {
        (false, false) => GAP_X,
        (true, true) => LINES,
        _ => BESIDE,
    };
    one.right + gap + other.left
}

/// A run of vertices that stand as close as they may.
struct Pool {
    /// The wish of the run, with the room before it taken off.
    wish: f32,
    weight: f32,
    count: usize,
    /// The main column: nothing moves it.
    fixed: bool,
}

fn settle(grid: &Grid, row: &[usize], neighbours: &Per<Vec<(usize, f32)>>, across: &mut Per<f32>) {
    // With the room that those before it take taken off, vertices that just fit have the same place.
    let mut room = 0.0;
    let mut rooms = Vec::with_capacity(row.len());
    let mut last: Option<Vertex> = None;
    for number in row {
        let vertex = grid.vertices.at(*number);
        room += last.map_or(0.0, |last| apart(last, vertex));
        rooms.push(room);
        last = Some(vertex);
    }
    let pillar = row.iter().position(|number| grid.vertices.at(*number).main);
    let fixed = pillar.and_then(|place| rooms.get(place)).map(|room| -room);
    let mut pools: Vec<Pool> = Vec::with_capacity(row.len());
    for (place, (number, room)) in row.iter().zip(&rooms).enumerate() {
        let (wish, weight) = wish(*number, neighbours, across);
        pools.push(Pool { wish: wish - room, weight, count: 1, fixed: pillar == Some(place) });
        while let [.., before, after] = pools.as_mut_slice() {
            if before.fixed || after.fixed || before.wish <= after.wish {
                break;
            }
            let weight = before.weight + after.weight;
            before.wish = (before.wish * before.weight + after.wish * after.weight) / weight;
            before.weight = weight;
            before.count += after.count;
            pools.pop();
        }
    }
    let wishes = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.wish, pool.count));
    for (place, ((number, room), wish)) in row.iter().zip(&rooms).zip(wishes).enumerate() {
        let granted = match (fixed, pillar) {
            (Some(fixed), Some(pillar)) if place < pillar => wish.min(fixed),
            (Some(fixed), Some(pillar)) if place > pillar => wish.max(fixed),
            (Some(fixed), _) => fixed,
            (None, _) => wish,
        };
        across.set(*number, granted + room);
    }
}

/// Where a vertex wants to stand and how much: in the weighted median of its neighbours, or where it stands already.
fn wish(number: usize, neighbours: &Per<Vec<(usize, f32)>>, across: &Per<f32>) -> (f32, f32) {
    let near = neighbours.list(number);
    let total: f32 = near.iter().map(|(_, weight)| weight).sum();
    if near.is_empty() {
        return (across.at(number), 0.1);
    }
    let mut sorted: Vec<(f32, f32)> = near.iter().map(|(other, weight)| (across.at(*other), *weight)).collect();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let half = total / 2.0;
    let mut sum = 0.0;
    let mut places = sorted.iter();
    while let Some((place, weight)) = places.next() {
        sum += weight;
        if sum > half + 0.001 {
            return (*place, total);
        }
        if sum > half - 0.001 {
            let next = places.next().map_or(*place, |(next, _)| *next);
            return (f32::midpoint(*place, next), total);
        }
    }
    (across.at(number), total)
}
