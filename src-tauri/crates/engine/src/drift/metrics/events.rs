//! What happened while a monitor measured: its alerts, the alarms on its metrics, deployments.

use crate::drift::{
    alarms::{MOST_MARKS, kind},
    counted,
    endpoint::marks,
};
use ::models::alarms::{AlarmChange, Turn};
use aws::{AwsError, Session, models::monitors, pages::up_to};
use charts::{Mark, MarkKind};
use contract::{
    Timestamp,
    drift::MetricEvent,
    models::facts::{AlertChangeFact, EndpointFact},
};

/// Pages of changes of one schedule: 100 each.
const MOST_PAGES: usize = 10;

/// The changes of a schedule's alerts between two moments.
pub(super) async fn changes(
    session: &Session,
    schedule: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<AlertChangeFact>, AwsError> {
    let wanted = monitors::Wanted {
        schedule: Some(schedule),
        from: Some(from),
        until: Some(until),
        ..monitors::Wanted::default()
    };
    let (all, _) = up_to(MOST_PAGES, |token| monitors::alert_history_page(session, wanted, token)).await?;
    Ok(all)
}

/// Marks of a picture, and all of them in words, the newest first.
pub(super) fn told(
    changes: &[AlertChangeFact],
    alarms: &[AlarmChange],
    endpoint: Option<&EndpointFact>,
    (from, until): (Timestamp, Timestamp),
) -> (Vec<Mark>, Vec<MetricEvent>) {
    let alert = |change: &AlertChangeFact| {
        let turn = if change.is_raised { Turn::Raised } else { Turn::Over };
        (change.at, kind(turn), turn.word().to_owned(), format!("alert {} {}", change.alert, turn.word()))
    };
    let alarm = |change: &AlarmChange| {
        let turn = change.turn()?;
        Some((change.at, kind(turn), turn.word().to_owned(), format!("alarm {} {}", change.alarm, turn.word())))
    };
    let deployed = endpoint.map(|endpoint| marks(endpoint, from, until)).unwrap_or_default();
    let deployed = deployed.into_iter().map(|mark| {
        let words = format!("deployment of {}", mark.label);
        (mark.at, mark.kind, mark.label, words)
    });
    let mut all: Vec<(Timestamp, MarkKind, String, String)> =
        changes.iter().map(alert).chain(alarms.iter().filter_map(alarm)).chain(deployed).collect();
    all.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
    let (shown, left) = all.split_at(all.len().min(MOST_MARKS));
    let mut marks: Vec<Mark> =
        shown.iter().map(|(at, kind, label, _)| Mark { at: *at, kind: *kind, label: label.clone() }).collect();
    // A deployment explains what alerts only repeat.
    marks.extend(left.iter().filter(|(_, kind, ..)| *kind == MarkKind::Deployment).map(|(at, kind, label, _)| Mark {
        at: *at,
        kind: *kind,
        label: label.clone(),
    }));
    let events = all
        .into_iter()
        .map(|(at, kind, _, words)| MetricEvent { at, is_alarm: kind != MarkKind::Deployment, words })
        .collect();
    (marks, events)
}

/// `3 reports could not be read`, with the reason of the newest.
pub(super) fn troubled(troubles: &[String]) -> Option<String> {
    let first = troubles.first()?;
    Some(format!("{} left out: {first}.", counted(troubles.len(), "report")))
}
