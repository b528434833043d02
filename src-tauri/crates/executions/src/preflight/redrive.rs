//! The rules of redriving.

use super::{Facts, Verdict, by_definition, cut, names, verb};
use crate::compare::duration;
use crate::definition::Definition;
use contract::{
    Notice, Timestamp,
    executions::{MachineKind, StateKind, Status, facts::ExecutionFact},
};
use jiff::SignedDuration;

/// "Redrive eligibility": 14 days from the end of the execution.
const PERIOD: SignedDuration = SignedDuration::from_hours(14 * 24);

/// "Quotas": an execution may be open for a year, redrives included.
const OPEN: SignedDuration = SignedDuration::from_hours(365 * 24);

/// 2023-11-15T00:00:00Z: what was started before that cannot be redriven.
const LAUNCH: i64 = 1_700_006_400;

/// Fewer events than this: one of the 25,000 is needed for `ExecutionRedriven`.
const EVENTS: u64 = 24_999;

/// Redrives of one Map Run; then it fails with `States.Runtime`.
pub(super) const MAP_RUN_REDRIVES: u64 = 1_000;

/// Until when an execution that ended can be redriven.
pub fn until(fact: &ExecutionFact) -> Option<Timestamp> {
    let period = fact.stopped?.checked_add(PERIOD).ok()?;
    Some(fact.started.checked_add(OPEN).map_or(period, |open| open.min(period)))
}

/// Events that a redrive may still add to a history.
pub fn headroom(events: u64) -> u64 {
    EVENTS.saturating_sub(events)
}

/// `9 d 4 h left`, `over for 2 h 5 min`.
pub fn left(until: Timestamp, now: Timestamp) -> String {
    let millis = until.duration_since(now).as_millis();
    let words = duration(u64::try_from(millis.unsigned_abs()).unwrap_or(u64::MAX));
    if millis > 0 { format!("{words} left") } else { format!("over for {words}") }
}

pub(super) fn states(count: u64) -> &'static str {
    if count == 1 { "state" } else { "states" }
}

/// The service's verdict where it has given one, ours otherwise; ours gives the reasons either way.
pub(super) fn verdict(facts: &Facts<'_>, now: Timestamp) -> Verdict {
    let mut own = reasons(facts, now);
    let reasons = match facts.fact.redrive_status.as_deref() {
        Some("REDRIVABLE") => Vec::new(),
        Some("REDRIVABLE_BY_MAP_RUN") => {
            vec!["It is a child of a Map Run: redrive the execution that started the Map Run.".to_owned()]
        }
        Some("NOT_REDRIVABLE") => {
            match &facts.fact.redrive_reason {
                Some(reason) => own.push(format!("Step Functions: {}", cut(reason, 300))),
                None if own.is_empty() => own.push("Step Functions says that it cannot be redriven.".to_owned()),
                None => {}
            }
            own
        }
        _ => own,
    };
    Verdict { ok: reasons.is_empty(), reasons }
}

/// Our own arithmetic.
fn reasons(facts: &Facts<'_>, now: Timestamp) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut push = |text: String| reasons.push(text);
    if facts.fact.map_run.is_some() {
        push("It is a child of a Map Run: redrive the execution that started the Map Run.".to_owned());
    } else if facts.kind == MachineKind::Express {
        push("Express executions cannot be redriven.".to_owned());
    }
    match facts.status {
        Status::Failed | Status::TimedOut | Status::Aborted => {}
        Status::Running => push("It is running.".to_owned()),
        Status::PendingRedrive => push("It already waits to be redriven.".to_owned()),
        Status::Succeeded => {
            push("It succeeded: only failed, timed out and aborted executions can be redriven.".to_owned());
        }
        Status::CaughtFailure => push("It ended as SUCCEEDED, because a Catch handled the failure.".to_owned()),
        Status::Other => push(format!("Its status {} is not known here.", cut(&facts.fact.status, 40))),
    }
    if facts.machine_status.as_deref() == Some("DELETING") {
        push("The state machine is being deleted.".to_owned());
    }
    if facts.fact.started.as_second() < LAUNCH {
        push("It was started before 15 November 2023, when redriving began.".to_owned());
    }
    if facts.fact.started.checked_add(OPEN).is_ok_and(|open| open <= now) {
        push("It was started more than a year ago, which is the longest that an execution may take.".to_owned());
    } else if let Some(until) = until(facts.fact).filter(|until| *until <= now) {
        push(format!("The 14 days after its end are {}.", left(until, now)));
    }
    if let Some(events) = facts.events.filter(|events| *events >= EVENTS) {
        push(format!("Its history has {events} events: there is no room for another run in 25,000."));
    }
    reasons
}

