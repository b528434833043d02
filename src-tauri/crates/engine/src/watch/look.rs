//! One look at one place: what its machines did in the last hours.
//!
//! Metrics say first which machines have something to show, calls are paced by the session, and what was found out about
//! an execution is not asked again.

use super::{Lookout, late::late_machines};
use crate::{
    Desk, EngineError,
    executions::{Known, hours_before, list, look_all, machine_name},
};
use aws::Session;
use contract::{Notice, Timestamp, executions::ExecutionRow};
use futures_util::{StreamExt, stream};

/// Calls in flight.
pub(super) const AT_ONCE: usize = 6;
/// Machines that are looked at before what was found is shown.
const AT_A_TIME: usize = 8;

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
        let (busy, (late, mut notices)) = tokio::join!(self.busy_machines(session, since), late_machines(session));
        let busy = busy.map_err(Self::failed(session))?;
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
            sight.late = late;
        }
        for part in wanted.chunks(AT_A_TIME) {
            self.look_at_part(session, part, since, lookout, known, &mut notices).await;
            self.inner.watch.tell();
            if over() {
                return Ok(false);
            }
        }
        let started = self.started_by(lookout, hours, session).await;
        let mut sight = lookout.sight();
        sight.started = started;
        sight.notices = notices;
        sight.fault = None;
        sight.hours = hours;
        sight.as_of = Some(session.now());
        Ok(true)
    }

    /// Lists the executions of some machines and finds out what became of those that are new.
    async fn look_at_part(
        &self,
        session: &Session,
        machines: &[String],
        since: Timestamp,
        lookout: &Lookout,
        known: &mut Known,
        notices: &mut Vec<Notice>,
    ) {
        let mut asking = Vec::with_capacity(machines.len());
        for arn in machines {
            asking.push(list::since_then(session, arn, since));
        }
        let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
        let mut rows = Vec::new();
        while let Some((arn, answer)) = asked.next().await {
            match answer {
                Ok(items) => {
                    let mut sight = lookout.sight();
                    rows.extend(items.into_iter().map(|item| sight.put(list::row(item))));
                }
                Err(error) => notices.push(Notice::warning(format!(
                    "Executions of {} could not be listed: {error}.",
                    machine_name(arn)
                ))),
            }
        }
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
