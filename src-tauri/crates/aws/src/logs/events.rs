//! Events of CloudWatch Logs: a stream from its beginning or from where it was left, or what a pattern leaves of a group.

use super::{fetch, take};
use crate::{AwsError, Call, Session, pace::Api};
use contract::Timestamp;
use std::future::Future;
use tokio::sync::mpsc::{self, Receiver, Sender};

const GET: Call = Call::new("GetLogEvents", "logs:GetLogEvents");
const FILTER: Call = Call::new("FilterLogEvents", "logs:FilterLogEvents");

/// Pages that wait for the reader, of 1 MiB at most.
const AHEAD: usize = 4;
/// Pages of the end of a stream: some may be empty although there is more before them.
const TAIL_PAGES: usize = 8;

/// What the service keeps for one call to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    /// Only a group names its events; of a stream the token tells where reading goes on.
    pub id: Option<String>,
    /// May be of several lines.
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub events: Vec<Event>,
    /// Where to go on; of a stream also when it grows later.
    pub next: Option<String>,
    /// It is the last that is fetched, and there are more behind it.
    pub cut: bool,
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    Stream {
        group: String,
        stream: String,
        /// [`Page::next`] of an earlier reading.
        from: Option<String>,
    },
    /// All streams of a group.
    Group {
        group: String,
        /// As of "Filter pattern syntax"; none lets everything through.
        pattern: Option<String>,
        /// Events before it are left out.
        from: Option<Timestamp>,
    },
}

/// The end of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// In their order.
    pub events: Vec<Event>,
    /// They are all that was written before, from the first on.
    pub whole: bool,
}

/// The last events of a stream that were written before `until`: `bytes` of text and the rest of their page, in eight calls
/// at most.
///
/// # Errors
/// [`AwsError::NotFound`] where the group or the stream is not there.
pub async fn tail(
    session: &Session,
    group: &str,
    stream: &str,
    until: Option<Timestamp>,
    bytes: usize,
) -> Result<Tail, AwsError> {
    let mut pages: Vec<Vec<Event>> = Vec::new();
    let mut token: Option<String> = None;
    let (mut length, mut whole) = (0, false);
    for _ in 0..TAIL_PAGES {
        let call = session.logs_in(session.region()).get_log_events().log_group_name(group).log_stream_name(stream);
        let call = call.start_from_head(false).set_end_time(until.map(Timestamp::as_millisecond));
        let reply = call.set_next_token(token.clone()).send().await;
        let reply = reply.map_err(|error| AwsError::from_sdk(GET, error))?;
        let events = reply.events().iter().filter_map(|event| read(event.timestamp(), None, event.message()));
        let events: Vec<Event> = events.collect();
        length += events.iter().map(|event| event.text.len()).sum::<usize>();
        pages.push(events);
        let next = reply.next_backward_token().map(str::to_owned);
        // The beginning of a stream is told by the same token again; an empty page alone is none.
        if next.is_none() || next == token {
            whole = true;
            break;
        }
        token = next;
        if length >= bytes {
            break;
        }
    }
    Ok(Tail { events: pages.into_iter().rev().flatten().collect(), whole })
}

/// Begins to fetch, `most` pages at most.
pub fn open(session: &Session, wanted: Wanted, most: usize, stop: impl Future<Output = ()> + Send + 'static) -> Pages {
    let (to, from) = mpsc::channel(AHEAD);
    let session = session.clone();
    fetch(to.clone(), stop, async move { pump(&session, wanted, most, &to).await });
    Pages { from }
}

async fn pump(
    session: &Session,
    wanted: Wanted,
    most: usize,
    to: &Sender<Result<Page, AwsError>>,
) -> Result<(), AwsError> {
    let mut token = match &wanted {
        Wanted::Stream { from, .. } => from.clone(),
        Wanted::Group { .. } => None,
    };
    for number in 1..=most {
        let mut page = match &wanted {
            Wanted::Stream { group, stream, .. } => stream_page(session, group, stream, token.clone()).await?,
            Wanted::Group { group, pattern, from } => {
                group_page(session, group, pattern.as_deref(), *from, token.clone()).await?
            }
        };
        // The end of a stream is told by the same token again; an empty page alone is none.
        let over = page.next.is_none() || page.next == token;
        token.clone_from(&page.next);
        page.cut = number == most && !over;
        if to.send(Ok(page)).await.is_err() || over {
            break;
        }
    }
    Ok(())
}

