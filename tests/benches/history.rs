//! A history of 25,000 events to graph, table and failed path: 200 ms at most after the download; a definition of 200
//! states laid out in 50 ms.
//!
//! Beside it, in the same run, what a person does without us: a script that reads the saved history and says which
//! states were entered and not left. The ratio is the claim; milliseconds are this machine's.
#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use anyhow::{Context as _, Result, ensure};
use executions::{Definition, History, graph::graph, why::why, wire::read_history};
use serde_json::{Value, json};
use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    process::{Command, Stdio},
    time::Instant,
};

/// One for the start and four for each state; close below the limit of 25,000.
const EVENTS: usize = 1 + 4 * 6_247;
const PAGE: usize = 1_000;
const TIMES: usize = 9;

/// What somebody writes at the third such incident.
const SCRIPT: &str = r#"
import json, sys, time
started = time.perf_counter()
pages = [json.loads(line) for line in sys.stdin]
events = [event for page in pages for event in page["events"]]
entered, failed = {}, []
for event in events:
    details = next((value for name, value in event.items() if name.endswith("EventDetails")), {})
    if event["type"].endswith("StateEntered"):
        entered[details["name"]] = json.loads(details["input"])
    elif event["type"].endswith("StateExited"):
        entered.pop(details["name"], None)
    elif "error" in details:
        failed.append((event["id"], details["error"], details.get("cause")))
assert entered and failed
print(round((time.perf_counter() - started) * 1000, 1))
"#;

