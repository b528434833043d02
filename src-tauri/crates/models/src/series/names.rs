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

/// Where the developer guide says that a monitor of an endpoint publishes, with the dimension that names its schedule. What AWS's
/// own dashboards and alarms read is [`namespace`], so that is looked at first.
pub fn documented(kind: MonitorKind) -> Option<(&'static str, &'static str)> {
    (kind == MonitorKind::DataQuality).then_some(("/aws/sagemaker/Endpoints/data-metric", "ScheduleName"))
}

/// The names of dimensions that mean the same: first as monitors publish them and as a container of one's own is told to
/// (developer guide, "CloudWatch Metrics for Bring Your Own Containers"), then as the page on the built-in container's metrics
/// spells them.
const SCHEDULE: [&str; 2] = ["MonitoringSchedule", "ScheduleName"];
const ENDPOINT: [&str; 2] = ["Endpoint", "EndpointName"];
/// Part of every namespace that a monitor publishes in, with a slash before it or not. Other services have schedules too.
const SAGEMAKER: &str = "aws/sagemaker/";

/// Whether a metric is one of this schedule's, in whichever of the two ways its dimensions are spelled.
pub fn is_of_schedule(metric: &MetricName, schedule: &str) -> bool {
    metric.namespace.contains(SAGEMAKER) && has(metric, SCHEDULE, schedule)
}

/// Whether a metric is one of this endpoint's or of its monitors'.
pub fn is_of_endpoint(metric: &MetricName, endpoint: &str) -> bool {
    has(metric, ENDPOINT, endpoint)
}

fn has(metric: &MetricName, names: [&str; 2], wanted: &str) -> bool {
    metric.dimensions.iter().any(|(name, value)| names.contains(&name.as_str()) && value == wanted)
}

/// Whether two names mean the same number: those of a monitor may differ in how endpoint and schedule are spelled, and in the
/// namespace that goes with it.
pub fn is_same(one: &MetricName, other: &MetricName) -> bool {
    let is_told = |metric: &MetricName| metric.namespace.contains(SAGEMAKER);
    one == other || (one.name == other.name && is_told(one) && is_told(other) && spelled(one) == spelled(other))
}

fn published(name: &str) -> &str {
    let both = [SCHEDULE, ENDPOINT].into_iter().find(|both| both.contains(&name));
    both.map_or(name, |[published, _]| published)
}

/// The dimensions as monitors publish them, in order.
fn spelled(metric: &MetricName) -> Vec<(&str, &str)> {
    let mut all: Vec<(&str, &str)> =
        metric.dimensions.iter().map(|(name, value)| (published(name.as_str()), value.as_str())).collect();
    all.sort_unstable();
    all
}

/// What of a metric is asked for: of a count its sum, of all else the average.
pub fn statistic(kind: MonitorKind, metric: &MetricName) -> &'static str {
    let is_count = kind == MonitorKind::DataQuality && metric.name.starts_with(PRESENT);
    if is_count { "Sum" } else { "Average" }
}

const DISTANCE: &str = "feature_baseline_drift_";
const VALUES: &str = "feature_data_";
const PRESENT: &str = "feature_non_null_";
const FEATURE: &str = "feature_";
const BIAS: &str = "bias_metric_";
const CONSTANT: &str = super::CONSTANT;

/// The numbers that a baseline promises, as a monitor of it publishes them. Values of features and how many there were have no
/// limit in it, so they are known by what was published alone. The score of attributions is not published: it
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
        MonitorKind::DataQuality => {
            let of = |(prefix, what): (&str, &str)| {
                Some(Subject::new(what, Some(metric.name.strip_prefix(prefix)?.to_owned())))
            };
            let distance = metric.name.strip_prefix(DISTANCE).map(|feature| Subject::new(feature, None));
            distance.or_else(|| [(VALUES, "average value"), (PRESENT, "non-null values")].into_iter().find_map(of))
        }
        MonitorKind::ModelQuality => Some(Subject::quality(&metric.name)),
        MonitorKind::Bias => Some(Subject::facet(metric.name.strip_prefix(BIAS)?, of("Facet")?, of("FacetValue"))),
        MonitorKind::Explainability => {
            of("ValueType").filter(|kind| *kind == "GlobalShapValues")?;
            Some(Subject::label(metric.name.strip_prefix(FEATURE)?, of("Label")?))
        }
    }
}
