//! The objects of a folder, as a run read them beside the last success: the worst first.

use crate::{asof, key, restore::NULL, timeline::same_bytes, verdict};
use contract::{
    Severity, Timestamp,
    objects::{VersionFact, VersionRow},
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// What became of an object since the last success, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It was there, is not, and nothing came for it.
    Lost,
    /// Less than half of what it was.
    Shrunk,
    Empty,
    Changed,
    New,
    Same,
}

/// The keys that were there when the run began or for the last success, the worst first, of equal ones the newest first.
/// What readers of a folder leave out (placeholders, names with `_` or `.` before them) is left out, and so is what was
/// written again since the run began where no versions are kept.
///
/// `then` is when the last success began; without one, each object stands beside its own version before.
pub fn ranked(
    keys: &BTreeMap<String, Vec<VersionRow>>,
    prefix: &str,
    began: Timestamp,
    then: Option<Timestamp>,
) -> Vec<(String, Standing)> {
    let mut found: Vec<(&str, Standing, Timestamp)> = Vec::new();
    let read = keys
        .iter()
        .filter(|(key, rows)| !is_hidden(key.strip_prefix(prefix).unwrap_or(key)) && !is_unknown(rows, began));
    for (key, rows) in read {
        let now = current(rows, began);
        let before = match then {
            Some(then) => current(rows, then),
            None => now.and_then(|now| before(rows, now)),
        };
        if let (Some(standing), Some(fact)) = (standing(before, now), now.or(before)) {
            found.push((key.as_str(), standing, fact.last_modified));
        }
    }
    spare(&mut found);
    found.sort_by_key(|(_, standing, stored)| (*standing, Reverse(*stored)));
    found.into_iter().map(|(key, standing, _)| (key.to_owned(), standing)).collect()
}

fn standing(before: Option<&VersionFact>, now: Option<&VersionFact>) -> Option<Standing> {
    let Some(now) = now else { return before.map(|_| Standing::Lost) };
    let shrunk = |before: &VersionFact| {
        let warns = verdict::verdict(before, now).is_some_and(|(severity, _)| severity == Severity::Warning);
        warns && before.size != Some(0)
    };
    Some(match before {
        Some(before) if before.version_id == now.version_id && before.version_id != NULL => Standing::Same,
        Some(before) if same_bytes(before, now) => Standing::Same,
        _ if now.size == Some(0) => Standing::Empty,
        Some(before) if shrunk(before) => Standing::Shrunk,
        Some(_) => Standing::Changed,
        None => Standing::New,
    })
}

/// A file of yesterday that went when today's came is not lost: in each folder as many are spared as are new, those first
/// whose name is a new one's but for its digits.
fn spare(found: &mut Vec<(&str, Standing, Timestamp)>) {
    let mut new: HashMap<&str, usize> = HashMap::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for &(name, standing, _) in found.iter() {
        if standing == Standing::New {
            *new.entry(key::parent(name)).or_default() += 1;
            *names.entry(without_digits(name)).or_default() += 1;
        }
    }
    // A dated folder has another parent.
    found.retain(|(name, standing, _)| {
        let replaced = *standing == Standing::Lost && take(names.get_mut(&without_digits(name)));
        if replaced {
            take(new.get_mut(key::parent(name)));
        }
        !replaced
    });
    found.retain(|(name, standing, _)| *standing != Standing::Lost || !take(new.get_mut(key::parent(name))));
}

/// One of those that are left; false when none is.
fn take(left: Option<&mut usize>) -> bool {
    match left {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    }
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// The data version that was current at a moment.
fn current(rows: &[VersionRow], at: Timestamp) -> Option<&VersionFact> {
    if asof::absent_at(rows, at) {
        return None;
    }
    asof::version_at(rows, at).ok().map(|found| &found.row.fact)
}

/// The data version before one of the same key.
pub fn before<'a>(rows: &'a [VersionRow], version: &VersionFact) -> Option<&'a VersionFact> {
    let older = rows.iter().skip_while(|row| row.fact.version_id != version.version_id).skip(1);
    older.map(|row| &row.fact).find(|fact| !fact.delete_marker)
}

/// What was there at a moment is not known: it was written since, and its bucket keeps no versions.
pub fn is_unknown(rows: &[VersionRow], at: Timestamp) -> bool {
    matches!(rows, [only] if only.fact.version_id == NULL && only.fact.last_modified > at)
}

