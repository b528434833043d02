//! Jobs of EMR Serverless: runs of one name in one application are those of one job.

use super::{AT_ONCE, LateJob, unknown_starter};
use ::jobs::{
    absent::{absence, rhythm},
    link::kin,
    state::state_of,
};
use aws::{AwsError, Session, jobs::serverless};
use contract::{
    Timestamp,
    jobs::{
        HomeRow, State,
        absence::{AbsenceFacts, HomeFact},
        facts::RunFact,
    },
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::collections::BTreeMap;

/// How far back runs are read.
const BACK: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Pages of applications, and of the runs of one.
const MOST_PAGES: usize = 10;

pub(super) async fn late(session: &Session) -> Result<Vec<LateJob>, AwsError> {
    let mut applications = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let (rows, next) = serverless::applications_page(session, token).await?;
        applications.extend(rows);
        if next.is_none() {
            break;
        }
        token = next;
    }
    let mut asking = Vec::with_capacity(applications.len());
    for application in &applications {
        asking.push(in_application(session, application));
    }
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    let mut all = Vec::new();
    while let Some(found) = asked.next().await {
        all.extend(found);
    }
    Ok(all)
}

async fn in_application(session: &Session, application: &HomeRow) -> Vec<LateJob> {
    let now = session.now();
    let since = now.checked_sub(BACK).ok();
    let mut jobs: BTreeMap<String, Vec<RunFact>> = BTreeMap::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        // That runs cannot be read is told by the list of what failed.
        let Ok((runs, next)) = serverless::runs_page(session, application.id.own(), since, token).await else { break };
        for run in runs.into_iter().filter(|run| run.name.is_some()) {
            jobs.entry(kin(&run)).or_default().push(run);
        }
        if next.is_none() {
            break;
        }
        token = next;
    }
    jobs.into_values().filter_map(|runs| judged(&runs, application, now)).collect()
}

fn judged(runs: &[RunFact], application: &HomeRow, now: Timestamp) -> Option<LateJob> {
    let last = runs.iter().max_by_key(|run| run.created)?;
    let starts: Vec<Timestamp> = runs.iter().filter_map(|run| run.created).collect();
    let succeeded = runs.iter().filter(|run| state_of(run) == State::Succeeded);
    let facts = AbsenceFacts {
        job: last.name.clone()?,
        last_run: Ok(last.created),
        last_success: Ok(succeeded.filter_map(|run| run.ended).max()),
        every: Some(rhythm(&starts)?),
        starters: unknown_starter("emr-serverless:StartJobRun"),
        home: Some(Ok(HomeFact {
            name: format!("application {}", application.name),
            exists: true,
            state: application.state.clone(),
            reason: application.reason.clone(),
            since: None,
        })),
        inputs: Vec::new(),
        quotas: Ok(Vec::new()),
        changes: Ok(Vec::new()),
    };
    let absence = absence(&facts, now)?;
    Some(LateJob { name: facts.job, last: last.id.clone(), since: last.created?, absence })
}
