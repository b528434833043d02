//! A row of a query's results: its values by field, as a record of a set.

use crate::{
    logs::number,
    sets::{FieldSpec, Record, Value},
};
use ::logs::mask;
use contract::{
    Timestamp,
    insights::{InsightsField, InsightsRow},
    sets::Rows,
};
use std::{borrow::Cow, sync::Arc};

/// The field that names the event behind a row; never shown.
const POINTER: &str = "@ptr";
/// Fields that lead to an event: names and times, never masked.
const PLACES: [&str; 5] = ["@log", "@logStream", "@timestamp", "@ingestionTime", "@requestId"];
/// Characters of a value that are kept: an event has up to a megabyte, and a page of a grid many events.
const MOST_CELL: usize = 16 << 10;
/// Bytes of a value that are masked for them. More than is kept: what is masked must not show its beginning at the cut.
const MOST_READ: usize = 96 << 10;
/// Bytes of all rows that are kept.
const MOST_HELD: usize = 32 << 20;

#[derive(Debug, Clone)]
pub(super) struct Line {
    row: InsightsRow,
    fields: Arc<Vec<InsightsField>>,
    pointer: Option<String>,
}

impl Line {
    /// The value of a field.
    pub fn cell(&self, name: &str) -> Option<&str> {
        let at = self.fields.iter().position(|field| field.name == name)?;
        self.row.cells.get(at)?.as_deref()
    }

    /// `@ptr`.
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }
}

/// Rows with their fields, in the order in which the fields first come; the first of them, where all are too much to keep.
/// `masked` covers what looks like a secret, and a field whose name says that it is one is covered whole.
pub(super) fn lines(
    rows: Vec<Vec<(String, String)>>,
    masked: impl Fn(&str) -> String,
) -> (Arc<Vec<InsightsField>>, Vec<Line>) {
    let mut fields: Vec<InsightsField> = Vec::new();
    let mut all = Vec::with_capacity(rows.len());
    let mut held = 0;
    for (number, pairs) in rows.into_iter().enumerate() {
        if held > MOST_HELD {
            break;
        }
        let mut cells: Vec<Option<String>> = vec![None; fields.len()];
        let mut pointer = None;
        for (name, value) in pairs {
            if name == POINTER {
                pointer = Some(value);
                continue;
            }
            let at = fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
                fields.push(InsightsField { name: name.clone(), numeric: true });
                cells.push(None);
                fields.len() - 1
            });
            let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
            if let Some(field) = fields.get_mut(at) {
                field.numeric &= is_number;
            }
            let shown = shown(&name, &value, &masked);
            held += shown.len();
            if let Some(cell) = cells.get_mut(at) {
                *cell = Some(shown);
            }
        }
        all.push((InsightsRow { id: number.to_string(), cells, leads: pointer.is_some() }, pointer));
    }
    let fields = Arc::new(fields);
    let lines = all.into_iter().map(|(mut row, pointer)| {
        row.cells.resize(fields.len(), None);
        Line { row, fields: Arc::clone(&fields), pointer }
    });
    (Arc::clone(&fields), lines.collect())
}

/// A value as it may be seen.
fn shown(name: &str, value: &str, masked: impl Fn(&str) -> String) -> String {
    if PLACES.contains(&name) {
        return cut(value, MOST_CELL).to_owned();
    }
    if mask::names_a_secret(name) {
        return mask::COVER.to_owned();
    }
    let read = cut(value, MOST_READ);
    let text = masked(read);
    let kept = cut(&text, MOST_CELL);
    match (text.len() - kept.len()) + (value.len() - read.len()) {
        0 => text,
        more => format!("{kept} … {} bytes more", number(more as u64)),
    }
}

/// The beginning of a text, at most so many bytes, in whole characters.
fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

impl Record for Line {
    /// `contract::insights::COLUMNS`.
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("c1"),
        FieldSpec::text("c2"),
        FieldSpec::text("c3"),
        FieldSpec::text("c4"),
        FieldSpec::text("c5"),
        FieldSpec::text("c6"),
        FieldSpec::text("c7"),
        FieldSpec::text("c8"),
        FieldSpec::text("c9"),
        FieldSpec::text("c10"),
        FieldSpec::text("c11"),
        FieldSpec::text("c12"),
        FieldSpec::text("c13"),
        FieldSpec::text("c14"),
        FieldSpec::text("c15"),
        FieldSpec::text("c16"),
        FieldSpec::text("c17"),
        FieldSpec::text("c18"),
        FieldSpec::text("c19"),
        FieldSpec::text("c20"),
        FieldSpec::text("c21"),
        FieldSpec::text("c22"),
        FieldSpec::text("c23"),
        FieldSpec::text("c24"),
    ];

    fn id(&self) -> &str {
        &self.row.id
    }

    fn value(&self, field: usize) -> Value<'_> {
        let Some(cell) = self.row.cells.get(field).and_then(Option::as_deref) else { return Value::Missing };
        let number = self.fields.get(field).filter(|field| field.numeric).and_then(|_| cell.parse::<f64>().ok());
        number.map_or_else(|| Value::text(cell), |number| Value::Number(thousandths(number)))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Insights(rows.into_iter().map(|line| line.row).collect())
    }

    fn headings(rows: &[Self]) -> Vec<Cow<'_, str>> {
        let fields = rows.first().map(|line| line.fields.iter());
        fields.into_iter().flatten().map(|field| Cow::Borrowed(field.name.as_str())).collect()
    }

    fn written(&self, column: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.row.cells.get(column).and_then(Option::as_deref).unwrap_or_default())
    }
}

