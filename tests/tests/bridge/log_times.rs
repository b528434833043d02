//! What of a log follows from its records and their times: repeats that fold, clocks that are off, zones untold.

use super::logs::{DAILY_BATCH, plain, step};
use anyhow::Result;
use contract::{
    Code,
    jobs::JobId,
    logs::{FoldInLog, LogEvent, LogRow, LogStep, LogView, LogZone, SetLogClock, SetLogZone},
};
use std::fmt::Write as _;
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn repeats_fold_open_and_stay_open_while_the_file_grows() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (application, run) = (DAILY_BATCH.to_owned(), "00ffolds".to_owned());
        let key = format!("emr-serverless/applications/{application}/jobs/{run}/SPARK_DRIVER/stderr.gz");
        let task = |number: u32| format!("26/11/21 06:{:02}:{:02} INFO A: task {number}\n", number / 60, number % 60);
        let tasks = |numbers: std::ops::Range<u32>| numbers.map(task).collect::<Vec<_>>().concat();
        let text = format!("26/11/21 06:00:00 INFO A: begins\n{}26/11/21 07:00:00 ERROR A: ends\n", tasks(0..2_000));
        estate.put("lake-logs", &key, text.as_bytes())?;
        let job = JobId::Serverless { application, run, attempt: None };
        let (state, channel) = core.open_logs(&[format!("s3://lake-logs/{key}")], Some(job))?;
        assert_eq!((state.records, state.folded), (2_002, None));
        let view = LogView::Folds;
        let rows = core.log_rows(&state, view)?;
        let counts: Vec<_> = rows.iter().map(|row| row.fold.map(|fold| (fold.count, fold.open))).collect();
        assert_eq!(counts, [None, Some((2_000, false)), None]);
        let fold = rows[1].fold.expect("a fold");
        let last: contract::Timestamp = "2026-11-21T06:33:19Z".parse()?;
        assert_eq!((fold.from, fold.to), (rows[1].time, Some(last)));
        assert_eq!(step(core, &state, view, 0, LogStep::FirstError)?, Some(2));
        // A hit in the midst of it opens it.
        let found = core.search_in(&state, plain("task 1234"))?;
        assert_eq!(step(core, &state, view, 0, LogStep::NextHit(found.search))?, Some(1_235));
        let window = core.log_window(&state, view, 1_235, 1_236)?;
        assert_eq!((window.total, window.rows[0].text.as_str(), window.rows[0].inside), (2_002, "A: task 1234", true));
        estate.put("lake-logs", &key, format!("{text}{}", tasks(2_000..2_100)).as_bytes())?;
        let grown = channel.wait("more tasks", |event| match event {
            LogEvent::Grew(state) if state.records == 2_102 && state.folded == Some(2_102) => Some(state.clone()),
            _ => None,
        })?;
        assert_eq!(core.log_window(&grown, view, 0, 1)?.total, 2_003, "it is open still, and what is new is folded");
        let close = FoldInLog { log: state.log, at: window.rows[0].at, open: false };
        assert_eq!(core.ask(&close)?, Some(1));
        assert_eq!(core.log_rows(&grown, view)?.len(), 4);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_clock_that_is_off_is_told_and_set_back_by_what_both_files_tell() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let root = format!("emr-serverless/applications/{DAILY_BATCH}/jobs/00fskewed");
        let (mut driver, mut executor) = (String::new(), String::new());
        for task in 0..4 {
            let name = format!("task {task}.0 in stage 0.0 (TID {task})");
            let (begin, end) = (task * 10, task * 10 + 5);
            writeln!(
                driver,
                "26/11/21 06:05:{begin:02} INFO S: Starting {name} (ip-10-0-0-1, executor 7, partition 0)"
            )?;
            writeln!(
                driver,
                "26/11/21 06:05:{end:02} INFO S: Finished {name} in 5 ms on ip-10-0-0-1 (executor 7) (1/4)"
            )?;
            writeln!(executor, "26/11/21 06:01:{begin:02} INFO E: Running {name}")?;
            writeln!(executor, "26/11/21 06:01:{end:02} INFO E: Finished {name}. 2100 bytes result sent to driver")?;
        }
        let files = [("SPARK_DRIVER", driver), ("SPARK_EXECUTOR/7", executor)].map(|(of, text)| {
            let key = format!("{root}/{of}/stderr");
            estate.put("lake-logs", &key, text.as_bytes()).map(|_| format!("s3://lake-logs/{key}"))
        });
        let files = files.into_iter().collect::<Result<Vec<_>>>()?;
        let (state, channel) = core.open_logs(&files, None)?;
        let view = LogView::Records;
        assert!(core.log_rows(&state, view)?[..8].iter().all(|row| row.at.file == 1), "as they are told");
        let skew = match state.files[1].skew {
            Some(skew) => skew,
            None => channel.wait("the skew", |event| match event {
                LogEvent::Grew(state) => state.files[1].skew,
                LogEvent::Failed(_) => None,
            })?,
        };
        assert!((skew.offset - 240_000).abs() <= 1_000 && skew.tasks == 4, "{skew:?}");
        let set = |offset: i64| SetLogClock { log: state.log, file: 1, offset };
        core.ask(&set(240_000))?;
        let anew = channel.wait("the other order", |event| match event {
            LogEvent::Grew(state) if state.complete && state.files[1].offset == 240_000 => Some(state.clone()),
            _ => None,
        })?;
        let rows = core.log_rows(&anew, view)?;
        assert_eq!(rows.iter().map(|row| row.at.file).take(4).collect::<Vec<_>>(), [0, 1, 0, 1]);
        assert_eq!(rows[0].time, rows[1].time);
        assert_eq!(core.fault(&set(SetLogClock::MOST + 1))?.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn another_zone_is_another_index_and_no_fetch() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let key = "emr-serverless/applications/a/jobs/zone/SPARK_DRIVER/stderr";
        estate.put("lake-logs", key, b"26/11/21 06:00:00 INFO A: first\n26/11/21 06:00:09 ERROR A: second\n")?;
        let (state, channel) = core.open_logs(&[format!("s3://lake-logs/{key}")], None)?;
        assert_eq!(state.zone, LogZone::Utc);
        let before = core.log_rows(&state, LogView::Records)?;
        let mark = estate.mark()?;
        core.ask(&SetLogZone { log: state.log, zone: LogZone::Fixed(-90) })?;
        let anew = channel.wait("the other zone", |event| match event {
            LogEvent::Grew(state) if state.complete && state.zone == LogZone::Fixed(-90) => Some(state.clone()),
            _ => None,
        })?;
        assert!(estate.calls("GetObject", mark)?.is_empty(), "the text is here");
        let after = core.log_rows(&anew, LogView::Records)?;
        let seconds = |row: &LogRow| row.time.map(|time| time.as_second());
        assert_eq!((after.len(), anew.records, anew.errors), (2, 2, 1));
        for (new, old) in after.iter().zip(&before) {
            assert_eq!(seconds(new), seconds(old).map(|old| old + 90 * 60), "half past seven, told as six");
        }
        let bad = SetLogZone { log: state.log, zone: LogZone::Fixed(2_000) };
        assert_eq!(core.fault(&bad)?.code, Code::BadInput);
        Ok(())
    })
}
