//! Lines by number, and numbers by offset.

use super::Log;
use crate::{LogFault, index, size, wide};
use std::ops::Range;

const STEP: usize = 64 << 10;

/// One line as it is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 0.
    pub number: u64,
    /// Of its first byte.
    pub offset: u64,
    /// Bytes without `\n` or `\r\n`.
    pub length: u64,
    /// The first of them, as many as were asked for.
    pub bytes: Vec<u8>,
}

impl Line {
    /// Bytes that are in the file and not here.
    pub fn cut(&self) -> u64 {
        self.length - wide(self.bytes.len()).min(self.length)
    }
}

impl Log {
    /// The lines `numbers`, as far as there are, each with its first `most` bytes. Lines of any length cost no more
    /// than their beginning: what is cut is not read.
    pub fn lines(&self, numbers: Range<u64>, most: usize) -> Result<Vec<Line>, LogFault> {
        let to = numbers.end.min(self.extent().lines);
        let mut lines = Vec::with_capacity(size(to.saturating_sub(numbers.start)).min(4_096));
        let Some(mut offset) = self.line_start(numbers.start)? else { return Ok(lines) };
        let mut buffer = vec![0; STEP];
        // What of the file is in the buffer.
        let (mut from, mut held) = (offset, 0);
        for number in numbers.start..to {
            let mut here = buffer.get(size(offset - from)..held).unwrap_or_default();
            let mut newline = memchr::memchr(b'\n', here);
            if newline.is_none() {
                from = offset;
                held = self.read_at(&mut buffer, offset)?;
                here = buffer.get(..held).unwrap_or_default();
                newline = memchr::memchr(b'\n', here);
            }
            let (length, next) = match newline {
                Some(at) => (wide(at), offset + wide(at) + 1),
                // Longer than the buffer, or the last one.
                None => match self.newline(number)? {
                    Some(at) => (at - offset, at + 1),
                    None => (self.extent().length.saturating_sub(offset), u64::MAX),
                },
            };
            let carriage = match newline {
                Some(at) => at.checked_sub(1).and_then(|before| here.get(before)) == Some(&b'\r'),
                None if length > 0 => {
                    let mut last = [0];
                    self.read_at(&mut last, offset + length - 1)? == 1 && last == *b"\r"
                }
                None => false,
            };
            let length = length - u64::from(carriage);
            let wanted = most.min(size(length));
            let bytes = if let Some(bytes) = here.get(..wanted) {
                bytes.to_vec()
            } else {
                let mut bytes = vec![0; wanted];
                let read = self.read_at(&mut bytes, offset)?;
                bytes.truncate(read);
                bytes
            };
            lines.push(Line { number, offset, length, bytes });
            if next == u64::MAX {
                break;
            }
            offset = next;
        }
        Ok(lines)
    }

    /// Where a line begins; none if it is not there (yet).
    pub fn line_start(&self, number: u64) -> Result<Option<u64>, LogFault> {
        if number >= self.extent().lines {
            return Ok(None);
        }
        match number.checked_sub(1) {
            None => Ok(Some(0)),
            Some(before) => Ok(self.newline(before)?.map(|at| at + 1)),
        }
    }

    /// The number of the line that holds the byte at `offset`.
    pub fn line_of(&self, offset: u64) -> Result<u64, LogFault> {
        let (before, start) = self.state().index.before_offset(offset);
        let mut bytes = vec![0; size(offset.saturating_sub(start)).min(size(index::BLOCK))];
        let read = self.read_at(&mut bytes, start)?;
        Ok(before + index::newlines(bytes.get(..read).unwrap_or_default()))
    }

    /// Behind the newline of the line that holds the byte at `offset`; none if it has none.
    pub(crate) fn line_end(&self, offset: u64) -> Result<Option<u64>, LogFault> {
        Ok(self.newline(self.line_of(offset)?)?.map(|at| at + 1))
    }

    /// Where the newline at the end of a line is; none if it has none.
    fn newline(&self, number: u64) -> Result<Option<u64>, LogFault> {
        let Some(place) = self.state().index.newline(number) else { return Ok(None) };
        let mut block = vec![0; size(index::BLOCK)];
        let start = place.block * index::BLOCK;
        let read = self.read_at(&mut block, start)?;
        let found = memchr::memchr_iter(b'\n', block.get(..read).unwrap_or_default()).nth(size(place.nth));
        Ok(found.map(|at| start + wide(at)))
    }
}
