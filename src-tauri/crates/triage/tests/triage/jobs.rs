//! A job for a test: files of lines, grouped into records the way a log reader does it.

use triage::{Catalogue, Facts, FileId, Level, Record, Report, Role, Scan, Scanner, Source, Templates};

#[derive(Default, Clone)]
pub struct Job {
    pub files: Vec<(Role, Option<String>, String)>,
    pub facts: Facts,
}

impl Job {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(mut self, role: Role, text: &str) -> Self {
        self.files.push((role, None, text.to_owned()));
        self
    }

    pub fn driver(self, text: &str) -> Self {
        self.file(Role::Driver, text)
    }

    pub fn executor(self, id: &str, text: &str) -> Self {
        self.file(Role::Executor { id: Some(id.to_owned()) }, text)
    }

    pub fn state(mut self, state: &str) -> Self {
        self.facts.state = Some(state.to_owned());
        self
    }

    pub fn fact(mut self, name: &str, text: &str) -> Self {
        self.facts.texts.push(triage::Fact { name: name.to_owned(), text: text.to_owned() });
        self
    }

    pub fn scan(&self) -> Scan {
        let mut all = Scan::default();
        for (id, (role, host, text)) in (0..).zip(&self.files) {
            let source = Source { role: role.clone(), host: host.clone(), ..Source::default() };
            all.merge(scan(FileId(id), source, text.as_bytes()));
        }
        all
    }

    pub fn report(&self) -> Report {
        self.report_with(None)
    }

    pub fn report_with(&self, baseline: Option<&Templates>) -> Report {
        Catalogue::builtin().report(&self.scan(), &self.facts, baseline)
    }
}

pub fn scan(id: FileId, source: Source, text: &[u8]) -> Scan {
    let mut scanner = Scanner::new(Catalogue::builtin(), id, source);
    for record in records(id, text) {
        scanner.offer(&record);
    }
    scanner.finish()
}

/// Lines into records: a line without a time of its own belongs to the record above it, unless it starts something.
pub fn records(file: FileId, text: &[u8]) -> Vec<Record<'_>> {
    let mut records: Vec<Record<'_>> = Vec::new();
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let end = at + line.len();
        let starts = starts(line);
        match records.last_mut() {
            Some(last) if !starts => {
                let start = at - last.text.len();
                last.text = &text[start..end];
                last.lines += 1;
            }
            _ => records.push(Record { file, line: number, lines: 1, at: time(line), level: level(line), text: line }),
        }
        at = end;
    }
    records
}

fn starts(line: &[u8]) -> bool {
    let starts: [&[u8]; 9] =
        [b"START ", b"END ", b"REPORT ", b"RequestId:", b"Traceback", b"Exception in", b"SLF4J", b"log4j", b"+ "];
    line.first().is_some_and(u8::is_ascii_digit)
        || line.starts_with(b"[") && !line.starts_with(b"[2")
        || starts.iter().any(|start| line.starts_with(start))
}

fn level(line: &[u8]) -> Option<Level> {
    let text = String::from_utf8_lossy(&line[..line.len().min(120)]).into_owned();
    text.split_whitespace().find_map(|word| match word.trim_matches(|letter| "[]:".contains(letter)) {
        "INFO" => Some(Level::Info),
        "DEBUG" => Some(Level::Debug),
        "WARN" | "WARNING" => Some(Level::Warn),
        "ERROR" => Some(Level::Error),
        "FATAL" => Some(Level::Fatal),
        word if word.ends_with("]E") => Some(Level::Error),
        _ => None,
    })
}

/// `26/03/04 02:11:09` and `2026-03-04 02:11:09`, as UTC.
fn time(line: &[u8]) -> Option<jiff::Timestamp> {
    let text = std::str::from_utf8(line.get(..19)?).ok().or_else(|| std::str::from_utf8(line.get(..17)?).ok())?;
    let text = text.replace('/', "-").replacen(['T'], " ", 1);
    let text = if text.as_bytes().get(2) == Some(&b'-') { format!("20{}", &text[..17.min(text.len())]) } else { text };
    format!("{}Z", text.replacen(' ', "T", 1)).parse().ok()
}
