//! Each gate green, red and not known.

use super::*;
use crate::{
    evidence::{
        Attribution, Baselines, Column, Evaluation, EvaluationSet, FacetMetric, FeatureDrift, FileRead, Metric,
        MetricLimit, ReadOutcome, Traffic,
    },
    people,
    sample::{at, decided, sealed, version, who},
};
use contract::models::{Better, Found, LineageGraph, LineageNode, Look, PinState, Seal, SeenFile, facts::Approval};
use proptest::prelude::*;

/// What is shown in all of them: an image is beside it.
fn shown(found: Found) -> Seal {
    let mark = if matches!(found, Found::Known(_)) { "1f".repeat(32) } else { String::new() };
    Seal { looks: vec![Look { what: "image xgb:1.7".into(), found, mark }], ..sealed("0a") }
}

fn known() -> Seal {
    shown(Found::Known("as registered".into()))
}

fn untold() -> Seal {
    shown(Found::Unknown("ecr:DescribeImages is missing".into()))
}

fn columns() -> Vec<Column> {
    vec![
        Column { name: "tenure".into(), kind: "Integral".into() },
        Column { name: "country".into(), kind: "String".into() },
    ]
}

fn evaluation(auc: f64) -> Evaluation {
    Evaluation {
        metrics: vec![Metric { name: "auc".into(), value: auc, deviation: Some(0.01) }],
        limits: vec![MetricLimit { metric: "auc".into(), threshold: Some(0.7), better: Better::Higher }],
        set: EvaluationSet { digest: Some("d".into()), uri: None, rows: Some(41_208) },
        ..Evaluation::default()
    }
}

fn facet(value: Option<f64>) -> FacetMetric {
    FacetMetric {
        facet: "region".into(),
        facet_value: "north".into(),
        metric: "DPPL".into(),
        is_after: true,
        value,
        error: None,
        limit: Some(0.1),
    }
}

fn attributions(names: &[&str]) -> Vec<Attribution> {
    of_label("label0", names)
}

fn of_label(label: &str, names: &[&str]) -> Vec<Attribution> {
    let one = |(place, name): (u32, &&str)| Attribution {
        label: label.into(),
        feature: (*name).into(),
        value: 1.0 / f64::from(place),
    };
    (1_u32..).zip(names).map(one).collect()
}

fn drift(feature: &str, distance: Option<f64>) -> FeatureDrift {
    FeatureDrift {
        feature: feature.into(),
        statistic: "L∞".into(),
        distance,
        threshold: 0.1,
        has_drifted: distance.is_some_and(|distance| distance > 0.1),
        note: None,
    }
}

/// All good.
fn evidence(version: &VersionFact) -> Evidence {
    let node = |arn: &str, kind: &str, column: i32| LineageNode {
        arn: arn.into(),
        title: arn.into(),
        kind: kind.into(),
        column,
        row: 0,
        made: None,
    };
    let seen = SeenFile { sha256: "a".repeat(64), etag: None, version_id: None, size: 9, modified: None };
    let read = |is_baseline: bool| {
        let seen = seen.clone();
        move |file: &contract::models::facts::EvidenceFact| FileRead {
            part: file.part,
            is_baseline,
            uri: file.uri.clone(),
            outcome: ReadOutcome::Read(seen.clone()),
        }
    };
    let metrics = version.metrics.iter().map(read(false));
    Evidence {
        files: metrics.chain(version.baselines.iter().map(read(true))).collect(),
        artefacts: vec![PinState::Unchanged],
        images: vec![PinState::Unchanged],
        evaluation: Part::There(evaluation(0.87)),
        bias: Part::There(vec![facet(Some(0.03))]),
        bias_limits: Part::There(vec![facet(Some(0.1))]),
        attributions: Part::There(attributions(&["tenure", "country", "age"])),
        baselines: Baselines {
            columns: Part::There(columns()),
            constrained: Part::There(columns()),
            quality_statistics: Part::There(3),
            quality_constraints: Part::There(3),
        },
        lineage: Part::There(LineageGraph {
            nodes: vec![node("d", "DataSet", -2), node("t", "TrainingJob", -1), node("p", "ModelPackage", 0)],
            ..LineageGraph::default()
        }),
        traffic: Part::There(Traffic {
            endpoint: "churn".into(),
            window: "the hour to 06:00 UTC".into(),
            old: None,
            columns: columns(),
            drifts: vec![drift("tenure", Some(0.02)), drift("country", Some(0.03))],
        }),
    }
}

/// What one gate says of version 9, after something was changed.
struct Case {
    version: VersionFact,
    evidence: Evidence,
    before: Option<Evidence>,
    who: Who,
    trail: Option<Vec<ActionFact>>,
    blast: Part<Blast>,
    policy: GatePolicy,
    seal: Seal,
}

