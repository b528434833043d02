//! Jobs of engines whose runs have no job of their own: runs of one name are those of one job, wherever they ran.

use super::{
    AT_ONCE, LateJob, cut,
    inputs::inputs,
    made,
    starters::{self, Clocks},
    unknown_changes, unknown_starter,
};
use crate::{Desk, jobs::key};
use ::jobs::{
    absent::{absence, rhythm},
    link::kin,
    state::state_of,
};
use aws::{
    AwsError, Session,
    jobs::{eks, emr, sagemaker, serverless},
    pages::up_to,
};
use contract::{
    Notice, Timestamp,
    jobs::{
        Engine, HomeRow, JobId, SageMakerKind, State,
        absence::{AbsenceFacts, HomeFact},
        facts::RunFact,
    },
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// How far back runs are read.
const BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Pages of homes, and of the runs of one.
const MOST_PAGES: usize = 10;
/// Clusters whose steps are read: those that are open, and then the newest.
const MOST_CLUSTERS: usize = 100;

/// What was read of an engine.
#[derive(Debug, Default)]
struct Read {
    runs: Vec<RunFact>,
    /// What they ran on, by its own id.
    homes: HashMap<String, HomeFact>,
    /// When those ended whose runs could not be read; none of one that is there still.
    unread: Vec<Option<Timestamp>>,
    /// What was not looked at.
    notices: Vec<Notice>,
}

pub(super) async fn late(
    desk: &Desk,
    session: &Session,
    engine: Engine,
    clocks: &Clocks,
) -> Result<(Vec<LateJob>, Vec<Notice>), AwsError> {
    let now = session.now();
    let since = now.checked_sub(BACK).unwrap_or(now);
    let read = match engine {
        Engine::Emr => of_clusters(desk, session, since).await?,
        Engine::EmrServerless => of_applications(session, since).await?,
        Engine::EmrEks => of_virtual_clusters(session, since).await?,
        Engine::SageMaker => of_sagemaker(session, since).await?,
        Engine::Glue | Engine::Lambda => Read::default(),
    };
    let mut jobs: BTreeMap<String, Vec<RunFact>> = BTreeMap::new();
    for run in read.runs.into_iter().filter(|run| run.name.is_some() && run.created.is_some_and(|at| at >= since)) {
        jobs.entry(kin(&run)).or_default().push(run);
    }
    let (mut all, notices) = (Vec::new(), read.notices);
    for (kin, mut runs) in jobs {
        runs.sort_by_key(|run| std::cmp::Reverse(run.created));
        if may_hide(&runs, &read.unread) {
            continue;
        }
        let (Some(last), Some(mut facts)) = (runs.first(), facts(&kin, &runs, &read.homes)) else { continue };
        if absence(&facts, now).is_none() {
            continue;
        }
        // Only now is it worth the calls. What the list left out is asked for.
        if let Ok(last) = desk.described(session, &last.id).await {
            facts.inputs = inputs(session, &last.run).await;
            starters::learn(desk, session, clocks, &last, &mut facts).await;
        }
        all.extend(made(kin, Some(last.id.clone()), facts, now));
    }
    Ok((all, notices))
}

/// Whether a later run of a job may stand where nothing could be read. One that always runs on one home runs there.
fn may_hide(runs: &[RunFact], unread: &[Option<Timestamp>]) -> bool {
    let Some(last) = runs.first() else { return false };
    let is_fixed = runs.len() > 1 && runs.iter().all(|run| run.id.home() == last.id.home());
    !is_fixed && unread.iter().any(|ended| ended.zip(last.created).is_none_or(|(ended, last)| ended > last))
}

/// The runs of all homes, in their order, and when those ended whose runs are missing.
fn together(rows: &[HomeRow], read: Vec<Option<Vec<RunFact>>>) -> (Vec<RunFact>, Vec<Option<Timestamp>>) {
    let missing = rows.iter().zip(&read).filter(|(_, runs)| runs.is_none());
    let unread = missing.map(|(row, _)| row.ended).collect();
    (read.into_iter().flatten().flatten().collect(), unread)
}

/// What is known of a job by its runs, newest first; `None` for one that goes on, or that runs when somebody wants it to.
fn facts(kin: &str, runs: &[RunFact], homes: &HashMap<String, HomeFact>) -> Option<AbsenceFacts> {
    let last = runs.first().filter(|last| state_of(last).is_over())?;
    let starts: Vec<Timestamp> = runs.iter().filter_map(|run| run.created).collect();
    let succeeded = runs.iter().filter(|run| state_of(run) == State::Succeeded);
    Some(AbsenceFacts {
        job: name(kin, last),
        last_run: Ok(last.created),
        last_success: Ok(succeeded.filter_map(|run| run.ended).max()),
        every: Some(rhythm(&starts)?),
        starters: unknown_starter(starts_it(&last.id)),
        home: home(runs, homes).map(Ok),
        inputs: Vec::new(),
        quotas: Vec::new(),
        account: None,
        changes: vec![unknown_changes()],
    })
}

/// The name that all runs share: those of SageMaker end in a date.
fn name(kin: &str, run: &RunFact) -> String {
    let shared = kin.rsplit_once('/').map_or(kin, |(_, shared)| shared);
    match &run.id {
        JobId::SageMaker { .. } => shared.to_owned(),
        _ => run.name.clone().unwrap_or_else(|| shared.to_owned()),
    }
}

fn starts_it(id: &JobId) -> &'static str {
    match id {
        JobId::Cluster { .. } => "elasticmapreduce:RunJobFlow",
        JobId::Step { .. } => "elasticmapreduce:AddJobFlowSteps",
        JobId::Serverless { .. } => "emr-serverless:StartJobRun",
        JobId::Eks { .. } => "emr-containers:StartJobRun",
        JobId::SageMaker { .. } => "sagemaker:Create*Job",
        JobId::Glue { .. } => "glue:StartJobRun",
        JobId::Lambda { .. } => "lambda:InvokeFunction",
    }
}

