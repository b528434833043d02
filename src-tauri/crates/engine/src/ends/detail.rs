//! One replication task or serverless replication with its tables, and one statement.

use super::{clean_task, latencies, left_out};
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use ::jobs::{
    address::Place,
    ends::{commands, console, statement, task},
};
use aws::{AwsError, Session, ends::replication};
use contract::{
    Notice, Timestamp,
    ends::{
        DescribeStatement, DescribeTask, OpenTaskTables, StatementDetail, TableRow, TaskDetail, facts::EndpointFact,
        is_serverless, task_noun,
    },
    sets::SetState,
};
use std::sync::Arc;

/// Tables that are read.
const MOST_PAGES: usize = 40;

impl Desk {
    pub async fn describe_task(&self, request: &DescribeTask) -> Result<TaskDetail, EngineError> {
        let session = self.session()?;
        let arn = &request.arn;
        check_task(arn)?;
        let read = replication::task(&session, arn).await.map_err(|error| gone(&session, task_noun(arn), error))?;
        let task = clean_task(read);
        let one = std::slice::from_ref(&task);
        let ((mut latency, mut notices), endpoints) =
            tokio::join!(latencies(&session, one), replication::endpoints(&session));
        let endpoints = endpoints.unwrap_or_else(|error| {
            notices.push(left_out(&format!("What the {} reads and writes", task_noun(arn)), &error));
            Vec::new()
        });
        let latency = latency.remove(&task.arn);
        let row = task::row(&task, latency.as_ref(), session.now());
        let said = self.findings_of_task(&session, &task, row.state).await;
        notices.extend(said.notices);
        let endpoint = |arn: Option<&String>| endpoints.iter().find(|one| Some(&one.arn) == arn);
        let (source, target) = (endpoint(task.source.as_ref()), endpoint(task.target.as_ref()));
        Ok(TaskDetail {
            does: task::does(&task.migration).to_owned(),
            stop: task.stop_reason.as_deref().and_then(task::stop).map(|(words, _)| words.to_owned()),
            stop_reason: task.stop_reason.clone(),
            failure: task.failure.clone(),
            latency,
            load: task.load,
            source: source.map(named),
            target: target.map(named),
            writes: target.and_then(writes),
            runs_on: task::runs_on(&task),
            created: task.created,
            findings: said.findings,
            log: said.log,
            console: console(&row.id, &task.name, &place(&session)),
            commands: commands(&row.id, session.region(), session.profile()),
            notices,
            row,
        })
    }

    pub fn open_task_tables(&self, request: OpenTaskTables, events: Events) -> Result<SetState, EngineError> {
        check_task(&request.arn)?;
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<TableRow>(session.now(), events);
        load(writer, move |writer| async move { load_tables(&session, &request.arn, &writer).await });
        Ok(state)
    }

    pub async fn describe_statement(&self, request: &DescribeStatement) -> Result<StatementDetail, EngineError> {
        let session = self.session()?;
        let fact =
            self.statement_fact(&session, &request.id).await.map_err(|error| gone(&session, "statement", error))?;
        let findings = self.findings_in("redshift", vec![("Error", fact.error.clone().unwrap_or_default())]).await;
        let row = statement::row(&fact, findings.first().map(|first| first.title.as_str()), session.now());
        let copy = statement::copy_of(&fact.sql);
        Ok(StatementDetail {
            sql: fact.sql.clone(),
            place: statement::place(&fact),
            database: fact.database.clone(),
            user: fact.user.clone(),
            took: fact.took,
            rows: fact.rows,
            query: fact.queries.first().copied(),
            error: fact.error.clone(),
            source: copy.as_ref().map(|copy| copy.source.clone()),
            table: copy.map(|copy| copy.table),
            errors: statement::reading(&fact),
            findings,
            console: console(&row.id, &row.name, &place(&session)),
            commands: commands(&row.id, session.region(), session.profile()),
            notices: Vec::new(),
            row,
        })
    }
}

fn place(session: &Session) -> Place<'_> {
    Place { partition: ::objects::arn::partition(session.region()), region: session.region(), account: "" }
}

/// `lake-raw (s3)`.
fn named(endpoint: &EndpointFact) -> String {
    format!("{} ({})", endpoint.name, endpoint.engine)
}

fn writes(target: &EndpointFact) -> Option<String> {
    let bucket = target.bucket.as_deref()?;
    Some(match target.folder.as_deref() {
        Some(folder) => format!("s3://{bucket}/{folder}/"),
        None => format!("s3://{bucket}/"),
    })
}

fn is_bad(table: &TableRow) -> bool {
    task::is_bad_table(&table.state, table.refused, table.differing)
}

async fn load_tables(
    session: &Session,
    arn: &str,
    writer: &Arc<SetWriter<TableRow>>,
) -> Result<Timestamp, EngineError> {
    let mut marker = None;
    for _ in 0..MOST_PAGES {
        let page = replication::tables_page(session, arn, marker).await;
        let (tables, next) = page.map_err(|error| gone(session, task_noun(arn), error))?;
        writer.append(tables.into_iter().map(|one| TableRow { bad: is_bad(&one), ..one }).collect());
        if next.is_none() || writer.cancelled() {
            return Ok(session.now());
        }
        marker = next;
    }
    writer.notice(Notice::warning("Only the first 20,000 tables were read."));
    Ok(session.now())
}

/// The ARN of a task or of a serverless replication's configuration, or a task's name: letters, digits and hyphens.
fn check_task(arn: &str) -> Result<(), EngineError> {
    let named = !arn.is_empty() && arn.len() < 256 && arn.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let kind = arn.contains(":task:") || is_serverless(arn);
    let whole = arn.starts_with("arn:") && arn.contains(":dms:") && kind;
    if named || whole {
        return Ok(());
    }
    Err(EngineError::BadInput(format!("{arn} is neither the ARN nor the name of a replication task.")))
}

/// What is not there is said by its name.
pub(super) fn gone(session: &Session, noun: &str, error: AwsError) -> EngineError {
    match error {
        AwsError::NotFound { .. } if noun == "statement" => EngineError::NotFound(
            "Redshift does not know this statement (any more): it keeps them for a day, and shows those of this profile's \
             own role."
                .to_owned(),
        ),
        AwsError::NotFound { .. } => EngineError::NotFound(format!("The DMS {noun} is not there (any more).")),
        other => Desk::failed(session)(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_is_asked_for_as_one() {
        let whole = |kind: &str| format!("arn:aws:dms:eu-west-1:123456789012:{kind}:ABC");
        for task in [whole("task"), whole("replication-config"), "orders-cdc".to_owned()] {
            assert!(check_task(&task).is_ok(), "{task}");
        }
        for other in ["", "orders cdc", "arn:aws:dms:eu-west-1:123456789012:endpoint:ABC"] {
            assert!(check_task(other).is_err(), "{other}");
        }
    }
}
