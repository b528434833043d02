//! Searching the files of a run one after the other, as it is done with more of them than can be read together.

use super::jobs::{adhoc, one};
use anyhow::{Context as _, Result};
use contract::{
    jobs::{JobId, LogFileRow, LogRole, OpenLogFiles, State},
    logs::{FoundLine, LogQuery, OpenFoundLines},
    sets::{CloseSet, Rows, SetState, ViewSet},
};
use serde_json::json;
use std::collections::BTreeSet;
use tests::bridge::{Core, Touch, on_estate};

fn request(core: &Core, job: &JobId, filter: &str, query: LogQuery) -> Result<(OpenFoundLines, Vec<LogFileRow>)> {
    let list = core.open(&OpenLogFiles { id: job.clone() })?;
    let files = ViewSet { set: list.set, filter: filter.into(), sort: None, offset_minutes: 0 };
    core.ask(&files)?;
    let rows = core.rows(list.set, |rows| if let Rows::LogFiles(rows) = rows { Some(rows) } else { None })?;
    Ok((OpenFoundLines { files, job: job.clone(), query }, rows))
}

fn plain(text: &str) -> LogQuery {
    LogQuery { text: text.into(), ..LogQuery::default() }
}

fn find(core: &Core, request: &OpenFoundLines) -> Result<(SetState, Vec<FoundLine>)> {
    let state = core.open(request)?;
    let rows = core.rows(state.set, |rows| if let Rows::FoundLines(rows) = rows { Some(rows) } else { None })?;
    core.ask(&CloseSet { set: state.set })?;
    Ok((state, rows))
}

fn told(state: &SetState) -> Vec<&str> {
    state.notices.iter().map(|notice| notice.text.as_str()).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn all_files_of_a_run_are_searched_and_their_lines_stand_on_one_clock() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        let (asked, files) = request(core, &run.id, "", plain("INFO"))?;
        let readable = files.iter().filter(|file| !matches!(file.role, LogRole::EventLog | LogRole::Metadata)).count();
        let (state, lines) = find(core, &asked)?;
        let progress = format!("{readable} of {readable} files searched: ");
        assert!(told(&state)[0].starts_with(&progress), "{:?}", told(&state));
        let roles: BTreeSet<LogRole> = lines.iter().map(|line| line.file.role).collect();
        assert!(roles.contains(&LogRole::Driver) && roles.contains(&LogRole::Executor), "{roles:?}");
        assert!(lines.iter().all(|line| line.text.contains("INFO") && !line.marks.is_empty()), "what was asked for");
        assert!(lines.is_sorted_by_key(|line| line.time), "on one clock");

        let mark = estate.mark()?;
        let (asked, _) = request(core, &run.id, "", plain("INFO"))?;
        let (again, same) = find(core, &asked)?;
        assert_eq!((told(&again), same), (told(&state), lines), "taken up where it was left");
        assert!(estate.calls("GetObject", mark)?.is_empty(), "nothing is fetched again for it");

        let (asked, files) = request(core, &run.id, "role:driver", plain("INFO"))?;
        let (state, lines) = find(core, &asked)?;
        assert!(lines.iter().all(|line| line.file.role == LogRole::Driver), "what the filter leaves");
        assert!(told(&state)[0].starts_with(&format!("{0} of {0} files", files.len())), "{:?}", told(&state));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_that_is_refused_is_named_and_the_others_are_searched() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        let (asked, files) = request(core, &run.id, "", plain("ERROR"))?;
        let sealed = files.iter().find(|file| file.role == LogRole::Executor).context("an executor")?;
        let key = sealed.address.strip_prefix("s3://lake-logs/").context("a key")?;
        let refused = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "GetObject", "key": key }), 10, refused)?;
        let (state, lines) = find(core, &asked)?;
        let all = told(&state);
        let left_out =
            all.iter().find(|text| text.starts_with("1 file could not be read")).with_context(|| format!("{all:?}"))?;
        assert!(left_out.contains(&sealed.words()) && left_out.contains("access denied"), "{left_out}");
        assert!(!lines.is_empty() && lines.iter().all(|line| line.file.address != sealed.address));

        let (asked, _) = request(core, &run.id, "", LogQuery { regex: true, ..plain("(") })?;
        let fault = core.try_open(&asked)?.err().context("a fault")?;
        assert!(fault.detail.starts_with("This is no expression that can be used"), "{fault:?}");
        Ok(())
    })
}
