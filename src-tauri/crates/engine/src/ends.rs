//! The pipeline's two ends: replication tasks of DMS, replications of DMS Serverless and statements of Redshift, in one list
//! and one by one, and the rows that a load could not take.
//!
//! What always holds: a service that is refused is a notice and the other still shows; no text of a statement or an error
//! leaves the core before its secrets are covered; and the database itself is asked only when a person asks for it, or when
//! it is known that nothing is woken by that (`::jobs::ends::statement::reading`).

mod detail;
mod list;
mod loads;
mod log;
mod records;

pub(crate) use log::TaskSaid;

use crate::jobs::{Kept, masked};
use ::jobs::ends::{statement::covered, task};
use aws::{
    AwsError, Session,
    ends::{replication, serverless, warehouse},
    pages::up_to,
};
use contract::{
    Notice,
    ends::{
        EndRow,
        facts::{Latency, StatementFact, TaskFact},
        is_serverless,
    },
};
use std::{collections::HashMap, sync::Arc};

/// What the area keeps while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Ends {
    /// Statements that are over, described: they do not change any more.
    statements: Kept<Arc<StatementFact>>,
    /// Names of statements: a list tells them, a description does not.
    names: Kept<String>,
    /// Why a statement failed, in one line.
    reasons: Kept<String>,
}

/// The name of a statement among what is kept.
fn key(session: &Session, id: &str) -> String {
    format!("{}/{}/{id}", session.profile(), session.region())
}

/// A statement without the secrets in its texts.
fn clean(statement: StatementFact) -> StatementFact {
    StatementFact {
        name: statement.name.map(|name| masked(&name)),
        sql: masked(&covered(&statement.sql)),
        error: statement.error.map(|error| masked(&covered(&error))),
        ..statement
    }
}

/// A task without the secrets in its texts.
fn clean_task(task: TaskFact) -> TaskFact {
    TaskFact { failure: task.failure.map(|failure| masked(&failure)), ..task }
}

/// How far tasks are behind, by ARN. What cannot be read is a notice.
pub(crate) async fn latencies(session: &Session, tasks: &[TaskFact]) -> (HashMap<String, Latency>, Vec<Notice>) {
    let wanted = tasks.iter().filter(|task| task::has_latency(task));
    let (replications, tasks): (Vec<&TaskFact>, Vec<&TaskFact>) = wanted.partition(|task| is_serverless(&task.arn));
    let (of_tasks, of_replications) =
        tokio::join!(latencies_of_tasks(session, &tasks), latencies_of_replications(session, &replications));
    let (mut found, mut notices) = (HashMap::new(), Vec::new());
    let read = [
        ("How far DMS tasks are behind", of_tasks),
        ("How far serverless replications of DMS are behind", of_replications),
    ];
    for (what, read) in read {
        match read {
            Ok(some) => found.extend(some),
            Err(error) => notices.push(left_out(what, &error)),
        }
    }
    (found, notices)
}

async fn latencies_of_tasks(session: &Session, tasks: &[&TaskFact]) -> Result<HashMap<String, Latency>, AwsError> {
    if tasks.is_empty() {
        return Ok(HashMap::new());
    }
    let names = replication::instances(session).await?;
    let measured = tasks.iter().filter_map(|task| {
        let name = names.get(task.instance.as_deref()?)?;
        Some((task.arn.clone(), replication::dimensions(&task.arn, name)))
    });
    let measured: Vec<_> = measured.collect();
    replication::latencies(session, &measured, session.now()).await
}

async fn latencies_of_replications(
    session: &Session,
    replications: &[&TaskFact],
) -> Result<HashMap<String, Latency>, AwsError> {
    if replications.is_empty() {
        return Ok(HashMap::new());
    }
    let listed = serverless::measured(session).await?;
    let measured = replications.iter().filter_map(|one| {
        let dimensions = task::dimensions_of(one, &listed)?;
        Some((one.arn.clone(), dimensions.clone()))
    });
    let measured: Vec<_> = measured.collect();
    replication::latencies(session, &measured, session.now()).await
}

/// All tasks of the region, without the secrets in their texts.
pub(crate) async fn tasks(session: &Session) -> Result<Vec<TaskFact>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |marker| replication::tasks_page(session, marker)).await?;
    Ok(all.into_iter().map(clean_task).collect())
}

/// All serverless replications of the region, without the secrets in their texts.
pub(crate) async fn replications(session: &Session) -> Result<Vec<TaskFact>, AwsError> {
    let (all, _) = up_to(MOST_PAGES, |marker| serverless::replications_page(session, marker)).await?;
    Ok(all.into_iter().map(clean_task).collect())
}

/// One page of statements, without the secrets in their texts.
pub(crate) async fn statements(
    session: &Session,
    failed: bool,
    token: Option<String>,
) -> Result<(Vec<StatementFact>, Option<String>), AwsError> {
    let (page, next) = warehouse::statements_page(session, failed, token).await?;
    Ok((page.into_iter().map(clean).collect(), next))
}

/// Pages of one service that are read.
const MOST_PAGES: usize = 20;

/// A part that could not be read.
pub(crate) fn left_out(what: &str, error: &AwsError) -> Notice {
    Notice::warning(match error {
        AwsError::Denied { call, .. } => format!("{what} is left out: the permission {} is missing.", call.action),
        _ => format!("{what} is left out: {error}."),
    })
}

/// A row with its identity as text.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    key: String,
    row: EndRow,
}

fn listed(row: EndRow) -> Listed {
    Listed { key: row.id.to_string(), row }
}
