//! From one key's rows and what is asked to draft steps.
//!
//! A refusal and "nothing to do" both give no steps; a refusal also gives a notice of that severity, so that the plan as
//! a whole cannot run. Notices name the key, because a plan may hold many.

mod method;

use super::{NULL, seen};
use crate::{asof, key, purge, size, tables, template, words};
use contract::{
    Notice, Timestamp,
    facts::BucketFacts,
    objects::{RestoreStatus, VersionDetail, VersionFact, VersionRow, Versioning},
    plan::{Action, Seen, Step},
    restore::{Destination, Method, Pick},
};

/// All that is known of one key, and what is asked for it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub key: &'a str,
    /// The key's versions, newest first, as [`crate::timeline::timeline`] gives them.
    pub rows: &'a [VersionRow],
    pub pick: &'a Pick,
    pub destination: &'a Destination,
    pub method: Method,
    pub facts: &'a BucketFacts,
    /// The key was found under a folder that is restored: what is not deleted (or, with [`Pick::At`], what was not current
    /// at that moment) is left alone, instead of offering the nearest.
    pub folder: bool,
    /// `HeadObject` of the wanted version, when it was read: it alone shows the archive tier of Intelligent-Tiering.
    pub detail: Option<&'a VersionDetail>,
    /// With [`Destination::Template`], the versions of the destination's key, when they were read.
    pub there: Option<&'a [VersionRow]>,
    /// Above this many bytes a copy goes by parts (5 GiB on AWS, [`super::ONE_COPY_MAX`]).
    pub part_threshold: u64,
    pub now: Timestamp,
}

/// What was decided for one key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The version that comes back, even where it is refused after all.
    pub source: Option<VersionFact>,
    /// The key that is written to.
    pub to_key: Option<String>,
    /// Empty when there is nothing to do or a notice refuses. In the order in which they must run.
    pub steps: Vec<Step>,
    pub notices: Vec<Notice>,
    /// True when delete markers are removed instead of a copy.
    pub removal: bool,
    /// True when the copy goes by parts.
    pub by_parts: bool,
}

impl Choice {
    fn refuse(mut self, text: impl Into<String>) -> Self {
        self.steps.clear();
        self.notices.push(Notice::refusal(text));
        self
    }
    fn nothing(mut self, text: impl Into<String>) -> Self {
        self.steps.clear();
        self.notices.push(Notice::info(text));
        self
    }
    fn warn(&mut self, text: impl Into<String>) {
        self.notices.push(Notice::warning(text));
    }
}

/// Decides one key. See [`Question`] and [`Choice`].
pub fn choose(question: &Question<'_>) -> Choice {
    let mut choice = Choice::default();
    let name = key::shown(question.key);
    if question.facts.versioning == Ok(Versioning::Never) {
        return choice.refuse(format!(
            "{name}: the bucket was never versioned, so S3 keeps no older version. Look for it in AWS Backup, in a replica or at its source"
        ));
    }
    let Some(wanted) = wanted(question, &mut choice, &name) else { return choice };
    choice.source = Some(wanted.fact.clone());
    match question.destination {
        Destination::InPlace => in_place(question, choice, wanted, &name),
        Destination::Template(text) => elsewhere(question, choice, wanted, &name, text),
    }
}

/// The picked row; without one, the notice that says why was added.
fn wanted<'a>(question: &Question<'a>, choice: &mut Choice, name: &str) -> Option<&'a VersionRow> {
    let rows = question.rows;
    let deleted = rows.first().is_some_and(|row| row.fact.delete_marker);
    let picked = match question.pick {
        Pick::Previous if question.folder && !deleted => {
            choice.notices.push(Notice::info(format!("{name} is not deleted and stays as it is")));
            return None;
        }
        Pick::Previous => asof::previous(rows),
        Pick::Version(id) => asof::by_id(rows, id),
        Pick::At(at) => match asof::version_at(rows, *at) {
            Ok(found) if found.exact => Ok(found.row),
            Ok(_) if question.folder && asof::absent_at(rows, *at) => {
                choice.notices.push(Notice::info(format!(
                    "{name}: nothing was current at {}; it stays as it is",
                    words::instant(*at)
                )));
                return None;
            }
            Ok(found) => {
                choice.warn(format!("{name}: {}", found.label));
                Ok(found.row)
            }
            Err(why) => Err(why),
        },
    };
    match picked {
        Ok(row) => {
            if let Some(reason) = &row.ambiguous {
                choice.warn(format!("{name}: the order around this version is unclear: {reason}"));
            }
            Some(row)
        }
        Err(why) => {
            choice.notices.push(Notice::refusal(format!("{name}: {why}")));
            None
        }
    }
}

