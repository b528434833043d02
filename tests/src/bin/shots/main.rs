//! Pictures of every page and state, dark and light: `cargo xtask shots [FILTER]`.
//!
//! One list. A picture has a name, a computer that it is taken on, and the steps that lead there. Each is taken in a
//! window of its own, so that none depends on another.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it tells what it does")]

mod ways;

use anyhow::{Result, bail};
use futures_util::future::LocalBoxFuture;
use std::{process::ExitCode, time::Duration};
use tests::{
    computer::Computer,
    estate::Estate,
    window::{Window, on_computer},
};
use ways::{
    FAILED_RUNS, FILE, FOLDER, at, failed_incident, failed_job, failed_run, list, machine, monitor, newest,
    newest_model, pipeline_execution, second_version, settle, settle_long, shows, watching,
};

type Steps = for<'a> fn(&'a Window) -> LocalBoxFuture<'a, Result<()>>;

struct Shot {
    name: &'static str,
    computer: fn(&Estate) -> Result<Computer>,
    steps: Steps,
}

/// `shot!("name", Computer::on, |window| ...)`: the steps are the body of an async block.
macro_rules! shot {
    ($name:literal, $computer:expr, |$window:ident| $steps:block) => {
        Shot {
            name: $name,
            computer: $computer,
            steps: |$window| {
                Box::pin(async move {
                    $steps;
                    Ok(())
                })
            },
        }
    };
}

fn prod(estate: &Estate) -> Result<Computer> {
    Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-prod"))
}

fn expired(estate: &Estate) -> Result<Computer> {
    Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-expired"))
}

fn denied(estate: &Estate) -> Result<Computer> {
    Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-denied"))
}

fn broken(estate: &Estate) -> Result<Computer> {
    Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-broken"))
}

