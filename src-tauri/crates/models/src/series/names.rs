//! The names of a monitor's numbers in CloudWatch.

use super::{Baseline, NDCG, Subject, stage_word};
use contract::models::facts::{MetricName, MonitorKind};

/// Of a monitor of an endpoint, or of batch transform jobs.
pub fn namespace(kind: MonitorKind, of_endpoint: bool) -> &'static str {
    match (kind, of_endpoint) {
        (MonitorKind::DataQuality, true) => "aws/sagemaker/Endpoints/data-metrics",
        (MonitorKind::ModelQuality, true) => "aws/sagemaker/Endpoints/model-metrics",
        (MonitorKind::Bias, true) => "aws/sagemaker/Endpoints/bias-metrics",
        (MonitorKind::Explainability, true) => "aws/sagemaker/Endpoints/explainability-metrics",
        (MonitorKind::DataQuality, false) => "aws/sagemaker/ModelMonitoring/data-metrics",
        (MonitorKind::ModelQuality, false) => "aws/sagemaker/ModelMonitoring/model-metrics",
        (MonitorKind::Bias, false) => "aws/sagemaker/ModelMonitoring/bias-metrics",
        (MonitorKind::Explainability, false) => "aws/sagemaker/ModelMonitoring/explainability-metrics",
    }
}

const DISTANCE: &str = "feature_baseline_drift_";
const FEATURE: &str = "feature_";
const BIAS: &str = "bias_metric_";
const CONSTANT: &str = super::CONSTANT;

/// The numbers that a baseline promises, as a monitor of it publishes them. The score of attributions is not published: it
/// follows from those of the features.
pub fn names(
    kind: MonitorKind,
    baseline: &Baseline,
    schedule: &str,
    endpoint: Option<&str>,
) -> Vec<(Subject, MetricName)> {
    let named = |name: String, more: &[(&str, &str)]| {
        let own = [Some(("MonitoringSchedule", schedule)), endpoint.map(|endpoint| ("Endpoint", endpoint))];
        let all = own.into_iter().flatten().chain(more.iter().copied());
        let mut dimensions: Vec<(String, String)> =
            all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        dimensions.sort();
        MetricName { namespace: namespace(kind, endpoint.is_some()).to_owned(), name, dimensions }
    };
    let subjects = baseline.expected.iter().map(|one| &one.subject);
    match kind {
        MonitorKind::DataQuality => {
            subjects.map(|one| (one.clone(), named(format!("{DISTANCE}{}", one.metric), &[]))).collect()
        }
        MonitorKind::ModelQuality => subjects
            .map(|one| {
                let constant = if one.of.is_some() { CONSTANT } else { "" };
                (one.clone(), named(format!("{}{constant}", one.metric), &[]))
            })
            .collect(),
        MonitorKind::Bias => {
            let mut all = Vec::new();
            for stage in &baseline.stages {
                for facet in &stage.facets {
                    let value = facet.value.as_deref();
                    let more = [
                        ("BiasStage", Some(stage_word(stage.stage))),
                        ("Label", stage.label.as_deref()),
                        ("LabelValue", stage.label_value.as_deref()),
                        ("Facet", Some(facet.name.as_str())),
                        ("FacetValue", value),
                    ];
                    let more: Vec<(&str, &str)> =
                        more.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
                    all.extend(facet.metrics.iter().map(|metric| {
                        let subject = Subject::facet(&metric.name, &facet.name, value);
                        (subject, named(format!("{BIAS}{}", metric.name), &more))
                    }));
                }
            }
            all
        }
        MonitorKind::Explainability => subjects
            .filter(|one| one.metric != NDCG)
            .map(|one| {
                let more = [
                    ("ExplainabilityMethod", "KernelShap"),
                    ("Label", one.of.as_deref().unwrap_or_default()),
                    ("ValueType", "GlobalShapValues"),
                ];
                (one.clone(), named(format!("{FEATURE}{}", one.metric), &more))
            })
            .collect(),
    }
}

/// What a metric that was published is about. None for counts and sums that are no measure of the monitor.
pub fn subject(kind: MonitorKind, metric: &MetricName) -> Option<Subject> {
    let of = |wanted: &str| metric.dimensions.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    match kind {
        MonitorKind::DataQuality => Some(Subject::new(metric.name.strip_prefix(DISTANCE)?, None)),
        MonitorKind::ModelQuality => Some(Subject::quality(&metric.name)),
        MonitorKind::Bias => Some(Subject::facet(metric.name.strip_prefix(BIAS)?, of("Facet")?, of("FacetValue"))),
        MonitorKind::Explainability => {
            of("ValueType").filter(|kind| *kind == "GlobalShapValues")?;
            Some(Subject::label(metric.name.strip_prefix(FEATURE)?, of("Label")?))
        }
    }
}
