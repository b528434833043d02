//! One execution, followed: its end first, so that the failed state is there at once; then its whole history, page by
//! page; then what is new while it runs.
//!
//! Everything that the window shows of an execution (graph, states, events, the reason) comes from the one history that
//! is kept here while somebody looks.

use super::{is_express, last_part, lock, machine_name};
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use ::executions::{
    Definition, History,
    cause::{one_line, unfold},
    express,
    graph::graph,
    why::why,
};
use aws::{
    AwsError, Session,
    executions::{logs, machines, region_of, runs},
};
use contract::{
    Notice, Timestamp,
    executions::{
        DefinitionProblem, EventRow, ExecutionEvent, ExecutionLink, ExecutionRow, ExecutionView, Graph, GraphRun,
        MachineKind, MapRunRow, OpenHistoryEvents, OpenStates, Redrive, StateRow, Status, UnwatchExecution,
        WatchExecution,
        facts::{ExecutionFact, HistoryEvent, MachineFact, MapRunFact},
    },
    sets::SetState,
};
use jiff::{SignedDuration, ToSpan as _};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where views of an execution are reported.
pub type ExecutionEvents = Arc<dyn Fn(ExecutionEvent) + Send + Sync>;

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

/// An execution that somebody looks at.
pub(crate) struct Followed {
    pub arn: String,
    pub session: Session,
    state: Mutex<State>,
    revision: watch::Sender<u64>,
    cancel: CancellationToken,
}

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Followed").field("arn", &self.arn).finish_non_exhaustive()
    }
}

struct State {
    fact: ExecutionFact,
    kind: MachineKind,
    machine: Option<Arc<MachineFact>>,
    definition: Option<Arc<Definition>>,
    graph: Option<Arc<Graph>>,
    problem: Option<DefinitionProblem>,
    /// From the first event on, without holes.
    events: Arc<Vec<HistoryEvent>>,
    /// The end, while the rest is not there yet.
    tail: Arc<Vec<HistoryEvent>>,
    complete: bool,
    as_of: Timestamp,
    history: Arc<History>,
    definition_changed: Option<bool>,
    parents: Vec<ExecutionLink>,
    map_runs: Vec<MapRunRow>,
    notices: Vec<Notice>,
    watchers: Vec<Watcher>,
}

#[derive(Clone)]
struct Watcher {
    events: ExecutionEvents,
    has_graph: bool,
}

impl Desk {
    /// Follows an execution. The reply holds what one call tells; the rest arrives on the channel.
    pub async fn watch_execution(
        &self,
        request: WatchExecution,
        events: ExecutionEvents,
    ) -> Result<ExecutionView, EngineError> {
        let followed = self.follow(&request.arn).await?;
        let mut state = lock(&followed.state);
        let has_graph = state.graph.is_some();
        let view = state.view(has_graph);
        state.watchers.push(Watcher { events, has_graph });
        Ok(view)
    }

    pub fn unwatch_execution(&self, request: &UnwatchExecution) {
        let mut all = lock(&self.inner.executions.followed);
        if let Some(followed) = all.remove(&request.arn) {
            followed.cancel.cancel();
        }
    }

    /// The window has reloaded or closed.
    pub(crate) fn forget_followed(&self) {
        for (_, followed) in lock(&self.inner.executions.followed).drain() {
            followed.cancel.cancel();
        }
    }