/// What readers of a folder leave out, by its key below the folder: `_SUCCESS`, `.part-0.crc`, `_delta_log/0.json`, `a/`.
/// `_day=2026-11-21/x` is a partition.
pub fn is_hidden(below: &str) -> bool {
    let hidden = |part: &str| part.starts_with('.') || part.starts_with('_') && !part.contains('=');
    below.is_empty() || below.ends_with('/') || below.split('/').any(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{at, data, marker, rows};

    const DAY: i64 = 86_400;
    /// The run began at six, the last success a day before.
    const BEGAN: i64 = 6 * 3_600;

    fn folder(keys: Vec<(&str, Vec<VersionFact>)>) -> BTreeMap<String, Vec<VersionRow>> {
        keys.into_iter().map(|(key, facts)| (format!("in/{key}"), rows(facts))).collect()
    }

    fn told(keys: Vec<(&str, Vec<VersionFact>)>) -> Vec<(String, Standing)> {
        ranked(&folder(keys), "in/", at(BEGAN), Some(at(BEGAN - DAY)))
    }

    fn old(id: &str, size: u64) -> VersionFact {
        data(id, BEGAN - DAY - 600, size, id)
    }

    fn fresh(id: &str, size: u64) -> VersionFact {
        data(id, BEGAN - 600, size, id)
    }

    #[test]
    fn the_worst_comes_first() {
        let all = told(vec![
            ("a_same.csv", vec![old("a", 100)]),
            ("b_changed.csv", vec![fresh("b2", 101), old("b", 100)]),
            ("c_empty.csv", vec![fresh("c2", 0), old("c", 100)]),
            ("d_shrunk.csv", vec![fresh("d2", 3), old("d", 100)]),
            ("e_lost.csv", vec![marker("e2", BEGAN - 600), old("e", 100)]),
            ("f_later.csv", vec![data("f", BEGAN + 600, 1, "f")]),
            ("g_before.csv", vec![marker("g2", -3 * DAY), data("g", -4 * DAY, 1, "g")]),
        ]);
        let all: Vec<(&str, Standing)> = all.iter().map(|(key, standing)| (&key[3..4], *standing)).collect();
        let wanted = [
            ("e", Standing::Lost),
            ("d", Standing::Shrunk),
            ("c", Standing::Empty),
            ("b", Standing::Changed),
            ("a", Standing::Same),
        ];
        assert_eq!(all, wanted);
    }

    #[test]
    fn yesterdays_file_that_made_room_is_not_lost() {
        let gone = |id: &str| vec![marker("x", BEGAN - 500), old(id, 100)];
        let all = told(vec![("x-2026-11-20.csv", gone("a")), ("x-2026-11-21.csv", vec![fresh("b", 90)])]);
        assert_eq!(all, [("in/x-2026-11-21.csv".to_owned(), Standing::New)]);
        let all = told(vec![
            ("part-aa", gone("a")),
            ("part-bb", gone("b")),
            ("part-cc", vec![fresh("c", 90)]),
            ("sub/part-dd", vec![fresh("d", 90)]),
        ]);
        let lost = all.iter().filter(|(_, standing)| *standing == Standing::Lost).count();
        assert_eq!((lost, all.len()), (1, 3), "one came for two: {all:?}");
        let all = told(vec![("day=20/x.csv", gone("a")), ("day=21/x.csv", vec![fresh("b", 90)])]);
        assert_eq!(all.len(), 1, "{all:?}");
    }

    #[test]
    fn what_a_reader_leaves_out_is_left_out() {
        for hidden in ["", "sub/", "_SUCCESS", ".x.crc", "_delta_log/00.json", "day=1/_temporary/0/x"] {
            assert!(is_hidden(hidden), "{hidden}");
        }
        for read in ["x.csv", "_day=1/x.csv", "a_b/x"] {
            assert!(!is_hidden(read), "{read}");
        }
        assert!(told(vec![("_SUCCESS", vec![fresh("s", 0)])]).is_empty());
    }

    #[test]
    fn without_versions_what_was_written_since_is_not_known() {
        let later = VersionFact { version_id: NULL.into(), ..data("", BEGAN + 60, 5, "x") };
        assert!(told(vec![("x.csv", vec![later])]).is_empty());
        let written = VersionFact { version_id: NULL.into(), ..fresh("", 5) };
        assert_eq!(told(vec![("x.csv", vec![written])]), [("in/x.csv".to_owned(), Standing::New)]);
    }

    #[test]
    fn without_a_success_each_stands_beside_its_own_version_before() {
        let keys = folder(vec![("a.csv", vec![fresh("a2", 3), old("a", 100)]), ("b.csv", vec![fresh("b", 9)])]);
        let all = ranked(&keys, "in/", at(BEGAN), None);
        assert_eq!(all, [("in/a.csv".to_owned(), Standing::Shrunk), ("in/b.csv".to_owned(), Standing::New)]);
    }
}
