//! Records in order, each with its text.

use super::{Cursor, Record, Records, Text};
use crate::{LogFault, size};

/// Goes through the records of a log as [`Cursor`] does and hands out the text of each. The bytes of a block are read once,
/// for its records and for their texts; only of a record that goes on far behind its block, or that is longer than what is
/// read at once, the text is read again.
#[derive(Debug)]
pub struct Texts<'a> {
    cursor: Cursor<'a>,
    far: Text<'a>,
}

impl<'a> Texts<'a> {
    /// At the record with this number.
    pub fn new(records: &'a Records, from: u64) -> Result<Self, LogFault> {
        Ok(Self { cursor: Cursor::new(records, from)?, far: Text::new(records.log()) })
    }

    /// The next record, with its text as [`Text::of`] gives it; none when there is no other (yet).
    pub fn advance(&mut self) -> Result<Option<(Record, &[u8])>, LogFault> {
        // Not before: the bytes of the last block were the text that was handed out.
        if self.cursor.ready.is_empty() {
            self.cursor.fill()?;
        }
        let Some(record) = self.cursor.ready.pop_front() else { return Ok(None) };
        let text = match self.cursor.piece.get(record.offset, size(record.length)) {
            Some(bytes) => super::text::without_newline(bytes),
            None => self.far.of(&record)?,
        };
        Ok(Some((record, text)))
    }
}
