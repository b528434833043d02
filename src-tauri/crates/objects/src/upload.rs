//! Of which day the data of an upload is, beside another upload of the same key.
//!
//! A key or a text that names its day says so best; a key does not where it is stored anew day after day, whatever day it
//! names. Otherwise the hour of the upload is all that there is: one far from the
//! hour at which the uploads before it came may be a day's that was late.

use crate::timeline::same_bytes;
use contract::{
    Timestamp,
    incident::UploadDay,
    objects::{VersionFact, VersionRow},
};
use std::collections::BTreeSet;

const DAY: i64 = 86_400;
/// Days with an upload that are enough to know the usual hour.
const ENOUGH_DAYS: usize = 3;
/// Days with an upload from which it is told, the newest.
const MOST_DAYS: usize = 30;
/// Seconds from the usual hour that are nothing, at least.
const NEAR: i64 = 3_600;
/// Days with an upload from which a key that names a day is one that is stored anew every day: a day's own upload and what
/// corrects it come on fewer.
const REWRITTEN_DAYS: usize = 5;
/// Where uploads are usually further apart than this, there is no usual hour.
const NO_RHYTHM: i64 = 3 * 3_600;

/// An upload, with the day that its text names ([`Content::day`](contract::objects::content::Content::day)).
#[derive(Debug, Clone, Copy)]
pub struct Upload<'a> {
    pub fact: &'a VersionFact,
    pub day: Option<&'a str>,
}

/// Of which day `candidate` is beside `read`; both are among `rows`, all versions of the key, newest first. `success` is
/// what the last success read.
pub fn day(candidate: Upload<'_>, read: Upload<'_>, success: Option<&VersionFact>, rows: &[VersionRow]) -> UploadDay {
    let is_of = |one: &VersionFact| one.version_id == candidate.fact.version_id || same_bytes(one, candidate.fact);
    if success.is_some_and(is_of) {
        return UploadDay::LastSuccess;
    }
    let by_key = key_day(&candidate.fact.key, rows);
    if by_key == Some(UploadDay::Same) {
        return UploadDay::Same;
    }
    if let (Some(one), Some(other)) = (candidate.day, read.day) {
        return if one == other { UploadDay::Same } else { UploadDay::Another };
    }
    let (stored, other) = (candidate.fact.last_modified, read.fact.last_modified);
    if day_of(stored) != day_of(other) {
        return by_key.unwrap_or(UploadDay::Another);
    }
    let before = rows.iter().filter(|row| !row.fact.delete_marker && day_of(row.fact.last_modified) < day_of(stored));
    match usual(before.map(|row| row.fact.last_modified)) {
        Some((hour, near)) if apart(clock(stored), hour) > near => UploadDay::Doubtful(format!(
            "it was stored at {}, and uploads come about {}",
            stored.strftime("%H:%M UTC"),
            Timestamp::from_second(hour).unwrap_or_default().strftime("%H:%M UTC")
        )),
        _ => UploadDay::Same,
    }
}

/// Of which day an upload is that came since a run began which found none: of the run's, where it came on that day. `rows`
/// are all versions of the key.
pub fn came(
    candidate: &VersionFact,
    began: Timestamp,
    success: Option<&VersionFact>,
    rows: &[VersionRow],
) -> UploadDay {
    if success.is_some_and(|one| one.version_id == candidate.version_id || same_bytes(one, candidate)) {
        UploadDay::LastSuccess
    } else if day_of(candidate.last_modified) == day_of(began) {
        UploadDay::Same
    } else {
        key_day(&candidate.key, rows).unwrap_or(UploadDay::Another)
    }
}

/// What a key says that names a day: all its uploads are of that day, unless it is stored anew every day.
fn key_day(key: &str, rows: &[VersionRow]) -> Option<UploadDay> {
    if !names_day(key) {
        return None;
    }
    let stored = rows.iter().filter(|row| !row.fact.delete_marker);
    let days = stored.map(|row| day_of(row.fact.last_modified)).collect::<BTreeSet<_>>().len();
    if days < REWRITTEN_DAYS {
        return Some(UploadDay::Same);
    }
    Some(UploadDay::Doubtful(format!("its key names a day, but it was stored on {days} days")))
}

/// The day on which it is stored, in UTC as the platform's schedules are.
fn day_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY)
}

/// Seconds since midnight.
fn clock(at: Timestamp) -> i64 {
    at.as_second().rem_euclid(DAY)
}

/// Seconds between two times of day, across midnight where that is shorter.
fn apart(one: i64, other: i64) -> i64 {
    let straight = (one - other).abs();
    straight.min(DAY - straight)
}

