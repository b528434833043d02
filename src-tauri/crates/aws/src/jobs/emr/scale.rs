//! The capacity of a cluster: of each group or fleet what was asked for, what is there and what scaling may add.

use super::{LIST_FLEETS, LIST_GROUPS, client, failed};
use crate::{AwsError, Call, Session, pace::Api};
use contract::jobs::CapacityRow;

const GET_SCALING: Call = Call::new("GetManagedScalingPolicy", "elasticmapreduce:GetManagedScalingPolicy");

pub async fn groups(session: &Session, cluster: &str) -> Result<Vec<CapacityRow>, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_instance_groups()
        .cluster_id(cluster)
        .send()
        .await
        .map_err(|error| failed(LIST_GROUPS, error))?;
    let rows = reply.instance_groups().iter().map(|group| {
        let kind = group.instance_group_type().map_or("instance", |kind| kind.as_str()).to_ascii_lowercase();
        let most =
            group.auto_scaling_policy().and_then(|policy| policy.constraints()).and_then(|most| most.max_capacity());
        CapacityRow {
            what: format!("{kind}, {}", group.instance_type().unwrap_or("unknown type")),
            configured: group.requested_instance_count().map(instances),
            used: group.running_instance_count().map(|number| format!("{} running", instances(number))),
            maximum: most.map(instances),
        }
    });
    Ok(rows.collect())
}

pub async fn fleets(session: &Session, cluster: &str) -> Result<Vec<CapacityRow>, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_instance_fleets()
        .cluster_id(cluster)
        .send()
        .await
        .map_err(|error| failed(LIST_FLEETS, error))?;
    let both = |on_demand: Option<i32>, spot: Option<i32>| {
        (on_demand.is_some() || spot.is_some())
            .then(|| format!("{} on demand, {} spot", on_demand.unwrap_or(0), spot.unwrap_or(0)))
    };
    let rows = reply.instance_fleets().iter().map(|fleet| {
        let kind = fleet.instance_fleet_type().map_or("instance", |kind| kind.as_str()).to_ascii_lowercase();
        CapacityRow {
            what: format!("{kind} fleet, units"),
            configured: both(fleet.target_on_demand_capacity(), fleet.target_spot_capacity()),
            used: both(fleet.provisioned_on_demand_capacity(), fleet.provisioned_spot_capacity()),
            maximum: None,
        }
    });
    Ok(rows.collect())
}

/// Between what managed scaling keeps the whole cluster; `None` where it is not used.
pub async fn managed(session: &Session, cluster: &str) -> Result<Option<CapacityRow>, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .get_managed_scaling_policy()
        .cluster_id(cluster)
        .send()
        .await
        .map_err(|error| failed(GET_SCALING, error))?;
    let limits = reply.managed_scaling_policy().and_then(|policy| policy.compute_limits());
    Ok(limits.map(|limits| {
        let unit = match limits.unit_type().map_or("", |unit| unit.as_str()) {
            "VCPU" => "vCPU",
            "InstanceFleetUnits" => "units",
            _ => "instances",
        };
        CapacityRow {
            what: "whole cluster, managed scaling".into(),
            configured: limits.minimum_capacity_units().map(|least| format!("at least {least} {unit}")),
            used: None,
            maximum: limits.maximum_capacity_units().map(|most| format!("{most} {unit}")),
        }
    }))
}

fn instances(number: i32) -> String {
    format!("{number} {}", if number == 1 { "instance" } else { "instances" })
}
