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
    /// Median of `ExecutionTime` over the range, in seconds: exact where no period holds two runs, otherwise close.
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
    let mut found: HashMap<String, Told> = HashMap::new();
    let period = period(until.duration_since(from).as_secs(), session.now().duration_since(from).as_secs());
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
                let times = result.timestamps().iter().map(|at| at.secs());
                found.entry(arn.clone()).or_default().put(which, times.zip(result.values().iter().copied()));
            }
            token = reply.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(found.into_iter().map(|(arn, told)| (arn, told.sum())).collect())
}

/// Seconds of one period. CloudWatch lets periods begin at multiples of themselves, also the first, so a short one cuts the
/// range well; and it keeps fine ones for 15 and 63 days only ("Amazon CloudWatch concepts, Metrics retention").
fn period(range: i64, age: i64) -> i32 {
    const DAY: i64 = 86_400;
    let kept = match age {
        _ if age <= 15 * DAY => 60,
        _ if age <= 63 * DAY => 300,
        _ => 3_600,
    };
    let fits = |period: &i64| *period >= kept && range <= period * 100;
    let found = [60, 300, 900, 3_600, 4 * 3_600].into_iter().find(fits).unwrap_or(DAY);
    i32::try_from(found).unwrap_or(3_600)
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

/// The points of one machine's metrics.
#[derive(Debug, Default)]
struct Told {
    sums: [f64; NAMES.len()],
    /// Runs that ended, by the start of their period.
    ended: HashMap<i64, f64>,
    /// Medians of the periods, in milliseconds.
    medians: Vec<(i64, f64)>,
}

impl Told {
    fn put(&mut self, which: usize, points: impl Iterator<Item = (i64, f64)>) {
        for (at, value) in points {
            match self.sums.get_mut(which) {
                Some(sum) => {
                    *sum += value;
                    if which > 0 {
                        *self.ended.entry(at).or_default() += value;
                    }
                }
                None => self.medians.push((at, value)),
            }
        }
    }

    fn sum(mut self) -> MachineMetrics {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sums of ones
        let [started, succeeded, failed, timed_out, aborted] = self.sums.map(|sum| sum.max(0.0) as u64);
        self.medians.sort_by(|one, two| one.1.total_cmp(&two.1));
        // Each period counts as often as runs ended in it.
        let weight = |at: i64| self.ended.get(&at).copied().unwrap_or(1.0).max(1.0);
        let all: f64 = self.medians.iter().map(|(at, _)| weight(*at)).sum();
        let mut below = 0.0;
        let middle = self.medians.iter().find(|(at, _)| {
            below += weight(*at);
            below * 2.0 >= all
        });
        MachineMetrics {
            counts: RunCounts { started, succeeded, failed, timed_out, aborted },
            median: middle.map(|(_, millis)| millis / 1_000.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_cuts_the_range_well_and_is_one_that_is_kept() {
        const HOUR: i64 = 3_600;
        assert_eq!(period(HOUR, HOUR), 60);
        assert_eq!(period(24 * HOUR, 24 * HOUR), 900);
        assert_eq!(period(7 * 24 * HOUR, 7 * 24 * HOUR), 4 * 3_600);
        assert_eq!(period(90 * 24 * HOUR, 90 * 24 * HOUR), 86_400);
        assert_eq!(period(HOUR, 20 * 24 * HOUR), 300, "minutes are kept for 15 days");
        assert_eq!(period(HOUR, 80 * 24 * HOUR), 3_600);
    }

    #[test]
    fn the_median_is_that_of_the_runs_and_not_of_the_periods() {
        let mut told = Told::default();
        told.put(0, [(0, 1.0), (900, 8.0), (1_800, 1.0)].into_iter());
        told.put(1, [(0, 1.0), (900, 7.0), (1_800, 1.0)].into_iter());
        told.put(2, [(900, 1.0)].into_iter());
        told.put(5, [(1_800, 9_000.0), (900, 2_000.0), (0, 1_000.0)].into_iter());
        let metrics = told.sum();
        assert_eq!((metrics.counts.started, metrics.counts.succeeded, metrics.counts.failed), (10, 9, 1));
        assert_eq!(metrics.median, Some(2.0));
        assert_eq!(Told::default().sum().median, None);
    }
}
