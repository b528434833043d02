//! A step on an object: a conditional copy, or a delete marker removed or added.

use super::{StepError, check};
use crate::{
    Desk,
    objects::rows_of_key,
    operations::{Job, run::Progress},
};
use ::objects::{
    key,
    restore::{NULL, seen, written_key},
    size, words,
};
use aws::{
    AwsError,
    objects::{
        describe, facts,
        write::{self, Condition, Copy, CopyWatch, Written},
    },
};
use contract::{
    Timestamp,
    objects::{VersionDetail, VersionRow, Versioning},
    operations::{Check, StepReceipt, StepState},
    plan::{Action, Seen, SourceVersion, Step},
};
use jiff::SignedDuration;
use std::sync::Arc;
use store::Store;

/// How far apart this computer's clock and the service's may be when a landed write is recognised.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(60);

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

fn size_words(ours: u64, theirs: u64) -> String {
    if ours == theirs {
        format!("{} ({ours} bytes)", size::words(ours))
    } else {
        format!("{ours} bytes, but the source has {theirs}")
    }
}

/// The copy beside its source. A lifecycle rule may have removed the source since: the copy is none the worse for it.
fn compared(theirs: Result<VersionDetail, AwsError>, ours: &VersionDetail) -> Result<Check, AwsError> {
    match theirs {
        Ok(theirs) => Ok(compare_checksum(&theirs, ours)),
        Err(error) if error.is_absent() => Ok(check(
            "checksum",
            true,
            "not comparable: the source was removed after it was copied; the size was compared",
        )),
        Err(error) => Err(error),
    }
}

/// By the checksum of the whole object where both have one of the same kind; by ETag only where an ETag is one of the
/// bytes (no parts, no KMS); else it says that nothing could be compared, which is no failure.
fn compare_checksum(theirs: &VersionDetail, ours: &VersionDetail) -> Check {
    let whole = |text: &Option<String>| text.clone().filter(|text| !text.ends_with("composite"));
    if let (Some(one), Some(two)) = (whole(&theirs.checksum), whole(&ours.checksum))
        && one.split(' ').next() == two.split(' ').next()
    {
        return check(
            "checksum",
            one == two,
            if one == two { two } else { format!("{two}, but the source has {one}") },
        );
    }
    let plain = |detail: &VersionDetail| {
        detail.parts.is_none()
            && !detail.encryption.as_deref().is_some_and(|kind| kind.contains("KMS") || kind.contains("SSE-C"))
    };
    if plain(theirs) && plain(ours) {
        let same = theirs.etag == ours.etag;
        return check(
            "checksum",
            same,
            if same {
                format!("MD5 {}", ours.etag.trim_matches('"'))
            } else {
                format!("ETag {}, but the source has {}", ours.etag, theirs.etag)
            },
        );
    }
    check(
        "checksum",
        true,
        "not comparable: source and copy have no checksum of the whole object in common; the size was compared",
    )
}

/// What the plan saw must still stand.
fn unchanged(step: &Step, rows: &[VersionRow]) -> Result<(), StepError> {
    let target = key::shown(written_key(step));
    let now = seen(rows);
    let same = match (&step.action, &step.seen, &now) {
        // Stacked markers: each removal shows the next one.
        (Action::RemoveMarker { .. }, Seen::Marker { .. }, Seen::Marker { .. }) => true,
        (_, planned, now) => planned == now,
    };
    if same {
        return Ok(());
    }
    Err(StepError::Changed(match now {
        Seen::Nothing
        | Seen::Execution { .. }
        | Seen::Run { .. }
        | Seen::Request { .. }
        | Seen::Pipeline { .. }
        | Seen::Alert { .. }
        | Seen::Model { .. } => {
            format!("{target} is gone since the plan was made; nothing was written.")
        }
        Seen::Marker { .. } => format!("{target} was deleted since the plan was made; nothing was written."),
        Seen::Object { version_id, size: bytes, .. } => format!(
            "{target} was written since the plan was made: version {}, {}; nothing was changed.",
            words::short_id(&version_id),
            size::words(bytes)
        ),
    }))
}

