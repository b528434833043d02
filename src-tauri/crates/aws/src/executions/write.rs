//! The writes of Step Functions. Each takes the guard's permit.

use super::client;
use crate::{AwsError, Call, Session, WritePermit, pace::Api, time::timestamp};
use aws_types::request_id::RequestId as _;
use contract::Timestamp;

const START: Call = Call::new("StartExecution", "states:StartExecution");
const REDRIVE: Call = Call::new("RedriveExecution", "states:RedriveExecution");
const STOP: Call = Call::new("StopExecution", "states:StopExecution");

/// What the service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The execution that runs now; of a stop the one that was stopped.
    pub execution: String,
    pub at: Timestamp,
    pub request_id: Option<String>,
}

/// Starts an execution. The name makes it idempotent: the same name and input again answer with the running execution,
/// and are refused once it has ended.
pub async fn start(
    permit: &WritePermit,
    session: &Session,
    machine: &str,
    name: &str,
    input: &str,
) -> Result<Answered, AwsError> {
    permit.check()?;
    session.pace(Api::StartExecution).await;
    let reply = client(session, machine)
        .start_execution()
        .state_machine_arn(machine)
        .name(name)
        .input(input)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(START, error))?;
    Ok(Answered {
        execution: reply.execution_arn().to_owned(),
        at: timestamp(reply.start_date()),
        request_id: reply.request_id().map(str::to_owned),
    })
}

/// Redrives an execution from its unsuccessful states. The token makes it idempotent (it holds for 15 minutes).
pub async fn redrive(
    permit: &WritePermit,
    session: &Session,
    execution: &str,
    token: &str,
) -> Result<Answered, AwsError> {
    permit.check()?;
    session.pace(Api::RedriveExecution).await;
    let reply = client(session, execution)
        .redrive_execution()
        .execution_arn(execution)
        .client_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(REDRIVE, error))?;
    Ok(Answered {
        execution: execution.to_owned(),
        at: timestamp(reply.redrive_date()),
        request_id: reply.request_id().map(str::to_owned),
    })
}

/// Stops a running execution. What it started goes on: an EMR cluster is not terminated with it.
pub async fn stop(
    permit: &WritePermit,
    session: &Session,
    execution: &str,
    error: Option<&str>,
    cause: Option<&str>,
) -> Result<Answered, AwsError> {
    permit.check()?;
    session.pace(Api::StartExecution).await;
    let reply = client(session, execution)
        .stop_execution()
        .execution_arn(execution)
        .set_error(error.map(str::to_owned))
        .set_cause(cause.map(str::to_owned))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(STOP, error))?;
    Ok(Answered {
        execution: execution.to_owned(),
        at: timestamp(reply.stop_date()),
        request_id: reply.request_id().map(str::to_owned),
    })
}
