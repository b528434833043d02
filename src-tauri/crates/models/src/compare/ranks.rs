//! Importance of features: ranks, and how much of an order is kept.

use crate::{drift, evidence::Attribution, wording::small};
use contract::models::RankRow;

/// What each label makes of the features, in the order of the file.
fn labels(side: &[Attribution]) -> Vec<(&str, Vec<(&str, f64)>)> {
    let mut all: Vec<(&str, Vec<(&str, f64)>)> = Vec::new();
    for one in side {
        let feature = (one.feature.as_str(), one.value);
        match all.iter_mut().find(|(label, _)| *label == one.label) {
            Some((_, features)) => features.push(feature),
            None => all.push((one.label.as_str(), vec![feature])),
        }
    }
    all
}

/// Features by importance over all labels, most important first; equal ones in the order of the file.
fn sorted(side: &[Attribution]) -> Vec<(&str, f64)> {
    let labels: Vec<Vec<(&str, f64)>> = labels(side).into_iter().map(|(_, features)| features).collect();
    let mut all = drift::importances(&labels);
    all.sort_by(|(_, one), (_, other)| other.abs().total_cmp(&one.abs()));
    all
}

/// The names of the most important features.
pub fn top(side: &[Attribution], most: usize) -> Vec<&str> {
    sorted(side).into_iter().take(most).map(|(feature, _)| feature).collect()
}

/// Each feature with its place on both sides, by its place on the right; those of the left alone at the end.
pub fn ranks(left: &[Attribution], right: &[Attribution]) -> Vec<RankRow> {
    let (left, right) = (sorted(left), sorted(right));
    let find = |side: &[(&str, f64)], feature: &str| {
        let at = side.iter().position(|(one, _)| *one == feature)?;
        side.get(at).map(|(_, value)| (small(at).saturating_add(1), *value))
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
    let gone = left.iter().filter(|(one, _)| !right.iter().any(|(other, _)| other == one));
    right.iter().chain(gone).map(|(feature, _)| row(feature)).collect()
}

/// How much of the order of features is kept in each label that the left explains, as [`drift::ndcg`] counts it; the least
/// first. `None`: the right does not explain that label. A single label of both is the same one, however it is called.
pub fn gains<'a>(left: &'a [Attribution], right: &[Attribution]) -> Vec<(&'a str, Option<f64>)> {
    let owned = |features: &[(&str, f64)]| -> Vec<(String, f64)> {
        features.iter().map(|(feature, value)| ((*feature).to_owned(), *value)).collect()
    };
    let (left, right) = (labels(left), labels(right));
    let is_single = left.len() == 1 && right.len() == 1;
    let mut gains = Vec::new();
    for (label, features) in &left {
        let before = owned(features);
        match right.iter().find(|(other, _)| is_single || other == label) {
            Some((_, after)) => gains.extend(drift::ndcg(&before, &owned(after)).map(|gain| (*label, Some(gain)))),
            None => gains.push((*label, None)),
        }
    }
    gains.sort_by(|(_, one), (_, other)| match (one, other) {
        (Some(one), Some(other)) => one.total_cmp(other),
        _ => one.is_some().cmp(&other.is_some()),
    });
    gains
}

/// Of the label of which least is kept: 1 when all orders are the same. `None` when the left explains nothing, or a label
/// that the right does not.
pub fn ndcg(left: &[Attribution], right: &[Attribution]) -> Option<f64> {
    gains(left, right).first().and_then(|(_, gain)| *gain)
}
