//! What reports of monitors came to: found again for the same file and baseline alone, and bounded.

use crate::sample::{self, folder};
use contract::Timestamp;
use store::{DATABASE_NAME, Monitored, REPORTS_DAYS, ReportId, ReportPart, Store};

const NUMBERS: ReportPart = ReportPart::Numbers;
const NEWEST: ReportPart = ReportPart::Newest;

fn of(schedule: &str) -> Monitored {
    Monitored { account: "123456789012".into(), region: "eu-west-1".into(), schedule: schedule.into() }
}

fn id(hour: i64) -> ReportId {
    ReportId {
        at: sample::at(hour * 3_600),
        file: format!("s3://drift/reports/{hour}/statistics.json"),
        stored: sample::at(hour * 3_600 + 240),
        against: "baseline v7".into(),
    }
}

fn keep(store: &Store, part: ReportPart, hours: &[i64]) {
    let reports: Vec<_> = hours.iter().map(|hour| (id(*hour), format!("{part:?} of {hour}"))).collect();
    store.keep_reports(&of("live"), part, sample::at(0), &reports).unwrap();
}

fn kept(store: &Store, part: ReportPart, wanted: &[ReportId]) -> Vec<Option<String>> {
    store.kept_reports(&of("live"), part, wanted).unwrap()
}

#[test]
fn a_report_is_found_as_it_was_stored_and_compared() {
    let dir = folder();
    keep(&sample::open(&dir), NUMBERS, &[1, 2]);
    let store = sample::open(&dir);
    let told = kept(&store, NUMBERS, &[id(2), id(3), id(1)]);
    assert_eq!(told, [Some("Numbers of 2".to_owned()), None, Some("Numbers of 1".to_owned())]);
    let again = ReportId { stored: sample::at(9_999), ..id(1) };
    let other = ReportId { against: "baseline v8".into(), ..id(1) };
    assert_eq!(kept(&store, NUMBERS, &[again.clone(), other]), [None, None]);
    assert_eq!(kept(&store, NEWEST, &[id(1)]), [None], "another part");
    let others = Monitored { account: "210987654321".into(), ..of("live") };
    assert_eq!(store.kept_reports::<String>(&others, NUMBERS, &[id(1)]).unwrap(), [None]);

    let size = store.reports_size().unwrap();
    store.keep_reports(&of("live"), NUMBERS, sample::at(0), &[(again.clone(), "Numbers of 1")]).unwrap();
    assert_eq!(store.reports_size().unwrap(), size, "in the place of the other");
    assert_eq!(kept(&store, NUMBERS, &[id(1), again]), [None, Some("Numbers of 1".to_owned())]);
}

#[test]
fn a_schedule_has_one_newest_report() {
    let dir = folder();
    let store = sample::open(&dir);
    keep(&store, NUMBERS, &[1]);
    keep(&store, NEWEST, &[1]);
    store.keep_reports(&of("other"), NEWEST, sample::at(0), &[(id(1), "theirs")]).unwrap();
    keep(&store, NEWEST, &[2]);
    assert_eq!(kept(&store, NEWEST, &[id(1), id(2)]), [None, Some("Newest of 2".to_owned())]);
    assert_eq!(kept(&store, NUMBERS, &[id(1)]), [Some("Numbers of 1".to_owned())]);
    assert_eq!(store.kept_reports::<String>(&of("other"), NEWEST, &[id(1)]).unwrap(), [Some("theirs".to_owned())]);
}

#[test]
fn a_broken_row_is_dropped() {
    let dir = folder();
    let store = sample::open(&dir);
    keep(&store, NUMBERS, &[1, 2]);
    let raw = sample::raw(&store);
    raw.execute("UPDATE reports SET told = x'00ff' WHERE file LIKE '%/1/%'", []).unwrap();
    assert_eq!(kept(&store, NUMBERS, &[id(1), id(2)]), [None, Some("Numbers of 2".to_owned())]);
    let left: i64 = raw.query_row("SELECT count(*) FROM reports", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
    // What is well packed and something else.
    assert_eq!(store.kept_reports::<u32>(&of("live"), NUMBERS, &[id(2)]).unwrap(), [None]);
    assert_eq!(store.reports_size().unwrap(), 0);
}

#[test]
fn reports_go_when_they_are_too_old() {
    let dir = folder();
    let store = sample::open(&dir);
    keep(&store, NUMBERS, &[0, 1]);
    let later = id(1).at.as_second() + i64::from(REPORTS_DAYS) * 86_400;
    let now = Timestamp::from_second(later).unwrap();
    store.keep_reports(&of("other"), NUMBERS, now, &[] as &[(ReportId, String)]).unwrap();
    assert_eq!(kept(&store, NUMBERS, &[id(0), id(1)]), [None, Some("Numbers of 1".to_owned())]);
}

#[test]
fn what_was_removed_is_not_in_the_file_any_more() {
    let dir = folder();
    let store = sample::open(&dir);
    let marks: Vec<(ReportId, String)> = (0..200).map(|hour| (id(hour), format!("number {hour}"))).collect();
    store.keep_reports(&of("seldom-seen-schedule"), NUMBERS, sample::at(0), &marks).unwrap();
    assert!(store.reports_size().unwrap() > 10_000);
    store.clear_reports().unwrap();
    assert_eq!(store.reports_size().unwrap(), 0);
    for ending in ["", "-wal"] {
        let bytes = std::fs::read(dir.path().join(format!("{DATABASE_NAME}{ending}"))).unwrap();
        let there = bytes.windows(20).any(|window| window == b"seldom-seen-schedule");
        assert!(!there, "quarterdeck.db{ending}");
    }
    keep(&store, NUMBERS, &[1]);
    assert_eq!(kept(&store, NUMBERS, &[id(1)]), [Some("Numbers of 1".to_owned())]);
}