/// Versioning may have been suspended since the plan: then a copy would destroy the `null` version for good.
async fn protect_null(
    session: &aws::Session,
    bucket: &str,
    target: &str,
    rows: &[VersionRow],
    step: &Step,
) -> Result<(), StepError> {
    match facts::versioning_now(session, bucket).await? {
        Versioning::Enabled => Ok(()),
        Versioning::Suspended if !holds_null(rows) => Ok(()),
        Versioning::Suspended => Err(StepError::Changed(format!(
            "Versioning is suspended: writing {} would destroy its null version for good; nothing was written.",
            key::shown(target)
        ))),
        Versioning::Never if step.seen == Seen::Nothing => Ok(()),
        Versioning::Never => Err(StepError::Changed(format!(
            "The bucket keeps no versions: writing {} would destroy what is there; nothing was written.",
            key::shown(target)
        ))),
    }
}

/// Whether there is a `null` version to lose. A `null` delete marker holds no data: the plan lets a write replace it.
fn holds_null(rows: &[VersionRow]) -> bool {
    rows.iter().any(|row| row.fact.version_id == NULL && !row.fact.delete_marker)
}

/// While versioning is not enabled, an upload takes the id of a `null` marker: removing it would then destroy that upload.
async fn keeps_its_id(session: &aws::Session, bucket: &str, target: &str) -> Result<(), StepError> {
    match facts::versioning_now(session, bucket).await? {
        Versioning::Enabled => Ok(()),
        Versioning::Suspended | Versioning::Never => Err(StepError::Changed(format!(
            "Versioning is not enabled any more: an upload could take the id of the delete marker of {}, and removing it would destroy that upload; nothing was removed.",
            key::shown(target)
        ))),
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

/// Whether a step that was sent before a crash has happened: `Some` with the version or marker that it made. It is taken
/// for ours only if it stands right on top of what the plan saw, was stored after the step was sent, and is what the
/// step would have written.
fn landed(step: &Step, rows: &[VersionRow], sent: Timestamp) -> Option<String> {
    let since = sent.checked_sub(CLOCK_SLACK).ok()?;
    let top = rows.first().map(|row| &row.fact);
    // While versioning is suspended, a `null` marker is not below what was written, but gone for it.
    let null_for_null = matches!(&step.seen, Seen::Marker { version_id } if version_id == NULL)
        && top.is_some_and(|fact| fact.version_id == NULL);
    let on_top_of_seen = || null_for_null || seen(rows.get(1..).unwrap_or_default()) == step.seen;
    match &step.action {
        Action::Copy { source, .. } => top
            .filter(|fact| !fact.delete_marker && fact.size == Some(source.size) && fact.last_modified >= since)
            .filter(|_| on_top_of_seen())
            .map(|fact| fact.version_id.clone()),
        Action::RemoveMarker { marker_id } => {
            (!rows.iter().any(|row| row.fact.version_id == *marker_id)).then(|| marker_id.clone())
        }
        Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => None,
        Action::AddMarker => top
            .filter(|fact| fact.delete_marker && fact.last_modified >= since)
            .filter(|_| on_top_of_seen())
            .map(|fact| fact.version_id.clone()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use contract::objects::VersionFact;

    fn fact(id: &str, at: &str, size: Option<u64>) -> VersionFact {
        VersionFact {
            key: "a".into(),
            version_id: id.into(),
            delete_marker: size.is_none(),
            is_latest: false,
            last_modified: at.parse().unwrap(),
            size,
            etag: size.map(|size| format!("\"{size}\"")),
            class: None,
            checksums: Vec::new(),
            restore: None,
            owner: None,
        }
    }

    fn rows(facts: Vec<VersionFact>) -> Vec<VersionRow> {
        ::objects::timeline::timeline(facts, None, "2026-11-21T09:00:00Z".parse().unwrap())
    }

    fn copy_step() -> Step {
        let source = SourceVersion {
            key: "a".into(),
            version_id: "v1".into(),
            size: 10,
            etag: "\"10\"".into(),
            last_modified: "2026-11-21T05:52:04Z".parse().unwrap(),
        };
        Step {
            key: "a".into(),
            action: Action::Copy { source, to_key: "a".into() },
            seen: Seen::Object { version_id: "v2".into(), etag: "\"3\"".into(), size: 3 },
            text: String::new(),
            why: String::new(),
        }
    }

    fn before() -> Vec<VersionFact> {
        vec![fact("v2", "2026-11-21T06:00:12Z", Some(3)), fact("v1", "2026-11-21T05:52:04Z", Some(10))]
    }

    fn sent() -> Timestamp {
        "2026-11-21T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_copy_that_landed_before_the_crash_is_recognised() {
        let mut after = before();
        after.insert(0, fact("v3", "2026-11-21T08:00:01Z", Some(10)));
        assert_eq!(landed(&copy_step(), &rows(after), sent()), Some("v3".into()));
    }

    #[test]
    fn a_strangers_write_is_never_taken_for_ours() {
        assert_eq!(landed(&copy_step(), &rows(before()), sent()), None, "nothing happened yet");
        let mut other_size = before();
        other_size.insert(0, fact("v3", "2026-11-21T08:00:01Z", Some(11)));
        assert_eq!(landed(&copy_step(), &rows(other_size), sent()), None);
        let mut two_on_top = before();
        two_on_top.insert(0, fact("v3", "2026-11-21T08:00:01Z", Some(7)));
        two_on_top.insert(0, fact("v4", "2026-11-21T08:00:02Z", Some(10)));
        assert_eq!(landed(&copy_step(), &rows(two_on_top), sent()), None, "something else came between");
    }

    #[test]
    fn a_copy_that_took_the_place_of_a_null_marker_is_recognised() {
        let step = Step { seen: Seen::Marker { version_id: NULL.into() }, ..copy_step() };
        let below = fact("v1", "2026-11-21T05:52:04Z", Some(10));
        let landed_as =
            |id: &str, size| landed(&step, &rows(vec![fact(id, "2026-11-21T08:00:01Z", size), below.clone()]), sent());
        assert_eq!(landed_as(NULL, Some(10)), Some(NULL.into()));
        assert_eq!(landed_as(NULL, None), None, "the marker itself");
        assert_eq!(landed_as(NULL, Some(11)), None, "another upload");
        assert_eq!(landed_as("v3", Some(10)), None, "the marker would be below it");
    }

    #[test]
    fn a_null_marker_holds_nothing_to_lose() {
        let deleted = [fact(NULL, "2026-11-21T08:00:01Z", None), fact("v1", "2026-11-21T05:52:04Z", Some(10))];
        assert!(!holds_null(&rows(deleted.to_vec())));
        let stored = [fact("v2", "2026-11-21T08:00:01Z", Some(9)), fact(NULL, "2026-11-21T05:52:04Z", Some(10))];
        assert!(holds_null(&rows(stored.to_vec())));
    }

    fn detail(etag: &str) -> VersionDetail {
        VersionDetail {
            bucket: "lake-raw".into(),
            key: "a".into(),
            version_id: Some("v1".into()),
            size: 10,
            last_modified: sent(),
            etag: etag.into(),
            checksum: None,
            class: "STANDARD".into(),
            archive: None,
            content_type: None,
            headers: Vec::new(),
            metadata: Vec::new(),
            tags: None,
            encryption: None,
            lock: None,
            restore: None,
            parts: None,
            notices: Vec::new(),
        }
    }

    #[test]
    fn a_copy_whose_source_was_removed_meanwhile_is_done() {
        let gone = || AwsError::NotFound {
            call: describe::HEAD,
            code: "NoSuchVersion".into(),
            message: "gone".into(),
            request_id: None,
        };
        let check = compared(Err(gone()), &detail("\"a\"")).unwrap();
        assert!(check.ok && check.text.contains("removed after"), "{check:?}");
        let denied = AwsError::Denied { call: describe::HEAD, message: "no".into(), request_id: None };
        assert!(compared(Err(denied), &detail("\"a\"")).is_err());
        assert!(!compared(Ok(detail("\"b\"")), &detail("\"a\"")).unwrap().ok);
    }

    #[test]
    fn a_step_stops_when_something_else_is_current() {
        assert!(unchanged(&copy_step(), &rows(before())).is_ok());
        let mut overwritten = before();
        overwritten.insert(0, fact("v3", "2026-11-21T08:00:01Z", Some(4)));
        let Err(StepError::Changed(note)) = unchanged(&copy_step(), &rows(overwritten)) else { panic!("it changed") };
        assert!(note.contains("written since the plan was made"), "{note}");
        let deleted = vec![fact("m1", "2026-11-21T08:00:01Z", None), fact("v2", "2026-11-21T06:00:12Z", Some(3))];
        assert!(unchanged(&copy_step(), &rows(deleted)).is_err());
        assert!(unchanged(&copy_step(), &[]).is_err());
    }
}
