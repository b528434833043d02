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

impl Desk {
    pub async fn read_attempts(&self, request: &ReadAttempts) -> Result<Attempts, EngineError> {
        let session = self.session()?;
        let read = match &request.id {
            JobId::Serverless { application, run, .. } => self.serverless_attempts(&session, application, run).await,
            JobId::Glue { job, run } => self.glue_attempts(&session, job, run).await,
            id => self.described(&session, id).await.map(|described| (vec![described.run.clone()], true)),
        };
        let (mut runs, whole) = read.map_err(|error| gone(&session, &request.id, error))?;
        runs.sort_by_key(|run| Reverse((run.created, run.attempt)));
        let mut notices = Vec::new();
        if !whole {
            notices.push(Notice::info("Earlier attempts are left out: they are too far back in the list of runs."));
        }
        let now = session.now();
        Ok(Attempts { rows: runs.iter().map(|run| row(run, now)).collect(), notices })
    }

    async fn serverless_attempts(
        &self,
        session: &Session,
        application: &str,
        run: &str,
    ) -> Result<(Vec<RunFact>, bool), AwsError> {
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
        Ok((all, token.is_none()))
    }

    async fn glue_attempts(&self, session: &Session, job: &str, run: &str) -> Result<(Vec<RunFact>, bool), AwsError> {
        let job = self.glue_job(session, job).await?;
        glue::attempts(session, &job, run).await
    }
}
