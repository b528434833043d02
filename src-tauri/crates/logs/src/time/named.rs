//! Layouts with names of months.

use super::{Time, Written, civil::Civil, iso, scan};

fn month(name: [u8; 3]) -> Option<u8> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

/// A day of one or two digits, perhaps behind one more space.
fn day(text: &[u8]) -> Option<(u8, &[u8])> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (number, length) = scan::number(text, 2);
    (length > 0).then(|| (u8::try_from(number).unwrap_or(0), text.get(length..).unwrap_or_default()))
}

fn at(civil: Civil, offset: Option<i64>) -> Option<Written> {
    if !civil.is_valid() {
        return None;
    }
    match offset {
        Some(offset) => Time::of_seconds(civil.seconds() - offset, civil.nanos).map(Written::At),
        None => Some(Written::Wall(civil)),
    }
}

/// `May  1 12:00:00` and `May 01, 2024 12:00:00 PM`.
pub fn month_first(text: &[u8]) -> Option<(Written, usize)> {
    let ([a, b, c, b' '], rest) = text.split_first_chunk::<4>()? else { return None };
    let month = month([*a, *b, *c])?;
    let (day, rest) = day(rest)?;
    if let [b',', b' ', rest @ ..] = rest {
        let (year, rest) = year(rest)?;
        let (civil, rest) = half_day(Civil { year, month, day, hour: 0, minute: 0, second: 0, nanos: 0 }, rest)?;
        return Some((at(civil, None)?, text.len() - rest.len()));
    }
    let ((hour, minute, second), rest) = scan::clock(rest.strip_prefix(b" ")?)?;
    let (nanos, rest) = scan::fraction(rest);
    // A leap year, so that 29 February is a day; the true year comes later.
    let civil = Civil { year: 2000, month, day, hour, minute, second, nanos };
    civil.is_valid().then_some((Written::Yearless(civil), text.len() - rest.len()))
}

fn year(text: &[u8]) -> Option<(i16, &[u8])> {
    let (year, length) = scan::number(text, 4);
    (length == 4).then(|| (i16::try_from(year).unwrap_or(0), text.get(4..).unwrap_or_default()))
}

/// ` 1:02:03 PM`: hours from 1 to 12, of one or two digits.
fn half_day(date: Civil, rest: &[u8]) -> Option<(Civil, &[u8])> {
    let rest = rest.strip_prefix(b" ")?;
    let (hour, length) = scan::number(rest, 2);
    let ([b':', m1, m2, b':', s1, s2], rest) = rest.get(length..)?.split_first_chunk::<6>()? else { return None };
    let (minute, second) = (scan::two(*m1, *m2)?, scan::two(*s1, *s2)?);
    let hour = u8::try_from(hour).ok().filter(|hour| *hour < 24 && length > 0 && minute < 60 && second <= 60)?;
    // Java has put a narrow no-break space before AM and PM since version 20.
    let spaced = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix("\u{202f}".as_bytes()));
    let (hour, rest) = match spaced {
        Some([b'A', b'M', rest @ ..]) => (hour % 12, rest),
        Some([b'P', b'M', rest @ ..]) => (hour % 12 + 12, rest),
        _ => (hour, rest),
    };
    Some((Civil { hour, minute, second, ..date }, rest))
}

/// `01/May/2024:12:00:00 +0000`.
pub fn access(text: &[u8]) -> Option<(Written, usize)> {
    let ([d1, d2, b'/', a, b, c, b'/'], rest) = text.split_first_chunk::<7>()? else { return None };
    let (year, rest) = year(rest)?;
    let ((hour, minute, second), rest) = scan::clock(rest.strip_prefix(b":")?)?;
    let (offset, rest) = iso::offset(rest);
    let civil = Civil { year, month: month([*a, *b, *c])?, day: scan::two(*d1, *d2)?, hour, minute, second, nanos: 0 };
    Some((at(civil, offset)?, text.len() - rest.len()))
}

/// `Wed May  1 12:00:00 UTC 2024` and `Wed May 01 12:00:00 +0000 2024`, as `date` and YARN's diagnostics have it.
pub fn day_first(text: &[u8]) -> Option<(Written, usize)> {
    let ([_, _, _, b' ', a, b, c, b' '], rest) = text.split_first_chunk::<8>()? else { return None };
    let month = month([*a, *b, *c])?;
    let (day, rest) = day(rest)?;
    let ((hour, minute, second), rest) = scan::clock(rest.strip_prefix(b" ")?)?;
    let (offset, rest) = iso::offset(rest);
    let (year, rest) = year(rest.strip_prefix(b" ")?)?;
    let civil = Civil { year, month, day, hour, minute, second, nanos: 0 };
    Some((at(civil, offset)?, text.len() - rest.len()))
}
