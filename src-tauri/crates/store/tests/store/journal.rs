//! Operations from their beginning to their undo, and what a crash leaves.

use crate::sample::{self, at, folder, id, operation, receipt};
use contract::operations::{OperationState, StepState, UndoState};
use store::{NewOperation, StoreError};

#[test]
fn an_operation_from_begin_to_undo() {
    let dir = folder();
    let store = sample::open(&dir);
    let new = operation("op", 3);
    store.begin_operation(&new).unwrap();
    let row = store.operation_row(&new.id).unwrap();
    assert_eq!((row.state, row.steps, row.steps_done), (OperationState::Running, 4, 0));
    assert_eq!((row.bytes, row.bytes_done, &row.undo), (6000, 0, &UndoState::None));
    assert_eq!((row.started, row.finished), (at(1), None));

    store.step_started(&new.id, 1, at(2), None).unwrap();
    store.step_note_upload(&new.id, 1, Some("upload-1")).unwrap();
    let record = store.operation(&new.id).unwrap();
    assert_eq!(record.plan, new.plan);
    assert_eq!(record.who, "watch");
    assert_eq!(record.steps[0].receipt.state, StepState::Waiting);
    assert_eq!(record.steps[1].receipt.state, StepState::Running);
    assert_eq!(record.steps[1].receipt.key, new.plan.steps[1].key);
    assert_eq!(record.steps[1].upload_id.as_deref(), Some("upload-1"));
    assert_eq!(record.steps[1].started, Some(at(2)));

    let done = receipt(&new.plan.steps[1].key, StepState::Done);
    store.step_finished(&new.id, 1, &done).unwrap();
    let record = store.operation(&new.id).unwrap();
    assert_eq!(record.steps[1].receipt, done);
    assert_eq!(record.steps[1].upload_id, None, "a finished copy has no open upload");
    assert_eq!((record.row.steps_done, record.row.bytes_done), (1, 2000));
    assert!(matches!(record.row.undo, UndoState::Impossible(_)), "not while it runs");

    store.step_finished(&new.id, 0, &receipt("k", StepState::Failed)).unwrap();
    store.set_state(&new.id, OperationState::Failed, "1 of 4 done", Some(at(10))).unwrap();
    let row = store.operation_row(&new.id).unwrap();
    assert_eq!((row.state, row.note.as_str(), row.finished), (OperationState::Failed, "1 of 4 done", Some(at(10))));
    assert_eq!(row.undo, UndoState::Possible);
    store.set_undo_blocked(&new.id, Some("not versioned")).unwrap();
    assert_eq!(store.operation_row(&new.id).unwrap().undo, UndoState::Impossible("not versioned".to_owned()));
    store.mark_undone(&new.id, &id("undo")).unwrap();
    assert_eq!(store.operation_row(&new.id).unwrap().undo, UndoState::Undone(id("undo")));
}

#[test]
fn a_crash_leaves_what_is_needed_to_go_on() {
    let dir = folder();
    let new = operation("op", 3);
    let store = sample::open(&dir);
    store.begin_operation(&new).unwrap();
    store.step_started(&new.id, 0, at(2), None).unwrap();
    store.step_finished(&new.id, 0, &receipt("k", StepState::Done)).unwrap();
    store.step_started(&new.id, 1, at(3), None).unwrap();
    store.step_note_upload(&new.id, 1, Some("upload-2")).unwrap();
    drop(store);

    let store = sample::open(&dir);
    assert_eq!(store.interrupt_running().unwrap(), std::slice::from_ref(&new.id));
    assert_eq!(store.interrupt_running().unwrap(), [], "once");
    assert_eq!(store.operations_in(OperationState::Interrupted).unwrap().len(), 1);
    let record = store.operation(&new.id).unwrap();
    assert_eq!(record.row.state, OperationState::Interrupted);
    assert_eq!(record.row.finished, None);
    assert_eq!(record.row.undo, UndoState::Possible);
    let states: Vec<_> = record.steps.iter().map(|step| step.receipt.state).collect();
    assert_eq!(states, [StepState::Done, StepState::Running, StepState::Waiting, StepState::Waiting]);
    assert_eq!(record.steps[1].upload_id.as_deref(), Some("upload-2"));

    store.resume_operation(&new.id).unwrap();
    store.step_started(&new.id, 1, at(20), None).unwrap();
    assert_eq!(store.operation(&new.id).unwrap().steps[1].upload_id.as_deref(), Some("upload-2"), "still known");
    store.step_note_upload(&new.id, 1, None).unwrap();
    assert_eq!(store.operation(&new.id).unwrap().steps[1].upload_id, None, "aborted");
    store.step_started(&new.id, 1, at(21), Some("upload-3")).unwrap();
    assert_eq!(store.operation(&new.id).unwrap().steps[1].upload_id.as_deref(), Some("upload-3"));
    store.set_state(&new.id, OperationState::Succeeded, "", Some(at(30))).unwrap();
    assert!(matches!(store.resume_operation(&new.id), Err(StoreError::WrongState { .. })));
    assert_eq!(store.interrupt_running().unwrap(), []);
}

