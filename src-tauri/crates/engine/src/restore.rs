//! Plans: what a restore or its undo will do, read from the service, decided by the pure `objects` crate.
//!
//! A plan changes nothing. It waits among the [`crate::plans`] until it is confirmed.

mod decided;
mod selected;

use crate::{Desk, EngineError, objects::rows_of_key, plans::Planned};
use ::objects::{
    effects::effects,
    key,
    restore::{self, NoUndo, clashes, fidelity, permissions, plan_risk},
};
use aws::{Session, objects::facts};
use contract::{
    Notice, OperationId,
    facts::{BucketFacts, Missing},
    objects::{VersionDetail, VersionRow},
    operations::StepState,
    plan::{Action, Fidelity, Outcome, Place, Plan, Scope, Step},
    restore::{Destination, PlanRestore, PlanUndo},
};
use decided::{Decided, decide, once, subjects};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeSet, HashMap};

/// Reads under way at once while a plan is made.
const AT_ONCE: usize = 16;
/// Versions whose metadata is read for the fidelity sheet; in a larger plan the rest is not looked at one by one.
const MOST_DETAILS: usize = 200;

/// A plan before what follows from its steps is added.
struct Draft {
    title: String,
    name: String,
    steps: Vec<Step>,
    notices: Vec<Notice>,
    fidelity: Vec<Fidelity>,
    details: Vec<VersionDetail>,
    refused: Vec<Missing>,
    undoes: Option<OperationId>,
}

impl Desk {
    /// Plans to bring versions back.
    pub async fn plan_restore(&self, request: &PlanRestore) -> Result<Plan, EngineError> {
        let session = self.session()?;
        if request.items.is_empty() {
            return Err(EngineError::BadInput("Nothing is selected.".into()));
        }
        let failed = Self::failed(&session);
        let (identity, facts) =
            tokio::try_join!(session.identity(), facts::bucket(&session, &request.bucket)).map_err(&failed)?;
        let rules = facts.lifecycle.as_ref().ok().map(Vec::as_slice);
        let subjects = subjects(&session, request, rules).await?;
        let threshold = self.part_sizes().threshold;
        let mut deciding = Vec::with_capacity(subjects.len());
        for (index, subject) in subjects.iter().enumerate() {
            deciding.push(decide(&session, request, &facts, subject, threshold, index < MOST_DETAILS));
        }
        let decided: Vec<Decided> = stream::iter(deciding).buffered(AT_ONCE).try_collect().await.map_err(&failed)?;
        let decided = once(decided);
        let steps: Vec<Step> = decided.iter().flat_map(|one| one.choice.steps.clone()).collect();
        let mut notices = Vec::new();
        for notice in decided.iter().flat_map(|one| one.choice.notices.clone()).chain(clashes(&steps)) {
            add(&mut notices, notice);
        }
        let draft = Draft {
            title: title(request, &decided, &steps),
            name: name(&request.bucket, request, &steps),
            fidelity: merged_fidelity(&decided, &facts),
            details: decided.iter().filter_map(|one| one.detail.clone()).collect(),
            refused: decided.into_iter().filter_map(|one| one.refused).collect(),
            steps,
            notices,
            undoes: None,
        };
        Ok(self.finish(draft, &facts, session, identity.account))
    }

