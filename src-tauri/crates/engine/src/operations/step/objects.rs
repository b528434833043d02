//! A step on an object: a conditional copy, or a delete marker removed or added.

mod readback;
mod standing;

use super::{StepError, check};
use crate::{
    Desk,
    objects::rows_of_key,
    operations::{Job, run::Progress},
};
use ::objects::{
    key,
    restore::{NULL, written_key},
    words,
};
use aws::{
    AwsError,
    objects::{
        describe,
        write::{self, Condition, Copy, CopyWatch, Written},
    },
};
use contract::{
    Timestamp,
    objects::VersionRow,
    operations::{StepReceipt, StepState},
    plan::{Action, Seen, SourceVersion, Step},
};
use readback::{compared, size_words};
use standing::{holds_null, keeps_its_id, landed, protect_null, unchanged};
use std::sync::Arc;
use store::Store;

impl Desk {
    #[allow(clippy::too_many_arguments)] // one call, kept apart from run_step for its error type
    pub(super) async fn write_object(
        &self,
        job: &Job,
        index: usize,
        step: &Step,
        was_sent: Option<Timestamp>,
        upload_id: Option<&str>,
        receipt: &mut StepReceipt,
        progress: &Progress,
    ) -> Result<(), StepError> {
        let session = &job.session;
        let bucket = job.plan.place.scope.name();
        let target = written_key(step);
        let rows = rows_of_key(session, bucket, target, None).await?;
        if let Some(sent) = was_sent
            && let Some(landed) = landed(step, &rows, sent)
        {
            receipt.note = "Found done after the interruption; it was not repeated.".into();
            let written = Written { version_id: Some(landed), ..Written::default() };
            return self.verify(job, step, &written, receipt).await;
        }
        unchanged(step, &rows)?;
        let sent = was_sent.unwrap_or_else(Timestamp::now);
        let written = match self.send(job, index, step, &rows, upload_id, progress).await {
            Err(StepError::Aws(error @ (AwsError::Repeated { .. } | AwsError::NotFound { .. }))) => {
                // Its own first try may have been done and its answer lost; or the object went at this very moment.
                let rows = rows_of_key(session, bucket, target, None).await?;
                match landed(step, &rows, sent) {
                    Some(landed) if matches!(error, AwsError::Repeated { .. }) => {
                        receipt.note = "Found done: the answer to the write was lost.".into();
                        Written { version_id: Some(landed), ..Written::default() }
                    }
                    _ => {
                        receipt.request_ids.extend(error.request_id().map(str::to_owned));
                        unchanged(step, &rows)?;
                        return Err(error.into());
                    }
                }
            }
            other => other?,
        };
        self.verify(job, step, &written, receipt).await
    }

    /// The write itself.
    async fn send(
        &self,
        job: &Job,
        index: usize,
        step: &Step,
        rows: &[VersionRow],
        upload_id: Option<&str>,
        progress: &Progress,
    ) -> Result<Written, StepError> {
        let session = &job.session;
        let bucket = job.plan.place.scope.name();
        let target = written_key(step);
        Ok(match &step.action {
            Action::Copy { source, to_key } => {
                protect_null(session, bucket, target, rows, step).await?;
                let copy = copy_of(bucket, source, to_key, &step.seen);
                let watch = Watch { desk: self, job, index, progress, store: self.inner.store.clone() };
                write::copy(&job.permit, session, &copy, self.inner.parts, upload_id, &watch).await?
            }
            Action::RemoveMarker { marker_id } => {
                if !rows.iter().any(|row| row.fact.version_id == *marker_id && row.fact.delete_marker) {
                    return Err(StepError::Changed(format!(
                        "Delete marker {} is not there any more.",
                        words::short_id(marker_id)
                    )));
                }
                if marker_id == NULL {
                    keeps_its_id(session, bucket, target).await?;
                }
                write::remove_marker(&job.permit, session, bucket, target, marker_id).await?
            }
            Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {
                return Err(StepError::Changed("This is no step on an object.".into()));
            }
            Action::AddMarker => {
                let Seen::Object { etag, .. } = &step.seen else {
                    return Err(StepError::Changed(format!("{} is hidden already.", key::shown(target))));
                };
                // Unless versioning is enabled, a marker takes the place of the null version as a copy does.
                if holds_null(rows) {
                    protect_null(session, bucket, target, rows, step).await?;
                }
                write::add_marker(&job.permit, session, bucket, target, etag).await?
            }
        })
    }

