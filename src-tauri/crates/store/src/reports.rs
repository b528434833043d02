//! What the reports of model monitors came to: a report is fetched and reckoned once, and read from here after that.
//!
//! A row is of one file as it was stored at one time, and of all else that its numbers depend on: with another of these it
//! is not found. It holds names of features, categories and distances as the report tells them, and no secret. Rows go when
//! their run is older than [`REPORTS_DAYS`], and the oldest when all take more than [`REPORTS_MOST`].

use crate::{Store, StoreError, bounded::Bounded, words};
use contract::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use serde::{Serialize, de::DeserializeOwned};

/// Bytes of all reports.
pub const REPORTS_MOST: u64 = 200 * 1024 * 1024;
/// Days since the run.
pub const REPORTS_DAYS: u32 = 120;

const DAY: i64 = 86_400;
const TABLE: Bounded = Bounded("reports");
/// Of zstd: its default.
const LEVEL: i32 = 3;

/// Whose reports: of a schedule, or of a folder of snapshots by its S3 URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Monitored {
    pub account: String,
    pub region: String,
    pub schedule: String,
}

/// Which report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportId {
    /// When it ran.
    pub at: Timestamp,
    /// The S3 URI of the file that was read.
    pub file: String,
    /// When the file was stored.
    pub stored: Timestamp,
    /// What its numbers depend on beside the file: the baseline that it was compared with, how that was reckoned.
    pub against: String,
}

/// What is kept of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportPart {
    /// Of each report.
    Numbers,
    /// More of the newest one. A schedule has one at most.
    Newest,
}

impl ReportPart {
    /// Stored for years: never changed.
    fn word(self) -> &'static str {
        match self {
            Self::Numbers => "numbers",
            Self::Newest => "newest",
        }
    }
}

/// The row's number and what it holds.
type Packed = (i64, Vec<u8>);

impl Store {
    /// What is kept of each of these reports, in their order. A row that cannot be read is dropped, and is none. Blocking.
    pub fn kept_reports<T: DeserializeOwned>(
        &self,
        of: &Monitored,
        part: ReportPart,
        wanted: &[ReportId],
    ) -> Result<Vec<Option<T>>, StoreError> {
        let found = self.packed(of, part, wanted)?;
        let mut broken = Vec::new();
        // Unpacked after the connection was let go of: others write meanwhile.
        let told = found.into_iter().map(|row| {
            let (number, packed) = row?;
            let told = unpack::<T>(&packed);
            if told.is_none() {
                broken.push(number);
            }
            told
        });
        let told: Vec<Option<T>> = told.collect();
        if !broken.is_empty() {
            tracing::warn!(reports = broken.len(), "kept reports could not be read and are dropped");
            self.write(|tx| {
                for number in broken {
                    tx.execute("DELETE FROM reports WHERE number = ?1", [number])?;
                }
                Ok(())
            })?;
        }
        Ok(told)
    }

    fn packed(&self, of: &Monitored, part: ReportPart, wanted: &[ReportId]) -> Result<Vec<Option<Packed>>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(
            "SELECT number, told FROM reports WHERE account = ?1 AND region = ?2 AND schedule = ?3 AND part = ?4
             AND file = ?5 AND stored = ?6 AND against = ?7",
        )?;
        let mut found = Vec::with_capacity(wanted.len());
        for one in wanted {
            let key =
                (&of.account, &of.region, &of.schedule, part.word(), &one.file, one.stored.to_string(), &one.against);
            found.push(statement.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()?);
        }
        Ok(found)
    }

    /// Keeps what reports came to; what was kept of the same files before goes, and so does what is too old or too much.
    /// Blocking.
    pub fn keep_reports<T: Serialize>(
        &self,
        of: &Monitored,
        part: ReportPart,
        now: Timestamp,
        reports: &[(ReportId, T)],
    ) -> Result<(), StoreError> {
        let mut packed = Vec::with_capacity(reports.len());
        for (id, told) in reports {
            packed.push((id, pack(told)?));
        }
        self.write(|tx| {
            for (id, told) in packed {
                put(tx, of, part, id, &told)?;
            }
            let from = now.as_second().saturating_sub(i64::from(REPORTS_DAYS) * DAY);
            TABLE.trim(tx, from, REPORTS_MOST)
        })
    }

    /// Bytes of all reports. Blocking.
    pub fn reports_size(&self) -> Result<u64, StoreError> {
        TABLE.size(&self.connection())
    }

    /// Removes all reports and gives their room on the disk back. Blocking.
    pub fn clear_reports(&self) -> Result<(), StoreError> {
        TABLE.clear(&self.connection())
    }
}

fn put(tx: &Transaction<'_>, of: &Monitored, part: ReportPart, id: &ReportId, told: &[u8]) -> Result<(), StoreError> {
    let stored = id.stored.to_string();
    let texts = [&of.account, &of.region, &of.schedule, &id.file, &stored, &id.against];
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>() + told.len();
    let whose = (&of.account, &of.region, &of.schedule, part.word());
    if part == ReportPart::Newest {
        tx.execute("DELETE FROM reports WHERE account = ?1 AND region = ?2 AND schedule = ?3 AND part = ?4", whose)?;
    }
    let (account, region, schedule, part) = whose;
    tx.prepare_cached(
        "INSERT INTO reports (account, region, schedule, part, file, stored, against, at, bytes, told)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (account, region, schedule, part, file) DO UPDATE SET stored = excluded.stored,
         against = excluded.against, at = excluded.at, bytes = excluded.bytes, told = excluded.told",
    )?
    .execute((
        account,
        region,
        schedule,
        part,
        &id.file,
        &stored,
        &id.against,
        id.at.as_second(),
        words::index(bytes),
        told,
    ))?;
    Ok(())
}

fn pack<T: Serialize>(told: &T) -> Result<Vec<u8>, StoreError> {
    let text = words::json(told, "what a report came to")?;
    zstd::encode_all(text.as_bytes(), LEVEL).map_err(|_| StoreError::Unreadable("what a report came to".to_owned()))
}

fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Option<T> {
    serde_json::from_slice(&zstd::decode_all(packed).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(hour: i64, file: &str) -> ReportId {
        let at = Timestamp::from_second(1_795_200_000 + hour * 3_600).unwrap();
        ReportId { at, file: file.into(), stored: at, against: "v7".into() }
    }

    #[test]
    fn the_oldest_go_until_all_fit() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap().store;
        let of = |schedule: &str| Monitored { account: "1".into(), region: "r".into(), schedule: schedule.into() };
        let now = id(5, "").at;
        for (schedule, hours) in [("one", [1, 3]), ("two", [2, 4])] {
            let reports = hours.map(|hour| (id(hour, &hour.to_string()), hour));
            store.keep_reports(&of(schedule), ReportPart::Numbers, now, &reports).unwrap();
        }
        let each = store.reports_size().unwrap() / 4;
        store.write(|tx| TABLE.trim(tx, 0, each * 4)).unwrap();
        assert_eq!(store.reports_size().unwrap(), each * 4, "all fit");
        store.write(|tx| TABLE.trim(tx, 0, each * 3 - 1)).unwrap();
        let left = |schedule: &str, hours: [i64; 2]| -> Vec<Option<i64>> {
            let wanted = hours.map(|hour| id(hour, &hour.to_string()));
            store.kept_reports(&of(schedule), ReportPart::Numbers, &wanted).unwrap()
        };
        assert_eq!((left("one", [1, 3]), left("two", [2, 4])), (vec![None, Some(3)], vec![None, Some(4)]));
    }
}
