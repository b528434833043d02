//! Many runs of one monitor: what is usual for a feature, what another threshold would have meant, and the whole as a matrix.

use super::{Direction, FeatureDrift, Run, count};
use contract::Timestamp;
use std::collections::HashMap;

/// A threshold from the feature's own past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Natural {
    pub mean: f64,
    /// Of the population, as NannyML takes it.
    pub deviation: f64,
    /// Three deviations from the mean, on the side on which drift lies.
    pub threshold: f64,
    /// Runs that had a value.
    pub runs: usize,
}

/// Fewer runs say nothing about what is usual.
const FEWEST: usize = 5;

/// Mean and three standard deviations over past runs. None of fewer than five values.
pub fn natural_threshold(values: &[Option<f64>], direction: Direction) -> Option<Natural> {
    let known: Vec<f64> = values.iter().flatten().copied().filter(|value| value.is_finite()).collect();
    if known.len() < FEWEST {
        return None;
    }
    let mean = known.iter().sum::<f64>() / count(known.len());
    let deviation = (known.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count(known.len())).sqrt();
    let threshold = if direction.is_upward() { mean + 3.0 * deviation } else { (mean - 3.0 * deviation).max(0.0) };
    Some(Natural { mean, deviation, threshold, runs: known.len() })
}

/// When an alert is raised: so many violations among the last so many runs, also before there were so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertRule {
    /// `DatapointsToAlert`, 1 to 100.
    pub violations: usize,
    /// `EvaluationPeriod`, 1 to 100.
    pub of: usize,
}

/// What a threshold would have meant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WhatIf {
    /// Runs with a value.
    pub measured: usize,
    /// Of them, those beyond the threshold.
    pub violations: usize,
    /// Runs after which the alert was on.
    pub in_alert: usize,
    /// Runs, from 0, after which it went on.
    pub raised: Vec<usize>,
}

/// Over what all runs found, the oldest first: whether anything lay beyond its threshold. A run that measured nothing takes its
/// place among the last ones and violates nothing.
pub fn alerts(verdicts: &[Option<bool>], rule: AlertRule) -> WhatIf {
    let mut told = WhatIf::default();
    let mut was_on = false;
    for (at, verdict) in verdicts.iter().enumerate() {
        told.measured += usize::from(verdict.is_some());
        told.violations += usize::from(*verdict == Some(true));
        let seen = verdicts.iter().take(at + 1).rev().take(rule.of.max(1));
        let is_on = seen.filter(|verdict| **verdict == Some(true)).count() >= rule.violations.max(1);
        told.in_alert += usize::from(is_on);
        if is_on && !was_on {
            told.raised.push(at);
        }
        was_on = is_on;
    }
    told
}

/// The values of one feature over runs, in their order; none where a run has no such feature or value.
pub fn series(runs: &[Run], feature: &str) -> Vec<Option<f64>> {
    let of = |run: &Run| run.features.iter().find(|drift| drift.name == feature)?.value;
    runs.iter().map(of).collect()
}

/// Features by runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heat {
    /// The rows, the hottest first.
    pub features: Vec<String>,
    /// The columns, as they were given.
    pub runs: Vec<Option<Timestamp>>,
    /// A row for each feature; none where nothing was measured.
    pub cells: Vec<Vec<Option<f64>>>,
}

impl Heat {
    /// Of any measure; [`FeatureDrift::severity`] makes features comparable.
    pub fn of(runs: &[Run], measure: impl Fn(&FeatureDrift) -> Option<f64>) -> Self {
        let mut rows: Vec<(&str, Vec<Option<f64>>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for (column, run) in runs.iter().enumerate() {
            for feature in &run.features {
                let row = *known.entry(feature.name.as_str()).or_insert_with(|| {
                    rows.push((feature.name.as_str(), vec![None; runs.len()]));
                    rows.len() - 1
                });
                if let Some(cell) = rows.get_mut(row).and_then(|(_, cells)| cells.get_mut(column)) {
                    *cell = measure(feature).filter(|value| value.is_finite());
                }
            }
        }
        let hottest = |cells: &[Option<f64>]| cells.iter().flatten().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut rows: Vec<(f64, &str, Vec<Option<f64>>)> =
            rows.into_iter().map(|(name, cells)| (hottest(&cells), name, cells)).collect();
        rows.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(other.1)));
        let mut heat = Self { runs: runs.iter().map(|run| run.when).collect(), ..Self::default() };
        for (_, name, cells) in rows {
            heat.features.push(name.to_owned());
            heat.cells.push(cells);
        }
        heat
    }
}

#[cfg(test)]
mod tests;
