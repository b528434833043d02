//! Search over one log or many, on several threads, with results as they are found and in order in each file.
//!
//! The unit is a chunk of whole lines. A chunk is searched in one piece, not line by line: an expression of the
//! `regex` crate (which finds literals at memory speed by `memchr`'s vector code) goes over all of it, and only around a
//! hit are the bounds of the line looked for. A log that still grows is searched as it grows, so the first search of a
//! gzip file takes as long as its inflating.
//!
//! What matches is a line: its bytes without the newline, `^` and `$` at its ends. Of lines beyond [`chunk::LONG`]
//! pieces are searched that overlap, so there a match longer than the overlap may be missed.

pub mod chunk;
mod context;
mod filter;
mod hits;
mod map;
mod pool;
mod query;
#[cfg(test)]
mod tests;

pub use context::around;
pub use hits::{Batch, Found, Hit};
pub use map::HitMap;
pub use pool::search;
pub use query::{Case, Matcher, Query, What};

use crate::{Levels, Records, time::Time};
use std::{ops::Range, sync::Arc};

/// What is searched.
#[derive(Debug, Clone)]
pub enum Place {
    /// Lines alone.
    Log(Arc<crate::Log>),
    /// With their records, which a [`Filter`] needs. Somebody extends them while the log grows, or abandons them.
    Records(Arc<Records>),
}

impl Place {
    pub fn log(&self) -> &Arc<crate::Log> {
        match self {
            Self::Log(log) => log,
            Self::Records(records) => records.log(),
        }
    }
}

/// Which records count. Blocks without any of them are not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub levels: Levels,
    /// By the record's own time, or the last before it. Records before the first time that is told are left out.
    pub times: Option<Range<Time>>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { levels: Levels::EVERY, times: None }
    }
}

impl Filter {
    /// It lets everything through.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn lets(&self, level: Option<crate::Level>, clock: Option<Time>) -> bool {
        self.levels.has(level)
            && self.times.as_ref().is_none_or(|times| clock.is_some_and(|clock| times.contains(&clock)))
    }
}

/// How much is kept and used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Hits that are handed over for each file; all are counted.
    pub hits: u64,
    /// Threads beside the caller's.
    pub threads: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { hits: 10_000, threads: 2 }
    }
}
