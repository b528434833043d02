//! What the beginning of a line says: when, and how bad. Or that it has no such beginning, and belongs to the line before.
//!
//! One pass over the first bytes, no expressions: this is asked for every line of every file. Layouts, besides those of
//! [`time::read`](crate::time::read): `[time] ...`, `[LEVEL]<tab>time...` (Lambda), `LEVEL time ...` and `LEVEL:name:...`
//! (Python), `log4j:WARN ...`, JSON objects, logfmt, klog's `E0501 12:00:00.000000`, the JVM's `[0.123s][info][gc]`,
//! DMS's `time [TASK_MANAGER    ]E:`, Lambda's `START`, `END` and `REPORT`.

mod json;
#[cfg(test)]
mod tests;
mod words;

pub(crate) use json::depth as json_depth;

use crate::{
    Level,
    display::strip_escapes,
    time::{self, Time, Written, Zone, civil::Civil},
};

/// The beginning of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head {
    pub time: Option<Time>,
    pub level: Option<Level>,
    /// Where in the line the rest begins, behind a time at its start.
    pub rest: usize,
}

/// Reads lines of one file.
#[derive(Debug, Clone)]
pub struct Reader {
    zone: Zone,
    last: Option<Told>,
}

/// The time of a line that was read before: in a log without fractions many lines tell the same one.
#[derive(Debug, Clone)]
struct Told {
    text: [u8; Told::LONGEST],
    length: usize,
    time: Option<Time>,
}

impl Told {
    const LONGEST: usize = 32;

    /// Only what is the same whatever follows: a date in digits, with a word behind it that is no zone.
    fn new(text: &[u8], length: usize, time: Option<Time>) -> Option<Self> {
        let dated = matches!(text, [_, _, b'/', b'0'..=b'9', ..] | [_, _, _, _, b'-' | b'/', ..]);
        let mut copy = [0; Self::LONGEST];
        copy.get_mut(..length)?.copy_from_slice(text.get(..length)?);
        (dated && Self::ends(text, length)).then_some(Self { text: copy, length, time })
    }

    fn ends(text: &[u8], length: usize) -> bool {
        let behind = text.get(length..).unwrap_or_default();
        matches!(behind, [b' ', b'A'..=b'Z' | b'a'..=b'z', ..]) && !matches!(behind, [_, b'U' | b'G', ..])
    }

    fn is_at(&self, text: &[u8]) -> bool {
        self.text.get(..self.length).is_some_and(|known| text.starts_with(known)) && Self::ends(text, self.length)
    }
}

/// No head is longer; what is far into a line is part of its message.
const FAR: usize = 192;

impl Reader {
    pub fn new(zone: Zone) -> Self {
        Self { zone, last: None }
    }

    /// The head of a line, if it has one.
    pub fn head(&mut self, line: &[u8]) -> Option<Head> {
        match line {
            [b'0'..=b'9', ..] => self.timed(line, 0).or_else(|| self.access(line)),
            [b'{', ..] => self.json(line),
            [b'[', ..] => self.bracketed(line),
            [0x1b, ..] => {
                let start = line.get(..line.len().min(FAR * 2)).unwrap_or(line);
                let stripped = strip_escapes(start);
                if stripped.first() == Some(&0x1b) || stripped.len() == start.len() {
                    return None;
                }
                self.head(&stripped).map(|head| Head { rest: 0, ..head })
            }
            [b'A'..=b'Z' | b'a'..=b'z', ..] => self.worded(line),
            _ => None,
        }
    }

    /// A time at `at`, and a level behind it.
    fn timed(&mut self, line: &[u8], at: usize) -> Option<Head> {
        let (time, length) = self.time(line.get(at..)?)?;
        let rest = at + length;
        let after = line.get(rest..).unwrap_or_default();
        let level = words::first(after).or_else(|| {
            // A level in a colour of its own.
            let after = strip_escapes(cut(after));
            words::letter(&after).or_else(|| words::level(&after))
        });
        Some(Head { time, level, rest })
    }

    fn time(&mut self, text: &[u8]) -> Option<(Option<Time>, usize)> {
        if let Some(last) = &self.last
            && last.is_at(text)
        {
            return Some((last.time, last.length));
        }
        let (written, length) = time::read(text)?;
        let time = self.zone.time(written);
        self.last = Told::new(text, length, time);
        Some((time, length))
    }

    /// `10.0.0.1 - - [01/May/2024:12:00:00 +0000] "GET /`.
    fn access(&mut self, line: &[u8]) -> Option<Head> {
        let open = memchr::memchr(b'[', cut(line))?;
        let inside = line.get(open + 1..)?;
        if !matches!(inside, [b'0'..=b'9', b'0'..=b'9', b'/', b'A'..=b'Z', ..]) {
            return None;
        }
        let (written, length) = time::read(inside)?;
        Some(Head { time: self.zone.time(written), level: None, rest: open + 1 + length })
    }

