use super::*;
use contract::{
    Severity,
    executions::{StateKind as K, facts::MapCounts},
};

mod commands;
mod inputs;

const ARN: &str = "arn:aws:states:eu-central-1:123456789012:execution:nightly-sales:4f2";

fn t(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    t("2026-11-21T09:00:00Z")
}

fn fact() -> ExecutionFact {
    let machine = "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly-sales";
    ExecutionFact {
        stopped: Some(t("2026-11-16T13:00:00Z")),
        input: Some("{}".to_owned()),
        error: Some("States.TaskFailed".to_owned()),
        ..ExecutionFact::bare(ARN, machine, "4f2", "FAILED", t("2026-11-16T12:00:00Z"))
    }
}

fn facts(fact: &ExecutionFact) -> Facts<'_> {
    Facts {
        fact,
        kind: MachineKind::Standard,
        status: Status::from_api(&fact.status),
        definition_then: None,
        definition_changed: Some(false),
        events: Some(40),
        failed_states: vec!["LoadDataToRedshift".to_owned()],
        kept_states: Some(3),
        fail_state: None,
        handler: None,
        map_runs: &[],
        children_expired: None,
        clusters_gone: Vec::new(),
        same_input_running: Vec::new(),
        still_running_jobs: Vec::new(),
        wrote: Vec::new(),
        permissions: Permissions::default(),
        machine_status: Some("ACTIVE".to_owned()),
    }
}

fn texts(preflight: &Preflight, severity: Severity) -> Vec<&str> {
    preflight.notices.iter().filter(|notice| notice.severity == severity).map(|notice| notice.text.as_str()).collect()
}

#[test]
fn a_plain_failure_is_redriven() {
    let fact = fact();
    let found = preflight(&facts(&fact), now());
    assert!(found.redrive.ok && found.start.ok);
    assert_eq!(found.recommend, Recommend::Redrive);
    assert_eq!(found.why, "A redrive goes on where it failed and keeps what 3 states did, with the same input.");
    assert_eq!(found.until, Some(t("2026-11-30T13:00:00Z")));
    assert_eq!(found.headroom, Some(24_959));
    assert_eq!(texts(&found, Severity::Warning), Vec::<&str>::new());
    let infos = texts(&found, Severity::Info);
    assert_eq!(infos.first(), Some(&"It can be redriven until 30 Nov 2026 13:00 UTC: 9 d 4 h left."));
    assert!(infos.contains(&"Redrive: LoadDataToRedshift runs again; 3 states before it are kept."), "{infos:?}");
}

/// One change of the facts, and what must follow from it.
fn judged(change: impl FnOnce(&mut ExecutionFact), more: impl FnOnce(&mut Facts<'_>)) -> Preflight {
    let mut fact = fact();
    change(&mut fact);
    let mut facts = facts(&fact);
    more(&mut facts);
    preflight(&facts, now())
}

fn no_redrive(found: &Preflight, reason: &str) {
    assert!(!found.redrive.ok, "{reason}");
    assert!(found.redrive.reasons.iter().any(|text| text.contains(reason)), "{reason}: {:?}", found.redrive.reasons);
    assert_ne!(found.recommend, Recommend::Redrive, "{reason}");
}

#[test]
fn what_cannot_be_redriven() {
    let plain = |_: &mut Facts<'_>| {};
    let same = |_: &mut ExecutionFact| {};
    let ended = judged(|fact| fact.stopped = Some(t("2026-11-07T09:00:00Z")), plain);
    no_redrive(&ended, "The 14 days after its end are over for");
    assert_eq!(ended.recommend, Recommend::StartAgain);
    assert!(judged(|fact| fact.stopped = Some(t("2026-11-07T09:00:01Z")), plain).redrive.ok);

    no_redrive(&judged(same, |facts| facts.events = Some(24_999)), "no room");
    assert!(judged(same, |facts| facts.events = Some(24_998)).redrive.ok);

    let old = |started: &'static str| {
        move |fact: &mut ExecutionFact| {
            fact.started = t(started);
            fact.stopped = Some(t("2026-11-20T00:00:00Z"));
        }
    };
    no_redrive(&judged(old("2023-11-14T23:59:59Z"), plain), "15 November 2023");
    no_redrive(&judged(old("2025-11-21T09:00:00Z"), plain), "more than a year ago");
    // What is left of the year, when that is less than 14 days.
    assert_eq!(judged(old("2025-11-25T00:00:00Z"), plain).until, Some(t("2026-11-25T00:00:00Z")));

    let deleting = judged(same, |facts| facts.machine_status = Some("DELETING".to_owned()));
    no_redrive(&deleting, "being deleted");
    assert!(!deleting.start.ok);
    assert_eq!(deleting.recommend, Recommend::Neither);

    let express = judged(same, |facts| facts.kind = MachineKind::Express);
    no_redrive(&express, "Express executions");
    assert_eq!((express.recommend, express.until, express.headroom), (Recommend::StartAgain, None, None));

    let running = judged(same, |facts| facts.status = Status::Running);
    no_redrive(&running, "It is running");
    assert_eq!(running.recommend, Recommend::Neither);
    assert_eq!(texts(&running, Severity::Warning), ["It is running: a new run would be a second one beside it."]);
    let succeeded = judged(same, |facts| facts.status = Status::Succeeded);
    no_redrive(&succeeded, "It succeeded");
    assert_eq!(succeeded.recommend, Recommend::Neither);
    no_redrive(&judged(same, |facts| facts.status = Status::PendingRedrive), "already waits");
    no_redrive(&judged(|fact| fact.status = "NEW".to_owned(), plain), "status NEW");
}

