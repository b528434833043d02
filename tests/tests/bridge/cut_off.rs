//! The power fails in the middle of many redrives or starts: what has landed is found, the rest is done, and nothing is
//! run twice.

use crate::{
    executions::executions,
    interrupted::{power_cut, resume},
};
use anyhow::Result;
use contract::{
    executions::{ExecutionRow, PlanRedrive, PlanStart, Status},
    operations::{ReadReceipt, StepState},
};
use serde_json::json;
use std::collections::BTreeMap;
use tests::{
    bridge::{Core, Touch, on_computer},
    computer::Computer,
    estate::Estate,
};

const MACHINE: &str = "orders-backfill";

fn failed(core: &Core) -> Result<Vec<String>> {
    let rows = executions(core, MACHINE)?;
    Ok(rows.into_iter().filter(|row| row.status == Status::Failed).map(|row| row.arn).collect())
}

/// The first sixteen land and are heard of, slowly enough for the journal; of the others the work is done and the answer
/// is lost.
fn half_heard(estate: &Estate, action: &str) -> Result<()> {
    estate.post("pace", &json!({ "seconds": 0.05 }))?;
    estate.fault(json!({ "action": action }), 16, json!({ "delay_ms": 200 }))
}

/// Twelve were answered and four more have landed unheard.
fn half_way(estate: &Estate, action: &str, mark: u64) -> Result<bool> {
    let calls = estate.calls(action, mark)?;
    let heard = calls.iter().filter(|call| call.status() == 200).count();
    Ok(heard >= 12 && calls.len() - heard >= 4)
}

fn redrives(rows: &[ExecutionRow]) -> BTreeMap<String, u64> {
    rows.iter().map(|row| (row.arn.clone(), row.redrives)).collect()
}

/// Some steps are done in the journal, some were sent and not heard of, some wait.
fn is_in_the_middle(core: &Core, id: &contract::OperationId) -> Result<()> {
    let receipt = core.ask(&ReadReceipt { operation: id.clone() })?;
    let of = |state: StepState| receipt.steps.iter().filter(|step| step.state == state).count();
    let (done, sent) = (of(StepState::Done), of(StepState::Running));
    assert!(done > 0 && sent > 0 && done < receipt.steps.len(), "{done} done, {sent} sent of {}", receipt.steps.len());
    Ok(())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bulk_redrive_goes_on_after_the_cut_and_redrives_each_once() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let (core, id) = power_cut(
            estate,
            |core| {
                let plan = core.ask(&PlanRedrive { executions: failed(core)? })?;
                half_heard(estate, "RedriveExecution")?;
                Ok(plan)
            },
            json!({ "action": "RedriveExecution" }),
            json!({ "drop": true, "when": "after" }),
            |mark| half_way(estate, "RedriveExecution", mark),
        )?;
        is_in_the_middle(&core, &id)?;
        let mark = estate.mark()?;
        let receipt = resume(&core, &id)?;
        let steps = receipt.steps.len();
        assert!(steps >= 30, "{steps} executions");
        let again = estate.calls("RedriveExecution", mark)?.len();
        assert!(again > 0 && again <= steps - 16, "{again} of {steps} were left to redrive");
        let found = receipt.steps.iter().filter(|step| step.note.contains("not redriven twice")).count();
        assert!(found > 0, "none was found redriven");
        let counted = redrives(&executions(&core, MACHINE)?);
        for step in &receipt.steps {
            let arn = step.execution.as_deref().expect("each step names its execution");
            assert_eq!(counted.get(arn), Some(&1), "{arn} was redriven once");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_bulk_start_goes_on_after_the_cut_and_starts_each_once() -> Result<()> {
    on_computer(Touch::Changes, Computer::on, |estate| {
        let (core, id) = power_cut(
            estate,
            |core| {
                let executions = failed(core)?;
                let plan = core.ask(&PlanStart { executions, target: None, input: None, name: None })?;
                half_heard(estate, "StartExecution")?;
                Ok(plan)
            },
            json!({ "action": "StartExecution" }),
            json!({ "drop": true, "when": "after" }),
            |mark| half_way(estate, "StartExecution", mark),
        )?;
        is_in_the_middle(&core, &id)?;
        let mark = estate.mark()?;
        let receipt = resume(&core, &id)?;
        let steps = receipt.steps.len();
        let again = estate.calls("StartExecution", mark)?.len();
        assert!(again > 0 && again <= steps - 16, "{again} of {steps} were left to start");
        let found = receipt.steps.iter().filter(|step| step.note.contains("not started twice")).count();
        assert!(found > 0, "none was found started");
        // What the service itself has: one new execution for each step, under the name that the plan gave it.
        let rows = executions(&core, MACHINE)?;
        let started = receipt.steps.iter().filter_map(|step| step.execution.clone()).collect::<Vec<_>>();
        assert_eq!(started.len(), steps);
        for arn in &started {
            assert_eq!(rows.iter().filter(|row| row.arn == *arn).count(), 1, "{arn}");
        }
        let oldest = receipt.operation.started;
        let new = rows.iter().filter(|row| row.started.as_second() >= oldest.as_second()).count();
        assert_eq!(new, steps, "no execution more than the plan had");
        Ok(())
    })
}
