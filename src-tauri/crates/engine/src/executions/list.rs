//! Executions of one machine, of a Map Run, or of all machines at once; then live.

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
    executions::{
        ErrorGroup, ErrorGroups, ExecutionRow, ExecutionsOf, GroupErrors, MachineKind, OpenExecutions, Status,
        StripRun, facts::ExecutionFact,
    },
    range::Within,
    sets::{Rows, SetState},
};
use futures_util::{StreamExt, stream};
use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

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
/// Bars of the strip.
const STRIP: usize = 50;

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
                    Ok(mut items) => {
                        items.retain(|item| ran_within(item, bounds));
                        merge(writer, items);
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

    /// Errors, strip and rates of the rows that an open set shows.
    pub fn group_errors(&self, request: GroupErrors) -> Result<ErrorGroups, EngineError> {
        let Rows::Executions(rows) = self.inner.sets.all_rows(request.set)?.rows else {
            return Err(EngineError::BadInput("This is no list of executions.".into()));
        };
        Ok(grouped(rows, Timestamp::now()))
    }
}

/// A machine that ran, as the metrics have it.
pub(crate) struct Busy {
    pub arn: String,
    pub failed: u64,
    /// More was started than has ended.
    pub running: bool,
}

fn grouped(mut rows: Vec<ExecutionRow>, now: Timestamp) -> ErrorGroups {
    rows.sort_by_key(|row| std::cmp::Reverse(row.started));
    let took = |row: &ExecutionRow| {
        u64::try_from(row.stopped.unwrap_or(now).duration_since(row.started).as_secs()).unwrap_or(0)
    };
    let mut groups: HashMap<(String, Option<String>), Vec<&ExecutionRow>> = HashMap::new();
    for row in rows.iter().filter(|row| row.status.is_failure()) {
        let error = row.error.clone().unwrap_or_else(|| row.status.word().to_owned());
        groups.entry((error, row.state.clone())).or_default().push(row);
    }
    let mut groups: Vec<ErrorGroup> = groups
        .into_iter()
        .filter_map(|((error, state), rows)| {
            let (newest, oldest) = (rows.first()?, rows.last()?);
            Some(ErrorGroup {
                error,
                state,
                cause: newest.cause.clone(),
                machines: rows.iter().map(|row| row.machine.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
                count: rows.len() as u64,
                newest: newest.started,
                oldest: oldest.started,
                executions: rows.iter().map(|row| row.arn.clone()).collect(),
            })
        })
        .collect();
    groups.sort_by(|one, two| two.count.cmp(&one.count).then_with(|| two.newest.cmp(&one.newest)));
    let mut times: Vec<u64> = rows.iter().filter(|row| row.status == Status::Succeeded).map(&took).collect();
    times.sort_unstable();
    ErrorGroups {
        groups,
        strip: rows
            .iter()
            .take(STRIP)
            .map(|row| StripRun {
                arn: row.arn.clone(),
                name: row.name.clone(),
                status: row.status,
                started: row.started,
                seconds: took(row),
            })
            .collect(),
        median: times.get(times.len() / 2).copied(),
        succeeded: times.len() as u64,
        ended: rows.iter().filter(|row| row.stopped.is_some()).count() as u64,
    }
}

/// The latest start of what was listed.
fn newest_of(newest: Option<Timestamp>, items: &[ExecutionItem]) -> Option<Timestamp> {
    newest.into_iter().chain(items.iter().map(|item| item.started)).max()
}

/// The newest page, and those behind it until one reaches back to what was listed before: while the window was hidden, or where
/// many start at once, one page would leave a gap.
async fn since_newest<F, W>(newest: Option<Timestamp>, page: F) -> Result<Vec<ExecutionItem>, AwsError>
where
    F: Fn(Option<String>) -> W,
    W: Future<Output = Result<(Vec<ExecutionItem>, Option<String>), AwsError>>,
{
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let (items, next) = page(token).await?;
        let is_reached = items.iter().any(|item| newest.is_some_and(|newest| item.started <= newest));
        found.extend(items);
        if is_reached || next.is_none() || found.len() >= MOST_ROWS {
            return Ok(found);
        }
        token = next;
    }
}