/// What a job runs on, if it is always the same: many clusters live for one night, and that they are gone explains nothing.
fn home(runs: &[RunFact], homes: &HashMap<String, HomeFact>) -> Option<HomeFact> {
    let [last, before, ..] = runs else { return None };
    let home = last.id.home().filter(|home| before.id.home() == Some(home))?;
    homes.get(home).cloned()
}

fn homes(noun: &str, rows: &[HomeRow]) -> HashMap<String, HomeFact> {
    let fact = |row: &HomeRow| HomeFact {
        name: format!("{noun} {}", row.name),
        exists: true,
        state: row.state.clone(),
        reason: row.reason.clone(),
        since: row.ended,
        starts_itself: None,
    };
    rows.iter().map(|row| (row.id.own().to_owned(), fact(row))).collect()
}

async fn of_applications(session: &Session, since: Timestamp) -> Result<Read, AwsError> {
    let (rows, more) = up_to(MOST_PAGES, |token| serverless::applications_page(session, token)).await?;
    let unseen = more.then(|| cut(Engine::EmrServerless, &format!("the first {} applications", rows.len())));
    let mut asking = Vec::with_capacity(rows.len());
    for row in &rows {
        asking.push(of_application(session, row.id.own(), since));
    }
    let (runs, unread) = together(&rows, stream::iter(asking).buffered(AT_ONCE).collect().await);
    let notices = unseen.into_iter().collect();
    Ok(Read { runs, homes: homes("application", &rows), unread, notices })
}

/// That runs cannot be read is told by the list of what failed.
async fn of_application(session: &Session, id: &str, since: Timestamp) -> Option<Vec<RunFact>> {
    let mut runs = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        // The newest come first.
        let Ok((page, next)) = serverless::runs_page(session, id, Some(since), token).await else {
            return (!runs.is_empty()).then_some(runs);
        };
        runs.extend(page);
        if next.is_none() {
            break;
        }
        token = next;
    }
    Some(runs)
}

async fn of_virtual_clusters(session: &Session, since: Timestamp) -> Result<Read, AwsError> {
    let (rows, more) = up_to(MOST_PAGES, |token| eks::clusters_page(session, token)).await?;
    let unseen = more.then(|| cut(Engine::EmrEks, &format!("the first {} virtual clusters", rows.len())));
    let mut asking = Vec::with_capacity(rows.len());
    for row in &rows {
        asking.push(of_virtual_cluster(session, row.id.own(), since));
    }
    let (runs, unread) = together(&rows, stream::iter(asking).buffered(AT_ONCE).collect().await);
    let notices = unseen.into_iter().collect();
    Ok(Read { runs, homes: homes("virtual cluster", &rows), unread, notices })
}

async fn of_virtual_cluster(session: &Session, id: &str, since: Timestamp) -> Option<Vec<RunFact>> {
    let mut runs = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let Ok((page, next)) = eks::runs_page(session, id, Some(since), token).await else {
            return (!runs.is_empty()).then_some(runs);
        };
        runs.extend(page);
        if next.is_none() {
            break;
        }
        token = next;
    }
    Some(runs)
}

