//! Logs Insights: a query is started, asked for its results, stopped; and the log groups that it may be about.

use crate::{AwsError, Call, Session, bound::Bound, pace::Api};
use aws_sdk_cloudwatchlogs::{
    operation::start_query::StartQueryError,
    types::{QueryStatus, ResultField, error::MalformedQueryException},
};
use contract::{
    Timestamp,
    insights::{LogGroup, MOST_ROWS, Malformed},
};

pub const START: Call = Call::new("StartQuery", "logs:StartQuery");
const RESULTS: Call = Call::new("GetQueryResults", "logs:GetQueryResults");
const STOP: Call = Call::new("StopQuery", "logs:StopQuery");
const RECORD: Call = Call::new("GetLogRecord", "logs:GetLogRecord");
/// Bytes of one answer: 10,000 rows of usual lines have a tenth of it.
const BOUND: Bound = Bound(64 << 20);
const GROUPS: Call = Call::new("DescribeLogGroups", "logs:DescribeLogGroups");

/// What became of a query that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// Under this id.
    Running(String),
    Malformed(Malformed),
}

/// Where a query is, as the service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Running,
    Complete,
    Cancelled,
    Failed,
    TimedOut,
}

/// What was found so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub standing: Standing,
    /// Names and values of each row, in the order of the query.
    pub rows: Vec<Vec<(String, String)>>,
    pub matched: u64,
    pub scanned: u64,
    pub bytes: u64,
}

/// Sends a query over groups, by their names. It costs by what it scans.
pub async fn start(
    session: &Session,
    groups: &[String],
    text: &str,
    from: Timestamp,
    until: Timestamp,
) -> Result<Started, AwsError> {
    session.pace(Api::Insights).await;
    let call = session.logs_in(session.region()).start_query().set_log_group_names(Some(groups.to_vec()));
    let call = call.query_string(text).start_time(from.as_second()).end_time(until.as_second());
    match call.limit(i32::try_from(MOST_ROWS).unwrap_or(i32::MAX)).send().await {
        Ok(reply) => match reply.query_id() {
            Some(id) => Ok(Started::Running(id.to_owned())),
            None => Err(AwsError::Unreadable { call: START, message: "it names no query".to_owned() }),
        },
        Err(error) => match error.as_service_error() {
            Some(StartQueryError::MalformedQueryException(wrong)) => Ok(Started::Malformed(malformed(wrong))),
            _ => Err(AwsError::from_sdk(START, error)),
        },
    }
}

fn malformed(wrong: &MalformedQueryException) -> Malformed {
    let compile = wrong.query_compile_error();
    let message = compile.and_then(|error| error.message()).or(wrong.message());
    let location = compile.and_then(|error| error.location());
    let place = location.and_then(|place| {
        let from = u32::try_from(place.start_char_offset()?).ok()?;
        let to = place.end_char_offset().and_then(|to| u32::try_from(to).ok()).unwrap_or(from);
        Some((from, to.max(from)))
    });
    Malformed { message: message.unwrap_or("The service does not understand the query.").to_owned(), place }
}

/// What a query found so far.
pub async fn results(session: &Session, query: &str) -> Result<Results, AwsError> {
    session.pace(Api::Insights).await;
    let reply = session.logs_in(session.region()).get_query_results().query_id(query);
    let reply = reply.customize().interceptor(BOUND).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(RESULTS, error))?;
    let standing = match reply.status() {
        Some(QueryStatus::Complete) => Standing::Complete,
        Some(QueryStatus::Cancelled) => Standing::Cancelled,
        Some(QueryStatus::Failed) => Standing::Failed,
        Some(QueryStatus::Timeout) => Standing::TimedOut,
        // Scheduled and Running; of Unknown the documentation says nothing more.
        _ => Standing::Running,
    };
    let statistics = reply.statistics();
    let counted = |count: Option<f64>| count.map_or(0, whole);
    Ok(Results {
        standing,
        rows: reply.results().iter().map(|fields| pairs(fields)).collect(),
        matched: counted(statistics.map(|all| all.records_matched())),
        scanned: counted(statistics.map(|all| all.records_scanned())),
        bytes: counted(statistics.map(|all| all.bytes_scanned())),
    })
}

fn pairs(fields: &[ResultField]) -> Vec<(String, String)> {
    fields.iter().filter_map(|one| Some((one.field()?.to_owned(), one.value()?.to_owned()))).collect()
}

// Counts come as doubles. A cast keeps within the bounds of the number, and makes 0 of what is none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(count: f64) -> u64 {
    count as u64
}

/// Stops a query; one that is over already stays as it is.
pub async fn stop(session: &Session, query: &str) -> Result<(), AwsError> {
    session.pace(Api::Insights).await;
    let reply = session.logs_in(session.region()).stop_query().query_id(query).send().await;
    reply.map(drop).map_err(|error| AwsError::from_sdk(STOP, error))
}

/// All fields of the event behind a row's `@ptr`.
pub async fn record(session: &Session, pointer: &str) -> Result<Vec<(String, String)>, AwsError> {
    session.pace(Api::Insights).await;
    let reply = session.logs_in(session.region()).get_log_record().log_record_pointer(pointer);
    let reply = reply.customize().interceptor(BOUND).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(RECORD, error))?;
    let fields = reply.log_record().into_iter().flatten();
    Ok(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// Which groups to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named<'a> {
    /// Whose names hold this text, whatever its case; all for an empty one.
    Holding(&'a str),
    /// Whose names begin so.
    Beginning(&'a str),
}

/// One page of groups by name, and the token of the next.
pub async fn groups_page(
    session: &Session,
    named: Named<'_>,
    token: Option<String>,
) -> Result<(Vec<LogGroup>, Option<String>), AwsError> {
    session.pace(Api::DescribeLogGroups).await;
    let call = session.logs_in(session.region()).describe_log_groups().set_next_token(token);
    let call = match named {
        Named::Holding("") => call,
        Named::Holding(text) => call.log_group_name_pattern(text),
        Named::Beginning(text) => call.log_group_name_prefix(text),
    };
    let reply = call.send().await.map_err(|error| AwsError::from_sdk(GROUPS, error))?;
    let groups = reply.log_groups().iter().filter_map(|group| {
        Some(LogGroup {
            name: group.log_group_name()?.to_owned(),
            stored: group.stored_bytes().and_then(|bytes| u64::try_from(bytes).ok()),
            kept_days: group.retention_in_days().and_then(|days| u32::try_from(days).ok()),
            created: group.creation_time().and_then(|millis| Timestamp::from_millisecond(millis).ok()),
        })
    });
    Ok((groups.collect(), reply.next_token().map(str::to_owned)))
}
