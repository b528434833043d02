//! DMS: replication tasks, their tables, endpoints and latencies. What is asked about one task is asked of
//! [`serverless`] where its ARN is that of a serverless replication.

use super::{by, count, none, serverless};
use crate::{
    AwsError, Call, Session,
    jobs::text,
    pace::Api,
    pages::up_to,
    time::{date_time, timestamp},
};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use aws_sdk_databasemigration::{
    Client,
    types::{Endpoint, ReplicationTask, ReplicationTaskStats, TableStatistics},
};
use contract::{
    Timestamp,
    ends::{
        TableRow,
        facts::{EndpointFact, FullLoad, Latency, TaskFact, TaskLogging},
        is_serverless,
    },
};
use jiff::SignedDuration;
use serde_json::Value;
use std::collections::HashMap;

const TASKS: Call = Call::new("DescribeReplicationTasks", "dms:DescribeReplicationTasks");
const TABLES: Call = Call::new("DescribeTableStatistics", "dms:DescribeTableStatistics");
const ENDPOINTS: Call = Call::new("DescribeEndpoints", "dms:DescribeEndpoints");
const INSTANCES: Call = Call::new("DescribeReplicationInstances", "dms:DescribeReplicationInstances");
const METRICS: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");

/// Pages of endpoints and instances.
const MOST_PAGES: usize = 20;
/// Pages of the tables of one task.
const MOST_TABLE_PAGES: usize = 20;
/// Tasks in one call for metrics: two queries each, and 500 are the service's limit.
const MOST_TASKS: usize = 250;
/// Seconds of a point.
const PERIOD: i32 = 300;
/// How far back the newest point is looked for.
const BACK: SignedDuration = SignedDuration::from_mins(30);

pub(super) fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of tasks and the marker of the next.
pub async fn tasks_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<TaskFact>, Option<String>), AwsError> {
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replication_tasks()
        .without_settings(true)
        .max_records(100)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(TASKS, error))?;
    let tasks = reply.replication_tasks().iter().filter_map(task_fact).collect();
    Ok((tasks, text(reply.marker())))
}

/// One task, by its ARN or its name.
pub async fn task(session: &Session, arn: &str) -> Result<TaskFact, AwsError> {
    if is_serverless(arn) {
        return serverless::replication(session, arn).await;
    }
    let found = described(session, arn, false).await?;
    let found = found.iter().filter_map(task_fact).find(|task| task.arn == arn || task.name == arn);
    found.ok_or_else(|| no_task(arn))
}

/// Whether and where a task logs, by its ARN.
pub async fn logging(session: &Session, arn: &str) -> Result<TaskLogging, AwsError> {
    let found = described(session, arn, true).await?;
    let found = found.iter().find(|task| task.replication_task_arn() == Some(arn)).ok_or_else(|| no_task(arn))?;
    Ok(found.replication_task_settings().map(logging_of).unwrap_or_default())
}

async fn described(session: &Session, arn: &str, settings: bool) -> Result<Vec<ReplicationTask>, AwsError> {
    let name = if arn.starts_with("arn:") { "replication-task-arn" } else { "replication-task-id" };
    let filter = by(name, arn)?;
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replication_tasks()
        .filters(filter)
        .without_settings(!settings)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(TASKS, error))?;
    Ok(reply.replication_tasks.unwrap_or_default())
}

fn no_task(arn: &str) -> AwsError {
    none(TASKS, format!("there is no replication task {arn}"))
}

/// Of settings, which are JSON in a text.
fn logging_of(settings: &str) -> TaskLogging {
    let settings: Value = serde_json::from_str(settings).unwrap_or_default();
    let of = |name: &str| settings.get("Logging").and_then(|logging| logging.get(name));
    let name = |name: &str| text(of(name).and_then(Value::as_str));
    TaskLogging {
        on: of("EnableLogging").and_then(Value::as_bool).unwrap_or(false),
        group: name("CloudWatchLogGroup"),
        stream: name("CloudWatchLogStream"),
    }
}

fn task_fact(item: &ReplicationTask) -> Option<TaskFact> {
    let arn = item.replication_task_arn()?.to_owned();
    let stats = item.replication_task_stats();
    Some(TaskFact {
        name: text(item.replication_task_identifier()).unwrap_or_else(|| arn.clone()),
        arn,
        status: item.status().unwrap_or_default().to_owned(),
        migration: item.migration_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        stop_reason: text(item.stop_reason()),
        failure: text(item.last_failure_message()),
        source: text(item.source_endpoint_arn()),
        target: text(item.target_endpoint_arn()),
        instance: text(item.replication_instance_arn()),
        capacity: None,
        created: item.replication_task_creation_date().map(timestamp),
        started: item.replication_task_start_date().map(timestamp),
        stopped: stats.and_then(|stats| stats.stop_date()).map(timestamp),
        load: stats.map(load).unwrap_or_default(),
    })
}

