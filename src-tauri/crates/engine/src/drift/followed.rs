//! What sources follow: a folder of Evidently's snapshots, an experiment of MLflow. Each is a monitor of one endpoint, and
//! its reports are runs as the crate `models` knows them. A report that cannot be read costs itself only.

mod chart;
mod disk;
mod failure;
mod page;
mod rows;
mod snapshots;
mod tracking;

use super::{
    archive::{self, Archive},
    files::why,
    sources::Source,
};
use crate::{Desk, EngineError, executions::lock};
use ::models::{
    drift::{Run, agreement::day},
    monitor::{evidently::DatasetDrift, mlflow::MlflowRun},
};
use aws::{AwsError, Session, mlflow::MlflowError};
use contract::{
    Notice, Timestamp,
    drift::{Origin, SourcePlace},
};
use futures_util::{StreamExt, future::join_all, stream};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(super) use failure::{Asked, Failure};
pub(super) use rows::side;

/// Features of all snapshots that are kept.
const MOST_FEATURES: usize = 400_000;
/// Snapshots that are read at once.
const AT_ONCE: usize = 8;
/// Snapshots that are kept at once: what was read is not lost when the reading ends early.
const KEPT_AT_ONCE: usize = 32;
/// Pages of experiments and runs.
const MOST_PAGES: usize = 10;

/// Why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FollowError {
    #[error("{}", why(.0))]
    Aws(#[from] AwsError),
    #[error(transparent)]
    Mlflow(MlflowError),
    /// It is there, and not what it should be; or a folder of this computer.
    #[error("{0}")]
    Read(String),
}

impl From<MlflowError> for FollowError {
    fn from(error: MlflowError) -> Self {
        match error {
            MlflowError::Aws(error) => Self::Aws(error),
            other => Self::Mlflow(other),
        }
    }
}

impl FollowError {
    pub fn into_engine(self, session: &Session) -> EngineError {
        match self {
            Self::Aws(error) => Desk::failed(session)(error),
            Self::Mlflow(error) => EngineError::Mlflow(error),
            Self::Read(words) => EngineError::BadInput(words),
        }
    }
}

/// Where the reports are.
#[derive(Debug)]
pub(super) enum Where {
    /// Files below a prefix.
    Snapshots { bucket: String, prefix: String },
    /// Runs, the newest first.
    Runs { runs: Vec<MlflowRun>, folder: Option<PathBuf> },
}

/// One endpoint or model as one source sees it.
#[derive(Debug)]
pub(super) struct Followed {
    /// Its identity: the S3 URI of its folder, the address or path of its experiment.
    pub place: String,
    /// Of the folder or experiment.
    pub name: String,
    pub endpoint: String,
    pub source: Arc<Source>,
    pub kept: Where,
}

impl Followed {
    pub fn origin(&self) -> Origin {
        self.source.place.origin()
    }

    /// Of the newest run; of snapshots nothing is known before they are listed.
    pub fn newest(&self) -> Option<Timestamp> {
        match &self.kept {
            Where::Snapshots { .. } => None,
            Where::Runs { runs, .. } => runs.first().and_then(|run| run.end.or(run.start)),
        }
    }
}

/// What of a source was found.
#[derive(Debug, Default)]
pub(super) struct Follows {
    pub all: Vec<Followed>,
    pub notices: Vec<Notice>,
}

/// What all sources of a profile follow.
#[derive(Debug, Default)]
pub(super) struct AllFollowed {
    pub all: Vec<Arc<Follows>>,
    pub notices: Vec<Notice>,
    /// When sources that failed are asked again; each has its notice.
    pub failed: Vec<Timestamp>,
}

/// A snapshot or run as it was read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Read {
    pub run: Run,
    pub dataset: Option<DatasetDrift>,
}

#[derive(Debug, Clone)]
pub(super) struct Report {
    pub at: Timestamp,
    pub place: String,
    pub read: Result<Arc<Read>, String>,
}

