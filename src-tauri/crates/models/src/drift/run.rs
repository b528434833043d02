//! What every tool comes to: one run, with a line for each feature.

use super::{Direction, Method};
use crate::monitor::{
    Violations,
    violations::{Check, Violation},
};
use contract::Timestamp;
use serde::{Deserialize, Serialize};

/// One comparison of current data with a baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub source: Source,
    pub when: Option<Timestamp>,
    pub features: Vec<FeatureDrift>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    ModelMonitor,
    Evidently,
    Mlflow,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureDrift {
    pub name: String,
    #[serde(with = "crate::exact::maybe")]
    pub value: Option<f64>,
    /// How far the value may be off to both sides, because sketches keep ranks approximately. None where that is not known.
    #[serde(default, with = "crate::exact::maybe")]
    pub error: Option<f64>,
    #[serde(with = "crate::exact::maybe")]
    pub threshold: Option<f64>,
    pub method: Method,
    /// None where it is not known; never to be shown as fine.
    pub drifted: Option<bool>,
    /// Why it has drifted, or why that is not known; what else is to be said of the number.
    pub reason: String,
    /// What the rows without a value say beside that: a stricter limit may find drift where today's finds none.
    #[serde(default)]
    pub rows: Rows,
}

/// The rows of a column without a value, for other limits than those of today.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rows {
    /// The part of them, which the completeness of the constraints limits; None where the statistics do not count them.
    #[serde(default, with = "crate::exact::maybe")]
    pub missing: Option<f64>,
    /// By how much that part is another one than in the baseline: only where the limit of distances decides about it, and if it
    /// is more than chance.
    #[serde(default, with = "crate::exact::maybe")]
    pub apart: Option<f64>,
}

impl FeatureDrift {
    /// Decides by the method's direction, and says why.
    pub fn judged(name: String, value: Option<f64>, threshold: Option<f64>, method: Method) -> Self {
        let direction = method.direction();
        let drifted =
            direction.zip(value).zip(threshold).and_then(|((way, value), threshold)| way.is_drift(value, threshold));
        let reason = match (value, threshold, direction) {
            (Some(value), Some(threshold), Some(direction)) => {
                format!("{} {} {} {}", method.name(), shown(value), side(direction, value, threshold), shown(threshold))
            }
            (None, ..) => "there is no value".to_owned(),
            (Some(_), None, _) => "the value is kept without its threshold".to_owned(),
            (Some(_), Some(_), None) => {
                "it is not known on which side of the threshold this method puts drift".to_owned()
            }
        };
        Self { name, value, error: None, threshold, method, drifted, reason, rows: Rows::default() }
    }

    /// How far beyond its threshold it lies: 1 at the threshold, 2 at twice as much. For p-values, of their logarithms, so that
    /// a smaller one is more. Where the threshold is nothing to measure by (a distance of 0, a p-value of 1), the default of the
    /// method takes its place beyond it. None without a threshold.
    pub fn severity(&self) -> Option<f64> {
        let (value, threshold) = (self.value?, self.threshold?);
        let severity = match self.method.direction()? {
            _ if self.method == Method::Completeness => beyond(value, threshold),
            _ if self.method == Method::Ndcg => (1.0 - value) / (1.0 - threshold),
            way if way.is_upward() => value / threshold,
            _ => value.max(f64::MIN_POSITIVE).ln() / threshold.ln(),
        };
        let severity = if severity.is_finite() { severity } else { self.beyond_the_end(value, threshold)? };
        severity.is_finite().then(|| severity.max(0.0))
    }
}

/// How far a share of rows lies beyond its limit, which may be none at all: each tenth of the rows above it counts as much as the
/// limit itself, as with a distance by its default threshold.
fn beyond(share: f64, limit: f64) -> f64 {
    const TENTH: f64 = 0.1;
    if share > limit {
        1.0 + (share - limit) / TENTH
    } else if limit > 0.0 {
        share / limit
    } else {
        0.0
    }
}

