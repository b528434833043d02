//! Importance of features: ranks, and how much of an order is kept.

use crate::{evidence::Attribution, wording::small};
use contract::models::RankRow;

/// Features by importance, most important first; equal ones in the order of the file.
fn sorted(side: &[Attribution]) -> Vec<&Attribution> {
    let mut all: Vec<&Attribution> = side.iter().filter(|one| one.value.is_finite()).collect();
    all.sort_by(|one, other| other.value.abs().total_cmp(&one.value.abs()));
    all
}

/// The names of the most important features.
pub fn top(side: &[Attribution], most: usize) -> Vec<&str> {
    sorted(side).into_iter().take(most).map(|one| one.feature.as_str()).collect()
}

/// Each feature with its place on both sides, by its place on the right; those of the left alone at the end.
pub fn ranks(left: &[Attribution], right: &[Attribution]) -> Vec<RankRow> {
    let (left, right) = (sorted(left), sorted(right));
    let find = |side: &[&Attribution], feature: &str| {
        let at = side.iter().position(|one| one.feature == feature)?;
        Some((small(at).saturating_add(1), side.get(at)?.value))
    };
    let row = |feature: &str| {
        let (one, other) = (find(&left, feature), find(&right, feature));
        RankRow {
            feature: feature.to_owned(),
            left: one.map(|(rank, _)| rank),
            right: other.map(|(rank, _)| rank),
            left_value: one.map(|(_, value)| value),
            right_value: other.map(|(_, value)| value),
        }
    };
    let gone = left.iter().filter(|one| !right.iter().any(|other| other.feature == one.feature));
    right.iter().chain(gone).map(|one| row(&one.feature)).collect()
}

/// Normalised discounted cumulative gain of the right's order with the left's importances: 1 when the order is the same
/// ("Feature attribution drift"). `None` when the left explains nothing.
pub fn ndcg(left: &[Attribution], right: &[Attribution]) -> Option<f64> {
    let value = |feature: &str| {
        left.iter().find(|one| one.feature == feature && one.value.is_finite()).map_or(0.0, |one| one.value.abs())
    };
    let gain = |order: &[&Attribution]| -> f64 {
        let terms = order.iter().zip(2_u32..).map(|(one, place)| value(&one.feature) / f64::from(place).log2());
        terms.sum()
    };
    let ideal = gain(&sorted(left));
    (ideal > 0.0).then(|| gain(&sorted(right)) / ideal)
}
