//! Data capture and ground truth: a JSON object on each line. Counts them and says what the rows look like, line by line, so
//! that files of any size can be read as they arrive.

use super::{
    json::{kind, word},
    number::spelled,
};
use contract::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

/// Lines that could not be read and are told one by one.
const TOLD: usize = 20;
/// Columns of one row that are looked at.
const COLUMNS: usize = 4_096;

/// What some files of captured data, or of ground truth, hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Capture {
    /// Lines with a record.
    pub records: u64,
    /// Of them, those that say what the model answered.
    pub answered: u64,
    /// Lines that hold no record.
    pub unreadable: u64,
    /// The first of those: line, from 1, and why.
    pub told: Vec<(u64, String)>,
    /// Records that have the same event id as the one before: a capture that was written twice.
    pub repeated: u64,
    /// Of the inference; none where it is a template that nobody filled in.
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    pub input: Schema,
    pub output: Schema,
    pub truth: Schema,
}

/// What the rows on one side of the model look like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// `CSV`, `JSON`, `BASE64`, as the capture says, with records.
    pub encodings: BTreeMap<String, u64>,
    pub content_types: BTreeMap<String, u64>,
    /// Rows: a record may hold several of them.
    pub rows: u64,
    /// Rows by their number of columns: more than one number is a schema that changed.
    pub widths: BTreeMap<usize, u64>,
    /// By position for CSV, by key for JSON.
    pub columns: BTreeMap<String, Column>,
    /// Bytes in an encoding of which the columns cannot be told.
    pub opaque: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    pub integral: u64,
    pub fractional: u64,
    pub text: u64,
    pub missing: u64,
}

/// Takes the lines of one file after another.
#[derive(Debug, Default)]
pub struct CaptureReader {
    capture: Capture,
    line: u64,
    last_id: Option<String>,
}

impl CaptureReader {
    /// One line, with or without its end. Empty ones are no records.
    pub fn line(&mut self, line: &str) {
        self.line += 1;
        let line = line.trim().trim_start_matches('\u{feff}');
        if line.is_empty() {
            return;
        }
        match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(map)) => {
                let record = Value::Object(map);
                if !self.record(&record) {
                    self.unreadable("it has neither captured data nor ground truth".to_owned());
                }
            }
            Ok(other) => self.unreadable(kind(&other).to_owned()),
            Err(error) => self.unreadable(error.to_string()),
        }
    }

    pub fn finish(self) -> Capture {
        self.capture
    }

    fn unreadable(&mut self, why: String) {
        self.capture.unreadable += 1;
        if self.capture.told.len() < TOLD {
            self.capture.told.push((self.line, why));
        }
    }

    fn record(&mut self, record: &Value) -> bool {
        let captured = record.get("captureData");
        let (input, output) =
            (captured.and_then(|data| data.get("endpointInput")), captured.and_then(|data| data.get("endpointOutput")));
        // Batch transform names its sides otherwise.
        let input = input.or_else(|| captured?.get("batchTransformInput"));
        let output = output.or_else(|| captured?.get("batchTransformOutput"));
        let truth = record.get("groundTruthData");
        if input.is_none() && output.is_none() && truth.is_none() {
            return false;
        }
        self.capture.records += 1;
        self.capture.answered += u64::from(output.is_some());
        for (side, schema) in
            [(input, &mut self.capture.input), (output, &mut self.capture.output), (truth, &mut self.capture.truth)]
        {
            if let Some(side) = side {
                schema.take(side);
            }
        }
        let event = record.get("eventMetadata");
        let id = event.and_then(|event| event.get("eventId")).and_then(word);
        self.capture.repeated += u64::from(id.is_some() && id == self.last_id);
        self.last_id = id;
        let at = event.and_then(|event| event.get("inferenceTime")?.as_str()?.parse::<Timestamp>().ok());
        if let Some(at) = at {
            self.capture.first = Some(self.capture.first.map_or(at, |first| first.min(at)));
            self.capture.last = Some(self.capture.last.map_or(at, |last| last.max(at)));
        }
        true
    }
}

