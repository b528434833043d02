//! Bringing a version back: the plan, the run, the receipt, the undo.

use anyhow::Result;
use contract::{
    Code, Severity,
    objects::{DescribeVersion, VersionDetail},
    operations::{CheckAudit, OperationState, RunOperation, StepState, UndoState, WatchOperations},
    plan::{Action, Confirm, Fidelity, Outcome, Plan, Risk, Seen},
    restore::{Destination, Pick},
    session::Environment,
};
use std::time::Duration;
use tests::bridge::{Core, Touch, on_estate, restore};

const SALES: &str = "data/in/daily_sales.csv";

fn describe(core: &Core, key: &str, version_id: &str) -> Result<VersionDetail> {
    core.ask(&DescribeVersion { bucket: "lake-raw".into(), key: key.into(), version_id: Some(version_id.into()) })
}

fn outcome<'a>(plan: &'a Plan, attribute: &str) -> &'a Fidelity {
    plan.fidelity
        .iter()
        .find(|line| line.attribute == attribute)
        .unwrap_or_else(|| panic!("no word on {attribute}: {:#?}", plan.fidelity))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_plan_says_everything_before_anything_is_done() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", SALES)?;
        let (cut, whole) = (&rows[0].fact, &rows[1].fact);
        let mark = estate.mark()?;
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        assert_eq!(estate.writes(mark)?.len(), 0, "a plan changes nothing");

        assert_eq!((plan.title.as_str(), plan.name.as_str()), ("Restore daily_sales.csv", "daily_sales.csv"));
        let place = &plan.place;
        assert_eq!((place.account.as_str(), place.profile.as_str()), ("123456789012", "practice"));
        assert_eq!(
            (place.region.as_str(), place.scope.name(), place.environment),
            ("eu-west-1", "lake-raw", Environment::Other)
        );
        assert_eq!((plan.risk, plan.confirm), (Risk::Low, Confirm::Inline));
        let [step] = plan.steps.as_slice() else { panic!("one step: {:#?}", plan.steps) };
        let Action::Copy { source, to_key } = &step.action else { panic!("a copy: {step:#?}") };
        assert_eq!((&source.version_id, to_key.as_str()), (&whole.version_id, SALES));
        assert_eq!(Some(plan.bytes), whole.size);
        let Seen::Object { version_id, etag, size } = &step.seen else { panic!("the cut one was seen: {step:#?}") };
        assert_eq!((version_id, Some(etag), Some(*size)), (&cut.version_id, cut.etag.as_ref(), cut.size));
        assert!(step.text.starts_with("copies version ") && !step.why.is_empty(), "{step:#?}");

        assert_eq!(outcome(&plan, "metadata").outcome, Outcome::Kept);
        assert!(outcome(&plan, "metadata").note.contains("batch=0441"), "{:?}", outcome(&plan, "metadata"));
        assert_eq!(outcome(&plan, "tags").outcome, Outcome::Kept);
        assert_eq!(outcome(&plan, "storage class").outcome, Outcome::Kept);
        assert_eq!(outcome(&plan, "date").outcome, Outcome::Changed);
        let heard: Vec<_> = plan
            .effects
            .iter()
            .map(|effect| format!("{}: {}, {}", effect.through, effect.what, effect.times))
            .collect();
        assert!(
            heard
                .iter()
                .any(|line| line.starts_with("rule on-daily-sales: Starts") && line.contains("daily-sales-pipeline")),
            "{heard:?}"
        );
        assert!(heard.iter().any(|line| line.contains("landing-validator")), "{heard:?}");
        for action in ["s3:GetObjectVersion", "s3:GetObjectVersionTagging", "s3:PutObject", "s3:PutObjectTagging"] {
            let needed = plan.permissions.iter().find(|permission| permission.action == action);
            assert!(needed.is_some_and(|permission| !permission.missing), "{action}: {:#?}", plan.permissions);
        }
        let cli = plan.cli.join("\n");
        for word in
            ["aws s3api copy-object", "--if-match", "--copy-source-if-match", "--profile practice", &whole.version_id]
        {
            assert!(cli.contains(word), "{word} is missing in {cli}");
        }
        assert!(plan.notices.iter().all(|notice| notice.severity < Severity::Refusal), "{:#?}", plan.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_previous_version_comes_back_verified_and_the_undo_takes_it_away_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        core.buckets()?;
        let rows = core.versions("lake-raw", SALES)?;
        let (cut, whole) = (&rows[0].fact, &rows[1].fact);
        let plan = core.plan("lake-raw", SALES, Pick::Previous)?;
        let (list, channel) = core.stream(&WatchOperations {})?;
        assert_eq!(list.expect("watching").operations, []);
        let mark = estate.mark()?;
        let id = core.ask(&RunOperation { plan: plan.id.clone(), typed: None })?;
        let done = channel.wait("the end of the operation", |event| {
            (event.operation.state == OperationState::Succeeded).then(|| event.operation.clone())
        })?;
        assert_eq!((done.id.clone(), done.steps_done, done.bytes_done), (id.clone(), 1, plan.bytes));
        assert_eq!(done.undo, UndoState::Possible);
        let states: Vec<_> = channel.events()?.into_iter().map(|event| event.operation.state).collect();
        assert_eq!(states.first(), Some(&OperationState::Running), "{states:?}");

        // What was sent.
        let writes = estate.writes(mark)?;
        assert_eq!(writes.iter().map(|call| call.text("action")).collect::<Vec<_>>(), ["CopyObject"]);
        let copy = &writes[0];
        assert_eq!(
            copy.header("x-amz-copy-source"),
            Some(format!("lake-raw/{SALES}?versionId={}", whole.version_id).as_str())
        );
        assert_eq!(copy.header("if-match"), cut.etag.as_deref(), "only over what the person saw");
        assert_eq!(copy.header("x-amz-copy-source-if-match"), whole.etag.as_deref());
        assert_eq!(copy.header("x-amz-expected-bucket-owner"), Some("123456789012"));
        assert_eq!(copy.header("x-amz-source-expected-bucket-owner"), Some("123456789012"));

        // What is there.
        let after = core.versions("lake-raw", SALES)?;
        assert_eq!(after.len(), rows.len() + 1, "nothing was destroyed");
        let new = &after[0].fact;
        assert!(new.is_latest);
        assert_eq!(
            estate.body("lake-raw", SALES, &new.version_id)?,
            estate.body("lake-raw", SALES, &whole.version_id)?
        );
        let (theirs, ours) = (describe(core, SALES, &whole.version_id)?, describe(core, SALES, &new.version_id)?);
        assert_eq!(
            (ours.metadata, ours.tags, ours.content_type, ours.class),
            (theirs.metadata, theirs.tags, theirs.content_type, theirs.class)
        );

        // What is said.
        let receipt = core.ended(&id)?;
        let [step] = receipt.steps.as_slice() else { panic!("one step") };
        assert_eq!((step.state, step.new_version_id.as_deref()), (StepState::Done, Some(new.version_id.as_str())));
        let checks: Vec<_> = step.checks.iter().map(|check| (check.what.as_str(), check.ok)).collect();
        assert_eq!(checks, [("size", true), ("checksum", true), ("version id", true), ("is current", true)]);
        assert!(!step.request_ids.is_empty() && step.finished.is_some());
        let audit = receipt.audit.expect("the entry that closed it");
        assert_eq!(audit.action, "restore.done");
        assert!(audit.result.contains(&step.request_ids[0]), "{}", audit.result);
        assert_eq!(core.fault(&RunOperation { plan: plan.id, typed: None })?.code, Code::Gone, "a plan runs once");

        // And back.
        let undo = core.plan_undo(&id)?;
        assert_eq!((undo.title.as_str(), undo.undoes.as_ref()), ("Undo restore daily_sales.csv", Some(&id)));
        let undone = core.succeed(&undo)?;
        assert_eq!(core.ended(&id)?.operation.undo, UndoState::Undone(undone.operation.id));
        let last = core.versions("lake-raw", SALES)?;
        assert_eq!(last.len(), rows.len() + 2);
        assert_eq!(
            estate.body("lake-raw", SALES, &last[0].fact.version_id)?,
            estate.body("lake-raw", SALES, &cut.version_id)?
        );

        let audit = core.audit()?;
        let actions: Vec<_> = audit.iter().rev().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["restore.run", "restore.done", "undo.run", "undo.done"]);
        assert!(
            audit
                .iter()
                .all(|entry| entry.account == "123456789012" && entry.profile == "practice" && !entry.who.is_empty())
        );
        let check = core.ask(&CheckAudit {})?;
        assert_eq!((check.entries, check.broken_at), (4, None), "the chain is whole");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_chosen_version_comes_back() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", SALES)?;
        let wanted = &rows[12].fact;
        core.succeed(&core.plan("lake-raw", SALES, Pick::Version(wanted.version_id.clone()))?)?;
        let new = &core.versions("lake-raw", SALES)?[0].fact;
        assert_eq!(
            estate.body("lake-raw", SALES, &new.version_id)?,
            estate.body("lake-raw", SALES, &wanted.version_id)?
        );
        let again = core.plan("lake-raw", SALES, Pick::Version(new.version_id.clone()))?;
        assert!(
            again.steps.is_empty() && again.notices.iter().any(|notice| notice.text.contains("current already")),
            "{again:#?}"
        );
        assert!(core.fault(&RunOperation { plan: again.id, typed: None })?.detail.contains("nothing to do"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_that_does_not_exist_or_is_a_marker_is_refused() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", SALES)?;
        let marker = rows.iter().find(|row| row.fact.delete_marker).expect("deleted once").fact.version_id.clone();
        for id in [marker, "VnoSuchVersion".to_owned()] {
            let plan = core.plan("lake-raw", SALES, Pick::Version(id))?;
            assert!(plan.notices.iter().any(|notice| notice.severity == Severity::Refusal), "{plan:#?}");
            assert_eq!(core.fault(&RunOperation { plan: plan.id, typed: None })?.code, Code::Other);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_by_date_is_the_one_that_was_current_or_the_nearest_and_said_so() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = core.versions("lake-raw", SALES)?;
        let source = |plan: &Plan| match &plan.steps[0].action {
            Action::Copy { source, .. } => source.version_id.clone(),
            other => panic!("{other:?}"),
        };
        let exact = core.plan("lake-raw", SALES, Pick::At(rows[1].fact.last_modified + Duration::from_mins(1)))?;
        assert_eq!(source(&exact), rows[1].fact.version_id);
        assert!(!exact.notices.iter().any(|notice| notice.text.contains("nearest")), "{:?}", exact.notices);
        let marker = rows.iter().position(|row| row.fact.delete_marker).expect("deleted once");
        let nearest =
            core.plan("lake-raw", SALES, Pick::At(rows[marker].fact.last_modified + Duration::from_mins(1)))?;
        assert_eq!(source(&nearest), rows[marker + 1].fact.version_id);
        let said = nearest.notices.iter().find(|notice| notice.text.contains("nearest")).expect("labelled");
        assert!(said.severity == Severity::Warning && said.text.contains("deleted"), "{said:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn under_another_key_by_template_the_original_stays() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = core.versions("lake-raw", SALES)?;
        let whole = &rows[1].fact;
        let date = whole.last_modified.strftime("%Y-%m-%d").to_string();
        let to = format!("archive/{}/{}/daily_sales_{date}.csv", &date[..4], &date[5..7]);
        let mut request = restore("lake-raw", SALES, Pick::Previous);
        request.destination = Destination::Template("archive/{yyyy}/{mm}/{name}_{date}{ext}".into());
        let plan = core.ask(&request)?;
        assert_eq!(plan.title, format!("Restore daily_sales.csv as {to}"));
        assert!(plan.effects.is_empty(), "nobody listens there: {:?}", plan.effects);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        let copies = estate.calls("CopyObject", mark)?;
        assert_eq!(copies[0].header("if-none-match"), Some("*"), "never over what is there");
        assert_eq!(core.versions("lake-raw", SALES)?.len(), rows.len(), "the original is as it was");
        let copy = core.versions("lake-raw", &to)?;
        assert_eq!(
            estate.body("lake-raw", &to, &copy[0].fact.version_id)?,
            estate.body("lake-raw", SALES, &whole.version_id)?
        );

        let again = core.ask(&request)?;
        assert!(
            again
                .notices
                .iter()
                .any(|notice| notice.severity == Severity::Refusal && notice.text.contains("exists already")),
            "{again:#?}"
        );
        assert_eq!(core.fault(&RunOperation { plan: again.id, typed: None })?.code, Code::Other);

        core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        assert!(core.versions("lake-raw", &to)?[0].fact.delete_marker, "the undo hides the copy and destroys nothing");
        core.succeed(&core.ask(&request)?)?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn storage_class_is_kept_and_an_archived_version_is_refused_with_the_reason() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = "data/in/menu_2024.csv";
        let rows = core.versions("lake-raw", key)?;
        let classes: Vec<_> = rows.iter().map(|row| row.fact.class.as_deref().unwrap_or_default()).collect();
        assert_eq!(classes, ["STANDARD", "STANDARD_IA", "GLACIER"]);
        let mark = estate.mark()?;
        core.succeed(&core.plan("lake-raw", key, Pick::Previous)?)?;
        assert_eq!(core.versions("lake-raw", key)?[0].fact.class.as_deref(), Some("STANDARD_IA"));
        assert_eq!(estate.calls("CopyObject", mark)?[0].header("x-amz-storage-class"), Some("STANDARD_IA"));

        let plan = core.plan("lake-raw", key, Pick::Version(rows[2].fact.version_id.clone()))?;
        let refusal = plan.notices.iter().find(|notice| notice.severity == Severity::Refusal).expect("refused");
        assert!(refusal.text.contains("GLACIER") && refusal.text.contains("RestoreObject"), "{}", refusal.text);
        let mark = estate.mark()?;
        let fault = core.fault(&RunOperation { plan: plan.id, typed: None })?;
        assert_eq!((fault.code, estate.writes(mark)?.len()), (Code::Other, 0), "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn odd_keys_are_restored_too() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let keys = crate::odd_keys();
        let mut request = restore("lake-raw", &keys[0], Pick::Previous);
        let first = request.items[0].clone();
        request.items =
            keys.iter().map(|key| contract::restore::RestoreItem { key: key.clone(), ..first.clone() }).collect();
        let plan = core.ask(&request)?;
        assert_eq!((plan.steps.len(), plan.confirm, plan.risk), (keys.len(), Confirm::Dialog, Risk::High));
        assert_eq!(plan.title, format!("Restore {} objects", keys.len()));
        let receipt = core.succeed(&plan)?;
        assert_eq!(receipt.operation.steps_done, keys.len() as u64);
        for (number, key) in keys.iter().enumerate() {
            let rows = core.versions("lake-raw", key)?;
            assert_eq!(rows.len(), 3, "{key:?}");
            let body = estate.body("lake-raw", key, &rows[0].fact.version_id)?;
            assert_eq!(String::from_utf8_lossy(&body), format!("first,{number}\n"), "{key:?}");
        }
        let undone = core.succeed(&core.plan_undo(&receipt.operation.id)?)?;
        assert_eq!(undone.operation.steps_done, keys.len() as u64);
        Ok(())
    })
}
