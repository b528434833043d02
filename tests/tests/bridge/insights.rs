//! Logs Insights, saved searches and following, through the bridge.

use super::{executions::still, jobs::one};
use anyhow::{Context as _, Result, anyhow};
use contract::{
    Code, InsightsId,
    insights::{
        EstimateInsights, FindInsightsLine, InsightsEvent, InsightsReply, InsightsRow, InsightsState, InsightsStatus,
        ListLogGroups, OpenInsightsRows, PrepareInsights, ShowInsights, StartInsights, StopInsights,
    },
    jobs::{HomeId, State},
    logs::{FollowLog, LogEvent, LogLevel, LogQuery, LogState, LogView},
    range::Within,
    searches::{DeleteSearch, ListSearches, RenameSearch, SaveSearch, SavedSearches, Search},
    session::OpenProfile,
    sets::{CopyFormat, CopyRows, ReadRows, Rows, Sort, ViewSet},
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};
use tests::{
    bridge::{Channel, Core, Touch, on_computer, on_estate},
    computer::Computer,
};

const LOADER: &str = "/aws/lambda/orders-loader";
const GLUE: &str = "/aws-glue/jobs/error";

fn asked(group: &str, text: &str) -> StartInsights {
    StartInsights { groups: vec![group.into()], text: text.into(), within: Within::last_hours(30 * 24) }
}

fn start(core: &Core, request: &StartInsights) -> Result<(InsightsState, Channel<InsightsEvent>)> {
    let (reply, channel) = core.stream(request)?;
    match reply.map_err(|fault| anyhow!("{}: {fault:?}", request.text))? {
        InsightsReply::Started(state) => Ok((state, channel)),
        InsightsReply::Malformed(wrong) => Err(anyhow!("{}: {wrong:?}", request.text)),
    }
}

/// Waits until the run is over.
fn over(channel: &Channel<InsightsEvent>) -> Result<InsightsState> {
    channel.wait("the end of the query", |event| match event {
        InsightsEvent::Changed(state) if state.status != InsightsStatus::Running => Some(Ok(state.clone())),
        InsightsEvent::Changed(_) => None,
        InsightsEvent::Failed(fault) => Some(Err(anyhow!("{fault:?}"))),
    })?
}

fn ran(core: &Core, request: &StartInsights) -> Result<InsightsState> {
    let (_, channel) = start(core, request)?;
    over(&channel)
}

