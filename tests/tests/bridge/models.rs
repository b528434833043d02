//! Models: groups in few calls, what waits with its gates, comparisons, and decisions that are written, verified and
//! kept.

use anyhow::{Context as _, Result, bail};
use contract::{
    Code, Severity,
    drift::OpenMonitors,
    models::{
        Basis, Decision, GateId, GatePolicy, GateSummary, GateVerdict, GlanceState, GroupRow, ModelTarget,
        OpenPipelineExecutions, PinState, QueueRow, WaitsFor,
        facts::Approval,
        requests::{
            CompareModels, DescribeGroup, DescribeModel, DraftDecision, DraftReply, OpenGroups, OpenQueue,
            PlanDecision, PlanStaleRejection, ReadGatePolicy, ReadTrend, SaveGatePolicy,
        },
    },
    operations::{OperationState, RunOperation, StepState},
    palette::{ResolveTarget, TargetPlace},
    plan::{Action, Confirm, Plan, Scope},
    session::OpenProfile,
    sets::{Rows, Sort, ViewSet},
};
use tests::bridge::{Core, Touch, on_estate};

const WHY: &str = "the forecast is late for the season, see the review of the week";

fn groups(core: &Core) -> Result<Vec<GroupRow>> {
    let state = core.open(&OpenGroups {})?;
    core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })
}

/// The newest version of a group.
fn newest(core: &Core, group: &str) -> Result<String> {
    let row = groups(core)?.into_iter().find(|row| row.name == group).with_context(|| format!("no group {group}"))?;
    Ok(row.latest.context("a version")?.arn)
}

fn draft(core: &Core, arn: &str) -> Result<DraftReply> {
    core.ask(&DraftDecision { arn: arn.to_owned() })
}