    /// The followed execution, begun if need be.
    pub(crate) async fn follow(&self, arn: &str) -> Result<Arc<Followed>, EngineError> {
        let known = lock(&self.inner.executions.followed).get(arn).cloned();
        let session = self.session()?;
        if let Some(followed) = known
            && followed.session.profile() == session.profile()
        {
            return Ok(followed);
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
        lock(&self.inner.executions.followed).insert(arn.to_owned(), Arc::clone(&followed));
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
        Ok(followed)
    }

    async fn read_standard(&self, one: &Followed) -> Result<(), AwsError> {
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
                        one.change(|state| {
                            state.append(std::mem::take(&mut page_of));
                            let read = state.events.len();
                            state.note(format!("Only the first {read} events and the last could be read: {error}."));
                        });
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

    async fn read_express(&self, one: &Followed) -> Result<(), AwsError> {
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
            let (page, next) = logs::page(session, &group, Some(&one.arn), from, None, token).await?;
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
            if changes.changed().await.is_err() {
                return;
            }
        }
    }
}

/// A followed execution at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub fact: ExecutionFact,
    pub kind: MachineKind,
    /// As it was for the execution.
    pub machine: Option<Arc<MachineFact>>,
    pub definition: Option<Arc<Definition>>,
    pub history: Arc<History>,
    events: Arc<Vec<HistoryEvent>>,
    pub complete: bool,
    pub row: ExecutionRow,
    pub definition_changed: Option<bool>,
    pub map_runs: Vec<MapRunRow>,
    pub map_run_facts: Vec<MapRunFact>,
}

impl Seen {
    /// An execution that nobody follows, from what was read of it.
    pub fn of(fact: ExecutionFact, machine: Option<MachineFact>, events: Vec<HistoryEvent>, now: Timestamp) -> Self {
        let mut state = State::new(fact, MachineKind::Standard, now);
        state.complete = events.first().is_some_and(|event| event.id == 1);
        state.events = Arc::new(events);
        match machine {
            Some(machine) => state.set_machine(machine),
            None => state.reread(),
        }
        state.seen()
    }

    pub fn events(&self) -> &[HistoryEvent] {
        &self.events
    }

    /// Events of the whole history: they are numbered without holes.
    pub fn last_event(&self) -> Option<u64> {
        self.events.last().map(|event| event.id)
    }
}

impl State {
    fn new(fact: ExecutionFact, kind: MachineKind, as_of: Timestamp) -> Self {
        Self {
            fact,
            kind,
            machine: None,
            definition: None,
            graph: None,
            problem: None,
            events: Arc::default(),
            tail: Arc::default(),
            complete: false,
            as_of,
            history: Arc::new(History::read(&[], None, as_of)),
            definition_changed: None,
            parents: Vec::new(),
            map_runs: Vec::new(),
            notices: Vec::new(),
            watchers: Vec::new(),
        }
    }

    fn set_machine(&mut self, machine: MachineFact) {
        match Definition::read(&machine.definition) {
            Ok(definition) => {
                self.graph = Some(Arc::new(graph(&definition)));
                self.definition = Some(Arc::new(definition));
            }
            Err(problem) => self.problem = Some(problem),
        }
        self.machine = Some(Arc::new(machine));
        self.reread();
    }

    fn note(&mut self, text: String) {
        let notice = Notice::warning(text);
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }

    fn append(&mut self, events: Vec<HistoryEvent>) {
        let last = self.events.last().map_or(0, |event| event.id);
        // In place, unless somebody reads them at this moment.
        Arc::make_mut(&mut self.events).extend(events.into_iter().filter(|event| event.id > last));
        self.reread();
    }

    /// Until the whole is there, its end says more than its beginning.
    fn reread(&mut self) {
        let history = History::read(self.known_events(), self.definition.as_deref(), self.as_of);
        self.history = Arc::new(history);
    }

    fn known_events(&self) -> &Arc<Vec<HistoryEvent>> {
        if !self.complete && !self.tail.is_empty() { &self.tail } else { &self.events }
    }

    fn seen(&self) -> Seen {
        Seen {
            fact: self.fact.clone(),
            kind: self.kind,
            machine: self.machine.clone(),
            definition: self.definition.clone(),
            history: Arc::clone(&self.history),
            events: Arc::clone(self.known_events()),
            complete: self.complete,
            row: self.row(),
            definition_changed: self.definition_changed,
            map_run_facts: self.map_runs.iter().map(|run| run.fact.clone()).collect(),
            map_runs: self.map_runs.clone(),
        }
    }

