//! Executions of one machine, of a Map Run, or of all machines at once; then live.

mod errors;
mod pages;

pub(crate) use pages::since_then;

use super::{Known, last_part, look_all, machine_name};
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use aws::{
    AwsError, Session,
    executions::{
        machines, metrics,
        runs::{self, ExecutionItem, Of},
    },
};
use contract::{
    Notice, Timestamp,
    executions::{ExecutionRow, ExecutionsOf, MachineKind, OpenExecutions, Status, facts::ExecutionFact},
    range::Within,
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use pages::{ended, newest_of, since_newest};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// Rows of one list at most: the service keeps 90 days, and a busy machine fills them.
const MOST_ROWS: usize = 20_000;
const PAGE: i32 = 200;
/// Newest rows whose histories are looked at.
const MOST_LOOKS: usize = 400;
/// Executions of one list of what runs, the service's limit.
const MOST_RUNNING: i32 = 1_000;
/// Executions that ended and lie far back, asked for one by one at a time.
const MOST_ENDED: usize = 20;
/// How often a list looks again for what is new.
const AGAIN: Duration = Duration::from_secs(4);
/// The same over all machines.
const AGAIN_ALL: Duration = Duration::from_secs(20);
/// Machines that are listed before what was found so far is looked at.
const LOOK_AFTER: usize = 12;
/// What is shown where no range is chosen and all would be too much.
pub(crate) const DAY: Within = Within::last_hours(24);

impl Desk {
    pub fn open_executions(&self, request: OpenExecutions, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<ExecutionRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move {
            match request.of {
                ExecutionsOf::Machine(arn) => {
                    // What cannot be described is listed as most are.
                    match desk.machine(&session, &arn).await {
                        Ok(machine) if machine.kind == MachineKind::Express => {
                            desk.load_express(&session, &machine, request.within, &writer).await
                        }
                        _ => desk.load_executions(&session, Of::Machine(&arn), request.within, &writer).await,
                    }
                }
                ExecutionsOf::MapRun(arn) => {
                    desk.load_executions(&session, Of::MapRun(&arn), request.within, &writer).await
                }
                ExecutionsOf::All => desk.load_all_executions(&session, request.within.unwrap_or(DAY), &writer).await,
            }
        });
        Ok(state)
    }

    async fn load_executions(
        &self,
        session: &Session,
        of: Of<'_>,
        within: Option<Within>,
        writer: &Arc<SetWriter<ExecutionRow>>,
    ) -> Result<Timestamp, EngineError> {
        let bounds = || within.map(|within| within.resolve(session.now()));
        let failed = Self::failed(session);
        let mut known = Known::default();
        let mut token = None;
        let mut read = 0;
        let mut newest = None;
        loop {
            let is_first = token.is_none();
            let (items, next) = runs::page(session, of, None, PAGE, token).await.map_err(&failed)?;
            read += items.len();
            newest = newest_of(newest, &items);
            // The service lists by start, newest first, and takes no range.
            let over = bounds().is_some_and(|(from, _)| items.iter().any(|item| item.started < from));
            writer.append(items.into_iter().filter(|item| ran_within(item, bounds())).map(row).collect());
            if is_first {
                // The first rows are those in sight: they are complete before the rest is read.
                self.look_at_new(session, &mut known, writer).await;
            }
            if over || next.is_none() || writer.cancelled() {
                break;
            }
            if read >= MOST_ROWS {
                writer.notice(Notice::warning(format!("Only the newest {read} executions were looked through.")));
                break;
            }
            token = next;
        }
        writer.finish(session.now());
        while !writer.cancelled() {
            self.look_at_new(session, &mut known, writer).await;
            self.pause(AGAIN).await;
            if writer.cancelled() {
                break;
            }
            match since_newest(newest, |token| runs::page(session, of, None, 100, token)).await {
                Ok(mut items) => {
                    newest = newest_of(newest, &items);
                    let listed: HashSet<String> = items.iter().map(|item| item.arn.clone()).collect();
                    items.retain(|item| ran_within(item, bounds()));
                    merge(writer, items);
                    self.look_at_running(session, of, &listed, writer).await;
                    leave_out(writer, bounds());
                }
                Err(error) => tracing::debug!(%error, "the list of executions could not be refreshed"),
            }
            writer.finish(session.now());
        }
        Ok(session.now())
    }

    /// Rows that ran when they were read, and that lie too far back for what was listed just now: one list says which of them
    /// run no more, and these are asked for.
    async fn look_at_running(
        &self,
        session: &Session,
        of: Of<'_>,
        listed: &HashSet<String>,
        writer: &SetWriter<ExecutionRow>,
    ) {
        let there = writer.rows_by_id();
        let unseen: Vec<&ExecutionRow> =
            there.values().filter(|row| row.stopped.is_none() && !listed.contains(&row.arn)).collect();
        if unseen.is_empty() {
            return;
        }
        let (running, next) = match runs::page(session, of, Some("RUNNING"), MOST_RUNNING, None).await {
            Ok(page) => page,
            Err(error) => {
                tracing::debug!(%error, "what still runs could not be listed");
                return;
            }
        };
        for arn in ended(&unseen, &running, next.is_none()).into_iter().take(MOST_ENDED) {
            match runs::describe(session, &arn).await {
                Ok(fact) => merge(writer, vec![item(fact)]),
                Err(error) => tracing::debug!(%error, arn, "an execution that ran could not be asked for"),
            }
        }
    }

    async fn load_all_executions(
        &self,
        session: &Session,
        within: Within,
        writer: &Arc<SetWriter<ExecutionRow>>,
    ) -> Result<Timestamp, EngineError> {
        let mut known = Known::default();
        loop {
            let bounds = Some(within.resolve(session.now()));
            let since = bounds.map_or(session.now(), |(from, _)| from);
            let arns: Vec<String> = self
                .busy_machines(session, since)
                .await
                .map_err(Self::failed(session))?
                .into_iter()
                .map(|busy| busy.arn)
                .collect();
            let mut asking = Vec::with_capacity(arns.len());
            for arn in &arns {
                asking.push(since_then(session, arn, since));
            }
            let mut asked = stream::iter(asking).buffered(6);
            let mut listed = 0;
            while let Some((arn, answer)) = asked.next().await {
                if writer.cancelled() {
                    return Ok(session.now());
                }
                listed += 1;
                if listed % LOOK_AFTER == 0 {
                    self.look_at_new(session, &mut known, writer).await;
                }
                match answer {
                    Ok((mut items, left)) => {
                        items.retain(|item| ran_within(item, bounds));
                        merge(writer, items);
                        if let Some(left) = left {
                            writer.notice(left);
                        }
                    }
                    Err(error) => writer.notice(Notice::warning(format!(
                        "Executions of {} could not be listed: {error}.",
                        machine_name(arn)
                    ))),
                }
            }
            drop(asked);
            leave_out(writer, bounds);
            self.look_at_new(session, &mut known, writer).await;
            writer.finish(session.now());
            self.pause(AGAIN_ALL).await;
            if writer.cancelled() {
                return Ok(session.now());
            }
        }
    }

    /// Standard machines that ran since then, by the metrics, those with failures first; all of them if there are no
    /// metrics to be had.
    pub(crate) async fn busy_machines(&self, session: &Session, since: Timestamp) -> Result<Vec<Busy>, AwsError> {
        let mut arns = Vec::new();
        let mut token = None;
        loop {
            let (page, next) = machines::page(session, session.region(), token).await?;
            arns.extend(page.into_iter().filter(|item| item.kind == MachineKind::Standard).map(|item| item.arn));
            if next.is_none() {
                break;
            }
            token = next;
        }
        match metrics::machines(session, session.region(), &arns, since, session.now()).await {
            Ok(counted) => {
                let mut busy: Vec<Busy> = arns
                    .into_iter()
                    .filter_map(|arn| {
                        let counts = counted.get(&arn)?.counts;
                        let failed = counts.failed + counts.timed_out + counts.aborted;
                        let ended = failed + counts.succeeded;
                        (counts.started + ended > 0).then_some(Busy { arn, failed, running: counts.started > ended })
                    })
                    .collect();
                busy.sort_by(|one, two| {
                    (two.failed, two.running).cmp(&(one.failed, one.running)).then_with(|| one.arn.cmp(&two.arn))
                });
                Ok(busy)
            }
            Err(AwsError::SignIn { message, request_id }) => Err(AwsError::SignIn { message, request_id }),
            Err(error) => {
                tracing::warn!(%error, "without metrics every machine is listed");
                Ok(arns.into_iter().map(|arn| Busy { arn, failed: 1, running: true }).collect())
            }
        }
    }

    /// Looks at the histories of rows that were not looked at, newest first, and again at those that run.
    pub(crate) async fn look_at_new(
        &self,
        session: &Session,
        known: &mut Known,
        writer: &Arc<SetWriter<ExecutionRow>>,
    ) {
        let mut rows: Vec<ExecutionRow> = writer.rows_by_id().into_values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.started));
        rows.truncate(MOST_LOOKS);
        if let Err(error) =
            look_all(self, session, rows, known, &|| writer.cancelled(), &mut |row| writer.replace(row)).await
        {
            writer.notice(Notice::warning(format!("Failed states and caught failures are missing in part: {error}.")));
        }
    }

    /// Waits, and longer while the window is hidden.
    pub(crate) async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
        while !self.is_watched() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// A machine that ran, as the metrics have it.
