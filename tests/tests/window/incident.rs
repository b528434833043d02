//! The incident as a file and by keyboard alone, and the rows of Now by keyboard.

use crate::{
    path::{first_row_shows, shows},
    writes::tab_to,
};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use tests::window::in_window;

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn todays_incident_is_exported_as_one_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let typed = folder.path().display().to_string();
    in_window(async |window| {
        window.load("/now?q=what:daily-sales-pipeline%20kind:=failed").await?;
        first_row_shows(window, "Now", "caught failure").await?;
        window.press("Down").await?;
        window.find("region", "daily-sales-pipeline").await?;
        window.press("w").await?;
        window.find("region", "What can be done").await?;
        shows(window, "would run it twice").await?;
        window.click("button", "Export incident…").await?;
        window.find("dialog", "Export incident").await?;
        window.click("radio", "Markdown").await?;
        window.click("radio", "HTML").await?;
        window.click("textbox", "Folder or file").await?;
        window.type_text(&typed).await?;
        window.picture("incident/export").await?;
        window.click("button", "Save file").await?;
        window.gone("dialog", "Export incident").await?;
        let file = fs::read_dir(&typed)?.next().context("a file was written")??.path();
        let text = fs::read_to_string(&file)?;
        ensure!(text.starts_with("<!doctype html>") && text.contains("cut off"), "{text}");
        fs::remove_file(file)?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn failures_of_one_cause_open_one_by_one_by_keyboard() -> Result<()> {
    in_window(async |window| {
        window.load("/now?hours=72&q=what:glue-crm%20kind:=failed").await?;
        first_row_shows(window, "Now", "failed").await?;
        window.press("Down").await?;
        window.find("region", "glue-crm").await?;
        shows(window, "glue-crm: 2 runs").await?;
        window.picture("now/grouped").await?;
        window.press("Enter").await?;
        window.find("grid", "Executions").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn one_cause_of_several_jobs_is_one_row_and_opens_to_them() -> Result<()> {
    in_window(async |window| {
        window.load("/now?hours=72&q=what:price-list").await?;
        // Engines are read after the machines: that may take longer than one wait.
        for _ in 0..3 {
            if first_row_shows(window, "Now", "jobs").await.is_ok() {
                break;
            }
        }
        first_row_shows(window, "Now", "A value does not fit its type").await?;
        window.press("Down").await?;
        window.find("region", "A value does not fit its type").await?;
        window.find("list", "State machines and jobs of the incident").await?;
        window.picture("now/cause").await?;
        window.press("w").await?;
        window.find("tablist", "Run").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_late_job_says_why_by_keyboard() -> Result<()> {
    in_window(async |window| {
        window.load("/now?q=what:supplier-feed%20kind:=late").await?;
        // Engines are read after the machines: that may take longer than one wait.
        for _ in 0..3 {
            if first_row_shows(window, "Now", "supplier-feed").await.is_ok() {
                break;
            }
        }
        first_row_shows(window, "Now", "supplier-feed").await?;
        window.press("Down").await?;
        window.find("region", "supplier-feed").await?;
        window.find("list", "Checks").await?;
        shows(window, "trigger supplier-feed-nightly is disabled").await?;
        shows(window, "StopTrigger supplier-feed-nightly by oncall").await?;
        window.picture("now/late").await?;
        window.click("link", "Open job run").await?;
        window.find("tablist", "Run").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn from_now_to_a_green_run_by_keyboard_alone() -> Result<()> {
    in_window(async |window| {
        window.load("/now?q=what:daily-sales-pipeline%20kind:=failed").await?;
        first_row_shows(window, "Now", "caught failure").await?;
        window.press("Down").await?;
        window.find("region", "daily-sales-pipeline").await?;
        window.press("w").await?;
        window.find("region", "What can be done").await?;
        shows(window, "would run it twice").await?;
        tab_to(window, "Restore daily_sales.csv").await?;
        window.press("Enter").await?;
        window.find("group", "Result").await?;
        shows(window, "Verified.").await?;
        tab_to(window, "Show runs").await?;
        window.press("Enter").await?;
        first_row_shows(window, "Executions", "succeeded").await?;
        Ok(())
    })
}
