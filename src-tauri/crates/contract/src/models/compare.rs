//! Two versions beside each other, and one metric across all of them.

use super::VersionMark;
use crate::{Notice, executions::Difference};
use serde::{Deserialize, Serialize};

/// `right` compared with `left`: the candidate with the approved version, most often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionComparison {
    pub left: VersionMark,
    pub right: VersionMark,
    /// In one line: `better on rmse, worse on mape; 3 metrics within noise`.
    pub words: String,
    pub basis: Basis,
    /// Worse first.
    pub metrics: Vec<MetricRow>,
    pub classes: Vec<ClassRow>,
    /// Left and right.
    pub confusions: [Option<ConfusionMatrix>; 2],
    pub facets: Vec<FacetRow>,
    /// By the importance on the right.
    pub ranks: Vec<RankRow>,
    /// Columns of the data baselines that differ.
    pub columns: Vec<ColumnRow>,
    /// Parameters of training, environment, framework, image, artefact.
    pub differences: Vec<Difference>,
    /// The parameters of both trainings were read: those that are not among the differences are the same.
    pub has_parameters: bool,
    pub notices: Vec<Notice>,
}

/// What the files of one version say, with no other version beside it: `left` is empty in every row, and nothing is judged
/// but against a constant answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionNumbers {
    pub mark: VersionMark,
    pub metrics: Vec<MetricRow>,
    pub classes: Vec<ClassRow>,
    pub confusion: Option<ConfusionMatrix>,
    pub facets: Vec<FacetRow>,
    /// Most important first.
    pub ranks: Vec<RankRow>,
    pub notices: Vec<Notice>,
}

/// Whether both were measured on the same data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// `same test set, 41,208 rows`.
    Same(String),
    Different(String),
    /// Nothing says so; numbers are shown and no verdict is given.
    Unknown(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Better {
    Higher,
    Lower,
}

impl Better {
    pub fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher is better",
            Self::Lower => "lower is better",
        }
    }
}

/// A value with its standard deviation. Both are finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub value: f64,
    /// `None`: the evaluation gives none; below 200 rows it is `NaN`.
    pub deviation: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRow {
    pub name: String,
    /// `None`: no constraint says so, and no verdict is given.
    pub better: Option<Better>,
    pub left: Option<Measured>,
    pub right: Option<Measured>,
    /// Right less left.
    pub difference: Option<f64>,
    /// Differences up to this are noise.
    pub tolerance: Option<f64>,
    /// What a classifier that always says the same would reach, on the right.
    pub floor: Option<f64>,
    pub judged: Judged,
    /// Why: `2 standard deviations are 0.011`, `other test set`.
    pub words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Judged {
    /// No better than always giving the same answer.
    BelowFloor,
    Worse,
    NotComparable,
    Within,
    Better,
}

impl Judged {
    pub fn word(self) -> &'static str {
        match self {
            Self::BelowFloor => "no better than a constant",
            Self::Worse => "worse",
            Self::NotComparable => "not comparable",
            Self::Within => "within noise",
            Self::Better => "better",
        }
    }
}

/// A metric of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassRow {
    pub class: String,
    pub row: MetricRow,
}

/// How often rows of each class were predicted to be of each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    pub classes: Vec<String>,
    /// A row for each true class, with a count for each predicted one; `None`: the file has no such cell.
    pub counts: Vec<Vec<Option<f64>>>,
}

/// A bias metric of one facet value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FacetRow {
    pub facet: String,
    pub facet_value: String,
    /// `DPPL`, `DI` and so on.
    pub metric: String,
    /// After training rather than before.
    pub is_after: bool,
    /// `None`: not measured; `note` says why.
    pub left: Option<f64>,
    pub right: Option<f64>,
    /// Further from neutral than before is worse. Bias reports come without deviations: nothing is within noise.
    pub judged: Judged,
    pub note: Option<String>,
}

/// The place of a feature among the most important ones, from 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankRow {
    pub feature: String,
    pub left: Option<u32>,
    pub right: Option<u32>,
    pub left_value: Option<f64>,
    pub right_value: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnRow {
    pub name: String,
    pub change: ColumnChange,
    pub left: Option<String>,
    pub right: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ColumnChange {
    Missing,
    Added,
    /// Another type.
    Kind,
    /// Another place: monitors compare columns by their order.
    Moved,
}

impl ColumnChange {
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Added => "new",
            Self::Kind => "another type",
            Self::Moved => "another place",
        }
    }
}

/// One metric of every version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricTrend {
    pub metric: String,
    pub better: Option<Better>,
    /// Oldest first.
    pub points: Vec<TrendPoint>,
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrendPoint {
    pub mark: VersionMark,
    pub measured: Option<Measured>,
    /// Points with the same number were measured on the same data; `None` is not known.
    pub set: Option<u32>,
}
