//! What a person types for a moment, as an instant.
//!
//! Accepted: `now`, `now-2h`, `now-1d/d` (`/` rounds down), `30m` and `2h ago` (before now); `today 9:00`, `yesterday 09:00`, `05:55`;
//! `2026-11-21`, `2026-11-21 05:55`, ISO 8601 with or without zone, and `21 Nov 2026 05:52:04 UTC` as we print it; any of them
//! after an `@`. A day alone is its first moment. A date whose day and month could be swapped is refused, never guessed.
//! Times without a zone are those of the person's zone, given as an offset.

use crate::Timestamp;
use jiff::{
    civil::{Date, DateTime, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

/// What is wrong with what was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("type a time, such as 2026-11-21 05:55, yesterday 09:00 or now-2h")]
    Empty,
    #[error("`{0}` can be read in two ways: write the year first, as in 2026-11-21 05:55")]
    DayOrMonth(String),
    #[error("`{0}`: write the hour from 0 to 23, without am or pm")]
    TwelveHours(String),
    #[error("`{0}` is not a date: there is no such day")]
    NoSuchDay(String),
    #[error("`{0}` is not a time of day: hours go from 00 to 23, minutes and seconds from 00 to 59")]
    NoSuchTime(String),
    #[error("`{0}` is not a zone: write Z, UTC or an offset such as +01:00")]
    Zone(String),
    #[error("`{0}` is not a span: write a number and s, m, h, d or w, as in 90m or 1d12h")]
    Span(String),
    #[error("`{0}` lies more than a day ahead")]
    Future(String),
    #[error("`{0}` is not a time: write 2026-11-21 05:55, yesterday 09:00, 05:55 or now-2h")]
    Unknown(String),
}

const DAY: i64 = 86_400;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads a moment at which something may have been current: as [`parse`], and up to a day ahead of `now` is let through (a
/// clock or zone may be off), but more is a mistyped date.
pub fn parse_past(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Timestamp, TimeError> {
    let at = parse(text, now, offset_minutes)?;
    let ahead = at.as_second().saturating_sub(now.as_second());
    if ahead > DAY { Err(TimeError::Future(shown_text(text.trim()))) } else { Ok(at) }
}

/// Reads a moment, past or future. `offset_minutes` is the person's zone, in minutes east of UTC.
pub fn parse(text: &str, now: Timestamp, offset_minutes: i32) -> Result<Timestamp, TimeError> {
    let typed = text.trim();
    let shown = || shown_text(typed);
    let zone = person_zone(offset_minutes)?;
    let lower = typed.strip_prefix('@').unwrap_or(typed).trim().to_ascii_lowercase();
    if lower.is_empty() {
        return Err(TimeError::Empty);
    }
    match relative(&lower, now, zone) {
        Some(at) => at.map_err(|()| TimeError::Span(shown())),
        None => absolute(&lower, now, zone, &shown()),
    }
}

pub(crate) fn person_zone(offset_minutes: i32) -> Result<Offset, TimeError> {
    let zone = offset_minutes.checked_mul(60).and_then(|seconds| Offset::from_seconds(seconds).ok());
    zone.ok_or_else(|| TimeError::Zone(format!("{offset_minutes} min")))
}

/// What a person typed, for a sentence: without what cannot be seen, and not too long.
fn shown_text(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// `now…` and spans before now; `None` when the text is something else.
fn relative(text: &str, now: Timestamp, zone: Offset) -> Option<Result<Timestamp, ()>> {
    Some(distance(text)?.and_then(|(seconds, round)| from_now(now, seconds, round, zone).ok_or(())))
}

/// A moment so many seconds from now, rounded down.
pub(crate) fn from_now(now: Timestamp, seconds: i64, round: Option<Round>, zone: Offset) -> Option<Timestamp> {
    let at = Timestamp::from_second(now.as_second().checked_add(seconds)?).ok()?;
    match round {
        None => Some(at),
        Some(round) => rounded_down(at, round, zone),
    }
}

/// What `/` rounds down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Round {
    Second,
    Minute,
    Hour,
    Day,
    /// Begins on Monday.
    Week,
}

impl Round {
    fn read(unit: &str) -> Option<Self> {
        Some(match unit {
            "s" => Self::Second,
            "m" => Self::Minute,
            "h" => Self::Hour,
            "d" => Self::Day,
            "w" => Self::Week,
            _ => return None,
        })
    }

    pub fn letter(self) -> char {
        match self {
            Self::Second => 's',
            Self::Minute => 'm',
            Self::Hour => 'h',
            Self::Day => 'd',
            Self::Week => 'w',
        }
    }
}

/// Seconds from now, negative for the past, and what to round down to, of `now…` and of spans before now; `None` when the
/// text is something else. Lower case.
pub(crate) fn distance(text: &str) -> Option<Result<(i64, Option<Round>), ()>> {
    let (rest, must) = match text.strip_prefix("now") {
        Some(rest) => (rest.trim(), true),
        None => (text.strip_suffix("ago").unwrap_or(text).trim(), text.ends_with("ago") || text.starts_with('-')),
    };
    let (rest, round) = match rest.split_once('/') {
        Some((rest, unit)) if must => (rest.trim(), Some(unit.trim())),
        _ => (rest, None),
    };
    let seconds = match rest.strip_prefix('-') {
        Some(back) => span(back.trim()).map(|seconds| -seconds),
        None => match rest.strip_prefix('+') {
            Some(ahead) if must => span(ahead.trim()),
            _ if rest.is_empty() && must && text.starts_with("now") => Some(0),
            _ if text.starts_with("now") => None,
            _ => span(rest).map(|seconds| -seconds),
        },
    };
    let Some(seconds) = seconds else { return must.then_some(Err(())) };
    Some(match round {
        None => Ok((seconds, None)),
        Some(unit) => Round::read(unit).map(|round| (seconds, Some(round))).ok_or(()),
    })
}

/// Seconds of `30m`, `1d12h`, `1h 30m`.
fn span(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number: Option<i64> = None;
    let mut units = 0;
    for c in text.chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?);
        } else if !c.is_ascii_whitespace() {
            let unit = match c {
                's' => 1,
                'm' => 60,
                'h' => 3_600,
                'd' => DAY,
                'w' => 7 * DAY,
                _ => return None,
            };
            total = total.checked_add(number.take()?.checked_mul(unit)?)?;
            units += 1;
        }
    }
    (units > 0 && number.is_none()).then_some(total)
}

