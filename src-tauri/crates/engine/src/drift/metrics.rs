//! What a monitor measured over time: the numbers that it published, else those of its reports, with their limits and what
//! happened meanwhile. A number that nobody published is named and is no zero.

mod events;
mod read;

pub(super) use read::{Readings, Said};

use super::{alarms::is_inclusive, key, small, view::frame};
use crate::{Desk, EngineError};
use ::models::series::{self, Expected, Limit, Points, Reading, Subject};
use aws::Session;
use charts::{Line, Mark, Threshold, TimeSeries, Worse, time_series};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{
        LimitSide, MetricEvent, MetricSource, MonitorMetric, MonitorMetricRow, MonitorMetrics, ReadDrift,
        ReadMonitorMetric, ReadMonitorMetrics,
    },
    models::{
        facts::{AlarmFact, MetricName, MonitorKind},
        metric_title,
    },
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const HEIGHT: u32 = 260;
/// Seconds from one run to the next where nothing says it.
const HOUR: u32 = 3_600;
/// How long what was read serves the picture of one metric.
const FRESH: Duration = Duration::from_mins(2);
/// Pictures of a file.
const MOST_DRAWN: usize = 24;

/// All numbers of a monitor in some days.
#[derive(Debug)]
pub(super) struct Measured {
    kind: MonitorKind,
    source: MetricSource,
    expected: Vec<Expected>,
    points: BTreeMap<Subject, Points>,
    newest: Newest,
    /// The reports of this time by their hour, with what they found themselves where that was read. It is of bias alone, whose
    /// limits do not decide by themselves.
    reports: BTreeMap<Timestamp, Option<Said>>,
    /// Seconds from one value to the next.
    step: Option<u32>,
    marks: Vec<Mark>,
    events: Vec<MetricEvent>,
    names: BTreeMap<Subject, MetricName>,
    alarms: Vec<AlarmFact>,
    notices: Vec<Notice>,
}

/// What the newest report says.
#[derive(Debug, Default)]
struct Newest {
    at: Option<Timestamp>,
    readings: Vec<Reading>,
}

/// Whether a value is a violation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Verdict {
    is_violated: bool,
    /// By the limit as it is today, for the report of the value was not read.
    is_of_today: bool,
}

impl Desk {
    pub async fn read_monitor_metrics(&self, request: &ReadMonitorMetrics) -> Result<MonitorMetrics, EngineError> {
        let session = self.session()?;
        let measured = Arc::new(Box::pin(self.measure(&session, &request.schedule, request.days)).await?);
        let key = key(&session, &format!("{}/{}", request.schedule, request.days));
        self.inner.drift.measured.put(key, Arc::clone(&measured));
        Ok(measured.told(&request.schedule))
    }

    pub async fn read_monitor_metric(&self, request: &ReadMonitorMetric) -> Result<MonitorMetric, EngineError> {
        let session = self.session()?;
        let measured = Box::pin(self.measured(&session, &request.schedule, request.days)).await?;
        let found =
            measured.points.iter().find(|(subject, points)| subject.name() == request.metric && !points.is_empty());
        let Some((subject, points)) = found else {
            return Err(EngineError::NotFound(format!("Nothing was published of {} in this time.", request.metric)));
        };
        let row = measured.row(subject, points);
        let row = row.ok_or_else(|| EngineError::NotFound(format!("{} has no value.", request.metric)))?;
        let chart = measured.chart(&request.schedule, subject, points, (request.width, request.offset_minutes));
        Ok(MonitorMetric { row, source: measured.source, chart, events: measured.events.clone() })
    }

    /// The metrics with a picture of each, for a file.
    pub(crate) async fn draw_metrics(
        &self,
        session: &Session,
        asked: &ReadDrift,
    ) -> Result<(MonitorMetrics, Vec<Chart>), EngineError> {
        let measured = Box::pin(self.measured(session, &asked.schedule, asked.days)).await?;
        let mut told = measured.told(&asked.schedule);
        let drawn = |row: &MonitorMetricRow| {
            let (subject, points) = measured.points.iter().find(|(subject, _)| subject.name() == row.id)?;
            measured.chart(&asked.schedule, subject, points, (asked.width, asked.offset_minutes))
        };
        let charts = told.metrics.iter().take(MOST_DRAWN).filter_map(drawn).collect();
        if told.metrics.len() > MOST_DRAWN {
            let all = told.metrics.len();
            told.notices.push(Notice::info(format!("The first {MOST_DRAWN} of {all} metrics are drawn.")));
        }
        Ok((told, charts))
    }

