//! State machines that have not run: one that a clock starts by that clock, however short its silence; one that only
//! events start by its rhythm, as a job.

use super::{LateFacts, LateJob, MOST_RUNS, Overdue, RETIRED, inputs::awaited, starters::starter, unknown_changes};
use crate::{Desk, executions::machine_name};
use ::executions::schedule::{Schedule, standing};
use ::jobs::absent::{absence, due, explained, rhythm};
use ::objects::pattern::{Watched, watched};
use aws::{
    AwsError, Session,
    executions::{
        clock,
        runs::{self, ExecutionItem, Of},
    },
};
use contract::{
    Notice, Timestamp,
    executions::{Standing, facts::StartRule},
    facts::{Known, Missing},
    jobs::{
        absence::{AbsenceFacts, StarterFact},
        facts::ObjectFact,
    },
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::collections::HashMap;

/// Calls in flight: these are looked at with each look at a place.
const AT_ONCE: usize = 6;
/// How long it is believed what came where a machine's rules wait: machines are looked at every half minute.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A state machine that should have run.
#[derive(Debug)]
pub(crate) struct LateMachine {
    /// Without a version or alias.
    pub arn: String,
    /// Its newest execution; none of one that has never run.
    pub newest: Option<String>,
    pub late: LateJob,
}

/// The machines that are late, and what could not be read. `before` is what the look before this one found.
pub(crate) async fn late_machines(
    desk: &Desk,
    session: &Session,
    before: &[LateFacts],
) -> (Vec<LateMachine>, Vec<Notice>) {
    let region = session.region();
    let (rules, schedules) = tokio::join!(
        clock::rules(session, region, clock::is_machine),
        clock::schedules(session, region, clock::is_machine)
    );
    let mut notices = Vec::new();
    let mut starts: HashMap<String, Vec<StartRule>> = HashMap::new();
    for (what, found) in [("Rules", rules), ("Schedules", schedules)] {
        match found {
            Ok(found) => {
                for rule in found {
                    starts.entry(unqualified(&rule.target)).or_default().push(rule);
                }
            }
            Err(error) => notices
                .push(Notice::warning(format!("{what} could not be read, so what is late may be missing: {error}."))),
        }
    }
    let mut asking = Vec::with_capacity(starts.len());
    for (arn, rules) in starts {
        let known = before.iter().find(|known| matches!(&known.what, Overdue::Machine { arn: one, .. } if *one == arn));
        asking.push(async move {
            let answer = late(desk, session, &arn, &rules, known).await;
            (arn, answer)
        });
    }
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    while let Some((arn, answer)) = asked.next().await {
        match answer {
            Ok(machine) => found.extend(machine),
            Err(error) if is_no_answer(&error) => {}
            Err(error) => missing.push((arn, error)),
        }
    }
    notices.extend(unjudged(&missing));
    (found, notices)
}

/// Nothing is to be judged: the machine is gone, or of the type Express, whose executions are not listed.
fn is_no_answer(error: &AwsError) -> bool {
    const CODES: [&str; 2] = ["StateMachineDoesNotExist", "StateMachineTypeNotSupported"];
    error.is_absent() || matches!(error, AwsError::Service { code, .. } if CODES.contains(&code.as_str()))
}

/// One line for all machines that could not be asked for, mostly for the same reason.
fn unjudged(missing: &[(String, AwsError)]) -> Option<Notice> {
    let (arn, error) = missing.first()?;
    let more = match missing.len() - 1 {
        0 => String::new(),
        1 => " and of 1 more machine".to_owned(),
        more => format!(" and of {more} more machines"),
    };
    Some(Notice::warning(format!("Whether a run of {}{more} is late is not known: {error}.", machine_name(arn))))
}

/// The ARN of the machine of a version or alias.
fn unqualified(arn: &str) -> String {
    arn.split(':').take(7).collect::<Vec<_>>().join(":")
}

async fn late(
    desk: &Desk,
    session: &Session,
    arn: &str,
    rules: &[StartRule],
    before: Option<&LateFacts>,
) -> Result<Option<LateMachine>, AwsError> {
    let (items, next) = runs::page(session, Of::Machine(arn), None, MOST_RUNS, None).await?;
    // How old it is matters only of one that has never run: it may be new.
    let created = if items.is_empty() { desk.machine(session, arn).await?.updated } else { None };
    let now = session.now();
    let Some((mut facts, due)) = facts(machine_name(arn), rules, (&items, next.is_some()), created, now) else {
        return Ok(None);
    };
    let on = rules.iter().filter(|rule| rule.enabled);
    let watched: Vec<Watched> = on.filter_map(|rule| rule.pattern.as_deref()).flat_map(watched).collect();
    let last = facts.last_run.as_ref().ok().copied().flatten();
    let (inputs, looked) = match kept(before, &watched, &facts, now) {
        Some(kept) => kept,
        None => (awaited(session, &watched, last).await, now),
    };
    facts.inputs = inputs;
    let newest = items.iter().max_by_key(|item| item.started).map(|item| item.arn.clone());
    let late = LateJob {
        kin: arn.to_owned(),
        name: facts.job.clone(),
        last: None,
        since: last.or(created).unwrap_or(due),
        due,
        absence: explained(&facts, now),
        facts: LateFacts { facts, what: Overdue::Machine { arn: arn.to_owned(), watched, looked } },
    };
    Ok(Some(LateMachine { arn: arn.to_owned(), newest, late }))
}

/// What came where its rules wait, by the look before this one.
fn kept(
    before: Option<&LateFacts>,
    watched: &[Watched],
    facts: &AbsenceFacts,
    now: Timestamp,
) -> Option<(Vec<Known<ObjectFact>>, Timestamp)> {
    let before = before?;
    let Overdue::Machine { watched: then, looked, .. } = &before.what else { return None };
    let is_same = before.facts.last_run == facts.last_run && then.as_slice() == watched;
    (is_same && now.duration_since(*looked) < FRESH).then(|| (before.facts.inputs.clone(), *looked))
}

/// What is known of a machine by what starts it and its newest executions (and whether there are more), and since when it
/// is late. `None` for one that is not.
fn facts(
    name: &str,
    rules: &[StartRule],
    (items, more): (&[ExecutionItem], bool),
    created: Option<Timestamp>,
    now: Timestamp,
) -> Option<(AbsenceFacts, Timestamp)> {
    let starts: Vec<Timestamp> = items.iter().map(|item| item.started).collect();
    let last = starts.iter().copied().max();
    let missed = |rule: &StartRule| missed(rule, last, created, now);
    let starter = |rule: &StartRule| StarterFact { due: missed(rule).filter(|_| rule.enabled), ..starter(rule) };
    let facts = AbsenceFacts {
        job: name.to_owned(),
        last_run: Ok(last),
        last_success: last_success(items, more),
        every: rhythm(&starts),
        starters: Ok(rules.iter().map(starter).collect()),
        home: None,
        inputs: Vec::new(),
        quotas: Vec::new(),
        account: None,
        changes: vec![unknown_changes()],
    };
    let clocks = || rules.iter().filter(|rule| rule.expression.is_some());
    if clocks().any(|rule| rule.enabled) {
        let due = clocks().filter(|rule| rule.enabled).filter_map(missed).min()?;
        return Some((facts, due));
    }
    // What has not run for longer is retired, and one that no clock starts may never have been meant to run.
    last.filter(|last| now.duration_since(*last) < RETIRED)?;
    if clocks().next().is_some() && !rules.iter().any(|rule| rule.enabled) {
        // Switched off, a clock says all the same when it would have started it.
        let due = clocks().filter_map(missed).min()?;
        return Some((facts, due));
    }
    let newest = items.iter().max_by_key(|item| item.started)?;
    newest.stopped?;
    facts.every?;
    absence(&facts, now)?;
    let due = due(&facts)?;
    Some((facts, due))
}

/// When a clock should have started the machine first since it ran, or at all, as if it were on.
fn missed(rule: &StartRule, last: Option<Timestamp>, created: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let on = StartRule { enabled: true, ..rule.clone() };
    match standing(std::slice::from_ref(&on), last, created, now)?.standing {
        Standing::Late(since) => Some(since),
        Standing::NeverRan => {
            let from = created.unwrap_or(now);
            let schedule = Schedule::read(on.expression.as_deref()?, on.zone.as_deref()).ok()?;
            Some(schedule.next(from).filter(|due| *due <= now).unwrap_or(from))
        }
        Standing::OnTime | Standing::Disabled | Standing::Unknown => None,
    }
}

/// End of the newest success among these executions; a closer look asks for it where there are more.
fn last_success(items: &[ExecutionItem], more: bool) -> Known<Option<Timestamp>> {
    let succeeded = items.iter().filter(|item| item.status == "SUCCEEDED");
    let newest = succeeded.filter_map(|item| item.stopped).max();
    if newest.is_none() && more {
        return Err(Missing {
            action: runs::LIST.action.to_owned(),
            denied: false,
            reason: format!("none of the newest {} executions succeeded", items.len()),
        });
    }
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::Call;
    use contract::jobs::{Absence, AbsenceCause, AbsenceVerdict};

    const ARN: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:feed";
    const DAILY: &str = "cron(0 5 * * ? *)";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-11-21T08:00:00Z")
    }

    fn clock(expression: &str, enabled: bool) -> StartRule {
        StartRule {
            name: "rule nightly".into(),
            expression: Some(expression.into()),
            pattern: None,
            zone: None,
            enabled,
            target: ARN.into(),
        }
    }

    fn by_events(enabled: bool) -> StartRule {
        let pattern = r#"{"source": ["aws.s3"], "detail": {"bucket": {"name": ["lake"]},
            "object": {"key": [{"prefix": "in/feed"}]}}}"#;
        StartRule {
            name: "rule on-feed".into(),
            expression: None,
            pattern: Some(pattern.into()),
            ..clock(DAILY, enabled)
        }
    }

    /// One of each day, newest first, at five.
    fn runs(days: std::ops::RangeInclusive<u8>) -> Vec<ExecutionItem> {
        let run = |day: u8| {
            let started = at(&format!("2026-11-{day:02}T05:00:02Z"));
            ExecutionItem {
                arn: format!("arn:execution:{day}"),
                machine: ARN.into(),
                name: format!("{day}"),
                status: "SUCCEEDED".into(),
                started,
                stopped: Some(started),
                redrives: 0,
                version: None,
                alias: None,
            }
        };
        days.rev().map(run).collect()
    }

    fn told(rules: &[StartRule], items: &[ExecutionItem]) -> Option<(Absence, Timestamp)> {
        let created = items.is_empty().then(|| at("2026-11-10T11:40:00Z"));
        let (facts, due) = facts("feed", rules, (items, false), created, now())?;
        Some((explained(&facts, now()), due))
    }

    #[test]
    fn a_clock_that_was_switched_off_explains_the_silence() {
        let (told, due) = told(&[clock(DAILY, false)], &runs(12..=18)).unwrap();
        assert_eq!(told.title, "feed has not run for 3 d 2 h: rule nightly is disabled");
        assert_eq!(told.checks[0].verdict, AbsenceVerdict::Cause);
        assert_eq!(due, at("2026-11-19T05:00:00Z"), "when it would have been started");
        let success = told.checks.iter().find(|check| check.what == AbsenceCause::LastSuccess).unwrap();
        assert_eq!(success.verdict, AbsenceVerdict::Fine, "{success:?}");
        let change = told.checks.iter().find(|check| check.what == AbsenceCause::Change).unwrap();
        assert_eq!(change.verdict, AbsenceVerdict::Unknown, "nothing that was not read is fine");
    }

    #[test]
    fn one_start_that_is_missed_is_enough_where_a_clock_says_so() {
        let (late, due) = told(&[clock(DAILY, true)], &runs(14..=20)).unwrap();
        let words = "feed has not run for 1 d 2 h: rule nightly should have started it at 21 Nov 2026 05:00:00 UTC";
        assert_eq!((late.title.as_str(), due), (words, at("2026-11-21T05:00:00Z")));
        assert!(told(&[clock(DAILY, true)], &runs(14..=21)).is_none(), "it ran this morning");
        assert!(told(&[clock(DAILY, false)], &runs(14..=21)).is_none(), "nothing is missed yet");
    }

    #[test]
    fn a_machine_that_was_never_started_says_by_what() {
        let (never, due) = told(&[clock("rate(1 day)", true)], &[]).unwrap();
        let words = "feed has never run, as far as its runs are kept: rule nightly has never started it";
        assert_eq!((never.title.as_str(), due), (words, at("2026-11-11T11:40:00Z")));
        assert!(told(&[clock("rate(1 day)", false)], &[]).is_none(), "nobody wants it");
        assert!(told(&[by_events(true)], &[]).is_none(), "nothing has happened yet");
    }

    #[test]
    fn what_events_start_has_a_rhythm() {
        let (late, due) = told(&[by_events(true)], &runs(10..=17)).unwrap();
        assert_eq!((late.title.as_str(), due), ("feed has not run for 4 d 2 h", at("2026-11-19T05:00:02Z")));
        let (off, _) = told(&[by_events(false)], &runs(10..=17)).unwrap();
        assert!(off.title.ends_with(": rule on-feed is disabled"), "{}", off.title);
        assert!(told(&[by_events(true)], &runs(13..=20)).is_none(), "one may be a holiday");
        assert!(told(&[by_events(true)], &runs(16..=17)).is_none(), "no rhythm");
        let mut running = runs(10..=17);
        running[0].stopped = None;
        assert!(told(&[by_events(true)], &running).is_none(), "it goes on");
        let both = [clock(DAILY, false), by_events(true)];
        assert!(told(&both, &runs(13..=20)).is_none(), "events have taken the clock's place");
    }

    #[test]
    fn what_has_not_run_for_a_month_is_retired() {
        let mut old = runs(10..=17);
        for item in &mut old {
            item.started = item.started.checked_sub(SignedDuration::from_hours(31 * 24)).unwrap();
        }
        assert!(told(&[clock(DAILY, false)], &old).is_none() && told(&[by_events(true)], &old).is_none());
        assert!(told(&[clock(DAILY, true)], &old).is_some(), "a clock that is on wants it still");
    }

    #[test]
    fn the_last_success_is_not_denied_by_what_was_not_read() {
        let mut items = runs(17..=18);
        for item in &mut items {
            item.status = "FAILED".into();
        }
        assert_eq!(last_success(&items, false), Ok(None));
        let missing = last_success(&items, true).unwrap_err();
        assert_eq!(missing.reason, "none of the newest 2 executions succeeded");
        items[1].status = "SUCCEEDED".into();
        assert_eq!(last_success(&items, true), Ok(items[1].stopped));
    }

    #[test]
    fn what_came_is_read_again_when_the_machine_ran_or_after_some_minutes() {
        let (facts, _) = facts("feed", &[by_events(true)], (&runs(10..=17), false), None, now()).unwrap();
        let watched = watched(by_events(true).pattern.as_deref().unwrap());
        let looked = at("2026-11-21T07:58:00Z");
        let what = Overdue::Machine { arn: ARN.into(), watched: watched.clone(), looked };
        let before = LateFacts { facts: facts.clone(), what };
        assert_eq!(kept(Some(&before), &watched, &facts, now()), Some((Vec::new(), looked)));
        assert_eq!(kept(Some(&before), &watched, &facts, at("2026-11-21T08:04:00Z")), None);
        assert_eq!(kept(Some(&before), &[], &facts, now()), None, "its rules wait elsewhere");
        let ran = AbsenceFacts { last_run: Ok(Some(now())), ..facts };
        assert_eq!(kept(Some(&before), &watched, &ran, now()), None);
        assert_eq!(unqualified(&format!("{ARN}:live")), ARN);
    }

    const LIST: Call = Call::new("ListExecutions", "states:ListExecutions");

    #[test]
    fn machines_that_cannot_be_asked_for_are_not_taken_for_punctual() {
        let busy = || AwsError::Busy { call: LIST, message: "Rate exceeded".into(), request_id: None };
        let arn = |name: &str| format!("arn:aws:states:eu-west-1:1:stateMachine:{name}");
        assert_eq!(unjudged(&[]), None);
        let told = unjudged(&[(arn("daily"), busy())]).unwrap();
        assert_eq!(told.text, "Whether a run of daily is late is not known: ListExecutions: Rate exceeded.");
        let told = unjudged(&[(arn("daily"), busy()), (arn("hourly"), busy()), (arn("x"), busy())]).unwrap();
        assert!(told.text.starts_with("Whether a run of daily and of 2 more machines is late"), "{}", told.text);
    }

    #[test]
    fn an_express_machine_or_one_that_is_gone_is_no_fault() {
        let answer = |code: &str| AwsError::Service {
            call: LIST,
            status: 400,
            code: code.into(),
            message: String::new(),
            request_id: None,
        };
        assert!(is_no_answer(&answer("StateMachineTypeNotSupported")));
        assert!(is_no_answer(&answer("StateMachineDoesNotExist")));
        assert!(!is_no_answer(&answer("InvalidArn")));
        assert!(!is_no_answer(&AwsError::Denied { call: LIST, message: "no".into(), request_id: None }));
    }
}
