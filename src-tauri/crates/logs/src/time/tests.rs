use super::*;
use jiff::{Timestamp, tz::TimeZone};
use proptest::prelude::*;

fn now() -> Timestamp {
    "2024-06-01T00:00:00Z".parse().unwrap()
}

fn time(text: &str) -> Option<String> {
    let (written, _) = read(text.as_bytes())?;
    Zone::utc(now()).time(written)?.timestamp().map(|at| at.to_string())
}

#[test]
fn every_layout() {
    for (text, at) in [
        ("2024-05-01T12:00:00Z x", "2024-05-01T12:00:00Z"),
        ("2024-05-01T12:00:00.123Z", "2024-05-01T12:00:00.123Z"),
        ("2024-05-01 12:00:00,123 INFO", "2024-05-01T12:00:00.123Z"),
        ("2024-05-01 12:00:00.123456", "2024-05-01T12:00:00.123456Z"),
        ("2024-05-01T12:00:00.1234567891+02:00", "2024-05-01T10:00:00.123456789Z"),
        ("2024-05-01T12:00:00+0200", "2024-05-01T10:00:00Z"),
        ("2024-05-01T12:00:00-05", "2024-05-01T17:00:00Z"),
        ("2024-05-01 12:00:00 +0530 x", "2024-05-01T06:30:00Z"),
        ("2024-05-01 12:00:00 UTC", "2024-05-01T12:00:00Z"),
        ("2024-05-01 12:00:00 -2 retries", "2024-05-01T12:00:00Z"),
        ("2024/05/01 12:00:00", "2024-05-01T12:00:00Z"),
        ("24/05/01 12:00:00 INFO", "2024-05-01T12:00:00Z"),
        ("24/05/01 12:00:00.250 INFO", "2024-05-01T12:00:00.25Z"),
        ("May  1 12:00:00 host", "2024-05-01T12:00:00Z"),
        ("Dec 31 23:59:59 host", "2023-12-31T23:59:59Z"),
        ("Jun  1 12:00:00 host", "2024-06-01T12:00:00Z"),
        ("Feb 29 12:00:00 host", "2024-02-29T12:00:00Z"),
        ("May 01, 2024 12:00:00 AM x", "2024-05-01T00:00:00Z"),
        ("May 1, 2024 1:02:03 PM x", "2024-05-01T13:02:03Z"),
        ("01/May/2024:12:00:00 +0100]", "2024-05-01T11:00:00Z"),
        ("Wed May  1 12:00:00 UTC 2024", "2024-05-01T12:00:00Z"),
        ("Wed May 01 12:00:00 +0200 2024", "2024-05-01T10:00:00Z"),
        ("1714564800 x", "2024-05-01T12:00:00Z"),
        ("1714564800.5", "2024-05-01T12:00:00.5Z"),
        ("1714564800123", "2024-05-01T12:00:00.123Z"),
        ("1714564800123456", "2024-05-01T12:00:00.123456Z"),
        ("1714564800123456789", "2024-05-01T12:00:00.123456789Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
    ] {
        assert_eq!(time(text).as_deref(), Some(at), "{text}");
    }
}

#[test]
fn what_is_no_time() {
    for text in [
        "",
        "2024",
        "2024-05-01",
        "2024-13-01T12:00:00",
        "2023-02-29T12:00:00",
        "2024-05-01T24:00:00",
        "24/05/01",
        "1.2.3",
        "1714564800x",
        "17145648001",
        "Mayor 1 12:00:00",
        "May 32 12:00:00",
        "99/99/99 99:99:99",
        "0000-00-00 00:00:00",
        "2024-05/01 12:00:00",
        "9999-05-01T12:00:00Z",
    ] {
        assert_eq!(time(text), None, "{text}");
    }
}

#[test]
fn a_zone_with_summer_time() {
    let rules = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
    let mut zone = Zone::new(rules, now());
    let mut at = |text: &str| zone.time(read(text.as_bytes()).unwrap().0).unwrap().timestamp().unwrap().to_string();
    assert_eq!(at("2024-03-31 01:59:59"), "2024-03-31T00:59:59Z");
    assert_eq!(at("2024-03-31 03:00:00"), "2024-03-31T01:00:00Z");
    assert_eq!(at("2024-10-27 01:59:59"), "2024-10-26T23:59:59Z");
    assert_eq!(at("2024-10-27 02:30:00"), "2024-10-27T00:30:00Z");
    assert_eq!(at("2024-10-27 03:00:00"), "2024-10-27T02:00:00Z");
    assert_eq!(at("2024-07-01 12:00:00"), "2024-07-01T10:00:00Z");
    assert_eq!(at("2024-07-01 12:00:00Z"), "2024-07-01T12:00:00Z");
}

proptest! {
    #[test]
    fn what_was_written_is_read(seconds in 0_i64..9_214_646_400, nanos in 0_u32..1_000_000_000, east in -15_i64 * 60..15 * 60) {
        let at = Timestamp::new(seconds, 0).unwrap() + jiff::SignedDuration::from_nanos(i64::from(nanos));
        let there = jiff::tz::Offset::from_seconds(i32::try_from(east * 60).unwrap()).unwrap();
        let wall = there.to_datetime(at);
        let zoned = format!("{wall}{}{:02}:{:02}", if east < 0 { '-' } else { '+' }, east.abs() / 60, east.abs() % 60);
        let (written, length) = read(zoned.as_bytes()).unwrap();
        prop_assert_eq!(length, zoned.len());
        prop_assert_eq!(written, Written::At(Time::from(at)), "{}", zoned);
        let plain = at.to_string().replace('T', " ").replace('Z', "").replace('.', ",");
        let mut zone = Zone::utc(at);
        prop_assert_eq!(zone.time(read(plain.as_bytes()).unwrap().0), Some(Time::from(at)));
        if seconds >= 1_000_000_000 {
            let millis = format!("{} x", at.as_millisecond());
            prop_assert_eq!(read(millis.as_bytes()).map(|found| found.0), Some(Written::At(Time(at.as_millisecond() * 1_000_000))));
        }
    }

    #[test]
    fn days_agree_with_jiff(year in 1970_i16..2262, month in 1_i8..=12, day in 1_i8..=28) {
        let date = jiff::civil::date(year, month, day);
        let days = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1))).unwrap().get_days();
        prop_assert_eq!(civil::days(year, month.try_into().unwrap(), day.try_into().unwrap()), i64::from(days));
    }

    #[test]
    fn whatever_comes(text in proptest::collection::vec(any::<u8>(), 0..40), digits in "[0-9/:., TZ+-]{0,40}") {
        let mut zone = Zone::utc(now());
        for text in [text.as_slice(), digits.as_bytes()] {
            if let Some((written, length)) = read(text) {
                prop_assert!(length <= text.len());
                let _ = zone.time(written);
            }
        }
    }
}
