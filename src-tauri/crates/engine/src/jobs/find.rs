//! A run by its own id alone: each place that it may belong to is asked, paced as all calls of its engine are.
//!
//! What always holds: the places are listed first, which is a few calls; when they are more than a person was asked about,
//! nothing else is called; and the first place that has the run ends the search.

mod request;

use super::key;
use crate::{Desk, EngineError, executions::lock};
use ::jobs::layout;
use aws::{
    AwsError, Session,
    jobs::{eks, emr, files, glue, serverless},
};
use contract::{
    Timestamp,
    jobs::{
        Engine, FIND_DAYS, FREE_CALLS, FindEvent, FindRun, FoundRun, HomeRow, JobId, JobTarget, LogPlace, StopFind,
        facts::ListedLog,
    },
};
use futures_util::{StreamExt as _, stream};
use jiff::SignedDuration;
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};
use tokio_util::sync::CancellationToken;

/// Where a search tells how far it is.
pub type FindEvents = Arc<dyn Fn(FindEvent) + Send + Sync>;

/// How ids of applications of YARN begin.
const YARN: &str = "application_";
/// Pages of places that are listed.
const MOST_PAGES: usize = 5;
/// Pages of the files of one application: 1,000 each.
const MOST_LISTED: usize = 50;
const AT_ONCE: usize = 3;

/// What ends the search that goes on.
#[derive(Debug, Default)]
pub(super) struct Search(Mutex<Option<(String, CancellationToken)>>);

impl Search {
    /// Nobody listens any more.
    pub fn stop_all(&self) {
        if let Some((_, stop)) = lock(&self.0).take() {
            stop.cancel();
        }
    }

    fn stop(&self, run: &str) {
        if let Some((_, stop)) = lock(&self.0).take_if(|(going, _)| going == run) {
            stop.cancel();
        }
    }

    fn begin(&self, run: &str) -> CancellationToken {
        self.stop_all();
        let stop = CancellationToken::new();
        *lock(&self.0) = Some((run.to_owned(), stop.clone()));
        stop
    }
}

/// Where a run may be.
enum Place {
    Cluster(String),
    Application(String),
    VirtualCluster(String),
    Glue(Box<glue::GlueJob>),
}

impl Desk {
    pub async fn find_run(&self, request: FindRun, events: FindEvents) -> Result<FoundRun, EngineError> {
        let session = self.session()?;
        let stop = self.inner.jobs.search.begin(&request.run);
        let found = stop.run_until_cancelled(Box::pin(self.seek(&session, &request, &events))).await;
        match found {
            Some(found) => found.map_err(Self::failed(&session)),
            None => Ok(FoundRun::Stopped),
        }
    }

    pub fn stop_find(&self, request: &StopFind) {
        self.inner.jobs.search.stop(&request.run);
    }

    async fn seek(&self, session: &Session, request: &FindRun, events: &FindEvents) -> Result<FoundRun, AwsError> {
        let run = request.run.as_str();
        // Some list may have shown it meanwhile.
        if let Some(known) = self.inner.jobs.ids.last(&key(session, &run)) {
            return Ok(FoundRun::There(JobTarget::Job(known)));
        }
        if request.engine == Engine::Lambda {
            return request::seek(session, request, events).await;
        }
        let (places, more) = places(session, request.engine).await?;
        if places.iter().any(|place| matches!(place, Place::Application(id) if id == run)) {
            return Ok(FoundRun::There(JobTarget::Application(run.to_owned())));
        }
        let number = count(places.len());
        if must_ask(number, request.confirmed) {
            return Ok(FoundRun::Ask { places: number });
        }
        let asking: Vec<_> = places.into_iter().map(|place| self.there(session, place, run)).collect();
        let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
        let (mut tried, mut unread, mut why) = (0, 0, None);
        while let Some(answer) = asked.next().await {
            tried += 1;
            match answer {
                Ok(Some(target)) => {
                    if let JobTarget::Job(id) = &target {
                        self.inner.jobs.ids.put(key(session, &run), id.clone());
                    }
                    return Ok(FoundRun::There(target));
                }
                Ok(None) => {}
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "a place could not be asked for a run");
                    unread += 1;
                    why.get_or_insert_with(|| error.to_string());
                }
            }
            events(FindEvent { tried, places: number });
        }
        Ok(FoundRun::Nowhere { places: number, unread, why, more })
    }

    /// The run, or the log of the application of YARN, if it is there.
    async fn there(&self, session: &Session, place: Place, run: &str) -> Result<Option<JobTarget>, AwsError> {
        match place {
            Place::Cluster(cluster) if run.starts_with(YARN) => self.containers(session, &cluster, run).await,
            place => Ok(ask(session, place, run).await?.map(JobTarget::Job)),
        }
    }

    /// No call of EMR knows applications: a folder of their containers among the cluster's logs does.
    async fn containers(
        &self,
        session: &Session,
        cluster: &str,
        application: &str,
    ) -> Result<Option<JobTarget>, AwsError> {
        let fact = self.cluster(session, cluster).await?;
        let place = fact.log_uri.as_deref().and_then(|uri| layout::of_application(uri, cluster, application));
        let Some(LogPlace::S3 { bucket, prefix, .. }) = place else { return Ok(None) };
        let mut best: Option<String> = None;
        let mut token = None;
        // They are listed by name, so the last attempt stands behind all containers of the first.
        for _ in 0..MOST_LISTED {
            let (listed, next) = files::objects_page(session, &bucket, &prefix, token).await?;
            best = better_log(best.as_deref(), &listed);
            token = next;
            if token.is_none() {
                break;
            }
        }
        Ok(best.map(|path| JobTarget::LogPath { uri: format!("s3://{bucket}/{path}"), job: None }))
    }
}

