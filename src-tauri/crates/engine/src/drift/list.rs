//! All schedules of the region with whether they measure; and one of them.

use super::{
    cut_off,
    endpoints::covered,
    followed::Asked,
    key,
    look::{Looked, RARELY},
    served::Served,
};
use crate::{Desk, EngineError, Events, desk::load, ends::left_out, sets::SetWriter};
use aws::{
    AwsError, Session,
    models::{endpoints::Described, monitors},
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    drift::{DescribeMonitor, DriftSource, MonitorDetail, MonitorRow, OpenMonitors},
    models::facts::{DeployedModel, JobDefinitionFact, ScheduleSummary},
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How often the list is made again.
const AGAIN: Duration = Duration::from_mins(1);
/// How often what sources follow is: each folder of snapshots is listed for it.
const FOLLOWED_AGAIN: Duration = Duration::from_mins(5);
const AT_ONCE: usize = 8;
/// Pages of schedules: 100 each.
const MOST_PAGES: usize = 20;

/// What sources told, with the sources that were asked.
struct FollowedRows {
    /// When it is read again.
    again: Timestamp,
    sources: Vec<DriftSource>,
    rows: Vec<MonitorRow>,
    notices: Vec<Notice>,
}

impl Desk {
    pub fn open_monitors(&self, _request: OpenMonitors, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<MonitorRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_monitors(&session, &writer).await });
        Ok(state)
    }

    async fn load_monitors(
        &self,
        session: &Session,
        writer: &Arc<SetWriter<MonitorRow>>,
    ) -> Result<Timestamp, EngineError> {
        let key = key(session, "");
        if let Some(before) = self.inner.drift.listed.last(&key) {
            // They say how old they are, until they are read again.
            writer.append(before.to_vec());
        }
        let mut followed: Option<FollowedRows> = None;
        let mut is_shown = false;
        loop {
            let mut notices = Vec::new();
            let begun = Instant::now();
            let (schedules, models, sources) =
                tokio::join!(schedules(session), self.dashboard(session, AGAIN / 2), self.sources_of(session));
            let sources = sources.unwrap_or_else(|error| {
                notices.push(Notice::warning(format!("What Evidently and MLflow tell is left out: {error}.")));
                Vec::new()
            });
            let sources: Vec<DriftSource> = sources.iter().map(|source| source.known.clone()).collect();
            let has_sources = !sources.is_empty();
            let models = match models {
                Ok(models) => models,
                Err(error @ AwsError::SignIn { .. }) => return Err(Self::failed(session)(error)),
                Err(error) => {
                    notices.push(left_out("What each endpoint serves, with the last runs,", &error));
                    Arc::default()
                }
            };
            notices.extend(self.models_beyond(session));
            let summaries = match schedules {
                Ok((mut schedules, cut)) => {
                    notices.extend(cut);
                    joined(&mut schedules, &models);
                    if models.is_empty() {
                        with_newest_runs(session, &mut schedules).await;
                    }
                    schedules
                }
                Err(error) => {
                    // The dashboard knows those of the models that it shows.
                    let known: Vec<ScheduleSummary> =
                        models.iter().flat_map(|model| model.schedules.iter().cloned()).collect();
                    if known.is_empty() && !has_sources {
                        if !is_shown || matches!(error, AwsError::SignIn { .. }) {
                            return Err(Self::failed(session)(error));
                        }
                        // What was read stays, with the reason why it is not newer.
                        writer.notice(left_out("What is new", &error));
                        self.pause(AGAIN).await;
                        if writer.cancelled() {
                            return Ok(session.now());
                        }
                        continue;
                    }
                    notices.push(left_out("A schedule that the model dashboard does not know", &error));
                    known
                }
            };
            let now = session.now();
            let bare = summaries.into_iter().map(|summary| Looked::bare(summary, &models));
            let bare: Vec<Looked> = bare.collect();
            let known = writer.rows_by_id();
            let fresh = bare.iter().filter(|looked| !known.contains_key(&looked.summary.name));
            writer.append(fresh.map(|looked| looked.row(&looked.health(now), now)).collect());
            // What a search cannot say is asked of each endpoint by itself.
            let served = self.served(session, &models, AGAIN / 2).await.unwrap_or_default();
            let looks: Vec<_> =
                bare.into_iter().map(|looked| self.look_at_monitor(session, looked, &served, RARELY, false)).collect();
            let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
            let mut rows = Vec::new();
            while let Some(looked) = looking.next().await {
                if writer.cancelled() {
                    return Ok(session.now());
                }
                let row = looked.row(&looked.health(now), now);
                writer.replace(row.clone());
                rows.push(row);
                for notice in looked.notices {
                    if !notices.contains(&notice) {
                        notices.push(notice);
                    }
                }
            }
            if has_sources {
                let asked = if followed.is_some() { Asked::InRound } else { Asked::ByPerson };
                let stands = |read: &FollowedRows| session.now() < read.again && read.sources == sources;
                let read = if let Some(read) = followed.take().filter(stands) {
                    read
                } else {
                    let (rows, notices, failed) = self.followed_rows(session, &models, asked).await;
                    let again = again(session.now(), notices.len() > failed.len(), &failed);
                    FollowedRows { again, sources, rows, notices }
                };
                rows.extend(read.rows.iter().cloned());
                notices.extend(read.notices.iter().cloned());
                followed = Some(read);
            }
            tracing::debug!(schedules = rows.len(), taken = ?begun.elapsed(), "monitors were looked at");
            self.inner.drift.listed.put(key.clone(), Arc::new(rows.clone()));
            writer.show(rows, notices);
            writer.finish(now);
            is_shown = true;
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// What the last closer looks at monitors found, whoever took them. Asks nothing.
    pub(crate) fn looked_monitors(&self, session: &Session) -> Arc<Vec<MonitorRow>> {
        self.inner.drift.listed.last(&key(session, "")).unwrap_or_default()
    }

    pub async fn describe_monitor(&self, request: &DescribeMonitor) -> Result<MonitorDetail, EngineError> {
        let session = self.session()?;
        let failed = Self::failed(&session);
        let fact = self.schedule_fact(&session, &request.schedule, Duration::ZERO).await.map_err(failed)?;
        let mut notices = Vec::new();
        if let Some(reason) = &fact.reason {
            notices.push(Notice::warning(format!("The schedule says: {}", crate::jobs::masked(reason))));
        }
        let models = match self.dashboard(&session, RARELY).await {
            Ok(models) => models,
            Err(error) => {
                notices.push(left_out("The group of the model", &error));
                Arc::default()
            }
        };
        let looked = Looked::bare(fact.summary.clone(), &models);
        // The schedule was read just now; the endpoint is read anew.
        let looked = self.look_at_monitor(&session, looked, &Served::new(), Duration::from_secs(5), true).await;
        let now = session.now();
        let health = looked.health(now);
        let row = looked.row(&health, now);
        notices.extend(looked.notices);
        if let Some(described) = looked.endpoint.as_deref() {
            let missing = described.missing.iter();
            notices.extend(
                missing.map(|one| Notice::warning(format!("{} could not be read: {}.", one.action, one.reason))),
            );
        }
        Ok(MonitorDetail {
            row,
            health,
            expression: looked.expression,
            definition: looked.definition.as_deref().cloned().map(shown),
            endpoint: looked.endpoint.as_deref().map(|described| covered(described.endpoint.clone())),
            alerts: looked.alerts.unwrap_or_default(),
            notices,
        })
    }
}

impl Desk {
    /// The schedules of an endpoint by name, and what could not be read of them. They are told as the list of all of them has them
    /// where it was read; else each is looked at, with the endpoint as it was described.
    pub(super) async fn schedules_at(
        &self,
        session: &Session,
        endpoint: &Arc<Described>,
    ) -> Result<(Vec<MonitorRow>, Vec<Notice>), AwsError> {
        let name = endpoint.endpoint.name.as_str();
        let (mut all, _) = up_to(MOST_PAGES, |token| monitors::schedules_page(session, Some(name), token)).await?;
        let models = self.dashboard(session, RARELY).await.unwrap_or_default();
        joined(&mut all, &models);
        let known = self.inner.drift.listed.get(&key(session, ""), RARELY);
        let known = known.as_deref().map(Vec::as_slice).unwrap_or_default();
        let now = session.now();
        let served = Served::from([(name.to_owned(), Arc::clone(endpoint))]);
        let (mut rows, mut looks, mut notices) = (Vec::new(), Vec::new(), Vec::new());
        for summary in all {
            if let Some(row) = listed_as(known, &summary) {
                rows.push(row.clone());
            } else {
                let bare = Looked::bare(summary, &models);
                looks.push(self.look_at_monitor(session, bare, &served, RARELY, false));
            }
        }
        let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
        while let Some(looked) = looking.next().await {
            rows.push(looked.row(&looked.health(now), now));
            for notice in looked.notices {
                if !notices.contains(&notice) {
                    notices.push(notice);
                }
            }
        }
        rows.sort_by(|one, other| one.schedule.cmp(&other.schedule));
        Ok((rows, notices))
    }
}

/// As it may be shown: a monitor's container is given secrets as any other is.
fn shown(mut definition: JobDefinitionFact) -> JobDefinitionFact {
    for (name, value) in &mut definition.environment {
        let is_secret = ::jobs::parameters::is_secret(name, value);
        *value = if is_secret { ::jobs::secrets::COVER.to_owned() } else { crate::jobs::masked(value) };
    }
    definition
}

/// The row of a schedule, unless it was started or stopped since.
fn listed_as<'a>(known: &'a [MonitorRow], summary: &ScheduleSummary) -> Option<&'a MonitorRow> {
    known.iter().find(|row| row.schedule == summary.name && row.status == summary.status)
}

