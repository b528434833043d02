//! Streams of CloudWatch Logs: what each is, by the group and its own name.

use super::{FileName, after, eks, empty, worker};
use contract::jobs::{LogFileRow, LogRole, LogStreamKind};

/// A stream. Address, size and time are left empty.
pub(super) fn stream(group: &str, stream: &str) -> LogFileRow {
    let mut row = empty(FileName { stream: LogStreamKind::Mixed, part: None, compressed: false });
    if group.starts_with("/aws/lambda/") || is_function(stream) {
        row.role = LogRole::Function;
        row.container = stream.rsplit(']').next().filter(|id| !id.is_empty()).map(str::to_owned);
    } else if group.starts_with("/aws/sagemaker/") {
        sage_maker(stream, &mut row);
    } else if !path(stream, &mut row) && (stream.contains("jr_") || group.contains("glue") || glue_group(group)) {
        glue(group, stream, &mut row);
    }
    row
}

/// `2026/11/21/[$LATEST]a1b2…`: the form of Lambda's streams, also in groups of other names.
fn is_function(stream: &str) -> bool {
    let mut parts = stream.splitn(4, '/');
    let number = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let date = number(parts.next(), 4) && number(parts.next(), 2) && number(parts.next(), 2);
    date && parts.next().is_some_and(|rest| rest.contains('[') && rest.contains(']'))
}

/// `churn-1/algo-1-1763701234`; of a transform job also `score/i-0abc-…`.
fn sage_maker(stream: &str, row: &mut LogFileRow) {
    row.role = LogRole::Algorithm;
    let Some(host) = stream.split_once('/').map(|(_, rest)| rest) else { return };
    let mut parts = host.splitn(3, '-');
    match (parts.next(), parts.next()) {
        (Some("algo"), Some(number)) => row.executor = Some(format!("algo-{number}")),
        (Some("i"), Some(id)) => row.node = Some(format!("i-{id}")),
        _ => row.container = Some(host.to_owned()),
    }
}

/// Streams of EMR Serverless and EMR on EKS are named as the files in S3 are.
fn path(stream: &str, row: &mut LogFileRow) -> bool {
    let parts: Vec<&str> = stream.split('/').collect();
    let attempt = after(&parts, "attempts").and_then(|attempt| attempt.parse().ok());
    let file = FileName::read(parts.last().copied().unwrap_or_default());
    let known = matches!(file.stream, LogStreamKind::Stdout | LogStreamKind::Stderr);
    if let Some((at, role)) = parts.iter().enumerate().rev().find_map(|(at, part)| Some((at, worker(part)?))) {
        row.role = role;
        // How these names end is not documented: what follows may be a number, a stream, or both.
        let rest = parts.get(at + 1..).unwrap_or_default();
        if role == LogRole::Executor {
            let number = rest.iter().find(|part| part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty());
            row.executor = number.map(|number| (*number).to_owned());
        }
        let named = |word: &str| rest.iter().any(|part| part.to_ascii_lowercase().starts_with(word));
        if named("stdout") {
            row.stream = LogStreamKind::Stdout;
        } else if named("stderr") {
            row.stream = LogStreamKind::Stderr;
        }
        (row.attempt, row.part) = (attempt, file.part.filter(|_| known));
        return true;
    }
    let folders = parts.get(..parts.len().saturating_sub(1)).unwrap_or_default();
    if !known || !eks(folders, row) {
        return false;
    }
    (row.stream, row.part, row.attempt) = (file.stream, file.part, attempt);
    true
}

fn glue_group(group: &str) -> bool {
    ["/error", "/output", "/logs-v2"].iter().any(|end| group.ends_with(end))
}

/// `jr_…`, `jr_…-driver`, `jr_…-progress-bar`, `jr_…-7`, `jr_…_g-0a1b…`, each also with `_attempt_2` behind the run.
fn glue(group: &str, stream: &str, row: &mut LogFileRow) {
    row.stream = match group.rsplit('/').next() {
        Some("error") => LogStreamKind::Stderr,
        Some("output") => LogStreamKind::Stdout,
        _ => LogStreamKind::Mixed,
    };
    row.attempt = stream.split("_attempt_").nth(1).and_then(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        // Glue counts retries from 1: the first run has no such ending.
        digits.parse::<u32>().ok()?.checked_add(1)
    });
    let (role, executor) = if stream.ends_with("-progress-bar") {
        (LogRole::Metadata, None)
    } else if stream.ends_with("-driver") {
        (LogRole::Driver, None)
    } else if let Some((_, worker)) = stream.rsplit_once("_g-") {
        (LogRole::Executor, Some(format!("g-{worker}")))
    } else {
        let last = stream.rsplit_once('-').map(|(_, last)| last.trim_start_matches("executor"));
        match last.filter(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())) {
            Some(number) => (LogRole::Executor, Some(number.to_owned())),
            None => (LogRole::Driver, None),
        }
    };
    (row.role, row.executor) = (role, executor);
}
