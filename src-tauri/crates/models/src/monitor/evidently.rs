//! Snapshots of Evidently 0.7 as JSON: a value for each column, with the method and the threshold that belong to it.
//!
//! On which side of the threshold drift lies follows from the method's name. AWS's own script compares `value > threshold`
//! throughout, and so lists what did not drift whenever Evidently chose a p-value test, which it does up to 1,000 rows.

use super::{
    Problem, ReadError,
    evaluation::Metric,
    json::{kind, object, word_of},
    number::{finite, number, spelled},
};
use crate::drift::{FeatureDrift, Method, Run, Source};
use contract::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    pub run: Run,
    /// What Evidently itself counted.
    pub dataset: Option<DatasetDrift>,
    /// Numbers of all other metrics, quality of the model among them.
    pub metrics: Vec<Metric>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DatasetDrift {
    #[serde(with = "crate::exact::maybe")]
    pub columns: Option<f64>,
    /// 0 to 1.
    #[serde(with = "crate::exact::maybe")]
    pub share: Option<f64>,
    /// From which share on the data set has drifted; Evidently's default is 0.5.
    #[serde(with = "crate::exact::maybe")]
    pub threshold: Option<f64>,
}

impl DatasetDrift {
    pub fn is_drift(&self) -> Option<bool> {
        Some(self.share? >= self.threshold?)
    }
}

const EXPECTED: &str = "a snapshot of Evidently 0.7";

impl Snapshot {
    /// `when` is that of the file: a snapshot holds no time.
    ///
    /// # Errors
    /// What is no JSON, or has no list of metrics; reports of Evidently before 0.7 have none.
    pub fn read(bytes: &[u8], when: Option<Timestamp>) -> Result<Self, ReadError> {
        let map = object(bytes, EXPECTED)?;
        let metrics = map
            .get("metrics")
            .and_then(Value::as_array)
            .filter(|metrics| metrics.is_empty() || metrics.iter().any(|metric| metric.get("value").is_some()));
        let Some(metrics) = metrics else {
            return Err(ReadError::OtherFile { expected: EXPECTED, found: "it has no list of metrics with values" });
        };
        let run = Run { source: Source::Evidently, when, features: Vec::new() };
        let mut read = Self { run, dataset: None, metrics: Vec::new(), problems: Vec::new() };
        for (at, value) in metrics.iter().enumerate() {
            match value.as_object() {
                Some(metric) => read.metric(at, metric),
                None => read.problems.push(Problem::new(format!("metric {}", at + 1), kind(value))),
            }
        }
        Ok(read)
    }

    fn metric(&mut self, at: usize, metric: &Map<String, Value>) {
        let title =
            word_of(metric, &["metric_name", "metric_id", "id"]).unwrap_or_else(|| format!("metric {}", at + 1));
        let config = metric.get("config").and_then(Value::as_object);
        let nothing = Value::Null;
        let value = metric.get("value").unwrap_or(&nothing);
        match Name::of(&title, config) {
            Name::ValueDrift { column, method, threshold } => {
                let method = Method::of_evidently(&method);
                let read = Some(number(value)).filter(|value| value.is_finite());
                if read.is_none() {
                    self.problems.push(Problem::new(&column, "its drift is no number"));
                }
                self.run.features.push(FeatureDrift::judged(column, read, threshold, method));
            }
            Name::DriftedColumns { threshold } => {
                let (columns, share) = (finite(value.get("count")), finite(value.get("share")));
                self.dataset = Some(DatasetDrift { columns, share, threshold });
            }
            Name::Other => leaves(&title, &title, value, &mut self.metrics),
        }
    }
}

enum Name {
    ValueDrift { column: String, method: String, threshold: Option<f64> },
    DriftedColumns { threshold: Option<f64> },
    Other,
}

impl Name {
    /// Of the configuration; of the title, `ValueDrift(column=a,method=K-S p_value,threshold=0.05)`, where there is none.
    fn of(title: &str, config: Option<&Map<String, Value>>) -> Self {
        let kind = config.and_then(|config| word_of(config, &["type"]));
        let kind = kind
            .as_deref()
            .and_then(|kind| kind.rsplit(':').next())
            .unwrap_or_else(|| title.split('(').next().unwrap_or_default());
        let of = |name: &str| config.and_then(|config| word_of(config, &[name])).or_else(|| argument(title, name));
        let number_of = |name: &str| of(name).map(|text| spelled(&text)).filter(|number| number.is_finite());
        match kind {
            "ValueDrift" => match of("column") {
                Some(column) => Self::ValueDrift {
                    column,
                    method: of("method").unwrap_or_default(),
                    threshold: number_of("threshold"),
                },
                None => Self::Other,
            },
            "DriftedColumnsCount" => Self::DriftedColumns { threshold: number_of("drift_share") },
            _ => Self::Other,
        }
    }
}

/// An argument of a title. A column's name may hold commas and brackets itself; what follows it has a name of its own.
fn argument(title: &str, name: &str) -> Option<String> {
    let arguments = title.split_once('(')?.1.strip_suffix(')')?;
    let start = format!("{name}=");
    let at = if arguments.starts_with(&start) {
        start.len()
    } else {
        arguments.rfind(&format!(",{start}"))? + start.len() + 1
    };
    let rest = arguments.get(at..)?;
    let next = ["column=", "method=", "threshold=", "drift_share=", "tests="]
        .iter()
        .filter_map(|next| rest.find(&format!(",{next}")));
    rest.get(..next.min().unwrap_or(rest.len())).map(str::to_owned)
}

/// Every number below a value, by its path.
fn leaves(path: &str, name: &str, value: &Value, into: &mut Vec<Metric>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                leaves(&format!("{path}.{key}"), key, value, into);
            }
        }
        Value::Number(_) => {
            let value = number(value);
            if value.is_finite() {
                into.push(Metric { path: path.to_owned(), name: name.to_owned(), value, standard_deviation: None });
            }
        }
        Value::Array(_) | Value::String(_) | Value::Bool(_) | Value::Null => {}
    }
}

#[cfg(test)]
mod tests;
