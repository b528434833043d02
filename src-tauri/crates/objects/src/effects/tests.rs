use super::*;
use crate::facts::{KEY, bucket, copy_step, marker_step};
use contract::{
    facts::{Missing, Notifications},
    plan::Seen,
};

const THRESHOLD: u64 = 100;
const LAMBDA: &str = "arn:aws:lambda:eu-west-1:1:function:refresh-menu";
const PIPELINE: &str = "arn:aws:states:eu-west-1:1:stateMachine:daily-sales-pipeline";

fn target(events: &[&str], prefix: &str, suffix: &str) -> NotificationTarget {
    NotificationTarget {
        arn: LAMBDA.into(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
        prefix: prefix.into(),
        suffix: suffix.into(),
    }
}

fn hear(target: NotificationTarget, step: Step) -> u64 {
    let mut facts = bucket();
    facts.notifications = Ok(Notifications { event_bridge: false, targets: vec![target] });
    let (effects, notices) = effects(&facts, &[step], THRESHOLD);
    assert!(notices.is_empty());
    effects.iter().map(|effect| effect.times).sum()
}

fn copy(size: u64) -> Step {
    copy_step(KEY, KEY, size, Seen::Nothing)
}

fn hide() -> Step {
    Step { action: Action::AddMarker, ..copy(1) }
}

#[test]
fn each_write_fires_its_own_event() {
    assert_eq!(event_type(&copy(100), THRESHOLD), "s3:ObjectCreated:Copy");
    assert_eq!(event_type(&copy(101), THRESHOLD), "s3:ObjectCreated:CompleteMultipartUpload");
    assert_eq!(event_type(&marker_step(KEY, "m"), THRESHOLD), "s3:ObjectRemoved:Delete");
    assert_eq!(event_type(&hide(), THRESHOLD), "s3:ObjectRemoved:DeleteMarkerCreated");

    for (event, copied, in_parts, removed, hidden) in [
        ("s3:ObjectCreated:*", 1, 1, 0, 0),
        ("s3:ObjectCreated:Copy", 1, 0, 0, 0),
        ("s3:ObjectCreated:Put", 0, 0, 0, 0),
        ("s3:ObjectCreated:CompleteMultipartUpload", 0, 1, 0, 0),
        ("s3:ObjectRemoved:*", 0, 0, 1, 1),
        ("s3:ObjectRemoved:Delete", 0, 0, 1, 0),
        ("s3:ObjectRemoved:DeleteMarkerCreated", 0, 0, 0, 1),
    ] {
        let fired =
            [copy(1), copy(101), marker_step(KEY, "m"), hide()].map(|step| hear(target(&[event], "", ""), step));
        assert_eq!(fired, [copied, in_parts, removed, hidden], "{event}");
    }
}

#[test]
fn targets_filter_by_prefix_and_suffix_of_the_written_key() {
    let all = ["s3:ObjectCreated:*"];
    assert_eq!(hear(target(&all, "data/", ".csv"), copy(1)), 1);
    assert_eq!(hear(target(&all, "logs/", ".csv"), copy(1)), 0);
    assert_eq!(hear(target(&all, "data/", ".parquet"), copy(1)), 0);
    assert_eq!(hear(target(&all, "archive/", ""), copy_step(KEY, "archive/x", 1, Seen::Nothing)), 1);
    assert_eq!(hear(target(&all, "data/", ""), copy_step(KEY, "archive/x", 1, Seen::Nothing)), 0);
    // Filters hold special characters URL-encoded.
    assert_eq!(hear(target(&all, "a+b%2F", ""), copy_step(KEY, "a b/x", 1, Seen::Nothing)), 1);
}

#[test]
fn rules_are_matched_against_the_event_that_will_be() {
    let mut facts = bucket();
    facts.notifications =
        Ok(Notifications { event_bridge: true, targets: vec![target(&["s3:ObjectCreated:*"], "", "")] });
    let rule = |name: &str, pattern: &str| EventRule {
        name: name.into(),
        pattern: pattern.into(),
        targets: vec![PIPELINE.into()],
    };
    facts.event_rules = Ok(vec![
        rule(
            "on-daily-sales",
            r#"{"source":["aws.s3"],"detail-type":["Object Created"],"detail":{"bucket":{"name":["lake-raw"]},"object":{"key":[{"prefix":"data/in/"}]},"reason":["CopyObject"]}}"#,
        ),
        rule("on-delete", r#"{"detail-type":["Object Deleted"],"detail":{"deletion-type":["Delete Marker Created"]}}"#),
        rule("by-person", r#"{"source":["aws.s3"],"detail":{"requester":["123456789012"]}}"#),
        rule("other-bucket", r#"{"resources":["arn:aws:s3:::lake-logs"]}"#),
    ]);
    let (heard, notices) = effects(&facts, &[copy(1), copy(2), copy(101)], THRESHOLD);
    assert!(notices.is_empty());
    let told: Vec<(&str, &str, u64)> =
        heard.iter().map(|effect| (effect.through.as_str(), effect.what.as_str(), effect.times)).collect();
    assert_eq!(
        told,
        [
            ("Lambda refresh-menu", "Invokes refresh-menu", 3),
            ("rule on-daily-sales", "Starts daily-sales-pipeline", 2),
            ("rule by-person", "May start daily-sales-pipeline", 3),
        ]
    );
    let (heard, _) = effects(&facts, &[hide()], THRESHOLD);
    assert!(heard.iter().any(|effect| effect.through == "rule on-delete" && effect.what.starts_with("Starts")));
    // Marker removal is `Permanently Deleted`, no rule for new objects hears it.
    let (heard, _) = effects(&facts, &[marker_step(KEY, "m")], THRESHOLD);
    assert_eq!(heard.iter().map(|effect| effect.through.as_str()).collect::<Vec<_>>(), ["rule by-person"]);
}

#[test]
fn rules_do_not_count_when_the_bucket_sends_no_events_there() {
    let mut facts = bucket();
    facts.event_rules = Ok(vec![EventRule {
        name: "r".into(),
        pattern: r#"{"source":["aws.s3"]}"#.into(),
        targets: vec![PIPELINE.into()],
    }]);
    assert!(effects(&facts, &[copy(1)], THRESHOLD).0.is_empty());
}

#[test]
fn what_cannot_be_read_is_said() {
    let missing = |action: &str| Missing { action: action.into(), denied: true, reason: "access denied".into() };
    let mut facts = bucket();
    facts.notifications = Err(missing("s3:GetBucketNotification"));
    let (_, notices) = effects(&facts, &[copy(1)], THRESHOLD);
    assert!(notices[0].text.contains("s3:GetBucketNotification"));
    facts.notifications = Ok(Notifications { event_bridge: true, targets: Vec::new() });
    facts.event_rules = Err(missing("events:ListRules"));
    let (_, notices) = effects(&facts, &[copy(1)], THRESHOLD);
    assert!(notices[0].text.contains("events:ListRules"));
}

#[test]
fn listeners_in_words() {
    assert_eq!(
        listeners(&[target(&["s3:ObjectCreated:*", "s3:ObjectRemoved:*"], "data/", ".csv")]),
        ["Lambda refresh-menu, on s3:ObjectCreated:*, s3:ObjectRemoved:* under data/ ending in .csv"]
    );
}
