//! How often each template occurs, and which are new.

use super::{FAR, hash, write};
use crate::{Cancel, Level, LogFault, Reader, Record, Records};
use std::collections::HashMap;

/// Reads the templates of records' first lines.
#[derive(Debug, Default)]
pub(super) struct FirstLines {
    /// Of each log.
    readers: HashMap<usize, Reader>,
    line: Vec<u8>,
    template: Vec<u8>,
}

impl FirstLines {
    /// `source` tells logs apart.
    pub fn template(&mut self, source: usize, records: &Records, record: &Record) -> Result<&[u8], LogFault> {
        let Self { readers, line, template } = self;
        let reader = readers.entry(source).or_insert_with(|| records.reader());
        line.resize(FAR * 2, 0);
        let length = crate::size(record.length).min(line.len());
        let read = records.log().read_at(line.get_mut(..length).unwrap_or_default(), record.offset)?;
        let text = line.get(..read).unwrap_or_default();
        let text = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let head = reader.head(text).unwrap_or_default();
        template.clear();
        write(text.get(head.rest..).unwrap_or(text), template);
        Ok(template.as_slice())
    }
}

/// One template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub template: String,
    pub level: Option<Level>,
    pub count: u64,
    /// Numbers of its first and last record.
    pub first: u64,
    pub last: u64,
}

/// The templates of one log. Of more than [`Templates::MOST`] different ones the rest is only counted.
#[derive(Debug, Clone, Default)]
pub struct Templates {
    seen: HashMap<u64, Seen>,
    others: u64,
}

impl Templates {
    /// A file with more does not repeat itself.
    pub const MOST: usize = 50_000;

    /// Counts all records of a log.
    pub fn of(records: &Records, cancel: &Cancel) -> Result<Self, LogFault> {
        const STEP: u64 = 8_192;
        let mut templates = Self::default();
        let mut lines = FirstLines::default();
        let total = records.tally().records;
        for from in (0..total).step_by(crate::size(STEP)) {
            cancel.check()?;
            for record in records.records(from..(from + STEP).min(total))? {
                templates.add(lines.template(0, records, &record)?, record.level, record.number);
            }
        }
        Ok(templates)
    }

    pub fn add(&mut self, template: &[u8], level: Option<Level>, record: u64) {
        let room = self.seen.len() < Self::MOST;
        match self.seen.entry(hash(template)) {
            std::collections::hash_map::Entry::Occupied(mut seen) => {
                let seen = seen.get_mut();
                seen.count += 1;
                seen.last = record;
                seen.level = seen.level.max(level);
            }
            std::collections::hash_map::Entry::Vacant(place) if room => {
                let template = String::from_utf8_lossy(template).into_owned();
                place.insert(Seen { template, level, count: 1, first: record, last: record });
            }
            std::collections::hash_map::Entry::Vacant(_) => self.others += 1,
        }
    }

    /// Those that `before` does not have, in the order in which they first occur.
    pub fn new_since(&self, before: &Self) -> Vec<&Seen> {
        let fresh = self.seen.iter().filter(|(hash, _)| !before.seen.contains_key(hash));
        let mut fresh: Vec<_> = fresh.map(|(_, seen)| seen).collect();
        fresh.sort_by_key(|seen| seen.first);
        fresh
    }

    /// Records whose templates are not kept.
    pub fn others(&self) -> u64 {
        self.others
    }
}
