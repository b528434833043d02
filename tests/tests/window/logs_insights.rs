//! Logs Insights, saved searches and following, as a person uses them.

use crate::{
    job_logs::open_files,
    path::{first_row_shows, shows},
};
use anyhow::Result;
use tests::{estate::Estate, window::in_window};

const LOADER: &str = "/jobs/insights?group=%2Faws%2Flambda%2Forders-loader&range=30d";
const GLUE: &str = "/aws-glue/jobs/error";

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_common_query_leads_to_the_line_and_back() -> Result<()> {
    in_window(async |window| {
        let estate = Estate::shared()?;
        window.load(LOADER).await?;
        // The cost is told, and nothing has run.
        window.find("textbox", "Query").await?;
        shows(window, "Would scan about").await?;
        shows(window, "Nothing was asked yet").await?;
        let mark = estate.mark()?;
        window.picture("insights/before").await?;
        window.choose("Ready queries", "0").await?;
        assert!(estate.calls("StartQuery", mark)?.is_empty(), "choosing runs nothing");
        window.click("button", "Run query").await?;
        first_row_shows(window, "Query results", "[$LATEST]").await?;
        shows(window, "scanned").await?;
        window.picture("insights/rows").await?;
        window.press("Down").await?;
        window.find("region", "Result").await?;
        window.press("Enter").await?;
        window.find("grid", "Log lines").await?;
        shows(window, "RequestId").await?;
        window.picture("insights/line").await?;
        // Going back costs nothing.
        window.web().back().await?;
        first_row_shows(window, "Query results", "[$LATEST]").await?;
        assert_eq!(estate.calls("StartQuery", mark)?.len(), 1);
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_wrong_query_shows_where_and_a_job_brings_its_groups() -> Result<()> {
    in_window(async |window| {
        window.load(&format!("{LOADER}&query=fields%20%40message%20%7C%20fancy%20x")).await?;
        window.click("button", "Run query").await?;
        shows(window, "unexpected symbol found fancy").await?;
        window.picture("insights/wrong").await?;
        window.load("/jobs?home=glue%3Aprice-list&q=state:failed").await?;
        first_row_shows(window, "Job runs", "failed").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.click("tab", "Logs").await?;
        window.click("link", "Query its log groups with Logs Insights").await?;
        window.find("button", &format!("Remove {GLUE}")).await?;
        shows(window, "Would scan about").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_search_is_saved_and_run_again() -> Result<()> {
    in_window(async |window| {
        open_files(window).await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("grid", "Log lines").await?;
        window.press("/").await?;
        window.type_text("Exception").await?;
        shows(window, "hits in").await?;
        window.click("button", "Saved searches").await?;
        let dialog = window.find("dialog", "Saved searches").await?;
        window.find_in(&dialog, "textbox", "Name").await?.click().await?;
        window.type_text("exceptions").await?;
        window.click("button", "Save search").await?;
        window.find("button", "Delete exceptions").await?;
        window.picture("insights/saved").await?;
        window.press("Escape").await?;
        // Loaded anew, the search is empty and the saved one is there.
        window.load(&window.web().current_url().await?.as_str().replace("tauri://localhost", "")).await?;
        window.find("grid", "Log lines").await?;
        window.click("button", "Saved searches").await?;
        window.click("button", "exceptions").await?;
        shows(window, "hits in").await?;
        window.click("button", "Saved searches").await?;
        window.click("button", "Delete exceptions").await?;
        shows(window, "Deleted exceptions.").await?;
        window.click("button", "Undo").await?;
        window.find("button", "Delete exceptions").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_followed_log_shows_new_lines_and_keeps_the_place() -> Result<()> {
    in_window(async |window| {
        let estate = Estate::shared()?;
        let stream = "jr_followed";
        for number in 0..120 {
            estate.write_log(GLUE, stream, &format!("26/11/21 06:00:00 INFO A: old line {number}"))?;
        }
        window.load(&format!("/jobs/log?log={}%3A{stream}", GLUE.replace('/', "%2F"))).await?;
        window.find("grid", "Log lines").await?;
        shows(window, "old line 0").await?;
        window.click("button", "Follow").await?;
        shows(window, "old line 119").await?;
        estate.write_log(GLUE, stream, "26/11/21 06:00:01 INFO A: the first new line")?;
        shows(window, "the first new line").await?;
        window.picture("insights/followed").await?;
        // Whoever scrolls up stays there and is told what came.
        window.press("Home").await?;
        shows(window, "old line 0").await?;
        estate.write_log(GLUE, stream, "26/11/21 06:00:02 INFO A: the second new line")?;
        window.find("button", "1 new line").await?;
        shows(window, "old line 0").await?;
        window.click("button", "1 new line").await?;
        shows(window, "the second new line").await?;
        Ok(())
    })
}
