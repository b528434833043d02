//! Values, spans and lists in the words of one line.

/// The text on one line, at most so many characters, then `…`. Line breaks and other controls become spaces.
pub(crate) fn cut(text: &str, most: usize) -> String {
    let mut chars = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// `4 s`, `6 m 40 s`, `2 h 5 m`, `3 d 4 h`: as the window writes durations.
pub(crate) fn duration(millis: u64) -> String {
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

/// `a, b and 3 more`; `a, b and c`.
pub(crate) fn list(items: &[&str], most: usize) -> String {
    let shown = items.iter().take(most).copied().collect::<Vec<_>>();
    match (shown.split_last(), items.len() - shown.len()) {
        (None, _) => String::new(),
        (Some((last, [])), 0) => (*last).to_owned(),
        (Some((last, rest)), 0) => format!("{} and {last}", rest.join(", ")),
        (Some(_), more) => format!("{} and {more} more", shown.join(", ")),
    }
}
