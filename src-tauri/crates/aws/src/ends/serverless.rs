//! DMS Serverless: replications, which need no instance, and their tables, as the facts of tasks.
//!
//! "AWS DMS API Reference, DescribeReplications" and "DescribeReplicationTableStatistics". What has an ARN is the
//! configuration; its replication is what became of it when it was last started.

use super::{
    by, none,
    replication::{client, small, table},
};
use crate::{
    AwsError, Call, Session,
    jobs::text,
    models::metrics::{Wanted, published_page},
    pace::Api,
    pages::up_to,
    time::timestamp,
};
use aws_sdk_databasemigration::types::{Replication, ReplicationStats};
use contract::ends::{
    TableRow,
    facts::{FullLoad, TaskFact},
};

const REPLICATIONS: Call = Call::new("DescribeReplications", "dms:DescribeReplications");
const TABLES: Call = Call::new("DescribeReplicationTableStatistics", "dms:DescribeReplicationTableStatistics");

/// Pages of metrics, of 500 each.
const MOST_PAGES: usize = 10;

/// One page of replications and the marker of the next.
pub async fn replications_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<TaskFact>, Option<String>), AwsError> {
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replications()
        .max_records(100)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(REPLICATIONS, error))?;
    Ok((reply.replications().iter().filter_map(fact).collect(), text(reply.marker())))
}

/// One replication, by the ARN of its configuration.
pub(super) async fn replication(session: &Session, arn: &str) -> Result<TaskFact, AwsError> {
    let filter = by("replication-config-arn", arn)?;
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replications()
        .filters(filter)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(REPLICATIONS, error))?;
    let found = reply.replications().iter().filter_map(fact).find(|one| one.arn == arn);
    found.ok_or_else(|| none(REPLICATIONS, format!("there is no replication of {arn}")))
}

fn fact(item: &Replication) -> Option<TaskFact> {
    let arn = item.replication_config_arn()?.to_owned();
    let stats = item.replication_stats();
    let stopped = item.replication_last_stop_time().or(stats.and_then(|stats| stats.stop_date()));
    let capacity = item.provision_data().map(|data| small(data.provisioned_capacity_units()));
    Some(TaskFact {
        name: text(item.replication_config_identifier()).unwrap_or_else(|| arn.clone()),
        arn,
        status: item.status().unwrap_or_default().to_owned(),
        migration: item.replication_type().map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        stop_reason: text(item.stop_reason()),
        failure: text(Some(item.failure_messages().join(" ").as_str())),
        source: text(item.source_endpoint_arn()),
        target: text(item.target_endpoint_arn()),
        instance: None,
        capacity: capacity.filter(|units| *units > 0),
        created: item.replication_create_time().map(timestamp),
        started: stats.and_then(|stats| stats.start_date()).map(timestamp),
        stopped: stopped.map(timestamp),
        load: stats.map(load).unwrap_or_default(),
    })
}

fn load(stats: &ReplicationStats) -> FullLoad {
    FullLoad {
        percent: Some(small(stats.full_load_progress_percent())),
        loaded: small(stats.tables_loaded()),
        loading: small(stats.tables_loading()),
        queued: small(stats.tables_queued()),
        errored: small(stats.tables_errored()),
    }
}

/// One page of the tables of a replication and the marker of the next.
pub(super) async fn tables_page(
    session: &Session,
    arn: &str,
    marker: Option<String>,
) -> Result<(Vec<TableRow>, Option<String>), AwsError> {
    session.pace(Api::Dms).await;
    let reply = client(session)
        .describe_replication_table_statistics()
        .replication_config_arn(arn)
        .max_records(100)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(TABLES, error))?;
    Ok((reply.replication_table_statistics().iter().map(table).collect(), text(reply.marker())))
}

