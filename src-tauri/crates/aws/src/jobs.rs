//! The runs of every engine: what they belong to, their lists, one run; and where their logs are listed.
//!
//! What always holds: each call is paced, because the engines' quotas are small and shared with what runs in the account;
//! one page is one call; and a run comes back as the one shape of [`RunFact`], in which what a list does not say is left
//! empty. What to conclude from it is for the crate `jobs`.

pub mod eks;
pub mod emr;
pub mod files;
pub mod glue;
pub mod lambda;
pub mod sagemaker;
pub mod serverless;
#[cfg(test)]
mod tests;
pub mod write;

use contract::jobs::facts::RunFact;
use std::collections::{HashMap, HashSet};

/// A run with the tags that it carries.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    pub run: RunFact,
    /// Empty where a run of the engine has none.
    pub tags: Vec<(String, String)>,
}

impl From<RunFact> for Described {
    fn from(run: RunFact) -> Self {
        Self { run, tags: Vec::new() }
    }
}

/// Runs of one place that go on, as far as they were counted.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRuns {
    /// Each once.
    pub runs: Vec<RunFact>,
    /// There are more than were counted.
    pub more: bool,
}

impl OpenRuns {
    /// A run whose state changes while pages are read may be on two of them.
    fn new(mut runs: Vec<RunFact>, more: bool) -> Self {
        let mut seen = HashSet::with_capacity(runs.len());
        runs.retain(|run| seen.insert(run.id.clone()));
        Self { runs, more }
    }
}

/// A map of the SDK in the order of its keys: it has none of its own, and rows must not jump about.
pub(crate) fn pairs(map: Option<&HashMap<String, String>>) -> Vec<(String, String)> {
    let mut pairs: Vec<_> = map.into_iter().flatten().map(|(key, value)| (key.clone(), value.clone())).collect();
    pairs.sort();
    pairs
}

/// A text that says something.
pub(crate) fn text(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// Counts of the SDK have a sign.
fn count<T: TryInto<u64>>(number: T) -> Option<u64> {
    number.try_into().ok()
}

pub(crate) fn small<T: TryInto<u32>>(number: T) -> Option<u32> {
    number.try_into().ok()
}
