//! The causes that were found of failed runs: a job that fails again of the same is told apart from one that never did.

use crate::{Store, StoreError, words};
use contract::{Timestamp, jobs::recurrence::After};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Of one cause of one job; the oldest go first.
pub const FINDINGS_KEPT: u64 = 100;

/// One time that a cause was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFinding {
    /// The run's id as text.
    pub run: String,
    /// When the run ended.
    pub at: Timestamp,
    /// What was asked for, without secrets and dates: to be compared, not to be read.
    pub request: String,
    /// What became of the job, where it is known.
    pub after: Option<After>,
}

impl Store {
    /// All that is kept of a cause of a job, in the order in which it was found. Blocking.
    pub fn findings_of(&self, job: &str, signature: &str) -> Result<Vec<SeenFinding>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT finding FROM findings WHERE job = ?1 AND signature = ?2 ORDER BY number")?;
        let rows = statement.query_map((job, signature), |row| row.get::<_, String>(0))?;
        let mut found = Vec::new();
        for text in rows {
            // One that an older program wrote otherwise counts no more.
            if let Ok(finding) = words::from_json(&text?, "a finding") {
                found.push(finding);
            }
        }
        Ok(found)
    }

    /// The causes that were found of these runs, as signatures; of several of one run the one that was found last. Blocking.
    pub fn signatures_of(&self, runs: &HashSet<String>) -> Result<HashMap<String, String>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT run, signature FROM findings ORDER BY number")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = HashMap::new();
        for row in rows {
            let (run, signature) = row?;
            if runs.contains(&run) {
                found.insert(run, signature);
            }
        }
        Ok(found)
    }

    /// Keeps findings; one of the same run takes the place of what was kept of it. Blocking.
    pub fn keep_findings(&self, job: &str, signature: &str, findings: &[SeenFinding]) -> Result<(), StoreError> {
        self.write(|tx| {
            for finding in findings {
                let text = words::json(finding, "the finding")?;
                tx.execute(
                    "INSERT INTO findings (job, signature, run, finding) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (job, signature, run) DO UPDATE SET finding = excluded.finding",
                    (job, signature, &finding.run, text),
                )?;
            }
            tx.execute(
                "DELETE FROM findings WHERE job = ?1 AND signature = ?2 AND number NOT IN (
                     SELECT number FROM findings WHERE job = ?1 AND signature = ?2 ORDER BY number DESC LIMIT ?3)",
                (job, signature, words::count(FINDINGS_KEPT)),
            )?;
            Ok(())
        })
    }
}
