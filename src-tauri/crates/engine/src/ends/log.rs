//! The log of a replication task or of a serverless replication: where it is, what its end says, and why there is none.
//!
//! "AWS DMS User Guide, Viewing and managing AWS DMS task logs": a group for each replication instance, by the instance's
//! name, and a stream for each task, by the end of the task's ARN. "Serverless replication logs": a group for each
//! replication, by the end of its configuration's ARN, with a stream of its states and, where it is to log what it does,
//! one for each time that it ran.

use super::left_out;
use crate::{
    Desk,
    jobs::{OfStream, StreamSaid},
};
use ::jobs::ends::task;
use ::triage::Role;
use aws::{AwsError, Session, ends::replication, jobs::files};
use contract::{
    Notice, Timestamp,
    ends::{
        EndState,
        facts::{TaskFact, TaskLogging},
        is_serverless, task_noun,
    },
    jobs::{diagnosis::Finding, facts::ListedLog},
    logs::StreamLog,
};
use jiff::SignedDuration;

/// A task is said to have stopped a little before its last lines are there.
const SLACK: SignedDuration = SignedDuration::from_mins(5);
/// How long before its end what a task said may be why. It gets over much in the months that it runs.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);
/// How much later the stream of states may be written to than that of the work for the work's to say more: it is told that a
/// replication stops a little after the work did.
const BEHIND: SignedDuration = SignedDuration::from_hours(1);
/// Tables in error that are looked at.
const MOST_TABLES: usize = 5;

/// What is known of why a task does not run as it should.
#[derive(Debug, Default)]
pub(crate) struct TaskSaid {
    /// Lines of their evidence count in `log`.
    pub findings: Vec<Finding>,
    pub log: Option<StreamLog>,
    pub notices: Vec<Notice>,
}

/// Where a task logs.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Stream {
        group: String,
        stream: String,
    },
    /// Why there is none.
    Nowhere(String),
}

impl Desk {
    /// What the signatures know of a task that failed, or of the tables in error of one that goes on: from its log, and
    /// from the service's own words. Of any other task, where its log is.
    pub(crate) async fn findings_of_task(&self, session: &Session, task: &TaskFact, state: EndState) -> TaskSaid {
        let mut said = TaskSaid::default();
        let noun = task_noun(&task.arn);
        let (texts, names) = texts(session, task, state, &mut said.notices).await;
        let place = match place(session, task).await {
            Ok(Place::Stream { group, stream }) => Some((group, stream)),
            Ok(Place::Nowhere(why)) => {
                said.notices.push(if texts.is_empty() { Notice::info(why) } else { Notice::warning(why) });
                None
            }
            Err(error) => {
                said.notices.push(left_out(&format!("The log of DMS {noun} {}", task.name), &error));
                None
            }
        };
        said.log = place.as_ref().map(|(group, stream)| StreamLog {
            address: format!("{group}:{stream}"),
            name: stream.clone(),
            whole: false,
        });
        if texts.is_empty() {
            return said;
        }
        let (from, until) = times(task);
        let of = |place| OfStream {
            place,
            role: Role::Dms,
            engine: "dms".to_owned(),
            texts: texts.clone(),
            from,
            until,
            names: names.clone(),
        };
        let read = match self.stream_says(session, of(place)).await {
            Err(error) => {
                said.notices.push(left_out(&format!("What the log of DMS {noun} {} says", task.name), &error));
                self.stream_says(session, of(None)).await
            }
            read => read,
        };
        if let Ok(StreamSaid { findings, log, .. }) = read {
            said.findings = findings;
            said.log = log.or(said.log);
        }
        said
    }
}

/// The service's own words about what is wrong, none where nothing is, and the tables that they are about.
async fn texts(
    session: &Session,
    task: &TaskFact,
    state: EndState,
    notices: &mut Vec<Notice>,
) -> (Vec<(String, String)>, Vec<String>) {
    if state == EndState::Failed {
        let told = [(task::failure_field(&task.arn), &task.failure), ("StopReason", &task.stop_reason)];
        let texts = told.map(|(name, text)| (name.to_owned(), text.clone().unwrap_or_default()));
        return (Vec::from(texts), Vec::new());
    }
    if task.load.errored == 0 {
        return (Vec::new(), Vec::new());
    }
    match replication::tables(session, &task.arn).await {
        Ok(tables) => {
            let bad = tables.iter().filter(|one| task::is_bad_table(&one.state, one.refused, one.differing));
            let told = bad.take(MOST_TABLES).map(|one| {
                let text = format!("{}: {}", one.name, one.state);
                (("TableState".to_owned(), text), one.table.clone())
            });
            told.unzip()
        }
        Err(error) => {
            notices.push(left_out("Which tables are in error", &error));
            (Vec::new(), Vec::new())
        }
    }
}