fn verdict(draft: &DraftReply, id: GateId) -> Result<GateVerdict> {
    let gate = draft.draft.gates.iter().find(|gate| gate.id == id).context("the gate")?;
    Ok(gate.verdict)
}

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
fn all_groups_are_there_after_a_few_searches() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let rows = groups(core)?;
        let searches = estate.calls("Search", mark)?.len();
        assert!(searches < 12, "{searches} searches");
        assert_eq!(rows.len(), 73, "72 and the shared one");
        assert!(rows.is_sorted_by_key(|row| row.name.clone()), "by name");
        let one = |name: &str| rows.iter().find(|row| row.name == name).with_context(|| format!("no {name}"));
        let clean = one("demand-forecast-emea")?;
        assert_eq!((clean.pending, clean.team.as_deref()), (1, Some("revenue")));
        assert!(clean.deployed.iter().any(|at| at.endpoint == "demand-forecast-emea-live"), "{:?}", clean.deployed);
        let shared = one("rate-benchmark-corporate")?;
        assert!(shared.id.starts_with("arn:") && shared.versions > 0, "by its ARN: {shared:?}");
        assert_eq!(one("loyalty-tier-apac")?.approved, None);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_is_good_only_once_its_monitors_are_known_to_measure() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let one = |name: &str| -> Result<GroupRow> {
            groups(core)?.into_iter().find(|row| row.name == name).with_context(|| format!("no {name}"))
        };
        let (unchecked, measured) = ("guest-churn-uk", "booking-cancellation-iberia");
        let row = one(unchecked)?;
        let states = (row.monitors.state, row.drift.state);
        assert_eq!(states, (GlanceState::Unknown, GlanceState::Unknown), "nobody looked at its checks: {row:?}");
        assert_eq!(one(measured)?.monitors.state, GlanceState::Unknown);

        core.open(&OpenMonitors {})?;
        let mark = estate.mark()?;
        let row = one(unchecked)?;
        assert_eq!((row.monitors.state, row.drift.state), (GlanceState::Wrong, GlanceState::Unknown), "{row:?}");
        assert!(row.monitors.words.contains("check nothing"), "{row:?}");
        assert!(row.drift.words.ends_with("monitors silent"), "{row:?}");
        let row = one(measured)?;
        assert_eq!(row.monitors.state, GlanceState::Good, "{row:?}");
        assert_ne!(row.drift.state, GlanceState::Unknown, "{row:?}");
        assert_eq!(estate.calls("GetObject", mark)?.len(), 0, "what the list of monitors read is enough");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_waits_is_oldest_first_and_its_gates_say_what_is_the_matter() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let state = core.open(&OpenQueue {})?;
        let rows: Vec<QueueRow> =
            core.rows(state.set, |rows| if let Rows::Queue(rows) = rows { Some(rows) } else { None })?;
        let groups: Vec<&str> = rows.iter().map(|row| row.group.as_str()).collect();
        assert!(rows.len() >= 17, "{groups:?}");
        assert!(rows.is_sorted_by_key(|row| row.since), "oldest first");
        assert_eq!(rows[0].group, "dynamic-pricing-apac", "it waits for 41 days");
        let gates = |group: &str| -> Result<GateSummary> {
            let row = rows.iter().find(|row| row.group == group).with_context(|| format!("no {group}"))?;
            row.gates.clone().with_context(|| format!("the gates of {group} were not looked at"))
        };
        // Nobody has signed anything, which is one red gate everywhere.
        assert_eq!(gates("demand-forecast-emea")?.failed, 1);
        for group in ["booking-cancellation-emea", "demand-forecast-dach", "review-sentiment-dach", "loyalty-tier-uk"] {
            assert!(gates(group)?.failed > 1, "{group}: {:?}", gates(group)?);
        }
        let failed = rows.iter().find(|row| row.group == "payment-fraud-dach").context("the failed one")?;
        assert_eq!(failed.waits_for, WaitsFor::Nothing);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn each_matter_turns_its_own_gate() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let cases = [
            ("booking-cancellation-emea", GateId::Quality, GateVerdict::Fail),
            ("payment-fraud-emea", GateId::Bias, GateVerdict::Unknown),
            ("no-show-dach", GateId::Bias, GateVerdict::Fail),
            ("demand-forecast-dach", GateId::Traffic, GateVerdict::Fail),
            ("review-sentiment-dach", GateId::Intact, GateVerdict::Fail),
            ("loyalty-tier-uk", GateId::Intact, GateVerdict::Fail),
            ("staffing-need-uk", GateId::TwoPersons, GateVerdict::Fail),
            ("food-waste-emea", GateId::Quality, GateVerdict::Unknown),
            ("demand-forecast-emea", GateId::Quality, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Bias, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Traffic, GateVerdict::Pass),
            // Its monitor is silent for 9 days: what its endpoint was asked before is not today's.
            ("staffing-need-dach", GateId::Traffic, GateVerdict::Unknown),
            ("demand-forecast-emea", GateId::Lineage, GateVerdict::Pass),
            ("demand-forecast-emea", GateId::Blast, GateVerdict::Warn),
        ];
        let rows = groups(core)?;
        for (group, gate, expected) in cases {
            let row = rows.iter().find(|row| row.name == group).with_context(|| format!("no group {group}"))?;
            let seen = draft(core, &row.latest.as_ref().context("a version")?.arn)?;
            let found = verdict(&seen, gate)?;
            let words = seen.draft.gates.iter().find(|one| one.id == gate).map(|one| one.words.clone());
            assert_eq!(found, expected, "{gate:?} of {group}: {words:?}");
        }
        let own = draft(core, &newest(core, "staffing-need-uk")?)?;
        let persons = own.draft.gates.iter().find(|gate| gate.id == GateId::TwoPersons).context("the gate")?;
        assert!(persons.words.contains("registered by you"), "{}", persons.words);
        let drifted = draft(core, &newest(core, "demand-forecast-dach")?)?;
        assert!(drifted.traffic.is_some(), "the feature that fits worst is drawn");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn groups_stand_together_by_team_without_another_call() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let state = core.open(&OpenGroups {})?;
        let mark = estate.mark()?;
        let sort = Some(Sort { by: "team".into(), descending: false });
        let view = core.ask(&ViewSet { set: state.set, filter: String::new(), sort, offset_minutes: 0 })?;
        let rows = core.rows(state.set, |rows| if let Rows::Groups(rows) = rows { Some(rows) } else { None })?;
        assert!(view.sections.len() > 2, "{:?}", view.sections);
        assert_eq!(view.sections.iter().map(|section| section.rows).sum::<u64>(), view.shown);
        for section in &view.sections {
            let from = usize::try_from(section.from)?;
            let of_team = &rows[from..from + usize::try_from(section.rows)?];
            assert!(of_team.iter().all(|row| row.team.as_deref().unwrap_or("no team") == section.title), "{section:?}");
            assert!(of_team.windows(2).all(|two| two[0].name <= two[1].name), "by name within a team");
        }
        assert!(estate.calls("ListTags", mark)?.is_empty(), "the tags came with the search");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_group_a_version_and_a_comparison_say_what_they_stand_on() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let group = core.ask(&DescribeGroup { group: "food-waste-emea".into() })?;
        assert_eq!(group.strip.cells.len(), usize::try_from(group.row.versions)?);
        assert!(group.strip.metric.is_some() && !group.metrics.is_empty());
        let trend = core.ask(&ReadTrend { group: "food-waste-emea".into(), metric: None, offset_minutes: 0 })?;
        assert!(trend.trend.points.iter().all(|point| point.measured.is_some()), "{:?}", trend.trend);
        assert!(trend.chart.is_some());
        let arn = group.row.latest.context("a version")?.arn;
        let reply = core.ask(&DescribeModel { arn: arn.clone() })?;
        assert!(!reply.detail.evidence.is_empty() && reply.detail.lineage.is_some(), "{:?}", reply.detail.notices);
        let against = reply.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left: against, right: arn })?;
        assert!(matches!(told.comparison.basis, Basis::Different(_)), "{:?}", told.comparison.basis);
        assert!(told.comparison.words.contains("not comparable"), "{}", told.comparison.words);
        let short = core.ask(&DescribeModel { arn: "version:food-waste-emea/1".into() })?;
        assert_eq!(short.detail.mark.version, 1);
        assert_eq!(core.fault(&DescribeModel { arn: "no version".into() })?.code, Code::BadInput);
        let pasted = core.ask(&ResolveTarget { text: short.detail.mark.arn })?;
        let target = ModelTarget::Version { group: "food-waste-emea".into(), version: 1 };
        assert_eq!(pasted.targets.first().map(|one| &one.place), Some(&TargetPlace::Model(target)));
        Ok(())
    })
}

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

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn classes_and_partial_dependence_of_two_versions_are_told() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let [left, right] = ["version:loyalty-tier-emea/1", "version:loyalty-tier-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?;
        let [Some(before), Some(after)] = &told.comparison.confusions else {
            bail!("{:?}", told.comparison.confusions)
        };
        assert_eq!(before.classes, ["bronze", "gold", "silver"]);
        assert_eq!(before.classes, after.classes);
        let silver: Vec<&str> = told
            .comparison
            .classes
            .iter()
            .filter(|class| class.class == "silver" && class.row.left.is_some() && class.row.right.is_some())
            .map(|class| class.row.name.as_str())
            .collect();
        for name in ["precision", "recall", "f1"] {
            assert!(silver.contains(&name), "{name}: {silver:?}");
        }
        let [drawn] = told.dependence.as_slice() else { bail!("{:?}", told.dependence) };
        assert!(drawn.caption.starts_with("Partial dependence on "), "{}", drawn.caption);
        let names: Vec<&str> = drawn.key.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["version 1", "version 2"]);
        // A regression has neither classes nor a matrix.
        let [left, right] = ["version:demand-forecast-emea/1", "version:demand-forecast-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert_eq!(told.confusions, [None, None]);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn parameters_of_two_trainings_are_compared() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let mark = estate.mark()?;
        let [left, right] = ["version:demand-forecast-emea/1", "version:demand-forecast-emea/2"].map(str::to_owned);
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert_eq!(estate.calls("DescribeTrainingJob", mark)?.len(), 2);
        assert!(told.has_parameters, "{:?}", told.notices);
        let parameters: Vec<_> = told.differences.iter().filter(|one| one.what == "Parameter").collect();
        let [rounds] = parameters.as_slice() else { bail!("{parameters:?}") };
        let sides = (rounds.place.as_str(), rounds.then.as_deref(), rounds.now.as_deref());
        assert_eq!(sides, ("num_round", Some("320"), Some("340")), "what is the same is no difference");
        // Nothing names the training of this one: its parameters are not said to be the same.
        let right = newest(core, "staffing-need-dach")?;
        let left = "version:staffing-need-dach/1".to_owned();
        let told = core.ask(&CompareModels { left, right })?.comparison;
        assert!(!told.has_parameters && told.differences.iter().all(|one| one.what != "Parameter"));
        let said = told.notices.iter().any(|notice| notice.text.starts_with("Training parameters of version"));
        assert!(said, "{:?}", told.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_version_without_another_one_shows_its_own_numbers() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let first = core.ask(&DescribeModel { arn: "version:loyalty-tier-apac/1".into() })?;
        assert_eq!(first.against, None, "nothing is approved, and nothing was before it");
        let told = first.numbers.context("its own numbers")?;
        let numbers = &told.numbers;
        assert_eq!(numbers.mark.version, 1);
        assert!(!numbers.metrics.is_empty() && !numbers.facets.is_empty() && !numbers.ranks.is_empty(), "{numbers:?}");
        assert!(numbers.metrics.iter().all(|row| row.left.is_none() && row.right.is_some()), "{numbers:?}");
        assert!(told.charts.iter().any(|chart| chart.caption == "What explains the predictions"));
        let newest = core.ask(&DescribeModel { arn: newest(core, "loyalty-tier-apac")? })?;
        let before = newest.against.context("the version before")?;
        assert!(newest.numbers.is_none() && before.ends_with("/2"), "{before}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn curves_of_two_versions_lie_over_each_other() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let right = newest(core, "booking-cancellation-emea")?;
        let left = core.ask(&DescribeModel { arn: right.clone() })?.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left, right })?;
        assert!(matches!(told.comparison.basis, Basis::Same(_)), "{:?}", told.comparison.basis);
        for (caption, across, up) in
            [("ROC", "False positive rate", "True positive rate"), ("Precision against recall", "Recall", "Precision")]
        {
            let chart = told.charts.iter().find(|chart| chart.caption == caption).context(caption)?;
            assert_eq!((chart.x.label.as_str(), chart.y.label.as_str()), (across, up));
            let points: Vec<usize> = chart.series.iter().map(|series| series.points.len()).take(2).collect();
            assert!(points.len() == 2 && points.iter().all(|points| *points >= 5), "{caption}: {points:?}");
            let key: Vec<&str> = chart.key.iter().map(|entry| entry.name.as_str()).collect();
            assert!(key.contains(&"Guessing"), "{caption}: {key:?}");
        }
        // A regression has none: nothing is drawn in their place.
        let right = newest(core, "food-waste-emea")?;
        let left = core.ask(&DescribeModel { arn: right.clone() })?.against.context("an approved version")?;
        let told = core.ask(&CompareModels { left, right })?;
        assert!(told.charts.iter().all(|chart| !chart.caption.starts_with("ROC")));
        Ok(())
    })
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
