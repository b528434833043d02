//! A step on a monitoring schedule: switched on or off, and read back. The calls take no token: what is on is not
//! switched on again. What is done to its alert stands in `alerts`.

use super::{StepError, alerts::Change, check};
use crate::{Desk, operations::Job};
use aws::{
    AwsError,
    models::{
        monitors::schedule,
        write::{start_schedule, stop_schedule},
    },
};
use contract::{
    Timestamp,
    operations::{StepReceipt, StepState},
    plan::{MonitorAction, Seen, Step},
};
use std::time::Duration;

/// How often the schedule or its alert is looked at, and how many times.
pub(super) const AGAIN: Duration = Duration::from_millis(500);
pub(super) const LOOKS: usize = 20;
/// SageMaker is still at it.
const PENDING: &str = "Pending";

impl Desk {
    pub(super) async fn write_monitor(
        &self,
        job: &Job,
        step: &Step,
        action: &MonitorAction,
        was_sent: Option<Timestamp>,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let (name, wanted, starts) = match action {
            MonitorAction::Start { schedule } => (schedule.as_str(), "Scheduled", true),
            MonitorAction::Stop { schedule } => (schedule.as_str(), "Stopped", false),
            MonitorAction::Alert { schedule, alert, failing, of } => {
                let change = Change { schedule, alert, failing: *failing, of: *of };
                return Box::pin(self.write_alert(job, step, change, was_sent, receipt)).await;
            }
        };
        let Seen::Run { word } = &step.seen else {
            return Err(StepError::Changed("The plan did not say what it saw.".into()));
        };
        let before = status(job, name).await?;
        if before == wanted && was_sent.is_some() {
            receipt.note = "Found switched after the interruption.".into();
            told(receipt, &before, wanted);
            return Ok(());
        }
        if before != *word {
            return Err(StepError::Changed(format!("It is {before} now, not {word} any more; nothing was switched.")));
        }
        let session = &job.session;
        let sent = if starts {
            Box::pin(start_schedule(&job.permit, session, name)).await
        } else {
            Box::pin(stop_schedule(&job.permit, session, name)).await
        };
        self.forget_schedule(session, name);
        match sent {
            Ok(answer) => receipt.request_ids.extend(answer.request_id),
            // The call may have landed all the same.
            Err(
                error @ (AwsError::Unreachable { .. }
                | AwsError::Unreadable { .. }
                | AwsError::Service { status: 500.., .. }),
            ) => match status(job, name).await {
                Ok(now) if now == wanted => {
                    receipt.note = "The answer was lost, and the schedule was found switched.".into();
                }
                _ => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
        let mut now = status(job, name).await?;
        for _ in 1..LOOKS {
            if now == wanted {
                break;
            }
            tokio::time::sleep(AGAIN).await;
            now = status(job, name).await?;
        }
        told(receipt, &now, wanted);
        Ok(())
    }
}

async fn status(job: &Job, name: &str) -> Result<String, AwsError> {
    Ok(Box::pin(schedule(&job.session, name)).await?.summary.status)
}

fn told(receipt: &mut StepReceipt, now: &str, wanted: &str) {
    let landed = now == wanted || now == PENDING;
    receipt.checks.push(check("status", landed, now));
    receipt.state = if landed { StepState::Done } else { StepState::Failed };
    if now == PENDING {
        receipt.note = format!("SageMaker is still at it: the schedule will be {wanted} in a moment.");
    } else if !landed {
        receipt.note = format!("The request was accepted, and the schedule is {now}.");
    }
}
