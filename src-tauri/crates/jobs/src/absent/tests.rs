//! Jobs that have not run, and why.

use super::*;
use contract::{
    facts::Missing,
    jobs::{
        AbsenceCause,
        absence::{ChangeFact, HomeFact, QuotaFact, StarterFact},
        facts::ObjectFact,
    },
};

const NOW: &str = "2026-11-21T08:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn starter(enabled: bool) -> StarterFact {
    StarterFact { name: "rule nightly".into(), enabled, reaches: true, fired: None, failed: 0 }
}

fn fine() -> AbsenceFacts {
    AbsenceFacts {
        job: "clean".into(),
        last_run: Ok(Some(at("2026-11-18T05:00:00Z"))),
        last_success: Ok(Some(at("2026-11-18T05:10:00Z"))),
        every: Some(86_400),
        starters: Ok(vec![starter(true)]),
        home: None,
        inputs: Vec::new(),
        quotas: Ok(Vec::new()),
        changes: Ok(Vec::new()),
    }
}

fn title(facts: &AbsenceFacts) -> String {
    absence(facts, at(NOW)).unwrap().title
}

#[test]
fn a_job_that_runs_as_it_did_is_no_finding() {
    let mut facts = fine();
    facts.last_run = Ok(Some(at("2026-11-20T05:00:00Z")));
    assert_eq!(absence(&facts, at(NOW)), None);
    facts.last_run = Ok(Some(at("2027-01-01T00:00:00Z")));
    assert_eq!(absence(&facts, at(NOW)), None, "nor one whose clock is ahead");
    facts.last_run = Ok(None);
    (facts.starters, facts.every) = (Ok(Vec::new()), None);
    assert_eq!(absence(&facts, at(NOW)), None, "nor one that nothing starts");
    facts.last_run = Err(Missing { action: "glue:GetJobRuns".into(), denied: true, reason: String::new() });
    assert_eq!(absence(&facts, at(NOW)), None, "nor one whose runs cannot be read");
}

#[test]
fn a_job_is_late_from_when_it_is_due() {
    let facts = fine();
    let due = due(&facts).unwrap();
    assert_eq!(due, at("2026-11-20T05:00:00Z"), "two days after it ran");
    assert_eq!(absence(&facts, due), None);
    assert!(absence(&facts, at("2026-11-20T05:00:01Z")).is_some());
    assert_eq!(super::due(&AbsenceFacts { last_run: Ok(None), ..facts }), None);
}

#[test]
fn the_cause_stands_in_the_title() {
    let mut facts = fine();
    assert_eq!(title(&facts), "clean has not run for 3 d 3 h");
    facts.changes = Ok(vec![ChangeFact {
        at: at("2026-11-18T09:00:00Z"),
        what: "UpdateJob clean".into(),
        who: Some("ana".into()),
    }]);
    assert_eq!(title(&facts), "clean has not run for 3 d 3 h: UpdateJob clean by ana at 18 Nov 2026 09:00:00 UTC");
    facts.starters = Ok(vec![starter(false)]);
    assert_eq!(title(&facts), "clean has not run for 3 d 3 h: rule nightly is disabled");
    facts.starters = Ok(vec![starter(false), starter(true)]);
    let said = absence(&facts, at(NOW)).unwrap();
    assert!(said.checks.iter().all(|check| check.verdict != AbsenceVerdict::Cause), "another one works");
}

#[test]
fn each_check_says_what_it_found() {
    let mut facts = fine();
    let home = |state: &str, exists| HomeFact {
        name: "cluster j-1".into(),
        exists,
        state: Some(state.into()),
        reason: Some("User request".into()),
        since: Some(at("2026-11-18T08:00:00Z")),
    };
    let object = |size: u64, exists| ObjectFact {
        uri: "s3://lake/in/x.csv".into(),
        version_id: None,
        etag: None,
        size: Some(size),
        modified: Some(at("2026-11-17T00:00:00Z")),
        exists,
    };
    facts.home = Some(Ok(home("TERMINATED", true)));
    assert!(title(&facts).ends_with("cluster j-1 is TERMINATED for 3 d: User request"));
    facts.home = Some(Ok(home("", false)));
    assert!(title(&facts).ends_with("cluster j-1 is gone"));
    facts.home = Some(Ok(home("WAITING", true)));
    facts.inputs = vec![Ok(object(1, false))];
    assert!(title(&facts).ends_with("s3://lake/in/x.csv is not there"));
    facts.inputs = vec![Ok(object(1, true))];
    assert!(title(&facts).ends_with("has not been written since the last run: last write 17 Nov 2026 00:00:00 UTC"));
    facts.inputs[0].as_mut().unwrap().modified = Some(at("2026-11-20T00:00:00Z"));
    let told: Vec<String> = absence(&facts, at(NOW)).unwrap().checks.into_iter().map(|check| check.text).collect();
    assert!(
        told.contains(&"s3://lake/in/x.csv is there, 1 B, written 20 Nov 2026 00:00:00 UTC".to_owned()),
        "{told:?}"
    );
    assert!(told.contains(&"the last success was 3 d 2 h ago: 18 Nov 2026 05:10:00 UTC".to_owned()), "{told:?}");
    facts.inputs = Vec::new();
    facts.quotas = Ok(vec![QuotaFact { name: "concurrent vCPUs".into(), used: 16, limit: 16 }]);
    assert!(title(&facts).ends_with("16 of 16 concurrent vCPUs in use"));
    facts.quotas =
        Err(Missing { action: "servicequotas:ListServiceQuotas".into(), denied: true, reason: String::new() });
    let said = absence(&facts, at(NOW)).unwrap();
    let quota = said.checks.iter().find(|check| check.what == AbsenceCause::Quota).unwrap();
    assert_eq!(quota.verdict, AbsenceVerdict::Unknown);
    assert_eq!(quota.text, "the quotas could not be read: servicequotas:ListServiceQuotas is not allowed");
    facts.last_run = Ok(None);
    assert!(title(&facts).starts_with("clean has never run"));
}
