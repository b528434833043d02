//! What is going on: failed, late and running executions over all machines, and our own operations.
//!
//! The set stays open and is looked at again every half minute while somebody looks. Failures of one machine with one
//! error are one incident; its id is stable, so a mark stays with it.

use crate::{
    Desk, EngineError, Events,
    desk::load,
    executions::{Known, hours_before, list, look_all, machine_name},
    sets::SetWriter,
};
use ::executions::schedule;
use aws::{
    Session,
    executions::{
        clock, machines,
        runs::{self, Of},
    },
};
use contract::{
    Notice, Timestamp,
    executions::{ExecutionRow, Standing, Status, facts::StartRule},
    now::{Mark, MarkIncident, MarkKind, NowKind, NowRow, OpenNow},
    operations::OperationState,
    sets::SetState,
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

const AGAIN: Duration = Duration::from_secs(30);
/// ARNs that an incident carries.
const MOST_EXECUTIONS: usize = 200;
const AT_ONCE: usize = 6;
/// Machines that are looked at before the page is drawn again.
const AT_A_TIME: usize = 8;
/// A snooze without a time.
const SNOOZE_MINUTES: u32 = 8 * 60;

impl Desk {
    pub fn open_now(&self, request: OpenNow, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<NowRow>(session.now(), events);
        let desk = self.clone();
        load(writer, move |writer| async move {
            let mut watch = Watch { known: Known::default(), looked: HashSet::new(), executions: HashMap::new() };
            loop {
                desk.look_around(&session, request.hours.clamp(1, 24 * 14), &mut watch, &writer).await?;
                writer.finish(session.now());
                desk.pause(AGAIN).await;
                if writer.cancelled() {
                    return Ok(session.now());
                }
            }
        });
        Ok(state)
    }

    async fn look_around(
        &self,
        session: &Session,
        hours: u32,
        watch: &mut Watch,
        writer: &Arc<SetWriter<NowRow>>,
    ) -> Result<(), EngineError> {
        let failed = Self::failed(session);
        let since = hours_before(session.now(), hours);
        let (busy, late) = tokio::join!(self.busy_machines(session, since), late_machines(session, writer));
        let busy = busy.map_err(&failed)?;
        watch.executions.retain(|_, row| row.stopped.is_none_or(|stopped| stopped >= since));
        // Those with failures come first; of the others only those that run, or whose success may be a caught failure.
        let mut wanted = Vec::new();
        for machine in busy {
            if machine.failed > 0 || machine.running || watch.known.may_catch(self, session, &machine.arn).await {
                wanted.push(machine.arn);
            }
            if writer.cancelled() {
                return Ok(());
            }
        }
        for part in wanted.chunks(AT_A_TIME) {
            self.look_at_part(session, part, since, watch, writer).await;
            self.show(session, watch, &late, writer).await?;
            if writer.cancelled() {
                return Ok(());
            }
        }
        self.show(session, watch, &late, writer).await
    }

    /// Lists the executions of some machines and finds out what became of those that are new.
    async fn look_at_part(
        &self,
        session: &Session,
        machines: &[String],
        since: Timestamp,
        watch: &mut Watch,
        writer: &SetWriter<NowRow>,
    ) {
        let mut asking = Vec::with_capacity(machines.len());
        for arn in machines {
            asking.push(list::since_then(session, arn, since));
        }
        let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
        let mut fresh = Vec::new();
        while let Some((arn, answer)) = asked.next().await {
            match answer {
                Ok(items) => {
                    for item in items {
                        let row = list::row(item);
                        fresh.push(row.arn.clone());
                        watch.put(row);
                    }
                }
                Err(error) => writer.notice(Notice::warning(format!(
                    "Executions of {} could not be listed: {error}.",
                    machine_name(arn)
                ))),
            }
        }
        let mut rows: Vec<ExecutionRow> = fresh.iter().filter_map(|arn| watch.executions.get(arn)).cloned().collect();
        rows.retain(|row| {
            row.status == Status::Running
                || !row.looked && watch.looked.insert((row.arn.clone(), row.status, row.redrives))
        });
        rows.sort_by_key(|row| std::cmp::Reverse(row.started));
        let mut answers = Vec::new();
        let looked =
            look_all(self, session, rows, &mut watch.known, &|| writer.cancelled(), &mut |row| answers.push(row)).await;
        if let Err(error) = looked {
            writer.notice(Notice::warning(format!("Failed states and caught failures are missing in part: {error}.")));
        }
        for row in answers {
            watch.executions.insert(row.arn.clone(), row);
        }
    }

    async fn show(
        &self,
        session: &Session,
        watch: &Watch,
        late: &[NowRow],
        writer: &SetWriter<NowRow>,
    ) -> Result<(), EngineError> {
        let marks = self.inner.store.run(store::Store::marks).await?;
        let mut rows = incidents(watch.executions.values(), session.profile(), session.region());
        rows.extend(late.iter().cloned());
        rows.extend(self.running_operations());
        let now = session.now();
        for row in &mut rows {
            row.mark = marks.get(&row.id).filter(|mark| holds(mark, row, now)).cloned();
        }
        writer.set_all(rows);
        Ok(())
    }

    fn running_operations(&self) -> Vec<NowRow> {
        let operations = self.known_operations();
        let waiting = |state| matches!(state, OperationState::Running | OperationState::Interrupted);
        operations
            .into_iter()
            .filter(|row| waiting(row.state))
            .map(|row| NowRow {
                id: format!("operation {}", row.id),
                kind: NowKind::Operation,
                what: row.title,
                machine: None,
                status: None,
                error: None,
                why: if row.state == OperationState::Running {
                    format!("{} of {} steps done", row.steps_done, row.steps)
                } else {
                    format!("cut off, waits to be resumed or discarded: {}", row.note)
                },
                runs: 1,
                newest: row.started,
                oldest: row.started,
                executions: Vec::new(),
                profile: row.profile,
                region: row.region,
                mark: None,
                operation: Some(row.id),
            })
            .collect()
    }

    pub async fn mark_incident(&self, request: MarkIncident) -> Result<(), EngineError> {
        let now = Timestamp::now();
        let mark = request.mark.map(|kind| Mark {
            kind,
            who: store::whoami(),
            at: now,
            until: (kind == MarkKind::Snoozed)
                .then(|| {
                    let minutes = i64::from(request.minutes.unwrap_or(SNOOZE_MINUTES));
                    now.checked_add(SignedDuration::from_mins(minutes)).ok()
                })
                .flatten(),
        });
        let id = request.id;
        Ok(self.inner.store.run(move |store| store.set_mark(&id, mark.as_ref())).await?)
    }
}

/// What one open page knows.
struct Watch {
    known: Known,
    looked: HashSet<(String, Status, u64)>,
    executions: HashMap<String, ExecutionRow>,
}

impl Watch {
    /// What was found out about a row stays while the row does not change.
    fn put(&mut self, row: ExecutionRow) {
        let same = self.executions.get(&row.arn).is_some_and(|old| {
            old.redrives == row.redrives
                && old.stopped == row.stopped
                && (old.status == row.status || old.status == Status::CaughtFailure && row.status == Status::Succeeded)
        });
        if !same {
            self.executions.insert(row.arn.clone(), row);
        }
    }
}

/// A snooze ends at its time, or when the incident goes on after it was made.
fn holds(mark: &Mark, row: &NowRow, now: Timestamp) -> bool {
    match mark.kind {
        MarkKind::Snoozed => mark.until.is_none_or(|until| now < until) && row.newest <= mark.at,
        MarkKind::Seen => row.newest <= mark.at,
        MarkKind::Mine => true,
    }
}

fn incidents<'a>(rows: impl Iterator<Item = &'a ExecutionRow>, profile: &str, region: &str) -> Vec<NowRow> {
    let mut groups: HashMap<(String, bool, String), Vec<&ExecutionRow>> = HashMap::new();
    for row in rows {
        let running = row.status == Status::Running;
        if !running && !row.status.is_failure() {
            continue;
        }
        let error = if running { String::new() } else { error_of(row) };
        groups.entry((row.machine_arn.clone(), running, error)).or_default().push(row);
    }
    groups
        .into_iter()
        .filter_map(|((machine, running, error), mut rows)| {
            rows.sort_by_key(|row| std::cmp::Reverse(row.started));
            let (newest, oldest) = (*rows.first()?, *rows.last()?);
            let kind = if running { NowKind::Running } else { NowKind::Failed };
            Some(NowRow {
                id: format!("{profile} {machine} {}", if running { "running" } else { error.as_str() }),
                kind,
                what: newest.machine.clone(),
                why: why_words(newest, running),
                machine: Some(machine),
                status: Some(newest.status),
                error: (!running).then_some(error),
                runs: rows.len() as u64,
                newest: newest.stopped.unwrap_or(newest.started),
                oldest: oldest.started,
                executions: rows.iter().take(MOST_EXECUTIONS).map(|row| row.arn.clone()).collect(),
                profile: profile.to_owned(),
                region: region.to_owned(),
                mark: None,
                operation: None,
            })
        })
        .collect()
}

