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
    StarterFact {
        name: "rule nightly".into(),
        enabled,
        reaches: true,
        fired: None,
        failed: 0,
        unread: None,
        due: None,
        asked: None,
    }
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
        quotas: Vec::new(),
        account: None,
        changes: Vec::new(),
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
    facts.changes = vec![Ok(ChangeFact {
        at: at("2026-11-18T09:00:00Z"),
        what: "UpdateJob clean".into(),
        who: Some("ana".into()),
    })];
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
        starts_itself: None,
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
    facts.last_run = Ok(None);
    assert!(title(&facts).starts_with("clean has never run"));
}

fn texts(facts: &AbsenceFacts, what: AbsenceCause) -> Vec<(AbsenceVerdict, String)> {
    let all = absence(facts, at(NOW)).unwrap().checks;
    all.into_iter().filter(|check| check.what == what).map(|check| (check.verdict, check.text)).collect()
}

fn missing(action: &str) -> Missing {
    Missing { action: action.into(), denied: true, reason: String::new() }
}

#[test]
fn a_quota_says_how_much_of_it_is_taken_and_since_when() {
    let mut facts = fine();
    let runs = |used| QuotaFact {
        name: "concurrent runs of the job".into(),
        used,
        at_least: false,
        limit: Some(2),
        since: Some(at("2026-11-21T05:10:00Z")),
        waiting: 1,
    };
    facts.quotas = vec![Ok(QuotaFact { limit: Some(0), ..runs(0) })];
    let off = "concurrent runs of the job: 0 are allowed, so none can run";
    assert!(texts(&facts, AbsenceCause::Quota).contains(&(AbsenceVerdict::Cause, off.into())));
    facts.quotas = vec![Ok(runs(2))];
    let busy = "2 of 2 concurrent runs of the job in use since 21 Nov 2026 05:10:00 UTC, 1 more waits";
    assert!(title(&facts).ends_with(busy), "{}", title(&facts));
    facts.quotas = vec![Ok(QuotaFact { since: None, waiting: 0, ..runs(0) })];
    let told = texts(&facts, AbsenceCause::Quota);
    assert!(told.contains(&(AbsenceVerdict::Fine, "0 of 2 concurrent runs of the job in use".into())), "{told:?}");
    let account = (AbsenceVerdict::Unknown, "account quotas: look in Service Quotas".to_owned());
    assert!(told.contains(&account), "{told:?}");
}

#[test]
fn a_quota_of_which_not_all_was_counted_is_reached_or_not_known_but_never_free() {
    let mut facts = fine();
    let counted = |limit| QuotaFact {
        name: "concurrent runs of the application".into(),
        used: 900,
        at_least: true,
        limit: Some(limit),
        since: None,
        waiting: 1_100,
    };
    let mut told = |limit| {
        facts.quotas = vec![Ok(counted(limit))];
        let all = texts(&facts, AbsenceCause::Quota);
        all.into_iter().find(|(_, text)| text.contains("of the application")).unwrap()
    };
    let reached = "at least 900 of 900 concurrent runs of the application in use, at least 1100 more wait";
    assert_eq!(told(900), (AbsenceVerdict::Cause, reached.to_owned()));
    let (verdict, text) = told(1_000);
    assert_eq!(verdict, AbsenceVerdict::Unknown);
    assert!(text.ends_with("more wait; there are more than were counted"), "{text}");
}

#[test]
fn a_quota_that_could_not_be_read_is_not_taken_for_free() {
    let mut facts = fine();
    facts.quotas = vec![Err(missing("cloudwatch:GetMetricData"))];
    facts.account = Some(Ok(QuotaFact {
        name: "vCPU of the account".into(),
        used: 15,
        at_least: false,
        limit: Some(16),
        since: None,
        waiting: 0,
    }));
    let told = texts(&facts, AbsenceCause::Quota);
    let unread = "a quota could not be read: cloudwatch:GetMetricData is not allowed".to_owned();
    let nearly = (AbsenceVerdict::Suspect, "15 of 16 vCPU of the account in use".to_owned());
    assert_eq!(told, [nearly, (AbsenceVerdict::Unknown, unread)]);
}

