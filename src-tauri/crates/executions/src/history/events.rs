//! Events as rows and as JSON. Both are made for the slice that is looked at, not for the whole history.

use super::{History, kinds};
use crate::cause::{cut, one_line, shorten, unfold};
use crate::jobs;
use contract::executions::{EventRow, facts::HistoryEvent};
use serde_json::{Map, Value};

/// Texts in texts in texts: deeper ones stay texts.
const DEEPEST: usize = 8;

impl History {
    /// One row of the list of events.
    pub fn event_row(&self, event: &HistoryEvent) -> EventRow {
        let started = self.started.unwrap_or(event.at);
        let offset = event.at.as_millisecond().saturating_sub(started.as_millisecond());
        EventRow {
            id: event.id.to_string(),
            number: event.id,
            previous: event.previous,
            at: event.at,
            kind: event.kind.clone(),
            state: event
                .detail
                .name
                .clone()
                .or_else(|| event.detail.state.clone())
                .or_else(|| self.state_of(event.id).map(str::to_owned)),
            text: line(event),
            failure: kinds::is_failure(&event.kind),
            offset: u64::try_from(offset).unwrap_or_default(),
        }
    }
}

/// What matters of an event in one line.
fn line(event: &HistoryEvent) -> String {
    let detail = &event.detail;
    let from = detail.resource_type.as_deref();
    if detail.error.is_some() || detail.cause.is_some() {
        let levels = unfold(from, detail.error.as_deref(), detail.cause.as_deref());
        let said = one_line(&levels);
        // The wrapper's own error is worth its word when the line does not hold it.
        return match detail.error.as_deref() {
            Some(error) if !said.contains(error) => shorten(&format!("{error}: {said}"), 240),
            _ => said,
        };
    }
    if let Some(index) = detail.index {
        return format!("iteration {index}");
    }
    if let Some(length) = detail.length {
        return format!("{length} items");
    }
    if let Some(map_run) = &detail.map_run {
        return format!("Map Run {}", jobs::last_part(map_run));
    }
    if event.kind == "ExecutionRedriven" {
        return detail.redrive_count.map(|count| format!("redrive {count}")).unwrap_or_default();
    }
    let job = if event.kind.ends_with("Submitted") {
        jobs::job_link(detail, Some(detail), None).filter(jobs::is_job).map(|link| jobs::words(&link))
    } else {
        None
    };
    let call = match (from, detail.resource.as_deref()) {
        (Some(from), Some(resource)) => Some(format!("{} {resource}", jobs::service_of(Some(from)))),
        (None, Some(resource)) => Some(resource.to_owned()),
        (Some(from), None) => Some(jobs::service_of(Some(from))),
        (None, None) => None,
    };
    let mut line = job.or(call).unwrap_or_default();
    if let Some(seconds) = detail.timeout_seconds.filter(|seconds| *seconds > 0) {
        line = format!("{line}, at most {seconds} s");
    }
    shorten(&line, 240)
}

/// An event as pretty JSON, by the API's names; JSON inside of texts is unfolded.
pub fn event_json(event: &HistoryEvent) -> String {
    let detail = &event.detail;
    let mut map = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            map.insert(key.to_owned(), value);
        }
    };
    let plain = |text: &Option<String>| text.clone().map(Value::from);
    put("id", Some(Value::from(event.id)));
    put("previousEventId", Some(Value::from(event.previous)));
    put("timestamp", Some(Value::from(event.at.to_string())));
    put("type", Some(Value::from(event.kind.clone())));
    put("name", plain(&detail.name));
    put("state", plain(&detail.state));
    put("index", detail.index.map(Value::from));
    put("length", detail.length.map(Value::from));
    put("resourceType", plain(&detail.resource_type));
    put("resource", plain(&detail.resource));
    put("region", plain(&detail.region));
    put("timeoutInSeconds", detail.timeout_seconds.map(Value::from));
    put("heartbeatInSeconds", detail.heartbeat_seconds.map(Value::from));
    put("mapRunArn", plain(&detail.map_run));
    put("redriveCount", detail.redrive_count.map(Value::from));
    put("roleArn", plain(&detail.role));
    put("stateMachineVersionArn", plain(&detail.version));
    put("stateMachineAliasArn", plain(&detail.alias));
    put("location", plain(&detail.location));
    put("error", plain(&detail.error));
    let texts = [
        ("cause", &detail.cause),
        ("parameters", &detail.parameters),
        ("input", &detail.input),
        ("output", &detail.output),
    ];
    for (key, text) in texts {
        put(key, text.as_deref().map(|text| unfolded(text, 0)));
    }
    put("truncated", detail.truncated.then_some(Value::Bool(true)));
    serde_json::to_string_pretty(&Value::Object(map)).unwrap_or_default()
}

/// A text that is JSON becomes it, inside as well; anything else, and what is cut, stays as it was written.
fn unfolded(text: &str, depth: usize) -> Value {
    match cut::read(text) {
        Some((value, true)) if depth < DEEPEST => inside(value, depth + 1),
        _ => Value::from(text),
    }
}

fn inside(value: Value, depth: usize) -> Value {
    match value {
        Value::String(text) => unfolded(&text, depth),
        Value::Array(list) => list.into_iter().map(|value| inside(value, depth)).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, inside(value, depth))).collect(),
        other => other,
    }
}
