//! One run: what its engine says of it, and the execution that started it.

use super::{key_of, masked};
use crate::{Desk, EngineError};
use ::executions::address::{self, FoundKind};
use ::jobs::{
    address::Place,
    command::Scope,
    link::{is_run, without_attempt},
    state::state_of,
    view,
};
use aws::{
    AwsError, Session,
    jobs::{Described, eks, emr, glue, lambda, sagemaker, serverless},
};
use contract::{
    Notice,
    jobs::{DescribeJob, JobDetail, JobId, facts::RunFact},
};
use std::{sync::Arc, time::Duration};

/// How long a run that goes on is taken to be as it was read.
const OPEN_AGE: Duration = Duration::from_secs(3);
/// Executions that are looked at whether they started a run: texts may name it by chance.
const MOST_KEPT: u32 = 50;

impl Desk {
    pub async fn describe_job(&self, request: &DescribeJob) -> Result<JobDetail, EngineError> {
        let session = self.session()?;
        let described =
            self.described(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        // Without the account ARNs and addresses have a hole; the rest is as good.
        let account = session.identity().await.map(|identity| identity.account);
        let place = Place {
            partition: ::objects::arn::partition(session.region()),
            region: session.region(),
            account: account.as_deref().unwrap_or_default(),
        };
        let scope = Scope { profile: Some(session.profile()), region: Some(session.region()) };
        let yarn = self.inner.jobs.files.last(&key_of(&session, &request.id)).map(|looked| looked.yarn.clone());
        let yarn = yarn.unwrap_or_default();
        let mut view = view::view(&described.run, &yarn, &place, scope, &masked, session.now());
        if view.commands.iter().any(|(_, line)| line.contains(::jobs::secrets::COVER)) {
            view.notices.push(Notice::info("Secrets are covered: put them back before you run a command of these."));
        }
        let offers = ::jobs::again::offers(&described.run);
        let execution = self.execution_of(&session, &described).await;
        Ok(JobDetail { view, execution, offers })
    }

    /// What the engine says of a run; kept for a moment while it runs and for long when it is over.
    pub(crate) async fn run_fact(&self, session: &Session, id: &JobId) -> Result<Arc<RunFact>, EngineError> {
        let described = self.described(session, id).await.map_err(|error| gone(session, id, error))?;
        Ok(Arc::new(described.run.clone()))
    }

    pub(crate) async fn described(&self, session: &Session, id: &JobId) -> Result<Arc<Described>, AwsError> {
        if let Some(described) = self.known(session, id) {
            return Ok(described);
        }
        let described = Arc::new(self.ask(session, id).await?);
        self.inner.jobs.runs.put(key_of(session, id), Arc::clone(&described));
        Ok(described)
    }

    /// What was read of a run and holds still.
    fn known(&self, session: &Session, id: &JobId) -> Option<Arc<Described>> {
        let (kept, key) = (&self.inner.jobs.runs, key_of(session, id));
        let over = |described: &Arc<Described>| state_of(&described.run).is_over();
        kept.get(&key, OPEN_AGE).or_else(|| kept.last(&key).filter(over))
    }

    /// Whether describing it asks nobody.
    pub(super) fn is_known(&self, session: &Session, id: &JobId) -> bool {
        self.known(session, id).is_some()
    }

    async fn ask(&self, session: &Session, id: &JobId) -> Result<Described, AwsError> {
        Ok(match id {
            JobId::Cluster { cluster } => {
                let cluster = self.cluster(session, cluster).await?;
                Described { run: emr::as_run(&cluster), tags: cluster.tags.clone() }
            }
            JobId::Step { cluster, step } => {
                let cluster = self.cluster(session, cluster).await?;
                Described { run: emr::step(session, &cluster, step).await?, tags: cluster.tags.clone() }
            }
            JobId::Serverless { application, run, attempt } => {
                serverless::run(session, application, run, *attempt).await?
            }
            JobId::Eks { virtual_cluster, run } => eks::run(session, virtual_cluster, run).await?,
            JobId::Glue { job, run } => {
                let job = self.glue_job(session, job).await?;
                glue::run(session, &job, run).await?.into()
            }
            JobId::Lambda { function, request } => {
                let near = self.inner.jobs.runs.last(&key_of(session, id)).and_then(|known| known.run.started);
                let function = self.function(session, function).await?;
                lambda::invocation(session, &function, request, near).await?.into()
            }
            JobId::SageMaker { kind, name } => sagemaker::job(session, *kind, name).await?,
        })
    }

    /// The execution that started a run, where something says so for certain: a tag that is the ARN of an execution
    /// (`$$.Execution.Id` in the state's parameters), the history of an execution that is open, or what is kept of one that
    /// was read. No engine keeps the caller's execution by itself, and an argument may name another one.
    pub(super) async fn execution_of(&self, session: &Session, described: &Described) -> Option<String> {
        let id = &described.run.id;
        let tagged = described.tags.iter().find_map(|(_, value)| execution_in(value));
        match tagged.or_else(|| self.followed_that_started(id)) {
            Some(arn) => Some(arn),
            None => self.kept_that_started(session, id).await,
        }
    }

    fn followed_that_started(&self, id: &JobId) -> Option<String> {
        let id = without_attempt(id);
        let followed = self.followed_executions();
        followed.into_iter().find_map(|one| {
            let seen = one.known();
            let started = seen.history.states.iter().any(|state| {
                let detail = seen.history.state_detail(&state.id, seen.events(), seen.definition.as_deref());
                let mut links = detail.into_iter().flat_map(|detail| detail.attempts).filter_map(|attempt| attempt.job);
                links.any(|job| job.run().as_ref() == Some(&id))
            });
            started.then(|| one.arn.clone())
        })
    }

    /// By the outcomes that are kept, of every profile: names are told apart by account and region alone.
    async fn kept_that_started(&self, session: &Session, id: &JobId) -> Option<String> {
        let account = session.identity().await.ok()?.account;
        let own = without_attempt(id).own().to_owned();
        let kept = self.inner.store.run(move |store| store.outcomes_naming(&own, MOST_KEPT)).await;
        let kept =
            kept.inspect_err(|error| tracing::warn!(%error, "what is kept of executions cannot be read")).ok()?;
        let place = format!(":states:{}:{account}:", session.region());
        let started = |outcome: &store::Outcome| outcome.started.iter().any(|started| is_run(id, started));
        kept.into_iter().find(|(arn, outcome)| arn.contains(&place) && started(outcome)).map(|(arn, _)| arn)
    }
}

fn execution_in(text: &str) -> Option<String> {
    if !text.contains(":states:") {
        return None;
    }
    address::resolve(text).into_iter().find_map(|found| match found.kind {
        FoundKind::Execution { arn } => Some(arn),
        _ => None,
    })
}

/// What is not there is said by its name.
pub(super) fn gone(session: &Session, id: &JobId, error: AwsError) -> EngineError {
    match error {
        AwsError::NotFound { .. } => {
            EngineError::NotFound(format!("{} {} {} is not there (any more).", id.engine().word(), id.noun(), id.own()))
        }
        other => Desk::failed(session)(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_arn_of_an_execution_says_who_started_it() {
        let arn = "arn:aws:states:eu-west-1:123456789012:execution:daily:2026-11-21";
        assert_eq!(execution_in(arn).as_deref(), Some(arn));
        assert_eq!(execution_in("arn:aws:states:eu-west-1:123456789012:stateMachine:daily"), None);
        assert_eq!(execution_in("STARTED_BY_STEP_FUNCTIONS"), None);
    }
}
