//! Whether all logs of a run are there, as of when, and why not.
//!
//! Nothing says so directly: it follows from what was listed, when it was last written, how often the engine pushes, and
//! which executors the driver's log names.

mod gaps;

pub use gaps::words;

use crate::{
    layout::push_seconds,
    parameters::in_cluster_mode,
    state::state_of,
    wording::{count, list, moment},
};
use contract::{
    Timestamp,
    jobs::{
        Badge, Engine, JobId, LogFileRow, LogRole,
        facts::RunFact,
        logs::{BadgeLevel, LogGap},
    },
};
use jiff::SignedDuration;
use std::collections::BTreeSet;

/// What was looked at.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    pub run: &'a RunFact,
    pub files: &'a [LogFileRow],
    /// Executors and containers that the run itself names: `7`, `container_…`.
    pub executors: &'a [String],
    /// The driver's log could not be read for them: there may be more.
    pub unread: bool,
    /// What kept a listing from being read: refused, or the place is not there.
    pub problems: &'a [LogGap],
    /// Days that the place keeps files or streams, where that is known.
    pub kept_days: Option<u32>,
    /// Not all that there is was listed: a listing broke off, or there are too many files.
    pub cut: bool,
    pub now: Timestamp,
}

/// How many pushes may pass before nothing more is expected: the last one comes with the end of the run, and upload,
/// listing and clocks take their time.
const PUSHES: u64 = 2;

/// Seconds that a listing may be behind whatever the engine does.
const GRACE: u64 = 60;

/// Names in the text; more are counted.
const NAMED: usize = 5;

/// The badge and its reasons.
pub fn badge(looked: &Looked<'_>) -> Badge {
    let Looked { run, files, now, .. } = *looked;
    let engine = run.id.engine();
    let as_of = files.iter().filter_map(|file| file.last_write).max();
    let state = state_of(run);
    let until = settled(run, engine, as_of);
    let pending = !state.is_over() || until.is_some_and(|until| until > now);
    let missing = missing(looked);
    let mut reasons = gaps::reasons(looked, pending);
    let in_step = engine == Engine::Emr && !in_cluster_mode(&run.request);
    let of_driver = |file: &LogFileRow| file.role == LogRole::Driver || (in_step && file.role == LogRole::Step);
    let driver = expects_driver(&run.id) && !files.iter().any(of_driver);
    let level = match (files.is_empty(), pending) {
        (true, true) if !reasons.contains(&LogGap::NoPlace) => BadgeLevel::Pending,
        (true, _) => BadgeLevel::Nothing,
        (false, true) => BadgeLevel::Pending,
        (false, false)
            if driver || looked.cut || looked.unread || !missing.is_empty() || !looked.problems.is_empty() =>
        {
            BadgeLevel::Incomplete
        }
        (false, false) => BadgeLevel::Complete,
    };
    if level == BadgeLevel::Complete {
        reasons.clear();
    }
    let again = (level == BadgeLevel::Pending).then(|| later(now, push_seconds(engine).clamp(15, 300)));
    let mut parts = Vec::new();
    let when = as_of.map(|at| moment(at, now));
    parts.push(match (level, when) {
        (BadgeLevel::Complete, Some(at)) => format!("complete as of {at}"),
        (BadgeLevel::Complete, None) => "complete".to_owned(),
        (BadgeLevel::Nothing, _) => "no logs".to_owned(),
        (_, Some(at)) if files.is_empty() => format!("nothing yet as of {at}"),
        (_, Some(at)) => format!("as of {at}"),
        (_, None) if files.is_empty() => "nothing yet".to_owned(),
        (_, None) => "time of the last write not known".to_owned(),
    });
    if driver && !files.is_empty() && !pending {
        parts.push("the driver's log is missing".to_owned());
    }
    if looked.unread && !files.is_empty() {
        parts.push("the driver's log could not be read for its executors: some may be missing".to_owned());
    }
    match missing.len() {
        0 => {}
        few @ ..=NAMED => parts.push(format!("{} missing ({})", count(few, "executor"), list(&missing, NAMED))),
        many => parts.push(format!("{} missing", count(many, "executor"))),
    }
    if looked.cut {
        parts.push("not all could be listed".to_owned());
    }
    if level == BadgeLevel::Pending {
        parts.push(pushes(engine).to_owned());
    }
    parts.extend(reasons.iter().filter(|reason| **reason != LogGap::NotYet).map(gaps::words));
    Badge { level, text: parts.join("; "), as_of, missing, reasons, again }
}

/// When the last push of a run that is over has surely been made. One that does not tell when it ended ended at the latest of
/// what it tells; one that never began (a step that was cancelled while it waited) wrote nothing, whatever its cluster goes on
/// to write. Without any time nothing is waited for.
fn settled(run: &RunFact, engine: Engine, as_of: Option<Timestamp>) -> Option<Timestamp> {
    let told = || if run.started.is_some() { run.started.max(as_of) } else { run.created.or(as_of) };
    let ended = run.ended.or_else(told)?;
    state_of(run).is_over().then(|| later(ended, push_seconds(engine) * PUSHES + GRACE))
}

fn later(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

fn pushes(engine: Engine) -> &'static str {
    match engine {
        Engine::Emr => "EMR pushes every 5 minutes and when the cluster ends",
        Engine::EmrServerless => "EMR Serverless refreshes every 15 seconds",
        Engine::Glue => "Glue writes every 5 seconds",
        Engine::EmrEks => "EMR on EKS pushes as it goes",
        Engine::Lambda => "Lambda writes when the invocation ends",
        Engine::SageMaker => "SageMaker writes as it goes",
    }
}

/// Executors that are named and have no file. In YARN a container's number is not its executor's, so only names that the
/// files have too are compared: containers with containers, numbers with numbers.
fn missing(looked: &Looked<'_>) -> Vec<String> {
    let names: BTreeSet<&str> =
        looked.files.iter().flat_map(|file| [&file.executor, &file.container]).flatten().map(String::as_str).collect();
    let numbered = looked.files.iter().any(|file| file.executor.is_some());
    let comparable = |name: &&String| numbered || name.contains('_') || looked.run.id.engine() != Engine::Emr;
    let mut missing: Vec<String> =
        looked.executors.iter().filter(comparable).filter(|name| !names.contains(name.as_str())).cloned().collect();
    missing.sort_by_key(|name| (name.parse::<u64>().ok(), name.clone()));
    missing.dedup();
    missing
}

/// A cluster has no driver of its own: its machines and its bootstrap actions alone write for it.
fn expects_driver(id: &JobId) -> bool {
    !matches!(id, JobId::Cluster { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. })
}

#[cfg(test)]
mod tests;
