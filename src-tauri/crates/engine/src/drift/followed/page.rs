//! The page of one that is followed: its newest report feature by feature, and all of them over time.

use super::{
    AllFollowed, Asked, Followed, Read, Trail, Where, chart, disk,
    rows::{bounds, drifted, row, side},
    tracking,
};
use crate::{
    Desk, EngineError,
    drift::{
        charting::Size,
        counted,
        look::{RARELY, group_of},
    },
};
use ::models::monitor::{evidently::DatasetDrift, mlflow::read_metric_file};
use aws::Session;
use contract::{
    Notice, Timestamp,
    drift::{FollowedFeature, FollowedReport, FollowedView, Origin, ReadFollowed},
    models::facts::{MonitorKind, ScheduleSummary},
};
use std::{collections::HashMap, time::Duration};

/// Reports that are read.
const MOST_REPORTS: usize = 400;
/// Runs of which a metric's whole history is read.
const MOST_HISTORIES: usize = 5;
/// Reports that a notice names.
const MOST_NAMED: usize = 3;
/// How old what a source follows may be for a page.
const FRESH: Duration = Duration::from_mins(2);

impl Desk {
    pub async fn read_followed(&self, request: &ReadFollowed) -> Result<FollowedView, EngineError> {
        let session = self.session()?;
        let AllFollowed { all, notices: missed, .. } = self.all_followed(&session, FRESH, Asked::ByPerson).await?;
        let found = all.iter().find_map(|follows| {
            let one = follows.all.iter().find(|one| one.place == request.place)?;
            Some((follows, one))
        });
        let Some((follows, one)) = found else {
            let why = missed.into_iter().next().map_or_else(String::new, |notice| format!(" {}", notice.text));
            let place = &request.place;
            return Err(EngineError::NotFound(format!("No source in Settings tells of {place}.{why}")));
        };
        // What other sources could not tell is no matter of this page.
        let mut notices = follows.notices.clone();
        let from = bounds(session.now(), request.days);
        let trail = Box::pin(self.reports_followed(&session, one, &all, from, MOST_REPORTS)).await;
        let trail = trail.map_err(|error| error.into_engine(&session))?;
        let models = self.dashboard(&session, RARELY).await.unwrap_or_default();
        let size = Size { width: request.width, offset_minutes: request.offset_minutes };
        let over_time = match &request.feature {
            Some(feature) => {
                let more = self.histories(&session, one, feature, from, &mut notices).await;
                chart::over_time(&trail, feature, more, size)
            }
            None => None,
        };
        notices.extend(trail.cut.clone());
        notices.extend(troubles(&trail));
        if trail.times.len() > trail.reports.len() {
            notices.push(Notice::info(format!("Only the newest {} are read.", counted(trail.reports.len(), "report"))));
        }
        let newest = trail.reports.iter().find_map(|report| report.read.as_ref().ok());
        let schedules = self.schedules_of(&session, &one.endpoint).await;
        Ok(FollowedView {
            row: row(one, &trail, group_of(&models, &one.endpoint), session.now()),
            source: one.source.known.address.clone(),
            dataset: newest.and_then(|read| dataset(read.dataset?, one.origin())),
            map: chart::map(&trail, size),
            features: newest.map(|read| features(read, &trail)).unwrap_or_default(),
            over_time,
            reports: reports(&trail),
            schedules: schedules.into_iter().map(|schedule| schedule.name).collect(),
            notices,
        })
    }

    /// Schedules of Model Monitor that compare columns of an endpoint; none where they cannot be listed.
    async fn schedules_of(&self, session: &Session, endpoint: &str) -> Vec<ScheduleSummary> {
        let is_own = |one: &ScheduleSummary| {
            one.endpoint.as_deref() == Some(endpoint) && one.kind == Some(MonitorKind::DataQuality)
        };
        let (listed, _) = crate::drift::list::schedules(session).await.unwrap_or_default();
        listed.into_iter().filter(is_own).collect()
    }

