//! A line as the window shows it: text that harms nobody, without secrets, with what is marked and what leads elsewhere.

use super::targets::Targets;
use ::logs::{
    Level, Reader, Record, display, mask,
    refs::refs,
    search::Matcher,
    time::{Time, Zone},
};
use contract::{
    Timestamp,
    logs::{LineAt, LogLevel, LogLink, LogRow},
};

/// Characters of a line that cross the bridge.
const SHOWN: usize = 2_000;
/// Bytes that are read for them. More than is shown: what is masked must not show its beginning where the text is cut.
pub(super) const READ: usize = 12 << 10;
/// Marks of one row.
const MARKS: usize = 100;

/// Makes the rows of one file.
pub(super) struct Rows<'a> {
    pub file: u32,
    pub address: &'a str,
    pub targets: &'a Targets,
    /// What is marked, and whether it may be looked for again behind a match.
    pub matcher: Option<(&'a Matcher, bool)>,
    reader: Reader,
}

/// Whether the time and the level before what a line says are shown in columns of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heads {
    Kept,
    Cut,
}

/// A line, and what is known of it.
pub(super) struct Told<'a> {
    pub line: u64,
    pub bytes: &'a [u8],
    /// Bytes behind those.
    pub cut: u64,
    pub record: Option<Record>,
}

pub(super) fn level(level: Level) -> LogLevel {
    match level {
        Level::Trace => LogLevel::Trace,
        Level::Debug => LogLevel::Debug,
        Level::Info => LogLevel::Info,
        Level::Warn => LogLevel::Warn,
        Level::Error => LogLevel::Error,
        Level::Fatal => LogLevel::Fatal,
    }
}

pub(super) fn timestamp(time: Option<Time>) -> Option<Timestamp> {
    time.and_then(Time::timestamp)
}

impl<'a> Rows<'a> {
    pub fn new(file: u32, address: &'a str, targets: &'a Targets, matcher: Option<(&'a Matcher, bool)>) -> Self {
        Self { file, address, targets, matcher, reader: Reader::new(Zone::utc(Timestamp::now())) }
    }

    pub fn row(&mut self, told: &Told<'_>, heads: Heads) -> LogRow {
        let shown = display::show(told.bytes, told.cut);
        let mut text = mask::masked(&shown.text).into_owned();
        if heads == Heads::Cut {
            text = self.without_head(text, told.record.and_then(|record| record.level));
        }
        let mut cut = told.cut;
        if let Some((end, _)) = text.char_indices().nth(SHOWN) {
            cut += text.get(end..).unwrap_or_default().chars().count() as u64;
            text.truncate(end);
        }
        let begins = told.record.is_none_or(|record| record.line == told.line);
        LogRow {
            at: LineAt { file: self.file, line: told.line },
            time: timestamp(told.record.filter(|_| begins).and_then(|record| record.time)),
            level: told.record.and_then(|record| record.level).map(level),
            cut,
            marks: self.marks(&text),
            links: self.links(&text),
            lines: if heads == Heads::Cut { told.record.map_or(1, |record| record.lines) } else { 1 },
            fold: None,
            inside: false,
            continues: !begins,
            hit: true,
            text,
        }
    }

    /// Without the time at its start and the level right behind it.
    fn without_head(&mut self, text: String, level: Option<Level>) -> String {
        let Some(head) = self.reader.head(text.as_bytes()) else { return text };
        let rest = text.get(head.rest..).unwrap_or(&text);
        let rest = rest.trim_start_matches([' ', '\t', ']', '-', '|', ',', ':']);
        let word = rest.trim_start_matches(['[', '(']);
        let length = word.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(word.len());
        let named = word.get(..length).and_then(|word| Level::of_word(word.as_bytes()));
        let rest = if named.is_some() && named == level {
            word.get(length..).unwrap_or_default().trim_start_matches([']', ')', ':', ' ', '\t', '-', '|'])
        } else {
            rest
        };
        // A line that is its head alone is shown as it is.
        if rest.is_empty() { text } else { rest.to_owned() }
    }

    fn marks(&self, text: &str) -> Vec<(u32, u32)> {
        let Some((matcher, again)) = self.matcher else { return Vec::new() };
        let mut marks = Vec::new();
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| matcher.find(rest.as_bytes())) {
            if found.is_empty() || marks.len() >= MARKS {
                break;
            }
            marks.push(characters(text, from + found.start, from + found.end));
            from += found.end;
            if !again {
                break;
            }
        }
        marks
    }

