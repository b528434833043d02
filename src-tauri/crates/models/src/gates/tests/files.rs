//! What is on S3 and in ECR: the artefact and its image, the baselines, and where it came from.

use super::*;

#[test]
fn intact() {
    let of = |change: fn(&mut Case)| verdict(GateId::Intact, change);
    assert_eq!(of(|case| case.version.status = "Failed".into()), Fail);
    assert_eq!(of(|case| case.version.status = "InProgress".into()), Unknown);
    assert_eq!(of(|case| case.version.checks[0].status = "Failed".into()), Fail);
    assert_eq!(of(|case| case.version.checks[0].status = "InProgress".into()), Unknown);
    assert_eq!(of(|case| case.evidence.artefacts = vec![PinState::Changed("x".into())]), Fail);
    assert_eq!(of(|case| case.evidence.artefacts.clear()), Unknown);
    assert_eq!(of(|case| case.evidence.images = vec![PinState::NotPinned]), Warn);
    assert_eq!(of(|case| case.evidence.images = vec![PinState::TagMoved("sha256:2".into())]), Fail);
    assert_eq!(of(|case| case.evidence.images = vec![PinState::TagGone]), Fail);
    assert_eq!(of(|case| case.evidence.images = vec![PinState::Gone]), Fail);
    assert_eq!(of(|case| case.evidence.images = vec![PinState::Unknown("denied".into())]), Unknown);
    assert_eq!(of(|case| case.evidence.files[0].outcome = ReadOutcome::Gone), Fail);
    assert_eq!(of(|case| case.evidence.files[0].outcome = ReadOutcome::Failed("denied".into())), Unknown);
    assert_eq!(of(|case| case.version.metrics[0].digest = Some(format!("sha256:{}", "b".repeat(64)))), Fail);
    assert_eq!(of(|case| case.version.metrics[0].digest = None), Warn);
}

#[test]
fn a_moved_tag_is_told_with_what_it_points_at() {
    let mut case = Case::good();
    case.evidence.images = vec![PinState::TagMoved("sha256:2".into())];
    let gate = case.gate(GateId::Intact);
    let image = &case.version.containers[0].image;
    for part in ["the tag of image", image.as_str(), "sha256:2", "would be deployed"] {
        assert!(gate.words.contains(part), "{part} in {}", gate.words);
    }
    assert!(gate.holds, "it is not what was evaluated");
}

#[test]
fn baselines() {
    let of = |change: fn(&mut Case)| verdict(GateId::Baselines, change);
    assert_eq!(of(|case| case.evidence.baselines.quality_constraints = Part::Absent), Fail);
    assert_eq!(of(|case| case.evidence.baselines.columns = Part::Unreadable("not JSON".into())), Unknown);
    assert_eq!(
        of(|case| {
            if let Part::There(traffic) = &mut case.evidence.traffic {
                traffic.columns.reverse();
            }
        }),
        Fail,
        "another order"
    );
    assert_eq!(of(|case| case.evidence.traffic = Part::Unreadable("denied".into())), Unknown);
    let words = |change: fn(&mut Case)| {
        let mut case = Case::good();
        change(&mut case);
        let gate = case.gate(GateId::Baselines);
        (gate.verdict, gate.words)
    };
    let (verdict, seen) = words(|_| {});
    assert!(verdict == Pass && seen.ends_with("with the columns of what is captured"), "{seen}");
    let (verdict, unseen) = words(|case| case.evidence.traffic = Part::Absent);
    assert!(verdict == Pass && unseen.ends_with("no endpoint captures data: columns not compared"), "{unseen}");
}

#[test]
fn lineage() {
    let of = |change: fn(&mut Case)| verdict(GateId::Lineage, change);
    assert_eq!(of(|case| case.version.origin.commit = None), Fail);
    assert_eq!(of(|case| case.version.origin.generated_by = Some("a notebook".into())), Warn);
    assert_eq!(of(|case| case.version.metadata.push(("git:dirty".into(), "true".into()))), Fail);
    assert_eq!(of(|case| case.evidence.lineage = Part::Absent), Fail);
    assert_eq!(of(|case| case.evidence.lineage = Part::Unreadable("denied".into())), Unknown);
    let cut = |is_cut: bool| {
        verdict(GateId::Lineage, |case| {
            case.evidence.lineage = Part::There(LineageGraph { is_cut, ..LineageGraph::default() });
        })
    };
    assert_eq!((cut(false), cut(true)), (Fail, Unknown), "a part of the graph proves nothing missing");
}
