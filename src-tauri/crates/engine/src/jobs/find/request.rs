//! A request of Lambda by its id alone: no call finds it, so the log groups of the functions are searched for it, over some
//! hours, once a person wants that.

use super::{AT_ONCE, FindEvents, count};
use crate::executions::hours_before;
use aws::{
    AwsError, Session,
    jobs::lambda::{self, Named, NamedLine},
};
use contract::{
    Timestamp,
    jobs::{FindEvent, FindRun, FoundRun, LoggedAt, REQUEST_HOURS, Unlogged},
};
use futures_util::{StreamExt as _, stream};
use std::collections::BTreeSet;

/// Pages of functions that are listed.
const MOST_PAGES: usize = 10;

/// Where the request stands, or what was looked at.
pub(super) async fn seek(session: &Session, request: &FindRun, events: &FindEvents) -> Result<FoundRun, AwsError> {
    let (groups, more) = groups(session).await?;
    let number = count(groups.len());
    if !request.confirmed {
        return Ok(FoundRun::Ask { places: number });
    }
    let hours = request.hours.unwrap_or(REQUEST_HOURS);
    let until = session.now();
    let from = hours_before(until, hours);
    let asking: Vec<_> = groups.into_iter().map(|group| look(session, group, &request.run, (from, until))).collect();
    let mut asked = stream::iter(asking).buffer_unordered(AT_ONCE);
    let mut told = Unlogged { groups: number, hours, partly: 0, unread: 0, why: None, more, mention: None };
    let mut tried = 0;
    while let Some((group, answer)) = asked.next().await {
        tried += 1;
        match answer {
            Ok(named) => {
                let place = |line: NamedLine| LoggedAt { log: format!("{group}:{}", line.stream), at: line.at };
                if let Some(own) = named.own {
                    return Ok(FoundRun::Logged(place(own)));
                }
                told.mention = told.mention.or_else(|| named.mention.map(place));
                told.partly += u64::from(!named.whole);
            }
            Err(error @ AwsError::SignIn { .. }) => return Err(error),
            // A function that never ran has no group.
            Err(error) if error.is_absent() => {}
            Err(error) => {
                tracing::debug!(%error, group, "a log group could not be searched for a request");
                told.unread += 1;
                told.why.get_or_insert_with(|| error.to_string());
            }
        }
        events(FindEvent { tried, places: number });
    }
    Ok(FoundRun::Unlogged(told))
}

async fn look(
    session: &Session,
    group: String,
    run: &str,
    range: (Timestamp, Timestamp),
) -> (String, Result<Named, AwsError>) {
    let named = lambda::named(session, &group, run, range).await;
    (group, named)
}

/// The groups that functions log to, each once, and whether there are more functions.
async fn groups(session: &Session) -> Result<(BTreeSet<String>, bool), AwsError> {
    let (mut groups, mut token) = (BTreeSet::new(), None);
    for _ in 0..MOST_PAGES {
        let (functions, next) = lambda::functions_page(session, token).await?;
        groups.extend(functions.into_iter().map(|one| one.log_group));
        token = next;
        if token.is_none() {
            break;
        }
    }
    Ok((groups, token.is_some()))
}
