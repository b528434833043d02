#![allow(clippy::cast_possible_truncation, reason = "the numbers of tests are small")]

use super::*;
use crate::{Cancel, End, Level, Levels, Log, Reader, time::Zone};
use proptest::prelude::*;
use std::sync::Arc;

fn reader() -> Reader {
    Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap()))
}

fn records_of(text: &[u8]) -> Records {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    writer.append(text).unwrap();
    writer.finish(End::Whole);
    let records = Records::new(log, reader());
    assert!(records.extend(&Cancel::default()).unwrap().done);
    records
}

/// Lines of each record, with its level.
fn grouped(text: &str) -> Vec<(u64, Option<Level>)> {
    let records = records_of(text.as_bytes());
    records.records(0..u64::MAX).unwrap().iter().map(|record| (record.lines, record.level)).collect()
}

#[test]
fn java() {
    let text = "24/05/01 12:00:00 ERROR Executor: Exception in task 1.0\n\
        java.lang.IllegalStateException: bad\n\tat a.B.c(B.java:1)\n\tSuppressed: java.io.IOException: closing\n\t\tat x.Y.z(Y.java:2)\n\
        Caused by: java.io.IOException: disk\n\tat d.E.f(E.java:2)\n\t... 23 more\n\
        24/05/01 12:00:01 INFO Executor: next\n\
        Exception in thread \"main\" java.lang.Error: x\n\tat g.H.i(H.java:3)\n";
    assert_eq!(grouped(text), [(8, Some(Level::Error)), (1, Some(Level::Info)), (2, Some(Level::Error))]);
}

#[test]
fn texts_one_after_the_other() {
    let text = "24/05/01 12:00:00 ERROR a: b\n\tat c.D.e(D.java:1)\r\n24/05/01 12:00:01 INFO f: g\n";
    let records = records_of(text.as_bytes());
    let (mut cursor, mut texts) = (Cursor::new(&records, 0).unwrap(), Text::new(records.log()));
    let mut read = Vec::new();
    while let Some(record) = cursor.advance().unwrap() {
        read.push(String::from_utf8_lossy(texts.of(&record).unwrap()).into_owned());
    }
    assert_eq!(read, ["24/05/01 12:00:00 ERROR a: b\n\tat c.D.e(D.java:1)", "24/05/01 12:00:01 INFO f: g"]);
}

/// Records with their texts, in one go and by the rules alone.
fn plainly(text: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let (mut grouper, mut one) = (Grouper::default(), reader());
    let mut found: Vec<(u64, Vec<u8>)> = Vec::new();
    for whole in text.split_inclusive(|byte| *byte == b'\n') {
        let line = super::text::without_newline(whole);
        match grouper.step(line.get(..walk::CUT).unwrap_or(line), &mut one) {
            Step::Begins { .. } => found.push((1, whole.to_vec())),
            Step::Continues => {
                let last = found.last_mut().unwrap();
                last.0 += 1;
                last.1.extend_from_slice(whole);
            }
        }
    }
    found.iter().map(|(lines, whole)| (*lines, super::text::without_newline(whole).to_vec())).collect()
}

/// Each record first and its text then, read once more.
fn apart(records: &Records, from: u64) -> Vec<(Record, Vec<u8>)> {
    let (mut cursor, mut text) = (Cursor::new(records, from).unwrap(), Text::new(records.log()));
    let mut found = Vec::new();
    while let Some(record) = cursor.advance().unwrap() {
        found.push((record, text.of(&record).unwrap().to_vec()));
    }
    found
}

fn together(records: &Records, from: u64) -> Vec<(Record, Vec<u8>)> {
    let mut texts = Texts::new(records, from).unwrap();
    let mut found = Vec::new();
    while let Some((record, text)) = texts.advance().unwrap() {
        found.push((record, text.to_vec()));
    }
    assert!(texts.advance().unwrap().is_none(), "there is no other");
    found
}

