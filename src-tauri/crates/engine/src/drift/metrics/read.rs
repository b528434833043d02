//! Reading a monitor's numbers: from CloudWatch, and from its reports where CloudWatch has none.

use super::{
    Measured, Newest,
    events::{changes, told, troubled},
};
use crate::{
    Desk, EngineError,
    drift::{
        alarms::{Alarms, Owner, alarms_on},
        archive::Archive,
        counted, days_before,
        files::{Folder, file, folders},
        key,
        look::RARELY,
        violations,
    },
    ends::left_out,
};
use ::models::{
    health::rhythm,
    monitor::violations::Violation,
    series::{self, Baseline, Points, Reading, Subject},
};
use aws::{AwsError, Session, models::metrics, pages::up_to};
use contract::{
    Notice, Timestamp,
    drift::MetricSource,
    models::facts::{JobDefinitionFact, MetricName, MetricQuery, MonitorKind},
};
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, sync::Arc};

/// Seconds of a point: the finest that CloudWatch keeps for all of the days, and no monitor runs more often.
const PERIOD: u32 = 3_600;
/// Days that can be looked back; what the service says of runs it keeps no longer.
const MOST_DAYS: u32 = 400;
/// Numbers that are asked for.
const MOST_NAMES: usize = 1_000;
/// Pages of published names: 500 each.
const MOST_PAGES: usize = 10;
/// Reports that are read where CloudWatch has nothing.
const MOST_REPORTS: usize = 400;
const AT_ONCE: usize = 8;
/// The switch of a job definition's environment.
const SWITCH: &str = "publish_cloudwatch_metrics";

/// The numbers of one report.
pub(crate) type Readings = Arc<Vec<Reading>>;
/// The violations of one report.
pub(crate) type Said = Arc<Vec<Violation>>;

impl Desk {
    pub(super) async fn measure(&self, session: &Session, schedule: &str, days: u32) -> Result<Measured, EngineError> {
        let fact = self.schedule_fact(session, schedule, RARELY).await.map_err(Self::failed(session))?;
        let definition = self.definition_of(session, &fact).await.map_err(Self::failed(session))?;
        let Some(kind) = fact.summary.kind else {
            return Err(EngineError::NotNow("Nothing says what this schedule watches.".into()));
        };
        let until = session.now();
        let from = days_before(until, days.clamp(1, MOST_DAYS));
        let mut notices = Vec::new();
        let baseline = baseline(session, kind, definition.as_deref(), &mut notices).await;
        let endpoint = fact.summary.endpoint.as_deref();
        let place = self.place_of(session, &fact.summary, definition.as_deref());
        let (names, place, changed, alarms, described) = tokio::join!(
            published(session, kind, schedule, endpoint),
            place,
            changes(session, schedule, (from, until)),
            alarms_on(session, Owner::Schedule(schedule), (from, until)),
            async {
                match endpoint {
                    Some(endpoint) => Some(self.endpoint_of(session, endpoint, RARELY).await),
                    None => None,
                }
            }
        );
        let mut missed = |what: &str, error: &AwsError| notices.push(left_out(what, error));
        // What was published lately has the last word on how it is named; what was not may still be there.
        let mut names: BTreeMap<Subject, MetricName> = match names {
            Ok(found) => found.into_iter().collect(),
            Err(error) => {
                missed("What was published that the baseline does not name", &error);
                BTreeMap::new()
            }
        };
        for (subject, name) in series::names(kind, &baseline, schedule, endpoint) {
            names.entry(subject).or_insert(name);
        }
        let changed = changed.unwrap_or_else(|error| {
            missed("When its alerts changed", &error);
            Vec::new()
        });
        let Alarms { all: alarms, changes: turns, notices: unread } = alarms.unwrap_or_else(|error| {
            missed("What alarms watch its metrics", &error);
            Alarms::default()
        });
        let described = match described {
            Some(Ok(described)) => Some(described),
            Some(Err(error)) => {
                missed("When its endpoint was deployed", &error);
                None
            }
            None => None,
        };
        notices.extend(unread);
        let mut points = match series_of(session, kind, &names, (from, until), &mut notices).await {
            Ok(points) => points,
            Err(error @ AwsError::SignIn { .. }) => return Err(Self::failed(session)(error)),
            Err(error) => {
                notices.push(left_out("What CloudWatch has of it", &error));
                BTreeMap::new()
            }
        };
        let reports = match place {
            Ok(Some(place)) => match folders(session, &place, from, until).await {
                Ok(reports) => reports,
                Err(error) => {
                    notices.push(left_out("What its reports say", &error));
                    BTreeMap::new()
                }
            },
            Ok(None) => BTreeMap::new(),
            Err(error) => {
                notices.push(left_out("Where its reports lie", &error));
                BTreeMap::new()
            }
        };
        let archive = Box::pin(self.archive(session, schedule, "")).await;
        let newest = self.newest_readings(session, kind, &reports, archive.as_ref(), &mut notices).await;
        let mut said: BTreeMap<Timestamp, Option<Said>> = reports.keys().map(|at| (*at, None)).collect();
        if kind == MonitorKind::Bias {
            self.read_said(session, &reports, &mut said, &mut notices).await;
        }
        let mut source = MetricSource::CloudWatch;
        if points.values().all(BTreeMap::is_empty) && kind != MonitorKind::DataQuality {
            let read = self.of_reports(session, kind, &reports, archive.as_ref(), &mut notices).await;
            if !read.is_empty() {
                let why = if definition.as_deref().is_some_and(is_off) {
                    format!(": its definition turns that off ({SWITCH})")
                } else {
                    String::new()
                };
                notices.push(Notice::info(format!(
                    "CloudWatch has nothing of this monitor in this time{why}. Shown is what the reports of its runs say."
                )));
                (points, source) = (read, MetricSource::Reports);
            }
        }
        let scores = series::scores(&baseline, &points);
        points.extend(scores);
        let (marks, events) =
            told(&changed, &turns, described.as_deref().map(|described| &described.endpoint), (from, until));
        Ok(Measured {
            kind,
            source,
            expected: baseline.expected,
            points,
            newest,
            reports: said,
            step: fact.expression.as_deref().and_then(rhythm).and_then(|step| u32::try_from(step).ok()),
            marks,
            events,
            names,
            alarms,
            notices,
        })
    }

