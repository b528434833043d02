//! SageMaker: training, processing, transform and tuning jobs.
//!
//! The lists say little more than names, states and times; what a job was asked to do takes a call of its own.

use super::{Described, count, pairs, small, text};
use crate::{
    AwsError, Call, Session,
    pace::Api,
    time::{date_time, timestamp},
};
use aws_sdk_sagemaker::{
    Client,
    types::{Channel, SecondaryStatusTransition},
};
use contract::{
    Timestamp,
    jobs::{
        JobId, SageMakerKind,
        facts::{Driver, RunFact, SageMakerDriver, Transition, Usage},
    },
};

const LIST_TRAINING: Call = Call::new("ListTrainingJobs", "sagemaker:ListTrainingJobs");
const LIST_PROCESSING: Call = Call::new("ListProcessingJobs", "sagemaker:ListProcessingJobs");
const LIST_TRANSFORM: Call = Call::new("ListTransformJobs", "sagemaker:ListTransformJobs");
const LIST_TUNING: Call = Call::new("ListHyperParameterTuningJobs", "sagemaker:ListHyperParameterTuningJobs");
const DESCRIBE_TRAINING: Call = Call::new("DescribeTrainingJob", "sagemaker:DescribeTrainingJob");
const DESCRIBE_PROCESSING: Call = Call::new("DescribeProcessingJob", "sagemaker:DescribeProcessingJob");
const DESCRIBE_TRANSFORM: Call = Call::new("DescribeTransformJob", "sagemaker:DescribeTransformJob");
const DESCRIBE_TUNING: Call = Call::new("DescribeHyperParameterTuningJob", "sagemaker:DescribeHyperParameterTuningJob");

/// Jobs of a page, the service's limit.
const PAGE: i32 = 100;

/// What is asked of a list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// Changed since then: one that ended earlier is of no interest, and one that goes on may have begun long ago.
    pub since: Option<Timestamp>,
    /// Part of the name.
    pub name: Option<&'a str>,
}

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

fn listed(kind: SageMakerKind, name: &str, arn: Option<&str>, status: &str) -> RunFact {
    let id = JobId::SageMaker { kind, name: name.to_owned() };
    let mut run = RunFact::bare(id, status, Driver::SageMaker(Box::default()));
    run.arn = text(arn);
    run.name = Some(name.to_owned());
    run
}

/// One page of jobs of a kind, newest first, and the token of the next.
pub async fn page(
    session: &Session,
    kind: SageMakerKind,
    wanted: Wanted<'_>,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    let client = client(session);
    let since = wanted.since.map(date_time);
    let name = wanted.name.map(str::to_owned);
    // Four calls of one shape, each with types of its own.
    macro_rules! list {
        ($list:ident, $summaries:ident, $call:expr, $name:ident, $arn:ident, $status:ident, $end:ident) => {{
            session.pace(Api::SageMaker($call.name)).await;
            let reply = client
                .$list()
                .max_results(PAGE)
                .set_last_modified_time_after(since)
                .set_name_contains(name)
                .sort_by("CreationTime".into())
                .sort_order("Descending".into())
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk($call, error))?;
            let runs = reply.$summaries().iter().filter_map(|item| {
                let status = item.$status().map_or("UNKNOWN", |status| status.as_str());
                let mut run = listed(kind, item.$name()?, item.$arn(), status);
                run.created = item.creation_time().map(timestamp);
                run.ended = item.$end().map(timestamp);
                Some(run)
            });
            Ok((runs.collect(), reply.next_token().map(str::to_owned)))
        }};
    }
    match kind {
        SageMakerKind::Training => list!(
            list_training_jobs,
            training_job_summaries,
            LIST_TRAINING,
            training_job_name,
            training_job_arn,
            training_job_status,
            training_end_time
        ),
        SageMakerKind::Processing => list!(
            list_processing_jobs,
            processing_job_summaries,
            LIST_PROCESSING,
            processing_job_name,
            processing_job_arn,
            processing_job_status,
            processing_end_time
        ),
        SageMakerKind::Transform => list!(
            list_transform_jobs,
            transform_job_summaries,
            LIST_TRANSFORM,
            transform_job_name,
            transform_job_arn,
            transform_job_status,
            transform_end_time
        ),
        SageMakerKind::Tuning => list!(
            list_hyper_parameter_tuning_jobs,
            hyper_parameter_tuning_job_summaries,
            LIST_TUNING,
            hyper_parameter_tuning_job_name,
            hyper_parameter_tuning_job_arn,
            hyper_parameter_tuning_job_status,
            hyper_parameter_tuning_end_time
        ),
    }
}

