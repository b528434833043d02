//! What schedules, runs, features, drifted columns and endpoints can be filtered, sorted and copied by.

use super::runs::ListedRun;
use crate::sets::{FieldSpec, Record, Value};
use contract::{
    drift::{EndpointRow, FeatureRow, MonitorRow, WorkRow},
    models::{HealthState, facts::MonitorKind},
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const KINDS: &[&str] = &["data quality", "model quality", "bias", "attribution"];
const RUN_WORDS: &[&str] =
    &["Pending", "InProgress", "Completed", "CompletedWithViolations", "Failed", "Stopping", "Stopped"];

fn health(state: HealthState) -> &'static str {
    match state {
        HealthState::Silent => "silent",
        HealthState::Doubtful => "doubtful",
        HealthState::Unknown => "unknown",
        HealthState::Measured => "measured",
    }
}

fn count(number: Option<u32>) -> Value<'static> {
    Value::size(number.map(u64::from))
}

fn yes(is: bool) -> Value<'static> {
    Value::text(if is { "yes" } else { "no" })
}

impl Record for MonitorRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("schedule").searched(),
        FieldSpec::text("kind").values(KINDS),
        FieldSpec::text("endpoint").searched(),
        FieldSpec::text("group").searched(),
        FieldSpec::text("status").values(&["Scheduled", "Stopped", "Pending", "Failed", "Followed"]),
        FieldSpec::of("last", FieldKind::Time),
        FieldSpec::text("run").values(RUN_WORDS),
        FieldSpec::of("violations", FieldKind::Number),
        FieldSpec::text("alert").values(&["yes", "no"]),
        FieldSpec::text("health").values(&["silent", "doubtful", "unknown", "measured"]),
        FieldSpec::text("words").searched(),
        FieldSpec::text("source").values(&["Model Monitor", "Evidently", "MLflow"]),
    ];

    fn id(&self) -> &str {
        &self.schedule
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.schedule),
            1 => Value::maybe(self.kind.map(MonitorKind::word)),
            2 => Value::maybe(self.endpoint.as_deref()),
            3 => Value::maybe(self.group.as_deref()),
            4 => Value::text(&self.status),
            5 => Value::time(self.last_run),
            6 => Value::maybe(self.last.as_deref()),
            7 => count(self.violations),
            8 => self.alert.map_or(Value::Missing, yes),
            9 => Value::text(health(self.health)),
            10 => Value::text(&self.words),
            11 => Value::text(self.source.word()),
            _ => Value::Missing,
        }
    }

    /// What measures nothing first, then what found something.
    fn natural(&self, other: &Self) -> Ordering {
        let rank = |row: &Self| {
            let quiet = row.violations.unwrap_or_default() == 0;
            (row.health != HealthState::Silent, row.alert != Some(true), quiet, row.health)
        };
        rank(self).cmp(&rank(other)).then_with(|| self.schedule.cmp(&other.schedule))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Monitors(rows)
    }
}

impl Record for ListedRun {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::of("scheduled", FieldKind::Time),
        FieldSpec::text("status").values(RUN_WORDS),
        FieldSpec::text("reason").searched(),
        FieldSpec::text("schedule").searched(),
        FieldSpec::text("kind").values(KINDS),
        FieldSpec::text("endpoint").searched(),
        FieldSpec::text("job").searched(),
    ];

    fn id(&self) -> &str {
        &self.key
    }

    fn value(&self, field: usize) -> Value<'_> {
        let row = &self.row;
        match field {
            0 => Value::Time(row.scheduled),
            1 => Value::text(&row.status),
            2 => Value::maybe(row.reason.as_deref()),
            3 => Value::text(&row.schedule),
            4 => Value::maybe(row.kind.map(MonitorKind::word)),
            5 => Value::maybe(row.endpoint.as_deref()),
            6 => row.job.as_ref().map_or(Value::Missing, |job| Value::text(job.to_string())),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        other.row.scheduled.cmp(&self.row.scheduled)
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::MonitorRuns(rows.into_iter().map(|one| one.row).collect())
    }
}

