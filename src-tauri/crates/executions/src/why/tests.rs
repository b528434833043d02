//! The card, word for word where the words matter.

use super::*;
use crate::history::tests::{NIGHTLY, Tale, at, caught_nightly, definition};
use contract::executions::facts::EventDetail;
use proptest::prelude::*;

fn fact(status: &str) -> ExecutionFact {
    let (arn, machine) =
        ("arn:aws:states:eu-west-1:1:execution:nightly:4f2", "arn:aws:states:eu-west-1:1:stateMachine:nightly");
    ExecutionFact::bare(arn, machine, "4f2", status, at(1))
}

fn card(tale: &Tale, definition: Option<&Definition>, status: &str) -> Why {
    why(&tale.read(definition), definition, &fact(status), false).unwrap()
}

/// One task that fails with this error and cause, and the execution with it.
fn task(error: &str, cause: &str, detail: impl FnOnce(&mut EventDetail)) -> Tale {
    let mut tale = Tale::started();
    let left = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(left, "Task", "Submit");
    let scheduled = tale.add(entered, "TaskScheduled", detail);
    let kind = if error == "States.Timeout" { "TaskTimedOut" } else { "TaskFailed" };
    let failed = tale.add(scheduled, kind, |detail| {
        detail.error = Some(error.into());
        detail.cause = Some(cause.into()).filter(|cause: &String| !cause.is_empty());
    });
    tale.fail(failed, error, cause);
    tale
}

/// A state that fails without an event of its own.
fn silent(error: &str, cause: &str) -> Tale {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Choice", "Enough");
    let cause =
        format!("An error occurred while executing the state 'Enough' (entered at the event id #{entered}). {cause}");
    tale.fail(entered, error, &cause);
    tale
}

#[test]
fn the_job_failed_three_times_and_a_handler_ended_it_well() {
    let definition = definition(NIGHTLY);
    let card = card(&caught_nightly(), Some(&definition), "SUCCEEDED");
    assert_eq!(card.title, "Submit: the job run failed, three attempts");
    assert_eq!(card.text, "com.acme.BadRecordException: no column rows");
    assert_eq!(card.error, "States.TaskFailed");
    assert_eq!((card.state.as_deref(), card.visit.as_deref()), (Some("Submit"), Some("4")));
    assert_eq!(
        card.consequences,
        ["The Catch led to Notify, and Mark ended it as SUCCEEDED, so it cannot be redriven"]
    );
    assert_eq!(card.job.unwrap().id, "00frun3");
    assert!(card.advice.is_empty());
    assert!(!card.partial);
}

#[test]
fn a_catch_to_a_fail_state_makes_a_redrive_useless() {
    let mut tale = Tale::started();
    let entered = tale.enter(0, "Task", "Submit");
    let failed = tale.spark(entered, "00frun1", Some("boom"));
    let left = tale.exit(failed, "Task", "Submit");
    let stop = tale.enter(left, "Fail", "Stop");
    tale.fail(stop, "Nightly.Failed", "see the mail");
    let found = card(&tale, None, "FAILED");
    assert_eq!(found.title, "Submit: the job run failed");
    assert_eq!(
        found.consequences,
        [
            "The Catch led to the Fail state Stop, which ended it with Nightly.Failed: a redrive lands on Stop again, not on Submit"
        ]
    );
    let mut alone = Tale::started();
    let stop = alone.enter(0, "Fail", "Stop");
    alone.fail(stop, "Nightly.Failed", "see the mail");
    let found = card(&alone, None, "FAILED");
    assert_eq!(found.title, "Stop: this Fail state ended the execution");
    assert_eq!(found.text, "Nightly.Failed: see the mail");
    assert!(found.advice[0].contains("Start a new execution"));
}

#[test]
fn what_was_aborted_is_a_consequence() {
    let mut tale = Tale::started();
    let parallel = tale.enter(0, "Parallel", "Checks");
    let started = tale.add(parallel, "ParallelStateStarted", |_| {});
    let one = tale.enter(started, "Task", "One");
    tale.enter(started, "Task", "Two");
    let failed = tale.spark(one, "00fone", Some("boom"));
    let failed = tale.add(failed, "ParallelStateFailed", |_| {});
    tale.fail(failed, "States.TaskFailed", "boom");
    let found = card(&tale, None, "FAILED");
    assert_eq!(found.title, "One in Checks branch 1: the job run failed");
    assert_eq!(found.consequences, ["Checks failed because of it", "Two in Checks branch 2 was aborted"]);
}

