//! A run asked for again, changed or not: the edit as a person types it, and the plan that is confirmed.
//!
//! A request may hold secrets, so no plan holds a request: it holds the run and the changes, and what is sent is made of
//! both again ([`Desk::prepare`]). That it is still what was shown is told by the request with its secrets covered.

mod others;
mod outputs;

use super::{detail::gone, key, masked, permissions};
use crate::{Desk, EngineError, plans::Planned};
use ::jobs::{
    again::{self, Edited},
    command::Scope,
    edit::EditError,
    link::without_attempt,
    parameters::parameters,
};
use aws::{
    AwsError, Session,
    jobs::{
        Described,
        emr::{self, ClusterFact},
    },
};
use contract::{
    Notice,
    executions::Difference,
    jobs::{
        EditJob, HomeRow, JobChange, JobEdit, JobId, JobRow, PlanJobRun,
        facts::{Driver, OnFailure, Request, RunFact},
        takes_steps,
    },
    plan::{Action, Confirm, JobAction, Place, Plan, Risk, Scope as PlanScope, Seen, Step},
    session::Environment,
};
use outputs::set_off;
use std::{sync::Arc, time::Duration};

/// How long the list of clusters that accept steps is taken to be as it was read.
const CLUSTERS_AGE: Duration = Duration::from_secs(30);

/// A run that is asked for again, as far as it can be made ready.
pub(crate) struct Prepared {
    /// Where it goes: of a step, the cluster that gets it.
    pub target: JobId,
    /// The covered run before the changes, as it would be there.
    was: Request,
    pub edited: Result<Edited, EditError>,
    clusters: Vec<HomeRow>,
    notices: Vec<Notice>,
    /// Why it cannot go there.
    pub refusal: Option<String>,
}

impl Prepared {
    /// What the plan shows and the step holds itself to.
    pub fn text(&self) -> String {
        let shown = self.edited.as_ref().ok().map(|edited| &edited.shown.request);
        shown.and_then(|request| serde_json::to_string(request).ok()).unwrap_or_default()
    }
}

