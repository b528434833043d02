//! One look at one place: what its machines did in the last hours.
//!
//! Metrics say first which machines have something to show, calls are paced by the session, and what was found out about
//! an execution is not asked again.

use super::{Lookout, Sight, late};
use crate::{
    Desk, EngineError,
    executions::{Known, hours_before, list, look_all, machine_name},
    jobs::LateFacts,
};
use aws::{Session, executions::runs};
use contract::{Notice, Timestamp, executions::ExecutionRow};
use futures_util::{StreamExt, stream};
use std::collections::HashSet;

/// Calls in flight.
pub(super) const AT_ONCE: usize = 6;
/// Machines that are looked at before what was found is shown.
const AT_A_TIME: usize = 8;
/// Executions that are asked for one by one in a look.
const MOST_ASKED: usize = 30;

/// What is said when histories cannot be read.
const IN_PART: &str = "Failed states and caught failures are missing in part";

impl Desk {
    /// Looks around once. False if nobody wanted it any more before it ended.
    pub(super) async fn look_around(
        &self,
        session: &Session,
        lookout: &Lookout,
        hours: u32,
        known: &mut Known,
    ) -> Result<bool, EngineError> {
        let over = || !self.is_wanted(lookout);
        let since = hours_before(session.now(), hours);
        let before: Vec<LateFacts> = lookout.sight().late_machine_facts.values().cloned().collect();
        let (busy, late) = tokio::join!(self.busy_machines(session, since), late::look(self, session, &before));
        let busy = busy.map_err(Self::failed(session))?;
        let mut notices = late.notices;
        // Those with failures come first; of the others only those that run, or whose success may be a caught failure.
        let mut wanted = Vec::new();
        for machine in busy {
            if machine.failed > 0 || machine.running || known.may_catch(self, session, &machine.arn).await {
                wanted.push(machine.arn);
            }
            if over() {
                return Ok(false);
            }
        }
        {
            let mut sight = lookout.sight();
            sight.executions.retain(|_, row| row.stopped.is_none_or(|stopped| stopped >= since));
            (sight.late_machines, sight.late_machine_facts) = (late.rows, late.facts);
        }
        let mut listed = HashSet::new();
        for part in wanted.chunks(AT_A_TIME) {
            let (rows, said) = self.list_part(session, part, since, lookout, &mut listed).await;
            notices.extend(said);
            self.look_at_rows(session, rows, lookout, known, &mut notices).await;
            self.inner.watch.tell();
            if over() {
                return Ok(false);
            }
        }
        let ran = went_on(&lookout.sight(), &listed);
        let rows = described(session, ran, lookout).await;
        self.look_at_rows(session, rows, lookout, known, &mut notices).await;
        let started = self.started_by(lookout, hours, session).await;
        let mut sight = lookout.sight();
        sight.started = started;
        sight.notices = notices;
        sight.fault = None;
        sight.hours = hours;
        sight.as_of = Some(session.now());
        Ok(true)
    }

    /// Lists the executions of some machines.
    async fn list_part(
        &self,
        session: &Session,
        machines: &[String],
        since: Timestamp,
        lookout: &Lookout,
        listed: &mut HashSet<String>,
    ) -> (Vec<ExecutionRow>, Vec<Notice>) {
        let mut asking = Vec::with_capacity(machines.len());
        for arn in machines {
            asking.push(list::since_then(session, arn, since));
        }
        let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
        let (mut rows, mut notices) = (Vec::new(), Vec::new());
        while let Some((arn, answer)) = asked.next().await {
            match answer {
                Ok((items, left)) => {
                    notices.extend(left);
                    listed.extend(items.iter().map(|item| item.arn.clone()));
                    let mut sight = lookout.sight();
                    rows.extend(items.into_iter().map(|item| sight.put(list::row(item))));
                }
                Err(error) => notices.push(Notice::warning(format!(
                    "Executions of {} could not be listed: {error}.",
                    machine_name(arn)
                ))),
            }
        }
        (rows, notices)
    }

    /// Finds out what became of those that are new.
    async fn look_at_rows(
        &self,
        session: &Session,
        rows: Vec<ExecutionRow>,
        lookout: &Lookout,
        known: &mut Known,
        notices: &mut Vec<Notice>,
    ) {
        let over = || !self.is_wanted(lookout);
        let mut found = |row: ExecutionRow| {
            lookout.sight().executions.insert(row.arn.clone(), row);
        };
        if let Err(error) = look_all(self, session, rows, known, &over, &mut found).await {
            // Once: the next part is refused for the same reason, but names another execution.
            if !notices.iter().any(|notice| notice.text.starts_with(IN_PART)) {
                notices.push(Notice::warning(format!("{IN_PART}: {error}.")));
            }
        }
    }
}

/// Executions that ran when they were seen last, and that no list has now: their machines are quiet by the metrics, or they
/// began long before the range. Those that were seen first come first.
fn went_on(sight: &Sight, listed: &HashSet<String>) -> Vec<String> {
    let ran = sight.executions.values().filter(|row| row.stopped.is_none() && !listed.contains(&row.arn));
    let mut ran: Vec<(Timestamp, String)> = ran.map(|row| (row.started, row.arn.clone())).collect();
    ran.sort();
    ran.into_iter().map(|(_, arn)| arn).take(MOST_ASKED).collect()
}

/// What became of these, asked one by one. What is not there any more is not shown as if it ran.
async fn described(session: &Session, arns: Vec<String>, lookout: &Lookout) -> Vec<ExecutionRow> {
    let mut asking = Vec::with_capacity(arns.len());
    for arn in arns {
        asking.push(async move {
            let answer = runs::describe(session, &arn).await;
            (arn, answer)
        });
    }
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    let mut rows = Vec::new();
    while let Some((arn, answer)) = asked.next().await {
        match answer {
            Ok(fact) => rows.push(lookout.sight().put(list::row(list::item(fact)))),
            Err(error) if error.is_absent() => {
                lookout.sight().executions.remove(&arn);
            }
            // It is asked again at the next look.
            Err(error) => tracing::debug!(%error, arn, "an execution that ran could not be asked for"),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::executions::Status;

    fn row(name: &str, started: &str, stopped: Option<&str>) -> ExecutionRow {
        let at = |clock: &str| format!("2026-11-21T{clock}:00Z").parse().unwrap();
        ExecutionRow {
            arn: format!("arn:{name}"),
            machine: "daily".into(),
            machine_arn: "arn:daily".into(),
            name: name.into(),
            status: if stopped.is_some() { Status::Succeeded } else { Status::Running },
            started: at(started),
            stopped: stopped.map(at),
            redrives: 0,
            state: None,
            error: None,
            cause: None,
            version: None,
            looked: true,
        }
    }

    #[test]
    fn what_ran_and_is_listed_no_more_is_asked_for() {
        let mut sight = Sight::default();
        for one in [row("over", "04:00", Some("04:30")), row("new", "06:00", None), row("old", "05:00", None)] {
            sight.executions.insert(one.arn.clone(), one);
        }
        assert_eq!(went_on(&sight, &HashSet::new()), ["arn:old", "arn:new"]);
        assert_eq!(went_on(&sight, &HashSet::from(["arn:new".to_owned()])), ["arn:old"]);
    }
}