pub async fn job(session: &Session, kind: SageMakerKind, name: &str) -> Result<Described, AwsError> {
    let run = match kind {
        SageMakerKind::Training => training(session, name).await,
        SageMakerKind::Processing => processing(session, name).await,
        SageMakerKind::Transform => transform(session, name).await,
        SageMakerKind::Tuning => tuning(session, name).await,
    };
    run.map(Described::from).map_err(AwsError::or_absent)
}

fn channels(all: &[Channel]) -> Vec<(String, String)> {
    let pair = |channel: &Channel| {
        let uri = channel.data_source().and_then(|source| source.s3_data_source()).and_then(|s3| s3.s3_uri());
        Some((channel.channel_name().unwrap_or_default().to_owned(), uri?.to_owned()))
    };
    all.iter().filter_map(pair).collect()
}

fn minutes(seconds: Option<i32>) -> Option<u64> {
    seconds.and_then(count).map(|seconds| seconds.div_ceil(60))
}

fn transition(told: &SecondaryStatusTransition) -> Option<Transition> {
    Some(Transition {
        at: timestamp(told.start_time()?),
        status: told.status()?.as_str().to_owned(),
        message: text(told.status_message()),
    })
}

async fn training(session: &Session, name: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_TRAINING.name)).await;
    let found = client(session)
        .describe_training_job()
        .training_job_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_TRAINING, error))?;
    let status = found.training_job_status().map_or("UNKNOWN", |status| status.as_str());
    let mut run = listed(SageMakerKind::Training, name, found.training_job_arn(), status);
    run.secondary = found.secondary_status().map(|status| status.as_str().to_owned());
    run.reason = text(found.failure_reason());
    run.created = found.creation_time().map(timestamp);
    run.started = found.training_start_time().map(timestamp);
    run.ended = found.training_end_time().map(timestamp);
    run.run_seconds = found.training_time_in_seconds().and_then(count);
    run.transitions = found.secondary_status_transitions().iter().filter_map(transition).collect();
    run.usage = Usage { billable_seconds: found.billable_time_in_seconds().and_then(count), ..Usage::default() };
    run.request.role = text(found.role_arn());
    run.request.timeout_minutes = minutes(found.stopping_condition().and_then(|stop| stop.max_runtime_in_seconds()));
    let algorithm = found.algorithm_specification();
    let resources = found.resource_config();
    let output = found.output_data_config().and_then(|output| output.s3_output_path());
    run.request.driver = Driver::SageMaker(Box::new(SageMakerDriver {
        image: text(algorithm.and_then(|algorithm| algorithm.training_image())),
        entry_point: algorithm.map(|algorithm| algorithm.container_entrypoint().to_vec()).unwrap_or_default(),
        arguments: algorithm.map(|algorithm| algorithm.container_arguments().to_vec()).unwrap_or_default(),
        hyperparameters: pairs(found.hyper_parameters()),
        environment: pairs(found.environment()),
        inputs: channels(found.input_data_config()),
        outputs: output.map(|uri| vec![("model".to_owned(), uri.to_owned())]).unwrap_or_default(),
        instance_type: resources.and_then(|it| it.instance_type()).map(|kind| kind.as_str().to_owned()),
        instances: resources.and_then(|it| it.instance_count()).and_then(small),
        volume_gb: resources.and_then(|it| it.volume_size_in_gb()).and_then(small),
        ..SageMakerDriver::default()
    }));
    Ok(run)
}

