//! Glue: jobs and their runs.
//!
//! A run says what it was given and not what its job adds: whoever reads runs hands over the job, read once.

use super::{count, pairs, small, text};
use crate::{AwsError, Call, Session, pace::Api, time::timestamp};
use aws_sdk_glue::{
    Client,
    types::{Job, JobRun, TriggerState, TriggerType},
};
use contract::{
    Timestamp,
    facts::Known,
    jobs::{
        HomeId, HomeRow, JobId,
        facts::{Driver, GlueDriver, RunFact, Usage},
    },
};
use jobs::link::first_attempt;
use std::collections::BTreeSet;

const GET_JOBS: Call = Call::new("GetJobs", "glue:GetJobs");
const GET_JOB: Call = Call::new("GetJob", "glue:GetJob");
const GET_RUNS: Call = Call::new("GetJobRuns", "glue:GetJobRuns");
const GET_TRIGGERS: Call = Call::new("GetTriggers", "glue:GetTriggers");
const GET_RUN: Call = Call::new("GetJobRun", "glue:GetJobRun");

/// Pages of runs among which the attempts of one are looked for.
const MOST_ATTEMPT_PAGES: usize = 3;
/// Pages of triggers.
const MOST_PAGES: usize = 40;

/// What starts jobs by the clock or after others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlueTrigger {
    pub name: String,
    /// Names of the jobs that it starts.
    pub jobs: Vec<String>,
    /// `cron(…)`, of one by the clock.
    pub schedule: Option<String>,
    pub enabled: bool,
}

/// A job and what its runs take from it.
#[derive(Debug, Clone, PartialEq)]
pub struct GlueJob {
    pub row: HomeRow,
    pub driver: GlueDriver,
    pub role: Option<String>,
    /// `5.0`.
    pub version: Option<String>,
    /// How many of its runs there may be at once.
    pub most_runs: Option<u64>,
    /// When its definition was last changed.
    pub modified: Option<Timestamp>,
}

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of jobs and the token of the next.
pub async fn jobs_page(session: &Session, token: Option<String>) -> Result<(Vec<GlueJob>, Option<String>), AwsError> {
    session.pace(Api::Glue).await;
    let reply = client(session)
        .get_jobs()
        .max_results(200)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_JOBS, error))?;
    let jobs = reply.jobs().iter().map(|job| fact(session, job)).collect();
    Ok((jobs, reply.next_token().map(str::to_owned)))
}

pub async fn job(session: &Session, name: &str) -> Result<GlueJob, AwsError> {
    session.pace(Api::Glue).await;
    let reply =
        client(session).get_job().job_name(name).send().await.map_err(|error| AwsError::from_sdk(GET_JOB, error))?;
    let job = reply.job().map(|job| fact(session, job));
    job.ok_or_else(|| AwsError::Unreadable { call: GET_JOB, message: "the answer holds no job".into() })
}

/// All triggers but those that a person presses.
pub async fn triggers(session: &Session) -> Known<Vec<GlueTrigger>> {
    let mut found = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        session.pace(Api::Glue).await;
        let reply = client(session)
            .get_triggers()
            .max_results(200)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(GET_TRIGGERS, error).missing(GET_TRIGGERS))?;
        for trigger in reply.triggers() {
            if trigger.r#type() == Some(&TriggerType::OnDemand) {
                continue;
            }
            found.push(GlueTrigger {
                name: trigger.name().unwrap_or_default().to_owned(),
                jobs: trigger.actions().iter().filter_map(|action| text(action.job_name())).collect(),
                schedule: text(trigger.schedule()),
                enabled: matches!(trigger.state(), Some(TriggerState::Activated | TriggerState::Activating)),
            });
        }
        token = reply.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    Ok(found)
}

fn fact(session: &Session, job: &Job) -> GlueJob {
    let name = job.name().unwrap_or_default().to_owned();
    let command = job.command();
    let workers = job.number_of_workers().and_then(small);
    let worker_type = job.worker_type().map(|kind| kind.as_str().to_owned());
    let capacity = match (workers, &worker_type) {
        (Some(workers), Some(kind)) => Some(format!("{workers} workers {kind}")),
        _ => job.max_capacity().map(|units| format!("{units} DPU")),
    };
    GlueJob {
        row: HomeRow {
            id: HomeId::GlueJob(name.clone()),
            name,
            state: None,
            reason: None,
            release: text(job.glue_version()).map(|version| format!("Glue {version}")),
            in_use: None,
            capacity,
            created: job.created_on().map(timestamp),
            ended: None,
            as_of: session.now(),
        },
        driver: GlueDriver {
            command: command.and_then(|command| command.name()).unwrap_or_default().to_owned(),
            script: text(command.and_then(|command| command.script_location())),
            defaults: pairs(job.default_arguments()),
            fixed: pairs(job.non_overridable_arguments()),
            arguments: Vec::new(),
            worker_type,
            workers,
            max_capacity: job.max_capacity(),
            execution_class: job.execution_class().map(|class| class.as_str().to_owned()),
            log_group: None,
        },
        role: text(job.role()),
        version: text(job.glue_version()),
        most_runs: job.execution_property().and_then(|property| count(property.max_concurrent_runs())),
        modified: job.last_modified_on().map(timestamp),
    }
}

