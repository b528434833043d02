use super::*;
use crate::facts::{at, data, expire, marker, newest_first, rows};
use proptest::prelude::*;

fn doubts(facts: Vec<VersionFact>) -> Vec<bool> {
    timeline(facts, Some(&[]), at(0)).iter().map(|row| row.ambiguous.is_some()).collect()
}

#[test]
fn change_skips_markers_and_folding_does_not() {
    let rows = rows(vec![
        data("v5", 600, 3, "e"),
        marker("d", 500),
        data("v4", 400, 10, "d"),
        data("v3", 300, 10, "\"d\""),
        data("v2", 200, 10, "x"),
        data("v1", 100, 4, "a"),
    ]);
    let changes: Vec<Change> = rows.iter().map(|row| row.change).collect();
    assert_eq!(
        changes,
        [Change::Size(-7), Change::Deleted, Change::SameBytes, Change::SameSize, Change::Size(6), Change::First]
    );
    assert_eq!(rows.iter().map(|row| row.same_below).collect::<Vec<_>>(), [0, 0, 1, 0, 0, 0]);
    assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    assert!(rows.iter().all(|row| row.ambiguous.is_none()));
}

#[test]
fn equal_bytes_across_a_marker_are_the_same_but_not_folded() {
    let rows = rows(vec![data("v2", 300, 5, "a"), marker("d", 200), data("v1", 100, 5, "a")]);
    assert_eq!(rows[0].change, Change::SameBytes);
    assert_eq!(rows[0].same_below, 0);
    let runs = super::compare(&newest_first((0..4).map(|n| data(&n.to_string(), -n, 5, "a")).collect())).1;
    assert_eq!(runs, [3, 2, 1, 0]);
}

#[test]
fn without_etags_nothing_is_the_same() {
    let mut a = data("v2", 2, 5, "");
    let mut b = data("v1", 1, 5, "");
    (a.etag, b.etag) = (None, None);
    assert_eq!(rows(vec![a, b])[0].change, Change::SameSize);
}

#[test]
fn a_tie_in_s3s_order_is_not_ambiguous() {
    // The XML order is the authority, LastModified has one second.
    assert_eq!(doubts(newest_first(vec![marker("d", 9), data("v2", 9, 1, "b"), data("v1", 9, 1, "a")])), [false; 3]);
}

#[test]
fn is_latest_must_be_on_the_first_alone() {
    let mut facts = vec![data("v3", 30, 1, "c"), data("v2", 20, 1, "b"), data("v1", 10, 1, "a")];
    assert_eq!(doubts(facts.clone()), [true, false, false]);
    facts[1].is_latest = true;
    assert_eq!(doubts(facts.clone()), [true, true, false]);
    facts[0].is_latest = true;
    assert_eq!(doubts(facts.clone()), [true, true, false]);
    facts[1].is_latest = false;
    assert_eq!(doubts(facts), [false; 3]);
}

#[test]
fn dates_that_contradict_the_order_are_flagged_on_both_sides() {
    let facts = newest_first(vec![
        data("v4", 600, 1, "d"),
        data("v3", 500, 1, "c"),
        data("v2", 530, 1, "b"),
        data("v1", 400, 1, "a"),
    ]);
    let rows = timeline(facts, Some(&[expire(1, None)]), at(0));
    assert_eq!(rows.iter().map(|row| row.ambiguous.is_some()).collect::<Vec<_>>(), [false, true, true, false]);
    assert_eq!(rows[1].ambiguous.as_deref(), Some("its date contradicts S3's order"));
    // A clock that starts at a doubtful successor is no clock.
    assert_eq!(
        rows.iter().map(|row| row.purge).collect::<Vec<_>>(),
        [Purge::Never, Purge::Unknown, Purge::Unknown, Purge::Unknown]
    );
}

#[test]
fn duplicate_ids_are_flagged() {
    let facts = newest_first(vec![data("v2", 30, 1, "c"), data("v1", 20, 1, "b"), data("v1", 10, 1, "a")]);
    assert_eq!(doubts(facts), [false, true, true]);
}

