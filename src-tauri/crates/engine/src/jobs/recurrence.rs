//! How often a job failed of the same cause: what this program saw, kept on this computer.

use super::{detail::gone, masked};
use crate::{Desk, EngineError};
use ::jobs::{
    link::{kin, without_attempt},
    recurrence::{after, asked, count},
    secrets,
    state::state_of,
};
use contract::{
    Timestamp,
    jobs::{
        facts::RunFact,
        recurrence::{RECURRENCE_DAYS, ReadRecurrence, Recurrence},
    },
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
        let (place, signature) = (job.clone(), request.signature.clone());
        let kept = self.inner.store.run(move |store| store.findings_of(&place, &signature)).await?;
        let (own, mut found) = apart(kept, without_attempt(&run.id).to_string());
        let mut changed = Vec::new();
        // What was looked for once is not looked for at every view: the next failure finds what came meanwhile.
        if own.before.is_none() && found.iter().any(|one| one.after.is_none() && one.at < at) {
            changed = Box::pin(self.settle(&session, run, &mut found)).await;
        }
        if state_of(run).is_failure() {
            changed.push(own.seen(at, words(run)));
            let signature = request.signature.clone();
            self.inner.store.run(move |store| store.keep_findings(&job, &signature, &changed)).await?;
            // Now groups failures by what is kept.
            self.inner.watch.tell();
        }
        let since = now.checked_sub(SignedDuration::from_hours(24 * i64::from(RECURRENCE_DAYS))).unwrap_or(at);
        let times: Vec<_> = found.iter().map(|one| (one.at, one.after)).collect();
        Ok(count(&times, at, since))
    }

    /// What became of the job after earlier failures, by its last success before this run. Answers with those that it
    /// settled.
    async fn settle(&self, session: &aws::Session, run: &RunFact, found: &mut [SeenFinding]) -> Vec<SeenFinding> {
        let success = match Box::pin(self.success_before(session, run)).await {
            // A list leaves out what was asked for.
            Ok(Some(success)) => self.described(session, &success.id).await,
            Ok(None) => return Vec::new(),
            Err(error) => Err(error),
        };
        let success = match success {
            Ok(success) => success,
            Err(error) => {
                tracing::debug!(%error, "the last success of a job could not be read");
                return Vec::new();
            }
        };
        let Some(began) = success.run.started.or(success.run.created) else { return Vec::new() };
        let asked = words(&success.run);
        let mut settled = Vec::new();
        for one in found.iter_mut().filter(|one| one.after.is_none() && one.at <= began) {
            one.after = Some(after(&one.request, &asked));
            settled.push(one.clone());
        }
        settled
    }
}

/// The run itself, and what was kept of it.
struct Own {
    run: String,
    before: Option<SeenFinding>,
}

impl Own {
    /// What became of the job stays: it cannot be told again once the service lists the success no longer.
    fn seen(self, at: Timestamp, request: String) -> SeenFinding {
        SeenFinding { run: self.run, at, request, after: self.before.and_then(|before| before.after) }
    }
}

/// The run apart from the others.
fn apart(kept: Vec<SeenFinding>, run: String) -> (Own, Vec<SeenFinding>) {
    let (mut own, others): (Vec<_>, Vec<_>) = kept.into_iter().partition(|one| one.run == run);
    (Own { run, before: own.pop() }, others)
}

/// What was asked for, without secrets.
fn words(run: &RunFact) -> String {
    asked(&secrets::cover(run, &masked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::recurrence::After;

    #[test]
    fn what_became_of_a_failure_stays_when_it_is_looked_at_again() {
        let at: Timestamp = "2026-11-20T06:00:00Z".parse().unwrap();
        let of = |run: &str, after| SeenFinding { run: run.into(), at, request: "same".into(), after };
        let kept = vec![of("glue:load/jr_1", Some(After::Changed)), of("glue:load/jr_2", None)];
        let (own, others) = apart(kept.clone(), "glue:load/jr_1".into());
        assert_eq!(others, kept[1..]);
        assert_eq!(own.seen(at, "same".into()), kept[0]);
        let (own, others) = apart(kept.clone(), "glue:load/jr_3".into());
        assert!(own.before.is_none() && others == kept);
        assert_eq!(own.seen(at, "same".into()), of("glue:load/jr_3", None));
    }
}
