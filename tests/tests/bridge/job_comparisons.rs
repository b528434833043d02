//! A run beside the execution that started it, and beside the last success.

use super::{
    executions::{newest, rows, until},
    jobs::{adhoc, kitchens, nightly, one},
};
use anyhow::{Context as _, Result, ensure};
use contract::{
    executions::{ExecutionEvent, OpenStates, ReadState, Status, WatchExecution},
    jobs::{CompareJob, DescribeJob, Engine, HomeId, JobId, State},
    sets::Rows,
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

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
