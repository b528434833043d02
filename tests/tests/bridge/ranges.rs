//! What a range of time governs; executions of Express machines from their log; payloads of states side by side.

use crate::{
    executions::{executions, machine, newest, rows, until},
    rerun::{ended, run},
};
use anyhow::{Context as _, Result};
use contract::{
    SetId,
    executions::{
        CheckRerun, CompareState, DiffSide, ExecutionEvent, ExecutionRow, ExecutionsOf, MachineRow, OpenExecutions,
        OpenMachines, OpenStates, PayloadPlace, PayloadSide, PlanRedrive, Recommend, Status, WatchExecution,
    },
    range::{Edge, Range, Shift, Within},
    sets::{ReadRows, Rows, SetEvent, SetState},
};
use serde_json::json;
use tests::bridge::{Channel, Core, Touch, on_estate};

fn whole(core: &Core, set: SetId, growth: &Channel<SetEvent>) -> Result<SetState> {
    let _ = core.ask(&ReadRows { set, from: 0, to: 1 })?;
    growth.wait("the whole list", |event| match event {
        SetEvent::Grew(state) if state.complete => Some(state.clone()),
        _ => None,
    })
}

fn listed(core: &Core, name: &str, within: Option<Within>) -> Result<(Vec<ExecutionRow>, SetState)> {
    let (state, growth) = core.stream(&OpenExecutions { of: ExecutionsOf::Machine(machine(name)), within })?;
    let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
    let state = whole(core, set, &growth)?;
    let Rows::Executions(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
    Ok((rows, state))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_range_holds_what_ran_in_it_and_nothing_else() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let all = executions(core, "orders-backfill")?;
        let days = Within::last_hours(24 * 3);
        // The range goes on with the clock while it is read.
        let (earliest, _) = days.resolve(contract::Timestamp::now());
        let (recent, _) = listed(core, "orders-backfill", Some(days))?;
        let (from, _) = days.resolve(contract::Timestamp::now());
        assert!(!recent.is_empty() && recent.len() < all.len(), "{} of {}", recent.len(), all.len());
        assert!(recent.iter().all(|row| row.stopped.is_none_or(|stopped| stopped >= earliest)));
        let within = |row: &&ExecutionRow| row.stopped.is_none_or(|stopped| stopped >= from);
        let (held, expected) = (recent.iter().filter(within).count(), all.iter().filter(within).count());
        assert_eq!(held, expected, "also what began before and ended within");

        // The three days before those: nothing of both but what ran at the border.
        let before = days.range.shift(Shift::Earlier, contract::Timestamp::now(), 0);
        let (older, _) = listed(core, "orders-backfill", Some(Within { range: before, offset_minutes: 0 }))?;
        let (_, until) = before.resolve(contract::Timestamp::now(), 0);
        assert!(older.iter().all(|row| row.started < until), "{older:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn counts_and_medians_follow_the_range() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let counted = |within: Within| -> Result<MachineRow> {
            let (state, _growth) = core.stream(&OpenMachines { within })?;
            let set = state.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
            until("the counts", || {
                let Rows::Machines(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
                Ok(rows.into_iter().find(|row| row.name == "weather-hourly" && row.counts.is_some()))
            })
        };
        let started = |row: &MachineRow| row.counts.map_or(0, |counts| counts.started);
        let half_a_day = counted(Within::last_hours(12))?;
        let day = counted(Within::last_hours(24))?;
        // Hourly; periods of CloudWatch may take in one run more at the start of the range.
        assert!((11..=13).contains(&started(&half_a_day)), "{:?}", half_a_day.counts);
        assert!((23..=25).contains(&started(&day)), "{:?}", day.counts);
        assert!(day.median.is_some_and(|seconds| seconds > 0.0));
        let now = contract::Timestamp::now();
        let hours = |hours: i64| contract::Timestamp::from_second(now.as_second() - hours * 3_600).map(Edge::At);
        let past = Range { from: hours(24)?, until: hours(12)? };
        let past = counted(Within { range: past, offset_minutes: 0 })?;
        assert!((11..=14).contains(&started(&past)), "{:?}", past.counts);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn express_executions_are_listed_from_their_log_and_open() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let (rows, state) = listed(core, "till-heartbeat", Some(Within::last_hours(24)))?;
        assert_eq!(rows.len(), 60);
        assert!(estate.calls("ListExecutions", mark)?.is_empty(), "which it does not answer for Express");
        let told: Vec<_> = state.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(told.iter().any(|text| text.contains("/aws/vendedlogs/states/till-heartbeat")), "{told:?}");
        let skewed = rows.iter().find(|row| row.error.as_deref() == Some("ClockSkew")).context("one failed")?;
        assert_eq!(skewed.status, Status::Failed);
        assert!(skewed.cause.as_deref().is_some_and(|cause| cause.contains("behind")), "{:?}", skewed.cause);
        assert!(rows.iter().any(|row| row.status == Status::Succeeded && row.stopped.is_some()));

        let (_, unchosen) = listed(core, "till-heartbeat", None)?;
        assert!(unchosen.notices.iter().any(|notice| notice.text.starts_with("The last 24 hours")), "what it covers");
        let (short, _) = listed(core, "till-heartbeat", Some(Within::last_hours(2)))?;
        let (from, _) = Within::last_hours(2).resolve(contract::Timestamp::now());
        let expected = rows.iter().filter(|row| row.stopped.is_none_or(|at| at >= from)).count();
        let told = format!("{} of {expected}", short.len());
        assert!(short.len().abs_diff(expected) <= 1 && short.len() < rows.len(), "every ten minutes: {told}");

        let (view, views) = core.stream(&WatchExecution { arn: skewed.arn.clone() })?;
        view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let why = views.wait("its reason", |event| match event {
            ExecutionEvent::View(view) if view.complete => view.why.clone(),
            _ => None,
        })?;
        assert_eq!(why.error, "ClockSkew");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_express_machine_that_does_not_log_says_so_and_how_to_switch_it_on() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (rows, state) = listed(core, "till-discounts", None)?;
        assert!(rows.is_empty());
        let told = state.notices.iter().map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" ");
        assert!(told.contains("logs nothing"), "{told}");
        assert!(told.contains("aws stepfunctions update-state-machine"), "{told}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_input_of_a_state_is_compared_with_another_state_and_another_run() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = newest(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let arn = failed.arn.clone();
        let (view, _views) = core.stream(&WatchExecution { arn: arn.clone() })?;
        view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
        let (states, _growth) = core.stream(&OpenStates { arn: arn.clone() })?;
        let set = states.map_err(|fault| anyhow::anyhow!("{fault:?}"))?.set;
        let submit = until("the states", || {
            let Rows::States(rows) = rows(core, set)? else { anyhow::bail!("other rows") };
            Ok(rows.into_iter().find(|row| row.name == "SubmitEMRServerlessJob"))
        })?;
        let ask = |with: PayloadPlace, side: PayloadSide| {
            core.ask(&CompareState { arn: arn.clone(), state: submit.id.clone(), side, with })
        };
        let then = ask(PayloadPlace::LastSuccess, PayloadSide::Input)?;
        let with = then.with.clone().context("a success before it")?;
        let changed: Vec<&str> = then
            .lines
            .iter()
            .filter(|line| matches!(line.side, DiffSide::Then | DiffSide::Now))
            .map(|line| line.text.trim())
            .collect();
        assert!(changed.iter().any(|line| line.starts_with("\"event_time\"")), "{then:?}");
        let named = ask(PayloadPlace::Execution(with.name.clone()), PayloadSide::Input)?;
        assert_eq!(named.lines, then.lines, "the same execution by its name");
        let handler = PayloadPlace::State { name: "SendFailureNotification".into(), side: PayloadSide::Input };
        let error = ask(handler, PayloadSide::Input)?;
        assert!(error.lines.iter().any(|line| line.text.contains("Cause")), "the Catch put the error into it");
        let output = ask(PayloadPlace::LastSuccess, PayloadSide::Output)?;
        assert!(output.lines.iter().any(|line| line.side == DiffSide::Then && line.text.contains("JobRunId")));
        let nobody = core.fault(&CompareState {
            arn: arn.clone(),
            state: submit.id.clone(),
            side: PayloadSide::Input,
            with: PayloadPlace::Execution("never-was".into()),
        })?;
        assert!(nobody.detail.contains("never-was") || nobody.title.contains("never-was"), "{nobody:?}");
        let never = PayloadPlace::State { name: "SendSuccessNotification".into(), side: PayloadSide::Input };
        assert!(ask(never, PayloadSide::Input)?.notices[0].text.contains("was not entered"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_child_that_still_runs_is_told_before_anything_is_run_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = newest(core, "nightly-rollup", Status::Failed)?;
        let advice = core.ask(&CheckRerun { arn: failed.arn.clone() })?;
        let told = |notices: &[contract::Notice]| {
            notices.iter().any(|notice| notice.text.contains("still running: ending an execution"))
        };
        assert!(!told(&advice.safety), "its child has ended: {:?}", advice.safety);

        // Its child is redriven by itself, and goes on while the parent stays failed.
        estate.post("pace", &json!({ "seconds": 20 }))?;
        let child = newest(core, "nightly-rollup-country", Status::Failed)?;
        let plan = core.ask(&PlanRedrive { executions: vec![child.arn.clone()] })?;
        ended(core, &run(core, &plan)?)?;
        let advice = core.ask(&CheckRerun { arn: failed.arn })?;
        assert!(told(&advice.safety), "{advice:?}");
        assert_eq!(advice.recommend, Recommend::Neither, "{}", advice.why);
        assert!(advice.why.contains(&format!("{} of nightly-rollup-country", child.name)), "{}", advice.why);
        Ok(())
    })
}
