//! How often a schedule runs, from its expression.

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
}
