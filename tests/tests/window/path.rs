//! The path of the product in the real window: find the file, see what happened, bring it back, take it back.

use anyhow::{Result, ensure};
use tests::{
    computer::Computer,
    window::{Window, in_window, on_computer},
};

pub const SALES: &str = "/objects/lake-raw?key=data%2Fin%2Fdaily_sales.csv";

/// Waits until the page holds a text.
pub async fn shows(window: &Window, text: &str) -> Result<()> {
    window
        .wait_for(&format!("the text `{text}`"), async || {
            let script = "return document.body.innerText.includes(arguments[0])";
            let found = window.web().execute(script, vec![text.into()]).await?;
            Ok((found.json() == true).then_some(()))
        })
        .await
}

/// Waits until a script says so. `what` is for the message: `the plan`.
pub async fn holds(window: &Window, what: &str, script: &str) -> Result<()> {
    window.wait_for(what, async || Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))).await
}

/// Waits until the first row of a grid holds a text: the count above a grid is there before its rows are.
pub async fn first_row_shows(window: &Window, grid: &str, text: &str) -> Result<()> {
    window
        .wait_for(&format!("`{text}` in the first row of {grid}"), async || {
            let script = "return (document.querySelector(`[role=grid][aria-label='${arguments[0]}'] [aria-rowindex='2']`)?.innerText ?? '').includes(arguments[1])";
            let found = window.web().execute(script, vec![grid.into(), text.into()]).await?;
            Ok((found.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_overwritten_file_comes_back_with_receipt_and_undo() -> Result<()> {
    in_window(async |window| {
        window.load(SALES).await?;
        window.find("grid", "Versions").await?;
        // The version before the current one is offered, and the detail says what is wrong with the current one.
        shows(window, "The current version is much smaller.").await?;
        shows(window, "daily-sales-pipeline").await?;
        window.picture("path/versions").await?;
        // The truncated upload is current.
        first_row_shows(window, "Versions", "3.1 KB").await?;
        window.click("button", "Restore this version").await?;
        window.find("group", "Result").await?;
        shows(window, "Verified.").await?;
        shows(window, "24 versions, in stored order").await?;
        // The restored version is current.
        first_row_shows(window, "Versions", "1.2 MB").await?;
        window.picture("path/restored").await?;

        window.click("link", "Receipt").await?;
        shows(window, "What was written").await?;
        shows(window, "is current").await?;
        shows(window, "aws s3api copy-object").await?;
        window.picture("path/receipt").await?;
        // The foot offers it too, under the same name.
        let receipt = window.find("region", "Restore daily_sales.csv").await?;
        window.find_in(&receipt, "button", "Undo Restore daily_sales.csv").await?.click().await?;
        // Low risk and not production: it runs at once and says so in the foot.
        shows(window, "Undo restore daily_sales.csv").await?;
        window.load(SALES).await?;
        shows(window, "25 versions, in stored order").await?;
        // What stood before the restore is back.
        first_row_shows(window, "Versions", "3.1 KB").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_deleted_object_is_a_ghost_and_comes_back() -> Result<()> {
    in_window(async |window| {
        window.load("/objects/lake-raw?prefix=data%2Fin%2F").await?;
        window.by_id("data/in/daily_sales.csv").await?;
        window.click("button", "Show deleted").await?;
        window.by_id("data/in/store_master.csv").await?.click().await?;
        window.find("region", "data/in/store_master.csv").await?;
        window.picture("path/ghost").await?;
        window.click("button", "Undelete object").await?;
        shows(window, "1 delete marker removed. Verified.").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_pasted_uri_goes_to_the_version() -> Result<()> {
    in_window(async |window| {
        window.area("Objects").await?;
        window.find("grid", "Buckets").await?;
        window.press("Control+k").await?;
        window.find("dialog", "Command palette").await?;
        window.type_text("s3://lake-raw/data/in/daily_sales.csv").await?;
        shows(window, "Go to").await?;
        window.press("Enter").await?;
        window.find("grid", "Versions").await?;
        shows(window, "23 versions, in stored order").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_pasted_page_of_the_console_goes_to_the_endpoint() -> Result<()> {
    in_window(async |window| {
        window.area("Models").await?;
        window.find("grid", "Model versions").await?;
        window.press("Control+k").await?;
        window.find("dialog", "Command palette").await?;
        window
            .type_text(
                "https://eu-west-1.console.aws.amazon.com/sagemaker/home?region=eu-west-1#/endpoints/demand-forecast-emea-live",
            )
            .await?;
        shows(window, "Go to endpoint demand-forecast-emea-live").await?;
        window.press("Enter").await?;
        window.find("region", "demand-forecast-emea-live").await?;
        window.find("table", "Variants").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_read_only_profile_refuses_and_says_why() -> Result<()> {
    on_computer(
        "read-only",
        |estate| Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-prod")),
        async |computer| {
            let window = Window::open(computer, "read-only").await?;
            window
                .run(async |window| {
                    window.load(SALES).await?;
                    shows(window, "PRODUCTION").await?;
                    shows(window, "READ-ONLY: the badge in the top bar").await?;
                    let button = window.find("button", "Restore this version").await?;
                    ensure!(
                        button.attr("aria-disabled").await?.as_deref() == Some("true"),
                        "the button says that it is off"
                    );
                    button.click().await?;
                    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
                    shows(window, "23 versions, in stored order").await?;
                    window.picture("path/read-only").await?;
                    Ok(())
                })
                .await
        },
    )
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn all_of_it_by_keyboard() -> Result<()> {
    in_window(async |window| {
        window.find("heading", "Now").await?;
        window.press("g").await?;
        window.press("o").await?;
        window.find("grid", "Buckets").await?;
        window.by_id("lake-raw").await?;
        window.press("g").await?;
        window.press("a").await?;
        shows(window, "Audit log").await?;
        window.press("g").await?;
        window.press("o").await?;
        window.by_id("lake-raw").await?;
        window.press("/").await?;
        window.type_text("name:=lake-raw").await?;
        shows(window, "1 of 12 buckets").await?;
        window.press("Escape").await?;
        window.press("j").await?;
        window.press("Enter").await?;
        window.by_id("data/").await?;
        window.press("j").await?;
        window.press("Enter").await?;
        window.by_id("data/in/").await?;
        for _ in 0..3 {
            window.press("j").await?;
        }
        window.press("Enter").await?;
        window.by_id("data/in/daily_sales.csv").await?;
        window.press("/").await?;
        window.type_text("name:=daily_sales.csv").await?;
        shows(window, "1 of").await?;
        window.press("Escape").await?;
        window.press("j").await?;
        window.press("Enter").await?;
        window.find("grid", "Versions").await?;
        shows(window, "The current version is much smaller.").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn names_that_others_rely_on() -> Result<()> {
    in_window(async |window| {
        window.find("heading", "Now").await?;
        window.find("grid", "Now").await?;
        window.area("Executions").await?;
        window.find("heading", "Executions").await?;
        window.find("grid", "State machines").await?;
        window.area("Objects").await?;
        window.find("grid", "Buckets").await?;
        let headings = window.all(None, "heading", Some("Objects")).await?;
        ensure!(headings.len() == 1, "the page has one h1, its name");
        window.load("/objects/lake-raw?prefix=data%2Fin%2F").await?;
        window.find("grid", "Objects").await?;
        window.load(SALES).await?;
        window.find("grid", "Versions").await?;
        window.area("Activity").await?;
        window.find("heading", "Activity").await?;
        window.area("Settings").await?;
        window.find("heading", "Settings").await?;
        Ok(())
    })
}
