//! Reading logs: files of S3 and streams of CloudWatch, opened, shown by rows, stepped through, searched.
//!
//! A [`file::LogFile`] is read in the background into an inflated copy on this computer, with the index of its lines and records,
//! and kept in a bounded cache; what is open is shared by all who look at it, logs and diagnoses alike. An [`Opened`] log
//! is one file or several on one clock, and reports its growth. Everything that inflates, indexes, searches or reads rows
//! runs on threads that may block. Closing a log, or forgetting the window, ends its reading and its searches; the copies
//! stay in the cache.

mod address;
mod clocks;
mod file;
mod folded;
mod found;
mod library;
mod merged;
mod opened;
mod row;
mod search;
mod stamped;
mod step;
mod targets;
#[cfg(test)]
mod tests;
mod trial;
mod view;
mod walk;
mod wording;

pub(crate) use address::Address;
pub(crate) use file::Copy;
#[cfg(test)]
use file::LogFile;
pub(crate) use library::{Library, cores};
use stamped::Stamper;
pub(crate) use stamped::unstamped;
pub(crate) use wording::number;

use crate::{Desk, EngineError};
use contract::{
    LogId, SearchId,
    logs::{
        CloseLog, CloseSearch, FoldInLog, FollowLog, LogCache, LogEvent, LogState, LogWindow, OpenLog, ReadLog,
        ReadRecord, RecordText, SearchEvent, SearchLog, SearchState, SetLogClock, SetLogZone, StepInLog,
    },
};
use opened::{Opened, lock};
use search::Search;
use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use store::{Cache, Store};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Where an open log reports its growth.
pub type LogEvents = Arc<dyn Fn(LogEvent) + Send + Sync>;
/// Where a search reports what it found.
pub type SearchEvents = Arc<dyn Fn(SearchEvent) + Send + Sync>;

/// Files of one log. Each keeps a copy open, and systems give a program 1,024 handles unless they are told otherwise; more
/// files are searched one after the other ([`found`]).
const MOST_FILES: usize = 1_000;
/// How long opening waits for the first lines.
const FIRST_LINES: Duration = Duration::from_secs(5);
/// How long a search is waited for before its events tell the rest.
const QUICK: Duration = Duration::from_millis(100);
/// Searches of one log that are kept; the oldest goes.
const MOST_SEARCHES: usize = 16;

/// The open logs.
#[derive(Debug)]
pub(crate) struct Logs {
    pub library: Arc<Library>,
    last: AtomicU64,
    open: Mutex<HashMap<LogId, Arc<Opened>>>,
    /// Ends the trial of a signature that is under way.
    trying: Mutex<CancellationToken>,
    /// The last search through many files, as it was left.
    left: Mutex<found::Shelf>,
}

impl Logs {
    /// With the cache below the data folder. Touches no disk.
    pub fn new(data: &Path) -> Self {
        Self {
            library: Arc::new(Library::new(data.join("cache").join("logs"))),
            last: AtomicU64::new(0),
            open: Mutex::default(),
            trying: Mutex::default(),
            left: Mutex::default(),
        }
    }

    fn next(&self) -> u64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn get(&self, id: LogId) -> Result<Arc<Opened>, EngineError> {
        lock(&self.open).get(&id).cloned().ok_or(EngineError::Gone("this log"))
    }

    /// The window has reloaded or closed, or another profile is open.
    pub fn close_all(&self) {
        lock(&self.trying).cancel();
        lock(&self.left).forget();
        for (_, log) in lock(&self.open).drain() {
            log.close();
        }
    }
}

/// Runs work that reads files where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| store::StoreError::Stopped)?
}

impl Desk {
    /// Opens files and streams; answers as soon as there are lines, the rest is told by events.
    pub async fn open_log(&self, request: OpenLog, events: LogEvents) -> Result<LogState, EngineError> {
        if request.addresses.is_empty() || request.addresses.len() > MOST_FILES {
            let words = format!("Choose 1 to {} files to read together.", number(MOST_FILES as u64));
            return Err(EngineError::BadInput(words));
        }
        let session = self.session()?;
        let logs = &self.inner.logs;
        let addresses = request.addresses.iter().map(|text| Address::read(text, request.job.as_ref()));
        let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
        let files: Vec<_> = addresses.iter().map(|address| logs.library.open(&session, address)).collect();
        let id = LogId(logs.next());
        let log = Arc::new(Opened::new(id, session, Arc::clone(&logs.library), files, request.job));
        log.begun(FIRST_LINES).await;
        // Where nothing at all could be read for a reason that is none of the files', that reason is the answer.
        if log.files.iter().all(|file| file.seen().copy.is_none()) {
            let mut failures = log.files.iter().filter_map(|file| file.take_failure());
            if let Some(failure) = failures.next() {
                return Err(failure);
            }
        }
        lock(&logs.open).insert(id, Arc::clone(&log));
        let state = log.state();
        tokio::spawn(Arc::clone(&log).report(state.clone(), events));
        tokio::spawn(Arc::clone(&log).relate(self.clone()));
        tokio::spawn(log.follow(self.clone()));
        Ok(state)
    }

