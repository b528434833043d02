//! A page of a history, read from the JSON itself.
//!
//! An event holds one of forty `…EventDetails`, each with some of the same few members. The SDK makes a type of each and
//! drops those that are newer than itself; read by their members they are one record, and a new type of event loses
//! nothing.

use contract::{
    Timestamp,
    executions::facts::{EventDetail, HistoryEvent},
};
use serde_json::{Map, Value};

/// Reads the body of `GetExecutionHistory`. Events come in the order of the body.
///
/// # Errors
/// Words for a body that is no history.
pub fn read_history(body: &[u8]) -> Result<(Vec<HistoryEvent>, Option<String>), String> {
    let mut page: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let Some(Value::Array(events)) = page.get_mut("events").map(Value::take) else {
        return Err("there is no list of events".into());
    };
    let next = page.get("nextToken").and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned);
    Ok((events.into_iter().filter_map(event).collect(), next))
}

/// `None` for what is no event at all: without a number or a type nothing can be said of it.
fn event(value: Value) -> Option<HistoryEvent> {
    let Value::Object(mut members) = value else { return None };
    let id = members.get("id").and_then(Value::as_u64)?;
    let kind = members.get("type").and_then(Value::as_str)?.to_owned();
    let previous = members.get("previousEventId").and_then(Value::as_u64).unwrap_or(0);
    let at = members.get("timestamp").and_then(time).unwrap_or(Timestamp::UNIX_EPOCH);
    let detail = members
        .iter_mut()
        .find(|(name, value)| name.ends_with("EventDetails") && value.is_object())
        .map(|(_, value)| value.take());
    let detail = match detail {
        Some(Value::Object(members)) => read_detail(members),
        _ => EventDetail::default(),
    };
    Some(HistoryEvent { id, previous, at, kind, detail })
}

/// Seconds since 1970 with a fraction, as the JSON protocols of AWS write times.
fn time(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    #[allow(clippy::cast_possible_truncation)] // saturates; what is out of range is refused below
    Timestamp::from_millisecond((seconds * 1_000.0).round() as i64).ok()
}

fn read_detail(mut members: Map<String, Value>) -> EventDetail {
    let truncated = members.iter().any(|(name, value)| {
        name.ends_with("Details") && value.get("truncated").and_then(Value::as_bool) == Some(true)
    });
    let number = |name: &str| members.get(name).and_then(Value::as_u64);
    let (index, length, redrive_count) = (number("index"), number("length"), number("redriveCount"));
    let seconds = |name: &str| members.get(name).and_then(Value::as_i64);
    let (timeout_seconds, heartbeat_seconds) = (seconds("timeoutInSeconds"), seconds("heartbeatInSeconds"));
    let mut text = |name: &str| match members.get_mut(name).map(Value::take) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    EventDetail {
        name: text("name"),
        index,
        length,
        resource_type: text("resourceType"),
        resource: text("resource"),
        region: text("region"),
        parameters: text("parameters"),
        input: text("input"),
        output: text("output"),
        truncated,
        error: text("error"),
        cause: text("cause"),
        timeout_seconds,
        heartbeat_seconds,
        map_run: text("mapRunArn"),
        redrive_count,
        role: text("roleArn"),
        version: text("stateMachineVersionArn"),
        alias: text("stateMachineAliasArn"),
        location: text("location"),
        state: text("state"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_event_is_read_by_the_members_of_its_details() {
        let body = br#"{"nextToken":"t","events":[{"id":5,"previousEventId":4,"timestamp":1764316800.123,
            "type":"TaskSubmitted","taskSubmittedEventDetails":{"resourceType":"glue","resource":"startJobRun.sync",
            "output":"{\"JobRunId\":\"jr_1\"}","outputDetails":{"truncated":true}}}]}"#;
        let (events, next) = read_history(body).unwrap();
        assert_eq!(next.as_deref(), Some("t"));
        let event = &events[0];
        assert_eq!((event.id, event.previous, event.kind.as_str()), (5, 4, "TaskSubmitted"));
        assert_eq!(event.at.as_millisecond(), 1_764_316_800_123);
        assert_eq!(event.detail.output.as_deref(), Some("{\"JobRunId\":\"jr_1\"}"));
        assert!(event.detail.truncated, "the service said that it cut the output");
    }

    #[test]
    fn a_type_that_is_not_known_yet_keeps_its_details() {
        let body =
            br#"{"events":[{"id":1,"type":"QuantumStateEntered","timestamp":1,"quantumEventDetails":{"name":"Q"}}]}"#;
        let (events, _) = read_history(body).unwrap();
        assert_eq!(events[0].detail.name.as_deref(), Some("Q"));
    }

    #[test]
    fn what_is_no_history_is_said_so() {
        assert!(read_history(b"{}").is_err());
        assert!(read_history(b"<html>").is_err());
        assert_eq!(read_history(br#"{"events":[1,{"id":-4},{"id":2}]}"#).unwrap().0, []);
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_history(&bytes);
        }
    }
}
