//! Bias of each facet value, beside each other.

use crate::{evidence::FacetMetric, wording::number};
use contract::models::{Basis, FacetRow, Judged};

/// Differences of bias below this come from the arithmetic.
const EXACT: f64 = 1e-9;

/// Rows of every facet value and metric that either report has, worse first.
pub fn facets(left: &[FacetMetric], right: &[FacetMetric], basis: &Basis) -> Vec<FacetRow> {
    let mut keys: Vec<&FacetMetric> = Vec::new();
    for metric in right.iter().chain(left) {
        if !keys.iter().any(|known| is_same(known, metric)) {
            keys.push(metric);
        }
    }
    let row = |key: &FacetMetric| {
        let find = |side: &[FacetMetric]| side.iter().find(|metric| is_same(metric, key)).cloned();
        let (one, other) = (find(left), find(right));
        let (judged, note) = judge(one.as_ref(), other.as_ref(), basis);
        FacetRow {
            facet: key.facet.clone(),
            facet_value: key.facet_value.clone(),
            metric: key.metric.clone(),
            is_after: key.is_after,
            left: one.and_then(|one| one.value),
            right: other.and_then(|other| other.value),
            judged,
            note,
        }
    };
    let mut rows: Vec<FacetRow> = keys.into_iter().map(row).collect();
    rows.sort_by_key(|row| row.judged);
    rows
}

fn is_same(one: &FacetMetric, other: &FacetMetric) -> bool {
    one.is_after == other.is_after
        && one.metric == other.metric
        && one.facet == other.facet
        && one.facet_value == other.facet_value
}

fn judge(left: Option<&FacetMetric>, right: Option<&FacetMetric>, basis: &Basis) -> (Judged, Option<String>) {
    let nothing = |note: String| (Judged::NotComparable, Some(note));
    let (Some(left), Some(right)) = (left, right) else {
        let which = if right.is_none() { "the candidate's report does not have it" } else { "new in the candidate" };
        return nothing(which.to_owned());
    };
    let (Some(before), Some(after)) = (left.distance(), right.distance()) else {
        let error = right.error.clone().or_else(|| left.error.clone());
        return nothing(error.unwrap_or_else(|| "not computed".to_owned()));
    };
    if let Basis::Different(why) | Basis::Unknown(why) = basis {
        return nothing(why.clone());
    }
    let further = after - before;
    let said = format!("{} from neutral, was {}", number(after), number(before));
    let judged = if further > EXACT {
        Judged::Worse
    } else if further < -EXACT {
        Judged::Better
    } else {
        Judged::Within
    };
    (judged, Some(said))
}
