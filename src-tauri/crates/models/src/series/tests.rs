use super::*;
use crate::monitor::Violations;
use contract::models::facts::MetricName;

fn at(hour: u32) -> Timestamp {
    format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
}

const QUALITY: &[u8] = br#"{"version": 0.0, "binary_classification_constraints": {
    "f1": {"threshold": 0.8, "comparison_operator": "LessThanThreshold"},
    "false_positive_rate": {"threshold": 0.1, "comparison_operator": "GreaterThanThreshold"},
    "auc": {"threshold": 0.9}}}"#;
const BIAS: &[u8] =
    br#"{"version": "1.0", "post_training_bias_metrics": {"label": "churned", "label_value_or_threshold": "1",
    "facets": {"age": [{"value_or_threshold": "55+", "metrics": [
        {"name": "DI", "description": "Disparate Impact", "value": 0.98},
        {"name": "RD", "description": "Recall Difference", "value": null, "error": "no positive label"}]}]}}}"#;
const SHAP: &[u8] = br#"{"version": "1.0", "explanations": {"kernel_shap": {"label0": {
    "global_shap_values": {"SAT": 0.70, "GPA": 0.50, "rank": 0.05}, "expected_value": 0.4}}}}"#;

fn expected<'a>(baseline: &'a Baseline, name: &str) -> &'a Expected {
    baseline.expected.iter().find(|one| one.subject.name() == name).unwrap()
}

#[test]
fn the_operator_says_on_which_side_a_violation_lies() {
    let baseline = Baseline::read(MonitorKind::ModelQuality, QUALITY).unwrap();
    let is = |name: &str, value: f64| expected(&baseline, name).limit.and_then(|limit| limit.is_violated_by(value));
    assert_eq!((is("f1", 0.7), is("f1", 0.8), is("f1", 0.9)), (Some(true), Some(false), Some(false)));
    assert_eq!((is("false_positive_rate", 0.2), is("false_positive_rate", 0.05)), (Some(true), Some(false)));
    assert_eq!((is("auc", 0.1), is("f1", f64::NAN)), (None, None), "a limit without a side decides nothing");
    let bias = Baseline::read(MonitorKind::Bias, BIAS).unwrap();
    let impact = expected(&bias, "DI of age 55+");
    assert_eq!((impact.neutral, impact.limit.map(|limit| limit.side)), (Some(1.0), Some(LimitSide::Apart)));
    assert_eq!(impact.limit.and_then(|limit| limit.is_violated_by(9.0)), None, "the monitor decides by an interval");
    assert_eq!(expected(&bias, "RD of age 55+").limit, None);
    let data = br#"{"features": [{"name": "tenure", "inferred_type": "Fractional"}, {"name": "country", "inferred_type": "String"}],
        "monitoring_config": {"distribution_constraints": {"comparison_threshold": 0.2, "categorical_comparison_threshold": 0.3}}}"#;
    let data = Baseline::read(MonitorKind::DataQuality, data).unwrap();
    let limits: Vec<_> =
        data.expected.iter().filter_map(|one| one.limit).map(|limit| limit.value.to_string()).collect();
    assert_eq!(limits, ["0.2", "0.3"]);
}

#[test]
fn names_are_found_again_in_what_was_published() {
    for (kind, bytes, most) in
        [(MonitorKind::ModelQuality, QUALITY, 3), (MonitorKind::Bias, BIAS, 2), (MonitorKind::Explainability, SHAP, 3)]
    {
        let baseline = Baseline::read(kind, bytes).unwrap();
        let all = names(kind, &baseline, "churn-s", Some("churn"));
        assert_eq!(all.len(), most, "{kind:?}");
        for (own, metric) in &all {
            assert_eq!(subject(kind, metric).as_ref(), Some(own), "{metric:?}");
            assert!(metric.dimensions.is_sorted() && metric.dimensions.contains(&("Endpoint".into(), "churn".into())));
        }
    }
    let bias = Baseline::read(MonitorKind::Bias, BIAS).unwrap();
    let (_, metric) = names(MonitorKind::Bias, &bias, "s", None).remove(0);
    let dimension = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected = MetricName {
        namespace: "aws/sagemaker/ModelMonitoring/bias-metrics".into(),
        name: "bias_metric_DI".into(),
        dimensions: vec![
            dimension("BiasStage", "Post-Training"),
            dimension("Facet", "age"),
            dimension("FacetValue", "55+"),
            dimension("Label", "churned"),
            dimension("LabelValue", "1"),
            dimension("MonitoringSchedule", "s"),
        ],
    };
    assert_eq!(metric, expected);
    let constant = MetricName { name: "f1_best_constant_classifier".into(), ..MetricName::default() };
    let of = subject(MonitorKind::ModelQuality, &constant).unwrap();
    assert_eq!(of.name(), "f1 of the best constant classifier");
}