/// The time of day at which uploads come, and how far from it is still usual, in seconds. Of each day the last upload
/// counts: it is the one that stayed.
fn usual(newest_first: impl Iterator<Item = Timestamp>) -> Option<(i64, i64)> {
    let mut clocks: Vec<i64> = Vec::new();
    let mut last = None;
    for at in newest_first {
        if last != Some(day_of(at)) {
            last = Some(day_of(at));
            clocks.push(clock(at));
        }
        if clocks.len() == MOST_DAYS {
            break;
        }
    }
    if clocks.len() < ENOUGH_DAYS {
        return None;
    }
    let far = |one: i64| clocks.iter().map(|other| apart(one, *other)).sum::<i64>();
    let hour = clocks.iter().copied().min_by_key(|one| far(*one))?;
    let mut distances: Vec<i64> = clocks.iter().map(|one| apart(*one, hour)).collect();
    distances.sort_unstable();
    let spread = distances.get(distances.len() / 2).copied()?;
    (spread <= NO_RHYTHM).then(|| (hour, NEAR.max(spread * 3)))
}

/// Whether a key names one day: `day=2026-11-21/`, `2026/11/21/`, `_20261121.csv`.
pub fn names_day(key: &str) -> bool {
    let mut numbers: Vec<(&str, &str)> = Vec::new();
    let mut rest = key;
    while let Some(from) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, at) = rest.split_at(from);
        let end = at.find(|c: char| !c.is_ascii_digit()).unwrap_or(at.len());
        let (number, behind) = at.split_at(end);
        numbers.push((before, number));
        rest = behind;
    }
    let whole = |(_, number): &(&str, &str)| {
        // A time of day may follow.
        matches!(number.len(), 8 | 10 | 12 | 14) && is_date(number.get(..4), number.get(4..6), number.get(6..8))
    };
    let apart = |three: &[(&str, &str)]| match *three {
        [(_, year), (one, month), (two, day)] => {
            let fits = year.len() == 4 && month.len() <= 2 && day.len() <= 2;
            fits && between(one) && between(two) && is_date(Some(year), Some(month), Some(day))
        }
        _ => false,
    };
    numbers.iter().any(whole) || numbers.windows(3).any(apart)
}

/// What may stand between the parts of a date: `-`, `/`, `_`, `.`, `/month=`.
fn between(text: &str) -> bool {
    let name = text.strip_prefix('/').and_then(|text| text.strip_suffix('='));
    matches!(text, "-" | "/" | "_" | ".") || name.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphabetic()))
}

