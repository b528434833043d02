//! Metrics of monitors and endpoints, and the alarms on them.
//!
//! A metric that was not published is no zero: an asynchronous endpoint counts no invocations, and a monitor that did
//! not run found no drift. So points are what the service has, and what exists at all is a question of its own.

use crate::{
    AwsError, Call, Session,
    jobs::{small, text},
    time::{date_time, timestamp},
};
use aws_sdk_cloudwatch::types::{
    AlarmHistoryItem, AlarmType, CompositeAlarm, Dimension, DimensionFilter, HistoryItemType, Metric, MetricAlarm,
    MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StateValue,
};
use contract::{
    Timestamp,
    models::facts::{AlarmFact, AlarmHistoryFact, MetricName, MetricQuery, MetricSeries},
};

const GET: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");
const LIST: Call = Call::new("ListMetrics", "cloudwatch:ListMetrics");
const DESCRIBE_ALARMS: Call = Call::new("DescribeAlarms", "cloudwatch:DescribeAlarms");
const DESCRIBE_HISTORY: Call = Call::new("DescribeAlarmHistory", "cloudwatch:DescribeAlarmHistory");

/// Queries in one call, the service's limit.
const MOST: usize = 500;
/// Alarms or changes of a page, the service's limit.
const ALARMS: i32 = 100;
/// Names in one call, the service's limit.
const NAMES: usize = 100;

/// The series of each query between two times, in the order of the queries.
pub async fn series(
    session: &Session,
    queries: &[MetricQuery],
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<MetricSeries>, AwsError> {
    let client = session.cloudwatch_in(session.region());
    let mut all = Vec::with_capacity(queries.len());
    for part in queries.chunks(MOST) {
        let asked: Vec<MetricDataQuery> = part.iter().enumerate().map(|(at, query)| ask(at, query)).collect();
        let mut told = vec![MetricSeries::default(); part.len()];
        let mut token = None;
        loop {
            let reply = client
                .get_metric_data()
                .set_metric_data_queries(Some(asked.clone()))
                .start_time(date_time(from))
                .end_time(date_time(until))
                .scan_by(ScanBy::TimestampAscending)
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(GET, error))?;
            for result in reply.metric_data_results() {
                let at = result.id().and_then(|id| id.strip_prefix('q')?.parse::<usize>().ok());
                if let Some(series) = at.and_then(|at| told.get_mut(at)) {
                    add(series, result);
                }
            }
            token = text(reply.next_token());
            if token.is_none() {
                break;
            }
        }
        all.append(&mut told);
    }
    Ok(all)
}

fn ask(at: usize, query: &MetricQuery) -> MetricDataQuery {
    let dimension = |(name, value): &(String, String)| Dimension::builder().name(name).value(value).build();
    let metric = Metric::builder()
        .namespace(&query.metric.namespace)
        .metric_name(&query.metric.name)
        .set_dimensions(Some(query.metric.dimensions.iter().map(dimension).collect()))
        .build();
    let period = i32::try_from(query.period).unwrap_or(i32::MAX);
    let statistics = MetricStat::builder().metric(metric).period(period).stat(&query.statistic).build();
    MetricDataQuery::builder().id(format!("q{at}")).metric_stat(statistics).build()
}

/// A series may come on several pages, and only the last one says whether it is whole.
fn add(series: &mut MetricSeries, result: &MetricDataResult) {
    series.points.extend(result.timestamps().iter().map(timestamp).zip(result.values().iter().copied()));
    series.points.sort_by_key(|(at, _)| *at);
    series.problem = result.status_code().filter(|code| code.as_str() != "Complete").map(|code| {
        let said = result.messages().iter().find_map(|message| text(message.value()));
        said.unwrap_or_else(|| code.as_str().to_owned())
    });
}

/// Which metrics a list is for. All conditions have to hold.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub namespace: &'a str,
    pub name: Option<&'a str>,
    /// Name and value; a metric may have more of them.
    pub dimensions: &'a [(&'a str, &'a str)],
}

