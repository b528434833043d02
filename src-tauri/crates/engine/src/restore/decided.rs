//! What is decided for each key of a selection: first with the listing alone, then with what that decision says to read.

use super::{
    AT_ONCE,
    selected::{Subject, asked, each_once},
};
use crate::{
    Desk, EngineError,
    objects::{MOST_PAGES, rows_below, rows_of_key},
};
use ::objects::{
    key,
    restore::{Choice, Question, choose},
};
use aws::{AwsError, Session, objects::describe};
use contract::{
    Notice,
    facts::{BucketFacts, LifecycleRule, Missing},
    objects::{VersionDetail, VersionRow},
    restore::PlanRestore,
};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashSet;

/// Objects of one plan at most; beyond it S3 Batch Operations is the better tool.
const MOST_OBJECTS: usize = 10_000;

/// What was decided for one key, with what was read for it.
pub(super) struct Decided {
    pub choice: Choice,
    pub detail: Option<VersionDetail>,
    pub refused: Option<Missing>,
}

/// The keys of a request with their timelines; folders are opened.
pub(super) async fn subjects<'a>(
    session: &Session,
    request: &'a PlanRestore,
    rules: Option<&[LifecycleRule]>,
) -> Result<Vec<Subject<'a>>, EngineError> {
    let failed = Desk::failed(session);
    let too_many = || {
        EngineError::NotNow(format!(
            "More than {MOST_OBJECTS} objects, or {} versions of them: restore a smaller folder, or use S3 Batch Operations for all of them.",
            MOST_PAGES * 1_000
        ))
    };
    let (folders, single) = asked(&request.items);
    let mut found = Vec::with_capacity(folders.len());
    for item in folders {
        let below = rows_below(session, &request.bucket, &item.key, rules, MOST_OBJECTS).await.map_err(&failed)?;
        found.push((item, below.ok_or_else(too_many)?));
    }
    let mut reading = Vec::with_capacity(single.len());
    for item in &single {
        reading.push(rows_of_key(session, &request.bucket, &item.key, rules));
    }
    let read: Vec<Vec<VersionRow>> = stream::iter(reading).buffered(AT_ONCE).try_collect().await.map_err(&failed)?;
    let subjects = each_once(found, single.into_iter().zip(read).collect());
    if subjects.len() > MOST_OBJECTS {
        return Err(too_many());
    }
    Ok(subjects)
}

/// Decides one key: first with the listing alone, then with what that decision says to read.
pub(super) async fn decide(
    session: &Session,
    request: &PlanRestore,
    facts: &BucketFacts,
    subject: &Subject<'_>,
    part_threshold: u64,
    read_detail: bool,
) -> Result<Decided, AwsError> {
    let question = Question {
        key: &subject.key,
        rows: &subject.rows,
        pick: &subject.item.pick,
        destination: &request.destination,
        method: request.method,
        facts,
        folder: subject.item.folder,
        detail: None,
        there: None,
        part_threshold,
        now: session.now(),
    };
    let first = choose(&question);
    let mut refused = None;
    let mut customers_key = false;
    let detail = match first.source.as_ref().filter(|_| read_detail && !first.steps.is_empty()) {
        Some(source) => match describe::version(session, &facts.name, &source.key, Some(&source.version_id)).await {
            Ok(detail) => Some(detail),
            Err(error @ (AwsError::Denied { .. } | AwsError::NotFound { .. })) => {
                refused = Some(error.missing(describe::HEAD));
                None
            }
            // An answer to HEAD has no body to say why. With this key and these credentials the listing was answered.
            Err(AwsError::Service { status: 400, .. }) => {
                customers_key = true;
                None
            }
            Err(error) => return Err(error),
        },
        None => None,
    };
    let there = match first.to_key.as_deref().filter(|to_key| *to_key != subject.key) {
        Some(to_key) => Some(rows_of_key(session, &facts.name, to_key, None).await?),
        None => None,
    };
    let mut choice = choose(&Question { detail: detail.as_ref(), there: there.as_deref(), ..question });
    // Removing a marker needs no key.
    if customers_key && !choice.removal && !choice.steps.is_empty() {
        choice.steps.clear();
        choice.notices.push(Notice::refusal(format!(
            "{}: S3 does not show this version, most likely because it is encrypted with a customer's key (SSE-C): a copy needs that key",
            key::shown(&subject.key)
        )));
    }
    if let Some(missing) = &refused {
        let key = key::shown(&subject.key);
        choice.notices.push(Notice::warning(format!("{key}: the version could not be looked at: {}", missing.reason)));
    }
    Ok(Decided { choice, detail, refused })
}

/// Each version once: several ways to pick one may come to the same.
pub(super) fn once(mut decided: Vec<Decided>) -> Vec<Decided> {
    let mut brought = HashSet::new();
    decided.retain(|Decided { choice, .. }| match &choice.source {
        Some(source) if !choice.steps.is_empty() => {
            brought.insert((source.key.clone(), source.version_id.clone(), choice.to_key.clone()))
        }
        _ => true,
    });
    decided
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::{
        objects::VersionFact,
        plan::{Action, Seen, Step},
    };

    #[test]
    fn one_version_picked_in_two_ways_comes_back_once() {
        let picked = |version: &str, to_key: &str, steps: usize| {
            let fact = VersionFact {
                key: "a".into(),
                version_id: version.into(),
                delete_marker: false,
                is_latest: false,
                last_modified: "2026-11-21T05:52:04Z".parse().unwrap(),
                size: Some(10),
                etag: None,
                class: None,
                checksums: Vec::new(),
                restore: None,
                owner: None,
            };
            let step = Step {
                key: "a".into(),
                action: Action::RemoveMarker { marker_id: "m".into() },
                seen: Seen::Nothing,
                text: String::new(),
                why: String::new(),
            };
            let (source, to_key) = (Some(fact), Some(to_key.to_owned()));
            let choice = Choice { source, to_key, steps: vec![step; steps], ..Choice::default() };
            Decided { choice, detail: None, refused: None }
        };
        let all = once(vec![picked("v1", "a", 2), picked("v1", "a", 2), picked("v2", "a", 1), picked("v1", "b", 1)]);
        let versions: Vec<_> = all.iter().map(|one| one.choice.steps.len()).collect();
        assert_eq!(versions, [2, 1, 1], "another version, or another key, is another copy");
        assert_eq!(once(vec![picked("v1", "a", 0), picked("v1", "a", 0)]).len(), 2, "what is refused is said");
    }
}
