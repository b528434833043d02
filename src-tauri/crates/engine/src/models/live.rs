//! What stands around a version: its lineage, its history, and what its endpoint sees today.

use super::{key, read};
use crate::Desk;
use ::models::{
    drift::{self, Distribution},
    evidence::{self, FeatureDrift, Part, Traffic},
    history,
    lineage::{self, layout},
    monitor::{
        Constraints, Statistics,
        statistics::{Feature, Summary},
    },
    rows,
    wording::{seconds, span},
};
use aws::{
    AwsError, Session,
    models::{
        history as actions,
        lineage::{Towards, artifacts, describe_artifact, query},
        monitors,
    },
};
use contract::{
    Timestamp,
    models::{
        HistoryRow, LineageGraph,
        facts::{
            ActionFact, ArtifactFact, DeployedModel, LineageFact, LineageVertex, MonitorKind, ScheduleSummary,
            VersionFact,
        },
    },
};
use futures_util::{StreamExt, stream};
use std::{sync::Arc, time::Duration};

/// Levels towards causes, and towards results.
const CAUSES: u8 = 10;
const RESULTS: u8 = 3;
/// Vertices that a page can show.
const MOST_VERTICES: usize = 100;
/// Artifacts of a graph whose sources are asked for, and how many at once.
const MOST_ARTIFACTS: usize = 30;
const AT_ONCE: usize = 6;
/// Actions whose author is asked for: the newest.
const MOST_ACTIONS: usize = 12;
/// A monitor runs once an hour at most.
const FRESH: Duration = Duration::from_mins(5);
/// Seconds after which a report is none of today's: twice the longest rhythm of a monitor, with the minutes that a run may be
/// late. A schedule that has run no more since is called silent.
const OLD: i64 = 2 * 86_400 + 1_200;
/// How long what led to a version is taken as it was read.
const CAUSED: Duration = Duration::from_hours(1);
/// Points of a curve that is drawn.
const POINTS: u32 = 200;

/// What an endpoint saw in the newest window that a monitor of data reported on.
#[derive(Debug)]
pub(super) struct Live {
    pub endpoint: String,
    pub window: String,
    pub at: Timestamp,
    pub statistics: Statistics,
}

/// One numeric feature on both sides: values with the share of rows up to them.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    pub feature: String,
    pub baseline: Vec<(f64, f64)>,
    pub current: Vec<(f64, f64)>,
}

/// What led to a version, and nothing of what came of it.
async fn causes(session: &Session, arn: &str) -> Part<LineageGraph> {
    let found = match Box::pin(artifacts(session, arn)).await {
        Ok(found) => found,
        Err(error) => return why(error),
    };
    let Some(start) = found.first() else { return Part::Absent };
    match Box::pin(query(session, start, Towards::Ascendants, CAUSES, MOST_VERTICES)).await {
        // A list asks which kinds of things led to a version, not what they are called.
        Ok(fact) => Part::There(drawn(fact, start, arn, Vec::new())),
        Err(error) => why(error),
    }
}

fn why(error: AwsError) -> Part<LineageGraph> {
    match error {
        AwsError::Denied { call, .. } => Part::Unreadable(format!("{} is missing", call.action)),
        AwsError::NotFound { .. } => Part::Absent,
        other => Part::Unreadable(other.to_string()),
    }
}

/// Account and region of an ARN, with what stands before them.
fn place(arn: &str) -> &str {
    arn.match_indices(':').nth(4).map_or(arn, |(end, _)| arn.get(..end).unwrap_or(arn))
}

/// The graph around the artifact of a version, which is called by its number. `sources` are those of other artifacts, by
/// their ARN.
fn drawn(mut fact: LineageFact, start: &str, arn: &str, mut sources: Vec<(String, String)>) -> LineageGraph {
    // The service does not always return the vertex at which a query begins, and edges hang on it.
    if !fact.vertices.iter().any(|vertex| vertex.arn == start) {
        let (kind, lineage) = ("ModelPackage".to_owned(), "Artifact".to_owned());
        fact.vertices.push(LineageVertex { arn: start.to_owned(), kind, lineage });
    }
    let mut names = arn.rsplit('/');
    let version = names.next().unwrap_or(arn);
    let title = format!("version {version} of {}", names.next().unwrap_or_default());
    sources.retain(|(of, _)| of != start);
    sources.push((start.to_owned(), title));
    layout(&fact, start, &sources)
}

