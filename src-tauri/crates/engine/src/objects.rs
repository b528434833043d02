//! Folders and versions: the reads of the Objects pages.

mod buckets;
mod mask;
mod records;
mod save;

pub(crate) use save::destination;
pub use save::{Saved, typed_path};

use crate::{Desk, EngineError, Events, desk::load, sets::SetWriter};
use ::objects::{asof, glob::Glob, timeline};
use aws::{
    AwsError, Session,
    objects::{
        describe, facts,
        listing::{self, VersionQuery},
    },
};
use contract::{
    Notice, Timestamp,
    facts::{LifecycleRule, Missing},
    objects::{
        DescribeVersion, EntryKind, EntryRow, FindVersionAt, OpenEntries, OpenVersions, PreviewVersion, VersionAt,
        VersionDetail, VersionFact, VersionRow,
    },
    sets::SetState,
};
use std::collections::{BTreeMap, HashSet};

/// Bytes of a preview at most.
const PREVIEW_MOST: u32 = 256 * 1024;
/// Pages of versions that are read of a folder: one key may have millions.
pub(crate) const MOST_PAGES: u32 = 20;

impl Desk {
    /// One folder, with ghosts of what was deleted if asked for.
    pub fn open_entries(&self, request: OpenEntries, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<EntryRow>(session.now(), events);
        load(writer, |writer| async move {
            let failed = Desk::failed(&session);
            let mut token = None;
            let mut folders = HashSet::new();
            loop {
                let (page, next) =
                    listing::entries_page(&session, &request.bucket, &request.prefix, token).await.map_err(&failed)?;
                folders.extend(page.iter().filter(|row| row.kind == EntryKind::Folder).map(|row| row.key.clone()));
                writer.append(page);
                if next.is_none() || writer.cancelled() {
                    break;
                }
                token = next;
            }
            if request.deleted && !writer.cancelled() {
                match ghosts(&session, &request, &folders, &writer).await {
                    Ok(()) => {}
                    Err(error @ AwsError::Denied { .. }) => writer.notice(Notice::warning(format!(
                        "Deleted objects cannot be shown: the permission {} is missing. Current objects are complete.",
                        error.missing(listing::LIST_VERSIONS).action
                    ))),
                    Err(error) => writer.notice(Notice::warning(format!(
                        "Deleted objects could not be read: {error}. Current objects are complete."
                    ))),
                }
            }
            Ok(session.now())
        });
        Ok(state)
    }

    /// The versions of exactly one key, in stored order.
    pub fn open_versions(&self, request: OpenVersions, events: Events) -> Result<SetState, EngineError> {
        let session = self.session()?;
        let (state, writer) = self.inner.sets.open::<VersionRow>(session.now(), events);
        load(writer, |writer| async move {
            let failed = Desk::failed(&session);
            let rules = facts::lifecycle_of(&session, &request.bucket).await.map_err(&failed)?;
            if let Err(missing) = &rules {
                writer
                    .notice(Notice::warning(format!("When old versions are removed is unknown: {}.", reason(missing))));
            }
            let rules = rules.ok();
            let now = session.now();
            let mut all: Vec<VersionFact> = Vec::new();
            let mut shown = 0;
            let mut query = of_key(&request.bucket, &request.key);
            loop {
                let page = match listing::versions_page(&session, &query).await {
                    Err(AwsError::Denied { .. }) => return only_current(&session, &request, &writer).await,
                    other => other.map_err(&failed)?,
                };
                let beyond = page.versions.iter().any(|version| version.key != request.key);
                all.extend(timeline::exact_key(page.versions, &request.key));
                query.from = page.next;
                let is_over = query.from.is_none() || beyond || writer.cancelled();
                if is_over || is_due(all.len(), shown) {
                    shown = all.len();
                    writer.set_all(timeline::timeline(all.clone(), rules.as_deref(), now));
                }
                if is_over {
                    break;
                }
            }
            if all.is_empty() {
                return Err(EngineError::NotFound(format!(
                    "{} has no versions in {}.",
                    ::objects::key::shown(&request.key),
                    request.bucket
                )));
            }
            Ok(session.now())
        });
        Ok(state)
    }

    /// What a listing does not show of a version.
    pub async fn describe_version(&self, request: &DescribeVersion) -> Result<VersionDetail, EngineError> {
        let session = self.session()?;
        describe::version(&session, &request.bucket, &request.key, request.version_id.as_deref())
            .await
            .map_err(Self::failed(&session))
    }

