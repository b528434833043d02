//! What sources follow: a folder of Evidently's snapshots, an experiment of MLflow. Each is a monitor of one endpoint, and
//! its reports are runs as the crate `models` knows them. A report that cannot be read costs itself only.

mod chart;
mod disk;
mod page;
mod rows;
mod snapshots;
mod tracking;

use super::{files::why, sources::Source};
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
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

pub(super) use rows::side;

/// Features of all snapshots that are kept.
const MOST_FEATURES: usize = 400_000;
/// Snapshots that are read at once.
const AT_ONCE: usize = 8;
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

/// A snapshot or run as it was read.
#[derive(Debug, Clone)]
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
    ) -> Result<(Vec<Arc<Follows>>, Vec<Notice>), EngineError> {
        let (mut found, mut notices) = (Vec::new(), Vec::new());
        let sources = self.sources_of(session).await?;
        // One that does not answer holds up none of the others.
        let reads: Vec<_> = sources.iter().map(|source| Box::pin(self.follows(session, source, age))).collect();
        for (source, read) in sources.iter().zip(join_all(reads).await) {
            match read {
                Ok(follows) => {
                    notices.extend(follows.notices.iter().cloned());
                    found.push(follows);
                }
                Err(error) => {
                    let text = format!("What {} tells is left out: {error}.", source.known.address);
                    notices.push(Notice::warning(text));
                }
            }
        }
        Ok((found, notices))
    }

    /// What a source follows, if it is not older.
    async fn follows(
        &self,
        session: &Session,
        source: &Arc<Source>,
        age: Duration,
    ) -> Result<Arc<Follows>, FollowError> {
        let key = super::key(session, &source.known.address);
        if let Some(known) = self.inner.drift.follows.get(&key, age) {
            return Ok(known);
        }
        let follows = Arc::new(Box::pin(self.follow_source(session, source, None, MOST_PAGES)).await?);
        self.inner.drift.follows.put(key, Arc::clone(&follows));
        Ok(follows)
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
        let reads: Vec<_> = listed.into_iter().take(most).map(|file| self.snapshot(session, file)).collect();
        let reports = stream::iter(reads).buffered(AT_ONCE).collect().await;
        Ok(Trail { times, reports, cut })
    }

    async fn snapshot(&self, session: &Session, file: snapshots::Listed) -> Report {
        let key = super::key(session, &format!("{} {}", file.uri, file.stored));
        let read = match self.inner.drift.snapshots.get(&key) {
            Some(known) => Ok(known),
            None => match snapshots::read(session, &file).await {
                Ok(read) => {
                    let read = Arc::new(read);
                    self.inner.drift.snapshots.put(key, Arc::clone(&read));
                    Ok(read)
                }
                Err(why) => Err(why),
            },
        };
        Report { at: file.at, place: file.uri, read }
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
