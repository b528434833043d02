//! A step of a cluster is cancelled from its page: what that means, no way while the session is read-only, the receipt.

use crate::path::{first_row_shows, shows};
use anyhow::{Result, ensure};
use serde_json::json;
use tests::{
    estate::Estate,
    window::{WebElement, Window, in_window},
};

const RUNS: &str = "Cancel step hourly-compaction";
const WAITS: &str = "Cancel step hourly-report";

/// The page of a step of the nightly cluster.
async fn open_step(window: &Window, name: &str) -> Result<()> {
    Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
    window.load(&format!("/jobs?home=emr:j-2QD8SALESETL&q=name:{name}")).await?;
    first_row_shows(window, "Steps", name).await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.find("tablist", "Run").await?;
    Ok(())
}

async fn is_cancelled(window: &Window) -> Result<()> {
    window
        .wait_for("the step to be cancelled", async || {
            let script =
                "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('cancelled'))";
            Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
        })
        .await
}

/// Asks for the plan that kills the process, and answers with the dialog that confirms it.
async fn plan_to_kill(window: &Window) -> Result<WebElement> {
    window.click("button", "Cancel step…").await?;
    let sheet = window.find("dialog", "Cancel step").await?;
    let kill = "Kill its process (SIGKILL) instead of asking it to end (SIGTERM)";
    let kill = window.find_in(&sheet, "checkbox", kill).await?;
    ensure!(!kill.is_selected().await?, "to kill is chosen anew each time");
    kill.click().await?;
    window.picture("jobs/cancel-step").await?;
    window.find_in(&sheet, "button", "Plan to cancel").await?.click().await?;
    window.find("dialog", RUNS).await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_step_that_runs_is_killed_once_the_guard_is_open() -> Result<()> {
    in_window(async |window| {
        open_step(window, "hourly-compaction").await?;
        shows(window, "Cancel step: EMR 5.28 and later end a step that runs").await?;
        // By keyboard: the dialog says what it means, Esc leaves it, and the focus is where it was.
        let opener = window.find("button", "Cancel step…").await?;
        window.web().execute("arguments[0].focus()", vec![opener.to_json()?]).await?;
        window.press("Enter").await?;
        let sheet = window.find("dialog", "Cancel step").await?;
        window.find_in(&sheet, "heading", "Cancel step").await?;
        let told = sheet.text().await?;
        ensure!(told.contains("EMR takes the request without a promise."), "{told}");
        window.press("Escape").await?;
        window.gone("dialog", "Cancel step").await?;
        let focused = "return document.activeElement?.textContent?.trim() === 'Cancel step…'";
        window
            .wait_for("the focus to return", async || {
                Ok((window.web().execute(focused, vec![]).await?.json() == true).then_some(()))
            })
            .await?;

        // Read-only, the plan can be looked at and not confirmed.
        window.click("button", "Mode: CONFIRM").await?;
        window.click("radio", "Read-only").await?;
        shows(window, "READ-ONLY: plans can be made and looked at").await?;
        let confirm = plan_to_kill(window).await?;
        shows(window, "TERMINATE_PROCESS").await?;
        shows(window, "the guard, behind the badge in the top bar, makes it writable").await?;
        ensure!(!window.find_in(&confirm, "button", RUNS).await?.is_enabled().await?, "the guard holds it back");
        window.picture("jobs/cancel-step-read-only").await?;
        window.find_in(&confirm, "button", "Open the guard").await?.click().await?;
        window.gone("dialog", RUNS).await?;
        window.click("radio", "Confirm").await?;
        window.find("button", "Mode: CONFIRM").await?;

        let confirm = plan_to_kill(window).await?;
        shows(window, "by killing its process (SIGKILL)").await?;
        window.find_in(&confirm, "button", RUNS).await?.click().await?;
        is_cancelled(window).await?;
        let result = window.find("group", "Result").await?;
        window.find_in(&result, "link", "Receipt").await?.click().await?;
        window.find("region", RUNS).await?;
        shows(window, "What was written").await?;
        shows(window, "by killing its process (SIGKILL)").await?;
        shows(window, "TERMINATE_PROCESS").await?;
        window.picture("jobs/cancel-step-receipt").await?;
        Ok(())
    })
}

/// There is no process to kill yet, so nothing is asked before the plan.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_step_that_waits_is_taken_off_the_list() -> Result<()> {
    in_window(async |window| {
        open_step(window, "hourly-report").await?;
        shows(window, "It waits and is taken off the list: nothing of it has run.").await?;
        window.click("button", "Cancel step…").await?;
        let confirm = window.find("dialog", WAITS).await?;
        window.find_in(&confirm, "button", WAITS).await?.click().await?;
        is_cancelled(window).await?;
        window.visit("/activity?tab=audit").await?;
        shows(window, WAITS).await?;
        Ok(())
    })
}
