//! Points in time as logs write them, read byte by byte.
//!
//! [`Time`] is nanoseconds since 1970 UTC: 8 bytes for each record, compared as a number. What has no zone is in the
//! zone that the caller names ([`Zone`]); what has no year gets one from the caller's `now`.

pub mod civil;
mod epoch;
mod iso;
mod named;
mod scan;
#[cfg(test)]
mod tests;
mod zone;

pub use zone::Zone;

use civil::Civil;

/// Nanoseconds since 1970-01-01T00:00:00Z; 1970 to 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

impl Time {
    pub const SECOND: i64 = 1_000_000_000;

    pub fn of_seconds(seconds: i64, nanos: u32) -> Option<Self> {
        let whole = seconds.checked_mul(Self::SECOND)?;
        // Before 1970 nothing logged.
        whole.checked_add(i64::from(nanos)).filter(|nanos| *nanos >= 0).map(Self)
    }

    /// As `jiff` and the contract have it.
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        // In two numbers: a division of 128 bits for every record takes longer than reading its time.
        let nanos = i32::try_from(self.0.rem_euclid(Self::SECOND)).ok()?;
        jiff::Timestamp::new(self.0.div_euclid(Self::SECOND), nanos).ok()
    }

    /// A clock that is `nanos` ahead of ours shows later times; this takes it back.
    #[must_use]
    pub fn shifted(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }
}

impl From<jiff::Timestamp> for Time {
    fn from(timestamp: jiff::Timestamp) -> Self {
        let nanos = timestamp.as_nanosecond();
        Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// A point in time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// With its zone, or as an epoch.
    At(Time),
    /// On the clock of a wall; which, the caller says.
    Wall(Civil),
    /// A wall's clock without a year.
    Yearless(Civil),
}

/// The point in time at the start of `text`, and how many bytes it takes. The layouts of the logs that we read:
///
/// - `2024-05-01T12:00:00`, with `T`, space or `_`, `-` or `/`, a fraction behind `.` or `,`, and `Z`, `+02:00`, `+0200`,
///   `+02`, ` UTC` or nothing;
/// - `24/05/01 12:00:00`, Spark's log4j, with or without a fraction;
/// - `May  1 12:00:00` (syslog), `May 01, 2024 12:00:00 PM` (`java.util.logging`), `01/May/2024:12:00:00 +0000` (access
///   logs), `Wed May  1 12:00:00 UTC 2024` (`date`, and what YARN prints);
/// - seconds, milliseconds, microseconds or nanoseconds since 1970, alone.
pub fn read(text: &[u8]) -> Option<(Written, usize)> {
    match text {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-' | b'/', ..] => iso::long(text),
        [b'0'..=b'9', b'0'..=b'9', b'/', b'0'..=b'9', b'0'..=b'9', b'/', ..] => iso::short(text),
        [b'0'..=b'9', b'0'..=b'9', b'/', b'A'..=b'Z', ..] => named::access(text),
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] => {
            epoch::read(text).map(|(time, length)| (Written::At(time), length))
        }
        [b'A'..=b'Z', b'a'..=b'z', b'a'..=b'z', b' ', ..] => {
            named::month_first(text).or_else(|| named::day_first(text))
        }
        _ => None,
    }
}

pub use epoch::of_number;
pub(crate) use scan::{clock, fraction, two};