    /// As it was read a moment ago, or anew.
    async fn measured(&self, session: &Session, schedule: &str, days: u32) -> Result<Arc<Measured>, EngineError> {
        let key = key(session, &format!("{schedule}/{days}"));
        if let Some(known) = self.inner.drift.measured.get(&key, FRESH) {
            return Ok(known);
        }
        let read = Arc::new(Box::pin(self.measure(session, schedule, days)).await?);
        self.inner.drift.measured.put(key, Arc::clone(&read));
        Ok(read)
    }
}

impl Measured {
    fn told(&self, schedule: &str) -> MonitorMetrics {
        MonitorMetrics {
            schedule: schedule.to_owned(),
            kind: self.kind,
            source: self.source,
            metrics: self.rows(),
            unpublished: self.unpublished(),
            notices: self.notices.clone(),
        }
    }

    fn expected(&self, subject: &Subject) -> Option<&Expected> {
        self.expected.iter().find(|one| one.subject == *subject)
    }

    /// What is beyond its limit first, then what is not known, what is fine, what has no limit.
    fn rows(&self) -> Vec<MonitorMetricRow> {
        let mut rows: Vec<MonitorMetricRow> =
            self.points.iter().filter_map(|(subject, points)| self.row(subject, points)).collect();
        rows.sort_by_key(|row| match (row.violated, row.side.is_some()) {
            (Some(true), _) => 0,
            (None, true) => 1,
            (Some(false), _) => 2,
            (None, false) => 3,
        });
        rows
    }

    /// As people write the metric. Attributions bear the names of features, which may be called `f1` too.
    fn title(&self, subject: &Subject) -> String {
        if self.kind == MonitorKind::ModelQuality {
            metric_title(&subject.metric).into_owned()
        } else {
            subject.metric.clone()
        }
    }

    fn row(&self, subject: &Subject, points: &Points) -> Option<MonitorMetricRow> {
        let (at, value) = points.last_key_value().map(|(at, value)| (*at, *value))?;
        let expected = self.expected(subject);
        let limit = expected.and_then(|expected| expected.limit).filter(|limit| limit.value.is_finite());
        let neutral = expected.and_then(|expected| expected.neutral);
        let reading = self.newest.readings.iter().find(|reading| reading.subject == *subject);
        let is_newest = self.newest.at.is_some() && self.report_of(at) == self.newest.at;
        let verdicts: Vec<Option<Verdict>> = match limit {
            Some(limit) => {
                points.iter().map(|(at, value)| self.verdict(subject, (limit, neutral), (*at, *value))).collect()
            }
            None => Vec::new(),
        };
        let judged = verdicts.iter().flatten().count();
        let violated = verdicts.iter().flatten().filter(|verdict| verdict.is_violated).count();
        Some(MonitorMetricRow {
            id: subject.name(),
            metric: subject.metric.clone(),
            title: self.title(subject),
            of: subject.of.clone(),
            value: Some(value).filter(|value| value.is_finite()),
            at,
            deviation: reading.filter(|_| is_newest).and_then(|reading| reading.deviation),
            limit: limit.map(|limit| limit.value),
            side: limit.map(|limit| limit.side),
            neutral,
            violated: verdicts.last().copied().flatten().map(|verdict| verdict.is_violated),
            violations: (judged > 0).then(|| small(violated)),
            judged: small(judged),
            values: small(points.len()),
            note: self.note(subject, value, reading, &verdicts),
        })
    }

    /// The hour of the report that a value belongs to.
    fn report_of(&self, at: Timestamp) -> Option<Timestamp> {
        // Of all reports only the two around a value can be nearest.
        let around = [self.reports.range(..=at).next_back(), self.reports.range(at..).next()];
        let hours = around.into_iter().flatten().map(|(hour, _)| *hour);
        series::report_of(hours, at, self.step.unwrap_or(HOUR))
    }

