//! Which version was current at a moment, and which one comes before the current one.
//!
//! A moment is inclusive at S3's resolution of one second. A version whose place or date is in doubt is
//! never picked here: the answer is then a [`WhyNot`], or a neighbour with a label that says what was left out.

use crate::{order, words};
use contract::{
    Timestamp,
    objects::{VersionFact, VersionRow},
};

/// A version picked for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf<'a> {
    pub row: &'a VersionRow,
    /// False when nothing was current at that moment, or when it cannot be told whether this one was.
    pub exact: bool,
    /// `current at 21 Nov 2026 05:55:00 UTC`, `nearest: stored 3 m 12 s later; at that moment it was deleted`.
    pub label: String,
}

/// Why no version is picked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WhyNot {
    #[error("the key has no versions")]
    NoVersions,
    #[error("only delete markers are left: every version has been removed for good")]
    OnlyMarkers,
    #[error("there is no version before the current one")]
    NothingBefore,
    #[error("version {} is not picked by itself: {reason}. Choose a version yourself", words::short_id(.version_id))]
    Ambiguous { version_id: String, reason: String },
    #[error("version {} is not listed (any more)", words::short_id(.0))]
    NotListed(String),
    #[error("{} is a delete marker: it holds no data to bring back", words::short_id(.0))]
    IsMarker(String),
}

/// The data version that was current at `at`: the first in S3's order that is not newer (equal seconds included).
///
/// If that is a delete marker, or nothing had been stored yet, the nearest data version with `exact: false`. Nearest is
/// the smallest distance from `at` to the time in which a version was current (for an older one: until the marker that
/// deleted it); of two equally near ones, the older. An ambiguous neighbour is left out, and the label says so.
///
/// A multipart version is `exact: false` while its upload may still have been running at `at`.
pub fn version_at(rows: &[VersionRow], at: Timestamp) -> Result<AsOf<'_>, WhyNot> {
    if rows.is_empty() {
        return Err(WhyNot::NoVersions);
    }
    if rows.iter().all(|row| row.fact.delete_marker) {
        return Err(WhyNot::OnlyMarkers);
    }
    let second = at.as_second();
    let found = rows.iter().position(|row| stored(row) <= second);
    let deleted = match found.and_then(|index| rows.get(index)) {
        Some(row) => {
            unambiguous(row)?;
            if !row.fact.delete_marker {
                return Ok(current_at(row, at));
            }
            true
        }
        None => false,
    };
    let found = found.unwrap_or(rows.len());
    let mut left_out = None;
    let mut usable = |row: &&VersionRow| {
        if let Err(why) = unambiguous(row) {
            left_out.get_or_insert(why);
            return false;
        }
        true
    };
    let is_data = |row: &&VersionRow| !row.fact.delete_marker;
    let newer = rows.iter().take(found).rev().filter(is_data).find(&mut usable);
    let older = rows.iter().enumerate().skip(found).filter(|(_, row)| is_data(row)).find(|(_, row)| usable(row));
    let later = newer.map(|row| (row, stored(row) - second));
    let earlier = older.map(|(index, row)| {
        let end = index.checked_sub(1).and_then(|above| rows.get(above)).map_or(second, stored);
        (row, second - end)
    });
    let (row, mut label) = match (earlier, later) {
        (Some((row, gap)), later) if later.is_none_or(|(_, later_gap)| gap <= later_gap) => {
            (row, format!("nearest: current until {} earlier; at that moment it was deleted", words::span(gap)))
        }
        (_, Some((row, gap))) => {
            let then = if deleted { "at that moment it was deleted" } else { "at that moment nothing was stored yet" };
            (row, format!("nearest: stored {} later; {then}", words::span(gap)))
        }
        (_, None) => return Err(left_out.unwrap_or(WhyNot::OnlyMarkers)),
    };
    if left_out.is_some() {
        label.push_str("; a version whose place in the order is unclear was left out");
    }
    Ok(AsOf { row, exact: false, label })
}

/// True when nothing was current at `at`: not stored yet, or deleted. Doubtful answers are false.
pub fn absent_at(rows: &[VersionRow], at: Timestamp) -> bool {
    rows.iter()
        .find(|row| stored(row) <= at.as_second())
        .is_none_or(|row| row.fact.delete_marker && row.ambiguous.is_none())
}

/// The data version before the current one (markers skipped); for a deleted object the newest data version.
///
/// Versions with the same bytes are not skipped: what was current before is what is asked for. If the current or the
/// wanted one is ambiguous, nothing is picked.
pub fn previous(rows: &[VersionRow]) -> Result<&VersionRow, WhyNot> {
    let current = rows.first().ok_or(WhyNot::NoVersions)?;
    let wanted = rows.iter().skip(1).find(|row| !row.fact.delete_marker);
    let Some(wanted) = wanted else {
        return Err(if current.fact.delete_marker { WhyNot::OnlyMarkers } else { WhyNot::NothingBefore });
    };
    unambiguous(current)?;
    unambiguous(wanted)?;
    Ok(wanted)
}

/// The version with this id, ambiguous or not: the person chose it.
pub fn by_id<'a>(rows: &'a [VersionRow], version_id: &str) -> Result<&'a VersionRow, WhyNot> {
    let row = rows
        .iter()
        .find(|row| row.fact.version_id == version_id)
        .ok_or_else(|| WhyNot::NotListed(version_id.to_owned()))?;
    if row.fact.delete_marker { Err(WhyNot::IsMarker(version_id.to_owned())) } else { Ok(row) }
}

fn stored(row: &VersionRow) -> i64 {
    row.fact.last_modified.as_second()
}

fn unambiguous(row: &VersionRow) -> Result<(), WhyNot> {
    match &row.ambiguous {
        None => Ok(()),
        Some(reason) => Err(WhyNot::Ambiguous { version_id: row.fact.version_id.clone(), reason: reason.clone() }),
    }
}

fn current_at(row: &VersionRow, at: Timestamp) -> AsOf<'_> {
    let since = at.as_second() - stored(row);
    let fact: &VersionFact = &row.fact;
    if order::multipart(fact) && since <= order::upload_seconds(fact.size) {
        let label = format!(
            "nearest: its multipart upload began {} earlier, and S3 does not tell when it was complete",
            words::span(since)
        );
        return AsOf { row, exact: false, label };
    }
    AsOf { row, exact: true, label: format!("current at {}", words::instant(at)) }
}

#[cfg(test)]
mod tests;
