//! One metric across all versions.

use super::metrics::{direction, find};
use crate::{
    evidence::{Evaluation, EvaluationSet},
    rows,
    wording::{number, small},
};
use contract::models::{Better, MetricTrend, TrendPoint, facts::VersionFact, metric_title};
use std::fmt::Write;

/// The points of a metric, oldest version first. Points of one `set` can be compared with each other; others cannot.
pub fn trend(metric: &str, versions: &[VersionFact], evaluations: &[(u32, Evaluation)]) -> MetricTrend {
    let mut sorted: Vec<&VersionFact> = versions.iter().collect();
    sorted.sort_by_key(|version| version.version);
    let of = |version: u32| evaluations.iter().find(|(number, _)| *number == version).map(|(_, one)| one);
    let found: Vec<Option<&Evaluation>> = sorted.iter().map(|version| of(version.version)).collect();
    let sets = sets(&found);
    let count = sets.iter().flatten().max().map_or(0, |last| last + 1);
    let mut points = Vec::new();
    for ((version, evaluation), set) in sorted.into_iter().zip(found).zip(sets) {
        let measured = evaluation.and_then(|evaluation| find(evaluation, metric));
        points.push(TrendPoint { mark: rows::mark(version), measured, set });
    }
    let better = evaluations.iter().rev().find_map(|(_, evaluation)| direction(evaluation, metric));
    let words = words(&metric_title(metric), &points, better, count);
    MetricTrend { metric: metric.to_owned(), better, points, words }
}

/// The test set of each, by a number: those with the same one can be compared. `None` is not known.
pub fn sets(evaluations: &[Option<&Evaluation>]) -> Vec<Option<u32>> {
    let mut sets: Vec<String> = Vec::new();
    let mut number = |key: String| {
        let place = sets.iter().position(|known| *known == key).unwrap_or_else(|| {
            sets.push(key);
            sets.len() - 1
        });
        small(place)
    };
    let named = evaluations.iter().map(|evaluation| evaluation.and_then(|one| key(&one.set, evaluations)));
    named.map(|name| name.map(&mut number)).collect()
}

/// What names a test set. One without a digest is taken for what lies at the same address with as many rows, as two versions
/// are compared ([`basis`](super::metrics::basis)); where other bytes lay there at other times, it is not known which it was.
fn key(set: &EvaluationSet, all: &[Option<&Evaluation>]) -> Option<String> {
    if set.digest.is_some() {
        return set.digest.clone();
    }
    let place = (set.uri.as_ref()?, set.rows?);
    let there = all.iter().flatten().map(|other| &other.set);
    let alike = there.filter(|other| (other.uri.as_ref(), other.rows) == (Some(place.0), Some(place.1)));
    let mut digests = alike.filter_map(|other| other.digest.as_ref());
    match digests.next() {
        None => Some(format!("{} {}", place.0, place.1)),
        Some(first) => digests.all(|digest| digest == first).then(|| first.clone()),
    }
}

fn words(metric: &str, points: &[TrendPoint], better: Option<Better>, sets: u32) -> String {
    let measured: Vec<(&TrendPoint, f64)> =
        points.iter().filter_map(|point| Some((point, point.measured?.value))).collect();
    let Some((last, value)) = measured.last().copied() else {
        return format!("{metric}: no version has it");
    };
    let mut words = format!("{metric} is {} in version {}", number(value), last.mark.version);
    let alike = measured.iter().filter(|(point, _)| point.set.is_some() && point.set == last.set);
    let best = match better {
        Some(Better::Higher) => alike.max_by(|one, other| one.1.total_cmp(&other.1)),
        Some(Better::Lower) => alike.min_by(|one, other| one.1.total_cmp(&other.1)),
        None => None,
    };
    if let Some((best, value)) = best
        && best.mark.version != last.mark.version
    {
        let _ = write!(words, "; best on this test set {} in version {}", number(*value), best.mark.version);
    }
    if sets > 1 {
        let _ = write!(words, "; {sets} test sets, not comparable with each other");
    }
    words
}
