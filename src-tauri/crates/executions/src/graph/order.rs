//! The order in each row, so that few lines cross: sweeps down and up that sort each row by the middle of its neighbours
//! (the barycentre method of Sugiyama et al.), and the best order that was seen is kept.

use super::grid::Grid;
use super::per::{Per, px};

/// Sweeps that a small drawing gets; a large one gets as many as this much work allows.
const SWEEPS: usize = 16;
const WORK: usize = 400_000;

pub(super) fn order(grid: &mut Grid) {
    let size = grid.vertices.len() + grid.down.iter().map(Vec::len).sum::<usize>();
    let sweeps = (WORK / size.max(1)).clamp(2, SWEEPS);
    let mut at = positions(grid);
    let mut fewest = crossings(grid, &at);
    let mut best = grid.rows.clone();
    let mut in_vain = 0;
    for sweep in 0..sweeps {
        if fewest == 0 || in_vain > 3 {
            break;
        }
        let down = sweep % 2 == 0;
        let count = grid.rows.len();
        for step in 0..count {
            let row = if down { step } else { count - 1 - step };
            sort(grid, row, down, &mut at);
        }
        let now = crossings(grid, &at);
        if now < fewest {
            fewest = now;
            best.clone_from(&grid.rows);
            in_vain = 0;
        } else {
            in_vain += 1;
        }
    }
    grid.rows = best;
}

/// The place of each vertex in its row.
pub(super) fn positions(grid: &Grid) -> Per<usize> {
    let mut at = Per::new(grid.vertices.len());
    for row in &grid.rows {
        for (place, number) in row.iter().enumerate() {
            at.set(*number, place);
        }
    }
    at
}

fn sort(grid: &mut Grid, row: usize, down: bool, at: &mut Per<usize>) {
    let Some(vertices) = grid.rows.get_mut(row) else { return };
    let neighbours = if down { &grid.up } else { &grid.down };
    let mut keyed: Vec<(u8, f32, usize)> = Vec::with_capacity(vertices.len());
    for number in vertices.iter() {
        let near = neighbours.list(*number);
        let middle = if near.is_empty() {
            px(at.at(*number))
        } else {
            near.iter().map(|(other, _)| px(at.at(*other))).sum::<f32>() / px(near.len())
        };
        keyed.push((grid.vertices.at(*number).class, middle, *number));
    }
    keyed.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
    for (place, (slot, (_, _, number))) in vertices.iter_mut().zip(keyed).enumerate() {
        *slot = number;
        at.set(number, place);
    }
}

/// Pairs of lines between neighbouring rows that cross: inversions, counted with a binary indexed tree (Barth, Mutzel, Jünger:
/// "Simple and Efficient Bilayer Cross Counting", 2004).
fn crossings(grid: &Grid, at: &Per<usize>) -> usize {
    let mut total = 0;
    for (row, below) in grid.rows.iter().zip(grid.rows.iter().skip(1)) {
        let mut tree: Per<usize> = Per::new(below.len() + 1);
        let mut before = 0;
        for number in row {
            let mut ends: Vec<usize> = grid.down.list(*number).iter().map(|(other, _)| at.at(*other)).collect();
            ends.sort_unstable();
            // First all of this vertex are counted, then all are entered: lines from one point do not cross.
            for end in &ends {
                let mut place = end + 1;
                let mut not_right = 0;
                while place > 0 {
                    not_right += tree.at(place);
                    place -= place & place.wrapping_neg();
                }
                total += before - not_right;
            }
            for end in ends {
                let mut place = end + 1;
                while place < tree.len() {
                    tree.change(place, |count| *count += 1);
                    place += place & place.wrapping_neg();
                }
                before += 1;
            }
        }
    }
    total
}
