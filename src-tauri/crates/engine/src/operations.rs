//! The operations engine: confirmed plans become journalled, conditional, verified writes.
//!
//! What always holds: a step is in the journal before it is sent; what the plan saw is looked at again before each
//! step, and the write itself is conditional on it; a step is done only after it was read back. A fault that leaves it
//! open whether a write happened (no answer, expired credentials, a lock) interrupts the operation, and resuming it first
//! finds out. Operations outlive the window: they go on when it reloads.

mod run;
mod step;

use crate::{
    Desk, EngineError, Events,
    desk::load,
    plans::runnable,
    sets::{FieldSpec, Record, Value},
};
use aws::{Confirmation, Session, WritePermit};
use contract::{
    OperationId, Timestamp,
    operations::{
        AuditCheck, AuditRow, CancelOperation, DiscardOperation, OperationEvent, OperationList, OperationRow,
        OperationState, Receipt, ResumeOperation, RunOperation, UndoState,
    },
    plan::{Plan, Scope},
    sets::{FieldKind, Rows, SetState},
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{NewAudit, NewOperation, OperationRecord, StepRecord};
use tokio_util::sync::CancellationToken;

/// Where changes of operations are reported.
pub type OperationEvents = Arc<dyn Fn(OperationEvent) + Send + Sync>;

/// Rows read from the store at once.
const PAGE: usize = 500;

/// The operations of this program run.
#[derive(Default)]
pub(crate) struct Operations {
    started: AtomicU64,
    running: Mutex<HashMap<OperationId, CancellationToken>>,
    /// The last state of every operation that ran or was found interrupted since the program started.
    known: Mutex<HashMap<OperationId, OperationRow>>,
    watchers: Mutex<Vec<OperationEvents>>,
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operations").field("running", &lock(&self.running).len()).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Operations {
    /// Unique across program runs and instances, and sorted by time.
    fn next_id(&self, now: Timestamp) -> OperationId {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        OperationId(format!("{}-{:x}-{number:x}", now.strftime("%Y%m%dT%H%M%SZ"), std::process::id()))
    }

    pub fn forget_watchers(&self) {
        lock(&self.watchers).clear();
    }

    fn report(&self, row: OperationRow) {
        lock(&self.known).insert(row.id.clone(), row.clone());
        let watchers = lock(&self.watchers).clone();
        for watcher in watchers {
            watcher(OperationEvent { operation: row.clone() });
        }
    }
}

/// An operation on its way.
pub(crate) struct Job {
    pub id: OperationId,
    pub plan: Plan,
    pub session: Session,
    pub permit: WritePermit,
    pub cancel: CancellationToken,
    /// What the journal knew of the steps when this run of the operation began.
    pub before: Vec<StepRecord>,
}

impl Desk {
    /// Confirms a plan and starts it. The guard has the last word.
    pub async fn run_operation(&self, request: RunOperation) -> Result<OperationId, EngineError> {
        let planned = self.inner.plans.get(&request.plan)?;
        runnable(&planned.plan)?;
        let now = Timestamp::now();
        let permit = permit(&planned.session, &planned.plan, request.typed, now)?;
        if !self.inner.plans.take(&request.plan) {
            return Err(EngineError::Gone("this plan"));
        }
        let id = self.inner.operations.next_id(now);
        let new = NewOperation {
            id: id.clone(),
            plan: planned.plan.clone(),
            profile: planned.plan.place.profile.clone(),
            account: planned.plan.place.account.clone(),
            region: planned.plan.place.region.clone(),
            scope: planned.plan.place.scope.name().to_owned(),
            who: store::whoami(),
            started: now,
        };
        let entry = Self::entry(&planned.plan, Some(&id), "run", &planned.plan.cli.join("\n"));
        self.inner
            .store
            .run(move |store| {
                store.begin_operation(&new)?;
                store.append_audit(&entry)
            })
            .await?;
        let no_undo = match planned.plan.place.scope {
            Scope::Bucket(_) => None,
            Scope::Machine { .. } | Scope::Pipeline { .. } => {
                Some("what an execution did stays done; one that runs can be stopped")
            }
            Scope::Jobs { .. } => Some("what a run did stays done; one that is on its way can be ended"),
            Scope::Models { .. } => Some("a decision is not taken back but followed by another one"),
            Scope::Monitor { .. } => Some("a schedule or its alert is set back by a plan of its own"),
        };
        if let Some(why) = no_undo {
            let blocked = id.clone();
            self.inner.store.run(move |store| store.set_undo_blocked(&blocked, Some(why))).await?;
        }
        self.spawn(id.clone(), planned.plan, planned.session, permit).await?;
        Ok(id)
    }

    /// Continues an operation that was cut off. What has happened already is found out, not repeated.
    pub async fn resume_operation(&self, request: ResumeOperation) -> Result<OperationId, EngineError> {
        let record = self.record(&request.operation).await?;
        if !matches!(record.row.state, OperationState::Interrupted | OperationState::Cancelled) {
            return Err(EngineError::NotNow("Only an interrupted operation can be resumed.".into()));
        }
        let session = self.session_on(&record.plan.place).await?;
        let identity = session.identity().await.map_err(Self::failed(&session))?;
        if identity.account != record.row.account {
            return Err(EngineError::NotNow(format!(
                "The profile {} is in account {} now; the operation was begun in {}.",
                record.row.profile, identity.account, record.row.account
            )));
        }
        let permit = permit(&session, &record.plan, request.typed, Timestamp::now())?;
        let entry = Self::entry(&record.plan, Some(&request.operation), "resume", "");
        let id = request.operation.clone();
        self.inner
            .store
            .run(move |store| {
                store.resume_operation(&id)?;
                store.append_audit(&entry)
            })
            .await?;
        self.spawn(request.operation.clone(), record.plan, session, permit).await?;
        Ok(request.operation)
    }

    async fn spawn(
        &self,
        id: OperationId,
        plan: Plan,
        session: Session,
        permit: WritePermit,
    ) -> Result<(), EngineError> {
        let record = self.record(&id).await?;
        let cancel = CancellationToken::new();
        lock(&self.inner.operations.running).insert(id.clone(), cancel.clone());
        self.inner.operations.report(record.row);
        let job = Job { id, plan, session, permit, cancel, before: record.steps };
        let desk = self.clone();
        tokio::spawn(async move { desk.execute(job).await });
        Ok(())
    }

    /// Gives up what is left of an operation that was cut off. What was written stays, and stays undoable.
    pub async fn discard_operation(&self, request: &DiscardOperation) -> Result<(), EngineError> {
        let record = self.record(&request.operation).await?;
        if !matches!(record.row.state, OperationState::Interrupted | OperationState::Cancelled) {
            return Err(EngineError::NotNow("Only an interrupted operation can be discarded.".into()));
        }
        let uploads = record.steps.iter().filter(|step| step.upload_id.is_some()).count();
        let note = match uploads {
            0 => "Given up by the person.".to_owned(),
            1 => "Given up by the person; an unfinished upload is left to the bucket's lifecycle rules.".to_owned(),
            _ => format!(
                "Given up by the person; {uploads} unfinished uploads are left to the bucket's lifecycle rules."
            ),
        };
        let entry = Self::entry(&record.plan, Some(&request.operation), "discard", &note);
        let id = request.operation.clone();
        self.inner
            .store
            .run(move |store| {
                store.set_state(&id, OperationState::Discarded, &note, Some(Timestamp::now()))?;
                store.append_audit(&entry)
            })
            .await?;
        self.tell(&request.operation).await
    }

    /// Stops a running operation after the call under way.
    pub fn cancel_operation(&self, request: &CancelOperation) -> Result<(), EngineError> {
        let running = lock(&self.inner.operations.running);
        let cancel = running
            .get(&request.operation)
            .ok_or_else(|| EngineError::NotNow("The operation is not running any more.".into()))?;
        cancel.cancel();
        Ok(())
    }

    /// The operations of this program run and those that wait for a decision; then every change of any.
    pub async fn watch_operations(&self, events: OperationEvents) -> Result<OperationList, EngineError> {
        let waiting = self.inner.store.run(|store| store.operations_in(OperationState::Interrupted)).await?;
        lock(&self.inner.operations.watchers).push(events);
        let mut known = lock(&self.inner.operations.known);
        for row in waiting {
            known.entry(row.id.clone()).or_insert(row);
        }
        let mut operations: Vec<OperationRow> = known.values().cloned().collect();
        operations.sort_by(|one, two| two.started.cmp(&one.started).then_with(|| two.id.cmp(&one.id)));
        Ok(OperationList { operations })
    }

    /// All operations of the journal, newest first.
    pub fn open_history(&self, events: Events) -> Result<SetState, EngineError> {
        let (state, writer) = self.inner.sets.open::<OperationRow>(Timestamp::now(), events);
        let store = self.inner.store.clone();
        load(writer, |writer| async move {
            let mut offset = 0;
            loop {
                let page = store.run(move |store| store.operations(offset, PAGE)).await?;
                let last = page.len() < PAGE;
                offset += page.len();
                writer.append(page);
                if last || writer.cancelled() {
                    return Ok(Timestamp::now());
                }
            }
        });
        Ok(state)
    }

    /// The audit log, newest first.
    pub fn open_audit(&self, events: Events) -> Result<SetState, EngineError> {
        let (state, writer) = self.inner.sets.open::<AuditRow>(Timestamp::now(), events);
        let store = self.inner.store.clone();
        load(writer, |writer| async move {
            let mut offset = 0;
            loop {
                let page = store.run(move |store| store.audit(offset, PAGE)).await?;
                let last = page.len() < PAGE;
                offset += page.len();
                writer.append(page);
                if last || writer.cancelled() {
                    return Ok(Timestamp::now());
                }
            }
        });
        Ok(state)
    }

    /// What `watch_operations` would answer with, without watching.
    pub(crate) fn known_operations(&self) -> Vec<OperationRow> {
        lock(&self.inner.operations.known).values().cloned().collect()
    }

    pub async fn read_receipt(&self, operation: &OperationId) -> Result<Receipt, EngineError> {
        let record = self.record(operation).await?;
        let id = operation.clone();
        let audit = self.inner.store.run(move |store| store.audit_of(&id)).await?;
        Ok(Receipt {
            operation: record.row,
            plan: record.plan,
            steps: record.steps.into_iter().map(|step| step.receipt).collect(),
            audit: audit.into_iter().max_by_key(|entry| entry.sequence),
        })
    }

    pub async fn check_audit(&self) -> Result<AuditCheck, EngineError> {
        Ok(self.inner.store.run(store::Store::check_audit).await?)
    }

    pub(crate) async fn record(&self, id: &OperationId) -> Result<OperationRecord, EngineError> {
        let id = id.clone();
        Ok(self.inner.store.run(move |store| store.operation(&id)).await?)
    }

    /// Reports an operation as the journal has it.
    pub(crate) async fn tell(&self, id: &OperationId) -> Result<(), EngineError> {
        let wanted = id.clone();
        let row = self.inner.store.run(move |store| store.operation_row(&wanted)).await?;
        self.inner.operations.report(row);
        Ok(())
    }

    /// An audit entry about an operation.
    pub(crate) fn entry(plan: &Plan, id: Option<&OperationId>, verb: &str, result: &str) -> NewAudit {
        let kind = match &plan.place.scope {
            _ if plan.undoes.is_some() => "undo",
            Scope::Jobs { .. } => "job",
            Scope::Models { .. } => "model",
            Scope::Pipeline { .. } => "pipeline",
            Scope::Monitor { .. } => "monitor",
            Scope::Bucket(_) | Scope::Machine { .. } => "restore",
        };
        NewAudit {
            at: Timestamp::now(),
            who: store::whoami(),
            profile: plan.place.profile.clone(),
            account: plan.place.account.clone(),
            region: plan.place.region.clone(),
            action: format!("{kind}.{verb}"),
            target: match &plan.place.scope {
                Scope::Bucket(bucket) => format!("{} in s3://{bucket}", plan.title),
                Scope::Machine { machine } => format!("{} of {machine}", plan.title),
                Scope::Jobs { engine, home } => format!("{} on {} {home}", plan.title, engine.word()),
                Scope::Models { group } => format!("{} of {group}", plan.title),
                // Their titles name them.
                Scope::Monitor { .. } => plan.title.clone(),
                Scope::Pipeline { pipeline } if plan.name == *pipeline => plan.title.clone(),
                Scope::Pipeline { pipeline } => format!("{} of {pipeline}", plan.title),
            },
            result: result.to_owned(),
            operation: id.cloned(),
        }
    }
}

fn permit(session: &Session, plan: &Plan, typed: Option<String>, now: Timestamp) -> Result<WritePermit, EngineError> {
    let confirmation = Confirmation { confirm: plan.confirm, name: plan.name.clone(), typed };
    Ok(session.guard().permit(&confirmation, now)?)
}

impl Record for OperationRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("title").searched(),
        FieldSpec::text("status").values(&["running", "succeeded", "failed", "cancelled", "interrupted", "discarded"]),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::text("scope").searched(),
        FieldSpec::text("profile"),
        FieldSpec::text("account"),
        FieldSpec::of("steps", FieldKind::Number),
        FieldSpec::of("size", FieldKind::Size),
        FieldSpec::text("note").searched(),
        FieldSpec::text("undo").values(&["possible", "undone", "impossible"]),
        FieldSpec::text("id").searched(),
    ];

    fn id(&self) -> &str {
        &self.id.0
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.title),
            1 => Value::text(format!("{:?}", self.state).to_lowercase()),
            2 => Value::Time(self.started),
            3 => Value::text(&self.scope),
            4 => Value::text(&self.profile),
            5 => Value::text(&self.account),
            6 => Value::size(Some(self.steps)),
            7 => Value::size(Some(self.bytes)),
            8 => Value::text(&self.note),
            9 => match &self.undo {
                UndoState::None => Value::Missing,
                UndoState::Possible => Value::text("possible"),
                UndoState::Impossible(_) => Value::text("impossible"),
                UndoState::Undone(_) => Value::text("undone"),
            },
            10 => Value::text(&self.id.0),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Operations(rows)
    }
}

impl Record for AuditRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::of("sequence", FieldKind::Number),
        FieldSpec::of("at", FieldKind::Time),
        FieldSpec::text("who").searched(),
        FieldSpec::text("action").searched(),
        FieldSpec::text("target").searched(),
        FieldSpec::text("result").searched(),
        FieldSpec::text("profile").searched(),
        FieldSpec::text("account"),
        FieldSpec::text("region"),
        FieldSpec::text("hash"),
    ];

    fn id(&self) -> &str {
        &self.hash
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::size(Some(self.sequence)),
            1 => Value::Time(self.at),
            2 => Value::text(&self.who),
            3 => Value::text(&self.action),
            4 => Value::text(&self.target),
            5 => Value::text(&self.result),
            6 => Value::text(&self.profile),
            7 => Value::text(&self.account),
            8 => Value::text(&self.region),
            9 => Value::text(&self.hash),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Audit(rows)
    }
}
