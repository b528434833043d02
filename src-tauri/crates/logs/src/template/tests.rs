use super::*;
use crate::{
    Cancel, End, Level, Log, Reader, Records,
    merge::{Merged, Source},
    time::Zone,
};
use proptest::prelude::*;
use std::{fmt::Write as _, ops::Range, sync::Arc};

fn template(line: &str) -> String {
    let mut into = Vec::new();
    write(line.as_bytes(), &mut into);
    String::from_utf8(into).unwrap()
}

#[test]
fn what_differs_goes() {
    for (line, wanted) in [
        (
            "Finished task 12.0 in stage 3.0 (TID 77) in 1,204 ms on ip-10-0-1-23 (executor 7) (12/200)",
            "Finished task # in stage # (TID #) in # ms on ip-# (executor #) (#)",
        ),
        ("id 550e8400-e29b-41d4-a716-446655440000 x", "id # x"),
        ("id 550e8400-abcd-41d4-a716-446655440000 x", "id # x"),
        ("Executor@1a2b3c4d is", "Executor@# is"),
        ("at 0x7fff12 from 10.0.1.2:44321", "at # from #"),
        ("container_e12_1700000000000_0001_01_000002", "container_e#_#_#_#_#"),
        ("nothing   here", "nothing here"),
    ] {
        assert_eq!(template(line), wanted);
    }
}

fn records_of(text: &str) -> Records {
    let (log, mut writer) = Log::create(tempfile::tempfile().unwrap());
    writer.append(text.as_bytes()).unwrap();
    writer.finish(End::Whole);
    let records = Records::new(log, Reader::new(Zone::utc("2024-06-01T00:00:00Z".parse().unwrap())));
    records.extend(&Cancel::default()).unwrap();
    records
}

#[test]
fn repeats_are_folded_and_new_ones_found() {
    let before = "24/05/01 12:00:00 INFO A: task 1\n".repeat(3);
    let now = format!(
        "{before}24/05/01 12:00:09 INFO A: task 22\n24/05/01 12:00:10 ERROR A: disk full\n\tat x\n24/05/01 12:00:11 INFO A: task 3"
    );
    let (before, now) = (records_of(&before), records_of(&now));
    let index = Folds::default();
    assert_eq!(index.extend(&now, |_| false).unwrap(), Reached { records: 6, folds: 3 });
    let found = index.folds(&now, 0..u64::MAX).unwrap();
    assert_eq!(found.iter().map(|fold| (fold.first, fold.count)).collect::<Vec<_>>(), [(0, 4), (4, 1), (5, 1)]);
    assert_eq!((found[0].head.1.line, found[0].last.1.line, found[1].last.1.line), (0, 3, 4));
    let cancel = Cancel::default();
    let (before, now) = (Templates::of(&before, &cancel).unwrap(), Templates::of(&now, &cancel).unwrap());
    let fresh = now.new_since(&before);
    assert_eq!(
        (fresh.len(), fresh[0].template.as_str(), fresh[0].level),
        (1, " ERROR A: disk full", Some(Level::Error))
    );
    assert_eq!((now.new_since(&Templates::default())[0].count, now.others()), (5, 0));
}

/// Lines that repeat as often as told, and the folds that they are.
fn repeated(counts: &[u64]) -> (String, Vec<(u64, u64)>) {
    let (mut text, mut folds, mut first) = (String::new(), Vec::new(), 0);
    for (kind, count) in counts.iter().enumerate() {
        // Neighbours differ in letters.
        let word = if kind.is_multiple_of(2) { "reading" } else { "writing" };
        for number in 0..*count {
            writeln!(text, "24/05/01 12:00:00 INFO A: {word} part {number}").unwrap();
        }
        folds.push((first, *count));
        first += count;
    }
    (text, folds)
}

fn extents(folds: &[Fold]) -> Vec<(u64, u64)> {
    folds.iter().map(|fold| (fold.first, fold.count)).collect()
}

fn part_of<T: Clone>(all: &[T], range: &Range<u64>) -> Vec<T> {
    let (from, count) = (range.start, range.end.saturating_sub(range.start));
    all.iter().skip(usize::try_from(from).unwrap()).take(usize::try_from(count).unwrap()).cloned().collect()
}

#[test]
fn folds_of_thousands_are_found_from_anywhere() {
    let (text, wanted) = repeated(&[1, 5_000, 2, 1_023, 1, 3_000, 1]);
    let records = records_of(&text);
    let index = Folds::default();
    // Bit by bit, as a log grows.
    for _ in 0..9 {
        let from = index.reached().records;
        index.extend(&records, |reached| reached.records > from).unwrap();
    }
    assert_eq!(index.reached(), Reached { records: 9_028, folds: 7 });
    for from in 0..7 {
        for to in from..=8 {
            let found = index.folds(&records, from..to).unwrap();
            assert_eq!(extents(&found), part_of(&wanted, &(from..to)), "{from}..{to}");
            assert!(found.iter().all(|fold| fold.head.1.number == fold.first));
            assert!(found.iter().all(|fold| fold.last.1.number == fold.first + fold.count - 1));
        }
    }
    for (fold, (first, count)) in (0_u64..).zip(&wanted) {
        for record in [*first, first + count / 2, first + count - 1] {
            assert_eq!(index.fold_of(&records, record).unwrap(), Some(fold));
        }
    }
    assert_eq!(index.fold_of(&records, 9_028).unwrap(), None);
}

