//! SageMaker pipelines: their definitions, their executions and what each step made.

use super::{PAGE, client, state, who, word};
use crate::{
    AwsError, Call, Session,
    jobs::{small, text},
    pace::Api,
    time::timestamp,
};
use aws_sdk_sagemaker::types::{
    PipelineExecutionStep, PipelineExecutionStepMetadata, PipelineExecutionSummary, PipelineSummary,
};
use contract::{
    jobs::{JobId, SageMakerKind},
    models::facts::{PipelineExecutionFact, PipelineFact, PipelineStepFact, StepMade},
};

const LIST: Call = Call::new("ListPipelines", "sagemaker:ListPipelines");
const DESCRIBE: Call = Call::new("DescribePipeline", "sagemaker:DescribePipeline");
const LIST_EXECUTIONS: Call = Call::new("ListPipelineExecutions", "sagemaker:ListPipelineExecutions");
const DESCRIBE_EXECUTION: Call = Call::new("DescribePipelineExecution", "sagemaker:DescribePipelineExecution");
const DEFINITION: Call =
    Call::new("DescribePipelineDefinitionForExecution", "sagemaker:DescribePipelineDefinitionForExecution");
const LIST_STEPS: Call = Call::new("ListPipelineExecutionSteps", "sagemaker:ListPipelineExecutionSteps");
const LIST_PARAMETERS: Call =
    Call::new("ListPipelineParametersForExecution", "sagemaker:ListPipelineParametersForExecution");

/// One page of the region's pipelines, newest first, and the token of the next.
pub async fn page(session: &Session, token: Option<String>) -> Result<(Vec<PipelineFact>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST.name)).await;
    let reply = client(session)
        .list_pipelines()
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let pipelines = reply.pipeline_summaries().iter().filter_map(listed).collect();
    Ok((pipelines, text(reply.next_token())))
}

fn listed(item: &PipelineSummary) -> Option<PipelineFact> {
    Some(PipelineFact {
        name: text(item.pipeline_name())?,
        arn: item.pipeline_arn().unwrap_or_default().to_owned(),
        title: text(item.pipeline_display_name()),
        description: text(item.pipeline_description()),
        created: item.creation_time().map(timestamp),
        modified: item.last_modified_time().map(timestamp),
        last_run: item.last_execution_time().map(timestamp),
        role: text(item.role_arn()),
        definition: None,
    })
}

/// A pipeline by its name or ARN, with its definition as it is now.
pub async fn describe(session: &Session, name: &str) -> Result<PipelineFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE.name)).await;
    let found = client(session)
        .describe_pipeline()
        .pipeline_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error).or_absent())?;
    Ok(PipelineFact {
        name: text(found.pipeline_name()).unwrap_or_else(|| name.to_owned()),
        arn: found.pipeline_arn().unwrap_or_default().to_owned(),
        title: text(found.pipeline_display_name()),
        description: text(found.pipeline_description()),
        created: found.creation_time().map(timestamp),
        modified: found.last_modified_time().map(timestamp),
        last_run: found.last_run_time().map(timestamp),
        role: text(found.role_arn()),
        definition: text(found.pipeline_definition()),
    })
}

/// One page of a pipeline's executions, newest first, and the token of the next. Their parameters are not read.
pub async fn executions_page(
    session: &Session,
    pipeline: &str,
    token: Option<String>,
) -> Result<(Vec<PipelineExecutionFact>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST_EXECUTIONS.name)).await;
    let reply = client(session)
        .list_pipeline_executions()
        .pipeline_name(pipeline)
        .sort_by("CreationTime".into())
        .sort_order("Descending".into())
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_EXECUTIONS, error).or_absent())?;
    let found = reply.pipeline_execution_summaries().iter();
    let executions = found.filter_map(|item| execution_listed(pipeline, item)).collect();
    Ok((executions, text(reply.next_token())))
}