    /// Plans the inverse of a finished operation, on the profile that it ran on.
    pub async fn plan_undo(&self, request: &PlanUndo) -> Result<Plan, EngineError> {
        let id = request.operation.clone();
        let record = self.inner.store.run(move |store| store.operation(&id)).await?;
        let session = self.session_on(&record.plan.place).await?;
        let failed = Self::failed(&session);
        let bucket = &record.row.scope;
        let (identity, facts) =
            tokio::try_join!(session.identity(), facts::bucket(&session, bucket)).map_err(&failed)?;
        if identity.account != record.row.account {
            return Err(EngineError::NotNow(format!(
                "The profile {} is in account {} now; the operation ran in {}.",
                record.row.profile, identity.account, record.row.account
            )));
        }
        let done: Vec<_> = record
            .plan
            .steps
            .iter()
            .zip(&record.steps)
            .filter(|(_, step)| step.receipt.state == StepState::Done)
            .map(|(step, record)| (step, &record.receipt))
            .collect();
        let keys: BTreeSet<&str> = done.iter().map(|(step, _)| restore::written_key(step)).collect();
        let mut reading = Vec::with_capacity(keys.len());
        for key in &keys {
            reading.push(rows_of_key(&session, bucket, key, None));
        }
        let read: Vec<Vec<VersionRow>> =
            stream::iter(reading).buffered(AT_ONCE).try_collect().await.map_err(&failed)?;
        let rows: HashMap<&str, Vec<VersionRow>> = keys.into_iter().zip(read).collect();
        let mut steps = Vec::new();
        let mut notices = Vec::new();
        for inverse in restore::undo_all(&done, |key| rows.get(key).map(Vec::as_slice).unwrap_or_default(), &facts) {
            match inverse {
                Ok(step) => steps.push(step),
                Err(NoUndo::Covered | NoUndo::NotDone) => {}
                Err(why) => add(&mut notices, Notice::refusal(format!("{why}."))),
            }
        }
        let draft = Draft {
            title: format!("Undo {}", lower_first(&record.plan.title)),
            name: record.plan.name,
            steps,
            notices,
            fidelity: Vec::new(),
            details: Vec::new(),
            refused: Vec::new(),
            undoes: Some(request.operation.clone()),
        };
        Ok(self.finish(draft, &facts, session, identity.account))
    }

    /// The current session if it is where an operation was planned, else one of its own.
    pub(crate) async fn session_on(&self, place: &Place) -> Result<Session, EngineError> {
        match self.session() {
            Ok(session) if reaches((session.profile(), session.region()), place) => Ok(session),
            _ => self.make_session(&place.profile, Some(place.region.clone())).await,
        }
    }

    fn finish(&self, draft: Draft, facts: &BucketFacts, session: Session, account: String) -> Plan {
        let parts = self.part_sizes();
        let Draft { title, name, steps, mut notices, fidelity, details, refused, undoes } = draft;
        let environment = session.guard().environment();
        let place = Place {
            account,
            profile: session.profile().to_owned(),
            region: facts.region.clone(),
            environment,
            scope: Scope::Bucket(facts.name.clone()),
        };
        let (risk, confirm) = plan_risk(environment, &steps);
        let (effects, unread) = effects(facts, &steps, parts.threshold);
        for notice in unread {
            add(&mut notices, notice);
        }
        notices.sort_by_key(|notice| std::cmp::Reverse(notice.severity));
        let plan = Plan {
            id: self.inner.plans.next_id(),
            title,
            name,
            made: session.now(),
            risk,
            confirm,
            bytes: steps.iter().map(bytes_of).sum(),
            fidelity,
            effects,
            permissions: permissions(facts, &steps, &details, parts.threshold, &refused),
            cli: restore::cli(&place, &steps, &details, parts),
            place,
            steps,
            notices,
            undoes,
            refused: Vec::new(),
        };
        self.inner.plans.keep(Planned { plan: plan.clone(), session });
        plan
    }
}

/// Whether what a session of a profile and region asks for is asked for there. A bucket is asked in its own region, whatever the
/// session's; a job or a pipeline of the same name in another region is another one.
fn reaches((profile, region): (&str, &str), place: &Place) -> bool {
    profile == place.profile && (region == place.region || matches!(place.scope, Scope::Bucket(_)))
}

/// Bytes that S3 copies for a step.
pub(crate) fn bytes_of(step: &Step) -> u64 {
    match &step.action {
        Action::Copy { source, .. } => source.size,
        _ => 0,
    }
}

