//! One version: what it was made from, its files, where it serves, who decided what.

use super::{
    DeployedAt, LineageGraph, VersionMark,
    facts::{CardFact, CheckFact, EvidencePart, Lifecycle},
};
use crate::{Notice, OperationId, Timestamp, jobs::JobId};
use serde::{Deserialize, Serialize};

/// Everything of one version that needs no other version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionDetail {
    pub mark: VersionMark,
    /// Empty: a package without a group.
    pub group: String,
    pub description: Option<String>,
    /// `ModelPackageStatus`.
    pub status: String,
    pub lifecycle: Option<Lifecycle>,
    /// Of the last decision.
    pub comment: Option<String>,
    pub created_by: Option<String>,
    pub modified: Option<Timestamp>,
    pub modified_by: Option<String>,
    pub origin: Vec<OriginLine>,
    pub containers: Vec<ContainerRow>,
    /// Validations and image scans.
    pub checks: Vec<CheckFact>,
    pub evidence: Vec<EvidenceLine>,
    pub card: Option<CardFact>,
    pub deployed: Vec<DeployedAt>,
    /// Newest first.
    pub history: Vec<HistoryRow>,
    pub lineage: Option<LineageGraph>,
    pub metadata: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
    pub notices: Vec<Notice>,
    pub as_of: Timestamp,
}

/// One thing that a version was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginLine {
    /// `commit`, `repository`, `pipeline execution`, `training job`, `data set`.
    pub what: String,
    /// `None`: not said by anybody.
    pub value: Option<String>,
    pub made: Option<Made>,
    /// Of a data set: which version of it was read, and whether that one is still current.
    #[serde(default)]
    pub note: Option<String>,
}

/// Where an origin can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Made {
    Run(JobId),
    /// By its ARN.
    PipelineExecution(String),
    /// An object or folder in S3, by its URI.
    S3(String),
    /// One version of an object in S3.
    S3Version {
        uri: String,
        version_id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerRow {
    pub image: String,
    pub image_digest: Option<String>,
    pub image_state: PinState,
    /// S3 URI.
    pub model_data: Option<String>,
    pub model_data_state: PinState,
    /// Bytes of the artefact as it is now.
    pub size: Option<u64>,
    pub framework: Option<String>,
    pub environment: Vec<(String, String)>,
}

/// An image or artefact now, against what was registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PinState {
    Unchanged,
    /// What it is now: a digest or an ETag.
    Changed(String),
    /// The tag that names the image points at another one now, which is what would be deployed: its digest.
    TagMoved(String),
    /// The tag that names the image is gone; the registered image is still in its registry.
    TagGone,
    /// Registered without a digest or ETag: nothing says what was meant.
    NotPinned,
    Gone,
    /// Why it was not looked at.
    Unknown(String),
}

/// One file that a version points at, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLine {
    pub part: EvidencePart,
    /// One of `DriftCheckBaselines` rather than `ModelMetrics`.
    pub is_baseline: bool,
    /// S3 URI.
    pub uri: String,
    /// As registered: `sha256:` and 64 hex digits.
    pub digest: Option<String>,
    pub seen: Option<SeenFile>,
    pub state: DigestState,
}

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenFile {
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    pub etag: Option<String>,
    pub version_id: Option<String>,
    /// Bytes.
    pub size: u64,
    pub modified: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DigestState {
    /// Its bytes have the registered digest.
    Unchanged,
    /// They have another one, or the object was written after the version was registered.
    Changed,
    /// Registered without a digest, and not written since: as far as S3's own time says.
    NotPinned,
    Gone,
    /// Why.
    Unreadable(String),
}

impl DigestState {
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed => "changed since registration",
            Self::NotPinned => "not pinned",
            Self::Gone => "gone",
            Self::Unreadable(_) => "not readable",
        }
    }
}

/// Something that happened to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    pub at: Timestamp,
    /// `approved`, `rejected`, `stage Production`, `registered`.
    pub what: String,
    pub by: Option<String>,
    pub comment: Option<String>,
    /// The address that the call came from.
    pub from: Option<String>,
    /// Our own operation, which has a receipt.
    pub operation: Option<OperationId>,
    /// Who told of it, the most exact first.
    pub sources: Vec<HistorySource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HistorySource {
    CloudTrail,
    /// Our own audit log.
    AuditLog,
    Lineage,
    /// The version itself.
    Version,
}

impl HistorySource {
    pub fn word(self) -> &'static str {
        match self {
            Self::CloudTrail => "CloudTrail",
            Self::AuditLog => "audit log",
            Self::Lineage => "lineage",
            Self::Version => "version",
        }
    }
}
