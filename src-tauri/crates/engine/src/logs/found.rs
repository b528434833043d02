//! Searching more files than can be read together: each is fetched, searched and let go of, so that neither handles nor
//! memory grow with their number. What is found is a result set, on one clock as far as the files tell times.

mod left;
mod tally;

pub(crate) use left::Shelf;

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
    logs::{FoundLine, OpenFoundLines, ReadUnreadFiles, RetryUnreadFiles, UnreadFiles},
    sets::{FieldKind, Rows, SetState},
};
use left::Left;
use std::{
    cmp::Ordering,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};
use store::StoreError;
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
        let number = lock(&self.inner.logs.left).begin();
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
        let left = lock(&self.inner.logs.left).take(&key);
        let mut left = left.unwrap_or_else(|| Left::new(key, files.len()));
        files.retain(|file| !left.done.contains(&file.address));
        let (state, writer) = self.inner.sets.open::<Found>(session.now(), events);
        left.sets.push(state.set);
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
            let _ending = Ending(looking.cancel.clone());
            let session = looking.session.clone();
            let read = move |file| search_file(Arc::clone(&looking), file);
            let (left, ended) = look_through(files, read, left, &writer).await;
            lock(&desk.inner.logs.left).leave(number, left);
            ended.map(|()| session.now())
        });
        Ok(state)
    }

    /// The files that a search could not read, once it has ended.
    pub fn read_unread_files(&self, request: ReadUnreadFiles) -> Result<UnreadFiles, EngineError> {
        let mut kept = lock(&self.inner.logs.left);
        kept.shown(request.set).map(|left| left.tally.unread()).ok_or(EngineError::Gone("this search"))
    }

    /// Asked for again, the search reads those files again. Their number.
    pub fn retry_unread_files(&self, request: RetryUnreadFiles) -> Result<u64, EngineError> {
        let mut kept = lock(&self.inner.logs.left);
        kept.shown(request.set).map(Left::retry).ok_or(EngineError::Gone("this search"))
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

/// Goes on where the search was left, until all files are searched, one fails or nobody looks any more. What was found is
/// kept in each case.
async fn look_through<F>(
    files: Vec<LogFileRow>,
    read: impl Fn(LogFileRow) -> F,
    mut left: Left,
    writer: &SetWriter<Found>,
) -> (Left, Result<(), EngineError>)
where
    F: Future<Output = Result<OfFile, EngineError>> + Send + 'static,
{
    writer.append(std::mem::take(&mut left.lines));
    let mut waiting = files.into_iter();
    // Dropped, it ends what is under way.
    let mut searching = JoinSet::new();
    for file in waiting.by_ref().take(AT_ONCE) {
        searching.spawn(read(file));
    }
    writer.say(left.tally.notices());
    let ended: Result<(), EngineError> = loop {
        let next = tokio::select! {
            () = writer.closed() => break Ok(()),
            next = searching.join_next() => next,
        };
        let searched = match next {
            None => break Ok(()),
            Some(Ok(Ok(searched))) => searched,
            Some(Ok(Err(failure))) => break Err(failure),
            Some(Err(_)) => break Err(StoreError::Stopped.into()),
        };
        if let Some(file) = waiting.next() {
            searching.spawn(read(file));
        }
        left.done.insert(searched.address.clone());
        let lines = left.tally.take(searched);
        if !lines.is_empty() {
            writer.append(lines);
        }
        writer.say(left.tally.notices());
    };
    if ended.is_err() {
        writer.notice(left.tally.stopped());
    }
    left.lines = writer.rows_by_id().into_values().collect();
    (left, ended)
}

/// A failure is none of the file's own: expired credentials, no network, a service that asks to slow down.
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
    if log.seen().fault.is_some() {
        // Somebody has it open, and it could not be read then.
        log.look().await;
    }
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
    use std::cell::{Cell, RefCell};

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

    /// A file in which one line matches.
    fn read_as(file: LogFileRow, fault: Option<&str>) -> OfFile {
        let line = Found { key: file.address.clone(), row: FoundLine { file: file.clone(), ..found(None, 0).row } };
        let fault = fault.map(str::to_owned);
        OfFile { address: file.address, name: "stderr".into(), lines: vec![line], total: 1, fault }
    }

    fn files(number: usize) -> Vec<LogFileRow> {
        let address = |number| format!("s3://lake-logs/emr/j-1/containers/a/{number}/stderr.gz");
        (0..number).map(|number| LogFileRow { address: address(number), ..file() }).collect()
    }

    fn writer() -> SetWriter<Found> {
        SetWriter::unseen("2026-11-21T06:00:00Z".parse().unwrap())
    }

    fn told(writer: &SetWriter<Found>) -> Vec<String> {
        writer.state().notices.into_iter().map(|notice| notice.text).collect()
    }

    #[tokio::test]
    async fn a_search_that_failed_keeps_what_it_found_and_goes_on_where_it_stopped() {
        let (offline, asked) = (Cell::new(true), RefCell::new(Vec::new()));
        let read = |file: LogFileRow| {
            asked.borrow_mut().push(file.address.clone());
            let fails = offline.get() && file.address.contains("/20/");
            async move { if fails { Err(EngineError::NotNow("no network".into())) } else { Ok(read_as(file, None)) } }
        };
        let first = writer();
        let (left, ended) = look_through(files(40), &read, Left::new(String::new(), 40), &first).await;
        assert!(matches!(ended, Err(EngineError::NotNow(_))), "{ended:?}");
        // The file that fails is asked for once five others were searched.
        assert!((5..40).contains(&left.done.len()), "{}", left.done.len());
        assert_eq!(left.lines.len(), left.done.len());
        let last = told(&first).pop().unwrap();
        assert!(last.starts_with("The search stopped. Tried again, it goes on with the "), "{last}");

        offline.set(false);
        let (done, before) = (left.done.clone(), asked.take().len());
        assert!(before > done.len());
        let rest = files(40).into_iter().filter(|file| !done.contains(&file.address)).collect();
        let second = writer();
        let (left, ended) = look_through(rest, &read, left, &second).await;
        assert!(ended.is_ok(), "{ended:?}");
        assert_eq!((left.lines.len(), second.state().total), (40, 40));
        assert_eq!(told(&second), ["40 of 40 files searched: 40 lines match."]);
        assert!(asked.take().iter().all(|address| !done.contains(address)), "nothing is read twice");
    }

    #[tokio::test]
    async fn files_that_could_not_be_read_are_tried_again_when_somebody_wants_it() {
        let refused = Cell::new(true);
        let read = |file: LogFileRow| {
            let fault = (refused.get() && file.address.contains("/1/")).then_some("access denied");
            async move { Ok::<_, EngineError>(read_as(file, fault)) }
        };
        let (mut left, _) = look_through(files(3), &read, Left::new(String::new(), 3), &writer()).await;
        let unread = left.tally.unread();
        assert_eq!((unread.total, unread.files[0].address.as_str()), (1, files(3)[1].address.as_str()));
        assert_eq!((left.done.len(), left.retry()), (3, 1));
        assert_eq!((left.done.len(), left.lines.len()), (2, 2));

        refused.set(false);
        let second = writer();
        let (left, _) = look_through(vec![files(3).remove(1)], &read, left, &second).await;
        assert_eq!((left.done.len(), left.lines.len(), left.tally.unread().total), (3, 3, 0));
        assert_eq!(told(&second), ["3 of 3 files searched: 3 lines match."]);
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
