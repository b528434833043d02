//! Log files of each engine, and whether all are there.

use super::jobs::{adhoc, kitchens, nightly, one, open};
use anyhow::{Context as _, Result, ensure};
use contract::{
    jobs::{
        HomeId, JobId, JobsOf, JudgeLogs, LogFileRow, LogRole, OpenLogFiles, State,
        logs::{BadgeLevel, LogGap, LogStreamKind},
    },
    range::Within,
    sets::{Rows, SetState},
};
use serde_json::json;
use std::collections::BTreeSet;
use tests::bridge::{Core, Touch, on_estate};

fn files(core: &Core, id: &JobId) -> Result<(SetState, Vec<LogFileRow>)> {
    let state = core.open(&OpenLogFiles { id: id.clone() })?;
    let rows = core.rows(state.set, |rows| if let Rows::LogFiles(rows) = rows { Some(rows) } else { None })?;
    Ok((state, rows))
}

fn roles(rows: &[LogFileRow]) -> BTreeSet<LogRole> {
    rows.iter().map(|row| row.role).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn files_of_a_step_are_its_own_and_the_drivers_come_first() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let (state, rows) = files(core, &step.id)?;
        let first = rows.first().with_context(|| format!("files: {:?}", state.notices))?;
        assert_eq!((first.role, &first.stream), (LogRole::Driver, &LogStreamKind::Stderr), "{first:?}");
        for role in [LogRole::Driver, LogRole::Executor, LogRole::Step, LogRole::Node] {
            assert!(roles(&rows).contains(&role), "{role:?}");
        }
        let applications: BTreeSet<&str> = rows
            .iter()
            .filter_map(|row| row.address.split("/containers/").nth(1))
            .filter_map(|rest| rest.split('/').next())
            .collect();
        assert_eq!(applications.len(), 1, "containers of other steps are left out: {applications:?}");
        assert!(rows.iter().all(|row| row.size.is_some() && row.last_write.is_some()));
        let badge = core.ask(&JudgeLogs { id: step.id })?;
        assert_eq!(badge.level, BadgeLevel::Complete, "{badge:?}");
        assert!(badge.text.starts_with("complete as of "), "{}", badge.text);

        let missing = one(core, nightly(), "orders-history", &State::Failed)?;
        let badge = core.ask(&JudgeLogs { id: missing.id })?;
        assert_eq!((badge.level, badge.missing.len()), (BadgeLevel::Incomplete, 1), "{badge:?}");

        let copy = one(core, nightly(), "copy-menus", &State::Succeeded)?;
        let (state, rows) = files(core, &copy.id)?;
        let of_others: Vec<&str> =
            rows.iter().map(|row| row.address.as_str()).filter(|address| address.contains("/containers/")).collect();
        assert!(of_others.is_empty(), "it names no application, and nothing was written at its time: {of_others:?}");
        assert!(rows.iter().any(|row| row.role == LogRole::Step), "{rows:?}");
        let told = state.notices.iter().any(|notice| notice.text.contains("names no application of YARN"));
        assert!(told, "{:?}", state.notices);

        let booted = JobId::Cluster { cluster: "j-1B0OTFA1LPYAR".into() };
        let (_, rows) = files(core, &booted)?;
        assert!(roles(&rows).contains(&LogRole::Bootstrap), "{rows:?}");
        let badge = core.ask(&JudgeLogs { id: booted })?;
        assert_eq!(badge.level, BadgeLevel::Complete, "a cluster has no driver: {badge:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn files_of_job_runs_stand_in_s3_and_in_streams() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let parts = one(core, adhoc(), "image-features", &State::Failed)?;
        let (_, rows) = files(core, &parts.id)?;
        let archived = rows.iter().filter(|row| row.role == LogRole::Driver && row.part.is_some()).count();
        assert!(archived >= 3, "archived parts: {rows:?}");
        assert!(roles(&rows).contains(&LogRole::Executor));
        assert_eq!(core.ask(&JudgeLogs { id: parts.id })?.level, BadgeLevel::Complete);

        let both = one(core, adhoc(), "menu-embeddings", &State::Failed)?;
        let (_, rows) = files(core, &both.id)?;
        let (s3, streams): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.address.starts_with("s3://"));
        assert!(!s3.is_empty() && !streams.is_empty(), "{rows:?}");
        assert!(streams.iter().any(|row| row.role == LogRole::Driver), "{streams:?}");

        let silent = one(core, adhoc(), "gone-in-silence", &State::Failed)?;
        let badge = core.ask(&JudgeLogs { id: silent.id })?;
        assert_eq!(
            (badge.level, badge.missing),
            (BadgeLevel::Incomplete, ["1", "2", "3", "7"].map(String::from).into())
        );

        let kitchen = one(core, kitchens(), "kitchen-load", &State::Failed)?;
        let (_, rows) = files(core, &kitchen.id)?;
        for role in [LogRole::Submitter, LogRole::Driver, LogRole::Executor] {
            assert!(roles(&rows).contains(&role), "{role:?}: {rows:?}");
        }
        assert!(rows.iter().any(|row| row.address.starts_with("/emr-on-eks/kitchens:")), "{rows:?}");

        let glue = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        let (_, rows) = files(core, &glue.id)?;
        assert!(roles(&rows).contains(&LogRole::Driver), "{rows:?}");
        assert!(rows.iter().all(|row| row.address.contains(glue.id.own())), "{rows:?}");
        assert_eq!(core.ask(&JudgeLogs { id: glue.id })?.level, BadgeLevel::Complete);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_drivers_log_that_is_refused_is_no_complete_one() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let silent = one(core, adhoc(), "gone-in-silence", &State::Failed)?;
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let refused = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "GetObject", "bucket": "lake-logs" }), 1_000, refused)?;
        let judge = JudgeLogs { id: silent.id };
        let badge = core.ask(&judge)?;
        assert_eq!((badge.level, badge.missing.len()), (BadgeLevel::Incomplete, 0), "{badge:?}");
        assert!(badge.text.contains("the driver's log could not be read for its executors"), "{}", badge.text);
        let (state, _) = files(core, &step.id)?;
        let told: Vec<&str> = state.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.iter().any(|text| text.starts_with("The step's log could not be read")), "{told:?}");
        assert!(!told.iter().any(|text| text.contains("names no application of YARN")), "{told:?}");

        estate.post("clear", &json!({}))?;
        let badge = core.ask(&judge)?;
        assert_eq!(badge.missing.len(), 4, "it is read again: {badge:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_invocation_is_found_in_its_log() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let home = HomeId::Function("landing-validator".into());
        let (_, rows) = open(core, JobsOf::Home(home), Some(Within::last_hours(24 * 7)))?;
        let told: Vec<_> = rows.iter().map(|row| (row.state.clone(), row.reason.clone())).collect();
        assert!(rows.iter().all(|row| row.state.is_failure()), "{told:?}");
        for reason in ["Task timed out after 15.00 seconds", "signal: killed", "No module named 'pandas'"] {
            let row = rows.iter().find(|row| row.reason.as_deref().unwrap_or_default().contains(reason));
            let row = row.with_context(|| format!("{reason}: {told:?}"))?;
            assert!(row.timing.run.is_some() && row.cost.len() == 1, "{row:?}");
            let (state, files) = files(core, &row.id)?;
            assert_eq!(files.len(), 1, "{files:?} {:?}", state.notices);
            assert_eq!(files[0].role, LogRole::Function);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn why_there_are_no_logs_is_said() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let managed = one(core, adhoc(), "report-without-logs", &State::Failed)?;
        let badge = core.ask(&JudgeLogs { id: managed.id })?;
        assert_eq!(badge.level, BadgeLevel::Nothing);
        ensure!(badge.reasons.contains(&LogGap::ManagedOnly), "{badge:?}");
        let nowhere = one(core, HomeId::Cluster("j-2N0L0GSEXPER1".into()), "try-prices", &State::Failed)?;
        let badge = core.ask(&JudgeLogs { id: nowhere.id })?;
        ensure!(badge.reasons.contains(&LogGap::NoPlace), "{badge:?}");
        let waiting = one(core, adhoc(), "history-again-2", &State::Submitted)?;
        let badge = core.ask(&JudgeLogs { id: waiting.id })?;
        assert_eq!(badge.level, BadgeLevel::Pending, "{badge:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_log_group_that_is_not_there_is_named() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        let message = "The specified log group does not exist.";
        let gone = json!({ "status": 400, "code": "ResourceNotFoundException", "message": message });
        estate.fault(json!({ "action": "DescribeLogStreams" }), 100, gone)?;
        let badge = core.ask(&JudgeLogs { id: run.id.clone() })?;
        let group = |gap: &LogGap| matches!(gap, LogGap::PlaceGone(place) if place.starts_with("log group /aws-glue/"));
        assert!(badge.level == BadgeLevel::Nothing && badge.reasons.iter().any(group), "{badge:?}");
        let (state, rows) = files(core, &run.id)?;
        assert_eq!(rows, []);
        let said = |text: &str| text.starts_with("Log group /aws-glue/") && text.ends_with(" is not there.");
        assert!(state.notices.iter().any(|notice| said(&notice.text)), "{:?}", state.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_upload_policy_that_keeps_logs_back_is_said() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let wide = JobId::Cluster { cluster: "j-1N0CAPACTYEU1".into() };
        let badge = core.ask(&JudgeLogs { id: wide })?;
        let off = LogGap::UploadOff("application-logs".into());
        assert!(badge.level == BadgeLevel::Nothing && badge.reasons.contains(&off), "{badge:?}");
        assert!(
            badge.text.contains("upload of application-logs is switched off by the upload policy"),
            "{}",
            badge.text
        );
        let kept = |gap: &LogGap| matches!(gap, LogGap::UploadOff(kind) if kind == "system-logs");
        assert!(!badge.reasons.iter().any(kept), "those are pushed: {badge:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_listing_that_breaks_off_is_not_called_complete() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let both = one(core, adhoc(), "menu-embeddings", &State::Failed)?;
        let broken = json!({ "status": 400, "code": "InvalidParameterException" });
        estate.fault(json!({ "action": "DescribeLogStreams" }), 100, broken)?;
        let badge = core.ask(&JudgeLogs { id: both.id })?;
        assert_eq!(badge.level, BadgeLevel::Incomplete, "{badge:?}");
        assert!(badge.text.contains("not all could be listed"), "{}", badge.text);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_application_that_cannot_be_read_is_not_one_without_logs() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let denied = json!({ "status": 403, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetApplication" }), 1_000, denied)?;
        let managed = one(core, adhoc(), "report-without-logs", &State::Failed)?;
        let badge = core.ask(&JudgeLogs { id: managed.id })?;
        let unread =
            |gap: &LogGap| matches!(gap, LogGap::NotKnown(why) if why.contains("emr-serverless:GetApplication"));
        assert!(badge.reasons.iter().any(unread), "{badge:?}");
        assert!(!badge.reasons.contains(&LogGap::NoPlace), "{badge:?}");
        Ok(())
    })
}
