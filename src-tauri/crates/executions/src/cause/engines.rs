//! Responses of the services that run jobs, and which of their fields says why a job failed.

use super::cut;
use super::shapes::{Object, Read, blank, push_line, set_text, take_fields, text};
use contract::executions::CauseLevel;
use serde_json::Value;

pub(super) fn emr_serverless(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "JobRunId").or_else(|| text(object, "Id")).unwrap_or_default();
    let mut level = service("EMR Serverless job run", &id, error);
    let details = text(object, "StateDetails").unwrap_or_default();
    take_fields(&mut level, object, &["State", "ApplicationId", "JobRunId", "Name", "ReleaseLabel"]);
    spark_details(&mut level, &details, text(object, "State").as_deref());
    Read { level, inner: None }
}

pub(super) fn emr_containers(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "Id").unwrap_or_default();
    let mut level = service("EMR on EKS job run", &id, error);
    take_fields(&mut level, object, &["FailureReason", "State", "VirtualClusterId", "Name"]);
    let details = text(object, "StateDetails").or_else(|| text(object, "FailureReason")).unwrap_or_default();
    spark_details(&mut level, &details, text(object, "State").as_deref());
    Read { level, inner: None }
}

/// `Job failed, please check complete logs in configured logging destination. ExitCode: 1. Last few exceptions: Caused
/// by: java.… Exception in thread …`: what matters stands last.
fn spark_details(level: &mut CauseLevel, details: &str, state: Option<&str>) {
    let details = details.trim();
    let (head, exceptions) = match details.split_once("Last few exceptions:") {
        Some((head, exceptions)) => (head, exceptions.trim()),
        None => (details, ""),
    };
    if let Some(code) = after_number(head, "ExitCode:") {
        level.fields.insert(0, ("ExitCode".into(), code));
    }
    if exceptions.is_empty() {
        set_text(level, details);
    } else {
        // The service separates the exceptions by `...` or by a new line.
        // A message that itself ends in a full stop leaves a fourth dot behind.
        let parts = exceptions.split("...").flat_map(str::lines).map(str::trim);
        for part in parts.filter(|part| part.contains(char::is_alphanumeric)) {
            push_line(&mut level.lines, part);
        }
        let last = level.lines.last().cloned().unwrap_or_default();
        set_text(level, last.trim_start_matches("Caused by:").trim());
    }
    if level.text.is_empty() {
        level.text = format!("The job run ended as {}.", state.unwrap_or("FAILED"));
    }
}

pub(super) fn emr_step(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "Id").unwrap_or_default();
    let mut level = service("EMR step", &id, error);
    take_fields(&mut level, object, &["Name"]);
    let status = object.get("Status").and_then(Value::as_object);
    let details = status.and_then(|status| status.get("FailureDetails")).and_then(Value::as_object);
    if let Some(status) = status {
        take_fields(&mut level, status, &["State"]);
    }
    let reason = details.and_then(|details| text(details, "Reason"));
    let message = details.and_then(|details| text(details, "Message"));
    if let Some(file) = details.and_then(|details| text(details, "LogFile")) {
        level.fields.push(("LogFile".into(), crate::jobs::s3_uri(&file)));
    }
    let changed = status.and_then(|status| status.get("StateChangeReason")).and_then(Value::as_object);
    let fallback = changed.and_then(|changed| text(changed, "Message").or_else(|| text(changed, "Code")));
    match (reason, message) {
        (Some(reason), Some(message)) if !message.contains(reason.trim_end_matches('.')) => {
            set_text(&mut level, message.trim());
            level.fields.push(("Reason".into(), reason));
        }
        (_, Some(message)) => set_text(&mut level, message.trim()),
        (Some(reason), None) => set_text(&mut level, reason.trim()),
        (None, None) => set_text(&mut level, fallback.unwrap_or_else(|| "The step failed.".into()).trim()),
    }
    Read { level, inner: None }
}