#[test]
fn values_of_a_feature_are_told_beside_its_distance() {
    let told = |name: &str| {
        let metric = MetricName { name: name.into(), ..MetricName::default() };
        let kind = MonitorKind::DataQuality;
        subject(kind, &metric).map(|subject| (subject.name(), statistic(kind, &metric)))
    };
    assert_eq!(told("feature_baseline_drift_age"), Some(("age".to_owned(), "Average")));
    assert_eq!(told("feature_data_age"), Some(("average value of age".to_owned(), "Average")));
    assert_eq!(told("feature_non_null_age"), Some(("non-null values of age".to_owned(), "Sum")));
    assert_eq!(told("completeness"), None);
    // The attributions of a feature bear its name, whatever that is.
    let shap = MetricName { name: "feature_non_null_age".into(), ..MetricName::default() };
    assert_eq!(statistic(MonitorKind::Explainability, &shap), "Average");
    assert!(documented(MonitorKind::DataQuality).is_some() && documented(MonitorKind::Bias).is_none());
}

fn spelled(namespace: &str, dimensions: &[(&str, &str)]) -> MetricName {
    let mut dimensions: Vec<(String, String)> =
        dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    dimensions.sort();
    MetricName { namespace: namespace.into(), name: "feature_baseline_drift_age".into(), dimensions }
}

#[test]
fn a_schedule_is_named_in_two_ways() {
    let published = [("Endpoint", "churn"), ("MonitoringSchedule", "churn-data")];
    let documented = [("EndpointName", "churn"), ("ScheduleName", "churn-data")];
    for (namespace, dimensions) in [
        ("aws/sagemaker/Endpoints/data-metrics", published),
        ("/aws/sagemaker/Endpoints/data-metric", documented),
        ("/aws/sagemaker/Endpoint/data-metrics", published),
    ] {
        let metric = spelled(namespace, &dimensions);
        assert!(is_of_schedule(&metric, "churn-data") && is_of_endpoint(&metric, "churn"), "{metric:?}");
        assert!(!is_of_schedule(&metric, "churn") && !is_of_endpoint(&metric, "churn-data"), "{metric:?}");
        assert!(is_same(&metric, &spelled("aws/sagemaker/Endpoints/data-metrics", &published)), "{metric:?}");
    }
    let batch = spelled("aws/sagemaker/ModelMonitoring/data-metrics", &[("MonitoringSchedule", "churn-data")]);
    assert!(is_of_schedule(&batch, "churn-data") && !is_of_endpoint(&batch, "churn"));
    assert!(!is_same(&batch, &spelled("aws/sagemaker/Endpoints/data-metrics", &published)), "with fewer dimensions");
    let others = spelled("Payments", &[("ScheduleName", "churn-data")]);
    assert!(!is_of_schedule(&others, "churn-data"), "a schedule of something else");
    assert!(is_same(&others, &others) && !is_same(&others, &spelled("Orders", &[("ScheduleName", "churn-data")])));
    let slice = spelled("aws/sagemaker/Endpoints/data-metrics", &[published[0], published[1], ("Feature", "age")]);
    assert!(is_of_schedule(&slice, "churn-data") && !is_same(&slice, &spelled(&slice.namespace, &published)));
}

#[test]
fn a_report_tells_the_same_numbers() {
    let text = br#"{"version": 0.0, "dataset": {"item_count": 600}, "binary_classification_metrics": {
        "f1": {"value": 0.81, "standard_deviation": 0.01}, "auc": {"value": 0.9, "standard_deviation": "NaN"}},
        "slices": {"region=city": {"f1": {"value": 0.2, "standard_deviation": "NaN"}}}}"#;
    let told = readings(MonitorKind::ModelQuality, text).unwrap();
    let seen: Vec<_> = told.iter().map(|one| (one.subject.name(), one.value, one.deviation)).collect();
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.contains(&("f1".into(), Some(0.81), Some(0.01))) && seen.contains(&("auc".into(), Some(0.9), None)));
    let bias = readings(MonitorKind::Bias, BIAS).unwrap();
    assert_eq!((bias[1].value, bias[1].error.as_deref()), (None, Some("no positive label")));
    assert!(readings(MonitorKind::Bias, text).is_err());
}