fn rows(core: &Core, query: InsightsId) -> Result<Vec<InsightsRow>> {
    let state = core.open(&OpenInsightsRows { query })?;
    core.rows(state.set, |rows| if let Rows::Insights(rows) = rows { Some(rows) } else { None })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_query_tells_its_cost_before_and_what_it_scanned_after() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let request =
            asked(LOADER, "fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc");
        let (groups, within) = (request.groups.clone(), request.within);
        let estimate = core.ask(&EstimateInsights { groups: groups.clone(), within })?;
        assert!(estimate.bytes > 0 && estimate.bytes <= estimate.stored && estimate.micros > 0, "{estimate:?}");
        assert!(estimate.basis.contains("DescribeLogGroups") && estimate.basis.contains("0.005 USD"), "{estimate:?}");
        let hour = core.ask(&EstimateInsights { groups, within: Within::last_hours(1) })?;
        assert!(hour.bytes < estimate.bytes, "{hour:?}");
        let missing = core.ask(&EstimateInsights { groups: vec!["/not/there".into()], within })?;
        assert_eq!((missing.bytes, missing.notices.len()), (0, 1), "{missing:?}");
        assert!(estate.calls("StartQuery", mark)?.is_empty(), "an estimate scans nothing");

        let state = ran(core, &request)?;
        assert_eq!(state.status, InsightsStatus::Complete);
        assert!(state.bytes > 0 && state.scanned > state.matched && state.matched == state.rows, "{state:?}");
        let names: Vec<_> = state.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["@timestamp", "@message"], "the pointer is not shown");
        assert!(
            state.command.starts_with("aws logs start-query --log-group-names /aws/lambda/orders-loader --start-time ")
        );
        let all = rows(core, state.query)?;
        assert_eq!(all.len() as u64, state.rows);
        assert!(all.iter().all(|row| row.leads && row.cells.len() == 2), "{all:?}");
        assert_eq!(core.ask(&ShowInsights { query: state.query })?, state, "it stays for a page that comes back");
        core.reload();
        assert_eq!(core.fault(&ShowInsights { query: state.query })?.code, Code::Gone);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn every_ready_query_runs_and_a_run_brings_its_groups() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let start = core.ask(&PrepareInsights { job: None })?;
        assert!(start.groups.is_empty() && start.queries.len() >= 7);
        for query in &start.queries {
            let state = ran(core, &asked(LOADER, &query.text))?;
            assert_eq!(state.status, InsightsStatus::Complete, "{}", query.name);
        }
        let slowest = start.queries.iter().find(|query| query.name == "Lambda: slowest calls").context("a query")?;
        let state = ran(core, &asked(LOADER, &slowest.text))?;
        let numeric: Vec<_> =
            state.fields.iter().filter(|field| field.numeric).map(|field| field.name.as_str()).collect();
        assert_eq!(numeric, ["@duration", "@billedDuration", "usedMB", "sizeMB"]);

        let glue = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        let own = glue.id.own().to_owned();
        let start = core.ask(&PrepareInsights { job: Some(glue.id) })?;
        assert!(start.groups.iter().any(|group| group == GLUE), "{:?}", start.groups);
        assert_eq!(start.queries[0].name, "Glue errors");
        let query = "fields @logStream | filter @message like /./";
        let text = format!("filter @logStream like \"{own}\"\n| {query}");
        assert!(start.queries[0].text.starts_with(&format!("filter @logStream like \"{own}\"")));
        let state = ran(core, &asked(GLUE, &text))?;
        let streams = rows(core, state.query)?;
        assert!(
            !streams.is_empty() && streams.iter().all(|row| row.cells[0].as_deref().unwrap_or_default().contains(&own))
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn rows_are_sorted_by_number_and_copied_under_their_names() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let text = "filter @type = \"REPORT\" | fields @requestId, @duration | sort @requestId asc";
        let state = ran(core, &asked(LOADER, text))?;
        let set = core.open(&OpenInsightsRows { query: state.query })?.set;
        let sort = Some(Sort { by: "c2".into(), descending: true });
        core.ask(&ViewSet { set, filter: String::new(), sort, offset_minutes: 0 })?;
        let Rows::Insights(sorted) = core.ask(&ReadRows { set, from: 0, to: 512 })?.rows else { panic!("rows") };
        let times: Vec<f64> = sorted.iter().map(|row| row.cells[1].clone().unwrap().parse().unwrap()).collect();
        assert!(times.len() > 3 && times.is_sorted_by(|one, two| one >= two), "{times:?}");
        let copy = CopyRows { set, ids: Vec::new(), format: CopyFormat::Csv };
        let (csv, count) = core.desk().copy_rows(&copy)?;
        assert!(csv.starts_with("'@requestId,'@duration\r\n"), "{csv}");
        assert_eq!(count, state.rows);
        assert!(csv.contains(sorted[0].cells[1].as_deref().unwrap()), "the value as the service wrote it");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_row_leads_to_its_line() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let told = "fields @timestamp, @logStream, @message | filter @message like /ERROR/ | limit 3";
        let state = ran(core, &asked(LOADER, told))?;
        let row = rows(core, state.query)?.into_iter().next().context("a row")?;
        let mark = estate.mark()?;
        let line = core.ask(&FindInsightsLine { query: state.query, row: row.id.clone() })?;
        assert_eq!(line.address, format!("{LOADER}:{}", row.cells[1].clone().context("a stream")?));
        assert!(estate.calls("GetLogRecord", mark)?.is_empty(), "the row tells itself");
        let log = core.open_one(&line.address)?;
        let (first, last) = (log.files[0].first.context("times")?, log.files[0].last.context("times")?);
        let at = line.at.context("a time")?;
        assert!(first.as_second() <= at.as_second() && at <= last, "{first} {at} {last}");

        let state = ran(core, &asked(LOADER, "fields @message | filter @message like /ERROR/ | limit 3"))?;
        let same = core.ask(&FindInsightsLine { query: state.query, row: row.id })?;
        assert_eq!(same, line, "the service tells it");
        assert_eq!(estate.calls("GetLogRecord", mark)?.len(), 1);
        let state = ran(core, &asked(LOADER, "stats count(*) as n"))?;
        let counted = rows(core, state.query)?;
        assert!(!counted[0].leads);
        let nowhere = core.fault(&FindInsightsLine { query: state.query, row: counted[0].id.clone() })?;
        assert_eq!(nowhere.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_cannot_be_asked_says_why_and_where() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let text = "fields @message\n| fancy @message";
        let (reply, _) = core.stream(&asked(LOADER, text))?;
        let Ok(InsightsReply::Malformed(wrong)) = reply else { panic!("it was understood") };
        assert_eq!(wrong.place, Some((18, 23)), "{wrong:?}");
        assert!(wrong.message.contains("fancy"), "{wrong:?}");
        for bad in [asked(LOADER, " "), StartInsights { groups: Vec::new(), ..asked(LOADER, "fields @message") }] {
            assert_eq!(core.stream(&bad)?.0.unwrap_err().code, Code::BadInput);
        }
        let missing = core.stream(&asked("/not/there", "fields @message"))?.0.unwrap_err();
        assert_eq!(missing.code, Code::NotFound, "{missing:?}");
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let denied = core.stream(&asked(LOADER, "fields @message"))?.0.unwrap_err();
        assert_eq!(denied.code, Code::Denied);
        assert!(denied.title.contains("logs:StartQuery"), "{denied:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_query_that_nobody_waits_for_is_stopped_at_the_service() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        // A query goes on for a third of a beat.
        estate.post("pace", &json!({ "seconds": 120 }))?;
        let mark = estate.mark()?;
        let (state, channel) = start(core, &asked(LOADER, "fields @message"))?;
        assert_eq!(state.status, InsightsStatus::Running);
        core.ask(&StopInsights { query: state.query })?;
        assert_eq!(over(&channel)?.status, InsightsStatus::Stopped);
        assert_eq!(estate.calls("StopQuery", mark)?.len(), 1);

        let mark = estate.mark()?;
        start(core, &asked(LOADER, "fields @message"))?;
        core.reload();
        let deadline = Instant::now() + Duration::from_secs(10);
        while estate.calls("StopQuery", mark)?.is_empty() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(estate.calls("StopQuery", mark)?.len(), 1, "the window is gone");
        estate.post("pace", &json!({ "seconds": 1 }))?;
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn log_groups_are_offered_by_any_part_of_their_names() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let found = core.ask(&ListLogGroups { holds: " GLUE ".into() })?;
        assert!(found.groups.iter().any(|group| group.name == GLUE), "{found:?}");
        assert!(found.groups.iter().all(|group| group.name.contains("glue") && group.stored.is_some()));
        let all = core.ask(&ListLogGroups { holds: String::new() })?;
        assert!(all.groups.len() > found.groups.len() && all.groups.len() <= 50);
        Ok(())
    })
}

