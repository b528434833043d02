//! Who may know whom (`src-tauri/ARCHITECTURE.md`), over `cargo metadata`. Dev-dependencies are free: a test may look further
//! than the code that it tests.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};

/// What each of our crates may name of ours. A crate that is missing here has no place in the house yet.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("contract", &[]),
    ("objects", &["contract"]),
    ("executions", &["contract"]),
    ("jobs", &["contract"]),
    ("logs", &["contract"]),
    ("triage", &["contract"]),
    ("models", &["contract"]),
    ("charts", &["contract"]),
    ("aws", &["contract", PURE]),
    ("store", &["contract", PURE]),
    ("engine", &["contract", PURE, "aws", "store"]),
    ("quarterdeck", &["contract", "engine", "aws", "store"]),
    ("ui", &["contract"]),
    ("tests", &["contract", "engine", "quarterdeck"]),
    ("benches", &["contract", PURE]),
    ("fuzz", &["contract", PURE]),
    ("xtask", &[]),
];
/// Stands for any of the pure crates.
const PURE: &str = "(pure)";
const PURE_CRATES: &[&str] = &["objects", "executions", "jobs", "logs", "triage", "models", "charts"];

/// Network, clock of a runtime, disk of a database: not for pure crates, nor for what crosses the bridge.
const IMPURE: &[&str] =
    &["tokio", "reqwest", "hyper", "rusqlite", "keyring", "tauri", "directories", "tempfile", "futures-util"];

fn workspace() -> Metadata {
    let root = tests::places::root();
    MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo describes the workspace")
}

/// What a crate's product code names: its build script's dependencies count, its tests' do not.
fn named(package: &Package) -> BTreeSet<&str> {
    let real = package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    real.map(|dependency| dependency.name.as_str()).collect()
}

fn ours(metadata: &Metadata) -> BTreeMap<&str, &Package> {
    metadata.packages.iter().map(|package| (package.name.as_str(), package)).collect()
}

#[test]
fn every_arrow_runs_the_right_way() {
    let metadata = workspace();
    let ours = ours(&metadata);
    for (name, package) in &ours {
        let (_, may) = MAY_KNOW.iter().find(|(known, _)| known == name).unwrap_or_else(|| {
            panic!("`{name}` has no place in the house; give it one in src-tauri/ARCHITECTURE.md and in this test");
        });
        for other in named(package).into_iter().filter(|other| ours.contains_key(other)) {
            let allowed = may.contains(&other) || (may.contains(&PURE) && PURE_CRATES.contains(&other));
            assert!(allowed, "`{name}` may not know `{other}`");
        }
    }
}

#[test]
fn the_pure_crates_stay_pure() {
    let metadata = workspace();
    for (name, package) in ours(&metadata) {
        if !PURE_CRATES.contains(&name) && name != "contract" {
            continue;
        }
        for other in named(package) {
            let is_pure = !IMPURE.contains(&other) && !other.starts_with("aws-") && !other.starts_with("tauri");
            assert!(is_pure, "`{name}` takes values, readers and a `now`; it may not name `{other}`");
        }
    }
}

#[test]
fn one_crate_names_the_sdk() {
    let metadata = workspace();
    for (name, package) in ours(&metadata) {
        for other in named(package) {
            let is_sdk = ["aws-sdk-", "aws-config", "aws-smithy-", "aws-types", "aws-credential-types"]
                .iter()
                .any(|prefix| other.starts_with(prefix));
            assert!(!is_sdk || name == "aws", "`{name}` names `{other}`; only `aws` names types of the AWS SDK");
        }
    }
}

#[test]
fn no_crate_is_empty() {
    let metadata = workspace();
    for (name, package) in ours(&metadata) {
        let sources = package.manifest_path.parent().expect("a manifest lies in a folder").join("src");
        let lines: usize = walk(sources.as_std_path()).iter().map(|text| text.lines().count()).sum();
        assert!(lines > 10, "`{name}` holds nothing yet; a crate comes with what it is for");
    }
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a crate has sources").flatten() {
        if entry.path().is_dir() {
            texts.extend(walk(&entry.path()));
        } else {
            texts.push(std::fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    texts
}
