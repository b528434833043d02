//! What is told apart before anything is scanned; whole diagnoses are held to the estate through the bridge.

use super::{catalogue::Known, choose::Choice, facts, is_final, scan::Gate, words};
use crate::logs::Address;
use ::logs::refs::Attempts;
use contract::{
    Notice, Timestamp,
    jobs::{
        JobId, LogFileRow,
        diagnosis::{Diagnosis, Verdict},
        facts::{Configuration, Driver, RunFact},
    },
};

const OWN: &str = "application_1763503312345_0007";

fn step() -> RunFact {
    let driver = Driver::Jar {
        jar: "command-runner.jar".into(),
        main_class: None,
        arguments: ["spark-submit", "--conf", "spark.db.password=hunter2", "--executor-memory", "8g", "s3://code/a.py"]
            .map(str::to_owned)
            .into(),
        properties: Vec::new(),
        on_failure: None,
    };
    let id = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
    let mut run = RunFact::bare(id, "FAILED", driver);
    run.reason = Some("Unknown Error.".into());
    (run.started, run.ended) = (Some(at("02:00")), Some(at("02:30")));
    run.request.configurations =
        vec![Configuration { classification: "spark-defaults".into(), properties: Vec::new() }];
    run
}

fn at(clock: &str) -> Timestamp {
    format!("2026-11-20T{clock}:00Z").parse().unwrap()
}

fn row(path: &str, written: &str) -> LogFileRow {
    let address = Address::read(&format!("s3://lake-logs/emr/j-1/{path}"), None).unwrap();
    address.row(Some(1), Some(at(written)))
}

fn container(application: &str, number: u32) -> LogFileRow {
    let numbers = application.trim_start_matches("application_");
    row(&format!("containers/{application}/container_{numbers}_01_{number:06}/stderr.gz"), "02:31")
}

#[test]
fn facts_are_in_the_words_of_triage_and_hold_no_secret() {
    let facts = facts::facts(&step());
    assert_eq!((facts.state.as_deref(), facts.engine.as_deref()), (Some("FAILED"), Some("emr-ec2")));
    assert_eq!((facts.texts.len(), facts.texts[0].name.as_str()), (1, "FailureDetails"));
    assert_eq!(facts.config.get("spark.executor.memory").map(String::as_str), Some("8g"));
    assert!(!facts.config.values().any(|value| value.contains("hunter2")), "{:?}", facts.config);
}

#[test]
fn the_limit_of_a_glue_run_is_named_as_its_api_does() {
    let mut run = RunFact { id: JobId::Glue { job: "crm".into(), run: "jr_1".into() }, ..step() };
    run.request.timeout_minutes = Some(60);
    assert_eq!(facts::facts(&run).config.get("Timeout").map(String::as_str), Some("60"));
    run.id = JobId::Step { cluster: "j-1".into(), step: "s-1".into() };
    assert_eq!(facts::facts(&run).config.get("Timeout"), None);
}

#[test]
fn the_steps_own_log_first_then_its_driver_then_who_was_lost() {
    let mut files: Vec<_> = (1..=4).map(|number| container(OWN, number)).collect();
    files.push(container("application_1763503312345_0008", 1));
    files.push(row("steps/s-1/stderr.gz", "02:31"));
    files.push(row("node/i-0abc/applications/hadoop-yarn/hadoop-yarn-nodemanager-ip-10-0-1-2.log.gz", "02:31"));
    files.push(row("node/i-0abc/bootstrap-actions/1/stderr.gz", "00:10"));
    let choice = Choice::new(&step(), &files);
    assert_eq!(choice.first.len(), 1);
    let mut links = Attempts::default();
    links
        .of(None)
        .feed(b"Launching container container_1763503312345_0007_01_000004 on host ip-10-0-1-2 for executor with ID 3");
    let rest = choice.rest(&[OWN.to_owned()], &["3".to_owned()], &links);
    let names: Vec<_> = rest.iter().map(|row| row.container.clone().unwrap_or_default()).collect();
    let own = |number: u32| format!("container_1763503312345_0007_01_{number:06}");
    assert_eq!(names, [own(1), own(4), own(2), own(3), String::new()], "no other step, no bootstrap of hours ago");
}