#[test]
fn who_needs_little_does_not_wait_for_who_folds_much() {
    let (text, _) = repeated(&[3_000]);
    let records = records_of(&text);
    let index = Folds::default();
    index.extend(&records, |reached| reached.records > 0).unwrap();
    let little = Reached { records: 1_024, folds: 1 };
    // Asked while it folds: whoever comes now finds it busy.
    let mut asked = None;
    index
        .extend(&records, |_| {
            asked = Some(index.extend(&records, |reached| reached.records > 0).unwrap());
            true
        })
        .unwrap();
    assert_eq!(asked, Some(little));
}

#[test]
fn files_on_one_clock_fold_each_for_itself() {
    let line = |second: u32| format!("24/05/01 12:00:{second:02} INFO A: task {second}\n");
    let texts = [[0, 1, 2, 9].map(line).concat(), [3, 4].map(line).concat()];
    let sources = texts.map(|text| Source { records: Arc::new(records_of(&text)), offset: 0 });
    let merged = Merged::new(sources.to_vec(), &Cancel::default(), &mut |_| {}).unwrap();
    let index = Folds::default();
    index.extend(&merged, |_| false).unwrap();
    let found = index.folds(&merged, 0..9).unwrap();
    assert_eq!(extents(&found), [(0, 3), (3, 2), (5, 1)]);
    assert_eq!(found.iter().map(|fold| fold.last.0).collect::<Vec<_>>(), [0, 1, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn folds_are_the_same_however_they_are_asked_for(
        counts in proptest::collection::vec(1_u64..1_500, 1..8),
        steps in proptest::collection::vec(1_u64..3_000, 1..6),
        from in 0_u64..8,
        many in 0_u64..8,
    ) {
        let (text, wanted) = repeated(&counts);
        let records = records_of(&text);
        let index = Folds::default();
        for step in steps {
            index.extend(&records, |reached| reached.records >= step).unwrap();
        }
        let reached = index.extend(&records, |_| false).unwrap();
        prop_assert_eq!(reached, Reached { records: counts.iter().sum(), folds: counts.len() as u64 });
        let range = from..from + many;
        prop_assert_eq!(extents(&index.folds(&records, range.clone()).unwrap()), part_of(&wanted, &range));
    }

    #[test]
    fn every_row_is_one_record_or_one_fold(
        counts in proptest::collection::vec((1_u64..6, any::<bool>()), 0..12),
        from in 0_u64..40,
        many in 0_u64..20,
    ) {
        let (mut rows, mut open, mut first) = (Vec::new(), Vec::new(), 0);
        for (fold, (count, is_open)) in (0_u64..).zip(&counts) {
            if *is_open {
                rows.extend((first..first + count).map(|record| (fold, record)));
                open.push((fold, Extent { first, count: *count }));
            } else {
                rows.push((fold, first));
            }
            first += count;
        }
        let opened: Vec<u64> = open.iter().map(|(fold, _)| *fold).collect();
        let layout = Layout::new(counts.len() as u64, open);
        prop_assert_eq!(layout.rows(), rows.len() as u64);
        for (row, (fold, record)) in (0_u64..).zip(&rows) {
            prop_assert_eq!(layout.row_of(*fold, *record), row);
        }
        let told: Vec<_> = layout.parts(from..from + many).into_iter().flat_map(|part| match part {
            Part::Folds(folds) => folds.map(|fold| (fold, None)).collect::<Vec<_>>(),
            Part::Records { fold, numbers, .. } => numbers.map(|record| (fold, Some(record))).collect(),
        }).collect();
        let wanted: Vec<_> = part_of(&rows, &(from..from + many)).into_iter()
            .map(|(fold, record)| (fold, opened.contains(&fold).then_some(record)))
            .collect();
        prop_assert_eq!(told, wanted);
    }

    #[test]
    fn digits_do_not_matter(a in 0_u64..1_000_000, b in 0_u64..1_000_000) {
        let line = |n: u64| template(&format!("stage {n}.0 took {n} ms (of {n}/9)"));
        prop_assert_eq!(line(a), line(b));
    }

    #[test]
    fn whatever_comes(line in proptest::collection::vec(any::<u8>(), 0..500)) {
        let mut into = Vec::new();
        write(&line, &mut into);
        prop_assert!(into.len() <= line.len() && !into.iter().any(u8::is_ascii_digit));
    }
}
