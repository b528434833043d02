//! The next row of all files: a heap of their next records.

use super::{Row, STEP_BACK, Source, Stand};
use crate::{LogFault, Record, record::Cursor, time::Time};
use std::{cmp::Reverse, collections::BinaryHeap};

#[derive(Debug)]
struct File<'a> {
    cursor: Cursor<'a>,
    offset: i64,
    stand: Stand,
    /// Records from this number on are not part of it.
    end: u64,
}

/// Rows in order.
#[derive(Debug)]
pub struct Stream<'a> {
    files: Vec<File<'a>>,
    /// The times of the next records, earliest and first file first.
    heads: BinaryHeap<Reverse<(Option<Time>, usize)>>,
}

/// Where a record is, behind one that was at `clock`.
fn place(record: &Record, offset: i64, clock: Option<Time>) -> Option<Time> {
    match (record.time.map(|time| time.shifted(offset)), clock) {
        (None, clock) => clock,
        (Some(own), Some(clock)) if own < clock && clock.0.saturating_sub(own.0) <= STEP_BACK => Some(clock),
        (own, _) => own,
    }
}

impl<'a> Stream<'a> {
    /// From where the files stand to the records with the numbers `ends`.
    pub(super) fn new(sources: &'a [Source], stands: &[Stand], ends: &[u64]) -> Result<Self, LogFault> {
        let mut files = Vec::with_capacity(sources.len());
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (number, ((source, stand), end)) in sources.iter().zip(stands).zip(ends).enumerate() {
            let cursor = Cursor::new(&source.records, stand.next)?;
            let file = File { cursor, offset: source.offset, stand: *stand, end: *end };
            if let Some(at) = file.next() {
                heads.push(Reverse((at, number)));
            }
            files.push(file);
        }
        Ok(Self { files, heads })
    }

    pub(super) fn stands(&self) -> Vec<Stand> {
        self.files.iter().map(|file| file.stand).collect()
    }

    /// The next row.
    pub fn advance(&mut self) -> Result<Option<Row>, LogFault> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(None) };
        let Reverse((at, source)) = *head;
        let Some(file) = self.files.get_mut(source) else { return Ok(None) };
        let record = file.cursor.advance()?;
        let Some(record) = record else { return Ok(None) };
        file.stand = Stand { next: record.number + 1, clock: at };
        match file.next() {
            // One move in the heap instead of two.
            Some(next) => *head = Reverse((next, source)),
            None => {
                std::collections::binary_heap::PeekMut::pop(head);
            }
        }
        Ok(Some(Row { source, record, at }))
    }
}

impl File<'_> {
    /// Where its next record is, if there is one.
    #[allow(clippy::option_option, reason = "no next record; a next record without a time")]
    fn next(&self) -> Option<Option<Time>> {
        let record = self.cursor.peek().filter(|record| record.number < self.end)?;
        Some(place(record, self.offset, self.stand.clock))
    }
}
