//! Restores decided: from what is known of a key and its bucket to the steps of a plan, and from a receipt to its undo.
//!
//! What always holds: no step destroys data. A copy adds a version; the only version that is ever deleted is a delete
//! marker that cannot become data meanwhile; where a write would overwrite the `null` version for good (versioning
//! suspended or off), the step is refused. Every step carries what was seen, so that its write can be conditional.
//!
//! The usual way through: [`choose`] once with what the listing gave (its [`Choice::source`] and [`Choice::to_key`] say what
//! to read next), then again with the version's `HeadObject` and the destination's versions; then [`fidelity`],
//! [`permissions`], [`cli`], [`crate::effects::effects`] and [`plan_risk`] for the plan.

mod choose;
mod cli;
mod fidelity;
mod permissions;
mod risk;
mod undo;

pub use choose::{Choice, Question, choose};
pub use cli::{Parts, cli};
pub use fidelity::fidelity;
pub use permissions::permissions;
pub use risk::{clashes, plan_risk};
pub use undo::{NoUndo, UndoQuestion, undo, undo_all};

use contract::{
    objects::{VersionFact, VersionRow},
    plan::{Action, Seen, SourceVersion, Step},
};

/// The largest object that one `CopyObject` copies: 5 GiB ("`CopyObject`", API reference). Above it, parts.
pub const ONE_COPY_MAX: u64 = 5 * 1024 * 1024 * 1024;

/// The id of a version stored while versioning was off or suspended.
pub const NULL: &str = "null";

/// What stands at a key, from its rows: the first one is current.
pub fn seen(rows: &[VersionRow]) -> Seen {
    match rows.first().map(|row| &row.fact) {
        None => Seen::Nothing,
        Some(fact) if fact.delete_marker => Seen::Marker { version_id: fact.version_id.clone() },
        Some(fact) => Seen::Object {
            version_id: fact.version_id.clone(),
            etag: fact.etag.clone().unwrap_or_default(),
            size: fact.size.unwrap_or(0),
        },
    }
}

/// The version that a copy reads. A size or ETag that was not listed is 0 or empty.
pub fn source(fact: &VersionFact) -> SourceVersion {
    SourceVersion {
        key: fact.key.clone(),
        version_id: fact.version_id.clone(),
        size: fact.size.unwrap_or(0),
        etag: fact.etag.clone().unwrap_or_default(),
        last_modified: fact.last_modified,
    }
}

/// True when this step copies by parts: its source is larger than `part_threshold` bytes.
pub fn by_parts(step: &Step, part_threshold: u64) -> bool {
    matches!(&step.action, Action::Copy { source, .. } if source.size > part_threshold)
}

/// The key that a step writes to.
pub fn written_key(step: &Step) -> &str {
    match &step.action {
        Action::Copy { to_key, .. } => to_key,
        _ => &step.key,
    }
}

/// True when a step puts a version on top of an object that is there now.
pub fn overwrites(step: &Step) -> bool {
    matches!((&step.action, &step.seen), (Action::Copy { .. }, Seen::Object { .. }))
}
