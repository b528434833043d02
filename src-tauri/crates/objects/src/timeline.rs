//! The timeline of one key: every version and delete marker with what follows from its neighbours.
//!
//! The rows stand in S3's own order, newest first; no date ever reorders them. What cannot be ordered or dated is
//! flagged in [`VersionRow::ambiguous`].

use crate::{order, purge};
use contract::{
    Timestamp,
    facts::LifecycleRule,
    objects::{Change, Purge, VersionFact, VersionRow},
};

/// Builds the rows of one key from its facts in S3's XML order (newest first; see [`exact_key`]).
///
/// `lifecycle` is `None` when the rules could not be read: then no purge is promised for noncurrent versions. A size that
/// S3 did not list counts as 0 in [`Change::Size`]. [`VersionRow::same_below`] ends at the first delete marker, so that
/// exactly that many rows directly below can be folded away.
pub fn timeline(facts: Vec<VersionFact>, lifecycle: Option<&[LifecycleRule]>, now: Timestamp) -> Vec<VersionRow> {
    let doubts = order::doubts(&facts);
    let out_of_place: Vec<bool> = doubts.iter().map(|list| list.iter().any(|doubt| doubt.place)).collect();
    let purges: Vec<Purge> = (0..facts.len())
        .map(|index| {
            let in_doubt = |index: usize| out_of_place.get(index).copied().unwrap_or(false);
            match purge::purge(&facts, index, lifecycle, now) {
                // The clock starts at the successor's creation: of no use while either place is in doubt.
                Purge::At(_) | Purge::Kept { .. } if in_doubt(index) || (index > 0 && in_doubt(index - 1)) => {
                    Purge::Unknown
                }
                purge => purge,
            }
        })
        .collect();
    let (changes, same_below) = compare(&facts);

    facts
        .into_iter()
        .zip(doubts)
        .zip(purges)
        .zip(changes.into_iter().zip(same_below))
        .enumerate()
        .map(|(position, (((fact, doubts), purge), (change, same_below)))| VersionRow {
            position: u64::try_from(position).unwrap_or(u64::MAX),
            fact,
            change,
            purge,
            ambiguous: (!doubts.is_empty())
                .then(|| doubts.into_iter().map(|doubt| doubt.reason).collect::<Vec<_>>().join("; ")),
            same_below,
        })
        .collect()
}

/// The facts of exactly this key: a listing by prefix also holds its longer siblings.
pub fn exact_key(facts: Vec<VersionFact>, key: &str) -> Vec<VersionFact> {
    facts.into_iter().filter(|fact| fact.key == key).collect()
}

/// Equal ETag and size. ETags compare without their quotes; without an ETag nothing is known.
pub(crate) fn same_bytes(a: &VersionFact, b: &VersionFact) -> bool {
    let etag = |fact: &VersionFact| fact.etag.as_deref().map(|etag| etag.trim_matches('"').to_owned());
    !a.delete_marker && !b.delete_marker && a.size == b.size && etag(a).is_some() && etag(a) == etag(b)
}

/// Walks from the oldest to the newest.
fn compare(facts: &[VersionFact]) -> (Vec<Change>, Vec<u64>) {
    let mut changes = Vec::with_capacity(facts.len());
    let mut runs = Vec::with_capacity(facts.len());
    let mut older_data: Option<&VersionFact> = None;
    let mut directly_below: Option<&VersionFact> = None;
    let mut run = 0;
    for fact in facts.iter().rev() {
        run = if directly_below.is_some_and(|below| same_bytes(fact, below)) { run + 1 } else { 0 };
        directly_below = Some(fact);
        runs.push(run);
        changes.push(if fact.delete_marker {
            Change::Deleted
        } else {
            let change = older_data.map_or(Change::First, |older| change(fact, older));
            older_data = Some(fact);
            change
        });
    }
    changes.reverse();
    runs.reverse();
    (changes, runs)
}

fn change(fact: &VersionFact, older: &VersionFact) -> Change {
    if same_bytes(fact, older) {
        return Change::SameBytes;
    }
    let bytes = |fact: &VersionFact| i64::try_from(fact.size.unwrap_or(0)).unwrap_or(i64::MAX);
    match bytes(fact) - bytes(older) {
        0 => Change::SameSize,
        more => Change::Size(more),
    }
}

#[cfg(test)]
mod tests;