/// One page of the metrics that were published within about two weeks, and the token of the next.
pub async fn published_page(
    session: &Session,
    wanted: Wanted<'_>,
    token: Option<String>,
) -> Result<(Vec<MetricName>, Option<String>), AwsError> {
    let filter = |(name, value): &(&str, &str)| DimensionFilter::builder().name(*name).value(*value).build();
    let dimensions: Vec<_> = wanted.dimensions.iter().map(filter).collect();
    let reply = session
        .cloudwatch_in(session.region())
        .list_metrics()
        .namespace(wanted.namespace)
        .set_metric_name(wanted.name.map(str::to_owned))
        .set_dimensions((!dimensions.is_empty()).then_some(dimensions))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let names = reply.metrics().iter().filter_map(name).collect();
    Ok((names, text(reply.next_token())))
}

fn name(item: &Metric) -> Option<MetricName> {
    named(item.namespace(), item.metric_name(), item.dimensions())
}

fn named(namespace: Option<&str>, name: Option<&str>, dimensions: &[Dimension]) -> Option<MetricName> {
    let pair = |item: &Dimension| Some((item.name()?.to_owned(), item.value()?.to_owned()));
    let mut dimensions: Vec<_> = dimensions.iter().filter_map(pair).collect();
    dimensions.sort();
    Some(MetricName { namespace: text(namespace)?, name: text(name)?, dimensions })
}

/// One page of the region's metric alarms, and the token of the next: of all, or of those with these names, 100 at
/// most.
pub async fn alarms_page(
    session: &Session,
    names: &[String],
    token: Option<String>,
) -> Result<(Vec<AlarmFact>, Option<String>), AwsError> {
    alarms(session, names, None, token).await
}

/// The alarms with these names, also those that are made of others. One that does not exist is not among them.
pub async fn named_alarms(session: &Session, names: &[String]) -> Result<Vec<AlarmFact>, AwsError> {
    let mut all = Vec::new();
    for part in names.chunks(NAMES) {
        // A name is that of one alarm, so all of them are on one page.
        let reply = session
            .cloudwatch_in(session.region())
            .describe_alarms()
            .set_alarm_names(Some(part.to_vec()))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(ALARMS)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(DESCRIBE_ALARMS, error))?;
        all.extend(reply.metric_alarms().iter().filter_map(alarm));
        all.extend(reply.composite_alarms().iter().filter_map(composite));
    }
    Ok(all)
}

/// One page of the region's metric alarms that are raised now, and the token of the next.
pub async fn raised_page(
    session: &Session,
    token: Option<String>,
) -> Result<(Vec<AlarmFact>, Option<String>), AwsError> {
    alarms(session, &[], Some(StateValue::Alarm), token).await
}

async fn alarms(
    session: &Session,
    names: &[String],
    state: Option<StateValue>,
    token: Option<String>,
) -> Result<(Vec<AlarmFact>, Option<String>), AwsError> {
    let reply = session
        .cloudwatch_in(session.region())
        .describe_alarms()
        .set_alarm_names((!names.is_empty()).then(|| names.to_vec()))
        .set_state_value(state)
        .alarm_types(AlarmType::MetricAlarm)
        .max_records(ALARMS)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_ALARMS, error))?;
    let alarms = reply.metric_alarms().iter().filter_map(alarm).collect();
    Ok((alarms, text(reply.next_token())))
}

fn alarm(item: &MetricAlarm) -> Option<AlarmFact> {
    let computed = item.metrics().iter().filter_map(|query| query.metric_stat());
    let own = named(item.namespace(), item.metric_name(), item.dimensions());
    let metrics = own.into_iter().chain(computed.clone().filter_map(|stat| name(stat.metric()?)));
    let first = computed.clone().next();
    // What an expression makes of a metric has a unit of its own, also of a single one: it is no statistic of it.
    let is_expression = item.metrics().iter().any(|query| query.expression().is_some());
    Some(AlarmFact {
        name: text(item.alarm_name())?,
        arn: text(item.alarm_arn()),
        state: text(item.state_value().map(|state| state.as_str())).unwrap_or_else(|| "Unknown".to_owned()),
        reason: text(item.state_reason()),
        since: item.state_transitioned_timestamp().or(item.state_updated_timestamp()).map(timestamp),
        metrics: metrics.collect(),
        statistic: text(item.statistic().map(|statistic| statistic.as_str()))
            .or_else(|| text(item.extended_statistic()))
            .or_else(|| text(first?.stat()))
            .filter(|_| !is_expression),
        comparison: text(item.comparison_operator().map(|operator| operator.as_str())),
        threshold: item.threshold(),
        period: item.period().or_else(|| first?.period()).and_then(small),
        failing: item.datapoints_to_alarm().or(item.evaluation_periods()).and_then(small),
        of: item.evaluation_periods().and_then(small),
        acts: item.actions_enabled() == Some(true),
    })
}

