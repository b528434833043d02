//! Model Monitor beside what follows the same endpoint now: who moves to another tool sees, feature by feature, whether it
//! says the same before the old one is switched off.

use super::{
    counted,
    followed::{AllFollowed, Asked, Followed, Trail, side},
    index::{Column, Index},
    look::RARELY,
    view::frame,
};
use crate::{Desk, EngineError, executions::lock};
use ::models::drift::{
    FeatureDrift,
    agreement::{Agreement, Days, Verdict, by_day},
};
use charts::{Line, Threshold, TimeSeries, Worse, time_series};
use contract::{
    Notice, Timestamp,
    charts::Chart,
    drift::{Agreed, AgreementRow, AgreementView, Origin, ReadAgreement, TestSide},
};
use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

/// Reports of another tool that are read.
const MOST_REPORTS: usize = 400;
/// How old what sources follow may be.
const FRESH: Duration = Duration::from_mins(2);
const HEIGHT: u32 = 260;

/// What another tool says of each feature, the newest report first.
type Told<'a> = HashMap<&'a str, Vec<(Timestamp, &'a FeatureDrift)>>;

impl Desk {
    pub async fn read_agreement(&self, request: &ReadAgreement) -> Result<AgreementView, EngineError> {
        let session = self.session()?;
        let fact = self.schedule_fact(&session, &request.schedule, RARELY).await.map_err(Self::failed(&session))?;
        let AllFollowed { all, mut notices, .. } = self.all_followed(&session, FRESH, Asked::ByPerson).await?;
        let endpoint = fact.summary.endpoint.as_deref().unwrap_or_default();
        let every = all.iter().flat_map(|follows| &follows.all);
        let others: Vec<&Followed> = every.filter(|one| one.endpoint == endpoint).collect();
        if others.is_empty() {
            let words = if endpoint.is_empty() {
                "This schedule watches no endpoint.".to_owned()
            } else {
                format!("No source in Settings follows {endpoint}.")
            };
            return Ok(AgreementView {
                others: Vec::new(),
                words,
                rows: Vec::new(),
                chart: None,
                feature: None,
                notices,
            });
        }
        let gathered = Box::pin(self.gather(&session, &request.schedule, request.days)).await?;
        Box::pin(self.read_rest(&session, &gathered, &self.inner.drift.stop(), &|| {})).await;
        let from = gathered.scene.from;
        notices.extend(gathered.notices.iter().cloned());
        let mut trails = Vec::new();
        for one in others {
            match Box::pin(self.reports_followed(&session, one, &all, from, MOST_REPORTS)).await {
                Ok(trail) => {
                    let broken = trail.reports.iter().filter_map(|report| Some((report, report.read.as_ref().err()?)));
                    notices.extend(
                        broken.map(|(report, why)| Notice::warning(format!("{} is left out: {why}.", report.place))),
                    );
                    notices.extend(trail.cut.clone());
                    trails.push((one, trail));
                }
                Err(error) => notices.push(Notice::warning(format!("{} is left out: {error}.", one.place))),
            }
        }
        let index = lock(&gathered.index);
        let mut rows = Vec::new();
        for (one, trail) in &trails {
            rows.extend(compared(&index, trail, one.origin(), from));
        }
        rows.sort_by(|one: &AgreementRow, other| {
            one.agreed
                .cmp(&other.agreed)
                .then_with(|| one.feature.cmp(&other.feature))
                .then_with(|| one.origin.cmp(&other.origin))
        });
        let feature = request.feature.clone().or_else(|| rows.first().map(|row| row.feature.clone()));
        let size = (request.width, request.offset_minutes);
        let chart = feature.as_deref().and_then(|feature| drawn(&index, &trails, feature, from, size));
        Ok(AgreementView {
            others: trails.iter().map(|(one, _)| (one.place.clone(), one.origin())).collect(),
            words: words(&rows),
            rows,
            chart,
            feature,
            notices,
        })
    }
}

fn told(trail: &Trail) -> Told<'_> {
    let mut all = Told::new();
    for report in &trail.reports {
        let Ok(read) = &report.read else { continue };
        for feature in &read.run.features {
            all.entry(&feature.name).or_default().push((report.at, feature));
        }
    }
    all
}

fn of_column(column: &Column, from: Timestamp) -> Days {
    let cells = column.cells.range(from..);
    by_day(cells.map(|(at, cell)| Verdict {
        at: *at,
        value: cell.value,
        severity: cell.severity,
        drifted: cell.drifted,
    }))
}

fn of_other(points: &[(Timestamp, &FeatureDrift)]) -> Days {
    by_day(points.iter().filter_map(|(at, feature)| {
        Some(Verdict { at: *at, value: feature.value?, severity: feature.severity(), drifted: feature.drifted })
    }))
}

/// A row for each feature that one of the two knows.
fn compared(index: &Index, trail: &Trail, origin: Origin, from: Timestamp) -> Vec<AgreementRow> {
    let told = told(trail);
    let names: BTreeSet<&str> = index.columns().map(|(name, _)| name).chain(told.keys().copied()).collect();
    let row = |name: &str| {
        let column = index.column(name);
        let points = told.get(name).map(Vec::as_slice).unwrap_or_default();
        let monitor = column.map(|column| of_column(column, from)).unwrap_or_default();
        let other = of_other(points);
        let agreement = Agreement::of(&monitor, &other);
        let seen = match agreement.newest {
            Some((one, other)) => (Some(one), Some(other)),
            None => (monitor.values().next_back().copied(), other.values().next_back().copied()),
        };
        AgreementRow {
            feature: name.to_owned(),
            origin,
            agreed: agreement.agreed(),
            monitor: column.map(|column| of_monitor(name, column, seen.0)).unwrap_or_default(),
            other: seen
                .1
                .and_then(|seen| points.iter().find(|(at, _)| *at == seen.at))
                .map(|(_, one)| side(one))
                .unwrap_or_default(),
            days: agreement.days,
            same: agreement.same,
        }
    };
    names.into_iter().map(row).collect()
}

