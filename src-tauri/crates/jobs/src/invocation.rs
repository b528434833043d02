//! Invocations of a function, read from the lines of its log: the service keeps no list of them.
//!
//! An instance of a function writes into one stream and handles one invocation at a time, so lines without a request id
//! belong to the one whose `REPORT` comes next. "Lambda Developer Guide, Viewing CloudWatch logs", "JSON log format",
//! "Telemetry API, platform.report".

use contract::Timestamp;
use serde_json::Value;
use std::collections::HashMap;

/// A line with where and when it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub stream: String,
    pub at: Timestamp,
    pub message: String,
}

/// One invocation, as far as its lines tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Invocation {
    pub request: String,
    pub stream: String,
    /// By its `START` line, or else its end less its duration.
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// `success`, `error`, `timeout`: the words of `platform.report`; `None` while it runs.
    pub status: Option<String>,
    /// Type and message of the error.
    pub reason: Option<String>,
    pub version: Option<String>,
    /// Milliseconds.
    pub duration: Option<f64>,
    pub billed_millis: Option<u64>,
    pub memory_mb: Option<u64>,
    pub used_mb: Option<u64>,
}

impl Invocation {
    pub fn failed(&self) -> bool {
        self.status.as_deref().is_some_and(|status| status != "success")
    }
}

/// What one line says.
#[derive(Debug, Default)]
struct Said {
    request: Option<String>,
    starts: bool,
    reports: bool,
    status: Option<&'static str>,
    reason: Option<String>,
    version: Option<String>,
    duration: Option<f64>,
    billed: Option<u64>,
    memory: Option<u64>,
    used: Option<u64>,
}

/// All invocations that these lines name, in the order of their ends. Lines of one stream must be in their order.
pub fn invocations(lines: &[LogLine]) -> Vec<Invocation> {
    let mut done: Vec<Invocation> = Vec::new();
    let mut open: HashMap<&str, Invocation> = HashMap::new();
    for line in lines {
        let said = said(&line.message);
        if told_behind(&said, line, &open, &mut done) {
            continue;
        }
        let current = open.entry(&line.stream).or_default();
        let other = said.request.as_ref().is_some_and(|id| !current.request.is_empty() && *id != current.request);
        if said.starts || other {
            // One that never came to its report: the instance was lost, or the lines of its end were not asked for.
            let left = std::mem::take(current);
            if !left.request.is_empty() {
                done.push(left);
            }
        }
        line.stream.clone_into(&mut current.stream);
        if let Some(request) = said.request {
            current.request = request;
        }
        if said.starts {
            (current.started, current.version) = (Some(line.at), said.version);
        }
        if let Some(reason) = said.reason {
            // The first one said why; what follows is the runtime giving up.
            current.reason.get_or_insert(reason);
        }
        if let Some(status) = said.status {
            let known = current.status.get_or_insert_with(|| status.to_owned());
            if status == "timeout" {
                status.clone_into(known);
            }
        }
        if said.reports {
            current.duration = said.duration;
            (current.billed_millis, current.memory_mb, current.used_mb) = (said.billed, said.memory, said.used);
            current.ended = Some(line.at);
            current.started = current.started.or_else(|| before(line.at, said.duration));
            current.status.get_or_insert_with(|| "success".to_owned());
            done.push(std::mem::take(current));
        }
    }
    done.extend(open.into_values().filter(|left| !left.request.is_empty()));
    done
}

/// Some runtimes write that a call timed out, or that the process died, behind its report, which then names no status: that
/// belongs to the call that was reported, and is no call of its own. One that had failed was tried again under its old name.
fn told_behind(said: &Said, line: &LogLine, open: &HashMap<&str, Invocation>, done: &mut [Invocation]) -> bool {
    let (Some(request), Some(status)) = (&said.request, said.status) else { return false };
    let goes_on = open.get(line.stream.as_str()).is_some_and(|open| open.request == *request);
    if said.starts || said.reports || goes_on {
        return false;
    }
    let last = done.iter_mut().rev().find(|one| one.stream == line.stream);
    let Some(last) = last.filter(|one| one.request == *request && one.ended.is_some() && !one.failed()) else {
        return false;
    };
    last.status = Some(status.to_owned());
    last.reason = last.reason.take().or_else(|| said.reason.clone());
    true
}

