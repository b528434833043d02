//! Log files of a job searched one after the other, narrowed and saved, and those that could not be read.

use crate::{
    job_logs::open_files,
    path::{first_row_shows, shows},
};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{estate::Estate, window::in_window};

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn log_files_are_searched_one_after_the_other_and_a_line_leads_to_its_file() -> Result<()> {
    in_window(async |window| {
        open_files(window).await?;
        window.click("textbox", "Search the files shown").await?;
        window.type_text("MalformedCSVException").await?;
        window.press("Enter").await?;
        first_row_shows(window, "Found lines", "MalformedCSVException").await?;
        shows(window, "files searched: ").await?;
        shows(window, "Search: \"MalformedCSVException\"").await?;
        window.picture("jobs/found").await?;

        // Narrowed where it stands: what was chosen stays, and what is found is said to be of that.
        window.choose("Level", "3").await?;
        window.click("button", "Lines that do not match").await?;
        window.click("textbox", "Search the files shown").await?;
        window.press("Enter").await?;
        let narrowed = "Search: not \"MalformedCSVException\", ERROR and above";
        shows(window, narrowed).await?;
        first_row_shows(window, "Found lines", "ERROR").await?;
        let rows = "return [...document.querySelectorAll(`[role=grid][aria-label='Found lines'] [data-id]`)]
            .map(row => row.innerText).filter(text => text)";
        let rows: Vec<String> = window.web().execute(rows, vec![]).await?.convert()?;
        ensure!(!rows.iter().any(|row| row.contains("MalformedCSVException")), "{rows:?}");
        ensure!(rows.iter().all(|row| row.contains("ERROR") || row.contains("FATAL")), "{rows:?}");
        window.picture("jobs/found-narrowed").await?;

        // The address keeps each search, and a name keeps it for other runs.
        window.web().back().await?;
        shows(window, "Search: \"MalformedCSVException\"").await?;
        window.web().forward().await?;
        shows(window, narrowed).await?;
        window.click("button", "Saved searches").await?;
        let dialog = window.find("dialog", "Saved searches").await?;
        window.find_in(&dialog, "textbox", "Name").await?.click().await?;
        window.type_text("other errors").await?;
        window.click("button", "Save search").await?;
        window.find("button", "Delete other errors").await?;
        window.picture("jobs/found-saved").await?;
        window.press("Escape").await?;
        window.click("button", "All files").await?;
        first_row_shows(window, "Log files", "Driver").await?;
        window.click("button", "Saved searches").await?;
        window.click("button", "other errors").await?;
        shows(window, narrowed).await?;
        window.load(&window.web().current_url().await?.as_str().replace("tauri://localhost", "")).await?;
        shows(window, narrowed).await?;
        first_row_shows(window, "Found lines", "ERROR").await?;
        let kept = "return [document.querySelector(`select[aria-label='Level']`)?.value,
            document.querySelector(`[aria-label='Lines that do not match']`)?.getAttribute('aria-pressed'),
            document.querySelector(`[aria-label='Search the files shown']`)?.value].join(' ')";
        window
            .wait_for("the choices of the address", async || {
                let kept = window.web().execute(kept, vec![]).await?;
                Ok((kept.json() == "3 true MalformedCSVException").then_some(()))
            })
            .await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("grid", "Log lines").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn log_files_that_cannot_be_read_are_listed_with_the_reason_and_tried_again() -> Result<()> {
    in_window(async |window| {
        let estate = Estate::shared()?;
        let causes = estate.get("causes")?;
        let mut all = causes["causes"].as_array().into_iter().flatten();
        // The newest failed run of today's pipeline.
        let run = all.find(|run| run["engine"] == "serverless" && run["cause"] == "malformed records");
        let run = run.context("a failed run")?;
        let (place, id) = (run["place"].as_str().context("its application")?, run["id"].as_str().context("its id")?);
        let key = format!("emr-serverless/applications/{place}/jobs/{id}/SPARK_EXECUTOR/1/stderr.gz");
        let refused = json!({ "status": 403, "code": "AccessDenied" });
        estate.fault(json!({ "bucket": "lake-logs", "key": key }), 1_000, refused)?;
        window.load(&format!("/jobs/run?job=emr-serverless:{place}/{id}&tab=logs")).await?;
        first_row_shows(window, "Log files", "Driver").await?;
        window.click("textbox", "Search the files shown").await?;
        window.type_text("INFO").await?;
        window.press("Enter").await?;
        first_row_shows(window, "Found lines", "INFO").await?;
        shows(window, "1 file could not be read, or not whole: ").await?;
        window.find("button", "Try 1 file again").await?;
        window.web().execute("document.querySelector('.unread summary').click()", vec![]).await?;
        window
            .wait_for("the file and why it could not be read", async || {
                let script =
                    "return document.querySelector(`ul[aria-label='Files that could not be read']`)?.innerText ?? ''";
                let listed = window.web().execute(script, vec![]).await?;
                let listed = listed.json().as_str().unwrap_or_default();
                Ok((listed.contains("stderr") && listed.contains("access denied")).then_some(()))
            })
            .await?;
        window.picture("jobs/found-unread").await?;

        estate.post("clear", &json!({}))?;
        window.click("button", "Try 1 file again").await?;
        window.gone("button", "Try 1 file again").await?;
        window
            .wait_for("all files to be searched", async || {
                let script = "const told = document.body.innerText.match(/([0-9,]+) of ([0-9,]+) files searched: /);
                    return told !== null && told[1] === told[2]
                        && !document.body.innerText.includes('could not be read, or not whole')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        Ok(())
    })
}
