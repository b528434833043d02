//! Jobs: the runs of every engine in one list, one run with what stands around it, its log files and what is different from
//! its last success.
//!
//! What always holds: an engine that is refused or throttled is a notice and the others still show; quotas that are shared
//! with production are spared, so what was found out about a run that is over is kept, and only what runs is asked for
//! again every few seconds; and no secret of a request leaves the core (`::jobs::secrets`).

mod again;
mod attempts;
mod capacity;
mod cluster;
mod compare;
mod detail;
mod diagnose;
mod files;
mod find;
mod homes;
mod kept;
mod late;
mod list;
mod paste;
mod permissions;
mod read;
mod recent;
mod records;
mod recurrence;
mod round;
mod stages;
mod stop;

pub use diagnose::DiagnosisEvents;
pub(crate) use diagnose::{Diagnoses, NamedCause, Naming, OfStream, StreamSaid, of_log};
pub use find::FindEvents;
pub(crate) use kept::Kept;
pub(crate) use late::{LateFacts, LateJob, late_jobs, late_machines, look_closer};
pub(crate) use permissions::look as permitted;
pub(crate) use recent::Recent;
pub use stages::StagesEvents;

use ::jobs::view;
use aws::{
    Session,
    jobs::{Described, emr::ClusterFact, glue::GlueJob, lambda::Function},
};
use contract::{
    Timestamp,
    jobs::{HomeRow, JobId, JobRow, facts::RunFact},
};
use files::Looked;
use std::sync::Arc;

/// What the area keeps while the program runs.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    runs: Kept<Arc<Described>>,
    /// Runs that some list showed, by their own id: a pasted one does not say what it belongs to.
    ids: Kept<JobId>,
    clusters: Kept<Arc<ClusterFact>>,
    /// Steps of clusters that have ended: they do not change any more.
    steps: Kept<Arc<Vec<RunFact>>>,
    of_glue: Kept<Arc<GlueJob>>,
    functions: Kept<Arc<Function>>,
    /// Clusters that accept steps.
    open_clusters: Kept<Arc<Vec<HomeRow>>>,
    /// Log files as they were last looked through, by run.
    files: Kept<Arc<Looked>>,
    stages: stages::Readings,
    /// What words of services and signatures name as the cause of a failure.
    named: Kept<Option<NamedCause>>,
    search: find::Search,
}

impl Jobs {
    /// Nobody listens any more.
    pub fn stop_all(&self) {
        self.stages.end_all();
        self.search.stop_all();
    }
}

/// The name of something of a profile and region among what is kept.
fn key(session: &Session, own: &dyn std::fmt::Display) -> String {
    format!("{}/{}/{own}", session.profile(), session.region())
}

fn key_of(session: &Session, id: &JobId) -> String {
    key(session, id)
}

/// Masks what looks like a secret in free text.
pub(crate) fn masked(text: &str) -> String {
    logs::mask::masked(text).into_owned()
}

/// The row of a run. Its reason is a stranger's text, and a driver prints its arguments in clear.
fn row(run: &RunFact, now: Timestamp) -> JobRow {
    let mut row = view::row(run, now);
    row.reason = row.reason.as_deref().map(masked);
    row
}