/// Which records may tell why: of the attempt that ended those of its last day, of one that goes on all.
fn times(task: &TaskFact) -> (Option<Timestamp>, Option<Timestamp>) {
    let ended = task.stopped.filter(|_| task.status != "running");
    let until = ended.and_then(|at| at.checked_add(SLACK).ok());
    let began = task.started.and_then(|at| at.checked_sub(SLACK).ok());
    let began = began.filter(|began| until.is_none_or(|until| *began < until));
    let near = ended.and_then(|at| at.checked_sub(BEFORE).ok());
    (began.max(near), until)
}

async fn place(session: &Session, task: &TaskFact) -> Result<Place, AwsError> {
    if is_serverless(&task.arn) {
        return place_of_replication(session, task).await;
    }
    let names = match &task.instance {
        Some(_) => replication::instances(session).await?,
        None => std::collections::HashMap::new(),
    };
    let instance = task.instance.as_ref().and_then(|arn| names.get(arn));
    let group = instance.map(|name| format!("dms-tasks-{name}"));
    let stream = format!("dms-task-{}", task.arn.rsplit(':').next().unwrap_or(&task.arn));
    if let Some(group) = &group
        && let Some(stream) = newest(session, group, &stream).await?
    {
        return Ok(Place::Stream { group: group.clone(), stream });
    }
    // A task that was moved to another instance began its log on the one before.
    let settings = replication::logging(session, &task.arn).await?;
    let elsewhere = settings.group.clone().filter(|_| settings.on).filter(|other| Some(other) != group.as_ref());
    if let Some(group) = elsewhere {
        let wanted = settings.stream.as_deref().unwrap_or(&stream);
        if let Some(stream) = newest(session, &group, wanted).await? {
            return Ok(Place::Stream { group, stream });
        }
    }
    Ok(Place::Nowhere(why_none(&task.name, &settings, group.as_deref(), &stream)))
}

async fn place_of_replication(session: &Session, task: &TaskFact) -> Result<Place, AwsError> {
    let own = task.arn.rsplit(':').next().unwrap_or(&task.arn);
    let group = format!("dms-serverless-replication-{own}");
    let states = format!("dms-serverless-replication-orchestrator-{own}");
    // Only there once it ran with Logging.EnableLogging on; what stopped it before is told by its states.
    let work = listed(session, &group, "dms-serverless-serv-res-id-").await?;
    let states = listed(session, &group, &states).await?;
    Ok(match fuller(last(work), last(states)) {
        Some(stream) => Place::Stream { group, stream },
        None => Place::Nowhere(format!(
            "DMS serverless replication {} has no log: there is no stream in log group {group} (any more). DMS makes it when \
             the replication is started, and needs the role dms-cloudwatch-logs-role for it.",
            task.name
        )),
    })
}

fn last(listed: Vec<ListedLog>) -> Option<ListedLog> {
    listed.into_iter().max_by_key(|one| one.last_write)
}

/// Which of the streams of a serverless replication says more of its last run: that of the work, unless it is of an earlier
/// one.
fn fuller(work: Option<ListedLog>, states: Option<ListedLog>) -> Option<String> {
    match (work, states) {
        (Some(work), Some(states)) => {
            let earlier = work
                .last_write
                .zip(states.last_write)
                .is_some_and(|(work, states)| states.checked_sub(BEHIND).is_ok_and(|since| work < since));
            Some(if earlier { states.path } else { work.path })
        }
        (work, states) => work.or(states).map(|one| one.path),
    }
}

