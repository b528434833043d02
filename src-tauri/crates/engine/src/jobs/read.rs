//! The runs of each engine, read politely: what its lists offer, page by page, until what is older than the range.

use super::{key, round::Round};
use crate::Desk;
use aws::{
    AwsError, Session,
    jobs::{
        eks,
        emr::{self, ClusterFact},
        glue::{self, GlueJob},
        lambda::{self, Function},
        sagemaker, serverless,
    },
};
use contract::{
    Notice, Timestamp,
    jobs::{Engine, HomeId, HomeRow, JobId, SageMakerKind, facts::RunFact},
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};

/// Runs of one home that are looked through.
const MOST_RUNS: usize = 5_000;
/// Pages of homes.
const MOST_PAGES: usize = 40;
/// Homes of one engine that are read at once: their calls are paced together all the same.
const AT_ONCE: usize = 3;
/// How long before the range a run may have begun that was still there in it. The engines' lists know the beginning only.
const BEFORE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How long a cluster, job or function is taken to be as it was read.
const HOME_AGE: Duration = Duration::from_mins(2);

impl Desk {
    /// The runs of one engine.
    pub(super) async fn read_engine(&self, engine: Engine, round: &Round<'_>) -> Result<(), AwsError> {
        match engine {
            Engine::Emr => self.read_emr(round).await,
            Engine::EmrServerless => self.read_serverless(round).await,
            Engine::EmrEks => self.read_eks(round).await,
            Engine::Glue => self.read_glue(round).await,
            Engine::Lambda => self.read_lambda(round).await,
            Engine::SageMaker => self.read_sagemaker(round).await,
        }
    }

    /// The runs of one home.
    pub(super) async fn read_home(&self, home: &HomeId, round: &Round<'_>) -> Result<(), AwsError> {
        let session = round.session;
        match home {
            HomeId::Cluster(id) => {
                let cluster = self.cluster(session, id).await?;
                steps(&cluster, round).await
            }
            HomeId::Application(id) => self.serverless_runs(id, round).await,
            HomeId::VirtualCluster(id) => eks_runs(id, round).await,
            HomeId::GlueJob(name) => {
                let job = self.glue_job(session, name).await?;
                glue_runs(&job, round).await
            }
            HomeId::Function(name) => {
                let function = self.function(session, name).await?;
                failed_invocations(&function, None, round).await
            }
        }
    }