/// When what sources follow is read again. What failed has its time, and what is amiss otherwise may have been put right
/// after a minute.
fn again(now: Timestamp, is_amiss: bool, failed: &[Timestamp]) -> Timestamp {
    let age = if is_amiss { AGAIN } else { FOLLOWED_AGAIN };
    let all = now.checked_add(age).unwrap_or(Timestamp::MAX);
    failed.iter().copied().fold(all, Timestamp::min)
}

/// All schedules of the region, and a notice where there are more than were read.
pub(super) async fn schedules(session: &Session) -> Result<(Vec<ScheduleSummary>, Option<Notice>), AwsError> {
    let (all, is_cut) = up_to(MOST_PAGES, |token| monitors::schedules_page(session, None, token)).await?;
    Ok((all, cut_off(is_cut, MOST_PAGES, "schedules")))
}

/// With the last runs and the rhythm, which the list does not tell.
pub(super) fn joined(schedules: &mut [ScheduleSummary], models: &[DeployedModel]) {
    let known: HashMap<&str, &ScheduleSummary> =
        models.iter().flat_map(|model| &model.schedules).map(|one| (one.name.as_str(), one)).collect();
    for one in schedules {
        let Some(known) = known.get(one.name.as_str()) else { continue };
        one.last = known.last.clone().or(one.last.take());
        one.expression = known.expression.clone().or(one.expression.take());
    }
}

