//! Where rows stand when some folds are open: a fold is one row, and one that is open as many as it has records.

use std::{collections::BTreeMap, ops::Range};

/// Records `first..first + count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub first: u64,
    pub count: u64,
}

/// Rows that follow each other and are of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Folds, a row each.
    Folds(Range<u64>),
    /// Records of an open fold, a row each.
    Records { fold: u64, of: Extent, numbers: Range<u64> },
}

/// The rows of a folded sequence.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    folds: u64,
    open: BTreeMap<u64, Extent>,
}

impl Layout {
    /// Of so many folds, of which these are open.
    pub fn new(folds: u64, open: impl IntoIterator<Item = (u64, Extent)>) -> Self {
        let open = open.into_iter().filter(|(fold, of)| *fold < folds && of.count > 0).collect();
        Self { folds, open }
    }

    pub fn rows(&self) -> u64 {
        self.folds + self.more(self.folds)
    }

    /// The row of a fold; of one that is open the row of that record.
    pub fn row_of(&self, fold: u64, record: u64) -> u64 {
        let into = self.open.get(&fold).map_or(0, |of| record.saturating_sub(of.first).min(of.count - 1));
        fold + self.more(fold) + into
    }

    /// What the rows are.
    pub fn parts(&self, rows: Range<u64>) -> Vec<Part> {
        let mut parts = Vec::new();
        let (mut row, mut fold) = (0, 0);
        for (number, of) in &self.open {
            closed(&mut parts, &rows, row, fold..*number);
            row += number - fold;
            let within = cut(&rows, row, of.count);
            if !within.is_empty() {
                let numbers = of.first + within.start..of.first + within.end;
                parts.push(Part::Records { fold: *number, of: *of, numbers });
            }
            row += of.count;
            fold = number + 1;
        }
        closed(&mut parts, &rows, row, fold..self.folds);
        parts
    }

    /// Rows that the open folds before this one take beyond their own.
    fn more(&self, fold: u64) -> u64 {
        self.open.range(..fold).map(|(_, of)| of.count - 1).sum()
    }
}

fn closed(parts: &mut Vec<Part>, rows: &Range<u64>, row: u64, folds: Range<u64>) {
    let within = cut(rows, row, folds.end.saturating_sub(folds.start));
    if !within.is_empty() {
        parts.push(Part::Folds(folds.start + within.start..folds.start + within.end));
    }
}

/// Which of the `count` things at `row` are in `rows`.
fn cut(rows: &Range<u64>, row: u64, count: u64) -> Range<u64> {
    rows.start.saturating_sub(row).min(count)..rows.end.saturating_sub(row).min(count)
}
