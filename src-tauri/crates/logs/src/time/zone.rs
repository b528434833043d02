//! The zone of what tells none.

use super::{Time, Written, civil::Civil};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// A zone and a `now`, with the offset of the last hour that was asked for: consecutive lines are in the same hour, and
/// asking the zone's rules for each line would take most of the time of reading it.
#[derive(Debug, Clone)]
pub struct Zone {
    rules: TimeZone,
    /// Years are guessed by it: of those that make the time no later than a day after it, the last.
    now: Timestamp,
    year: i16,
    /// The hour on the wall, in hours since 1970, and its offset in seconds.
    known: Option<(i64, i64)>,
    /// The last second on the wall, and its seconds since 1970 UTC: many lines are written in the same one.
    last: Option<(Civil, i64)>,
}

impl Zone {
    pub fn new(zone: TimeZone, now: Timestamp) -> Self {
        let year = zone.to_datetime(now).year();
        Self { rules: zone, now, year, known: None, last: None }
    }

    /// What Amazon's machines are set to.
    pub fn utc(now: Timestamp) -> Self {
        Self::new(TimeZone::UTC, now)
    }

    /// The point in time that was written. In the hour that a zone repeats in autumn it is the first; in the one that it
    /// leaves out in spring it is as if the clock had not been changed yet.
    pub fn time(&mut self, written: Written) -> Option<Time> {
        match written {
            Written::At(time) => Some(time),
            Written::Wall(civil) => self.wall(civil),
            Written::Yearless(civil) => {
                let latest = Time::from(self.now).shifted(86_400 * Time::SECOND);
                // A 29 February may be eight years back (1896 to 1904).
                (0..=8).find_map(|back| {
                    let dated = Civil { year: self.year + 1 - back, ..civil };
                    self.wall(dated).filter(|time| *time <= latest)
                })
            }
        }
    }

    fn wall(&mut self, civil: Civil) -> Option<Time> {
        let second = Civil { nanos: 0, ..civil };
        if let Some((known, seconds)) = self.last
            && known == second
        {
            return Time::of_seconds(seconds, civil.nanos);
        }
        if !civil.is_valid() {
            return None;
        }
        let seconds = civil.seconds();
        let hour = seconds.div_euclid(3_600);
        let offset = match self.known {
            Some((known, offset)) if known == hour => offset,
            _ => {
                let (offset, steady) = self.offset(civil)?;
                // An hour in which the clock is changed is asked for line by line.
                self.known = steady.then_some((hour, offset));
                offset
            }
        };
        self.last = Some((second, seconds - offset));
        Time::of_seconds(seconds - offset, civil.nanos)
    }

    /// The offset, and whether it is the same for the whole hour.
    fn offset(&self, civil: Civil) -> Option<(i64, bool)> {
        let at = |minute: u8, second: u8| {
            let [month, day, hour, minute, second] = [civil.month, civil.day, civil.hour, minute, second.min(59)]
                .map(|part| i8::try_from(part).unwrap_or(0));
            let wall = DateTime::new(civil.year, month, day, hour, minute, second, 0).ok()?;
            let seconds = self.rules.to_ambiguous_timestamp(wall).compatible().ok()?.as_second();
            Some(
                Civil { minute: u8::try_from(minute).unwrap_or(0), second: u8::try_from(second).unwrap_or(0), ..civil }
                    .seconds()
                    - seconds,
            )
        };
        let offset = at(civil.minute, civil.second)?;
        Some((offset, at(0, 0) == at(59, 59)))
    }
}