fn before(at: Timestamp, millis: Option<f64>) -> Option<Timestamp> {
    let span = jiff::SignedDuration::try_from_secs_f64(millis? / 1_000.0).ok()?;
    at.checked_sub(span).ok()
}

fn said(message: &str) -> Said {
    let text = message.trim();
    if text.starts_with('{')
        && let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text)
    {
        return in_json(&fields);
    }
    if let Some(rest) = text.strip_prefix("START RequestId: ") {
        let version = rest.split_once("Version: ").map(|(_, version)| version.trim().to_owned());
        return Said { request: word(rest), starts: true, version, ..Said::default() };
    }
    if let Some(rest) = text.strip_prefix("END RequestId: ") {
        return Said { request: word(rest), ..Said::default() };
    }
    if let Some(rest) = text.strip_prefix("REPORT RequestId: ") {
        return report(rest);
    }
    failure(text)
}

fn word(text: &str) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}

/// `8b1f…\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 188 MB\tStatus: timeout`.
fn report(rest: &str) -> Said {
    let mut said = Said { request: word(rest), reports: true, ..Said::default() };
    for part in rest.split('\t').map(str::trim) {
        let Some((name, value)) = part.split_once(": ") else { continue };
        let number = || value.split(' ').next().and_then(|number| number.parse::<u64>().ok());
        match name {
            "Duration" => said.duration = value.split(' ').next().and_then(|number| number.parse().ok()),
            "Billed Duration" => said.billed = number(),
            "Memory Size" => said.memory = number(),
            "Max Memory Used" => said.used = number(),
            "Status" => said.status = status(value),
            "Error Type" => said.reason = Some(value.to_owned()),
            _ => {}
        }
    }
    said
}

fn status(word: &str) -> Option<&'static str> {
    match word {
        "timeout" => Some("timeout"),
        "error" | "failure" => Some("error"),
        _ => None,
    }
}

