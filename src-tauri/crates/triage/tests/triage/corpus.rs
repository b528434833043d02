//! Failures as people reported them in public, in our own words.
//!
//! Those in `corpus` were written from such descriptions before the patterns, which then were made to find them. Those in
//! `described` were written later by somebody who had not read the patterns, each with the address of its description,
//! and the patterns are not made to fit them: they tell how triage does on failures that it was not made for.

use crate::{
    jobs::Job,
    tally::{Case, Outcome, count, those},
};
use std::{fs, path::Path};
use triage::Role;

pub fn public() -> Vec<Case> {
    cases("corpus")
}

pub fn described() -> Vec<Case> {
    cases("described")
}

fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| case(path.file_stem().unwrap().to_string_lossy().into_owned(), &fs::read_to_string(&path).unwrap()))
        .collect()
}

fn case(name: String, text: &str) -> Case {
    let (mut job, mut expect, mut source) = (Job::new(), "", "");
    for line in text.lines() {
        let Some(order) = line.strip_prefix("#! ") else {
            let (_, _, file) = job.files.last_mut().expect("a file before its lines");
            file.push_str(line);
            file.push('\n');
            continue;
        };
        let (word, rest) = order.split_once(' ').unwrap();
        match word {
            "expect" => expect = rest,
            "source" => source = rest,
            "state" => job.facts.state = Some(rest.to_owned()),
            "exit" => job.facts.exit_code = rest.parse().ok(),
            "fact" => {
                let (field, said) = rest.split_once(' ').unwrap();
                job = job.fact(field, said);
            }
            "file" => job.files.push((role(rest), None, String::new())),
            other => panic!("{other}"),
        }
    }
    Case::new(name, source.to_owned(), expect, &job.report())
}

fn role(text: &str) -> Role {
    match text.split(' ').next().unwrap() {
        "driver" => Role::Driver,
        "executor" => Role::Executor { id: text.split(' ').nth(1).map(str::to_owned) },
        "step" => Role::Step,
        "glue" => Role::Glue,
        "sagemaker" => Role::SageMaker,
        "bootstrap" => Role::Bootstrap,
        "lambda" => Role::Lambda,
        "dms" => Role::Dms,
        other => panic!("{other}"),
    }
}

#[test]
fn failures_described_in_public_are_recognised() {
    let cases = public();
    for outcome in [Outcome::Wrong, Outcome::General, Outcome::Unknown] {
        let those = those("public", &cases, outcome);
        assert!(those.is_empty(), "{outcome:?}:\n{those}");
    }
}

#[test]
fn failures_that_the_patterns_were_not_made_for_are_not_called_something_else() {
    let cases = described();
    let wrong = those("described", &cases, Outcome::Wrong);
    assert!(wrong.is_empty(), "{wrong}");
    assert!(cases.iter().all(|case| case.source.starts_with("https://")), "each has the address of its description");
    for engine in
        ["sagemaker", "lambda", "dms", "redshift", "serverless", "eks", "glue", "ecs", "batch", "emr", "states"]
    {
        assert!(cases.iter().any(|case| case.name.starts_with(engine)), "none of {engine}");
    }
    // What is found stays found.
    assert!(count(&cases, Outcome::Found) >= FOUND, "{}", those("described", &cases, Outcome::Unknown));
}

/// Of `described`, at least.
const FOUND: usize = 46;
