//! What a team asks of a version: whether it can be asked for, and what was changed of it.

use crate::wording::number;
use contract::models::{GateId, GatePolicy, target::is_name};

/// Characters that SageMaker keeps of a comment beside the digest of the evidence.
const COMMENT: u32 = 900;
/// Years that a version may wait, in days.
const AGES: u32 = 3_650;

/// Why a policy cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{0} is a number from {1} to {2}")]
    Range(&'static str, String, String),
    #[error("the limit of {0} is a number from 0 upwards")]
    Limit(String),
    #[error("a bias limit names its metric, each metric once")]
    Metric,
    #[error("`{0}` is no name of a stage or status: letters, digits and hyphens, at most 63")]
    Stage(String),
}

/// Whether a policy can be kept.
pub fn check(policy: &GatePolicy) -> Result<(), PolicyError> {
    let ranges = [
        ("the standard deviations of noise", policy.deviations, 10.0),
        ("the share that is noise", policy.tolerance, 1.0),
        ("the NDCG of attributions", policy.ndcg_least, 1.0),
        ("the share of drifted features", policy.drifted_share, 1.0),
    ];
    for (what, value, most) in ranges {
        if !(0.0..=most).contains(&value) {
            return Err(PolicyError::Range(what, "0".into(), number(most)));
        }
    }
    let counts = [
        ("the length of a comment", policy.comment_least, 1, COMMENT),
        ("the days until a version is stale", policy.stale_days, 1, AGES),
    ];
    for (what, value, least, most) in counts {
        if !(least..=most).contains(&value) {
            return Err(PolicyError::Range(what, least.to_string(), most.to_string()));
        }
    }
    for (at, (metric, limit)) in policy.bias_limits.iter().enumerate() {
        if metric.trim().is_empty() || policy.bias_limits.iter().skip(at + 1).any(|(other, _)| other == metric) {
            return Err(PolicyError::Metric);
        }
        if !limit.is_finite() || *limit < 0.0 {
            return Err(PolicyError::Limit(metric.clone()));
        }
    }
    let mut names = policy.stage_on_approval.iter().flat_map(|(stage, status)| [stage, status]);
    match names.find(|name| !is_name(name) || name.len() > 63) {
        Some(name) => Err(PolicyError::Stage(name.clone())),
        None => Ok(()),
    }
}

/// What is different, for the audit log: `two persons off; bias advises; NDCG at least 0.8, was 0.9`.
pub fn changes(before: &GatePolicy, after: &GatePolicy) -> Vec<String> {
    let mut all = Vec::new();
    for id in GateId::ALL {
        let blocks = [before, after].map(|policy| policy.blocking.contains(&id));
        match blocks {
            [true, false] => all.push(format!("{} advises", id.word())),
            [false, true] => all.push(format!("{} blocks", id.word())),
            _ => {}
        }
    }
    let turned =
        |what: &str, was: bool, is: bool| (was != is).then(|| format!("{what} {}", if is { "on" } else { "off" }));
    all.extend(turned("two persons", before.two_persons, after.two_persons));
    all.extend(turned("what is not known blocks", before.unknown_blocks, after.unknown_blocks));
    let numbers = [
        ("comment of at least", f64::from(before.comment_least), f64::from(after.comment_least), " characters"),
        ("noise within", before.deviations, after.deviations, " standard deviations"),
        ("without deviations within", before.tolerance * 100.0, after.tolerance * 100.0, " %"),
        ("NDCG at least", before.ndcg_least, after.ndcg_least, ""),
        ("drifted features up to", before.drifted_share * 100.0, after.drifted_share * 100.0, " %"),
        ("stale after", f64::from(before.stale_days), f64::from(after.stale_days), " d"),
    ];
    for (what, was, is, unit) in numbers {
        let (was, is) = (number(was), number(is));
        if was != is {
            all.push(format!("{what} {is}{unit}, was {was}{unit}"));
        }
    }
    if before.bias_limits != after.bias_limits {
        all.push(format!("bias limits {}, were {}", limits(after), limits(before)));
    }
    if before.stage_on_approval != after.stage_on_approval {
        all.push(format!("stage on approval {}, was {}", staged(after), staged(before)));
    }
    all
}

fn limits(policy: &GatePolicy) -> String {
    let all: Vec<String> =
        policy.bias_limits.iter().map(|(metric, limit)| format!("{metric} {}", number(*limit))).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

fn staged(policy: &GatePolicy) -> String {
    policy.stage_on_approval.as_ref().map_or_else(|| "none".to_owned(), |(stage, status)| format!("{stage} {status}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(change: impl FnOnce(&mut GatePolicy)) -> GatePolicy {
        let mut policy = GatePolicy::default();
        change(&mut policy);
        policy
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(check(&GatePolicy::default()), Ok(()));
        let wrong: [fn(&mut GatePolicy); 9] = [
            |policy| policy.deviations = f64::NAN,
            |policy| policy.tolerance = -0.1,
            |policy| policy.ndcg_least = 1.1,
            |policy| policy.drifted_share = 2.0,
            |policy| policy.comment_least = 0,
            |policy| policy.stale_days = 0,
            |policy| policy.bias_limits = vec![("DPPL".into(), 0.1), ("DPPL".into(), 0.2)],
            |policy| policy.bias_limits = vec![("DI".into(), f64::INFINITY)],
            |policy| policy.stage_on_approval = Some(("Production".into(), "not a name".into())),
        ];
        for (at, change) in wrong.into_iter().enumerate() {
            assert!(check(&policy(change)).is_err(), "{at}");
        }
        let own = policy(|policy| {
            policy.bias_limits = vec![("DPPL".into(), 0.1)];
            policy.stage_on_approval = Some(("Production".into(), "Approved".into()));
        });
        assert_eq!(check(&own), Ok(()));
    }

    #[test]
    fn a_weaker_guard_is_told_in_words() {
        let before = GatePolicy::default();
        let after = policy(|policy| {
            policy.two_persons = false;
            policy.blocking.retain(|id| *id != GateId::Bias);
            policy.ndcg_least = 0.8;
            policy.drifted_share = 0.25;
            policy.bias_limits = vec![("DPPL".into(), 0.1)];
        });
        assert_eq!(
            changes(&before, &after),
            [
                "bias advises",
                "two persons off",
                "NDCG at least 0.8, was 0.9",
                "drifted features up to 25 %, was 0 %",
                "bias limits DPPL 0.1, were none",
            ]
        );
        assert!(changes(&before, &before).is_empty());
    }
}