/// Those that run no more, the oldest first. A list of what runs that is not whole tells nothing of what began before its last.
fn ended(unseen: &[&ExecutionRow], running: &[ExecutionItem], is_whole: bool) -> Vec<String> {
    let runs: HashSet<&str> = running.iter().map(|item| item.arn.as_str()).collect();
    let reaches = running.iter().map(|item| item.started).min().filter(|_| !is_whole);
    let is_told = |row: &&&ExecutionRow| reaches.is_none_or(|reaches| row.started > reaches);
    let mut ended: Vec<&&ExecutionRow> =
        unseen.iter().filter(is_told).filter(|row| !runs.contains(row.arn.as_str())).collect();
    ended.sort_by_key(|row| row.started);
    ended.into_iter().map(|row| row.arn.clone()).collect()
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

/// Executions that started since then.
pub(crate) async fn since_then<'a>(
    session: &Session,
    arn: &'a str,
    since: Timestamp,
) -> (&'a str, Result<Vec<ExecutionItem>, AwsError>) {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        match runs::page(session, Of::Machine(arn), None, 100, token).await {
            Ok((items, next)) => {
                let older = items.iter().any(|item| item.started < since);
                // One that was started before and still runs, or ended meanwhile, belongs to the range too.
                found.extend(items.into_iter().filter(|item| item.stopped.is_none_or(|stopped| stopped >= since)));
                if older || next.is_none() || found.len() >= 2_000 {
                    return (arn, Ok(found));
                }
                token = next;
            }
            Err(error) => return (arn, Err(error)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn started(number: i64) -> ExecutionItem {
        ExecutionItem {
            arn: format!("arn:aws:states:eu-west-1:1:execution:daily:{number}"),
            machine: "arn:aws:states:eu-west-1:1:stateMachine:daily".into(),
            name: number.to_string(),
            status: "RUNNING".into(),
            started: Timestamp::from_second(number).unwrap(),
            stopped: None,
            redrives: 0,
            version: None,
            alias: None,
        }
    }

    #[tokio::test]
    async fn a_refresh_reaches_back_to_what_was_listed_before() {
        // Ten a page, newest first, down to the first second.
        let page = |token: Option<String>| async move {
            let newest: i64 = token.map_or(100, |token| token.parse().unwrap());
            let items: Vec<ExecutionItem> = (newest - 9..=newest).rev().map(started).collect();
            Ok::<_, AwsError>((items, (newest > 10).then(|| (newest - 10).to_string())))
        };
        let read = async |newest: Option<i64>| {
            let newest = newest.map(|second| Timestamp::from_second(second).unwrap());
            since_newest(newest, page).await.unwrap().len()
        };
        assert_eq!(read(Some(100)).await, 10, "nothing new is one page");
        assert_eq!(read(Some(95)).await, 10);
        assert_eq!(read(Some(65)).await, 40, "what began while nobody looked is not left out");
        assert_eq!(read(None).await, 100, "there was nothing before");
    }

    #[test]
    fn what_began_long_ago_and_ended_is_asked_for() {
        let rows: Vec<ExecutionRow> = [7, 3, 5].map(started).map(row).into();
        let unseen: Vec<&ExecutionRow> = rows.iter().collect();
        let names = |running: &[ExecutionItem], is_whole: bool| -> Vec<String> {
            let ended = ended(&unseen, running, is_whole);
            ended.iter().map(|arn| last_part(arn).to_owned()).collect()
        };
        assert_eq!(names(&[started(5)], true), ["3", "7"]);
        assert_eq!(names(&[], true), ["3", "5", "7"]);
        assert_eq!(names(&[started(9), started(5)], false), ["7"], "of what began before, the list tells nothing");
    }
}