impl Record for FeatureRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("feature").searched(),
        FieldSpec::text("kind"),
        FieldSpec::of("distance", FieldKind::Real),
        FieldSpec::of("error", FieldKind::Real),
        FieldSpec::of("threshold", FieldKind::Real),
        FieldSpec::of("told", FieldKind::Real),
        FieldSpec::text("method"),
        FieldSpec::text("drifted").values(&["yes", "no"]),
        FieldSpec::of("reports", FieldKind::Number),
        FieldSpec::of("natural", FieldKind::Real),
        FieldSpec::of("importance", FieldKind::Real),
        FieldSpec::text("note").searched(),
    ];

    fn id(&self) -> &str {
        &self.name
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(&self.kind),
            2 => Value::real(self.distance),
            3 => Value::real(self.error),
            4 => Value::real(self.threshold),
            5 => Value::real(self.told),
            6 => Value::text(&self.method),
            7 => self.drifted.map_or(Value::Missing, yes),
            8 => Value::Number(self.drifted_runs.into()),
            9 => Value::real(self.natural),
            10 => Value::real(self.importance),
            11 => Value::maybe(self.note.as_deref()),
            _ => Value::Missing,
        }
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Features(rows)
    }
}

impl Record for WorkRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("feature").searched(),
        FieldSpec::text("schedule").searched(),
        FieldSpec::text("endpoint").searched(),
        FieldSpec::of("schedules", FieldKind::Number),
        FieldSpec::of("distance", FieldKind::Real),
        FieldSpec::of("threshold", FieldKind::Real),
        FieldSpec::of("importance", FieldKind::Real),
        FieldSpec::of("weight", FieldKind::Real),
        FieldSpec::text("words").searched(),
    ];

    fn id(&self) -> &str {
        &self.feature
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.feature),
            1 => Value::text(self.schedules.join(", ")),
            2 => Value::text(self.endpoints.join(", ")),
            3 => Value::size(u64::try_from(self.schedules.len()).ok()),
            4 => Value::real(Some(self.distance)),
            5 => Value::real(self.threshold),
            6 => Value::real(self.importance),
            7 => Value::real(Some(self.weight)),
            8 => Value::text(&self.words),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        other.weight.total_cmp(&self.weight).then_with(|| other.schedules.len().cmp(&self.schedules.len()))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Worklist(rows)
    }
}

impl Record for EndpointRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("status").values(&[
            "InService",
            "Creating",
            "Updating",
            "SystemUpdating",
            "RollingBack",
            "UpdateRollbackFailed",
            "OutOfService",
            "Failed",
            "Deleting",
        ]),
        FieldSpec::text("serves").searched(),
        FieldSpec::of("variants", FieldKind::Number),
        FieldSpec::of("instances", FieldKind::Number),
        FieldSpec::of("changed", FieldKind::Time),
        FieldSpec::of("created", FieldKind::Time),
        FieldSpec::text("reason").searched(),
    ];

    fn id(&self) -> &str {
        &self.name
    }

    fn value(&self, field: usize) -> Value<'_> {
        match field {
            0 => Value::text(&self.name),
            1 => Value::text(&self.status),
            2 => self.serves.as_ref().map_or(Value::Missing, |serves| Value::text(serves.join(", "))),
            3 => count(self.variants),
            4 => count(self.instances),
            5 => Value::time(self.changed),
            6 => Value::time(self.created),
            7 => Value::maybe(self.reason.as_deref()),
            _ => Value::Missing,
        }
    }

    /// What does not serve first, then what is being changed.
    fn natural(&self, other: &Self) -> Ordering {
        let rank = |row: &Self| match row.status.as_str() {
            "Failed" | "OutOfService" | "UpdateRollbackFailed" => 0,
            "RollingBack" => 1,
            "InService" => 3,
            _ => 2,
        };
        rank(self).cmp(&rank(other)).then_with(|| self.name.cmp(&other.name))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Endpoints(rows)
    }
}
