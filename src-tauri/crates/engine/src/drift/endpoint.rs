//! How an endpoint does: what CloudWatch has of it, with the limits of its alarms. A metric that nobody published is named and
//! is no zero.

use super::{
    alarms::{self, Alarms, Owner, alarms_on},
    files::why,
    moment, number,
    view::frame,
};
use crate::{Desk, EngineError, ends::left_out};
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
const CLIENT_ERRORS: Asked = (CALLS, "Invocation4XXErrors", "Sum");
pub(super) const ERRORS: Asked = (CALLS, "Invocation5XXErrors", "Sum");
const LATENCY: Asked = (CALLS, "ModelLatency", "Average");
const SLOWEST: Asked = (CALLS, "ModelLatency", "p99");
const OVERHEAD: Asked = (CALLS, "OverheadLatency", "Average");
const CPU: Asked = (MACHINES, "CPUUtilization", "Average");
const MEMORY: Asked = (MACHINES, "MemoryUtilization", "Average");
const ALL: [Asked; 8] = [INVOCATIONS, CLIENT_ERRORS, ERRORS, LATENCY, SLOWEST, OVERHEAD, CPU, MEMORY];

/// Microseconds in a millisecond.
const MICROS: f64 = 1_000.0;

impl Desk {
    pub async fn read_endpoint_health(&self, request: &ReadEndpointHealth) -> Result<EndpointHealth, EngineError> {
        let session = self.session()?;
        let hours = request.hours.clamp(1, MOST_HOURS);
        let until = session.now();
        let from = until.checked_sub(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MIN);
        let (described, alarms) = tokio::join!(
            self.endpoint_of(&session, &request.endpoint, FRESH),
            alarms_on(&session, Owner::Endpoint(&request.endpoint), (from, until))
        );
        let described = described.map_err(Self::failed(&session))?;
        let endpoint = described.endpoint.clone();
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
        let (rollback, schedules) = tokio::join!(
            metrics::named_alarms(&session, &endpoint.rollback_alarms),
            self.schedules_at(&session, &described)
        );
        let rollback = rollback
            .map_err(|error| notices.push(left_out("The state of the alarms that a deployment rolls back on", &error)))
            .ok();
        let schedules = match schedules {
            Ok((schedules, unread)) => {
                notices.extend(unread);
                Some(schedules)
            }
            Err(error) => {
                notices.push(left_out("Which schedules watch it", &error));
                None
            }
        };
        let period = period(hours, &alarms);
        let asked: Vec<(String, Asked)> = endpoint
            .variants
            .iter()
            .flat_map(|variant| ALL.into_iter().map(|metric| (variant.name.clone(), metric)))
            .collect();
        let queries: Vec<MetricQuery> =
            asked.iter().map(|(variant, metric)| query(&endpoint.name, variant, *metric, period)).collect();
        let series = metrics::series(&session, &queries, from, until).await.map_err(Self::failed(&session))?;
        for problem in series.iter().filter_map(|one| one.problem.as_deref()) {
            let notice = Notice::warning(format!("CloudWatch says: {problem}"));
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        }
        // What a deployment rolls back on may watch something else than this endpoint.
        let others = rollback.iter().flatten().filter(|one| alarms.iter().all(|alarm| alarm.name != one.name));
        let raised = alarms.iter().chain(others).filter(|alarm| alarm.state == "ALARM");
        notices.extend(raised.map(|alarm| {
            let since = alarm.since.map_or_else(String::new, |since| format!(" since {}", moment(since)));
            Notice::warning(format!("Alarm {} is raised{since}.", alarm.name))
        }));
        let read = Read { published: asked.into_iter().zip(series).collect(), period };
        notices.extend(undrawn(&alarms, period, |picture| !lines(picture, &read, &endpoint).is_empty()));
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
        let endpoint = super::endpoints::covered(endpoint);
        Ok(EndpointHealth { endpoint, schedules, rollback, charts, unpublished, notices })
    }
}

/// Seconds of a point: as many as an alarm counts over, if the picture is still one with them, so that its limit stands in it.
/// CloudWatch keeps minutes for 15 days, five of them for 63, and hours beyond.
fn period(hours: u32, alarms: &[AlarmFact]) -> u32 {
    let least = match hours {
        0..=336 => 60,
        337..=1_488 => 300,
        _ => 3_600,
    };
    let even = (hours * 3_600 / POINTS).next_multiple_of(least).max(least);
    let fits = |period: &u32| period.is_multiple_of(least) && (even / 2..=even * 5).contains(period);
    let watched = alarms.iter().filter_map(|alarm| alarm.period).filter(fits);
    watched.min_by_key(|period| period.abs_diff(even)).unwrap_or(even)
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
    /// Drawn only where an alarm has a limit in it.
    is_for_limits: bool,
}

