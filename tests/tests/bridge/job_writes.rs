//! Runs asked for again with a change, ended, and put on another cluster: each with its plan, its receipt and its place in
//! the audit log; and nothing is started twice.

use super::{
    executions::until,
    jobs::{adhoc, kitchens, nightly, one, open},
};
use anyhow::{Context as _, Result};
use contract::{
    Code, Severity,
    jobs::{
        DescribeJob, EditJob, Engine, HomeId, JobChange, JobDetail, JobId, JobsOf, NewStep, PlanJobRun, PlanJobStop,
        State, facts::OnFailure,
    },
    operations::{OperationState, Receipt, ResumeOperation, RunOperation, StepState},
    plan::Plan,
    range::Within,
    session::{OpenProfile, SetRegion},
};
use serde_json::json;
use tests::{
    bridge::{Core, Touch, on_estate},
    estate::Estate,
};

fn set(key: &str, value: &str) -> JobChange {
    JobChange::Setting { key: key.into(), value: Some(value.into()) }
}

fn quick(estate: &Estate) -> Result<()> {
    estate.post("pace", &json!({ "seconds": 0.02 })).map(drop)
}

fn plan(core: &Core, id: &JobId, changes: Vec<JobChange>) -> Result<Plan> {
    core.ask(&PlanJobRun { id: id.clone(), changes, cluster: None })
}

fn run_of(receipt: &Receipt) -> Result<JobId> {
    receipt.steps.first().and_then(|step| step.job.clone()).context("the receipt names no run")
}

fn describe(core: &Core, id: &JobId) -> Result<JobDetail> {
    core.ask(&DescribeJob { id: id.clone() })
}

/// The state that a run ends in.
fn end(core: &Core, id: &JobId) -> Result<State> {
    until(&format!("the end of {id}"), || {
        let state = describe(core, id)?.view.row.state;
        Ok(state.is_over().then_some(state))
    })
}

