//! The page Now: failures by their cause, failed job runs that no execution explains, jobs and machines that are late, and what of models
//! waits or is wrong.

use anyhow::{Context as _, Result, ensure};
use contract::{
    SetId, Timestamp,
    jobs::{Absence, AbsenceCause, AbsenceVerdict, Engine, recurrence::ReadRecurrence},
    models::WaitsFor,
    now::{
        CheckLateJob, MarkIncident, MarkKind, ModelTrouble, NowKind, NowModels, NowPart, NowRow, OpenNow,
        ReadNowModels, TroubleAbout,
    },
    sets::{FindRow, Rows, SetState, ViewSet},
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::bridge::{Core, Touch, on_estate};

/// Three days: what failed yesterday is in them at any hour.
const HOURS: u32 = 72;

fn open(core: &Core) -> Result<SetId> {
    let (state, _growth) = core.stream(&OpenNow { hours: HOURS })?;
    Ok(state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set)
}

fn rows(core: &Core, set: SetId) -> Result<Vec<NowRow>> {
    core.rows(set, |rows| if let Rows::Now(rows) = rows { Some(rows) } else { None })
}

fn state(core: &Core, set: SetId) -> Result<SetState> {
    core.ask(&ViewSet { set, filter: String::new(), sort: None, offset_minutes: 0 })
}

/// What failed, one machine or job each, whatever it has in common with others.
fn singles(rows: &[NowRow]) -> Vec<NowRow> {
    let of = |row: &NowRow| if row.members.is_empty() { vec![row.clone()] } else { row.members.clone() };
    rows.iter().flat_map(of).collect()
}

/// Waits for something on the page: engines are read after the machines.
fn wait<T>(core: &Core, set: SetId, what: &str, found: impl Fn(&[NowRow]) -> Option<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        let all = rows(core, set)?;
        if let Some(found) = found(&all) {
            return Ok(found);
        }
        let told: Vec<_> = all.iter().map(|row| (row.kind, row.what.as_str())).collect();
        ensure!(start.elapsed() < Duration::from_mins(3), "waited for {what} among {told:?}");
        thread::sleep(Duration::from_millis(200));
    }
}

fn is_late<'a>(rows: &'a [NowRow], job: &str) -> Option<&'a NowRow> {
    rows.iter().find(|row| row.kind == NowKind::Late && row.what == job && !row.jobs.is_empty())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn failed_jobs_and_late_ones_stand_beside_the_machines() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let late = wait(core, set, "the late job", |rows| is_late(rows, "supplier-feed").cloned())?;
        assert!(late.why.starts_with("supplier-feed has not run for "), "{}", late.why);
        assert!(late.why.contains("trigger supplier-feed-nightly is disabled"), "{}", late.why);
        let absence = late.absence.context("what was checked")?;
        assert_eq!(absence.checks[0].verdict, AbsenceVerdict::Cause, "{absence:?}");
        let source = text(&absence, AbsenceCause::Input, "nothing is stored below s3://lake-raw/data/suppliers/")?;
        assert_eq!(source, AbsenceVerdict::Suspect, "the folder that it reads");
        let failed_job = |rows: &[NowRow], name: &str, engine: Engine| {
            let of = |row: &&NowRow| row.kind == NowKind::FailedJob && row.what == name;
            let all = singles(rows);
            all.iter().filter(of).any(|row| row.jobs.iter().all(|job| job.engine() == engine)).then_some(())
        };
        wait(core, set, "a run of Glue", |rows| failed_job(rows, "ledger-export", Engine::Glue))?;
        wait(core, set, "a run of EMR Serverless", |rows| failed_job(rows, "price-list", Engine::EmrServerless))?;
        let all = rows(core, set)?;
        let feed = is_late(&all, "franchise-feed").context("the job whose file does not come")?;
        assert!(feed.why.starts_with("franchise-feed has not run for "), "{}", feed.why);
        let features = wait(core, set, "a late job of a stopped application", |rows| {
            is_late(rows, "menu-model-features").cloned()
        })?;
        assert!(features.why.contains("is STOPPED"), "{}", features.why);
        let checks = &features.absence.as_ref().context("what was checked")?.checks;
        let enabled = "schedule models/menu-model-features-nightly is enabled";
        assert!(checks.iter().any(|check| check.text == enabled), "its input names the job: {checks:#?}");
        assert!(is_late(&all, "stores-snapshot").is_none(), "it runs every night");

        let all = singles(&all);
        let failed: Vec<&NowRow> = all.iter().filter(|row| row.kind == NowKind::FailedJob).collect();
        let of_glue = |row: &NowRow| row.jobs.iter().all(|job| job.engine() == Engine::Glue);
        let ledger = failed.iter().find(|row| row.what == "ledger-export" && of_glue(row));
        let ledger = ledger.context("a failed job run")?;
        assert!(ledger.why.starts_with("Glue job run: "), "{}", ledger.why);
        assert!(ledger.executions.is_empty() && ledger.runs == ledger.jobs.len() as u64);
        // What an execution started stands there as that execution.
        let machine = |name: &str| all.iter().filter(|row| row.what == name && row.kind == NowKind::Failed).count();
        assert!(machine("glue-crm") > 0 && machine("daily-sales-pipeline") > 0);
        let twice: Vec<&str> = failed.iter().map(|row| row.what.as_str()).collect();
        assert!(!twice.contains(&"crm-extract"), "glue-crm explains it: {twice:?}");
        assert!(!twice.iter().any(|name| name.starts_with("daily-sales")), "its pipeline explains it: {twice:?}");
        Ok(())
    })
}