impl Case {
    fn good() -> Self {
        let time = at("2026-11-21T07:00:00Z");
        let value = people::signature(&who("cara"), time, &known()).unwrap();
        let signed = vec![("ops:sig1".to_owned(), value)];
        let record = ActionFact {
            at: time,
            kind: "UpdateModelPackage".into(),
            status: None,
            description: None,
            by: Some(who("cara")),
            properties: signed.clone(),
            ..ActionFact::default()
        };
        let version = VersionFact { metadata: signed, modified_by: Some(who("cara")), ..version(9) };
        let rule = MatchedRule {
            name: "deploy-on-approve".into(),
            targets: vec!["CodePipeline deploy-models".into()],
            pipelines: vec!["deploy-model".into()],
            is_naive: false,
        };
        Self {
            evidence: evidence(&version),
            before: Some(evidence(&decided(7, Approval::Approved))),
            version,
            who: who("ben"),
            trail: Some(vec![record]),
            blast: Part::There(Blast { rules: vec![rule], unread: Vec::new() }),
            policy: GatePolicy::default(),
            seal: known(),
        }
    }

    fn gates(&self) -> Vec<Gate> {
        let approved = decided(7, Approval::Approved);
        let candidate = Candidate {
            version: &self.version,
            evidence: &self.evidence,
            approved: self.before.as_ref().map(|before| (&approved, before)),
            who: &self.who,
            trail: self.trail.as_deref(),
            blast: &self.blast,
            seal: &self.seal,
        };
        all(&candidate, &self.policy)
    }

    fn gate(&self, id: GateId) -> Gate {
        self.gates().into_iter().find(|gate| gate.id == id).unwrap()
    }
}

fn verdict(id: GateId, change: impl FnOnce(&mut Case)) -> GateVerdict {
    let mut case = Case::good();
    change(&mut case);
    case.gate(id).verdict
}

use GateVerdict::{Fail, Pass, Unknown, Warn};

#[test]
fn all_green() {
    let gates = Case::good().gates();
    let red: Vec<(GateId, &str)> =
        gates.iter().filter(|gate| gate.verdict != Pass).map(|gate| (gate.id, gate.words.as_str())).collect();
    assert!(red.is_empty(), "{red:?}");
    let summary = summary(&gates);
    assert_eq!((summary.passed, summary.holding, summary.words.as_str()), (9, 0, "all green"));
    assert!(gates.iter().all(|gate| !gate.evidence.is_empty()), "each opens what it rests on");
}

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
fn quality() {
    let of = |change: fn(&mut Case)| verdict(GateId::Quality, change);
    let set = |case: &mut Case, auc: f64| case.evidence.evaluation = Part::There(evaluation(auc));
    assert_eq!(verdict(GateId::Quality, |case| set(case, 0.80)), Fail);
    assert_eq!(verdict(GateId::Quality, |case| set(case, 0.86)), Pass, "within noise");
    assert_eq!(of(|case| case.evidence.evaluation = Part::Absent), Unknown);
    assert_eq!(of(|case| case.before = None), Unknown);
    assert_eq!(
        of(|case| {
            let mut other = evaluation(0.99);
            other.set.digest = Some("e".into());
            case.evidence.evaluation = Part::There(other);
        }),
        Unknown,
        "better on another test set is not green"
    );
    assert_eq!(
        of(|case| {
            let mut blind = evaluation(0.99);
            blind.metrics[0].name = "own".into();
            case.evidence.evaluation = Part::There(blind);
        }),
        Unknown
    );
    assert_eq!(
        of(|case| {
            let mut floor = evaluation(0.87);
            floor.metrics.push(Metric { name: "auc_best_constant_classifier".into(), value: 0.9, deviation: None });
            case.evidence.evaluation = Part::There(floor);
            case.before = None;
        }),
        Fail
    );
}

