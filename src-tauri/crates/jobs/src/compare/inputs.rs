//! Objects then and now: gone, smaller, another version, the same bytes under another one.

use super::{Rank, Ranked, difference};
use crate::wording::{bytes, count, instant};
use contract::{executions::Difference, jobs::facts::ObjectFact};

/// Rows that are listed one by one; more are counted.
const LISTED: usize = 40;

/// Differences, and whether some could not be compared. Objects are paired by address; those of names that change with
/// the day are paired by where they stand.
pub(super) fn objects(what: &str, then: &[ObjectFact], now: &[ObjectFact], usual: Rank) -> (Ranked, bool) {
    let mut found = Ranked::new();
    let mut unread = false;
    let mut taken: Vec<&str> = Vec::new();
    for object in now {
        let pair = then.iter().find(|other| other.uri == object.uri).or_else(|| {
            let free = |other: &&ObjectFact| {
                !taken.contains(&other.uri.as_str()) && !now.iter().any(|now| now.uri == other.uri)
            };
            then.iter().filter(free).find(|other| undated(&other.uri) == undated(&object.uri))
        });
        taken.extend(pair.map(|pair| pair.uri.as_str()));
        let row = |then: Option<String>| Difference {
            at: object.modified.filter(|_| object.exists),
            ..difference(what, &object.uri, then, Some(words(object)))
        };
        match pair {
            None => found.push((usual, row(None))),
            Some(pair) => match verdict(pair, object) {
                Verdict::Same => {}
                Verdict::Unread => unread = true,
                Verdict::Lost => {
                    let rank = if usual == Rank::Input { Rank::InputLost } else { usual };
                    found.push((rank, row(Some(words(pair)))));
                }
                Verdict::Other => found.push((usual, row(Some(words(pair))))),
            },
        }
    }
    for object in then.iter().filter(|object| !taken.contains(&object.uri.as_str())) {
        found.push((usual, difference(what, &object.uri, Some(words(object)), None)));
    }
    found.sort_by_key(|(rank, _)| *rank);
    if found.len() > LISTED {
        let more = found.len() - LISTED;
        found.truncate(LISTED);
        found.push((usual, difference(what, &format!("{} more", count(more, "object")), None, None)));
    }
    (found, unread)
}

enum Verdict {
    Same,
    Other,
    /// It is gone, or less than half of what it was.
    Lost,
    Unread,
}

fn verdict(then: &ObjectFact, now: &ObjectFact) -> Verdict {
    match (then.exists, now.exists) {
        (true, false) => return Verdict::Lost,
        (false, false) => return Verdict::Same,
        (false, true) => return Verdict::Other,
        (true, true) => {}
    }
    if let (Some(before), Some(after)) = (then.size, now.size)
        && after < before / 2
    {
        return Verdict::Lost;
    }
    let same = |then: &Option<String>, now: &Option<String>| Some(then.as_ref()? == now.as_ref()?);
    let version = if then.uri == now.uri { same(&then.version_id, &now.version_id) } else { None };
    // The same bytes under another version are no difference; without versions the ETag decides.
    match (version, same(&then.etag, &now.etag)) {
        (Some(true), _) | (_, Some(true)) => Verdict::Same,
        (Some(false), _) | (_, Some(false)) => Verdict::Other,
        (None, None) if then.size.is_some() && now.size.is_some() && then.size != now.size => Verdict::Other,
        (None, None) => Verdict::Unread,
    }
}

/// `1.2 MB, version 3HL4…, 21 Nov 2026 05:52:04 UTC`.
fn words(object: &ObjectFact) -> String {
    if !object.exists {
        return "not there".to_owned();
    }
    let size = object.size.map(|size| if size == 0 { "empty".to_owned() } else { bytes(size) });
    let version = object.version_id.as_ref().map(|version| format!("version {version}"));
    let parts = [size, version, object.modified.map(instant)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "there".to_owned() } else { parts.join(", ") }
}

/// With each run of digits as one sign: `in/2026/11/21/x.csv` and the one of yesterday are the same place.
pub(crate) fn undated(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('\u{0}') {
            out.push('\u{0}');
        }
    }
    out
}
