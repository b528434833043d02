//! The tables of `cargo xtask bench accuracy`, which puts them into `tests/benches/RESULTS.md`.

use crate::{
    accuracy::generated,
    corpus::{described, public},
    tally::{Case, Outcome, count},
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, env, fs, path::PathBuf};

const OUTCOMES: [Outcome; 4] = [Outcome::Found, Outcome::General, Outcome::Unknown, Outcome::Wrong];

#[test]
#[ignore = "cargo xtask bench accuracy"]
fn tables() {
    let folder = PathBuf::from(env::var_os("QUARTERDECK_BENCH_FOLDER").expect("cargo xtask bench names a folder"));
    let corpora = [
        ("generated: one failure among thousands of lines, five seeds", generated()),
        ("reported in public, before the patterns", public()),
        ("reported in public, written without reading the patterns", described()),
    ];
    let counted: Vec<Value> = corpora.iter().map(|(corpus, cases)| row(corpus, cases)).collect();
    let unseen = &corpora[2].1;
    let kept = json!({
        "title": "Accuracy",
        "notes": [
            "*Found* is the cause that the case was written with. *In general* is true and no more: a signature that says that something failed more than what. *Unknown* is said to be unknown. *Wrong* must be 0.",
        ],
        "tables": [
            { "head": ["corpus", "cases", "found", "in general", "unknown", "wrong"], "rows": counted },
            { "head": ["family", "generated", "before the patterns", "without the patterns"], "rows": families(&corpora) },
            {
                "head": ["not found in the last corpus", "outcome", "said", "written as", "described at"],
                "rows": unseen.iter().filter(|case| case.outcome() != Outcome::Found).map(told).collect::<Vec<_>>(),
            },
        ],
    });
    for row in &counted {
        println!("{row}");
    }
    fs::write(folder.join("accuracy.json"), format!("{kept:#}\n")).unwrap();
}

fn row(corpus: &str, cases: &[Case]) -> Value {
    let mut row = vec![corpus.to_owned(), cases.len().to_string()];
    row.extend(OUTCOMES.map(|outcome| count(cases, outcome).to_string()));
    json!(row)
}

/// Of each family, how many are found of how many.
fn families(corpora: &[(&str, Vec<Case>)]) -> Vec<Value> {
    let names: BTreeSet<&str> = corpora.iter().flat_map(|(_, cases)| cases).map(Case::family).collect();
    let found = |cases: &[Case], name: &str| {
        let outcomes: Vec<_> = cases.iter().filter(|case| case.family() == name).map(Case::outcome).collect();
        let found = outcomes.iter().filter(|outcome| **outcome == Outcome::Found).count();
        if outcomes.is_empty() { String::new() } else { format!("{found} of {}", outcomes.len()) }
    };
    let row = |name: &str| {
        let mut row = vec![name.to_owned()];
        row.extend(corpora.iter().map(|(_, cases)| found(cases, name)));
        json!(row)
    };
    names.into_iter().map(row).collect()
}

fn told(case: &Case) -> Value {
    let outcome = format!("{:?}", case.outcome()).to_lowercase();
    json!([case.name, outcome, case.said, case.expect.join(" or "), case.source])
}
