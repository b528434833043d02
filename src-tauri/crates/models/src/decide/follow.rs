//! How a version does where it serves: against the same hours before its deployment, or against the version beside it.

use crate::{
    rows,
    wording::{list, moment, number},
};
use contract::{
    Timestamp,
    models::{
        FollowPart, FollowPipeline, FollowRow, LastRun, PipelineStatus,
        facts::{ActionFact, EndpointFact, VariantFact, VersionFact},
    },
};

const DAY: i64 = 24 * 3_600;

/// From, and until.
pub type Span = (Timestamp, Timestamp);

/// The times at which a version is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spans {
    /// Since its deployment, a day at most.
    pub after: Span,
    /// The same hours of the clock on the last day before its deployment.
    pub before: Span,
    /// Its first day, for the first run of its monitor, and the same hours of the day before.
    pub first: Span,
    pub first_before: Span,
}

impl Spans {
    /// The same hours in whole values of so many seconds. CloudWatch rounds a start down, and gives a value whole: the one in
    /// which a deployment lies is of both versions, and counts for neither.
    #[must_use]
    pub fn whole(self, period: u32) -> Self {
        let period = i64::from(period.max(1));
        let down = |at: Timestamp| second(at.as_second().div_euclid(period) * period);
        let up = |at: Timestamp| second((at.as_second() + period - 1).div_euclid(period) * period);
        Self { after: (up(self.after.0), self.after.1), before: (up(self.before.0), down(self.before.1)), ..self }
    }

    /// From when the version was in service: until then what served before was asked. The hours before lose the same part,
    /// for they are the same hours of the clock.
    #[must_use]
    pub fn in_service(self, serves: Timestamp) -> Self {
        let late = |(from, _): Span| (serves.as_second() - from.as_second()).max(0);
        let cut = |(from, until): Span, by: i64| (second(from.as_second() + by), until);
        let (day, first) = (late(self.after), late(self.first));
        Self {
            after: cut(self.after, day),
            before: cut(self.before, day),
            first: cut(self.first, first),
            first_before: cut(self.first_before, first),
        }
    }
}

/// What to compare of a version that was deployed at a moment.
pub fn spans(deployed: Timestamp, now: Timestamp) -> Spans {
    let now = now.as_second();
    let deployed = deployed.as_second().min(now);
    let since = deployed.max(now - DAY);
    // As many whole days back as lie before the deployment.
    let back = ((now - deployed + DAY - 1) / DAY).max(1) * DAY;
    let first = now.min(deployed + DAY);
    let span = |from: i64, until: i64| (second(from), second(until));
    Spans {
        after: span(since, now),
        before: span(since - back, now - back),
        first: span(deployed, first),
        first_before: span(deployed - DAY, first - DAY),
    }
}

fn second(at: i64) -> Timestamp {
    Timestamp::from_second(at).unwrap_or_default()
}

/// Seconds between the making of a configuration and the last change of its endpoint that are one deployment. A
/// deployment with a canary takes longer, and is told by CloudTrail.
const ONE_DEPLOYMENT: i64 = 3_600;

/// Since when an endpoint serves what it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployed {
    /// CloudTrail has the call.
    Told(Timestamp),
    /// When its configuration was made: nothing was changed long after it.
    Made(Timestamp),
    /// The same, and the endpoint was changed long after it: a deployment that went back to an older configuration, or more
    /// instances or other weights.
    Unsure { made: Timestamp, changed: Timestamp },
    /// Its configuration could not be read: when the endpoint was changed last, or made.
    Changed(Timestamp),
}

impl Deployed {
    pub fn at(self) -> Timestamp {
        match self {
            Self::Told(at) | Self::Made(at) | Self::Changed(at) | Self::Unsure { made: at, .. } => at,
        }
    }

    /// Since when the endpoint serves it: a deployment takes its time, and its end is a change of the endpoint. Where the last
    /// change came long after, it may be another one, and the deployment is taken to have been done at once.
    pub fn serves(self, endpoint: &EndpointFact) -> Timestamp {
        let at = self.at();
        endpoint.modified.filter(|changed| *changed > at && !is_changed_since(at, *changed)).unwrap_or(at)
    }

    /// For what is compared with the hours before, of what serves since then.
    pub fn compared(self, serves: Timestamp) -> String {
        let words = self.words();
        // Times are said in minutes.
        if serves.as_second() - self.at().as_second() < 60 {
            return words;
        }
        format!("{words}; in service since {}", moment(serves))
    }

    /// The same, without when that was done.
    pub fn words(self) -> String {
        let before = "against the same hours of the last day before";
        match self {
            Self::Told(at) => format!("{before} it was deployed, {}", moment(at)),
            Self::Made(at) => format!("{before} its configuration was made, {}", moment(at)),
            Self::Unsure { made, changed } => format!(
                "{before} its configuration was made, {}; the endpoint was changed last at {}, and whether that deployed \
                 it again is not known",
                moment(made),
                moment(changed)
            ),
            Self::Changed(at) => format!("{before} the endpoint was changed last, {}", moment(at)),
        }
    }
}