    fn row(&self) -> ExecutionRow {
        let fact = &self.fact;
        let failure = self.history.first_failure();
        let mut status = Status::from_api(&fact.status);
        // Of a success, a first failure is one that was handled and led to the end.
        if status == Status::Succeeded && failure.is_some() {
            status = Status::CaughtFailure;
        }
        let failure = failure.filter(|_| status.is_failure());
        let started_with = fact.alias.as_deref().or(fact.version.as_deref());
        ExecutionRow {
            arn: fact.arn.clone(),
            machine: machine_name(&fact.arn).to_owned(),
            machine_arn: fact.machine.clone(),
            name: fact.name.clone(),
            status,
            started: fact.started,
            stopped: fact.stopped,
            redrives: fact.redrive_count,
            state: match failure {
                Some(failure) => failure.state.clone(),
                None if status == Status::Running => self.history.running().first().map(|state| (*state).to_owned()),
                None => None,
            },
            error: failure.map(|failure| failure.error.clone()).or_else(|| fact.error.clone()),
            cause: failure.map(|failure| {
                one_line(&unfold(failure.resource_type.as_deref(), Some(&failure.error), failure.cause.as_deref()))
            }),
            version: started_with.map(|arn| format!(":{}", last_part(arn))),
            looked: true,
        }
    }

    fn view(&self, with_graph: bool) -> ExecutionView {
        let fact = &self.fact;
        let row = self.row();
        let partial = !self.complete;
        ExecutionView {
            why: why(&self.history, self.definition.as_deref(), fact, partial),
            run: self.graph.as_ref().map_or_else(GraphRun::default, |graph| self.history.graph_run(graph)),
            kind: self.kind,
            graph: self.graph.as_deref().filter(|_| with_graph).cloned(),
            graph_problem: self.problem.clone(),
            events: self.events.len().max(self.tail.len()) as u64,
            complete: self.complete,
            as_of: self.as_of,
            redrive: Redrive {
                status: fact.redrive_status.clone(),
                reason: fact.redrive_reason.clone(),
                count: fact.redrive_count,
                date: fact.redrive_date,
                until: fact
                    .stopped
                    .filter(|_| row.status.is_failure() && row.status != Status::CaughtFailure)
                    .and_then(|stopped| stopped.checked_add((14 * 24).hours()).ok()),
            },
            definition_changed: self.definition_changed,
            parents: self.parents.clone(),
            map_runs: self.map_runs.clone(),
            notices: self.notices.clone(),
            execution: row,
        }
    }
}

pub(crate) fn link(arn: &str) -> ExecutionLink {
    ExecutionLink { arn: arn.to_owned(), name: last_part(arn).to_owned(), machine: machine_name(arn).to_owned() }
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

fn gone(arn: &str, error: AwsError, failed: &impl Fn(AwsError) -> EngineError) -> EngineError {
    match &error {
        AwsError::Service { code, .. } if code == "ExecutionDoesNotExist" => EngineError::NotFound(format!(
            "There is no execution {} of {} any more. Histories are kept for 90 days after an execution ended.",
            last_part(arn),
            machine_name(arn)
        )),
        _ => failed(error),
    }
}

/// Nothing describes an execution of an Express machine; what is known before its log was read.
fn express_fact(arn: &str, session: &Session) -> ExecutionFact {
    let parts: Vec<&str> = arn.split(':').collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    ExecutionFact {
        arn: arn.to_owned(),
        machine: format!(
            "arn:{}:states:{}:{}:stateMachine:{}",
            part(1),
            region_of(arn).unwrap_or_else(|| session.region()),
            part(4),
            part(6)
        ),
        name: part(7).to_owned(),
        status: "UNKNOWN".to_owned(),
        started: session.now().checked_add(LOG_SLACK).unwrap_or_else(|_| session.now()),
        stopped: None,
        input: None,
        output: None,
        error: None,
        cause: None,
        version: None,
        alias: None,
        map_run: None,
        redrive_count: 0,
        redrive_date: None,
        redrive_status: None,
        redrive_reason: None,
    }
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
