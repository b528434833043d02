#![allow(clippy::cast_possible_truncation, reason = "the numbers of tests are small")]

use super::*;
use crate::{Cancel, End, Level, Log, LogFault, Reader, time::Zone};
use proptest::prelude::*;
use std::thread;

fn log_of(text: &[u8]) -> Arc<Log> {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    writer.append(text).unwrap();
    writer.finish(End::Whole);
    log
}

fn records_of(text: &[u8]) -> Place {
    let records = Records::new(log_of(text), Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap())));
    records.extend(&Cancel::default()).unwrap();
    Place::Records(Arc::new(records))
}

fn all(places: &[Place], query: &Query, bounds: Bounds) -> (Vec<Vec<Hit>>, Vec<Found>) {
    let mut hits = vec![Vec::new(); places.len()];
    let mut searched = vec![0; places.len()];
    let found = search(places, query, bounds, &Cancel::default(), &mut |batch| {
        assert!(batch.searched >= searched[batch.place]);
        searched[batch.place] = batch.searched;
        hits[batch.place].extend(batch.hits);
    });
    (hits, found.unwrap())
}

fn lines(text: &[u8], query: &Query) -> Vec<u64> {
    let (hits, found) = all(&[Place::Log(log_of(text))], query, Bounds::default());
    assert_eq!(found[0].total, hits[0].len() as u64);
    hits[0].iter().map(|hit| hit.line).collect()
}

/// Line by line.
fn naive(text: &[u8], query: &Query) -> Vec<u64> {
    let matcher = Matcher::new(query).unwrap();
    let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
    if lines.last().is_some_and(|last| last.is_empty()) {
        lines.pop();
    }
    let is_hit = |line: &[u8]| matcher.find(line.strip_suffix(b"\r").unwrap_or(line)).is_some() != query.inverse;
    (0_u64..).zip(lines).filter(|(_, line)| is_hit(line)).map(|(number, _)| number).collect()
}

#[test]
fn marks_lengths_and_case() {
    let place = [Place::Log(log_of("a\r\nxx Needle yy\r\nneedle".as_bytes()))];
    let (hits, found) = all(&place, &Query { case: Case::Ignored, ..Query::plain("needle") }, Bounds::default());
    assert_eq!(
        hits[0],
        [Hit { line: 1, offset: 3, length: 12, mark: 3..9 }, Hit { line: 2, offset: 17, length: 6, mark: 0..6 }]
    );
    assert_eq!((found[0].total, found[0].lines, found[0].end), (2, 3, Some(End::Whole)));
    assert_eq!(found[0].map.buckets(3, 3), [0, 1, 1]);
    let smart = |text: &str| Query { case: Case::Smart, ..Query::regex(text) };
    assert_eq!(lines(b"Needle\nneedle", &smart("needle")), [0, 1]);
    assert_eq!(lines(b"Needle\nneedle", &smart("Needle")), [0]);
    assert_eq!(lines(b"Needle\nneedle", &smart("needle\\S?")), [0, 1]);
    let plain = |text: &str| Query { case: Case::Smart, ..Query::plain(text) };
    assert_eq!(lines(b"c:\\Temp\nc:\\temp", &plain("c:\\Temp")), [0], "of plain text a backslash is no escape");
    assert_eq!(lines("GRÜN\n".as_bytes(), &Query { case: Case::Ignored, ..Query::plain("grün") }), [0]);
}

#[test]
fn expressions_do_not_cross_lines() {
    let text = b"a\nb\n\nab\na b\n";
    for (expression, wanted) in [
        ("a\\s+b", vec![4]),
        ("^$", vec![2]),
        ("^b$", vec![1]),
        ("[^x]+", vec![0, 1, 3, 4]),
        ("a\\s*", vec![0, 3, 4]),
        ("(?s)a.b", vec![4]),
        ("a\nb", vec![]),
        ("\\Ab", vec![1]),
        ("b\\z", vec![1, 3, 4]),
        ("x*", vec![0, 1, 2, 3, 4]),
        ("\\s", vec![4]),
    ] {
        assert_eq!(lines(text, &Query::regex(expression)), wanted, "{expression}");
    }
    assert_eq!(lines(text, &Query { inverse: true, ..Query::plain("a") }), [1, 2]);
}

