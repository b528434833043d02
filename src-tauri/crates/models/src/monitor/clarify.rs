//! `analysis.json` of SageMaker Clarify: bias before and after training, and what each feature contributes (SHAP).
//!
//! A metric that Clarify could not compute has `null` for a value and an error beside it: it is not known, never fine.

use super::{
    Problem, ReadError,
    json::{kind, object, word, word_of},
    number::{finite, number},
};
use crate::drift::importances;
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bias {
    pub version: Option<String>,
    pub stages: Vec<BiasStage>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BiasStage {
    pub stage: Stage,
    pub label: Option<String>,
    pub label_value: Option<String>,
    pub facets: Vec<Facet>,
}

/// Of the data, or of the model's predictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    PreTraining,
    PostTraining,
}

/// One value, or range `(0.5, 0.99]`, of a column that people are treated by.
#[derive(Debug, Clone, PartialEq)]
pub struct Facet {
    pub name: String,
    pub value: Option<String>,
    pub metrics: Vec<BiasMetric>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct BiasMetric {
    /// `CI`, `DPL`, `DI`.
    pub name: String,
    pub description: Option<String>,
    /// May be infinite.
    pub value: Option<f64>,
    /// Why there is no value.
    pub error: Option<String>,
}

impl BiasMetric {
    /// The value that says that both groups fare alike: 1 for disparate impact, which is a ratio, 0 for the others.
    pub fn neutral(&self) -> f64 {
        if self.name == "DI" { 1.0 } else { 0.0 }
    }
}

const STAGES: [(&str, Stage); 2] =
    [("pre_training_bias_metrics", Stage::PreTraining), ("post_training_bias_metrics", Stage::PostTraining)];

impl Bias {
    /// # Errors
    /// What is no JSON, or has neither stage.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        const EXPECTED: &str = "a bias analysis";
        let map = object(bytes, EXPECTED)?;
        let mut read = Self { version: word_of(&map, &["version"]), ..Self::default() };
        for (name, stage) in STAGES {
            if let Some(map) = map.get(name).and_then(Value::as_object) {
                let stage = read.stage(stage, map);
                read.stages.push(stage);
            }
        }
        let found = "it has no bias metrics";
        if read.stages.is_empty() { Err(ReadError::OtherFile { expected: EXPECTED, found }) } else { Ok(read) }
    }

    fn stage(&mut self, stage: Stage, map: &Map<String, Value>) -> BiasStage {
        let mut facets = Vec::new();
        for (name, values) in map.get("facets").and_then(Value::as_object).into_iter().flatten() {
            let Some(values) = values.as_array() else {
                self.problems.push(Problem::new(name, kind(values)));
                continue;
            };
            for value in values {
                facets.push(self.facet(name, value));
            }
        }
        let label = word_of(map, &["label"]);
        BiasStage { stage, label, label_value: word_of(map, &["label_value_or_threshold"]), facets }
    }

    fn facet(&mut self, name: &str, value: &Value) -> Facet {
        let mut metrics = Vec::new();
        for metric in value.get("metrics").and_then(Value::as_array).into_iter().flatten() {
            let Some((map, metric)) = metric.as_object().and_then(|map| Some((map, word_of(map, &["name"])?))) else {
                self.problems.push(Problem::new(name, "a metric without a name is left out"));
                continue;
            };
            let value = map.get("value").map(number).filter(|value| !value.is_nan());
            let error = word_of(map, &["error"]);
            if value.is_none() && error.is_none() {
                self.problems.push(Problem::new(format!("{name} {metric}"), "it has no value, and no reason for that"));
            }
            metrics.push(BiasMetric { name: metric, description: word_of(map, &["description"]), value, error });
        }
        let value = value.as_object().and_then(|map| word_of(map, &["value_or_threshold"]));
        Facet { name: name.to_owned(), value, metrics }
    }
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Explanations {
    pub version: Option<String>,
    pub labels: Vec<Attributions>,
    pub dependence: Vec<PartialDependence>,
    pub problems: Vec<Problem>,
}

/// What each feature contributes to the predictions of one label.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributions {
    /// `kernel_shap`.
    pub method: String,
    pub label: String,
    /// Global SHAP values, in the order of the file.
    pub features: Vec<(String, f64)>,
    /// Of the model, over the baseline data.
    pub expected_value: Option<f64>,
}

