//! Where S3's order of one key's versions cannot be trusted, and why.
//!
//! The XML order is the authority, so entries of the same second are not in doubt. Doubt is what speaks
//! against that order from within the listing, or against reading a date as "current from then on".

use contract::objects::VersionFact;
use std::collections::HashSet;

/// Why an entry is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doubt {
    pub reason: String,
    /// True when its place among the entries is in doubt; false when only the meaning of its date is (multipart).
    pub place: bool,
}

/// The uncertainty of a multipart upload's date, in seconds: how long the upload may have run after its initiation,
/// which is the date that S3 keeps. One minute plus the size at 8 MB/s, at most a day: our estimate, as S3
/// does not tell when an upload was completed.
pub(crate) fn upload_seconds(size: Option<u64>) -> i64 {
    let Some(size) = size else { return 3_600 };
    i64::try_from(60 + size / (8 * 1024 * 1024)).unwrap_or(i64::MAX).min(86_400)
}

/// True when the ETag is that of a multipart upload: `…-N`, N the number of parts.
pub(crate) fn multipart(fact: &VersionFact) -> bool {
    let Some(etag) = fact.etag.as_deref() else { return false };
    let Some((_, parts)) = etag.trim_matches('"').rsplit_once('-') else { return false };
    !parts.is_empty() && parts.bytes().all(|b| b.is_ascii_digit())
}

/// One list of doubts for each fact.
pub(crate) fn doubts(facts: &[VersionFact]) -> Vec<Vec<Doubt>> {
    let mut all: Vec<Vec<Doubt>> = facts.iter().map(|_| Vec::new()).collect();
    let place = |reason: &str| Doubt { reason: reason.to_owned(), place: true };

    // Which one is current must be said exactly once, and of the first.
    let last_latest = facts.iter().rposition(|f| f.is_latest);
    let in_doubt = match last_latest {
        Some(0) => 0,
        Some(last) => last + 1,
        None => 1,
    };
    for list in all.iter_mut().take(in_doubt) {
        list.push(place(match last_latest {
            None => "S3 marks no version as current",
            Some(_) => "S3 lists it at or above a version that it marks as current",
        }));
    }

    let mut seen: HashSet<&str> = HashSet::new();
    let twice: HashSet<&str> =
        facts.iter().filter(|f| !seen.insert(&f.version_id)).map(|f| f.version_id.as_str()).collect();
    for (fact, list) in facts.iter().zip(&mut all) {
        if twice.contains(fact.version_id.as_str()) {
            list.push(place("its version id is listed twice"));
        }
    }

    // An entry contradicts the order if anything above it is older, or anything below it newer, by date.
    let seconds: Vec<i64> = facts.iter().map(|f| f.last_modified.as_second()).collect();
    let mut contradicts = vec![false; facts.len()];
    let mut lowest = i64::MAX;
    for (second, flag) in seconds.iter().zip(&mut contradicts) {
        *flag |= *second > lowest;
        lowest = lowest.min(*second);
    }
    let mut highest = i64::MIN;
    for (second, flag) in seconds.iter().zip(&mut contradicts).rev() {
        *flag |= *second < highest;
        highest = highest.max(*second);
    }
    for (flag, list) in contradicts.into_iter().zip(&mut all) {
        if flag {
            list.push(place("its date contradicts S3's order"));
        }
    }

    for ((newer, older), list) in facts.iter().zip(facts.iter().skip(1)).zip(all.iter_mut().skip(1)) {
        let gap = newer.last_modified.as_second() - older.last_modified.as_second();
        if multipart(older) && !older.delete_marker && (0..=upload_seconds(older.size)).contains(&gap) {
            list.push(Doubt {
                reason: format!(
                    "its date is when a multipart upload began, and the next version was stored {} later: it may never have been current",
                    crate::words::span(gap)
                ),
                place: false,
            });
        }
    }
    all
}
