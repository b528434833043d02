//! Visits, attempts, jobs, the graph and single states.

use super::*;
use contract::executions::{EdgeKind, Graph, GraphEdge, GraphNode, SpanKind};

pub(super) fn graph(names: &[&str], edges: &[(u32, u32, EdgeKind)]) -> Graph {
    let node = |(id, name): (u32, &&str)| GraphNode {
        id,
        name: (*name).into(),
        kind: StateKind::Task,
        parent: None,
        branch: 0,
        group: false,
        handler: false,
        end: false,
        text: String::new(),
        x: 0.0,
        y: 0.0,
        width: 0.0,
        height: 0.0,
    };
    let edge = |(from, to, kind): &(u32, u32, EdgeKind)| GraphEdge {
        from: *from,
        to: *to,
        kind: *kind,
        label: String::new(),
        label_x: 0.0,
        label_y: 0.0,
        points: Vec::new(),
    };
    Graph {
        width: 0.0,
        height: 0.0,
        nodes: (0_u32..).zip(names).map(node).collect(),
        edges: edges.iter().map(edge).collect(),
    }
}

#[test]
fn three_attempts_are_three_jobs() {
    use SpanKind::{Backoff, FailedAttempt};
    use StateStatus::{Caught, Succeeded};
    let tale = caught_nightly();
    let definition = definition(NIGHTLY);
    let history = tale.read(Some(&definition));
    let expected = [("Prepare", Succeeded, 1), ("Submit", Caught, 3), ("Notify", Succeeded, 1), ("Mark", Succeeded, 1)];
    assert_eq!(told(&history), expected);
    let submit = &history.states[1];
    assert_eq!(submit.job.as_deref(), Some("EMR Serverless job run 00frun3"));
    assert_eq!(history.states[2].job, None, "a message sent is no job");
    let spans: Vec<SpanKind> = submit.spans.iter().map(|span| span.kind).collect();
    assert_eq!(spans, [FailedAttempt, Backoff, FailedAttempt, Backoff, FailedAttempt]);
    assert!(submit.spans.windows(2).all(|two| two[0].to == Some(two[1].from)));

    let detail = history.state_detail(&submit.id, &tale.events, Some(&definition)).unwrap();
    let jobs: Vec<&str> = detail.attempts.iter().map(|attempt| attempt.job.as_ref().unwrap().id.as_str()).collect();
    assert_eq!(jobs, ["00frun1", "00frun2", "00frun3"]);
    let last = &detail.attempts[2];
    assert_eq!((last.number, last.error.as_deref()), (3, Some("States.TaskFailed")));
    assert_eq!(last.cause.as_deref(), Some("com.acme.BadRecordException: no column rows"));
    assert_eq!(last.job.as_ref().unwrap().logs.as_deref(), Some("s3://logs/spark/applications/00fapp/jobs/00frun3/"));
    assert_eq!(detail.cause.last().unwrap().text, "com.acme.BadRecordException: no column rows");
    assert!(detail.definition.unwrap().contains("startJobRun.sync"));
    assert!(detail.input.unwrap().text.contains("sales.csv"));
    assert_eq!(history.state_detail("2", &tale.events, None).unwrap().row.name, "Prepare");
    assert!(history.state_detail("3", &tale.events, None).is_none(), "no visit begins there");
    assert!(history.state_detail("x", &tale.events, None).is_none());
}

#[test]
fn what_ran_on_the_graph_of_a_caught_failure() {
    use EdgeKind::{Catch, Next, Retry};
    use StateStatus::{Caught, Succeeded};
    let definition = definition(NIGHTLY);
    let history = caught_nightly().read(Some(&definition));
    let graph = graph(
        &["Prepare", "Submit", "Done", "Notify", "Mark"],
        &[(0, 1, Next), (1, 2, Next), (1, 3, Next), (1, 3, Catch), (3, 4, Next), (1, 1, Retry), (3, 3, Retry)],
    );
    let run = history.graph_run(&graph);
    let nodes: Vec<(u32, StateStatus, u64)> =
        run.nodes.iter().map(|node| (node.node, node.status, node.attempts)).collect();
    assert_eq!(nodes, [(0, Succeeded, 1), (1, Caught, 3), (3, Succeeded, 1), (4, Succeeded, 1)]);
    assert_eq!(run.taken, [0, 3, 4, 5], "the Catch, not the Next beside it; the Retry of the state that was retried");
    assert_eq!(run.failed_path, [0, 1, 3, 4]);
    assert_eq!(run.nodes[1].state, "4");
    assert_eq!(run.nodes[1].millis, 13_000);
}

