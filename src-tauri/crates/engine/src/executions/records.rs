//! What the rows of the Executions and Now pages can be filtered, sorted and copied by.

use crate::sets::{FieldSpec, Record, Value};
use contract::{
    Timestamp,
    executions::{EventRow, ExecutionRow, MachineKind, MachineRow, Standing, StateKind, StateRow},
    now::{MarkKind, NowKind, NowRow},
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const STATUSES: &[&str] =
    &["running", "succeeded", "caught failure", "failed", "timed out", "aborted", "pending redrive"];

fn seconds(from: Timestamp, to: Option<Timestamp>) -> Value<'static> {
    to.map_or(Value::Missing, |to| Value::Number(to.duration_since(from).as_secs()))
}

impl Record for MachineRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("type").values(&["standard", "express"]),
        FieldSpec::text("last").values(STATUSES),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::of("runs", FieldKind::Number),
        FieldSpec::of("failed", FieldKind::Number),
        FieldSpec::of("rate", FieldKind::Number),
        FieldSpec::of("median", FieldKind::Duration),
        FieldSpec::text("schedule").values(&["on time", "late", "never ran", "disabled", "by events"]),
        FieldSpec::of("next", FieldKind::Time),
        FieldSpec::of("created", FieldKind::Time),
        FieldSpec::text("arn"),
    ];

    fn id(&self) -> &str {
        &self.arn
    }

    fn value(&self, field: usize) -> Value<'_> {
        let last = self.last.as_ref().and_then(|last| last.as_ref());
        let failed = self.counts.map(|counts| counts.failed + counts.timed_out + counts.aborted);
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(if self.kind == MachineKind::Standard { "standard" } else { "express" }),
            2 => last.map_or(Value::Missing, |last| Value::text(last.status.word())),
            3 => Value::time(last.map(|last| last.started)),
            4 => Value::size(self.counts.map(|counts| counts.started)),
            5 => Value::size(failed),
            6 => Value::size(rate(self)),
            7 => self.median.map_or(Value::Missing, |median| {
                #[allow(clippy::cast_possible_truncation)] // seconds of a workflow
                Value::Number(median.round() as i64)
            }),
            8 => self.expected.as_ref().map_or(Value::Missing, |expected| {
                Value::text(match expected.standing {
                    Standing::OnTime => "on time",
                    Standing::Late(_) => "late",
                    Standing::NeverRan => "never ran",
                    Standing::Disabled => "disabled",
                    Standing::Unknown => "by events",
                })
            }),
            9 => Value::time(self.expected.as_ref().and_then(|expected| expected.next)),
            10 => Value::time(self.created),
            11 => Value::text(&self.arn),
            _ => Value::Missing,
        }
    }

    /// What needs a person first, then what ran last.
    fn natural(&self, other: &Self) -> Ordering {
        let trouble = |row: &Self| {
            let failed = row.counts.is_some_and(|counts| counts.failed + counts.timed_out + counts.aborted > 0)
                || row.last.as_ref().and_then(|last| last.as_ref()).is_some_and(|last| last.status.is_failure());
            let late = row
                .expected
                .as_ref()
                .is_some_and(|expected| matches!(expected.standing, Standing::Late(_) | Standing::NeverRan));
            (failed, late)
        };
        let ran = |row: &Self| row.last.as_ref().and_then(|last| last.as_ref()).map(|last| last.started);
        trouble(other)
            .cmp(&trouble(self))
            .then_with(|| ran(other).cmp(&ran(self)))
            .then_with(|| self.name.cmp(&other.name))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Machines(rows)
    }
}

/// Whole percents of the ended runs that succeeded.
fn rate(row: &MachineRow) -> Option<u64> {
    let counts = row.counts?;
    let ended = counts.succeeded + counts.failed + counts.timed_out + counts.aborted;
    (counts.succeeded * 100).checked_div(ended)
}

impl Record for ExecutionRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("status").values(STATUSES),
        FieldSpec::of("started", FieldKind::Time),
        FieldSpec::of("stopped", FieldKind::Time),
        FieldSpec::of("took", FieldKind::Duration),
        FieldSpec::text("machine").searched(),
        FieldSpec::text("state").searched(),
        FieldSpec::text("error").searched(),
        FieldSpec::text("cause").searched(),
        FieldSpec::of("redrives", FieldKind::Number),
        FieldSpec::text("version"),
        FieldSpec::text("arn"),
    ];

    fn id(&self) -> &str {
        &self.arn
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(self.status.word()),
            2 => Value::Time(self.started),
            3 => Value::time(self.stopped),
            4 => seconds(self.started, self.stopped),
            5 => Value::text(&self.machine),
            6 => Value::maybe(self.state.as_deref()),
            7 => Value::maybe(self.error.as_deref()),
            8 => Value::maybe(self.cause.as_deref()),
            9 => Value::size(Some(self.redrives)),
            10 => Value::maybe(self.version.as_deref()),
            11 => Value::text(&self.arn),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        other.started.cmp(&self.started).then_with(|| self.arn.cmp(&other.arn))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Executions(rows)
    }
}

