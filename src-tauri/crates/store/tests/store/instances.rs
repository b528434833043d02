//! Two runs of the program on one data folder: neither takes the other's operations while it lives.

use crate::sample::{self, at, folder, operation};
use crate::{ROLE, role};
use contract::operations::{OperationState, StepState};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use store::{Store, StoreError};

#[test]
fn a_living_instance_keeps_its_operations() {
    let dir = folder();
    let (first, second) = (sample::open(&dir), sample::open(&dir));
    let new = operation("op", 2);
    first.begin_operation(&new).unwrap();
    assert_eq!(second.interrupt_running().unwrap(), []);
    assert!(matches!(second.resume_operation(&new.id), Err(StoreError::OtherInstance(_))));
    assert!(matches!(second.step_started(&new.id, 0, at(2), None), Err(StoreError::OtherInstance(_))));
    assert!(matches!(
        second.set_state(&new.id, OperationState::Discarded, "", None),
        Err(StoreError::OtherInstance(_))
    ));
    first.step_started(&new.id, 0, at(2), None).unwrap();

    // The first one that opened ends; a third one comes; the second, which never was first, lives on.
    second.begin_operation(&operation("second", 1)).unwrap();
    drop(first);
    let third = sample::open(&dir);
    assert_eq!(third.interrupt_running().unwrap(), std::slice::from_ref(&new.id));
    assert_eq!(third.operation_row(&new.id).unwrap().state, OperationState::Interrupted);

    // Of two that want to go on, one does.
    third.resume_operation(&new.id).unwrap();
    assert!(matches!(second.resume_operation(&new.id), Err(StoreError::OtherInstance(_))));
}

#[test]
fn a_clone_is_the_same_instance() {
    let dir = folder();
    let store = sample::open(&dir);
    let clone = store.clone();
    store.begin_operation(&operation("op", 1)).unwrap();
    drop(store);
    assert_eq!(clone.interrupt_running().unwrap(), []);
    let other = sample::open(&dir);
    assert_eq!(other.interrupt_running().unwrap(), [], "the clone holds the lock");
}

/// The process that is killed in the middle of a step.
fn victim(dir: &Path) {
    let store = Store::open(dir).unwrap().store;
    store.begin_operation(&operation("op", 3)).unwrap();
    store.step_started(&sample::id("op"), 0, at(2), Some("upload")).unwrap();
    println!("\nstep is running");
    std::thread::sleep(std::time::Duration::from_mins(2));
}

#[test]
fn a_killed_process_leaves_interrupted_operations() {
    if let Some(dir) = role() {
        return victim(Path::new(&dir));
    }
    let dir = folder();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "instances::a_killed_process_leaves_interrupted_operations", "--nocapture"])
        .env(ROLE, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "step is running"));

    let store = sample::open(&dir);
    assert_eq!(store.interrupt_running().unwrap(), [], "it lives");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(store.interrupt_running().unwrap(), [sample::id("op")]);
    let record = store.operation(&sample::id("op")).unwrap();
    assert_eq!(record.row.state, OperationState::Interrupted);
    assert_eq!(record.steps[0].receipt.state, StepState::Running);
    assert_eq!(record.steps[0].upload_id.as_deref(), Some("upload"));
    drop(store);
    let left = std::fs::read_dir(dir.path().join("instances")).unwrap().count();
    assert_eq!(left, 0, "lock files are cleared away");
}
