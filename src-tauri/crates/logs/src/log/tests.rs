#![allow(clippy::cast_possible_truncation, reason = "the numbers of tests are small")]

use super::*;
use proptest::prelude::*;
use std::{thread, time::Instant};

fn log_of<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Arc<Log> {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    for chunk in chunks {
        writer.append(chunk).unwrap();
    }
    writer.finish(End::Whole);
    log
}

fn naive(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec()).collect()
}

#[test]
fn an_empty_log_and_one_without_a_newline() {
    let log = log_of([]);
    assert_eq!(log.extent(), Extent { length: 0, lines: 0, end: Some(End::Whole) });
    assert!(log.lines(0..10, 10).unwrap().is_empty());
    let log = log_of([&b"no newline"[..]]);
    assert_eq!(log.extent().lines, 1);
    assert_eq!(log.lines(0..10, 100).unwrap()[0].bytes, b"no newline");
}

#[test]
fn long_lines_are_cut_and_say_so() {
    let mut text = b"first\r\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 10 << 20));
    text.extend_from_slice(b"\r\nlast");
    let log = log_of(text.chunks(100_000));
    let lines = log.lines(0..3, 1_000).unwrap();
    assert_eq!(lines.iter().map(|line| line.length).collect::<Vec<_>>(), [5, 10 << 20, 4]);
    assert_eq!((lines[1].bytes.len(), lines[1].cut()), (1_000, (10 << 20) - 1_000));
    assert_eq!(log.lines(2..3, 100).unwrap()[0].bytes, b"last");
    let all = log.lines(1..2, usize::MAX).unwrap();
    assert_eq!((all[0].bytes.len(), all[0].cut()), (10 << 20, 0));
}

#[test]
fn lines_are_seen_while_the_log_grows() {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    writer.append(b"one\ntw").unwrap();
    assert_eq!(log.extent().lines, 1);
    let waiting = thread::spawn({
        let log = Arc::clone(&log);
        move || log.wait(6, Duration::from_secs(20))
    });
    writer.append(b"o\nthree").unwrap();
    assert!(waiting.join().unwrap().length > 6);
    assert_eq!(log.lines(0..9, 9).unwrap().len(), 2);
    drop(writer);
    assert_eq!(log.extent(), Extent { length: 13, lines: 3, end: Some(End::Stopped { inflated: 13 }) });
    let begun = Instant::now();
    log.wait(13, Duration::from_secs(20));
    assert!(begun.elapsed() < Duration::from_secs(10), "nobody waits for what has ended");
}

#[test]
fn a_saved_index_is_taken_back_and_a_wrong_one_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (log, mut writer) = Log::create(file.reopen().unwrap());
    writer.append("a line\n".repeat(9_000).as_bytes()).unwrap();
    writer.finish(End::Whole);
    let saved = log.index_bytes();
    let again = Log::reopen(file.reopen().unwrap(), &saved, End::Whole).unwrap();
    assert_eq!(again.lines(8_999..9_000, 99).unwrap(), log.lines(8_999..9_000, 99).unwrap());
    for at in [0, 9, 17, 40, saved.len() - 1] {
        let mut wrong = saved.clone();
        wrong[at] ^= 1;
        assert!(matches!(LineIndex::from_bytes(&wrong, 63_000), Err(LogFault::Index(_))), "{at}");
    }
    assert!(LineIndex::from_bytes(&saved, 63_001).is_err());
    assert!(LineIndex::from_bytes(&saved[..saved.len() - 8], 63_000).is_err());
}

#[test]
fn a_file_that_was_cut_under_us_is_no_panic() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let (log, mut writer) = Log::create(file.reopen().unwrap());
    writer.append("a line\n".repeat(90_000).as_bytes()).unwrap();
    writer.finish(End::Whole);
    file.as_file().set_len(100).unwrap();
    for from in [0, 10, 50_000, 89_999] {
        let _ = log.lines(from..from + 100, 100);
    }
    let _ = log.line_of(400_000);
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => Just(b'\n'), 1 => Just(b'\r'), 6 => any::<u8>()];
    let long = (0_usize..70_000, any::<u8>()).prop_map(|(length, byte)| vec![byte; length]);
    let part = prop_oneof![4 => proptest::collection::vec(byte, 0..400), 1 => long];
    proptest::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_index_agrees_with_splitting(text in bytes(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6), most in 0_usize..100_000) {
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).chain([0, text.len()]).collect();
        cuts.sort_unstable();
        let log = log_of(cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]));
        let wanted = naive(&text);
        prop_assert_eq!(log.extent().lines as usize, wanted.len());
        let lines = log.lines(0..u64::MAX, most).unwrap();
        prop_assert_eq!(lines.len(), wanted.len());
        for (number, (line, wanted)) in lines.iter().zip(&wanted).enumerate() {
            prop_assert_eq!(line.length as usize, wanted.len());
            prop_assert_eq!(&line.bytes[..], &wanted[..most.min(wanted.len())]);
            if number % 7 == 0 || wanted.len() > 1_000 {
                prop_assert_eq!(&log.lines(number as u64..number as u64 + 1, most).unwrap()[0], line);
                prop_assert_eq!(log.line_of(line.offset).unwrap(), number as u64);
                prop_assert_eq!(log.line_of(line.offset + line.length).unwrap(), number as u64);
            }
        }
        let index = LineIndex::from_bytes(&log.index_bytes(), text.len() as u64).unwrap();
        prop_assert_eq!(index.lines() as usize, wanted.len());
    }

    #[test]
    fn whatever_index_comes(bytes in proptest::collection::vec(any::<u8>(), 0..200), length in any::<u64>()) {
        prop_assert!(LineIndex::from_bytes(&bytes, length).is_err());
    }
}