/// Answers 4XX are the caller's fault, 5XX the endpoint's own.
const BOTH_ERRORS: &[(Asked, &str)] = &[(CLIENT_ERRORS, "4XX"), (ERRORS, "5XX")];

static PICTURES: [Picture; 6] = [
    Picture {
        name: "Invocations",
        unit: "",
        lines: &[(INVOCATIONS, "")],
        factor: 1.0,
        per: None,
        is_for_limits: false,
    },
    Picture {
        name: "4XX and 5XX rate",
        unit: "%",
        lines: BOTH_ERRORS,
        factor: 100.0,
        per: Some(INVOCATIONS),
        is_for_limits: false,
    },
    // Limits of alarms count answers; in a rate they would be another one at every point.
    Picture { name: "4XX and 5XX answers", unit: "", lines: BOTH_ERRORS, factor: 1.0, per: None, is_for_limits: true },
    Picture {
        name: "Latency",
        unit: "ms",
        lines: &[(LATENCY, "model"), (SLOWEST, "model, p99"), (OVERHEAD, "overhead")],
        factor: 1.0 / MICROS,
        per: None,
        is_for_limits: false,
    },
    Picture { name: "CPU", unit: "%", lines: &[(CPU, "")], factor: 1.0, per: None, is_for_limits: false },
    Picture { name: "Memory", unit: "%", lines: &[(MEMORY, "")], factor: 1.0, per: None, is_for_limits: false },
];

fn drawn(
    picture: &Picture,
    read: &Read,
    endpoint: &EndpointFact,
    alarms: &[AlarmFact],
    marks: &[Mark],
    (width, offset_minutes): (u32, i32),
) -> Option<Result<Chart, ChartError>> {
    let lines = lines(picture, read, endpoint);
    let thresholds: Vec<Threshold> = alarms.iter().filter_map(|alarm| limit(picture, alarm, read.period)).collect();
    if lines.is_empty() || (picture.is_for_limits && thresholds.is_empty()) {
        return None;
    }
    let told = TimeSeries {
        name: picture.name.to_owned(),
        unit: picture.unit.to_owned(),
        lines,
        thresholds,
        marks: marks.to_vec(),
        step: Some(read.period),
        worse: Worse::High,
        logarithmic: false,
    };
    let caption = format!("{} of {}", picture.name, endpoint.name);
    Some(time_series(&frame(width, HEIGHT, offset_minutes, caption), &told))
}