    /// Reads back what was written and fills the receipt.
    async fn verify(
        &self,
        job: &Job,
        step: &Step,
        written: &Written,
        receipt: &mut StepReceipt,
    ) -> Result<(), StepError> {
        let session = &job.session;
        let bucket = job.plan.place.scope.name();
        let target = written_key(step);
        receipt.request_ids.extend(written.request_ids.iter().cloned());
        let rows = rows_of_key(session, bucket, target, None).await?;
        let current = rows.first().map(|row| &row.fact);
        let mut checks = Vec::new();
        match &step.action {
            Action::Copy { source, .. } => {
                let new = written
                    .version_id
                    .clone()
                    .or_else(|| current.map(|fact| fact.version_id.clone()))
                    .unwrap_or_default();
                // It is there, whatever becomes of reading it back: the receipt names it in any case.
                receipt.new_version_id = Some(new.clone());
                let (theirs, ours) = tokio::join!(
                    describe::version(session, bucket, &source.key, Some(&source.version_id)),
                    describe::version(session, bucket, target, Some(&new)),
                );
                let ours = ours?;
                checks.push(check("size", ours.size == source.size, size_words(ours.size, source.size)));
                checks.push(compared(theirs, &ours)?);
                checks.push(check(
                    "version id",
                    rows.iter().any(|row| row.fact.version_id == new),
                    words::short_id(&new),
                ));
                let is_current = current.is_some_and(|fact| fact.version_id == new && fact.is_latest);
                checks.push(check(
                    "is current",
                    is_current,
                    if is_current { "the restored version is current" } else { "another version is current now" },
                ));
            }
            Action::RemoveMarker { marker_id } => {
                let gone = !rows.iter().any(|row| row.fact.version_id == *marker_id);
                checks.push(check("delete marker", gone, if gone { "removed" } else { "still there" }));
                if let Some(fact) = current {
                    // Of several markers only the last uncovers the version.
                    if !fact.delete_marker {
                        checks.push(check(
                            "is current",
                            fact.is_latest,
                            format!("version {} is current", words::short_id(&fact.version_id)),
                        ));
                        receipt.new_version_id = Some(fact.version_id.clone());
                    }
                }
                receipt.marker_id = Some(marker_id.clone());
            }
            Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {}
            Action::AddMarker => {
                let hidden = current.is_some_and(|fact| fact.delete_marker);
                checks.push(check(
                    "is current",
                    hidden,
                    if hidden { "a delete marker is current" } else { "the object is still visible" },
                ));
                receipt.marker_id = written.version_id.clone().or_else(|| current.map(|fact| fact.version_id.clone()));
            }
        }
        let failed: Vec<&str> = checks.iter().filter(|check| !check.ok).map(|check| check.what.as_str()).collect();
        if failed.is_empty() {
            receipt.state = StepState::Done;
        } else {
            receipt.state = StepState::Failed;
            receipt.note =
                format!("{} was written, but reading it back disagrees in: {}.", key::shown(target), failed.join(", "));
        }
        receipt.checks = checks;
        Ok(())
    }
}

fn copy_of(bucket: &str, source: &SourceVersion, to_key: &str, seen: &Seen) -> Copy {
    Copy {
        bucket: bucket.to_owned(),
        copy_source: key::copy_source(bucket, &source.key, Some(&source.version_id)),
        source_key: source.key.clone(),
        source_version: source.version_id.clone(),
        source_etag: source.etag.clone(),
        size: source.size,
        to_key: to_key.to_owned(),
        condition: match seen {
            Seen::Object { etag, .. } => Condition::IfMatch(etag.clone()),
            Seen::Marker { .. }
            | Seen::Nothing
            | Seen::Execution { .. }
            | Seen::Run { .. }
            | Seen::Request { .. }
            | Seen::Pipeline { .. }
            | Seen::Alert { .. }
            | Seen::Model { .. } => Condition::IfNoneMatch,
        },
    }
}

/// Journals the upload and reports bytes of a copy by parts.
struct Watch<'a> {
    desk: &'a Desk,
    job: &'a Job,
    index: usize,
    progress: &'a Progress,
    store: Store,
}

impl CopyWatch for Watch<'_> {
    fn upload(&self, upload_id: &str) {
        let (store, id, index, upload_id) = (self.store.clone(), self.job.id.clone(), self.index, upload_id.to_owned());
        // On the disk before the first part is sent: a short blocking write, once per upload.
        let noted = tokio::task::block_in_place(|| store.step_note_upload(&id, index, Some(&upload_id)));
        if let Err(error) = noted {
            tracing::warn!(%error, "the upload could not be journalled");
        }
    }

    fn aborted(&self) {
        let noted = tokio::task::block_in_place(|| self.store.step_note_upload(&self.job.id, self.index, None));
        if let Err(error) = noted {
            tracing::warn!(%error, "that the upload is gone could not be journalled");
        }
    }

    fn bytes(&self, done: u64) {
        self.desk.copying(self.progress, done);
    }

    fn cancelled(&self) -> bool {
        self.job.cancel.is_cancelled() || self.progress.stopped()
    }
}

const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<Job>>();
};
