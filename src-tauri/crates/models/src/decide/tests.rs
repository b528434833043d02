//! Deciding.

use super::*;
use crate::{
    evidence::Evidence,
    gates::MatchedRule,
    sample::{at, decided, now, sealed, served, version, who},
};
use contract::{
    Timestamp,
    models::{
        Decision, FollowPart, FollowPipeline, LastRun, ModelWrite, PipelineMark, PipelineStatus, Seal,
        facts::{ActionFact, EndpointFact, Lifecycle, VariantFact, Who},
    },
};
use proptest::prelude::*;
use serde_json::Value;

fn digest() -> String {
    "0a".repeat(32)
}

#[test]
fn a_comment_says_why() {
    let policy = GatePolicy::default();
    let template = template(&version(7), &[]);
    assert_eq!(template, "Version 7 of churn-eu; no gate is red. Why: ");
    assert_eq!(check("  ", &template, &policy), Err(CommentError::Empty));
    assert_eq!(check(&template, &template, &policy), Err(CommentError::Template));
    assert_eq!(check(&format!("{template}ok"), &template, &policy), Err(CommentError::Short(2, 20)));
    assert_eq!(check(&format!("{template}better on the new region"), &template, &policy), Ok(()));
    let text = written("better\n on\tthe new region", &digest()).unwrap();
    assert_eq!(text, format!("better on the new region / evidence sha256:{} v2", digest()));
    assert_eq!(decided_on(&text), Some(digest().as_str()));
    assert_eq!(decided_on("by hand, evidence sha256:123"), None);
    assert_eq!(decided_on(&format!("{text} and more")), None);
    assert!(!decided_before(&text) && !decided_before("by hand"));
    let older = text.trim_end_matches(" v2");
    assert!(decided_before(older) && decided_on(older).is_none(), "its digest is of other things");
    assert!(matches!(written(&"x".repeat(1_000), &digest()), Err(CommentError::Long(_))));
}

#[test]
fn the_order_of_writes() {
    let made = |decision: Decision, policy: &GatePolicy| {
        writes(&decision, &version(7), &who("ben"), &sealed("0a"), policy, now())
    };
    let policy =
        GatePolicy { stage_on_approval: Some(("Production".into(), "Approved".into())), ..GatePolicy::default() };
    let calls = made(Decision::Approve { comment: "better".into() }, &policy).unwrap();
    let approval = |status: &str| ModelWrite::Approval {
        status: status.into(),
        comment: format!("better / evidence sha256:{} v2", digest()),
    };
    let stage =
        ModelWrite::Stage(Lifecycle { stage: "Production".into(), status: "Approved".into(), description: None });
    assert_eq!(calls, [stage, approval("Approved")]);
    let calls = made(Decision::Reject { comment: "better".into() }, &policy).unwrap();
    assert_eq!(calls, [approval("Rejected")]);
    let calls = made(Decision::Sign { comment: "looked".into() }, &policy).unwrap();
    let value = format!("AROAEXAMPLE:ben/2026-11-21T08:00:00Z/{}.CgoKCgoKCgoKCgoK", digest());
    assert_eq!(calls, [ModelWrite::Metadata { key: "ops:sig1".into(), value }]);
    let cycle =
        |stage: &str| Decision::Stage(Lifecycle { stage: stage.into(), status: "Approved".into(), description: None });
    assert_eq!(made(cycle("not a name"), &policy), Err(DecideError::Stage("not a name".into())));
    assert_eq!(made(cycle(&"a".repeat(64)), &policy), Err(DecideError::Stage("a".repeat(64))));
    let nobody = writes(
        &Decision::Sign { comment: "looked".into() },
        &version(7),
        &Who::default(),
        &sealed("0a"),
        &policy,
        now(),
    );
    assert_eq!(nobody, Err(DecideError::Nobody));
}

