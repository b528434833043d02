//! What a person should know of an upload, and of it beside another.

use crate::words::count_of;
use contract::{
    Severity,
    objects::content::{Content, ContentFormat},
};

/// Names of columns that are said one by one.
const MOST_NAMES: usize = 4;

/// What stands out in `now`, and against `then` where there is one. Warnings are what may make a job fail.
pub fn verdicts(now: &Content, then: Option<&Content>) -> Vec<(Severity, String)> {
    let mut all = Vec::new();
    let mut warn = |text: String| all.push((Severity::Warning, text));
    if let Some(damage) = &now.damage {
        warn(format!("The file is damaged: {damage}"));
        if now.format == ContentFormat::Empty {
            return all;
        }
    }
    if now.format == ContentFormat::Empty {
        warn("Empty file".to_owned());
        return all;
    }
    if let Some(rest) = &now.cut {
        warn(match now.format {
            ContentFormat::Parquet => format!("The file is cut off: {rest}"),
            ContentFormat::Json => format!("The document is cut off after `{rest}`"),
            _ => format!("The last record is cut off: `{rest}`"),
        });
    }
    if let Some(misfit) = now.misfit {
        let (records, row) = (count_of(now.misfits, "record"), misfit.row);
        let verb = if now.misfits == 1 { "has" } else { "have" };
        let first = if now.misfits == 1 { "row" } else { "the first is row" };
        warn(format!(
            "{records} {verb} another number of fields than the first line: {first} {row}, with {}",
            misfit.fields
        ));
    }
    let Some(then) = then else { return all };
    if then.format != now.format && then.format != ContentFormat::Empty {
        warn(format!("Another format: {} before, {} now", word(then.format), word(now.format)));
        return all;
    }
    if let Some(text) = columns(&then.columns, &now.columns) {
        warn(text);
    }
    if let (Some(before), Some(rows), true, true) = (then.rows, now.rows, then.whole, now.whole)
        && before != rows
    {
        // Days differ; less than half is another matter.
        let severity = if rows < before.div_ceil(2) { Severity::Warning } else { Severity::Info };
        all.push((severity, format!("{} before, {} now", count_of(before, "row"), count_of(rows, "row"))));
    }
    all
}

fn word(format: ContentFormat) -> String {
    match format {
        ContentFormat::Empty => "an empty file".to_owned(),
        ContentFormat::Delimited('\t') => "fields between tabs".to_owned(),
        ContentFormat::Delimited(delimiter) => format!("fields between `{delimiter}`"),
        ContentFormat::JsonLines => "a JSON document on each line".to_owned(),
        ContentFormat::Json => "one JSON document".to_owned(),
        ContentFormat::Parquet => "Parquet".to_owned(),
        ContentFormat::Text => "text".to_owned(),
        ContentFormat::Binary => "binary data".to_owned(),
    }
}

fn columns(then: &[String], now: &[String]) -> Option<String> {
    if then == now || then.is_empty() || now.is_empty() {
        return None;
    }
    let lacking = |of: &[String], from: &[String]| -> Vec<String> {
        of.iter().filter(|name| !from.contains(name)).map(|name| format!("`{name}`")).collect()
    };
    let (gone, new) = (lacking(then, now), lacking(now, then));
    if gone.is_empty() && new.is_empty() {
        return Some("The same columns in another order, or some of them twice".to_owned());
    }
    let mut parts = Vec::new();
    for (sign, names) in [("+", new), ("−", gone)] {
        let more = names.len().saturating_sub(MOST_NAMES);
        if !names.is_empty() {
            let named = names.get(..names.len().min(MOST_NAMES)).unwrap_or_default().join(", ");
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            parts.push(format!("{sign}{named}{more}"));
        }
    }
    Some(format!("The columns changed: {}", parts.join("; ")))
}
