//! What became of an execution: the state that failed, the error, and whether a success was a caught failure.
//!
//! One page from the end of the history answers, and the answer is kept for ever.

use crate::Desk;
use ::executions::{
    Definition, History,
    caught::{self, Answer},
    cause::{one_line, unfold},
};
use aws::{AwsError, Session, executions::runs};
use contract::executions::{ExecutionRow, Status};
use futures_util::{StreamExt, stream};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};
use store::Outcome;

/// Events read from the end of a history.
const TAIL: i32 = 50;
/// Events read when the first page does not reach far enough.
const LONG_TAIL: i32 = 500;
const AT_ONCE: usize = 6;
/// How long a definition is taken to be as it was read: one that is updated may catch failures from then on.
const DEFINITION_AGE: Duration = Duration::from_mins(10);

/// What the looks at the rows of a list have found out so far.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Of the machines, with when they were read. `None` is one that could not be read.
    definitions: HashMap<String, (Instant, Option<Arc<Definition>>)>,
    /// Rows that a further call would say no more of.
    settled: HashSet<Settled>,
}

/// An execution as it was when it was looked at: a redriven one is another.
type Settled = (String, Status, u64);

fn settled(row: &ExecutionRow) -> Settled {
    (row.arn.clone(), row.status, row.redrives)
}

impl Known {
    /// Whether there is something to find out about a row. What runs goes on from state to state.
    fn asks(&self, row: &ExecutionRow) -> bool {
        row.status == Status::Running || !row.looked && !self.settled.contains(&settled(row))
    }

    /// Whether a success of the machine may be a caught failure; true as long as its definition cannot be read.
    pub async fn may_catch(&mut self, desk: &Desk, session: &Session, machine: &str) -> bool {
        let definition = self.definition(desk, session, machine).await;
        definition.is_none_or(|definition| definition.handlers().contains(&true))
    }

    async fn definition(&mut self, desk: &Desk, session: &Session, machine: &str) -> Option<Arc<Definition>> {
        if !self.is_fresh(machine) {
            let read = desk.machine(session, machine).await.ok();
            let definition = read.and_then(|machine| Definition::read(&machine.definition).ok()).map(Arc::new);
            let before = self.definitions.remove(machine).and_then(|(_, definition)| definition);
            self.definitions.insert(machine.to_owned(), (Instant::now(), definition.or(before)));
        }
        self.definitions.get(machine).and_then(|(_, definition)| definition.clone())
    }

    fn is_fresh(&self, machine: &str) -> bool {
        self.definitions.get(machine).is_some_and(|(at, _)| at.elapsed() < DEFINITION_AGE)
    }
}

