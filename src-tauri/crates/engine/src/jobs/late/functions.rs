//! Functions that a clock calls, by its rules and schedules and by the metric of their calls: the service lists none.

use super::{LateJob, made, period, starters::starter, unknown_changes};
use crate::Desk;
use ::jobs::absent::absence;
use aws::{AwsError, Session, executions::clock, jobs::lambda};
use contract::{
    Notice, Timestamp,
    executions::facts::StartRule,
    facts::{Known, Missing},
    jobs::absence::{AbsenceFacts, HomeFact},
};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How far back calls are counted.
const BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The metric tells of whole hours: seconds.
const HOUR: i64 = 3_600;

/// Functions by name, each with its clocks.
type Clocks = BTreeMap<String, Vec<StartRule>>;

pub(super) async fn late(desk: &Desk, session: &Session) -> Result<(Vec<LateJob>, Vec<Notice>), AwsError> {
    let region = session.region();
    let (rules, schedules) = tokio::join!(
        clock::rules(session, region, clock::is_function),
        clock::schedules(session, region, clock::is_function),
    );
    let (clocks, notices) = clocks(rules, schedules)?;
    if clocks.is_empty() {
        return Ok((Vec::new(), notices));
    }
    let now = session.now();
    let names: Vec<String> = clocks.keys().cloned().collect();
    let called = lambda::called(session, &names, now.checked_sub(BACK).unwrap_or(now), now).await?;
    let mut all = Vec::new();
    for (name, rules) in clocks {
        let hours = called.get(&name).map(Vec::as_slice).unwrap_or_default();
        let Some(mut facts) = facts(&name, &rules, hours, now) else { continue };
        if absence(&facts, now).is_none() {
            continue;
        }
        facts.home = Some(home(desk, session, &name).await);
        all.extend(made(format!("lambda:{name}"), None, facts, now));
    }
    Ok((all, notices))
}

/// What answered counts; the other is said. An error where neither did.
fn clocks(
    rules: Result<Vec<StartRule>, AwsError>,
    schedules: Result<Vec<StartRule>, AwsError>,
) -> Result<(Clocks, Vec<Notice>), AwsError> {
    let missing = |what: &str, error: &AwsError| {
        vec![Notice::warning(format!("Functions that {what} call may be missing among those that are late: {error}."))]
    };
    let (all, notices) = match (rules, schedules) {
        (Ok(rules), Ok(schedules)) => (rules.into_iter().chain(schedules).collect(), Vec::new()),
        (Ok(rules), Err(error)) => (rules, missing("schedules", &error)),
        (Err(error), Ok(schedules)) => (schedules, missing("rules", &error)),
        (Err(error), Err(_)) => return Err(error),
    };
    let mut clocks = Clocks::new();
    for rule in all.into_iter().filter(|rule| rule.expression.is_some()) {
        if let Some(name) = function_of(&rule.target) {
            clocks.entry(name.to_owned()).or_default().push(rule);
        }
    }
    Ok((clocks, notices))
}

/// The name in the ARN of a function, version or alias.
fn function_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":function:")?;
    rest.split(':').next().filter(|name| !name.is_empty())
}

/// What is known of a function by its clocks and the hours in which it was called. `None` for one that was not called for
/// long: it may be called once a month, or have been retired.
fn facts(name: &str, clocks: &[StartRule], hours: &[Timestamp], now: Timestamp) -> Option<AbsenceFacts> {
    // It may have been the last second of the hour.
    let last = hours.iter().max()?.checked_add(SignedDuration::from_secs(HOUR)).ok()?.min(now);
    let enabled = clocks.iter().any(|clock| clock.enabled);
    // One that was switched off says how often it was called all the same.
    let counts = clocks.iter().filter(|clock| clock.enabled || !enabled);
    let every = counts.filter_map(|clock| period(clock.expression.as_deref()?, clock.zone.as_deref(), last)).min()?;
    Some(AbsenceFacts {
        job: name.to_owned(),
        last_run: Ok(Some(last)),
        last_success: Err(Missing {
            action: "cloudwatch:GetMetricData".to_owned(),
            denied: false,
            reason: "the metric counts calls, and not which of them succeeded".into(),
        }),
        every: Some(every.max(HOUR.unsigned_abs())),
        starters: Ok(clocks.iter().map(starter).collect()),
        home: None,
        inputs: Vec::new(),
        quotas: Vec::new(),
        account: None,
        changes: vec![unknown_changes()],
    })
}

