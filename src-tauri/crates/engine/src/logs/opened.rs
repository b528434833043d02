//! A log that a window has open: its files, what is known of them together, and who hears of it.

mod follow;
mod learn;
mod zone;

use super::{Library, clocks, file::LogFile, folded::Unfolded, merged::MergedLog, search::Search, targets::Targets};
use crate::{EngineError, logs::LogEvents};
use ::logs::{Level, refs::Attempts};
use aws::Session;
use contract::{
    Fault, LogId, Notice, SearchId,
    jobs::{JobId, LogFileRow},
    logs::{LogEvent, LogFileState, LogSkew, LogState},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use zone::Zoned;

/// How often a growing log reports.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// How long the index of a file may be busy without a word.
const LOOK_EVERY: Duration = Duration::from_millis(250);

type KnownTargets = (Arc<Vec<LogFileRow>>, Arc<Attempts>, Arc<Targets>);

#[derive(Debug)]
pub(crate) struct Opened {
    pub id: LogId,
    pub session: Session,
    pub files: Vec<Arc<LogFile>>,
    job: Option<JobId>,
    library: Arc<Library>,
    /// The other files of the run.
    related: Mutex<Arc<Vec<LogFileRow>>>,
    /// Which container an executor is, of each attempt.
    links: Mutex<Arc<Attempts>>,
    /// Made of those two.
    targets: Mutex<Option<KnownTargets>>,
    merged: Mutex<Option<Arc<MergedLog>>>,
    zoned: Mutex<Zoned>,
    /// Milliseconds that the person adds to the times of each file.
    offsets: Mutex<Vec<i64>>,
    /// What they should be, by what the files tell.
    skews: Mutex<Vec<Option<LogSkew>>>,
    /// The folds that the person opened.
    pub unfolded: Mutex<Unfolded>,
    /// Somebody wants to see what repeats.
    pub folding: AtomicBool,
    pub searches: Mutex<BTreeMap<SearchId, Arc<Search>>>,
    revision: AtomicU64,
    /// The person follows it.
    following: watch::Sender<bool>,
    pub stop: CancellationToken,
}

pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Opened {
    pub fn new(
        id: LogId,
        session: Session,
        library: Arc<Library>,
        files: Vec<Arc<LogFile>>,
        job: Option<JobId>,
    ) -> Self {
        Self {
            id,
            session,
            offsets: Mutex::new(vec![0; files.len()]),
            zoned: Mutex::default(),
            skews: Mutex::default(),
            files,
            job,
            library,
            related: Mutex::default(),
            links: Mutex::default(),
            targets: Mutex::default(),
            merged: Mutex::default(),
            unfolded: Mutex::default(),
            folding: AtomicBool::new(false),
            searches: Mutex::default(),
            revision: AtomicU64::new(1),
            following: watch::Sender::new(false),
            stop: CancellationToken::new(),
        }
    }

    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    pub fn merged(&self) -> Option<Arc<MergedLog>> {
        lock(&self.merged).clone()
    }

    /// Where names lead, as far as the files of the run are known.
    pub fn targets(&self) -> Arc<Targets> {
        let (related, links) = (Arc::clone(&lock(&self.related)), Arc::clone(&lock(&self.links)));
        let mut targets = lock(&self.targets);
        if let Some((with, by, known)) = targets.as_ref()
            && Arc::ptr_eq(with, &related)
            && Arc::ptr_eq(by, &links)
        {
            return Arc::clone(known);
        }
        let own = self.files.iter().map(|file| file.address.row(None, None));
        let made = Arc::new(Targets::new(own.chain(related.iter().cloned()).collect(), &links));
        *targets = Some((related, links, Arc::clone(&made)));
        made
    }

    fn offsets(&self) -> Vec<i64> {
        lock(&self.offsets).clone()
    }

    /// Milliseconds that the person adds to the times of a file.
    pub(super) fn offset_of(&self, file: u32) -> i64 {
        let number = usize::try_from(file).ok();
        number.and_then(|number| lock(&self.offsets).get(number).copied()).unwrap_or_default()
    }

    /// Sets the clock of a file of several; they are merged anew.
    pub fn set_clock(&self, file: u32, offset: i64) -> Result<(), EngineError> {
        let gone = || EngineError::NotFound("This file is not open.".into());
        let number = usize::try_from(file).map_err(|_| gone())?;
        *lock(&self.offsets).get_mut(number).filter(|_| self.is_merged()).ok_or_else(gone)? = offset;
        self.library.moved();
        Ok(())
    }

    /// From now on the index of what repeats grows in the background.
    pub fn begin_folding(&self) {
        if !self.folding.swap(true, Ordering::Relaxed) {
            self.library.moved();
        }
    }

    /// Moves whenever a file has more, or the files are merged anew.
    pub fn grown(&self) -> watch::Receiver<u64> {
        self.library.grown.subscribe()
    }

    /// Several files have their records on one clock.
    pub fn is_merged(&self) -> bool {
        self.files.len() > 1
    }

    pub fn close(&self) {
        self.stop.cancel();
        self.stop_indexing();
        lock(&self.searches).values().for_each(|search| search.cancel());
    }

    /// Waits until some lines can be shown or nothing will come.
    pub async fn begun(&self, at_most: Duration) {
        let mut grown = self.library.grown.subscribe();
        let first = async {
            loop {
                let seen: Vec<_> = self.files.iter().map(|file| file.seen()).collect();
                let lines =
                    seen.iter().any(|seen| seen.copy.as_ref().is_some_and(|copy| copy.log().extent().lines > 0));
                if lines || seen.iter().all(|seen| seen.complete) || grown.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(at_most, first).await;
    }

    pub fn state(&self) -> LogState {
        let mut files = Vec::with_capacity(self.files.len());
        let (mut errors, mut warnings, mut records) = (0, 0, 0);
        let mut as_of = None;
        let (offsets, skews) = (self.offsets(), lock(&self.skews).clone());
        for (number, file) in self.files.iter().enumerate() {
            let seen = file.seen();
            let mut state = LogFileState {
                row: file.address.row(seen.size, seen.last_write),
                read: seen.read,
                length: 0,
                lines: 0,
                records: 0,
                first: None,
                last: None,
                offset: offsets.get(number).copied().unwrap_or_default(),
                skew: skews.get(number).copied().flatten(),
                complete: seen.complete,
                fault: seen.fault,
            };
            if let Some(copy) = self.copy_of(number) {
                let (extent, tally) = (copy.log().extent(), copy.records.tally());
                let levels = |from: Level| tally.levels.iter().skip(usize::from(from as u8));
                errors += levels(Level::Error).sum::<u64>();
                warnings += levels(Level::Warn).take(1).sum::<u64>();
                (state.length, state.lines, state.records) = (extent.length, extent.lines, tally.records);
                let span = copy.records.span();
                state.first = span.and_then(|(first, _)| first.timestamp());
                state.last = span.and_then(|(_, last)| last.timestamp());
                state.complete &= tally.done;
            }
            as_of = as_of.max(seen.last_write);
            records += state.records;
            files.push(state);
        }
        let mut complete = files.iter().all(|file| file.complete);
        if self.is_merged() {
            let merged = self.merged();
            let zone = self.zone();
            let set = merged.as_ref().is_some_and(|merged| merged.offsets == offsets && merged.zone == zone);
            let rows = merged.map_or(0, |merged| merged.rows());
            complete &= set && rows == records;
            records = rows;
        }
        let mut notices = notices(&files);
        if self.is_merged() && complete {
            notices.extend(clocks::apart(&files));
        }
        let lines = if self.is_merged() { 0 } else { files.first().map_or(0, |file| file.lines) };
        LogState {
            log: self.id,
            notices,
            files,
            lines,
            records,
            errors,
            warnings,
            folded: self.folded(),
            zone: self.zone(),
            complete,
            following: *self.following.borrow(),
            as_of: as_of.unwrap_or_else(|| self.session.now()),
            revision: self.revision(),
        }
    }

    /// Tells of growth until the log is closed.
    pub async fn report(self: Arc<Self>, told: LogState, events: LogEvents) {
        let mut grown = self.library.grown.subscribe();
        let mut told = told;
        let mut learned = None;
        let mut indexing = None::<JoinHandle<()>>;
        let mut merging = Duration::ZERO;
        let mut merged_at = Instant::now();
        loop {
            let now = self.state();
            if indexing.as_ref().is_none_or(JoinHandle::is_finished) {
                indexing = self.index_zoned();
            }
            // A merge reads everything again: it may take a tenth of the time.
            let all_read = now.files.iter().all(|file| file.complete);
            if self.is_merged() && !now.complete && (all_read || merged_at.elapsed() > 10 * merging) {
                let begun = Instant::now();
                self.merge_anew().await;
                (merging, merged_at) = (begun.elapsed(), Instant::now());
            }
            let folding = self.fold_on(self.state().complete).await;
            let mut now = self.state();
            // Where no file tells when it was written it is as of this moment, which alone is no news.
            let but_for_now = LogState { revision: told.revision, as_of: told.as_of, ..now.clone() };
            if but_for_now != told {
                now.revision = self.revision.fetch_add(1, Ordering::Relaxed) + 1;
                events(LogEvent::Grew(now.clone()));
                told = now;
            }
            let texts = told.files.iter().map(|file| (file.length, file.row.last_write));
            let texts = (told.zone, texts.collect::<Vec<_>>());
            if told.complete && learned.as_ref() != Some(&texts) {
                learned = Some(texts);
                self.learn().await;
            }
            for failure in self.files.iter().filter_map(|file| file.take_failure()) {
                events(LogEvent::Failed(Fault::from(failure)));
            }
            tokio::select! {
                () = self.stop.cancelled() => return,
                _ = grown.changed() => {}
                () = tokio::time::sleep(LOOK_EVERY), if !told.complete => {}
                () = std::future::ready(()), if folding => {}
            }
            tokio::time::sleep(REPORT_EVERY).await;
        }
    }

    async fn merge_anew(self: &Arc<Self>) {
        let log = Arc::clone(self);
        let made = tokio::task::spawn_blocking(move || {
            // The zone before the copies: where it changes in between, they are merged once more.
            let zone = log.zone();
            let copies = (0..log.files.len()).map(|file| log.copy_of(file)).collect();
            MergedLog::new(copies, zone, log.offsets(), &log.stop)
        });
        if let Ok(Ok(made)) = made.await {
            let is_news = self.merged().is_none_or(|before| {
                (before.rows(), before.zone) != (made.rows(), made.zone) || before.offsets != made.offsets
            });
            *lock(&self.merged) = Some(Arc::new(made));
            if is_news {
                // Searches show where their hits are on it.
                self.library.moved();
            }
        }
    }
}

fn notices(files: &[LogFileState]) -> Vec<Notice> {
    let bad = files.iter().filter(|file| file.fault.is_some()).count();
    match (bad, files.len()) {
        (0, _) | (_, 1) => Vec::new(),
        (1, all) => vec![Notice::warning(format!("1 of {all} files could not be read whole."))],
        (bad, all) => vec![Notice::warning(format!("{bad} of {all} files could not be read whole."))],
    }
}
