//! Several logs on one clock.
//!
//! The order is by the records' times, each file's own corrected by an offset for its clock. Within a file the order of
//! the file is kept: a record without a time, or with one that is a little earlier than the one before it (threads
//! write past each other), stays behind its predecessor. A step back of more than [`STEP_BACK`] is a clock that was set
//! or a time that was quoted; from there the file's clock begins anew, so one wrong line does not hold up the rest.
//! Of equal times the file that was named first comes first.
//!
//! A [`Merged`] is made in one pass and keeps for every [`SPAN`] rows where each file stood: any row can then be read
//! by going on from there, and tens of millions of rows take some megabytes.

mod stream;
#[cfg(test)]
mod tests;

pub use stream::Stream;

use crate::{
    Cancel, LogFault, Record, Records,
    template::{Placed, Sequence},
    time::Time,
};
use std::{ops::Range, sync::Arc};

/// A file, and how many nanoseconds are added to its times.
#[derive(Debug, Clone)]
pub struct Source {
    pub records: Arc<Records>,
    pub offset: i64,
}

/// One minute.
pub const STEP_BACK: i64 = 60 * Time::SECOND;

/// Rows between the places that are kept.
pub const SPAN: u64 = 8_192;

/// A record among those of all files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Which of the sources.
    pub source: usize,
    pub record: Record,
    /// Where it is on the common clock; none before the first time that its file tells (such rows come first).
    pub at: Option<Time>,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Stand {
    /// Number of its next record.
    next: u64,
    /// The clock behind the last one.
    clock: Option<Time>,
}

#[derive(Debug, Clone)]
struct Kept {
    /// Of the first row.
    at: Option<Time>,
    stands: Vec<Stand>,
}

/// Several logs, merged. What the logs get later is not in it.
#[derive(Debug, Clone)]
pub struct Merged {
    sources: Vec<Source>,
    /// Records of each that are part of it.
    ends: Vec<u64>,
    kept: Vec<Kept>,
    rows: u64,
}

impl Merged {
    /// Merges what the records of the sources have reached. `each` gets every row in order (to search, to count, to
    /// write), on this thread.
    pub fn new(sources: Vec<Source>, cancel: &Cancel, each: &mut dyn FnMut(&Row)) -> Result<Self, LogFault> {
        let mut kept = Vec::new();
        let mut rows = 0;
        let ends: Vec<u64> = sources.iter().map(|source| source.records.tally().records).collect();
        let start = vec![Stand::default(); sources.len()];
        let mut stream = Stream::new(&sources, &start, &ends)?;
        loop {
            let stands = if rows % SPAN == 0 { Some(stream.stands()) } else { None };
            if stands.is_some() {
                cancel.check()?;
            }
            let Some(row) = stream.advance()? else { break };
            if let Some(stands) = stands {
                kept.push(Kept { at: row.at, stands });
            }
            each(&row);
            rows += 1;
        }
        drop(stream);
        Ok(Self { sources, ends, kept, rows })
    }

    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// All records of all files.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows `numbers`, as far as there are.
    pub fn read(&self, numbers: Range<u64>) -> Result<Vec<Row>, LogFault> {
        let to = numbers.end.min(self.rows);
        let mut rows = Vec::new();
        let span = numbers.start / SPAN;
        let Some(kept) = self.kept.get(crate::size(span)) else { return Ok(rows) };
        let mut stream = Stream::new(&self.sources, &kept.stands, &self.ends)?;
        for number in span * SPAN..to {
            let Some(row) = stream.advance()? else { break };
            if number >= numbers.start {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// The number of the first row that is no earlier than `time`, or of all rows if there is none. Where a clock was set
    /// back it is one of several.
    pub fn at(&self, time: Time) -> Result<u64, LogFault> {
        let after = self.kept.partition_point(|kept| kept.at < Some(time));
        let span = crate::wide(after.saturating_sub(1));
        let Some(kept) = self.kept.get(crate::size(span)) else { return Ok(0) };
        let mut stream = Stream::new(&self.sources, &kept.stands, &self.ends)?;
        let mut number = span * SPAN;
        while let Some(row) = stream.advance()?
            && row.at < Some(time)
        {
            number += 1;
        }
        Ok(number.min(self.rows))
    }
}

impl Sequence for Merged {
    fn length(&self) -> u64 {
        self.rows()
    }

    fn part(&self, numbers: Range<u64>) -> Result<Vec<Placed>, LogFault> {
        Ok(self.read(numbers)?.into_iter().map(|row| (row.source, row.record)).collect())
    }

    fn source(&self, source: usize) -> Option<&Records> {
        self.sources().get(source).map(|source| source.records.as_ref())
    }
}