impl Schema {
    fn take(&mut self, side: &Value) {
        let encoding = side.get("encoding").and_then(word).unwrap_or_default().to_ascii_uppercase();
        let content = side.get("observedContentType").and_then(word);
        if let Some(content) = content {
            *self.content_types.entry(content).or_default() += 1;
        }
        let data = side.get("data").and_then(word).unwrap_or_default();
        match encoding.as_str() {
            "CSV" => {
                for line in data.lines().filter(|line| !line.trim().is_empty()) {
                    let cells = cells(line);
                    self.row(cells.iter().enumerate().map(|(at, cell)| (at.to_string(), of_text(cell))));
                }
            }
            "JSON" => self.json(&data),
            _ => self.opaque += bytes(&data),
        }
        *self.encodings.entry(encoding).or_default() += 1;
    }

    /// One document, or one on each line.
    fn json(&mut self, data: &str) {
        if let Ok(document) = serde_json::from_str(data) {
            return self.document(&document);
        }
        for line in data.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(document) => self.document(&document),
                Err(_) => self.opaque += bytes(line),
            }
        }
    }

    /// `{"instances": [[…], …]}` and alike hold a row in each element of their one list.
    fn document(&mut self, document: &Value) {
        match document {
            Value::Object(map) => match (map.len(), map.values().next()) {
                (1, Some(Value::Array(rows))) => self.rows_of(rows),
                _ => self.row(map.iter().map(|(key, value)| (key.clone(), of_value(value)))),
            },
            Value::Array(rows) => self.rows_of(rows),
            other => self.list(std::slice::from_ref(other)),
        }
    }

    fn list(&mut self, cells: &[Value]) {
        self.row(cells.iter().enumerate().map(|(at, cell)| (at.to_string(), of_value(cell))));
    }

    fn rows_of(&mut self, rows: &[Value]) {
        if rows.iter().all(|row| !row.is_array() && !row.is_object()) {
            return self.list(rows);
        }
        for row in rows {
            match row {
                Value::Array(cells) => self.list(cells),
                // The features of a row may stand under one more key.
                Value::Object(map) => match map.get("features").and_then(Value::as_array) {
                    Some(cells) => self.list(cells),
                    None => self.row(map.iter().map(|(key, value)| (key.clone(), of_value(value)))),
                },
                other => self.list(std::slice::from_ref(other)),
            }
        }
    }

    fn row(&mut self, cells: impl Iterator<Item = (String, Kind)>) {
        let mut width = 0;
        for (name, kind) in cells {
            width += 1;
            if self.columns.len() >= COLUMNS && !self.columns.contains_key(&name) {
                continue;
            }
            let column = self.columns.entry(name).or_default();
            let seen = match kind {
                Kind::Integral => &mut column.integral,
                Kind::Fractional => &mut column.fractional,
                Kind::Text => &mut column.text,
                Kind::Missing => &mut column.missing,
            };
            *seen += 1;
        }
        self.rows += 1;
        *self.widths.entry(width).or_default() += 1;
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Integral,
    Fractional,
    Text,
    Missing,
}

fn of_text(cell: &str) -> Kind {
    let cell = cell.trim();
    if cell.is_empty() {
        Kind::Missing
    } else if cell.parse::<i64>().is_ok() {
        Kind::Integral
    } else if spelled(cell).is_finite() {
        Kind::Fractional
    } else {
        Kind::Text
    }
}

fn of_value(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Missing,
        Value::Number(number) if number.is_f64() => Kind::Fractional,
        Value::Number(_) => Kind::Integral,
        _ => Kind::Text,
    }
}

/// The cells of a line of CSV; quotes inside of quotes are doubled.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if is_quoted && signs.next_if_eq(&'"').is_some() => push(&mut cells, '"'),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            other => push(&mut cells, other),
        }
    }
    cells
}

fn bytes(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX)
}

fn push(cells: &mut [String], sign: char) {
    if let Some(cell) = cells.last_mut() {
        cell.push(sign);
    }
}

#[cfg(test)]
mod tests;
