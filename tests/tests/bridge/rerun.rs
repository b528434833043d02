//! Running again: preflight, redrive, start, stop, and many at once.

use crate::executions::executions;
use anyhow::{Context as _, Result};
use contract::{
    Code, Notice, OperationId, Severity,
    executions::{CheckInput, CheckRerun, PlanRedrive, PlanStart, PlanStop, Recommend, Status},
    operations::{OperationState, ReadReceipt, Receipt, ResumeOperation, RunOperation},
    plan::{Plan, Seen},
    session::OpenProfile,
};
use serde_json::json;
use std::time::{Duration, Instant};
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};

const PREFIX: &str = "arn:aws:states:eu-west-1:123456789012";

pub fn pick(core: &Core, machine: &str, status: Status) -> Result<String> {
    let rows = executions(core, machine)?;
    rows.into_iter()
        .find(|row| row.status == status)
        .map(|row| row.arn)
        .with_context(|| format!("{machine} {status:?}"))
}

pub fn run(core: &Core, plan: &Plan) -> Result<OperationId> {
    core.ask(&RunOperation { plan: plan.id.clone(), typed: None })
}

pub fn ended(core: &Core, operation: &OperationId) -> Result<Receipt> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_mins(1) {
        let receipt = core.ask(&ReadReceipt { operation: operation.clone() })?;
        if receipt.operation.state != OperationState::Running {
            return Ok(receipt);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    anyhow::bail!("the operation did not end in 60 s")
}

fn count(estate: &Estate, call: &str, mark: u64) -> Result<usize> {
    Ok(estate.calls(call, mark)?.len())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_execution_is_redriven_once_and_says_so() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = pick(core, "store-fanout", Status::Failed)?;
        let advice = core.ask(&CheckRerun { arn: arn.clone() })?;
        assert!(advice.redrive.ok, "{:?}", advice.redrive);
        assert_eq!(advice.recommend, Recommend::Redrive);
        let plan = core.ask(&PlanRedrive { executions: vec![arn.clone()] })?;
        assert!(plan.cli[0].contains("redrive-execution") && plan.cli[0].contains(&arn), "{:?}", plan.cli);
        let second = core.ask(&PlanRedrive { executions: vec![arn.clone()] })?;
        let mark = estate.mark()?;
        let receipt = ended(core, &run(core, &plan)?)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        assert_eq!(receipt.steps[0].execution.as_deref(), Some(arn.as_str()));
        assert_eq!(count(estate, "RedriveExecution", mark)?, 1);
        let late = ended(core, &run(core, &second)?)?;
        assert_eq!(late.operation.state, OperationState::Failed, "what the second plan saw is not there any more");
        assert_eq!(count(estate, "RedriveExecution", mark)?, 1, "and nothing was sent for it");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_plan_says_that_it_could_not_read_where_an_execution_failed() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = pick(core, "store-fanout", Status::Failed)?;
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "GetExecutionHistory" }), 100, denied)?;
        let plan = core.ask(&PlanRedrive { executions: vec![arn] })?;
        let said = |notice: &Notice| notice.text.contains("its history could not be read");
        assert!(plan.notices.iter().any(said), "{:?}", plan.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_caught_failure_cannot_be_redriven_and_is_started_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = pick(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let advice = core.ask(&CheckRerun { arn: arn.clone() })?;
        assert!(!advice.redrive.ok && advice.start.ok, "{advice:?}");
        assert_eq!(advice.recommend, Recommend::StartAgain);
        assert!(advice.shape.iter().any(|field| field.path.contains("key")), "past inputs have a shape");
        let refused = core.ask(&PlanRedrive { executions: vec![arn.clone()] })?;
        assert!(refused.steps.is_empty() && refused.refused.len() == 1);
        let fault = core.fault(&RunOperation { plan: refused.id, typed: None })?;
        assert_ne!(fault.code, Code::Gone, "a plan with nothing to do is refused: {fault:?}");

        let broken = core.ask(&CheckInput { arn: arn.clone(), input: "{\"detail\": ".into() })?;
        assert!(broken.problem.is_some());
        let edit = CheckInput { arn: arn.clone(), input: "{\"detail\": {}}".into() };
        estate.fault(
            json!({ "action": "ListExecutions" }),
            100,
            json!({ "status": 400, "code": "AccessDeniedException" }),
        )?;
        assert!(core.ask(&edit)?.notices.is_empty(), "without past inputs nothing can be said");
        estate.post("clear", &json!({}))?;
        let edited = core.ask(&edit)?;
        assert!(edited.problem.is_none() && !edited.diff.is_empty() && !edited.notices.is_empty());

        let mark = estate.mark()?;
        let request = PlanStart { executions: vec![arn], target: None, input: None, name: Some("by-hand".into()) };
        let plan = core.ask(&request)?;
        assert_eq!(plan.steps[0].seen, Seen::Nothing);
        let receipt = ended(core, &run(core, &plan)?)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        let started = receipt.steps[0].execution.clone().context("an execution")?;
        assert_eq!(started, format!("{PREFIX}:execution:daily-sales-pipeline:by-hand"));
        let again = core.ask(&request)?;
        let receipt = ended(core, &run(core, &again)?)?;
        assert_eq!(receipt.operation.state, OperationState::Failed, "the name is taken");
        assert_eq!(count(estate, "StartExecution", mark)?, 1);
        let bad = PlanStart { name: Some("no spaces".into()), ..request };
        assert_eq!(core.fault(&bad)?.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn many_are_redriven_and_those_that_cannot_are_left_out() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let rows = executions(core, "orders-backfill")?;
        let failed: Vec<String> =
            rows.into_iter().filter(|row| row.status == Status::Failed).map(|row| row.arn).collect();
        let plan = core.ask(&PlanRedrive { executions: failed.clone() })?;
        assert_eq!(plan.steps.len() + plan.refused.len(), failed.len());
        assert!(plan.steps.len() >= 30, "{} can be redriven", plan.steps.len());
        assert!(plan.refused.len() >= 3, "{:?}", plan.refused);
        let mark = estate.mark()?;
        let receipt = ended(core, &run(core, &plan)?)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        assert_eq!(receipt.steps.len(), plan.steps.len(), "a row each");
        assert_eq!(count(estate, "RedriveExecution", mark)?, plan.steps.len());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_lost_answer_is_resumed_without_a_second_start() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = pick(core, "store-fanout", Status::Failed)?;
        let request = PlanStart { executions: vec![arn], target: None, input: None, name: Some("answer-lost".into()) };
        let plan = core.ask(&request)?;
        // The work is done, its answer and those of the SDK's own tries are lost.
        let lost = json!({ "when": "after", "drop": true });
        estate.fault(json!({ "action": "StartExecution" }), 10, lost)?;
        let operation = run(core, &plan)?;
        let cut = ended(core, &operation)?;
        assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
        estate.post("clear", &json!({}))?;
        let mark = estate.mark()?;
        core.ask(&ResumeOperation { operation: operation.clone(), typed: None })?;
        let done = ended(core, &operation)?;
        assert_eq!(done.operation.state, OperationState::Succeeded, "{}", done.operation.note);
        assert!(done.steps[0].note.contains("not started twice"), "{}", done.steps[0].note);
        assert_eq!(count(estate, "StartExecution", mark)?, 0, "it was found, not repeated");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_running_execution_is_stopped_with_its_reason() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let arn = pick(core, "orders-backfill", Status::Running)?;
        let request = PlanStop {
            executions: vec![arn],
            error: Some("StoppedByOperator".into()),
            cause: Some("wrong partition".into()),
        };
        let plan = core.ask(&request)?;
        let receipt = ended(core, &run(core, &plan)?)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        let again = core.ask(&request)?;
        assert!(again.steps.is_empty(), "it does not run any more");
        Ok(())
    })
}

