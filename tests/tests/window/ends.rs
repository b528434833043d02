//! The pipeline's two ends: from a finding to the task, from an incident to the rows that a load could not take.

use crate::path::{first_row_shows, shows};
use anyhow::Result;
use tests::window::in_window;

const EXECUTION: &str = "/executions/incident?execution=arn:aws:states:eu-west-1:123456789012:execution:";

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_finding_leads_to_its_task_and_an_incident_to_its_load_errors() -> Result<()> {
    in_window(async |window| {
        window.load("/jobs/ends?q=name:orders-cdc").await?;
        first_row_shows(window, "Loads and replication", "failed").await?;
        window.press("Down").await?;
        window.find("region", "orders-cdc").await?;
        shows(window, "it met a fatal error").await?;
        window.picture("ends/list").await?;
        window.press("Enter").await?;
        window.find("region", "Replication task").await?;
        first_row_shows(window, "Tables", "Table error").await?;
        shows(window, "s3://lake-raw/cdc/").await?;
        window.picture("ends/task").await?;
        // The line that says why, in the task's own log.
        shows(window, "ran out of memory").await?;
        window.click("link", "Open log").await?;
        shows(window, "Task process for 'PRACTICEORDERSCDC' failed because it ran out of memory").await?;
        window.picture("ends/task-log").await?;
        // The crumb of a log that belongs to no run, and Esc goes the same way.
        window.find("link", "Job runs").await?;
        window.press("Escape").await?;
        window.find("grid", "Job runs").await?;

        window.load(&format!("{EXECUTION}prices-load:prices-of-the-week")).await?;
        window.find("list", "Load errors").await?;
        shows(window, "Invalid digit").await?;
        shows(window, "another version is current now").await?;
        window.picture("ends/incident").await?;

        // A workgroup may have to wake up: a person is asked.
        window.load(&format!("{EXECUTION}returns-load:returns-of-the-week")).await?;
        shows(window, "a workgroup that sleeps is woken by it").await?;
        // What it read and what can be done come later, above the button.
        shows(window, "Redrive execution").await?;
        window.click("button", "Show load errors").await?;
        window.find("list", "Load errors").await?;
        shows(window, "line 350").await?;
        window.picture("ends/load-errors").await?;
        Ok(())
    })
}