/// One page of a job's runs, newest first, and the token of the next. The service takes no range.
pub async fn runs_page(
    session: &Session,
    job: &GlueJob,
    most: i32,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    session.pace(Api::Glue).await;
    let reply = client(session)
        .get_job_runs()
        .job_name(job.row.id.own())
        .max_results(most)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_RUNS, error))?;
    let runs = reply.job_runs().iter().filter_map(|item| run_fact(job, item)).collect();
    Ok((runs, reply.next_token().map(str::to_owned)))
}

/// All attempts of the run with this id, and whether the pages that were read go back to the first. What the service
/// retried by itself has the first run's id with `_attempt_1` behind it; what was started again names the run before it.
pub async fn attempts(session: &Session, job: &GlueJob, run: &str) -> Result<(Vec<RunFact>, bool), AwsError> {
    let (mut all, mut token): (Vec<(Option<String>, RunFact)>, _) = (Vec::new(), None);
    let mut page = 0;
    loop {
        session.pace(Api::Glue).await;
        let reply = client(session)
            .get_job_runs()
            .job_name(job.row.id.own())
            .max_results(200)
            .set_next_token(token)
            .send()
            .await
            .map_err(|error| AwsError::from_sdk(GET_RUNS, error))?;
        let items = reply.job_runs().iter();
        all.extend(items.filter_map(|item| Some((text(item.previous_run_id()), run_fact(job, item)?))));
        token = reply.next_token().map(str::to_owned);
        page += 1;
        let links: Vec<_> = all.iter().map(|(previous, run)| (run.id.own(), previous.as_deref())).collect();
        let known: BTreeSet<String> = together(&links, run).into_iter().map(str::to_owned).collect();
        let whole = known.iter().all(|first| links.iter().any(|(id, _)| id == first));
        if whole || token.is_none() || page == MOST_ATTEMPT_PAGES {
            all.retain(|(_, run)| known.contains(first_attempt(run.id.own())));
            return Ok((all.into_iter().map(|(_, run)| run).collect(), whole));
        }
    }
}

/// First ids of the runs that are attempts of one work with `run`, of runs that each name the one before it.
fn together<'a>(all: &[(&'a str, Option<&'a str>)], run: &'a str) -> BTreeSet<&'a str> {
    let mut known = BTreeSet::from([first_attempt(run)]);
    loop {
        let before = known.len();
        for &(id, previous) in all {
            let (id, previous) = (first_attempt(id), previous.map(first_attempt));
            if known.contains(id) || previous.is_some_and(|previous| known.contains(previous)) {
                known.insert(id);
                known.extend(previous);
            }
        }
        if known.len() == before {
            return known;
        }
    }
}

pub async fn run(session: &Session, job: &GlueJob, run: &str) -> Result<RunFact, AwsError> {
    session.pace(Api::Glue).await;
    let reply = client(session)
        .get_job_run()
        .job_name(job.row.id.own())
        .run_id(run)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_RUN, error))?;
    let run = reply.job_run().and_then(|item| run_fact(job, item));
    run.ok_or_else(|| AwsError::Unreadable { call: GET_RUN, message: "the answer holds no job run".into() })
}

fn run_fact(job: &GlueJob, item: &JobRun) -> Option<RunFact> {
    let name = job.row.id.own().to_owned();
    // The service mixes the job's defaults into what the run was given.
    let given = pairs(item.arguments()).into_iter().filter(|pair| !job.driver.defaults.contains(pair));
    let driver = GlueDriver {
        arguments: given.collect(),
        worker_type: item.worker_type().map(|kind| kind.as_str().to_owned()).or(job.driver.worker_type.clone()),
        workers: item.number_of_workers().and_then(small).or(job.driver.workers),
        max_capacity: item.max_capacity().or(job.driver.max_capacity),
        execution_class: item.execution_class().map(|class| class.as_str().to_owned()),
        log_group: text(item.log_group_name()),
        ..job.driver.clone()
    };
    let state = item.job_run_state().map_or("UNKNOWN", |state| state.as_str());
    let id = JobId::Glue { job: name.clone(), run: item.id()?.to_owned() };
    let mut run = RunFact::bare(id, state, Driver::Glue(Box::new(driver)));
    run.name = Some(name);
    run.reason = text(item.error_message()).or_else(|| text(item.state_detail()));
    run.created = item.started_on().map(timestamp);
    run.started = run.created;
    run.ended = item.completed_on().map(timestamp);
    run.run_seconds = count(item.execution_time()).filter(|seconds| *seconds > 0);
    // The first run is attempt 0 there.
    run.attempt = small(item.attempt()).map(|attempt| attempt + 1);
    run.by = text(item.trigger_name()).map(|name| format!("trigger {name}"));
    run.usage = Usage { dpu_seconds: item.dpu_seconds().filter(|seconds| *seconds > 0.0), ..Usage::default() };
    run.request.name.clone_from(&run.name);
    run.request.role.clone_from(&job.role);
    run.request.release = text(item.glue_version()).or_else(|| job.version.clone());
    run.request.timeout_minutes = item.timeout().and_then(count);
    Some(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_found_by_id_and_by_the_run_before() {
        let all = [
            ("jr_9", None),
            ("jr_3", Some("jr_1_attempt_1")),
            ("jr_1_attempt_2", Some("jr_1_attempt_1")),
            ("jr_1_attempt_1", Some("jr_1")),
            ("jr_1", None),
        ];
        for run in ["jr_1", "jr_1_attempt_2", "jr_3"] {
            assert_eq!(together(&all, run), BTreeSet::from(["jr_1", "jr_3"]), "{run}");
        }
        assert_eq!(together(&all, "jr_9"), BTreeSet::from(["jr_9"]));
    }
}
