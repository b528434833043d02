//! The state machines of a place that should have run and did not, as rows of the page.

use super::jobs::row;
use crate::{
    Desk,
    jobs::{LateFacts, late_machines},
};
use aws::Session;
use contract::{
    Notice, Timestamp,
    now::{NowKind, NowRow},
};
use std::collections::HashMap;

/// The machines of a place that are late.
#[derive(Debug, Default)]
pub(super) struct Late {
    /// With when each became late.
    pub rows: Vec<(NowRow, Timestamp)>,
    /// What a closer look at them begins with, by the ids of their rows.
    pub facts: HashMap<String, LateFacts>,
    pub notices: Vec<Notice>,
}

/// Machines that should have run. `before` is what the look before this one found.
pub(super) async fn look(desk: &Desk, session: &Session, before: &[LateFacts]) -> Late {
    let (machines, notices) = late_machines(desk, session, before).await;
    let mut late = Late { notices, ..Late::default() };
    for machine in machines {
        let ((_, facts), (row, due)) = row(session, machine.late);
        let kind = if machine.newest.is_some() { NowKind::Late } else { NowKind::NeverRan };
        let row = NowRow {
            id: format!("{} {} {kind:?}", session.profile(), machine.arn),
            kind,
            machine: Some(machine.arn),
            executions: machine.newest.into_iter().collect(),
            ..row
        };
        late.facts.insert(row.id.clone(), facts);
        late.rows.push((row, due));
    }
    late
}
