//! Executions, their histories and their Map Runs.

use super::client;
use crate::{AwsError, Call, Session, capture::Capture, pace::Api, time::timestamp};
use ::executions::wire::read_history;
use aws_sdk_sfn::types::{MapRunExecutionCounts, MapRunItemCounts};
use contract::{
    Timestamp,
    executions::facts::{ExecutionFact, HistoryEvent, MapCounts, MapRunFact},
};

pub const LIST: Call = Call::new("ListExecutions", "states:ListExecutions");
const DESCRIBE: Call = Call::new("DescribeExecution", "states:DescribeExecution");
pub const HISTORY: Call = Call::new("GetExecutionHistory", "states:GetExecutionHistory");
const LIST_MAP_RUNS: Call = Call::new("ListMapRuns", "states:ListMapRuns");
const DESCRIBE_MAP_RUN: Call = Call::new("DescribeMapRun", "states:DescribeMapRun");

/// An execution as `ListExecutions` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionItem {
    pub arn: String,
    pub machine: String,
    pub name: String,
    pub status: String,
    pub started: Timestamp,
    pub stopped: Option<Timestamp>,
    pub redrives: u64,
    pub version: Option<String>,
    pub alias: Option<String>,
}

/// Whose executions to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    Machine(&'a str),
    MapRun(&'a str),
}

/// One page, newest first. Paced: the quota is shared with everything that runs in the account.
pub async fn page(
    session: &Session,
    of: Of<'_>,
    status: Option<&str>,
    most: i32,
    token: Option<String>,
) -> Result<(Vec<ExecutionItem>, Option<String>), AwsError> {
    session.pace(Api::ListExecutions).await;
    let (arn, machine, map_run) = match of {
        Of::Machine(arn) => (arn, Some(arn.to_owned()), None),
        Of::MapRun(arn) => (arn, None, Some(arn.to_owned())),
    };
    let reply = client(session, arn)
        .list_executions()
        .set_state_machine_arn(machine)
        .set_map_run_arn(map_run)
        .set_status_filter(status.map(Into::into))
        .max_results(most)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let items = reply
        .executions()
        .iter()
        .map(|item| ExecutionItem {
            arn: item.execution_arn().to_owned(),
            machine: item.state_machine_arn().to_owned(),
            name: item.name().to_owned(),
            status: item.status().as_str().to_owned(),
            started: timestamp(item.start_date()),
            stopped: item.stop_date().map(timestamp),
            redrives: count(item.redrive_count()),
            version: item.state_machine_version_arn().map(str::to_owned),
            alias: item.state_machine_alias_arn().map(str::to_owned),
        })
        .collect();
    Ok((items, reply.next_token().map(str::to_owned)))
}

fn count(value: Option<i32>) -> u64 {
    value.and_then(|count| u64::try_from(count).ok()).unwrap_or(0)
}

fn counted(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

pub async fn describe(session: &Session, arn: &str) -> Result<ExecutionFact, AwsError> {
    session.pace(Api::DescribeExecution).await;
    let reply = client(session, arn)
        .describe_execution()
        .execution_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error))?;
    Ok(ExecutionFact {
        arn: reply.execution_arn().to_owned(),
        machine: reply.state_machine_arn().to_owned(),
        name: reply.name().unwrap_or_else(|| reply.execution_arn().rsplit(':').next().unwrap_or_default()).to_owned(),
        status: reply.status().as_str().to_owned(),
        started: timestamp(reply.start_date()),
        stopped: reply.stop_date().map(timestamp),
        input: reply.input().map(str::to_owned),
        output: reply.output().map(str::to_owned),
        error: reply.error().map(str::to_owned),
        cause: reply.cause().map(str::to_owned),
        version: reply.state_machine_version_arn().map(str::to_owned),
        alias: reply.state_machine_alias_arn().map(str::to_owned),
        map_run: reply.map_run_arn().map(str::to_owned),
        redrive_count: count(reply.redrive_count()),
        redrive_date: reply.redrive_date().map(timestamp),
        redrive_status: reply.redrive_status().map(|status| status.as_str().to_owned()),
        redrive_reason: reply.redrive_status_reason().map(str::to_owned),
    })
}

