//! How times, sizes and odd text are written, the same everywhere.
//!
//! Sizes are powers of 1024 with the units of the AWS console. WASM has no time zone database, so local time comes
//! from the browser: its offset at that very instant, which is right on both sides of a clock change. Functions that
//! ask the browser are thin; what they say is made by functions without it, which the tests call.

use contract::{Timestamp, settings::Zone};
use jiff::{SignedDuration, civil::DateTime, tz::Offset};
use std::fmt::Write as _;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The clock of this computer.
pub fn now() -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285,000 years")]
    Timestamp::from_millisecond(js_sys::Date::now() as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Minutes east of UTC that this computer keeps at an instant.
pub fn offset_minutes(at: Timestamp) -> i32 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit into 53 bits")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.as_millisecond() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "an offset is below a day")]
    let west = date.get_timezone_offset() as i32;
    -west
}

/// Minutes east of UTC of a zone at an instant.
pub fn offset(at: Timestamp, zone: Zone) -> i32 {
    match zone {
        Zone::Utc => 0,
        Zone::Local => offset_minutes(at),
    }
}

/// `21 Nov 06:00:12`, with the year when it is not this one. The column or sentence around it names the zone.
pub fn time(at: Timestamp, zone: Zone) -> String {
    let now = now();
    time_at(at, offset(at, zone), civil(now, offset(now, zone)).year())
}

/// `21 Nov 2026, 05:52:04 UTC`.
pub fn time_full(at: Timestamp, zone: Zone) -> String {
    time_full_at(at, offset(at, zone), zone)
}

/// `21 Nov 2026, 05:52:04.210 UTC`: where a second is too coarse.
pub fn time_exact(at: Timestamp, zone: Zone) -> String {
    time_exact_at(at, offset(at, zone), zone)
}

/// `21 Nov 06:04 UTC`, with the year when it is not this one.
pub fn minute(at: Timestamp, zone: Zone) -> String {
    let now = now();
    minute_at(at, offset(at, zone), zone, civil(now, offset(now, zone)).year())
}

/// `06:00:12 UTC`.
pub fn clock(at: Timestamp, zone: Zone) -> String {
    let offset = offset(at, zone);
    let at = civil(at, offset);
    format!("{:02}:{:02}:{:02} {}", at.hour(), at.minute(), at.second(), zone_at(offset, zone))
}

/// `06:00:12.210`: where the zone is said elsewhere.
pub fn clock_exact(at: Timestamp, zone: Zone) -> String {
    let at = civil(at, offset(at, zone));
    format!("{:02}:{:02}:{:02}.{:03}", at.hour(), at.minute(), at.second(), at.millisecond())
}

/// UTC, local and relative, a line each: what hovering over a time shows.
pub fn hover_time(at: Timestamp) -> String {
    format!("{}\n{}\n{}", time_full(at, Zone::Utc), time_full(at, Zone::Local), relative(at, now()))
}

/// ISO 8601 in UTC: what copying a time gives.
pub fn iso(at: Timestamp) -> String {
    at.to_string()
}

/// The name of a zone in a sentence.
pub fn zone_words(zone: Zone) -> &'static str {
    match zone {
        Zone::Utc => "UTC",
        Zone::Local => "this computer's time",
    }
}

/// The name of a zone in a column's head.
pub fn zone_label(zone: Zone) -> &'static str {
    match zone {
        Zone::Utc => "UTC",
        Zone::Local => "local",
    }
}

fn civil(at: Timestamp, offset_minutes: i32) -> DateTime {
    Offset::from_seconds(offset_minutes * 60).unwrap_or(Offset::UTC).to_datetime(at)
}

fn month(at: DateTime) -> &'static str {
    usize::try_from(at.month() - 1).ok().and_then(|month| MONTHS.get(month)).copied().unwrap_or_default()
}

fn time_at(at: Timestamp, offset_minutes: i32, this_year: i16) -> String {
    let at = civil(at, offset_minutes);
    let year = if at.year() == this_year { String::new() } else { format!(" {}", at.year()) };
    format!("{:02} {}{year} {:02}:{:02}:{:02}", at.day(), month(at), at.hour(), at.minute(), at.second())
}

fn time_full_at(at: Timestamp, offset_minutes: i32, zone: Zone) -> String {
    let zone = zone_at(offset_minutes, zone);
    let at = civil(at, offset_minutes);
    format!(
        "{:02} {} {}, {:02}:{:02}:{:02} {zone}",
        at.day(),
        month(at),
        at.year(),
        at.hour(),
        at.minute(),
        at.second()
    )
}

fn time_exact_at(at: Timestamp, offset_minutes: i32, zone: Zone) -> String {
    let millisecond = civil(at, offset_minutes).millisecond();
    let text = time_full_at(at, offset_minutes, zone);
    // The zone is the last word, and has no space in it.
    match text.rsplit_once(' ') {
        Some((time, zone)) => format!("{time}.{millisecond:03} {zone}"),
        None => text,
    }
}