/// The standard error of the last attempt's first container, which is the driver in cluster mode; or else any file: the
/// better of what was found before and what is listed.
fn better_log(before: Option<&str>, listed: &[ListedLog]) -> Option<String> {
    let paths = || before.into_iter().chain(listed.iter().map(|file| file.path.as_str()));
    let errors = |path: &&str| path.rsplit('/').next().is_some_and(|file| file.starts_with("stderr"));
    let first = |path: &&str| path.rsplit('/').nth(1).is_some_and(|folder| folder.ends_with("_000001"));
    let driver = paths().filter(errors).filter(first).max();
    driver.or_else(|| paths().find(errors)).or_else(|| paths().next()).map(str::to_owned)
}

fn must_ask(calls: u64, confirmed: bool) -> bool {
    calls > FREE_CALLS && !confirmed
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// What runs of an engine may belong to: of clusters those that are open, and those that ended some days ago. Beside
/// them, whether there are more.
async fn places(session: &Session, engine: Engine) -> Result<(Vec<Place>, bool), AwsError> {
    let (mut all, mut token) = (Vec::new(), None);
    let mut known = BTreeSet::new();
    let since = session.now().checked_sub(SignedDuration::from_hours(24 * i64::from(FIND_DAYS))).ok();
    if engine == Engine::Emr {
        // One that has been open for long stands far behind in the list of all.
        for row in emr::open_clusters(session).await? {
            known.insert(row.id.own().to_owned());
            all.push(Place::Cluster(row.id.own().to_owned()));
        }
    }
    for _ in 0..MOST_PAGES {
        let next = match engine {
            Engine::Emr => {
                let (rows, next) = emr::clusters_page(session, token).await?;
                let recent = rows.iter().filter(|row| is_recent(row, since));
                let fresh = recent.filter(|row| !known.contains(row.id.own()));
                all.extend(fresh.map(|row| Place::Cluster(row.id.own().to_owned())));
                next
            }
            Engine::EmrServerless => {
                let (rows, next) = serverless::applications_page(session, token).await?;
                all.extend(rows.iter().map(|row| Place::Application(row.id.own().to_owned())));
                next
            }
            Engine::EmrEks => {
                let (rows, next) = eks::clusters_page(session, token).await?;
                all.extend(rows.iter().map(|row| Place::VirtualCluster(row.id.own().to_owned())));
                next
            }
            Engine::Glue => {
                let (jobs, next) = glue::jobs_page(session, token).await?;
                all.extend(jobs.into_iter().map(|job| Place::Glue(Box::new(job))));
                next
            }
            // The id of one of SageMaker says all; requests of Lambda have no list.
            Engine::Lambda | Engine::SageMaker => None,
        };
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok((all, token.is_some()))
}

fn is_recent(row: &HomeRow, since: Option<Timestamp>) -> bool {
    row.ended.zip(since).is_none_or(|(ended, since)| ended >= since)
}

/// The run, if it is there.
async fn ask(session: &Session, place: Place, run: &str) -> Result<Option<JobId>, AwsError> {
    let own = run.to_owned();
    let (there, id) = match place {
        Place::Cluster(cluster) => (emr::find_step(session, &cluster, run).await, JobId::Step { cluster, step: own }),
        Place::Application(application) => (
            serverless::run(session, &application, run, None).await.map(drop),
            JobId::Serverless { application, run: own, attempt: None },
        ),
        Place::VirtualCluster(virtual_cluster) => {
            (eks::run(session, &virtual_cluster, run).await.map(drop), JobId::Eks { virtual_cluster, run: own })
        }
        Place::Glue(job) => {
            let id = JobId::Glue { job: job.row.id.own().to_owned(), run: own };
            (glue::run(session, &job, run).await.map(drop), id)
        }
    };
    match there {
        Ok(()) => Ok(Some(id)),
        Err(error) if error.is_absent() => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::HomeId;

    #[test]
    fn a_cluster_counts_while_it_is_open_and_some_days_after() {
        let row = |ended: Option<&str>| HomeRow {
            id: HomeId::Cluster("j-1".into()),
            name: "nightly".into(),
            state: None,
            reason: None,
            release: None,
            in_use: None,
            capacity: None,
            created: None,
            ended: ended.map(|at| at.parse().unwrap()),
            as_of: Timestamp::UNIX_EPOCH,
        };
        let since = Some("2026-11-14T00:00:00Z".parse().unwrap());
        assert!(is_recent(&row(None), since));
        assert!(is_recent(&row(Some("2026-11-15T00:00:00Z")), since));
        assert!(!is_recent(&row(Some("2026-11-13T00:00:00Z")), since));
    }

    #[test]
    fn of_an_application_the_drivers_log_is_opened() {
        let files = |paths: &[&str]| -> Vec<ListedLog> {
            let store = contract::jobs::facts::LogStore::Bucket("logs".into());
            let file = |path: &&str| ListedLog {
                store: store.clone(),
                path: format!("j-1/containers/application_1_0007/{path}"),
                size: None,
                last_write: None,
            };
            paths.iter().map(file).collect()
        };
        let all = files(&[
            "container_1_0007_01_000001/stderr.gz",
            "container_1_0007_01_000002/stderr.gz",
            "container_1_0007_02_000001/prelaunch.err.gz",
            "container_1_0007_02_000001/stderr.gz",
            "container_1_0007_02_000002/stderr.gz",
        ]);
        let driver_log = |files: &[ListedLog]| better_log(None, files);
        assert!(driver_log(&all).is_some_and(|path| path.ends_with("_02_000001/stderr.gz")));
        let (page, behind) = all.split_at(2);
        let first = driver_log(page);
        assert!(first.as_deref().is_some_and(|path| path.ends_with("_01_000001/stderr.gz")));
        assert!(better_log(first.as_deref(), behind).is_some_and(|path| path.ends_with("_02_000001/stderr.gz")));
        assert_eq!(better_log(first.as_deref(), &all[4..]), first, "an executor's is no better");
        let executor = files(&["container_1_0007_01_000002/stdout.gz", "container_1_0007_01_000002/stderr.gz"]);
        assert!(driver_log(&executor).is_some_and(|path| path.ends_with("_000002/stderr.gz")));
        let out = files(&["container_1_0007_01_000002/stdout.gz"]);
        assert!(driver_log(&out).is_some_and(|path| path.ends_with("stdout.gz")));
        assert_eq!(driver_log(&[]), None);
    }

    #[test]
    fn a_new_search_ends_the_one_before() {
        let search = Search::default();
        let (first, second) = (search.begin("s-1"), search.begin("s-2"));
        assert!(first.is_cancelled() && !second.is_cancelled());
        search.stop("s-1");
        assert!(!second.is_cancelled(), "the page of the first may say so late");
        search.stop("s-2");
        assert!(second.is_cancelled());
    }

    #[test]
    fn many_calls_are_not_made_unasked() {
        assert!(!must_ask(20, false));
        assert!(must_ask(21, false));
        assert!(!must_ask(21, true));
    }
}
