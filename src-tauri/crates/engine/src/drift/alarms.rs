//! The alarms on the metrics of a thing, and each time that one of them was raised or over.

use super::files::why;
use ::models::{
    alarms::{AlarmChange, Turn, changes},
    series::{is_of_endpoint, is_of_schedule},
};
use aws::{AwsError, Session, models::metrics, pages::up_to};
use charts::{Mark, MarkKind, Worse};
use contract::{
    Notice, Timestamp,
    models::facts::{AlarmFact, MetricName},
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;

/// Pages of alarms that are looked through: 100 each.
const MOST_PAGES: usize = 10;
/// Pages of the changes of one alarm: 100 each, the newest first.
const MOST_CHANGES: usize = 3;
const AT_ONCE: usize = 4;
/// Marks of a picture; more would hide the lines.
pub(super) const MOST_MARKS: usize = 24;
/// CloudWatch forgets older changes.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What alarms watch something, and how they changed meanwhile.
#[derive(Debug, Default)]
pub(super) struct Alarms {
    pub all: Vec<AlarmFact>,
    /// In the order of time, by alarm.
    pub changes: Vec<AlarmChange>,
    /// What of their history is not known.
    pub notices: Vec<Notice>,
}

/// Whose metrics an alarm watches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner<'a> {
    /// Requests, machines, and what its monitors publish.
    Endpoint(&'a str),
    /// What a schedule publishes.
    Schedule(&'a str),
}

impl Owner<'_> {
    fn has(self, metric: &MetricName) -> bool {
        match self {
            Self::Endpoint(name) => is_of_endpoint(metric, name),
            Self::Schedule(name) => is_of_schedule(metric, name),
        }
    }
}

/// Whether an alarm fires at its very limit, of values that are bad on this side.
pub(super) fn is_inclusive(alarm: &AlarmFact, worse: Worse) -> bool {
    let fires = match worse {
        Worse::High => "GreaterThanOrEqualToThreshold",
        Worse::Low => "LessThanOrEqualToThreshold",
    };
    alarm.comparison.as_deref() == Some(fires)
}

/// Alarms on the metrics of an endpoint or schedule, however their dimensions are spelled, with their changes between two moments. Of an alarm whose history
/// may not be read, or is empty, the last change is kept, which the alarm itself tells.
pub(super) async fn alarms_on(
    session: &Session,
    owner: Owner<'_>,
    (from, until): (Timestamp, Timestamp),
) -> Result<Alarms, AwsError> {
    let alarms = watching(session, owner).await?;
    let (changes, failed, is_cut) = {
        let reads: Vec<_> = alarms.iter().map(|alarm| history(session, &alarm.name, (from, until))).collect();
        let mut reading = stream::iter(reads).buffered(AT_ONCE);
        let (mut all, mut failed, mut is_cut) = (Vec::new(), None, false);
        for alarm in &alarms {
            let read = match reading.next().await {
                Some(Ok((read, cut))) => {
                    is_cut |= cut;
                    read
                }
                Some(Err(error)) => {
                    failed = failed.or(Some(error));
                    Vec::new()
                }
                None => Vec::new(),
            };
            if read.is_empty() {
                all.extend(last(alarm, (from, until)));
            }
            all.extend(read);
        }
        (all, failed, is_cut)
    };
    let is_older = until.checked_sub(KEPT).is_ok_and(|kept| from < kept);
    let mut notices = Vec::new();
    if is_cut {
        notices.push(Notice::info("Of an alarm that changes very often, only the newest changes are marked."));
    }
    match failed {
        Some(error) => notices.push(Notice::warning(format!(
            "Of alarms whose history could not be read, only the last change is marked: {}.",
            why(&error)
        ))),
        None if is_older && !alarms.is_empty() => notices.push(Notice::info(
            "CloudWatch keeps the history of alarms for 30 days: changes before that are not marked.",
        )),
        None => {}
    }
    Ok(Alarms { all: alarms, changes, notices })
}

async fn watching(session: &Session, owner: Owner<'_>) -> Result<Vec<AlarmFact>, AwsError> {
    let every: [String; 0] = [];
    let (mut found, _) = up_to(MOST_PAGES, |token| metrics::alarms_page(session, &every, token)).await?;
    found.retain(|alarm| alarm.metrics.iter().any(|metric| owner.has(metric)));
    Ok(found)
}

/// The changes of an alarm, newest first as they are asked for, and whether there are older ones.
async fn history(
    session: &Session,
    alarm: &str,
    range: (Timestamp, Timestamp),
) -> Result<(Vec<AlarmChange>, bool), AwsError> {
    let mut all = Vec::new();
    let mut token = None;
    for _ in 0..MOST_CHANGES {
        let (page, next) = metrics::alarm_history_page(session, alarm, range, token).await?;
        all.extend(page);
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok((changes(&all), token.is_some()))
}

/// The change that brought it where it is.
fn last(alarm: &AlarmFact, (from, until): (Timestamp, Timestamp)) -> Option<AlarmChange> {
    let at = alarm.since.filter(|at| (from..=until).contains(at))?;
    Some(AlarmChange { alarm: alarm.name.clone(), at, from: None, to: alarm.state.clone() })
}

pub(super) fn kind(turn: Turn) -> MarkKind {
    if turn == Turn::Raised { MarkKind::Alarm } else { MarkKind::Over }
}

/// The newest turns of alarms in a picture that names no alarms beside it.
pub(super) fn marks(changes: &[AlarmChange]) -> Vec<Mark> {
    let mark = |change: &AlarmChange| {
        let turn = change.turn()?;
        Some(Mark { at: change.at, kind: kind(turn), label: format!("{} {}", change.alarm, turn.word()) })
    };
    let mut marks: Vec<Mark> = changes.iter().filter_map(mark).collect();
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.at));
    marks.truncate(MOST_MARKS);
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: u32) -> Timestamp {
        format!("2026-11-21T{hour:02}:00:00Z").parse().unwrap()
    }

    fn alarm(since: Option<Timestamp>) -> AlarmFact {
        AlarmFact { name: "churn-5xx".into(), state: "ALARM".into(), since, acts: true, ..AlarmFact::default() }
    }

    #[test]
    fn the_last_change_counts_where_it_lies_in_the_time_that_is_shown() {
        let shown = (at(2), at(9));
        let kept = last(&alarm(Some(at(5))), shown).unwrap();
        assert_eq!((kept.at, kept.turn()), (at(5), Some(Turn::Raised)));
        assert_eq!(last(&alarm(Some(at(1))), shown), None);
        assert_eq!(last(&alarm(None), shown), None);
    }

    #[test]
    fn an_alarm_is_found_however_its_dimensions_are_spelled() {
        let metric = |namespace: &str, dimensions: [(&str, &str); 2]| MetricName {
            namespace: namespace.into(),
            name: "feature_baseline_drift_age".into(),
            dimensions: dimensions.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
        };
        let published = [("Endpoint", "churn"), ("MonitoringSchedule", "churn-data")];
        let documented = [("EndpointName", "churn"), ("ScheduleName", "churn-data")];
        for metric in [
            metric("aws/sagemaker/Endpoints/data-metrics", published),
            metric("/aws/sagemaker/Endpoints/data-metric", documented),
        ] {
            assert!(Owner::Schedule("churn-data").has(&metric) && Owner::Endpoint("churn").has(&metric), "{metric:?}");
            assert!(!Owner::Schedule("churn").has(&metric) && !Owner::Endpoint("churn-eu").has(&metric), "{metric:?}");
        }
        let calls = metric("AWS/SageMaker", [("EndpointName", "churn"), ("VariantName", "churn-data")]);
        assert!(Owner::Endpoint("churn").has(&calls) && !Owner::Schedule("churn-data").has(&calls));
    }

    #[test]
    fn the_newest_turns_are_marked_each_by_its_alarm() {
        let change = |hour: u32, from: &str, to: &str| AlarmChange {
            alarm: "churn-5xx".into(),
            at: at(hour),
            from: Some(from.into()),
            to: to.into(),
        };
        let all = [change(1, "INSUFFICIENT_DATA", "OK"), change(3, "OK", "ALARM"), change(4, "ALARM", "OK")];
        let seen: Vec<_> = marks(&all).into_iter().map(|mark| (mark.at, mark.kind, mark.label)).collect();
        assert_eq!(
            seen,
            [
                (at(4), MarkKind::Over, "churn-5xx over".to_owned()),
                (at(3), MarkKind::Alarm, "churn-5xx raised".to_owned())
            ]
        );
        let many: Vec<AlarmChange> = (0..20).flat_map(|_| all[1..].to_vec()).collect();
        assert_eq!(marks(&many).len(), MOST_MARKS);
    }
}