/// The start of the minute, hour, day or week (Monday) in the person's zone.
fn rounded_down(at: Timestamp, round: Round, zone: Offset) -> Option<Timestamp> {
    let local = zone.to_datetime(at);
    let date = local.date();
    let time = match round {
        Round::Second => local.time().with().subsec_nanosecond(0).build().ok()?,
        Round::Minute => Time::new(local.hour(), local.minute(), 0, 0).ok()?,
        Round::Hour => Time::new(local.hour(), 0, 0, 0).ok()?,
        Round::Day | Round::Week => Time::midnight(),
    };
    let days = if round == Round::Week { i64::from(date.weekday().to_monday_zero_offset()) } else { 0 };
    zone.to_timestamp(days_before(date, days)?.to_datetime(time)).ok()
}

fn days_before(date: Date, days: i64) -> Option<Date> {
    date.checked_sub(jiff::Span::new().try_days(days).ok()?).ok()
}

/// A day, a time of day, or both.
fn absolute(text: &str, now: Timestamp, zone: Offset, shown: &str) -> Result<Timestamp, TimeError> {
    let unknown = || TimeError::Unknown(shown.to_owned());
    let digit = text.bytes().any(|b| b.is_ascii_digit());
    let hours = |text: &str| {
        text.strip_suffix("am")
            .or(text.strip_suffix("pm"))
            .map(|t| t.trim_end().ends_with(|c: char| c.is_ascii_digit()))
    };
    if hours(text) == Some(true) {
        return Err(TimeError::TwelveHours(shown.to_owned()));
    }
    for (word, back) in [("today", 0), ("yesterday", 1)] {
        if let Some(rest) = text.strip_prefix(word) {
            let rest = rest.trim();
            let rest = rest.strip_prefix("at ").unwrap_or(rest).trim();
            let (time, zone) =
                if rest.is_empty() { (Time::midnight(), zone) } else { time_and_zone(rest, zone, shown)? };
            let today = zone.to_datetime(now).date();
            return stamp(days_before(today, back).ok_or_else(unknown)?, time, zone, shown);
        }
    }
    if !digit {
        return Err(unknown());
    }
    if text.split(|c: char| !c.is_ascii_digit()).next().is_some_and(|hour| matches!(hour.len(), 1 | 2))
        && text.find(':').is_some_and(|colon| colon <= 2)
    {
        let (time, zone) = time_and_zone(text, zone, shown)?;
        return stamp(zone.to_datetime(now).date(), time, zone, shown);
    }
    let (date, rest) = date_and_rest(text, shown)?;
    let (time, zone) = if rest.is_empty() { (Time::midnight(), zone) } else { time_and_zone(rest, zone, shown)? };
    stamp(date, time, zone, shown)
}