fn main() -> Result<()> {
    let pages = pages();
    let definition = definition(6);
    let mut ours = Vec::new();
    let mut theirs = Vec::new();
    for _ in 0..TIMES {
        ours.push(read(&pages, &definition)?);
        theirs.push(script(&pages)?);
    }
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let mut laid = Vec::new();
    let wide = Definition::read(&self::definition(200)).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    for _ in 0..TIMES {
        let begun = Instant::now();
        ensure!(graph(&wide).nodes.len() == 200, "every state is drawn");
        laid.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    let laid = median(&mut laid);
    let verdict = |value: f64, aim: f64| if value <= aim { "held" } else { "MISSED" };
    println!("{EVENTS} events to graph, table, rows and reason: {ours:.0} ms; aim 200 ms: {}", verdict(ours, 200.0));
    println!("a script that reads the same and names the failed state: {theirs:.0} ms; ratio {:.2}", theirs / ours);
    println!("200 states laid out: {laid:.1} ms; aim 50 ms: {}", verdict(laid, 50.0));
    let folder = benches::folder();
    fs::create_dir_all(&folder)?;
    let kept = json!({ "unit": "ms", "ours": ours, "script": theirs, "ratio": theirs / ours, "layout": laid });
    fs::write(folder.join("history.json"), serde_json::to_string_pretty(&kept)?)?;
    Ok(())
}

/// From the bodies of the answers to everything that the window shows.
fn read(pages: &[String], definition: &str) -> Result<f64> {
    let begun = Instant::now();
    let mut events = Vec::new();
    for page in pages {
        events.extend(read_history(page.as_bytes()).map_err(anyhow::Error::msg)?.0);
    }
    let definition = Definition::read(definition).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    let drawn = graph(&definition);
    let now = events.last().context("events")?.at;
    let history = History::read(&events, Some(&definition), now);
    let run = history.graph_run(&drawn);
    let rows = events.iter().map(|event| history.event_row(event)).collect::<Vec<_>>().len();
    let failure = history.first_failure().context("it failed")?;
    ensure!(rows == EVENTS && !run.failed_path.is_empty() && failure.state.as_deref() == Some("State5"));
    let fact = contract::executions::facts::ExecutionFact {
        arn: "arn:aws:states:eu-west-1:1:execution:m:n".into(),
        machine: "arn:aws:states:eu-west-1:1:stateMachine:m".into(),
        name: "n".into(),
        status: "FAILED".into(),
        started: now,
        stopped: Some(now),
        input: None,
        output: None,
        error: Some("Broken".into()),
        cause: None,
        version: None,
        alias: None,
        map_run: None,
        redrive_count: 0,
        redrive_date: None,
        redrive_status: None,
        redrive_reason: None,
    };
    ensure!(why(&history, Some(&definition), &fact, false).is_some(), "the reason is told");
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

fn script(pages: &[String]) -> Result<f64> {
    let mut python = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("python3 does not start")?;
    let mut input = python.stdin.take().context("a pipe")?;
    for page in pages {
        writeln!(input, "{page}")?;
    }
    drop(input);
    let output = python.wait_with_output()?;
    ensure!(output.status.success(), "the script failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A chain of tasks, every third behind a Choice.
fn definition(states: usize) -> String {
    let mut text = String::from("{\"StartAt\":\"State0\",\"States\":{");
    for at in 0..states {
        let next = if at + 1 == states { "\"End\":true".into() } else { format!("\"Next\":\"State{}\"", at + 1) };
        let comma = if at == 0 { "" } else { "," };
        if at % 3 == 1 && at + 2 < states {
            let _ = write!(
                text,
                "{comma}\"State{at}\":{{\"Type\":\"Choice\",\"Default\":\"State{}\",\"Choices\":[{{\"Variable\":\"$.n\",\"NumericLessThan\":3,\"Next\":\"State{}\"}}]}}",
                at + 1,
                at + 2
            );
        } else {
            let _ = write!(
                text,
                "{comma}\"State{at}\":{{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::lambda:invoke\",{next}}}"
            );
        }
    }
    text.push_str("}}");
    text
}

/// A loop over the first states until the history is full; then the last state fails.
fn pages() -> Vec<String> {
    let input = json!({ "day": "2026-11-21", "store": "s-022", "items": (0..12).collect::<Vec<u32>>() }).to_string();
    let mut events: Vec<Value> = Vec::with_capacity(EVENTS);
    let mut push = |kind: &str, details: Option<(&str, Value)>| {
        let id = events.len() + 1;
        #[allow(clippy::cast_precision_loss)] // seconds of a history
        let at = 1_764_000_000.0 + id as f64 / 10.0;
        let mut event = json!({ "id": id, "previousEventId": id - 1, "timestamp": at, "type": kind });
        if let (Some((name, value)), Some(members)) = (details, event.as_object_mut()) {
            members.insert(name.to_owned(), value);
        }
        events.push(event);
        id
    };
    push("ExecutionStarted", Some(("executionStartedEventDetails", json!({ "input": input }))));
    let mut at = 0;
    loop {
        let name = format!("State{at}");
        let entered = json!({ "name": name, "input": input });
        push("TaskStateEntered", Some(("stateEnteredEventDetails", entered)));
        let scheduled =
            json!({ "resourceType": "lambda", "resource": "invoke", "parameters": "{\"FunctionName\":\"load\"}" });
        push("TaskScheduled", Some(("taskScheduledEventDetails", scheduled)));
        if at == 5 {
            let failed = json!({ "resourceType": "lambda", "resource": "invoke", "error": "Broken", "cause": "{\"errorMessage\":\"no\"}" });
            push("TaskFailed", Some(("taskFailedEventDetails", failed)));
            push("ExecutionFailed", Some(("executionFailedEventDetails", json!({ "error": "Broken" }))));
            break;
        }
        push(
            "TaskSucceeded",
            Some(("taskSucceededEventDetails", json!({ "resourceType": "lambda", "output": input }))),
        );
        let full = push("TaskStateExited", Some(("stateExitedEventDetails", json!({ "name": name, "output": input }))))
            + 4
            >= EVENTS;
        // The last round ends in the state that fails, with the history exactly full.
        at = if full { 5 } else { (at + 2) % 4 };
    }
    events.chunks(PAGE).map(|page| json!({ "events": page, "nextToken": "more" }).to_string()).collect()
}