#[test]
fn timeouts_say_which_limit() {
    let definition = definition(NIGHTLY);
    let timed_out = task("States.Timeout", "", |detail| {
        detail.resource_type = Some("glue".into());
        detail.resource = Some("startJobRun.sync".into());
        detail.parameters = Some(r#"{"JobName":"clean"}"#.into());
    });
    let found = card(&timed_out, Some(&definition), "FAILED");
    assert_eq!(found.title, "Submit: ran longer than its limit");
    assert_eq!(found.text, "The state ran longer than its TimeoutSeconds, 3600 s.");
    assert!(found.advice[1].contains("may still be running"));

    let mut whole = Tale::started();
    let left = whole.pass(0, "Pass", "Prepare");
    whole.enter(left, "Task", "Submit");
    whole.add(0, "ExecutionTimedOut", |_| {});
    let found = card(&whole, Some(&definition), "TIMED_OUT");
    assert_eq!(found.title, "Submit: the execution ran longer than its limit");
    assert_eq!(
        found.text,
        "The execution ran longer than the TimeoutSeconds of the state machine, 7200 s. It was in Submit."
    );
    assert_eq!(found.error, "States.Timeout");

    let beat = task("States.HeartbeatTimeout", "", |detail| detail.heartbeat_seconds = Some(60));
    assert_eq!(card(&beat, None, "FAILED").text, "The worker did not report within 60 s (SendTaskHeartbeat).");
    let lambda = task("Sandbox.Timedout", "RequestId: 8b1f Error: Task timed out after 3.00 seconds", |detail| {
        detail.resource_type = Some("lambda".into());
        detail.resource = Some("invoke".into());
    });
    assert_eq!(card(&lambda, None, "FAILED").title, "Submit: the function ran into its own time limit");
}

#[test]
fn a_path_that_leads_nowhere_beside_what_is_there() {
    let tale = silent(
        "States.Runtime",
        "Invalid path '$.detail.rows': The choice state's condition path references an invalid value.",
    );
    let found = card(&tale, None, "FAILED");
    assert_eq!(found.title, "Enough: a path leads nowhere");
    assert_eq!(found.text, "`$.detail.rows` is not there; the input has detail.bucket, detail.object.");
    let quoted = silent(
        "States.Runtime",
        r#"The JSONPath '$.rows' specified for the field 'rows.$' could not be found in the input '{"day":"x"}'"#,
    );
    assert_eq!(card(&quoted, None, "FAILED").text, "`$.rows` is not there; the input has day.");
}

#[test]
fn no_rule_of_a_choice_holds() {
    let definition = definition(
        r#"{"StartAt":"Enough","States":{"Enough":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.detail.bucket","StringEquals":"x"},{"Variable":"$.rows","NumericGreaterThan":1}],"Next":"End"}]},"End":{"Type":"Succeed"}}}"#,
    );
    let tale = silent(
        "States.NoChoiceMatched",
        "Failed to transition out of the state. The state does not point to a next state.",
    );
    let found = card(&tale, Some(&definition), "FAILED");
    assert_eq!(found.title, "Enough: no rule of the Choice holds");
    assert!(found.text.ends_with("`$.detail.bucket` is \"raw\", `$.rows` is not there."), "{}", found.text);
}

#[test]
fn rules_and_limits_of_the_service() {
    let known = [
        (
            "States.DataLimitExceeded",
            "The state/task 'Submit' returned a result with a size exceeding the maximum number of bytes service limit.",
            "its data is too large",
        ),
        (
            "States.Runtime",
            "The execution reached the maximum number of history events (25000).",
            "the history is full",
        ),
        ("States.QueryEvaluationError", "The JSONata expression '$x' threw an error", "a JSONata expression failed"),
        ("States.ItemReaderFailed", "Attempting to read from the S3 bucket failed", "the Map could not read its items"),
        (
            "States.ExceedToleratedFailureThreshold",
            "The specified tolerated failure threshold was exceeded",
            "more items failed than the Map tolerates",
        ),
        ("States.ResultPathMatchFailure", "Unable to apply step", "its result has no place in the input"),
        ("States.ParameterPathFailure", "nothing to quote", "the state could not process its data"),
        ("Lambda.TooManyRequestsException", "Rate Exceeded.", "the service throttled the call"),
        (
            "Lambda.Unknown",
            "The cause could not be determined because Lambda did not return an error type.",
            "the function ended without an answer",
        ),
        ("Lambda.ServiceException", "Service unavailable", "Lambda itself failed"),
        ("DynamoDb.ProvisionedThroughputExceededException", "slow down", "the service throttled the call"),
        (
            "Glue.ConcurrentRunsExceededException",
            "Concurrent runs exceeded for clean",
            "the job has too many runs at once",
        ),
    ];
    for (error, cause, what) in known {
        let found = card(&task(error, cause, |_| {}), None, "FAILED");
        assert_eq!(found.title, format!("Submit: {what}"), "{error}");
        assert_eq!(found.error, error);
        assert!(!found.advice.is_empty(), "{error}");
        assert!(found.text.len() > 20, "{error}");
    }
    let full = card(
        &task("States.Runtime", "The execution reached the maximum number of history events (25000).", |_| {}),
        None,
        "FAILED",
    );
    assert_eq!(full.advice[0], "It cannot be redriven.");
}

#[test]
fn who_may_not_do_what() {
    let said = "User: arn:aws:sts::1:assumed-role/nightly-sfn/AbCd is not authorized to perform: glue:StartJobRun on resource: arn:aws:glue:eu-west-1:1:job/clean because no identity-based policy allows the glue:StartJobRun action";
    let found = card(&task("Glue.AccessDeniedException", said, |_| {}), None, "FAILED");
    assert_eq!(found.title, "Submit: glue:StartJobRun is not allowed");
    assert_eq!(found.text, "The role nightly-sfn may not do glue:StartJobRun on arn:aws:glue:eu-west-1:1:job/clean.");
    assert_eq!(found.advice, ["Allow glue:StartJobRun on arn:aws:glue:eu-west-1:1:job/clean to the role nightly-sfn."]);
    let bare = card(&task("States.Permissions", "insufficient privileges", |_| {}), None, "FAILED");
    assert_eq!(bare.advice, ["Check the permissions of the role nightly-sfn."], "the machine's own, from its start");
}

#[test]
fn stopped_by_a_person() {
    let mut tale = Tale::started();
    tale.enter(0, "Task", "Submit");
    tale.add(0, "ExecutionAborted", |detail| {
        detail.error = Some("Operator".into());
        detail.cause = Some("wrong day".into());
    });
    let found = card(&tale, None, "ABORTED");
    assert_eq!((found.title.as_str(), found.error.as_str()), ("Submit: the execution was stopped", "Operator"));
    assert_eq!(found.text, "It was stopped: Operator: wrong day. It was in Submit.");
    tale.events.last_mut().unwrap().detail = EventDetail::default();
    let found = card(&tale, None, "ABORTED");
    assert_eq!(
        (found.error.as_str(), found.text.as_str()),
        ("Aborted", "It was stopped without a reason given. It was in Submit.")
    );
    assert!(found.consequences.is_empty());
}

#[test]
fn before_any_event_the_description_speaks() {
    let nothing = History::default();
    let mut described = fact("FAILED");
    described.error = Some("States.Runtime".into());
    described.cause =
        Some("An error occurred while executing the state 'Enough' (entered at the event id #3). no".into());
    let found = why(&nothing, None, &described, true).unwrap();
    assert_eq!((found.state.as_deref(), found.partial), (Some("Enough"), true));
    assert_eq!(why(&nothing, None, &fact("SUCCEEDED"), true), None);
    assert_eq!(why(&nothing, None, &fact("RUNNING"), true), None);
    let mut clean = Tale::started();
    let left = clean.pass(0, "Pass", "Prepare");
    clean.succeed(left);
    assert_eq!(why(&clean.read(None), None, &fact("SUCCEEDED"), false), None);
}

#[test]
fn a_child_execution_s_own_words_explain_it() {
    let cause = r#"{"Cause":"The state/task 'X' returned a result with a size exceeding the maximum number of bytes service limit.","Error":"States.DataLimitExceeded","ExecutionArn":"arn:aws:states:eu-west-1:1:execution:child:4f2","Name":"4f2","Status":"FAILED"}"#;
    let tale = task("States.TaskFailed", cause, |detail| {
        detail.resource_type = Some("states".into());
        detail.resource = Some("startExecution.sync:2".into());
    });
    let found = card(&tale, None, "FAILED");
    assert_eq!(found.error, "States.DataLimitExceeded");
    assert_eq!(found.cause[0].execution.as_deref(), Some("arn:aws:states:eu-west-1:1:execution:child:4f2"));
    assert_eq!(found.job.unwrap().noun, "execution");
}

proptest! {
    #[test]
    fn nothing_panics(error in "(States\\.[A-Za-z]{4,12}|[A-Z.a-z]{0,12})", cause in "\\PC{0,120}", kind in 0_usize..4, known: bool) {
        let definition = known.then(|| definition(NIGHTLY));
        let tale = match kind {
            0 => task(&error, &cause, |_| {}),
            1 => silent(&error, &cause),
            2 => task(&error, &format!("Invalid path '$.{cause}'"), |_| {}),
            _ => task(&error, &format!("User: arn:x is not authorized to perform: {cause} on resource: {cause}"), |_| {}),
        };
        let card = card(&tale, definition.as_ref(), "FAILED");
        prop_assert!(!card.title.is_empty() && !card.error.is_empty() && !card.text.is_empty());
    }
}
