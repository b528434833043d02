use super::*;
use crate::facts::{at, data, marker, rows};
use proptest::prelude::*;

fn picked(rows: &[VersionRow], second: i64) -> (String, bool, String) {
    let found = version_at(rows, at(second)).unwrap();
    (found.row.fact.version_id.clone(), found.exact, found.label)
}

fn history() -> Vec<VersionRow> {
    rows(vec![data("v3", 900, 3, "c"), marker("d", 600), data("v2", 500, 2, "b"), data("v1", 100, 1, "a")])
}

#[test]
fn a_moment_is_inclusive_at_second_resolution() {
    let rows = history();
    assert_eq!(picked(&rows, 500), ("v2".into(), true, "current at 21 Nov 2026 00:08:20 UTC".into()));
    assert_eq!(picked(&rows, 499).0, "v1");
    assert_eq!(picked(&rows, 599).0, "v2");
    assert_eq!(picked(&rows, 5_000).0, "v3");
    let within = "2026-11-21T00:08:20.700Z".parse().unwrap();
    assert_eq!(version_at(&rows, within).unwrap().row.fact.version_id, "v2");
    let mut fine = rows.clone();
    fine[2].fact.last_modified = "2026-11-21T00:08:20.900Z".parse().unwrap();
    assert_eq!(version_at(&fine, within).unwrap().row.fact.version_id, "v2");
}

#[test]
fn of_one_second_s3s_order_decides() {
    let rows = rows(vec![data("v3", 100, 1, "c"), marker("d", 100), data("v1", 100, 1, "a")]);
    assert_eq!(picked(&rows, 100), ("v3".into(), true, "current at 21 Nov 2026 00:01:40 UTC".into()));
}

#[test]
fn nothing_current_gives_the_nearest_with_a_label() {
    let rows = history();
    assert_eq!(
        picked(&rows, 708),
        ("v2".into(), false, "nearest: current until 1 m 48 s earlier; at that moment it was deleted".into())
    );
    assert_eq!(
        picked(&rows, 800),
        ("v3".into(), false, "nearest: stored 1 m 40 s later; at that moment it was deleted".into())
    );
    // Equally near: the older.
    assert_eq!(picked(&rows, 750).0, "v2");
    assert_eq!(
        picked(&rows, -92),
        ("v1".into(), false, "nearest: stored 3 m 12 s later; at that moment nothing was stored yet".into())
    );
    assert!(absent_at(&rows, at(708)) && absent_at(&rows, at(-92)) && !absent_at(&rows, at(500)));
}

#[test]
fn nearness_is_to_the_time_in_which_a_version_was_current() {
    // v1 was stored long ago but deleted ten seconds before the moment; v2 came an hour later.
    let rows = rows(vec![data("v2", 90_000, 1, "b"), marker("d", 86_390), data("v1", 0, 1, "a")]);
    assert_eq!(picked(&rows, 86_400).0, "v1");
}

#[test]
fn ambiguous_versions_are_never_picked() {
    // If unresolved, badge "ambiguous", never auto-pick.
    let contradiction =
        rows(vec![data("v4", 600, 1, "d"), data("v3", 500, 1, "c"), data("v2", 530, 1, "b"), data("v1", 400, 1, "a")]);
    for second in [500, 515, 530, 599] {
        assert!(
            matches!(version_at(&contradiction, at(second)), Err(WhyNot::Ambiguous { version_id, .. }) if version_id == "v3")
        );
    }
    assert_eq!(picked(&contradiction, 499).0, "v1");
    assert_eq!(picked(&contradiction, 600).0, "v4");
    assert!(matches!(previous(&contradiction), Err(WhyNot::Ambiguous { .. })));
    assert_eq!(by_id(&contradiction, "v3").unwrap().fact.version_id, "v3");

    let left_out = rows(vec![
        data("v3", 900, 1, "c"),
        marker("d", 600),
        data("same", 500, 1, "b"),
        data("same", 400, 1, "b"),
        data("v1", 100, 1, "a"),
    ]);
    let (id, exact, label) = picked(&left_out, 610);
    assert_eq!((id.as_str(), exact), ("v1", false));
    assert!(label.ends_with("; a version whose place in the order is unclear was left out"), "{label}");
}