#[test]
fn a_step_begun_again_shows_its_last_receipt_as_running() {
    let dir = folder();
    let store = sample::open(&dir);
    let new = operation("op", 1);
    store.begin_operation(&new).unwrap();
    store.step_finished(&new.id, 0, &receipt("k", StepState::Failed)).unwrap();
    store.step_started(&new.id, 0, at(5), None).unwrap();
    let step = store.operation(&new.id).unwrap().steps.remove(0);
    assert_eq!((step.receipt.state, step.receipt.finished), (StepState::Running, None));
    assert_eq!(step.receipt.request_ids, ["R1", "R2"]);
}

#[test]
fn the_list_is_newest_first_by_pages() {
    let dir = folder();
    let store = sample::open(&dir);
    for n in 0..5 {
        store.begin_operation(&operation(&format!("op{n}"), n)).unwrap();
    }
    let ids = |offset, limit| -> Vec<String> {
        store.operations(offset, limit).unwrap().into_iter().map(|row| row.id.0).collect()
    };
    assert_eq!(ids(0, 2), ["op4", "op3"]);
    assert_eq!(ids(3, 10), ["op1", "op0"]);
    assert_eq!(store.operation_count().unwrap(), 5);
    assert_eq!(store.operations(0, 1).unwrap()[0].steps, 5);
}

#[test]
fn operations_are_found_by_what_they_were_on() {
    let dir = folder();
    let store = sample::open(&dir);
    for (name, scope) in [("one", "churn"), ("other", "lake-raw"), ("two", "churn"), ("three", "churn")] {
        store.begin_operation(&NewOperation { scope: scope.to_owned(), ..operation(name, 1) }).unwrap();
    }
    let ids = |account: &str, limit| -> Vec<String> {
        store.operations_on(account, "churn", limit).unwrap().into_iter().map(|row| row.id.0).collect()
    };
    assert_eq!(ids("123456789012", 10), ["three", "two", "one"]);
    assert_eq!(ids("123456789012", 1), ["three"]);
    assert!(ids("210987654321", 10).is_empty(), "of another account");
}

#[test]
fn strangers_are_refused() {
    let dir = folder();
    let store = sample::open(&dir);
    let nobody = id("nobody");
    assert!(matches!(store.operation(&nobody), Err(StoreError::NoSuchOperation(_))));
    assert!(matches!(store.step_started(&nobody, 0, at(0), None), Err(StoreError::NoSuchOperation(_))));
    let new = operation("op", 1);
    store.begin_operation(&new).unwrap();
    assert!(matches!(store.step_started(&new.id, 2, at(0), None), Err(StoreError::NoSuchStep { step: 2, .. })));
    assert!(store.begin_operation(&new).is_err(), "an id is used once");
    assert_eq!(store.operation(&new.id).unwrap().steps.len(), 2, "the refused one left nothing");
}

/// A plan of a version that is gone costs its own receipt, not the list.
#[test]
fn an_unreadable_plan_is_one_error() {
    let dir = folder();
    let store = sample::open(&dir);
    store.begin_operation(&operation("op", 1)).unwrap();
    sample::raw(&store).execute("UPDATE operations SET plan = '{\"canary\":\"s3cret\"}'", []).unwrap();
    assert_eq!(store.operations(0, 10).unwrap().len(), 1);
    let error = store.operation(&id("op")).unwrap_err();
    assert!(matches!(error, StoreError::Unreadable(_)));
    assert!(!format!("{error:?} {error}").contains("s3cret"));
}
