//! Whether rules and schedules fired, and whether their targets refused, by their metrics.
//!
//! "Amazon EventBridge User Guide, Monitoring Amazon EventBridge": `AWS/Events` by rule. "EventBridge Scheduler User Guide,
//! Monitoring with CloudWatch": `AWS/Scheduler` by group, so that it tells of a schedule only where that is alone in its
//! group; and what a rule of several targets failed at is nobody's.

use crate::{
    AwsError, Call, Session,
    time::{date_time, timestamp},
};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use contract::Timestamp;

pub const METRICS: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");
const LIST_TARGETS: Call = Call::new("ListTargetsByRule", "events:ListTargetsByRule");
const LIST_SCHEDULES: Call = Call::new("ListSchedules", "scheduler:ListSchedules");

/// Seconds of a point; these are kept for 63 days.
const PERIOD: i32 = 300;

/// A rule of the default bus, or the group of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock<'a> {
    Rule(&'a str),
    Group(&'a str),
}

/// What metrics tell since a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fired {
    /// The beginning of the five minutes in which it last fired.
    pub last: Option<Timestamp>,
    pub failed: u64,
}

impl<'a> Clock<'a> {
    /// By the name of a rule or schedule as it is shown: `rule nightly`, `schedule default/nightly`.
    pub fn named(name: &'a str) -> Option<Self> {
        match name.split_once(' ')? {
            ("rule", name) => Some(Self::Rule(name)),
            ("schedule", name) => name.split_once('/').map(|(group, _)| Self::Group(group)),
            _ => None,
        }
    }

    fn metrics(self) -> (&'static str, &'static str, &'a str, [&'static str; 2]) {
        match self {
            Self::Rule(name) => ("AWS/Events", "RuleName", name, ["TriggeredRules", "FailedInvocations"]),
            Self::Group(name) => {
                ("AWS/Scheduler", "ScheduleGroup", name, ["InvocationAttemptCount", "TargetErrorCount"])
            }
        }
    }
}

/// How often it fired and was refused since a moment; `None` of a schedule that is not alone in its group.
///
/// # Errors
/// With the call that failed.
pub async fn fired(session: &Session, clock: Clock<'_>, since: Timestamp) -> Result<Option<Fired>, (AwsError, Call)> {
    let is_group = matches!(clock, Clock::Group(_));
    let is_alone = match is_alone(session, clock).await {
        // Whether a rule fired is told without its targets; how often one of them was refused is not.
        Err(_) if !is_group => false,
        Err(error) => return Err((error, LIST_SCHEDULES)),
        Ok(false) if is_group => return Ok(None),
        Ok(is_alone) => is_alone,
    };
    let (namespace, dimension, name, metrics) = clock.metrics();
    let query = |(id, metric): (&str, &str)| {
        let by = Dimension::builder().name(dimension).value(name).build();
        let metric = Metric::builder().namespace(namespace).metric_name(metric).dimensions(by).build();
        let statistics = MetricStat::builder().metric(metric).period(PERIOD).stat("Sum").build();
        MetricDataQuery::builder().id(id).metric_stat(statistics).build()
    };
    let queries: Vec<MetricDataQuery> = ["fired", "failed"].into_iter().zip(metrics).map(query).collect();
    let client = session.cloudwatch_in(session.region());
    let mut told = Fired::default();
    let (mut failed, mut token) = (0.0, None);
    loop {
        let reply = client
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(date_time(since))
            .end_time(date_time(session.now()))
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| (AwsError::from_sdk(METRICS, error), METRICS))?;
        for result in reply.metric_data_results() {
            let points = result.timestamps().iter().map(timestamp).zip(result.values().iter().copied());
            // What begins with it or before may be what started the last run.
            let after = points.filter(|(at, sum)| *at > since && *sum > 0.0);
            if result.id() == Some("fired") {
                told.last = told.last.max(after.map(|(at, _)| at).max());
            } else if is_alone {
                failed += after.map(|(_, sum)| sum).sum::<f64>();
            }
        }
        token = reply.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sums of ones
    let failed = failed.max(0.0) as u64;
    Ok(Some(Fired { failed, ..told }))
}

/// Whether a rule has one target only, or a group one schedule.
async fn is_alone(session: &Session, clock: Clock<'_>) -> Result<bool, AwsError> {
    let region = session.region();
    Ok(match clock {
        Clock::Rule(name) => {
            let targets = session.events_in(region).list_targets_by_rule().rule(name).limit(2).send().await;
            targets.map_err(|error| AwsError::from_sdk(LIST_TARGETS, error))?.targets().len() == 1
        }
        Clock::Group(name) => {
            let schedules = session.scheduler_in(region).list_schedules().group_name(name).max_results(2).send().await;
            schedules.map_err(|error| AwsError::from_sdk(LIST_SCHEDULES, error))?.schedules().len() == 1
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_told_by_its_group() {
        let told = ["rule nightly", "schedule models/features", "trigger nightly", "rule"].map(Clock::named);
        assert_eq!(told, [Some(Clock::Rule("nightly")), Some(Clock::Group("models")), None, None]);
    }
}
