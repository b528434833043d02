//! What is noted with a copy in the cache: which bytes it is of, and the index of its lines.

use contract::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// An ETag, the token behind the last event, or the seam of a group.
    pub mark: String,
    pub size: Option<u64>,
    pub last_write: Option<Timestamp>,
    pub read: u64,
    pub fault: Option<String>,
}

impl Note {
    /// One line of JSON, then the index.
    pub fn write(&self, index: &[u8]) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes.extend_from_slice(index);
        bytes
    }

    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let note = serde_json::from_slice(bytes.get(..end)?).ok()?;
        Some((note, bytes.get(end + 1..)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_reads_back_and_rubbish_does_not() {
        let note =
            Note { mark: "\"a\n1\"".into(), size: Some(3), last_write: None, read: 3, fault: Some("x\ny".into()) };
        assert_eq!(Note::read(&note.write(b"\n\x00index")), Some((note, &b"\n\x00index"[..])));
        for bytes in [&b""[..], b"\n", b"{}\n", b"rubbish"] {
            assert_eq!(Note::read(bytes), None);
        }
    }
}
