use super::*;

const SEARCH: &str = r#"{"runs": [{"info": {"run_id": "ab12", "run_name": "monitor", "status": "FINISHED",
  "start_time": 1795248862000, "end_time": "1795248892000"}, "data": {"metrics": [
    {"key": "DriftedColumnsCount.count", "value": 4.0, "timestamp": 1795248890000, "step": 0},
    {"key": "DriftedColumnsCount.share", "value": 0.67, "timestamp": "1795248890000", "step": "0"},
    {"key": "ValueDrift:guests", "value": 0.32, "timestamp": 1795248890000, "step": 0},
    {"key": "ValueDrift:price", "value": "NaN"}, {"value": 3}],
  "params": [{"key": "model", "value": "demand"}], "tags": [{"key": "mlflow.user", "value": "ops"}]}}, 7],
  "next_page_token": "t"}"#;

const FILE: &str = "1795248862000 0.25 0\n1795248863000 nan 1\n\n1795248864000 0.5 2\nwhat\n1795248865000 inf\n";

const HISTORY: &str = r#"{"metrics": [{"key": "auc", "value": 0.9, "timestamp": 1795248862000, "step": 3}]}"#;

#[test]
fn a_run_over_rest() {
    let read = Runs::read(SEARCH.as_bytes()).unwrap();
    assert_eq!((read.next_page.as_deref(), read.problems.len()), (Some("t"), 1));
    let [run] = read.runs.as_slice() else { panic!("one run") };
    assert_eq!((run.id.as_deref(), run.params.len(), run.tags.len(), run.metrics.len()), (Some("ab12"), 1, 1, 4));
    let drift = run.drift();
    assert_eq!(drift.when.unwrap().as_second(), 1_795_248_892);
    let told: Vec<_> =
        drift.features.iter().map(|feature| (feature.name.as_str(), feature.value, feature.drifted)).collect();
    assert_eq!(told, [("guests", Some(0.32), None), ("price", None, None)], "a value alone says nothing");
    assert!(drift.features[0].reason.contains("without its method"));
    assert_eq!(run.dataset().unwrap().columns, Some(4.0));
    assert!(Runs::read(b"{}").unwrap().runs.is_empty(), "nothing was found");
    assert!(Runs::read(br#"{"error_code": "NOT_FOUND"}"#).is_err());
    assert_eq!(Runs::read(br#"{"run": {"info": {"run_uuid": "c"}}}"#).unwrap().runs[0].id.as_deref(), Some("c"));
}

const EXPERIMENTS: &str = r#"{"experiments": [{"experiment_id": "3", "name": "monitoring/demand"},
  {"experiment_id": 4, "lifecycle_stage": "deleted", "name": "old"}, {"name": "no id"}, 7], "next_page_token": "n"}"#;

#[test]
fn experiments_over_rest() {
    let read = Experiments::read(EXPERIMENTS.as_bytes()).unwrap();
    let demand = Experiment { id: "3".into(), name: "monitoring/demand".into() };
    assert_eq!((read.experiments, read.problems.len(), read.next_page.as_deref()), (vec![demand], 2, Some("n")));
    assert!(Experiments::read(b"{}").unwrap().experiments.is_empty());
    assert!(Experiments::read(br#"{"runs": []}"#).is_err());
}

#[test]
fn a_value_alone_is_judged_by_the_snapshot_that_has_it_too() {
    let run = &Runs::read(SEARCH.as_bytes()).unwrap().runs[0];
    let mut drift = run.drift();
    let known =
        |name: &str, value| FeatureDrift::judged(name.to_owned(), Some(value), Some(0.05), Method::KolmogorovSmirnov);
    let snapshot =
        Run { source: Source::Evidently, when: None, features: vec![known("guests", 0.32), known("price", 0.1)] };
    drift.lend_tests(&snapshot);
    let guests = &drift.features[0];
    assert_eq!(
        (guests.method.clone(), guests.drifted),
        (Method::KolmogorovSmirnov, Some(false)),
        "0.32 is no small p-value"
    );
    assert!(guests.reason.contains("snapshot with this value"));
    assert_eq!(drift.features[1].drifted, None, "without a value nothing is lent");
    let mut other = run.drift();
    other.lend_tests(&Run { features: vec![known("guests", 0.33)], ..snapshot });
    assert_eq!(other.features[0].drifted, None, "another value was measured otherwise");
}

#[test]
fn the_files_of_a_run() {
    let (points, problems) = read_metric_file("ValueDrift:guests", FILE.as_bytes()).unwrap();
    assert_eq!(points.len(), 4);
    assert_eq!(problems.len(), 1);
    assert!(points[1].value.is_nan() && points[3].value.is_infinite() && points[3].step.is_none());
    let run = of_files("ab12", vec![points]);
    assert_eq!(run.metrics.len(), 1);
    assert_eq!(run.drift().features[0].value, Some(0.5), "the last step");
    let (history, next) = read_history(HISTORY.as_bytes()).unwrap();
    assert_eq!((history[0].step, next), (Some(3), None));
}
