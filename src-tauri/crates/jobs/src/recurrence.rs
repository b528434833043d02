//! Whether a job that failed was asked for again in the same words.

use crate::{compare::undated, parameters::parameters};
use contract::{
    Timestamp,
    jobs::{
        facts::RunFact,
        recurrence::{After, Recurrence},
    },
};

/// What was asked for, to be compared with another run of the job: numbers and dates do not count, for most arguments hold
/// the day. Hand over a run whose secrets are covered.
pub fn asked(run: &RunFact) -> String {
    let told = parameters(&run.request);
    let settings = told.settings.iter().chain(&told.other).filter(|row| row.effective);
    let settings: Vec<String> = settings.map(|row| format!("{}={}", row.key, row.value)).collect();
    let arguments: Vec<String> = told.arguments.iter().map(|argument| undated(argument)).collect();
    serde_json::json!([told.entry_point, told.main_class, arguments, settings, run.request.release]).to_string()
}

/// How a success was asked for, beside a failure before it.
pub fn after(failed: &str, succeeded: &str) -> After {
    if failed == succeeded { After::Same } else { After::Changed }
}

/// Of the times that a cause was found, with what became of the job, those since a moment.
pub fn count(found: &[(Timestamp, Option<After>)], own: Timestamp, since: Timestamp) -> Recurrence {
    let before: Vec<_> = found.iter().filter(|(at, _)| *at >= since && *at < own).collect();
    let of = |wanted: After| before.iter().filter(|(_, after)| *after == Some(wanted)).count();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Recurrence {
        times: number(before.len()).saturating_add(1),
        same: number(of(After::Same)),
        changed: number(of(After::Changed)),
        last: before.iter().map(|(at, _)| *at).max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use contract::jobs::facts::Driver;

    #[test]
    fn another_day_is_the_same_request_and_another_setting_is_not() {
        let with = |day: &str, memory: &str| {
            let mut run = sample::serverless();
            run.request.driver = Driver::SparkSubmit {
                entry_point: "s3://code/etl.py".into(),
                arguments: vec!["--day".into(), day.into()],
                parameters: Some(format!("--conf spark.executor.memory={memory}")),
            };
            asked(&run)
        };
        let first = with("2026-11-20", "4g");
        assert_eq!(after(&first, &with("2026-11-21", "4g")), After::Same);
        assert_eq!(after(&first, &with("2026-11-21", "8g")), After::Changed);
    }

    #[test]
    fn only_what_came_before_and_is_young_counts() {
        let at = |day: u8| -> Timestamp { format!("2026-11-{day:02}T06:00:00Z").parse().unwrap() };
        let found =
            [(at(1), Some(After::Same)), (at(10), Some(After::Same)), (at(12), Some(After::Changed)), (at(14), None)];
        let counted = count(&found, at(14), at(5));
        assert_eq!(counted, Recurrence { times: 3, same: 1, changed: 1, last: Some(at(12)) });
        assert_eq!(count(&[], at(14), at(5)).times, 1);
    }
}
