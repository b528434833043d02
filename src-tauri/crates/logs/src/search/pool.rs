//! The threads: chunks out, results in, in the order of each file.
//!
//! Workers take chunks from one queue; the caller's thread puts what they found in order and hands it on. No worker is
//! more than [`AHEAD`] chunks before what was handed on in its file, so one slow chunk does not pile up the others'.

use super::{
    Batch, Bounds, Found, HitMap, Matcher, Place, Query,
    chunk::{self, Chunk, Keeper},
    filter,
};
use crate::{Cancel, LogFault};
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Chunks of one file that may be worked on at once.
const AHEAD: u64 = 64;
/// Record blocks of a chunk.
const BLOCKS: usize = 16;
/// How often a log that grows is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// A file in the queue.
#[derive(Debug)]
struct File {
    /// Given out: bytes, or blocks.
    given: u64,
    chunks: u64,
    /// Handed on.
    delivered: u64,
    searched: u64,
    ready: BTreeMap<u64, (u64, Chunk)>,
    total: u64,
    kept: u64,
    map: HitMap,
    all_given: bool,
}

#[derive(Debug)]
struct Queue {
    files: Vec<File>,
    fault: Option<LogFault>,
}

struct Pool<'a> {
    places: &'a [Place],
    by_records: bool,
    queue: Mutex<Queue>,
    /// Something was given out, found or handed on.
    moved: Condvar,
}

struct Task {
    place: usize,
    chunk: u64,
    range: Range<u64>,
}

enum Next {
    Task(Task),
    /// Some log grows, or the others are too far ahead.
    Wait,
    Over,
}

/// Searches all `places` and calls `each` with what was found, on this thread; returns when all of them have ended.
///
/// A fault ends the search of all; what was handed on before is true.
pub fn search(
    places: &[Place],
    query: &Query,
    bounds: Bounds,
    cancel: &Cancel,
    each: &mut dyn FnMut(Batch),
) -> Result<Vec<Found>, LogFault> {
    let matcher = Matcher::new(query)?;
    let new = || File {
        given: 0,
        chunks: 0,
        delivered: 0,
        searched: 0,
        ready: BTreeMap::new(),
        total: 0,
        kept: 0,
        map: HitMap::default(),
        all_given: false,
    };
    let files = places.iter().map(|_| new()).collect();
    let by_records = !query.filter.is_open() || matches!(query.what, super::What::Records);
    let queue = Mutex::new(Queue { files, fault: None });
    let pool = Pool { places, by_records, queue, moved: Condvar::new() };
    thread::scope(|scope| {
        for _ in 0..bounds.threads.max(1) {
            scope.spawn(|| pool.work(&matcher, bounds, cancel));
        }
        pool.deliver(bounds, each);
    });
    cancel.check()?;
    let queue = pool.queue.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(fault) = queue.fault {
        return Err(fault);
    }
    let found = queue.files.into_iter().zip(places).map(|(file, place)| {
        let extent = place.log().extent();
        Found { total: file.total, lines: extent.lines, map: file.map, end: extent.end }
    });
    Ok(found.collect())
}

