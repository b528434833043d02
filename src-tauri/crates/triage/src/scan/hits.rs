//! What is kept of the matches of one signature in one file: counts, the first and the last, five distinct lines.

use super::{Context, place, place::Whereabouts};
use crate::catalogue::Marks;
use crate::compute::parse_size;
use crate::input::{FileId, Level, Source};
use crate::templates::Keys;
use crate::trace::{Trace, trace};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Of one signature in one file.
const KEPT: usize = 5;
/// Of one signature in all files.
const MOST_KEPT: usize = 1000;
const LONGEST_LINE: usize = 500;
/// What a stack trace is looked for in.
const LONGEST_TRACE: usize = 64 * 1024;
/// Records whose other matches are compared.
const RECORDS: usize = 64;

/// A quoted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub file: FileId,
    pub line: u64,
    pub at: Option<Timestamp>,
    /// One line, redacted and clipped.
    pub text: String,
    /// How many lines like it there were in this file.
    pub count: u64,
    /// It repeats another log.
    pub quoted: bool,
    /// The field's name, when the service said it and no log did; file and line mean nothing then.
    pub fact: Option<String>,
    pub place: Whereabouts,
    pub trace: Option<Trace>,
    /// Its template: equal lines are folded.
    pub(crate) key: String,
}

/// The matches of one signature in one file.
#[derive(Debug, Clone, Default)]
pub struct Hits {
    pub count: u64,
    pub quoted: u64,
    /// Stood where the job's end is told.
    pub terminal: u64,
    /// At ERROR or above, or without a level.
    pub loud: u64,
    /// Was why a task failed.
    pub tasks: u64,
    /// Announced another try.
    pub retried: u64,
    pub first: Option<(u64, Option<Timestamp>)>,
    pub last: Option<(u64, Option<Timestamp>)>,
    pub kept: Vec<Evidence>,
    pub values: BTreeMap<String, String>,
    /// For the first records: line, how many `Caused by` stand before the match.
    pub(crate) depths: BTreeMap<u64, u32>,
    worst: f64,
}

impl Evidence {
    pub(super) fn new(
        file: FileId,
        source: &Source,
        context: &Context<'_>,
        line: u64,
        text: String,
        key: String,
    ) -> Self {
        let record = context.record;
        let whole = record.text.get(..record.text.len().min(LONGEST_TRACE)).unwrap_or_default();
        let traced = context.marks.has(Marks::TRACE) || context.marks.has(Marks::SUSPECT);
        let trace = traced.then(|| trace(&String::from_utf8_lossy(whole))).flatten();
        let place = place::whereabouts(record.text, source, context.side);
        let text = crate::redact(&text).into_owned();
        Self { file, line, at: record.at, text, count: 1, quoted: false, fact: None, place, trace, key }
    }
}

impl Hits {
    pub(super) fn take(
        &mut self,
        file: FileId,
        source: &Source,
        context: &Context<'_>,
        at: usize,
        values: BTreeMap<String, String>,
        keys: &mut Keys,
    ) {
        let record = context.record;
        let quoted = context.is_quoted(at);
        self.count += 1;
        self.quoted += u64::from(quoted);
        self.terminal += u64::from(context.is_terminal());
        self.tasks += u64::from(context.marks.has(Marks::EXECUTOR));
        self.retried += u64::from(context.marks.has(Marks::RETRIED));
        // A traceback that was folded below an INFO line is no less loud.
        let loud = record.level.is_none_or(|level| level >= Level::Error) || context.marks.has(Marks::TRACE);
        self.loud += u64::from(loud && record.level != Some(Level::Warn));
        let (offset, text) = line_at(record.text, at);
        let line = record.line + offset;
        self.first = self.first.or(Some((line, record.at)));
        self.last = Some((line, record.at));
        if self.depths.len() < RECORDS {
            self.depths.insert(record.line, depth(record.text, at));
        }
        let worst = ["used", "required", "total"].iter().filter_map(|name| values.get(*name));
        let worst = worst.filter_map(|text| parse_size(text)).map(|size| size.0).fold(0.0, f64::max);
        if self.values.is_empty() || worst > self.worst {
            (self.values, self.worst) = (values, worst);
        }
        let key = keys.of(&text);
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.key == key) {
            kept.count += 1;
        } else if self.kept.len() < KEPT {
            let key = key.to_owned();
            let evidence = Evidence::new(file, source, context, line, text, key);
            self.kept.push(Evidence { quoted, ..evidence });
        }
    }

    /// Joins the hits of another file, or of another side of the same.
    pub(crate) fn join(&mut self, other: &Self) {
        self.count += other.count;
        self.quoted += other.quoted;
        self.terminal += other.terminal;
        self.tasks += other.tasks;
        self.retried += other.retried;
        self.loud += other.loud;
        if self.values.is_empty() || other.worst > self.worst {
            (self.values, self.worst) = (other.values.clone(), other.worst);
        }
        let room = MOST_KEPT.saturating_sub(self.kept.len());
        self.kept.extend(other.kept.iter().take(room).cloned());
    }
}

