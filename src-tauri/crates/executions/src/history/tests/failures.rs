//! What failed first.

use super::*;

fn first(history: &History) -> (&str, &str) {
    let failure = history.first_failure().unwrap();
    (failure.state.as_deref().unwrap_or("-"), failure.error.as_str())
}

#[test]
fn a_catch_that_ends_well_is_the_failure_it_caught() {
    let definition = definition(NIGHTLY);
    let history = caught_nightly().read(Some(&definition));
    assert_eq!(first(&history), ("Submit", "States.TaskFailed"));
    let failure = history.first_failure().unwrap();
    assert_eq!(failure.attempts, 3);
    assert_eq!(failure.caught.as_deref(), Some("Submit"));
    assert_eq!(failure.handler.as_deref(), Some("Notify"));
    assert_eq!(failure.ended_in.as_deref(), Some("Mark"));
    assert_eq!(failure.job.as_ref().unwrap().id, "00frun3");
}

#[test]
fn a_retry_that_succeeds_is_no_failure() {
    let definition = definition(NIGHTLY);
    let mut tale = Tale::started();
    let prepared = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(prepared, "Task", "Submit");
    let one = tale.spark(entered, "00frun1", Some("boom"));
    let two = tale.spark(one, "00frun2", None);
    let left = tale.exit(two, "Task", "Submit");
    let left = tale.pass(left, "Succeed", "Done");
    tale.succeed(left);
    let history = tale.read(Some(&definition));
    assert_eq!(history.first_failure(), None);
    assert_eq!(told(&history)[1], ("Submit", StateStatus::Succeeded, 2));
    assert_eq!(history.states[1].error.as_deref(), Some("States.TaskFailed"), "why it was retried");
}

const CATCH_FAIL: &str = r#"{"StartAt":"Work","States":{
 "Work":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Catch":[{"ErrorEquals":["States.ALL"],"Next":"Tell"}],"Next":"More"},
 "Tell":{"Type":"Pass","Next":"Stop"},
 "Stop":{"Type":"Fail","Error":"Nightly.Failed","Cause":"see the mail"},
 "More":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Catch":[{"ErrorEquals":["NotFound"],"Next":"Make"}],"Next":"Check"},
 "Make":{"Type":"Pass","Next":"Check"},
 "Check":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","End":true}}}"#;

