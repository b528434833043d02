//! A search through an open log: counted while it runs, kept until it or its log is closed.
//!
//! It is of the bytes that the log had when it began, so that its rows stay what they were when a file is replaced.

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
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How often a running search reports.
const REPORT_EVERY: Duration = Duration::from_millis(50);
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
    /// Of each open file; one that could not be read has none.
    copies: Vec<Option<Arc<Copy>>>,
    found: Mutex<Progress>,
    /// Where the hits are on the common clock.
    merged: Mutex<Option<OnClock>>,
    cancel: Cancel,
    began: Instant,
}

#[derive(Debug)]
struct OnClock {
    /// Of so many rows and hits, with the clocks and the zone set so.
    of: (u64, u64, Vec<i64>, LogZone),
    rows: Arc<Vec<u64>>,
}

#[derive(Debug, Default)]
struct Progress {
    /// By file.
    files: Vec<OfFile>,
    /// From the scroll bar's first part to its last.
    map: Vec<u64>,
    took: Duration,
    done: bool,
    fault: Option<String>,
}

#[derive(Debug, Clone, Default)]
struct OfFile {
    hits: Vec<Hit>,
    total: u64,
    searched: u64,
}

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
    pub fn new(id: SearchId, query: LogQuery, copies: Vec<Option<Arc<Copy>>>) -> Result<Self, String> {
        let matcher = Matcher::new(&compile(&query)).map_err(unusable)?;
        let files = vec![OfFile::default(); copies.len()];
        let found = Progress { files, map: vec![0; PARTS], ..Progress::default() };
        let (cancel, began) = (Cancel::default(), Instant::now());
        Ok(Self { id, query, matcher, copies, found: Mutex::new(found), merged: Mutex::default(), cancel, began })
    }

    pub fn cancel(&self) {
        self.cancel.cancel();
    }

    pub fn files(&self) -> u32 {
        u32::try_from(self.copies.len()).unwrap_or(u32::MAX)
    }

    pub fn copy(&self, file: u32) -> Option<Arc<Copy>> {
        self.copies.get(usize::try_from(file).ok()?)?.clone()
    }

    /// The hits of a file that are kept, in its order.
    pub fn hits_of(&self, file: u32) -> Vec<Hit> {
        let found = lock(&self.found);
        let file = usize::try_from(file).ok().and_then(|file| found.files.get(file));
        file.map_or_else(Vec::new, |file| file.hits.clone())
    }

    /// The rows of the merged log that hold hits, in order.
    pub fn merged_rows(&self, log: &MergedLog) -> Result<Arc<Vec<u64>>, LogFault> {
        let hits: Vec<_> = lock(&self.found).files.iter().map(|file| file.hits.clone()).collect();
        let of = (log.rows(), hits.iter().map(|hits| hits.len() as u64).sum(), log.offsets.clone(), log.zone);
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
        let lengths = self.copies.iter().flatten().map(|copy| copy.log().extent().length);
        let took = if found.done { found.took } else { self.began.elapsed() };
        SearchState {
            search: self.id,
            hits: found.files.iter().map(|file| file.total).sum(),
            kept: found.files.iter().map(|file| file.hits.len() as u64).sum(),
            files: found.files.iter().map(|file| file.total).collect(),
            map: found.map.clone(),
            searched: found.files.iter().map(|file| file.searched).sum(),
            length: lengths.sum(),
            done: found.done,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            notices: found.fault.iter().map(|why| Notice::warning(why.clone())).collect(),
        }
    }

    /// Looks through all files and reports. Blocking.
    pub fn run(&self, log: &Opened, events: &SearchEvents) {
        let (places, numbers): (Vec<_>, Vec<_>) = self
            .copies
            .iter()
            .enumerate()
            .filter_map(|(number, copy)| Some((Place::Records(records(copy.as_ref()?)), number)))
            .unzip();
        let one = KEPT / (places.len() as u64).max(1);
        let bounds = Bounds { hits: one.clamp(KEPT_OF_ONE.0, KEPT_OF_ONE.1), threads: cores() };
        let mut told = Instant::now();
        let mut each = |batch: Batch| {
            if let Some(number) = numbers.get(batch.place) {
                let mut found = lock(&self.found);
                if let Some(file) = found.files.get_mut(*number) {
                    (file.total, file.searched) = (batch.total, batch.searched);
                    file.hits.extend(batch.hits);
                }
            }
            if told.elapsed() >= REPORT_EVERY {
                self.mark_kept(log);
                events(SearchEvent::Found(self.state()));
                told = Instant::now();
            }
        };
        let outcome = search(&places, &compile(&self.query), bounds, &self.cancel, &mut each);
        let took = self.began.elapsed();
        let outcome = match outcome {
            Err(LogFault::Cancelled) => return,
            other => other,
        };
        match &outcome {
            Ok(found) => self.mark_all(log, &numbers, found),
            Err(fault) => {
                lock(&self.found).fault = Some(format!("The search ended early: {fault}."));
            }
        }
        let mut found = lock(&self.found);
        (found.done, found.took) = (true, took);
        drop(found);
        let state = self.state();
        if let Err(fault) = outcome
            && state.hits == 0
        {
            let fault = Fault::from(super::view::broken(fault));
            events(SearchEvent::Failed(fault));
        }
        events(SearchEvent::Found(state));
    }

    /// The scroll bar by the hits that are kept so far. On a common clock it costs a look at each, and waits for the end.
    fn mark_kept(&self, log: &Opened) {
        if log.is_merged() {
            return;
        }
        let files: Vec<_> = lock(&self.found).files.iter().map(|file| file.hits.clone()).collect();
        let mut map = vec![0; PARTS];
        for (file, hits) in files.iter().enumerate() {
            for hit in hits {
                self.mark(log, file, hit.line, 1, &mut map);
            }
        }
        lock(&self.found).map = map;
    }

    /// The scroll bar by all hits.
    fn mark_all(&self, log: &Opened, numbers: &[usize], found: &[Found]) {
        // Finer than the scroll bar where that costs nothing.
        let fine = if log.is_merged() { PARTS } else { 10 * PARTS };
        let mut map = vec![0; PARTS];
        for (found, file) in found.iter().zip(numbers) {
            let lines = found.lines.max(1);
            for (bucket, count) in
                found.map.buckets(fine, lines).into_iter().enumerate().filter(|(_, count)| *count > 0)
            {
                let line = (bucket as u64).saturating_mul(lines) / fine as u64;
                self.mark(log, *file, line, count, &mut map);
            }
        }
        lock(&self.found).map = map;
    }

    /// Where on the scroll bar a line is: of one file by its number, of several by its time on their common clock.
    fn mark(&self, log: &Opened, file: usize, line: u64, count: u64, map: &mut [u64]) {
        let Some(Some(copy)) = self.copies.get(file) else { return };
        let (at, all) = match log.merged().filter(|_| log.is_merged()) {
            Some(merged) => {
                let record = copy.records.of_line(line).ok().flatten();
                let number = u32::try_from(file).unwrap_or(u32::MAX);
                (merged.about(number, record.and_then(|record| record.clock)), merged.rows())
            }
            None => (line, copy.log().extent().lines),
        };
        let part = at.saturating_mul(PARTS as u64) / all.max(1);
        let part = usize::try_from(part).unwrap_or(usize::MAX).min(PARTS - 1);
        if let Some(place) = map.get_mut(part) {
            *place += count;
        }
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
        assert!(Search::new(SearchId(1), query, Vec::new()).unwrap_err().starts_with("This is no expression"));
    }
}
