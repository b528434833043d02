//! Reads the definition of a pipeline ("Amazon SageMaker Pipeline Definition JSON Schema", version 2020-12-01).
//!
//! People write definitions by hand and with many versions of the SDK, so only what is needed to draw one is asked for:
//! a step without a name is left out, and what is not known is passed over.

use contract::models::{ParameterKind, PipelineParameter};
use serde_json::Value;
use std::collections::BTreeSet;

/// Steps of one definition, with those inside conditions. The service allows fewer.
const MOST: usize = 1_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definition {
    pub parameters: Vec<PipelineParameter>,
    /// In their order; a condition stands before the steps that it holds.
    pub steps: Vec<DefinedStep>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DefinedStep {
    pub name: String,
    pub title: Option<String>,
    /// The definition's word: `Training`, `RegisterModel`.
    pub kind: String,
    /// `DependsOn`.
    pub after: Vec<String>,
    /// Steps whose output its arguments name.
    pub uses: Vec<String>,
    /// Place of the condition that holds it, and whether it is one of the `IfSteps`.
    pub inside: Option<(usize, bool)>,
    /// An earlier result may be taken instead of running it.
    pub caches: bool,
    /// The group of models that it registers a version in, if the definition says which.
    pub group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDefinition {
    #[error("the definition is not JSON: {0}")]
    Json(String),
    #[error("the definition has no list of steps")]
    NoSteps,
    #[error("the definition has more than 1,000 steps")]
    TooMany,
}

pub fn read(text: &str) -> Result<Definition, BadDefinition> {
    let all: Value = serde_json::from_str(text).map_err(|error| BadDefinition::Json(error.to_string()))?;
    let listed = all.get("Steps").and_then(Value::as_array).ok_or(BadDefinition::NoSteps)?;
    let parameters = parameters(&all);
    let mut steps = Vec::new();
    take(listed, None, &parameters, &mut steps);
    if steps.len() > MOST {
        return Err(BadDefinition::TooMany);
    }
    Ok(Definition { parameters, steps })
}

impl Definition {
    /// Groups of models that it registers versions in, by name, as far as the definition says.
    pub fn registers(&self) -> Vec<String> {
        let groups: BTreeSet<&String> = self.steps.iter().filter_map(|step| step.group.as_ref()).collect();
        groups.into_iter().cloned().collect()
    }
}

fn take(
    listed: &[Value],
    inside: Option<(usize, bool)>,
    parameters: &[PipelineParameter],
    steps: &mut Vec<DefinedStep>,
) {
    for one in listed {
        if steps.len() > MOST {
            return;
        }
        let Some(name) = word(one, "Name") else { continue };
        if steps.iter().any(|known| known.name == name) {
            continue;
        }
        let mut uses = BTreeSet::new();
        references(one, &mut uses);
        uses.remove(&name);
        let after = one.get("DependsOn").and_then(Value::as_array).into_iter().flatten();
        let after: BTreeSet<String> = after.filter_map(Value::as_str).map(str::to_owned).collect();
        let caches = one.get("CacheConfig").and_then(|cache| cache.get("Enabled")).and_then(Value::as_bool);
        let arguments = one.get("Arguments");
        let place = steps.len();
        steps.push(DefinedStep {
            title: word(one, "DisplayName").filter(|title| *title != name),
            kind: word(one, "Type").unwrap_or_default(),
            after: after.into_iter().filter(|other| *other != name).collect(),
            uses: uses.into_iter().collect(),
            inside,
            caches: caches == Some(true),
            group: arguments
                .and_then(|all| all.get("ModelPackageGroupName"))
                .and_then(|group| named(group, parameters)),
            name,
        });
        for (field, is_if) in [("IfSteps", true), ("ElseSteps", false)] {
            if let Some(held) = arguments.and_then(|all| all.get(field)).and_then(Value::as_array) {
                take(held, Some((place, is_if)), parameters, steps);
            }
        }
    }
}

/// Names of the steps in `{"Get": "Steps.NAME…"}`, but for those inside steps that this one holds.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                match (key.as_str(), inner) {
                    ("IfSteps" | "ElseSteps" | "DependsOn", _) => {}
                    ("Get", Value::String(path)) => found.extend(step_of(path)),
                    _ => references(inner, found),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                references(item, found);
            }
        }
        _ => {}
    }
}

