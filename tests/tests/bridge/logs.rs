//! Logs through the bridge: what is opened is there, whatever is wrong with it; it is searched, merged and kept.

use crate::executions::still;
use anyhow::{Context as _, Result};
use contract::{
    Code, LogId,
    jobs::JobId,
    logs::{
        CloseLog, CloseSearch, LineAt, LogEvent, LogLevel, LogQuery, LogState, LogStep, LogTarget, LogView, OpenLog,
        ReadLog, ReadRecord, SearchEvent, SearchLog, StepInLog,
    },
    session::OpenProfile,
};
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};

const CLUSTER: &str = "j-2QD8SALESETL";
pub const DAILY_BATCH: &str = "00fe6s2r9vq1b30l";
const ADHOC: &str = "00fadh0canalyt1c";

/// A failed run, by the engine and its name or cause, as the estate knows the truth about it.
pub fn failed(estate: &Estate, engine: &str, word: &str) -> Result<Value> {
    failed_at(estate, engine, None, word)
}

fn failed_at(estate: &Estate, engine: &str, place: Option<&str>, word: &str) -> Result<Value> {
    let causes = estate.get("causes")?;
    let mut all = causes.get("causes").and_then(Value::as_array).into_iter().flatten();
    let is = |one: &Value, field: &str, word: &str| one.get(field).and_then(Value::as_str) == Some(word);
    let found = all.find(|one| {
        is(one, "engine", engine)
            && place.is_none_or(|place| is(one, "place", place))
            && (is(one, "name", word) || is(one, "cause", word))
    });
    found.cloned().with_context(|| format!("no failed {engine} run is called {word}"))
}

