//! Rows of a view. Everything here blocks.

use super::{
    file::Copy,
    opened::{Opened, lock},
    row::{self, Heads, READ, Rows, Told},
    search::Search,
    targets::Targets,
    walk::Walk,
};
use crate::EngineError;
use ::logs::{LogFault, Record, display, mask, search::around};
use contract::{
    SearchId,
    logs::{LineAt, LogRow, LogView, LogWindow, ReadLog, ReadRecord, RecordText},
};
use jiff::SignedDuration;
use std::{ops::Range, sync::Arc};

/// Rows given by one call.
const MOST_ROWS: u64 = 512;
/// Lines of one record.
const MOST_LINES: u64 = 2_000;
/// Bytes of one line of a record that is read whole.
const LONGEST: usize = 64 << 10;

pub(super) fn broken(fault: LogFault) -> EngineError {
    EngineError::NotNow(format!("The log cannot be read: {fault}."))
}

impl Opened {
    pub(super) fn search(&self, id: SearchId) -> Result<Arc<Search>, EngineError> {
        lock(&self.searches).get(&id).cloned().ok_or(EngineError::Gone("this search"))
    }

    pub(super) fn copy(&self, file: u32) -> Option<Arc<Copy>> {
        self.copy_of(usize::try_from(file).ok()?)
    }

    pub fn read(&self, request: &ReadLog) -> Result<LogWindow, EngineError> {
        let revision = self.revision();
        let to = request.to.min(request.from.saturating_add(MOST_ROWS));
        let asked = request.from..to;
        let targets = self.targets();
        let marking = match (request.search, request.view) {
            (Some(search), _) | (None, LogView::Hits { search, .. }) => Some(self.search(search)?),
            _ => None,
        };
        let reading = Reading { log: self, targets: &targets, marking: marking.as_deref() };
        let (total, rows) = match request.view {
            LogView::Lines => reading.lines(asked),
            LogView::Records if self.is_merged() => reading.merged(asked),
            LogView::Records => reading.records(asked),
            LogView::Folds => reading.folds(asked),
            LogView::Hits { search, context } => reading.hits(&*self.search(search)?, context, asked),
        }
        .map_err(broken)?;
        Ok(LogWindow { from: request.from.min(total), total, revision, rows })
    }

    pub fn record(&self, request: &ReadRecord) -> Result<RecordText, EngineError> {
        let gone = || EngineError::NotFound("This line is not there (any more).".into());
        let copy = self.copy(request.at.file).ok_or_else(gone)?;
        let record = copy.records.of_line(request.at.line).map_err(broken)?.ok_or_else(gone)?;
        let shown = record.lines.min(MOST_LINES);
        let lines = copy.log().lines(record.line..record.line + shown, LONGEST).map_err(broken)?;
        let mut masked = false;
        let lines = lines.iter().map(|line| {
            let text = display::show(&line.bytes, line.cut()).text;
            if request.unmasked {
                return text;
            }
            let hidden = mask::masked(&text).into_owned();
            masked |= hidden != text;
            hidden
        });
        let lines = lines.collect();
        Ok(RecordText {
            at: LineAt { file: request.at.file, line: record.line },
            time: row::timestamp(record.time),
            level: record.level.map(row::level),
            lines,
            more: record.lines - shown,
            masked,
        })
    }
}

pub(super) struct Reading<'a> {
    pub log: &'a Opened,
    targets: &'a Targets,
    marking: Option<&'a Search>,
}

pub(super) type Given = Result<(u64, Vec<LogRow>), LogFault>;

