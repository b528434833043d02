//! Searching more files than can be read together: each is fetched, searched and let go of, so that neither handles nor
//! memory grow with their number. What is found is a result set, on one clock as far as the files tell times.

mod tally;

use super::{
    Address, Library, blocking,
    file::Copy,
    opened::lock,
    row::{self, Heads, READ, Told},
    search::{compile, unusable},
    targets::Targets,
    view::broken,
};
use crate::{
    Desk, EngineError, Events,
    desk::load,
    sets::{FieldSpec, Record, SetWriter, Value},
};
use ::logs::{
    Cancel,
    search::{Batch, Bounds, Matcher, Place, Query, search},
};
use aws::Session;
use contract::{
    jobs::{JobId, LogFileRow, LogRole},
    logs::{FoundLine, OpenFoundLines},
    sets::{FieldKind, Rows, SetState},
};
use std::{
    cmp::Ordering,
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};
use store::StoreError;
use tally::Tally;
use tokio::task::JoinSet;

/// Files under way: as many are fetched as inflated or searched.
const AT_ONCE: usize = 16;
/// Lines of one file that are kept; all are counted.
const KEPT_OF_ONE: u64 = 500;
/// Characters of a line: with these, all lines that are kept take some tens of megabytes.
const SHOWN: u32 = 500;
/// Characters kept before a match that is further in.
const BEFORE: u32 = 100;

/// A line with its identity.
#[derive(Debug, Clone)]
struct Found {
    key: String,
    row: FoundLine,
}

impl Record for Found {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("text").searched(),
        FieldSpec::of("time", FieldKind::Time),
        FieldSpec::text("level").values(&["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
        FieldSpec::text("of").searched(),
        FieldSpec::text("file").searched(),
        FieldSpec::of("line", FieldKind::Number),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.row.text),
            1 => Value::time(self.row.time),
            2 => Value::maybe(self.row.level.map(|level| level.word())),
            3 => Value::text(self.row.file.role.word()),
            4 => Value::text(&self.row.file.address),
            5 => Value::size(Some(self.row.line + 1)),
            _ => Value::Missing,
        }
    }

    /// On one clock; what tells no time comes first, as the start of a file does.
    fn natural(&self, other: &Self) -> Ordering {
        let (one, two) = (&self.row, &other.row);
        let file = || one.file.address.cmp(&two.file.address);
        one.time.cmp(&two.time).then_with(file).then_with(|| one.line.cmp(&two.line))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::FoundLines(rows.into_iter().map(|found| found.row).collect())
    }
}

/// What all files are searched with.
#[derive(Debug)]
struct Looking {
    session: Session,
    library: Arc<Library>,
    job: JobId,
    query: Query,
    matcher: Matcher,
    /// It may be looked for again behind a match.
    again: bool,
    cancel: Cancel,
}

/// Ends what is searched when nobody waits for it any more.
struct Ending(Cancel);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

/// One file that was searched.
#[derive(Debug)]
struct OfFile {
    address: String,
    /// What it is called.
    name: String,
    lines: Vec<Found>,
    /// Lines that match.
    total: u64,
    /// Why it was left out, or which part of it.
    fault: Option<String>,
}

impl Desk {
    pub fn open_found_lines(&self, request: OpenFoundLines, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let query = compile(&request.query);
        let matcher = Matcher::new(&query).map_err(|fault| EngineError::BadInput(unusable(fault)))?;
        let list = request.files.set;
        self.view_set(&request.files)?;
        let Rows::LogFiles(mut files) = self.inner.sets.all_rows(list)?.rows else {
            return Err(EngineError::Gone("this list"));
        };
        files.retain(|file| !matches!(file.role, LogRole::EventLog | LogRole::Metadata));
        let key = key(&session, &request, &files);
        let left = lock(&self.inner.logs.left).take().filter(|left| left.key == key);
        let left = left.unwrap_or_else(|| Left::new(key, files.len()));
        files.retain(|file| !left.done.contains(&file.address));
        let (state, writer) = self.inner.sets.open::<Found>(session.now(), events);
        let looking = Arc::new(Looking {
            session,
            library: Arc::clone(&self.inner.logs.library),
            job: request.job,
            query,
            matcher,
            again: !request.query.regex,
            cancel: Cancel::default(),
        });
        let desk = self.clone();
        load(writer, move |writer| async move {
            let left = look_through(&looking, files, left, &writer).await?;
            *lock(&desk.inner.logs.left) = Some(left);
            Ok(looking.session.now())
        });
        Ok(state)
    }
}

