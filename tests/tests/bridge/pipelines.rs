//! Pipelines: a failed execution leads to its step and job; started, retried and stopped, each with its plan and
//! receipt; and a monitoring schedule off and on again.

use crate::executions::until;
use anyhow::{Context as _, Result, bail};
use contract::{
    Code, Severity,
    drift::DescribeMonitor,
    jobs::{DescribeJob, State},
    logs::{ClearLogCache, ReadLogCache},
    models::{
        DescribePipeline, DescribePipelineExecution, LinkKind, ModelTarget, OpenPipelineExecutions, OpenPipelines,
        ParameterKind, PipelineExecutionDetail, PipelineExecutionRow, PipelineRow, PipelineStatus, PlanPipelineRetry,
        PlanPipelineStart, PlanPipelineStop, PlanScheduleStart, PlanScheduleStop, StepStanding, facts::StepMade,
    },
    operations::{OperationState, Receipt, ResumeOperation, StepState},
    palette::{ResolveTarget, TargetPlace},
    plan::{Plan, Scope},
    session::{Mode, OpenProfile, SetMode},
    sets::Rows,
};
use serde_json::json;
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};

fn quick(estate: &Estate) -> Result<()> {
    estate.post("pace", &json!({ "seconds": 0.05 })).map(drop)
}

fn pipelines(core: &Core) -> Result<Vec<PipelineRow>> {
    let state = core.open(&OpenPipelines {})?;
    core.rows(state.set, |rows| if let Rows::Pipelines(rows) = rows { Some(rows) } else { None })
}

fn executions(core: &Core, pipeline: &str) -> Result<Vec<PipelineExecutionRow>> {
    let state = core.open(&OpenPipelineExecutions { pipeline: pipeline.into() })?;
    core.rows(state.set, |rows| if let Rows::PipelineExecutions(rows) = rows { Some(rows) } else { None })
}

/// The newest execution with a status.
fn one(core: &Core, pipeline: &str, status: PipelineStatus) -> Result<PipelineExecutionRow> {
    let found = executions(core, pipeline)?.into_iter().find(|row| row.status == status);
    found.with_context(|| format!("no execution of {pipeline} is {}", status.word()))
}

fn describe(core: &Core, arn: &str) -> Result<PipelineExecutionDetail> {
    core.ask(&DescribePipelineExecution { arn: arn.to_owned() })
}

/// The execution when it has come to its end.
fn end(core: &Core, arn: &str) -> Result<PipelineExecutionDetail> {
    until(&format!("the end of {arn}"), || {
        let detail = describe(core, arn)?;
        Ok(detail.row.status.is_over().then_some(detail))
    })
}

fn begun(receipt: &Receipt) -> Result<String> {
    receipt.steps.first().and_then(|step| step.pipeline_execution.clone()).context("the receipt names no execution")
}

fn refusals(plan: &Plan) -> String {
    let refused = plan.notices.iter().filter(|notice| notice.severity == Severity::Refusal);
    refused.map(|notice| notice.text.as_str()).collect::<Vec<_>>().join(" | ")
}

