use super::*;
use crate::facts::{KEY, at, bucket, copy_step, data, marker, marker_step, rows};
use contract::objects::VersionFact;

fn receipt(new_version_id: Option<&str>) -> StepReceipt {
    StepReceipt {
        new_version_id: new_version_id.map(str::to_owned),
        finished: Some(at(1_000)),
        ..StepReceipt::begun(KEY.into(), StepState::Done)
    }
}

fn ask(step: &Step, receipt: &StepReceipt, facts: Vec<VersionFact>, versioning: Versioning) -> Result<Step, NoUndo> {
    let mut bucket = bucket();
    bucket.versioning = Ok(versioning);
    undo(&UndoQuestion { step, receipt, rows: &rows(facts), facts: &bucket })
}

fn on_object() -> Step {
    copy_step(KEY, KEY, 1, Seen::Object { version_id: "v2".into(), etag: "b".into(), size: 2 })
}

fn after_copy() -> Vec<VersionFact> {
    vec![data("v3", 900, 1, "a"), data("v2", 200, 2, "b"), data("v1", 100, 1, "a")]
}

#[test]
fn a_copy_on_an_object_copies_the_one_before_back() {
    let step = ask(&on_object(), &receipt(Some("v3")), after_copy(), Versioning::Enabled).unwrap();
    let Action::Copy { source, to_key } = &step.action else { panic!("{step:?}") };
    assert_eq!((source.version_id.as_str(), to_key.as_str()), ("v2", KEY));
    assert_eq!(step.seen, Seen::Object { version_id: "v3".into(), etag: "a".into(), size: 1 });
}

#[test]
fn a_copy_on_a_marker_or_nothing_is_hidden_again() {
    for seen in [Seen::Marker { version_id: "d".into() }, Seen::Nothing] {
        let step = copy_step(KEY, "archive/x", 1, seen);
        let inverse = ask(&step, &receipt(Some("v3")), after_copy(), Versioning::Enabled).unwrap();
        assert_eq!((inverse.key.as_str(), inverse.action), ("archive/x", Action::AddMarker));
    }
}

#[test]
fn a_removed_marker_is_added_again_unless_something_was_stored_since() {
    let step = marker_step(KEY, "d");
    let visible = || vec![data("v1", 100, 1, "a")];
    let inverse = ask(&step, &receipt(None), visible(), Versioning::Enabled).unwrap();
    assert_eq!(inverse.action, Action::AddMarker);
    assert_eq!(inverse.seen, Seen::Object { version_id: "v1".into(), etag: "a".into(), size: 1 });
    assert!(ask(&step, &receipt(Some("v1")), visible(), Versioning::Enabled).is_ok());
    let newer = vec![data("v9", 1_001, 1, "z"), data("v1", 100, 1, "a")];
    assert!(
        matches!(ask(&step, &receipt(None), newer.clone(), Versioning::Enabled), Err(NoUndo::Changed { current, .. }) if current == "v9")
    );
    assert!(matches!(ask(&step, &receipt(Some("v1")), newer, Versioning::Enabled), Err(NoUndo::Changed { .. })));
    let still = vec![marker("d0", 50), data("v1", 10, 1, "a")];
    assert_eq!(ask(&step, &receipt(None), still, Versioning::Enabled), Err(NoUndo::Covered));
}

#[test]
fn stacked_markers_are_undone_by_one() {
    let steps = [marker_step(KEY, "d2"), marker_step(KEY, "d1")];
    let receipts = [receipt(None), receipt(None)];
    let now = rows(vec![data("v1", 100, 1, "a")]);
    let facts = bucket();
    let done: Vec<_> = steps.iter().zip(&receipts).collect();
    let inverses = undo_all(&done, |_| &now, &facts);
    assert_eq!(inverses[0].as_ref().unwrap().action, Action::AddMarker);
    assert_eq!(inverses[1], Err(NoUndo::Covered));
}

#[test]
fn undo_all_runs_backwards() {
    let steps = [copy_step("a", "a", 1, Seen::Nothing), copy_step("b", "b", 1, Seen::Nothing)];
    let receipts = [receipt(Some("v3")), receipt(Some("v3"))];
    let now = rows(after_copy());
    let facts = bucket();
    let done: Vec<_> = steps.iter().zip(&receipts).collect();
    let keys: Vec<String> = undo_all(&done, |_| &now, &facts).into_iter().map(|step| step.unwrap().key).collect();
    assert_eq!(keys, ["b", "a"]);
}

#[test]
fn an_undo_is_undone_by_removing_its_marker() {
    let added = Step { action: Action::AddMarker, ..on_object() };
    let mut done = receipt(None);
    done.marker_id = Some("d9".into());
    let now = || vec![marker("d9", 900), data("v1", 100, 1, "a")];
    let inverse = ask(&added, &done, now(), Versioning::Enabled).unwrap();
    assert_eq!(inverse.action, Action::RemoveMarker { marker_id: "d9".into() });
    assert_eq!(inverse.seen, Seen::Marker { version_id: "d9".into() });
    done.marker_id = Some("null".into());
    let null = vec![marker("null", 900), data("v1", 100, 1, "a")];
    assert_eq!(ask(&added, &done, null, Versioning::Suspended), Err(NoUndo::Suspended));
}

#[test]
fn what_cannot_be_undone_says_why() {
    let step = on_object();
    let done = receipt(Some("v3"));
    assert_eq!(ask(&step, &done, after_copy(), Versioning::Never), Err(NoUndo::NotVersioned));
    assert_eq!(NoUndo::NotVersioned.to_string(), "the destination is not versioned");
    for state in [StepState::Waiting, StepState::Running, StepState::Failed, StepState::Changed, StepState::Skipped] {
        let unfinished = StepReceipt { state, ..done.clone() };
        assert_eq!(ask(&step, &unfinished, after_copy(), Versioning::Enabled), Err(NoUndo::NotDone));
    }
    let mut newer = after_copy();
    newer.insert(0, data("v4", 950, 1, "z"));
    assert!(
        matches!(ask(&step, &done, newer, Versioning::Enabled), Err(NoUndo::Changed { current, .. }) if current == "v4")
    );
    assert!(matches!(ask(&step, &done, Vec::new(), Versioning::Enabled), Err(NoUndo::Changed { .. })));
    assert!(matches!(ask(&step, &receipt(None), after_copy(), Versioning::Enabled), Err(NoUndo::Changed { .. })));
    let gone = vec![data("v3", 900, 1, "a"), data("v1", 100, 1, "a")];
    assert_eq!(ask(&step, &done, gone, Versioning::Enabled), Err(NoUndo::Gone("v2".into())));
    let mut archived = after_copy();
    archived[1].class = Some("GLACIER".into());
    assert_eq!(ask(&step, &done, archived, Versioning::Enabled), Err(NoUndo::Archived("v2".into())));
    // Our copy is the null version there, and cannot be told from a later upload.
    let null = vec![data("null", 900, 1, "a"), data("v2", 200, 2, "b"), data("v1", 100, 1, "a")];
    assert_eq!(ask(&step, &receipt(Some("null")), null, Versioning::Suspended), Err(NoUndo::Suspended));
    let over_null = vec![data("v1", 300, 1, "a"), data("null", 100, 1, "n")];
    assert_eq!(
        ask(&marker_step(KEY, "d"), &receipt(Some("v1")), over_null, Versioning::Suspended),
        Err(NoUndo::Suspended)
    );
}
