//! The accuracy table: every failure of the generator, several times over. A wrong cause is worse than none.

use crate::generator::{failures, job};
use triage::Verdict;

const SEEDS: u64 = 5;

#[test]
fn generated_failures_are_found_and_none_is_called_something_else() {
    let failures = failures();
    let (mut found, mut unknown, mut wrong) = (0, Vec::new(), Vec::new());
    for (expected, shape) in &failures {
        for seed in 0..SEEDS {
            let report = job(shape, seed * 7919 + 1).report();
            match (report.verdict, report.findings.first()) {
                (Verdict::Cause, Some(finding)) if finding.signature == *expected => found += 1,
                (Verdict::Cause, Some(finding)) => {
                    let all: Vec<_> = report.findings.iter().map(|one| (one.signature.as_str(), one.score)).collect();
                    wrong.push(format!("{expected} is called {} {all:?}", finding.signature));
                }
                _ => unknown.push((*expected).to_owned()),
            }
        }
    }
    println!(
        "generated corpus: {} signatures x {SEEDS} seeds: found {found}, wrong {}, unknown {}",
        failures.len(),
        wrong.len(),
        unknown.len()
    );
    wrong.dedup();
    unknown.dedup();
    assert!(failures.len() >= 40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}
