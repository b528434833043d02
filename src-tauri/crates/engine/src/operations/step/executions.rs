//! A step on an execution: redrive, start or stop.
//!
//! What keeps a repeated step from running something twice: a start has the name that the plan gave it, and names are
//! unique for 90 days; a redrive has a token, and the count of redrives that the plan saw; a stop of what has ended does
//! nothing. So after a crash the service itself is asked whether the step has landed.

use super::{StepError, check};
use crate::{Desk, executions::execution_arn, operations::Job};
use aws::{
    AwsError,
    executions::{runs, write},
};
use contract::{
    Timestamp,
    executions::{Status, facts::ExecutionFact},
    operations::{StepReceipt, StepState},
    plan::{ExecutionAction, Seen, Step},
};
use std::time::Duration;

/// How often an execution is looked at that does not show yet what was written, and how many times.
const AGAIN: Duration = Duration::from_millis(500);
const LOOKS: usize = 10;

impl Desk {
    pub(super) async fn write_execution(
        &self,
        job: &Job,
        step: &Step,
        action: &ExecutionAction,
        was_sent: Option<Timestamp>,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let session = &job.session;
        let (permit, seen) = (&job.permit, &step.seen);
        match action {
            ExecutionAction::Start { machine, name, input } => {
                let arn = execution_arn(machine, name);
                let there = existing(runs::describe(session, &arn).await)?;
                if let Some(there) = there {
                    // Ours only if this step was sent before; otherwise somebody took the name.
                    let same = there.input.as_deref().is_none_or(|theirs| same_json(theirs, input));
                    if was_sent.is_none() || !same {
                        return Err(StepError::Changed(format!(
                            "An execution named {name} exists already; nothing was started. Choose another name."
                        )));
                    }
                    receipt.note = "Found started after the interruption; it was not started twice.".into();
                    started(receipt, &there);
                    return Ok(());
                }
                let answer = write::start(permit, session, machine, name, input).await?;
                receipt.request_ids.extend(answer.request_id);
                // An Express execution cannot be described; that it was accepted is all there is to know.
                if let Ok(there) = runs::describe(session, &answer.execution).await {
                    started(receipt, &there);
                } else {
                    receipt.checks.push(check("execution", true, format!("accepted as {name}")));
                    receipt.execution = Some(answer.execution);
                    receipt.state = StepState::Done;
                }
            }
            ExecutionAction::Redrive { execution, token } => {
                let now = runs::describe(session, execution).await?;
                let Seen::Execution { status, redrives } = seen else {
                    return Err(StepError::Changed("The plan did not say what it saw.".into()));
                };
                if was_sent.is_some() && now.redrive_count > *redrives {
                    receipt.note = "Found redriven after the interruption; it was not redriven twice.".into();
                    redriven(receipt, &now, *redrives);
                    return Ok(());
                }
                let now_status = Status::from_api(&now.status);
                if now_status != *status || now.redrive_count != *redrives {
                    return Err(StepError::Changed(format!(
                        "{} is {} now, {}; the plan saw it {}, {}. Nothing was redriven.",
                        now.name,
                        now_status.word(),
                        times(now.redrive_count),
                        status.word(),
                        times(*redrives)
                    )));
                }
                let answer = write::redrive(permit, session, execution, token).await?;
                receipt.request_ids.extend(answer.request_id);
                let ask = || runs::describe(session, execution);
                let after = look_until(AGAIN, ask, |fact| fact.redrive_count > *redrives).await?;
                redriven(receipt, &after, *redrives);
            }
            ExecutionAction::Stop { execution, error, cause } => {
                let now = runs::describe(session, execution).await?;
                if now.status != "RUNNING" {
                    if was_sent.is_some() && now.status == "ABORTED" {
                        receipt.note = "Found stopped after the interruption.".into();
                        stopped(receipt, &now);
                        return Ok(());
                    }
                    return Err(StepError::Changed(format!(
                        "{} is {} already; nothing was stopped.",
                        now.name,
                        Status::from_api(&now.status).word()
                    )));
                }
                let answer = write::stop(permit, session, execution, error.as_deref(), cause.as_deref()).await?;
                receipt.request_ids.extend(answer.request_id);
                let ask = || runs::describe(session, execution);
                let after = look_until(AGAIN, ask, |fact| fact.status != "RUNNING").await?;
                stopped(receipt, &after);
            }
        }
        Ok(())
    }
}

