//! Targets of the crate `models`: the files that monitors write, and what is computed of them.

use crate::{halves, now, some, text};
use contract::models::{
    ModelTarget, SeenFile,
    facts::{AlarmHistoryFact, EvidencePart, MonitorKind, TrailFact},
};
use models::{
    address::{Place, arn},
    alarms,
    drift::{
        Run, compare,
        compare::{compare_feature, run},
    },
    evidence::{self, FileRead, Part, ReadOutcome},
    images::{self, ImageName},
    monitor::{
        Bias, CaptureReader, Constraints, Evaluation, Explanations, MetricConstraints, Snapshot, Statistics,
        Violations,
        constraints::edit,
        mlflow,
        mlruns::{self, Meta, RunFile},
    },
    paste, pipelines,
    series::{self, Baseline},
    trail,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Features that are compared: more of them take the time of other inputs.
const COMPARED: usize = 60;

pub(crate) fn statistics(bytes: &[u8]) {
    let (baseline, current) = halves(bytes);
    let Ok(mut baseline) = Statistics::read(baseline.as_bytes()) else { return };
    baseline.features.truncate(COMPARED);
    let current = Statistics::read(current.as_bytes()).unwrap_or_else(|_| baseline.clone());
    let told = compare(&baseline, &current);
    assert!(told.len() >= baseline.features.len(), "every feature is told of");
    for one in &told {
        if let Some(distance) = &one.l_infinity {
            let (simple, robust) = (distance.simple, distance.robust);
            assert!((0.0..=1.0).contains(&simple) && (0.0..=simple).contains(&robust), "{distance:?}");
        }
        for part in [one.jensen_shannon_divergence, one.hellinger].into_iter().flatten() {
            assert!((-1e-9..=1.0 + 1e-9).contains(&part), "{one:?}");
        }
        assert!(one.psi.is_none_or(|psi| psi >= 0.0) && one.wasserstein.is_none_or(|area| area >= 0.0), "{one:?}");
        assert!(one.l_infinity.is_some() || !one.notes.is_empty(), "{} is absent without a reason", one.name);
    }
    judged(&run(&told, None, None));
    for feature in &baseline.features {
        let same = compare_feature(feature, feature);
        assert!(same.l_infinity.is_none_or(|distance| distance.simple <= 0.0), "{} is not itself", feature.name);
    }
}

/// Nothing is called fine without a value and a threshold.
fn judged(run: &Run) {
    for feature in &run.features {
        assert!(feature.drifted.is_none() || feature.value.is_some() && feature.threshold.is_some(), "{feature:?}");
        assert!(!feature.reason.is_empty() && feature.severity().is_none_or(|severity| severity >= 0.0), "{feature:?}");
    }
}

pub(crate) fn statistics_seed(text: &str) -> Vec<String> {
    [text.to_owned(), format!("{text}\n\n{text}")].into()
}

pub(crate) fn constraints(bytes: &[u8]) {
    if let Ok(read) = Constraints::read(bytes) {
        for feature in read.features.iter().take(COMPARED) {
            let config = read.config_of(&feature.name);
            assert!(config.comparison_threshold.is_none_or(f64::is_finite));
        }
        // What is edited is still one, with this threshold.
        if let Some(new) =
            std::str::from_utf8(bytes).ok().and_then(|text| edit::with_threshold(text, None, false, 0.25))
        {
            let new = Constraints::read(new.as_bytes());
            assert_eq!(new.map(|new| new.monitoring.comparison_threshold), Ok(Some(0.25)));
        }
    }
    if let Ok(read) = Constraints::read(bytes)
        && let Some(first) = read.features.first()
        && let Some(new) =
            std::str::from_utf8(bytes).ok().and_then(|text| edit::with_most_missing(text, &first.name, 0.25))
    {
        let new = Constraints::read(new.as_bytes());
        let is_it = |new: &Constraints| new.features.iter().any(|one| one.completeness == Some(0.75));
        assert!(new.is_ok_and(|new| is_it(&new)), "the completeness of {}", first.name);
    }
    if let Ok(read) = MetricConstraints::read(bytes) {
        for metric in &read.metrics {
            assert_eq!(metric.is_violated_by(0.0).is_some(), metric.threshold.is_some() && metric.operator.is_some());
        }
    }
}

pub(crate) fn violations(bytes: &[u8]) {
    let Ok(read) = Violations::read(bytes) else { return };
    for one in &read.violations {
        assert!([one.value, one.threshold].into_iter().flatten().all(f64::is_finite), "{one:?}");
    }
    assert!(Run::of_violations(&read, None).features.len() <= read.violations.len());
}

pub(crate) fn evaluation(bytes: &[u8]) {
    let Ok(read) = Evaluation::read(bytes) else { return };
    for metric in &read.metrics {
        assert!(metric.value.is_finite() && metric.path.ends_with(&metric.name), "{metric:?}");
        assert!(read.metric(&metric.name).is_some());
    }
    if let Some(confusion) = &read.confusion {
        assert!(confusion.counts.iter().all(|row| row.len() == confusion.classes.len()), "{confusion:?}");
    }
}

pub(crate) fn clarify(bytes: &[u8]) {
    if let Ok(read) = Bias::read(bytes) {
        let metrics = read.stages.iter().flat_map(|stage| &stage.facets).flat_map(|facet| &facet.metrics);
        assert!(metrics.filter_map(|metric| metric.value).all(|value| !value.is_nan()));
    }
    if let Ok(read) = Explanations::read(bytes) {
        for label in &read.labels {
            let score = models::drift::ndcg(&label.features, &label.features);
            assert!(score.is_none_or(|score| (score - 1.0).abs() < 1e-9), "{label:?} is not in its own order");
        }
    }
}

pub(crate) fn capture(bytes: &[u8]) {
    let mut reader = CaptureReader::default();
    let mut lines = 0;
    for line in text(bytes).lines() {
        reader.line(line);
        lines += 1;
    }
    let read = reader.finish();
    assert!(read.records + read.unreadable <= lines && read.answered <= read.records);
    for side in [&read.input, &read.output, &read.truth] {
        assert_eq!(side.widths.values().sum::<u64>(), side.rows, "each row has a width");
        assert!(
            side.columns
                .values()
                .all(|column| { column.integral + column.fractional + column.text + column.missing <= side.rows })
        );
    }
}

pub(crate) fn pipeline(bytes: &[u8]) {
    let Ok(read) = pipelines::read(text(bytes)) else { return };
    let graph = pipelines::layout(&read);
    assert_eq!(graph.steps.len(), read.steps.len(), "every step is drawn");
    let mut places: Vec<(u32, u32)> = graph.steps.iter().map(|step| (step.column, step.row)).collect();
    assert!(places.is_sorted(), "by column, then by row");
    places.dedup();
    assert_eq!(places.len(), read.steps.len(), "no step covers another");
    for link in &graph.links {
        let ends = [link.from, link.to].map(|end| usize::try_from(end).unwrap_or(usize::MAX));
        assert!(ends.iter().all(|end| *end < graph.steps.len()) && link.from != link.to, "{link:?}");
    }
    let defaults = pipelines::given(&read.parameters, &[]);
    assert!(defaults.iter().all(|one| !one.is_changed), "{defaults:?}");
    let asked: Vec<(String, String)> = defaults.into_iter().map(|one| (one.name, one.value)).collect();
    if let Ok(sent) = pipelines::to_send(&read.parameters, &asked) {
        assert!(sent.is_empty(), "a default is not sent: {sent:?}");
    }
}

pub(crate) fn evidently(bytes: &[u8]) {
    if let Ok(read) = Snapshot::read(bytes, None) {
        judged(&read.run);
        assert!(read.metrics.iter().all(|metric| metric.value.is_finite()));
    }
}

pub(crate) fn mlflow(bytes: &[u8]) {
    if let Ok(read) = mlflow::Runs::read(bytes) {
        for run in &read.runs {
            judged(&run.drift());
        }
    }
    let _ = mlflow::read_history(bytes);
    if let Ok((points, _)) = mlflow::read_metric_file("ValueDrift:a", bytes) {
        assert!(mlflow::of_files("r", vec![points]).metrics.len() <= 1, "the last value of one metric");
    }
}

pub(crate) fn trail(bytes: &[u8]) {
    let whole = text(bytes).to_owned();
    let record = TrailFact { name: trail::UPDATE.to_owned(), record: Some(whole), ..TrailFact::default() };
    let action = trail::action(&record);
    assert_eq!((action.at, action.kind.as_str()), (record.at, trail::UPDATE));
    let texts = [&action.from, &action.error];
    assert!(texts.into_iter().flatten().all(|text| !text.is_empty()), "{action:?}");
    assert_eq!(trail::maker(&[action]), None, "a change registers nothing");
}

pub(crate) fn alarm_history(bytes: &[u8]) {
    let (data, summary) = halves(bytes);
    let fact = |data: &str, summary: &str| AlarmHistoryFact {
        alarm: "churn-f1".to_owned(),
        at: now(),
        data: some(data).map(str::to_owned),
        summary: some(summary).map(str::to_owned),
    };
    let history = [fact(data, summary), fact(summary, data)];
    let read = alarms::changes(&history);
    assert!(read.len() <= history.len());
    for change in &read {
        let mut states = change.from.iter().chain([&change.to]);
        let is_state =
            |state: &String| !state.is_empty() && state.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        assert!(states.all(is_state), "{change:?}");
        assert!(change.to != "ALARM" || change.turn().is_none_or(|turn| turn == alarms::Turn::Raised), "{change:?}");
    }
}

pub(crate) fn alarm_history_seed(text: &str) -> Vec<String> {
    [text.to_owned(), format!("\n\n{text}")].into()
}

pub(crate) fn mlruns(bytes: &[u8]) {
    if let Ok(Some(experiment)) = mlruns::experiment("3", bytes) {
        assert!(!experiment.id.is_empty() && !experiment.name.is_empty(), "{experiment:?}");
    }
    let paths = ["meta.yaml", "metrics/ValueDrift:a", "params/endpoint", "tags/endpoint"];
    let files: Vec<RunFile> =
        paths.iter().map(|path| RunFile { path: (*path).to_owned(), bytes: bytes.to_vec() }).collect();
    let (run, _) = mlruns::run("folder", &files);
    assert_eq!(run.is_none(), Meta::read(bytes).is_ok_and(|meta| meta.is_deleted()), "only a deleted run is none");
    if let Some(run) = run {
        assert!(run.metrics.len() <= 1 && run.id.is_some(), "one file is one metric: {run:?}");
        judged(&run.drift());
    }
}

pub(crate) fn experiments(bytes: &[u8]) {
    let Ok(read) = mlflow::Experiments::read(bytes) else { return };
    let written = read.experiments.iter().map(|one| json!({ "experiment_id": one.id, "name": one.name }));
    let mut answer = Map::new();
    answer.insert("experiments".to_owned(), Value::Array(written.collect()));
    answer.extend(read.next_page.clone().map(|token| ("next_page_token".to_owned(), Value::String(token))));
    let again = mlflow::Experiments::read(Value::Object(answer).to_string().as_bytes());
    let again = again.map(|again| (again.experiments, again.next_page, again.problems.len()));
    assert_eq!(again.ok(), Some((read.experiments, read.next_page, 0)), "as it was written");
}

/// Every file of a version holds the same bytes: each reader takes what it can.
pub(crate) fn version_files(bytes: &[u8]) {
    let evaluated = evidence::evaluated(bytes);
    if let Ok(told) = &evaluated {
        let names: BTreeSet<&str> = told.metrics.iter().map(|metric| metric.name.as_str()).collect();
        assert_eq!(names.len(), told.metrics.len(), "a metric is told once: {told:?}");
        let mut all = told.metrics.iter().chain(told.classes.iter().map(|(_, metric)| metric));
        assert!(all.all(|metric| metric.measured().is_some()), "{told:?}");
    }
    let seen = SeenFile { sha256: "0".repeat(64), etag: None, version_id: None, size: 1, modified: None };
    let file = |part: EvidencePart, is_baseline: bool| FileRead {
        part,
        is_baseline,
        uri: "s3://registry/file.json".to_owned(),
        outcome: ReadOutcome::Read(seen.clone()),
    };
    let files: Vec<FileRead> =
        EvidencePart::ALL.into_iter().flat_map(|part| [file(part, false), file(part, true)]).collect();
    let read = evidence::read(files, |_| Some(bytes));
    assert_eq!(read.evaluation.there().is_some(), evaluated.is_ok(), "{evaluated:?}");
    assert!(read.bias != Part::Absent && read.attributions != Part::Absent, "what is there is never missing");
    assert!(read.baselines.columns != Part::Absent && read.baselines.constrained != Part::Absent);
    if let Some(report) = read.bias.there() {
        let limits = read.bias_limits.there().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(report.len(), limits.len(), "one file for both");
        let mut report = report.clone();
        evidence::limit(&mut report, limits);
        assert!(report.iter().all(|one| one.limit.is_none_or(|limit| !limit.is_nan())), "{report:?}");
    }
}

pub(crate) fn monitored(bytes: &[u8]) {
    for kind in MonitorKind::ALL {
        let baseline = Baseline::read(kind, bytes);
        if let Ok(baseline) = &baseline {
            let mut limits = baseline.expected.iter().filter_map(|one| one.limit);
            let is_own = |limit: series::Limit| limit.is_violated_by(limit.value) != Some(true);
            assert!(limits.all(is_own), "what lies on a limit keeps it: {baseline:?}");
            let names = series::names(kind, baseline, "churn-live-data", Some("churn-live"));
            assert!(names.len() <= baseline.expected.len(), "{names:?}");
            for (own, metric) in &names {
                assert_eq!(series::subject(kind, metric).as_ref(), Some(own), "{metric:?}");
            }
        }
        let Ok(readings) = series::readings(kind, bytes) else { continue };
        if kind == MonitorKind::Bias {
            // A report and a baseline of bias are one kind of file.
            let expected = baseline.map(|baseline| baseline.expected).unwrap_or_default();
            assert!(expected.iter().map(|one| &one.subject).eq(readings.iter().map(|one| &one.subject)));
        }
        // As they are kept in the archive of reports.
        let mut numbers = readings.iter().flat_map(|one| [one.value, one.deviation]).flatten();
        if numbers.all(|number| !number.is_nan()) {
            let kept = serde_json::to_string(&readings).unwrap_or_default();
            let again: Option<Vec<series::Reading>> = serde_json::from_str(&kept).ok();
            assert_eq!(again.as_ref(), Some(&readings), "{kept}");
        }
    }
}

pub(crate) fn model_paste(bytes: &[u8]) {
    let found = paste::resolve(text(bytes));
    let different: BTreeSet<&ModelTarget> = found.iter().map(|one| &one.target).collect();
    assert_eq!(different.len(), found.len(), "each once: {found:?}");
    let place = Place { partition: "aws", region: "eu-west-1", account: "123456789012" };
    for one in &found {
        assert!(!one.title.is_empty() && !one.title.chars().any(char::is_control), "{one:?}");
        // What was found is found again when it stands alone, in both ways to write it.
        for alone in [one.target.to_string(), arn(&one.target, &place)] {
            let again: Vec<ModelTarget> = paste::resolve(&alone).into_iter().map(|again| again.target).collect();
            assert_eq!(again.as_slice(), std::slice::from_ref(&one.target), "{alone}");
        }
        assert!(paste::pages(&one.target, &[]).is_empty(), "nothing serves it");
    }
}

pub(crate) fn image(bytes: &[u8]) {
    let images::Place::Ecr(image) = images::place(text(bytes)) else { return };
    let name = match &image.name {
        ImageName::Tag(tag) => format!(":{tag}"),
        ImageName::Digest(digest) => format!("@{digest}"),
    };
    let uri = format!("{}.dkr.ecr.{}.amazonaws.com/{}{name}", image.registry, image.region, image.repository);
    assert_eq!(images::place(&uri), images::Place::Ecr(image), "{uri}");
}
