//! Which record a line is of, for lines in rising order: most are in the same record or the next.

use ::logs::{LogFault, Record, Records, record::Cursor};

/// Records that are passed before it is quicker to look anew.
const AHEAD: u32 = 512;

#[derive(Debug)]
pub(super) struct Walk<'a> {
    records: &'a Records,
    cursor: Option<Cursor<'a>>,
    now: Option<Record>,
}

impl<'a> Walk<'a> {
    pub fn new(records: &'a Records) -> Self {
        Self { records, cursor: None, now: None }
    }

    /// None where the records of a growing log are not found yet.
    pub fn at(&mut self, line: u64) -> Result<Option<Record>, LogFault> {
        for _ in 0..AHEAD {
            match (self.now, &mut self.cursor) {
                (Some(now), _) if (now.line..now.line + now.lines).contains(&line) => return Ok(Some(now)),
                (Some(now), Some(cursor)) if now.line < line => self.now = cursor.advance()?,
                _ => break,
            }
        }
        self.now = self.records.of_line(line)?;
        self.cursor = match self.now {
            Some(now) => Some(Cursor::new(self.records, now.number + 1)?),
            None => None,
        };
        Ok(self.now)
    }
}
