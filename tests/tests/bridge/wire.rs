//! Answers that no server of the estate gives, written by hand: what another S3, or a bad day, may send.

use anyhow::Result;
use contract::{
    Code,
    objects::{EntryKind, FindVersionAt, OpenEntries, OpenVersions},
};
use tests::{
    bridge::{Core, Touch, on_computer},
    computer::Computer,
    wire::{Reply, Wire},
};

const KEY: &str = "in/sales.csv";

fn page(more: &str, entries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListVersionsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>lake</Name><EncodingType>url</EncodingType>{more}{entries}</ListVersionsResult>"
    )
}

const LAST: &str = "<IsTruncated>false</IsTruncated>";

fn more(key: &str, version: &str) -> String {
    format!(
        "<IsTruncated>true</IsTruncated><NextKeyMarker>{key}</NextKeyMarker><NextVersionIdMarker>{version}</NextVersionIdMarker>"
    )
}

fn version(key: &str, id: &str, latest: bool, at: &str, size: u64) -> String {
    format!(
        "<Version><Key>{key}</Key><VersionId>{id}</VersionId><IsLatest>{latest}</IsLatest><LastModified>2026-11-20T{at}.000Z</LastModified>\
         <ETag>&quot;{id}&quot;</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Version>"
    )
}

fn marker(key: &str, id: &str, latest: bool, at: &str) -> String {
    format!(
        "<DeleteMarker><Key>{key}</Key><VersionId>{id}</VersionId><IsLatest>{latest}</IsLatest>\
         <LastModified>2026-11-20T{at}.000Z</LastModified></DeleteMarker>"
    )
}

/// A core on a server that answers listings of versions with these pages, in turn, and the last one again and again.
fn core_on(pages: Vec<String>) -> Result<(Core, Wire)> {
    let wire = Wire::start(move |number, request| match request.split_once(' ') {
        Some(("HEAD", _)) => Reply::empty(200).header("x-amz-bucket-region", "eu-west-1"),
        Some((_, path)) if path.contains("lifecycle") => {
            Reply::xml(404, "<Error><Code>NoSuchLifecycleConfiguration</Code><Message>none</Message></Error>")
        }
        Some((_, path)) if path.contains("list-type=2") => {
            Reply::xml(200, "<ListBucketResult><Name>lake</Name><IsTruncated>false</IsTruncated></ListBucketResult>")
        }
        _ => Reply::xml(200, pages.get(number).or(pages.last()).map_or("", String::as_str)),
    })?;
    wire.configure_home()?;
    Ok((Core::start()?, wire))
}

fn open() -> OpenVersions {
    OpenVersions { bucket: "lake".into(), key: KEY.into() }
}

