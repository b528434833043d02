//! Whether what a plan saw of an object still stands, and whether a step that was sent has happened.

use super::StepError;
use ::objects::{
    key,
    restore::{NULL, seen, written_key},
    size, words,
};
use aws::objects::facts;
use contract::{
    Timestamp,
    objects::{VersionRow, Versioning},
    plan::{Action, Seen, Step},
};
use jiff::SignedDuration;

/// How far apart this computer's clock and the service's may be when a landed write is recognised.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_secs(60);

/// What the plan saw must still stand.
pub(super) fn unchanged(step: &Step, rows: &[VersionRow]) -> Result<(), StepError> {
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
pub(super) async fn protect_null(
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
pub(super) fn holds_null(rows: &[VersionRow]) -> bool {
    rows.iter().any(|row| row.fact.version_id == NULL && !row.fact.delete_marker)
}

/// While versioning is not enabled, an upload takes the id of a `null` marker: removing it would then destroy that upload.
pub(super) async fn keeps_its_id(session: &aws::Session, bucket: &str, target: &str) -> Result<(), StepError> {
    match facts::versioning_now(session, bucket).await? {
        Versioning::Enabled => Ok(()),
        Versioning::Suspended | Versioning::Never => Err(StepError::Changed(format!(
            "Versioning is not enabled any more: an upload could take the id of the delete marker of {}, and removing it would destroy that upload; nothing was removed.",
            key::shown(target)
        ))),
    }
}

/// Whether a step that was sent before a crash has happened: `Some` with the version or marker that it made. It is taken
/// for ours only if it stands right on top of what the plan saw, was stored after the step was sent, and is what the
/// step would have written.
pub(super) fn landed(step: &Step, rows: &[VersionRow], sent: Timestamp) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{objects::VersionFact, plan::SourceVersion};

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
