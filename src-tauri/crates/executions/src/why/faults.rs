//! Faults of the workflow itself: which limit or rule, and what to do. Limits as in the Step Functions Developer Guide,
//! "Service quotas" and "Handling errors".

use super::permissions::{denied, role_name};
use super::{Explained, Place, paths};
use crate::cause::shorten;
use crate::history::End;
use contract::executions::StateKind;
use serde_json::Value;

/// `None`: nothing of the workflow, a job or a call failed.
pub(super) fn explain(place: &Place<'_>) -> Option<Explained> {
    let failure = place.failure;
    let cause = failure.cause.as_deref().unwrap_or_default();
    let deepest = place.cause.last().map(|level| level.text.as_str()).unwrap_or_default();
    // An error that a child execution passed on is explained by the child's words.
    let errors: Vec<&str> = place.cause.iter().rev().filter_map(|level| level.error.as_deref()).collect();
    let is = |error: &str| failure.error == error || errors.contains(&error);
    match place.history.end {
        End::TimedOut if failure.event == 0 => return Some(execution_timed_out(place)),
        End::Aborted if failure.event == 0 => return Some(stopped(place)),
        _ => {}
    }
    if cause.contains("maximum number of history events") {
        return Some(history_full());
    }
    if is("States.HeartbeatTimeout") {
        return Some(heartbeat(place));
    }
    if is("States.DataLimitExceeded") {
        return Some(data_limit(place));
    }
    if is("States.NoChoiceMatched") || cause.contains("The state does not point to a next state") {
        return Some(no_choice(place));
    }
    let paths = ["States.Runtime", "States.ParameterPathFailure", "States.ReferencePathConflict"];
    if paths.iter().any(|error| is(error))
        && let Some(explained) = path(place)
    {
        return Some(explained);
    }
    by_name(place, &is).or_else(|| throttled(place, &errors, deepest)).or_else(|| {
        let text = if deepest.is_empty() { cause } else { deepest };
        permission(place, text, &errors)
    })
}

fn by_name(place: &Place<'_>, is: &dyn Fn(&str) -> bool) -> Option<Explained> {
    let said = super::said(place.cause);
    let explained = |what: &str, text: String, advice: &[&str]| {
        Some(Explained { what: what.into(), text, advice: advice.iter().map(|advice| (*advice).to_owned()).collect() })
    };
    let lambda_limit = said.contains("Task timed out after") || is("Sandbox.Timedout");
    if lambda_limit {
        return explained(
            "the function ran into its own time limit",
            said,
            &["Raise the function's timeout (at most 15 minutes), or give it less to do."],
        );
    }
    if is("States.Timeout") {
        return Some(state_timed_out(place));
    }
    if is("States.QueryEvaluationError") {
        let field = place.failure.location.as_deref().map(|field| format!(" in {field}")).unwrap_or_default();
        return explained(
            "a JSONata expression failed",
            format!("The expression{field} could not be evaluated: {said}"),
            &[
                "Check it against the state's input, for instance with TestState; `$exists(…)` guards what may be missing.",
            ],
        );
    }
    if is("States.ItemReaderFailed") {
        return explained(
            "the Map could not read its items",
            said,
            &[
                "Check that the object exists, and that the state machine's role may read it (s3:GetObject, s3:ListBucket, kms:Decrypt).",
                "A redrive reads the items again.",
            ],
        );
    }
    if is("States.ResultWriterFailed") {
        return explained(
            "the Map could not write its results",
            said,
            &["Check that the state machine's role may write there (s3:PutObject, kms:GenerateDataKey)."],
        );
    }
    if is("States.ExceedToleratedFailureThreshold") {
        return explained(
            "more items failed than the Map tolerates",
            said,
            &[
                "The failed items are in the Map Run: look at its failed child executions.",
                "ToleratedFailurePercentage or ToleratedFailureCount set how many may fail; a redrive runs the failed items again.",
            ],
        );
    }
    if is("States.ResultPathMatchFailure") {
        return explained(
            "its result has no place in the input",
            format!("The state's ResultPath cannot be applied to its input. {said}"),
            &["A ResultPath can add a field to an object, not to a text, a number or a list."],
        );
    }
    if is("States.IntrinsicFailure") {
        return explained(
            "an intrinsic function failed",
            said,
            &["Check the arguments of the States.… function against the input."],
        );
    }
    if is("States.ParameterPathFailure") || is("States.Runtime") {
        return explained(
            "the state could not process its data",
            said,
            &["A retry or a redrive with the same input fails again."],
        );
    }
    None
}