/// For an order: whole numbers keep every digit that a double has, others three behind the point.
#[allow(clippy::cast_possible_truncation)] // a cast keeps within the bounds of the number
fn thousandths(number: f64) -> i64 {
    (number * 1_000.0).round() as i64
}

/// Group and stream of an event, and its time, as its fields tell them: `@log` is account and group.
pub(super) fn place<'a>(
    field: impl Fn(&str) -> Option<&'a str>,
    only: Option<&'a str>,
) -> Option<(&'a str, &'a str, Timestamp)> {
    let group = field("@log").map(|log| log.split_once(':').map_or(log, |(_, group)| group)).or(only)?;
    Some((group, field("@logStream")?, ::jobs::insights::moment(field("@timestamp")?)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::insights::COLUMNS;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn made(rows: &[&[(&str, &str)]]) -> (Arc<Vec<InsightsField>>, Vec<Line>) {
        lines(rows.iter().map(|row| pairs(row)).collect(), |text| text.replace("hunter2", "●"))
    }

    #[test]
    fn columns_of_both_sides_are_the_same() {
        let names: Vec<_> = Line::FIELDS.iter().map(|field| field.name).collect();
        assert_eq!(names, COLUMNS);
    }

    #[test]
    fn rows_have_a_cell_for_every_field_and_no_pointer() {
        let (fields, lines) = made(&[
            &[("@message", "password hunter2"), ("@ptr", "abc")],
            &[("n", "1.5"), ("@message", "b"), ("@logStream", "hunter2")],
            &[("n", "12")],
        ]);
        let told: Vec<_> = fields.iter().map(|field| (field.name.as_str(), field.numeric)).collect();
        assert_eq!(told, [("@message", false), ("n", true), ("@logStream", false)]);
        assert_eq!(lines[0].row.cells, [Some("password ●".to_owned()), None, None]);
        assert_eq!((lines[0].pointer(), lines[0].row.leads, lines[1].row.leads), (Some("abc"), true, false));
        assert_eq!(lines[1].cell("@logStream"), Some("hunter2"), "a name is left as it is");
        assert_eq!((lines[1].value(1), lines[2].value(1)), (Value::Number(1_500), Value::Number(12_000)));
        assert_eq!((lines[2].value(0), lines[2].value(99)), (Value::Missing, Value::Missing));
        assert_eq!(Line::headings(&lines), ["@message", "n", "@logStream"]);
        assert_eq!(lines[1].written(1), "1.5");
        assert!(Line::headings(&[]).is_empty());
    }

    #[test]
    fn a_field_named_like_a_secret_is_covered_whole_and_numbers_are_masked_like_text() {
        let rows = [pairs(&[
            ("db.password", "correct horse"),
            ("pin_token", "1234"),
            ("card", "4111111111111111"),
            ("n", "1.50"),
            ("@pattern", "user a@example.com"),
            ("@logStream", "2026/11/21/[$LATEST]a@example.com"),
        ])];
        let (_, lines) = lines(rows.to_vec(), crate::jobs::masked);
        let told: Vec<_> = lines[0].row.cells.iter().flatten().map(String::as_str).collect();
        let stream = "2026/11/21/[$LATEST]a@example.com";
        assert_eq!(told, [mask::COVER, mask::COVER, mask::COVER, "1.50", "user ••••••", stream]);
    }

    #[test]
    fn a_huge_value_is_cut_and_says_by_how_much() {
        let value = "é".repeat(1 << 20);
        let (_, one) = made(&[&[("@message", &value)]]);
        let cell = one[0].row.cells[0].as_deref().unwrap();
        assert!(cell.ends_with("é … 2,080,768 bytes more"), "{} bytes", cell.len());
        assert!(cell.len() < MOST_CELL + 40);
        let rows = vec![pairs(&[("@message", &"x".repeat(20_000))]); 3_000];
        let (_, kept) = lines(rows, str::to_owned);
        assert!((2_000..2_100).contains(&kept.len()), "{}", kept.len());
    }

    #[test]
    fn a_field_with_a_word_in_it_is_text() {
        let (fields, lines) = made(&[&[("n", "1")], &[("n", "NaN")], &[("n", "many")]]);
        assert!(!fields[0].numeric);
        assert_eq!(lines[0].value(0), Value::text("1"));
    }

    #[test]
    fn an_event_is_found_by_its_own_fields() {
        let of = |fields: &'static [(&'static str, &'static str)], only| {
            place(|name| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value), only)
        };
        let at: Timestamp = "2026-11-21T06:04:12.123Z".parse().unwrap();
        let time = ("@timestamp", "2026-11-21 06:04:12.123");
        assert_eq!(
            of(
                &[
                    ("@log", "123456789012:/aws/lambda/load"),
                    ("@logStream", "a/[$LATEST]b"),
                    ("@timestamp", "2026-11-21 06:04:12.123")
                ],
                None
            ),
            Some(("/aws/lambda/load", "a/[$LATEST]b", at))
        );
        assert_eq!(
            of(&[("@logStream", "s"), ("@timestamp", "2026-11-21 06:04:12.123")], Some("/g")),
            Some(("/g", "s", at))
        );
        assert_eq!(
            of(&[("@logStream", "s"), ("@timestamp", "2026-11-21 06:04:12.123")], None),
            None,
            "one of several groups"
        );
        assert_eq!(of(&[("@logStream", "s")], Some("/g")), None, "{time:?} is missing");
    }
}
