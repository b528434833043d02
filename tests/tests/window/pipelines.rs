//! SageMaker's pipelines in the window: from the list to the step that failed and the logs of its job; an execution is
//! retried, and another one started with an edited parameter.

use crate::path::{first_row_shows, shows};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{
    estate::Estate,
    window::{Window, in_window},
};

/// Its third newest execution ran out of memory.
const OUT_OF_MEMORY: &str = "train-demand-forecast";

async fn says(window: &Window, what: &str, script: &str) -> Result<()> {
    window
        .wait_for(what, async || {
            let found = window.web().execute(script, vec![]).await?;
            Ok((found.json() == true).then_some(()))
        })
        .await
}

/// No name of a parameter is broken in its middle, however long the values beside it are.
async fn names_stand_on_one_line(window: &Window) -> Result<()> {
    let script = "const lines = name => {
            const text = document.createRange();
            text.selectNodeContents(name);
            return new Set([...text.getClientRects()].map(line => Math.round(line.top))).size;
        };
        const names = [...document.querySelectorAll('table[aria-label=Parameters] tbody th')];
        return names.length > 0 && names.every(name => lines(name) === 1)";
    says(window, "names of parameters on one line each", script).await
}

/// Opens the newest execution of a pipeline with this status, from the list of the pipeline.
async fn open_execution(window: &Window, pipeline: &str, status: &str) -> Result<()> {
    window.load(&format!("/models/pipeline?name={pipeline}&q=status:{status}")).await?;
    first_row_shows(window, "Pipeline executions", status).await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.find("table", "Steps").await?;
    Ok(())
}

