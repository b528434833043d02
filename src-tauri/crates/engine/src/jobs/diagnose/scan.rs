//! One file, read once: its signatures, and what it tells of the others. Blocking.

use super::words;
use crate::logs::{Copy, unstamped};
use ::logs::{
    Level, LogFault, Record,
    record::Texts,
    refs::{ContainerName, Kind, Links, refs},
};
use ::triage::{self, Catalogue, FileId, Scan, Scanner, Source};
use contract::{
    Timestamp,
    jobs::{JobId, LogFileRow, LogRole, facts::RunFact},
};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

/// Names of what may have been lost, of one file.
const NAMED: usize = 200;
/// Bytes at the start of a step's log in which it says which applications it submitted.
const EARLY: u64 = 4 << 20;
/// A clock may be off, and the end of a run is seen a little later than it comes.
const SLACK: SignedDuration = SignedDuration::from_mins(3);

/// Which records of a file that others write to as well are of this run.
pub(super) struct Gate {
    /// Of a daemon of a cluster.
    window: Option<(Option<Timestamp>, Option<Timestamp>)>,
    /// Then those that name an application must name one of these, if any is known.
    applications: Vec<String>,
    /// Of a function: many invocations write to one stream.
    request: Option<String>,
    inside: bool,
}

impl Gate {
    pub fn new(run: &RunFact, row: &LogFileRow, yarn: &[String]) -> Self {
        let shared = row.role == LogRole::Node && matches!(run.id, JobId::Step { .. });
        let request = match &run.id {
            JobId::Lambda { request, .. } if row.role == LogRole::Function => Some(request.clone()),
            _ => None,
        };
        let window = shared.then(|| {
            let from = run.started.or(run.created).and_then(|from| from.checked_sub(SLACK).ok());
            (from, run.ended.and_then(|to| to.checked_add(SLACK).ok()))
        });
        Self { window, applications: yarn.to_vec(), request, inside: false }
    }

    pub fn lets(&mut self, text: &[u8], clock: Option<Timestamp>) -> bool {
        if let Some(request) = &self.request {
            let own = holds(text, request.as_bytes());
            if holds(text, b"START RequestId:") {
                self.inside = own;
            }
            let lets = own || self.inside;
            if own && holds(text, b"REPORT RequestId:") {
                self.inside = false;
            }
            return lets;
        }
        let Some((from, to)) = self.window else { return true };
        if clock.is_some_and(|at| from.is_some_and(|from| at < from) || to.is_some_and(|to| at > to)) {
            return false;
        }
        if self.applications.is_empty() {
            return true;
        }
        let mut named = refs(text).into_iter().filter_map(|found| match found.kind {
            Kind::Application => Some(found.value),
            Kind::Container => ContainerName::of(&found.value).map(|name| name.application),
            _ => None,
        });
        named
            .next()
            .is_none_or(|first| self.applications.contains(&first) || named.any(|one| self.applications.contains(&one)))
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    let start = text.get(..text.len().min(4_096)).unwrap_or(text);
    !part.is_empty() && start.windows(part.len()).any(|window| window == part)
}

/// What one file gave.
pub(super) struct Scanned {
    pub scan: Scan,
    /// Of which attempt the file is, and what it tells of its executors.
    pub attempt: Option<u32>,
    pub links: Links,
    pub named: Vec<String>,
    pub yarn: Vec<String>,
}

pub(super) fn scan(
    catalogue: &Catalogue,
    id: FileId,
    source: Source,
    row: &LogFileRow,
    copy: &Copy,
    mut gate: Gate,
    stop: &CancellationToken,
) -> Result<Scanned, LogFault> {
    let mut scanner = Scanner::new(catalogue, id, source);
    let (mut links, mut named, mut yarn) = (Links::default(), Vec::new(), Vec::new());
    let from_events = !row.address.starts_with("s3://");
    let tells = matches!(row.role, LogRole::Driver | LogRole::Step | LogRole::Submitter);
    let mut texts = Texts::new(&copy.records, 0)?;
    while let Some((record, bytes)) = texts.advance()? {
        if record.number.is_multiple_of(4_096) && stop.is_cancelled() {
            return Err(LogFault::Cancelled);
        }
        let bytes = if from_events { unstamped(bytes) } else { bytes };
        if !gate.lets(bytes, record.clock.and_then(|clock| clock.timestamp())) {
            continue;
        }
        scanner.offer(&offered(id, &record, bytes));
        if tells {
            bytes.split(|byte| *byte == b'\n').for_each(|line| links.feed(line));
            if record.level >= Some(Level::Warn) && named.len() < NAMED {
                let found =
                    refs(bytes).into_iter().filter(|found| matches!(found.kind, Kind::Executor | Kind::Container));
                named.extend(found.map(|found| found.value));
            }
        }
        if row.role == LogRole::Step && record.offset < EARLY {
            yarn.extend(::jobs::layout::yarn_applications(&String::from_utf8_lossy(bytes)));
        }
    }
    yarn.sort();
    yarn.dedup();
    Ok(Scanned { scan: scanner.finish(), attempt: row.attempt, links, named, yarn })
}

fn offered<'a>(file: FileId, record: &Record, text: &'a [u8]) -> triage::Record<'a> {
    triage::Record {
        file,
        line: record.line + 1,
        lines: u32::try_from(record.lines).unwrap_or(u32::MAX),
        at: record.time.or(record.clock).and_then(|time| time.timestamp()),
        level: record.level.map(words::level),
        text,
    }
}
