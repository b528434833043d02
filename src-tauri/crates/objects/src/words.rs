//! Instants, spans and version ids in words, the same everywhere in this crate.
//!
//! An instant always says its zone, and that zone is UTC: the plan and the receipt are read by people in several.

use contract::Timestamp;

/// `21 Nov 2026 05:52:04 UTC`, at S3's resolution of one second (cut, not rounded).
pub fn instant(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M:%S UTC").to_string()
}

/// The two largest units of a span: `45 s`, `3 m 12 s`, `2 h 5 m`, `2 d 4 h`. `seconds` may be negative: the sign is dropped.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.unsigned_abs();
    let (d, h, m, s) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let two = |a: u64, a_unit: &str, b: u64, b_unit: &str| {
        if b == 0 { format!("{a} {a_unit}") } else { format!("{a} {a_unit} {b} {b_unit}") }
    };
    if d > 0 {
        two(d, "d", h, "h")
    } else if h > 0 {
        two(h, "h", m, "m")
    } else if m > 0 {
        two(m, "m", s, "s")
    } else {
        format!("{s} s")
    }
}

/// A version id short enough for a sentence: `3HL4kqtJ…`; `null` and other short ones whole.
pub fn short_id(version_id: &str) -> String {
    if version_id.chars().count() <= 10 {
        crate::key::shown(version_id)
    } else {
        format!("{}…", crate::key::shown(&version_id.chars().take(8).collect::<String>()))
    }
}

/// `1 day`, `90 days`.
pub fn days(count: u32) -> String {
    count_of(u64::from(count), "day")
}

/// `1 object`, `12 objects`: for nouns whose plural is an `s`.
pub fn count_of(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_say_their_zone_and_cut_below_the_second() {
        assert_eq!(instant("2026-11-21T05:52:04.999Z".parse().unwrap()), "21 Nov 2026 05:52:04 UTC");
        assert_eq!(instant("2026-11-01T00:00:00+02:00".parse().unwrap()), "31 Oct 2026 22:00:00 UTC");
    }

    #[test]
    fn spans_keep_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (45, "45 s"),
            (192, "3 m 12 s"),
            (180, "3 m"),
            (-7_500, "2 h 5 m"),
            (187_200, "2 d 4 h"),
            (86_400, "1 d"),
            (i64::MIN, "106751991167300 d 15 h"),
        ] {
            assert_eq!(span(seconds), text);
        }
    }

    #[test]
    fn ids_are_shortened_but_null_is_not() {
        assert_eq!(short_id("3HL4kqtJvjVBH40Nrjfkd"), "3HL4kqtJ…");
        assert_eq!(short_id("null"), "null");
    }
}
