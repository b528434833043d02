//! What bounds logs: the copies on this computer, tens of thousands of files, keys and throttles that refuse, bombs.

use super::{
    diagnosis::{diagnose, run},
    logs::of_today,
};
use anyhow::{Context as _, Result};
use contract::{
    jobs::{JobId, LogFileRow, LogRole, LogStreamKind},
    logs::{ClearLogCache, CloseLog, LogView, ReadLogCache},
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

/// Files in the cache of this test's own computer.
fn copies() -> Result<Vec<PathBuf>> {
    let data = std::env::var_os("QUARTERDECK_DATA_DIR").context("the test's own data folder")?;
    let folder = PathBuf::from(data).join("cache").join("logs");
    Ok(fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect())
}
