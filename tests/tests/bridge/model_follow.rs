//! What a version was made from, by the names of things; evidence that is edited while somebody decides; and what became
//! of an approval.

use super::models::{draft, group, newest};
use anyhow::{Context as _, Result, bail};
use contract::{
    models::{
        Decision, LastRun, Made, OriginLine, VersionDetail,
        facts::Approval,
        requests::{DescribeGroup, DescribeModel, FollowModel, PlanDecision},
    },
    operations::StepState,
    session::OpenProfile,
};
use serde_json::json;
use tests::bridge::{Core, Touch, on_estate};

const WHY: &str = "the forecast is late for the season, see the review of the week";

fn describe(core: &Core, arn: &str) -> Result<VersionDetail> {
    Ok(core.ask(&DescribeModel { arn: arn.to_owned() })?.detail)
}

fn data_set(detail: &VersionDetail) -> Result<&OriginLine> {
    let found = detail.origin.iter().find(|line| line.what == "data set");
    found.with_context(|| format!("no data set in {:?}", detail.origin))
}

/// Bucket and key of a URI.
fn place(uri: &str) -> Result<(&str, &str)> {
    let place = uri.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    place.with_context(|| format!("{uri} is no address in S3"))
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn lineage_leads_to_the_version_and_names_what_it_was_made_from() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "demand-forecast-emea")?;
        let detail = describe(core, &arn)?;
        let graph = detail.lineage.as_ref().context("a lineage")?;
        let title = format!("version {} of demand-forecast-emea", detail.mark.version);
        let own = graph.nodes.iter().position(|node| node.title == title).context("the version itself")?;
        assert_eq!(graph.nodes[own].column, 0);
        let own = u32::try_from(own)?;
        assert!(graph.edges.iter().any(|(_, to, _)| *to == own), "what led to it leads to it: {:?}", graph.edges);
        assert_eq!(graph.unnamed, None);
        let titles: Vec<&str> = graph.nodes.iter().map(|node| node.title.as_str()).collect();
        assert!(titles.iter().any(|title| title.starts_with("until=")), "{titles:?}");
        assert!(titles.contains(&"model.tar.gz"), "{titles:?}");
        let set = data_set(&detail)?;
        let uri = set.value.clone().context("its address")?;
        assert!(uri.starts_with("s3://lake-processed/features/"), "{uri}");
        assert_eq!(set.made, Some(Made::S3(uri.clone())));
        assert_eq!(set.note.as_deref(), Some("no object is stored there, in any version"));

        let (bucket, prefix) = place(&uri)?;
        estate.put(bucket, &format!("{prefix}part-0.csv"), b"1,2,3\n")?;
        let listed = |mark: u64| -> Result<usize> {
            let calls = estate.calls("ListObjectVersions", mark)?;
            Ok(calls.iter().filter(|seen| seen.text("bucket") == bucket).count())
        };
        let mark = estate.mark()?;
        let detail = describe(core, &arn)?;
        let note = data_set(&detail)?.note.clone().unwrap_or_default();
        assert!(
            note.starts_with("no object is stored there, in any version (seen ") && note.ends_with(" UTC)"),
            "{note}"
        );
        assert_eq!(listed(mark)?, 0, "what was seen minutes ago is told again, with its time");
        assert!(estate.calls("DescribeArtifact", mark)?.is_empty(), "what an artifact stands for does not change");

        // Another profile has seen nothing yet.
        core.ask(&OpenProfile { name: "practice-second".into() })?;
        let mark = estate.mark()?;
        let detail = describe(core, &arn)?;
        let note = data_set(&detail)?.note.clone().unwrap_or_default();
        assert!(
            note.starts_with("0 objects when training started ")
                && note.ends_with(": 1 stored since, unless older versions expired"),
            "{note}"
        );
        assert!((1..=8).contains(&listed(mark)?), "a page or two for each data set");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn artifacts_that_may_not_be_described_are_asked_for_once_in_a_session() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (first, second) = (newest(core, "demand-forecast-emea")?, newest(core, "guest-churn-emea")?);
        let refused = json!({ "status": 400, "code": "AccessDeniedException", "message": "not authorized" });
        estate.fault(json!({ "action": "DescribeArtifact" }), 50, refused)?;
        let mark = estate.mark()?;
        for arn in [&first, &second, &first] {
            let graph = describe(core, arn)?.lineage.context("a lineage")?;
            let why = graph.unnamed.context("a reason")?;
            assert_eq!(why, "sagemaker:DescribeArtifact is missing");
            assert_eq!(estate.calls("DescribeArtifact", mark)?.len(), 1, "for all artifacts of all versions");
        }
        estate.post("clear", &json!({}))?;
        core.ask(&OpenProfile { name: "practice".into() })?;
        let graph = describe(core, &first)?.lineage.context("a lineage")?;
        assert_eq!(graph.unnamed, None, "whoever opens a profile may have been given the permission");
        assert!(estate.calls("DescribeArtifact", mark)?.len() > 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn evidence_that_is_edited_while_a_decision_is_open_is_not_decided_on() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let arn = newest(core, "demand-forecast-emea")?;
        let detail = describe(core, &arn)?;
        let seen = draft(core, &arn)?.draft.evidence;
        let ask = |evidence: &str, decision: Decision| PlanDecision {
            arn: arn.clone(),
            decision,
            evidence: evidence.to_owned(),
        };
        let reject = || Decision::Reject { comment: WHY.into() };
        let sign = core.ask(&ask(&seen, Decision::Sign { comment: WHY.into() }))?;
        let plan = core.ask(&ask(&seen, reject()))?;

        let file = detail.evidence.first().context("a file")?.uri.clone();
        let (bucket, path) = place(&file)?;
        estate.put(bucket, path, b"{\"regression_metrics\": {}}")?;
        let mark = estate.mark()?;
        for plan in [&sign, &plan] {
            let refused = core.run(plan)?;
            assert_eq!(refused.steps[0].state, StepState::Changed, "{:?}", refused.steps);
            let note = &refused.steps[0].note;
            assert!(note.contains("Evidence changed since you opened it") && note.contains(&file), "{note}");
        }
        assert!(estate.calls("UpdateModelPackage", mark)?.is_empty());

        // The same between opening and planning.
        let late = core.fault(&ask(&seen, reject()))?;
        assert!(late.detail.contains("Evidence changed since you opened it"), "{late:?}");
        let anew = draft(core, &arn)?.draft.evidence;
        assert_ne!(anew, seen);
        core.succeed(&core.ask(&ask(&anew, reject()))?)?;
        assert_eq!(estate.calls("UpdateModelPackage", mark)?.len(), 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_approved_version_is_followed_to_its_pipeline_and_its_endpoint() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let detail = core.ask(&DescribeGroup { group: "demand-forecast-emea".into() })?;
        let approved = detail.row.approved.clone().context("an approved version")?;
        let told = core.ask(&FollowModel { arn: approved.arn.clone() })?;
        let serving = format!("demand-forecast-emea-live is InService and serves version {}", approved.version);
        assert!(told.words.contains(&serving), "{}", told.words);
        assert_eq!(told.rows.len(), 3, "{:?}", told.notices);
        assert!(told.against.contains("the last day before its configuration was made"), "{}", told.against);
        assert!(told.against.contains("; in service since "), "its instances took five minutes: {}", told.against);
        let [pipeline] = told.pipelines.as_slice() else { bail!("{:?}", told.pipelines) };
        assert_eq!((pipeline.name.as_str(), pipeline.rule.as_str()), ("deploy-model", "deploy-on-approve"));
        let LastRun::Run(last) = &pipeline.last else { bail!("{:?}", pipeline.last) };
        assert!(last.arn.contains(":pipeline/deploy-model/execution/"), "{}", last.arn);
        let others = detail.strip.cells.iter().map(|cell| &cell.mark);
        let others = others.filter(|mark| mark.approval == Approval::Approved && mark.version != approved.version);
        let other = others.max_by_key(|mark| mark.version).map(|mark| mark.version);
        assert_eq!(told.former.map(|former| former.version), other, "what goes back is approved still");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_canary_is_compared_with_the_version_beside_it() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let row = group(core, "dynamic-pricing-dach")?;
        let live = row.deployed.iter().filter(|at| at.endpoint == "dynamic-pricing-dach-live");
        let version = live.filter_map(|at| at.version).max().with_context(|| format!("{:?}", row.deployed))?;
        let told = core.ask(&FollowModel { arn: format!("version:dynamic-pricing-dach/{version}") })?;
        assert!(told.words.contains(&format!("version {} and version {version}", version - 1)), "{}", told.words);
        assert_eq!(told.rows.len(), 3, "the second variant is there too: {:?}", told.notices);
        let beside = format!("against version {}, which serves beside it", version - 1);
        assert!(told.against.starts_with(&beside), "{}", told.against);
        let lines = told.deployment.join(" | ");
        assert!(lines.contains("is on its way") && lines.contains("Baking, 10 % of the traffic"), "{lines}");
        assert!(lines.contains("takes 10 % of the requests"), "{lines}");
        assert!(told.goes_on, "a configuration is on its way");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn executions_that_were_not_read_are_told_from_none() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let approved = group(core, "demand-forecast-emea")?.approved.context("an approved version")?;
        let denied = serde_json::json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(serde_json::json!({ "action": "ListPipelineExecutions" }), 1_000, denied)?;
        let told = core.ask(&FollowModel { arn: approved.arn })?;
        let [pipeline] = told.pipelines.as_slice() else { bail!("{:?}", told.pipelines) };
        assert!(matches!(&pipeline.last, LastRun::Unread(why) if !why.is_empty()), "{:?}", pipeline.last);
        Ok(())
    })
}
