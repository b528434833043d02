//! What tasks, statements and tables can be filtered, sorted and copied by.

use super::Listed;
use crate::sets::{FieldSpec, Record, Value};
use contract::{
    ends::TableRow,
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

impl Record for Listed {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("service").values(&["DMS", "Redshift"]),
        FieldSpec::text("state").values(&["failed", "stopped", "behind", "in part", "running", "finished"]),
        FieldSpec::text("finding").searched(),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::of("since", FieldKind::Time),
        FieldSpec::text("id").searched(),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        let row = &self.row;
        match field {
            0 => Value::text(&row.name),
            1 => Value::text(row.id.service()),
            2 => Value::text(row.state.word()),
            3 => Value::maybe(row.finding.as_deref()),
            4 => Value::time(row.started),
            5 => Value::time(row.since),
            6 => Value::text(row.id.own()),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank()).then_with(|| self.key.cmp(&other.key))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Ends(rows.into_iter().map(|one| one.row).collect())
    }
}

impl Record for TableRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("table").searched(),
        FieldSpec::text("state").searched(),
        FieldSpec::of("loaded", FieldKind::Number),
        FieldSpec::of("refused", FieldKind::Number),
        FieldSpec::of("inserts", FieldKind::Number),
        FieldSpec::of("updates", FieldKind::Number),
        FieldSpec::of("deletes", FieldKind::Number),
        FieldSpec::text("validation"),
        FieldSpec::of("differing", FieldKind::Number),
        FieldSpec::of("updated", FieldKind::Time),
    ];

    fn id(&self) -> &str {
        &self.name
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(&self.state),
            2 => Value::size(Some(self.loaded)),
            3 => Value::size(Some(self.refused)),
            4 => Value::size(Some(self.inserts)),
            5 => Value::size(Some(self.updates)),
            6 => Value::size(Some(self.deletes)),
            7 => Value::maybe(self.validation.as_deref()),
            8 => Value::size(Some(self.differing)),
            9 => Value::time(self.updated),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        other.bad.cmp(&self.bad).then_with(|| self.name.cmp(&other.name))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Tables(rows)
    }
}