fn execution_timed_out(place: &Place<'_>) -> Explained {
    let limit = place.definition.and_then(|definition| definition.timeout_seconds);
    let limit = limit.map(|limit| format!(", {}", seconds(limit))).unwrap_or_default();
    let state = place.failure.state.as_deref().map(|state| format!(" It was in {state}.")).unwrap_or_default();
    Explained {
        what: "the execution ran longer than its limit".into(),
        text: format!("The execution ran longer than the TimeoutSeconds of the state machine{limit}.{state}"),
        advice: vec![
            "Find out why that state took so long, or raise TimeoutSeconds of the state machine.".into(),
            "A redrive starts the time from 0 again. A job that the state started may still be running: check it first."
                .into(),
        ],
    }
}

fn stopped(place: &Place<'_>) -> Explained {
    let failure = place.failure;
    let state = failure.state.as_deref().map(|state| format!(" It was in {state}.")).unwrap_or_default();
    let reason: Vec<&str> =
        [place.history.end_error.as_deref(), failure.cause.as_deref()].into_iter().flatten().collect();
    let reason = reason.into_iter().filter(|reason| !reason.trim().is_empty()).collect::<Vec<_>>().join(": ");
    let text = if reason.is_empty() {
        format!("It was stopped without a reason given.{state}")
    } else {
        format!("It was stopped: {}.{state}", shorten(reason.trim_end_matches('.'), 300))
    };
    let advice = "A stop does not end every job: an EMR cluster goes on running. CloudTrail names who stopped it (StopExecution).";
    Explained { what: "the execution was stopped".into(), text, advice: vec![advice.into()] }
}

fn history_full() -> Explained {
    Explained {
        what: "the history is full".into(),
        text: "The execution reached 25,000 events, the most that one history can hold.".into(),
        advice: vec![
            "It cannot be redriven.".into(),
            "Split the work: a distributed Map or nested executions (startExecution) have a history of their own."
                .into(),
        ],
    }
}

fn state_timed_out(place: &Place<'_>) -> Explained {
    let failure = place.failure;
    let written = || {
        let state = place.definition?.state(failure.state.as_deref()?)?;
        state.text.get("TimeoutSeconds").and_then(Value::as_f64)
    };
    #[expect(clippy::cast_precision_loss, reason = "seconds of a limit, at most 99,999,999")]
    let limit = failure.timeout_seconds.map(|seconds| seconds as f64).or_else(written).filter(|limit| *limit > 0.0);
    let limit = limit
        .map_or_else(|| "its TimeoutSeconds".to_owned(), |limit| format!("its TimeoutSeconds, {}", seconds(limit)));
    let job = failure.job.as_ref().filter(|job| crate::jobs::is_job(job));
    let still = job.map(|job| format!("The {} may still be running: check it before it is run again.", job.noun));
    let mut advice = vec!["Raise the state's TimeoutSeconds, or find out why it took so long.".to_owned()];
    advice.extend(still);
    Explained { what: "ran longer than its limit".into(), text: format!("The state ran longer than {limit}."), advice }
}

fn heartbeat(place: &Place<'_>) -> Explained {
    let limit = place.failure.heartbeat_seconds.filter(|limit| *limit > 0);
    let limit = limit.map_or_else(|| "the state's HeartbeatSeconds".to_owned(), |limit| format!("{limit} s"));
    Explained {
        what: "no heartbeat came in time".into(),
        text: format!("The worker did not report within {limit} (SendTaskHeartbeat)."),
        advice: vec!["See whether the worker died, or raise HeartbeatSeconds above its longest pause.".into()],
    }
}

fn data_limit(place: &Place<'_>) -> Explained {
    let mut advice = vec![
        "Write the data to S3 and pass its key, or keep only what is needed (ResultSelector, OutputPath, Output)."
            .to_owned(),
    ];
    if matches!(place.failure.kind, Some(StateKind::Parallel | StateKind::Map | StateKind::DistributedMap)) {
        advice.push("After this error a redrive runs all branches, iterations and items again.".into());
    }
    Explained {
        what: "its data is too large".into(),
        text: format!("The state's input or output is larger than 256 KiB. {}", super::said(place.cause)),
        advice,
    }
}

fn no_choice(place: &Place<'_>) -> Explained {
    let failure = place.failure;
    let state = failure.state.as_deref().and_then(|name| place.definition?.state(name));
    let input = failure.input.as_deref();
    let mut variables = Vec::new();
    if let Some(state) = state {
        collect(state.text.get("Choices").unwrap_or(&Value::Null), &mut variables, 0);
    }
    variables.dedup();
    let values: Vec<String> = variables
        .iter()
        .take(8)
        .filter_map(|variable| Some(format!("`{variable}` is {}", paths::value(input?, variable)?)))
        .collect();
    let values = if values.is_empty() { String::new() } else { format!(" {}.", values.join(", ")) };
    Explained {
        what: "no rule of the Choice holds".into(),
        text: format!("No rule of the Choice holds for its input, and it has no Default.{values}"),
        advice: vec!["Add a Default, or a rule for this input.".into()],
    }
}