/// The reports of one that is followed.
#[derive(Debug, Default)]
pub(super) struct Trail {
    /// When there was one, the newest first; of all that are known, not only of those that were read.
    pub times: Vec<Timestamp>,
    /// Newest first.
    pub reports: Vec<Report>,
    /// The newest may be among those that were not listed.
    pub cut: Option<Notice>,
}

/// Snapshots that were read, by address and time.
#[derive(Debug, Default)]
pub(super) struct Snapshots(Mutex<(HashMap<String, Arc<Read>>, usize)>);

impl Snapshots {
    fn get(&self, key: &str) -> Option<Arc<Read>> {
        lock(&self.0).0.get(key).cloned()
    }

    fn put(&self, key: String, read: Arc<Read>) {
        let mut kept = lock(&self.0);
        let (all, features) = &mut *kept;
        if *features > MOST_FEATURES {
            all.clear();
            *features = 0;
        }
        *features += read.run.features.len();
        all.insert(key, read);
    }
}

/// The name that the person gave, else what the source says itself.
fn endpoint_of(source: &Source, name: &str, said: Option<&str>) -> String {
    let mapped = source.known.names.iter().find(|one| one.name == name).map(|one| one.endpoint.as_str());
    let last = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or(name);
    mapped.or(said).unwrap_or(last).to_owned()
}

impl Desk {
    /// What a source follows. `typed` is a token that is not kept yet; `pages` of experiments and runs at most.
    pub(super) async fn follow_source(
        &self,
        session: &Session,
        source: &Arc<Source>,
        typed: Option<SecretString>,
        pages: usize,
    ) -> Result<Follows, FollowError> {
        match &source.place {
            SourcePlace::Snapshots { bucket, before, after } => {
                snapshots::follow(session, source, bucket, before, after, pages).await
            }
            SourcePlace::Folder { path } => disk::follow(source, path).await,
            SourcePlace::Server { .. } | SourcePlace::Managed { .. } => {
                let Some(server) = self.tracking(session, source, typed).await? else { return Ok(Follows::default()) };
                tracking::follow(&server, source, pages).await
            }
        }
    }

    /// What all sources of the profile follow; one that cannot be read is a notice.
    pub(super) async fn all_followed(
        &self,
        session: &Session,
        age: Duration,
        asked: Asked,
    ) -> Result<AllFollowed, EngineError> {
        let mut found = AllFollowed::default();
        let sources = self.sources_of(session).await?;
        // One that does not answer holds up none of the others.
        let reads: Vec<_> = sources.iter().map(|source| Box::pin(self.follows(session, source, age, asked))).collect();
        for (source, read) in sources.iter().zip(join_all(reads).await) {
            match read {
                Ok(follows) => {
                    found.notices.extend(follows.notices.iter().cloned());
                    found.all.push(follows);
                }
                Err(failure) => {
                    found.notices.push(failure.notice(&format!("What {} tells", source.known.address)));
                    found.failed.push(failure.next());
                }
            }
        }
        Ok(found)
    }

    /// What a source follows, if it is not older.
    async fn follows(
        &self,
        session: &Session,
        source: &Arc<Source>,
        age: Duration,
        asked: Asked,
    ) -> Result<Arc<Follows>, Failure> {
        let key = super::key(session, &source.known.address);
        if let Some(known) = self.inner.drift.follows.get(&key, age) {
            return Ok(known);
        }
        let reading = Box::pin(self.follow_source(session, source, None, MOST_PAGES));
        let follows = Arc::new(self.unless_failed(session, &key, asked, reading).await?);
        self.inner.drift.follows.put(key, Arc::clone(&follows));
        Ok(follows)
    }

    /// The reports of one for a list that reads itself again in rounds; `most` of them read.
    pub(super) async fn reports_in_rounds(
        &self,
        session: &Session,
        one: &Followed,
        all: &[Arc<Follows>],
        from: Timestamp,
        most: usize,
        asked: Asked,
    ) -> Result<Trail, Failure> {
        let key = super::key(session, &format!("reports of {}", one.place));
        let reading = Box::pin(self.reports_followed(session, one, all, from, most));
        self.unless_failed(session, &key, asked, reading).await
    }

