//! Values to store.

use contract::operations::{Check, StepReceipt, StepState};
use contract::plan::{Action, Confirm, Place, Plan, Risk, Scope, Seen, SourceVersion, Step};
use contract::session::Environment;
use contract::{OperationId, PlanId, Timestamp};
use store::{NewAudit, NewOperation, Store};

pub fn open(dir: &tempfile::TempDir) -> Store {
    let opened = Store::open(dir.path()).unwrap();
    assert_eq!(opened.set_aside, None);
    opened.store
}

pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The database behind the store's back.
pub fn raw(store: &Store) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(store.path()).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection
}

pub fn id(name: &str) -> OperationId {
    OperationId(name.to_owned())
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_200_000 + second).unwrap()
}

/// Copies of 1000, 2000, … bytes, and the removal of a marker at the end.
pub fn plan(copies: u64) -> Plan {
    let mut steps: Vec<Step> = (1..=copies)
        .map(|n| {
            let key = format!("data/in/day {n}\n%2B+é/../{n}.csv");
            let source = SourceVersion {
                key: key.clone(),
                version_id: format!("v{n}"),
                size: n * 1000,
                etag: "\"e\"".to_owned(),
                last_modified: at(-1),
            };
            Step {
                key: key.clone(),
                action: Action::Copy { source, to_key: key },
                seen: Seen::Nothing,
                text: "copies".to_owned(),
                why: "because".to_owned(),
            }
        })
        .collect();
    steps.push(Step {
        key: "hidden.csv".to_owned(),
        action: Action::RemoveMarker { marker_id: "m1".to_owned() },
        seen: Seen::Marker { version_id: "m1".to_owned() },
        text: "removes the marker".to_owned(),
        why: "free".to_owned(),
    });
    Plan {
        refused: Vec::new(),
        id: PlanId("p".to_owned()),
        title: format!("Restore {} objects", steps.len()),
        name: "lake-raw".to_owned(),
        place: Place {
            account: "123456789012".to_owned(),
            profile: "practice".to_owned(),
            region: "eu-central-1".to_owned(),
            environment: Environment::Other,
            scope: Scope::Bucket("lake-raw".to_owned()),
        },
        made: at(0),
        risk: Risk::High,
        confirm: Confirm::Dialog,
        bytes: (1..=copies).map(|n| n * 1000).sum(),
        steps,
        fidelity: Vec::new(),
        effects: Vec::new(),
        permissions: Vec::new(),
        notices: Vec::new(),
        cli: Vec::new(),
        undoes: None,
    }
}

pub fn operation(name: &str, copies: u64) -> NewOperation {
    NewOperation {
        id: id(name),
        plan: plan(copies),
        profile: "practice".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        scope: "lake-raw".to_owned(),
        who: "watch".to_owned(),
        started: at(1),
    }
}

pub fn receipt(key: &str, state: StepState) -> StepReceipt {
    StepReceipt {
        new_version_id: Some("new".to_owned()),
        request_ids: vec!["R1".to_owned(), "R2".to_owned()],
        checks: vec![Check { what: "size".to_owned(), ok: true, text: "1.2 MB".to_owned() }],
        finished: Some(at(9)),
        ..StepReceipt::begun(key.to_owned(), state)
    }
}

pub fn audit(target: &str) -> NewAudit {
    NewAudit {
        at: at(5),
        who: "watch".to_owned(),
        profile: "practice".to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        action: "restore.run".to_owned(),
        target: target.to_owned(),
        result: "started".to_owned(),
        operation: Some(id("op")),
    }
}
