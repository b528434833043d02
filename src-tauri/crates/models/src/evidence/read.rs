//! The files of a version as bytes, made into what the gates and comparisons look at.

use super::{
    Attribution, Baselines, Column, Evaluation, EvaluationSet, Evidence, FacetMetric, FileRead, Metric, MetricLimit,
    Part, ReadOutcome, confusion,
};
use crate::monitor::{self, Bias, Constraints, Explanations, MetricConstraints, ReadError, Statistics, clarify::Stage};
use contract::models::{Better, facts::EvidencePart};

/// What the files say. `bytes` are those of a URI, as they were read; files are what reading them came to. Artefacts,
/// images, lineage and traffic are left for who reads those.
pub fn read<'a>(files: Vec<FileRead>, bytes: impl Fn(&str) -> Option<&'a [u8]>) -> Evidence {
    let shelf = Shelf { files: &files, bytes: &bytes };
    let evaluation = evaluation(&shelf);
    let reports = [EvidencePart::BiasReport, EvidencePart::PreTrainingBias, EvidencePart::PostTrainingBias];
    let bias = merged(reports.map(|part| shelf.part(part, false, facets)));
    let limits = [EvidencePart::PreTrainingBias, EvidencePart::PostTrainingBias];
    let bias_limits = merged(limits.map(|part| shelf.part(part, true, facets)));
    let attributions = shelf.part(EvidencePart::Explainability, false, attributions);
    let baselines = Baselines {
        columns: shelf.part(EvidencePart::DataStatistics, true, |bytes| {
            Statistics::read(bytes).map(|statistics| columns(&statistics))
        }),
        constrained: shelf.part(EvidencePart::DataConstraints, true, constrained),
        quality_statistics: shelf.part(EvidencePart::QualityStatistics, true, |bytes| {
            monitor::Evaluation::read(bytes).map(|read| read.metrics.len())
        }),
        quality_constraints: shelf.part(EvidencePart::QualityConstraints, true, |bytes| {
            MetricConstraints::read(bytes).map(|read| read.metrics.len())
        }),
    };
    Evidence { files, evaluation, bias, bias_limits, attributions, baselines, ..Evidence::default() }
}

/// Puts the limits of the version before into a bias report.
pub fn limit(report: &mut [FacetMetric], limits: &[FacetMetric]) {
    for metric in report {
        let same = limits.iter().find(|limit| {
            limit.facet == metric.facet
                && limit.facet_value == metric.facet_value
                && limit.metric == metric.metric
                && limit.is_after == metric.is_after
        });
        metric.limit = same.and_then(|limit| limit.value);
    }
}

/// The columns of a data set, in their order.
pub fn columns(statistics: &Statistics) -> Vec<Column> {
    statistics.features.iter().map(|feature| column(feature.name.clone(), feature.inferred_type.clone())).collect()
}

struct Shelf<'f, 'a> {
    files: &'f [FileRead],
    bytes: &'f dyn Fn(&str) -> Option<&'a [u8]>,
}

impl Shelf<'_, '_> {
    fn part<T>(
        &self,
        part: EvidencePart,
        is_baseline: bool,
        read: impl FnOnce(&[u8]) -> Result<T, ReadError>,
    ) -> Part<T> {
        let Some(file) = self.files.iter().find(|file| file.part == part && file.is_baseline == is_baseline) else {
            return Part::Absent;
        };
        match &file.outcome {
            ReadOutcome::Gone => Part::Unreadable("no such object".to_owned()),
            ReadOutcome::Failed(why) => Part::Unreadable(why.clone()),
            ReadOutcome::Read(_) => match (self.bytes)(&file.uri) {
                None => Part::Unreadable("its bytes were not kept".to_owned()),
                Some(bytes) => match read(bytes) {
                    Ok(read) => Part::There(read),
                    Err(error) => Part::Unreadable(error.to_string()),
                },
            },
        }
    }
}

