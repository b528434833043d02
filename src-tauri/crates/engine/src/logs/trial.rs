//! A signature tried on an open log: all records of all its files, as a diagnosis would read them.

use super::{Address, Copy, blocking, opened::lock, unstamped, view::broken};
use crate::{Desk, EngineError};
use ::logs::{LogFault, display, mask, record::Texts};
use ::triage::Signature;
use contract::{
    LogId,
    logs::LineAt,
    signatures::{TriedHit, TriedOn},
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Matches that are shown.
const SHOWN: usize = 8;
/// Characters of each.
const LONGEST: usize = 400;
/// Bytes of a line that a signature is made of.
const LINE: usize = 64 << 10;
/// Bytes that are looked at.
const MOST_BYTES: u64 = 1 << 30;

/// A file that is tried on.
struct On {
    number: u32,
    address: String,
    /// Lines begin with the times of events.
    stamped: bool,
    copy: Arc<Copy>,
}

impl Desk {
    /// A line as its program wrote it.
    pub(crate) async fn line_of_log(&self, log: LogId, at: LineAt) -> Result<String, EngineError> {
        let log = self.inner.logs.get(log)?;
        blocking(move || {
            let gone = || EngineError::NotFound("This line is not there (any more).".into());
            let file = usize::try_from(at.file).ok().and_then(|file| log.files.get(file)).ok_or_else(gone)?;
            let copy = file.seen().copy.ok_or_else(gone)?;
            let lines = copy.log().lines(at.line..at.line.saturating_add(1), LINE).map_err(broken)?;
            let bytes = lines.first().map(|line| line.bytes.as_slice()).ok_or_else(gone)?;
            let bytes = if stamped(&file.address) { unstamped(bytes) } else { bytes };
            Ok(String::from_utf8_lossy(bytes).into_owned())
        })
        .await
    }

    /// Which records a signature matches. The trial before it ends.
    pub(crate) async fn try_on_log(&self, log: LogId, signature: Signature) -> Result<TriedOn, EngineError> {
        let logs = &self.inner.logs;
        let log = logs.get(log)?;
        let stop = CancellationToken::new();
        std::mem::replace(&mut *lock(&logs.trying), stop.clone()).cancel();
        let files = (0_u32..).zip(&log.files).filter_map(|(number, file)| {
            let (address, stamped) = (file.address.row(None, None).address, stamped(&file.address));
            Some(On { number, address, stamped, copy: file.seen().copy? })
        });
        let files: Vec<On> = files.collect();
        blocking(move || match tried(&files, &signature, &stop) {
            Err(LogFault::Cancelled) => Err(EngineError::Gone("this trial")),
            other => other.map_err(broken),
        })
        .await
    }
}

fn stamped(address: &Address) -> bool {
    !matches!(address, Address::Object { .. })
}

fn tried(files: &[On], signature: &Signature, stop: &CancellationToken) -> Result<TriedOn, LogFault> {
    let mut tried = TriedOn { whole: true, ..TriedOn::default() };
    let mut bytes_read = 0;
    for file in files {
        let mut texts = Texts::new(&file.copy.records, 0)?;
        while let Some((record, bytes)) = texts.advance()? {
            if tried.records.is_multiple_of(1_024) && stop.is_cancelled() {
                return Err(LogFault::Cancelled);
            }
            bytes_read += record.length;
            if bytes_read > MOST_BYTES {
                tried.whole = false;
                return Ok(tried);
            }
            tried.records += 1;
            let bytes = if file.stamped { unstamped(bytes) } else { bytes };
            let Some(at) = signature.try_on(bytes).at else { continue };
            tried.hits += 1;
            if tried.first.len() < SHOWN {
                let (lines, line) = line_at(bytes, at);
                let at = LineAt { file: file.number, line: record.line + lines };
                tried.first.push(TriedHit { at, address: file.address.clone(), text: shown(line) });
            }
        }
    }
    Ok(tried)
}

/// How many lines stand before the one in which a byte is, and that one.
fn line_at(record: &[u8], at: usize) -> (u64, &[u8]) {
    let before = record.get(..at).unwrap_or_default();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let rest = record.get(start..).unwrap_or_default();
    let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
    (before.split(|byte| *byte == b'\n').count() as u64 - 1, line)
}

fn shown(line: &[u8]) -> String {
    let text = display::show(line, 0).text;
    mask::masked(&text).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(number: u32, text: &[u8]) -> On {
        On { number, address: format!("s3://b/{number}"), stamped: false, copy: Copy::of_text(text) }
    }

    #[test]
    fn all_records_of_all_files_are_tried_and_the_line_of_the_match_is_told() {
        let draft = ::triage::catalogue::draft_from_line("ERROR Till: TillClosedException: store 7");
        let signature = draft.signature().unwrap();
        let files = [
            on(0, b"2026-11-21 06:00:00,000 INFO a: ok\n2026-11-21 06:00:01,000 ERROR Till: TillClosedException: store 8\n"),
            on(2, b"2026-11-21 06:00:00,000 ERROR b: job failed\n\tCaused by: Till: TillClosedException: store 11 password=hunter2\n"),
        ];
        let found = tried(&files, &signature, &CancellationToken::new()).unwrap();
        assert_eq!((found.records, found.hits, found.whole), (3, 2, true), "{found:?}");
        assert_eq!(found.first[0].at, LineAt { file: 0, line: 1 });
        assert_eq!(found.first[1].at, LineAt { file: 2, line: 1 });
        assert!(!found.first[1].text.contains("hunter2"), "{found:?}");
        let stop = CancellationToken::new();
        stop.cancel();
        assert!(matches!(tried(&files, &signature, &stop), Err(LogFault::Cancelled)));
    }
}
