//! What a stream of CloudWatch Logs says of something that failed and is no run of an engine here: a replication task, a
//! container. Its end is read, in which the failure is; a stream of a replication task goes on for months.

use super::{catalogue::Known, words};
use crate::Desk;
use ::logs::{
    Level, Reader,
    record::{Grouper, Step},
    time::{Time, Zone},
};
use ::triage::{self, Catalogue, Fact, Facts, FileId, Role, Scan, Scanner, Source};
use aws::{
    AwsError, Session,
    logs::events::{self, Event},
};
use contract::{
    Timestamp,
    jobs::diagnosis::{EvidenceLine, Finding, UnknownCause, Verdict},
    logs::StreamLog,
};

/// Bytes of text that are read, and the rest of their page.
const MOST_BYTES: usize = 1 << 20;

/// A stream, and what wrote it.
#[derive(Debug, Clone)]
pub(crate) struct OfStream {
    /// Group and stream; without them the texts alone are looked at.
    pub place: Option<(String, String)>,
    pub role: Role,
    /// As triage calls engines: `dms`, `batch`.
    pub engine: String,
    /// What the service says of the failure, each text with the name of its field.
    pub texts: Vec<(String, String)>,
    /// Records before it are of another attempt.
    pub from: Option<Timestamp>,
    /// What was written later is not read.
    pub until: Option<Timestamp>,
    /// If any, only records that name one of these count.
    pub names: Vec<String>,
}

/// What it says.
#[derive(Debug)]
pub(crate) struct StreamSaid {
    pub verdict: Verdict,
    /// Lines of their evidence count in `log`.
    pub findings: Vec<Finding>,
    /// There when the verdict is unknown.
    pub unknown: Option<UnknownCause>,
    pub log: Option<StreamLog>,
}

/// A line with the lines that belong to it.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    /// From 1, of the first.
    line: u64,
    lines: u32,
    at: Timestamp,
    level: Option<Level>,
    text: Vec<u8>,
}

impl Piece {
    /// It names one of these, or there are none to name.
    fn is_about(&self, names: &[String]) -> bool {
        let text = String::from_utf8_lossy(&self.text);
        names.is_empty() || names.iter().any(|name| text.contains(name.as_str()))
    }
}

impl Desk {
    /// Findings in the end of a stream and in the service's own words.
    pub(crate) async fn stream_says(&self, session: &Session, of: OfStream) -> Result<StreamSaid, AwsError> {
        let OfStream { place, role, engine, texts, from, until, names } = of;
        let (mut pieces, mut log) = (Vec::new(), None);
        if let Some((group, stream)) = place {
            let tail = events::tail(session, &group, &stream, until, MOST_BYTES).await?;
            pieces = self::pieces(&tail.events, session.now());
            pieces.retain(|piece| from.is_none_or(|from| piece.at >= from) && piece.is_about(&names));
            log = Some(StreamLog { address: format!("{group}:{stream}"), name: stream, whole: tail.whole });
        }
        let texts = texts.into_iter().filter(|(_, text)| !text.trim().is_empty());
        let facts = Facts {
            engine: Some(engine.clone()),
            state: Some("FAILED".to_owned()),
            texts: texts.map(|(name, text)| Fact { name, text }).collect(),
            ..Facts::default()
        };
        let source = Source { role, engine: Some(engine), ..Source::default() };
        let folder = self.inner.store.folder().join("signatures");
        let found = tokio::task::spawn_blocking(move || {
            let (catalogue, _) = Known::with_those_in(&folder);
            let report = catalogue.report(&scan(&catalogue, source, &pieces), &facts, None);
            let (verdict, unknown) = (words::verdict(report.verdict), report.unknown.map(words::unknown));
            (verdict, words::findings(&catalogue, report.findings), unknown)
        });
        // Without an answer the program ends.
        let (verdict, findings, unknown) = found.await.unwrap_or((Verdict::Nothing, Vec::new(), None));
        Ok(StreamSaid { verdict, findings, unknown, log })
    }
}

/// The lines of the first finding that stand in a log, and not in the service's words.
pub(crate) fn of_log(findings: &[Finding]) -> impl Iterator<Item = &EvidenceLine> {
    findings.iter().take(1).flat_map(|finding| &finding.evidence).filter(|line| line.at.is_some())
}

