//! Several files on one clock, with what is needed to find one's way in it.

use super::file::Copy;
use ::logs::{
    Cancel, Level, LogFault, Record,
    merge::{Merged, Row, Source},
    search::Hit,
    template::{Folds, Sequence},
    time::Time,
};
use contract::logs::{LineAt, LogZone};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Times of rows that are kept in memory; of more rows those of every second, fourth, eighth.
const TIMES: usize = 1 << 18;
/// Rows at ERROR or above that are kept; who has more does not step through them.
const ERRORS: usize = 1 << 20;
/// Rows that are read at once while one is looked for.
const STEP: u64 = 8_192;

#[derive(Debug)]
pub(crate) struct MergedLog {
    merged: Merged,
    /// Of each source, which of the open files it is.
    files: Vec<u32>,
    copies: Vec<Arc<Copy>>,
    /// Milliseconds that were added to the times of each open file.
    pub offsets: Vec<i64>,
    /// Of times that tell none.
    pub zone: LogZone,
    errors: Vec<u64>,
    /// The time of every so many rows.
    times: Vec<Option<Time>>,
    every: u64,
    /// What of the rows repeats; empty until somebody wants to see it.
    pub folds: Arc<Folds>,
}

impl MergedLog {
    /// What the files hold now, in a zone, with so many milliseconds added to the times of each. Blocking.
    pub fn new(
        files: Vec<Option<Arc<Copy>>>,
        zone: LogZone,
        offsets: Vec<i64>,
        stop: &CancellationToken,
    ) -> Result<Self, LogFault> {
        let (mut sources, mut kept, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for ((number, file), offset) in (0_u32..).zip(files).zip(&offsets) {
            let Some(copy) = file else { continue };
            sources.push(Source { records: Arc::clone(&copy.records), offset: nanos(*offset) });
            kept.push(copy);
            numbers.push(number);
        }
        let cancel = Cancel::default();
        let (mut errors, mut times) = (Vec::new(), Vec::new());
        let (mut number, mut every) = (0_u64, 1_u64);
        let merged = Merged::new(sources, &cancel, &mut |row| {
            if row.record.level >= Some(Level::Error) && errors.len() < ERRORS {
                errors.push(number);
            }
            if number.is_multiple_of(every) {
                times.push(row.at);
                if times.len() >= TIMES {
                    times = times.iter().step_by(2).copied().collect();
                    every *= 2;
                }
            }
            if number.is_multiple_of(STEP) && stop.is_cancelled() {
                cancel.cancel();
            }
            number += 1;
        })?;
        Ok(Self { merged, files: numbers, copies: kept, offsets, zone, errors, times, every, folds: Arc::default() })
    }

    pub fn rows(&self) -> u64 {
        self.merged.rows()
    }

    pub fn sequence(&self) -> &dyn Sequence {
        &self.merged
    }

    /// The file that a source is, and its text.
    pub fn file(&self, source: usize) -> Option<(u32, &Arc<Copy>)> {
        Some((*self.files.get(source)?, self.copies.get(source)?))
    }

    /// Rows with the file and its text.
    pub fn read(&self, from: u64, to: u64) -> Result<Vec<(u32, Arc<Copy>, Row)>, LogFault> {
        let rows = self.merged.read(from..to)?.into_iter();
        let told = rows.filter_map(|row| {
            let (file, copy) = self.file(row.source)?;
            Some((file, Arc::clone(copy), Row { record: self.on_clock(row.source, row.record), ..row }))
        });
        Ok(told.collect())
    }

    /// A record of a source with its times on the common clock.
    pub fn on_clock(&self, source: usize, record: Record) -> Record {
        let offset = self.merged.sources().get(source).map_or(0, |source| source.offset);
        let shift = |time: Option<Time>| time.map(|time| time.shifted(offset));
        Record { time: shift(record.time), clock: shift(record.clock), ..record }
    }

    /// A time of an open file on the common clock.
    fn of_file(&self, file: u32, time: Time) -> Time {
        let offset = usize::try_from(file).ok().and_then(|file| self.offsets.get(file));
        time.shifted(offset.map_or(0, |offset| nanos(*offset)))
    }

    /// The first row that is no earlier.
    pub fn at_time(&self, time: Time) -> Result<Option<u64>, LogFault> {
        let row = self.merged.at(time)?;
        Ok((row < self.rows()).then_some(row))
    }

    /// About where a time that a file tells is, without reading anything.
    pub fn about(&self, file: u32, time: Option<Time>) -> u64 {
        let time = time.map(|time| self.of_file(file, time));
        let spans = self.times.partition_point(|at| *at < time);
        (spans as u64).saturating_mul(self.every).min(self.rows())
    }

    pub fn next_error(&self, from: u64) -> Option<u64> {
        let at = self.errors.partition_point(|row| *row < from);
        self.errors.get(at).copied()
    }

    pub fn previous_error(&self, before: u64) -> Option<u64> {
        let at = self.errors.partition_point(|row| *row < before);
        self.errors.get(at.checked_sub(1)?).copied()
    }

    /// The rows whose records hold a hit, by file. Reads everything once more.
    pub fn rows_with(&self, hits: &[Vec<Hit>]) -> Result<Vec<u64>, LogFault> {
        let mut next = vec![0_usize; self.files.len()];
        let (mut found, mut from) = (Vec::new(), 0);
        while from < self.rows() {
            let rows = self.merged.read(from..from + STEP)?;
            if rows.is_empty() {
                break;
            }
            for (number, row) in (from..).zip(&rows) {
                let file = self.files.get(row.source).and_then(|file| usize::try_from(*file).ok());
                let hits = file.and_then(|file| hits.get(file)).map(Vec::as_slice).unwrap_or_default();
                // Within a file the rows are in its order.
                let Some(at) = next.get_mut(row.source) else { continue };
                let ahead = hits.get(*at..).unwrap_or_default();
                let inside = ahead.iter().take_while(|hit| hit.line < row.record.line + row.record.lines).count();
                if inside > 0 {
                    found.push(number);
                    *at += inside;
                }
            }
            from += rows.len() as u64;
        }
        Ok(found)
    }

    /// The row of the record that a line belongs to.
    pub fn row_of(&self, line: LineAt) -> Result<Option<u64>, LogFault> {
        let Some(source) = self.files.iter().position(|file| *file == line.file) else { return Ok(None) };
        let Some(copy) = self.copies.get(source) else { return Ok(None) };
        let Some(record) = copy.records.of_line(line.line)? else { return Ok(None) };
        // It stands where its time is, or behind it where times go back; before the first time it is at the start.
        let near = record.clock.map_or(Ok(0), |clock| self.merged.at(self.of_file(line.file, clock)))?;
        for start in [near, 0] {
            let mut from = start;
            while from < self.rows() {
                let rows = self.merged.read(from..from + STEP)?;
                let found = rows.iter().position(|row| row.source == source && row.record.number == record.number);
                if let Some(at) = found {
                    return Ok(Some(from + at as u64));
                }
                if rows.is_empty() {
                    break;
                }
                from += rows.len() as u64;
            }
        }
        Ok(None)
    }
}

pub(super) fn nanos(millis: i64) -> i64 {
    millis.saturating_mul(1_000_000)
}
