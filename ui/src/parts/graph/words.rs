//! What stands in a state and what a reader hears of it.

use crate::format;
use contract::executions::{GraphNode, NodeRun, StateKind, StateStatus};
use std::fmt::Write as _;

pub fn kind(kind: StateKind) -> &'static str {
    match kind {
        StateKind::Task => "Task",
        StateKind::Pass => "Pass",
        StateKind::Choice => "Choice",
        StateKind::Wait => "Wait",
        StateKind::Succeed => "Succeed",
        StateKind::Fail => "Fail",
        StateKind::Parallel => "Parallel",
        StateKind::Map => "Map",
        StateKind::DistributedMap => "Distributed Map",
        StateKind::Unknown => "State",
    }
}

/// The step of a pipeline is no state of a machine: its text says what it is.
fn is_step(node: &GraphNode) -> bool {
    node.kind == StateKind::Unknown && !node.text.is_empty()
}

fn noun(node: &GraphNode) -> String {
    if is_step(node) { format::visible(&node.text) } else { kind(node.kind).to_owned() }
}

/// What the state did: `failed`, `12 items`, `3 failed`, `3 attempts`, `47 s`. A success says so only when `spoken`: on
/// the screen its tick does.
fn deeds(node: &GraphNode, run: &NodeRun, spoken: bool) -> Vec<String> {
    let mut deeds = Vec::new();
    if spoken || run.status != StateStatus::Succeeded {
        let is_stopped = is_step(node) && run.status == StateStatus::Aborted;
        deeds.push(if is_stopped { "stopped" } else { run.status.word() }.to_owned());
    }
    if let Some(items) = run.iterations {
        let mut text = format::counted(items.total, "item", "items");
        if items.failed > 0 {
            let _ = write!(text, ", {} failed", format::count(items.failed));
        }
        if items.running > 0 {
            let _ = write!(text, ", {} running", format::count(items.running));
        }
        deeds.push(text);
    }
    if run.attempts > 1 {
        deeds.push(format::counted(run.attempts, "attempt", "attempts"));
    }
    if run.visits > 1 {
        deeds.push(format::counted(run.visits, "visit", "visits"));
    }
    deeds.push(format::millis(run.millis));
    deeds
}

/// The second line of a state, in parts; when they do not fit, the first gives way. `followed`: an execution is shown.
pub fn second_line(node: &GraphNode, run: Option<&NodeRun>, followed: bool) -> Vec<String> {
    let role = if node.handler {
        Some(if node.end { "handler, ends".to_owned() } else { "handler".to_owned() })
    } else {
        None
    };
    if let Some(run) = run {
        return [role.unwrap_or_else(|| noun(node))].into_iter().chain(deeds(node, run, false)).collect();
    }
    let what = if node.text.is_empty() { kind(node.kind) } else { &node.text };
    let group = (node.group && followed).then(|| "not entered".to_owned());
    role.into_iter().chain([format::visible(what)]).chain(group).collect()
}

/// `SubmitEMRServerlessJob, Task, failed, 3 attempts, 47 s`.
pub fn spoken(node: &GraphNode, run: Option<&NodeRun>, followed: bool) -> String {
    let mut parts = vec![format::visible(&node.name), noun(node)];
    match run {
        Some(run) => parts.extend(deeds(node, run, true)),
        None if followed => parts.push(if is_step(node) { "not begun" } else { "not entered" }.to_owned()),
        None => {}
    }
    if node.handler {
        parts.push("handler".to_owned());
    }
    parts.join(", ")
}

/// Shapes, colours: the class of a state.
pub fn class(run: Option<&NodeRun>, followed: bool) -> &'static str {
    match (run.map(|run| run.status), followed) {
        (Some(StateStatus::Succeeded), _) => "ok",
        (Some(StateStatus::Failed), _) => "no",
        (Some(StateStatus::Caught), _) => "caught",
        (Some(StateStatus::Running), _) => "busy",
        (Some(StateStatus::Aborted), _) => "stopped",
        (None, true) => "idle",
        (None, false) => "plain",
    }
}

/// Advances of Inter Medium from space to tilde, in hundredths of its size, rounded up.
#[rustfmt::skip]
const ADVANCES: [u8; 95] = [
    27, 31, 50, 64, 65, 100, 66, 32, 37, 37, 53, 67, 31, 47, 31, 37, 65, 42, 62, 63, 66, 61, 63, 58, 63, 63, 31, 32, 67,
    67, 67, 53, 99, 71, 66, 74, 73, 61, 59, 75, 75, 28, 58, 69, 57, 92, 76, 77, 65, 77, 65, 65, 66, 75, 71, 101, 71, 70,
    65, 37, 37, 37, 48, 47, 34, 57, 62, 58, 62, 59, 38, 62, 61, 26, 26, 56, 26, 89, 61, 61, 62, 62, 39, 54, 35, 61, 58,
    83, 56, 58, 56, 45, 35, 45, 67,
];

/// How wide a text is drawn, in pixels. From a table, because measuring would make the page lay itself out once for each
/// state. Errs to the wide side for what is not in the table.
pub fn width(text: &str, size: f64) -> f64 {
    let advance = |character: char| match character {
        '·' => 29.0,
        '…' => 87.0,
        character => {
            let place = u32::from(character).checked_sub(32).and_then(|place| usize::try_from(place).ok());
            place.and_then(|place| ADVANCES.get(place)).map_or(105.0, |advance| f64::from(*advance))
        }
    };
    text.chars().map(advance).sum::<f64>() * size / 100.0
}

