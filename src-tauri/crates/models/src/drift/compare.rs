//! Two `statistics.json` side by side: the baseline, and what a monitor saw since.
//!
//! Everything is computed from the sketches again, so that every statistic is there whatever the monitor was told to compute,
//! and so that it is right: [`Legacy`] says what Model Monitor makes of the same files where that is another number.

use super::{
    Bins, Categories, FeatureDrift, Method, Rows, Run, Source,
    categories::ChiSquare,
    distribution::{Basis, CountedOnce, Ranked, Room},
    run::shown,
};
use crate::{
    monitor::{
        Constraints, Statistics,
        constraints::{CategoricalMethod, FeatureConstraint, MonitoringConfig, NumericMethod},
        statistics::{Feature, Numeric, Summary, Text},
    },
    wording::grouped,
};
use contract::Timestamp;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, panic::resume_unwind, thread};

/// By what the robust distance is smaller: Knuth's value for one false alarm in 333 (`alpha` 0.003), rounded by deequ.
const C_ALPHA: f64 = 1.8;

/// One feature of both files. What cannot be computed is absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Comparison {
    pub name: String,
    /// Made of buckets: nobody knows how far off.
    pub is_approximate: bool,
    pub l_infinity: Option<LInfinity>,
    /// What Model Monitor finds, where it is another number.
    pub legacy: Option<Legacy>,
    #[serde(with = "crate::exact::maybe")]
    pub psi: Option<f64>,
    #[serde(with = "crate::exact::maybe")]
    pub jensen_shannon: Option<f64>,
    /// In bits.
    #[serde(with = "crate::exact::maybe")]
    pub jensen_shannon_divergence: Option<f64>,
    #[serde(with = "crate::exact::maybe")]
    pub hellinger: Option<f64>,
    /// In the unit of the feature.
    #[serde(with = "crate::exact::maybe")]
    pub wasserstein: Option<f64>,
    /// In standard deviations of the baseline.
    #[serde(with = "crate::exact::maybe")]
    pub wasserstein_normed: Option<f64>,
    pub chi_square: Option<ChiSquare>,
    pub missing: Option<Missing>,
    /// The current data have no such column.
    pub is_gone: bool,
    /// Why something is absent, and what is to be said of what is there.
    pub notes: Vec<String>,
}

/// The largest difference of two distributions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LInfinity {
    #[serde(with = "crate::exact")]
    pub simple: f64,
    /// Less what so few rows may differ by chance.
    #[serde(with = "crate::exact")]
    pub robust: f64,
    /// How far both may be off, because a sketch keeps ranks approximately. Absent for buckets.
    #[serde(with = "crate::exact::maybe")]
    pub error: Option<f64>,
    pub at: Place,
}

/// Where two distributions differ most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Place {
    Value(#[serde(with = "crate::exact")] f64),
    Category(String),
}

/// Repeated values counted once, as deequ did until September 2026 (its issue 392) and Model Monitor, which is built on an
/// older one, presumably does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Legacy {
    #[serde(with = "crate::exact")]
    pub simple: f64,
    #[serde(with = "crate::exact")]
    pub robust: f64,
    pub reason: String,
}

/// Parts of the rows without a value, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    #[serde(with = "crate::exact")]
    pub baseline: f64,
    #[serde(with = "crate::exact")]
    pub current: f64,
    /// Of both, less what so few rows may differ by chance.
    #[serde(with = "crate::exact")]
    pub robust: f64,
}

impl Missing {
    /// By how much both differ.
    pub fn difference(&self) -> f64 {
        (self.baseline - self.current).abs()
    }
}

/// Half of the last of the four digits that numbers are shown with.
const SHOWN: f64 = 0.000_05;

/// What shares of rows may differ by because they were reckoned in another order: less than one row of a thousand million.
const ROUNDED: f64 = 1e-11;

/// Features that a thread of their own is worth starting for: each takes a good tenth of a millisecond.
const WORTH_A_THREAD: usize = 32;

const GONE: &str = "the column is missing in the current data";

