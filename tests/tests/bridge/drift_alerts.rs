//! When an alert of a monitor is raised, changed: planned, confirmed, read back.

use anyhow::{Context as _, Result};
use contract::{
    Code, Severity,
    drift::DescribeMonitor,
    models::{PlanAlertChange, facts::AlertFact},
    operations::{RunOperation, StepState},
    plan::{Plan, Scope},
    session::{Mode, OpenProfile, SetMode},
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

const SCHEDULE: &str = "delivery-eta-uk-live-data";
const ALERT: &str = "delivery-eta-uk-live-data-alert";

fn change(failing: u32, of: u32) -> PlanAlertChange {
    PlanAlertChange { schedule: SCHEDULE.into(), alert: ALERT.into(), failing, of }
}

fn alert(core: &Core) -> Result<AlertFact> {
    let told = core.ask(&DescribeMonitor { schedule: SCHEDULE.into() })?;
    told.alerts.into_iter().find(|alert| alert.name == ALERT).context("the alert of the schedule")
}

fn numbers(core: &Core) -> Result<(u32, u32)> {
    alert(core).map(|alert| (alert.failing, alert.of))
}

fn refusals(plan: &Plan) -> String {
    let refused = plan.notices.iter().filter(|notice| notice.severity == Severity::Refusal);
    refused.map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_alert_is_changed_once_and_read_back() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        assert_eq!(numbers(core)?, (2, 6));
        let same = core.ask(&change(2, 6))?;
        assert!(refusals(&same).contains("2 of the last 6 runs fail already"), "{}", refusals(&same));
        let (first, second) = (core.ask(&change(3, 12))?, core.ask(&change(1, 1))?);
        assert_eq!(refusals(&first), "");
        assert_eq!(first.place.scope, Scope::Monitor { schedule: SCHEDULE.into() });
        assert_eq!(first.title, format!("Change alert {ALERT}"));
        assert!(first.steps[0].text.contains("3 of the last 12 runs fail; until now when 2 of the last 6 runs fail"));
        let line = format!(
            "aws sagemaker update-monitoring-alert --monitoring-schedule-name {SCHEDULE} --monitoring-alert-name {ALERT} \
             --datapoints-to-alert 3 --evaluation-period 12"
        );
        assert!(first.cli[0].starts_with(&line), "{:?}", first.cli);
        assert_eq!(first.permissions[0].action, "sagemaker:UpdateMonitoringAlert");

        let receipt = core.succeed(&first)?;
        assert!(receipt.steps[0].checks.iter().all(|check| check.ok && check.text == "3 of 12 runs"));
        assert_eq!(numbers(core)?, (3, 12));
        let mark = estate.mark()?;
        let late = core.run(&second)?;
        assert_eq!(late.steps[0].state, StepState::Changed, "{:?}", late.steps);
        assert!(late.steps[0].note.contains("3 of 12 runs now, not after 2 of 6"), "{}", late.steps[0].note);
        assert!(estate.calls("UpdateMonitoringAlert", mark)?.is_empty(), "what the plan saw is gone");
        let audit = core.audit()?;
        let of =
            |action: &str| audit.iter().filter(|entry| entry.action == action && entry.target.contains(ALERT)).count();
        assert_eq!((of("monitor.done"), of("monitor.failed")), (1, 1), "each operation has its end");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_lost_answer_is_looked_after_and_the_alert_changed_once() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let plan = core.ask(&change(4, 6))?;
        let mark = estate.mark()?;
        estate.fault(json!({ "action": "UpdateMonitoringAlert" }), 10, json!({ "when": "after", "drop": true }))?;
        let receipt = core.succeed(&plan)?;
        assert!(receipt.steps[0].note.contains("found changed"), "{:?}", receipt.steps);
        assert!(!estate.calls("UpdateMonitoringAlert", mark)?.is_empty());
        assert_eq!(numbers(core)?, (4, 6));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn wrong_numbers_and_missing_permissions_change_nothing() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let mark = estate.mark()?;
        for (failing, of, word) in [(7, 6, "1 to 6"), (0, 6, "1 to 6"), (1, 0, "1 to 100"), (1, 101, "1 to 100")] {
            let fault = core.fault(&change(failing, of))?;
            assert_eq!(fault.code, Code::BadInput, "{fault:?}");
            assert!(fault.detail.contains(word), "{}", fault.detail);
        }
        let unknown = core.fault(&PlanAlertChange { alert: "nobody".into(), ..change(1, 2) })?;
        assert_eq!(unknown.code, Code::NotFound);

        core.ask(&SetMode { profile: "practice".into(), mode: Mode::ReadOnly })?;
        let plan = core.ask(&change(3, 6))?;
        let run = RunOperation { plan: plan.id.clone(), typed: Some(plan.name.clone()) };
        assert_eq!(core.fault(&run)?.code, Code::Guarded, "the plan can be made and looked at");
        assert!(estate.calls("UpdateMonitoringAlert", mark)?.is_empty());
        core.ask(&SetMode { profile: "practice".into(), mode: Mode::Confirm })?;

        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let plan = core.ask(&change(3, 6))?;
        let missing = plan.permissions.iter().find(|one| one.missing).context("a missing permission")?;
        assert_eq!(missing.action, "sagemaker:UpdateMonitoringAlert");
        let receipt = core.run(&plan)?;
        assert_eq!(receipt.steps[0].state, StepState::Failed, "{:?}", receipt.steps);
        assert!(receipt.steps[0].note.contains("sagemaker:UpdateMonitoringAlert"), "{}", receipt.steps[0].note);
        core.ask(&OpenProfile { name: "practice".into() })?;
        assert_eq!(numbers(core)?, (2, 6));
        Ok(())
    })
}