#[test]
fn the_service_has_the_last_word() {
    let status = |status: &'static str, reason: Option<&'static str>| {
        move |fact: &mut ExecutionFact| {
            fact.redrive_status = Some(status.to_owned());
            fact.redrive_reason = reason.map(str::to_owned);
        }
    };
    let refused = judged(status("NOT_REDRIVABLE", Some("Execution history event limit exceeded")), |_| {});
    no_redrive(&refused, "Step Functions: Execution history event limit exceeded");
    no_redrive(&judged(status("NOT_REDRIVABLE", None), |_| {}), "Step Functions says");
    // Ours explains.
    let explained = judged(status("NOT_REDRIVABLE", Some("Execution is SUCCEEDED and cannot be redriven")), |facts| {
        facts.status = Status::CaughtFailure;
    });
    assert!(explained.redrive.reasons.first().unwrap().contains("because a Catch"), "{explained:?}");
    let granted = judged(status("REDRIVABLE", None), |facts| facts.events = Some(30_000));
    assert!(granted.redrive.ok);
    assert_eq!(granted.recommend, Recommend::Redrive);
    assert!(texts(&granted, Severity::Info).iter().any(|text| text.contains("though: Its history has 30000 events")));
    let child = judged(status("REDRIVABLE_BY_MAP_RUN", None), |_| {});
    no_redrive(&child, "redrive the execution that started the Map Run");
}

#[test]
fn a_child_of_a_map_run_is_left_to_its_parent() {
    let child = judged(|fact| fact.map_run = Some("arn:aws:states:eu-central-1:1:mapRun:m/l:u".to_owned()), |_| {});
    no_redrive(&child, "child of a Map Run");
    assert!(!child.start.ok);
    assert_eq!(child.recommend, Recommend::Neither);
    assert!(child.why.contains("redrive the execution that started"));
}

