//! The list of state machines: names, then counts of the metrics, then what is expected and the last run.

use super::{KeptMachines, lock, machine_name};
use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use ::executions::{Definition, graph::graph, schedule};
use aws::{
    AwsError, Session,
    executions::{clock, machines, metrics, runs},
};
use contract::{
    Notice, Timestamp,
    executions::{
        DescribeMachine, Expected, LastRun, MachineDetail, MachineKind, MachineRow, OpenMachines, Standing,
        facts::{MachineFact, StartRule},
    },
    range::Within,
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Machines whose last run is asked for at once; the pacer of the session decides how fast.
const AT_ONCE: usize = 6;
/// How long a described machine is believed.
const FRESH: Duration = Duration::from_secs(30);

impl Desk {
    /// The machines of the session's region.
    pub fn open_machines(&self, request: OpenMachines, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<MachineRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move { desk.load_machines(&session, request.within, &writer).await });
        Ok(state)
    }

    async fn load_machines(
        &self,
        session: &Session,
        within: Within,
        writer: &Arc<SetWriter<MachineRow>>,
    ) -> Result<Timestamp, EngineError> {
        let place = (session.profile().to_owned(), session.region().to_owned());
        let kept = lock(&self.inner.executions.machines).get(&place).cloned();
        let kept = kept.map_or_else(Vec::new, |KeptMachines { within: covered, mut rows }| {
            if covered != within {
                // Counts of another range would be wrong numbers until the new ones are there.
                for row in &mut rows {
                    row.counts = None;
                    row.median = None;
                }
            }
            rows
        });
        let mut known: HashMap<String, MachineRow> = kept.iter().map(|row| (row.arn.clone(), row.clone())).collect();
        writer.append(kept);
        let failed = Self::failed(session);
        let mut arns = Vec::new();
        let mut token = None;
        loop {
            let (page, next) = machines::page(session, session.region(), token).await.map_err(&failed)?;
            let now = session.now();
            let rows: Vec<MachineRow> = page
                .into_iter()
                .map(|item| {
                    arns.push(item.arn.clone());
                    known.remove(&item.arn).unwrap_or(MachineRow {
                        arn: item.arn,
                        name: item.name,
                        kind: item.kind,
                        created: Some(item.created),
                        counts: None,
                        last: None,
                        median: None,
                        expected: None,
                        problem: None,
                        as_of: now,
                    })
                })
                .collect();
            writer.append(rows);
            if next.is_none() || writer.cancelled() {
                break;
            }
            token = next;
        }
        // What was shown from before and exists no more.
        if !known.is_empty() {
            let rows = writer.rows_by_id();
            writer.set_all(arns.iter().filter_map(|arn| rows.get(arn).cloned()).collect());
        }
        fill(self, session, within, &arns, writer).await;
        let rows = writer.rows_by_id();
        let rows = arns.iter().filter_map(|arn| rows.get(arn).cloned()).collect();
        lock(&self.inner.executions.machines).insert(place, KeptMachines { within, rows });
        Ok(session.now())
    }

    /// A machine as it is now; believed for half a minute.
    pub(crate) async fn machine(&self, session: &Session, arn: &str) -> Result<Arc<MachineFact>, AwsError> {
        let key = format!("{} {arn}", session.profile());
        let known = lock(&self.inner.executions.described).get(&key).cloned();
        if let Some((at, fact)) = known
            && at.elapsed() < FRESH
        {
            return Ok(fact);
        }
        let fact = Arc::new(machines::describe(session, arn).await?);
        lock(&self.inner.executions.described).insert(key, (Instant::now(), Arc::clone(&fact)));
        Ok(fact)
    }

    /// One machine with its graph, versions and what starts it.
    pub async fn describe_machine(&self, request: &DescribeMachine) -> Result<MachineDetail, EngineError> {
        let session = self.session()?;
        let failed = Self::failed(&session);
        let machine = self.machine(&session, &request.arn).await.map_err(&failed)?;
        let region = aws::executions::region_of(&request.arn).unwrap_or_else(|| session.region()).to_owned();
        let (versions, rules, schedules) = tokio::join!(
            machines::versions(&session, &request.arn),
            clock::rules(&session, &region, clock::is_machine),
            clock::schedules(&session, &region, clock::is_machine),
        );
        let mut notices = Vec::new();
        let mut keep = |what: &str, error: AwsError| {
            notices.push(Notice::warning(format!("{what} could not be read: {error}.")));
        };
        let versions = versions.unwrap_or_else(|error| {
            keep("Versions and aliases", error);
            Vec::new()
        });
        let mut starts = rules.unwrap_or_else(|error| {
            keep("Rules", error);
            Vec::new()
        });
        starts.extend(schedules.unwrap_or_else(|error| {
            keep("Schedules", error);
            Vec::new()
        }));
        starts.retain(|rule| machine_name(&rule.target) == machine.name);
        let (graph, graph_problem) = match Definition::read(&machine.definition) {
            Ok(definition) => (Some(graph(&definition)), None),
            Err(problem) => (None, Some(problem)),
        };
        let expected = expected(&session, &machine, &starts).await;
        let machine = MachineFact::clone(&machine);
        Ok(MachineDetail { machine, graph, graph_problem, versions, starts, expected, notices })
    }
}

/// What the clock has in store for one machine. Nothing where its last run cannot be known.
async fn expected(session: &Session, machine: &MachineFact, starts: &[StartRule]) -> Option<Expected> {
    if starts.is_empty() {
        return None;
    }
    let last = match machine.kind {
        MachineKind::Express => None,
        MachineKind::Standard => {
            let (items, _) = runs::page(session, runs::Of::Machine(&machine.arn), None, 1, None).await.ok()?;
            items.first().map(|item| item.started)
        }
    };
    let expected = schedule::standing(starts, last, machine.updated, session.now())?;
    Some(judged(expected, machine.kind))
}

