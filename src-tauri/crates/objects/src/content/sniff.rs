//! Which format bytes are in, by what they begin with and by the end of the key.

use super::HEAD;
use contract::objects::content::ContentFormat;

pub const PARQUET: &[u8] = b"PAR1";
const MARK: &[u8] = b"\xEF\xBB\xBF";
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Two lines tell what there is to tell.
pub fn is_enough(head: &[u8]) -> bool {
    head.starts_with(PARQUET) || memchr::memchr_iter(b'\n', head).count() >= 2
}

pub fn without_mark(head: &[u8]) -> &[u8] {
    head.strip_prefix(MARK).unwrap_or(head)
}

/// Of the first two lines, whatever stands behind them: how the bytes were handed over must not matter.
pub fn format(head: &[u8], extension: &str) -> ContentFormat {
    let head = head.get(..head.len().min(HEAD)).unwrap_or_default();
    let lines = head.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let head = without_mark(head.get(..lines.take(2).nth(1).unwrap_or(head.len())).unwrap_or_default());
    if head.is_empty() {
        return ContentFormat::Empty;
    }
    if head.starts_with(PARQUET) {
        return ContentFormat::Parquet;
    }
    if head.contains(&0) {
        return ContentFormat::Binary;
    }
    let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    match first {
        [b'{', .., b'}'] if extension != "json" || lines.next().is_some_and(|line| line.starts_with(b"{")) => {
            return ContentFormat::JsonLines;
        }
        [b'{' | b'[', ..] => return ContentFormat::Json,
        _ => {}
    }
    let counts = DELIMITERS.map(|delimiter| (outside_quotes(first, delimiter), delimiter));
    let (count, delimiter) = counts.into_iter().rev().max_by_key(|(count, _)| *count).unwrap_or((0, b','));
    let by_name = match extension {
        "csv" => Some(if count > 0 { delimiter } else { b',' }),
        "tsv" => Some(b'\t'),
        "psv" => Some(b'|'),
        _ => None,
    };
    let second = lines.next().map(|line| outside_quotes(line, delimiter));
    match by_name.or_else(|| Some(delimiter).filter(|_| count > 0 && second == Some(count))) {
        Some(delimiter) => ContentFormat::Delimited(char::from(delimiter)),
        None => ContentFormat::Text,
    }
}

fn outside_quotes(line: &[u8], delimiter: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line {
        match *byte {
            b'"' => quoted = !quoted,
            byte if byte == delimiter && !quoted => count += 1,
            _ => {}
        }
    }
    count
}