fn minute_at(at: Timestamp, offset_minutes: i32, zone: Zone, this_year: i16) -> String {
    let zone = zone_at(offset_minutes, zone);
    let at = civil(at, offset_minutes);
    let year = if at.year() == this_year { String::new() } else { format!(" {}", at.year()) };
    format!("{:02} {}{year} {:02}:{:02} {zone}", at.day(), month(at), at.hour(), at.minute())
}

/// `UTC`, or for local time its distance: `UTC+5:30`.
fn zone_at(offset_minutes: i32, zone: Zone) -> String {
    if zone == Zone::Utc {
        return "UTC".into();
    }
    let sign = if offset_minutes < 0 { '−' } else { '+' };
    let (hours, minutes) = (offset_minutes.abs() / 60, offset_minutes.abs() % 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}

/// `3 min ago`, `in 2 h`, `yesterday` is never said: a day starts elsewhere for someone.
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    let distance = now.duration_since(at);
    let seconds = distance.abs().as_secs();
    let amount = match seconds {
        0..5 => return "just now".into(),
        5..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        172_800..63_072_000 => format!("{} days", seconds / 86_400),
        _ => format!("{} years", seconds / 31_536_000),
    };
    if distance < SignedDuration::ZERO { format!("in {amount}") } else { format!("{amount} ago") }
}

/// `3 m 12 s`.
pub fn duration(seconds: u64) -> String {
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{rest} s"),
        (0, 0, _) => format!("{minutes} m {rest} s"),
        (0, ..) => format!("{hours} h {minutes} m"),
        _ => format!("{days} d {hours} h"),
    }
}

/// `210 ms`, `4.2 s`, and from ten seconds on as [`duration`].
pub fn millis(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..10_000 => format!("{}.{} s", millis / 1_000, millis / 100 % 10),
        _ => duration(millis / 1_000),
    }
}

const UNITS: [&str; 6] = ["KB", "MB", "GB", "TB", "PB", "EB"];

/// `1.2 MB`, powers of 1024.
pub fn size(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    // In tenths of the unit, rounded; what rounds up to 1,024 moves to the next unit.
    let mut scale = 1024_u128;
    let mut last = "KB";
    for unit in UNITS {
        last = unit;
        let tenths = (u128::from(bytes) * 10 + scale / 2) / scale;
        if tenths < 10_240 || unit == "EB" {
            return if tenths < 1_000 {
                format!("{}.{} {unit}", tenths / 10, tenths % 10)
            } else {
                format!("{} {unit}", (u128::from(bytes) + scale / 2) / scale)
            };
        }
        scale *= 1024;
    }
    format!("{bytes} {last}")
}

/// `1,258,291 bytes`: what hovering over a size shows.
pub fn bytes_exact(bytes: u64) -> String {
    if bytes == 1 { "1 byte".into() } else { format!("{} bytes", count(bytes)) }
}

/// A change of size with its sign, `+14 KB`, `−1.2 MB`.
pub fn signed_size(bytes: i64) -> String {
    match bytes.signum() {
        1 => format!("+{}", size(bytes.unsigned_abs())),
        -1 => format!("−{}", size(bytes.unsigned_abs())),
        _ => "0 B".into(),
    }
}

/// `18,251`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 object`, `12 objects`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `4411-0923-7716`.
pub fn account(id: &str) -> String {
    match (id.get(0..4), id.get(4..8), id.get(8..12)) {
        (Some(first), Some(second), Some(third)) if id.len() == 12 => format!("{first}-{second}-{third}"),
        _ => id.to_owned(),
    }
}

/// Makes what hides visible: control characters, what turns the reading direction, and spaces at either end.
pub fn visible(text: &str) -> String {
    let from = text.len() - text.trim_start_matches(' ').len();
    let to = text.trim_end_matches(' ').len();
    let mut shown = String::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        match character {
            ' ' if index < from || index >= to => shown.push('·'),
            '\n' => shown.push('␊'),
            '\r' => shown.push('␍'),
            '\t' => shown.push('␉'),
            '\u{a0}'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            _ if character.is_control() => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
            _ => shown.push(character),
        }
    }
    shown
}

/// A text of several lines on one, for a cell: breaks and tabs are spaces there, and what else hides is made visible.
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return visible(text);
    }
    let parts = text.split(['\n', '\r', '\t']).map(|part| part.trim_matches(' ')).filter(|part| !part.is_empty());
    visible(&parts.collect::<Vec<_>>().join(" "))
}

