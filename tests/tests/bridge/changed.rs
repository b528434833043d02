//! What happens between plan and write: a stranger's upload, a refused condition, a lost answer, a busy service.

use anyhow::Result;
use contract::{
    operations::{OperationState, Receipt, RunOperation, StepState},
    restore::{Destination, Pick},
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::{
    bridge::{Core, Touch, on_estate, restore},
    estate::Estate,
};

const SALES: &str = "data/in/daily_sales.csv";

/// Failed because something changed, and no version was added but the stranger's.
fn changed(core: &Core, receipt: &Receipt, versions: usize) -> Result<()> {
    assert_eq!(
        (receipt.operation.state, receipt.steps[0].state),
        (OperationState::Failed, StepState::Changed),
        "{receipt:#?}"
    );
    assert_eq!(core.versions("lake-raw", &receipt.steps[0].key)?.len(), versions, "nothing was written");
    Ok(())
}

/// Runs the plan with its copy held up for a second, in which the stranger acts.
fn overtaken(
    core: &Core,
    estate: &Estate,
    plan: &contract::plan::Plan,
    stranger: impl FnOnce() -> Result<()>,
) -> Result<Receipt> {
    estate.fault(json!({ "action": "CopyObject" }), 1, json!({ "delay_ms": 1_000 }))?;
    let id = core.ask(&RunOperation { plan: plan.id.clone(), typed: None })?;
    while estate.fired()? == 0 {
        thread::sleep(Duration::from_millis(10));
    }
    stranger()?;
    core.ended(&id)
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_upload_between_plan_and_run_stops_the_restore_before_it_writes() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.put("lake-raw", SALES, b"the upload that mended it\n")?;
        let mark = estate.mark()?;
        let receipt = core.run(&plan)?;
        changed(core, &receipt, 24)?;
        assert!(estate.writes(mark)?.is_empty(), "not even tried");
        assert!(receipt.steps[0].note.contains("written since the plan was made"), "{}", receipt.steps[0].note);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_delete_between_plan_and_run_stops_it_too() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.delete("lake-raw", SALES)?;
        let receipt = core.run(&plan)?;
        changed(core, &receipt, 24)?;
        assert!(receipt.steps[0].note.contains("deleted since the plan was made"), "{}", receipt.steps[0].note);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_upload_at_the_very_moment_is_caught_by_the_condition() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        let receipt = overtaken(core, estate, &plan, || estate.put("lake-raw", SALES, b"faster\n").map(drop))?;
        changed(core, &receipt, 24)?;
        assert!(!receipt.steps[0].request_ids.is_empty(), "the refused request can be looked up");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_delete_at_the_very_moment_is_caught_too() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        let receipt = overtaken(core, estate, &plan, || estate.delete("lake-raw", SALES))?;
        changed(core, &receipt, 24)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_that_takes_the_other_key_meanwhile_is_not_overwritten() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let mut request = restore("lake-raw", SALES, Pick::Previous);
        request.destination = Destination::Template("rescue/{name}{ext}".into());
        let plan = core.ask(&request)?;
        let receipt =
            overtaken(core, estate, &plan, || estate.put("lake-raw", "rescue/daily_sales.csv", b"mine\n").map(drop))?;
        changed(core, &receipt, 1)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_conflict_with_another_write_is_a_change() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(
            json!({ "action": "CopyObject" }),
            9,
            json!({ "status": 409, "code": "ConditionalRequestConflict" }),
        )?;
        let receipt = core.run(&plan)?;
        changed(core, &receipt, 23)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_error_inside_a_200_is_an_error() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 9, json!({ "status": 200, "code": "InternalError" }))?;
        let receipt = core.run(&plan)?;
        assert_ne!(receipt.operation.state, OperationState::Succeeded, "{receipt:#?}");
        assert_eq!(core.versions("lake-raw", SALES)?.len(), 23);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_busy_service_is_asked_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 2, json!({ "status": 503, "code": "SlowDown" }))?;
        let mark = estate.mark()?;
        core.succeed(&plan)?;
        let statuses: Vec<_> = estate.calls("CopyObject", mark)?.iter().map(|call| call.status()).collect();
        assert_eq!(statuses, [503, 503, 200]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_copy_whose_answer_was_lost_is_found_done_and_not_called_unwritten() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 1, json!({ "drop": true, "when": "after" }))?;
        let receipt = core.succeed(&plan)?;
        let rows = core.versions("lake-raw", SALES)?;
        assert_eq!(rows.len(), 24, "written once");
        assert_eq!(receipt.steps[0].new_version_id.as_deref(), Some(rows[0].fact.version_id.as_str()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_marker_whose_removal_was_answered_by_nobody_is_found_removed() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = "data/in/store_master.csv";
        let plan = core.plan("lake-raw", key, Pick::Previous)?;
        estate.fault(json!({ "action": "DeleteObject" }), 1, json!({ "drop": true, "when": "after" }))?;
        core.succeed(&plan)?;
        assert!(!core.versions("lake-raw", key)?[0].fact.delete_marker);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_undo_whose_marker_was_answered_by_nobody_adds_no_second_one() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = "data/in/store_master.csv";
        let done = core.succeed(&core.plan("lake-raw", key, Pick::Previous)?)?;
        let undo = core.plan_undo(&done.operation.id)?;
        estate.fault(json!({ "action": "DeleteObject" }), 1, json!({ "drop": true, "when": "after" }))?;
        core.succeed(&undo)?;
        let markers = core.versions("lake-raw", key)?.iter().filter(|row| row.fact.delete_marker).count();
        assert_eq!(markers, 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_missing_permission_names_the_action() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        estate.fault(json!({ "action": "CopyObject" }), 9, json!({ "status": 403, "code": "AccessDenied" }))?;
        let receipt = core.run(&plan)?;
        assert_eq!((receipt.operation.state, receipt.steps[0].state), (OperationState::Failed, StepState::Failed));
        assert!(receipt.steps[0].note.contains("s3:PutObject"), "{}", receipt.steps[0].note);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_undo_is_refused_once_something_else_is_current() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let done = core.succeed(&core.plan("lake-raw", SALES, Pick::Previous)?)?;
        estate.put("lake-raw", SALES, b"newer\n")?;
        let undo = core.plan_undo(&done.operation.id)?;
        assert!(
            undo.steps.is_empty() && undo.notices.iter().any(|notice| notice.text.contains("changed since")),
            "{undo:#?}"
        );
        Ok(())
    })
}
