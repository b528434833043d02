//! From "something is red" to the failed state, its reason, and a rerun.

use crate::path::{first_row_shows, shows};
use anyhow::{Context as _, Result};
use tests::window::{Window, in_window};

const PREFIX: &str = "arn:aws:states:eu-west-1:123456789012";

fn list(machine: &str) -> String {
    format!("/executions/list?machine={PREFIX}:stateMachine:{machine}")
}

/// The identity of the first row of a grid.
async fn first_row(window: &Window, grid: &str) -> Result<String> {
    let script = "return document.querySelector(`[role=grid][aria-label='${arguments[0]}'] [aria-rowindex='2']`)?.dataset.id ?? null";
    window
        .wait_for(&format!("a row of {grid}"), async || {
            let found = window.web().execute(script, vec![grid.into()]).await?;
            Ok(found.json().as_str().map(str::to_owned))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_failure_is_found_from_now() -> Result<()> {
    in_window(async |window| {
        window.load("/now?q=what:daily-sales-pipeline%20kind:failed").await?;
        window.find("grid", "Now").await?;
        first_row_shows(window, "Now", "caught failure").await?;
        first_row_shows(window, "Now", "SubmitEMRServerlessJob").await?;
        let row = first_row(window, "Now").await?;
        window.by_id(&row).await?.click().await?;
        window.find("region", "daily-sales-pipeline").await?;
        shows(window, "the job run failed, three attempts").await?;
        shows(window, "BadRecordException").await?;
        window.click("link", "Open execution").await?;
        window.find("grid", "Executions").await?;
        shows(window, "The Catch led to SendFailureNotification").await?;
        // A caught failure ended as SUCCEEDED: it is started again, not redriven.
        shows(window, "Start again").await?;
        window.picture("executions/failed").await?;
        window.area("Executions").await?;
        window.find("grid", "State machines").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_graph_is_walked_by_keyboard_and_a_state_opens() -> Result<()> {
    in_window(async |window| {
        window.load(&list("daily-sales-pipeline")).await?;
        first_row_shows(window, "Executions", "caught failure").await?;
        let arn = first_row(window, "Executions").await?;
        window.visit(&format!("{}&execution={arn}", list("daily-sales-pipeline"))).await?;
        window.find("group", "State graph").await?;
        // The failed state is the tab stop of the graph.
        let failed = window.by_id("SubmitEMRServerlessJob").await?;
        window.web().execute("arguments[0].focus()", vec![failed.to_json()?]).await?;
        window.press("Up").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        shows(window, "Attempt 3").await?;
        shows(window, "EMR Serverless job run").await?;
        window.click("tab", "Error").await?;
        shows(window, "Malformed").await?;
        window.click("button", "Close the state").await?;
        window.click("tab", "Compare").await?;
        shows(window, "Different from the last success").await?;
        shows(window, "$.detail.object.size").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_execution_is_redriven_with_a_receipt() -> Result<()> {
    in_window(async |window| {
        window.load(&format!("{}&q=status:failed", list("store-fanout"))).await?;
        first_row_shows(window, "Executions", "failed").await?;
        let arn = first_row(window, "Executions").await?;
        let name = arn.rsplit(':').next().context("a name")?.to_owned();
        window.visit(&format!("{}&q=status:failed&execution={arn}", list("store-fanout"))).await?;
        window.click("button", "Redrive execution").await?;
        let dialog = window.find("dialog", &format!("Redrive execution {name}")).await?;
        window.find_in(&dialog, "button", &format!("Redrive execution {name}")).await?.click().await?;
        shows(window, &format!("Done: Redrive execution {name}")).await?;
        window.click("link", "Receipt").await?;
        shows(window, "What was written").await?;
        shows(window, "aws stepfunctions redrive-execution").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_arn_that_is_pasted_opens_its_execution() -> Result<()> {
    in_window(async |window| {
        window.load("/executions").await?;
        window.find("grid", "State machines").await?;
        window.press("Control+k").await?;
        window.find("dialog", "Command palette").await?;
        window.type_text(&format!("{PREFIX}:execution:menu-images:winter-menu")).await?;
        shows(window, "Go to execution winter-menu").await?;
        window.press("Enter").await?;
        window.find("region", "winter-menu").await?;
        shows(window, "more items failed than the Map tolerates").await?;
        Ok(())
    })
}
