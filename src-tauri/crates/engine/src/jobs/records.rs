//! What runs, homes and log files can be filtered, sorted and copied by.

use super::{homes::Home, round::Listed};
use crate::sets::{FieldSpec, Record, Value};
use contract::{
    jobs::LogFileRow,
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const ENGINES: &[&str] = &["EMR", "EMR Serverless", "EMR on EKS", "Glue", "Lambda", "SageMaker"];
const STATES: &[&str] =
    &["submitted", "queued", "running", "succeeded", "failed", "cancelling", "cancelled", "timed out"];

fn seconds(millis: Option<u64>) -> Value<'static> {
    Value::size(millis.map(|millis| millis / 1_000))
}

impl Record for Listed {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("engine").values(ENGINES),
        FieldSpec::text("state").values(STATES),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::of("queued", FieldKind::Duration),
        FieldSpec::of("run", FieldKind::Duration),
        FieldSpec::text("by").searched(),
        FieldSpec::text("release"),
        FieldSpec::text("reason").searched(),
        FieldSpec::text("id").searched(),
        FieldSpec::of("ended", FieldKind::Time),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        let row = &self.row;
        match field {
            0 => Value::text(&row.name),
            1 => Value::text(row.id.engine().word()),
            2 => Value::text(row.state.word()),
            3 => Value::time(row.started.or(row.created)),
            4 => seconds(row.timing.queued),
            5 => seconds(row.timing.run),
            6 => Value::maybe(row.by.as_deref()),
            7 => Value::maybe(row.release.as_deref()),
            8 => Value::maybe(row.reason.as_deref()),
            9 => Value::text(&self.key),
            10 => Value::time(row.ended),
            _ => Value::Missing,
        }
    }

    /// Newest first, by when it was asked for: every engine says that.
    fn natural(&self, other: &Self) -> Ordering {
        let began = |one: &Self| one.row.created.or(one.row.started);
        began(other).cmp(&began(self)).then_with(|| self.key.cmp(&other.key))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Jobs(rows.into_iter().map(|one| one.row).collect())
    }
}

impl Record for Home {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("engine").values(ENGINES),
        FieldSpec::text("state"),
        FieldSpec::text("release"),
        FieldSpec::text("capacity").searched(),
        FieldSpec::of("created", FieldKind::Time),
        FieldSpec::of("ended", FieldKind::Time),
        FieldSpec::text("reason").searched(),
        FieldSpec::text("id").searched(),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        let row = &self.row;
        match field {
            0 => Value::text(&row.name),
            1 => Value::text(row.id.engine().word()),
            2 => Value::maybe(row.state.as_deref()),
            3 => Value::maybe(row.release.as_deref()),
            4 => Value::maybe(row.capacity.as_deref()),
            5 => Value::time(row.created),
            6 => Value::time(row.ended),
            7 => Value::maybe(row.reason.as_deref()),
            8 => Value::text(row.id.own()),
            _ => Value::Missing,
        }
    }

    /// What is open first, engine by engine, newest first.
    fn natural(&self, other: &Self) -> Ordering {
        let gone = |one: &Self| one.row.ended.is_some();
        (gone(self), self.row.id.engine())
            .cmp(&(gone(other), other.row.id.engine()))
            .then_with(|| other.row.created.cmp(&self.row.created))
            .then_with(|| self.row.name.cmp(&other.row.name))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Homes(rows.into_iter().map(|one| one.row).collect())
    }
}

impl Record for LogFileRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("file").searched(),
        FieldSpec::text("role").values(&[
            "driver",
            "executor",
            "container",
            "step",
            "submitter",
            "bootstrap",
            "node",
            "function",
            "algorithm",
            "event log",
            "metadata",
            "other",
        ]),
        FieldSpec::text("stream").searched(),
        FieldSpec::text("executor"),
        FieldSpec::text("container").searched(),
        FieldSpec::text("node").searched(),
        FieldSpec::of("attempt", FieldKind::Number),
        FieldSpec::text("part"),
        FieldSpec::of("size", FieldKind::Size),
        FieldSpec::of("written", FieldKind::Time),
    ];

    fn id(&self) -> &str {
        &self.address
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.address),
            1 => Value::text(self.role.word()),
            2 => Value::text(self.stream.word()),
            3 => Value::maybe(self.executor.as_deref()),
            4 => Value::maybe(self.container.as_deref()),
            5 => Value::maybe(self.node.as_deref()),
            6 => Value::size(self.attempt.map(u64::from)),
            7 => Value::maybe(self.part.as_deref()),
            8 => Value::size(self.size),
            9 => Value::time(self.last_write),
            _ => Value::Missing,
        }
    }

    // No order of its own: who fills the set has sorted once by what tells most, for 50,000 comparisons of names cost more.

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::LogFiles(rows)
    }
}
