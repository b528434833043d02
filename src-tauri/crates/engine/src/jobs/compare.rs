//! A run beside the last success of the same job, with inputs and code as they were when each began.

use super::{detail::gone, files::is_settled, masked, row};
use crate::{
    Desk, EngineError,
    objects::{rows_below, rows_of_key},
};
use ::jobs::{
    compare::{self, Side},
    link::kin,
    parameters::parameters,
    state::state_of,
};
use ::objects::asof;
use aws::{
    AwsError, Session,
    jobs::{eks, emr, glue, lambda, sagemaker, serverless},
};
use contract::{
    Notice, Timestamp,
    jobs::{
        CompareJob, Direction, JobComparison, JobId, State,
        facts::{ObjectFact, RunFact},
    },
    objects::VersionRow,
};
use jiff::SignedDuration;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Pages of runs that are looked through for the last success.
const MOST_PAGES: usize = 10;
/// Other clusters whose steps are looked through: many live for one night.
const MOST_CLUSTERS: usize = 20;
/// Runs without a name that are read one by one, for their program.
const MOST_READ: usize = 30;
/// Addresses of one run whose versions are read.
const MOST_ADDRESSES: usize = 20;
/// Objects below one address.
const MOST_OBJECTS: usize = 200;
/// How far back the log of a function is searched for a success.
const LAMBDA_BACK: SignedDuration = SignedDuration::from_hours(24);

/// The versions of all keys at an address.
type Versions = BTreeMap<String, Vec<VersionRow>>;

/// Looks for a success of the same kind among runs that come newest first.
struct Search<'a> {
    run: &'a RunFact,
    kin: String,
    looked: usize,
}

impl Search<'_> {
    fn began(&self) -> Timestamp {
        began(self.run).unwrap_or(Timestamp::MAX)
    }

    fn is_before(&self, one: &RunFact) -> bool {
        one.id != self.run.id
            && state_of(one) == State::Succeeded
            && began(one).is_some_and(|began| began < self.began())
    }

    fn pick(&mut self, runs: Vec<RunFact>) -> Option<RunFact> {
        self.looked += runs.len();
        runs.into_iter().find(|one| self.is_before(one) && kin(one) == self.kin)
    }
}

fn began(run: &RunFact) -> Option<Timestamp> {
    run.started.or(run.created)
}