#[test]
fn nested_maps_keep_their_iterations_apart() {
    use StateStatus::{Aborted, Failed};
    let mut tale = Tale::started();
    let outer = tale.enter(0, "Map", "Days");
    let outer_started = tale.add(outer, "MapStateStarted", |detail| detail.length = Some(2));
    let mut inner_started = Vec::new();
    let iteration = |tale: &mut Tale, previous, name: &str, index| {
        tale.add(previous, "MapIterationStarted", |detail| {
            detail.name = Some(name.into());
            detail.index = Some(index);
        })
    };
    for day in 0..2 {
        let day = iteration(&mut tale, outer_started, "Days", day);
        let files = tale.enter(day, "Map", "Files");
        inner_started.push(tale.add(files, "MapStateStarted", |detail| detail.length = Some(2)));
    }
    // Interleaved: the second day's first file before the first day's.
    let mut entered = Vec::new();
    for (day, file) in [(1, 0), (0, 0), (0, 1), (1, 1)] {
        let file = iteration(&mut tale, inner_started[day], "Files", file);
        entered.push(tale.enter(file, "Task", "Load"));
    }
    let failed = tale.spark(entered[3], "00fbad", Some("boom"));
    tale.add(failed, "MapIterationFailed", |detail| {
        detail.name = Some("Files".into());
        detail.index = Some(1);
    });
    tale.add(failed, "MapStateFailed", |_| {});
    tale.add(failed, "MapIterationFailed", |detail| {
        detail.name = Some("Days".into());
        detail.index = Some(1);
    });
    let last = tale.add(failed, "MapStateFailed", |_| {});
    tale.fail(last, "States.TaskFailed", "boom");
    let history = tale.read(None);
    let load: Vec<(Vec<String>, StateStatus)> =
        history.states.iter().filter(|row| row.name == "Load").map(|row| (row.within.clone(), row.status)).collect();
    let within = |day: u64, file: u64| vec![format!("Days[{day}]"), format!("Files[{file}]")];
    assert_eq!(
        load,
        [(within(1, 0), Aborted), (within(0, 0), Aborted), (within(0, 1), Aborted), (within(1, 1), Failed)]
    );
    let groups: Vec<(&str, StateStatus, u32)> =
        history.states.iter().take(3).map(|row| (row.name.as_str(), row.status, row.depth)).collect();
    assert_eq!(groups, [("Days", Failed, 0), ("Files", Aborted, 1), ("Files", Failed, 1)]);
    assert_eq!(history.states[3].depth, 2);
    assert_eq!(history.groups_around(history.first_failure().unwrap()), ["Files", "Days"]);
    let run = history.graph_run(&graph(&["Days", "Files", "Load"], &[]));
    assert_eq!(run.failed_path, [0, 1, 2]);
    let load = &run.nodes[2];
    assert_eq!((load.status, load.visits, load.state.as_str()), (Failed, 4, entered[3].to_string().as_str()));
}