/// The reports together. One that cannot be read makes the whole unreadable: what it limits is not known.
fn merged<const N: usize>(parts: [Part<Vec<FacetMetric>>; N]) -> Part<Vec<FacetMetric>> {
    let mut all: Vec<FacetMetric> = Vec::new();
    let mut is_there = false;
    for part in parts {
        match part {
            Part::Absent => {}
            Part::Unreadable(why) => return Part::Unreadable(why),
            Part::There(some) => {
                is_there = true;
                for metric in some {
                    if !all.contains(&metric) {
                        all.push(metric);
                    }
                }
            }
        }
    }
    if is_there { Part::There(all) } else { Part::Absent }
}

fn facets(bytes: &[u8]) -> Result<Vec<FacetMetric>, ReadError> {
    let mut all = Vec::new();
    for stage in Bias::read(bytes)?.stages {
        let is_after = stage.stage == Stage::PostTraining;
        for facet in stage.facets {
            let facet_value = facet.value.unwrap_or_default();
            all.extend(facet.metrics.into_iter().map(|metric| FacetMetric {
                facet: facet.name.clone(),
                facet_value: facet_value.clone(),
                metric: metric.name,
                is_after,
                value: metric.value,
                error: metric.error,
                limit: None,
            }));
        }
    }
    Ok(all)
}

fn attributions(bytes: &[u8]) -> Result<Vec<Attribution>, ReadError> {
    let mut all = Vec::new();
    for told in Explanations::read(bytes)?.of_one_method() {
        all.extend(told.features.iter().map(|(feature, value)| Attribution {
            label: told.label.clone(),
            feature: feature.clone(),
            value: *value,
        }));
    }
    Ok(all)
}

fn column(name: String, kind: Option<String>) -> Column {
    Column { name, kind: kind.unwrap_or_else(|| "Unknown".to_owned()) }
}

fn constrained(bytes: &[u8]) -> Result<Vec<Column>, ReadError> {
    Ok(Constraints::read(bytes)?.features.into_iter().map(|one| column(one.name, one.inferred_type)).collect())
}

fn evaluation(shelf: &Shelf<'_, '_>) -> Part<Evaluation> {
    let mut read = shelf.part(EvidencePart::QualityStatistics, false, evaluated);
    if let Part::There(evaluation) = &mut read {
        match shelf.part(EvidencePart::QualityConstraints, false, limits) {
            Part::There(limits) => evaluation.limits = limits,
            Part::Absent => {}
            Part::Unreadable(why) => evaluation.limits_unread = Some(why),
        }
    }
    read
}

fn limits(bytes: &[u8]) -> Result<Vec<MetricLimit>, ReadError> {
    let limit = |one: monitor::constraints::MetricConstraint| {
        let better = if one.is_higher_better()? { Better::Higher } else { Better::Lower };
        Some(MetricLimit { threshold: one.threshold, metric: one.metric, better })
    };
    Ok(MetricConstraints::read(bytes)?.metrics.into_iter().filter_map(limit).collect())
}

/// An evaluation as the comparison takes it. Metrics below `slices` or another group of their own are those of a class; of
/// classes that have none, those that the confusion matrix gives.
pub fn evaluated(bytes: &[u8]) -> Result<Evaluation, ReadError> {
    let read = monitor::Evaluation::read(bytes)?;
    let mut told = Evaluation { problem: read.problem, set: set(bytes), ..Evaluation::default() };
    for metric in read.metrics {
        let one = Metric { name: metric.name, value: metric.value, deviation: metric.standard_deviation };
        match class(&metric.path) {
            Some(class) => told.classes.push((class, one)),
            None if told.metrics.iter().all(|known| known.name != one.name) => told.metrics.push(one),
            None => {}
        }
    }
    told.confusion = read.confusion.map(confusion::matrix);
    for (class, metric) in told.confusion.iter().flat_map(confusion::by_class) {
        if !told.classes.iter().any(|(known, one)| *known == class && one.name == metric.name) {
            told.classes.push((class, metric));
        }
    }
    Ok(told)
}

