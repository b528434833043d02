use super::*;
use crate::facts::{bucket, data, detail};
use contract::facts::{Missing, ObjectLockDefault};

fn head() -> VersionDetail {
    detail(&data("v1", 0, 10, "aaa"))
}

fn of(detail: &VersionDetail, facts: &BucketFacts, by_parts: bool, attribute: &str) -> (Outcome, String) {
    fidelity(detail, facts, by_parts, false)
        .into_iter()
        .find(|line| line.attribute == attribute)
        .map_or((Outcome::Unknown, "no line".into()), |line| (line.outcome, line.note))
}

fn missing() -> Missing {
    Missing { action: "s3:X".into(), denied: true, reason: "access denied".into() }
}

#[test]
fn marker_removal_keeps_everything() {
    let lines = fidelity(&head(), &bucket(), false, true);
    assert!(lines.len() >= 7 && lines.iter().all(|line| line.outcome == Outcome::Kept));
}

#[test]
fn a_plain_copy() {
    let (detail, facts) = (head(), bucket());
    for (attribute, outcome, note) in [
        ("metadata", Outcome::Kept, "content-type=text/csv, batch=0441"),
        ("tags", Outcome::Kept, "none"),
        ("storage class", Outcome::Kept, "STANDARD"),
        ("encryption", Outcome::Kept, "SSE-S3"),
        ("ACL", Outcome::Kept, "ACLs are off; the bucket owner owns every object"),
        ("object lock", Outcome::Kept, "none; the bucket has no Object Lock"),
        ("date", Outcome::Changed, "becomes the time of the restore"),
        ("ETag", Outcome::Kept, "the MD5 of the bytes"),
    ] {
        assert_eq!(of(&detail, &facts, false, attribute), (outcome, note.to_owned()), "{attribute}");
    }
    assert_eq!(of(&detail, &facts, false, "website redirect").1, "no line");
}

#[test]
fn tags_that_could_not_be_read() {
    let detail = VersionDetail { tags: None, ..head() };
    for by_parts in [false, true] {
        let (outcome, note) = of(&detail, &bucket(), by_parts, "tags");
        assert!(outcome == Outcome::Unknown && note.ends_with("the copy is refused without"), "{note}");
    }
    let tagged = VersionDetail { tags: Some(vec![("team".into(), "menu".into())]), ..head() };
    assert_eq!(of(&tagged, &bucket(), true, "tags"), (Outcome::Kept, "team=menu".into()));
}

#[test]
fn encryption_is_kept_where_it_is_kms_and_else_the_buckets() {
    let mut facts = bucket();
    facts.encryption = Ok(Some("SSE-KMS alias/lake".into()));
    assert_eq!(
        of(&head(), &facts, false, "encryption"),
        (Outcome::Changed, "SSE-S3 becomes bucket default SSE-KMS alias/lake".into())
    );
    assert_eq!(of(&head(), &facts, false, "ETag").0, Outcome::Changed);
    let kms = VersionDetail { encryption: Some("SSE-KMS arn:aws:kms:eu-west-1:1:key/k".into()), ..head() };
    assert_eq!(of(&kms, &bucket(), false, "encryption").0, Outcome::Kept);
    assert_eq!(of(&kms, &bucket(), false, "ETag").0, Outcome::Changed);
    let customer = VersionDetail { encryption: Some("SSE-C".into()), ..head() };
    assert_eq!(of(&customer, &bucket(), false, "encryption").0, Outcome::CannotKeep);
    facts.encryption = Err(missing());
    assert_eq!(of(&head(), &facts, false, "encryption").0, Outcome::Unknown);
    facts.encryption = Ok(None);
    assert_eq!(of(&head(), &facts, false, "encryption").0, Outcome::Kept);
}

#[test]
fn acl_and_lock_are_not_copied() {
    let mut facts = bucket();
    facts.acl_enabled = Ok(true);
    assert_eq!(of(&head(), &facts, false, "ACL").0, Outcome::Changed);
    facts.acl_enabled = Err(missing());
    assert_eq!(of(&head(), &facts, false, "ACL").0, Outcome::Unknown);
    let locked = VersionDetail { lock: Some("GOVERNANCE until 2027-01-01".into()), ..head() };
    facts.object_lock = Ok(Some(ObjectLockDefault { retention: None }));
    assert_eq!(
        of(&locked, &facts, false, "object lock"),
        (Outcome::CannotKeep, "the copy gets no retention; the old version keeps GOVERNANCE until 2027-01-01".into())
    );
    facts.object_lock = Ok(Some(ObjectLockDefault { retention: Some("COMPLIANCE, 30 days".into()) }));
    assert_eq!(
        of(&head(), &facts, false, "object lock"),
        (Outcome::Changed, "the copy gets the bucket's default (COMPLIANCE, 30 days)".into())
    );
    facts.object_lock = Err(missing());
    assert_eq!(of(&head(), &facts, false, "object lock").0, Outcome::Unknown);
}

#[test]
fn parts_change_the_etag_and_redirects_are_kept() {
    assert_eq!(of(&head(), &bucket(), true, "ETag").0, Outcome::Changed);
    let multipart = VersionDetail { etag: "\"aaa-12\"".into(), ..head() };
    assert_eq!(of(&multipart, &bucket(), false, "ETag").0, Outcome::Changed);
    let redirect = VersionDetail { headers: vec![("x-amz-website-redirect-location".into(), "/x".into())], ..head() };
    assert_eq!(of(&redirect, &bucket(), false, "website redirect"), (Outcome::Kept, "/x".into()));
    assert!(!of(&redirect, &bucket(), false, "metadata").1.contains("redirect"));
    let archived = VersionDetail { class: "GLACIER".into(), ..head() };
    assert!(of(&archived, &bucket(), false, "storage class").1.contains("archived again"));
}
