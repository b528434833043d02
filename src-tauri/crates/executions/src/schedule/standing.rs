//! Whether a machine that the clock should start has been started.

use super::Schedule;
use contract::{
    Timestamp,
    executions::{Expected, Standing, facts::StartRule},
};
use jiff::SignedDuration;

/// EventBridge starts its targets within a minute of the time; the history of executions follows within a few more.
const GRACE: SignedDuration = SignedDuration::from_mins(5);

/// How long executions are kept after they end ("Quotas", execution history retention): what should have run before that
/// cannot be seen.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is expected of a machine, from the rules and schedules that start it; the most pressing answer of all of them.
///
/// `last_run` is the start of its newest execution, by whomever; `None` is that it has no execution as far as history goes.
/// Call it only when that is known: what is not known yet is no verdict. `None` when nothing starts the machine. A rate is
/// late 1.5 periods after the last run, and never before its period and the grace are over.
pub fn standing(
    rules: &[StartRule],
    last_run: Option<Timestamp>,
    machine_created: Option<Timestamp>,
    now: Timestamp,
) -> Option<Expected> {
    let clocks = rules.iter().filter_map(|rule| Some((rule, rule.expression.as_deref()?)));
    let judged = clocks.clone().filter(|(rule, _)| rule.enabled).map(|(rule, expression)| {
        let (standing, next) = match Schedule::read(expression, rule.zone.as_deref()) {
            Ok(schedule) => judge(&schedule, last_run, machine_created, now),
            Err(_) => (Standing::Unknown, None),
        };
        Expected { by: rule.name.clone(), next, standing }
    });
    if let Some(expected) = judged.min_by_key(pressing) {
        return Some(expected);
    }
    let off = |rule: &StartRule| Expected { by: rule.name.clone(), next: None, standing: Standing::Disabled };
    // A clock that was switched off explains more than events that may or may not come.
    if let Some((rule, _)) = clocks.clone().next() {
        return Some(off(rule));
    }
    let events = rules.iter().find(|rule| rule.enabled);
    let unknown = |rule: &StartRule| Expected { by: rule.name.clone(), next: None, standing: Standing::Unknown };
    events.map(unknown).or_else(|| rules.first().map(off))
}

/// Sorts the most pressing first: what is missing longest, then what comes soonest.
fn pressing(expected: &Expected) -> (u8, Option<Timestamp>, bool, Option<Timestamp>) {
    let (rank, since) = match expected.standing {
        Standing::Late(since) => (0, Some(since)),
        Standing::NeverRan => (1, None),
        Standing::OnTime => (2, None),
        Standing::Unknown => (3, None),
        Standing::Disabled => (4, None),
    };
    (rank, since, expected.next.is_none(), expected.next)
}

fn judge(
    schedule: &Schedule,
    last_run: Option<Timestamp>,
    created: Option<Timestamp>,
    now: Timestamp,
) -> (Standing, Option<Timestamp>) {
    let over = |due: Timestamp, patience: SignedDuration| due.checked_add(patience).is_ok_and(|limit| limit < now);
    if let Some(period) = schedule.period() {
        let patience = GRACE.max(period / 2);
        let anchor = last_run.or(created);
        let due = anchor.and_then(|anchor| schedule.next(anchor));
        let late = due.is_some_and(|due| over(due, patience));
        let standing = match last_run {
            Some(_) if late => due.map_or(Standing::Unknown, Standing::Late),
            None if period > KEPT => Standing::Unknown,
            None if late || created.is_none() => Standing::NeverRan,
            _ => Standing::OnTime,
        };
        return (standing, anchor.and_then(|anchor| after_periods(anchor, period, now)));
    }
    let next = schedule.next(now);
    let standing = if let Some(last) = last_run {
        schedule.next(last).filter(|due| over(*due, GRACE)).map_or(Standing::OnTime, Standing::Late)
    } else {
        let due = now.checked_sub(GRACE).ok().and_then(|then| schedule.previous(then));
        match due.filter(|due| created.is_none_or(|created| created <= *due)) {
            None => Standing::OnTime,
            Some(due) if over(due, KEPT) => Standing::Unknown,
            Some(_) => Standing::NeverRan,
        }
    };
    (standing, next)
}

/// The first of `anchor` plus whole periods that lies after `now`.
fn after_periods(anchor: Timestamp, period: SignedDuration, now: Timestamp) -> Option<Timestamp> {
    let seconds = period.as_secs();
    let passed = now.duration_since(anchor).as_secs().max(0).checked_div(seconds)?;
    let ahead = passed.checked_add(1)?.checked_mul(seconds)?;
    anchor.checked_add(SignedDuration::from_secs(ahead)).ok()
}
