//! Events of CloudWatch Logs as lines of a text.
//!
//! The service keeps a time for each event; many programs write none. Where a line begins a record and tells no time, the
//! event's stands before it, so that such logs have records and can be merged. Lines that belong to the one before them
//! (a traceback comes as one event for each line) are left as they are.

use aws::logs::events::Event;
use contract::Timestamp;
use logs::{
    Reader,
    record::{Grouper, Step},
    time::Zone,
};

/// `2026-11-21T06:04:12.123Z ` and nothing else.
const STAMP: &str = "%Y-%m-%dT%H:%M:%S.%3fZ ";
const LENGTH: usize = 25;

/// Turns events into lines, page after page.
#[derive(Debug)]
pub(super) struct Stamper {
    reader: Reader,
    grouper: Grouper,
}

impl Stamper {
    pub fn new(now: Timestamp) -> Self {
        Self { reader: Reader::new(Zone::utc(now)), grouper: Grouper::default() }
    }

    pub fn write(&mut self, events: &[Event], into: &mut Vec<u8>) {
        for event in events {
            for line in event.text.trim_end_matches(['\n', '\r']).split('\n') {
                if self.wants_stamp(line) {
                    into.extend_from_slice(event.at.strftime(STAMP).to_string().as_bytes());
                }
                into.extend_from_slice(line.as_bytes());
                into.push(b'\n');
            }
        }
    }

    fn wants_stamp(&mut self, line: &str) -> bool {
        let bytes = line.strip_suffix('\r').unwrap_or(line).as_bytes();
        let has_head = self.reader.head(bytes).is_some();
        match self.grouper.step(bytes, &mut self.reader) {
            Step::Begins { time: Some(_), .. } | Step::Continues => false,
            // A traceback that nobody logged is an ERROR as it stands; behind a time it would be nothing.
            Step::Begins { level: Some(_), .. } => has_head,
            Step::Begins { .. } => true,
        }
    }
}

/// The text without the time that [`Stamper`] put before it: signatures speak of lines as their programs wrote them.
pub(crate) fn unstamped(text: &[u8]) -> &[u8] {
    let shape = b"0000-00-00T00:00:00.000Z ";
    let fits = text.get(..LENGTH).is_some_and(|start| {
        start.iter().zip(shape).all(|(byte, form)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form })
    });
    if fits { text.get(LENGTH..).unwrap_or_default() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(texts: &[&str]) -> String {
        let at: Timestamp = "2026-11-21T06:04:12.123Z".parse().unwrap();
        let events: Vec<_> = texts.iter().map(|text| Event { at, id: None, text: (*text).to_owned() }).collect();
        let mut into = Vec::new();
        Stamper::new(at).write(&events, &mut into);
        String::from_utf8(into).unwrap()
    }

    #[test]
    fn only_a_line_that_begins_something_and_tells_no_time_gets_one() {
        let text = lines(&[
            "START RequestId: 8b1f Version: $LATEST\n",
            "loading 12 rows",
            "26/11/21 06:04:12 INFO A: b",
            "[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f",
            "REPORT RequestId: 8b1f\tDuration: 3.00 ms\r\n",
        ]);
        let stamp = "2026-11-21T06:04:12.123Z ";
        assert_eq!(
            text,
            format!(
                "{stamp}START RequestId: 8b1f Version: $LATEST\n{stamp}loading 12 rows\n26/11/21 06:04:12 INFO A: b\n\
                 {stamp}[ERROR] KeyError: 'sku'\nTraceback (most recent call last):\n  File \"a.py\", line 1, in f\n\
                 {stamp}REPORT RequestId: 8b1f\tDuration: 3.00 ms\n"
            )
        );
        assert_eq!(stamp.len(), LENGTH);
    }

    #[test]
    fn a_traceback_of_many_events_stays_one() {
        let text =
            lines(&["Traceback (most recent call last):", "  File \"a.py\", line 1, in f", "ValueError: x", "next"]);
        assert_eq!(
            text,
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nValueError: x\n2026-11-21T06:04:12.123Z next\n"
        );
    }

    #[test]
    fn a_stamp_comes_off_again_and_nothing_else_does() {
        assert_eq!(unstamped(b"2026-11-21T06:04:12.123Z ClientError: x"), b"ClientError: x");
        for text in [&b"2026-11-21T06:04:12Z x"[..], b"2026-11-21 06:04:12.123 x", b"x", b""] {
            assert_eq!(unstamped(text), text);
        }
    }
}
