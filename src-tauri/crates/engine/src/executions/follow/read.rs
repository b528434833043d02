//! Reading one execution: the end of its history, the whole of it, what lies around it, and then what is new.

use super::{Followed, state::link};
use crate::{
    Desk,
    executions::{last_part, lock},
};
use ::executions::express;
use aws::{
    AwsError, Session,
    executions::{
        logs::{self, Which},
        machines, region_of, runs,
    },
};
use contract::executions::{
    ExecutionLink, MapRunRow,
    facts::{ExecutionFact, HistoryEvent, MachineFact},
};
use jiff::SignedDuration;
use std::{sync::Arc, time::Duration};

/// Events of one page, the service's limit.
const PAGE: i32 = 1_000;
/// Events read from the end before the rest.
const TAIL: i32 = 100;
/// How often a running execution is looked at.
const AGAIN: Duration = Duration::from_millis(1_500);
/// Views at most this often while a long history arrives.
const REPORT_EVERY: Duration = Duration::from_millis(120);
/// Tries of a page that the service is too busy for, each after a longer wait.
const PATIENCE: u32 = 6;
/// How far the log of an Express machine may lie from the time of the execution.
const LOG_SLACK: SignedDuration = SignedDuration::from_mins(10);

impl Desk {
    pub(super) async fn read_standard(&self, one: &Followed) -> Result<(), AwsError> {
        let session = &one.session;
        let (machine, tail) = tokio::join!(
            machines::for_execution(session, &one.arn),
            patiently(|| runs::history_page(session, &one.arn, true, TAIL, None)),
        );
        one.change(|state| match machine {
            Ok(machine) => state.set_machine(machine),
            Err(error) => state.note(format!("The definition could not be read, so there is no graph: {error}.")),
        });
        let (mut tail, older) = match tail {
            Ok(page) => page,
            Err(error @ AwsError::SignIn { .. }) => return Err(error),
            Err(error) => {
                one.change(|state| {
                    state.note(format!("The history could not be read: {error}."));
                    state.complete = true;
                });
                (Vec::new(), None)
            }
        };
        tail.reverse();
        one.change(|state| {
            if older.is_none() {
                state.events = Arc::new(tail);
                state.complete = true;
            } else {
                state.tail = Arc::new(tail);
            }
            state.as_of = session.now();
            state.reread();
        });
        if older.is_some() {
            self.read_whole(one).await?;
        }
        self.read_around(one).await;
        self.stay(one).await
    }

    /// The history from its first event, page by page.
    async fn read_whole(&self, one: &Followed) -> Result<(), AwsError> {
        let session = &one.session;
        let mut token = None;
        let mut reported = tokio::time::Instant::now();
        let mut page_of = Vec::new();
        loop {
            let asked = token.clone();
            let (events, next) =
                match patiently(|| runs::history_page(session, &one.arn, false, PAGE, asked.clone())).await {
                    Ok(page) => page,
                    Err(error @ AwsError::SignIn { .. }) => return Err(error),
                    Err(error) => {
                        one.change(|state| state.cut_short(std::mem::take(&mut page_of), &error.to_string()));
                        return Ok(());
                    }
                };
            page_of.extend(events);
            let last = next.is_none();
            if last || reported.elapsed() >= REPORT_EVERY {
                reported = tokio::time::Instant::now();
                one.change(|state| {
                    state.complete = last;
                    state.as_of = session.now();
                    state.append(std::mem::take(&mut page_of));
                });
            }
            if last {
                return Ok(());
            }
            token = next;
        }
    }

    /// What lies around the history: Map Runs, the parents, whether the definition changed.
    async fn read_around(&self, one: &Followed) {
        let session = &one.session;
        let (fact, history, machine) = {
            let state = lock(&one.state);
            (state.fact.clone(), Arc::clone(&state.history), state.machine.clone())
        };
        let now = self.machine(session, &fact.machine);
        let parents = self.parents(session, &fact);
        let (now, parents) = tokio::join!(now, parents);
        let mut map_runs = Vec::new();
        let mut notes = Vec::new();
        for (state, arn) in history.map_runs.clone() {
            match runs::map_run(session, &arn).await {
                Ok(fact) => map_runs.push(MapRunRow { fact, state }),
                Err(error) => notes.push(format!("Map Run {} could not be read: {error}.", last_part(&arn))),
            }
        }
        one.change(|state| {
            state.parents = parents;
            state.map_runs = map_runs;
            state.definition_changed = match (&machine, &now) {
                (Some(then), Ok(now)) => Some(then.definition != now.definition),
                _ => None,
            };
            if let Err(error) = &now {
                notes.push(format!("Whether the definition changed since is not known: {error}."));
            }
            for note in notes {
                state.note(note);
            }
        });
    }

