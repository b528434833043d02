//! Addresses of the window: the only place that writes or reads them.
//!
//! A key may hold anything (`%`, `+`, `../`, a newline), and the router's own query map decodes twice, so a key with a
//! literal `%41` would become `A`. Read the query with [`use_query`], never with `use_query_map`.

use contract::{
    Timestamp,
    ends::EndId,
    incident::QuotePlace,
    jobs::{Engine, HomeId, JobChange, JobId, JobTarget},
    models::ModelTarget,
};
use leptos::prelude::*;
use std::fmt::Write as _;

/// Root list of the objects area.
pub const OBJECTS: &str = "/objects";
pub const NOW: &str = "/now";
pub const EXECUTIONS: &str = "/executions";
/// Root list of the jobs area.
pub const JOBS: &str = "/jobs";
/// Root list of the models area: what waits for a decision.
pub const MODELS: &str = "/models";
/// All SageMaker pipelines.
pub const PIPELINES: &str = "/models/pipelines";
/// One execution of a pipeline; the query says which, and which of its steps.
const PIPELINE_EXECUTION: &str = "/models/pipeline/execution";
/// Root list of the drift area.
pub const DRIFT: &str = "/drift";
/// One monitoring schedule; the query says which.
pub const MONITOR: &str = "/drift/monitor";
const FOLLOWED: &str = "/drift/followed";
pub const ACTIVITY: &str = "/activity";
pub const SETTINGS: &str = "/settings";

/// The landing page with an incident selected.
pub fn incident(id: Option<&str>) -> String {
    Query::default().with("sel", id).after(NOW)
}

/// The top folder of a bucket.
pub fn bucket(bucket: &str) -> String {
    folder(bucket, "", false)
}

/// What lies under a prefix; `deleted` shows ghosts too.
pub fn folder(bucket: &str, prefix: &str, deleted: bool) -> String {
    let query = Query::default()
        .with("prefix", Some(prefix).filter(|prefix| !prefix.is_empty()))
        .with("deleted", deleted.then_some("1"));
    query.after(&in_bucket(bucket))
}

/// The versions of exactly one key, with one of them selected.
pub fn versions(bucket: &str, key: &str, version: Option<&str>) -> String {
    Query::default().with("key", Some(key)).with("version", version).after(&in_bucket(bucket))
}

/// The executions of one machine.
pub fn machine(arn: &str) -> String {
    Query::default().with("machine", Some(arn)).after("/executions/list")
}

/// The same in a range of time.
pub fn machine_within(arn: &str, range: Option<&str>) -> String {
    Query::default().with("machine", Some(arn)).with("range", range).after("/executions/list")
}

/// Those that started after a moment, with a minute of room: two clocks are never the same.
pub fn machine_after(arn: &str, after: Timestamp) -> String {
    let from = Timestamp::from_second(after.as_second().saturating_sub(60)).unwrap_or(after);
    machine_within(arn, Some(&from.to_string()))
}

/// The executions of all machines.
pub fn all_executions() -> String {
    "/executions/list".to_owned()
}

/// The incident of a failed execution.
pub fn incident_of(execution: &str) -> String {
    Query::default().with("execution", Some(execution)).after("/executions/incident")
}

/// The children of a Map Run.
pub fn map_run(arn: &str) -> String {
    Query::default().with("maprun", Some(arn)).after("/executions/list")
}

/// One execution, beside those of its machine.
pub fn execution(arn: &str) -> String {
    Query::default().with("machine", machine_of(arn).as_deref()).with("execution", Some(arn)).after("/executions/list")
}

/// A visit to a state of an execution.
pub fn execution_state(arn: &str, visit: &str) -> String {
    execution_with(arn, "state", visit)
}

/// One execution beside the last that succeeded.
pub fn execution_compared(arn: &str) -> String {
    execution_with(arn, "tab", "compare")
}

fn execution_with(arn: &str, name: &str, value: &str) -> String {
    let query = Query::default().with("machine", machine_of(arn).as_deref()).with("execution", Some(arn));
    query.with(name, Some(value)).after("/executions/list")
}

