//! What is exported in these tests: every text of it is the one that a test gives.

use crate::exports::{Stamp, Told};
use charts::{Curve, CurveKind, Dependence, Frame, curves, dependence};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{
        EndpointHealth, FeatureDetail, FeatureRow, FollowedFeature, FollowedReport, FollowedView, MonitorRow, Origin,
        StatisticRow, TestSide,
    },
    executions::Difference,
    models::{
        Basis, Better, ClassRow, ColumnChange, ColumnRow, ConfusionMatrix, ContainerRow, FacetRow, HealthState, Judged,
        Measured, MetricRow, PinState, RankRow, VersionComparison, VersionDetail, VersionMark, VersionNumbers,
        facts::{AlarmFact, Approval, EndpointFact, MonitorKind, VariantFact},
        requests::{ModelComparison, ModelNumbers, ModelReply},
    },
};

pub fn at() -> Timestamp {
    "2026-11-22T08:30:00Z".parse().unwrap()
}

pub fn stamp() -> Stamp {
    Stamp {
        profile: "practice".into(),
        region: "eu-west-1".into(),
        account: Some("123456789012".into()),
        by: Some("arn:aws:iam::123456789012:user/watch".into()),
        at: at(),
    }
}

fn mark(version: u32) -> VersionMark {
    VersionMark {
        arn: format!("arn:aws:sagemaker:eu-west-1:123456789012:model-package/cancellation/{version}"),
        version,
        approval: Approval::Pending,
        created: Some(at()),
    }
}

pub fn chart(text: &str) -> Chart {
    let frame = Frame { width: 480, height: 240, offset_minutes: 0, caption: text.into() };
    let curve = |name: &str| Curve { name: name.into(), points: vec![(0.0, 0.0), (0.3, 0.8), (1.0, 1.0)], area: None };
    curves(&frame, CurveKind::Roc, &[curve(text), curve("other")]).unwrap()
}

/// What two versions predict as this feature changes.
fn depends(feature: &str) -> Chart {
    let frame =
        Frame { width: 480, height: 240, offset_minutes: 0, caption: format!("Partial dependence on {feature}") };
    let of = |version: u32, top: f64| Dependence {
        name: format!("version {version}"),
        points: vec![(1.0, 0.2), (2.5, top)],
    };
    dependence(&frame, feature, &[of(12, 0.5), of(14, 0.625)]).unwrap()
}

fn confusion(class: &str, hits: f64) -> ConfusionMatrix {
    ConfusionMatrix {
        classes: vec![class.into(), "other".into()],
        counts: vec![vec![Some(hits), Some(2.0)], vec![None, Some(5.0)]],
    }
}

fn metric(name: &str, words: &str) -> MetricRow {
    MetricRow {
        name: name.into(),
        better: Some(Better::Lower),
        left: Some(Measured { value: 0.1, deviation: Some(0.004) }),
        right: Some(Measured { value: 0.3, deviation: None }),
        difference: Some(0.3 - 0.1),
        tolerance: Some(0.008),
        floor: None,
        judged: Judged::Worse,
        words: words.into(),
    }
}

/// A comparison in which every text is this one.
pub fn compared(said: &str) -> ModelComparison {
    let text = || said.to_owned();
    let comparison = VersionComparison {
        left: mark(12),
        right: mark(14),
        words: text(),
        basis: Basis::Different(text()),
        metrics: vec![metric(said, said)],
        classes: vec![ClassRow { class: text(), row: metric(said, said) }],
        confusions: [None, Some(confusion(said, 8.0))],
        facets: vec![FacetRow {
            facet: text(),
            facet_value: text(),
            metric: text(),
            is_after: true,
            left: Some(0.25),
            right: None,
            judged: Judged::NotComparable,
            note: Some(text()),
        }],
        ranks: vec![RankRow {
            feature: text(),
            left: Some(3),
            right: Some(1),
            left_value: Some(0.2),
            right_value: Some(0.4),
        }],
        columns: vec![ColumnRow { name: text(), change: ColumnChange::Moved, left: Some(text()), right: None }],
        differences: vec![Difference {
            what: "Parameter".into(),
            place: text(),
            then: Some(text()),
            now: None,
            at: None,
        }],
        has_parameters: true,
        notices: vec![Notice::warning(text())],
    };
    ModelComparison { comparison, charts: vec![chart(said)], dependence: vec![depends(said)] }
}

