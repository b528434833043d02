//! The executions of an Express machine, told by the first and last event that its log has of each.
//!
//! `ListExecutions` does not know them. Events may arrive in any order and more than once; what is kept of each execution
//! does not grow with its input.

use super::event;
use crate::cause::{one_line, unfold};
use contract::{
    Timestamp,
    executions::{ExecutionRow, Status},
};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// An Express execution runs for five minutes at most ("Quotas"); the end of one may be logged a little later.
const LONGEST: SignedDuration = SignedDuration::from_mins(6);

/// What log lines told so far.
#[derive(Debug, Clone, Default)]
pub struct Listing(BTreeMap<String, Told>);

#[derive(Debug, Clone, Default)]
struct Told {
    /// Of its earliest event: below level ALL the start is not logged.
    first: Option<Timestamp>,
    version: Option<String>,
    end: Option<End>,
}

#[derive(Debug, Clone)]
struct End {
    status: Status,
    at: Timestamp,
    error: Option<String>,
    cause: Option<String>,
}

impl Listing {
    /// Takes lines, and answers with the ARNs of executions that they say something new of.
    pub fn add<'a>(&mut self, lines: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut changed = Vec::new();
        for (arn, event) in lines.filter_map(event) {
            if !event.kind.starts_with("Execution") {
                continue;
            }
            let told = self.0.entry(arn.clone()).or_default();
            let is_new = told.first.is_none_or(|first| event.at < first) || told.end.is_none();
            told.first = Some(told.first.map_or(event.at, |first| first.min(event.at)));
            let detail = event.detail;
            if let Some(name) = detail.alias.or(detail.version) {
                told.version = name.rsplit(':').next().map(|name| format!(":{name}"));
            }
            if let Some(status) = ended(&event.kind) {
                told.end = Some(End { status, at: event.at, error: detail.error, cause: detail.cause });
            }
            if is_new && changed.last() != Some(&arn) {
                changed.push(arn);
            }
        }
        changed
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One execution as a row. One without an end still runs, unless it cannot any more: then its end was not logged.
    pub fn row(&self, arn: &str, machine: &str, now: Timestamp) -> Option<ExecutionRow> {
        let told = self.0.get(arn)?;
        let started = told.first?;
        let parts: Vec<&str> = arn.split(':').collect();
        let part = |at: usize| parts.get(at).copied().unwrap_or_default().to_owned();
        let (status, end) = match &told.end {
            Some(end) => (end.status, Some(end)),
            None if now.duration_since(started) < LONGEST => (Status::Running, None),
            None => (Status::Other, None),
        };
        let error = end.and_then(|end| end.error.clone());
        let cause = end.and_then(|end| end.cause.as_deref());
        Some(ExecutionRow {
            arn: arn.to_owned(),
            machine: part(6),
            machine_arn: machine.to_owned(),
            name: part(7),
            status,
            started,
            stopped: end.map(|end| end.at),
            redrives: 0,
            state: None,
            cause: cause.map(|cause| one_line(&unfold(None, error.as_deref(), Some(cause)))),
            error,
            version: told.version.clone(),
            looked: true,
        })
    }
}

/// What an event says of the end of its execution.
fn ended(kind: &str) -> Option<Status> {
    Some(match kind {
        "ExecutionSucceeded" => Status::Succeeded,
        "ExecutionFailed" => Status::Failed,
        "ExecutionTimedOut" => Status::TimedOut,
        "ExecutionAborted" => Status::Aborted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:eu-west-1:1:stateMachine:till";
    const ARN: &str = "arn:aws:states:eu-west-1:1:express:till:beat-1:0f9c";

    fn line(kind: &str, id: u64, millis: i64, details: &str) -> String {
        format!(
            r#"{{"id":"{id}","type":"{kind}","details":{details},"previous_event_id":"0","event_timestamp":"{millis}","execution_arn":"{ARN}"}}"#
        )
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn start_and_end_make_a_row_in_whatever_order_they_come() {
        let start = line("ExecutionStarted", 1, 1_000, "{}");
        let entered = line("TaskStateEntered", 2, 1_100, "{}");
        let end = line("ExecutionFailed", 9, 3_500, r#"{"error":"ClockSkew","cause":"412 s behind"}"#);
        for lines in [[&start, &entered, &end], [&end, &start, &entered]] {
            let mut listing = Listing::default();
            let changed = listing.add(lines.into_iter().map(String::as_str));
            assert!(changed.iter().all(|arn| arn == ARN) && !changed.is_empty());
            let row = listing.row(ARN, MACHINE, at(10_000)).unwrap();
            assert_eq!((row.status, row.started, row.stopped), (Status::Failed, at(1_000), Some(at(3_500))));
            assert_eq!((row.name.as_str(), row.machine.as_str()), ("beat-1", "till"));
            assert_eq!(row.error.as_deref(), Some("ClockSkew"));
            assert!(listing.add([start.as_str(), end.as_str()].into_iter()).is_empty(), "nothing new the second time");
        }
    }

    #[test]
    fn without_an_end_it_runs_as_long_as_it_can() {
        let mut listing = Listing::default();
        listing.add([line("ExecutionStarted", 1, 0, "{}").as_str(), "no event", "{}"].into_iter());
        assert_eq!(listing.len(), 1);
        assert_eq!(listing.row(ARN, MACHINE, at(60_000)).unwrap().status, Status::Running);
        let late = listing.row(ARN, MACHINE, at(3_600_000)).unwrap();
        assert_eq!((late.status, late.stopped), (Status::Other, None), "its end was not logged");
        assert_eq!(listing.row("arn:of:another", MACHINE, at(0)), None);
    }
}
