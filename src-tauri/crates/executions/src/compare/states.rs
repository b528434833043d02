//! States of two executions: entered or not, and for how long.

use super::{Rank, Ranked, Side, difference, duration, lines::merged, list};
use contract::executions::{PairSide, StatePair, StateRow, StateStatus, Status};
use std::collections::BTreeMap;

/// What all visits to one state say together.
struct Visits<'a> {
    name: &'a str,
    /// Place of its first visit among all.
    first: usize,
    /// Of the newest visit.
    status: StateStatus,
    millis: u64,
    count: u64,
    /// Every visit has come to an end of its own.
    whole: bool,
}

impl Visits<'_> {
    fn each(&self) -> u64 {
        self.millis / self.count.max(1)
    }
}

/// By state, in order of their first visit.
fn visits<'a>(side: &Side<'a>) -> Vec<Visits<'a>> {
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all: Vec<Visits<'a>> = Vec::new();
    for (first, row) in side.states.iter().enumerate() {
        let place = *places.entry(row.name.as_str()).or_insert(all.len());
        if place == all.len() {
            let (name, status) = (row.name.as_str(), row.status);
            all.push(Visits { name, first, status, millis: 0, count: 0, whole: true });
        }
        if let Some(visits) = all.get_mut(place) {
            visits.status = row.status;
            visits.count += 1;
            visits.millis = visits.millis.saturating_add(millis(row, side));
            visits.whole &= !matches!(row.status, StateStatus::Running | StateStatus::Aborted);
        }
    }
    all
}

/// How long a visit lasted; one that was not exited lasted until the execution ended.
fn millis(row: &StateRow, side: &Side<'_>) -> u64 {
    let end = row.exited.or(side.execution.stopped);
    end.map_or(0, |end| u64::try_from(end.duration_since(row.entered).as_millis()).unwrap_or(0))
}

/// The states of both, in the order of `now`.
pub(super) fn pairs(then: &Side<'_>, now: &Side<'_>) -> Vec<StatePair> {
    let (then, now) = (visits(then), visits(now));
    let side = |of: &[Visits<'_>], name: &str| {
        let found = of.iter().find(|visits| visits.name == name)?;
        Some(PairSide { status: found.status, millis: found.millis, visits: found.count })
    };
    let names = merged(then.iter().map(|visits| visits.name), now.iter().map(|visits| visits.name));
    let pair = |name: &str| StatePair { name: name.to_owned(), then: side(&then, name), now: side(&now, name) };
    names.into_iter().map(pair).collect()
}

/// Branches and durations that are not the same.
pub(super) fn differences(then: &Side<'_>, now: &Side<'_>) -> (Ranked, Ranked) {
    let (before, after) = (visits(then), visits(now));
    let old: BTreeMap<&str, &Visits<'_>> = before.iter().map(|visits| (visits.name, visits)).collect();
    let new: BTreeMap<&str, &Visits<'_>> = after.iter().map(|visits| (visits.name, visits)).collect();
    let entered = |visits: &Visits<'_>| Some(format!("entered, {}", visits.status.word()));
    let mut branches = Ranked::new();
    for visits in after.iter().filter(|visits| !old.contains_key(visits.name)) {
        branches.push((Rank::NewBranch, difference("Branch", visits.name, None, entered(visits))));
    }
    let gone: Vec<&Visits<'_>> = before.iter().filter(|visits| !new.contains_key(visits.name)).collect();
    // What lies behind the state at which an execution came to its end was not reached, and that is no other branch.
    let end = end_of(now, &after, &old);
    let (unreached, skipped): (Vec<_>, Vec<_>) =
        gone.into_iter().partition(|visits| end.is_some_and(|end| visits.first > end.first));
    for visits in skipped {
        branches.push((Rank::OldBranch, difference("Branch", visits.name, entered(visits), None)));
    }
    if let (Some(end), [_, ..]) = (end, unreached.as_slice()) {
        let names: Vec<&str> = unreached.iter().map(|visits| visits.name).collect();
        let noun = if names.len() == 1 { "state" } else { "states" };
        let then = format!("{} {noun} entered: {}", names.len(), list(&names, 6));
        let now = Some("not reached".to_owned());
        branches.push((Rank::OldBranch, difference("Branch", format!("after {}", end.name), Some(then), now)));
    }
    let slower = after.iter().filter_map(|visits| Some((*old.get(visits.name)?, visits)));
    let durations = slower.filter(|(then, now)| differ(then, now)).map(|(then, now)| {
        let words = |visits: &Visits<'_>| match visits.count {
            1 => Some(duration(visits.millis)),
            many => Some(format!("{} each in {many} visits", duration(visits.each()))),
        };
        (Rank::Duration, difference("Duration", now.name, words(then), words(now)))
    });
    (branches, durations.collect())
}

/// The state of `then` at which `now` ended or is: where it failed, or the last that both entered.
fn end_of<'a>(now: &Side<'_>, after: &[Visits<'_>], old: &BTreeMap<&str, &'a Visits<'a>>) -> Option<&'a Visits<'a>> {
    let status = now.execution.status;
    if !status.is_failure() && !matches!(status, Status::Running | Status::PendingRedrive) {
        return None;
    }
    let failed = now.execution.state.as_deref().and_then(|state| old.get(state));
    let last = || after.iter().rev().find_map(|visits| old.get(visits.name));
    failed.or_else(last).copied()
}

/// A factor of two and five seconds: less is noise of the service.
fn differ(then: &Visits<'_>, now: &Visits<'_>) -> bool {
    let (then, now) = if then.whole && now.whole { (then.each(), now.each()) } else { return false };
    let (less, more) = (then.min(now), then.max(now));
    more - less >= 5_000 && more >= less.saturating_mul(2)
}