fn start(pipeline: &str, parameters: &[(&str, &str)]) -> PlanPipelineStart {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    PlanPipelineStart { pipeline: pipeline.into(), parameters, title: None }
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn all_pipelines_are_there_with_how_they_ended() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let rows = pipelines(core)?;
        let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "deploy-model",
                "train-demand-forecast",
                "train-dynamic-pricing",
                "train-guest-churn",
                "train-payment-fraud"
            ]
        );
        let churn = &rows[3];
        assert_eq!((churn.runs.len(), churn.registers.as_slice()), (10, &["guest-churn-emea".to_owned()][..]));
        let last = churn.last.clone().flatten().context("its last execution")?;
        assert_eq!((last.status, Some(&last)), (PipelineStatus::Failed, churn.runs.first()));
        assert!(rows.iter().all(|row| row.problem.is_none()), "{rows:?}");
        let detail = core.ask(&DescribePipeline { name: "train-guest-churn".into() })?;
        let told: Vec<(&str, ParameterKind)> =
            detail.parameters.iter().map(|one| (one.name.as_str(), one.kind)).collect();
        assert_eq!(
            told,
            [
                ("InputData", ParameterKind::String),
                ("TrainingInstanceType", ParameterKind::String),
                ("MaxDepth", ParameterKind::Integer),
                ("LearningRate", ParameterKind::Float),
                ("Objective", ParameterKind::String),
            ]
        );
        assert_eq!(detail.parameters[4].choices, ["rmse", "mae", "quantile"]);
        let graph = detail.graph.context("a graph")?;
        assert!(graph.steps.iter().all(|step| step.standing == StepStanding::Waiting));
        let kinds = |kind| graph.links.iter().filter(|link| link.kind == kind).count();
        assert_eq!((kinds(LinkKind::If), kinds(LinkKind::Else), kinds(LinkKind::Uses)), (1, 1, 2));
        assert!(detail.start.ok && detail.role.is_some());
        assert_eq!(core.fault(&DescribePipeline { name: "no-such-pipeline".into() })?.code, Code::NotFound);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn executions_that_are_over_are_asked_for_once() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        assert_eq!(core.ask(&ClearLogCache {})?.pipelines.bytes, 0);
        let looks = |mark: u64| -> Result<(usize, usize)> {
            let count = |action: &str| estate.calls(action, mark).map(|calls| calls.len());
            Ok((count("DescribePipelineExecution")?, count("ListPipelineExecutionSteps")?))
        };
        let mark = estate.mark()?;
        let first = executions(core, "train-guest-churn")?;
        assert!(first.iter().all(|row| row.status.is_over() && row.looked), "{first:?}");
        let failed = first.iter().filter(|row| row.status == PipelineStatus::Failed).count();
        assert_eq!(looks(mark)?, (first.len(), failed), "steps are read of those that went wrong");

        let kept = core.ask(&ReadLogCache {})?.pipelines;
        assert!(kept.bytes > 0 && kept.bytes < kept.most, "{kept:?}");
        let mark = estate.mark()?;
        assert_eq!(executions(core, "train-guest-churn")?, first, "the same rows");
        assert_eq!(looks(mark)?, (0, 0));

        assert_eq!(core.ask(&ClearLogCache {})?.pipelines.bytes, 0);
        let mark = estate.mark()?;
        executions(core, "train-guest-churn")?;
        assert_eq!(looks(mark)?.0, first.len(), "what was removed is asked for again");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_execution_leads_to_its_step_and_its_job() -> Result<()> {
    on_estate(Touch::Reads, async |core, estate| {
        let row = one(core, "train-guest-churn", PipelineStatus::Failed)?;
        assert_eq!((row.failed_step.as_deref(), row.looked), (Some("PrepareData"), true));
        assert_eq!(row.by.as_deref(), Some("ml-pipeline"));
        assert!(row.reason.as_deref().is_some_and(|reason| reason.starts_with("Data download failed")), "{row:?}");
        let mark = estate.mark()?;
        let detail = describe(core, &row.arn)?;
        assert!(detail.notices.is_empty(), "{:?}", detail.notices);
        let again = describe(core, &row.arn)?;
        assert_eq!((&again.parameters, &again.graph), (&detail.parameters, &detail.graph));
        for action in ["DescribePipelineDefinitionForExecution", "ListPipelineParametersForExecution"] {
            assert_eq!(estate.calls(action, mark)?.len(), 1, "{action}: what does not change is read once");
        }
        assert!(detail.words.starts_with("Step PrepareData failed: Data download failed"), "{}", detail.words);
        let [failed] = detail.failed.as_slice() else { bail!("{:?}", detail.failed) };
        let step = &detail.graph.steps[usize::try_from(*failed)?];
        assert_eq!(
            (step.name.as_str(), step.kind.as_str(), step.standing),
            ("PrepareData", "processing", StepStanding::Failed)
        );
        let run = step.run.as_ref().context("it ran")?;
        let Some(StepMade::Run(job)) = &run.made else { bail!("{:?}", run.made) };
        let job = core.ask(&DescribeJob { id: job.clone() })?;
        assert_eq!(job.view.row.state, State::Failed, "Jobs shows the job");
        let others = detail.graph.steps.iter().filter(|other| other.name != step.name);
        assert!(others.into_iter().all(|other| other.standing == StepStanding::NotReached));
        assert!(detail.retry.ok && !detail.stop.ok);
        assert!(detail.parameters.context("parameters")?.iter().all(|one| !one.is_changed && one.default.is_some()));
        let trained = describe(core, &one(core, "train-demand-forecast", PipelineStatus::Failed)?.arn)?;
        assert!(trained.words.contains("an instance type with more memory"), "{}", trained.words);
        let made = trained.graph.steps.iter().find(|step| step.name == "Train").and_then(|step| step.run.clone()?.made);
        let Some(StepMade::Run(job)) = made else { bail!("{made:?}") };
        assert_eq!(core.ask(&DescribeJob { id: job })?.view.row.state, State::Failed);
        let unmet = executions(core, "train-dynamic-pricing")?
            .into_iter()
            .find(|row| row.failed_step.as_deref() == Some("GiveUp"))
            .context("a condition that was not met")?;
        let detail = describe(core, &unmet.arn)?;
        assert!(detail.words.contains("The condition mae <= 2.9 was not met."), "{}", detail.words);
        let standing = |name: &str| detail.graph.steps.iter().find(|step| step.name == name).map(|step| step.standing);
        assert_eq!(standing("Register"), Some(StepStanding::NotReached));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_pasted_execution_is_found() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let row = one(core, "train-payment-fraud", PipelineStatus::Stopped)?;
        let target =
            ModelTarget::PipelineExecution { pipeline: "train-payment-fraud".into(), execution: row.id.clone() };
        let pasted = core.ask(&ResolveTarget { text: row.arn.clone() })?;
        assert_eq!(pasted.targets.first().map(|one| &one.place), Some(&TargetPlace::Model(target.clone())));
        let short = describe(core, &target.to_string())?;
        assert_eq!(short.row.arn, row.arn, "a link of our own leads to the same");
        assert!(short.words.starts_with("It was stopped in step Train"), "{}", short.words);
        assert_eq!(core.fault(&DescribePipelineExecution { arn: "nothing".into() })?.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_start_with_an_edited_parameter_is_followed_to_its_end() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let name = "train-demand-forecast";
        for (wrong, words) in [
            (("MaxDepth", "deep"), "MaxDepth takes a whole number"),
            (("Objective", "logloss"), "one of rmse, mae and quantile"),
            (("Epochs", "3"), "Epochs is no parameter"),
        ] {
            let fault = core.fault(&start(name, &[wrong]))?;
            assert!(fault.code == Code::BadInput && fault.detail.contains(words), "{fault:?}");
        }
        let mark = estate.mark()?;
        let plan = core.ask(&PlanPipelineStart {
            title: Some("deeper".into()),
            ..start(name, &[("MaxDepth", "8"), ("LearningRate", "0.10")])
        })?;
        assert!(estate.calls("StartPipelineExecution", mark)?.is_empty(), "a plan starts nothing");
        assert_eq!(plan.place.scope, Scope::Pipeline { pipeline: name.into() });
        assert_eq!(plan.steps[0].text, format!("starts {name} with MaxDepth: 6 to 8"), "the default is not sent");
        assert!(plan.cli[0].contains(r#""Name":"MaxDepth","Value":"8""#), "{:?}", plan.cli);
        assert!(plan.notices.iter().any(|notice| notice.text.contains("earlier result")), "{:?}", plan.notices);
        assert_eq!(plan.permissions[0].action, "sagemaker:StartPipelineExecution");
        let receipt = core.succeed(&plan)?;
        let arn = begun(&receipt)?;
        let done = end(core, &arn)?;
        assert_eq!((done.row.status, done.row.title.as_deref()), (PipelineStatus::Succeeded, Some("deeper")));
        let changed: Vec<String> = done
            .parameters
            .context("parameters")?
            .into_iter()
            .filter(|one| one.is_changed)
            .map(|one| format!("{}={}", one.name, one.value))
            .collect();
        assert_eq!(changed, ["MaxDepth=8"]);
        let newest = executions(core, name)?.into_iter().next().context("an execution")?;
        assert_eq!(newest.arn, arn);
        let entry =
            core.audit()?.into_iter().find(|entry| entry.action == "pipeline.done").context("an audit entry")?;
        assert!(entry.target.contains(name), "{}", entry.target);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_lost_answer_starts_no_second_execution() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let before = executions(core, "train-demand-forecast")?.len();
        let plan = core.ask(&start("train-demand-forecast", &[("MaxDepth", "7")]))?;
        let lost = json!({ "when": "after", "drop": true });
        estate.fault(json!({ "action": "StartPipelineExecution" }), 10, lost)?;
        let cut = core.run(&plan)?;
        assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
        estate.post("clear", &json!({}))?;
        core.ask(&ResumeOperation { operation: cut.operation.id.clone(), typed: Some(plan.name.clone()) })?;
        let done = core.ended(&cut.operation.id)?;
        assert_eq!(done.operation.state, OperationState::Succeeded, "{}", done.operation.note);
        assert_eq!(executions(core, "train-demand-forecast")?.len(), before + 1, "one was started");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_execution_is_retried_from_its_step() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let failed = one(core, "train-payment-fraud", PipelineStatus::Failed)?;
        assert_eq!(failed.failed_step.as_deref(), Some("Bias"));
        let plan = core.ask(&PlanPipelineRetry { execution: failed.arn.clone() })?;
        assert_eq!(refusals(&plan), "");
        assert!(plan.steps[0].text.ends_with("on from step Bias"), "{}", plan.steps[0].text);
        let receipt = core.succeed(&plan)?;
        assert_eq!(begun(&receipt)?, failed.arn, "the same execution");
        let done = end(core, &failed.arn)?;
        assert_eq!((done.row.status, done.failed.len()), (PipelineStatus::Succeeded, 0));
        let again = core.ask(&PlanPipelineRetry { execution: failed.arn })?;
        assert!(refusals(&again).contains("this one is succeeded"), "{}", refusals(&again));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn of_two_who_retry_the_second_is_told() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let failed = one(core, "train-guest-churn", PipelineStatus::Failed)?;
        let plan = || core.ask(&PlanPipelineRetry { execution: failed.arn.clone() });
        let (first, second) = (plan()?, plan()?);
        core.succeed(&first)?;
        end(core, &failed.arn)?;
        let mark = estate.mark()?;
        let late = core.run(&second)?;
        assert_eq!(late.steps[0].state, StepState::Changed, "{:?}", late.steps);
        assert!(estate.calls("RetryPipelineExecution", mark)?.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_executing_one_is_stopped() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let running = one(core, "train-dynamic-pricing", PipelineStatus::Executing)?;
        assert!(describe(core, &running.arn)?.words.starts_with("Step Train is executing"));
        let plan = core.ask(&PlanPipelineStop { execution: running.arn.clone() })?;
        assert_eq!(refusals(&plan), "");
        assert!(plan.steps[0].text.contains("step Train"), "{}", plan.steps[0].text);
        core.succeed(&plan)?;
        assert_eq!(end(core, &running.arn)?.row.status, PipelineStatus::Stopped);
        let again = core.ask(&PlanPipelineStop { execution: running.arn })?;
        assert!(refusals(&again).contains("this one is stopped"), "{}", refusals(&again));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_monitor_that_was_stopped_is_started_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let schedule = "demand-forecast-emea-live-data".to_owned();
        let status = || -> Result<String> { Ok(core.ask(&DescribeMonitor { schedule: schedule.clone() })?.row.status) };
        let early = core.ask(&PlanScheduleStart { schedule: schedule.clone() })?;
        assert!(refusals(&early).contains("this one is Scheduled"), "{}", refusals(&early));
        let stop = core.ask(&PlanScheduleStop { schedule: schedule.clone() })?;
        assert_eq!(stop.place.scope, Scope::Monitor { schedule: schedule.clone() });
        // The service answers Pending for a while first.
        let stopped = core.succeed(&stop)?;
        assert_eq!((stopped.steps[0].checks[0].text.as_str(), stopped.steps[0].note.as_str()), ("Stopped", ""));
        assert_eq!(status()?, "Stopped");
        let start = core.ask(&PlanScheduleStart { schedule: schedule.clone() })?;
        assert_eq!(refusals(&start), "");
        assert!(start.cli[0].starts_with("aws sagemaker start-monitoring-schedule"), "{:?}", start.cli);
        core.succeed(&start)?;
        assert_eq!(status()?, "Scheduled");
        let audit = core.audit()?;
        let done = audit.iter().filter(|entry| entry.action == "monitor.done" && entry.target.contains(&schedule));
        let mut done: Vec<&str> = done.map(|entry| entry.target.as_str()).collect();
        done.sort_unstable();
        assert_eq!(done, [format!("Start {schedule}"), format!("Stop {schedule}")], "each is named once");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn who_may_not_write_is_told_which_action_is_missing() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, "train-payment-fraud", PipelineStatus::Failed)?.arn;
        let running = one(core, "train-dynamic-pricing", PipelineStatus::Executing)?.arn;
        core.ask(&SetMode { profile: "practice".into(), mode: Mode::ReadOnly })?;
        let plan = core.ask(&PlanPipelineRetry { execution: failed.clone() })?;
        let mark = estate.mark()?;
        let run = contract::operations::RunOperation { plan: plan.id.clone(), typed: Some(plan.name.clone()) };
        assert_eq!(core.fault(&run)?.code, Code::Guarded);
        assert!(estate.calls("RetryPipelineExecution", mark)?.is_empty());
        core.ask(&SetMode { profile: "practice".into(), mode: Mode::Confirm })?;
        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let plans = [
            (core.ask(&start("train-demand-forecast", &[]))?, "sagemaker:StartPipelineExecution"),
            (core.ask(&PlanPipelineRetry { execution: failed })?, "sagemaker:RetryPipelineExecution"),
            (core.ask(&PlanPipelineStop { execution: running })?, "sagemaker:StopPipelineExecution"),
            (
                core.ask(&PlanScheduleStop { schedule: "demand-forecast-emea-live-data".into() })?,
                "sagemaker:StopMonitoringSchedule",
            ),
        ];
        for (plan, action) in plans {
            let missing = plan.permissions.iter().find(|one| one.missing).context("a missing permission")?;
            assert_eq!(missing.action, action);
            let receipt = core.run(&plan)?;
            assert_eq!(receipt.steps[0].state, StepState::Failed, "{:?}", receipt.steps);
            assert!(receipt.steps[0].note.contains(action), "{}", receipt.steps[0].note);
        }
        core.ask(&OpenProfile { name: "practice".into() })?;
        Ok(())
    })
}
