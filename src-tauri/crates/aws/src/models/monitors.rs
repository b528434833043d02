//! Model Monitor: schedules, their runs, their alerts.

pub mod definitions;

use super::{PAGE, client, state, word};
use crate::{
    AwsError, Call, Session,
    jobs::{pairs, small, text},
    pace::Api,
    time::{date_time, timestamp},
};
use aws_sdk_sagemaker::{
    operation::describe_processing_job::DescribeProcessingJobOutput,
    types::{
        MonitoringAlertStatus, MonitoringAlertSummary, MonitoringExecutionSummary, MonitoringScheduleConfig,
        MonitoringScheduleSummary, MonitoringType,
    },
};
use contract::{
    Timestamp,
    models::facts::{
        AlertChangeFact, AlertFact, MonitorKind, MonitorRunFact, ProcessingFact, ScheduleFact, ScheduleSummary,
    },
};

const LIST: Call = Call::new("ListMonitoringSchedules", "sagemaker:ListMonitoringSchedules");
const DESCRIBE: Call = Call::new("DescribeMonitoringSchedule", "sagemaker:DescribeMonitoringSchedule");
const LIST_RUNS: Call = Call::new("ListMonitoringExecutions", "sagemaker:ListMonitoringExecutions");
const DESCRIBE_JOB: Call = Call::new("DescribeProcessingJob", "sagemaker:DescribeProcessingJob");
const LIST_ALERTS: Call = Call::new("ListMonitoringAlerts", "sagemaker:ListMonitoringAlerts");
const LIST_ALERT_HISTORY: Call = Call::new("ListMonitoringAlertHistory", "sagemaker:ListMonitoringAlertHistory");

/// Pages of a list that one schedule keeps short.
const MOST_PAGES: usize = 10;

/// Which runs, or which changes of alerts, a list is for. All conditions have to hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    pub schedule: Option<&'a str>,
    /// Of runs alone.
    pub endpoint: Option<&'a str>,
    /// When the run was scheduled, or the alert changed.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

fn kind(word: Option<&MonitoringType>) -> Option<MonitorKind> {
    word.and_then(|word| MonitorKind::of(word.as_str()))
}

/// One page of the region's schedules, or of an endpoint's, newest first, and the token of the next. The list does not
/// say how the last runs went.
pub async fn schedules_page(
    session: &Session,
    endpoint: Option<&str>,
    token: Option<String>,
) -> Result<(Vec<ScheduleSummary>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST.name)).await;
    let reply = client(session)
        .list_monitoring_schedules()
        .set_endpoint_name(endpoint.map(str::to_owned))
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let schedules = reply.monitoring_schedule_summaries().iter().filter_map(summary).collect();
    Ok((schedules, text(reply.next_token())))
}

fn summary(item: &MonitoringScheduleSummary) -> Option<ScheduleSummary> {
    Some(ScheduleSummary {
        name: text(item.monitoring_schedule_name())?,
        arn: item.monitoring_schedule_arn().unwrap_or_default().to_owned(),
        status: state(item.monitoring_schedule_status()),
        kind: kind(item.monitoring_type()),
        endpoint: text(item.endpoint_name()),
        definition: text(item.monitoring_job_definition_name()),
        expression: None,
        created: item.creation_time().map(timestamp),
        modified: item.last_modified_time().map(timestamp),
        last: None,
    })
}

pub async fn schedule(session: &Session, name: &str) -> Result<ScheduleFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE.name)).await;
    let found = client(session)
        .describe_monitoring_schedule()
        .monitoring_schedule_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error).or_absent())?;
    let config = found.monitoring_schedule_config();
    let inline = config.and_then(|config| config.monitoring_job_definition()).map(definitions::inline);
    let expression = expression(config);
    // A schedule that holds its definition may name the endpoint only there.
    let endpoint = text(found.endpoint_name()).or_else(|| inline.as_ref()?.input.endpoint.clone());
    Ok(ScheduleFact {
        summary: ScheduleSummary {
            name: name.to_owned(),
            arn: found.monitoring_schedule_arn().unwrap_or_default().to_owned(),
            status: state(found.monitoring_schedule_status()),
            kind: kind(found.monitoring_type().or_else(|| config?.monitoring_type())),
            endpoint,
            definition: text(config.and_then(|config| config.monitoring_job_definition_name())),
            expression: expression.clone(),
            created: found.creation_time().map(timestamp),
            modified: found.last_modified_time().map(timestamp),
            last: found.last_monitoring_execution_summary().and_then(run),
        },
        expression,
        reason: text(found.failure_reason()),
        inline,
    })
}

pub(super) fn expression(config: Option<&MonitoringScheduleConfig>) -> Option<String> {
    text(config?.schedule_config()?.schedule_expression())
}

