//! Values, spans, sizes and lists as texts write them: in the words of one line.
//!
//! Every crate below the bridge writes texts that a person reads beside each other, so how they write these is agreed here,
//! once.

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

/// `41,208`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans() {
        for (millis, words) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (4_500, "4 s"),
            (60_000, "1 m"),
            (400_000, "6 m 40 s"),
            (7_500_000, "2 h 5 m"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(duration(millis), words);
        }
    }

    #[test]
    fn sizes() {
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
    }

    #[test]
    fn lists_numbers_and_texts() {
        assert_eq!(list::<&str>(&[], 3), "");
        assert_eq!(list(&["a"], 3), "a");
        assert_eq!(list(&["a", "b", "c"], 3), "a, b and c");
        assert_eq!(list(&["a", "b", "c"], 1), "a and 2 more");
        assert_eq!((count(1, "feature"), count(3, "feature")), ("1 feature".into(), "3 features".into()));
        assert_eq!((grouped(208), grouped(41_208)), ("208".into(), "41,208".into()));
        assert_eq!(cut("a\nb", 3), "a b");
        assert_eq!(cut("abcd", 3), "abc…");
    }
}
