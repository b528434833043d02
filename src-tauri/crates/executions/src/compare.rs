//! What is different between two executions of a machine: the failed one and the last success before it.
//!
//! The most telling comes first: an input that shrank, another definition, an input that lost or changed a value, another
//! branch. What differs in every run (ids, times, names of executions) is folded into one line at the end. The order of keys
//! in JSON is no difference.

mod beside;
mod lines;
mod states;
mod values;

pub(crate) use contract::words::{cut, duration, list};
use contract::{
    Notice,
    executions::{Comparison, Difference, ExecutionRow, StateRow},
};
pub use lines::diff_lines;
use std::collections::BTreeMap;

/// One of the two executions, as far as it has been read.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub execution: &'a ExecutionRow,
    pub input: Option<&'a str>,
    /// As it was for this execution.
    pub definition: Option<&'a str>,
    /// Visits, in order of entry; empty when the history could not be read.
    pub states: &'a [StateRow],
    /// Name of the state and the JSON text of `TaskScheduled.parameters`, in order.
    pub jobs: &'a [(String, String)],
    /// `:12`, `:live`; `None` is "started without one".
    pub version: Option<&'a str>,
}

/// Differences of one kind that are listed one by one; more are counted.
const LISTED: usize = 40;

/// Characters of a value on one line.
const SHOWN: usize = 160;

/// How telling a difference is; the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Shrank,
    NewBranch,
    Definition,
    Lost,
    Job,
    Input,
    Version,
    Duration,
    OldBranch,
    More,
    EveryRun,
}

type Ranked = Vec<(Rank, Difference)>;

fn difference(what: &str, place: impl Into<String>, then: Option<String>, now: Option<String>) -> Difference {
    Difference { what: what.to_owned(), place: place.into(), then, now, at: None }
}

/// Compares `now` with `then`; `with` of the reply is `then`.
pub fn compare(then: &Side<'_>, now: &Side<'_>) -> Comparison {
    let mut found = Ranked::new();
    let mut same = Vec::new();
    let mut notices = Vec::new();
    let mut part = |what: &str, missing: Option<&str>, differences: Ranked| {
        match missing {
            Some(words) => notices.push(Notice::info(format!("{what}: not compared, {words}."))),
            None if differences.is_empty() => same.push(what.to_owned()),
            None => {}
        }
        found.extend(differences);
    };

    part("Input", missing(then.input, now.input), input(then, now));
    part("Definition", missing(then.definition, now.definition), definition(then.definition, now.definition));
    let unread = match (then.states.is_empty(), now.states.is_empty()) {
        (false, false) => None,
        (true, true) => Some("neither history could be read"),
        (true, false) => Some("the history of then could not be read"),
        (false, true) => Some("the history of now could not be read"),
    };
    let (branches, durations) = if unread.is_none() { states::differences(then, now) } else { Default::default() };
    part("Branch", unread, branches);
    part("Duration", unread, durations);
    if unread.is_none() && !(then.jobs.is_empty() && now.jobs.is_empty()) {
        part("Job parameters", None, jobs(then, now));
    }
    let mut versions = Ranked::new();
    if then.version != now.version {
        let words = |version: Option<&str>| Some(version.map_or("none".to_owned(), |text| cut(text, SHOWN)));
        let row = difference("Version", &now.execution.machine, words(then.version), words(now.version));
        versions.push((Rank::Version, row));
    }
    part("Version", None, versions);

    found.sort_by_key(|(rank, _)| *rank);
    let lines = |then: Option<&str>, now: Option<&str>| match (then, now) {
        (Some(then), Some(now)) => diff_lines(then, now),
        _ => Vec::new(),
    };
    Comparison {
        with: Some(then.execution.clone()),
        differences: found.into_iter().map(|(_, difference)| difference).collect(),
        same,
        states: states::pairs(then, now),
        input: lines(then.input, now.input),
        definition: lines(then.definition, now.definition),
        notices,
    }
}

fn missing(then: Option<&str>, now: Option<&str>) -> Option<&'static str> {
    match (then, now) {
        (Some(_), Some(_)) => None,
        (None, None) => Some("neither could be read"),
        (None, Some(_)) => Some("that of then could not be read"),
        (Some(_), None) => Some("that of now could not be read"),
    }
}

