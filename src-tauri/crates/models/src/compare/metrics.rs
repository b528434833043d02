//! Metrics beside each other: which way is better, and what is noise.

use crate::{
    evidence::{Evaluation, Metric},
    wording::{grouped, number},
};
use contract::models::{Basis, Better, ClassRow, GatePolicy, Judged, Measured, MetricRow};

/// Behind the name of a metric: what a classifier reaches that always gives the most frequent answer ("Model quality
/// metrics").
const FLOOR: &str = "_best_constant_classifier";
/// Rates that one answer for all rows brings to their best value: whoever calls every row positive misses none. What the
/// constant reaches of them is no floor; of precision and F1 it is.
const REACHED_BY_ANY: [&str; 5] =
    ["recall", "true_positive_rate", "true_negative_rate", "false_positive_rate", "false_negative_rate"];

/// Whether a metric is the floor of another one.
pub fn is_floor(name: &str) -> bool {
    name.ends_with(FLOOR)
}

/// The value of a metric, if it is a number.
pub fn find(evaluation: &Evaluation, name: &str) -> Option<Measured> {
    evaluation.metrics.iter().find(|metric| metric.name == name).and_then(Metric::measured)
}

/// Which way is better: as its constraint says, otherwise as Model Monitor defines the metric. A name of a team's own
/// says nothing without a constraint.
pub fn direction(evaluation: &Evaluation, name: &str) -> Option<Better> {
    limit(evaluation, name).or_else(|| defined(name))
}

fn limit(evaluation: &Evaluation, name: &str) -> Option<Better> {
    evaluation.limits.iter().find(|limit| limit.metric == name).map(|limit| limit.better)
}

/// "Model quality metrics and Amazon CloudWatch monitoring".
fn defined(name: &str) -> Option<Better> {
    match name.strip_prefix("weighted_").unwrap_or(name) {
        "mae" | "mse" | "rmse" | "false_positive_rate" | "false_negative_rate" => Some(Better::Lower),
        "r2" | "accuracy" | "precision" | "recall" | "f0_5" | "f1" | "f2" | "auc" | "au_prc" | "true_positive_rate"
        | "true_negative_rate" => Some(Better::Higher),
        _ => None,
    }
}

/// The metric that stands for all: one that a constraint guards and every evaluation has, the most usual first.
pub fn main_metric(evaluations: &[&Evaluation]) -> Option<String> {
    let usual = ["auc", "f1", "accuracy", "rmse", "mae", "mape", "r2"];
    let first = evaluations.iter().find(|evaluation| !evaluation.metrics.is_empty())?;
    let names = first.metrics.iter().map(|metric| metric.name.as_str()).filter(|name| !is_floor(name));
    let has = |name: &str| evaluations.iter().filter(|one| find(one, name).is_some()).count();
    let place = |name: &str| usual.iter().position(|known| *known == name).unwrap_or(usual.len());
    names
        .max_by_key(|name| {
            let guarded = evaluations.iter().any(|one| limit(one, name).is_some());
            (has(name), guarded, std::cmp::Reverse(place(name)))
        })
        .map(str::to_owned)
}

/// Whether both were measured on the same rows.
pub fn basis(left: Option<&Evaluation>, right: Option<&Evaluation>) -> Basis {
    let (Some(left), Some(right)) = (left, right) else {
        return Basis::Unknown("one of the two has no evaluation".to_owned());
    };
    if let (Some(one), Some(other)) = (&left.problem, &right.problem)
        && one != other
    {
        return Basis::Different(format!("{} against {}", one.replace('_', " "), other.replace('_', " ")));
    }
    let rows = match (left.set.rows, right.set.rows) {
        (Some(one), Some(other)) if one != other => {
            return Basis::Different(format!("other test set, {} rows against {}", grouped(one), grouped(other)));
        }
        (Some(rows), Some(_)) => format!(", {} rows", grouped(rows)),
        _ => String::new(),
    };
    match (&left.set.digest, &right.set.digest) {
        (Some(one), Some(other)) if one == other => return Basis::Same(format!("same test set{rows}")),
        (Some(_), Some(_)) => return Basis::Different("other test set: its digest differs".to_owned()),
        _ => {}
    }
    match (&left.set.uri, &right.set.uri) {
        (Some(one), Some(other)) if one == other && !rows.is_empty() => {
            let told = if left.set.digest.is_some() || right.set.digest.is_some() {
                "a digest of one alone"
            } else {
                "no digest"
            };
            Basis::Same(format!("test set at the same address{rows}, {told}"))
        }
        (Some(one), Some(other)) if one != other => {
            Basis::Unknown("test sets at different addresses, and no digest".to_owned())
        }
        _ => Basis::Unknown("nothing says that the test sets are the same".to_owned()),
    }
}