#[test]
fn a_folder_is_checked_by_what_was_written_below_it() {
    let mut facts = fine();
    let mut told = |modified: Option<&str>| {
        facts.inputs = vec![Ok(ObjectFact {
            uri: "s3://lake/in/".into(),
            version_id: None,
            etag: None,
            size: None,
            modified: modified.map(at),
            exists: modified.is_some(),
        })];
        texts(&facts, AbsenceCause::Input).remove(0)
    };
    assert_eq!(told(None), (AbsenceVerdict::Suspect, "nothing is stored below s3://lake/in/".into()));
    let silent = "nothing was written below s3://lake/in/ since the last run: last write 17 Nov 2026 00:00:00 UTC";
    assert_eq!(told(Some("2026-11-17T00:00:00Z")), (AbsenceVerdict::Suspect, silent.into()));
    let written = "s3://lake/in/ was written to: last write 20 Nov 2026 00:00:00 UTC";
    assert_eq!(told(Some("2026-11-20T00:00:00Z")), (AbsenceVerdict::Fine, written.into()));
}

#[test]
fn a_pattern_is_checked_by_what_it_names() {
    let mut facts = fine();
    let mut told = |size: Option<u64>, modified: Option<&str>| {
        facts.inputs = vec![Ok(ObjectFact {
            uri: "s3://lake/in/*.csv".into(),
            version_id: None,
            etag: None,
            size,
            modified: modified.map(at),
            exists: modified.is_some(),
        })];
        texts(&facts, AbsenceCause::Input).remove(0)
    };
    let nothing = "nothing is stored that matches s3://lake/in/*.csv";
    assert_eq!(told(None, None), (AbsenceVerdict::Suspect, nothing.into()));
    let silent =
        "nothing was written that matches s3://lake/in/*.csv since the last run: last write 17 Nov 2026 00:00:00 UTC";
    assert_eq!(told(None, Some("2026-11-17T00:00:00Z")), (AbsenceVerdict::Suspect, silent.into()));
    let written = "what matches s3://lake/in/*.csv was written: last write 20 Nov 2026 00:00:00 UTC";
    assert_eq!(told(None, Some("2026-11-20T00:00:00Z")), (AbsenceVerdict::Fine, written.into()));
    let key = "s3://lake/in/*.csv is empty";
    let named = told(Some(0), Some("2026-11-20T00:00:00Z"));
    assert_eq!(named, (AbsenceVerdict::Suspect, key.into()), "a key of that name");
}

#[test]
fn a_stopped_application_is_the_cause_only_if_no_job_starts_it() {
    let mut facts = fine();
    let mut verdict = |starts_itself| {
        facts.home = Some(Ok(HomeFact {
            name: "application adhoc".into(),
            exists: true,
            state: Some("STOPPED".into()),
            reason: None,
            since: None,
            starts_itself,
        }));
        texts(&facts, AbsenceCause::Home).remove(0)
    };
    assert_eq!(verdict(None), (AbsenceVerdict::Suspect, "application adhoc is STOPPED".into()));
    assert_eq!(verdict(Some(false)), (AbsenceVerdict::Cause, "application adhoc is STOPPED; auto start is off".into()));
    assert_eq!(verdict(Some(true)).0, AbsenceVerdict::Fine);
}

#[test]
fn what_is_known_of_changes_is_told_beside_what_is_not() {
    let mut facts = fine();
    let change = |when: &str| ChangeFact { at: at(when), what: "UpdateJob".into(), who: None };
    facts.changes = vec![Ok(change("2026-11-10T00:00:00Z")), Ok(change("2026-11-12T00:00:00Z"))];
    let before = "no change since the last run is known; the change before it: UpdateJob at 12 Nov 2026 00:00:00 UTC";
    assert_eq!(texts(&facts, AbsenceCause::Change), [(AbsenceVerdict::Fine, before.to_owned())]);
    facts.changes = vec![Ok(change("2026-11-19T00:00:00Z")), Err(missing("cloudtrail:LookupEvents"))];
    let told = texts(&facts, AbsenceCause::Change);
    let verdicts: Vec<_> = told.iter().map(|(verdict, _)| *verdict).collect();
    assert_eq!(verdicts, [AbsenceVerdict::Suspect, AbsenceVerdict::Unknown], "{told:?}");
    facts.changes.drain(..1);
    let unread = "what was changed could not be read: cloudtrail:LookupEvents is not allowed";
    assert_eq!(texts(&facts, AbsenceCause::Change), [(AbsenceVerdict::Unknown, unread.to_owned())]);
}

