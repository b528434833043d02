//! Why a job failed: its logs read side by side, the driver's first, and what they say joined with what the service says.
//!
//! The answer is there at once, from the service's own words; it is told again, whole, whenever more was read. Which files
//! are worth reading, and how much of them, is bounded: a cluster keeps fifty thousand. What was read stays in the cache of
//! copies, so a line of the evidence opens at once; what was found out about a run that is over, and whose logs
//! were all pushed, is kept until the program ends.

mod baseline;
mod catalogue;
mod choose;
mod facts;
mod scan;
mod service;
mod stream;
#[cfg(test)]
mod tests;
mod words;

use super::files::is_settled;
use crate::{
    Desk, EngineError,
    logs::{Address, Library, cores, number},
};
use ::jobs::state::state_of;
use ::logs::refs::Attempts;
use ::triage::{Facts, FileId, Scan, Templates};
use aws::Session;
use catalogue::Known;
use choose::Choice;
use contract::{
    Fault, Notice, Timestamp,
    jobs::{DiagnoseJob, Diagnosis, DiagnosisEvent, JobId, LogFileRow, facts::RunFact},
};
use futures_util::StreamExt as _;
use scan::{Gate, Scanned};
use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
pub(super) use words::suggestion;

pub(crate) use service::{NamedCause, Naming};
pub(crate) use stream::{OfStream, StreamSaid, of_log};

/// Where a diagnosis reports what it found so far.
pub type DiagnosisEvents = Arc<dyn Fn(DiagnosisEvent) + Send + Sync>;

/// How often it is told anew while files are read.
const REPORT_EVERY: Duration = Duration::from_millis(200);
/// Files that are read.
const MOST_FILES: usize = 400;
/// Bytes that are read, as they are shown.
const MOST_BYTES: u64 = 1 << 30;
/// Files that are fetched ahead of those that are scanned.
const AHEAD: usize = 8;
/// Diagnoses that are kept.
const KEPT: usize = 200;

/// A run of a profile in a region.
type Place = (String, String, JobId);

/// What was found out, and what stops the rest.
#[derive(Debug, Default)]
pub(crate) struct Diagnoses {
    known: Mutex<HashMap<Place, Diagnosis>>,
    stop: Mutex<CancellationToken>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Diagnoses {
    /// Nobody listens any more.
    pub fn stop_all(&self) {
        std::mem::take(&mut *lock(&self.stop)).cancel();
    }

    /// The signatures are others: what was found out by the old ones no longer counts.
    pub fn forget(&self) {
        self.stop_all();
        lock(&self.known).clear();
    }

    fn keep(&self, place: Place, diagnosis: Diagnosis) {
        let mut known = lock(&self.known);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(place, diagnosis);
    }
}

/// Whether asking again would say the same: the run is over, its last logs were pushed, and all of them could be read.
fn is_final(run: &RunFact, diagnosis: &Diagnosis, now: Timestamp) -> bool {
    state_of(run).is_over() && is_settled(run, now) && diagnosis.notices.is_empty()
}

impl Desk {
    pub async fn diagnose_job(&self, request: DiagnoseJob, events: DiagnosisEvents) -> Result<Diagnosis, EngineError> {
        let session = self.session()?;
        let place = (session.profile().to_owned(), session.region().to_owned(), request.id.clone());
        if let Some(known) = lock(&self.inner.diagnoses.known).get(&place) {
            return Ok(known.clone());
        }
        let run = self.run_fact(&session, &request.id).await?;
        let diagnosing = self.begin(&session, Arc::clone(&run), events).await?;
        let first = diagnosing.told(false);
        let desk = self.clone();
        tokio::spawn(async move {
            let work = async {
                match desk.log_files(&session, &run).await {
                    Ok(files) => {
                        diagnosing.read(&files).await;
                        diagnosing.learn(&desk).await;
                    }
                    Err(error) => {
                        let fault = Fault::from(error);
                        diagnosing.note(format!("The logs of the run could not be listed: {}", fault.detail));
                    }
                }
            };
            if diagnosing.stop.run_until_cancelled(work).await.is_some() {
                let last = diagnosing.told(true);
                if is_final(&run, &last, session.now()) {
                    desk.inner.diagnoses.keep(place, last.clone());
                }
                (diagnosing.events)(DiagnosisEvent::Read(Box::new(last)));
            }
        });
        Ok(first)
    }

    /// The same for a run and files that the caller knows already.
    pub async fn diagnose_run(
        &self,
        run: RunFact,
        files: &[LogFileRow],
        events: DiagnosisEvents,
    ) -> Result<Diagnosis, EngineError> {
        let session = self.session()?;
        let diagnosing = self.begin(&session, Arc::new(run), events).await?;
        diagnosing.stop.run_until_cancelled(diagnosing.read(files)).await;
        Ok(diagnosing.told(true))
    }

