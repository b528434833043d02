//! What groups and waiting versions can be filtered, sorted and copied by.

use crate::sets::{FieldSpec, Record, Value};
use contract::{
    models::{Glance, GlanceState, GroupRow, QueueRow},
    sets::{FieldKind, Rows},
};
use std::cmp::Ordering;

const STATES: &[&str] = &["wrong", "warning", "unknown", "good", "nothing"];

fn state(glance: &Glance) -> Value<'static> {
    Value::text(match glance.state {
        GlanceState::Wrong => "wrong",
        GlanceState::Warning => "warning",
        GlanceState::Unknown => "unknown",
        GlanceState::Good => "good",
        GlanceState::Nothing => "nothing",
    })
}

impl Record for GroupRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("name").searched(),
        FieldSpec::text("team").searched().sections("no team"),
        FieldSpec::of("versions", FieldKind::Number),
        FieldSpec::of("latest", FieldKind::Number),
        FieldSpec::of("approved", FieldKind::Number),
        FieldSpec::of("pending", FieldKind::Number),
        FieldSpec::of("pending-since", FieldKind::Time),
        FieldSpec::text("stage"),
        FieldSpec::text("endpoint").searched(),
        FieldSpec::text("drift").values(STATES),
        FieldSpec::text("monitors").values(STATES),
        FieldSpec::text("id").searched(),
        FieldSpec::text("by").searched(),
        FieldSpec::of("registered", FieldKind::Time),
    ];

    fn id(&self) -> &str {
        &self.id
    }

    fn value(&self, field: usize) -> Value<'_> {
        let number = |number: Option<u32>| Value::size(number.map(u64::from));
        match field {
            0 => Value::text(&self.name),
            1 => Value::maybe(self.team.as_deref()),
            2 => number(Some(self.versions)),
            3 => number(self.latest.as_ref().map(|mark| mark.version)),
            4 => number(self.approved.as_ref().map(|mark| mark.version)),
            5 => number(Some(self.pending)),
            6 => Value::time(self.pending_since),
            7 => Value::maybe(self.stage.as_deref()),
            8 if self.deployed.is_empty() => Value::Missing,
            8 => {
                let names: Vec<&str> = self.deployed.iter().map(|at| at.endpoint.as_str()).collect();
                Value::text(names.join(", "))
            }
            9 => state(&self.drift),
            10 => state(&self.monitors),
            11 => Value::text(&self.id),
            12 => Value::maybe(self.pending_by.as_deref()),
            13 => Value::time(self.latest.as_ref().and_then(|mark| mark.created)),
            _ => Value::Missing,
        }
    }

    fn natural(&self, other: &Self) -> Ordering {
        self.name.cmp(&other.name).then_with(|| self.id.cmp(&other.id))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Groups(rows)
    }
}

impl Record for QueueRow {
    const FIELDS: &'static [FieldSpec] = &[
        FieldSpec::text("group").searched(),
        FieldSpec::of("version", FieldKind::Number),
        FieldSpec::text("team").searched(),
        FieldSpec::text("by").searched(),
        FieldSpec::of("since", FieldKind::Time),
        FieldSpec::text("waits").values(&["a decision", "a second person", "SageMaker", "nothing, it failed"]),
        FieldSpec::of("red", FieldKind::Number),
        FieldSpec::of("unknown", FieldKind::Number),
        FieldSpec::text("gates").searched(),
        FieldSpec::text("arn").searched(),
        FieldSpec::text("stage"),
    ];

    fn id(&self) -> &str {
        &self.arn
    }

    fn value(&self, field: usize) -> Value<'_> {
        let gates = self.gates.as_ref();
        match field {
            0 => Value::text(&self.group),
            1 => Value::size(Some(u64::from(self.version))),
            2 => Value::maybe(self.team.as_deref()),
            3 => Value::maybe(self.registered_by.as_deref()),
            4 => Value::time(self.since),
            5 => Value::text(self.waits_for.word()),
            6 => Value::size(gates.map(|gates| u64::from(gates.failed))),
            7 => Value::size(gates.map(|gates| u64::from(gates.unknown))),
            8 => Value::maybe(gates.map(|gates| gates.words.as_str())),
            9 => Value::text(&self.arn),
            10 => Value::maybe(self.stage.as_deref()),
            _ => Value::Missing,
        }
    }

    /// Oldest first; what has no time is not known to be young.
    fn natural(&self, other: &Self) -> Ordering {
        let order = self.since.cmp(&other.since);
        order.then_with(|| self.group.cmp(&other.group)).then(self.version.cmp(&other.version))
    }

    fn rows(rows: Vec<Self>) -> Rows {
        Rows::Queue(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sets::{Moment, Sets};
    use contract::{
        Timestamp,
        sets::{Section, Sort, ViewSet},
    };
    use std::sync::Arc;

    fn group(name: &str, team: Option<&str>) -> GroupRow {
        let nothing = Glance { state: GlanceState::Nothing, words: String::new() };
        GroupRow {
            id: name.to_owned(),
            name: name.to_owned(),
            team: team.map(str::to_owned),
            versions: 1,
            latest: None,
            approved: None,
            pending: 0,
            pending_since: None,
            pending_by: None,
            stage: None,
            deployed: Vec::new(),
            drift: nothing.clone(),
            monitors: nothing,
            as_of: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn groups_of_one_team_stand_together_and_those_of_none_last() {
        let sets = Sets::default();
        let (state, writer) = sets.open::<GroupRow>(Timestamp::UNIX_EPOCH, Arc::new(|_| ()));
        writer.append(vec![
            group("churn", Some("loyalty")),
            group("lost", None),
            group("prices", Some("revenue")),
            group("upsell", Some("loyalty")),
        ]);
        let moment = Moment { now: Timestamp::UNIX_EPOCH, offset_minutes: 0 };
        let of = |filter: &str, sort: Option<(&str, bool)>| {
            let sort = sort.map(|(by, descending)| Sort { by: by.to_owned(), descending });
            let view = ViewSet { set: state.set, filter: filter.to_owned(), sort, offset_minutes: 0 };
            sets.view(&view, &moment).unwrap().sections
        };
        let section = |title: &str, from: u64, rows: u64| Section { title: title.to_owned(), from, rows };
        let all = [section("loyalty", 0, 2), section("revenue", 2, 1), section("no team", 3, 1)];
        assert_eq!(of("", Some(("team", false))), all);
        let turned = [section("revenue", 0, 1), section("loyalty", 1, 2), section("no team", 3, 1)];
        assert_eq!(of("", Some(("team", true))), turned);
        assert_eq!(of("churn", Some(("team", false))), [section("loyalty", 0, 1)], "of the rows that are shown");
        assert!(of("", Some(("versions", false))).is_empty() && of("", None).is_empty());
    }
}
