//! Other runs of the same job, where one more would go: those that are on their way, and those that were asked for in the
//! same words.

use super::capital;
use crate::Desk;
use ::jobs::{again, link::kin, state::state_of};
use aws::{
    AwsError, Session,
    jobs::{eks, emr, glue, serverless, write},
};
use contract::{
    Notice,
    jobs::{
        JobId,
        facts::{Request, RunFact},
    },
};
use jiff::SignedDuration;

/// Runs of one home among which those of the same job are looked for.
const NEWEST: i32 = 50;

impl Desk {
    /// The newest runs where the run would go: those that were asked for in the same words, for engines without a token
    /// (`None` where they could not be listed), and what to know of those of the same job that are on their way.
    pub(super) async fn others(
        &self,
        session: &Session,
        target: &JobId,
        run: &RunFact,
        asked: &Request,
    ) -> Result<(Option<Vec<JobId>>, Vec<Notice>), AwsError> {
        let newest = match self.newest(session, target).await {
            Ok(newest) => newest,
            Err(error @ (AwsError::SignIn { .. } | AwsError::Unreachable { .. })) => return Err(error),
            Err(error) => {
                let notice = Notice::info(format!("Whether it runs already could not be seen: {error}."));
                return Ok((None, vec![notice]));
            }
        };
        let named = kin(run);
        let open = newest.iter().filter(|one| !state_of(one).is_over() && kin(one) == named);
        let running: Vec<Notice> = open
            .take(3)
            .map(|one| {
                Notice::warning(format!(
                    "{} {} of the same job is {} already: one more does its work twice.",
                    capital(one.id.noun()),
                    one.id.own(),
                    state_of(one).word()
                ))
            })
            .collect();
        let like = newest.iter().filter(|one| !write::takes_token(&one.id) && again::same(&one.request, asked));
        Ok((Some(like.map(|one| one.id.clone()).collect()), running))
    }

    async fn newest(&self, session: &Session, target: &JobId) -> Result<Vec<RunFact>, AwsError> {
        let since = session.now().checked_sub(SignedDuration::from_hours(3 * 24)).ok();
        Ok(match target {
            JobId::Step { cluster, .. } => {
                let cluster = self.cluster(session, cluster).await?;
                emr::steps_page(session, &cluster, None).await?.0
            }
            JobId::Serverless { application, .. } => serverless::runs_page(session, application, since, None).await?.0,
            JobId::Eks { virtual_cluster, .. } => eks::runs_page(session, virtual_cluster, since, None).await?.0,
            JobId::Glue { job, .. } => {
                let job = self.glue_job(session, job).await?;
                glue::runs_page(session, &job, NEWEST, None).await?.0
            }
            JobId::Cluster { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. } => Vec::new(),
        })
    }

    /// A run that was asked for in these words and was not there when the plan was made: after a lost answer it is ours.
    pub(crate) async fn find_started(
        &self,
        session: &Session,
        target: &JobId,
        asked: &Request,
        like: &[JobId],
    ) -> Result<Option<JobId>, AwsError> {
        let newest = self.newest(session, target).await?;
        let ours = |one: &RunFact| again::same(&one.request, asked) && !like.contains(&one.id);
        Ok(newest.into_iter().find(ours).map(|one| one.id))
    }
}