/// `Steps.Train.ModelArtifacts.S3ModelArtifacts`, `Steps.Evaluate.PropertyFiles.report`, `Steps.Call['out']`.
fn step_of(path: &str) -> Option<String> {
    let name = path.strip_prefix("Steps.")?.split(['.', '[']).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// A text, or the default of the parameter that is named instead.
fn named(value: &Value, parameters: &[PipelineParameter]) -> Option<String> {
    let text = if let Some(text) = value.as_str() {
        text.to_owned()
    } else {
        let name = value.get("Get")?.as_str()?.strip_prefix("Parameters.")?;
        parameters.iter().find(|one| one.name == name)?.default.clone()?
    };
    (!text.is_empty()).then_some(text)
}

fn parameters(all: &Value) -> Vec<PipelineParameter> {
    let mut found: Vec<PipelineParameter> = Vec::new();
    for one in all.get("Parameters").and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = word(one, "Name") else { continue };
        if found.len() >= MOST || found.iter().any(|known| known.name == name) {
            continue;
        }
        let choices = one.get("EnumValues").and_then(Value::as_array);
        found.push(PipelineParameter {
            kind: ParameterKind::of(one.get("Type").and_then(Value::as_str).unwrap_or_default()),
            default: one.get("DefaultValue").and_then(plain),
            choices: choices.into_iter().flatten().filter_map(plain).collect(),
            // What is to be covered is for the one who shows it.
            is_secret: false,
            name,
        });
    }
    found
}

fn word(value: &Value, field: &str) -> Option<String> {
    value.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A value as the call takes it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::PIPELINE;

    #[test]
    fn steps_say_what_they_come_after_and_what_they_use() {
        let read = read(PIPELINE).unwrap();
        let told =
            read.steps.iter().map(|step| (step.name.as_str(), step.after.join(" "), step.uses.join(" "), step.inside));
        let is = |name: &'static str, after: &str, uses: &str, inside: Option<(usize, bool)>| {
            (name, after.to_owned(), uses.to_owned(), inside)
        };
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                is("Prepare", "", "", None),
                is("Train", "", "Prepare", None),
                is("Evaluate", "Train", "", None),
                is("Good", "", "Evaluate", None),
                is("Create", "", "Train", Some((3, true))),
                is("Register", "Create", "", Some((3, true))),
                is("GiveUp", "", "", Some((3, false))),
            ]
        );
        assert_eq!(read.registers(), ["churn-dach", "churn-eu"]);
        assert_eq!(read.steps[0].title.as_deref(), Some("Prepare the data"));
        assert_eq!(read.steps.iter().map(|step| step.caches).collect::<Vec<_>>()[..2], [true, false]);
    }

    #[test]
    fn parameters_have_kind_default_and_choices() {
        let read = read(PIPELINE).unwrap();
        let told: Vec<(&str, ParameterKind, Option<&str>, usize)> = read
            .parameters
            .iter()
            .map(|one| (one.name.as_str(), one.kind, one.default.as_deref(), one.choices.len()))
            .collect();
        assert_eq!(
            told,
            [
                ("InputData", ParameterKind::String, Some("s3://lake/features/"), 0),
                ("Instance", ParameterKind::String, Some("ml.m5.xlarge"), 2),
                ("Depth", ParameterKind::Integer, Some("6"), 0),
                ("Rate", ParameterKind::Float, Some("0.1"), 0),
                ("Dry", ParameterKind::Boolean, Some("false"), 0),
                ("Owner", ParameterKind::String, None, 0),
                ("Group", ParameterKind::String, Some("churn-eu"), 0),
            ]
        );
    }

    #[test]
    fn what_is_no_definition_says_so() {
        assert!(matches!(read("{"), Err(BadDefinition::Json(_))));
        assert_eq!(read("[]"), Err(BadDefinition::NoSteps));
        assert_eq!(read(r#"{"Steps": {}}"#), Err(BadDefinition::NoSteps));
        let many: Vec<String> = (0..=MOST).map(|at| format!(r#"{{"Name": "s{at}"}}"#)).collect();
        assert_eq!(read(&format!(r#"{{"Steps": [{}]}}"#, many.join(","))), Err(BadDefinition::TooMany));
    }

    #[test]
    fn odd_steps_cost_themselves_only() {
        let text = r#"{"Steps": [1, {"Type": "Training"}, {"Name": "A", "DependsOn": ["A", 1, "gone"], "Arguments": {"Get": "Steps."}},
          {"Name": "A", "Type": "Lambda"}, {"Name": "B", "Arguments": {"IfSteps": 3}}], "Parameters": [{"Type": "String"}, {"Name": "p"}, {"Name": "p"}]}"#;
        let read = read(text).unwrap();
        let names: Vec<&str> = read.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["A", "B"]);
        assert_eq!((read.steps[0].after.as_slice(), read.steps[0].uses.len()), (&["gone".to_owned()][..], 0));
        assert_eq!((read.parameters.len(), read.parameters[0].kind), (1, ParameterKind::Unknown));
    }
}