/// With the newest runs of the region, a page for all schedules. Those of schedules that run seldom are not among them.
async fn with_newest_runs(session: &Session, schedules: &mut [ScheduleSummary]) {
    let Ok((runs, _)) = monitors::runs_page(session, monitors::Wanted::default(), None).await else { return };
    for one in schedules {
        one.last = one.last.take().or_else(|| runs.iter().find(|run| run.schedule == one.name).cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_that_was_stopped_since_is_not_told_as_it_was() {
        let summary = |status: &str| ScheduleSummary {
            name: "churn-data".into(),
            arn: String::new(),
            status: status.into(),
            kind: None,
            endpoint: Some("churn-live".into()),
            expression: None,
            definition: None,
            created: None,
            modified: None,
            last: None,
        };
        let looked = Looked::bare(summary("Scheduled"), &[]);
        let known = [looked.row(&looked.health(Timestamp::UNIX_EPOCH), Timestamp::UNIX_EPOCH)];
        assert_eq!(listed_as(&known, &summary("Scheduled")), known.first());
        assert_eq!(listed_as(&known, &summary("Stopped")), None);
    }

    #[test]
    fn secrets_of_a_monitors_environment_are_covered() {
        let pairs = [("DB_PASSWORD", "hunter2"), ("STORE", "jdbc:x?password=hunter2"), ("dataset_format", "csv")];
        let environment = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let told = shown(JobDefinitionFact { environment, ..JobDefinitionFact::default() });
        assert!(!format!("{told:?}").contains("hunter2"), "{told:?}");
        assert_eq!(told.environment[2].1, "csv", "what is none stays");
    }

    #[test]
    fn what_sources_follow_is_read_again_when_the_first_of_them_is_due() {
        let at = |clock: &str| -> Timestamp { format!("2026-11-21T{clock}:00Z").parse().unwrap() };
        let now = at("06:00");
        assert_eq!(again(now, false, &[]), at("06:05"));
        assert_eq!(again(now, true, &[]), at("06:01"), "it may have been put right");
        assert_eq!(again(now, false, &[at("06:04"), at("06:02")]), at("06:02"));
        assert_eq!(again(now, false, &[at("06:30")]), at("06:05"), "the others do not wait for it");
    }
}