/// What a runtime writes when the handler failed. A line that the program itself logged is none: it has tabs behind the
/// level.
fn failure(text: &str) -> Said {
    let first = text.lines().next().unwrap_or_default();
    let error = |request: Option<String>, reason: &str| Said {
        request,
        status: Some("error"),
        reason: Some(reason.trim().to_owned()),
        ..Said::default()
    };
    if let Some(at) = first.find("Task timed out after ") {
        let request = first.get(..at).and_then(|head| head.split_whitespace().last()).map(str::to_owned);
        let reason = first.get(at..).map(str::to_owned);
        return Said { request, status: Some("timeout"), reason, ..Said::default() };
    }
    if let Some((request, reason)) = first
        .strip_prefix("RequestId: ")
        .and_then(|rest| rest.split_once(" Error: "))
        .filter(|(id, _)| !id.contains(' '))
    {
        return error(Some(request.to_owned()), reason);
    }
    // Python: `[ERROR] KeyError: 'x'` and then the traceback.
    if let Some(reason) = first.strip_prefix("[ERROR] ") {
        return error(None, reason);
    }
    // Node: `<time>\t<request id>\tERROR\tInvoke Error \t{"errorType":…}`.
    let mut parts = first.splitn(4, '\t');
    if let (Some(_), Some(request), Some("ERROR"), Some(rest)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
        && ["Invoke Error", "Uncaught Exception", "Unhandled Promise Rejection"]
            .iter()
            .any(|word| rest.starts_with(word))
    {
        let told = rest.split_once('{').and_then(|(_, json)| {
            let fields: Value = serde_json::from_str(&format!("{{{json}")).ok()?;
            exception(&fields)
        });
        return error(Some(request.to_owned()), &told.unwrap_or_else(|| rest.replace('\t', " ")));
    }
    Said::default()
}

fn in_json(fields: &serde_json::Map<String, Value>) -> Said {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let record = fields.get("record");
    let of = |name: &str| record.and_then(|record| record.get(name));
    match fields.get("type").and_then(Value::as_str) {
        Some("platform.start") => {
            Said { request: text(of("requestId")), starts: true, version: text(of("version")), ..Said::default() }
        }
        Some("platform.report") => {
            let metric = |name: &str| of("metrics").and_then(|metrics| metrics.get(name));
            Said {
                request: text(of("requestId")),
                reports: true,
                status: of("status").and_then(Value::as_str).and_then(status),
                reason: text(of("errorType")),
                duration: metric("durationMs").and_then(Value::as_f64),
                billed: metric("billedDurationMs").and_then(Value::as_u64),
                memory: metric("memorySizeMB").and_then(Value::as_u64),
                used: metric("maxMemoryUsedMB").and_then(Value::as_u64),
                ..Said::default()
            }
        }
        // The runtime's own record of an exception has a type and a trace; a line of the program has neither.
        None if fields.contains_key("errorType") && fields.contains_key("stackTrace") => Said {
            request: text(fields.get("requestId")).or_else(|| text(fields.get("AWSRequestId"))),
            status: Some("error"),
            reason: exception(&Value::Object(fields.clone())),
            ..Said::default()
        },
        _ => Said::default(),
    }
}

fn exception(fields: &Value) -> Option<String> {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let kind = text("errorType")?;
    Some(match text("errorMessage") {
        Some(message) => format!("{kind}: {message}"),
        None => kind.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(all: &[(&str, &str)]) -> Vec<LogLine> {
        let start: Timestamp = "2026-11-21T06:00:00Z".parse().unwrap();
        let line = |(number, (stream, message)): (usize, &(&str, &str))| LogLine {
            stream: (*stream).into(),
            at: start + jiff::SignedDuration::from_secs(i64::try_from(number).unwrap()),
            message: format!("{message}\n"),
        };
        all.iter().enumerate().map(line).collect()
    }

    const REPORT: &str = "Duration: 1500.00 ms\tBilled Duration: 1501 ms\tMemory Size: 512 MB\tMax Memory Used: 188 MB";

    #[test]
    fn an_exception_belongs_to_the_invocation_of_its_stream() {
        let all = lines(&[
            ("a", "START RequestId: r-1 Version: $LATEST"),
            ("b", "START RequestId: r-2 Version: 7"),
            ("a", "[ERROR]\t2026-11-21T06:00:00Z\tr-1\tlogged by the program, which went on"),
            ("b", "[ERROR] KeyError: 'store'\nTraceback (most recent call last):"),
            ("a", "END RequestId: r-1"),
            ("a", &format!("REPORT RequestId: r-1\t{REPORT}\t")),
            ("b", "END RequestId: r-2"),
            ("b", &format!("REPORT RequestId: r-2\t{REPORT}\t")),
        ]);
        let found = invocations(&all);
        let told: Vec<_> =
            found.iter().map(|one| (one.request.as_str(), one.failed(), one.reason.as_deref())).collect();
        assert_eq!(told, [("r-1", false, None), ("r-2", true, Some("KeyError: 'store'"))]);
        assert_eq!((found[1].billed_millis, found[1].memory_mb, found[1].used_mb), (Some(1_501), Some(512), Some(188)));
        assert_eq!(found[1].version.as_deref(), Some("7"));
    }

    #[test]
    fn without_its_start_it_began_before_its_end() {
        let found = invocations(&lines(&[
            ("a", "2026-11-21T06:00:15.112Z r-1 Task timed out after 15.00 seconds"),
            ("a", &format!("REPORT RequestId: r-1\t{REPORT}\tStatus: timeout")),
            ("a", "RequestId: r-2 Error: Runtime exited with error: signal: killed\nRuntime.ExitError"),
            ("a", &format!("REPORT RequestId: r-2\t{REPORT}\tStatus: error\tError Type: Runtime.ExitError")),
            ("a", &format!("REPORT RequestId: r-3\t{REPORT}")),
        ]));
        let told: Vec<_> = found.iter().map(|one| (one.status.as_deref(), one.reason.as_deref())).collect();
        assert_eq!(
            told,
            [
                (Some("timeout"), Some("Task timed out after 15.00 seconds")),
                (Some("error"), Some("Runtime exited with error: signal: killed")),
                (Some("success"), None),
            ]
        );
        assert_eq!(found[0].started.unwrap().to_string(), "2026-11-21T05:59:59.5Z");
    }

    #[test]
    fn what_is_told_behind_the_report_is_of_that_call() {
        let found = invocations(&lines(&[
            ("a", "START RequestId: r-1 Version: $LATEST"),
            ("a", "END RequestId: r-1"),
            ("a", &format!("REPORT RequestId: r-1\t{REPORT}\t")),
            ("a", "2026-11-21T06:00:15.112Z r-1 Task timed out after 15.00 seconds"),
            ("a", "START RequestId: r-2 Version: $LATEST"),
            ("a", &format!("REPORT RequestId: r-2\t{REPORT}\t")),
            ("a", "RequestId: r-2 Error: Runtime exited with error: signal: killed\nRuntime.ExitError"),
            ("a", &format!("REPORT RequestId: r-3\t{REPORT}\t")),
        ]));
        let told: Vec<_> =
            found.iter().map(|one| (one.request.as_str(), one.status.as_deref(), one.ended.is_some())).collect();
        assert_eq!(
            told,
            [("r-1", Some("timeout"), true), ("r-2", Some("error"), true), ("r-3", Some("success"), true)]
        );
        assert_eq!(found[1].reason.as_deref(), Some("Runtime exited with error: signal: killed"));
    }

    #[test]
    fn node_and_json_are_read_too() {
        let report = r#"{"time":"x","type":"platform.report","record":{"requestId":"r-9","metrics":{"durationMs":12.5,
            "billedDurationMs":13,"memorySizeMB":128,"maxMemoryUsedMB":60},"status":"error","errorType":"TypeError"}}"#;
        let found = invocations(&lines(&[
            ("a", "x\tr-8\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\",\"errorMessage\":\"no f\",\"stack\":[]}"),
            ("a", &format!("REPORT RequestId: r-8\t{REPORT}")),
            ("b", r#"{"type":"platform.start","record":{"requestId":"r-9","version":"3"}}"#),
            (
                "b",
                r#"{"level":"ERROR","errorType":"TypeError","errorMessage":"bad","stackTrace":[],"requestId":"r-9"}"#,
            ),
            ("b", report),
        ]));
        let told: Vec<_> = found.iter().map(|one| (one.request.as_str(), one.reason.as_deref())).collect();
        assert_eq!(told, [("r-8", Some("TypeError: no f")), ("r-9", Some("TypeError: bad"))]);
        assert!(found.iter().all(Invocation::failed));
        assert_eq!((found[1].duration, found[1].version.as_deref()), (Some(12.5), Some("3")));
    }

    #[test]
    fn one_that_still_runs_has_no_status() {
        let found = invocations(&lines(&[("a", "START RequestId: r-1 Version: $LATEST"), ("a", "working")]));
        assert_eq!((found.len(), found[0].status.clone(), found[0].failed()), (1, None, false));
    }

    proptest::proptest! {
        #[test]
        fn nothing_that_a_stranger_writes_stops_it(texts in proptest::collection::vec("(START|END|REPORT)? ?RequestId: .*|.*", 0..9)) {
            let all: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
            invocations(&lines(&all));
        }
    }
}
