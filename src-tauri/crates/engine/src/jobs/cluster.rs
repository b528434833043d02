//! One cluster: its machines, those that were lost first, and its bootstrap actions.

use super::masked;
use crate::{Desk, EngineError};
use ::jobs::secrets;
use aws::{AwsError, Session, jobs::emr::machines, pages::up_to};
use contract::{
    Notice,
    jobs::{BootstrapAction, ClusterDetail, ClusterInstance, DescribeCluster},
};
use std::cmp::Reverse;

/// Pages of machines that are read.
const MOST_PAGES: usize = 5;

impl Desk {
    pub async fn describe_cluster(&self, request: &DescribeCluster) -> Result<ClusterDetail, EngineError> {
        let session = self.session()?;
        let id = request.cluster.as_str();
        let (cluster, instances, actions) = tokio::join!(
            self.cluster(&session, id),
            instances(&session, id),
            machines::bootstrap_actions(&session, id)
        );
        let cluster = cluster.map_err(Self::failed(&session))?;
        let mut notices = Vec::new();
        let mut missing = |what: &str, error: &AwsError| {
            notices.push(Notice::warning(format!("{what} are missing: {error}.")));
        };
        let (mut instances, whole) = instances.unwrap_or_else(|error| {
            missing("Instances", &error);
            (Vec::new(), true)
        });
        let actions = actions.unwrap_or_else(|error| {
            missing("Bootstrap actions", &error);
            Vec::new()
        });
        if !whole {
            notices.push(Notice::info(format!("Only the first {} instances are listed.", instances.len())));
        }
        instances.sort_by_cached_key(|one| (one.ended.is_none(), Reverse(one.ended), one.id.clone()));
        let covered = |action: BootstrapAction| BootstrapAction {
            script: masked(&action.script),
            arguments: secrets::arguments(&action.arguments, &masked),
            ..action
        };
        let logs = cluster.log_uri.as_ref().map(|uri| format!("{}/{id}/node/", uri.trim_end_matches('/')));
        Ok(ClusterDetail { instances, bootstrap: actions.into_iter().map(covered).collect(), logs, notices })
    }
}

/// The machines, and whether these are all.
async fn instances(session: &Session, cluster: &str) -> Result<(Vec<ClusterInstance>, bool), AwsError> {
    let (all, more) = up_to(MOST_PAGES, |marker| machines::instances_page(session, cluster, marker)).await?;
    Ok((all, !more))
}
