//! Marker removal or copy: the two ways to bring a deleted object back are not equivalent.

use super::super::NULL;
use super::Question;
use crate::words;
use contract::{
    objects::{VersionRow, Versioning},
    plan::{Action, Seen, Step},
    restore::Method,
};

/// The way that was chosen, and why.
pub(super) enum Way {
    Remove { why: String, warning: Option<String> },
    Copy { why: String },
}

/// Chooses for an in-place restore of a version that is not current. `Err` is a refusal in words.
pub(super) fn decide(question: &Question<'_>, wanted: &VersionRow) -> Result<Way, String> {
    let obstacle = obstacle(question, wanted);
    let replicated = question.facts.replication.as_ref().ok().copied();
    // An archived version cannot be copied, but comes back by marker removal at once.
    let readable = super::readable(&wanted.fact, question.detail, question.now).is_ok();
    match (question.method, obstacle) {
        (Method::Copy, _) => Ok(Way::Copy { why: copy_why(question, "a copy was asked for") }),
        (Method::RemoveMarkers, Some(obstacle)) => Err(format!("{obstacle}. Use a copy instead")),
        (Method::Auto, Some(obstacle)) => Ok(Way::Copy { why: copy_why(question, &obstacle) }),
        (Method::Auto, None) if replicated == Some(true) && readable => Ok(Way::Copy {
            why: copy_why(
                question,
                "the bucket replicates, and the removal of a delete marker is not replicated: the replica would stay deleted",
            ),
        }),
        (Method::Auto | Method::RemoveMarkers, None) => {
            let warning = match replicated {
                Some(true) => {
                    Some("the bucket replicates: the replica stays deleted, because marker removals are not replicated")
                }
                Some(false) => None,
                None => Some("replication could not be read: where the bucket replicates, the replica stays deleted"),
            };
            Ok(Way::Remove {
                why: "marker removal: free, moves no bytes, same version id and date; fires ObjectRemoved:Delete only, and no ObjectCreated".to_owned(),
                warning: warning.map(str::to_owned),
            })
        }
    }
}

/// What speaks against marker removal, whatever was asked for.
fn obstacle(question: &Question<'_>, wanted: &VersionRow) -> Option<String> {
    let mut above = question.rows.iter().take_while(|row| row.fact.version_id != wanted.fact.version_id);
    if !question.rows.first().is_some_and(|row| row.fact.delete_marker) {
        return Some("the object is not deleted: nothing but a copy puts an older version on top, as newer versions are never removed".to_owned());
    }
    if above.any(|row| !row.fact.delete_marker) {
        return Some("newer data versions lie above the wanted one, and those are never removed".to_owned());
    }
    if question.facts.mfa_delete {
        return Some("the bucket asks for MFA to delete a version, delete markers included".to_owned());
    }
    // Enabled versioning never reuses `null`; otherwise an upload may replace the marker between plan and run, and the
    // delete would then destroy that upload.
    let null_marker = markers_above(question, wanted).any(|row| row.fact.version_id == NULL);
    if null_marker && question.facts.versioning != Ok(Versioning::Enabled) {
        return Some("the delete marker is the `null` version and versioning is not enabled: an upload could take its id, and removing it would then destroy that upload".to_owned());
    }
    None
}

fn copy_why(question: &Question<'_>, reason: &str) -> String {
    let replica = match question.facts.replication {
        Ok(true) => "; replicates as a new version",
        _ => "",
    };
    format!("copy: {reason}. A new version id and date; fires ObjectCreated{replica}")
}

fn markers_above<'a>(question: &Question<'a>, wanted: &VersionRow) -> impl Iterator<Item = &'a VersionRow> + use<'a> {
    let id = wanted.fact.version_id.clone();
    question.rows.iter().take_while(move |row| row.fact.version_id != id).filter(|row| row.fact.delete_marker)
}

/// One step for each marker above the wanted version, from the top: each is current when its turn comes.
pub(super) fn removal_steps(question: &Question<'_>, wanted: &VersionRow, why: &str) -> Vec<Step> {
    markers_above(question, wanted)
        .map(|row| Step {
            key: question.key.to_owned(),
            action: Action::RemoveMarker { marker_id: row.fact.version_id.clone() },
            seen: Seen::Marker { version_id: row.fact.version_id.clone() },
            text: format!(
                "removes delete marker {} ({}), so that version {} is current again",
                words::short_id(&row.fact.version_id),
                words::instant(row.fact.last_modified),
                words::short_id(&wanted.fact.version_id)
            ),
            why: why.to_owned(),
        })
        .collect()
}