    /// Asks, unless it failed before and its time has not come.
    async fn unless_failed<T>(
        &self,
        session: &Session,
        key: &str,
        asked: Asked,
        reading: impl Future<Output = Result<T, FollowError>>,
    ) -> Result<T, Failure> {
        let failures = &self.inner.drift.failures;
        let before = failures.last(key);
        if let Some(before) = before.as_ref().filter(|before| before.stands(asked, session.now())) {
            return Err(before.clone());
        }
        match reading.await {
            Ok(read) => {
                failures.forget(key);
                Ok(read)
            }
            Err(error) => {
                // For who refreshes the waiting starts over.
                let before = before.filter(|_| asked == Asked::InRound);
                let failure = Failure::new(error.to_string(), before.as_ref(), session.now());
                failures.put(key.to_owned(), failure.clone());
                Err(failure)
            }
        }
    }

    /// Reports since a moment, `most` of them read, the newest first. `all` may hold the snapshots of the same endpoint,
    /// which know the tests that MLflow does not keep.
    pub(super) async fn reports_followed(
        &self,
        session: &Session,
        one: &Followed,
        all: &[Arc<Follows>],
        from: Timestamp,
        most: usize,
    ) -> Result<Trail, FollowError> {
        match &one.kept {
            Where::Snapshots { bucket, prefix } => self.snapshots(session, bucket, prefix, from, most).await,
            Where::Runs { runs, .. } => {
                let mut trail = tracking::trail(one, runs, from, most);
                let sibling = all.iter().flat_map(|follows| &follows.all).find_map(|other| match &other.kept {
                    Where::Snapshots { bucket, prefix } if other.endpoint == one.endpoint => Some((bucket, prefix)),
                    _ => None,
                });
                if let Some((bucket, prefix)) = sibling
                    && let Ok(snapshots) = self.snapshots(session, bucket, prefix, from, most).await
                {
                    lend(&mut trail, &snapshots);
                }
                Ok(trail)
            }
        }
    }

    async fn snapshots(
        &self,
        session: &Session,
        bucket: &str,
        prefix: &str,
        from: Timestamp,
        most: usize,
    ) -> Result<Trail, FollowError> {
        let (listed, is_cut) = snapshots::listed(session, bucket, prefix, from).await?;
        let cut = is_cut.then(|| {
            let text = format!("s3://{bucket}/{prefix} holds more files than are listed: the newest may be missing.");
            Notice::warning(text)
        });
        let times = listed.iter().map(|file| file.at).collect();
        let wanted: Vec<snapshots::Listed> = listed.into_iter().take(most).collect();
        let archive = self.recall(session, &format!("s3://{bucket}/{prefix}"), &wanted).await;
        let reads: Vec<_> = wanted.into_iter().map(|file| self.snapshot(session, file)).collect();
        let mut reading = stream::iter(reads).buffered(AT_ONCE);
        let (mut reports, mut unkept) = (Vec::new(), Vec::new());
        while let Some((report, fresh)) = reading.next().await {
            reports.push(report);
            unkept.extend(fresh);
            if unkept.len() >= KEPT_AT_ONCE {
                keep(archive.as_ref(), std::mem::take(&mut unkept)).await;
            }
        }
        keep(archive.as_ref(), unkept).await;
        Ok(Trail { times, reports, cut })
    }

    /// Takes what this computer keeps of snapshots that were not read since the start. None where all of them were.
    async fn recall(&self, session: &Session, place: &str, wanted: &[snapshots::Listed]) -> Option<Archive> {
        let snapshots = &self.inner.drift.snapshots;
        let is_unknown = |file: &&snapshots::Listed| snapshots.get(&name_of(session, file)).is_none();
        let missing: Vec<&snapshots::Listed> = wanted.iter().filter(is_unknown).collect();
        if missing.is_empty() {
            return None;
        }
        let archive = Box::pin(self.archive(session, place, "")).await?;
        let asked: Vec<archive::Report> = missing.iter().map(|file| file.report()).collect();
        for (file, kept) in missing.into_iter().zip(archive.snapshots(&asked).await) {
            if let Some(read) = kept {
                snapshots.put(name_of(session, file), Arc::new(read));
            }
        }
        Some(archive)
    }