/// Counts have a sign; none is below 0.
pub(super) fn small(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn load(stats: &ReplicationTaskStats) -> FullLoad {
    FullLoad {
        percent: Some(small(stats.full_load_progress_percent())),
        loaded: small(stats.tables_loaded()),
        loading: small(stats.tables_loading()),
        queued: small(stats.tables_queued()),
        errored: small(stats.tables_errored()),
    }
}

/// One page of the tables of a task and the marker of the next. Whether a table is bad is for the caller to say.
pub async fn tables_page(
    session: &Session,
    arn: &str,
    marker: Option<String>,
) -> Result<(Vec<TableRow>, Option<String>), AwsError> {
    if is_serverless(arn) {
        return serverless::tables_page(session, arn, marker).await;
    }
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_table_statistics()
        .replication_task_arn(arn)
        .max_records(500)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(TABLES, error))?;
    Ok((reply.table_statistics().iter().map(table).collect(), text(reply.marker())))
}

/// The tables of a task, page after page: [`MOST_TABLE_PAGES`] of 500 at most.
pub async fn tables(session: &Session, arn: &str) -> Result<Vec<TableRow>, AwsError> {
    let (mut all, mut marker) = (Vec::new(), None);
    for _ in 0..MOST_TABLE_PAGES {
        let (page, next) = tables_page(session, arn, marker).await?;
        all.extend(page);
        if next.is_none() {
            break;
        }
        marker = next;
    }
    Ok(all)
}

pub(super) fn table(item: &TableStatistics) -> TableRow {
    let schema = item.schema_name().unwrap_or_default().to_owned();
    let table = item.table_name().unwrap_or_default().to_owned();
    TableRow {
        name: if schema.is_empty() { table.clone() } else { format!("{schema}.{table}") },
        schema,
        table,
        state: item.table_state().unwrap_or_default().to_owned(),
        bad: false,
        loaded: count(item.full_load_rows()),
        refused: count(item.full_load_error_rows()),
        inserts: count(item.inserts()),
        updates: count(item.updates()),
        deletes: count(item.deletes()),
        validation: text(item.validation_state()),
        differing: count(item.validation_failed_records()),
        updated: item.last_update_time().map(timestamp),
    }
}

/// All endpoints of the region.
pub async fn endpoints(session: &Session) -> Result<Vec<EndpointFact>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |marker| endpoints_page(session, marker)).await?;
    Ok(all)
}

async fn endpoints_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<EndpointFact>, Option<String>), AwsError> {
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_endpoints()
        .max_records(100)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(ENDPOINTS, error))?;
    Ok((reply.endpoints().iter().filter_map(endpoint).collect(), text(reply.marker())))
}

fn endpoint(item: &Endpoint) -> Option<EndpointFact> {
    let arn = item.endpoint_arn()?.to_owned();
    let s3 = item.s3_settings();
    Some(EndpointFact {
        name: text(item.endpoint_identifier()).unwrap_or_else(|| arn.clone()),
        arn,
        engine: item.engine_name().unwrap_or_default().to_owned(),
        bucket: text(s3.and_then(|s3| s3.bucket_name())),
        folder: s3.and_then(|s3| s3.bucket_folder()).and_then(|folder| text(Some(folder.trim_matches('/')))),
    })
}

/// The names of the replication instances of the region, by ARN: metrics know instances by name.
pub async fn instances(session: &Session) -> Result<HashMap<String, String>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |marker| instances_page(session, marker)).await?;
    Ok(all.into_iter().collect())
}

async fn instances_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<(String, String)>, Option<String>), AwsError> {
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replication_instances()
        .max_records(100)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(INSTANCES, error))?;
    let named = reply.replication_instances().iter().filter_map(|item| {
        Some((item.replication_instance_arn()?.to_owned(), item.replication_instance_identifier()?.to_owned()))
    });
    Ok((named.collect(), text(reply.marker())))
}

/// What the latencies of a task are published with, by its ARN and the name of its instance.
pub fn dimensions(arn: &str, instance: &str) -> Vec<(String, String)> {
    // Metrics know a task by the end of its ARN.
    let own = arn.rsplit(':').next().unwrap_or(arn);
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![pair("ReplicationInstanceIdentifier", instance), pair("ReplicationTaskIdentifier", own)]
}

