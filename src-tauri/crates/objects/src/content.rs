//! What stands in an object, found out while its bytes pass by once, and what is different from another version's.
//!
//! The question is whether an upload is whole: how many records, which columns, whether the last record is cut off. Bytes
//! are inflated by whoever hands them over. Nothing is kept but counts, the header and the last line.

mod dates;
mod delimited;
mod json;
mod sniff;
#[cfg(test)]
mod tests;
mod verdicts;

pub use verdicts::verdicts;

use contract::objects::content::{Content, ContentFormat};
use dates::Dates;
use delimited::Delimited;
use json::{Document, Lines};

/// What is kept of a header's name and of a record that is cut off, in bytes.
const MOST_KEPT: usize = 256;
/// How much is looked at to know the format.
const HEAD: usize = 64 << 10;

/// An object on its way through.
#[derive(Debug)]
pub struct Reading {
    /// The end of the key: `csv`.
    extension: String,
    /// What was handed over before the format was known.
    head: Vec<u8>,
    body: Option<Body>,
    dates: Dates,
    read: u64,
}

#[derive(Debug)]
enum Body {
    Delimited(Box<Delimited>),
    Lines(Lines),
    Document(Document),
    Parquet { last: Vec<u8> },
    Text { lines: u64, ends: bool },
    Binary,
}

impl Reading {
    /// Of an object with this key, without the suffix of a compression.
    pub fn new(key: &str) -> Self {
        let name = key.rsplit('/').next().unwrap_or(key);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        Self { extension, head: Vec::new(), body: None, dates: Dates::default(), read: 0 }
    }

    /// The next bytes of the object.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.read += bytes.len() as u64;
        self.dates.feed(bytes);
        if let Some(body) = &mut self.body {
            body.feed(bytes);
            return;
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() >= HEAD || sniff::is_enough(&self.head) {
            self.begin();
        }
    }

    /// What was found out. `whole`: everything was handed over.
    pub fn end(mut self, whole: bool) -> Content {
        if self.body.is_none() && !self.head.is_empty() {
            self.begin();
        }
        let mut content = Content {
            format: ContentFormat::Empty,
            rows: None,
            columns: Vec::new(),
            misfits: 0,
            misfit: None,
            cut: None,
            damage: None,
            day: self.dates.one(),
            read: self.read,
            whole,
        };
        if let Some(body) = self.body {
            body.end(&mut content);
        }
        if !whole {
            // Where the reading stopped, not where the object ends.
            content.cut = None;
        }
        content
    }

    fn begin(&mut self) {
        let head = std::mem::take(&mut self.head);
        let mut body = match sniff::format(&head, &self.extension) {
            ContentFormat::Delimited(delimiter) => Body::Delimited(Box::new(Delimited::new(delimiter))),
            ContentFormat::JsonLines => Body::Lines(Lines::default()),
            ContentFormat::Json => Body::Document(Document::default()),
            ContentFormat::Parquet => Body::Parquet { last: Vec::new() },
            ContentFormat::Text => Body::Text { lines: 0, ends: true },
            ContentFormat::Binary | ContentFormat::Empty => Body::Binary,
        };
        body.feed(sniff::without_mark(&head));
        self.body = Some(body);
    }
}

impl Body {
    fn feed(&mut self, bytes: &[u8]) {
        match self {
            Self::Delimited(table) => table.feed(bytes),
            Self::Lines(lines) => lines.feed(bytes),
            Self::Document(document) => document.feed(bytes),
            Self::Parquet { last } => {
                last.extend_from_slice(bytes.get(bytes.len().saturating_sub(4)..).unwrap_or_default());
                last.drain(..last.len().saturating_sub(4));
            }
            Self::Text { lines, ends } => {
                *lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
                if let Some(last) = bytes.last() {
                    *ends = *last == b'\n';
                }
            }
            Self::Binary => {}
        }
    }

    fn end(self, content: &mut Content) {
        match self {
            Self::Delimited(table) => table.end(content),
            Self::Lines(lines) => lines.end(content),
            Self::Document(document) => document.end(content),
            Self::Parquet { last } => {
                content.format = ContentFormat::Parquet;
                // A reader begins at the end: without the mark there is no footer, and no file.
                content.cut = (last != sniff::PARQUET).then(|| "the footer is missing".to_owned());
            }
            Self::Text { lines, ends } => {
                content.format = ContentFormat::Text;
                content.rows = Some(lines + u64::from(!ends));
            }
            Self::Binary => content.format = ContentFormat::Binary,
        }
    }
}

/// A piece of the object for a person: control characters shown, and no longer than fits.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(MOST_KEPT)).unwrap_or_default());
    text.trim_end_matches(['\r', '\n']).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
