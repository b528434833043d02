//! One version without another one beside it.

use super::{metrics, ranks};
use crate::{
    evidence::{Evaluation, Evidence},
    rows,
};
use contract::{
    Notice,
    models::{Basis, ClassRow, FacetRow, GatePolicy, Judged, MetricRow, VersionNumbers, facts::VersionFact},
};

/// What the files of a version say by themselves.
pub fn alone(version: &VersionFact, evidence: &Evidence, policy: &GatePolicy) -> VersionNumbers {
    let unread = [
        ("Evaluation", evidence.evaluation.why_not()),
        ("Bias report", evidence.bias.why_not()),
        ("Explainability", evidence.attributions.why_not()),
    ];
    let notices = unread.into_iter().filter_map(|(what, why)| Some(Notice::info(format!("{what}: {}.", why?))));
    let none = Evaluation::default();
    let own = evidence.evaluation.there().unwrap_or(&none);
    let (metrics, classes) = metrics(&none, own, &Basis::Unknown(String::new()), policy);
    let facets = evidence.bias.there().map(Vec::as_slice).unwrap_or_default().iter().map(|metric| FacetRow {
        facet: metric.facet.clone(),
        facet_value: metric.facet_value.clone(),
        metric: metric.metric.clone(),
        is_after: metric.is_after,
        left: None,
        right: metric.value,
        judged: Judged::NotComparable,
        note: metric.error.clone(),
    });
    VersionNumbers {
        mark: rows::mark(version),
        metrics: metrics.into_iter().map(unjudged).collect(),
        classes: classes.into_iter().map(|class| ClassRow { row: unjudged(class.row), ..class }).collect(),
        confusion: own.confusion.clone(),
        facets: facets.collect(),
        ranks: ranks(&[], evidence.attributions.there().map(Vec::as_slice).unwrap_or_default()),
        notices: notices.collect(),
    }
}

/// That there is nothing to compare with is said once, and not of each number.
fn unjudged(row: MetricRow) -> MetricRow {
    if row.judged == Judged::BelowFloor { row } else { MetricRow { words: String::new(), ..row } }
}
