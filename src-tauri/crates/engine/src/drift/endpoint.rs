//! How an endpoint does: what CloudWatch has of it, with the limits of its alarms. A metric that nobody published is named and
//! is no zero.

use super::{
    alarms::{self, Alarms, alarms_on},
    files::why,
    moment,
    view::frame,
};
use crate::{Desk, EngineError};
use aws::models::metrics;
use charts::{ChartError, Line, Mark, MarkKind, Threshold, TimeSeries, Worse, time_series};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{EndpointHealth, ReadEndpointHealth},
    models::facts::{AlarmFact, EndpointFact, MetricName, MetricQuery, MetricSeries},
};
use jiff::SignedDuration;
use std::{collections::HashMap, time::Duration};

/// How old a description of the endpoint may be.
const FRESH: Duration = Duration::from_secs(30);
/// Points of a line, more or less.
const POINTS: u32 = 240;
const HEIGHT: u32 = 220;
/// Hours that can be looked back; hourly points are kept for 455 days.
const MOST_HOURS: u32 = 90 * 24;
pub(super) const CALLS: &str = "AWS/SageMaker";
const MACHINES: &str = "/aws/sagemaker/Endpoints";

/// A metric by namespace, name and statistic.
pub(super) type Asked = (&'static str, &'static str, &'static str);

pub(super) const INVOCATIONS: Asked = (CALLS, "Invocations", "Sum");
pub(super) const ERRORS: Asked = (CALLS, "Invocation5XXErrors", "Sum");
const LATENCY: Asked = (CALLS, "ModelLatency", "Average");
const SLOWEST: Asked = (CALLS, "ModelLatency", "p99");
const OVERHEAD: Asked = (CALLS, "OverheadLatency", "Average");
const CPU: Asked = (MACHINES, "CPUUtilization", "Average");
const MEMORY: Asked = (MACHINES, "MemoryUtilization", "Average");
const ALL: [Asked; 7] = [INVOCATIONS, ERRORS, LATENCY, SLOWEST, OVERHEAD, CPU, MEMORY];

/// Microseconds in a millisecond.
const MICROS: f64 = 1_000.0;

impl Desk {
    pub async fn read_endpoint_health(&self, request: &ReadEndpointHealth) -> Result<EndpointHealth, EngineError> {
        let session = self.session()?;
        let described = self.endpoint_of(&session, &request.endpoint, FRESH).await;
        let described = described.map_err(Self::failed(&session))?;
        let endpoint = described.endpoint.clone();
        let hours = request.hours.clamp(1, MOST_HOURS);
        let until = session.now();
        let from = until.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MIN);
        let period = period(hours);
        let asked: Vec<(String, Asked)> = endpoint
            .variants
            .iter()
            .flat_map(|variant| ALL.into_iter().map(|metric| (variant.name.clone(), metric)))
            .collect();
        let queries: Vec<MetricQuery> =
            asked.iter().map(|(variant, metric)| query(&endpoint.name, variant, *metric, period)).collect();
        let (series, alarms) = tokio::join!(
            metrics::series(&session, &queries, from, until),
            alarms_on(&session, ("EndpointName", endpoint.name.as_str()), (from, until))
        );
        let series = series.map_err(Self::failed(&session))?;
        let mut notices: Vec<Notice> = described
            .missing
            .iter()
            .map(|one| Notice::warning(format!("{} could not be read: {}.", one.action, one.reason)))
            .collect();
        let Alarms { all: alarms, changes, notices: unread } = alarms.unwrap_or_else(|error| {
            notices.push(Notice::warning(format!("The limits of its alarms are left out: {}.", why(&error))));
            Alarms::default()
        });
        notices.extend(unread);
        for problem in series.iter().filter_map(|one| one.problem.as_deref()) {
            let notice = Notice::warning(format!("CloudWatch says: {problem}"));
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        }
        let raised = alarms.iter().filter(|alarm| alarm.state == "ALARM");
        notices.extend(raised.map(|alarm| {
            let since = alarm.since.map_or_else(String::new, |since| format!(" since {}", moment(since)));
            Notice::warning(format!("Alarm {} is raised{since}.", alarm.name))
        }));
        let read = Read { published: asked.into_iter().zip(series).collect(), period };
        let mut marks = marks(&endpoint, from, until);
        marks.extend(alarms::marks(&changes));
        let size = (request.width, request.offset_minutes);
        let pictures = PICTURES.iter().filter_map(|picture| drawn(picture, &read, &endpoint, &alarms, &marks, size));
        let mut charts = Vec::new();
        for picture in pictures {
            match picture {
                Ok(chart) => charts.push(chart),
                Err(ChartError::Empty) => {}
                Err(error) => notices.push(Notice::warning(error.to_string())),
            }
        }
        let unpublished = unpublished(&read);
        Ok(EndpointHealth { endpoint, charts, unpublished, notices })
    }
}

