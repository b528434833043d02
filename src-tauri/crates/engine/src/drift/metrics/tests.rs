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
        reports: BTreeMap::new(),
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

#[test]
fn the_limit_of_an_alarm_is_drawn_however_it_spells_the_metric() {
    let metric = |namespace: &str, dimensions: [(&str, &str); 2]| MetricName {
        namespace: namespace.into(),
        name: "feature_baseline_drift_age".into(),
        dimensions: dimensions.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    };
    let published =
        metric("aws/sagemaker/Endpoints/data-metrics", [("Endpoint", "churn"), ("MonitoringSchedule", "churn-data")]);
    let documented =
        metric("/aws/sagemaker/Endpoints/data-metric", [("EndpointName", "churn"), ("ScheduleName", "churn-data")]);
    let other =
        metric("aws/sagemaker/Endpoints/data-metrics", [("Endpoint", "churn"), ("MonitoringSchedule", "nobody")]);
    let alarm = |name: &str, metric: &MetricName| AlarmFact {
        name: name.into(),
        arn: None,
        state: "OK".into(),
        reason: None,
        since: None,
        metrics: vec![metric.clone()],
        statistic: Some("Average".into()),
        comparison: None,
        threshold: Some(0.25),
        period: Some(3_600),
        failing: None,
        of: None,
        acts: true,
    };
    let constraints = br#"{"features": [{"name": "age", "inferred_type": "Fractional"}], "monitoring_config": {}}"#;
    let mut told = measured(MonitorKind::DataQuality, constraints, &[("age", None, &[0.1, 0.2])]);
    let age = Subject::new("age", None);
    told.names.insert(age.clone(), published.clone());
    told.alarms = vec![alarm("as-published", &published), alarm("as-documented", &documented), alarm("other", &other)];
    let chart = told.chart("churn-data", &age, &told.points[&age], (600, 0)).unwrap();
    assert!(chart.svg.contains("Alarm as-published") && chart.svg.contains("Alarm as-documented"), "{}", chart.svg);
    assert!(!chart.svg.contains("Alarm other"), "{}", chart.svg);
}

#[test]
fn a_limit_of_another_number_is_not_drawn() {
    let mut told = measured(MonitorKind::ModelQuality, QUALITY, &[("auc", None, &[0.95, 0.96])]);
    let auc = Subject::new("auc", None);
    let name = MetricName {
        namespace: "aws/sagemaker/Endpoints/model-metrics".into(),
        name: "auc".into(),
        dimensions: vec![("MonitoringSchedule".into(), "churn-quality".into())],
    };
    told.names.insert(auc.clone(), name.clone());
    let alarm = |called: &str, statistic: Option<&str>| AlarmFact {
        name: called.to_owned(),
        arn: None,
        state: "OK".into(),
        reason: None,
        since: None,
        metrics: vec![name.clone()],
        statistic: statistic.map(str::to_owned),
        comparison: None,
        threshold: Some(0.7),
        period: Some(3_600),
        failing: None,
        of: None,
        acts: true,
    };
    told.alarms = vec![alarm("low", Some("Minimum")), alarm("runs", Some("SampleCount")), alarm("made", None)];
    let chart = told.chart("churn-quality", &auc, &told.points[&auc], (600, 0)).unwrap();
    assert!(chart.svg.contains("Alarm low"), "{}", chart.svg);
    assert!(!chart.svg.contains("Alarm runs") && !chart.svg.contains("Alarm made"), "{}", chart.svg);
}

const BIAS: &[u8] =
    br#"{"post_training_bias_metrics": {"label": "y", "label_value_or_threshold": "1", "facets": {"age": [
    {"value_or_threshold": "55+", "metrics": [{"name": "DI", "description": "d", "value": 0.9},
     {"name": "RD", "description": "d", "value": 0.01}]}]}}}"#;

fn said(violations: &str) -> Said {
    let text = format!(r#"{{"violations": [{violations}]}}"#);
    Said::new(Violations::read(text.as_bytes()).unwrap().violations)
}

const DI: &str = r#"{"facet": "age", "facet_value": "55+", "metric_name": "DI", "constraint_check_type": "bias_drift_check",
    "description": "x"}"#;

#[test]
fn of_bias_each_report_decides_of_its_own_time() {
    let mut told = measured(
        MonitorKind::Bias,
        BIAS,
        &[("DI", Some("age 55+"), &[1.4, 0.95, 1.3, 1.3]), ("RD", Some("age 55+"), &[0.02, f64::INFINITY])],
    );
    let seen = |told: &Measured| -> Vec<_> {
        let mut rows = told.rows();
        rows.sort_by(|one, other| one.metric.cmp(&other.metric));
        rows.into_iter().map(|row| (row.violated, row.violations, row.judged)).collect()
    };
    assert_eq!(seen(&told), [(None, Some(0), 1), (None, None, 0)], "nobody read what the runs say");
    let rows = told.rows();
    let impact = rows.iter().find(|row| row.metric == "DI").unwrap();
    assert_eq!(impact.note.as_deref(), Some("1 of 4 values are judged by today's limit"), "0.95 is between 0.9 and 1");
    let recall = rows.iter().find(|row| row.metric == "RD").unwrap();
    assert_eq!((recall.value, recall.neutral), (None, Some(0.0)), "infinite");
    assert!(recall.note.as_deref().is_some_and(|note| note.starts_with("infinite")));

    // Of the hour from 3 to 4 there is no report: that from 2 to 3 ends when its value was sent.
    told.reports = BTreeMap::from([(at(1), Some(said(DI))), (at(2), Some(said(""))), (at(4), None)]);
    assert_eq!(seen(&told), [(None, Some(1), 3), (Some(false), Some(0), 2)], "the report from 4 to 5 was not read");
    assert!(told.rows().iter().all(|row| row.note.as_deref().is_none_or(|note| !note.contains("today"))));
    told.reports.insert(at(4), Some(said(DI)));
    assert_eq!(seen(&told), [(Some(true), Some(2), 4), (Some(false), Some(0), 2)]);
    assert_eq!(told.rows()[0].metric, "DI", "what is violated stands first");
}

#[test]
fn a_deviation_is_of_the_newest_report_and_its_time() {
    let mut told = measured(MonitorKind::ModelQuality, QUALITY, &[("f1", None, &[0.9, 0.85]), ("auc", None, &[0.95])]);
    let reading = |metric: &str| Reading {
        subject: Subject::new(metric, None),
        value: Some(0.85),
        deviation: Some(0.01),
        error: None,
    };
    told.newest = Newest { at: Some(at(2)), readings: vec![reading("f1"), reading("auc")] };
    told.reports = BTreeMap::from([(at(1), None), (at(2), None)]);
    let deviation = |metric: &str| told.rows().into_iter().find(|row| row.metric == metric).unwrap().deviation;
    assert_eq!((deviation("f1"), deviation("auc")), (Some(0.01), None), "auc was measured by the report before");
}

#[test]
fn a_feature_keeps_its_name() {
    let told = measured(MonitorKind::Explainability, br#"{"explanations": {}}"#, &[("f1", Some("yes"), &[0.2])]);
    let rows = told.rows();
    assert_eq!(rows.iter().map(|row| row.title.as_str()).collect::<Vec<_>>(), ["f1"]);
}
