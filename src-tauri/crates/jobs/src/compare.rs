//! What is different between a run and the last success of the same job.
//!
//! The most telling comes first: an input that shrank or is gone, other code, another release, then settings and arguments,
//! then how long it took. What differs in every run (dates, ids) is folded into one line at the end.

mod inputs;
mod rows;

use crate::{
    parameters::parameters,
    state::timing,
    usage,
    wording::{cut, duration},
};
use contract::{
    Notice, Timestamp,
    executions::Difference,
    jobs::{
        Basis, JobComparison, JobRow, LogFileRow, LogRole, Parameters,
        facts::{ObjectFact, Request, RunFact},
    },
};
use std::collections::BTreeSet;

/// One of the two runs with what stood around it.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    pub run: &'a RunFact,
    /// Scripts and libraries as they were when it started.
    pub code: &'a [ObjectFact],
    /// Inputs as they were when it started.
    pub inputs: &'a [ObjectFact],
    /// How many executors it had, by [`executors`].
    pub executors: Option<u64>,
}

/// How telling a difference is; the smallest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    InputLost,
    Code,
    Release,
    Input,
    Settings,
    Arguments,
    Role,
    Executors,
    Duration,
    Used,
    EveryRun,
}

pub(crate) use inputs::undated;

type Ranked = Vec<(Rank, Difference)>;

/// Characters of a value on one line.
const SHOWN: usize = 160;

fn difference(what: &str, place: &str, then: Option<String>, now: Option<String>) -> Difference {
    let short = |text: Option<String>| text.map(|text| cut(&text, SHOWN));
    Difference { what: what.to_owned(), place: cut(place, SHOWN), then: short(then), now: short(now), at: None }
}

/// Compares `now` with the success `then`, whose row comes back with it.
pub fn compare(then: &Side<'_>, now: &Side<'_>, with: JobRow, at: Timestamp) -> JobComparison {
    let (before, after) = (parameters(&then.run.request), parameters(&now.run.request));
    let (old, new) = (&then.run.request, &now.run.request);
    let mut all = Ranked::new();
    let (mut same, mut notices) = (Vec::new(), Vec::new());
    let mut part = |what: &str, found: Ranked, whole: bool| {
        if found.is_empty() && whole {
            same.push(what.to_owned());
        }
        all.extend(found);
    };

    let (found, unread) = inputs::objects("Input", then.inputs, now.inputs, Rank::Input);
    let none = then.inputs.is_empty() && now.inputs.is_empty();
    if none {
        notices.push(Notice::info("Inputs: not compared, none was read."));
    } else if unread {
        notices.push(Notice::info("Inputs: some could not be compared, their versions are not known."));
    }
    part("Inputs", found, !none && !unread);
    let mut found = rows::code(&before.code, &after.code);
    let (versions, unread) = inputs::objects("Code version", then.code, now.code, Rank::Code);
    found.extend(versions);
    found.extend(rows::one(Rank::Code, "Program", "", before.entry_point.as_deref(), after.entry_point.as_deref()));
    found.extend(rows::one(Rank::Code, "Main class", "", before.main_class.as_deref(), after.main_class.as_deref()));
    let unread = unread || (then.code.is_empty() && now.code.is_empty());
    if unread {
        notices.push(Notice::info("Code: its versions could not all be compared."));
    }
    part("Code", found, !unread);
    part("Release", rows::one(Rank::Release, "Release", "", old.release.as_deref(), new.release.as_deref()), true);
    part("Configuration", rows::settings(&before, &after), true);
    part("Arguments", rows::arguments(&before.arguments, &after.arguments), true);
    part("Role", rows::one(Rank::Role, "Role", "", old.role.as_deref(), new.role.as_deref()), true);
    if let (Some(then), Some(now)) = (then.executors, now.executors) {
        let (then, now) = (then.to_string(), now.to_string());
        part("Executors", rows::one(Rank::Executors, "Executors", "", Some(&then), Some(&now)), true);
    }
    all.extend(times(then, now, at, &mut same, &mut notices));
    all.extend(used(then, now, at));

    all.sort_by_key(|(rank, _)| *rank);
    let differences = all.into_iter().map(|(_, difference)| difference).collect();
    JobComparison { with: Some(with), differences, same, notices }
}