fn depth(text: &[u8], at: usize) -> u32 {
    let before = text.get(..at).unwrap_or_default();
    let before = before.get(before.len().saturating_sub(LONGEST_TRACE)..).unwrap_or_default();
    let count = memchr::memmem::find_iter(before, b"Caused by:").count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The line of `text` that holds `at`: how many lines are before it, and the line, clipped around `at`.
pub(super) fn line_at(text: &[u8], at: usize) -> (u64, String) {
    let at = at.min(text.len());
    let before = text.get(..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
    let lines = memchr::memchr_iter(b'\n', before).count() as u64;
    let end = memchr::memchr(b'\n', text.get(at..).unwrap_or_default()).map_or(text.len(), |end| at + end);
    // A match far into a long line is shown with what stands just before it.
    let far = at - start > LONGEST_LINE / 2;
    let start = if far { word_from(text, at - LONGEST_LINE / 4, at) } else { start };
    let last = end.min(start + LONGEST_LINE);
    let line = plain(&String::from_utf8_lossy(text.get(start..last).unwrap_or_default()));
    let (before, after) = (if far { "… " } else { "" }, if last < end { "…" } else { "" });
    (lines, format!("{before}{}{after}", line.trim()))
}

/// Where the first whole word begins behind `from`, at most at `at`.
fn word_from(text: &[u8], from: usize, at: usize) -> usize {
    let gap = text.get(from..at).unwrap_or_default().iter().position(|byte| *byte == b' ');
    gap.map_or(from, |gap| from + gap + 1)
}

/// Without terminal escapes and other control characters.
fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // A sequence ends at its first letter.
            let _ = letters.by_ref().find(char::is_ascii_alphabetic);
        } else if letter == '\t' {
            out.push(' ');
        } else if !letter.is_control() {
            out.push(letter);
        }
    }
    out
}

/// Where the line is that says most: the last line of a traceback, the deepest cause, else the first line.
pub(super) fn telling_line(text: &[u8]) -> usize {
    let text = text.get(..text.len().min(LONGEST_TRACE)).unwrap_or_default();
    if let Some(start) = rfind(text, b"Traceback (most recent call last)") {
        let rest = text.get(start..).unwrap_or_default();
        let mut at = start;
        for (index, line) in rest.split(|byte| *byte == b'\n').enumerate() {
            if index > 0 && !line.is_empty() && !matches!(line.first(), Some(b' ' | b'\t' | b'\r')) {
                return at;
            }
            at += line.len() + 1;
        }
    }
    rfind(text, b"Caused by:").unwrap_or_default()
}

fn rfind(text: &[u8], part: &[u8]) -> Option<usize> {
    // Most texts have none, which is known sooner forwards.
    let first = memchr::memmem::find(text, part)?;
    let rest = text.get(first..)?;
    rest.windows(part.len()).rposition(|window| window == part).map(|at| first + at)
}
