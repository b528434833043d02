//! Jobs and machines that are late on the page Now: why, as a closer look tells it, and what a refusal may hide.

use super::now::{is_late, open, rows, state, wait};
use anyhow::{Context as _, Result, ensure};
use contract::{
    SetId,
    jobs::{Absence, AbsenceCause, AbsenceVerdict},
    now::{CheckLateJob, NowKind, NowRow},
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::bridge::{Core, Touch, on_estate};

/// The verdict of the check whose words hold `part`.
pub fn text(absence: &Absence, what: AbsenceCause, part: &str) -> Result<AbsenceVerdict> {
    let found = absence.checks.iter().find(|check| check.what == what && check.text.contains(part));
    Ok(found.with_context(|| format!("no {part:?} among {:#?}", absence.checks))?.verdict)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_closer_look_at_a_late_job_knows_quotas_and_who_changed_what() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let set = open(core)?;
        let id = |job: &str| wait(core, set, job, |rows| is_late(rows, job).map(|row| row.id.clone()));
        let (feed, features) = (id("supplier-feed")?, id("menu-model-features")?);
        let closer = core.ask(&CheckLateJob { id: feed.clone() })?;
        let changed = text(&closer, AbsenceCause::Change, "StopTrigger supplier-feed-nightly by oncall at ")?;
        assert_eq!(changed, AbsenceVerdict::Suspect, "since the last run");
        let runs = text(&closer, AbsenceCause::Quota, "0 of 1 concurrent runs of the job in use")?;
        assert_eq!(runs, AbsenceVerdict::Fine);
        text(&closer, AbsenceCause::Quota, "% of the account's concurrent Glue job runs in use")?;

        let closer = core.ask(&CheckLateJob { id: features })?;
        let stopped = text(&closer, AbsenceCause::Home, "application menu-models is STOPPED")?;
        assert_eq!(stopped, AbsenceVerdict::Cause, "no job starts it: {closer:#?}");
        text(&closer, AbsenceCause::Home, "auto start is off")?;
        let refused = text(&closer, AbsenceCause::Starter, "and was refused")?;
        assert_eq!(refused, AbsenceVerdict::Cause, "its schedule calls EMR Serverless by itself: {closer:#?}");
        text(&closer, AbsenceCause::Starter, "schedule models/menu-model-features-nightly fired ")?;
        text(&closer, AbsenceCause::Change, "StopApplication 00fmenum0delst0p by oncall at ")?;
        text(&closer, AbsenceCause::Quota, "0 of 400 vCPU of application menu-models in use")?;
        text(&closer, AbsenceCause::Quota, "of 1000 vCPU of EMR Serverless in the account in use")?;

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "LookupEvents" }), 10, refused)?;
        let closer = core.ask(&CheckLateJob { id: feed })?;
        let unread = text(&closer, AbsenceCause::Change, "cloudtrail:LookupEvents is not allowed")?;
        assert_eq!(unread, AbsenceVerdict::Unknown);
        assert_eq!(closer.checks[0].verdict, AbsenceVerdict::Cause, "the rest stands: {closer:#?}");
        let fault = core.fault(&CheckLateJob { id: "prod-data eu-west-1 late job glue:nothing".into() })?;
        assert!(fault.detail.contains("not late any more") || fault.title.contains("not late any more"), "{fault:?}");
        Ok(())
    })
}