/// The text, or its start with an ellipsis, so that it is not wider than `room`.
pub fn cut(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = room - width("…", size);
    for character in text.chars() {
        left -= width(character.encode_utf8(&mut [0; 4]), size);
        if left < 0.0 {
            break;
        }
        kept.push(character);
    }
    format!("{}…", kept.trim_end())
}

/// Parts joined by dots. When there is no room for all, the first is left out, then the last ones.
pub fn joined(parts: &[String], size: f64, room: f64) -> String {
    let fitting = |parts: &[String]| Some(parts.join(" · ")).filter(|text| width(text, size) <= room);
    if let Some(all) = fitting(parts) {
        return all;
    }
    let rest = parts.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(parts);
    (1..=rest.len())
        .rev()
        .find_map(|count| rest.get(..count).and_then(fitting))
        .unwrap_or_else(|| cut(rest.first().map_or("", String::as_str), size, room))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::executions::Iterations;

    fn node(text: &str) -> GraphNode {
        GraphNode {
            id: 0,
            name: "SubmitEMRServerlessJob".into(),
            kind: StateKind::Task,
            parent: None,
            branch: 0,
            group: false,
            handler: false,
            end: false,
            text: text.into(),
            x: 0.0,
            y: 0.0,
            width: 196.0,
            height: 40.0,
        }
    }

    fn run(status: StateStatus, attempts: u64) -> NodeRun {
        NodeRun { node: 0, status, visits: 1, attempts, millis: 47_000, iterations: None, state: "7".into() }
    }

    #[test]
    fn a_reader_hears_everything() {
        let failed = run(StateStatus::Failed, 3);
        let submit = node("EMR Serverless startJobRun");
        assert_eq!(spoken(&submit, Some(&failed), true), "SubmitEMRServerlessJob, Task, failed, 3 attempts, 47 s");
        assert_eq!(spoken(&submit, None, true), "SubmitEMRServerlessJob, Task, not entered");
        assert_eq!(spoken(&submit, None, false), "SubmitEMRServerlessJob, Task");
        let handler = GraphNode { handler: true, end: true, ..submit };
        let done = run(StateStatus::Succeeded, 1);
        assert_eq!(spoken(&handler, Some(&done), true), "SubmitEMRServerlessJob, Task, succeeded, 47 s, handler");
    }

    #[test]
    fn the_second_line() {
        let submit = node("Lambda");
        let line =
            |node: &GraphNode, run: Option<&NodeRun>, room: f64| joined(&second_line(node, run, true), 11.0, room);
        assert_eq!(line(&submit, Some(&run(StateStatus::Succeeded, 1)), 150.0), "Task · 47 s");
        assert_eq!(line(&submit, Some(&run(StateStatus::Caught, 3)), 400.0), "Task · caught · 3 attempts · 47 s");
        assert_eq!(line(&submit, Some(&run(StateStatus::Caught, 3)), 155.0), "caught · 3 attempts · 47 s");
        assert_eq!(line(&submit, None, 150.0), "Lambda");
        let handler = GraphNode { handler: true, end: true, ..submit.clone() };
        assert_eq!(line(&handler, Some(&run(StateStatus::Succeeded, 1)), 150.0), "handler, ends · 47 s");
        let map = GraphNode { kind: StateKind::Map, group: true, text: String::new(), ..submit };
        assert_eq!(line(&map, None, 200.0), "Map · not entered");
        let items = Iterations { total: 1_200, succeeded: 1_100, failed: 3, running: 97 };
        let mapped = NodeRun { iterations: Some(items), ..run(StateStatus::Running, 1) };
        assert_eq!(line(&map, Some(&mapped), 500.0), "Map · running · 1,200 items, 3 failed, 97 running · 47 s");
    }

    #[test]
    fn a_step_of_a_pipeline_is_called_by_its_text() {
        let step = GraphNode { kind: StateKind::Unknown, ..node("training") };
        let stopped = run(StateStatus::Aborted, 1);
        assert_eq!(spoken(&step, Some(&stopped), true), "SubmitEMRServerlessJob, training, stopped, 47 s");
        assert_eq!(spoken(&step, None, true), "SubmitEMRServerlessJob, training, not begun");
        let done = run(StateStatus::Succeeded, 2);
        assert_eq!(second_line(&step, Some(&done), true), ["training", "2 attempts", "47 s"]);
    }

    #[test]
    fn no_text_leaves_its_state() {
        let long = "ProcessTheWholeDailySalesPartitionAndWriteItBack";
        let cut_text = cut(long, 12.0, 160.0);
        assert!(cut_text.ends_with('…') && width(&cut_text, 12.0) <= 160.0, "{cut_text}");
        assert_eq!(cut("Short", 12.0, 160.0), "Short");
        assert_eq!(cut("数据处理数据处理数据处理", 12.0, 60.0), "数据处…");
        assert_eq!(cut("abc", 12.0, 0.0), "…");
        assert_eq!(joined(&[], 11.0, 50.0), "");
        let parts = ["Map", "failed", "12 items, 3 failed", "8.0 s"].map(str::to_owned);
        assert_eq!(joined(&parts, 11.0, 500.0), "Map · failed · 12 items, 3 failed · 8.0 s");
        assert_eq!(joined(&parts, 11.0, 150.0), "failed · 12 items, 3 failed");
        assert_eq!(joined(&parts, 11.0, 60.0), "failed");
        assert_eq!(joined(&parts, 11.0, 20.0), "f…");
    }
}
