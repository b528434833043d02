//! How often a job runs, told from when it did.

use contract::Timestamp;

/// Runs that it takes to see a rhythm.
const LEAST: usize = 4;
/// Seconds between runs from which on it is a rhythm of a clock or a delivery, and not one run asking for the next.
const SHORTEST: u64 = 15 * 60;

/// Seconds between runs, when most of them are about as far apart; more, when longer gaps come again, as those of weekends
/// do, so that twice the answer is longer than they are. `starts` may be in any order.
pub fn rhythm(starts: &[Timestamp]) -> Option<u64> {
    let mut seconds: Vec<i64> = starts.iter().map(|at| at.as_second()).collect();
    seconds.sort_unstable();
    if seconds.len() < LEAST {
        return None;
    }
    let later = seconds.iter().skip(1);
    let mut gaps: Vec<u64> = seconds.iter().zip(later).map(|(one, next)| one.abs_diff(*next)).collect();
    gaps.sort_unstable();
    let middle = gaps.get(gaps.len() / 2).copied().filter(|middle| *middle >= SHORTEST)?;
    let near = gaps.iter().filter(|gap| gap.abs_diff(middle) <= middle / 2).count();
    // The longest may have been an outage.
    let usual = gaps.iter().rev().nth(1).map_or(middle, |second| middle.max(second / 5 * 3));
    (near * 3 >= gaps.len() * 2).then_some(usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + hours * 3_600).unwrap()
    }

    fn all(hours: &[i64]) -> Vec<Timestamp> {
        hours.iter().copied().map(at).collect()
    }

    #[test]
    fn most_runs_make_the_rhythm() {
        assert_eq!(rhythm(&all(&[0, 24, 48, 72])), Some(86_400));
        assert_eq!(rhythm(&all(&[72, 0, 49, 24, 96, 120])), Some(86_400), "in any order, and not to the minute");
        assert_eq!(rhythm(&all(&[0, 24, 48, 49, 72, 96, 120])), Some(86_400), "one run by hand changes nothing");
        assert_eq!(rhythm(&all(&[0, 24, 48])), None, "too few");
        assert_eq!(rhythm(&all(&[0, 1, 30, 31, 90, 200])), None, "whenever somebody likes");
        assert_eq!(rhythm(&all(&[5, 5, 5, 5, 5])), None, "all at once");
    }

    #[test]
    fn a_job_of_weekdays_is_not_late_on_a_monday() {
        let hours = |days: &[i64]| all(&days.iter().map(|day| day * 24).collect::<Vec<_>>());
        let weekdays = rhythm(&hours(&[0, 1, 2, 3, 4, 7, 8, 9, 10, 11])).unwrap();
        assert_eq!(weekdays, 86_400, "one weekend may be an outage");
        let weekdays = rhythm(&hours(&[0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14])).unwrap();
        assert!(weekdays * 2 > 3 * 86_400, "{weekdays}");
    }

    proptest! {
        #[test]
        fn the_order_of_runs_does_not_matter(mut hours in prop::collection::vec(0_i64..2_000, 0..30)) {
            let one = rhythm(&all(&hours));
            hours.reverse();
            prop_assert_eq!(rhythm(&all(&hours)), one);
        }
    }
}