fn execution_listed(pipeline: &str, item: &PipelineExecutionSummary) -> Option<PipelineExecutionFact> {
    let arn = text(item.pipeline_execution_arn())?;
    Some(PipelineExecutionFact {
        pipeline: pipeline_of(&arn).unwrap_or(pipeline).to_owned(),
        arn,
        title: text(item.pipeline_execution_display_name()),
        description: text(item.pipeline_execution_description()),
        status: state(item.pipeline_execution_status()),
        reason: text(item.pipeline_execution_failure_reason()),
        started: item.start_time().map(timestamp),
        modified: None,
        by: None,
        parameters: None,
    })
}

/// `arn:aws:sagemaker:…:pipeline/NAME/execution/ID` to its name.
fn pipeline_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":pipeline/")?;
    rest.split('/').next().filter(|name| !name.is_empty())
}

/// An execution by its ARN, with its parameters.
pub async fn execution(session: &Session, arn: &str) -> Result<PipelineExecutionFact, AwsError> {
    let fact = execution_alone(session, arn).await?;
    // A refusal of the parameters alone leaves the rest.
    let parameters = match parameters(session, arn).await {
        Ok(parameters) => Some(parameters),
        Err(AwsError::Denied { .. }) => None,
        Err(error) => return Err(error),
    };
    Ok(PipelineExecutionFact { parameters, ..fact })
}

/// An execution by its ARN, in one call: its parameters are not read.
pub async fn execution_alone(session: &Session, arn: &str) -> Result<PipelineExecutionFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_EXECUTION.name)).await;
    let found = client(session)
        .describe_pipeline_execution()
        .pipeline_execution_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_EXECUTION, error).or_absent())?;
    Ok(PipelineExecutionFact {
        arn: arn.to_owned(),
        pipeline: pipeline_of(arn).unwrap_or_default().to_owned(),
        title: text(found.pipeline_execution_display_name()),
        description: text(found.pipeline_execution_description()),
        status: state(found.pipeline_execution_status()),
        reason: text(found.failure_reason()),
        started: found.creation_time().map(timestamp),
        modified: found.last_modified_time().map(timestamp),
        by: who(found.created_by()),
        parameters: None,
    })
}

/// What an execution was given, 200 at most by the service's limit.
async fn parameters(session: &Session, arn: &str) -> Result<Vec<(String, String)>, AwsError> {
    let mut all = Vec::new();
    let mut token = None;
    loop {
        session.pace(Api::SageMaker(LIST_PARAMETERS.name)).await;
        let reply = client(session)
            .list_pipeline_parameters_for_execution()
            .pipeline_execution_arn(arn)
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_PARAMETERS, error).or_absent())?;
        let named = reply.pipeline_parameters().iter();
        all.extend(named.filter_map(|it| Some((it.name()?.to_owned(), it.value().unwrap_or_default().to_owned()))));
        token = text(reply.next_token());
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// The definition as it was for an execution, JSON.
pub async fn definition_for(session: &Session, arn: &str) -> Result<String, AwsError> {
    session.pace(Api::SageMaker(DEFINITION.name)).await;
    let found = client(session)
        .describe_pipeline_definition_for_execution()
        .pipeline_execution_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DEFINITION, error).or_absent())?;
    text(found.pipeline_definition())
        .ok_or_else(|| AwsError::Unreadable { call: DEFINITION, message: "the answer holds no definition".into() })
}

/// One page of the steps that an execution has begun, in their order, and the token of the next.
pub async fn steps_page(
    session: &Session,
    arn: &str,
    token: Option<String>,
) -> Result<(Vec<PipelineStepFact>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST_STEPS.name)).await;
    let reply = client(session)
        .list_pipeline_execution_steps()
        .pipeline_execution_arn(arn)
        .sort_order("Ascending".into())
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_STEPS, error).or_absent())?;
    let steps = reply.pipeline_execution_steps().iter().filter_map(step).collect();
    Ok((steps, text(reply.next_token())))
}

