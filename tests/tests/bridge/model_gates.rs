//! What gates rest on beyond one version's files: the two persons with CloudTrail's proof, stages, the team's policy, and
//! how few calls the lists of models need.

use super::models::{draft, group, groups, queue};
use crate::executions::until;
use anyhow::{Context as _, Result, bail};
use contract::{
    Code,
    models::{
        Decision, GateId, GatePolicy, GateVerdict, HistorySource, QueueRow,
        facts::{Approval, Lifecycle},
        requests::{DescribeModel, DraftReply, OpenQueue, PlanDecision, ReadGatePolicy, SaveGatePolicy},
    },
    operations::StepState,
    plan::Plan,
    session::OpenProfile,
    sets::Rows,
};
use serde_json::Value;
use std::time::Duration;
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};

const WHY: &str = "better on every metric, and it fits the traffic of this week";
/// Calls until all groups with their versions are on the screen are fewer.
const FEW: usize = 12;

fn decide(core: &Core, arn: &str, decision: Decision) -> Result<Plan> {
    let evidence = draft(core, arn)?.draft.evidence;
    core.ask(&PlanDecision { arn: arn.to_owned(), decision, evidence })
}

fn persons(seen: &DraftReply) -> Result<(GateVerdict, String)> {
    let gate = seen.draft.gates.iter().find(|gate| gate.id == GateId::TwoPersons).context("the gate")?;
    Ok((gate.verdict, gate.words.clone()))
}

