//! What a monitor measures over time: which numbers, under which names CloudWatch has them, and where their limits lie.
//!
//! A monitor writes the same numbers into the reports of its runs and, if it was told to, into CloudWatch, under names and
//! dimensions of its kind. A [`Subject`] is one of these numbers, wherever it was read. On which side of a limit a violation
//! lies comes from the constraints alone.
//!
//! Names: the developer guide's pages on CloudWatch metrics of model quality, bias and attribution drift, with the dimensions
//! that AWS's own dashboards and alarms use.

mod names;

pub use names::{documented, is_of_endpoint, is_of_schedule, is_same, names, namespace, statistic, subject};

use crate::{
    drift::{Method, ndcg},
    monitor::{
        Bias, Constraints, Evaluation, Explanations, MetricConstraints, ReadError,
        clarify::{BiasStage, Stage},
        constraints::Operator,
        violations::{Check, Violation},
    },
};
use contract::{Timestamp, drift::LimitSide, models::facts::MonitorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The score of the order of attributions.
pub const NDCG: &str = "NDCG";
/// As model quality names what a model that always answers the same would reach.
const CONSTANT: &str = "_best_constant_classifier";
/// What CloudWatch is sent in the place of infinity is 2.3e108.
const ENDLESS: f64 = 1e108;

/// One number that is measured again and again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// `f1`, `DI`, [`NDCG`], or a feature.
    pub metric: String,
    /// The facet and its value, the label, or the other model.
    pub of: Option<String>,
}

impl Subject {
    pub fn new(metric: impl Into<String>, of: Option<String>) -> Self {
        Self { metric: metric.into(), of }
    }

    /// `DI of guest_age_band 55+`: also its identity within a monitor.
    pub fn name(&self) -> String {
        self.of.as_deref().map_or_else(|| self.metric.clone(), |of| format!("{} of {of}", self.metric))
    }

    /// Of model quality, by the name in the file.
    fn quality(name: &str) -> Self {
        match name.strip_suffix(CONSTANT) {
            Some(metric) => Self::new(metric, Some("the best constant classifier".to_owned())),
            None => Self::new(name, None),
        }
    }

    fn facet(metric: &str, facet: &str, value: Option<&str>) -> Self {
        let of = value.map_or_else(|| facet.to_owned(), |value| format!("{facet} {value}"));
        Self::new(metric, Some(of))
    }

    fn label(metric: &str, label: &str) -> Self {
        Self::new(metric, Some(label.to_owned()))
    }
}

/// Where a violation begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    pub value: f64,
    pub side: LimitSide,
}

impl Limit {
    /// Whether a value of bias is surely no violation: what lies between the baseline and what prefers nobody is none, whatever
    /// its interval. Beyond that the interval decides, which is not published ("Bias drift violations").
    pub fn is_surely_kept_by(self, value: f64, neutral: Option<f64>) -> bool {
        let Some(neutral) = neutral.filter(|_| self.side == LimitSide::Apart) else { return false };
        (self.value.min(neutral)..=self.value.max(neutral)).contains(&value)
    }

    /// Whether a value is a violation. None where the monitor decides that from more than the two numbers.
    pub fn is_violated_by(self, value: f64) -> Option<bool> {
        if value.is_nan() || self.value.is_nan() {
            return None;
        }
        match self.side {
            LimitSide::Below => Some(value < self.value),
            LimitSide::Above => Some(value > self.value),
            LimitSide::Apart => None,
        }
    }
}

/// A number that a monitor is to measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub subject: Subject,
    pub limit: Option<Limit>,
    /// The value at which nobody is preferred; of bias alone.
    pub neutral: Option<f64>,
}

/// What a monitor compares with, by its constraints.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Baseline {
    pub expected: Vec<Expected>,
    /// Of bias: for the dimensions that CloudWatch has beside the facet's.
    stages: Vec<BiasStage>,
    /// Labels with what each feature was worth in training.
    attributions: Vec<(String, Vec<(String, f64)>)>,
}

