//! Inflating into a log: the decoder on a thread of its own, writing and counting on the caller's.
//!
//! Inflating is the slow half, so a file takes the time of its inflating and little more. Where many files are spooled
//! side by side, [`Threads::One`] wastes less.

use crate::{Cancel, End, Inflated, Limits, LogFault, Progress, Writer, inflate};
use std::{io::Read, sync::mpsc, thread};

/// How many threads one file may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Threads {
    /// Many files at once.
    One,
    /// One file, in front of which somebody waits.
    #[default]
    Two,
}

/// Inflates `source` into the log of `writer`. When it ends, however it ends, the log has ended too and keeps what was
/// read: a fault of the source in the middle leaves [`End::Stopped`].
pub fn spool(
    source: impl Read + Send,
    mut writer: Writer,
    limits: Limits,
    threads: Threads,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Inflated, LogFault> {
    let outcome = match threads {
        Threads::One => inflate(source, limits, cancel, &mut |bytes, at| {
            writer.append(bytes)?;
            progress(at);
            Ok(())
        }),
        Threads::Two => two(source, &mut writer, limits, cancel, progress),
    };
    let stopped = End::Stopped { inflated: writer.log().extent().length };
    writer.finish(outcome.as_ref().map_or(stopped, |inflated| inflated.end));
    outcome
}

/// Buffers between the threads: enough that neither waits for a hiccup of the other, and 2 MiB in all.
const AHEAD: usize = 6;

fn two(
    source: impl Read + Send,
    writer: &mut Writer,
    limits: Limits,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Inflated, LogFault> {
    let (full, to_write) = mpsc::sync_channel::<(Vec<u8>, Progress)>(AHEAD);
    let (used, to_fill) = mpsc::channel::<Vec<u8>>();
    thread::scope(|scope| {
        let decoder = scope.spawn(move || {
            inflate(source, limits, cancel, &mut |bytes, at| {
                let spare = to_fill.try_recv().unwrap_or_default();
                // Nobody takes it any more: writing failed, and says so itself.
                full.send((std::mem::replace(bytes, spare), at)).map_err(|_| LogFault::Cancelled)
            })
        });
        let mut written = Ok(());
        for (bytes, at) in &to_write {
            written = writer.append(&bytes);
            if written.is_err() {
                break;
            }
            progress(at);
            // The decoder may have ended.
            let _ = used.send(bytes);
        }
        drop(to_write);
        let inflated = decoder.join().unwrap_or(Err(LogFault::Cancelled));
        written.and(inflated)
    })
}
