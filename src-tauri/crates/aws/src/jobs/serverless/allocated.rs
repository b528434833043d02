//! What is taken at the moment: by the workers of an application, and of the quotas of the account.
//!
//! "Amazon EMR Serverless User Guide, Monitoring EMR Serverless applications and jobs": `AWS/EMRServerless` each minute, by
//! application; from release 7.10 on by its name as well, and the older ones no longer. "EMR Serverless usage metrics" and
//! "AWS Glue Developer Guide, Monitoring AWS Glue resources": what the account uses of its quota.

use crate::{
    AwsError, Call, Session,
    time::{date_time, timestamp},
};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use contract::Timestamp;
use jiff::SignedDuration;
use std::collections::HashMap;

pub const METRICS: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");

/// Applications of one call: 8 queries each, of 500.
const MOST_APPLICATIONS: usize = 60;
/// Seconds of a point.
const MINUTE: i32 = 60;
/// Points this old are of the moment still. The most of them counts: a minute in which workers change is told as none.
const BACK: SignedDuration = SignedDuration::from_mins(5);
/// Glue tells of a change, and at least once an hour.
const BACK_OF_GLUE: SignedDuration = SignedDuration::from_mins(70);

const NAMES: [&str; 4] = ["CPUAllocated", "MemoryAllocated", "StorageAllocated", "RunningWorkerCount"];

/// When, and how much.
type Points = Vec<(Timestamp, f64)>;

/// What the workers of an application have, those that run and those that are kept ready.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Allocated {
    pub vcpu: f64,
    pub memory_gb: f64,
    pub disk_gb: f64,
    pub workers: f64,
}

/// What applications have at the moment, each by id with its name. One of which no metric tells is left out: it is
/// stopped, or nothing runs on it.
pub async fn allocated(
    session: &Session,
    applications: &[(String, String)],
) -> Result<HashMap<String, Allocated>, AwsError> {
    let mut found: HashMap<String, Allocated> = HashMap::new();
    for part in applications.chunks(MOST_APPLICATIONS) {
        let mut queries = Vec::with_capacity(part.len() * 2 * NAMES.len());
        for (at, (id, name)) in part.iter().enumerate() {
            for (number, metric) in NAMES.iter().enumerate() {
                let by_id = ("ApplicationId", id.as_str());
                for (letter, by) in [("a", vec![by_id]), ("b", vec![by_id, ("ApplicationName", name.as_str())])] {
                    queries.push(query(&format!("{letter}{at}_{number}"), ("AWS/EMRServerless", *metric), &by));
                }
            }
        }
        for (key, points) in points(session, queries, BACK).await? {
            let Some((at, number)) = key.get(1..).and_then(|key| key.split_once('_')) else { continue };
            let Some((id, _)) = at.parse::<usize>().ok().and_then(|at| part.get(at)) else { continue };
            let Some(most) = points.into_iter().map(|(_, value)| value).reduce(f64::max) else { continue };
            let one = found.entry(id.clone()).or_default();
            let value = match number {
                "0" => &mut one.vcpu,
                "1" => &mut one.memory_gb,
                "2" => &mut one.disk_gb,
                _ => &mut one.workers,
            };
            *value = value.max(most);
        }
    }
    Ok(found)
}

/// vCPU that all applications of the account take, and how many they may; `None` where no metric tells.
pub async fn account_vcpu(session: &Session) -> Result<Option<(f64, f64)>, AwsError> {
    let by = [("Service", "EMR Serverless"), ("Type", "Resource"), ("Resource", "vCPU"), ("Class", "None")];
    let used = query("used", ("AWS/Usage", "ResourceCount"), &by);
    let limit = MetricDataQuery::builder().id("most").expression("SERVICE_QUOTA(used)").build();
    let found = points(session, vec![used, limit], BACK).await?;
    let newest = |id: &str| {
        let all = found.iter().filter(|(key, _)| key == id).flat_map(|(_, points)| points);
        all.max_by_key(|(at, _)| *at).map(|(_, value)| *value)
    };
    Ok(newest("used").zip(newest("most")))
}

/// Percent that job runs of Glue take of those that the account may have at once; `None` where no metric tells.
pub async fn account_glue_runs(session: &Session) -> Result<Option<f64>, AwsError> {
    let by = [("Service", "Glue"), ("Type", "Resource"), ("Resource", "JobRun"), ("Class", "None")];
    let found = points(session, vec![query("used", ("AWS/Glue", "ResourceUsage"), &by)], BACK_OF_GLUE).await?;
    let all = found.into_iter().flat_map(|(_, points)| points);
    Ok(all.max_by_key(|(at, _)| *at).map(|(_, value)| value))
}

fn query(id: &str, (namespace, metric): (&str, &str), by: &[(&str, &str)]) -> MetricDataQuery {
    let dimensions = by.iter().map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
    let metric =
        Metric::builder().namespace(namespace).metric_name(metric).set_dimensions(Some(dimensions.collect())).build();
    let statistics = MetricStat::builder().metric(metric).period(MINUTE).stat("Maximum").build();
    MetricDataQuery::builder().id(id).metric_stat(statistics).build()
}

/// The points of queries by their ids.
async fn points(
    session: &Session,
    queries: Vec<MetricDataQuery>,
    back: SignedDuration,
) -> Result<Vec<(String, Points)>, AwsError> {
    let now = session.now();
    let client = session.cloudwatch_in(session.region());
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let reply = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(date_time(now.checked_sub(back).unwrap_or(now)))
            .end_time(date_time(now))
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(METRICS, error))?;
        for result in reply.metric_data_results() {
            let Some(id) = result.id() else { continue };
            let points = result.timestamps().iter().map(timestamp).zip(result.values().iter().copied());
            found.push((id.to_owned(), points.collect()));
        }
        token = reply.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}
