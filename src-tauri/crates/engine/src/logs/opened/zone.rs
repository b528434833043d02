//! The zone of times that tell none, as the person who reads the log has it. In another zone than UTC a file has another
//! index over the same text, which is made in the background; nothing is fetched again.

use super::{Opened, lock};
use crate::{EngineError, logs::file::Copy};
use ::logs::{Cancel, Reader, time::Zone};
use contract::{Timestamp, logs::LogZone};
use jiff::tz::{Offset, TimeZone};
use std::{collections::BTreeMap, sync::Arc};
use tokio::task::JoinHandle;

#[derive(Debug, Default)]
pub(super) struct Zoned {
    zone: LogZone,
    /// Of each file the copy as it was read, and the one in this zone.
    copies: BTreeMap<usize, (Arc<Copy>, Arc<Copy>)>,
    cancel: Cancel,
}

impl Zoned {
    /// Nobody reads in it any more.
    fn end(&self) {
        self.cancel.cancel();
        self.copies.values().for_each(|(_, made)| made.records.abandon());
    }
}

/// None for UTC, which copies are read in.
fn rules(zone: LogZone) -> Result<Option<TimeZone>, EngineError> {
    match zone {
        LogZone::Utc => Ok(None),
        LogZone::Local => Ok(Some(TimeZone::system())),
        LogZone::Fixed(minutes) => {
            let bad = || EngineError::BadInput("A zone is 18 hours from UTC at most.".into());
            let seconds = minutes.checked_mul(60).filter(|seconds| seconds.abs() <= 18 * 3_600).ok_or_else(bad)?;
            Ok(Some(TimeZone::fixed(Offset::from_seconds(seconds).map_err(|_| bad())?)))
        }
    }
}

impl Opened {
    pub fn zone(&self) -> LogZone {
        lock(&self.zoned).zone
    }

    /// Reads times that tell no zone in another one.
    pub fn set_zone(&self, zone: LogZone) -> Result<(), EngineError> {
        rules(zone)?;
        let mut zoned = lock(&self.zoned);
        if zoned.zone != zone {
            zoned.end();
            *zoned = Zoned { zone, ..Zoned::default() };
        }
        drop(zoned);
        self.library.moved();
        Ok(())
    }

    /// Reads lines as this zone has them.
    pub(super) fn reader(&self) -> Reader {
        let rules = rules(self.zone()).ok().flatten().unwrap_or(TimeZone::UTC);
        Reader::new(Zone::new(rules, Timestamp::now()))
    }

    pub(super) fn stop_indexing(&self) {
        lock(&self.zoned).end();
    }

    /// The text of a file with its records, in the log's zone.
    pub fn copy_of(&self, file: usize) -> Option<Arc<Copy>> {
        let base = self.files.get(file)?.seen().copy?;
        let mut zoned = lock(&self.zoned);
        if let Some((of, made)) = zoned.copies.get(&file)
            && Arc::ptr_eq(of, &base)
        {
            return Some(Arc::clone(made));
        }
        let Ok(Some(rules)) = rules(zoned.zone) else { return Some(base) };
        let made = Arc::new(Copy::in_zone(&base, rules));
        if let Some((_, before)) = zoned.copies.insert(file, (base, Arc::clone(&made))) {
            before.records.abandon();
        }
        Some(made)
    }

    /// Finds the records of the copies in another zone that have more; none where there is nothing to find.
    pub(super) fn index_zoned(&self) -> Option<JoinHandle<()>> {
        let zoned = lock(&self.zoned);
        let open = zoned.copies.values().filter(|(_, made)| !made.records.tally().done);
        let records: Vec<_> = open.map(|(_, made)| Arc::clone(&made.records)).collect();
        if records.is_empty() {
            return None;
        }
        let (cancel, library) = (zoned.cancel.clone(), Arc::clone(&self.library));
        Some(tokio::task::spawn_blocking(move || {
            for records in records {
                // What cannot be read is told to whoever reads it.
                let before = records.tally();
                if records.extend(&cancel).is_ok_and(|tally| tally != before) {
                    library.moved();
                }
            }
        }))
    }
}