    /// The execution that a child of a Map Run belongs to, and the one that started this by `states:startExecution`.
    async fn parents(&self, session: &Session, fact: &ExecutionFact) -> Vec<ExecutionLink> {
        let parent = match &fact.map_run {
            Some(map_run) => runs::parent_of_map_run(session, map_run).await.ok(),
            // The service integration puts it into the input of the child.
            None => {
                fact.input.as_deref().and_then(|input| serde_json::from_str::<serde_json::Value>(input).ok()).and_then(
                    |input| {
                        input
                            .get("AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
                            .and_then(|id| id.as_str().map(str::to_owned))
                    },
                )
            }
        };
        parent.map(|arn| link(&arn)).into_iter().collect()
    }

    /// Looks again while the execution runs, and after it was redriven.
    async fn stay(&self, one: &Followed) -> Result<(), AwsError> {
        let session = &one.session;
        loop {
            self.pause(AGAIN).await;
            let (was, known) = {
                let state = lock(&one.state);
                (state.fact.clone(), state.events.last().map_or(0, |event| event.id))
            };
            let ended = was.stopped.is_some();
            // What has ended changes only by a redrive, which this window may have asked for.
            if ended {
                tokio::time::sleep(AGAIN * 2).await;
            }
            let fact = match runs::describe(session, &one.arn).await {
                Ok(fact) => fact,
                Err(error @ AwsError::SignIn { .. }) => return Err(error),
                Err(error) => {
                    tracing::debug!(%error, "the execution could not be looked at again");
                    continue;
                }
            };
            if ended && fact.status == was.status && fact.redrive_count == was.redrive_count {
                continue;
            }
            let mut fresh: Vec<HistoryEvent> = Vec::new();
            let mut token = None;
            loop {
                let asked = token.clone();
                let (page, next) =
                    patiently(|| runs::history_page(session, &one.arn, true, TAIL, asked.clone())).await?;
                let reached = page.iter().any(|event| event.id <= known);
                fresh.extend(page.into_iter().filter(|event| event.id > known));
                if reached || next.is_none() {
                    break;
                }
                token = next;
            }
            fresh.reverse();
            let over = fact.stopped.is_some();
            one.change(|state| {
                state.fact = fact;
                state.append(fresh);
                state.as_of = session.now();
            });
            if over {
                self.read_around(one).await;
            }
        }
    }

    pub(super) async fn read_express(&self, one: &Followed) -> Result<(), AwsError> {
        let session = &one.session;
        let fact = lock(&one.state).fact.clone();
        let machine = self.machine(session, &fact.machine).await?;
        let why_not = express::why_not(&machine);
        let group = machine.log_group.clone();
        one.change(|state| {
            state.set_machine(MachineFact::clone(&machine));
            if let Some(why_not) = why_not {
                state.note(why_not);
            }
        });
        let Some(group) = group else {
            one.change(|state| state.complete = true);
            return Ok(());
        };
        let from = fact.started.checked_sub(SignedDuration::from_hours(24 * 14)).unwrap_or(fact.started);
        let mut token = None;
        let mut lines = Vec::new();
        loop {
            let (page, next) = logs::page(session, &group, Which::Holding(&one.arn), from, None, token).await?;
            lines.extend(page);
            let mut all = express::events_from_logs(lines.iter().map(String::as_str));
            let events = all.remove(&one.arn).unwrap_or_default();
            let last = next.is_none();
            one.change(|state| {
                state.fact.started = events.first().map_or(state.fact.started, |event| event.at);
                let end = events.iter().rev().find(|event| event.kind.starts_with("Execution"));
                if let Some((status, event)) = end.and_then(|event| Some((express_status(&event.kind)?, event))) {
                    status.clone_into(&mut state.fact.status);
                    state.fact.stopped = Some(event.at);
                    state.fact.error.clone_from(&event.detail.error);
                    state.fact.cause.clone_from(&event.detail.cause);
                    state.fact.output.clone_from(&event.detail.output);
                }
                state.fact.input = events.first().and_then(|event| event.detail.input.clone());
                state.events = Arc::new(events);
                state.complete = last;
                state.as_of = session.now();
                state.reread();
                if last && state.events.is_empty() {
                    state
                        .note("The log group holds nothing of this execution: it may have been removed by now.".into());
                }
            });
            if last {
                return Ok(());
            }
            token = next;
        }
    }
}

/// Repeats a page that the service is too busy for, or that got no answer.
async fn patiently<T, F, W>(call: F) -> Result<T, AwsError>
where
    F: Fn() -> W,
    W: Future<Output = Result<T, AwsError>>,
{
    let mut wait = Duration::from_millis(250);
    for _ in 1..PATIENCE {
        match call().await {
            Err(AwsError::Busy { .. } | AwsError::Unreachable { .. }) => tokio::time::sleep(wait).await,
            other => return other,
        }
        wait *= 2;
    }
    call().await
}

/// Nothing describes an execution of an Express machine; what is known before its log was read.
pub(super) fn express_fact(arn: &str, session: &Session) -> ExecutionFact {
    let parts: Vec<&str> = arn.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let region = region_of(arn).unwrap_or_else(|| session.region());
    let machine = format!("arn:{}:states:{region}:{}:stateMachine:{}", part(1), part(4), part(6));
    let started = session.now().checked_add(LOG_SLACK).unwrap_or_else(|_| session.now());
    ExecutionFact::bare(arn, &machine, part(7), "UNKNOWN", started)
}

fn express_status(kind: &str) -> Option<&'static str> {
    match kind {
        "ExecutionSucceeded" => Some("SUCCEEDED"),
        "ExecutionFailed" => Some("FAILED"),
        "ExecutionTimedOut" => Some("TIMED_OUT"),
        "ExecutionAborted" => Some("ABORTED"),
        _ => None,
    }
}