/// What the model predicts when one feature is set to a value for all rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PartialDependence {
    pub feature: String,
    /// `numerical`, `categorical`.
    pub data_type: Option<String>,
    pub values: Vec<String>,
    /// Part of the rows near each value.
    pub distribution: Vec<f64>,
    /// For each label, a prediction for each value.
    pub predictions: Vec<(String, Vec<f64>)>,
}

impl Explanations {
    /// # Errors
    /// What is no JSON, or has no explanations.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        const EXPECTED: &str = "an explainability analysis";
        let map = object(bytes, EXPECTED)?;
        let Some(methods) = map.get("explanations").and_then(Value::as_object) else {
            return Err(ReadError::OtherFile { expected: EXPECTED, found: "it has no explanations" });
        };
        let mut read = Self { version: word_of(&map, &["version"]), ..Self::default() };
        for (method, value) in methods {
            match value {
                Value::Object(labels) => read.attributions(method, labels),
                Value::Array(features) if method == "pdp" => {
                    read.dependence.extend(features.iter().filter_map(dependence));
                }
                other => read.problems.push(Problem::new(method, kind(other))),
            }
        }
        Ok(read)
    }

    /// The labels with features, of the first method that has any: numbers of two methods are not of one kind.
    pub fn of_one_method(&self) -> Vec<&Attributions> {
        let mut told = self.labels.iter().filter(|label| !label.features.is_empty());
        let Some(first) = told.next() else { return Vec::new() };
        std::iter::once(first).chain(told.filter(|label| label.method == first.method)).collect()
    }

    /// What each feature weighs over all labels.
    pub fn importances(&self) -> Vec<(&str, f64)> {
        let labels: Vec<Vec<(&str, f64)>> = self
            .of_one_method()
            .into_iter()
            .map(|label| label.features.iter().map(|(feature, value)| (feature.as_str(), *value)).collect())
            .collect();
        importances(&labels)
    }

    fn attributions(&mut self, method: &str, labels: &Map<String, Value>) {
        for (label, value) in labels {
            let Some(shap) = value.get("global_shap_values").and_then(Value::as_object) else {
                self.problems.push(Problem::new(label, "it has no global SHAP values"));
                continue;
            };
            let mut features = Vec::with_capacity(shap.len());
            for (feature, value) in shap {
                match finite(Some(value)) {
                    Some(value) => features.push((feature.clone(), value)),
                    None => self.problems.push(Problem::new(feature, "its SHAP value is no number")),
                }
            }
            self.labels.push(Attributions {
                method: method.to_owned(),
                label: label.clone(),
                features,
                expected_value: finite(value.get("expected_value")),
            });
        }
    }
}

fn dependence(value: &Value) -> Option<PartialDependence> {
    let map = value.as_object()?;
    let list = |name: &str| map.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let numbers = |values: &[Value]| -> Vec<f64> { values.iter().map(number).collect() };
    let headers = list("label_headers").iter().map(|header| word(header).unwrap_or_default());
    let headers = headers.chain((0..).map(|at| format!("label{at}")));
    let predictions = list("model_predictions").iter().filter_map(Value::as_array);
    Some(PartialDependence {
        feature: word_of(map, &["feature_name"])?,
        data_type: word_of(map, &["data_type"]),
        values: list("feature_values").iter().map(|value| word(value).unwrap_or_default()).collect(),
        distribution: numbers(list("data_distribution")),
        predictions: headers.zip(predictions).map(|(label, values)| (label, numbers(values))).collect(),
    })
}

#[cfg(test)]
mod tests;
