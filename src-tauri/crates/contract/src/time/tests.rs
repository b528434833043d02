use super::*;
use proptest::prelude::*;

/// Saturday 21 Nov 2026, 10:30:15 UTC.
fn now() -> Timestamp {
    "2026-11-21T10:30:15Z".parse().unwrap()
}

fn utc(text: &str) -> String {
    parse(text, now(), 0).map_or_else(|why| format!("{why:?}"), |at| at.to_string())
}

fn at_plus_one(text: &str) -> String {
    parse(text, now(), 60).map_or_else(|why| format!("{why:?}"), |at| at.to_string())
}

#[test]
fn iso_8601_with_and_without_a_zone() {
    for (text, instant) in [
        ("2026-11-21T05:55Z", "2026-11-21T05:55:00Z"),
        ("2026-11-21T05:55:07.25Z", "2026-11-21T05:55:07.25Z"),
        ("2026-11-21t05:55:07+01:00", "2026-11-21T04:55:07Z"),
        ("2026-11-21 05:55 -0330", "2026-11-21T09:25:00Z"),
        ("2026-11-21 05:55 UTC", "2026-11-21T05:55:00Z"),
        ("2026-11-21 05:55 UTC+2", "2026-11-21T03:55:00Z"),
        ("20261121T055507Z", "2026-11-21T05:55:07Z"),
        ("21 Nov 2026 05:52:04 UTC", "2026-11-21T05:52:04Z"),
        ("1 november 2026", "2026-11-01T00:00:00Z"),
    ] {
        assert_eq!(utc(text), instant, "{text}");
        assert_eq!(at_plus_one(text) == instant, text != "1 november 2026", "{text}");
    }
    assert_eq!(utc("2026-11-21 05:55"), "2026-11-21T05:55:00Z");
    assert_eq!(at_plus_one("2026-11-21 05:55"), "2026-11-21T04:55:00Z");
    assert_eq!(at_plus_one("2026-11-21"), "2026-11-20T23:00:00Z");
    assert_eq!(utc("2026-1-2 5:05"), "2026-01-02T05:05:00Z");
}

#[test]
fn times_of_day_are_those_of_the_persons_day() {
    assert_eq!(utc("05:55"), "2026-11-21T05:55:00Z");
    assert_eq!(utc("@09:00"), "2026-11-21T09:00:00Z");
    assert_eq!(utc(" @ 9:00:30 "), "2026-11-21T09:00:30Z");
    assert_eq!(at_plus_one("05:55"), "2026-11-21T04:55:00Z");
    assert_eq!(utc("yesterday 09:00"), "2026-11-20T09:00:00Z");
    assert_eq!(utc("Yesterday at 9:00"), "2026-11-20T09:00:00Z");
    assert_eq!(utc("today 9:00"), "2026-11-21T09:00:00Z");
    assert_eq!(utc("yesterday"), "2026-11-20T00:00:00Z");
    // At 23:30 UTC it is tomorrow already one hour east.
    let late: Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
    assert_eq!(parse("00:10", late, 60).unwrap().to_string(), "2026-11-21T23:10:00Z");
    assert_eq!(parse("00:10Z", late, 60).unwrap().to_string(), "2026-11-21T00:10:00Z");
}

#[test]
fn spans_before_now_and_rounding() {
    for (text, instant) in [
        ("now", "2026-11-21T10:30:15Z"),
        ("now-2h", "2026-11-21T08:30:15Z"),
        ("NOW - 2h", "2026-11-21T08:30:15Z"),
        ("30m", "2026-11-21T10:00:15Z"),
        ("1d12h", "2026-11-19T22:30:15Z"),
        ("1h 30m ago", "2026-11-21T09:00:15Z"),
        ("-90s", "2026-11-21T10:28:45Z"),
        ("2w", "2026-11-07T10:30:15Z"),
        ("now-1d/d", "2026-11-20T00:00:00Z"),
        ("now/d", "2026-11-21T00:00:00Z"),
        ("now/h", "2026-11-21T10:00:00Z"),
        ("now/w", "2026-11-16T00:00:00Z"),
        ("now+30m", "2026-11-21T11:00:15Z"),
    ] {
        assert_eq!(utc(text), instant, "{text}");
    }
    assert_eq!(at_plus_one("now/d"), "2026-11-20T23:00:00Z");
}