/// Of an Express machine nothing tells when it last ran, so nothing can be said of what should have been.
fn judged(expected: Expected, kind: MachineKind) -> Expected {
    match expected.standing {
        Standing::Late(_) | Standing::NeverRan if kind == MachineKind::Express => {
            Expected { standing: Standing::Unknown, ..expected }
        }
        _ => expected,
    }
}

/// Adds to the rows what needs calls beyond the list. What cannot be read is a notice; the rest still shows.
async fn fill(desk: &Desk, session: &Session, within: Within, arns: &[String], writer: &Arc<SetWriter<MachineRow>>) {
    let now = session.now();
    let region = session.region();
    let (from, until) = within.resolve(now);
    let (counted, rules, schedules) = tokio::join!(
        metrics::machines(session, region, arns, from, until),
        clock::rules(session, region, clock::is_machine),
        clock::schedules(session, region, clock::is_machine),
    );
    let metrics_known = counted.is_ok();
    let counted = counted.unwrap_or_else(|error| {
        writer.notice(Notice::warning(format!(
            "Counts and rates are missing, and every machine is asked for its last run: {error}."
        )));
        HashMap::new()
    });
    let mut starts: HashMap<String, Vec<StartRule>> = HashMap::new();
    let mut read_starts = true;
    for (what, found) in [("Rules", rules), ("Schedules", schedules)] {
        match found {
            Ok(found) => {
                for rule in found {
                    starts.entry(machine_name(&rule.target).to_owned()).or_default().push(rule);
                }
            }
            Err(error) => {
                read_starts = false;
                writer.notice(Notice::warning(format!(
                    "{what} could not be read, so what is late may be missing: {error}."
                )));
            }
        }
    }
    let mut waiting = Vec::new();
    for mut row in writer.rows_by_id().into_values() {
        let metrics = counted.get(&row.arn).copied();
        if metrics_known {
            row.counts = Some(metrics.map(|metrics| metrics.counts).unwrap_or_default());
            row.median = metrics.and_then(|metrics| metrics.median);
        }
        let clock = starts.get(&row.name).cloned().unwrap_or_default();
        // Only machines with something to show are listed.
        let has_run = metrics.is_some_and(|metrics| metrics.counts.started > 0 || metrics.counts.failed > 0);
        let ask = row.kind == MachineKind::Standard && (has_run || !clock.is_empty() || !metrics_known);
        if !ask {
            let expected = read_starts.then(|| schedule::standing(&clock, None, row.created, now)).flatten();
            row.expected = expected.map(|expected| judged(expected, row.kind));
        }
        row.as_of = now;
        writer.replace(row.clone());
        if ask {
            let failed =
                metrics.map_or(0, |metrics| metrics.counts.failed + metrics.counts.timed_out + metrics.counts.aborted);
            // What may need a person is asked for first: failures, and what a clock should have started.
            let urgent = failed > 0 || clock.iter().any(|rule| rule.expression.is_some());
            waiting.push((std::cmp::Reverse((urgent, failed)), row, clock));
        }
    }
    waiting.sort_by(|one, two| one.0.cmp(&two.0).then_with(|| one.1.name.cmp(&two.1.name)));
    let mut asking = Vec::with_capacity(waiting.len());
    for (_, row, clock) in waiting {
        asking.push(last_run(desk, session, row, clock));
    }
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    while let Some(row) = asked.next().await {
        if writer.cancelled() {
            return;
        }
        writer.replace(row);
    }
}

/// The newest run with what became of it: a success may be a caught failure.
async fn outcome_of(desk: &Desk, session: &Session, item: runs::ExecutionItem) -> LastRun {
    let mut found = super::list::row(item);
    let mut known = super::Known::default();
    let row = found.clone();
    // What cannot be looked up is told as the service tells it.
    let _ = super::look_all(desk, session, vec![row], &mut known, &|| false, &mut |row| found = row).await;
    LastRun { arn: found.arn, name: found.name, status: found.status, started: found.started }
}

async fn last_run(desk: &Desk, session: &Session, mut row: MachineRow, clock: Vec<StartRule>) -> MachineRow {
    match runs::page(session, runs::Of::Machine(&row.arn), None, 1, None).await {
        Ok((items, _)) => {
            let last = match items.into_iter().next() {
                Some(item) => Some(outcome_of(desk, session, item).await),
                None => None,
            };
            let started = last.as_ref().map(|last| last.started);
            row.last = Some(last);
            row.expected = schedule::standing(&clock, started, row.created, session.now());
        }
        Err(error) => row.problem = Some(error.to_string()),
    }
    row.as_of = session.now();
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_express_machine_is_never_called_late() {
        let now: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
        let rule = StartRule {
            name: "rule nightly".into(),
            expression: Some("cron(0 5 * * ? *)".into()),
            pattern: None,
            zone: None,
            enabled: true,
            target: "arn:aws:states:eu-west-1:1:stateMachine:till".into(),
        };
        let expected = schedule::standing(&[rule], None, "2026-01-01T00:00:00Z".parse().ok(), now).unwrap();
        assert_eq!(judged(expected.clone(), MachineKind::Standard).standing, Standing::NeverRan);
        let express = judged(expected, MachineKind::Express);
        assert_eq!(express.standing, Standing::Unknown, "its runs cannot be listed");
        assert_eq!(express.next, "2026-11-22T05:00:00Z".parse().ok());
    }
}
