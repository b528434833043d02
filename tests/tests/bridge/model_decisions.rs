//! Decisions on versions: written once, verified and kept; who may take them, and under which policy.

use super::models::{draft, group, newest};
use anyhow::{Context as _, Result, bail};
use contract::{
    Code, Severity,
    models::{
        Decision, GatePolicy,
        facts::Approval,
        requests::{DescribeGroup, DescribeModel, PlanDecision, PlanStaleRejection, ReadGatePolicy, SaveGatePolicy},
    },
    operations::{OperationState, RunOperation, StepState},
    plan::{Action, Confirm, Plan, Scope},
    session::OpenProfile,
};
use tests::bridge::{Core, Touch, on_estate};

const WHY: &str = "the forecast is late for the season, see the review of the week";

fn reject(core: &Core, arn: &str) -> Result<Plan> {
    let seen = draft(core, arn)?;
    let decision = Decision::Reject { comment: WHY.into() };
    core.ask(&PlanDecision { arn: arn.to_owned(), decision, evidence: seen.draft.evidence })
}

fn refusals(plan: &Plan) -> String {
    let refused = plan.notices.iter().filter(|notice| notice.severity == Severity::Refusal);
    refused.map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_rejection_is_written_verified_and_kept() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "demand-forecast-emea")?;
        let seen = draft(core, &arn)?;
        let ask = |comment: &str, evidence: &str| PlanDecision {
            arn: arn.clone(),
            decision: Decision::Reject { comment: comment.into() },
            evidence: evidence.into(),
        };
        assert_eq!(core.fault(&ask("no", &seen.draft.evidence))?.code, Code::BadInput, "a comment says why");
        let other = core.fault(&ask(WHY, &"0".repeat(64)))?;
        assert!(other.detail.contains("was not shown here"), "{other:?}");
        let plan = core.ask(&ask(WHY, &seen.draft.evidence))?;
        assert_eq!(plan.place.scope, Scope::Models { group: "demand-forecast-emea".into() });
        assert_eq!((plan.confirm, refusals(&plan).as_str()), (Confirm::Dialog, ""));
        assert!(plan.effects.iter().any(|effect| effect.through == "rule deploy-on-approve"), "{:?}", plan.effects);
        assert!(plan.cli[0].contains("update-model-package"), "{:?}", plan.cli);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        assert_eq!(estate.calls("UpdateModelPackage", mark)?.len(), 1);
        assert!(receipt.steps[0].checks.iter().any(|check| check.text.contains(&seen.draft.evidence)), "its evidence");
        let now = core.ask(&DescribeModel { arn: arn.clone() })?.detail;
        assert_eq!(now.mark.approval, Approval::Rejected);
        assert!(now.comment.context("a comment")?.contains(WHY));
        assert!(now.history.iter().any(|row| row.what == "rejected"), "{:?}", now.history);
        let entry = core.audit()?.into_iter().find(|entry| entry.action == "model.done").context("an audit entry")?;
        assert!(entry.target.contains("demand-forecast-emea"), "{}", entry.target);
        let said = format!("{WHY} / evidence sha256:{}", seen.draft.evidence);
        assert!(entry.result.contains(&said), "{}", entry.result);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn of_two_who_decide_at_once_the_second_is_told_and_writes_nothing() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "booking-cancellation-emea")?;
        let (first, second) = (reject(core, &arn)?, reject(core, &arn)?);
        core.succeed(&first)?;
        let mark = estate.mark()?;
        let late = core.run(&second)?;
        assert_eq!(late.steps[0].state, StepState::Changed, "{:?}", late.steps);
        assert!(late.steps[0].note.contains("oncall changed it"), "{}", late.steps[0].note);
        assert!(estate.calls("UpdateModelPackage", mark)?.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_was_compared_with_another_approved_version_is_looked_at_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let row = group(core, "demand-forecast-emea")?;
        let (arn, before) = (row.latest.context("a version")?.arn, row.approved.context("an approved version")?.arn);
        assert_ne!(arn, before);
        let seen = draft(core, &arn)?;
        // Meanwhile the one that it was compared with is taken back.
        core.succeed(&reject(core, &before)?)?;
        let decide = |decision: Decision| {
            core.fault(&PlanDecision { arn: arn.clone(), decision, evidence: seen.draft.evidence.clone() })
        };
        for decision in [Decision::Sign { comment: WHY.into() }, Decision::Reject { comment: WHY.into() }] {
            let fault = decide(decision)?;
            let is_told = fault.detail.contains("Since you looked, ") && fault.detail.contains("Look at it again");
            assert!(is_told, "{fault:?}");
        }
        let again = draft(core, &arn)?;
        let texts: Vec<&str> = again.draft.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(texts.iter().any(|text| text.starts_with("Since you looked, ")), "{texts:?}");
        let plan = reject(core, &arn)?;
        assert_eq!(refusals(&plan), "");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_lost_answer_is_looked_after_and_not_a_second_decision() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "no-show-dach")?;
        let plan = reject(core, &arn)?;
        let lost = serde_json::json!({ "when": "after", "drop": true });
        estate.fault(serde_json::json!({ "action": "UpdateModelPackage" }), 10, lost)?;
        let receipt = core.run(&plan)?;
        estate.post("clear", &serde_json::json!({}))?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        assert!(receipt.steps[0].note.contains("sent once"), "{}", receipt.steps[0].note);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn who_signed_cannot_approve() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let arn = newest(core, "dynamic-pricing-iberia")?;
        let seen = draft(core, &arn)?;
        let decide =
            |decision: Decision, evidence: &str| PlanDecision { arn: arn.clone(), decision, evidence: evidence.into() };
        let approve = core.ask(&decide(Decision::Approve { comment: WHY.into() }, &seen.draft.evidence))?;
        assert!(refusals(&approve).contains("nobody has signed"), "{}", refusals(&approve));
        assert!(core.call(&RunOperation { plan: approve.id.clone(), typed: Some(approve.name) })?.is_err());
        let sign = core.ask(&decide(Decision::Sign { comment: WHY.into() }, &seen.draft.evidence))?;
        assert_eq!(refusals(&sign), "");
        assert!(seen.draft.sign.context("a signature is asked for")?.held.is_empty());
        let Action::Model(action) = &sign.steps[0].action else { bail!("{:?}", sign.steps) };
        assert_eq!(action.writes.len(), 1);
        core.succeed(&sign)?;
        let signed = draft(core, &arn)?;
        assert_eq!(signed.draft.evidence, seen.draft.evidence, "a signature changes no evidence");
        assert_eq!(signed.draft.signatures.len(), 1);
        let again = core.ask(&decide(Decision::Approve { comment: WHY.into() }, &signed.draft.evidence))?;
        assert!(refusals(&again).contains("you have signed"), "{}", refusals(&again));
        let sign = core.ask(&decide(Decision::Sign { comment: WHY.into() }, &signed.draft.evidence))?;
        assert!(refusals(&sign).contains("you have signed"), "{}", refusals(&sign));
        let held = signed.draft.sign.context("it is still said who signs")?.held;
        assert!(held.iter().any(|why| why.contains("you have signed")), "{held:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn stale_versions_are_rejected_one_by_one() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let group = core.ask(&DescribeGroup { group: "dynamic-pricing-apac".into() })?;
        let [stale] = group.stale.as_slice() else { bail!("{:?}", group.stale) };
        let other = group.row.approved.context("an approved version")?.arn;
        let plan = core.ask(&PlanStaleRejection {
            group: "dynamic-pricing-apac".into(),
            versions: vec![stale.mark.arn.clone(), other],
            comment: WHY.into(),
        })?;
        assert_eq!((plan.steps.len(), plan.refused.len()), (1, 1));
        core.succeed(&plan)?;
        assert_eq!(core.ask(&DescribeModel { arn: stale.mark.arn.clone() })?.detail.mark.approval, Approval::Rejected);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn who_may_not_write_is_told_and_the_policy_is_the_profiles_own() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let policy = core.ask(&ReadGatePolicy {})?;
        assert_eq!(policy, GatePolicy::default());
        let own = GatePolicy { stale_days: 7, ..policy };
        assert_eq!(core.ask(&SaveGatePolicy { policy: own.clone() })?, own);
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        assert_eq!(core.ask(&ReadGatePolicy {})?, GatePolicy::default(), "of the profile, not of all");
        let arn = newest(core, "guest-churn-emea")?;
        let seen = draft(core, &arn)?;
        assert_eq!(seen.may_write, Some(false), "{:?}", seen.draft.notices);
        let plan = reject(core, &arn)?;
        let missing = plan.permissions.iter().find(|one| one.missing).context("a missing permission")?;
        assert_eq!(missing.action, "sagemaker:UpdateModelPackage");
        core.ask(&OpenProfile { name: "practice".into() })?;
        assert_eq!(core.ask(&ReadGatePolicy {})?, own);
        assert!(estate.writes(mark)?.is_empty(), "a plan writes nothing");
        Ok(())
    })
}
