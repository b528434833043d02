use super::*;
use crate::facts::{KEY, bucket, copy_step, data, detail, marker_step};
use contract::plan::Seen;

const THRESHOLD: u64 = 100;

fn all(facts: &BucketFacts, steps: &[Step], details: &[VersionDetail]) -> Vec<String> {
    permissions(facts, steps, details, THRESHOLD, &[])
        .into_iter()
        .map(|permission| {
            format!("{} {}{}", permission.action, permission.resource, if permission.missing { " MISSING" } else { "" })
        })
        .collect()
}

fn head() -> VersionDetail {
    detail(&data("v1", 0, 10, "aaa"))
}

#[test]
fn a_copy_in_place_of_an_untagged_object() {
    let step = copy_step(KEY, KEY, 10, Seen::Marker { version_id: "d".into() });
    assert_eq!(
        all(&bucket(), &[step], &[head()]),
        [
            "s3:GetObjectVersion arn:aws:s3:::lake-raw/data/in/daily_sales.csv",
            "s3:PutObject arn:aws:s3:::lake-raw/data/in/daily_sales.csv",
            "s3:GetBucketVersioning arn:aws:s3:::lake-raw",
            "s3:ListBucketVersions arn:aws:s3:::lake-raw",
        ]
    );
}

#[test]
fn tags_parts_and_kms_ask_for_more() {
    let step = [copy_step(KEY, "archive/x", 101, Seen::Nothing)];
    let key = "arn:aws:kms:eu-west-1:1:key/k";
    let tagged = VersionDetail {
        tags: Some(vec![("a".into(), "b".into())]),
        encryption: Some(format!("SSE-KMS {key}")),
        ..head()
    };
    let needed = all(&bucket(), &step, &[tagged]);
    for line in [
        format!("s3:GetObjectVersionTagging arn:aws:s3:::lake-raw/{KEY}"),
        "s3:PutObjectTagging arn:aws:s3:::lake-raw/archive/x".to_owned(),
        "s3:AbortMultipartUpload arn:aws:s3:::lake-raw/archive/x".to_owned(),
        format!("kms:Decrypt {key}"),
        format!("kms:GenerateDataKey {key}"),
    ] {
        assert!(needed.contains(&line), "{line} in {needed:?}");
    }
    // Unread tags are assumed.
    assert!(all(&bucket(), &step, &[]).iter().any(|line| line.starts_with("s3:GetObjectVersionTagging")));
    let mut facts = bucket();
    facts.encryption = Ok(Some("SSE-KMS alias/lake".into()));
    assert!(all(&facts, &step, &[head()]).contains(&"kms:GenerateDataKey alias/lake".to_owned()));
}

#[test]
fn deletes_name_their_own_actions_and_partitions_follow_the_region() {
    let mut facts = bucket();
    facts.region = "cn-north-1".into();
    let hide = Step { action: Action::AddMarker, ..marker_step("k", "m") };
    let needed = all(&facts, &[marker_step("k", "m"), hide], &[]);
    assert!(needed.contains(&"s3:DeleteObjectVersion arn:aws-cn:s3:::lake-raw/k".to_owned()));
    assert!(needed.contains(&"s3:DeleteObject arn:aws-cn:s3:::lake-raw/k".to_owned()));
    assert!(!needed.iter().any(|line| line.contains("PutObject")));
}

#[test]
fn many_objects_become_their_folder_and_wildcards_of_keys_are_escaped() {
    let steps: Vec<Step> = (0..11).map(|n| marker_step(&format!("data/archive/2026/10/{n}.csv"), "m")).collect();
    assert!(
        all(&bucket(), &steps, &[])
            .contains(&"s3:DeleteObjectVersion arn:aws:s3:::lake-raw/data/archive/2026/10/*".to_owned())
    );
    assert_eq!(
        all(&bucket(), &steps[..10], &[]).iter().filter(|line| line.starts_with("s3:DeleteObjectVersion")).count(),
        10
    );
    assert!(
        all(&bucket(), &[marker_step("a*?$", "m")], &[])
            .contains(&"s3:DeleteObjectVersion arn:aws:s3:::lake-raw/a${*}${?}${$}".to_owned())
    );
}

#[test]
fn what_was_refused_is_marked() {
    let denied = |action: &str| Missing { action: action.into(), denied: true, reason: "access denied".into() };
    let mut facts = bucket();
    facts.lifecycle = Err(denied("s3:GetLifecycleConfiguration"));
    facts.notifications = Err(Missing { denied: false, ..denied("s3:GetBucketNotification") });
    let step = copy_step(KEY, KEY, 10, Seen::Nothing);
    let got = permissions(&facts, &[step], &[], THRESHOLD, &[denied("s3:GetObjectVersionTagging")]);
    let missing: Vec<&str> = got.iter().filter(|p| p.missing).map(|p| p.action.as_str()).collect();
    assert_eq!(missing, ["s3:GetObjectVersionTagging", "s3:GetLifecycleConfiguration"]);
    assert!(permissions(&bucket(), &[], &[], THRESHOLD, &[]).is_empty());
}
