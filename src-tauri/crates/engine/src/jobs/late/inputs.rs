//! What a job or a state machine that is late waits for: the files that its newest run read, and those that its rules hear
//! of, as they are now.

use crate::objects::{of_key, rows_of_key};
use ::jobs::parameters::parameters;
use ::objects::{below, glob::Glob, pattern::Watched};
use aws::{AwsError, Session, objects::listing};
use contract::{
    Timestamp,
    facts::{Known, Missing},
    jobs::{
        Direction,
        facts::{ObjectFact, RunFact},
    },
    objects::VersionFact,
};

/// Inputs that are looked at of a job that is late.
const MOST_INPUTS: usize = 3;
/// Pages of a folder that are looked through for something new.
const MOST_LISTED: usize = 10;

/// The files that its newest run read, as they are now, and the folders.
pub(super) async fn inputs(session: &Session, run: &RunFact) -> Vec<Known<ObjectFact>> {
    let paths = parameters(&run.request).paths.into_iter().filter(|path| path.direction == Direction::Input);
    let since = run.created.or(run.started);
    let mut all = Vec::new();
    for uri in paths.map(|path| path.uri).take(MOST_INPUTS) {
        let Some((bucket, key)) = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else { continue };
        all.push(told(input(session, bucket, key, since).await));
    }
    all
}

/// The files that rules wait for, as they are now.
pub(super) async fn awaited(
    session: &Session,
    watched: &[Watched],
    since: Option<Timestamp>,
) -> Vec<Known<ObjectFact>> {
    let mut all = Vec::new();
    for one in watched.iter().take(MOST_INPUTS) {
        let read = match one.key() {
            Some(key) => input(session, &one.bucket, key, since).await,
            None => written(session, &one.bucket, one.uri(), Sought::Watched(one), since).await,
        };
        all.push(told(read));
    }
    all
}

fn told(read: Result<Known<ObjectFact>, AwsError>) -> Known<ObjectFact> {
    read.unwrap_or_else(|error| {
        let denied = matches!(error, AwsError::Denied { .. });
        Err(Missing { action: "s3:ListBucketVersions".into(), denied, reason: error.to_string() })
    })
}

async fn input(
    session: &Session,
    bucket: &str,
    key: &str,
    since: Option<Timestamp>,
) -> Result<Known<ObjectFact>, AwsError> {
    let is_folder = key.is_empty() || key.ends_with('/');
    let rows = if is_folder { Vec::new() } else { rows_of_key(session, bucket, key, None).await? };
    let uri = format!("s3://{bucket}/{key}");
    let glob = Glob::read(key);
    if let Some(glob) = glob.filter(|_| rows.is_empty()) {
        return written(session, bucket, format!("s3://{bucket}/{key}"), Sought::Named(&glob), since).await;
    }
    if is_folder {
        return written(session, bucket, format!("s3://{bucket}/{key}"), Sought::Below(key), since).await;
    }
    if rows.is_empty() {
        // Many name a folder without its slash.
        let folder = format!("{key}/");
        let below = written(session, bucket, format!("s3://{bucket}/{folder}"), Sought::Below(&folder), since).await?;
        if below.as_ref().ok().is_none_or(|folder| folder.exists) {
            return Ok(below);
        }
    }
    let current = rows.first().filter(|row| !row.fact.delete_marker);
    Ok(Ok(ObjectFact {
        version_id: current.map(|row| row.fact.version_id.clone()).filter(|id| id != "null"),
        etag: current.and_then(|row| row.fact.etag.clone()),
        size: current.and_then(|row| row.fact.size),
        modified: current.map(|row| row.fact.last_modified),
        exists: current.is_some(),
        uri,
    }))
}

/// Several objects, of which the newest tells.
#[derive(Debug, Clone, Copy)]
enum Sought<'a> {
    /// Everything below a folder.
    Below(&'a str),
    /// What the path of a job names.
    Named(&'a Glob),
    /// What a rule hears of.
    Watched(&'a Watched),
}

impl<'a> Sought<'a> {
    fn prefix(self) -> &'a str {
        match self {
            Self::Below(folder) => folder,
            Self::Named(glob) => glob.prefix(),
            Self::Watched(watched) => watched.prefix(),
        }
    }

    fn folder(self) -> &'a str {
        match self {
            Self::Below(folder) => folder,
            Self::Named(glob) => glob.folder(),
            Self::Watched(watched) => {
                let prefix = watched.prefix();
                prefix.rfind('/').and_then(|end| prefix.get(..=end)).unwrap_or_default()
            }
        }
    }

    fn has(self, key: &str) -> bool {
        match self {
            Self::Below(_) => true,
            Self::Named(glob) => glob.matches(key),
            Self::Watched(watched) => watched.hears(key),
        }
    }
}

/// A folder, or what a pattern names, as its newest object tells of it. The look ends with the first that was written after `since`.
async fn written(
    session: &Session,
    bucket: &str,
    uri: String,
    sought: Sought<'_>,
    since: Option<Timestamp>,
) -> Result<Known<ObjectFact>, AwsError> {
    let folder = sought.folder();
    let mut query = of_key(bucket, sought.prefix());
    let mut newest: Option<Timestamp> = None;
    for _ in 0..MOST_LISTED {
        let mut page = listing::versions_page(session, &query).await?;
        page.versions.retain(|version| sought.has(&version.key));
        newest = newest.max(newest_of(&page.versions, folder));
        query.from = page.next;
        if query.from.is_none() || since.zip(newest).is_some_and(|(since, newest)| newest >= since) {
            return Ok(Ok(ObjectFact {
                uri,
                version_id: None,
                etag: None,
                size: None,
                modified: newest,
                exists: newest.is_some(),
            }));
        }
    }
    let reason = format!("{uri} holds more objects than are looked through");
    Ok(Err(Missing { action: "s3:ListBucketVersions".into(), denied: false, reason }))
}

/// When the newest object was written that is there and that readers of a folder read.
fn newest_of(versions: &[VersionFact], prefix: &str) -> Option<Timestamp> {
    let is_there = |version: &&VersionFact| version.is_latest && !version.delete_marker;
    let is_read = |version: &&VersionFact| !below::is_hidden(version.key.strip_prefix(prefix).unwrap_or(&version.key));
    versions.iter().filter(is_there).filter(is_read).map(|version| version.last_modified).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_object_below_a_folder() {
        let version = |key: &str, day: u8, is_latest: bool, delete_marker: bool| VersionFact {
            key: key.into(),
            version_id: format!("v{day}"),
            delete_marker,
            is_latest,
            last_modified: format!("2026-11-{day:02}T03:00:00Z").parse().unwrap(),
            size: Some(1),
            etag: None,
            class: None,
            checksums: Vec::new(),
            restore: None,
            owner: None,
        };
        let all = [
            version("in/a.csv", 14, true, false),
            version("in/b.csv", 16, false, false),
            version("in/b.csv", 17, true, true),
            version("in/_SUCCESS", 18, true, false),
            version("in/", 19, true, false),
        ];
        let newest = newest_of(&all, "in/").map(|at| at.to_string());
        assert_eq!(
            newest.as_deref(),
            Some("2026-11-14T03:00:00Z"),
            "what is gone, and what is no data, does not count"
        );
        assert_eq!(newest_of(&all[1..], "in/"), None);
    }
}