fn stamp(date: Date, time: Time, zone: Offset, shown: &str) -> Result<Timestamp, TimeError> {
    zone.to_timestamp(DateTime::from_parts(date, time)).map_err(|_| TimeError::Unknown(shown.to_owned()))
}

/// The day at the start of the text, and what follows it.
fn date_and_rest<'a>(text: &'a str, shown: &str) -> Result<(Date, &'a str), TimeError> {
    let unknown = || TimeError::Unknown(shown.to_owned());
    let end = text.find(|c: char| c == 't' || c.is_whitespace()).unwrap_or(text.len());
    let (day, rest) = text.split_at_checked(end).ok_or_else(unknown)?;
    let rest = rest.strip_prefix('t').unwrap_or(rest).trim();
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let digits = |text: &str, least: usize, most: usize| {
        (least..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let build = |year: &str, month: i8, day: &str| {
        let date = year.parse().ok().zip(day.parse().ok()).and_then(|(year, day)| Date::new(year, month, day).ok());
        date.ok_or_else(|| TimeError::NoSuchDay(shown.to_owned()))
    };
    match parts.as_slice() {
        [year, month, date] if digits(year, 4, 4) && digits(month, 1, 2) && digits(date, 1, 2) => {
            Ok((build(year, month.parse().unwrap_or(0), date)?, rest))
        }
        [a, b] | [a, b, _] if digits(a, 1, 2) && digits(b, 1, 2) => Err(TimeError::DayOrMonth(shown.to_owned())),
        [all] if digits(all, 8, 8) => {
            let part = |from: usize, to: usize| all.get(from..to).unwrap_or("");
            Ok((build(part(0, 4), part(4, 6).parse().unwrap_or(0), part(6, 8))?, rest))
        }
        [date] if digits(date, 1, 2) => {
            // `21 nov 2026 …`, as this program prints it.
            let mut words = rest.splitn(3, char::is_whitespace);
            let (month, year) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let month = month.get(..3).and_then(|start| MONTHS.iter().position(|name| *name == start));
            let month = month.and_then(|month| i8::try_from(month + 1).ok()).ok_or_else(unknown)?;
            if !digits(year, 4, 4) {
                return Err(unknown());
            }
            Ok((build(year, month, date)?, words.next().unwrap_or("").trim()))
        }
        _ => Err(unknown()),
    }
}

/// `9:00`, `05:55:30.5+01:00`, `0555z`, `05:55 utc`.
fn time_and_zone(text: &str, default: Offset, shown: &str) -> Result<(Time, Offset), TimeError> {
    let wrong = || TimeError::NoSuchTime(shown.to_owned());
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.'))).unwrap_or(text.len());
    let (clock, rest) = text.split_at_checked(end).ok_or_else(wrong)?;
    let zone = zone(rest.trim(), default).ok_or_else(|| {
        let shown = shown.to_owned();
        if rest.trim().starts_with(['a', 'p']) { TimeError::TwelveHours(shown) } else { TimeError::Zone(shown) }
    })?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts: Vec<&str> = clock.split(':').collect();
    if let [all] = parts.as_slice() {
        // The basic format of ISO 8601.
        parts = match all.len() {
            4 | 6 => (0..all.len()).step_by(2).filter_map(|start| all.get(start..start + 2)).collect(),
            _ => return Err(wrong()),
        };
    }
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|part| part.is_empty() || part.len() > 2) {
        return Err(wrong());
    }
    let number = |index: usize| parts.get(index).map_or(Some(0), |part| part.parse::<i8>().ok());
    let nanos = format!("{:0<9}", fraction.get(..fraction.len().min(9)).unwrap_or(""));
    let time = match (number(0), number(1), number(2), nanos.parse::<i32>()) {
        (Some(hour), Some(minute), Some(second), Ok(nanos)) => Time::new(hour, minute, second, nanos).ok(),
        _ => None,
    };
    Ok((time.ok_or_else(wrong)?, zone))
}

/// Nothing, `z`, `utc`, `gmt`, or an offset.
fn zone(text: &str, default: Offset) -> Option<Offset> {
    match text {
        "" => return Some(default),
        "z" | "utc" | "gmt" => return Some(Offset::UTC),
        _ => {}
    }
    let text = text.strip_prefix("utc").or(text.strip_prefix("gmt")).unwrap_or(text);
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match (rest.split_once(':'), rest.len()) {
        (Some((hours, minutes)), 4 | 5) if minutes.len() == 2 => (hours, minutes),
        (None, 1 | 2) => (rest, "0"),
        (None, 4) => rest.split_at_checked(2)?,
        _ => return None,
    };
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 18 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests;
