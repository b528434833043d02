//! `constraints.json`: what a monitor compares with. Of data quality, features and how to compare them; of model quality, a
//! threshold for each metric, which also says whether more is better.
//!
//! What the documentation calls defaults is not what the analyser writes (`datatype_check_threshold` is documented as 0.1 and
//! written as 1.0), so a key that is absent stays absent here.

pub mod edit;

use super::{
    Problem, ReadError,
    json::{kind, object, word, word_of},
    number::finite,
};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Constraints {
    pub version: Option<String>,
    pub features: Vec<FeatureConstraint>,
    /// For all features that have none of their own.
    pub monitoring: MonitoringConfig,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeatureConstraint {
    pub name: String,
    pub inferred_type: Option<String>,
    /// The least part of rows that must have a value, 0 to 1.
    pub completeness: Option<f64>,
    pub is_non_negative: Option<bool>,
    /// The values that are allowed.
    pub domains: Option<Vec<String>>,
    /// Of this feature alone.
    pub overrides: Option<MonitoringConfig>,
}

impl FeatureConstraint {
    /// The largest part of rows that may be without a value, 0 to 1: with more, Model Monitor reports a `completeness_check`
    /// (developer guide, "Schema for Violations"). None where the file sets no completeness.
    pub fn most_missing(&self) -> Option<f64> {
        let least = self.completeness.filter(|least| (0.0..=1.0).contains(least))?;
        // Without what the subtraction leaves in the last digits.
        Some(((1.0 - least) * DIGITS).round() / DIGITS)
    }
}

/// A switch or number that is absent in the file is absent here.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MonitoringConfig {
    pub evaluates: Option<bool>,
    pub emits_metrics: Option<bool>,
    /// The least part of rows that must have the inferred type.
    pub datatype_threshold: Option<f64>,
    /// The least part of rows whose values must be in the domain; `min_domain_mass` in old files.
    pub domain_threshold: Option<f64>,
    /// Whether distributions are compared; `enable_comparisons` in old files.
    pub compares: Option<bool>,
    /// Above it a feature has drifted.
    pub comparison_threshold: Option<f64>,
    pub method: Option<NumericMethod>,
    pub categorical_threshold: Option<f64>,
    pub categorical_method: Option<CategoricalMethod>,
}

/// How two numeric distributions are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumericMethod {
    /// L-infinity, less what so few rows may differ by chance.
    Robust,
    Simple,
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CategoricalMethod {
    LInfinity,
    ChiSquared,
    Other(String),
}

const EXPECTED: &str = "a constraints.json";
/// Shares are told to so many parts.
const DIGITS: f64 = 1e12;

impl Constraints {
    /// # Errors
    /// What is no JSON, or has neither features nor a monitoring configuration.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let map = object(bytes, EXPECTED)?;
        let (features, monitoring) = (map.get("features"), map.get("monitoring_config"));
        if !features.is_some_and(Value::is_array) && !monitoring.is_some_and(Value::is_object) {
            let found = "it has neither a list of features nor a monitoring configuration";
            return Err(ReadError::OtherFile { expected: EXPECTED, found });
        }
        let mut read = Self { version: word_of(&map, &["version"]), ..Self::default() };
        read.monitoring = monitoring.and_then(Value::as_object).map(config).unwrap_or_default();
        for (at, value) in features.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let named = value.as_object().and_then(|map| Some((word_of(map, &["name"])?, map)));
            if let Some((name, map)) = named {
                read.features.push(feature(name, map));
            } else {
                let what = if value.is_object() { "it has no name" } else { kind(value) };
                read.problems.push(Problem::new(format!("feature {}", at + 1), what));
            }
        }
        let mut unknown =
            |name: &str| read.problems.push(Problem::new("monitoring_config", format!("{name} is not known")));
        if let Some(NumericMethod::Other(name)) = &read.monitoring.method {
            unknown(name);
        }
        if let Some(CategoricalMethod::Other(name)) = &read.monitoring.categorical_method {
            unknown(name);
        }
        Ok(read)
    }

    /// Whether any feature is checked at all: each may have its checks turned off by itself.
    pub fn checks_anything(&self) -> bool {
        let all = self.monitoring.is_off();
        let is_off = |feature: &FeatureConstraint| {
            let own = feature.overrides.as_ref().and_then(|own| own.evaluates);
            own.map_or(all, |evaluates| !evaluates)
        };
        if self.features.is_empty() { !all } else { !self.features.iter().all(is_off) }
    }

    /// What holds for a feature: its own settings where it has any, else those for all.
    pub fn config_of(&self, name: &str) -> MonitoringConfig {
        let own =
            self.features.iter().find(|feature| feature.name == name).and_then(|feature| feature.overrides.clone());
        own.map_or_else(|| self.monitoring.clone(), |own| own.over(&self.monitoring))
    }
}

impl MonitoringConfig {
    /// With the settings for all where it has none of its own.
    #[must_use]
    pub fn over(self, all: &Self) -> Self {
        Self {
            evaluates: self.evaluates.or(all.evaluates),
            emits_metrics: self.emits_metrics.or(all.emits_metrics),
            datatype_threshold: self.datatype_threshold.or(all.datatype_threshold),
            domain_threshold: self.domain_threshold.or(all.domain_threshold),
            compares: self.compares.or(all.compares),
            comparison_threshold: self.comparison_threshold.or(all.comparison_threshold),
            method: self.method.or_else(|| all.method.clone()),
            categorical_threshold: self.categorical_threshold.or(all.categorical_threshold),
            categorical_method: self.categorical_method.or_else(|| all.categorical_method.clone()),
        }
    }

