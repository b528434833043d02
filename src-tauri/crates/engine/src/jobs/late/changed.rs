//! Who changed a job or state machine that is late, or what starts it or what it runs on, by CloudTrail.
//!
//! A lookup asks for one thing only ("AWS CloudTrail API Reference, LookupEvents"). Not every service names its resources in
//! its records, so calls are asked for that would explain the silence, and their parameters say whom they meant.

use super::{LateFacts, Overdue};
use ::models::{people, trail};
use aws::{
    Session,
    trail::{LOOKUP_EVENTS, Wanted, page},
};
use contract::{
    Timestamp,
    facts::{Known, Missing},
    jobs::{
        JobId,
        absence::{AbsenceFacts, ChangeFact},
    },
    models::facts::{ActionFact, TrailFact},
};
use jiff::SignedDuration;

/// Lookups of one look: the account has two a second.
const MOST_LOOKUPS: usize = 3;
/// How long before the last run changes are of interest.
const BEFORE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Seconds between a service's own time of a change and CloudTrail's record of it.
const CLOCKS: u64 = 120;

/// A call that would explain the silence, and the name that its parameters have then.
type Call = (&'static str, String);

/// What was changed, as far as it is known.
pub(super) async fn changes(session: &Session, late: &LateFacts) -> Vec<Known<ChangeFact>> {
    let told = late.facts.changes.iter().filter_map(|change| change.as_ref().ok());
    let wanted = wanted(&late.facts, &late.what);
    if wanted.is_empty() {
        let none = Missing {
            action: LOOKUP_EVENTS.action.to_owned(),
            denied: false,
            reason: "its runs have no definition that could be changed, and what starts it is not known".to_owned(),
        };
        return told.cloned().map(Ok).chain([Err(none)]).collect();
    }
    let now = session.now();
    let last = late.facts.last_run.as_ref().ok().copied().flatten().unwrap_or(now);
    let since = last.checked_sub(BEFORE).unwrap_or(last);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for (event, name) in wanted {
        match page(session, Wanted::Event(event), since, None).await {
            Ok((records, next)) => {
                let before = found.len();
                found.extend(records.iter().filter_map(|record| change(record, &name)));
                if next.is_some() && found.len() == before {
                    missing.push(Missing {
                        action: LOOKUP_EVENTS.action.to_owned(),
                        denied: false,
                        reason: format!("none of the newest {} records of {event} names {name}", records.len()),
                    });
                }
            }
            Err(error) => {
                missing.push(error.missing(LOOKUP_EVENTS));
                // It would say the same of each.
                break;
            }
        }
    }
    let is_new = |change: &&ChangeFact| !found.iter().any(|one: &ChangeFact| is_same(one.at, change.at));
    let told: Vec<ChangeFact> = told.filter(is_new).cloned().collect();
    found.into_iter().chain(told).map(Ok).chain(missing.into_iter().map(Err)).collect()
}

fn is_same(one: Timestamp, other: Timestamp) -> bool {
    one.as_second().abs_diff(other.as_second()) <= CLOCKS
}

/// The calls to look for: first those that stopped what starts it, then those that stopped what it runs on, then those that
/// changed the job or state machine.
fn wanted(facts: &AbsenceFacts, what: &Overdue) -> Vec<Call> {
    let mut all: Vec<Call> = Vec::new();
    for starter in facts.starters.as_deref().unwrap_or_default() {
        let Some((kind, name)) = starter.name.split_once(' ') else { continue };
        // Parameters have group and name of a schedule apart.
        let name = name.rsplit('/').next().unwrap_or(name);
        let calls: &[&'static str] = match (kind, starter.enabled, starter.reaches) {
            ("rule", false, _) => &["DisableRule", "PutRule"],
            ("rule", true, false) => &["PutTargets", "RemoveTargets"],
            ("schedule", false, _) | ("schedule", true, false) => &["UpdateSchedule"],
            // It should have fired: it may have been off then, or have had another expression.
            ("rule", true, true) if starter.due.is_some() => &["EnableRule", "PutRule"],
            ("schedule", true, true) if starter.due.is_some() => &["UpdateSchedule"],
            ("trigger", false, _) => &["StopTrigger"],
            ("trigger", true, false) => &["UpdateTrigger"],
            _ => &[],
        };
        all.extend(calls.iter().map(|call| (*call, name.to_owned())));
    }
    // Of what starts it two are enough: the job itself has its turn.
    all.truncate(MOST_LOOKUPS - 1);
    let state = facts.home.as_ref().and_then(|home| home.as_ref().ok()).and_then(|home| home.state.as_deref());
    let last = match what {
        Overdue::Job(last) => Some(last),
        // Lambda's records have the version of its API behind the name of the call.
        Overdue::Function => {
            all.push(("UpdateFunctionConfiguration20150331v2", facts.job.clone()));
            None
        }
        Overdue::Machine { .. } => {
            all.push(("UpdateStateMachine", facts.job.clone()));
            None
        }
    };
    match last {
        Some(JobId::Serverless { application, .. }) => {
            if matches!(state, Some("STOPPED" | "STOPPING")) {
                all.push(("StopApplication", application.clone()));
            }
            all.push(("UpdateApplication", application.clone()));
        }
        Some(JobId::Step { cluster, .. } | JobId::Cluster { cluster }) => {
            if state.is_some_and(|state| state.starts_with("TERMINAT")) {
                all.push(("TerminateJobFlows", cluster.clone()));
            }
        }
        Some(JobId::Glue { job, .. }) => all.push(("UpdateJob", job.clone())),
        None | Some(JobId::Eks { .. } | JobId::SageMaker { .. } | JobId::Lambda { .. }) => {}
    }
    all.truncate(MOST_LOOKUPS);
    all
}

/// A record as a change, if it is of this thing and was not refused.
fn change(record: &TrailFact, name: &str) -> Option<ChangeFact> {
    let action = trail::action(record);
    if action.error.is_some() || !concerns(&action, name) {
        return None;
    }
    let call = record.name.split(|c: char| c.is_ascii_digit()).next().unwrap_or(&record.name);
    Some(ChangeFact { at: record.at, what: format!("{call} {name}"), who: action.by.as_ref().and_then(people::name) })
}

/// By its name, by an ARN that ends in it, or in a list of either.
fn concerns(action: &ActionFact, name: &str) -> bool {
    let ends =
        |value: &str| value.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with([':', '/']));
    let quoted = format!("\"{name}\"");
    action.properties.iter().any(|(_, value)| ends(value) || (value.starts_with('[') && value.contains(&quoted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::absence::{HomeFact, StarterFact};

    fn facts(starters: Vec<StarterFact>) -> AbsenceFacts {
        AbsenceFacts {
            job: "feed".into(),
            last_run: Ok(None),
            last_success: Ok(None),
            every: None,
            starters: Ok(starters),
            home: None,
            inputs: Vec::new(),
            quotas: Vec::new(),
            account: None,
            changes: Vec::new(),
        }
    }

    fn starter(name: &str, enabled: bool) -> StarterFact {
        StarterFact {
            name: name.into(),
            enabled,
            reaches: true,
            fired: None,
            failed: 0,
            unread: None,
            due: None,
            asked: None,
        }
    }

    fn record(name: &str, parameters: &str, error: &str) -> TrailFact {
        let whole = format!(
            r#"{{"userIdentity": {{"arn": "arn:aws:iam::123456789012:user/maria"}}, "requestParameters": {parameters}{error}}}"#
        );
        TrailFact { at: Timestamp::UNIX_EPOCH, name: name.into(), user: Some("maria".into()), record: Some(whole) }
    }

    #[test]
    fn what_would_explain_the_silence_is_looked_for() {
        let job = Overdue::Job(JobId::Glue { job: "feed".into(), run: "jr_1".into() });
        let starters = vec![starter("trigger nightly", false), starter("rule hourly", true)];
        let told = wanted(&facts(starters), &job);
        assert_eq!(told, [("StopTrigger", "nightly".to_owned()), ("UpdateJob", "feed".to_owned())]);
        let starters = vec![starter("rule nightly", false), starter("schedule default/late", false)];
        let told = wanted(&facts(starters), &Overdue::Function);
        let calls: Vec<_> = told.iter().map(|(call, _)| *call).collect();
        assert_eq!(calls, ["DisableRule", "PutRule", "UpdateFunctionConfiguration20150331v2"], "the job has its turn");
        let mut stopped = facts(Vec::new());
        stopped.home = Some(Ok(HomeFact {
            name: "application adhoc".into(),
            exists: true,
            state: Some("STOPPED".into()),
            reason: None,
            since: None,
            starts_itself: None,
        }));
        let run = Overdue::Job(JobId::Serverless { application: "00f".into(), run: "00r".into(), attempt: None });
        let calls: Vec<_> = wanted(&stopped, &run).into_iter().map(|(call, _)| call).collect();
        assert_eq!(calls, ["StopApplication", "UpdateApplication"]);
    }

    #[test]
    fn of_a_state_machine_its_definition_and_what_starts_it_are_asked() {
        let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:feed";
        let machine = Overdue::Machine { arn: arn.into(), watched: Vec::new(), looked: Timestamp::UNIX_EPOCH };
        let calls = |starters| {
            let told = wanted(&facts(starters), &machine);
            told.into_iter().map(|(call, name)| format!("{call} {name}")).collect::<Vec<_>>()
        };
        let off = vec![starter("schedule default/feed-morning", false)];
        assert_eq!(calls(off), ["UpdateSchedule feed-morning", "UpdateStateMachine feed"]);
        assert_eq!(calls(vec![starter("rule on-feed", true)]), ["UpdateStateMachine feed"]);
        let due = StarterFact { due: Some(Timestamp::UNIX_EPOCH), ..starter("rule nightly", true) };
        assert_eq!(calls(vec![due]), ["EnableRule nightly", "PutRule nightly", "UpdateStateMachine feed"]);
        let asked = format!(r#"{{"stateMachineArn": "{arn}", "definition": "HIDDEN_DUE_TO_SECURITY_REASONS"}}"#);
        let updated = change(&record("UpdateStateMachine", &asked, ""), "feed").map(|change| change.what);
        assert_eq!(updated.as_deref(), Some("UpdateStateMachine feed"));
    }

    #[test]
    fn a_record_is_of_the_thing_that_its_parameters_name() {
        let of = |record: &TrailFact, name: &str| change(record, name).map(|change| (change.what, change.who));
        let stopped = record("StopTrigger", r#"{"name": "nightly"}"#, "");
        assert_eq!(of(&stopped, "nightly"), Some(("StopTrigger nightly".into(), Some("maria".into()))));
        assert_eq!(of(&stopped, "ightly"), None);
        let arn = r#"{"functionName": "arn:aws:lambda:eu-west-1:1:function:load"}"#;
        let updated = record("UpdateFunctionConfiguration20150331v2", arn, "");
        assert_eq!(of(&updated, "load").map(|told| told.0).as_deref(), Some("UpdateFunctionConfiguration load"));
        let ended = record("TerminateJobFlows", r#"{"jobFlowIds": ["j-1", "j-2"]}"#, "");
        assert!(of(&ended, "j-2").is_some() && of(&ended, "j-3").is_none());
        let refused = record("StopTrigger", r#"{"name": "nightly"}"#, r#", "errorCode": "AccessDenied""#);
        assert_eq!(of(&refused, "nightly"), None);
    }
}
