//! What CloudTrail and our own journal say of a version.

use super::key;
use crate::Desk;
use ::models::{
    people,
    trail::{self, CREATE, UPDATE},
};
use aws::{
    AwsError, Session,
    trail::{Wanted, page},
};
use contract::{
    Timestamp,
    models::{
        GatePolicy, ModelWrite, Signature,
        facts::{ActionFact, TrailFact, VersionFact, Who},
    },
    operations::StepState,
    plan::Action,
};
use std::{sync::Arc, time::Duration};
use store::{OperationRecord, StoreError};

/// Seconds that CloudTrail looks back.
const KEPT: i64 = 90 * 86_400;
/// Pages of fifty records that are read of a version.
const MOST_PAGES: usize = 3;
/// Operations of a group whose plans are looked at, the newest.
const MOST_OPERATIONS: usize = 200;

/// Records of what was done to a version.
#[derive(Debug)]
pub(crate) struct Trail {
    /// Newest first.
    pub actions: Vec<ActionFact>,
    since: Timestamp,
    /// There are more records than were read.
    is_cut: bool,
}

impl Trail {
    /// Whether the records can say of every signature whether it was written by the person that it names. The time in a
    /// signature is that of its writer, who may be a forger: none is older than its version.
    fn reaches(&self, signatures: &[Signature], created: Option<Timestamp>) -> bool {
        let is_young = created.is_some_and(|at| at >= self.since);
        let is_proven = |signature: &Signature| people::proof(signature, &self.actions).is_some();
        let is_within = |signature: &Signature| !self.is_cut && (is_young || signature.at >= self.since);
        signatures.iter().all(|signature| is_proven(signature) || is_within(signature))
    }
}

/// Records of one lookup that concern a version, and whether there are more than were read.
async fn records(
    session: &Session,
    wanted: Wanted<'_>,
    arn: &str,
    since: Timestamp,
) -> Result<(Vec<ActionFact>, bool), AwsError> {
    let is_ours = |record: &TrailFact| {
        [CREATE, UPDATE].contains(&record.name.as_str())
            && (matches!(wanted, Wanted::Resource(_)) || trail::concerns(record, arn))
    };
    let (mut found, mut token) = (Vec::new(), None);
    for _ in 0..MOST_PAGES {
        let (some, next) = Box::pin(page(session, wanted, since, token)).await?;
        found.extend(some.iter().filter(|record| is_ours(record)).map(trail::action));
        if next.is_none() {
            return Ok((found, false));
        }
        token = next;
    }
    Ok((found, true))
}

impl Desk {
    /// What CloudTrail has of a version, if it is not older.
    pub(super) async fn trail(&self, session: &Session, arn: &str, age: Duration) -> Result<Arc<Trail>, AwsError> {
        let key = key(session, arn);
        if let Some(known) = self.inner.models.trails.get(&key, age) {
            return Ok(known);
        }
        let now = session.now();
        let since = Timestamp::from_second(now.as_second() - KEPT).unwrap_or(now);
        let (mut actions, mut is_cut) = records(session, Wanted::Resource(arn), arn, since).await?;
        if actions.is_empty() {
            // Not every record names the version among its resources.
            (actions, is_cut) = records(session, Wanted::Event(UPDATE), arn, since).await?;
        }
        let trail = Arc::new(Trail { actions, since, is_cut });
        self.inner.models.trails.put(key, Arc::clone(&trail));
        Ok(trail)
    }

    /// The records that the rule of two persons needs, or why they were not read. Nothing is asked that decides nothing.
    pub(super) async fn proofs(
        &self,
        session: &Session,
        version: &VersionFact,
        policy: &GatePolicy,
        age: Duration,
    ) -> (Option<Arc<Trail>>, Option<AwsError>) {
        let signatures = people::signatures(version);
        // Who registered it is asked for a decision alone: a list has many versions, and CloudTrail takes 2 calls a second.
        let is_nameless = version.created_by.is_none() && age.is_zero();
        if !policy.two_persons || (signatures.is_empty() && !is_nameless) {
            return (None, None);
        }
        match Box::pin(self.trail(session, &version.arn, age)).await {
            Ok(trail) => (trail.reaches(&signatures, version.created).then_some(trail), None),
            Err(error) => (None, Some(error)),
        }
    }

