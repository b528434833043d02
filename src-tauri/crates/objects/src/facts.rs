//! Builders for tests: short ways to write facts, rows, buckets and steps. Seconds count from 2026-11-21T00:00:00Z.

use contract::{
    Timestamp,
    facts::{BucketFacts, LifecycleRule, Notifications},
    objects::{VersionDetail, VersionFact, VersionRow, Versioning},
    plan::{Action, Seen, SourceVersion, Step},
};

pub const KEY: &str = "data/in/daily_sales.csv";

pub fn at(second: i64) -> Timestamp {
    let day: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    Timestamp::from_second(day.as_second() + second).unwrap()
}

pub fn data(id: &str, second: i64, size: u64, etag: &str) -> VersionFact {
    VersionFact {
        key: KEY.to_owned(),
        version_id: id.to_owned(),
        delete_marker: false,
        is_latest: false,
        last_modified: at(second),
        size: Some(size),
        etag: Some(etag.to_owned()),
        class: Some("STANDARD".to_owned()),
        checksums: Vec::new(),
        restore: None,
        owner: None,
    }
}

pub fn marker(id: &str, second: i64) -> VersionFact {
    VersionFact { delete_marker: true, size: None, etag: None, class: None, ..data(id, second, 0, "") }
}

/// Marks the first as current.
pub fn newest_first(mut facts: Vec<VersionFact>) -> Vec<VersionFact> {
    if let Some(first) = facts.first_mut() {
        first.is_latest = true;
    }
    facts
}

pub fn rows(facts: Vec<VersionFact>) -> Vec<VersionRow> {
    crate::timeline::timeline(newest_first(facts), Some(&[]), at(100_000))
}

pub fn expire(days: u32, newer: Option<u32>) -> LifecycleRule {
    LifecycleRule { enabled: true, noncurrent_days: Some(days), newer_noncurrent: newer, ..Default::default() }
}

/// A plain versioned bucket with nothing else switched on.
pub fn bucket() -> BucketFacts {
    BucketFacts {
        name: "lake-raw".to_owned(),
        region: "eu-west-1".to_owned(),
        versioning: Ok(Versioning::Enabled),
        mfa_delete: false,
        lifecycle: Ok(Vec::new()),
        notifications: Ok(Notifications::default()),
        event_rules: Ok(Vec::new()),
        encryption: Ok(Some("SSE-S3".to_owned())),
        object_lock: Ok(None),
        acl_enabled: Ok(false),
        replication: Ok(false),
    }
}

pub fn detail(fact: &VersionFact) -> VersionDetail {
    VersionDetail {
        bucket: "lake-raw".to_owned(),
        key: fact.key.clone(),
        version_id: Some(fact.version_id.clone()),
        size: fact.size.unwrap_or(0),
        last_modified: fact.last_modified,
        etag: fact.etag.clone().unwrap_or_default(),
        checksum: None,
        class: fact.class.clone().unwrap_or_default(),
        archive: None,
        content_type: Some("text/csv".to_owned()),
        headers: Vec::new(),
        metadata: vec![("batch".to_owned(), "0441".to_owned())],
        tags: Some(Vec::new()),
        encryption: Some("SSE-S3".to_owned()),
        lock: None,
        restore: None,
        parts: None,
        notices: Vec::new(),
    }
}

pub fn copy_step(key: &str, to_key: &str, size: u64, seen: Seen) -> Step {
    let source = SourceVersion {
        key: key.to_owned(),
        version_id: "v1".to_owned(),
        size,
        etag: "aaa".to_owned(),
        last_modified: at(0),
    };
    Step {
        key: key.to_owned(),
        action: Action::Copy { source, to_key: to_key.to_owned() },
        seen,
        text: String::new(),
        why: String::new(),
    }
}

pub fn marker_step(key: &str, id: &str) -> Step {
    Step {
        key: key.to_owned(),
        action: Action::RemoveMarker { marker_id: id.to_owned() },
        seen: Seen::Marker { version_id: id.to_owned() },
        text: String::new(),
        why: String::new(),
    }
}
