//! Logs Insights without the service: what a query may scan and cost, and the queries that are ready to run.

mod queries;

pub use queries::ready;

use crate::command::{Scope, line};
use contract::{
    Timestamp,
    insights::{LogGroup, MOST_ROWS},
    shell::quote,
};
use jiff::SignedDuration;

/// Millionths of a US dollar for each GB that a query scans: "Amazon CloudWatch pricing, Logs, Analyze (Logs Insights
/// queries)", US East (N. Virginia), 0.005 USD, June 2026. What other regions cost is not known here.
const MICROS_PER_GB: u64 = 5_000;
const PRICED: &str = "us-east-1";

const GB: u128 = 1 << 30;

/// What scanning so many bytes costs, in millionths of a US dollar, rounded up.
pub fn micros(bytes: u64) -> u64 {
    let cost = (u128::from(bytes) * u128::from(MICROS_PER_GB)).div_ceil(GB);
    u64::try_from(cost).unwrap_or(u64::MAX)
}

/// At which price that is, and where it holds.
pub fn price(region: &str) -> String {
    let differs = if region == PRICED { "" } else { "; your region may differ" };
    format!("at the price of {PRICED}, {} USD per GB scanned{differs}", dollars(MICROS_PER_GB))
}

/// `0.005`.
fn dollars(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Bytes that a query over a range scans of a group, if the group was always written to as much as on average. The service
/// tells how much a group holds, and not when it came.
pub fn scanned(group: &LogGroup, from: Timestamp, until: Timestamp, now: Timestamp) -> u64 {
    let stored = group.stored.unwrap_or_default();
    let kept = group.kept_days.map(|days| SignedDuration::from_hours(24 * i64::from(days)));
    let kept_since = kept.and_then(|kept| now.checked_sub(kept).ok());
    let Some(oldest) = kept_since.max(group.created) else { return stored };
    let whole = seconds(oldest, now);
    if whole == 0 {
        return stored;
    }
    let part = seconds(from.max(oldest), until.min(now));
    u64::try_from(u128::from(stored) * u128::from(part.min(whole)) / u128::from(whole)).unwrap_or(stored)
}

/// From one time to another; none when it is the other way round.
fn seconds(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.as_second().saturating_sub(from.as_second())).unwrap_or_default()
}

/// The same query as a command line.
pub fn command(groups: &[String], text: &str, from: Timestamp, until: Timestamp, scope: Scope<'_>) -> String {
    let groups: Vec<String> = groups.iter().map(|group| quote(group)).collect();
    let words = format!("logs start-query --log-group-names {}", groups.join(" "));
    let (from, until) = (from.as_second().to_string(), until.as_second().to_string());
    let rows = MOST_ROWS.to_string();
    line(&words, &[("start-time", &from), ("end-time", &until), ("limit", &rows), ("query-string", text)], scope)
}

/// The time of an event as results tell it: `2026-11-21 06:04:12.123`, or milliseconds.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(millis) = text.parse() {
        return Timestamp::from_millisecond(millis).ok();
    }
    let (day, time) = text.split_once(' ')?;
    format!("{day}T{time}Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    fn group(stored: u64, kept_days: Option<u32>, created: Option<i64>) -> LogGroup {
        LogGroup { name: "/g".into(), stored: Some(stored), kept_days, created: created.map(at) }
    }

    #[test]
    fn a_query_scans_its_share_of_what_is_kept() {
        let now = at(0);
        let of = |group: &LogGroup, from: i64, until: i64| scanned(group, at(from), at(until), now);
        let month = group(3_000, Some(30), Some(-400 * DAY));
        assert_eq!(of(&month, -DAY, 0), 100);
        assert_eq!(of(&month, -60 * DAY, 0), 3_000, "older lines are gone");
        assert_eq!(of(&month, -60 * DAY, -40 * DAY), 0);
        assert_eq!(of(&month, -DAY, 5 * DAY), 100, "nothing lies beyond now");
        let young = group(3_000, Some(30), Some(-3 * DAY));
        assert_eq!(of(&young, -DAY, 0), 1_000, "it is not older than itself");
        assert_eq!(of(&group(3_000, None, None), -DAY, 0), 3_000, "for ever, since nobody knows when: all of it");
        assert_eq!(of(&group(3_000, None, Some(0)), -DAY, 0), 3_000, "just made");
        assert_eq!(of(&LogGroup { stored: None, ..month }, -DAY, 0), 0);
    }

    #[test]
    fn bytes_cost_what_the_price_list_says() {
        assert_eq!(micros(0), 0);
        assert_eq!(micros(1), 1, "rounded up");
        assert_eq!(micros(1 << 30), MICROS_PER_GB);
        assert_eq!(micros(100 << 30), 500_000, "half a dollar for 100 GB");
        assert_eq!(micros(u64::MAX), 85_899_345_920_000);
    }

    #[test]
    fn a_price_says_where_it_holds_and_is_told_without_zeros() {
        assert_eq!(price("us-east-1"), "at the price of us-east-1, 0.005 USD per GB scanned");
        assert_eq!(price("eu-west-1"), "at the price of us-east-1, 0.005 USD per GB scanned; your region may differ");
        assert_eq!([5_000, 1_000_000, 0, 1_500_000].map(dollars), ["0.005", "1", "0", "1.5"]);
    }

    #[test]
    fn a_query_can_be_repeated_in_a_shell() {
        let scope = Scope { profile: Some("prod"), region: Some("eu-west-1") };
        assert_eq!(
            command(&["/a".into(), "/b c".into()], "fields @message\n| limit 1", at(0), at(60), scope),
            "aws logs start-query --log-group-names /a '/b c' --start-time 1790000000 --end-time 1790000060 --limit 10000 \
             --query-string $'fields @message\\n| limit 1' --profile prod --region eu-west-1"
        );
    }

    #[test]
    fn times_of_results_are_read() {
        let at = moment("2026-11-21 06:04:12.123").unwrap();
        assert_eq!(at.as_millisecond(), moment(&at.as_millisecond().to_string()).unwrap().as_millisecond());
        assert_eq!([moment(""), moment("today"), moment("2026-11-21")], [None, None, None]);
    }

    proptest! {
        #[test]
        fn never_more_than_there_is_and_never_less_for_a_longer_range(
            stored in any::<u64>(), kept in prop::option::of(1_u32..4_000), created in prop::option::of(-4_000 * DAY..DAY),
            from in -5_000 * DAY..DAY, length in 0_i64..5_000 * DAY, more in 0_i64..DAY,
        ) {
            let group = group(stored, kept, created);
            let one = scanned(&group, at(from), at(from + length), at(0));
            let longer = scanned(&group, at(from - more), at(from + length + more), at(0));
            prop_assert!(one <= longer && longer <= stored);
        }
    }
}
