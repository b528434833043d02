//! How often a job failed of the same cause: what this program saw, kept on this computer.

use super::{detail::gone, masked};
use crate::{Desk, EngineError};
use ::jobs::{
    link::{kin, without_attempt},
    recurrence::{after, asked, count},
    secrets,
    state::state_of,
};
use contract::jobs::{
    facts::RunFact,
    recurrence::{RECURRENCE_DAYS, ReadRecurrence, Recurrence},
};
use jiff::SignedDuration;
use store::SeenFinding;

impl Desk {
    pub async fn read_recurrence(&self, request: &ReadRecurrence) -> Result<Recurrence, EngineError> {
        let session = self.session()?;
        let described =
            self.described(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        let run = &described.run;
        let now = session.now();
        let at = run.ended.or(run.created).unwrap_or(now);
        // Names of jobs are told apart by account and region alone.
        let account = session.identity().await.map_err(Self::failed(&session))?.account;
        let job = format!("{account}/{}/{}", session.region(), kin(run));
        let own = SeenFinding { run: without_attempt(&run.id).to_string(), at, request: words(run), after: None };
        let (place, signature) = (job.clone(), request.signature.clone());
        let kept = self.inner.store.run(move |store| store.findings_of(&place, &signature)).await?;
        let mut found: Vec<SeenFinding> = kept.into_iter().filter(|one| one.run != own.run).collect();
        if found.iter().any(|one| one.after.is_none() && one.at < at) {
            Box::pin(self.settle(&session, run, &mut found)).await;
        }
        if state_of(run).is_failure() {
            let mut kept = found.clone();
            kept.push(own);
            let signature = request.signature.clone();
            self.inner.store.run(move |store| store.keep_findings(&job, &signature, &kept)).await?;
        }
        let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(RECURRENCE_DAYS))).unwrap_or(at);
        let times: Vec<_> = found.iter().map(|one| (one.at, one.after)).collect();
        Ok(count(&times, at, since))
    }

    /// What became of the job after earlier failures, by its last success before this run.
    async fn settle(&self, session: &aws::Session, run: &RunFact, found: &mut [SeenFinding]) {
        let success = match Box::pin(self.success_before(session, run)).await {
            // A list leaves out what was asked for.
            Ok(Some(success)) => self.described(session, &success.id).await,
            Ok(None) => return,
            Err(error) => Err(error),
        };
        let success = match success {
            Ok(success) => success,
            Err(error) => {
                tracing::debug!(%error, "the last success of a job could not be read");
                return;
            }
        };
        let Some(began) = success.run.started.or(success.run.created) else { return };
        let asked = words(&success.run);
        for one in found.iter_mut().filter(|one| one.after.is_none() && one.at <= began) {
            one.after = Some(after(&one.request, &asked));
        }
    }
}

/// What was asked for, without secrets.
fn words(run: &RunFact) -> String {
    asked(&secrets::cover(run, &masked))
}
