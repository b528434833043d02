//! Numbers, times and names as a chart writes them. No font is asked: the width of a text is told from its letters, close
//! enough to keep labels apart, and the same on every computer.

use contract::Timestamp;
use jiff::{civil::DateTime, tz::Offset};

/// The size of all letters of a chart, in pixels.
pub const TEXT: f64 = 11.0;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `0.0431`, `12.5`, `18,251`, `1.20e-7`: three digits that count, whole numbers whole.
pub fn number(value: f64) -> String {
    let size = value.abs();
    let text = if size < f64::MIN_POSITIVE {
        "0".to_owned()
    } else if !(1e-4..1e15).contains(&size) {
        format!("{size:.2e}")
    } else {
        grouped(&trimmed(format!("{size:.*}", decimals(size, 3))))
    };
    if value < 0.0 && text != "0" { format!("−{text}") } else { text }
}

/// With so many decimals: `0.10`, `−5,000`.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = grouped(&format!("{:.decimals$}", value.abs()));
    let is_zero = text.chars().all(|letter| matches!(letter, '0' | '.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

/// For tables and copies: six digits that count, the sign and the point of a program. What is not known is empty.
pub fn cell(value: Option<f64>) -> String {
    match value.filter(|value| value.is_finite()) {
        None => String::new(),
        Some(value) if value.abs() < f64::MIN_POSITIVE => "0".to_owned(),
        Some(value) if !(1e-4..1e15).contains(&value.abs()) => format!("{value:e}"),
        Some(value) => trimmed(format!("{value:.*}", decimals(value.abs(), 6))),
    }
}

/// `43 %`, `12 ms`, `0.43`.
pub fn amount(value: f64, unit: &str) -> String {
    if unit.is_empty() { number(value) } else { format!("{} {}", number(value), shown(unit)) }
}

/// `Latency (ms)`.
pub fn with_unit(name: &str, unit: &str) -> String {
    if unit.is_empty() { shown(name) } else { format!("{} ({})", shown(name), shown(unit)) }
}

/// `1 feature`, `12 features`.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(&count.to_string()), if count == 1 { one } else { many })
}

/// Digits behind the point so that so many count in all.
fn decimals(size: f64, digits: i32) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the exponent of a number that is finite and not zero")]
    let exponent = size.log10().floor() as i32;
    usize::try_from(digits - 1 - exponent).unwrap_or_default()
}

/// Without zeros at the end of a fraction. In its own room: a heat map has 45,000 of them.
fn trimmed(mut text: String) -> String {
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    text
}

/// Commas between thousands, in what stands before the point.
fn grouped(text: &str) -> String {
    let (whole, rest) =
        text.split_once('.').map_or((text, ""), |(whole, _)| (whole, text.get(whole.len()..).unwrap_or("")));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

/// Minutes east of UTC as jiff has it; what no place on earth keeps is UTC.
pub fn zone(offset_minutes: i32) -> Offset {
    offset_minutes.checked_mul(60).and_then(|seconds| Offset::from_seconds(seconds).ok()).unwrap_or(Offset::UTC)
}

/// `UTC`, `UTC+5:30`.
pub fn zone_name(offset_minutes: i32) -> String {
    let minutes = zone(offset_minutes).seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// `21 Nov 2026, 06:00 UTC`, with seconds where there are some.
pub fn time(at: Timestamp, offset_minutes: i32) -> String {
    let local = zone(offset_minutes).to_datetime(at);
    let seconds = if local.second() == 0 { String::new() } else { format!(":{:02}", local.second()) };
    format!("{} {}, {}{seconds} {}", day(local), local.year(), clock(local), zone_name(offset_minutes))
}

/// `06:00`.
pub fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `21 Nov`.
pub fn day(at: DateTime) -> String {
    format!("{} {}", at.day(), month(at))
}

pub fn month(at: DateTime) -> &'static str {
    usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

/// A name that comes from strangers, in one line that any XML may hold and that reads in one direction.
pub fn shown(name: &str) -> String {
    let odd = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    name.chars().map(|letter| if odd(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Pixels that a text takes at [`TEXT`], as Inter sets it, rather too many than too few.
pub fn width(text: &str) -> f64 {
    text.chars().map(em).sum::<f64>() * TEXT
}

fn em(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.31,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '1' => 0.43,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.95,
        'A'..='Z' | '_' => 0.72,
        _ if letter.is_ascii() => 0.63,
        // Scripts whose letters are squares.
        '\u{1100}'.. => 1.05,
        _ => 0.7,
    }
}

/// The text as far as it fits, with its middle left out, because names differ at both ends. `None`: it fits.
pub fn cut(text: &str, room: f64) -> Option<String> {
    if width(text) <= room {
        return None;
    }
    let letters: Vec<char> = text.chars().collect();
    let mut left = room - em('…') * TEXT;
    let (mut front, mut back) = (0, 0);
    while front + back < letters.len() {
        let at_front = front <= back;
        let next = if at_front { letters.get(front) } else { letters.get(letters.len() - 1 - back) };
        left -= next.map_or(0.0, |letter| em(*letter) * TEXT);
        if left < 0.0 {
            break;
        }
        if at_front { front += 1 } else { back += 1 }
    }
    let kept = |range: std::ops::Range<usize>| letters.get(range).unwrap_or_default().iter().collect::<String>();
    Some(kept(0..front) + "…" + &kept(letters.len() - back..letters.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_three_digits_that_count() {
        let values = [0.0, 0.043_12, 0.5, 12.49, 18_251.4, 1_234_567.0, -0.25, 1.2e-7, 3.0, 99.96];
        let told = ["0", "0.0431", "0.5", "12.5", "18,251", "1,234,567", "−0.25", "1.20e-7", "3", "100"];
        assert_eq!(values.map(number), told);
        assert_eq!((amount(43.0, "%"), with_unit("Latency", "ms")), ("43 %".into(), "Latency (ms)".into()));
    }

    #[test]
    fn a_cell_is_read_by_programs() {
        assert_eq!([Some(-1234.5), Some(0.000_01), Some(f64::NAN), None].map(cell), ["-1234.5", "1e-5", "", ""]);
    }

    #[test]
    fn times_say_their_zone() {
        let at: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        assert_eq!(time(at, 0), "21 Nov 2026, 06:00 UTC");
        assert_eq!(time(at, -150), "21 Nov 2026, 03:30 UTC−2:30");
        assert_eq!(zone_name(i32::MAX), "UTC");
    }

    #[test]
    fn a_name_loses_its_middle() {
        assert_eq!(cut("amount", 100.0), None);
        let short = cut("customer_lifetime_value_days_30", 80.0).unwrap();
        assert!(short.starts_with("custo") && short.ends_with("_30"), "{short}");
        assert_eq!(shown("a\u{202e}b\nc"), "a\u{fffd}b\u{fffd}c");
    }

    proptest! {
        #[test]
        fn what_was_cut_fits(text in ".{0,60}", room in 12.0..200.0_f64) {
            let kept = cut(&text, room).unwrap_or_else(|| text.clone());
            prop_assert!(width(&kept) <= room + 1e-9);
        }

        #[test]
        fn a_cell_says_its_number(value in -1e9..1e9_f64) {
            let read: f64 = cell(Some(value)).parse().unwrap();
            prop_assert!((read - value).abs() <= value.abs() * 1e-5);
        }
    }
}
