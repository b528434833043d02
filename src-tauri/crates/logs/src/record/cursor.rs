//! Records in order, block by block.

use super::{
    Record, Records, Step,
    walk::{Piece, through, walk},
};
use crate::{LogFault, Reader};
use std::collections::VecDeque;

/// Goes through the records of a log. It keeps one block's.
#[derive(Debug)]
pub struct Cursor<'a> {
    records: &'a Records,
    reader: Reader,
    /// The next to be read.
    block: usize,
    pub(super) ready: VecDeque<Record>,
    /// The bytes of the block that was read last.
    pub(super) piece: Piece,
    /// For what is looked at behind it.
    buffer: Vec<u8>,
}

impl<'a> Cursor<'a> {
    /// At the record with this number.
    pub fn new(records: &'a Records, from: u64) -> Result<Self, LogFault> {
        let block = records.partition(|block| block.before + block.begins() <= from);
        let mut cursor = Self {
            records,
            reader: records.reader(),
            block,
            ready: VecDeque::new(),
            piece: Piece::default(),
            buffer: Vec::new(),
        };
        cursor.fill()?;
        while cursor.ready.front().is_some_and(|record| record.number < from) {
            cursor.ready.pop_front();
        }
        Ok(cursor)
    }

    pub fn peek(&self) -> Option<&Record> {
        self.ready.front()
    }

    /// The next record; none when there is no other (yet).
    pub fn advance(&mut self) -> Result<Option<Record>, LogFault> {
        let record = self.ready.pop_front();
        if self.ready.is_empty() {
            self.fill()?;
        }
        Ok(record)
    }

    /// Reads the next block in which a record begins.
    pub(super) fn fill(&mut self) -> Result<(), LogFault> {
        let Some(at) = self.records.position(self.block, |block| block.begins() > 0) else {
            self.block = self.records.blocks();
            return Ok(());
        };
        self.block = at + 1;
        self.records.read_block(at, &mut self.reader, &mut self.piece, &mut self.buffer, &mut self.ready)
    }
}

impl Records {
    /// The records that begin in a block. The piece goes on to hold its bytes, as far as they are read at once.
    pub(super) fn read_block(
        &self,
        at: usize,
        reader: &mut Reader,
        piece: &mut Piece,
        buffer: &mut Vec<u8>,
        into: &mut VecDeque<Record>,
    ) -> Result<(), LogFault> {
        into.clear();
        let Some(block) = self.block(at) else { return Ok(()) };
        let mut grouper = block.grouper;
        let mut line = block.line;
        let mut number = block.before;
        through(self.log(), block.offset..block.end, piece, |passed| {
            if let Step::Begins { time, level } = grouper.step(passed.bytes, reader) {
                let (offset, clock) = (passed.offset, grouper.clock());
                into.push_back(Record { number, line, lines: 0, offset, length: 0, time, clock, level });
                number += 1;
            }
            if let Some(record) = into.back_mut() {
                record.lines += 1;
                record.length = passed.next - record.offset;
            }
            line += 1;
            true
        })?;
        // The last one may go on in the blocks behind.
        let Some(last) = into.back_mut() else { return Ok(()) };
        let mut next = at + 1;
        while let Some(block) = self.block(next) {
            let mut grouper = block.grouper;
            let mut ended = false;
            if block.begins() == 0 {
                last.lines += block.lines;
                last.length = block.end - last.offset;
            } else {
                // Its first line tells in most cases: the rest of the block is not read for it, and that line is there.
                let (mut from, mut to) = (block.offset, block.offset + 1);
                if let Some(passed) = piece.line(from) {
                    ended = matches!(grouper.step(passed.bytes, reader), Step::Begins { .. });
                    if !ended {
                        last.lines += 1;
                        last.length = passed.next - last.offset;
                        (from, to) = (passed.next, block.end);
                    }
                }
                while !ended && from < block.end {
                    let begun = from;
                    walk(self.log(), from..to, buffer, |passed| {
                        ended = matches!(grouper.step(passed.bytes, reader), Step::Begins { .. });
                        if !ended {
                            last.lines += 1;
                            last.length = passed.next - last.offset;
                        }
                        from = passed.next;
                        !ended
                    })?;
                    if from == begun {
                        break;
                    }
                    to = block.end;
                }
            }
            if ended {
                break;
            }
            next += 1;
        }
        Ok(())
    }
}
