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
    /// Bytes that were read, as they are shown.
    pub read: u64,
    /// That was all.
    pub whole: bool,
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
