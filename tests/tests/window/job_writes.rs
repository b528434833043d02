//! What is done with jobs: a run asked for again, a step added to a cluster, a run stopped.

use crate::path::{first_row_shows, shows};
use anyhow::{Result, ensure};
use serde_json::json;
use tests::{estate::Estate, window::in_window};

/// A run that ran out of memory, asked for again with what its finding suggests, by keyboard from the list to the new run.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_run_out_of_memory_runs_again_with_what_its_finding_suggests() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs?home=emr-serverless:00fadh0canalyt1c&q=state:failed%20name:image-features").await?;
        first_row_shows(window, "Job runs", "image-features").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("region", "Finding").await?;
        shows(window, "spark.executor.memoryOverhead=2g").await?;
        window.press("a").await?;
        let sheet = window.find("dialog", "Run again").await?;
        window.find_in(&sheet, "list", "Differences").await?;
        shows(window, "aws emr-serverless start-job-run").await?;
        let settings = window.find_in(&sheet, "textbox", "Configuration, one key=value a line").await?;
        let value = settings.prop("value").await?.unwrap_or_default();
        let focused = "return document.activeElement.getAttribute('aria-labelledby') === 'again-settings'";
        ensure!(window.web().execute(focused, vec![]).await?.json() == true, "the first field has the focus");
        ensure!(value.contains("spark.executor.memoryOverhead=2g"), "the suggestion is filled in: {value}");
        window.picture("jobs/again").await?;
        // One more setting, typed: the difference says so before anything is planned.
        window.web().execute("document.activeElement.setSelectionRange(1e6, 1e6)", vec![]).await?;
        window.press("Enter").await?;
        window.type_text("spark.sql.shuffle.partitions=64").await?;
        window
            .wait_for("the difference of what was typed", async || {
                let script =
                    "const told = document.querySelector(`dialog[open] [aria-label='Differences']`)?.textContent ?? '';
                    return told.includes('spark.sql.shuffle.partitions') && told.includes('64')
                        && told.includes('spark.executor.memoryOverhead')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.click("button", "Plan to run").await?;
        let confirm = window.find("dialog", "Run image-features again").await?;
        window.picture("jobs/again-plan").await?;
        window.find_in(&confirm, "button", "Run image-features again").await?.click().await?;
        // The window follows the run that was started.
        window
            .wait_for("the run to succeed", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('succeeded'))";
                let found = window.web().execute(script, vec![]).await?;
                Ok((found.json() == true).then_some(()))
            })
            .await?;
        window.find("region", "Finding").await?;
        shows(window, "It did not fail").await?;
        window.picture("jobs/again-green").await?;
        window.visit("/activity?tab=audit").await?;
        shows(window, "job.done").await?;
        shows(window, "Run image-features again on EMR Serverless").await?;
        Ok(())
    })
}

/// A step that no run was asked for before, from the pane of its cluster to the step.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_step_is_added_to_a_cluster() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs/homes?q=id:j-2QD8SALESETL").await?;
        first_row_shows(window, "Clusters", "Cluster").await?;
        window.press("Down").await?;
        window.click("button", "Add step…").await?;
        let sheet = window.find("dialog", "Add step").await?;
        window.find_in(&sheet, "textbox", "Name").await?.click().await?;
        window.type_text("typed-by-hand").await?;
        shows(window, "The step needs a program").await?;
        let plan = window.find_in(&sheet, "button", "Plan to add").await?;
        ensure!(!plan.is_enabled().await?, "what is missing is typed first");
        window.find_in(&sheet, "textbox", "Program").await?.click().await?;
        window.type_text("s3://lake-code/jobs/by_hand.py").await?;
        window.choose("Action on failure", "CANCEL_AND_WAIT").await?;
        window
            .wait_for("the command of the step", async || {
                let script = "const told = document.querySelector('dialog[open]')?.textContent ?? '';
                    return told.includes('aws emr add-steps') && told.includes('by_hand.py')
                        && told.includes('spark-submit') && told.includes('\"CANCEL_AND_WAIT\"')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.picture("jobs/add-step").await?;
        window.click("button", "Plan to add").await?;
        shows(window, "Add step typed-by-hand to ").await?;
        window.picture("jobs/add-step-plan").await?;
        let confirm = "[...document.querySelectorAll('dialog[open] button')]
            .find(one => one.textContent.trim().startsWith('Add step typed-by-hand to ')).click()";
        window.web().execute(confirm, vec![]).await?;
        // The window follows the step.
        window.find("tablist", "Run").await?;
        shows(window, "typed-by-hand").await?;
        window
            .wait_for("the step to succeed", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('succeeded'))";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        Ok(())
    })
}

/// A job run that goes on, stopped from its page.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_run_that_goes_on_is_stopped() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs?home=emr-serverless:00fadh0canalyt1c&q=state:running%20name:history-again").await?;
        first_row_shows(window, "Job runs", "history-again").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.click("button", "Cancel job run…").await?;
        let confirm = window.find("dialog", "Cancel job run history-again").await?;
        window.picture("jobs/cancel-plan").await?;
        window.find_in(&confirm, "button", "Cancel job run history-again").await?.click().await?;
        window
            .wait_for("the run to be cancelled", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('cancelled'))";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.visit("/activity?tab=audit").await?;
        shows(window, "Cancel job run history-again").await?;
        Ok(())
    })
}
