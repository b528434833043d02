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

/// Calls `each` for the lines that begin in `range`, which begins at the start of a line, until it says to stop. A last
/// line without a newline counts if the log has ended.
pub fn walk(
    log: &Log,
    range: Range<u64>,
    buffer: &mut Vec<u8>,
    mut each: impl FnMut(Passed<'_>) -> bool,
) -> Result<(), LogFault> {
    buffer.resize(BUFFER, 0);
    let extent = log.extent();
    let mut at = range.start;
    while at < range.end {
        let there = size(extent.length.saturating_sub(at)).min(BUFFER);
        // Somebody who wants 64 KiB is not made to read 256.
        let wanted = there.min(size(range.end - at).saturating_add(4 << 10));
        let read = log.read_at(buffer.get_mut(..wanted).unwrap_or_default(), at)?;
        let held = buffer.get(..read).unwrap_or_default();
        let begin = at;
        for newline in memchr::memchr_iter(b'\n', held) {
            let next = begin + wide(newline) + 1;
            let bytes = held.get(size(at - begin)..newline).unwrap_or_default();
            let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
            let bytes = bytes.get(..CUT).unwrap_or(bytes);
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
        let last = extent.end.map(|_| extent.length).filter(|_| read > 0);
        let Some(next) = log.line_end(at)?.or(last) else { return Ok(()) };
        let read = log.read_at(buffer.get_mut(..CUT.min(size(next - at))).unwrap_or_default(), at)?;
        let bytes = buffer.get(..read).unwrap_or_default();
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if !each(Passed { offset: at, bytes, next }) {
            return Ok(());
        }
        at = next;
    }
    Ok(())
}
