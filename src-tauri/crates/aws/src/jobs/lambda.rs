//! Lambda: functions, and their failed invocations.
//!
//! The service lists no invocations. Its metrics say which functions failed, and the log of a function says which
//! invocation, why and for how long.

use super::{count, pairs, text};
use crate::{
    AwsError, Call, Session,
    pace::Api,
    time::{date_time, timestamp},
};
use ::jobs::invocation::{Invocation, LogLine, invocations};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use aws_sdk_lambda::{Client, types::FunctionConfiguration};
use contract::{
    Timestamp,
    jobs::{
        HomeId, HomeRow, JobId,
        facts::{CloudWatchSettings, Driver, LambdaDriver, RunFact, Usage},
    },
};
use jiff::SignedDuration;
use std::collections::HashMap;

const LIST: Call = Call::new("ListFunctions", "lambda:ListFunctions");
const GET: Call = Call::new("GetFunction", "lambda:GetFunction");
const METRICS: Call = Call::new("GetMetricData", "cloudwatch:GetMetricData");
pub const FILTER: Call = Call::new("FilterLogEvents", "logs:FilterLogEvents");

/// Queries in one call, and points in its answer, the service's limits.
const MOST_QUERIES: usize = 500;
const MOST_POINTS: i64 = 100_800;
/// Seconds.
const HOUR: i32 = 3_600;
/// Pages of lines that are read for one answer.
pub const MOST_PAGES: usize = 20;
/// How long an invocation may take: the service's limit.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);
/// The ends of invocations, and what stands before the end of a failed one.
const ENDS: &str = r#"?"REPORT RequestId" ?"platform.report" ?"[ERROR]" ?"Task timed out" ?"Runtime exited" ?"Invoke Error" ?"errorType""#;

/// A function and what its invocations take from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub row: HomeRow,
    pub driver: LambdaDriver,
    pub role: Option<String>,
    pub arn: Option<String>,
    pub log_group: String,
    /// How many of its invocations there may be at once, where that was set; lists do not say.
    pub reserved: Option<u64>,
}

fn client(session: &Session) -> Client {
    Client::new(session.config())
}

/// One page of functions and the marker of the next.
pub async fn functions_page(
    session: &Session,
    marker: Option<String>,
) -> Result<(Vec<Function>, Option<String>), AwsError> {
    session.pace(Api::Lambda).await;
    let reply = client(session)
        .list_functions()
        .set_marker(marker)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(LIST, error))?;
    let functions = reply.functions().iter().filter_map(|one| function_fact(session, one)).collect();
    Ok((functions, reply.next_marker().map(str::to_owned)))
}

pub async fn function(session: &Session, name: &str) -> Result<Function, AwsError> {
    session.pace(Api::Lambda).await;
    let reply = client(session)
        .get_function()
        .function_name(name)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(GET, error))?;
    let found = reply.configuration().and_then(|item| function_fact(session, item));
    let reserved = reply.concurrency().and_then(|concurrency| concurrency.reserved_concurrent_executions());
    let reserved = reserved.and_then(|most| u64::try_from(most).ok());
    found
        .map(|function| Function { reserved, ..function })
        .ok_or_else(|| AwsError::Unreadable { call: GET, message: "the answer holds no function".into() })
}

fn function_fact(session: &Session, item: &FunctionConfiguration) -> Option<Function> {
    let name = item.function_name()?;
    let environment = item.environment().and_then(|environment| environment.variables());
    let group = text(item.logging_config().and_then(|logging| logging.log_group()));
    Some(Function {
        row: HomeRow {
            id: HomeId::Function(name.to_owned()),
            name: name.to_owned(),
            state: item.state().map(|state| state.as_str().to_owned()),
            reason: text(item.state_reason()),
            release: item.runtime().map(|runtime| runtime.as_str().to_owned()),
            in_use: None,
            capacity: item.memory_size().map(|size| format!("{size} MB")),
            created: None,
            ended: None,
            as_of: session.now(),
        },
        driver: LambdaDriver {
            qualifier: None,
            payload: None,
            memory_mb: item.memory_size().and_then(count),
            timeout_seconds: item.timeout().and_then(count),
            code_sha256: text(item.code_sha256()),
            environment: pairs(environment),
        },
        role: text(item.role()),
        arn: text(item.function_arn()),
        log_group: group.unwrap_or_else(|| format!("/aws/lambda/{name}")),
        reserved: None,
    })
}

