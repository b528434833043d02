//! `2024-05-01T12:00:00.123+02:00` and its relatives, and Spark's `24/05/01 12:00:00`.

use super::{Time, Written, civil::Civil, scan};

/// Four digits of a year first.
pub fn long(text: &[u8]) -> Option<(Written, usize)> {
    let (date, rest) = text.split_first_chunk::<11>()?;
    let [y1, y2, y3, y4, dash, m1, m2, other, d1, d2, between] = *date;
    if dash != other || !matches!(between, b'T' | b' ' | b'_' | b't') {
        return None;
    }
    let year = i16::from(scan::two(y1, y2)?) * 100 + i16::from(scan::two(y3, y4)?);
    read(text, rest, year, scan::two(m1, m2)?, scan::two(d1, d2)?)
}

/// log4j's `yy/MM/dd HH:mm:ss`, in Spark's default layout.
pub fn short(text: &[u8]) -> Option<(Written, usize)> {
    let (date, rest) = text.split_first_chunk::<9>()?;
    let [y1, y2, b'/', m1, m2, b'/', d1, d2, b' ' | b'T'] = *date else { return None };
    // There was no Spark in 1999.
    read(text, rest, 2000 + i16::from(scan::two(y1, y2)?), scan::two(m1, m2)?, scan::two(d1, d2)?)
}

fn read(text: &[u8], rest: &[u8], year: i16, month: u8, day: u8) -> Option<(Written, usize)> {
    let ((hour, minute, second), rest) = scan::clock(rest)?;
    let (nanos, rest) = scan::fraction(rest);
    let civil = Civil { year, month, day, hour, minute, second, nanos };
    if !civil.is_valid() {
        return None;
    }
    let (offset, rest) = offset(rest);
    let written = match offset {
        Some(offset) => Written::At(Time::of_seconds(civil.seconds() - offset, nanos)?),
        None => Written::Wall(civil),
    };
    Some((written, text.len() - rest.len()))
}

/// Seconds east of Greenwich, if a zone is told, and what follows.
pub fn offset(text: &[u8]) -> (Option<i64>, &[u8]) {
    match text {
        [b'Z' | b'z', rest @ ..] if !matches!(rest, [b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..]) => (Some(0), rest),
        [b' ', b'U', b'T', b'C', rest @ ..] | [b' ', b'G', b'M', b'T', rest @ ..]
            if !matches!(rest, [b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9', ..]) =>
        {
            (Some(0), rest)
        }
        [sign @ (b'+' | b'-'), digits @ ..] => {
            signed(*sign, digits).map_or((None, text), |(at, rest)| (Some(at), rest))
        }
        [b' ', sign @ (b'+' | b'-'), digits @ ..] => match signed(*sign, digits) {
            // Behind a space, `-2 retries` is no zone: four digits are.
            Some((at, rest)) if digits.len() - rest.len() >= 4 => (Some(at), rest),
            _ => (None, text),
        },
        _ => (None, text),
    }
}

fn signed(sign: u8, digits: &[u8]) -> Option<(i64, &[u8])> {
    let (hours, minutes, rest) = match digits {
        [h1, h2, b':', m1, m2, rest @ ..] | [h1, h2, m1 @ b'0'..=b'9', m2 @ b'0'..=b'9', rest @ ..] => {
            (scan::two(*h1, *h2)?, scan::two(*m1, *m2)?, rest)
        }
        [h1, h2, rest @ ..] => (scan::two(*h1, *h2)?, 0, rest),
        _ => return None,
    };
    if hours > 15 || minutes > 59 || matches!(rest, [b'0'..=b'9', ..]) {
        return None;
    }
    let seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60;
    Some((if sign == b'-' { -seconds } else { seconds }, rest))
}
