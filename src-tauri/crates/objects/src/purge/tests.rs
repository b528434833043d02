use super::*;
use crate::facts::{at, data, expire, marker, newest_first};
use proptest::prelude::*;

const H: i64 = 3_600;
const D: i64 = 86_400;

/// Newest first: current v3, then v2 (noncurrent since v3), then v1 (since v2).
fn three() -> Vec<VersionFact> {
    newest_first(vec![data("v3", 10 * H + 1800, 3, "c"), data("v2", -D, 2, "b"), data("v1", -2 * D, 1, "a")])
}

fn day(second: i64) -> Purge {
    Purge::At(at(second))
}

#[test]
fn successor_plus_days_rounded_up_to_midnight_utc() {
    // The user guide's example: 10:30 on the 15th + 3 d is the 19th 00:00.
    let due_at = due("2014-01-15T10:30:00Z".parse().unwrap(), 3);
    assert_eq!(due_at, "2014-01-19T00:00:00Z".parse().unwrap());
    // A sum on midnight stays there.
    assert_eq!(due("2014-01-15T00:00:00Z".parse().unwrap(), 3), "2014-01-18T00:00:00Z".parse().unwrap());
    assert_eq!(due("2014-01-15T00:00:00.001Z".parse().unwrap(), 3), "2014-01-19T00:00:00Z".parse().unwrap());
    assert_eq!(due("1969-12-31T10:00:00Z".parse().unwrap(), 0), "1970-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(due(Timestamp::MAX, u32::MAX), Timestamp::MAX);

    let facts = three();
    let rules = [expire(3, None)];
    assert_eq!(purge(&facts, 0, Some(&rules), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, Some(&rules), at(0)), day(4 * D));
    assert_eq!(purge(&facts, 2, Some(&rules), at(0)), day(2 * D));
}

#[test]
fn only_beyond_the_newest_that_are_kept() {
    let facts = three();
    let rules = [expire(3, Some(1))];
    assert_eq!(purge(&facts, 1, Some(&rules), at(0)), Purge::Kept { newer: 1 });
    assert_eq!(purge(&facts, 2, Some(&rules), at(0)), day(2 * D));
    assert_eq!(purge(&facts, 2, Some(&[expire(3, Some(2))]), at(0)), Purge::Kept { newer: 2 });
    assert_eq!(purge(&facts, 2, Some(&[expire(3, Some(9)), expire(3, Some(5))]), at(0)), Purge::Kept { newer: 5 });
}

#[test]
fn the_earliest_of_several_rules_wins_and_disabled_ones_do_not_count() {
    let facts = three();
    let off = LifecycleRule { enabled: false, ..expire(1, None) };
    assert_eq!(purge(&facts, 1, Some(&[expire(9, None), expire(3, None), off.clone()]), at(0)), day(4 * D));
    assert_eq!(purge(&facts, 1, Some(&[expire(9, None), expire(3, Some(5))]), at(0)), day(10 * D));
    assert_eq!(purge(&facts, 1, Some(&[off]), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, Some(&[]), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, None, at(0)), Purge::Unknown);
    assert_eq!(purge(&facts, 0, None, at(0)), Purge::Never);
}

#[test]
fn rules_filter_by_prefix_and_size() {
    let facts = three();
    let under = |prefix: &str| LifecycleRule { prefix: prefix.into(), ..expire(3, None) };
    assert_eq!(purge(&facts, 1, Some(&[under("logs/")]), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, Some(&[under("data/in/")]), at(0)), day(4 * D));
    let larger = |bytes| LifecycleRule { size_greater_than: Some(bytes), ..expire(3, None) };
    assert_eq!(purge(&facts, 1, Some(&[larger(2)]), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, Some(&[larger(1)]), at(0)), day(4 * D));
    let smaller = |bytes| LifecycleRule { size_less_than: Some(bytes), ..expire(3, None) };
    assert_eq!(purge(&facts, 1, Some(&[smaller(2)]), at(0)), Purge::Never);
    assert_eq!(purge(&facts, 1, Some(&[smaller(3)]), at(0)), day(4 * D));
    let mut unsized_ = three();
    unsized_[1].size = None;
    assert_eq!(purge(&unsized_, 1, Some(&[smaller(3)]), at(0)), Purge::Unknown);
}

#[test]
fn tags_are_not_in_a_listing_so_they_are_unknown_unless_another_rule_is_earlier() {
    let facts = three();
    let tagged = |days, newer| LifecycleRule { tags: vec![("a".into(), "b".into())], ..expire(days, newer) };
    assert_eq!(purge(&facts, 1, Some(&[tagged(3, None)]), at(0)), Purge::Unknown);
    assert_eq!(purge(&facts, 1, Some(&[tagged(3, None), expire(9, None)]), at(0)), Purge::Unknown);
    assert_eq!(purge(&facts, 1, Some(&[tagged(9, None), expire(3, None)]), at(0)), day(4 * D));
    assert_eq!(purge(&facts, 1, Some(&[tagged(3, None), expire(3, None)]), at(0)), day(4 * D));
    // Within the count that the tagged rule keeps, it removes nothing whatever the tags are.
    assert_eq!(purge(&facts, 1, Some(&[tagged(3, Some(5)), expire(9, None)]), at(0)), day(10 * D));
    assert_eq!(purge(&facts, 1, Some(&[tagged(3, Some(5))]), at(0)), Purge::Unknown);
}

#[test]
fn delete_markers_count_and_go_like_versions_but_have_neither_tags_nor_size() {
    let facts = newest_first(vec![data("v2", 0, 2, "b"), marker("d", -D), data("v1", -2 * D, 1, "a")]);
    assert_eq!(purge(&facts, 1, Some(&[expire(3, None)]), at(0)), day(3 * D));
    assert_eq!(purge(&facts, 2, Some(&[expire(3, Some(1))]), at(0)), day(2 * D));
    let tagged = LifecycleRule { tags: vec![("a".into(), "b".into())], ..expire(3, None) };
    assert_eq!(purge(&facts, 1, Some(&[tagged]), at(0)), Purge::Never);
    let smaller = LifecycleRule { size_less_than: Some(10), ..expire(3, None) };
    assert_eq!(purge(&facts, 1, Some(&[smaller]), at(0)), Purge::Never);
}

#[test]
fn a_current_version_is_never_purged_but_a_lone_delete_marker_is() {
    // "Expiring objects": Expiration of a current version only adds a delete marker.
    let expiration = LifecycleRule { enabled: true, expire_days: Some(2), ..Default::default() };
    assert_eq!(purge(&three(), 0, Some(std::slice::from_ref(&expiration)), at(0)), Purge::Never);
    let lone = newest_first(vec![marker("d", 10 * H)]);
    assert_eq!(purge(&lone, 0, Some(&[expiration]), at(0)), day(3 * D));
    let cleanup = LifecycleRule { enabled: true, expired_marker: true, ..Default::default() };
    assert_eq!(purge(&lone, 0, Some(std::slice::from_ref(&cleanup)), at(12 * H)), day(D));
    assert_eq!(purge(&lone, 0, Some(&[expire(3, None)]), at(0)), Purge::Never);
    assert_eq!(purge(&lone, 0, None, at(0)), Purge::Unknown);
    let dated = LifecycleRule { enabled: true, expire_date: Some("2026-12-01".into()), ..Default::default() };
    assert_eq!(purge(&lone, 0, Some(&[dated]), at(0)), day(10 * D));
    // With a version below it, the marker is not expired.
    let covered = newest_first(vec![marker("d", 10 * H), data("v", 0, 1, "a")]);
    assert_eq!(purge(&covered, 0, Some(&[cleanup]), at(0)), Purge::Never);
}

#[test]
fn one_more_version_on_top_pushes_exactly_the_last_kept_one_over() {
    // A restore copy shifts the count.
    let facts = three();
    let pushed = pushed_over(&facts, Some(&[expire(3, Some(2))]), at(20 * D));
    assert_eq!(pushed, [PushedOver { version_id: "v1".into(), delete_marker: false, at: at(2 * D) }]);
    assert!(pushed_over(&facts, Some(&[expire(3, Some(3))]), at(0)).is_empty());
    assert!(pushed_over(&facts, Some(&[expire(3, None)]), at(0)).is_empty());
    assert!(pushed_over(&[], Some(&[expire(3, Some(1))]), at(0)).is_empty());
}

proptest! {
    #[test]
    fn midnight_is_the_first_one_not_before_the_sum(second in -10_000_000_i64..10_000_000, days in 0_u32..1000) {
        let due = due(at(second), days).as_second();
        let sum = at(second).as_second() + i64::from(days) * D;
        prop_assert_eq!(due.rem_euclid(D), 0);
        prop_assert!(due >= sum && due - sum < D);
    }

    #[test]
    fn more_rules_never_purge_later(days in proptest::collection::vec((1_u32..100, proptest::option::of(0_u32..4)), 1..6)) {
        let rules: Vec<_> = days.iter().map(|(days, newer)| expire(*days, *newer)).collect();
        let facts = three();
        let first = |rules: &[LifecycleRule]| match purge(&facts, 2, Some(rules), at(0)) {
            Purge::At(at) => at,
            _ => Timestamp::MAX,
        };
        prop_assert!(first(&rules) <= first(&rules[..1]));
        let alone = rules.iter().map(|rule| first(std::slice::from_ref(rule))).min().unwrap();
        prop_assert_eq!(first(&rules), alone);
    }
}
