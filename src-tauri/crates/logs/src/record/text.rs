//! The text of records that follow each other, read some at a time.

use super::Record;
use crate::{Log, LogFault, size};

/// Bytes at once: as many as the cursor has just read, so that they are near.
const STEP: usize = 64 << 10;
/// Of a longer record the beginning: it is somebody's data.
const LONGEST: usize = 16 << 20;

/// Reads the text of one record after the other. It keeps one piece of the log.
#[derive(Debug)]
pub struct Text<'a> {
    log: &'a Log,
    buffer: Vec<u8>,
    from: u64,
    held: usize,
}

impl<'a> Text<'a> {
    pub fn new(log: &'a Log) -> Self {
        Self { log, buffer: vec![0; STEP], from: 0, held: 0 }
    }

    /// Without the newline at its end.
    pub fn of(&mut self, record: &Record) -> Result<&[u8], LogFault> {
        let length = size(record.length).min(LONGEST);
        let inside = |from: u64, held: usize| {
            let start = usize::try_from(record.offset.checked_sub(from)?).ok()?;
            (start + length <= held).then_some(start)
        };
        let start = if let Some(start) = inside(self.from, self.held) {
            start
        } else {
            let wanted = length.max(STEP);
            if self.buffer.len() < wanted {
                self.buffer.resize(wanted, 0);
            }
            self.from = record.offset;
            self.held = self.log.read_at(&mut self.buffer, record.offset)?;
            0
        };
        let end = (start + length).min(self.held);
        Ok(without_newline(self.buffer.get(start..end).unwrap_or_default()))
    }
}

/// A record's bytes without the newline at their end.
pub(super) fn without_newline(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
