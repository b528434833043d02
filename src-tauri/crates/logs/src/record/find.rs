//! Records by number, by line, by level and by time.

use super::{Cursor, Record, Records, walk::Piece};
use crate::{Level, Levels, LogFault, level::slot, size, time::Time};
use std::{collections::VecDeque, ops::Range};

impl Records {
    /// The records `numbers`, as far as there are.
    pub fn records(&self, numbers: Range<u64>) -> Result<Vec<Record>, LogFault> {
        let wanted = size(numbers.end.saturating_sub(numbers.start));
        let mut found = Vec::with_capacity(wanted.min(4_096));
        let mut cursor = Cursor::new(self, numbers.start)?;
        while found.len() < wanted
            && let Some(record) = cursor.advance()?
        {
            found.push(record);
        }
        Ok(found)
    }

    /// The record that a line belongs to.
    pub fn of_line(&self, line: u64) -> Result<Option<Record>, LogFault> {
        if line >= self.tally().lines {
            return Ok(None);
        }
        let after = self.partition(|block| block.line <= line);
        let Some(at) = after.checked_sub(1) else { return Ok(None) };
        let ready = self.all_of(at)?;
        if let Some(record) = ready.iter().rev().find(|record| record.line <= line) {
            return Ok(Some(*record));
        }
        // It began in a block before.
        let Some(at) = self.position_back(at, |block| block.begins() > 0) else { return Ok(None) };
        Ok(self.all_of(at)?.back().copied())
    }

    /// The next record of one of the levels: the first with a number of at least `from`. Blocks without one are not read.
    pub fn next(&self, levels: Levels, from: u64) -> Result<Option<Record>, LogFault> {
        let mut at = self.partition(|block| block.before + block.begins() <= from);
        while let Some(found) = self.position(at, |block| levels.meets(Levels::of_counts(&block.counts))) {
            let ready = self.all_of(found)?;
            if let Some(record) = ready.iter().find(|record| record.number >= from && levels.has(record.level)) {
                return Ok(Some(*record));
            }
            at = found + 1;
        }
        Ok(None)
    }

    /// The last record of one of the levels with a number below `before`.
    pub fn previous(&self, levels: Levels, before: u64) -> Result<Option<Record>, LogFault> {
        let mut to = self.partition(|block| block.before < before);
        while let Some(found) = self.position_back(to, |block| levels.meets(Levels::of_counts(&block.counts))) {
            let ready = self.all_of(found)?;
            if let Some(record) = ready.iter().rev().find(|record| record.number < before && levels.has(record.level)) {
                return Ok(Some(*record));
            }
            to = found;
        }
        Ok(None)
    }

    /// The first record that is no earlier.
    pub fn at(&self, time: Time) -> Result<Option<Record>, LogFault> {
        let mut from = 0;
        while let Some(found) = self.position(from, |block| block.last >= Some(time)) {
            let ready = self.all_of(found)?;
            if let Some(record) = ready.iter().find(|record| record.clock >= Some(time)) {
                return Ok(Some(*record));
            }
            from = found + 1;
        }
        Ok(None)
    }

    /// The first and the last time that are told.
    pub fn span(&self) -> Option<(Time, Time)> {
        let (mut first, mut last) = (None::<Time>, None::<Time>);
        self.position(0, |block| {
            if let (Some(from), Some(to)) = (block.first, block.last) {
                first = Some(first.map_or(from, |first| first.min(from)));
                last = Some(last.map_or(to, |last| last.max(to)));
            }
            false
        });
        first.zip(last)
    }

    fn all_of(&self, block: usize) -> Result<VecDeque<Record>, LogFault> {
        let mut ready = VecDeque::new();
        self.read_block(block, &mut self.reader(), &mut Piece::default(), &mut Vec::new(), &mut ready)?;
        Ok(ready)
    }
}

impl Levels {
    pub(crate) fn of_counts(counts: &[u32; 7]) -> Self {
        let there = |level: &Option<Level>| counts.get(usize::from(slot(*level))).is_some_and(|count| *count > 0);
        let none = std::iter::once(None);
        none.chain(Level::ALL.map(Some)).filter(there).fold(Self::NONE, Self::with)
    }
}
