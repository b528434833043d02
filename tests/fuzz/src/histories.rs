//! Targets of the crate `executions` that read events: pages of a history, and log lines.

use crate::{halves, now, text};
use contract::executions::facts::{ExecutionFact, HistoryEvent};
use executions::{
    Definition, History, caught, express::events_from_logs, graph::graph, history::event_json, why::why,
    wire::read_history,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Events that are shown one by one: a page of the window holds fewer.
const SHOWN: usize = 60;

pub(crate) fn history(bytes: &[u8]) {
    let (body, definition) = halves(bytes);
    let Ok((events, _)) = read_history(body.as_bytes()) else { return };
    let definition = Definition::read(definition).ok().filter(|definition| definition.states.len() <= SHOWN);
    told(&events, definition.as_ref());
}

/// What holds of every history that has been read.
fn told(events: &[HistoryEvent], definition: Option<&Definition>) {
    let history = History::read(events, definition, now());
    let ids: BTreeSet<u64> = events.iter().map(|event| event.id).collect();
    if ids.len() == events.len() {
        let backwards: Vec<HistoryEvent> = events.iter().rev().cloned().collect();
        let backwards = History::read(&backwards, definition, now());
        assert_eq!(history.states, backwards.states, "events come in any order");
        assert_eq!(history.end, backwards.end);
        let entered = events.iter().filter(|event| event.kind.ends_with("StateEntered")).count();
        assert_eq!(history.states.len(), entered, "a row for each visit");
    }
    for row in history.states.iter().take(SHOWN) {
        assert!(row.exited.is_none_or(|exited| exited >= row.entered), "{row:?} was left before it was entered");
        assert!(row.spans.iter().all(|span| span.to.is_none_or(|to| to >= span.from)), "{row:?}");
        assert!(row.attempts > 0 && history.state_detail(&row.id, events, definition).is_some());
    }
    for event in events.iter().take(SHOWN) {
        assert_eq!(history.event_row(event).number, event.id);
        assert!(serde_json::from_str::<Value>(&event_json(event)).is_ok(), "shown as JSON");
    }
    if let Some(failure) = history.first_failure() {
        assert!(!failure.error.is_empty());
        let visit = failure.visit.as_ref();
        assert!(visit.is_none_or(|visit| history.states.iter().any(|row| row.id == *visit)), "{failure:?}");
        let _ = history.groups_around(failure);
    }
    assert!(history.running().len() <= history.states.len());
    for partial in [false, true] {
        if let Some(why) = why(&history, definition, &fact(), partial) {
            assert!(why.cause.len() <= 16, "levels of a cause");
        }
    }
    let Some(definition) = definition else { return };
    let backwards: Vec<HistoryEvent> = events.iter().rev().cloned().collect();
    let _ = caught::is_caught(definition, &backwards);
    let drawn = graph(definition);
    let run = history.graph_run(&drawn);
    let node = |id: u32| usize::try_from(id).is_ok_and(|id| id < drawn.nodes.len());
    assert!(run.nodes.iter().all(|run| node(run.node)) && run.failed_path.iter().copied().all(node));
    assert!(run.taken.iter().all(|edge| usize::try_from(*edge).is_ok_and(|edge| edge < drawn.edges.len())));
}

fn fact() -> ExecutionFact {
    ExecutionFact {
        arn: "arn:aws:states:eu-west-1:123456789012:execution:m:n".to_owned(),
        machine: "arn:aws:states:eu-west-1:123456789012:stateMachine:m".to_owned(),
        name: "n".to_owned(),
        status: "FAILED".to_owned(),
        started: now(),
        stopped: Some(now()),
        input: None,
        output: None,
        error: Some("States.TaskFailed".to_owned()),
        cause: None,
        version: None,
        alias: None,
        map_run: None,
        redrive_count: 0,
        redrive_date: None,
        redrive_status: None,
        redrive_reason: None,
    }
}

pub(crate) fn log_lines(bytes: &[u8]) {
    let text = text(bytes);
    let all = events_from_logs(text.lines());
    let backwards = events_from_logs(text.lines().rev());
    let numbers = |events: &[HistoryEvent]| events.iter().map(|event| event.id).collect::<Vec<u64>>();
    assert_eq!(all.len(), backwards.len());
    for ((arn, events), (other, again)) in all.iter().zip(&backwards) {
        assert_eq!((arn, numbers(events)), (other, numbers(again)), "streams come in any order");
        assert!(!events.is_empty() && events.is_sorted_by(|one, next| one.id < next.id), "each event once, in order");
        told(events, None);
    }
}

/// A page as the service writes it, of a text of the tests; of a table of recorded events, all of it.
pub(crate) fn seed(text: &str) -> Vec<String> {
    if text.contains("\"events\"") {
        return vec![text.to_owned()];
    }
    let rows: Vec<Value> = text.lines().filter_map(recorded).zip(1_u64..).map(|(row, id)| event(id, &row)).collect();
    if rows.len() < 2 {
        return Vec::new();
    }
    let page = json!({ "events": rows, "nextToken": null });
    [page.to_string(), format!("{page}\n\n{}", crate::seeds::texts::NIGHTLY)].into()
}

/// `(5, "TaskStateEntered", "Load", Some(1)),` as the tests have it.
fn recorded(line: &str) -> Option<(u64, String, String, Option<u64>)> {
    let inside = line.trim().strip_prefix('(')?.strip_suffix("),")?;
    let mut parts = inside.split(',').map(str::trim);
    let previous = parts.next()?.parse().ok()?;
    let mut word = || parts.next().map(|word| word.trim_matches('"').to_owned());
    let (kind, name) = (word()?, word()?);
    let index = parts.next()?.strip_prefix("Some(").and_then(|number| number.strip_suffix(')')?.parse().ok());
    Some((previous, kind, name, index))
}

fn event(id: u64, (previous, kind, name, index): &(u64, String, String, Option<u64>)) -> Value {
    let detail = json!({ "name": name, "index": index, "error": "States.TaskFailed", "cause": "{\"Cause\":\"boom\"}",
        "resourceType": "emr-serverless", "resource": "startJobRun.sync", "output": "{\"JobRunId\":\"00f\"}" });
    json!({ "id": id, "previousEventId": previous, "timestamp": 1_795_248_000 + id, "type": kind, "someEventDetails": detail })
}
