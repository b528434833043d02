//! What was found out about executions by reading their histories, and what the person said of incidents.
//!
//! A finished execution never changes for the same number of redrives, so an answer holds for ever and is worth keeping:
//! each saves a call whose quota is shared with production.

use crate::{Store, StoreError, words};
use contract::{executions::Status, jobs::facts::StartedRun, now::Mark};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What became of a finished execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub status: Status,
    /// The state that failed first.
    pub state: Option<String>,
    pub error: Option<String>,
    /// In one line.
    pub cause: Option<String>,
    /// The runs that its states started, as far as its history was read.
    #[serde(default)]
    pub started: Vec<StartedRun>,
}

impl Store {
    /// The outcomes that are known of these executions (ARN and number of redrives). Blocking.
    pub fn outcomes(&self, wanted: &[(String, u64)]) -> Result<HashMap<String, Outcome>, StoreError> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT outcome FROM outcomes WHERE execution = ?1 AND redrives = ?2")?;
        let mut found = HashMap::new();
        for (execution, redrives) in wanted {
            let mut rows = statement.query((execution, words::count(*redrives)))?;
            if let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                // One that an older program wrote otherwise is found out again.
                if let Ok(outcome) = words::from_json(&text, "an outcome") {
                    found.insert(execution.clone(), outcome);
                }
            }
        }
        Ok(found)
    }

    /// Outcomes, with their executions, that name a run by its own id; at most so many. Whether it was that run
    /// is for the caller to see. Blocking.
    pub fn outcomes_naming(&self, own: &str, most: u32) -> Result<Vec<(String, Outcome)>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT execution, outcome FROM outcomes WHERE instr(outcome, ?1) > 0 LIMIT ?2")?;
        let rows = statement.query_map((own, most), |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut found = Vec::new();
        for row in rows {
            let (execution, text) = row?;
            if let Ok(outcome) = words::from_json(&text, "an outcome") {
                found.push((execution, outcome));
            }
        }
        Ok(found)
    }

    /// Keeps what became of an execution. Blocking.
    pub fn keep_outcome(&self, execution: &str, redrives: u64, outcome: &Outcome) -> Result<(), StoreError> {
        let text = words::json(outcome, "the outcome")?;
        self.write(|tx| {
            tx.execute(
                "INSERT INTO outcomes (execution, redrives, outcome) VALUES (?1, ?2, ?3)
                 ON CONFLICT (execution, redrives) DO UPDATE SET outcome = excluded.outcome",
                (execution, words::count(redrives), text),
            )?;
            Ok(())
        })
    }

    /// All marks by incident. Blocking.
    pub fn marks(&self) -> Result<HashMap<String, Mark>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT incident, mark FROM marks")?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut marks = HashMap::new();
        for row in rows {
            let (incident, text) = row?;
            if let Ok(mark) = words::from_json(&text, "a mark") {
                marks.insert(incident, mark);
            }
        }
        Ok(marks)
    }

    /// Sets a mark, or takes it away. Blocking.
    pub fn set_mark(&self, incident: &str, mark: Option<&Mark>) -> Result<(), StoreError> {
        let text = mark.map(|mark| words::json(mark, "the mark")).transpose()?;
        self.write(|tx| {
            match text {
                Some(text) => tx.execute(
                    "INSERT INTO marks (incident, mark) VALUES (?1, ?2)
                     ON CONFLICT (incident) DO UPDATE SET mark = excluded.mark",
                    (incident, text),
                )?,
                None => tx.execute("DELETE FROM marks WHERE incident = ?1", [incident])?,
            };
            Ok(())
        })
    }
}
