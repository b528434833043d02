//! Every file of a monitor, read as a whole: small ones of our own in the shapes that the services write.

use models::{
    drift::{Method, Run, compare, compare::run, ndcg},
    monitor::{
        Bias, CaptureReader, Constraints, Evaluation, Explanations, MetricConstraints, Snapshot, Statistics,
        Violations,
        mlflow::{Runs, of_files, read_metric_file},
        statistics::Summary,
    },
};

macro_rules! sample {
    ($name:literal) => {
        include_bytes!(concat!("samples/", $name)).as_slice()
    };
}

/// The rule of deequ's `KLLSketch`: ten equal widths, each with its lower bound, the last one with its upper one too.
#[test]
fn the_buckets_of_a_file_are_those_of_its_sketches() {
    let mut checked = 0;
    for file in [sample!("baseline_statistics.json"), sample!("current_statistics.json")] {
        for feature in Statistics::read(file).unwrap().features {
            let Summary::Numeric(numeric) = feature.summary else { continue };
            let sketch = numeric.sketch.unwrap();
            for (at, bucket) in numeric.buckets.iter().enumerate() {
                let is_in =
                    |item: f64| bucket.lower <= item && (item < bucket.upper || at == 9 && item <= bucket.upper);
                let weight: f64 = sketch.items().filter(|(item, _)| is_in(*item)).map(|(_, weight)| weight).sum();
                assert!((weight - bucket.count).abs() < 1e-9, "{} bucket {at}", feature.name);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 40);
}

#[test]
fn two_files_and_constraints_become_a_run() {
    let (baseline, current) = (
        Statistics::read(sample!("baseline_statistics.json")).unwrap(),
        Statistics::read(sample!("current_statistics.json")).unwrap(),
    );
    let constraints = Constraints::read(sample!("constraints.json")).unwrap();
    let told = compare(&baseline, &current);
    let [price, guests, channel, id] = told.as_slice() else { panic!("{told:?}") };
    assert!(price.missing.is_some_and(|missing| missing.current > 0.15) && price.legacy.is_some());
    assert!(guests.legacy.as_ref().is_some_and(|legacy| legacy.simple < 1e-12), "blind to repeated values");
    assert!(guests.value(&Method::LInfinitySimple).is_some_and(|value| value > 0.19));
    assert!(channel.value(&Method::Psi).is_some_and(|psi| psi > 0.25) && channel.wasserstein.is_none());
    assert!(id.l_infinity.is_none() && id.notes[0].starts_with("not comparable"));
    let run = run(&told, Some(&constraints), None);
    let drifted: Vec<Option<bool>> = run.features.iter().map(|feature| feature.drifted).collect();
    assert_eq!(drifted, [Some(true), Some(true), Some(true), None]);
    assert_eq!(run.features[1].threshold, Some(0.05));
}

#[test]
fn the_same_run_by_the_other_tools() {
    let said = Run::of_violations(&Violations::read(sample!("constraint_violations.json")).unwrap(), None);
    assert_eq!((said.features.len(), said.features[0].value), (1, Some(0.31)));
    let snapshot = Snapshot::read(sample!("evidently_snapshot.json"), None).unwrap();
    assert_eq!(snapshot.dataset.unwrap().is_drift(), Some(false));
    let drifted: Vec<Option<bool>> = snapshot.run.features.iter().map(|feature| feature.drifted).collect();
    assert_eq!(drifted, [Some(true), Some(false), Some(false)], "p-values: the small one");
    assert_eq!(snapshot.run.drifted_share(), snapshot.dataset.unwrap().share);
    let runs = Runs::read(sample!("mlflow_runs.json")).unwrap();
    assert_eq!(runs.runs[0].drift().features[0].value, snapshot.run.features[0].value);
    let (points, problems) = read_metric_file("ValueDrift:price", sample!("mlflow_metric.txt")).unwrap();
    assert!(problems.is_empty());
    assert_eq!(of_files("9f3a", vec![points]).drift().features[0].value, Some(0.0004));
}

#[test]
fn quality_bias_and_explanations() {
    let quality = Evaluation::read(sample!("model_quality_statistics.json")).unwrap();
    let limits = MetricConstraints::read(sample!("model_quality_constraints.json")).unwrap();
    let violated: Vec<Option<bool>> =
        limits.metrics.iter().map(|limit| limit.is_violated_by(quality.metric(&limit.metric).unwrap().value)).collect();
    assert_eq!(violated, [Some(true), Some(false)]);
    let bias = Bias::read(sample!("bias_analysis.json")).unwrap();
    assert_eq!(bias.stages[0].facets[0].metrics[1].error.as_deref(), Some("Division by zero"));
    let shap = Explanations::read(sample!("explainability_analysis.json")).unwrap();
    assert!(ndcg(&shap.labels[0].features, &shap.labels[0].features).is_some_and(|score| (score - 1.0).abs() < 1e-12));
}

#[test]
fn capture_and_truth() {
    let mut reader = CaptureReader::default();
    for file in [sample!("captured_data.jsonl"), sample!("ground_truth.jsonl")] {
        for line in std::str::from_utf8(file).unwrap().lines() {
            reader.line(line);
        }
    }
    let capture = reader.finish();
    assert_eq!((capture.records, capture.answered, capture.unreadable), (3, 1, 0));
    assert_eq!((capture.input.rows, capture.input.columns["1"].missing, capture.truth.rows), (2, 1, 1));
}
