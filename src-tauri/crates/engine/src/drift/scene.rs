//! What a schedule's reports are compared with, where they lie, and one of them compared.

use super::{
    files::{Folder, above_hour, file, folders},
    key,
    look::RARELY,
    moment,
};
use crate::Desk;
use ::models::{
    drift::{Comparison, Run, compare},
    monitor::{Constraints, Statistics},
};
use aws::{AwsError, Session, models::monitors};
use contract::{
    Notice, Timestamp,
    models::facts::{JobDefinitionFact, MonitorKind, ScheduleSummary},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Reports of one schedule that are read: 90 days, hour by hour, and some.
const MOST_REPORTS: usize = 2_400;

/// The files that a schedule names as its baseline.
pub(super) struct Base {
    pub statistics: Statistics,
    pub constraints: Option<Constraints>,
    /// The file of the constraints.
    pub limits: Option<Arc<Limits>>,
    /// Changes when one of the files does, or another one is named.
    pub mark: String,
}

/// A `constraints.json` as it was read.
#[derive(Debug)]
pub(super) struct Limits {
    /// The last part of its address.
    pub name: String,
    pub text: String,
}

/// A schedule's reports.
pub(super) struct Scene {
    pub summary: ScheduleSummary,
    /// By the hour of the run.
    pub folders: BTreeMap<Timestamp, Folder>,
    /// Only of a monitor of data quality.
    pub base: Option<Arc<Base>>,
    pub from: Timestamp,
    pub notices: Vec<Notice>,
}

/// One report beside the baseline.
#[derive(Serialize, Deserialize)]
pub(super) struct Whole {
    pub at: Timestamp,
    /// All of its distributions, unless this was kept here: they are too large for that.
    #[serde(skip)]
    pub statistics: Option<Statistics>,
    pub comparisons: Vec<Comparison>,
    pub run: Run,
    /// Types of the columns that the baseline does not know.
    pub types: BTreeMap<String, String>,
}

/// Reads a report and compares it.
pub(super) async fn whole(session: &Session, base: &Arc<Base>, at: Timestamp, uri: String) -> Result<Whole, String> {
    let read = file(session, &uri).await?;
    let base = Arc::clone(base);
    let work = move || -> Result<Whole, String> {
        let statistics = Statistics::read(&read.bytes).map_err(|error| format!("{uri} cannot be read: {error}"))?;
        let comparisons = compare(&base.statistics, &statistics);
        let run = compare::run(&comparisons, base.constraints.as_ref(), Some(at));
        // New columns come after those of the baseline.
        let added = comparisons.iter().skip(base.statistics.features.len());
        let types =
            added.filter_map(|one| Some((one.name.clone(), statistics.feature(&one.name)?.inferred_type.clone()?)));
        let types = types.collect();
        Ok(Whole { at, statistics: Some(statistics), comparisons, run, types })
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| format!("the report of {} could not be compared", moment(at)))?
}

/// The baseline of a definition; without constraints the monitor's defaults hold.
pub(super) async fn base(
    session: &Session,
    definition: &JobDefinitionFact,
    notices: &mut Vec<Notice>,
) -> Option<Arc<Base>> {
    let Some(uri) = definition.baseline.statistics.as_deref() else {
        notices.push(Notice::warning("The schedule names no baseline statistics: nothing can be compared."));
        return None;
    };
    let statistics = match file(session, uri).await {
        Ok(read) => read,
        Err(why) => {
            notices.push(Notice::warning(format!("Nothing can be compared: the baseline {why}.")));
            return None;
        }
    };
    let constraints = match definition.baseline.constraints.as_deref() {
        None => None,
        Some(uri) => match file(session, uri).await {
            Ok(read) => Some(read),
            Err(why) => {
                notices.push(Notice::warning(format!("The monitor's default thresholds are shown: {why}.")));
                None
            }
        },
    };
    let limits = constraints.as_ref().map_or("", |read| read.mark.as_str());
    let mark =
        format!("{uri} {} {} {limits}", statistics.mark, definition.baseline.constraints.as_deref().unwrap_or(""));
    let work = move || {
        let read = Statistics::read(&statistics.bytes);
        let constraints = constraints.map(|file| Constraints::read(&file.bytes).map(|read| (read, file.bytes)));
        (read, constraints)
    };
    let Ok((statistics, constraints)) = tokio::task::spawn_blocking(work).await else { return None };
    let statistics = match statistics {
        Ok(statistics) => statistics,
        Err(error) => {
            notices
                .push(Notice::warning(format!("Nothing can be compared: the baseline {uri} cannot be read: {error}.")));
            return None;
        }
    };
    let (constraints, text) = match constraints {
        Some(Err(error)) => {
            let text = format!("The monitor's default thresholds are shown: its constraints cannot be read: {error}.");
            notices.push(Notice::warning(text));
            (None, None)
        }
        Some(Ok((constraints, bytes))) => (Some(constraints), String::from_utf8(bytes).ok()),
        None => (None, None),
    };
    let limits = definition.baseline.constraints.as_deref().zip(text).map(|(uri, text)| {
        let name = uri.rsplit('/').next().unwrap_or(uri).to_owned();
        Arc::new(Limits { name, text })
    });
    Some(Arc::new(Base { statistics, constraints, limits, mark }))
}

impl Scene {
    /// Reports with distributions, the newest first.
    pub fn reports(&self) -> impl Iterator<Item = (Timestamp, Timestamp, String)> {
        self.folders
            .iter()
            .rev()
            .filter_map(|(at, folder)| Some((*at, folder.statistics?, format!("{}/statistics.json", folder.uri))))
    }

    pub fn is_of_data(&self) -> bool {
        self.summary.kind == Some(MonitorKind::DataQuality)
    }
}

impl Desk {
    /// Where the reports of a schedule lie, without the hour: what one of its jobs says, else what its definition promises.
    pub(super) async fn place_of(
        &self,
        session: &Session,
        summary: &ScheduleSummary,
        definition: Option<&JobDefinitionFact>,
    ) -> Result<Option<String>, AwsError> {
        let key = key(session, &summary.name);
        if let Some(known) = self.inner.drift.places.get(&key, Duration::from_hours(1)) {
            return Ok(Some(known));
        }
        let wanted = monitors::Wanted { schedule: Some(&summary.name), ..monitors::Wanted::default() };
        let (runs, _) = monitors::runs_page(session, wanted, None).await?;
        let job = runs.iter().filter(|run| run.status.starts_with("Completed")).find_map(|run| run.job.as_deref());
        let told = match job {
            Some(job) => {
                let outputs = monitors::processing(session, job).await?.outputs;
                outputs.first().and_then(|output| above_hour(output))
            }
            None => None,
        };
        let place = told.or_else(|| {
            let output = definition?.output.as_deref()?.trim_end_matches('/');
            Some(format!("{output}/{}/{}", summary.endpoint.as_deref()?, summary.name))
        });
        if let Some(place) = &place {
            self.inner.drift.places.put(key, place.clone());
        }
        Ok(place)
    }

    /// The schedule, its baseline and its reports since a moment.
    pub(super) async fn scene(&self, session: &Session, schedule: &str, from: Timestamp) -> Result<Scene, AwsError> {
        let fact = self.schedule_fact(session, schedule, RARELY).await?;
        let mut notices = Vec::new();
        let definition = self.definition_of(session, &fact).await?;
        let summary = fact.summary.clone();
        let place = self.place_of(session, &summary, definition.as_deref()).await?;
        let mut folders = if let Some(place) = &place {
            folders(session, place, from, session.now()).await?
        } else {
            notices.push(Notice::warning("Nothing says where the reports of this schedule lie."));
            BTreeMap::new()
        };
        if folders.len() > MOST_REPORTS {
            notices.push(Notice::warning(format!("Only the newest {MOST_REPORTS} reports are read.")));
            while folders.len() > MOST_REPORTS {
                folders.pop_first();
            }
        }
        if folders.is_empty() && place.is_some() {
            notices.push(Notice::info("There is no report in this time."));
        }
        let base = match definition.as_deref().filter(|_| summary.kind == Some(MonitorKind::DataQuality)) {
            Some(definition) => base(session, definition, &mut notices).await,
            None => None,
        };
        Ok(Scene { summary, folders, base, from, notices })
    }
}
