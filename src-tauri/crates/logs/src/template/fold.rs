//! Records one after the other that say the same, folded into one.
//!
//! [`Folds`] is a sparse index over a [`Sequence`]: for each [`SPAN`] records how many folds begin before them, and whether
//! the first of them goes on with the fold before. A fold is then found by reading one or two such spans again; ten
//! million records take 160 KiB.

use super::{hash, table::FirstLines};
use crate::{Level, LogFault, Record, Records, size, wide};
use std::{
    ops::Range,
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, TryLockError},
    thread,
    time::Duration,
};

/// Records of an entry.
const SPAN: u64 = 1_024;
/// How often whoever waits for another's folding looks whether it has gone far enough.
const LOOK: Duration = Duration::from_millis(2);

/// Records in an order: those of one log, or of several on one clock. There only come more behind them.
pub trait Sequence {
    /// How many there are.
    fn length(&self) -> u64;
    /// The records `numbers`, as far as there are.
    fn part(&self, numbers: Range<u64>) -> Result<Vec<Placed>, LogFault>;
    /// One of the logs.
    fn source(&self, source: usize) -> Option<&Records>;
}

/// Which of the logs a record is of, and the record.
pub type Placed = (usize, Record);

impl Sequence for Records {
    fn length(&self) -> u64 {
        self.tally().records
    }

    fn part(&self, numbers: Range<u64>) -> Result<Vec<Placed>, LogFault> {
        Ok(self.records(numbers)?.into_iter().map(|record| (0, record)).collect())
    }

    fn source(&self, source: usize) -> Option<&Records> {
        (source == 0).then_some(self)
    }
}

/// The records `first..first + count` of a sequence: of one log and one level, and different in numbers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fold {
    /// From 0.
    pub number: u64,
    pub first: u64,
    /// At least 1.
    pub count: u64,
    /// Its first record, and its last.
    pub head: Placed,
    pub last: Placed,
}

/// How far the index is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Records that are folded.
    pub records: u64,
    /// Folds of them; the last may grow.
    pub folds: u64,
}

/// The folds of one sequence. Readers see what [`extend`](Self::extend) has reached.
#[derive(Debug, Default)]
pub struct Folds {
    state: RwLock<State>,
    extending: Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    spans: Vec<Span>,
    reached: Reached,
    /// Of the last record.
    last: Option<Key>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    /// Folds that begin before it.
    before: u64,
    /// Its first record belongs to the last of these.
    joins: bool,
}

/// What records of one fold have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    source: usize,
    level: Option<Level>,
    template: u64,
}

/// Tells the keys of records.
struct Keys<'a> {
    of: &'a dyn Sequence,
    lines: FirstLines,
}

impl<'a> Keys<'a> {
    fn new(of: &'a dyn Sequence) -> Self {
        Self { of, lines: FirstLines::default() }
    }

    fn key(&mut self, (source, record): &Placed) -> Result<Key, LogFault> {
        let template = match self.of.source(*source) {
            Some(records) => hash(self.lines.template(*source, records, record)?),
            None => 0,
        };
        Ok(Key { source: *source, level: record.level, template })
    }
}

impl Folds {
    pub fn reached(&self) -> Reached {
        self.state().reached
    }