pub fn id_of(run: &Value) -> &str {
    run.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The newest failed run of today's pipeline.
pub fn of_today(estate: &Estate, file: &str) -> Result<String> {
    let run = failed(estate, "serverless", "malformed records")?;
    Ok(format!("s3://lake-logs/emr-serverless/applications/{DAILY_BATCH}/jobs/{}/{file}", id_of(&run)))
}

fn container(core: &Core, estate: &Estate, cause: &str, number: u32) -> Result<String> {
    core.container(CLUSTER, id_of(&failed_at(estate, "step", Some(CLUSTER), cause)?), number)
}

pub fn step(core: &Core, state: &LogState, view: LogView, from: u64, to: LogStep) -> Result<Option<u64>> {
    core.ask(&StepInLog { log: state.log, view, from, to })
}

pub fn plain(text: &str) -> LogQuery {
    LogQuery { text: text.into(), ..LogQuery::default() }
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_log_is_read_once_and_then_kept() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let address = of_today(estate, "SPARK_DRIVER/stderr.gz")?;
        let mark = estate.mark()?;
        let state = core.open_one(&address)?;
        assert_eq!(estate.calls("GetObject", mark)?.len(), 1);
        assert_eq!(estate.calls("HeadObject", mark)?.len(), 0, "nothing is asked twice");
        let [file] = state.files.as_slice() else { panic!("one file: {state:?}") };
        assert_eq!(
            (file.row.address.as_str(), file.fault.as_ref(), file.read),
            (address.as_str(), None, file.row.size.unwrap())
        );
        assert!(file.length > 5 * file.read && file.first < file.last && state.errors > 0, "{state:?}");
        let lines = core.log_rows(&state, LogView::Lines)?;
        let records = core.log_rows(&state, LogView::Records)?;
        assert_eq!((lines.len() as u64, records.len() as u64), (state.lines, state.records));
        assert_eq!(records.iter().map(|row| row.lines).sum::<u64>(), state.lines, "every line is of one record");
        assert!(records.len() < lines.len() && lines.iter().any(|row| row.continues), "stack traces are folded");
        core.ask(&CloseLog { log: state.log })?;
        assert_eq!(
            core.fault(&ReadLog { log: state.log, view: LogView::Lines, from: 0, to: 1, search: None })?.code,
            Code::Gone
        );

        let mark = estate.mark()?;
        let again = core.open_one(&address)?;
        assert_eq!((estate.calls("GetObject", mark)?.len(), estate.calls("HeadObject", mark)?.len()), (0, 1));
        assert_eq!((again.lines, again.records, again.errors), (state.lines, state.records, state.errors));
        assert_eq!(core.log_rows(&again, LogView::Lines)?, lines);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn steps_lead_to_errors() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open_one(&of_today(estate, "SPARK_DRIVER/stderr.gz")?)?;
        for view in [LogView::Lines, LogView::Records] {
            let rows = core.log_rows(&state, view)?;
            let mut at = step(core, &state, view, 0, LogStep::FirstError)?;
            let mut seen = 0;
            while let Some(row) = at {
                let row_at = &rows[usize::try_from(row)?];
                assert!(row_at.level >= Some(LogLevel::Error) && !row_at.continues, "{row_at:?}");
                seen += 1;
                at = step(core, &state, view, row, LogStep::NextError)?;
            }
            assert_eq!(seen, state.errors);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn damaged_files_show_what_could_be_read_and_say_where_it_ends() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        for (cause, number, words) in [
            ("gc overhead", 3, "the gzip data is cut off"),
            ("no such key", 2, "the gzip data is not what was written"),
        ] {
            let state = core.open_one(&container(core, estate, cause, number)?)?;
            let fault = state.files[0].fault.clone().unwrap_or_default();
            assert!(fault.starts_with("damaged after line ") && fault.ends_with(words), "{cause}: {fault}");
            assert!(state.lines > 0 && !core.log_rows(&state, LogView::Lines)?.is_empty(), "{cause}");
        }
        for (cause, number) in [("executor heap", 2), ("kryo buffer", 3), ("path not found", 1)] {
            let state = core.open_one(&container(core, estate, cause, number)?)?;
            assert_eq!(state.files[0].fault, None, "{cause}: members, bzip2 and plain bytes are nothing special");
            assert!(state.lines > 10 && state.files[0].first.is_some(), "{cause}: {state:?}");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn hostile_text_is_only_text() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        for cause in ["bad cast", "slow down", "key error", "column gone"] {
            let state = core.open_one(&container(core, estate, cause, 1)?)?;
            let rows = core.log_rows(&state, LogView::Lines)?;
            let bad = |letter: char| letter != '\t' && letter.is_control();
            assert!(rows.iter().all(|row| !row.text.contains(bad)), "{cause}: no carriage return, no escape");
            assert!(rows.iter().any(|row| row.level == Some(LogLevel::Info) && row.time.is_some()), "{cause}");
            let holds = |part: &str| rows.iter().any(|row| row.text.contains(part));
            match cause {
                "key error" => assert!(holds("\u{fffd}"), "bytes that are no text are shown as such"),
                "column gone" => assert!(holds("<script>alert(\"log\")</script>"), "markup is shown as it is"),
                _ => {}
            }
        }
        let long = core.open_one(&container(core, estate, "disk full", 2)?)?;
        let rows = core.log_rows(&long, LogView::Lines)?;
        let cut = rows.iter().find(|row| row.cut > 0).expect("the line of 10 MB");
        assert!(cut.cut > 9_000_000 && cut.text.chars().count() <= 2_000, "{}", cut.cut);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_logs_of_a_run_are_on_one_clock_and_lead_to_each_other() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let run = failed(estate, "serverless", "memory overhead")?;
        let root = format!("emr-serverless/applications/{ADHOC}/jobs/{}/", id_of(&run));
        let files: Vec<_> = core.log_files(&root)?.into_iter().filter(|file| file.contains("stderr")).collect();
        assert!(files.len() >= 6, "{files:?}");
        let (state, _) = core.open_logs(&files, None)?;
        assert_eq!((state.files.len(), state.lines), (files.len(), 0));
        assert_eq!(state.records, state.files.iter().map(|file| file.records).sum::<u64>());
        let rows = core.log_rows(&state, LogView::Records)?;
        let times: Vec<_> = rows.iter().filter_map(|row| row.time).collect();
        let back = times.windows(2).filter(|two| two[0] > two[1]).count();
        assert!(times.len() > 50 && back * 20 < times.len(), "{back} of {} go back", times.len());
        let mut seen: Vec<_> = rows.iter().map(|row| row.at.file).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), files.iter().enumerate().filter(|(at, _)| state.files[*at].records > 0).count());
        let target = rows.iter().flat_map(|row| &row.links).find_map(|link| match &link.target {
            LogTarget::File(address) if address.contains("SPARK_EXECUTOR/7/") => Some(address.clone()),
            _ => None,
        });
        assert!(target.is_some_and(|address| files.contains(&address)), "executor 7 leads to its log");
        let first = step(core, &state, LogView::Records, 0, LogStep::FirstError)?.expect("it failed");
        assert!(rows[usize::try_from(first)?].level >= Some(LogLevel::Error));
        let last = rows.last().map(|row| row.at).expect("rows");
        let found = step(core, &state, LogView::Records, 0, LogStep::Line(last))?;
        assert_eq!(found, Some(rows.len() as u64 - 1));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_search_finds_what_is_there() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open_one(&of_today(estate, "SPARK_DRIVER/stderr.gz")?)?;
        let rows = core.log_rows(&state, LogView::Lines)?;
        let with = |word: &str| rows.iter().filter(|row| row.text.contains(word)).count() as u64;
        let found = core.search_in(&state, plain("ERROR"))?;
        assert_eq!((found.hits, found.kept, found.files.clone()), (with("ERROR"), with("ERROR"), vec![with("ERROR")]));
        assert_eq!((found.map.len(), found.map.iter().sum::<u64>(), found.searched), (100, found.hits, found.length));
        let hits = core.log_rows(&state, LogView::Hits { search: found.search, context: 0 })?;
        assert_eq!(hits.len() as u64, found.hits);
        assert!(hits.iter().all(|row| row.hit && !row.marks.is_empty()));
        let around = core.log_rows(&state, LogView::Hits { search: found.search, context: 2 })?;
        assert!(around.len() > hits.len() && around.iter().filter(|row| row.hit).count() == hits.len());
        let next = step(core, &state, LogView::Lines, 0, LogStep::NextHit(found.search))?;
        assert_eq!(next, hits.iter().map(|row| row.at.line).find(|line| *line > 0));
        let marked = core.ask(&ReadLog {
            log: state.log,
            view: LogView::Lines,
            from: hits[0].at.line,
            to: hits[0].at.line + 1,
            search: Some(found.search),
        })?;
        assert_eq!(marked.rows[0].marks, hits[0].marks);

        let regex = core.search_in(&state, LogQuery { regex: true, ..plain("(?-u)ERR[A-Z]{2} ") })?;
        assert_eq!(regex.hits, with("ERROR "));
        let errors = core.search_in(&state, LogQuery { level: Some(LogLevel::Error), ..LogQuery::default() })?;
        assert_eq!(errors.hits, state.errors, "records alone, by their level");
        let inverse = core.search_in(&state, LogQuery { inverse: true, ..plain("ERROR") })?;
        assert_eq!(inverse.hits, state.lines - with("ERROR"));
        let bad = core.fault(&SearchLog { log: state.log, query: LogQuery { regex: true, ..plain("(") } })?;
        assert_eq!(bad.code, Code::BadInput);
        core.ask(&CloseSearch { search: found.search })?;
        let gone = LogView::Hits { search: found.search, context: 0 };
        assert_eq!(core.fault(&ReadLog { log: state.log, view: gone, from: 0, to: 1, search: None })?.code, Code::Gone);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_search_waits_for_files_that_are_still_to_come() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let addresses = [of_today(estate, "SPARK_EXECUTOR/1/stderr.gz")?, of_today(estate, "SPARK_DRIVER/stderr.gz")?];
        let late = addresses[1].strip_prefix("s3://lake-logs/").context("a key")?;
        estate.fault(json!({ "action": "GetObject", "key": late }), 1, json!({ "delay_ms": 2_500 }))?;
        let (reply, _growing) = core.stream(&OpenLog { addresses: addresses.to_vec(), job: None })?;
        let state = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let (reply, channel) = core.stream(&SearchLog { log: state.log, query: plain("ERROR") })?;
        let at_once = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        assert!(!at_once.done, "the driver's is not read yet: {at_once:?}");
        let first = channel.wait("what is there", |event| match event {
            SearchEvent::Found(state) if state.unread == 1 => Some(state.clone()),
            _ => None,
        })?;
        assert_eq!((first.done, first.files[1]), (false, 0), "{first:?}");
        let last = channel.wait("the end of the search", |event| match event {
            SearchEvent::Found(state) if state.done => Some(state.clone()),
            _ => None,
        })?;
        let (whole, _) = core.open_logs(&addresses, None)?;
        let wanted = core.search_in(&whole, plain("ERROR"))?;
        assert!(wanted.files[1] > 0, "the driver tells why: {wanted:?}");
        assert_eq!((estate.fired()?, last.unread, last.files), (1, 0, wanted.files));
        assert_eq!(last.kept, last.hits);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_search_finds_what_a_file_has_more_of() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (application, run) = (DAILY_BATCH.to_owned(), "00flivesearch".to_owned());
        let key = format!("emr-serverless/applications/{application}/jobs/{run}/SPARK_DRIVER/stderr.gz");
        let text = "26/11/21 06:00:00 ERROR A: first\n";
        estate.put("lake-logs", &key, text.as_bytes())?;
        let job = JobId::Serverless { application, run, attempt: None };
        let (state, _growing) = core.open_logs(&[format!("s3://lake-logs/{key}")], Some(job))?;
        let (reply, channel) = core.stream(&SearchLog { log: state.log, query: plain("ERROR") })?;
        let first = reply.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let hits = channel.wait("the end of the search", |event| match event {
            SearchEvent::Found(state) if state.done => Some(state.hits),
            _ => None,
        })?;
        assert_eq!(hits, 1);
        estate.put("lake-logs", &key, format!("{text}26/11/21 06:00:09 ERROR A: second\n").as_bytes())?;
        let more = channel.wait("the second hit", |event| match event {
            SearchEvent::Found(state) if state.hits == 2 => Some(state.clone()),
            _ => None,
        })?;
        assert_eq!((more.done, more.search, more.map.iter().sum::<u64>()), (true, first.search, 2));
        let hits = core.log_rows(&state, LogView::Hits { search: more.search, context: 0 })?;
        assert_eq!(hits.iter().map(|row| row.at.line).collect::<Vec<_>>(), [0, 1]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_stream_of_cloudwatch_has_records_and_times() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = failed(estate, "glue", "bad cast")?;
        let mark = estate.mark()?;
        let state = core.open_one(&format!("/aws-glue/jobs/error:{}", id_of(&run)))?;
        assert!(!estate.calls("GetLogEvents", mark)?.is_empty());
        assert_eq!(state.files[0].fault, None);
        assert!(state.lines > 10 && state.errors > 0 && state.files[0].first.is_some(), "{state:?}");
        let rows = core.log_rows(&state, LogView::Records)?;
        core.ask(&CloseLog { log: state.log })?;
        let mark = estate.mark()?;
        let again = core.open_one(&format!("/aws-glue/jobs/error:{}", id_of(&run)))?;
        // What was closed may still be held by its last reader: then it is looked at again a moment later.
        let deadline = Instant::now() + Duration::from_secs(10);
        while estate.calls("GetLogEvents", mark)?.is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        let calls = estate.calls("GetLogEvents", mark)?;
        assert_eq!(calls.len(), 1, "only what is new is asked for: {calls:?}");
        assert_eq!(core.log_rows(&again, LogView::Records)?, rows);

        // A program that writes no times: a traceback of many events is one record.
        let run = failed(estate, "training", "training nan")?;
        let prefix = "/aws/sagemaker/TrainingJobs:";
        let state =
            core.open_one(&format!("{prefix}{}", stream_of(estate, "/aws/sagemaker/TrainingJobs", id_of(&run))?))?;
        let rows = core.log_rows(&state, LogView::Records)?;
        assert!(rows.iter().any(|row| row.time.is_some()), "{rows:#?}");
        Ok(())
    })
}

