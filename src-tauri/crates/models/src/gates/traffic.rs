//! Fit for what the endpoint is asked today: a version that was trained on old data has drifted on its first day.

use super::{Finding, Looker};
use crate::{
    evidence::{Evidence, FeatureDrift, Part},
    wording::{list, number},
};
use contract::models::{EvidenceLink, GatePolicy, GateVerdict};

/// Drifted features that are linked one by one.
const LINKED: usize = 10;

pub(super) fn look(evidence: &Evidence, policy: &GatePolicy) -> Finding {
    let mut looker = Looker::default();
    let traffic = match &evidence.traffic {
        Part::There(traffic) => traffic,
        Part::Absent => {
            looker.say(GateVerdict::Unknown, "no live statistics: no endpoint of the group captures and monitors data");
            return looker.done("");
        }
        Part::Unreadable(why) => {
            looker.say(GateVerdict::Unknown, format!("live statistics not readable: {why}"));
            return looker.done("");
        }
    };
    looker.link(EvidenceLink::Endpoint(traffic.endpoint.clone()));
    // By thresholds that nobody set, nothing is judged.
    if let Part::Unreadable(why) = &evidence.baselines.constrained {
        looker.say(GateVerdict::Unknown, format!("its thresholds are not known: data constraints not readable: {why}"));
        return looker.done("");
    }
    let compared: Vec<&FeatureDrift> = traffic.drifts.iter().filter(|drift| drift.distance.is_some()).collect();
    let drifted: Vec<&&FeatureDrift> = compared.iter().filter(|drift| drift.has_drifted).collect();
    for drift in drifted.iter().take(LINKED) {
        looker.link(EvidenceLink::Feature(drift.feature.clone()));
    }
    if compared.is_empty() {
        looker.say(GateVerdict::Unknown, "no feature can be compared with what the endpoint sees");
        return looker.done("");
    }
    let words: Vec<String> = drifted
        .iter()
        .map(|drift| {
            let distance = drift.distance.map_or_else(String::new, number);
            format!("{} {} {distance}, threshold {}", drift.feature, drift.statistic, number(drift.threshold))
        })
        .collect();
    let beyond = format!("{} of {} features beyond the threshold on day 0", drifted.len(), compared.len());
    if share(drifted.len(), compared.len()) > policy.drifted_share {
        looker.say(GateVerdict::Fail, format!("{beyond}: {}", list(&words, 2)));
    } else if !drifted.is_empty() {
        looker.say(GateVerdict::Warn, format!("{beyond}: {}", list(&words, 2)));
    }
    if let Some(old) = &traffic.old {
        let words = format!("what it is asked today is not known: the newest report is {old} old, {}", traffic.window);
        looker.say(GateVerdict::Unknown, words);
    }
    let left: Vec<&str> =
        traffic.drifts.iter().filter(|drift| drift.distance.is_none()).map(|drift| drift.feature.as_str()).collect();
    if !left.is_empty() {
        looker.say(GateVerdict::Unknown, format!("{} cannot be compared", list(&left, 3)));
    }
    looker.done(format!("none of {} features beyond its threshold, {}", compared.len(), traffic.window))
}

#[expect(clippy::cast_precision_loss, reason = "numbers of features")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
