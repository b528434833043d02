//! The writes: decisions about versions, monitors on and off, pipelines. Each takes the guard's permit.
//!
//! A version has no precondition: the last write wins, so whoever decides reads it again before and after. A token
//! keeps a repeated call from being a second decision or a second start; switching a monitor is the same however often
//! it is asked.

use super::client;
use crate::{AwsError, Call, Session, WritePermit, pace::Api};
use aws_sdk_sagemaker::types::{ModelApprovalStatus, ModelLifeCycle, Parameter};
use aws_types::request_id::RequestId as _;
use contract::models::facts::{Approval, Lifecycle};
use std::collections::HashMap;

pub const UPDATE_VERSION: Call = Call::new("UpdateModelPackage", "sagemaker:UpdateModelPackage");
pub const START_SCHEDULE: Call = Call::new("StartMonitoringSchedule", "sagemaker:StartMonitoringSchedule");
pub const STOP_SCHEDULE: Call = Call::new("StopMonitoringSchedule", "sagemaker:StopMonitoringSchedule");
pub const START_PIPELINE: Call = Call::new("StartPipelineExecution", "sagemaker:StartPipelineExecution");
pub const RETRY_PIPELINE: Call = Call::new("RetryPipelineExecution", "sagemaker:RetryPipelineExecution");
pub const STOP_PIPELINE: Call = Call::new("StopPipelineExecution", "sagemaker:StopPipelineExecution");

/// What is changed of a version; what is left empty stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct VersionChange<'a> {
    pub approval: Option<Approval>,
    /// `ApprovalDescription`, 1,024 characters at most. It takes the place of the one before.
    pub comment: Option<&'a str>,
    pub lifecycle: Option<&'a Lifecycle>,
    /// `CustomerMetadataProperties` that are added or overwritten: name and value.
    pub set: &'a [(String, String)],
    /// Names of those that are removed.
    pub remove: &'a [String],
}

/// What a pipeline is started with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PipelineStart<'a> {
    /// Name or ARN.
    pub pipeline: &'a str,
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    /// Those that differ from the defaults of the definition.
    pub parameters: &'a [(String, String)],
}

/// What the service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// ARN of the version or of the pipeline's execution; of a monitor what it was called by.
    pub what: String,
    pub request_id: Option<String>,
}

/// Somebody else changes the thing now. SageMaker says so with the status of a wrong request.
fn conflict(error: AwsError) -> AwsError {
    match error {
        AwsError::Service { call, code, message, request_id, .. } if code == "ConflictException" => {
            AwsError::Changed { call, message, request_id }
        }
        other => other.or_absent(),
    }
}

/// Changes a version. `token` has 1 to 36 characters; [`AwsError::Changed`] if another change is on its way.
pub async fn update_version(
    permit: &WritePermit,
    session: &Session,
    arn: &str,
    change: &VersionChange<'_>,
    token: &str,
) -> Result<Answered, AwsError> {
    if change.approval == Some(Approval::Unknown) {
        return Err(AwsError::Configuration("A version cannot be given an approval that is not known.".into()));
    }
    let lifecycle = change.lifecycle.map(|to| {
        let stage = ModelLifeCycle::builder().stage(&to.stage).stage_status(&to.status);
        stage.set_stage_description(to.description.clone()).build()
    });
    let set: HashMap<String, String> = change.set.iter().cloned().collect();
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let reply = client(session)
        .update_model_package()
        .model_package_arn(arn)
        .set_model_approval_status(change.approval.map(|approval| ModelApprovalStatus::from(approval.code())))
        .set_approval_description(change.comment.map(str::to_owned))
        .set_model_life_cycle(lifecycle)
        .set_customer_metadata_properties((!set.is_empty()).then_some(set))
        .set_customer_metadata_properties_to_remove((!change.remove.is_empty()).then(|| change.remove.to_vec()))
        .client_token(token)
        .send()
        .await
        .map_err(|error| conflict(AwsError::from_sdk(UPDATE_VERSION, error)))?;
    Ok(answered(reply.model_package_arn(), arn, reply.request_id()))
}

/// Lets a stopped schedule run again.
pub async fn start_schedule(permit: &WritePermit, session: &Session, schedule: &str) -> Result<Answered, AwsError> {
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let sent = client(session).start_monitoring_schedule().monitoring_schedule_name(schedule).send().await;
    let reply = sent.map_err(|error| conflict(AwsError::from_sdk(START_SCHEDULE, error)))?;
    Ok(answered(None, schedule, reply.request_id()))
}

