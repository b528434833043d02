//! EMR on EC2: clusters and their steps.
//!
//! A step says neither its release nor where its cluster keeps logs: whoever reads steps hands over the cluster, read once.

pub mod machines;
pub mod scale;

use super::{OpenRuns, pairs, text};
use crate::{
    AwsError, Call, Session,
    pace::Api,
    time::{date_time, timestamp},
};
use aws_sdk_emr::{
    Client,
    types::{ClusterState, ClusterStatus, Configuration as SdkConfiguration, HadoopStepConfig, StepState, StepStatus},
};
use contract::{
    Timestamp,
    jobs::{
        HomeId, HomeRow, JobId,
        facts::{Configuration, Driver, RunFact},
    },
};

const LIST_CLUSTERS: Call = Call::new("ListClusters", "elasticmapreduce:ListClusters");
pub const DESCRIBE_CLUSTER: Call = Call::new("DescribeCluster", "elasticmapreduce:DescribeCluster");
pub const LIST_STEPS: Call = Call::new("ListSteps", "elasticmapreduce:ListSteps");
const DESCRIBE_STEP: Call = Call::new("DescribeStep", "elasticmapreduce:DescribeStep");
const LIST_GROUPS: Call = Call::new("ListInstanceGroups", "elasticmapreduce:ListInstanceGroups");
const LIST_FLEETS: Call = Call::new("ListInstanceFleets", "elasticmapreduce:ListInstanceFleets");

/// Pages of 50 steps that run or wait: a cluster has 256 of them at the most ("Submit work to an Amazon EMR cluster").
const OPEN_PAGES: usize = 10;

/// What the steps of a cluster take from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterFact {
    pub row: HomeRow,
    /// `StateChangeReason.Code`: `BOOTSTRAP_FAILURE`.
    pub code: Option<String>,
    /// When it first took steps.
    pub ready: Option<Timestamp>,
    pub log_uri: Option<String>,
    /// Log types whose upload is switched off.
    pub uploads_off: Vec<String>,
    pub configurations: Vec<Configuration>,
    pub tags: Vec<(String, String)>,
    /// It has fleets of instances and no groups.
    pub fleets: bool,
    /// How many of its steps there may be at once.
    pub most_steps: Option<u64>,
}

impl ClusterFact {
    /// A cluster of which the list alone was read: its steps have what they say themselves.
    pub fn listed(row: HomeRow) -> Self {
        Self {
            row,
            code: None,
            ready: None,
            log_uri: None,
            uploads_off: Vec::new(),
            configurations: Vec::new(),
            tags: Vec::new(),
            fleets: false,
            most_steps: None,
        }
    }
}

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// The service calls an id that it does not know an invalid request.
fn failed<E>(
    call: Call,
    error: aws_smithy_runtime_api::client::result::SdkError<
        E,
        aws_smithy_runtime_api::client::orchestrator::HttpResponse,
    >,
) -> AwsError
where
    E: std::error::Error + aws_smithy_types::error::metadata::ProvideErrorMetadata + Send + Sync + 'static,
{
    match AwsError::from_sdk(call, error) {
        AwsError::Service { call, code, message, request_id, .. } if message.contains("is not valid") => {
            AwsError::NotFound { call, code, message, request_id }
        }
        other => other,
    }
}

/// One page of clusters, newest first, without release and capacity, and the marker of the next.
pub async fn clusters_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<HomeRow>, Option<String>), AwsError> {
    clusters_before(session, None, marker).await
}

/// The same of clusters that were created before a moment, where one is given.
pub async fn clusters_before(
    session: &Session,
    before: Option<Timestamp>,
    marker: Option<String>,
) -> Result<(Vec<HomeRow>, Option<String>), AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_clusters()
        .set_created_before(before.map(date_time))
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| failed(LIST_CLUSTERS, error))?;
    let rows = reply
        .clusters()
        .iter()
        .filter_map(|cluster| Some(home(session, cluster.id()?, cluster.name(), cluster.status(), None)));
    Ok((rows.collect(), reply.marker().map(str::to_owned)))
}

