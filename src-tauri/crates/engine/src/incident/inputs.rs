//! What the failed run read: each object as it was then and for the last success, what stands in it, and a version that is
//! whole where it is not. Of a folder, the objects that changed most since the last success.

mod content;
mod found;
mod places;
mod versions;

use super::{Looking, OfJob};
use ::objects::{
    asof, below,
    content::verdicts,
    verdict,
    words::{count_of, instant},
};
use contract::{
    Notice, Severity, Timestamp,
    executions::Comparison,
    incident::{InputObject, UploadDay, UploadSize},
    jobs::{Direction, facts::ObjectFact},
    objects::{
        VersionRow,
        content::{Content, ContentFormat},
    },
};
use found::{Found, Object, choose, found};
use futures_util::{StreamExt as _, stream};
pub use places::{Name, places};
use places::{name, told_by};
use versions::{Seen, Versions, better_of};

/// Places whose versions are listed.
const MOST_PLACES: usize = 20;
/// Uploads whose sizes are told.
const MOST_UPLOADS: usize = 60;
const AT_ONCE: usize = 3;

/// When the run began, and the last success before it.
#[derive(Debug, Clone, Copy)]
struct Moments {
    began: Timestamp,
    success: Option<Timestamp>,
}

/// `loaded` are files that a load read, beside those that the execution and its job name.
pub async fn read(
    looking: &Looking,
    job: Option<&OfJob>,
    compared: Option<&Comparison>,
    loaded: &[Name],
) -> Vec<InputObject> {
    let seen = looking.followed.known();
    let mut names: Vec<Name> = Vec::new();
    for name in loaded.iter().cloned().chain(places(seen.fact.input.as_deref(), job)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let job_began = job.and_then(|job| job.run.started.or(job.run.created));
    let began = job_began.unwrap_or(seen.fact.started);
    let success = job
        .and_then(|job| job.comparison.as_ref()?.with.as_ref())
        .and_then(|row| row.started.or(row.created))
        .or_else(|| compared.and_then(|compared| compared.with.as_ref()).map(|row| row.started));
    let moments = Moments { began, success };
    let told: Vec<Name> =
        told_by(job).iter().filter(|path| path.direction == Direction::Input).filter_map(name).collect();
    if let Some(notice) = beyond(names.len()) {
        looking.tell(|incident| incident.notices.push(notice));
    }
    let finding = names.into_iter().take(MOST_PLACES).map(|name| {
        let is_told = told.contains(&name);
        found(looking, name, is_told, moments)
    });
    let found: Vec<Option<Found>> = stream::iter(finding.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await;
    let (chosen, notices) = choose(found.into_iter().flatten().collect());
    if !notices.is_empty() {
        looking.tell(|incident| incident.notices.extend(notices));
    }
    let reading: Vec<_> = chosen.into_iter().map(|object| one(looking, object, moments)).collect();
    let read: Vec<Option<InputObject>> = stream::iter(reading).buffered(AT_ONCE).collect().await;
    read.into_iter().flatten().collect()
}

/// Places that are not even listed.
fn beyond(places: usize) -> Option<Notice> {
    let more = places.checked_sub(MOST_PLACES).filter(|more| *more > 0)?;
    let more = count_of(more as u64, "more place");
    Some(Notice::warning(format!(
        "Not looked through: {more} that the run may have read, behind the first {MOST_PLACES}."
    )))
}

async fn one(looking: &Looking, object: Object, Moments { began, success }: Moments) -> Option<InputObject> {
    let Object { bucket, key, rows } = object;
    let uri = format!("s3://{bucket}/{key}");
    if below::is_unknown(&rows, began) {
        let text = format!(
            "{uri} was written again since the run began, and its bucket keeps no versions: what the run read is not known."
        );
        looking.tell(|incident| incident.notices.push(Notice::info(text)));
        return None;
    }
    let at = |moment: Timestamp| {
        let found = asof::version_at(&rows, moment).ok().filter(|_| !asof::absent_at(&rows, moment));
        found.map(|found| found.row)
    };
    let before = success.and_then(at);
    let versions = Versions { looking, bucket: &bucket, key: &key };
    let Some(found) = at(began) else {
        let then = before.map(|row| fact(&uri, row));
        let absent = ObjectFact { uri, version_id: None, etag: None, size: None, modified: None, exists: false };
        let mut verdicts = vec![Notice::warning("It was not there when the run began.")];
        // What came late is not to be covered by what the last success read.
        let came = versions.came(&rows, began, before.map(|row| &row.fact)).await;
        verdicts.extend(came.as_ref().map(|came| Notice::info(format!("It came since: {}.", instant(came.stored)))));
        let better = came.or_else(|| before.map(|row| better_of(&row.fact, &rows, UploadDay::LastSuccess, false)));
        let uploads = uploads(&rows);
        return Some(InputObject { bucket, key, read: absent, content: None, before: then, verdicts, better, uploads });
    };
    let content = versions.content(&found.fact).await;
    let (beside, whose) = match before {
        Some(row) => (Some(&row.fact), "the last success's"),
        None => (below::before(&rows, &found.fact), "the version before"),
    };
    // What was empty says nothing of what came after it.
    let beside = beside.filter(|fact| fact.size != Some(0));
    let then = match beside {
        Some(fact) if fact.version_id != found.fact.version_id => versions.content(fact).await,
        _ => None,
    };
    let mut said = Vec::new();
    if let Some((severity, text)) = beside.and_then(|beside| verdict::verdict(beside, &found.fact)) {
        said.push(Notice { severity, text: in_place(&text, whose) });
    }
    if let Some(content) = &content {
        said.extend(verdicts(content, then.as_ref()).into_iter().map(|(severity, text)| Notice { severity, text }));
    }
    said.extend(unread(content.as_ref()));
    let broken = said.iter().any(|notice| notice.severity == Severity::Warning);
    let seen = Seen { row: found, content: content.as_ref(), then: then.as_ref(), beside };
    let success = before.map(|row| &row.fact);
    let better = if broken { versions.better(&rows, seen, success).await } else { None };
    Some(InputObject {
        read: fact(&uri, found),
        before: before.map(|row| fact(&uri, row)),
        verdicts: said,
        bucket,
        key,
        content,
        better,
        uploads: uploads(&rows),
    })
}

/// What was stored, without what was deleted: the newest first.
fn uploads(rows: &[VersionRow]) -> Vec<UploadSize> {
    let stored = rows.iter().filter(|row| !row.fact.delete_marker);
    let told = stored.filter_map(|row| Some(UploadSize { stored: row.fact.last_modified, size: row.fact.size? }));
    told.take(MOST_UPLOADS).collect()
}

/// A line on a version beside the current one, as one on what was read beside another.
fn in_place(text: &str, whose: &str) -> String {
    text.replace("The current version", "It").replace("the current version", whose).replace("this one", whose)
}

/// What the content could not tell.
fn unread(content: Option<&Content>) -> Option<Notice> {
    let text = match content {
        Some(content) if content.format == ContentFormat::Empty || content.is_judged() => return None,
        Some(content) if !content.whole => "It was read in part: its end was not looked at.",
        _ => "Its records could not be read: only its size and ETag are compared.",
    };
    Some(Notice::info(text))
}

fn fact(uri: &str, row: &VersionRow) -> ObjectFact {
    ObjectFact {
        uri: uri.to_owned(),
        version_id: Some(row.fact.version_id.clone()).filter(|id| id != "null"),
        etag: row.fact.etag.clone(),
        size: row.fact.size,
        modified: Some(row.fact.last_modified),
        exists: !row.fact.delete_marker,
    }
}

#[cfg(test)]
mod tests;
