//! What the person needs to start or end a run, and what IAM's simulation says of it. It is advice: it never fails, and
//! what cannot be checked is said in one line.

use ::jobs::address::{self, Place};
use aws::{
    AwsError, Session,
    permissions::{Ruling, caller, simulate},
};
use contract::{
    Notice,
    jobs::{
        JobId, SageMakerKind,
        facts::{Request, RunFact},
    },
    plan::Permission,
};
use std::time::Duration;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(6);

/// An action and the resource that a policy names for it.
pub(crate) type Need = (&'static str, String);

/// To ask for a run with this request, where `target` is.
pub(super) async fn to_start(
    session: &Session,
    target: &JobId,
    request: &Request,
) -> (Vec<Permission>, Option<Notice>) {
    let Some(account) = account(session).await else { return (Vec::new(), None) };
    let arn = arn(session, &account, target);
    // What starts is named by what it belongs to: it has no name yet.
    let home = arn.split("/jobruns/").next().unwrap_or(&arn).to_owned();
    let mut needs: Vec<Need> = match target {
        JobId::Step { .. } => vec![("elasticmapreduce:AddJobFlowSteps", home)],
        JobId::Serverless { .. } => vec![("emr-serverless:StartJobRun", home)],
        JobId::Eks { .. } => vec![("emr-containers:StartJobRun", home)],
        JobId::Glue { .. } => vec![("glue:StartJobRun", home)],
        JobId::Cluster { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. } => Vec::new(),
    };
    if let (JobId::Serverless { .. }, Some(role)) = (target, &request.role) {
        needs.push(("iam:PassRole", role.clone()));
    }
    look(session, needs).await
}

/// To end a run.
pub(super) async fn to_stop(session: &Session, run: &RunFact) -> (Vec<Permission>, Option<Notice>) {
    let Some(account) = account(session).await else { return (Vec::new(), None) };
    let arn = run.arn.clone().unwrap_or_else(|| arn(session, &account, &run.id));
    let action = match &run.id {
        JobId::Step { .. } => "elasticmapreduce:CancelSteps",
        JobId::Serverless { .. } => "emr-serverless:CancelJobRun",
        JobId::Eks { .. } => "emr-containers:CancelJobRun",
        JobId::Glue { .. } => "glue:BatchStopJobRun",
        JobId::SageMaker { kind: SageMakerKind::Training, .. } => "sagemaker:StopTrainingJob",
        JobId::SageMaker { kind: SageMakerKind::Processing, .. } => "sagemaker:StopProcessingJob",
        JobId::SageMaker { kind: SageMakerKind::Transform, .. } => "sagemaker:StopTransformJob",
        JobId::SageMaker { kind: SageMakerKind::Tuning, .. } | JobId::Lambda { .. } | JobId::Cluster { .. } => {
            return (Vec::new(), None);
        }
    };
    look(session, vec![(action, arn)]).await
}

async fn account(session: &Session) -> Option<String> {
    session.identity().await.ok().map(|identity| identity.account)
}

fn arn(session: &Session, account: &str, id: &JobId) -> String {
    let partition = ::objects::arn::partition(session.region());
    address::arn(id, &Place { partition, region: session.region(), account })
}

/// What IAM's simulation says of these actions.
pub(crate) async fn look(session: &Session, needs: Vec<Need>) -> (Vec<Permission>, Option<Notice>) {
    let answer = tokio::time::timeout(PATIENCE, ask(session, &needs)).await;
    let (denied, notice) = match answer {
        Ok(Ok(denied)) => {
            let told: Vec<String> = needs
                .iter()
                .filter(|(action, _)| denied.contains(action))
                .map(|(action, resource)| format!("{action} on {resource}"))
                .collect();
            let notice = format!("You may not perform {}: the service will refuse it.", told.join(" and "));
            (denied, (!told.is_empty()).then(|| Notice::warning(notice)))
        }
        Ok(Err(AwsError::Denied { call, .. })) => {
            let why = format!("Your permissions were not checked: you may not perform {}.", call.action);
            (Vec::new(), Some(Notice::info(why)))
        }
        Ok(Err(error)) => (Vec::new(), Some(Notice::info(format!("Your permissions were not checked: {error}.")))),
        Err(_) => {
            let why = format!("Your permissions were not checked: IAM gave no answer in {} s.", PATIENCE.as_secs());
            (Vec::new(), Some(Notice::info(why)))
        }
    };
    let permissions = needs.into_iter().map(|(action, resource)| Permission {
        missing: denied.contains(&action),
        action: action.to_owned(),
        resource,
    });
    (permissions.collect(), notice)
}

/// The actions that simulation denies for certain.
async fn ask(session: &Session, needs: &[Need]) -> Result<Vec<&'static str>, AwsError> {
    let mut denied = Vec::new();
    let Some(principal) = caller(session).await? else { return Ok(denied) };
    for (action, resource) in needs {
        let rulings = simulate(session, &principal, &[*action], std::slice::from_ref(resource)).await?;
        if rulings.first() == Some(&Ruling::Denied) {
            denied.push(*action);
        }
    }
    Ok(denied)
}