#[test]
fn a_metric_of_the_teams_own_is_not_green_without_its_constraints() {
    let of = |unread: Option<&str>| {
        verdict(GateId::Quality, |case| {
            let with = |own: f64| {
                let mut both = evaluation(0.87);
                both.metrics.push(Metric { name: "overbooked".into(), value: own, deviation: None });
                both
            };
            case.before.as_mut().unwrap().evaluation = Part::There(with(0.1));
            let candidate = Evaluation { limits_unread: unread.map(str::to_owned), ..with(0.9) };
            case.evidence.evaluation = Part::There(candidate);
        })
    };
    assert_eq!(of(None), Pass, "nothing was to say which way is better");
    assert_eq!(of(Some("s3:GetObject is missing")), Unknown);
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
fn bias() {
    let with = |facets: Vec<FacetMetric>| verdict(GateId::Bias, |case| case.evidence.bias = Part::There(facets));
    assert_eq!(with(vec![facet(Some(-0.11))]), Fail);
    assert_eq!(with(vec![facet(None)]), Unknown);
    assert_eq!(with(vec![FacetMetric { limit: None, ..facet(Some(0.03)) }]), Unknown, "nothing limits it");
    assert_eq!(with(vec![FacetMetric { facet_value: "south".into(), ..facet(Some(0.03)) }]), Fail, "other facets");
    assert_eq!(with(vec![FacetMetric { is_after: false, ..facet(Some(0.03)) }]), Fail, "the facet is gone");
    assert_eq!(verdict(GateId::Bias, |case| case.evidence.bias = Part::Absent), Unknown);
    let strict = verdict(GateId::Bias, |case| case.policy.bias_limits = vec![("DPPL".into(), 0.01)]);
    assert_eq!(strict, Fail, "the team's own limit goes first");
}

#[test]
fn bias_that_was_not_read_is_not_green() {
    let denied = || Part::Unreadable("s3:GetObject is missing".to_owned());
    assert_eq!(verdict(GateId::Bias, |case| case.evidence.bias = denied()), Unknown);
    let of = |change: fn(&mut Evidence)| {
        let mut case = Case::good();
        change(case.before.as_mut().unwrap());
        case.gate(GateId::Bias)
    };
    let gate = of(|before| before.bias = Part::Unreadable("s3:GetObject is missing".into()));
    assert_eq!(gate.verdict, Unknown, "a facet that went would not be seen");
    assert!(gate.words.starts_with("the bias report of version 7 was not read"), "{}", gate.words);
    assert_eq!(of(|before| before.bias = Part::Absent).verdict, Pass, "there is none to compare with");
    let unlimited = verdict(GateId::Bias, |case| {
        let other = FacetMetric { metric: "DI".into(), limit: None, ..facet(Some(1.0)) };
        case.evidence.bias = Part::There(vec![facet(Some(0.03)), other]);
        case.before.as_mut().unwrap().bias_limits = denied();
    });
    assert_eq!(unlimited, Unknown, "DI may have a limit in what was not read");
    let limited = verdict(GateId::Bias, |case| case.before.as_mut().unwrap().bias_limits = denied());
    assert_eq!(limited, Pass, "each value has a limit");
}

#[test]
fn a_limit_of_what_was_not_measured_is_not_kept() {
    let of = |change: fn(&mut Case)| {
        let mut case = Case::good();
        change(&mut case);
        case.gate(GateId::Bias)
    };
    let gate = of(|case| {
        let other = FacetMetric { metric: "DI".into(), ..facet(Some(0.9)) };
        case.before.as_mut().unwrap().bias_limits = Part::There(vec![facet(Some(0.1)), other]);
    });
    assert_eq!(gate.verdict, Unknown, "DI of north was left out");
    assert_eq!(gate.words, "DI of region=north has a limit by version 7 and was not measured");
    let gate = of(|case| case.policy.bias_limits = vec![("DI".into(), 0.2)]);
    assert_eq!((gate.verdict, gate.words.as_str()), (Unknown, "DI has a limit and was not measured"));
    let lost = of(|case| {
        let lost = FacetMetric { metric: "DI".into(), value: None, ..facet(None) };
        case.before.as_mut().unwrap().bias_limits = Part::There(vec![facet(Some(0.1)), lost]);
    });
    assert_eq!(lost.verdict, Pass, "what has no value limits nothing");
}

#[test]
fn explainability() {
    let with = |names: &[&str]| {
        verdict(GateId::Explainability, |case| case.evidence.attributions = Part::There(attributions(names)))
    };
    assert_eq!(with(&["tenure", "country", "age"]), Pass);
    assert_eq!(with(&["x", "y", "z", "age", "country", "tenure"]), Fail, "another order");
    assert_eq!(with(&["tenure", "country", "age", "guest_id"]), Warn);
    assert_eq!(with(&[]), Unknown);
    let of = |change: fn(&mut Case)| verdict(GateId::Explainability, change);
    assert_eq!(of(|case| case.evidence.attributions = Part::Unreadable("denied".into())), Unknown);
    assert_eq!(of(|case| case.before = None), Pass);
    assert_eq!(
        of(|case| {
            if let Some(before) = &mut case.before {
                before.attributions = Part::Absent;
            }
        }),
        Unknown
    );
}

#[test]
fn the_worst_label_decides() {
    let names = ["tenure", "country", "age"];
    let with = |after: Vec<Attribution>| {
        verdict(GateId::Explainability, |case| {
            if let Some(before) = &mut case.before {
                before.attributions = Part::There([of_label("gold", &names), of_label("silver", &names)].concat());
            }
            case.evidence.attributions = Part::There(after);
        })
    };
    assert_eq!(with([of_label("gold", &names), of_label("silver", &names)].concat()), Pass);
    let turned = of_label("silver", &["x", "y", "z", "age", "country", "tenure"]);
    assert_eq!(with([of_label("gold", &names), turned].concat()), Fail, "the first label is as it was");
    assert_eq!(with(of_label("gold", &names)), Unknown, "the other label is not explained");
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

#[test]
fn what_was_asked_last_month_is_not_todays_traffic() {
    let of = |drifts: Vec<FeatureDrift>| {
        let mut case = Case::good();
        if let Part::There(traffic) = &mut case.evidence.traffic {
            (traffic.old, traffic.drifts) = (Some("31 d".into()), drifts);
        }
        case.gate(GateId::Traffic)
    };
    let gate = of(vec![drift("tenure", Some(0.02))]);
    assert_eq!(gate.verdict, Unknown);
    assert!(gate.words.contains("31 d old, the hour to 06:00 UTC"), "{}", gate.words);
    assert_eq!(of(vec![drift("tenure", Some(0.4))]).verdict, Fail, "what is wrong already stays wrong");
}

#[test]
fn traffic() {
    let with = |drifts: Vec<FeatureDrift>, share: f64| {
        verdict(GateId::Traffic, |case| {
            case.policy.drifted_share = share;
            if let Part::There(traffic) = &mut case.evidence.traffic {
                traffic.drifts = drifts;
            }
        })
    };
    assert_eq!(with(vec![drift("a", Some(0.31)), drift("b", Some(0.02))], 0.0), Fail);
    assert_eq!(with(vec![drift("a", Some(0.31)), drift("b", Some(0.02))], 0.5), Warn);
    assert_eq!(with(vec![drift("a", None), drift("b", Some(0.02))], 0.0), Unknown);
    assert_eq!(with(vec![drift("a", None)], 0.0), Unknown);
    assert_eq!(verdict(GateId::Traffic, |case| case.evidence.traffic = Part::Absent), Unknown);
}

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

#[test]
fn blast() {
    let of = |change: fn(&mut Case)| verdict(GateId::Blast, change);
    assert_eq!(of(|case| case.blast = Part::Unreadable("denied".into())), Unknown);
    assert_eq!(of(|case| case.blast = Part::There(Blast::default())), Pass);
    let naive = |case: &mut Case| {
        if let Part::There(blast) = &mut case.blast {
            blast.rules[0].is_naive = true;
        }
    };
    assert_eq!(verdict(GateId::Blast, naive), Warn);
    let targets = vec!["CodePipeline deploy-models".to_owned()];
    let rule = EvidenceLink::Rule { name: "deploy-on-approve".into(), targets };
    let evidence = [rule, EvidenceLink::Pipeline("deploy-model".into())];
    assert_eq!(Case::good().gate(GateId::Blast).evidence, evidence, "what it starts is one click away");
    let Part::There(blast) = Case::good().blast else { panic!("a blast") };
    assert_eq!(blast.words(), "fires rule deploy-on-approve: CodePipeline deploy-models");
}

#[test]
fn the_policy_says_what_a_verdict_holds() {
    let mut case = Case::good();
    case.evidence.traffic = Part::Absent;
    assert!(!case.gate(GateId::Traffic).holds);
    case.policy.unknown_blocks = true;
    assert!(case.gate(GateId::Traffic).holds);
    case.policy.blocking.clear();
    assert!(!case.gate(GateId::Traffic).holds);
    assert_eq!(summary(&case.gates()).words, "not known: traffic");
    case.version.status = "Failed".into();
    assert_eq!(summary(&case.gates()).words, "red: integrity; not known: traffic");
}

proptest! {
    /// Whatever is missing, no gate that rests on it is green.
    #[test]
    fn nothing_missing_is_green(part in 0_usize..6, unreadable in any::<bool>()) {
        fn gone<T>(unreadable: bool) -> Part<T> {
            if unreadable { Part::Unreadable("denied".into()) } else { Part::Absent }
        }
        let mut case = Case::good();
        let evidence = &mut case.evidence;
        let id = match part {
            0 => { evidence.evaluation = gone(unreadable); GateId::Quality }
            1 => { evidence.bias = gone(unreadable); GateId::Bias }
            2 => { evidence.attributions = gone(unreadable); GateId::Explainability }
            3 => { evidence.lineage = gone(unreadable); GateId::Lineage }
            4 => { evidence.traffic = gone(unreadable); GateId::Traffic }
            _ => { evidence.baselines.constrained = gone(unreadable); GateId::Baselines }
        };
        prop_assert_ne!(case.gate(id).verdict, Pass);
    }
}
