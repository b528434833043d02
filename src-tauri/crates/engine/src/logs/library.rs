//! The files that are open, each once however many look at it, and what they share: the folder of inflated copies and how
//! many may be fetched and inflated side by side.

use super::{
    Address,
    file::{LogFile, Source},
};
use aws::Session;
use contract::logs::{KeptReports, LogCache};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    thread,
};
use store::{Cache, REPORTS_DAYS, REPORTS_MOST, RUNS_DAYS, RUNS_MOST};
use tokio::sync::{Semaphore, watch};

/// Bytes of inflated copies on this computer.
const CACHE_MOST: u64 = 2 << 30;
/// Objects that are fetched at once: many logs are small, and then the wait for the first byte is all there is.
const FETCHED_AT_ONCE: usize = 8;

#[derive(Debug)]
pub(crate) struct Library {
    folder: PathBuf,
    cache: OnceLock<Result<Cache, String>>,
    open: Mutex<HashMap<String, Weak<LogFile>>>,
    pub fetching: Semaphore,
    /// One gzip for each core.
    pub inflating: Semaphore,
    /// Moves whenever a file has more, or is complete.
    pub grown: watch::Sender<u64>,
}

impl Library {
    /// With its copies in `folder`, which is made when the first is.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            cache: OnceLock::new(),
            open: Mutex::default(),
            fetching: Semaphore::new(FETCHED_AT_ONCE),
            inflating: Semaphore::new(cores()),
            grown: watch::Sender::new(0),
        }
    }

    /// The file at an address, begun if nobody has it open.
    pub fn open(self: &Arc<Self>, session: &Session, address: &Address) -> Arc<LogFile> {
        self.file(session, address, true)
    }

    /// The same for a look in passing: a copy that the cache has is used, and none is kept, so that tens of thousands of
    /// files do not push out those that somebody reads.
    pub fn pass(self: &Arc<Self>, session: &Session, address: &Address) -> Arc<LogFile> {
        self.file(session, address, false)
    }

    fn file(self: &Arc<Self>, session: &Session, address: &Address, keeps: bool) -> Arc<LogFile> {
        let key = self::key(session, address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&key).and_then(Weak::upgrade) {
            // It may have been read a while ago.
            file.look_again();
            return file;
        }
        open.retain(|_, file| file.strong_count() > 0);
        let mut source = Source::new(Arc::clone(self), session.clone(), address.clone(), key.clone());
        source.keeps = keeps;
        let file = Arc::new(LogFile::begin(source));
        open.insert(key, Arc::downgrade(&file));
        file
    }

    /// Blocking when it is first asked for.
    pub fn cache(&self) -> Result<&Cache, String> {
        let opened = || Cache::open(self.folder.clone(), CACHE_MOST).map_err(|error| error.to_string());
        self.cache.get_or_init(opened).as_ref().map_err(Clone::clone)
    }

    /// What the copies take, beside reports and executions of pipelines that take so many bytes. Blocking.
    pub fn kept(&self, cache: &Cache, (reports, runs): (u64, u64)) -> LogCache {
        LogCache {
            bytes: cache.size(),
            most: CACHE_MOST,
            folder: self.folder.display().to_string(),
            reports: KeptReports { bytes: reports, most: REPORTS_MOST, days: REPORTS_DAYS },
            pipelines: KeptReports { bytes: runs, most: RUNS_MOST, days: RUNS_DAYS },
        }
    }

    pub fn moved(&self) {
        self.grown.send_modify(|count| *count += 1);
    }
}

/// By profile and region: the same name may be another thing elsewhere.
fn key(session: &Session, address: &Address) -> String {
    format!("{}\n{}\n{}", session.profile(), session.region(), address.key())
}

pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(2, usize::from)
}
