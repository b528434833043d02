use super::*;
use ::models::{monitor::Violations, series::Baseline};
use charts::MarkKind;

fn at(hour: u32) -> Timestamp {
    format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
}

fn measured(kind: MonitorKind, constraints: &[u8], values: &[(&str, Option<&str>, &[f64])]) -> Measured {
    let line = |(metric, of, values): &(&str, Option<&str>, &[f64])| {
        let points: Points = (1..).map(at).zip(values.iter().copied()).collect();
        (Subject::new(*metric, of.map(str::to_owned)), points)
    };
    Measured {
        kind,
        source: MetricSource::CloudWatch,
        expected: Baseline::read(kind, constraints).unwrap().expected,
        points: values.iter().map(line).collect(),
        newest: Newest::default(),
        step: Some(3_600),
        marks: vec![Mark { at: at(2), kind: MarkKind::Alarm, label: "raised".into() }],
        events: Vec::new(),
        names: BTreeMap::new(),
        alarms: Vec::new(),
        notices: Vec::new(),
    }
}

const QUALITY: &[u8] = br#"{"binary_classification_constraints": {
    "f1": {"threshold": 0.8, "comparison_operator": "LessThanThreshold"},
    "auc": {"threshold": 0.9, "comparison_operator": "LessThanThreshold"},
    "false_positive_rate": {"threshold": 0.1, "comparison_operator": "GreaterThanThreshold"}}}"#;

#[test]
fn what_is_beyond_its_limit_stands_first_and_what_nobody_published_is_named() {
    let told = measured(
        MonitorKind::ModelQuality,
        QUALITY,
        &[("auc", None, &[0.95, 0.96]), ("false_positive_rate", None, &[0.2, 0.3, 0.05, 0.4]), ("f1", None, &[])],
    );
    let rows = told.rows();
    let seen: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.violated, row.violations, row.values)).collect();
    assert_eq!(seen, [("false_positive_rate", Some(true), Some(3), 4), ("auc", Some(false), Some(0), 2)]);
    assert_eq!((rows[0].side, rows[0].at), (Some(LimitSide::Above), at(4)));
    assert_eq!((rows[1].metric.as_str(), rows[1].title.as_str()), ("auc", "AUC"));
    assert_eq!(told.unpublished(), [("f1".to_owned(), None)]);
    let rate = Subject::new("false_positive_rate", None);
    let chart = told.chart("churn-quality", &rate, &told.points[&rate], (600, 0)).unwrap();
    assert!(chart.svg.contains("Violation above"), "{}", chart.svg);
    assert_eq!(chart.caption, "false positive rate by churn-quality");
    assert!(chart.table.rows.iter().flatten().any(|cell| cell == "alarm raised"), "{:?}", chart.table);
}

const BIAS: &[u8] =
    br#"{"post_training_bias_metrics": {"label": "y", "label_value_or_threshold": "1", "facets": {"age": [
    {"value_or_threshold": "55+", "metrics": [{"name": "DI", "description": "d", "value": 0.9},
     {"name": "RD", "description": "d", "value": 0.01}]}]}}}"#;

#[test]
fn of_bias_the_run_itself_decides() {
    let mut told = measured(
        MonitorKind::Bias,
        BIAS,
        &[("DI", Some("age 55+"), &[1.4]), ("RD", Some("age 55+"), &[0.02, f64::INFINITY])],
    );
    assert!(told.rows().iter().all(|row| row.violated.is_none()), "nobody read what the run says");
    let violations = br#"{"violations": [{"facet": "age", "facet_value": "55+", "metric_name": "DI",
        "constraint_check_type": "bias_drift_check", "description": "x"}]}"#;
    told.newest.violations = Some(Violations::read(violations).unwrap().violations);
    told.newest.at = Some(at(1));
    let rows = told.rows();
    let verdicts: Vec<_> = rows.iter().map(|row| (row.metric.as_str(), row.violated, row.violations)).collect();
    assert_eq!(verdicts, [("DI", Some(true), None), ("RD", None, None)], "RD was measured by a later run");
    assert_eq!((rows[1].value, rows[1].neutral), (None, Some(0.0)), "infinite");
    assert!(rows[1].note.as_deref().is_some_and(|note| note.starts_with("infinite")));
}

#[test]
fn a_feature_keeps_its_name() {
    let told = measured(MonitorKind::Explainability, br#"{"explanations": {}}"#, &[("f1", Some("yes"), &[0.2])]);
    let rows = told.rows();
    assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["f1"]);
}