#[test]
fn a_multipart_version_is_not_certain_just_after_its_initiation() {
    // "as of 09:00" can include an object that only became visible at 09:20.
    let rows = rows(vec![data("v2", 1_000, 1, "x-2"), data("v1", 0, 1, "a")]);
    let (id, exact, label) = picked(&rows, 1_020);
    assert_eq!((id.as_str(), exact), ("v2", false));
    assert_eq!(label, "nearest: its multipart upload began 20 s earlier, and S3 does not tell when it was complete");
    assert!(picked(&rows, 1_061).1);
}

#[test]
fn previous_skips_markers_but_not_same_bytes() {
    assert_eq!(previous(&history()).unwrap().fact.version_id, "v2");
    let same = rows(vec![data("v2", 2, 1, "a"), data("v1", 1, 1, "a")]);
    assert_eq!(previous(&same).unwrap().fact.version_id, "v1");
    let deleted = rows(vec![marker("d2", 4), marker("d1", 3), data("v2", 2, 1, "b"), data("v1", 1, 1, "a")]);
    assert_eq!(previous(&deleted).unwrap().fact.version_id, "v2");
}

#[test]
fn reasons_for_none() {
    assert_eq!(version_at(&[], at(0)), Err(WhyNot::NoVersions));
    assert_eq!(previous(&[]), Err(WhyNot::NoVersions));
    let markers = rows(vec![marker("d2", 2), marker("d1", 1)]);
    assert_eq!(version_at(&markers, at(5)), Err(WhyNot::OnlyMarkers));
    assert_eq!(previous(&markers), Err(WhyNot::OnlyMarkers));
    assert_eq!(by_id(&markers, "d1"), Err(WhyNot::IsMarker("d1".into())));
    assert_eq!(by_id(&markers, "x"), Err(WhyNot::NotListed("x".into())));
    assert_eq!(previous(&rows(vec![data("v1", 1, 1, "a")])), Err(WhyNot::NothingBefore));
    let headless = crate::timeline::timeline(vec![data("v2", 2, 1, "b"), data("v1", 1, 1, "a")], None, at(0));
    assert!(matches!(previous(&headless), Err(WhyNot::Ambiguous { version_id, .. }) if version_id == "v2"));
}

proptest! {
    /// Against the plain definition: walk up from the oldest and keep what was stored by then.
    #[test]
    fn agrees_with_a_replay(mut entries in proptest::collection::vec((0_i64..40, any::<bool>()), 1..12), moment in -5_i64..45) {
        entries.sort_by_key(|(second, _)| -second);
        let facts = entries.iter().enumerate()
            .map(|(n, (second, deleted))| if *deleted { marker(&n.to_string(), *second) } else { data(&n.to_string(), *second, 1, &n.to_string()) })
            .collect();
        let rows = rows(facts);
        let mut current: Option<&VersionRow> = None;
        for row in rows.iter().rev() {
            if row.fact.last_modified <= at(moment) {
                current = Some(row);
            }
        }
        let current = current.filter(|row| !row.fact.delete_marker);
        match version_at(&rows, at(moment)) {
            Ok(found) => {
                prop_assert!(!found.row.fact.delete_marker);
                prop_assert_eq!(found.exact, current.is_some());
                if let Some(current) = current {
                    prop_assert_eq!(&found.row.fact.version_id, &current.fact.version_id);
                }
                prop_assert_eq!(absent_at(&rows, at(moment)), current.is_none());
            }
            Err(why) => {
                prop_assert_eq!(why, WhyNot::OnlyMarkers);
                prop_assert!(rows.iter().all(|row| row.fact.delete_marker));
            }
        }
    }
}