/// Calls of a service after a mark.
fn asked(estate: &Estate, service: &str, mark: u64) -> Result<usize> {
    let answer = estate.get(&format!("requests?since={mark}&service={service}"))?;
    Ok(answer.get("requests").and_then(Value::as_array).map_or(0, Vec::len))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn the_first_of_two_signs_and_cloudtrail_proves_it_to_the_second() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = group(core, "dynamic-pricing-iberia")?.latest.context("a version")?.arn;
        let sign = decide(core, &arn, Decision::Sign { comment: WHY.into() })?;
        let signed = core.succeed(&sign)?;
        core.ask(&OpenProfile { name: "practice-second".into() })?;
        let seen = draft(core, &arn)?;
        let (verdict, words) = persons(&seen)?;
        assert_eq!(verdict, GateVerdict::Pass, "{words}");
        assert!(words.contains("oncall signed") && words.contains("proven by CloudTrail"), "{words}");
        let decision = Decision::Approve { comment: WHY.into() };
        let plan = core.ask(&PlanDecision { arn: arn.clone(), decision, evidence: seen.draft.evidence })?;
        let approved = core.succeed(&plan)?;
        let mark = estate.mark()?;
        let detail = core.ask(&DescribeModel { arn: arn.clone() })?.detail;
        assert_eq!(estate.calls("LookupEvents", mark)?.len(), 1, "records of the version, in one page");
        assert_eq!(detail.mark.approval, Approval::Approved);
        let row = |what: &str| {
            let found = detail.history.iter().find(|row| row.what == what);
            found.with_context(|| format!("`{what}` in {:?}", detail.history))
        };
        let decided = row("approved")?;
        assert_eq!(decided.by.as_deref(), Some("second"));
        assert_eq!(decided.from.as_deref(), Some("192.0.2.17"));
        assert_eq!(decided.operation.as_ref(), Some(&approved.operation.id), "it leads to its receipt");
        assert!(decided.comment.as_deref().is_some_and(|comment| comment.contains(WHY)));
        for source in [HistorySource::CloudTrail, HistorySource::AuditLog] {
            assert!(decided.sources.contains(&source), "{source:?} in {:?}", decided.sources);
        }
        let first = row("signed")?;
        assert_eq!((first.by.as_deref(), first.comment.as_deref()), (Some("oncall"), Some(WHY)));
        assert_eq!(first.operation.as_ref(), Some(&signed.operation.id));
        assert!(row("registered")?.sources.contains(&HistorySource::CloudTrail));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn without_cloudtrail_the_rest_of_the_history_still_shows() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let arn = group(core, "dynamic-pricing-iberia")?.latest.context("a version")?.arn;
        core.succeed(&decide(core, &arn, Decision::Sign { comment: WHY.into() })?)?;
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let told = core.ask(&DescribeModel { arn: arn.clone() })?;
        let notices: Vec<&str> = told.notices.iter().map(|notice| notice.text.as_str()).collect();
        assert!(notices.iter().any(|text| text.contains("cloudtrail:LookupEvents is missing")), "{notices:?}");
        assert!(told.detail.history.iter().any(|row| row.what == "signed"), "{:?}", told.detail.history);
        assert!(told.detail.history.iter().any(|row| row.what == "registered"), "{:?}", told.detail.history);
        let seen = draft(core, &arn)?;
        let (verdict, words) = persons(&seen)?;
        assert_eq!(verdict, GateVerdict::Unknown, "{words}");
        assert!(seen.draft.notices.iter().any(|notice| notice.text.contains("cloudtrail:LookupEvents")));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_stage_is_planned_written_and_told_and_the_second_change_is_a_conflict() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        // An approved version: what is edited of it is heard by rules that look at the approval alone.
        let arn = group(core, "dynamic-pricing-emea")?.approved.context("an approved version")?.arn;
        let seen = draft(core, &arn)?;
        assert!(seen.stages.iter().any(|stage| stage == "PreProduction"), "{:?}", seen.stages);
        let cycle = |stage: &str| Lifecycle {
            stage: stage.into(),
            status: "InProgress".into(),
            description: Some("canary since Monday".into()),
        };
        let ask = |cycle: Lifecycle| PlanDecision {
            arn: arn.clone(),
            decision: Decision::Stage(cycle),
            evidence: seen.draft.evidence.clone(),
        };
        assert_eq!(core.fault(&ask(cycle("not a name")))?.code, Code::BadInput);
        let plan = core.ask(&ask(cycle("Canary")))?;
        let late = core.ask(&ask(cycle("Archived")))?;
        assert!(!plan.effects.is_empty(), "a rule without a guard hears of it");
        let sends =
            |text: &str| text.contains("SageMaker Model Package State Change") && text.contains("ModelLifeCycle");
        assert!(plan.notices.iter().any(|notice| sends(&notice.text)), "{:?}", plan.notices);
        assert!(plan.cli[0].contains("--model-life-cycle"), "{:?}", plan.cli);
        let mark = estate.mark()?;
        let receipt = core.succeed(&plan)?;
        assert_eq!(estate.calls("UpdateModelPackage", mark)?.len(), 1);
        assert!(estate.calls("DescribeModelPackage", mark)?.len() >= 2, "read again before and after");
        let detail = core.ask(&DescribeModel { arn: arn.clone() })?.detail;
        assert_eq!(detail.lifecycle, Some(cycle("Canary")));
        assert_eq!(detail.mark.approval, Approval::Approved, "the approval stays as it was");
        let row = detail.history.iter().find(|row| row.what == "stage Canary, InProgress").context("a row")?;
        assert_eq!(row.operation.as_ref(), Some(&receipt.operation.id));
        assert_eq!(row.comment.as_deref(), Some("canary since Monday"));
        let mark = estate.mark()?;
        let refused = core.run(&late)?;
        assert_eq!(refused.steps[0].state, StepState::Changed, "{:?}", refused.steps);
        assert!(estate.calls("UpdateModelPackage", mark)?.is_empty());
        let again = draft(core, &arn)?;
        assert!(
            again.stages.iter().any(|stage| stage == "Canary"),
            "a team's own stage is offered: {:?}",
            again.stages
        );
        let evidence = again.draft.evidence;
        let same = PlanDecision { arn, decision: Decision::Stage(cycle("Canary")), evidence };
        assert!(core.fault(&same)?.detail.contains("already"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_weaker_policy_stands_in_the_audit_log_and_a_senseless_one_is_refused() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let mut policy = core.ask(&ReadGatePolicy {})?;
        let wrong = GatePolicy { ndcg_least: 1.5, ..policy.clone() };
        assert_eq!(core.fault(&SaveGatePolicy { policy: wrong })?.code, Code::BadInput);
        policy.two_persons = false;
        policy.blocking.retain(|id| *id != GateId::Bias);
        core.ask(&SaveGatePolicy { policy: policy.clone() })?;
        core.ask(&SaveGatePolicy { policy })?;
        let entries: Vec<_> = core.audit()?.into_iter().filter(|entry| entry.action == "models.policy").collect();
        let [entry] = entries.as_slice() else { bail!("what changes nothing is no entry: {entries:?}") };
        assert_eq!((entry.target.as_str(), entry.result.as_str()), ("practice", "bias advises; two persons off"));
        let arn = group(core, "demand-forecast-emea")?.latest.context("a version")?.arn;
        let (verdict, words) = persons(&draft(core, &arn)?)?;
        assert_eq!(verdict, GateVerdict::Pass, "{words}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_waits_is_judged_again_by_the_rules_that_the_team_saves() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&OpenQueue {})?;
        let read = || core.rows(state.set, |rows| if let Rows::Queue(rows) = rows { Some(rows) } else { None });
        let lacks = |rows: &[QueueRow]| {
            let said = rows.iter().filter_map(|row| row.gates.as_ref());
            said.filter(|gates| gates.words.contains("second person")).count()
        };
        assert!(lacks(&read()?) > 0, "the rule of two persons holds");
        let policy = core.ask(&ReadGatePolicy {})?;
        core.ask(&SaveGatePolicy { policy: GatePolicy { two_persons: false, ..policy } })?;
        until("gates by the new rules", || {
            let rows = read()?;
            let is_done = rows.iter().all(|row| row.gates.is_some()) && lacks(&rows) == 0;
            Ok(is_done.then_some(()))
        })
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn all_groups_and_what_waits_are_read_together_in_few_calls() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let rows = groups(core)?;
        assert_eq!(rows.len(), 73, "72 and the shared one");
        assert!(rows.iter().all(|row| row.latest.is_some()), "with their versions");
        let calls = asked(estate, "sagemaker", mark)?;
        assert!(calls < FEW, "{calls} calls");
        // Lists that open within three seconds of each other show one reading.
        std::thread::sleep(Duration::from_secs(4));
        let mark = estate.mark()?;
        groups(core)?;
        queue(core)?;
        let searches = estate.calls("Search", mark)?.len();
        assert!(searches < FEW, "{searches} searches for both lists");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_waits_is_judged_from_what_is_shared_and_a_second_time_without_reading_files() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let first = queue(core)?;
        assert!(first.iter().all(|row| row.gates.is_some()), "each was looked at");
        assert_eq!(estate.calls("ListRules", mark)?.len(), 1, "rules are listed once");
        assert!(estate.calls("DescribeModelPackage", mark)?.is_empty(), "a search has said all of it");
        assert!(!estate.calls("GetObject", mark)?.is_empty());
        let mark = estate.mark()?;
        let second = queue(core)?;
        assert!(!estate.calls("HeadObject", mark)?.is_empty(), "it is asked whether the files are the same");
        for action in ["GetObject", "QueryLineage", "DescribeProcessingJob", "DescribeModelPackage"] {
            let calls = estate.calls(action, mark)?.len();
            assert_eq!(calls, 0, "{action}");
        }
        let words = |rows: &[QueueRow]| -> Vec<(String, Option<String>)> {
            rows.iter().map(|row| (row.arn.clone(), row.gates.as_ref().map(|gates| gates.words.clone()))).collect()
        };
        assert_eq!(words(&first), words(&second));
        let named =
            first.iter().filter_map(|row| row.gates.as_ref()).find(|gates| gates.failed > 1).context("a red one")?;
        assert!(named.words.starts_with("red: ") && named.words.contains("second person"), "{}", named.words);
        Ok(())
    })
}