/// Without quoting megabytes where it fails.
fn same(text: &[u8], from: u64) -> Result<(), String> {
    let records = records_of(text);
    let (apart, together) = (apart(&records, from), together(&records, from));
    if let Some((one, other)) = apart.iter().zip(&together).find(|(one, other)| one != other) {
        return Err(format!("{:?} and {:?}, of {} and {} bytes", one.0, other.0, one.1.len(), other.1.len()));
    }
    let plain = plainly(text);
    let plain: Vec<_> = plain.iter().skip(from as usize).map(|(lines, text)| (*lines, text.len())).collect();
    let told: Vec<_> = together.iter().map(|(record, text)| (record.lines, text.len())).collect();
    if apart.len() != together.len() || plain != told {
        return Err(format!("{} apart, {} together, {} plainly", apart.len(), together.len(), plain.len()));
    }
    Ok(())
}

#[test]
fn texts_of_records_that_are_long_or_go_on_for_blocks_are_whole() {
    let head = "24/05/01 12:00:00 INFO a\r\n";
    let long = format!("{head}24/05/01 12:00:01 WARN {}\r\n{head}", "x".repeat(10 << 20));
    let frames = format!("{head}24/05/01 12:00:01 ERROR b\n{}{head}", "\tat a.B.c(B.java:1)\n".repeat(20_000));
    let unfinished = format!("{}24/05/01 12:00:02 ERROR {}", head.repeat(9_000), "y".repeat(300_000));
    let empty = "\n".repeat(200_000);
    for text in ["", "\n", "\r\n", "a", head, &long, &frames, &unfinished, &empty] {
        same(text.as_bytes(), 0).unwrap();
    }
    same(long.as_bytes(), 1).unwrap();
    // Of a record of more than 16 MiB the beginning, by both ways.
    let huge = format!("{head}{}", "\tat a.B.c(B.java:1)\n".repeat(900_000));
    let records = records_of(huge.as_bytes());
    let (apart, together) = (apart(&records, 0), together(&records, 0));
    assert_eq!((apart.len(), apart[0].1.len()), (1, 16 << 20));
    assert!(apart == together);
}

#[test]
fn texts_of_a_growing_log_are_there_once_their_block_is() {
    let text = long_log(9_000);
    let (log, writer) = Log::create(tempfile::tempfile().unwrap());
    let mut writer = Some(writer);
    let records = Records::new(log, reader());
    let mut texts = Texts::new(&records, 0).unwrap();
    let mut read = Vec::new();
    let mut chunks = text.as_bytes().chunks(77_777);
    loop {
        while let Some((record, text)) = texts.advance().unwrap() {
            read.push((record.number, text.to_vec()));
        }
        if records.tally().done {
            break;
        }
        match chunks.next() {
            Some(chunk) => writer.as_mut().unwrap().append(chunk).unwrap(),
            None => writer.take().unwrap().finish(End::Whole),
        }
        records.extend(&Cancel::default()).unwrap();
    }
    // A record may have gone on when its block was read; none is left out or told twice.
    assert_eq!(read.iter().map(|(number, _)| *number).collect::<Vec<_>>(), (0..9_000).collect::<Vec<_>>());
    assert!(read.iter().all(|(_, text)| text.starts_with(b"24/05/01 ")));
}

#[test]
fn python() {
    let traceback =
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    f()\nValueError: bad\n";
    let chained = format!(
        "{traceback}\nDuring handling of the above exception, another exception occurred:\n\n{traceback}\n\
        The above exception was the direct cause of the following exception:\n\n{traceback}"
    );
    // Printed: nobody's record but its own.
    let text = format!("24/05/01 12:00:00 INFO Foo: x\n{chained}bye\n24/05/01 12:00:01 INFO Foo: y\n");
    assert_eq!(grouped(&text), [(1, Some(Level::Info)), (18, Some(Level::Error)), (1, None), (1, Some(Level::Info))]);
    // Logged: the record's own.
    let text = format!("ERROR:root:it broke\n{traceback}INFO:root:next\n");
    assert_eq!(grouped(&text), [(5, Some(Level::Error)), (1, Some(Level::Info))]);
    // Alone, and two that are not chained.
    assert_eq!(grouped(&format!("{traceback}{traceback}")), [(4, Some(Level::Error)), (4, Some(Level::Error))]);
    // Lambda.
    let text = format!("START RequestId: 1 Version: $LATEST\n[ERROR] KeyError: 'x'\n{traceback}END RequestId: 1\n");
    assert_eq!(grouped(&text), [(1, Some(Level::Info)), (5, Some(Level::Error)), (1, Some(Level::Info))]);
}

