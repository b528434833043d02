//! What repeats, as one row with a count, until the person opens it. Everything here blocks but [`Opened::fold_on`].
//!
//! The index of folds belongs to what is folded (one file's copy, or the merged log) and grows in the background as soon
//! as somebody looks; which folds are open belongs to the log that a window has open.

use super::{
    file::Copy,
    merged::MergedLog,
    opened::{Opened, lock},
    row::timestamp,
    search::Search,
    step::{Found, merged_step, one_file},
    view::{Given, Reading, broken, first_line},
};
use crate::EngineError;
use ::logs::{
    LogFault, Record,
    template::{Extent, Fold, Folds, Layout, Part, Placed, Reached, Sequence},
};
use contract::logs::{FoldInLog, LineAt, LogFold, LogRow, LogStep};
use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// How long rows wait for the index to reach them; the rest follows.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long the index grows at one go, while reports wait.
const SLICE: Duration = Duration::from_millis(200);

/// The folds that are open.
#[derive(Debug, Default)]
pub(crate) struct Unfolded {
    /// In which index they have these numbers.
    of: Option<Arc<Folds>>,
    open: BTreeMap<u64, Unrolled>,
}

#[derive(Debug, Clone, Copy)]
struct Unrolled {
    /// Its first line: the number is another where a file was replaced, or files on one clock have more.
    at: LineAt,
    extent: Extent,
    /// It was the last, and may have grown.
    last: bool,
}

/// What is folded.
enum Whole {
    One(Arc<Copy>),
    Merged(Arc<MergedLog>),
}

impl Whole {
    fn sequence(&self) -> &dyn Sequence {
        match self {
            Self::One(copy) => &*copy.records,
            Self::Merged(merged) => merged.sequence(),
        }
    }

    fn index(&self) -> &Arc<Folds> {
        match self {
            Self::One(copy) => &copy.folds,
            Self::Merged(merged) => &merged.folds,
        }
    }

    fn folds(&self, numbers: Range<u64>) -> Result<Vec<Fold>, LogFault> {
        self.index().folds(self.sequence(), numbers)
    }

    fn fold(&self, number: u64) -> Result<Option<Fold>, LogFault> {
        Ok(self.folds(number..number + 1)?.first().copied())
    }

    fn file(&self, source: usize) -> Option<(u32, &Arc<Copy>)> {
        match self {
            Self::One(copy) => Some((0, copy)),
            Self::Merged(merged) => merged.file(source),
        }
    }

    /// With its times as they are shown.
    fn shown(&self, (source, record): &Placed) -> Record {
        match self {
            Self::One(_) => *record,
            Self::Merged(merged) => merged.on_clock(*source, *record),
        }
    }

    fn line(&self, (source, record): &Placed) -> LineAt {
        LineAt { file: self.file(*source).map_or(0, |(file, _)| file), line: record.line }
    }

    /// The number of the record that a line belongs to.
    fn record_of(&self, at: LineAt) -> Found {
        match self {
            Self::One(copy) => Ok(copy.records.of_line(at.line)?.map(|record| record.number)),
            Self::Merged(merged) => merged.row_of(at),
        }
    }

    fn step(&self, from: u64, to: LogStep, hits: Option<&Search>) -> Found {
        match self {
            Self::One(copy) => one_file(copy, true, from, to, hits),
            Self::Merged(merged) => merged_step(merged, from, to, hits),
        }
    }
}

impl Unfolded {
    /// Where the rows stand now.
    fn layout(&mut self, whole: &Whole, reached: Reached) -> Result<Layout, LogFault> {
        if self.of.as_ref().is_none_or(|of| !Arc::ptr_eq(of, whole.index())) {
            self.of = Some(Arc::clone(whole.index()));
            for before in std::mem::take(&mut self.open).into_values() {
                // Whose index has not come so far stays closed.
                if let Some(record) = whole.record_of(before.at)?
                    && let Some(number) = whole.index().fold_of(whole.sequence(), record)?
                {
                    self.open(whole, number, reached)?;
                }
            }
        }
        let grown: Vec<u64> = self.open.iter().filter(|(_, one)| one.last).map(|(number, _)| *number).collect();
        for number in grown {
            self.open(whole, number, reached)?;
        }
        Ok(Layout::new(reached.folds, self.open.iter().map(|(number, one)| (*number, one.extent))))
    }

    /// Opens a fold of several.
    fn open(&mut self, whole: &Whole, number: u64, reached: Reached) -> Result<(), LogFault> {
        if let Some(fold) = whole.fold(number)?.filter(|fold| fold.count > 1) {
            let extent = Extent { first: fold.first, count: fold.count };
            let last = number + 1 >= reached.folds;
            self.open.insert(number, Unrolled { at: whole.line(&fold.head), extent, last });
        }
        Ok(())
    }
}

impl Opened {
    fn whole(&self) -> Option<Whole> {
        if self.is_merged() { self.merged().map(Whole::Merged) } else { self.copy(0).map(Whole::One) }
    }

    /// Records that are folded, if anybody wants to know.
    pub fn folded(&self) -> Option<u64> {
        let wanted = self.folding.load(Ordering::Relaxed);
        wanted.then(|| self.whole().map_or(0, |whole| whole.index().reached().records))
    }

    fn layout(&self, whole: &Whole) -> Result<Layout, LogFault> {
        lock(&self.unfolded).layout(whole, whole.index().reached())
    }