/// What was done to a version, and what of it could not be read. `trail` is CloudTrail's part, `own` that of our journal.
pub(super) async fn history(
    session: &Session,
    version: &VersionFact,
    trail: &[ActionFact],
    own: &[ActionFact],
) -> (Vec<HistoryRow>, Option<AwsError>) {
    let mut told: Vec<ActionFact> = Vec::new();
    let missed = match Box::pin(actions::actions_page(session, Some(&version.arn), None, None)).await {
        Ok((found, _)) => {
            for (place, item) in found.into_iter().enumerate() {
                let whole =
                    if place < MOST_ACTIONS { Box::pin(actions::action(session, &item.name)).await.ok() } else { None };
                told.push(whole.unwrap_or(item.fact));
            }
            None
        }
        Err(error) => Some(error),
    };
    (history::merge(version, trail, own, &told), missed)
}

/// Data-quality schedules of the endpoints that serve this version's group, the version's own endpoint first. A package
/// without a group has its own alone.
fn schedules<'a>(version: &VersionFact, models: &'a [DeployedModel]) -> Vec<&'a ScheduleSummary> {
    let arn = version.arn.to_ascii_lowercase();
    let group = (!version.group.is_empty()).then(|| arn.rsplit_once('/').map_or(arn.as_str(), |(group, _)| group));
    let own = rows::deployed(version, models);
    let of_group = |model: &&DeployedModel| {
        let package = model.package.as_deref().map(str::to_ascii_lowercase);
        package.is_some_and(|package| match group {
            Some(group) => package.rsplit_once('/').is_some_and(|(of, _)| of == group),
            None => package == arn,
        })
    };
    let mut found: Vec<&ScheduleSummary> = models
        .iter()
        .filter(of_group)
        .flat_map(|model| &model.schedules)
        .filter(|schedule| schedule.kind == Some(MonitorKind::DataQuality))
        .collect();
    found.sort_by_key(|schedule| !own.iter().any(|at| Some(&at.endpoint) == schedule.endpoint.as_ref()));
    found
}

impl Desk {
    /// What led to a version and what came of it.
    pub(super) async fn lineage(&self, session: &Session, arn: &str) -> Part<LineageGraph> {
        let found = match Box::pin(artifacts(session, arn)).await {
            Ok(found) => found,
            Err(error) => return why(error),
        };
        let Some(start) = found.first() else { return Part::Absent };
        let (causes, results) = tokio::join!(
            query(session, start, Towards::Ascendants, CAUSES, MOST_VERTICES),
            query(session, start, Towards::Descendants, RESULTS, MOST_VERTICES),
        );
        match (causes, results) {
            (Ok(mut fact), Ok(more)) => {
                fact.vertices.extend(more.vertices);
                fact.edges.extend(more.edges);
                fact.is_cut |= more.is_cut;
                let (sources, unnamed) = Box::pin(self.sources(session, &fact, start)).await;
                Part::There(LineageGraph { unnamed, ..drawn(fact, start, arn, sources) })
            }
            (Err(error), _) | (_, Err(error)) => why(error),
        }
    }

    /// The sources of the artifacts of a lineage, by their ARN, and why some of them have none.
    async fn sources(
        &self,
        session: &Session,
        fact: &LineageFact,
        start: &str,
    ) -> (Vec<(String, String)>, Option<String>) {
        let wanted = lineage::artifacts(fact, start);
        let mut unnamed = (wanted.len() > MOST_ARTIFACTS)
            .then(|| format!("what they stand for is asked of {MOST_ARTIFACTS} artifacts only"));
        let mut wanted = wanted.into_iter().take(MOST_ARTIFACTS);
        let mut told = Vec::new();
        if let Some(first) = wanted.next() {
            // By itself: where it is refused, the others are not asked for.
            told.push(Box::pin(self.artifact(session, first)).await);
        }
        let asked: Vec<_> = wanted.map(|arn| self.artifact(session, arn)).collect();
        told.extend(stream::iter(asked).buffered(AT_ONCE).collect::<Vec<_>>().await);
        let mut sources = Vec::new();
        for found in told {
            match found {
                Ok(artifact) => sources.extend(artifact.source.clone().map(|source| (artifact.arn.clone(), source))),
                Err(AwsError::Denied { call, .. }) => unnamed = Some(format!("{} is missing", call.action)),
                Err(error) => unnamed = unnamed.or_else(|| Some(error.to_string())),
            }
        }
        (sources, unnamed)
    }