fn shots() -> Vec<Shot> {
    vec![
        shot!("first-run", |_| Computer::bare(), |window| { window.find("heading", "No AWS profile found").await? }),
        shot!("buckets", Computer::on, |window| { at(window, "/objects", "Buckets").await? }),
        shot!("buckets-selected", Computer::on, |window| {
            at(window, "/objects", "Buckets").await?;
            window.by_id("lake-raw").await?.click().await?;
        }),
        shot!("buckets-expired", expired, |window| { settle(window, "/objects").await? }),
        shot!("buckets-broken", broken, |window| { settle(window, "/objects").await? }),
        shot!("buckets-production", prod, |window| { at(window, "/objects", "Buckets").await? }),
        shot!("folder", Computer::on, |window| { at(window, FOLDER, "Objects").await? }),
        shot!("folder-selected", Computer::on, |window| {
            at(window, FOLDER, "Objects").await?;
            window.by_id("data/in/daily_sales.csv").await?.click().await?;
        }),
        shot!("folder-deleted", Computer::on, |window| {
            at(window, &format!("{FOLDER}&deleted=1"), "Objects").await?;
        }),
        shot!("folder-empty", Computer::on, |window| {
            settle(window, "/objects/lake-raw?prefix=nothing%2Fhere%2F").await?;
        }),
        shot!("versions", Computer::on, |window| { at(window, FILE, "Versions").await? }),
        shot!("versions-selected", Computer::on, |window| { second_version(window).await? }),
        shot!("versions-denied", denied, |window| { settle(window, FILE).await? }),
        shot!("versions-production", prod, |window| { second_version(window).await? }),
        shot!("restore-to-another-key", Computer::on, |window| {
            second_version(window).await?;
            window.click("button", "Restore to another key…").await?;
        }),
        shot!("restore-by-date", Computer::on, |window| {
            second_version(window).await?;
            window.click("button", "Restore by date…").await?;
        }),
        shot!("restored", Computer::on, |window| {
            second_version(window).await?;
            window.click("button", "Restore this version").await?;
        }),
        shot!("receipt", Computer::on, |window| {
            second_version(window).await?;
            window.click("button", "Restore this version").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            window.area("Activity").await?;
            window.press("Down").await?;
        }),
        shot!("now", Computer::on, |window| { settle_long(window, "/now").await? }),
        shot!("now-incident", Computer::on, |window| {
            settle_long(window, "/now").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("now-watching", Computer::on, |window| {
            watching(window, &["practice-prod", "practice-expired", "practice-denied"]).await?;
            settle_long(window, "/now").await?;
            tokio::time::sleep(Duration::from_secs(4)).await;
        }),
        shot!("now-elsewhere", Computer::on, |window| {
            watching(window, &["practice-prod"]).await?;
            settle_long(window, "/now?q=profile:practice-prod%20kind:failed").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("settings-watching", Computer::on, |window| {
            watching(window, &["practice-prod", "practice-expired"]).await?;
            window.click("switch", "Quiet hours").await?;
            window.web().execute("document.querySelector('#watching-title').scrollIntoView()", vec![]).await?;
        }),
        shot!("machines", Computer::on, |window| { settle_long(window, "/executions").await? }),
        shot!("machines-selected", Computer::on, |window| {
            settle_long(window, "/executions?q=daily").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("machines-expired", expired, |window| { settle(window, "/executions").await? }),
        shot!("machines-range", Computer::on, |window| {
            settle_long(window, "/executions?q=daily&range=7d").await?;
            window.click("button", "Choose time range: last 7 d").await?;
        }),
        shot!("machines-range-wrong", Computer::on, |window| {
            settle_long(window, "/executions?q=daily").await?;
            window.click("button", "Choose time range: last 24 h").await?;
            window.find("dialog", "Choose time range").await?;
            window.press("Control+a").await?;
            window.type_text("now-1d to 25:00").await?;
        }),
        shot!("executions-range", Computer::on, |window| {
            settle_long(window, &format!("{}&range=now-1d%2Fd..now%2Fd", list(&machine("weather-hourly")))).await?;
        }),
        shot!("executions-range-empty", Computer::on, |window| {
            settle_long(window, &format!("{}&range=30m", list(&machine("menu-sync")))).await?;
        }),
        shot!("executions-express", Computer::on, |window| {
            settle_long(window, &list(&machine("till-heartbeat"))).await?;
        }),
        shot!("executions-express-silent", Computer::on, |window| {
            settle_long(window, &list(&machine("till-discounts"))).await?;
        }),
        shot!("executions-bulk", Computer::on, |window| {
            settle_long(window, &format!("{}&q=status%3Afailed", list(&machine("orders-backfill")))).await?;
            window.press("Down").await?;
            window.press("Control+a").await?;
            window.click("button", "Redrive 39 executions").await?;
            tokio::time::sleep(Duration::from_secs(8)).await;
        }),
        shot!("executions", Computer::on, |window| {
            settle_long(window, &list(&machine("daily-sales-pipeline"))).await?;
        }),
        shot!("executions-all", Computer::on, |window| { settle_long(window, "/executions/list").await? }),
        shot!("execution", Computer::on, |window| { failed_run(window, "").await? }),
        shot!("execution-states", Computer::on, |window| { failed_run(window, "&tab=states").await? }),
        shot!("execution-gantt", Computer::on, |window| { failed_run(window, "&tab=gantt").await? }),
        shot!("execution-events", Computer::on, |window| { failed_run(window, "&tab=events").await? }),
        shot!("execution-io", Computer::on, |window| { failed_run(window, "&tab=io").await? }),
        shot!("execution-definition", Computer::on, |window| { failed_run(window, "&tab=definition").await? }),
        shot!("execution-compare", Computer::on, |window| { failed_run(window, "&tab=compare").await? }),
        shot!("execution-state-compare", Computer::on, |window| {
            failed_run(window, "&tab=states").await?;
            window.press("Home").await?;
            window.press("Down").await?;
            window.press("Enter").await?;
            window.click("tab", "Input").await?;
            window.choose("Compare the input with", "success").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("execution-denied", denied, |window| { failed_run(window, "").await? }),
        shot!("execution-edited", Computer::on, |window| {
            failed_run(window, "").await?;
            window.click("button", "Edit and start…").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }),
        shot!("execution-redrive", Computer::on, |window| {
            newest(window, "store-fanout", "").await?;
            window.click("button", "Redrive execution").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("execution-permission-plan", Computer::on, |window| {
            newest(window, "menu-images", "").await?;
            window.click("button", "Redrive execution").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("execution-parallel", Computer::on, |window| { newest(window, "store-fanout", "").await? }),
        shot!("execution-map", Computer::on, |window| { newest(window, "price-refresh", "").await? }),
        shot!("execution-distributed", Computer::on, |window| { newest(window, "menu-images", "").await? }),
        shot!("execution-nested", Computer::on, |window| { newest(window, "nightly-rollup", "").await? }),
        shot!("execution-long", Computer::on, |window| { newest(window, "clickstream-replay", "&tab=events").await? }),
        shot!("incident", Computer::on, |window| {
            settle_long(window, "/now?q=what:daily-sales-pipeline%20kind:failed").await?;
            window.press("Down").await?;
            window.press("w").await?;
            tokio::time::sleep(Duration::from_secs(8)).await;
        }),
        shot!("jobs", Computer::on, |window| { settle_long(window, "/jobs").await? }),
        shot!("jobs-selected", Computer::on, |window| {
            settle_long(window, FAILED_RUNS).await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("jobs-denied", denied, |window| { settle_long(window, "/jobs").await? }),
        shot!("jobs-homes", Computer::on, |window| {
            settle_long(window, "/jobs/homes").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("job", Computer::on, |window| { failed_job(window, "").await? }),
        shot!("job-findings", Computer::on, |window| { failed_job(window, "&tab=findings").await? }),
        shot!("job-compare", Computer::on, |window| { failed_job(window, "&tab=compare").await? }),
        shot!("job-logs", Computer::on, |window| { failed_job(window, "&tab=logs").await? }),
        shot!("job-logs-found", Computer::on, |window| { failed_job(window, "&tab=logs&find=killed").await? }),
        shot!("job-log", Computer::on, |window| {
            failed_job(window, "&tab=findings").await?;
            window.web().execute("document.querySelector('.quote-place a').click()", vec![]).await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("job-logs-merged", Computer::on, |window| {
            failed_job(window, "&tab=logs").await?;
            window.press("Down").await?;
            window.press("Control+a").await?;
            window.click("button", "Merge 10 files on one clock").await?;
            window.find("grid", "Log lines").await?;
            window.press("/").await?;
            window.type_text("Exception").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("job-again", Computer::on, |window| {
            failed_job(window, "").await?;
            window.click("button", "Run again…").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("job-add-step", Computer::on, |window| {
            settle_long(window, "/jobs/homes?q=id:j-2QD8SALESETL").await?;
            window.press("Down").await?;
            window.click("button", "Add step…").await?;
            window.find("dialog", "Add step").await?;
        }),
        shot!("job-stages", Computer::on, |window| { failed_job(window, "&tab=stages").await? }),
        shot!("insights", Computer::on, |window| { settle_long(window, "/jobs/insights").await? }),
        shot!("ends", Computer::on, |window| {
            settle_long(window, "/jobs/ends").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("drift", Computer::on, |window| {
            settle_long(window, "/drift").await?;
            window.press("Down").await?;
        }),
        shot!("drift-denied", denied, |window| { settle_long(window, "/drift").await? }),
        shot!("drift-monitor", Computer::on, |window| {
            settle_long(window, &monitor("dynamic-pricing-emea", "")).await?;
        }),
        shot!("drift-silent", Computer::on, |window| {
            settle_long(window, &monitor("staffing-need-dach", "")).await?;
        }),
        shot!("drift-feature", Computer::on, |window| {
            settle_long(window, &monitor("dynamic-pricing-emea", "&feature=competitor_rate")).await?;
        }),
        shot!("drift-what-if", Computer::on, |window| {
            settle_long(window, &monitor("dynamic-pricing-emea", "&feature=competitor_rate")).await?;
            shows(window, ".what-if input[type=range]").await?;
            let script = "const slider = document.querySelector('.what-if input[type=range]');
                slider.value = '0.2'; slider.dispatchEvent(new Event('input', { bubbles: true }));
                slider.scrollIntoView();";
            window.web().execute(script, vec![]).await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            window.web().execute("document.querySelector('.what-if').scrollIntoView()", vec![]).await?;
        }),
        shot!("drift-violations", Computer::on, |window| {
            settle_long(window, &monitor("guest-churn-emea", "&tab=violations")).await?;
        }),
        shot!("drift-runs", Computer::on, |window| {
            settle_long(window, &monitor("delivery-eta-emea", "&tab=runs")).await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("drift-settings", Computer::on, |window| {
            settle_long(window, &monitor("loyalty-tier-emea", "&tab=settings")).await?;
        }),
        shot!("drift-quality", Computer::on, |window| {
            settle_long(window, "/drift/monitor?schedule=guest-churn-emea-live-quality&days=30&metric=f1").await?;
        }),
        shot!("drift-bias", Computer::on, |window| {
            settle_long(window, "/drift/monitor?schedule=payment-fraud-emea-live-bias&days=30").await?;
        }),
        shot!("drift-attribution", Computer::on, |window| {
            settle_long(window, "/drift/monitor?schedule=dynamic-pricing-emea-live-attribution&days=30").await?;
        }),
        shot!("drift-worklist", Computer::on, |window| {
            settle_long(window, "/drift/worklist").await?;
            tokio::time::sleep(Duration::from_secs(10)).await;
            window.press("Down").await?;
        }),
        shot!("drift-agreement-nothing", Computer::on, |window| {
            settle_long(window, &monitor("dynamic-pricing-emea", "&tab=agreement")).await?;
        }),
        shot!("drift-followed", Computer::on, |window| {
            settle(window, "/settings").await?;
            let script = "const field = document.getElementById('source-address');
                field.value = 's3://ml-monitoring/evidently/'; field.dispatchEvent(new Event('input', { bubbles: true }));
                field.form.requestSubmit();";
            window.web().execute(script, vec![]).await?;
            window.by_id("s3://ml-monitoring/evidently/").await?;
            let place = "s3%3A%2F%2Fml-monitoring%2Fevidently%2Fdynamic-pricing-emea-live%2F";
            settle_long(window, &format!("/drift/followed?place={place}&feature=competitor_rate")).await?;
        }),
        shot!("drift-endpoint", Computer::on, |window| {
            settle_long(window, "/drift/endpoint?name=dynamic-pricing-dach-live").await?;
        }),
        shot!("drift-endpoint-async", Computer::on, |window| {
            settle_long(window, "/drift/endpoint?name=review-sentiment-uk-live").await?;
        }),
        shot!("incident", Computer::on, |window| {
            failed_incident(window).await?;
        }),
        shot!("incident-end", Computer::on, |window| {
            failed_incident(window).await?;
            let script = "document.querySelectorAll('.part-title').forEach(title => title.scrollIntoView())";
            window.web().execute(script, vec![]).await?;
        }),
        shot!("late", Computer::on, |window| {
            settle_long(window, "/now?q=kind:late").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(6)).await;
        }),
        shot!("incident-export", Computer::on, |window| {
            failed_incident(window).await?;
            window.click("button", "Export incident…").await?;
        }),
        shot!("models", Computer::on, |window| {
            settle_long(window, "/models?q=group:demand-forecast-dach").await?;
            window.press("Down").await?;
            tokio::time::sleep(Duration::from_secs(6)).await;
        }),
        shot!("models-all", Computer::on, |window| {
            settle_long(window, "/models?show=all").await?;
            window.press("Down").await?;
        }),
        shot!("models-by-team", Computer::on, |window| {
            settle_long(window, "/models?show=all&sort=team").await?;
            window.press("Down").await?;
        }),
        shot!("models-denied", denied, |window| { settle_long(window, "/models").await? }),
        shot!("model-group", Computer::on, |window| {
            settle_long(window, "/models/group?name=demand-forecast-emea").await?;
            tokio::time::sleep(Duration::from_secs(4)).await;
        }),
        shot!("model-version", Computer::on, |window| {
            newest_model(window, "booking-cancellation-emea").await?;
        }),
        shot!("model-lineage", Computer::on, |window| {
            newest_model(window, "review-sentiment-dach").await?;
            window.click("tab", "Lineage").await?;
            window.find("list", "From cause to result").await?;
            let script = "document.querySelector(\"section[aria-label='Lineage']\").scrollIntoView()";
            window.web().execute(script, vec![]).await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }),
        shot!("model-classes", Computer::on, |window| {
            settle_long(window, "/models/group?name=loyalty-tier-apac").await?;
            window.click("tab", "Metrics").await?;
            tokio::time::sleep(Duration::from_secs(2)).await;
            let script = "document.querySelector(\"table[aria-label='Confusion matrix of version 2']\").scrollIntoView({ block: 'center' })";
            window.web().execute(script, vec![]).await?;
        }),
        shot!("model-partial", Computer::on, |window| {
            settle_long(window, "/models/group?name=loyalty-tier-apac").await?;
            window.click("tab", "Features").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("model-compare", Computer::on, |window| {
            newest_model(window, "booking-cancellation-emea").await?;
            window
                .web()
                .execute("document.querySelector(\".gate-evidence a[href^='/models/compare']\").click()", vec![])
                .await?;
            tokio::time::sleep(Duration::from_secs(6)).await;
        }),
        shot!("model-approve", Computer::on, |window| {
            newest_model(window, "demand-forecast-emea").await?;
            window.press("c").await?;
            window.type_text("better on all of its metrics, and its gates are green").await?;
            // What may be pressed depends on who registered it: the first button that may is pressed.
            let script = "document.querySelector(\".decision .acts button:not([aria-disabled='true'])\").click()";
            window.web().execute(script, vec![]).await?;
            tokio::time::sleep(Duration::from_secs(4)).await;
        }),
        shot!("pipelines", Computer::on, |window| {
            settle_long(window, "/models/pipelines").await?;
            window.press("Down").await?;
        }),
        shot!("pipelines-denied", denied, |window| { settle_long(window, "/models/pipelines").await? }),
        shot!("pipeline", Computer::on, |window| {
            settle_long(window, "/models/pipeline?name=train-demand-forecast").await?;
        }),
        shot!("pipeline-start", Computer::on, |window| {
            settle_long(window, "/models/pipeline?name=train-demand-forecast").await?;
            window.click("button", "Start pipeline").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }),
        shot!("pipeline-execution", Computer::on, |window| {
            pipeline_execution(window, "train-demand-forecast", "failed").await?;
        }),
        shot!("pipeline-executing", Computer::on, |window| {
            pipeline_execution(window, "train-dynamic-pricing", "executing").await?;
        }),
        shot!("pipeline-retry", Computer::on, |window| {
            pipeline_execution(window, "train-demand-forecast", "failed").await?;
            window.click("button", "Retry execution").await?;
            tokio::time::sleep(Duration::from_secs(3)).await;
        }),
        shot!("activity", Computer::on, |window| { settle(window, "/activity").await? }),
        shot!("settings", Computer::on, |window| { settle(window, "/settings").await? }),
        shot!("settings-gates", Computer::on, |window| { settle(window, "/settings?part=gates").await? }),
        shot!("palette", Computer::on, |window| {
            at(window, "/objects", "Buckets").await?;
            window.press("Control+k").await?;
            window.find("dialog", "Command palette").await?;
        }),
        shot!("help", Computer::on, |window| {
            at(window, "/objects", "Buckets").await?;
            window.press("?").await?;
        }),
        shot!("lost", Computer::on, |window| { settle(window, "/no/such/page").await? }),
    ]
}

fn main() -> ExitCode {
    let filter = std::env::args().nth(1).unwrap_or_default();
    let mut failed = 0;
    for shot in shots().iter().filter(|shot| shot.name.contains(&filter)) {
        match take(shot) {
            Ok(()) => println!("{}", shot.name),
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error:#}", shot.name);
            }
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn take(shot: &Shot) -> Result<()> {
    on_computer(shot.name, shot.computer, async |computer| {
        let window = Window::open(computer, shot.name).await?;
        window
            .run(async |window| {
                window.resize(1440, 900).await?;
                (shot.steps)(window).await?;
                // For what the last step asked of the core.
                tokio::time::sleep(Duration::from_millis(800)).await;
                for theme in ["dark", "light"] {
                    window.theme(theme).await?;
                    // Long enough for the slowest transition.
                    tokio::time::sleep(Duration::from_millis(150)).await;
                    let path = window.picture(&format!("{}-{theme}", shot.name)).await?;
                    if path.metadata()?.len() < 1000 {
                        bail!("the picture is empty");
                    }
                }
                Ok(())
            })
            .await
    })
}