impl Desk {
    /// What is different from the last success of the same job before it.
    pub async fn compare_job(&self, request: &CompareJob) -> Result<JobComparison, EngineError> {
        let session = self.session()?;
        let described =
            self.described(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        let now = &described.run;
        let mut search = Search { run: now, kin: kin(now), looked: 0 };
        let found = self.last_success_of(&session, &mut search).await.map_err(Self::failed(&session))?;
        let looked = search.looked;
        let Some(found) = found else {
            return Ok(JobComparison {
                with: None,
                differences: Vec::new(),
                same: Vec::new(),
                notices: vec![Notice::info(format!(
                    "{looked} runs were looked through: no run of the same job succeeded before this one."
                ))],
            });
        };
        // A list leaves out what a comparison is about.
        let then = self.described(&session, &found.id).await.map_err(Self::failed(&session))?;
        let mut read = Read { session: &session, known: HashMap::new(), notices: Vec::new() };
        let (then_code, then_inputs) = read.objects_of(&then.run).await;
        let (now_code, now_inputs) = read.objects_of(now).await;
        let (then_executors, now_executors) =
            tokio::join!(self.executors(&session, &then.run), self.executors(&session, now));
        let side = |run, code, inputs, executors| Side { run, code, inputs, executors };
        let at = session.now();
        let mut compared = compare::compare(
            &side(&then.run, &then_code, &then_inputs, then_executors),
            &side(now, &now_code, &now_inputs, now_executors),
            row(&then.run, at),
            at,
        );
        for difference in &mut compared.differences {
            for text in [&mut difference.then, &mut difference.now].into_iter().flatten() {
                *text = masked(text);
            }
        }
        compared.notices.append(&mut read.notices);
        Ok(compared)
    }

    /// The last success of the same job before a run, as a list tells it.
    pub(super) async fn success_before(&self, session: &Session, run: &RunFact) -> Result<Option<RunFact>, AwsError> {
        let mut search = Search { run, kin: kin(run), looked: 0 };
        self.last_success_of(session, &mut search).await
    }

    /// By the logs that they left; no engine reports it. None while more logs may come.
    async fn executors(&self, session: &Session, run: &RunFact) -> Option<u64> {
        let has_none = matches!(run.id, JobId::Cluster { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. });
        if has_none || !is_settled(run, session.now()) {
            return None;
        }
        match Box::pin(self.looked(session, run)).await {
            // A step that names no application is listed with the containers of all steps.
            Ok(looked) if matches!(run.id, JobId::Step { .. }) && looked.yarn.is_empty() => None,
            // Not every file is among them.
            Ok(looked) if !looked.notices.is_empty() => None,
            Ok(looked) => compare::executors(&looked.files),
            Err(error) => {
                tracing::debug!(%error, "executors could not be counted");
                None
            }
        }
    }

    async fn last_success_of(&self, session: &Session, search: &mut Search<'_>) -> Result<Option<RunFact>, AwsError> {
        let mut token = None;
        match &search.run.id.clone() {
            JobId::Cluster { .. } => Ok(None),
            JobId::Step { cluster, .. } => {
                let own = self.cluster(session, cluster).await?;
                for _ in 0..MOST_PAGES {
                    let (runs, next) = emr::steps_page(session, &own, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
                self.on_other_clusters(session, cluster, search).await
            }
            JobId::Serverless { application, .. } => {
                let named = search.run.name.is_some();
                let mut read = 0;
                for _ in 0..MOST_PAGES {
                    let (runs, next) = serverless::runs_page(session, application, None, token).await?;
                    if named {
                        if let Some(found) = search.pick(runs) {
                            return Ok(Some(found));
                        }
                    } else {
                        let wanted: Vec<RunFact> =
                            runs.into_iter().filter(|one| one.name.is_none() && search.is_before(one)).collect();
                        for one in wanted {
                            if read >= MOST_READ {
                                return Ok(None);
                            }
                            read += 1;
                            let described = self.described(session, &one.id).await?;
                            if let Some(found) = search.pick(vec![described.run.clone()]) {
                                return Ok(Some(found));
                            }
                        }
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
                Ok(None)
            }
            JobId::Eks { virtual_cluster, .. } => {
                for _ in 0..MOST_PAGES {
                    let (runs, next) = eks::runs_page(session, virtual_cluster, None, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
                Ok(None)
            }
            JobId::Glue { job, .. } => {
                let job = self.glue_job(session, job).await?;
                for _ in 0..MOST_PAGES {
                    let (runs, next) = glue::runs_page(session, &job, 100, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
                Ok(None)
            }
            JobId::Lambda { function, .. } => {
                let function = self.function(session, function).await?;
                let until = search.run.started;
                let from = until.and_then(|until| until.checked_sub(LAMBDA_BACK).ok());
                let (mut runs, _) = lambda::ended(session, &function, from, until).await?;
                runs.reverse();
                let found = search.pick(runs);
                if let Some(found) = &found {
                    let key = super::key_of(session, &found.id);
                    self.inner.jobs.runs.put(key, Arc::new(found.clone().into()));
                }
                Ok(found)
            }
            JobId::SageMaker { kind, name } => {
                // Names are told apart by a date or a number.
                let stem = name.split(|c: char| c.is_ascii_digit()).next().filter(|stem| !stem.is_empty());
                for _ in 0..MOST_PAGES {
                    let wanted = sagemaker::Wanted { since: None, name: stem };
                    let (runs, next) = sagemaker::page(session, *kind, wanted, token).await?;
                    if let Some(found) = search.pick(runs) {
                        return Ok(Some(found));
                    }
                    token = next;
                    if token.is_none() {
                        break;
                    }
                }
                Ok(None)
            }
        }
    }

    async fn on_other_clusters(
        &self,
        session: &Session,
        own: &str,
        search: &mut Search<'_>,
    ) -> Result<Option<RunFact>, AwsError> {
        let (rows, _) = emr::clusters_page(session, None).await?;
        let before = search.began();
        let others = rows
            .into_iter()
            .filter(|row| row.id.own() != own && row.created.is_some_and(|created| created < before))
            .take(MOST_CLUSTERS);
        for row in others {
            let cluster = self.cluster(session, row.id.own()).await?;
            let (runs, _) = emr::steps_page(session, &cluster, None).await?;
            if let Some(found) = search.pick(runs) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// Objects as they were, each address read once for both sides.
struct Read<'a> {
    session: &'a Session,
    known: HashMap<String, Option<Arc<Versions>>>,
    notices: Vec<Notice>,
}

impl Read<'_> {
    /// Code, and what may be input, at the moment when a run began.
    async fn objects_of(&mut self, run: &RunFact) -> (Vec<ObjectFact>, Vec<ObjectFact>) {
        let Some(at) = began(run) else { return (Vec::new(), Vec::new()) };
        let told = parameters(&run.request);
        let code = told.code.into_iter().filter(|code| code.role != "image").map(|code| code.uri);
        let read = |direction: Direction| direction != Direction::Output;
        let inputs = told.paths.into_iter().filter(|path| read(path.direction)).map(|path| path.uri);
        (self.at_all(code.collect(), at).await, self.at_all(inputs.collect(), at).await)
    }

    async fn at_all(&mut self, uris: Vec<String>, at: Timestamp) -> Vec<ObjectFact> {
        let mut all = Vec::new();
        for uri in uris.into_iter().take(MOST_ADDRESSES) {
            let Some((bucket, key)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else { continue };
            let versions = if let Some(known) = self.known.get(&uri).cloned() {
                known
            } else {
                let read = self.versions(&uri, bucket, key).await.map(Arc::new);
                self.known.insert(uri.clone(), read.clone());
                read
            };
            let Some(versions) = versions else { continue };
            if versions.is_empty() {
                all.push(absent(&uri));
            }
            all.extend(versions.iter().map(|(key, rows)| object_at(&format!("s3://{bucket}/{key}"), rows, at)));
        }
        all
    }

    /// Of one key, or of all keys below it where it is a folder.
    async fn versions(&mut self, uri: &str, bucket: &str, key: &str) -> Option<Versions> {
        let outcome = if key.is_empty() || key.ends_with('/') {
            rows_below(self.session, bucket, key, None, MOST_OBJECTS).await
        } else {
            match rows_of_key(self.session, bucket, key, None).await {
                Ok(rows) if rows.is_empty() => {
                    rows_below(self.session, bucket, &format!("{key}/"), None, MOST_OBJECTS).await
                }
                Ok(rows) => Ok(Some(Versions::from([(key.to_owned(), rows)]))),
                Err(error) => Err(error),
            }
        };
        match outcome {
            Ok(Some(versions)) => Some(versions),
            Ok(None) => {
                self.notices
                    .push(Notice::info(format!("{uri} is not compared: it holds more than {MOST_OBJECTS} objects.")));
                None
            }
            Err(AwsError::NotFound { .. }) => Some(Versions::new()),
            Err(error) => {
                self.notices.push(Notice::warning(format!("{uri} is not compared: {error}.")));
                None
            }
        }
    }
}

fn absent(uri: &str) -> ObjectFact {
    ObjectFact { uri: uri.to_owned(), version_id: None, etag: None, size: None, modified: None, exists: false }
}

fn object_at(uri: &str, rows: &[VersionRow], at: Timestamp) -> ObjectFact {
    let unknown = ObjectFact { exists: true, ..absent(uri) };
    // Where no versions are kept, one that is newer says nothing of what it replaced.
    if let [only] = rows
        && only.fact.version_id == "null"
        && only.fact.last_modified > at
    {
        return unknown;
    }
    if asof::absent_at(rows, at) {
        return absent(uri);
    }
    // What cannot be told is not compared.
    let Ok(found) = asof::version_at(rows, at) else { return unknown };
    let fact = &found.row.fact;
    ObjectFact {
        version_id: Some(fact.version_id.clone()).filter(|id| id != "null"),
        etag: fact.etag.clone(),
        size: fact.size,
        modified: Some(fact.last_modified),
        ..unknown
    }
}
