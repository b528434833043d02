//! An operation from its first step to its receipt.

use super::{
    Job, lock,
    step::{Outcome, is_pending},
};
use crate::Desk;
use ::objects::{size, words};
use contract::{
    Timestamp,
    models::ModelWrite,
    operations::{OperationRow, OperationState, StepState},
    plan::{Action, ExecutionAction, JobAction, MonitorAction, PipelineAction, Plan, Step},
};
use futures_util::{StreamExt, stream};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::StepRecord;

/// Objects worked on at once. S3 takes thousands of writes a second per prefix; more than this gains a person nothing.
const AT_ONCE: usize = 16;
/// How often progress is reported.
const REPORT_EVERY: Duration = Duration::from_millis(50);

/// What the steps of one run share.
pub(super) struct Progress {
    row: Mutex<OperationRow>,
    /// Bytes of the steps that are done.
    finished: AtomicU64,
    reported: Mutex<Instant>,
    /// Set by a fault that makes going on pointless: no network, no credentials, locked.
    stopped: AtomicBool,
    why: Mutex<String>,
}

impl Progress {
    pub fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

impl Desk {
    pub(super) async fn execute(&self, job: Job) {
        let row = match self.record(&job.id).await {
            Ok(record) => record.row,
            Err(error) => {
                tracing::error!(%error, "the journal cannot be read; nothing is written without it");
                return;
            }
        };
        let progress = Progress {
            finished: AtomicU64::new(row.bytes_done),
            row: Mutex::new(row),
            reported: Mutex::new(Instant::now()),
            stopped: AtomicBool::new(false),
            why: Mutex::default(),
        };
        stream::iter(groups(&job)).for_each_concurrent(AT_ONCE, |steps| self.run_group(&job, steps, &progress)).await;
        lock(&self.inner.operations.running).remove(&job.id);
        if let Err(error) = self.conclude(&job, &progress).await {
            tracing::error!(%error, operation = %job.id, "the end of the operation could not be written down");
        }
    }

    /// The steps of one key, in their order; after one that is not done the others of its key are skipped.
    async fn run_group(&self, job: &Job, steps: Vec<usize>, progress: &Progress) {
        for index in steps {
            if job.cancel.is_cancelled() || progress.stopped() {
                return;
            }
            match self.run_step(job, index, progress).await {
                Ok(Outcome::Done) => {
                    let bytes = job.plan.steps.get(index).map_or(0, crate::restore::bytes_of);
                    progress.finished.fetch_add(bytes, Ordering::Relaxed);
                    self.progressed(progress, |row, finished| {
                        row.steps_done += 1;
                        row.bytes_done = finished;
                    });
                }
                Ok(Outcome::NotDone) => return,
                Ok(Outcome::Stop(why)) => {
                    if !progress.stopped.swap(true, Ordering::Relaxed) {
                        *progress.why.lock().unwrap_or_else(PoisonError::into_inner) = why;
                    }
                    return;
                }
                Err(error) => {
                    // Without the journal nothing goes on.
                    progress.stopped.store(true, Ordering::Relaxed);
                    *progress.why.lock().unwrap_or_else(PoisonError::into_inner) =
                        format!("The journal could not be written: {error}.");
                    return;
                }
            }
        }
    }

    /// Bytes of a copy by parts as they arrive.
    pub(super) fn copying(&self, progress: &Progress, bytes: u64) {
        self.progressed(progress, |row, finished| row.bytes_done = finished + bytes);
    }

    fn progressed(&self, progress: &Progress, change: impl FnOnce(&mut OperationRow, u64)) {
        let row = {
            let mut row = progress.row.lock().unwrap_or_else(PoisonError::into_inner);
            change(&mut row, progress.finished.load(Ordering::Relaxed));
            row.clone()
        };
        let mut reported = progress.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.elapsed() >= REPORT_EVERY {
            *reported = Instant::now();
            drop(reported);
            self.inner.operations.report(row);
        }
    }