#[test]
fn what_cannot_be_searched_for() {
    let places = [Place::Log(log_of(b"x"))];
    let fault = |query: &Query| search(&places, query, Bounds::default(), &Cancel::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(fault(&Query::plain("")), LogFault::NoPattern));
    assert!(matches!(fault(&Query::regex("(")), LogFault::Pattern(_)));
    assert!(matches!(fault(&Query::regex("(\\w{1000}){1000}")), LogFault::Pattern(_)));
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(matches!(
        search(&places, &Query::plain("x"), Bounds::default(), &cancel, &mut |_| {}),
        Err(LogFault::Cancelled)
    ));
}

#[test]
fn many_files_and_a_bound() {
    let text = "hit\nmiss\n".repeat(200_000);
    let places: Vec<_> = (0..5).map(|_| Place::Log(log_of(text.as_bytes()))).collect();
    let (hits, found) = all(&places, &Query::plain("hit"), Bounds { hits: 100, threads: 3 });
    for (hits, found) in hits.iter().zip(&found) {
        assert_eq!((hits.len(), found.total, found.lines), (100, 200_000, 400_000));
        assert!(hits.iter().map(|hit| hit.line).eq((0..200).step_by(2)));
        assert_eq!(found.map.buckets(4, 400_000).iter().sum::<u64>(), 200_000);
    }
}

#[test]
fn a_log_is_searched_while_it_grows() {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    let places = [Place::Log(log)];
    thread::scope(|scope| {
        let searching = scope.spawn(|| all(&places, &Query::plain("needle"), Bounds::default()));
        for n in 0..3_000 {
            writer.append(format!("{}\n", "x".repeat(997)).as_bytes()).unwrap();
            writer.append(if n % 100 == 0 { b"a needle" } else { b"nothing." }).unwrap();
            writer.append(b"\n").unwrap();
        }
        writer.append(b"needle").unwrap();
        writer.finish(End::Whole);
        let (hits, found) = searching.join().unwrap();
        assert_eq!(found[0].total, 31);
        assert!(hits[0].iter().map(|hit| hit.line).eq((0..3_000).step_by(100).map(|n| n * 2 + 1).chain([6_000])));
    });
}

#[test]
fn a_search_ends_where_nobody_looks_for_records_any_more() {
    let reader = Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap()));
    let records = Arc::new(Records::new(log_of(b"24/05/01 12:00:00 ERROR A: x\n"), reader));
    let places = [Place::Records(Arc::clone(&records))];
    let query = Query { what: What::Records, ..Query::plain("") };
    thread::scope(|scope| {
        let searching = scope.spawn(|| search(&places, &query, Bounds::default(), &Cancel::default(), &mut |_| {}));
        records.abandon();
        assert!(matches!(searching.join().unwrap(), Err(LogFault::Abandoned)));
    });
}

#[test]
fn a_line_longer_than_memory_allows() {
    let mut text = b"needle\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 20 << 20));
    text.extend_from_slice(b"needle\r\nlast\n");
    assert_eq!(lines(&text, &Query::plain("needle")), [0, 1]);
    assert_eq!(lines(&text, &Query { inverse: true, ..Query::regex("ne+dle$") }), [2]);
    assert_eq!(lines(&text[..text.len() - 7], &Query::plain("needle")), [0, 1]);
}

