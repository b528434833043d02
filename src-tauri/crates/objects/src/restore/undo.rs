//! The inverse of a step that was done, or why there is none.
//!
//! An undo never destroys data either: it copies the version that was current back on top, hides what the step brought
//! under a delete marker, or removes a marker that an undo added. It is refused once something else is current.

use super::{NULL, seen, source, written_key};
use crate::{key, size, words};
use contract::{
    facts::BucketFacts,
    objects::{VersionRow, Versioning},
    operations::{StepReceipt, StepState},
    plan::{Action, Seen, Step},
};
use std::collections::HashSet;

/// What is known when a step is to be undone.
#[derive(Debug, Clone, Copy)]
pub struct UndoQuestion<'a> {
    pub step: &'a Step,
    pub receipt: &'a StepReceipt,
    /// The versions of the written key ([`super::written_key`]) as they are now, newest first.
    pub rows: &'a [VersionRow],
    pub facts: &'a BucketFacts,
}

/// Why a step cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUndo {
    #[error("nothing was written")]
    NotDone,
    #[error("the destination is not versioned")]
    NotVersioned,
    #[error("the bucket's versioning could not be read: {0}")]
    VersioningUnknown(String),
    #[error("versioning is suspended: an undo would overwrite the `null` version for good")]
    Suspended,
    #[error("{key} changed since: version {current} is current now, and an undo would hide it", key = key::shown(.key), current = words::short_id(.current))]
    Changed { key: String, current: String },
    #[error("the version that was current before, {}, has been removed for good", words::short_id(.0))]
    Gone(String),
    #[error("the version that was current before, {}, is archived and cannot be copied at once", words::short_id(.0))]
    Archived(String),
    /// Several markers were removed, or some remained: one marker hides the object.
    #[error("one delete marker is enough, and the object has it or gets it")]
    Covered,
}

/// The inverses of an operation's steps, in the order in which they must run: the last step first. Of several marker removals
/// on one key one is undone, the others answer [`NoUndo::Covered`]. `rows_of` gives the versions of a written key as they
/// are now.
pub fn undo_all<'a>(
    done: &[(&'a Step, &'a StepReceipt)],
    rows_of: impl Fn(&str) -> &'a [VersionRow],
    facts: &'a BucketFacts,
) -> Vec<Result<Step, NoUndo>> {
    let mut hidden: HashSet<String> = HashSet::new();
    done.iter()
        .rev()
        .map(|(step, receipt)| {
            let inverse = undo(&UndoQuestion { step, receipt, rows: rows_of(written_key(step)), facts })?;
            if inverse.action == Action::AddMarker && !hidden.insert(inverse.key.clone()) {
                return Err(NoUndo::Covered);
            }
            Ok(inverse)
        })
        .collect()
}