impl Record for StateRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("status").values(&["running", "succeeded", "failed", "caught", "aborted"]),
        FieldSpec::of("entered", FieldKind::Time),
        FieldSpec::of("exited", FieldKind::Time),
        FieldSpec::of("took", FieldKind::Duration),
        FieldSpec::of("attempts", FieldKind::Number),
        FieldSpec::text("error").searched(),
        FieldSpec::text("job").searched(),
        FieldSpec::text("type").values(&["task", "pass", "choice", "wait", "succeed", "fail", "parallel", "map"]),
        FieldSpec::text("within").searched(),
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(self.status.word()),
            2 => Value::Time(self.entered),
            3 => Value::time(self.exited),
            4 => seconds(self.entered, self.exited),
            5 => Value::size(Some(self.attempts)),
            6 => Value::maybe(self.error.as_deref()),
            7 => Value::maybe(self.job.as_deref()),
            8 => Value::text(match self.kind {
                StateKind::Task => "task",
                StateKind::Pass => "pass",
                StateKind::Choice => "choice",
                StateKind::Wait => "wait",
                StateKind::Succeed => "succeed",
                StateKind::Fail => "fail",
                StateKind::Parallel => "parallel",
                StateKind::Map | StateKind::DistributedMap => "map",
                StateKind::Unknown => "unknown",
            }),
            9 => Value::text(self.within.join(" ")),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::States(rows)
    }
}

impl Record for EventRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::of("number", FieldKind::Number),
        FieldSpec::text("type").searched(),
        FieldSpec::text("state").searched(),
        FieldSpec::of("at", FieldKind::Time),
        FieldSpec::text("text").searched(),
        FieldSpec::of("previous", FieldKind::Number),
        FieldSpec::text("failure").values(&["yes", "no"]),
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::size(Some(self.number)),
            1 => Value::text(&self.kind),
            2 => Value::maybe(self.state.as_deref()),
            3 => Value::Time(self.at),
            4 => Value::text(&self.text),
            5 => Value::size(Some(self.previous)),
            6 => Value::text(if self.failure { "yes" } else { "no" }),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Events(rows)
    }
}

impl Record for NowRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("what").searched(),
        FieldSpec::text("kind").values(&["failed", "failed job", "late", "never ran", "running", "operation"]),
        FieldSpec::text("why").searched(),
        FieldSpec::text("error").searched(),
        FieldSpec::of("runs", FieldKind::Number),
        FieldSpec::of("newest", FieldKind::Time),
        FieldSpec::of("oldest", FieldKind::Time),
        FieldSpec::text("mark").values(&["seen", "mine", "snoozed"]),
        FieldSpec::text("profile"),
        FieldSpec::text("region"),
    ];

    fn id(&self) -> &str {
        &self.id
    }

    /// A notification names the machine or job that failed.
    fn is_also(&self, id: &str) -> bool {
        self.members.iter().any(|member| member.id == id)
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.what),
            1 => Value::text(match self.kind {
                NowKind::Failed => "failed",
                NowKind::FailedJob => "failed job",
                NowKind::Late => "late",
                NowKind::NeverRan => "never ran",
                NowKind::Running => "running",
                NowKind::Operation => "operation",
            }),
            2 => Value::text(&self.why),
            3 => Value::maybe(self.error.as_deref()),
            4 => Value::size(Some(self.runs)),
            5 => Value::Time(self.newest),
            6 => Value::Time(self.oldest),
            7 => self.mark.as_ref().map_or(Value::Missing, |mark| {
                Value::text(match mark.kind {
                    MarkKind::Seen => "seen",
                    MarkKind::Mine => "mine",
                    MarkKind::Snoozed => "snoozed",
                })
            }),
            8 => Value::text(&self.profile),
            9 => Value::text(&self.region),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        let snoozed = |row: &Self| row.mark.as_ref().is_some_and(|mark| mark.kind == MarkKind::Snoozed);
        snoozed(self)
            .cmp(&snoozed(other))
            .then_with(|| self.kind.cmp(&other.kind))
            .then_with(|| other.newest.cmp(&self.newest))
            .then_with(|| self.id.cmp(&other.id))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Now(rows)
    }
}