/// Where a pasted text about jobs or logs leads. An id that does not say what it belongs to is looked for in the list.
pub fn job_target(target: &JobTarget) -> String {
    let files = |address: &str| Query::default().with("log", Some(address)).after("/jobs/log");
    match target {
        JobTarget::Job(id) => job(id),
        JobTarget::Cluster(id) => home(&HomeId::Cluster(id.clone())),
        JobTarget::Application(id) => home(&HomeId::Application(id.clone())),
        JobTarget::VirtualCluster(id) => home(&HomeId::VirtualCluster(id.clone())),
        JobTarget::GlueJob(name) => home(&HomeId::GlueJob(name.clone())),
        JobTarget::Function(name) => home(&HomeId::Function(name.clone())),
        JobTarget::Step(id) | JobTarget::YarnApplication(id) => wanted(Engine::Emr, id),
        JobTarget::ServerlessId(id) => wanted(Engine::EmrServerless, id),
        JobTarget::EksRun(id) => wanted(Engine::EmrEks, id),
        JobTarget::GlueRun(id) => wanted(Engine::Glue, id),
        JobTarget::RequestId(id) => wanted(Engine::Lambda, id),
        JobTarget::End(id) => end(id),
        JobTarget::LogGroup(group) => files(&format!("{group}:")),
        JobTarget::LogStream { group, stream } => files(&format!("{group}:{stream}")),
        JobTarget::LogPath { uri, job: Some(job) } => log(job, uri, None),
        JobTarget::LogPath { uri, job: None } => files(uri),
    }
}

/// The list, in which the run is looked for, and beside it everything that it may belong to.
fn wanted(engine: Engine, run: &str) -> String {
    let find = format!("{}:{run}", engine.code());
    Query::default().with("q", Some(&format!("id:{run}"))).with("find", Some(&find)).after(JOBS)
}

/// What was pasted of the area Models. Versions, packages without a group and executions are found by their short forms.
/// For a model the core names the pages that show it; by itself it leads to all groups.
pub fn model_target(target: &ModelTarget) -> String {
    let page = |path: &str, name: &str, value: &str| Query::default().with(name, Some(value)).after(path);
    match target {
        ModelTarget::Group(name) => page("/models/group", "name", name),
        ModelTarget::Version { .. } | ModelTarget::Package(_) => page("/models/version", "arn", &target.to_string()),
        ModelTarget::Endpoint(name) => page("/drift/endpoint", "name", name),
        ModelTarget::Schedule(name) => page("/drift/monitor", "schedule", name),
        ModelTarget::Pipeline(name) => pipeline(name),
        ModelTarget::PipelineExecution { .. } => pipeline_execution(&target.to_string()),
        ModelTarget::Model(_) => model_groups(),
    }
}

/// The machine of an execution: both ARNs name it.
pub fn machine_of(execution: &str) -> Option<String> {
    let mut parts: Vec<&str> = execution.split(':').take(7).collect();
    if parts.len() < 7 {
        return None;
    }
    if let Some(kind) = parts.get_mut(5) {
        *kind = "stateMachine";
    }
    // The child of a Map Run carries its label: `execution:machine/label:name`.
    let machine = parts.pop()?;
    let machine = machine.split('/').next().unwrap_or(machine);
    Some(format!("{}:{machine}", parts.join(":")))
}

/// Clusters, applications, virtual clusters, Glue jobs and functions.
pub fn homes() -> String {
    format!("{JOBS}/homes")
}

/// The runs of one cluster, application, job or function.
pub fn home(id: &HomeId) -> String {
    Query::default().with("home", Some(&id.to_string())).after(JOBS)
}

/// One run.
pub fn job(id: &JobId) -> String {
    Query::default().with("job", Some(&id.to_string())).after("/jobs/run")
}

/// One run with the sheet open that asks for it again with these changes.
pub fn job_again(id: &JobId, changes: &[JobChange]) -> String {
    Query::default().with("job", Some(&id.to_string())).with("again", Some(&self::changes(changes))).after("/jobs/run")
}

