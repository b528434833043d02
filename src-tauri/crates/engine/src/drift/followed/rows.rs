//! What sources follow, as rows of the list of monitors: whether it still measures, and what it found last.

use super::{AllFollowed, Asked, Followed, Trail};
use crate::{
    Desk,
    drift::{counted, days_before, look::group_of, moment, small},
};
use ::models::drift::{Direction, FeatureDrift, Run};
use aws::Session;
use contract::{
    Notice, Timestamp,
    drift::{MonitorRow, Origin, TestSide},
    models::{
        HealthState,
        facts::{DeployedModel, MonitorKind},
    },
};
use futures_util::{StreamExt, stream};
use std::time::Duration;

/// How old what a source follows may be for the list.
const AGE: Duration = Duration::from_mins(5);
/// Days that are looked back for the newest report.
const DAYS: u32 = 90;
/// Reports that are tried for one that can be read.
const TRIED: usize = 3;
const AT_ONCE: usize = 4;
/// Reports whose distances in time say how often they come.
const RHYTHM: usize = 15;
/// Missed times after which one that is followed has gone silent.
const MISSED: i64 = 3;
/// Seconds.
const HOUR: i64 = 3_600;

/// What a feature was measured by, and what of it is drift.
pub(in crate::drift) fn side(feature: &FeatureDrift) -> TestSide {
    let rule = feature.method.direction().zip(feature.threshold).map(|(direction, threshold)| {
        let where_from = match direction {
            Direction::Above => "above",
            Direction::AtOrAbove => "at or above",
            Direction::Below => "below",
            Direction::AtOrBelow => "at or below",
        };
        format!("drift {where_from} {threshold}")
    });
    TestSide {
        method: feature.method.name().to_owned(),
        value: feature.value,
        threshold: feature.threshold,
        rule,
        drifted: feature.drifted,
    }
}

/// Features that drifted, of those of which it is known; nothing if it is known of none.
pub(super) fn drifted(run: &Run) -> Option<(u32, u32)> {
    let known = run.features.iter().filter_map(|feature| feature.drifted);
    let (drifted, known) = known.fold((0, 0), |(drifted, known), is| (drifted + u32::from(is), known + 1));
    (known > 0).then_some((drifted, known))
}

/// Seconds from one report to the next, as it mostly was; `times` are newest first.
fn rhythm(times: &[Timestamp]) -> Option<i64> {
    let mut gaps: Vec<i64> = times
        .iter()
        .zip(times.iter().skip(1))
        .take(RHYTHM)
        .map(|(newer, older)| newer.as_second() - older.as_second())
        .collect();
    gaps.sort_unstable();
    // Two of them could be chance.
    gaps.get(gaps.len() / 2).copied().filter(|_| gaps.len() > 2)
}

fn span(seconds: i64) -> String {
    let hours = seconds / HOUR;
    match usize::try_from(hours).unwrap_or_default() {
        0 => "an hour".to_owned(),
        hours @ 1..48 => counted(hours, "hour"),
        hours => counted(hours / 24, "day"),
    }
}

/// Behind "every".
fn rate(seconds: i64) -> String {
    if seconds < 2 * HOUR { "hour".to_owned() } else { span(seconds) }
}

/// Whether it measures, in words.
fn health(origin: Origin, trail: &Trail, now: Timestamp) -> (HealthState, String) {
    let what = if origin == Origin::Evidently { "snapshot" } else { "run" };
    let (Some(last), Some(newest)) = (trail.times.first(), trail.reports.first()) else {
        return (HealthState::Silent, format!("there is no {what} of the last {DAYS} days"));
    };
    let age = now.as_second() - last.as_second();
    if let Some(gap) = rhythm(&trail.times)
        && age > gap.max(HOUR) * MISSED
    {
        return (HealthState::Silent, format!("no {what} for {}; they came every {}", span(age), rate(gap)));
    }
    let Ok(read) = &newest.read else {
        let why = newest.read.as_ref().err().map(String::as_str).unwrap_or_default();
        return (HealthState::Doubtful, format!("the newest {what} cannot be used: {why}"));
    };
    let at = moment(newest.at);
    match drifted(&read.run) {
        None => {
            let count = read.dataset.and_then(|dataset| dataset.columns);
            let said = count.map_or_else(String::new, |count| format!("; it counts {count:.0} that drifted"));
            let why = match origin {
                Origin::Mlflow => "MLflow keeps values without their tests",
                Origin::Evidently | Origin::ModelMonitor => "on which side of its tests drift lies is not known",
            };
            (HealthState::Unknown, format!("{why}{said}, at {at}"))
        }
        Some((0, known)) => (HealthState::Measured, format!("no drift in {} at {at}", counted_features(known))),
        Some((some, known)) => {
            (HealthState::Measured, format!("{some} of {} drifted at {at}", counted_features(known)))
        }
    }
}

fn counted_features(many: u32) -> String {
    counted(usize::try_from(many).unwrap_or(usize::MAX), "feature")
}

pub(super) fn row(one: &Followed, trail: &Trail, group: Option<String>, now: Timestamp) -> MonitorRow {
    let (health, words) = health(one.origin(), trail, now);
    let read = trail.reports.iter().find_map(|report| report.read.as_ref().ok());
    MonitorRow {
        schedule: one.place.clone(),
        source: one.origin(),
        kind: Some(MonitorKind::DataQuality),
        endpoint: Some(one.endpoint.clone()),
        group,
        status: "Followed".to_owned(),
        last_run: trail.times.first().copied(),
        last: None,
        violations: read.and_then(|read| drifted(&read.run)).map(|(drifted, _)| drifted),
        alert: None,
        health,
        words,
        as_of: now,
    }
}