/// The dimensions with which a latency was published within about two weeks, those of tasks among them: which of them are
/// whose is not for this crate to say.
pub async fn measured(session: &Session) -> Result<Vec<Vec<(String, String)>>, AwsError> {
    let wanted = Wanted { namespace: "AWS/DMS", name: Some("CDCLatencyTarget"), dimensions: &[] };
    let (published, _) = up_to(MOST_PAGES, |token| published_page(session, wanted, token)).await?;
    Ok(published.into_iter().map(|metric| metric.dimensions).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ends::replication,
        wire::{Reply, Wire},
    };

    const ARN: &str = "arn:aws:dms:eu-west-1:123456789012:replication-config:DEF";

    fn one(more: &str) -> String {
        format!(
            r#"{{"ReplicationConfigArn":"{ARN}","ReplicationConfigIdentifier":"suppliers","ReplicationType":"cdc",
                "SourceEndpointArn":"arn:s","TargetEndpointArn":"arn:t",{more}}}"#
        )
    }

    #[tokio::test]
    async fn a_replication_is_read_as_a_task_is() {
        let failed =
            one(r#""Status":"failed","FailureMessages":["Test connection failed for endpoint A.","It timed out."],
               "StopReason":"","ReplicationLastStopTime":1700000000.5,"ReplicationCreateTime":1600000000"#);
        let running = one(
            r#""Status":"running","ProvisionData":{"ProvisionState":"succeeded","ProvisionedCapacityUnits":4},
               "ReplicationStats":{"FullLoadProgressPercent":100,"TablesLoaded":3,"TablesErrored":1,"StartDate":1700000000}"#,
        );
        let wire = Wire::start(move |_, body| match body {
            body if body.contains("m/1") => Reply::json(&format!(r#"{{"Replications":[{running}]}}"#)),
            _ => Reply::json(&format!(r#"{{"Replications":[{failed},{{"Status":"ready"}}],"Marker":"m/1"}}"#)),
        });
        let (first, next) = replications_page(&wire.session, None).await.unwrap();
        assert_eq!((first.len(), next.as_deref()), (1, Some("m/1")), "one without an ARN cannot be asked for");
        let fact = &first[0];
        assert_eq!((fact.arn.as_str(), fact.name.as_str(), fact.status.as_str()), (ARN, "suppliers", "failed"));
        assert_eq!(fact.failure.as_deref(), Some("Test connection failed for endpoint A. It timed out."));
        assert_eq!((fact.stop_reason.as_deref(), fact.started, fact.capacity), (None, None, None));
        assert_eq!(fact.stopped.map(|at| at.as_second()), Some(1_700_000_000));
        let (second, last) = replications_page(&wire.session, next).await.unwrap();
        assert_eq!((second[0].capacity, second[0].load.errored, last), (Some(4), 1, None));
        assert_eq!(second[0].started.map(|at| at.as_second()), Some(1_700_000_000));
    }

    #[tokio::test]
    async fn what_is_asked_by_the_arn_of_a_configuration_is_asked_of_serverless() {
        let running = one(r#""Status":"running""#);
        let wire = Wire::start(move |call, _| {
            if call.ends_with("DescribeReplications") {
                Reply::json(&format!(r#"{{"Replications":[{running}]}}"#))
            } else {
                Reply::json(
                    r#"{"ReplicationTableStatistics":[{"SchemaName":"public","TableName":"prices","TableState":"Table error",
                       "FullLoadErrorRows":2}]}"#,
                )
            }
        });
        assert_eq!(replication::task(&wire.session, ARN).await.unwrap().status, "running");
        let (tables, _) = replication::tables_page(&wire.session, ARN, None).await.unwrap();
        assert_eq!((tables[0].name.as_str(), tables[0].refused), ("public.prices", 2));
        let seen = wire.seen();
        assert!(seen[0].1.contains(r#""replication-config-arn""#) && seen[0].1.contains(ARN), "{seen:?}");
        assert!(seen[1].0.ends_with("DescribeReplicationTableStatistics"), "{seen:?}");

        let wire = Wire::start(|_, _| Reply::json(r#"{"Replications":[]}"#));
        let gone = replication::task(&wire.session, ARN).await;
        assert!(matches!(gone, Err(AwsError::NotFound { .. })), "{gone:?}");
    }
}