/// How many executors of the newest attempt left a log; `None` where there is no log of any.
pub fn executors(files: &[LogFileRow]) -> Option<u64> {
    let all = || files.iter().filter(|file| file.role == LogRole::Executor);
    let newest = all().map(|file| file.attempt).max()?;
    let own = all().filter(|file| file.attempt == newest);
    let names: BTreeSet<&String> = own.filter_map(|file| file.executor.as_ref().or(file.container.as_ref())).collect();
    u64::try_from(names.len()).ok().filter(|number| *number > 0)
}

/// What an edit changed: settings, arguments, program, release, in this order and without what stayed.
pub(crate) fn changed(before: &Parameters, after: &Parameters, old: &Request, new: &Request) -> Vec<Difference> {
    let mut all = rows::settings(before, after);
    all.extend(rows::arguments(&before.arguments, &after.arguments));
    all.extend(rows::one(Rank::Code, "Program", "", before.entry_point.as_deref(), after.entry_point.as_deref()));
    all.extend(rows::one(Rank::Code, "Main class", "", before.main_class.as_deref(), after.main_class.as_deref()));
    all.extend(rows::one(Rank::Release, "Release", "", old.release.as_deref(), new.release.as_deref()));
    all.into_iter().map(|(_, difference)| difference).collect()
}

/// A fifth and a minute, or a factor of two and five seconds: less is noise of the service.
fn differ(then: u64, now: u64) -> bool {
    let (less, more) = (then.min(now), then.max(now));
    let by = more - less;
    (by > 60_000 && by > less / 5) || (by >= 5_000 && more >= less.saturating_mul(2))
}

/// Both values of run and queued time: as a difference, or beside what is the same. What is not known is said so.
fn times(then: &Side<'_>, now: &Side<'_>, at: Timestamp, same: &mut Vec<String>, notices: &mut Vec<Notice>) -> Ranked {
    let (before, after) = (timing(then.run, at), timing(now.run, at));
    let rows = [("Run time", before.run, after.run), ("Queued time", before.queued, after.queued)];
    let mut found = Ranked::new();
    for (what, then, now) in rows {
        let (old, new) = (then.map(duration), now.map(duration));
        let unknown = match (then, now) {
            (Some(then), Some(now)) if differ(then, now) => {
                found.push((Rank::Duration, difference(what, "", old, new)));
                continue;
            }
            (Some(_), Some(_)) => {
                let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
                let both = if old == new { format!("{new} both times") } else { format!("{old} then, {new} now") };
                same.push(format!("{what} ({both})"));
                continue;
            }
            // An engine without a queue tells of none.
            (None, None) if what == "Queued time" => continue,
            (None, None) => "that of neither run is known".to_owned(),
            (None, Some(_)) => {
                format!("that of the last success is not known; now it is {}", new.unwrap_or_default())
            }
            (Some(_), None) => {
                format!("that of this run is not known; the last success took {}", old.unwrap_or_default())
            }
        };
        notices.push(Notice::info(format!("{what}: not compared, {unknown}.")));
    }
    found
}

fn used(then: &Side<'_>, now: &Side<'_>, at: Timestamp) -> Ranked {
    let (before, after) = (usage::used(then.run, at), usage::used(now.run, at));
    let pairs = after.iter().filter_map(|now| {
        let then = before.iter().find(|then| then.unit == now.unit && then.basis == now.basis)?;
        let (less, more) = (then.amount.min(now.amount), then.amount.max(now.amount));
        (more > less * 2.0).then(|| {
            let words = (Some(usage::words(then)), Some(usage::words(now)));
            let what = if now.basis == Basis::Billed { "Billed" } else { "Used" };
            (Rank::Used, difference(what, now.unit.word(), words.0, words.1))
        })
    });
    pairs.collect()
}

#[cfg(test)]
mod tests;
