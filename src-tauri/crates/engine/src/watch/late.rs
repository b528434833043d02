//! What should have run by the clock and did not.

use super::look::AT_ONCE;
use crate::executions::machine_name;
use ::executions::schedule;
use aws::{
    Session,
    executions::{
        clock, machines,
        runs::{self, Of},
    },
};
use contract::{
    Notice,
    executions::{Standing, facts::StartRule},
    now::{NowKind, NowRow},
};
use futures_util::{StreamExt, stream};
use std::collections::HashMap;

/// Machines that the clock should have started and that did not run.
pub(super) async fn late_machines(session: &Session) -> (Vec<NowRow>, Vec<Notice>) {
    let region = session.region();
    let (rules, schedules) = tokio::join!(
        clock::rules(session, region, clock::is_machine),
        clock::schedules(session, region, clock::is_machine)
    );
    let mut notices = Vec::new();
    let mut starts: HashMap<String, Vec<StartRule>> = HashMap::new();
    for (what, found) in [("Rules", rules), ("Schedules", schedules)] {
        match found {
            Ok(found) => {
                for rule in found.into_iter().filter(|rule| rule.expression.is_some()) {
                    starts.entry(rule.target.clone()).or_default().push(rule);
                }
            }
            Err(error) => notices
                .push(Notice::warning(format!("{what} could not be read, so what is late may be missing: {error}."))),
        }
    }
    let mut asking = Vec::with_capacity(starts.len());
    for (arn, rules) in starts {
        asking.push(late(session, arn, rules));
    }
    let rows = stream::iter(asking).buffer_unordered(AT_ONCE).filter_map(|row| async { row }).collect().await;
    (rows, notices)
}

async fn late(session: &Session, arn: String, rules: Vec<StartRule>) -> Option<NowRow> {
    let (items, _) = runs::page(session, Of::Machine(&arn), None, 1, None).await.ok()?;
    let last = items.first().map(|item| item.started);
    let created = machines::describe(session, &arn).await.ok().and_then(|machine| machine.updated);
    let now = session.now();
    let expected = schedule::standing(&rules, last, created, now)?;
    let disabled = |rule: &StartRule| if rule.enabled { "" } else { ", which is disabled" };
    let by = rules.first().map(disabled).unwrap_or_default();
    let (kind, since, why) = match expected.standing {
        Standing::Late(since) => {
            (NowKind::Late, since, format!("expected {} by {}{by}", since.strftime("%H:%M UTC"), expected.by))
        }
        Standing::NeverRan => {
            (NowKind::NeverRan, created.unwrap_or(now), format!("{} has never started it", expected.by))
        }
        Standing::Disabled => {
            let since = last?;
            (
                NowKind::Late,
                since,
                format!("{} is disabled; last run {}", expected.by, since.strftime("%d %b %H:%M UTC")),
            )
        }
        Standing::OnTime | Standing::Unknown => return None,
    };
    Some(NowRow {
        id: format!("{} {arn} {kind:?}", session.profile()),
        kind,
        what: machine_name(&arn).to_owned(),
        machine: Some(arn),
        status: None,
        error: None,
        why,
        runs: 0,
        newest: since,
        oldest: since,
        executions: Vec::new(),
        jobs: Vec::new(),
        absence: None,
        profile: session.profile().to_owned(),
        region: session.region().to_owned(),
        mark: None,
        operation: None,
        members: Vec::new(),
    })
}
