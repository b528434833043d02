//! An MLflow server: the experiments whose runs keep what Evidently found.

use super::{FollowError, Followed, Follows, Read, Report, Trail, Where, endpoint_of};
use crate::drift::sources::Source;
use ::models::monitor::mlflow::{DRIFT, Experiment, Experiments, MlflowRun, Point, Runs, read_history};
use aws::mlflow::Server;
use contract::{Notice, Timestamp};
use std::{collections::HashMap, sync::Arc};

/// Runs that keep Evidently's results; the others of a server are trainings.
const FILTER: &str = "metrics.`DriftedColumnsCount.share` >= 0";
/// Experiments that one search names.
const AT_ONCE: usize = 100;
/// Pages of a metric's history.
const MOST_HISTORY: usize = 5;

/// Every experiment that keeps drift, with its runs.
pub(super) async fn follow(server: &Server, source: &Arc<Source>, pages: usize) -> Result<Follows, FollowError> {
    let mut found = Follows::default();
    let experiments = experiments(server, source, pages, &mut found.notices).await?;
    let mut runs: HashMap<String, Vec<MlflowRun>> = HashMap::new();
    for some in experiments.chunks(AT_ONCE) {
        let ids: Vec<String> = some.iter().map(|one| one.id.clone()).collect();
        let mut token = None;
        for page in 1..=pages {
            let bytes = server.runs_page(&ids, FILTER, token.as_deref()).await?;
            let read = Runs::read(&bytes).map_err(|error| FollowError::Read(error.to_string()))?;
            for run in read.runs {
                runs.entry(run.experiment.clone().unwrap_or_default()).or_default().push(run);
            }
            token = read.next_page;
            if token.is_none() {
                break;
            }
            if page == pages && pages > 1 {
                let text = format!("Only the newest runs of {} are looked at.", source.known.address);
                found.notices.push(Notice::info(text));
            }
        }
    }
    for experiment in experiments {
        let Some(runs) = runs.remove(&experiment.id) else { continue };
        let place = format!("{}/#/experiments/{}", source.known.address, experiment.id);
        found.all.push(followed(source, &experiment, place, runs));
    }
    Ok(found)
}

async fn experiments(
    server: &Server,
    source: &Source,
    pages: usize,
    notices: &mut Vec<Notice>,
) -> Result<Vec<Experiment>, FollowError> {
    let mut all = Vec::new();
    let mut token = None;
    for page in 1..=pages {
        let bytes = server.experiments_page(token.as_deref()).await?;
        let read = Experiments::read(&bytes).map_err(|error| FollowError::Read(error.to_string()))?;
        all.extend(read.experiments);
        token = read.next_page;
        if token.is_none() {
            break;
        }
        if page == pages && pages > 1 {
            notices
                .push(Notice::info(format!("Only the first experiments of {} are looked at.", source.known.address)));
        }
    }
    Ok(all)
}

/// One experiment with its runs, of a server or of a folder.
pub(super) fn followed(source: &Arc<Source>, of: &Experiment, place: String, mut runs: Vec<MlflowRun>) -> Followed {
    runs.sort_by_key(|run| std::cmp::Reverse(run.end.or(run.start)));
    let said = runs.first().and_then(|run| run.tag("endpoint").or_else(|| run.param("endpoint")));
    Followed {
        place,
        endpoint: endpoint_of(source, &of.name, said),
        name: of.name.clone(),
        source: Arc::clone(source),
        kept: Where::Runs { runs, folder: None },
    }
}

/// Whether a run's steps are drawn among reports since a moment: what one that did not finish logged is no whole comparison.
pub(super) fn is_drawn(run: &MlflowRun, from: Timestamp) -> bool {
    run.status.as_deref().is_none_or(|status| status == "FINISHED")
        && run.end.or(run.start).is_some_and(|at| at >= from)
}

fn goes_on(run: &MlflowRun) -> bool {
    matches!(run.status.as_deref(), Some("RUNNING" | "SCHEDULED"))
}

/// Runs as reports. One that goes on is none yet; one that failed says so: what it logged is no whole comparison.
pub(super) fn trail(one: &Followed, runs: &[MlflowRun], from: Timestamp, most: usize) -> Trail {
    let over = runs.iter().filter(|run| !goes_on(run));
    let timed = over.filter_map(|run| Some((run, run.end.or(run.start)?)));
    let mut trail = Trail::default();
    for (run, at) in timed.filter(|(_, at)| *at >= from) {
        trail.times.push(at);
        if trail.reports.len() < most {
            let id = run.id.as_deref().unwrap_or("?");
            let drift = run.drift();
            let read = match run.status.as_deref() {
                Some(status) if status != "FINISHED" => Err(format!("the run is {}", status.to_ascii_lowercase())),
                _ if drift.features.is_empty() => Err("the run keeps no column's drift".to_owned()),
                _ => Ok(Arc::new(Read { run: drift, dataset: run.dataset() })),
            };
            trail.reports.push(Report { at, place: format!("{}/runs/{id}", one.place), read });
        }
    }
    trail
}

/// The metric of a feature, where a run kept more than one value of it.
pub(super) fn stepped<'a>(run: &'a MlflowRun, feature: &str) -> Option<&'a Point> {
    let point = run.metrics.iter().find(|point| point.key.strip_prefix(DRIFT) == Some(feature))?;
    point.step.is_some_and(|step| step > 0).then_some(point)
}

/// All values of a metric of a run.
pub(super) async fn history(server: &Server, run: &str, metric: &str) -> Result<Vec<Point>, FollowError> {
    let mut all = Vec::new();
    let mut token = None;
    for _ in 0..MOST_HISTORY {
        let bytes = server.history_page(run, metric, token.as_deref()).await?;
        let (points, next) = read_history(&bytes).map_err(|error| FollowError::Read(error.to_string()))?;
        all.extend(points);
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::drift::{DriftSource, SourcePlace};

    fn run(status: &str, hour: u32) -> MlflowRun {
        let at: Option<Timestamp> = format!("2026-11-21T{hour:02}:00:00Z").parse().ok();
        let point = Point { key: format!("{DRIFT}guests"), value: 0.3, at, step: Some(2) };
        MlflowRun { status: Some(status.to_owned()), start: at, metrics: vec![point], ..MlflowRun::default() }
    }

    #[test]
    fn a_run_that_goes_on_is_no_report_yet() {
        let place = SourcePlace::Folder { path: "/mlruns".into() };
        let source = Arc::new(Source { known: DriftSource::default(), place });
        let experiment = Experiment { id: "3".into(), name: "demand".into() };
        let runs = vec![run("RUNNING", 8), run("FINISHED", 7), run("FAILED", 6)];
        let one = followed(&source, &experiment, "/mlruns/3".into(), runs);
        let Where::Runs { runs, .. } = &one.kept else { panic!("{one:?}") };
        let told = trail(&one, runs, Timestamp::MIN, 5);
        assert_eq!(told.times.len(), 2);
        assert!(told.reports[0].read.is_ok() && told.reports[1].read.is_err(), "{:?}", told.reports);
    }

    #[test]
    fn steps_are_drawn_of_whole_runs_of_the_time() {
        let from: Timestamp = "2026-11-21T07:00:00Z".parse().unwrap();
        assert!(is_drawn(&run("FINISHED", 7), from));
        assert!(!is_drawn(&run("FINISHED", 6), from) && !is_drawn(&run("FAILED", 8), from));
        assert!(is_drawn(&MlflowRun { status: None, ..run("", 8) }, from));
    }
}