#[test]
fn a_redrive_that_is_useless_is_not_advised() {
    let same = |_: &mut ExecutionFact| {};
    let failed = judged(same, |facts| facts.fail_state = Some("JobFailed".to_owned()));
    assert!(failed.redrive.ok);
    assert_eq!(failed.recommend, Recommend::StartAgain);
    assert!(failed.why.contains("Fail state JobFailed"));
    assert!(texts(&failed, Severity::Warning).iter().any(|text| text.contains("JobFailed is a Fail state")));

    let caught = judged(same, |facts| {
        facts.status = Status::CaughtFailure;
        facts.handler = Some("SendFailureNotification".to_owned());
    });
    assert_eq!(caught.recommend, Recommend::StartAgain);
    assert!(caught.why.contains("at SendFailureNotification as SUCCEEDED"), "{}", caught.why);

    let cluster = judged(same, |facts| facts.clusters_gone = vec!["j-1K48".to_owned()]);
    assert_eq!(cluster.recommend, Recommend::StartAgain);
    assert!(cluster.why.contains("EMR cluster j-1K48, which is terminated"));

    let runtime = |changed| {
        judged(
            |fact| fact.error = Some("States.Runtime".to_owned()),
            move |facts| facts.definition_changed = Some(changed),
        )
    };
    assert_eq!(runtime(false).recommend, Recommend::StartAgain);
    assert!(runtime(false).why.contains("change the input or the definition first"));
    assert!(runtime(true).why.contains("uses the old definition"));
}

#[test]
fn a_changed_definition_is_said_and_not_decided() {
    let found = judged(|_| {}, |facts| facts.definition_changed = Some(true));
    assert_eq!(found.recommend, Recommend::Redrive);
    assert!(found.why.contains("start a new run instead"));
    assert!(texts(&found, Severity::Warning).iter().any(|text| text.starts_with("The definition has been changed")));
}

#[test]
fn nothing_runs_twice_at_once() {
    let same = |_: &mut ExecutionFact| {};
    let running = judged(same, |facts| facts.same_input_running = vec!["nightly-2".to_owned()]);
    assert_eq!((running.recommend, running.redrive.ok), (Recommend::Neither, true));
    assert!(running.why.starts_with("nightly-2 runs with the same input now."));
    let job =
        judged(same, |facts| facts.still_running_jobs = vec!["EMR step s-1".to_owned(), "EMR step s-2".to_owned()]);
    assert_eq!(job.recommend, Recommend::Neither);
    assert!(job.why.starts_with("EMR step s-1 and EMR step s-2 are still running"), "{}", job.why);
    let wrote = judged(same, |facts| facts.wrote = vec!["Load wrote s3://b/out/".to_owned()]);
    assert_eq!(
        texts(&wrote, Severity::Warning),
        ["Already written: Load wrote s3://b/out/. A new run writes it again."]
    );
}

#[test]
fn what_may_not_be_done() {
    let lacks = |who, way, action: &str| Permissions {
        caller: "user/reader".to_owned(),
        role: "role/nightly-sales".to_owned(),
        denied: vec![Denied { who, way, action: action.to_owned(), resource: ARN.to_owned(), purpose: String::new() }],
        unchecked: None,
    };
    let redrive =
        judged(|_| {}, |facts| facts.permissions = lacks(Who::Caller, Way::Redrive, "states:RedriveExecution"));
    assert!(redrive.redrive.ok, "a simulation keeps nobody from going on");
    assert_eq!(redrive.recommend, Recommend::Neither);
    assert!(redrive.why.contains("user/reader may not perform states:RedriveExecution"), "{}", redrive.why);
    let said = texts(&redrive, Severity::Warning);
    assert!(said.iter().any(|text| text.starts_with("You (user/reader) may not perform states:Redrive")), "{said:?}");
    let start = judged(|_| {}, |facts| facts.permissions = lacks(Who::Caller, Way::Start, "states:StartExecution"));
    assert_eq!(start.recommend, Recommend::Redrive, "which needs no start");
    let both = judged(|_| {}, |facts| facts.permissions = lacks(Who::Role, Way::Both, "states:StartExecution"));
    assert_eq!(both.recommend, Recommend::Neither);
    let unchecked = Permissions { unchecked: Some("Not checked.".to_owned()), ..Permissions::default() };
    let unchecked = judged(|_| {}, |facts| facts.permissions = unchecked);
    assert_eq!(unchecked.recommend, Recommend::Redrive);
    assert!(texts(&unchecked, Severity::Info).contains(&"Not checked."));
}

