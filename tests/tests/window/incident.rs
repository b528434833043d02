//! The incident from Now to the restore, as a file and by keyboard alone, and the rows of Now by keyboard.

use crate::{
    path::{SALES, first_row_shows, shows},
    writes::tab_to,
};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use tests::window::{Window, in_window};

/// The row of Now that a query leaves, beside its pane, by keyboard. `told` stands in the row, `name` names the pane.
async fn look_at(window: &Window, query: &str, told: &str, name: &str) -> Result<()> {
    window.load(&format!("/now?{query}")).await?;
    // Engines are read after the machines: that may take longer than one wait.
    for _ in 0..2 {
        if first_row_shows(window, "Now", told).await.is_ok() {
            break;
        }
    }
    first_row_shows(window, "Now", told).await?;
    window.press("Down").await?;
    window.find("region", name).await?;
    Ok(())
}

/// From Now to today's incident, by keyboard, until it is known what can be done.
pub async fn open_incident(window: &Window) -> Result<()> {
    look_at(window, "q=what:daily-sales-pipeline%20kind:=failed", "caught failure", "daily-sales-pipeline").await?;
    window.press("w").await?;
    window.find("region", "What can be done").await?;
    shows(window, "would run it twice").await
}

/// Why, from Now: the cause, the file behind it, the restore, and the run that its rule starts, without leaving the window.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn why_from_now_to_restored_and_run_again() -> Result<()> {
    in_window(async |window| {
        open_incident(window).await?;
        shows(window, "The last record is cut off").await?;
        shows(window, "The last success read").await?;
        shows(window, "Brings back the complete upload").await?;
        window.picture("incident/found").await?;
        window.click("button", "Restore daily_sales.csv").await?;
        window.find("group", "Result").await?;
        shows(window, "Verified.").await?;
        window.picture("incident/restored").await?;
        window.click("link", "Show runs").await?;
        // The rule started it; it ends well this time.
        first_row_shows(window, "Executions", "succeeded").await?;
        window.picture("incident/green").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn todays_incident_is_exported_as_one_file() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let typed = folder.path().display().to_string();
    in_window(async |window| {
        open_incident(window).await?;
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
        look_at(window, "hours=72&q=what:glue-crm%20kind:=failed", "failed", "glue-crm").await?;
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
        look_at(window, "hours=72&q=what:price-list", "jobs", "A value does not fit its type").await?;
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
        look_at(window, "q=what:supplier-feed%20kind:=late", "supplier-feed", "supplier-feed").await?;
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
fn a_late_machine_says_why_and_leads_to_where_its_file_should_be() -> Result<()> {
    in_window(async |window| {
        window.load("/now?q=what:menu-sync%20kind:=late").await?;
        first_row_shows(window, "Now", "menu-sync").await?;
        window.press("Down").await?;
        window.find("region", "menu-sync").await?;
        window.find("list", "Checks").await?;
        shows(window, "schedule default/menu-sync-morning is disabled").await?;
        shows(window, "UpdateSchedule menu-sync-morning by oncall").await?;
        window.find("link", "Open machine").await?;
        window.load("/now?q=what:allergen-import%20kind:=late").await?;
        first_row_shows(window, "Now", "allergen-import").await?;
        window.press("Down").await?;
        window.find("region", "allergen-import").await?;
        shows(window, "nothing is stored below s3://lake-raw/data/in/allergens/").await?;
        shows(window, "UpdateStateMachine allergen-import by second").await?;
        window.click("link", "Open folder").await?;
        window.find("heading", "Objects").await?;
        let script = "return location.pathname + decodeURIComponent(location.search)";
        let address = window.web().execute(script, vec![]).await?;
        let address = address.json().as_str().unwrap_or_default().to_owned();
        ensure!(address.starts_with("/objects/lake-raw?prefix=data/in/allergens/"), "{address}");
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn from_now_to_a_green_run_by_keyboard_alone() -> Result<()> {
    in_window(async |window| {
        open_incident(window).await?;
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

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_second_press_does_not_start_the_pipeline_again() -> Result<()> {
    in_window(async |window| {
        open_incident(window).await?;
        // Every button, whether it is withheld or not: what counts is what comes of it.
        let press = async || {
            let script = "document.querySelectorAll('[aria-label=Actions] button').forEach(button => button.click())";
            window.web().execute(script, vec![]).await
        };
        window.click("button", "Restore daily_sales.csv").await?;
        window.find("group", "Result").await?;
        press().await?;
        shows(window, "Verified.").await?;
        press().await?;
        shows(window, "Withheld: Restored: rule ").await?;
        window.gone("button", "Restore daily_sales.csv").await?;
        press().await?;
        window.picture("incident/held").await?;
        window.click("link", "Show runs").await?;
        first_row_shows(window, "Executions", "succeeded").await?;
        // By now a second one would be there too, and a second copy of the object.
        shows(window, "1 execution").await?;
        let script = "return document.querySelectorAll('[role=grid][aria-label=Executions] [aria-rowindex]:not([aria-rowindex=\"1\"])').length";
        let rows = window.web().execute(script, vec![]).await?;
        ensure!(rows.json().as_u64() == Some(1), "executions since the restore: {}", rows.json());
        window.load(SALES).await?;
        shows(window, "24 versions, in stored order").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_state_of_the_chain_opens_in_its_execution() -> Result<()> {
    in_window(async |window| {
        open_incident(window).await?;
        let chain = window.find("list", "Chain").await?;
        window.find_in(&chain, "link", "SubmitEMRServerlessJob").await?.click().await?;
        let state = window.find("region", "State").await?;
        window.find_in(&state, "button", "Close the state").await?;
        window.find_in(&state, "heading", "SubmitEMRServerlessJob").await?;
        Ok(())
    })
}
