//! Why there are no logs, or not all, and what to do about it.

use super::Looked;
use crate::state::state_of;
use contract::jobs::{
    JobId, State,
    facts::{LogSettings, RunFact},
    logs::LogGap,
};
use jiff::SignedDuration;

/// The surest reason first.
pub(super) fn reasons(looked: &Looked<'_>, pending: bool) -> Vec<LogGap> {
    let run = looked.run;
    let logs = &run.request.logs;
    let mut all = looked.problems.to_vec();
    if !has_place(run) {
        all.push(logs.unread.clone().map_or(LogGap::NoPlace, LogGap::NotKnown));
        if managed(&run.id, logs) {
            all.push(LogGap::ManagedOnly);
        }
    }
    all.extend(logs.uploads_off.iter().cloned().map(LogGap::UploadOff));
    let over = state_of(run).is_over();
    let never = over && run.started.is_none();
    let waits = matches!(state_of(run), State::Submitted | State::Queued);
    if looked.files.is_empty() && (never || waits) {
        all.push(LogGap::NeverStarted);
    }
    if let (Some(days), Some(ended)) = (looked.kept_days, run.ended)
        && looked.files.is_empty()
        && looked.now.duration_since(ended) > SignedDuration::from_hours(24 * i64::from(days))
    {
        all.push(LogGap::Expired { days });
    }
    if pending && has_place(run) && !waits {
        all.push(LogGap::NotYet);
    }
    let mut seen: Vec<LogGap> = Vec::new();
    all.retain(|gap| {
        let first = !seen.contains(gap);
        seen.push(gap.clone());
        first
    });
    all
}

/// Whether the run was told where to keep logs as files or streams. Glue, Lambda and SageMaker always write streams.
fn has_place(run: &RunFact) -> bool {
    let logs = &run.request.logs;
    match run.id {
        JobId::Cluster { .. } => logs.s3.is_some(),
        JobId::Step { .. } => logs.s3.is_some() || logs.step_s3.is_some(),
        JobId::Serverless { .. } => logs.s3.is_some() || logs.cloud_watch.is_some(),
        JobId::Eks { .. } => {
            logs.s3.is_some() || logs.cloud_watch.as_ref().is_some_and(|settings| settings.group.is_some())
        }
        JobId::Glue { .. } | JobId::Lambda { .. } | JobId::SageMaker { .. } => true,
    }
}

fn managed(id: &JobId, logs: &LogSettings) -> bool {
    matches!(id, JobId::Serverless { .. }) && logs.managed != Some(false) && logs.unread.is_none()
}

/// In words, with what to do.
pub fn words(gap: &LogGap) -> String {
    match gap {
        LogGap::NoPlace => "no log URI and no log group is set: the run keeps no files of its own".into(),
        LogGap::NotKnown(why) => format!("where the run keeps its logs could not be read: {why}"),
        LogGap::UploadOff(kind) => format!("upload of {kind} is switched off by the upload policy"),
        LogGap::ManagedOnly => {
            "kept in managed storage alone: open them through the address of GetDashboardForJobRun".into()
        }
        LogGap::NoPermission { action, place } => format!("{action} on {place} is not allowed"),
        LogGap::PlaceGone(place) => format!("{place} is not there"),
        LogGap::NotYet => "not pushed yet".into(),
        LogGap::Expired { days } => format!("kept for {days} days, and that is over"),
        LogGap::NeverStarted => "it has not started, so nothing has been written".into(),
    }
}
