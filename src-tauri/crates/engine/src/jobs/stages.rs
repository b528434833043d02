//! The stages of a Spark run, from its event log in S3.
//!
//! An event log may be gigabytes and is read once, by a machine: it is unpacked and read as it comes, part after part, and no
//! copy of it is kept. What it comes down to is small and is kept until the program ends, once the log is whole. A reading
//! ends when its page closes.

mod words;

use super::{key_of, masked};
use crate::{Desk, EngineError, logs::Library};
use ::jobs::{
    event_logs::{self, EventLog, Home},
    state::state_of,
};
use ::logs::{Cancel, End, Limits, LogFault, inflate};
use ::triage::event_log::{Reader, Summary};
use aws::{
    AwsError, Session,
    jobs::files,
    logs::object::{self, Body},
};
use contract::{
    Fault, Notice,
    jobs::{
        CloseStages, JobId, LogRole, ReadStages, Stages, StagesEvent,
        facts::{ListedLog, LogStore, RunFact},
        stages::NoStages,
    },
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// Where a reading tells how far it is.
pub type StagesEvents = Arc<dyn Fn(StagesEvent) + Send + Sync>;

/// How often it tells.
const REPORT_EVERY: Duration = Duration::from_millis(200);
/// Runs whose stages are kept.
const KEPT: usize = 50;
/// Objects that are listed to find one event log.
const MOST_LISTED: usize = 20_000;

/// What was read, and what is being read.
#[derive(Debug, Default)]
pub(super) struct Readings {
    known: Mutex<HashMap<String, Stages>>,
    last: AtomicU64,
    open: Mutex<HashMap<u64, CancellationToken>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Readings {
    fn begin(&self) -> (u64, CancellationToken) {
        let (reading, stop) = (self.last.fetch_add(1, Ordering::Relaxed) + 1, CancellationToken::new());
        lock(&self.open).insert(reading, stop.clone());
        (reading, stop)
    }

    fn end(&self, reading: u64) {
        if let Some(stop) = lock(&self.open).remove(&reading) {
            stop.cancel();
        }
    }

    /// Nobody listens any more.
    pub fn end_all(&self) {
        lock(&self.open).drain().for_each(|(_, stop)| stop.cancel());
    }

    fn keep(&self, key: String, stages: Stages) {
        let mut known = lock(&self.known);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, stages);
    }
}

impl Desk {
    pub async fn read_stages(&self, request: ReadStages, events: StagesEvents) -> Result<Stages, EngineError> {
        let session = self.session()?;
        let key = key_of(&session, &request.id);
        if let Some(known) = lock(&self.inner.jobs.stages.known).get(&key) {
            return Ok(known.clone());
        }
        let run = self.run_fact(&session, &request.id).await?;
        let (reading, stop) = self.inner.jobs.stages.begin();
        let first = empty(&session, &request.id, reading);
        let desk = self.clone();
        let empty = first.clone();
        tokio::spawn(async move {
            let work = Reading { desk: &desk, session: &session, run: &run, stop: &stop, events: &events };
            if let Some(read) = stop.run_until_cancelled(work.read(empty)).await {
                match read {
                    Ok((stages, whole)) => {
                        if whole && state_of(&run).is_over() {
                            desk.inner.jobs.stages.keep(key, stages.clone());
                        }
                        events(StagesEvent::Read(Box::new(stages)));
                    }
                    Err(error) => events(StagesEvent::Failed(Fault::from(error))),
                }
            }
            desk.inner.jobs.stages.end(reading);
        });
        Ok(first)
    }

    /// The stages of a run, if they were looked at and read whole.
    pub(crate) fn known_stages(&self, session: &Session, id: &JobId) -> Option<Stages> {
        lock(&self.inner.jobs.stages.known).get(&key_of(session, id)).cloned()
    }

    pub fn close_stages(&self, request: CloseStages) {
        self.inner.jobs.stages.end(request.reading);
    }
}

fn empty(session: &Session, job: &JobId, reading: u64) -> Stages {
    Stages {
        reading,
        job: job.clone(),
        complete: false,
        absent: None,
        application: None,
        spark: None,
        findings: Vec::new(),
        rows: Vec::new(),
        left_out: 0,
        lost: Vec::new(),
        files: Vec::new(),
        as_of: session.now(),
        notices: Vec::new(),
    }
}

/// One event log on its way.
struct Reading<'a> {
    desk: &'a Desk,
    session: &'a Session,
    run: &'a Arc<RunFact>,
    stop: &'a CancellationToken,
    events: &'a StagesEvents,
}

