//! The lists.

use super::*;
use crate::{
    evidence::{Metric, MetricLimit},
    sample::{self, at, decided, now, served, version, who},
};
use contract::models::{Better, GlanceState, facts::Lifecycle};

#[test]
fn a_group_in_a_row() {
    let production = Lifecycle { stage: "Production".into(), status: "Approved".into(), description: None };
    let live = VersionFact { lifecycle: Some(production), ..decided(5, Approval::Approved) };
    let newer = VersionFact { created_by: Some(who("tom")), ..version(8) };
    let versions = [live, decided(6, Approval::Rejected), newer, version(7), decided(4, Approval::Approved)];
    let other = DeployedModel {
        package: Some("arn:aws:sagemaker:eu-west-1:999999999999:model-package/churn-eu/5".into()),
        ..served(5)
    };
    let row = group(&sample::group(), &versions, &[served(5), other], &[], now());
    assert_eq!(row.team.as_deref(), Some("loyalty"));
    assert_eq!(row.latest.map(|mark| mark.version), Some(8));
    assert_eq!(row.approved.map(|mark| mark.version), Some(5));
    assert_eq!((row.versions, row.pending), (5, 2));
    assert_eq!(row.pending_since, Some(at("2026-11-10T07:00:00Z")));
    assert_eq!(row.pending_by.as_deref(), Some("ana"), "who waits longest");
    assert_eq!(row.stage.as_deref(), Some("Production"));
    assert_eq!(row.deployed.len(), 1, "a group of the same name in another account is another group");
    assert_eq!(row.monitors.state, GlanceState::Warning);
    let empty = group(&sample::group(), &[], &[], &[], now());
    assert_eq!((empty.latest, empty.drift.state), (None, GlanceState::Nothing));
}

#[test]
fn the_queue_is_oldest_first_and_says_why() {
    let mut signed = version(3);
    let value = people::signature(&who("ana"), at("2026-11-21T05:00:00Z"), &sample::sealed("0a")).unwrap();
    signed.metadata = vec![("ops:sig1".into(), value)];
    let failed = VersionFact { status: "Failed".into(), ..version(9) };
    let made = VersionFact { status: "InProgress".into(), created: None, ..version(10) };
    let versions = [failed, version(7), decided(5, Approval::Approved), signed, made];
    let rows = queue(&versions, &[("churn-eu".into(), "loyalty".into())], now());
    let seen: Vec<(u32, WaitsFor, &str)> =
        rows.iter().map(|row| (row.version, row.waits_for, row.words.as_str())).collect();
    assert_eq!(
        seen,
        [
            (10, WaitsFor::Service, "registered by ana; SageMaker says InProgress"),
            (3, WaitsFor::SecondPerson, "ana signed 3 h ago; a second person has to approve"),
            (7, WaitsFor::Decision, "registered by ana 11 d 1 h ago; nobody has decided"),
            (9, WaitsFor::Nothing, "registered by ana 10 d 23 h ago; its registration failed"),
        ]
    );
    assert!(rows.iter().all(|row| row.team.as_deref() == Some("loyalty")));
}

#[test]
fn what_an_older_version_signed_waits_for_a_decision_again() {
    let value = format!("AROAEXAMPLE:ana/2026-11-21T05:00:00Z/{}", "0a".repeat(32));
    let signed = VersionFact { metadata: vec![("ops:sig1".into(), value)], ..version(3) };
    assert_eq!(queue(&[signed], &[], now())[0].waits_for, WaitsFor::Decision);
}

#[test]
fn the_strip_has_one_metric() {
    let evaluation = |value: f64| Evaluation {
        metrics: vec![Metric { name: "auc".into(), value, deviation: Some(f64::NAN) }],
        limits: vec![MetricLimit { metric: "auc".into(), threshold: Some(0.8), better: Better::Higher }],
        ..Evaluation::default()
    };
    let versions = [version(8), decided(7, Approval::Approved), version(9)];
    let strip = strip("churn-eu", &versions, &[(7, evaluation(0.87)), (8, evaluation(f64::NAN))], &[served(7)], None);
    assert_eq!((strip.metric.as_deref(), strip.better), (Some("auc"), Some(Better::Higher)));
    let numbers: Vec<u32> = strip.cells.iter().map(|cell| cell.mark.version).collect();
    assert_eq!(numbers, [7, 8, 9]);
    assert_eq!(strip.cells[0].metric, Some(Measured { value: 0.87, deviation: None }), "NaN is no deviation");
    assert_eq!((strip.cells[1].metric, strip.cells[2].metric), (None, None));
    assert_eq!(strip.cells[0].live, ["churn"]);
    let on = |value: f64, digest: &str| {
        let mut told = evaluation(value);
        told.set.digest = Some(digest.into());
        told
    };
    let evaluations = [(7, on(0.87, "a")), (9, on(0.9, "b"))];
    let apart = super::strip("churn-eu", &versions, &evaluations, &[], None);
    let sets: Vec<Option<u32>> = apart.cells.iter().map(|cell| cell.set).collect();
    assert_eq!(sets, [Some(0), None, Some(1)]);
    let row = queue(&[version(7)], &[], now()).remove(0);
    let row = judged(row, None, Some(&evaluation(0.87)), None);
    assert_eq!(row.metric.map(|(name, ..)| name).as_deref(), Some("auc"));
}