pub(super) fn emr_cluster(from: Option<&str>, error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "Id").or_else(|| text(object, "ClusterId")).unwrap_or_default();
    let noun = if id.starts_with("s-") { "EMR step" } else { "EMR cluster" };
    let noun = if from.is_some_and(|from| from.contains("athena")) { "Athena query" } else { noun };
    let mut level = service(noun, &id, error);
    take_fields(&mut level, object, &["Name"]);
    if let Some(status) = object.get("Status").and_then(Value::as_object) {
        take_fields(&mut level, status, &["State"]);
        if let Some(reason) = status.get("StateChangeReason") {
            match reason {
                Value::Object(reason) => {
                    take_fields(&mut level, reason, &["Code"]);
                    set_text(&mut level, &text(reason, "Message").unwrap_or_default());
                }
                other => set_text(&mut level, &cut::scalar(other).unwrap_or_default()),
            }
        }
        if let Some(details) = status.get("ErrorDetails").and_then(Value::as_array) {
            for detail in details.iter().filter_map(Value::as_object) {
                let line: Vec<String> =
                    ["ErrorCode", "ErrorMessage"].iter().filter_map(|key| text(detail, key)).collect();
                push_line(&mut level.lines, &line.join(": "));
            }
        }
    }
    if level.text.is_empty() {
        level.text = level.lines.first().cloned().unwrap_or_else(|| "The cluster ended with errors.".into());
    }
    Read { level, inner: None }
}

pub(super) fn glue(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "Id").or_else(|| text(object, "JobRunId")).unwrap_or_default();
    let mut level = service("Glue job run", &id, error);
    take_fields(&mut level, object, &["JobName", "JobRunState", "Attempt", "ExecutionTime", "LogGroupName", "Timeout"]);
    let state = text(object, "JobRunState").unwrap_or_else(|| "FAILED".into());
    let message = text(object, "ErrorMessage").unwrap_or_else(|| format!("The job run ended as {state}."));
    set_text(&mut level, message.trim());
    Read { level, inner: None }
}

/// The kind of job and its name, if this is a `Describe…` response of SageMaker.
pub(super) fn sage_maker(object: &Object) -> Option<(&'static str, String)> {
    [
        ("TrainingJobName", "training job"),
        ("ProcessingJobName", "processing job"),
        ("TransformJobName", "transform job"),
        ("HyperParameterTuningJobName", "tuning job"),
        ("LabelingJobName", "labeling job"),
        ("EndpointName", "endpoint"),
        ("PipelineExecutionArn", "pipeline execution"),
    ]
    .into_iter()
    .find_map(|(key, noun)| Some((noun, crate::jobs::last_part(&text(object, key)?).to_owned())))
}

pub(super) fn sage_maker_level(error: Option<&str>, object: &Object, noun: &str, name: String) -> Read {
    let mut level = service(&format!("SageMaker {noun}"), &name, error);
    let states = [
        "TrainingJobStatus",
        "ProcessingJobStatus",
        "TransformJobStatus",
        "HyperParameterTuningJobStatus",
        "SecondaryStatus",
        "ExitMessage",
    ];
    take_fields(&mut level, object, &states);
    let exit = text(object, "ExitMessage");
    let reason = text(object, "FailureReason").or(exit).unwrap_or_else(|| format!("The {noun} failed."));
    if let Some(code) = after_number(&reason, "ExitCode") {
        level.fields.insert(0, ("ExitCode".into(), code));
    }
    set_text(&mut level, reason.trim());
    Read { level, inner: None }
}

