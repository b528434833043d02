//! What was found out of executions of pipelines that are over: each costs two calls whose quota is that of the pipelines
//! themselves, so it is asked for once.
//!
//! A row is of one execution by its ARN, which names account and region. It holds who started it, which step failed and the
//! masked reason. Rows go when the execution began more than [`RUNS_DAYS`] ago, and the oldest when all take more than
//! [`RUNS_MOST`].

use crate::{Store, StoreError, bounded::Bounded, words};
use contract::Timestamp;
use rusqlite::OptionalExtension;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// Bytes of all executions: some thirty thousand.
pub const RUNS_MOST: u64 = 20 * 1024 * 1024;
/// Days since it began.
pub const RUNS_DAYS: u32 = 365;

const DAY: i64 = 86_400;
const TABLE: Bounded = Bounded("pipeline_runs");

/// An execution that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRun<T> {
    pub arn: String,
    pub started: Timestamp,
    pub told: T,
}

impl Store {
    /// What is kept of these executions, by ARN. One that another program wrote otherwise is none: it is found out again.
    /// Blocking.
    pub fn kept_runs<T: DeserializeOwned>(&self, wanted: &[String]) -> Result<HashMap<String, T>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT told FROM pipeline_runs WHERE arn = ?1")?;
        let mut found = HashMap::new();
        for arn in wanted {
            let text: Option<String> = statement.query_row([arn], |row| row.get(0)).optional()?;
            let told = text.and_then(|text| words::from_json(&text, "an execution of a pipeline").ok());
            if let Some(told) = told {
                found.insert(arn.clone(), told);
            }
        }
        Ok(found)
    }

    /// Keeps what was found out; what is too old or too much goes. Blocking.
    pub fn keep_runs<T: Serialize>(&self, now: Timestamp, runs: &[EndedRun<T>]) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(runs.len());
        for run in runs {
            rows.push((run, words::json(&run.told, "an execution of a pipeline")?));
        }
        self.write(|tx| {
            for (run, told) in rows {
                let bytes = words::index(run.arn.len() + told.len());
                tx.prepare_cached(
                    "INSERT INTO pipeline_runs (arn, at, bytes, told) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (arn) DO UPDATE SET at = excluded.at, bytes = excluded.bytes, told = excluded.told",
                )?
                .execute((&run.arn, run.started.as_second(), bytes, told))?;
            }
            let from = now.as_second().saturating_sub(i64::from(RUNS_DAYS) * DAY);
            TABLE.trim(tx, from, RUNS_MOST)
        })
    }

    /// Forgets one: it goes on again. Blocking.
    pub fn forget_run(&self, arn: &str) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM pipeline_runs WHERE arn = ?1", [arn])?;
        Ok(())
    }

    /// Bytes of all executions. Blocking.
    pub fn runs_size(&self) -> Result<u64, StoreError> {
        TABLE.size(&self.connection())
    }

    /// Removes all of them and gives their room on the disk back. Blocking.
    pub fn clear_runs(&self) -> Result<(), StoreError> {
        TABLE.clear(&self.connection())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_until_all_fit() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap().store;
        let at = |hour: i64| Timestamp::from_second(1_795_200_000 + hour * 3_600).unwrap();
        let runs = [3, 1, 2].map(|hour| EndedRun { arn: format!("run-{hour}"), started: at(hour), told: hour });
        store.keep_runs(at(4), &runs).unwrap();
        let each = store.runs_size().unwrap() / 3;
        store.write(|tx| TABLE.trim(tx, 0, each * 3)).unwrap();
        assert_eq!(store.runs_size().unwrap(), each * 3, "all fit");
        store.write(|tx| TABLE.trim(tx, 0, each * 3 - 1)).unwrap();
        let wanted = ["run-1", "run-2", "run-3"].map(String::from);
        let left: HashMap<String, i64> = store.kept_runs(&wanted).unwrap();
        assert_eq!(left, HashMap::from([("run-2".to_owned(), 2), ("run-3".to_owned(), 3)]));
    }
}
