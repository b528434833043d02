//! Shapes recorded from the service: order, types and predecessors of the events are the recorded ones.

use super::*;
use contract::executions::{Iterations, SpanKind};

/// (previous, type, name, index): ids count from 1.
type Line = (u64, &'static str, &'static str, Option<u64>);

fn recorded(lines: &[Line]) -> Tale {
    let mut tale = Tale::default();
    let mut redrives = 0;
    for (previous, kind, name, index) in lines {
        tale.add(*previous, kind, |detail| {
            detail.index = *index;
            detail.name = Some((*name).to_owned()).filter(|name| !name.is_empty());
            if kind.ends_with("Scheduled") {
                detail.resource = Some("arn:aws:states:eu-west-1:1:activity:work".into());
            }
            if matches!(*kind, "ActivityFailed" | "ExecutionFailed") {
                detail.error = Some("Probe.Retry".into());
                detail.cause = Some("the worker said no".into());
            }
            if *kind == "ActivityTimedOut" {
                detail.error = Some("States.Timeout".into());
            }
            if *kind == "ExecutionRedriven" {
                redrives += 1;
                detail.redrive_count = Some(redrives);
            }
            if *kind == "MapStateStarted" {
                detail.length = Some(3);
            }
        });
    }
    tale
}

const PARALLEL: [Line; 33] = [
    (0, "ExecutionStarted", "", None),
    (0, "ChoiceStateEntered", "Select", None),
    (2, "ChoiceStateExited", "Select", None),
    (3, "ParallelStateEntered", "Parallel", None),
    (4, "ParallelStateStarted", "", None),
    (5, "TaskStateEntered", "Good", None),
    (6, "ActivityScheduled", "", None),
    (5, "TaskStateEntered", "Bad", None),
    (8, "ActivityScheduled", "", None),
    (5, "TaskStateEntered", "Slow", None),
    (10, "ActivityScheduled", "", None),
    (7, "ActivityStarted", "", None),
    (9, "ActivityStarted", "", None),
    (11, "ActivityStarted", "", None),
    (12, "ActivitySucceeded", "", None),
    (15, "TaskStateExited", "Good", None),
    (13, "ActivityFailed", "", None),
    (17, "TaskStateAborted", "", None),
    (17, "TaskStateAborted", "", None),
    (17, "ParallelStateFailed", "", None),
    (20, "ExecutionFailed", "", None),
    (21, "ExecutionRedriven", "", None),
    (8, "ActivityScheduled", "", None),
    (10, "ActivityScheduled", "", None),
    (24, "ActivityStarted", "", None),
    (25, "ActivitySucceeded", "", None),
    (26, "TaskStateExited", "Slow", None),
    (23, "ActivityStarted", "", None),
    (28, "ActivitySucceeded", "", None),
    (29, "TaskStateExited", "Bad", None),
    (30, "ParallelStateSucceeded", "", None),
    (30, "ParallelStateExited", "Parallel", None),
    (32, "ExecutionSucceeded", "", None),
];

#[test]
fn a_parallel_whose_branch_fails_and_then_its_redrive() {
    use StateStatus::{Aborted, Failed, Succeeded};
    let failed = recorded(&PARALLEL[..21]).read(None);
    let expected = [
        ("Select", Succeeded, 1),
        ("Parallel", Failed, 1),
        ("Good", Succeeded, 1),
        ("Bad", Failed, 1),
        ("Slow", Aborted, 1),
    ];
    assert_eq!(told(&failed), expected);
    let failure = failed.first_failure().unwrap();
    assert_eq!((failure.state.as_deref(), failure.visit.as_deref(), failure.event), (Some("Bad"), Some("8"), 17));
    assert_eq!(failure.within, ["Parallel branch 2"]);
    assert_eq!(failed.states[4].exited, Some(at(20)), "aborted when the Parallel failed");

    let done = recorded(&PARALLEL).read(None);
    let expected = [
        ("Select", Succeeded, 1),
        ("Parallel", Succeeded, 2),
        ("Good", Succeeded, 1),
        ("Bad", Succeeded, 2),
        ("Slow", Succeeded, 2),
    ];
    assert_eq!(told(&done), expected);
    assert_eq!(done.end, End::Succeeded);
    assert_eq!(done.redrives, 1);
    assert_eq!(done.first_failure(), None, "the redrive made it good");
    let redrives: Vec<u64> = done.states.iter().map(|row| row.redrive).collect();
    assert_eq!(redrives, [0, 1, 0, 1, 1]);
    let bad: Vec<SpanKind> = done.states[3].spans.iter().map(|span| span.kind).collect();
    assert_eq!(bad, [SpanKind::FailedAttempt, SpanKind::Work], "the time between two runs is no backoff");
}