pub(super) fn batch(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "JobId").unwrap_or_default();
    let mut level = service("Batch job", &id, error);
    take_fields(&mut level, object, &["JobName", "Status"]);
    let container = object.get("Container").and_then(Value::as_object);
    let attempts = object.get("Attempts").and_then(Value::as_array);
    let last = attempts.and_then(|attempts| attempts.last()).and_then(Value::as_object);
    let last_container = last.and_then(|last| last.get("Container")).and_then(Value::as_object);
    let container = last_container.or(container);
    if let Some(container) = container {
        take_fields(&mut level, container, &["ExitCode", "LogStreamName"]);
    }
    for attempt in attempts.into_iter().flatten().filter_map(Value::as_object) {
        let container = attempt.get("Container").and_then(Value::as_object);
        let reason = container.and_then(|container| text(container, "Reason"));
        let code = container.and_then(|container| text(container, "ExitCode"));
        let parts = [text(attempt, "StatusReason"), reason, code.map(|code| format!("exit code {code}"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            push_line(&mut level.lines, &parts.join(": "));
        }
    }
    let reason = container.and_then(|container| text(container, "Reason"));
    let status = text(object, "StatusReason").or_else(|| last.and_then(|last| text(last, "StatusReason")));
    let said = match (status, reason) {
        (Some(status), Some(reason)) if !status.contains(&reason) => format!("{status}: {reason}"),
        (Some(status), _) => status,
        (None, Some(reason)) => reason,
        (None, None) => "The job failed.".into(),
    };
    set_text(&mut level, &said);
    Read { level, inner: None }
}

pub(super) fn ecs(error: Option<&str>, object: &Object) -> Read {
    let arn = text(object, "TaskArn").unwrap_or_default();
    let mut level = service("ECS task", crate::jobs::last_part(&arn), error);
    take_fields(&mut level, object, &["StopCode", "LastStatus", "LaunchType"]);
    let mut why = None;
    for container in object.get("Containers").and_then(Value::as_array).into_iter().flatten() {
        let Some(container) = container.as_object() else { continue };
        let code = text(container, "ExitCode");
        let reason = text(container, "Reason");
        if reason.is_none() && code.as_deref().is_none_or(|code| code == "0") {
            continue;
        }
        let name = text(container, "Name").unwrap_or_else(|| "container".into());
        let parts = [reason, code.clone().map(|code| format!("exit code {code}"))];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let line = format!("{name}: {}", parts.join(", "));
        push_line(&mut level.lines, &line);
        why.get_or_insert(line);
        if let Some(code) = code {
            level.fields.push(("ExitCode".into(), code));
        }
    }
    let stopped = text(object, "StoppedReason");
    let said = match (stopped, why) {
        // That sentence stands there for every container that ended, whatever it was.
        (Some(reason), Some(why)) if reason.starts_with("Essential container in task exited") => why,
        (Some(reason), _) => reason,
        (None, Some(why)) => why,
        (None, None) => text(object, "StopCode").unwrap_or_else(|| "The task failed.".into()),
    };
    set_text(&mut level, &said);
    Read { level, inner: None }
}

pub(super) fn athena(error: Option<&str>, object: &Object) -> Read {
    let id = text(object, "QueryExecutionId").unwrap_or_default();
    let mut level = service("Athena query", &id, error);
    let status = object.get("Status").and_then(Value::as_object);
    let mut said = None;
    if let Some(status) = status {
        take_fields(&mut level, status, &["State"]);
        let failure = status.get("AthenaError").and_then(Value::as_object);
        if let Some(failure) = failure {
            take_fields(&mut level, failure, &["ErrorCategory", "ErrorType", "Retryable"]);
        }
        said = text(status, "StateChangeReason").or_else(|| failure.and_then(|failure| text(failure, "ErrorMessage")));
    }
    set_text(&mut level, &said.unwrap_or_else(|| "The query failed.".into()));
    Read { level, inner: None }
}

fn service(noun: &str, id: &str, error: Option<&str>) -> CauseLevel {
    let source = if id.is_empty() { noun.to_owned() } else { format!("{noun} {id}") };
    CauseLevel { source, error: error.map(str::to_owned), ..blank() }
}

/// The digits behind a word: `ExitCode: 1.`
fn after_number(text: &str, word: &str) -> Option<String> {
    let rest = text.get(text.find(word)? + word.len()..)?.trim_start_matches([' ', ':', '"']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).take(9).collect();
    (!digits.is_empty()).then_some(digits)
}
