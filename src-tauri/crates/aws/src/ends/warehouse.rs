//! The Redshift Data API: statements, one statement, and the load errors of one.
//!
//! The service lists and describes the statements of the caller's own role alone, for a day ("Amazon Redshift Data API,
//! ListStatements"); those of another role are refused unless a policy allows them.

use super::count;
use crate::{AwsError, Call, Session, jobs::text, pace::Api, time::timestamp};
use ::jobs::ends::statement::load_errors_sql;
use aws_sdk_redshiftdata::{
    Client,
    types::{Field, StatementData, StatusString},
};
use contract::ends::facts::{LoadErrorFact, StatementFact};
use std::time::{Duration, Instant};

const LIST: Call = Call::new("ListStatements", "redshift-data:ListStatements");
const DESCRIBE: Call = Call::new("DescribeStatement", "redshift-data:DescribeStatement");
const EXECUTE: Call = Call::new("ExecuteStatement", "redshift-data:ExecuteStatement");
const RESULT: Call = Call::new("GetStatementResult", "redshift-data:GetStatementResult");

/// How long a query for load errors may take: a workgroup that sleeps needs a while.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks at it.
const LOOK: Duration = Duration::from_millis(400);

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of statements, newest first, and the token of the next: all of them, or those that failed.
pub async fn statements_page(
    session: &Session,
    failed: bool,
    token: Option<String>,
) -> Result<(Vec<StatementFact>, Option<String>), AwsError> {
    session.pace(Api::RedshiftData).await;
    let reply = client(session)
        .list_statements()
        .status(if failed { StatusString::Failed } else { StatusString::All })
        .role_level(true)
        .max_results(100)
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    Ok((reply.statements().iter().map(listed).collect(), text(reply.next_token())))
}

fn listed(item: &StatementData) -> StatementFact {
    let sql = match item.query_strings() {
        [] => item.query_string().unwrap_or_default().to_owned(),
        several => several.join(";\n"),
    };
    StatementFact {
        id: item.id().to_owned(),
        name: text(item.statement_name()),
        status: item.status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        sql,
        created: item.created_at().map(timestamp),
        updated: item.updated_at().map(timestamp),
        secret: text(item.secret_arn()),
        ..StatementFact::default()
    }
}

/// One statement. The service does not tell its name here.
pub async fn statement(session: &Session, id: &str) -> Result<StatementFact, AwsError> {
    session.pace(Api::RedshiftData).await;
    let reply = client(session)
        .describe_statement()
        .id(id)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(DESCRIBE, error))?;
    let parts = reply.sub_statements();
    let sql = match reply.query_string() {
        Some(sql) => sql.to_owned(),
        None => parts.iter().filter_map(|part| part.query_string()).collect::<Vec<_>>().join(";\n"),
    };
    let mut queries = vec![reply.redshift_query_id()];
    queries.extend(parts.iter().map(|part| part.redshift_query_id()));
    queries.retain(|query| *query > 0);
    queries.dedup();
    let over = matches!(reply.status(), Some(StatusString::Finished | StatusString::Failed | StatusString::Aborted));
    Ok(StatementFact {
        id: reply.id().to_owned(),
        name: None,
        status: reply.status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        sql,
        created: reply.created_at().map(timestamp),
        updated: reply.updated_at().map(timestamp),
        error: text(reply.error()).or_else(|| parts.iter().find_map(|part| text(part.error()))),
        database: text(reply.database()),
        user: text(reply.db_user()),
        cluster: text(reply.cluster_identifier()),
        workgroup: text(reply.workgroup_name()),
        secret: text(reply.secret_arn()),
        // Nanoseconds there.
        took: over.then(|| count(reply.duration()) / 1_000_000),
        rows: u64::try_from(reply.result_rows()).ok().filter(|_| over),
        queries,
    })
}