fn error_of(row: &ExecutionRow) -> String {
    row.error.clone().unwrap_or_else(|| row.status.word().to_owned())
}

fn why_words(row: &ExecutionRow, running: bool) -> String {
    let state = row.state.as_deref();
    match (running, state, row.cause.as_deref().or(row.error.as_deref())) {
        (true, Some(state), _) => format!("in {state}"),
        (true, None, _) => "running".to_owned(),
        (false, Some(state), Some(cause)) => format!("{state}: {cause}"),
        (false, Some(state), None) => format!("{} in {state}", row.status.word()),
        (false, None, Some(cause)) => cause.to_owned(),
        (false, None, None) => row.status.word().to_owned(),
    }
}

/// Machines that the clock should have started and that did not run.
async fn late_machines(session: &Session, writer: &SetWriter<NowRow>) -> Vec<NowRow> {
    let region = session.region();
    let (rules, schedules) = tokio::join!(clock::rules(session, region), clock::schedules(session, region));
    let mut starts: HashMap<String, Vec<StartRule>> = HashMap::new();
    for (what, found) in [("Rules", rules), ("Schedules", schedules)] {
        match found {
            Ok(found) => {
                for rule in found.into_iter().filter(|rule| rule.expression.is_some()) {
                    starts.entry(rule.target.clone()).or_default().push(rule);
                }
            }
            Err(error) => writer
                .notice(Notice::warning(format!("{what} could not be read, so what is late may be missing: {error}."))),
        }
    }
    let mut asking = Vec::with_capacity(starts.len());
    for (arn, rules) in starts {
        asking.push(late(session, arn, rules));
    }
    stream::iter(asking).buffer_unordered(AT_ONCE).filter_map(|row| async { row }).collect().await
}