impl Pool<'_> {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One worker.
    fn work(&self, matcher: &Matcher, bounds: Bounds, cancel: &Cancel) {
        let mut buffer = Vec::new();
        loop {
            let mut queue = self.queue();
            if cancel.is_cancelled() {
                queue.fault.get_or_insert(LogFault::Cancelled);
            }
            let task = match self.next(&mut queue) {
                Next::Task(task) => task,
                Next::Wait => {
                    drop(self.moved.wait_timeout(queue, LOOK));
                    continue;
                }
                Next::Over => break,
            };
            drop(queue);
            let searched = self.run(&task, matcher, crate::size(bounds.hits), &mut buffer);
            let mut queue = self.queue();
            match searched {
                Ok(chunk) => {
                    if let Some(file) = queue.files.get_mut(task.place) {
                        file.ready.insert(task.chunk, (task.range.end, chunk));
                    }
                }
                Err(fault) => {
                    queue.fault.get_or_insert(fault);
                }
            }
            drop(queue);
            self.moved.notify_all();
        }
        self.moved.notify_all();
    }

    /// The next chunk that is there, of the first file that has one.
    fn next(&self, queue: &mut Queue) -> Next {
        if queue.fault.is_some() {
            return Next::Over;
        }
        let mut over = true;
        for (place, file) in queue.files.iter_mut().enumerate().filter(|(_, file)| !file.all_given) {
            let Some(there) = self.places.get(place) else { continue };
            over = false;
            if file.chunks >= file.delivered + AHEAD {
                continue;
            }
            let (range, last) = match there {
                Place::Records(records) if self.by_records => {
                    let tally = records.tally();
                    let blocks = records.blocks();
                    let from = crate::size(file.given);
                    let to = (from + BLOCKS).min(blocks);
                    if to < from + BLOCKS && !tally.done {
                        if records.is_abandoned() {
                            queue.fault = Some(LogFault::Abandoned);
                            return Next::Over;
                        }
                        continue;
                    }
                    (file.given..crate::wide(to), tally.done && to == blocks)
                }
                _ => {
                    let extent = there.log().extent();
                    let to = (file.given + chunk::CHUNK).min(extent.length);
                    // The chunk's last line must have its end too, or be the last of all.
                    if extent.end.is_none() && !there.log().has_newline_after(to) {
                        continue;
                    }
                    (file.given..to, extent.end.is_some() && to == extent.length)
                }
            };
            file.given = range.end;
            file.all_given = last;
            let chunk = file.chunks;
            file.chunks += 1;
            return Next::Task(Task { place, chunk, range });
        }
        if over { Next::Over } else { Next::Wait }
    }

    fn run(&self, task: &Task, matcher: &Matcher, most: usize, buffer: &mut Vec<u8>) -> Result<Chunk, LogFault> {
        let mut keeper = Keeper { chunk: Chunk::default(), most };
        let Some(place) = self.places.get(task.place) else { return Ok(keeper.chunk) };
        match place {
            Place::Records(records) if self.by_records => {
                let blocks = crate::size(task.range.start)..crate::size(task.range.end);
                filter::search(records, blocks, matcher, &mut records.reader(), buffer, &mut keeper)?;
            }
            // Without records no level and no time is known: nothing is let through.
            Place::Log(_) if self.by_records => {}
            _ if task.range.is_empty() => {}
            _ => chunk::search(place.log(), task.range.clone(), matcher, buffer, &mut keeper)?,
        }
        Ok(keeper.chunk)
    }

    /// The caller's thread: until every file is done, or a fault.
    fn deliver(&self, bounds: Bounds, each: &mut dyn FnMut(Batch)) {
        let mut queue = self.queue();
        loop {
            let mut batches = Vec::new();
            for (place, file) in queue.files.iter_mut().enumerate() {
                let mut hits = Vec::new();
                let before = file.delivered;
                while let Some((searched, chunk)) = file.ready.remove(&file.delivered) {
                    file.delivered += 1;
                    file.searched = searched;
                    file.total += crate::wide(chunk.lines.len());
                    chunk.lines.iter().for_each(|line| file.map.add(*line));
                    let room = crate::size(bounds.hits.saturating_sub(file.kept));
                    let found = chunk.hits.into_iter().take(room);
                    let had = hits.len();
                    hits.extend(found);
                    file.kept += crate::wide(hits.len() - had);
                }
                if file.delivered > before {
                    let log = self.places.get(place).map(Place::log);
                    let length = log.map_or(0, |log| log.extent().length);
                    let searched = self.bytes(place, file.searched);
                    batches.push(Batch { place, hits, total: file.total, searched, length });
                }
            }
            let over =
                queue.fault.is_some() || queue.files.iter().all(|file| file.all_given && file.delivered == file.chunks);
            if !batches.is_empty() {
                drop(queue);
                self.moved.notify_all();
                batches.into_iter().for_each(&mut *each);
                queue = self.queue();
            } else if over {
                return;
            } else {
                queue = self.moved.wait_timeout(queue, 10 * LOOK).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    fn bytes(&self, place: usize, searched: u64) -> u64 {
        match self.places.get(place) {
            Some(Place::Records(records)) if self.by_records => {
                crate::size(searched).checked_sub(1).and_then(|last| records.block(last)).map_or(0, |block| block.end)
            }
            _ => searched,
        }
    }
}