/// A row of a thing that should have run.
fn overdue(core: &Core, set: SetId, what: &str) -> Result<NowRow> {
    let is = |row: &&NowRow| matches!(row.kind, NowKind::Late | NowKind::NeverRan) && row.what == what;
    wait(core, set, what, |rows| rows.iter().find(is).cloned())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_function_that_is_late_is_explained_by_the_rule_that_was_refused() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let late = overdue(core, set, "till-receipts")?;
        assert!(late.why.starts_with("till-receipts has not run for "), "{}", late.why);
        assert!(late.jobs.is_empty() && late.machine.is_none(), "calls have no list: {late:?}");
        let absence = late.absence.context("what was checked")?;
        let enabled = text(&absence, AbsenceCause::Starter, "rule till-receipts-nightly is enabled")?;
        assert_eq!(enabled, AbsenceVerdict::Fine, "the list does not ask whether it fired");

        let closer = core.ask(&CheckLateJob { id: late.id })?;
        let refused = text(&closer, AbsenceCause::Starter, "rule till-receipts-nightly fired ")?;
        assert_eq!(refused, AbsenceVerdict::Cause, "{closer:#?}");
        text(&closer, AbsenceCause::Starter, " times and was refused")?;
        assert!(closer.title.contains("and was refused"), "it is the first of the checks: {}", closer.title);
        let gone =
            closer.checks.iter().any(|check| check.what == AbsenceCause::Home && check.verdict != AbsenceVerdict::Fine);
        assert!(!gone, "the function is there: {closer:#?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_machine_that_is_late_is_explained_by_its_clock() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let sync = overdue(core, set, "menu-sync")?;
        assert_eq!(sync.kind, NowKind::Late);
        assert!(sync.machine.as_deref().is_some_and(|arn| arn.ends_with(":stateMachine:menu-sync")), "{sync:?}");
        assert!(sync.why.starts_with("menu-sync has not run for "), "{}", sync.why);
        assert!(sync.why.ends_with("schedule default/menu-sync-morning is disabled"), "{}", sync.why);
        assert!(
            sync.executions.first().is_some_and(|arn| arn.contains(":execution:menu-sync:")),
            "its newest: {sync:?}"
        );
        let never = overdue(core, set, "supplier-scorecard")?;
        assert_eq!(never.kind, NowKind::NeverRan);
        assert!(never.why.contains("supplier-scorecard-daily has never started it"), "{}", never.why);
        assert!(never.executions.is_empty(), "{never:?}");
        let all = rows(core, set)?;
        let overdue = |name: &str| all.iter().any(|row| row.kind == NowKind::Late && row.what == name);
        assert!(!overdue("weather-hourly") && !overdue("stock-levels"), "their clocks start them");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_machine_whose_file_does_not_come_is_late_by_its_rhythm() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let late = overdue(core, set, "allergen-import")?;
        assert_eq!(late.kind, NowKind::Late);
        assert!(late.why.starts_with("allergen-import has not run for "), "{}", late.why);
        let nothing = "nothing is stored below s3://lake-raw/data/in/allergens/";
        assert!(late.why.ends_with(nothing), "{}", late.why);
        let absence = late.absence.context("what was checked")?;
        let enabled = text(&absence, AbsenceCause::Starter, "rule on-allergen-list is enabled")?;
        assert_eq!(enabled, AbsenceVerdict::Fine);
        let input = absence.checks.iter().find(|check| check.what == AbsenceCause::Input).context("the file")?;
        assert_eq!(input.uri.as_deref(), Some("s3://lake-raw/data/in/allergens/"), "where to look");

        let closer = core.ask(&CheckLateJob { id: late.id })?;
        let silent = "rule on-allergen-list is enabled and has not fired since ";
        assert_eq!(text(&closer, AbsenceCause::Starter, silent)?, AbsenceVerdict::Fine, "no file, no event");
        assert_eq!(text(&closer, AbsenceCause::Input, nothing)?, AbsenceVerdict::Suspect);
        let changed = text(&closer, AbsenceCause::Change, "UpdateStateMachine allergen-import by second at ")?;
        assert_eq!(changed, AbsenceVerdict::Suspect, "since the last run");
        assert_eq!(text(&closer, AbsenceCause::Home, "state machine allergen-import is ACTIVE")?, AbsenceVerdict::Fine);
        assert_eq!(text(&closer, AbsenceCause::LastSuccess, "the last success was ")?, AbsenceVerdict::Fine);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_closer_look_at_a_late_machine_asks_what_one_at_a_job_does() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let set = open(core)?;
        let sync = overdue(core, set, "menu-sync")?.id;
        let closer = core.ask(&CheckLateJob { id: sync.clone() })?;
        let disabled = text(&closer, AbsenceCause::Starter, "schedule default/menu-sync-morning is disabled")?;
        assert_eq!(disabled, AbsenceVerdict::Cause);
        let changed = text(&closer, AbsenceCause::Change, "UpdateSchedule menu-sync-morning by oncall at ")?;
        assert_eq!(changed, AbsenceVerdict::Suspect, "since the last run");
        assert_eq!(closer.checks[0].verdict, AbsenceVerdict::Cause, "what explains it comes first: {closer:#?}");

        let never = overdue(core, set, "supplier-scorecard")?.id;
        let closer = core.ask(&CheckLateJob { id: never })?;
        let silent = "rule supplier-scorecard-daily has never started it, and has not fired since ";
        assert_eq!(text(&closer, AbsenceCause::Starter, silent)?, AbsenceVerdict::Suspect, "its metrics say nothing");
        text(&closer, AbsenceCause::LastSuccess, "no success is kept")?;

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "LookupEvents" }), 10, refused)?;
        let closer = core.ask(&CheckLateJob { id: sync })?;
        let unread = text(&closer, AbsenceCause::Change, "cloudtrail:LookupEvents is not allowed")?;
        assert_eq!(unread, AbsenceVerdict::Unknown);
        assert_eq!(closer.checks[0].verdict, AbsenceVerdict::Cause, "the rest stands: {closer:#?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_list_of_sagemaker_that_is_refused_may_hide_late_jobs() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListTransformJobs" }), 1_000, refused)?;
        let set = open(core)?;
        let start = Instant::now();
        loop {
            let notices = state(core, set)?.notices;
            let said = "SageMaker's transform jobs that are late may be missing";
            if notices.iter().any(|notice| notice.text.contains(said)) {
                return Ok(());
            }
            ensure!(start.elapsed() < Duration::from_mins(2), "the notice is missing: {notices:?}");
            thread::sleep(Duration::from_millis(200));
        }
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn functions_that_rules_call_count_where_schedules_are_refused() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "service": "scheduler", "path": "/schedules" }), 1_000, refused)?;
        let set = open(core)?;
        let start = Instant::now();
        loop {
            let notices = state(core, set)?.notices;
            assert!(!notices.iter().any(|notice| notice.text.contains("Jobs of Lambda that are late")), "{notices:?}");
            if notices.iter().any(|notice| notice.text.starts_with("Functions that schedules call may be missing")) {
                return Ok(());
            }
            ensure!(start.elapsed() < Duration::from_mins(2), "the notice is missing: {notices:?}");
            thread::sleep(Duration::from_millis(200));
        }
    })
}