/// A version without another one, in which every text is this one.
pub fn alone(said: &str) -> Told {
    let text = || said.to_owned();
    let VersionComparison { mut metrics, classes, facets, ranks, right, .. } = compared(said).comparison;
    for row in &mut metrics {
        row.left = None;
    }
    let container = ContainerRow {
        image: text(),
        image_digest: Some(text()),
        image_state: PinState::NotPinned,
        model_data: Some(text()),
        model_data_state: PinState::NotPinned,
        size: None,
        framework: None,
        environment: vec![(text(), text())],
    };
    let detail = VersionDetail {
        mark: right.clone(),
        group: text(),
        description: Some(text()),
        status: text(),
        lifecycle: None,
        comment: None,
        created_by: Some(text()),
        modified: None,
        modified_by: None,
        origin: Vec::new(),
        containers: vec![container],
        checks: Vec::new(),
        evidence: Vec::new(),
        card: None,
        deployed: Vec::new(),
        history: Vec::new(),
        lineage: None,
        metadata: Vec::new(),
        tags: Vec::new(),
        notices: vec![Notice::warning(text())],
        as_of: at(),
    };
    let confusion = Some(confusion(said, 8.0));
    let notices = vec![Notice::info(text())];
    let numbers = VersionNumbers { mark: right, metrics, classes, confusion, facets, ranks, notices };
    let own = ModelNumbers { numbers, charts: vec![chart(said)], dependence: vec![depends(said)] };
    Told::Version(Box::new((ModelReply { detail, against: None, numbers: None, notices: Vec::new() }, own)))
}

fn feature(said: &str) -> FeatureDetail {
    let text = || said.to_owned();
    FeatureDetail {
        row: FeatureRow {
            name: text(),
            kind: "Fractional".into(),
            distance: Some(0.31),
            error: Some(0.003),
            threshold: Some(0.1),
            told: Some(0.3),
            method: "L∞ robust".into(),
            drifted: Some(true),
            drifted_runs: 4,
            natural: None,
            importance: Some(0.2),
            note: Some(text()),
        },
        read: 168,
        run: at(),
        charts: vec![chart(said)],
        statistics: vec![StatisticRow {
            name: "Population stability index".into(),
            value: Some(0.123_456_789_012),
            error: None,
            threshold: None,
            rule: None,
            drifted: None,
            note: Some(text()),
        }],
        notices: vec![Notice::info(text())],
    }
}

pub fn both(said: &str) -> [Told; 2] {
    let feature = Told::Feature { schedule: said.to_owned(), detail: Box::new(feature(said)) };
    [Told::Comparison(Box::new(compared(said))), feature]
}

/// Each kind of document.
pub fn each(said: &str) -> [Told; 5] {
    let [compared, feature] = both(said);
    let endpoint = Told::Endpoint { hours: 24, health: Box::new(endpoint(said)) };
    [compared, feature, endpoint, Told::Followed { days: 30, view: Box::new(followed(said)) }, alone(said)]
}

fn monitor(said: &str) -> MonitorRow {
    MonitorRow {
        schedule: said.into(),
        source: Origin::Evidently,
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some(said.into()),
        group: None,
        status: said.into(),
        last_run: Some(at()),
        last: None,
        violations: None,
        alert: None,
        health: HealthState::Measured,
        words: said.into(),
        as_of: at(),
    }
}

/// An endpoint with two alarms that it rolls back on, one of which nobody made.
fn endpoint(said: &str) -> EndpointHealth {
    let variant = VariantFact { name: said.into(), package: Some(said.into()), ..VariantFact::default() };
    let alarm = AlarmFact {
        name: said.into(),
        state: "ALARM".into(),
        reason: Some(said.into()),
        since: Some(at()),
        acts: true,
        ..AlarmFact::default()
    };
    EndpointHealth {
        endpoint: EndpointFact {
            name: said.into(),
            arn: said.into(),
            status: "InService".into(),
            reason: Some(said.into()),
            config: Some(said.into()),
            config_created: None,
            created: None,
            modified: None,
            variants: vec![variant],
            capture: None,
            rollback_alarms: vec![said.into(), "nobody made it".into()],
            is_async: false,
            pending_config: None,
        },
        schedules: Some(vec![monitor(said)]),
        rollback: Some(vec![alarm]),
        charts: vec![chart(said)],
        unpublished: vec!["Invocations".into()],
        notices: vec![Notice::info(said)],
    }
}

fn followed(said: &str) -> FollowedView {
    let text = || said.to_owned();
    let judged = TestSide {
        method: text(),
        value: Some(0.123_456_789_012),
        threshold: Some(0.1),
        rule: Some(text()),
        drifted: Some(true),
    };
    let report = |trouble| FollowedReport { at: at(), place: text(), drifted: Some((1, 4)), trouble };
    FollowedView {
        row: monitor(said),
        source: text(),
        dataset: Some(text()),
        map: Some(chart(said)),
        features: vec![FollowedFeature { name: text(), test: judged, drifted_reports: 1, reason: text() }],
        over_time: None,
        reports: vec![report(None), report(Some(text()))],
        schedules: Vec::new(),
        notices: vec![Notice::warning(said)],
    }
}
