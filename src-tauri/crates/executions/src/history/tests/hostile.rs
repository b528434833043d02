//! What a stranger wrote, and how long it takes.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A valid history with everything in it: retries, a Parallel, a nested Map, a Catch, two redrives.
fn rich() -> Tale {
    let mut tale = caught_nightly();
    tale.events.pop();
    let before = tale.last();
    let parallel = tale.enter(before, "Parallel", "Checks");
    let started = tale.add(parallel, "ParallelStateStarted", |_| {});
    let one = tale.enter(started, "Task", "One");
    let map = tale.enter(started, "Map", "Files");
    let map_started = tale.add(map, "MapStateStarted", |detail| detail.length = Some(2));
    let mut loads = Vec::new();
    for index in 0..2 {
        let iteration = tale.add(map_started, "MapIterationStarted", |detail| {
            detail.name = Some("Files".into());
            detail.index = Some(index);
        });
        loads.push(tale.enter(iteration, "Task", "Load"));
    }
    for redrive in 1..3 {
        let failed = tale.spark(loads[1], "00fload", Some("boom"));
        tale.add(failed, "TaskStateAborted", |_| {});
        tale.add(failed, "MapStateFailed", |_| {});
        let last = tale.add(failed, "ParallelStateFailed", |_| {});
        tale.fail(last, "States.TaskFailed", "boom");
        tale.redrive(redrive);
    }
    let done = tale.spark(one, "00fone", None);
    tale.exit(done, "Task", "One");
    tale
}

fn holds(events: &[HistoryEvent], definition: Option<&Definition>) -> Result<(), TestCaseError> {
    let history = History::read(events, definition, at(50));
    let entered: BTreeSet<u64> =
        events.iter().filter(|event| event.kind.ends_with("StateEntered")).map(|event| event.id).collect();
    prop_assert_eq!(history.states.len(), entered.len());
    let ids: BTreeSet<&str> = history.states.iter().map(|row| row.id.as_str()).collect();
    prop_assert_eq!(ids.len(), history.states.len());
    for row in &history.states {
        prop_assert!(row.exited.is_none_or(|exited| exited >= row.entered));
        prop_assert!(row.spans.iter().all(|span| span.to.is_none_or(|to| to >= span.from)));
        prop_assert!(row.attempts > 0);
        prop_assert!(history.state_detail(&row.id, events, definition).is_some());
    }
    if let Some(failure) = history.first_failure() {
        prop_assert!(!failure.error.is_empty());
    }
    for event in events.iter().take(20) {
        let row = history.event_row(event);
        prop_assert_eq!(row.number, event.id);
        prop_assert!(!event_json(event).is_empty());
    }
    let graph = super::runs::graph(&["Prepare", "Submit", "Checks", "Files", "Load"], &[]);
    let run = history.graph_run(&graph);
    prop_assert!(run.failed_path.iter().chain(run.nodes.iter().map(|node| &node.node)).all(|node| *node < 5));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn holes_truncations_and_any_order(keep in proptest::collection::vec(any::<bool>(), 90), from in 0_usize..60, shuffle in any::<u64>(), known: bool) {
        let definition = known.then(|| definition(NIGHTLY));
        let tale = rich();
        let mut events: Vec<HistoryEvent> = tale.events.into_iter().skip(from).collect();
        holds(&events, definition.as_ref())?;
        let mut keep = keep.into_iter().cycle();
        events.retain(|_| keep.next().unwrap_or(true));
        holds(&events, definition.as_ref())?;
        let rotated = usize::try_from(shuffle % 64).unwrap().min(events.len());
        events.rotate_left(rotated);
        let copy = events.first().cloned();
        events.extend(copy);
        holds(&events, definition.as_ref())?;
    }

    #[test]
    fn any_types_and_any_predecessors(list in proptest::collection::vec((0_u64..60, 0_u64..70, 0_usize..KINDS.len(), 0_u8..4, 0_i64..400), 0..60)) {
        let events: Vec<HistoryEvent> = list
            .into_iter()
            .map(|(id, previous, kind, name, second)| HistoryEvent {
                id,
                previous,
                at: Timestamp::from_second(1_790_000_000 + second).unwrap(),
                kind: KINDS[kind].into(),
                detail: EventDetail {
                    name: Some(["Prepare", "Submit", "Checks", "Files"][usize::from(name)].into()),
                    index: Some(previous % 3),
                    error: Some("States.Runtime".into()),
                    cause: Some(format!("(entered at the event id #{previous})")),
                    resource_type: Some("states".into()),
                    redrive_count: Some(previous),
                    ..EventDetail::default()
                },
            })
            .collect();
        let mut unique = events;
        unique.sort_by_key(|event| event.id);
        unique.dedup_by_key(|event| event.id);
        holds(&unique, None)?;
        holds(&unique, Some(&definition(NIGHTLY)))?;
    }
}

