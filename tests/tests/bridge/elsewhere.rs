//! The same program on another S3 server, reached by `AWS_PROFILE` alone.

use anyhow::{Context as _, Result};
use contract::{
    objects::{DescribeVersion, EntryRow},
    restore::Pick,
    session::{Hello, Identify},
};
use tests::{
    bridge::{Core, Touch, on_computer},
    elsewhere::{self, PROFILE},
};

const BUCKET: &str = "somebody-elses";
const KEY: &str = "in/daily sales.csv";

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_whole_path_on_another_server() -> Result<()> {
    on_computer(
        Touch::Changes,
        |estate| {
            let whole = [b"store,amount\n".as_slice(), &b"7".repeat(40_000)].concat();
            elsewhere::seed(estate, BUCKET, KEY, &[b"store,amount\n1,2\n", &whole, b"store,am"])?;
            elsewhere::computer(estate)
        },
        |_| {
            let core = Core::start()?;
            let session = core.ask(&Hello {})?.session.context("AWS_PROFILE names a profile")?;
            assert_eq!((session.profile.as_str(), session.region.as_str()), (PROFILE, "eu-west-1"));
            assert_eq!(core.ask(&Identify {})?.account.len(), 12);
            let buckets = core.buckets()?;
            assert_eq!(buckets.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), [BUCKET]);

            let folders = core.entries(BUCKET, "")?;
            assert_eq!(folders.len(), 1, "{folders:#?}");
            let files: Vec<EntryRow> = core.entries(BUCKET, "in/")?;
            assert_eq!(files.len(), 1, "{files:#?}");

            let before = core.versions(BUCKET, KEY)?;
            assert_eq!(before.iter().map(|row| row.fact.size).collect::<Vec<_>>(), [Some(8), Some(40_013), Some(17)]);
            let receipt = core.succeed(&core.plan(BUCKET, KEY, Pick::Previous)?)?;
            let after = core.versions(BUCKET, KEY)?;
            assert_eq!(after.len(), 4);
            assert_eq!(after[0].fact.etag, before[1].fact.etag, "the complete one is current");
            let detail = core.ask(&DescribeVersion {
                bucket: BUCKET.into(),
                key: KEY.into(),
                version_id: Some(after[0].fact.version_id.clone()),
            })?;
            assert_eq!(detail.content_type.as_deref(), Some("text/csv"));

            core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
            let undone = core.versions(BUCKET, KEY)?;
            assert_eq!(undone[0].fact.etag, before[0].fact.etag, "what stood before is back");
            Ok(())
        },
    )
}