/// One sheet for all objects: the worst outcome of an attribute stands, with how many objects it is for.
fn merged_fidelity(decided: &[Decided], facts: &BucketFacts) -> Vec<Fidelity> {
    let sheets: Vec<Vec<Fidelity>> = decided
        .iter()
        .filter(|one| !one.choice.steps.is_empty())
        .filter_map(|one| Some(fidelity(one.detail.as_ref()?, facts, one.choice.by_parts, one.choice.removal)))
        .collect();
    let objects = sheets.len();
    let mut merged: Vec<(Fidelity, usize)> = Vec::new();
    for line in sheets.into_iter().flatten() {
        match merged.iter_mut().find(|(known, _)| known.attribute == line.attribute) {
            None => merged.push((line, 1)),
            Some((known, count)) if severity(line.outcome) > severity(known.outcome) => {
                *known = line;
                *count = 1;
            }
            Some((known, count)) if line.outcome == known.outcome => {
                *count += 1;
                if known.note != line.note && known.outcome == Outcome::Kept {
                    "as they are".clone_into(&mut known.note);
                }
            }
            Some(_) => {}
        }
    }
    merged
        .into_iter()
        .map(|(mut line, count)| {
            if count < objects {
                line.note = format!("{} ({count} of {objects} objects)", line.note);
            }
            line
        })
        .collect()
}

fn severity(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Kept => 0,
        Outcome::Changed => 1,
        Outcome::Unknown => 2,
        Outcome::CannotKeep => 3,
    }
}

fn add(notices: &mut Vec<Notice>, notice: Notice) {
    if !notices.contains(&notice) {
        notices.push(notice);
    }
}

fn distinct_keys(steps: &[Step]) -> usize {
    steps.iter().map(|step| step.key.as_str()).collect::<BTreeSet<_>>().len()
}

/// `Restore daily_sales.csv`, `Undelete 12 objects`.
fn title(request: &PlanRestore, decided: &[Decided], steps: &[Step]) -> String {
    let undelete = decided.iter().filter(|one| !one.choice.steps.is_empty()).all(|one| one.choice.removal);
    let verb = if undelete && !steps.is_empty() { "Undelete" } else { "Restore" };
    let what = match (distinct_keys(steps), request.items.as_slice()) {
        (0 | 1, [only]) => key::shown(key::name(steps.first().map_or(&only.key, |step| &step.key))),
        (0, items) => format!("{} objects", items.len()),
        (1, _) => steps.first().map(|step| key::shown(key::name(&step.key))).unwrap_or_default(),
        (count, _) => format!("{count} objects"),
    };
    match (&request.destination, steps) {
        (Destination::Template(_), [only]) => {
            format!("{verb} {what} as {}", key::shown(restore::written_key(only)))
        }
        (Destination::Template(_), _) => format!("{verb} {what} under other keys"),
        (Destination::InPlace, _) => format!("{verb} {what}"),
    }
}

/// What a production confirmation asks to type: the object's name, or the bucket for several.
fn name(bucket: &str, request: &PlanRestore, steps: &[Step]) -> String {
    match (distinct_keys(steps), request.items.as_slice()) {
        (1, _) => steps.first().map(|step| key::shown(key::name(&step.key))).unwrap_or_default(),
        (0, [only]) => key::shown(key::name(&only.key)),
        _ => bucket.to_owned(),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{jobs::Engine, session::Environment};

    #[test]
    fn what_was_planned_in_one_region_does_not_go_on_in_another() {
        let place = |scope| Place {
            account: "1".into(),
            profile: "prod".into(),
            region: "eu-west-1".into(),
            environment: Environment::Other,
            scope,
        };
        let job = place(Scope::Jobs { engine: Engine::Glue, home: "crm-snapshot".into() });
        assert!(reaches(("prod", "eu-west-1"), &job));
        assert!(!reaches(("prod", "us-east-1"), &job), "a job of the same name there is another one");
        assert!(!reaches(("dev", "eu-west-1"), &job));
        let bucket = place(Scope::Bucket("lake-raw".into()));
        assert!(reaches(("prod", "us-east-1"), &bucket), "it is asked in its own region");
        assert!(!reaches(("dev", "eu-west-1"), &bucket));
    }
}