#[test]
fn dates_that_read_two_ways_are_refused_with_a_hint() {
    for text in ["11-21-2026", "11/21/2026", "21/11/2026 05:55", "21.11.2026", "11/12", "1/2/26"] {
        assert_eq!(parse(text, now(), 0), Err(TimeError::DayOrMonth(text.into())), "{text}");
    }
    let said = parse("11/12/2026", now(), 0).unwrap_err().to_string();
    assert_eq!(said, "`11/12/2026` can be read in two ways: write the year first, as in 2026-11-21 05:55");
    assert_eq!(utc("2026/11/21"), "2026-11-21T00:00:00Z");
}

#[test]
fn errors_say_what_is_wrong() {
    for (text, error) in [
        ("", TimeError::Empty),
        (" @ ", TimeError::Empty),
        ("9:00 am", TimeError::TwelveHours("9:00 am".into())),
        ("yesterday 9pm", TimeError::TwelveHours("yesterday 9pm".into())),
        ("2026-02-30", TimeError::NoSuchDay("2026-02-30".into())),
        ("2026-13-01", TimeError::NoSuchDay("2026-13-01".into())),
        ("25:00", TimeError::NoSuchTime("25:00".into())),
        ("2026-11-21 05:60", TimeError::NoSuchTime("2026-11-21 05:60".into())),
        ("2026-11-21 5", TimeError::NoSuchTime("2026-11-21 5".into())),
        ("2026-11-21 05:55 CET", TimeError::Zone("2026-11-21 05:55 CET".into())),
        ("2026-11-21 05:55+25:00", TimeError::Zone("2026-11-21 05:55+25:00".into())),
        ("now-2y", TimeError::Span("now-2y".into())),
        ("now-", TimeError::Span("now-".into())),
        ("now-1d/x", TimeError::Span("now-1d/x".into())),
        ("now-99999999999999w", TimeError::Span("now-99999999999999w".into())),
        ("soon", TimeError::Unknown("soon".into())),
        ("2026", TimeError::Unknown("2026".into())),
    ] {
        assert_eq!(parse(text, now(), 0), Err(error), "{text}");
    }
    assert_eq!(parse_past("2027-11-21", now(), 0), Err(TimeError::Future("2027-11-21".into())));
    assert_eq!(parse("2027-11-21", now(), 0).unwrap().to_string(), "2027-11-21T00:00:00Z");
    assert_eq!(parse_past("2026-11-22 10:30", now(), 0), parse("2026-11-22 10:30", now(), 0));
    assert!(matches!(parse("05:55", now(), 9_999_999), Err(TimeError::Zone(_))));
}

proptest! {
    #[test]
    fn never_panics(text in "[-0-9:/.@+ tzadhmsnowyeruc]{0,24}|\\PC{0,24}", offset: i32) {
        let _ = parse(&text, now(), offset);
        let _ = parse(&text, now(), offset % 900);
    }

    #[test]
    fn what_we_print_we_read(second in 0_i64..1_700_000_000, offset in -840_i32..840) {
        let at = Timestamp::from_second(second).unwrap();
        prop_assert_eq!(parse(&at.to_string(), now(), offset), Ok(at));
        prop_assert_eq!(parse(&at.strftime("%-d %b %Y %H:%M:%S UTC").to_string(), now(), offset), Ok(at));
        let local = Offset::from_seconds(offset * 60).unwrap().to_datetime(at);
        prop_assert_eq!(parse(&local.strftime("%Y-%m-%d %H:%M:%S").to_string(), now(), offset), Ok(at));
    }

    #[test]
    fn spans_add_up(h in 0_i64..500, m in 0_i64..500, s in 0_i64..500) {
        let at = parse(&format!("now-{h}h{m}m{s}s"), now(), 0).unwrap();
        prop_assert_eq!(now().as_second() - at.as_second(), h * 3600 + m * 60 + s);
    }
}