/// One page of runs, newest first, and the token of the next.
pub async fn runs_page(
    session: &Session,
    wanted: Wanted<'_>,
    token: Option<String>,
) -> Result<(Vec<MonitorRunFact>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST_RUNS.name)).await;
    let reply = client(session)
        .list_monitoring_executions()
        .set_monitoring_schedule_name(wanted.schedule.map(str::to_owned))
        .set_endpoint_name(wanted.endpoint.map(str::to_owned))
        .set_scheduled_time_after(wanted.from.map(date_time))
        .set_scheduled_time_before(wanted.until.map(date_time))
        .sort_by("ScheduledTime".into())
        .sort_order("Descending".into())
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_RUNS, error).or_absent())?;
    let runs = reply.monitoring_execution_summaries().iter().filter_map(run).collect();
    Ok((runs, text(reply.next_token())))
}

pub(super) fn run(item: &MonitoringExecutionSummary) -> Option<MonitorRunFact> {
    Some(MonitorRunFact {
        schedule: text(item.monitoring_schedule_name())?,
        scheduled: item.scheduled_time().or(item.creation_time()).map(timestamp)?,
        created: item.creation_time().map(timestamp),
        modified: item.last_modified_time().map(timestamp),
        status: state(item.monitoring_execution_status()),
        job: text(item.processing_job_arn()),
        reason: text(item.failure_reason()),
        kind: kind(item.monitoring_type()),
        endpoint: text(item.endpoint_name()),
    })
}

/// The processing job of a run, by its name or ARN.
pub async fn processing(session: &Session, job: &str) -> Result<ProcessingFact, AwsError> {
    session.pace(Api::SageMaker(DESCRIBE_JOB.name)).await;
    let name = job.rsplit('/').next().unwrap_or(job);
    let found = client(session)
        .describe_processing_job()
        .processing_job_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_JOB, error).or_absent())?;
    Ok(processed(name, &found))
}

fn processed(name: &str, found: &DescribeProcessingJobOutput) -> ProcessingFact {
    let cluster = found.processing_resources().and_then(|resources| resources.cluster_config());
    let inputs = found.processing_inputs().iter();
    let outputs = found.processing_output_config().map(|config| config.outputs()).unwrap_or_default().iter();
    ProcessingFact {
        name: name.to_owned(),
        status: state(found.processing_job_status()),
        exit_message: text(found.exit_message()),
        reason: text(found.failure_reason()),
        created: found.creation_time().map(timestamp),
        started: found.processing_start_time().map(timestamp),
        ended: found.processing_end_time().map(timestamp),
        environment: pairs(found.environment()),
        inputs: inputs.filter_map(|input| text(input.s3_input().and_then(|s3| s3.s3_uri()))).collect(),
        outputs: outputs.filter_map(|output| text(output.s3_output().and_then(|s3| s3.s3_uri()))).collect(),
        instance_type: word(cluster.and_then(|it| it.instance_type())),
        instances: cluster.and_then(|it| it.instance_count()).and_then(small),
    }
}

/// The alerts of a schedule.
pub async fn alerts(session: &Session, schedule: &str) -> Result<Vec<AlertFact>, AwsError> {
    let mut all = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        session.pace(Api::SageMaker(LIST_ALERTS.name)).await;
        let reply = client(session)
            .list_monitoring_alerts()
            .monitoring_schedule_name(schedule)
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(LIST_ALERTS, error).or_absent())?;
        all.extend(reply.monitoring_alert_summaries().iter().filter_map(alert));
        token = text(reply.next_token());
        if token.is_none() {
            break;
        }
    }
    Ok(all)
}

fn is_raised(status: Option<&MonitoringAlertStatus>) -> bool {
    status.is_some_and(|status| status.as_str() == "InAlert")
}

pub(super) fn alert(item: &MonitoringAlertSummary) -> Option<AlertFact> {
    let indicator = item.actions().and_then(|actions| actions.model_dashboard_indicator());
    Some(AlertFact {
        name: text(item.monitoring_alert_name())?,
        is_raised: is_raised(item.alert_status()),
        failing: item.datapoints_to_alert().and_then(small)?,
        of: item.evaluation_period().and_then(small)?,
        modified: item.last_modified_time().map(timestamp),
        is_shown: indicator.and_then(|indicator| indicator.enabled()) == Some(true),
    })
}

/// One page of the changes of alerts, newest first, and the token of the next.
pub async fn alert_history_page(
    session: &Session,
    wanted: Wanted<'_>,
    token: Option<String>,
) -> Result<(Vec<AlertChangeFact>, Option<String>), AwsError> {
    session.pace(Api::SageMaker(LIST_ALERT_HISTORY.name)).await;
    let reply = client(session)
        .list_monitoring_alert_history()
        .set_monitoring_schedule_name(wanted.schedule.map(str::to_owned))
        .set_creation_time_after(wanted.from.map(date_time))
        .set_creation_time_before(wanted.until.map(date_time))
        .sort_by("CreationTime".into())
        .sort_order("Descending".into())
        .max_results(PAGE)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_ALERT_HISTORY, error).or_absent())?;
    let changes = reply.monitoring_alert_history().iter().filter_map(|item| {
        Some(AlertChangeFact {
            schedule: text(item.monitoring_schedule_name())?,
            alert: text(item.monitoring_alert_name())?,
            at: item.creation_time().map(timestamp)?,
            is_raised: is_raised(item.alert_status()),
        })
    });
    Ok((changes.collect(), text(reply.next_token())))
}

#[cfg(test)]
mod tests;