fn of_monitor(name: &str, column: &Column, seen: Option<Verdict>) -> TestSide {
    let value = seen.map(|seen| seen.value);
    let judged = FeatureDrift::judged(name.to_owned(), value, column.threshold, column.method.clone());
    // The verdict is that of the report, whose threshold may have been another one.
    TestSide { drifted: seen.and_then(|seen| seen.drifted), ..side(&judged) }
}

fn words(rows: &[AgreementRow]) -> String {
    let of = |wanted: &[Agreed]| rows.iter().filter(|row| wanted.contains(&row.agreed)).count();
    let (same, differ) = (of(&[Agreed::Both, Agreed::Neither]), of(&[Agreed::MonitorOnly, Agreed::OtherOnly]));
    let unknown = of(&[Agreed::Unknown]);
    let compared = same + differ;
    let mut words = match (compared, differ) {
        (0, _) => "On no feature do both say something on the same day".to_owned(),
        (all, 0) => format!("The tools agree on all of {}", counted(all, "feature")),
        (all, differ) => format!("The tools differ on {differ} of {}", counted(all, "feature")),
    };
    if unknown > 0 {
        words = format!("{words}; on {} one of them says nothing", counted(unknown, "feature"));
    }
    words
}

fn is_at_limit(severity: Option<f64>) -> bool {
    severity.is_some_and(|severity| severity.total_cmp(&1.0).is_eq())
}

/// Values of different methods have no common unit but their thresholds. Whether one at its very limit is drift differs among
/// them: it is told so where one of them was judged so.
fn drawn(
    index: &Index,
    trails: &[(&Followed, Trail)],
    feature: &str,
    from: Timestamp,
    (width, offset_minutes): (u32, i32),
) -> Option<Chart> {
    let mut lines = Vec::new();
    let mut inclusive = false;
    let is_beyond = |severity: Option<f64>, drifted| is_at_limit(severity) && drifted == Some(true);
    if let Some(column) = index.column(feature) {
        inclusive |= column.cells.range(from..).any(|(_, cell)| is_beyond(cell.severity, cell.drifted));
        let points = column.cells.range(from..).map(|(at, cell)| (*at, cell.severity)).collect();
        lines.push(Line { name: format!("Model Monitor, {}", column.method.name()), points, ..Line::default() });
    }
    for (one, trail) in trails {
        let told = told(trail);
        let Some(points) = told.get(feature) else { continue };
        let method = points.first().map_or("", |(_, newest)| newest.method.name());
        inclusive |= points.iter().any(|(_, feature)| is_beyond(feature.severity(), feature.drifted));
        let points = points.iter().map(|(at, feature)| (*at, feature.severity())).collect();
        lines.push(Line { name: format!("{}, {method}", one.origin().word()), points, ..Line::default() });
    }
    let asked = TimeSeries {
        name: "Distance in thresholds".to_owned(),
        unit: String::new(),
        lines,
        thresholds: vec![Threshold { name: "Threshold of each".to_owned(), value: 1.0, inclusive }],
        marks: Vec::new(),
        step: None,
        worse: Worse::High,
        logarithmic: false,
    };
    let caption = format!("{feature}, as each tool measures it, in thresholds of its own");
    time_series(&frame(width, HEIGHT, offset_minutes, caption), &asked).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::models::drift::{Method, Run, Source};

    #[test]
    fn a_distance_at_its_limit_is_drawn_as_it_was_judged() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let summary = |method: Method| {
            let features = vec![FeatureDrift::judged("amount".into(), Some(0.1), Some(0.1), method)];
            let mut index = Index::default();
            index.put(at, at, Ok(&Run { source: Source::ModelMonitor, when: Some(at), features }));
            drawn(&index, &[], "amount", at, (480, 0)).unwrap().summary
        };
        let (bins, distance) = (summary(Method::Psi), summary(Method::LInfinityRobust));
        assert!(bins.contains("at Threshold of each of 1, which counts as beyond it"), "{bins}");
        assert!(distance.contains("within the thresholds"), "{distance}");
    }

    fn row(agreed: Agreed) -> AgreementRow {
        AgreementRow {
            feature: "a".into(),
            origin: Origin::Evidently,
            agreed,
            monitor: TestSide::default(),
            other: TestSide::default(),
            days: 0,
            same: 0,
        }
    }

    #[test]
    fn what_is_not_known_is_no_agreement() {
        let told = |all: &[Agreed]| words(&all.iter().map(|one| row(*one)).collect::<Vec<_>>());
        assert_eq!(told(&[Agreed::Both, Agreed::Neither]), "The tools agree on all of 2 features");
        assert_eq!(
            told(&[Agreed::MonitorOnly, Agreed::Neither, Agreed::Unknown]),
            "The tools differ on 1 of 2 features; on 1 feature one of them says nothing"
        );
        assert!(told(&[Agreed::Unknown]).starts_with("On no feature"));
        assert!(told(&[]).starts_with("On no feature"));
    }
}