impl Desk {
    pub async fn edit_job(&self, request: &EditJob) -> Result<JobEdit, EngineError> {
        let session = self.session()?;
        let described =
            self.described(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        can_be_asked(&described.run, &request.changes)?;
        let prepared = self
            .prepare(&session, &described, &request.changes, request.cluster.as_deref())
            .await
            .map_err(Self::failed(&session))?;
        let engine = request.id.engine();
        let was = again::form(engine, &prepared.was);
        let cluster = match &prepared.target {
            JobId::Step { cluster, .. } => Some(cluster.clone()),
            _ => None,
        };
        let mut notices = prepared.notices;
        notices.extend(prepared.refusal.map(Notice::refusal));
        let mut edit = JobEdit {
            now: was.clone(),
            was,
            differences: Vec::new(),
            notices,
            problem: None,
            command: None,
            clusters: prepared.clusters,
            cluster,
            execution: None,
        };
        if !adds(&request.id) {
            edit.execution = self.execution_of(&session, &described).await;
        }
        match prepared.edited {
            Ok(Edited { shown, .. }) => {
                edit.now = again::form(engine, &shown.request);
                edit.differences = shown.differences;
                edit.notices.extend(shown.notices);
                edit.command = shown.command;
            }
            Err(error) => edit.problem = Some(sentence(&error)),
        }
        Ok(edit)
    }

    pub async fn plan_job_run(&self, request: &PlanJobRun) -> Result<Plan, EngineError> {
        let session = self.session()?;
        let described =
            self.read_anew(&session, &request.id).await.map_err(|error| gone(&session, &request.id, error))?;
        can_be_asked(&described.run, &request.changes)?;
        let failed = Self::failed(&session);
        let prepared =
            self.prepare(&session, &described, &request.changes, request.cluster.as_deref()).await.map_err(&failed)?;
        let text = prepared.text();
        let Prepared { target, edited, mut notices, refusal, .. } = prepared;
        let Edited { request: asked, shown } = edited.map_err(|error| EngineError::BadInput(sentence(&error)))?;
        let run = as_asked(&described.run, &target, &asked);
        let row = super::row(&run, session.now());
        let (identity, others, (effects, unread), (permissions, lacking)) = tokio::join!(
            session.identity(),
            self.others(&session, &target, &run, &asked),
            set_off(&session, &shown.request),
            permissions::to_start(&session, &target, &asked),
        );
        let identity = identity.map_err(&failed)?;
        let (like, running) = others.map_err(&failed)?;
        if adds(&request.id) {
            notices.extend(takes_down(&asked));
        } else if let Some(execution) = self.execution_of(&session, &described).await {
            let name = execution.rsplit(':').next().unwrap_or(&execution).to_owned();
            notices.push(Notice::warning(format!(
                "Execution {name} started it. The run goes alone: the states after it do not follow. Running the \
                 execution again does all of it."
            )));
        }
        notices.extend(running);
        notices.extend(shown.notices);
        notices.extend(unread);
        notices.extend(lacking);
        notices.extend(refusal.map(Notice::refusal));
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let environment = session.guard().environment();
        let id = self.inner.plans.next_id();
        let made = session.now();
        let token = format!("quarterdeck-{:x}-{:x}-{}", made.as_millisecond(), std::process::id(), id.0);
        let step = Step {
            key: row.name.clone(),
            action: Action::Job(JobAction::Start {
                of: request.id.clone(),
                changes: request.changes.clone(),
                cluster: request.cluster.clone(),
                token,
            }),
            seen: Seen::Request { text, like },
            text: if adds(&request.id) { added(&target, &asked) } else { starts(&row, &target, &shown.differences) },
            why: why(&request.id, &target, &asked),
        };
        let title = match described.run.name.as_deref().filter(|_| adds(&request.id)) {
            Some(cluster) => format!("Add step {} to {cluster}", row.name),
            None => format!("Run {} again", row.name),
        };
        let plan = Plan {
            id,
            title,
            name: row.name,
            place: place(&session, identity.account, &target),
            made,
            risk: Risk::High,
            confirm: if environment == Environment::Production { Confirm::TypeName } else { Confirm::Dialog },
            steps: vec![step],
            refused: Vec::new(),
            bytes: 0,
            fidelity: Vec::new(),
            effects,
            permissions,
            notices,
            cli: shown.command.into_iter().collect(),
            undoes: None,
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        Ok(plan)
    }

    /// Makes the changes on a run, for the home that it goes to.
    pub(crate) async fn prepare(
        &self,
        session: &Session,
        described: &Described,
        changes: &[JobChange],
        cluster: Option<&str>,
    ) -> Result<Prepared, AwsError> {
        let scope = Scope { profile: Some(session.profile()), region: Some(session.region()) };
        let own = &described.run;
        let (mut run, mut target) = (own.clone(), without_attempt(&own.id));
        let (mut clusters, mut notices, mut refusal) = (Vec::new(), Vec::new(), None);
        if let JobId::Step { cluster: home, step } = &own.id {
            match self.open_clusters(session).await {
                Ok(open) => clusters.extend(open.iter().cloned()),
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => notices.push(Notice::info(format!("Other clusters could not be listed: {error}."))),
            }
            let wanted = cluster.unwrap_or(home);
            let there = match self.cluster(session, wanted).await {
                Ok(there) => Some(there),
                Err(error) if error.is_absent() => None,
                Err(error) => return Err(error),
            };
            refusal = no_steps(wanted, there.as_deref(), !clusters.is_empty());
            if let Some(there) = there.filter(|_| wanted != home) {
                if there.row.release != run.request.release {
                    notices.push(Notice::warning(format!(
                        "Cluster {} is {}; the step ran on {}.",
                        there.row.name,
                        there.row.release.as_deref().unwrap_or("of an unknown release"),
                        run.request.release.as_deref().unwrap_or("an unknown release")
                    )));
                }
                of_cluster(&mut run, &there);
            }
            target = JobId::Step { cluster: wanted.to_owned(), step: step.clone() };
        } else if let JobId::Cluster { cluster } = &own.id {
            // It has no id before it is there.
            target = JobId::Step { cluster: cluster.clone(), step: String::new() };
            (run.id, run.name, run.reason) = (target.clone(), None, None);
            refusal = no_step(&own.status, own.name.as_deref().unwrap_or(cluster), cluster);
        }
        let was = ::jobs::secrets::cover(&run, &masked).request;
        let edited = again::edited(&run, &target, changes, &masked, scope);
        Ok(Prepared { target, was, edited, clusters, notices, refusal })
    }

    /// A run as its engine says it now: what is kept of it may be two minutes old, and a write is made of it.
    pub(crate) async fn read_anew(&self, session: &Session, id: &JobId) -> Result<Arc<Described>, AwsError> {
        match id {
            JobId::Step { cluster, .. } | JobId::Cluster { cluster } => {
                self.inner.jobs.clusters.forget(&key(session, cluster));
            }
            JobId::Glue { job, .. } => self.inner.jobs.of_glue.forget(&key(session, job)),
            // Its end is the first that is told of it, and when it was helps to find it again.
            JobId::Lambda { .. } => return self.described(session, id).await,
            _ => {}
        }
        self.inner.jobs.runs.forget(&super::key_of(session, id));
        self.described(session, id).await
    }

    /// The same for the cluster that gets a step.
    pub(crate) fn forget_cluster(&self, session: &Session, cluster: &str) {
        self.inner.jobs.clusters.forget(&key(session, &cluster));
    }

    async fn open_clusters(&self, session: &Session) -> Result<Arc<Vec<HomeRow>>, AwsError> {
        let key = key(session, &"open");
        if let Some(open) = self.inner.jobs.open_clusters.get(&key, CLUSTERS_AGE) {
            return Ok(open);
        }
        let open = Arc::new(emr::open_clusters(session).await?);
        self.inner.jobs.open_clusters.put(key, Arc::clone(&open));
        Ok(open)
    }
}

/// A cluster is asked for steps that are new to it, a run for itself.
fn adds(id: &JobId) -> bool {
    matches!(id, JobId::Cluster { .. })
}

fn can_be_asked(run: &RunFact, changes: &[JobChange]) -> Result<(), EngineError> {
    match (adds(&run.id), changes) {
        (true, [JobChange::Step(_)]) => return Ok(()),
        (false, changes) if changes.iter().any(|change| matches!(change, JobChange::Step(_))) => {
            return Err(EngineError::BadInput("A step is added to a cluster, not to a run.".into()));
        }
        _ => {}
    }
    let offered = again::offers(run).again;
    if offered.ok { Ok(()) } else { Err(EngineError::BadInput(offered.reasons.join(" "))) }
}

/// Why a cluster does not take a step.
fn no_steps(wanted: &str, there: Option<&ClusterFact>, others: bool) -> Option<String> {
    let instead = if others { "choose one that accepts steps" } else { "no other cluster accepts steps now" };
    let Some(there) = there else { return Some(format!("Cluster {wanted} is not there (any more): {instead}.")) };
    let state = there.row.state.as_deref().unwrap_or("UNKNOWN");
    (!takes_steps(state)).then(|| format!("Cluster {} ({wanted}) is {state}: {instead}.", there.row.name))
}

/// Why a cluster in this state gets no new step.
fn no_step(state: &str, name: &str, id: &str) -> Option<String> {
    (!takes_steps(state)).then(|| format!("Cluster {name} ({id}) is {state}: it takes no more steps."))
}

/// The step that a cluster would get, as a run; any other run as it is.
fn as_asked(run: &RunFact, target: &JobId, asked: &Request) -> RunFact {
    if !adds(&run.id) {
        return run.clone();
    }
    RunFact { id: target.clone(), name: asked.name.clone(), reason: None, request: asked.clone(), ..run.clone() }
}

fn on_failure(asked: &Request) -> OnFailure {
    match &asked.driver {
        Driver::Jar { on_failure, .. } => on_failure.unwrap_or_default(),
        _ => OnFailure::default(),
    }
}

/// A step may cost the others their cluster.
fn takes_down(asked: &Request) -> Option<Notice> {
    let how = on_failure(asked);
    let words = format!("If the step fails, {}.", how.words());
    (how != OnFailure::Continue).then(|| Notice::warning(words))
}

fn why(of: &JobId, target: &JobId, asked: &Request) -> String {
    if adds(of) {
        return format!("a new step; if it fails, {}", on_failure(asked).words());
    }
    format!("a new {}; the old one stays as it is", target.noun())
}

fn added(target: &JobId, asked: &Request) -> String {
    let program = parameters(asked).entry_point.unwrap_or_default();
    format!("adds a step to cluster {} that runs {program}", target.home().unwrap_or_default())
}

/// What a step has of its cluster it has of another one there.
fn of_cluster(run: &mut RunFact, cluster: &ClusterFact) {
    run.request.release.clone_from(&cluster.row.release);
    run.request.configurations.clone_from(&cluster.configurations);
    run.request.logs.s3.clone_from(&cluster.log_uri);
    run.request.logs.uploads_off.clone_from(&cluster.uploads_off);
}

/// The home of a run in a plan.
pub(super) fn place(session: &Session, account: String, id: &JobId) -> Place {
    Place {
        account,
        profile: session.profile().to_owned(),
        region: session.region().to_owned(),
        environment: session.guard().environment(),
        scope: PlanScope::Jobs { engine: id.engine(), home: id.home().unwrap_or(id.own()).to_owned() },
    }
}

fn starts(row: &JobRow, target: &JobId, differences: &[Difference]) -> String {
    let on = match target {
        JobId::Step { cluster, .. } => format!("adds a step to cluster {cluster}"),
        JobId::Glue { .. } => format!("starts a run of Glue job {}", row.name),
        _ => format!("starts a {} of {} {}", target.noun(), target.engine().word(), target.home().unwrap_or_default()),
    };
    if differences.is_empty() {
        return format!("{on} as it was asked for before");
    }
    let told: Vec<String> = differences
        .iter()
        .map(|one| {
            let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "not set".to_owned());
            let name = if one.place.is_empty() { &one.what } else { &one.place };
            format!("{name}: {} to {}", side(&one.then), side(&one.now))
        })
        .collect();
    format!("{on} with {}", told.join("; "))
}

fn sentence(error: &EditError) -> String {
    format!("{}.", capital(&error.to_string()))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{Timestamp, jobs::HomeId};

    fn cluster(state: &str) -> ClusterFact {
        ClusterFact {
            row: HomeRow {
                id: HomeId::Cluster("j-1".into()),
                name: "nightly".into(),
                state: Some(state.into()),
                reason: None,
                release: Some("emr-7.1.0".into()),
                in_use: None,
                capacity: None,
                created: None,
                ended: None,
                as_of: Timestamp::UNIX_EPOCH,
            },
            code: None,
            ready: None,
            log_uri: None,
            uploads_off: Vec::new(),
            configurations: Vec::new(),
            tags: Vec::new(),
            fleets: false,
            most_steps: None,
        }
    }

    #[test]
    fn a_cluster_that_is_gone_is_named_and_another_asked_for() {
        assert_eq!(no_steps("j-1", Some(&cluster("WAITING")), true), None);
        assert_eq!(
            no_steps("j-1", Some(&cluster("TERMINATED")), true).as_deref(),
            Some("Cluster nightly (j-1) is TERMINATED: choose one that accepts steps.")
        );
        assert!(no_steps("j-1", None, false).unwrap().contains("no other cluster"));
    }

    fn run(id: JobId, driver: Driver) -> RunFact {
        let mut run = emr::as_run(&cluster("WAITING"));
        (run.id, run.request.driver) = (id, driver);
        run
    }

    fn jar(on_failure: Option<OnFailure>) -> Driver {
        let arguments = vec!["spark-submit".into(), "s3://code/a.py".into()];
        Driver::Jar {
            jar: "command-runner.jar".into(),
            main_class: None,
            arguments,
            properties: Vec::new(),
            on_failure,
        }
    }

    #[test]
    fn a_step_is_added_to_a_cluster_and_to_nothing_else() {
        let (of, on) =
            (JobId::Cluster { cluster: "j-1".into() }, JobId::Step { cluster: "j-1".into(), step: String::new() });
        let new = [JobChange::Step(contract::jobs::NewStep::default())];
        let cluster = run(of.clone(), jar(None));
        assert!(can_be_asked(&cluster, &new).is_ok());
        assert!(can_be_asked(&cluster, &[]).is_err(), "a cluster is not run again");
        let step = run(JobId::Step { cluster: "j-1".into(), step: "s-1".into() }, jar(None));
        assert!(can_be_asked(&step, &new).is_err());
        assert!(can_be_asked(&step, &[]).is_ok());

        assert_eq!(no_step("WAITING", "nightly", "j-1"), None);
        let why_not = no_step("TERMINATED", "nightly", "j-1");
        assert_eq!(why_not.as_deref(), Some("Cluster nightly (j-1) is TERMINATED: it takes no more steps."));

        let mut asked = run(on.clone(), jar(Some(OnFailure::TerminateCluster))).request;
        asked.name = Some("load".into());
        assert_eq!(as_asked(&cluster, &on, &asked).name.as_deref(), Some("load"));
        assert_eq!(as_asked(&step, &on, &asked), step);
        assert_eq!(added(&on, &asked), "adds a step to cluster j-1 that runs s3://code/a.py");
        assert_eq!(why(&of, &on, &asked), "a new step; if it fails, the cluster is terminated");
        assert_eq!(why(&step.id, &on, &asked), "a new step; the old one stays as it is");
        assert_eq!(
            takes_down(&asked).map(|notice| notice.text).as_deref(),
            Some("If the step fails, the cluster is terminated.")
        );
        assert_eq!(takes_down(&step.request), None);
    }

    #[test]
    fn what_changes_is_said_in_the_step() {
        let id = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
        let row = JobRow {
            id: id.clone(),
            name: "load".into(),
            state: contract::jobs::State::Failed,
            word: "FAILED".into(),
            reason: None,
            created: None,
            started: None,
            ended: None,
            timing: contract::jobs::Timing::default(),
            by: None,
            release: None,
            cost: Vec::new(),
            as_of: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(starts(&row, &id, &[]), "adds a step to cluster j-1 as it was asked for before");
        let more =
            Difference { what: "Setting".into(), place: "a.b".into(), then: None, now: Some("2g".into()), at: None };
        assert_eq!(starts(&row, &id, &[more]), "adds a step to cluster j-1 with a.b: not set to 2g");
        assert_eq!(capital("the payload"), "The payload");
    }
}
