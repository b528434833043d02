//! Suspended and never versioned buckets: the `null` version is never overwritten by a restore.

use anyhow::Result;
use contract::{
    Code, Severity,
    operations::{OperationState, RunOperation, StepState},
    plan::Action,
    restore::{Destination, Pick},
};
use tests::bridge::{Core, Touch, on_estate, restore};

const BUCKET: &str = "exports-suspended";
const STORES: &str = "exports/stores.csv";

fn refused(core: &Core, key: &str, pick: Pick) -> Result<String> {
    let plan = core.plan(BUCKET, key, pick)?;
    let refusal =
        plan.notices.iter().find(|notice| notice.severity == Severity::Refusal).map(|notice| notice.text.clone());
    assert!(plan.steps.is_empty(), "{plan:#?}");
    assert_eq!(core.fault(&RunOperation { plan: plan.id, typed: None })?.code, Code::Other);
    Ok(refusal.expect("the plan is refused"))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn on_a_suspended_bucket_the_null_version_is_protected() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions(BUCKET, STORES)?;
        assert_eq!(rows[0].fact.version_id, "null", "stored while suspended");
        let mark = estate.mark()?;
        let refusal = refused(core, STORES, Pick::Previous)?;
        assert!(refusal.contains("suspended") && refusal.contains("null"), "{refusal}");
        refused(core, "exports/menu.csv", Pick::Previous)?;
        assert!(estate.writes(mark)?.is_empty());

        let mut request = restore(BUCKET, STORES, Pick::Previous);
        request.destination = Destination::Template("rescue/{name}{ext}".into());
        let plan = core.ask(&request)?;
        assert!(
            plan.notices.iter().any(|notice| notice.severity == Severity::Warning && notice.text.contains("null")),
            "{:#?}",
            plan.notices
        );
        let receipt = core.succeed(&plan)?;
        assert_eq!(receipt.steps[0].new_version_id.as_deref(), Some("null"));
        assert_eq!(core.versions(BUCKET, STORES)?.len(), rows.len(), "the original lost nothing");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn versioning_suspended_between_plan_and_run_stops_the_write() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.set_versioning(BUCKET, "Enabled")?;
        let rows = core.versions(BUCKET, STORES)?;
        let plan = core.plan(BUCKET, STORES, Pick::Previous)?;
        assert_eq!(plan.steps.len(), 1);
        estate.set_versioning(BUCKET, "Suspended")?;
        let mark = estate.mark()?;
        let receipt = core.run(&plan)?;
        assert_eq!((receipt.operation.state, receipt.steps[0].state), (OperationState::Failed, StepState::Changed));
        assert!(estate.writes(mark)?.is_empty(), "{}", receipt.steps[0].note);
        assert_eq!(core.versions(BUCKET, STORES)?.len(), rows.len());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn versioning_suspended_before_an_undo_stops_the_marker() -> Result<()> {
    const MENU: &str = "exports/menu.csv";
    on_estate(Touch::Changes, async |core, estate| {
        estate.set_versioning(BUCKET, "Enabled")?;
        estate.delete(BUCKET, MENU)?;
        let rows = core.versions(BUCKET, MENU)?;
        assert!(rows[0].fact.delete_marker && rows.iter().any(|row| row.fact.version_id == "null"), "{rows:#?}");
        let receipt = core.succeed(&core.plan(BUCKET, MENU, Pick::Previous)?)?;
        let undo = core.plan_undo(&receipt.operation.id)?;
        assert_eq!(undo.steps[0].action, Action::AddMarker);
        estate.set_versioning(BUCKET, "Suspended")?;
        let mark = estate.mark()?;
        let undone = core.run(&undo)?;
        assert_eq!((undone.operation.state, undone.steps[0].state), (OperationState::Failed, StepState::Changed));
        assert!(estate.writes(mark)?.is_empty(), "its marker would be the `null` one: {}", undone.steps[0].note);
        assert_eq!(core.versions(BUCKET, MENU)?.len(), rows.len() - 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_was_deleted_while_suspended_comes_back_by_a_copy() -> Result<()> {
    const KEPT: &str = "exports/kept.csv";
    on_estate(Touch::Changes, async |core, estate| {
        estate.set_versioning(BUCKET, "Enabled")?;
        let stored = estate.put(BUCKET, KEPT, b"kept")?;
        estate.set_versioning(BUCKET, "Suspended")?;
        estate.delete(BUCKET, KEPT)?;
        let rows = core.versions(BUCKET, KEPT)?;
        let ids: Vec<_> = rows.iter().map(|row| (row.fact.version_id.as_str(), row.fact.delete_marker)).collect();
        assert_eq!(ids, [("null", true), (stored.as_str(), false)]);
        let plan = core.plan(BUCKET, KEPT, Pick::Previous)?;
        assert!(matches!(plan.steps.as_slice(), [step] if matches!(step.action, Action::Copy { .. })), "{plan:#?}");
        let receipt = core.succeed(&plan)?;
        assert_eq!(receipt.steps[0].new_version_id.as_deref(), Some("null"), "in the place of the marker");
        assert_eq!(estate.body(BUCKET, KEPT, "null")?, b"kept");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn content_that_a_suspended_delete_destroyed_is_said_to_be_gone() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions(BUCKET, "exports/closed.csv")?;
        assert!(rows.len() == 1 && rows[0].fact.delete_marker, "the marker took the null version's place");
        refused(core, "exports/closed.csv", Pick::Previous).map(drop)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_null_version_is_copied_by_its_literal_id() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.set_versioning(BUCKET, "Enabled")?;
        let rows = core.versions(BUCKET, "exports/menu.csv")?;
        assert_eq!(rows[1].fact.version_id, "null");
        let mark = estate.mark()?;
        core.succeed(&core.plan(BUCKET, "exports/menu.csv", Pick::Previous)?)?;
        let copies = estate.calls("CopyObject", mark)?;
        assert_eq!(copies[0].header("x-amz-copy-source"), Some("exports-suspended/exports/menu.csv?versionId=null"));
        let now = core.versions(BUCKET, "exports/menu.csv")?;
        assert_eq!(
            estate.body(BUCKET, "exports/menu.csv", &now[0].fact.version_id)?,
            b"menu\nfrom before versioning\n"
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bucket_that_was_never_versioned_is_refused_with_where_else_to_look() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let plan = core.plan("landing-legacy", "inbox/till_dump_001.csv", Pick::Previous)?;
        let refusal = plan.notices.iter().find(|notice| notice.severity == Severity::Refusal).expect("refused");
        assert!(refusal.text.contains("never versioned") && refusal.text.contains("AWS Backup"), "{}", refusal.text);
        Ok(())
    })
}
