//! Why runs failed, from the logs of the estate: one run of each engine, and every failed step of its cluster.

use crate::{
    jobs::{adhoc, kitchens, nightly, one, open},
    logs::{failed, id_of, stream_of},
    own_signatures,
};
use anyhow::{Context as _, Result};
use contract::{
    Timestamp,
    jobs::{
        DescribeJob, DiagnoseJob, Diagnosis, DiagnosisEvent, Engine, HomeId, JobId, JobsOf, LogFileRow, LogRole,
        SageMakerKind, State,
        diagnosis::{RetryAdvice, SettingKind, Verdict},
        facts::{Driver, GlueDriver, RunFact},
    },
    logs::{LogView, OpenLog},
    range::Within,
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tests::bridge::{Core, Touch, on_estate};

const CLUSTER: &str = "j-2QD8SALESETL";

pub fn run(id: JobId, status: &str, reason: Option<&str>) -> RunFact {
    let driver = Driver::SparkSubmit {
        entry_point: "s3://code/job.py".into(),
        arguments: Vec::new(),
        parameters: Some("--conf spark.executor.memory=8g --conf spark.executor.memoryOverhead=819m".into()),
    };
    RunFact { reason: reason.map(str::to_owned), ..RunFact::bare(id, status, driver) }
}

/// The rows of files, as opening them tells.
fn rows(core: &Core, addresses: &[String]) -> Result<Vec<LogFileRow>> {
    let (state, _) = core.open_logs(addresses, None)?;
    Ok(state.files.into_iter().map(|file| file.row).collect())
}

/// The last answer, and all that was told on the way.
pub async fn diagnose(core: &Core, run: RunFact, files: &[LogFileRow]) -> Result<(Diagnosis, Vec<Diagnosis>)> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&told);
    let events = Arc::new(move |event| {
        if let DiagnosisEvent::Read(diagnosis) = event {
            into.lock().expect("nobody panics here").push(*diagnosis);
        }
    });
    let desk = core.desk();
    let last = desk.diagnose_run(run, files, events).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let told = told.lock().expect("nobody panics here").clone();
    Ok((last, told))
}