/// Changes of a run as a value of the query.
pub fn changes(all: &[JobChange]) -> String {
    serde_json::to_string(all).unwrap_or_default()
}

/// The inverse of [`changes`]; `None` for what holds none.
pub fn changes_of(text: &str) -> Option<Vec<JobChange>> {
    serde_json::from_str(text).ok()
}

/// Replication tasks and statements: what brings the tables, and what takes the loads.
pub fn ends() -> String {
    format!("{JOBS}/ends")
}

/// One replication task or statement.
pub fn end(id: &EndId) -> String {
    Query::default().with("end", Some(&id.to_string())).after("/jobs/end")
}

/// A place in a log file of a run; lines count from 0.
pub fn log(id: &JobId, file: &str, line: Option<u64>) -> String {
    let line = line.map(|line| (line + 1).to_string());
    Query::default()
        .with("job", Some(&id.to_string()))
        .with("tab", Some("logs"))
        .with("log", Some(file))
        .with("line", line.as_deref())
        .after("/jobs/run")
}

/// A log file of a run at a moment, or from its beginning.
pub fn log_when(id: &JobId, file: &str, at: Option<Timestamp>) -> String {
    let at = at.map(|at| at.to_string());
    Query::default()
        .with("job", Some(&id.to_string()))
        .with("tab", Some("logs"))
        .with("log", Some(file))
        .with("at", at.as_deref())
        .after("/jobs/run")
}

/// Where a quoted line stands.
pub fn quoted(place: &QuotePlace) -> String {
    match (&place.job, place.line) {
        (Some(job), line) => log(job, &place.address, line),
        (None, Some(line)) => {
            let line = (line + 1).to_string();
            Query::default().with("log", Some(&place.address)).with("line", Some(&line)).after("/jobs/log")
        }
        (None, None) => log_at(&place.address, place.at),
    }
}

/// The log files of a run.
pub fn job_logs(id: &JobId) -> String {
    Query::default().with("job", Some(&id.to_string())).with("tab", Some("logs")).after("/jobs/run")
}

/// A run beside the last of its job that succeeded.
pub fn job_compared(id: &JobId) -> String {
    Query::default().with("job", Some(&id.to_string())).with("tab", Some("compare")).after("/jobs/run")
}

/// A place in a stream of no known run, at a time.
pub fn log_at(address: &str, at: Option<Timestamp>) -> String {
    let at = at.map(|at| at.to_string());
    Query::default().with("log", Some(address)).with("at", at.as_deref()).after("/jobs/log")
}

/// A stream of no known run, opened from an execution: the way back leads there.
pub fn log_within(address: &str, execution: Option<&str>) -> String {
    Query::default().with("log", Some(address)).with("execution", execution).after("/jobs/log")
}

/// Logs Insights over the log groups of a run, or over these, in a range.
pub fn insights(job: Option<&JobId>, groups: &str, range: Option<&str>) -> String {
    Query::default()
        .with("job", job.map(ToString::to_string).as_deref())
        .with("group", Some(groups).filter(|groups| !groups.is_empty()))
        .with("range", range)
        .after("/jobs/insights")
}

/// What a team asks of a version, in the settings.
pub fn gate_policy() -> String {
    Query::default().with("part", Some("gates")).after(SETTINGS)
}

/// All groups of models.
pub fn model_groups() -> String {
    Query::default().with("show", Some("all")).after(MODELS)
}

/// One group of models, by its name, or by its ARN if another account shares it.
pub fn model_group(group: &str) -> String {
    Query::default().with("name", Some(group)).after("/models/group")
}

/// One version, by its ARN.
pub fn model_version(arn: &str) -> String {
    Query::default().with("arn", Some(arn)).after("/models/version")
}

/// Two versions beside each other, by their ARNs.
pub fn model_compare(left: &str, right: &str) -> String {
    Query::default().with("left", Some(left)).with("right", Some(right)).after("/models/compare")
}

/// One pipeline with its executions.
pub fn pipeline(name: &str) -> String {
    Query::default().with("name", Some(name)).after("/models/pipeline")
}

