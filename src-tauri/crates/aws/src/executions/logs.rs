//! What an Express machine wrote into its log group: its only history.

use crate::{AwsError, Call, Session};
use contract::Timestamp;

const FILTER: Call = Call::new("FilterLogEvents", "logs:FilterLogEvents");

/// Which messages to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// Those that hold this text as a whole.
    Holding(&'a str),
    /// The first and the last event of each execution.
    Ends,
}

impl Which<'_> {
    /// "Filter pattern syntax for metric filters, subscription filters, filter log events".
    fn pattern(self) -> String {
        match self {
            Self::Holding(text) => format!("\"{}\"", text.replace('"', "")),
            Self::Ends => {
                let kinds = ["Started", "Succeeded", "Failed", "TimedOut", "Aborted"];
                format!("{{ {} }}", kinds.map(|kind| format!("($.type = \"Execution{kind}\")")).join(" || "))
            }
        }
    }
}

/// One page of messages, oldest first, and the token of the next.
pub async fn page(
    session: &Session,
    group: &str,
    which: Which<'_>,
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
        .filter_pattern(which.pattern())
        .start_time(from.as_millisecond())
        .set_end_time(until.map(Timestamp::as_millisecond))
        .set_next_token(token)
        .send()
        .await
        .map_err(|error| AwsError::from_sdk(FILTER, error))?;
    let messages = reply.events().iter().filter_map(|event| event.message().map(str::to_owned)).collect();
    Ok((messages, reply.next_token().map(str::to_owned)))
}
