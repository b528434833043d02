//! A run beside the last success of the same job, with inputs and code as they were when each began.

mod search;

use super::{detail::gone, files::is_settled, masked, row};
use crate::{
    Desk, EngineError,
    objects::{rows_below, rows_of_glob, rows_of_key},
};
use ::jobs::{
    compare::{self, Side},
    parameters::parameters,
};
use ::objects::{asof, glob::Glob};
use aws::{AwsError, Session};
use contract::{
    Notice, Timestamp,
    jobs::{
        CompareJob, Direction, JobComparison, JobId,
        facts::{ObjectFact, RunFact},
    },
    objects::VersionRow,
};
use search::Search;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Addresses of one run whose versions are read.
const MOST_ADDRESSES: usize = 20;
/// Objects below one address.
const MOST_OBJECTS: usize = 200;

/// The versions of all keys at an address.
type Versions = BTreeMap<String, Vec<VersionRow>>;

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
        let mut search = Search::new(now);
        let found = self.last_success_of(&session, &mut search).await.map_err(Self::failed(&session))?;
        let Some(found) = found else {
            let mut notices = vec![Notice::info(search.in_vain())];
            notices.append(&mut search.notices);
            return Ok(JobComparison { with: None, differences: Vec::new(), same: Vec::new(), notices });
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
        compared.notices.append(&mut search.notices);
        compared.notices.append(&mut read.notices);
        Ok(compared)
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

    /// Of one key, or of all keys below it where it is a folder, or of those that it names where it is a pattern.
    async fn versions(&mut self, uri: &str, bucket: &str, key: &str) -> Option<Versions> {
        let is_folder = key.is_empty() || key.ends_with('/');
        let exact = if is_folder { Ok(Vec::new()) } else { rows_of_key(self.session, bucket, key, None).await };
        let outcome = match (exact, Glob::read(key)) {
            (Err(error), _) => Err(error),
            (Ok(rows), _) if !rows.is_empty() => Ok(Some(Versions::from([(key.to_owned(), rows)]))),
            (Ok(_), Some(glob)) => rows_of_glob(self.session, bucket, &glob, MOST_OBJECTS).await,
            (Ok(_), None) => {
                let prefix = if is_folder { key.to_owned() } else { format!("{key}/") };
                rows_below(self.session, bucket, &prefix, None, MOST_OBJECTS).await
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