fn is_date(year: Option<&str>, month: Option<&str>, day: Option<&str>) -> bool {
    let within = |text: Option<&str>, from: u16, to: u16| {
        text.and_then(|text| text.parse::<u16>().ok()).is_some_and(|number| (from..=to).contains(&number))
    };
    within(year, 1990, 2099) && within(month, 1, 12) && within(day, 1, 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{data, rows};

    const HOUR: i64 = 3_600;

    /// Uploads on the days before at six, then those given, newest first.
    fn uploads(today: &[(&str, i64)]) -> Vec<VersionRow> {
        let usual =
            (1..=9).map(|ago| data(&format!("d{ago}"), 6 * HOUR + ago * 7 - ago * DAY, 1_000, &format!("e{ago}")));
        rows(today.iter().map(|(id, at)| data(id, *at, 1_000, id)).chain(usual).collect())
    }

    fn of(rows: &[VersionRow], candidate: &str, read: &str, success: Option<&str>) -> UploadDay {
        let fact = |id: &str| &rows.iter().find(|row| row.fact.version_id == id).unwrap().fact;
        let upload = |id: &str| Upload { fact: fact(id), day: None };
        day(upload(candidate), upload(read), success.map(fact), rows)
    }

    #[test]
    fn two_uploads_about_the_usual_hour_are_of_one_day() {
        let rows = uploads(&[("cut", 6 * HOUR + 12), ("whole", 5 * HOUR + 3_124)]);
        assert_eq!(of(&rows, "whole", "cut", Some("d1")), UploadDay::Same);
        assert_eq!(of(&rows, "d1", "cut", Some("d2")), UploadDay::Another);
        assert_eq!(of(&rows, "d1", "cut", Some("d1")), UploadDay::LastSuccess);
    }

    #[test]
    fn what_came_since_the_run_began_is_of_the_day_on_which_it_came() {
        let rows = uploads(&[("next", DAY + HOUR), ("late", 7 * HOUR)]);
        let of = |id: &str, success: Option<usize>| {
            let fact = &rows.iter().find(|row| row.fact.version_id == id).unwrap().fact;
            came(fact, crate::facts::at(6 * HOUR), success.map(|at| &rows[at].fact), &rows)
        };
        assert_eq!(of("late", Some(2)), UploadDay::Same);
        assert_eq!(of("next", Some(2)), UploadDay::Another);
        assert_eq!(of("late", Some(1)), UploadDay::LastSuccess);
    }

    #[test]
    fn yesterdays_file_that_came_after_midnight_is_doubted() {
        let rows = uploads(&[("cut", 6 * HOUR), ("late", 1_800)]);
        let UploadDay::Doubtful(why) = of(&rows, "late", "cut", Some("d1")) else { panic!("taken for today's") };
        assert_eq!(why, "it was stored at 00:30 UTC, and uploads come about 06:00 UTC");
        assert_eq!(of(&rows, "late", "cut", Some("late")), UploadDay::LastSuccess, "whatever the hour");
    }

    #[test]
    fn the_bytes_that_the_last_success_read_are_known_under_another_version() {
        let mut rows = uploads(&[("cut", 6 * HOUR), ("again", 5 * HOUR + 3_000)]);
        rows[1].fact.etag = Some("\"e1\"".into());
        assert_eq!(of(&rows, "again", "cut", Some("d1")), UploadDay::LastSuccess);
    }

    #[test]
    fn without_a_usual_hour_the_day_of_the_upload_decides() {
        let few = rows(vec![data("cut", 6 * HOUR, 1, "a"), data("late", 1_800, 1, "b"), data("d1", -DAY, 1, "c")]);
        assert_eq!(of(&few, "late", "cut", None), UploadDay::Same);
        let always = (0..12).map(|n| data(&format!("n{n}"), -DAY - n * 29 * HOUR, 1, &format!("n{n}")));
        let always =
            rows([data("cut", 6 * HOUR, 1, "a"), data("late", 1_800, 1, "b")].into_iter().chain(always).collect());
        assert_eq!(of(&always, "late", "cut", None), UploadDay::Same);
    }

    #[test]
    fn the_usual_hour_may_lie_about_midnight() {
        let about =
            [300, -300, 120, -60].iter().zip(1..).map(|(off, ago)| data("x", off - ago * DAY, 1, "x").last_modified);
        let (hour, near) = usual(about).unwrap();
        assert!(apart(hour, 0) <= 120 && near == NEAR, "{hour} {near}");
    }

    #[test]
    fn what_the_data_says_counts_more_than_the_hour() {
        let rows = uploads(&[("cut", 6 * HOUR), ("late", 1_800), ("early", 600)]);
        let upload = |at: usize, day| Upload { fact: &rows[at].fact, day };
        let told = |one, other| day(upload(1, one), upload(0, other), None, &rows);
        assert_eq!(told(Some("2026-11-20"), Some("2026-11-20")), UploadDay::Same);
        assert_eq!(told(Some("2026-11-19"), Some("2026-11-20")), UploadDay::Another);
        assert!(matches!(told(None, Some("2026-11-20")), UploadDay::Doubtful(_)));
    }

    #[test]
    fn a_key_that_names_its_day_holds_no_other() {
        let mut rows = uploads(&[("cut", 6 * HOUR)]);
        for row in &mut rows {
            row.fact.key = "in/day=2026-11-21/x.csv".into();
        }
        // What corrects it may come on the days behind.
        rows.truncate(4);
        assert_eq!(of(&rows, "d3", "cut", None), UploadDay::Same);
        assert_eq!(of(&rows, "d3", "cut", Some("d3")), UploadDay::LastSuccess);
        assert_eq!(came(&rows[3].fact, crate::facts::at(6 * HOUR), None, &rows), UploadDay::Same);
    }

    #[test]
    fn a_key_that_names_a_day_and_is_stored_anew_every_day_is_doubted() {
        let mut rows = uploads(&[("cut", 6 * HOUR), ("whole", 5 * HOUR + 3_000)]);
        for row in &mut rows {
            row.fact.key = "in/prices_20260101.csv".into();
        }
        let doubt = || UploadDay::Doubtful("its key names a day, but it was stored on 10 days".into());
        assert_eq!(of(&rows, "d3", "cut", None), doubt());
        assert_eq!(of(&rows, "whole", "cut", None), UploadDay::Same, "of the same day by its time");
        let upload = |at: usize, day| Upload { fact: &rows[at].fact, day: Some(day) };
        assert_eq!(day(upload(2, "2026-11-20"), upload(0, "2026-11-21"), None, &rows), UploadDay::Another);
        let began = crate::facts::at(2 * DAY);
        assert_eq!(came(&rows[0].fact, began, None, &rows), doubt());
    }

    #[test]
    fn days_in_keys() {
        for key in [
            "in/day=2026-11-21/x.csv",
            "in/2026/11/21/x.csv",
            "in/year=2026/month=1/day=2/x.csv",
            "x_20261121.csv",
            "x-202611210552.csv.gz",
            "x_2026.11.21",
        ] {
            assert!(names_day(key), "{key}");
        }
        for key in [
            "in/daily_sales.csv",
            "in/2026/11/x.csv",
            "part-00000-12.csv",
            "in/2026/31/12/x",
            "id=12345678/x",
            "2026x11x21",
        ] {
            assert!(!names_day(key), "{key}");
        }
    }
}
