//! Causes of failed runs: kept by job and signature, each run once, and bounded.

use crate::sample::{self, folder};
use contract::jobs::recurrence::After;
use std::collections::{HashMap, HashSet};
use store::{FINDINGS_KEPT, SeenFinding};

fn seen(run: &str) -> SeenFinding {
    SeenFinding { run: run.into(), at: sample::at(1), request: "[]".into(), after: None }
}

#[test]
fn a_cause_is_counted_once_for_each_run() {
    let dir = folder();
    let store = sample::open(&dir);
    store.keep_findings("glue:load", "disk.full", &[seen("glue:load/jr_1"), seen("glue:load/jr_2")]).unwrap();
    let settled = SeenFinding { after: Some(After::Same), ..seen("glue:load/jr_1") };
    store.keep_findings("glue:load", "disk.full", std::slice::from_ref(&settled)).unwrap();
    drop(store);
    let store = sample::open(&dir);
    assert_eq!(store.findings_of("glue:load", "disk.full").unwrap(), [settled, seen("glue:load/jr_2")]);
    assert!(store.findings_of("glue:load", "disk.bad").unwrap().is_empty());
    assert!(store.findings_of("glue:save", "disk.full").unwrap().is_empty());
}

#[test]
fn the_oldest_findings_go_first() {
    let dir = folder();
    let store = sample::open(&dir);
    let all: Vec<_> = (0..=FINDINGS_KEPT).map(|number| seen(&format!("emr:j-1/s-{number}"))).collect();
    store.keep_findings("emr:load", "disk.full", &all).unwrap();
    let kept = store.findings_of("emr:load", "disk.full").unwrap();
    assert_eq!((kept.first(), kept.len()), (all.get(1), all.len() - 1));
}

#[test]
fn the_cause_of_a_run_is_the_one_that_was_found_last() {
    let dir = folder();
    let store = sample::open(&dir);
    store.keep_findings("glue:load", "disk.full", &[seen("glue:load/jr_1"), seen("glue:load/jr_2")]).unwrap();
    store.keep_findings("glue:load", "disk.bad", &[seen("glue:load/jr_2")]).unwrap();
    store.keep_findings("emr:save", "disk.full", &[seen("emr:j-1/s-1")]).unwrap();
    let asked: HashSet<String> = ["glue:load/jr_1", "glue:load/jr_2", "glue:load/jr_3"].map(str::to_owned).into();
    let of = |run: &str, signature: &str| (run.to_owned(), signature.to_owned());
    let expected = HashMap::from([of("glue:load/jr_1", "disk.full"), of("glue:load/jr_2", "disk.bad")]);
    assert_eq!(store.signatures_of(&asked).unwrap(), expected, "what was not asked for is left out");
    assert!(store.signatures_of(&HashSet::new()).unwrap().is_empty());
}