async fn home(desk: &Desk, session: &Session, name: &str) -> Known<HomeFact> {
    let fact = |exists, state, reason| HomeFact {
        name: format!("function {name}"),
        exists,
        state,
        reason,
        since: None,
        starts_itself: None,
    };
    match desk.function(session, name).await {
        Ok(function) => Ok(fact(true, function.row.state.clone(), function.row.reason.clone())),
        Err(error) if error.is_absent() => Ok(fact(false, None, None)),
        Err(error) => Err(Missing {
            action: "lambda:GetFunction".to_owned(),
            denied: matches!(error, AwsError::Denied { .. }),
            reason: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn clock(enabled: bool) -> StartRule {
        StartRule {
            name: "rule nightly".into(),
            expression: Some("cron(0 5 * * ? *)".into()),
            pattern: None,
            zone: None,
            enabled,
            target: "arn:aws:lambda:eu-west-1:123456789012:function:load:live".into(),
        }
    }

    fn title(clocks: &[StartRule], hours: &[&str]) -> Option<String> {
        let hours: Vec<Timestamp> = hours.iter().map(|hour| at(hour)).collect();
        let now = at("2026-11-21T08:00:00Z");
        Some(absence(&facts("load", clocks, &hours, now)?, now)?.title)
    }

    #[test]
    fn a_function_is_named_by_its_arn_whatever_the_alias() {
        assert_eq!(function_of(&clock(true).target), Some("load"));
        assert_eq!(function_of("arn:aws:lambda:eu-west-1:1:function:"), None);
        assert_eq!(function_of("arn:aws:states:eu-west-1:1:stateMachine:load"), None);
    }

    #[test]
    fn rules_count_where_schedules_are_refused() {
        let refused = || {
            let call = aws::Call::new("ListSchedules", "scheduler:ListSchedules");
            Err(AwsError::Denied { call, message: "no".into(), request_id: None })
        };
        let (found, notices) = clocks(Ok(vec![clock(true)]), refused()).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["load"]);
        assert!(notices.len() == 1 && notices[0].text.contains("schedules call"), "{notices:?}");
        let (found, notices) = clocks(refused(), Ok(vec![clock(true)])).unwrap();
        assert!(found.len() == 1 && notices[0].text.contains("rules call"), "{notices:?}");
        assert!(clocks(refused(), refused()).is_err(), "nothing is known");
        let (found, notices) = clocks(Ok(vec![clock(true)]), Ok(vec![clock(false)])).unwrap();
        assert_eq!((found["load"].len(), notices.len()), (2, 0));
    }

    #[test]
    fn a_clock_that_was_switched_off_explains_the_silence() {
        let hours = ["2026-11-17T05:00:00Z", "2026-11-18T05:00:00Z"];
        let told = title(&[clock(false)], &hours).unwrap();
        assert!(told.starts_with("load has not run for 3 d") && told.ends_with("rule nightly is disabled"), "{told}");
    }

    #[test]
    fn one_missed_call_is_nothing_and_neither_is_one_that_never_was() {
        assert_eq!(title(&[clock(true)], &["2026-11-20T05:00:00Z"]), None);
        assert_eq!(title(&[clock(true)], &["2026-11-21T05:00:00Z"]), None);
        assert_eq!(title(&[clock(true)], &[]), None);
        assert!(title(&[clock(true)], &["2026-11-18T05:00:00Z"]).is_some());
    }
}