/// The streams whose names begin so, those of the first page; none where there is no such group.
async fn listed(session: &Session, group: &str, prefix: &str) -> Result<Vec<ListedLog>, AwsError> {
    match files::streams_page(session, group, prefix, None).await {
        Ok((listed, _)) => Ok(listed),
        Err(AwsError::NotFound { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The stream of this name, or the one written last of those whose names begin so. `None` where there is no such group.
async fn newest(session: &Session, group: &str, stream: &str) -> Result<Option<String>, AwsError> {
    Ok(chosen(listed(session, group, stream).await?, stream))
}

fn chosen(listed: Vec<ListedLog>, stream: &str) -> Option<String> {
    let best = listed.into_iter().max_by_key(|one| (one.path == stream, one.last_write));
    best.map(|one| one.path)
}

fn why_none(task: &str, settings: &TaskLogging, group: Option<&str>, stream: &str) -> String {
    if !settings.on {
        return format!(
            "DMS task {task} has no log: Logging.EnableLogging is off in its settings. Turn it on while the task is \
             stopped; the next start logs."
        );
    }
    let group = group.or(settings.group.as_deref()).map_or_else(
        || "its replication instance has no log group".to_owned(),
        |group| format!("there is no stream {stream} in log group {group} (any more)"),
    );
    format!(
        "DMS task {task} has no log, although Logging.EnableLogging is on: {group}. DMS needs the role \
         dms-cloudwatch-logs-role to write it."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::facts::LogStore;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn one(path: &str, last_write: &str) -> ListedLog {
        let store = LogStore::Group("dms-tasks-a".into());
        ListedLog { store, path: path.into(), size: None, last_write: Some(at(last_write)) }
    }

    #[test]
    fn the_stream_of_the_task_is_chosen() {
        let older = one("dms-task-ABC", "2026-11-20T00:00:00Z");
        let newer = one("dms-task-ABCD", "2026-11-21T00:00:00Z");
        let both = vec![older.clone(), newer.clone()];
        assert_eq!(chosen(both.clone(), "dms-task-ABC").as_deref(), Some("dms-task-ABC"), "its own before a newer one");
        assert_eq!(chosen(both, "dms-task-AB").as_deref(), Some("dms-task-ABCD"), "the one written last");
        assert_eq!(chosen(Vec::new(), "dms-task-AB"), None);
    }

    #[test]
    fn the_work_of_a_serverless_replication_says_more_than_its_states_unless_it_is_of_an_earlier_run() {
        let work = |last: &str| Some(one("dms-serverless-serv-res-id-1", last));
        let states = |last: &str| Some(one("dms-serverless-replication-orchestrator-DEF", last));
        let told = |work, states| fuller(work, states).map(|path| path.contains("orchestrator"));
        assert_eq!(told(work("2026-11-20T08:00:00Z"), states("2026-11-20T08:05:00Z")), Some(false), "it ended so");
        assert_eq!(told(work("2026-11-21T08:00:00Z"), states("2026-11-20T08:05:00Z")), Some(false), "it goes on");
        assert_eq!(told(work("2026-11-18T08:00:00Z"), states("2026-11-20T08:05:00Z")), Some(true), "it did not begin");
        assert_eq!(told(None, states("2026-11-20T08:05:00Z")), Some(true));
        assert_eq!(told(work("2026-11-18T08:00:00Z"), None), Some(false));
        assert_eq!(told(None, None), None);
    }

    #[test]
    fn why_there_is_no_log_names_what_turns_it_on() {
        let off = why_none("orders-cdc", &TaskLogging::default(), Some("dms-tasks-a"), "dms-task-ABC");
        assert!(off.contains("Logging.EnableLogging is off"), "{off}");
        let on = TaskLogging { on: true, ..TaskLogging::default() };
        let gone = why_none("orders-cdc", &on, Some("dms-tasks-a"), "dms-task-ABC");
        assert!(gone.contains("no stream dms-task-ABC in log group dms-tasks-a"), "{gone}");
        assert!(why_none("orders-cdc", &on, None, "dms-task-ABC").contains("replication instance"));
    }

    #[test]
    fn only_the_attempt_that_ended_is_looked_at() {
        let task = |status: &str, started: &str| TaskFact {
            status: status.into(),
            started: Some(at(started)),
            stopped: Some(at("2026-11-20T23:41:17Z")),
            ..TaskFact::default()
        };
        let (from, until) = times(&task("failed", "2026-11-01T09:00:00Z"));
        assert_eq!(from, Some(at("2026-11-19T23:41:17Z")), "not what it got over weeks ago");
        assert_eq!(until, Some(at("2026-11-20T23:46:17Z")));
        let (from, until) = times(&task("running", "2026-11-21T09:00:00Z"));
        assert_eq!((from, until), (Some(at("2026-11-21T08:55:00Z")), None), "it goes on");
        let (from, _) = times(&task("failed", "2026-11-20T20:00:00Z"));
        assert_eq!(from, Some(at("2026-11-20T19:55:00Z")), "the attempt before it failed of something else");
        let (from, _) = times(&task("failed", "2026-11-21T09:00:00Z"));
        assert_eq!(from, Some(at("2026-11-19T23:41:17Z")), "a start that is planned");
    }
}
