//! Runs of every engine, read; and where a pasted id leads.

use super::executions::{newest, rows, until};
use anyhow::{Context as _, Result, ensure};
use contract::{
    Code,
    executions::{ExecutionEvent, OpenStates, ReadState, Status, WatchExecution},
    jobs::{
        CompareJob, DescribeCluster, DescribeJob, Engine, FindRun, FoundRun, HomeId, HomeRow, JobId, JobRow, JobTarget,
        JobsOf, JudgeLogs, OpenHomes, OpenJobs, OpenLogFiles, ReadAttempts, ReadCapacity, ReadRecurrence, State,
    },
    logs::LogView,
    palette::{ResolveTarget, TargetPlace},
    range::Within,
    session::OpenProfile,
    sets::{Rows, SetState, ViewSet},
};
use serde_json::json;
use std::{thread, time::Duration};
use tests::bridge::{Core, Touch, on_estate};

/// Longer than a night: the story's day may be yesterday.
const DAYS: Within = Within::last_hours(48);

pub fn open(core: &Core, of: JobsOf, within: Option<Within>) -> Result<(SetState, Vec<JobRow>)> {
    let state = core.open(&OpenJobs { of, within })?;
    let rows = core.rows(state.set, |rows| if let Rows::Jobs(rows) = rows { Some(rows) } else { None })?;
    Ok((state, rows))
}

/// The newest run of this name and state in a home.
pub fn one(core: &Core, home: HomeId, name: &str, state: &State) -> Result<JobRow> {
    let (_, rows) = open(core, JobsOf::Home(home), None)?;
    let told: Vec<_> = rows.iter().map(|row| (row.name.clone(), row.state.clone())).collect();
    rows.into_iter()
        .find(|row| row.name == name && row.state == *state)
        .with_context(|| format!("no {state:?} run of {name} among {told:?}"))
}

pub fn nightly() -> HomeId {
    HomeId::Cluster("j-2QD8SALESETL".into())
}

pub fn adhoc() -> HomeId {
    HomeId::Application("00fadh0canalyt1c".into())
}

pub fn kitchens() -> HomeId {
    HomeId::VirtualCluster("kq8f0recastk1tchens0000001".into())
}

fn count(rows: &[JobRow], engine: Engine) -> usize {
    rows.iter().filter(|row| row.id.engine() == engine).count()
}

