//! Where lines begin, in 8 bytes for each 16 KiB whatever the length of the lines.
//!
//! Kept is only how many newlines there are up to the end of each block of [`BLOCK`] bytes. The start of a line is then
//! a binary search and a look at one block, 16 KiB from the page cache: microseconds, for a file of ten million short
//! lines as for one line of a gigabyte. Offsets for every line would be 80 MB for the former, and every n-th line's
//! would have to look through n of the latter.

use crate::{LogFault, size, wide};

/// Bytes for which one count is kept.
pub const BLOCK: u64 = 16 << 10;

const MAGIC: &[u8; 8] = b"QDLINES1";

/// Counts of newlines, and what follows from them. Line numbers begin at 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineIndex {
    /// Newlines from the start of the file to the end of each whole block.
    counts: Vec<u64>,
    /// The same to the end of the file.
    newlines: u64,
    length: u64,
    /// The last byte is no newline (and there is one).
    open: bool,
}

/// Where to look for a newline: its block, and how many newlines of the block come before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub block: u64,
    pub nth: u64,
}

impl LineIndex {
    /// Takes what is next in the file.
    pub fn append(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        self.open = *last != b'\n';
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = size(BLOCK - self.length % BLOCK);
            let (now, later) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            self.newlines += newlines(now);
            self.length += wide(now.len());
            if self.length.is_multiple_of(BLOCK) {
                self.counts.push(self.newlines);
            }
            rest = later;
        }
    }

    /// Bytes that were taken.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Lines that ended.
    pub fn ended(&self) -> u64 {
        self.newlines
    }

    /// Lines, with one that has no newline at its end.
    pub fn lines(&self) -> u64 {
        self.newlines + u64::from(self.open)
    }

    /// Where the newline with this number is; none if it was not taken yet.
    pub fn newline(&self, number: u64) -> Option<Place> {
        if number >= self.newlines {
            return None;
        }
        let block = self.counts.partition_point(|count| *count <= number);
        Some(Place { block: wide(block), nth: number - self.before(block) })
    }

    /// There is a newline at this offset or after it, as far as whole blocks tell.
    pub fn has_newline_after(&self, offset: u64) -> bool {
        let block = size(offset.div_ceil(BLOCK));
        // Newlines up to the end of the block that the offset is in.
        block.checked_sub(1).map_or(Some(0), |last| self.counts.get(last).copied()).is_some_and(|to| to < self.newlines)
    }

    /// Newlines before this block; the second value is where the block begins.
    pub fn before_offset(&self, offset: u64) -> (u64, u64) {
        let block = size(offset.min(self.length) / BLOCK).min(self.counts.len());
        (self.before(block), wide(block) * BLOCK)
    }

    fn before(&self, block: usize) -> u64 {
        block.checked_sub(1).and_then(|last| self.counts.get(last)).copied().unwrap_or(0)
    }

    /// Bytes in memory, about.
    pub fn memory(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }

    /// To be kept beside the inflated copy.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        let tail = [self.length, self.newlines, u64::from(self.open)];
        for number in tail.iter().chain(&self.counts) {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let sum = checksum(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// What [`to_bytes`](Self::to_bytes) gave, if it is whole and fits a file of `length` bytes.
    pub fn from_bytes(bytes: &[u8], length: u64) -> Result<Self, LogFault> {
        let damaged = || LogFault::Index("it is damaged");
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or_else(damaged)?;
        let numbers = body.strip_prefix(MAGIC).ok_or(LogFault::Index("it is of another kind"))?;
        if u64::from_le_bytes(*sum) != checksum(body) || !numbers.len().is_multiple_of(8) {
            return Err(damaged());
        }
        let mut numbers = numbers.as_chunks::<8>().0.iter().map(|number| u64::from_le_bytes(*number));
        let (Some(told), Some(newlines), Some(open)) = (numbers.next(), numbers.next(), numbers.next()) else {
            return Err(damaged());
        };
        if told != length {
            return Err(LogFault::Index("its length is another"));
        }
        let counts: Vec<u64> = numbers.collect();
        let rises = counts.is_sorted() && counts.last().is_none_or(|last| *last <= newlines) && newlines <= length;
        if !rises || wide(counts.len()) != length / BLOCK || open > 1 {
            return Err(damaged());
        }
        Ok(Self { counts, newlines, length, open: open == 1 })
    }
}

/// Newlines in some bytes, at memory speed.
pub fn newlines(bytes: &[u8]) -> u64 {
    wide(memchr::memchr_iter(b'\n', bytes).count())
}

/// FNV-1a over words: against a torn write, not against a forger.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, word| {
        let word = word.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
        (sum ^ word).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23)
    })
}