pub(crate) struct Busy {
    pub arn: String,
    pub failed: u64,
    /// More was started than has ended.
    pub running: bool,
}

/// Whether an execution ran at some time between two moments.
fn ran_within(item: &ExecutionItem, bounds: Option<(Timestamp, Timestamp)>) -> bool {
    bounds.is_none_or(|bounds| overlaps(item.started, item.stopped, bounds))
}

fn overlaps(started: Timestamp, stopped: Option<Timestamp>, (from, until): (Timestamp, Timestamp)) -> bool {
    started < until && stopped.is_none_or(|stopped| stopped >= from)
}

/// Takes out what a range that goes on with the clock has left behind.
pub(super) fn leave_out(writer: &SetWriter<ExecutionRow>, bounds: Option<(Timestamp, Timestamp)>) {
    let Some(bounds) = bounds else { return };
    let all = writer.rows_by_id();
    let before = all.len();
    let kept: Vec<ExecutionRow> = all.into_values().filter(|row| overlaps(row.started, row.stopped, bounds)).collect();
    if kept.len() < before {
        writer.set_all(kept);
    }
}

/// Puts what was listed into the set; what is known of a row that did not change stays.
fn merge(writer: &SetWriter<ExecutionRow>, items: Vec<ExecutionItem>) {
    let there = writer.rows_by_id();
    let changed: Vec<ExecutionRow> = items
        .into_iter()
        .map(row)
        .filter(|new| {
            there.get(&new.arn).is_none_or(|old| {
                let same_status = old.status == new.status
                    || (old.status == Status::CaughtFailure && new.status == Status::Succeeded);
                !same_status || old.redrives != new.redrives || old.stopped != new.stopped
            })
        })
        .collect();
    if !changed.is_empty() {
        writer.append(changed);
    }
}

/// As a list has it.
pub(crate) fn item(fact: ExecutionFact) -> ExecutionItem {
    ExecutionItem {
        arn: fact.arn,
        machine: fact.machine,
        name: fact.name,
        status: fact.status,
        started: fact.started,
        stopped: fact.stopped,
        redrives: fact.redrive_count,
        version: fact.version,
        alias: fact.alias,
    }
}

pub(crate) fn row(item: ExecutionItem) -> ExecutionRow {
    let started_with = item.alias.as_deref().or(item.version.as_deref());
    ExecutionRow {
        machine: machine_name(&item.arn).to_owned(),
        machine_arn: item.machine,
        name: item.name,
        status: Status::from_api(&item.status),
        started: item.started,
        stopped: item.stopped,
        redrives: item.redrives,
        state: None,
        error: None,
        cause: None,
        version: started_with.map(|arn| format!(":{}", last_part(arn))),
        looked: false,
        arn: item.arn,
    }
}
