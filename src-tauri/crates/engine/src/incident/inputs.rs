//! What the failed run read: each object as it was then and for the last success, what stands in it, and a version that is
//! whole where it is not. Of a folder, the objects that changed most since the last success.

mod content;

use super::{Looking, OfJob};
use crate::objects::{rows_below, rows_of_glob, rows_of_key};
use ::jobs::parameters::{Named, parameters, paths};
use ::objects::{
    asof,
    below::{self, Standing},
    content::verdicts,
    glob::Glob,
    upload::{self, Upload},
    verdict,
    words::{count_of, instant},
};
use aws::AwsError;
use content::content;
use contract::{
    Notice, Severity, Timestamp,
    executions::Comparison,
    incident::{BetterVersion, InputObject, UploadDay, UploadSize},
    jobs::{DataPath, Direction, facts::ObjectFact},
    objects::{
        VersionFact, VersionRow,
        content::{Content, ContentFormat},
    },
};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use std::collections::BTreeMap;

/// Objects that are looked into.
const MOST_INPUTS: usize = 6;
/// Places whose versions are listed.
const MOST_PLACES: usize = 20;
/// Objects below one folder that are listed.
const MOST_OBJECTS: usize = 200;
/// Versions that are read to find one that is whole.
const MOST_TRIED: usize = 6;
/// Uploads whose sizes are told.
const MOST_UPLOADS: usize = 60;
const AT_ONCE: usize = 3;

/// Bucket and key.
pub type Name = (String, String);

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

/// What the run was told to read, and what its execution was started for: objects and folders.
pub fn places(input: Option<&str>, job: Option<&OfJob>) -> Vec<Name> {
    let told = told_by(job);
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
            // Notifications of S3, as a function hands them on.
            for record in event.get("Records").and_then(Value::as_array).into_iter().flatten() {
                let word = |pointer: &str| record.pointer(pointer).and_then(Value::as_str);
                if let (Some(bucket), Some(key)) = (word("/s3/bucket/name"), word("/s3/object/key")) {
                    add(bucket, &unescaped(key));
                }
            }
        }
        let written = |path: &DataPath| path.direction == Direction::Output;
        for path in paths(std::iter::once(Named { name: None, value: text })) {
            let is_output = written(&path) || told.iter().any(|one| written(one) && one.uri == path.uri);
            if let Some((bucket, key)) = split(&path.uri).filter(|_| !is_output) {
                add(bucket, key);
            }
        }
    }
    for path in told.iter().filter(|path| path.direction == Direction::Input) {
        if let Some((bucket, key)) = split(&path.uri) {
            add(bucket, key);
        }
    }
    all
}

