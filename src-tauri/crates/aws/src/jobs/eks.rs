//! EMR on EKS: virtual clusters and their job runs.

use super::{Described, pairs, small, text};
use crate::{
    AwsError, Call, Session,
    pace::Api,
    time::{date_time, timestamp},
};
use aws_sdk_emrcontainers::{
    Client,
    types::{Configuration as SdkConfiguration, JobDriver, JobRun, MonitoringConfiguration},
};
use contract::{
    Timestamp,
    jobs::{
        HomeId, HomeRow, JobId,
        facts::{CloudWatchSettings, Configuration, Driver, LogSettings, RunFact},
    },
};

const LIST_CLUSTERS: Call = Call::new("ListVirtualClusters", "emr-containers:ListVirtualClusters");
const LIST: Call = Call::new("ListJobRuns", "emr-containers:ListJobRuns");
const DESCRIBE: Call = Call::new("DescribeJobRun", "emr-containers:DescribeJobRun");

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of virtual clusters and the token of the next.
pub async fn clusters_page(
    session: &Session,
    token: Option<String>,
) -> Result<(Vec<HomeRow>, Option<String>), AwsError> {
    session.pace(Api::EmrEks).await;
    let reply = client(session)
        .list_virtual_clusters()
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_CLUSTERS, error))?;
    let rows = reply.virtual_clusters().iter().filter_map(|cluster| {
        let id = cluster.id()?;
        let provider = cluster.container_provider();
        let space = provider.and_then(|provider| provider.info()).and_then(|info| info.as_eks_info().ok());
        let space =
            space.and_then(|info| info.namespace()).map(|name| format!(", namespace {name}")).unwrap_or_default();
        Some(HomeRow {
            id: HomeId::VirtualCluster(id.to_owned()),
            name: text(cluster.name()).unwrap_or_else(|| id.to_owned()),
            state: cluster.state().map(|state| state.as_str().to_owned()),
            reason: None,
            release: None,
            in_use: None,
            capacity: provider.map(|provider| format!("EKS cluster {}{space}", provider.id())),
            created: cluster.created_at().map(timestamp),
            ended: None,
            as_of: session.now(),
        })
    });
    Ok((rows.collect(), reply.next_token().map(str::to_owned)))
}

/// One page of a virtual cluster's job runs, newest first, and the token of the next.
pub async fn runs_page(
    session: &Session,
    cluster: &str,
    since: Option<Timestamp>,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    session.pace(Api::EmrEks).await;
    let reply = client(session)
        .list_job_runs()
        .virtual_cluster_id(cluster)
        .set_created_after(since.map(date_time))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let runs = reply.job_runs().iter().filter_map(|item| fact(cluster, item));
    Ok((runs.collect(), reply.next_token().map(str::to_owned)))
}

pub async fn run(session: &Session, cluster: &str, run: &str) -> Result<Described, AwsError> {
    session.pace(Api::EmrEks).await;
    let reply = client(session)
        .describe_job_run()
        .virtual_cluster_id(cluster)
        .id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error))?;
    let found =
        reply.job_run().and_then(|item| Some(Described { run: fact(cluster, item)?, tags: pairs(item.tags()) }));
    found.ok_or_else(|| AwsError::Unreadable { call: DESCRIBE, message: "the answer holds no job run".into() })
}

/// The engine tells when a run was taken and when it ended, and not when it began.
fn fact(cluster: &str, item: &JobRun) -> Option<RunFact> {
    let id = JobId::Eks { virtual_cluster: cluster.to_owned(), run: item.id()?.to_owned() };
    let state = item.state().map_or("UNKNOWN", |state| state.as_str());
    let mut run = RunFact::bare(id, state, driver(item.job_driver()));
    run.arn = text(item.arn());
    run.name = text(item.name());
    run.secondary = item.failure_reason().map(|reason| reason.as_str().to_owned());
    run.reason = text(item.state_details());
    run.created = item.created_at().map(timestamp);
    run.ended = item.finished_at().map(timestamp);
    run.by = text(item.created_by());
    run.attempts = item.retry_policy_configuration().and_then(|policy| small(policy.max_attempts()));
    run.attempt = item.retry_policy_execution().and_then(|policy| small(policy.current_attempt_count()));
    let asked = item.configuration_overrides();
    run.request.name.clone_from(&run.name);
    run.request.role = text(item.execution_role_arn());
    run.request.release = text(item.release_label());
    run.request.configurations =
        asked.map(|asked| configurations(asked.application_configuration())).unwrap_or_default();
    run.request.logs = logs(asked.and_then(|asked| asked.monitoring_configuration()));
    Some(run)
}

fn driver(driver: Option<&JobDriver>) -> Driver {
    if let Some(sql) = driver.and_then(JobDriver::spark_sql_job_driver) {
        return Driver::SparkSql {
            entry_point: sql.entry_point().unwrap_or_default().to_owned(),
            parameters: text(sql.spark_sql_parameters()),
        };
    }
    let submit = driver.and_then(JobDriver::spark_submit_job_driver);
    Driver::SparkSubmit {
        entry_point: submit.map(|submit| submit.entry_point().to_owned()).unwrap_or_default(),
        arguments: submit.map(|submit| submit.entry_point_arguments().to_vec()).unwrap_or_default(),
        parameters: text(submit.and_then(|submit| submit.spark_submit_parameters())),
    }
}

fn configurations(all: &[SdkConfiguration]) -> Vec<Configuration> {
    let mut found = Vec::new();
    for one in all {
        found.push(Configuration {
            classification: one.classification().to_owned(),
            properties: pairs(one.properties()),
        });
        found.extend(configurations(one.configurations()));
    }
    found.retain(|one| !one.properties.is_empty());
    found
}

fn logs(monitoring: Option<&MonitoringConfiguration>) -> LogSettings {
    let streams = monitoring.and_then(|all| all.cloud_watch_monitoring_configuration());
    LogSettings {
        s3: text(monitoring.and_then(|all| all.s3_monitoring_configuration()).map(|s3| s3.log_uri())),
        cloud_watch: streams.map(|streams| CloudWatchSettings {
            group: text(Some(streams.log_group_name())),
            stream_prefix: text(streams.log_stream_name_prefix()),
        }),
        ..LogSettings::default()
    }
}