/// The newest clusters that accept steps, without release and capacity; more than a page of them is rare.
pub async fn open_clusters(session: &Session) -> Result<Vec<HomeRow>, AwsError> {
    session.pace(Api::Emr).await;
    let open = [ClusterState::Starting, ClusterState::Bootstrapping, ClusterState::Running, ClusterState::Waiting];
    let reply = client(session)
        .list_clusters()
        .set_cluster_states(Some(open.to_vec()))
        .send()
        .await
        .map_err(|error| failed(LIST_CLUSTERS, error))?;
    let rows = reply
        .clusters()
        .iter()
        .filter_map(|cluster| Some(home(session, cluster.id()?, cluster.name(), cluster.status(), None)));
    Ok(rows.collect())
}

fn home(
    session: &Session,
    id: &str,
    name: Option<&str>,
    status: Option<&ClusterStatus>,
    release: Option<&str>,
) -> HomeRow {
    let timeline = status.and_then(ClusterStatus::timeline);
    let reason = status.and_then(ClusterStatus::state_change_reason);
    // What went wrong in particular, where it is told, says more than the message beside the state.
    let details = status.map(ClusterStatus::error_details).unwrap_or_default();
    let detail = details.iter().find_map(|detail| text(detail.error_message()));
    HomeRow {
        id: HomeId::Cluster(id.to_owned()),
        name: text(name).unwrap_or_else(|| id.to_owned()),
        state: status.and_then(ClusterStatus::state).map(|state| state.as_str().to_owned()),
        reason: detail.or_else(|| text(reason.and_then(|reason| reason.message()))),
        release: text(release),
        in_use: None,
        capacity: None,
        created: timeline.and_then(|timeline| timeline.creation_date_time()).map(timestamp),
        ended: timeline.and_then(|timeline| timeline.end_date_time()).map(timestamp),
        as_of: session.now(),
    }
}

pub async fn cluster(session: &Session, id: &str) -> Result<ClusterFact, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .describe_cluster()
        .cluster_id(id)
        .send()
        .await
        .map_err(|error| failed(DESCRIBE_CLUSTER, error))?;
    let cluster = reply.cluster().ok_or_else(|| AwsError::Unreadable {
        call: DESCRIBE_CLUSTER,
        message: "the answer holds no cluster".into(),
    })?;
    let policies = cluster
        .monitoring_configuration()
        .and_then(|monitoring| monitoring.s3_logging_configuration())
        .and_then(|logging| logging.log_type_upload_policy());
    let off = policies.into_iter().flatten().filter(|(_, policy)| policy.as_str() == "disabled");
    let mut uploads_off: Vec<String> = off.map(|(kind, _)| kind.as_str().to_owned()).collect();
    uploads_off.sort();
    let changed = cluster.status().and_then(ClusterStatus::state_change_reason);
    let timeline = cluster.status().and_then(ClusterStatus::timeline);
    Ok(ClusterFact {
        row: home(session, id, cluster.name(), cluster.status(), cluster.release_label()),
        code: changed.and_then(|reason| reason.code()).map(|code| code.as_str().to_owned()),
        ready: timeline.and_then(|timeline| timeline.ready_date_time()).map(timestamp),
        log_uri: text(cluster.log_uri()),
        uploads_off,
        configurations: configurations(cluster.configurations()),
        tags: cluster
            .tags()
            .iter()
            .filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())))
            .collect(),
        fleets: cluster.instance_collection_type().is_some_and(|kind| kind.as_str() == "INSTANCE_FLEET"),
        most_steps: cluster.step_concurrency_level().and_then(|level| u64::try_from(level).ok()),
    })
}

/// The cluster as a run of its own: what it failed of, and where its machines keep their logs.
pub fn as_run(cluster: &ClusterFact) -> RunFact {
    let driver = Driver::Jar {
        jar: String::new(),
        main_class: None,
        arguments: Vec::new(),
        properties: Vec::new(),
        on_failure: None,
    };
    let row = &cluster.row;
    let id = JobId::Cluster { cluster: row.id.own().to_owned() };
    let mut run = RunFact::bare(id, row.state.as_deref().unwrap_or("UNKNOWN"), driver);
    run.name = Some(row.name.clone());
    run.secondary.clone_from(&cluster.code);
    run.reason.clone_from(&row.reason);
    (run.created, run.started, run.ended) = (row.created, cluster.ready, row.ended);
    run.request.release.clone_from(&row.release);
    run.request.configurations.clone_from(&cluster.configurations);
    run.request.logs.s3.clone_from(&cluster.log_uri);
    run.request.logs.uploads_off.clone_from(&cluster.uploads_off);
    run
}

