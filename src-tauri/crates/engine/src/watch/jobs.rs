//! The jobs of a place, looked at beside its machines: what failed on any engine, and which jobs are late.
//!
//! Engines are many and slow, so nothing waits for them: what they say is put into the sight as it arrives. They are asked
//! seldomer than the machines, and after these, whose histories say which runs they explain.

use super::{IDLE, Lookout};
use crate::{
    Desk, EngineError,
    executions::hours_before,
    jobs::{LateFacts, LateJob, Recent, late_jobs, look_closer},
};
use aws::Session;
use contract::{
    Code, Notice, Severity, Timestamp,
    jobs::{Absence, facts::StartedRun},
    now::{CheckLateJob, NowKind, NowRow},
};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// How many times seldomer than the machines the engines are asked, and how many times seldomer than that what is late.
const SELDOMER: u32 = 6;

/// What a lookout keeps between its looks at jobs.
struct Looks {
    recent: Recent,
    /// When it was last looked what is late, and what could not be read then.
    late: Option<(Instant, Vec<Notice>)>,
}

impl Desk {
    /// Until the lookout is called off.
    pub(super) async fn keep_looking_at_jobs(self, lookout: Arc<Lookout>) {
        let watch = &self.inner.watch;
        let mut looks = Looks { recent: Recent::new(Timestamp::now()), late: None };
        while !lookout.cancel.is_cancelled() {
            if !self.are_jobs_wanted(&lookout) {
                tokio::time::sleep(IDLE).await;
                continue;
            }
            let (begun, hours) = (Instant::now(), watch.hours());
            tokio::select! {
                () = self.look_at_jobs(&lookout, hours, &mut looks) => {}
                () = self.until_unwanted(&lookout) => continue,
            }
            self.note_news(&lookout).await;
            watch.tell();
            while begun.elapsed() < self.pace_of_jobs() && watch.hours() <= hours && !lookout.cancel.is_cancelled() {
                tokio::time::sleep(IDLE).await;
            }
        }
    }

    /// Of the lists that are read beside the machines.
    pub(super) fn pace_of_jobs(&self) -> Duration {
        let watch = &self.inner.watch;
        let pace = if self.is_watched() && watch.has_pages() { watch.pace.seen } else { watch.pace.unseen };
        pace.saturating_mul(SELDOMER)
    }

    fn are_jobs_wanted(&self, lookout: &Lookout) -> bool {
        let sight = lookout.sight();
        let is_known = sight.as_of.is_some() || sight.fault.as_ref().is_some_and(|fault| fault.code != Code::SignIn);
        drop(sight);
        is_known && self.is_wanted(lookout)
    }

    async fn until_unwanted(&self, lookout: &Lookout) {
        while self.are_jobs_wanted(lookout) {
            tokio::time::sleep(IDLE).await;
        }
    }

    async fn look_at_jobs(&self, lookout: &Lookout, hours: u32, looks: &mut Looks) {
        // Why there is no session is said by the look at the machines.
        let Ok(session) = self.session_at(lookout).await else { return };
        let recent = &looks.recent;
        let show = || {
            lookout.sight().failed_jobs = recent.failed();
            self.inner.watch.tell();
        };
        let is_due =
            looks.late.as_ref().is_none_or(|(at, _)| at.elapsed() >= self.pace_of_jobs().saturating_mul(SELDOMER));
        let late = async {
            if !is_due {
                return None;
            }
            let (late, notices) = late_jobs(self, &session).await;
            let rows = late.into_iter().map(|late| row(&session, late));
            let (facts, rows): (HashMap<_, _>, Vec<_>) = rows.unzip();
            let mut sight = lookout.sight();
            (sight.late_facts, sight.late_jobs) = (facts, rows);
            drop(sight);
            self.inner.watch.tell();
            Some(notices)
        };
        let (read, late) = tokio::join!(self.read_recent(&session, hours, recent, &show), late);
        show();
        let mut notices = recent.notices();
        if let Err(error) = read {
            notices.push(Notice::warning(format!("Failed jobs may be missing: {error}.")));
        }
        if let Some(missing) = late {
            looks.late = Some((Instant::now(), missing));
        }
        notices.extend(looks.late.iter().flat_map(|(_, missing)| missing.iter().cloned()));
        // What the list of jobs tells besides is no news here.
        notices.retain(|notice| notice.severity != Severity::Info);
        lookout.sight().job_notices = notices;
    }

    /// A closer look at a late job or state machine of any place that is watched.
    pub async fn check_late_job(&self, request: &CheckLateJob) -> Result<Absence, EngineError> {
        let gone = || EngineError::NotFound("This is not late any more.".into());
        let found = self.inner.watch.lookouts().into_iter().find_map(|lookout| {
            let late = lookout.sight().late(&request.id).cloned();
            late.map(|late| (lookout, late))
        });
        let (lookout, late) = found.ok_or_else(gone)?;
        let session = self.session_at(&lookout).await?;
        Box::pin(look_closer(self, &session, &late)).await.ok_or_else(gone)
    }

    /// The runs that the executions in sight started, as far as their histories were read.
    pub(super) async fn started_by(
        &self,
        lookout: &Lookout,
        hours: u32,
        session: &Session,
    ) -> HashMap<String, Vec<StartedRun>> {
        let since = hours_before(session.now(), hours);
        let wanted: Vec<(String, u64)> = {
            let sight = lookout.sight();
            let recent = sight.executions.values().filter(|row| row.stopped.is_some_and(|stopped| stopped >= since));
            recent.map(|row| (row.arn.clone(), row.redrives)).collect()
        };
        // Without them a run stands for itself.
        let kept = self.inner.store.run(move |store| store.outcomes(&wanted)).await.unwrap_or_default();
        let started = kept.into_iter().map(|(arn, outcome)| (arn, outcome.started));
        started.filter(|(_, started)| !started.is_empty()).collect()
    }
}

/// What is known of it by the id of its row; and the row, and when it became late.
pub(super) fn row(session: &Session, late: LateJob) -> ((String, LateFacts), (NowRow, Timestamp)) {
    let row = NowRow {
        id: format!("{} {} late job {}", session.profile(), session.region(), late.kin),
        kind: NowKind::Late,
        what: late.name,
        machine: None,
        status: None,
        error: None,
        why: late.absence.title.clone(),
        runs: 0,
        newest: late.since,
        oldest: late.since,
        executions: Vec::new(),
        jobs: late.last.into_iter().collect(),
        absence: Some(late.absence),
        profile: session.profile().to_owned(),
        region: session.region().to_owned(),
        mark: None,
        operation: None,
        members: Vec::new(),
    };
    ((row.id.clone(), late.facts), (row, late.due))
}