    /// What this program wrote to a version, as its journal has it. A plan that cannot be read any more is passed over.
    pub(super) async fn own_writes(
        &self,
        account: String,
        version: &VersionFact,
    ) -> Result<Vec<ActionFact>, StoreError> {
        let group = version.group.clone();
        let found = self.inner.store.run(move |store| {
            let rows = store.operations_on(&account, &group, MOST_OPERATIONS)?;
            Ok(rows.iter().filter_map(|row| store.operation(&row.id).ok()).collect::<Vec<OperationRecord>>())
        });
        Ok(found.await?.iter().flat_map(|record| written(record, &version.arn)).collect())
    }
}

/// What one operation wrote to a version.
fn written(record: &OperationRecord, arn: &str) -> Vec<ActionFact> {
    let steps = record.plan.steps.iter().zip(&record.steps);
    let done = steps.filter(|(_, done)| done.receipt.state == StepState::Done);
    done.filter_map(|(step, done)| match &step.action {
        Action::Model(action) if action.arn == arn => Some((step, done, action)),
        _ => None,
    })
    .flat_map(|(step, done, action)| {
        let at = done.receipt.finished.or(done.started).unwrap_or(record.row.started);
        action.writes.iter().map(move |write| ActionFact {
            at,
            kind: UPDATE.to_owned(),
            // Signing has no place for its comment but our own plan.
            description: (!step.why.is_empty()).then(|| step.why.clone()),
            by: Some(Who { source_identity: Some(record.who.clone()), ..Who::default() }),
            properties: properties(write),
            operation: Some(record.row.id.clone()),
            ..ActionFact::default()
        })
    })
    .collect()
}

/// A write as CloudTrail names its parts.
fn properties(write: &ModelWrite) -> Vec<(String, String)> {
    let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    match write {
        ModelWrite::Stage(cycle) => {
            let description = cycle.description.as_deref().map(|text| named("StageDescription", text));
            let fields = [named("Stage", &cycle.stage), named("StageStatus", &cycle.status)];
            fields.into_iter().chain(description).collect()
        }
        ModelWrite::Metadata { key, value } => vec![named(key, value)],
        ModelWrite::Approval { status, comment } => {
            vec![named("ModelApprovalStatus", status), named("ApprovalDescription", comment)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::models::Stands;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn records_that_do_not_reach_back_prove_nothing_and_refute_nothing() {
        let trail = |is_cut: bool| Trail { actions: Vec::new(), since: at("2026-08-23T00:00:00Z"), is_cut };
        let signed = |time: &str| Signature {
            key: "ops:sig1".into(),
            user: "AIDA1".into(),
            at: at(time),
            evidence: "0a".repeat(32),
            marks: String::new(),
            stands: Stands::NotCompared,
        };
        assert!(trail(false).reaches(&[signed("2026-11-21T07:00:00Z")], None));
        assert!(!trail(true).reaches(&[signed("2026-11-21T07:00:00Z")], None), "more records than were read");
        assert!(!trail(false).reaches(&[signed("2026-08-01T07:00:00Z")], None), "older than CloudTrail keeps");
        assert!(trail(true).reaches(&[], None));
        let backdated = [signed("2026-08-01T07:00:00Z")];
        assert!(trail(false).reaches(&backdated, Some(at("2026-11-01T00:00:00Z"))), "older than its version");
        assert!(!trail(false).reaches(&backdated, Some(at("2026-07-01T00:00:00Z"))));
    }
}
