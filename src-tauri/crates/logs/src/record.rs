//! Records: a line with a head and the lines that belong to it (stack traces, tracebacks, plans, pretty-printed JSON).
//!
//! [`Records`] is a sparse index over a [`Log`](crate::Log): for each 64 KiB the number of records that begin there,
//! their levels and times, and what a reader must know to begin in the middle. A record is then found by reading one
//! such block again, a fraction of a millisecond; ten million records take no more memory than a thousand long ones.

mod block;
mod cursor;
mod find;
mod grouper;
mod look;
#[cfg(test)]
mod tests;
mod text;
mod texts;
pub(crate) mod walk;

pub use block::Records;
pub use cursor::Cursor;
pub use grouper::{Grouper, Step};
pub use text::Text;
pub use texts::Texts;

use crate::{Level, time::Time};

/// Lines `line..line + lines` of a log, which belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// From 0, in its file.
    pub number: u64,
    /// The first line, from 0.
    pub line: u64,
    /// Lines, at least 1.
    pub lines: u64,
    /// Of its first byte.
    pub offset: u64,
    /// Bytes, with the newlines.
    pub length: u64,
    /// What its head tells.
    pub time: Option<Time>,
    /// Its own time, or the last one that was told before it.
    pub clock: Option<Time>,
    pub level: Option<Level>,
}