/// Since when an endpoint serves its configuration; `updates` are CloudTrail's records of `UpdateEndpoint`. A configuration
/// may be older than the endpoint, and older than the one before it: whoever goes back names an old one again.
pub fn deployed(endpoint: &EndpointFact, updates: &[ActionFact], now: Timestamp) -> Deployed {
    let made = endpoint.config_created.map(|made| endpoint.created.map_or(made, |created| made.max(created)));
    let Some(made) = made else {
        return Deployed::Changed(endpoint.modified.or(endpoint.created).unwrap_or(now));
    };
    let is_it = |update: &&ActionFact| {
        let names = |name: &str, value: Option<&str>| {
            update.properties.iter().any(|(key, told)| key == name && Some(told.as_str()) == value)
        };
        update.error.is_none()
            && names("endpointName", Some(endpoint.name.as_str()))
            && names("endpointConfigName", endpoint.config.as_deref())
    };
    let told = updates.iter().filter(is_it).map(|update| update.at).max();
    match (told, endpoint.modified) {
        (Some(told), _) if told > made => Deployed::Told(told),
        (None, Some(changed)) if is_changed_since(made, changed) => Deployed::Unsure { made, changed },
        _ => Deployed::Made(made),
    }
}

/// Whether an endpoint was changed so long after its configuration was made that it may have been deployed later.
pub fn is_changed_since(made: Timestamp, changed: Timestamp) -> bool {
    changed.as_second() - made.as_second() > ONE_DEPLOYMENT
}

/// What a version is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// What served before its deployment.
    Before,
    /// Another variant, in the same hours: `version 13`.
    Beside(String),
}

/// The variants that serve this version, and those that serve others to a part of the requests.
pub fn variants<'a>(endpoint: &'a EndpointFact, arn: &str) -> (Vec<&'a VariantFact>, Vec<&'a VariantFact>) {
    let known = endpoint.variants.iter().filter(|variant| variant.package.is_some());
    let is_own =
        |variant: &&VariantFact| variant.package.as_deref().is_some_and(|package| package.eq_ignore_ascii_case(arn));
    let (own, others): (Vec<_>, Vec<_>) = known.partition(is_own);
    let beside = others.into_iter().filter(|variant| variant.weight.is_none_or(|weight| weight > 0.0)).collect();
    (own, beside)
}

/// The versions that variants serve: `version 13 and version 14`.
pub fn served<'a>(variants: impl IntoIterator<Item = &'a VariantFact>) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    for variant in variants {
        let version = variant.package.as_deref().and_then(rows::version_of).map(|version| format!("version {version}"));
        let new = version.filter(|name| !names.contains(name));
        names.extend(new);
    }
    (!names.is_empty()).then(|| list(&names, 4))
}

/// Where a deployment is, a line a thing; nothing where it is over.
pub fn deployment(endpoint: &EndpointFact) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if let Some(config) = &endpoint.pending_config {
        lines.push(format!("configuration {config} is on its way"));
    }
    let all = |weight: fn(&VariantFact) -> Option<f32>| -> f64 {
        endpoint.variants.iter().filter_map(weight).map(f64::from).sum()
    };
    let (sum, wanted_sum) = (all(|variant| variant.weight), all(|variant| variant.desired_weight));
    for variant in &endpoint.variants {
        let name = match variant.package.as_deref().and_then(rows::version_of) {
            Some(version) => format!("variant {} with version {version}", variant.name),
            None => format!("variant {}", variant.name),
        };
        for (status, message) in &variant.statuses {
            let message = message.as_ref().map(|message| format!(", {message}")).unwrap_or_default();
            lines.push(format!("{name}: {status}{message}"));
        }
        let share = |weight: Option<f32>, sum: f64| {
            weight.filter(|_| sum > 0.0).map(|weight| number((f64::from(weight) / sum * 1_000.0).round() / 10.0))
        };
        let (is, wanted) = (share(variant.weight, sum), share(variant.desired_weight, wanted_sum));
        if let Some(is) = is.filter(|_| endpoint.variants.len() > 1) {
            let wanted = wanted.filter(|wanted| *wanted != is).map(|wanted| format!(", {wanted} % are wanted"));
            lines.push(format!("{name} takes {is} % of the requests{}", wanted.unwrap_or_default()));
        }
        if let (Some(is), Some(wanted)) = (variant.instances, variant.desired_instances)
            && is != wanted
        {
            lines.push(format!("{name} has {is} of {wanted} instances"));
        }
    }
    if let Some(reason) = &endpoint.reason {
        lines.push(reason.clone());
    }
    lines
}

/// Seconds after the last change of a version in which what hears of it may still begin: events come late, and a rule's
/// target starts something else in its turn.
const BEGINS: i64 = 600;