/// Of each variant what was published.
fn lines(picture: &Picture, read: &Read, endpoint: &EndpointFact) -> Vec<Line> {
    let mut lines = Vec::new();
    for variant in &endpoint.variants {
        for (metric, part) in picture.lines {
            let points = points(picture, read, &variant.name, *metric);
            if !points.is_empty() {
                let name = if part.is_empty() { variant.name.clone() } else { format!("{}, {part}", variant.name) };
                lines.push(Line { name, points, ..Line::default() });
            }
        }
    }
    lines
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

/// The limit of an alarm that watches the one metric of a picture by the statistic that is drawn; one that computes has a unit
/// of its own. A sum grows with its period, so its limit is drawn only where a point is of as many seconds; and a limit that is
/// a lowest value is none of these pictures, in which more is worse.
fn limit(picture: &Picture, alarm: &AlarmFact, period: u32) -> Option<Threshold> {
    let [metric] = alarm.metrics.as_slice() else { return None };
    let asked = alarm.statistic.as_deref()?;
    let watches = picture.lines.iter().any(|((namespace, name, statistic), _)| {
        metric.namespace == *namespace && metric.name == *name && statistic.eq_ignore_ascii_case(asked)
    });
    let is_highest = alarm.comparison.as_deref().is_none_or(|comparison| comparison.starts_with("GreaterThan"));
    let own = alarm.threshold.filter(|_| watches && is_highest && picture.per.is_none())?;
    let is_of_points = !asked.eq_ignore_ascii_case("Sum") || alarm.period == Some(period);
    let inclusive = alarms::is_inclusive(alarm, Worse::High);
    is_of_points.then(|| Threshold { name: alarm.name.clone(), value: own * picture.factor, inclusive })
}

/// `5 min`, `90 s`.
fn time(seconds: u32) -> String {
    if seconds.is_multiple_of(60) { format!("{} min", seconds / 60) } else { format!("{seconds} s") }
}

/// The alarms whose limit is in no picture, in words.
fn undrawn(alarms: &[AlarmFact], period: u32, has_line: impl Fn(&Picture) -> bool) -> Option<Notice> {
    let is_drawn = |alarm: &&AlarmFact| {
        PICTURES.iter().any(|picture| has_line(picture) && limit(picture, alarm, period).is_some())
    };
    let words = |alarm: &AlarmFact| {
        let [metric] = alarm.metrics.as_slice() else { return format!("{} (computed of several metrics)", alarm.name) };
        let what = alarm.statistic.as_deref().map_or_else(String::new, |statistic| format!("{statistic} of "));
        let every = alarm.period.map_or_else(String::new, |period| format!(" in {}", time(period)));
        let limit = alarm.threshold.map_or_else(String::new, |limit| format!(", limit {}", number(limit)));
        format!("{} ({what}{}{every}{limit})", alarm.name, metric.name)
    };
    let left: Vec<String> = alarms.iter().filter(|alarm| !is_drawn(alarm)).map(words).collect();
    (!left.is_empty()).then(|| Notice::info(format!("Limits of alarms that no line here shows: {}.", left.join("; "))))
}

/// What is known of deployments, if it was in this time: the first one, and when the configuration that serves now was made.
/// When the endpoint was changed says nothing, since instances and weights change it too.
pub(super) fn marks(endpoint: &EndpointFact, from: Timestamp, until: Timestamp) -> Vec<Mark> {
    let label =
        endpoint.config.as_ref().map_or_else(|| "its configuration was made".into(), |name| format!("{name} was made"));
    let first = endpoint.created.map(|at| (at, "a new endpoint".to_owned()));
    // Its first configuration was made before it.
    let is_later = |at: &Timestamp| endpoint.created.is_none_or(|created| *at > created);
    let last = endpoint.config_created.filter(is_later).map(|at| (at, label));
    let shown = first.into_iter().chain(last).filter(|(at, _)| (from..=until).contains(at));
    shown.map(|(at, label)| Mark { at, kind: MarkKind::Deployment, label }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(minute * 60).unwrap()
    }

    #[test]
    fn points_are_as_fine_as_they_are_kept() {
        let even = |hours| period(hours, &[]);
        assert_eq!((even(1), even(24), even(24 * 7)), (60, 360, 2_520));
        assert_eq!((even(24 * 30), even(24 * 90)), (10_800, 32_400));
        assert!([1, 24, 400, 2_000].iter().all(|hours| even(*hours).is_multiple_of(60)));
        let watched = [alarm(ERRORS, Some(300), 1.0), alarm(INVOCATIONS, Some(60), 5.0), alarm(CPU, None, 80.0)];
        let of = |hours| period(hours, &watched);
        assert_eq!((of(1), of(3), of(24)), (60, 60, 300), "the nearest one of an alarm");
        assert_eq!((of(24 * 7), of(24 * 30)), (2_520, 10_800), "too many points");
        assert_eq!(period(3, &[alarm(ERRORS, Some(90), 1.0)]), 60, "none that CloudWatch keeps");
    }

    #[test]
    fn a_rate_is_of_what_was_invoked_and_nothing_else() {
        let series = |points: Vec<(Timestamp, f64)>| MetricSeries { points, problem: None };
        let published = HashMap::from([
            (("a".to_owned(), INVOCATIONS), series(vec![(at(0), 200.0), (at(1), 0.0)])),
            (("a".to_owned(), ERRORS), series(vec![(at(0), 5.0), (at(1), 0.0), (at(2), 1.0)])),
            (("a".to_owned(), CLIENT_ERRORS), series(vec![(at(0), 10.0)])),
        ]);
        let read = Read { published, period: 60 };
        let rate = PICTURES.iter().find(|picture| picture.name == "4XX and 5XX rate").unwrap();
        assert_eq!(points(rate, &read, "a", ERRORS), [(at(0), Some(2.5))]);
        assert_eq!(points(rate, &read, "a", CLIENT_ERRORS), [(at(0), Some(5.0))]);
        assert!(rate.lines.iter().map(|(_, part)| *part).eq(["4XX", "5XX"]));
        assert_eq!(unpublished(&read), ["ModelLatency", "OverheadLatency", "CPUUtilization", "MemoryUtilization"]);
    }

    fn alarm((namespace, name, statistic): Asked, period: Option<u32>, threshold: f64) -> AlarmFact {
        let metric = MetricName { namespace: namespace.into(), name: name.into(), dimensions: Vec::new() };
        AlarmFact {
            name: "churn".into(),
            state: "OK".into(),
            metrics: vec![metric],
            statistic: Some(statistic.into()),
            threshold: Some(threshold),
            period,
            acts: true,
            ..AlarmFact::default()
        }
    }

    /// The pictures in which the limit of an alarm is drawn, with the limit.
    fn drawn_in(alarm: &AlarmFact, period: u32) -> Vec<(&'static str, String, f64)> {
        let of = |picture: &'static Picture| {
            limit(picture, alarm, period).map(|limit| (picture.name, limit.name, limit.value))
        };
        PICTURES.iter().filter_map(of).collect()
    }

    #[test]
    fn a_limit_is_drawn_in_the_unit_of_the_line_or_told() {
        let calls = alarm(INVOCATIONS, Some(60), 5.0);
        assert_eq!(drawn_in(&calls, 60), [("Invocations", "churn".to_owned(), 5.0)]);
        assert!(drawn_in(&calls, 360).is_empty(), "a burst of a minute is lost in six");
        let errors = alarm(ERRORS, Some(300), 1.0);
        assert_eq!(drawn_in(&errors, 300), [("4XX and 5XX answers", "churn".to_owned(), 1.0)]);
        let none = AlarmFact { comparison: Some("LessThanThreshold".into()), ..alarm(INVOCATIONS, Some(60), 5.0) };
        assert!(drawn_in(&none, 60).is_empty(), "more is not worse");
        let slow = alarm(LATENCY, Some(60), 250_000.0);
        assert_eq!(drawn_in(&slow, 360), [("Latency", "churn".to_owned(), 250.0)], "an average has no length");
        for left in [
            alarm((CALLS, "Invocations", "Average"), Some(60), 5.0),
            alarm((CALLS, "ModelLatency", "Maximum"), Some(60), 5.0),
            alarm(INVOCATIONS, None, 5.0),
            AlarmFact { metrics: Vec::new(), ..alarm(INVOCATIONS, Some(60), 5.0) },
        ] {
            assert!(drawn_in(&left, 60).is_empty(), "{left:?}");
            assert!(undrawn(&[left], 60, |_| true).is_some());
        }
        assert_eq!(undrawn(&[calls.clone(), slow], 60, |_| true), None);
        assert!(undrawn(&[calls], 60, |picture| picture.name != "Invocations").is_some(), "nothing was published");
        let told = undrawn(&[alarm((CALLS, "ModelLatency", "Maximum"), Some(90), 5.0)], 60, |_| true).unwrap();
        assert!(told.text.ends_with(": churn (Maximum of ModelLatency in 90 s, limit 5)."), "{}", told.text);
    }

    #[test]
    fn an_alarm_that_fires_at_its_limit_says_so_in_the_picture() {
        let picture = PICTURES.iter().find(|picture| picture.name == "CPU").unwrap();
        let inclusive = |comparison: &str| {
            let alarm = AlarmFact { comparison: Some(comparison.into()), ..alarm(CPU, Some(60), 80.0) };
            limit(picture, &alarm, 60).map(|limit| limit.inclusive)
        };
        assert_eq!(inclusive("GreaterThanOrEqualToThreshold"), Some(true));
        assert_eq!(inclusive("GreaterThanThreshold"), Some(false));
    }

    #[test]
    fn more_instances_are_no_deployment() {
        let mut endpoint = EndpointFact {
            name: "churn-live".into(),
            arn: String::new(),
            status: "InService".into(),
            reason: None,
            config: Some("churn-7".into()),
            config_created: Some(at(20)),
            created: Some(at(2)),
            modified: Some(at(50)),
            variants: Vec::new(),
            capture: None,
            rollback_alarms: Vec::new(),
            is_async: false,
            pending_config: None,
        };
        let seen = |endpoint: &EndpointFact, from: i64| -> Vec<(Timestamp, String)> {
            marks(endpoint, at(from), at(60)).into_iter().map(|mark| (mark.at, mark.label)).collect()
        };
        let (first, last) = ((at(2), "a new endpoint".to_owned()), (at(20), "churn-7 was made".to_owned()));
        assert_eq!(seen(&endpoint, 0), [first.clone(), last.clone()]);
        assert_eq!(seen(&endpoint, 10), [last]);
        endpoint.config_created = Some(at(1));
        assert_eq!(seen(&endpoint, 0), [first], "its first configuration serves still");
        endpoint.config_created = None;
        assert!(seen(&endpoint, 10).is_empty(), "what could not be read is not guessed");
    }
}
