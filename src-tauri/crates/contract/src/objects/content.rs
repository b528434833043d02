//! What stands in a version of an object: as much as tells whether it is whole.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub format: ContentFormat,
    /// Whole records, without a header; `None` where the format does not say it by passing by once.
    pub rows: Option<u64>,
    /// Names in the header, in their order; none when there is no header.
    pub columns: Vec<String>,
    /// Records that hold another number of fields than the first line.
    pub misfits: u64,
    /// The first of those.
    pub misfit: Option<Misfit>,
    /// What is left of a last record that is cut off.
    pub cut: Option<String>,
    /// What is wrong with its compression: `it ends in the middle of the gzip stream`.
    pub damage: Option<String>,
    /// The one day that its text names again and again near its beginning: `2026-11-20`.
    pub day: Option<String>,
    /// Bytes that were read, as they are shown, after inflating.
    pub read: u64,
    /// That was all.
    pub whole: bool,
}

impl Content {
    /// Whether what was read tells that nothing is missing: to its end, in a format whose records are looked at.
    pub fn is_judged(&self) -> bool {
        self.whole && (self.rows.is_some() || self.format == ContentFormat::Json)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ContentFormat {
    Empty,
    Delimited(char),
    /// One JSON document on each line.
    JsonLines,
    Json,
    Parquet,
    Text,
    Binary,
}

/// A record that holds another number of fields than the first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Misfit {
    /// Counted from 1, without a header.
    pub row: u64,
    pub fields: u64,
}
