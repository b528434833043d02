//! One pass over the records of one file. What it leaves is small, whatever the file's size, and scans of a job's files
//! merge in any order: two threads may each take half of the files.

mod hits;
mod place;

pub use hits::{Evidence, Hits};
pub use place::Whereabouts;

use crate::catalogue::{Catalogue, Marks};
use crate::input::{FileId, Level, Record, Role, Side, Source};
use crate::templates::{Keys, Templates};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Beyond this, patterns look at a window around the text that they need: a line of 10 MB is somebody's data.
const WINDOW: usize = 32 * 1024;
/// Windows for one signature in one record.
const WINDOWS: usize = 4;
/// Lines that may be the cause of something unknown, from each end of a file.
const SUSPECTS: usize = 20;

/// What is left of the files that were read.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    pub(crate) files: BTreeMap<FileId, FileScan>,
}

/// What is left of one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileScan {
    pub source: Source,
    pub records: u64,
    pub bytes: u64,
    pub hits: BTreeMap<(u16, Side), Hits>,
    /// The first sign that the Spark context stopped: line and time.
    pub shutdown: Option<(u64, Option<Timestamp>)>,
    pub traces: u64,
    /// Records at ERROR or above, and those that speak of errors without a level: the first and the last of them.
    pub suspects: Vec<Suspect>,
    pub templates: Templates,
}

/// A record that speaks of something wrong.
#[derive(Debug, Clone)]
pub(crate) struct Suspect {
    pub evidence: Evidence,
    pub level: Option<Level>,
    pub terminal: bool,
    pub traced: bool,
    /// How often its template came.
    pub count: u64,
}

impl Scan {
    /// Takes in the scan of other files. A file that is in both is taken from the longer reading.
    pub fn merge(&mut self, other: Self) {
        for (id, theirs) in other.files {
            match self.files.get(&id) {
                Some(ours) if (ours.records, ours.bytes) >= (theirs.records, theirs.bytes) => {}
                _ => {
                    self.files.insert(id, theirs);
                }
            }
        }
    }

    pub fn records(&self) -> u64 {
        self.files.values().map(|file| file.records).sum()
    }

    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }

    /// Templates of warnings, errors and what speaks of them: to keep of a success, as the baseline of the next failure.
    pub fn templates(&self) -> Templates {
        let mut all = Templates::default();
        for file in self.files.values() {
            all.merge(file.templates.clone());
        }
        all
    }
}

/// Reads the records of one file, in their order.
#[derive(Debug)]
pub struct Scanner<'c> {
    catalogue: &'c Catalogue,
    file: FileId,
    scan: FileScan,
    /// Signatures whose text is in the record at hand, with the places of it.
    wanted: Vec<(u16, Vec<usize>)>,
    /// How many bytes of another log's tail are still to come.
    quoted: usize,
    keys: Keys,
}

impl<'c> Scanner<'c> {
    pub fn new(catalogue: &'c Catalogue, file: FileId, source: Source) -> Self {
        let scan = FileScan { source, ..FileScan::default() };
        Self { catalogue, file, scan, wanted: Vec::new(), quoted: 0, keys: Keys::default() }
    }

    /// Reads one more record. `record.file` is not looked at: a scanner is for one file.
    pub fn offer(&mut self, record: &Record<'_>) {
        self.scan.records += 1;
        self.scan.bytes += record.text.len() as u64;
        self.wanted.clear();
        let wanted = &mut self.wanted;
        let (marks, quote) = self.catalogue.candidates(record.text, |index, at| {
            match wanted.iter_mut().find(|(known, _)| *known == index) {
                Some((_, places)) if places.len() < WINDOWS => places.push(at),
                Some(_) => {}
                None => wanted.push((index, vec![at])),
            }
        });
        let quoted = self.quoted;
        self.quoted = quoted.saturating_sub(record.text.len() + 1);
        if marks == Marks::default() && self.wanted.is_empty() && record.level < Some(Level::Warn) {
            return;
        }
        let context = Context { record, marks, quote, within_quote: quoted > 0, side: self.side(record, marks) };
        if quote.is_some() && tail_follows(record.text) {
            // YARN quotes 4,096 bytes unless it is told otherwise (yarn.nodemanager.container.stderr.tail.bytes).
            self.quoted = 4096_usize.saturating_sub(record.text.len().saturating_sub(quote.unwrap_or_default()));
        }
        if marks.has(Marks::SHUTDOWN) && self.scan.shutdown.is_none() {
            self.scan.shutdown = Some((record.line, record.at));
        }
        self.scan.traces += u64::from(marks.has(Marks::TRACE));
        self.match_signatures(&context);
        self.note(&context);
    }

    /// What is left of the file.
    pub fn finish(self) -> Scan {
        Scan { files: BTreeMap::from([(self.file, self.scan)]) }
    }