fn cause(diagnosis: &Diagnosis) -> &str {
    match (diagnosis.verdict, diagnosis.findings.first()) {
        (Verdict::Cause, Some(finding)) => &finding.signature,
        _ => "",
    }
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_failure_of_today_is_in_the_file_that_was_read() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let one = failed(estate, "serverless", "malformed records")?;
        let (application, id) = ("00fe6s2r9vq1b30l".to_owned(), id_of(&one).to_owned());
        let files = core.log_files(&format!("emr-serverless/applications/{application}/jobs/{id}/"))?;
        let files = rows(core, &files)?;
        let job = JobId::Serverless { application, run: id, attempt: None };
        let reason = "Job failed, please check complete logs in configured logging destination. ExitCode: 1.";
        let (diagnosis, told) = diagnose(core, run(job.clone(), "FAILED", Some(reason)), &files).await?;
        assert_eq!(
            (diagnosis.verdict, &diagnosis.job, diagnosis.complete),
            (Verdict::Cause, &job, true),
            "{diagnosis:#?}"
        );
        assert!(!told.is_empty() && told.iter().all(|diagnosis| !diagnosis.complete));
        let finding = &diagnosis.findings[0];
        assert_eq!(finding.layer, "data", "{finding:#?}");
        assert_ne!(finding.retry, RetryAdvice::Same, "the same bytes fail again");
        assert!(diagnosis.files.len() >= 5 && diagnosis.records > 100 && diagnosis.bytes > 10_000);
        assert!(!diagnosis.noise.is_empty(), "what successful runs say too is told apart");

        // A line of the evidence is where it says.
        let line = finding.evidence.iter().find(|line| line.at.is_some()).context("a quoted line")?;
        let at = line.at.context("a place")?;
        let address = diagnosis.files[at.file as usize].address.clone();
        let (state, _) = core.open_logs(&[address], None)?;
        let window = core.log_window(&state, LogView::Lines, at.line, at.line + 1)?;
        let start: String = line.text.trim_start_matches(['…', ' ']).chars().take(40).collect();
        assert!(window.rows[0].text.contains(&start), "{} does not hold {start}", window.rows[0].text);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn each_engine_has_its_cause() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mut found = BTreeMap::new();
        let mut wanted = BTreeMap::new();

        let one = failed(estate, "serverless", "memory overhead")?;
        let (application, id) = ("00fadh0canalyt1c".to_owned(), id_of(&one).to_owned());
        let files = core.log_files(&format!("emr-serverless/applications/{application}/jobs/{id}/"))?;
        let job = JobId::Serverless { application, run: id, attempt: None };
        let (diagnosis, _) = diagnose(core, run(job, "FAILED", None), &rows(core, &files)?).await?;
        let settings = &diagnosis.findings[0].settings;
        let overhead =
            settings.iter().find(|setting| setting.key == "spark.executor.memoryOverhead").context("advice")?;
        assert_eq!(overhead.current.as_deref(), Some("819m"));
        assert!(overhead.value.is_some(), "computed from the evidence: {overhead:?}");
        found.insert("serverless", cause(&diagnosis).to_owned());
        wanted.insert("serverless", "memory.container-physical");

        let one = failed(estate, "containers", "stores-report")?;
        let (virtual_cluster, id) = ("kq8f0recastk1tchens0000001".to_owned(), id_of(&one).to_owned());
        let files = core.log_files(&format!("emr-eks/{virtual_cluster}/jobs/{id}/"))?;
        let job = JobId::Eks { virtual_cluster, run: id };
        let (diagnosis, _) = diagnose(core, run(job, "FAILED", None), &rows(core, &files)?).await?;
        found.insert("eks", cause(&diagnosis).to_owned());
        wanted.insert("eks", "memory.driver-heap");

        let one = failed(estate, "glue", "price-list")?;
        let id = id_of(&one).to_owned();
        let files = vec![format!("/aws-glue/jobs/error:{id}"), format!("/aws-glue/jobs/output:{id}")];
        let job = JobId::Glue { job: "price-list".into(), run: id };
        let (diagnosis, _) = diagnose(core, run(job, "FAILED", None), &rows(core, &files)?).await?;
        found.insert("glue", cause(&diagnosis).to_owned());
        wanted.insert("glue", "data.cast");

        let one = failed(estate, "processing", "processing client error")?;
        let name = id_of(&one).to_owned();
        let group = "/aws/sagemaker/ProcessingJobs";
        let files = vec![format!("{group}:{}", stream_of(estate, group, &name)?)];
        let job = JobId::SageMaker { kind: SageMakerKind::Processing, name };
        let (diagnosis, _) = diagnose(core, run(job, "Failed", None), &rows(core, &files)?).await?;
        found.insert("sagemaker", cause(&diagnosis).to_owned());
        wanted.insert("sagemaker", "s3.no-such-key");

        for (engine, signature) in wanted {
            assert_eq!(found[engine], signature, "{engine}: {found:?}");
        }
        Ok(())
    })
}