/// How the reading of a part ended.
enum Part {
    Read,
    /// It could not be read to its end: why.
    Cut(String),
    Refused(AwsError),
}

impl Reading<'_> {
    /// The stages, and whether they will not change any more.
    async fn read(&self, mut stages: Stages) -> Result<(Stages, bool), EngineError> {
        stages.complete = true;
        let log = match self.find(&mut stages.notices).await? {
            Ok(log) => log,
            Err(absent) => {
                stages.absent = Some(absent);
                return Ok((stages, false));
            }
        };
        if let Some(codec) = log.packed {
            stages.absent = Some(words::packed(codec));
            return Ok((stages, false));
        }
        stages.files = log.parts.iter().filter_map(address).collect();
        let length: u64 = log.parts.iter().filter_map(|part| part.size).sum();
        let (mut reader, mut before) = (Reader::default(), 0_u64);
        for part in &log.parts {
            let (fed, ended) = self.part(reader, part, before, length).await?;
            reader = fed;
            match ended {
                Part::Read => {}
                Part::Cut(why) => {
                    let name = address(part).unwrap_or_default();
                    stages.notices.push(Notice::warning(format!("{name} could not be read to its end: {why}")));
                }
                Part::Refused(error @ AwsError::SignIn { .. }) => return Err(Desk::failed(self.session)(error)),
                Part::Refused(error) if before == 0 => {
                    stages.absent = Some(words::refused(&error, &address(part).unwrap_or_default()));
                    return Ok((stages, false));
                }
                Part::Refused(error) => {
                    let name = address(part).unwrap_or_default();
                    stages.notices.push(Notice::warning(format!("{name} could not be read: {error}.")));
                }
            }
            before += part.size.unwrap_or_default();
        }
        let summary = reader.finish();
        let whole = summary.ended_ms.is_some() && summary.broken.is_none() && stages.notices.is_empty();
        self.tell(&summary, &mut stages).await;
        stages.as_of = self.session.now();
        Ok((stages, whole))
    }

    /// The event log of the run, or why there is none.
    async fn find(&self, notices: &mut Vec<Notice>) -> Result<Result<EventLog, NoStages>, EngineError> {
        let yarn = if matches!(self.run.id, JobId::Step { .. }) { self.applications().await? } else { Vec::new() };
        let home = match event_logs::home(self.run, &yarn) {
            Ok(home) => home,
            Err(why) => return Ok(Err(words::absent(&self.run.id, &why))),
        };
        let (listed, place) = match home {
            Home::BesideLogs => {
                let rows = self.desk.log_files(self.session, self.run).await?;
                let logs = rows.iter().filter(|row| row.role == LogRole::EventLog);
                let listed = logs.filter_map(|row| {
                    let (bucket, key) = row.address.strip_prefix("s3://")?.split_once('/')?;
                    let store = LogStore::Bucket(bucket.to_owned());
                    Some(ListedLog { store, path: key.to_owned(), size: row.size, last_write: row.last_write })
                });
                (listed.collect(), "the log files of the run".to_owned())
            }
            Home::Folder { bucket, prefixes } => {
                let place = prefixes.last().map(|prefix| format!("s3://{bucket}/{prefix}"));
                match self.list(&bucket, &prefixes).await {
                    Ok(listed) => (listed, place.unwrap_or_else(|| format!("s3://{bucket}/"))),
                    Err(error @ AwsError::SignIn { .. }) => return Err(Desk::failed(self.session)(error)),
                    Err(error) => return Ok(Err(words::refused(&error, &format!("s3://{bucket}/")))),
                }
            }
        };
        let Some(log) = event_logs::event_log(self.run, listed) else {
            return Ok(Err(words::nothing(&place, state_of(self.run).is_over())));
        };
        if !state_of(self.run).is_over() {
            notices.push(Notice::info("The run goes on: this is what its event log holds so far."));
        }
        Ok(Ok(log))
    }

    /// Applications of YARN that a step's own log names.
    async fn applications(&self) -> Result<Vec<String>, EngineError> {
        self.desk.log_files(self.session, self.run).await?;
        let looked = self.desk.inner.jobs.files.last(&key_of(self.session, &self.run.id));
        Ok(looked.map(|looked| looked.yarn.clone()).unwrap_or_default())
    }

    /// What there is below the first of these prefixes that holds anything.
    async fn list(&self, bucket: &str, prefixes: &[String]) -> Result<Vec<ListedLog>, AwsError> {
        let mut all = Vec::new();
        for prefix in prefixes {
            let mut token = None;
            loop {
                let (listed, next) = files::objects_page(self.session, bucket, prefix, token).await?;
                all.extend(listed);
                if next.is_none() || all.len() >= MOST_LISTED {
                    break;
                }
                token = next;
            }
            if !all.is_empty() {
                break;
            }
        }
        Ok(all)
    }

    /// Feeds one part to the reader. `before` and `length` are bytes as stored: of the parts before it, and of all.
    async fn part(
        &self,
        mut reader: Reader,
        part: &ListedLog,
        before: u64,
        length: u64,
    ) -> Result<(Reader, Part), EngineError> {
        let LogStore::Bucket(bucket) = &part.store else { return Ok((reader, Part::Read)) };
        let library: &Arc<Library> = &self.desk.inner.logs.library;
        let _fetching = library.fetching.acquire().await;
        let stop = self.stop.clone();
        let (_, body) = match object::open(self.session, bucket, &part.path, stop.clone().cancelled_owned()).await {
            Ok(opened) => opened,
            Err(error) => return Ok((reader, Part::Refused(error))),
        };
        let _inflating = library.inflating.acquire().await;
        let events = Arc::clone(self.events);
        let fed = tokio::task::spawn_blocking(move || {
            let ended = feed(&mut reader, body, &stop, &mut |read| {
                events(StagesEvent::Progress { read: before + read, length });
            });
            let broken = if let Part::Cut(why) = &ended { Some(why.clone()) } else { None };
            reader.end_part(broken);
            (reader, ended)
        });
        Ok(fed.await.map_err(|_| store::StoreError::Stopped)?)
    }

    async fn tell(&self, summary: &Summary, stages: &mut Stages) {
        // Without the files of the run the stages are none the worse; their tasks lead nowhere.
        let files = self.desk.log_files(self.session, self.run).await;
        let files = files.unwrap_or_else(|error| {
            tracing::debug!(%error, job = %self.run.id, "the log files of a run are not known");
            Arc::default()
        });
        words::tell(summary, &files, stages);
    }
}

fn address(part: &ListedLog) -> Option<String> {
    match &part.store {
        LogStore::Bucket(bucket) => Some(format!("s3://{bucket}/{}", part.path)),
        LogStore::Group(_) => None,
    }
}

/// Unpacks a part into the reader. Blocking.
fn feed(reader: &mut Reader, body: Body, stop: &CancellationToken, told: &mut dyn FnMut(u64)) -> Part {
    let mut last = Instant::now();
    let outcome = inflate(body, Limits::default(), &Cancel::default(), &mut |bytes, at| {
        if stop.is_cancelled() {
            return Err(LogFault::Cancelled);
        }
        reader.feed(bytes);
        if last.elapsed() >= REPORT_EVERY {
            last = Instant::now();
            told(at.compressed);
        }
        Ok(())
    });
    match outcome {
        Ok(inflated) => match inflated.end {
            End::Damaged { .. } => Part::Cut("it is cut off, or is still being written.".to_owned()),
            End::Whole | End::Stopped { .. } => Part::Read,
        },
        Err(fault) => Part::Cut(masked(&format!("{fault}."))),
    }
}
