//! What the failed run read: each object as it was then and for the last success, what stands in it, and a version that is
//! whole where it is not.

use super::{Looking, OfJob};
use crate::objects::rows_of_key;
use ::jobs::parameters::{parameters, uris};
use ::objects::{
    asof,
    content::{Reading, verdicts},
    verdict,
};
use aws::{AwsError, objects::describe};
use contract::{
    Notice, Severity, Timestamp,
    executions::Comparison,
    incident::{BetterVersion, InputObject},
    jobs::{Direction, facts::ObjectFact},
    objects::{VersionFact, VersionRow, content::Content},
};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

/// Objects that are looked into.
const MOST_INPUTS: usize = 6;
/// Versions that are read to find one that is whole.
const MOST_TRIED: usize = 6;
/// Bytes of a version that are read.
const MOST_BYTES: u64 = 64 << 20;
const AT_ONCE: usize = 3;

/// Bucket and key.
pub type Name = (String, String);

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
        // A folder is no object.
        if !name.1.is_empty() && !name.1.ends_with('/') && !names.contains(&name) {
            names.push(name);
        }
    }
    let job_began = job.and_then(|job| job.run.started.or(job.run.created));
    let began = job_began.unwrap_or(seen.fact.started);
    let success = job
        .and_then(|job| job.comparison.as_ref()?.with.as_ref())
        .and_then(|row| row.started.or(row.created))
        .or_else(|| compared.and_then(|compared| compared.with.as_ref()).map(|row| row.started));
    let reading = names.into_iter().take(MOST_INPUTS).map(|name| one(looking, name, began, success));
    let read: Vec<Option<InputObject>> = stream::iter(reading.collect::<Vec<_>>()).buffered(AT_ONCE).collect().await;
    read.into_iter().flatten().collect()
}

/// What the run was told to read, and what its execution was started for: objects and folders.
pub fn places(input: Option<&str>, job: Option<&OfJob>) -> Vec<Name> {
    let mut all: Vec<Name> = Vec::new();
    let mut add = |bucket: &str, key: &str| {
        let name = (bucket.to_owned(), key.to_owned());
        if !bucket.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    };
    if let Some(text) = input {
        if let Ok(event) = serde_json::from_str::<Value>(text) {
            let word = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
            // An S3 event through EventBridge.
            if let (Some(bucket), Some(key)) = (word("/detail/bucket/name"), word("/detail/object/key")) {
                add(bucket, key);
            }
        }
        for (_, uri) in uris(text) {
            if let Some((bucket, key)) = split(&uri) {
                add(bucket, key);
            }
        }
    }
    if let Some(job) = job {
        for path in parameters(&job.run.request).paths {
            if path.direction == Direction::Input
                && let Some((bucket, key)) = split(&path.uri)
            {
                add(bucket, key);
            }
        }
    }
    all
}

fn split(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("s3://")?.split_once('/')
}

async fn one(
    looking: &Looking,
    (bucket, key): Name,
    began: Timestamp,
    success: Option<Timestamp>,
) -> Option<InputObject> {
    let session = &looking.session;
    let rows = match rows_of_key(session, &bucket, &key, None).await {
        Ok(rows) if rows.is_empty() => return None,
        Ok(rows) => rows,
        Err(AwsError::NotFound { .. }) => return None,
        Err(error) => {
            looking.tell(|incident| {
                incident.notices.push(Notice::warning(format!("s3://{bucket}/{key} is missing here: {error}.")));
            });
            return None;
        }
    };
    let uri = format!("s3://{bucket}/{key}");
    let found = asof::version_at(&rows, began).ok().filter(|_| !asof::absent_at(&rows, began));
    let before = success.and_then(|at| asof::version_at(&rows, at).ok()).map(|found| found.row);
    let Some(found) = found else {
        let then = before.map(|row| fact(&uri, row));
        let absent = ObjectFact { uri, version_id: None, etag: None, size: None, modified: None, exists: false };
        let better = before.map(|row| better_of(&row.fact, &rows, began));
        let verdicts = vec![Notice::warning("It was not there when the run began.")];
        return Some(InputObject { bucket, key, read: absent, content: None, before: then, verdicts, better });
    };
    let versions = Versions { looking, bucket: &bucket, key: &key };
    let content = versions.content(&found.row.fact).await;
    let then = match before {
        Some(row) if row.fact.version_id != found.row.fact.version_id => versions.content(&row.fact).await,
        _ => None,
    };
    let mut said = Vec::new();
    if let Some(row) = before
        && let Some((severity, text)) = verdict::verdict(&row.fact, &found.row.fact)
    {
        said.push(Notice {
            severity,
            text: text.replace("The current version", "It").replace("this one", "the last success's"),
        });
    }
    if let Some(content) = &content {
        said.extend(verdicts(content, then.as_ref()).into_iter().map(|(severity, text)| Notice { severity, text }));
    }
    let broken = said.iter().any(|notice| notice.severity == Severity::Warning);
    let better =
        if broken { versions.better(&rows, found.row, then.as_ref(), before.map(|row| &row.fact)).await } else { None };
    Some(InputObject {
        read: fact(&uri, found.row),
        before: before.map(|row| fact(&uri, row)),
        verdicts: said,
        bucket: bucket.clone(),
        key: key.clone(),
        content,
        better,
    })
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

/// The versions of one key, looked into.
struct Versions<'a> {
    looking: &'a Looking,
    bucket: &'a str,
    key: &'a str,
}

