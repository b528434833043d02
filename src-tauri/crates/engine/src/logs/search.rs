//! A search through an open log: counted while it runs, kept until it or its log is closed.
//!
//! It has not ended as long as a file is not read yet: what comes is taken up as it comes. Where a file has other bytes since,
//! those are searched beside what was found, and take its place when all of them are: rows that are on the screen do not
//! vanish and come back.

use super::{
    SearchEvents,
    file::Copy,
    library::cores,
    merged::MergedLog,
    opened::{Opened, lock},
};
use ::logs::{
    Cancel, Levels, LogFault, Records,
    search::{Batch, Bounds, Case, Filter, Found, Hit, Matcher, Place, Query, What, search},
    time::Time,
};
use contract::{
    Fault, Notice, SearchId,
    logs::{LogLevel, LogQuery, LogZone, SearchEvent, SearchState},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How often a running search reports.
const REPORT_EVERY: Duration = Duration::from_millis(50);
/// How often one that has ended looks for what came since, at most.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Parts of the log on the scroll bar.
const PARTS: usize = 100;
/// Hits that are kept, of all files together; all are counted.
const KEPT: u64 = 200_000;
/// Of one file, at least and at most.
const KEPT_OF_ONE: (u64, u64) = (500, 10_000);

#[derive(Debug)]
pub(crate) struct Search {
    pub id: SearchId,
    pub query: LogQuery,
    pub matcher: Matcher,
    /// Of times that tell none, when it began: in another one it is another search.
    zone: LogZone,
    found: Mutex<Progress>,
    /// Where the hits are on the common clock.
    merged: Mutex<Option<OnClock>>,
    /// What was reported last.
    told: Mutex<Option<SearchState>>,
    cancel: Cancel,
    /// The same for what waits.
    stop: CancellationToken,
    began: Instant,
}

#[derive(Debug)]
struct OnClock {
    /// Of so many rows, hits and turns, with the clocks and the zone set so.
    of: (u64, u64, u64, Vec<i64>, LogZone),
    rows: Arc<Vec<u64>>,
}

#[derive(Debug, Default)]
struct Progress {
    /// By file.
    files: Vec<OfFile>,
    /// From the scroll bar's first part to its last.
    map: Vec<u64>,
    /// Something was searched that the scroll bar does not show, and the common clock that it is of.
    unmarked: bool,
    marked: Weak<MergedLog>,
    /// Files of which nothing is there yet.
    unread: u64,
    /// Files that were searched once more, since they had other bytes.
    turn: u64,
    took: Duration,
    done: bool,
    fault: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct OfFile {
    /// What was searched; none where nothing was there yet.
    copy: Option<Arc<Copy>>,
    hits: Vec<Hit>,
    total: u64,
    searched: u64,
    /// Lines with how many hits are there or behind, for the scroll bar.
    spread: Vec<(u64, u64)>,
}

/// A file with a text that was not searched yet.
type Due = (usize, Arc<Copy>);

/// Why a query cannot be used.
pub(super) fn unusable(fault: LogFault) -> String {
    match fault {
        LogFault::Pattern(why) => format!("This is no expression that can be used: {why}"),
        other => format!("This cannot be looked for: {other}."),
    }
}

/// The query as the engine of the search takes it.
pub(super) fn compile(query: &LogQuery) -> Query {
    let what = match (query.text.is_empty(), query.regex) {
        (true, _) => What::Records,
        (_, true) => What::Regex(query.text.clone()),
        _ => What::Plain(query.text.clone()),
    };
    let level = |level| match level {
        LogLevel::Trace => ::logs::Level::Trace,
        LogLevel::Debug => ::logs::Level::Debug,
        LogLevel::Info => ::logs::Level::Info,
        LogLevel::Warn => ::logs::Level::Warn,
        LogLevel::Error => ::logs::Level::Error,
        LogLevel::Fatal => ::logs::Level::Fatal,
    };
    let times = (query.from.is_some() || query.to.is_some()).then(|| {
        let from = query.from.map_or(Time(i64::MIN), Time::from);
        // Who says "to 06:05:01" means that second's records too, as far as they are told.
        let to = query.to.map_or(Time(i64::MAX), |to| Time::from(to).shifted(1));
        from..to
    });
    Query {
        what,
        case: if query.match_case { Case::Matters } else { Case::Smart },
        inverse: query.inverse && !query.text.is_empty(),
        filter: Filter { levels: query.level.map_or(Levels::EVERY, |one| Levels::from(level(one))), times },
    }
}

impl Search {
    /// Through so many files.
    pub fn new(id: SearchId, query: LogQuery, files: usize, zone: LogZone) -> Result<Self, String> {
        let matcher = Matcher::new(&compile(&query)).map_err(unusable)?;
        let found = Progress { files: vec![OfFile::default(); files], map: vec![0; PARTS], ..Progress::default() };
        Ok(Self {
            id,
            query,
            matcher,
            zone,
            found: Mutex::new(found),
            merged: Mutex::default(),
            told: Mutex::default(),
            cancel: Cancel::default(),
            stop: CancellationToken::new(),
            began: Instant::now(),
        })
    }

    pub fn cancel(&self) {
        self.cancel.cancel();
        self.stop.cancel();
    }

    pub fn files(&self) -> u32 {
        u32::try_from(lock(&self.found).files.len()).unwrap_or(u32::MAX)
    }

    /// What was searched of a file.
    pub fn copy(&self, file: u32) -> Option<Arc<Copy>> {
        lock(&self.found).files.get(usize::try_from(file).ok()?)?.copy.clone()
    }

    /// The hits of a file that are kept, in its order.
    pub fn hits_of(&self, file: u32) -> Vec<Hit> {
        let found = lock(&self.found);
        let file = usize::try_from(file).ok().and_then(|file| found.files.get(file));
        file.map_or_else(Vec::new, |file| file.hits.clone())
    }

    /// The rows of the merged log that hold hits, in order.
    pub fn merged_rows(&self, log: &MergedLog) -> Result<Arc<Vec<u64>>, LogFault> {
        let (hits, turn) = {
            let found = lock(&self.found);
            (found.files.iter().map(|file| file.hits.clone()).collect::<Vec<_>>(), found.turn)
        };
        let kept = hits.iter().map(|hits| hits.len() as u64).sum();
        let of = (log.rows(), kept, turn, log.offsets.clone(), log.zone);
        let mut known = lock(&self.merged);
        if let Some(known) = known.as_ref().filter(|known| known.of == of) {
            return Ok(Arc::clone(&known.rows));
        }
        let found = Arc::new(log.rows_with(&hits)?);
        *known = Some(OnClock { of, rows: Arc::clone(&found) });
        Ok(found)
    }

    pub fn state(&self) -> SearchState {
        let found = lock(&self.found);
        let copies = found.files.iter().filter_map(|file| file.copy.as_ref());
        let lengths = copies.map(|copy| copy.log().extent().length);
        let took = if found.done { found.took } else { self.began.elapsed() };
        SearchState {
            search: self.id,
            hits: found.files.iter().map(|file| file.total).sum(),
            kept: found.files.iter().map(|file| file.hits.len() as u64).sum(),
            files: found.files.iter().map(|file| file.total).collect(),
            map: found.map.clone(),
            searched: found.files.iter().map(|file| file.searched).sum(),
            length: lengths.sum(),
            unread: found.unread,
            turn: found.turn,
            done: found.done,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            notices: found.fault.iter().map(|why| Notice::warning(why.clone())).collect(),
        }
    }

    fn is_done(&self) -> bool {
        lock(&self.found).done
    }

    /// Searches what is there and what comes, until the search or its log is closed. `ended` hears when everything that
    /// there is was searched for the first time.
    pub async fn follow(self: Arc<Self>, log: Arc<Opened>, events: SearchEvents, ended: Arc<Notify>) {
        // Before the first look, so that nothing comes unseen.
        let mut grown = log.grown();
        loop {
            let begun = Instant::now();
            let (search, through, told) = (Arc::clone(&self), Arc::clone(&log), Arc::clone(&events));
            let goes_on = tokio::task::spawn_blocking(move || search.run(&through, &told)).await.unwrap_or(false);
            let done = self.is_done();
            if done || !goes_on {
                ended.notify_one();
            }
            if !goes_on {
                return;
            }
            // What was searched and is replaced is searched whole: that may take a fifth of the time.
            let pause = if done { LOOK_EVERY.max(begun.elapsed() * 4) } else { REPORT_EVERY };
            let more = async {
                tokio::time::sleep(pause).await;
                grown.changed().await.is_ok()
            };
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = log.stop.cancelled() => return,
                more = more => if !more {
                    return;
                },
            }
        }
    }

    /// Searches what is there and was not searched yet, and reports. No once nothing more is to be searched. Blocking.
    pub fn run(&self, log: &Opened, events: &SearchEvents) -> bool {
        let done = self.is_done();
        if done && log.zone() != self.zone {
            return false;
        }
        let mut due = self.look(log);
        while !due.is_empty() {
            let searched =
                if log.zone() == self.zone { self.take_up(log, &due, events) } else { Err(LogFault::Abandoned) };
            match searched {
                Ok(()) => {}
                Err(LogFault::Cancelled) => return false,
                Err(fault) => {
                    self.fail(fault, events);
                    return false;
                }
            }
            due = self.look(log);
            if done {
                // What is replaced again already has its turn later.
                break;
            }
        }
        self.settle(log, events);
        true
    }

    /// The texts that were not searched; counts the files that have none yet.
    fn look(&self, log: &Opened) -> Vec<Due> {
        let searched: Vec<_> = lock(&self.found).files.iter().map(|file| file.copy.clone()).collect();
        let (mut due, mut unread) = (Vec::new(), 0);
        for ((number, file), searched) in log.files.iter().enumerate().zip(&searched) {
            // Before its text, which is there no later than that.
            let complete = file.seen().complete;
            match log.copy_of(number) {
                Some(copy) if searched.as_ref().is_some_and(|searched| Arc::ptr_eq(searched, &copy)) => {}
                Some(copy) => due.push((number, copy)),
                None if complete => {}
                None => unread += 1,
            }
        }
        lock(&self.found).unread = unread;
        due
    }

    /// Makes room for what is found. What was searched before shows that until all of the new text is: by its place here.
    fn begin(&self, due: &[Due]) -> BTreeMap<usize, OfFile> {
        let mut found = lock(&self.found);
        let mut beside = BTreeMap::new();
        for (place, (number, copy)) in due.iter().enumerate() {
            let new = OfFile { copy: Some(Arc::clone(copy)), ..OfFile::default() };
            match found.files.get_mut(*number) {
                Some(file) if file.copy.is_none() => *file = new,
                _ => {
                    beside.insert(place, new);
                }
            }
        }
        beside
    }

    fn take_up(&self, log: &Opened, due: &[Due], events: &SearchEvents) -> Result<(), LogFault> {
        let places: Vec<_> = due.iter().map(|(_, copy)| Place::Records(records(copy))).collect();
        let one = KEPT / (log.files.len() as u64).max(1);
        let bounds = Bounds { hits: one.clamp(KEPT_OF_ONE.0, KEPT_OF_ONE.1), threads: cores() };
        let done = self.is_done();
        let mut beside = self.begin(due);
        let mut told = Instant::now();
        let mut each = |batch: Batch| {
            let Some((number, _)) = due.get(batch.place) else { return };
            let mut found = lock(&self.found);
            let apart = beside.contains_key(&batch.place);
            let file = if apart { beside.get_mut(&batch.place) } else { found.files.get_mut(*number) };
            if let Some(file) = file {
                (file.total, file.searched) = (batch.total, batch.searched);
                file.hits.extend(batch.hits);
            }
            drop(found);
            if !done && told.elapsed() >= REPORT_EVERY {
                self.mark_kept(log);
                events(SearchEvent::Found(self.state()));
                told = Instant::now();
            }
        };
        let ends = search(&places, &compile(&self.query), bounds, &self.cancel, &mut each)?;
        // Finer than the scroll bar where that costs nothing.
        let parts = if log.is_merged() { PARTS } else { 10 * PARTS };
        let mut found = lock(&self.found);
        let found = &mut *found;
        for (place, ((number, _), end)) in due.iter().zip(&ends).enumerate() {
            let Some(file) = found.files.get_mut(*number) else { continue };
            if let Some(new) = beside.remove(&place) {
                *file = new;
                found.turn += 1;
            }
            file.spread = spread(end, parts);
        }
        found.unmarked = true;
        Ok(())
    }

    fn fail(&self, fault: LogFault, events: &SearchEvents) {
        {
            let mut found = lock(&self.found);
            found.fault = Some(format!("The search ended early: {fault}."));
            (found.done, found.took) = (true, self.began.elapsed());
        }
        let state = self.state();
        if state.hits == 0 {
            let fault = Fault::from(super::view::broken(fault));
            events(SearchEvent::Failed(fault));
        }
        events(SearchEvent::Found(state));
    }

    /// Everything that is there was searched: tells it where it is news.
    fn settle(&self, log: &Opened, events: &SearchEvents) {
        if lock(&self.found).unread == 0 {
            self.mark_all(log);
            let mut found = lock(&self.found);
            if !found.done {
                (found.done, found.took) = (true, self.began.elapsed());
            }
        }
        let state = self.state();
        {
            let mut told = lock(&self.told);
            let before = told.as_ref().map(|told| SearchState { took: state.took, ..told.clone() });
            if before.as_ref() == Some(&state) {
                return;
            }
            *told = Some(state.clone());
        }
        events(SearchEvent::Found(state));
    }

    /// The scroll bar by the hits that are kept so far. On a common clock it costs a look at each, and waits for the end.
    fn mark_kept(&self, log: &Opened) {
        if log.is_merged() {
            return;
        }
        let first = lock(&self.found).files.first().cloned().unwrap_or_default();
        let Some(copy) = first.copy else { return };
        let mut map = vec![0; PARTS];
        for hit in &first.hits {
            mark(None, 0, &copy, (hit.line, 1), &mut map);
        }
        lock(&self.found).map = map;
    }

    /// The scroll bar by all hits, where something was searched since or the common clock is another.
    fn mark_all(&self, log: &Opened) {
        let merged = log.merged().filter(|_| log.is_merged());
        let clock = merged.as_ref().map(Arc::downgrade).unwrap_or_default();
        let files: Vec<_> = {
            let found = lock(&self.found);
            if !found.unmarked && Weak::ptr_eq(&found.marked, &clock) {
                return;
            }
            found.files.iter().map(|file| (file.copy.clone(), file.spread.clone())).collect()
        };
        let mut map = vec![0; PARTS];
        for (number, (copy, spread)) in (0_u32..).zip(&files) {
            let Some(copy) = copy else { continue };
            for part in spread {
                mark(merged.as_deref(), number, copy, *part, &mut map);
            }
        }
        let mut found = lock(&self.found);
        (found.map, found.unmarked, found.marked) = (map, false, clock);
    }
}

/// Where the hits of a file are.
fn spread(found: &Found, fine: usize) -> Vec<(u64, u64)> {
    let lines = found.lines.max(1);
    let parts = found.map.buckets(fine, lines).into_iter().enumerate().filter(|(_, count)| *count > 0);
    parts.map(|(part, count)| ((part as u64).saturating_mul(lines) / fine as u64, count)).collect()
}

/// Marks a line with its hits on the scroll bar: of one file by its number, of several by its time on their common clock.
fn mark(merged: Option<&MergedLog>, file: u32, copy: &Copy, (line, count): (u64, u64), map: &mut [u64]) {
    let (at, all) = match merged {
        Some(merged) => {
            let record = copy.records.of_line(line).ok().flatten();
            (merged.about(file, record.and_then(|record| record.clock)), merged.rows())
        }
        None => (line, copy.log().extent().lines),
    };
    let part = at.saturating_mul(PARTS as u64) / all.max(1);
    let part = usize::try_from(part).unwrap_or(usize::MAX).min(PARTS - 1);
    if let Some(place) = map.get_mut(part) {
        *place += count;
    }
}

fn records(copy: &Arc<Copy>) -> Arc<Records> {
    Arc::clone(&copy.records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::Timestamp;

    #[test]
    fn a_query_without_text_asks_for_records() {
        let query = compile(&LogQuery { level: Some(LogLevel::Warn), inverse: true, ..LogQuery::default() });
        assert_eq!((query.what, query.inverse), (What::Records, false));
        assert_eq!(query.filter.levels, Levels::from(::logs::Level::Warn));
        assert_eq!(query.filter.times, None);
    }

    #[test]
    fn the_last_moment_is_part_of_a_range() {
        let at: Timestamp = "2026-11-20T06:05:01Z".parse().unwrap();
        let query = compile(&LogQuery { text: "x".into(), to: Some(at), ..LogQuery::default() });
        let times = query.filter.times.unwrap();
        assert!(times.contains(&Time::from(at)) && !times.contains(&Time::from(at).shifted(1)));
        assert_eq!(query.case, Case::Smart);
    }

    #[test]
    fn what_is_no_expression_is_said_at_once() {
        let query = LogQuery { text: "(".into(), regex: true, ..LogQuery::default() };
        assert!(Search::new(SearchId(1), query, 0, LogZone::Utc).unwrap_err().starts_with("This is no expression"));
    }
}
