//! What of models waits or is wrong, on the page Now.

use super::now::open;
use anyhow::{Context as _, Result, ensure};
use contract::{
    Timestamp,
    models::WaitsFor,
    now::{ModelTrouble, NowModels, NowPart, ReadNowModels, TroubleAbout},
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::bridge::{Core, Touch, on_estate};

/// Waits until every part about models was looked at.
fn models(core: &Core) -> Result<NowModels> {
    let start = Instant::now();
    loop {
        let models = core.ask(&ReadNowModels {})?;
        let parts = [&models.pending, &models.drift, &models.silent, &models.endpoints];
        if parts.iter().all(|part| part.complete) {
            return Ok(models);
        }
        ensure!(start.elapsed() < Duration::from_mins(2), "models were not read within two minutes: {models:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

fn named<'a>(part: &'a NowPart, name: &str) -> Result<&'a ModelTrouble> {
    part.rows.iter().find(|row| row.about.name() == name).with_context(|| format!("no {name} in {part:?}"))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_of_models_waits_or_is_wrong_is_known_after_few_calls() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        assert!(!core.ask(&ReadNowModels {})?.silent.complete, "nobody looks before the page is open");
        open(core)?;
        let models = models(core)?;
        let parts = [&models.pending, &models.drift, &models.silent, &models.endpoints];
        for part in parts {
            let of_looks = |text: &str| text.ends_with(" of 30 monitors looked at so far.");
            let (looks, others): (Vec<_>, Vec<_>) = part.notices.iter().partition(|notice| of_looks(&notice.text));
            assert!(others.is_empty() && looks.len() == usize::from(part == &models.silent), "{part:?}");
            assert!(part.rows.len() <= NowPart::MOST && part.total as usize >= part.rows.len(), "{part:?}");
        }

        let oldest = models.pending.rows.first().context("a version that waits")?;
        assert_eq!(oldest.about.name().split(' ').next(), Some("dynamic-pricing-apac"));
        let TroubleAbout::Pending { waits_for, arn, .. } = &oldest.about else { panic!("{oldest:?}") };
        assert!(*waits_for == WaitsFor::Decision && arn.contains(":model-package/dynamic-pricing-apac/"), "{arn}");
        let since = oldest.since.context("when it was registered")?;
        let age = Timestamp::now().duration_since(since).as_hours() / 24;
        assert!((39..=43).contains(&age) && oldest.words.contains("registered by"), "{oldest:?}");
        assert!(models.pending.total > 15, "{} wait", models.pending.total);
        assert!(models.pending.rows.is_sorted_by_key(|row| row.since), "the oldest first");

        let longest = models.silent.rows.first().context("a silent monitor")?;
        assert_eq!(longest.about.name(), "staffing-need-dach-live-data");
        assert!(longest.words.contains("has not run for "), "{longest:?}");

        let failed = named(&models.endpoints, "staffing-need-emea-live")?;
        assert!(failed.words.starts_with("it failed: The primary container"), "{failed:?}");
        let rolling = named(&models.endpoints, "payment-fraud-uk-live")?;
        let TroubleAbout::Endpoint { status, .. } = &rolling.about else { panic!("{rolling:?}") };
        assert_eq!(status, "RollingBack");
        assert!(rolling.words.contains("being rolled back") && rolling.words.contains("5XX"), "{rolling:?}");
        let worse = named(&models.endpoints, "guest-churn-emea-live")?;
        assert_eq!(worse.words, "alarm guest-churn-emea-f1 is raised", "on what its monitor publishes");
        assert_eq!(models.endpoints.total, 3, "{:?}", models.endpoints);

        // A few reports were read; that monitors found something is known of the others too.
        let drifted = models.drift.rows.first().context("a column that drifted")?;
        let TroubleAbout::Drift { feature: Some(_), distance: Some(_), .. } = &drifted.about else {
            panic!("{drifted:?}")
        };
        let (read, unread): (Vec<_>, Vec<_>) = models
            .drift
            .rows
            .iter()
            .partition(|row| matches!(&row.about, TroubleAbout::Drift { feature: Some(_), .. }));
        assert!(read.iter().all(|row| row.words.contains("drifted in ")), "{read:?}");
        assert!(unread.iter().all(|row| row.words.starts_with("violations in the run of ")), "{unread:?}");
        let files = estate.calls("GetObject", mark)?;
        let is_report = |key: &str| key.starts_with("reports/") && key.ends_with("/statistics.json");
        let reports = files.iter().filter(|seen| is_report(seen.text("key"))).count();
        assert!(reports <= 3, "{reports} reports were read");

        let calls = |action: &str| Ok::<_, anyhow::Error>(estate.calls(action, mark)?.len());
        assert!(calls("Search")? <= 4, "what waits here and in other accounts, the dashboard, and the endpoints");
        assert_eq!((calls("ListMonitoringSchedules")?, calls("ListEndpoints")?), (1, 1));
        assert!(calls("DescribeModelPackage")? <= 8, "of the few that are looked at closer: no gate is judged");
        assert!(calls("ListMonitoringExecutions")? <= 3, "of the few whose report is read");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_part_about_models_that_is_refused_says_so_and_the_others_do_not_wait() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListEndpoints" }), 1_000, refused)?;
        open(core)?;
        let models = models(core)?;
        let texts: Vec<&str> = models.endpoints.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(texts, ["The list of endpoints is left out: the permission sagemaker:ListEndpoints is missing."]);
        assert!(models.endpoints.rows.is_empty());
        assert!(models.pending.total > 0 && models.silent.total > 0 && models.pending.notices.is_empty());
        Ok(())
    })
}