fn named(core: &Core, home: HomeId, name: &str) -> Result<usize> {
    let (_, rows) = open(core, JobsOf::Home(home), None)?;
    Ok(rows.iter().filter(|row| row.name == name).count())
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_failed_run_of_each_engine_succeeds_with_its_change() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let price = HomeId::GlueJob("price-list".into());
        let comma = JobChange::Argument { name: "--decimal-comma".into(), value: Some("true".into()) };
        let cases = [
            (adhoc(), "image-features", set("spark.executor.memoryOverhead", "2g"), "emr-serverless:StartJobRun"),
            (nightly(), "basket-affinity", set("spark.executor.memory", "16g"), "elasticmapreduce:AddJobFlowSteps"),
            (kitchens(), "stores-report", set("spark.driver.memory", "8g"), "emr-containers:StartJobRun"),
            (price, "price-list", comma, "glue:StartJobRun"),
        ];
        for (home, name, change, action) in cases {
            let failed = one(core, home, name, &State::Failed)?;
            assert!(describe(core, &failed.id)?.offers.again.ok, "{name}");
            let plan = plan(core, &failed.id, vec![change])?;
            assert_eq!((plan.title.as_str(), plan.name.as_str()), (&*format!("Run {name} again"), name));
            assert!(!plan.notices.iter().any(|notice| notice.severity == Severity::Refusal), "{:?}", plan.notices);
            assert!(plan.permissions.iter().any(|needed| needed.action == action), "{:?}", plan.permissions);
            assert!(plan.cli[0].starts_with("aws "), "{:?}", plan.cli);
            let receipt = core.succeed(&plan)?;
            let run = run_of(&receipt)?;
            assert_ne!(run, failed.id);
            assert_eq!(run.engine(), failed.id.engine());
            assert_eq!(end(core, &run)?, State::Succeeded, "{name} with its change");
            let entry = core.audit()?.into_iter().find(|entry| entry.action == "job.done").context("an audit entry")?;
            assert!(entry.target.starts_with(&plan.title), "{}", entry.target);
            assert!(entry.target.contains(failed.id.engine().word()), "{}", entry.target);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_edit_shows_its_difference_and_what_has_no_place() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = one(core, adhoc(), "image-features", &State::Failed)?;
        let ask = |changes| core.ask(&EditJob { id: failed.id.clone(), changes, cluster: None });
        let same = ask(Vec::new())?;
        assert_eq!(same.was, same.now);
        assert!(same.differences.is_empty() && same.problem.is_none());
        let more = ask(vec![set("spark.executor.memoryOverhead", "2g")])?;
        let [difference] = more.differences.as_slice() else { panic!("{:?}", more.differences) };
        assert_eq!((difference.then.as_deref(), difference.now.as_deref()), (Some("819m"), Some("2g")));
        assert!(more.command.context("a command")?.contains("memoryOverhead=2g"));
        let workers = ask(vec![JobChange::Workers { kind: Some("G.2X".into()), number: None }])?;
        assert!(workers.problem.context("a problem")?.contains("no place"));
        let secret = ask(vec![set("spark.a.password", "hunter2")])?;
        assert!(secret.problem.context("a problem")?.contains("secret"));
        let fault = core.fault(&PlanJobRun {
            id: failed.id.clone(),
            changes: vec![set("spark.a.password", "hunter2")],
            cluster: None,
        })?;
        assert_eq!(fault.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_token_keeps_a_lost_answer_from_running_twice() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        for (home, name) in [(adhoc(), "price-list"), (kitchens(), "recipe-graph")] {
            let failed = one(core, home.clone(), name, &State::Failed)?;
            let before = named(core, home.clone(), name)?;
            let plan = plan(core, &failed.id, Vec::new())?;
            let lost = json!({ "when": "after", "drop": true });
            estate.fault(json!({ "action": "StartJobRun" }), 10, lost)?;
            let cut = core.run(&plan)?;
            assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
            estate.post("clear", &json!({}))?;
            core.ask(&ResumeOperation { operation: cut.operation.id.clone(), typed: Some(plan.name.clone()) })?;
            let done = core.ended(&cut.operation.id)?;
            assert_eq!(done.operation.state, OperationState::Succeeded, "{}", done.operation.note);
            assert_eq!(named(core, home, name)?, before + 1, "{name} was started once");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_was_cut_off_goes_on_in_the_region_where_it_was_planned() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let (home, name) = (adhoc(), "price-list");
        let failed = one(core, home.clone(), name, &State::Failed)?;
        let before = named(core, home.clone(), name)?;
        let plan = plan(core, &failed.id, Vec::new())?;
        estate.fault(json!({ "action": "StartJobRun" }), 10, json!({ "drop": true }))?;
        let cut = core.run(&plan)?;
        assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
        estate.post("clear", &json!({}))?;
        core.ask(&SetRegion { region: "eu-north-1".into() })?;
        core.ask(&ResumeOperation { operation: cut.operation.id.clone(), typed: Some(plan.name.clone()) })?;
        let done = core.ended(&cut.operation.id)?;
        assert_eq!(done.operation.state, OperationState::Succeeded, "{}", done.operation.note);
        core.ask(&SetRegion { region: "eu-west-1".into() })?;
        assert_eq!(named(core, home, name)?, before + 1, "{name} was started where it was planned");
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn where_there_is_no_token_a_lost_answer_is_looked_after() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let lost = || json!({ "when": "after", "drop": true });
        let glue = HomeId::GlueJob("ledger-export".into());
        for (home, name, call) in [(nightly(), "price-list", "AddJobFlowSteps"), (glue, "ledger-export", "StartJobRun")]
        {
            let failed = one(core, home.clone(), name, &State::Failed)?;
            let before = named(core, home.clone(), name)?;
            let plan = plan(core, &failed.id, Vec::new())?;
            let mark = estate.mark()?;
            estate.fault(json!({ "action": call }), 10, lost())?;
            let receipt = core.run(&plan)?;
            estate.post("clear", &json!({}))?;
            assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
            assert!(receipt.steps[0].note.contains("sent once"), "{}", receipt.steps[0].note);
            assert_eq!(estate.calls(call, mark)?.len(), 1, "the SDK did not try again either");
            assert_eq!(named(core, home, name)?, before + 1);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_cannot_be_looked_after_is_not_sent_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, nightly(), "price-list", &State::Failed)?;
        let plan = plan(core, &failed.id, Vec::new())?;
        estate.fault(json!({ "action": "AddJobFlowSteps" }), 10, json!({ "when": "after", "drop": true }))?;
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListSteps" }), 100, denied)?;
        let cut = core.run(&plan)?;
        assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
        let mark = estate.mark()?;
        core.ask(&ResumeOperation { operation: cut.operation.id.clone(), typed: Some(plan.name.clone()) })?;
        let done = core.ended(&cut.operation.id)?;
        assert_eq!(done.operation.state, OperationState::Failed, "{}", done.operation.note);
        assert_eq!(done.steps[0].state, StepState::Changed);
        assert!(done.steps[0].note.contains("is not known"), "{}", done.steps[0].note);
        assert!(estate.calls("AddJobFlowSteps", mark)?.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn an_earlier_run_that_no_plan_saw_is_not_taken_for_the_one_whose_answer_was_lost() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, nightly(), "price-list", &State::Failed)?;
        let before = named(core, nightly(), "price-list")?;
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListSteps" }), 100, denied)?;
        let plan = plan(core, &failed.id, Vec::new())?;
        assert!(plan.notices.iter().any(|notice| notice.text.contains("could not be seen")), "{:?}", plan.notices);
        estate.post("clear", &json!({}))?;
        // It never arrives; the step that it is like was asked for in the same words.
        estate.fault(json!({ "action": "AddJobFlowSteps" }), 10, json!({ "drop": true }))?;
        let cut = core.run(&plan)?;
        assert_eq!(cut.operation.state, OperationState::Interrupted, "{}", cut.operation.note);
        estate.post("clear", &json!({}))?;
        core.ask(&ResumeOperation { operation: cut.operation.id.clone(), typed: Some(plan.name.clone()) })?;
        let done = core.ended(&cut.operation.id)?;
        assert_eq!(done.steps[0].state, StepState::Changed, "{}", done.steps[0].note);
        assert!(done.steps[0].note.contains("is not known"), "{}", done.steps[0].note);
        assert_eq!(named(core, nightly(), "price-list")?, before);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_permission_that_is_missing_is_named_and_kept_in_the_log() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let failed = one(core, adhoc(), "price-list", &State::Failed)?;
        let plan = plan(core, &failed.id, Vec::new())?;
        let denied = json!({ "status": 403, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "StartJobRun" }), 10, denied)?;
        let receipt = core.run(&plan)?;
        assert_eq!(receipt.operation.state, OperationState::Failed, "{}", receipt.operation.note);
        let note = &receipt.steps[0].note;
        assert!(note.contains("emr-serverless:StartJobRun is missing"), "{note}");
        let actions: Vec<String> = core.audit()?.into_iter().map(|entry| entry.action).take(2).collect();
        assert_eq!(actions, ["job.failed", "job.run"]);

        core.ask(&OpenProfile { name: "practice-denied".into() })?;
        let told = self::plan(core, &failed.id, Vec::new())?;
        let missing = told.permissions.iter().any(|needed| needed.missing);
        let said = told.notices.iter().any(|notice| notice.text.contains("may not perform emr-serverless:StartJobRun"));
        assert!(missing && said, "{:?} {:?}", told.permissions, told.notices);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn what_is_on_its_way_is_ended_in_its_engines_way() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let importing = HomeId::GlueJob("supplier-import".into());
        let mut running = vec![
            one(core, nightly(), "hourly-compaction", &State::Running)?,
            one(core, adhoc(), "history-again", &State::Running)?,
            one(core, kitchens(), "kitchen-live", &State::Running)?,
            one(core, importing, "supplier-import", &State::Running)?,
        ];
        let (_, rows) = open(core, JobsOf::All, None)?;
        let training = rows.into_iter().find(|row| row.id.engine() == Engine::SageMaker && row.state == State::Running);
        running.push(training.context("a training job that runs")?);
        for row in running {
            let offers = describe(core, &row.id)?.offers;
            assert!(offers.stop.ok && !offers.stop_means.is_empty(), "{offers:?}");
            assert_eq!(offers.can_force, row.id.engine() == Engine::Emr);
            let request = PlanJobStop { id: row.id.clone(), force: offers.can_force };
            let plan = core.ask(&request)?;
            assert!(plan.title.starts_with(&offers.stop_title), "{}", plan.title);
            if offers.can_force {
                assert!(plan.cli[0].contains("TERMINATE_PROCESS"), "{:?}", plan.cli);
            }
            let receipt = core.succeed(&plan)?;
            assert_eq!(run_of(&receipt)?, row.id);
            assert_eq!(end(core, &row.id)?, State::Cancelled, "{}", row.name);
            let again = core.ask(&PlanJobStop { force: false, ..request })?;
            assert!(again.notices.iter().any(|notice| notice.severity == Severity::Refusal), "{:?}", again.notices);
            assert!(core.fault(&RunOperation { plan: again.id, typed: None }).is_ok(), "a refused plan does not run");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_step_of_a_cluster_that_is_gone_goes_to_another() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let gone = one(core, HomeId::Cluster("j-1G0NEFRANCH1S".into()), "franchise-report", &State::Succeeded)?;
        let changes = vec![set("spark.driver.maxResultSize", "2g")];
        let edit = core.ask(&EditJob { id: gone.id.clone(), changes: changes.clone(), cluster: None })?;
        let refused = |notice: &&contract::Notice| notice.severity == Severity::Refusal;
        let refusal = edit.notices.iter().find(refused).context("a finding")?;
        assert!(refusal.text.contains("franchise-etl") && refusal.text.contains("TERMINATED"), "{}", refusal.text);
        let HomeId::Cluster(nightly) = nightly() else { panic!() };
        assert!(edit.clusters.iter().any(|row| row.id.own() == nightly), "{:?}", edit.clusters);
        let blocked = plan(core, &gone.id, changes.clone())?;
        assert_ne!(core.fault(&RunOperation { plan: blocked.id, typed: None })?.code, Code::Gone);

        let plan = core.ask(&PlanJobRun { id: gone.id, changes, cluster: Some(nightly.clone()) })?;
        assert!(plan.cli[0].contains(&nightly), "{:?}", plan.cli);
        assert_eq!(plan.place.scope.name(), nightly);
        let run = run_of(&core.succeed(&plan)?)?;
        let JobId::Step { cluster, .. } = &run else { panic!("{run}") };
        assert_eq!(*cluster, nightly);
        assert_eq!(end(core, &run)?, State::Succeeded);
        Ok(())
    })
}

fn new_step(name: &str) -> NewStep {
    NewStep {
        name: name.into(),
        spark: true,
        program: "s3://lake-code/jobs/by_hand.jar".into(),
        main_class: Some("shop.ByHand".into()),
        settings: vec![("spark.submit.deployMode".into(), "cluster".into())],
        arguments: vec!["--day".into(), "2026-11-21".into()],
        on_failure: OnFailure::CancelAndWait,
    }
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_new_step_runs_on_a_cluster_that_takes_steps() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let HomeId::Cluster(cluster) = nightly() else { panic!() };
        let id = JobId::Cluster { cluster: cluster.clone() };
        let changes = vec![JobChange::Step(new_step("by-hand"))];
        let edit = core.ask(&EditJob { id: id.clone(), changes: changes.clone(), cluster: None })?;
        assert_eq!((edit.problem.as_deref(), edit.execution.as_deref()), (None, None));
        let command = edit.command.context("a command")?;
        assert!(command.contains("CANCEL_AND_WAIT") && command.contains("shop.ByHand"), "{command}");
        let nameless = vec![JobChange::Step(new_step(" "))];
        let edit = core.ask(&EditJob { id: id.clone(), changes: nameless, cluster: None })?;
        assert_eq!(edit.problem.as_deref(), Some("The step needs a name."));

        let plan = plan(core, &id, changes)?;
        assert!(plan.title.starts_with("Add step by-hand to "), "{}", plan.title);
        assert_eq!((plan.name.as_str(), plan.place.scope.name()), ("by-hand", cluster.as_str()));
        assert!(plan.permissions.iter().any(|needed| needed.action == "elasticmapreduce:AddJobFlowSteps"), "{plan:?}");
        let costs = "If the step fails, the steps behind it are cancelled and the cluster waits.";
        assert!(plan.notices.iter().any(|notice| notice.text == costs), "{:?}", plan.notices);
        assert!(plan.cli[0].starts_with("aws emr add-steps "), "{:?}", plan.cli);

        let mark = estate.mark()?;
        let run = run_of(&core.succeed(&plan)?)?;
        assert_eq!(estate.calls("AddJobFlowSteps", mark)?.len(), 1);
        let JobId::Step { cluster: on, .. } = &run else { panic!("{run}") };
        assert_eq!(*on, cluster);
        assert_eq!(end(core, &run)?, State::Succeeded);
        let told = describe(core, &run)?.view;
        assert_eq!(told.row.name, "by-hand");
        let asked = told.parameters;
        assert_eq!(asked.entry_point.as_deref(), Some("s3://lake-code/jobs/by_hand.jar"));
        assert_eq!((asked.main_class.as_deref(), asked.arguments.len()), (Some("shop.ByHand"), 2));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_step_that_is_added_after_a_lost_answer_is_added_once() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let HomeId::Cluster(cluster) = nightly() else { panic!() };
        let id = JobId::Cluster { cluster };
        let plan = plan(core, &id, vec![JobChange::Step(new_step("by-hand-once"))])?;
        let mark = estate.mark()?;
        estate.fault(json!({ "action": "AddJobFlowSteps" }), 10, json!({ "when": "after", "drop": true }))?;
        let receipt = core.run(&plan)?;
        estate.post("clear", &json!({}))?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{}", receipt.operation.note);
        assert_eq!(estate.calls("AddJobFlowSteps", mark)?.len(), 1);
        assert_eq!(named(core, nightly(), "by-hand-once")?, 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_cluster_that_is_gone_and_a_run_get_no_new_step() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let changes = vec![JobChange::Step(new_step("by-hand"))];
        let gone = JobId::Cluster { cluster: "j-1G0NEFRANCH1S".into() };
        let blocked = plan(core, &gone, changes.clone())?;
        let refused =
            blocked.notices.iter().find(|notice| notice.severity == Severity::Refusal).context("a refusal")?;
        assert!(refused.text.ends_with("is TERMINATED: it takes no more steps."), "{}", refused.text);
        let step = one(core, nightly(), "price-list", &State::Failed)?;
        assert_eq!(core.fault(&PlanJobRun { id: step.id, changes, cluster: None })?.code, Code::BadInput);
        assert_eq!(core.fault(&PlanJobRun { id: gone, changes: Vec::new(), cluster: None })?.code, Code::BadInput);
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn a_run_is_asked_for_again_with_another_program() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        quick(estate)?;
        let failed = one(core, nightly(), "price-list", &State::Failed)?;
        let was = core.ask(&EditJob { id: failed.id.clone(), changes: Vec::new(), cluster: None })?.was;
        assert!(was.program.is_some_and(|program| program.ends_with("price_list.py")));
        let changes = vec![JobChange::Program("s3://lake-code/jobs/price_list_2.py".into())];
        let plan = plan(core, &failed.id, changes)?;
        assert!(plan.steps[0].text.contains("price_list_2.py"), "{}", plan.steps[0].text);
        let run = run_of(&core.succeed(&plan)?)?;
        assert_eq!(end(core, &run)?, State::Succeeded, "the other program does not read that column");
        let asked = describe(core, &run)?.view.parameters;
        assert_eq!(asked.entry_point.as_deref(), Some("s3://lake-code/jobs/price_list_2.py"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the estate: cargo xtask test --only bridge"]
fn invocations_and_models_say_why_they_are_not_run_again() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let (_, rows) = open(core, JobsOf::All, Some(Within::last_hours(48)))?;
        for (engine, word) in [(Engine::Lambda, "event"), (Engine::SageMaker, "defined")] {
            let row = rows.iter().find(|row| row.id.engine() == engine).context("a run")?;
            let offers = describe(core, &row.id)?.offers;
            assert!(!offers.again.ok && offers.again.reasons[0].contains(word), "{offers:?}");
            let request = PlanJobRun { id: row.id.clone(), changes: Vec::new(), cluster: None };
            assert_eq!(core.fault(&request)?.code, Code::BadInput);
        }
        Ok(())
    })
}