impl Baseline {
    /// # Errors
    /// What is no file of constraints of this kind.
    pub fn read(kind: MonitorKind, bytes: &[u8]) -> Result<Self, ReadError> {
        Ok(match kind {
            MonitorKind::DataQuality => Self::of_data(&Constraints::read(bytes)?),
            MonitorKind::ModelQuality => Self::of_quality(&MetricConstraints::read(bytes)?),
            MonitorKind::Bias => Self::of_bias(Bias::read(bytes)?),
            MonitorKind::Explainability => Self::of_attributions(Explanations::read(bytes)?),
        })
    }

    fn of_data(constraints: &Constraints) -> Self {
        let expected = constraints.features.iter().map(|feature| {
            let config = constraints.config_of(&feature.name);
            let is_text = feature.inferred_type.as_deref() == Some("String");
            let own = config.categorical_threshold.filter(|_| is_text).or(config.comparison_threshold);
            let is_compared = !config.is_off() && config.compares != Some(false);
            let value = own.or(Method::LInfinityRobust.default_threshold()).filter(|_| is_compared);
            Expected {
                subject: Subject::new(&feature.name, None),
                limit: value.map(|value| Limit { value, side: LimitSide::Above }),
                neutral: None,
            }
        });
        Self { expected: expected.collect(), ..Self::default() }
    }

    fn of_quality(constraints: &MetricConstraints) -> Self {
        let expected = constraints.metrics.iter().map(|one| {
            let side = one.operator.map(|operator| match operator {
                Operator::LessThan => LimitSide::Below,
                Operator::GreaterThan => LimitSide::Above,
            });
            let limit = one.threshold.zip(side).map(|(value, side)| Limit { value, side });
            Expected { subject: Subject::quality(&one.metric), limit, neutral: None }
        });
        Self { expected: expected.collect(), ..Self::default() }
    }

    fn of_bias(bias: Bias) -> Self {
        let facets = bias.stages.iter().flat_map(|stage| &stage.facets);
        let expected = facets.flat_map(|facet| {
            facet.metrics.iter().map(move |metric| Expected {
                subject: Subject::facet(&metric.name, &facet.name, facet.value.as_deref()),
                limit: metric.value.map(|value| Limit { value, side: LimitSide::Apart }),
                neutral: Some(metric.neutral()),
            })
        });
        Self { expected: expected.collect(), stages: bias.stages, ..Self::default() }
    }

    fn of_attributions(explanations: Explanations) -> Self {
        let mut expected = Vec::new();
        for label in &explanations.labels {
            let limit = Method::Ndcg.default_threshold().map(|value| Limit { value, side: LimitSide::Below });
            expected.push(Expected { subject: Subject::label(NDCG, &label.label), limit, neutral: None });
            let features = label.features.iter().map(|(feature, _)| Subject::label(feature, &label.label));
            expected.extend(features.map(|subject| Expected { subject, limit: None, neutral: None }));
        }
        let attributions = explanations.labels.into_iter().map(|label| (label.label, label.features));
        Self { expected, attributions: attributions.collect(), ..Self::default() }
    }
}

/// A number of one report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    pub subject: Subject,
    /// None where it could not be measured.
    #[serde(with = "crate::exact::maybe")]
    pub value: Option<f64>,
    #[serde(with = "crate::exact::maybe")]
    pub deviation: Option<f64>,
    /// Why there is no value.
    pub error: Option<String>,
}

/// The file of a report that holds the numbers of a kind.
pub fn report_file(kind: MonitorKind) -> &'static str {
    match kind {
        MonitorKind::DataQuality | MonitorKind::ModelQuality => "statistics.json",
        MonitorKind::Bias | MonitorKind::Explainability => "analysis.json",
    }
}

