//! Express executions have no history in the API: what is known of them stands in the log group of their machine.
//!
//! One JSON object is logged for each event ("Logging Step Functions executions using CloudWatch Logs"): numbers as texts,
//! and `details` with the names that the API's event details have. The level of the log decides which events there are, and
//! `includeExecutionData` whether they hold input, output and causes.

mod listing;

use crate::preflight::{Scope, line};
use contract::{
    Timestamp,
    executions::facts::{EventDetail, HistoryEvent, MachineFact, MachineKind},
};
pub use listing::Listing;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The events of all executions that log lines tell of, by ARN, each in order and once (CloudWatch may deliver a line
/// twice). Lines that are no events are skipped. The events of one execution may lie in several streams: hand over all.
pub fn events_from_logs<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<String, Vec<HistoryEvent>> {
    let mut all: BTreeMap<String, BTreeMap<u64, HistoryEvent>> = BTreeMap::new();
    for (arn, event) in lines.filter_map(event) {
        all.entry(arn).or_default().entry(event.id).or_insert(event);
    }
    all.into_iter().map(|(arn, events)| (arn, events.into_values().collect())).collect()
}

fn event(line: &str) -> Option<(String, HistoryEvent)> {
    // An export or a copy may have put the stream's time before the object.
    let Ok(Value::Object(line)) = serde_json::from_str(line.get(line.find('{')?..)?.trim_end()) else { return None };
    let arn = text(&line, "execution_arn")?;
    let id = number(&line, "id").filter(|id| *id > 0)?;
    let kind = text(&line, "type").filter(|kind| !kind.is_empty())?;
    let at = i64::try_from(number(&line, "event_timestamp")?).ok()?;
    let at = Timestamp::from_millisecond(at).ok()?;
    let none = Map::new();
    let details = line.get("details").and_then(Value::as_object).unwrap_or(&none);
    let previous = number(&line, "previous_event_id").unwrap_or(0);
    Some((arn, HistoryEvent { id, previous, at, kind, detail: detail(details) }))
}

fn detail(details: &Map<String, Value>) -> EventDetail {
    let text = |name: &str| text(details, name);
    let cut = |name: &str| details.get(name).and_then(|of| of.get("truncated")).is_some_and(|cut| *cut == json!(true));
    let seconds = |name: &str| number(details, name).and_then(|seconds| i64::try_from(seconds).ok());
    EventDetail {
        name: text("name"),
        index: number(details, "index"),
        length: number(details, "length"),
        resource_type: text("resourceType"),
        resource: text("resource"),
        region: text("region"),
        parameters: text("parameters"),
        input: text("input"),
        output: text("output"),
        truncated: ["inputDetails", "outputDetails", "parametersDetails"].into_iter().any(cut),
        error: text("error"),
        cause: text("cause"),
        timeout_seconds: seconds("timeoutInSeconds"),
        heartbeat_seconds: seconds("heartbeatInSeconds"),
        map_run: text("mapRunArn"),
        redrive_count: number(details, "redriveCount"),
        role: text("roleArn"),
        version: text("stateMachineVersionArn"),
        alias: text("stateMachineAliasArn"),
        location: text("location"),
        state: text("state"),
    }
}

/// A text; what should be a text and is JSON is written out.
fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn number(object: &Map<String, Value>, name: &str) -> Option<u64> {
    match object.get(name)? {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    }
}

/// Why the executions of a machine cannot be seen, or only in part; `None` when everything is logged, and for a Standard
/// machine, which has a history of its own. [`log_command`] is the way out.
pub fn why_not(machine: &MachineFact) -> Option<String> {
    if machine.kind == MachineKind::Standard {
        return None;
    }
    let data = if machine.logs_data { "" } else { " Input, output and causes are left out of the log as well." };
    let level = machine.log_level.as_deref().unwrap_or("OFF");
    let words = match (level, machine.log_group.is_some()) {
        ("OFF", _) | (_, false) => {
            "This machine logs nothing (level OFF), and Step Functions keeps no history of Express \
             executions: what ran before logging is switched on cannot be seen."
                .to_owned()
        }
        ("ALL", true) if machine.logs_data => return None,
        ("ALL", true) => {
            "The log of this machine holds every event, but without execution data: input, output, parameters \
             and causes are missing."
                .to_owned()
        }
        ("ERROR", true) => format!(
            "This machine logs errors alone (level ERROR): failed and timed out states are seen, and what succeeded or is \
             running is not.{data}"
        ),
        ("FATAL", true) => format!(
            "This machine logs fatal events alone (level FATAL): only that an execution failed is seen, and not at which \
             state.{data}"
        ),
        (other, true) => {
            format!("This machine logs at level {}, which is not known here.{data}", crate::compare::cut(other, 20))
        }
    };
    Some(words)
}

/// The `aws` command that lets a machine log everything, into the log group that it has or one named after it. It changes the
/// machine: the role needs the permissions of "Logging … using CloudWatch Logs", and a new log group must exist.
/// `None` where [`why_not`] is.
pub fn log_command(machine: &MachineFact, profile: Option<&str>, region: Option<&str>) -> Option<String> {
    why_not(machine)?;
    let group = machine.log_group.clone().or_else(|| {
        let mut parts = machine.arn.splitn(6, ':').skip(1);
        let (partition, _, region, account) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // Groups under this prefix need no entry in the resource policy of the logs, which has a limit.
        Some(format!("arn:{partition}:logs:{region}:{account}:log-group:/aws/vendedlogs/states/{}-Logs", machine.name))
    })?;
    let group = group.strip_suffix(":*").unwrap_or(&group);
    let configuration = json!({
        "level": "ALL",
        "includeExecutionData": true,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": format!("{group}:*")}}],
    });
    let configuration = configuration.to_string();
    let options = [("state-machine-arn", machine.arn.as_str()), ("logging-configuration", configuration.as_str())];
    Some(line("update-state-machine", &options, Scope { profile, region }))
}

#[cfg(test)]
mod tests;