#[test]
fn the_event_has_the_documented_shape() {
    let approved = decided(7, Approval::Approved);
    let signs = ModelWrite::Metadata { key: "ops:sig1".into(), value: "x".into() };
    let text = event(&approved, &signs, now()).unwrap();
    let event: Value = serde_json::from_str(&text).unwrap();
    for (path, expected) in [
        ("/detail-type", "SageMaker Model Package State Change"),
        ("/source", "aws.sagemaker"),
        ("/account", "123456789012"),
        ("/region", "eu-west-1"),
        ("/time", "2026-11-21T08:00:00Z"),
        ("/resources/0", "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-eu/7"),
        ("/detail/ModelPackageGroupName", "churn-eu"),
        ("/detail/ModelApprovalStatus", "Approved"),
        ("/detail/UpdatedModelPackageFields/0", "CustomerMetadataProperties"),
        ("/detail/CustomerMetadataProperties/ops:sig1", "x"),
        ("/detail/InferenceSpecification/Containers/0/ModelDataUrl", "s3://models/churn-eu/7/model.tar.gz"),
        ("/detail/ModelMetrics/ModelQuality/Statistics/S3Uri", "s3://models/churn-eu/7/QualityStatistics.json"),
        ("/detail/ModelPackageStatusDetails/ImageScanStatuses/0/Status", "Completed"),
    ] {
        assert_eq!(event.pointer(path).and_then(Value::as_str), Some(expected), "{path}");
    }
    assert_eq!(event.pointer("/detail/ModelPackageVersion").and_then(Value::as_u64), Some(7));
    assert!(sends(&approved, &signs).contains("ModelApprovalStatus Approved and UpdatedModelPackageFields Customer"));
    let rejects = ModelWrite::Approval { status: "Rejected".into(), comment: "worse".into() };
    let text = super::event(&approved, &rejects, now()).unwrap();
    let rejected: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(rejected.pointer("/detail/ModelApprovalStatus").and_then(Value::as_str), Some("Rejected"));
    assert_eq!(super::event(&VersionFact { arn: "none".into(), ..approved }, &rejects, now()), None);
}

#[test]
fn rejecting_what_serves_is_a_roll_back() {
    let live = decided(7, Approval::Approved);
    let versions = [live.clone(), decided(5, Approval::Approved), decided(6, Approval::Rejected), version(8)];
    let found = roll_back(&live, &versions, &[served(7)]).unwrap();
    assert_eq!(found.to.map(|mark| mark.version), Some(5));
    assert_eq!(found.endpoints, ["churn"]);
    assert_eq!(found.words, "a deployment that follows approvals puts version 5 in its place at churn");
    let alone = roll_back(&live, &versions[..1], &[served(7)]).unwrap();
    assert_eq!(alone.to, None);
    assert!(alone.words.contains("unapproved"));
    assert_eq!(roll_back(&version(8), &versions, &[served(7)]), None);
}

