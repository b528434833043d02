//! How a version does where it serves, against the same hours of the day before.

use super::{key, read, version_arn};
use crate::{Desk, EngineError, ends::left_out};
use ::models::{
    decide::{Hours, MonitorResult, follow},
    monitor::Violations,
    rows,
};
use aws::{
    AwsError, Session,
    models::{
        endpoints, metrics, monitors,
        registry::{Included, describe_version},
    },
};
use contract::{
    Notice, Timestamp,
    models::{
        facts::{Approval, EndpointFact, MetricName, MetricQuery, MonitorKind},
        requests::{FollowModel, FollowReply},
    },
};
use std::time::Duration;

const SERVES: Duration = Duration::from_secs(30);
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Seconds of one value.
const PERIOD: u32 = 300;

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
        let former = former.map(|former| former.arn.clone());
        let mut notices = registry.notices.clone();
        let Some(name) = there else {
            let words = format!("version {} serves nowhere", version.version);
            return Ok(FollowReply { words, rows: Vec::new(), former, notices });
        };
        let described = Box::pin(endpoints::describe(&session, &name)).await.map_err(&failed)?;
        for missing in &described.missing {
            notices.push(Notice::info(format!("{} could not be read: {}.", missing.action, missing.reason)));
        }
        let endpoint = described.endpoint;
        let serving = endpoint.variants.iter().find_map(|variant| variant.package.as_deref());
        let is_there = serving.is_some_and(|package| package.eq_ignore_ascii_case(&arn));
        let served = serving.and_then(rows::version_of).map_or("a version".to_owned(), |one| format!("version {one}"));
        let words = format!("endpoint {name} is {} and serves {served}", endpoint.status);
        if !is_there {
            return Ok(FollowReply { words, rows: Vec::new(), former, notices });
        }
        let now = session.now();
        let since = endpoint.modified.or(endpoint.created).unwrap_or(now).as_second().max(now.as_second() - DAY);
        let window = (moment(since), now);
        let day_before = (moment(since - DAY), moment(now.as_second() - DAY));
        let (before, after) = tokio::join!(hours(&session, &endpoint, day_before), hours(&session, &endpoint, window));
        let mut told = Vec::new();
        for part in [before, after] {
            match part {
                Ok(hours) => told.push(hours),
                Err(error @ AwsError::SignIn { .. }) => return Err(failed(error)),
                Err(error) => {
                    notices.push(left_out("How the endpoint does", &error));
                    told.push(Hours::default());
                }
            }
        }
        let mut told = told.into_iter();
        let (before, after) = (told.next().unwrap_or_default(), told.next().unwrap_or_default());
        // What is shown of the version may have changed with its deployment.
        self.inner.models.reads.forget(&key(&session, &arn));
        Ok(FollowReply { words, rows: follow(&before, &after), former, notices })
    }
}

fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or_default()
}

/// What was measured of an endpoint between two moments.
async fn hours(
    session: &Session,
    endpoint: &EndpointFact,
    (from, until): (Timestamp, Timestamp),
) -> Result<Hours, AwsError> {
    let mut queries = Vec::new();
    for variant in &endpoint.variants {
        for (name, statistic) in [("Invocations", "Sum"), ("Invocation5XXErrors", "Sum"), ("ModelLatency", "p99")] {
            let dimensions = vec![
                ("EndpointName".to_owned(), endpoint.name.clone()),
                ("VariantName".to_owned(), variant.name.clone()),
            ];
            let metric = MetricName { namespace: "AWS/SageMaker".to_owned(), name: name.to_owned(), dimensions };
            queries.push(MetricQuery { metric, statistic: statistic.to_owned(), period: PERIOD });
        }
    }
    let (series, monitor) =
        tokio::join!(metrics::series(session, &queries, from, until), first_run(session, &endpoint.name, from, until));
    let mut told = Hours { monitor: monitor?, ..Hours::default() };
    for (query, series) in queries.iter().zip(series?) {
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
async fn first_run(
    session: &Session,
    endpoint: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Option<MonitorResult>, AwsError> {
    let wanted = monitors::Wanted {
        endpoint: Some(endpoint),
        from: Some(from),
        until: Some(until),
        ..monitors::Wanted::default()
    };
    let (runs, _) = Box::pin(monitors::runs_page(session, wanted, None)).await?;
    let of_data = |kind: Option<MonitorKind>| kind.is_none_or(|kind| kind == MonitorKind::DataQuality);
    let Some(run) = runs.into_iter().rfind(|run| of_data(run.kind)) else { return Ok(None) };
    let mut violations = 0;
    if run.status == "CompletedWithViolations"
        && let Some(job) = &run.job
    {
        // That there are any is known from the state.
        violations = 1;
        let job = Box::pin(monitors::processing(session, job)).await?;
        if let Some(output) = job.outputs.first() {
            let uri = format!("{}/constraint_violations.json", output.trim_end_matches('/'));
            let read = Box::pin(read::bytes(session, &uri)).await.ok().and_then(|bytes| Violations::read(&bytes).ok());
            violations = read.and_then(|read| u32::try_from(read.violations.len()).ok()).unwrap_or(violations);
        }
    }
    Ok(Some(MonitorResult { status: run.status, violations }))
}