async fn processing(session: &Session, name: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_PROCESSING.name)).await;
    let found = client(session)
        .describe_processing_job()
        .processing_job_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_PROCESSING, error))?;
    let status = found.processing_job_status().map_or("UNKNOWN", |status| status.as_str());
    let mut run = listed(SageMakerKind::Processing, name, found.processing_job_arn(), status);
    // What the container wrote before it ended says more than that it ended.
    let told: Vec<String> = [found.failure_reason(), found.exit_message()].into_iter().filter_map(text).collect();
    run.reason = Some(told.join(": ")).filter(|told| !told.is_empty());
    run.created = found.creation_time().map(timestamp);
    run.started = found.processing_start_time().map(timestamp);
    run.ended = found.processing_end_time().map(timestamp);
    run.request.role = text(found.role_arn());
    run.request.timeout_minutes = minutes(found.stopping_condition().and_then(|stop| stop.max_runtime_in_seconds()));
    let app = found.app_specification();
    let cluster = found.processing_resources().and_then(|resources| resources.cluster_config());
    let inputs = found.processing_inputs().iter().filter_map(|input| {
        let uri = input.s3_input().and_then(|s3| s3.s3_uri())?;
        Some((input.input_name().unwrap_or_default().to_owned(), uri.to_owned()))
    });
    let outputs = found.processing_output_config().map(|config| config.outputs()).unwrap_or_default();
    let outputs = outputs.iter().filter_map(|output| {
        let uri = output.s3_output().and_then(|s3| s3.s3_uri())?;
        Some((output.output_name().unwrap_or_default().to_owned(), uri.to_owned()))
    });
    run.request.driver = Driver::SageMaker(Box::new(SageMakerDriver {
        image: text(app.and_then(|app| app.image_uri())),
        entry_point: app.map(|app| app.container_entrypoint().to_vec()).unwrap_or_default(),
        arguments: app.map(|app| app.container_arguments().to_vec()).unwrap_or_default(),
        environment: pairs(found.environment()),
        inputs: inputs.collect(),
        outputs: outputs.collect(),
        instance_type: cluster.and_then(|it| it.instance_type()).map(|kind| kind.as_str().to_owned()),
        instances: cluster.and_then(|it| it.instance_count()).and_then(small),
        volume_gb: cluster.and_then(|it| it.volume_size_in_gb()).and_then(small),
        ..SageMakerDriver::default()
    }));
    Ok(run)
}

async fn transform(session: &Session, name: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_TRANSFORM.name)).await;
    let found = client(session)
        .describe_transform_job()
        .transform_job_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_TRANSFORM, error))?;
    let status = found.transform_job_status().map_or("UNKNOWN", |status| status.as_str());
    let mut run = listed(SageMakerKind::Transform, name, found.transform_job_arn(), status);
    run.reason = text(found.failure_reason());
    run.created = found.creation_time().map(timestamp);
    run.started = found.transform_start_time().map(timestamp);
    run.ended = found.transform_end_time().map(timestamp);
    let resources = found.transform_resources();
    let input = found
        .transform_input()
        .and_then(|input| input.data_source())
        .and_then(|source| source.s3_data_source())
        .and_then(|s3| s3.s3_uri());
    let output = found.transform_output().and_then(|output| output.s3_output_path());
    let path = |name: &str, uri: &str| vec![(name.to_owned(), uri.to_owned())];
    run.request.driver = Driver::SageMaker(Box::new(SageMakerDriver {
        model: text(found.model_name()),
        environment: pairs(found.environment()),
        inputs: input.map(|uri| path("input", uri)).unwrap_or_default(),
        outputs: output.map(|uri| path("output", uri)).unwrap_or_default(),
        instance_type: resources.and_then(|it| it.instance_type()).map(|kind| kind.as_str().to_owned()),
        instances: resources.and_then(|it| it.instance_count()).and_then(small),
        ..SageMakerDriver::default()
    }));
    Ok(run)
}

async fn tuning(session: &Session, name: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_TUNING.name)).await;
    let found = client(session)
        .describe_hyper_parameter_tuning_job()
        .hyper_parameter_tuning_job_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_TUNING, error))?;
    let status = found.hyper_parameter_tuning_job_status().map_or("UNKNOWN", |status| status.as_str());
    let mut run = listed(SageMakerKind::Tuning, name, found.hyper_parameter_tuning_job_arn(), status);
    run.reason = text(found.failure_reason());
    run.created = found.creation_time().map(timestamp);
    run.started = run.created;
    run.ended = found.hyper_parameter_tuning_end_time().map(timestamp);
    if let Some(job) = found.training_job_definition() {
        run.request.role = text(job.role_arn());
        let resources = job.resource_config();
        let output = job.output_data_config().and_then(|output| output.s3_output_path());
        run.request.driver = Driver::SageMaker(Box::new(SageMakerDriver {
            image: text(job.algorithm_specification().and_then(|algorithm| algorithm.training_image())),
            hyperparameters: pairs(job.static_hyper_parameters()),
            environment: pairs(job.environment()),
            inputs: channels(job.input_data_config()),
            outputs: output.map(|uri| vec![("model".to_owned(), uri.to_owned())]).unwrap_or_default(),
            instance_type: resources.and_then(|it| it.instance_type()).map(|kind| kind.as_str().to_owned()),
            instances: resources.and_then(|it| it.instance_count()).and_then(small),
            volume_gb: resources.and_then(|it| it.volume_size_in_gb()).and_then(small),
            ..SageMakerDriver::default()
        }));
    }
    Ok(run)
}
