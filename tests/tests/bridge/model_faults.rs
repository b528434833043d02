//! Models where AWS refuses, is slow, or keeps them in another account: what is not known is said, and is never green.

use super::models::{group, newest};
use anyhow::{Context as _, Result};
use contract::{
    Code,
    models::{
        GateId, GateVerdict,
        requests::{DescribeGroup, DescribeModel, DraftDecision, DraftReply},
    },
};
use serde_json::json;
use tests::bridge::{Touch, on_estate};

fn verdict(seen: &DraftReply, id: GateId) -> Result<(GateVerdict, String)> {
    let gate = seen.draft.gates.iter().find(|gate| gate.id == id).with_context(|| format!("no gate {id:?}"))?;
    Ok((gate.verdict, gate.words.clone()))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn evidence_that_may_not_be_read_is_not_known() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "demand-forecast-emea")?;
        let denied = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "GetObject", "bucket": "ml-registry" }), 1_000, denied)?;
        let seen = core.ask(&DraftDecision { arn: arn.clone() })?;
        for gate in [GateId::Quality, GateId::Bias, GateId::Explainability, GateId::Traffic] {
            let (verdict, words) = verdict(&seen, gate)?;
            assert_ne!(verdict, GateVerdict::Pass, "{gate:?}: {words}");
        }
        let (bias, words) = verdict(&seen, GateId::Bias)?;
        assert_eq!(bias, GateVerdict::Unknown, "{words}");
        assert!(words.contains("s3:GetObject is missing"), "{words}");
        // What the registry itself says is there all the same.
        let detail = core.ask(&DescribeModel { arn })?.detail;
        assert!(!detail.evidence.is_empty() && detail.mark.version > 0);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_evaluation_that_was_refused_once_is_asked_for_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let ask = || core.ask(&DescribeGroup { group: "demand-forecast-emea".into() });
        let denied = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "action": "GetObject", "bucket": "ml-registry" }), 1_000, denied)?;
        let refused = ask()?;
        assert!(refused.metrics.is_empty() && refused.strip.metric.is_none(), "{:?}", refused.strip);
        estate.post("clear", &json!({}))?;
        let told = ask()?;
        assert!(told.strip.metric.is_some() && !told.metrics.is_empty(), "{:?}", told.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_describe_that_is_throttled_is_tried_again_and_then_told() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "demand-forecast-emea")?;
        let slow = || json!({ "status": 400, "code": "ThrottlingException" });
        let mark = estate.mark()?;
        estate.fault(json!({ "action": "DescribeModelPackage" }), 1, slow())?;
        let detail = core.ask(&DescribeModel { arn: arn.clone() })?.detail;
        assert_eq!(detail.mark.arn, arn);
        assert!(estate.calls("DescribeModelPackage", mark)?.len() >= 2, "it was asked again");
        estate.fault(json!({ "action": "DescribeModelPackage" }), 1_000, slow())?;
        let fault = core.fault(&DraftDecision { arn })?;
        assert_eq!(fault.code, Code::Unreachable, "{fault:?}");
        assert!(fault.title.contains("slow down"), "{fault:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_of_another_account_is_read_by_its_arn() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let row = group(core, "rate-benchmark-corporate")?;
        let told = core.ask(&DescribeGroup { group: row.id.clone() })?;
        assert_eq!((told.row.id.as_str(), told.row.versions), (row.id.as_str(), row.versions));
        assert_eq!(told.strip.cells.len(), usize::try_from(row.versions)?);
        let arn = row.latest.context("a version")?.arn;
        let seen = core.ask(&DraftDecision { arn: arn.clone() })?;
        assert_eq!(seen.draft.mark.arn, arn);
        // It was registered with an image and without a report.
        for gate in [GateId::Quality, GateId::Bias, GateId::Explainability] {
            let (verdict, words) = verdict(&seen, gate)?;
            assert_ne!(verdict, GateVerdict::Pass, "{gate:?}: {words}");
        }
        Ok(())
    })
}
