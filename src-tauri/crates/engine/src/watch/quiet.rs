//! Quiet hours: by the clock on the wall, so that a changed clock in spring moves nothing.

use contract::{
    Timestamp,
    settings::{QuietHours, Zone},
};
use jiff::{civil::Time, tz::TimeZone};
use std::time::Duration;

const DAY: i64 = 24 * 60 * 60;

/// How long the quiet hours go on from now; `None` outside of them.
pub(super) fn left(quiet: &QuietHours, now: Timestamp) -> Option<Duration> {
    left_at(quiet, now.to_zoned(time_zone(quiet.zone)).time())
}

/// The zone that a person means.
pub(super) fn time_zone(zone: Zone) -> TimeZone {
    match zone {
        Zone::Utc => TimeZone::UTC,
        Zone::Local => TimeZone::system(),
    }
}

fn left_at(quiet: &QuietHours, now: Time) -> Option<Duration> {
    let (from, to, now) = (second_of_day(quiet.from), second_of_day(quiet.to), second_of_day(now));
    let length = match (to - from).rem_euclid(DAY) {
        0 => DAY,
        length => length,
    };
    let gone = (now - from).rem_euclid(DAY);
    (quiet.on && gone < length).then(|| Duration::from_secs(u64::try_from(length - gone).unwrap_or(0)))
}

fn second_of_day(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str) -> QuietHours {
        QuietHours { on: true, from: from.parse().unwrap(), to: to.parse().unwrap(), zone: Zone::Utc }
    }

    fn minutes(quiet: &QuietHours, now: &str) -> Option<u64> {
        left_at(quiet, now.parse().unwrap()).map(|left| left.as_secs() / 60)
    }

    #[test]
    fn they_go_over_midnight() {
        let night = hours("22:00", "07:00");
        assert_eq!(minutes(&night, "21:59:59"), None);
        assert_eq!(minutes(&night, "22:00"), Some(9 * 60));
        assert_eq!(minutes(&night, "23:30"), Some(7 * 60 + 30));
        assert_eq!(minutes(&night, "00:00"), Some(7 * 60));
        assert_eq!(minutes(&night, "06:59"), Some(1));
        assert_eq!(minutes(&night, "07:00"), None, "the end is not part of them");
    }

    #[test]
    fn they_lie_within_a_day_fill_it_or_are_off() {
        let lunch = hours("12:00", "13:00");
        assert_eq!(minutes(&lunch, "11:59"), None);
        assert_eq!(minutes(&lunch, "12:15"), Some(45));
        assert_eq!(minutes(&lunch, "13:00"), None);
        assert!(minutes(&hours("08:00", "08:00"), "03:00").is_some(), "all day");
        assert_eq!(minutes(&QuietHours { on: false, ..lunch }, "12:15"), None);
    }

    #[test]
    fn equal_bounds_are_all_day_at_every_minute() {
        let minutes: Vec<Time> =
            (0..24).flat_map(|hour| (0..60).map(move |minute| Time::new(hour, minute, 0, 0).unwrap())).collect();
        assert_eq!(minutes.len(), 24 * 60);
        for bound in &minutes {
            let quiet = QuietHours { on: true, from: *bound, to: *bound, zone: Zone::Utc };
            for now in &minutes {
                let left = left_at(&quiet, *now);
                let whole = Duration::from_hours(24);
                assert!(left.is_some_and(|left| left > Duration::ZERO && left <= whole), "{bound} at {now}: {left:?}");
            }
            assert_eq!(left_at(&QuietHours { on: false, ..quiet }, *bound), None);
        }
    }

    #[test]
    fn a_minute_lies_within_bounds_or_within_their_inverse() {
        let all: Vec<Time> = (0..96).map(|quarter| Time::new(quarter / 4, quarter % 4 * 15, 0, 0).unwrap()).collect();
        for from in &all {
            for to in all.iter().filter(|to| *to != from) {
                let quiet = QuietHours { on: true, from: *from, to: *to, zone: Zone::Utc };
                let rest = QuietHours { from: *to, to: *from, ..quiet };
                for now in &all {
                    assert_ne!(
                        left_at(&quiet, *now).is_some(),
                        left_at(&rest, *now).is_some(),
                        "{from} to {to} at {now}"
                    );
                }
            }
        }
    }

    #[test]
    fn they_are_told_in_their_own_zone() {
        let quiet = hours("22:00", "07:00");
        assert_eq!(left(&quiet, "2026-11-21T22:00:00Z".parse().unwrap()), Some(Duration::from_hours(9)));
    }
}
