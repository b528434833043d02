//! What one text of a cause is: whose response, and which of its fields says why.

use super::engines::{athena, batch, ecs, emr_cluster, emr_containers, emr_serverless, emr_step, glue};
use super::engines::{sage_maker, sage_maker_level};
use super::{cut, says_something};
use contract::executions::CauseLevel;
use serde_json::{Map, Value};

/// One level, and what lies inside of it.
pub(super) struct Read {
    pub level: CauseLevel,
    pub inner: Option<Inner>,
}

pub(super) struct Inner {
    pub error: Option<String>,
    pub cause: Option<String>,
    pub from: Option<String>,
}

pub(super) type Object = Map<String, Value>;

/// Characters of a text that are shown as such; what is longer goes into `lines`.
const LONGEST_TEXT: usize = 4_000;
const MOST_LINES: usize = 200;
const MOST_FIELDS: usize = 16;

pub(super) fn level(from: Option<&str>, error: Option<&str>, cause: &str) -> Read {
    let Some((Value::Object(object), whole)) = cut::read(cause) else {
        return plain(from, error, cause);
    };
    let mut read = shape(from, error, &object);
    if !whole {
        read.level.fields.push(("Cut".into(), "the service cut this cause; what follows is missing".into()));
    }
    read
}

fn shape(from: Option<&str>, error: Option<&str>, object: &Object) -> Read {
    // Responses may stand in their wrapper: `{"JobRun": {…}}`, `{"Step": {…}}`.
    let wrapped = ["JobRun", "Step", "Cluster", "QueryExecution", "Build", "Job", "Task"]
        .iter()
        .find_map(|key| object.get(*key).and_then(Value::as_object).filter(|_| object.len() <= 4));
    let inside = wrapped.unwrap_or(object);
    let has = |key: &str| inside.contains_key(key);
    let serverless = has("ApplicationId") && (has("JobRunId") || has("StateDetails"));
    if has("ExecutionArn") {
        execution(error, inside)
    } else if has("errorMessage") || has("errorType") || has("stackTrace") {
        lambda(from, error, inside)
    } else if serverless {
        emr_serverless(error, inside)
    } else if has("VirtualClusterId") {
        emr_containers(error, inside)
    } else if object.contains_key("Step") || path(inside, &["Status", "FailureDetails"]).is_some() {
        emr_step(error, inside)
    } else if path(inside, &["Status", "StateChangeReason"]).is_some() && !object.contains_key("QueryExecution") {
        emr_cluster(from, error, inside)
    } else if object.contains_key("QueryExecution") || has("QueryExecutionId") {
        athena(error, inside)
    } else if has("JobRunState") || (has("ErrorMessage") && has("JobName")) {
        glue(error, inside)
    } else if let Some((noun, name)) = sage_maker(inside) {
        sage_maker_level(error, inside, noun, name)
    } else if has("StopCode") || has("StoppedReason") || has("TaskArn") {
        ecs(error, inside)
    } else if has("StatusReason") || has("JobQueue") || has("Attempts") {
        batch(error, inside)
    } else if object.get("Cause").is_some_and(Value::is_string) {
        wrapper(from, error, object)
    } else {
        generic(from, error, inside)
    }
}

fn plain(from: Option<&str>, error: Option<&str>, cause: &str) -> Read {
    let cause = cause.trim();
    let mut level = CauseLevel { source: crate::jobs::service_of(from), error: error.map(str::to_owned), ..blank() };
    set_text(&mut level, cause);
    Read { level, inner: None }
}

fn execution(error: Option<&str>, object: &Object) -> Read {
    let arn = text(object, "ExecutionArn").unwrap_or_default();
    let name = text(object, "Name").unwrap_or_else(|| crate::jobs::last_part(&arn).to_owned());
    let own_error = text(object, "Error").or_else(|| error.filter(|error| says_something(error)).map(str::to_owned));
    let cause = text(object, "Cause").filter(|cause| !cause.trim().is_empty());
    let mut level =
        CauseLevel { source: format!("execution {name}"), error: own_error.clone(), execution: Some(arn), ..blank() };
    take_fields(&mut level, object, &["Status", "StartDate", "StopDate"]);
    let status = text(object, "Status").unwrap_or_default();
    match &cause {
        Some(inner) if cut::read(inner).is_some() => {
            "The execution failed because of what it ran.".clone_into(&mut level.text);
            return Read {
                level,
                inner: Some(Inner { error: own_error.filter(|error| says_something(error)), cause, from: None }),
            };
        }
        Some(plain) => set_text(&mut level, plain.trim()),
        None if status == "TIMED_OUT" => "The execution timed out.".clone_into(&mut level.text),
        None if status == "ABORTED" => "The execution was stopped.".clone_into(&mut level.text),
        None => {}
    }
    Read { level, inner: None }
}

/// Python: `stackTrace` is a list of texts (or of `[file, line, function, code]` in old runtimes). Java: a list of
/// frames, with the causes in `cause`. Node.js: `trace`.
fn lambda(from: Option<&str>, error: Option<&str>, object: &Object) -> Read {
    let kind = text(object, "errorType").or_else(|| error.map(str::to_owned));
    let source = match from {
        None | Some("lambda") => "Lambda function".to_owned(),
        other => crate::jobs::service_of(other),
    };
    let mut level = CauseLevel { source, error: kind, ..blank() };
    let message = text(object, "errorMessage").unwrap_or_default();
    take_fields(&mut level, object, &["requestId"]);
    for key in ["stackTrace", "trace", "stack"] {
        if let Some(trace) = object.get(key) {
            stack(trace, &mut level.lines);
        }
    }
    let mut deeper = object.get("cause").and_then(Value::as_object);
    for _ in 0..8 {
        let Some(cause) = deeper else { break };
        let kind = text(cause, "errorType").unwrap_or_default();
        let message = text(cause, "errorMessage").unwrap_or_default();
        push_line(&mut level.lines, &format!("Caused by: {kind}: {message}"));
        if let Some(trace) = cause.get("stackTrace") {
            stack(trace, &mut level.lines);
        }
        deeper = cause.get("cause").and_then(Value::as_object);
    }
    // A handler that raises what it got from another service has JSON in its message.
    if cut::read(&message).is_some() {
        "The function passed on an error of what it called.".clone_into(&mut level.text);
        let inner = Inner { error: None, cause: Some(message), from: Some("lambda".into()) };
        return Read { level, inner: Some(inner) };
    }
    set_text(&mut level, message.trim());
    if level.text.is_empty() {
        "The function failed without a message.".clone_into(&mut level.text);
    }
    Read { level, inner: None }
}

