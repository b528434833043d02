//! Which machines have something to show: the metrics of `AWS/States`, 500 at a time, instead of a listing each.

use crate::{AwsError, Call, Session, time::date_time};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use contract::{Timestamp, executions::RunCounts};
use std::collections::HashMap;

const DESCRIBE_ALARMS: Call = Call::new("DescribeAlarms", "cloudwatch:DescribeAlarms");
const GET: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");
/// Queries in one call, the service's limit.
const MOST: usize = 500;
const NAMES: &[&str] =
    &["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"];

/// What the metrics say of a machine.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MachineMetrics {
    pub counts: RunCounts,
    /// Median of `ExecutionTime` over the range, in seconds.
    pub median: Option<f64>,
}

/// Counts and median durations of these machines between two times. Machines without any metric are left out.
pub async fn machines(
    session: &Session,
    region: &str,
    arns: &[String],
    from: Timestamp,
    until: Timestamp,
) -> Result<HashMap<String, MachineMetrics>, AwsError> {
    let client = session.cloudwatch_in(region);
    let mut found: HashMap<String, MachineMetrics> = HashMap::new();
    let seconds = until.duration_since(from).as_secs().max(60);
    // One sum over the range; periods of more than an hour have to be whole hours.
    let period = i32::try_from((seconds + 3_599) / 3_600 * 3_600).unwrap_or(86_400);
    let per_call = MOST / (NAMES.len() + 1);
    for part in arns.chunks(per_call) {
        let queries: Vec<MetricDataQuery> =
            part.iter().enumerate().flat_map(|(at, arn)| queries(at, arn, period)).collect();
        let mut token = None;
        loop {
            let reply = client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(date_time(from))
                .end_time(date_time(until))
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(GET, error))?;
            for result in reply.metric_data_results() {
                let Some((at, which)) = result.id().and_then(place) else { continue };
                let Some(arn) = part.get(at) else { continue };
                if result.values().is_empty() {
                    continue;
                }
                put(found.entry(arn.clone()).or_default(), which, result.values());
            }
            token = reply.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

/// The machine whose metric an alarm watches, if it watches one.
pub async fn machine_of_alarm(session: &Session, region: &str, name: &str) -> Result<Option<String>, AwsError> {
    let reply = session
        .cloudwatch_in(region)
        .describe_alarms()
        .alarm_names(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_ALARMS, error))?;
    let machine = reply
        .metric_alarms()
        .iter()
        .flat_map(|alarm| alarm.dimensions())
        .find(|dimension| dimension.name() == Some("StateMachineArn"))
        .and_then(|dimension| dimension.value());
    Ok(machine.map(str::to_owned))
}

fn queries(at: usize, arn: &str, period: i32) -> impl Iterator<Item = MetricDataQuery> {
    let query = move |which: usize, name: &str, statistic: &str| {
        let machine = Dimension::builder().name("StateMachineArn").value(arn).build();
        let metric = Metric::builder().namespace("AWS/States").metric_name(name).dimensions(machine).build();
        let statistics = MetricStat::builder().metric(metric).period(period).stat(statistic).build();
        MetricDataQuery::builder().id(format!("q{at}x{which}")).metric_stat(statistics).build()
    };
    let counts = NAMES.iter().enumerate().map(move |(which, name)| query(which, name, "Sum"));
    counts.chain([query(NAMES.len(), "ExecutionTime", "p50")])
}

/// `q12x3` is metric 3 of machine 12.
fn place(id: &str) -> Option<(usize, usize)> {
    let (at, which) = id.strip_prefix('q')?.split_once('x')?;
    Some((at.parse().ok()?, which.parse().ok()?))
}

fn put(metrics: &mut MachineMetrics, which: usize, values: &[f64]) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sums of ones
    let sum = values.iter().sum::<f64>().max(0.0) as u64;
    let counts = &mut metrics.counts;
    match which {
        0 => counts.started += sum,
        1 => counts.succeeded += sum,
        2 => counts.failed += sum,
        3 => counts.timed_out += sum,
        4 => counts.aborted += sum,
        // The range may touch two periods; the newest comes first. Milliseconds.
        _ => metrics.median = metrics.median.or_else(|| values.first().map(|millis| millis / 1_000.0)),
    }
}