/// The values that differ between two texts; texts that are no JSON differ as a whole.
fn changes(then: &str, now: &str) -> Vec<values::Change> {
    let parsed = (serde_json::from_str(then), serde_json::from_str(now));
    let (then, now) = match parsed {
        (Ok(then), Ok(now)) => (then, now),
        _ => (serde_json::Value::from(then), serde_json::Value::from(now)),
    };
    values::changes(&then, &now)
}

/// One line for each change in `what`, the passing ones in one.
fn rows(what: &str, prefix: &str, changes: &[values::Change], then: &Side<'_>, now: &Side<'_>, usual: Rank) -> Ranked {
    let names = (run_names(then), run_names(now));
    let (passing, telling): (Vec<_>, Vec<_>) = changes.iter().partition(|c| values::every_run(c, &names.0, &names.1));
    let mut rows: Ranked = telling
        .iter()
        .map(|change| {
            let (before, after) = beside::texts(change, SHOWN);
            let rank = match change.kind() {
                values::Kind::Shrank => Rank::Shrank,
                values::Kind::Lost if usual == Rank::Input => Rank::Lost,
                _ => usual,
            };
            (rank, difference(what, format!("{prefix}{}", change.path), before, after))
        })
        .collect();
    rows.sort_by_key(|(rank, _)| *rank);
    if rows.len() > LISTED {
        let more = rows.len() - LISTED;
        rows.truncate(LISTED);
        rows.push((Rank::More, difference(what, format!("{prefix}{more} more values"), None, None)));
    }
    if !passing.is_empty() {
        let paths: Vec<&str> = passing.iter().map(|change| change.path.as_str()).collect();
        let (count, noun) = (paths.len(), if paths.len() == 1 { "value that differs" } else { "values that differ" });
        let place = format!("{prefix}{count} {noun} in every run: {}", list(&paths, 6));
        rows.push((Rank::EveryRun, difference(what, place, None, None)));
    }
    rows
}

/// What an execution is called: texts that hold it differ in every run.
fn run_names<'a>(side: &Side<'a>) -> [&'a str; 2] {
    [&side.execution.arn, &side.execution.name]
}

fn input(then: &Side<'_>, now: &Side<'_>) -> Ranked {
    let (Some(before), Some(after)) = (then.input, now.input) else { return Ranked::new() };
    rows("Input", "", &changes(before, after), then, now, Rank::Input)
}

fn definition(then: Option<&str>, now: Option<&str>) -> Ranked {
    let (Some(then), Some(now)) = (then, now) else { return Ranked::new() };
    let changes = changes(then, now);
    let row = |change: &values::Change| {
        let (before, after) = beside::texts(change, SHOWN);
        difference("Definition", &change.path, before, after)
    };
    let mut rows: Ranked = changes.iter().take(LISTED).map(|change| (Rank::Definition, row(change))).collect();
    if changes.len() > LISTED {
        let place = format!("{} more values", changes.len() - LISTED);
        rows.push((Rank::More, difference("Definition", place, None, None)));
    }
    rows
}

/// Parameters by state. Attempts repeat them, so equal ones count once; then the first is compared with the first, and so
/// on. A state with another number of jobs says so, and its first ones are compared.
fn jobs(then: &Side<'_>, now: &Side<'_>) -> Ranked {
    let by_state = |side: &Side<'_>| {
        let mut states: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (state, parameters) in side.jobs {
            let seen = states.entry(state.clone()).or_default();
            if !seen.contains(parameters) && seen.len() < LISTED {
                seen.push(parameters.clone());
            }
        }
        states
    };
    let (before, after) = (by_state(then), by_state(now));
    let mut all = Ranked::new();
    // A state without a job on one side was not entered there, which is said elsewhere.
    for (state, after) in &after {
        let Some(before) = before.get(state) else { continue };
        if before.len() != after.len() {
            let words = |jobs: &[String]| Some(format!("{} different jobs", jobs.len()));
            all.push((Rank::Job, difference("Job parameters", state, words(before), words(after))));
        }
        for (at, (before, after)) in before.iter().zip(after).enumerate() {
            let place = if at == 0 { format!("{state} ") } else { format!("{state}[{at}] ") };
            all.extend(rows("Job parameters", &place, &changes(before, after), then, now, Rank::Job));
            if all.len() > LISTED {
                return all;
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