/// The variables of rules, nested ones as well.
fn collect(rules: &Value, variables: &mut Vec<String>, depth: usize) {
    match rules {
        Value::Array(list) if depth < 16 => list.iter().for_each(|rule| collect(rule, variables, depth + 1)),
        Value::Object(map) if depth < 16 => {
            if let Some(variable) = map.get("Variable").and_then(Value::as_str)
                && !variables.iter().any(|known| known == variable)
            {
                variables.push(variable.to_owned());
            }
            for key in ["And", "Or", "Not"] {
                if let Some(inner) = map.get(key) {
                    collect(inner, variables, depth + 1);
                }
            }
        }
        _ => {}
    }
}

fn path(place: &Place<'_>) -> Option<Explained> {
    let cause = place.failure.cause.as_deref()?;
    let path = paths::named(cause)?;
    let input = paths::quoted_input(cause).or(place.failure.input.as_deref());
    Some(Explained {
        what: "a path leads nowhere".into(),
        text: capital(&paths::missing(&path, input)),
        advice: vec!["Correct the input or the path. A retry or a redrive with the same input fails again.".into()],
    })
}

fn throttled(place: &Place<'_>, errors: &[&str], deepest: &str) -> Option<Explained> {
    let words = [
        "TooManyRequestsException",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceeded",
    ];
    let told =
        errors.iter().any(|error| words.iter().any(|word| error.contains(word))) || deepest.contains("Rate exceeded");
    if told {
        let lambda = errors.iter().any(|error| error.starts_with("Lambda."));
        let limit = if lambda {
            "the account's or the function's concurrency is used up"
        } else {
            "more calls than the service takes"
        };
        return Some(Explained {
            what: "the service throttled the call".into(),
            text: format!("{}: {}", capital(limit), super::said(place.cause)),
            advice: vec!["Retry with BackoffRate and JitterStrategy, lower MaxConcurrency of the Map, or ask for a higher quota.".into()],
        });
    }
    let own = ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"];
    if errors.iter().any(|error| own.contains(error)) {
        return Some(Explained {
            what: "Lambda itself failed".into(),
            text: super::said(place.cause),
            advice: vec!["Passing: run it again, and let the state retry this error (Retry).".into()],
        });
    }
    if errors.contains(&"Lambda.Unknown") {
        return Some(Explained {
            what: "the function ended without an answer".into(),
            text: super::said(place.cause),
            advice: vec![
                "Mostly out of memory, out of time or a crashed runtime: the function's log says which.".into(),
            ],
        });
    }
    if errors.iter().any(|error| error.contains("ConcurrentRunsExceeded")) {
        return Some(Explained {
            what: "the job has too many runs at once".into(),
            text: super::said(place.cause),
            advice: vec![
                "Wait for a run to end, raise the job's maximum concurrency, or let the state retry this error.".into(),
            ],
        });
    }
    None
}

fn permission(place: &Place<'_>, text: &str, errors: &[&str]) -> Option<Explained> {
    let named = errors.iter().any(|error| *error == "States.Permissions" || error.contains("AccessDenied"));
    let denied = denied(text).or_else(|| named.then(Default::default))?;
    let role = denied.who.as_deref().or(place.history.role.as_deref());
    // A job or function that was refused says so itself; the machine's role is meant only by the machine's own calls.
    let own = named || denied.who.is_some();
    let role = role.filter(|_| own).map(role_name);
    let Some(action) = denied.action else {
        return named.then(|| Explained {
            what: "it is not allowed".into(),
            text: super::said(place.cause),
            advice: vec![format!(
                "Check the permissions of {}.",
                role.map_or_else(|| "the role".to_owned(), |role| format!("the role {role}"))
            )],
        });
    };
    let on = denied.resource.as_deref().map(|resource| format!(" on {resource}")).unwrap_or_default();
    let who = role.map_or_else(|| "The caller".to_owned(), |role| format!("The role {role}"));
    let to = role.map_or_else(|| "the role that made the call".to_owned(), |role| format!("the role {role}"));
    Some(Explained {
        what: format!("{action} is not allowed"),
        text: format!("{who} may not do {action}{on}."),
        advice: vec![format!("Allow {action}{on} to {to}.")],
    })
}

fn seconds(limit: f64) -> String {
    if limit.fract() == 0.0 { format!("{limit:.0} s") } else { format!("{limit} s") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
