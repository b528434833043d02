//! Which version of what a run read is whole where that one is not.

use super::content::content;
use crate::incident::Looking;
use ::objects::{
    content::verdicts,
    upload::{self, Upload},
    verdict,
};
use contract::{
    Severity, Timestamp,
    incident::{BetterVersion, UploadDay},
    objects::{VersionFact, VersionRow, content::Content},
};

/// Versions that are read to find one that is whole.
const MOST_TRIED: usize = 6;

/// The version that the run read, and what it stands beside.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub row: &'a VersionRow,
    pub content: Option<&'a Content>,
    /// What stands in the version beside it.
    pub then: Option<&'a Content>,
    /// What the last success read, or else the version before.
    pub beside: Option<&'a VersionFact>,
}

impl Seen<'_> {
    /// Whether another version may be better: it holds data, other data than this one, and not less than half of what it
    /// should.
    pub fn is_worth_a_look(&self, row: &VersionRow) -> bool {
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
    pub fn is_whole(&self, version: &VersionFact, content: Option<&Content>) -> Option<bool> {
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
pub struct Versions<'a> {
    pub looking: &'a Looking,
    pub bucket: &'a str,
    pub key: &'a str,
}

impl Versions<'_> {
    pub async fn content(&self, version: &VersionFact) -> Option<Content> {
        content(&self.looking.session, self.bucket, self.key, version).await
    }

    /// What was stored since a run began that found nothing, where it is whole; `success` is what the last success read.
    pub async fn came(
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
    pub async fn better(
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
pub fn came_since<'a>(
    rows: &'a [VersionRow],
    began: Timestamp,
    success: Option<&VersionFact>,
) -> Option<&'a VersionRow> {
    let row = rows.first().filter(|row| !row.fact.delete_marker && row.ambiguous.is_none())?;
    let shrunk = success.and_then(|success| verdict::verdict(success, &row.fact));
    let is_data = row.fact.last_modified > began && row.fact.size.is_some_and(|size| size > 0);
    (is_data && shrunk.is_none_or(|(severity, _)| severity != Severity::Warning)).then_some(row)
}

fn uploaded<'a>(fact: &'a VersionFact, content: Option<&'a Content>) -> Upload<'a> {
    Upload { fact, day: content.and_then(|content| content.day.as_deref()) }
}

pub fn better_of(version: &VersionFact, rows: &[VersionRow], day: UploadDay, by_size: bool) -> BetterVersion {
    BetterVersion {
        version_id: version.version_id.clone(),
        stored: version.last_modified,
        size: version.size.unwrap_or(0),
        day,
        by_size,
        current: rows.first().is_some_and(|row| row.fact.version_id == version.version_id),
    }
}