    async fn newest_readings(
        &self,
        session: &Session,
        kind: MonitorKind,
        reports: &BTreeMap<Timestamp, Folder>,
        archive: Option<&Archive>,
        notices: &mut Vec<Notice>,
    ) -> Newest {
        let Some((at, folder)) = reports.last_key_value() else { return Newest::default() };
        let readings = match self.readings(session, kind, *at, folder, archive).await {
            Ok(readings) => readings.to_vec(),
            Err(why) => {
                notices.push(Notice::warning(format!("What the newest report says is left out: {why}.")));
                Vec::new()
            }
        };
        Newest { at: Some(*at), readings }
    }

    /// What the newest of the reports found themselves.
    async fn read_said(
        &self,
        session: &Session,
        reports: &BTreeMap<Timestamp, Folder>,
        all: &mut BTreeMap<Timestamp, Option<Said>>,
        notices: &mut Vec<Notice>,
    ) {
        let newest = reports.iter().rev().take(MOST_REPORTS);
        let reads: Vec<_> = newest.map(|(at, folder)| self.said_in(session, *at, folder)).collect();
        let mut reading = stream::iter(reads).buffered(AT_ONCE);
        let mut troubles: Vec<String> = Vec::new();
        while let Some((at, read)) = reading.next().await {
            match read {
                Ok(said) => {
                    all.insert(at, Some(said));
                }
                Err(why) => troubles.push(why),
            }
        }
        if let Some(first) = troubles.first() {
            let many = counted(troubles.len(), "report");
            notices.push(Notice::warning(format!("What {many} violated is left out: {first}.")));
        }
    }

    /// A report without a file of violations has none.
    async fn said_in(&self, session: &Session, at: Timestamp, folder: &Folder) -> (Timestamp, Result<Said, String>) {
        let Some(uri) = folder.violations.as_deref() else { return (at, Ok(Said::default())) };
        let key = key(session, uri);
        if let Some(known) = self.inner.drift.said.last(&key) {
            return (at, Ok(known));
        }
        let read = violations::read(session, uri).await.map(Said::new);
        if let Ok(said) = &read {
            self.inner.drift.said.put(key, Arc::clone(said));
        }
        (at, read)
    }

    /// The numbers of a report, read once.
    async fn readings(
        &self,
        session: &Session,
        kind: MonitorKind,
        at: Timestamp,
        folder: &Folder,
        archive: Option<&Archive>,
    ) -> Result<Readings, String> {
        if kind == MonitorKind::DataQuality {
            return Ok(Readings::default());
        }
        let uri = format!("{}/{}", folder.uri, series::report_file(kind));
        let stored = folder.statistics.or(folder.analysis).unwrap_or(at);
        let key = key(session, &format!("{uri} {stored}"));
        if let Some(known) = self.inner.drift.readings.last(&key) {
            return Ok(known);
        }
        let report = (at, stored, uri);
        let kept = match archive {
            Some(archive) => archive.readings(&report).await,
            None => None,
        };
        let read = if let Some(kept) = kept {
            kept
        } else {
            let uri = &report.2;
            let read = file(session, uri).await?;
            let read = series::readings(kind, &read.bytes).map_err(|error| format!("{uri} cannot be read: {error}"))?;
            if let Some(archive) = archive {
                archive.keep_readings(&report, read.clone()).await;
            }
            read
        };
        let read: Readings = Arc::new(read);
        self.inner.drift.readings.put(key, Arc::clone(&read));
        Ok(read)
    }

    async fn dated(
        &self,
        session: &Session,
        kind: MonitorKind,
        at: Timestamp,
        folder: &Folder,
        archive: Option<&Archive>,
    ) -> (Timestamp, Result<Readings, String>) {
        (at, self.readings(session, kind, at, folder, archive).await)
    }