/// How far tasks are behind, by ARN: the newest point of `CDCLatencySource` and `CDCLatencyTarget`, each task with the
/// dimensions of both. A task without points of the last half hour is left out.
pub async fn latencies(
    session: &Session,
    tasks: &[(String, Vec<(String, String)>)],
    now: Timestamp,
) -> Result<HashMap<String, Latency>, AwsError> {
    let client = session.cloudwatch_in(session.region());
    let from = now.checked_sub(BACK).unwrap_or(now);
    let mut found: HashMap<String, Latency> = HashMap::new();
    for part in tasks.chunks(MOST_TASKS) {
        let queries: Vec<MetricDataQuery> = part
            .iter()
            .enumerate()
            .flat_map(|(at, (_, dimensions))| {
                [
                    query(&format!("s{at}"), "CDCLatencySource", dimensions),
                    query(&format!("t{at}"), "CDCLatencyTarget", dimensions),
                ]
            })
            .collect();
        let mut token = None;
        loop {
            let reply = client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(date_time(from))
                .end_time(date_time(now))
                .scan_by(ScanBy::TimestampDescending)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(METRICS, error))?;
            for result in reply.metric_data_results() {
                let (Some(id), Some(value)) = (result.id(), newest(result.timestamps(), result.values())) else {
                    continue;
                };
                let (side, at) = id.split_at_checked(1).unwrap_or_default();
                let Some((arn, _)) = at.parse::<usize>().ok().and_then(|at| part.get(at)) else { continue };
                let (at, seconds) = value;
                let latency = found.entry(arn.clone()).or_insert(Latency { source: None, target: None, at });
                latency.at = latency.at.max(at);
                if side == "s" {
                    latency.source = Some(seconds);
                } else {
                    latency.target = Some(seconds);
                }
            }
            token = reply.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

/// The newest of some points, in whole seconds.
fn newest(times: &[aws_smithy_types::DateTime], values: &[f64]) -> Option<(Timestamp, u64)> {
    let (at, value) = times.iter().map(timestamp).zip(values.iter().copied()).max_by_key(|(at, _)| *at)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // seconds that are none less than 0
    let seconds = value.max(0.0).round() as u64;
    Some((at, seconds))
}

fn query(id: &str, metric: &str, dimensions: &[(String, String)]) -> MetricDataQuery {
    let dimension = |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace("AWS/DMS")
        .metric_name(metric)
        .set_dimensions(Some(dimensions.iter().map(dimension).collect()))
        .build();
    let statistics = MetricStat::builder().metric(metric).period(PERIOD).stat("Maximum").build();
    MetricDataQuery::builder().id(id).metric_stat(statistics).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    #[tokio::test]
    async fn the_tables_of_a_task_are_read_page_by_page() {
        let wire = Wire::start(|_, body| {
            let (name, marker) = if body.contains("m/1") { ("stores", "") } else { ("orders", r#","Marker":"m/1""#) };
            Reply::json(&format!(r#"{{"TableStatistics":[{{"SchemaName":"public","TableName":"{name}"}}]{marker}}}"#))
        });
        let all = tables(&wire.session, "arn:aws:dms:eu-west-1:123456789012:task:A").await.unwrap();
        let names: Vec<&str> = all.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["public.orders", "public.stores"]);
        assert_eq!(wire.seen().len(), 2);
    }

    #[test]
    fn settings_say_whether_and_where_a_task_logs() {
        let told = logging_of(
            r#"{"Logging":{"EnableLogging":true,"LogComponents":[],"CloudWatchLogGroup":"dms-tasks-a","CloudWatchLogStream":null}}"#,
        );
        assert_eq!(told, TaskLogging { on: true, group: Some("dms-tasks-a".into()), stream: None });
        for none in ["", "{}", "[]", r#"{"Logging":{"EnableLogging":false,"CloudWatchLogGroup":""}}"#] {
            assert_eq!(logging_of(none), TaskLogging::default(), "{none}");
        }
    }

    #[test]
    fn the_newest_point_counts_in_whatever_order_they_come() {
        let at = |seconds| aws_smithy_types::DateTime::from_secs(seconds);
        let found = newest(&[at(600), at(900), at(300)], &[10.0, 71.6, 5.0]).unwrap();
        assert_eq!(found, (Timestamp::from_second(900).unwrap(), 72));
        assert_eq!(newest(&[], &[]), None);
        assert_eq!(newest(&[at(1)], &[-3.0]).map(|(_, seconds)| seconds), Some(0));
    }
}
