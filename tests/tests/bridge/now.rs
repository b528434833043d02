//! The page Now: failures by their cause, failed job runs that no execution explains, and those that are late beside them.

use super::now_late::text;
use anyhow::{Context as _, Result, ensure};
use contract::{
    SetId,
    jobs::{AbsenceCause, AbsenceVerdict, Engine, recurrence::ReadRecurrence},
    now::{MarkIncident, MarkKind, NowKind, NowRow, OpenNow},
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

/// Opens the page.
pub fn open(core: &Core) -> Result<SetId> {
    let (state, _growth) = core.stream(&OpenNow { hours: HOURS })?;
    Ok(state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set)
}

/// What is on the page now.
pub fn rows(core: &Core, set: SetId) -> Result<Vec<NowRow>> {
    core.rows(set, |rows| if let Rows::Now(rows) = rows { Some(rows) } else { None })
}

/// How far it was read, and what it has to say of that.
pub fn state(core: &Core, set: SetId) -> Result<SetState> {
    core.ask(&ViewSet { set, filter: String::new(), sort: None, offset_minutes: 0 })
}

/// What failed, one machine or job each, whatever it has in common with others.
fn singles(rows: &[NowRow]) -> Vec<NowRow> {
    let of = |row: &NowRow| if row.members.is_empty() { vec![row.clone()] } else { row.members.clone() };
    rows.iter().flat_map(of).collect()
}

/// Waits for something on the page: engines are read after the machines.
pub fn wait<T>(core: &Core, set: SetId, what: &str, found: impl Fn(&[NowRow]) -> Option<T>) -> Result<T> {
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

/// The row of a job that is late.
pub fn is_late<'a>(rows: &'a [NowRow], job: &str) -> Option<&'a NowRow> {
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
