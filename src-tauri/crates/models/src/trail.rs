//! CloudTrail's records of what was done to a version ("CloudTrail record contents").
//!
//! A record is JSON of another service's making: what of it can be read is read, and a record of which nothing can be
//! read still says who called what and when.

use contract::models::facts::{ActionFact, TrailFact, Who};
use serde_json::{Map, Value};

/// The calls that make and change versions.
pub const CREATE: &str = "CreateModelPackage";
pub const UPDATE: &str = "UpdateModelPackage";

/// Whether a record is about this version, by what was asked or answered.
pub fn concerns(record: &TrailFact, arn: &str) -> bool {
    let Some(whole) = whole(record) else { return false };
    let named = |part: &str| {
        let fields = whole.get(part).and_then(Value::as_object)?;
        ["modelPackageArn", "modelPackageName"].iter().find_map(|name| text(fields, name))
    };
    // The service writes names in package ARNs in lower case at times.
    ["requestParameters", "responseElements"]
        .iter()
        .filter_map(|part| named(part))
        .any(|named| named.eq_ignore_ascii_case(arn))
}

/// A record as an action.
pub fn action(record: &TrailFact) -> ActionFact {
    let bare = ActionFact { at: record.at, kind: record.name.clone(), ..ActionFact::default() };
    let user = record.user.clone();
    let Some(whole) = whole(record) else {
        return ActionFact { by: user.map(|user| Who { source_identity: Some(user), ..Who::default() }), ..bare };
    };
    let identity = whole.get("userIdentity").and_then(Value::as_object);
    let by = identity.map(who).filter(|who| *who != Who::default());
    let parameters = whole.get("requestParameters").and_then(Value::as_object);
    ActionFact {
        by: by.or_else(|| user.map(|user| Who { source_identity: Some(user), ..Who::default() })),
        properties: parameters.map(properties).unwrap_or_default(),
        from: text(&whole, "sourceIPAddress"),
        error: text(&whole, "errorCode"),
        ..bare
    }
}

/// Who registered a version, as CloudTrail has it.
pub fn maker(trail: &[ActionFact]) -> Option<&Who> {
    trail.iter().find(|action| action.kind == CREATE && action.error.is_none()).and_then(|action| action.by.as_ref())
}

fn whole(record: &TrailFact) -> Option<Map<String, Value>> {
    match serde_json::from_str(record.record.as_deref()?) {
        Ok(Value::Object(whole)) => Some(whole),
        _ => None,
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// "CloudTrail userIdentity element".
fn who(identity: &Map<String, Value>) -> Who {
    let context = identity.get("sessionContext").and_then(Value::as_object);
    let issuer = context.and_then(|context| context.get("sessionIssuer")).and_then(Value::as_object);
    Who {
        profile: None,
        arn: text(identity, "arn").or_else(|| issuer.and_then(|issuer| text(issuer, "arn"))),
        principal: text(identity, "principalId"),
        source_identity: context.and_then(|context| text(context, "sourceIdentity")),
    }
}

/// What was asked for, by name; what is no text stays JSON.
fn properties(parameters: &Map<String, Value>) -> Vec<(String, String)> {
    let property = |(name, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::String(text) => Some((name.clone(), text.clone())),
        other => Some((name.clone(), other.to_string())),
    };
    parameters.iter().filter_map(property).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{arn, at};
    use proptest::prelude::*;
    use serde_json::json;

    fn record(whole: &str) -> TrailFact {
        TrailFact {
            at: at("2026-11-20T10:00:00Z"),
            name: UPDATE.into(),
            user: Some("maria".into()),
            record: Some(whole.into()),
        }
    }

    #[test]
    fn a_record_says_who_what_and_from_where() {
        let whole = r#"{
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole", "principalId": "AROAEXAMPLE:botocore-session-17",
                "arn": "arn:aws:sts::123456789012:assumed-role/Scientist/botocore-session-17",
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123456789012:role/Scientist"},
                    "sourceIdentity": "maria"
                }
            },
            "sourceIPAddress": "192.0.2.17",
            "requestParameters": {
                "modelPackageArn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-eu/7",
                "modelApprovalStatus": "Approved",
                "customerMetadataProperties": {"ops:sig1": "x"}, "sourceUri": null
            },
            "responseElements": null
        }"#;
        let record = record(whole);
        assert!(concerns(&record, &arn(7)) && concerns(&record, &arn(7).to_uppercase()) && !concerns(&record, &arn(8)));
        let action = action(&record);
        let by = action.by.as_ref().unwrap();
        assert_eq!(by.source_identity.as_deref(), Some("maria"));
        assert_eq!(by.principal.as_deref(), Some("AROAEXAMPLE:botocore-session-17"));
        assert_eq!((action.from.as_deref(), action.error.as_deref()), (Some("192.0.2.17"), None));
        let value = |name: &str| action.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        assert_eq!(value("modelApprovalStatus"), Some("Approved"));
        assert_eq!(value("customerMetadataProperties"), Some(r#"{"ops:sig1":"x"}"#));
        assert_eq!(value("sourceUri"), None);
    }

    #[test]
    fn what_was_refused_and_what_cannot_be_read_are_said() {
        let refused = action(&record(r#"{"errorCode": "AccessDenied", "sourceIPAddress": "sagemaker.amazonaws.com"}"#));
        assert_eq!(refused.error.as_deref(), Some("AccessDenied"));
        assert_eq!(refused.by.unwrap().source_identity.as_deref(), Some("maria"), "as the list names the caller");
        let cut = record(r#"{"userIdentity": {"#);
        assert!(!concerns(&cut, &arn(7)));
        assert_eq!(action(&cut).by.unwrap().source_identity.as_deref(), Some("maria"));
        let made = ActionFact { kind: CREATE.into(), ..action(&cut) };
        assert_eq!(maker(&[action(&cut), made]).unwrap().source_identity.as_deref(), Some("maria"));
    }

    proptest! {
        #[test]
        fn any_record_is_read(whole in "\\PC{0,200}", part in "\\PC{0,40}") {
            let records = [record(&whole), record(&json!({"userIdentity": part, "requestParameters": [part]}).to_string())];
            for record in records {
                let action = action(&record);
                prop_assert_eq!((action.at, action.kind.as_str()), (record.at, UPDATE));
                prop_assert!(!concerns(&record, "arn:none"));
            }
        }
    }
}
