//! A range of time as a person writes and moves it: `30m`, `now-1d/d`, `yesterday 09:00`, `2026-11-20T06:00Z/2026-11-20T12:00Z`.
//!
//! A range keeps what was meant: one that ends now goes on with the clock, so it crosses the bridge as it is and the core
//! resolves it whenever it looks. [`Range`] writes itself (`Display`) as [`parse`] reads it, for addresses.

use crate::{
    Timestamp,
    time::{self, Round, TimeError},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// From one moment until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range {
    pub from: Edge,
    pub until: Edge,
}

/// Where a range begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Edge {
    /// So many seconds before now, rounded down. Moves with the clock.
    Back {
        seconds: i64,
        round: Option<Round>,
    },
    At(Timestamp),
}

/// A range and the zone that its days begin in, as a request carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    pub range: Range,
    /// Minutes east of UTC.
    pub offset_minutes: i32,
}

/// Which way a range is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    Earlier,
    Later,
}

/// Why a text is no range, and which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeError {
    pub message: String,
    /// Bytes of the text, start and end.
    pub place: (usize, usize),
}

const NOW: Edge = Edge::Back { seconds: 0, round: None };

impl Edge {
    fn resolve(self, now: Timestamp, offset_minutes: i32) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Back { seconds, round } => time::person_zone(offset_minutes)
                .ok()
                .and_then(|zone| time::from_now(now, seconds.checked_neg()?, round, zone))
                .unwrap_or(now),
        }
    }
}

impl Range {
    /// So many seconds until now.
    pub const fn last(seconds: i64) -> Self {
        Self { from: Edge::Back { seconds, round: None }, until: NOW }
    }

    pub const fn last_hours(hours: i64) -> Self {
        Self::last(hours * 3_600)
    }

    /// Ends now, and goes on with the clock.
    pub fn is_live(&self) -> bool {
        self.until == NOW
    }

    /// Start and end at a moment, the start never after the end.
    pub fn resolve(&self, now: Timestamp, offset_minutes: i32) -> (Timestamp, Timestamp) {
        let until = self.until.resolve(now, offset_minutes);
        (self.from.resolve(now, offset_minutes).min(until), until)
    }

    /// Moved by its own length. Nothing lies beyond now: a range that comes near it ends there again, and goes on with the
    /// clock.
    #[must_use]
    pub fn shift(&self, by: Shift, now: Timestamp, offset_minutes: i32) -> Self {
        let (from, until) = self.resolve(now, offset_minutes);
        let (from, until) = (from.as_second(), until.as_second());
        let length = (until - from).max(1);
        let at = |second: i64| Timestamp::from_second(second).ok().map(Edge::At);
        let moved = |by: i64| Some(Self { from: at(from.checked_add(by)?)?, until: at(until.checked_add(by)?)? });
        match by {
            Shift::Earlier => moved(-length).unwrap_or(*self),
            Shift::Later if self.is_live() => *self,
            // Someone who went back and forth took a while for it.
            Shift::Later if until + length + length / 2 >= now.as_second() => Self::last(length),
            Shift::Later => moved(length).unwrap_or(*self),
        }
    }
}

impl Within {
    /// For what has no person with a zone.
    pub const fn last_hours(hours: i64) -> Self {
        Self { range: Range::last_hours(hours), offset_minutes: 0 }
    }

    pub fn resolve(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        self.range.resolve(now, self.offset_minutes)
    }
}

/// Reads a range. A single time is its start, and it goes on until now.
///
/// # Errors
/// What is wrong in words, and where.
pub fn parse(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Range, RangeError> {
    let start = text.len() - text.trim_start().len();
    let typed = text.trim();
    if typed.is_empty() {
        return Err(RangeError {
            message: "Type a range, such as 30m, 7d, now-1d/d or 2026-11-20T06:00Z/2026-11-20T12:00Z.".into(),
            place: (0, text.len()),
        });
    }
    let whole = (start, start + typed.len());
    let edge = |part: &str, at: usize| {
        let skipped = part.len() - part.trim_start().len();
        let part = part.trim();
        let place = (start + at + skipped, start + at + skipped + part.len());
        read_edge(part, now, offset_minutes).map_err(|error| RangeError { message: sentence(&error), place })
    };
    let range = match split(typed) {
        Some((from, until, at)) => Range { from: edge(from, 0)?, until: edge(until, at)? },
        None => Range { from: edge(typed, 0)?, until: NOW },
    };
    let (from, until) =
        (range.from.resolve(now, offset_minutes).as_second(), range.until.resolve(now, offset_minutes).as_second());
    if from >= until {
        let message = if range.is_live() { "It begins in the future." } else { "It ends before it begins." };
        return Err(RangeError { message: message.into(), place: whole });
    }
    Ok(range)
}

/// Two times with where the second begins. ISO 8601 parts its intervals with a slash, which rounds down otherwise.
fn split(text: &str) -> Option<(&str, &str, usize)> {
    for sign in [" to ", " until ", "..", " – ", " - "] {
        if let Some(at) = text.find(sign) {
            let (from, until) = (text.get(..at)?, text.get(at + sign.len()..)?);
            return Some((from, until, at + sign.len()));
        }
    }
    let at = text.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at).find(|at| {
        let from = text.get(..*at).unwrap_or_default();
        let until = text.get(at + 1..).unwrap_or_default().trim_start();
        // `2026/11/20` is a date, however odd.
        from.len() > 7 && from.contains(['-', ':']) && until.starts_with(|c: char| c.is_ascii_digit() || c == 'n')
    })?;
    Some((text.get(..at)?, text.get(at + 1..)?, at + 1))
}

fn read_edge(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Edge, TimeError> {
    let lower = text.to_ascii_lowercase();
    let plain = ["last ", "since ", "from "].into_iter().find_map(|word| lower.strip_prefix(word)).unwrap_or(&lower);
    match time::distance(plain.trim()) {
        // Far enough for every history; a longer way overflows somewhere.
        Some(Ok((seconds, round))) if seconds.abs() < 100 * 366 * 86_400 => Ok(Edge::Back { seconds: -seconds, round }),
        Some(_) => Err(TimeError::Span(text.to_owned())),
        None => time::parse(plain, now, offset_minutes).map(Edge::At),
    }
}

fn sentence(error: &TimeError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// `30m`, `24h`, `7d`: in the largest unit that holds it without a rest, but a day is 24 hours as people say it.
pub fn span_text(seconds: i64) -> String {
    for (unit, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm')] {
        if seconds % unit == 0 && seconds != 0 && (letter != 'd' || seconds > 86_400) {
            return format!("{}{letter}", seconds / unit);
        }
    }
    format!("{seconds}s")
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(at) => write!(f, "{at}"),
            Self::Back { seconds, round } => {
                match seconds {
                    0 => f.write_str("now")?,
                    back if *back > 0 => write!(f, "now-{}", span_text(*back))?,
                    ahead => write!(f, "now+{}", span_text(-ahead))?,
                }
                round.map_or(Ok(()), |round| write!(f, "/{}", round.letter()))
            }
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.until) {
            (Edge::Back { seconds, round: None }, NOW) if seconds > 0 => f.write_str(&span_text(seconds)),
            (from, NOW) => write!(f, "{from}"),
            (from @ Edge::At(_), until @ Edge::At(_)) => write!(f, "{from}/{until}"),
            (from, until) => write!(f, "{from}..{until}"),
        }
    }
}

#[cfg(test)]
mod tests;