async fn late(session: &Session, arn: String, rules: Vec<StartRule>) -> Option<NowRow> {
    let (items, _) = runs::page(session, Of::Machine(&arn), None, 1, None).await.ok()?;
    let last = items.first().map(|item| item.started);
    let created = machines::describe(session, &arn).await.ok().and_then(|machine| machine.updated);
    let now = session.now();
    let expected = schedule::standing(&rules, last, created, now)?;
    let disabled = |rule: &StartRule| if rule.enabled { "" } else { ", which is switched off" };
    let by = rules.first().map(disabled).unwrap_or_default();
    let (kind, since, why) = match expected.standing {
        Standing::Late(since) => {
            (NowKind::Late, since, format!("expected {} by {}{by}", since.strftime("%H:%M UTC"), expected.by))
        }
        Standing::NeverRan => {
            (NowKind::NeverRan, created.unwrap_or(now), format!("{} has never started it", expected.by))
        }
        Standing::Disabled => {
            let since = last?;
            (
                NowKind::Late,
                since,
                format!("{} is switched off; last run {}", expected.by, since.strftime("%d %b %H:%M UTC")),
            )
        }
        Standing::OnTime | Standing::Unknown => return None,
    };
    Some(NowRow {
        id: format!("{} {arn} {kind:?}", session.profile()),
        kind,
        what: machine_name(&arn).to_owned(),
        machine: Some(arn),
        status: None,
        error: None,
        why,
        runs: 0,
        newest: since,
        oldest: since,
        executions: Vec::new(),
        profile: session.profile().to_owned(),
        region: session.region().to_owned(),
        mark: None,
        operation: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, status: Status, error: Option<&str>, hour: i8) -> ExecutionRow {
        let started = format!("2026-11-21T{hour:02}:04:00Z").parse().unwrap();
        ExecutionRow {
            arn: format!("arn:aws:states:eu-west-1:1:execution:daily:{name}"),
            machine: "daily".into(),
            machine_arn: "arn:aws:states:eu-west-1:1:stateMachine:daily".into(),
            name: name.into(),
            status,
            started,
            stopped: (status != Status::Running).then_some(started),
            redrives: 0,
            state: Some("Submit".into()),
            error: error.map(str::to_owned),
            cause: None,
            version: None,
            looked: true,
        }
    }

    #[test]
    fn failures_of_one_error_are_one_incident_and_successes_none() {
        let rows = [
            row("a", Status::CaughtFailure, Some("Bad"), 6),
            row("b", Status::CaughtFailure, Some("Bad"), 8),
            row("c", Status::Failed, Some("Other"), 7),
            row("d", Status::Succeeded, None, 9),
            row("e", Status::Running, None, 9),
        ];
        let mut found = incidents(rows.iter(), "p", "r");
        found.sort_by(|one, two| one.id.cmp(&two.id));
        let told: Vec<_> = found.iter().map(|row| (row.kind, row.error.as_deref(), row.runs)).collect();
        assert_eq!(
            told,
            [(NowKind::Failed, Some("Bad"), 2), (NowKind::Failed, Some("Other"), 1), (NowKind::Running, None, 1)]
        );
        assert!(found[0].executions[0].ends_with(":b"), "newest first");
    }

    #[test]
    fn a_snooze_ends_when_the_incident_goes_on() {
        let failed = [row("a", Status::Failed, Some("Bad"), 6)];
        let incident = incidents(failed.iter(), "p", "r").remove(0);
        let at = "2026-11-21T07:00:00Z".parse().unwrap();
        let mark = Mark {
            kind: MarkKind::Snoozed,
            who: "me".into(),
            at,
            until: Some("2026-11-21T09:00:00Z".parse().unwrap()),
        };
        assert!(holds(&mark, &incident, "2026-11-21T08:00:00Z".parse().unwrap()));
        assert!(!holds(&mark, &incident, "2026-11-21T09:00:00Z".parse().unwrap()), "its time is over");
        let again = [row("b", Status::Failed, Some("Bad"), 8)];
        let incident = incidents(again.iter(), "p", "r").remove(0);
        assert!(!holds(&mark, &incident, "2026-11-21T08:30:00Z".parse().unwrap()), "it failed again");
    }
}
