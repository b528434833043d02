//! One step: look again, write on a condition, read back. What that means for an object, for an execution, for
//! a run, for a version of a model, for a pipeline and for a monitoring schedule stands in the files beside.

mod alerts;
mod executions;
mod jobs;
mod models;
mod monitors;
mod objects;
mod pipelines;

pub(super) use monitors::is_pending;

use super::{Job, run::Progress};
use crate::{Desk, EngineError};
use ::objects::{key, restore::written_key};
use aws::AwsError;
use contract::{
    Fault, Timestamp,
    operations::{Check, StepReceipt, StepState},
    plan::Action,
};

/// What became of a step, for the operation.
pub(super) enum Outcome {
    Done,
    /// Failed, or what the plan saw is gone: the receipt says it.
    NotDone,
    /// Nothing more can be done now; the step stays open in the journal.
    Stop(String),
}

impl Desk {
    pub(super) async fn run_step(&self, job: &Job, index: usize, progress: &Progress) -> Result<Outcome, EngineError> {
        let (Some(step), Some(before)) = (job.plan.steps.get(index), job.before.get(index)) else {
            return Err(EngineError::NotNow("The plan and the journal do not fit.".into()));
        };
        let was_sent = (before.receipt.state == StepState::Running).then_some(before.started).flatten();
        let upload_id = before.upload_id.clone();
        let (id, resume) = (job.id.clone(), upload_id.clone());
        // The first sending counts: an upload by parts that is continued keeps the date of its beginning.
        let started = was_sent.unwrap_or_else(Timestamp::now);
        self.inner.store.run(move |store| store.step_started(&id, index, started, resume.as_deref())).await?;

        let mut receipt = StepReceipt::begun(written_key(step).to_owned(), StepState::Running);
        let result = match step.action {
            Action::Execution(ref action) => self.write_execution(job, step, action, was_sent, &mut receipt).await,
            Action::Job(ref action) => self.write_job(job, step, action, was_sent, &mut receipt).await,
            Action::Model(ref action) => self.write_model(job, index, step, action, was_sent, &mut receipt).await,
            Action::Pipeline(ref action) => {
                self.forget_ended(action).await;
                pipelines::write(job, step, action, was_sent, &mut receipt).await
            }
            Action::Monitor(ref action) => self.write_monitor(job, step, action, was_sent, &mut receipt).await,
            Action::Copy { .. } | Action::RemoveMarker { .. } | Action::AddMarker => {
                self.write_object(job, index, step, was_sent, upload_id.as_deref(), &mut receipt, progress).await
            }
        };
        match result {
            Ok(()) => {}
            Err(StepError::Changed(note)) => {
                receipt.state = StepState::Changed;
                receipt.note = note;
            }
            Err(StepError::Aws(AwsError::Cancelled)) => return Ok(Outcome::NotDone),
            // Whether the write happened is open: the step stays Running in the journal, and resuming finds out.
            Err(StepError::Aws(
                error @ (AwsError::Unreachable { .. }
                | AwsError::SignIn { .. }
                | AwsError::Refused(_)
                | AwsError::Busy { .. }),
            )) => {
                let fault = Fault::from(Desk::failed(&job.session)(error));
                return Ok(Outcome::Stop(
                    format!("{}: {} {}", fault.title, fault.detail, fault.hint.unwrap_or_default()).trim().to_owned(),
                ));
            }
            Err(StepError::Aws(
                AwsError::Changed { message, request_id, .. } | AwsError::Repeated { message, request_id, .. },
            )) => {
                receipt.state = StepState::Changed;
                receipt.note = format!(
                    "{} changed at the moment of the write, so nothing was written: {message}",
                    key::shown(&receipt.key)
                );
                receipt.request_ids.extend(request_id);
            }
            Err(StepError::Aws(error)) => {
                receipt.state = StepState::Failed;
                receipt.request_ids.extend(error.request_id().map(str::to_owned));
                let fault = Fault::from(Desk::failed(&job.session)(error));
                receipt.note = format!("{}: {}: {}", key::shown(&receipt.key), fault.title, fault.detail);
            }
        }
        receipt.finished = Some(Timestamp::now());
        let done = receipt.state == StepState::Done;
        let id = job.id.clone();
        self.inner.store.run(move |store| store.step_finished(&id, index, &receipt)).await?;
        Ok(if done { Outcome::Done } else { Outcome::NotDone })
    }
}

pub(super) enum StepError {
    Changed(String),
    Aws(AwsError),
}

impl From<AwsError> for StepError {
    fn from(error: AwsError) -> Self {
        Self::Aws(error)
    }
}

pub(super) fn check(what: &str, ok: bool, text: impl Into<String>) -> Check {
    Check { what: what.to_owned(), ok, text: text.into() }
}