    /// By the limit alone where that decides; else by what the report of that time says itself, which knew the limit that stood
    /// then; else, as far as it goes, by the limit of today.
    fn verdict(
        &self,
        subject: &Subject,
        (limit, neutral): (Limit, Option<f64>),
        (at, value): (Timestamp, f64),
    ) -> Option<Verdict> {
        if let Some(is_violated) = limit.is_violated_by(value) {
            return Some(Verdict { is_violated, is_of_today: false });
        }
        let report = self.report_of(at).and_then(|hour| self.reports.get(&hour));
        if let Some(Some(said)) = report {
            return Some(Verdict { is_violated: series::is_violated(subject, said), is_of_today: false });
        }
        limit.is_surely_kept_by(value, neutral).then_some(Verdict { is_violated: false, is_of_today: true })
    }

    fn note(
        &self,
        subject: &Subject,
        value: f64,
        reading: Option<&Reading>,
        verdicts: &[Option<Verdict>],
    ) -> Option<String> {
        let of_value = if value.is_infinite() {
            Some("infinite: one of the two groups has nothing to divide by".to_owned())
        } else if subject.metric == series::NDCG && self.kind == MonitorKind::Explainability {
            Some("of the published attributions, against the order of the baseline".to_owned())
        } else {
            // The newest run did not measure it: what is shown is older.
            reading.and_then(|reading| reading.error.clone()).map(|error| crate::jobs::masked(&error))
        };
        let today = verdicts.iter().flatten().filter(|verdict| verdict.is_of_today).count();
        let by_today = (today > 0).then(|| format!("{today} of {} values are judged by today's limit", verdicts.len()));
        let notes: Vec<String> = of_value.into_iter().chain(by_today).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// What the baseline names and nobody published, with the reason that the newest report gives.
    fn unpublished(&self) -> Vec<(String, Option<String>)> {
        let is_silent = |expected: &&Expected| self.points.get(&expected.subject).is_none_or(BTreeMap::is_empty);
        let why = |subject: &Subject| {
            let reading = self.newest.readings.iter().find(|reading| reading.subject == *subject)?;
            reading.error.as_deref().map(crate::jobs::masked)
        };
        let silent = self.expected.iter().filter(is_silent);
        silent.map(|expected| (expected.subject.name(), why(&expected.subject))).collect()
    }

    fn chart(
        &self,
        schedule: &str,
        subject: &Subject,
        points: &Points,
        (width, offset_minutes): (u32, i32),
    ) -> Option<Chart> {
        let expected = self.expected(subject);
        let limit = expected.and_then(|expected| expected.limit).filter(|limit| limit.value.is_finite());
        let worse = match limit.map(|limit| limit.side) {
            Some(LimitSide::Below) => Worse::Low,
            _ => Worse::High,
        };
        let mut thresholds: Vec<Threshold> = limit
            .map(|limit| {
                let name = match limit.side {
                    LimitSide::Below => "Violation below",
                    LimitSide::Above => "Violation above",
                    LimitSide::Apart => "Baseline",
                };
                Threshold { name: name.to_owned(), value: limit.value, inclusive: false }
            })
            .into_iter()
            .collect();
        let own = self.names.get(subject);
        let watches = |alarm: &&AlarmFact| {
            own.is_some_and(|own| matches!(alarm.metrics.as_slice(), [one] if series::is_same(one, own)))
        };
        // A monitor publishes one value a run, which is its average, sum and extremes alike; how many there were is another
        // number, and so is what an expression makes of it.
        let is_of_value =
            |alarm: &&AlarmFact| alarm.statistic.as_deref().is_some_and(|statistic| statistic != "SampleCount");
        let limits = self.alarms.iter().filter(watches).filter(is_of_value);
        thresholds.extend(limits.filter_map(|alarm| {
            let inclusive = is_inclusive(alarm, worse);
            Some(Threshold { name: format!("Alarm {}", alarm.name), value: alarm.threshold?, inclusive })
        }));
        let values = points.iter().map(|(at, value)| (*at, Some(*value).filter(|value| value.is_finite()))).collect();
        let called = Subject::new(self.title(subject), subject.of.clone());
        let told = TimeSeries {
            name: called.metric.clone(),
            unit: String::new(),
            lines: vec![Line { name: called.name(), points: values, ..Line::default() }],
            thresholds,
            marks: self.marks.clone(),
            step: self.step,
            worse,
            logarithmic: false,
        };
        let caption = format!("{} by {schedule}", called.name());
        time_series(&frame(width, HEIGHT, offset_minutes, caption), &told).ok()
    }
}

#[cfg(test)]
mod tests;