/// With what is nested in another classification behind it.
fn configurations(all: &[SdkConfiguration]) -> Vec<Configuration> {
    let mut found = Vec::new();
    for one in all {
        found.push(Configuration {
            classification: one.classification().unwrap_or_default().to_owned(),
            properties: pairs(one.properties()),
        });
        found.extend(configurations(one.configurations()));
    }
    found.retain(|one| !one.properties.is_empty());
    found
}

/// The instances of a cluster in words: `1 m5.xlarge, 4 r5.2xlarge`; of a fleet its capacity.
pub async fn capacity(session: &Session, cluster: &str, fleets: bool) -> Result<Option<String>, AwsError> {
    session.pace(Api::Emr).await;
    let client = client(session);
    let parts: Vec<String> = if fleets {
        let reply = client
            .list_instance_fleets()
            .cluster_id(cluster)
            .send()
            .await
            .map_err(|error| failed(LIST_FLEETS, error))?;
        let fleets = reply.instance_fleets().iter().map(|fleet| {
            let kind = fleet.instance_fleet_type().map_or("instance", |kind| kind.as_str()).to_ascii_lowercase();
            let (on_demand, spot) =
                (fleet.provisioned_on_demand_capacity().unwrap_or(0), fleet.provisioned_spot_capacity().unwrap_or(0));
            format!("{kind} fleet of {on_demand} on demand and {spot} spot")
        });
        fleets.collect()
    } else {
        let reply = client
            .list_instance_groups()
            .cluster_id(cluster)
            .send()
            .await
            .map_err(|error| failed(LIST_GROUPS, error))?;
        let groups = reply.instance_groups().iter().filter_map(|group| {
            let number =
                group.running_instance_count().filter(|number| *number > 0).or(group.requested_instance_count());
            Some(format!("{} {}", number?, group.instance_type()?))
        });
        groups.collect()
    };
    Ok((!parts.is_empty()).then(|| parts.join(", ")))
}

/// One page of a cluster's steps, newest first, and the marker of the next.
pub async fn steps_page(
    session: &Session,
    cluster: &ClusterFact,
    marker: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .list_steps()
        .cluster_id(cluster.row.id.own())
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| failed(LIST_STEPS, error))?;
    let runs = reply.steps().iter().filter_map(|step| {
        let run = run(cluster, step.id()?, step.name(), step.config(), step.status());
        Some(with_log(run, step.log_uri()))
    });
    Ok((runs.collect(), reply.marker().map(str::to_owned)))
}

/// Steps of a cluster that run or wait, newest first.
pub async fn open_steps(session: &Session, cluster: &ClusterFact) -> Result<OpenRuns, AwsError> {
    let open = [StepState::Pending, StepState::Running, StepState::CancelPending];
    let mut runs = Vec::new();
    let mut marker = None;
    for _ in 0..OPEN_PAGES {
        session.pace(Api::Emr).await;
        let reply = client(session)
            .list_steps()
            .cluster_id(cluster.row.id.own())
            .set_step_states(Some(open.to_vec()))
            .set_marker(marker)
            .send()
            .await
            .map_err(|error| failed(LIST_STEPS, error))?;
        let page = reply
            .steps()
            .iter()
            .filter_map(|step| Some(run(cluster, step.id()?, step.name(), step.config(), step.status())));
        runs.extend(page);
        marker = reply.marker().map(str::to_owned);
        if marker.is_none() {
            break;
        }
    }
    Ok(OpenRuns::new(runs, marker.is_some()))
}

