//! SageMaker's models: the registry, where models serve, what watches them, the pipelines that make them, and the
//! writes.
//!
//! What always holds: every call of SageMaker and ECR is paced, because its quotas are shared with what runs in the
//! account; one page is one call; and words of the service stay as they are, also those that are newer than this program.
//! What to conclude from the facts is for the crate `models`.

pub mod deployed;
pub mod endpoints;
pub mod evidence;
pub mod history;
pub mod images;
pub mod lineage;
pub mod metrics;
pub mod monitors;
pub mod pipelines;
pub mod registry;
pub mod write;

use crate::{AwsError, Call, Session, jobs::text, pace::Api};
use aws_sdk_sagemaker::{
    Client,
    operation::search::SearchOutput,
    types::{ContainerDefinition, CrossAccountFilterOption, ResourceType, SearchExpression, UserContext},
};
use contract::models::facts::Who;

const SEARCH: Call = Call::new("Search", "sagemaker:Search");

/// Entries of a page, the limit of every list and search.
const PAGE: i32 = 100;

/// Whose resources are searched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Accounts {
    #[default]
    Own,
    /// Those that other accounts share with this one.
    Others,
}

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of a search. What it finds may lag behind by seconds: before a decision a thing is described.
async fn search(
    session: &Session,
    resource: ResourceType,
    accounts: Accounts,
    expression: Option<SearchExpression>,
    token: Option<String>,
) -> Result<SearchOutput, AwsError> {
    session.pace(Api::SageMaker(SEARCH.name)).await;
    let others = (accounts == Accounts::Others).then_some(CrossAccountFilterOption::CrossAccount);
    client(session)
        .search()
        .resource(resource)
        .max_results(PAGE)
        .set_cross_account_filter_option(others)
        .set_search_expression(expression)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(SEARCH, error))
}

/// The service's word.
fn word<W: AsRef<str>>(word: Option<&W>) -> Option<String> {
    text(word.map(|word| word.as_ref()))
}

/// The service's word for a state, which is never missing but in answers of servers that are not AWS.
fn state<W: AsRef<str>>(state: Option<&W>) -> String {
    word(state).unwrap_or_else(|| "Unknown".to_owned())
}

fn who(context: Option<&UserContext>) -> Option<Who> {
    let context = context?;
    let iam = context.iam_identity();
    let who = Who {
        profile: text(context.user_profile_name()),
        arn: text(iam.and_then(|iam| iam.arn())),
        principal: text(iam.and_then(|iam| iam.principal_id())),
        source_identity: text(iam.and_then(|iam| iam.source_identity())),
    };
    (who != Who::default()).then_some(who)
}

/// The version that a model was made from: the one container's, or the first that has one.
fn package(primary: Option<&ContainerDefinition>, containers: &[ContainerDefinition]) -> Option<String> {
    primary.into_iter().chain(containers).find_map(|container| text(container.model_package_name()))
}