/// As the window asks: the run as its engine describes it, the files that are found at its places, the lines in them.
#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_run_of_each_engine_leads_to_its_cause_as_the_window_asks() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let of = |home: HomeId, name: &str| one(core, home, name, &State::Failed);
        let (_, recent) = open(core, JobsOf::All, Some(Within::last_hours(72)))?;
        let processing = recent
            .into_iter()
            .find(|row| row.name.starts_with("churn-features") && row.state == State::Failed)
            .context("a processing job that failed")?;
        let (_, calls) = open(core, JobsOf::Home(HomeId::Function("orders-loader".into())), None)?;
        let call = calls.into_iter().find(|row| row.state == State::Failed).context("an invocation that failed")?;
        let lambda: &[&str] = &["lambda.error", "python.exception", "redshift.disk-full"];
        let cases: [(_, &[&str]); 6] = [
            (of(nightly(), "basket-affinity")?, &["memory.executor-heap", "memory.exit-52"]),
            (of(adhoc(), "image-features")?, &["memory.container-physical"]),
            (of(kitchens(), "stores-report")?, &["memory.driver-heap"]),
            (of(HomeId::GlueJob("price-list".into()), "price-list")?, &["data.cast"]),
            (call, lambda),
            (processing, &["s3.no-such-key"]),
        ];
        assert_eq!(cases.each_ref().map(|(row, _)| row.id.engine()), Engine::ALL);
        for (row, wanted) in &cases {
            let diagnosis = own_signatures::diagnose(core, &row.id)?;
            assert_eq!(diagnosis.job, row.id);
            assert!(wanted.contains(&cause(&diagnosis)), "{}: {:?} {diagnosis:#?}", row.name, cause(&diagnosis));
            let finding = diagnosis.findings.first().context("the cause")?;
            let quoted = finding.evidence.iter().find_map(|line| line.at.map(|at| (line, at)));
            let (line, at) = quoted.with_context(|| format!("{}: a line of a log: {finding:#?}", row.name))?;
            // A stream may be read in part; in a file the line stands where the diagnosis says.
            if !matches!(row.id.engine(), Engine::Emr | Engine::EmrServerless | Engine::EmrEks) {
                continue;
            }
            let address = diagnosis.files[at.file as usize].address.clone();
            let (state, _) = core.open_logs(&[address], Some(row.id.clone()))?;
            let window = core.log_window(&state, LogView::Lines, at.line, at.line + 1)?;
            let start: String = line.text.trim_start_matches(['…', ' ']).chars().take(30).collect();
            assert!(window.rows[0].text.contains(start.trim_end()), "{}: {start}", row.name);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_training_job_tells_what_it_went_through_in_order() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let within = Some(Within::last_hours(14 * 24));
        let (_, rows) = open(core, JobsOf::All, within)?;
        // It ran and failed; others got no machine.
        let row = rows.iter().find(|row| row.name.starts_with("demand-forecast") && row.state == State::Failed);
        let row = row.context("a training job that failed")?;
        let view = core.ask(&DescribeJob { id: row.id.clone() })?.view;
        let told: Vec<&str> = view.moments.iter().map(|moment| moment.what.as_str()).collect();
        assert!(view.moments.is_sorted_by_key(|moment| moment.at), "{:?}", view.moments);
        assert_eq!((told.first(), told.last()), (Some(&"created"), Some(&"ended: failed")), "{told:?}");
        assert!(told.contains(&"Starting") && told.contains(&"started"), "{told:?}");
        let failed = view.moments.iter().find(|moment| moment.what == "Failed").context("its last transition")?;
        assert!(failed.failure && failed.text.as_deref().is_some_and(|text| !text.is_empty()), "{failed:?}");
        assert_eq!(view.moments.last().map(|moment| Some(moment.at)), Some(view.row.ended));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn no_setting_of_spark_is_offered_where_no_spark_runs() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let one = failed(estate, "serverless", "memory overhead")?;
        let (application, id) = ("00fadh0canalyt1c".to_owned(), id_of(&one).to_owned());
        let files = core.log_files(&format!("emr-serverless/applications/{application}/jobs/{id}/"))?;
        let files = rows(core, &files)?;
        let asked = run(JobId::Serverless { application, run: id, attempt: None }, "FAILED", None);
        let step = |words: &[&str]| Driver::Jar {
            jar: "command-runner.jar".into(),
            main_class: None,
            arguments: words.iter().map(|word| (*word).to_owned()).collect(),
            properties: Vec::new(),
            on_failure: None,
        };
        let shell = GlueDriver { command: "pythonshell".into(), ..GlueDriver::default() };
        let cases = [
            (asked.request.driver.clone(), true),
            (step(&["spark-submit", "--deploy-mode", "cluster", "s3://code/job.py"]), true),
            (step(&["hive-script", "--run-hive-script", "--args", "-f", "s3://code/day.q"]), false),
            (Driver::Hive { query: "s3://code/day.sql".into(), init: None, parameters: None }, false),
            (Driver::Glue(Box::new(shell)), false),
        ];
        // The same log each time: what it says of memory is the same, and what may be set is not.
        for (driver, runs_spark) in cases {
            let mut fact = asked.clone();
            fact.request.driver = driver.clone();
            let (diagnosis, _) = diagnose(core, fact, &files).await?;
            let offered = diagnosis.findings.iter().flat_map(|finding| &finding.settings);
            let has = offered.clone().any(|setting| setting.kind == SettingKind::Spark);
            assert_eq!(has, runs_spark, "{driver:?}: {:?}", offered.collect::<Vec<_>>());
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cluster_that_never_came_up_is_explained_by_its_bootstrap_action() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let id = JobId::Cluster { cluster: "j-1B0OTFA1LPYAR".into() };
        let detail = core.ask(&DescribeJob { id: id.clone() })?;
        assert_eq!((detail.view.row.name.as_str(), &detail.view.row.state), ("menu-vision", &State::Failed));
        assert!(detail.view.row.reason.unwrap_or_default().contains("bootstrap action 1"));
        assert!(!detail.offers.again.ok && !detail.offers.stop.ok, "{:?}", detail.offers);
        let (reply, channel) = core.stream(&DiagnoseJob { id })?;
        let first = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let diagnosis = if first.complete {
            first
        } else {
            channel.wait("the diagnosis", |event| match event {
                DiagnosisEvent::Read(read) if read.complete => Some(Ok(Diagnosis::clone(read))),
                DiagnosisEvent::Read(_) => None,
                DiagnosisEvent::Failed(fault) => Some(Err(anyhow::anyhow!("{fault:?}"))),
            })??
        };
        assert_eq!(cause(&diagnosis), "emr.bootstrap", "{diagnosis:#?}");
        let finding = diagnosis.findings.first().context("the cause")?;
        assert_eq!(finding.title, "Bootstrap action 1 failed");
        assert!(finding.evidence.iter().any(|line| line.fact.as_deref() == Some("StateChangeReason")), "{finding:#?}");
        assert!(finding.evidence.iter().any(|line| line.at.is_some()), "a line of a log: {finding:#?}");
        assert!(diagnosis.files.iter().any(|file| file.role == LogRole::Bootstrap), "{:?}", diagnosis.files);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_invocation_is_told_apart_from_others_in_its_stream() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let group = "/aws/lambda/orders-loader";
        let stream = stream_of(estate, group, &estate.says("story_day")?.replace('-', "/"))?;
        let address = format!("{group}:{stream}");
        let (state, _) = core.open_logs(std::slice::from_ref(&address), None)?;
        let (mut request, mut requests) = (String::new(), BTreeMap::new());
        for row in core.log_rows(&state, LogView::Lines)? {
            if let Some(rest) = row.text.split("START RequestId: ").nth(1) {
                request = rest.split(' ').next().unwrap_or_default().to_owned();
            }
            for word in ["KeyError", "Disk Full"] {
                if row.text.contains("[ERROR]") && row.text.contains(word) {
                    requests.entry(word).or_insert_with(|| request.clone());
                }
            }
        }
        let wanted: [(&str, &[&str]); 2] =
            [("KeyError", &["lambda.error", "python.exception"]), ("Disk Full", &["redshift.disk-full"])];
        for (word, signatures) in wanted {
            let request =
                requests.get(word).cloned().with_context(|| format!("an invocation with {word}: {requests:?}"))?;
            let job = JobId::Lambda { function: "orders-loader".into(), request };
            let files = rows(core, std::slice::from_ref(&address))?;
            let (diagnosis, _) = diagnose(core, run(job, "FAILED", None), &files).await?;
            assert!(signatures.contains(&cause(&diagnosis)), "{word}: {diagnosis:#?}");
            assert!(diagnosis.findings[0].evidence.iter().all(|line| line.text.contains(word)), "{diagnosis:#?}");
            assert!(diagnosis.records < state.records);
        }
        Ok(())
    })
}