/// Stops a schedule; a run that is on its way goes on.
pub async fn stop_schedule(permit: &WritePermit, session: &Session, schedule: &str) -> Result<Answered, AwsError> {
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let sent = client(session).stop_monitoring_schedule().monitoring_schedule_name(schedule).send().await;
    let reply = sent.map_err(|error| conflict(AwsError::from_sdk(STOP_SCHEDULE, error)))?;
    Ok(answered(None, schedule, reply.request_id()))
}

/// Starts a pipeline. `token` has 32 to 128 characters.
pub async fn start_pipeline(
    permit: &WritePermit,
    session: &Session,
    start: PipelineStart<'_>,
    token: &str,
) -> Result<Answered, AwsError> {
    let parameter = |(name, value): &(String, String)| Parameter::builder().name(name).value(value).build();
    let parameters: Vec<Parameter> = start.parameters.iter().map(parameter).collect();
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let reply = client(session)
        .start_pipeline_execution()
        .pipeline_name(start.pipeline)
        .set_pipeline_execution_display_name(start.title.map(str::to_owned))
        .set_pipeline_execution_description(start.description.map(str::to_owned))
        .set_pipeline_parameters((!parameters.is_empty()).then_some(parameters))
        .client_request_token(token)
        .send()
        .await
        .map_err(|error| conflict(AwsError::from_sdk(START_PIPELINE, error)))?;
    match reply.pipeline_execution_arn() {
        Some(arn) => Ok(answered(Some(arn), arn, reply.request_id())),
        None => Err(AwsError::Unreadable { call: START_PIPELINE, message: "the answer holds no execution".into() }),
    }
}

/// Runs an execution on from its failed and stopped steps. `token` has 32 to 128 characters.
pub async fn retry_pipeline(
    permit: &WritePermit,
    session: &Session,
    execution: &str,
    token: &str,
) -> Result<Answered, AwsError> {
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let reply = client(session)
        .retry_pipeline_execution()
        .pipeline_execution_arn(execution)
        .client_request_token(token)
        .send()
        .await
        .map_err(|error| conflict(AwsError::from_sdk(RETRY_PIPELINE, error)))?;
    Ok(answered(reply.pipeline_execution_arn(), execution, reply.request_id()))
}

/// Stops an execution and the jobs that its steps started. `token` has 32 to 128 characters.
pub async fn stop_pipeline(
    permit: &WritePermit,
    session: &Session,
    execution: &str,
    token: &str,
) -> Result<Answered, AwsError> {
    session.pace(Api::SageMaker).await;
    permit.check()?;
    let reply = client(session)
        .stop_pipeline_execution()
        .pipeline_execution_arn(execution)
        .client_request_token(token)
        .send()
        .await
        .map_err(|error| conflict(AwsError::from_sdk(STOP_PIPELINE, error)))?;
    Ok(answered(reply.pipeline_execution_arn(), execution, reply.request_id()))
}