    fn links(&self, text: &str) -> Vec<LogLink> {
        let found = refs(text.as_bytes()).into_iter();
        let links = found.filter_map(|found| {
            let target = self.targets.of(&found, self.address)?;
            let (from, to) = characters(text, found.range.start, found.range.end);
            Some(LogLink { from, to, target })
        });
        links.collect()
    }
}

/// Characters from places in bytes.
fn characters(text: &str, from: usize, to: usize) -> (u32, u32) {
    let count = |part: Option<&str>| u32::try_from(part.unwrap_or_default().chars().count()).unwrap_or(u32::MAX);
    let start = count(text.get(..from));
    (start, start.saturating_add(count(text.get(from..to))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::logs::search::Query;
    use contract::logs::LogTarget;

    fn record(lines: u64, level: Level) -> Record {
        Record {
            number: 0,
            line: 7,
            lines,
            offset: 0,
            length: 0,
            time: Some(Time(1_000)),
            clock: None,
            level: Some(level),
        }
    }

    fn row(text: &[u8], heads: Heads, matcher: Option<&Matcher>) -> LogRow {
        let targets = Targets::default();
        let mut rows = Rows::new(2, "", &targets, matcher.map(|matcher| (matcher, true)));
        rows.row(&Told { line: 7, bytes: text, cut: 0, record: Some(record(3, Level::Error)) }, heads)
    }

    #[test]
    fn a_record_is_shown_without_time_and_level() {
        for (line, text) in [
            ("26/11/20 06:05:01 ERROR MenuCodec: broken", "MenuCodec: broken"),
            ("2026-11-20T06:05:01.000Z [ERROR] KeyError: 'x'", "KeyError: 'x'"),
            ("2026-11-20 06:05:01,123 [main] ERROR a.B - c", "[main] ERROR a.B - c"),
            ("ERROR:root:broken", "root:broken"),
            ("26/11/20 06:05:01 ERROR", "26/11/20 06:05:01 ERROR"),
            ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ] {
            assert_eq!(row(line.as_bytes(), Heads::Cut, None).text, text);
            assert_eq!(row(line.as_bytes(), Heads::Kept, None).text, line);
        }
        let row = row(b"26/11/20 06:05:01 ERROR A: b", Heads::Cut, None);
        assert_eq!((row.lines, row.level, row.continues), (3, Some(LogLevel::Error), false));
        assert_eq!(row.at, LineAt { file: 2, line: 7 });
    }

    #[test]
    fn secrets_are_masked_and_never_marked_open() {
        let matcher = Matcher::new(&Query::plain("hunter2")).unwrap();
        let row = row("caf\u{e9} --password hunter2 hunter2".as_bytes(), Heads::Kept, Some(&matcher));
        assert!(row.text.starts_with("caf\u{e9} --password \u{2022}"), "{}", row.text);
        assert_eq!(row.marks.len(), 1, "the one that is shown: {}", row.text);
        let (from, to) = row.marks[0];
        assert_eq!(row.text.chars().skip(from as usize).take((to - from) as usize).collect::<String>(), "hunter2");
    }

    #[test]
    fn a_long_line_is_cut_and_says_how_much() {
        let row = row("\u{e9}".repeat(3_000).as_bytes(), Heads::Kept, None);
        assert_eq!((row.text.chars().count(), row.cut), (SHOWN, 1_000));
        let targets = Targets::default();
        let told = Told { line: 0, bytes: b"abc", cut: 10_000_000, record: None };
        let long = Rows::new(0, "", &targets, None).row(&told, Heads::Kept);
        assert_eq!((long.cut, long.continues, long.level), (10_000_000, false, None));
    }

    #[test]
    fn an_object_is_a_link() {
        let row = row(b"reading s3a://lake-raw/data/in/daily_sales.csv now", Heads::Kept, None);
        assert_eq!(row.links.len(), 1);
        assert_eq!(row.links[0].target, LogTarget::Object("s3://lake-raw/data/in/daily_sales.csv".into()));
        assert_eq!((row.links[0].from, row.links[0].to), (8, 46));
    }
}
