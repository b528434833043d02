//! Job runs of Glue: one more, and the end of one.

use super::{Started, no_answer, no_program};
use crate::{AwsError, Call, Session, WritePermit, pace::Api};
use aws_sdk_glue::{
    Client,
    config::Builder,
    types::{ExecutionClass, WorkerType},
};
use aws_smithy_types::retry::RetryConfig;
use aws_types::request_id::RequestId as _;
use contract::jobs::{
    JobId,
    facts::{Driver, Request},
};
use std::collections::HashMap;

const START: Call = Call::new("StartJobRun", "glue:StartJobRun");
const STOP: Call = Call::new("BatchStopJobRun", "glue:BatchStopJobRun");

/// Sent once: a repeated call would start the job twice.
pub(super) async fn start(
    permit: &WritePermit,
    session: &Session,
    job: &str,
    request: &Request,
) -> Result<Started, AwsError> {
    let Driver::Glue(glue) = &request.driver else { return Err(no_program("Glue")) };
    let arguments: HashMap<String, String> = glue.arguments.iter().cloned().collect();
    let timeout = request.timeout_minutes.and_then(|minutes| i32::try_from(minutes).ok());
    let workers = glue.workers.and_then(|workers| i32::try_from(workers).ok());
    let by_type = glue.worker_type.is_some() && workers.is_some();
    // Jobs of other kinds have no class.
    let class = glue.execution_class.as_deref().filter(|_| glue.command == "glueetl");
    session.pace(Api::Glue).await;
    permit.check()?;
    let once = Builder::from(session.config()).retry_config(RetryConfig::disabled()).build();
    let reply = Client::from_conf(once)
        .start_job_run()
        .job_name(job)
        .set_arguments((!arguments.is_empty()).then_some(arguments))
        .set_timeout(timeout.filter(|minutes| *minutes > 0))
        // The API takes either the one or the other.
        .set_worker_type(glue.worker_type.as_deref().filter(|_| by_type).map(WorkerType::from))
        .set_number_of_workers(workers.filter(|_| by_type))
        .set_max_capacity(glue.max_capacity.filter(|_| !by_type))
        .set_execution_class(class.map(ExecutionClass::from))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(START, error))?;
    let run = reply.job_run_id().ok_or_else(|| no_answer(START, "job run"))?.to_owned();
    Ok(Started { run: JobId::Glue { job: job.to_owned(), run }, request_id: reply.request_id().map(str::to_owned) })
}

pub(super) async fn stop(session: &Session, job: &str, run: &str) -> Result<Option<String>, AwsError> {
    session.pace(Api::Glue).await;
    let reply = Client::new(session.config())
        .batch_stop_job_run()
        .job_name(job)
        .job_run_ids(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(STOP, error))?;
    let request_id = reply.request_id().map(str::to_owned);
    match reply.errors().first() {
        Some(refused) => {
            let told = refused.error_detail().and_then(|detail| detail.error_message());
            let message = told.unwrap_or("Glue does not say why").to_owned();
            Err(AwsError::Changed { call: STOP, message, request_id })
        }
        None => Ok(request_id),
    }
}