fn answered(said: Option<&str>, asked: &str, request_id: Option<&str>) -> Answered {
    Answered {
        what: said.filter(|said| !said.is_empty()).unwrap_or(asked).to_owned(),
        request_id: request_id.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const TOKEN: &str = "0b8f2c1e-6f2d-4d53-9a44-1c9f3d2b7a10";

    #[tokio::test]
    async fn a_decision_carries_no_more_than_what_changes() {
        let wire =
            Wire::start(|_, _| Reply::json(r#"{"ModelPackageArn": "arn:14"}"#).header("x-amzn-requestid", "r-1"));
        let change = VersionChange {
            approval: Some(Approval::Approved),
            comment: Some("recall is up"),
            ..VersionChange::default()
        };
        let answer = update_version(&wire.permit(), &wire.session, "arn:14", &change, TOKEN).await.unwrap();
        assert_eq!(answer, Answered { what: "arn:14".into(), request_id: Some("r-1".into()) });
        let (call, asked) = wire.only();
        assert_eq!(call, "SageMaker.UpdateModelPackage");
        for part in [
            r#""ModelApprovalStatus":"Approved""#,
            r#""ApprovalDescription":"recall is up""#,
            r#""ClientToken":"0b8f2c1e-6f2d-4d53-9a44-1c9f3d2b7a10""#,
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
        for part in ["ModelLifeCycle", "CustomerMetadata"] {
            assert!(!asked.contains(part), "{part} in {asked}");
        }
    }

    #[tokio::test]
    async fn a_lifecycle_and_signatures_are_written_without_a_decision() {
        let wire = Wire::start(|_, _| Reply::json("{}"));
        let lifecycle = Lifecycle { stage: "QA".into(), status: "Approved".into(), description: Some("canary".into()) };
        let set = [("ops:sig1".to_owned(), "maria".to_owned())];
        let remove = ["ops:draft".to_owned()];
        let change =
            VersionChange { lifecycle: Some(&lifecycle), set: &set, remove: &remove, ..VersionChange::default() };
        let answer = update_version(&wire.permit(), &wire.session, "arn:14", &change, TOKEN).await.unwrap();
        assert_eq!(answer.what, "arn:14", "as it was asked for");
        let (_, asked) = wire.only();
        for part in [
            r#""ModelLifeCycle":{"Stage":"QA","StageStatus":"Approved","StageDescription":"canary"}"#,
            r#""CustomerMetadataProperties":{"ops:sig1":"maria"}"#,
            r#""CustomerMetadataPropertiesToRemove":["ops:draft"]"#,
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
        assert!(!asked.contains("ModelApprovalStatus"), "{asked}");
    }

    #[tokio::test]
    async fn a_conflict_is_a_change_by_another_and_nothing_unknown_is_sent() {
        let wire = Wire::start(|_, _| Reply::fault("ConflictException", "another update is in progress"));
        let change = VersionChange { approval: Some(Approval::Rejected), ..VersionChange::default() };
        let error = update_version(&wire.permit(), &wire.session, "arn:14", &change, TOKEN).await.unwrap_err();
        assert!(matches!(&error, AwsError::Changed { call, .. } if *call == UPDATE_VERSION), "{error}");
        let unknown = VersionChange { approval: Some(Approval::Unknown), ..VersionChange::default() };
        let error = update_version(&wire.permit(), &wire.session, "arn:14", &unknown, TOKEN).await.unwrap_err();
        assert!(matches!(error, AwsError::Configuration(_)), "{error}");
        assert_eq!(wire.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_permit_that_has_ended_sends_nothing() {
        let wire = Wire::start(|_, _| Reply::json("{}"));
        let permit = wire.permit();
        start_schedule(&permit, &wire.session, "churn-data").await.unwrap();
        wire.lock();
        let change = VersionChange { approval: Some(Approval::Approved), ..VersionChange::default() };
        let refused = [
            update_version(&permit, &wire.session, "arn:14", &change, TOKEN).await,
            start_schedule(&permit, &wire.session, "s").await,
            stop_schedule(&permit, &wire.session, "s").await,
            retry_pipeline(&permit, &wire.session, "e", TOKEN).await,
            stop_pipeline(&permit, &wire.session, "e", TOKEN).await,
        ];
        assert!(refused.iter().all(|result| matches!(result, Err(AwsError::Refused(_)))), "{refused:?}");
        assert_eq!(wire.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_pipeline_is_started_with_its_parameters_and_a_token() {
        let wire = Wire::start(|call, _| match call {
            "SageMaker.StartPipelineExecution" => Reply::json(r#"{"PipelineExecutionArn": "arn:run"}"#),
            _ => Reply::fault("ResourceNotFound", "gone"),
        });
        let parameters = [("Rows".to_owned(), "10".to_owned())];
        let start =
            PipelineStart { pipeline: "churn-train", title: Some("again"), description: None, parameters: &parameters };
        let started = start_pipeline(&wire.permit(), &wire.session, start, TOKEN).await.unwrap();
        assert_eq!(started.what, "arn:run");
        let (_, asked) = wire.only();
        for part in [
            r#""PipelineParameters":[{"Name":"Rows","Value":"10"}]"#,
            r#""ClientRequestToken":"0b8f2c1e-6f2d-4d53-9a44-1c9f3d2b7a10""#,
            r#""PipelineExecutionDisplayName":"again""#,
        ] {
            assert!(asked.contains(part), "{part} in {asked}");
        }
        let gone = stop_pipeline(&wire.permit(), &wire.session, "arn:gone", TOKEN).await.unwrap_err();
        assert!(gone.is_absent(), "{gone}");
    }
}
