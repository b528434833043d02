//! A step on a run of an engine: asked for again, or ended.
//!
//! What keeps a repeated step from running something twice: EMR Serverless and EMR on EKS take the plan's token. EMR's
//! steps and Glue take none, so after a lost answer the service is asked whether the run is there before anything is sent
//! again; where that cannot be seen, nothing is sent and the receipt says so.

use super::{StepError, check};
use crate::{Desk, operations::Job};
use ::jobs::{edit::EditError, state::state_of};
use aws::{AwsError, jobs::write};
use contract::{
    Timestamp,
    jobs::{JobChange, JobId, State, facts::Request},
    operations::{StepReceipt, StepState},
    plan::{JobAction, Seen, Step},
};
use std::time::Duration;

/// How often a run that was told to end is looked at, and how many times.
const AGAIN: Duration = Duration::from_millis(500);
const LOOKS: usize = 30;

/// What is asked for, and where.
struct Asked<'a> {
    of: &'a JobId,
    target: JobId,
    request: Request,
    /// Runs that were asked for in the same words before the plan was made, where they could be listed.
    like: Option<&'a [JobId]>,
}

impl Desk {
    pub(super) async fn write_job(
        &self,
        job: &Job,
        step: &Step,
        action: &JobAction,
        was_sent: Option<Timestamp>,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        match action {
            JobAction::Start { of, changes, cluster, token } => {
                let asked = self.asked(job, step, of, changes, cluster.as_deref()).await?;
                self.start_job(job, &asked, token, was_sent.is_some(), receipt).await
            }
            JobAction::Stop { run, force } => self.stop_job(job, run, *force, was_sent.is_some(), receipt).await,
        }
    }

    /// The request, made of the earlier run and the changes once more. It must be what the plan showed.
    async fn asked<'a>(
        &self,
        job: &Job,
        step: &'a Step,
        of: &'a JobId,
        changes: &[JobChange],
        cluster: Option<&str>,
    ) -> Result<Asked<'a>, StepError> {
        let Seen::Request { text, like } = &step.seen else {
            return Err(StepError::Changed("The plan did not say what it saw.".into()));
        };
        let session = &job.session;
        if let Some(cluster) = cluster {
            self.forget_cluster(session, cluster);
        }
        let described = self.read_anew(session, of).await?;
        let prepared = self.prepare(session, &described, changes, cluster).await?;
        if let Some(why) = &prepared.refusal {
            return Err(StepError::Changed(format!("{why} Nothing was started.")));
        }
        let seen = prepared.text();
        let (target, edited) = (prepared.target, prepared.edited);
        let edited = edited.map_err(|error: EditError| StepError::Changed(format!("{error}; nothing was started.")))?;
        if seen != *text {
            return Err(StepError::Changed(
                "What it would run with is not what the plan showed: its job or its cluster was changed since. Nothing was \
                 started; plan it anew."
                    .into(),
            ));
        }
        Ok(Asked { of, target, request: edited.request, like: like.as_deref() })
    }

    async fn start_job(
        &self,
        job: &Job,
        asked: &Asked<'_>,
        token: &str,
        was_sent: bool,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let session = &job.session;
        let Asked { of, target, request, like } = asked;
        let looks = !write::takes_token(target);
        if was_sent && looks {
            let Some(like) = like else {
                return Err(StepError::Changed(
                    "Whether it was started is not known: the runs before it could not be listed when it was planned. Nothing \
                     was sent again; look whether it runs before you plan it anew."
                        .into(),
                ));
            };
            match self.find_started(session, target, request, like).await {
                Ok(Some(run)) => {
                    receipt.note = "Found started after the interruption; it was not started twice.".into();
                    return self.started_job(job, run, receipt).await;
                }
                Ok(None) => {}
                Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. } | AwsError::Busy { .. })) => {
                    return Err(error.into());
                }
                Err(error) => {
                    return Err(StepError::Changed(format!(
                        "Whether it was started is not known: {error}. Nothing was sent again; look whether it runs before \
                         you plan it anew."
                    )));
                }
            }
        }
        match write::start(&job.permit, session, of, target, request, token).await {
            Ok(answer) => {
                receipt.request_ids.extend(answer.request_id);
                self.started_job(job, answer.run, receipt).await
            }
            // The call may have landed all the same.
            Err(
                error @ (AwsError::Unreachable { .. }
                | AwsError::Unreadable { .. }
                | AwsError::Service { status: 500.., .. }),
            ) if looks => {
                // Of runs before it that nobody knows, one would be taken for it.
                let Some(like) = like else { return Err(error.into()) };
                match self.find_started(session, target, request, like).await {
                    Ok(Some(run)) => {
                        receipt.note = "The answer was lost, and the run was found started; it was sent once.".into();
                        self.started_job(job, run, receipt).await
                    }
                    _ => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn started_job(&self, job: &Job, run: JobId, receipt: &mut StepReceipt) -> Result<(), StepError> {
        receipt.checks.push(check(run.noun(), true, format!("started as {}", run.own())));
        receipt.job = Some(run.clone());
        receipt.state = StepState::Done;
        // That it was accepted is known; where it stands is worth one look, and no fault.
        if let Ok(now) = self.read_anew(&job.session, &run).await {
            receipt.checks.push(check("state", true, state_of(&now.run).word()));
        }
        Ok(())
    }

    async fn stop_job(
        &self,
        job: &Job,
        run: &JobId,
        force: bool,
        was_sent: bool,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let session = &job.session;
        let state = state_of(&self.read_anew(session, run).await?.run);
        let ends = matches!(state, State::Cancelling | State::Cancelled);
        if was_sent && ends {
            receipt.note = "Found ended after the interruption.".into();
            stopped(receipt, run, &state);
            return Ok(());
        }
        if ends || state.is_over() {
            return Err(StepError::Changed(format!("It is {} already; nothing was ended.", state.word())));
        }
        let request_id = write::stop(&job.permit, session, run, force).await?;
        receipt.request_ids.extend(request_id);
        let mut state = state;
        for _ in 0..LOOKS {
            state = state_of(&self.read_anew(session, run).await?.run);
            if state == State::Cancelling || state.is_over() {
                break;
            }
            tokio::time::sleep(AGAIN).await;
        }
        stopped(receipt, run, &state);
        Ok(())
    }
}

fn stopped(receipt: &mut StepReceipt, run: &JobId, state: &State) {
    let ends = matches!(state, State::Cancelling | State::Cancelled);
    receipt.checks.push(check("state", ends, state.word()));
    receipt.job = Some(run.clone());
    receipt.state = if ends { StepState::Done } else { StepState::Failed };
    if !ends {
        receipt.note = if state.is_over() {
            format!("It ended as {} before it could be ended.", state.word())
        } else {
            format!("The request was accepted, and it is still {}: the service does not promise the end.", state.word())
        };
    }
}
