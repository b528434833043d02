//! One execution, followed: its end first, so that the failed state is there at once; then its whole history, page by
//! page; then what is new while it runs.
//!
//! Everything that the window shows of an execution (graph, states, events, the reason) comes from the one history that
//! is kept here while somebody looks.

mod read;
mod state;

use super::{is_express, last_part, lock, machine_name};
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use aws::{AwsError, Session, executions::runs};
use contract::{
    executions::{
        EventRow, ExecutionEvent, ExecutionView, MachineKind, OpenHistoryEvents, OpenStates, StateRow,
        UnwatchExecution, WatchExecution, facts::HistoryEvent,
    },
    sets::SetState,
};
use read::express_fact;
pub(crate) use state::{Seen, link};
use state::{State, Watcher};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where views of an execution are reported.
pub type ExecutionEvents = Arc<dyn Fn(ExecutionEvent) + Send + Sync>;

/// An execution that somebody looks at.
pub(crate) struct Followed {
    pub arn: String,
    pub session: Session,
    state: Mutex<State>,
    revision: watch::Sender<u64>,
    cancel: CancellationToken,
}

/// Held by who looks at a followed execution: the last one ends it.
#[derive(Debug)]
pub(crate) struct Look {
    desk: Desk,
    followed: Arc<Followed>,
}

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Followed").field("arn", &self.arn).finish_non_exhaustive()
    }
}

impl Desk {
    /// Follows an execution. The reply holds what one call tells; the rest arrives on the channel.
    pub async fn watch_execution(
        &self,
        request: WatchExecution,
        events: ExecutionEvents,
    ) -> Result<ExecutionView, EngineError> {
        loop {
            let followed = self.follow(&request.arn).await?;
            let mut state = lock(&followed.state);
            // It has failed since, and tells nothing more.
            if followed.cancel.is_cancelled() {
                continue;
            }
            let has_graph = state.graph.is_some();
            let view = state.view(has_graph);
            state.watchers.push(Watcher { events, has_graph });
            state.pages += 1;
            return Ok(view);
        }
    }

    pub fn unwatch_execution(&self, request: &UnwatchExecution) {
        let mut all = lock(&self.inner.executions.followed);
        let Some(followed) = all.get(&request.arn).cloned() else { return };
        let mut state = lock(&followed.state);
        state.pages = state.pages.saturating_sub(1);
        end_unseen(&mut all, &followed, &state);
    }

    /// The window has reloaded or closed.
    pub(crate) fn forget_followed(&self) {
        for (_, followed) in lock(&self.inner.executions.followed).drain() {
            followed.cancel.cancel();
        }
    }

    /// Those that somebody looks at.
    pub(crate) fn followed_executions(&self) -> Vec<Arc<Followed>> {
        lock(&self.inner.executions.followed).values().cloned().collect()
    }

    /// The followed execution, begun if need be. It is followed until nobody holds a look at it, and no page shows it.
    pub(crate) async fn follow(&self, arn: &str) -> Result<Look, EngineError> {
        let session = self.session()?;
        if let Some(look) = self.join(&lock(&self.inner.executions.followed), arn, &session) {
            return Ok(look);
        }
        let failed = Self::failed(&session);
        if arn.split(':').count() < 8 || !matches!(arn.split(':').nth(5), Some("execution" | "express")) {
            return Err(EngineError::BadInput(format!("{arn} is not the ARN of an execution.")));
        }
        let (fact, kind) = if is_express(arn) {
            (express_fact(arn, &session), MachineKind::Express)
        } else {
            (runs::describe(&session, arn).await.map_err(|error| gone(arn, error, &failed))?, MachineKind::Standard)
        };
        let as_of = session.now();
        let followed = Arc::new(Followed {
            arn: arn.to_owned(),
            session,
            state: Mutex::new(State::new(fact, kind, as_of)),
            revision: watch::Sender::new(0),
            cancel: CancellationToken::new(),
        });
        let look = {
            // A page asks for view, states and events at once; one of them begins, the others join.
            let mut all = lock(&self.inner.executions.followed);
            if let Some(look) = self.join(&all, arn, &followed.session) {
                return Ok(look);
            }
            if let Some(other) = all.insert(arn.to_owned(), Arc::clone(&followed)) {
                other.cancel.cancel();
                // Pages that looked at that one have still to say that they leave.
                let pages = lock(&other.state).pages;
                lock(&followed.state).pages = pages;
            }
            self.look_at(&followed)
        };
        let (desk, one) = (self.clone(), Arc::clone(&followed));
        tokio::spawn(async move {
            let work = async {
                if is_express(&one.arn) { desk.read_express(&one).await } else { desk.read_standard(&one).await }
            };
            tokio::select! {
                () = one.cancel.cancelled() => {}
                outcome = work => {
                    if let Err(error) = outcome {
                        one.fail(Self::failed(&one.session)(error));
                    }
                }
            }
        });
        Ok(look)
    }

    /// A look at what is followed already. It is counted before the lock is given back: who leaves in this moment is not
    /// the last then.
    fn join(&self, all: &HashMap<String, Arc<Followed>>, arn: &str, session: &Session) -> Option<Look> {
        all.get(arn).filter(|followed| followed.is_good(session)).map(|followed| self.look_at(followed))
    }

    fn look_at(&self, followed: &Arc<Followed>) -> Look {
        lock(&followed.state).looks += 1;
        Look { desk: self.clone(), followed: Arc::clone(followed) }
    }