/// Every feature of the baseline in its order, then those that are new. Works on all cores.
pub fn compare(baseline: &Statistics, current: &Statistics) -> Vec<Comparison> {
    let now: HashMap<&str, &Feature> =
        current.features.iter().rev().map(|feature| (feature.name.as_str(), feature)).collect();
    let before: HashMap<&str, &Feature> =
        baseline.features.iter().map(|feature| (feature.name.as_str(), feature)).collect();
    let known = baseline.features.iter().map(|feature| (feature, now.get(feature.name.as_str()).copied()));
    let known: Vec<(&Feature, Option<&Feature>)> = known.collect();
    let workers = thread::available_parallelism().map_or(1, usize::from).min(known.len() / WORTH_A_THREAD + 1);
    let each = known.len().div_ceil(workers).max(1);
    let mut all: Vec<Comparison> = thread::scope(|scope| {
        let parts = known.chunks(each).map(|part| scope.spawn(move || compare_all(part)));
        let parts: Vec<_> = parts.collect();
        let done = parts.into_iter().flat_map(|part| match part.join() {
            Ok(part) => part,
            Err(panic) => resume_unwind(panic),
        });
        done.collect()
    });
    let added = current.features.iter().filter(|feature| !before.contains_key(feature.name.as_str()));
    all.extend(added.map(|feature| absent(&feature.name, "the baseline does not know this column")));
    all
}

/// One after another, in the same room.
fn compare_all(pairs: &[(&Feature, Option<&Feature>)]) -> Vec<Comparison> {
    let mut room = Room::default();
    let told = pairs.iter().map(|(feature, other)| match other {
        Some(other) => compare_in(&mut room, feature, other),
        None => Comparison { is_gone: true, ..absent(&feature.name, GONE) },
    });
    told.collect()
}

fn absent(name: &str, note: &str) -> Comparison {
    Comparison { name: name.to_owned(), notes: vec![note.to_owned()], ..Comparison::default() }
}

/// Two summaries of one feature.
pub fn compare_feature(baseline: &Feature, current: &Feature) -> Comparison {
    compare_in(&mut Room::default(), baseline, current)
}

fn compare_in(room: &mut Room, baseline: &Feature, current: &Feature) -> Comparison {
    let mut told = Comparison { name: baseline.name.clone(), ..Comparison::default() };
    told.missing = missing(baseline, current);
    match (&baseline.summary, &current.summary) {
        (Summary::Numeric(one), Summary::Numeric(other)) => told.numeric(one, other, room),
        (Summary::Text(one), Summary::Text(other)) => told.categorical(one, other),
        (Summary::Absent, _) | (_, Summary::Absent) => told.note("a side has no statistics of this feature"),
        _ => told.note("it holds numbers on one side and text on the other"),
    }
    told
}