fn in_place(question: &Question<'_>, mut choice: Choice, wanted: &VersionRow, name: &str) -> Choice {
    choice.to_key = Some(question.key.to_owned());
    if question.rows.first().is_some_and(|row| row.fact.version_id == wanted.fact.version_id) {
        return choice.nothing(format!(
            "{name}: version {} is current already; there is nothing to do",
            words::short_id(&wanted.fact.version_id)
        ));
    }
    if let Some(log) = tables::log_of(question.key) {
        choice.warn(format!("{name}: {}. Changing this file by hand can break the table", log.advice()));
    }
    match method::decide(question, wanted) {
        Err(refusal) => choice.refuse(format!("{name}: {refusal}")),
        Ok(method::Way::Remove { why, warning }) => {
            choice.removal = true;
            choice.steps = method::removal_steps(question, wanted, &why);
            choice.notices.extend(warning.map(|text| Notice::warning(format!("{name}: {text}"))));
            choice
        }
        Ok(method::Way::Copy { why }) => {
            if let Err(refusal) = null_survives(question.facts, question.rows, &mut choice, name) {
                return choice.refuse(refusal);
            }
            if question.rows.first().is_some_and(|current| crate::timeline::same_bytes(&current.fact, &wanted.fact)) {
                choice.notices.push(Notice::info(format!("{name}: the current version holds the same bytes")));
            }
            pushed_over(question, &mut choice, name);
            copy(question, choice, wanted, name, seen(question.rows), why)
        }
    }
}

fn elsewhere(question: &Question<'_>, mut choice: Choice, wanted: &VersionRow, name: &str, text: &str) -> Choice {
    if question.method == Method::RemoveMarkers {
        return choice.refuse(format!(
            "{name}: removing delete markers brings a version back in place only, not under another key"
        ));
    }
    let to_key = match template::expand(text, &wanted.fact) {
        Ok(to_key) => to_key,
        Err(why) => return choice.refuse(format!("{name}: {why}")),
    };
    choice.to_key = Some(to_key.clone());
    let there = question.there.unwrap_or_default();
    if let Some(Seen::Object { .. }) = question.there.map(seen) {
        return choice.refuse(format!(
            "{name}: {} exists already. A restore under another key never overwrites: change the template",
            key::shown(&to_key)
        ));
    }
    if let Err(refusal) = null_survives(question.facts, there, &mut choice, name) {
        return choice.refuse(refusal);
    }
    if let Some(log) = tables::log_of(&to_key) {
        choice.warn(format!("{}: {}. A new file there can change the table", key::shown(&to_key), log.advice()));
    }
    let why = "a copy under another key, made only if that key is free; the original stays as it is".to_owned();
    copy(question, choice, wanted, name, seen(there), why)
}

