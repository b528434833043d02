//! What stands around a monitor: why its runs fail, how its endpoint does, and what of both is refused.

use super::drift::{WIDTH, drift, monitors, runs, texts};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    charts::Chart,
    drift::{
        DescribeMonitor, EndpointHealth, EndpointRow, ExplainMonitorRun, OpenEndpoints, ReadDrift, ReadEndpointHealth,
    },
    models::{ColumnChange, HealthState, SilenceKind},
    sets::{Rows, SetState, ViewSet},
};
use serde_json::json;
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_failed_run_says_which_hours_columns_or_memory_it_lacked() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = |schedule: &str, days: u32| -> Result<_> {
            let run = runs(core, schedule, days)?.into_iter().find(|run| run.status == "Failed");
            let run = run.with_context(|| format!("no failed run of {schedule}"))?;
            let told = core.ask(&ExplainMonitorRun { schedule: schedule.into(), scheduled: run.scheduled })?;
            let again = told.again.as_ref().with_context(|| format!("{told:?}"))?;
            assert!(again.words.starts_with("SageMaker has no call") && again.next > Some(run.scheduled), "{again:?}");
            told.failure.clone().with_context(|| format!("{told:?}"))
        };
        let empty = failed("delivery-eta-uk-live-data", 4)?;
        assert_eq!(
            (empty.title.as_str(), empty.missing_hours.len()),
            ("No data was captured: 1 hour missing", 1),
            "{empty:?}"
        );
        assert_eq!(empty.said.as_deref(), Some("Job inputs had no data"));
        let schema = failed("delivery-eta-emea-live-data", 4)?;
        assert!(schema.title.contains("other columns than the baseline"), "{schema:?}");
        let changes: Vec<ColumnChange> = schema.columns.iter().map(|row| row.change).collect();
        assert_eq!(changes, [ColumnChange::Added], "{schema:?}");
        let memory = failed("payment-fraud-emea-live-data", 3)?;
        assert!(memory.title.contains("ran out of memory on ml.m5.large"), "{memory:?}");

        let fine = runs(core, "dynamic-pricing-emea-live-data", 1)?;
        let run = fine.iter().find(|run| run.status == "CompletedWithViolations").context("violations")?;
        let told = core.ask(&ExplainMonitorRun { schedule: run.schedule.clone(), scheduled: run.scheduled })?;
        assert_eq!(told.again, None, "nothing is to be started again");
        assert_eq!((told.failure, told.baseline.len()), (None, 2), "statistics and constraints of its own baseline");
        assert!(told.report.is_some() && !told.violations.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_nobody_published_is_named_and_is_no_zero() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let asking = |endpoint: &str| ReadEndpointHealth {
            endpoint: endpoint.into(),
            hours: 6,
            offset_minutes: 0,
            width: WIDTH,
        };
        let ask = |endpoint: &str| core.ask(&asking(endpoint));
        let served = ask("no-show-uk-live")?;
        assert_eq!(served.unpublished, Vec::<String>::new());
        let drawn = "invocations, rate of errors, errors with the limit of their alarm, latency, CPU, memory";
        assert_eq!(served.charts.len(), 6, "{drawn}");
        let latency = served.charts.iter().find(|chart| chart.y.label.contains("ms")).context("latency")?;
        assert!(latency.caption.contains("no-show-uk-live"));
        let marks = |chart: &Chart, word: &str| {
            let told = format!("payment-fraud-uk-live-5xx {word}");
            chart.table.rows.iter().flatten().filter(|cell| cell.contains(&told)).count()
        };
        let schedules = served.schedules.as_deref().context("schedules")?;
        let names: Vec<&str> = schedules.iter().map(|row| row.schedule.as_str()).collect();
        assert!(names.contains(&"no-show-uk-live-data") && names.contains(&"no-show-uk-live-quality"), "{names:?}");
        assert!(
            schedules.iter().all(|row| row.endpoint.as_deref() == Some("no-show-uk-live") && !row.status.is_empty())
        );
        let states = |health: &EndpointHealth| {
            let mut all: Vec<(String, String)> =
                health.rollback.iter().flatten().map(|alarm| (alarm.name.clone(), alarm.state.clone())).collect();
            all.sort_unstable();
            all
        };
        assert_eq!(states(&served), [("no-show-uk-live-5xx".to_owned(), "OK".to_owned())]);
        let unmade = ask("upsell-offer-iberia-live")?;
        assert_eq!(unmade.endpoint.rollback_alarms, ["upsell-offer-iberia-live-5xx"]);
        assert!(unmade.rollback.as_ref().is_some_and(Vec::is_empty), "nobody made the alarm that it names");
        let churn = ask("guest-churn-emea-live")?;
        let wanted = [("guest-churn-emea-f1", "ALARM"), ("guest-churn-emea-live-5xx", "OK")];
        assert_eq!(states(&churn), wanted.map(|(name, state)| (name.to_owned(), state.to_owned())));
        let said = texts(&churn.notices);
        assert_eq!(said.matches("Alarm guest-churn-emea-f1 is raised").count(), 1, "once: {said}");
        assert!(
            said.contains("guest-churn-emea-f1 (Average of f1"),
            "what its monitor publishes has no line here: {said}"
        );
        let request = ReadEndpointHealth { hours: 24 * 7, ..asking("payment-fraud-uk-live") };
        let sick = core.ask(&request)?;
        // Also what watches another metric, and what is made of others.
        let mut states: Vec<(&str, &str)> = sick
            .rollback
            .iter()
            .flatten()
            .filter(|alarm| alarm.since.is_some())
            .map(|alarm| (alarm.name.as_str(), alarm.state.as_str()))
            .collect();
        states.sort_unstable();
        let wanted =
            [("payment-fraud-uk-live-5xx", "ALARM"), ("payments-declined", "OK"), ("payments-in-trouble", "ALARM")];
        assert_eq!(states, wanted);
        assert!(texts(&sick.notices).contains("Alarm payments-in-trouble is raised"), "{:?}", sick.notices);
        let errors =
            sick.charts.iter().find(|chart| chart.caption.starts_with("4XX and 5XX rate")).context("errors")?;
        let both = |cell: &String| cell.contains("4XX") || cell.contains("5XX");
        assert_eq!(errors.table.head.iter().filter(|cell| both(cell)).count(), 2, "{:?}", errors.table.head);
        // Its alarm counts answers in five minutes: of these the points of a day are, those of a week are of more.
        let answers = |health: &EndpointHealth| {
            let found = health.charts.iter().find(|chart| chart.caption.starts_with("4XX and 5XX answers"));
            found.map(|chart| chart.key.iter().any(|entry| entry.name == "Threshold"))
        };
        let told = |health: &EndpointHealth| texts(&health.notices).contains("in 5 min, limit");
        assert_eq!((answers(&sick), told(&sick)), (None, true), "{:?}", sick.notices);
        let day = core.ask(&ReadEndpointHealth { hours: 24, ..asking("payment-fraud-uk-live") })?;
        assert_eq!((answers(&day), told(&day)), (Some(true), false), "{:?}", day.notices);
        let (raised, over) = (marks(errors, "raised"), marks(errors, "over"));
        assert!(over > 0 && raised.abs_diff(over) <= 1, "each time that it was raised: {raised}, over: {over}");
        let waiting = ask("review-sentiment-uk-live")?;
        assert!(waiting.endpoint.is_async);
        assert_eq!(waiting.unpublished, ["Invocations", "OverheadLatency"]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_watches_an_endpoint_is_looked_at_with_it() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let ask = |endpoint: &str| {
            let asked = ReadEndpointHealth { endpoint: endpoint.into(), hours: 6, offset_minutes: 0, width: WIDTH };
            let health = core.ask(&asked)?;
            health.schedules.context("schedules")
        };
        // Nobody has opened the list of monitors.
        let mark = estate.mark()?;
        let rows = ask("guest-churn-emea-live")?;
        assert_eq!(rows.len(), 2, "{rows:?}");
        for row in &rows {
            assert_ne!(row.health, HealthState::Unknown, "{row:?}");
            assert!(row.violations > Some(0) && !row.words.contains("was not read"), "{row:?}");
        }
        assert_eq!(estate.calls("DescribeEndpoint", mark)?.len(), 1, "it is described once for all of the page");
        assert_eq!(estate.calls("DescribeMonitoringSchedule", mark)?.len(), 0);
        let again = estate.mark()?;
        assert_eq!(ask("guest-churn-emea-live")?.len(), 2);
        for action in ["DescribeDataQualityJobDefinition", "DescribeModelPackage", "DescribeProcessingJob"] {
            assert_eq!(estate.calls(action, again)?.len(), 0, "{action}: what was found out is kept");
        }
        let deaf = ask("guest-churn-uk-live")?;
        let [deaf] = deaf.as_slice() else { panic!("{deaf:?}") };
        assert_eq!(deaf.health, HealthState::Silent, "{deaf:?}");
        assert!(deaf.words.contains("check nothing"), "as the list of monitors says it: {deaf:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn every_endpoint_is_listed_also_those_that_nothing_watches() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let endpoints = || -> Result<(SetState, Vec<EndpointRow>)> {
            let state = core.open(&OpenEndpoints {})?;
            let rows = core.rows(state.set, |rows| if let Rows::Endpoints(rows) = rows { Some(rows) } else { None })?;
            Ok((state, rows))
        };
        let mark = estate.mark()?;
        let (state, rows) = endpoints()?;
        assert_eq!((rows.len(), texts(&state.notices).as_str()), (24, ""));
        assert_eq!(estate.calls("DescribeEndpoint", mark)?.len(), 0, "none is described by itself");
        let one = |name: &str| {
            let found = rows.iter().find(|row| row.name == format!("{name}-live")).cloned();
            found.with_context(|| format!("{name} is not in the list"))
        };
        let unwatched = one("upsell-offer-iberia")?;
        assert_eq!((unwatched.status.as_str(), unwatched.variants), ("InService", Some(1)), "{unwatched:?}");
        let serves = unwatched.serves.context("what it serves")?;
        assert!(
            serves.iter().all(|one| one.starts_with("upsell-offer-iberia version ")) && serves.len() == 1,
            "{serves:?}"
        );
        let failed = one("staffing-need-emea")?;
        assert!(failed.reason.is_some_and(|reason| reason.contains("ping health check")));
        assert_eq!(
            rows.first().map(|row| row.name.as_str()),
            Some("staffing-need-emea-live"),
            "what failed stands first"
        );
        assert_eq!(one("dynamic-pricing-dach")?.variants, Some(2));
        let view =
            |filter: &str| core.ask(&ViewSet { set: state.set, filter: filter.into(), sort: None, offset_minutes: 0 });
        let narrow = view("status:failed serves:staffing*")?;
        assert!(narrow.filter_errors.is_empty() && narrow.shown == 1, "{narrow:?}");

        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "Search" }), 50, denied)?;
        let (state, rows) = endpoints()?;
        assert!(texts(&state.notices).contains("the permission sagemaker:Search is missing"), "{:?}", state.notices);
        assert!(rows.len() == 24 && rows.iter().all(|row| row.variants.is_none()), "not read is not none");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_is_refused_is_said_and_the_rest_shows() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let denied = || json!({ "status": 400, "code": "AccessDeniedException" });
        // What a search would say of all endpoints is asked of each by itself.
        estate.fault(json!({ "action": "Search" }), 50, denied())?;
        estate.fault(json!({ "action": "DescribeEndpoint" }), 200, denied())?;
        let (state, rows) = monitors(core)?;
        let told = texts(&state.notices);
        assert!(told.contains("the permission sagemaker:DescribeEndpoint is missing"), "{told}");
        let quiet = rows.iter().find(|row| row.schedule == "demand-forecast-emea-live-data").context("listed")?;
        assert_eq!(quiet.health, HealthState::Unknown, "what was not read is not good: {quiet:?}");
        estate.fault(json!({ "action": "ListMonitoringExecutions" }), 50, denied())?;
        let request = ReadDrift { schedule: "no-show-uk-live-data".into(), days: 1, offset_minutes: 0, width: WIDTH };
        let refused = core.stream(&request)?.0.unwrap_err();
        assert_eq!(refused.code, Code::Denied);
        assert!(refused.title.contains("sagemaker:ListMonitoringExecutions"), "{refused:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_monitor_whose_checks_may_not_be_read_is_not_called_measured() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "DescribeDataQualityJobDefinition" }), 200, denied)?;
        let (state, rows) = monitors(core)?;
        let told = texts(&state.notices);
        assert!(told.contains("the permission sagemaker:DescribeDataQualityJobDefinition is missing"), "{told}");
        let quiet = rows.iter().find(|row| row.schedule == "demand-forecast-emea-live-data").context("listed")?;
        let seen = (quiet.health, quiet.words.as_str());
        assert_eq!(seen, (HealthState::Unknown, "what it compares with was not read"), "{quiet:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_monitor_whose_endpoint_was_deleted_is_silent() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let unknown = "Could not find endpoint \"food-waste-dach-live\".";
        let absent = json!({ "status": 400, "code": "ValidationException", "message": unknown });
        estate.fault(json!({ "action": "DescribeEndpoint" }), 50, absent)?;
        let detail = core.ask(&DescribeMonitor { schedule: "food-waste-dach-live-data".into() })?;
        assert_eq!(detail.health.state, HealthState::Silent, "{:?}", detail.health);
        assert_eq!(detail.health.problems.first().map(|problem| problem.kind), Some(SilenceKind::EndpointGone));
        assert!(detail.row.words.contains("food-waste-dach-live does not exist any more"), "{:?}", detail.row);
        assert_eq!(detail.endpoint, None);
        // What it measured before stands in S3 and can still be read.
        let view = drift(core, "food-waste-dach-live-data", 5)?;
        assert!(view.read > 0 && !view.features.is_empty(), "{:?}", view.notices);
        Ok(())
    })
}