/// Whether a cluster has this step; one that it has not is not found.
pub async fn find_step(session: &Session, cluster: &str, step: &str) -> Result<(), AwsError> {
    session.pace(Api::Emr).await;
    let asked = client(session).describe_step().cluster_id(cluster).step_id(step).send().await;
    asked.map(drop).map_err(|error| failed(DESCRIBE_STEP, error))
}

pub async fn step(session: &Session, cluster: &ClusterFact, step: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::Emr).await;
    let reply = client(session)
        .describe_step()
        .cluster_id(cluster.row.id.own())
        .step_id(step)
        .send()
        .await
        .map_err(|error| failed(DESCRIBE_STEP, error))?;
    let found = reply
        .step()
        .ok_or_else(|| AwsError::Unreadable { call: DESCRIBE_STEP, message: "the answer holds no step".into() })?;
    let mut run = with_log(run(cluster, step, found.name(), found.config(), found.status()), found.log_uri());
    run.request.role = text(found.execution_role_arn());
    Ok(run)
}

fn with_log(mut run: RunFact, uri: Option<&str>) -> RunFact {
    run.request.logs.step_s3 = text(uri);
    run
}

fn run(
    cluster: &ClusterFact,
    id: &str,
    name: Option<&str>,
    config: Option<&HadoopStepConfig>,
    status: Option<&StepStatus>,
) -> RunFact {
    let driver = Driver::Jar {
        jar: config.and_then(HadoopStepConfig::jar).unwrap_or_default().to_owned(),
        main_class: text(config.and_then(HadoopStepConfig::main_class)),
        arguments: config.map(HadoopStepConfig::args).unwrap_or_default().to_vec(),
        properties: pairs(config.and_then(HadoopStepConfig::properties)),
        on_failure: None,
    };
    let word = status.and_then(StepStatus::state).map_or("UNKNOWN", |state| state.as_str());
    let id = JobId::Step { cluster: cluster.row.id.own().to_owned(), step: id.to_owned() };
    let mut run = RunFact::bare(id, word, driver);
    let timeline = status.and_then(StepStatus::timeline);
    let changed = status.and_then(StepStatus::state_change_reason);
    let failure = status.and_then(StepStatus::failure_details);
    let told: Vec<String> =
        [failure.and_then(|failure| failure.reason()), failure.and_then(|failure| failure.message())]
            .into_iter()
            .filter_map(text)
            .collect();
    run.secondary = changed.and_then(|reason| reason.code()).map(|code| code.as_str().to_owned());
    run.reason = Some(told.join(": "))
        .filter(|told| !told.is_empty())
        .or_else(|| text(changed.and_then(|reason| reason.message())));
    run.log_file = text(failure.and_then(|failure| failure.log_file()));
    let at = |time: Option<&aws_smithy_types::DateTime>| -> Option<Timestamp> { time.map(timestamp) };
    run.created = at(timeline.and_then(|timeline| timeline.creation_date_time()));
    run.started = at(timeline.and_then(|timeline| timeline.start_date_time()));
    run.ended = at(timeline.and_then(|timeline| timeline.end_date_time()));
    run.name = text(name);
    run.request.name.clone_from(&run.name);
    run.request.release.clone_from(&cluster.row.release);
    run.request.configurations.clone_from(&cluster.configurations);
    run.request.logs.s3.clone_from(&cluster.log_uri);
    run.request.logs.uploads_off.clone_from(&cluster.uploads_off);
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    #[tokio::test]
    async fn clusters_before_a_moment_are_asked_for_page_by_page() {
        let wire =
            Wire::start(|_, _| Reply::json(r#"{"Clusters": [{"Id": "j-1", "Name": "nightly"}], "Marker": "m2"}"#));
        let before = "2026-11-21T02:00:00Z".parse().ok();
        let (rows, next) = clusters_before(&wire.session, before, Some("m1".into())).await.unwrap();
        assert_eq!((rows[0].id.own(), next.as_deref()), ("j-1", Some("m2")));
        let (call, body) = wire.only();
        assert!(
            call.ends_with(".ListClusters") && body.contains("CreatedBefore") && body.contains("1795226400"),
            "{call} {body}"
        );
        assert!(body.contains(r#""Marker":"m1""#), "{body}");
    }
}
