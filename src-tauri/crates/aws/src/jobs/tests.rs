use super::{
    OpenRuns,
    emr::{self, ClusterFact},
    lambda::{self, Named, NamedLine},
    serverless,
};
use crate::wire::{Reply, Wire};
use contract::{
    Timestamp,
    jobs::{HomeId, HomeRow},
};

/// One page of 50 items, and the token of the next as long as there is one.
fn page(number: usize, pages: usize, name: &str, token: &str, item: impl Fn(usize) -> String) -> Reply {
    let items: Vec<String> = (number * 50..(number + 1) * 50).map(item).collect();
    let next = number + 1;
    let next = if next < pages { format!(r#", "{token}": "page-{next}-""#) } else { String::new() };
    Reply::json(&format!(r#"{{"{name}": [{}]{next}}}"#, items.join(", ")))
}

/// The page that a request asks for.
fn asked(request: &str) -> usize {
    let number = request.split("page-").nth(1).and_then(|rest| rest.split('-').next());
    number.map_or(0, |number| number.parse().unwrap())
}

fn cluster() -> ClusterFact {
    let row = HomeRow {
        id: HomeId::Cluster("j-1".into()),
        name: "nightly".into(),
        state: Some("RUNNING".into()),
        reason: None,
        release: None,
        in_use: None,
        capacity: None,
        created: None,
        ended: None,
        as_of: Timestamp::UNIX_EPOCH,
    };
    ClusterFact {
        row,
        code: None,
        ready: None,
        log_uri: None,
        uploads_off: Vec::new(),
        configurations: Vec::new(),
        tags: Vec::new(),
        fleets: false,
        most_steps: Some(256),
    }
}

fn of_state(open: &OpenRuns, state: &str) -> usize {
    open.runs.iter().filter(|run| run.status == state).count()
}

/// The newest wait, the oldest run.
fn steps(pages: usize) -> Wire {
    Wire::start(move |_, body| {
        page(asked(body), pages, "Steps", "Marker", |number| {
            let state = if number < 100 { "PENDING" } else { "RUNNING" };
            format!(r#"{{"Id": "s-{number}", "Name": "step", "Status": {{"State": "{state}"}}}}"#)
        })
    })
}

#[tokio::test]
async fn steps_that_run_are_counted_behind_pages_of_steps_that_wait() {
    let wire = steps(5);
    let open = emr::open_steps(&wire.session, &cluster()).await.unwrap();
    assert_eq!((of_state(&open, "PENDING"), of_state(&open, "RUNNING"), open.more), (100, 150, false));
    let seen = wire.seen();
    assert_eq!(seen.len(), 5);
    for (call, body) in &seen {
        assert!(call.ends_with("ListSteps"), "{call}");
        assert!(body.contains(r#""StepStates":["PENDING","RUNNING","CANCEL_PENDING"]"#), "{body}");
    }
}

#[tokio::test]
async fn steps_without_an_end_are_told_as_more_than_were_counted() {
    let open = emr::open_steps(&steps(1_000).session, &cluster()).await.unwrap();
    assert_eq!((open.runs.len(), open.more), (500, true));
}

fn job_run(number: usize) -> String {
    let state = if number < 120 { "RUNNING" } else { "QUEUED" };
    format!(
        r#"{{"applicationId": "00f", "id": "run-{number}", "arn": "arn:r", "createdBy": "arn:u", "createdAt": 1763510400,
            "updatedAt": 1763510400, "executionRole": "arn:role", "state": "{state}", "stateDetails": "",
            "releaseLabel": "emr-7.2.0"}}"#
    )
}

#[tokio::test]
async fn runs_that_are_not_over_are_counted_over_all_pages_and_each_once() {
    let wire = Wire::start(|call, _| {
        // The last page begins with a run that was on the page before it already.
        page(asked(call), 4, "jobRuns", "nextToken", |number| job_run(if number == 150 { 149 } else { number }))
    });
    let open = serverless::open_runs(&wire.session, "00f").await.unwrap();
    assert_eq!((of_state(&open, "RUNNING"), of_state(&open, "QUEUED"), open.more), (120, 79, false));
    let seen = wire.seen();
    assert_eq!(seen.len(), 4);
    for (call, _) in &seen {
        assert!(call.starts_with("GET ") && call.contains("/applications/00f/jobruns"), "{call}");
        for state in ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "CANCELLING", "QUEUED"] {
            assert!(call.contains(&format!("states={state}")), "{state} in {call}");
        }
        assert!(!call.contains("states=SUCCESS") && !call.contains("createdAtAfter"), "{call}");
    }
}

#[tokio::test]
async fn runs_without_an_end_are_told_as_more_than_were_counted() {
    let wire = Wire::start(|call, _| page(asked(call), 1_000, "jobRuns", "nextToken", job_run));
    let open = serverless::open_runs(&wire.session, "00f").await.unwrap();
    assert_eq!((open.runs.len(), open.more), (2_000, true));
}

const REQUEST: &str = "8b1f0d0a-1111-2222-3333-444455556666";

/// Two pages of what names a request: a caller's line, and then the invocation.
fn named_lines(ended: bool) -> Wire {
    Wire::start(move |_, body| {
        let line = |stream: &str, at: u64, text: &str| {
            format!(r#"{{"logStreamName": "{stream}", "timestamp": {at}, "message": "{text}"}}"#)
        };
        if body.contains("nextToken") {
            let start = format!("START RequestId: {REQUEST} Version: $LATEST");
            let lines = if ended { line("2026/11/21/[$LATEST]ab", 1_763_704_900_000, &start) } else { String::new() };
            return Reply::json(&format!(r#"{{"events": [{lines}]}}"#));
        }
        let called = line("caller", 1_763_704_800_000, &format!("invoked load, request {REQUEST}"));
        Reply::json(&format!(r#"{{"events": [{called}], "nextToken": "page-2"}}"#))
    })
}

async fn named(wire: &Wire) -> Named {
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let range = (at(1_763_700_000), at(1_763_786_400));
    lambda::named(&wire.session, "/aws/lambda/load", REQUEST, range).await.unwrap()
}

#[tokio::test]
async fn a_request_is_told_from_a_line_that_names_it() {
    let wire = named_lines(true);
    let found = named(&wire).await;
    let own = NamedLine {
        stream: "2026/11/21/[$LATEST]ab".into(),
        at: Timestamp::from_millisecond(1_763_704_900_000).unwrap(),
    };
    assert_eq!((found.own, found.whole), (Some(own), true));
    let seen = wire.seen();
    assert_eq!(seen.len(), 2, "it goes on behind a line of a caller");
    for part in ["1763700000000", "1763786400000", REQUEST, "/aws/lambda/load"] {
        assert!(seen[0].1.contains(part), "{part} in {}", seen[0].1);
    }
    let mentioned = named(&named_lines(false)).await;
    assert_eq!((mentioned.own, mentioned.whole), (None, true));
    assert_eq!(mentioned.mention.map(|line| line.stream).as_deref(), Some("caller"));
}