impl Comparison {
    fn note(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    fn numeric(&mut self, one: &Numeric, other: &Numeric, room: &mut Room) {
        let (Some(baseline), Some(current)) = (Ranked::of(one, room), Ranked::of(other, room)) else {
            return self.note("a side has no distribution of this feature");
        };
        self.ranked(&baseline, &current, one.std_dev);
        room.take_back(baseline);
        room.take_back(current);
    }

    fn ranked(&mut self, one: &Ranked, other: &Ranked, deviation: Option<f64>) {
        let (apart, counted) = one.apart(other);
        let (baseline, current) = (&one.right, &other.right);
        self.is_approximate = [baseline, current].iter().any(|side| side.basis() == Basis::Buckets);
        let error = baseline.basis().error().zip(current.basis().error()).map(|(one, other)| one + other);
        let right = LInfinity {
            simple: apart.largest,
            robust: robust(apart.largest, baseline.weight(), current.weight()),
            error,
            at: Place::Value(apart.at),
        };
        let values = baseline.distinct().max(current.distinct());
        self.legacy = counted.and_then(|counted| legacy(&counted, values, &right));
        self.l_infinity = Some(right);
        let deviation = deviation.filter(|deviation| *deviation >= 0.0).unwrap_or_else(|| baseline.deviation());
        self.wasserstein = Some(apart.area).filter(|area| area.is_finite());
        self.wasserstein_normed = self.wasserstein.map(|area| area / deviation.max(0.001));
        self.binned(&Bins::deciles(baseline, current));
        if self.is_approximate {
            self.note("computed from ten buckets, with values spread evenly in each: approximate");
        }
    }

    fn categorical(&mut self, one: &Text, other: &Text) {
        let (Some(baseline), Some(current)) = (&one.categories, &other.categories) else {
            return self.note("not comparable: a side has too many values for the monitor to keep their distribution");
        };
        let (baseline, current) = (Categories::of(baseline.iter().cloned()), Categories::of(current.iter().cloned()));
        let (Some((simple, at)), Some(bins)) = (baseline.largest_difference(&current), baseline.bins(&current)) else {
            return self.note("a side has no values of this feature");
        };
        self.l_infinity = Some(LInfinity {
            simple,
            robust: robust(simple, baseline.total(), current.total()),
            error: Some(0.0),
            at: Place::Category(at.to_owned()),
        });
        self.chi_square = baseline.chi_square(&current);
        match self.chi_square {
            None => self.note("too few categories for a chi-square test"),
            Some(test) if test.regrouped > 0 => {
                self.note(&format!(
                    "chi-square: {} small categories are put together with the next larger one",
                    test.regrouped
                ));
            }
            Some(_) => {}
        }
        self.binned(&bins);
    }

    fn binned(&mut self, bins: &Bins) {
        self.psi = Some(bins.filled().psi());
        self.jensen_shannon = Some(bins.jensen_shannon());
        self.jensen_shannon_divergence = Some(bins.jensen_shannon_divergence());
        self.hellinger = Some(bins.hellinger());
        let fillers: Vec<String> = bins.fillers().into_iter().flatten().map(shown).collect();
        if let Some((first, rest)) = fillers.split_first() {
            let other = rest.first().filter(|other| *other != first);
            let other =
                other.map(|other| format!(" in the baseline, and {other} in the current data,")).unwrap_or_default();
            self.note(&format!("PSI: a bin with values on one side only has {first}{other} in the place of nothing"));
        }
    }

    /// None where it was not computed.
    pub fn value(&self, method: &Method) -> Option<f64> {
        let l_infinity = self.l_infinity.as_ref();
        match method {
            Method::LInfinityRobust => l_infinity.map(|distance| distance.robust),
            Method::LInfinitySimple => l_infinity.map(|distance| distance.simple),
            Method::ChiSquare => self.chi_square.map(|test| test.p),
            Method::ChiSquareStatistic => self.chi_square.map(|test| test.statistic),
            Method::Psi => self.psi,
            Method::JensenShannon => self.jensen_shannon,
            Method::JensenShannonDivergence => self.jensen_shannon_divergence,
            Method::Wasserstein => self.wasserstein,
            Method::WassersteinNormed => self.wasserstein_normed,
            Method::Hellinger => self.hellinger,
            Method::Missingness if self.is_gone => Some(1.0),
            Method::Missingness => self.missing.as_ref().map(Missing::difference),
            Method::Completeness => self.missing.map(|missing| missing.current),
            Method::KolmogorovSmirnov
            | Method::ZTest
            | Method::KullbackLeibler
            | Method::Ndcg
            | Method::Named(_)
            | Method::Unknown => None,
        }
    }

    /// What Model Monitor finds, where it is something else: on the other side of the threshold, or further away than the
    /// sketches and the digits that are shown can tell. A value that occurs twice among thousands explains nothing.
    pub fn told_otherwise(&self, drift: &FeatureDrift) -> Option<(f64, &Legacy)> {
        // It does not compare rows without a value.
        let is_of_rows = matches!(drift.method, Method::Missingness | Method::Completeness);
        let legacy = self.legacy.as_ref().filter(|_| !is_of_rows)?;
        let found = if drift.method == Method::LInfinitySimple { legacy.simple } else { legacy.robust };
        let value = drift.value?;
        let is_beyond = |value: f64| drift.threshold.map(|threshold| value > threshold);
        let error = self.l_infinity.as_ref().and_then(|distance| distance.error).unwrap_or_default();
        let is_other = is_beyond(found) != is_beyond(value) || (found - value).abs() > error.max(SHOWN);
        is_other.then_some((found, legacy))
    }

    /// By the method and threshold of a monitor's configuration; its defaults where it says nothing. Where the values are as
    /// before, a column can still have drifted: by the rows that have none, or because it is gone. `most_missing` is what the
    /// completeness of its constraints leaves: it decides about the rows as Model Monitor's own check does, whether or not
    /// distributions are compared; without it our own rule does.
    pub fn judged(&self, config: &MonitoringConfig, most_missing: Option<f64>) -> FeatureDrift {
        let is_categorical = matches!(self.l_infinity, Some(LInfinity { at: Place::Category(_), .. }));
        let is_simple = config.method == Some(NumericMethod::Simple);
        let method = match (is_categorical, &config.categorical_method, is_simple) {
            (true, Some(CategoricalMethod::ChiSquared), false) => Method::ChiSquare,
            (true, Some(CategoricalMethod::ChiSquared), true) => Method::ChiSquareStatistic,
            (_, _, false) => Method::LInfinityRobust,
            (_, _, true) => Method::LInfinitySimple,
        };
        let own = config.categorical_threshold.filter(|_| is_categorical).or(config.comparison_threshold);
        let threshold = own.or(method.default_threshold());
        let mut told = FeatureDrift::judged(self.name.clone(), self.value(&method), threshold, method);
        let is_distance = matches!(told.method, Method::LInfinityRobust | Method::LInfinitySimple);
        told.error = self.l_infinity.as_ref().filter(|_| is_distance && told.value.is_some()).and_then(|one| one.error);
        if told.value.is_none() && !self.notes.is_empty() {
            told.reason = self.notes.join("; ");
        }
        if own.is_none() && told.value.is_some() {
            told.reason.push_str(", the default");
        }
        if let Some((found, legacy)) = self.told_otherwise(&told) {
            told.reason = format!("{}; Model Monitor itself finds {}: {}", told.reason, shown(found), legacy.reason);
        }
        let limit = if matches!(told.method, Method::LInfinityRobust | Method::LInfinitySimple) {
            own
        } else {
            // Of a test, a p-value.
            config.comparison_threshold
        };
        let is_compared = config.compares != Some(false);
        let rows = self.rows(most_missing.is_none() && is_distance, is_simple);
        let of_rows = match most_missing.filter(|_| !self.is_gone) {
            Some(most) if told.drifted != Some(true) || !is_compared => {
                self.judged_by_completeness(most, is_compared.then_some(&told))
            }
            None if told.drifted != Some(true) => self.judged_by_missing(limit, is_simple, &told),
            _ => None,
        };
        told = FeatureDrift { rows, ..of_rows.unwrap_or(told) };
        // Whether a column is there at all, and has its values, is no comparison of distributions.
        let is_comparison = !self.is_gone && told.method != Method::Completeness;
        if config.is_off() || (!is_compared && is_comparison) {
            told.drifted = None;
            told.reason = format!("not checked, because its constraints turn this off; {}", told.reason);
        }
        told
    }

    /// If more rows are without a value than the completeness of the constraints allows, which Model Monitor reports as a
    /// violation: chance counts for nothing there. `told` is what the values say, if they are compared.
    fn judged_by_completeness(&self, most: f64, told: Option<&FeatureDrift>) -> Option<FeatureDrift> {
        let method = Method::Completeness;
        let value = self.value(&method)?;
        // The same part, but for how both were rounded.
        let most = if (value - most).abs() <= ROUNDED { value } else { most };
        let judged = FeatureDrift::judged(self.name.clone(), Some(value), Some(most), method);
        if judged.drifted != Some(true) {
            return None;
        }
        let values = told.map_or_else(String::new, |told| format!("; {}", told.reason));
        let reason = format!("{}, all that completeness in its constraints allows{values}", judged.reason);
        Some(FeatureDrift { reason, ..judged })
    }

    /// Whether so many rows more or fewer without a value may be chance: with `is_simple` nothing counts as that.
    fn is_chance(&self, is_simple: bool) -> bool {
        !is_simple && self.missing.is_none_or(|missing| missing.robust <= 0.0)
    }

    /// What limits other than today's are held against. `is_own`: by our own rule, the limit of distances is one for the rows
    /// too. A column that is gone has no rows to speak of.
    fn rows(&self, is_own: bool, is_simple: bool) -> Rows {
        let missing = self.missing.filter(|_| !self.is_gone);
        let apart = missing.filter(|_| is_own && !self.is_chance(is_simple));
        Rows { missing: missing.map(|missing| missing.current), apart: apart.map(|missing| missing.difference()) }
    }

    /// Our own rule, where the constraints set no completeness.
    ///
    /// If more or fewer rows are without a value than the limit of distances allows, and, unless `is_simple`, than chance does:
    /// the difference of two shares is the distance of two categories. `told` is what the values say.
    fn judged_by_missing(&self, limit: Option<f64>, is_simple: bool, told: &FeatureDrift) -> Option<FeatureDrift> {
        let method = Method::Missingness;
        let value = self.value(&method)?;
        let threshold = limit.or(Method::LInfinityRobust.default_threshold());
        let judged = FeatureDrift::judged(self.name.clone(), Some(value), threshold, method);
        if self.is_gone {
            return Some(FeatureDrift { drifted: Some(true), reason: GONE.to_owned(), ..judged });
        }
        if judged.drifted != Some(true) || self.is_chance(is_simple) {
            return None;
        }
        let default = if limit.is_none() { ", the default of distances" } else { "" };
        let own = "by our own rule, for its constraints set no completeness";
        Some(FeatureDrift { reason: format!("{}{default}, {own}; {}", judged.reason, told.reason), ..judged })
    }
}

impl FeatureDrift {
    /// The current data had no such column: its distance of 1 is judged by no threshold.
    pub fn is_gone(&self) -> bool {
        self.method == Method::Missingness && self.reason.ends_with(GONE)
    }
}

/// What Model Monitor would say of these, if it counted right.
pub fn run(comparisons: &[Comparison], constraints: Option<&Constraints>, when: Option<Timestamp>) -> Run {
    let nothing = MonitoringConfig::default();
    let all = constraints.map_or(&nothing, |constraints| &constraints.monitoring);
    let features = constraints.map(|constraints| constraints.features.as_slice()).unwrap_or_default();
    let own: HashMap<&str, &FeatureConstraint> =
        features.iter().map(|feature| (feature.name.as_str(), feature)).collect();
    let judged = |comparison: &Comparison| {
        let own = own.get(comparison.name.as_str()).copied();
        let most_missing = own.and_then(FeatureConstraint::most_missing);
        match own.and_then(|own| own.overrides.as_ref()) {
            Some(overrides) => comparison.judged(&overrides.clone().over(all), most_missing),
            None => comparison.judged(all, most_missing),
        }
    };
    Run { source: Source::ModelMonitor, when, features: comparisons.iter().map(judged).collect() }
}

/// None where it is the same number.
fn legacy(counted: &CountedOnce, values: usize, right: &LInfinity) -> Option<Legacy> {
    let simple = counted.largest;
    let [rows, others] = counted.weights;
    let robust = robust(simple, rows, others);
    let is_same = is_near(simple, right.simple) && is_near(robust, right.robust);
    (!is_same).then(|| Legacy {
        simple,
        robust,
        reason: format!(
            "it counts each of the {} distinct values once, however often it occurs (deequ issue 392)",
            grouped(u64::try_from(values).unwrap_or(u64::MAX))
        ),
    })
}

/// But for how the sums were rounded.
fn is_near(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * one.abs().max(other.abs())
}

/// Model Monitor's `Robust`, for `alpha` 0.003. From the sizes of both samples.
pub fn robust(simple: f64, rows: f64, others: f64) -> f64 {
    less_chance(simple, rows, others, C_ALPHA)
}

/// The same for any `alpha`, the share of false alarms.
pub fn robust_at(simple: f64, rows: f64, others: f64, alpha: f64) -> f64 {
    less_chance(simple, rows, others, (-(alpha / 2.0).ln() / 2.0).sqrt())
}

fn less_chance(simple: f64, rows: f64, others: f64, factor: f64) -> f64 {
    (simple - factor * ((rows + others) / (rows * others)).sqrt()).max(0.0)
}

fn missing(one: &Feature, other: &Feature) -> Option<Missing> {
    let rows = |feature: &Feature| Some(feature.present? + feature.missing?);
    let (baseline, current) = (one.missing_share()?, other.missing_share()?);
    Some(Missing { baseline, current, robust: robust((baseline - current).abs(), rows(one)?, rows(other)?) })
}

#[cfg(test)]
mod tests;