/// Rows of the catalogue of failures, and the signatures that may stand for them: several where one failure shows as
/// either.
fn signatures(row: u64) -> &'static [&'static str] {
    match row {
        1 => &["memory.driver-heap"],
        2 => &["memory.executor-heap"],
        3 => &["memory.gc-overhead"],
        4 => &["memory.container-physical"],
        5 => &["memory.container-virtual"],
        6 => &["memory.killed-137"],
        8 => &["memory.exit-52", "memory.executor-heap"],
        9 => &["spark.context-not-started"],
        10 => &["spark.user-exit", "python.exception"],
        11 => &["memory.python-worker"],
        13 => &["executor.node-lost"],
        14 => &["executor.preempted"],
        15 => &["disk.bad"],
        16 => &["executor.heartbeat"],
        18 => &["disk.full"],
        19 => &["disk.no-local-dirs", "disk.full"],
        20 => &["memory.max-result-size"],
        23 => &["memory.kryo-buffer"],
        25 => &["data.unresolved-column"],
        26 => &["data.path-missing"],
        28 => &["data.cast"],
        33 => &["s3.no-such-key"],
        34 => &["s3.access-denied"],
        35 => &["permission.not-authorized"],
        40 => &["python.module-missing"],
        45 => &["delta.concurrent-append"],
        50 => &["delta.merge-duplicates"],
        60 => &["data.output-exists"],
        _ => &[],
    }
}