fn names(saved: &SavedSearches) -> Vec<&str> {
    saved.searches.iter().map(|saved| saved.name.as_str()).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn saved_searches_survive_a_restart() -> Result<()> {
    on_computer(Touch::Reads, Computer::on, |_| {
        let lost = LogQuery {
            text: "Lost executor".into(),
            match_case: true,
            level: Some(LogLevel::Warn),
            ..LogQuery::default()
        };
        let query = Search::Insights { text: "stats count(*)".into(), groups: vec![LOADER.into()] };
        {
            let core = Core::start()?;
            core.ask(&SaveSearch { name: " lost ".into(), search: Search::Log(lost.clone()) })?;
            let saved = core.ask(&SaveSearch { name: "Count".into(), search: query.clone() })?;
            assert_eq!(names(&saved), ["Count", "lost"]);
            let taken = core.fault(&SaveSearch { name: "lost".into(), search: Search::Log(lost.clone()) })?;
            assert_eq!(taken.code, Code::BadInput);
            let nothing = SaveSearch { name: "nothing".into(), search: Search::Log(LogQuery::default()) };
            assert_eq!(core.fault(&nothing)?.code, Code::BadInput);
        }
        let core = Core::start()?;
        let saved = core.ask(&ListSearches {})?;
        let kept: Vec<_> = saved.searches.iter().map(|saved| saved.search.clone()).collect();
        assert_eq!(kept, [query, Search::Log(lost)]);
        let id = saved.searches[1].id;
        let renamed = core.ask(&RenameSearch { id, name: "executors".into() })?;
        assert_eq!(names(&renamed), ["Count", "executors"]);
        assert_eq!(names(&core.ask(&DeleteSearch { id })?), ["Count"]);
        assert_eq!(core.fault(&RenameSearch { id, name: "x".into() })?.code, Code::NotFound);
        Ok(())
    })
}

fn followed(core: &Core, address: &str) -> Result<(LogState, Channel<LogEvent>)> {
    let (state, channel) = core.open_logs(&[address.to_owned()], None)?;
    assert!(!state.following);
    core.ask(&FollowLog { log: state.log, on: true })?;
    channel
        .wait("that it is followed", |event| matches!(event, LogEvent::Grew(state) if state.following).then_some(()))?;
    Ok((state, channel))
}

/// Waits until there are so many lines.
fn grown(channel: &Channel<LogEvent>, lines: u64) -> Result<LogState> {
    channel.wait(&format!("{lines} lines"), |event| match event {
        LogEvent::Grew(state) if state.lines == lines => Some(state.clone()),
        _ => None,
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn following_shows_lines_as_they_are_written() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let stream = "jr_followed";
        estate.write_log(GLUE, stream, "26/11/21 06:00:00 INFO A: line 1")?;
        let (state, channel) = followed(core, &format!("{GLUE}:{stream}"))?;
        assert_eq!(state.lines, 1);
        for number in 2..=4 {
            estate.write_log(GLUE, stream, &format!("26/11/21 06:00:0{number} INFO A: line {number}"))?;
            let state = grown(&channel, number)?;
            let last = core.log_rows(&state, LogView::Records)?.pop().context("a row")?;
            assert_eq!(last.text, format!("A: line {number}"));
        }
        core.ask(&FollowLog { log: state.log, on: false })?;
        channel.wait("that it is not", |event| {
            matches!(event, LogEvent::Grew(state) if !state.following && state.lines == 4).then_some(())
        })?;
        let mark = still("the estate", || estate.mark())?;
        thread::sleep(Duration::from_millis(2_500));
        assert!(estate.calls("GetLogEvents", mark)?.is_empty(), "nobody asks any more");
        let gone = FollowLog { log: contract::LogId(u64::MAX), on: true };
        assert_eq!(core.fault(&gone)?.code, Code::Gone);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_is_followed_over_all_its_streams_and_no_line_comes_twice() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let group = "/aws/lambda/landing-validator";
        let (state, channel) = followed(core, &format!("{group}:"))?;
        let mut lines = state.lines;
        for stream in ["one", "two", "one"] {
            estate.write_log(group, stream, &format!("a line of {stream}"))?;
            lines += 1;
            grown(&channel, lines)?;
        }
        let mark = estate.mark()?;
        thread::sleep(Duration::from_secs(3));
        assert!(!estate.calls("FilterLogEvents", mark)?.is_empty());
        let seen = channel.events()?.into_iter().filter_map(|event| match event {
            LogEvent::Grew(state) => Some(state.lines),
            LogEvent::Failed(_) => None,
        });
        assert_eq!(seen.max(), Some(lines), "what is asked for again is not written again");
        Ok(())
    })
}
