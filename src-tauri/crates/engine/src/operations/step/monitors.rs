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
pub(super) const LOOKS: usize = 120;
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
        let now = switched(job, (name, starts, wanted), word, was_sent.is_some(), receipt).await;
        // Whatever became of it, and not before it is settled: what was read meanwhile may be old already.
        self.forget_schedule(&job.session, name);
        told(receipt, &now?, wanted);
        Ok(())
    }
}

/// Switches the schedule and answers with the status that it has then.
async fn switched(
    job: &Job,
    (name, starts, wanted): (&str, bool, &str),
    word: &str,
    was_sent: bool,
    receipt: &mut StepReceipt,
) -> Result<String, StepError> {
    let before = status(job, name).await?;
    if was_sent && before != word && on_its_way(&before, wanted) {
        receipt.note = "Found switched after the interruption.".into();
        return Ok(settled(job, name, wanted).await?);
    }
    if before != word {
        return Err(StepError::Changed(format!("It is {before} now, not {word} any more; nothing was switched.")));
    }
    let session = &job.session;
    let sent = if starts {
        Box::pin(start_schedule(&job.permit, session, name)).await
    } else {
        Box::pin(stop_schedule(&job.permit, session, name)).await
    };
    match sent {
        Ok(answer) => receipt.request_ids.extend(answer.request_id),
        // The call may have landed all the same.
        Err(
            error @ (AwsError::Unreachable { .. }
            | AwsError::Unreadable { .. }
            | AwsError::Changed { .. }
            | AwsError::Service { status: 500.., .. }),
        ) => match status(job, name).await {
            Ok(now) if on_its_way(&now, wanted) => {
                receipt.note = "The answer was lost, and the schedule was found switched.".into();
            }
            _ => return Err(error.into()),
        },
        Err(error) => return Err(error.into()),
    }
    Ok(settled(job, name, wanted).await?)
}

async fn status(job: &Job, name: &str) -> Result<String, AwsError> {
    Ok(Box::pin(schedule(&job.session, name)).await?.summary.status)
}

/// Looks at the schedule until it is as wanted, or for as long as patience lasts.
async fn settled(job: &Job, name: &str, wanted: &str) -> Result<String, AwsError> {
    let mut now = status(job, name).await?;
    for _ in 1..LOOKS {
        if now == wanted {
            break;
        }
        tokio::time::sleep(AGAIN).await;
        now = status(job, name).await?;
    }
    Ok(now)
}

/// SageMaker answers `Pending` between the two.
fn on_its_way(now: &str, wanted: &str) -> bool {
    now == wanted || now == PENDING
}

fn told(receipt: &mut StepReceipt, now: &str, wanted: &str) {
    let landed = on_its_way(now, wanted);
    receipt.checks.push(check("status", landed, now));
    receipt.state = if landed { StepState::Done } else { StepState::Failed };
    if now == PENDING {
        receipt.note = format!("SageMaker took the request and is still at it: it was not seen {wanted} yet.");
    } else if !landed {
        receipt.note = format!("The request was accepted, and the schedule is {now}.");
    }
}

/// Whether the step ended before the schedule was as wanted.
pub(in crate::operations) fn is_pending(receipt: &StepReceipt) -> bool {
    receipt.checks.iter().any(|check| check.what == "status" && check.text == PENDING)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(now: &str) -> StepReceipt {
        let mut receipt = StepReceipt::begun("churn-data".into(), StepState::Running);
        told(&mut receipt, now, "Stopped");
        receipt
    }

    #[test]
    fn a_schedule_that_is_pending_was_switched_and_is_not_said_to_be_verified() {
        assert!(on_its_way("Pending", "Stopped") && on_its_way("Stopped", "Stopped"));
        assert!(!on_its_way("Scheduled", "Stopped") && !on_its_way("Failed", "Stopped"));
        let [done, pending, failed] = ["Stopped", "Pending", "Failed"].map(after);
        assert_eq!((done.state, done.note.as_str(), is_pending(&done)), (StepState::Done, "", false));
        assert!(pending.state == StepState::Done && is_pending(&pending), "{pending:?}");
        assert!(pending.note.contains("not seen Stopped yet"), "{}", pending.note);
        assert!(failed.state == StepState::Failed && failed.note.contains("is Failed"), "{}", failed.note);
    }
}
