//! What became of an approval: the pipeline that it started, where the deployment is, and how the version does where it
//! serves, against the version beside it or the same hours before its deployment.

use super::{blast, key, pipelines::newest, read, version_arn};
use crate::{Desk, EngineError, ends::left_out, jobs::masked};
use ::models::{
    decide::{
        Against, Hours, MonitorResult, Span, deployed, deployment, follow, goes_on, is_changed_since, is_moving,
        served, spans, variants,
    },
    monitor::Violations,
    rows, trail,
    wording::list,
};
use aws::{
    AwsError, Session,
    models::{
        endpoints::{self, Described},
        metrics, monitors,
        registry::{Included, describe_version},
    },
    trail::{Wanted, page},
};
use contract::{
    Notice,
    models::{
        DeployedAt, FollowPipeline, FollowRow, LastRun, ModelWrite, PipelineMark, PipelineStatus,
        facts::{ActionFact, Approval, EndpointFact, MetricName, MetricQuery, MonitorKind, VariantFact, VersionFact},
        requests::{FollowModel, FollowReply},
    },
};
use std::time::Duration;

const SERVES: Duration = Duration::from_secs(30);
/// Seconds of one value, and of one that is so old that CloudWatch keeps hours only ("Metrics retention").
const PERIOD: u32 = 300;
const OLD_PERIOD: u32 = 3_600;
const OLD_DAYS: i64 = 62;
/// Pipelines whose executions are looked at.
const MOST_PIPELINES: usize = 4;
/// Pages of the runs of an endpoint's monitors in a day, a hundred each: the first run stands on the last of them.
const RUN_PAGES: usize = 5;
/// Pages of CloudTrail's records of deployments, fifty each: it takes 2 calls a second.
const UPDATE_PAGES: usize = 2;

impl Desk {
    pub async fn follow_model(&self, request: &FollowModel) -> Result<FollowReply, EngineError> {
        let session = self.session()?;
        let failed = Self::failed(&session);
        let arn = Box::pin(version_arn(&session, &request.arn)).await?;
        let version = Box::pin(describe_version(&session, &arn, Included::Metadata)).await.map_err(&failed)?;
        let registry = Box::pin(self.registry(&session, SERVES)).await.map_err(&failed)?;
        // What is on its way is not served yet: the newest approved version of the group is followed where that one is.
        let versions = registry.beside(&version);
        let former = versions
            .iter()
            .filter(|one| one.approval == Approval::Approved && one.version != version.version)
            .max_by_key(|one| one.version);
        let own = rows::deployed(&version, &registry.models);
        let there = match (own.first(), former) {
            (Some(at), _) => Some(at.endpoint.clone()),
            (None, Some(former)) => rows::deployed(former, &registry.models).first().map(|at| at.endpoint.clone()),
            (None, None) => None,
        };
        let mut notices = registry.notices.clone();
        let pipelines = Box::pin(started(&session, &version, &mut notices)).await;
        let goes_on = goes_on(&version, &pipelines, session.now());
        let mut reply = FollowReply {
            words: format!("version {} serves nowhere", version.version),
            deployment: Vec::new(),
            pipelines,
            against: String::new(),
            rows: Vec::new(),
            // What came later is not what goes back, and nothing goes back where this one serves nothing.
            former: former.filter(|one| !own.is_empty() && one.version < version.version).map(rows::mark),
            goes_on,
            notices,
        };
        let Some(name) = there else { return Ok(reply) };
        reply.notices.extend(elsewhere(&own, &name));
        let described = Box::pin(endpoints::describe(&session, &name)).await.map_err(&failed)?;
        for missing in &described.missing {
            reply.notices.push(Notice::info(format!("{} could not be read: {}.", missing.action, missing.reason)));
        }
        let endpoint = &described.endpoint;
        let serving = served(&endpoint.variants).unwrap_or_else(|| "a version".to_owned());
        reply.words = format!("endpoint {name} is {} and serves {serving}", endpoint.status);
        // Why a deployment fails is a stranger's text.
        reply.deployment = deployment(endpoint).iter().map(|line| masked(line)).collect();
        reply.goes_on |= is_moving(endpoint);
        let (own, beside) = variants(endpoint, &arn);
        if own.is_empty() {
            return Ok(reply);
        }
        // The endpoint itself knows sooner than the search what it serves.
        reply.former = former.filter(|one| one.version < version.version).map(rows::mark);
        (reply.rows, reply.against) =
            Box::pin(measured(&session, &described, &own, &beside, &mut reply.notices)).await.map_err(&failed)?;
        // What is shown of the version may have changed with its deployment.
        self.inner.models.reads.forget(&key(&session, &arn));
        Ok(reply)
    }
}

