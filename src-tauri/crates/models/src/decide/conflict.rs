//! Whether somebody else was there between looking and writing.

use crate::{people, wording::moment};
use contract::{
    executions::Difference,
    models::{
        Conflict, ModelWrite,
        facts::{ContainerFact, EvidenceFact, Lifecycle, VersionFact},
    },
};

/// What changed since the version was shown; `None` when it stands as it was. Asked just before a write.
pub fn conflict(seen: &VersionFact, now: &VersionFact) -> Option<Conflict> {
    let mut changes = differences(seen, now);
    if changes.is_empty() {
        if seen.modified == now.modified {
            return None;
        }
        let time = |version: &VersionFact| version.modified.map(|at| at.to_string());
        changes.push(difference("last modified", "", time(seen), time(now)));
    }
    let by = now.modified_by.as_ref().and_then(people::name);
    let what: Vec<&str> = changes.iter().map(|change| change.what.as_str()).collect();
    let who = by.as_deref().unwrap_or("Somebody");
    let when = now.modified.map_or_else(String::new, |at| format!(" at {}", moment(at)));
    let words = format!("{who} changed it{when}: {}", crate::wording::list(&what, 3));
    Some(Conflict { changes, by, at: now.modified, words })
}

fn difference(what: &str, place: &str, then: Option<String>, now: Option<String>) -> Difference {
    Difference { what: what.to_owned(), place: place.to_owned(), then, now, at: None }
}

fn differences(seen: &VersionFact, now: &VersionFact) -> Vec<Difference> {
    let stage = |cycle: &Lifecycle| format!("{}, {}", cycle.stage, cycle.status);
    let word = |version: &VersionFact| Some(version.approval.word().to_owned());
    let simple = [
        ("approval", word(seen), word(now)),
        ("comment", seen.comment.clone(), now.comment.clone()),
        ("stage", seen.lifecycle.as_ref().map(stage), now.lifecycle.as_ref().map(stage)),
        ("status", Some(seen.status.clone()), Some(now.status.clone())),
    ];
    let simple = simple.into_iter().filter(|(_, then, now)| then != now);
    let mut found: Vec<Difference> = simple.map(|(what, then, now)| difference(what, "", then, now)).collect();
    pairs("metadata", &seen.metadata, &now.metadata, &mut found);
    // Even an approved version's containers can be changed.
    if seen.containers != now.containers {
        let text = |version: &VersionFact| {
            let one = |container: &ContainerFact| {
                format!("{} with {}", container.image, container.model_data.as_deref().unwrap_or("no artefact"))
            };
            version.containers.iter().map(one).collect::<Vec<_>>().join("; ")
        };
        let (then, mut is) = (text(seen), text(now));
        if then == is {
            // Values of an environment may be secrets.
            is.push_str(", another environment or digest");
        }
        found.push(difference("containers", "", Some(then), Some(is)));
    }
    let files = |version: &VersionFact| -> Vec<(String, String)> {
        let line = |file: &EvidenceFact| {
            let digest = file.digest.as_deref().unwrap_or_default();
            (file.part.word().to_owned(), format!("{} {digest}", file.uri).trim_end().to_owned())
        };
        version.metrics.iter().chain(&version.baselines).map(line).collect()
    };
    pairs("evidence", &files(seen), &files(now), &mut found);
    found
}

/// Entries that are not the same in both, each once.
fn pairs(what: &str, seen: &[(String, String)], now: &[(String, String)], found: &mut Vec<Difference>) {
    let gone = seen.iter().filter(|pair| !now.contains(pair));
    let gone: Vec<&(String, String)> = gone.collect();
    let new: Vec<&(String, String)> = now.iter().filter(|pair| !seen.contains(pair)).collect();
    for (name, then) in &gone {
        let is = new.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        found.push(difference(what, name, Some(then.clone()), is));
    }
    for (name, value) in new {
        if !gone.iter().any(|(other, _)| other == name) {
            found.push(difference(what, name, None, Some(value.clone())));
        }
    }
}

/// Whether a write stands in the version as it was read afterwards. If not, another write followed it.
pub fn has_landed(write: &ModelWrite, now: &VersionFact) -> bool {
    match write {
        ModelWrite::Stage(cycle) => {
            let is = now.lifecycle.as_ref();
            is.is_some_and(|is| is.stage == cycle.stage && is.status == cycle.status)
        }
        ModelWrite::Metadata { key, value } => now.metadata.iter().any(|(name, is)| name == key && is == value),
        ModelWrite::Approval { status, comment } => {
            now.approval.code() == status && now.comment.as_deref() == Some(comment.as_str())
        }
    }
}