    /// What a snapshot says, and the same to be kept where it was read just now.
    async fn snapshot(&self, session: &Session, file: snapshots::Listed) -> (Report, Option<(archive::Report, Read)>) {
        let key = name_of(session, &file);
        let mut fresh = None;
        let read = match self.inner.drift.snapshots.get(&key) {
            Some(known) => Ok(known),
            None => match snapshots::read(session, &file).await {
                Ok(read) => {
                    fresh = Some((file.report(), read.clone()));
                    let read = Arc::new(read);
                    self.inner.drift.snapshots.put(key, Arc::clone(&read));
                    Ok(read)
                }
                Err(why) => Err(why),
            },
        };
        (Report { at: file.at, place: file.uri, read }, fresh)
    }
}

/// The name of a snapshot among those that were read: stored again, it is another one.
fn name_of(session: &Session, file: &snapshots::Listed) -> String {
    super::key(session, &format!("{} {}", file.uri, file.stored))
}

async fn keep(archive: Option<&Archive>, reads: Vec<(archive::Report, Read)>) {
    if let Some(archive) = archive.filter(|_| !reads.is_empty()) {
        archive.keep_snapshots(reads).await;
    }
}

/// Gives runs the tests of the snapshots of the same day: of several, those with the same values lend.
fn lend(trail: &mut Trail, snapshots: &Trail) {
    for report in &mut trail.reports {
        let of = day(report.at);
        let Ok(read) = &mut report.read else { continue };
        let known = snapshots.reports.iter().filter(|other| day(other.at) == of);
        for other in known.filter_map(|other| other.read.as_ref().ok()) {
            Arc::make_mut(read).run.lend_tests(&other.run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::models::drift::{FeatureDrift, Method, Source as Told};

    fn report(at: &str, value: f64, method: Method) -> Report {
        let feature = FeatureDrift::judged("guests".into(), Some(value), Some(0.05), method);
        let run = Run { source: Told::Evidently, when: None, features: vec![feature] };
        Report { at: at.parse().unwrap(), place: at.to_owned(), read: Ok(Arc::new(Read { run, dataset: None })) }
    }

    #[test]
    fn what_is_kept_of_a_snapshot_is_what_was_read() {
        let of = |share: Option<f64>| Read {
            run: report("2026-11-21T06:01:00Z", 0.1 + 0.2, Method::KolmogorovSmirnov).read.unwrap().run.clone(),
            dataset: Some(DatasetDrift { columns: Some(9.0), share, threshold: Some(0.5) }),
        };
        for read in [of(Some(1.0 / 3.0)), of(None), Read { dataset: None, ..of(None) }] {
            let text = serde_json::to_string(&read).unwrap();
            let kept: Read = serde_json::from_str(&text).unwrap();
            assert_eq!((kept.run, kept.dataset), (read.run, read.dataset));
        }
    }

    #[test]
    fn each_run_of_a_day_finds_its_own_snapshot() {
        let of = |reports: Vec<Report>| Trail { reports, ..Trail::default() };
        let mut runs = of(vec![
            report("2026-11-21T18:01:00Z", 0.9, Method::Unknown),
            report("2026-11-21T06:01:00Z", 0.01, Method::Unknown),
            report("2026-11-20T06:01:00Z", 0.9, Method::Unknown),
        ]);
        let snapshots = of(vec![
            report("2026-11-21T18:00:00Z", 0.9, Method::KolmogorovSmirnov),
            report("2026-11-21T06:00:00Z", 0.01, Method::KolmogorovSmirnov),
        ]);
        lend(&mut runs, &snapshots);
        let drifted: Vec<Option<bool>> =
            runs.reports.iter().map(|report| report.read.as_ref().unwrap().run.features[0].drifted).collect();
        assert_eq!(drifted, [Some(false), Some(true), None], "the day before has no snapshot");
    }
}
