//! State machines and executions, read.

use anyhow::{Context as _, Result, ensure};
use contract::{
    Code,
    executions::{
        CompareExecution, DescribeMachine, ExecutionEvent, ExecutionRow, ExecutionsOf, GroupErrors, MachineRow,
        OpenExecutions, OpenHistoryEvents, OpenMachines, OpenStates, PayloadOf, ReadEvent, ReadPayload, ReadState,
        Standing, StateStatus, Status, UnwatchExecution, WatchExecution,
    },
    palette::{ResolveTarget, TargetPlace},
    range::Within,
    session::OpenProfile,
    sets::{ReadRows, Rows, ViewSet},
};
use engine::ExecutionEvents;
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tests::bridge::{Core, Touch, on_estate};

const PREFIX: &str = "arn:aws:states:eu-west-1:123456789012";

pub fn machine(name: &str) -> String {
    format!("{PREFIX}:stateMachine:{name}")
}

/// Waits until `found` answers, because lists go on filling after their first rows.
pub fn until<T>(what: &str, mut found: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        if let Some(found) = found()? {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    anyhow::bail!("waited 60 s for {what}")
}

/// Waits until what is read stays the same for half a second: whatever was on its way has come.
pub fn still<T: PartialEq + Copy>(what: &str, mut read: impl FnMut() -> Result<T>) -> Result<T> {
    let (mut last, mut since) = (read()?, Instant::now());
    until(&format!("{what} to stand still"), || {
        let now = read()?;
        if now != last {
            (last, since) = (now, Instant::now());
        }
        Ok((since.elapsed() >= Duration::from_millis(500)).then_some(last))
    })
}

pub fn rows(core: &Core, set: contract::SetId) -> Result<Rows> {
    Ok(core.ask(&ReadRows { set, from: 0, to: 512 })?.rows)
}

pub fn executions(core: &Core, name: &str) -> Result<Vec<ExecutionRow>> {
    let request = OpenExecutions { of: ExecutionsOf::Machine(machine(name)), within: None };
    let (state, _growth) = core.stream(&request)?;
    let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
    until("all executions looked at", || {
        let Rows::Executions(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
        let looked = rows.iter().all(|row| row.looked || row.status == Status::Running);
        Ok((!rows.is_empty() && looked).then_some(rows))
    })
}

pub fn newest(core: &Core, name: &str, status: Status) -> Result<ExecutionRow> {
    let rows = executions(core, name)?;
    let told: Vec<_> = rows.iter().map(|row| (row.name.clone(), row.status)).collect();
    rows.into_iter().find(|row| row.status == status).with_context(|| format!("{name} has no {status:?}: {told:?}"))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn machines_say_what_ran_what_failed_and_what_is_late() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (state, _growth) = core.stream(&OpenMachines { within: Within::last_hours(24 * 14) })?;
        let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
        let all: Vec<MachineRow> = until("the machines", || {
            let Rows::Machines(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
            let clock = |name: &str| rows.iter().any(|row| row.name == name && row.expected.is_some());
            let read = clock("menu-sync")
                && clock("supplier-scorecard")
                && rows.iter().any(|row| row.name == "daily-sales-pipeline" && row.last.is_some())
                && rows.iter().any(|row| row.name == "orders-backfill" && row.last.is_some());
            Ok(read.then_some(rows))
        })?;
        let one = |name: &str| all.iter().find(|row| row.name == name).context(name.to_owned());
        let daily = one("daily-sales-pipeline")?;
        let last = daily.last.clone().flatten().context("it has run")?;
        assert_eq!(last.status, Status::CaughtFailure, "a success that a Catch led to is none");
        let orders = one("orders-backfill")?.counts.context("counts")?;
        assert!(orders.failed >= 30 && orders.started >= orders.failed, "{orders:?}");
        let late = one("menu-sync")?.expected.clone().context("a schedule")?;
        assert!(matches!(late.standing, Standing::Disabled | Standing::Late(_)), "{late:?}");
        let is_never =
            |row: &&MachineRow| row.expected.as_ref().is_some_and(|expected| expected.standing == Standing::NeverRan);
        let never = all.iter().find(is_never).context("one that should have run and never did")?;
        assert_eq!(never.last, Some(None), "it was asked for: {never:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn executions_have_their_failed_state_error_and_groups() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        assert_eq!(failed.state.as_deref(), Some("SubmitEMRServerlessJob"));
        assert_eq!(failed.error.as_deref(), Some("States.TaskFailed"));
        assert!(failed.cause.as_deref().unwrap_or_default().contains("BadRecordException"), "{:?}", failed.cause);

        let mark = estate.mark()?;
        executions(core, "daily-sales-pipeline")?;
        let again = estate.calls("GetExecutionHistory", mark)?;
        assert!(again.is_empty(), "what was found out is remembered: {} calls", again.len());

        let (state, _growth) =
            core.stream(&OpenExecutions { of: ExecutionsOf::Machine(machine("orders-backfill")), within: None })?;
        let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
        let groups = until("groups", || {
            let groups = core.ask(&GroupErrors { set })?;
            let named = groups.groups.iter().all(|group| group.state.is_some());
            Ok((groups.groups.len() >= 2 && named).then_some(groups))
        })?;
        assert!(groups.groups[0].count >= groups.groups[1].count, "most frequent first");
        assert_eq!(groups.strip.len(), 50);
        let view = ViewSet { set, filter: "status:running".into(), sort: None, offset_minutes: 0 };
        assert_eq!(core.ask(&view)?.shown, 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn one_execution_from_its_reason_to_its_jobs() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let arn = failed.arn.clone();
        let (first, views) = core.stream(&WatchExecution { arn: arn.clone() })?;
        let first = first.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        assert_eq!(first.execution.name, failed.name, "what one call tells is there at once");
        let graph = views.wait("a graph", |event| match event {
            ExecutionEvent::View(view) => view.graph.clone(),
            ExecutionEvent::Failed(_) => None,
        })?;
        let view = views.wait("the whole execution", |event| match event {
            ExecutionEvent::View(view) if view.complete && view.why.is_some() => Some(view.clone()),
            _ => None,
        })?;
        let why = view.why.context("a reason")?;
        assert_eq!(why.state.as_deref(), Some("SubmitEMRServerlessJob"));
        assert!(why.consequences.iter().any(|line| line.contains("SendFailureNotification")), "{:?}", why.consequences);
        assert_eq!(view.execution.status, Status::CaughtFailure);
        let names: Vec<&str> = graph.nodes.iter().map(|node| node.name.as_str()).collect();
        assert!(names.contains(&"LoadDataToRedshift"), "{names:?}");

        let (states, _growth) = core.stream(&OpenStates { arn: arn.clone() })?;
        let set = states.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
        let submit = until("the states", || {
            let Rows::States(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
            Ok(rows.into_iter().find(|row| row.name == "SubmitEMRServerlessJob"))
        })?;
        assert_eq!((submit.status, submit.attempts), (StateStatus::Caught, 3));
        let detail = core.ask(&ReadState { arn: arn.clone(), state: submit.id })?;
        let mut jobs: Vec<String> =
            detail.attempts.iter().filter_map(|attempt| attempt.job.as_ref().map(|job| job.id.clone())).collect();
        assert_eq!(jobs.len(), 3, "each attempt started a job: {:?}", detail.attempts);
        jobs.dedup();
        assert_eq!(jobs.len(), 3, "of its own");

        let (events, _growth) = core.stream(&OpenHistoryEvents { arn: arn.clone() })?;
        let set = events.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
        let last = until("the events", || {
            let Rows::Events(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
            Ok(rows.into_iter().find(|row| row.failure))
        })?;
        let event = core.ask(&ReadEvent { arn: arn.clone(), number: last.number })?;
        assert!(event.json.contains("BadRecordException"), "causes are unfolded: {}", event.json);
        let input = core.ask(&ReadPayload { arn: arn.clone(), what: PayloadOf::Input })?;
        assert!(input.text.contains("daily_sales.csv"));

        let compared = core.ask(&CompareExecution { arn, with: None })?;
        let with = compared.with.context("a success before it")?;
        assert_eq!(with.status, Status::Succeeded);
        let first = compared.differences.first().context("something is different")?;
        assert!(first.place.contains("size"), "the input shrank, which is told first: {:?}", compared.differences);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_cannot_be_read_is_said_and_the_rest_shows() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let (view, views) = core.stream(&WatchExecution { arn: failed.arn.clone() })?;
        let view = view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        assert_eq!(view.execution.name, failed.name, "what may be read is there");
        views.wait("a notice of what is missing", |event| match event {
            ExecutionEvent::View(view) => {
                view.notices.iter().any(|notice| notice.text.contains("GetExecutionHistory")).then_some(())
            }
            ExecutionEvent::Failed(_) => None,
        })?;
        core.ask(&OpenProfile { name: "practice".into() })?;
        let gone = core.stream(&WatchExecution { arn: format!("{PREFIX}:execution:daily-sales-pipeline:never") })?;
        assert_eq!(gone.0.err().map(|fault| fault.code), Some(Code::NotFound));
        let nonsense = core.stream(&WatchExecution { arn: "arn:aws:s3:::lake-raw".into() })?;
        assert_eq!(nonsense.0.err().map(|fault| fault.code), Some(Code::BadInput));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_page_that_closes_does_not_end_another() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = format!("{PREFIX}:execution:menu-images:winter-menu");
        estate.fault(json!({ "action": "GetExecutionHistory" }), 1, json!({ "delay_ms": 700 }))?;
        let (first, _closes) = core.stream(&WatchExecution { arn: arn.clone() })?;
        first.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let (second, stays) = core.stream(&WatchExecution { arn: arn.clone() })?;
        second.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        core.ask(&UnwatchExecution { arn })?;
        stays.wait("the whole execution", |event| match event {
            ExecutionEvent::View(view) if view.complete && view.why.is_some() => Some(()),
            _ => None,
        })
    })
}

/// As when a row's pane gives way to the page of the same execution: the one leaves while the other comes.
#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_page_that_opens_while_another_closes_is_told_all() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let desk = core.desk();
        let watch =
            async |told: ExecutionEvents| desk.watch_execution(WatchExecution { arn: failed.arn.clone() }, told).await;
        let leave = || desk.unwatch_execution(&UnwatchExecution { arn: failed.arn.clone() });
        for turn in 0..60_u64 {
            watch(Arc::new(|_| {})).await?;
            // At another moment of its reading each time.
            tokio::time::sleep(Duration::from_micros(turn * 400)).await;
            let (told, mut views) = tokio::sync::mpsc::unbounded_channel();
            let leaves = {
                let (desk, arn) = (desk.clone(), failed.arn.clone());
                tokio::spawn(async move { desk.unwatch_execution(&UnwatchExecution { arn }) })
            };
            let mut view = watch(Arc::new(move |event| {
                let _ = told.send(event);
            }))
            .await?;
            leaves.await?;
            while !view.complete {
                let next = tokio::time::timeout(Duration::from_secs(20), views.recv()).await;
                match next.with_context(|| format!("nothing more was told, turn {turn}"))? {
                    Some(ExecutionEvent::View(next)) => view = *next,
                    other => anyhow::bail!("turn {turn}: {other:?}"),
                }
            }
            leave();
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_definition_has_its_graph_versions_and_starts() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let detail = core.ask(&DescribeMachine { arn: machine("daily-sales-pipeline") })?;
        assert!(detail.graph.context("a graph")?.nodes.len() >= 5);
        assert!(detail.starts.iter().any(|rule| rule.name == "rule on-daily-sales"), "{:?}", detail.starts);
        let express = core.ask(&DescribeMachine { arn: machine("till-heartbeat") })?;
        assert!(express.machine.log_group.is_some());
        let hourly = core.ask(&DescribeMachine { arn: machine("weather-hourly") })?;
        let expected = hourly.expected.context("the clock starts it")?;
        let now = contract::Timestamp::now();
        assert!(expected.next.is_some_and(|next| next > now), "{expected:?}");
        assert_eq!(detail.expected.map(|expected| expected.standing), Some(Standing::Unknown), "by events alone");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn arns_urls_and_whole_mails_lead_somewhere() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let arn = format!("{PREFIX}:execution:daily-sales-pipeline:2026-11-20T06-04");
        let mail = format!("Alarm! see {arn}, and {} too.\n- AWS Account: 123456789012", machine("orders-backfill"));
        let resolved = core.ask(&ResolveTarget { text: mail })?;
        let places: Vec<_> = resolved.targets.into_iter().map(|target| target.place).collect();
        assert_eq!(places, [TargetPlace::Execution(arn), TargetPlace::Machine(machine("orders-backfill"))]);
        let object = core.ask(&ResolveTarget { text: "s3://lake-raw/data/in/daily_sales.csv".into() })?;
        ensure!(matches!(object.targets[0].place, TargetPlace::Object { .. }), "objects still resolve");
        Ok(())
    })
}