fn texts(state: &SetState) -> String {
    state.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn runs_of_every_engine_stand_in_one_list() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (state, rows) = open(core, JobsOf::All, Some(DAYS))?;
        for engine in Engine::ALL {
            assert!(count(&rows, engine) > 0, "{engine:?}: {}", texts(&state));
        }
        assert!(!texts(&state).contains("left out"), "{}", texts(&state));
        for wanted in [State::Running, State::Queued, State::Succeeded, State::Failed, State::Cancelled] {
            assert!(rows.iter().any(|row| row.state == wanted), "{wanted:?}");
        }
        assert!(!rows.iter().any(|row| matches!(row.state, State::Unknown(_))));
        let began = |row: &JobRow| row.created.or(row.started);
        assert!(rows.is_sorted_by_key(|row| std::cmp::Reverse(began(row))), "newest first");
        let over = |row: &&JobRow| row.state == State::Failed;
        for row in rows.iter().filter(over) {
            assert!(row.reason.is_some() || row.id.engine() == Engine::Emr, "{row:?}");
        }
        let serverless = rows.iter().find(|row| row.id.engine() == Engine::EmrServerless && row.state == State::Failed);
        let serverless = serverless.context("a failed run of EMR Serverless")?;
        assert!(serverless.timing.run.is_some() && !serverless.cost.is_empty(), "described: {serverless:?}");
        assert!(rows.iter().any(|row| row.release.as_deref() == Some("Glue 4.0")));

        let view = ViewSet { set: state.set, filter: "engine:glue state:failed".into(), sort: None, offset_minutes: 0 };
        let shown = core.ask(&view)?;
        assert!(shown.filter_errors.is_empty(), "{:?}", shown.filter_errors);
        let expected = rows.iter().filter(|row| row.id.engine() == Engine::Glue && row.state == State::Failed).count();
        assert_eq!(shown.shown, expected as u64);
        let fields: Vec<&str> = shown.fields.iter().map(|field| field.name.as_str()).collect();
        let wanted = ["name", "engine", "state", "started", "queued", "run", "by", "release", "reason", "id", "ended"];
        assert_eq!(fields, wanted);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_engine_that_is_refused_or_throttled_is_a_notice() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.fault(
            json!({ "action": "GetJobs" }),
            1_000,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        estate.fault(
            json!({ "action": "ListVirtualClusters" }),
            1_000,
            json!({ "status": 429, "code": "TooManyRequestsException" }),
        )?;
        let (state, rows) = open(core, JobsOf::All, Some(DAYS))?;
        let told = texts(&state);
        assert!(told.contains("Glue is left out: the permission glue:GetJobs is missing."), "{told}");
        assert!(told.contains("EMR on EKS is left out"), "{told}");
        assert_eq!((count(&rows, Engine::Glue), count(&rows, Engine::EmrEks)), (0, 0));
        assert!(count(&rows, Engine::Emr) > 0 && count(&rows, Engine::EmrServerless) > 0);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn who_may_not_read_logs_still_sees_runs() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let (state, rows) = open(core, JobsOf::All, Some(Within::last_hours(24 * 7)))?;
        let told = texts(&state);
        assert!(told.contains("logs:FilterLogEvents") && told.contains("Lambda"), "{told}");
        for engine in [Engine::Emr, Engine::EmrServerless, Engine::EmrEks, Engine::Glue] {
            assert!(count(&rows, engine) > 0, "{engine:?}");
        }
        core.ask(&OpenProfile { name: "practice-expired".into() })?;
        let outcome = core.try_open(&OpenJobs { of: JobsOf::All, within: None })?;
        assert_eq!(outcome.err().map(|fault| fault.code), Some(Code::SignIn));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn homes_say_how_they_are() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&OpenHomes {})?;
        let all: Vec<HomeRow> =
            core.rows(state.set, |rows| if let Rows::Homes(rows) = rows { Some(rows) } else { None })?;
        let find = |id: HomeId| all.iter().find(|row| row.id == id).with_context(|| format!("{id:?}"));
        let cluster = find(nightly())?;
        assert_eq!(cluster.release.as_deref(), Some("emr-7.1.0"));
        assert!(cluster.capacity.as_deref().unwrap_or_default().contains("3 r6g.2xlarge"), "{cluster:?}");
        let boot = find(HomeId::Cluster("j-1B0OTFA1LPYAR".into()))?;
        assert_eq!(boot.state.as_deref(), Some("TERMINATED_WITH_ERRORS"));
        assert!(boot.reason.as_deref().unwrap_or_default().contains("bootstrap action 1"), "{boot:?}");
        assert_eq!(find(adhoc())?.capacity.as_deref(), Some("at most 64 vCPU, 256 GB"));
        // One run goes on there: a driver and its executors of 4 vCPU, 16 GB and 20 GB each.
        let in_use = find(adhoc())?.in_use.clone().context("what its workers take")?;
        let workers = in_use.rsplit(", ").next().and_then(|last| last.strip_suffix(" workers"));
        let workers: u64 = workers.with_context(|| in_use.clone())?.parse()?;
        assert!(workers >= 2, "{in_use}");
        let (vcpu, memory, disk) = (workers * 4, workers * 16, workers * 20);
        assert_eq!(in_use, format!("{vcpu} vCPU, {memory} GB, {disk} GB disk, {workers} workers"));
        let stopped = find(HomeId::Application("00fmenum0delst0p".into()))?;
        assert_eq!(stopped.in_use, None, "nothing tells of one that is stopped: {stopped:?}");
        assert!(find(kitchens())?.capacity.as_deref().unwrap_or_default().contains("namespace emr"));
        assert_eq!(find(HomeId::GlueJob("price-list".into()))?.capacity.as_deref(), Some("4 workers G.2X"));
        assert!(all.iter().any(|row| row.id == HomeId::Function("landing-validator".into())));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cluster_names_its_machines_and_what_was_run_on_them_first() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let id = nightly().own().to_owned();
        let nightly = core.ask(&DescribeCluster { cluster: id.clone() })?;
        assert_eq!(nightly.logs.as_deref(), Some("s3://lake-logs/emr/j-2QD8SALESETL/node/"));
        let lost = nightly.instances.first().context("machines")?;
        assert!(lost.ended.is_some() && lost.market.as_deref() == Some("SPOT"), "the lost one first: {lost:?}");
        assert!(lost.reason.as_deref().unwrap_or_default().contains("SpotInstanceTermination"), "{lost:?}");
        assert!(nightly.instances.iter().skip(1).all(|one| one.state == "RUNNING" && one.ready.is_some()));
        let failed = core.ask(&DescribeCluster { cluster: "j-1B0OTFA1LPYAR".into() })?;
        assert!(failed.bootstrap.first().is_some_and(|one| one.script.starts_with("s3://")), "{failed:?}");

        estate.fault(
            json!({ "action": "ListInstances" }),
            10,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        let part = core.ask(&DescribeCluster { cluster: id })?;
        assert!(part.instances.is_empty() && !part.bootstrap.is_empty(), "{part:?}");
        assert!(part.notices.iter().any(|notice| notice.text.contains("ListInstances")), "{part:?}");
        let gone = core.fault(&DescribeCluster { cluster: "j-NOBODY0000000".into() })?;
        assert_eq!(gone.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn one_run_of_each_engine_says_what_it_was_asked_to_do() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, rows) = open(core, JobsOf::All, Some(DAYS))?;
        for engine in Engine::ALL {
            let row = rows.iter().find(|row| row.id.engine() == engine).with_context(|| format!("{engine:?}"))?;
            let detail = core.ask(&DescribeJob { id: row.id.clone() })?;
            let view = detail.view;
            assert_eq!((&view.row.id, &view.row.name), (&row.id, &row.name));
            assert!(view.arn.as_deref().unwrap_or_default().contains("123456789012"), "{:?}", view.arn);
            assert!(view.console.as_deref().unwrap_or_default().starts_with("https://eu-west-1.console"));
            assert!(view.commands.iter().any(|(what, line)| what == "show" && line.contains("--region eu-west-1")));
            assert!(!view.logs.is_empty(), "{view:?}");
            let told = view.parameters.entry_point.is_some() || engine == Engine::Lambda;
            assert!(told, "{engine:?}: {:?}", view.parameters);
        }
        for id in [
            "emr:j-2QD8SALESETL/s-NOBODY0000000",
            "emr:j-NOBODY0000000/s-NOBODY0000000",
            "emr-serverless:00fadh0canalyt1c/00fnobody0000000",
            "emr-containers:kq8f0recastk1tchens0000001/0000000nobody00000",
            "glue:price-list/jr_0000000000",
            "glue:nobody/jr_0000000000",
            "lambda:landing-validator/00000000-0000-0000-0000-000000000000",
            "lambda:nobody/00000000-0000-0000-0000-000000000000",
            "sagemaker:training-job/nobody",
        ] {
            let fault = core.fault(&DescribeJob { id: id.parse().map_err(|error| anyhow::anyhow!("{error}"))? })?;
            assert_eq!(fault.code, Code::NotFound, "{id}: {fault:?}");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_run_that_was_tried_again_shows_each_attempt_with_its_own_logs() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, adhoc(), "delivery-costs", &State::Failed)?;
        let all = core.ask(&ReadAttempts { id: failed.id.clone() })?;
        let numbers: Vec<_> = all.rows.iter().map(|row| row.timing.attempt).collect();
        assert_eq!(numbers, [Some(3), Some(2), Some(1)]);
        for row in &all.rows {
            assert!(row.state == State::Failed && row.started.is_some() && row.timing.run > Some(0), "{row:?}");
            assert!(row.reason.is_some() && row.id.own() == failed.id.own(), "{row:?}");
        }
        let oldest = all.rows.last().context("three")?;
        let (first, newest) = (files(core, &oldest.id)?, files(core, &failed.id)?);
        assert!(first.iter().any(|file| file.contains("/attempts/1/SPARK_DRIVER/")), "{first:?}");
        assert!(!first.iter().any(|file| file.contains("/attempts/2/") || file.contains("/attempts/3/")), "{first:?}");
        assert!(newest.iter().any(|file| file.contains("/attempts/3/SPARK_DRIVER/")), "{newest:?}");

        let glue = HomeId::GlueJob("loyalty-history".into());
        let retried = one(core, glue, "loyalty-history", &State::Failed)?;
        let all = core.ask(&ReadAttempts { id: retried.id.clone() })?;
        assert!(all.notices.is_empty(), "{:?}", all.notices);
        let [second, first] = all.rows.as_slice() else { anyhow::bail!("two attempts: {all:?}") };
        assert_eq!((&second.id, second.timing.attempt), (&retried.id, Some(2)));
        assert_eq!(
            (format!("{}_attempt_1", first.id.own()), first.timing.attempt),
            (second.id.own().to_owned(), Some(1))
        );
        // The streams of the retry begin with the name of the first run.
        let (own, other) = (files(core, &first.id)?, files(core, &second.id)?);
        assert!(!own.is_empty() && !own.iter().any(|file| file.contains("_attempt_")), "{own:?}");
        assert!(!other.is_empty() && other.iter().all(|file| file.contains("_attempt_1")), "{other:?}");

        let refused = json!({ "status": 403, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListJobRunAttempts" }), 10, refused)?;
        let fault = core.fault(&ReadAttempts { id: failed.id })?;
        assert_eq!(fault.code, Code::Denied, "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_capacity_of_a_run_stands_beside_what_it_used() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let of = |id: &JobId| core.ask(&ReadCapacity { id: id.clone() });
        let run = one(core, adhoc(), "delivery-costs", &State::Failed)?;
        let all = of(&run.id)?;
        let vcpu = all.rows.iter().find(|row| row.what == "vCPU").with_context(|| format!("{all:?}"))?;
        assert_eq!(vcpu.maximum.as_deref(), Some("64 vCPU"));
        assert!(vcpu.used.as_deref().unwrap_or_default().ends_with("vCPU on average"), "{vcpu:?}");
        let (_, daily) = open(core, JobsOf::Home(HomeId::Application("00fe6s2r9vq1b30l".into())), None)?;
        let all = of(&daily.first().context("runs")?.id)?;
        let ready = all.rows.iter().find(|row| row.what == "driver workers").with_context(|| format!("{all:?}"))?;
        assert!(ready.configured.as_deref().unwrap_or_default().starts_with("1 kept ready"), "{ready:?}");

        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let all = of(&step.id)?;
        let task = all.rows.iter().find(|row| row.what == "task, r6g.2xlarge").with_context(|| format!("{all:?}"))?;
        let told = (task.configured.as_deref(), task.used.as_deref());
        assert_eq!(told, (Some("2 instances"), Some("1 instance running")), "one was lost");
        assert!(all.rows.iter().any(|row| row.maximum.as_deref() == Some("12 instances")), "{all:?}");

        let glue = one(core, HomeId::GlueJob("price-list".into()), "price-list", &State::Failed)?;
        let all = of(&glue.id)?;
        assert_eq!(all.rows.first().and_then(|row| row.configured.as_deref()), Some("4 workers G.2X"), "{all:?}");

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetManagedScalingPolicy" }), 10, refused)?;
        let part = of(&step.id)?;
        assert!(!part.rows.is_empty(), "{part:?}");
        assert!(part.notices.iter().any(|notice| notice.text.contains("Managed scaling")), "{part:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_application_of_yarn_is_found_by_the_folder_of_its_containers() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let cluster = nightly().own().to_owned();
        let folder = core.containers_of(&cluster, step.id.own())?;
        let application = folder.trim_end_matches('/').rsplit('/').next().context("its id")?.to_owned();
        let find = |run: String| -> Result<FoundRun> {
            let (found, _events) = core.stream(&FindRun { engine: Engine::Emr, run, confirmed: true, hours: None })?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let found = find(application)?;
        let FoundRun::There(JobTarget::LogPath { uri, job: None }) = &found else { anyhow::bail!("{found:?}") };
        assert!(uri.starts_with(&format!("s3://lake-logs/{folder}")), "{uri}");
        assert!(uri.ends_with("_000001/stderr.gz"), "the driver's: {uri}");
        assert!(core.open_logs(std::slice::from_ref(uri), None)?.0.lines > 0);
        let nobody = find("application_1700000000000_9999".into())?;
        assert!(matches!(nobody, FoundRun::Nowhere { places, .. } if places > 3), "{nobody:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_id_alone_is_looked_for_where_it_may_be() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let find = |engine: Engine, run: &str| -> Result<FoundRun> {
            let request = FindRun { engine, run: run.to_owned(), confirmed: false, hours: None };
            let (found, _events) = core.stream(&request)?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let mark = estate.mark()?;
        let step = JobId::Step { cluster: nightly().own().into(), step: "s-20005DAILY".into() };
        assert_eq!(find(Engine::Emr, "s-20005DAILY")?, FoundRun::There(JobTarget::Job(step)));
        // Clusters that were asked beside the right one are written down when they answer, also where nobody waits for it.
        let mut asked = 0;
        for _ in 0..10 {
            let before = asked;
            asked = estate.calls("DescribeStep", mark)?.len();
            if asked > 0 && asked == before {
                break;
            }
            thread::sleep(Duration::from_secs(1));
        }
        assert!(asked > 0, "nothing had shown it");
        find(Engine::Emr, "s-20005DAILY")?;
        assert_eq!(estate.calls("DescribeStep", mark)?.len(), asked, "it is known now");

        let FoundRun::Nowhere { places, unread: 0, more: false, .. } = find(Engine::Emr, "s-NOBODY0000000")? else {
            anyhow::bail!("there is no such step")
        };
        assert!(places > 3, "{places}");
        let application = adhoc().own().to_owned();
        let found = find(Engine::EmrServerless, &application)?;
        assert_eq!(found, FoundRun::There(JobTarget::Application(application)));

        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetJobRun" }), 3, refused)?;
        let found = find(Engine::Glue, "jr_0000000000")?;
        assert!(matches!(&found, FoundRun::Nowhere { unread: 3, why: Some(why), .. } if !why.is_empty()), "{found:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_request_is_looked_for_in_the_log_groups_of_functions() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let lines = core.log_rows(&core.open_one("/aws/lambda/orders-loader:")?, LogView::Lines)?;
        let request = lines.iter().rev().find_map(|row| row.text.split("START RequestId: ").nth(1));
        let request = request.and_then(|rest| rest.split_whitespace().next()).context("a request")?.to_owned();
        let find = |run: &str, confirmed: bool| -> Result<FoundRun> {
            let hours = Some(30 * 24);
            let request = FindRun { engine: Engine::Lambda, run: run.to_owned(), confirmed, hours };
            let (found, _events) = core.stream(&request)?;
            found.map_err(|fault| anyhow::anyhow!("{fault:?}"))
        };
        let mark = estate.mark()?;
        let FoundRun::Ask { places } = find(&request, false)? else { anyhow::bail!("it is asked for first") };
        assert!(places > 20, "{places}");
        assert!(estate.calls("FilterLogEvents", mark)?.is_empty(), "nothing is read unasked");
        let FoundRun::Logged(found) = find(&request, true)? else { anyhow::bail!("it stands in a log") };
        assert!(found.log.starts_with("/aws/lambda/orders-loader:"), "{found:?}");
        let rows = core.log_rows(&core.open_one(&found.log)?, LogView::Lines)?;
        assert!(rows.iter().any(|row| row.text.contains(&request)), "{request} in {}", found.log);
        let nobody = find("00000000-0000-4000-8000-000000000000", true)?;
        let FoundRun::Unlogged(told) = &nobody else { anyhow::bail!("{nobody:?}") };
        assert_eq!((told.groups, told.hours, told.unread, told.more), (places, 720, 0, false), "{told:?}");
        assert_eq!(told.mention, None);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cause_that_comes_back_is_counted_once_for_each_run() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, mut rows) = open(core, JobsOf::Home(HomeId::Application("00fe6s2r9vq1b30l".into())), None)?;
        rows.retain(|row| row.state == State::Failed);
        let newer = rows.first().context("a failed run")?;
        let older = rows.iter().skip(1).find(|row| row.name == newer.name).context("it was tried three times")?;
        let seen = |row: &JobRow| core.ask(&ReadRecurrence { id: row.id.clone(), signature: "test.comes-back".into() });
        let first = seen(older)?;
        assert_eq!((first.times, first.words()), (1, None));
        for _ in 0..2 {
            let again = seen(newer)?;
            assert_eq!((again.times, again.last), (2, older.ended), "{again:?}");
            assert_eq!((again.same, again.changed), (0, 0), "nothing succeeded between them");
        }
        assert_eq!(seen(older)?.times, 1, "what came later is no memory of it");
        Ok(())
    })
}

fn files(core: &Core, id: &JobId) -> Result<Vec<String>> {
    let state = core.open(&OpenLogFiles { id: id.clone() })?;
    let files = core.rows(state.set, |rows| if let Rows::LogFiles(rows) = rows { Some(rows) } else { None })?;
    Ok(files.into_iter().map(|file| file.address).collect())
}

/// The job run that the newest failed execution of the sales pipeline started first.
fn of_todays_execution(core: &Core) -> Result<(String, JobId)> {
    let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
    let arn = failed.arn;
    let (view, views) = core.stream(&WatchExecution { arn: arn.clone() })?;
    view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    views.wait("the whole execution", |event| match event {
        ExecutionEvent::View(view) if view.complete => Some(()),
        _ => None,
    })?;
    let (states, _growth) = core.stream(&OpenStates { arn: arn.clone() })?;
    let set = states.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
    let submit = until("the states", || {
        let Rows::States(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
        Ok(rows.into_iter().find(|row| row.name == "SubmitEMRServerlessJob"))
    })?;
    let detail = core.ask(&ReadState { arn: arn.clone(), state: submit.id })?;
    let job = detail.attempts.iter().find_map(|attempt| attempt.job.clone()).context("a job")?;
    let id = |name: &str| {
        let found = job.ids.iter().find(|(key, _)| key == name).map(|(_, id)| id.clone());
        found.with_context(|| format!("{name} in {job:?}"))
    };
    Ok((arn.clone(), JobId::Serverless { application: id("ApplicationId")?, run: id("JobRunId")?, attempt: None }))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_run_knows_the_execution_that_started_it_once_it_was_read() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (arn, id) = of_todays_execution(core)?;
        let detail = core.ask(&DescribeJob { id: id.clone() })?;
        assert_eq!(detail.execution.as_deref(), Some(arn.as_str()));
        assert_eq!(detail.view.row.state, State::Failed);
        let by_hand = one(core, adhoc(), "price-list", &State::Failed)?;
        assert_eq!(core.ask(&DescribeJob { id: by_hand.id })?.execution, None, "nothing says so, so nothing is said");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_run_is_compared_with_the_last_success() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, id) = of_todays_execution(core)?;
        let compared = core.ask(&CompareJob { id: id.clone() })?;
        let with = compared.with.clone().with_context(|| format!("a success before it: {compared:?}"))?;
        assert_eq!(with.state, State::Succeeded);
        assert!(with.id != id);
        let first = compared.differences.first().with_context(|| format!("a difference: {compared:?}"))?;
        assert!(
            first.what == "Input" && first.place.ends_with("data/in/daily_sales.csv"),
            "the cut file is told first: {:?}",
            compared.differences
        );

        let homes = [
            (nightly(), "price-list"),
            (adhoc(), "price-list"),
            (kitchens(), "kitchen-load"),
            (HomeId::GlueJob("price-list".into()), "price-list"),
        ];
        for (home, name) in homes {
            let failed = one(core, home, name, &State::Failed)?;
            let compared = core.ask(&CompareJob { id: failed.id.clone() })?;
            let with = compared.with.clone().with_context(|| format!("{name}: {:?}", compared.notices))?;
            assert_eq!((with.state, with.name.as_str()), (State::Succeeded, name));
            assert!(with.created < failed.created);
            let counted = compared.same.iter().any(|what| what == "Executors")
                || compared.differences.iter().any(|one| one.what == "Executors");
            assert!(counted || failed.id.engine() == Engine::Glue, "{name}: {compared:?}");
        }
        let never = one(core, HomeId::Cluster("j-2N0L0GSEXPER1".into()), "try-prices", &State::Failed)?;
        let compared = core.ask(&CompareJob { id: never.id })?;
        ensure!(compared.with.is_none() && !compared.notices.is_empty(), "nothing to compare with: {compared:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn clusters_that_cannot_be_read_are_said_and_the_comparison_stands() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, nightly(), "price-list", &State::Failed)?;
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListSteps" }), 1_000, refused)?;
        let compared = core.ask(&CompareJob { id: failed.id })?;
        let told: Vec<&str> = compared.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(compared.with.is_none(), "{:?}", compared.with);
        assert!(
            told.iter().any(|text| text.contains("other clusters are left out: ListSteps was refused")),
            "{told:?}"
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_goes_on_is_asked_again_and_what_is_over_is_not() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let first = one(core, adhoc(), "price-list", &State::Failed)?;
        core.ask(&DescribeJob { id: first.id.clone() })?;
        let mark = estate.mark()?;
        core.ask(&DescribeJob { id: first.id.clone() })?;
        let asked = |id: &JobId| -> Result<usize> {
            let calls = estate.calls("GetJobRun", mark)?;
            Ok(calls.iter().filter(|call| call.text("path").ends_with(id.own())).count())
        };
        let running = one(core, adhoc(), "history-again", &State::Running)?;
        until("another look at what runs", || Ok((asked(&running.id)? >= 2).then_some(())))?;
        assert_eq!(asked(&first.id)?, 0, "it is over");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn pasted_ids_lead_to_jobs_and_logs() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        let JobId::Step { cluster, step: own } = &step.id else { anyhow::bail!("a step") };
        let place = |text: &str| -> Result<TargetPlace> {
            let resolved = core.ask(&ResolveTarget { text: text.to_owned() })?;
            let first = resolved.targets.into_iter().next();
            Ok(first.with_context(|| format!("{text}: {:?}", resolved.problem))?.place)
        };
        assert_eq!(place(cluster)?, TargetPlace::Job(JobTarget::Cluster(cluster.clone())));
        assert_eq!(place(own)?, TargetPlace::Job(JobTarget::Job(step.id.clone())), "it was read before");
        assert_eq!(
            place(&format!("step {own} of {cluster} failed"))?,
            TargetPlace::Job(JobTarget::Job(step.id.clone()))
        );
        core.ask(&JudgeLogs { id: step.id.clone() })?;
        let containers = core.containers_of(cluster, own)?;
        let application = containers.trim_end_matches('/').rsplit('/').next().context("an application")?;
        assert_eq!(place(application)?, TargetPlace::Job(JobTarget::Job(step.id.clone())), "its step's log names it");
        let uri = format!("s3://lake-logs/emr/{cluster}/steps/{own}/stderr.gz");
        let resolved = core.ask(&ResolveTarget { text: uri.clone() })?;
        let places: Vec<_> = resolved.targets.into_iter().map(|target| target.place).collect();
        assert_eq!(places[0], TargetPlace::Job(JobTarget::LogPath { uri, job: Some(step.id.clone()) }));
        assert!(matches!(places[1], TargetPlace::Object { .. }), "it is an object too: {places:?}");
        let run = format!("jr_{}", "0".repeat(20));
        assert_eq!(place(&run)?, TargetPlace::Job(JobTarget::GlueRun(run.clone())));
        let group = "/aws-glue/jobs/error";
        assert_eq!(place(group)?, TargetPlace::Job(JobTarget::LogGroup(group.into())));
        let object = place("s3://lake-raw/data/in/daily_sales.csv")?;
        ensure!(matches!(object, TargetPlace::Object { .. }), "objects still resolve: {object:?}");
        let link = place("quarterdeck://jobs?job=glue:price-list/jr_0000000000")?;
        ensure!(matches!(link, TargetPlace::Address(_)), "links of our own too: {link:?}");
        Ok(())
    })
}
