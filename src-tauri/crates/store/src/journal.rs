//! The operation journal, writing side: what an operation is about to do is on the disk before it does it.
//!
//! What always holds: a step that is `Running` here may have happened; one that is `Waiting` has not been sent. After
//! a crash that difference is all there is to go by, so [`Store::step_started`] comes before the call to the service and
//! [`Store::step_finished`] after it. An operation is run by one instance of the program at a time: every writing method
//! refuses one that is `Running` in another instance.

use crate::{Store, StoreError, words};
use contract::operations::{OperationState, StepReceipt, StepState};
use contract::plan::{Action, Plan};
use contract::{OperationId, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

/// What is written down when an operation begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOperation {
    pub id: OperationId,
    /// Kept as it was confirmed; its steps become the operation's steps, all `Waiting`.
    pub plan: Plan,
    pub profile: String,
    pub account: String,
    pub region: String,
    /// Name of the bucket or machine.
    pub scope: String,
    pub who: String,
    pub started: Timestamp,
}

/// Where an operation stands, for the checks before a write.
struct Standing {
    number: i64,
    instance: String,
    state: OperationState,
}

impl Store {
    /// Writes a confirmed operation down as `Running` in this instance. Blocking; on the disk when it returns.
    pub fn begin_operation(&self, new: &NewOperation) -> Result<(), StoreError> {
        let plan = words::json(&new.plan, "the plan")?;
        self.write(|tx| {
            tx.execute(
                "INSERT INTO operations
                 (id, instance, title, state, profile, account, region, scope, who, started, bytes, note, plan)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, '', ?12)",
                (
                    &new.id.0,
                    self.instance().id(),
                    &new.plan.title,
                    words::word(OperationState::Running)?,
                    &new.profile,
                    &new.account,
                    &new.region,
                    &new.scope,
                    &new.who,
                    new.started.to_string(),
                    words::count(new.plan.bytes),
                    plan,
                ),
            )?;
            let number = tx.last_insert_rowid();
            let waiting = words::word(StepState::Waiting)?;
            let mut insert = tx
                .prepare_cached("INSERT INTO steps (operation, step, key, bytes, state) VALUES (?1, ?2, ?3, ?4, ?5)")?;
            for (index, step) in new.plan.steps.iter().enumerate() {
                let bytes = match &step.action {
                    Action::Copy { source, .. } => source.size,
                    _ => 0,
                };
                insert.execute((number, words::index(index), &step.key, words::count(bytes), &waiting))?;
            }
            Ok(())
        })
    }

    /// Takes an operation over into this instance to run on: from `Interrupted`, `Cancelled` or `Failed` to `Running`.
    /// Of several that try, one gets it; the others get [`StoreError::OtherInstance`] or [`StoreError::WrongState`].
    /// Blocking.
    pub fn resume_operation(&self, operation: &OperationId) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            if !matches!(
                standing.state,
                OperationState::Interrupted | OperationState::Cancelled | OperationState::Failed
            ) {
                return Err(StoreError::WrongState {
                    operation: operation.clone(),
                    state: words::word(standing.state)?.to_lowercase(),
                });
            }
            tx.execute(
                "UPDATE operations SET state = ?2, instance = ?3, note = '', finished = NULL WHERE number = ?1",
                (standing.number, words::word(OperationState::Running)?, self.instance().id()),
            )?;
            Ok(())
        })
    }

    /// The step is about to be sent. `resume` is the multipart upload that it continues, if any; without one, an upload
    /// noted earlier stays noted until it is replaced or cleared by [`Store::step_note_upload`]. Blocking; on the disk when it
    /// returns.
    pub fn step_started(
        &self,
        operation: &OperationId,
        step: usize,
        at: Timestamp,
        resume: Option<&str>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            let changed = tx
                .prepare_cached(
                    "UPDATE steps SET state = ?3, started = ?4, upload_id = coalesce(?5, upload_id)
                     WHERE operation = ?1 AND step = ?2",
                )?
                .execute((
                    standing.number,
                    words::index(step),
                    words::word(StepState::Running)?,
                    at.to_string(),
                    resume,
                ))?;
            one(changed, operation, step)
        })
    }

    /// The multipart upload that the step has opened at the service, to be resumed or aborted after a crash; `None`
    /// once it was aborted. Blocking; on the disk when it returns.
    pub fn step_note_upload(
        &self,
        operation: &OperationId,
        step: usize,
        upload_id: Option<&str>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            let changed = tx
                .prepare_cached("UPDATE steps SET upload_id = ?3 WHERE operation = ?1 AND step = ?2")?
                .execute((standing.number, words::index(step), upload_id))?;
            one(changed, operation, step)
        })
    }

    /// What became of the step. A `Done` step has no open upload any more. Accepted in every state of the operation,
    /// because the call under way may end after the person cancelled. Blocking; on the disk when it returns.
    pub fn step_finished(&self, operation: &OperationId, step: usize, receipt: &StepReceipt) -> Result<(), StoreError> {
        let text = words::json(receipt, "the receipt")?;
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            let changed = tx
                .prepare_cached(
                    "UPDATE steps SET state = ?3, receipt = ?4, upload_id = CASE WHEN ?5 THEN NULL ELSE upload_id END
                     WHERE operation = ?1 AND step = ?2",
                )?
                .execute((
                    standing.number,
                    words::index(step),
                    words::word(receipt.state)?,
                    text,
                    receipt.state == StepState::Done,
                ))?;
            one(changed, operation, step)
        })
    }

    /// What the operation is doing, or how it ended (`finished` set), with a note in words. Blocking.
    pub fn set_state(
        &self,
        operation: &OperationId,
        state: OperationState,
        note: &str,
        finished: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            let instance = if state == OperationState::Running { self.instance().id() } else { &standing.instance };
            tx.execute(
                "UPDATE operations SET state = ?2, note = ?3, finished = ?4, instance = ?5 WHERE number = ?1",
                (standing.number, words::word(state)?, note, finished.map(|at| at.to_string()), instance),
            )?;
            Ok(())
        })
    }

    /// Why the operation cannot be undone (`the destination is not versioned`); `None` lifts it. Blocking.
    pub fn set_undo_blocked(&self, operation: &OperationId, reason: Option<&str>) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            tx.execute("UPDATE operations SET undo_blocked = ?2 WHERE number = ?1", (standing.number, reason))?;
            Ok(())
        })
    }

    /// The operation `by` undid this one. Blocking.
    pub fn mark_undone(&self, operation: &OperationId, by: &OperationId) -> Result<(), StoreError> {
        self.write(|tx| {
            let standing = self.own(tx, operation)?;
            tx.execute("UPDATE operations SET undone_by = ?2 WHERE number = ?1", (standing.number, &by.0))?;
            Ok(())
        })
    }

    /// Finds the operations whose instance of the program has ended while they ran, and makes them `Interrupted`.
    /// Their steps stay as they were: a `Running` one may have happened. For the start of the program; operations of
    /// living instances are left alone. Blocking.
    pub fn interrupt_running(&self) -> Result<Vec<OperationId>, StoreError> {
        self.write(|tx| {
            let running: Vec<(String, String)> = tx
                .prepare("SELECT id, instance FROM operations WHERE state = ?1 ORDER BY number")?
                .query_map([words::word(OperationState::Running)?], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut ended: Vec<String> = running.iter().map(|(_, instance)| instance.clone()).collect();
            ended.sort();
            ended.dedup();
            ended.retain(|instance| self.instance().has_ended(instance));
            let mut interrupted = Vec::new();
            for (id, instance) in running {
                if ended.contains(&instance) {
                    tx.execute(
                        "UPDATE operations SET state = ?2, note = ?3 WHERE id = ?1",
                        (&id, words::word(OperationState::Interrupted)?, "The program ended while this ran."),
                    )?;
                    interrupted.push(OperationId(id));
                }
            }
            Ok(interrupted)
        })
    }

    /// Where the operation stands, if this instance may write to it.
    fn own(&self, tx: &Transaction<'_>, operation: &OperationId) -> Result<Standing, StoreError> {
        let row: Option<(i64, String, String)> = tx
            .prepare_cached("SELECT number, instance, state FROM operations WHERE id = ?1")?
            .query_row([&operation.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let (number, instance, state) = row.ok_or_else(|| StoreError::NoSuchOperation(operation.clone()))?;
        let state = words::from_word(state, "an operation's state")?;
        if state == OperationState::Running && instance != self.instance().id() {
            return Err(StoreError::OtherInstance(operation.clone()));
        }
        Ok(Standing { number, instance, state })
    }
}

fn one(changed: usize, operation: &OperationId, step: usize) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::NoSuchStep { operation: operation.clone(), step }) }
}
