//! How good a model is: `statistics.json` of the model-quality monitor, and the `evaluation.json` that teams write themselves.
//! Any number in it is a metric.

use super::{
    Problem, ReadError,
    json::{object, word_of},
    number::{finite, number},
};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    pub version: Option<String>,
    /// Rows that were evaluated.
    pub items: Option<f64>,
    /// `regression`, `binary_classification`, `multiclass_classification`; none in files of other makers.
    pub problem: Option<String>,
    pub metrics: Vec<Metric>,
    pub curves: Vec<Curve>,
    pub confusion: Option<Confusion>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Keys from the root, with dots between: `binary_classification_metrics.auc`.
    pub path: String,
    /// The last of them that is no `value`: `auc`.
    pub name: String,
    pub value: f64,
    /// None where the monitor had fewer than 200 rows and wrote `"NaN"`.
    pub standard_deviation: Option<f64>,
}

/// Two lists of one length.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// `receiver_operating_characteristic_curve`, `precision_recall_curve`.
    pub name: String,
    /// What the lists are called: across, up.
    pub axes: (String, String),
    pub points: Vec<(f64, f64)>,
}

/// Counts by actual class, then by predicted one.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    pub classes: Vec<String>,
    /// A row for each actual class; none where a cell is not there.
    pub counts: Vec<Vec<Option<f64>>>,
}

impl Confusion {
    /// Share of rows whose actual class is the positive one. Of other names than these two nobody knows which is.
    fn positives(&self) -> Option<f64> {
        let [negative, positive] = self.classes.as_slice() else { return None };
        let named = |class: &str, names: [&str; 3]| names.iter().any(|name| class.eq_ignore_ascii_case(name));
        if !named(negative, ["0", "0.0", "false"]) || !named(positive, ["1", "1.0", "true"]) {
            return None;
        }
        let rows: Vec<f64> =
            self.counts.iter().map(|row| row.iter().copied().sum::<Option<f64>>()).collect::<Option<_>>()?;
        let [negatives, positives] = rows.as_slice() else { return None };
        let share = positives / (negatives + positives);
        (0.0..=1.0).contains(&share).then_some(share)
    }
}

const EXPECTED: &str = "a report of metrics";

impl Evaluation {
    /// # Errors
    /// What is no JSON object, or has no number in it.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let map = object(bytes, EXPECTED)?;
        let mut read = Self {
            version: word_of(&map, &["version"]),
            items: map.get("dataset").and_then(|dataset| finite(dataset.get("item_count"))),
            problem: map.keys().find_map(|key| key.strip_suffix("_metrics").map(str::to_owned)),
            ..Self::default()
        };
        let rest = map.iter().filter(|(name, value)| name.as_str() != "version" && !is_data_set(name, value));
        for (name, value) in rest {
            read.take(name, name, value);
        }
        if read.metrics.is_empty() && read.problems.is_empty() && read.curves.is_empty() {
            return Err(ReadError::OtherFile { expected: EXPECTED, found: "it has no number in it" });
        }
        Ok(read)
    }

    /// The metric of that name; of several, the one that lies least deep.
    pub fn metric(&self, name: &str) -> Option<&Metric> {
        let named = self.metrics.iter().filter(|metric| metric.name == name);
        named.min_by_key(|metric| metric.path.matches('.').count())
    }

    /// Share of positives among the evaluated rows, 0 to 1; `None` where the confusion matrix does not tell.
    pub fn positives(&self) -> Option<f64> {
        self.confusion.as_ref()?.positives()
    }

    fn take(&mut self, path: &str, name: &str, value: &Value) {
        match value {
            Value::Object(map) => self.take_map(path, name, map),
            Value::Number(_) => self.push(path, name, number(value), None),
            // A number that is none, or a limit: `"NaN"`.
            Value::String(text) if is_spelled(text) => self.push(path, name, number(value), None),
            Value::Array(_) | Value::String(_) | Value::Bool(_) | Value::Null => {}
        }
    }

    fn take_map(&mut self, path: &str, name: &str, map: &Map<String, Value>) {
        if let Some(value) = map.get("value").filter(|value| !value.is_object() && !value.is_array()) {
            self.push(path, name, number(value), finite(map.get("standard_deviation")));
            let rest = map.iter().filter(|(key, _)| !matches!(key.as_str(), "value" | "standard_deviation"));
            for (key, value) in rest {
                self.take(&format!("{path}.{key}"), key, value);
            }
        } else if name == "confusion_matrix" {
            self.confusion = confusion(map);
        } else if let Some(curve) = curve(name, map) {
            self.curves.push(curve);
        } else {
            for (key, value) in map {
                self.take(&format!("{path}.{key}"), key, value);
            }
        }
    }

    fn push(&mut self, path: &str, name: &str, value: f64, standard_deviation: Option<f64>) {
        if value.is_finite() {
            self.metrics.push(Metric { path: path.to_owned(), name: name.to_owned(), value, standard_deviation });
        } else {
            self.problems.push(Problem::new(path, "it is no finite number"));
        }
    }
}

fn is_data_set(name: &str, value: &Value) -> bool {
    name == "dataset" && value.is_object()
}

/// What a program writes for a number that JSON has no word for.
fn is_spelled(text: &str) -> bool {
    matches!(text.trim_start_matches(['-', '+']), "NaN" | "nan" | "Infinity" | "inf")
}

/// Of an object of two lists of one length.
fn curve(name: &str, map: &Map<String, Value>) -> Option<Curve> {
    let mut lists = map.iter().filter_map(|(key, value)| Some((key, value.as_array()?)));
    let (one, other) = (lists.next()?, lists.next()?);
    if lists.next().is_some() || one.1.len() != other.1.len() || map.len() != 2 {
        return None;
    }
    // Recall and the rate of false positives go across.
    let is_turned = one.0.starts_with("precision") || one.0.starts_with("true_positive");
    let (across, up) = if is_turned { (other, one) } else { (one, other) };
    let points = across.1.iter().zip(up.1).map(|(x, y)| (number(x), number(y)));
    let points = points.filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    Some(Curve { name: name.to_owned(), axes: (across.0.clone(), up.0.clone()), points })
}

fn confusion(map: &Map<String, Value>) -> Option<Confusion> {
    let mut classes: Vec<String> = map.keys().cloned().collect();
    for row in map.values().filter_map(Value::as_object) {
        classes.extend(row.keys().cloned());
    }
    classes.sort_unstable();
    classes.dedup();
    let cell = |actual: &String, predicted: &String| finite(map.get(actual)?.get(predicted));
    let row =
        |actual: &String| -> Vec<Option<f64>> { classes.iter().map(|predicted| cell(actual, predicted)).collect() };
    let counts = classes.iter().map(row).collect();
    (!classes.is_empty()).then_some(Confusion { classes, counts })
}

#[cfg(test)]
mod tests;