#[test]
fn a_clock_that_is_on_and_did_not_fire_is_said_with_its_time() {
    let told = |last: Option<&str>, starter: StarterFact| {
        let facts = AbsenceFacts { last_run: Ok(last.map(at)), starters: Ok(vec![starter]), ..fine() };
        texts(&facts, AbsenceCause::Starter).remove(0)
    };
    let due = StarterFact { due: Some(at("2026-11-19T05:00:00Z")), ..starter(true) };
    let last = Some("2026-11-18T05:00:00Z");
    let listed = "rule nightly should have started it at 19 Nov 2026 05:00:00 UTC";
    assert_eq!(told(last, due.clone()), (AbsenceVerdict::Suspect, listed.into()), "nobody asked whether it fired");
    assert_eq!(told(None, due.clone()).1, "rule nightly has never started it");
    let asked = StarterFact { asked: Some(at("2026-11-18T05:00:00Z")), ..due.clone() };
    let silent = "rule nightly should have fired at 19 Nov 2026 05:00:00 UTC, and did not";
    assert_eq!(told(last, asked.clone()), (AbsenceVerdict::Suspect, silent.into()));
    let never = "rule nightly has never started it, and has not fired since 18 Nov 2026 05:00:00 UTC";
    assert_eq!(told(None, asked.clone()).1, never);
    let fired = StarterFact { fired: Some(at("2026-11-19T05:00:00Z")), ..asked };
    assert!(told(last, fired).1.ends_with("and no run followed"), "what its metrics tell comes first");
    let missing = Missing { action: "cloudwatch:GetMetricData".into(), denied: true, reason: String::new() };
    let (verdict, text) = told(last, StarterFact { unread: Some(missing), ..due });
    assert_eq!(verdict, AbsenceVerdict::Suspect);
    assert!(text.starts_with(listed) && text.ends_with("cloudwatch:GetMetricData is not allowed"), "{text}");
    let quiet = StarterFact { asked: Some(at("2026-11-18T05:00:00Z")), ..starter(true) };
    let said = "rule nightly is enabled and has not fired since 18 Nov 2026 05:00:00 UTC";
    assert_eq!(told(last, quiet), (AbsenceVerdict::Fine, said.into()), "by events, which need not come");
}

#[test]
fn what_is_known_to_be_late_is_explained_however_short_its_silence() {
    let facts = AbsenceFacts {
        last_run: Ok(Some(at("2026-11-21T05:00:00Z"))),
        last_success: Ok(Some(at("2026-11-21T05:10:00Z"))),
        ..fine()
    };
    assert_eq!(absence(&facts, at(NOW)), None);
    let told = explained(&facts, at(NOW));
    assert_eq!((told.title.as_str(), told.silent), ("clean has not run for 3 h", Some(3 * 3_600_000)));
}

#[test]
fn an_input_leads_to_where_it_should_be() {
    let uri = |uri: &str, size: Option<u64>| {
        let object =
            ObjectFact { uri: uri.into(), version_id: None, etag: None, size, modified: None, exists: size.is_some() };
        let facts = AbsenceFacts { inputs: vec![Ok(object)], ..fine() };
        let checks = absence(&facts, at(NOW)).unwrap().checks;
        assert!(checks.iter().all(|check| check.what == AbsenceCause::Input || check.uri.is_none()));
        checks.into_iter().find(|check| check.what == AbsenceCause::Input).unwrap().uri.unwrap()
    };
    assert_eq!(uri("s3://lake/in/orders.csv", None), "s3://lake/in/orders.csv");
    assert_eq!(uri("s3://lake/in/", None), "s3://lake/in/");
    assert_eq!(uri("s3://lake/in/orders*", None), "s3://lake/in/");
    assert_eq!(uri("s3://lake/*.csv", None), "s3://lake/");
    assert_eq!(uri("s3://lake/in/orders[1].csv", Some(4)), "s3://lake/in/orders[1].csv", "a key of that name");
}
