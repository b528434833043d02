//! Operations: running and finished writes, their receipts, and the audit log.

use crate::{OperationId, PlanId, Timestamp, jobs::JobId, plan::Plan};
use serde::{Deserialize, Serialize};

/// Confirms a plan and starts it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOperation {
    pub plan: PlanId,
    /// What the person typed, where the plan asks for it.
    pub typed: Option<String>,
}

/// Continues an operation that a crash, a cancel or a fault cut off. `typed` as in [`RunOperation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeOperation {
    pub operation: OperationId,
    pub typed: Option<String>,
}

/// Gives up what is left of an interrupted operation. What was written stays, and stays undoable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscardOperation {
    pub operation: OperationId,
}

/// Stops a running operation after the call under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOperation {
    pub operation: OperationId,
}

/// Follows all operations of this program run, and those found interrupted at its start.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WatchOperations {}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationList {
    pub operations: Vec<OperationRow>,
}

/// One operation changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationEvent {
    pub operation: OperationRow,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationRow {
    pub id: OperationId,
    pub title: String,
    pub state: OperationState,
    pub profile: String,
    pub account: String,
    pub region: String,
    /// Name of the bucket or machine, or of what a run belongs to.
    pub scope: String,
    pub started: Timestamp,
    pub finished: Option<Timestamp>,
    pub steps_done: u64,
    pub steps: u64,
    pub bytes_done: u64,
    pub bytes: u64,
    /// What the operation is doing, or why it stopped, in words.
    pub note: String,
    pub undo: UndoState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OperationState {
    Running,
    Succeeded,
    /// Some or all steps failed.
    Failed,
    /// The person stopped it.
    Cancelled,
    /// The program ended while it ran: resume or discard.
    Interrupted,
    /// Interrupted, and given up by the person.
    Discarded,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UndoState {
    /// Nothing was written yet.
    None,
    Possible,
    /// Why not: `the destination is not versioned`.
    Impossible(String),
    Undone(OperationId),
}

/// Opens all operations of the journal, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OpenHistory {}

/// Opens the audit log, newest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OpenAudit {}

/// One entry of the append-only log. `hash` covers the entry and the hash before it (SHA-256, hex).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    pub sequence: u64,
    pub at: Timestamp,
    /// The person at this computer.
    pub who: String,
    pub profile: String,
    pub account: String,
    pub region: String,
    /// `restore.run`, `restore.done`, `session.unlock`.
    pub action: String,
    pub target: String,
    pub result: String,
    pub operation: Option<OperationId>,
    pub hash: String,
}

/// Recomputes the hash chain.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct CheckAudit {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditCheck {
    pub entries: u64,
    /// The first entry whose hash does not follow from what is stored.
    pub broken_at: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadReceipt {
    pub operation: OperationId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub operation: OperationRow,
    pub plan: Plan,
    pub steps: Vec<StepReceipt>,
    /// The audit entry that closed the operation.
    pub audit: Option<AuditRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReceipt {
    pub key: String,
    pub state: StepState,
    /// What is true now: the version id that the write made, if any.
    pub new_version_id: Option<String>,
    pub marker_id: Option<String>,
    /// The execution that was started, redriven or stopped: its ARN.
    #[serde(default)]
    pub execution: Option<String>,
    /// The execution of a pipeline that was started, retried or stopped: its ARN.
    #[serde(default)]
    pub pipeline_execution: Option<String>,
    /// The run that was started or ended.
    #[serde(default)]
    pub job: Option<JobId>,
    pub request_ids: Vec<String>,
    pub checks: Vec<Check>,
    /// Why it failed or was not run.
    pub note: String,
    pub finished: Option<Timestamp>,
}

impl StepReceipt {
    /// Of a step of which nothing is known yet but its state.
    pub fn begun(key: String, state: StepState) -> Self {
        Self {
            key,
            state,
            new_version_id: None,
            marker_id: None,
            execution: None,
            pipeline_execution: None,
            job: None,
            request_ids: Vec::new(),
            checks: Vec::new(),
            note: String::new(),
            finished: None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    Waiting,
    Running,
    Done,
    Failed,
    /// What the plan saw is not there any more.
    Changed,
    Skipped,
}

/// One thing that was read back after the write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `size`, `checksum`, `version id`, `is current`.
    pub what: String,
    pub ok: bool,
    pub text: String,
}
