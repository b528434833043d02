//! A step on a pipeline: started, or an execution of it retried or stopped.
//!
//! All three calls take the plan's token, so one that is sent again after a lost answer is the same write. An execution
//! is looked at just before the write and compared with what the plan saw, and followed until the write shows.

use super::{StepError, check};
use crate::operations::Job;
use ::jobs::{parameters::is_secret, secrets::COVER};
use ::models::wording::last;
use aws::{
    AwsError,
    models::{
        pipelines::{describe, execution, execution_alone},
        write::{PipelineStart, retry_pipeline, start_pipeline, stop_pipeline},
    },
};
use contract::{
    Timestamp,
    models::{PipelineStatus, facts::PipelineExecutionFact},
    operations::{StepReceipt, StepState},
    plan::{PipelineAction, Seen, Step},
};
use std::time::Duration;

/// How often an execution is looked at until a write shows, and how many times.
const AGAIN: Duration = Duration::from_millis(500);
const LOOKS: usize = 30;

pub(super) async fn write(
    job: &Job,
    step: &Step,
    action: &PipelineAction,
    was_sent: Option<Timestamp>,
    receipt: &mut StepReceipt,
) -> Result<(), StepError> {
    let was_sent = was_sent.is_some();
    match action {
        PipelineAction::Start { pipeline, title, parameters, token } => {
            let start = PipelineStart { pipeline, title: title.as_deref(), description: None, parameters };
            Box::pin(begin(job, step, start, token, was_sent, receipt)).await
        }
        PipelineAction::Retry { execution, token } => {
            Box::pin(retry(job, step, execution, token, was_sent, receipt)).await
        }
        PipelineAction::Stop { execution, token } => Box::pin(stop(job, execution, token, was_sent, receipt)).await,
    }
}

async fn begin(
    job: &Job,
    step: &Step,
    start: PipelineStart<'_>,
    token: &str,
    was_sent: bool,
    receipt: &mut StepReceipt,
) -> Result<(), StepError> {
    let Seen::Pipeline { modified } = &step.seen else {
        return Err(StepError::Changed("The plan did not say what it saw.".into()));
    };
    // What was sent already is asked for in the same words: the token finds what it began.
    if !was_sent && describe(&job.session, start.pipeline).await?.modified != *modified {
        return Err(StepError::Changed(
            "The pipeline's definition was changed since the plan was made. Nothing was started; plan it anew.".into(),
        ));
    }
    let answer = start_pipeline(&job.permit, &job.session, start, token).await?;
    receipt.request_ids.extend(answer.request_id);
    receipt.checks.push(check("execution", true, format!("began as {}", last(&answer.what))));
    receipt.state = StepState::Done;
    // That it was accepted is known; where it stands is worth one look, and no fault.
    if let Ok(now) = execution(&job.session, &answer.what).await {
        receipt.checks.push(check("status", true, PipelineStatus::of(&now.status).word()));
        for (name, value) in start.parameters {
            let told = now.parameters.iter().flatten().find(|(told, _)| told == name).map(|(_, value)| value.as_str());
            if let Some(told) = told {
                // A receipt is shown and kept.
                let shown = if is_secret(name, told) { COVER } else { told };
                receipt.checks.push(check(name, told == value, shown));
            }
        }
    }
    receipt.pipeline_execution = Some(answer.what);
    Ok(())
}