fn side(direction: Direction, value: f64, threshold: f64) -> &'static str {
    match (direction.is_drift(value, threshold), direction) {
        (None, _) => "cannot be compared with",
        (Some(true), Direction::Above) | (Some(false), Direction::AtOrBelow) => "is above",
        (Some(true), Direction::AtOrAbove) | (Some(false), Direction::Below) => "is at or above",
        (Some(true), Direction::Below) | (Some(false), Direction::AtOrAbove) => "is below",
        (Some(true), Direction::AtOrBelow) | (Some(false), Direction::Above) => "is at or below",
    }
}

impl FeatureDrift {
    /// Of a threshold at the end of its scale: 1 at the threshold, and 1 more at what is the method's default, or a tenth.
    fn beyond_the_end(&self, value: f64, threshold: f64) -> Option<f64> {
        let way = self.method.direction()?;
        let is_beyond = way.is_drift(value, threshold)?;
        let is_test = !way.is_upward() && self.method != Method::Ndcg;
        let default = self.method.default_threshold().unwrap_or(if is_test { 0.05 } else { 0.1 });
        let further = match self.method {
            Method::Ndcg => (1.0 - value) / (1.0 - default),
            _ if is_test => value.max(f64::MIN_POSITIVE).ln() / default.ln(),
            _ => value / default,
        };
        Some(if is_beyond { 1.0 + further } else { 0.0 })
    }
}

/// Four digits that matter.
pub(crate) fn shown(value: f64) -> String {
    let size = value.abs();
    if size < f64::MIN_POSITIVE {
        return "0".to_owned();
    }
    if !(1e-4..1e6).contains(&size) {
        return format!("{value:.3e}");
    }
    let text = if size >= 1_000.0 { format!("{value:.1}") } else { format!("{value:.4}") };
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Run {
    /// Features that have drifted, of those of which it is known.
    pub fn drifted_share(&self) -> Option<f64> {
        let known = self.features.iter().filter_map(|feature| feature.drifted);
        let (drifted, known) = known.fold((0_u32, 0_u32), |(drifted, known), is| (drifted + u32::from(is), known + 1));
        (known > 0).then(|| f64::from(drifted) / f64::from(known))
    }

    /// Gives features that were kept as a value alone the method and threshold of another reading of the same comparison: of
    /// those whose value is the same there. A feature with another value was measured otherwise, and stays as it is.
    pub fn lend_tests(&mut self, other: &Run) {
        for feature in self.features.iter_mut().filter(|feature| feature.method == Method::Unknown) {
            let Some(value) = feature.value else { continue };
            let is_same = |known: &&FeatureDrift| {
                known.name == feature.name
                    && known.value.is_some_and(|known| (known - value).abs() <= 1e-9 * value.abs().max(1.0))
            };
            let Some(known) = other.features.iter().find(is_same) else { continue };
            let name = std::mem::take(&mut feature.name);
            *feature = FeatureDrift::judged(name, Some(value), known.threshold, known.method.clone());
            feature.reason.push_str("; method and threshold are those of the snapshot with this value");
        }
    }

    /// What Model Monitor said itself: the violations of one execution. Features without one are not in the file.
    pub fn of_violations(violations: &Violations, when: Option<Timestamp>) -> Self {
        let features = violations.violations.iter().filter_map(of_violation).collect();
        Self { source: Source::ModelMonitor, when, features }
    }
}

/// None for checks that are not about drift.
fn of_violation(violation: &Violation) -> Option<FeatureDrift> {
    let (name, method) = match violation.check {
        // Which of its methods the monitor used stands in its constraints only.
        Check::BaselineDrift => (violation.feature.clone()?, Method::Unknown),
        Check::AttributionDrift => (violation.label.clone()?, Method::Ndcg),
        _ => return None,
    };
    let said = violation.description.clone().unwrap_or_else(|| "the monitor gave no description".to_owned());
    Some(FeatureDrift {
        name,
        value: violation.value,
        error: None,
        threshold: violation.threshold,
        method,
        drifted: Some(true),
        reason: format!("Model Monitor: {}", said.trim()),
        rows: Rows::default(),
    })
}

#[cfg(test)]
mod tests;
