//! The list of buckets.

use anyhow::Result;
use contract::{
    Timestamp,
    objects::{DescribeBucket, OpenBuckets, Versioning},
    session::OpenProfile,
};
use std::collections::HashMap;
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn every_bucket_has_its_region_versioning_and_lifecycle_in_words() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let buckets: HashMap<_, _> = core.buckets()?.into_iter().map(|bucket| (bucket.name.clone(), bucket)).collect();
        assert_eq!(buckets.len(), 12, "{:?}", buckets.keys());
        for (name, region, versioning) in [
            ("lake-raw", "eu-west-1", Versioning::Enabled),
            ("lake-logs", "eu-west-1", Versioning::Never),
            ("exports-suspended", "eu-west-1", Versioning::Suspended),
            ("archive-us", "us-east-1", Versioning::Enabled),
            ("backup-frankfurt", "eu-central-1", Versioning::Enabled),
        ] {
            let bucket = &buckets[name];
            assert_eq!((bucket.region.as_deref(), bucket.versioning), (Some(region), Some(versioning)), "{name}");
        }
        let old = |name: &str| buckets[name].old_versions.clone().unwrap_or_default();
        assert!(
            old("lake-raw").contains("90 days") && old("lake-raw").contains("newest 5 kept"),
            "{}",
            old("lake-raw")
        );
        assert_eq!(old("lake-processed"), "old versions deleted after 30 days");
        assert_eq!(old("lake-logs"), "no old versions");
        for bucket in buckets.values() {
            assert_eq!(bucket.problem, None, "{}", bucket.name);
            assert!(
                bucket.created.is_some_and(|created| created < Timestamp::now()),
                "{} was created in the past",
                bucket.name
            );
        }
        let lake = buckets["lake-raw"].created.map(|created| created.to_string());
        assert_eq!(lake.as_deref(), Some("2023-03-14T09:12:40Z"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bucket_is_asked_in_its_own_region() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let mark = estate.mark()?;
        let versions = core.versions("archive-us", "2025/01/franchise_sales.csv")?;
        assert_eq!(versions.len(), 2);
        let listings = estate.calls("ListObjectVersions", mark)?;
        assert_eq!(listings.iter().map(|call| call.text("region")).collect::<Vec<_>>(), ["us-east-1"]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_may_not_be_read_of_a_bucket_is_said_and_the_rest_is_there() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let denied = serde_json::json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(
            serde_json::json!({ "action": "GetBucketLifecycleConfiguration", "bucket": "lake-raw" }),
            9,
            denied,
        )?;
        let buckets = core.buckets()?;
        let lake = buckets.iter().find(|bucket| bucket.name == "lake-raw").expect("listed");
        assert_eq!(lake.problem.as_deref(), Some("the permission s3:GetLifecycleConfiguration is missing"));
        assert_eq!((lake.versioning, lake.old_versions.as_deref()), (Some(Versioning::Enabled), None));
        assert!(buckets.iter().filter(|bucket| bucket.name != "lake-raw").all(|bucket| bucket.problem.is_none()));
        let detail = core.ask(&DescribeBucket { bucket: "lake-raw".into() })?;
        assert!(
            detail.notices.iter().any(|notice| notice.text.contains("s3:GetLifecycleConfiguration")),
            "{:?}",
            detail.notices
        );
        assert_eq!(detail.lifecycle, None, "which is not that there is none");
        assert_eq!(detail.versioning, Some(Versioning::Enabled), "the rest is told");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bucket_is_described_with_who_hears_of_new_objects() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let detail = core.ask(&DescribeBucket { bucket: "lake-raw".into() })?;
        assert_eq!(detail.lifecycle.as_ref().map(Vec::len), Some(3), "every rule: {:?}", detail.lifecycle);
        let heard = detail.notifications.unwrap_or_default().join("; ");
        assert!(heard.contains("landing-validator") && heard.contains("on-daily-sales"), "{heard}");
        assert!(detail.notices.is_empty(), "{:?}", detail.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_reader_sees_all_buckets() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let state = core.open(&OpenBuckets {})?;
        assert_eq!((state.total, state.complete), (12, true));
        Ok(())
    })
}