#[test]
fn a_lost_update_is_seen() {
    let seen = version(7);
    assert_eq!(conflict(&seen, &seen), None);
    let mut changed = VersionFact {
        approval: Approval::Rejected,
        comment: Some("worse".into()),
        modified: Some(at("2026-11-21T07:59:00Z")),
        modified_by: Some(who("cara")),
        ..version(7)
    };
    changed.containers[0].environment.clear();
    let found = conflict(&seen, &changed).unwrap();
    assert_eq!(found.words, "cara changed it at 21 Nov 2026 07:59 UTC: approval, comment and containers");
    let touched = VersionFact { modified: Some(at("2026-11-21T07:59:00Z")), ..version(7) };
    let found = conflict(&seen, &touched).unwrap();
    assert_eq!(found.changes[0].what, "last modified");
    let other = VersionFact { metadata: vec![("a".into(), "1".into())], ..version(7) };
    let third = VersionFact { metadata: vec![("a".into(), "2".into()), ("b".into(), "1".into())], ..version(7) };
    let names: Vec<String> = conflict(&other, &third).unwrap().changes.into_iter().map(|change| change.place).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_write_has_landed_or_was_overtaken() {
    let approve = ModelWrite::Approval { status: "Approved".into(), comment: "better".into() };
    let ours = VersionFact { comment: Some("better".into()), ..decided(7, Approval::Approved) };
    assert!(has_landed(&approve, &ours));
    assert!(!has_landed(&approve, &decided(7, Approval::Rejected)));
    assert!(!has_landed(&approve, &VersionFact { comment: Some("mine".into()), ..ours }), "somebody else's approval");
    let sign = ModelWrite::Metadata { key: "ops:sig1".into(), value: "x".into() };
    assert!(!has_landed(&sign, &version(7)));
}

#[test]
fn a_draft_says_what_holds_and_what_follows() {
    let live = decided(7, Approval::Approved);
    let evidence = Evidence::default();
    let rule = MatchedRule {
        name: "deploy".into(),
        targets: vec!["CodePipeline d".into()],
        pipelines: Vec::new(),
        is_naive: true,
    };
    let blast = Part::There(Blast { rules: vec![rule], unread: Vec::new() });
    let unknown = Part::Absent;
    let (person, seal) = (who("ben"), sealed("0a"));
    let candidate = Candidate {
        version: &live,
        evidence: &evidence,
        approved: None,
        who: &person,
        trail: None,
        blast: &blast,
        seal: &seal,
    };
    let versions = [live.clone(), decided(5, Approval::Approved)];
    let models = [served(7)];
    let around = Around { versions: &versions, models: &models, reject_blast: &unknown };
    let draft = draft(&candidate, &around, &GatePolicy::default());
    assert!(draft.approve.held.contains(&"it is approved already".to_owned()));
    assert!(draft.approve.held.iter().any(|why| why.starts_with("Second person: nobody has signed yet")));
    assert_eq!(draft.approve.words, "fires rule deploy: CodePipeline d");
    assert!(draft.reject.held.is_empty());
    assert!(draft.reject.words.starts_with("what it fires is not known; a deployment"), "{}", draft.reject.words);
    assert_eq!(draft.gates.len(), 9);
    assert_eq!(draft.notices.len(), 1);
    let lone = GatePolicy { blocking: Vec::new(), ..GatePolicy::default() };
    let held = super::draft(&candidate, &around, &lone).approve.held;
    assert!(held.iter().any(|why| why.contains("signs")), "the rule of two holds without its gate: {held:?}");
}

#[test]
fn who_has_signed_is_not_asked_again() {
    let signature = |person: &str, seal: &Seal| {
        let value = people::signature(&who(person), at("2026-11-21T07:00:00Z"), seal).unwrap();
        VersionFact { metadata: vec![("ops:sig1".into(), value)], ..version(7) }
    };
    let (evidence, blast, unknown, seal) = (Evidence::default(), Part::Absent, Part::Absent, sealed("0a"));
    let of = |version: &VersionFact, trail: Option<&[ActionFact]>, policy: &GatePolicy| {
        let person = who("ben");
        let candidate =
            Candidate { version, evidence: &evidence, approved: None, who: &person, trail, blast: &blast, seal: &seal };
        let around = Around { versions: &[], models: &[], reject_blast: &unknown };
        draft(&candidate, &around, policy).sign.map(|sign| sign.held.join("; "))
    };
    let policy = GatePolicy::default();
    assert_eq!(of(&version(7), None, &policy).as_deref(), Some(""), "the first of two");
    let held = of(&signature("ben", &seal), None, &policy).unwrap();
    assert_eq!(held, "you have signed; a second person has to approve");
    let held = of(&signature("ben", &seal), Some(&[]), &policy).unwrap();
    assert!(held.starts_with("you have signed; CloudTrail"), "records arrive later: {held}");
    let other = sealed("0b");
    assert_eq!(of(&signature("ben", &other), None, &policy).as_deref(), Some(""), "he signed other evidence");
    assert_eq!(of(&signature("cara", &seal), None, &policy), None, "he may approve");
    let held = of(&VersionFact { created_by: Some(who("ben")), ..version(7) }, None, &policy).unwrap();
    assert!(held.starts_with("registered by you"), "{held}");
    assert_eq!(of(&decided(7, Approval::Approved), None, &policy), None);
    let alone = GatePolicy { two_persons: false, ..policy };
    assert_eq!(of(&version(7), None, &alone), None, "one person is enough");
}

#[test]
fn the_first_hours() {
    let hours = |invocations: f64, errors: f64, latency: f64| Hours {
        invocations: Some(invocations),
        errors: Some(errors),
        latency: Some(latency),
        ..Hours::default()
    };
    let of = |before: &Hours, after: &Hours, part: FollowPart| {
        follow(before, after, &Against::Before).into_iter().find(|row| row.part == part).unwrap()
    };
    let before = hours(100_000.0, 100.0, 40.0);
    assert_eq!(of(&before, &hours(1_000.0, 1.0, 41.0), FollowPart::Errors).is_worse, Some(false));
    let bad = of(&before, &hours(1_000.0, 30.0, 90.0), FollowPart::Errors);
    assert_eq!((bad.is_worse, bad.words.as_str()), (Some(true), "3 % of 1000 requests failed, more than before"));
    assert_eq!(of(&before, &hours(1_000.0, 30.0, 90.0), FollowPart::Latency).is_worse, Some(true));
    let silent = of(&before, &Hours::default(), FollowPart::Errors);
    assert_eq!((silent.is_worse, silent.words.as_str()), (None, "requests are not published"));
    assert_eq!(of(&before, &hours(0.0, 0.0, 1.0), FollowPart::Errors).is_worse, None);
    let mute = of(&before, &Hours { errors: None, ..hours(1_000.0, 0.0, 41.0) }, FollowPart::Errors);
    assert_eq!((mute.is_worse, mute.words.as_str()), (None, "errors are not published"));
    let after = hours(1_000.0, 30.0, 41.0);
    let mute = of(&Hours { errors: None, ..before.clone() }, &after, FollowPart::Errors);
    assert_eq!((mute.is_worse, mute.words.as_str()), (None, "errors of the hours before are not published"));
    let idle = of(&hours(0.0, 0.0, 0.0), &after, FollowPart::Errors);
    assert_eq!(idle.words, "the hours before have no requests to compare with");
    let short = Hours { is_short: true, ..Hours::default() };
    for part in [FollowPart::Errors, FollowPart::Latency] {
        let early = of(&before, &short, part);
        assert_eq!(
            (early.is_worse, early.words.as_str()),
            (None, "too early: CloudWatch has no whole value of it yet")
        );
    }
    assert!(of(&short, &after, FollowPart::Errors).words.starts_with("too early to compare"));
    let monitored = |status: &str, violations: u32| Hours {
        monitor: Some(MonitorResult { status: status.into(), violations: Some(violations) }),
        ..Hours::default()
    };
    let first = |after: &Hours| of(&before, after, FollowPart::Monitor).is_worse;
    assert_eq!(first(&monitored("CompletedWithViolations", 3)), Some(true));
    assert_eq!(first(&monitored("Completed", 0)), Some(false));
    assert_eq!(first(&monitored("Failed", 0)), None, "a failed run measures nothing");
    let denied = MonitorResult { status: "CompletedWithViolations".into(), violations: None };
    let denied = Hours { monitor: Some(denied), ..Hours::default() };
    let unread = of(&monitored("CompletedWithViolations", 3), &denied, FollowPart::Monitor);
    assert_eq!((unread.is_worse, unread.after), (None, None), "one that is not read is not one");
    assert_eq!(unread.words, "there are violations; how many was not read");
    let unread = of(&denied, &monitored("CompletedWithViolations", 3), FollowPart::Monitor);
    assert_eq!(unread.is_worse, None, "{}", unread.words);
    assert_eq!(unread.words, "3 violations; how many there were before was not read");
    let canary = follow(&before, &hours(1_000.0, 30.0, 45.0), &Against::Beside("version 13".into()));
    assert_eq!(canary[0].words, "3 % of 1000 requests failed, more than version 13");
    assert_eq!(canary[1].words, "45 ms; version 13 has 40 ms");
}

#[test]
fn a_version_is_never_compared_with_itself() {
    let at = |text: &str| -> Timestamp { format!("2026-11-{text}:00Z").parse().unwrap() };
    let young = spans(at("22T06:00"), at("22T09:00"));
    assert_eq!(young.after, (at("22T06:00"), at("22T09:00")));
    assert_eq!(young.before, (at("21T06:00"), at("21T09:00")));
    assert_eq!((young.first, young.first_before), (young.after, young.before));
    let old = spans(at("20T06:00"), at("22T09:00"));
    assert_eq!(old.after, (at("21T09:00"), at("22T09:00")));
    assert_eq!(old.before, (at("18T09:00"), at("19T09:00")), "the same hours, all before the deployment");
    assert_eq!(old.first, (at("20T06:00"), at("21T06:00")));
    assert_eq!(old.first_before, (at("19T06:00"), at("20T06:00")));
    for hours in [1, 23, 24, 25, 47, 48, 49, 2_000] {
        let deployed = at("22T09:00") - jiff::SignedDuration::from_hours(hours);
        let told = spans(deployed, at("22T09:00"));
        assert!(told.before.1 <= deployed, "{hours} h: {told:?}");
        let day = 24 * 3_600;
        assert_eq!((told.after.0.as_second() - told.before.0.as_second()) % day, 0, "{hours} h");
    }
}

#[test]
fn a_value_of_both_versions_counts_for_neither() {
    let at = |text: &str| -> Timestamp { format!("2026-11-{text}Z").parse().unwrap() };
    let cut = spans(at("22T06:02:10"), at("22T09:01:00")).whole(300);
    assert_eq!(cut.after, (at("22T06:05:00"), at("22T09:01:00")));
    assert_eq!(cut.before, (at("21T06:05:00"), at("21T09:00:00")));
    assert_eq!((cut.first.0, cut.first_before.0), (at("22T06:02:10"), at("21T06:02:10")), "its monitor is no value");
    let even = spans(at("22T06:00:00"), at("22T09:00:00"));
    assert_eq!(even.whole(300), even);
    for minutes in [1, 4, 5, 59, 1_439, 1_440, 1_441, 100_000] {
        let deployed = at("22T09:01:00") - jiff::SignedDuration::from_mins(minutes);
        for period in [300, 3_600] {
            let told = spans(deployed, at("22T09:01:00")).whole(period);
            assert!(told.before.1 <= deployed && told.after.0 >= deployed, "{minutes} min: {told:?}");
        }
    }
    let young = spans(at("22T08:58:00"), at("22T08:59:00")).whole(300);
    assert!(young.after.0 >= young.after.1, "there is none yet: {young:?}");
}

#[test]
fn the_hours_of_a_version_begin_when_it_is_in_service() {
    let at = |text: &str| -> Timestamp { format!("2026-11-{text}:00Z").parse().unwrap() };
    let told = spans(at("22T06:00"), at("22T09:00")).in_service(at("22T06:40"));
    assert_eq!(told.after, (at("22T06:40"), at("22T09:00")), "what served before was asked until then");
    assert_eq!(told.before, (at("21T06:40"), at("21T09:00")), "the same hours of the clock");
    assert_eq!((told.first, told.first_before), (told.after, told.before));
    let old = spans(at("20T06:00"), at("22T09:00"));
    let later = old.in_service(at("20T06:40"));
    assert_eq!((later.after, later.before), (old.after, old.before), "that was long before these hours");
    assert_eq!((later.first.0, later.first_before.0), (at("20T06:40"), at("19T06:40")));
}

#[test]
fn the_making_of_an_old_configuration_is_no_deployment() {
    let endpoint = |modified: Option<&str>| EndpointFact {
        name: "churn-live".into(),
        arn: String::new(),
        status: "InService".into(),
        reason: None,
        config: Some("churn-7".into()),
        config_created: Some(at("2026-11-10T07:00:00Z")),
        created: Some(at("2026-10-01T00:00:00Z")),
        modified: modified.map(at),
        variants: Vec::new(),
        capture: None,
        rollback_alarms: Vec::new(),
        is_async: false,
        pending_config: None,
    };
    let update = |time: &str, config: &str| ActionFact {
        at: at(time),
        kind: "UpdateEndpoint".into(),
        properties: vec![("endpointName".into(), "churn-live".into()), ("endpointConfigName".into(), config.into())],
        ..ActionFact::default()
    };
    let made = at("2026-11-10T07:00:00Z");
    let of = |endpoint: &EndpointFact, updates: &[ActionFact]| deployed(endpoint, updates, now());
    let quiet = endpoint(Some("2026-11-10T07:20:00Z"));
    assert_eq!(of(&quiet, &[]), Deployed::Made(made));
    assert!(of(&quiet, &[]).words().ends_with("before its configuration was made, 10 Nov 2026 07:00 UTC"));
    let served = of(&quiet, &[]).serves(&quiet);
    assert_eq!(served, at("2026-11-10T07:20:00Z"), "it was in service then");
    assert!(of(&quiet, &[]).compared(served).ends_with("07:00 UTC; in service since 10 Nov 2026 07:20 UTC"));
    assert!(of(&quiet, &[]).compared(made).ends_with("made, 10 Nov 2026 07:00 UTC"), "at once");
    let back = endpoint(Some("2026-11-20T09:00:00Z"));
    let unsure = of(&back, &[]);
    assert_eq!(unsure, Deployed::Unsure { made, changed: at("2026-11-20T09:00:00Z") });
    assert!(unsure.words().contains("was changed last at 20 Nov 2026 09:00 UTC"), "{}", unsure.words());
    let updates = [
        update("2026-11-20T08:50:00Z", "churn-7"),
        update("2026-11-15T08:50:00Z", "churn-8"),
        update("2026-11-10T07:05:00Z", "churn-7"),
    ];
    assert_eq!(of(&back, &updates), Deployed::Told(at("2026-11-20T08:50:00Z")), "it went back to it");
    assert_eq!(of(&back, &updates).serves(&back), at("2026-11-20T09:00:00Z"));
    assert_eq!(of(&back, &updates[2..]), Deployed::Told(at("2026-11-10T07:05:00Z")), "more instances since");
    assert_eq!(of(&back, &updates[2..]).serves(&back), at("2026-11-10T07:05:00Z"), "the last change is another one");
    let refused = ActionFact { error: Some("ValidationException".into()), ..update("2026-11-20T08:50:00Z", "churn-7") };
    assert_eq!(of(&back, &[refused]), unsure);
    let unread = EndpointFact { config_created: None, ..back };
    assert_eq!(of(&unread, &[]), Deployed::Changed(at("2026-11-20T09:00:00Z")));
}

#[test]
fn a_canary_is_told_from_the_version_beside_it() {
    let variant = |name: &str, version: Option<u32>, weight: f32| VariantFact {
        name: name.into(),
        package: version.map(|version| format!("arn:aws:sagemaker:eu-west-1:1:model-package/churn/{version}")),
        weight: Some(weight),
        desired_weight: Some(1.0),
        ..VariantFact::default()
    };
    let mut green = variant("green", Some(14), 0.1);
    green.statuses = vec![("Baking".into(), Some("10 minutes".into()))];
    (green.instances, green.desired_instances) = (Some(1), Some(2));
    let endpoint = EndpointFact {
        name: "churn-live".into(),
        arn: String::new(),
        status: "Updating".into(),
        reason: None,
        config: None,
        config_created: None,
        created: None,
        modified: None,
        variants: vec![
            variant("blue", Some(13), 0.9),
            green,
            variant("dark", Some(12), 0.0),
            variant("own", None, 0.0),
        ],
        capture: None,
        rollback_alarms: Vec::new(),
        is_async: false,
        pending_config: Some("churn-15".into()),
    };
    let names = |variants: Vec<&VariantFact>| variants.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let (own, beside) = variants(&endpoint, "arn:aws:sagemaker:eu-west-1:1:model-package/Churn/14");
    assert_eq!((names(own), names(beside)), (vec!["green".to_owned()], vec!["blue".to_owned()]));
    assert_eq!(super::served(&endpoint.variants).as_deref(), Some("version 13, version 14 and version 12"));
    let lines = deployment(&endpoint);
    assert_eq!(lines[0], "configuration churn-15 is on its way");
    assert!(lines.contains(&"variant green with version 14: Baking, 10 minutes".to_owned()), "{lines:?}");
    assert!(lines.contains(&"variant green with version 14 takes 10 % of the requests, 25 % are wanted".to_owned()));
    assert!(lines.contains(&"variant green with version 14 has 1 of 2 instances".to_owned()), "{lines:?}");
    let quiet = EndpointFact { variants: vec![variant("AllTraffic", Some(14), 1.0)], pending_config: None, ..endpoint };
    assert_eq!(deployment(&quiet), Vec::<String>::new());
    assert!(is_moving(&quiet), "it is being updated, whatever it does not tell");
    assert!(!is_moving(&EndpointFact { status: "InService".into(), ..quiet.clone() }));
    assert!(!is_moving(&EndpointFact { status: "Failed".into(), ..quiet.clone() }), "it stays so");
    assert!(is_moving(&EndpointFact { status: "InService".into(), pending_config: Some("churn-15".into()), ..quiet }));
}

#[test]
fn what_an_approval_started_goes_on_until_it_is_over() {
    let run = |status: PipelineStatus| FollowPipeline {
        name: "deploy-model".into(),
        rule: "deploy-on-approve".into(),
        last: LastRun::Run(PipelineMark { arn: "arn:run".into(), status, started: None }),
        is_before: false,
    };
    let old = version(7);
    assert!(!goes_on(&old, &[], now()));
    assert!(!goes_on(&old, &[run(PipelineStatus::Succeeded), run(PipelineStatus::Unknown)], now()));
    assert!(goes_on(&old, &[run(PipelineStatus::Succeeded), run(PipelineStatus::Executing)], now()));
    let new = VersionFact { modified: Some(at("2026-11-21T07:55:00Z")), ..old.clone() };
    assert!(goes_on(&new, &[], now()), "an event may still be on its way");
    let later = VersionFact { modified: Some(at("2026-11-21T07:50:00Z")), ..old };
    assert!(!goes_on(&later, &[], now()));
}

proptest! {
    #[test]
    fn what_is_written_fits_the_field(comment in "(?s).{0,1200}") {
        if let Ok(text) = written(&comment, &digest()) {
            prop_assert!(text.chars().count() <= LONGEST);
            prop_assert!(!text.chars().any(char::is_control));
            let end = format!("{} v2", digest());
            prop_assert!(text.ends_with(&end));
        }
    }
}