    async fn conclude(&self, job: &Job, progress: &Progress) -> Result<(), crate::EngineError> {
        let record = self.record(&job.id).await?;
        let count = |wanted: &[StepState]| {
            record.steps.iter().filter(|step| wanted.contains(&step.receipt.state)).count() as u64
        };
        let done = count(&[StepState::Done]);
        let failed = count(&[StepState::Failed, StepState::Changed]);
        let open = count(&[StepState::Waiting, StepState::Running]);
        let first_failure = record
            .steps
            .iter()
            .find(|step| matches!(step.receipt.state, StepState::Failed | StepState::Changed))
            .map(|step| step.receipt.note.clone());
        let (state, note) = if open > 0 && progress.stopped() {
            (OperationState::Interrupted, progress.why.lock().unwrap_or_else(PoisonError::into_inner).clone())
        } else if open > 0 && failed == 0 {
            (
                OperationState::Cancelled,
                format!("Stopped by the person after {done} of {}.", words::count_of(record.row.steps, "step")),
            )
        } else if failed > 0 || open > 0 {
            let why = first_failure.unwrap_or_default();
            (
                OperationState::Failed,
                if done == 0 {
                    why
                } else {
                    format!("{done} of {} done. {why}", words::count_of(record.row.steps, "step"))
                },
            )
        } else {
            (OperationState::Succeeded, summary(job, &record.steps))
        };
        let (id, undoes) = (job.id.clone(), job.plan.undoes.clone());
        let request_ids: Vec<String> = record.steps.iter().flat_map(|step| step.receipt.request_ids.clone()).collect();
        let entry = Self::entry(
            &job.plan,
            Some(&job.id),
            match state {
                OperationState::Succeeded => "done",
                OperationState::Cancelled => "cancelled",
                OperationState::Interrupted => "interrupted",
                _ => "failed",
            },
            &format!(
                "{note} {}Request ids: {}",
                comments(&job.plan),
                if request_ids.is_empty() { "none".to_owned() } else { request_ids.join(" ") }
            ),
        );
        // An interrupted operation is not over.
        let finished = (state != OperationState::Interrupted).then(Timestamp::now);
        let undone = undoes.filter(|_| state == OperationState::Succeeded);
        let told = undone.clone();
        self.inner
            .store
            .run(move |store| {
                store.append_audit(&entry)?;
                store.set_state(&id, state, &note, finished)?;
                if let Some(undone) = &undone {
                    store.mark_undone(undone, &id)?;
                }
                Ok(())
            })
            .await?;
        if let Some(undone) = &told {
            self.tell(undone).await?;
        }
        self.tell(&job.id).await
    }
}

/// What was said to decisions about models. SageMaker keeps the last comment alone, and none of a signature.
fn comments(plan: &Plan) -> String {
    let mut all: Vec<String> = Vec::new();
    for step in &plan.steps {
        let Action::Model(action) = &step.action else { continue };
        for write in &action.writes {
            let text = match write {
                ModelWrite::Approval { comment, .. } => comment.clone(),
                ModelWrite::Metadata { key, value } => format!("{} / {key}={value}", step.why),
                ModelWrite::Stage(cycle) => cycle.description.clone().unwrap_or_default(),
            };
            if !text.is_empty() && !all.contains(&text) {
                all.push(text);
            }
        }
    }
    all.iter().map(|text| format!("Comment: {text}. ")).collect::<Vec<_>>().concat()
}

/// Steps that are not done yet, those of one key together and in order.
fn groups(job: &Job) -> Vec<Vec<usize>> {
    let mut groups: Vec<(&str, Vec<usize>)> = Vec::new();
    for (index, step) in job.plan.steps.iter().enumerate() {
        let state = job.before.get(index).map_or(StepState::Waiting, |before| before.receipt.state);
        if !matches!(state, StepState::Waiting | StepState::Running) {
            continue;
        }
        let key = ::objects::restore::written_key(step);
        // Steps of one key stand next to each other in a plan.
        match groups.last_mut() {
            Some((last, steps)) if *last == key => steps.push(index),
            _ => groups.push((key, vec![index])),
        }
    }
    groups.into_iter().map(|(_, steps)| steps).collect()
}

fn summary(job: &Job, records: &[StepRecord]) -> String {
    let copies = job.plan.steps.iter().filter(|step| matches!(step.action, Action::Copy { .. })).count() as u64;
    let removed =
        job.plan.steps.iter().filter(|step| matches!(step.action, Action::RemoveMarker { .. })).count() as u64;
    let hidden = job.plan.steps.iter().filter(|step| matches!(step.action, Action::AddMarker)).count() as u64;
    let mut parts = Vec::new();
    if copies > 0 {
        parts.push(format!("{} copied, {}", words::count_of(copies, "version"), size::words(job.plan.bytes)));
    }
    if removed > 0 {
        parts.push(format!("{} removed", words::count_of(removed, "delete marker")));
    }
    if hidden > 0 {
        parts.push(format!("{} added", words::count_of(hidden, "delete marker")));
    }
    let runs = |wanted: fn(&ExecutionAction) -> bool| {
        let fits = |step: &&Step| matches!(&step.action, Action::Execution(action) if wanted(action));
        job.plan.steps.iter().filter(fits).count() as u64
    };
    for (count, verb) in [
        (runs(|action| matches!(action, ExecutionAction::Redrive { .. })), "redriven"),
        (runs(|action| matches!(action, ExecutionAction::Start { .. })), "started"),
        (runs(|action| matches!(action, ExecutionAction::Stop { .. })), "stopped"),
    ] {
        if count > 0 {
            parts.push(format!("{} {verb}", words::count_of(count, "execution")));
        }
    }
    let mut is_settled = true;
    for (step, record) in job.plan.steps.iter().zip(records) {
        let pending = is_pending(&record.receipt);
        is_settled &= !pending;
        let verb = match &step.action {
            Action::Monitor(MonitorAction::Start { .. }) if pending => "is being started",
            Action::Monitor(MonitorAction::Stop { .. }) if pending => "is being stopped",
            Action::Job(JobAction::Start { .. })
            | Action::Pipeline(PipelineAction::Start { .. })
            | Action::Monitor(MonitorAction::Start { .. }) => "was started",
            Action::Job(JobAction::Stop { .. }) => "is being ended",
            Action::Pipeline(PipelineAction::Retry { .. }) => "goes on",
            Action::Pipeline(PipelineAction::Stop { .. }) => "is being stopped",
            Action::Monitor(MonitorAction::Stop { .. }) => "was stopped",
            Action::Monitor(MonitorAction::Alert { .. }) => "was changed",
            _ => continue,
        };
        parts.push(format!("{} {verb}", step.key));
    }
    let versions = job.plan.steps.iter().filter(|step| matches!(step.action, Action::Model(_))).count() as u64;
    if versions > 0 {
        parts.push(format!("{} written", words::count_of(versions, "change")));
    }
    let verified = if is_settled { "Verified." } else { "SageMaker is still at it." };
    format!("{}. {verified}", parts.join("; "))
}