async fn of_clusters(desk: &Desk, session: &Session, since: Timestamp) -> Result<Read, AwsError> {
    let (mut rows, more) = up_to(MOST_PAGES, |marker| emr::clusters_page(session, marker)).await?;
    rows.retain(|row| row.ended.is_none_or(|ended| ended >= since));
    let beyond = nearest(&mut rows);
    let unseen = (more || !beyond.is_empty())
        .then(|| cut(Engine::Emr, &format!("{} clusters of the last {} days", rows.len(), BACK.as_hours() / 24)));
    let mut asking = Vec::with_capacity(rows.len());
    for row in &rows {
        asking.push(of_cluster(desk, session, row, since));
    }
    let (runs, mut unread) = together(&rows, stream::iter(asking).buffered(AT_ONCE).collect().await);
    unread.extend(beyond);
    Ok(Read { runs, homes: homes("cluster", &rows), unread, notices: unseen.into_iter().collect() })
}

/// Leaves the clusters whose steps are read, and answers when the others ended.
fn nearest(rows: &mut Vec<HomeRow>) -> Vec<Option<Timestamp>> {
    rows.sort_by_key(|row| (row.ended.is_some(), std::cmp::Reverse(row.created)));
    rows.split_off(rows.len().min(MOST_CLUSTERS)).into_iter().map(|row| row.ended).collect()
}

async fn of_cluster(desk: &Desk, session: &Session, row: &HomeRow, since: Timestamp) -> Option<Vec<RunFact>> {
    let key = key(session, &row.id.own());
    let is_over = row.ended.is_some();
    if let Some(kept) = desk.inner.jobs.steps.last(&key).filter(|_| is_over) {
        return Some(kept.to_vec());
    }
    let cluster = desk.cluster(session, row.id.own()).await.ok()?;
    let mut runs: Vec<RunFact> = Vec::new();
    let mut marker = None;
    for _ in 0..MOST_PAGES {
        let Ok((page, next)) = emr::steps_page(session, &cluster, marker).await else {
            return (!runs.is_empty()).then_some(runs);
        };
        let behind = page.last().and_then(|run| run.created).is_some_and(|created| created < since);
        runs.extend(page);
        if behind || next.is_none() {
            break;
        }
        marker = next;
    }
    if is_over {
        desk.inner.jobs.steps.put(key, Arc::new(runs.clone()));
    }
    Some(runs)
}

/// Four lists; one that is refused leaves the others.
async fn of_sagemaker(session: &Session, since: Timestamp) -> Result<Read, AwsError> {
    let (mut runs, mut notices) = (Vec::new(), Vec::new());
    let (mut answered, mut last) = (false, None);
    for kind in SageMakerKind::ALL {
        match of_kind(session, kind, since).await {
            Ok(some) => {
                answered = true;
                runs.extend(some);
            }
            Err(error) => {
                let what = kind.word();
                notices.push(Notice::warning(format!("SageMaker's {what}s that are late may be missing: {error}.")));
                last = Some(error);
            }
        }
    }
    match last {
        Some(error) if !answered => Err(error),
        _ => Ok(Read { runs, notices, ..Read::default() }),
    }
}