/// One page of a history, from its start or from its end, at most 1,000 events.
pub async fn history_page(
    session: &Session,
    arn: &str,
    from_end: bool,
    most: i32,
    token: Option<String>,
) -> Result<(Vec<HistoryEvent>, Option<String>), AwsError> {
    session.pace(Api::GetExecutionHistory).await;
    let capture = Capture::default();
    client(session, arn)
        .get_execution_history()
        .execution_arn(arn)
        .reverse_order(from_end)
        .include_execution_data(true)
        .max_results(most)
        .set_next_token(token.clone())
        .customize()
        .interceptor(capture.clone())
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(HISTORY, error))?;
    let (events, next) =
        read_history(&capture.take()).map_err(|message| AwsError::Unreadable { call: HISTORY, message })?;
    // A token that does not move would be read for ever.
    if next.is_some() && next == token {
        return Err(AwsError::Unreadable {
            call: HISTORY,
            message: "the next page begins where this one began".into(),
        });
    }
    Ok((events, next))
}

/// The Map Runs of an execution, newest first, with their counts.
pub async fn map_runs(session: &Session, execution: &str) -> Result<Vec<MapRunFact>, AwsError> {
    let client = client(session, execution);
    let reply = client
        .list_map_runs()
        .execution_arn(execution)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_MAP_RUNS, error))?;
    let mut facts = Vec::new();
    for run in reply.map_runs() {
        facts.push(map_run(session, run.map_run_arn()).await?);
    }
    Ok(facts)
}

pub async fn map_run(session: &Session, arn: &str) -> Result<MapRunFact, AwsError> {
    let reply = client(session, arn)
        .describe_map_run()
        .map_run_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_MAP_RUN, error))?;
    Ok(MapRunFact {
        arn: reply.map_run_arn().to_owned(),
        status: reply.status().as_str().to_owned(),
        started: timestamp(reply.start_date()),
        stopped: reply.stop_date().map(timestamp),
        items: reply.item_counts().map(item_counts).unwrap_or_default(),
        executions: reply.execution_counts().map(execution_counts).unwrap_or_default(),
        concurrency: u64::try_from(reply.max_concurrency()).unwrap_or(0),
        tolerated_failures: counted(reply.tolerated_failure_count()),
        redrive_count: count(reply.redrive_count()),
    })
}

/// The execution that a Map Run belongs to.
pub async fn parent_of_map_run(session: &Session, arn: &str) -> Result<String, AwsError> {
    let reply = client(session, arn)
        .describe_map_run()
        .map_run_arn(arn)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_MAP_RUN, error))?;
    Ok(reply.execution_arn().to_owned())
}

fn item_counts(counts: &MapRunItemCounts) -> MapCounts {
    MapCounts {
        pending: counted(counts.pending()),
        running: counted(counts.running()),
        succeeded: counted(counts.succeeded()),
        failed: counted(counts.failed()),
        timed_out: counted(counts.timed_out()),
        aborted: counted(counts.aborted()),
        total: counted(counts.total()),
        not_redrivable: counts.failures_not_redrivable().map_or(0, counted),
        pending_redrive: counts.pending_redrive().map_or(0, counted),
    }
}

fn execution_counts(counts: &MapRunExecutionCounts) -> MapCounts {
    MapCounts {
        pending: counted(counts.pending()),
        running: counted(counts.running()),
        succeeded: counted(counts.succeeded()),
        failed: counted(counts.failed()),
        timed_out: counted(counts.timed_out()),
        aborted: counted(counts.aborted()),
        total: counted(counts.total()),
        not_redrivable: counts.failures_not_redrivable().map_or(0, counted),
        pending_redrive: counts.pending_redrive().map_or(0, counted),
    }
}