/// The load errors of a statement, at most so many, and whether there are more.
///
/// This asks the database, and so it runs a query there. It needs no permit, because it can change nothing: its text is a
/// constant with numbers of Redshift's own, and a `SELECT`. It costs what a query costs and may wake a serverless
/// workgroup, so whoever calls it has asked a person, or knows that nothing is woken (`jobs::ends::statement::reading`).
/// It signs in as the statement did, with its secret, or as the caller.
pub async fn load_errors(
    session: &Session,
    of: &StatementFact,
    most: usize,
) -> Result<(Vec<LoadErrorFact>, bool), AwsError> {
    session.pace(Api::RedshiftData).await;
    let reply = client(session)
        .execute_statement()
        .sql(load_errors_sql(&of.queries, most))
        .set_database(of.database.clone())
        .set_cluster_identifier(of.cluster.clone())
        .set_workgroup_name(of.workgroup.clone())
        .set_secret_arn(of.secret.clone())
        .statement_name("quarterdeck-load-errors")
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(EXECUTE, error))?;
    let id = reply
        .id()
        .ok_or_else(|| AwsError::Unreadable { call: EXECUTE, message: "the answer holds no statement".into() })?
        .to_owned();
    finished(session, &id).await?;
    session.pace(Api::RedshiftData).await;
    let reply = client(session)
        .get_statement_result()
        .id(id)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(RESULT, error))?;
    let names: Vec<&str> = reply.column_metadata().iter().map(|column| column.name().unwrap_or_default()).collect();
    let mut rows: Vec<LoadErrorFact> = reply.records().iter().map(|record| load_error(&names, record)).collect();
    let more = rows.len() > most;
    rows.truncate(most);
    Ok((rows, more))
}

/// Waits until a statement is done.
async fn finished(session: &Session, id: &str) -> Result<(), AwsError> {
    let begun = Instant::now();
    loop {
        let said = statement(session, id).await?;
        match said.status.as_str() {
            "FINISHED" => return Ok(()),
            "FAILED" | "ABORTED" => {
                return Err(AwsError::Service {
                    call: EXECUTE,
                    status: 200,
                    code: said.status,
                    message: said.error.unwrap_or_else(|| "the database does not say why".to_owned()),
                    request_id: None,
                });
            }
            _ if begun.elapsed() > PATIENCE => {
                return Err(AwsError::Busy {
                    call: EXECUTE,
                    message: format!("the query {id} is not done after a minute: ask again once the database is awake"),
                    request_id: None,
                });
            }
            _ => tokio::time::sleep(LOOK).await,
        }
    }
}

fn load_error(names: &[&str], record: &[Field]) -> LoadErrorFact {
    let field = |name: &str| names.iter().position(|known| *known == name).and_then(|at| record.get(at));
    let words = |name: &str| match field(name)? {
        Field::StringValue(value) => text(Some(value)),
        Field::LongValue(value) => Some(value.to_string()),
        _ => None,
    };
    let number = |name: &str| match field(name)? {
        Field::LongValue(value) => Some(*value),
        Field::StringValue(value) => value.trim().parse().ok(),
        _ => None,
    };
    LoadErrorFact {
        file: words("file_name").unwrap_or_default(),
        line: number("line_number").map(count).unwrap_or_default(),
        column: words("column_name"),
        kind: words("column_type"),
        position: number("position").and_then(|position| u64::try_from(position).ok()),
        code: number("error_code"),
        reason: words("error_message").unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_by_the_names_of_its_columns() {
        let names = ["line_number", "file_name", "error_message", "column_name"];
        let record = [
            Field::LongValue(350),
            Field::StringValue("s3://lake/x.csv   ".into()),
            Field::StringValue("Extra column(s) found".into()),
            Field::IsNull(true),
        ];
        let told = load_error(&names, &record);
        assert_eq!((told.line, told.file.as_str(), told.column), (350, "s3://lake/x.csv", None));
        assert_eq!(load_error(&names, &[]), LoadErrorFact::default());
    }
}