/// Confirms the plan on screen, which names this command.
async fn confirmed(window: &Window, command: &str) -> Result<()> {
    says(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
    shows(window, command).await?;
    window.web().execute("document.querySelector('dialog[open] button[type=submit]').click()", vec![]).await?;
    Ok(())
}

/// What stands in the status cell of a step.
async fn step_is(window: &Window, step: &str, status: &str) -> Result<()> {
    let script = format!(
        "const row = document.querySelector(`table[aria-label=Steps] tr[data-id='{step}']`);
        return row !== null && row.cells[2].innerText.includes('{status}')"
    );
    says(window, &format!("the step {step} to be {status}"), &script).await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_pipeline_is_followed_to_the_logs_of_its_step() -> Result<()> {
    in_window(async |window| {
        window.area("Models").await?;
        window.find("grid", "Model versions").await?;
        window.press("g").await?;
        window.press("p").await?;
        window.find("grid", "Pipelines").await?;
        window.find("heading", "Pipelines").await?;
        window.press("/").await?;
        window.type_text(&format!("name:={OUT_OF_MEMORY}")).await?;
        shows(window, "1 of").await?;
        window.press("Escape").await?;
        window.press("j").await?;
        window.find("region", OUT_OF_MEMORY).await?;
        window.picture("pipelines/list").await?;
        window.press("Enter").await?;
        window.find("grid", "Pipeline executions").await?;
        window.find("table", "Parameters").await?;
        names_stand_on_one_line(window).await?;
        window.press("/").await?;
        window.type_text("status:failed").await?;
        shows(window, "1 of").await?;
        first_row_shows(window, "Pipeline executions", "Train").await?;
        window.press("Escape").await?;
        window.picture("pipelines/pipeline").await?;
        window.press("j").await?;
        window.press("Enter").await?;

        // The step that failed is there at once, with what the service says of it.
        window.find("group", "Step graph").await?;
        window.find("region", "Train").await?;
        step_is(window, "Train", "failed").await?;
        step_is(window, "PrepareData", "succeeded").await?;
        step_is(window, "Register", "not reached").await?;
        shows(window, "instance type with more memory").await?;
        window.picture("pipelines/failed").await?;

        // The graph is walked by keys, and table and pane follow.
        let train = window.find("button", "Train").await?;
        ensure!(train.is_displayed().await?, "the table leads to the step");
        let focus = "document.querySelector(\".graph-node[data-id='Train']\").focus()";
        window.web().execute(focus, vec![]).await?;
        window.press("Up").await?;
        window.find("region", "PrepareData").await?;
        window.press("Down").await?;
        window.find("region", "Train").await?;

        window.click("link", "Open its job").await?;
        says(window, "the page of the run", "return location.pathname === '/jobs/run'").await?;
        window.find("grid", "Log files").await?;
        first_row_shows(window, "Log files", "algo-1").await?;
        window.picture("pipelines/logs").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_execution_is_retried_with_a_receipt() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        open_execution(window, OUT_OF_MEMORY, "failed").await?;
        window.find("region", "Train").await?;
        // What is over cannot be stopped, and the button says so.
        let stop = window.find("button", "Stop execution").await?;
        ensure!(stop.attr("aria-disabled").await?.as_deref() == Some("true"), "it is over");
        ensure!(stop.attr("title").await?.is_some_and(|title| !title.is_empty()), "the button says why");
        window.click("button", "Retry execution").await?;
        shows(window, "aws sagemaker retry-pipeline-execution").await?;
        window.picture("pipelines/retry-plan").await?;
        confirmed(window, "aws sagemaker retry-pipeline-execution").await?;
        window.find("group", "Result").await?;
        // The page follows it to its end.
        step_is(window, "Train", "succeeded").await?;
        step_is(window, "Register", "succeeded").await?;
        window.picture("pipelines/retried").await?;
        window.click("link", "Receipt").await?;
        shows(window, "What was written").await?;
        shows(window, "aws sagemaker retry-pipeline-execution").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_pipeline_is_started_with_an_edited_parameter() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load(&format!("/models/pipeline?name={OUT_OF_MEMORY}")).await?;
        window.find("table", "Parameters").await?;
        window.click("button", "Start pipeline").await?;
        let form = window.find("dialog", "Start pipeline").await?;
        shows(window, "Every parameter has its default.").await?;
        let field = window.find_in(&form, "textbox", "TrainingInstanceType").await?;
        let default = field.prop("value").await?.context("the default is filled in")?;
        ensure!(default == "ml.m5.2xlarge", "{default}");
        field.click().await?;
        window.press("Control+a").await?;
        window.type_text("ml.m5.12xlarge").await?;
        shows(window, "1 parameter differs from its default.").await?;
        // A wrong name of the execution is said where it stands, and keeps the plan away.
        let name = window.find_in(&form, "textbox", "Name of the execution, where it shall have one").await?;
        name.click().await?;
        window.type_text("more memory").await?;
        shows(window, "letters, digits and hyphens").await?;
        let plan = window.find_in(&form, "button", "Plan to start").await?;
        ensure!(!plan.is_enabled().await?, "a wrong name cannot be planned");
        name.click().await?;
        window.press("Control+a").await?;
        window.type_text("with-more-memory").await?;
        window.picture("pipelines/start").await?;
        window.press("Enter").await?;
        shows(window, "aws sagemaker start-pipeline-execution").await?;
        shows(window, "ml.m5.12xlarge").await?;
        window.picture("pipelines/start-plan").await?;
        confirmed(window, "aws sagemaker start-pipeline-execution").await?;
        window.find("group", "Result").await?;
        first_row_shows(window, "Pipeline executions", "with-more-memory").await?;
        // The way to what was started stands beside the result.
        let click = "const link = document.querySelector('.made-link a'); link?.click(); return link !== null";
        says(window, "the link to the new execution", click).await?;
        window.find("table", "Steps").await?;
        step_is(window, "Register", "succeeded").await?;
        window.click("tab", "Parameters").await?;
        let changed = "const row = document.querySelector(\"tr[data-id='TrainingInstanceType']\");
            return row !== null && row.innerText.includes('ml.m5.12xlarge') && row.innerText.includes('changed')";
        says(window, "the parameter that was changed", changed).await?;
        names_stand_on_one_line(window).await?;
        window.picture("pipelines/started").await?;
        // What it was given stands in the form of the next start.
        window.click("button", "Start execution again").await?;
        let form = window.find("dialog", "Start pipeline").await?;
        shows(window, "1 parameter differs from its default.").await?;
        let field = window.find_in(&form, "textbox", "TrainingInstanceType").await?;
        ensure!(field.prop("value").await?.as_deref() == Some("ml.m5.12xlarge"), "the value of the execution");
        window.picture("pipelines/start-again").await?;
        window.find_in(&form, "button", "Plan to start").await?.click().await?;
        shows(window, "aws sagemaker start-pipeline-execution").await?;
        shows(window, "ml.m5.12xlarge").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_execution_that_runs_can_be_stopped_and_not_retried() -> Result<()> {
    in_window(async |window| {
        open_execution(window, "train-dynamic-pricing", "executing").await?;
        // What runs is what matters.
        window.find("region", "Train").await?;
        step_is(window, "Train", "executing").await?;
        let retry = window.find("button", "Retry execution").await?;
        ensure!(retry.attr("aria-disabled").await?.as_deref() == Some("true"), "it is not over");
        window.click("button", "Stop execution").await?;
        confirmed(window, "aws sagemaker stop-pipeline-execution").await?;
        step_is(window, "Train", "stopped").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_schedule_is_stopped_and_started_again() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/monitor?schedule=dynamic-pricing-emea-live-data&tab=settings").await?;
        window.click("button", "Stop monitoring").await?;
        confirmed(window, "aws sagemaker stop-monitoring-schedule").await?;
        window.click("button", "Start monitoring again").await?;
        window.picture("drift/stopped").await?;
        confirmed(window, "aws sagemaker start-monitoring-schedule").await?;
        window.find("button", "Stop monitoring").await?;
        Ok(())
    })
}
