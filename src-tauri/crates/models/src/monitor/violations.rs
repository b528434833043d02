//! `constraint_violations.json` of all four monitors, and of containers that write a file of that name. The file is absent
//! when nothing was violated.

use super::{
    Problem, ReadError,
    json::{kind, object, word, word_of},
    number::spelled,
};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Violations {
    pub version: Option<String>,
    pub violations: Vec<Violation>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    pub check: Check,
    /// The column; of a metric or a facet where there is none.
    pub feature: Option<String>,
    /// Of model quality, bias and attribution (`shap`).
    pub metric: Option<String>,
    pub facet: Option<String>,
    pub facet_value: Option<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    /// The number that the description tells: a part of the rows, a distance, a score.
    pub value: Option<f64>,
    /// The limit that it tells, if it does.
    pub threshold: Option<f64>,
    /// What a container of somebody else wrote beside, in its own names.
    pub others: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    DataType,
    Completeness,
    BaselineDrift,
    MissingColumn,
    ExtraColumn,
    CategoricalValues,
    BiasDrift,
    /// The score of the ranking: drift is *below* the limit, though the text says "exceeds".
    AttributionDrift,
    /// Of model quality: `LessThanThreshold`, `GreaterThanThreshold`; or unknown.
    Other(String),
}

impl Check {
    fn read(name: &str) -> Self {
        match name {
            "data_type_check" => Self::DataType,
            "completeness_check" => Self::Completeness,
            "baseline_drift_check" => Self::BaselineDrift,
            "missing_column_check" => Self::MissingColumn,
            "extra_column_check" => Self::ExtraColumn,
            "categorical_values_check" => Self::CategoricalValues,
            "bias_drift_check" => Self::BiasDrift,
            "feature_attribution_drift_check" => Self::AttributionDrift,
            other => Self::Other(other.to_owned()),
        }
    }
}

const EXPECTED: &str = "a constraint_violations.json";
const KNOWN: [&str; 7] =
    ["feature_name", "constraint_check_type", "description", "metric_name", "facet", "facet_value", "label"];

impl Violations {
    /// # Errors
    /// What is no JSON, or has no list of violations.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let map = object(bytes, EXPECTED)?;
        let Some(list) = map.get("violations").and_then(Value::as_array) else {
            return Err(ReadError::OtherFile { expected: EXPECTED, found: "it has no list of violations" });
        };
        let mut read = Self { version: word_of(&map, &["version"]), ..Self::default() };
        for (at, value) in list.iter().enumerate() {
            match value.as_object() {
                Some(map) => read.violations.push(violation(map)),
                None => read.problems.push(Problem::new(format!("violation {}", at + 1), kind(value))),
            }
        }
        Ok(read)
    }
}

fn violation(map: &Map<String, Value>) -> Violation {
    let of = |name| word_of(map, &[name]);
    let description = of("description");
    let (value, threshold) = description.as_deref().map_or((None, None), told);
    let others = map.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()));
    Violation {
        check: Check::read(&of("constraint_check_type").unwrap_or_default()),
        feature: of("feature_name"),
        metric: of("metric_name"),
        facet: of("facet"),
        facet_value: of("facet_value"),
        label: of("label"),
        value,
        threshold,
        description,
        others: others.map(|(name, value)| (name.clone(), word(value).unwrap_or_else(|| value.to_string()))).collect(),
    }
}

/// Value and limit of a description: `Value: 0.49 does not meet …`, `distance: 0.3 exceeds threshold: 0.1`, `Feature
/// attribution drift 0.76 exceeds threshold 0.9`, `Metric mse with 0.42 +/- 0.01 was GreaterThanThreshold '0.33'`.
fn told(text: &str) -> (Option<f64>, Option<f64>) {
    let lower = text.to_ascii_lowercase();
    let limit = lower.rfind("threshold");
    let (before, after) = lower.split_at_checked(limit.unwrap_or(lower.len())).unwrap_or((lower.as_str(), ""));
    let value = ["value:", "distance:", "value ", " drift ", " with "].iter().find_map(|word| {
        let (_, rest) = before.split_once(*word)?;
        first_number(rest)
    });
    (value, after.strip_prefix("threshold").and_then(first_number))
}

/// The number that begins a text, behind signs that may stand before it.
fn first_number(text: &str) -> Option<f64> {
    let text = text.trim_start_matches(|sign: char| sign.is_whitespace() || ":'\"".contains(sign));
    let end = text.find(|sign: char| !(sign.is_ascii_alphanumeric() || "+-.".contains(sign))).unwrap_or(text.len());
    let word = text.get(..end)?.trim_end_matches('.');
    Some(spelled(word)).filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests;
