//! Lifecycle rules in words ("Lifecycle configuration elements", S3 user guide).
//!
//! Old versions are what S3 calls noncurrent versions. Days are those after the version became noncurrent.

use crate::{key, size, words};
use contract::facts::LifecycleRule;

/// What a bucket's rules do to old versions, in one line: `old versions deleted after 90 days, newest 5 kept`; `old versions kept for ever`
/// when no enabled rule deletes any.
pub fn summary(rules: &[LifecycleRule]) -> String {
    let lines: Vec<String> = rules.iter().filter(|rule| rule.enabled).filter_map(old_versions).collect();
    if lines.is_empty() { "old versions kept for ever".to_owned() } else { lines.join("; ") }
}

/// One rule in words, with its name and, if it is off, `(disabled)`: `keep-five: old versions deleted after 90 days, newest 5 kept`.
pub fn describe(rule: &LifecycleRule) -> String {
    let scope = scope(rule);
    let mut does: Vec<String> = Vec::new();
    does.extend(old_versions(rule));
    for (class, days) in &rule.noncurrent_transitions {
        does.push(format!("old versions{scope} moved to {class} after {}", words::days(*days)));
    }
    if let Some(days) = rule.expire_days {
        does.push(format!("objects{scope} deleted {} after they were stored", words::days(days)));
    }
    if let Some(date) = &rule.expire_date {
        does.push(format!("objects{scope} deleted on {}", key::shown(date.get(..10).unwrap_or(date))));
    }
    for (class, days) in &rule.transitions {
        does.push(format!("objects{scope} moved to {class} after {}", words::days(*days)));
    }
    if rule.expired_marker {
        does.push(format!("delete markers{scope} with nothing below them removed"));
    }
    if let Some(days) = rule.abort_multipart_days {
        does.push(format!("unfinished uploads{scope} given up after {}", words::days(days)));
    }
    let does = if does.is_empty() { "does nothing".to_owned() } else { does.join("; ") };
    match (rule.id.is_empty(), rule.enabled) {
        (false, true) => format!("{}: {does}", key::shown(&rule.id)),
        (false, false) => format!("{} (disabled): {does}", key::shown(&rule.id)),
        (true, true) => does,
        (true, false) => format!("(disabled) {does}"),
    }
}

fn old_versions(rule: &LifecycleRule) -> Option<String> {
    let days = rule.noncurrent_days?;
    let kept =
        rule.newer_noncurrent.filter(|kept| *kept > 0).map_or(String::new(), |kept| format!(", newest {kept} kept"));
    Some(format!("old versions{} deleted after {}{kept}", scope(rule), words::days(days)))
}

/// What the rule is limited to, with a leading space: ` under data/, tagged team=menu, larger than 1.0 MB`. Empty for the whole bucket.
fn scope(rule: &LifecycleRule) -> String {
    let mut parts = Vec::new();
    if !rule.prefix.is_empty() {
        parts.push(format!("under {}", key::shown(&rule.prefix)));
    }
    for (name, value) in &rule.tags {
        parts.push(format!("tagged {}={}", key::shown(name), key::shown(value)));
    }
    parts.extend(rule.size_greater_than.map(|bytes| format!("larger than {}", size::words(bytes))));
    parts.extend(rule.size_less_than.map(|bytes| format!("smaller than {}", size::words(bytes))));
    if parts.is_empty() { String::new() } else { format!(" {}", parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> LifecycleRule {
        LifecycleRule {
            id: "keep-five".into(),
            enabled: true,
            noncurrent_days: Some(90),
            newer_noncurrent: Some(5),
            ..Default::default()
        }
    }

    #[test]
    fn the_bucket_row() {
        assert_eq!(summary(&[rule()]), "old versions deleted after 90 days, newest 5 kept");
        assert_eq!(summary(&[]), "old versions kept for ever");
        assert_eq!(summary(&[LifecycleRule { enabled: false, ..rule() }]), "old versions kept for ever");
        assert_eq!(
            summary(&[LifecycleRule { noncurrent_days: None, expire_days: Some(3), ..rule() }]),
            "old versions kept for ever"
        );
        let logs = LifecycleRule { prefix: "logs/".into(), noncurrent_days: Some(1), newer_noncurrent: None, ..rule() };
        assert_eq!(
            summary(&[rule(), logs]),
            "old versions deleted after 90 days, newest 5 kept; old versions under logs/ deleted after 1 day"
        );
    }

    #[test]
    fn every_element_of_a_rule() {
        assert_eq!(describe(&rule()), "keep-five: old versions deleted after 90 days, newest 5 kept");
        let off = LifecycleRule { enabled: false, ..rule() };
        assert_eq!(describe(&off), "keep-five (disabled): old versions deleted after 90 days, newest 5 kept");
        let all = LifecycleRule {
            id: String::new(),
            enabled: true,
            prefix: "data/".into(),
            tags: vec![("team".into(), "menu".into())],
            size_greater_than: Some(1_048_576),
            size_less_than: None,
            noncurrent_days: None,
            newer_noncurrent: None,
            expire_days: Some(30),
            expire_date: Some("2027-01-01T00:00:00Z".into()),
            expired_marker: true,
            abort_multipart_days: Some(7),
            transitions: vec![("GLACIER".into(), 10)],
            noncurrent_transitions: vec![("STANDARD_IA".into(), 1)],
        };
        let at = " under data/, tagged team=menu, larger than 1.0 MB";
        assert_eq!(
            describe(&all),
            format!(
                "old versions{at} moved to STANDARD_IA after 1 day; objects{at} deleted 30 days after they were stored; objects{at} deleted on 2027-01-01; objects{at} moved to GLACIER after 10 days; delete markers{at} with nothing below them removed; unfinished uploads{at} given up after 7 days"
            )
        );
        assert_eq!(describe(&LifecycleRule { enabled: false, ..Default::default() }), "(disabled) does nothing");
    }
}
