//! Folders: paging, windows of rows, filter and order, ghosts, odd keys.

use anyhow::Result;
use contract::{
    Code,
    objects::{EntryKind, EntryRow, OpenEntries},
    session::OpenProfile,
    sets::{CloseSet, FindRow, ReadRows, Rows, Sort, ViewSet},
};
use std::collections::{BTreeMap, BTreeSet};
use tests::bridge::{Core, Touch, on_estate};

fn folder(prefix: &str, deleted: bool) -> OpenEntries {
    OpenEntries { bucket: "lake-raw".into(), prefix: prefix.into(), deleted }
}

fn kinds(rows: &[EntryRow]) -> BTreeMap<&str, EntryKind> {
    rows.iter().map(|row| (row.key.as_str(), row.kind)).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_folder_shows_what_lies_below_up_to_the_next_slash() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&folder("data/", false))?;
        let rows = core.entries_of(state.set)?;
        assert!(rows.iter().all(|row| row.kind == EntryKind::Folder), "{rows:#?}");
        let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            ["big/", "events/", "in/", "odd/", "state/"],
            "without ghosts the deleted archive is not there"
        );
        let state = core.open(&folder("data/in/", false))?;
        let rows = core.entries_of(state.set)?;
        let sales = rows.iter().find(|row| row.key == "data/in/daily_sales.csv").expect("the file");
        assert_eq!((sales.name.as_str(), sales.kind, sales.size), ("daily_sales.csv", EntryKind::Object, Some(3_174)));
        assert_eq!(kinds(&rows)["data/in/daily_sales.csv/"], EntryKind::Folder, "a folder may be named like a file");
        assert!(!kinds(&rows).contains_key("data/in/store_master.csv"), "deleted");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_folder_of_a_hundred_thousand_is_given_in_windows() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&folder("data/events/", false))?;
        assert_eq!((state.total, state.shown), (100_000, 100_000));
        let window = core.ask(&ReadRows { set: state.set, from: 99_990, to: 100_100 })?;
        let Rows::Entries(last) = window.rows else { panic!("entries") };
        assert_eq!(last.len(), 10, "no rows beyond the end");
        assert_eq!(last[9].name, "event-099999.json");
        let window = core.ask(&ReadRows { set: state.set, from: 0, to: 100_000 })?;
        let Rows::Entries(rows) = window.rows else { panic!("entries") };
        assert_eq!(rows.len(), 512, "a window has its limit");
        let found = core.ask(&FindRow { set: state.set, id: "data/events/event-054321.json".into() })?;
        assert_eq!(found, Some(54_321));

        let by = |filter: &str, sort: Option<Sort>| ViewSet {
            set: state.set,
            filter: filter.into(),
            sort,
            offset_minutes: 0,
        };
        let view = core.ask(&by("event-0001 size>200B", Some(Sort { by: "size".into(), descending: true })))?;
        assert!(view.filter_errors.is_empty(), "{:?}", view.filter_errors);
        assert!(view.shown > 0 && view.shown < 100 && view.total == 100_000, "{} shown", view.shown);
        assert!(view.revision > state.revision, "what was read before is stale");
        let rows = core.entries_of(state.set)?;
        assert_eq!(rows.len() as u64, view.shown);
        assert!(rows.iter().all(|row| row.name.contains("event-0001") && row.size > Some(200)), "{rows:?}");
        assert!(rows.windows(2).all(|two| two[0].size >= two[1].size), "largest first");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_wrong_part_of_a_filter_is_marked_and_the_rest_holds() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&folder("data/in/", false))?;
        let line = "sales size>big colour:red";
        let view = core.ask(&ViewSet { set: state.set, filter: line.into(), sort: None, offset_minutes: 0 })?;
        let mut places: Vec<_> =
            view.filter_errors.iter().map(|error| &line[error.from as usize..error.to as usize]).collect();
        places.sort_unstable();
        assert_eq!(places, ["colour:red", "size>big"], "{:?}", view.filter_errors);
        assert!(view.shown > 0 && view.shown < view.total);
        assert!(core.entries_of(state.set)?.iter().all(|row| row.name.contains("sales")));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_closed_set_is_gone() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&folder("data/in/", false))?;
        core.ask(&CloseSet { set: state.set })?;
        assert_eq!(core.fault(&ReadRows { set: state.set, from: 0, to: 1 })?.code, Code::Gone);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn deleted_files_and_folders_are_ghosts_on_the_toggle() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.entries("lake-raw", "data/in/")?;
        let ghost = rows.iter().find(|row| row.key == "data/in/store_master.csv").expect("the file deleted by mistake");
        assert_eq!(ghost.kind, EntryKind::DeletedObject);
        assert!(
            ghost.deleted.is_some() && ghost.size.is_some_and(|size| size > 9_000),
            "when, and how big it was: {ghost:?}"
        );
        assert_eq!(kinds(&rows)["data/in/promotions.csv"], EntryKind::DeletedObject, "behind three markers");
        assert_eq!(kinds(&rows)["data/in/daily_sales.csv"], EntryKind::Object);
        assert_eq!(kinds(&rows)["data/in/tills.csv"], EntryKind::Object, "deleted and back within a second");
        let ghosts = rows.iter().filter(|row| row.kind == EntryKind::DeletedObject).count();
        assert_eq!(ghosts, 2, "{rows:#?}");

        assert_eq!(kinds(&core.entries("lake-raw", "data/")?)["data/archive/"], EntryKind::DeletedFolder);
        assert_eq!(kinds(&core.entries("lake-raw", "data/archive/")?)["data/archive/2026/"], EntryKind::DeletedFolder);
        assert_eq!(
            kinds(&core.entries("lake-raw", "data/archive/2026/")?)["data/archive/2026/10/"],
            EntryKind::DeletedFolder
        );
        let october = core.entries("lake-raw", "data/archive/2026/10/")?;
        assert_eq!(october.len(), 31);
        assert!(
            october.iter().all(|row| row.kind == EntryKind::DeletedObject && row.size >= Some(6_000)),
            "{october:#?}"
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_folder_with_one_current_object_is_no_ghost() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.put("lake-raw", "data/archive/2026/10/back.csv", b"x")?;
        let rows = core.entries("lake-raw", "data/")?;
        assert_eq!(kinds(&rows)["data/archive/"], EntryKind::Folder);
        let twice = rows.iter().filter(|row| row.key == "data/archive/").count();
        assert_eq!(twice, 1, "listed once, not beside its own ghost");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn without_the_right_to_list_versions_the_current_objects_are_complete() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let state = core.open(&folder("data/in/", true))?;
        assert!(
            state.notices.iter().any(|notice| notice.text.contains("s3:ListBucketVersions")),
            "{:?}",
            state.notices
        );
        let rows = core.entries_of(state.set)?;
        assert!(kinds(&rows).contains_key("data/in/daily_sales.csv"));
        assert!(rows.iter().all(|row| matches!(row.kind, EntryKind::Object | EntryKind::Folder)));
        Ok(())
    })
}

/// Every object below a prefix, folder by folder.
fn walk(core: &Core, prefix: &str, found: &mut BTreeSet<String>) -> Result<()> {
    let state = core.open(&folder(prefix, false))?;
    for row in core.entries_of(state.set)? {
        match row.kind {
            EntryKind::Folder if row.key != prefix => walk(core, &row.key, found)?,
            EntryKind::Object => assert!(found.insert(row.key.clone()), "{:?} is listed twice", row.key),
            _ => panic!("{row:?}"),
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn odd_keys_come_back_byte_for_byte() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let mut found = BTreeSet::new();
        walk(core, "data/odd/", &mut found)?;
        let planted = crate::odd_keys();
        let missing: Vec<_> = planted.iter().filter(|key| !found.contains(*key)).collect();
        assert!(missing.is_empty(), "not found: {missing:?}");
        let strange: Vec<_> = found.iter().filter(|key| !planted.contains(key)).collect();
        assert!(strange.is_empty(), "changed on the way: {strange:?}");
        for key in &planted {
            let versions = core.versions("lake-raw", key)?;
            assert_eq!(versions.len(), 2, "{key:?}");
            assert!(versions.iter().all(|row| row.fact.key == *key), "{key:?}");
        }
        Ok(())
    })
}
