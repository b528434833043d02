//! Secrets among the parameters of a pipeline, covered before anybody sees them. A parameter is called like one, or its value
//! names one inside, as the address of a database does. Numbers, and words that a definition lists, are none.

use ::jobs::{parameters::is_secret, secrets::COVER};
use contract::models::{GivenParameter, ParameterKind, PipelineParameter};

fn hides(declared: &[PipelineParameter], name: &str, value: &str) -> bool {
    let is_free = |one: &PipelineParameter| {
        one.choices.is_empty() && matches!(one.kind, ParameterKind::String | ParameterKind::Unknown)
    };
    declared.iter().find(|one| one.name == name).is_none_or(is_free) && is_secret(name, value)
}

/// What a definition declares, as it may be shown.
pub(super) fn declared(all: &[PipelineParameter]) -> Vec<PipelineParameter> {
    let covered = all.iter().map(|one| {
        let is_secret = hides(all, &one.name, one.default.as_deref().unwrap_or_default());
        let default = one.default.clone().map(|default| if is_secret { COVER.to_owned() } else { default });
        PipelineParameter { default, is_secret, ..one.clone() }
    });
    covered.collect()
}

/// What an execution was given, as it may be shown.
pub(super) fn given(definition: &[PipelineParameter], all: Vec<GivenParameter>) -> Vec<GivenParameter> {
    let covered = all.into_iter().map(|mut one| {
        let is_hidden = |value: &str| hides(definition, &one.name, value);
        let (is_secret, hides_default) = (is_hidden(&one.value), one.default.as_deref().is_some_and(is_hidden));
        if is_secret {
            COVER.clone_into(&mut one.value);
        }
        if hides_default {
            one.default = Some(COVER.to_owned());
        }
        GivenParameter { is_secret, ..one }
    });
    covered.collect()
}

/// What a start sends, as it may be shown.
pub(super) fn sent(definition: &[PipelineParameter], all: &[(String, String)]) -> Vec<(String, String)> {
    let covered = all.iter().map(|(name, value)| {
        let shown = if hides(definition, name, value) { COVER } else { value.as_str() };
        (name.clone(), shown.to_owned())
    });
    covered.collect()
}

/// The parameter whose value is one that was shown in the place of a secret.
pub(super) fn covered(asked: &[(String, String)]) -> Option<&str> {
    asked.iter().find(|(_, value)| value.contains(COVER)).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(name: &str, kind: ParameterKind, default: Option<&str>, choices: &[&str]) -> PipelineParameter {
        let choices = choices.iter().map(|one| (*one).to_owned()).collect();
        PipelineParameter { name: name.into(), kind, default: default.map(Into::into), choices, is_secret: false }
    }

    fn definition() -> Vec<PipelineParameter> {
        vec![
            parameter("DbPassword", ParameterKind::String, Some("changeme"), &[]),
            parameter("Source", ParameterKind::String, Some("jdbc:none"), &[]),
            parameter("MaxTokens", ParameterKind::Integer, Some("512"), &[]),
            parameter("TokenKind", ParameterKind::String, Some("word"), &["word", "byte"]),
        ]
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_default_that_is_a_secret_is_covered() {
        let shown = declared(&definition());
        let defaults: Vec<_> = shown.iter().map(|one| (one.default.as_deref(), one.is_secret)).collect();
        let clear = |text| (Some(text), false);
        assert_eq!(defaults, [(Some(COVER), true), clear("jdbc:none"), clear("512"), clear("word")]);
    }

    #[test]
    fn what_was_given_is_covered_by_its_name_and_by_what_it_names() {
        let jdbc = "jdbc:postgresql://db/x?user=a&password=hunter2";
        let told =
            [pair("DbPassword", "hunter2"), pair("Source", jdbc), pair("MaxTokens", "64"), pair("ApiKey", "hunter2")];
        let definition = definition();
        let shown = given(&definition, ::models::pipelines::given(&definition, &told));
        assert!(!format!("{shown:?}").contains("hunter2") && !format!("{shown:?}").contains("changeme"), "{shown:?}");
        let secret: Vec<&str> = shown.iter().filter(|one| one.is_secret).map(|one| one.name.as_str()).collect();
        assert_eq!(secret, ["DbPassword", "Source", "ApiKey"]);
        assert!(shown[0].is_changed, "that it is another one is told");
        assert_eq!(
            sent(&definition, &told),
            [pair("DbPassword", COVER), pair("Source", COVER), pair("MaxTokens", "64"), pair("ApiKey", COVER)]
        );
    }

    #[test]
    fn a_cover_is_no_value() {
        assert_eq!(covered(&[pair("A", "1"), pair("DbPassword", &format!("{COVER}x"))]), Some("DbPassword"));
        assert_eq!(covered(&[pair("A", "1")]), None);
    }
}
