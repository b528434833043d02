//! The writes of the engines: one more run like an earlier one, and the end of one that is on its way. Each takes the
//! guard's permit.
//!
//! EMR Serverless and EMR on EKS take a token, and a call that is repeated with it starts nothing twice. EMR's steps and
//! Glue have none: their calls are sent once, without the SDK's own tries, and whoever lost the answer looks.

mod eks;
mod emr;
mod glue;
mod sagemaker;
mod serverless;

use crate::{AwsError, Call, Session, WritePermit};
use aws_smithy_types::error::operation::BuildError;
use contract::jobs::{JobId, facts::Request};
use std::collections::HashMap;

/// What the service answered to a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    pub run: JobId,
    pub request_id: Option<String>,
}

/// Whether a repeated call with the same token starts nothing twice.
pub fn takes_token(id: &JobId) -> bool {
    matches!(id, JobId::Serverless { .. } | JobId::Eks { .. })
}

/// Asks for a run like `of` (of a cluster, for a step that is new to it) with this request, on the home of `target`. What the request does not hold (tags, retries,
/// keys of logs) is read from the earlier run, where the engine keeps it.
pub async fn start(
    permit: &WritePermit,
    session: &Session,
    of: &JobId,
    target: &JobId,
    request: &Request,
    token: &str,
) -> Result<Started, AwsError> {
    permit.check()?;
    match (target, of) {
        (JobId::Step { cluster, .. }, JobId::Step { .. } | JobId::Cluster { .. }) => {
            emr::start(permit, session, cluster, request).await
        }
        (JobId::Serverless { application, .. }, JobId::Serverless { run, .. }) => {
            serverless::start(permit, session, application, run, request, token).await
        }
        (JobId::Eks { virtual_cluster, .. }, JobId::Eks { run, .. }) => {
            eks::start(permit, session, virtual_cluster, run, request, token).await
        }
        (JobId::Glue { job, .. }, JobId::Glue { .. }) => glue::start(permit, session, job, request).await,
        _ => Err(AwsError::Configuration(format!("A {} cannot be asked for again.", of.noun()))),
    }
}

/// Ends a run that is on its way; the request's id. `force` kills the process of a step instead of asking it.
pub async fn stop(
    permit: &WritePermit,
    session: &Session,
    id: &JobId,
    force: bool,
) -> Result<Option<String>, AwsError> {
    permit.check()?;
    match id {
        JobId::Step { cluster, step } => emr::cancel(session, cluster, step, force).await,
        JobId::Serverless { application, run, .. } => serverless::cancel(session, application, run).await,
        JobId::Eks { virtual_cluster, run } => eks::cancel(session, virtual_cluster, run).await,
        JobId::Glue { job, run } => glue::stop(session, job, run).await,
        JobId::SageMaker { kind, name } => sagemaker::stop(session, *kind, name).await,
        JobId::Cluster { .. } => Err(AwsError::Configuration("A cluster is ended where it is defined.".into())),
        JobId::Lambda { .. } => Err(AwsError::Configuration("An invocation ends by itself.".into())),
    }
}

/// Tags that go along: the service's own cannot be set, and the new run was started by no execution.
fn tags(all: Option<&HashMap<String, String>>) -> Option<HashMap<String, String>> {
    let own = |key: &str, value: &str| !key.starts_with("aws:") && !value.contains(":states:");
    let kept: HashMap<String, String> =
        all?.iter().filter(|(key, value)| own(key, value)).map(|(key, value)| (key.clone(), value.clone())).collect();
    (!kept.is_empty()).then_some(kept)
}

/// A request that the SDK finds incomplete.
fn built<T>(result: Result<T, BuildError>) -> Result<T, AwsError> {
    result.map_err(|error| AwsError::Configuration(error.to_string()))
}

fn no_answer(call: Call, what: &str) -> AwsError {
    AwsError::Unreadable { call, message: format!("the answer holds no {what}") }
}

fn no_program(what: &str) -> AwsError {
    AwsError::Configuration(format!("This is no program of {what}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_execution_and_the_service_are_not_named_again() {
        let all = [
            ("team", "data"),
            ("aws:createdBy", "x"),
            ("execution", "arn:aws:states:eu-west-1:123456789012:execution:daily:1"),
        ];
        let all = all.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let kept = tags(Some(&all)).unwrap();
        assert_eq!(kept, [("team".to_owned(), "data".to_owned())].into());
        assert_eq!(tags(None), None);
    }
}
