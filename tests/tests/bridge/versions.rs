//! The versions of one key: exactly one, in stored order, with what follows from their neighbours.

use anyhow::Result;
use contract::{
    Code, Timestamp,
    objects::{
        Change, DescribeVersion, DownloadVersion, EntryKind, FindVersionAt, OpenVersions, PreviewVersion, Purge,
        VersionRow,
    },
    session::OpenProfile,
    sets::{Sort, ViewSet},
};
use tests::bridge::{Touch, on_estate};

const SALES: &str = "data/in/daily_sales.csv";

fn open(key: &str) -> OpenVersions {
    OpenVersions { bucket: "lake-raw".into(), key: key.into() }
}

/// The rule of S3, by hand: the successor's date plus days, then the next midnight.
fn midnight_after(successor: &VersionRow, days: i64) -> Timestamp {
    let second = successor.fact.last_modified.as_second() + days * 86_400;
    let rest = second % 86_400;
    Timestamp::from_second(if rest == 0 { second } else { second - rest + 86_400 }).expect("a date of this century")
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_versions_are_those_of_exactly_one_key() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", SALES)?;
        assert_eq!(rows.len(), 23, "21 mornings, one of them with two uploads, and one delete");
        assert!(rows.iter().all(|row| row.fact.key == SALES), "no .bak, no folder of the same name");
        assert_eq!(rows.iter().map(|row| row.position).collect::<Vec<_>>(), (0..23).collect::<Vec<_>>());
        assert_eq!(rows.iter().filter(|row| row.fact.is_latest).count(), 1);
        assert!(rows[0].fact.is_latest);
        assert!(rows.windows(2).all(|two| two[0].fact.last_modified >= two[1].fact.last_modified), "newest first");
        assert!(rows.iter().all(|row| row.ambiguous.is_none()), "this one can be ordered");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_change_is_against_the_data_version_before_and_skips_markers() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", SALES)?;
        let size = |index: usize| i64::try_from(rows[index].fact.size.unwrap()).unwrap();
        assert_eq!(size(0), 3_174, "this morning's second upload");
        assert!(size(1) > 1_100_000, "the complete one: {}", size(1));
        assert_eq!(rows[0].change, Change::Size(size(0) - size(1)));
        let marker = rows.iter().position(|row| row.fact.delete_marker).expect("it was deleted once");
        assert_eq!((rows[marker].change, rows[marker].fact.size), (Change::Deleted, None));
        assert_eq!(rows[marker - 1].change, Change::Size(size(marker - 1) - size(marker + 1)), "across the marker");
        let same = rows.iter().position(|row| row.change == Change::SameBytes).expect("the same bytes came twice");
        assert_eq!(rows[same].same_below, 1);
        assert_eq!(rows[same].fact.etag, rows[same + 1].fact.etag);
        assert_eq!(rows.last().map(|row| row.change), Some(Change::First));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn puts_and_deletes_of_one_second_keep_their_stored_order() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", "data/in/tills.csv")?;
        let first = rows[0].fact.last_modified;
        assert!(rows.iter().all(|row| row.fact.last_modified == first), "all within one second");
        assert_eq!(
            rows.iter().map(|row| row.fact.delete_marker).collect::<Vec<_>>(),
            [false, true, false, true, false]
        );
        let sizes: Vec<_> = rows.iter().filter_map(|row| row.fact.size).collect();
        assert!(sizes.windows(2).all(|two| two[0] > two[1]), "the third put is the largest and the newest: {sizes:?}");
        assert!(rows.iter().all(|row| row.ambiguous.is_none()), "S3's order settles the tie");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn five_thousand_versions_are_all_there() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&open("data/state/checkpoint.json"))?;
        assert_eq!(state.total, 5_000);
        let rows = core.versions_of(state.set)?;
        assert!(rows.windows(2).all(|two| two[0].fact.last_modified > two[1].fact.last_modified), "across all pages");
        let view = ViewSet {
            set: state.set,
            filter: "is:current".into(),
            sort: Some(Sort { by: "size".into(), descending: false }),
            offset_minutes: 0,
        };
        assert_eq!(core.ask(&view)?.shown, 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_purge_clock_is_that_of_the_buckets_rules() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        // 90 days after the successor, but the newest five noncurrent ones are kept.
        let rows = core.versions("lake-raw", "data/in/price_list.csv")?;
        assert_eq!(rows.len(), 14);
        for (index, row) in rows.iter().enumerate() {
            let wanted = match index {
                0 => Purge::Never,
                1..=5 => Purge::Kept { newer: 5 },
                _ => Purge::At(midnight_after(&rows[index - 1], 90)),
            };
            assert_eq!(row.purge, wanted, "version {index}, stored {}", row.fact.last_modified);
        }
        // 30 days, without a count; and rules of other prefixes do not reach beyond them.
        let rows = core.versions("lake-processed", "stores/metadata/version-hint.text")?;
        assert_eq!(rows[0].purge, Purge::Never);
        assert_eq!(rows[1].purge, Purge::At(midnight_after(&rows[0], 30)));
        let rows = core.versions("ml-artifacts", "demand-forecast/latest/model.tar.gz")?;
        assert!(rows.len() > 2 && rows.iter().all(|row| row.purge == Purge::Never), "no rules, no purge");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn without_the_lifecycle_rules_no_purge_is_promised() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let denied = serde_json::json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(serde_json::json!({ "action": "GetBucketLifecycleConfiguration" }), 9, denied)?;
        let state = core.open(&open(SALES))?;
        assert!(
            state.notices.iter().any(|notice| notice.text.contains("s3:GetLifecycleConfiguration")),
            "{:?}",
            state.notices
        );
        assert!(core.versions_of(state.set)?.iter().skip(1).all(|row| row.purge == Purge::Unknown));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn without_the_right_to_list_versions_the_current_one_is_shown() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let state = core.open(&open(SALES))?;
        assert!(
            state.notices.iter().any(|notice| notice.text.contains("s3:ListBucketVersions")),
            "{:?}",
            state.notices
        );
        let rows = core.versions_of(state.set)?;
        assert_eq!(rows.iter().map(|row| row.fact.size).collect::<Vec<_>>(), [Some(3_174)]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_key_without_versions_is_not_found() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let fault = core.try_open(&open("data/in/daily_sale"))?.unwrap_err();
        assert_eq!(fault.code, Code::NotFound, "its siblings are not it: {fault:?}");
        let fault = core.try_open(&OpenVersions { bucket: "no-such-bucket".into(), key: "a".into() })?.unwrap_err();
        assert_eq!(fault.code, Code::NotFound, "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bucket_that_keeps_no_versions_shows_the_one_object() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("landing-legacy", "inbox/till_dump_001.csv")?;
        assert_eq!(rows.iter().map(|row| row.fact.version_id.as_str()).collect::<Vec<_>>(), ["null"]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_is_described_with_metadata_tags_and_checksum() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", SALES)?;
        let whole = &rows[1].fact;
        let detail = core.ask(&DescribeVersion {
            bucket: "lake-raw".into(),
            key: SALES.into(),
            version_id: Some(whole.version_id.clone()),
        })?;
        assert_eq!(Some(detail.size), whole.size);
        assert_eq!(detail.content_type.as_deref(), Some("text/csv"));
        assert!(detail.metadata.contains(&("batch".into(), "0441".into())), "{:?}", detail.metadata);
        assert!(detail.tags.is_some_and(|tags| tags.contains(&("owner".into(), "sales-data".into()))));
        let rows = core.versions("lake-raw", "data/big/menu_images.tar")?;
        let big = DescribeVersion {
            bucket: "lake-raw".into(),
            key: "data/big/menu_images.tar".into(),
            version_id: Some(rows[1].fact.version_id.clone()),
        };
        let detail = core.ask(&big)?;
        assert_eq!(detail.parts, Some(3));
        assert!(
            detail.checksum.as_deref().is_some_and(|sum| sum.starts_with("CRC32 ") && !sum.ends_with("composite")),
            "{:?}",
            detail.checksum
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_preview_is_the_first_bytes_of_that_version() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let rows = core.versions("lake-raw", SALES)?;
        let id = rows[1].fact.version_id.clone();
        let whole = estate.body("lake-raw", SALES, &id)?;
        let preview = core.ask(&PreviewVersion {
            bucket: "lake-raw".into(),
            key: SALES.into(),
            version_id: Some(id),
            bytes: 4_096,
        })?;
        assert_eq!(preview.0, whole[..4_096]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_download_never_leaves_the_folder_that_was_chosen() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let target = folder.path().join("inner");
        std::fs::create_dir(&target)?;
        for key in crate::odd_keys() {
            let request = DownloadVersion {
                bucket: "lake-raw".into(),
                key: key.clone(),
                version_id: None,
                path: Some(target.display().to_string()),
            };
            let saved = core.ask(&request)?;
            let path = std::path::PathBuf::from(saved.path.expect("saved"));
            assert_eq!(path.parent(), Some(target.as_path()), "{key:?} became {}", path.display());
            assert_eq!(std::fs::metadata(&path)?.len(), saved.bytes);
        }
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 1, "nothing beside the chosen folder");
        assert_eq!(std::fs::read_dir(&target)?.count(), crate::odd_keys().len(), "none overwrote another");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_version_at_a_moment_is_exact_or_the_nearest_and_labelled() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let day = estate.says("story_day")?.to_owned();
        let at = |at: &str, offset_minutes| FindVersionAt {
            bucket: "lake-raw".into(),
            key: SALES.into(),
            at: at.into(),
            offset_minutes,
        };
        let rows = core.versions("lake-raw", SALES)?;
        let found = core.ask(&at(&format!("{day}T05:55Z"), 0))?;
        assert!(found.exact && found.version.version_id == rows[1].fact.version_id, "{}", found.label);
        let local = core.ask(&at(&format!("{day} 06:55"), 60))?;
        assert_eq!(
            (local.at, &local.version.version_id),
            (found.at, &rows[1].fact.version_id),
            "a time in the person's zone"
        );
        let marker = rows.iter().position(|row| row.fact.delete_marker).expect("deleted once");
        let deleted = rows[marker].fact.last_modified + contract_hours(1);
        let found = core.ask(&at(&deleted.to_string(), 0))?;
        assert!(!found.exact && found.label.starts_with("nearest"), "{}", found.label);
        assert_eq!(
            found.version.version_id,
            rows[marker + 1].fact.version_id,
            "an hour after it is nearer than next morning"
        );
        let found = core.ask(&at("2020-01-01T00:00Z", 0))?;
        assert!(!found.exact && found.label.contains("nothing was stored yet"), "{}", found.label);
        assert_eq!(core.fault(&at("a quarter to never", 0))?.code, Code::BadInput);
        Ok(())
    })
}

fn contract_hours(hours: u64) -> std::time::Duration {
    std::time::Duration::from_secs(hours * 3_600)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_ghosts_history_begins_with_its_marker() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let ghosts = core.entries("lake-raw", "data/in/")?;
        let ghost = ghosts
            .iter()
            .find(|row| row.kind == EntryKind::DeletedObject && row.name == "promotions.csv")
            .expect("a ghost");
        let rows = core.versions("lake-raw", &ghost.key)?;
        assert_eq!(rows.iter().map(|row| row.fact.delete_marker).collect::<Vec<_>>(), [true, true, true, false]);
        assert_eq!(ghost.deleted, Some(rows[0].fact.last_modified), "deleted when the newest marker was stored");
        Ok(())
    })
}