/// How many invocations of each function failed between two times, by `AWS/Lambda Errors`; functions without any are left
/// out.
pub async fn errors(
    session: &Session,
    names: &[String],
    from: Timestamp,
    until: Timestamp,
) -> Result<HashMap<String, u64>, AwsError> {
    let range = until.duration_since(from).as_secs();
    // Whole hours, and days for a long range: the sum alone is asked for.
    let period = if range <= 7 * 86_400 { HOUR } else { 24 * HOUR };
    let mut found: HashMap<String, f64> = HashMap::new();
    for (name, _, sum) in sums(session, "Errors", names, period, (from, until)).await? {
        *found.entry(name).or_default() += sum;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // sums of ones
    let whole = found.into_iter().map(|(name, sum)| (name, sum.max(0.0) as u64));
    Ok(whole.filter(|(_, sum)| *sum > 0).collect())
}

/// The hours of a range in which each function was called, by `AWS/Lambda Invocations`: when they began.
pub async fn called(
    session: &Session,
    names: &[String],
    from: Timestamp,
    until: Timestamp,
) -> Result<HashMap<String, Vec<Timestamp>>, AwsError> {
    let mut found: HashMap<String, Vec<Timestamp>> = HashMap::new();
    for (name, at, _) in sums(session, "Invocations", names, HOUR, (from, until)).await? {
        found.entry(name).or_default().push(at);
    }
    Ok(found)
}

/// The sums of a metric above zero, by function and beginning of a period.
async fn sums(
    session: &Session,
    metric: &str,
    names: &[String],
    period: i32,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<(String, Timestamp, f64)>, AwsError> {
    let client = session.cloudwatch_in(session.region());
    let each = until.duration_since(from).as_secs() / i64::from(period) + 2;
    let at_once = usize::try_from(MOST_POINTS / each.max(1)).unwrap_or_default().clamp(1, MOST_QUERIES);
    let mut found = Vec::new();
    for part in names.chunks(at_once) {
        let queries: Vec<MetricDataQuery> =
            part.iter().enumerate().map(|(at, name)| query(at, name, metric, period)).collect();
        let mut token = None;
        loop {
            let reply = client
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(date_time(from))
                .end_time(date_time(until))
                .set_next_token(token)
                .send()
                .await
                .map_err(|error| AwsError::from_sdk(METRICS, error))?;
            for result in reply.metric_data_results() {
                let at = result.id().and_then(|id| id.strip_prefix('f')).and_then(|at| at.parse::<usize>().ok());
                let Some(name) = at.and_then(|at| part.get(at)) else { continue };
                let points = result.timestamps().iter().zip(result.values()).filter(|(_, sum)| **sum > 0.0);
                found.extend(points.map(|(at, sum)| (name.clone(), timestamp(at), *sum)));
            }
            token = reply.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

fn query(at: usize, name: &str, metric: &str, period: i32) -> MetricDataQuery {
    let function = Dimension::builder().name("FunctionName").value(name).build();
    let metric = Metric::builder().namespace("AWS/Lambda").metric_name(metric).dimensions(function).build();
    let statistics = MetricStat::builder().metric(metric).period(period).stat("Sum").build();
    MetricDataQuery::builder().id(format!("f{at}")).metric_stat(statistics).build()
}

/// Invocations of a function that ended between two times, and whether all lines were read.
pub async fn ended(
    session: &Session,
    function: &Function,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<(Vec<RunFact>, bool), AwsError> {
    let mut lines = Vec::new();
    let mut token = None;
    let mut whole = false;
    for _ in 0..MOST_PAGES {
        let (page, next) = lines_page(session, &function.log_group, &[], Some(ENDS), from, until, token).await?;
        lines.extend(page);
        whole = next.is_none();
        if whole {
            break;
        }
        token = next;
    }
    let ended = invocations(&lines).into_iter().filter(|one| one.ended.is_some());
    Ok((ended.map(|one| fact(function, one)).collect(), whole))
}

/// One invocation, from its lines. `near` is a moment at which it ran; without one the whole group is searched, page after
/// page.
pub async fn invocation(
    session: &Session,
    function: &Function,
    request: &str,
    near: Option<Timestamp>,
) -> Result<RunFact, AwsError> {
    let pattern = format!("\"{}\"", request.replace('"', ""));
    let around = |by: SignedDuration| near.and_then(|near| near.checked_add(by).ok());
    let (from, until) = (around(-LONGEST), around(LONGEST));
    let mut named = Vec::new();
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let (page, next) = lines_page(session, &function.log_group, &[], Some(&pattern), from, until, token).await?;
        named.extend(page);
        let whole =
            named.iter().any(|line| line.message.contains("REPORT") || line.message.contains("platform.report"));
        if next.is_none() || whole {
            break;
        }
        token = next;
    }
    let gone = || AwsError::NotFound {
        call: FILTER,
        code: "NoSuchInvocation".into(),
        message: format!("no line of {} names {request}", function.log_group),
        request_id: None,
    };
    let (first, last) = named.first().zip(named.last()).ok_or_else(gone)?;
    // The line of an exception does not name its invocation: it stands among the others of the stream.
    let end = last.at.checked_add(SignedDuration::from_millis(1)).unwrap_or(last.at);
    let (group, stream, start) = (&function.log_group, [first.stream.clone()], first.at);
    let (mut all, mut token, mut whole) = (Vec::<LogLine>::new(), None, false);
    for _ in 0..MOST_PAGES {
        let (page, next) = lines_page(session, group, &stream, None, Some(start), Some(end), token).await?;
        all.extend(page);
        whole = next.is_none();
        if whole {
            break;
        }
        token = next;
    }
    if !whole || all.is_empty() {
        // Of a call that wrote more than is read, the lines that name it say how it ended.
        let read = all.last().map(|line| line.at);
        all.extend(named.into_iter().filter(|line| read.is_none_or(|read| line.at > read)));
    }
    let found = invocations(&all).into_iter().find(|one| one.request == request).ok_or_else(gone)?;
    Ok(fact(function, found))
}

/// A line of a log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLine {
    pub stream: String,
    pub at: Timestamp,
}

/// What a log group holds of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The first line of the invocation itself.
    pub own: Option<NamedLine>,
    /// The first line that names it, which may be that of a caller.
    pub mention: Option<NamedLine>,
    /// The range was read to its end, or to the invocation.
    pub whole: bool,
}

/// Looks for a request in a log group between two times, over so many pages as for any answer.
///
/// # Errors
/// [`AwsError::NotFound`] where there is no such group.
pub async fn named(
    session: &Session,
    group: &str,
    request: &str,
    (from, until): (Timestamp, Timestamp),
) -> Result<Named, AwsError> {
    let pattern = format!("\"{}\"", request.replace('"', ""));
    let (mut lines, mut token, mut whole) = (Vec::new(), None, false);
    for _ in 0..MOST_PAGES {
        let (page, next) = lines_page(session, group, &[], Some(&pattern), Some(from), Some(until), token).await?;
        lines.extend(page);
        let found = invocations(&lines).into_iter().find(|one| one.request == request);
        if let Some(found) = found {
            let own = lines.iter().find(|line| line.stream == found.stream).map(named_line);
            return Ok(Named { own, mention: lines.first().map(named_line), whole: true });
        }
        whole = next.is_none();
        if whole {
            break;
        }
        token = next;
    }
    Ok(Named { own: None, mention: lines.first().map(named_line), whole })
}

fn named_line(line: &LogLine) -> NamedLine {
    NamedLine { stream: line.stream.clone(), at: line.at }
}

fn fact(function: &Function, found: Invocation) -> RunFact {
    let name = function.row.id.own().to_owned();
    let driver = LambdaDriver {
        qualifier: found.version,
        memory_mb: found.memory_mb.or(function.driver.memory_mb),
        ..function.driver.clone()
    };
    let status = found.status.as_deref().unwrap_or(if found.ended.is_some() { "success" } else { "RUNNING" });
    let id = JobId::Lambda { function: name.clone(), request: found.request };
    let mut run = RunFact::bare(id, status, Driver::Lambda(driver));
    run.arn.clone_from(&function.arn);
    run.name = Some(name);
    run.reason = found.reason;
    run.created = found.started;
    run.started = found.started;
    run.ended = found.ended;
    run.usage = Usage { billed_millis: found.billed_millis, ..Usage::default() };
    run.request.name.clone_from(&run.name);
    run.request.role.clone_from(&function.role);
    run.request.release.clone_from(&function.row.release);
    run.request.timeout_minutes = function.driver.timeout_seconds.map(|seconds| seconds.div_ceil(60));
    run.request.logs.cloud_watch =
        Some(CloudWatchSettings { group: Some(function.log_group.clone()), stream_prefix: None });
    run
}

/// One page of the lines that a pattern finds, oldest first, and the token of the next.
pub(super) async fn lines_page(
    session: &Session,
    group: &str,
    streams: &[String],
    pattern: Option<&str>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    token: Option<String>,
) -> Result<(Vec<LogLine>, Option<String>), AwsError> {
    session.pace(Api::FilterLogEvents).await;
    let reply = session
        .logs_in(session.region())
        .filter_log_events()
        .log_group_name(group)
        .set_log_stream_names((!streams.is_empty()).then(|| streams.to_vec()))
        .set_filter_pattern(pattern.map(str::to_owned))
        .set_start_time(from.map(Timestamp::as_millisecond))
        .set_end_time(until.map(Timestamp::as_millisecond))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(FILTER, error))?;
    let lines = reply.events().iter().filter_map(|event| {
        Some(LogLine {
            stream: event.log_stream_name().unwrap_or_default().to_owned(),
            at: Timestamp::from_millisecond(event.timestamp()?).ok()?,
            message: event.message()?.to_owned(),
        })
    });
    Ok((lines.collect(), reply.next_token().map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    const REPORT: &str = r"REPORT RequestId: r-1\tDuration: 10.00 ms\tBilled Duration: 10 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t";

    fn page(lines: &[&str], next: Option<&str>) -> Reply {
        let line = |text: &&str| format!(r#"{{"logStreamName":"s","timestamp":1795226400000,"message":"{text}"}}"#);
        let lines: Vec<String> = lines.iter().map(line).collect();
        let next = next.map(|next| format!(r#","nextToken":"{next}""#)).unwrap_or_default();
        Reply::json(&format!(r#"{{"events":[{}]{next}}}"#, lines.join(",")))
    }

    #[tokio::test]
    async fn the_lines_of_a_call_are_read_page_by_page() {
        let wire = Wire::start(|_, body| match body {
            body if body.contains("filterPattern") => page(&["START RequestId: r-1 Version: 7", REPORT], None),
            body if body.contains("second") => page(&["[ERROR] KeyError: 'store'", REPORT], None),
            // A page may be empty although there is more behind it.
            body if body.contains("first") => page(&[], Some("second")),
            _ => page(&["START RequestId: r-1 Version: 7", "working"], Some("first")),
        });
        let function = Function {
            row: HomeRow {
                id: HomeId::Function("loader".into()),
                name: "loader".into(),
                state: None,
                reason: None,
                release: None,
                in_use: None,
                capacity: None,
                created: None,
                ended: None,
                as_of: wire.session.now(),
            },
            driver: LambdaDriver {
                qualifier: None,
                payload: None,
                memory_mb: None,
                timeout_seconds: None,
                code_sha256: None,
                environment: Vec::new(),
            },
            role: None,
            arn: None,
            log_group: "/aws/lambda/loader".into(),
            reserved: None,
        };
        let run = invocation(&wire.session, &function, "r-1", None).await.unwrap();
        assert_eq!((run.status.as_str(), run.reason.as_deref()), ("error", Some("KeyError: 'store'")));
        assert!(run.ended.is_some());
    }
}
