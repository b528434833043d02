//! What bounds logs: the copies on this computer, tens of thousands of files, keys and throttles that refuse, bombs.

use super::{
    diagnosis::{diagnose, run},
    jobs::one,
    logs::{failed, id_of, of_today},
};
use anyhow::{Context as _, Result, anyhow};
use contract::{
    jobs::{HomeId, JobId, LogFileRow, LogRole, LogStreamKind, OpenLogFiles, State},
    logs::{ClearLogCache, CloseLog, LogQuery, LogView, OpenFoundLines, ReadLogCache},
    sets::{CloseSet, ReadRows, Rows, SetEvent, SetState, ViewSet},
};
use serde_json::{Value, json};
use std::{fs, path::PathBuf, thread, time::Duration};
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn copies_of_logs_are_counted_and_removed_and_what_is_open_stays_readable() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        assert_eq!(core.ask(&ReadLogCache {})?.bytes, 0, "nothing was read yet");
        let address = of_today(estate, "SPARK_DRIVER/stderr.gz")?;
        let state = core.open_one(&address)?;
        let rows = core.log_rows(&state, LogView::Lines)?;
        let kept = core.ask(&ReadLogCache {})?;
        assert!(kept.bytes >= state.files[0].length && kept.bytes < kept.most, "{kept:?}");
        assert!(kept.folder.ends_with("logs"), "{kept:?}");

        let mark = estate.mark()?;
        assert_eq!(core.ask(&ClearLogCache {})?.bytes, 0);
        assert_eq!(core.log_rows(&state, LogView::Lines)?, rows, "it is open");
        core.ask(&CloseLog { log: state.log })?;
        // The last reader lets go of it a moment later; then it is fetched again.
        for _ in 0..50 {
            let again = core.open_one(&address)?;
            assert_eq!(again.lines, state.lines);
            core.ask(&CloseLog { log: again.log })?;
            if !estate.calls("GetObject", mark)?.is_empty() {
                assert!(core.ask(&ReadLogCache {})?.bytes > 0, "it is kept again");
                return Ok(());
            }
            thread::sleep(Duration::from_millis(200));
        }
        anyhow::bail!("a copy that was removed is still read")
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_whose_key_refuses_says_so_while_others_are_read() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (sealed, open) =
            (of_today(estate, "SPARK_DRIVER/stderr.gz")?, of_today(estate, "SPARK_EXECUTOR/1/stderr.gz")?);
        let key = sealed.strip_prefix("s3://lake-logs/").context("a key")?;
        let message = "User: arn:aws:iam::123456789012:user/oncall is not authorized to perform: kms:Decrypt on the \
            resource associated with this ciphertext because no identity-based policy allows the kms:Decrypt action";
        estate.fault(
            json!({ "action": "GetObject", "key": key }),
            10,
            json!({ "status": 403, "code": "AccessDenied", "message": message }),
        )?;
        let (state, _) = core.open_logs(&[sealed, open], None)?;
        let fault = state.files[0].fault.clone().unwrap_or_default();
        assert!(fault.starts_with("access denied by its encryption key") && fault.contains("kms:Decrypt"), "{fault}");
        assert_eq!(state.files[1].fault, None);
        assert!(state.complete && state.records > 0, "{state:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn of_a_crowd_of_files_the_most_telling_are_read_and_the_rest_is_counted() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        const FILES: usize = 1_000;
        let crowd = estate.post("crowd", &json!({ "count": FILES }))?;
        let prefix = crowd.get("prefix").and_then(Value::as_str).context("a prefix")?;
        let cluster = prefix.trim_end_matches('/').rsplit('/').next().context("a cluster")?;
        let application = "1763503312345_0001";
        let row = |number: usize, name: &str, stream: LogStreamKind| {
            let container = format!("container_{application}_01_{number:06}");
            LogFileRow {
                address: format!("s3://lake-logs/{prefix}containers/application_{application}/{container}/{name}.gz"),
                role: if number == 1 { LogRole::Driver } else { LogRole::Executor },
                executor: None,
                container: Some(container),
                node: None,
                attempt: Some(1),
                stream,
                part: None,
                compressed: true,
                size: None,
                last_write: None,
            }
        };
        let numbers = 0..FILES / 2;
        let files: Vec<LogFileRow> = numbers
            .flat_map(|number| {
                [row(number, "stdout", LogStreamKind::Stdout), row(number, "stderr", LogStreamKind::Stderr)]
            })
            .collect();
        let job = JobId::Step { cluster: cluster.into(), step: "s-1CROWD00000000".into() };
        let mark = estate.mark()?;
        let (diagnosis, _) = diagnose(core, run(job, "FAILED", Some("Unknown Error.")), &files).await?;
        assert!(diagnosis.complete && diagnosis.files.len() < FILES, "{} files", diagnosis.files.len());
        assert!(diagnosis.files.iter().any(|file| file.role == LogRole::Driver), "the driver's is among them");
        let left = FILES - diagnosis.files.len();
        let told: Vec<&str> = diagnosis.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.iter().any(|text| text.ends_with(&format!("{left} were left out."))), "{told:?}");
        assert!(estate.calls("GetObject", mark)?.len() <= FILES / 2, "the rest was not fetched");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn of_more_files_than_are_listed_the_first_are_shown_at_once_and_the_rest_is_told() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        const MOST: u64 = 50_000;
        let crowd = estate.post("crowd", &json!({ "count": MOST }))?;
        let says = |field: &str| crowd.get(field).and_then(Value::as_str).map(str::to_owned).context("a field");
        let cluster = says("prefix")?.trim_end_matches('/').rsplit('/').next().context("a cluster")?.to_owned();
        let id = JobId::Step { cluster, step: says("step")? };
        let (reply, channel) = core.stream(&OpenLogFiles { id: id.clone() })?;
        let set = reply.map_err(|fault| anyhow!("{fault:?}"))?.set;
        let grown = |what: &str, wanted: &dyn Fn(&SetState) -> bool| {
            channel.wait(what, |event| match event {
                SetEvent::Grew(state) if wanted(state) => Some(Ok(state.clone())),
                SetEvent::Grew(_) => None,
                SetEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
            })?
        };
        let early = grown("the first files", &|state| state.total > 0)?;
        assert!(!early.complete && early.total < MOST, "they are shown before the end: {} files", early.total);
        let whole = grown("all files", &|state| state.complete)?;
        assert_eq!((whole.total, whole.shown), (MOST, MOST));
        let told: Vec<&str> = whole.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.contains(&"Only the first 50,000 files are listed; there are more."), "{told:?}");
        let Rows::LogFiles(first) = core.ask(&ReadRows { set, from: 0, to: 2 })?.rows else { panic!("log files") };
        assert_eq!(first.first().map(|file| file.role), Some(LogRole::Driver), "the most telling come first");
        let Rows::LogFiles(last) = core.ask(&ReadRows { set, from: MOST - 2, to: MOST + 9 })?.rows else {
            panic!("log files")
        };
        assert_eq!(last.len(), 2);

        // A search through them shows what it finds on its way, and ends when its set is closed.
        let files = ViewSet { set, filter: String::new(), sort: None, offset_minutes: 0 };
        core.ask(&files)?;
        let query = LogQuery { text: "Finished task".into(), ..LogQuery::default() };
        let (reply, channel) = core.stream(&OpenFoundLines { files, job: id, query })?;
        let found = reply.map_err(|fault| anyhow!("{fault:?}"))?.set;
        let some = channel.wait("the first lines", |event| match event {
            SetEvent::Grew(state) if state.total > 0 => Some(Ok(state.clone())),
            SetEvent::Grew(_) => None,
            SetEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
        })??;
        assert!(!some.complete && some.total < MOST, "{} lines", some.total);
        core.ask(&CloseSet { set: found })?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bomb_is_stopped() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let crowd = estate.post("crowd", &json!({ "count": 2, "bomb_mib": 300 }))?;
        let prefix = crowd.get("prefix").and_then(Value::as_str).context("a prefix")?;
        let state = core.open_one(&format!("s3://lake-logs/{prefix}steps/s-1BOMB00000000/stderr.gz"))?;
        let fault = state.files[0].fault.clone().unwrap_or_default();
        assert!(fault.starts_with("stopped after line "), "{fault}");
        assert!(state.files[0].length < 100 << 20 && state.lines > 1_000, "{state:?}");
        let kept: u64 = copies()?.iter().map(|path| path.metadata().map_or(0, |about| about.len())).sum();
        core.ask(&CloseLog { log: state.log })?;
        for _ in 0..100 {
            if copies()?.is_empty() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("what was stopped is not kept: {kept} bytes, {:?}", copies()?);
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_throttled_stream_is_asked_again_and_what_stays_throttled_is_said() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let stream = |run: &Value| format!("/aws-glue/jobs/error:{}", id_of(run));
        let throttled = json!({ "status": 400, "code": "ThrottlingException", "message": "Rate exceeded" });
        estate.fault(json!({ "action": "GetLogEvents" }), 1, throttled.clone())?;
        let state = core.open_one(&stream(&failed(estate, "glue", "price-list")?))?;
        assert_eq!((estate.fired()?, state.files[0].fault.as_ref()), (1, None));
        assert!(state.lines > 10, "{state:?}");

        let run = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        for action in ["GetLogEvents", "DescribeLogStreams"] {
            estate.fault(json!({ "action": action }), 100, throttled.clone())?;
        }
        let state = core.open_one(&stream(&failed(estate, "glue", "ledger-export")?))?;
        let fault = state.files[0].fault.clone().unwrap_or_default();
        assert_eq!((fault.as_str(), state.lines), ("GetLogEvents: Rate exceeded", 0));
        let list = core.open(&OpenLogFiles { id: run.id })?;
        let told: Vec<&str> = list.notices.iter().map(|notice| notice.text.as_str()).collect();
        let said = |text: &&str| text.ends_with(" could not be listed: DescribeLogStreams: Rate exceeded.");
        assert!(list.total == 0 && told.iter().any(said), "{told:?}");
        Ok(())
    })
}

/// Files in the cache of this test's own computer.
fn copies() -> Result<Vec<PathBuf>> {
    let data = std::env::var_os("QUARTERDECK_DATA_DIR").context("the test's own data folder")?;
    let folder = PathBuf::from(data).join("cache").join("logs");
    Ok(fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect())
}
