//! The operation journal, reading side. Counts, bytes and the undo state are derived from the steps on every read, so
//! that they cannot disagree with them.

use crate::{Store, StoreError, words};
use contract::operations::{OperationRow, OperationState, StepReceipt, StepState, UndoState};
use contract::plan::Plan;
use contract::{OperationId, Timestamp};
use rusqlite::{OptionalExtension, Params, Row};

/// One operation with everything that the journal knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRecord {
    pub row: OperationRow,
    /// As it was confirmed.
    pub plan: Plan,
    /// The person at this computer who confirmed it.
    pub who: String,
    /// In the plan's order, one for each of its steps.
    pub steps: Vec<StepRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRecord {
    /// `state` is what holds now: after a crash, `Running` means that it was sent and may have happened.
    pub receipt: StepReceipt,
    /// A multipart upload that may still be open at the service.
    pub upload_id: Option<String>,
    /// When it was last begun.
    pub started: Option<Timestamp>,
}

/// `picked` chooses operations; the steps are summed up for those alone.
fn rows_of(picked: &str) -> String {
    format!(
        "SELECT o.*, count(s.step) AS steps,
                coalesce(sum(s.state = 'Done'), 0) AS steps_done,
                coalesce(sum(CASE WHEN s.state = 'Done' THEN s.bytes ELSE 0 END), 0) AS bytes_done
         FROM (SELECT * FROM operations {picked}) AS o LEFT JOIN steps AS s ON s.operation = o.number
         GROUP BY o.number ORDER BY o.number DESC"
    )
}

impl Store {
    /// Operations, newest first. `steps_done` and `bytes_done` count `Done` steps. Blocking.
    pub fn operations(&self, offset: usize, limit: usize) -> Result<Vec<OperationRow>, StoreError> {
        self.rows("ORDER BY number DESC LIMIT ?1 OFFSET ?2", [words::index(limit), words::index(offset)])
    }

    /// How many operations the journal holds. Blocking.
    pub fn operation_count(&self) -> Result<u64, StoreError> {
        let count: i64 = self.connection().query_row("SELECT count(*) FROM operations", [], |row| row.get(0))?;
        Ok(words::unsigned(count))
    }

    /// All operations in one state, newest first: `Interrupted` ones wait for the person. Blocking.
    pub fn operations_in(&self, state: OperationState) -> Result<Vec<OperationRow>, StoreError> {
        self.rows("WHERE state = ?1", [words::word(state)?])
    }

    /// Operations of an account on one scope, such as a bucket or a group of models, newest first. Blocking.
    pub fn operations_on(&self, account: &str, scope: &str, limit: usize) -> Result<Vec<OperationRow>, StoreError> {
        let picked = "WHERE account = ?1 AND scope = ?2 ORDER BY number DESC LIMIT ?3";
        self.rows(picked, (account, scope, words::index(limit)))
    }

    /// One operation's line, without plan and steps. Blocking.
    pub fn operation_row(&self, operation: &OperationId) -> Result<OperationRow, StoreError> {
        self.rows("WHERE id = ?1", [&operation.0])?.pop().ok_or_else(|| StoreError::NoSuchOperation(operation.clone()))
    }

    /// One operation with plan and steps. Blocking.
    pub fn operation(&self, operation: &OperationId) -> Result<OperationRecord, StoreError> {
        let row = self.operation_row(operation)?;
        let connection = self.connection();
        let found: Option<(i64, String, String)> = connection
            .query_row("SELECT number, plan, who FROM operations WHERE id = ?1", [&operation.0], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let (number, plan, who) = found.ok_or_else(|| StoreError::NoSuchOperation(operation.clone()))?;
        let mut statement = connection.prepare_cached(
            "SELECT key, state, started, upload_id, receipt FROM steps WHERE operation = ?1 ORDER BY step",
        )?;
        let steps = statement.query_and_then([number], step_record)?.collect::<Result<_, _>>()?;
        let plan = words::from_json(&plan, &format!("the plan of operation {operation}"))?;
        Ok(OperationRecord { row, plan, who, steps })
    }

    fn rows(&self, picked: &str, params: impl Params) -> Result<Vec<OperationRow>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&rows_of(picked))?;
        statement.query_and_then(params, operation_row)?.collect()
    }
}

fn operation_row(row: &Row<'_>) -> Result<OperationRow, StoreError> {
    let state = words::from_word(row.get("state")?, "an operation's state")?;
    let steps_done = words::unsigned(row.get("steps_done")?);
    Ok(OperationRow {
        id: OperationId(row.get("id")?),
        title: row.get("title")?,
        state,
        profile: row.get("profile")?,
        account: row.get("account")?,
        region: row.get("region")?,
        scope: row.get("scope")?,
        started: words::time(&row.get::<_, String>("started")?)?,
        finished: words::maybe_time(row.get("finished")?)?,
        steps_done,
        steps: words::unsigned(row.get("steps")?),
        bytes_done: words::unsigned(row.get("bytes_done")?),
        bytes: words::unsigned(row.get("bytes")?),
        note: row.get("note")?,
        undo: undo_state(state, steps_done, row.get("undone_by")?, row.get("undo_blocked")?),
    })
}

fn undo_state(state: OperationState, done: u64, undone_by: Option<String>, blocked: Option<String>) -> UndoState {
    match (undone_by, blocked) {
        (Some(by), _) => UndoState::Undone(OperationId(by)),
        _ if done == 0 => UndoState::None,
        (None, Some(reason)) => UndoState::Impossible(reason),
        (None, None) if state == OperationState::Running => {
            UndoState::Impossible("it is still running: cancel it first".to_owned())
        }
        (None, None) => UndoState::Possible,
    }
}

fn step_record(row: &Row<'_>) -> Result<StepRecord, StoreError> {
    let state = words::from_word(row.get("state")?, "a step's state")?;
    let mut receipt = match row.get::<_, Option<String>>("receipt")? {
        Some(text) => words::from_json(&text, "a step's receipt")?,
        None => StepReceipt::begun(row.get("key")?, state),
    };
    // A step that was begun again has the receipt of its last try until it ends.
    receipt.state = state;
    if matches!(state, StepState::Waiting | StepState::Running) {
        receipt.finished = None;
    }
    Ok(StepRecord { receipt, upload_id: row.get("upload_id")?, started: words::maybe_time(row.get("started")?)? })
}
