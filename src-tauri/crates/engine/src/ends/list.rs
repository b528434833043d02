//! Tasks, serverless replications and statements in one list, what is wrong first; then live.

use super::{Listed, key, latencies, left_out, listed, replications, statements, tasks};
use crate::{Desk, EngineError, Events, desk::load, executions::list::DAY, sets::SetWriter};
use ::jobs::ends::{statement, task};
use aws::{AwsError, Session, ends::warehouse};
use contract::{
    Notice, Timestamp,
    ends::{
        EndId, EndRow, OpenEnds,
        facts::{StatementFact, TaskFact},
    },
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{sync::Arc, time::Duration};

/// How often all are asked again.
const AGAIN: Duration = Duration::from_mins(1);
/// Pages of statements that are read: 100 each.
const MOST_PAGES: usize = 10;
/// Statements whose error is asked for, one by one: the newest.
const MOST_LOOKS: usize = 60;
const AT_ONCE: usize = 4;

/// The parts of the list, each read on its own, as a notice names them.
const TASKS: &str = "DMS";
const SERVERLESS: &str = "DMS Serverless";
const STATEMENTS: &str = "Redshift";

/// Rows of one part with what could not be read of them.
type Read = (Vec<EndRow>, Vec<Notice>);

impl Desk {
    pub fn open_ends(&self, request: OpenEnds, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<Listed>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_ends(&session, &request, &writer).await });
        Ok(state)
    }

    async fn load_ends(
        &self,
        session: &Session,
        request: &OpenEnds,
        writer: &Arc<SetWriter<Listed>>,
    ) -> Result<Timestamp, EngineError> {
        let within = request.within.unwrap_or(DAY);
        loop {
            let bounds = within.resolve(session.now());
            let (of_tasks, of_replications, of_statements) = tokio::join!(
                task_rows(session, tasks(session)),
                task_rows(session, replications(session)),
                self.statement_rows(session, bounds)
            );
            let (mut rows, mut notices) = (Vec::new(), Vec::new());
            let kept = writer.rows_by_id();
            let mut silent = Vec::new();
            for (name, read) in [(TASKS, of_tasks), (SERVERLESS, of_replications), (STATEMENTS, of_statements)] {
                match read {
                    Ok((some, said)) => {
                        rows.extend(some.into_iter().map(listed));
                        notices.extend(said);
                    }
                    Err(error @ AwsError::SignIn { .. }) => return Err(Self::failed(session)(error)),
                    Err(error) => {
                        notices.push(left_out(name, &error));
                        rows.extend(kept.values().filter(|one| part(&one.row.id) == name).cloned());
                        silent.push(error);
                    }
                }
            }
            // Nobody answered, and nothing is there to show.
            if silent.len() == 3
                && rows.is_empty()
                && let Some(error @ AwsError::Unreachable { .. }) = silent.pop()
            {
                return Err(Self::failed(session)(error));
            }
            if writer.cancelled() {
                return Ok(session.now());
            }
            writer.show(rows, notices);
            writer.finish(session.now());
            self.pause(AGAIN).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    async fn statement_rows(&self, session: &Session, (from, until): (Timestamp, Timestamp)) -> Result<Read, AwsError> {
        let mut found: Vec<StatementFact> = Vec::new();
        let mut token = None;
        let mut notices = Vec::new();
        for page in 1.. {
            let (some, next) = statements(session, false, token).await?;
            let behind = some.last().and_then(|last| last.created).is_some_and(|created| created < from);
            found.extend(some);
            if behind || next.is_none() {
                break;
            }
            if page >= MOST_PAGES {
                notices.push(Notice::warning("Only the newest 1,000 statements of Redshift were looked through."));
                break;
            }
            token = next;
        }
        found.retain(|one| one.created.is_none_or(|created| created >= from && created < until));
        for one in &found {
            if let Some(name) = &one.name {
                self.inner.ends.names.put(key(session, &one.id), name.clone());
            }
        }
        let looked = found.iter().filter(|one| one.status == "FAILED").take(MOST_LOOKS);
        let looks: Vec<_> = looked.map(|one| self.reason_of(session, &one.id)).collect();
        let mut looking = stream::iter(looks).buffer_unordered(AT_ONCE);
        let mut missed = None;
        while let Some(outcome) = looking.next().await {
            if let Err(error) = outcome {
                missed = Some(error);
            }
        }
        if let Some(error) = missed {
            notices.push(left_out("Why some statements failed", &error));
        }
        let now = session.now();
        let rows = found.iter().map(|one| {
            let why = self.inner.ends.reasons.last(&key(session, &one.id));
            statement::row(one, why.as_deref(), now)
        });
        Ok((rows.collect(), notices))
    }

    /// Finds out why a statement failed, once.
    async fn reason_of(&self, session: &Session, id: &str) -> Result<(), AwsError> {
        let key = key(session, id);
        if self.inner.ends.reasons.last(&key).is_some() {
            return Ok(());
        }
        let fact = self.statement_fact(session, id).await?;
        let error = fact.error.clone().unwrap_or_default();
        let found = self.findings_in("redshift", vec![("Error", error)]).await;
        let why = found.first().map(|first| first.title.clone());
        if let Some(why) = why.or_else(|| fact.error.as_deref().and_then(statement::first_line)) {
            self.inner.ends.reasons.put(key, why);
        }
        Ok(())
    }

    /// Whether some list showed a statement with this id.
    pub(crate) fn is_statement(&self, session: &Session, id: &str) -> bool {
        self.inner.ends.names.last(&key(session, id)).is_some()
    }

    /// A statement as the service describes it, with its name where a list told it.
    pub(crate) async fn statement_fact(&self, session: &Session, id: &str) -> Result<Arc<StatementFact>, AwsError> {
        let key = key(session, id);
        if let Some(known) = self.inner.ends.statements.last(&key) {
            return Ok(known);
        }
        let name = self.inner.ends.names.last(&key);
        let read = super::clean(warehouse::statement(session, id).await?);
        let fact = Arc::new(StatementFact { name: name.clone(), ..read });
        let over = matches!(fact.status.as_str(), "FINISHED" | "FAILED" | "ABORTED");
        if over && name.is_some() {
            self.inner.ends.statements.put(key, Arc::clone(&fact));
        }
        Ok(fact)
    }
}

/// Which of the parts a row is of.
fn part(id: &EndId) -> &'static str {
    match id {
        EndId::Task(_) if id.is_serverless() => SERVERLESS,
        EndId::Task(_) => TASKS,
        EndId::Statement(_) => STATEMENTS,
    }
}

async fn task_rows(
    session: &Session,
    tasks: impl Future<Output = Result<Vec<TaskFact>, AwsError>>,
) -> Result<Read, AwsError> {
    let tasks = tasks.await?;
    let (latencies, notices) = latencies(session, &tasks).await;
    let now = session.now();
    let rows = tasks.iter().map(|one| task::row(one, latencies.get(&one.arn), now));
    Ok((rows.collect(), notices))
}

impl Listed {
    /// What is wrong first, the newest of it before the rest.
    pub(super) fn rank(&self) -> (bool, std::cmp::Reverse<Option<Timestamp>>) {
        let at = if matches!(self.row.id, EndId::Task(_)) { self.row.since } else { self.row.started };
        (self.row.finding.is_none(), std::cmp::Reverse(at))
    }
}
