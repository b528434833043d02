//! What drifted and matters, over all schedules that watch data quality, and over what Evidently and MLflow tell of other
//! endpoints: the newest report of each.

use super::{
    Importance, days_before,
    followed::{AllFollowed, Asked},
    gather::newest,
    key,
    list::schedules,
    number,
};
use crate::{Desk, EngineError, Events, desk::load, executions::lock, sets::SetWriter};
use ::models::{
    drift::{
        FeatureDrift, Method, Run, Source,
        worklist::{Column, Watched, worklist},
    },
    wording::{seconds, span},
};
use aws::Session;
use contract::{
    Notice, Timestamp,
    drift::{OpenWorklist, WorkRow},
    models::facts::{MonitorKind, ScheduleSummary},
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

const AT_ONCE: usize = 3;
/// How often new reports are looked for; monitors run every hour at most.
const AGAIN: Duration = Duration::from_mins(5);
/// Days in which the newest report is looked for.
const DAYS: u32 = 14;
/// Seconds after which a report is none of today's: twice the longest rhythm of a monitor, with the minutes that a run may be
/// late.
const OLD: i64 = 2 * 86_400 + 1_200;
/// Reports of a source that are tried for one that says what drifted.
const TRIED: usize = 3;
/// Reports that are read in one look of the watch, and how soon one is tried again.
const MOST_READ: usize = 3;
const UNREAD_AGAIN: Duration = Duration::from_hours(1);

/// The newest report of one schedule, or of one that a source follows.
#[derive(Debug)]
pub(super) struct Newest {
    /// The name of the schedule, or where the other lies.
    pub schedule: String,
    pub endpoint: Option<String>,
    pub run: Run,
    pub importance: Importance,
    /// Of which run, when it was stored, and which baseline it was compared with: another report has another one.
    mark: Option<(Timestamp, Timestamp, String)>,
}

impl Desk {
    pub fn open_worklist(&self, _request: OpenWorklist, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<WorkRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_worklist(&session, &writer).await });
        Ok(state)
    }

    async fn load_worklist(
        &self,
        session: &Session,
        writer: &Arc<SetWriter<WorkRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut known: BTreeMap<String, Arc<Newest>> = BTreeMap::new();
        let mut elsewhere = self.kept_elsewhere(session);
        let mut asked = Asked::ByPerson;
        loop {
            let (all, cut) = match schedules(session).await {
                Ok(found) => found,
                // What was read stays, with the reason why it is not newer.
                Err(error) if asked == Asked::InRound && !matches!(error, aws::AwsError::SignIn { .. }) => {
                    writer.notice(crate::ends::left_out("What is new", &error));
                    self.pause(AGAIN).await;
                    if writer.cancelled() {
                        return Ok(session.now());
                    }
                    continue;
                }
                Err(error) => return Err(Self::failed(session)(error)),
            };
            let of_data: Vec<ScheduleSummary> =
                all.into_iter().filter(|one| one.kind == Some(MonitorKind::DataQuality)).collect();
            known.retain(|name, _| of_data.iter().any(|one| one.name == *name));
            // What was read before stands until it is read again.
            for one in &of_data {
                if let Some(kept) = self.inner.drift.newest.last(&key(session, &one.name)) {
                    known.entry(one.name.clone()).or_insert(kept);
                }
            }
            if !known.is_empty() {
                writer.set_all(all_rows(&known, &elsewhere, session.now()));
            }
            let looks: Vec<_> = of_data.into_iter().map(|one| self.newest_of(session, one)).collect();
            let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
            let mut notices: Vec<Notice> = cut.into_iter().collect();
            while let Some((name, found, said)) = looking.next().await {
                if writer.cancelled() {
                    return Ok(session.now());
                }
                match found {
                    Some(found) => known.insert(name, found),
                    None => known.remove(&name),
                };
                notices.extend(said);
                writer.set_all(all_rows(&known, &elsewhere, session.now()));
            }
            let (found, said) = Box::pin(self.newest_elsewhere(session, &known, asked)).await;
            asked = Asked::InRound;
            elsewhere = found;
            notices.extend(said);
            writer.show(all_rows(&known, &elsewhere, session.now()), notices);
            writer.finish(session.now());
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// What sources told last of endpoints that no schedule watches. Reads nothing.
    pub(super) fn kept_elsewhere(&self, session: &Session) -> Arc<Vec<Arc<Newest>>> {
        self.inner.drift.elsewhere.last(&key(session, "")).unwrap_or_default()
    }

    /// The newest report of each endpoint that a source follows and none of `known` is of: an endpoint counts once, whoever
    /// tells of it.
    async fn newest_elsewhere(
        &self,
        session: &Session,
        known: &BTreeMap<String, Arc<Newest>>,
        asked: Asked,
    ) -> (Arc<Vec<Arc<Newest>>>, Vec<Notice>) {
        let AllFollowed { all, mut notices, .. } = match self.all_followed(session, AGAIN, asked).await {
            Ok(found) => found,
            Err(error) => {
                let text = format!("What Evidently and MLflow tell is left out: {error}.");
                return (Arc::default(), vec![Notice::warning(text)]);
            }
        };
        let from = days_before(session.now(), DAYS);
        let mut found: BTreeMap<&str, Arc<Newest>> = BTreeMap::new();
        let every: Vec<_> = all.iter().flat_map(|follows| &follows.all).collect();
        for one in every {
            let endpoint = one.endpoint.as_str();
            let is_known = known.values().any(|known| known.endpoint.as_deref() == Some(endpoint));
            if is_known || found.contains_key(endpoint) {
                continue;
            }
            let trail = match Box::pin(self.reports_in_rounds(session, one, &all, from, TRIED, asked)).await {
                Ok(trail) => trail,
                Err(failure) => {
                    notices.push(failure.notice(&one.place));
                    continue;
                }
            };
            notices.extend(trail.cut.clone());
            // Values without their tests do not say what drifted.
            let judged = trail.reports.iter().find_map(|report| {
                let run = &report.read.as_ref().ok()?.run;
                let is_judged = run.features.iter().any(|feature| feature.drifted.is_some());
                is_judged.then(|| Run { when: run.when.or(Some(report.at)), ..run.clone() })
            });
            let Some(run) = judged else { continue };
            // One that runs elsewhere has no explanation here: how much its features matter is not known then.
            let importance = self.importance_of(session, endpoint).await.unwrap_or_default();
            let (schedule, of) = (one.place.clone(), Some(endpoint.to_owned()));
            found.insert(endpoint, Arc::new(Newest { schedule, endpoint: of, run, importance, mark: None }));
        }
        let found = Arc::new(found.into_values().collect::<Vec<_>>());
        self.inner.drift.elsewhere.put(key(session, ""), Arc::clone(&found));
        (found, notices)
    }

    /// What is kept of the newest report that was read of a schedule, whatever page asked for it. Reads nothing.
    pub(super) fn kept_newest(&self, session: &Session, schedule: &ScheduleSummary) -> Option<Arc<Newest>> {
        let key = key(session, &schedule.name);
        if let Some(kept) = self.inner.drift.newest.last(&key) {
            return Some(kept);
        }
        let run = {
            let index = self.inner.drift.shelf.last(&key)?;
            lock(&index).newest()?
        };
        let endpoint = schedule.endpoint.clone();
        let importance = endpoint.as_deref().map(|endpoint| self.kept_importance(session, endpoint));
        let importance = importance.unwrap_or_default();
        Some(Arc::new(Newest { schedule: schedule.name.clone(), endpoint, run, importance, mark: None }))
    }

    /// Reads the newest reports of a few of these schedules, the first of them first: of those that made one which nobody has asked
    /// for here. What cannot be read is not known then, and its page says why.
    pub(super) async fn read_next(&self, session: &Session, wanted: &[&ScheduleSummary]) {
        let asked_for = &self.inner.drift.asked_for;
        let mut next = Vec::new();
        for one in wanted {
            let Some(run) = one.last.as_ref().filter(|run| run.status.starts_with("Completed")) else { continue };
            let key = key(session, &one.name);
            if asked_for.get(&key, UNREAD_AGAIN) == Some(run.scheduled) {
                continue;
            }
            asked_for.put(key, run.scheduled);
            next.push(ScheduleSummary::clone(one));
            if next.len() >= MOST_READ {
                break;
            }
        }
        let reads: Vec<_> = next.into_iter().map(|one| self.newest_of(session, one)).collect();
        let mut reading = stream::iter(reads).buffer_unordered(AT_ONCE);
        while reading.next().await.is_some() {}
    }

    /// The schedule's name, its newest report, and what could not be read.
    async fn newest_of(
        &self,
        session: &Session,
        schedule: ScheduleSummary,
    ) -> (String, Option<Arc<Newest>>, Vec<Notice>) {
        let name = schedule.name;
        let (found, notices) = self.read_newest(session, &name, schedule.endpoint).await;
        (name, found, notices)
    }

    async fn read_newest(
        &self,
        session: &Session,
        name: &str,
        endpoint: Option<String>,
    ) -> (Option<Arc<Newest>>, Vec<Notice>) {
        let left_out = |why: String| Notice::warning(format!("{name} is left out: {why}"));
        let from = days_before(session.now(), DAYS);
        let scene = match self.scene(session, name, from).await {
            Ok(scene) => scene,
            Err(error) => return (None, vec![left_out(format!("{}.", super::files::why(&error)))]),
        };
        let Some(base) = scene.base.as_ref() else {
            let why = scene.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" ");
            return (None, vec![left_out(why)]);
        };
        let key = key(session, name);
        let mark = scene.reports().next().map(|(at, stored, _)| (at, stored, base.mark.clone()));
        if let Some(kept) = self.inner.drift.newest.last(&key).filter(|kept| kept.mark == mark) {
            return (Some(kept), Vec::new());
        }
        let index = self.inner.drift.shelf.index(&key, &base.mark);
        let archive = Box::pin(self.archive(session, name, &base.mark)).await;
        let Some(whole) = newest(session, &scene, base, &index, archive.as_ref()).await else {
            return (None, vec![left_out(format!("no report of the last {DAYS} days can be read."))]);
        };
        let mut notices = Vec::new();
        let importance = match endpoint.as_deref() {
            Some(endpoint) => self.importance_of(session, endpoint).await.unwrap_or_else(|why| {
                notices
                    .push(Notice::warning(format!("How much the features of {endpoint} matter is not known: {why}.")));
                Importance::default()
            }),
            None => Importance::default(),
        };
        let found = Arc::new(Newest { schedule: name.to_owned(), endpoint, run: whole.run.clone(), importance, mark });
        // What could not be read is tried again.
        if notices.is_empty() {
            self.inner.drift.newest.put(key, Arc::clone(&found));
        }
        (Some(found), notices)
    }
}

