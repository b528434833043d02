use super::*;

const SNAPSHOT: &str = r#"{"metrics": [
  {"id": "1", "metric_name": "DriftedColumnsCount(drift_share=0.5)",
   "config": {"type": "evidently:metric_v2:DriftedColumnsCount", "drift_share": 0.5}, "value": {"count": 2.0, "share": 0.5}},
  {"id": "2", "metric_name": "ValueDrift(column=guests,method=K-S p_value,threshold=0.05)",
   "config": {"type": "evidently:metric_v2:ValueDrift", "column": "guests", "method": "K-S p_value", "threshold": 0.05},
   "value": 0.99},
  {"id": "3", "metric_name": "ValueDrift(column=price,method=chi-square p_value,threshold=0.05)",
   "config": {"type": "evidently:metric_v2:ValueDrift", "column": "price", "method": "chi-square p_value", "threshold": 0.05},
   "value": 8.1e-21},
  {"metric_name": "ValueDrift(column=a,b,method=Wasserstein distance (normed),threshold=0.1)", "value": 0.13},
  {"metric_name": "ValueDrift(column=c,method=mine,threshold=0.1)", "value": 0.13},
  {"metric_name": "ValueDrift(column=d,method=PSI,threshold=0.1)", "value": NaN},
  {"metric_name": "MAE()", "value": {"mean": 2.5, "std": {"value": 0.1}}}, 5],
 "tests": []}"#;

#[test]
fn the_method_says_on_which_side_drift_lies() {
    let read = Snapshot::read(SNAPSHOT.as_bytes(), None).unwrap();
    let told: Vec<(&str, Option<bool>)> =
        read.run.features.iter().map(|feature| (feature.name.as_str(), feature.drifted)).collect();
    let drifted = [("guests", Some(false)), ("price", Some(true)), ("a,b", Some(true)), ("c", None), ("d", None)];
    assert_eq!(told, drifted, "a large p-value is no drift");
    assert_eq!(read.run.features[2].method, Method::WassersteinNormed);
    assert_eq!(read.dataset.unwrap().is_drift(), Some(true));
    assert_eq!(read.metrics.len(), 2);
    assert_eq!(read.problems.len(), 2, "{:?}", read.problems);
    assert_eq!(read.run.source, Source::Evidently);
}

#[test]
fn other_reports_are_refused() {
    assert!(Snapshot::read(br#"{"metrics": [{"metric": "DataDriftTable", "result": {}}]}"#, None).is_err());
    assert!(Snapshot::read(br#"{"features": []}"#, None).is_err());
    assert!(Snapshot::read(br#"{"metrics": []}"#, None).unwrap().run.features.is_empty());
}