const KINDS: [&str; 30] = [
    "TaskStateEntered",
    "ParallelStateEntered",
    "MapStateEntered",
    "FailStateEntered",
    "QuantumStateEntered",
    "StateEntered",
    "TaskStateExited",
    "ParallelStateExited",
    "MapStateExited",
    "ParallelStateStarted",
    "MapStateStarted",
    "ParallelStateFailed",
    "MapStateFailed",
    "ParallelStateSucceeded",
    "MapIterationStarted",
    "MapIterationFailed",
    "MapIterationSucceeded",
    "MapIterationAborted",
    "MapRunStarted",
    "MapRunFailed",
    "TaskScheduled",
    "TaskSubmitted",
    "TaskFailed",
    "TaskSucceeded",
    "EvaluationFailed",
    "ExecutionFailed",
    "ExecutionSucceeded",
    "ExecutionTimedOut",
    "ExecutionRedriven",
    "SomethingNew",
];

#[test]
fn a_history_without_predecessors_is_read_in_order() {
    use StateStatus::{Caught, Succeeded};
    let mut tale = caught_nightly();
    for event in &mut tale.events {
        event.previous = 0;
    }
    let definition = definition(NIGHTLY);
    let history = tale.read(Some(&definition));
    assert_eq!(
        told(&history),
        [("Prepare", Succeeded, 1), ("Submit", Caught, 3), ("Notify", Succeeded, 1), ("Mark", Succeeded, 1)]
    );
    assert_eq!(history.first_failure().unwrap().state.as_deref(), Some("Submit"));
}

/// 25,000 events: a Map of 3,125 iterations with one Spark job each, all at once.
fn long() -> Tale {
    let mut tale = Tale::started();
    let map = tale.enter(0, "Map", "Files");
    let started = tale.add(map, "MapStateStarted", |detail| detail.length = Some(3_571));
    let mut entered = Vec::new();
    for index in 0..3_571 {
        let iteration = tale.add(started, "MapIterationStarted", |detail| {
            detail.name = Some("Files".into());
            detail.index = Some(index);
        });
        entered.push(tale.enter(iteration, "Task", "Load"));
    }
    for (index, entered) in entered.into_iter().enumerate() {
        let done = tale.spark(entered, &format!("00f{index}"), (index == 3_000).then_some("boom"));
        if index != 3_000 {
            tale.exit(done, "Task", "Load");
        }
    }
    let last = tale.last();
    tale.add(last - 3_000, "MapStateFailed", |_| {});
    tale.fail(last + 1, "States.TaskFailed", "boom");
    tale
}

#[test]
fn twenty_five_thousand_events_are_bearable_in_a_debug_build() {
    let tale = long();
    assert!(tale.events.len() > 24_990, "{}", tale.events.len());
    let begun = std::time::Instant::now();
    let history = tale.read(None);
    let took = begun.elapsed();
    println!("read {} events in {took:?}", tale.events.len());
    assert_eq!(history.states.len(), 3_572);
    assert_eq!(history.first_failure().unwrap().within, ["Files[3000]"]);
    assert_eq!(history.states[5].within, ["Files[4]"]);
    // Half a second here; the bound is for a machine under load. A quadratic walk takes minutes.
    assert!(took.as_secs() < 10, "{took:?}");
}

#[test]
fn nothing_but_nesting_stays_linear() {
    let mut tale = Tale::started();
    let mut before = 0;
    for level in 0..8_000 {
        let group = tale.enter(before, "Parallel", &format!("P{level}"));
        before = tale.add(group, "ParallelStateStarted", |_| {});
    }
    tale.fail(before, "States.Runtime", "deep");
    let begun = std::time::Instant::now();
    let history = tale.read(None);
    assert_eq!(history.states.len(), 8_000);
    assert!(begun.elapsed().as_secs() < 10);
}
