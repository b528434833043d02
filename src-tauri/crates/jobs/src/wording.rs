//! Values, spans and sizes in the words of one line.

pub use contract::words::{bytes, count, cut, duration, list};
use jiff::Timestamp;

/// Milliseconds between two moments, 0 when the second is earlier.
pub fn millis(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_millis()).unwrap_or(0)
}

/// `21 Nov 2026 06:31:04 UTC`: as the plans and receipts of objects write it.
pub fn instant(at: Timestamp) -> String {
    at.strftime("%-d %b %Y %H:%M:%S UTC").to_string()
}

/// `06:31:04 UTC`, with the date when it is another day than `now`.
pub fn moment(at: Timestamp, now: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%F").to_string();
    if day(at) == day(now) { at.strftime("%H:%M:%S UTC").to_string() } else { instant(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_another_day_comes_with_its_date() {
        let at: Timestamp = "2026-11-21T06:31:04.5Z".parse().unwrap();
        assert_eq!(moment(at, at), "06:31:04 UTC");
        assert_eq!(moment(at, "2026-11-22T00:00:00Z".parse().unwrap()), "21 Nov 2026 06:31:04 UTC");
    }
}