    pub async fn read_log(&self, request: ReadLog) -> Result<LogWindow, EngineError> {
        let log = self.inner.logs.get(request.log)?;
        blocking(move || log.read(&request)).await
    }

    /// One record whole. What is masked is shown only after the audit log knows of it.
    pub async fn read_record(&self, request: ReadRecord) -> Result<RecordText, EngineError> {
        let log = self.inner.logs.get(request.log)?;
        if request.unmasked {
            let file = usize::try_from(request.at.file).ok().and_then(|file| log.files.get(file));
            let name = file.map(|file| file.address.row(None, None).address).unwrap_or_default();
            let target = format!("{name} line {}", number(request.at.line + 1));
            let place = (log.session.profile(), log.session.region());
            self.audit_in(place, "log.unmask", &target, "shown").await?;
        }
        blocking(move || log.record(&request)).await
    }

    pub async fn step_in_log(&self, request: StepInLog) -> Result<Option<u64>, EngineError> {
        let log = self.inner.logs.get(request.log)?;
        blocking(move || log.step(&request)).await
    }

    pub async fn fold_in_log(&self, request: FoldInLog) -> Result<Option<u64>, EngineError> {
        let log = self.inner.logs.get(request.log)?;
        blocking(move || log.fold(&request)).await
    }

    /// The files are put on one clock anew; events tell when they are.
    pub fn set_log_clock(&self, request: SetLogClock) -> Result<(), EngineError> {
        if request.offset.saturating_abs() > SetLogClock::MOST {
            return Err(EngineError::BadInput("A clock can be set by two days at most.".into()));
        }
        self.inner.logs.get(request.log)?.set_clock(request.file, request.offset)
    }

    /// The records are found anew; events tell how far.
    pub fn set_log_zone(&self, request: SetLogZone) -> Result<(), EngineError> {
        self.inner.logs.get(request.log)?.set_zone(request.zone)
    }

    /// Searches; what is there within a moment is the answer, the rest is told by events.
    pub async fn search_log(&self, request: SearchLog, events: SearchEvents) -> Result<SearchState, EngineError> {
        let logs = &self.inner.logs;
        let log = logs.get(request.log)?;
        let id = SearchId(logs.next());
        let search = Search::new(id, request.query, log.files.len(), log.zone()).map_err(EngineError::BadInput)?;
        let search = Arc::new(search);
        {
            let mut searches = lock(&log.searches);
            searches.insert(search.id, Arc::clone(&search));
            while searches.len() > MOST_SEARCHES {
                if let Some((_, oldest)) = searches.pop_first() {
                    oldest.cancel();
                }
            }
        }
        let ended = Arc::new(Notify::new());
        tokio::spawn(Arc::clone(&search).follow(log, events, Arc::clone(&ended)));
        let _ = tokio::time::timeout(QUICK, ended.notified()).await;
        Ok(search.state())
    }

    pub fn close_search(&self, request: CloseSearch) {
        for log in lock(&self.inner.logs.open).values() {
            if let Some(search) = lock(&log.searches).remove(&request.search) {
                search.cancel();
            }
        }
    }

    /// Looks for more every second or two, or no longer.
    pub fn follow_log(&self, request: FollowLog) -> Result<(), EngineError> {
        self.inner.logs.get(request.log)?.set_following(request.on);
        Ok(())
    }

    pub fn close_log(&self, request: CloseLog) {
        if let Some(log) = lock(&self.inner.logs.open).remove(&request.log) {
            log.close();
        }
    }

    /// What the copies of read logs take on this computer, and what is kept of monitors' reports and pipelines' executions.
    pub async fn read_log_cache(&self) -> Result<LogCache, EngineError> {
        self.with_log_cache(|_| ()).await
    }

    /// Removes all of it. A log that is open reads on from its own until it is closed.
    pub async fn clear_log_cache(&self) -> Result<LogCache, EngineError> {
        self.inner.store.run(Store::clear_reports).await?;
        self.inner.store.run(Store::clear_runs).await?;
        self.with_log_cache(Cache::clear).await
    }

    async fn with_log_cache(&self, act: impl FnOnce(&Cache) + Send + 'static) -> Result<LogCache, EngineError> {
        let library = Arc::clone(&self.inner.logs.library);
        let sizes = self.inner.store.run(|store| Ok((store.reports_size()?, store.runs_size()?))).await?;
        blocking(move || {
            let cache = library.cache().map_err(|why| EngineError::File(std::io::Error::other(why)))?;
            act(cache);
            Ok(library.kept(cache, sizes))
        })
        .await
    }
}