fn step(item: &PipelineExecutionStep) -> Option<PipelineStepFact> {
    Some(PipelineStepFact {
        name: text(item.step_name())?,
        title: text(item.step_display_name()),
        status: state(item.step_status()),
        reason: text(item.failure_reason()),
        started: item.start_time().map(timestamp),
        ended: item.end_time().map(timestamp),
        attempts: item.attempt_count().and_then(small).unwrap_or(0),
        cached_from: text(item.cache_hit_result().and_then(|hit| hit.source_pipeline_execution_arn())),
        made: item.metadata().and_then(made),
    })
}

fn made(all: &PipelineExecutionStepMetadata) -> Option<StepMade> {
    let run = |kind: SageMakerKind, arn: Option<&str>| {
        let name = arn?.rsplit('/').next()?.to_owned();
        Some(StepMade::Run(JobId::SageMaker { kind, name }))
    };
    let other = |kind: &str, id: Option<&str>| Some(StepMade::Other { kind: kind.to_owned(), id: text(id)? });
    if let Some(job) = all.training_job() {
        return run(SageMakerKind::Training, job.arn());
    }
    // Checks of quality and of bias run as processing jobs.
    let processing = all.processing_job().and_then(|job| job.arn());
    let processing = processing.or_else(|| all.quality_check()?.check_job_arn());
    if let Some(arn) = processing.or_else(|| all.clarify_check()?.check_job_arn()) {
        return run(SageMakerKind::Processing, Some(arn));
    }
    if let Some(job) = all.transform_job() {
        return run(SageMakerKind::Transform, job.arn());
    }
    if let Some(job) = all.tuning_job() {
        return run(SageMakerKind::Tuning, job.arn());
    }
    if let Some(step) = all.emr() {
        let (cluster, step) = (text(step.cluster_id())?, text(step.step_id())?);
        return Some(StepMade::Run(JobId::Step { cluster, step }));
    }
    if let Some(job) = all.emr_serverless() {
        let (application, run) = (text(job.application_id())?, text(job.job_run_id())?);
        return Some(StepMade::Run(JobId::Serverless { application, run, attempt: None }));
    }
    if let Some(package) = all.register_model() {
        return text(package.arn()).map(StepMade::Package);
    }
    if let Some(model) = all.model() {
        return text(model.arn()).map(StepMade::Model);
    }
    if let Some(condition) = all.condition() {
        return Some(StepMade::Condition { outcome: word(condition.outcome()) });
    }
    if let Some(fail) = all.fail() {
        return text(fail.error_message()).map(StepMade::Failure);
    }
    let others = [
        // The request of the function is not said, so there is no run to show.
        ("Lambda", all.lambda().and_then(|it| it.arn())),
        ("Callback", all.callback().and_then(|it| it.callback_token())),
        ("AutoMLJob", all.auto_ml_job().and_then(|it| it.arn())),
        ("Endpoint", all.endpoint().and_then(|it| it.arn())),
        ("EndpointConfig", all.endpoint_config().and_then(|it| it.arn())),
        ("InferenceComponent", all.inference_component().and_then(|it| it.arn())),
        ("Athena", all.athena().and_then(|it| it.query_execution_id())),
        ("Job", all.job().and_then(|it| it.arn())),
        ("BedrockCustomModel", all.bedrock_custom_model().and_then(|it| it.arn())),
    ];
    others.into_iter().find_map(|(kind, id)| other(kind, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn-train/execution/ab12";

    #[tokio::test]
    async fn steps_say_what_they_made() {
        let wire = Wire::start(|_, _| {
            Reply::json(
                r#"{"PipelineExecutionSteps": [
                  {"StepName": "Prepare", "StepStatus": "Succeeded", "StartTime": 1763510400, "EndTime": 1763510700, "AttemptCount": 2,
                   "CacheHitResult": {"SourcePipelineExecutionArn": "arn:earlier"},
                   "Metadata": {"ProcessingJob": {"Arn": "arn:aws:sagemaker:eu-west-1:123456789012:processing-job/prep-1"}}},
                  {"StepName": "Check", "StepStatus": "Failed", "FailureReason": "violations",
                   "Metadata": {"ClarifyCheck": {"CheckType": "DATA_BIAS", "CheckJobArn": "arn:aws:sagemaker:x:1:processing-job/bias-1"}}},
                  {"StepName": "Spark", "Metadata": {"EMR": {"ClusterId": "j-1", "StepId": "s-1", "StepName": "s"}}},
                  {"StepName": "Gate", "StepStatus": "Succeeded", "Metadata": {"Condition": {"Outcome": "False"}}},
                  {"StepName": "Register", "StepStatus": "Executing", "Metadata": {"RegisterModel": {"Arn": "arn:package/14"}}},
                  {"StepName": "Stop", "StepStatus": "Failed", "Metadata": {"Fail": {"ErrorMessage": "recall below 0.7"}}},
                  {"StepName": "Call", "StepStatus": "Succeeded", "Metadata": {"Lambda": {"Arn": "arn:lambda"}}},
                  {"StepName": "Wait", "StepStatus": "Starting"}
                ]}"#,
            )
        });
        let (steps, token) = steps_page(&wire.session, ARN, None).await.unwrap();
        assert_eq!(token, None);
        let job = |kind, name: &str| Some(StepMade::Run(JobId::SageMaker { kind, name: name.to_owned() }));
        let made: Vec<_> = steps.iter().map(|step| step.made.clone()).collect();
        assert_eq!(
            made,
            [
                job(SageMakerKind::Processing, "prep-1"),
                job(SageMakerKind::Processing, "bias-1"),
                Some(StepMade::Run(JobId::Step { cluster: "j-1".into(), step: "s-1".into() })),
                Some(StepMade::Condition { outcome: Some("False".into()) }),
                Some(StepMade::Package("arn:package/14".into())),
                Some(StepMade::Failure("recall below 0.7".into())),
                Some(StepMade::Other { kind: "Lambda".into(), id: "arn:lambda".into() }),
                None,
            ]
        );
        assert_eq!((steps[0].attempts, steps[0].cached_from.as_deref()), (2, Some("arn:earlier")));
        assert_eq!((steps[1].reason.as_deref(), steps[2].status.as_str()), (Some("violations"), "Unknown"));
    }

    #[tokio::test]
    async fn an_execution_whose_parameters_are_refused_is_shown_without_them() {
        let described = r#"{"PipelineExecutionStatus": "Failed", "FailureReason": "Step failure", "CreationTime": 1763510400,
          "CreatedBy": {"UserProfileName": "maria"}}"#;
        let wire = Wire::start(move |call, body| match call {
            "SageMaker.DescribePipelineExecution" => Reply::json(described),
            _ if body.contains("denied") => Reply::fault("AccessDeniedException", "no"),
            _ => Reply::json(r#"{"PipelineParameters": [{"Name": "Rows", "Value": "10"}, {"Name": "Empty"}]}"#),
        });
        let found = execution(&wire.session, ARN).await.unwrap();
        assert_eq!((found.pipeline.as_str(), found.status.as_str()), ("churn-train", "Failed"));
        assert_eq!(found.by.unwrap().profile.as_deref(), Some("maria"));
        let parameters = [("Rows", "10"), ("Empty", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found.parameters, Some(parameters.to_vec()));
        let refused = execution(&wire.session, "arn:aws:sagemaker:x:1:pipeline/p/execution/denied").await.unwrap();
        assert_eq!((refused.parameters, refused.reason.as_deref()), (None, Some("Step failure")));
    }

    #[test]
    fn the_pipeline_of_an_execution_is_in_its_arn() {
        assert_eq!(pipeline_of(ARN), Some("churn-train"));
        for other in ["", "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/x", "a:pipeline/"] {
            assert_eq!(pipeline_of(other), None, "{other}");
        }
    }
}