    /// The numbers of all reports.
    async fn of_reports(
        &self,
        session: &Session,
        kind: MonitorKind,
        reports: &BTreeMap<Timestamp, Folder>,
        archive: Option<&Archive>,
        notices: &mut Vec<Notice>,
    ) -> BTreeMap<Subject, Points> {
        if reports.len() > MOST_REPORTS {
            notices.push(Notice::warning(format!("Only the newest {MOST_REPORTS} reports are read.")));
        }
        let newest = reports.iter().rev().take(MOST_REPORTS);
        let reads: Vec<_> = newest.map(|(at, folder)| self.dated(session, kind, *at, folder, archive)).collect();
        let mut reading = stream::iter(reads).buffered(AT_ONCE);
        let (mut points, mut troubles): (BTreeMap<Subject, Points>, Vec<String>) = (BTreeMap::new(), Vec::new());
        while let Some((at, read)) = reading.next().await {
            match read {
                Ok(readings) => {
                    let known = readings.iter().filter_map(|one| Some((one.subject.clone(), one.value?)));
                    for (subject, value) in known {
                        points.entry(subject).or_default().insert(at, value);
                    }
                }
                Err(why) => troubles.push(why),
            }
        }
        notices.extend(troubled(&troubles).map(Notice::warning));
        points
    }
}

fn is_off(definition: &JobDefinitionFact) -> bool {
    definition.environment.iter().any(|(name, value)| name == SWITCH && value.eq_ignore_ascii_case("disabled"))
}

/// Without one nothing is known to be expected, and nothing has a limit.
async fn baseline(
    session: &Session,
    kind: MonitorKind,
    definition: Option<&JobDefinitionFact>,
    notices: &mut Vec<Notice>,
) -> Baseline {
    let Some(uri) = definition.and_then(|definition| definition.baseline.constraints.as_deref()) else {
        notices.push(Notice::warning("The schedule names no constraints: its metrics have no limits."));
        return Baseline::default();
    };
    let read = match file(session, uri).await {
        Ok(read) => Baseline::read(kind, &read.bytes).map_err(|error| format!("{uri} cannot be read: {error}")),
        Err(why) => Err(why),
    };
    read.unwrap_or_else(|why| {
        notices.push(Notice::warning(format!("Its metrics have no limits here: {why}.")));
        Baseline::default()
    })
}

/// What was published within about two weeks.
async fn published(
    session: &Session,
    kind: MonitorKind,
    schedule: &str,
    endpoint: Option<&str>,
) -> Result<Vec<(Subject, MetricName)>, AwsError> {
    let found =
        published_in(session, kind, series::namespace(kind, endpoint.is_some()), ("MonitoringSchedule", schedule));
    let found = found.await?;
    match series::documented(kind).filter(|_| found.is_empty() && endpoint.is_some()) {
        Some((namespace, dimension)) => published_in(session, kind, namespace, (dimension, schedule)).await,
        None => Ok(found),
    }
}

async fn published_in(
    session: &Session,
    kind: MonitorKind,
    namespace: &str,
    own: (&str, &str),
) -> Result<Vec<(Subject, MetricName)>, AwsError> {
    let own = [own];
    let wanted = metrics::Wanted { namespace, name: None, dimensions: &own };
    let (names, _) = up_to(MOST_PAGES, |token| metrics::published_page(session, wanted, token)).await?;
    Ok(names.into_iter().filter_map(|name| Some((series::subject(kind, &name)?, name))).collect())
}

async fn series_of(
    session: &Session,
    kind: MonitorKind,
    names: &BTreeMap<Subject, MetricName>,
    (from, until): (Timestamp, Timestamp),
    notices: &mut Vec<Notice>,
) -> Result<BTreeMap<Subject, Points>, AwsError> {
    if names.len() > MOST_NAMES {
        notices.push(Notice::warning(format!("Only {MOST_NAMES} of its {} metrics are read.", names.len())));
    }
    let mut first: Vec<(&Subject, &MetricName)> = names.iter().collect();
    // Distances have limits; the values of features are there to look at.
    first.sort_by_key(|(subject, _)| kind == MonitorKind::DataQuality && subject.of.is_some());
    let query = |metric: &MetricName| MetricQuery {
        metric: metric.clone(),
        statistic: series::statistic(kind, metric).to_owned(),
        period: PERIOD,
    };
    let asked: Vec<(&Subject, MetricQuery)> =
        first.into_iter().take(MOST_NAMES).map(|(subject, metric)| (subject, query(metric))).collect();
    let queries: Vec<MetricQuery> = asked.iter().map(|(_, query)| query.clone()).collect();
    let told = metrics::series(session, &queries, from, until).await?;
    for problem in told.iter().filter_map(|one| one.problem.as_deref()) {
        let notice = Notice::warning(format!("CloudWatch says: {problem}"));
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    let points = asked.into_iter().zip(told).map(|((subject, _), one)| (subject.clone(), series::points(&one.points)));
    Ok(points.collect())
}