fn scan(catalogue: &Catalogue, source: Source, pieces: &[Piece]) -> Scan {
    if pieces.is_empty() {
        return Scan::default();
    }
    let file = FileId(0);
    let mut scanner = Scanner::new(catalogue, file, source);
    for piece in pieces {
        scanner.offer(&triage::Record {
            file,
            line: piece.line,
            lines: piece.lines,
            at: Some(piece.at),
            level: piece.level.map(words::level),
            text: &piece.text,
        });
    }
    scanner.finish()
}

/// The records of some events, their lines counted as the reader of logs counts them.
fn pieces(events: &[Event], now: Timestamp) -> Vec<Piece> {
    let mut reader = Reader::new(Zone::utc(now));
    let mut grouper = Grouper::default();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut line = 0;
    for event in events {
        for text in event.text.trim_end_matches(['\n', '\r']).split('\n') {
            let text = text.strip_suffix('\r').unwrap_or(text).as_bytes();
            line += 1;
            match grouper.step(text, &mut reader) {
                Step::Begins { time, level } => {
                    let at = time.and_then(Time::timestamp).unwrap_or(event.at);
                    pieces.push(Piece { line, lines: 1, at, level, text: text.to_vec() });
                }
                // The first line begins one.
                Step::Continues => {
                    if let Some(open) = pieces.last_mut() {
                        open.lines = open.lines.saturating_add(1);
                        open.text.push(b'\n');
                        open.text.extend_from_slice(text);
                    }
                }
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn events(texts: &[&str]) -> Vec<Event> {
        let of = |text: &&str| Event { at: at("2026-11-20T23:41:20Z"), id: None, text: (*text).to_owned() };
        texts.iter().map(of).collect()
    }

    fn read(texts: &[&str]) -> Vec<Piece> {
        pieces(&events(texts), at("2026-11-21T08:00:00Z"))
    }

    #[test]
    fn records_tell_their_lines_their_times_and_their_levels() {
        let found = read(&[
            "2026-11-20T23:41:11 [SORTER          ]I:  Transaction consistency reached\n",
            "2026-11-20T23:41:17 [TASK_MANAGER    ]E:  Task 'K7' encountered a fatal error\r\n",
            "Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'sku'\n",
        ]);
        let told: Vec<_> = found.iter().map(|one| (one.line, one.lines, one.at, one.level)).collect();
        assert_eq!(told[0], (1, 1, at("2026-11-20T23:41:11Z"), Some(Level::Info)));
        assert_eq!(told[1], (2, 4, at("2026-11-20T23:41:17Z"), Some(Level::Error)), "with its traceback");
        assert_eq!(told.len(), 2);
        let text = String::from_utf8_lossy(&found[1].text);
        assert!(text.contains("a fatal error\nTraceback"), "no end of a line of Windows: {text:?}");
    }

    #[test]
    fn a_line_without_a_time_has_that_of_its_event() {
        let found = read(&["loading 12 rows\n"]);
        assert_eq!(found[0].at, at("2026-11-20T23:41:20Z"));
    }

    #[test]
    fn records_about_a_table_name_it() {
        let found = read(&["[TASK_MANAGER ]W:  Table 'public'.'till_events' was errored/suspended\n"]);
        let names = |name: &str| vec![name.to_owned()];
        assert!(found[0].is_about(&[]) && found[0].is_about(&names("till_events")));
        assert!(!found[0].is_about(&names("orders")));
    }

    #[test]
    fn a_signature_finds_the_line_of_a_replication_task() {
        let pieces = read(&[
            "2026-11-20T23:40:00 [SOURCE_CAPTURE  ]I:  Position is mysql-bin-changelog.157832:4\n",
            "2026-11-20T23:41:17 [TASK_MANAGER    ]E:  Could not find first log file name in binary log index file\n",
            "2026-11-20T23:41:18 [TASK_MANAGER    ]E:  Task 'K7' encountered a fatal error\n",
        ]);
        let source = Source { role: Role::Dms, ..Source::default() };
        let catalogue = Catalogue::builtin();
        let facts = Facts { state: Some("FAILED".into()), ..Facts::default() };
        let report = catalogue.report(&scan(catalogue, source, &pieces), &facts, None);
        assert_eq!(report.verdict, triage::Verdict::Cause);
        let first = &report.findings[0];
        assert_eq!((first.signature.as_str(), first.evidence[0].line), ("dms.source-log", 2));
        assert_eq!(first.evidence[0].at, Some(at("2026-11-20T23:41:17Z")));
        assert!(first.consequences.iter().any(|one| one.signature == "dms.fatal"), "{:?}", first.consequences);
    }
}
