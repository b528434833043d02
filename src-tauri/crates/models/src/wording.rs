//! Values, spans and lists in the words of one line.

use contract::Timestamp;
pub use contract::words::{count, cut, grouped, list};

const DAY: i64 = 86_400;

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
    fn numbers_and_spans() {
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
        assert_eq!(moment("2026-11-21T06:31:04Z".parse().unwrap()), "21 Nov 2026 06:31 UTC");
    }
}
