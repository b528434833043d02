//! What an Express machine wrote into its log group: its only history.

use crate::{AwsError, Call, Session};
use contract::Timestamp;

const FILTER: Call = Call::new("FilterLogEvents", "logs:FilterLogEvents");

/// One page of messages, oldest first, and the token of the next. `containing` is looked for as a whole text.
pub async fn page(
    session: &Session,
    group: &str,
    containing: Option<&str>,
    from: Timestamp,
    until: Option<Timestamp>,
    token: Option<String>,
) -> Result<(Vec<String>, Option<String>), AwsError> {
    let region = super::region_of(group).unwrap_or_else(|| session.region()).to_owned();
    // An ARN names the group after `log-group:`; the call by name works in every partition and on every server.
    let name = group.split_once("log-group:").map_or(group, |(_, name)| name).trim_end_matches(":*");
    let reply = session
        .logs_in(&region)
        .filter_log_events()
        .log_group_name(name)
        .set_filter_pattern(containing.map(|text| format!("\"{}\"", text.replace('"', ""))))
        .start_time(from.as_millisecond())
        .set_end_time(until.map(Timestamp::as_millisecond))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(FILTER, error))?;
    let messages = reply.events().iter().filter_map(|event| event.message().map(str::to_owned)).collect();
    Ok((messages, reply.next_token().map(str::to_owned)))
}
