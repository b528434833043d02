//! The way out: one buffer, the limits, the caller.

use super::{Limits, Progress};
use crate::{Cancel, LogFault, wide};

/// Inflated bytes that the caller gets at once, at most: at 500 MB/s half a millisecond's worth, so first lines are there
/// at once, and still few enough calls.
pub const CHUNK: usize = 256 << 10;

/// Who gets the bytes; see [`inflate`](super::inflate()).
pub type Take<'a> = dyn FnMut(&mut Vec<u8>, Progress) -> Result<(), LogFault> + 'a;

pub struct Out<'a> {
    buffer: Vec<u8>,
    filled: usize,
    /// Handed over.
    before: u64,
    limits: Limits,
    cancel: &'a Cancel,
    take: &'a mut Take<'a>,
}

impl<'a> Out<'a> {
    pub fn new(limits: Limits, cancel: &'a Cancel, take: &'a mut Take<'a>) -> Self {
        Self { buffer: vec![0; CHUNK], filled: 0, before: 0, limits, cancel, take }
    }

    /// Where the next bytes go; never empty.
    pub fn spare(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.filled..).unwrap_or_default()
    }

    pub fn total(&self) -> u64 {
        self.before + wide(self.filled)
    }

    /// `length` bytes were written into [`spare`](Self::spare), after `compressed` bytes were read.
    pub fn advance(&mut self, length: usize, compressed: u64) -> Result<(), LogFault> {
        self.filled = (self.filled + length).min(self.buffer.len());
        let total = self.total();
        let over = total.saturating_sub(self.limits.bytes);
        if over > 0 {
            self.filled = self.filled.saturating_sub(crate::size(over));
            return Err(LogFault::TooLarge { limit: self.limits.bytes });
        }
        if total > self.limits.ratio_after && total / compressed.max(1) > self.limits.ratio {
            return Err(LogFault::Ratio { limit: self.limits.ratio });
        }
        if self.filled == self.buffer.len() { self.flush(compressed) } else { Ok(()) }
    }

    pub fn flush(&mut self, compressed: u64) -> Result<(), LogFault> {
        self.cancel.check()?;
        if self.filled == 0 {
            return Ok(());
        }
        self.buffer.truncate(self.filled);
        self.before += wide(self.filled);
        self.filled = 0;
        let taken = (self.take)(&mut self.buffer, Progress { compressed, inflated: self.before });
        self.buffer.resize(CHUNK, 0);
        taken
    }
}