#[test]
fn levels_and_times() {
    let text = b"24/05/01 12:00:00 INFO A: x\n24/05/01 12:00:01 ERROR A: x\n\tat x\n24/05/01 12:00:02 WARN A: x\n\tat y\n24/05/01 12:00:03 ERROR A: x\n";
    let place = [records_of(text)];
    let with = |what, levels, times| {
        let (hits, _) =
            all(&place, &Query { what, filter: Filter { levels, times }, ..Query::plain("x") }, Bounds::default());
        hits[0].iter().map(|hit| hit.line).collect::<Vec<_>>()
    };
    let errors = Levels::from(Level::Error);
    let second =
        |n: i64| Time::from("2024-05-01T12:00:00Z".parse::<jiff::Timestamp>().unwrap()).shifted(n * Time::SECOND);
    let plain = || What::Plain("x".to_owned());
    assert_eq!(with(plain(), errors, None), [1, 2, 5]);
    assert_eq!(with(What::Records, errors, None), [1, 5]);
    assert_eq!(with(plain(), Levels::EVERY, Some(second(1)..second(3))), [1, 2, 3]);
    assert_eq!(with(What::Records, Levels::EVERY, Some(second(2)..second(9))), [3, 5]);
    assert_eq!(with(What::Records, Levels::NONE, None), [0; 0]);
    let (hits, _) = all(
        &[Place::Log(log_of(text))],
        &Query { filter: Filter { levels: errors, times: None }, ..Query::plain("x") },
        Bounds::default(),
    );
    assert!(hits[0].is_empty(), "without records no level is known");
}

fn query() -> impl Strategy<Value = Query> {
    let plain = proptest::sample::select(vec!["a", "ab", "A", "b a", "\n", "a\n", "\r", "ä"]);
    let regex = proptest::sample::select(vec![
        "a", "^a", "b$", "a+b?", "^$", "x*", "\\s", "a\\s*b", "[^a]", "[^a]+", "(?s)a.*b", ".", "\\bab\\b", "a|b\\s+a",
        "\\Aa", "b\\z", "\\W$", "^.?$", "\\Ba",
    ]);
    (any::<bool>(), plain, regex, any::<bool>(), any::<bool>()).prop_map(|(is_plain, plain, regex, inverse, ignore)| {
        Query {
            case: if ignore { Case::Ignored } else { Case::Matters },
            inverse,
            ..if is_plain { Query::plain(plain) } else { Query::regex(regex) }
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn search_equals_naive(query in query(), text in proptest::collection::vec(proptest::sample::select(b"aabbAB  x\n\n\r\xc3\xa4\xff".to_vec()), 0..120), times in prop_oneof![Just(1_usize), Just(30_000)], size in 1_u64..60) {
        let text = text.repeat(if query.inverse { 1 } else { times });
        prop_assume!(text.len() < 1_200_000);
        let wanted = naive(&text, &query);
        let log = log_of(&text);
        let bounds = Bounds { hits: u64::MAX, threads: 2 };
        let (hits, found) = all(&[Place::Log(Arc::clone(&log))], &query, bounds);
        prop_assert_eq!(hits[0].iter().map(|hit| hit.line).collect::<Vec<_>>(), wanted.clone());
        prop_assert_eq!(found[0].total as usize, wanted.len());
        // Chunks of any size.
        if times == 1 {
            let matcher = Matcher::new(&query).unwrap();
            let mut keeper = chunk::Keeper { chunk: chunk::Chunk::default(), most: usize::MAX };
            let length = text.len() as u64;
            for from in (0..length).step_by(size as usize) {
                chunk::search(&log, from..(from + size).min(length), &matcher, &mut Vec::new(), &mut keeper).unwrap();
            }
            prop_assert_eq!(keeper.chunk.lines, wanted);
            for hit in keeper.chunk.hits {
                let line = &log.lines(hit.line..hit.line + 1, usize::MAX).unwrap()[0];
                prop_assert_eq!((line.offset, line.length), (hit.offset, hit.length));
                if !query.inverse {
                    let mark = matcher.find(&line.bytes).unwrap();
                    prop_assert_eq!(hit.mark, mark.start as u64..mark.end as u64);
                }
            }
        }
    }

    #[test]
    fn whatever_comes(text in proptest::collection::vec(any::<u8>(), 0..500), pattern in "\\PC{1,10}") {
        let place = [records_of(&text)];
        let query = Query { filter: Filter { levels: Levels::from(Level::Trace), times: None }, ..Query::regex(&pattern) };
        let _ = search(&place, &query, Bounds::default(), &Cancel::default(), &mut |_| {});
    }
}
