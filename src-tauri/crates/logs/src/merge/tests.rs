#![allow(clippy::cast_possible_truncation, reason = "the numbers of tests are small")]

use super::*;
use crate::{End, Log, Reader, time::Zone};
use proptest::prelude::*;

fn source(text: &str, offset: i64) -> Source {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    writer.append(text.as_bytes()).unwrap();
    writer.finish(End::Whole);
    let records = Records::new(log, Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap())));
    records.extend(&Cancel::default()).unwrap();
    Source { records: Arc::new(records), offset }
}

fn merged(sources: Vec<Source>) -> (Merged, Vec<Row>) {
    let mut rows = Vec::new();
    let merged = Merged::new(sources, &Cancel::default(), &mut |row| rows.push(*row)).unwrap();
    assert_eq!(merged.rows(), rows.len() as u64);
    (merged, rows)
}

fn order(rows: &[Row]) -> Vec<(usize, u64)> {
    rows.iter().map(|row| (row.source, row.record.line)).collect()
}

#[test]
fn layouts_and_zones_meet_on_one_clock() {
    let driver =
        source("24/05/01 12:00:00 INFO A: a\n24/05/01 12:00:02 INFO A: b\n\tat c\n24/05/01 12:00:04 INFO A: d\n", 0);
    let yarn = source("2024-05-01 12:00:01,500 INFO B: a\n2024-05-01 12:00:02,000 INFO B: b\n", 0);
    let json = source("{\"time\":\"2024-05-01T14:00:03+02:00\"}\n", 0);
    let (_, rows) = merged(vec![driver, yarn, json]);
    assert_eq!(order(&rows), [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 3)]);
    assert_eq!(rows[2].record.lines, 2);
}

#[test]
fn a_clock_that_is_ahead_is_taken_back() {
    let ours = "24/05/01 12:00:00 INFO A: a\n24/05/01 12:00:10 INFO A: b\n";
    let ahead = "24/05/01 12:05:05 INFO B: a\n";
    let (_, rows) = merged(vec![source(ours, 0), source(ahead, -300 * Time::SECOND)]);
    assert_eq!(order(&rows), [(0, 0), (1, 0), (0, 1)]);
}

#[test]
fn what_has_no_time_stays_and_a_wrong_time_does_not_hold_up_the_rest() {
    let text = "Traceback (most recent call last):\nValueError: x\n24/05/01 12:00:01 INFO A: a\nTraceback (most recent call last):\nValueError: y\n\
        printed\n24/05/01 12:00:00 INFO A: late\n99/12/31 23:59:59 INFO A: quoted\n24/05/01 12:00:02 INFO A: b\n";
    let (_, rows) =
        merged(vec![source("24/05/01 12:00:01 INFO B: a\n24/05/01 12:00:03 INFO B: b\n", 0), source(text, 0)]);
    assert_eq!(order(&rows), [(1, 0), (0, 0), (1, 2), (1, 3), (1, 5), (1, 6), (0, 1), (1, 7), (1, 8)]);
}

#[test]
fn rows_are_read_from_the_middle_and_found_by_time() {
    use std::fmt::Write as _;
    let sources: Vec<_> = (0..5)
        .map(|file| {
            let mut text = String::new();
            for n in (file..30_000).step_by(5) {
                writeln!(text, "2024-05-01 {:02}:{:02}:{:02},{:03} INFO A: {n}", n / 3_600, n / 60 % 60, n % 60, file)
                    .unwrap();
            }
            source(&text, 0)
        })
        .collect();
    let (merged, rows) = merged(sources);
    assert_eq!(rows.len(), 30_000);
    assert!(rows.iter().map(|row| row.at).is_sorted());
    for from in [0, 5, 8_190, 8_192, 20_000, 29_998] {
        assert_eq!(merged.read(from..from + 5).unwrap(), rows[from as usize..rows.len().min(from as usize + 5)]);
        assert_eq!(merged.at(rows[from as usize].at.unwrap()).unwrap(), from);
    }
    assert!(merged.read(30_000..30_001).unwrap().is_empty());
    assert_eq!(merged.at(Time(i64::MAX)).unwrap(), 30_000);
    assert_eq!(merged.at(Time(0)).unwrap(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_ordered_and_a_permutation(files in proptest::collection::vec(proptest::collection::vec(proptest::option::weighted(0.8, 0_u32..50), 0..60), 0..6)) {
        let sources = files.iter().map(|times| {
            let lines = times.iter().map(|time| match time {
                Some(second) => format!("24/05/01 12:00:{second:02} INFO A: a\n"),
                None => "ERROR: none\n".to_owned(),
            });
            source(&lines.collect::<String>(), 0)
        }).collect();
        let (merged, rows) = merged(sources);
        // Steps back are shorter than a minute here.
        prop_assert!(rows.iter().map(|row| row.at).is_sorted());
        for (number, times) in files.iter().enumerate() {
            let own: Vec<_> = rows.iter().filter(|row| row.source == number).map(|row| row.record.number).collect();
            prop_assert_eq!(own, (0..times.len() as u64).collect::<Vec<_>>());
        }
        prop_assert_eq!(merged.read(0..u64::MAX).unwrap(), rows);
    }
}