#[test]
fn while_a_redrive_runs_the_states_around_run_again() {
    use StateStatus::{Running, Succeeded};
    let running = recorded(&PARALLEL[..25]).read(None);
    let expected = [
        ("Select", Succeeded, 1),
        ("Parallel", Running, 2),
        ("Good", Succeeded, 1),
        ("Bad", Running, 2),
        ("Slow", Running, 2),
    ];
    assert_eq!(told(&running), expected);
    assert_eq!(running.running(), ["Bad", "Slow"]);
    assert_eq!(running.first_failure(), None);
}

const MAP: [Line; 37] = [
    (0, "ExecutionStarted", "", None),
    (0, "ChoiceStateEntered", "Select", None),
    (2, "ChoiceStateExited", "Select", None),
    (3, "MapStateEntered", "Items", None),
    (4, "MapStateStarted", "", None),
    (5, "MapIterationStarted", "Items", Some(0)),
    (6, "TaskStateEntered", "Item", None),
    (7, "ActivityScheduled", "", None),
    (8, "ActivityStarted", "", None),
    (9, "ActivitySucceeded", "", None),
    (10, "TaskStateExited", "Item", None),
    (11, "MapIterationSucceeded", "Items", Some(0)),
    (11, "MapIterationStarted", "Items", Some(1)),
    (13, "TaskStateEntered", "Item", None),
    (14, "ActivityScheduled", "", None),
    (15, "ActivityStarted", "", None),
    (16, "ActivityFailed", "", None),
    (17, "MapIterationFailed", "Items", Some(1)),
    (17, "TaskStateAborted", "", None),
    (17, "MapStateFailed", "", None),
    (20, "ExecutionFailed", "", None),
    (21, "ExecutionRedriven", "", None),
    (14, "ActivityScheduled", "", None),
    (23, "ActivityStarted", "", None),
    (24, "ActivitySucceeded", "", None),
    (25, "TaskStateExited", "Item", None),
    (26, "MapIterationSucceeded", "Items", Some(1)),
    (26, "MapIterationStarted", "Items", Some(2)),
    (28, "TaskStateEntered", "Item", None),
    (29, "ActivityScheduled", "", None),
    (30, "ActivityStarted", "", None),
    (31, "ActivitySucceeded", "", None),
    (32, "TaskStateExited", "Item", None),
    (33, "MapIterationSucceeded", "Items", Some(2)),
    (34, "MapStateSucceeded", "", None),
    (34, "MapStateExited", "Items", None),
    (36, "ExecutionSucceeded", "", None),
];

#[test]
fn a_map_of_one_at_a_time_whose_iterations_follow_each_other() {
    use StateStatus::{Failed, Succeeded};
    let failed = recorded(&MAP[..21]).read(None);
    let expected = [("Select", Succeeded, 1), ("Items", Failed, 1), ("Item", Succeeded, 1), ("Item", Failed, 1)];
    assert_eq!(told(&failed), expected);
    let within: Vec<&[String]> = failed.states.iter().map(|row| row.within.as_slice()).collect();
    assert_eq!(within, [&[][..], &[], &["Items[0]".to_owned()], &["Items[1]".to_owned()]]);
    assert_eq!(failed.first_failure().unwrap().within, ["Items[1]"]);

    let done = recorded(&MAP).read(None);
    let expected = [
        ("Select", Succeeded, 1),
        ("Items", Succeeded, 2),
        ("Item", Succeeded, 1),
        ("Item", Succeeded, 2),
        ("Item", Succeeded, 1),
    ];
    assert_eq!(told(&done), expected);
    assert_eq!(done.states[4].within, ["Items[2]"]);
    let graph = super::runs::graph(&["Select", "Items", "Item"], &[]);
    let run = done.graph_run(&graph);
    let items = run.nodes.iter().find(|node| node.node == 1).unwrap();
    assert_eq!(items.iterations, Some(Iterations { total: 3, succeeded: 3, failed: 0, running: 0 }));
    assert_eq!(run.nodes.iter().find(|node| node.node == 2).unwrap().visits, 3);
}