/// What each unsuccessful state does in a redrive, in words ("Redrive behavior of individual states").
pub fn behaviour(
    definition: Option<&Definition>,
    failed: &[String],
    kept: Option<u64>,
    error: Option<&str>,
) -> Vec<String> {
    const SHOWN: usize = 6;
    let all = error == Some("States.DataLimitExceeded");
    let words = |name: &String| {
        let kind =
            definition.and_then(|definition| definition.state(name)).map_or(StateKind::Unknown, |state| state.kind);
        let name = cut(name, 100);
        match kind {
            StateKind::Task => format!("{name} is scheduled again"),
            StateKind::Pass => format!("{name} is left behind, without being executed"),
            StateKind::Choice => format!("{name} is evaluated again"),
            StateKind::Wait => format!("{name} waits for its time, or not at all when that has passed"),
            StateKind::Succeed => format!("{name} ends the execution"),
            StateKind::Fail => format!("{name} is entered again and fails again"),
            StateKind::Parallel if all => format!("all branches of {name} run again, because its data were too large"),
            StateKind::Parallel => format!("only the failed and aborted branches of {name} run again"),
            StateKind::Map if all => format!("all iterations of {name} run again, because its data were too large"),
            StateKind::Map => format!("only the failed and aborted iterations of {name} run again"),
            StateKind::DistributedMap if all => format!("{name} starts a new Map Run, with all its items"),
            StateKind::DistributedMap => format!("only the unsuccessful child executions of {name} run again"),
            StateKind::Unknown => format!("{name} runs again"),
        }
    };
    let mut lines: Vec<String> = failed.iter().take(SHOWN).map(words).collect();
    if failed.len() > SHOWN {
        lines.push(format!("{} more states run again", failed.len() - SHOWN));
    }
    let Some(kept) = kept else { return lines };
    let (noun, are) = (states(kept), if kept == 1 { "is" } else { "are" });
    match (lines.as_mut_slice(), kept) {
        ([line], 1..) => *line = format!("{line}; {kept} {noun} before it {are} kept"),
        (_, 1..) => lines.push(format!("{kept} {noun} before {are} kept")),
        (_, 0) => lines.push("no state before is kept: nothing succeeded yet".to_owned()),
    }
    lines
}

pub(super) fn notices(facts: &Facts<'_>, verdict: &Verdict, now: Timestamp, all: &mut Vec<Notice>) {
    let own = reasons(facts, now);
    if facts.fact.redrive_status.as_deref() == Some("REDRIVABLE")
        && let Some(reason) = own.first()
    {
        all.push(Notice::info(format!("Step Functions says that it can be redriven, though: {reason}")));
    }
    // All that follows speaks of a redrive that can be done.
    if !verdict.ok {
        return;
    }
    if let Some(until) = until(facts.fact).filter(|until| *until > now) {
        let text = format!("It can be redriven until {}: {}.", until.strftime("%-d %b %Y %H:%M UTC"), left(until, now));
        let soon = until.duration_since(now) < SignedDuration::from_hours(24);
        all.push(if soon { Notice::warning(text) } else { Notice::info(text) });
    }
    if facts.definition_changed == Some(true) {
        let text = "The definition has been changed since. A redrive uses the one that this execution began with; a new run \
                    uses the one of today.";
        all.push(Notice::warning(text));
    }
    if let Some(room) = facts.events.map(headroom).filter(|room| *room < 1_000) {
        let text = format!(
            "Its history has room for {room} more events; at 25,000 an execution fails and cannot be redriven."
        );
        all.push(Notice::warning(text));
    }
    if let Some(state) = &facts.fail_state {
        all.push(Notice::warning(format!(
            "{} is a Fail state: a redrive enters it again and fails again.",
            cut(state, 100)
        )));
    }
    if !facts.clusters_gone.is_empty() {
        let gone = &facts.clusters_gone;
        let (noun, is) = (verb(gone, "cluster", "clusters"), verb(gone, "is", "are"));
        let text = format!(
            "Results that a redrive keeps name EMR {noun} {}, which {is} terminated: steps cannot be added.",
            names(gone)
        );
        all.push(Notice::warning(text));
    }
    map_runs(facts, all);
    let error = facts.fact.error.as_deref().unwrap_or("");
    if error == "States.DataLimitExceeded" {
        all.push(Notice::warning("The data of a state were too large (256 KiB). A redrive runs all of it again, and starts a new Map Run for a Distributed Map."));
    } else if by_definition(error) {
        all.push(Notice::warning(format!("{error}: the old definition on the same data fails in the same way.")));
    }
    for line in behaviour(facts.definition_then, &facts.failed_states, facts.kept_states, facts.fact.error.as_deref()) {
        all.push(Notice::info(format!("Redrive: {line}.")));
    }
    let times = match facts.fact.redrive_count {
        0 => String::new(),
        1 => " It has been redriven once before.".to_owned(),
        many => format!(" It has been redriven {many} times before."),
    };
    all.push(Notice::info(format!("A redrive counts retries and timeouts from zero, under the same name.{times}")));
}

fn map_runs(facts: &Facts<'_>, all: &mut Vec<Notice>) {
    for run in facts.map_runs {
        let label = cut(run.arn.rsplit(':').next().unwrap_or(&run.arn), 80);
        let room = MAP_RUN_REDRIVES.saturating_sub(run.redrive_count);
        match room {
            0 => all.push(Notice::warning(format!(
                "Map Run {label} has been redriven 1,000 times: once more fails with States.Runtime."
            ))),
            1..=100 => all.push(Notice::warning(format!("Map Run {label} can be redriven {room} more times."))),
            _ => {}
        }
        if run.executions.not_redrivable > 0 {
            let count = run.executions.not_redrivable;
            let text = format!("{count} child executions of Map Run {label} cannot be redriven and stay as they are.");
            all.push(Notice::warning(text));
        }
    }
    if let Some(expired) = facts.children_expired.filter(|expired| *expired > 0) {
        let (executions, stay) = if expired == 1 { ("execution", "stays") } else { ("executions", "stay") };
        let text = format!(
            "{expired} child {executions} ended more than 14 days ago and {stay} failed: a redrive leaves them out."
        );
        all.push(Notice::warning(text));
    }
}
