//! What is different between two versions, and whether the difference means anything.
//!
//! A difference counts only if both were measured on the same data and it is larger than the noise of both
//! measurements. Otherwise the numbers stand beside each other without a verdict: two bars invite belief, so nothing
//! here calls one better that was measured elsewhere.

mod alone;
mod columns;
mod facets;
mod metrics;
mod origin;
mod ranks;
mod trend;

use crate::{
    evidence::{Evaluation, Evidence, Part},
    rows,
    wording::list,
};
pub use alone::alone;
pub use columns::columns;
use contract::{
    Notice,
    models::{Basis, GatePolicy, Judged, VersionComparison, facts::VersionFact, metric_title},
};
pub use facets::facets;
pub use metrics::{basis, direction, find, is_floor, main_metric, metrics};
pub use ranks::{gains, ndcg, ranks, top};
use std::borrow::Cow;
pub use trend::{sets, trend};

/// One of two versions.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub version: &'a VersionFact,
    pub evidence: &'a Evidence,
    /// Hyperparameters of the training job, by name; `None`: they were not asked for.
    pub parameters: Option<&'a Part<Vec<(String, String)>>>,
    /// Bytes of the artefact.
    pub size: Option<u64>,
}

/// Compares `right`, the candidate, with `left`.
pub fn compare(left: &Side<'_>, right: &Side<'_>, policy: &GatePolicy) -> VersionComparison {
    let mut notices = Vec::new();
    let mut miss = |what: &str, why: Option<String>, version: u32| {
        notices.extend(why.map(|why| Notice::info(format!("{what} of version {version}: {why}."))));
    };
    for side in [left, right] {
        let version = side.version.version;
        miss("Evaluation", side.evidence.evaluation.why_not(), version);
        let limits = side.evidence.evaluation.there().and_then(|read| read.limits_unread.as_ref());
        miss("Constraints of its metrics", limits.map(|why| format!("not readable: {why}")), version);
        miss("Bias report", side.evidence.bias.why_not(), version);
        miss("Explainability", side.evidence.attributions.why_not(), version);
        miss("Data baseline", side.evidence.baselines.columns.why_not(), version);
        miss("Training parameters", side.parameters.and_then(Part::why_not), version);
    }
    let none = Evaluation::default();
    let (before, after) =
        (left.evidence.evaluation.there().unwrap_or(&none), right.evidence.evaluation.there().unwrap_or(&none));
    let basis = basis(left.evidence.evaluation.there(), right.evidence.evaluation.there());
    let (metrics, classes) = metrics(before, after, &basis, policy);
    let facets = match (left.evidence.bias.there(), right.evidence.bias.there()) {
        (None, None) => Vec::new(),
        (one, other) => {
            let mut rows = facets(slice(one), slice(other), &basis);
            // What stands in one report alone is neither new nor gone where the other one was not read.
            let unread = [left, right].into_iter().find_map(|side| match &side.evidence.bias {
                Part::Unreadable(why) => {
                    Some(format!("the bias report of version {} was not read: {why}", side.version.version))
                }
                Part::There(_) | Part::Absent => None,
            });
            if let Some(why) = unread {
                for row in &mut rows {
                    row.note = Some(why.clone());
                }
            }
            rows
        }
    };
    let ranks = match (left.evidence.attributions.there(), right.evidence.attributions.there()) {
        (None, None) => Vec::new(),
        (one, other) => ranks(slice(one), slice(other)),
    };
    let columns = match (left.evidence.baselines.columns.there(), right.evidence.baselines.columns.there()) {
        (Some(one), Some(other)) => columns(one, other),
        _ => Vec::new(),
    };
    let judged: Vec<(&str, Judged)> = metrics.iter().map(|row| (row.name.as_str(), row.judged)).collect();
    VersionComparison {
        left: rows::mark(left.version),
        right: rows::mark(right.version),
        words: words(&judged, &basis),
        basis,
        metrics,
        classes,
        confusions: [before.confusion.clone(), after.confusion.clone()],
        facets,
        ranks,
        columns,
        differences: origin::differences(left, right),
        has_parameters: origin::parameters(left).is_some() && origin::parameters(right).is_some(),
        notices,
    }
}

fn slice<T>(all: Option<&Vec<T>>) -> &[T] {
    all.map(Vec::as_slice).unwrap_or_default()
}

/// The comparison in one line.
pub fn words(judged: &[(&str, Judged)], basis: &Basis) -> String {
    let of = |which: Judged| -> Vec<Cow<'_, str>> {
        judged.iter().filter(|(_, judged)| *judged == which).map(|(name, _)| metric_title(name)).collect()
    };
    let mut parts = Vec::new();
    for (which, verb) in [
        (Judged::BelowFloor, "no better than a constant on"),
        (Judged::Worse, "worse on"),
        (Judged::Better, "better on"),
    ] {
        let names = of(which);
        if !names.is_empty() {
            parts.push(format!("{verb} {}", list(&names, 3)));
        }
    }
    let within = of(Judged::Within).len();
    if within > 0 {
        parts.push(format!("{within} within noise"));
    }
    match basis {
        Basis::Same(_) => {}
        Basis::Different(why) | Basis::Unknown(why) => parts.push(format!("not comparable: {why}")),
    }
    if parts.is_empty() { "no metric in common".to_owned() } else { parts.join("; ") }
}

#[cfg(test)]
mod tests;