/// Looks up what a listing does not say of these rows, newest first, and hands each on when it is known. Answers with the
/// first failure of a call, after which nothing more was asked: what is left is asked at the next look, unless it may not
/// be read.
pub(crate) async fn look_all(
    desk: &Desk,
    session: &Session,
    mut rows: Vec<ExecutionRow>,
    known: &mut Known,
    cancelled: &(dyn Fn() -> bool + Sync),
    found: &mut (dyn FnMut(ExecutionRow) + Send),
) -> Result<(), AwsError> {
    rows.retain(|row| known.asks(row));
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.started));
    let wanted: Vec<(String, u64)> = rows.iter().map(|row| (row.arn.clone(), row.redrives)).collect();
    let kept = desk.inner.store.run(move |store| store.outcomes(&wanted)).await.unwrap_or_default();
    rows.retain_mut(|row| match kept.get(&row.arn) {
        Some(outcome) if row.status != Status::Running => {
            put(row, outcome.clone());
            found(row.clone());
            false
        }
        _ => true,
    });
    let mut asking = Vec::with_capacity(rows.len());
    let asked_of: Vec<Settled> = rows.iter().map(settled).collect();
    for row in rows {
        let definition = known.definition(desk, session, &row.machine_arn).await;
        // Without a handler a success is a success.
        let handled = definition.as_ref().is_none_or(|definition| definition.handlers().contains(&true));
        if row.status == Status::Succeeded && !handled {
            let mut row = row;
            row.looked = true;
            found(row);
            continue;
        }
        asking.push(look(desk, session, row, definition));
    }
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    while let Some(answer) = asked.next().await {
        if cancelled() {
            break;
        }
        match answer {
            Ok(row) => {
                known.settled.insert(settled(&row));
                found(row);
            }
            Err(error) => {
                if matches!(error, AwsError::Denied { .. }) {
                    known.settled.extend(asked_of);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

fn put(row: &mut ExecutionRow, outcome: Outcome) {
    row.status = outcome.status;
    row.state = outcome.state;
    row.error = outcome.error;
    row.cause = outcome.cause;
    row.looked = true;
}

pub(crate) async fn look(
    desk: &Desk,
    session: &Session,
    mut row: ExecutionRow,
    definition: Option<Arc<Definition>>,
) -> Result<ExecutionRow, AwsError> {
    let mut outcome = None;
    for most in [TAIL, LONG_TAIL] {
        let (mut events, next) = match runs::history_page(session, &row.arn, true, most, None).await {
            Ok(page) => page,
            // Deleted with its machine, or older than 90 days: nothing more will ever be known.
            Err(AwsError::NotFound { .. }) => return Ok(row),
            Err(error) => return Err(error),
        };
        let whole = next.is_none();
        if row.status == Status::Succeeded {
            let Some(definition) = &definition else { return Ok(row) };
            let started = || {
                let ascending: Vec<_> = events.iter().rev().cloned().collect();
                History::read(&ascending, Some(&**definition), session.now()).started_runs(&ascending)
            };
            match caught::is_caught(definition, &events) {
                Answer::NeedMore if !whole && most == TAIL => continue,
                Answer::Caught(caught) => {
                    outcome = Some(Outcome {
                        status: Status::CaughtFailure,
                        state: caught.failed_state,
                        error: caught.error,
                        cause: caught.cause,
                        started: started(),
                    });
                }
                Answer::Clean | Answer::NeedMore => {
                    outcome = Some(Outcome {
                        status: Status::Succeeded,
                        state: None,
                        error: None,
                        cause: None,
                        started: started(),
                    });
                }
            }
        } else {
            events.reverse();
            let history = History::read(&events, definition.as_deref(), session.now());
            if row.status == Status::Running {
                row.state = history.running().first().map(|state| (*state).to_owned());
                row.looked = true;
                return Ok(row);
            }
            let failure = history.first_failure();
            if failure.is_none() && !whole && most == TAIL {
                continue;
            }
            let started = history.started_runs(&events);
            outcome = Some(match failure {
                Some(failure) => Outcome {
                    status: row.status,
                    state: failure.state.clone(),
                    error: Some(failure.error.clone()),
                    cause: Some(one_line(&unfold(
                        failure.resource_type.as_deref(),
                        Some(&failure.error),
                        failure.cause.as_deref(),
                    ))),
                    started,
                },
                None => Outcome { status: row.status, state: None, error: None, cause: None, started },
            });
        }
        break;
    }
    if let Some(outcome) = outcome {
        let (arn, redrives, kept) = (row.arn.clone(), row.redrives, outcome.clone());
        if let Err(error) = desk.inner.store.run(move |store| store.keep_outcome(&arn, redrives, &kept)).await {
            tracing::warn!(%error, "what became of an execution could not be kept");
        }
        put(&mut row, outcome);
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_is_read_again_after_a_while() {
        let mut known = Known::default();
        assert!(!known.is_fresh("arn:daily"));
        known.definitions.insert("arn:daily".into(), (Instant::now(), None));
        assert!(known.is_fresh("arn:daily"));
        let before = Instant::now().checked_sub(DEFINITION_AGE).unwrap();
        known.definitions.insert("arn:daily".into(), (before, None));
        assert!(!known.is_fresh("arn:daily"), "it may catch failures since");
    }
}