impl Versions<'_> {
    /// What stands in a version; none when it cannot be read or is packed.
    async fn content(&self, version: &VersionFact) -> Option<Content> {
        if version.delete_marker || is_packed(self.key) {
            return None;
        }
        let mut reading = Reading::new(self.key);
        let id = Some(version.version_id.as_str());
        let session = &self.looking.session;
        let outcome =
            describe::pass_by(session, self.bucket, self.key, id, MOST_BYTES, |bytes| reading.feed(bytes)).await;
        match outcome {
            Ok(whole) => {
                let mut content = reading.end(whole);
                // A record of a stranger's data.
                content.cut = content.cut.map(|text| crate::jobs::masked(&text));
                Some(content)
            }
            Err(error) => {
                tracing::debug!(%error, key = self.key, "a version could not be read");
                None
            }
        }
    }

    /// A version that is whole: the current one if it was replaced meanwhile, else the newest before the one that was read,
    /// of its own day first.
    async fn better(
        &self,
        rows: &[VersionRow],
        read: &VersionRow,
        then: Option<&Content>,
        before: Option<&VersionFact>,
    ) -> Option<BetterVersion> {
        let data = |row: &&VersionRow| !row.fact.delete_marker && row.ambiguous.is_none();
        let newer = rows.iter().filter(data).filter(|row| row.position < read.position);
        let older = rows.iter().filter(data).filter(|row| row.position > read.position);
        let same_day = |row: &&VersionRow| day(row.fact.last_modified) == day(read.fact.last_modified);
        let (own, others): (Vec<_>, Vec<_>) = older.partition(same_day);
        for row in newer.chain(own).chain(others).take(MOST_TRIED) {
            if row.fact.size.is_none_or(|size| size == 0) {
                continue;
            }
            let shrunk = before.and_then(|before| verdict::verdict(before, &row.fact));
            if shrunk.is_some_and(|(severity, _)| severity == Severity::Warning) {
                continue;
            }
            let Some(content) = self.content(&row.fact).await else { continue };
            if verdicts(&content, then).iter().all(|(severity, _)| *severity != Severity::Warning) {
                return Some(better_of(&row.fact, rows, read.fact.last_modified));
            }
        }
        None
    }
}

fn better_of(version: &VersionFact, rows: &[VersionRow], read: Timestamp) -> BetterVersion {
    BetterVersion {
        version_id: version.version_id.clone(),
        stored: version.last_modified,
        size: version.size.unwrap_or(0),
        same_day: day(version.last_modified) == day(read),
        current: rows.first().is_some_and(|row| row.fact.version_id == version.version_id),
    }
}

/// Uploads are of the day on which they are stored, in UTC as the platform's schedules are.
fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

fn is_packed(key: &str) -> bool {
    let end = key.rsplit('.').next().unwrap_or_default();
    ["gz", "zst", "bz2", "snappy", "zip"].iter().any(|packed| end.eq_ignore_ascii_case(packed))
}