    /// The first bytes of a version, what looks like a secret or personal data masked.
    pub async fn preview_version(&self, request: &PreviewVersion) -> Result<Vec<u8>, EngineError> {
        let session = self.session()?;
        let bytes = request.bytes.clamp(1, PREVIEW_MOST);
        let body = describe::first_bytes(&session, &request.bucket, &request.key, request.version_id.as_deref(), bytes)
            .await
            .map_err(Self::failed(&session))?;
        Ok(mask::mask(body))
    }

    /// Which version was current at a moment, or the nearest.
    pub async fn find_version_at(&self, request: &FindVersionAt) -> Result<VersionAt, EngineError> {
        let session = self.session()?;
        let at = contract::time::parse_past(&request.at, session.now(), request.offset_minutes)
            .map_err(|error| EngineError::BadInput(error.to_string()))?;
        let rows = rows_of_key(&session, &request.bucket, &request.key, None).await.map_err(Self::failed(&session))?;
        let found = asof::version_at(&rows, at).map_err(|why| EngineError::NotFound(why.to_string()))?;
        Ok(VersionAt { at, version: found.row.fact.clone(), exact: found.exact, label: found.label })
    }
}

/// Whether what was read of a key is to be shown. Every version stands beside its neighbours, so all rows are made anew each
/// time: at each doubling, the whole work stays that of a few times as many rows.
fn is_due(read: usize, shown: usize) -> bool {
    read >= shown.saturating_mul(2)
}

pub(crate) fn of_key(bucket: &str, key: &str) -> VersionQuery {
    VersionQuery { bucket: bucket.to_owned(), prefix: key.to_owned(), ..VersionQuery::default() }
}

/// All versions of one key as its timeline.
pub(crate) async fn rows_of_key(
    session: &Session,
    bucket: &str,
    key: &str,
    rules: Option<&[LifecycleRule]>,
) -> Result<Vec<VersionRow>, AwsError> {
    // No key has so many.
    Ok(rows_of_key_within(session, bucket, key, rules, u32::MAX).await?.unwrap_or_default())
}

/// The same from so many pages of 1,000 at most; `None` where there are more.
pub(crate) async fn rows_of_key_within(
    session: &Session,
    bucket: &str,
    key: &str,
    rules: Option<&[LifecycleRule]>,
    most_pages: u32,
) -> Result<Option<Vec<VersionRow>>, AwsError> {
    let mut query = of_key(bucket, key);
    let mut all = Vec::new();
    for _ in 0..most_pages {
        let page = listing::versions_page(session, &query).await?;
        let beyond = page.versions.iter().any(|version| version.key != key);
        all.extend(timeline::exact_key(page.versions, key));
        query.from = page.next;
        if query.from.is_none() || beyond {
            return Ok(Some(timeline::timeline(all, rules, session.now())));
        }
    }
    Ok(None)
}

/// All keys below a prefix with their timelines; `None` beyond `most` keys.
pub(crate) async fn rows_below(
    session: &Session,
    bucket: &str,
    prefix: &str,
    rules: Option<&[LifecycleRule]>,
    most: usize,
) -> Result<Option<BTreeMap<String, Vec<VersionRow>>>, AwsError> {
    rows_below_within(session, bucket, prefix, rules, most, MOST_PAGES).await
}

/// The same from so many pages of 1,000 versions at most; `None` where there are more.
pub(crate) async fn rows_below_within(
    session: &Session,
    bucket: &str,
    prefix: &str,
    rules: Option<&[LifecycleRule]>,
    most: usize,
    most_pages: u32,
) -> Result<Option<BTreeMap<String, Vec<VersionRow>>>, AwsError> {
    rows_where(session, bucket, prefix, rules, (most, most_pages), None).await
}

/// All keys that a pattern names with their timelines; `None` beyond `most` of them, or where too much else lies between.
pub(crate) async fn rows_of_glob(
    session: &Session,
    bucket: &str,
    glob: &Glob,
    most: usize,
) -> Result<Option<BTreeMap<String, Vec<VersionRow>>>, AwsError> {
    rows_where(session, bucket, glob.prefix(), None, (most, MOST_PAGES), Some(glob)).await
}

