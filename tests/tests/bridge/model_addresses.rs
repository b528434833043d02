//! What is pasted about models, and the pages that it leads to.

use super::models::{groups, newest};
use anyhow::{Context as _, Result, bail};
use contract::{
    Code,
    models::{
        ModelTarget, OpenPipelineExecutions, PinState,
        facts::Approval,
        requests::{CompareModels, DescribeModel, DraftDecision},
    },
    palette::{ResolveTarget, TargetPlace},
    sets::Rows,
};
use tests::bridge::{Touch, on_estate};

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn every_kind_of_address_leads_to_its_page() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let pipeline = "train-payment-fraud";
        let state = core.open(&OpenPipelineExecutions { pipeline: pipeline.into() })?;
        let runs =
            core.rows(state.set, |rows| if let Rows::PipelineExecutions(rows) = rows { Some(rows) } else { None })?;
        let run = runs.first().context("an execution")?;
        let console = "https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#";
        let studio = "https://studio-d-abc123.studio.eu-west-1.sagemaker.aws";
        let (group, endpoint) = ("food-waste-emea", "demand-forecast-emea-live");
        let version = newest(core, group)?;
        let number: u32 = version.rsplit('/').next().context("a number")?.parse()?;
        let of = |rest: &str| format!("arn:aws:sagemaker:eu-west-1:{}:{rest}", version.split(':').nth(4).unwrap());
        let schedule = format!("{endpoint}-data");
        let cases = [
            (
                of(&format!("model-package-group/{group}")),
                format!("{studio}/models/registered-models/{group}/versions"),
                ModelTarget::Group(group.into()),
            ),
            (
                version.clone(),
                format!("{studio}/models/registered-models/{group}/versions/version-{number}/overview"),
                ModelTarget::Version { group: group.into(), version: number },
            ),
            (
                of(&format!("endpoint/{endpoint}")),
                format!("{console}/endpoints/{endpoint}"),
                ModelTarget::Endpoint(endpoint.into()),
            ),
            (
                of(&format!("monitoring-schedule/{schedule}")),
                format!("{console}/monitoring-schedules/{schedule}"),
                ModelTarget::Schedule(schedule.clone()),
            ),
            (
                of(&format!("pipeline/{pipeline}")),
                format!("{studio}/pipelines/view/{pipeline}"),
                ModelTarget::Pipeline(pipeline.into()),
            ),
            (
                run.arn.clone(),
                format!("{studio}/pipelines/view/{pipeline}/executions/{}/graph", run.id),
                ModelTarget::PipelineExecution { pipeline: pipeline.into(), execution: run.id.clone() },
            ),
        ];
        for (arn, page, target) in cases {
            for text in [arn, page] {
                let resolved = core.ask(&ResolveTarget { text: text.clone() })?;
                let [found] = resolved.targets.as_slice() else { bail!("{text}: {resolved:?}") };
                assert_eq!(found.place, TargetPlace::Model(target.clone()), "{text}");
                assert_eq!(found.region.as_deref(), Some("eu-west-1"), "{text}");
                assert_eq!(resolved.problem, None);
            }
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_pasted_model_leads_to_what_shows_it() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let endpoint = "demand-forecast-emea-live";
        let group = groups(core)?.into_iter().find(|row| row.name == "demand-forecast-emea").context("the group")?;
        let served = group.deployed.iter().find(|at| at.endpoint == endpoint).context("an endpoint that serves it")?;
        let version = served.version.context("the version")?;
        let of = |rest: &str| format!("arn:aws:sagemaker:eu-west-1:123456789012:{rest}");
        let ask = |text: String| core.ask(&ResolveTarget { text });
        let places = |text: String| -> Result<Vec<TargetPlace>> {
            Ok(ask(text)?.targets.into_iter().map(|target| target.place).collect())
        };
        let shown = [
            TargetPlace::Model(ModelTarget::Version { group: group.name.clone(), version }),
            TargetPlace::Model(ModelTarget::Endpoint(endpoint.into())),
        ];
        let model = of(&format!("model/{}", served.model));
        assert_eq!(places(model.clone())?, shown);
        // An alarm that watches no machine has no page; the model and the file beside it have.
        let alarm = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:no-such-alarm";
        let message = format!("{alarm} went off for {model}, see s3://lake-raw/data/in/daily_sales.csv.");
        let all = places(message)?;
        assert_eq!(all.get(..2), Some(&shown[..]), "{all:?}");
        let object =
            TargetPlace::Object { bucket: "lake-raw".into(), key: "data/in/daily_sales.csv".into(), version_id: None };
        assert_eq!(all.get(2..), Some(&[object][..]));
        let words = "SageMaker's search finds no model no-such-model in eu-west-1.";
        let nowhere = ask(of("model/no-such-model"))?;
        assert!(nowhere.targets.is_empty(), "{nowhere:?}");
        assert!(nowhere.problem.as_deref().is_some_and(|said| said.starts_with(words)), "{nowhere:?}");
        let elsewhere = ask("arn:aws:sagemaker:us-east-1:123456789012:model/churn-7".into())?.problem;
        assert_eq!(
            elsewhere.as_deref(),
            Some("The model churn-7 is in us-east-1. Change the region to see what serves it.")
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_package_without_a_group_is_shown_and_never_decided_on() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let arn = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/loyalty-tier-partners";
        let found = core.ask(&ResolveTarget { text: arn.into() })?;
        let places: Vec<TargetPlace> = found.targets.into_iter().map(|target| target.place).collect();
        assert_eq!(places, [TargetPlace::Model(ModelTarget::Package("loyalty-tier-partners".into()))]);
        let told = core.ask(&DescribeModel { arn: arn.into() })?;
        let detail = &told.detail;
        assert_eq!((detail.mark.arn.as_str(), detail.mark.version, detail.group.as_str()), (arn, 0, ""));
        assert_eq!((detail.status.as_str(), detail.mark.approval), ("Completed", Approval::Unknown));
        assert_eq!((told.against.as_deref(), &detail.lifecycle, detail.deployed.len()), (None, &None, 0));
        let container = detail.containers.first().context("a container")?;
        assert!(container.image_digest.as_deref().is_some_and(|digest| digest.starts_with("sha256:")), "{container:?}");
        assert_eq!(container.model_data_state, PinState::Unchanged);
        assert!(container.size.is_some(), "the artefact is there: {container:?}");
        assert!(detail.history.iter().any(|row| row.what == "registered"), "{:?}", detail.history);
        let own = told.numbers.context("its own numbers")?;
        assert!(!own.numbers.metrics.is_empty() && own.numbers.confusion.is_some(), "{:?}", own.numbers);
        let names = own.dependence.iter().flat_map(|chart| &chart.key).map(|entry| entry.name.as_str());
        assert!(names.clone().count() > 0 && names.clone().all(|name| name == "model package"));
        // The short form that the palette opens is the same.
        let short = core.ask(&DescribeModel { arn: "package:loyalty-tier-partners".into() })?;
        assert_eq!(short.detail.mark, told.detail.mark);
        for fault in [
            core.fault(&DraftDecision { arn: arn.into() })?,
            core.fault(&DraftDecision { arn: "package:loyalty-tier-partners".into() })?,
            core.fault(&CompareModels { left: arn.into(), right: "version:loyalty-tier-emea/1".into() })?,
        ] {
            assert_eq!(fault.code, Code::BadInput, "{fault:?}");
            assert!(fault.detail.contains("is in no group"), "{fault:?}");
        }
        let gone = core.fault(&DescribeModel { arn: "package:no-such-package".into() })?;
        assert_eq!(gone.code, Code::NotFound, "{gone:?}");
        Ok(())
    })
}