/// What stands between the group of the problem and the metric.
fn class(path: &str) -> Option<String> {
    let (above, _) = path.rsplit_once('.')?;
    let parts: Vec<&str> = above
        .split('.')
        .filter(|part| !part.ends_with("_metrics") && *part != "slices" && *part != "metrics")
        .collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn set(bytes: &[u8]) -> EvaluationSet {
    // As the metrics are read: also where Python wrote a bare `NaN` among them.
    let whole = monitor::json::object(bytes, "an evaluation").unwrap_or_default();
    let data = whole.get("dataset");
    let text = |names: &[&str]| {
        let value = names.iter().find_map(|name| data?.get(*name)?.as_str());
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    };
    EvaluationSet {
        digest: text(&["sha256", "digest", "content_digest", "version_id"]),
        uri: text(&["uri", "s3_uri"]),
        rows: data.and_then(|data| data.get("item_count")?.as_f64()).and_then(rows),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count within the exact whole numbers")]
fn rows(count: f64) -> Option<u64> {
    (0.0..9e15).contains(&count).then_some(count as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::SeenFile;

    fn file(part: EvidencePart, is_baseline: bool, uri: &str) -> FileRead {
        let seen = SeenFile { sha256: "0".repeat(64), etag: None, version_id: None, size: 1, modified: None };
        FileRead { part, is_baseline, uri: uri.to_owned(), outcome: ReadOutcome::Read(seen) }
    }

    const EVALUATION: &str = r#"{"version": 0.0, "dataset": {"item_count": 4000.0, "uri": "s3://b/test/", "sha256": "ab"},
        "regression_metrics": {"rmse": {"value": 3.5, "standard_deviation": "NaN"}},
        "slices": {"region=city": {"rmse": {"value": 4.5, "standard_deviation": 0.1}}}}"#;
    const LIMITS: &str = r#"{"version": 0.0, "regression_constraints":
        {"rmse": {"threshold": 3.5, "comparison_operator": "GreaterThanThreshold"}}}"#;

    #[test]
    fn an_evaluation_comes_with_its_set_its_slices_and_which_way_is_better() {
        let files = vec![
            file(EvidencePart::QualityStatistics, false, "s3://b/evaluation.json"),
            file(EvidencePart::QualityConstraints, false, "s3://b/limits.json"),
        ];
        let read = read(files, |uri| {
            Some(if uri.ends_with("limits.json") { LIMITS.as_bytes() } else { EVALUATION.as_bytes() })
        });
        let evaluation = read.evaluation.there().unwrap();
        assert_eq!(evaluation.problem.as_deref(), Some("regression"));
        assert_eq!((evaluation.set.rows, evaluation.set.digest.as_deref()), (Some(4_000), Some("ab")));
        assert_eq!(evaluation.metrics.len(), 1);
        assert_eq!(evaluation.classes[0].0, "region=city");
        assert_eq!(evaluation.limits[0].better, Better::Lower);
        assert_eq!(read.bias, Part::Absent, "what is not named is missing");
    }

    #[test]
    fn a_bare_nan_hides_no_test_set() {
        let written = format!("\u{feff}{}", EVALUATION.replace("\"NaN\"", "NaN"));
        assert_eq!(evaluated(written.as_bytes()), evaluated(EVALUATION.as_bytes()));
    }

    #[test]
    fn constraints_that_were_not_read_are_not_none() {
        let with = |outcome: Option<ReadOutcome>| {
            let mut files = vec![file(EvidencePart::QualityStatistics, false, "s3://b/evaluation.json")];
            if let Some(outcome) = outcome {
                let limits = file(EvidencePart::QualityConstraints, false, "s3://b/limits.json");
                files.push(FileRead { outcome, ..limits });
            }
            let read = read(files, |_| Some(EVALUATION.as_bytes()));
            read.evaluation.there().unwrap().limits_unread.clone()
        };
        let denied = || "s3:GetObject is missing".to_owned();
        assert_eq!(with(None), None);
        assert_eq!(with(Some(ReadOutcome::Failed(denied()))), Some(denied()));
    }

    #[test]
    fn classes_of_a_monitors_file_come_from_its_matrix() {
        let file = br#"{"version": 0.0, "dataset": {"item_count": 60}, "multiclass_classification_metrics": {
            "confusion_matrix": {
                "bronze": {"bronze": 20, "gold": 5, "silver": 5},
                "gold": {"bronze": 0, "gold": 10, "silver": 0},
                "silver": {"bronze": 0, "gold": 5, "silver": 15}},
            "weighted_recall": {"value": 0.75, "standard_deviation": "NaN"}},
            "slices": {"gold": {"recall": {"value": 0.9, "standard_deviation": "NaN"}}}}"#;
        let told = evaluated(file).unwrap();
        let of = |class: &str, name: &str| -> Vec<f64> {
            let all = told.classes.iter().filter(|(of, metric)| of == class && metric.name == name);
            all.map(|(_, metric)| metric.value).collect()
        };
        assert_eq!(of("gold", "precision"), [0.5]);
        assert_eq!(of("silver", "recall"), [0.75]);
        assert_eq!(of("gold", "recall"), [0.9], "what the file itself says goes first");
        assert_eq!(told.metrics.len(), 1, "no class is a metric of the whole");
        assert_eq!(told.confusion.unwrap().counts[0], [Some(20.0), Some(5.0), Some(5.0)]);
    }

    #[test]
    fn a_constraint_without_a_threshold_still_says_which_way_is_better() {
        let own = br#"{"regression_constraints": {"overbooked": {"threshold": null, "comparison_operator": "LessThanThreshold"},
            "empty": {"threshold": 3.5}}}"#;
        let told = limits(own).unwrap();
        assert_eq!(told, [MetricLimit { metric: "overbooked".into(), threshold: None, better: Better::Higher }]);
        let evaluation = Evaluation { limits: told, ..Evaluation::default() };
        assert_eq!(crate::compare::direction(&evaluation, "overbooked"), Some(Better::Higher));
    }

    #[test]
    fn every_label_is_explained() {
        let explained = br#"{"explanations": {"kernel_shap": {
            "gold": {"global_shap_values": {"stays": 0.4, "age": 0.1}, "expected_value": 0.3},
            "silver": {"global_shap_values": {"stays": 0.2, "age": 0.3}, "expected_value": 0.4}}}}"#;
        let told = attributions(explained).unwrap();
        let seen: Vec<(&str, &str, f64)> =
            told.iter().map(|one| (one.label.as_str(), one.feature.as_str(), one.value)).collect();
        assert_eq!(seen.len(), 4, "{seen:?}");
        for wanted in [("gold", "stays", 0.4), ("silver", "stays", 0.2), ("silver", "age", 0.3)] {
            assert!(seen.contains(&wanted), "{seen:?}");
        }
    }

    #[test]
    fn what_is_gone_or_of_another_kind_is_unreadable_and_never_empty() {
        let mut gone = file(EvidencePart::DataStatistics, true, "s3://b/gone");
        gone.outcome = ReadOutcome::Gone;
        let other = file(EvidencePart::Explainability, false, "s3://b/other");
        let read = read(vec![gone, other], |_| Some(b"{}".as_slice()));
        assert!(matches!(read.baselines.columns, Part::Unreadable(_)), "{:?}", read.baselines);
        assert!(matches!(read.attributions, Part::Unreadable(_)), "{:?}", read.attributions);
        assert_eq!(read.bias_limits, Part::Absent);
        let mut denied = file(EvidencePart::PostTrainingBias, true, "s3://b/bias_constraints.json");
        denied.outcome = ReadOutcome::Failed("s3:GetObject is missing".into());
        let limits = super::read(vec![denied], |_| None).bias_limits;
        assert_eq!(limits, Part::Unreadable("s3:GetObject is missing".into()), "not read is not none");
    }

    #[test]
    fn the_limits_are_those_of_the_version_before() {
        let metric = |value: f64| FacetMetric {
            facet: "age".into(),
            facet_value: "55+".into(),
            metric: "DI".into(),
            is_after: true,
            value: Some(value),
            error: None,
            limit: None,
        };
        let mut report = vec![metric(0.7), FacetMetric { is_after: false, ..metric(0.9) }];
        limit(&mut report, &[metric(0.95)]);
        assert_eq!((report[0].limit, report[1].limit), (Some(0.95), None));
    }
}
