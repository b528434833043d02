//! Evidently's snapshots in S3: a folder for each endpoint, in it a file for each look.

use super::{FollowError, Followed, Follows, Read, Where, endpoint_of};
use crate::drift::{archive, files::file, sources::Source};
use ::models::monitor::Snapshot;
use aws::{
    Session,
    objects::listing::{entries_page, stored_between},
};
use contract::{Notice, Timestamp, objects::EntryKind};
use std::sync::Arc;

/// Snapshots of a folder that are looked at.
const MOST_FILES: usize = 2_000;
/// Pages of a folder that are listed: its names, which mostly are dates, come oldest first.
const MOST_PAGES: usize = 100;

/// A file of a folder.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub uri: String,
    /// Of what it tells: its name says it, else when it was stored.
    pub at: Timestamp,
    pub stored: Timestamp,
}

impl Listed {
    /// As the archive knows it.
    pub fn report(&self) -> archive::Report {
        (self.at, self.stored, self.uri.clone())
    }
}

/// The folders below a prefix.
pub(super) async fn follow(
    session: &Session,
    source: &Arc<Source>,
    bucket: &str,
    before: &str,
    after: &str,
    pages: usize,
) -> Result<Follows, FollowError> {
    let mut found = Follows::default();
    let mut token = None;
    for page in 1..=pages {
        let (entries, next) = entries_page(session, bucket, before, token).await?;
        for folder in entries.iter().filter(|entry| entry.kind == EntryKind::Folder) {
            let name = folder.name.trim_end_matches('/').to_owned();
            let prefix = format!("{}{after}", folder.key);
            found.all.push(Followed {
                place: format!("s3://{bucket}/{prefix}"),
                endpoint: endpoint_of(source, &name, None),
                name,
                source: Arc::clone(source),
                kept: Where::Snapshots { bucket: bucket.to_owned(), prefix },
            });
        }
        token = next;
        if token.is_none() {
            break;
        }
        if page == pages {
            let text = format!("Only the first folders below {} are looked at.", source.known.address);
            found.notices.push(Notice::info(text));
        }
    }
    Ok(found)
}

/// The files of a folder since a moment, the newest first, and whether there are more than could be listed.
pub(super) async fn listed(
    session: &Session,
    bucket: &str,
    prefix: &str,
    from: Timestamp,
) -> Result<(Vec<Listed>, bool), FollowError> {
    let (stored, is_cut) = stored_between(session, bucket, prefix, Timestamp::MIN, Timestamp::MAX, MOST_PAGES).await?;
    let mut files: Vec<Listed> = stored
        .into_iter()
        .filter(|(key, _)| key.strip_suffix(".json").is_some())
        .map(|(key, stored)| {
            let name = key.rsplit('/').next().unwrap_or_default();
            let at = moment_in(name).unwrap_or(stored);
            Listed { uri: format!("s3://{bucket}/{key}"), at, stored }
        })
        .filter(|file| file.at >= from)
        .collect();
    files.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| other.uri.cmp(&one.uri)));
    files.truncate(MOST_FILES);
    Ok((files, is_cut))
}

/// What a file says, or why it says nothing.
pub(super) async fn read(session: &Session, listed: &Listed) -> Result<Read, String> {
    let file = file(session, &listed.uri).await?;
    let at = listed.at;
    let work = move || Snapshot::read(&file.bytes, Some(at));
    let read = tokio::task::spawn_blocking(work).await.map_err(|_| "it could not be read".to_owned())?;
    let snapshot = read.map_err(|error| error.to_string())?;
    if snapshot.run.features.is_empty() {
        return Err("it tells of no column's drift".to_owned());
    }
    Ok(Read { run: snapshot.run, dataset: snapshot.dataset })
}

/// The date in a name, with the hour and minute behind it: `2026-11-21.json`, `drift-2026-11-21T06-00.json`. UTC.
fn moment_in(name: &str) -> Option<Timestamp> {
    let is_date = |part: &[u8]| {
        part.iter().enumerate().all(|(at, sign)| match at {
            4 | 7 => *sign == b'-',
            _ => sign.is_ascii_digit(),
        })
    };
    let at = name.as_bytes().windows(10).position(is_date)?;
    let date = name.get(at..at + 10)?;
    let rest = name.get(at + 10..).unwrap_or_default().trim_start_matches(['T', '_', '-', ' ']);
    let digits: String = rest.chars().filter(|sign| !matches!(sign, ':' | '-' | '_')).take(4).collect();
    let two = |from: usize| digits.get(from..from + 2).filter(|part| part.bytes().all(|sign| sign.is_ascii_digit()));
    let (hour, minute) = (two(0).unwrap_or("00"), two(0).and(two(2)).unwrap_or("00"));
    let exact = format!("{date}T{hour}:{minute}:00Z").parse().ok();
    exact.or_else(|| format!("{date}T00:00:00Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_of_when_a_snapshot_is() {
        let at = |name: &str| moment_in(name).map(|at| at.to_string());
        let is = |text: &str| Some(text.to_owned());
        assert_eq!(at("2026-11-21.json"), is("2026-11-21T00:00:00Z"));
        assert_eq!(at("drift-2026-11-21T06-30-00.json"), is("2026-11-21T06:30:00Z"));
        assert_eq!(at("2026-11-21 06:30.json"), is("2026-11-21T06:30:00Z"));
        assert_eq!(at("2026-11-21_06.json"), is("2026-11-21T06:00:00Z"));
        assert_eq!(at("2026-11-21-99.json"), is("2026-11-21T00:00:00Z"), "no hour");
        assert_eq!((at("2026-13-41.json"), at("latest.json"), at("")), (None, None, None));
        assert_eq!(at("größe-2026-11-21é.json"), is("2026-11-21T00:00:00Z"));
    }
}