    /// A driver speaks of its executors; a node of the containers of both.
    fn side(&self, record: &Record<'_>, marks: Marks) -> Side {
        match self.scan.source.role.side() {
            _ if self.file == FACTS && !marks.has(Marks::EXECUTOR) => Side::Fact,
            _ if self.file == FACTS => Side::Executor,
            Side::Driver if marks.has(Marks::EXECUTOR) => Side::Executor,
            Side::Node => match place::container(record.text) {
                Some(container) if place::is_driver(&container) => Side::Driver,
                Some(_) => Side::Executor,
                None => Side::Node,
            },
            side => side,
        }
    }

    fn match_signatures(&mut self, context: &Context<'_>) {
        let wanted = std::mem::take(&mut self.wanted);
        for (index, places) in &wanted {
            let Some(signature) = self.catalogue.at(*index) else { continue };
            if !signature.sides.is_empty() && !signature.sides.contains(&context.side) {
                continue;
            }
            let found = windows(context.record.text, places)
                .find_map(|(start, window)| signature.find(window).map(|(at, values)| (start + at, values)));
            if let Some((at, values)) = found {
                let hits = self.scan.hits.entry((*index, context.side)).or_default();
                hits.take(self.file, &self.scan.source, context, at, values, &mut self.keys);
            }
        }
        self.wanted = wanted;
    }

    /// Keeps what may matter if no signature does.
    fn note(&mut self, context: &Context<'_>) {
        let record = context.record;
        let loud = record.level >= Some(Level::Error) || context.marks.has(Marks::TRACE);
        let unlevelled = record.level.is_none() && context.marks.has(Marks::SUSPECT);
        if record.level >= Some(Level::Warn) || loud || unlevelled {
            self.scan.templates.add_as(&Record { file: self.file, ..*record }, &mut self.keys);
        }
        if !(loud || unlevelled) || context.within_quote {
            return;
        }
        let at = hits::telling_line(record.text);
        let (line, text) = hits::line_at(record.text, at);
        let key = self.keys.of(&text);
        let suspects = &mut self.scan.suspects;
        if let Some(known) = suspects.iter_mut().find(|suspect| suspect.evidence.key == key) {
            known.count += 1;
            return;
        }
        if suspects.len() >= 2 * SUSPECTS {
            // The first ones stay; of the rest the latest.
            suspects.remove(SUSPECTS);
        }
        let key = key.to_owned();
        let evidence = Evidence::new(self.file, &self.scan.source, context, record.line + line, text, key);
        suspects.push(Suspect {
            evidence,
            level: record.level,
            terminal: context.is_terminal(),
            traced: context.marks.has(Marks::TRACE),
            count: 1,
        });
    }
}

/// A record and what is known of it while its signatures are tried.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub record: &'a Record<'a>,
    pub marks: Marks,
    /// Where another log is quoted.
    pub quote: Option<usize>,
    pub within_quote: bool,
    pub side: Side,
}

impl Context<'_> {
    /// Tells the end of the job, or of the driver's script.
    pub(crate) fn is_terminal(&self) -> bool {
        self.marks.has(Marks::TERMINAL) || (self.marks.has(Marks::PYTHON) && self.side == Side::Driver)
    }

    pub(crate) fn is_quoted(&self, at: usize) -> bool {
        self.within_quote || self.quote.is_some_and(|quote| at > quote)
    }
}

/// The record says `Last 4096 bytes of stderr :` near its end, so that the quote is in the records behind it.
fn tail_follows(text: &[u8]) -> bool {
    let end = text.get(text.len().saturating_sub(64)..).unwrap_or_default();
    end.windows(9).any(|part| part == b"bytes of ")
}

/// The parts of `text` to look at, with their starts.
fn windows<'a>(text: &'a [u8], places: &[usize]) -> impl Iterator<Item = (usize, &'a [u8])> {
    let whole = text.len() <= 4 * WINDOW;
    let parts: Vec<(usize, usize)> = if whole {
        vec![(0, text.len())]
    } else {
        places.iter().map(|at| (at.saturating_sub(WINDOW), (at + WINDOW).min(text.len()))).collect()
    };
    parts.into_iter().filter_map(move |(start, end)| text.get(start..end).map(|part| (start, part)))
}

/// Stands for what is no file.
const FACTS: FileId = FileId(u32::MAX);

/// A text of the service, read as if it were a file of its own.
pub(crate) fn scan_fact(catalogue: &Catalogue, name: &str, text: &str) -> FileScan {
    let source = Source { role: Role::Other, ..Source::default() };
    let mut scanner = Scanner::new(catalogue, FACTS, source);
    let level = Some(Level::Error);
    scanner.offer(&Record { file: FACTS, line: 1, lines: 1, at: None, level, text: text.as_bytes() });
    let mut scan = scanner.scan;
    for evidence in scan.hits.values_mut().flat_map(|hits| &mut hits.kept) {
        evidence.fact = Some(name.to_owned());
    }
    scan
}