/// Rows of all metrics, worse first, and of all classes.
pub fn metrics(
    left: &Evaluation,
    right: &Evaluation,
    basis: &Basis,
    policy: &GatePolicy,
) -> (Vec<MetricRow>, Vec<ClassRow>) {
    let names = union(left.metrics.iter(), right.metrics.iter());
    let mut rows: Vec<MetricRow> = names
        .into_iter()
        .filter(|name| !is_floor(name))
        .map(|name| {
            let floor = find(right, &format!("{name}{FLOOR}")).filter(|_| !REACHED_BY_ANY.contains(&name));
            let floor = floor.map(|floor| floor.value);
            let pair = Pair { left: find(left, name), right: find(right, name), better: way(left, right, name), floor };
            pair.row(name, basis, policy)
        })
        .collect();
    rows.sort_by_key(|row| row.judged);
    let of = |evaluation: &Evaluation, class: &str, name: &str| {
        let mut all = evaluation.classes.iter();
        let found = all.find(|(known, metric)| known == class && metric.name == name);
        found.and_then(|(_, metric)| metric.measured())
    };
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for (class, metric) in right.classes.iter().chain(&left.classes) {
        let key = (class.as_str(), metric.name.as_str());
        if !pairs.contains(&key) {
            pairs.push(key);
        }
    }
    let class = |(class, name): (&str, &str)| {
        let better = way(left, right, name);
        let pair = Pair { left: of(left, class, name), right: of(right, class, name), better, floor: None };
        ClassRow { class: class.to_owned(), row: pair.row(name, basis, policy) }
    };
    let mut classes: Vec<ClassRow> = pairs.into_iter().map(class).collect();
    classes.sort_by_key(|class| class.row.judged);
    (rows, classes)
}

/// Names of both, each once, those of the right first.
fn union<'a>(left: impl Iterator<Item = &'a Metric>, right: impl Iterator<Item = &'a Metric>) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for metric in right.chain(left) {
        if !names.contains(&metric.name.as_str()) {
            names.push(&metric.name);
        }
    }
    names
}

/// Constraints that contradict each other say nothing.
fn way(left: &Evaluation, right: &Evaluation, name: &str) -> Option<Better> {
    match (limit(left, name), limit(right, name)) {
        (Some(one), Some(other)) if one != other => None,
        (one, other) => other.or(one).or_else(|| defined(name)),
    }
}

struct Pair {
    left: Option<Measured>,
    right: Option<Measured>,
    better: Option<Better>,
    floor: Option<f64>,
}

impl Pair {
    /// How much better the second is; negative is worse.
    fn gain(better: Better, from: f64, to: f64) -> f64 {
        match better {
            Better::Higher => to - from,
            Better::Lower => from - to,
        }
    }

    fn row(self, name: &str, basis: &Basis, policy: &GatePolicy) -> MetricRow {
        let Self { left, right, better, floor } = self;
        let both = left.zip(right);
        let noise = both.map(|(one, other)| noise(one, other, policy));
        let (judged, words) = self.judge(noise, basis);
        MetricRow {
            name: name.to_owned(),
            better,
            left,
            right,
            difference: both.map(|(one, other)| other.value - one.value),
            tolerance: noise.map(|(tolerance, _)| tolerance),
            floor,
            judged,
            words,
        }
    }

    fn judge(&self, noise: Option<(f64, bool)>, basis: &Basis) -> (Judged, String) {
        let Some(right) = self.right else {
            return (Judged::NotComparable, "the candidate has no such number".to_owned());
        };
        let Some(better) = self.better else {
            return (Judged::NotComparable, "no constraint says which way is better".to_owned());
        };
        if let Some(floor) = self.floor
            && Self::gain(better, floor, right.value) <= 0.0
        {
            return (Judged::BelowFloor, format!("always giving one answer reaches {}", number(floor)));
        }
        let Some((left, (tolerance, is_measured))) = self.left.zip(noise) else {
            return (Judged::NotComparable, "the other version has no such number".to_owned());
        };
        if let Basis::Different(why) | Basis::Unknown(why) = basis {
            return (Judged::NotComparable, why.clone());
        }
        let gain = Self::gain(better, left.value, right.value);
        let words = if is_measured {
            format!("noise of both together is {}", number(tolerance))
        } else {
            format!("no standard deviations; up to {} counts as noise", number(tolerance))
        };
        let judged = if gain.abs() <= tolerance {
            Judged::Within
        } else if gain > 0.0 {
            Judged::Better
        } else {
            Judged::Worse
        };
        (judged, words)
    }
}

/// Up to which difference it is noise, and whether that was measured: the standard deviation of a difference of two
/// independent measurements is `sqrt(a^2 + b^2)`.
fn noise(left: Measured, right: Measured, policy: &GatePolicy) -> (f64, bool) {
    match (left.deviation, right.deviation) {
        (Some(one), Some(other)) => (policy.deviations * one.hypot(other), true),
        _ => (policy.tolerance * left.value.abs(), false),
    }
}
