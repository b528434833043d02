//! Documents, sheets and pictures of what strangers wrote, and files that are whole or not there.

mod contents;
mod files;
mod hostile;
mod samples;

use super::{Export, Told};
use contract::exports::FileFormat;
use samples::stamp;

/// The text of a file.
fn written(export: Export, format: FileFormat) -> String {
    String::from_utf8(export.document(format, &stamp()).unwrap().bytes).unwrap()
}

fn page(told: &Told) -> String {
    written(told.export(FileFormat::Html, &stamp()), FileFormat::Html)
}

fn csv(told: &Told) -> String {
    written(told.export(FileFormat::Csv, &stamp()), FileFormat::Csv)
}

/// Fields of RFC 4180, row by row.
fn read(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = csv.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line ends");
    rows
}