#[test]
fn a_multipart_version_is_in_doubt_while_its_upload_may_have_run_on() {
    // LastModified is the initiation. 8 GiB at 8 MB/s and a minute: 1,084 s.
    let gib = 1024 * 1024 * 1024;
    let multipart = |gap: i64, etag: &str| {
        doubts(newest_first(vec![
            data("v3", 1_000 + gap, 1, "c"),
            data("v2", 1_000, 8 * gib, etag),
            data("v1", 0, 1, "a"),
        ]))
    };
    assert_eq!(multipart(1_084, "\"abc-1024\""), [false, true, false]);
    assert_eq!(multipart(1_085, "\"abc-1024\""), [false; 3]);
    assert_eq!(multipart(10, "\"abc\""), [false; 3]);
    assert_eq!(multipart(10, "abc-"), [false; 3]);
    // The newest has no successor that it could have missed.
    assert_eq!(doubts(newest_first(vec![data("v2", 10, 5, "a-2"), data("v1", 9, 5, "b")])), [false, false]);
    // Its place is not in doubt, so its purge clock stands.
    let facts = newest_first(vec![data("v2", 10, 1, "b"), data("v1", 0, 1, "a-2")]);
    let rows = timeline(facts, Some(&[expire(1, None)]), at(0));
    assert!(rows[1].ambiguous.is_some());
    assert_eq!(rows[1].purge, Purge::At(at(2 * 86_400)));
}

#[test]
fn a_prefix_is_not_a_key() {
    let mut sibling = data("v2", 1, 1, "a");
    sibling.key = "data/in/daily_sales.csv.bak".to_owned();
    let facts = exact_key(vec![data("v1", 0, 1, "a"), sibling], crate::facts::KEY);
    assert_eq!(facts.iter().map(|fact| fact.version_id.as_str()).collect::<Vec<_>>(), ["v1"]);
}

#[test]
fn an_empty_listing_is_an_empty_timeline() {
    assert!(timeline(Vec::new(), None, at(0)).is_empty());
}

fn any_fact() -> impl Strategy<Value = VersionFact> {
    (0_i64..50, 0_u64..4, "[ab](-2)?", any::<bool>(), any::<bool>(), "[a-e]").prop_map(
        |(second, size, etag, is_marker, is_latest, id)| {
            let fact = if is_marker { marker(&id, second) } else { data(&id, second, size, &etag) };
            VersionFact { is_latest, ..fact }
        },
    )
}

proptest! {
    #[test]
    fn s3s_order_is_kept_and_every_row_is_accounted_for(facts in proptest::collection::vec(any_fact(), 0..12)) {
        let rows = timeline(facts.clone(), Some(&[expire(1, Some(2))]), at(0));
        prop_assert_eq!(rows.iter().map(|row| row.fact.clone()).collect::<Vec<_>>(), facts);
        for (index, row) in rows.iter().enumerate() {
            let run = usize::try_from(row.same_below).unwrap();
            prop_assert_eq!(row.position, index as u64);
            prop_assert_eq!(row.fact.delete_marker, row.change == Change::Deleted);
            let below = &rows[index + 1..];
            prop_assert!(run <= below.len());
            prop_assert!(below[..run].iter().all(|other| same_bytes(&other.fact, &row.fact)));
            let next = below.get(run);
            prop_assert!(next.is_none_or(|other| !same_bytes(&other.fact, &row.fact)));
        }
        let firsts = rows.iter().filter(|row| row.change == Change::First).count();
        prop_assert_eq!(firsts, usize::from(rows.iter().any(|row| !row.fact.delete_marker)));
    }

    #[test]
    fn unflagged_rows_never_contradict_each_other(facts in proptest::collection::vec(any_fact(), 0..12)) {
        let rows = timeline(facts, None, at(0));
        for (index, row) in rows.iter().enumerate() {
            if row.ambiguous.is_none() {
                prop_assert!(rows[..index].iter().all(|newer| newer.fact.last_modified >= row.fact.last_modified));
                prop_assert!(rows[index + 1..].iter().all(|older| older.fact.last_modified <= row.fact.last_modified));
            }
        }
    }

    #[test]
    fn the_sizes_add_up(sizes in proptest::collection::vec(0_u32..1000, 1..20)) {
        let count = sizes.len();
        let age = |n: usize| -i64::try_from(n).unwrap();
        let facts = sizes.iter().enumerate().map(|(n, size)| data(&n.to_string(), age(n), u64::from(*size), &n.to_string())).collect();
        let sum: i64 = rows(facts).iter().map(|row| match row.change { Change::Size(more) => more, _ => 0 }).sum();
        prop_assert_eq!(sum, i64::from(sizes[0]) - i64::from(sizes[count - 1]));
    }
}