fn text(absence: &Absence, what: AbsenceCause, part: &str) -> Result<AbsenceVerdict> {
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
fn failures_of_one_cause_are_one_row() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let of = |rows: &[NowRow]| -> Vec<NowRow> {
            let is_it = |row: &NowRow| row.what == "glue-crm" && row.kind == NowKind::Failed;
            singles(rows).into_iter().filter(is_it).collect()
        };
        let start = Instant::now();
        while !state(core, set)?.complete {
            ensure!(start.elapsed() < Duration::from_mins(2), "Now was not read within two minutes");
            thread::sleep(Duration::from_millis(100));
        }
        let found = of(&rows(core, set)?);
        let [row] = found.as_slice() else { panic!("one cause, one row: {found:#?}") };
        assert_eq!(row.runs, 2, "yesterday and today: {row:?}");
        assert_eq!(row.executions.len(), 2, "each can be opened");
        assert!(row.oldest < row.newest && row.why.contains("getDynamicFrame"), "{row:?}");
        Ok(())
    })
}

fn of_job(row: &NowRow, name: &str, engine: Engine) -> bool {
    row.kind == NowKind::FailedJob && row.what == name && row.jobs.iter().all(|job| job.engine() == engine)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn one_cause_of_several_jobs_is_one_row_that_opens_to_them() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        // The same value does not fit in the runs of two engines: their services say so, no log was read.
        let wanted = [Engine::Glue, Engine::EmrServerless];
        let row = wait(core, set, "one row for price-list", |rows| {
            let holds = |row: &NowRow, engine| row.members.iter().any(|member| of_job(member, "price-list", engine));
            rows.iter().find(|row| wanted.iter().all(|engine| holds(row, *engine))).cloned()
        })?;
        assert_eq!(row.kind, NowKind::FailedJob, "no machine is among them: {row:#?}");
        assert_eq!(row.why, "A value does not fit its type");
        assert_eq!(row.spread(), Some(format!("in {} jobs", row.members.len())));
        assert_eq!(row.runs, row.members.iter().map(|member| member.runs).sum::<u64>());
        assert!(row.members.is_sorted_by_key(|member| std::cmp::Reverse(member.newest)), "the newest first");
        assert_eq!(row.newest, row.newest_member().newest);
        let all = rows(core, set)?;
        assert!(!all.iter().any(|row| row.what == "price-list" && row.members.is_empty()), "it stands there once");
        // Their texts have nothing else in common.
        let texts: Vec<&str> = row.members.iter().map(|member| member.why.as_str()).collect();
        assert!(texts.iter().any(|text| text.contains("pyWriteDynamicFrame")), "{texts:?}");
        assert!(texts.iter().any(|text| text.contains("Last few exceptions")), "{texts:?}");

        // A notification names one of them: it leads to their row.
        let position = |id: &str| core.ask(&FindRow { set, id: id.to_owned() });
        wait(core, set, "the row of each", |_| {
            let at = position(&row.id).ok()??;
            let leads = |member: &NowRow| position(&member.id).is_ok_and(|found| found == Some(at));
            row.members.iter().all(leads).then_some(())
        })?;

        let mark = |id: &str, mark| core.ask(&MarkIncident { id: id.to_owned(), mark, minutes: None });
        let marked = |rows: &[NowRow]| rows.iter().find(|one| one.id == row.id).and_then(|one| one.mark.clone());
        let (first, others) = row.members.split_first().context("a member")?;
        for member in others {
            mark(&member.id, Some(MarkKind::Mine))?;
        }
        wait(core, set, "the marks of the others", |rows| {
            let of = |id: &str| singles(rows).into_iter().any(|one| one.id == id && one.mark.is_some());
            others.iter().all(|member| of(&member.id)).then_some(())
        })?;
        assert!(marked(&rows(core, set)?).is_none(), "one of them is nobody's yet");
        mark(&first.id, Some(MarkKind::Mine))?;
        let whole = wait(core, set, "the mark of all", marked)?;
        assert_eq!(whole.kind, MarkKind::Mine);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cause_that_was_found_in_a_log_joins_its_row() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let set = open(core)?;
        let alone = |rows: &[NowRow], name: &str| {
            rows.iter().find(|row| of_job(row, name, Engine::EmrServerless) && row.members.is_empty()).cloned()
        };
        // The service's words name the cause of the one; of the other nobody has read a log.
        let killed = wait(core, set, "a job that was killed", |rows| {
            singles(rows).into_iter().find(|row| of_job(row, "image-features", Engine::EmrServerless))
        })?;
        let unread = wait(core, set, "a job that nobody looked at", |rows| alone(rows, "delivery-costs"))?;
        let id = unread.jobs.first().context("its run")?.clone();
        core.ask(&ReadRecurrence { id, signature: "memory.container-physical".into() })?;
        let row = wait(core, set, "both in one row", |rows| {
            let holds = |row: &NowRow, id: &str| row.members.iter().any(|member| member.id == id);
            rows.iter().find(|row| holds(row, &killed.id) && holds(row, &unread.id)).cloned()
        })?;
        assert!(row.why.starts_with("YARN killed the container of "), "{}", row.why);
        assert!(alone(&rows(core, set)?, "delivery-costs").is_none());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_engine_that_is_refused_is_a_notice_and_the_machines_do_not_wait() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.fault(
            json!({ "action": "GetJobs" }),
            1_000,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        let set = open(core)?;
        wait(core, set, "a failed machine", |rows| rows.iter().any(|row| row.kind == NowKind::Failed).then_some(()))?;
        wait(core, set, "a failed job of another engine", |rows| {
            let other = |row: &NowRow| row.jobs.first().is_some_and(|job| job.engine() != Engine::Glue);
            rows.iter().any(|row| row.kind == NowKind::FailedJob && other(row)).then_some(())
        })?;
        let start = Instant::now();
        loop {
            let notices = state(core, set)?.notices;
            if notices.iter().any(|notice| notice.text.contains("Glue is left out")) {
                return Ok(());
            }
            ensure!(start.elapsed() < Duration::from_mins(2), "the notice is missing: {notices:?}");
            thread::sleep(Duration::from_millis(200));
        }
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
