//! Pending versions that can hardly be meant any more, for rejecting many at once.

use crate::{
    rows,
    wording::{seconds, span},
};
use contract::{
    Timestamp,
    models::{
        GatePolicy, StaleRow,
        facts::{Approval, DeployedModel, VersionFact},
    },
};

const DAY: i64 = 86_400;

/// Versions that have waited longer than the policy's days, and failed ones, oldest first; those of unknown age last. A
/// version that serves is never stale: rejecting it would change production.
pub fn stale(versions: &[VersionFact], models: &[DeployedModel], policy: &GatePolicy, now: Timestamp) -> Vec<StaleRow> {
    let limit = i64::from(policy.stale_days) * DAY;
    let row = |version: &VersionFact| {
        let age = version.created.map(|created| seconds(created, now));
        let has_failed = version.status == "Failed";
        if !has_failed && age.is_none_or(|age| age <= limit) {
            return None;
        }
        let mut why =
            age.map_or_else(|| "pending, nobody knows how long".to_owned(), |age| format!("pending for {}", span(age)));
        if has_failed {
            why.push_str("; its registration failed");
        }
        let newer = versions.iter().filter(|other| {
            other.group == version.group && other.version > version.version && other.approval == Approval::Approved
        });
        if let Some(newer) = newer.max_by_key(|other| other.version) {
            why.push_str("; version ");
            why.push_str(&newer.version.to_string());
            why.push_str(" was approved since");
        }
        Some(StaleRow { mark: rows::mark(version), group: version.group.clone(), why })
    };
    let waiting = versions.iter().filter(|version| version.approval == Approval::Pending);
    let idle = waiting.filter(|version| rows::deployed(version, models).is_empty());
    let mut found: Vec<StaleRow> = idle.filter_map(row).collect();
    let age = |row: &StaleRow| (row.mark.created.is_none(), row.mark.created);
    found.sort_by(|one, other| age(one).cmp(&age(other)).then_with(|| one.group.cmp(&other.group)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{at, decided, now, served, version};

    #[test]
    fn old_and_failed_ones_but_never_what_serves() {
        let of = |number: u32, created: &str| VersionFact { created: Some(at(created)), ..version(number) };
        let versions = [
            of(1, "2026-08-01T00:00:00Z"),
            of(2, "2026-09-01T00:00:00Z"),
            of(3, "2026-11-20T00:00:00Z"),
            VersionFact { status: "Failed".into(), ..of(4, "2026-11-20T08:00:00Z") },
            VersionFact { created: Some(at("2026-10-01T00:00:00Z")), ..decided(2, Approval::Rejected) },
            decided(9, Approval::Approved),
            VersionFact { created: None, ..version(5) },
            VersionFact { created: None, status: "Failed".into(), ..version(6) },
        ];
        let policy = GatePolicy::default();
        let found = stale(&versions, &[served(2)], &policy, now());
        let seen: Vec<(u32, &str)> = found.iter().map(|row| (row.mark.version, row.why.as_str())).collect();
        assert_eq!(
            seen,
            [
                (1, "pending for 112 d 8 h; version 9 was approved since"),
                (4, "pending for 1 d; its registration failed; version 9 was approved since"),
                (6, "pending, nobody knows how long; its registration failed; version 9 was approved since"),
            ]
        );
        let patient = GatePolicy { stale_days: 365, ..policy };
        assert_eq!(stale(&versions[..3], &[], &patient, now()).len(), 0);
    }
}
