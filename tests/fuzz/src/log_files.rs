//! Targets of the crates `logs` and `triage`: compressed files, lines, Spark's event logs, files of signatures.

use crate::{now, text};
use logs::{
    Cancel, Limits, LineIndex, Reader, display,
    inflate::{CHUNK, inflate},
    mask,
    record::{Grouper, Step},
    refs::{self, ContainerName},
    template,
    time::{self, Zone},
};
use triage::{
    Catalogue, Facts, FileId, Level, Record, Scan, Scanner, Source, Verdict, catalogue,
    event_log::{self, Summary},
    trace,
};

/// How compressed files begin: what is behind that is a stranger's.
const HEADS: [&[u8]; 4] = [b"", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", b"\x28\xb5\x2f\xfd", b"BZh1"];
/// What may come out: more takes the time of other inputs.
const MOST: usize = 1 << 20;

pub(crate) fn inflated(bytes: &[u8]) {
    let limits = Limits { bytes: MOST as u64, ratio: 200, ratio_after: 1 << 16 };
    for head in HEADS {
        let file = [head, bytes].concat();
        let mut out = Vec::new();
        let outcome = inflate(file.as_slice(), limits, &Cancel::default(), &mut |chunk, _| {
            out.extend_from_slice(chunk);
            Ok(())
        });
        assert!(out.len() <= MOST + CHUNK, "{} bytes came out", out.len());
        if let Ok(told) = outcome {
            assert_eq!(told.total.inflated, out.len() as u64, "what is counted came out");
        }
        index(&out);
    }
    // One that lay on a disk for long.
    let _ = LineIndex::from_bytes(bytes, bytes.len() as u64);
}

fn index(bytes: &[u8]) {
    let (mut whole, mut parts) = (LineIndex::default(), LineIndex::default());
    whole.append(bytes);
    bytes.chunks(4_093).for_each(|part| parts.append(part));
    assert_eq!(whole, parts, "it is the same however the bytes come");
    assert_eq!((whole.length(), whole.ended()), (bytes.len() as u64, logs::index::newlines(bytes)));
    let read = LineIndex::from_bytes(&whole.to_bytes(), whole.length());
    assert!(read.is_ok_and(|read| read == whole), "what was kept is read as it was");
}

pub(crate) fn records(bytes: &[u8]) {
    let mut reader = Reader::new(Zone::utc(now()));
    let mut grouper = Grouper::default();
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if let Some((_, length)) = time::read(line) {
            assert!(length <= line.len(), "a time ends with its line");
        }
        if let Some(head) = reader.head(line) {
            assert!(head.rest <= line.len(), "a head ends with its line");
        }
        let step = grouper.step(line, &mut reader);
        assert!(number > 0 || matches!(step, Step::Begins { .. }), "the first line begins a record");
        let shown = display::show(line, 0).text;
        let is_control = |sign: char| (sign < ' ' && sign != '\t') || sign == '\x7f';
        assert!(!shown.contains(is_control), "{shown:?} holds a control character");
        let _ = mask::masked(&shown);
    }
}

pub(crate) fn event_log(bytes: &[u8]) {
    let whole = event_log::read([bytes]);
    let mut pieces = event_log::Reader::default();
    bytes.chunks(509).for_each(|piece| pieces.feed(piece));
    pieces.end_part(None);
    let written = |summary: &Summary| serde_json::to_string(summary).unwrap_or_default();
    assert_eq!(written(&whole), written(&pieces.finish()), "it is the same however the bytes come");
    for stage in &whole.stages {
        assert!(stage.median_ms <= stage.p95_ms && stage.p95_ms <= stage.max_ms, "{stage:?}");
        let _ = stage.ailments();
    }
}

pub(crate) fn signatures(bytes: &[u8]) {
    let (catalogue, faults) = Catalogue::from_files(&[("own.toml", text(bytes))]);
    assert!(catalogue.signatures().iter().all(|one| !one.id.is_empty() && catalogue.get(&one.id).is_some()));
    assert!(faults.iter().all(|fault| !fault.to_string().is_empty()), "what is wrong is said");
}

/// What is looked for in each line: names of other files, secrets, and what differs from run to run.
pub(crate) fn marks(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut end = 0;
        for name in refs::refs(line) {
            assert!(name.range.start >= end && name.range.end <= line.len(), "{name:?} lies outside or twice");
            end = name.range.end;
            let _ = ContainerName::of(&name.value);
        }
        let mut end = 0;
        for mask in mask::masks(line) {
            assert!(mask.range.start >= end && mask.range.end <= line.len(), "{mask:?} lies outside or twice");
            end = mask.range.end;
        }
        let mut written = Vec::new();
        template::write(line, &mut written);
        assert!(written.len() <= line.len(), "a template is no longer than its line");
        assert!(!written.iter().any(u8::is_ascii_digit), "numbers make no other template");
    }
}

/// The lines of two files, each line a record.
pub(crate) fn diagnosis(bytes: &[u8]) {
    let known = Catalogue::builtin();
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let (one, other) = lines.split_at(lines.len() / 2);
    let (one, other) = (scanned(known, FileId(0), one), scanned(known, FileId(1), other));
    let (mut there, mut back) = (one.clone(), other.clone());
    there.merge(other);
    back.merge(one);
    let [there, back] = [there, back].map(|scan| known.report(&scan, &Facts::default(), None));
    let found = |report: &triage::Report| -> Vec<String> {
        report.findings.iter().map(|finding| finding.signature.clone()).collect()
    };
    assert_eq!((there.verdict, found(&there)), (back.verdict, found(&back)), "files may come in any order");
    assert_eq!(there.records, lines.len() as u64);
    assert!(there.findings.iter().all(|finding| known.get(&finding.signature).is_some()));
    assert!(there.verdict != Verdict::Cause || there.cause().is_some(), "a cause is told");
    let text = text(bytes);
    assert!(trace::trace(text).is_none_or(|trace| trace.frames.len() <= 5));
    let draft = catalogue::draft_from_line(text);
    if let Ok(trial) = draft.try_on(draft.example.as_bytes()) {
        assert!(trial.matches, "{draft:?} does not match its line");
    }
}

fn scanned(known: &Catalogue, file: FileId, lines: &[&[u8]]) -> Scan {
    let mut scanner = Scanner::new(known, file, Source::default());
    for (line, text) in (1_u64..).zip(lines.iter().copied()) {
        scanner.offer(&Record { file, line, lines: 1, at: None, level: Some(Level::Error), text });
    }
    scanner.finish()
}
