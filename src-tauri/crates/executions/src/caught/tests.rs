use super::*;
use crate::history::tests::{NIGHTLY, Tale, caught_nightly, definition};

fn newest_first(tale: &Tale, most: usize) -> Vec<HistoryEvent> {
    tale.events.iter().rev().take(most).cloned().collect()
}

#[test]
fn one_page_tells_what_was_caught() {
    let definition = definition(NIGHTLY);
    let page = newest_first(&caught_nightly(), 100);
    let expected = Caught {
        handler: "Notify".into(),
        failed_state: Some("Submit".into()),
        error: Some("States.TaskFailed".into()),
        cause: Some("com.acme.BadRecordException: no column rows".into()),
    };
    assert_eq!(is_caught(&definition, &page), Answer::Caught(expected.clone()));
    // Long before the page the job was entered; its failure and its exit are in it.
    let page = newest_first(&caught_nightly(), 9);
    assert!(page.iter().all(|event| event.kind != "TaskSubmitted"));
    assert_eq!(is_caught(&definition, &page), Answer::Caught(expected));
}

#[test]
fn a_page_that_is_too_short_says_so() {
    let definition = definition(NIGHTLY);
    assert_eq!(is_caught(&definition, &newest_first(&caught_nightly(), 1)), Answer::NeedMore);
    assert_eq!(is_caught(&definition, &[]), Answer::NeedMore);
    let Answer::Caught(caught) = is_caught(&definition, &newest_first(&caught_nightly(), 3)) else {
        panic!("the last state is a handler")
    };
    assert_eq!((caught.handler.as_str(), caught.failed_state), ("Mark", None));
    let running: Vec<HistoryEvent> = newest_first(&caught_nightly(), 100).split_off(1);
    assert_eq!(is_caught(&definition, &running), Answer::NeedMore, "it has not succeeded");
}

#[test]
fn the_ordinary_path_is_clean() {
    let definition = definition(NIGHTLY);
    let mut tale = Tale::started();
    let left = tale.pass(0, "Pass", "Prepare");
    let entered = tale.enter(left, "Task", "Submit");
    let one = tale.spark(entered, "00frun1", Some("boom"));
    let two = tale.spark(one, "00frun2", None);
    let left = tale.exit(two, "Task", "Submit");
    let left = tale.pass(left, "Succeed", "Done");
    tale.succeed(left);
    assert_eq!(is_caught(&definition, &newest_first(&tale, 100)), Answer::Clean);
    assert_eq!(is_caught(&definition, &newest_first(&tale, 2)), Answer::Clean);
    let plain = crate::history::tests::definition(r#"{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}"#);
    assert_eq!(is_caught(&plain, &[]), Answer::Clean, "without a handler nothing needs to be read");
}
