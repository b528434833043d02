//! When the clock starts a state machine: schedule expressions of EventBridge rules and of EventBridge Scheduler, and
//! whether what should have run did run.
//!
//! Expressions are those of the pages "Cron expressions" and "Rate expressions" (EventBridge) and "Schedule types in
//! EventBridge Scheduler". A rule always runs in UTC; a schedule in its zone, where a time that the clock skips in spring is
//! skipped and a time that it repeats in autumn runs once, the first time. Start date, end date and flexible windows of a
//! schedule are not part of the expression and not known here.

mod cron;
mod standing;

use contract::Timestamp;
use cron::Cron;
use jiff::{
    SignedDuration,
    civil::{DateTime, Time},
    tz::{AmbiguousOffset, Offset, TimeZone},
};
pub use standing::standing;

/// A schedule expression that has been read.
#[derive(Debug, Clone)]
pub struct Schedule {
    zone: TimeZone,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Cron(Box<Cron>),
    Rate(SignedDuration),
    At(DateTime),
}

/// What the zone of a repeated hour can hide: no zone has moved its clock back by more in the years that schedules know.
const LONGEST_FOLD: SignedDuration = SignedDuration::from_hours(3);

impl Schedule {
    /// Reads `cron(…)`, `rate(…)` or `at(…)`. `zone` is the IANA zone of a schedule; none is UTC.
    ///
    /// # Errors
    /// What is wrong in one sentence; also a zone that is not known here.
    pub fn read(expression: &str, zone: Option<&str>) -> Result<Self, String> {
        Self::with_zone(expression, read_zone(zone.unwrap_or(""))?)
    }

    fn with_zone(expression: &str, zone: TimeZone) -> Result<Self, String> {
        let text = expression.trim();
        let inside = |name: &str| {
            let rest =
                text.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name)).and(text.get(name.len()..));
            rest.and_then(|rest| rest.trim().strip_prefix('(')?.strip_suffix(')'))
        };
        let kind = if let Some(fields) = inside("cron") {
            Kind::Cron(Box::new(Cron::read(fields)?))
        } else if let Some(rate) = inside("rate") {
            Kind::Rate(read_rate(rate)?)
        } else if let Some(at) = inside("at") {
            Kind::At(read_at(at)?)
        } else {
            return Err(format!("`{}` is not a schedule: write cron(…), rate(…) or at(…)", shown(text)));
        };
        Ok(Self { zone, kind })
    }

    /// The first start after `after`. A rate has no anchor: for it, `after` stands for its last start.
    pub fn next(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Rate(period) => after.checked_add(*period).ok(),
            Kind::At(at) => self.at(*at).filter(|at| *at > after),
            Kind::Cron(cron) => {
                // A time that is still to come is never earlier on the wall than now, even in a repeated hour, because
                // only the first of two equal times counts.
                let from = self.zone.to_datetime(after);
                cron.moments(from, DateTime::MAX).filter_map(|at| self.instant(at)).find(|at| *at > after)
            }
        }
    }

    /// The last start before `before`. For a rate, `before` stands for its next start.
    pub fn previous(&self, before: Timestamp) -> Option<Timestamp> {
        match &self.kind {
            Kind::Rate(period) => before.checked_sub(*period).ok(),
            Kind::At(at) => self.at(*at).filter(|at| *at < before),
            Kind::Cron(cron) => {
                // In a repeated hour what is past may stand later on the wall.
                let to = self.zone.to_datetime(before).checked_add(LONGEST_FOLD).unwrap_or(DateTime::MAX);
                cron.moments(DateTime::MIN, to).rev().filter_map(|at| self.instant(at)).find(|at| *at < before)
            }
        }
    }

    /// The period of a rate.
    pub fn period(&self) -> Option<SignedDuration> {
        match self.kind {
            Kind::Rate(period) => Some(period),
            _ => None,
        }
    }

    /// A time on the wall as an instant: none when the clock skips it, the first when it comes twice.
    fn instant(&self, at: DateTime) -> Option<Timestamp> {
        match self.zone.to_ambiguous_timestamp(at).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                offset.to_timestamp(at).ok()
            }
            AmbiguousOffset::Gap { .. } => None,
        }
    }

    /// A single time is not skipped: in a gap it is the time that the clock would have shown without the change.
    fn at(&self, at: DateTime) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(at).compatible().ok()
    }
}

/// The zone of a schedule by its IANA name. UTC under its names, offsets and `Etc/GMT±n` need no database.
fn read_zone(name: &str) -> Result<TimeZone, String> {
    let name = name.trim();
    let upper = name.to_ascii_uppercase();
    let plain = upper.strip_prefix("ETC/").unwrap_or(&upper);
    if matches!(
        plain,
        "" | "Z" | "UTC" | "GMT" | "UCT" | "ZULU" | "UNIVERSAL" | "GREENWICH" | "GMT0" | "GMT+0" | "GMT-0"
    ) {
        return Ok(TimeZone::UTC);
    }
    if let Some(offset) = offset(plain) {
        // `Etc/GMT+5` lies five hours west of Greenwich (IANA, file `etcetera`).
        let west = upper.starts_with("ETC/");
        return Ok(TimeZone::fixed(if west { offset.negate() } else { offset }));
    }
    TimeZone::get(name).map_err(|_| format!("the time zone `{}` is not known here", shown(name)))
}

/// `+01:00`, `UTC-5`, `GMT+0530`.
fn offset(text: &str) -> Option<Offset> {
    let rest = text.strip_prefix("UTC").or(text.strip_prefix("GMT")).unwrap_or(text);
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = rest.get(1..)?;
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => (digits, "0"),
    };
    let number = |text: &str| {
        let good = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        good.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours <= 18 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()).flatten()
}

/// `5 minutes`: a whole number above zero and a unit. A day is 24 hours, whatever the clock does (Scheduler, "Rate-based").
fn read_rate(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("rate({}): write a number and minutes, hours or days", shown(text));
    let mut words = text.split_whitespace();
    let (Some(number), Some(unit), None) = (words.next(), words.next(), words.next()) else { return Err(wrong()) };
    let number: i64 = number.parse().map_err(|_| wrong())?;
    let seconds = match unit.to_ascii_lowercase().as_str() {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        "day" | "days" => 86_400,
        _ => return Err(wrong()),
    };
    let seconds = number.checked_mul(seconds).filter(|seconds| *seconds > 0).ok_or_else(wrong)?;
    Ok(SignedDuration::from_secs(seconds))
}

fn read_at(text: &str) -> Result<DateTime, String> {
    let wrong = || format!("at({}): write yyyy-mm-ddThh:mm:ss", shown(text));
    let (date, time) = text.trim().split_once(['T', 't']).ok_or_else(wrong)?;
    let date: jiff::civil::Date = date.parse().map_err(|_| wrong())?;
    let time: Time = time.parse().map_err(|_| wrong())?;
    Ok(date.to_datetime(time))
}

/// Text of a stranger inside a sentence.
fn shown(text: &str) -> String {
    crate::compare::cut(text, 60)
}

#[cfg(test)]
mod tests;