#[test]
fn children_map_runs_and_clusters_are_kept() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Child");
    let child = "arn:aws:states:eu-west-1:1:execution:nightly-child:4f2";
    tale.add(entered, "TaskScheduled", |detail| {
        detail.resource_type = Some("states".into());
        detail.resource = Some("startExecution.sync:2".into());
        detail.parameters =
            Some(r#"{"StateMachineArn":"arn:aws:states:eu-west-1:1:stateMachine:nightly-child"}"#.into());
    });
    tale.then("TaskSubmitted", |detail| {
        detail.resource_type = Some("states".into());
        detail.resource = Some("startExecution.sync:2".into());
        detail.output = Some(format!(r#"{{"ExecutionArn":"{child}","StartDate":1}}"#));
    });
    let left = tale.exit(tale.last(), "Task", "Child");
    let map = tale.enter(left, "Map", "Files");
    let map_run = "arn:aws:states:eu-west-1:1:mapRun:nightly/Files:6b1";
    tale.add(map, "MapStateStarted", |detail| detail.length = Some(0));
    tale.then("MapRunStarted", |detail| detail.map_run = Some(map_run.into()));
    tale.then("MapRunFailed", |detail| {
        detail.error = Some("States.ItemReaderFailed".into());
        detail.cause = Some("no such key".into());
    });
    // Behind the same event as the failure of the Map Run, as it is with iterations.
    tale.add(tale.last() - 1, "MapStateFailed", |_| {});
    tale.fail(tale.last(), "States.ItemReaderFailed", "no such key");
    let history = tale.read(None);
    assert_eq!(history.children.len(), 1);
    assert_eq!((history.children[0].machine.as_str(), history.children[0].name.as_str()), ("nightly-child", "4f2"));
    assert_eq!(history.map_runs, [("Files".to_owned(), map_run.to_owned())]);
    assert_eq!(history.states[1].kind, StateKind::DistributedMap);
    assert_eq!(told(&history)[1], ("Files", StateStatus::Failed, 1), "the Map Run and its state are one failure");
    let detail = history.state_detail(&history.states[1].id, &tale.events, None).unwrap();
    assert_eq!(detail.map_run.as_deref(), Some(map_run));
    let detail = history.state_detail(&history.states[0].id, &tale.events, None).unwrap();
    assert_eq!(detail.children[0].arn, child);
    let failure = history.first_failure().unwrap();
    assert_eq!((failure.state.as_deref(), failure.error.as_str()), (Some("Files"), "States.ItemReaderFailed"));
}

#[test]
fn clusters_come_from_answers_and_from_what_was_asked_for() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Step");
    tale.add(entered, "TaskScheduled", |detail| {
        detail.resource_type = Some("elasticmapreduce".into());
        detail.resource = Some("addStep.sync".into());
        detail.parameters = Some(r#"{"Step":{"Name":"x"},"ClusterId":"j-1"}"#.into());
    });
    tale.then("TaskSubmitted", |detail| {
        detail.resource_type = Some("elasticmapreduce".into());
        detail.resource = Some("addStep.sync".into());
        detail.output = Some(r#"{"StepId":"s-1"}"#.into());
    });
    let history = tale.read(None);
    assert_eq!(history.clusters, ["j-1"]);
    assert_eq!(history.states[0].job.as_deref(), Some("EMR step s-1"));
    assert_eq!(history.states[0].status, StateStatus::Running);
}

#[test]
fn events_in_one_line_and_as_json() {
    let tale = caught_nightly();
    let history = tale.read(None);
    let failed = tale.events.iter().find(|event| event.kind == "TaskFailed").unwrap();
    let row = history.event_row(failed);
    assert_eq!(row.state.as_deref(), Some("Submit"));
    assert_eq!(row.text, "States.TaskFailed: java.lang.OutOfMemoryError: Java heap space");
    assert!(row.failure);
    assert_eq!(row.offset, (failed.id - 1) * 1000);
    let submitted = tale.events.iter().find(|event| event.kind == "TaskSubmitted").unwrap();
    assert_eq!(history.event_row(submitted).text, "EMR Serverless job run 00frun1");
    let scheduled = tale.events.iter().find(|event| event.kind == "TaskScheduled").unwrap();
    assert_eq!(history.event_row(scheduled).text, "EMR Serverless startJobRun.sync");
    assert!(!history.event_row(scheduled).failure);

    let json: serde_json::Value = serde_json::from_str(&event_json(failed)).unwrap();
    assert_eq!(json["cause"]["JobRunId"], "00frun1", "the text is unfolded");
    assert_eq!(json["type"], "TaskFailed");
    let mut nested = failed.clone();
    nested.detail.cause = Some(r#"{"Cause":"{\"Error\":\"A\",\"Cause\":\"{\\\"x\\\":1}\"}"}"#.into());
    let json: serde_json::Value = serde_json::from_str(&event_json(&nested)).unwrap();
    assert_eq!(json["cause"]["Cause"]["Cause"]["x"], 1);
    nested.detail.cause = Some(r#"{"Cause":"{\"Err"#.into());
    let json: serde_json::Value = serde_json::from_str(&event_json(&nested)).unwrap();
    assert_eq!(json["cause"], r#"{"Cause":"{\"Err"#, "what is cut stays as it is");
}

#[test]
fn a_wait_and_a_backoff_last_until_now() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Wait", "Pause");
    let history = tale.read(None);
    assert_eq!(history.states[0].spans, [contract::executions::Span { kind: SpanKind::Wait, from: at(2), to: None }]);
    let left = tale.exit(entered, "Wait", "Pause");
    let entered = tale.enter(left, "Task", "Work");
    tale.spark(entered, "00frun1", Some("boom"));
    let history = tale.read(None);
    assert_eq!(history.states[1].status, StateStatus::Running, "a retry may come");
    let last = history.states[1].spans.last().unwrap();
    assert_eq!((last.kind, last.to), (SpanKind::Backoff, None));
}
