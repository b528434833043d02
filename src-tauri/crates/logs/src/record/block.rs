//! The index: one entry for each 64 KiB.

use super::{Grouper, Step, walk::walk};
use crate::{Cancel, Level, Log, LogFault, Reader, level::slot, time::Time};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

/// Bytes of an entry, at least: it ends with a line.
const BLOCK: u64 = 64 << 10;
/// Bytes between looks at the cancel flag and the readers.
const STEP: u64 = 4 << 20;

/// Some whole lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub offset: u64,
    pub end: u64,
    /// The first line.
    pub line: u64,
    /// Records that begin before it.
    pub before: u64,
    /// As it was before the first line.
    pub grouper: Grouper,
    /// Records that begin in it, by [`slot`].
    pub counts: [u32; 7],
    /// Times of these and of the record that it begins in.
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// Lines.
    pub lines: u64,
}

impl Block {
    fn at(offset: u64, line: u64, before: u64, grouper: Grouper) -> Self {
        let clock = grouper.clock();
        Self { offset, end: offset, line, before, grouper, counts: [0; 7], first: clock, last: clock, lines: 0 }
    }

    /// The one behind it, empty.
    fn following(&self, grouper: Grouper) -> Self {
        Self::at(self.end, self.line + self.lines, self.before + self.begins(), grouper)
    }

    pub fn begins(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    fn begin(&mut self, level: Option<Level>, clock: Option<Time>) {
        if let Some(count) = self.counts.get_mut(usize::from(slot(level))) {
            *count += 1;
        }
        if let Some(clock) = clock {
            self.first = Some(self.first.map_or(clock, |first| first.min(clock)));
            self.last = Some(self.last.map_or(clock, |last| last.max(clock)));
        }
    }
}

/// Where the extending is.
#[derive(Debug)]
struct Indexer {
    reader: Reader,
    grouper: Grouper,
    open: Block,
    buffer: Vec<u8>,
}

/// The records of one log. Readers see what [`extend`](Self::extend) has reached.
#[derive(Debug)]
pub struct Records {
    log: Arc<Log>,
    reader: Reader,
    indexer: Mutex<Indexer>,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    blocks: Vec<Block>,
    counts: [u64; 7],
    /// Nothing follows.
    done: bool,
    /// Nobody extends it any more.
    abandoned: bool,
}

/// How many records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    pub records: u64,
    /// Lines of them.
    pub lines: u64,
    /// By level; the first are those that tell none.
    pub levels: [u64; 7],
    /// The log has ended, and all of it was looked at.
    pub done: bool,
}

impl Records {
    pub fn new(log: Arc<Log>, reader: Reader) -> Self {
        let grouper = Grouper::default();
        let indexer =
            Indexer { reader: reader.clone(), grouper, open: Block::at(0, 0, 0, grouper), buffer: Vec::new() };
        Self { log, reader, indexer: Mutex::new(indexer), state: RwLock::default() }
    }

    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    pub(crate) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    pub fn tally(&self) -> Tally {
        let state = self.state();
        let records = state.counts.iter().sum();
        let lines = state.blocks.last().map_or(0, |last| last.line + last.lines);
        Tally { records, lines, levels: state.counts, done: state.done }
    }

    /// Looks at what was added to the log since the last time. While the log grows, its end is held back until a block
    /// is full; call it again, and once after its end.
    pub fn extend(&self, cancel: &Cancel) -> Result<Tally, LogFault> {
        let mut indexer = self.indexer.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            cancel.check()?;
            let extent = self.log.extent();
            let from = indexer.open.end;
            let to = extent.length.min(from.saturating_add(STEP));
            let mut full = if from < to { self.step(&mut indexer, from, to)? } else { Vec::new() };
            let done = extent.end.is_some() && indexer.open.end >= extent.length;
            if done && indexer.open.lines > 0 {
                full.push(indexer.open);
                indexer.open = indexer.open.following(indexer.grouper);
            }
            self.publish(full, done);
            // Only the line that has no end yet is left.
            if indexer.open.end == from || indexer.open.end >= extent.length {
                return Ok(self.tally());
            }
        }
    }

    /// Nobody will extend it again: a search that waits for more ends.
    pub fn abandon(&self) {
        self.state.write().unwrap_or_else(PoisonError::into_inner).abandoned = true;
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.state().abandoned
    }

    /// The lines that begin in `from..to`; the blocks that they fill.
    fn step(&self, indexer: &mut Indexer, from: u64, to: u64) -> Result<Vec<Block>, LogFault> {
        let Indexer { reader, grouper, open, buffer } = indexer;
        let mut full = Vec::new();
        walk(&self.log, from..to, buffer, |passed| {
            if open.end - open.offset >= BLOCK {
                full.push(*open);
                *open = open.following(*grouper);
            }
            if let Step::Begins { level, .. } = grouper.step(passed.bytes, reader) {
                open.begin(level, grouper.clock());
            }
            open.lines += 1;
            open.end = passed.next;
            true
        })?;
        Ok(full)
    }

    fn publish(&self, full: Vec<Block>, done: bool) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for block in &full {
            for (total, count) in state.counts.iter_mut().zip(block.counts) {
                *total += u64::from(count);
            }
        }
        state.blocks.extend(full);
        state.done |= done;
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn blocks(&self) -> usize {
        self.state().blocks.len()
    }

    pub(crate) fn block(&self, number: usize) -> Option<Block> {
        self.state().blocks.get(number).copied()
    }

    /// The first block, from `from` on, of which this holds.
    pub(crate) fn position(&self, from: usize, holds: impl FnMut(&Block) -> bool) -> Option<usize> {
        let state = self.state();
        state.blocks.get(from..)?.iter().position(holds).map(|at| from + at)
    }

    /// The last block before `to` of which this holds.
    pub(crate) fn position_back(&self, to: usize, holds: impl FnMut(&Block) -> bool) -> Option<usize> {
        let state = self.state();
        state.blocks.get(..to.min(state.blocks.len()))?.iter().rposition(holds)
    }

    /// Where blocks stop being such; they are in order of it.
    pub(crate) fn partition(&self, holds: impl FnMut(&Block) -> bool) -> usize {
        self.state().blocks.partition_point(holds)
    }

    /// Bytes of memory, about.
    pub fn memory(&self) -> usize {
        self.state().blocks.capacity() * size_of::<Block>()
    }
}
