//! JSON documents: one on each line, or one for all.

use super::{MOST_KEPT, shown};
use contract::objects::content::{Content, ContentFormat};

/// One document on each line.
#[derive(Debug, Default)]
pub struct Lines {
    rows: u64,
    /// Of the line that is read.
    line: Vec<u8>,
    document: Document,
}

impl Lines {
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            // A line end cannot stand inside a document: within a string it is written as an escape.
            if *byte == b'\n' {
                self.rows += u64::from(self.document.began);
                self.document = Document::default();
                self.line.clear();
                continue;
            }
            self.document.take(*byte);
            if self.line.len() < MOST_KEPT {
                self.line.push(*byte);
            }
        }
    }

    pub fn end(self, content: &mut Content) {
        content.format = ContentFormat::JsonLines;
        content.cut = self.document.is_open().then(|| shown(&self.line));
        content.rows = Some(self.rows + u64::from(self.document.began && !self.document.is_open()));
    }
}

/// Follows brackets and strings.
#[derive(Debug, Default)]
pub struct Document {
    depth: u64,
    quoted: bool,
    escaped: bool,
    began: bool,
    /// The end of what was read.
    tail: Vec<u8>,
}

impl Document {
    pub fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.take(*byte);
        }
        self.tail.extend_from_slice(bytes.get(bytes.len().saturating_sub(MOST_KEPT)..).unwrap_or_default());
        self.tail.drain(..self.tail.len().saturating_sub(MOST_KEPT));
    }

    fn take(&mut self, byte: u8) {
        if self.quoted {
            let escaped = std::mem::take(&mut self.escaped);
            match byte {
                b'\\' if !escaped => self.escaped = true,
                b'"' if !escaped => self.quoted = false,
                _ => {}
            }
            return;
        }
        match byte {
            b'"' => self.quoted = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.began |= !byte.is_ascii_whitespace();
    }

    fn is_open(&self) -> bool {
        self.quoted || self.depth > 0
    }

    pub fn end(self, content: &mut Content) {
        content.format = ContentFormat::Json;
        content.cut = self.is_open().then(|| {
            let text = String::from_utf8_lossy(&self.tail);
            shown(text.trim_start_matches('\u{FFFD}').as_bytes())
        });
    }
}