#[test]
fn two_redrives_of_a_task_with_retries() {
    use SpanKind::{Backoff, FailedAttempt, Work};
    let mut lines: Vec<Line> = vec![(0, "ExecutionStarted", "", None), (0, "TaskStateEntered", "Work", None)];
    let attempt = |lines: &mut Vec<Line>, previous: u64, end: &'static str| {
        let id = lines.len() as u64;
        lines.extend([
            (previous, "ActivityScheduled", "", None),
            (id + 1, "ActivityStarted", "", None),
            (id + 2, end, "", None),
        ]);
        id + 3
    };
    for _ in 0..2 {
        let one = attempt(&mut lines, 2, "ActivityFailed");
        let two = attempt(&mut lines, one, "ActivityFailed");
        lines.push((two, "ExecutionFailed", "", None));
        let ended = lines.len() as u64;
        lines.push((ended, "ExecutionRedriven", "", None));
    }
    let failing = recorded(&lines[..lines.len() - 1]).read(None);
    assert_eq!(told(&failing), [("Work", StateStatus::Failed, 4)]);
    let last = attempt(&mut lines, 2, "ActivitySucceeded");
    lines.push((last, "TaskStateExited", "Work", None));
    lines.push((last + 1, "ExecutionSucceeded", "", None));
    let done = recorded(&lines).read(None);
    assert_eq!(told(&done), [("Work", StateStatus::Succeeded, 5)]);
    assert_eq!((done.redrives, done.states[0].redrive), (2, 2));
    let kinds: Vec<SpanKind> = done.states[0].spans.iter().map(|span| span.kind).collect();
    assert_eq!(kinds, [FailedAttempt, Backoff, FailedAttempt, FailedAttempt, Backoff, FailedAttempt, Work]);
}

#[test]
fn the_other_shape_of_a_redrive_follows_the_event_itself() {
    use StateStatus::Running;
    let lines: [Line; 11] = [
        (0, "ExecutionStarted", "", None),
        (0, "ParallelStateEntered", "Parallel", None),
        (2, "ParallelStateStarted", "", None),
        (3, "TaskStateEntered", "A", None),
        (4, "ActivityScheduled", "", None),
        (5, "ActivityFailed", "", None),
        (6, "ParallelStateFailed", "", None),
        (7, "ExecutionFailed", "", None),
        (8, "ExecutionRedriven", "", None),
        (9, "ActivityScheduled", "", None),
        (10, "ActivitySucceeded", "", None),
    ];
    let history = recorded(&lines).read(None);
    assert_eq!(told(&history), [("Parallel", Running, 2), ("A", Running, 2)]);

    let again: [Line; 9] = [
        (0, "ExecutionStarted", "", None),
        (0, "TaskStateEntered", "A", None),
        (2, "ActivityScheduled", "", None),
        (3, "ActivityFailed", "", None),
        (4, "ExecutionFailed", "", None),
        (5, "ExecutionRedriven", "", None),
        (6, "TaskStateEntered", "A", None),
        (7, "ActivityScheduled", "", None),
        (8, "ActivitySucceeded", "", None),
    ];
    let history = recorded(&again).read(None);
    assert_eq!(told(&history), [("A", StateStatus::Failed, 1), ("A", Running, 1)]);
}

#[test]
fn a_fail_state_that_is_redriven_has_no_event_of_its_own() {
    let lines: [Line; 7] = [
        (0, "ExecutionStarted", "", None),
        (0, "ChoiceStateEntered", "Select", None),
        (2, "ChoiceStateExited", "Select", None),
        (3, "FailStateEntered", "Stop", None),
        (4, "ExecutionFailed", "", None),
        (5, "ExecutionRedriven", "", None),
        (6, "ExecutionFailed", "", None),
    ];
    let history = recorded(&lines).read(None);
    assert_eq!(told(&history), [("Select", StateStatus::Succeeded, 1), ("Stop", StateStatus::Failed, 1)]);
    let failure = history.first_failure().unwrap();
    assert_eq!((failure.state.as_deref(), failure.error.as_str(), failure.event), (Some("Stop"), "Probe.Retry", 7));
    assert_eq!(history.states[1].redrive, 1);
}

#[test]
fn stopped_by_a_person_without_a_predecessor() {
    let lines: [Line; 5] = [
        (0, "ExecutionStarted", "", None),
        (0, "TaskStateEntered", "Work", None),
        (2, "ActivityScheduled", "", None),
        (3, "ActivityStarted", "", None),
        (0, "ExecutionAborted", "", None),
    ];
    let history = recorded(&lines).read(None);
    assert_eq!(history.end, End::Aborted);
    assert_eq!(told(&history), [("Work", StateStatus::Aborted, 1)]);
    assert_eq!(history.states[0].spans[0].to, Some(at(5)));
    let failure = history.first_failure().unwrap();
    assert_eq!((failure.state.as_deref(), failure.error.as_str()), (Some("Work"), "Aborted"));
}

#[test]
fn a_timeout_has_the_words_of_the_service() {
    let lines: [Line; 6] = [
        (0, "ExecutionStarted", "", None),
        (0, "TaskStateEntered", "Work", None),
        (2, "ActivityScheduled", "", None),
        (3, "ActivityStarted", "", None),
        (4, "ActivityTimedOut", "", None),
        (5, "ExecutionFailed", "", None),
    ];
    let history = recorded(&lines).read(None);
    assert_eq!(told(&history), [("Work", StateStatus::Failed, 1)]);
    assert_eq!(history.states[0].error.as_deref(), Some("States.Timeout"));
}