    /// Nothing is checked: what looks like a monitor without violations measures nothing.
    pub fn is_off(&self) -> bool {
        self.evaluates == Some(false)
    }
}

fn feature(name: String, map: &Map<String, Value>) -> FeatureConstraint {
    let numbers = map.get("num_constraints").and_then(Value::as_object);
    let strings = map.get("string_constraints").and_then(Value::as_object);
    let domains = strings.and_then(|strings| strings.get("domains")?.as_array());
    // Written beside the name, and by some inside of the constraints of its type.
    let overrides = [Some(map), numbers, strings].into_iter().flatten().find_map(|map| {
        ["monitoring_config_overrides", "monitoringConfigOverrides"].iter().find_map(|name| map.get(*name)?.as_object())
    });
    FeatureConstraint {
        name,
        inferred_type: word_of(map, &["inferred_type"]),
        completeness: finite(map.get("completeness")),
        is_non_negative: numbers.and_then(|numbers| switch(numbers.get("is_non_negative"))),
        domains: domains.map(|values| values.iter().filter_map(word).collect()),
        overrides: overrides.map(config),
    }
}

fn config(map: &Map<String, Value>) -> MonitoringConfig {
    let nothing = Map::new();
    let comparison = map.get("distribution_constraints").and_then(Value::as_object).unwrap_or(&nothing);
    MonitoringConfig {
        evaluates: switch(map.get("evaluate_constraints")),
        emits_metrics: switch(map.get("emit_metrics")),
        datatype_threshold: finite(map.get("datatype_check_threshold")),
        domain_threshold: finite(map.get("domain_content_threshold").or_else(|| comparison.get("min_domain_mass"))),
        compares: switch(comparison.get("perform_comparison").or_else(|| comparison.get("enable_comparisons"))),
        comparison_threshold: finite(comparison.get("comparison_threshold")),
        method: word_of(comparison, &["comparison_method"]).map(|name| match name.to_ascii_lowercase().as_str() {
            "robust" | "linf_robust" => NumericMethod::Robust,
            "simple" | "linf_simple" => NumericMethod::Simple,
            _ => NumericMethod::Other(name),
        }),
        categorical_threshold: finite(comparison.get("categorical_comparison_threshold")),
        categorical_method: word_of(comparison, &["categorical_drift_method"]).map(|name| {
            match name.to_ascii_lowercase().as_str() {
                "linfinity" => CategoricalMethod::LInfinity,
                "chisquared" => CategoricalMethod::ChiSquared,
                _ => CategoricalMethod::Other(name),
            }
        }),
    }
}

/// `"Enabled"`, `"Disabled"`, `true`, `"true"`.
fn switch(value: Option<&Value>) -> Option<bool> {
    match word(value?)?.to_ascii_lowercase().as_str() {
        "enabled" | "true" => Some(true),
        "disabled" | "false" => Some(false),
        _ => None,
    }
}

/// Constraints of the model-quality monitor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetricConstraints {
    pub version: Option<String>,
    /// `regression`, `binary_classification`, `multiclass_classification`.
    pub problem: Option<String>,
    pub metrics: Vec<MetricConstraint>,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MetricConstraint {
    pub metric: String,
    pub threshold: Option<f64>,
    /// A value on this side of the threshold is a violation.
    pub operator: Option<Operator>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    LessThan,
    GreaterThan,
}

impl MetricConstraint {
    /// Whether more of this metric is better, from the side on which it is a violation.
    pub fn is_higher_better(&self) -> Option<bool> {
        self.operator.map(|operator| operator == Operator::LessThan)
    }

    pub fn is_violated_by(&self, value: f64) -> Option<bool> {
        let threshold = self.threshold.filter(|_| value.is_finite())?;
        Some(match self.operator? {
            Operator::LessThan => value < threshold,
            Operator::GreaterThan => value > threshold,
        })
    }
}

impl MetricConstraints {
    /// # Errors
    /// What is no JSON, or has no group of constraints on metrics.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        const EXPECTED: &str = "a constraints.json of model quality";
        let map = object(bytes, EXPECTED)?;
        let groups =
            map.iter().filter_map(|(key, value)| Some((key.strip_suffix("_constraints")?, value.as_object()?)));
        let mut read = Self { version: word_of(&map, &["version"]), ..Self::default() };
        let mut is_one = false;
        for (problem, group) in groups {
            is_one = true;
            read.problem.get_or_insert_with(|| problem.to_owned());
            for (metric, value) in group {
                let constraint = MetricConstraint {
                    metric: metric.clone(),
                    threshold: finite(value.get("threshold")),
                    operator: value.get("comparison_operator").and_then(Value::as_str).and_then(operator),
                };
                if constraint.threshold.is_none() || constraint.operator.is_none() {
                    read.problems.push(Problem::new(metric, "it has no threshold, or no side that is a violation"));
                }
                read.metrics.push(constraint);
            }
        }
        let found = "it has no constraints on metrics";
        if is_one { Ok(read) } else { Err(ReadError::OtherFile { expected: EXPECTED, found }) }
    }
}

fn operator(name: &str) -> Option<Operator> {
    match name {
        "LessThanThreshold" => Some(Operator::LessThan),
        "GreaterThanThreshold" => Some(Operator::GreaterThan),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