async fn of_kind(session: &Session, kind: SageMakerKind, since: Timestamp) -> Result<Vec<RunFact>, AwsError> {
    let wanted = sagemaker::Wanted { since: Some(since), name: None };
    let (runs, _) = up_to(MOST_PAGES, |token| sagemaker::page(session, kind, wanted, token)).await?;
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::jobs::{AbsenceCause, AbsenceVerdict, HomeId, facts::Driver};

    fn run(id: JobId, name: &str, day: u8, status: &str) -> RunFact {
        let began: Timestamp = format!("2026-11-{day:02}T03:40:00Z").parse().unwrap();
        RunFact {
            name: Some(name.into()),
            created: Some(began),
            started: Some(began),
            ended: Some(began),
            ..RunFact::bare(id, status, Driver::SageMaker(Box::default()))
        }
    }

    fn now() -> Timestamp {
        "2026-11-21T08:00:00Z".parse().unwrap()
    }

    /// Steps of each night, newest first, each on the cluster that the day gives.
    fn steps(cluster: impl Fn(u8) -> String, status: &str) -> Vec<RunFact> {
        let step = |day: u8| JobId::Step { cluster: cluster(day), step: format!("s-{day}") };
        (12..=18)
            .rev()
            .map(|day| run(step(day), "nightly", day, if day == 18 { status } else { "COMPLETED" }))
            .collect()
    }

    fn gone() -> HashMap<String, HomeFact> {
        let fact = |name: &str| HomeFact {
            name: format!("cluster {name}"),
            exists: true,
            state: Some("TERMINATED".into()),
            reason: None,
            since: None,
            starts_itself: None,
        };
        HashMap::from(["j-1", "j-18"].map(|name| (name.to_owned(), fact(name))))
    }

    #[test]
    fn a_step_that_does_not_come_any_more_is_explained_by_its_cluster() {
        let runs = steps(|_| "j-1".into(), "COMPLETED");
        let told = absence(&facts("emr:nightly", &runs, &gone()).unwrap(), now()).unwrap();
        assert!(told.title.starts_with("nightly has not run for 3 d"), "{}", told.title);
        assert!(told.title.ends_with("cluster j-1 is TERMINATED"), "{}", told.title);
        let change = told.checks.iter().find(|check| check.what == AbsenceCause::Change).unwrap();
        assert_eq!(change.verdict, AbsenceVerdict::Unknown, "nothing that was not read is fine");
    }

    #[test]
    fn a_cluster_that_lives_for_one_night_explains_nothing() {
        let runs = steps(|day| format!("j-{day}"), "COMPLETED");
        let told = absence(&facts("emr:nightly", &runs, &gone()).unwrap(), now()).unwrap();
        assert!(!told.title.contains("TERMINATED"), "{}", told.title);
    }

    #[test]
    fn a_job_is_not_late_where_its_last_run_may_not_have_been_read() {
        let at = |day: u8| Some(format!("2026-11-{day:02}T05:00:00Z").parse().unwrap());
        let nightly = steps(|day| format!("j-{day}"), "COMPLETED");
        assert!(!may_hide(&nightly, &[]));
        assert!(!may_hide(&nightly, &[at(17)]), "that cluster was gone before its last run");
        assert!(may_hide(&nightly, &[at(19)]));
        assert!(may_hide(&nightly, &[None]), "a cluster that is open");
        assert!(!may_hide(&steps(|_| "j-1".into(), "COMPLETED"), &[None]), "it runs on one that was read");
    }

    #[test]
    fn clusters_beyond_those_that_are_read_may_hide_a_later_run() {
        let cluster = |number: usize, ended: Option<&str>| HomeRow {
            id: HomeId::Cluster(format!("j-{number}")),
            name: "nightly".into(),
            state: None,
            reason: None,
            release: None,
            in_use: None,
            capacity: None,
            created: now().checked_sub(SignedDuration::from_hours(i64::try_from(number).unwrap())).ok(),
            ended: ended.map(|at| at.parse().unwrap()),
            as_of: now(),
        };
        let mut rows: Vec<HomeRow> = (1..=MOST_CLUSTERS).map(|number| cluster(number, None)).collect();
        assert!(nearest(&mut rows).is_empty());
        let gone = "2026-11-19T05:00:00Z";
        rows.insert(0, cluster(MOST_CLUSTERS + 1, Some(gone)));
        let beyond = nearest(&mut rows);
        assert_eq!((rows.len(), beyond.as_slice()), (MOST_CLUSTERS, [gone.parse().ok()].as_slice()));
        assert!(may_hide(&steps(|day| format!("j-{day}"), "COMPLETED"), &beyond));
    }

    #[test]
    fn a_run_that_goes_on_is_no_absence() {
        assert_eq!(facts("emr:nightly", &steps(|_| "j-1".into(), "RUNNING"), &gone()), None);
        let twice = &steps(|_| "j-1".into(), "COMPLETED")[..2];
        assert_eq!(facts("emr:nightly", twice, &gone()), None, "no rhythm");
    }

    #[test]
    fn trainings_of_one_name_are_one_job() {
        let id = |day: u8| JobId::SageMaker { kind: SageMakerKind::Training, name: format!("churn-2026-11-{day}") };
        let runs: Vec<_> =
            (12..=18).rev().map(|day| run(id(day), &format!("churn-2026-11-{day}"), day, "Completed")).collect();
        assert_eq!(kin(&runs[0]), kin(&runs[1]));
        let told = facts(&kin(&runs[0]), &runs, &HashMap::new()).unwrap();
        assert_eq!(told.job, "churn-#");
        assert!(absence(&told, now()).is_some());
    }
}