/// The texts of notices that speak of permissions.
fn on_permissions(notices: &[Notice], severity: Severity) -> Vec<&str> {
    let speaks = |notice: &&Notice| {
        notice.severity == severity && (notice.text.contains("may not perform") || notice.text.contains("not checked"))
    };
    notices.iter().filter(speaks).map(|notice| notice.text.as_str()).collect()
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_role_that_may_not_redrive_its_map_run_is_named_and_advised_against() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let arn = pick(core, "menu-images", Status::Failed)?;
        let mark = estate.mark()?;
        let advice = core.ask(&CheckRerun { arn: arn.clone() })?;
        assert!(count(estate, "SimulatePrincipalPolicy", mark)? > 0);
        assert!(advice.redrive.ok, "a simulation refuses nothing: {:?}", advice.redrive);
        assert_eq!(advice.recommend, Recommend::Neither);
        let role = "role/service-role/menu-images may not perform states:RedriveExecution";
        assert!(advice.why.contains(role), "{}", advice.why);
        let plan = core.ask(&PlanRedrive { executions: vec![arn.clone()] })?;
        for notices in [&advice.safety, &plan.notices] {
            let said = on_permissions(notices, Severity::Warning);
            assert_eq!(said.len(), 1, "{said:?}");
            let on = format!("states:RedriveExecution on {PREFIX}:execution:menu-images/ResizeImages:*");
            assert!(said[0].contains("role/service-role/menu-images") && said[0].contains(&on), "{said:?}");
            assert!(said[0].contains("the Map Run of ResizeImages"), "{said:?}");
        }
        assert_eq!(plan.steps.len(), 1, "it can be run all the same");
        assert!(plan.permissions.iter().all(|permission| !permission.missing), "the caller lacks nothing");
        // The same role may start all of it again.
        let start = core.ask(&PlanStart { executions: vec![arn], target: None, input: None, name: None })?;
        assert!(on_permissions(&start.notices, Severity::Warning).is_empty(), "{:?}", start.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn permissions_that_are_there_are_not_spoken_of() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        for machine in ["store-fanout", "nightly-rollup"] {
            let arn = pick(core, machine, Status::Failed)?;
            let advice = core.ask(&CheckRerun { arn: arn.clone() })?;
            let plan = core.ask(&PlanRedrive { executions: vec![arn] })?;
            for notices in [&advice.safety, &plan.notices] {
                assert!(on_permissions(notices, Severity::Warning).is_empty(), "{notices:?}");
                assert!(on_permissions(notices, Severity::Info).is_empty(), "{notices:?}");
            }
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_caller_who_may_not_is_told_before_the_service_refuses() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = executions(core, "orders-backfill")?;
        let failed: Vec<String> =
            rows.into_iter().filter(|row| row.status == Status::Failed).map(|row| row.arn).collect();
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let one = failed.first().context("one that failed")?;
        let advice = core.ask(&CheckRerun { arn: one.clone() })?;
        let said = on_permissions(&advice.safety, Severity::Warning);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(said[0].starts_with("You (user/reader) may not perform states:RedriveExecution on"), "{said:?}");
        assert!(said[0].contains(one) && said[0].contains("states:StartExecution"), "{said:?}");
        assert_eq!(advice.recommend, Recommend::Neither);
        let many = core.ask(&PlanRedrive { executions: failed })?;
        assert_eq!(on_permissions(&many.notices, Severity::Warning).len(), 1, "once for the machine");
        let missing: Vec<&str> = many
            .permissions
            .iter()
            .filter(|permission| permission.missing)
            .map(|permission| permission.action.as_str())
            .collect();
        assert_eq!(missing, ["states:RedriveExecution"]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn permissions_that_cannot_be_checked_are_one_line_and_keep_nothing_back() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = pick(core, "menu-images", Status::Failed)?;
        let denied = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "SimulatePrincipalPolicy" }), 100, denied)?;
        let advice = core.ask(&CheckRerun { arn: arn.clone() })?;
        let plan = core.ask(&PlanRedrive { executions: vec![arn] })?;
        for notices in [&advice.safety, &plan.notices] {
            assert_eq!(
                on_permissions(notices, Severity::Info),
                ["The permissions of user/oncall were not checked: you may not perform iam:SimulatePrincipalPolicy."]
            );
            assert!(on_permissions(notices, Severity::Warning).is_empty(), "{notices:?}");
        }
        assert_eq!(advice.recommend, Recommend::Redrive);
        assert_eq!(plan.steps.len(), 1);
        Ok(())
    })
}