#[test]
fn a_daemon_speaks_of_many_steps() {
    let node = row("node/i-0abc/applications/hadoop-yarn/hadoop-yarn-nodemanager-ip-10-0-1-2.log.gz", "02:31");
    let mut gate = Gate::new(&step(), &node, &[OWN.to_owned()]);
    let own = b"Container container_1763503312345_0007_01_000004 exited with 137";
    assert!(gate.lets(own, Some(at("02:10"))) && gate.lets(own, Some(at("02:32"))));
    assert!(!gate.lets(own, Some(at("02:40"))) && !gate.lets(own, Some(at("01:50"))));
    assert!(!gate.lets(b"Container container_1763503312345_0008_01_000004 exited", Some(at("02:10"))));
    assert!(gate.lets(b"No space left on device", Some(at("02:10"))), "what names nobody may be about all");
    let mut driver = Gate::new(&step(), &container(OWN, 1), &[OWN.to_owned()]);
    assert!(driver.lets(b"application_1763503312345_0008", Some(at("09:00"))), "its own file is its own");
}

#[test]
fn an_invocation_is_from_its_start_to_its_report() {
    let id = JobId::Lambda { function: "load".into(), request: "8b1f".into() };
    let run = RunFact { id, ..step() };
    let stream = Address::read("/aws/lambda/load:2026/11/20/[$LATEST]ab", None).unwrap().row(None, None);
    let mut gate = Gate::new(&run, &stream, &[]);
    let lines: [(&[u8], bool); 8] = [
        (b"START RequestId: 77aa Version: $LATEST", false),
        (b"[ERROR] KeyError: 'x'", false),
        (b"REPORT RequestId: 77aa Duration: 3 ms", false),
        (b"START RequestId: 8b1f Version: $LATEST", true),
        (b"[ERROR] Disk Full", true),
        (b"END RequestId: 8b1f", true),
        (b"REPORT RequestId: 8b1f Duration: 3 ms", true),
        (b"[ERROR] of nobody", false),
    ];
    for (line, lets) in lines {
        assert_eq!(gate.lets(line, None), lets, "{}", String::from_utf8_lossy(line));
    }
}

#[test]
fn what_a_run_does_not_take_is_said_and_not_offered() {
    let known = Known::Ours(::triage::Catalogue::builtin());
    let killed =
        "Container killed by YARN for exceeding physical memory limits. 9.1 GB of 8.8 GB physical memory used.";
    let texts = vec![::triage::Fact { name: "Message".into(), text: killed.into() }];
    let of = ::triage::Facts { state: Some("FAILED".into()), texts, ..::triage::Facts::default() };
    let findings = || words::findings(&known, known.report(&::triage::Scan::default(), &of, None).findings);
    let changes = |run: &RunFact| {
        let mut findings = findings();
        words::offer(&run.request, &mut findings);
        let settings = findings.into_iter().flat_map(|finding| finding.settings).collect::<Vec<_>>();
        assert!(!settings.is_empty(), "it is said all the same");
        let told = settings.iter().any(|setting| setting.told().contains("takes no such setting"));
        (settings.iter().filter_map(|setting| setting.change(&run.id)).count(), told)
    };
    let (offered, told) = changes(&step());
    assert!(offered > 0 && !told);
    let mut hive = step();
    if let Driver::Jar { arguments, .. } = &mut hive.request.driver {
        *arguments = ["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q.hql"].map(str::to_owned).into();
    }
    assert_eq!(changes(&hive), (0, true));
}

#[test]
fn what_was_said_before_the_last_logs_were_pushed_is_not_the_last_word() {
    let run = step();
    let mut diagnosis = Diagnosis {
        job: run.id.clone(),
        verdict: Verdict::Unknown,
        findings: Vec::new(),
        unknown: None,
        noise: Vec::new(),
        files: Vec::new(),
        records: 0,
        bytes: 0,
        complete: true,
        as_of: at("02:31"),
        notices: Vec::new(),
    };
    // EMR pushes every five minutes.
    assert!(!is_final(&run, &diagnosis, at("02:31")));
    assert!(is_final(&run, &diagnosis, at("02:45")));
    diagnosis.notices.push(Notice::warning("A file could not be read."));
    assert!(!is_final(&run, &diagnosis, at("02:45")));
}