#[test]
fn plans_tables_and_json() {
    let text = "24/05/01 12:00:00 INFO X: plan\n== Physical Plan ==\n*(1) Project [id]\n+- *(1) Filter\n   +- Scan\n\n24/05/01 12:00:01 INFO X: y\n";
    assert_eq!(grouped(text), [(6, Some(Level::Info)), (1, Some(Level::Info))]);
    let text =
        "hello\n{\n  \"a\": [\n1,\n2],\n\"b\": {\"time\": 1}\n}\nworld\n{\"a\":1}\n{\"a\":2}\n+---+\n| id|\n+---+\n";
    assert_eq!(grouped(text).iter().map(|record| record.0).collect::<Vec<_>>(), [1, 6, 1, 1, 4]);
    // One that is never closed ends with the next line that tells its time.
    let text = "{\n\"a\": 1,\nx\n24/05/01 12:00:01 INFO X: y\n";
    assert_eq!(grouped(text).iter().map(|record| record.0).collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn what_only_prints_is_line_by_line() {
    assert_eq!(grouped("a\nb\n  indented\nc\n").iter().map(|record| record.0).collect::<Vec<_>>(), [1, 2, 1]);
}

fn long_log(lines: u64) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for n in 0..lines {
        let (minute, second) = (n / 60 % 60, n % 60);
        let level = if n % 4_999 == 3 { "ERROR" } else { "INFO" };
        writeln!(text, "24/05/01 {:02}:{minute:02}:{second:02} {level} Foo: line {n} and some more of it", n / 3_600)
            .unwrap();
        if n % 7 == 0 {
            text.push_str("\tat a.B.c(B.java:1)\n");
        }
        if n == 20_000 {
            text.push_str(&"\tat a.B.c(B.java:1)\n".repeat(20_000));
        }
    }
    text
}

#[test]
fn records_are_found_by_number_line_level_and_time() {
    let text = long_log(40_000);
    let records = records_of(text.as_bytes());
    let all = records.records(0..u64::MAX).unwrap();
    assert_eq!(all.len(), 40_000);
    assert_eq!(records.tally().records, 40_000);
    assert_eq!(records.tally().levels[Level::Error as usize], 9);
    assert_eq!(all[20_000].lines, 20_001);
    for number in [0, 1, 6_999, 19_999, 20_000, 20_001, 39_999] {
        assert_eq!(records.records(number..number + 2).unwrap()[0], all[number as usize]);
        let record = all[number as usize];
        assert_eq!(records.of_line(record.line).unwrap(), Some(record));
        assert_eq!(records.of_line(record.line + record.lines - 1).unwrap(), Some(record));
        assert_eq!(records.at(record.time.unwrap()).unwrap(), Some(record));
    }
    assert_eq!(records.of_line(records.tally().lines).unwrap(), None);
    let errors = Levels::from(Level::Error);
    let mut found = Vec::new();
    while let Some(record) = records.next(errors, found.last().map_or(0, |last| last + 1)).unwrap() {
        found.push(record.number);
    }
    assert_eq!(found, (0..40_000).filter(|n| n % 4_999 == 3).collect::<Vec<_>>());
    assert_eq!(records.previous(errors, 5_002).unwrap().unwrap().number, 3);
    assert_eq!(records.previous(errors, 5_003).unwrap().unwrap().number, 5_002);
    assert_eq!(records.previous(errors, 3).unwrap(), None);
    assert_eq!(records.span(), all[0].time.zip(all[39_999].time));
}

#[test]
fn a_growing_log_gives_the_same_records() {
    let text = long_log(9_000);
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    let records = Records::new(Arc::clone(&log), reader());
    for chunk in text.as_bytes().chunks(7_777) {
        writer.append(chunk).unwrap();
        assert!(!records.extend(&Cancel::default()).unwrap().done);
    }
    assert!(records.tally().records > 8_000);
    writer.finish(End::Whole);
    assert!(records.extend(&Cancel::default()).unwrap().done);
    assert_eq!(records.records(0..u64::MAX).unwrap(), records_of(text.as_bytes()).records(0..u64::MAX).unwrap());
}

#[test]
fn a_line_of_megabytes_is_one_record() {
    let text = format!("24/05/01 12:00:00 INFO {}\n24/05/01 12:00:01 WARN next", "x".repeat(3 << 20));
    assert_eq!(grouped(&text), [(1, Some(Level::Info)), (1, Some(Level::Warn))]);
}

fn line() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "24/05/01 12:00:00 INFO a",
        "2024-05-01 12:00:00,123 ERROR b",
        "\tat a.B",
        "Caused by: x",
        "Traceback (most recent call last):",
        "  File \"x\"",
        "ValueError: x",
        "During handling of the above exception, another exception occurred:",
        "",
        "{",
        "}",
        "\"a\": {",
        "{\"time\":1714564800}",
        "plain",
        "[",
        "],",
        "ERROR x",
        "Exception in thread \"main\" x",
        "| a |",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn records_are_a_partition_of_the_lines(lines in proptest::collection::vec(line(), 0..60), times in 1_usize..300, newline in any::<bool>(), chunk in 1_000_usize..90_000) {
        let mut text = lines.join("\n").into_bytes();
        if newline || times > 1 {
            text.push(b'\n');
        }
        let text = text.repeat(times);
        let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
        let records = Records::new(Arc::clone(&log), reader());
        for chunk in text.chunks(chunk) {
            writer.append(chunk).unwrap();
            records.extend(&Cancel::default()).unwrap();
        }
        writer.finish(End::Whole);
        let tally = records.extend(&Cancel::default()).unwrap();
        prop_assert!(tally.done);
        let found = records.records(0..u64::MAX).unwrap();
        let (mut line, mut offset) = (0, 0);
        for (number, record) in found.iter().enumerate() {
            prop_assert_eq!((record.number, record.line, record.offset), (number as u64, line, offset));
            prop_assert!(record.lines > 0 && record.clock >= record.time);
            line += record.lines;
            offset += record.length;
        }
        prop_assert_eq!((line, offset), (log.extent().lines, text.len() as u64));
        prop_assert_eq!((tally.records, tally.lines), (found.len() as u64, line));
        // The same as one grouper in one go.
        let (mut grouper, mut one) = (Grouper::default(), reader());
        let begun = text.split_inclusive(|byte| *byte == b'\n')
            .filter(|line| matches!(grouper.step(line.strip_suffix(b"\n").unwrap_or(line), &mut one), Step::Begins { .. }))
            .count();
        prop_assert_eq!(begun, found.len());
    }

    #[test]
    fn texts_are_the_same_read_once_and_read_apart(
        lines in proptest::collection::vec(
            (
                prop_oneof![
                    12 => line().prop_map(String::into_bytes),
                    3 => proptest::collection::vec(any::<u8>(), 0..60),
                    1 => (1_usize..150_000).prop_map(|length| vec![b'x'; length]),
                ],
                any::<bool>(),
            ),
            1..60,
        ),
        times in 1_usize..2_000,
        from in any::<proptest::sample::Index>(),
    ) {
        let mut once = Vec::new();
        for (line, crlf) in lines {
            once.extend(line);
            once.extend_from_slice(if crlf { b"\r\n" } else { b"\n" });
        }
        let times = times.min((1 << 20) / once.len() + 1);
        let mut text = once.repeat(times);
        // Most have no newline at their end.
        text.truncate(1 << 20);
        let count = plainly(&text).len();
        prop_assert_eq!(same(&text, 0), Ok(()));
        prop_assert_eq!(same(&text, from.index(count) as u64), Ok(()));
    }

    #[test]
    fn whatever_comes(text in proptest::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\n')], 0..2_000)) {
        let records = records_of(&text);
        let lines: u64 = records.records(0..u64::MAX).unwrap().iter().map(|record| record.lines).sum();
        prop_assert_eq!(lines, records.log().extent().lines);
    }
}