/// One endpoint is followed; where else the version serves is said.
fn elsewhere(own: &[DeployedAt], followed: &str) -> Option<Notice> {
    let mut names: Vec<&str> = own.iter().map(|at| at.endpoint.as_str()).filter(|name| *name != followed).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty())
        .then(|| Notice::info(format!("It serves at {} too, which is not followed here.", list(&names, 4))))
}

/// The SageMaker pipelines that hear of the approval of a version, each with its newest execution.
async fn started(session: &Session, version: &VersionFact, notices: &mut Vec<Notice>) -> Vec<FollowPipeline> {
    let approval = ModelWrite::Approval { status: Approval::Approved.code().to_owned(), comment: String::new() };
    let rules = match Box::pin(blast::matching(session, version, &approval)).await {
        Ok(rules) => rules,
        Err(missing) => {
            let why = if missing.denied { format!("{} is missing", missing.action) } else { missing.reason };
            notices.push(Notice::info(format!("Which pipeline its approval starts is not known: {why}.")));
            return Vec::new();
        }
    };
    let mut found: Vec<FollowPipeline> = Vec::new();
    for rule in rules {
        for name in rule.targets.iter().filter_map(|target| blast::pipeline(target)) {
            if found.iter().all(|one| one.name != name) {
                let (name, rule) = (name.to_owned(), rule.name.clone());
                found.push(FollowPipeline { name, rule, last: LastRun::Never, is_before: false });
            }
        }
    }
    found.truncate(MOST_PIPELINES);
    for one in &mut found {
        match Box::pin(newest(session, &one.name)).await {
            Ok(executions) => {
                let Some(execution) = executions.into_iter().next() else { continue };
                let began = execution.started;
                one.is_before = began.zip(version.modified).is_some_and(|(began, changed)| began < changed);
                one.last = LastRun::Run(PipelineMark {
                    status: PipelineStatus::of(&execution.status),
                    started: began,
                    arn: execution.arn,
                });
            }
            Err(error) => {
                notices.push(left_out(&format!("Pipeline {}", one.name), &error));
                one.last = LastRun::Unread(error.to_string());
            }
        }
    }
    found
}

/// CloudTrail's records of the deployments of a region, where the endpoint was changed long after its configuration was
/// made: it may have gone back to an old one. What cannot be read is not said here: the words of the comparison say that the
/// time is not sure.
async fn updates(session: &Session, endpoint: &EndpointFact) -> Vec<ActionFact> {
    let Some(made) = endpoint.config_created else { return Vec::new() };
    if endpoint.modified.is_none_or(|changed| !is_changed_since(made, changed)) {
        return Vec::new();
    }
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..UPDATE_PAGES {
        let Ok((records, next)) = Box::pin(page(session, Wanted::Event("UpdateEndpoint"), made, token)).await else {
            break;
        };
        found.extend(records.iter().map(trail::action));
        if next.is_none() {
            break;
        }
        token = next;
    }
    found
}

/// What was measured of the variants of a version, and what it is compared with, in words.
async fn measured(
    session: &Session,
    described: &Described,
    own: &[&VariantFact],
    beside: &[&VariantFact],
    notices: &mut Vec<Notice>,
) -> Result<(Vec<FollowRow>, String), AwsError> {
    let (endpoint, now) = (&described.endpoint, session.now());
    let since = deployed(endpoint, &Box::pin(updates(session, endpoint)).await, now);
    let serves = since.serves(endpoint);
    let spans = spans(since.at(), now).in_service(serves);
    let sibling = served(beside.iter().copied());
    // Of both sides alike: a percentile of an hour is not one of five minutes.
    let oldest = if sibling.is_some() { spans.after.0 } else { spans.before.0 };
    let is_old = now.as_second() - oldest.as_second() > OLD_DAYS * 24 * 3_600;
    let period = if is_old { OLD_PERIOD } else { PERIOD };
    let spans = spans.whole(period);
    let (against, others, then) = match sibling {
        Some(other) => (Against::Beside(other), beside, spans.after),
        None => (Against::Before, own, spans.before),
    };
    let (before, after, first_before, first) = tokio::join!(
        hours(session, endpoint, others, then, period),
        hours(session, endpoint, own, spans.after, period),
        first_run(session, &endpoint.name, spans.first_before),
        first_run(session, &endpoint.name, spans.first),
    );
    let mut all = Vec::new();
    for (hours, monitor) in [(before, first_before), (after, first)] {
        let mut told = known(hours, "How the endpoint does", notices)?;
        told.monitor = known(monitor, "The first run of its monitor", notices)?;
        all.push(told);
    }
    let mut all = all.into_iter();
    let (before, after) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
    let words = match &against {
        Against::Before => since.compared(serves),
        Against::Beside(other) => format!("against {other}, which serves beside it, in the same hours"),
    };
    Ok((follow(&before, &after, &against), words))
}

