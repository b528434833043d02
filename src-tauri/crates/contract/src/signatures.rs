//! Signatures of the person's own: proposed from a line, tried on what is open, kept as files in the data folder.

use crate::{LogId, jobs::diagnosis::RetryAdvice, logs::LineAt};
use serde::{Deserialize, Serialize};

/// What a person says of one kind of failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureDraft {
    /// Letters, digits, `.`, `-` and `_`; unlike that of any other.
    pub id: String,
    pub title: String,
    /// A regular expression over bytes.
    pub pattern: String,
    pub layer: Layer,
    pub retry: RetryAdvice,
    pub remedy: String,
    /// A line that it must match. What is secret in it is masked.
    pub example: String,
    /// A line that it must not match.
    pub miss: Option<String>,
}

/// Which floor a cause is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Layer {
    Platform,
    Code,
    Data,
    Permission,
    Resource,
    Capacity,
}

impl Layer {
    pub const ALL: [Self; 6] =
        [Self::Code, Self::Data, Self::Permission, Self::Resource, Self::Capacity, Self::Platform];

    pub fn word(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Code => "code",
            Self::Data => "data",
            Self::Permission => "permission",
            Self::Resource => "resource",
            Self::Capacity => "capacity",
        }
    }
}

/// Proposes a signature from a line of an open log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftSignature {
    pub log: LogId,
    pub at: LineAt,
}

/// Checks a draft, and tries it on all records of an open log. A newer one ends the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrySignature {
    pub draft: SignatureDraft,
    pub log: Option<LogId>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureTrial {
    /// While there are any it cannot be kept.
    pub problems: Vec<DraftProblem>,
    /// There when a log is open and the pattern can be used.
    pub tried: Option<TriedOn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftProblem {
    pub field: DraftField,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DraftField {
    Id,
    Title,
    Pattern,
    Example,
    Miss,
}

/// What a draft says to a log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedOn {
    /// Records that were looked at.
    pub records: u64,
    /// Those that match.
    pub hits: u64,
    /// The first of them.
    pub first: Vec<TriedHit>,
    /// False when the log is so large that only its beginning was looked at.
    pub whole: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedHit {
    /// Where the match begins.
    pub at: LineAt,
    /// Of its file.
    pub address: String,
    /// Masked.
    pub text: String,
}

/// Keeps a draft as a file of its own, or in the place of what it was made of. Answers with all that are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveSignature {
    pub draft: SignatureDraft,
    pub was: Option<KeptDraft>,
}

/// A signature that is edited: its file, and what stood in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDraft {
    pub file: String,
    pub draft: SignatureDraft,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListSignatures {}

/// Deletes a file of signatures with all that is in it. Answers with those that are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteSignatures {
    pub file: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSignatures {
    /// Where the files are.
    pub folder: String,
    pub files: Vec<SignatureFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureFile {
    pub name: String,
    pub signatures: Vec<OwnSignature>,
    /// What is wrong in it. What is not wrong is used all the same.
    pub faults: Vec<String>,
    /// There when the file is as this program writes it: others were written by hand and are edited by hand.
    pub draft: Option<SignatureDraft>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSignature {
    pub id: String,
    pub title: String,
}
