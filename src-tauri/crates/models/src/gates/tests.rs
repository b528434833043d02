//! Each gate green, red and not known.

mod files;
mod measured;
mod signed;

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

use GateVerdict::{Fail, Pass, Unknown, Warn};

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
    let untried = |case: &mut Case| {
        if let Part::There(blast) = &mut case.blast {
            blast.unread = vec!["deploy-on-approve".into()];
        }
    };
    assert_eq!(verdict(GateId::Blast, untried), Unknown);
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
