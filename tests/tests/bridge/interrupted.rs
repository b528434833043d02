//! A crash, a lost network, expired credentials in the middle of an operation: nothing is forgotten, nothing done twice.

use anyhow::{Result, bail};
use contract::{
    Code, OperationId,
    operations::{
        CheckAudit, DiscardOperation, OperationState, ReadReceipt, ResumeOperation, RunOperation, StepState, UndoState,
        WatchOperations,
    },
    plan::Plan,
    restore::Pick,
};
use engine::Options;
use serde_json::{Value, json};
use std::{
    process, thread,
    time::{Duration, Instant},
};
use tests::{
    bridge::{Core, Touch, on_computer, on_estate, once_more, restore_folder},
    computer::Computer,
    estate::Estate,
};

const SALES: &str = "data/in/daily_sales.csv";
const BIG: &str = "data/big/menu_images.tar";
const OCTOBER: &str = "data/archive/2026/10/";

fn start() -> Result<Core> {
    let mut options = Options::new("0.0.0");
    options.parts.threshold = 5 * 1024 * 1024;
    options.parts.size = 5 * 1024 * 1024;
    Core::with(options)
}

fn until(what: &str, mut done: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + Duration::from_secs(30);
    while !done()? {
        if Instant::now() > end {
            bail!("waited in vain for {what}");
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Starts the operation in a process that ends without a word as soon as `cut` says so. Answers in the process that
/// comes after it with a fresh core on the same data.
pub fn power_cut(
    estate: &Estate,
    plan: impl FnOnce(&Core) -> Result<Plan>,
    calls: Value,
    answer: Value,
    mut cut: impl FnMut(u64) -> Result<bool>,
) -> Result<(Core, OperationId)> {
    let before = estate.mark()?;
    let Some(printed) = once_more()? else {
        let core = start()?;
        let plan = plan(&core)?;
        let mark = estate.mark()?;
        estate.post("fault", &json!({ "match": calls, "times": null, "answer": answer }))?;
        core.ask(&RunOperation { plan: plan.id, typed: None })?;
        until("the moment of the cut", || cut(mark))?;
        process::abort();
    };
    all_let_go(estate, before)?;
    let core = start()?;
    let (list, _) = core.stream(&WatchOperations {})?;
    let operations = list.expect("watching").operations;
    let [operation] = operations.as_slice() else { bail!("one operation was cut off, not {operations:#?}\n{printed}") };
    assert_eq!((operation.state, operation.finished), (OperationState::Interrupted, None), "{printed}");
    Ok((core, operation.id.clone()))
}

/// Waits until the estate has let go of every call that a fault held up, so that none is counted later, and forgets the
/// faults.
fn all_let_go(estate: &Estate, since: u64) -> Result<()> {
    let fired = estate.fired()?;
    until("the calls that are held up", || {
        let log = estate.get(&format!("requests?since={since}"))?;
        let all = log.get("requests").and_then(Value::as_array).into_iter().flatten();
        Ok(all.filter(|request| request.get("fault").is_some_and(|fault| !fault.is_null())).count() as u64 >= fired)
    })?;
    estate.post("clear", &json!({})).map(drop)
}

pub fn resume(core: &Core, id: &OperationId) -> Result<contract::operations::Receipt> {
    core.ask(&ResumeOperation { operation: id.clone(), typed: None })?;
    let receipt = core.ended(id)?;
    assert_eq!(receipt.operation.state, OperationState::Succeeded, "{receipt:#?}");
    assert!(receipt.steps.iter().all(|step| step.state == StepState::Done && step.checks.iter().all(|check| check.ok)));
    let check = core.ask(&CheckAudit {})?;
    assert_eq!(check.broken_at, None, "the chain of the audit log survives a crash");
    Ok(receipt)
}

fn statuses(estate: &Estate, action: &str, mark: u64) -> Result<Vec<u64>> {
    Ok(estate.calls(action, mark)?.iter().map(|call| call.status()).collect())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_write_that_landed_before_the_crash_is_found_and_not_repeated() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let lost = json!({ "drop": true, "when": "after" });
        let landed = |mark| Ok(statuses(estate, "CopyObject", mark)?.contains(&200));
        let (core, id) = power_cut(
            estate,
            |core| core.plan("lake-raw", SALES, Pick::Previous),
            json!({ "action": "CopyObject" }),
            lost,
            landed,
        )?;
        let mark = estate.mark()?;
        let receipt = resume(&core, &id)?;
        assert!(estate.writes(mark)?.is_empty(), "nothing was sent again");
        assert!(receipt.steps[0].note.contains("not repeated"), "{}", receipt.steps[0].note);
        let rows = core.versions("lake-raw", SALES)?;
        assert_eq!(rows.len(), 24, "one version more, not two");
        assert_eq!(receipt.steps[0].new_version_id.as_deref(), Some(rows[0].fact.version_id.as_str()));
        core.succeed(&core.plan_undo(&id)?)?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_write_that_did_not_land_is_done_on_resuming() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let dropped = json!({ "drop": true, "delay_ms": 2_000 });
        let fired = |_| Ok(estate.fired()? > 0);
        let (core, id) = power_cut(
            estate,
            |core| core.plan("lake-raw", SALES, Pick::Previous),
            json!({ "action": "CopyObject" }),
            dropped,
            fired,
        )?;
        let receipt = core.ask(&ReadReceipt { operation: id.clone() })?;
        assert_eq!(receipt.steps[0].state, StepState::Running, "it may have happened: that is all that is known");
        assert_eq!(core.versions("lake-raw", SALES)?.len(), 23);
        let mark = estate.mark()?;
        resume(&core, &id)?;
        assert!(statuses(estate, "CopyObject", mark)?.ends_with(&[200]));
        assert_eq!(core.versions("lake-raw", SALES)?.len(), 24);
        let actions: Vec<_> = core.audit()?.iter().rev().map(|entry| entry.action.clone()).collect();
        assert_eq!(actions, ["restore.run", "restore.resume", "restore.done"]);
        assert_eq!(
            core.fault(&ResumeOperation { operation: id.clone(), typed: None })?.code,
            Code::Other,
            "over is over"
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_uploaded_after_the_crash_is_not_overwritten_on_resuming() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let dropped = json!({ "drop": true, "delay_ms": 2_000 });
        let fired = |_| Ok(estate.fired()? > 0);
        let (core, id) = power_cut(
            estate,
            |core| core.plan("lake-raw", SALES, Pick::Previous),
            json!({ "action": "CopyObject" }),
            dropped,
            fired,
        )?;
        estate.put("lake-raw", SALES, b"the upload that mended it\n")?;
        let mark = estate.mark()?;
        core.ask(&ResumeOperation { operation: id.clone(), typed: None })?;
        let receipt = core.ended(&id)?;
        assert_eq!(
            (receipt.operation.state, receipt.steps[0].state),
            (OperationState::Failed, StepState::Changed),
            "{receipt:#?}"
        );
        assert!(estate.writes(mark)?.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn of_a_folder_only_the_rest_is_done_on_resuming() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let stuck = json!({ "action": "DeleteObject", "key_prefix": format!("{OCTOBER}daily_sales_2026-10-2") });
        let folder = |core: &Core| core.ask(&restore_folder("lake-raw", OCTOBER, Pick::Previous));
        let dropped = json!({ "drop": true, "delay_ms": 3_000 });
        let most = |mark| {
            // All ten of the twenties are stuck, the others done and read back.
            let listed = statuses(estate, "ListObjectVersions", mark)?.len();
            Ok(statuses(estate, "DeleteObject", mark)?.iter().filter(|status| **status == 204).count() == 21
                && listed > 50)
        };
        let (core, id) = power_cut(estate, folder, stuck, dropped, most)?;
        let before = core.ask(&ReadReceipt { operation: id.clone() })?;
        let done = before.steps.iter().filter(|step| step.state == StepState::Done).count();
        assert!(
            (10..=21).contains(&done) && before.operation.steps_done == done as u64,
            "{done} done: {:?}",
            before.operation
        );
        let mark = estate.mark()?;
        let receipt = resume(&core, &id)?;
        assert_eq!(receipt.operation.steps_done, 31);
        assert_eq!(estate.writes(mark)?.len(), 10, "only what was not done");
        assert!(core.entries("lake-raw", OCTOBER)?.iter().all(|row| row.deleted.is_none()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_upload_by_parts_goes_on_with_the_missing_part() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let mark = estate.mark()?;
        let two_of_three =
            || Ok(statuses(estate, "UploadPartCopy", mark)?.iter().filter(|status| **status == 200).count() >= 2);
        let Some(_) = once_more()? else {
            let core = start()?;
            let plan = core.plan("lake-raw", BIG, Pick::Previous)?;
            estate.fault(json!({ "action": "UploadPartCopy" }), 1, json!({ "drop": true, "delay_ms": 3_000 }))?;
            core.ask(&RunOperation { plan: plan.id, typed: None })?;
            until("two parts", two_of_three)?;
            process::abort();
        };
        all_let_go(estate, mark)?;
        let core = start()?;
        let (list, _) = core.stream(&WatchOperations {})?;
        let id = list.expect("watching").operations[0].id.clone();
        let mark = estate.mark()?;
        resume(&core, &id)?;
        let actions: Vec<_> = estate.writes(mark)?.iter().map(|call| call.text("action").to_owned()).collect();
        assert_eq!(actions, ["UploadPartCopy", "CompleteMultipartUpload"]);
        let rows = core.versions("lake-raw", BIG)?;
        assert_eq!(
            estate.body("lake-raw", BIG, &rows[0].fact.version_id)?,
            estate.body("lake-raw", BIG, &rows[2].fact.version_id)?
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_was_cut_off_can_be_discarded_and_what_was_done_undone() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let lost = json!({ "drop": true, "when": "after" });
        let stuck = json!({ "action": "DeleteObject", "key_prefix": format!("{OCTOBER}daily_sales_2026-10-3") });
        let folder = |core: &Core| core.ask(&restore_folder("lake-raw", OCTOBER, Pick::Previous));
        let most = |mark| Ok(statuses(estate, "DeleteObject", mark)?.len() >= 31);
        let (core, id) = power_cut(estate, folder, stuck, lost, most)?;
        core.ask(&DiscardOperation { operation: id.clone() })?;
        let receipt = core.ask(&ReadReceipt { operation: id.clone() })?;
        assert_eq!(receipt.operation.state, OperationState::Discarded);
        assert_eq!(receipt.operation.undo, UndoState::Possible);
        assert_eq!(receipt.audit.map(|entry| entry.action).as_deref(), Some("restore.discard"));
        assert_eq!(core.fault(&ResumeOperation { operation: id.clone(), typed: None })?.code, Code::Other);
        let done = receipt.steps.iter().filter(|step| step.state == StepState::Done).count();
        assert_eq!(core.plan_undo(&id)?.steps.len(), done);
        drop(core);
        let (list, _) = start()?.stream(&WatchOperations {})?;
        assert!(list.expect("watching").operations.is_empty(), "it waits for no decision any more");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_network_lost_in_the_middle_interrupts_and_resuming_completes() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.ask(&restore_folder("lake-raw", OCTOBER, Pick::Previous))?;
        estate.fault(json!({ "action": "DeleteObject" }), 31, json!({ "delay_ms": 300 }))?;
        let id = core.ask(&RunOperation { plan: plan.id, typed: None })?;
        until("the first calls", || Ok(estate.fired()? >= 4))?;
        estate.post("pause", &json!({ "mode": "refuse", "server": "s3" }))?;
        let receipt = core.ended(&id)?;
        assert_eq!(receipt.operation.state, OperationState::Interrupted, "{receipt:#?}");
        assert!(
            receipt.operation.note.starts_with("No answer") && receipt.operation.note.contains("network"),
            "{}",
            receipt.operation.note
        );
        estate.post("clear", &json!({}))?;
        estate.post("resume", &json!({}))?;
        let receipt = resume(core, &id)?;
        assert_eq!((receipt.operation.steps_done, receipt.operation.steps), (31, 31));
        assert_eq!(core.versions("lake-raw", &format!("{OCTOBER}daily_sales_2026-10-01.csv"))?.len(), 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn credentials_that_expire_in_the_middle_interrupt_and_name_the_command() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 9, json!({ "status": 400, "code": "ExpiredToken" }))?;
        let receipt = core.run(&plan)?;
        assert_eq!(receipt.operation.state, OperationState::Interrupted);
        assert!(receipt.operation.note.contains("aws configure --profile practice"), "{}", receipt.operation.note);
        estate.post("clear", &json!({}))?;
        resume(core, &receipt.operation.id).map(drop)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_service_that_stays_busy_interrupts() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 99, json!({ "status": 503, "code": "SlowDown" }))?;
        let receipt = core.run(&plan)?;
        assert_eq!(receipt.operation.state, OperationState::Interrupted, "{receipt:#?}");
        assert!(receipt.operation.note.contains("slow down"), "{}", receipt.operation.note);
        estate.post("clear", &json!({}))?;
        resume(core, &receipt.operation.id).map(drop)
    })
}