/// What was asked for of which bytes.
fn key(session: &Session, request: &OpenFoundLines, files: &[LogFileRow]) -> String {
    let mut hasher = DefaultHasher::new();
    for file in files {
        (&file.address, file.size, file.last_write).hash(&mut hasher);
    }
    let OpenFoundLines { job, query, .. } = request;
    format!("{} {} {job} {query:?} {:x}", session.profile(), session.region(), hasher.finish())
}

/// A search as it was left.
#[derive(Debug)]
pub(super) struct Left {
    key: String,
    lines: Vec<Found>,
    tally: Tally,
    /// Addresses of the files that were searched.
    done: HashSet<String>,
}

impl Left {
    fn new(key: String, files: usize) -> Self {
        Self { key, lines: Vec::new(), tally: Tally::new(files), done: HashSet::new() }
    }
}

/// Goes on where the search was left, until all files are searched or nobody looks any more.
async fn look_through(
    looking: &Arc<Looking>,
    files: Vec<LogFileRow>,
    mut left: Left,
    writer: &SetWriter<Found>,
) -> Result<Left, EngineError> {
    let _ending = Ending(looking.cancel.clone());
    writer.append(std::mem::take(&mut left.lines));
    let mut waiting = files.into_iter();
    // Dropped, it ends what is under way.
    let mut searching = JoinSet::new();
    for file in waiting.by_ref().take(AT_ONCE) {
        searching.spawn(search_file(Arc::clone(looking), file));
    }
    writer.say(left.tally.notices());
    loop {
        let next = tokio::select! {
            () = writer.closed() => break,
            next = searching.join_next() => next,
        };
        let Some(searched) = next else { break };
        let searched = searched.map_err(|_| StoreError::Stopped)??;
        if let Some(file) = waiting.next() {
            searching.spawn(search_file(Arc::clone(looking), file));
        }
        left.done.insert(searched.address.clone());
        let lines = left.tally.take(searched);
        if !lines.is_empty() {
            writer.append(lines);
        }
        writer.say(left.tally.notices());
    }
    left.lines = writer.rows_by_id().into_values().collect();
    Ok(left)
}

/// A failure is none of the file's own: expired credentials, no network.
async fn search_file(looking: Arc<Looking>, file: LogFileRow) -> Result<OfFile, EngineError> {
    let mut of = OfFile { address: file.address.clone(), name: file.words(), lines: Vec::new(), total: 0, fault: None };
    let address = match Address::read(&file.address, Some(&looking.job)) {
        Ok(address) => address,
        Err(error) => {
            of.fault = Some(error.to_string());
            return Ok(of);
        }
    };
    let log = looking.library.pass(&looking.session, &address);
    log.complete().await;
    if let Some(failure) = log.take_failure() {
        return Err(failure);
    }
    let seen = log.seen();
    of.fault = seen.fault;
    let Some(copy) = seen.copy else {
        of.fault.get_or_insert_with(|| "nothing of it could be read".to_owned());
        return Ok(of);
    };
    match blocking(move || looking.lines_of(&copy, &file)).await {
        Ok((lines, total)) => (of.lines, of.total) = (lines, total),
        Err(error) => of.fault = Some(error.to_string()),
    }
    Ok(of)
}