/// The inverse of one step of an operation; see [`undo_all`] for several.
pub fn undo(question: &UndoQuestion<'_>) -> Result<Step, NoUndo> {
    let UndoQuestion { step, receipt, rows, facts } = *question;
    if receipt.state != StepState::Done {
        return Err(NoUndo::NotDone);
    }
    let suspended = match &facts.versioning {
        Ok(Versioning::Enabled) => false,
        Ok(Versioning::Suspended) => true,
        Ok(Versioning::Never) => return Err(NoUndo::NotVersioned),
        Err(missing) => return Err(NoUndo::VersioningUnknown(missing.reason.clone())),
    };
    let null_data = rows.iter().any(|row| row.fact.version_id == NULL && !row.fact.delete_marker);
    match &step.action {
        Action::Copy { to_key, .. } => {
            if suspended && null_data {
                return Err(NoUndo::Suspended);
            }
            current_is(rows, to_key, receipt.new_version_id.as_deref())?;
            match &step.seen {
                Seen::Object { version_id, .. } => copy_back(rows, to_key, version_id),
                Seen::Marker { .. } => Ok(hide(rows, to_key, "it was deleted before the restore")),
                Seen::Nothing
                | Seen::Execution { .. }
                | Seen::Run { .. }
                | Seen::Request { .. }
                | Seen::Pipeline { .. }
                | Seen::Alert { .. }
                | Seen::Model { .. } => Ok(hide(rows, to_key, "nothing stood there before the restore")),
            }
        }
        Action::RemoveMarker { .. } => {
            if suspended && null_data {
                return Err(NoUndo::Suspended);
            }
            match rows.first() {
                Some(row) if row.fact.delete_marker => Err(NoUndo::Covered),
                _ => {
                    uncovered_is_current(rows, &step.key, receipt)?;
                    Ok(hide(rows, &step.key, "it was deleted before the restore"))
                }
            }
        }
        Action::Execution(_) | Action::Job(_) | Action::Model(_) | Action::Pipeline(_) | Action::Monitor(_) => {
            Err(NoUndo::NotDone)
        }
        Action::AddMarker => {
            current_is(rows, &step.key, receipt.marker_id.as_deref())?;
            let marker_id = receipt.marker_id.clone().unwrap_or_default();
            if suspended && marker_id == NULL {
                return Err(NoUndo::Suspended);
            }
            Ok(Step {
                key: step.key.clone(),
                text: format!("removes delete marker {}, which the undo had added", words::short_id(&marker_id)),
                action: Action::RemoveMarker { marker_id },
                seen: seen(rows),
                why: "marker removal: free, same version id and date".to_owned(),
            })
        }
    }
}

/// Refuses unless the current version is the one that the step made.
fn current_is(rows: &[VersionRow], key: &str, id: Option<&str>) -> Result<(), NoUndo> {
    let current = rows.first().map(|row| row.fact.version_id.as_str());
    match (current, id) {
        (Some(current), Some(id)) if current == id => Ok(()),
        _ => Err(changed(rows, key)),
    }
}

/// The same for the removal of a marker, which makes no version: a receipt that does not name what it uncovered asks that
/// nothing was stored after the step.
fn uncovered_is_current(rows: &[VersionRow], key: &str, receipt: &StepReceipt) -> Result<(), NoUndo> {
    if receipt.new_version_id.is_some() {
        return current_is(rows, key, receipt.new_version_id.as_deref());
    }
    match (rows.first(), receipt.finished) {
        (Some(row), Some(finished)) if row.fact.last_modified <= finished => Ok(()),
        _ => Err(changed(rows, key)),
    }
}

fn changed(rows: &[VersionRow], key: &str) -> NoUndo {
    let current = rows.first().map_or("none", |row| row.fact.version_id.as_str());
    NoUndo::Changed { key: key.to_owned(), current: current.to_owned() }
}

fn copy_back(rows: &[VersionRow], key: &str, version_id: &str) -> Result<Step, NoUndo> {
    let before = rows
        .iter()
        .map(|row| &row.fact)
        .find(|fact| fact.version_id == version_id && !fact.delete_marker)
        .ok_or_else(|| NoUndo::Gone(version_id.to_owned()))?;
    if matches!(before.class.as_deref(), Some("GLACIER" | "DEEP_ARCHIVE")) {
        return Err(NoUndo::Archived(version_id.to_owned()));
    }
    Ok(Step {
        key: key.to_owned(),
        text: format!(
            "copies version {} ({}, {}), which was current before, back on top",
            words::short_id(version_id),
            words::instant(before.last_modified),
            size::words(before.size.unwrap_or(0))
        ),
        action: Action::Copy { source: source(before), to_key: key.to_owned() },
        seen: seen(rows),
        why: "copy: nothing is destroyed; the restored version stays below".to_owned(),
    })
}

fn hide(rows: &[VersionRow], key: &str, before: &str) -> Step {
    Step {
        key: key.to_owned(),
        action: Action::AddMarker,
        seen: seen(rows),
        text: "adds a delete marker: the object is hidden, its versions stay".to_owned(),
        why: format!("delete marker: {before}"),
    }
}

#[cfg(test)]
mod tests;