impl Reading<'_> {
    pub fn address(&self, file: u32) -> String {
        let file = usize::try_from(file).ok().and_then(|file| self.log.files.get(file));
        file.map_or_else(String::new, |file| file.address.key())
    }

    pub fn rows<'b>(&'b self, file: u32, address: &'b str) -> Rows<'b> {
        Rows::new(file, address, self.targets, self.marking.map(|search| (&search.matcher, !search.query.regex)))
    }

    fn lines(&self, asked: Range<u64>) -> Given {
        // Lines of several files have no order among each other.
        let copy = if self.log.is_merged() { None } else { self.log.copy(0) };
        let Some(copy) = copy else { return Ok((0, Vec::new())) };
        let rows = self.span(0, &copy, asked, |_| true)?;
        Ok((copy.log().extent().lines, rows))
    }

    /// Lines of one file, one after the other.
    fn span(
        &self,
        file: u32,
        copy: &Copy,
        lines: Range<u64>,
        mut hit: impl FnMut(u64) -> bool,
    ) -> Result<Vec<LogRow>, LogFault> {
        let address = self.address(file);
        let mut rows = self.rows(file, &address);
        let mut walk = Walk::new(&copy.records);
        let mut given = Vec::new();
        for line in copy.log().lines(lines, READ)? {
            let record = walk.at(line.number)?;
            let told = Told { line: line.number, bytes: &line.bytes, cut: line.cut(), record };
            given.push(LogRow { hit: hit(line.number), ..rows.row(&told, Heads::Kept) });
        }
        Ok(given)
    }

    fn records(&self, asked: Range<u64>) -> Given {
        let Some(copy) = self.log.copy(0) else { return Ok((0, Vec::new())) };
        let address = self.address(0);
        let mut rows = self.rows(0, &address);
        let records = copy.records.records(asked)?;
        let given = records.iter().map(|record| first_line(&mut rows, &copy, record)).collect::<Result<_, _>>()?;
        Ok((copy.records.tally().records, given))
    }

    fn merged(&self, asked: Range<u64>) -> Given {
        let Some(merged) = self.log.merged() else { return Ok((0, Vec::new())) };
        let mut given = Vec::new();
        for (file, copy, row) in merged.read(asked.start, asked.end)? {
            let address = self.address(file);
            given.push(first_line(&mut self.rows(file, &address), &copy, &row.record)?);
        }
        Ok((merged.rows(), given))
    }

    fn hits(&self, search: &Search, context: u32, asked: Range<u64>) -> Given {
        let spans = Spans::new(search, context);
        let mut given = Vec::new();
        for part in spans.cut(asked) {
            let Some(copy) = search.copy(part.file) else { continue };
            let hits = search.hits_of(part.file);
            let is_hit = |line| hits.binary_search_by_key(&line, |hit| hit.line).is_ok();
            let offset = SignedDuration::from_millis(self.log.offset_of(part.file));
            let rows = self.span(part.file, &copy, part.lines, is_hit)?.into_iter();
            given.extend(rows.map(|row| LogRow { time: row.time.and_then(|at| at.checked_add(offset).ok()), ..row }));
        }
        Ok((spans.rows, given))
    }
}

pub(super) fn first_line(rows: &mut Rows<'_>, copy: &Copy, record: &Record) -> Result<LogRow, LogFault> {
    let length = usize::try_from(record.length).unwrap_or(READ).min(READ);
    let mut bytes = vec![0; length];
    let read = copy.log().read_at(&mut bytes, record.offset)?;
    bytes.truncate(read);
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let cut = match end {
        Some(end) => {
            bytes.truncate(end);
            0
        }
        None if (read as u64) < record.length => {
            // Longer than what is shown of it.
            let line = copy.log().lines(record.line..record.line + 1, 0)?;
            line.first().map_or(0, |line| line.length.saturating_sub(read as u64))
        }
        None => 0,
    };
    if bytes.last() == Some(&b'\r') {
        bytes.pop();
    }
    Ok(rows.row(&Told { line: record.line, bytes: &bytes, cut, record: Some(*record) }, Heads::Cut))
}

/// The lines around the hits of all files, one after the other.
pub(super) struct Spans {
    /// With the row that each begins at.
    spans: Vec<(u64, Part)>,
    pub rows: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub file: u32,
    pub lines: Range<u64>,
}

impl Spans {
    pub fn new(search: &Search, context: u32) -> Self {
        let (mut spans, mut rows) = (Vec::new(), 0);
        let context = u64::from(context.min(1_000));
        for file in 0..search.files() {
            let lines = search.copy(file).map_or(0, |copy| copy.log().extent().lines);
            for span in around(&search.hits_of(file), context, context, lines) {
                let length = span.end - span.start;
                spans.push((rows, Part { file, lines: span }));
                rows += length;
            }
        }
        Self { spans, rows }
    }

    /// What of the lines the rows `asked` are.
    pub fn cut(&self, asked: Range<u64>) -> Vec<Part> {
        let first = self.spans.partition_point(|(row, _)| *row <= asked.start).saturating_sub(1);
        let mut parts = Vec::new();
        for (row, part) in self.spans.iter().skip(first).take_while(|(row, _)| *row < asked.end) {
            let from = part.lines.start + asked.start.saturating_sub(*row);
            let to = part.lines.end.min(part.lines.start + (asked.end - row));
            if from < to {
                parts.push(Part { file: part.file, lines: from..to });
            }
        }
        parts
    }

    /// The row of a line, or of the first one behind it.
    pub fn row_of(&self, at: LineAt) -> Option<u64> {
        let found = self.spans.partition_point(|(_, part)| (part.file, part.lines.end) <= (at.file, at.line));
        let (row, part) = self.spans.get(found)?;
        let into = if part.file == at.file { at.line.saturating_sub(part.lines.start) } else { 0 };
        Some(row + into)
    }

    /// The line of a row.
    pub fn line_of(&self, row: u64) -> Option<LineAt> {
        let part = self.cut(row..row.saturating_add(1)).into_iter().next()?;
        Some(LineAt { file: part.file, line: part.lines.start })
    }
}