/// The row of executors that were told to end, and nothing says by whom.
const ENDED_FROM_OUTSIDE: u64 = 7;

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn every_failed_step_of_a_cluster_has_its_own_cause() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let causes = estate.get("causes")?;
        let text = |one: &Value, field: &str| one.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let steps: Vec<_> = causes
            .get("causes")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter(|one| text(one, "engine") == "step" && text(one, "place") == CLUSTER)
            .filter(|one| text(one, "name") != "payments-own-logs")
            .collect();
        // All that stands beside each other: what is another step's must be told apart.
        let nodes = rows(core, &core.log_files(&format!("emr/{CLUSTER}/node/"))?)?;
        assert!(nodes.iter().any(|row| row.role == LogRole::Node));
        let (mut right, mut wrong) = (0, Vec::new());
        for one in steps {
            let row = one.get("signature").and_then(Value::as_u64).unwrap_or_default();
            let wanted = signatures(row);
            if wanted.is_empty() && row != ENDED_FROM_OUTSIDE {
                continue;
            }
            let id = text(one, "id");
            let mut files = core.log_files(&format!("emr/{CLUSTER}/steps/{id}/"))?;
            files.extend(core.log_files(&core.containers_of(CLUSTER, &id)?)?);
            let mut files = rows(core, &files)?;
            files.extend(nodes.iter().cloned());
            let ended = one.get("ended").and_then(Value::as_f64).context("an end")?;
            let ended = Timestamp::from_millisecond(format!("{ended:.0}").parse::<i64>()? * 1_000)?;
            let job = JobId::Step { cluster: CLUSTER.into(), step: id };
            let fact = RunFact {
                started: Some(Timestamp::from_second(ended.as_second() - 1_800)?),
                ended: Some(ended),
                ..run(job, "FAILED", Some("Unknown Error."))
            };
            let (diagnosis, _) = diagnose(core, fact, &files).await?;
            if row == ENDED_FROM_OUTSIDE {
                // What ended the executors stands in no log: a consequence is not given out as the cause.
                assert_eq!(diagnosis.verdict, Verdict::Unknown, "{diagnosis:#?}");
                let best = diagnosis.unknown.as_ref().map(|unknown| unknown.best.as_slice()).unwrap_or_default();
                assert!(best.iter().any(|line| line.text.contains("exit code 143")), "{best:#?}");
            } else if wanted.contains(&cause(&diagnosis)) {
                right += 1;
            } else {
                wrong.push(format!(
                    "{} ({}): {:?} {}",
                    text(one, "name"),
                    text(one, "cause"),
                    diagnosis.verdict,
                    cause(&diagnosis)
                ));
            }
        }
        assert!(right >= 25, "{right} right, wrong: {wrong:#?}");
        assert!(wrong.is_empty(), "{right} right, wrong: {wrong:#?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_signature_of_ones_own_is_used_and_a_broken_one_is_told() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let folder = std::path::PathBuf::from(std::env::var_os("QUARTERDECK_DATA_DIR").context("a data folder")?)
            .join("signatures");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("broken.toml"), "[[signature]]\nid = 7\n")?;
        let one = failed(estate, "serverless", "malformed records")?;
        let job = JobId::Serverless { application: "00fe6s2r9vq1b30l".into(), run: id_of(&one).into(), attempt: None };
        let missing = vec!["s3://lake-logs/emr-serverless/not-there/SPARK_DRIVER/stderr.gz".to_owned()];
        let reply = core.stream(&OpenLog { addresses: missing.clone(), job: None })?;
        let state = reply.0.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let files: Vec<_> = state.files.into_iter().map(|file| file.row).collect();
        let (diagnosis, _) = diagnose(core, run(job, "FAILED", None), &files).await?;
        assert_eq!(diagnosis.verdict, Verdict::Unknown);
        assert!(diagnosis.unknown.is_some() && diagnosis.files.is_empty());
        let notices: Vec<_> = diagnosis.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(notices.iter().any(|text| text.contains("broken.toml")), "{notices:?}");
        assert!(notices.iter().any(|text| text.contains("not-there") && text.contains("not there")), "{notices:?}");

        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_unknown_cause_comes_with_what_the_last_success_did_not_say() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let one = failed(estate, "step", "preempted by scale-in")?;
        let place = one.get("place").and_then(Value::as_str).context("a cluster")?;
        let id = JobId::Step { cluster: place.into(), step: id_of(&one).into() };
        let (reply, channel) = core.stream(&DiagnoseJob { id })?;
        let first = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let diagnosis = if first.complete {
            first
        } else {
            channel.wait("the diagnosis", |event| match event {
                DiagnosisEvent::Read(read) if read.complete => Some(Ok(Diagnosis::clone(read))),
                DiagnosisEvent::Read(_) => None,
                DiagnosisEvent::Failed(fault) => Some(Err(anyhow::anyhow!("{fault:?}"))),
            })??
        };
        assert_eq!(diagnosis.verdict, Verdict::Unknown, "{diagnosis:#?}");
        let new = diagnosis.unknown.context("what is known all the same")?.new_templates;
        assert!(new.iter().any(|new| new.text.contains("Lost executor")), "{new:#?}");
        assert!(!new.iter().any(|new| new.text.contains("SLF4J")), "every run says so: {new:#?}");
        Ok(())
    })
}
