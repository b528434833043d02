use super::*;

const DATA: &str = r#"{"violations": [
  {"feature_name": "fare", "constraint_check_type": "data_type_check",
   "description": "Value: 0.4994 does not meet the constraint requirement! "},
  {"feature_name": "guests", "constraint_check_type": "baseline_drift_check",
   "description": "Baseline drift distance: 0.3412 exceeds threshold: 0.1"},
  {"feature_name": "new", "constraint_check_type": "extra_column_check", "description": "There is an extra column"}]}"#;

const OTHERS: &str = r#"{"version": "1.0", "violations": [
  {"constraint_check_type": "GreaterThanThreshold", "metric_name": "mse",
   "description": "Metric mse with 0.42 +/- 0.01 was GreaterThanThreshold '0.33'"},
  {"facet": "age", "facet_value": "(30, 40]", "metric_name": "CI", "constraint_check_type": "bias_drift_check",
   "description": "Value 0.5 does not meet the baseline constraint"},
  {"label": "label0", "metric_name": "shap", "constraint_check_type": "feature_attribution_drift_check",
   "description": "Feature attribution drift 0.7639 exceeds threshold 0.9"}]}"#;

const OWN: &str = r#"{"violations": [
  {"sentence": "He ran.", "score": 0.4, "feature_name": "mmd", "constraint_check_type": "baseline_drift_check"}, 5]}"#;

#[test]
fn descriptions_tell_their_numbers() {
    let read = Violations::read(DATA.as_bytes()).unwrap();
    let told: Vec<_> = read.violations.iter().map(|one| (one.check.clone(), one.value, one.threshold)).collect();
    assert_eq!(
        told,
        [
            (Check::DataType, Some(0.4994), None),
            (Check::BaselineDrift, Some(0.3412), Some(0.1)),
            (Check::ExtraColumn, None, None)
        ]
    );
}

#[test]
fn every_monitor_has_keys_of_its_own() {
    let read = Violations::read(OTHERS.as_bytes()).unwrap();
    let [quality, bias, order] = read.violations.as_slice() else { panic!("three") };
    assert_eq!(quality.check, Check::Other("GreaterThanThreshold".to_owned()));
    assert_eq!((quality.metric.as_deref(), quality.value, quality.threshold), (Some("mse"), Some(0.42), Some(0.33)));
    assert_eq!(
        (bias.facet.as_deref(), bias.facet_value.as_deref(), bias.value),
        (Some("age"), Some("(30, 40]"), Some(0.5))
    );
    assert_eq!((order.label.as_deref(), order.value, order.threshold), (Some("label0"), Some(0.7639), Some(0.9)));
}

#[test]
fn containers_of_others_write_what_they_like() {
    let read = Violations::read(OWN.as_bytes()).unwrap();
    assert_eq!(read.problems, [Problem::new("violation 2", "it holds a number")]);
    let [one] = read.violations.as_slice() else { panic!("one") };
    assert_eq!((one.description.as_deref(), one.value), (None, None));
    let others: Vec<&str> = one.others.iter().map(|(name, _)| name.as_str()).collect();
    assert!(others.contains(&"sentence") && others.contains(&"score"), "{others:?}");
    assert!(Violations::read(br#"{"features": []}"#).is_err());
}
