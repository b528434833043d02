//! From line to line through a log, in one buffer.

use crate::{Log, LogFault, size, wide};
use std::ops::Range;

/// Of a longer line only the beginning is looked at.
pub const CUT: usize = 64 << 10;
/// Several cut lines fit.
const BUFFER: usize = 256 << 10;

/// A line on the way.
#[derive(Debug, Clone, Copy)]
pub struct Passed<'a> {
    pub offset: u64,
    /// Without its newline; of a long line the first [`CUT`] bytes.
    pub bytes: &'a [u8],
    /// Where the next line begins.
    pub next: u64,
}

/// What was read last of a log. Bytes of a log never change, so what is held stays true.
#[derive(Debug, Default)]
pub struct Piece {
    bytes: Vec<u8>,
    from: u64,
    held: usize,
}

impl Piece {
    /// Holds `length` bytes from `offset` on instead, or as many as there are.
    fn read(&mut self, log: &Log, offset: u64, length: usize) -> Result<&[u8], LogFault> {
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
        // Nothing, should reading fail.
        (self.from, self.held) = (offset, 0);
        self.held = log.read_at(self.bytes.get_mut(..length).unwrap_or_default(), offset)?;
        Ok(self.held())
    }

    fn held(&self) -> &[u8] {
        self.bytes.get(..self.held).unwrap_or_default()
    }

    /// What is held from an offset on.
    fn rest(&self, offset: u64) -> Option<&[u8]> {
        self.held().get(usize::try_from(offset.checked_sub(self.from)?).ok()?..)
    }

    /// Bytes of the log, if all of them are held.
    pub fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        self.rest(offset)?.get(..length)
    }

    /// The line that begins at an offset, if it is held with its newline.
    pub fn line(&self, offset: u64) -> Option<Passed<'_>> {
        let here = self.rest(offset)?;
        let newline = memchr::memchr(b'\n', here)?;
        let bytes = shown(here.get(..newline)?);
        Some(Passed { offset, bytes, next: offset + wide(newline) + 1 })
    }
}

/// What is looked at of a line without its newline.
fn shown(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.get(..CUT).unwrap_or(line)
}

/// Calls `each` for the lines that begin in `range`, which begins at the start of a line, until it says to stop. A last
/// line without a newline counts if the log has ended.
pub fn walk(
    log: &Log,
    range: Range<u64>,
    buffer: &mut Vec<u8>,
    each: impl FnMut(Passed<'_>) -> bool,
) -> Result<(), LogFault> {
    let mut piece = Piece { bytes: std::mem::take(buffer), ..Piece::default() };
    let walked = through(log, range, &mut piece, each);
    *buffer = piece.bytes;
    walked
}

/// The same, in a piece that goes on to hold what was read last: of a range that is not longer than the buffer all of it,
/// and up to 4 KiB behind it.
pub fn through(
    log: &Log,
    range: Range<u64>,
    piece: &mut Piece,
    mut each: impl FnMut(Passed<'_>) -> bool,
) -> Result<(), LogFault> {
    let extent = log.extent();
    let mut at = range.start;
    while at < range.end {
        let there = size(extent.length.saturating_sub(at)).min(BUFFER);
        // Somebody who wants 64 KiB is not made to read 256.
        let wanted = there.min(size(range.end - at).saturating_add(4 << 10));
        let held = piece.read(log, at, wanted)?;
        let begin = at;
        for newline in memchr::memchr_iter(b'\n', held) {
            let next = begin + wide(newline) + 1;
            let bytes = shown(held.get(size(at - begin)..newline).unwrap_or_default());
            if !each(Passed { offset: at, bytes, next }) {
                return Ok(());
            }
            at = next;
            if at >= range.end {
                return Ok(());
            }
        }
        if at > begin {
            continue;
        }
        // No newline in all of it.
        let last = extent.end.map(|_| extent.length).filter(|_| !held.is_empty());
        let Some(next) = log.line_end(at)?.or(last) else { return Ok(()) };
        let bytes = piece.read(log, at, CUT.min(size(next - at)))?;
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if !each(Passed { offset: at, bytes, next }) {
            return Ok(());
        }
        at = next;
    }
    Ok(())
}