    /// What runs kept of a feature step by step, where they kept more than one value.
    async fn histories(
        &self,
        session: &Session,
        one: &Followed,
        feature: &str,
        from: Timestamp,
        notices: &mut Vec<Notice>,
    ) -> Vec<(Timestamp, f64)> {
        let Where::Runs { runs, folder } = &one.kept else { return Vec::new() };
        let drawn = runs.iter().filter(|run| tracking::is_drawn(run, from));
        let stepped = drawn.filter_map(|run| Some((run.id.as_deref()?, tracking::stepped(run, feature)?)));
        let stepped: Vec<_> = stepped.take(MOST_HISTORIES).collect();
        if stepped.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (run, point) in stepped {
            let read = match folder {
                Some(folder) => {
                    let (folder, run, metric) = (folder.clone(), run.to_owned(), point.key.clone());
                    let read = move || disk::metric(&folder, &run, &metric).map(|bytes| (metric, bytes));
                    let work = tokio::task::spawn_blocking(read);
                    match work.await {
                        Ok(Ok((metric, bytes))) => read_metric_file(&metric, &bytes)
                            .map(|(points, _)| points)
                            .map_err(|error| error.to_string()),
                        Ok(Err(error)) => Err(error.to_string()),
                        Err(_) => Err("it could not be read".to_owned()),
                    }
                }
                None => match self.tracking(session, &one.source, None).await {
                    Ok(Some(server)) => {
                        tracking::history(&server, run, &point.key).await.map_err(|error| error.to_string())
                    }
                    Ok(None) => Ok(Vec::new()),
                    Err(error) => Err(error.to_string()),
                },
            };
            match read {
                Ok(points) => found.extend(points.iter().filter_map(|point| Some((point.at?, point.value)))),
                Err(why) => {
                    let address = &one.source.known.address;
                    notices.push(Notice::warning(format!("The history of run {run} at {address} is left out: {why}.")));
                }
            }
        }
        found
    }
}

/// What the tool counted itself.
fn dataset(counted: DatasetDrift, origin: Origin) -> Option<String> {
    let columns = counted.columns.map(|columns| format!("{columns:.0} features"));
    let share = counted.share.map(|share| format!("{:.1} %", share * 100.0));
    let said = [columns, share].into_iter().flatten().collect::<Vec<_>>().join(", ");
    if said.is_empty() {
        return None;
    }
    let limit = counted.threshold.map(|threshold| format!("{:.0} %", threshold * 100.0));
    Some(match limit.zip(counted.is_drift()) {
        Some((limit, true)) => format!("{said}; from {limit} on {} calls the data drifted: it is", origin.word()),
        Some((limit, false)) => format!("{said}; from {limit} on {} calls the data drifted: it is not", origin.word()),
        None => said,
    })
}

fn features(newest: &Read, trail: &Trail) -> Vec<FollowedFeature> {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for read in trail.reports.iter().filter_map(|report| report.read.as_ref().ok()) {
        for feature in read.run.features.iter().filter(|feature| feature.drifted == Some(true)) {
            *times.entry(&feature.name).or_default() += 1;
        }
    }
    let mut found: Vec<(f64, FollowedFeature)> = newest
        .run
        .features
        .iter()
        .map(|feature| {
            let told = FollowedFeature {
                name: feature.name.clone(),
                test: side(feature),
                drifted_reports: times.get(feature.name.as_str()).copied().unwrap_or_default(),
                reason: feature.reason.clone(),
            };
            (feature.severity().unwrap_or(f64::NEG_INFINITY), told)
        })
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.name.cmp(&other.1.name)));
    found.into_iter().map(|(_, feature)| feature).collect()
}

fn reports(trail: &Trail) -> Vec<FollowedReport> {
    let told = trail.reports.iter().map(|report| FollowedReport {
        at: report.at,
        place: report.place.clone(),
        drifted: report.read.as_ref().ok().and_then(|read| drifted(&read.run)),
        trouble: report.read.as_ref().err().cloned(),
    });
    told.collect()
}

/// Reports that cannot be used cost themselves only, and are named.
fn troubles(trail: &Trail) -> Option<Notice> {
    let broken: Vec<_> =
        trail.reports.iter().filter_map(|report| Some((report, report.read.as_ref().err()?))).collect();
    let (first, why) = broken.first()?;
    let others: Vec<&str> = broken.iter().skip(1).take(MOST_NAMED).map(|(report, _)| report.place.as_str()).collect();
    let also = match (broken.len() - 1, others.join(", ")) {
        (0, _) => String::new(),
        (more, named) if more <= MOST_NAMED => format!(" Nor {named}."),
        (more, named) => format!(" Nor {named} and {} more.", more - MOST_NAMED),
    };
    let what = counted(broken.len(), "report");
    Some(Notice::warning(format!("{what} left out: {} cannot be used: {why}.{also}", first.place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tool_counted_is_told_with_its_own_limit() {
        let counted = DatasetDrift { columns: Some(9.0), share: Some(0.375), threshold: Some(0.5) };
        assert_eq!(
            dataset(counted, Origin::Evidently).as_deref(),
            Some("9 features, 37.5 %; from 50 % on Evidently calls the data drifted: it is not")
        );
        let alone = DatasetDrift { columns: None, share: Some(0.8), threshold: None };
        assert_eq!(dataset(alone, Origin::Mlflow).as_deref(), Some("80.0 %"));
        assert_eq!(dataset(DatasetDrift { share: None, ..alone }, Origin::Mlflow), None);
    }
}
