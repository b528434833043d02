//! Explained, and by about the same features as the approved version.

use super::{Candidate, Finding, Looker};
use crate::{
    compare,
    wording::{list, number},
};
use contract::models::{EvidenceLink, GatePolicy, GateVerdict, facts::EvidencePart};

/// The most important features that are looked at one by one.
const TOP: usize = 5;

pub(super) fn look(candidate: &Candidate<'_>, policy: &GatePolicy) -> Finding {
    let mut looker = Looker::default();
    looker.file(candidate.version, EvidencePart::Explainability);
    let Some(after) = candidate.evidence.attributions.there().filter(|all| !all.is_empty()) else {
        let why = candidate.evidence.attributions.why_not().unwrap_or_else(|| "empty".to_owned());
        looker.say(GateVerdict::Unknown, format!("explainability report {why}"));
        return looker.done("");
    };
    let leading = compare::top(after, TOP);
    for feature in leading.iter().filter(|feature| is_identifier(feature)) {
        looker.link(EvidenceLink::Feature((*feature).to_owned()));
        let words = format!("{feature} is among the {TOP} most important features and looks like an identifier");
        looker.say(GateVerdict::Warn, words);
    }
    let Some((approved, evidence)) = candidate.approved else {
        return looker.done(format!("explained by {}; no version to compare with", list(&leading, 3)));
    };
    let Some(before) = evidence.attributions.there() else {
        let why = evidence.attributions.why_not().unwrap_or_default();
        looker.say(GateVerdict::Unknown, format!("explainability report of version {} {why}", approved.version));
        return looker.done("");
    };
    looker.link(EvidenceLink::Compare(approved.arn.clone()));
    let gains = compare::gains(before, after);
    let (label, gain) = match gains.first() {
        Some((label, Some(gain))) => (*label, *gain),
        Some((label, None)) => {
            let words = format!("the label {label} of version {} is not explained", approved.version);
            looker.say(GateVerdict::Unknown, words);
            return looker.done("");
        }
        None => {
            looker.say(GateVerdict::Unknown, format!("version {} explains nothing", approved.version));
            return looker.done("");
        }
    };
    let of_label = if gains.len() > 1 { format!(" of the label {label}") } else { String::new() };
    let then = compare::top(before, TOP);
    let new: Vec<&str> = leading.iter().copied().filter(|feature| !then.contains(feature)).collect();
    let gone: Vec<&str> = then.iter().copied().filter(|feature| !leading.contains(feature)).collect();
    let change = match (new.is_empty(), gone.is_empty()) {
        (true, true) => "the same features lead".to_owned(),
        (_, true) => format!("{} new among the first {TOP}", list(&new, 3)),
        (true, _) => format!("{} gone from the first {TOP}", list(&gone, 3)),
        _ => format!("{} instead of {} among the first {TOP}", list(&new, 3), list(&gone, 3)),
    };
    if gain < policy.ndcg_least {
        let (gain, least) = (number(gain), number(policy.ndcg_least));
        let words = format!("order of features{of_label}: NDCG {gain}, below {least}; {change}");
        looker.say(GateVerdict::Fail, words);
    } else if !new.is_empty() {
        looker.say(GateVerdict::Warn, change.clone());
    }
    looker.done(format!("NDCG {}{of_label} against version {}; {change}", number(gain), approved.version))
}

/// Names of keys: a model that leans on one has learnt rows by heart. Words of a name are parted by `_`, `-`, spaces or
/// capitals.
fn is_identifier(name: &str) -> bool {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let parts = !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
        if parts {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.iter().any(|word| matches!(word.as_str(), "id" | "ids" | "uuid" | "guid" | "rowid" | "email" | "ssn"))
}

#[cfg(test)]
mod tests {
    use super::is_identifier;

    #[test]
    fn names_of_keys() {
        for name in ["customer_id", "customerId", "UUID", "row_id", "guest.email"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["paid", "idle_days", "side", "guide"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