/// One execution of a pipeline, by its ARN or its short form.
pub fn pipeline_execution(arn: &str) -> String {
    Query::default().with("arn", Some(arn)).after(PIPELINE_EXECUTION)
}

/// What drifted and matters, over all monitors.
pub fn worklist() -> String {
    format!("{DRIFT}/worklist")
}

/// All endpoints.
pub fn endpoints() -> String {
    format!("{DRIFT}/endpoints")
}

/// Whether it is where reports lie, which on Windows may be a folder with backslashes, and not the name of a schedule.
fn is_place(schedule: &str) -> bool {
    schedule.contains(['/', '\\'])
}

/// One monitoring schedule, or one that a source follows.
pub fn monitor(schedule: &str) -> String {
    if is_place(schedule) {
        return followed(schedule);
    }
    Query::default().with("schedule", Some(schedule)).after(MONITOR)
}

/// A feature as a schedule saw it in one report; `None` is the newest.
pub fn feature(schedule: &str, feature: &str, run: Option<Timestamp>) -> String {
    if is_place(schedule) {
        return Query::default().with("place", Some(schedule)).with("feature", Some(feature)).after(FOLLOWED);
    }
    let run = run.map(|run| run.to_string());
    Query::default()
        .with("schedule", Some(schedule))
        .with("feature", Some(feature))
        .with("run", run.as_deref())
        .after(MONITOR)
}

/// One run of a schedule, in the list of them.
pub fn monitor_run(schedule: &str, scheduled: Timestamp) -> String {
    Query::default()
        .with("schedule", Some(schedule))
        .with("tab", Some("runs"))
        .with("sel", Some(&scheduled.to_string()))
        .after(MONITOR)
}

/// What Evidently or MLflow tell of an endpoint, by where it lies.
pub fn followed(place: &str) -> String {
    Query::default().with("place", Some(place)).after(FOLLOWED)
}

/// A schedule beside what follows the same endpoint.
pub fn agreement(schedule: &str) -> String {
    Query::default().with("schedule", Some(schedule)).with("tab", Some("agreement")).after(MONITOR)
}

/// The health of an endpoint.
pub fn endpoint(name: &str) -> String {
    Query::default().with("name", Some(name)).after("/drift/endpoint")
}

/// The page of one operation.
pub fn operation(id: &str) -> String {
    Query::default().with("operation", Some(id)).after(ACTIVITY)
}

fn in_bucket(bucket: &str) -> String {
    format!("{OBJECTS}/{}", encode(bucket))
}

/// The query of an address, in order, decoded once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=b&c=d`, with or without a leading `?`. A `+` is a plus.
    pub fn parse(search: &str) -> Self {
        let search = search.strip_prefix('?').unwrap_or(search);
        Self(
            search
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The same query with one value set or taken away.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        let place = self.0.iter().position(|(key, _)| key == name);
        match (place, value) {
            (Some(place), Some(value)) => {
                if let Some(pair) = self.0.get_mut(place) {
                    value.clone_into(&mut pair.1);
                }
            }
            (Some(place), None) => {
                self.0.remove(place);
            }
            (None, Some(value)) => self.0.push((name.to_owned(), value.to_owned())),
            (None, None) => {}
        }
        self
    }

    /// The address of a path with this query.
    pub fn after(&self, path: &str) -> String {
        let mut address = path.to_owned();
        for (index, (name, value)) in self.0.iter().enumerate() {
            address.push(if index == 0 { '?' } else { '&' });
            address.push_str(&encode(name));
            address.push('=');
            address.push_str(&encode(value));
        }
        address
    }
}

/// The query of the address that the window shows.
pub fn use_query() -> Memo<Query> {
    let search = leptos_router::hooks::use_location().search;
    Memo::new(move |_| Query::parse(&search.read()))
}

/// Percent-encodes all but letters, digits, `-`, `_`, `.`, `~` and `/`.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The inverse of [`encode`]. What is no escape stays as it is.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escape = match (byte, after.first(), after.get(1)) {
            (b'%', Some(&high), Some(&low)) => hex(high).zip(hex(low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        if let Some(value) = escape {
            bytes.push(value);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests;
