//! How often a schedule runs, and when next, from its expression.

use contract::Timestamp;

/// The longest rhythm that Model Monitor takes: a day.
pub const LONGEST: i64 = 86_400;

/// Seconds between two runs of `cron(0 * ? * * *)`, `cron(0 0/6 ? * * *)`, `cron(0 17 ? * * *)` ("Schedule model
/// monitoring jobs"). `NOW` runs once and has no rhythm; nor has what is not known.
pub fn rhythm(expression: &str) -> Option<i64> {
    let inner = expression.trim().strip_prefix("cron(")?.strip_suffix(')')?;
    let fields: Vec<&str> = inner.split_whitespace().collect();
    let [_, hours, days, _, weekdays, _] = fields.as_slice() else { return None };
    if !matches!(*days, "?" | "*") || !matches!(*weekdays, "?" | "*") {
        return None;
    }
    let every = match hours.split_once('/') {
        Some((_, step)) => step.parse::<i64>().ok().filter(|step| (1..=24).contains(step))?,
        None if *hours == "*" => 1,
        None => 24 / i64::try_from(hours.split(',').count()).ok().filter(|count| (1..=24).contains(count))?,
    };
    Some(every * 3_600)
}

/// How long after its hour a run may start, in seconds ("Schedule model monitoring jobs": 0 to 20 minutes).
const DELAY: i64 = 1_200;

/// The start of the next hour in which a schedule with this expression runs, UTC; none for what has no [`rhythm`]. That is the
/// one at hand while its run may still start: the newest run is of an hour before it.
pub fn next_run(expression: &str, newest: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    rhythm(expression)?;
    let field = expression.trim().strip_prefix("cron(")?.split_whitespace().nth(1)?;
    let runs_at = |hour: i64| match field.split_once('/') {
        Some((from, step)) => {
            let from = if from == "*" { Some(0) } else { from.parse::<i64>().ok() };
            from.zip(step.parse::<i64>().ok()).is_some_and(|(from, step)| hour >= from && (hour - from) % step == 0)
        }
        None => field == "*" || field.split(',').any(|one| one.parse() == Ok(hour)),
    };
    let this_hour = now.as_second().div_euclid(3_600);
    let may_start = now.as_second().rem_euclid(3_600) < DELAY
        && newest.is_some_and(|newest| newest.as_second().div_euclid(3_600) < this_hour);
    let hour = (this_hour + i64::from(!may_start)..=this_hour + 24).find(|hour| runs_at(hour.rem_euclid(24)))?;
    Timestamp::from_second(hour * 3_600).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rhythms() {
        let cases = [
            ("cron(0 * ? * * *)", Some(3_600)),
            ("cron(0 0/6 ? * * *)", Some(21_600)),
            ("cron(0 17 ? * * *)", Some(86_400)),
            ("cron(0 6,18 ? * * *)", Some(43_200)),
            ("cron(0 8 ? * MON *)", None),
            ("cron(0 0/0 ? * * *)", None),
            ("NOW", None),
            ("", None),
        ];
        for (expression, every) in cases {
            assert_eq!(rhythm(expression), every, "{expression}");
        }
    }

    #[test]
    fn the_next_run_is_in_a_later_hour() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let now = at("2026-11-21T17:20:00Z");
        let cases = [
            ("cron(0 * ? * * *)", Some("2026-11-21T18:00:00Z")),
            ("cron(0 0/6 ? * * *)", Some("2026-11-21T18:00:00Z")),
            ("cron(0 5/6 ? * * *)", Some("2026-11-21T23:00:00Z")),
            ("cron(0 17 ? * * *)", Some("2026-11-22T17:00:00Z")),
            ("cron(0 6,18 ? * * *)", Some("2026-11-21T18:00:00Z")),
            ("cron(0 8 ? * MON *)", None),
            ("cron(0 25 ? * * *)", None),
            ("NOW", None),
        ];
        for (expression, next) in cases {
            assert_eq!(next_run(expression, None, now), next.map(at), "{expression}");
        }
        let (hourly, six) = ("cron(0 * ? * * *)", "cron(0 0/6 ? * * *)");
        let soon = at("2026-11-21T17:05:00Z");
        assert_eq!(next_run(hourly, Some(at("2026-11-21T16:00:00Z")), soon), Some(at("2026-11-21T17:00:00Z")));
        assert_eq!(next_run(hourly, Some(at("2026-11-21T17:00:00Z")), soon), Some(at("2026-11-21T18:00:00Z")));
        assert_eq!(next_run(hourly, Some(at("2026-11-21T16:00:00Z")), now), Some(at("2026-11-21T18:00:00Z")));
        assert_eq!(next_run(six, Some(at("2026-11-21T12:00:00Z")), soon), Some(at("2026-11-21T18:00:00Z")));
    }
}