fn all_rows(known: &BTreeMap<String, Arc<Newest>>, elsewhere: &[Arc<Newest>], now: Timestamp) -> Vec<WorkRow> {
    rows(known.values().chain(elsewhere), now)
}

/// Columns that drifted somewhere, the most pressing first.
pub(super) fn rows<'a>(known: impl Iterator<Item = &'a Arc<Newest>>, now: Timestamp) -> Vec<WorkRow> {
    let known: Vec<&Newest> = known.map(AsRef::as_ref).collect();
    let watched: Vec<Watched<'_>> =
        known.iter().map(|one| Watched { model: &one.schedule, run: &one.run, importance: &one.importance }).collect();
    worklist(&watched).iter().filter_map(|column| row(column, &known, now)).collect()
}

fn row(column: &Column, known: &[&Newest], now: Timestamp) -> Option<WorkRow> {
    let of = |schedule: &str| known.iter().copied().find(|one| one.schedule == schedule);
    let first = column.places.first()?;
    let worst = &of(&first.model)?.run;
    let drift: &FeatureDrift = worst.features.iter().find(|feature| feature.name == column.name)?;
    let distance = drift.value?;
    let schedules: Vec<String> = column.places.iter().map(|place| place.model.clone()).collect();
    let endpoints = schedules.iter().filter_map(|name| of(name)?.endpoint.clone()).collect();
    let times = match (&drift.method, drift.threshold) {
        // Its limit may be no row at all, and nothing is so many times that.
        (Method::Completeness, Some(most)) => {
            let percent = |part: f64| number((part * 10_000.0).round() / 100.0);
            format!(", {} % of its rows without a value, {} % allowed", percent(distance), percent(most))
        }
        _ => {
            first.severity.map_or_else(String::new, |times| format!(", {} times its threshold", number(rounded(times))))
        }
    };
    // Other tools choose a method by themselves, and a small p-value is no small distance.
    let by = match worst.source {
        Source::ModelMonitor => String::new(),
        Source::Evidently | Source::Mlflow => format!(", by {}", drift.method.name()),
    };
    let (many, all) = (schedules.len(), column.models);
    let unknown = match column.unknown {
        0 => String::new(),
        unknown if unknown == many => "; how much it matters is not known".to_owned(),
        unknown => format!("; how much it matters in {unknown} of them is not known"),
    };
    // It may be over since.
    let age = worst.when.map(|at| seconds(at, now)).filter(|age| *age > OLD);
    let old = age.map_or_else(String::new, |age| format!("; its newest report is {} old", span(age)));
    let words = if all == 1 {
        format!("drifted in {}{times}{by}{unknown}{old}", first.model)
    } else {
        format!("drifted in {many} of {all} schedules that watch it; worst in {}{times}{by}{unknown}{old}", first.model)
    };
    Some(WorkRow {
        feature: column.name.clone(),
        schedules,
        endpoints,
        distance,
        threshold: drift.threshold,
        importance: first.importance,
        weight: column.score,
        words,
        as_of: now,
    })
}

fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newest(schedule: &str, value: f64, importance: f64) -> Arc<Newest> {
        let feature = FeatureDrift::judged("weather".into(), Some(value), Some(0.1), Method::LInfinityRobust);
        Arc::new(Newest {
            schedule: schedule.into(),
            endpoint: Some(format!("{schedule}-live")),
            run: Run { source: Source::ModelMonitor, when: None, features: vec![feature] },
            importance: Arc::new(vec![("weather".to_owned(), importance), ("other".to_owned(), 1.0 - importance)]),
            mark: None,
        })
    }

    #[test]
    fn one_broken_source_is_one_line() {
        let known = [newest("a", 0.2, 0.1), newest("b", 0.4, 0.5), newest("c", 0.05, 0.9)];
        let rows = rows(known.iter(), Timestamp::UNIX_EPOCH);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.schedules, ["b", "a"]);
        assert_eq!(row.endpoints, ["b-live", "a-live"]);
        assert_eq!(row.words, "drifted in 2 of 3 schedules that watch it; worst in b, 4 times its threshold");
        assert!((row.weight - 2.2).abs() < 1e-9 && (row.distance - 0.4).abs() < 1e-9);
    }

    #[test]
    fn a_model_without_an_explanation_is_said_to_be_unknown() {
        let nameless = |schedule: &str, value: f64| {
            let known = newest(schedule, value, 0.1);
            let (endpoint, run) = (known.endpoint.clone(), known.run.clone());
            Arc::new(Newest { schedule: schedule.into(), endpoint, run, importance: Importance::default(), mark: None })
        };
        let known = [newest("a", 0.4, 0.1), nameless("b", 0.2), nameless("c", 0.3)];
        let rows = rows(known.iter(), Timestamp::UNIX_EPOCH);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.schedules, ["c", "b", "a"], "unknown is not unimportant");
        assert_eq!(
            row.words,
            "drifted in 3 of 3 schedules that watch it; worst in c, 3 times its threshold; how much it matters in 2 of \
             them is not known"
        );
        assert_eq!(row.importance, None);
    }

    #[test]
    fn a_report_of_last_week_is_said_to_be_old() {
        let stored: Timestamp = "2026-11-12T06:00:00Z".parse().unwrap();
        let known = newest("a", 0.4, 0.5);
        let run = Run { when: Some(stored), ..known.run.clone() };
        let (schedule, endpoint) = (known.schedule.clone(), known.endpoint.clone());
        let one = Arc::new(Newest { schedule, endpoint, run, importance: Arc::clone(&known.importance), mark: None });
        let words = |now: &str| {
            let rows = rows([Arc::clone(&one)].iter(), now.parse().unwrap());
            rows.first().map(|row| row.words.clone()).unwrap_or_default()
        };
        assert_eq!(words("2026-11-14T06:00:00Z"), "drifted in a, 4 times its threshold");
        assert_eq!(words("2026-11-21T06:00:00Z"), "drifted in a, 4 times its threshold; its newest report is 9 d old");
    }

    #[test]
    fn rows_without_a_value_are_told_in_percent() {
        let feature = FeatureDrift::judged("points".into(), Some(0.18), Some(0.0), Method::Completeness);
        let one = Arc::new(Newest {
            schedule: "a".into(),
            endpoint: None,
            run: Run { source: Source::ModelMonitor, when: None, features: vec![feature] },
            importance: Arc::new(vec![("points".to_owned(), 0.5), ("other".to_owned(), 0.5)]),
            mark: None,
        });
        let rows = rows([one].iter(), Timestamp::UNIX_EPOCH);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!(row.words, "drifted in a, 18 % of its rows without a value, 0 % allowed");
        assert!((row.weight - 1.4).abs() < 1e-9 && row.threshold == Some(0.0), "it matters: {row:?}");
    }

    #[test]
    fn what_another_tool_found_names_its_method() {
        let feature = FeatureDrift::judged("weather".into(), Some(0.000_1), Some(0.01), Method::KolmogorovSmirnov);
        let place = "s3://drift/evidently/rates/";
        let one = Arc::new(Newest {
            schedule: place.into(),
            endpoint: Some("rates".into()),
            run: Run { source: Source::Evidently, when: None, features: vec![feature] },
            importance: Importance::default(),
            mark: None,
        });
        let rows = rows([one].iter(), Timestamp::UNIX_EPOCH);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        let method = Method::KolmogorovSmirnov;
        let words = format!(
            "drifted in {place}, 2 times its threshold, by {}; how much it matters is not known",
            method.name()
        );
        assert_eq!(row.words, words);
        assert_eq!((row.importance, row.schedules.as_slice()), (None, [place.to_owned()].as_slice()));
    }
}