async fn rows_where(
    session: &Session,
    bucket: &str,
    prefix: &str,
    rules: Option<&[LifecycleRule]>,
    (most, most_pages): (usize, u32),
    glob: Option<&Glob>,
) -> Result<Option<BTreeMap<String, Vec<VersionRow>>>, AwsError> {
    let mut query = of_key(bucket, prefix);
    let mut keys: BTreeMap<String, Vec<VersionFact>> = BTreeMap::new();
    for _ in 0..most_pages {
        let page = listing::versions_page(session, &query).await?;
        let named = |version: &VersionFact| glob.is_none_or(|glob| glob.matches(&version.key));
        for version in page.versions.into_iter().filter(named) {
            keys.entry(version.key.clone()).or_default().push(version);
        }
        if keys.len() > most {
            return Ok(None);
        }
        query.from = page.next;
        if query.from.is_none() {
            let now = session.now();
            return Ok(Some(
                keys.into_iter().map(|(key, facts)| (key, timeline::timeline(facts, rules, now))).collect(),
            ));
        }
    }
    Ok(None)
}

fn reason(missing: &Missing) -> String {
    if missing.denied { format!("the permission {} is missing", missing.action) } else { missing.reason.clone() }
}

/// Adds what a listing of versions shows and one of objects does not. A folder is a ghost only if nothing current is
/// below it, which the listing of objects has just told.
async fn ghosts(
    session: &Session,
    request: &OpenEntries,
    folders: &HashSet<String>,
    writer: &SetWriter<EntryRow>,
) -> Result<(), AwsError> {
    let mut query = VersionQuery { delimiter: Some("/".into()), ..of_key(&request.bucket, &request.prefix) };
    // A marker's newest data version stands directly below it, perhaps on the next page.
    let mut hidden: Option<EntryRow> = None;
    loop {
        let page = listing::versions_page(session, &query).await?;
        let mut rows: Vec<EntryRow> = page
            .folders
            .into_iter()
            .filter(|folder| !folders.contains(folder))
            .map(|key| ghost(key, &request.prefix, EntryKind::DeletedFolder, None))
            .collect();
        for version in page.versions {
            if let Some(row) = hidden.as_mut().filter(|row| row.key == version.key) {
                if !version.delete_marker {
                    row.size = version.size;
                    row.class = version.class;
                    row.etag = version.etag;
                    rows.extend(hidden.take());
                }
            } else {
                rows.extend(hidden.take());
                if version.is_latest && version.delete_marker {
                    hidden = Some(ghost(
                        version.key,
                        &request.prefix,
                        EntryKind::DeletedObject,
                        Some(version.last_modified),
                    ));
                }
            }
        }
        query.from = page.next;
        let end = query.from.is_none() || writer.cancelled();
        if end {
            rows.extend(hidden.take());
        }
        writer.append(rows);
        if end {
            return Ok(());
        }
    }
}

fn ghost(key: String, prefix: &str, kind: EntryKind, deleted: Option<Timestamp>) -> EntryRow {
    let name = key.strip_prefix(prefix).filter(|name| !name.is_empty()).unwrap_or("/").to_owned();
    EntryRow { key, name, kind, size: None, stored: None, class: None, etag: None, deleted }
}

/// Without the right to list versions there is still the current one.
async fn only_current(
    session: &Session,
    request: &OpenVersions,
    writer: &SetWriter<VersionRow>,
) -> Result<Timestamp, EngineError> {
    writer.notice(Notice::warning(format!(
        "Older versions cannot be listed: the permission {} is missing. This is the current version alone.",
        listing::LIST_VERSIONS.action
    )));
    let detail =
        describe::version(session, &request.bucket, &request.key, None).await.map_err(Desk::failed(session))?;
    let fact = VersionFact {
        key: detail.key,
        version_id: detail.version_id.unwrap_or_else(|| ::objects::restore::NULL.to_owned()),
        delete_marker: false,
        is_latest: true,
        last_modified: detail.last_modified,
        size: Some(detail.size),
        etag: Some(detail.etag),
        class: Some(detail.class),
        checksums: Vec::new(),
        restore: detail.restore,
        owner: None,
    };
    writer.set_all(timeline::timeline(vec![fact], None, session.now()));
    Ok(session.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_a_million_versions_is_shown_as_it_grows_without_being_made_anew_for_each_page() {
        let (mut shown, mut made) = (0, Vec::new());
        for read in (1_000..=1_000_000).step_by(1_000) {
            if is_due(read, shown) {
                shown = read;
                made.push(read);
            }
        }
        assert_eq!(made.get(..4), Some(&[1_000, 2_000, 4_000, 8_000][..]), "the first rows come at once");
        assert!(made.iter().sum::<usize>() < 2_000_000, "{made:?}");
    }
}
