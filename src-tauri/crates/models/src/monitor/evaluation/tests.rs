use super::*;

const BINARY: &str = r#"{"version": 0.0, "dataset": {"item_count": 450}, "binary_classification_metrics": {
  "confusion_matrix": {"0": {"0": 1, "1": 2}, "1": {"1": 1}},
  "accuracy": {"value": 0.5, "standard_deviation": "NaN"}, "auc": {"value": 1, "standard_deviation": 0.1},
  "accuracy_best_constant_classifier": {"value": 0.25, "standard_deviation": 0.2}, "f1": {"value": "NaN"},
  "receiver_operating_characteristic_curve": {"false_positive_rates": [0, 0.5, 1], "true_positive_rates": [0, 0.9, 1]},
  "precision_recall_curve": {"precisions": [1, 0.8], "recalls": [0, 1]}}}"#;

const OWN: &str = r#"{"rmse": 12.5, "by_region": {"emea": {"rmse": 11, "rows": 40}, "notes": "fine"}, "model": "v3", "r2": "-Infinity"}"#;

#[test]
fn what_model_monitor_writes() {
    let read = Evaluation::read(BINARY.as_bytes()).unwrap();
    assert_eq!((read.problem.as_deref(), read.items), (Some("binary_classification"), Some(450.0)));
    let auc = read.metric("auc").unwrap();
    assert_eq!(auc.path, "binary_classification_metrics.auc");
    assert_eq!(auc.standard_deviation, Some(0.1));
    assert_eq!(read.metric("accuracy").unwrap().standard_deviation, None, "NaN of few rows");
    assert_eq!(read.metric("f1"), None);
    assert_eq!(read.problems, [Problem::new("binary_classification_metrics.f1", "it is no finite number")]);
    let confusion = read.confusion.as_ref().unwrap();
    assert_eq!(confusion.classes, ["0", "1"]);
    assert_eq!(confusion.counts, [[Some(1.0), Some(2.0)], [None, Some(1.0)]]);
    let axes: Vec<&str> = read.curves.iter().map(|curve| curve.axes.0.as_str()).collect();
    assert!(axes.contains(&"false_positive_rates") && axes.contains(&"recalls"), "{axes:?}");
    assert!(read.curves.iter().any(|curve| curve.points == [(0.0, 1.0), (1.0, 0.8)]));
}

#[test]
fn the_share_of_positives_is_that_of_the_actual_class() {
    let of = |matrix: &str| {
        let text = format!(r#"{{"accuracy": 0.5, "confusion_matrix": {matrix}}}"#);
        Evaluation::read(text.as_bytes()).unwrap().positives()
    };
    assert_eq!(of(r#"{"0": {"0": 500, "1": 80}, "1": {"0": 20, "1": 400}}"#), Some(0.42));
    assert_eq!(of(r#"{"true": {"true": 1, "false": 0}, "false": {"true": 2, "false": 1}}"#), Some(0.25));
    assert_eq!(of(r#"{"0": {"0": 1, "1": 2}, "1": {"1": 1}}"#), None, "a cell is not there");
    assert_eq!(of(r#"{"no": {"no": 1, "yes": 2}, "yes": {"no": 0, "yes": 1}}"#), None, "which one is positive?");
    assert_eq!(of(r#"{"0": {"0": 0, "1": 0}, "1": {"0": 0, "1": 0}}"#), None, "no rows");
    assert_eq!(of(r#"{"0": {"0": 5, "1": -9}, "1": {"0": 1, "1": 1}}"#), None, "no counts");
    let three = r#"{"0": {"0": 1, "1": 1, "2": 1}, "1": {"0": 1, "1": 1, "2": 1}, "2": {"0": 1, "1": 1, "2": 1}}"#;
    assert_eq!(of(three), None);
}

#[test]
fn any_number_is_a_metric() {
    let read = Evaluation::read(OWN.as_bytes()).unwrap();
    let mut paths: Vec<&str> = read.metrics.iter().map(|metric| metric.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["by_region.emea.rmse", "by_region.emea.rows", "rmse"]);
    assert_eq!(read.metric("rmse").unwrap().path, "rmse", "the one that lies least deep");
    assert_eq!(read.problems.len(), 1);
    assert!(Evaluation::read(br#"{"version": 1.0, "name": "x", "list": [1, 2]}"#).is_err());
    assert!(Evaluation::read(br#"{"accuracy": NaN, "f1": 0.5}"#).is_ok());
}