/// It watches other alarms, and no metric.
fn composite(item: &CompositeAlarm) -> Option<AlarmFact> {
    Some(AlarmFact {
        name: text(item.alarm_name())?,
        arn: text(item.alarm_arn()),
        state: text(item.state_value().map(|state| state.as_str())).unwrap_or_else(|| "Unknown".to_owned()),
        reason: text(item.state_reason()),
        since: item.state_transitioned_timestamp().or(item.state_updated_timestamp()).map(timestamp),
        acts: item.actions_enabled() == Some(true),
        ..AlarmFact::default()
    })
}

/// One page of an alarm's changes of state between two times, the newest first, and the token of the next. CloudWatch keeps
/// them for 30 days.
pub async fn alarm_history_page(
    session: &Session,
    alarm: &str,
    (from, until): (Timestamp, Timestamp),
    token: Option<String>,
) -> Result<(Vec<AlarmHistoryFact>, Option<String>), AwsError> {
    let reply = session
        .cloudwatch_in(session.region())
        .describe_alarm_history()
        .alarm_name(alarm)
        .history_item_type(HistoryItemType::StateUpdate)
        .start_date(date_time(from))
        .end_date(date_time(until))
        .scan_by(ScanBy::TimestampDescending)
        .max_records(ALARMS)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE_HISTORY, error))?;
    let changes = reply.alarm_history_items().iter().filter_map(|item| changed(item, alarm)).collect();
    Ok((changes, text(reply.next_token())))
}

