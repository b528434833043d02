//! What the window opens of a followed execution: one state, one event, a payload, the comparison with a success.

use super::follow::Seen;
use crate::{Desk, EngineError};
use ::executions::{
    compare::{self, Side},
    history::event_json,
};
use aws::executions::{
    machines,
    runs::{self, Of},
};
use contract::{
    Notice,
    executions::{
        CompareExecution, Comparison, EventReply, MachineKind, Payload, PayloadOf, ReadEvent, ReadPayload, ReadState,
        StateDetail, Status, facts::HistoryEvent,
    },
};

/// Executions that are looked through for the last success.
const LOOK_BACK: i32 = 200;
/// Successes whose ends are looked at to tell a caught failure from a real one.
const TRIES: usize = 10;

impl Desk {
    pub async fn read_event(&self, request: &ReadEvent) -> Result<EventReply, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let (row, event) = followed
            .event(request.number)
            .ok_or_else(|| EngineError::NotFound(format!("Event {} has not been read.", request.number)))?;
        Ok(EventReply { row, json: event_json(&event), truncated: event.detail.truncated })
    }

    pub async fn read_state(&self, request: &ReadState) -> Result<StateDetail, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let seen = followed.known();
        seen.history
            .state_detail(&request.state, seen.events(), seen.definition.as_deref())
            .ok_or_else(|| EngineError::NotFound("This visit to the state has not been read yet.".into()))
    }

    pub async fn read_payload(&self, request: &ReadPayload) -> Result<Payload, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let seen = followed.known();
        let missing = |what: &str| EngineError::NotFound(format!("This execution has no {what} that can be read."));
        let text = match request.what {
            PayloadOf::Input => seen.fact.input.clone().ok_or_else(|| missing("input"))?,
            PayloadOf::Output => seen.fact.output.clone().ok_or_else(|| missing("output"))?,
            PayloadOf::Definition => {
                seen.machine.as_ref().map(|machine| machine.definition.clone()).ok_or_else(|| missing("definition"))?
            }
        };
        Ok(Payload { text, truncated: false })
    }

    /// What is different from the last success before it, or from an execution that was named.
    pub async fn compare_execution(&self, request: &CompareExecution) -> Result<Comparison, EngineError> {
        let followed = self.follow(&request.arn).await?;
        followed.whole().await;
        let seen = followed.known();
        let session = &followed.session;
        let with = match &request.with {
            Some(arn) => Some(arn.clone()),
            None => self.last_success(session, &seen).await?,
        };
        let Some(with) = with else {
            return Ok(Comparison {
                with: None,
                differences: Vec::new(),
                same: Vec::new(),
                states: Vec::new(),
                input: Vec::new(),
                definition: Vec::new(),
                notices: vec![Notice::info(format!(
                    "Among the last {LOOK_BACK} executions of {} none succeeded before this one.",
                    seen.row.machine
                ))],
            });
        };
        let then = self.read_once(session, &with).await?;
        let (then_jobs, now_jobs) = (jobs(&then), jobs(&seen));
        Ok(compare::compare(&side(&then, &then_jobs), &side(&seen, &now_jobs)))
    }

    /// The newest real success that started before this execution.
    pub(super) async fn last_success(
        &self,
        session: &aws::Session,
        seen: &Seen,
    ) -> Result<Option<String>, EngineError> {
        if seen.kind == MachineKind::Express {
            return Ok(None);
        }
        let failed = Self::failed(session);
        let (items, _) = runs::page(session, Of::Machine(&seen.fact.machine), Some("SUCCEEDED"), LOOK_BACK, None)
            .await
            .map_err(&failed)?;
        let mut before = items.into_iter().filter(|item| item.started < seen.fact.started);
        for item in before.by_ref().take(TRIES) {
            let row = super::list::row(item);
            let outcome = super::outcomes::look(self, session, row, seen.definition.clone()).await.map_err(&failed)?;
            if outcome.status == Status::Succeeded {
                return Ok(Some(outcome.arn));
            }
        }
        Ok(None)
    }

    /// An execution that nobody follows, read whole.
    pub(crate) async fn read_once(&self, session: &aws::Session, arn: &str) -> Result<Seen, EngineError> {
        let failed = Self::failed(session);
        let (fact, machine) = tokio::join!(runs::describe(session, arn), machines::for_execution(session, arn));
        let fact = fact.map_err(&failed)?;
        let mut events: Vec<HistoryEvent> = Vec::new();
        let mut token = None;
        loop {
            let (page, next) = runs::history_page(session, arn, false, 1_000, token).await.map_err(&failed)?;
            events.extend(page);
            if next.is_none() {
                break;
            }
            token = next;
        }
        Ok(Seen::of(fact, machine.ok(), events, session.now()))
    }
}

fn side<'a>(seen: &'a Seen, jobs: &'a [(String, String)]) -> Side<'a> {
    Side {
        execution: &seen.row,
        input: seen.fact.input.as_deref(),
        definition: seen.machine.as_ref().map(|machine| machine.definition.as_str()),
        states: &seen.history.states,
        jobs,
        version: seen.row.version.as_deref(),
    }
}

/// The parameters of each task's last attempt, by its state.
fn jobs(seen: &Seen) -> Vec<(String, String)> {
    let mut jobs: Vec<(String, String)> = Vec::new();
    for event in seen.events() {
        let (Some(parameters), Some(state)) = (&event.detail.parameters, seen.history.state_of(event.id)) else {
            continue;
        };
        match jobs.iter_mut().find(|(name, _)| name == state) {
            Some((_, last)) => parameters.clone_into(last),
            None => jobs.push((state.to_owned(), parameters.clone())),
        }
    }
    jobs
}

/// True when two executions work on the same input.
pub(crate) fn same_input(one: Option<&str>, two: Option<&str>) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    match (one, two) {
        (Some(one), Some(two)) => one == two || read(one).is_some_and(|one| Some(one) == read(two)),
        _ => false,
    }
}
