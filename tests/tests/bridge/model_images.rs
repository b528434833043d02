//! The images of versions, as ECR tells of them: what a tag points at now is what would be deployed.

use super::models::{newest, queue};
use anyhow::{Context as _, Result, bail};
use contract::models::{
    ContainerRow, Decision, Gate, GateId, GateVerdict, PinState,
    requests::{DescribeModel, DraftDecision, PlanDecision},
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

/// Its image is what was registered.
const GOOD: &str = "demand-forecast-emea";
/// Its tag points at another image since it was registered.
const MOVED: &str = "dynamic-pricing-apac";
/// Its image was deleted.
const DELETED: &str = "loyalty-tier-apac";
/// Registered with an image of another account.
const SHARED: &str = "rate-benchmark-corporate";

/// The one container of a version, as its page shows it.
fn container(core: &Core, arn: &str) -> Result<ContainerRow> {
    let containers = core.ask(&DescribeModel { arn: arn.to_owned() })?.detail.containers;
    let [container] = containers.as_slice() else { bail!("{containers:?}") };
    Ok(container.clone())
}

/// Looks at a version anew: the evidence of a decision, and the gate of integrity.
fn look(core: &Core, arn: &str) -> Result<(String, Gate)> {
    let draft = core.ask(&DraftDecision { arn: arn.to_owned() })?.draft;
    let gate = draft.gates.into_iter().find(|gate| gate.id == GateId::Intact).context("the gate")?;
    Ok((draft.evidence, gate))
}

/// How many gates of the version that waits in a group are red.
fn red(core: &Core, group: &str) -> Result<u32> {
    let row = queue(core)?.into_iter().find(|row| row.group == group).with_context(|| format!("no {group}"))?;
    Ok(row.gates.context("its gates")?.failed)
}

/// Repository and tag of `HOST/REPOSITORY:TAG`.
fn parts(image: &str) -> Result<(&str, &str)> {
    let (_, name) = image.split_once('/').context("a host")?;
    name.rsplit_once(':').context("a tag")
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_image_is_what_was_registered_or_moved_or_gone() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let good = newest(core, GOOD)?;
        assert_eq!(container(core, &good)?.image_state, PinState::Unchanged);
        let (_, gate) = look(core, &good)?;
        assert_ne!(gate.verdict, GateVerdict::Fail, "{gate:?}");
        assert!(gate.findings.iter().all(|words| !words.contains("image")), "nothing is said of it: {gate:?}");
        assert!(estate.calls("DescribeImages", mark)?.len() >= 2, "it is asked again for a decision");

        let moved = newest(core, MOVED)?;
        let shown = container(core, &moved)?;
        let PinState::TagMoved(now) = &shown.image_state else { bail!("{shown:?}") };
        assert!(now.starts_with("sha256:") && shown.image_digest.as_ref() != Some(now), "{shown:?}");
        let (_, gate) = look(core, &moved)?;
        assert_eq!(gate.verdict, GateVerdict::Fail, "{gate:?}");
        let told = gate.findings.iter().find(|words| words.contains(&shown.image)).context("its words")?;
        assert!(told.contains(&format!("points at another one now, {now}")), "{told}");

        let deleted = newest(core, DELETED)?;
        let shown = container(core, &deleted)?;
        assert_eq!(shown.image_state, PinState::Gone);
        let (_, gate) = look(core, &deleted)?;
        assert_eq!(gate.verdict, GateVerdict::Fail, "{gate:?}");
        assert!(gate.findings.contains(&format!("image {} is gone", shown.image)), "{gate:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_tag_that_moves_after_it_was_shown_stops_the_decision() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, GOOD)?;
        assert_eq!(red(core, GOOD)?, 1, "nobody has signed");
        let (evidence, _) = look(core, &arn)?;
        let image = container(core, &arn)?.image;
        let (repository, tag) = parts(&image)?;
        estate.move_tag(repository, tag)?;

        let decision = Decision::Reject { comment: "it is late for the season, see the review of the week".into() };
        let refused = core.fault(&PlanDecision { arn: arn.clone(), decision, evidence: evidence.clone() })?;
        assert!(
            refused.detail.contains(&format!("image {image} was")) && refused.detail.contains("changed"),
            "{refused:?}"
        );
        assert_eq!(red(core, GOOD)?, 2, "the list asks again too");
        let (now, gate) = look(core, &arn)?;
        assert_eq!(gate.verdict, GateVerdict::Fail, "{gate:?}");
        assert_ne!(now, evidence, "it is other evidence that would be signed");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_tag_that_was_taken_away_is_told_from_an_image_that_is_gone() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, MOVED)?;
        let image = container(core, &arn)?.image;
        let (repository, tag) = parts(&image)?;
        estate.remove_tag(repository, tag)?;
        let (_, gate) = look(core, &arn)?;
        assert_eq!(gate.verdict, GateVerdict::Fail, "{gate:?}");
        assert_eq!(container(core, &arn)?.image_state, PinState::TagGone, "the build's own tag keeps it");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_ecr_does_not_tell_is_not_known() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let shared = newest(core, SHARED)?;
        let PinState::Unknown(why) = container(core, &shared)?.image_state else { bail!("an image of others") };
        assert!(why.contains("account 210987654321") && why.contains("ecr:DescribeImages"), "{why}");

        let arn = newest(core, GOOD)?;
        let image = container(core, &arn)?.image;
        let (before, _) = look(core, &arn)?;
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "DescribeImages" }), 1_000, denied)?;
        let (evidence, gate) = look(core, &arn)?;
        assert_eq!(evidence, before, "who may not ask ECR sees no other evidence");
        let seen = core.ask(&DraftDecision { arn: arn.clone() })?.draft.notices;
        assert!(seen.iter().all(|notice| !notice.text.contains("Not compared")), "unknown both times: {seen:?}");
        assert_eq!((gate.verdict, gate.holds), (GateVerdict::Unknown, false), "{gate:?}");
        let told = gate.findings.iter().any(|words| words.ends_with(": ecr:DescribeImages is missing"));
        assert!(told, "{gate:?}");

        // What was unknown to the person is known to the plan: it is no change, and it is said.
        estate.post("clear", &json!({}))?;
        let decision = Decision::Reject { comment: "it is late for the season, see the review of the week".into() };
        let plan = core.ask(&PlanDecision { arn, decision, evidence })?;
        let said = format!("Not compared with what you opened: image {image}: it could not be checked before");
        assert!(plan.notices.iter().any(|notice| notice.text.starts_with(&said)), "{:?}", plan.notices);
        Ok(())
    })
}
