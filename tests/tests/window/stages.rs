//! From a skewed run to the log of its straggler, and from a line of a log to a signature that finds it.

use crate::path::{first_row_shows, shows};
use anyhow::Result;
use tests::window::{Window, in_window};

/// A run of the cluster of clicks: it succeeded, and took four times as long as it had to.
const SKEWED: &str = "/jobs?home=emr:j-2FLEETCL1CKS7&q=name:clicks-by-session";
/// The newest failed run of the pipeline of today.
const FAILED: &str = "/jobs?q=state:failed%20engine:*serverless";

async fn open_first(window: &Window, list: &str, grid: &str, shown: &str) -> Result<()> {
    window.load(list).await?;
    first_row_shows(window, grid, shown).await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.find("tablist", "Run").await?;
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_skewed_run_leads_to_the_log_of_its_straggler() -> Result<()> {
    in_window(async |window| {
        open_first(window, SKEWED, "Steps", "clicks-by-session").await?;
        window.click("tab", "Stages").await?;
        window.find("grid", "Stages").await?;
        shows(window, "Stage 2 is skewed").await?;
        shows(window, "spark.sql.adaptive.skewJoin.enabled").await?;
        window.find("region", "Stage 2").await?;
        window.picture("stages/skewed").await?;
        // The arrows walk the rows; the stage under the cursor is told below.
        window.web().execute("document.querySelector('.stage-table tr.on').focus()", vec![]).await?;
        window.press("Down").await?;
        window.gone("region", "Stage 2").await?;
        window.press("Home").await?;
        window.find("region", "Stage 2").await?;
        window.web().execute("document.querySelector('.finding a.link').click()", vec![]).await?;
        window.find("grid", "Log lines").await?;
        window.picture("stages/straggler").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_line_becomes_a_signature_and_a_finding() -> Result<()> {
    in_window(async |window| {
        open_first(window, FAILED, "Job runs", "failed").await?;
        window.click("tab", "Findings").await?;
        shows(window, "Certainty").await?;
        window.web().execute("document.querySelector('.quote-place a').click()", vec![]).await?;
        window.find("grid", "Log lines").await?;
        shows(window, "MalformedCSVException").await?;
        window
            .wait_for("the line under the cursor", async || {
                let script = "return document.querySelector('.log-row.on') !== null";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.click("button", "Make a signature…").await?;
        window.find("dialog", "Make a signature").await?;
        window.find("region", "Tried on the open log").await?;
        shows(window, "It matches ").await?;
        window.picture("stages/signature").await?;
        // The title stands first and has the focus.
        window.press("Control+a").await?;
        window.type_text("A row of the tills is broken").await?;
        window
            .wait_for("a signature that can be saved", async || {
                let script =
                    "return [...document.querySelectorAll('dialog[open] .btn.go')].some(button => !button.disabled)";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.click("button", "Save signature").await?;
        window.gone("dialog", "Make a signature").await?;
        window.click("tab", "Findings").await?;
        shows(window, "A row of the tills is broken").await?;
        window.load("/settings").await?;
        window.find("list", "Your signatures").await?;
        shows(window, "A row of the tills is broken").await?;
        window.picture("stages/settings").await?;
        Ok(())
    })
}
