//! Do two tools say the same of a feature? Who moves from one monitor to another wants to see that before the old one is
//! switched off. Values of two methods cannot be compared, so what is compared is the verdict, day by day; and what can be
//! drawn in one picture is how often its own threshold each value is.

use contract::{Timestamp, drift::Agreed};
use std::collections::BTreeMap;

/// Seconds.
const DAY: i64 = 24 * 3_600;

/// What a tool says of a feature on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    pub at: Timestamp,
    pub value: f64,
    /// 1 at the threshold.
    pub severity: Option<f64>,
    pub drifted: Option<bool>,
}

/// The number of a moment's day in UTC since 1970.
pub fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(DAY)
}

/// By [`day`].
pub type Days = BTreeMap<i64, Verdict>;

fn rank(one: &Verdict) -> (Option<bool>, f64) {
    (one.drifted, one.severity.unwrap_or(f64::NEG_INFINITY))
}

/// Of each day the worst: a monitor that reports every hour raised it that day if one report did.
pub fn by_day(verdicts: impl IntoIterator<Item = Verdict>) -> Days {
    let mut days = Days::new();
    for verdict in verdicts {
        let known = days.entry(day(verdict.at)).or_insert(verdict);
        let ((was, before), (is, now)) = (rank(known), rank(&verdict));
        if is > was || (is == was && now > before) {
            *known = verdict;
        }
    }
    days
}

pub fn agreed(monitor: Option<bool>, other: Option<bool>) -> Agreed {
    match (monitor, other) {
        (Some(true), Some(true)) => Agreed::Both,
        (Some(false), Some(false)) => Agreed::Neither,
        (Some(true), Some(false)) => Agreed::MonitorOnly,
        (Some(false), Some(true)) => Agreed::OtherOnly,
        (None, _) | (_, None) => Agreed::Unknown,
    }
}

/// Two tools on one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// Of the newest day that both have.
    pub newest: Option<(Verdict, Verdict)>,
    /// Days on which both know, and on how many of them they say the same.
    pub days: u32,
    pub same: u32,
}

impl Agreement {
    pub fn of(monitor: &Days, other: &Days) -> Self {
        let both = || monitor.iter().filter_map(move |(day, one)| Some((*one, *other.get(day)?)));
        let known = both().filter_map(|(one, other)| Some(one.drifted? == other.drifted?));
        let (days, same) = known.fold((0, 0), |(days, same), is| (days + 1, same + u32::from(is)));
        Self { newest: both().next_back(), days, same }
    }

    pub fn agreed(&self) -> Agreed {
        self.newest.map_or(Agreed::Unknown, |(one, other)| agreed(one.drifted, other.drifted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(at: &str, severity: f64) -> Verdict {
        let drifted = Some(severity >= 1.0);
        Verdict { at: at.parse().unwrap(), value: severity / 10.0, severity: Some(severity), drifted }
    }

    #[test]
    fn a_day_is_as_bad_as_its_worst_report() {
        let reports = ["2026-11-20T23:00:00Z", "2026-11-21T03:00:00Z", "2026-11-21T04:00:00Z", "2026-11-21T05:00:00Z"];
        let days = by_day(reports.iter().zip([0.2, 0.5, 3.0, 0.4]).map(|(at, severity)| verdict(at, severity)));
        let worst: Vec<Option<f64>> = days.values().map(|day| day.severity).collect();
        assert_eq!(worst, [Some(0.2), Some(3.0)]);
        let unknown = Verdict { drifted: None, severity: None, ..verdict("2026-11-21T06:00:00Z", 9.0) };
        let days = by_day([unknown, verdict("2026-11-21T07:00:00Z", 0.1)]);
        assert_eq!(days.values().next().unwrap().drifted, Some(false), "what is known outranks what is not");
    }

    #[test]
    fn only_days_that_both_have_are_compared() {
        let monitor = by_day([verdict("2026-11-19T03:00:00Z", 2.0), verdict("2026-11-20T03:00:00Z", 2.0)]);
        let other = by_day([
            verdict("2026-11-18T00:00:00Z", 0.0),
            verdict("2026-11-19T00:00:00Z", 2.0),
            verdict("2026-11-20T00:00:00Z", 0.5),
            verdict("2026-11-21T00:00:00Z", 5.0),
        ]);
        let told = Agreement::of(&monitor, &other);
        assert_eq!((told.days, told.same, told.agreed()), (2, 1, Agreed::MonitorOnly));
        assert_eq!(Agreement::of(&other, &monitor).agreed(), Agreed::OtherOnly);
        assert_eq!(Agreement::of(&monitor, &Days::new()).agreed(), Agreed::Unknown);
    }

    #[test]
    fn what_one_does_not_say_is_no_agreement() {
        assert_eq!(agreed(None, Some(true)), Agreed::Unknown);
        assert_eq!(agreed(Some(false), None), Agreed::Unknown);
        assert_eq!((agreed(Some(true), Some(true)), agreed(Some(false), Some(false))), (Agreed::Both, Agreed::Neither));
    }
}
