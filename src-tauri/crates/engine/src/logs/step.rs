//! Where to go from a row. Everything here blocks.

use super::{
    file::Copy,
    merged::{MergedLog, nanos},
    opened::Opened,
    search::Search,
    view::{Spans, broken},
    walk::Walk,
};
use crate::EngineError;
use ::logs::{Level, Levels, LogFault, Record, time::Time};
use contract::{
    SearchId,
    logs::{LineAt, LogStep, LogView, StepInLog},
};
use std::sync::Arc;

pub(super) type Found = Result<Option<u64>, LogFault>;

impl Opened {
    pub fn step(&self, request: &StepInLog) -> Result<Option<u64>, EngineError> {
        let (from, to) = (request.from, request.to);
        let hits = match to {
            LogStep::NextHit(search) | LogStep::PreviousHit(search) => Some(search),
            _ => None,
        };
        let hits = hits.map(|search: SearchId| self.search(search)).transpose()?;
        let found = match request.view {
            LogView::Hits { search, context } => {
                let search = self.search(search)?;
                return self.in_hits(&search, context, from, to).map_err(broken);
            }
            LogView::Folds => self.folded_step(from, to, hits.as_deref()),
            LogView::Records if self.is_merged() => match self.merged() {
                Some(merged) => merged_step(&merged, from, to, hits.as_deref()),
                None => return Ok(None),
            },
            LogView::Lines | LogView::Records => {
                let Some(copy) = self.copy(0).filter(|_| !self.is_merged()) else { return Ok(None) };
                one_file(&copy, request.view == LogView::Records, from, to, hits.as_deref())
            }
        };
        found.map_err(broken)
    }

    /// Among what a search found: its rows are hits and the lines around them, and only hits are gone to.
    fn in_hits(&self, search: &Search, context: u32, from: u64, to: LogStep) -> Found {
        let spans = Spans::new(search, context);
        let here = spans.line_of(from);
        let errors = |_, record: Option<Record>| record.is_some_and(|record| record.level >= Some(Level::Error));
        let found = match to {
            LogStep::Line(at) => Some(at),
            LogStep::NextHit(_) => ahead(search, here, |_, _| true)?,
            LogStep::PreviousHit(_) => behind(search, here, |_, _| true)?,
            LogStep::FirstError => ahead(search, None, errors)?,
            LogStep::NextError => ahead(search, here, errors)?,
            LogStep::PreviousError => behind(search, here, errors)?,
            LogStep::Time(time) => ahead(search, None, |file, record| {
                let offset = nanos(self.offset_of(file));
                record.and_then(|record| record.clock).map(|clock| clock.shifted(offset)) >= Some(Time::from(time))
            })?,
        };
        Ok(found.and_then(|at| spans.row_of(at)))
    }
}

/// Several files on one clock.
pub(super) fn merged_step(merged: &MergedLog, from: u64, to: LogStep, hits: Option<&Search>) -> Found {
    match to {
        LogStep::FirstError => Ok(merged.next_error(0)),
        LogStep::NextError => Ok(merged.next_error(from.saturating_add(1))),
        LogStep::PreviousError => Ok(merged.previous_error(from)),
        LogStep::Time(time) => merged.at_time(Time::from(time)),
        LogStep::Line(at) => merged.row_of(at),
        LogStep::NextHit(_) | LogStep::PreviousHit(_) => {
            let Some(search) = hits else { return Ok(None) };
            let rows = search.merged_rows(merged)?;
            Ok(if matches!(to, LogStep::NextHit(_)) {
                rows.get(rows.partition_point(|row| *row <= from)).copied()
            } else {
                rows.partition_point(|row| *row < from).checked_sub(1).and_then(|at| rows.get(at)).copied()
            })
        }
    }
}

/// One file, by its lines or by its records.
pub(super) fn one_file(copy: &Arc<Copy>, by_record: bool, from: u64, to: LogStep, hits: Option<&Search>) -> Found {
    let records = &copy.records;
    let row = |record: Option<Record>| record.map(|record| if by_record { record.number } else { record.line });
    let errors = Levels::from(Level::Error);
    // The record that the row is of.
    let here = || if by_record { Ok(Some(from)) } else { Ok(records.of_line(from)?.map(|record| record.number)) };
    match to {
        LogStep::FirstError => records.next(errors, 0).map(row),
        LogStep::NextError => match here()? {
            Some(here) => records.next(errors, here + 1).map(row),
            None => Ok(None),
        },
        LogStep::PreviousError => match here()? {
            Some(here) => records.previous(errors, here).map(row),
            None => Ok(None),
        },
        LogStep::Time(time) => records.at(Time::from(time)).map(row),
        LogStep::Line(at) if by_record => records.of_line(at.line).map(row),
        LogStep::Line(at) => Ok((at.line < copy.log().extent().lines).then_some(at.line)),
        LogStep::NextHit(_) | LogStep::PreviousHit(_) => {
            let Some(search) = hits else { return Ok(None) };
            let next = matches!(to, LogStep::NextHit(_));
            let hits = search.hits_of(0);
            if !by_record {
                let after = hits.partition_point(|hit| if next { hit.line <= from } else { hit.line < from });
                let at = if next { Some(after) } else { after.checked_sub(1) };
                return Ok(at.and_then(|at| hits.get(at)).map(|hit| hit.line));
            }
            let Some(record) = records.records(from..from + 1)?.first().copied() else { return Ok(None) };
            let after = if next { record.line + record.lines } else { record.line };
            let at = hits.partition_point(|hit| hit.line < after);
            let at = if next { Some(at) } else { at.checked_sub(1) };
            match at.and_then(|at| hits.get(at)) {
                Some(hit) => records.of_line(hit.line).map(row),
                None => Ok(None),
            }
        }
    }
}

/// The first hit behind a line of which this holds; of all from the first on without one.
fn ahead(
    search: &Search,
    here: Option<LineAt>,
    holds: impl Fn(u32, Option<Record>) -> bool,
) -> Result<Option<LineAt>, LogFault> {
    let first = here.map_or(0, |here| here.file);
    for file in first..search.files() {
        let Some(copy) = search.copy(file) else { continue };
        let mut walk = Walk::new(&copy.records);
        let hits = search.hits_of(file);
        let behind = hits.iter().filter(|hit| here.is_none_or(|here| (file, hit.line) > (here.file, here.line)));
        for hit in behind {
            if holds(file, walk.at(hit.line)?) {
                return Ok(Some(LineAt { file, line: hit.line }));
            }
        }
    }
    Ok(None)
}

/// The last hit before a line of which this holds.
fn behind(
    search: &Search,
    here: Option<LineAt>,
    holds: impl Fn(u32, Option<Record>) -> bool,
) -> Result<Option<LineAt>, LogFault> {
    let Some(here) = here else { return Ok(None) };
    for file in (0..=here.file).rev() {
        let Some(copy) = search.copy(file) else { continue };
        let hits = search.hits_of(file);
        for hit in hits.iter().rev().filter(|hit| (file, hit.line) < (here.file, here.line)) {
            if holds(file, copy.records.of_line(hit.line)?) {
                return Ok(Some(LineAt { file, line: hit.line }));
            }
        }
    }
    Ok(None)
}