    /// What an artifact stands for: asked once, for it does not change. Where one may not be described, no other one of the
    /// same account and region is asked for.
    async fn artifact(&self, session: &Session, arn: &str) -> Result<Arc<ArtifactFact>, AwsError> {
        let (models, own) = (&self.inner.models, key(session, arn));
        if let Some(known) = models.artifacts.last(&own) {
            return Ok(known);
        }
        let place = key(session, place(arn));
        if let Some((call, message)) = models.refused.last(&place) {
            return Err(AwsError::Denied { call, message, request_id: None });
        }
        match Box::pin(describe_artifact(session, arn)).await {
            Ok(artifact) => {
                let artifact = Arc::new(artifact);
                models.artifacts.put(own, Arc::clone(&artifact));
                Ok(artifact)
            }
            Err(AwsError::Denied { call, message, request_id }) => {
                models.refused.put(place, (call, message.clone()));
                Err(AwsError::Denied { call, message, request_id })
            }
            Err(error) => Err(error),
        }
    }

    /// What led to a version, for a list: asked once, for it stays as it was when the version was registered.
    pub(super) async fn causes(&self, session: &Session, arn: &str) -> Part<LineageGraph> {
        let key = key(session, arn);
        let known = self.inner.models.causes.get(&key, CAUSED);
        if let Some(known) = known {
            return known.map_or(Part::Absent, |graph| Part::There((*graph).clone()));
        }
        let read = causes(session, arn).await;
        match &read {
            Part::There(graph) => self.inner.models.causes.put(key, Some(Arc::new(graph.clone()))),
            Part::Absent => self.inner.models.causes.put(key, None),
            Part::Unreadable(_) => {}
        }
        read
    }

    /// What the endpoint of a version's group sees.
    pub(super) async fn live_of(
        &self,
        session: &Session,
        version: &VersionFact,
        models: &[DeployedModel],
    ) -> Part<Arc<Live>> {
        let mut why = None;
        for schedule in schedules(version, models) {
            match Box::pin(self.newest_report(session, schedule)).await {
                Ok(Some(live)) => return Part::There(live),
                Ok(None) => {}
                Err(reason) => why = Some(reason),
            }
        }
        why.map_or(Part::Absent, Part::Unreadable)
    }

    /// The statistics of the newest run that ended with a report; `None`: there is none.
    async fn newest_report(&self, session: &Session, schedule: &ScheduleSummary) -> Result<Option<Arc<Live>>, String> {
        let key = key(session, &schedule.name);
        if let Some(known) = self.inner.models.live.get(&key, FRESH) {
            return Ok(Some(known));
        }
        let wanted = monitors::Wanted { schedule: Some(&schedule.name), ..monitors::Wanted::default() };
        let said = |error: AwsError| error.to_string();
        let (runs, _) = Box::pin(monitors::runs_page(session, wanted, None)).await.map_err(said)?;
        let Some(run) = runs.into_iter().find(|run| run.status.starts_with("Completed") && run.job.is_some()) else {
            return Ok(None);
        };
        // Nothing ran since.
        if let Some(known) = self.inner.models.live.last(&key).filter(|known| known.at == run.scheduled) {
            self.inner.models.live.put(key, Arc::clone(&known));
            return Ok(Some(known));
        }
        let job =
            Box::pin(monitors::processing(session, run.job.as_deref().unwrap_or_default())).await.map_err(said)?;
        let Some(output) = job.outputs.first() else { return Err("its newest run says no place of a report".into()) };
        let bytes =
            Box::pin(read::bytes(session, &format!("{}/statistics.json", output.trim_end_matches('/')))).await?;
        let statistics = tokio::task::spawn_blocking(move || Statistics::read(&bytes))
            .await
            .map_err(|_| "it cannot be read".to_owned())?
            .map_err(|error| error.to_string())?;
        let endpoint = run.endpoint.or_else(|| schedule.endpoint.clone()).unwrap_or_default();
        let window = match ::models::runs::window(&job) {
            Some((from, to)) => format!("{} to {}", from.strftime("%-d %b %H:%M"), to.strftime("%-d %b %H:%M UTC")),
            None => format!("the run of {}", run.scheduled.strftime("%-d %b %H:%M UTC")),
        };
        let live = Arc::new(Live { endpoint, window, at: run.scheduled, statistics });
        self.inner.models.live.put(key, Arc::clone(&live));
        Ok(Some(live))
    }
}