    fn bracketed(&mut self, line: &[u8]) -> Option<Head> {
        if let Some(head) = self.timed(line, 1) {
            return Some(head);
        }
        let close = memchr::memchr(b']', cut(line))?;
        let inside = line.get(1..close)?;
        let after = line.get(close + 1..).unwrap_or_default();
        if let Some(level) = Level::of_word(inside.trim_ascii()) {
            let gap = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'[')).count();
            let time = self.timed(line, close + 1 + gap);
            return Some(Head { level: Some(level), ..time.unwrap_or(Head { rest: close + 1, ..Head::default() }) });
        }
        // The JVM's clock since its start is no time of day, but its lines are records.
        let uptime = inside.strip_suffix(b"ms").or_else(|| inside.strip_suffix(b"s"))?;
        let is_number = !uptime.is_empty() && uptime.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        (is_number && after.starts_with(b"[")).then(|| Head {
            time: None,
            level: words::level(cut(after)),
            rest: close + 1,
        })
    }

    fn worded(&mut self, line: &[u8]) -> Option<Head> {
        let word = line.iter().take(12).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (name, after) = line.split_at_checked(word)?;
        if let (Some(level), true) = (Level::of_word(name), name.iter().all(u8::is_ascii_uppercase)) {
            let gap = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'[' | b':' | b'-' | b'|')).count();
            if gap == 0 {
                // `WARN` alone is a word on a line; `ERRORS` was none of ours.
                return after.is_empty().then_some(Head { time: None, level: Some(level), rest: word });
            }
            if let Some(head) = self.timed(line, word + gap) {
                return Some(Head { level: Some(level), ..head });
            }
            // The line after `java.util.logging`'s own, and Python's default.
            return matches!(after, [b' ' | b'\t' | b':', ..]).then_some(Head {
                time: None,
                level: Some(level),
                rest: word,
            });
        }
        match (name, after) {
            (b"START" | b"END" | b"REPORT" | b"XRAY", [b' ', ..]) => {
                let known = after.starts_with(b" RequestId: ") || after.starts_with(b" TraceId: ");
                known.then_some(Head { time: None, level: Some(Level::Info), rest: word })
            }
            (b"log", [b'4', b'j', b':', word @ ..]) => {
                let length = word.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
                let level = Level::of_word(word.get(..length)?)?;
                Some(Head { time: None, level: Some(level), rest: 6 + length })
            }
            (b"SLF", [b'4', b'J', b':', ..]) => Some(Head { time: None, level: Some(Level::Info), rest: 6 }),
            (b"I" | b"W" | b"E" | b"F", [b'0' | b'1', b'0'..=b'9', ..]) => self.klog(line, name),
            (b"time" | b"ts" | b"timestamp" | b"level" | b"t", [b'=', ..]) => self.logfmt(line),
            _ if matches!(after, [b' ', ..]) => self.timed(line, 0),
            _ => None,
        }
    }

    /// `E0501 12:00:00.000000    1234 file.go:56] message`, as Kubernetes' own programs write.
    fn klog(&mut self, line: &[u8], name: &[u8]) -> Option<Head> {
        let ([_, m1, m2, d1, d2, b' '], rest) = line.split_first_chunk::<6>()? else { return None };
        let (month, day) = (time::two(*m1, *m2)?, time::two(*d1, *d2)?);
        let ((hour, minute, second), rest) = time::clock(rest)?;
        let (nanos, rest) = time::fraction(rest);
        let civil = Civil { year: 2000, month, day, hour, minute, second, nanos };
        let level = match name {
            b"I" => Level::Info,
            b"W" => Level::Warn,
            b"E" => Level::Error,
            _ => Level::Fatal,
        };
        let time = civil.is_valid().then(|| self.zone.time(Written::Yearless(civil))).flatten()?;
        Some(Head { time: Some(time), level: Some(level), rest: line.len() - rest.len() })
    }

    fn logfmt(&mut self, line: &[u8]) -> Option<Head> {
        let start = cut(line);
        let (time, rest) = [&b"time="[..], b"ts=", b"timestamp=", b"t="]
            .iter()
            .find_map(|key| {
                let at =
                    if start.starts_with(key) { 0 } else { memchr::memmem::find(start, &[b" ", *key].concat())? + 1 };
                let value = start.get(at + key.len()..)?;
                let value = value.strip_prefix(b"\"").unwrap_or(value);
                let (written, length) = time::read(value)?;
                Some((self.zone.time(written), line.len().min(at + key.len() + 1 + length)))
            })
            .unzip();
        let level = words::logfmt_level(start);
        let time = time.flatten();
        (time.is_some() || level.is_some()).then_some(Head { time, level, rest: rest.unwrap_or(0) })
    }

    fn json(&mut self, line: &[u8]) -> Option<Head> {
        let fields = json::fields(line)?;
        let time = match fields.time {
            Some(json::Value::Text(text)) => time::read(text).and_then(|(written, _)| self.zone.time(written)),
            Some(json::Value::Number(text)) => json::epoch(text),
            None => None,
        };
        let level = match fields.level {
            Some(json::Value::Text(text)) => Level::of_word(text),
            Some(json::Value::Number(text)) => std::str::from_utf8(text).ok()?.parse().ok().and_then(Level::of_number),
            None => None,
        };
        // An object that is closed on its line is a record of its own, whatever is in it.
        (time.is_some() || level.is_some() || fields.closed).then_some(Head { time, level, rest: 0 })
    }
}

fn cut(text: &[u8]) -> &[u8] {
    text.get(..text.len().min(FAR)).unwrap_or(text)
}
