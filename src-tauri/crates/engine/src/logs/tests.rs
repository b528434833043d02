//! Views, steps and searches over texts in memory; how files are fetched is tested through the bridge.

use super::{
    Address, Copy, Library, LogFile,
    opened::{Opened, lock},
    search::Search,
};
use crate::LogEvents;
use aws::{AccessKeys, Guard, Session, SessionSpec, profiles::Configured};
use contract::{
    LogId, SearchId,
    logs::{
        FoldInLog, LineAt, LogEvent, LogLevel, LogQuery, LogRow, LogState, LogStep, LogView, LogZone, ReadLog,
        ReadRecord, SearchState, StepInLog,
    },
    session::{Environment, Mode, ProfileSource},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::Notify;

const DRIVER: &str = "26/11/20 06:05:00 INFO A: begins\n\
    26/11/20 06:05:02 ERROR A: lost executor 7\n\
    java.lang.IllegalStateException: password=hunter22\n\
    \tat A.b(A.java:1)\n\
    26/11/20 06:05:04 INFO A: goes on\n\
    26/11/20 06:05:06 ERROR A: ends\n";
const EXECUTOR: &str =
    "26/11/20 06:05:01 INFO B: begins\n26/11/20 06:05:03 WARN B: late\n26/11/20 06:05:05 ERROR B: dies\n";

pub(super) async fn session() -> Session {
    let profile = Configured { name: "test".into(), region: None, source: ProfileSource::Keychain, s3_endpoint: None };
    let keys = AccessKeys {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned().into(),
        secret_access_key: "not a secret at all".to_owned().into(),
        session_token: None,
    };
    let guard = Guard::new("test", Environment::Other, Mode::ReadOnly);
    Session::open(SessionSpec { profile, region: Some("eu-west-1".into()), keys: Some(keys), guard }).await.unwrap()
}

async fn opened(texts: &[&str]) -> Arc<Opened> {
    let session = session().await;
    let library = Arc::new(Library::new(std::env::temp_dir()));
    let root = "s3://lake-logs/emr-serverless/applications/a/jobs/r";
    let names = ["SPARK_DRIVER/stderr.gz", "SPARK_EXECUTOR/7/stderr.gz"];
    let files = texts.iter().zip(names).map(|(text, name)| {
        let address = Address::read(&format!("{root}/{name}"), None).unwrap();
        LogFile::read_before(Arc::clone(&library), session.clone(), address, Copy::of_text(text.as_bytes()))
    });
    let files = files.collect();
    Arc::new(Opened::new(LogId(1), session, library, files, None))
}

/// As the window sees it once everything was read.
async fn reported(log: &Arc<Opened>) -> LogState {
    let told = Arc::new(Mutex::new(log.state()));
    let into = Arc::clone(&told);
    let events: LogEvents = Arc::new(move |event| {
        if let LogEvent::Grew(state) = event {
            *into.lock().unwrap() = state;
        }
    });
    let reporting = tokio::spawn(Arc::clone(log).report(log.state(), events));
    for _ in 0..500 {
        if told.lock().unwrap().complete {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    reporting.abort();
    let state = told.lock().unwrap().clone();
    assert!(state.complete);
    state
}

fn rows(log: &Opened, view: LogView) -> Vec<LogRow> {
    let window = log.read(&ReadLog { log: log.id, view, from: 0, to: 512, search: None }).unwrap();
    assert_eq!(window.total, window.rows.len() as u64);
    window.rows
}

fn texts(rows: &[LogRow]) -> Vec<&str> {
    rows.iter().map(|row| row.text.as_str()).collect()
}

fn step(log: &Opened, view: LogView, from: u64, to: LogStep) -> Option<u64> {
    log.step(&StepInLog { log: log.id, view, from, to }).unwrap()
}

fn find(log: &Opened, query: LogQuery) -> Arc<Search> {
    let id = SearchId(lock(&log.searches).len() as u64 + 1);
    let search = Arc::new(Search::new(id, query, log.files.len(), log.zone()).unwrap());
    lock(&log.searches).insert(id, Arc::clone(&search));
    search.run(log, &(Arc::new(|_| {}) as crate::SearchEvents));
    assert!(search.state().done);
    search
}

fn plain(text: &str) -> LogQuery {
    LogQuery { text: text.into(), ..LogQuery::default() }
}

#[tokio::test]
async fn one_file_is_shown_by_lines_and_by_records() {
    let log = opened(&[DRIVER]).await;
    let state = log.state();
    assert_eq!((state.lines, state.records, state.errors, state.warnings, state.complete), (6, 4, 2, 0, true));
    let lines = rows(&log, LogView::Lines);
    assert_eq!(lines.iter().map(|row| row.continues).collect::<Vec<_>>(), [false, false, true, true, false, false]);
    assert!(lines[1].time.is_some() && lines[2].time.is_none());
    assert_eq!(lines[3].level, Some(LogLevel::Error), "a stack trace has its record's level");
    assert!(!lines[2].text.contains("hunter22"));
    let records = rows(&log, LogView::Records);
    assert_eq!(texts(&records), ["A: begins", "A: lost executor 7", "A: goes on", "A: ends"]);
    assert_eq!((records[1].lines, records[1].at.line, records[2].at.line), (3, 1, 4));
    let window = log.read(&ReadLog { log: log.id, view: LogView::Lines, from: 4, to: 5, search: None }).unwrap();
    assert_eq!((window.from, window.total, window.rows.len()), (4, 6, 1));
    let beyond = log.read(&ReadLog { log: log.id, view: LogView::Lines, from: 9, to: 20, search: None }).unwrap();
    assert_eq!((beyond.from, beyond.rows.len()), (6, 0));
}

#[tokio::test]
async fn steps_lead_from_error_to_error() {
    let log = opened(&[DRIVER]).await;
    for (view, first, next) in [(LogView::Lines, 1, 5), (LogView::Records, 1, 3)] {
        assert_eq!(step(&log, view, 0, LogStep::FirstError), Some(first));
        assert_eq!(step(&log, view, first, LogStep::NextError), Some(next));
        assert_eq!(step(&log, view, next, LogStep::NextError), None);
        assert_eq!(step(&log, view, next, LogStep::PreviousError), Some(first));
        assert_eq!(step(&log, view, first, LogStep::PreviousError), None);
        let at = "2026-11-20T06:05:05Z".parse().unwrap();
        assert_eq!(step(&log, view, 0, LogStep::Time(at)), Some(next));
    }
    assert_eq!(step(&log, LogView::Lines, 2, LogStep::NextError), Some(5), "out of the middle of a stack trace");
    assert_eq!(step(&log, LogView::Records, 0, LogStep::Line(LineAt { file: 0, line: 3 })), Some(1));
    assert_eq!(step(&log, LogView::Lines, 0, LogStep::Line(LineAt { file: 0, line: 6 })), None);
}

#[tokio::test]
async fn several_files_are_on_one_clock() {
    let log = opened(&[DRIVER, EXECUTOR]).await;
    let state = reported(&log).await;
    assert_eq!((state.lines, state.records, state.errors, state.warnings), (0, 7, 3, 1));
    let merged = rows(&log, LogView::Records);
    assert_eq!(
        texts(&merged),
        ["A: begins", "B: begins", "A: lost executor 7", "B: late", "A: goes on", "B: dies", "A: ends"]
    );
    assert_eq!(merged.iter().map(|row| row.at.file).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1, 0]);
    assert!(rows(&log, LogView::Lines).is_empty());
    let view = LogView::Records;
    assert_eq!(step(&log, view, 0, LogStep::FirstError), Some(2));
    assert_eq!(step(&log, view, 2, LogStep::NextError), Some(5));
    assert_eq!(step(&log, view, 5, LogStep::PreviousError), Some(2));
    assert_eq!(step(&log, view, 0, LogStep::Line(LineAt { file: 1, line: 1 })), Some(3));
    assert_eq!(step(&log, view, 0, LogStep::Line(LineAt { file: 0, line: 3 })), Some(2), "a line of its stack trace");
    let link = &merged[2].links[0];
    assert_eq!(merged[2].text.chars().skip(link.from as usize).collect::<String>(), "7");
    assert!(format!("{:?}", link.target).contains("SPARK_EXECUTOR/7"), "{:?}", link.target);
}

#[tokio::test]
async fn a_search_counts_marks_and_shows_what_is_around() {
    let log = opened(&[DRIVER, EXECUTOR]).await;
    reported(&log).await;
    let search = find(&log, plain("begins"));
    let state = search.state();
    assert_eq!((state.hits, state.kept, state.files, state.searched), (2, 2, vec![1, 1], state.length));
    assert_eq!((state.map.len(), state.map.iter().sum::<u64>()), (100, 2));
    let view = LogView::Hits { search: search.id, context: 0 };
    let hits = rows(&log, view);
    assert!(hits.iter().all(|row| row.hit && row.marks.len() == 1));
    let (from, to) = hits[0].marks[0];
    assert_eq!(hits[0].text.chars().skip(from as usize).take((to - from) as usize).collect::<String>(), "begins");
    let around = rows(&log, LogView::Hits { search: search.id, context: 1 });
    assert_eq!(
        around.iter().map(|row| (row.at.file, row.at.line, row.hit)).collect::<Vec<_>>(),
        [(0, 0, true), (0, 1, false), (1, 0, true), (1, 1, false)]
    );
    assert_eq!(step(&log, view, 0, LogStep::NextHit(search.id)), Some(1));
    assert_eq!(step(&log, view, 1, LogStep::PreviousHit(search.id)), Some(0));
    assert_eq!(step(&log, view, 1, LogStep::NextHit(search.id)), None);
    assert_eq!(step(&log, LogView::Records, 0, LogStep::NextHit(search.id)), Some(1), "on the common clock");
    assert_eq!(step(&log, LogView::Records, 6, LogStep::PreviousHit(search.id)), Some(1));
}

#[tokio::test]
async fn a_search_takes_up_what_comes_and_what_is_replaced() {
    let session = session().await;
    let library = Arc::new(Library::new(std::env::temp_dir()));
    let address = |name: &str| Address::read(&format!("s3://lake-logs/emr-serverless/{name}"), None).unwrap();
    let driver = Copy::of_text(DRIVER.as_bytes());
    let read = LogFile::read_before(Arc::clone(&library), session.clone(), address("SPARK_DRIVER/stderr.gz"), driver);
    let late = LogFile::awaited(Arc::clone(&library), session.clone(), address("SPARK_EXECUTOR/7/stderr.gz"));
    let log = Arc::new(Opened::new(LogId(1), session, library, vec![read, Arc::clone(&late)], None));
    let search = Arc::new(Search::new(SearchId(1), plain("begins"), 2, log.zone()).unwrap());
    lock(&log.searches).insert(search.id, Arc::clone(&search));
    let events: crate::SearchEvents = Arc::new(|_| {});
    let ended = Arc::new(Notify::new());
    let following = tokio::spawn(Arc::clone(&search).follow(Arc::clone(&log), events, Arc::clone(&ended)));
    let until = async |holds: &dyn Fn(&SearchState) -> bool| {
        for _ in 0..500 {
            if holds(&search.state()) {
                return search.state();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{:?}", search.state())
    };

    let waits = until(&|state| state.hits == 1).await;
    assert_eq!((waits.unread, waits.done), (1, false), "a file that is not read may hold hits: {waits:?}");
    late.arrive(Copy::of_text(EXECUTOR.as_bytes()));
    tokio::time::timeout(Duration::from_secs(5), ended.notified()).await.unwrap();
    let all = until(&|state| state.done).await;
    assert_eq!((all.hits, all.unread, all.turn, all.files), (2, 0, 0, vec![1, 1]));

    late.arrive(Copy::of_text(format!("{EXECUTOR}26/11/20 06:05:07 INFO B: begins again\n").as_bytes()));
    let more = until(&|state| state.hits == 3).await;
    assert_eq!((more.done, more.turn, more.files, more.searched), (true, 1, vec![1, 2], more.length));
    let hits = rows(&log, LogView::Hits { search: search.id, context: 0 });
    assert_eq!(hits.iter().map(|row| (row.at.file, row.at.line)).collect::<Vec<_>>(), [(0, 0), (1, 0), (1, 3)]);
    search.cancel();
    tokio::time::timeout(Duration::from_secs(5), following).await.unwrap().unwrap();
}

#[tokio::test]
async fn levels_times_and_expressions_narrow_a_search() {
    let log = opened(&[DRIVER]).await;
    let count = |query: LogQuery| find(&log, query).state().hits;
    assert_eq!(count(plain("A:")), 4);
    assert_eq!(count(plain("a:")), 5, "case is ignored without a capital");
    assert_eq!(count(LogQuery { match_case: true, ..plain("a:") }), 1);
    assert_eq!(count(LogQuery { inverse: true, ..plain("A:") }), 2);
    assert_eq!(count(LogQuery { regex: true, ..plain("at A\\.[a-c]\\(") }), 1);
    assert_eq!(count(LogQuery { level: Some(LogLevel::Error), ..plain("A:") }), 2);
    assert_eq!(count(LogQuery { level: Some(LogLevel::Error), ..LogQuery::default() }), 2, "records alone");
    let from = Some("2026-11-20T06:05:04Z".parse().unwrap());
    assert_eq!(count(LogQuery { from, ..plain("A:") }), 2);
    assert_eq!(count(LogQuery { from, to: from, ..plain("A:") }), 1);
    let search = find(&log, plain("A:"));
    assert_eq!(step(&log, LogView::Lines, 1, LogStep::NextHit(search.id)), Some(4));
    assert_eq!(step(&log, LogView::Records, 2, LogStep::PreviousHit(search.id)), Some(1));
    let view = LogView::Hits { search: search.id, context: 0 };
    assert_eq!(step(&log, view, 0, LogStep::FirstError), Some(1));
    assert_eq!(step(&log, view, 1, LogStep::NextError), Some(3));
    assert_eq!(step(&log, view, 3, LogStep::PreviousError), Some(1));
    assert_eq!(step(&log, view, 0, LogStep::Line(LineAt { file: 0, line: 4 })), Some(2));
}

#[tokio::test]
async fn a_record_is_read_whole_with_its_secrets_masked() {
    let log = opened(&[DRIVER]).await;
    let at = LineAt { file: 0, line: 3 };
    let masked = log.record(&ReadRecord { log: log.id, at, unmasked: false }).unwrap();
    assert_eq!((masked.at.line, masked.lines.len(), masked.more, masked.masked), (1, 3, 0, true));
    assert!(!masked.lines.join("\n").contains("hunter22"));
    let open = log.record(&ReadRecord { log: log.id, at, unmasked: true }).unwrap();
    assert!(open.lines.join("\n").contains("hunter22") && !open.masked);
    assert!(log.record(&ReadRecord { log: log.id, at: LineAt { file: 1, line: 0 }, unmasked: false }).is_err());
}

/// What a driver and executor 7 tell of four tasks, with the executor's clock five minutes ahead.
fn skewed() -> [String; 2] {
    use std::fmt::Write as _;
    let (mut driver, mut executor) = (String::new(), String::new());
    for task in 0..4 {
        let name = format!("task {task}.0 in stage 0.0 (TID {task})");
        let (begin, end) = (task * 10, task * 10 + 5);
        writeln!(driver, "26/11/20 06:05:{begin:02} INFO S: Starting {name} (ip-10-0-0-1, executor 7, partition 0)")
            .unwrap();
        writeln!(driver, "26/11/20 06:05:{end:02} INFO S: Finished {name} in 5 ms on ip-10-0-0-1 (executor 7) (1/4)")
            .unwrap();
        writeln!(executor, "26/11/20 06:10:{begin:02} INFO E: Running {name}").unwrap();
        writeln!(executor, "26/11/20 06:10:{end:02} INFO E: Finished {name}. 2100 bytes result sent to driver")
            .unwrap();
    }
    [driver, executor]
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_and_can_be_set() {
    let [driver, executor] = skewed();
    let log = opened(&[&driver, &executor]).await;
    let state = reported(&log).await;
    assert!(state.files.iter().all(|file| file.offset == 0));
    let told = rows(&log, LogView::Records);
    assert!(told[..8].iter().all(|row| row.at.file == 0), "nothing is moved unasked");
    log.learn().await;
    let skew = log.state().files[1].skew.unwrap();
    assert_eq!((log.state().files[0].skew, skew.tasks), (None, 4));
    assert!((skew.offset + 300_000).abs() <= 1_000, "{skew:?}");
    log.set_clock(1, -300_000).unwrap();
    assert!(!log.state().complete, "the order is made anew");
    let state = reported(&log).await;
    assert_eq!((state.files[1].offset, state.records), (-300_000, 16));
    let set = rows(&log, LogView::Records);
    assert_eq!(set.iter().map(|row| row.at.file).take(6).collect::<Vec<_>>(), [0, 1, 0, 1, 0, 1]);
    assert_eq!(set[1].time, set[0].time, "times are shown on the common clock");
    assert_eq!(step(&log, LogView::Records, 0, LogStep::Line(set[1].at)), Some(1));
    let search = find(&log, plain("Running task 3.0"));
    assert_eq!(step(&log, LogView::Records, 0, LogStep::NextHit(search.id)), Some(13));
    let hits = LogView::Hits { search: search.id, context: 0 };
    assert_eq!(rows(&log, hits)[0].time, set[13].time, "hits have the clock of the records");
    let time = |at: &str| LogStep::Time(at.parse().unwrap());
    assert_eq!(step(&log, hits, 0, time("2026-11-20T06:05:30Z")), Some(0));
    assert_eq!(step(&log, hits, 0, time("2026-11-20T06:06:00Z")), None);
    log.set_clock(1, 0).unwrap();
    reported(&log).await;
    assert_eq!(rows(&log, LogView::Records), told, "as it was");
    assert_eq!(step(&log, LogView::Records, 0, LogStep::NextHit(search.id)), Some(14));
    assert!(log.set_clock(2, 1).is_err());
    assert!(opened(&[DRIVER]).await.set_clock(0, 1).is_err(), "one file has no other's clock");
}

#[tokio::test]
async fn times_without_a_zone_are_read_in_the_one_that_is_chosen() {
    let text = "26/11/20 06:05:00 INFO A: begins\n2026-11-20T06:05:01Z INFO A: tells its zone\n";
    for texts in [vec![text], vec![text, EXECUTOR]] {
        let log = opened(&texts).await;
        let before = reported(&log).await;
        assert_eq!(before.zone, LogZone::Utc);
        let told = rows(&log, LogView::Records);
        let at = |rows: &[LogRow], text: &str| {
            rows.iter().find(|row| row.text == text).and_then(|row| row.time).unwrap().to_string()
        };
        log.set_zone(LogZone::Fixed(120)).unwrap();
        assert!(!log.state().complete, "its records are found anew");
        let state = reported(&log).await;
        assert_eq!((state.zone, state.records), (LogZone::Fixed(120), before.records));
        let zoned = rows(&log, LogView::Records);
        assert_eq!(at(&zoned, "A: begins"), "2026-11-20T04:05:00Z");
        assert_eq!(at(&zoned, "A: tells its zone"), at(&told, "A: tells its zone"));
        log.set_zone(LogZone::Utc).unwrap();
        reported(&log).await;
        assert_eq!(rows(&log, LogView::Records), told);
        assert!(log.set_zone(LogZone::Fixed(18 * 60 + 1)).is_err() && log.zone() == LogZone::Utc);
    }
}

#[tokio::test]
async fn a_search_in_a_zone_that_is_gone_ends_and_says_so() {
    let log = opened(&[DRIVER]).await;
    log.set_zone(LogZone::Fixed(120)).unwrap();
    let query = LogQuery { level: Some(LogLevel::Error), ..LogQuery::default() };
    let search = Search::new(SearchId(1), query, log.files.len(), log.zone()).unwrap();
    log.set_zone(LogZone::Utc).unwrap();
    search.run(&log, &(Arc::new(|_| {}) as crate::SearchEvents));
    let state = search.state();
    assert!(state.done && state.notices[0].text.starts_with("The search ended early"), "{state:?}");
}

/// Six tasks that are told alike, an error three times, and what stands between.
fn repeating() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("26/11/20 06:05:00 INFO A: begins\n");
    for second in 1..7 {
        writeln!(text, "26/11/20 06:05:0{second} INFO A: task {second} done").unwrap();
    }
    text.push_str("26/11/20 06:05:07 INFO A: goes on\n");
    for second in 10..13 {
        writeln!(text, "26/11/20 06:05:{second} ERROR A: lost executor {second}\n\tat B.c({second})").unwrap();
    }
    text.push_str("26/11/20 06:05:20 INFO A: ends\n");
    text
}

fn counts(rows: &[LogRow]) -> Vec<u64> {
    rows.iter().map(|row| row.fold.map_or(0, |fold| fold.count)).collect()
}

#[tokio::test]
async fn repeats_are_one_row_until_they_are_opened() {
    let log = opened(&[&repeating()]).await;
    assert_eq!(log.state().folded, None, "nobody asked");
    let view = LogView::Folds;
    let closed = rows(&log, view);
    assert_eq!(texts(&closed), ["A: begins", "A: task 1 done", "A: goes on", "A: lost executor 10", "A: ends"]);
    assert_eq!(counts(&closed), [0, 6, 0, 3, 0]);
    let fold = closed[1].fold.unwrap();
    let clock = |at: Option<contract::Timestamp>| at.unwrap().to_string();
    assert_eq!([clock(fold.from), clock(fold.to)], ["2026-11-20T06:05:01Z", "2026-11-20T06:05:06Z"]);
    assert_eq!(log.state().folded, Some(12));

    let fold_at =
        |line: u64, open: bool| log.fold(&FoldInLog { log: log.id, at: LineAt { file: 0, line }, open }).unwrap();
    assert_eq!(fold_at(0, true), None, "it stands alone");
    assert_eq!(fold_at(4, true), Some(1), "any of its lines");
    let open = rows(&log, view);
    assert_eq!(open.len(), 10);
    assert_eq!(texts(&open[1..4]), ["A: task 1 done", "A: task 2 done", "A: task 3 done"]);
    assert!(open[1].fold.is_some_and(|fold| fold.open && fold.count == 6) && !open[1].inside);
    assert!(open[2..7].iter().all(|row| row.inside && row.fold.is_none()) && !open[7].inside);
    let some = log.read(&ReadLog { log: log.id, view, from: 5, to: 9, search: None }).unwrap();
    assert_eq!((some.total, some.rows), (10, open[5..9].to_vec()));
    assert_eq!(fold_at(1, false), Some(1));
    assert_eq!(rows(&log, view), closed);
}

#[tokio::test]
async fn steps_open_the_fold_of_a_hit_and_pass_one_of_errors() {
    let log = opened(&[&repeating()]).await;
    let view = LogView::Folds;
    assert_eq!(step(&log, view, 0, LogStep::FirstError), Some(3));
    assert_eq!(step(&log, view, 3, LogStep::NextError), None, "three of one kind are one");
    assert_eq!(step(&log, view, 4, LogStep::PreviousError), Some(3));
    assert_eq!(counts(&rows(&log, view)), [0, 6, 0, 3, 0], "all is closed still");
    let search = find(&log, plain("task 4"));
    assert_eq!(step(&log, view, 0, LogStep::NextHit(search.id)), Some(4));
    let open = rows(&log, view);
    assert_eq!((open.len(), open[4].text.as_str(), open[4].inside), (10, "A: task 4 done", true));
    assert_eq!(step(&log, view, 0, LogStep::FirstError), Some(8));
    assert_eq!(step(&log, view, 0, LogStep::Line(LineAt { file: 0, line: 11 })), Some(9), "a line of a stack trace");
    assert_eq!(rows(&log, view).len(), 12);
    assert_eq!(step(&log, view, 8, LogStep::NextError), Some(9), "open, each is its own");
    let at = "2026-11-20T06:05:05Z".parse().unwrap();
    assert_eq!(step(&log, view, 0, LogStep::Time(at)), Some(5));
}

#[tokio::test]
async fn files_on_one_clock_fold_each_for_itself() {
    let log = opened(&[&repeating(), EXECUTOR]).await;
    reported(&log).await;
    let view = LogView::Folds;
    let closed = rows(&log, view);
    // The executor's three stand between the tasks: each file folds for itself.
    assert_eq!(counts(&closed), [0, 0, 0, 2, 0, 2, 0, 0, 0, 3, 0]);
    assert_eq!(reported(&log).await.folded, Some(15));
    let at = closed[5].at;
    assert_eq!(log.fold(&FoldInLog { log: log.id, at, open: true }).unwrap(), Some(5));
    assert_eq!(rows(&log, view).len(), 12);
}
