//! The first hours after a deployment, against the same hours of the version before.

use crate::wording::number;
use contract::models::{FollowPart, FollowRow};

/// What was measured of an endpoint over some hours. `None` is "not published": asynchronous endpoints count no
/// requests.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hours {
    pub invocations: Option<f64>,
    /// Answers 5XX.
    pub errors: Option<f64>,
    /// 99th percentile, in ms. CloudWatch gives microseconds.
    pub latency: Option<f64>,
    pub monitor: Option<MonitorResult>,
}

/// The first run of a monitor in these hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorResult {
    /// The service's word.
    pub status: String,
    pub violations: u32,
}

/// Share by which latency may grow before it is called worse.
const SLOWER: f64 = 0.2;

/// Standard deviations of a share that are noise.
const NOISE: f64 = 2.0;

/// Errors, latency and the first monitor run, each with what can be said of it.
pub fn follow(before: &Hours, after: &Hours) -> Vec<FollowRow> {
    vec![errors(before, after), latency(before, after), monitor(before, after)]
}

fn errors(before: &Hours, after: &Hours) -> FollowRow {
    let share = |hours: &Hours| {
        let asked = hours.invocations.filter(|asked| *asked > 0.0)?;
        Some((hours.errors? / asked, asked))
    };
    let (then, now) = (share(before), share(after));
    let is_worse = then.zip(now).map(|((then, asked_then), (now, asked_now))| {
        let all = (then * asked_then + now * asked_now) / (asked_then + asked_now);
        let noise = NOISE * (all * (1.0 - all) * (1.0 / asked_then + 1.0 / asked_now)).max(0.0).sqrt();
        now - then > noise
    });
    let words = match (then, now, is_worse) {
        (_, None, _) if after.invocations.is_none() => "requests are not published".to_owned(),
        (_, None, _) => "nothing was asked yet".to_owned(),
        (None, ..) => "the hours before have no requests to compare with".to_owned(),
        (_, Some((now, asked)), Some(true)) => {
            format!("{} % of {} requests failed, more than before", number(now * 100.0), number(asked))
        }
        (_, Some((now, asked)), _) => format!("{} % of {} requests failed", number(now * 100.0), number(asked)),
    };
    let percent = |share: Option<(f64, f64)>| share.map(|(share, _)| share * 100.0);
    FollowRow {
        part: FollowPart::Errors,
        before: percent(then),
        after: percent(now),
        unit: "% of requests".to_owned(),
        is_worse,
        words,
    }
}

fn latency(before: &Hours, after: &Hours) -> FollowRow {
    let both = before.latency.filter(|then| *then > 0.0).zip(after.latency);
    let is_worse = both.map(|(then, now)| now > then * (1.0 + SLOWER));
    let words = match (both, after.latency) {
        (Some((then, now)), _) => format!("{} ms, was {} ms", number(now), number(then)),
        (None, Some(now)) => format!("{} ms; the hours before have none", number(now)),
        (None, None) => "not published".to_owned(),
    };
    FollowRow {
        part: FollowPart::Latency,
        before: before.latency,
        after: after.latency,
        unit: "ms".to_owned(),
        is_worse,
        words,
    }
}

fn monitor(before: &Hours, after: &Hours) -> FollowRow {
    let measured = |hours: &Hours| {
        let run = hours.monitor.as_ref().filter(|run| run.status.starts_with("Completed"))?;
        Some(run.violations)
    };
    let (then, now) = (measured(before), measured(after));
    let words = match (now, after.monitor.as_ref()) {
        (Some(violations), _) => match then {
            Some(then) => format!("{violations} violations, was {then}"),
            None => format!("{violations} violations; no run before to compare with"),
        },
        (None, Some(run)) => format!("the first run is {}: nothing is measured", run.status),
        (None, None) => "no monitor has run yet".to_owned(),
    };
    // With nothing before it, a violation is worse than none.
    let is_worse = now.map(|now| now > then.unwrap_or(0));
    FollowRow {
        part: FollowPart::Monitor,
        before: then.map(f64::from),
        after: now.map(f64::from),
        unit: "violations".to_owned(),
        is_worse,
        words,
    }
}
