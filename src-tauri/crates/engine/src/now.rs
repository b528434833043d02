//! What is going on: failed, late and running executions over all machines of every watched place, failed runs of jobs
//! that no execution explains, jobs that are late, and our own operations.
//!
//! What failed for one cause is one row ([`causes`]). A page is a view of what the [watch](crate::watch) sees, and is drawn
//! again whenever that changes. A place that cannot be read is a notice on it; only when none can, the page has failed.

mod causes;
mod failed_jobs;
mod incidents;
mod models;
mod signature;

#[cfg(test)]
pub(crate) use failed_jobs::tests as tests_of_jobs;
pub(crate) use failed_jobs::{ended, failed_jobs};
pub(crate) use incidents::incidents;
#[cfg(test)]
pub(crate) use incidents::tests as tests_of_incidents;

use crate::{Desk, EngineError, Events, executions::hours_before, sets::SetWriter, watch::Lookout};
use causes::{Clue, together};
use contract::{
    Code, Fault, Notice, Timestamp,
    now::{Mark, MarkIncident, MarkKind, NowKind, NowRow, OpenNow},
    operations::OperationState,
    sets::SetState,
};
use jiff::SignedDuration;
use std::collections::HashMap;

/// A snooze without a time.
const SNOOZE_MINUTES: u32 = 8 * 60;
/// The longest range, in hours.
const MOST_HOURS: u32 = 24 * 14;

impl Desk {
    pub fn open_now(&self, request: OpenNow, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<NowRow>(session.now(), events);
        let hours = request.hours.clamp(1, MOST_HOURS);
        let desk = self.clone();
        let page = self.open_page(hours);
        tokio::spawn(async move {
            let _page = page;
            let mut news = desk.inner.watch.changes();
            let mut shown = None;
            while !writer.cancelled() {
                if let Err(error) = desk.show(hours, &writer, &mut shown).await {
                    writer.fail(Fault::from(error));
                }
                tokio::select! {
                    told = news.changed() => if told.is_err() { return },
                    () = writer.closed() => return,
                }
            }
        });
        Ok(state)
    }

    /// `shown` is the fault that the page shows: each look at a place that cannot be read fails anew, with another
    /// request id, and asks the person once.
    async fn show(
        &self,
        hours: u32,
        writer: &SetWriter<NowRow>,
        shown: &mut Option<(Code, String)>,
    ) -> Result<(), EngineError> {
        let marks = self.inner.store.run(store::Store::marks).await?;
        let now = Timestamp::now();
        let lookouts = self.inner.watch.lookouts();
        let mut seen = Seen { several: lookouts.len() > 1, complete: true, ..Seen::default() };
        for lookout in &lookouts {
            seen.add(lookout, hours, now);
        }
        seen.notices.extend(
            self.inner.watch.problem().map(|problem| {
                Notice::warning(format!("The desktop shows no notification of new failures: {problem}."))
            }),
        );
        if let (Some(fault), false) = (seen.fault, seen.readable) {
            let kind = Some((fault.code, fault.title.clone()));
            if *shown != kind {
                writer.fail(fault);
                *shown = kind;
            }
            return Ok(());
        }
        *shown = None;
        let mut rows = seen.rows;
        rows.extend(self.running_operations());
        for row in &mut rows {
            row.mark = marks.get(&row.id).filter(|mark| holds(mark, row, now)).cloned();
        }
        let causes = self.causes_known(seen.clues).await;
        writer.show(together(rows, &causes), seen.notices);
        if let (true, Some(as_of)) = (seen.complete, seen.as_of) {
            writer.finish(as_of);
        }
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
                jobs: Vec::new(),
                absence: None,
                profile: row.profile,
                region: row.region,
                mark: None,
                operation: Some(row.id),
                members: Vec::new(),
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
        self.inner.store.run(move |store| store.set_mark(&id, mark.as_ref())).await?;
        self.inner.watch.tell();
        Ok(())
    }
}

/// What all places together show.
#[derive(Default)]
struct Seen {
    several: bool,
    rows: Vec<NowRow>,
    /// What is known of why they failed, by their ids.
    clues: HashMap<String, Clue>,
    notices: Vec<Notice>,
    /// Every place was looked at as far back as is asked.
    complete: bool,
    /// A place was read, or is being read for the first time.
    readable: bool,
    /// Why the first place that cannot be read cannot; the open one comes first.
    fault: Option<Fault>,
    /// Of the place that was read longest ago.
    as_of: Option<Timestamp>,
}

impl Seen {
    fn add(&mut self, lookout: &Lookout, hours: u32, now: Timestamp) {
        let place = &lookout.place;
        let sight = lookout.sight();
        let since = hours_before(now, hours);
        let recent = sight.executions.values().filter(|row| row.stopped.is_none_or(|stopped| stopped >= since));
        let mut failed = incidents(recent, place);
        failed.extend(failed_jobs(&sight.failed_jobs, sight.started.values().flatten(), since, place));
        self.clues.extend(failed.iter().filter_map(|row| Some((row.id.clone(), Clue::of(row, &sight)?))));
        self.rows.extend(failed);
        self.rows.extend(sight.all_late().map(|(row, _)| row).cloned());
        self.notices.extend(sight.notices.iter().chain(&sight.job_notices).cloned().map(|mut notice| {
            if self.several {
                notice.text = format!("{place}: {}", notice.text);
            }
            notice
        }));
        self.complete &= sight.fault.is_some() || sight.as_of.is_some() && sight.hours >= hours;
        self.readable |= sight.fault.is_none();
        if let Some(fault) = &sight.fault {
            let hint = fault.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
            self.notices.push(Notice::warning(format!("{place} cannot be read: {}.{hint}", fault.title)));
            self.fault.get_or_insert_with(|| fault.clone());
        }
        self.as_of = match (self.as_of, sight.as_of) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
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

#[cfg(test)]
mod tests {
    use super::{
        incidents::tests::{place, row},
        *,
    };
    use contract::executions::Status;

    #[test]
    fn a_snooze_ends_when_the_incident_goes_on() {
        let failed = [row("a", Status::Failed, Some("Bad"), 6)];
        let incident = incidents(failed.iter(), &place()).remove(0);
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
        let incident = incidents(again.iter(), &place()).remove(0);
        assert!(!holds(&mark, &incident, "2026-11-21T08:30:00Z".parse().unwrap()), "it failed again");
    }
}
