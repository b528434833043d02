//! One log, inflated, in a file that the caller handed over, with its line index; readable while it is written.
//!
//! One [`Writer`] appends; any number of readers share the [`Log`]. What readers see only grows, and a line is seen when
//! its newline is there (the last one when the writer says that nothing follows). Readers use positioned reads
//! (`pread`): no memory maps, so a file that is cut under us is an error and not a signal, and no shared file cursor.

mod lines;
mod positioned;
#[cfg(test)]
mod tests;

pub use lines::Line;

use crate::{End, LineIndex, LogFault};
use std::{
    fs::File,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The read side.
#[derive(Debug)]
pub struct Log {
    file: File,
    state: Mutex<State>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct State {
    index: LineIndex,
    /// Set when nothing will follow.
    end: Option<End>,
}

/// How much there is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Bytes.
    pub length: u64,
    /// Lines that can be read.
    pub lines: u64,
    /// How it ended; none while it grows.
    pub end: Option<End>,
}

impl Log {
    /// A log in an empty file that can be read and written, and its write side.
    pub fn create(file: File) -> (Arc<Self>, Writer) {
        let log = Arc::new(Self { file, state: Mutex::default(), grown: Condvar::new() });
        (Arc::clone(&log), Writer { log, at: 0 })
    }

    /// A log from a file that was written before, and the index that was saved with it ([`Log::index_bytes`]).
    pub fn reopen(file: File, index: &[u8], end: End) -> Result<Arc<Self>, LogFault> {
        let length = file.metadata().map_err(|source| LogFault::Cache { doing: "opened", source })?.len();
        let index = LineIndex::from_bytes(index, length)?;
        let state = Mutex::new(State { index, end: Some(end) });
        Ok(Arc::new(Self { file, state, grown: Condvar::new() }))
    }

    pub fn extent(&self) -> Extent {
        let state = self.state();
        extent(&state)
    }

    /// Waits until there are more than `length` bytes, the log has ended, or the time is over.
    pub fn wait(&self, length: u64, at_most: Duration) -> Extent {
        let state = self.state();
        let (state, _) = self
            .grown
            .wait_timeout_while(state, at_most, |state| state.end.is_none() && state.index.length() <= length)
            .unwrap_or_else(PoisonError::into_inner);
        extent(&state)
    }

    /// The index, to be saved beside the file.
    pub fn index_bytes(&self) -> Vec<u8> {
        self.state().index.to_bytes()
    }

    /// A line that begins before `offset` has its end. No is an answer that may be late by a block.
    pub(crate) fn has_newline_after(&self, offset: u64) -> bool {
        self.state().index.has_newline_after(offset)
    }

    /// Bytes of memory that the index takes, about.
    pub fn memory(&self) -> usize {
        self.state().index.memory()
    }

    /// Fills `into` from `offset` on; how many bytes there were. Only what [`extent`](Self::extent) tells is promised.
    pub fn read_at(&self, into: &mut [u8], offset: u64) -> Result<usize, LogFault> {
        positioned::read_at(&self.file, into, offset).map_err(|source| LogFault::Cache { doing: "read", source })
    }

    /// Nobody who holds the lock can panic; if a thread dies all the same, what it left is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn extent(state: &State) -> Extent {
    let lines = if state.end.is_some() { state.index.lines() } else { state.index.ended() };
    Extent { length: state.index.length(), lines, end: state.end }
}

/// The write side. If it is dropped before [`finish`](Self::finish), the log is [`End::Stopped`], so nobody waits for it
/// for ever.
#[derive(Debug)]
pub struct Writer {
    log: Arc<Log>,
    at: u64,
}

impl Writer {
    pub fn log(&self) -> &Arc<Log> {
        &self.log
    }

    /// Appends; readers see it at once.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), LogFault> {
        positioned::write_at(&self.log.file, bytes, self.at)
            .map_err(|source| LogFault::Cache { doing: "written", source })?;
        self.at += crate::wide(bytes.len());
        // Counting under the lock: at memory speed 256 KiB take some 20 µs.
        self.log.state().index.append(bytes);
        self.log.grown.notify_all();
        Ok(())
    }

    /// Nothing follows.
    pub fn finish(self, end: End) {
        self.log.state().end = Some(end);
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut state = self.log.state();
        let inflated = state.index.length();
        state.end.get_or_insert(End::Stopped { inflated });
        drop(state);
        self.log.grown.notify_all();
    }
}
