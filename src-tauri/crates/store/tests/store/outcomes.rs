//! What was found out about executions, and marks on incidents.

use crate::sample::{self, at, folder};
use contract::{
    executions::Status,
    jobs::{JobId, facts::StartedRun},
    now::{Mark, MarkKind},
};
use store::Outcome;

#[test]
fn an_outcome_holds_for_its_number_of_redrives() {
    let dir = folder();
    let store = sample::open(&dir);
    let outcome = Outcome {
        status: Status::CaughtFailure,
        state: Some("Submit".into()),
        error: Some("States.TaskFailed".into()),
        cause: None,
        started: vec![StartedRun::Run(JobId::Glue { job: "clean".into(), run: "jr_1".into() })],
    };
    store.keep_outcome("arn:one", 0, &outcome).unwrap();
    let asked = [("arn:one".to_owned(), 0), ("arn:two".to_owned(), 0)];
    let found = store.outcomes(&asked).unwrap();
    assert_eq!(found.get("arn:one"), Some(&outcome));
    assert_eq!(found.len(), 1);
    assert!(store.outcomes(&[("arn:one".to_owned(), 1)]).unwrap().is_empty(), "redriven, it may have ended otherwise");
    let later = Outcome { status: Status::Succeeded, ..outcome };
    store.keep_outcome("arn:one", 0, &later).unwrap();
    assert_eq!(store.outcomes(&asked).unwrap().get("arn:one"), Some(&later));
}

#[test]
fn an_outcome_is_found_by_a_run_that_it_names() {
    let dir = folder();
    let store = sample::open(&dir);
    let of = |run: &str| Outcome {
        status: Status::Failed,
        state: None,
        error: None,
        cause: Some(format!("because of {run}")),
        started: vec![StartedRun::Run(JobId::Glue { job: "clean".into(), run: run.into() })],
    };
    store.keep_outcome("arn:one", 0, &of("jr_1")).unwrap();
    store.keep_outcome("arn:two", 0, &of("jr_2")).unwrap();
    assert_eq!(store.outcomes_naming("jr_2", 10).unwrap(), [("arn:two".to_owned(), of("jr_2"))]);
    assert_eq!(store.outcomes_naming("jr_", 1).unwrap().len(), 1, "at most so many");
    assert!(store.outcomes_naming("jr_%", 10).unwrap().is_empty(), "a text and no pattern");
}

#[test]
fn a_mark_is_set_changed_and_taken_away() {
    let dir = folder();
    let store = sample::open(&dir);
    let mark = Mark { kind: MarkKind::Seen, who: "watch".into(), at: at(1), until: None };
    store.set_mark("incident", Some(&mark)).unwrap();
    let mine = Mark { kind: MarkKind::Mine, ..mark };
    store.set_mark("incident", Some(&mine)).unwrap();
    assert_eq!(store.marks().unwrap().get("incident"), Some(&mine));
    store.set_mark("incident", None).unwrap();
    assert!(store.marks().unwrap().is_empty());
}