/// Adds the copy, unless the version's bytes cannot be read now.
fn copy(
    question: &Question<'_>,
    mut choice: Choice,
    wanted: &VersionRow,
    name: &str,
    seen: Seen,
    why: String,
) -> Choice {
    if let Err(refusal) = readable(&wanted.fact, question.detail, question.now) {
        return choice.refuse(format!("{name}: {refusal}"));
    }
    let to_key = choice.to_key.clone().unwrap_or_else(|| question.key.to_owned());
    let bytes = wanted.fact.size.unwrap_or(0);
    choice.by_parts = bytes > question.part_threshold;
    if choice.by_parts {
        choice.notices.push(Notice::info(format!(
            "{name}: {} go by parts. The ETag changes, and the copy is checked by size and checksum; S3 dates it at the start of the copy, so it becomes current only if nothing else is stored meanwhile",
            size::words(bytes)
        )));
    }
    let place = if to_key == question.key { "on top".to_owned() } else { format!("to {}", key::shown(&to_key)) };
    choice.steps.push(Step {
        key: question.key.to_owned(),
        text: format!(
            "copies version {} ({}, {}) {place}",
            words::short_id(&wanted.fact.version_id),
            words::instant(wanted.fact.last_modified),
            size::words(bytes)
        ),
        action: Action::Copy { source: super::source(&wanted.fact), to_key },
        seen,
        why,
    });
    choice
}

/// While versioning is suspended every write replaces the key's `null` version for good. A versioning state
/// that could not be read is taken for suspended. A `null` delete marker holds no data and may be replaced.
fn null_survives(facts: &BucketFacts, rows: &[VersionRow], choice: &mut Choice, name: &str) -> Result<(), String> {
    let state = match &facts.versioning {
        Ok(Versioning::Enabled) => return Ok(()),
        Ok(_) => "versioning is suspended".to_owned(),
        Err(missing) => format!("the bucket's versioning could not be read ({})", missing.reason),
    };
    if rows.iter().any(|row| row.fact.version_id == NULL && !row.fact.delete_marker) {
        return Err(format!(
            "{name}: {state}, and a write would overwrite its `null` version for good. Restore under another key, or enable versioning first"
        ));
    }
    choice.warn(format!(
        "{name}: {state}: the copy becomes the `null` version, and the next upload to this key overwrites it for good"
    ));
    Ok(())
}

/// Whether S3 can read the version's bytes now. `GLACIER_IR` is immediate.
fn readable(fact: &VersionFact, detail: Option<&VersionDetail>, now: Timestamp) -> Result<(), String> {
    let class = detail.map(|detail| detail.class.as_str()).or(fact.class.as_deref()).unwrap_or("STANDARD");
    let tier = detail.and_then(|detail| detail.archive.as_deref()).filter(|tier| !tier.is_empty());
    let archived = match (class, tier) {
        ("GLACIER" | "DEEP_ARCHIVE", _) => class,
        (_, Some(tier)) => tier,
        _ => return Ok(()),
    };
    let id = words::short_id(&fact.version_id);
    let restore: Option<RestoreStatus> = detail.and_then(|detail| detail.restore).or(fact.restore);
    match restore {
        Some(RestoreStatus { in_progress: true, .. }) => Err(format!(
            "version {id} is on its way out of {archived}; plan again when S3 has finished (Standard retrieval: 3 to 12 hours)"
        )),
        // Intelligent-Tiering moves the object back for good: finished, and without an expiry date.
        Some(RestoreStatus { expires: None, .. }) => Ok(()),
        Some(RestoreStatus { expires: Some(expires), .. }) if expires > now => Ok(()),
        _ => Err(format!(
            "version {id} is archived in {archived}: its bytes cannot be copied before `RestoreObject` with this version id has fetched them (hours)"
        )),
    }
}

fn pushed_over(question: &Question<'_>, choice: &mut Choice, name: &str) {
    let facts: Vec<VersionFact> = question.rows.iter().map(|row| row.fact.clone()).collect();
    let rules = question.facts.lifecycle.as_deref().ok();
    for pushed in purge::pushed_over(&facts, rules, question.now) {
        let what = if pushed.delete_marker { "delete marker" } else { "version" };
        let when = if pushed.at <= question.now {
            "at S3's next run".to_owned()
        } else {
            format!("from {}", words::instant(pushed.at))
        };
        choice.warn(format!(
            "{name}: the copy makes one more newer version, so the lifecycle rule then removes {what} {} for good, {when}",
            words::short_id(&pushed.version_id)
        ));
    }
}

#[cfg(test)]
mod tests;
