//! Values, spans and sizes in the words of one line.

use jiff::Timestamp;

/// The text on one line, at most so many characters, then `…`. Line breaks and other controls become spaces.
pub fn cut(text: &str, most: usize) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// `4 s`, `6 m 40 s`, `2 h 5 m`, `3 d 4 h`: as the window writes durations.
pub fn duration(millis: u64) -> String {
    let seconds = millis / 1_000;
    let two = |big: u64, unit: &str, small: u64, part: &str| {
        if small == 0 { format!("{big} {unit}") } else { format!("{big} {unit} {small} {part}") }
    };
    match seconds {
        0 => format!("{millis} ms"),
        1..60 => format!("{seconds} s"),
        60..3_600 => two(seconds / 60, "m", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// `812 B`, `1.4 MB`: powers of 1024, as in the AWS console.
pub fn bytes(size: u64) -> String {
    let units = ["KB", "MB", "GB", "TB", "PB", "EB"];
    let (mut tenths, mut unit) = (u128::from(size) * 10, None);
    for next in units {
        if tenths < 10_240 {
            break;
        }
        tenths /= 1_024;
        unit = Some(next);
    }
    match unit {
        None => format!("{size} B"),
        Some(unit) if tenths >= 100 || tenths.is_multiple_of(10) => format!("{} {unit}", tenths / 10),
        Some(unit) => format!("{}.{} {unit}", tenths / 10, tenths % 10),
    }
}

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

/// `1 executor`, `3 executors`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_spans() {
        let sizes = [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1 KB"),
            (1_536, "1.5 KB"),
            (1_300_000, "1.2 MB"),
            (u64::MAX, "15 EB"),
        ];
        for (size, text) in sizes {
            assert_eq!(bytes(size), text);
        }
        assert_eq!(duration(400_000), "6 m 40 s");
        assert_eq!(list(&["a", "b", "c"], 2), "a, b and 1 more");
        let at: Timestamp = "2026-11-21T06:31:04.5Z".parse().unwrap();
        assert_eq!(moment(at, at), "06:31:04 UTC");
        assert_eq!(moment(at, "2026-11-22T00:00:00Z".parse().unwrap()), "21 Nov 2026 06:31:04 UTC");
    }
}
