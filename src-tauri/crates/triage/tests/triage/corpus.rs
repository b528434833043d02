//! Failures as people reported them in public, in our own words: written from those descriptions, before the patterns.

use crate::jobs::Job;
use std::fs;
use triage::{Role, Verdict};

struct Case {
    name: String,
    expect: String,
    job: Job,
}

fn cases() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| case(path.file_stem().unwrap().to_string_lossy().into_owned(), &fs::read_to_string(&path).unwrap()))
        .collect()
}

fn case(name: String, text: &str) -> Case {
    let mut case = Case { name, expect: String::new(), job: Job::new() };
    for line in text.lines() {
        let Some(order) = line.strip_prefix("#! ") else {
            let (_, _, file) = case.job.files.last_mut().expect("a file before its lines");
            file.push_str(line);
            file.push('\n');
            continue;
        };
        let (word, rest) = order.split_once(' ').unwrap();
        match word {
            "expect" => rest.clone_into(&mut case.expect),
            "state" => case.job.facts.state = Some(rest.to_owned()),
            "exit" => case.job.facts.exit_code = rest.parse().ok(),
            "fact" => {
                let (field, said) = rest.split_once(' ').unwrap();
                case.job = case.job.fact(field, said);
            }
            "file" => case.job.files.push((role(rest), None, String::new())),
            other => panic!("{other}"),
        }
    }
    case
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
    let (mut found, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    let cases = cases();
    for case in &cases {
        let report = case.job.report();
        let said = match report.verdict {
            Verdict::Cause => report.findings[0].signature.clone(),
            Verdict::Unknown => "unknown".to_owned(),
            Verdict::Nothing => "nothing".to_owned(),
        };
        if said == case.expect {
            found += 1;
        } else if said == "unknown" {
            unknown.push(case.name.clone());
        } else {
            let others: Vec<_> =
                report.findings.iter().map(|finding| (finding.signature.as_str(), finding.score)).collect();
            wrong.push(format!("{}: {said}, not {} {others:?}", case.name, case.expect));
        }
    }
    println!("public corpus: {} cases, found {found}, wrong {}, unknown {}", cases.len(), wrong.len(), unknown.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}
