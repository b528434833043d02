//! Records of fields with a delimiter between them, as RFC 4180 has them.

use super::{MOST_KEPT, shown};
use contract::objects::content::{Content, ContentFormat, Misfit};
use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

/// Rows after which the shortest last field says something of the others.
const ENOUGH_ROWS: u64 = 3;

#[derive(Debug)]
pub struct Delimited {
    delimiter: u8,
    reader: Reader,
    /// The field that is read, as much as is kept of it, and its whole length.
    field: Vec<u8>,
    length: u64,
    /// Fields of the record that is read, before this one.
    fields: u64,
    /// The first record, until it is known whether it is a header.
    first: Vec<String>,
    /// Fields of the first record.
    width: u64,
    header: bool,
    /// Records behind the header.
    rows: u64,
    misfits: u64,
    misfit: Option<Misfit>,
    /// The last record, which may turn out to be cut off.
    last: Last,
    /// Of all last fields but the newest.
    shortest: u64,
    /// Since the last line end outside quotes.
    tail: Vec<u8>,
    quotes: u64,
    ends: bool,
}

#[derive(Debug, Default, Clone, Copy)]
struct Last {
    fields: u64,
    /// Bytes of its last field.
    length: u64,
}

impl Delimited {
    pub fn new(delimiter: char) -> Self {
        let delimiter = u8::try_from(delimiter).unwrap_or(b',');
        Self {
            delimiter,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            field: Vec::new(),
            length: 0,
            fields: 0,
            first: Vec::new(),
            width: 0,
            header: false,
            rows: 0,
            misfits: 0,
            misfit: None,
            last: Last::default(),
            shortest: u64::MAX,
            tail: Vec::new(),
            quotes: 0,
            ends: true,
        }
    }

    pub fn feed(&mut self, mut bytes: &[u8]) {
        self.follow(bytes);
        let mut out = [0_u8; 1024];
        while !bytes.is_empty() {
            let (result, taken, written) = self.reader.read_field(bytes, &mut out);
            bytes = bytes.get(taken..).unwrap_or_default();
            self.take(out.get(..written).unwrap_or_default(), result);
        }
    }

    /// Keeps the text of the last line. A line end inside quotes is text.
    fn follow(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.ends = *byte == b'\n' && self.quotes.is_multiple_of(2);
            if self.ends {
                self.tail.clear();
                self.quotes = 0;
                continue;
            }
            self.quotes += u64::from(*byte == b'"');
            if self.tail.len() < MOST_KEPT {
                self.tail.push(*byte);
            }
        }
    }

    fn take(&mut self, text: &[u8], result: ReadFieldResult) {
        self.length += text.len() as u64;
        if self.width == 0 {
            let room = MOST_KEPT.saturating_sub(self.field.len());
            self.field.extend_from_slice(text.get(..text.len().min(room)).unwrap_or_default());
        }
        if let ReadFieldResult::Field { record_end } = result {
            if self.width == 0 {
                self.first.push(shown(&self.field));
                self.field.clear();
            }
            self.fields += 1;
            if record_end {
                self.record();
            }
            self.length = 0;
        }
    }

    fn record(&mut self) {
        let fields = std::mem::take(&mut self.fields);
        if self.width == 0 {
            self.width = fields;
            self.header = is_header(&self.first);
            self.rows = u64::from(!self.header);
            self.last = Last { fields, length: self.length };
            return;
        }
        if self.rows > 0 {
            self.shortest = self.shortest.min(self.last.length);
        }
        self.rows += 1;
        self.last = Last { fields, length: self.length };
        if fields != self.width {
            self.misfits += 1;
            self.misfit = self.misfit.or(Some(Misfit { row: self.rows, fields }));
        }
    }

    pub fn end(mut self, content: &mut Content) {
        let mut out = [0_u8; 1024];
        loop {
            let (result, _, written) = self.reader.read_field(&[], &mut out);
            let last = matches!(result, ReadFieldResult::End | ReadFieldResult::InputEmpty);
            self.take(out.get(..written).unwrap_or_default(), result);
            if last {
                break;
            }
        }
        if self.is_cut() {
            content.cut = Some(shown(&self.tail));
            self.rows = self.rows.saturating_sub(1);
            if self.last.fields != self.width {
                // What is cut off is not a misfit as well.
                self.misfits = self.misfits.saturating_sub(1);
                self.misfit = self.misfit.filter(|misfit| misfit.row <= self.rows);
            }
        }
        content.format = ContentFormat::Delimited(char::from(self.delimiter));
        content.rows = Some(self.rows);
        content.columns = if self.header { self.first } else { Vec::new() };
        (content.misfits, content.misfit) = (self.misfits, self.misfit);
    }

    /// A last record without a line end is common and whole, unless a quote is open, fields are missing, or its last field
    /// is shorter than that of every record before it.
    fn is_cut(&self) -> bool {
        let behind_header = self.rows > 0;
        !self.ends
            && behind_header
            && (!self.quotes.is_multiple_of(2)
                || self.last.fields < self.width
                || self.rows > ENOUGH_ROWS && self.last.length < self.shortest)
    }
}

/// Names, not values: each says something, and none is a number or a date.
fn is_header(first: &[String]) -> bool {
    let is_name = |text: &String| {
        let text = text.trim();
        !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'))
    };
    first.iter().all(is_name)
}
