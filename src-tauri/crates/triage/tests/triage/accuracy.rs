//! The generated corpus: every failure of the generator, several times over. A wrong cause is worse than none.

use crate::{
    generator::{failures, job},
    tally::{Case, Outcome, those},
};

const SEEDS: u64 = 5;

pub fn generated() -> Vec<Case> {
    let mut cases = Vec::new();
    for (expected, shape) in &failures() {
        for seed in 0..SEEDS {
            let report = job(shape, seed * 7919 + 1).report();
            cases.push(Case::new(format!("{expected}, seed {seed}"), String::new(), expected, &report));
        }
    }
    cases
}

#[test]
fn generated_failures_are_found_and_none_is_called_something_else() {
    let cases = generated();
    assert!(failures().len() >= 40);
    for outcome in [Outcome::Wrong, Outcome::General, Outcome::Unknown] {
        let those = those("generated", &cases, outcome);
        assert!(those.is_empty(), "{outcome:?}:\n{those}");
    }
}
