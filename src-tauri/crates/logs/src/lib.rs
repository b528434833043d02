//! Log files without the places where they are kept: inflating by content, an index of lines, records of several
//! lines, search, merged timelines, references between files, masking of secrets.
//!
//! The layers, lowest first; each stands on the ones before it:
//!
//! - [`inflate()`] turns a reader of gzip, zstd, bzip2 or plain bytes into plain bytes, with limits;
//! - [`Log`] keeps them in a file that the caller handed over, with a [`LineIndex`] that grows with it, and [`spool()`]
//!   joins the two: lines can be read, searched and grouped while the rest still arrives;
//! - [`display`] makes text of raw lines, [`head`] reads their time and level, [`record`] groups them, [`template`]
//!   folds what repeats;
//! - [`search()`] looks through one file or many, [`merge`] puts several on one clock, [`skew`] tells how far two
//!   clocks are apart, [`refs`] finds what names another file, [`mask`] what must not be shown.
//!
//! No network, no clock, and no disk but the files handed over. Everything blocks and belongs on a thread for blocking
//! work; everything long takes a [`Cancel`]. Nothing panics on what a stranger wrote. Memory does not grow with a file
//! but for 8 bytes for each 16 KiB of lines and about 100 for each 64 KiB of records.

pub mod cancel;
pub mod display;
pub mod fault;
pub mod head;
pub mod index;
pub mod inflate;
pub mod level;
pub mod log;
pub mod mask;
pub mod merge;
pub mod record;
pub mod refs;
pub mod search;
pub mod skew;
pub mod spool;
pub mod template;
pub mod time;

pub use cancel::Cancel;
pub use display::Shown;
pub use fault::LogFault;
pub use head::{Head, Reader};
pub use index::LineIndex;
pub use inflate::{Damage, End, Inflated, Limits, Progress, inflate};
pub use level::{Level, Levels};
pub use log::{Line, Log, Writer};
pub use record::{Record, Records};
pub use search::search;
pub use spool::spool;

/// A length in memory from one in a file; what does not fit is as long as memory can be.
pub(crate) fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// `usize` is at most 64 bits wide on every platform that we build for.
pub(crate) fn wide(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
