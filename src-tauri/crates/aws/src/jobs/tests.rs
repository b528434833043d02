use super::{
    OpenRuns,
    emr::{self, ClusterFact},
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