    /// Folds until that is enough, or the log is closed.
    fn extend(&self, whole: &Whole, mut enough: impl FnMut(Reached) -> bool) -> Result<Reached, LogFault> {
        whole.index().extend(whole.sequence(), |reached| self.stop.is_cancelled() || enough(reached))
    }

    /// The index goes on for a moment; whether there is more to fold. Of files on one clock that still grow the order is
    /// made anew again and again, and so would be the index.
    pub async fn fold_on(self: &Arc<Self>, complete: bool) -> bool {
        if !self.folding.load(Ordering::Relaxed) || (self.is_merged() && !complete) {
            return false;
        }
        let log = Arc::clone(self);
        let more = tokio::task::spawn_blocking(move || {
            let whole = log.whole()?;
            let begun = Instant::now();
            // What cannot be read is told to whoever reads it.
            let reached = log.extend(&whole, |_| begun.elapsed() > SLICE).ok()?;
            Some(reached.records < whole.sequence().length())
        });
        more.await.ok().flatten().unwrap_or(false)
    }

    /// Opens or closes a fold; the row where it begins.
    pub fn fold(&self, request: &FoldInLog) -> Result<Option<u64>, EngineError> {
        self.folded_at(request.at, request.open).map_err(broken)
    }

    fn folded_at(&self, at: LineAt, open: bool) -> Found {
        let Some(whole) = self.whole() else { return Ok(None) };
        let Some(record) = whole.record_of(at)? else { return Ok(None) };
        self.extend(&whole, |reached| reached.records > record)?;
        let Some(number) = whole.index().fold_of(whole.sequence(), record)? else { return Ok(None) };
        let Some(fold) = whole.fold(number)?.filter(|fold| fold.count > 1) else { return Ok(None) };
        // What was open in an index that is gone has other numbers in this one.
        self.layout(&whole)?;
        {
            let mut unfolded = lock(&self.unfolded);
            if open {
                unfolded.open(&whole, number, whole.index().reached())?;
            } else {
                unfolded.open.remove(&number);
            }
        }
        Ok(Some(self.layout(&whole)?.row_of(number, fold.first)))
    }

    /// From a row to another. Where hits, lines and times lead, a fold is opened; one of errors counts as one.
    pub(super) fn folded_step(&self, from: u64, to: LogStep, hits: Option<&Search>) -> Found {
        let Some(whole) = self.whole() else { return Ok(None) };
        let opens = !matches!(to, LogStep::FirstError | LogStep::NextError | LogStep::PreviousError);
        let (first, last) = match self.layout(&whole)?.parts(from..from.saturating_add(1)).first() {
            Some(Part::Folds(folds)) => {
                let fold = whole.fold(folds.start)?;
                fold.map_or((0, 0), |fold| (fold.first, fold.first + fold.count - 1))
            }
            Some(Part::Records { numbers, .. }) => (numbers.start, numbers.start),
            None => (0, 0),
        };
        let here = if matches!(to, LogStep::NextError) { last } else { first };
        let Some(record) = whole.step(here, to, hits)? else { return Ok(None) };
        self.extend(&whole, |reached| reached.records > record)?;
        let Some(number) = whole.index().fold_of(whole.sequence(), record)? else { return Ok(None) };
        self.layout(&whole)?;
        if opens && whole.fold(number)?.is_some_and(|fold| fold.first != record) {
            lock(&self.unfolded).open(&whole, number, whole.index().reached())?;
        }
        Ok(Some(self.layout(&whole)?.row_of(number, record)))
    }
}

impl Reading<'_> {
    pub(super) fn folds(&self, asked: Range<u64>) -> Given {
        let Some(whole) = self.log.whole() else { return Ok((0, Vec::new())) };
        self.log.begin_folding();
        let begun = Instant::now();
        self.log.extend(&whole, |reached| {
            reached.records > 0 && (reached.folds > asked.end || begun.elapsed() > PATIENCE)
        })?;
        let layout = self.log.layout(&whole)?;
        let mut given = Vec::new();
        for part in layout.parts(asked) {
            match part {
                Part::Folds(numbers) => {
                    for fold in whole.folds(numbers)? {
                        let several = (fold.count > 1).then(|| told(&whole, &fold, false));
                        given.extend(self.placed(&whole, &fold.head)?.map(|row| LogRow { fold: several, ..row }));
                    }
                }
                Part::Records { fold: of_fold, of, numbers } => {
                    for (number, placed) in (numbers.start..).zip(whole.sequence().part(numbers)?) {
                        let head = number == of.first;
                        let fold = if head { whole.fold(of_fold)?.map(|fold| told(&whole, &fold, true)) } else { None };
                        given.extend(self.placed(&whole, &placed)?.map(|row| LogRow { fold, inside: !head, ..row }));
                    }
                }
            }
        }
        Ok((layout.rows(), given))
    }

    fn placed(&self, whole: &Whole, placed: &Placed) -> Result<Option<LogRow>, LogFault> {
        let Some((file, copy)) = whole.file(placed.0) else { return Ok(None) };
        let address = self.address(file);
        first_line(&mut self.rows(file, &address), copy, &whole.shown(placed)).map(Some)
    }
}

fn told(whole: &Whole, fold: &Fold, open: bool) -> LogFold {
    let time = |placed: &Placed| timestamp(whole.shown(placed).clock);
    LogFold { count: fold.count, from: time(&fold.head), to: time(&fold.last), open }
}
