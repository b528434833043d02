//! What was done to versions, as lineage keeps it: changes of their lifecycle, approvals.

use super::{PAGE, client, who, word};
use crate::{
    AwsError, Call, Session,
    jobs::{pairs, text},
    pace::Api,
    time::timestamp,
};
use aws_sdk_sagemaker::types::ActionSummary;
use contract::models::facts::ActionFact;

const LIST: Call = Call::new("ListActions", "sagemaker:ListActions");
const DESCRIBE: Call = Call::new("DescribeAction", "sagemaker:DescribeAction");

/// An action as the list gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionItem {
    pub name: String,
    /// What it was done to: the ARN of a version, most often.
    pub source: Option<String>,
    /// Without description, properties and who did it, which only [`action`] says.
    pub fact: ActionFact,
}

/// One page of actions, newest first, and the token of the next: of a source, such as the ARN of a version, or of a
/// kind, such as `ModelLifeCycle`.
pub async fn actions_page(
    session: &Session,
    source: Option<&str>,
    kind: Option<&str>,
    token: Option<String>,
) -> Result<(Vec<ActionItem>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST.name)).await;
    let reply = client(session)
        .list_actions()
        .set_source_uri(source.map(str::to_owned))
        .set_action_type(kind.map(str::to_owned))
        .sort_by("CreationTime".into())
        .sort_order("Descending".into())
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error).or_absent())?;
    let actions = reply.action_summaries().iter().filter_map(listed).collect();
    Ok((actions, text(reply.next_token())))
}

fn listed(item: &ActionSummary) -> Option<ActionItem> {
    let fact = ActionFact {
        at: item.creation_time().map(timestamp)?,
        kind: item.action_type().unwrap_or_default().to_owned(),
        status: word(item.status()),
        ..ActionFact::default()
    };
    let source = text(item.source().and_then(|source| source.source_uri()));
    Some(ActionItem { name: text(item.action_name())?, source, fact })
}

/// An action by its name.
pub async fn action(session: &Session, name: &str) -> Result<ActionFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE.name)).await;
    let found = client(session)
        .describe_action()
        .action_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error).or_absent())?;
    let unreadable = || AwsError::Unreadable { call: DESCRIBE, message: "the answer holds no time".into() };
    Ok(ActionFact {
        at: found.creation_time().map(timestamp).ok_or_else(unreadable)?,
        kind: found.action_type().unwrap_or_default().to_owned(),
        status: word(found.status()),
        description: text(found.description()),
        by: who(found.created_by()).or_else(|| who(found.last_modified_by())),
        properties: pairs(found.properties()),
        ..ActionFact::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    #[tokio::test]
    async fn the_list_names_actions_and_a_description_says_who_did_what() {
        let wire = Wire::start(|call, _| match call {
            "SageMaker.ListActions" => Reply::json(
                r#"{"ActionSummaries": [
                  {"ActionName": "to-production", "ActionType": "ModelLifeCycle", "Status": "Completed", "CreationTime": 1763510400,
                   "Source": {"SourceUri": "arn:package/14", "SourceType": "ARN"}},
                  {"ActionName": "timeless"}], "NextToken": "more"}"#,
            ),
            _ => Reply::json(
                r#"{"ActionName": "to-production", "ActionType": "ModelLifeCycle", "Status": "Completed", "CreationTime": 1763510400,
                  "Description": "canary was fine", "Properties": {"Stage": "Production", "PreviousStage": "QA"},
                  "CreatedBy": {}, "LastModifiedBy": {"IamIdentity": {"PrincipalId": "AROA1:maria"}}}"#,
            ),
        });
        let (actions, token) = actions_page(&wire.session, Some("arn:package/14"), None, None).await.unwrap();
        assert!(wire.only().1.contains(r#""SourceUri":"arn:package/14""#), "{:?}", wire.seen());
        let [listed] = actions.as_slice() else { panic!("{actions:?}") };
        assert_eq!((listed.source.as_deref(), token.as_deref()), (Some("arn:package/14"), Some("more")));
        let fact = action(&wire.session, &listed.name).await.unwrap();
        assert_eq!(fact.by.unwrap().principal.as_deref(), Some("AROA1:maria"));
        assert_eq!(fact.properties[0], ("PreviousStage".to_owned(), "QA".to_owned()));
        assert_eq!(
            (fact.at, fact.kind, fact.status),
            (listed.fact.at, listed.fact.kind.clone(), Some("Completed".to_owned()))
        );
    }
}
