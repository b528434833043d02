//! What a log file or stream is, by its name alone.
//!
//! Keys are read from their folders' names, wherever the prefix of the log URI ends: `steps/s-…`, `containers/…`,
//! `SPARK_DRIVER`. A name that says nothing is a file of unknown role and still shown. Whether a file is compressed is for
//! its first bytes to say; the ending is a hint.

mod name;
mod streams;

use contract::jobs::{
    LogFileRow, LogRole, LogStreamKind,
    facts::{ListedLog, LogStore},
};
use name::FileName;

/// What was found, with its place among the logs of its run.
pub fn classify(listed: &ListedLog) -> LogFileRow {
    let (mut row, address) = match &listed.store {
        LogStore::Bucket(bucket) => (key(&listed.path), format!("s3://{bucket}/{}", listed.path)),
        LogStore::Group(group) => (streams::stream(group, &listed.path), format!("{group}:{}", listed.path)),
    };
    (row.address, row.size, row.last_write) = (address, listed.size, listed.last_write);
    row
}

/// A key in S3. Address, size and time are left empty.
pub fn key(key: &str) -> LogFileRow {
    let parts: Vec<&str> = key.split('/').collect();
    let file = FileName::read(parts.last().copied().unwrap_or_default());
    let mut row = empty(file);
    let folders = parts.get(..parts.len().saturating_sub(1)).unwrap_or_default();
    row.attempt = after(folders, "attempts").and_then(|attempt| attempt.parse().ok());
    let found = serverless(folders, &mut row) || emr(folders, &mut row) || eks(folders, &mut row);
    if !found && (parts.last() == Some(&"job-metadata.log")) {
        row.role = LogRole::Metadata;
    }
    row
}

fn empty(file: FileName) -> LogFileRow {
    LogFileRow {
        address: String::new(),
        role: LogRole::Unknown,
        executor: None,
        container: None,
        node: None,
        attempt: None,
        stream: file.stream,
        part: file.part,
        compressed: file.compressed,
        size: None,
        last_write: None,
    }
}

/// The folder behind the last one of this name.
fn after<'a>(folders: &[&'a str], name: &str) -> Option<&'a str> {
    let at = folders.iter().rposition(|folder| *folder == name)?;
    folders.get(at + 1).copied()
}

/// `…/SPARK_DRIVER/stderr.gz`, `…/SPARK_EXECUTOR/7/archived/stderr_0.gz`, `…/sparklogs/eventlog_v2_…/events_1_….zstd`.
fn serverless(folders: &[&str], row: &mut LogFileRow) -> bool {
    let Some((at, role)) = folders.iter().enumerate().rev().find_map(|(at, folder)| Some((at, worker(folder)?))) else {
        return false;
    };
    row.role = role;
    if role == LogRole::Executor {
        row.executor = folders.get(at + 1).filter(|folder| **folder != "archived").map(|folder| (*folder).to_owned());
    }
    true
}

/// Worker types of EMR Serverless, in keys and in streams.
fn worker(folder: &str) -> Option<LogRole> {
    Some(match folder {
        "SPARK_DRIVER" | "HIVE_DRIVER" => LogRole::Driver,
        "SPARK_EXECUTOR" | "TEZ_TASK" => LogRole::Executor,
        "sparklogs" => LogRole::EventLog,
        _ => return None,
    })
}

fn emr(folders: &[&str], row: &mut LogFileRow) -> bool {
    if after(folders, "steps").is_some_and(|step| step.starts_with("s-")) || folders.last().is_some_and(|f| is_step(f))
    {
        row.role = LogRole::Step;
        return true;
    }
    if let Some(node) = after(folders, "node").filter(|node| node.starts_with("i-")) {
        row.node = Some(node.to_owned());
        let bootstrap = folders.contains(&"bootstrap-actions");
        row.role = if bootstrap { LogRole::Bootstrap } else { LogRole::Node };
        if bootstrap {
            // The number of the action, from 1; `master.log` is of all.
            row.container = after(folders, "bootstrap-actions").map(|action| format!("action {action}"));
        }
        return true;
    }
    if let Some(container) = folders.iter().rev().find(|folder| folder.starts_with("container_")) {
        (row.role, row.attempt) = yarn(container);
        row.container = Some((*container).to_owned());
        return true;
    }
    if folders.contains(&"hadoop-mapreduce") && folders.contains(&"history") {
        row.role = LogRole::EventLog;
        return true;
    }
    false
}

fn is_step(folder: &str) -> bool {
    let id = folder.strip_prefix("s-").unwrap_or_default();
    id.len() >= 8 && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// `container_[e17_]1700000000000_0001_02_000001`: the attempt of the application, and the first container of each attempt
/// is its application master, in which the driver runs (in cluster mode).
fn yarn(container: &str) -> (LogRole, Option<u32>) {
    let mut numbers = container.rsplit('_').map(|part| part.parse::<u64>().ok());
    let (Some(Some(sequence)), Some(attempt)) = (numbers.next(), numbers.next()) else {
        return (LogRole::Container, None);
    };
    let role = if sequence == 1 { LogRole::Driver } else { LogRole::Executor };
    (role, attempt.and_then(|attempt| u32::try_from(attempt).ok()))
}

/// `…/jobs/<run>/containers/<job-runner-pod>/stderr.gz`, `…/containers/<spark-app>/<pod>/stderr.gz`.
fn eks(folders: &[&str], row: &mut LogFileRow) -> bool {
    let Some(at) = folders.iter().rposition(|folder| *folder == "containers") else { return false };
    let below = folders.get(at + 1..).unwrap_or_default();
    let Some(pod) = below.last() else { return false };
    row.container = Some((*pod).to_owned());
    (row.role, row.executor) = match (below.len(), pod.rsplit_once("-exec-")) {
        (_, Some((_, number))) => (LogRole::Executor, Some(number.to_owned())),
        (_, None) if pod.ends_with("-driver") => (LogRole::Driver, None),
        (1, None) => (LogRole::Submitter, None),
        _ => (LogRole::Container, None),
    };
    true
}

/// Whether it is for a person to read.
pub fn is_readable(row: &LogFileRow) -> bool {
    !matches!(row.role, LogRole::EventLog | LogRole::Metadata)
        && !matches!(&row.stream, LogStreamKind::Other(name) if name == "directory.info" || name == "launch_container.sh")
}

/// Which file tells most about a failure, the smallest first: what the driver wrote, newest attempt before older ones,
/// standard error before standard output, newest part first.
pub fn order(row: &LogFileRow) -> impl Ord + use<> {
    let role = match row.role {
        LogRole::Driver | LogRole::Function | LogRole::Algorithm => 0,
        LogRole::Step | LogRole::Submitter => 1,
        LogRole::Executor | LogRole::Container => 2,
        LogRole::Bootstrap => 3,
        LogRole::Unknown => 4,
        LogRole::Node => 5,
        LogRole::Metadata => 6,
        LogRole::EventLog => 7,
    };
    let stream = match row.stream {
        LogStreamKind::Stderr | LogStreamKind::Mixed => 0,
        LogStreamKind::Stdout => 1,
        LogStreamKind::Syslog => 2,
        LogStreamKind::Controller => 3,
        LogStreamKind::Other(_) => 4,
    };
    let number = row.executor.as_deref().and_then(|executor| executor.parse::<u64>().ok());
    let attempt = std::cmp::Reverse(row.attempt);
    (role, attempt, number, row.container.clone(), stream, row.part.is_some(), row.part.clone(), row.address.clone())
}

#[cfg(test)]
mod tests;