/// The numbers of a report. Those of data quality are distances, which its file does not hold.
///
/// # Errors
/// What is no report of this kind.
pub fn readings(kind: MonitorKind, bytes: &[u8]) -> Result<Vec<Reading>, ReadError> {
    Ok(match kind {
        MonitorKind::DataQuality => Vec::new(),
        MonitorKind::ModelQuality => {
            let read = Evaluation::read(bytes)?;
            // What lies deeper is of a part of the rows.
            let whole = read.metrics.into_iter().filter(|metric| metric.path.matches('.').count() <= 1);
            let reading = |metric: crate::monitor::evaluation::Metric| Reading {
                subject: Subject::quality(&metric.name),
                value: Some(metric.value),
                deviation: metric.standard_deviation,
                error: None,
            };
            whole.map(reading).collect()
        }
        MonitorKind::Bias => {
            let read = Bias::read(bytes)?;
            let facets = read.stages.iter().flat_map(|stage| &stage.facets);
            let readings = facets.flat_map(|facet| {
                facet.metrics.iter().map(move |metric| Reading {
                    subject: Subject::facet(&metric.name, &facet.name, facet.value.as_deref()),
                    value: metric.value,
                    deviation: None,
                    error: metric.error.clone(),
                })
            });
            readings.collect()
        }
        MonitorKind::Explainability => {
            let read = Explanations::read(bytes)?;
            let labels = read.labels.iter().flat_map(|label| {
                label.features.iter().map(move |(feature, value)| Reading {
                    subject: Subject::label(feature, &label.label),
                    value: Some(*value),
                    deviation: None,
                    error: None,
                })
            });
            labels.collect()
        }
    })
}

/// What was measured when, oldest first.
pub type Points = BTreeMap<Timestamp, f64>;

/// Values as CloudWatch keeps them, with what stands for infinity as infinity.
pub fn points(values: &[(Timestamp, f64)]) -> Points {
    let endless = |value: f64| if value.abs() > ENDLESS { f64::INFINITY.copysign(value) } else { value };
    values.iter().filter(|(_, value)| !value.is_nan()).map(|(at, value)| (*at, endless(*value))).collect()
}

/// Seconds that the folder of a report stands for.
const HOUR: i64 = 3_600;

/// The report that a value belongs to, by the first moment of its hour: the one whose hour holds the time of the value, else
/// the nearest within a period (seconds). CloudWatch dates values by when they were sent, and rounds that.
pub fn report_of(reports: impl IntoIterator<Item = Timestamp>, at: Timestamp, period: u32) -> Option<Timestamp> {
    let behind = |report: Timestamp| at.as_second().saturating_sub(report.as_second());
    let outside = |report: Timestamp| {
        let behind = behind(report);
        if behind < 0 { behind.saturating_neg() } else { (behind - HOUR).max(0) }
    };
    let near = reports.into_iter().filter(|report| outside(*report) <= i64::from(period));
    near.min_by_key(|report| (outside(*report), behind(*report).saturating_abs()))
}

/// The score of the order of attributions at each time at which all features of the baseline were measured.
pub fn scores(baseline: &Baseline, measured: &BTreeMap<Subject, Points>) -> Vec<(Subject, Points)> {
    let of_label = |(label, worth): &(String, Vec<(String, f64)>)| {
        let lines: Vec<(&str, &Points)> = worth
            .iter()
            .filter_map(|(feature, _)| Some((feature.as_str(), measured.get(&Subject::label(feature, label))?)))
            .collect();
        let first = lines.first().filter(|_| lines.len() == worth.len())?;
        let score = |at: &Timestamp| {
            let live = lines.iter().map(|(feature, points)| Some(((*feature).to_owned(), *points.get(at)?)));
            let live: Vec<(String, f64)> = live.collect::<Option<_>>()?;
            Some((*at, ndcg(worth, &live)?))
        };
        Some((Subject::label(NDCG, label), first.1.keys().filter_map(score).collect()))
    };
    baseline.attributions.iter().filter_map(of_label).collect()
}

/// Whether a run found a number beyond its limit, by the violations that it wrote.
pub fn is_violated(subject: &Subject, violations: &[Violation]) -> bool {
    violations.iter().any(|one| {
        let is = match (one.facet.as_deref(), one.metric.as_deref(), &one.check) {
            (Some(facet), Some(metric), _) => Subject::facet(metric, facet, one.facet_value.as_deref()),
            (None, _, Check::AttributionDrift) => Subject::new(NDCG, one.label.clone()),
            (None, Some(metric), _) => Subject::quality(metric),
            _ => return false,
        };
        is == *subject
    })
}

/// Of a stage of bias, as CloudWatch names it.
fn stage_word(stage: Stage) -> &'static str {
    match stage {
        Stage::PreTraining => "Pre-training",
        Stage::PostTraining => "Post-Training",
    }
}

#[cfg(test)]
mod tests;
