//! What the files of a version say, as plain numbers, and how sure it is that they are the files that were meant.
//!
//! Nothing in the registry pins a file unless its digest was registered: S3 objects change. So what was shown to a
//! person is kept as a digest ([`ledger`]) with what each look-up found ([`seal`]), and whether it still stands can be
//! asked later ([`compare`]).

mod confusion;
mod pins;
mod read;
mod seal;

use contract::models::{Better, ConfusionMatrix, LineageGraph, Measured, PinState, SeenFile, facts::EvidencePart};
pub use pins::{ImageNow, artefact, image, ledger, lines, state};
pub use read::{columns, evaluated, limit, read};
pub use seal::{Compared, against, compare, marks, seal};

/// A part of the evidence: there, missing, or there and not to be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Part<T> {
    There(T),
    #[default]
    Absent,
    /// Why.
    Unreadable(String),
}

impl<T> Part<T> {
    pub fn there(&self) -> Option<&T> {
        match self {
            Self::There(part) => Some(part),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// Why it is not there: `missing`, `not readable: access denied`.
    pub fn why_not(&self) -> Option<String> {
        match self {
            Self::There(_) => None,
            Self::Absent => Some("missing".to_owned()),
            Self::Unreadable(why) => Some(format!("not readable: {why}")),
        }
    }
}

/// All that is known of one version beside its facts.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    pub files: Vec<FileRead>,
    /// One for each container, in their order.
    pub artefacts: Vec<PinState>,
    /// The same, of images.
    pub images: Vec<PinState>,
    /// `ModelMetrics.ModelQuality`.
    pub evaluation: Part<Evaluation>,
    /// Bias reports of before and after training together.
    pub bias: Part<Vec<FacetMetric>>,
    /// The bias constraints of its baselines: what limits the version that follows it.
    pub bias_limits: Part<Vec<FacetMetric>>,
    /// Global SHAP values.
    pub attributions: Part<Vec<Attribution>>,
    pub baselines: Baselines,
    pub lineage: Part<LineageGraph>,
    /// Its data baseline against what the endpoint sees now.
    pub traffic: Part<Traffic>,
}

/// A file that a version points at, as reading it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    pub part: EvidencePart,
    pub is_baseline: bool,
    pub uri: String,
    pub outcome: ReadOutcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOutcome {
    Read(SeenFile),
    /// No such object.
    Gone,
    Failed(String),
}

/// An evaluation.json or a Model Monitor statistics file of model quality, with its constraints.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// `binary_classification`, `regression` and so on.
    pub problem: Option<String>,
    pub metrics: Vec<Metric>,
    /// Metrics by class.
    pub classes: Vec<(String, Metric)>,
    pub confusion: Option<ConfusionMatrix>,
    pub limits: Vec<MetricLimit>,
    /// Why the constraints that the version names were not read: which way is better may stand in them.
    pub limits_unread: Option<String>,
    pub set: EvaluationSet,
}

/// What says whether two evaluations saw the same rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvaluationSet {
    /// A digest of the data set, or the version id of its object.
    pub digest: Option<String>,
    /// S3 URI.
    pub uri: Option<String>,
    pub rows: Option<u64>,
}

/// One number of an evaluation. Whatever is not finite counts as not given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Metric {
    pub name: String,
    pub value: f64,
    /// Standard deviation; `NaN` in files below 200 rows.
    pub deviation: Option<f64>,
}

impl Metric {
    /// `None` for what is no number.
    pub fn measured(&self) -> Option<Measured> {
        let deviation = self.deviation.filter(|deviation| deviation.is_finite() && *deviation >= 0.0);
        self.value.is_finite().then_some(Measured { value: self.value, deviation })
    }
}

/// A constraint of model quality: a monitor alerts when the metric is on the wrong side of `threshold`.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricLimit {
    pub metric: String,
    /// `None`: it says no more than which way is better.
    pub threshold: Option<f64>,
    /// `LessThanThreshold` alerts below, so higher is better.
    pub better: Better,
}

/// Which way is better, by the word of a constraint (`comparison_operator`).
pub fn better(operator: &str) -> Option<Better> {
    match operator {
        "LessThanThreshold" => Some(Better::Higher),
        "GreaterThanThreshold" => Some(Better::Lower),
        _ => None,
    }
}

/// A bias metric of one value of one facet.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetMetric {
    pub facet: String,
    pub facet_value: String,
    pub metric: String,
    /// After training rather than before.
    pub is_after: bool,
    pub value: Option<f64>,
    /// Clarify's own words for a value that it could not compute.
    pub error: Option<String>,
    /// The value in the constraints of the version before, which its monitors take as their limit. A version's own
    /// constraints were made from its own report, and limit nothing.
    pub limit: Option<f64>,
}

impl FacetMetric {
    /// The value at which neither group is preferred: 1 for disparate impact, 0 for all others.
    pub fn neutral(metric: &str) -> f64 {
        if metric == "DI" { 1.0 } else { 0.0 }
    }

    /// How far from neutral.
    pub fn distance(&self) -> Option<f64> {
        let value = self.value.filter(|value| value.is_finite() && self.error.is_none())?;
        Some((value - Self::neutral(&self.metric)).abs())
    }
}

/// A global SHAP value.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Whose predictions it explains: `label0` of a model with one answer.
    pub label: String,
    pub feature: String,
    pub value: f64,
}

/// `DriftCheckBaselines`, as far as they were read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Baselines {
    /// Columns of the data statistics, in their order.
    pub columns: Part<Vec<Column>>,
    /// Columns that the data constraints name.
    pub constrained: Part<Vec<Column>>,
    /// Metrics that model quality statistics and constraints hold.
    pub quality_statistics: Part<usize>,
    pub quality_constraints: Part<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// `Fractional`, `Integral`, `String`, `Unknown`.
    pub kind: String,
}

/// What the endpoint sees, against the candidate's data baseline.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traffic {
    pub endpoint: String,
    /// In words: `the hour to 06:00 UTC`.
    pub window: String,
    /// How long ago the newest report was due, where that is longer than a monitor rests: what is asked today is not in it.
    pub old: Option<String>,
    /// Columns of the capture, in their order.
    pub columns: Vec<Column>,
    pub drifts: Vec<FeatureDrift>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct FeatureDrift {
    pub feature: String,
    /// `L∞`.
    pub statistic: String,
    /// `None`: not comparable; `note` says why.
    pub distance: Option<f64>,
    pub threshold: f64,
    /// The verdict comes from the statistic: a p-value drifts below its threshold, a distance above.
    pub has_drifted: bool,
    pub note: Option<String>,
}