async fn stream_page(session: &Session, group: &str, stream: &str, token: Option<String>) -> Result<Page, AwsError> {
    let call = session.logs_in(session.region()).get_log_events().log_group_name(group).log_stream_name(stream);
    let reply = call.start_from_head(true).set_next_token(token).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(GET, error))?;
    let events = reply.events().iter().filter_map(|event| read(event.timestamp(), None, event.message())).collect();
    Ok(Page { events, next: reply.next_forward_token().map(str::to_owned), cut: false })
}

async fn group_page(
    session: &Session,
    group: &str,
    pattern: Option<&str>,
    from: Option<Timestamp>,
    token: Option<String>,
) -> Result<Page, AwsError> {
    session.pace(Api::FilterLogEvents).await;
    let call = session.logs_in(session.region()).filter_log_events().log_group_name(group);
    let call = call.set_filter_pattern(pattern.map(str::to_owned)).set_start_time(from.map(Timestamp::as_millisecond));
    let reply = call.set_next_token(token).send().await;
    let reply = reply.map_err(|error| AwsError::from_sdk(FILTER, error))?;
    let events = reply.events().iter();
    let events = events.filter_map(|event| read(event.timestamp(), event.event_id(), event.message())).collect();
    Ok(Page { events, next: reply.next_token().map(str::to_owned), cut: false })
}

fn read(at: Option<i64>, id: Option<&str>, text: Option<&str>) -> Option<Event> {
    let at = Timestamp::from_millisecond(at?).ok()?;
    Some(Event { at, id: id.map(str::to_owned), text: text?.to_owned() })
}

/// The pages, for a thread that may block.
#[derive(Debug)]
pub struct Pages {
    from: Receiver<Result<Page, AwsError>>,
}

impl Iterator for Pages {
    type Item = Result<Page, AwsError>;

    fn next(&mut self) -> Option<Self::Item> {
        take(&mut self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reply, Wire};

    fn page(texts: &[&str], token: &str) -> Reply {
        let events = texts.iter().map(|text| format!(r#"{{"timestamp":1700000000000,"message":"{text}"}}"#));
        let events: Vec<String> = events.collect();
        Reply::json(&format!(
            r#"{{"events":[{}],"nextForwardToken":"f/1","nextBackwardToken":"{token}"}}"#,
            events.join(",")
        ))
    }

    fn texts(tail: &Tail) -> Vec<&str> {
        tail.events.iter().map(|event| event.text.as_str()).collect()
    }

    #[tokio::test]
    async fn the_end_of_a_stream_is_read_backwards_and_given_in_order() {
        let wire = Wire::start(|_, body| match body {
            body if body.contains("b/1") => page(&[], "b/2"),
            body if body.contains("b/2") => page(&["first"], "b/3"),
            body if body.contains("b/3") => page(&[], "b/3"),
            _ => page(&["second", "third"], "b/1"),
        });
        let until = Timestamp::from_millisecond(1_700_000_000_500).unwrap();
        let all = tail(&wire.session, "dms-tasks-a", "dms-task-B", Some(until), 1 << 20).await.unwrap();
        assert_eq!((texts(&all), all.whole), (vec!["first", "second", "third"], true));
        let seen = wire.seen();
        assert_eq!(seen.len(), 4, "an empty page is not the beginning");
        assert!(seen[0].1.contains(r#""startFromHead":false"#), "{seen:?}");
        assert!(seen[0].1.contains(r#""endTime":1700000000500"#), "{seen:?}");

        let wire = Wire::start(|_, body| page(&["0123456789"], if body.contains("b/1") { "b/2" } else { "b/1" }));
        let some = tail(&wire.session, "dms-tasks-a", "dms-task-B", None, 15).await.unwrap();
        assert_eq!((some.events.len(), some.whole), (2, false), "no more than was asked for");
    }

    #[tokio::test]
    async fn the_last_page_says_whether_there_are_more_behind_it() {
        // Of a pattern that finds little, most pages are empty.
        let wire = Wire::start(|_, body| {
            let next = ["g/3", "g/2", "g/1"].iter().position(|token| body.contains(token)).map_or(1, |at| 4 - at);
            let next = if next < 4 { format!(r#","nextToken":"g/{next}""#) } else { String::new() };
            Reply::json(&format!(r#"{{"events":[]{next}}}"#))
        });
        for (most, wanted) in [(3, vec![false, false, true]), (4, vec![false; 4]), (9, vec![false; 4])] {
            let (to, mut from) = mpsc::channel(16);
            let group = Wanted::Group { group: "/g".to_owned(), pattern: Some("x".to_owned()), from: None };
            pump(&wire.session, group, most, &to).await.unwrap();
            drop(to);
            let mut cut = Vec::new();
            while let Some(page) = from.recv().await {
                cut.push(page.unwrap().cut);
            }
            assert_eq!(cut, wanted, "{most}");
        }
    }
}