    /// Folds what the sequence has more, until that is `enough`, which is asked before every thousand, and over and over
    /// while somebody else folds.
    pub fn extend(&self, of: &dyn Sequence, mut enough: impl FnMut(Reached) -> bool) -> Result<Reached, LogFault> {
        let _one_at_a_time = loop {
            match self.extending.try_lock() {
                Ok(guard) => break guard,
                Err(TryLockError::Poisoned(held)) => break held.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    let reached = self.reached();
                    if enough(reached) {
                        return Ok(reached);
                    }
                    thread::sleep(LOOK);
                }
            }
        };
        let mut keys = Keys::new(of);
        loop {
            let (reached, mut last) = {
                let state = self.state();
                (state.reached, state.last)
            };
            let from = reached.records;
            let to = of.length().min((from / SPAN + 1) * SPAN);
            if from >= to || enough(reached) {
                return Ok(reached);
            }
            let some = of.part(from..to)?;
            if some.is_empty() {
                return Ok(reached);
            }
            let (mut folds, mut joins) = (reached.folds, None);
            for placed in &some {
                let key = Some(keys.key(placed)?);
                joins.get_or_insert(key == last);
                folds += u64::from(key != last);
                last = key;
            }
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if from.is_multiple_of(SPAN) {
                state.spans.push(Span { before: reached.folds, joins: joins.unwrap_or(false) });
            }
            state.reached = Reached { records: from + wide(some.len()), folds };
            state.last = last;
        }
    }

    /// The folds `numbers`, as far as there are.
    pub fn folds(&self, of: &dyn Sequence, numbers: Range<u64>) -> Result<Vec<Fold>, LogFault> {
        let reached = self.reached();
        let to = numbers.end.min(reached.folds);
        let mut found: Vec<Fold> = Vec::new();
        let mut keys = Keys::new(of);
        // The last record that was passed: a fold ends with it where the next begins.
        let mut passed = None::<(u64, Placed)>;
        let mut next = numbers.start;
        // Where fold `to` begins is where the last one wanted ends.
        while numbers.start < to && next <= to && next < reached.folds {
            let Some((at, span)) = self.span_of(next) else { break };
            let (first, looked_for) = (at * SPAN, next);
            let (mut number, mut before) = (span.before, None);
            for (row, placed) in (first..).zip(of.part(first..(first + SPAN).min(reached.records))?) {
                let key = Some(keys.key(&placed)?);
                let begins = if row == first { !span.joins } else { key != before };
                before = key;
                if begins {
                    if number == next && next <= to {
                        end(&mut found, of, row, passed)?;
                        if next < to {
                            found.push(Fold { number, first: row, count: 1, head: placed, last: placed });
                        }
                        next += 1;
                    }
                    number += 1;
                }
                passed = Some((row, placed));
            }
            if next == looked_for {
                break;
            }
        }
        if next <= to {
            end(&mut found, of, reached.records, passed)?;
        }
        Ok(found)
    }

    /// The number of the fold that a record is in; none where it is not folded yet.
    pub fn fold_of(&self, of: &dyn Sequence, record: u64) -> Result<Option<u64>, LogFault> {
        if record >= self.reached().records {
            return Ok(None);
        }
        let at = record / SPAN;
        let Some(span) = self.state().spans.get(size(at)).copied() else { return Ok(None) };
        let mut keys = Keys::new(of);
        let (mut number, mut before) = (span.before, None);
        for (row, placed) in (at * SPAN..).zip(of.part(at * SPAN..record + 1)?) {
            let key = Some(keys.key(&placed)?);
            let begins = if row == at * SPAN { !span.joins } else { key != before };
            number += u64::from(begins);
            before = key;
        }
        Ok(number.checked_sub(1))
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The span in which a fold begins.
    fn span_of(&self, number: u64) -> Option<(u64, Span)> {
        let state = self.state();
        let at = state.spans.partition_point(|span| span.before <= number).checked_sub(1)?;
        Some((wide(at), *state.spans.get(at)?))
    }
}

/// The last of the folds ends before the record `row`.
fn end(found: &mut [Fold], of: &dyn Sequence, row: u64, passed: Option<(u64, Placed)>) -> Result<(), LogFault> {
    let Some(fold) = found.last_mut() else { return Ok(()) };
    fold.count = row.saturating_sub(fold.first).max(1);
    let before = row.saturating_sub(1);
    let near = passed.filter(|(at, _)| *at == before).map(|(_, placed)| placed);
    let last = match near {
        Some(last) => Some(last),
        None => of.part(before..row)?.first().copied(),
    };
    fold.last = last.unwrap_or(fold.head);
    Ok(())
}
