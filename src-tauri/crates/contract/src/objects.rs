//! Buckets, entries of a folder, and the versions of one key.

pub mod content;

use crate::{Notice, Timestamp};
use serde::{Deserialize, Serialize};

/// Opens the list of buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenBuckets {}

/// One bucket. What needs a call of its own per bucket arrives after the name: `None` is "not read yet".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketRow {
    pub name: String,
    pub region: Option<String>,
    pub created: Option<Timestamp>,
    pub versioning: Option<Versioning>,
    /// What lifecycle rules do to old versions, in words.
    pub old_versions: Option<String>,
    /// Why something above is missing.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Versioning {
    Enabled,
    Suspended,
    /// Versioning was never enabled.
    Never,
}

/// Opens one folder: what lies under `prefix` up to the next `/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenEntries {
    pub bucket: String,
    pub prefix: String,
    /// Shows deleted objects and folders too. Costs a listing of all versions under the prefix.
    pub deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRow {
    /// The whole key, or the whole prefix of a folder.
    pub key: String,
    /// The last part, as S3 holds it: control characters are for the window to show.
    pub name: String,
    pub kind: EntryKind,
    pub size: Option<u64>,
    pub stored: Option<Timestamp>,
    pub class: Option<String>,
    pub etag: Option<String>,
    /// When it was deleted, for a ghost.
    pub deleted: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    Folder,
    Object,
    /// Every object below it has been deleted.
    DeletedFolder,
    DeletedObject,
}

/// Opens the versions of exactly one key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenVersions {
    pub bucket: String,
    pub key: String,
}

/// One version or delete marker as S3 listed it. Facts only; [`VersionRow`] adds what follows from its neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionFact {
    pub key: String,
    /// The literal `null` for an object stored while versioning was off or suspended.
    pub version_id: String,
    pub delete_marker: bool,
    pub is_latest: bool,
    /// One-second resolution; for a multipart upload the time of its initiation.
    pub last_modified: Timestamp,
    pub size: Option<u64>,
    pub etag: Option<String>,
    pub class: Option<String>,
    /// Checksum algorithms stored with it, such as `CRC64NVME`.
    pub checksums: Vec<String>,
    /// For an archived version: its temporary copy.
    pub restore: Option<RestoreStatus>,
    pub owner: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreStatus {
    pub in_progress: bool,
    pub expires: Option<Timestamp>,
}

/// One line of a key's timeline, newest first in S3's own order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// 0 is the newest in stored order.
    pub position: u64,
    pub fact: VersionFact,
    pub change: Change,
    /// When lifecycle rules will remove it for good.
    pub purge: Purge,
    /// Why its place in the order cannot be trusted; such a version is never picked by itself.
    pub ambiguous: Option<String>,
    /// How many versions directly below hold the same bytes (equal ETag and size).
    pub same_below: u64,
}

/// A data version against the data version before it (markers skipped).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The oldest data version.
    First,
    /// Bytes more or less.
    Size(i64),
    /// Equal ETag and size.
    SameBytes,
    /// Equal size, other ETag.
    SameSize,
    /// A delete marker.
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purge {
    /// No rule removes it, or it is current.
    Never,
    /// Midnight UTC at which S3 may remove it; it may be late.
    At(Timestamp),
    /// Protected only by the count of newer versions that a rule keeps.
    Kept { newer: u32 },
    /// The rules could not be read, or they filter by something that a listing does not show.
    Unknown,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DescribeBucket {
    pub bucket: String,
}

/// How a bucket is set up. `None` is what could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketDetail {
    pub name: String,
    pub region: String,
    pub versioning: Option<Versioning>,
    pub mfa_delete: bool,
    pub object_lock: Option<bool>,
    /// `SSE-S3`, `SSE-KMS alias/…`, `none`.
    pub encryption: Option<String>,
    /// Every lifecycle rule in words, disabled ones marked.
    pub lifecycle: Option<Vec<String>>,
    /// Who hears of a new object, in words.
    pub notifications: Option<Vec<String>>,
    pub replication: Option<bool>,
    /// What could not be read, and why.
    pub notices: Vec<Notice>,
}

/// What a listing does not show of a version (`HeadObject`, tagging, lock).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescribeVersion {
    pub bucket: String,
    pub key: String,
    /// `None` is the current version.
    pub version_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionDetail {
    pub bucket: String,
    pub key: String,
    pub version_id: Option<String>,
    pub size: u64,
    pub last_modified: Timestamp,
    pub etag: String,
    /// `CRC64NVME wq2oEjs8h5U=`, full object unless it says composite.
    pub checksum: Option<String>,
    pub class: String,
    /// The archive tier of an Intelligent-Tiering object (`x-amz-archive-status`: `ARCHIVE_ACCESS`, `DEEP_ARCHIVE_ACCESS`),
    /// which no listing shows.
    pub archive: Option<String>,
    pub content_type: Option<String>,
    /// `cache-control`, `content-encoding` and their like.
    pub headers: Vec<(String, String)>,
    pub metadata: Vec<(String, String)>,
    pub tags: Option<Vec<(String, String)>>,
    pub encryption: Option<String>,
    pub lock: Option<String>,
    pub restore: Option<RestoreStatus>,
    pub parts: Option<u32>,
    pub notices: Vec<Notice>,
}

/// The first bytes of a version, secrets and personal data masked, as raw bytes (`tauri::ipc::Response`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewVersion {
    pub bucket: String,
    pub key: String,
    pub version_id: Option<String>,
    /// At most 256 KiB are given.
    pub bytes: u32,
}

/// Marks a reply that crosses as raw bytes instead of JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawBytes(pub Vec<u8>);

/// Which version was current at a moment. `at` is what the person typed: `2026-11-21T05:55Z`, `now-2h`, `yesterday 09:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindVersionAt {
    pub bucket: String,
    pub key: String,
    pub at: String,
    /// Offset of the person's zone in minutes east of UTC, for a time typed without a zone while the window shows local time.
    pub offset_minutes: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionAt {
    /// The instant that was understood.
    pub at: Timestamp,
    pub version: VersionFact,
    /// False when nothing was current at that moment (not stored yet, or deleted): then this is the nearest, and `label` says so.
    pub exact: bool,
    /// `current at 05:55:00 UTC`, `nearest: stored 3 m later; nothing was current at that moment`.
    pub label: String,
}

/// Saves a version as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadVersion {
    pub bucket: String,
    pub key: String,
    pub version_id: Option<String>,
    /// A typed path (a folder or a file); `None` opens the system's dialog.
    pub path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Downloaded {
    /// `None` when the person closed the dialog.
    pub path: Option<String>,
    pub bytes: u64,
}