impl Looking {
    /// The first lines of a file that match, and how many do. Blocking.
    fn lines_of(&self, copy: &Arc<Copy>, file: &LogFileRow) -> Result<(Vec<Found>, u64), EngineError> {
        let (mut hits, mut total) = (Vec::new(), 0);
        let mut each = |batch: Batch| {
            total = batch.total;
            hits.extend(batch.hits);
        };
        let bounds = Bounds { hits: KEPT_OF_ONE, threads: 1 };
        let place = [Place::Records(Arc::clone(&copy.records))];
        search(&place, &self.query, bounds, &self.cancel, &mut each).map_err(broken)?;
        let targets = Targets::default();
        let mut rows = row::Rows::new(0, &file.address, &targets, Some((&self.matcher, self.again)));
        let mut found = Vec::with_capacity(hits.len());
        for hit in hits {
            let record = copy.records.of_line(hit.line).map_err(broken)?;
            let lines = copy.log().lines(hit.line..hit.line + 1, READ).map_err(broken)?;
            let Some(line) = lines.first() else { continue };
            let told = Told { line: line.number, bytes: &line.bytes, cut: line.cut(), record };
            let shown = rows.row(&told, Heads::Kept);
            let (text, marks) = around(&shown.text, &shown.marks);
            found.push(Found {
                key: format!("{} {}", file.address, hit.line),
                row: FoundLine {
                    file: file.clone(),
                    line: hit.line,
                    time: row::timestamp(record.and_then(|record| record.clock)),
                    level: shown.level,
                    text,
                    marks,
                },
            });
        }
        Ok((found, total))
    }
}

/// The part of a line that is kept: its beginning, or what stands around a first match that is further in.
fn around(text: &str, marks: &[(u32, u32)]) -> (String, Vec<(u32, u32)>) {
    let skip = marks.first().filter(|(_, to)| *to > SHOWN).map_or(0, |(from, _)| from.saturating_sub(BEFORE));
    let kept = text.chars().skip(skip as usize).take(SHOWN as usize).collect();
    (kept, marks.iter().map(|(from, to)| (from.saturating_sub(skip), to.saturating_sub(skip))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::logs::LogQuery;

    #[test]
    fn a_match_far_into_a_line_is_in_what_is_kept_of_it() {
        let line = format!("{}killed{}", "é".repeat(900), "x".repeat(900));
        let (text, marks) = around(&line, &[(900, 906)]);
        let at =
            |(from, to): (u32, u32)| text.chars().skip(from as usize).take((to - from) as usize).collect::<String>();
        assert_eq!(marks.iter().map(|mark| at(*mark)).collect::<Vec<_>>(), ["killed"]);
        assert_eq!(text.chars().count(), 500);
        assert_eq!(around("is killed", &[(3, 9)]), ("is killed".into(), vec![(3, 9)]));
    }

    fn file() -> LogFileRow {
        Address::read("s3://lake-logs/emr/j-1/containers/a/stderr.gz", None).unwrap().row(None, None)
    }

    fn found(time: Option<&str>, line: u64) -> Found {
        let row = FoundLine {
            file: file(),
            line,
            time: time.map(|time| time.parse().unwrap()),
            level: None,
            text: String::new(),
            marks: Vec::new(),
        };
        Found { key: format!("{line}"), row }
    }

    #[test]
    fn lines_of_many_files_are_in_the_order_of_their_times() {
        let mut all = [
            found(Some("2026-11-21T06:00:02Z"), 1),
            found(None, 9),
            found(Some("2026-11-21T06:00:01Z"), 4),
            found(Some("2026-11-21T06:00:01Z"), 3),
        ];
        all.sort_by(|one, other| one.natural(other));
        assert_eq!(all.map(|found| found.row.line), [9, 3, 4, 1]);
    }

    #[test]
    fn an_expression_marks_what_it_matches() {
        let query = LogQuery { text: "killed".into(), ..LogQuery::default() };
        let matcher = Matcher::new(&compile(&query)).unwrap();
        let targets = Targets::default();
        let mut rows = row::Rows::new(0, "s3://b/k", &targets, Some((&matcher, true)));
        let line = b"2026-11-21 06:00:00,000 ERROR yarn: Container killed";
        let shown = rows.row(&Told { line: 0, bytes: line, cut: 0, record: None }, Heads::Kept);
        assert_eq!(shown.marks, [(46, 52)]);
    }
}
