//! A step on a version of a model: one `UpdateModelPackage`.
//!
//! The call takes no condition, and of two people who decide at once the last one wins unseen. So the version is read
//! again just before the write and compared with what the plan saw, as is the evidence that a decision stands on, and
//! it is read once more after it. The plan's token keeps a repeated call from being a second decision; after a lost
//! answer it is looked first whether the write stands.

use super::{StepError, check};
use crate::{Desk, models::key, operations::Job};
use ::models::decide::{conflict, has_landed};
use aws::{
    AwsError,
    models::{
        registry::{Included, describe_version},
        write::{VersionChange, update_version},
    },
};
use contract::{
    Timestamp,
    models::{
        ModelWrite,
        facts::{Approval, Lifecycle, VersionFact},
    },
    operations::{StepReceipt, StepState},
    plan::{Action, ModelAction, Seen, Step},
};
use std::time::Duration;

/// How often the version is read back, and how many times.
const AGAIN: Duration = Duration::from_millis(300);
const LOOKS: usize = 5;

impl Desk {
    pub(super) async fn write_model(
        &self,
        job: &Job,
        index: usize,
        step: &Step,
        action: &ModelAction,
        was_sent: Option<Timestamp>,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let mut now = Box::pin(describe_version(&job.session, &action.arn, Included::Metadata)).await?;
        if was_sent.is_some() && stands(action, &now) {
            receipt.note = "Found written after the interruption; it was not written twice.".into();
            done(action, &now, receipt);
            return Ok(());
        }
        self.still(job, index, step, action, &now)?;
        if action.evidence.is_some() {
            receipt.note = self.evidence_stands(job, action, &now).await?;
            // That took a while.
            now = Box::pin(describe_version(&job.session, &action.arn, Included::Metadata)).await?;
            self.still(job, index, step, action, &now)?;
        }
        let set: Vec<(String, String)> = action.writes.iter().filter_map(metadata).collect();
        let (approval, comment) = action.writes.iter().find_map(decided).unzip();
        let change = VersionChange {
            approval,
            comment,
            lifecycle: action.writes.iter().find_map(staged),
            set: &set,
            remove: &[],
        };
        // Whatever comes of it, lists have to look again.
        self.version_changed(&job.session, &action.arn);
        match Box::pin(update_version(&job.permit, &job.session, &action.arn, &change, &action.token)).await {
            Ok(answer) => receipt.request_ids.extend(answer.request_id),
            // The call may have landed all the same.
            Err(
                error @ (AwsError::Unreachable { .. }
                | AwsError::Unreadable { .. }
                | AwsError::Service { status: 500.., .. }),
            ) => match Box::pin(describe_version(&job.session, &action.arn, Included::Metadata)).await {
                Ok(now) if stands(action, &now) => {
                    receipt.note = "The answer was lost, and the write was found; it was sent once.".into();
                    done(action, &now, receipt);
                    return Ok(());
                }
                _ => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        }
        self.version_changed(&job.session, &action.arn);
        let mut now = Box::pin(describe_version(&job.session, &action.arn, Included::Metadata)).await?;
        for _ in 1..LOOKS {
            if stands(action, &now) {
                break;
            }
            tokio::time::sleep(AGAIN).await;
            now = Box::pin(describe_version(&job.session, &action.arn, Included::Metadata)).await?;
        }
        done(action, &now, receipt);
        Ok(())
    }

    /// Files are overwritten under their names while a confirmation is open, and the version says nothing of it: looks
    /// again. What could not be compared, in words.
    async fn evidence_stands(&self, job: &Job, action: &ModelAction, now: &VersionFact) -> Result<String, StepError> {
        let Some(seen) = &action.seal else {
            let note = "An older version of Quarterdeck made this plan, and it does not say what it saw. Nothing was \
                        written; look at it again.";
            return Err(StepError::Changed(note.into()));
        };
        match Box::pin(self.evidence_moved(&job.session, now, seen)).await {
            Ok(unseen) if unseen.is_empty() => Ok(String::new()),
            Ok(unseen) => Ok(format!("Not compared again: {}.", unseen.join("; "))),
            Err(words) => {
                let note =
                    format!("Evidence changed since you opened it: {words}. This was not written; look at it again.");
                Err(StepError::Changed(note))
            }
        }
    }

    /// Whether the version is what the plan saw, but for what this plan wrote itself.
    fn still(
        &self,
        job: &Job,
        index: usize,
        step: &Step,
        action: &ModelAction,
        now: &VersionFact,
    ) -> Result<(), StepError> {
        let Seen::Model { approval, modified } = &step.seen else {
            return Err(StepError::Changed("The plan did not say what it saw.".into()));
        };
        let earlier = job.plan.steps.iter().take(index).filter_map(|step| match &step.action {
            Action::Model(other) if other.arn == action.arn => Some(other),
            _ => None,
        });
        let earlier: Vec<&ModelAction> = earlier.collect();
        let is_as_seen = now.approval == *approval && now.modified == *modified;
        let follows =
            !earlier.is_empty() && now.approval == *approval && earlier.iter().all(|action| stands(action, now));
        if is_as_seen || follows {
            return Ok(());
        }
        // What was shown is remembered while the program runs; the plan itself keeps the two that decide.
        let shown = self.inner.models.drafts.last(&key(&job.session, &action.arn));
        let shown = shown.filter(|shown| shown.version.approval == *approval && shown.version.modified == *modified);
        let seen = match shown {
            Some(shown) if earlier.is_empty() => {
                // A description without the content of the card and without tags is compared as such.
                VersionFact { card: now.card.clone(), tags: now.tags.clone(), ..shown.version.clone() }
            }
            _ => VersionFact { approval: *approval, modified: *modified, ..now.clone() },
        };
        let words = conflict(&seen, now).map_or_else(|| "It changed".to_owned(), |conflict| conflict.words);
        Err(StepError::Changed(format!("{words}. Nothing was written; look at it again.")))
    }
}

fn metadata(write: &ModelWrite) -> Option<(String, String)> {
    match write {
        ModelWrite::Metadata { key, value } => Some((key.clone(), value.clone())),
        ModelWrite::Stage(_) | ModelWrite::Approval { .. } => None,
    }
}

fn decided(write: &ModelWrite) -> Option<(Approval, &str)> {
    match write {
        ModelWrite::Approval { status, comment } => Some((Approval::of(status), comment.as_str())),
        ModelWrite::Stage(_) | ModelWrite::Metadata { .. } => None,
    }
}

fn staged(write: &ModelWrite) -> Option<&Lifecycle> {
    match write {
        ModelWrite::Stage(cycle) => Some(cycle),
        ModelWrite::Metadata { .. } | ModelWrite::Approval { .. } => None,
    }
}

fn stands(action: &ModelAction, now: &VersionFact) -> bool {
    action.writes.iter().all(|write| has_landed(write, now))
}

/// What was read back.
fn done(action: &ModelAction, now: &VersionFact, receipt: &mut StepReceipt) {
    for write in &action.writes {
        let landed = has_landed(write, now);
        match write {
            ModelWrite::Stage(cycle) => {
                receipt.checks.push(check("stage", landed, format!("{}, {}", cycle.stage, cycle.status)));
            }
            ModelWrite::Metadata { key, value } => receipt.checks.push(check(key, landed, value.as_str())),
            ModelWrite::Approval { comment, .. } => {
                receipt.checks.push(check("approval", landed, now.approval.word()));
                let kept = now.comment.as_deref();
                receipt.checks.push(check("comment", kept == Some(comment.as_str()), kept.unwrap_or("none")));
            }
        }
    }
    let landed = stands(action, now);
    receipt.state = if landed { StepState::Done } else { StepState::Failed };
    if !landed {
        let by = now.modified_by.as_ref().and_then(::models::people::name);
        let by = by.unwrap_or_else(|| "somebody".to_owned());
        receipt.note =
            format!("The write was accepted, and the version is {} now: {by} wrote after it.", now.approval.word());
    }
}
