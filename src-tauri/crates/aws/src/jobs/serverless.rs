//! EMR Serverless: applications and their job runs.

pub mod allocated;

use super::{Described, OpenRuns, count, pairs, small, text};
use crate::{
    AwsError, Call, Session,
    pace::Api,
    pages::up_to,
    time::{date_time, timestamp},
};
use ::jobs::state::state_of;
use aws_sdk_emrserverless::{
    Client,
    types::{Application, Configuration as SdkConfiguration, JobDriver, JobRunState, MonitoringConfiguration},
};
use contract::{
    Timestamp,
    jobs::{
        CapacityRow, HomeId, HomeRow, JobId,
        facts::{CloudWatchSettings, Configuration, Driver, LogSettings, RunFact, Usage},
    },
};

const LIST_APPLICATIONS: Call = Call::new("ListApplications", "emr-serverless:ListApplications");
pub const GET_APPLICATION: Call = Call::new("GetApplication", "emr-serverless:GetApplication");
pub const LIST: Call = Call::new("ListJobRuns", "emr-serverless:ListJobRuns");
const LIST_ATTEMPTS: Call = Call::new("ListJobRunAttempts", "emr-serverless:ListJobRunAttempts");
const GET: Call = Call::new("GetJobRun", "emr-serverless:GetJobRun");

/// Pages of 50 runs that are not over: an application lets 1,000 run at once at the most ("API Reference,
/// SchedulerConfiguration"), and queues others.
const OPEN_PAGES: usize = 40;

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of applications, without capacity, and the token of the next.
pub async fn applications_page(
    session: &Session,
    token: Option<String>,
) -> Result<(Vec<HomeRow>, Option<String>), AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = client(session)
        .list_applications()
        .max_results(50)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_APPLICATIONS, error))?;
    let rows = reply.applications().iter().map(|application| HomeRow {
        id: HomeId::Application(application.id().to_owned()),
        name: text(application.name()).unwrap_or_else(|| application.id().to_owned()),
        state: Some(application.state().as_str().to_owned()),
        reason: text(application.state_details()),
        release: text(Some(application.release_label())),
        in_use: None,
        capacity: None,
        created: Some(timestamp(application.created_at())),
        ended: None,
        as_of: session.now(),
    });
    Ok((rows.collect(), reply.next_token().map(str::to_owned)))
}

async fn application(session: &Session, id: &str) -> Result<Application, AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = client(session)
        .get_application()
        .application_id(id)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET_APPLICATION, error))?;
    reply.application.ok_or_else(|| AwsError::Unreadable {
        call: GET_APPLICATION,
        message: "the answer holds no application".into(),
    })
}

/// How much an application may take, and whether it takes jobs. What is `None` has no limit of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The service's words: `64 vCPU`, `256 GB`.
    pub vcpu: Option<String>,
    pub memory: Option<String>,
    pub disk: Option<String>,
    /// Job runs at once.
    pub runs: Option<u64>,
    pub name: String,
    pub state: String,
    /// Why it is in that state.
    pub reason: Option<String>,
    /// When it was last changed.
    pub changed: Timestamp,
    /// A job starts it when it is stopped.
    pub starts_itself: bool,
}

pub async fn limits(session: &Session, id: &str) -> Result<Limits, AwsError> {
    let application = application(session, id).await?;
    let most = application.maximum_capacity();
    Ok(Limits {
        vcpu: text(most.map(|most| most.cpu())),
        memory: text(most.map(|most| most.memory())),
        disk: text(most.and_then(|most| most.disk())),
        runs: application
            .scheduler_configuration()
            .and_then(|scheduler| scheduler.max_concurrent_runs())
            .and_then(|runs| u64::try_from(runs).ok()),
        name: text(application.name()).unwrap_or_else(|| id.to_owned()),
        state: application.state().as_str().to_owned(),
        reason: text(application.state_details()),
        changed: timestamp(application.updated_at()),
        // It is on unless it was switched off ("API Reference, AutoStartConfig").
        starts_itself: application.auto_start_configuration().and_then(|start| start.enabled()).unwrap_or(true),
    })
}

