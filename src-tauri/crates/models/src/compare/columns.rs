//! Columns of two baselines, or of a baseline and what is captured.

use crate::evidence::Column;
use contract::models::{ColumnChange, ColumnRow};

/// What is different, missing ones first. Only columns that both have can have moved, and they have moved against each
/// other: a new column in front moves none.
pub fn columns(left: &[Column], right: &[Column]) -> Vec<ColumnRow> {
    let has = |side: &[Column], name: &str| side.iter().any(|column| column.name == name);
    let row = |name: &str, change: ColumnChange, left: Option<String>, right: Option<String>| ColumnRow {
        name: name.to_owned(),
        change,
        left,
        right,
    };
    let gone = left.iter().filter(|column| !has(right, &column.name));
    let mut rows: Vec<ColumnRow> =
        gone.map(|column| row(&column.name, ColumnChange::Missing, Some(column.kind.clone()), None)).collect();
    let new = right.iter().filter(|column| !has(left, &column.name));
    rows.extend(new.map(|column| row(&column.name, ColumnChange::Added, None, Some(column.kind.clone()))));
    let shared_left = left.iter().filter(|column| has(right, &column.name));
    let shared_right: Vec<&Column> = right.iter().filter(|column| has(left, &column.name)).collect();
    for (place, column) in (1_usize..).zip(shared_left) {
        let Some((at, other)) = (1_usize..).zip(&shared_right).find(|(_, other)| other.name == column.name) else {
            continue;
        };
        if !is_same_kind(&column.kind, &other.kind) {
            let kinds = (Some(column.kind.clone()), Some(other.kind.clone()));
            rows.push(row(&column.name, ColumnChange::Kind, kinds.0, kinds.1));
        }
        if at != place {
            let places = (Some(format!("place {place}")), Some(format!("place {at}")));
            rows.push(row(&column.name, ColumnChange::Moved, places.0, places.1));
        }
    }
    rows.sort_by_key(|row| row.change);
    rows
}

/// `Unknown` is what the analyser writes for a column without values: it contradicts nothing.
fn is_same_kind(one: &str, other: &str) -> bool {
    one == other || one == "Unknown" || other == "Unknown"
}
