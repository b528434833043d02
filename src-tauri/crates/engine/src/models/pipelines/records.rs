//! What pipelines and their executions can be filtered, sorted and copied by.

use crate::sets::{FieldSpec, Record, Value};
use contract::{
    models::{PipelineExecutionRow, PipelineMark, PipelineRow},
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const STATUSES: &[&str] = &["executing", "stopping", "stopped", "failed", "succeeded", "unknown"];

fn last(row: &PipelineRow) -> Option<&PipelineMark> {
    row.last.as_ref().and_then(Option::as_ref)
}

impl Record for PipelineRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("title").searched(),
        FieldSpec::text("status").values(STATUSES),
        FieldSpec::of("last", FieldKind::Time),
        FieldSpec::of("modified", FieldKind::Time),
        FieldSpec::text("group").searched(),
        FieldSpec::text("arn").searched(),
    ];

    fn id(&self) -> &str {
        &self.name
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::maybe(self.title.as_deref()),
            2 => Value::maybe(last(self).map(|mark| mark.status.word())),
            3 => Value::time(last(self).and_then(|mark| mark.started)),
            4 => Value::time(self.modified),
            5 if self.registers.is_empty() => Value::Missing,
            5 => Value::text(self.registers.join(", ")),
            6 => Value::text(&self.arn),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name)
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Pipelines(rows)
    }
}

impl Record for PipelineExecutionRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("id").searched(),
        FieldSpec::text("title").searched(),
        FieldSpec::text("status").values(STATUSES),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::of("ended", FieldKind::Time),
        FieldSpec::of("took", FieldKind::Duration),
        FieldSpec::text("by").searched(),
        FieldSpec::text("step").searched(),
        FieldSpec::text("reason").searched(),
        FieldSpec::text("arn").searched(),
    ];

    #[expect(clippy::misnamed_getters, reason = "what a set calls a row's id is the ARN; the field is the short one")]
    fn id(&self) -> &str {
        &self.arn
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.id),
            1 => Value::maybe(self.title.as_deref()),
            2 => Value::text(self.status.word()),
            3 => Value::time(self.started),
            4 => Value::time(self.ended),
            5 => Value::size(self.seconds),
            6 => Value::maybe(self.by.as_deref()),
            7 => Value::maybe(self.failed_step.as_deref()),
            8 => Value::maybe(self.reason.as_deref()),
            9 => Value::text(&self.arn),
            _ => Value::Missing,
        }
    }

    /// Newest first; what has no time is not known to be new.
    fn natural(&self, other: &Self) -> Ordering {
        other.started.cmp(&self.started).then_with(|| self.arn.cmp(&other.arn))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::PipelineExecutions(rows)
    }
}