/// Whether what an approval started goes on, or may begin any moment.
pub fn goes_on(version: &VersionFact, pipelines: &[FollowPipeline], now: Timestamp) -> bool {
    let is_new = version.modified.is_some_and(|changed| now.as_second() - changed.as_second() < BEGINS);
    let runs = |one: &FollowPipeline| match &one.last {
        LastRun::Run(last) => matches!(last.status, PipelineStatus::Executing | PipelineStatus::Stopping),
        LastRun::Never | LastRun::Unread(_) => false,
    };
    is_new || pipelines.iter().any(runs)
}

/// Whether an endpoint is on its way to another state. One that failed, or is out of service, stays so until somebody does
/// something.
pub fn is_moving(endpoint: &EndpointFact) -> bool {
    let rests = ["InService", "OutOfService", "Failed", "UpdateRollbackFailed"];
    endpoint.pending_config.is_some() || !rests.contains(&endpoint.status.as_str())
}

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
    /// They hold no whole value of CloudWatch: nothing was asked for.
    pub is_short: bool,
}

/// The first run of a monitor in these hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorResult {
    /// The service's word.
    pub status: String,
    /// None where there are some, and their file was not read.
    pub violations: Option<u32>,
}

/// Share by which latency may grow before it is called worse.
const SLOWER: f64 = 0.2;

/// Standard deviations of a share that are noise.
const NOISE: f64 = 2.0;

const TOO_EARLY: &str = "too early: CloudWatch has no whole value of it yet";

/// Errors, latency and the first monitor run, each with what can be said of it. A monitor looks at the whole endpoint:
/// its runs are always compared over time.
pub fn follow(before: &Hours, after: &Hours, against: &Against) -> Vec<FollowRow> {
    vec![errors(before, after, against), latency(before, after, against), monitor(before, after)]
}

fn errors(before: &Hours, after: &Hours, against: &Against) -> FollowRow {
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
        (_, None, _) if after.is_short => TOO_EARLY.to_owned(),
        (_, None, _) if after.invocations.is_none() => "requests are not published".to_owned(),
        (_, None, _) if after.invocations.is_some_and(|asked| asked > 0.0) => "errors are not published".to_owned(),
        (_, None, _) => "nothing was asked yet".to_owned(),
        (None, ..) if before.is_short => {
            "too early to compare: CloudWatch has no whole value of that time yet".to_owned()
        }
        (None, ..) if before.invocations.is_some_and(|asked| asked > 0.0) => match against {
            Against::Before => "errors of the hours before are not published".to_owned(),
            Against::Beside(other) => format!("errors of {other} are not published"),
        },
        (None, ..) => match against {
            Against::Before => "the hours before have no requests to compare with".to_owned(),
            Against::Beside(other) => format!("{other} has no requests to compare with"),
        },
        (_, Some((now, asked)), Some(true)) => {
            let other = match against {
                Against::Before => "before",
                Against::Beside(other) => other,
            };
            format!("{} % of {} requests failed, more than {other}", number(now * 100.0), number(asked))
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

fn latency(before: &Hours, after: &Hours, against: &Against) -> FollowRow {
    let both = before.latency.filter(|then| *then > 0.0).zip(after.latency);
    let is_worse = both.map(|(then, now)| now > then * (1.0 + SLOWER));
    let words = match (both, after.latency) {
        (Some((then, now)), _) => match against {
            Against::Before => format!("{} ms, was {} ms", number(now), number(then)),
            Against::Beside(other) => format!("{} ms; {other} has {} ms", number(now), number(then)),
        },
        (None, Some(now)) => match against {
            Against::Before => format!("{} ms; the hours before have none", number(now)),
            Against::Beside(other) => format!("{} ms; {other} has none", number(now)),
        },
        (None, None) if after.is_short => TOO_EARLY.to_owned(),
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
        run.violations
    };
    let (then, now) = (measured(before), measured(after));
    let is_unread = before.monitor.as_ref().is_some_and(|run| run.status.starts_with("Completed")) && then.is_none();
    let words = match (now, after.monitor.as_ref()) {
        (Some(violations), _) => match then {
            Some(then) => format!("{violations} violations, was {then}"),
            None if is_unread => format!("{violations} violations; how many there were before was not read"),
            None => format!("{violations} violations; no run before to compare with"),
        },
        (None, Some(run)) if run.status.starts_with("Completed") => {
            "there are violations; how many was not read".to_owned()
        }
        (None, Some(run)) => format!("the first run is {}: nothing is measured", run.status),
        (None, None) => "no monitor has run yet".to_owned(),
    };
    // With nothing before it, a violation is worse than none.
    let is_worse = now.filter(|_| !is_unread).map(|now| now > then.unwrap_or(0));
    FollowRow {
        part: FollowPart::Monitor,
        before: then.map(f64::from),
        after: now.map(f64::from),
        unit: "violations".to_owned(),
        is_worse,
        words,
    }
}