/// Looks until what was just written shows, or as often as is reasonable: "This API action is eventually consistent. The results
/// are best effort and may not reflect very recent updates and changes" ("`DescribeExecution`", API reference).
async fn look_until<F, W>(
    again: Duration,
    ask: F,
    shows: impl Fn(&ExecutionFact) -> bool,
) -> Result<ExecutionFact, AwsError>
where
    F: Fn() -> W,
    W: Future<Output = Result<ExecutionFact, AwsError>>,
{
    let mut fact = ask().await?;
    for _ in 0..LOOKS {
        if shows(&fact) {
            break;
        }
        tokio::time::sleep(again).await;
        fact = ask().await?;
    }
    Ok(fact)
}

fn started(receipt: &mut StepReceipt, there: &ExecutionFact) {
    receipt.checks.push(check("execution", true, format!("started as {}", there.name)));
    receipt.checks.push(check("status", true, Status::from_api(&there.status).word()));
    receipt.execution = Some(there.arn.clone());
    receipt.state = StepState::Done;
}

fn redriven(receipt: &mut StepReceipt, after: &ExecutionFact, before: u64) {
    let counted = after.redrive_count > before;
    receipt.checks.push(check("redrives", counted, format!("{before} before, {} now", after.redrive_count)));
    receipt.checks.push(check("status", true, Status::from_api(&after.status).word()));
    receipt.execution = Some(after.arn.clone());
    receipt.state = if counted { StepState::Done } else { StepState::Failed };
    if !counted {
        receipt.note = "The redrive was accepted, but the execution does not count it.".into();
    }
}

/// `redriven 3 times`.
fn times(redrives: u64) -> String {
    match redrives {
        0 => "not redriven".to_owned(),
        1 => "redriven once".to_owned(),
        many => format!("redriven {many} times"),
    }
}

fn stopped(receipt: &mut StepReceipt, after: &ExecutionFact) {
    let ended = after.status == "ABORTED";
    receipt.checks.push(check("status", ended, Status::from_api(&after.status).word()));
    receipt.execution = Some(after.arn.clone());
    receipt.state = if ended { StepState::Done } else { StepState::Failed };
    if !ended {
        receipt.note = "The stop was accepted, but the execution has not ended as aborted.".into();
    }
}

/// `None` for an execution that does not exist.
fn existing(answer: Result<ExecutionFact, AwsError>) -> Result<Option<ExecutionFact>, AwsError> {
    match answer {
        Ok(fact) => Ok(Some(fact)),
        Err(AwsError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn same_json(one: &str, two: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    one == two || read(one).is_some_and(|one| Some(one) == read(two))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn fact(redrive_count: u64) -> ExecutionFact {
        let (arn, machine) =
            ("arn:aws:states:eu-west-1:1:execution:daily:one", "arn:aws:states:eu-west-1:1:stateMachine:daily");
        ExecutionFact { redrive_count, ..ExecutionFact::bare(arn, machine, "one", "RUNNING", Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn redrives_are_told_in_words() {
        assert_eq!([0, 1, 2].map(times), ["not redriven", "redriven once", "redriven 2 times"]);
    }

    #[tokio::test]
    async fn what_does_not_show_yet_is_no_failure() {
        for (shows_after, count, asked) in [(0, 1, 1), (3, 1, 4), (1_000, 0, 11)] {
            let asks = AtomicU64::new(0);
            let ask = || {
                let before = asks.fetch_add(1, Ordering::Relaxed);
                std::future::ready(Ok(fact(u64::from(before >= shows_after))))
            };
            let after = look_until(Duration::ZERO, ask, |fact| fact.redrive_count > 0).await.unwrap();
            assert_eq!((after.redrive_count, asks.load(Ordering::Relaxed)), (count, asked), "{shows_after}");
        }
    }
}