/// What an application keeps ready and what its runs may take together.
pub async fn capacity_rows(session: &Session, id: &str) -> Result<Vec<CapacityRow>, AwsError> {
    let application = application(session, id).await?;
    let mut rows = Vec::new();
    let mut most = |what: &str, maximum: Option<&str>| {
        let row = maximum.map(|text| CapacityRow {
            what: what.to_owned(),
            maximum: Some(text.to_owned()),
            ..CapacityRow::default()
        });
        rows.extend(row);
    };
    if let Some(all) = application.maximum_capacity() {
        most("vCPU", Some(all.cpu()));
        most("memory", Some(all.memory()));
        most("disk", all.disk());
    }
    let mut ready: Vec<CapacityRow> = application
        .initial_capacity()
        .into_iter()
        .flatten()
        .map(|(kind, kept)| {
            let of = kept.worker_configuration().map(|worker| format!(" of {}, {}", worker.cpu(), worker.memory()));
            CapacityRow {
                what: format!("{} workers", kind.to_ascii_lowercase()),
                configured: Some(format!("{} kept ready{}", kept.worker_count(), of.unwrap_or_default())),
                ..CapacityRow::default()
            }
        })
        .collect();
    ready.sort_by(|one, two| one.what.cmp(&two.what));
    rows.extend(ready);
    Ok(rows)
}

/// One page of an application's job runs, newest first, and the token of the next. They lack their program, their start
/// and what they used.
pub async fn runs_page(
    session: &Session,
    application: &str,
    since: Option<Timestamp>,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    list(session, application, since, None, token).await
}

/// Job runs of an application that are not over, queued ones among them, whenever they began.
pub async fn open_runs(session: &Session, application: &str) -> Result<OpenRuns, AwsError> {
    let open = [
        JobRunState::Submitted,
        JobRunState::Pending,
        JobRunState::Scheduled,
        JobRunState::Running,
        JobRunState::Cancelling,
        JobRunState::Queued,
    ];
    let page = |token| list(session, application, None, Some(open.to_vec()), token);
    let (runs, more) = up_to(OPEN_PAGES, page).await?;
    Ok(OpenRuns::new(runs, more))
}

async fn list(
    session: &Session,
    application: &str,
    since: Option<Timestamp>,
    states: Option<Vec<JobRunState>>,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = client(session)
        .list_job_runs()
        .application_id(application)
        .set_created_at_after(since.map(date_time))
        .set_states(states)
        .max_results(50)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let runs = reply.job_runs().iter().map(|item| {
        let id = JobId::Serverless {
            application: item.application_id().to_owned(),
            run: item.id().to_owned(),
            attempt: None,
        };
        let driver = Driver::SparkSubmit { entry_point: String::new(), arguments: Vec::new(), parameters: None };
        let mut run = RunFact::bare(id, item.state().as_str(), driver);
        run.arn = text(Some(item.arn()));
        run.name = text(item.name());
        run.reason = text(Some(item.state_details()));
        run.created = Some(timestamp(item.created_at()));
        // The last change of a run that is over is its end.
        run.ended = state_of(&run).is_over().then(|| timestamp(item.updated_at()));
        run.attempt = item.attempt().and_then(small);
        run.by = text(Some(item.created_by()));
        run.request.name.clone_from(&run.name);
        run.request.role = text(Some(item.execution_role()));
        run.request.release = text(Some(item.release_label()));
        run
    });
    Ok((runs.collect(), reply.next_token().map(str::to_owned)))
}

/// One page of the attempts of a job run, newest first, and the token of the next. They lack their program and their start.
pub async fn attempts_page(
    session: &Session,
    application: &str,
    run: &str,
    token: Option<String>,
) -> Result<(Vec<RunFact>, Option<String>), AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = client(session)
        .list_job_run_attempts()
        .application_id(application)
        .job_run_id(run)
        .max_results(50)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST_ATTEMPTS, error))?;
    let attempts = reply.job_run_attempts().iter().map(|item| {
        let attempt = item.attempt().and_then(small);
        let id = JobId::Serverless { application: application.to_owned(), run: run.to_owned(), attempt };
        let driver = Driver::SparkSubmit { entry_point: String::new(), arguments: Vec::new(), parameters: None };
        let mut run = RunFact::bare(id, item.state().as_str(), driver);
        run.arn = text(Some(item.arn()));
        run.name = text(item.name());
        run.reason = text(Some(item.state_details()));
        run.created = Some(timestamp(item.created_at()));
        run.ended = state_of(&run).is_over().then(|| timestamp(item.updated_at()));
        run.attempt = attempt;
        run.by = text(Some(item.created_by()));
        run.request.release = text(Some(item.release_label()));
        run
    });
    Ok((attempts.collect(), reply.next_token().map(str::to_owned)))
}