/// Seconds of a point: CloudWatch keeps minutes for 15 days, five of them for 63, and hours beyond.
fn period(hours: u32) -> u32 {
    let least = match hours {
        0..=336 => 60,
        337..=1_488 => 300,
        _ => 3_600,
    };
    (hours * 3_600 / POINTS).next_multiple_of(least).max(least)
}

pub(super) fn query(endpoint: &str, variant: &str, (namespace, name, statistic): Asked, period: u32) -> MetricQuery {
    MetricQuery {
        metric: MetricName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions: vec![
                ("EndpointName".to_owned(), endpoint.to_owned()),
                ("VariantName".to_owned(), variant.to_owned()),
            ],
        },
        statistic: statistic.to_owned(),
        period,
    }
}

/// What was published, by variant and metric.
struct Read {
    published: HashMap<(String, Asked), MetricSeries>,
    period: u32,
}

impl Read {
    fn points(&self, variant: &str, metric: Asked) -> &[(Timestamp, f64)] {
        self.published.get(&(variant.to_owned(), metric)).map(|series| series.points.as_slice()).unwrap_or_default()
    }
}

/// Names of metrics without a point of any variant.
fn unpublished(read: &Read) -> Vec<String> {
    let mut names = Vec::new();
    for (_, name, _) in ALL {
        let is_silent = read.published.iter().all(|((_, of), series)| of.1 != name || series.points.is_empty());
        if is_silent && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// One picture: lines of one unit.
struct Picture {
    name: &'static str,
    unit: &'static str,
    /// Each with what tells it from the others of a variant.
    lines: &'static [(Asked, &'static str)],
    /// What a unit of the metric is in that of the picture.
    factor: f64,
    /// In parts of this metric, as percent.
    per: Option<Asked>,
}

static PICTURES: [Picture; 5] = [
    Picture { name: "Invocations", unit: "", lines: &[(INVOCATIONS, "")], factor: 1.0, per: None },
    Picture { name: "5XX rate", unit: "%", lines: &[(ERRORS, "")], factor: 100.0, per: Some(INVOCATIONS) },
    Picture {
        name: "Latency",
        unit: "ms",
        lines: &[(LATENCY, "model"), (SLOWEST, "model, p99"), (OVERHEAD, "overhead")],
        factor: 1.0 / MICROS,
        per: None,
    },
    Picture { name: "CPU", unit: "%", lines: &[(CPU, "")], factor: 1.0, per: None },
    Picture { name: "Memory", unit: "%", lines: &[(MEMORY, "")], factor: 1.0, per: None },
];

