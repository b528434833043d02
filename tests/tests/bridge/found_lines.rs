//! Searching the files of a run one after the other, as it is done with more of them than can be read together.

use super::jobs::{adhoc, one};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    jobs::{JobId, LogFileRow, LogRole, LogStreamKind, OpenLogFiles, State},
    logs::{CloseLog, FoundLine, LogLevel, LogQuery, OpenFoundLines, ReadUnreadFiles, RetryUnreadFiles},
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

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn files_that_were_refused_are_read_once_somebody_wants_them_tried_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        let (asked, files) = request(core, &run.id, "", plain("INFO"))?;
        let told_much = |file: &&LogFileRow| file.role == LogRole::Driver && file.stream == LogStreamKind::Stderr;
        let sealed = files.iter().find(told_much).context("a driver")?;
        let key = sealed.address.strip_prefix("s3://lake-logs/").context("a key")?;
        let refused = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "GetObject", "key": key }), 10, refused)?;
        let (state, lines) = find(core, &asked)?;
        let unread = core.ask(&ReadUnreadFiles { set: state.set })?;
        let told_of: Vec<_> = unread.files.iter().map(|file| (&file.address, &file.name)).collect();
        assert_eq!((unread.total, told_of), (1, vec![(&sealed.address, &sealed.words())]));
        assert!(unread.files[0].why.contains("access denied"), "{unread:?}");

        estate.post("clear", &json!({}))?;
        let mark = estate.mark()?;
        let (same, _) = find(core, &asked)?;
        assert!(estate.calls("GetObject", mark)?.is_empty(), "nobody asked for them");
        assert_eq!(core.ask(&RetryUnreadFiles { set: same.set })?, 1);
        let (whole, all) = find(core, &asked)?;
        let fetched = estate.calls("GetObject", mark)?;
        assert!(!fetched.is_empty() && fetched.iter().all(|call| call.text("path").ends_with(key)), "{fetched:?}");
        assert!(all.len() > lines.len() && all.iter().any(|line| line.file.address == sealed.address));
        assert!(!told(&whole).iter().any(|text| text.contains("could not be read")), "{:?}", told(&whole));
        assert_eq!(core.ask(&ReadUnreadFiles { set: whole.set })?.total, 0);

        core.reload();
        assert_eq!(core.fault(&ReadUnreadFiles { set: whole.set })?.code, Code::Gone);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_file_that_was_cut_off_in_an_open_log_is_read_anew_when_it_is_tried_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        let (asked, files) = request(core, &run.id, "", plain("INFO"))?;
        let told_much = |file: &&LogFileRow| file.role == LogRole::Driver && file.stream == LogStreamKind::Stderr;
        let cut = files.iter().find(told_much).context("a driver")?;
        let key = cut.address.strip_prefix("s3://lake-logs/").context("a key")?;
        estate.fault(json!({ "action": "GetObject", "key": key }), 100, json!({ "truncate": 100 }))?;
        let (held, _channel) = core.open_logs(std::slice::from_ref(&cut.address), Some(run.id.clone()))?;
        assert!(held.files[0].fault.is_some(), "{held:?}");
        let (state, lines) = find(core, &asked)?;
        let unread = core.ask(&ReadUnreadFiles { set: state.set })?;
        assert_eq!(unread.files.iter().map(|file| &file.address).collect::<Vec<_>>(), [&cut.address]);

        estate.post("clear", &json!({}))?;
        assert_eq!(core.ask(&RetryUnreadFiles { set: state.set })?, 1);
        let (whole, all) = find(core, &asked)?;
        assert_eq!(core.ask(&ReadUnreadFiles { set: whole.set })?.total, 0, "{:?}", told(&whole));
        assert!(all.len() > lines.len(), "{} and {} lines", all.len(), lines.len());
        core.ask(&CloseLog { log: held.log })?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn levels_times_and_what_does_not_match_narrow_a_search_of_many_files() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        let of = |query: LogQuery| {
            let (asked, _) = request(core, &run.id, "role:driver", query)?;
            find(core, &asked).map(|(_, lines)| lines)
        };
        let all = of(plain("INFO"))?;
        let warned = of(LogQuery { level: Some(LogLevel::Warn), ..LogQuery::default() })?;
        assert!(!warned.is_empty() && warned.iter().all(|line| line.level >= Some(LogLevel::Warn)), "{warned:?}");
        let others = of(LogQuery { inverse: true, ..plain("INFO") })?;
        assert!(!others.is_empty() && others.iter().all(|line| !line.text.contains("INFO")), "{others:?}");
        assert!(of(LogQuery { match_case: true, ..plain("info") })?.len() < all.len());
        let last = all.iter().filter_map(|line| line.time).max().context("times")?;
        let late = of(LogQuery { from: Some(last), ..plain("INFO") })?;
        assert!(!late.is_empty() && late.len() < all.len(), "{} of {}", late.len(), all.len());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_search_that_is_stopped_midway_goes_on_with_the_files_that_are_left() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let run = one(core, adhoc(), "image-features", &State::Failed)?;
        for (status, code, wanted) in [(400, "ExpiredToken", Code::SignIn), (503, "SlowDown", Code::Unreachable)] {
            // Another text each time: what was searched for one tells nothing of the other.
            let (asked, files) = request(core, &run.id, "", plain(code))?;
            let last = files.iter().find(|file| file.role == LogRole::Driver).context("a driver")?;
            let key = last.address.strip_prefix("s3://lake-logs/").context("a key")?;
            // The others are searched meanwhile.
            let refused = json!({ "status": status, "code": code, "delay_ms": 3000 });
            estate.fault(json!({ "action": "GetObject", "key": key }), 10, refused)?;
            let fault = core.try_open(&asked)?.err().context("a fault")?;
            assert_eq!(fault.code, wanted, "{fault:?}");

            estate.post("clear", &json!({}))?;
            let mark = estate.mark()?;
            let (state, _) = find(core, &asked)?;
            let readable =
                files.iter().filter(|file| !matches!(file.role, LogRole::EventLog | LogRole::Metadata)).count();
            let progress = format!("{readable} of {readable} files searched: ");
            assert!(told(&state)[0].starts_with(&progress), "{:?}", told(&state));
            let fetched = estate.calls("GetObject", mark)?;
            assert!(!fetched.is_empty() && fetched.iter().all(|call| call.text("path").ends_with(key)), "{fetched:?}");
        }
        Ok(())
    })
}
