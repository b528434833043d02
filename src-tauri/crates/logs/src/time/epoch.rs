//! Numbers since 1970.

use super::{Time, scan};

/// Seconds, milliseconds, microseconds or nanoseconds, told apart by their size: each unit's range is 2001 to 2262, and
/// they do not meet.
pub fn of_number(whole: u64, fraction_nanos: u32) -> Option<Time> {
    let whole = i64::try_from(whole).ok()?;
    match whole {
        1_000_000_000..10_000_000_000 => Time::of_seconds(whole, fraction_nanos),
        1_000_000_000_000..10_000_000_000_000 => {
            whole.checked_mul(1_000_000)?.checked_add(i64::from(fraction_nanos / 1_000)).map(Time)
        }
        1_000_000_000_000_000..10_000_000_000_000_000 => whole.checked_mul(1_000).map(Time),
        1_000_000_000_000_000_000.. => Some(Time(whole)),
        _ => None,
    }
}

/// A number that is alone: `1714564800.123 `, `1714564800123 `.
pub fn read(text: &[u8]) -> Option<(Time, usize)> {
    let (whole, length) = scan::number(text, 19);
    if !matches!(length, 10 | 13 | 16 | 19) {
        return None;
    }
    let after = text.get(length..).unwrap_or_default();
    // Digits of a dotted number that is no time (a version) do not come in tens.
    let (nanos, rest) = if after.starts_with(b".") { scan::fraction(after) } else { (0, after) };
    if !matches!(rest, [] | [b' ' | b'\t' | b']' | b',' | b';' | b':' | b'|' | b'}', ..]) {
        return None;
    }
    Some((of_number(whole, nanos)?, text.len() - rest.len()))
}
