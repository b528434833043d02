//! What can go wrong. Damage inside a compressed file is no fault but an [`End`](crate::End): what could be read stays.

use std::io;

#[derive(Debug, thiserror::Error)]
pub enum LogFault {
    /// The caller's [`Cancel`](crate::Cancel) was set.
    #[error("cancelled")]
    Cancelled,
    /// Nobody looks for the records any more that were waited for.
    #[error("its records are no longer looked for")]
    Abandoned,
    /// The reader that was handed over failed: network, permission. What was read before it stays.
    #[error("the source cannot be read after {read} bytes")]
    Source {
        /// Compressed bytes that were read before.
        read: u64,
        #[source]
        source: io::Error,
    },
    /// More than [`Limits::bytes`](crate::Limits::bytes) came out.
    #[error("more than {limit} bytes after inflating")]
    TooLarge { limit: u64 },
    /// A bomb: more than [`Limits::ratio`](crate::Limits::ratio) bytes for each compressed one.
    #[error("more than {limit} bytes came out of each compressed byte")]
    Ratio { limit: u64 },
    /// The cache file cannot be read or written: disk full, removed.
    #[error("the inflated copy cannot be {doing}")]
    Cache {
        doing: &'static str,
        #[source]
        source: io::Error,
    },
    /// A saved index does not belong to the file beside it. The file can be indexed again.
    #[error("the saved index is not of this file: {0}")]
    Index(&'static str),
    /// A search for something that is no regular expression, or one that would take too much memory.
    #[error("the expression cannot be used")]
    Pattern(#[source] Box<regex::Error>),
    /// A search for nothing would match every line.
    #[error("nothing to look for")]
    NoPattern,
}
