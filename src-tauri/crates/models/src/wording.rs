//! Values, spans and lists in the words of one line.

use contract::Timestamp;

const DAY: i64 = 86_400;

/// The text on one line, at most so many characters, then `…`. Line breaks and other controls become spaces.
pub fn cut(text: &str, most: usize) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// Seconds between two moments, 0 when the second is earlier.
pub fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()).max(0)
}

/// `52 m`, `3 h 40 m`, `2 d 1 h`: as the window writes durations.
pub fn span(seconds: i64) -> String {
    let two = |big: i64, unit: &str, small: i64, part: &str| {
        if small == 0 { format!("{big} {unit}") } else { format!("{big} {unit} {small} {part}") }
    };
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3_600 => format!("{} m", seconds / 60),
        3_600..DAY => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / DAY, "d", seconds % DAY / 3_600, "h"),
    }
}

/// `21 Nov 2026 06:31 UTC`: as texts write it. Where a time stands alone, the window writes it in its own zone.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M UTC").to_string()
}

/// `a, b and 3 more`; `a, b and c`.
pub fn list<T: AsRef<str>>(items: &[T], most: usize) -> String {
    let shown: Vec<&str> = items.iter().take(most).map(AsRef::as_ref).collect();
    match (shown.split_last(), items.len() - shown.len()) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => (*last).to_owned(),
        (Some((last, rest)), 0) => format!("{} and {last}", rest.join(", ")),
        (Some(_), more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 feature`, `3 features`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A number with four significant digits at most: `0.118`, `18.2`, `41208`, `1.2e-7`.
pub fn number(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        _ if !value.is_finite() => return "not a number".to_owned(),
        0.0 => return "0".to_owned(),
        ..0.000_1 => return format!("{value:.1e}"),
        ..0.01 => 5,
        ..1.0 => 4,
        ..10.0 => 3,
        ..100.0 => 2,
        ..1_000.0 => 1,
        _ => return format!("{value:.0}"),
    };
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}

/// `41,208`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// As many as fit, for the counts that cross the bridge.
pub fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The last part of a path or ARN.
pub fn last(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_spans_and_lists() {
        let numbers = [
            (0.0, "0"),
            (0.118, "0.118"),
            (-0.25, "-0.25"),
            (18.2, "18.2"),
            (41_208.4, "41208"),
            (1.24e-7, "1.2e-7"),
            (f64::NAN, "not a number"),
        ];
        for (value, text) in numbers {
            assert_eq!(number(value), text);
        }
        assert_eq!(span(3_120), "52 m");
        assert_eq!(span(176_400), "2 d 1 h");
        assert_eq!(grouped(41_208), "41,208");
        assert_eq!(grouped(208), "208");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(moment("2026-11-21T06:31:04Z".parse().unwrap()), "21 Nov 2026 06:31 UTC");
    }
}