async fn retry(
    job: &Job,
    step: &Step,
    arn: &str,
    token: &str,
    was_sent: bool,
    receipt: &mut StepReceipt,
) -> Result<(), StepError> {
    let Seen::Run { word } = &step.seen else {
        return Err(StepError::Changed("The plan did not say what it saw.".into()));
    };
    let before = execution_alone(&job.session, arn).await?;
    if before.status != *word {
        if was_sent {
            receipt.note = "Found retried after the interruption; it was not retried twice.".into();
            told(receipt, &before, true);
            return Ok(());
        }
        let now = PipelineStatus::of(&before.status).word();
        return Err(StepError::Changed(format!("It is {now} now, not {} any more; nothing was retried.", shown(word))));
    }
    match retry_pipeline(&job.permit, &job.session, arn, token).await {
        Ok(answer) => receipt.request_ids.extend(answer.request_id),
        // The call may have landed all the same.
        Err(error) if may_have_landed(&error) => match execution_alone(&job.session, arn).await {
            Ok(now) if moved(&before, &now) => {
                receipt.note = "The answer was lost, and the execution was found going on.".into();
            }
            _ => return Err(error.into()),
        },
        Err(error) => return Err(error.into()),
    }
    let now = follow(job, arn, |now| moved(&before, now)).await?;
    let landed = moved(&before, &now);
    told(receipt, &now, landed);
    if !landed {
        receipt.note = format!("The request was accepted, and it is still {}.", shown(&now.status));
    }
    Ok(())
}

async fn stop(job: &Job, arn: &str, token: &str, was_sent: bool, receipt: &mut StepReceipt) -> Result<(), StepError> {
    let before = execution_alone(&job.session, arn).await?;
    if was_sent && ends(&before) {
        receipt.note = "Found stopped after the interruption.".into();
        told(receipt, &before, true);
        return Ok(());
    }
    if PipelineStatus::of(&before.status) != PipelineStatus::Executing {
        return Err(StepError::Changed(format!("It is {} already; nothing was stopped.", shown(&before.status))));
    }
    match stop_pipeline(&job.permit, &job.session, arn, token).await {
        Ok(answer) => receipt.request_ids.extend(answer.request_id),
        Err(error) if may_have_landed(&error) => match execution_alone(&job.session, arn).await {
            Ok(now) if ends(&now) => {
                receipt.note = "The answer was lost, and the execution was found stopping.".into();
            }
            _ => return Err(error.into()),
        },
        Err(error) => return Err(error.into()),
    }
    let now = follow(job, arn, |now| PipelineStatus::of(&now.status) != PipelineStatus::Executing).await?;
    told(receipt, &now, ends(&now));
    if !ends(&now) {
        receipt.note = if PipelineStatus::of(&now.status).is_over() {
            format!("It ended as {} before it could be stopped.", shown(&now.status))
        } else {
            format!("The request was accepted, and it is still {}.", shown(&now.status))
        };
    }
    Ok(())
}

/// Looks at the execution until it is as wanted, or for as long as patience lasts.
async fn follow(
    job: &Job,
    arn: &str,
    wanted: impl Fn(&PipelineExecutionFact) -> bool,
) -> Result<PipelineExecutionFact, AwsError> {
    let mut now = execution_alone(&job.session, arn).await?;
    for _ in 1..LOOKS {
        if wanted(&now) {
            break;
        }
        tokio::time::sleep(AGAIN).await;
        now = execution_alone(&job.session, arn).await?;
    }
    Ok(now)
}

/// Whether the call may have been done all the same: after a lost answer the client sends it again, and is told that
/// the execution is not in the state for it any more.
fn may_have_landed(error: &AwsError) -> bool {
    matches!(
        error,
        AwsError::Unreachable { .. }
            | AwsError::Unreadable { .. }
            | AwsError::Changed { .. }
            | AwsError::Service { status: 500.., .. }
    )
}

/// Whether an execution went on: one that has failed again was changed later.
fn moved(before: &PipelineExecutionFact, now: &PipelineExecutionFact) -> bool {
    before.status != now.status || before.modified != now.modified
}

fn ends(now: &PipelineExecutionFact) -> bool {
    matches!(PipelineStatus::of(&now.status), PipelineStatus::Stopping | PipelineStatus::Stopped)
}

fn told(receipt: &mut StepReceipt, now: &PipelineExecutionFact, landed: bool) {
    receipt.checks.push(check("status", landed, shown(&now.status)));
    receipt.pipeline_execution = Some(now.arn.clone());
    receipt.state = if landed { StepState::Done } else { StepState::Failed };
}

fn shown(word: &str) -> &'static str {
    PipelineStatus::of(word).word()
}
