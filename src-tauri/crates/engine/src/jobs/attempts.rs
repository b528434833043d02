//! The attempts of one run, the newest first.

use super::{detail::gone, row};
use crate::{Desk, EngineError};
use aws::{
    AwsError, Session,
    jobs::{glue, serverless},
};
use contract::{
    Notice,
    jobs::{Attempts, JobId, ReadAttempts, facts::RunFact},
};
use std::cmp::Reverse;

/// Pages of attempts that are read: a stream of events is tried again for as long as it fails.
const MOST_PAGES: usize = 2;
/// Attempts that are described, each by a call, for their start and what they took.
const MOST_LOOKS: usize = 10;

const EARLIER: &str = "Earlier attempts are left out: they are too far back in the list of runs.";
const UNKNOWN: &str = "Whether it was tried again is not known: it is too far back in the list of runs.";

/// Attempts, and what to say where not all of them are there.
type Read = (Vec<RunFact>, Option<&'static str>);

impl Desk {
    pub async fn read_attempts(&self, request: &ReadAttempts) -> Result<Attempts, EngineError> {
        let session = self.session()?;
        let read = match &request.id {
            JobId::Serverless { application, run, .. } => self.serverless_attempts(&session, application, run).await,
            JobId::Glue { job, run } => self.glue_attempts(&session, job, run).await,
            id => self.described(&session, id).await.map(|described| (vec![described.run.clone()], None)),
        };
        let (mut runs, missing) = read.map_err(|error| gone(&session, &request.id, error))?;
        runs.sort_by_key(|run| Reverse((run.created, run.attempt)));
        let notices = missing.map(Notice::info).into_iter().collect();
        let now = session.now();
        Ok(Attempts { rows: runs.iter().map(|run| row(run, now)).collect(), notices })
    }

    async fn serverless_attempts(&self, session: &Session, application: &str, run: &str) -> Result<Read, AwsError> {
        let (mut all, mut token) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let (page, next) = serverless::attempts_page(session, application, run, token).await?;
            all.extend(page);
            token = next;
            if token.is_none() {
                break;
            }
        }
        for listed in all.iter_mut().take(MOST_LOOKS) {
            let described = self.described(session, &listed.id).await;
            match described {
                Ok(described) => *listed = described.run.clone(),
                // What the list says stands.
                Err(error) => tracing::debug!(%error, "an attempt could not be described"),
            }
        }
        Ok((all, token.map(|_| EARLIER)))
    }

    async fn glue_attempts(&self, session: &Session, name: &str, run: &str) -> Result<Read, AwsError> {
        let job = self.glue_job(session, name).await?;
        let (mut all, whole) = glue::attempts(session, &job, run).await?;
        let missing = if all.is_empty() { UNKNOWN } else { EARLIER };
        // Its id alone still finds a run that is too far back in the list.
        if !all.iter().any(|one| one.id.own() == run) {
            let id = JobId::Glue { job: name.to_owned(), run: run.to_owned() };
            all.push(self.described(session, &id).await?.run.clone());
        }
        Ok((all, (!whole).then_some(missing)))
    }
}
