//! The machines of a cluster, and what was run on them before its steps.

use super::{client, failed};
use crate::{AwsError, Call, Session, jobs::text, pace::Api, time::timestamp};
use contract::jobs::{BootstrapAction, ClusterInstance};

const LIST_INSTANCES: Call = Call::new("ListInstances", "elasticmapreduce:ListInstances");
const LIST_ACTIONS: Call = Call::new("ListBootstrapActions", "elasticmapreduce:ListBootstrapActions");

/// One page of machines, those that are gone among them, and the marker of the next.
pub async fn instances_page(
    session: &Session,
    cluster: &str,
    marker: Option<String>,
) -> Result<(Vec<ClusterInstance>, Option<String>), AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_instances()
        .cluster_id(cluster)
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| failed(LIST_INSTANCES, error))?;
    let found = reply.instances().iter().filter_map(|one| {
        let status = one.status();
        let changed = status.and_then(|status| status.state_change_reason());
        let timeline = status.and_then(|status| status.timeline());
        Some(ClusterInstance {
            id: text(one.ec2_instance_id()).or_else(|| text(one.id()))?,
            host: text(one.private_dns_name()),
            kind: text(one.instance_type()),
            market: one.market().map(|market| market.as_str().to_owned()),
            state: status.and_then(|status| status.state()).map_or("UNKNOWN", |state| state.as_str()).to_owned(),
            reason: text(changed.and_then(|changed| changed.message())),
            ready: timeline.and_then(|timeline| timeline.ready_date_time()).map(timestamp),
            ended: timeline.and_then(|timeline| timeline.end_date_time()).map(timestamp),
        })
    });
    Ok((found.collect(), reply.marker().map(str::to_owned)))
}

/// The bootstrap actions, in their order: a cluster has sixteen at most.
pub async fn bootstrap_actions(session: &Session, cluster: &str) -> Result<Vec<BootstrapAction>, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_bootstrap_actions()
        .cluster_id(cluster)
        .send()
        .await
        .map_err(|error| failed(LIST_ACTIONS, error))?;
    let found = reply.bootstrap_actions().iter().map(|one| BootstrapAction {
        name: one.name().unwrap_or_default().to_owned(),
        script: one.script_path().unwrap_or_default().to_owned(),
        arguments: one.args().to_vec(),
    });
    Ok(found.collect())
}
