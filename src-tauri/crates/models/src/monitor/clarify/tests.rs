use super::*;
use std::collections::BTreeMap;

const BIAS: &str = r#"{"version": "1.0",
  "post_training_bias_metrics": {"label": "cancelled", "label_value_or_threshold": "1", "facets": {"country": [
    {"value_or_threshold": "DE", "metrics": [
      {"name": "DI", "description": "Disparate Impact (DI)", "value": 0.9},
      {"name": "TE", "description": "Treatment Equality (TE)", "value": null, "error": "Division by zero"},
      {"name": "RD", "value": "Infinity"}, {"value": 3}, {"name": "AD", "value": null}]}], "odd": 4}},
  "pre_training_bias_metrics": {"label": "cancelled", "facets": {"age": [
    {"value_or_threshold": "(0.5, 0.99]", "metrics": [{"name": "CI", "value": -0.08}]}]}}}"#;

const SHAP: &str = r#"{"version": "1.0", "explanations": {
  "kernel_shap": {"label0": {"global_shap_values": {"price": 0.04, "guests": -0.2, "text": "NaN"}, "expected_value": 0.31,
    "global_top_shap_text": {"[name]": {"fine": 0.04}}}, "label1": {}},
  "pdp": [{"feature_name": "room", "data_type": "categorical", "data_distribution": [0.6, 0.4], "feature_values": ["twin", 2],
    "model_predictions": [[0.8, 0.7]], "label_headers": ["label0"]}, {"data_type": "numerical"}],
  "other": "x"}}"#;

#[test]
fn bias_that_could_not_be_computed_is_not_known() {
    let read = Bias::read(BIAS.as_bytes()).unwrap();
    let [data, model] = read.stages.as_slice() else { panic!("two stages") };
    assert_eq!((data.stage, data.facets[0].value.as_deref()), (Stage::PreTraining, Some("(0.5, 0.99]")));
    assert_eq!(model.label_value.as_deref(), Some("1"));
    let of = |name: &str| model.facets[0].metrics.iter().find(|metric| metric.name == name).unwrap();
    assert_eq!((of("TE").value, of("TE").error.as_deref()), (None, Some("Division by zero")));
    assert_eq!(of("RD").value, Some(f64::INFINITY));
    assert!((of("DI").neutral() - 1.0).abs() < 1e-12 && of("RD").neutral().abs() < 1e-12);
    let mut places: Vec<&str> = read.problems.iter().map(|problem| problem.place.as_str()).collect();
    places.sort_unstable();
    assert_eq!(places, ["country", "country AD", "odd"]);
    assert!(Bias::read(SHAP.as_bytes()).is_err());
}

#[test]
fn all_labels_of_one_method_weigh() {
    let told = br#"{"explanations": {
        "kernel_shap": {
            "empty": {"global_shap_values": {}},
            "gold": {"global_shap_values": {"age": 0.1, "stays": -0.4}},
            "silver": {"global_shap_values": {"age": 0.3, "stays": 0.2}}},
        "other": {"gold": {"global_shap_values": {"age": 90.0}}}}}"#;
    let read = Explanations::read(told).unwrap();
    let labels: Vec<&str> = read.of_one_method().iter().map(|label| label.label.as_str()).collect();
    assert_eq!(labels, ["gold", "silver"]);
    let weights: BTreeMap<&str, f64> = read.importances().into_iter().collect();
    assert_eq!(weights.len(), 2, "{weights:?}");
    assert!((weights["age"] - 0.2).abs() < 1e-12 && (weights["stays"] - 0.3).abs() < 1e-12, "{weights:?}");
}

#[test]
fn attributions_and_dependence() {
    let read = Explanations::read(SHAP.as_bytes()).unwrap();
    let [label] = read.labels.as_slice() else { panic!("one label") };
    assert_eq!((label.method.as_str(), label.expected_value), ("kernel_shap", Some(0.31)));
    assert!(label.features.contains(&("guests".to_owned(), -0.2)) && label.features.len() == 2);
    let [dependence] = read.dependence.as_slice() else { panic!("one") };
    assert_eq!(dependence.values, ["twin", "2"]);
    assert_eq!(dependence.predictions, [("label0".to_owned(), vec![0.8, 0.7])]);
    assert_eq!(read.problems.len(), 3, "{:?}", read.problems);
    assert!(Explanations::read(BIAS.as_bytes()).is_err());
}