fn drawn(
    picture: &Picture,
    read: &Read,
    endpoint: &EndpointFact,
    alarms: &[AlarmFact],
    marks: &[Mark],
    (width, offset_minutes): (u32, i32),
) -> Option<Result<Chart, ChartError>> {
    let mut lines = Vec::new();
    for variant in &endpoint.variants {
        for (metric, part) in picture.lines {
            let points = points(picture, read, &variant.name, *metric);
            if !points.is_empty() {
                let name = if part.is_empty() { variant.name.clone() } else { format!("{}, {part}", variant.name) };
                lines.push(Line { name, points });
            }
        }
    }
    if lines.is_empty() {
        return None;
    }
    let told = TimeSeries {
        name: picture.name.to_owned(),
        unit: picture.unit.to_owned(),
        lines,
        thresholds: alarms.iter().filter_map(|alarm| limit(picture, alarm)).collect(),
        marks: marks.to_vec(),
        step: Some(read.period),
        worse: Worse::High,
        logarithmic: false,
    };
    let caption = format!("{} of {}", picture.name, endpoint.name);
    Some(time_series(&frame(width, HEIGHT, offset_minutes, caption), &told))
}

fn points(picture: &Picture, read: &Read, variant: &str, metric: Asked) -> Vec<(Timestamp, Option<f64>)> {
    let own = read.points(variant, metric);
    let Some(all) = picture.per else {
        return own.iter().map(|(at, value)| (*at, Some(value * picture.factor))).collect();
    };
    let all: HashMap<Timestamp, f64> = read.points(variant, all).iter().copied().collect();
    let rate = |(at, value): &(Timestamp, f64)| {
        let of = all.get(at).filter(|of| **of > 0.0)?;
        Some((*at, Some(value / of * picture.factor)))
    };
    own.iter().filter_map(rate).collect()
}

/// The limit of an alarm that watches the one metric of a picture as it is drawn; one that computes has a unit of its own.
fn limit(picture: &Picture, alarm: &AlarmFact) -> Option<Threshold> {
    let [metric] = alarm.metrics.as_slice() else { return None };
    let watches = picture.lines.iter().any(|((namespace, name, _), _)| {
        metric.namespace == *namespace && metric.name == *name && picture.per.is_none()
    });
    let value = alarm.threshold.filter(|_| watches)? * picture.factor;
    Some(Threshold { name: alarm.name.clone(), value })
}

/// The last deployment, if it was in this time.
pub(super) fn marks(endpoint: &EndpointFact, from: Timestamp, until: Timestamp) -> Vec<Mark> {
    let label = endpoint.config.clone().unwrap_or_else(|| endpoint.status.clone());
    let mut times: Vec<Timestamp> = endpoint.created.into_iter().chain(endpoint.modified).collect();
    times.retain(|at| (from..=until).contains(at));
    times.dedup();
    times.into_iter().map(|at| Mark { at, kind: MarkKind::Deployment, label: label.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn points_are_as_fine_as_they_are_kept() {
        assert_eq!((period(1), period(24), period(24 * 7)), (60, 360, 2_520));
        assert_eq!((period(24 * 30), period(24 * 90)), (10_800, 32_400));
        assert!([1, 24, 400, 2_000].iter().all(|hours| period(*hours).is_multiple_of(60)));
    }

    #[test]
    fn a_rate_is_of_what_was_invoked_and_nothing_else() {
        let series = |points: Vec<(Timestamp, f64)>| MetricSeries { points, problem: None };
        let published = HashMap::from([
            (("a".to_owned(), INVOCATIONS), series(vec![(at(0), 200.0), (at(1), 0.0)])),
            (("a".to_owned(), ERRORS), series(vec![(at(0), 5.0), (at(1), 0.0), (at(2), 1.0)])),
        ]);
        let read = Read { published, period: 60 };
        let rate = PICTURES.iter().find(|picture| picture.name == "5XX rate").unwrap();
        assert_eq!(points(rate, &read, "a", ERRORS), [(at(0), Some(2.5))]);
        assert_eq!(unpublished(&read), ["ModelLatency", "OverheadLatency", "CPUUtilization", "MemoryUtilization"]);
    }
}
