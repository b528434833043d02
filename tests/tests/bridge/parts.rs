//! Copies by parts, at 5 MiB instead of 5 GiB.

use anyhow::Result;
use contract::{
    objects::DescribeVersion,
    operations::{CancelOperation, DiscardOperation, OperationState, ResumeOperation, RunOperation},
    restore::Pick,
};
use engine::Options;
use serde_json::json;
use std::{thread, time::Duration};
use tests::{
    bridge::{Core, Touch, on_computer},
    computer::Computer,
    estate::Estate,
};

const BIG: &str = "data/big/menu_images.tar";
const MIB: u64 = 1024 * 1024;

fn start() -> Result<Core> {
    let mut options = Options::new("0.0.0");
    options.parts.threshold = 5 * MIB;
    options.parts.size = 5 * MIB;
    Core::with(options)
}

fn uploads(estate: &Estate) -> Result<String> {
    Ok(estate.s3("GET", "lake-raw", "", "uploads", &[], b"")?.text())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_copy_by_parts_keeps_metadata_tags_class_and_checksum() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let core = start()?;
        core.buckets()?;
        let rows = core.versions("lake-raw", BIG)?;
        let (current, wanted) = (&rows[0].fact, &rows[1].fact);
        let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
        assert!(plan.notices.iter().any(|notice| notice.text.contains("by parts")), "{:#?}", plan.notices);
        assert!(plan.cli.join("\n").contains("create-multipart-upload"), "{:#?}", plan.cli);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;

        let actions: Vec<_> = estate.writes(mark)?.iter().map(|call| call.text("action").to_owned()).collect();
        assert_eq!(
            actions,
            ["CreateMultipartUpload", "UploadPartCopy", "UploadPartCopy", "UploadPartCopy", "CompleteMultipartUpload"]
        );
        let parts = estate.calls("UploadPartCopy", mark)?;
        let mut ranges: Vec<_> = parts.iter().filter_map(|call| call.header("x-amz-copy-source-range")).collect();
        ranges.sort_unstable();
        let last = format!("bytes={}-{}", 10 * MIB, wanted.size.unwrap() - 1);
        assert_eq!(ranges, ["bytes=0-5242879", last.as_str(), "bytes=5242880-10485759"]);
        assert!(parts.iter().all(|call| call.header("x-amz-copy-source-if-match") == wanted.etag.as_deref()));
        let complete = &estate.calls("CompleteMultipartUpload", mark)?[0];
        assert_eq!(complete.header("if-match"), current.etag.as_deref());
        assert_eq!(complete.header("x-amz-mp-object-size"), wanted.size.map(|size| size.to_string()).as_deref());

        let new = receipt.steps[0].new_version_id.clone().expect("a version");
        let describe = |id: &str| {
            core.ask(&DescribeVersion { bucket: "lake-raw".into(), key: BIG.into(), version_id: Some(id.into()) })
        };
        let (theirs, ours) = (describe(&wanted.version_id)?, describe(&new)?);
        assert_eq!((ours.metadata, ours.tags), (theirs.metadata, theirs.tags));
        assert_eq!((ours.content_type, ours.class, ours.size), (theirs.content_type, theirs.class, theirs.size));
        assert!(ours.checksum.is_some(), "a checksum of its own");
        assert_eq!(estate.body("lake-raw", BIG, &new)?, estate.body("lake-raw", BIG, &wanted.version_id)?);
        assert_eq!(receipt.operation.bytes_done, plan.bytes);

        core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        let now = core.versions("lake-raw", BIG)?;
        assert_eq!(
            estate.body("lake-raw", BIG, &now[0].fact.version_id)?,
            estate.body("lake-raw", BIG, &current.version_id)?
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_copy_by_parts_keeps_every_header_and_the_key_of_its_encryption() -> Result<()> {
    const PAGE: &str = "data/big/menu page.html";
    const KEY_OF_KMS: &str = "arn:aws:kms:eu-west-1:123456789012:key/menus";
    on_computer(Touch::Changes, Computer::on, |estate| {
        let stored = [
            ("content-type", "text/html"),
            ("cache-control", "max-age=60"),
            ("content-disposition", "attachment; filename=menu.html"),
            ("content-encoding", "identity"),
            ("content-language", "en-GB"),
            // No date: a server keeps any text, and so does the copy.
            ("expires", "0"),
            ("x-amz-website-redirect-location", "/menu.html"),
            ("x-amz-meta-batch", "0441"),
            ("x-amz-tagging", "team=menu"),
            ("x-amz-server-side-encryption", "aws:kms"),
            ("x-amz-server-side-encryption-aws-kms-key-id", KEY_OF_KMS),
        ];
        let body = vec![7; usize::try_from(6 * MIB)?];
        estate.s3("PUT", "lake-raw", PAGE, "", &stored, &body)?;
        estate.put("lake-raw", PAGE, b"truncated")?;
        let core = start()?;
        let rows = core.versions("lake-raw", PAGE)?;
        let plan = core.plan("lake-raw", PAGE, Pick::Previous)?;
        assert!(
            plan.cli[0].contains("create-multipart-upload") && plan.cli[0].contains("--expires 0"),
            "{:#?}",
            plan.cli
        );
        let receipt = core.succeed(&plan)?;
        let describe = |id: &str| {
            core.ask(&DescribeVersion { bucket: "lake-raw".into(), key: PAGE.into(), version_id: Some(id.into()) })
        };
        let theirs = describe(&rows[1].fact.version_id)?;
        let ours = describe(receipt.steps[0].new_version_id.as_deref().expect("a version"))?;
        let names: Vec<&str> = theirs.headers.iter().map(|(name, _)| name.as_str()).collect();
        let wanted = [
            "cache-control",
            "content-disposition",
            "content-encoding",
            "content-language",
            "expires",
            "website-redirect-location",
        ];
        assert_eq!(names, wanted, "what was stored is told");
        assert_eq!(ours.headers, theirs.headers);
        assert_eq!((ours.content_type, ours.metadata, ours.tags), (theirs.content_type, theirs.metadata, theirs.tags));
        assert_eq!(ours.encryption.as_deref(), Some(format!("SSE-KMS {KEY_OF_KMS}").as_str()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn cancelling_aborts_the_upload_and_resuming_begins_anew() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let core = start()?;
        let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
        estate.fault(json!({ "action": "UploadPartCopy" }), 3, json!({ "delay_ms": 1_500 }))?;
        let mark = estate.mark()?;
        let id = core.ask(&RunOperation { plan: plan.id, typed: None })?;
        while estate.fired()? == 0 {
            thread::sleep(Duration::from_millis(10));
        }
        core.ask(&CancelOperation { operation: id.clone() })?;
        let receipt = core.ended(&id)?;
        assert_eq!(receipt.operation.state, OperationState::Cancelled, "{receipt:#?}");
        assert_eq!(estate.calls("AbortMultipartUpload", mark)?.len(), 1);
        assert!(estate.calls("CompleteMultipartUpload", mark)?.is_empty());
        assert!(!uploads(estate)?.contains("<UploadId>"), "nothing goes on costing storage");
        assert_eq!(core.versions("lake-raw", BIG)?.len(), 2);

        core.ask(&ResumeOperation { operation: id.clone(), typed: None })?;
        let receipt = core.ended(&id)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{receipt:#?}");
        assert_eq!(core.versions("lake-raw", BIG)?.len(), 3);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_was_cancelled_and_given_up_leaves_no_upload() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let core = start()?;
        let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
        estate.fault(json!({ "action": "UploadPartCopy" }), 3, json!({ "delay_ms": 1_500 }))?;
        let id = core.ask(&RunOperation { plan: plan.id, typed: None })?;
        while estate.fired()? == 0 {
            thread::sleep(Duration::from_millis(10));
        }
        core.ask(&CancelOperation { operation: id.clone() })?;
        assert_eq!(core.ended(&id)?.operation.state, OperationState::Cancelled);
        assert!(!uploads(estate)?.contains("<UploadId>"));
        core.ask(&DiscardOperation { operation: id.clone() })?;
        let note = core.ended(&id)?.operation.note;
        assert_eq!(note, "Given up by the person.", "it was aborted already");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_part_that_fails_aborts_the_upload() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let core = start()?;
        let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
        estate.fault(json!({ "action": "UploadPartCopy" }), 9, json!({ "status": 403, "code": "AccessDenied" }))?;
        let mark = estate.mark()?;
        let receipt = core.run(&plan)?;
        assert_eq!(receipt.operation.state, OperationState::Failed);
        assert_eq!(estate.calls("AbortMultipartUpload", mark)?.len(), 1);
        assert!(!uploads(estate)?.contains("<UploadId>"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_upload_that_overtakes_the_parts_is_caught_at_the_end() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let core = start()?;
        let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
        estate.fault(json!({ "action": "CompleteMultipartUpload" }), 1, json!({ "delay_ms": 1_000 }))?;
        let id = core.ask(&RunOperation { plan: plan.id, typed: None })?;
        while estate.fired()? == 0 {
            thread::sleep(Duration::from_millis(10));
        }
        estate.put("lake-raw", BIG, b"newer")?;
        let receipt = core.ended(&id)?;
        assert_eq!(receipt.operation.state, OperationState::Failed, "{receipt:#?}");
        assert_eq!(core.versions("lake-raw", BIG)?.len(), 3, "the stranger's alone");
        assert!(!uploads(estate)?.contains("<UploadId>"));
        Ok(())
    })
}