/// A version's baseline against what is asked today, and the numeric feature that fits worst.
pub(super) fn traffic(
    live: &Live,
    baseline: &Statistics,
    constraints: Option<&Constraints>,
    now: Timestamp,
) -> (Traffic, Option<Pair>) {
    let compared = drift::compare(baseline, &live.statistics);
    let run = drift::compare::run(&compared, constraints, Some(live.at));
    let mut by_severity: Vec<&drift::FeatureDrift> = run.features.iter().collect();
    let severity = |feature: &drift::FeatureDrift| feature.severity().unwrap_or(f64::NEG_INFINITY);
    by_severity.sort_by(|one, other| severity(other).total_cmp(&severity(one)));
    let worst = by_severity.iter().find_map(|feature| {
        let (before, now) = (baseline.feature(&feature.name)?, live.statistics.feature(&feature.name)?);
        Some(Pair { feature: feature.name.clone(), baseline: shares(before)?, current: shares(now)? })
    });
    // A column that is not asked for yet is the version's own, and no drift of what is asked.
    let asked = |feature: drift::FeatureDrift| match live.statistics.feature(&feature.name) {
        Some(_) => feature,
        None => drift::FeatureDrift { drifted: None, ..feature },
    };
    let drifts = run.features.into_iter().map(asked).map(judged).collect();
    let traffic = Traffic {
        endpoint: live.endpoint.clone(),
        window: live.window.clone(),
        old: Some(seconds(live.at, now)).filter(|age| *age > OLD).map(span),
        columns: evidence::columns(&live.statistics),
        drifts,
    };
    (traffic, worst)
}

fn judged(feature: drift::FeatureDrift) -> FeatureDrift {
    // Without a verdict a distance must not look measured.
    let distance = feature.value.filter(|_| feature.drifted.is_some());
    FeatureDrift {
        feature: feature.name,
        statistic: feature.method.name().to_owned(),
        distance,
        threshold: feature.threshold.unwrap_or_default(),
        has_drifted: feature.drifted == Some(true),
        note: (!feature.reason.is_empty()).then_some(feature.reason),
    }
}

/// Values of a numeric feature with the share of rows up to them.
fn shares(feature: &Feature) -> Option<Vec<(f64, f64)>> {
    let Summary::Numeric(numeric) = &feature.summary else { return None };
    let distribution = numeric.sketch.as_ref().and_then(Distribution::of_sketch);
    let distribution = distribution.or_else(|| Distribution::of_buckets(&numeric.buckets))?;
    let mut points: Vec<(f64, f64)> = (0..=POINTS)
        .map(|step| distribution.quantile(f64::from(step) / f64::from(POINTS)))
        .map(|value| (value, distribution.up_to(value)))
        .collect();
    points.dedup();
    Some(points)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::facts::LineageEdge;

    const ARN: &str = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/14";

    fn fact(vertices: &[(&str, &str)]) -> LineageFact {
        let vertex = |(arn, kind): &(&str, &str)| LineageVertex {
            arn: (*arn).to_owned(),
            kind: (*kind).to_owned(),
            lineage: "Artifact".to_owned(),
        };
        let edge = LineageEdge { from: "data".to_owned(), to: "start".to_owned(), association: None };
        LineageFact { vertices: vertices.iter().map(vertex).collect(), edges: vec![edge], is_cut: false }
    }

    #[test]
    fn artifacts_of_one_account_and_region_are_refused_together() {
        let of = |region: &str, account: &str, id: &str| format!("arn:aws:sagemaker:{region}:{account}:artifact/{id}");
        let first = of("eu-west-1", "123456789012", "1");
        assert_eq!(place(&first), "arn:aws:sagemaker:eu-west-1:123456789012");
        assert_eq!(place(&first), place(&of("eu-west-1", "123456789012", "a:2")));
        assert_ne!(place(&first), place(&of("eu-west-1", "210987654321", "1")));
        assert_ne!(place(&first), place(&of("us-east-1", "123456789012", "1")));
        assert_eq!(place("no ARN"), "no ARN");
    }

    #[test]
    fn the_version_itself_stands_in_its_graph_though_the_service_leaves_it_out() {
        let graph = drawn(fact(&[("data", "DataSet")]), "start", ARN, Vec::new());
        let titles: Vec<(&str, i32)> = graph.nodes.iter().map(|node| (node.title.as_str(), node.column)).collect();
        assert_eq!(titles, [("data", -1), ("version 14 of churn", 0)]);
        assert_eq!(graph.edges, [(0, 1, None)], "what led to it leads to it");
        let told = drawn(fact(&[("data", "DataSet"), ("start", "ModelPackage")]), "start", ARN, Vec::new());
        assert_eq!(told.nodes.len(), 2, "and never twice");
    }

    #[test]
    fn artifacts_are_called_by_what_they_stand_for() {
        let sources = vec![
            ("data".to_owned(), "s3://lake/features/until=2026-11-01/".to_owned()),
            ("start".to_owned(), ARN.to_owned()),
        ];
        let graph = drawn(fact(&[("data", "DataSet")]), "start", ARN, sources);
        assert_eq!(graph.nodes[0].title, "until=2026-11-01");
        assert!(graph.nodes[0].made.is_some(), "it opens in Objects");
        assert_eq!(graph.nodes[1].title, "version 14 of churn");
    }
}