/// One job run, or one attempt of it.
pub async fn run(
    session: &Session,
    application_id: &str,
    run: &str,
    attempt: Option<u32>,
) -> Result<Described, AwsError> {
    session.pace(Api::EmrServerless).await;
    let reply = client(session)
        .get_job_run()
        .application_id(application_id)
        .job_run_id(run)
        .set_attempt(attempt.and_then(|attempt| i32::try_from(attempt).ok()))
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET, error))?;
    let item = reply
        .job_run()
        .ok_or_else(|| AwsError::Unreadable { call: GET, message: "the answer holds no job run".into() })?;
    let id = JobId::Serverless { application: application_id.to_owned(), run: run.to_owned(), attempt };
    let mut run = RunFact::bare(id, item.state().as_str(), driver(item.job_driver()));
    run.arn = text(Some(item.arn()));
    run.name = text(item.name());
    run.reason = text(Some(item.state_details()));
    run.created = item.attempt_created_at().filter(|_| attempt.is_some()).or(Some(item.created_at())).map(timestamp);
    run.started = item.started_at().map(timestamp);
    run.ended = item.ended_at().map(timestamp);
    run.queued_millis = item.queued_duration_milliseconds().and_then(count);
    run.run_seconds = item.total_execution_duration_seconds().and_then(count);
    run.attempt = item.attempt().and_then(small);
    run.attempts = item.retry_policy().and_then(|policy| policy.max_attempts()).and_then(small);
    run.by = text(Some(item.created_by()));
    let (used, billed) = (item.total_resource_utilization(), item.billed_resource_utilization());
    run.usage = Usage {
        vcpu_hours: used.and_then(|used| used.v_cpu_hour()),
        memory_gb_hours: used.and_then(|used| used.memory_gb_hour()),
        storage_gb_hours: used.and_then(|used| used.storage_gb_hour()),
        billed_vcpu_hours: billed.and_then(|billed| billed.v_cpu_hour()),
        billed_memory_gb_hours: billed.and_then(|billed| billed.memory_gb_hour()),
        billed_storage_gb_hours: billed.and_then(|billed| billed.storage_gb_hour()),
        ..Usage::default()
    };
    let asked = item.configuration_overrides();
    run.request.name.clone_from(&run.name);
    run.request.role = text(Some(item.execution_role()));
    run.request.release = text(Some(item.release_label()));
    run.request.timeout_minutes = item.execution_timeout_minutes().and_then(count);
    run.request.configurations =
        asked.map(|asked| configurations(asked.application_configuration())).unwrap_or_default();
    run.request.logs = logs(asked.and_then(|asked| asked.monitoring_configuration()));
    if run.request.logs.s3.is_none() && run.request.logs.cloud_watch.is_none() {
        // What a run does not say itself it has of its application.
        match application(session, application_id).await {
            Ok(application) => {
                let managed = run.request.logs.managed;
                run.request.logs = logs(application.monitoring_configuration());
                run.request.logs.managed = managed.or(run.request.logs.managed);
            }
            Err(AwsError::Denied { call, .. }) => {
                run.request.logs.unread = Some(format!("{} is not allowed", call.action));
            }
            Err(error) => run.request.logs.unread = Some(error.to_string()),
        }
    }
    Ok(Described { run, tags: pairs(item.tags()) })
}

fn driver(driver: Option<&JobDriver>) -> Driver {
    match driver {
        Some(JobDriver::Hive(hive)) => Driver::Hive {
            query: hive.query().to_owned(),
            init: text(hive.init_query_file()),
            parameters: text(hive.parameters()),
        },
        Some(JobDriver::SparkSubmit(submit)) => Driver::SparkSubmit {
            entry_point: submit.entry_point().to_owned(),
            arguments: submit.entry_point_arguments().to_vec(),
            parameters: text(submit.spark_submit_parameters()),
        },
        _ => Driver::SparkSubmit { entry_point: String::new(), arguments: Vec::new(), parameters: None },
    }
}

fn configurations(all: &[SdkConfiguration]) -> Vec<Configuration> {
    let mut found = Vec::new();
    for one in all {
        found.push(Configuration {
            classification: one.classification().to_owned(),
            properties: pairs(one.properties()),
        });
        found.extend(configurations(one.configurations()));
    }
    found.retain(|one| !one.properties.is_empty());
    found
}

fn logs(monitoring: Option<&MonitoringConfiguration>) -> LogSettings {
    let streams =
        monitoring.and_then(|all| all.cloud_watch_logging_configuration()).filter(|streams| streams.enabled());
    LogSettings {
        s3: text(monitoring.and_then(|all| all.s3_monitoring_configuration()).and_then(|s3| s3.log_uri())),
        step_s3: None,
        cloud_watch: streams.map(|streams| CloudWatchSettings {
            group: text(streams.log_group_name()),
            stream_prefix: text(streams.log_stream_name_prefix()),
        }),
        managed: monitoring
            .and_then(|all| all.managed_persistence_monitoring_configuration())
            .and_then(|managed| managed.enabled()),
        uploads_off: Vec::new(),
        unread: None,
    }
}
