//! From a failed execution to its job, to the line that explains it; and what else the page of a run tells.

use crate::path::{first_row_shows, shows};
use anyhow::{Result, ensure};
use tests::window::{Window, in_window};

/// The newest failed run of the pipeline of today.
pub const FAILED: &str = "/jobs?q=state:failed%20engine:*serverless";

/// The cursor stands on a line of the log.
pub async fn line_under_cursor(window: &Window) -> Result<()> {
    window
        .wait_for("the line under the cursor", async || {
            let script = "return document.querySelector('.log-row.on') !== null";
            Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_job_leads_to_its_cause_and_the_line() -> Result<()> {
    in_window(async |window| {
        window.find("grid", "Now").await?;
        window.press("g").await?;
        window.press("j").await?;
        window.find("grid", "Job runs").await?;
        window.load(FAILED).await?;
        first_row_shows(window, "Job runs", "failed").await?;
        first_row_shows(window, "Job runs", "EMR Serverless").await?;
        window.press("Down").await?;
        shows(window, "EMR Serverless says").await?;
        shows(window, "Retry as it is").await?;
        window.picture("jobs/list").await?;
        window.press("Enter").await?;
        window.find("tablist", "Run").await?;
        window.find("region", "Finding").await?;
        shows(window, "s3://lake-raw/data/in/daily_sales.csv").await?;
        let happened = window.find("list", "What happened").await?.text().await?;
        ensure!(happened.contains("Created") && happened.contains("Ended: failed"), "{happened}");
        window.picture("jobs/run").await?;
        window.click("tab", "Findings").await?;
        window.find("region", "Findings").await?;
        shows(window, "Certainty").await?;
        // How grave it is stands there as a word, beside how sure it is.
        let severity =
            "const term = [...document.querySelectorAll('.finding dt')].find(dt => dt.textContent === 'Severity');
            return term?.nextElementSibling?.textContent.trim() ?? ''";
        let severity: String = window.web().execute(severity, vec![]).await?.convert()?;
        ensure!(["info", "warning", "error", "fatal"].contains(&severity.as_str()), "{severity:?}");
        // The first quoted line says where it stands, and leads there.
        shows(window, "stderr, line ").await?;
        window.web().execute("document.querySelector('.quote-place a').click()", vec![]).await?;
        window.find("grid", "Log lines").await?;
        shows(window, "MalformedCSVException").await?;
        window.picture("jobs/line").await?;
        // Lines are selected from the cursor on; Esc lets them go.
        line_under_cursor(window).await?;
        window.web().execute("document.querySelector('.log').focus()", vec![]).await?;
        window.press("Shift+Down").await?;
        window.find("group", "Selected lines").await?;
        shows(window, "2 rows selected").await?;
        window.picture("jobs/selected-lines").await?;
        window.press("Escape").await?;
        window.gone("group", "Selected lines").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_attempts_of_a_run_lead_to_their_logs() -> Result<()> {
    in_window(async |window| {
        window.load("/jobs?home=emr-serverless:00fadh0canalyt1c&q=state:failed%20name:delivery-costs").await?;
        first_row_shows(window, "Job runs", "delivery-costs").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("region", "Attempts").await?;
        shows(window, "3 attempts").await?;
        window.picture("jobs/attempts").await?;
        window.click("link", "Logs of attempt 1").await?;
        window.find("grid", "Log files").await?;
        first_row_shows(window, "Log files", "Driver").await?;
        window.click("tab", "Run").await?;
        window.find("region", "Attempts").await?;
        shows(window, "1 (this one)").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_cluster_that_failed_says_why() -> Result<()> {
    in_window(async |window| {
        window.load("/jobs/homes?q=kind:cluster%20name:menu-vision").await?;
        first_row_shows(window, "Clusters", "menu-vision").await?;
        window.press("Down").await?;
        window.click("link", "Why it failed").await?;
        window.find("region", "Finding").await?;
        shows(window, "Bootstrap action 1 failed").await?;
        window.picture("jobs/cluster-failed").await?;
        window.click("tab", "Logs").await?;
        window.find("grid", "Log files").await?;
        first_row_shows(window, "Log files", "Bootstrap").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_step_is_found_by_its_id_alone() -> Result<()> {
    in_window(async |window| {
        window.load("/jobs?q=id:s-NOBODY0000000&find=emr:s-NOBODY0000000").await?;
        shows(window, "s-NOBODY0000000 was not found in ").await?;
        window.picture("jobs/not-found").await?;
        window.load("/jobs?q=id:s-20006DAILY&find=emr:s-20006DAILY").await?;
        window.find("region", "Finding").await?;
        shows(window, "landing-validator").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_request_is_looked_for_in_logs_once_somebody_wants_it() -> Result<()> {
    in_window(async |window| {
        let nobody = "00000000-0000-4000-8000-000000000000";
        window.load(&format!("/jobs?q=id:{nobody}&find=lambda:{nobody}")).await?;
        shows(window, "Looking for it reads the last 24 hours of").await?;
        window.picture("jobs/request-asked").await?;
        let press = "document.querySelector('[aria-label=\"Looking for the run\"] button').click()";
        window.web().execute(press, vec![]).await?;
        window.find("button", "Look in the last 7 days").await?;
        shows(window, "is no request of the last 24 hours in").await?;
        Ok(())
    })
}

/// What is different from the last success: the lost rows first, and both run times.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_run_beside_the_last_success() -> Result<()> {
    in_window(async |window| {
        window.load(FAILED).await?;
        first_row_shows(window, "Job runs", "failed").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.click("tab", "Compare").await?;
        shows(window, "Beside the last success, ").await?;
        let differences = window.find("list", "Differences").await?;
        let told = differences.text().await?;
        ensure!(told.contains("daily_sales.csv"), "the cut input is a difference: {told}");
        shows(window, "Run time").await?;
        window.picture("jobs/compare").await?;
        Ok(())
    })
}
