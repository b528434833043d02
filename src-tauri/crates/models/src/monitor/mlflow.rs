//! Metrics of MLflow runs: the answers of its REST interface, and the files of a run's folder.
//!
//! What logs Evidently's results to MLflow keeps `DriftedColumnsCount.count`, `DriftedColumnsCount.share` and
//! `ValueDrift:<column>`, each as one number. The method and its threshold are not among them, and a p-value and a distance
//! look alike: whether such a feature has drifted is not known from here, unless the snapshot of the same run is read too.

use super::{
    Problem, ReadError,
    evidently::DatasetDrift,
    json::{object, text, word, word_of},
    number::{number, spelled},
};
use crate::drift::{FeatureDrift, Method, Run, Source};
use contract::Timestamp;
use serde_json::{Map, Value};

/// One number that was logged.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub key: String,
    /// May be NaN or infinite, as MLflow allows.
    pub value: f64,
    pub at: Option<Timestamp>,
    pub step: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct MlflowRun {
    pub id: Option<String>,
    pub name: Option<String>,
    /// The id of its experiment.
    pub experiment: Option<String>,
    /// `FINISHED`, `RUNNING`.
    pub status: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// The last value of each metric.
    pub metrics: Vec<Point>,
    pub params: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
}

/// A page of `runs/search`, or the answer of `runs/get`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Runs {
    pub runs: Vec<MlflowRun>,
    pub next_page: Option<String>,
    pub problems: Vec<Problem>,
}

/// What stands before the name of a column.
pub const DRIFT: &str = "ValueDrift:";
const NOTHING: &[Value] = &[];

impl Runs {
    /// # Errors
    /// What is no JSON, or holds no run.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let map = object(bytes, "an answer of MLflow")?;
        let mut read = Self { next_page: word_of(&map, &["next_page_token"]), ..Self::default() };
        let one = map.get("run").map(std::slice::from_ref);
        let many = map.get("runs").and_then(Value::as_array).map(Vec::as_slice);
        // A search that finds nothing answers without a list.
        let nothing = map.is_empty().then_some(NOTHING);
        let Some(runs) = many.or(one).or(nothing) else {
            return Err(ReadError::OtherFile { expected: "an answer of MLflow", found: "it has no runs" });
        };
        for (at, value) in runs.iter().enumerate() {
            match value.as_object() {
                Some(run) => read.runs.push(one_run(run)),
                None => read.problems.push(Problem::new(format!("run {}", at + 1), "it is no object")),
            }
        }
        Ok(read)
    }
}

/// What runs are kept under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Experiment {
    pub id: String,
    pub name: String,
}

/// A page of `experiments/search`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Experiments {
    /// Without those that are deleted.
    pub experiments: Vec<Experiment>,
    pub next_page: Option<String>,
    pub problems: Vec<Problem>,
}

impl Experiments {
    /// # Errors
    /// What is no JSON, or holds no experiments.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let map = object(bytes, "an answer of MLflow")?;
        let mut read = Self { next_page: word_of(&map, &["next_page_token"]), ..Self::default() };
        // A search that finds nothing answers without a list.
        let nothing = map.is_empty().then_some(NOTHING);
        let Some(all) = map.get("experiments").and_then(Value::as_array).map(Vec::as_slice).or(nothing) else {
            return Err(ReadError::OtherFile { expected: "an answer of MLflow", found: "it has no experiments" });
        };
        for (at, value) in all.iter().enumerate() {
            let one = value.as_object();
            let id = one.and_then(|one| word_of(one, &["experiment_id"]));
            let Some((one, id)) = one.zip(id) else {
                read.problems.push(Problem::new(format!("experiment {}", at + 1), "it has no id"));
                continue;
            };
            if word_of(one, &["lifecycle_stage"]).as_deref() != Some("deleted") {
                let name = word_of(one, &["name"]).unwrap_or_else(|| id.clone());
                read.experiments.push(Experiment { id, name });
            }
        }
        Ok(read)
    }
}

impl MlflowRun {
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The drift that was logged, at the run's end.
    pub fn drift(&self) -> Run {
        let features = self.metrics.iter().filter_map(|point| {
            let column = point.key.strip_prefix(DRIFT)?;
            let value = Some(point.value).filter(|value| value.is_finite());
            let mut feature = FeatureDrift::judged(column.to_owned(), value, None, Method::Unknown);
            if value.is_some() {
                "MLflow keeps the value without its method and threshold".clone_into(&mut feature.reason);
            }
            Some(feature)
        });
        Run { source: Source::Mlflow, when: self.end.or(self.start), features: features.collect() }
    }