/// Notifications have keys as forms do: `daily+sales.csv`, `caf%C3%A9.csv`.
fn unescaped(key: &str) -> String {
    let mut parts = key.split('%');
    let mut bytes = parts.next().unwrap_or_default().replace('+', " ").into_bytes();
    for part in parts {
        let code = part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        let (code, rest) = code.zip(part.get(2..)).unwrap_or((b'%', part));
        bytes.push(code);
        bytes.extend(rest.replace('+', " ").bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The places that the job was given.
fn told_by(job: Option<&OfJob>) -> Vec<DataPath> {
    job.map(|job| parameters(&job.run.request).paths).unwrap_or_default()
}

fn name(path: &DataPath) -> Option<Name> {
    split(&path.uri).map(|(bucket, key)| (bucket.to_owned(), key.to_owned()))
}

fn split(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("s3://")?.split_once('/')
}

/// What stands at a place.
#[derive(Debug)]
enum Found {
    Object(Object),
    Folder(Folder),
}

#[derive(Debug)]
struct Object {
    bucket: String,
    key: String,
    /// All its versions.
    rows: Vec<VersionRow>,
}

#[derive(Debug)]
struct Folder {
    bucket: String,
    prefix: String,
    /// Of what lies below, only what this names.
    pattern: Option<String>,
    rows: BTreeMap<String, Vec<VersionRow>>,
    /// Those that the run or the last success may have read, the worst first.
    ranked: Vec<(String, Standing)>,
}

impl Folder {
    /// `below s3://lake/in/`, `that match s3://lake/in/*.csv`.
    fn place(&self) -> String {
        match &self.pattern {
            Some(pattern) => format!("that match s3://{}/{pattern}", self.bucket),
            None => format!("below s3://{}/{}", self.bucket, self.prefix),
        }
    }

    /// Those that are not looked into.
    fn left(&self) -> Option<Notice> {
        let all = self.ranked.len();
        if all == 0 {
            return None;
        }
        let same = self.ranked.iter().filter(|(_, standing)| *standing == Standing::Same).count();
        let unchanged = match same {
            0 => String::new(),
            same if same == all => ": unchanged since the last success".to_owned(),
            same => format!(", {same} of them unchanged since the last success"),
        };
        let (objects, verb) = (count_of(all as u64, "object"), if all == 1 { "was" } else { "were" });
        Some(Notice::info(format!("{objects} {} {verb} not looked into{unchanged}.", self.place())))
    }
}

/// Lists an object, or the folder of that name, or what a pattern names. `is_told`: the job itself says that it reads there.
async fn found(looking: &Looking, (bucket, key): Name, is_told: bool, moments: Moments) -> Option<Found> {
    let session = &looking.session;
    let tell = |notice: Notice| looking.tell(|incident| incident.notices.push(notice));
    let is_folder = key.is_empty() || key.ends_with('/');
    if !is_folder {
        match rows_of_key(session, &bucket, &key, None).await {
            Ok(rows) if rows.is_empty() => {}
            Ok(rows) => return Some(Found::Object(Object { bucket, key, rows })),
            Err(AwsError::NotFound { .. }) => return None,
            Err(error) => {
                tell(Notice::warning(format!("s3://{bucket}/{key} is missing here: {error}.")));
                return None;
            }
        }
    }
    let glob = Glob::read(&key);
    let (prefix, pattern) = match &glob {
        Some(glob) => (glob.folder().to_owned(), Some(key)),
        None if is_folder => (key, None),
        None => (format!("{key}/"), None),
    };
    let listed = match &glob {
        Some(glob) => rows_of_glob(session, &bucket, glob, MOST_OBJECTS).await,
        None => rows_below(session, &bucket, &prefix, None, MOST_OBJECTS).await,
    };
    match listed {
        Ok(Some(rows)) => {
            let ranked = below::ranked(&rows, &prefix, moments.began, moments.success);
            let folder = Folder { bucket, prefix, pattern, rows, ranked };
            if folder.ranked.is_empty() && is_told {
                tell(Notice::info(format!("There were no objects {} when the run began.", folder.place())));
            }
            Some(Found::Folder(folder))
        }
        Ok(None) => {
            let place = Folder { bucket, prefix, pattern, rows: BTreeMap::new(), ranked: Vec::new() }.place();
            let text = format!(
                "There are more than {MOST_OBJECTS} objects {place}, or too many versions: they were not looked into."
            );
            tell(Notice::info(text));
            None
        }
        Err(AwsError::NotFound { .. }) => None,
        Err(error) => {
            tell(Notice::warning(format!("s3://{bucket}/{prefix} is missing here: {error}.")));
            None
        }
    }
}

/// What is looked into: objects that were named, then what changed most below folders. What is not is said.
fn choose(found: Vec<Found>) -> (Vec<Object>, Vec<Notice>) {
    let (mut chosen, mut folders, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for one in found {
        match one {
            Found::Object(object) => chosen.push(object),
            Found::Folder(folder) => folders.push(folder),
        }
    }
    for folder in &mut folders {
        let named = |key: &str| chosen.iter().any(|one: &Object| one.bucket == folder.bucket && one.key == key);
        folder.ranked.retain(|(key, _)| !named(key));
    }
    if chosen.len() > MOST_INPUTS {
        let more = count_of((chosen.len() - MOST_INPUTS) as u64, "more object");
        notices.push(Notice::info(format!("Not looked into: {more} that the run was told to read.")));
        chosen.truncate(MOST_INPUTS);
    }
    let mut worst: Vec<(Standing, usize, String)> = Vec::new();
    for (at, folder) in folders.iter().enumerate() {
        let changed = folder.ranked.iter().filter(|(_, standing)| *standing != Standing::Same);
        worst.extend(changed.map(|(key, standing)| (*standing, at, key.clone())));
    }
    worst.sort_by_key(|(standing, ..)| *standing);
    for (_, at, key) in worst {
        if chosen.len() >= MOST_INPUTS {
            break;
        }
        let Some(folder) = folders.get_mut(at) else { continue };
        // One folder may lie below another.
        if chosen.iter().all(|one| one.bucket != folder.bucket || one.key != key)
            && let Some(rows) = folder.rows.remove(&key)
        {
            chosen.push(Object { bucket: folder.bucket.clone(), key: key.clone(), rows });
        }
        folder.ranked.retain(|(one, _)| *one != key);
    }
    notices.extend(folders.iter().filter_map(Folder::left));
    (chosen, notices)
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

/// The version that the run read, and what it stands beside.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    row: &'a VersionRow,
    content: Option<&'a Content>,
    /// What stands in the version beside it.
    then: Option<&'a Content>,
    /// What the last success read, or else the version before.
    beside: Option<&'a VersionFact>,
}

impl Seen<'_> {
    /// Whether another version may be better: it holds data, other data than this one, and not less than half of what it
    /// should.
    fn is_worth_a_look(&self, row: &VersionRow) -> bool {
        let same =
            row.fact.etag.is_some() && row.fact.etag == self.row.fact.etag && row.fact.size == self.row.fact.size;
        let shrunk = self.beside.and_then(|beside| verdict::verdict(beside, &row.fact));
        !row.fact.delete_marker
            && row.ambiguous.is_none()
            && row.fact.size.is_some_and(|size| size > 0)
            && !same
            && shrunk.is_none_or(|(severity, _)| severity != Severity::Warning)
    }

    /// Whether a version that is worth a look is whole; `Some(true)` where its size and ETag alone say so.
    fn is_whole(&self, version: &VersionFact, content: Option<&Content>) -> Option<bool> {
        if let Some(content) = content {
            if verdicts(content, self.then).iter().any(|(severity, _)| *severity == Severity::Warning) {
                return None;
            }
            if content.is_judged() {
                return Some(false);
            }
        }
        // Beside something it was found to be large enough.
        (self.beside.is_some() || version.size > self.row.fact.size).then_some(true)
    }
}

/// The versions of one key, looked into.
struct Versions<'a> {
    looking: &'a Looking,
    bucket: &'a str,
    key: &'a str,
}

impl Versions<'_> {
    async fn content(&self, version: &VersionFact) -> Option<Content> {
        content(&self.looking.session, self.bucket, self.key, version).await
    }

    /// What was stored since a run began that found nothing, where it is whole; `success` is what the last success read.
    async fn came(
        &self,
        rows: &[VersionRow],
        began: Timestamp,
        success: Option<&VersionFact>,
    ) -> Option<BetterVersion> {
        let row = came_since(rows, began, success)?;
        let content = self.content(&row.fact).await;
        let broken = |content: &Content| verdicts(content, None).iter().any(|(one, _)| *one == Severity::Warning);
        if content.as_ref().is_some_and(broken) {
            return None;
        }
        let by_size = !content.as_ref().is_some_and(Content::is_judged);
        Some(better_of(&row.fact, rows, upload::came(&row.fact, began, success, rows), by_size))
    }

    /// A version that is whole: the current one if it was replaced meanwhile, else the newest before the one that was read,
    /// of its own day first. `success` is what the last success read.
    async fn better(
        &self,
        rows: &[VersionRow],
        seen: Seen<'_>,
        success: Option<&VersionFact>,
    ) -> Option<BetterVersion> {
        let day = |version: &VersionFact, content: Option<&Content>| {
            // Of one alone it says nothing.
            let read = seen.content.filter(|_| content.is_some());
            upload::day(uploaded(version, content), uploaded(&seen.row.fact, read), success, rows)
        };
        let others = rows.iter().filter(|row| row.position != seen.row.position && seen.is_worth_a_look(row));
        let mut tried: Vec<(bool, &VersionRow)> = others
            .map(|row| (row.position < seen.row.position || day(&row.fact, None) == UploadDay::Same, row))
            .collect();
        // Stable: newer ones stay before older ones.
        tried.sort_by_key(|(own, _)| !own);
        let mut found: Option<BetterVersion> = None;
        for (own, row) in tried.into_iter().take(MOST_TRIED) {
            if found.is_some() && !own {
                break;
            }
            let content = self.content(&row.fact).await;
            let Some(by_size) = seen.is_whole(&row.fact, content.as_ref()) else { continue };
            let better = better_of(&row.fact, rows, day(&row.fact, content.as_ref()), by_size);
            if better.current || better.day == UploadDay::Same {
                return Some(better);
            }
            found.get_or_insert(better);
        }
        found
    }
}

/// The current version, where it was stored since then, and is not much smaller than what the last success read.
fn came_since<'a>(rows: &'a [VersionRow], began: Timestamp, success: Option<&VersionFact>) -> Option<&'a VersionRow> {
    let row = rows.first().filter(|row| !row.fact.delete_marker && row.ambiguous.is_none())?;
    let shrunk = success.and_then(|success| verdict::verdict(success, &row.fact));
    let is_data = row.fact.last_modified > began && row.fact.size.is_some_and(|size| size > 0);
    (is_data && shrunk.is_none_or(|(severity, _)| severity != Severity::Warning)).then_some(row)
}

fn uploaded<'a>(fact: &'a VersionFact, content: Option<&'a Content>) -> Upload<'a> {
    Upload { fact, day: content.and_then(|content| content.day.as_deref()) }
}

fn better_of(version: &VersionFact, rows: &[VersionRow], day: UploadDay, by_size: bool) -> BetterVersion {
    BetterVersion {
        version_id: version.version_id.clone(),
        stored: version.last_modified,
        size: version.size.unwrap_or(0),
        day,
        by_size,
        current: rows.first().is_some_and(|row| row.fact.version_id == version.version_id),
    }
}

#[cfg(test)]
mod tests;
