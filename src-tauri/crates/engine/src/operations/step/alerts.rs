//! A step on an alert of a monitoring schedule: after how many failing runs it is raised. The call takes no token; the same
//! numbers again change nothing.

use super::{
    StepError, check,
    monitors::{AGAIN, LOOKS},
};
use crate::{Desk, operations::Job};
use aws::{
    AwsError,
    models::{monitors::alerts, write::update_alert},
};
use contract::{
    Timestamp,
    operations::{StepReceipt, StepState},
    plan::{Seen, Step},
};

/// What the alert is to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change<'a> {
    pub schedule: &'a str,
    pub alert: &'a str,
    pub failing: u8,
    pub of: u8,
}

/// So many failing runs, of so many.
type Numbers = (u32, u32);

impl Desk {
    pub(super) async fn write_alert(
        &self,
        job: &Job,
        step: &Step,
        change: Change<'_>,
        was_sent: Option<Timestamp>,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let Seen::Alert { failing, of } = step.seen else {
            return Err(StepError::Changed("The plan did not say what it saw.".into()));
        };
        let wanted: Numbers = (change.failing.into(), change.of.into());
        let before = numbers(job, change).await?;
        if before == Some(wanted) && was_sent.is_some() {
            receipt.note = "Found changed after the interruption.".into();
            told(receipt, before, wanted);
            return Ok(());
        }
        let Some(now) = before else {
            return Err(StepError::Changed("The alert is gone; nothing was changed.".into()));
        };
        if now != (failing, of) {
            return Err(StepError::Changed(format!(
                "It is raised after {} now, not after {} any more; nothing was changed.",
                words(now),
                words((failing, of))
            )));
        }
        let session = &job.session;
        let sent = update_alert(&job.permit, session, change.schedule, change.alert, change.failing, change.of);
        let sent = Box::pin(sent).await;
        self.forget_schedule(session, change.schedule);
        match sent {
            Ok(answer) => receipt.request_ids.extend(answer.request_id),
            // The call may have landed all the same.
            Err(
                error @ (AwsError::Unreachable { .. }
                | AwsError::Unreadable { .. }
                | AwsError::Service { status: 500.., .. }),
            ) => match numbers(job, change).await {
                Ok(now) if now == Some(wanted) => {
                    receipt.note = "The answer was lost, and the alert was found changed.".into();
                }
                _ => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
        let mut now = numbers(job, change).await?;
        for _ in 1..LOOKS {
            if now == Some(wanted) {
                break;
            }
            tokio::time::sleep(AGAIN).await;
            now = numbers(job, change).await?;
        }
        told(receipt, now, wanted);
        Ok(())
    }
}

/// None where there is no such alert.
async fn numbers(job: &Job, change: Change<'_>) -> Result<Option<Numbers>, AwsError> {
    let all = Box::pin(alerts(&job.session, change.schedule)).await?;
    let own = all.into_iter().find(|alert| alert.name == change.alert);
    Ok(own.map(|alert| (alert.failing, alert.of)))
}

fn words((failing, of): Numbers) -> String {
    let runs = if of == 1 { "run" } else { "runs" };
    format!("{failing} of {of} {runs}")
}

fn told(receipt: &mut StepReceipt, now: Option<Numbers>, wanted: Numbers) {
    let landed = now == Some(wanted);
    let read = now.map_or_else(|| "no alert of this name".to_owned(), words);
    receipt.state = if landed { StepState::Done } else { StepState::Failed };
    if !landed {
        receipt.note = format!("The request was accepted, and what was read back is {read}.");
    }
    receipt.checks.push(check("raised after", landed, read));
}