    async fn begin(
        &self,
        session: &Session,
        run: Arc<RunFact>,
        events: DiagnosisEvents,
    ) -> Result<Diagnosing, EngineError> {
        let folder = self.inner.store.folder().join("signatures");
        let known = tokio::task::spawn_blocking(move || Known::with_those_in(Path::new(&folder)));
        let (catalogue, notices) = known.await.map_err(|_| store::StoreError::Stopped)?;
        Ok(Diagnosing {
            session: session.clone(),
            library: Arc::clone(&self.inner.logs.library),
            facts: facts::facts(&run),
            run,
            catalogue: Arc::new(catalogue),
            scanning: Semaphore::new(cores()),
            events,
            stop: lock(&self.inner.diagnoses.stop).child_token(),
            progress: Mutex::new(Progress { notices, ..Progress::default() }),
        })
    }
}

/// One run on its way to an answer.
struct Diagnosing {
    session: Session,
    library: Arc<Library>,
    run: Arc<RunFact>,
    facts: Facts,
    catalogue: Arc<Known>,
    scanning: Semaphore,
    events: DiagnosisEvents,
    stop: CancellationToken,
    progress: Mutex<Progress>,
}

#[derive(Default)]
struct Progress {
    scan: Scan,
    files: Vec<LogFileRow>,
    notices: Vec<Notice>,
    told: Option<Instant>,
    /// Taken on, read or not.
    tried: usize,
    bytes: u64,
    left_out: usize,
    links: Attempts,
    /// Executors and containers that the driver speaks of in its warnings.
    named: Vec<String>,
    /// Applications of YARN that the step's own log names.
    yarn: Vec<String>,
    /// What the last success said; read where the cause is not known without it.
    baseline: Option<Templates>,
}

impl Diagnosing {
    /// The answer so far.
    fn told(&self, complete: bool) -> Diagnosis {
        let progress = lock(&self.progress);
        let report = self.catalogue.report(&progress.scan, &self.facts, progress.baseline.as_ref());
        let mut diagnosis = words::diagnosis(&self.run.id, &self.catalogue, report);
        words::offer(&self.run.request, &mut diagnosis.findings);
        diagnosis.files.clone_from(&progress.files);
        diagnosis.notices.clone_from(&progress.notices);
        if progress.left_out > 0 {
            let (left, read) = (number(progress.left_out as u64), number(progress.files.len() as u64));
            diagnosis
                .notices
                .push(Notice::info(format!("{read} files were read, the most telling first; {left} were left out.")));
        }
        (diagnosis.complete, diagnosis.as_of) = (complete, self.session.now());
        diagnosis
    }

    fn note(&self, text: String) {
        lock(&self.progress).notices.push(Notice::warning(text));
    }

    /// Reads what is worth reading, the most telling first.
    async fn read(&self, files: &[LogFileRow]) {
        let choice = Choice::new(&self.run, files);
        self.pass(choice.first.clone()).await;
        let rest = {
            let progress = lock(&self.progress);
            choice.rest(&progress.yarn, &progress.named, &progress.links)
        };
        self.pass(rest).await;
    }

    async fn pass(&self, files: Vec<LogFileRow>) {
        let reading = futures_util::stream::iter(files).map(|row| self.one(row)).buffer_unordered(AHEAD);
        reading.for_each(async |()| {}).await;
    }

    /// A place among the files that are read, while there is any.
    fn takes(&self) -> bool {
        let mut progress = lock(&self.progress);
        let enough = progress.tried >= MOST_FILES || progress.bytes >= MOST_BYTES;
        if enough {
            progress.left_out += 1;
        } else {
            progress.tried += 1;
        }
        !enough
    }

    async fn one(&self, row: LogFileRow) {
        if !self.takes() {
            return;
        }
        let Ok(address) = Address::read(&row.address, Some(&self.run.id)) else { return };
        let file = self.library.open(&self.session, &address);
        file.complete().await;
        let seen = file.seen();
        if let Some(failure) = file.take_failure() {
            (self.events)(DiagnosisEvent::Failed(Fault::from(failure)));
        }
        if let Some(fault) = &seen.fault {
            self.note(format!("{}: {fault}", row.address));
        }
        let Some(copy) = seen.copy.filter(|copy| copy.log().extent().length > 0) else { return };
        let Ok(_scanning) = self.scanning.acquire().await else { return };
        let (id, gate, source) = {
            let mut progress = lock(&self.progress);
            let id = FileId(u32::try_from(progress.files.len()).unwrap_or(u32::MAX));
            let gate = Gate::new(&self.run, &row, &progress.yarn);
            let source = facts::source(&self.run.id, &row, &progress.links);
            progress.files.push(LogFileRow { size: seen.size, last_write: seen.last_write, ..row.clone() });
            progress.bytes += copy.log().extent().length;
            (id, gate, source)
        };
        let (catalogue, stop) = (Arc::clone(&self.catalogue), self.stop.clone());
        let scanned = tokio::task::spawn_blocking(move || scan::scan(&catalogue, id, source, &row, &copy, gate, &stop));
        match scanned.await {
            Ok(Ok(scanned)) => self.take(scanned),
            Ok(Err(fault)) => self.note(format!("A file could not be read again: {fault}")),
            // The program ends.
            Err(_) => {}
        }
    }

    fn take(&self, scanned: Scanned) {
        let mut progress = lock(&self.progress);
        progress.scan.merge(scanned.scan);
        progress.named.extend(scanned.named);
        progress.yarn.extend(scanned.yarn);
        progress.links.merge(scanned.attempt, scanned.links);
        let now = Instant::now();
        let due = progress.told.is_none_or(|told| now.duration_since(told) >= REPORT_EVERY);
        if due {
            progress.told = Some(now);
        }
        drop(progress);
        if due {
            (self.events)(DiagnosisEvent::Read(Box::new(self.told(false))));
        }
    }
}