/// How far back a page looks, in days, with what it reads of it.
pub(super) fn bounds(now: Timestamp, days: u32) -> Timestamp {
    days_before(now, days.clamp(1, 400))
}

impl Desk {
    /// Rows of all that the profile's sources follow, what could not be read of it, and when what failed is asked again.
    pub(in crate::drift) async fn followed_rows(
        &self,
        session: &Session,
        models: &[DeployedModel],
        asked: Asked,
    ) -> (Vec<MonitorRow>, Vec<Notice>, Vec<Timestamp>) {
        let AllFollowed { all, mut notices, mut failed } = match self.all_followed(session, AGE, asked).await {
            Ok(found) => found,
            Err(error) => {
                let text = format!("What Evidently and MLflow tell is left out: {error}.");
                return (Vec::new(), vec![Notice::warning(text)], Vec::new());
            }
        };
        let from = bounds(session.now(), DAYS);
        let every: Vec<&Followed> = all.iter().flat_map(|follows| &follows.all).collect();
        let trails: Vec<_> =
            every.iter().map(|one| Box::pin(self.reports_in_rounds(session, one, &all, from, TRIED, asked))).collect();
        let trails: Vec<_> = stream::iter(trails).buffered(AT_ONCE).collect().await;
        let (now, mut rows) = (session.now(), Vec::new());
        for (one, trail) in every.iter().zip(trails) {
            let (trail, is_unread) = match trail {
                Ok(trail) => (trail, false),
                Err(failure) => {
                    notices.push(failure.notice(&one.place));
                    failed.push(failure.next());
                    (Trail::default(), true)
                }
            };
            notices.extend(trail.cut.clone());
            let broken = trail.reports.iter().filter_map(|report| Some((&report.place, report.read.as_ref().err()?)));
            for (place, why) in broken.take(1) {
                notices.push(Notice::warning(format!("{place}: {why}.")));
            }
            let group = group_of(models, &one.endpoint);
            let mut told = row(one, &trail, group, now);
            if is_unread {
                // Nobody knows whether it is silent.
                told.health = HealthState::Unknown;
                "its reports could not be listed".clone_into(&mut told.words);
            }
            rows.push(told);
        }
        // Two sources may have the same folder below them.
        rows.sort_by(|one, other| one.schedule.cmp(&other.schedule));
        rows.dedup_by(|one, other| one.schedule == other.schedule);
        tracing::debug!(rows = small(rows.len()), "what sources follow was looked at");
        (rows, notices, failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::followed::{Read, Report};
    use ::models::drift::{Method, Source};
    use std::sync::Arc;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * HOUR).unwrap()
    }

    fn trail(newest: i64, every: i64, read: Result<Arc<Read>, String>) -> Trail {
        let times: Vec<Timestamp> = (0..6).map(|back| at(newest - back * every)).collect();
        Trail { reports: vec![Report { at: at(newest), place: "s3://b/e/x.json".into(), read }], times, cut: None }
    }

    fn read(value: f64, method: Method) -> Arc<Read> {
        let feature = FeatureDrift::judged("guests".into(), Some(value), Some(0.05), method);
        let run = Run { source: Source::Evidently, when: None, features: vec![feature] };
        Arc::new(Read { run, dataset: None })
    }

    #[test]
    fn the_side_of_drift_is_that_of_the_method() {
        let told = |method| side(&FeatureDrift::judged("a".into(), Some(0.9), Some(0.05), method));
        assert_eq!(told(Method::KolmogorovSmirnov).rule.as_deref(), Some("drift at or below 0.05"));
        assert_eq!(told(Method::Psi).rule.as_deref(), Some("drift at or above 0.05"));
        assert_eq!((told(Method::KolmogorovSmirnov).drifted, told(Method::Psi).drifted), (Some(false), Some(true)));
        assert_eq!(told(Method::Unknown).rule, None);
    }

    #[test]
    fn quiet_is_good_only_while_reports_come() {
        let of = |trail: &Trail, now: i64| health(Origin::Evidently, trail, at(now));
        let fine = trail(1_000, 24, Ok(read(0.9, Method::KolmogorovSmirnov)));
        assert_eq!(of(&fine, 1_010).0, HealthState::Measured);
        let (state, words) = of(&fine, 1_000 + 100);
        assert_eq!(state, HealthState::Silent);
        assert_eq!(words, "no snapshot for 4 days; they came every 24 hours");
        let hourly = trail(1_000, 1, Ok(read(0.9, Method::KolmogorovSmirnov)));
        assert_eq!(of(&hourly, 1_010).1, "no snapshot for 10 hours; they came every hour");
        assert_eq!(of(&Trail::default(), 1_000).0, HealthState::Silent);
        let (state, words) = of(&trail(1_000, 24, Err("it is not JSON".into())), 1_010);
        assert_eq!(
            (state, words.as_str()),
            (HealthState::Doubtful, "the newest snapshot cannot be used: it is not JSON")
        );
    }

    #[test]
    fn a_value_without_its_test_is_no_verdict() {
        let unknown = trail(1_000, 24, Ok(read(0.3, Method::Unknown)));
        assert_eq!(health(Origin::Mlflow, &unknown, at(1_010)).0, HealthState::Unknown);
        assert_eq!(drifted(&read(0.3, Method::Unknown).run), None);
        assert_eq!(drifted(&read(0.01, Method::ChiSquare).run), Some((1, 1)));
    }
}
