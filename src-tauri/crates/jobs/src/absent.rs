//! A job or state machine that has not run: is it late, and which of the checks that a person would do explains it.
//!
//! A check that could not be read is said as such; it is never taken for fine. Nothing is called the cause that is only
//! near in time.

mod calls;
mod checks;
mod rhythm;

pub use calls::starts;
pub use rhythm::rhythm;

use crate::wording::{duration, millis};
use contract::{
    Timestamp,
    jobs::{Absence, AbsenceVerdict, absence::AbsenceFacts},
};
use jiff::SignedDuration;

/// Runs that may be missed before it is a finding: one may be a holiday, and clocks and queues take their time.
const MISSED: u64 = 2;

/// Milliseconds after which a job without a known rhythm is worth a look.
const SILENT: u64 = 3 * 24 * 3_600 * 1_000;

/// The finding, or `None` while the job runs as it did.
pub fn absence(facts: &AbsenceFacts, now: Timestamp) -> Option<Absence> {
    let last = facts.last_run.as_ref().ok().copied().flatten();
    let silent = last.map(|last| millis(last, now));
    // A job of which no run is kept is late only if something should have started it.
    let late = match (silent, &facts.last_run) {
        (Some(silent), _) => silent > allowed(facts),
        (None, Ok(_)) => facts.starters.as_ref().is_ok_and(|all| !all.is_empty()) || facts.every.is_some(),
        (None, Err(_)) => false,
    };
    late.then(|| explained(facts, now))
}

/// The finding for what is known to be late: of a state machine its own clock says so.
pub fn explained(facts: &AbsenceFacts, now: Timestamp) -> Absence {
    let silent = facts.last_run.as_ref().ok().copied().flatten().map(|last| millis(last, now));
    let mut checks = checks::all(facts, now);
    checks.sort_by_key(|check| check.verdict);
    let since = match silent {
        Some(silent) => format!("{} has not run for {}", facts.job, duration(silent)),
        None => format!("{} has never run, as far as its runs are kept", facts.job),
    };
    let first = checks.first().filter(|check| check.verdict <= AbsenceVerdict::Suspect);
    let title = match first {
        Some(check) => format!("{since}: {}", check.text),
        None => since,
    };
    Absence { title, silent, checks }
}

/// Milliseconds of silence that are nothing.
fn allowed(facts: &AbsenceFacts) -> u64 {
    facts.every.map_or(SILENT, |every| every.saturating_mul(1_000).saturating_mul(MISSED))
}

/// When a job is late that does not run until then; `None` without a run to reckon from.
pub fn due(facts: &AbsenceFacts) -> Option<Timestamp> {
    let last = facts.last_run.as_ref().ok().copied().flatten()?;
    last.checked_add(SignedDuration::from_millis(i64::try_from(allowed(facts)).ok()?)).ok()
}

#[cfg(test)]
mod tests;
