//! Bias of each facet value within its limits, for the same facets as before.

use super::{Candidate, Finding, Looker};
use crate::{
    evidence::{FacetMetric, Part},
    wording::{count, number},
};
use contract::models::{EvidenceLink, GatePolicy, GateVerdict, facts::EvidencePart};
use std::collections::BTreeSet;

pub(super) fn look(candidate: &Candidate<'_>, policy: &GatePolicy) -> Finding {
    let mut looker = Looker::default();
    for part in [EvidencePart::BiasReport, EvidencePart::PostTrainingBias, EvidencePart::PreTrainingBias] {
        looker.file(candidate.version, part);
    }
    let Some(report) = candidate.evidence.bias.there() else {
        let why = candidate.evidence.bias.why_not().unwrap_or_default();
        looker.say(GateVerdict::Unknown, format!("bias report {why}"));
        return looker.done("");
    };
    if !report.iter().any(|metric| metric.is_after) {
        looker.say(GateVerdict::Unknown, "no bias after training was measured");
    }
    let mut limited = 0;
    for metric in report {
        let name = format!("{} of {}={}", metric.metric, metric.facet, metric.facet_value);
        let Some(distance) = metric.distance() else {
            let why = metric.error.as_deref().unwrap_or("no value");
            looker.say(GateVerdict::Unknown, format!("{name} was not measured: {why}"));
            continue;
        };
        let Some(limit) = limit(metric, policy) else { continue };
        limited += 1;
        if distance > limit {
            let words = format!("{name} is {} from neutral, over {}", number(distance), number(limit));
            looker.say(GateVerdict::Fail, words);
        }
    }
    if let Some((approved, Part::Unreadable(why))) = candidate.approved.map(|(fact, read)| (fact, &read.bias_limits))
        && limited < report.len()
    {
        let words = format!("the limits of version {} were not read: {why}", approved.version);
        looker.say(GateVerdict::Unknown, words);
    } else if limited == 0 {
        looker.say(GateVerdict::Unknown, "nothing limits its bias: no baseline and no limit of the team's own");
    }
    for words in unmeasured(candidate, report, policy) {
        looker.say(GateVerdict::Unknown, words);
    }
    if let Some((approved, evidence)) = candidate.approved
        && let Some(before) = evidence.bias.there()
    {
        looker.link(EvidenceLink::Compare(approved.arn.clone()));
        let (then, now) = (facets(before), facets(report));
        for (facet, value) in then.difference(&now) {
            let words = format!("{facet}={value} is in version {} and not in the candidate", approved.version);
            looker.say(GateVerdict::Fail, words);
        }
        for (facet, value) in now.difference(&then) {
            let words = format!("{facet}={value} is new: version {} was not measured for it", approved.version);
            looker.say(GateVerdict::Fail, words);
        }
    }
    if let Some((approved, Part::Unreadable(why))) = candidate.approved.map(|(fact, read)| (fact, &read.bias)) {
        let words = format!(
            "the bias report of version {} was not read: {why}; whether a facet is new or missing is not known",
            approved.version
        );
        looker.say(GateVerdict::Unknown, words);
    }
    looker.done(format!("{} within limits", count(limited, "value")))
}

/// How far from neutral a value may be: as the team says, otherwise as the baseline does.
fn limit(metric: &FacetMetric, policy: &GatePolicy) -> Option<f64> {
    let baseline = metric.limit.filter(|limit| limit.is_finite());
    let baseline = baseline.map(|limit| (limit - FacetMetric::neutral(&metric.metric)).abs());
    let own = || policy.bias_limits.iter().find(|(name, _)| *name == metric.metric).map(|(_, limit)| *limit);
    own().or(baseline)
}

/// What has a limit and is not in the report: a metric that is left out is within no limit. A facet that is left out
/// altogether is told by itself.
fn unmeasured(candidate: &Candidate<'_>, report: &[FacetMetric], policy: &GatePolicy) -> Vec<String> {
    let own = policy.bias_limits.iter().map(|(metric, _)| metric);
    let own = own.filter(|name| report.iter().all(|metric| metric.metric != **name));
    let mut all: Vec<String> = own.map(|name| format!("{name} has a limit and was not measured")).collect();
    let Some((approved, evidence)) = candidate.approved else { return all };
    let limits = evidence.bias_limits.there().map(Vec::as_slice).unwrap_or_default();
    let has_facet = facets(report);
    for limit in limits.iter().filter(|limit| limit.is_after && limit.value.is_some_and(f64::is_finite)) {
        let is_it = |metric: &FacetMetric| {
            metric.is_after
                && metric.metric == limit.metric
                && metric.facet == limit.facet
                && metric.facet_value == limit.facet_value
        };
        if has_facet.contains(&(limit.facet.as_str(), limit.facet_value.as_str())) && !report.iter().any(is_it) {
            all.push(format!(
                "{} of {}={} has a limit by version {} and was not measured",
                limit.metric, limit.facet, limit.facet_value, approved.version
            ));
        }
    }
    all
}

fn facets(report: &[FacetMetric]) -> BTreeSet<(&str, &str)> {
    let after = report.iter().filter(|metric| metric.is_after);
    after.map(|metric| (metric.facet.as_str(), metric.facet_value.as_str())).collect()
}
