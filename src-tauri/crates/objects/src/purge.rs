//! When lifecycle rules remove a version for good ("How Amazon S3 calculates when an object became noncurrent" and
//! "Lifecycle configuration elements", user guide).
//!
//! A version becomes noncurrent when its successor is created. `NoncurrentDays` are added to that moment and the result
//! is rounded up to the next 00:00 UTC (a sum that falls on midnight stays); S3 may run later, never earlier. A version
//! is removed only beyond the `NewerNoncurrentVersions` newest noncurrent ones. Delete markers count and go like other
//! versions. Object Lock, which a listing does not show, overrides every purge.

use contract::{
    Timestamp,
    facts::LifecycleRule,
    objects::{Purge, VersionFact},
};

const DAY: i64 = 86_400;

/// What the rules do to the entry at `index` of one key's facts (newest first, S3's order). `None` for rules that could
/// not be read. `now` is needed for a lone delete marker, which S3 removes at the next run.
///
/// [`Purge::At`] may lie in the past: S3 runs late. Where a rule filters by tags, which a listing does not show, the answer
/// is [`Purge::Unknown`] unless a rule that certainly applies acts no later.
pub fn purge(facts: &[VersionFact], index: usize, rules: Option<&[LifecycleRule]>, now: Timestamp) -> Purge {
    let Some(fact) = facts.get(index) else { return Purge::Unknown };
    let lone_marker = fact.delete_marker && facts.len() == 1;
    if index == 0 && !lone_marker {
        return Purge::Never; // Expiration of a current version adds a delete marker: it destroys nothing.
    }
    let Some(rules) = rules else { return Purge::Unknown };
    let mut sure = Fates::default();
    let mut unsure = Fates::default();
    for rule in rules.iter().filter(|rule| rule.enabled && fact.key.starts_with(&rule.prefix)) {
        let fates = match applies(rule, fact) {
            Applies::Yes => &mut sure,
            Applies::Unknown => &mut unsure,
            Applies::No => continue,
        };
        if index == 0 {
            fates.at(lone_marker_removal(rule, fact, now));
        } else if let (Some(days), Some(successor)) = (rule.noncurrent_days, facts.get(index - 1)) {
            let newer = u64::try_from(index - 1).unwrap_or(u64::MAX);
            match rule.newer_noncurrent {
                Some(keep) if newer < u64::from(keep) => fates.kept(keep),
                _ => fates.at(due(successor.last_modified, days)),
            }
        }
    }
    match (sure.at, unsure.at) {
        (Some(sure), Some(unsure)) if unsure < sure => Purge::Unknown,
        (Some(sure), _) => Purge::At(sure),
        (None, Some(_)) => Purge::Unknown,
        (None, None) => match (sure.kept, unsure.kept) {
            (Some(newer), _) => Purge::Kept { newer },
            (None, Some(_)) => Purge::Unknown,
            (None, None) => Purge::Never,
        },
    }
}

/// A version that one more version on top would hand to the lifecycle rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedOver {
    pub version_id: String,
    pub delete_marker: bool,
    /// When S3 may then remove it. In the past: at the next run.
    pub at: Timestamp,
}

/// The versions that are kept only by the count of newer ones, and would not be any more after one more version is
/// stored on top, as a restore by copy does.
pub fn pushed_over(facts: &[VersionFact], rules: Option<&[LifecycleRule]>, now: Timestamp) -> Vec<PushedOver> {
    let Some(first) = facts.first() else { return Vec::new() };
    let top = VersionFact {
        key: first.key.clone(),
        version_id: String::new(),
        delete_marker: false,
        is_latest: true,
        last_modified: now,
        size: Some(0),
        etag: None,
        class: None,
        checksums: Vec::new(),
        restore: None,
        owner: None,
    };
    let after: Vec<VersionFact> = std::iter::once(top).chain(facts.iter().cloned()).collect();
    facts
        .iter()
        .enumerate()
        .skip(1)
        .filter_map(|(index, fact)| match (purge(facts, index, rules, now), purge(&after, index + 1, rules, now)) {
            (Purge::Kept { .. }, Purge::At(at)) => {
                Some(PushedOver { version_id: fact.version_id.clone(), delete_marker: fact.delete_marker, at })
            }
            _ => None,
        })
        .collect()
}

/// `from` plus days, rounded up to the next midnight UTC.
pub fn due(from: Timestamp, days: u32) -> Timestamp {
    midnight(from.as_second().saturating_add(i64::from(days) * DAY) + i64::from(from.subsec_nanosecond() > 0))
}

/// The midnight UTC at or after a Unix second, within what a timestamp can hold.
fn midnight(second: i64) -> Timestamp {
    let day = second.div_euclid(DAY) + i64::from(second.rem_euclid(DAY) != 0);
    Timestamp::from_second(day.saturating_mul(DAY)).unwrap_or(Timestamp::MAX)
}

/// The earliest removal and the smallest protecting count among a group of rules.
#[derive(Default)]
struct Fates {
    at: Option<Timestamp>,
    kept: Option<u32>,
}

impl Fates {
    fn at(&mut self, at: impl Into<Option<Timestamp>>) {
        self.at = self.at.into_iter().chain(at.into()).min();
    }
    fn kept(&mut self, newer: u32) {
        self.kept = Some(self.kept.map_or(newer, |kept| kept.min(newer)));
    }
}

enum Applies {
    Yes,
    No,
    Unknown,
}

/// Whether a rule's tag and size filters let it act on an entry. A delete marker has neither tags nor a size, so a rule
/// that asks for either leaves it alone.
fn applies(rule: &LifecycleRule, fact: &VersionFact) -> Applies {
    let by_size = rule.size_greater_than.is_some() || rule.size_less_than.is_some();
    if fact.delete_marker {
        return if by_size || !rule.tags.is_empty() { Applies::No } else { Applies::Yes };
    }
    match fact.size {
        None if by_size => return Applies::Unknown,
        None => {}
        Some(size) => {
            let inside = rule.size_greater_than.is_none_or(|limit| size > limit)
                && rule.size_less_than.is_none_or(|limit| size < limit);
            if !inside {
                return Applies::No;
            }
        }
    }
    if rule.tags.is_empty() { Applies::Yes } else { Applies::Unknown }
}

/// A delete marker with nothing below it is an "expired object delete marker" ("Expiring objects", user guide): rules with
/// `ExpiredObjectDeleteMarker` remove it at the next run, rules with `Days` or `Date` when it is old enough.
fn lone_marker_removal(rule: &LifecycleRule, fact: &VersionFact, now: Timestamp) -> Option<Timestamp> {
    let next_run = rule.expired_marker.then(|| midnight(now.as_second()));
    let by_age = rule.expire_days.map(|days| due(fact.last_modified, days));
    let by_date = rule.expire_date.as_deref().and_then(instant_of);
    next_run.into_iter().chain(by_age).chain(by_date).min()
}

/// An `Expiration` date: `2027-01-01T00:00:00Z` or only its day.
fn instant_of(date: &str) -> Option<Timestamp> {
    let day = date.get(..10).unwrap_or(date);
    date.parse().ok().or_else(|| format!("{day}T00:00:00Z").parse().ok())
}

#[cfg(test)]
mod tests;