/// The first stream of a group that begins so.
pub fn stream_of(estate: &Estate, group: &str, prefix: &str) -> Result<String> {
    let body = json!({ "logGroupName": group, "logStreamNamePrefix": prefix }).to_string();
    let headers = [
        ("x-service", "logs"),
        ("x-amz-target", "Logs_20140328.DescribeLogStreams"),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    let answer = tests::estate::send(estate.endpoint("aws")?, "POST", "", "", "", &headers, body.as_bytes())?;
    let answer: Value = serde_json::from_slice(&answer.body)?;
    let name = answer.pointer("/logStreams/0/logStreamName").and_then(Value::as_str);
    Ok(name.with_context(|| format!("{group} has no stream {prefix}: {answer}"))?.to_owned())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_is_refused_or_missing_is_said_while_the_rest_is_shown() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let run = failed(estate, "step", "kms denied")?;
        let own = format!("s3://lake-logs/emr-payments/{CLUSTER}/steps/{}/stderr.gz", id_of(&run));
        let good = of_today(estate, "SPARK_DRIVER/stderr.gz")?;
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let missing = format!("{good}.not-there");
        let (state, _) = core.open_logs(&[own, missing, good, "/aws-glue/jobs/error:x".into()], None)?;
        let faults: Vec<_> = state.files.iter().map(|file| file.fault.clone().unwrap_or_default()).collect();
        assert_eq!(faults[0], "access denied: s3:GetObject is missing");
        assert_eq!(faults[1], "it is not there (any more)");
        assert_eq!(faults[2], "");
        assert!(faults[3].contains("logs:GetLogEvents"), "{faults:?}");
        assert!(state.records > 0 && state.complete && state.notices.len() == 1, "{state:?}");
        assert!(!core.log_rows(&state, LogView::Records)?.is_empty());
        core.ask(&OpenProfile { name: "practice-expired".into() })?;
        assert_eq!(
            core.fault(&ReadLog { log: state.log, view: LogView::Records, from: 0, to: 1, search: None })?.code,
            Code::Gone,
            "another profile closes what was open"
        );
        assert_eq!(core.fault(&OpenLog { addresses: vec!["nonsense".into()], job: None })?.code, Code::BadInput);
        let expired = core.fault(&OpenLog { addresses: vec!["s3://lake-logs/a".into()], job: None })?;
        assert_eq!(expired.code, Code::SignIn);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_secret_is_shown_only_with_an_entry_in_the_audit_log() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open_one(&container(core, estate, "memory overhead", 1)?)?;
        let rows = core.log_rows(&state, LogView::Lines)?;
        let masked = rows.iter().find(|row| row.text.contains("\u{2022}\u{2022}")).expect("made-up secrets");
        let read = |unmasked| core.ask(&ReadRecord { log: state.log, at: masked.at, unmasked });
        let hidden = read(false)?;
        assert!(hidden.masked && hidden.lines.concat().contains("\u{2022}\u{2022}"));
        assert!(core.audit()?.iter().all(|entry| entry.action != "log.unmask"));
        let open = read(true)?;
        assert!(!open.masked && !open.lines.concat().contains("\u{2022}\u{2022}"));
        let audit = core.audit()?;
        let entry = audit.iter().find(|entry| entry.action == "log.unmask").expect("kept");
        assert!(entry.target.ends_with(&format!("line {}", masked.at.line + 1)), "{entry:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_connection_that_breaks_is_taken_up_where_it_broke() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let address = of_today(estate, "SPARK_DRIVER/stderr.gz")?;
        estate.fault(json!({ "action": "GetObject", "bucket": "lake-logs" }), 1, json!({ "truncate": 5_000 }))?;
        let mark = estate.mark()?;
        let state = core.open_one(&address)?;
        assert_eq!((estate.fired()?, state.files[0].fault.as_ref()), (1, None));
        let calls = estate.calls("GetObject", mark)?;
        assert_eq!(calls.len(), 2, "{calls:?}");
        assert!(calls[1].header("if-match").is_some(), "only if it is still the same: {calls:?}");
        assert_eq!(Some(state.files[0].read), state.files[0].row.size);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_that_is_replaced_grows_while_it_is_open() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (application, run) = (DAILY_BATCH.to_owned(), "00flive".to_owned());
        let key = format!("emr-serverless/applications/{application}/jobs/{run}/SPARK_DRIVER/stderr.gz");
        estate.put("lake-logs", &key, b"26/11/21 06:00:00 INFO A: first\n")?;
        let job = JobId::Serverless { application, run, attempt: None };
        let (state, channel) = core.open_logs(&[format!("s3://lake-logs/{key}")], Some(job))?;
        assert_eq!((state.lines, state.records), (1, 1));
        estate.put("lake-logs", &key, b"26/11/21 06:00:00 INFO A: first\n26/11/21 06:00:09 ERROR A: second\n")?;
        let grown = channel.wait("the second line", |event| match event {
            LogEvent::Grew(state) if state.records == 2 => Some(state.clone()),
            _ => None,
        })?;
        assert_eq!((grown.lines, grown.errors), (2, 1));
        assert!(grown.revision > state.revision);
        assert_eq!(core.log_rows(&grown, LogView::Records)?[1].text, "A: second");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_that_is_replaced_while_it_is_read_is_read_anew() -> Result<()> {
    const KEY: &str = "replaced/stderr";
    on_estate(Touch::Changes, async |core, estate| {
        let text = |word: &str| {
            let lines = (0..2_000).map(|number| format!("26/11/21 06:00:00 INFO A: {word} {number}\n"));
            lines.collect::<Vec<_>>().concat()
        };
        estate.put("lake-logs", KEY, text("old").as_bytes())?;
        let fetched = json!({ "action": "GetObject", "key": KEY });
        estate.fault(fetched.clone(), 1, json!({ "truncate": 5_000 }))?;
        estate.fault(fetched.clone(), 1, json!({ "delay_ms": 2_000 }))?;
        let mark = estate.mark()?;
        let state = thread::scope(|scope| {
            let replacing = scope.spawn(|| -> Result<()> {
                let deadline = Instant::now() + Duration::from_secs(30);
                // The connection broke and is taken up again: until that is answered the object becomes another.
                while estate.fired()? < 2 && Instant::now() < deadline {
                    thread::sleep(Duration::from_millis(20));
                }
                estate.put("lake-logs", KEY, text("new").as_bytes()).map(drop)
            });
            let state = core.open_one(&format!("s3://lake-logs/{KEY}"));
            replacing.join().expect("it does not panic")?;
            state
        })?;
        assert_eq!((state.files[0].fault.as_ref(), state.lines), (None, 2_000));
        let rows = core.log_rows(&state, LogView::Lines)?;
        assert!(rows.iter().all(|row| row.text.contains("new")), "nothing of the old one is left");
        let calls = estate.calls("GetObject", mark)?;
        assert_eq!(calls.iter().map(|call| call.status()).collect::<Vec<_>>(), [200, 412, 200], "{calls:?}");
        core.ask(&CloseLog { log: state.log })?;

        // One that never holds still is given up.
        let restless = format!("{KEY}.restless");
        estate.put("lake-logs", &restless, text("old").as_bytes())?;
        for _ in 0..3 {
            let fetched = json!({ "action": "GetObject", "key": restless });
            estate.fault(fetched.clone(), 1, json!({ "truncate": 5_000 }))?;
            estate.fault(fetched, 1, json!({ "status": 412, "code": "PreconditionFailed" }))?;
        }
        let state = core.open_one(&format!("s3://lake-logs/{restless}"))?;
        let fault = state.files[0].fault.as_deref();
        assert_eq!((fault, state.lines), (Some("it was replaced again and again while it was read"), 0));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_reload_closes_logs_and_stops_their_reading() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let address = of_today(estate, "SPARK_DRIVER/stderr.gz")?;
        let (state, channel) = core.open_logs(&[address], None)?;
        core.reload();
        let gone = ReadRecord { log: state.log, at: LineAt { file: 0, line: 0 }, unmasked: false };
        assert_eq!(core.fault(&gone)?.code, Code::Gone);
        // What was on its way has come.
        let heard = still("what is heard", || Ok(channel.events()?.len()))?;
        thread::sleep(Duration::from_millis(300));
        assert_eq!(channel.events()?.len(), heard);
        assert_ne!(state.log, LogId(0));
        Ok(())
    })
}
