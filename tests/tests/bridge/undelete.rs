//! Bringing back what was deleted: by removing markers or by a copy, one object or a folder.

use anyhow::Result;
use contract::{
    Severity,
    objects::EntryKind,
    operations::{OperationState, StepState},
    plan::{Action, Confirm, Seen},
    restore::{Method, Pick},
};
use tests::bridge::{Touch, on_estate, restore, restore_folder};

const MASTER: &str = "data/in/store_master.csv";
const OCTOBER: &str = "data/archive/2026/10/";

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn removing_the_marker_brings_back_the_same_version() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", MASTER)?;
        let plan = core.plan("lake-raw", MASTER, Pick::Previous)?;
        assert_eq!((plan.title.as_str(), plan.bytes), ("Undelete store_master.csv", 0));
        assert_eq!(plan.steps[0].action, Action::RemoveMarker { marker_id: rows[0].fact.version_id.clone() });
        assert!(plan.steps[0].why.contains("marker removal"), "says which way and why: {}", plan.steps[0].why);
        assert!(plan.effects.is_empty(), "nothing is created, so no pipeline starts: {:?}", plan.effects);
        assert!(plan.permissions.iter().any(|permission| permission.action == "s3:DeleteObjectVersion"));
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        let writes = estate.writes(mark)?;
        assert_eq!(writes.iter().map(|call| call.text("action")).collect::<Vec<_>>(), ["DeleteObject"]);
        assert!(
            writes[0].text("query").contains(&format!("versionId={}", rows[0].fact.version_id)),
            "{}",
            writes[0].text("query")
        );
        let after = core.versions("lake-raw", MASTER)?;
        assert_eq!(after.len(), rows.len() - 1);
        assert_eq!(after[0].fact.version_id, rows[1].fact.version_id, "id and date are the old ones");
        assert_eq!(after[0].fact.last_modified, rows[1].fact.last_modified);

        let undo = core.plan_undo(&receipt.operation.id)?;
        assert_eq!(undo.steps[0].action, Action::AddMarker);
        let mark = estate.mark()?;
        core.succeed(&undo)?;
        let delete = &estate.calls("DeleteObject", mark)?[0];
        assert_eq!(delete.header("if-match"), rows[1].fact.etag.as_deref(), "hides only what was brought back");
        let last = core.versions("lake-raw", MASTER)?;
        assert!(last[0].fact.delete_marker && last.len() == rows.len());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_copy_is_made_only_where_nothing_stands() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", MASTER)?;
        let mut request = restore("lake-raw", MASTER, Pick::Previous);
        request.method = Method::Copy;
        let plan = core.ask(&request)?;
        assert!(
            matches!(plan.steps[0].action, Action::Copy { .. }) && matches!(plan.steps[0].seen, Seen::Marker { .. }),
            "{plan:#?}"
        );
        assert!(
            plan.effects.iter().any(|effect| effect.through == "rule on-daily-sales"),
            "a copy is a new object: {:?}",
            plan.effects
        );
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        assert_eq!(estate.calls("CopyObject", mark)?[0].header("if-none-match"), Some("*"));
        let after = core.versions("lake-raw", MASTER)?;
        assert_eq!(after.len(), rows.len() + 1, "the marker stays below");
        assert_eq!(after[0].fact.etag, rows[1].fact.etag);
        core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        assert!(core.versions("lake-raw", MASTER)?[0].fact.delete_marker);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_older_version_of_a_deleted_object_comes_back_by_copy() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", MASTER)?;
        let plan = core.plan("lake-raw", MASTER, Pick::Version(rows[2].fact.version_id.clone()))?;
        let [step] = plan.steps.as_slice() else { panic!("{plan:#?}") };
        assert!(matches!(step.action, Action::Copy { .. }) && step.why.contains("never removed"), "{step:#?}");
        core.succeed(&plan)?;
        let now = core.versions("lake-raw", MASTER)?;
        assert_eq!(estate.body("lake-raw", MASTER, &now[0].fact.version_id)?.len(), 9_000);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn stacked_markers_are_all_removed_and_one_undo_hides_the_object_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = "data/in/promotions.csv";
        let rows = core.versions("lake-raw", key)?;
        let plan = core.plan("lake-raw", key, Pick::Previous)?;
        let removed: Vec<_> = plan.steps.iter().map(|step| step.action.clone()).collect();
        let markers: Vec<_> =
            rows[..3].iter().map(|row| Action::RemoveMarker { marker_id: row.fact.version_id.clone() }).collect();
        assert_eq!(removed, markers, "from the top");
        assert_eq!(plan.confirm, Confirm::Dialog);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        assert!(receipt.steps.iter().all(|step| step.state == StepState::Done));
        assert_eq!(estate.calls("DeleteObject", mark)?.len(), 3, "each marker by its id, never a plain delete");
        assert_eq!(core.versions("lake-raw", key)?.len(), 1);
        let undo = core.plan_undo(&receipt.operation.id)?;
        assert_eq!(undo.steps.len(), 1, "one marker hides it: {:#?}", undo.steps);
        core.succeed(&undo)?;
        assert!(core.versions("lake-raw", key)?[0].fact.delete_marker);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_deleted_folder_comes_back_in_one_plan() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.ask(&restore_folder("lake-raw", OCTOBER, Pick::Previous))?;
        assert_eq!(
            (plan.title.as_str(), plan.name.as_str(), plan.steps.len()),
            ("Undelete 31 objects", "lake-raw", 31)
        );
        assert_eq!(plan.confirm, Confirm::Dialog);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        assert_eq!((receipt.operation.steps_done, receipt.operation.steps), (31, 31));
        assert_eq!(estate.writes(mark)?.len(), 31);
        let rows = core.entries("lake-raw", OCTOBER)?;
        assert!(rows.len() == 31 && rows.iter().all(|row| row.kind == EntryKind::Object), "{rows:#?}");

        let undone = core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        assert_eq!(undone.operation.steps_done, 31);
        assert!(core.entries("lake-raw", OCTOBER)?.iter().all(|row| row.kind == EntryKind::DeletedObject));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_folder_and_what_lies_in_it_selected_together_come_back_once() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let within = format!("{OCTOBER}daily_sales_2026-10-07.csv");
        let mut request = restore_folder("lake-raw", OCTOBER, Pick::Previous);
        request.items.extend(restore("lake-raw", &within, Pick::Previous).items);
        request.items.extend(restore_folder("lake-raw", &format!("{OCTOBER}daily_sales_"), Pick::Previous).items);
        let plan = core.ask(&request)?;
        assert_eq!((plan.title.as_str(), plan.steps.len()), ("Undelete 31 objects", 31), "{:#?}", plan.notices);
        assert_eq!(plan.steps.iter().filter(|step| step.key == within).count(), 1);
        let receipt = core.succeed(&plan)?;
        assert_eq!((receipt.operation.steps_done, receipt.operation.steps), (31, 31));

        // The same with copies, which would be taken for two writers of one key.
        request.method = Method::Copy;
        core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        let plan = core.ask(&request)?;
        assert_eq!(plan.steps.len(), 31, "{:#?}", plan.notices);
        core.succeed(&plan).map(drop)
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_under_a_customers_key_is_refused_by_name_and_undeleted_without_the_key() -> Result<()> {
    const SEALED: &str = "data/in/sealed.csv";
    // 32 zero bytes, and their MD5.
    let key = [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-server-side-encryption-customer-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("x-amz-server-side-encryption-customer-key-md5", "cLyPS3KoaSFGi/joRB3OUQ=="),
    ];
    on_estate(Touch::Changes, async |core, estate| {
        estate.s3("PUT", "lake-raw", SEALED, "", &key, b"sealed")?;
        estate.delete("lake-raw", SEALED)?;
        let plan = core.plan("lake-raw", SEALED, Pick::Previous)?;
        assert!(
            matches!(plan.steps.as_slice(), [step] if matches!(step.action, Action::RemoveMarker { .. })),
            "{plan:#?}"
        );
        core.succeed(&plan)?;

        estate.put("lake-raw", SEALED, b"open")?;
        let plan = core.plan("lake-raw", SEALED, Pick::Previous)?;
        let refusal = plan.notices.iter().find(|notice| notice.severity == Severity::Refusal).expect("refused");
        assert!(refusal.text.starts_with(SEALED) && refusal.text.contains("SSE-C"), "{}", refusal.text);
        assert!(plan.steps.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn one_object_of_a_folder_that_cannot_be_written_does_not_stop_the_others() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.ask(&restore_folder("lake-raw", OCTOBER, Pick::Previous))?;
        let unlucky = format!("{OCTOBER}daily_sales_2026-10-07.csv");
        let denied = serde_json::json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(serde_json::json!({ "action": "DeleteObject", "key": unlucky }), 9, denied)?;
        let receipt = core.run(&plan)?;
        assert_eq!((receipt.operation.state, receipt.operation.steps_done), (OperationState::Failed, 30));
        let failed: Vec<_> = receipt.steps.iter().filter(|step| step.state != StepState::Done).collect();
        assert_eq!(failed.iter().map(|step| step.key.as_str()).collect::<Vec<_>>(), [unlucky.as_str()]);
        assert!(failed[0].note.contains("s3:DeleteObjectVersion"), "names the permission: {}", failed[0].note);
        assert!(receipt.operation.note.starts_with("30 of 31 steps done"), "{}", receipt.operation.note);
        let undo = core.plan_undo(&receipt.operation.id)?;
        assert_eq!(undo.steps.len(), 30, "what was done can be undone");
        Ok(())
    })
}