fn versions(pages: Vec<String>) -> Result<Vec<contract::objects::VersionRow>> {
    core_on(pages)?.0.versions("lake", KEY)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn ties_stand_as_the_answer_orders_them() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let second = "06:00:12";
            let entries = [
                marker(KEY, "m2", true, second),
                version(KEY, "v2", false, second, 9),
                marker(KEY, "m1", false, second),
                version(KEY, "v1", false, second, 4),
            ];
            let rows = versions(vec![page(LAST, &entries.concat())])?;
            assert_eq!(
                rows.iter().map(|row| row.fact.version_id.as_str()).collect::<Vec<_>>(),
                ["m2", "v2", "m1", "v1"]
            );
            assert!(rows.iter().all(|row| row.ambiguous.is_none()));
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_order_that_contradicts_the_dates_is_flagged_and_never_picked() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            // As of a server that lists all versions first and then all markers.
            let entries = [
                version(KEY, "v3", true, "09:00:00", 3),
                version(KEY, "v1", false, "07:00:00", 9),
                marker(KEY, "m1", false, "08:00:00"),
            ];
            let (core, _wire) = core_on(vec![page(LAST, &entries.concat())])?;
            let rows = core.versions("lake", KEY)?;
            let flagged: Vec<_> =
                rows.iter().filter(|row| row.ambiguous.is_some()).map(|row| row.fact.version_id.as_str()).collect();
            assert_eq!(flagged, ["v1", "m1"]);
            assert!(rows[1].ambiguous.as_deref().is_some_and(|why| why.contains("contradicts S3's order")));
            let at =
                |at: &str| FindVersionAt { bucket: "lake".into(), key: KEY.into(), at: at.into(), offset_minutes: 0 };
            let fault = core.fault(&at("2026-11-20T07:30Z"))?;
            assert_eq!(fault.code, Code::NotFound, "not guessed: {fault:?}");
            assert_eq!(core.ask(&at("2026-11-20T09:30Z"))?.version.version_id, "v3", "what is certain is still found");
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn two_current_versions_are_in_doubt() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let entries = [version(KEY, "v2", true, "09:00:00", 3), version(KEY, "v1", true, "07:00:00", 9)];
            let rows = versions(vec![page(LAST, &entries.concat())])?;
            assert!(rows.iter().all(|row| row.ambiguous.is_some()), "{rows:#?}");
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_page_may_hold_only_markers_or_nothing_at_all() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let pages = vec![
                page(
                    &more(KEY, "m1"),
                    &[marker(KEY, "m2", true, "09:00:00"), marker(KEY, "m1", false, "08:00:00")].concat(),
                ),
                page(&more(KEY, "x"), ""),
                page(LAST, &version(KEY, "v1", false, "07:00:00", 9)),
            ];
            let (core, wire) = core_on(pages)?;
            let rows = core.versions("lake", KEY)?;
            assert_eq!(rows.iter().map(|row| row.fact.version_id.as_str()).collect::<Vec<_>>(), ["m2", "m1", "v1"]);
            let asked: Vec<_> = wire.seen().into_iter().filter(|request| request.contains("versions")).collect();
            assert!(
                asked[1].contains("key-marker=in%2Fsales.csv") && asked[1].contains("version-id-marker=m1"),
                "{asked:?}"
            );
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn siblings_end_the_listing() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let sibling = version("in/sales.csv.bak", "b1", true, "06:00:00", 1);
            let pages = vec![page(
                &more("in/sales.csv.bak", "b1"),
                &[version(KEY, "v1", true, "07:00:00", 9), sibling].concat(),
            )];
            let (core, wire) = core_on(pages)?;
            assert_eq!(core.versions("lake", KEY)?.len(), 1);
            let asked = wire.seen().iter().filter(|request| request.contains("versions")).count();
            assert_eq!(asked, 1, "beyond the key there is nothing to look for");
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_truncated_page_that_does_not_say_where_it_goes_on_is_an_error() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let pages = vec![page("<IsTruncated>true</IsTruncated>", &version(KEY, "v1", true, "07:00:00", 9))];
            let fault = core_on(pages)?.0.try_open(&open())?.unwrap_err();
            assert!(fault.code == Code::Other && fault.detail.contains("where it goes on"), "{fault:?}");
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_marker_that_does_not_move_is_an_error_and_no_endless_loop() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let (core, wire) = core_on(vec![page(&more(KEY, "v1"), &version(KEY, "v1", true, "07:00:00", 9))])?;
            let fault = core.try_open(&open())?.unwrap_err();
            assert!(fault.code == Code::Other && fault.detail.contains("begins where this one began"), "{fault:?}");
            assert!(wire.seen().len() < 10, "{:?}", wire.seen());
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn half_an_answer_and_a_foreign_one_are_errors() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let whole = page(LAST, &version(KEY, "v1", true, "07:00:00", 9));
            for body in
                [whole[..whole.len() / 2].to_owned(), "<html><body>Sign in to the hotel</body></html>".to_owned()]
            {
                let fault = core_on(vec![body])?.0.try_open(&open())?.unwrap_err();
                assert!(matches!(fault.code, Code::Other | Code::Unreachable), "{fault:?}");
            }
            Ok(())
        },
    )
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_ghost_whose_history_spans_pages_is_one_row_with_its_size() -> Result<()> {
    on_computer(
        Touch::Reads,
        |_| Computer::bare(),
        |_| {
            let pages = vec![
                page(
                    &more(KEY, "m1"),
                    &[marker(KEY, "m2", true, "09:00:00"), marker(KEY, "m1", false, "08:00:00")].concat(),
                ),
                page(
                    LAST,
                    &[
                        version(KEY, "v1", false, "07:00:00", 9),
                        "<CommonPrefixes><Prefix>in%2Fold%2F</Prefix></CommonPrefixes>".into(),
                    ]
                    .concat(),
                ),
            ];
            let (core, _wire) = core_on(pages)?;
            let state = core.open(&OpenEntries { bucket: "lake".into(), prefix: "in/".into(), deleted: true })?;
            let rows = core.entries_of(state.set)?;
            let seen: Vec<_> = rows.iter().map(|row| (row.key.as_str(), row.kind, row.size)).collect();
            assert_eq!(seen, [("in/old/", EntryKind::DeletedFolder, None), (KEY, EntryKind::DeletedObject, Some(9))]);
            Ok(())
        },
    )
}
