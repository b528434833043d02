//! Ticks of time, where clocks and calendars have them: on the quarter hour, at midnight, at the first of a month.

use crate::{axis::Tick, words};
use contract::Timestamp;
use jiff::{SignedDuration, Span, civil::DateTime, tz::Offset};

/// What lies between two ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Seconds(i32),
    Days(i32),
    Months(i32),
}

const STEPS: [Step; 25] = [
    Step::Seconds(1),
    Step::Seconds(5),
    Step::Seconds(15),
    Step::Seconds(30),
    Step::Seconds(60),
    Step::Seconds(5 * 60),
    Step::Seconds(15 * 60),
    Step::Seconds(30 * 60),
    Step::Seconds(3_600),
    Step::Seconds(2 * 3_600),
    Step::Seconds(3 * 3_600),
    Step::Seconds(6 * 3_600),
    Step::Seconds(12 * 3_600),
    Step::Days(1),
    Step::Days(2),
    Step::Days(5),
    Step::Days(10),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(1_200),
];

impl Step {
    fn seconds(self) -> i64 {
        match self {
            Self::Seconds(seconds) => seconds.into(),
            Self::Days(days) => i64::from(days) * 86_400,
            Self::Months(months) => i64::from(months) * 2_629_746,
        }
    }

    /// The last tick not after a time.
    fn floor(self, at: DateTime) -> Option<DateTime> {
        let midnight = at.start_of_day();
        match self {
            Self::Seconds(step) => {
                let into = i32::from(at.hour()) * 3_600 + i32::from(at.minute()) * 60 + i32::from(at.second());
                midnight.checked_add(SignedDuration::from_secs(i64::from(into / step * step))).ok()
            }
            Self::Days(_) => Some(midnight),
            Self::Months(step) => {
                let months = i32::from(at.year()) * 12 + i32::from(at.month()) - 1;
                let back = months.rem_euclid(step);
                midnight.first_of_month().checked_sub(Span::new().months(back)).ok()
            }
        }
    }

    fn next(self, at: DateTime) -> Option<DateTime> {
        match self {
            Self::Seconds(step) => at.checked_add(SignedDuration::from_secs(step.into())).ok(),
            Self::Days(step) => at.checked_add(Span::new().days(step)).ok(),
            Self::Months(step) => at.checked_add(Span::new().months(step)).ok(),
        }
    }

    /// The date stands at the first tick of each day.
    fn label(self, at: DateTime, before: Option<DateTime>) -> String {
        let new_day = before.is_none_or(|before| before.date() != at.date());
        match self {
            Self::Seconds(_) if new_day && at == at.start_of_day() => words::day(at),
            Self::Seconds(step) if step < 60 => format!("{}:{:02}", words::clock(at), at.second()),
            Self::Seconds(_) => words::clock(at),
            Self::Days(_) => words::day(at),
            Self::Months(step) if step < 12 => format!("{} {}", words::month(at), at.year()),
            Self::Months(_) => at.year().to_string(),
        }
    }
}

/// About `most` ticks from one time to another; their values are milliseconds since 1970.
pub fn ticks(from: Timestamp, to: Timestamp, offset_minutes: i32, most: usize) -> Vec<Tick> {
    let zone = words::zone(offset_minutes);
    let length = to.as_second().saturating_sub(from.as_second()).max(1);
    let most = i64::try_from(most.max(1)).unwrap_or(1);
    let step = STEPS.into_iter().find(|step| length / step.seconds() <= most).unwrap_or(Step::Months(12_000));
    let mut ticks = Vec::new();
    let mut before = None;
    let mut next = step.floor(zone.to_datetime(from));
    while let Some(at) = next.filter(|_| ticks.len() < 60) {
        let Some(instant) = instant(zone, at).filter(|instant| *instant <= to) else { break };
        if instant >= from {
            ticks.push(Tick { value: millis(instant), label: step.label(at, before) });
            before = Some(at);
        }
        next = step.next(at);
    }
    ticks
}

fn instant(zone: Offset, at: DateTime) -> Option<Timestamp> {
    zone.to_timestamp(at).ok()
}

/// Milliseconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of any date fit into 53 bits")]
pub fn millis(at: Timestamp) -> f64 {
    at.as_millisecond() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn labels(from: &str, to: &str, offset: i32) -> Vec<String> {
        ticks(from.parse().unwrap(), to.parse().unwrap(), offset, 6).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_where_clocks_have_them() {
        assert_eq!(
            labels("2026-11-20T21:10:00Z", "2026-11-21T03:00:00Z", 0),
            ["22:00", "23:00", "21 Nov", "01:00", "02:00", "03:00"]
        );
        assert_eq!(
            labels("2026-11-20T21:10:00Z", "2026-11-21T00:00:00Z", 60),
            ["22:30", "23:00", "23:30", "21 Nov", "00:30", "01:00"]
        );
        assert_eq!(
            labels("2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z", 0),
            ["1 Nov", "2 Nov", "3 Nov", "4 Nov", "5 Nov"]
        );
        assert_eq!(labels("2026-01-15T00:00:00Z", "2026-04-20T00:00:00Z", 0), ["Feb 2026", "Mar 2026", "Apr 2026"]);
        assert_eq!(
            labels("2026-11-20T21:10:03Z", "2026-11-20T21:10:20Z", 0),
            ["21:10:05", "21:10:10", "21:10:15", "21:10:20"]
        );
    }

    proptest! {
        #[test]
        fn ticks_lie_in_the_range(from in 0_i64..4_000_000_000, length in 1_i64..2_000_000_000, offset in -720..840_i32) {
            let (from, to) = (Timestamp::from_second(from).unwrap(), Timestamp::from_second(from + length).unwrap());
            let ticks = ticks(from, to, offset, 6);
            prop_assert!(ticks.len() <= 9, "{} ticks", ticks.len());
            prop_assert!(ticks.iter().all(|tick| (millis(from)..=millis(to)).contains(&tick.value)));
            prop_assert!(ticks.windows(2).all(|pair| pair[0].value < pair[1].value));
        }
    }
}