    pub fn dataset(&self) -> Option<DatasetDrift> {
        let of = |name: &str| {
            let point =
                self.metrics.iter().find(|point| point.key.strip_prefix("DriftedColumnsCount.") == Some(name))?;
            Some(point.value).filter(|value| value.is_finite())
        };
        let (columns, share) = (of("count"), of("share"));
        (columns.is_some() || share.is_some()).then_some(DatasetDrift { columns, share, threshold: None })
    }
}

fn one_run(run: &Map<String, Value>) -> MlflowRun {
    let nothing = Map::new();
    let part = |name: &str| run.get(name).and_then(Value::as_object).unwrap_or(&nothing);
    let (info, data) = (part("info"), part("data"));
    let pairs = |name: &str| -> Vec<(String, String)> {
        let list = data.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        list.filter_map(|pair| Some((word_of(pair, &["key"])?, word_of(pair, &["value"]).unwrap_or_default())))
            .collect()
    };
    MlflowRun {
        id: word_of(info, &["run_id", "run_uuid"]),
        name: word_of(info, &["run_name"]),
        experiment: word_of(info, &["experiment_id"]),
        status: word_of(info, &["status"]),
        start: info.get("start_time").and_then(millis),
        end: info.get("end_time").and_then(millis),
        metrics: data.get("metrics").and_then(Value::as_array).into_iter().flatten().filter_map(point).collect(),
        params: pairs("params"),
        tags: pairs("tags"),
    }
}

/// A page of `metrics/get-history`: all values of one metric, and the token of the next page.
///
/// # Errors
/// What is no JSON object.
pub fn read_history(bytes: &[u8]) -> Result<(Vec<Point>, Option<String>), ReadError> {
    let map = object(bytes, "an answer of MLflow")?;
    let points = map.get("metrics").and_then(Value::as_array).into_iter().flatten().filter_map(point).collect();
    Ok((points, word_of(&map, &["next_page_token"])))
}

fn point(value: &Value) -> Option<Point> {
    let map = value.as_object()?;
    Some(Point {
        key: word_of(map, &["key"])?,
        // Digits in a string where JSON has no word for the value.
        value: map.get("value").map_or(f64::NAN, number),
        at: map.get("timestamp").and_then(millis),
        step: map.get("step").and_then(word).and_then(|step| step.parse().ok()),
    })
}

/// Milliseconds since 1970, as a number or as digits.
fn millis(value: &Value) -> Option<Timestamp> {
    of_millis(&word(value)?)
}

fn of_millis(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.trim().parse().ok()?).ok()
}

/// The file of one metric in a run's folder, `metrics/<name>`, where a name with a slash lies in a folder of its own: on each
/// line milliseconds, value, step.
///
/// # Errors
/// What is no text.
pub fn read_metric_file(name: &str, bytes: &[u8]) -> Result<(Vec<Point>, Vec<Problem>), ReadError> {
    let (mut points, mut problems) = (Vec::new(), Vec::new());
    for (at, line) in text(bytes)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (when, value, step) = (words.next(), words.next(), words.next());
        match when.and_then(of_millis).zip(value.map(spelled)) {
            Some((when, value)) => points.push(Point {
                key: name.to_owned(),
                value,
                at: Some(when),
                step: step.and_then(|step| step.parse().ok()),
            }),
            None => problems.push(Problem::new(format!("line {}", at + 1), "it is not milliseconds, value and step")),
        }
    }
    Ok((points, problems))
}

/// A run of the files of its folder: of each metric the last value by step, then by time.
pub fn of_files(id: &str, files: Vec<Vec<Point>>) -> MlflowRun {
    let last = |points: Vec<Point>| points.into_iter().max_by_key(|point| (point.step, point.at));
    let metrics: Vec<Point> = files.into_iter().filter_map(last).collect();
    let end = metrics.iter().filter_map(|point| point.at).max();
    MlflowRun { id: Some(id.to_owned()), end, metrics, ..MlflowRun::default() }
}

#[cfg(test)]
mod tests;
