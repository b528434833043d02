//! What an execution was given, and what a start may be given.

use crate::wording::list;
use contract::models::{GivenParameter, ParameterKind, PipelineParameter};

/// Characters of a value ("Amazon SageMaker API Reference", Parameter).
const LONGEST: usize = 1_024;
/// Choices and names that a message lists.
const NAMED: usize = 12;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadParameter {
    #[error("{name} is no parameter of the pipeline, which has {known}")]
    Unknown { name: String, known: String },
    #[error("{0} is given twice")]
    Twice(String),
    #[error("{name} takes {kind}, not {value:?}")]
    Kind { name: String, kind: &'static str, value: String },
    #[error("{name} takes one of {choices}, not {value:?}")]
    NotAmong { name: String, choices: String, value: String },
    #[error("{0} has no default: give it a value")]
    Missing(String),
    #[error("{0} takes 1,024 characters at most")]
    TooLong(String),
}

/// The parameters that a call has to name: checked, and those with the value of their default left out. All that is
/// wrong is told at once.
pub fn to_send(
    declared: &[PipelineParameter],
    asked: &[(String, String)],
) -> Result<Vec<(String, String)>, Vec<BadParameter>> {
    let (mut send, mut wrong) = (Vec::new(), Vec::new());
    for (at, (name, value)) in asked.iter().enumerate() {
        if asked.iter().take(at).any(|(other, _)| other == name) {
            wrong.push(BadParameter::Twice(name.clone()));
            continue;
        }
        let Some(one) = declared.iter().find(|one| one.name == *name) else {
            let names: Vec<&str> = declared.iter().map(|one| one.name.as_str()).collect();
            let known = if names.is_empty() { "none".to_owned() } else { list(&names, NAMED) };
            wrong.push(BadParameter::Unknown { name: name.clone(), known });
            continue;
        };
        let value = trimmed(one.kind, value);
        if let Some(error) = check(one, value) {
            wrong.push(error);
        } else if one.default.as_deref().is_none_or(|default| !same(one.kind, default, value)) {
            send.push((name.clone(), value.to_owned()));
        }
    }
    for one in declared {
        if one.default.is_none() && !asked.iter().any(|(name, _)| *name == one.name) {
            wrong.push(BadParameter::Missing(one.name.clone()));
        }
    }
    if wrong.is_empty() { Ok(send) } else { Err(wrong) }
}

fn check(one: &PipelineParameter, value: &str) -> Option<BadParameter> {
    let name = one.name.clone();
    if value.chars().count() > LONGEST {
        return Some(BadParameter::TooLong(name));
    }
    let (fits, kind) = match one.kind {
        ParameterKind::String | ParameterKind::Unknown => (true, "a text"),
        ParameterKind::Integer => (value.parse::<i64>().is_ok(), "a whole number"),
        ParameterKind::Float => (value.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
        ParameterKind::Boolean => {
            (["true", "false"].iter().any(|word| word.eq_ignore_ascii_case(value)), "true or false")
        }
    };
    if !fits {
        return Some(BadParameter::Kind { name, kind, value: value.to_owned() });
    }
    let among = one.choices.is_empty() || one.choices.iter().any(|choice| same(one.kind, choice, value));
    (!among).then(|| BadParameter::NotAmong { name, choices: list(&one.choices, NAMED), value: value.to_owned() })
}

/// Spaces around a text belong to it; around a number they do not.
fn trimmed(kind: ParameterKind, value: &str) -> &str {
    match kind {
        ParameterKind::String | ParameterKind::Unknown => value,
        ParameterKind::Integer | ParameterKind::Float | ParameterKind::Boolean => value.trim(),
    }
}

/// Whether two texts mean the same value of a kind: `1` and `01`, `true` and `True`.
fn same(kind: ParameterKind, one: &str, other: &str) -> bool {
    let (one, other) = (trimmed(kind, one), trimmed(kind, other));
    let whole = |text: &str| text.parse::<i64>().ok();
    // Numbers are the same when they are the same to the last bit.
    let bits = |text: &str| text.parse::<f64>().ok().map(f64::to_bits);
    match kind {
        ParameterKind::Integer if whole(one).is_some() => whole(one) == whole(other),
        ParameterKind::Float if bits(one).is_some() => bits(one) == bits(other),
        ParameterKind::Boolean => one.eq_ignore_ascii_case(other),
        _ => one == other,
    }
}

/// The parameters of an execution, in the order of the definition, then those that it does not declare. What was not
/// given has its default.
pub fn given(declared: &[PipelineParameter], told: &[(String, String)]) -> Vec<GivenParameter> {
    let own = declared.iter().filter_map(|one| {
        let value = told.iter().find(|(name, _)| *name == one.name).map(|(_, value)| value).or(one.default.as_ref())?;
        Some(GivenParameter {
            name: one.name.clone(),
            value: value.clone(),
            default: one.default.clone(),
            kind: one.kind,
            is_changed: one.default.as_deref().is_some_and(|default| !same(one.kind, default, value)),
            is_secret: one.is_secret,
        })
    });
    let others = told.iter().filter(|(name, _)| !declared.iter().any(|one| one.name == *name));
    let others = others.map(|(name, value)| GivenParameter {
        name: name.clone(),
        value: value.clone(),
        default: None,
        kind: ParameterKind::Unknown,
        is_changed: false,
        is_secret: false,
    });
    own.chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pipelines::read, sample::PIPELINE};
    use proptest::prelude::*;

    fn declared() -> Vec<PipelineParameter> {
        read(PIPELINE).unwrap().parameters
    }

    fn pairs(asked: &[(&str, &str)]) -> Vec<(String, String)> {
        asked.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn wrong(asked: &[(&str, &str)]) -> Vec<String> {
        to_send(&declared(), &pairs(asked)).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_differs_from_its_default_is_sent() {
        let asked =
            [("Owner", "ana"), ("Depth", " 06 "), ("Rate", "0.10"), ("Dry", "False"), ("Instance", "ml.m5.2xlarge")];
        let sent = to_send(&declared(), &pairs(&asked)).unwrap();
        assert_eq!(sent, pairs(&[("Owner", "ana"), ("Instance", "ml.m5.2xlarge")]));
        let sent = to_send(&declared(), &pairs(&[("Owner", ""), ("Depth", "-3"), ("InputData", " s3://x ")])).unwrap();
        assert_eq!(sent, pairs(&[("Owner", ""), ("Depth", "-3"), ("InputData", " s3://x ")]), "text stays as it is");
    }

    #[test]
    fn each_fault_is_named() {
        let long = "x".repeat(LONGEST + 1);
        let asked = [
            ("Depth", "6.5"),
            ("Rate", "NaN"),
            ("Dry", "yes"),
            ("Instance", "ml.p4d"),
            ("Epochs", "3"),
            ("InputData", long.as_str()),
            ("Depth", "7"),
        ];
        assert_eq!(
            wrong(&asked),
            [
                "Depth takes a whole number, not \"6.5\"",
                "Rate takes a number, not \"NaN\"",
                "Dry takes true or false, not \"yes\"",
                "Instance takes one of ml.m5.xlarge and ml.m5.2xlarge, not \"ml.p4d\"",
                "Epochs is no parameter of the pipeline, which has InputData, Instance, Depth, Rate, Dry, Owner and Group",
                "InputData takes 1,024 characters at most",
                "Depth is given twice",
                "Owner has no default: give it a value",
            ]
        );
        let none = to_send(&[], &pairs(&[("a", "b")])).unwrap_err();
        assert_eq!(none[0].to_string(), "a is no parameter of the pipeline, which has none");
    }

    #[test]
    fn what_an_execution_was_given_stands_beside_the_defaults() {
        let told = given(&declared(), &pairs(&[("Depth", "8"), ("Dry", "False"), ("Gone", "1")]));
        let short: Vec<(&str, &str, bool)> =
            told.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.is_changed)).collect();
        assert_eq!(
            short,
            [
                ("InputData", "s3://lake/features/", false),
                ("Instance", "ml.m5.xlarge", false),
                ("Depth", "8", true),
                ("Rate", "0.1", false),
                ("Dry", "False", false),
                ("Group", "churn-eu", false),
                ("Gone", "1", false),
            ]
        );
    }

    proptest! {
        #[test]
        fn what_is_sent_was_asked_for_and_is_taken_again(values in prop::collection::vec((0_usize..7, "[a-zA-Z0-9. -]{0,8}"), 0..8)) {
            let names = ["InputData", "Instance", "Depth", "Rate", "Dry", "Owner", "Other"];
            let asked: Vec<(String, String)> = values.into_iter().map(|(at, value)| (names[at].to_owned(), value)).collect();
            if let Ok(sent) = to_send(&declared(), &asked) {
                prop_assert!(sent.iter().all(|(name, value)| asked.iter().any(|(n, v)| n == name && v.trim() == value.trim())));
                prop_assert_eq!(to_send(&declared(), &sent), Ok(sent.clone()));
            }
        }
    }
}
