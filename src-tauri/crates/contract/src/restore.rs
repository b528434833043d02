//! What a restore or its undo asks for.

use crate::{OperationId, Timestamp};
use serde::{Deserialize, Serialize};

/// Plans to bring versions back. Reads only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRestore {
    pub bucket: String,
    /// Keys, or deleted folders (a prefix ending in `/` with `folder` set).
    pub items: Vec<RestoreItem>,
    pub destination: Destination,
    pub method: Method,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreItem {
    pub key: String,
    pub folder: bool,
    pub pick: Pick,
}

/// Which version comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pick {
    /// The data version before the current one; for a deleted object the newest data version.
    Previous,
    Version(String),
    /// The one that was current at that moment, or the nearest.
    At(Timestamp),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    InPlace,
    /// Another key in the same bucket, by template: `archive/{yyyy}/{mm}/{name}_{date}{ext}`.
    Template(String),
}

/// How an undelete is done. The two are not equivalent, so the plan says which and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Marker removal where the newest data version is wanted and nothing speaks against it, else a copy.
    Auto,
    /// Removes the delete markers above the wanted version.
    RemoveMarkers,
    /// Copies the wanted version on top.
    Copy,
}

/// Plans the inverse of a finished operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanUndo {
    pub operation: OperationId,
}
