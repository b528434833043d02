//! Time and level of a JSON object, without reading the rest of it into memory.

use crate::time::{self, Time};

/// Bytes of an object that are looked at for its time and level.
const FAR: usize = 16 << 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Text(&'a [u8]),
    Number(&'a [u8]),
}

#[derive(Debug, Clone, Copy, Default)]
pub struct Fields<'a> {
    pub time: Option<Value<'a>>,
    pub level: Option<Value<'a>>,
    /// The object ends on this line.
    pub closed: bool,
}

/// The fields of the outermost object; none if the line does not begin as one.
pub fn fields(line: &[u8]) -> Option<Fields<'_>> {
    let mut rest = line.strip_prefix(b"{")?.trim_ascii_start();
    if !matches!(rest, [b'"' | b'}', ..]) {
        return None;
    }
    let mut found = Fields { closed: line.trim_ascii_end().ends_with(b"}"), ..Fields::default() };
    while let [b'"', text @ ..] = rest {
        if line.len() - rest.len() > FAR || (found.time.is_some() && found.level.is_some()) {
            break;
        }
        let Some((key, after)) = string(text) else { break };
        let [b':', value @ ..] = after.trim_ascii_start() else { break };
        let value = value.trim_ascii_start();
        let Some((value, after)) = any(value) else { break };
        let place = match key {
            b"timestamp" | b"@timestamp" | b"ts" | b"time" | b"eventTime" | b"asctime" | b"datetime" | b"date"
            | b"eventTimestamp" | b"timeMillis" => Some(&mut found.time),
            b"level" | b"severity" | b"levelname" | b"log_level" | b"loglevel" | b"lvl" | b"Level" | b"@level"
            | b"logLevel" => Some(&mut found.level),
            _ => None,
        };
        if let (Some(place), Some(value)) = (place, value) {
            place.get_or_insert(value);
        }
        let [b',', next @ ..] = after.trim_ascii_start() else { break };
        rest = next.trim_ascii_start();
    }
    Some(found)
}

/// The inside of a string whose quote was read, and what follows its end.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', text.get(from..)?)?;
        if text.get(at) == Some(&b'"') {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
        from = at + 2;
    }
}

/// A value, where it is text or a number, and what follows it.
fn any(value: &[u8]) -> Option<(Option<Value<'_>>, &[u8])> {
    match value {
        [b'"', text @ ..] => string(text).map(|(text, after)| (Some(Value::Text(text)), after)),
        [b'{' | b'[', ..] => nested(value).map(|after| (None, after)),
        _ => {
            let length = value.iter().position(|byte| matches!(byte, b',' | b'}' | b' '))?;
            let (text, after) = value.split_at_checked(length)?;
            Some((text.first().is_some_and(u8::is_ascii_digit).then_some(Value::Number(text)), after))
        }
    }
}

/// What follows an object or an array.
fn nested(value: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_u32;
    let mut rest = value;
    for _ in 0..FAR {
        let at = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'[' | b']' | b'"'))?;
        let (byte, after) = rest.get(at..)?.split_first()?;
        rest = after;
        match byte {
            b'"' => rest = string(after)?.1,
            b'{' | b'[' => depth += 1,
            _ => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(rest);
                }
            }
        }
    }
    None
}

/// How deep a line leaves what it opens, beginning at `depth`: quotes hide brackets; a string does not go over lines.
pub fn depth(line: &[u8], mut depth: u32) -> u32 {
    let mut rest = line;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'[' | b']' | b'"')) {
        let Some((byte, after)) = rest.get(at..).and_then(|rest| rest.split_first()) else { break };
        rest = after;
        match byte {
            b'"' => match string(after) {
                Some((_, after)) => rest = after,
                None => break,
            },
            b'{' | b'[' => depth += 1,
            _ => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
        }
    }
    depth
}

/// A number that is a time.
pub fn epoch(text: &[u8]) -> Option<Time> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    // `1.7145648E9` is how some Java programs write it.
    if let Some((mantissa, power)) = text.split_once(['e', 'E']) {
        let number = mantissa.parse::<f64>().ok()? * 10_f64.powi(power.parse().ok()?);
        let nanos = (0.0..9e9).contains(&number).then_some(number * 1e9)?;
        #[allow(clippy::cast_possible_truncation, reason = "it is below 9e18")]
        return Some(Time(nanos as i64));
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    time::of_number(whole.parse().ok()?, digits.parse().ok()?)
}