fn lambda(tale: &mut Tale, previous: u64, error: Option<&str>) -> u64 {
    let scheduled = tale.add(previous, "TaskScheduled", |detail| {
        detail.resource_type = Some("lambda".into());
        detail.resource = Some("invoke".into());
        detail.parameters = Some(r#"{"FunctionName":"load"}"#.into());
    });
    match error {
        None => tale.add(scheduled, "TaskSucceeded", |_| {}),
        Some(error) => tale.add(scheduled, "TaskFailed", |detail| {
            detail.error = Some(error.into());
            detail.cause = Some(format!(r#"{{"errorMessage":"no such table","errorType":"{error}","requestId":"8b1","stackTrace":["  File a.py\n"]}}"#));
        }),
    }
}

#[test]
fn a_catch_to_a_fail_state_is_the_failure_it_caught() {
    let definition = definition(CATCH_FAIL);
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Work");
    let failed = lambda(&mut tale, entered, Some("TableMissing"));
    let left = tale.exit(failed, "Task", "Work");
    let left = tale.pass(left, "Pass", "Tell");
    let stop = tale.enter(left, "Fail", "Stop");
    tale.fail(stop, "Nightly.Failed", "see the mail");
    for known in [Some(&definition), None] {
        let history = tale.read(known);
        assert_eq!(first(&history), ("Work", "TableMissing"));
        let failure = history.first_failure().unwrap();
        assert_eq!(failure.ended_in.as_deref(), Some("Stop"));
        assert_eq!(failure.ended_in_kind, Some(StateKind::Fail));
        assert_eq!(failure.handler.as_deref(), Some("Tell"));
    }
    // The end alone: entered before the page, the failure and the Catch are in it.
    let mut end = tale.clone();
    end.events.retain(|event| event.id >= 4);
    assert_eq!(first(&end.read(Some(&definition))), ("Work", "TableMissing"));
}

#[test]
fn a_catch_that_led_back_to_the_path_is_not_the_failure() {
    let definition = definition(CATCH_FAIL);
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Work");
    let done = lambda(&mut tale, entered, None);
    let left = tale.exit(done, "Task", "Work");
    let entered = tale.enter(left, "Task", "More");
    let failed = lambda(&mut tale, entered, Some("NotFound"));
    let left = tale.exit(failed, "Task", "More");
    let left = tale.pass(left, "Pass", "Make");
    let entered = tale.enter(left, "Task", "Check");
    let mut good = tale.clone();
    let done = lambda(&mut good, entered, None);
    let left = good.exit(done, "Task", "Check");
    good.succeed(left);
    assert_eq!(good.read(Some(&definition)).first_failure(), None);
    let failed = lambda(&mut tale, entered, Some("CheckFailed"));
    tale.fail(failed, "CheckFailed", "no");
    assert_eq!(first(&tale.read(Some(&definition))), ("Check", "CheckFailed"));
}

#[test]
fn a_state_without_events_is_named_by_the_cause() {
    let mut tale = Tale::started();
    let left = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(left, "Task", "Submit");
    let cause = format!(
        "An error occurred while executing the state 'Submit' (entered at the event id #{entered}). The JSONPath '$.detail.rows' specified for the field 'rows.$' could not be found in the input '{{}}'"
    );
    tale.fail(entered, "States.Runtime", &cause);
    let history = tale.read(None);
    assert_eq!(first(&history), ("Submit", "States.Runtime"));
    assert_eq!(told(&history)[1], ("Submit", StateStatus::Failed, 1));
    let mut end = tale.clone();
    end.events.retain(|event| event.kind == "ExecutionFailed");
    assert_eq!(first(&end.read(None)), ("Submit", "States.Runtime"), "known from the text alone");
}

#[test]
fn a_catch_without_a_failure_event_shows_in_where_it_led() {
    let definition = definition(NIGHTLY);
    let mut tale = Tale::started();
    let left = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(left, "Task", "Submit");
    let left = tale.exit(entered, "Task", "Submit");
    tale.events.last_mut().unwrap().detail.output =
        Some(r#"{"day":1,"failure":{"Error":"States.Runtime","Cause":"no path"}}"#.into());
    let left = tale.pass(left, "Task", "Notify");
    let left = tale.pass(left, "Pass", "Mark");
    tale.succeed(left);
    let history = tale.read(Some(&definition));
    assert_eq!(told(&history)[1], ("Submit", StateStatus::Caught, 1));
    assert_eq!(first(&history), ("Submit", "States.Runtime"));
    assert_eq!(history.first_failure().unwrap().cause.as_deref(), Some("no path"));
}

#[test]
fn a_parallel_that_is_caught_leads_to_the_branch_that_failed() {
    use StateStatus::{Aborted, Caught, Failed};
    let mut tale = Tale::started();
    let parallel = tale.enter(0, "Parallel", "Checks");
    let started = tale.add(parallel, "ParallelStateStarted", |_| {});
    let one = tale.enter(started, "Task", "One");
    let two = tale.enter(started, "Task", "Two");
    tale.spark(one, "00fone", None);
    let failed = tale.spark(two, "00ftwo", Some("boom"));
    let failed = tale.add(failed, "ParallelStateFailed", |_| {});
    let left = tale.exit(failed, "Parallel", "Checks");
    let stop = tale.enter(left, "Fail", "Stop");
    tale.fail(stop, "Nightly.Failed", "");
    let history = tale.read(None);
    assert_eq!(first(&history), ("Two", "States.TaskFailed"));
    let failure = history.first_failure().unwrap();
    assert_eq!((failure.caught.as_deref(), failure.ended_in.as_deref()), (Some("Checks"), Some("Stop")));
    let expected = [("Checks", Caught, 1), ("One", Aborted, 1), ("Two", Failed, 1), ("Stop", Failed, 1)];
    assert_eq!(told(&history), expected);
}

#[test]
fn a_map_that_is_retried_shows_the_failure_of_its_last_attempt() {
    let mut tale = Tale::started();
    let map = tale.enter(0, "Map", "Items");
    let mut before = map;
    for attempt in ["00fone", "00ftwo"] {
        let started = tale.add(before, "MapStateStarted", |detail| detail.length = Some(1));
        let iteration = tale.add(started, "MapIterationStarted", |detail| {
            detail.name = Some("Items".into());
            detail.index = Some(0);
        });
        let entered = tale.enter(iteration, "Task", "Load");
        let failed = tale.spark(entered, attempt, Some("boom"));
        before = tale.add(failed, "MapStateFailed", |_| {});
    }
    tale.fail(before, "States.TaskFailed", "boom");
    let history = tale.read(None);
    let failure = history.first_failure().unwrap();
    assert_eq!(failure.job.as_ref().unwrap().id, "00ftwo");
    assert_eq!(told(&history)[0], ("Items", StateStatus::Failed, 2));
}

#[test]
fn lambda_events_of_the_old_integration() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Load");
    tale.add(entered, "LambdaFunctionScheduled", |detail| {
        detail.resource = Some("arn:aws:lambda:eu-west-1:1:function:load-redshift".into());
    });
    tale.then("LambdaFunctionStarted", |_| {});
    tale.then("LambdaFunctionFailed", |detail| {
        detail.error = Some("ValueError".into());
        detail.cause = Some(
            r#"{"errorMessage":"bad row","errorType":"ValueError","requestId":"8b1f","stackTrace":["a","b"]}"#.into(),
        );
    });
    tale.fail(tale.last(), "ValueError", "bad row");
    let history = tale.read(None);
    assert_eq!(first(&history), ("Load", "ValueError"));
    let job = history.first_failure().unwrap().job.clone().unwrap();
    assert_eq!((job.id.as_str(), job.logs.as_deref()), ("load-redshift", Some("/aws/lambda/load-redshift")));
    assert_eq!(history.states[0].job.as_deref(), Some("Lambda function load-redshift"));
}

#[test]
fn of_a_history_that_begins_late_the_failure_is_found_among_the_events() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Submit");
    let failed = tale.spark(entered, "00frun1", Some("boom"));
    tale.fail(failed, "States.TaskFailed", "…");
    tale.events.drain(..4);
    let history = tale.read(None);
    assert_eq!(history.end, End::Failed);
    assert!(history.states.is_empty());
    let failure = history.first_failure().unwrap();
    assert_eq!(failure.event_kind, "TaskFailed");
    assert_eq!(failure.job.as_ref().unwrap().id, "00frun1");
}
