//! Two persons: who registered, who signed, and who may approve.

use super::*;

#[test]
fn two_persons() {
    let of = |change: fn(&mut Case)| verdict(GateId::TwoPersons, change);
    assert_eq!(of(|case| case.who = who("ana")), Fail, "she registered it");
    assert_eq!(of(|case| case.who = who("cara")), Fail, "she has signed");
    assert_eq!(of(|case| case.version.metadata.clear()), Fail, "nobody has signed");
    assert_eq!(of(|case| case.trail = Some(Vec::new())), Fail, "anyone may write a signature");
    assert_eq!(of(|case| case.trail = None), Unknown);
    assert_eq!(of(|case| case.version.created_by = None), Unknown);
    assert_eq!(of(|case| case.version.created_by = Some(who("botocore-session-1"))), Unknown);
    assert_eq!(of(|case| case.who = who("botocore-session-1")), Unknown, "nobody knows who asks");
    assert_eq!(of(|case| case.policy.two_persons = false), Pass);
    let old = verdict(GateId::TwoPersons, |case| {
        let value = people::signature(&who("cara"), at("2026-11-21T07:00:00Z"), &sealed("0b")).unwrap();
        case.version.metadata = vec![("ops:sig1".into(), value)];
    });
    assert_eq!(old, Fail, "she signed other evidence");
    let words = Case::good().gate(GateId::TwoPersons).words;
    assert!(words.contains("proven by CloudTrail"), "{words}");
}

#[test]
fn a_signature_stands_also_where_the_second_may_look_at_less() {
    let mut case = Case::good();
    case.seal = untold();
    let gate = case.gate(GateId::TwoPersons);
    assert_eq!((gate.verdict, gate.holds), (Warn, false), "{gate:?}");
    let said = "image xgb:1.7: it could not be checked by you (ecr:DescribeImages is missing)";
    assert!(gate.findings.iter().any(|words| words.contains(said)), "{gate:?}");

    let mut moved = shown(Found::Known("sha256:2".into()));
    moved.looks[0].mark = "2e".repeat(32);
    case.seal = moved;
    let gate = case.gate(GateId::TwoPersons);
    assert_eq!(gate.verdict, Fail);
    assert!(gate.words.ends_with("signed other evidence than is shown now: image xgb:1.7"), "{}", gate.words);
}

#[test]
fn what_an_older_version_signed_is_signed_again() {
    let mut case = Case::good();
    let (value, _) = case.version.metadata[0].1.rsplit_once('.').unwrap();
    case.version.metadata = vec![("ops:sig1".into(), value.to_owned())];
    let gate = case.gate(GateId::TwoPersons);
    assert_eq!(gate.verdict, Fail);
    assert!(gate.words.contains("older version of Quarterdeck") && gate.words.ends_with("sign again"), "{gate:?}");
}

#[test]
fn cloudtrail_knows_who_registered_where_the_version_does_not() {
    let told = |maker: &'static str| {
        verdict(GateId::TwoPersons, |case| {
            case.version.created_by = None;
            let made = ActionFact {
                at: at("2026-11-10T09:00:00Z"),
                kind: "CreateModelPackage".into(),
                by: Some(who(maker)),
                ..ActionFact::default()
            };
            case.trail.as_mut().unwrap().push(made);
        })
    };
    assert_eq!(told("ana"), Pass);
    assert_eq!(told("ben"), Fail, "he registered it");
}

#[test]
fn who_registered_it_is_none_of_the_two() {
    let with = |maker: Who, signer: Who, writer: Who| {
        let mut case = Case::good();
        let time = at("2026-11-21T07:00:00Z");
        let value = people::signature(&signer, time, &known()).unwrap();
        case.version.created_by = Some(maker);
        case.version.metadata = vec![("ops:sig1".to_owned(), value)];
        let record = ActionFact {
            at: time,
            kind: "UpdateModelPackage".into(),
            by: Some(writer),
            properties: case.version.metadata.clone(),
            ..ActionFact::default()
        };
        case.trail = Some(vec![record]);
        case.gate(GateId::TwoPersons)
    };
    let gate = with(who("ana"), who("ana"), who("ana"));
    assert_eq!(gate.verdict, Fail);
    assert!(gate.words.starts_with("the one who signed also registered it"), "{}", gate.words);
    assert_eq!(with(who("ana"), who("cara"), who("cara")).verdict, Pass);
    let tool = || who("botocore-session-17");
    let told = Who { source_identity: Some("ana".into()), ..tool() };
    assert_eq!(with(who("ana"), tool(), told).verdict, Fail, "CloudTrail knows who is behind the tool");
    let studio = Who { profile: Some("arn:aws:sagemaker:r:1:user-profile/d-1/ana".into()), ..who("SageMaker") };
    let gate = with(studio.clone(), who("SageMaker"), who("SageMaker"));
    assert_eq!(gate.verdict, Unknown, "everybody in Studio is called so");
    assert_eq!(with(studio, who("ana"), who("ana")).verdict, Fail, "her profile has her name");
}

#[test]
fn who_may_sign_and_who_may_approve() {
    let may = |change: fn(&mut Case)| {
        let mut case = Case::good();
        change(&mut case);
        let candidate = Candidate {
            version: &case.version,
            evidence: &case.evidence,
            approved: None,
            who: &case.who,
            trail: None,
            blast: &case.blast,
            seal: &case.seal,
        };
        approver(&candidate, &case.policy)
    };
    assert_eq!(may(|_| {}), Approver::MayApprove);
    assert_eq!(may(|case| case.version.metadata.clear()), Approver::MaySign);
    assert_eq!(
        may(|case| case.who = who("ana")),
        Approver::Neither("registered by you; someone else has to approve".into())
    );
    assert!(matches!(may(|case| case.who = who("cara")), Approver::Neither(_)));
    assert!(matches!(may(|case| case.who = Who::default()), Approver::Neither(_)));
}
