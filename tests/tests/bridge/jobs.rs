//! Runs of every engine, read: their list, and one of each.

use super::executions::until;
use anyhow::{Context as _, Result};
use contract::{
    Code,
    jobs::{DescribeJob, Engine, HomeId, JobId, JobRow, JobsOf, OpenJobs, State},
    range::Within,
    session::OpenProfile,
    sets::{Rows, SetState, ViewSet},
};
use serde_json::json;
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
fn each_list_of_sagemaker_that_is_refused_is_said() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        for action in ["ListProcessingJobs", "ListTransformJobs"] {
            let refused = json!({ "status": 400, "code": "AccessDeniedException" });
            estate.fault(json!({ "action": action }), 1_000, refused)?;
        }
        let (state, rows) = open(core, JobsOf::All, Some(DAYS))?;
        let told = texts(&state);
        for (list, kind) in [("ListProcessingJobs", "processing"), ("ListTransformJobs", "transform")] {
            let said = format!("The {kind} jobs of SageMaker could not be listed: the permission sagemaker:{list} is");
            assert!(told.contains(&said), "{told}");
        }
        assert!(count(&rows, Engine::SageMaker) > 0, "the other lists stand");
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
