//! The incident of today's failed pipeline: from the execution to the file that was cut off, and to what brings it back.

use crate::{
    executions::{executions, until},
    rerun::{ended, pick, run},
    stages,
};
use anyhow::{Context as _, Result};
use contract::{
    Code, Severity,
    executions::{ExecutionEvent, ExecutionView, FindTaskLogs, JobLink, PlanStart, Status, WatchExecution},
    incident::{
        ChainKind, ExportFormat, ExportIncident, Incident, IncidentEvent, IncidentStep, IncidentTarget, OpenIncident,
        UploadDay,
    },
    jobs::{JobId, stages::StageRow},
    logs::LogView,
    operations::OperationState,
    restore::Pick,
};
use serde_json::json;
use std::{fs, path::Path};
use tests::bridge::{Core, Touch, on_estate};

/// Everything that is found out of the newest failure of a machine.
pub fn incident(core: &Core, machine: &str, status: Status) -> Result<Incident> {
    follow(core, pick(core, machine, status)?)
}

/// Everything that is found out of an execution.
pub fn follow(core: &Core, execution: String) -> Result<Incident> {
    let (view, channel) = core.stream(&OpenIncident { execution })?;
    view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    channel.wait("the whole incident", |event| match event {
        IncidentEvent::View(view) if view.looking.is_empty() => Some((**view).clone()),
        _ => None,
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn todays_failure_leads_to_the_file_that_was_cut_off() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let kinds: Vec<ChainKind> = incident.chain.iter().map(|link| link.kind).collect();
        assert!(kinds.starts_with(&[ChainKind::Execution, ChainKind::State, ChainKind::Job]), "{kinds:?}");
        assert_eq!(kinds.last(), Some(&ChainKind::Exception), "{:?}", incident.chain);
        assert_eq!(incident.chain[1].name, "SubmitEMRServerlessJob");
        let cause = incident.cause.as_ref().context("no cause")?;
        assert!(cause.confidence.is_some(), "the logs say it: {cause:?}");

        let input = incident.inputs.iter().find(|input| input.key == "data/in/daily_sales.csv");
        let input = input.with_context(|| format!("the input is missing among {:?}", incident.inputs))?;
        assert_eq!(input.read.size, Some(3_174), "what it read is the second upload");
        let warned: Vec<&str> = input
            .verdicts
            .iter()
            .filter(|said| said.severity == Severity::Warning)
            .map(|said| said.text.as_str())
            .collect();
        assert!(warned.iter().any(|text| text.contains("cut off")), "{warned:?}");
        let better = input.better.as_ref().context("the complete upload was not found")?;
        assert!(better.day == UploadDay::Same && !better.by_size && !better.current, "{better:?}");
        assert!(better.size > 1_000_000, "{better:?}");
        let [newest, whole, ..] = &input.uploads[..] else { panic!("{:?}", input.uploads) };
        assert_eq!((newest.size, whole.size), (3_174, better.size), "the newest first");
        assert!(input.uploads.is_sorted_by_key(|upload| std::cmp::Reverse(upload.stored)), "{:?}", input.uploads);

        let first = incident.actions.first().context("nothing is advised")?;
        assert_eq!(first.title, "Restore daily_sales.csv");
        assert!(first.why.contains("That starts daily-sales-pipeline by rule"), "{}", first.why);
        let IncidentStep::Restore(plan) = &first.does else { panic!("{first:?}") };
        assert_eq!(plan.items[0].pick, Pick::Version(better.version_id.clone()));
        let second = incident.actions.iter().find(|action| matches!(action.does, IncidentStep::Start(_)));
        let withheld = second.and_then(|action| action.withheld.as_deref()).unwrap_or_default();
        assert!(withheld.contains("twice"), "a second start is withheld: {:?}", incident.actions);
        assert!(incident.timeline.is_sorted_by_key(|moment| moment.at));
        assert!(incident.timeline.iter().any(|moment| moment.source == "S3"));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_a_restore_has_started_is_not_started_again() -> Result<()> {
    on_estate(Touch::Changes, async |core, _| {
        let before = incident(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let first = before.actions.first().context("nothing is advised")?;
        assert_eq!(first.starts.as_deref(), Some("rule on-daily-sales"));
        let IncidentStep::Restore(restore) = &first.does else { panic!("{first:?}") };
        let plan = core.ask(restore)?;
        let receipt = ended(core, &run(core, &plan)?)?;
        assert_eq!(receipt.operation.state, OperationState::Succeeded, "{receipt:?}");
        let after = follow(core, before.execution.arn.clone())?;
        let input = after.inputs.iter().find(|input| input.key == "data/in/daily_sales.csv").context("the input")?;
        assert!(input.better.as_ref().is_some_and(|better| better.current), "{input:?}");
        // Whether the run of the rule is listed by now or not.
        for action in &after.actions {
            match &action.does {
                IncidentStep::Restore(_) => panic!("it is restored: {action:?}"),
                IncidentStep::Start(_) | IncidentStep::Redrive(_) => assert!(action.withheld.is_some(), "{action:?}"),
                _ => {}
            }
        }
        let moment = after.actions.iter().find_map(|action| match &action.does {
            IncidentStep::Follow { after, .. } => Some(*after),
            _ => None,
        });
        assert!(moment.context("its run is followed")? > before.execution.started);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_packed_input_of_a_folder_that_was_cut_off_is_brought_back() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "loyalty-merge", Status::Failed)?;
        let [input] = &incident.inputs[..] else { panic!("{:?} {:?}", incident.inputs, incident.notices) };
        assert!(input.key.starts_with("loyalty/") && input.key.ends_with("/points.csv.gz"), "{}", input.key);
        assert_eq!(input.read.size, Some(4_096), "the second upload");
        let content = input.content.as_ref().context("it is read though it is packed")?;
        assert_eq!(content.columns, ["member_id", "points", "store", "earned_on"]);
        assert!(content.rows.is_some_and(|rows| rows > 0 && rows < 6_000), "{content:?}");
        let warned: Vec<&str> = input
            .verdicts
            .iter()
            .filter(|said| said.severity == Severity::Warning)
            .map(|said| said.text.as_str())
            .collect();
        assert!(warned.iter().any(|text| text.contains("in the middle of the gzip stream")), "{warned:?}");
        assert!(warned.iter().any(|text| text.contains("of the version before")), "much smaller: {warned:?}");
        let better = input.better.as_ref().context("the whole upload was not found")?;
        assert!(better.day == UploadDay::Same && !better.by_size && !better.current, "{better:?}");
        let restore = incident.actions.iter().find(|action| action.title == "Restore points.csv.gz");
        let restore = restore.with_context(|| format!("{:?}", incident.actions))?;
        assert_eq!(restore.warning, None, "its folder names the day");
        let IncidentStep::Restore(plan) = &restore.does else { panic!("{restore:?}") };
        assert_eq!(plan.items[0].pick, Pick::Version(better.version_id.clone()));
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn the_inputs_of_a_pattern_are_the_files_that_it_names() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.post("pace", &json!({ "seconds": 0.02 }))?;
        let day = estate.says("story_day")?.to_owned();
        // A folder for each of four days lies there; the pattern names today's alone.
        let number = day.rsplit('-').next().context("a day of the month")?;
        let pattern = format!("s3://lake-raw/loyalty/*-{number}/points.csv.gz");
        let before = pick(core, "loyalty-merge", Status::Failed)?;
        let input = Some(json!({ "input": pattern, "day": day }).to_string());
        let name = Some("of-a-pattern".to_owned());
        let plan = core.ask(&PlanStart { executions: vec![before], target: None, input, name })?;
        run(core, &plan)?;
        let arn = until("it to fail", || {
            let rows = executions(core, "loyalty-merge")?;
            Ok(rows.into_iter().find(|row| row.name == "of-a-pattern" && row.status.is_failure()).map(|row| row.arn))
        })?;
        let incident = follow(core, arn)?;
        assert!(incident.chain.iter().any(|link| link.kind == ChainKind::Job), "{:?}", incident.chain);
        let keys: Vec<&str> = incident.inputs.iter().map(|input| input.key.as_str()).collect();
        assert_eq!(keys, [format!("loyalty/{day}/points.csv.gz")], "{:?}", incident.notices);
        assert_eq!(incident.inputs[0].read.size, Some(4_096), "it is cut off");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_cluster_that_never_came_up_is_followed_to_its_bootstrap_log() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let failed = executions(core, "emr-classic")?.into_iter().rfind(|row| row.status == Status::Failed);
        let incident = follow(core, failed.context("the first run")?.arn)?;
        let names: Vec<&str> = incident.chain.iter().map(|link| link.name.as_str()).collect();
        assert_eq!(names.get(1..3), Some(&["CreateCluster", "j-1BR0KENB00TCL"][..]), "{:?}", incident.chain);
        let cluster = JobId::Cluster { cluster: "j-1BR0KENB00TCL".into() };
        assert_eq!(incident.chain[2].target, Some(IncidentTarget::Job(cluster.clone())));
        let last = incident.chain.last().context("the line")?;
        let Some(IncidentTarget::Log(place)) = &last.target else { panic!("{:?}", incident.chain) };
        assert_eq!((last.kind, place.job.as_ref()), (ChainKind::Exception, Some(&cluster)));
        assert!(place.address.contains("/bootstrap-actions/"), "{place:?}");
        assert_eq!(incident.cause.context("the cause")?.title, "Bootstrap action 1 failed");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_job_of_batch_is_followed_to_the_line_of_its_container() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "competitor-prices", Status::Failed)?;
        let kinds: Vec<ChainKind> = incident.chain.iter().map(|link| link.kind).collect();
        assert!(kinds.starts_with(&[ChainKind::Execution, ChainKind::State, ChainKind::Job]), "{:?}", incident.chain);
        let job = &incident.chain[2];
        assert_eq!(job.text.as_deref(), Some("Batch job"));
        let Some(IncidentTarget::Log(log)) = &job.target else { panic!("{job:?}") };
        assert!(log.address.starts_with("/aws/batch/job:competitor-prices/default/"), "{log:?}");
        let cause = incident.cause.as_ref().with_context(|| format!("no cause: {:?}", incident.notices))?;
        assert!(cause.title.contains("KeyError") && cause.confidence.is_some(), "{cause:?}");
        let place = cause.evidence.iter().find_map(|quote| quote.place.clone()).context("a line of the log")?;
        assert_eq!((place.address.as_str(), place.job), (log.address.as_str(), None));
        let line = usize::try_from(place.line.context("it counts")?)?;
        let rows = core.log_rows(&core.open_one(&log.address)?, LogView::Lines)?;
        let near = &rows[line.saturating_sub(6)..(line + 7).min(rows.len())];
        assert!(near.iter().any(|row| row.text.contains("price_eur")), "{near:?}");
        assert_eq!(incident.chain.last().map(|link| link.kind), Some(ChainKind::Exception), "{:?}", incident.chain);
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_task_of_ecs_is_followed_to_the_line_of_its_container() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "menu-labels", Status::Failed)?;
        let job = incident.chain.get(2).with_context(|| format!("{:?}", incident.chain))?;
        assert_eq!(job.text.as_deref(), Some("ECS task"));
        let Some(IncidentTarget::Log(log)) = &job.target else { panic!("{job:?} {:?}", incident.notices) };
        let expected = format!("/ecs/menu-labels:nightly/render/{}", job.name);
        assert_eq!(log.address, expected, "by its task definition");
        let cause = incident.cause.as_ref().with_context(|| format!("no cause: {:?}", incident.notices))?;
        assert!(cause.title.contains("AttributeError") && cause.confidence.is_some(), "{cause:?}");
        let place = cause.evidence.iter().find_map(|quote| quote.place.clone()).context("a line of the log")?;
        assert_eq!(place.address, log.address);
        let rows = core.log_rows(&core.open_one(&log.address)?, LogView::Lines)?;
        assert!(rows.iter().any(|row| row.text.contains("has no attribute 'split'")), "{rows:?}");
        Ok(())
    })
}

/// The task of ECS that the failed run of `menu-labels` started, as its events tell it.
fn labels_task(core: &Core) -> Result<JobLink> {
    let arn = pick(core, "menu-labels", Status::Failed)?;
    let (view, views) = core.stream(&WatchExecution { arn })?;
    let view = view.map_err(|fault| anyhow::anyhow!("{fault:?}"))?;
    let told = |view: &ExecutionView| view.why.as_ref().filter(|why| !why.partial).and_then(|why| why.job.clone());
    match told(&view) {
        Some(job) => Ok(job),
        None => views.wait("the job that failed", |event| match event {
            ExecutionEvent::View(view) => told(view),
            ExecutionEvent::Failed(_) => None,
        }),
    }
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn the_containers_of_a_task_say_where_they_log_and_how_they_ended() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let job = labels_task(core)?;
        let logs = core.ask(&FindTaskLogs { job })?;
        assert_eq!(logs.end.code.as_deref(), Some("EssentialContainerExited"), "the events tell it: {logs:?}");
        let [render, router, metrics, audit] = &logs.containers[..] else { panic!("{logs:?}") };
        assert_eq!(
            (render.name.as_str(), render.ended.as_deref(), render.failed),
            ("render", Some("exit code 1"), true)
        );
        assert!(
            render.log.as_deref().is_some_and(|log| log.starts_with("/ecs/menu-labels:nightly/render/")),
            "{logs:?}"
        );
        assert_eq!((metrics.name.as_str(), &metrics.log), ("metrics", &None));
        assert!(metrics.missing.as_deref().is_some_and(|why| why.contains("splunk")), "{metrics:?}");
        assert_eq!((router.name.as_str(), router.failed), ("log_router", false), "essential, before what is not");
        // What FireLens sends is read by the tag of the task.
        assert!(audit.note.as_deref().is_some_and(|note| note.contains("FireLens")), "{audit:?}");
        let log = audit.log.as_deref().context("its options name a log group")?;
        assert!(log.starts_with("/ecs/menu-labels-audit:nightly-audit-firelens-"), "{log}");
        let rows = core.log_rows(&core.open_one(log)?, LogView::Lines)?;
        assert!(rows.iter().any(|row| row.text.contains("77-2041 has no allergens")), "{rows:?}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn how_a_task_ended_is_told_where_its_definition_is_refused_or_gone() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let job = labels_task(core)?;
        let refused = json!({ "status": 400, "code": "AccessDeniedException" });
        let gone =
            json!({ "status": 400, "code": "ClientException", "message": "Unable to describe task definition." });
        let told = [(refused, "the permission ecs:DescribeTaskDefinition is missing"), (gone, "was deleted")];
        for (answer, words) in told {
            estate.fault(json!({ "action": "DescribeTaskDefinition" }), 1, answer)?;
            let logs = core.ask(&FindTaskLogs { job: job.clone() })?;
            let render = logs.containers.first().with_context(|| format!("{logs:?}"))?;
            assert_eq!((render.name.as_str(), render.ended.as_deref()), ("render", Some("exit code 1")));
            assert_eq!(render.log, None);
            assert!(logs.notices.iter().any(|notice| notice.text.contains(words)), "{:?}", logs.notices);
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_execution_without_a_job_has_its_incident_too() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let incident = incident(core, "basket-jsonata", Status::Failed)?;
        assert_eq!(incident.chain.len(), 2, "{:?}", incident.chain);
        assert!(incident.cause.is_some_and(|cause| cause.confidence.is_none()));
        assert!(!incident.actions.is_empty());
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn what_is_refused_is_a_notice_and_the_rest_stands() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.fault(
            serde_json::json!({ "action": "ListObjectVersions" }),
            50,
            serde_json::json!({ "status": 403, "code": "AccessDenied" }),
        )?;
        let incident = incident(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        assert!(incident.cause.is_some());
        assert!(incident.inputs.is_empty());
        assert!(
            incident.notices.iter().any(|notice| notice.text.contains("daily_sales.csv")),
            "{:?}",
            incident.notices
        );
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn newer_runs_that_cannot_be_read_are_not_taken_for_none() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        let execution = pick(core, "loyalty-merge", Status::Failed)?;
        let denied = json!({ "status": 400, "code": "AccessDeniedException" });
        estate.fault(json!({ "action": "ListExecutions" }), 100, denied)?;
        let incident = follow(core, execution)?;
        let said = "Whether a newer run did its work is left out: the permission states:ListExecutions is missing.";
        assert!(incident.notices.iter().any(|notice| notice.text == said), "{:?}", incident.notices);
        for action in &incident.actions {
            if matches!(action.does, IncidentStep::Start(_) | IncidentStep::Redrive(_)) {
                let warning = action.warning.as_deref().unwrap_or_default();
                assert!(warning.contains("look at the runs of the state machine first"), "{action:?}");
            }
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn a_later_run_for_something_else_is_no_reason_not_to_redrive() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        // A run for another region began since, and goes on.
        let rows = executions(core, "orders-backfill")?;
        let failed = rows.into_iter().find(|row| row.name == "orders-2026-w40-eu-north").context("it failed")?;
        let incident = follow(core, failed.arn)?;
        let redrive = incident.actions.iter().find(|action| matches!(action.does, IncidentStep::Redrive(_)));
        let redrive = redrive.with_context(|| format!("{:?}", incident.actions))?;
        assert_eq!(redrive.withheld, None, "{redrive:?}");
        let warning = redrive.warning.as_deref().unwrap_or_default();
        assert!(warning.contains("orders-2026-w40-italy-again runs, with another input"), "{warning}");
        Ok(())
    })
}

fn export(execution: &str, format: ExportFormat, path: &Path) -> ExportIncident {
    ExportIncident { execution: execution.to_owned(), format, path: Some(path.display().to_string()) }
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_incident_is_exported_in_both_ways() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let arn = pick(core, "daily-sales-pipeline", Status::CaughtFailure)?;
        let fault = core.fault(&export(&arn, ExportFormat::Html, folder.path()))?;
        assert_eq!(fault.code, Code::Gone, "nobody has it open: {fault:?}");
        let incident = follow(core, arn.clone())?;
        for (format, ending) in [(ExportFormat::Markdown, ".md"), (ExportFormat::Html, ".html")] {
            let saved = core.ask(&export(&arn, format, folder.path()))?;
            let path = saved.path.context("it was written")?;
            assert!(path.ends_with(ending) && path.contains("incident-daily-sales-pipeline-"), "{path}");
            let text = fs::read_to_string(&path)?;
            assert_eq!(text.len() as u64, saved.bytes);
            let words = [
                "Chain",
                "daily_sales.csv",
                "cut off",
                "Sizes of daily",
                "Restore daily",
                "eu-west-1",
                "What happened",
            ];
            for word in words {
                assert!(text.contains(word), "{word} is missing in {text}");
            }
            assert!(!text.contains("Still being read"), "all was found out");
            let rows = incident.timeline.len();
            assert!(text.matches(" UTC").count() >= rows, "each of {rows} moments has its time");
            // A file that is there is kept.
            let again = core.ask(&export(&arn, format, Path::new(&path)))?.path.context("it was written")?;
            assert!(again.ends_with(&format!(" (2){ending}")), "{again}");
            assert_eq!(fs::read_to_string(&again)?, text);
        }
        let html = fs::read_dir(folder.path())?.filter_map(Result::ok).map(|entry| entry.path());
        let html = html.filter(|path| path.extension().is_some_and(|ending| ending == "html"));
        for path in html {
            let text = fs::read_to_string(path)?;
            assert!(text.contains("<svg ") && !text.contains("<script") && !text.contains(" href="), "{text}");
            assert!(text.contains("<figure class=\"chart\">"), "sizes of the input's uploads: {text}");
        }
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn an_export_that_cannot_be_written_says_so() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let arn = follow(core, pick(core, "basket-jsonata", Status::Failed)?)?.execution.arn;
        let missing = core.fault(&export(&arn, ExportFormat::Html, &folder.path().join("nowhere/report.html")))?;
        assert_eq!(missing.code, Code::BadInput);
        assert!(missing.detail.contains("does not exist"), "{missing:?}");
        let relative = core.fault(&export(&arn, ExportFormat::Html, Path::new("report.html")))?;
        assert!(relative.detail.contains("not an absolute path"), "{relative:?}");
        // Longer than a name may be.
        let long = folder.path().join(format!("{}.html", "x".repeat(300)));
        let refused = core.fault(&export(&arn, ExportFormat::Html, &long))?;
        assert_eq!(refused.title, "The file cannot be written");
        assert_eq!(fs::read_dir(folder.path())?.count(), 0, "nothing half is left");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn the_stages_of_the_run_are_exported_once_they_are_known() -> Result<()> {
    on_estate(Touch::Reads, async |core, _| {
        let folder = tempfile::tempdir()?;
        let incident = incident(core, "loyalty-merge", Status::Failed)?;
        let job = incident.chain.iter().rev().find_map(|link| match &link.target {
            Some(IncidentTarget::Job(job)) if link.kind == ChainKind::Job => Some(job.clone()),
            _ => None,
        });
        let job = job.with_context(|| format!("no job: {:?}", incident.chain))?;
        let stages = stages::read(core, &job)?;
        assert_eq!(stages.absent, None);
        let failed: Vec<String> = stages.rows.iter().filter(|row| row.failure.is_some()).map(StageRow::label).collect();
        assert_eq!(failed, ["3"], "{:?}", stages.rows);
        let written = |format| -> Result<String> {
            let path = core.ask(&export(&incident.execution.arn, format, folder.path()))?.path;
            Ok(fs::read_to_string(path.context("it was written")?)?)
        };
        let (page, text) = (written(ExportFormat::Html)?, written(ExportFormat::Markdown)?);
        for word in ["<h2>Slowest stages</h2>", "<figure class=\"chart\">", ">Stage 2: save at ", ">× failed, "] {
            assert!(page.contains(word), "{word} is missing in {page}");
        }
        assert!(text.contains("**Stage 3 failed:** Job aborted due to stage failure"), "{text}");
        assert!(text.contains("Stage 2 lost most time") && text.contains("Stage 3 failed."), "{text}");
        Ok(())
    })
}

#[test]
#[ignore = "needs the practice estate: cargo xtask test --only bridge"]
fn no_secret_of_an_input_is_exported() -> Result<()> {
    on_estate(Touch::Changes, async |core, estate| {
        estate.post("pace", &json!({ "seconds": 0.02 }))?;
        let before = pick(core, "loyalty-merge", Status::Failed)?;
        let input = Some(json!({ "db_password": "hunter2-and-more" }).to_string());
        let name = Some("with-a-secret".to_owned());
        let plan = core.ask(&PlanStart { executions: vec![before], target: None, input, name })?;
        run(core, &plan)?;
        let arn = until("it to fail", || {
            let rows = executions(core, "loyalty-merge")?;
            Ok(rows.into_iter().find(|row| row.name == "with-a-secret" && row.status.is_failure()).map(|row| row.arn))
        })?;
        let incident = follow(core, arn.clone())?;
        assert!(
            incident.changes.iter().any(|change| change.place.contains("db_password")),
            "the input is among what is different: {:?}",
            incident.changes
        );
        let folder = tempfile::tempdir()?;
        for format in [ExportFormat::Markdown, ExportFormat::Html] {
            let path = core.ask(&export(&arn, format, folder.path()))?.path.context("it was written")?;
            let text = fs::read_to_string(path)?;
            assert!(text.contains("password") && !text.contains("hunter2"), "{text}");
        }
        Ok(())
    })
}