/// A text whose breaks and indents stay what they are, and in which what else hides is made visible.
pub fn lines(text: &str) -> String {
    let shown = text.lines().map(|line| {
        let line = line.replace('\t', "    ");
        let inside = line.trim_start_matches(' ');
        format!("{}{}", " ".repeat(line.len() - inside.len()), visible(inside.trim_end_matches(' ')))
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn times() {
        let stored = at("2026-11-21T05:52:04Z");
        assert_eq!(time_at(stored, 0, 2026), "21 Nov 05:52:04");
        assert_eq!(time_at(stored, 0, 2027), "21 Nov 2026 05:52:04");
        assert_eq!(time_at(stored, -360, 2026), "20 Nov 23:52:04");
        assert_eq!(time_full_at(stored, 0, Zone::Utc), "21 Nov 2026, 05:52:04 UTC");
        assert_eq!(time_full_at(stored, 330, Zone::Local), "21 Nov 2026, 11:22:04 UTC+5:30");
        assert_eq!(time_full_at(stored, -480, Zone::Local), "20 Nov 2026, 21:52:04 UTC−8");
        assert_eq!(iso(stored), "2026-11-21T05:52:04Z");
        let exact = at("2026-11-21T05:52:04.0219Z");
        assert_eq!(time_exact_at(exact, 0, Zone::Utc), "21 Nov 2026, 05:52:04.021 UTC");
        assert_eq!(time_exact_at(exact, 330, Zone::Local), "21 Nov 2026, 11:22:04.021 UTC+5:30");
        assert_eq!(minute_at(stored, 0, Zone::Utc, 2026), "21 Nov 05:52 UTC");
        assert_eq!(minute_at(stored, 60, Zone::Local, 2027), "21 Nov 2026 06:52 UTC+1");
    }

    #[test]
    fn distances() {
        let now = at("2026-11-21T06:00:00Z");
        assert_eq!(relative(at("2026-11-21T05:59:58Z"), now), "just now");
        assert_eq!(relative(at("2026-11-21T05:52:04Z"), now), "7 min ago");
        assert_eq!(relative(at("2026-11-21T08:00:00Z"), now), "in 2 h");
        assert_eq!(relative(at("2026-11-11T06:00:00Z"), now), "10 days ago");
        assert_eq!(relative(at("2020-11-11T06:00:00Z"), now), "6 years ago");
        assert_eq!(duration(0), "0 s");
        assert_eq!(duration(192), "3 m 12 s");
        assert_eq!(duration(7_260), "2 h 1 m");
        assert_eq!(duration(180_000), "2 d 2 h");
        assert_eq!(millis(0), "0 ms");
        assert_eq!(millis(210), "210 ms");
        assert_eq!(millis(4_299), "4.2 s");
        assert_eq!(millis(9_999), "9.9 s");
        assert_eq!(millis(47_090), "47 s");
        assert_eq!(millis(4_560_000), "1 h 16 m");
    }

    #[test]
    fn sizes() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1024), "1.0 KB");
        assert_eq!(size(1_258_291), "1.2 MB");
        assert_eq!(size(14 * 1024 + 512), "14.5 KB");
        assert_eq!(size(512 * 1024), "512 KB");
        assert_eq!(size(1024 * 1024 - 1), "1.0 MB");
        assert_eq!(size(u64::MAX), "16.0 EB");
        assert_eq!(signed_size(-1_258_291), "−1.2 MB");
        assert_eq!(signed_size(14_336), "+14.0 KB");
        assert_eq!(signed_size(i64::MIN), "−8.0 EB");
        assert_eq!(bytes_exact(1_258_291), "1,258,291 bytes");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000_000), "1,000,000");
        assert_eq!(account("441109237716"), "4411-0923-7716");
        assert_eq!(account("größe"), "größe");
    }

    #[test]
    fn nothing_hides_in_a_name() {
        assert_eq!(visible("a b"), "a b");
        assert_eq!(visible(" a b  "), "·a b··");
        assert_eq!(visible("   "), "···");
        assert_eq!(visible("a\nb\tc\r"), "a␊b␉c␍");
        assert_eq!(visible("x\u{202e}fdp.exe\u{0}"), "x\\u{202e}fdp.exe\\u{0}");
        assert_eq!(visible("数据"), "数据");
    }

    #[test]
    fn a_text_keeps_its_lines_and_shows_what_hides() {
        assert_eq!(lines("COPY t\r\n\tFROM 's3://b/k\u{202e}'"), "COPY t\n    FROM 's3://b/k\\u{202e}'");
        assert_eq!(lines("END RequestId: 1 \n"), "END RequestId: 1");
    }

    #[test]
    fn a_cell_has_one_line() {
        assert_eq!(
            one_line("Traceback:\n\tFile \"x.py\", line 1\r\n\r\nValueError\n"),
            "Traceback: File \"x.py\", line 1 ValueError"
        );
        assert_eq!([one_line("a  b"), one_line("a ")], ["a  b", "a·"], "a text of one line is shown as it is");
        assert_eq!(one_line("\n"), "");
        assert_eq!(one_line("x\u{202e}y\n"), "x\\u{202e}y");
    }
}
