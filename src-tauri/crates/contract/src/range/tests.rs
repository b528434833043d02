use super::*;
use proptest::prelude::*;

/// Saturday 21 Nov 2026, 10:30:15 UTC.
fn now() -> Timestamp {
    "2026-11-21T10:30:15Z".parse().unwrap()
}

fn resolved(text: &str, offset: i32) -> String {
    match parse(text, now(), offset) {
        Ok(range) => {
            let (from, until) = range.resolve(now(), offset);
            format!("{from} {until}")
        }
        Err(error) => format!("{} {:?}", error.message, text.get(error.place.0..error.place.1).unwrap()),
    }
}

#[test]
fn spans_rounded_times_and_pairs_are_read() {
    for (text, is) in [
        ("30m", "2026-11-21T10:00:15Z 2026-11-21T10:30:15Z"),
        ("last 24 h", "2026-11-20T10:30:15Z 2026-11-21T10:30:15Z"),
        ("1d12h", "2026-11-19T22:30:15Z 2026-11-21T10:30:15Z"),
        ("now-1d/d", "2026-11-20T00:00:00Z 2026-11-21T10:30:15Z"),
        ("now/w", "2026-11-16T00:00:00Z 2026-11-21T10:30:15Z"),
        ("now-1d/d..now/d", "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z"),
        ("now-2d to now-1d", "2026-11-19T10:30:15Z 2026-11-20T10:30:15Z"),
        ("yesterday 09:00", "2026-11-20T09:00:00Z 2026-11-21T10:30:15Z"),
        ("since 2026-11-20", "2026-11-20T00:00:00Z 2026-11-21T10:30:15Z"),
        ("2026-11-20T06:00Z/2026-11-20T12:00Z", "2026-11-20T06:00:00Z 2026-11-20T12:00:00Z"),
        (" 2026-11-20 06:00 / now-1h ", "2026-11-20T06:00:00Z 2026-11-21T09:30:15Z"),
        ("05:55 to 06:30", "2026-11-21T05:55:00Z 2026-11-21T06:30:00Z"),
    ] {
        assert_eq!(resolved(text, 0), is, "{text}");
    }
    assert_eq!(
        resolved("now-1d/d", 60),
        "2026-11-19T23:00:00Z 2026-11-21T10:30:15Z",
        "days begin in the person's zone"
    );
    assert_eq!(resolved("2026-11-20 06:00/2026-11-20 12:00", 60), "2026-11-20T05:00:00Z 2026-11-20T11:00:00Z");
}

#[test]
fn what_is_no_range_is_told_with_its_place() {
    assert_eq!(
        resolved("30x", 0),
        "`30x` is not a time: write 2026-11-21 05:55, yesterday 09:00, 05:55 or now-2h. \"30x\""
    );
    assert!(resolved("now-1d to 25:00", 0).ends_with("\"25:00\""), "{}", resolved("now-1d to 25:00", 0));
    assert!(resolved("  now-1y to now", 0).ends_with("\"now-1y\""));
    assert_eq!(resolved("2026-11-20/2026-11-19", 0), "It ends before it begins. \"2026-11-20/2026-11-19\"");
    assert_eq!(resolved("2027-01-01", 0), "It begins in the future. \"2027-01-01\"");
    assert!(resolved("", 0).starts_with("Type a range"));
}

#[test]
fn a_range_moves_by_its_own_length_and_not_beyond_now() {
    let day = Range::last_hours(24);
    let before = day.shift(Shift::Earlier, now(), 0);
    assert_eq!(before.to_string(), "2026-11-19T10:30:15Z/2026-11-20T10:30:15Z");
    assert_eq!(before.shift(Shift::Earlier, now(), 0).to_string(), "2026-11-18T10:30:15Z/2026-11-19T10:30:15Z");
    let a_minute_later = "2026-11-21T10:31:15Z".parse().unwrap();
    assert_eq!(before.shift(Shift::Later, a_minute_later, 0), day, "back at now it goes on with the clock");
    assert_eq!(day.shift(Shift::Later, now(), 0), day, "nothing lies beyond now");
    assert_eq!(day.to_string(), "24h");
    assert_eq!(Range::last_hours(24 * 7).to_string(), "7d");
    assert_eq!(Range::last(5_400).to_string(), "90m");
}

fn edges() -> impl Strategy<Value = Edge> {
    let round = prop_oneof![
        Just(None),
        Just(Some(Round::Minute)),
        Just(Some(Round::Hour)),
        Just(Some(Round::Day)),
        Just(Some(Round::Week))
    ];
    prop_oneof![
        (0..40_000_000_i64, round).prop_map(|(seconds, round)| Edge::Back { seconds, round }),
        (1_000_000_000..1_795_000_000_i64).prop_map(|second| Edge::At(Timestamp::from_second(second).unwrap())),
    ]
}

proptest! {
    #[test]
    fn what_a_range_writes_is_read_as_the_same_range(from in edges(), until in edges(), offset in -720..=840_i32) {
        let range = Range { from, until };
        let text = range.to_string();
        let right = range.from.resolve(now(), offset).as_second() < range.until.resolve(now(), offset).as_second();
        match parse(&text, now(), offset) {
            Ok(read) => prop_assert_eq!(read, range, "{}", text),
            Err(error) => prop_assert!(!right, "{text}: {}", error.message),
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_inside_it(text in "\\PC{0,40}") {
        if let Err(error) = parse(&text, now(), 0) {
            prop_assert!(text.get(error.place.0..error.place.1).is_some(), "{:?}", error.place);
            prop_assert!(!error.message.is_empty());
        }
    }

    #[test]
    fn times_typed_in_pairs_never_panic(text in "[0-9nowsmhdt/:. zZ+-]{0,30}") {
        let _ = parse(&text, now(), 60);
    }

    #[test]
    fn moving_back_and_forth_comes_back(from in 0..5_000_000_i64, length in 1..5_000_000_i64) {
        let at = |second: i64| Edge::At(Timestamp::from_second(second).unwrap());
        let start = 1_780_000_000 + from - length;
        let range = Range { from: at(start), until: at(start + length) };
        let back = range.shift(Shift::Earlier, now(), 0);
        prop_assert_eq!(back.resolve(now(), 0).1, range.resolve(now(), 0).0);
        let forth = back.shift(Shift::Later, now(), 0);
        prop_assert!(forth == range || forth.is_live(), "{forth}");
        let (from, until) = forth.resolve(now(), 0);
        prop_assert_eq!(until.as_second() - from.as_second(), length);
    }
}