/// `asked` is the alarm that it is of where it does not say so.
fn changed(item: &AlarmHistoryItem, asked: &str) -> Option<AlarmHistoryFact> {
    Some(AlarmHistoryFact {
        alarm: text(item.alarm_name()).unwrap_or_else(|| asked.to_owned()),
        at: item.timestamp().map(timestamp)?,
        data: text(item.history_data()),
        summary: text(item.history_summary()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_cloudwatch::types::{ComparisonOperator, MessageData, Statistic, StatusCode};
    use aws_smithy_types::DateTime;

    fn metric() -> MetricName {
        MetricName {
            namespace: "aws/sagemaker/Endpoints/data-metrics".into(),
            name: "feature_baseline_drift_age".into(),
            dimensions: vec![("Endpoint".into(), "churn".into()), ("MonitoringSchedule".into(), "churn-data".into())],
        }
    }

    #[test]
    fn a_query_names_its_metric_with_all_dimensions() {
        let query = MetricQuery { metric: metric(), statistic: "Average".into(), period: 3_600 };
        let asked = ask(7, &query);
        assert_eq!(asked.id(), Some("q7"));
        let stat = asked.metric_stat().unwrap();
        assert_eq!((stat.period(), stat.stat()), (Some(3_600), Some("Average")));
        assert_eq!(name(stat.metric().unwrap()), Some(metric()));
    }

    fn page(points: &[(i64, f64)], status: StatusCode) -> MetricDataResult {
        let (times, values): (Vec<i64>, Vec<f64>) = points.iter().copied().unzip();
        MetricDataResult::builder()
            .set_timestamps(Some(times.into_iter().map(DateTime::from_secs).collect()))
            .set_values(Some(values))
            .status_code(status)
            .build()
    }

    #[test]
    fn pages_of_a_series_are_joined_and_the_last_says_whether_it_is_whole() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut series = MetricSeries::default();
        add(&mut series, &page(&[(7_200, 0.25)], StatusCode::PartialData));
        assert_eq!(series.problem.as_deref(), Some("PartialData"));
        add(&mut series, &page(&[(0, 0.0), (3_600, 0.5)], StatusCode::Complete));
        assert_eq!(series.problem, None);
        assert_eq!(series.points, [(at(0), 0.0), (at(3_600), 0.5), (at(7_200), 0.25)]);
        let mut silent = MetricSeries::default();
        add(&mut silent, &page(&[], StatusCode::Complete));
        assert_eq!(silent, MetricSeries::default(), "what was not published is no zero");
        let refused = MetricDataResult::builder()
            .status_code(StatusCode::Forbidden)
            .messages(MessageData::builder().code("Forbidden").value("not yours").build())
            .build();
        add(&mut silent, &refused);
        assert_eq!(silent.problem.as_deref(), Some("not yours"));
    }

    #[test]
    fn a_change_without_a_time_is_none() {
        let item = AlarmHistoryItem::builder().history_summary("Alarm updated from OK to ALARM").history_data("");
        assert_eq!(changed(&item.clone().build(), "drift"), None);
        let found = changed(&item.timestamp(DateTime::from_secs(60)).build(), "drift").unwrap();
        assert_eq!((found.alarm.as_str(), found.at), ("drift", Timestamp::from_second(60).unwrap()));
        assert_eq!((found.data, found.summary.as_deref()), (None, Some("Alarm updated from OK to ALARM")));
    }

    #[test]
    fn an_alarm_made_of_others_has_a_state_and_no_metric() {
        let item = CompositeAlarm::builder()
            .alarm_name("payments-in-trouble")
            .alarm_rule("ALARM(\"a\") OR ALARM(\"b\")")
            .state_value(StateValue::Alarm)
            .state_updated_timestamp(DateTime::from_secs(120))
            .state_transitioned_timestamp(DateTime::from_secs(60));
        let found = composite(&item.build()).unwrap();
        assert_eq!((found.name.as_str(), found.state.as_str()), ("payments-in-trouble", "ALARM"));
        assert_eq!(
            found.since,
            Some(Timestamp::from_second(60).unwrap()),
            "when it became so, not when it was looked at"
        );
        assert!(found.metrics.is_empty() && found.threshold.is_none());
        assert_eq!(composite(&CompositeAlarm::builder().build()), None);
    }

    #[test]
    fn alarms_name_what_they_watch_also_when_they_compute() {
        let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
        let plain = MetricAlarm::builder()
            .alarm_name("drift")
            .namespace(metric().namespace)
            .metric_name(metric().name)
            .dimensions(dimension("MonitoringSchedule", "churn-data"))
            .dimensions(dimension("Endpoint", "churn"))
            .statistic(Statistic::Average)
            .comparison_operator(ComparisonOperator::GreaterThanThreshold)
            .threshold(0.1)
            .period(3_600)
            .evaluation_periods(2)
            .state_value(StateValue::Alarm)
            .actions_enabled(true)
            .build();
        let found = alarm(&plain).unwrap();
        assert_eq!(found.metrics, [metric()], "dimensions have no order of their own");
        assert_eq!((found.state.as_str(), found.failing, found.of, found.acts), ("ALARM", Some(2), Some(2), true));
        assert_eq!((found.threshold, found.comparison.as_deref()), (Some(0.1), Some("GreaterThanThreshold")));
        let rate = MetricDataQuery::builder().id("rate").expression("m1/m2").build();
        let query = ask(1, &MetricQuery { metric: metric(), statistic: "Sum".into(), period: 60 });
        let computes = MetricAlarm::builder().alarm_name("rate").metrics(rate).metrics(query).build();
        let found = alarm(&computes).unwrap();
        assert_eq!((found.metrics, found.statistic, found.period), (vec![metric()], None, Some(60)));
        assert_eq!((found.state.as_str(), found.acts), ("Unknown", false));
        let query = ask(1, &MetricQuery { metric: metric(), statistic: "Sum".into(), period: 60 });
        let plain = alarm(&MetricAlarm::builder().alarm_name("one").metrics(query).build()).unwrap();
        assert_eq!(plain.statistic.as_deref(), Some("Sum"), "nothing is made of it");
    }
}
