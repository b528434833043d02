//! Places of the practice estate, and the ways to them that more than one picture goes.

use anyhow::{Context as _, Result};
use std::time::Duration;
use tests::window::{By, Window};

pub const FOLDER: &str = "/objects/lake-raw?prefix=data%2Fin%2F";
pub const FILE: &str = "/objects/lake-raw?key=data%2Fin%2Fdaily_sales.csv";
/// Failed runs of the application that runs the pipeline of today, the newest first.
pub const FAILED_RUNS: &str = "/jobs?q=state:failed%20engine:*serverless";

/// The data quality schedule of a group's endpoint.
pub fn monitor(group: &str, more: &str) -> String {
    format!("/drift/monitor?schedule={group}-live-data{more}")
}

pub fn list(machine: &str) -> String {
    format!("/executions/list?machine={machine}")
}

pub fn machine(name: &str) -> String {
    format!("arn:aws:states:eu-west-1:123456789012:stateMachine:{name}")
}

/// Watches these profiles too, as a person would in the settings.
pub async fn watching(window: &Window, profiles: &[&str]) -> Result<()> {
    window.visit("/settings").await?;
    window.find("button", "Watch").await?;
    for profile in profiles {
        let script = "const select = document.querySelector('.watch-form select'); select.value = arguments[0];
            select.dispatchEvent(new Event('change', { bubbles: true }));";
        window.web().execute(script, vec![(*profile).into()]).await?;
        window.click("button", "Watch").await?;
        window.by_id(&format!("{profile} eu-west-1")).await?;
    }
    Ok(())
}

/// Lists that fill over a few seconds.
pub async fn settle_long(window: &Window, address: &str) -> Result<()> {
    window.visit(address).await?;
    tokio::time::sleep(Duration::from_secs(6)).await;
    Ok(())
}

/// Until something is there that this selects.
pub async fn shows(window: &Window, css: &str) -> Result<()> {
    let found = async || Ok(window.web().find_all(By::Css(css)).await?.into_iter().next());
    window.wait_for(css, found).await.map(drop)
}

/// Why the story's pipeline failed this morning.
pub async fn failed_incident(window: &Window) -> Result<()> {
    settle_long(window, "/now?q=what:daily-sales-pipeline%20kind:failed").await?;
    window.press("Down").await?;
    window.press("w").await?;
    tokio::time::sleep(Duration::from_secs(8)).await;
    Ok(())
}

/// The newest failed run of the story's pipeline.
pub async fn failed_job(window: &Window, more: &str) -> Result<()> {
    at(window, FAILED_RUNS, "Job runs").await?;
    let first = window.wait_for("a run", async || {
        let rows = window.web().find_all(By::Css("[role=grid][aria-label='Job runs'] [role=row][data-id]")).await?;
        Ok(rows.into_iter().next())
    });
    let id = first.await?.attr("data-id").await?.context("a row without an identity")?;
    settle_long(window, &format!("/jobs/run?job={}{more}", id.replace('%', "%25"))).await
}

/// The newest execution of the story's pipeline.
pub async fn failed_run(window: &Window, more: &str) -> Result<()> {
    newest(window, "daily-sales-pipeline", more).await
}

/// The version of a group that waits for a decision, beside its group.
pub async fn newest_model(window: &Window, group: &str) -> Result<()> {
    at(window, &format!("/models?q=group:{group}"), "Model versions").await?;
    let first = window.wait_for("a version", async || {
        let rows =
            window.web().find_all(By::Css("[role=grid][aria-label='Model versions'] [role=row][data-id]")).await?;
        Ok(rows.into_iter().next())
    });
    let arn = first.await?.attr("data-id").await?.context("a row without an identity")?;
    settle_long(window, &format!("/models/version?arn={arn}")).await?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    Ok(())
}

/// The newest execution of a pipeline with this status.
pub async fn pipeline_execution(window: &Window, pipeline: &str, status: &str) -> Result<()> {
    let list = format!("/models/pipeline?name={pipeline}&q=status:{status}");
    at(window, &list, "Pipeline executions").await?;
    let first = window.wait_for("an execution", async || {
        let rows =
            window.web().find_all(By::Css("[role=grid][aria-label='Pipeline executions'] [role=row][data-id]")).await?;
        Ok(rows.into_iter().next())
    });
    let arn = first.await?.attr("data-id").await?.context("a row without an identity")?;
    settle_long(window, &format!("/models/pipeline/execution?arn={arn}")).await
}

/// The newest execution of a machine, with a tab.
pub async fn newest(window: &Window, name: &str, more: &str) -> Result<()> {
    let machine = machine(name);
    at(window, &list(&machine), "Executions").await?;
    let first = window.wait_for("a row", async || {
        let rows = window.web().find_all(By::Css("[role=grid][aria-label=Executions] [role=row][data-id]")).await?;
        Ok(rows.into_iter().next())
    });
    let arn = first.await?.attr("data-id").await?.context("a row without an identity")?;
    settle_long(window, &format!("{}&execution={arn}{more}", list(&machine))).await
}

/// Opens an address and waits for its grid.
pub async fn at(window: &Window, address: &str, grid: &str) -> Result<()> {
    window.visit(address).await?;
    window.find("grid", grid).await?;
    Ok(())
}

/// Opens an address whose picture is what shows after a while: an error, an empty page.
pub async fn settle(window: &Window, address: &str) -> Result<()> {
    window.visit(address).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    Ok(())
}

/// The version below the current one of the story's file, as a person would come to it.
pub async fn second_version(window: &Window) -> Result<()> {
    at(window, FILE, "Versions").await?;
    let rows = window.wait_for("rows", async || {
        let rows = window.web().find_all(By::Css("[role=grid][aria-label=Versions] [role=row][data-id]")).await?;
        Ok((rows.len() > 1).then_some(rows))
    });
    let rows = rows.await?;
    rows.get(1).context("the file has versions")?.click().await?;
    Ok(())
}
