//! Plain bytes from compressed ones, told by content: names lie (`syslog.gz` that a proxy inflated, `stderr` that is gzip).
//!
//! Memory is bounded: one buffer out, one in, and what the format needs (32 KiB for gzip, its window for zstd). Damage
//! is an [`End`] and not a fault, for the lines before it are often the ones that matter: EMR replaces log objects while
//! they are downloaded, and a node that dies leaves half a file.

mod bzip2;
mod format;
mod gzip;
mod limits;
mod out;
mod source;
#[cfg(test)]
mod tests;
mod zstd;

pub use format::Format;
pub use limits::Limits;
pub use out::{CHUNK, Take};

use crate::{Cancel, LogFault};
use out::Out;
use source::Source;
use std::io::Read;

/// How far it is, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    pub compressed: u64,
    pub inflated: u64,
}

/// How a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As the format says it should.
    Whole,
    /// Not; what could be read before `at` is there.
    Damaged { damage: Damage, at: Progress },
    /// The caller, a limit or the source ended it at this many inflated bytes.
    Stopped { inflated: u64 },
}

/// What is wrong with a compressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// It ends in the middle.
    Truncated,
    /// Its data or a checksum is wrong.
    Corrupt,
    /// After a whole file comes something of another kind, which is left out. (Zeros are padding, and no damage.)
    TrailingGarbage,
}

/// What was inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inflated {
    pub format: Format,
    pub total: Progress,
    /// Members, frames or streams that were whole; 0 for plain bytes.
    pub members: u64,
    pub end: End,
}

/// Inflates everything that `source` gives. `take` gets at most [`CHUNK`] bytes at a time and may keep the buffer by
/// putting another in its place; what it returns as a fault ends the work.
///
/// A fault leaves with `take` what was inflated before it.
pub fn inflate(source: impl Read, limits: Limits, cancel: &Cancel, take: &mut Take<'_>) -> Result<Inflated, LogFault> {
    let mut source = Source::new(source);
    let format = Format::of(source.peek(Format::MAGIC)?);
    let mut out = Out::new(limits, cancel, take);
    let outcome = match format {
        Format::Gzip => gzip::inflate(&mut source, &mut out),
        Format::Zstd => zstd::inflate(&mut source, &mut out),
        Format::Bzip2 => bzip2::inflate(&mut source, &mut out),
        Format::Plain => plain(&mut source, &mut out),
    };
    // What is in the buffer came before the fault.
    let flushed = out.flush(source.consumed());
    let (members, damage) = outcome?;
    flushed?;
    let total = Progress { compressed: source.consumed(), inflated: out.total() };
    let end = damage.map_or(End::Whole, |damage| End::Damaged { damage, at: total });
    Ok(Inflated { format, total, members, end })
}

/// Members that were whole, and what is wrong with the rest.
type Outcome = Result<(u64, Option<Damage>), LogFault>;

fn plain<R: Read>(source: &mut Source<R>, out: &mut Out<'_>) -> Outcome {
    loop {
        let ready = source.ready()?;
        if ready.is_empty() {
            return Ok((0, None));
        }
        let spare = out.spare();
        let length = ready.len().min(spare.len());
        if let (Some(to), Some(from)) = (spare.get_mut(..length), ready.get(..length)) {
            to.copy_from_slice(from);
        }
        source.consume(length);
        out.advance(length, source.consumed())?;
    }
}
