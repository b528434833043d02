//! Executions of pipelines that are over: found again after a restart, replaced, bounded and removed.

use crate::sample::{self, folder};
use contract::Timestamp;
use std::collections::HashMap;
use store::{EndedRun, RUNS_DAYS, Store};

fn run(arn: &str, second: i64, told: &str) -> EndedRun<String> {
    EndedRun { arn: arn.into(), started: sample::at(second), told: told.into() }
}

fn kept(store: &Store, arns: &[&str]) -> HashMap<String, String> {
    let wanted: Vec<String> = arns.iter().map(|arn| (*arn).to_owned()).collect();
    store.kept_runs(&wanted).unwrap()
}

fn told(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(arn, told)| ((*arn).to_owned(), (*told).to_owned())).collect()
}

#[test]
fn an_execution_is_found_again_and_its_newer_end_takes_the_place() {
    let dir = folder();
    sample::open(&dir).keep_runs(sample::at(0), &[run("a", 1, "failed"), run("b", 2, "succeeded")]).unwrap();
    let store = sample::open(&dir);
    assert_eq!(kept(&store, &["a", "b", "c"]), told(&[("a", "failed"), ("b", "succeeded")]));
    store.keep_runs(sample::at(0), &[run("a", 1, "succeeded")]).unwrap();
    assert_eq!(kept(&store, &["a"]), told(&[("a", "succeeded")]));
    store.forget_run("a").unwrap();
    assert_eq!(kept(&store, &["a", "b"]), told(&[("b", "succeeded")]));
    let other: HashMap<String, u32> = store.kept_runs(&["b".to_owned()]).unwrap();
    assert!(other.is_empty(), "what cannot be read is found out again");
}

#[test]
fn old_ones_go_and_all_can_be_removed() {
    let dir = folder();
    let store = sample::open(&dir);
    store.keep_runs(sample::at(0), &[run("old", 1, "x"), run("young", 90_000, "y")]).unwrap();
    let later = sample::at(2).as_second() + i64::from(RUNS_DAYS) * 86_400;
    store.keep_runs::<String>(Timestamp::from_second(later).unwrap(), &[]).unwrap();
    assert_eq!(kept(&store, &["old", "young"]), told(&[("young", "y")]));
    assert!(store.runs_size().unwrap() > 0);
    store.clear_runs().unwrap();
    assert_eq!((store.runs_size().unwrap(), kept(&store, &["young"]).len()), (0, 0));
}