#[test]
fn map_runs_have_limits_of_their_own() {
    let run = |redrive_count, not_redrivable| MapRunFact {
        arn: "arn:aws:states:eu-central-1:1:mapRun:m/l:u-1".to_owned(),
        status: "FAILED".to_owned(),
        started: now(),
        stopped: None,
        items: MapCounts::default(),
        executions: MapCounts { not_redrivable, ..MapCounts::default() },
        concurrency: 10,
        tolerated_failures: 0,
        redrive_count,
    };
    let fact = fact();
    let with = |run: &MapRunFact, expired| {
        let runs = std::slice::from_ref(run);
        preflight(&Facts { map_runs: runs, children_expired: expired, ..facts(&fact) }, now())
    };
    assert_eq!(with(&run(1_000, 0), None).recommend, Recommend::StartAgain);
    assert_eq!(with(&run(999, 0), None).recommend, Recommend::Redrive);
    let near = with(&run(950, 12), Some(1));
    assert_eq!(
        texts(&near, Severity::Warning),
        [
            "Map Run u-1 can be redriven 50 more times.",
            "12 child executions of Map Run u-1 cannot be redriven and stay as they are.",
            "1 child execution ended more than 14 days ago and stays failed: a redrive leaves them out.",
        ]
    );
}

#[test]
fn the_end_of_the_period_and_of_the_history_is_a_warning() {
    let soon = judged(|fact| fact.stopped = Some(t("2026-11-07T10:30:00Z")), |facts| facts.events = Some(24_500));
    assert_eq!(
        texts(&soon, Severity::Warning),
        [
            "It can be redriven until 21 Nov 2026 10:30 UTC: 1 h 30 m left.",
            "Its history has room for 499 more events; at 25,000 an execution fails and cannot be redriven."
        ]
    );
    assert_eq!(left(now(), t("2026-11-21T11:05:00Z")), "over for 2 h 5 m");
}

fn definition() -> Definition {
    let state = |name: &str, kind| crate::definition::State {
        name: name.to_owned(),
        kind,
        parent: None,
        branch: 0,
        starts: Vec::new(),
        next: None,
        end: false,
        choices: Vec::new(),
        default: None,
        catches: Vec::new(),
        retries: Vec::new(),
        resource: None,
        jsonata: false,
        text: serde_json::Value::Null,
    };
    let kinds = [
        ("Load", K::Task),
        ("Pick", K::Choice),
        ("Doze", K::Wait),
        ("Stop", K::Fail),
        ("Both", K::Parallel),
        ("Each", K::Map),
        ("Many", K::DistributedMap),
        ("Note", K::Pass),
    ];
    let states = kinds.map(|(name, kind)| state(name, kind)).to_vec();
    Definition { start: "Load".to_owned(), comment: None, timeout_seconds: None, states }
}

#[test]
fn what_each_state_does_in_a_redrive() {
    let definition = definition();
    let said =
        |name: &str, error: Option<&str>| behaviour(Some(&definition), &[name.to_owned()], None, error).join("|");
    for (name, words) in [
        ("Load", "Load is scheduled again"),
        ("Pick", "Pick is evaluated again"),
        ("Doze", "Doze waits for its time, or not at all when that has passed"),
        ("Stop", "Stop is entered again and fails again"),
        ("Both", "only the failed and aborted branches of Both run again"),
        ("Each", "only the failed and aborted iterations of Each run again"),
        ("Many", "only the unsuccessful child executions of Many run again"),
        ("Note", "Note is left behind, without being executed"),
        ("Gone", "Gone runs again"),
    ] {
        assert_eq!(said(name, Some("States.TaskFailed")), words);
    }
    let large = Some("States.DataLimitExceeded");
    assert_eq!(said("Both", large), "all branches of Both run again, because its data were too large");
    assert_eq!(said("Many", large), "Many starts a new Map Run, with all its items");
    let load = ["Load".to_owned()];
    assert_eq!(
        behaviour(Some(&definition), &load, Some(1), None),
        ["Load is scheduled again; 1 state before it is kept"]
    );
    assert_eq!(behaviour(Some(&definition), &load, Some(0), None).len(), 2);
    let many: Vec<String> = (0..9).map(|n| format!("S{n}")).collect();
    let lines = behaviour(None, &many, Some(4), None);
    assert_eq!(
        lines.get(6..),
        Some(&["3 more states run again".to_owned(), "4 states before are kept".to_owned()][..])
    );
}
