//! Files of monitors in S3: their folders by hour, and what is in them.

use aws::{
    AwsError, Session,
    models::evidence,
    objects::listing::{entries_page, stored_between},
};
use contract::{Timestamp, objects::EntryKind};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeMap;

/// Bytes of a file at most.
const MOST_BYTES: u64 = 64 * 1024 * 1024;
/// Months that are listed at once.
const AT_ONCE: usize = 3;
/// Pages of a month: names come oldest first, so what is cut would be the newest.
const MOST_PAGES: usize = 100;

/// A file as it was read.
pub(super) struct File {
    pub bytes: Vec<u8>,
    /// Changes when the file does.
    pub mark: String,
}

/// The files of one run.
#[derive(Debug, Clone, Default)]
pub(super) struct Folder {
    /// S3 URI.
    pub uri: String,
    /// When it was stored.
    pub statistics: Option<Timestamp>,
    /// Of bias or attributions: when it was stored.
    pub analysis: Option<Timestamp>,
    /// S3 URI.
    pub violations: Option<String>,
}

/// Bucket and key.
pub(super) fn place(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("s3://")?.split_once('/')
}

pub(super) fn why(error: &AwsError) -> String {
    match error {
        AwsError::Denied { call, .. } => format!("the permission {} is missing", call.action),
        _ => error.to_string(),
    }
}

/// A file whole, or why not, in words.
pub(super) async fn file(session: &Session, uri: &str) -> Result<File, String> {
    let Some((bucket, key)) = place(uri) else { return Err(format!("{uri} is no address of an object")) };
    let read = evidence::read(session, bucket, key, None, MOST_BYTES).await;
    let read = read.map_err(|error| format!("{uri} could not be read: {}", why(&error)))?;
    let Some(content) = read.content else {
        return Err(format!("{uri} is larger than {} MB", MOST_BYTES / 1024 / 1024));
    };
    Ok(File { mark: read.etag.unwrap_or(content.digest), bytes: content.bytes })
}

/// A report's address without `yyyy/mm/dd/hh` at its end.
pub(super) fn above_hour(uri: &str) -> Option<String> {
    let mut rest = uri.trim_end_matches('/');
    for _ in 0..4 {
        let (above, part) = rest.rsplit_once('/')?;
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        rest = above;
    }
    Some(rest.to_owned())
}

/// `yyyy/mm/dd/hh` as its first moment.
fn hour(parts: &[&str]) -> Option<Timestamp> {
    let [year, month, day, hour] = parts else { return None };
    format!("{year}-{month}-{day}T{hour}:00:00Z").parse().ok()
}

/// The months between two moments, as `2026/11`.
fn months(from: Timestamp, until: Timestamp) -> Vec<String> {
    let of = |at: Timestamp| -> Option<(u32, u32)> {
        let text = at.to_string();
        Some((text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?))
    };
    let (Some((mut year, mut month)), Some(last)) = (of(from), of(until)) else { return Vec::new() };
    let mut all = Vec::new();
    while (year, month) <= last && all.len() < 24 {
        all.push(format!("{year:04}/{month:02}"));
        (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    }
    all
}

/// The reports below a place within two moments, by the hour of their run. A month is listed at once: to ask for each run
/// where its report is would be a call for each of them.
pub(super) async fn folders(
    session: &Session,
    base: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<BTreeMap<Timestamp, Folder>, AwsError> {
    let Some((bucket, prefix)) = place(base) else { return Ok(BTreeMap::new()) };
    let prefixes: Vec<String> = months(from, until).into_iter().map(|month| format!("{prefix}/{month}/")).collect();
    let lists: Vec<_> = prefixes
        .iter()
        .map(|month| stored_between(session, bucket, month, Timestamp::MIN, Timestamp::MAX, MOST_PAGES))
        .collect();
    let listed: Vec<(Vec<(String, Timestamp)>, bool)> = stream::iter(lists).buffered(AT_ONCE).try_collect().await?;
    let mut found: BTreeMap<Timestamp, Folder> = BTreeMap::new();
    for (file, stored) in listed.into_iter().flat_map(|(files, _)| files) {
        let Some(rest) = file.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')) else { continue };
        let parts: Vec<&str> = rest.split('/').collect();
        let Some((name, folder)) = parts.split_last() else { continue };
        let Some(at) = hour(folder).filter(|at| (from..=until).contains(at)) else { continue };
        let entry = found.entry(at).or_default();
        if entry.uri.is_empty() {
            entry.uri = format!("{base}/{}", folder.join("/"));
        }
        match *name {
            "statistics.json" => entry.statistics = Some(stored),
            "analysis.json" => entry.analysis = Some(stored),
            "constraint_violations.json" | "constraints_violations.json" => {
                entry.violations = Some(format!("s3://{bucket}/{file}"));
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Names of the folders right below one, without their slash.
pub(super) async fn below(session: &Session, bucket: &str, prefix: &str) -> Result<Vec<String>, AwsError> {
    let (entries, _) = entries_page(session, bucket, prefix, None).await?;
    let folders = entries.into_iter().filter(|entry| entry.kind == EntryKind::Folder);
    Ok(folders.map(|folder| folder.name.trim_end_matches('/').to_owned()).collect())
}

/// The newest hour below a place whose folders are `yyyy/mm/dd/hh`; none without any.
pub(super) async fn newest_hour(session: &Session, uri: &str) -> Result<Option<Timestamp>, AwsError> {
    let Some((bucket, key)) = place(uri) else { return Ok(None) };
    let mut prefix = format!("{}/", key.trim_end_matches('/'));
    let mut parts: Vec<String> = Vec::new();
    for _ in 0..4 {
        let found = below(session, bucket, &prefix).await?;
        let numbers = found.into_iter().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()));
        let Some(last) = numbers.max() else { return Ok(None) };
        prefix = format!("{prefix}{last}/");
        parts.push(last);
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Ok(hour(&parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_report_lies_in_the_folder_of_its_hour() {
        assert_eq!(above_hour("s3://b/reports/e/s/2026/11/21/06").as_deref(), Some("s3://b/reports/e/s"));
        assert_eq!(above_hour("s3://b/reports/e/s/2026/11/21/06/").as_deref(), Some("s3://b/reports/e/s"));
        assert_eq!(above_hour("s3://b/reports/e/s/latest"), None);
        assert_eq!(hour(&["2026", "11", "21", "06"]), Some(at("2026-11-21T06:00:00Z")));
        assert_eq!(hour(&["2026", "13", "21", "06"]), None);
    }

    #[test]
    fn months_go_over_the_end_of_a_year() {
        let found = months(at("2026-11-30T23:00:00Z"), at("2027-01-01T00:00:00Z"));
        assert_eq!(found, ["2026/11", "2026/12", "2027/01"]);
        assert!(months(at("2026-11-02T00:00:00Z"), at("2026-10-02T00:00:00Z")).is_empty());
    }
}