#[test]
fn the_score_of_attributions_needs_all_features() {
    let baseline = Baseline::read(MonitorKind::Explainability, SHAP).unwrap();
    let line = |feature: &str, values: &[(u32, f64)]| {
        let points: Points = values.iter().map(|(hour, value)| (at(*hour), *value)).collect();
        (Subject::new(feature, Some("label0".into())), points)
    };
    let measured = BTreeMap::from([
        line("SAT", &[(1, 0.10), (2, 0.7)]),
        line("GPA", &[(1, 0.20), (2, 0.5), (3, 0.5)]),
        line("rank", &[(1, 0.70), (2, 0.05)]),
    ]);
    let found = scores(&baseline, &measured);
    let [(subject, points)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((subject.name().as_str(), points.len()), ("NDCG of label0", 2));
    // The example of the guide, and the same order.
    assert!((points[&at(1)] - 0.6876).abs() < 5e-5 && (points[&at(2)] - 1.0).abs() < 1e-12, "{points:?}");
    let few = BTreeMap::from([line("SAT", &[(1, 0.1)])]);
    assert!(scores(&baseline, &few).is_empty());
}

#[test]
fn infinity_is_not_a_large_number() {
    let points = points(&[(at(1), 2.348_543e108), (at(2), -2.348_543e108), (at(3), 0.5), (at(4), f64::NAN)]);
    assert_eq!(points.values().map(f64::to_string).collect::<Vec<_>>(), ["inf", "-inf", "0.5"]);
}

#[test]
fn a_run_says_itself_what_it_violated() {
    let text = br#"{"version": "1.0", "violations": [
        {"facet": "age", "facet_value": "55+", "metric_name": "DI", "constraint_check_type": "bias_drift_check", "description": "x"},
        {"label": "label0", "metric_name": "shap", "constraint_check_type": "feature_attribution_drift_check", "description": "x"},
        {"metric_name": "f1", "constraint_check_type": "LessThanThreshold", "description": "x"}]}"#;
    let read = Violations::read(text).unwrap().violations;
    let is = |metric: &str, of: Option<&str>| is_violated(&Subject::new(metric, of.map(str::to_owned)), &read);
    assert!(is("DI", Some("age 55+")) && is("NDCG", Some("label0")) && is("f1", None));
    assert!(!is("DI", Some("age 18-29")) && !is("shap", None) && !is("auc", None));
}

#[test]
fn a_value_belongs_to_the_report_of_its_hour_or_to_the_nearest() {
    let minute =
        |hour: u32, minute: u32| -> Timestamp { format!("2026-11-21T{hour:02}:{minute:02}:00Z").parse().unwrap() };
    let hourly = [at(4), at(5), at(6)];
    let of = |time: Timestamp| report_of(hourly, time, 3_600);
    assert_eq!(of(at(5)), Some(at(5)), "the end of one hour is the begin of the next");
    assert_eq!(of(minute(5, 40)), Some(at(5)));
    assert_eq!((of(at(7)), of(minute(7, 30)), of(at(8))), (Some(at(6)), Some(at(6)), Some(at(6))));
    assert_eq!((of(minute(8, 1)), of(minute(3, 30)), of(minute(2, 59))), (None, Some(at(4)), None));
    let daily = [at(4), at(16)];
    assert_eq!(report_of(daily, at(9), 86_400), Some(at(4)), "four hours behind the one, seven before the other");
    assert_eq!(report_of(daily, at(12), 86_400), Some(at(16)));
    assert_eq!(report_of([], at(9), 86_400), None);
    assert_eq!(report_of([Timestamp::MIN, Timestamp::MAX], at(9), u32::MAX), None);
}

#[test]
fn bias_between_the_baseline_and_what_prefers_nobody_is_no_violation() {
    let limit = Limit { value: 0.9, side: LimitSide::Apart };
    let kept = |value: f64| limit.is_surely_kept_by(value, Some(1.0));
    assert!(kept(0.9) && kept(0.95) && kept(1.0));
    assert!(!kept(0.89) && !kept(1.01) && !kept(f64::INFINITY) && !kept(f64::NAN), "its interval decides");
    assert!(!limit.is_surely_kept_by(0.95, None));
    assert!(!Limit { side: LimitSide::Above, ..limit }.is_surely_kept_by(0.95, Some(1.0)));
}