/// What was read; what could not be read is left out, and said. Without a sign-in there is nothing to show.
fn known<T: Default>(part: Result<T, AwsError>, what: &str, notices: &mut Vec<Notice>) -> Result<T, AwsError> {
    match part {
        Ok(part) => Ok(part),
        Err(error @ AwsError::SignIn { .. }) => Err(error),
        Err(error) => {
            let notice = left_out(what, &error);
            if !notices.contains(&notice) {
                notices.push(notice);
            }
            Ok(T::default())
        }
    }
}

/// What was measured of some variants of an endpoint between two moments, a value each `period` seconds. Its monitors are asked for on their own.
async fn hours(
    session: &Session,
    endpoint: &EndpointFact,
    variants: &[&VariantFact],
    (from, until): Span,
    period: u32,
) -> Result<Hours, AwsError> {
    if from >= until {
        return Ok(Hours { is_short: true, ..Hours::default() });
    }
    let mut queries = Vec::new();
    for variant in variants {
        for (name, statistic) in [("Invocations", "Sum"), ("Invocation5XXErrors", "Sum"), ("ModelLatency", "p99")] {
            let dimensions = vec![
                ("EndpointName".to_owned(), endpoint.name.clone()),
                ("VariantName".to_owned(), variant.name.clone()),
            ];
            let metric = MetricName { namespace: "AWS/SageMaker".to_owned(), name: name.to_owned(), dimensions };
            queries.push(MetricQuery { metric, statistic: statistic.to_owned(), period });
        }
    }
    let series = Box::pin(metrics::series(session, &queries, from, until)).await?;
    let mut told = Hours::default();
    for (query, series) in queries.iter().zip(series) {
        let values = series.points.iter().map(|(_, value)| *value);
        if series.points.is_empty() {
            continue;
        }
        match query.metric.name.as_str() {
            "Invocations" => told.invocations = Some(told.invocations.unwrap_or_default() + values.sum::<f64>()),
            "Invocation5XXErrors" => told.errors = Some(told.errors.unwrap_or_default() + values.sum::<f64>()),
            // The worst of them, in ms: CloudWatch has microseconds.
            _ => {
                let worst = values.fold(told.latency.unwrap_or_default(), |most, value| most.max(value / 1_000.0));
                told.latency = Some(worst);
            }
        }
    }
    Ok(told)
}

/// The first run of a monitor of data in this time.
async fn first_run(session: &Session, endpoint: &str, (from, until): Span) -> Result<Option<MonitorResult>, AwsError> {
    let wanted = monitors::Wanted {
        endpoint: Some(endpoint),
        from: Some(from),
        until: Some(until),
        ..monitors::Wanted::default()
    };
    let (mut runs, mut token) = Box::pin(monitors::runs_page(session, wanted, None)).await?;
    for _ in 1..RUN_PAGES {
        let Some(next) = token else { break };
        let (more, behind) = Box::pin(monitors::runs_page(session, wanted, Some(next))).await?;
        runs.extend(more);
        token = behind;
    }
    let of_data = |kind: Option<MonitorKind>| kind.is_none_or(|kind| kind == MonitorKind::DataQuality);
    let Some(run) = runs.into_iter().rfind(|run| of_data(run.kind)) else { return Ok(None) };
    let mut violations = Some(0);
    if run.status == "CompletedWithViolations" {
        // That there are any is known from the state; how many, from their file alone.
        violations = None;
        if let Some(job) = &run.job
            && let Some(output) = Box::pin(monitors::processing(session, job)).await?.outputs.first()
        {
            let uri = format!("{}/constraint_violations.json", output.trim_end_matches('/'));
            let read = Box::pin(read::bytes(session, &uri)).await.ok().and_then(|bytes| Violations::read(&bytes).ok());
            violations = read.and_then(|read| u32::try_from(read.violations.len()).ok());
        }
    }
    Ok(Some(MonitorResult { status: run.status, violations }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_serves_twice_says_what_is_not_followed() {
        let at = |endpoint: &str, model: &str| DeployedAt {
            endpoint: endpoint.into(),
            status: "InService".into(),
            version: Some(7),
            model: model.into(),
        };
        let own = [at("churn-live", "a"), at("churn-us", "a"), at("churn-us", "b")];
        let told = elsewhere(&own, "churn-live").map(|notice| notice.text);
        assert_eq!(told.as_deref(), Some("It serves at churn-us too, which is not followed here."));
        assert_eq!(elsewhere(&own[..1], "churn-live"), None);
        assert_eq!(elsewhere(&[], "churn-live"), None, "it serves nowhere yet");
    }
}