    async fn read_emr(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut wanted: Vec<HomeRow> = Vec::new();
        let mut marker = None;
        for page in 1.. {
            let (rows, next) = emr::clusters_page(round.session, marker).await?;
            wanted.extend(rows.into_iter().filter(|row| was_open(row, round.bounds)));
            if next.is_none() || round.cancelled() {
                break;
            }
            if page >= MOST_PAGES {
                round.notice(Notice::warning("Only the newest 2,000 clusters of EMR were looked through."));
                break;
            }
            marker = next;
        }
        let reading = wanted.into_iter().map(|row| async move {
            let outcome = match self.cluster(round.session, row.id.own()).await {
                Ok(cluster) => steps(&cluster, round).await,
                Err(error) => Err(error),
            };
            if let Err(error) = outcome {
                round.skip(Engine::Emr, row.id.own(), &error);
            }
        });
        stream::iter(reading.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        Ok(())
    }

    async fn read_serverless(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut applications = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let (rows, next) = serverless::applications_page(round.session, token).await?;
            applications.extend(rows.into_iter().map(|row| row.id.own().to_owned()));
            token = next;
            if token.is_none() {
                break;
            }
        }
        round.cut("applications of EMR Serverless", applications.len(), token.is_some());
        let reading = applications.into_iter().map(|id| async move {
            if let Err(error) = self.serverless_runs(&id, round).await {
                round.skip(Engine::EmrServerless, &id, &error);
            }
        });
        stream::iter(reading.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        Ok(())
    }

    /// What the list leaves out (start, use, program) is read for each, and kept once it is over.
    async fn serverless_runs(&self, application: &str, round: &Round<'_>) -> Result<(), AwsError> {
        let since = round.since().map(before);
        let mut ids = Vec::new();
        let mut token = None;
        loop {
            let (runs, next) = serverless::runs_page(round.session, application, since, token).await?;
            let there = |run: &&RunFact| round.bounds.is_none_or(|bounds| super::round::was_there(run, bounds));
            ids.extend(runs.iter().filter(there).map(|run| run.id.clone()));
            round.take(runs, false);
            if next.is_none() || round.cancelled() {
                break;
            }
            if ids.len() >= MOST_RUNS {
                round.notice(too_many(application, ids.len()));
                break;
            }
            token = next;
        }
        self.fill(ids, round).await;
        Ok(())
    }

    async fn read_eks(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut clusters = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let (rows, next) = eks::clusters_page(round.session, token).await?;
            clusters.extend(rows.into_iter().map(|row| row.id.own().to_owned()));
            token = next;
            if token.is_none() {
                break;
            }
        }
        round.cut("virtual clusters of EMR on EKS", clusters.len(), token.is_some());
        let reading = clusters.into_iter().map(|id| async move {
            if let Err(error) = eks_runs(&id, round).await {
                round.skip(Engine::EmrEks, &id, &error);
            }
        });
        stream::iter(reading.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        Ok(())
    }

    async fn read_glue(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut jobs = Vec::new();
        let mut token = None;
        for _ in 0..MOST_PAGES {
            let (page, next) = glue::jobs_page(round.session, token).await?;
            jobs.extend(page);
            token = next;
            if token.is_none() {
                break;
            }
        }
        round.cut("jobs of Glue", jobs.len(), token.is_some());
        let reading = jobs.into_iter().map(|job| async move {
            let job = Arc::new(job);
            let name = job.row.id.own().to_owned();
            self.inner.jobs.of_glue.put(key(round.session, &name), Arc::clone(&job));
            if let Err(error) = glue_runs(&job, round).await {
                round.skip(Engine::Glue, &name, &error);
            }
        });
        stream::iter(reading.collect::<Vec<_>>()).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        Ok(())
    }

    /// Functions that failed, by their metrics, and then their logs.
    async fn read_lambda(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut functions = Vec::new();
        let mut marker = None;
        for _ in 0..MOST_PAGES {
            let (page, next) = lambda::functions_page(round.session, marker).await?;
            functions.extend(page);
            marker = next;
            if marker.is_none() {
                break;
            }
        }
        round.cut("functions of Lambda", functions.len(), marker.is_some());
        let now = round.session.now();
        let (from, until) = round.bounds.unwrap_or((before(now), now));
        let names: Vec<String> = functions.iter().map(|function| function.row.id.own().to_owned()).collect();
        let failed = lambda::errors(round.session, &names, from, until).await?;
        let mut reading = Vec::new();
        for function in functions {
            let name = function.row.id.own().to_owned();
            let Some(count) = failed.get(&name).copied() else { continue };
            reading.push(async move {
                let function = Arc::new(function);
                self.inner.jobs.functions.put(key(round.session, &name), Arc::clone(&function));
                if let Err(error) = failed_invocations(&function, Some(count), round).await {
                    round.skip(Engine::Lambda, &name, &error);
                }
            });
        }
        stream::iter(reading).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
        Ok(())
    }

    /// Four lists; one that is refused leaves the others.
    async fn read_sagemaker(&self, round: &Round<'_>) -> Result<(), AwsError> {
        let mut ids = Vec::new();
        let (mut answered, mut refused) = (false, Vec::new());
        for kind in SageMakerKind::ALL {
            match sagemaker_jobs(kind, round).await {
                Ok(found) => {
                    answered = true;
                    ids.extend(found);
                }
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => refused.push((kind, error)),
            }
        }
        self.fill(ids, round).await;
        if !answered && let Some((_, error)) = refused.pop() {
            return Err(error);
        }
        for (kind, error) in &refused {
            round.skip_list(Engine::SageMaker, &format!("{}s", kind.word()), error);
        }
        Ok(())
    }

    pub(super) async fn cluster(&self, session: &Session, id: &str) -> Result<Arc<ClusterFact>, AwsError> {
        let key = key(session, &id);
        // One that has ended will not change.
        let over = |cluster: &Arc<ClusterFact>| cluster.row.ended.is_some();
        if let Some(cluster) =
            self.inner.jobs.clusters.get(&key, HOME_AGE).or_else(|| self.inner.jobs.clusters.last(&key).filter(over))
        {
            return Ok(cluster);
        }
        let cluster = Arc::new(emr::cluster(session, id).await?);
        self.inner.jobs.clusters.put(key, Arc::clone(&cluster));
        Ok(cluster)
    }

    pub(super) async fn glue_job(&self, session: &Session, name: &str) -> Result<Arc<GlueJob>, AwsError> {
        let key = key(session, &name);
        if let Some(job) = self.inner.jobs.of_glue.get(&key, HOME_AGE) {
            return Ok(job);
        }
        let job = Arc::new(glue::job(session, name).await?);
        self.inner.jobs.of_glue.put(key, Arc::clone(&job));
        Ok(job)
    }

    pub(super) async fn function(&self, session: &Session, name: &str) -> Result<Arc<Function>, AwsError> {
        let key = key(session, &name);
        if let Some(function) = self.inner.jobs.functions.get(&key, HOME_AGE) {
            return Ok(function);
        }
        let function = Arc::new(lambda::function(session, name).await?);
        self.inner.jobs.functions.put(key, Arc::clone(&function));
        Ok(function)
    }
}

fn before(time: Timestamp) -> Timestamp {
    time.checked_sub(BEFORE).unwrap_or(time)
}

fn too_many(home: &str, read: usize) -> Notice {
    Notice::warning(format!("Only the newest {read} runs of {home} were looked through."))
}

fn was_open(row: &HomeRow, bounds: Option<(Timestamp, Timestamp)>) -> bool {
    bounds.is_none_or(|(from, until)| {
        row.created.is_none_or(|created| created < until) && row.ended.is_none_or(|ended| ended >= from)
    })
}

/// Whether everything behind this page is older: lists are by their beginning, newest first.
fn is_behind(runs: &[RunFact], since: Option<Timestamp>) -> bool {
    let oldest = runs.last().and_then(|run| run.created);
    since.zip(oldest).is_some_and(|(since, oldest)| oldest < before(since))
}

async fn steps(cluster: &ClusterFact, round: &Round<'_>) -> Result<(), AwsError> {
    let mut read = 0;
    let mut marker = None;
    loop {
        let (runs, next) = emr::steps_page(round.session, cluster, marker).await?;
        read += runs.len();
        let behind = is_behind(&runs, round.since());
        round.take(runs, false);
        if behind || next.is_none() || round.cancelled() {
            return Ok(());
        }
        if read >= MOST_RUNS {
            round.notice(too_many(&cluster.row.name, read));
            return Ok(());
        }
        marker = next;
    }
}

async fn eks_runs(cluster: &str, round: &Round<'_>) -> Result<(), AwsError> {
    let since = round.since().map(before);
    let mut read = 0;
    let mut token = None;
    loop {
        let (runs, next) = eks::runs_page(round.session, cluster, since, token).await?;
        read += runs.len();
        round.take(runs, false);
        if next.is_none() || round.cancelled() {
            return Ok(());
        }
        if read >= MOST_RUNS {
            round.notice(too_many(cluster, read));
            return Ok(());
        }
        token = next;
    }
}

async fn glue_runs(job: &GlueJob, round: &Round<'_>) -> Result<(), AwsError> {
    // Most jobs run a few times a day: a small page is enough for a day.
    let most = if round.bounds.is_some() { 25 } else { 200 };
    let mut read = 0;
    let mut token = None;
    loop {
        let (runs, next) = glue::runs_page(round.session, job, most, token).await?;
        read += runs.len();
        let behind = is_behind(&runs, round.since());
        round.take(runs, true);
        if behind || next.is_none() || round.cancelled() {
            return Ok(());
        }
        if read >= MOST_RUNS {
            round.notice(too_many(&job.row.name, read));
            return Ok(());
        }
        token = next;
    }
}

/// `counted` is how many the metrics know.
async fn failed_invocations(function: &Function, counted: Option<u64>, round: &Round<'_>) -> Result<(), AwsError> {
    let name = function.row.id.own();
    let now = round.session.now();
    let (from, until) = round.bounds.unwrap_or((before(now), now));
    let (runs, whole) = lambda::ended(round.session, function, Some(from), Some(until)).await?;
    let failed: Vec<RunFact> = runs.into_iter().filter(|run| ::jobs::state::state_of(run).is_failure()).collect();
    let found = failed.len() as u64;
    round.take(failed, true);
    if !whole {
        round.notice(Notice::warning(format!("The log of {name} is long: failures may be missing.")));
    } else if let Some(counted) = counted.filter(|counted| *counted > found) {
        let invocations = if counted == 1 { "invocation" } else { "invocations" };
        let told = if found == 0 { "none".to_owned() } else { found.to_string() };
        round.notice(Notice::info(format!(
            "{counted} {invocations} of {name} failed by its metrics; its log tells of {told}."
        )));
    }
    Ok(())
}

async fn sagemaker_jobs(kind: SageMakerKind, round: &Round<'_>) -> Result<Vec<JobId>, AwsError> {
    let wanted = sagemaker::Wanted { since: round.since(), name: None };
    let mut ids = Vec::new();
    let mut token = None;
    loop {
        let (runs, next) = sagemaker::page(round.session, kind, wanted, token).await?;
        ids.extend(runs.iter().map(|run| run.id.clone()));
        round.take(runs, false);
        if next.is_none() || round.cancelled() {
            return Ok(ids);
        }
        if ids.len() >= MOST_RUNS {
            round.notice(too_many("SageMaker", ids.len()));
            return Ok(ids);
        }
        token = next;
    }
}