    /// The visits to states of a followed execution; they go on changing with it.
    pub async fn open_states(&self, request: OpenStates, events: Events) -> Result<SetState, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let (state, writer) = self.inner.sets.open::<StateRow>(followed.session.now(), events);
        load(writer, move |writer| async move {
            let mut changes = followed.revision.subscribe();
            loop {
                let (rows, complete, as_of) = {
                    let state = lock(&followed.state);
                    (state.history.states.clone(), state.complete, state.as_of)
                };
                writer.set_all(rows);
                if complete {
                    writer.finish(as_of);
                }
                if wait(&mut changes, &writer, &followed).await {
                    return Ok(as_of);
                }
            }
        });
        Ok(state)
    }

    /// The events of a followed execution.
    pub async fn open_history_events(
        &self,
        request: OpenHistoryEvents,
        events: Events,
    ) -> Result<SetState, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let (state, writer) = self.inner.sets.open::<EventRow>(followed.session.now(), events);
        load(writer, move |writer| async move {
            let mut changes = followed.revision.subscribe();
            let mut given = 0;
            loop {
                let (rows, complete, as_of) = {
                    let state = lock(&followed.state);
                    let fresh = state.events.get(given..).unwrap_or_default();
                    let rows: Vec<EventRow> = fresh.iter().map(|event| state.history.event_row(event)).collect();
                    (rows, state.complete, state.as_of)
                };
                given += rows.len();
                writer.append(rows);
                if complete {
                    writer.finish(as_of);
                }
                if wait(&mut changes, &writer, &followed).await {
                    return Ok(as_of);
                }
            }
        });
        Ok(state)
    }
}

/// Ends what nobody looks at any more. Another may be followed under its name by now.
fn end_unseen(all: &mut HashMap<String, Arc<Followed>>, followed: &Arc<Followed>, state: &State) {
    let is_it = all.get(&followed.arn).is_some_and(|one| Arc::ptr_eq(one, followed));
    if is_it && state.pages + state.looks == 0 {
        followed.cancel.cancel();
        all.remove(&followed.arn);
    }
}

impl std::ops::Deref for Look {
    type Target = Followed;

    fn deref(&self) -> &Followed {
        &self.followed
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        let mut all = lock(&self.desk.inner.executions.followed);
        let mut state = lock(&self.followed.state);
        state.looks = state.looks.saturating_sub(1);
        end_unseen(&mut all, &self.followed, &state);
    }
}

/// Waits for a change of what is followed; true when nobody looks any more.
async fn wait<R: crate::sets::Record>(
    changes: &mut watch::Receiver<u64>,
    writer: &SetWriter<R>,
    followed: &Followed,
) -> bool {
    loop {
        tokio::select! {
            () = followed.cancel.cancelled() => return true,
            answer = changes.changed() => return answer.is_err() || writer.cancelled(),
            () = tokio::time::sleep(Duration::from_secs(1)) => {
                if writer.cancelled() {
                    return true;
                }
            }
        }
    }
}

impl Followed {
    /// Whether a page of this session may join: one whose reading has failed tells nothing more.
    fn is_good(&self, session: &Session) -> bool {
        self.session.profile() == session.profile() && !self.cancel.is_cancelled()
    }

    /// Changes what is known and tells those who look.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let (views, revision) = {
            let mut state = lock(&self.state);
            change(&mut state);
            let has_graph = state.graph.is_some();
            let plain = state.view(false);
            let views: Vec<(ExecutionEvents, ExecutionView)> = state
                .watchers
                .iter_mut()
                .map(|watcher| {
                    let mut view = plain.clone();
                    if has_graph && !watcher.has_graph {
                        view.graph = None;
                        watcher.has_graph = true;
                        return (Arc::clone(&watcher.events), view, true);
                    }
                    (Arc::clone(&watcher.events), view, false)
                })
                .collect::<Vec<_>>()
                .into_iter()
                .map(|(events, mut view, wants)| {
                    if wants {
                        view.graph = state.graph.as_deref().cloned();
                    }
                    (events, view)
                })
                .collect();
            let revision = *self.revision.borrow() + 1;
            (views, revision)
        };
        for (events, view) in views {
            events(ExecutionEvent::View(Box::new(view)));
        }
        self.revision.send_replace(revision);
    }

    fn fail(&self, error: EngineError) {
        let fault = contract::Fault::from(error);
        // Nothing more will come: who waits for the whole goes on with what there is.
        self.change(|state| state.complete = true);
        // Who asks once more, with credentials that were renewed, begins anew.
        self.cancel.cancel();
        let watchers = lock(&self.state).watchers.clone();
        for watcher in watchers {
            (watcher.events)(ExecutionEvent::Failed(fault.clone()));
        }
    }

    /// What is known of it now.
    pub fn known(&self) -> Seen {
        lock(&self.state).seen()
    }

    /// One event by its number.
    pub fn event(&self, number: u64) -> Option<(EventRow, HistoryEvent)> {
        let state = lock(&self.state);
        let event = state.events.iter().chain(state.tail.iter()).find(|event| event.id == number)?;
        Some((state.history.event_row(event), event.clone()))
    }

    /// Waits until the whole history is there.
    pub async fn whole(&self) {
        let mut changes = self.revision.subscribe();
        while !lock(&self.state).complete && !self.cancel.is_cancelled() {
            tokio::select! {
                () = self.cancel.cancelled() => return,
                answer = changes.changed() => if answer.is_err() { return },
            }
        }
    }
}

fn gone(arn: &str, error: AwsError, failed: &impl Fn(AwsError) -> EngineError) -> EngineError {
    match &error {
        AwsError::NotFound { code, .. } if code == "ExecutionDoesNotExist" => EngineError::NotFound(format!(
            "There is no execution {} of {} any more. Histories are kept for 90 days after an execution ended.",
            last_part(arn),
            machine_name(arn)
        )),
        _ => failed(error),
    }
}