fn stack(trace: &Value, lines: &mut Vec<String>) {
    match trace {
        Value::String(text) => text.lines().for_each(|line| push_line(lines, line)),
        Value::Array(frames) => {
            for frame in frames {
                match frame {
                    Value::String(text) => text.lines().for_each(|line| push_line(lines, line)),
                    Value::Array(parts) => {
                        let parts: Vec<String> = parts.iter().filter_map(cut::scalar).collect();
                        push_line(lines, &parts.join(" "));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// `{"Error": …, "Cause": …}` around something else.
fn wrapper(from: Option<&str>, error: Option<&str>, object: &Object) -> Read {
    let inner_error = text(object, "Error").or_else(|| error.map(str::to_owned));
    let cause = text(object, "Cause");
    let mut level = CauseLevel { source: crate::jobs::service_of(from), error: inner_error.clone(), ..blank() };
    if cause.as_deref().is_some_and(|cause| cut::read(cause).is_some()) {
        "It passed on the error of what it ran.".clone_into(&mut level.text);
        let inner = Inner { error: inner_error, cause, from: from.map(str::to_owned) };
        return Read { level, inner: Some(inner) };
    }
    set_text(&mut level, cause.unwrap_or_default().trim());
    Read { level, inner: None }
}

/// Names under which services and people put their message, most telling first.
const SAYING: [&str; 18] = [
    "ErrorMessage",
    "FailureReason",
    "StateDetails",
    "StatusReason",
    "StoppedReason",
    "Message",
    "message",
    "errorMessage",
    "error_message",
    "Reason",
    "reason",
    "detail",
    "Cause",
    "cause",
    "Error",
    "error",
    "Exception",
    "description",
];

fn generic(from: Option<&str>, error: Option<&str>, object: &Object) -> Read {
    let mut level = CauseLevel { source: crate::jobs::service_of(from), error: error.map(str::to_owned), ..blank() };
    let said = SAYING.iter().find_map(|key| Some((*key, object.get(*key).filter(|value| !value.is_null())?)));
    let mut inner = None;
    if let Some((_, value)) = said {
        let message = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if cut::read(&message).is_some() {
            inner = Some(Inner { error: None, cause: Some(message), from: from.map(str::to_owned) });
        } else {
            set_text(&mut level, message.trim());
        }
    }
    for (key, value) in object {
        if level.fields.len() >= MOST_FIELDS {
            break;
        }
        if said.is_none_or(|(said, _)| said != key)
            && let Some(word) = cut::scalar(value)
        {
            level.fields.push((key.clone(), super::shorten(&word, 300)));
        }
    }
    if level.text.is_empty() && inner.is_none() {
        let fields: Vec<String> = level.fields.iter().take(4).map(|(key, word)| format!("{key}: {word}")).collect();
        level.text = if fields.is_empty() {
            super::shorten(&Value::Object(object.clone()).to_string(), 300)
        } else {
            fields.join(", ")
        };
    }
    Read { level, inner }
}

/// The first lines as text, a stack trace or what is longer as lines.
pub(super) fn set_text(level: &mut CauseLevel, said: &str) {
    let said = said.trim();
    if said.is_empty() {
        return;
    }
    let mut lines = said.lines().map(str::trim_end).filter(|line| !line.trim().is_empty());
    if said.chars().count() <= LONGEST_TEXT && said.lines().count() <= 3 {
        level.text = lines.collect::<Vec<_>>().join("\n");
        return;
    }
    let all: Vec<&str> = lines.by_ref().collect();
    // Of a Python traceback the last line is the message; of a Java one the first.
    let traceback = all.iter().any(|line| line.starts_with("Traceback (most recent call last)"));
    let telling = if traceback { all.last() } else { all.first() };
    level.text = telling.map(|line| super::shorten(line, LONGEST_TEXT)).unwrap_or_default();
    for line in all {
        push_line(&mut level.lines, line);
    }
}

pub(super) fn push_line(lines: &mut Vec<String>, line: &str) {
    if lines.len() < MOST_LINES {
        lines.push(line.chars().take(LONGEST_TEXT).collect());
    }
}

pub(super) fn take_fields(level: &mut CauseLevel, object: &Object, keys: &[&str]) {
    for key in keys {
        if let Some(word) = text(object, key) {
            level.fields.push(((*key).to_owned(), word));
        }
    }
}

pub(super) fn text(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(cut::scalar)
}

fn path<'a>(object: &'a Object, keys: &[&str]) -> Option<&'a Value> {
    let (first, rest) = keys.split_first()?;
    rest.iter().try_fold(object.get(*first)?, |value, key| value.get(*key))
}

pub(super) fn blank() -> CauseLevel {
    CauseLevel {
        source: String::new(),
        error: None,
        text: String::new(),
        fields: Vec::new(),
        lines: Vec::new(),
        execution: None,
    }
}
