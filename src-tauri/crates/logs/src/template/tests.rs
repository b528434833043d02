use super::*;
use crate::{Cancel, End, Level, Log, Reader, Records, time::Zone};
use proptest::prelude::*;

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
    let found = folds(&now, 0..u64::MAX).unwrap();
    assert_eq!(found.iter().map(|fold| (fold.first, fold.count)).collect::<Vec<_>>(), [(0, 4), (4, 1), (5, 1)]);
    let cancel = Cancel::default();
    let (before, now) = (Templates::of(&before, &cancel).unwrap(), Templates::of(&now, &cancel).unwrap());
    let fresh = now.new_since(&before);
    assert_eq!(
        (fresh.len(), fresh[0].template.as_str(), fresh[0].level),
        (1, " ERROR A: disk full", Some(Level::Error))
    );
    assert_eq!((now.frequent()[0].count, now.others()), (5, 0));
}

proptest! {
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
