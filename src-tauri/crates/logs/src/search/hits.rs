//! What is found.

use crate::{End, search::HitMap};
use std::ops::Range;

/// A line that matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// From 0.
    pub line: u64,
    /// Of the line.
    pub offset: u64,
    /// Bytes of the line without its newline.
    pub length: u64,
    /// The first match in it, in bytes of the line; empty in an inverse search.
    pub mark: Range<u64>,
}

/// Hits of one file, the next in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Which of the places.
    pub place: usize,
    /// None once as many as the bounds allow were handed over.
    pub hits: Vec<Hit>,
    /// Lines that matched in this file up to here.
    pub total: u64,
    /// Bytes of this file that were searched, and its length as far as it is known.
    pub searched: u64,
    pub length: u64,
}

/// What a search found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Lines that match.
    pub total: u64,
    /// Lines of the file.
    pub lines: u64,
    pub map: HitMap,
    /// How the file itself ended: a damaged one may hold more.
    pub end: Option<End>,
}
