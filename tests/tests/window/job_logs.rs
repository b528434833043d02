//! The logs of a job in the reader: merged on one clock, searched, folded, and from one line to another.

use crate::{
    jobs::{FAILED, line_under_cursor},
    path::{first_row_shows, shows},
};
use anyhow::Result;
use serde_json::json;
use tests::{
    estate::Estate,
    window::{Window, in_window},
};

/// The list of the newest failed run's log files.
pub async fn open_files(window: &Window) -> Result<()> {
    window.load(FAILED).await?;
    first_row_shows(window, "Job runs", "failed").await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.click("tab", "Logs").await?;
    first_row_shows(window, "Log files", "Driver").await
}

async fn cursor_on(window: &Window, text: &str) -> Result<()> {
    window
        .wait_for("the line under the cursor", async || {
            let script = "return document.querySelector('.log-row.on')?.textContent.includes(arguments[0])";
            Ok((window.web().execute(script, vec![json!(text)]).await?.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_logs_of_a_job_are_found_merged_and_searched() -> Result<()> {
    in_window(async |window| {
        open_files(window).await?;
        shows(window, "Complete as of").await?;
        window.picture("jobs/files").await?;
        window.press("Down").await?;
        window.press("Control+a").await?;
        window.click("button", "Merge 10 files on one clock").await?;
        window.find("grid", "Log lines").await?;
        shows(window, "merged on one clock").await?;
        window.press("/").await?;
        window.type_text("Exception").await?;
        shows(window, "hits in").await?;
        window.picture("jobs/merged").await?;
        window.click("button", "Hits only").await?;
        window.choose("Lines around each hit", "0").await?;
        window.click("textbox", "Time range of the search").await?;
        // Times count from the end of the log, and the run took less than an hour.
        window.type_text("3h..2h").await?;
        window.press("Enter").await?;
        shows(window, "No line matches").await?;
        window.press("Control+a").await?;
        window.type_text("2h").await?;
        window.press("Enter").await?;
        window
            .wait_for("the hits again", async || {
                let script = "return /[1-9][0-9,]* hits? in/.test(document.body.innerText)";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.click("button", "First error").await?;
        line_under_cursor(window).await?;
        window.web().execute("document.querySelector('.log').focus()", vec![]).await?;
        window.press("Enter").await?;
        window.find("region", "Record").await?;
        window.picture("jobs/record").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn all_logs_of_a_job_are_searched_at_once() -> Result<()> {
    in_window(async |window| {
        open_files(window).await?;
        window.click("button", "Merge these files on one clock").await?;
        window.find("grid", "Log lines").await?;
        shows(window, "merged on one clock").await?;
        window.press("/").await?;
        window.type_text("MalformedCSVException").await?;
        shows(window, "hits in").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn repeats_fold_and_a_hit_among_them_opens_them() -> Result<()> {
    const LOG: &str = "/jobs/log?log=s3%3A%2F%2Flake-logs%2Frepeats%2Fstderr";
    in_window(async |window| {
        let tasks = (0..40).map(|number| format!("26/11/21 06:00:{number:02} INFO A: task {number} is done\n"));
        let tasks = tasks.collect::<Vec<_>>().concat();
        let text = format!("26/11/21 06:00:00 INFO A: begins\n{tasks}26/11/21 06:01:00 ERROR A: ends\n");
        Estate::shared()?.put("lake-logs", "repeats/stderr", text.as_bytes())?;
        let focus = async || window.web().execute("document.querySelector('.log').focus()", vec![]).await;
        window.load(LOG).await?;
        window.find("grid", "Log lines").await?;
        shows(window, "task 7 is done").await?;
        window.click("button", "Fold repeats").await?;
        window.find("button", "Open 40 repeats").await?;
        window.picture("jobs/repeats").await?;
        focus().await?;
        window.press("Home").await?;
        window.press("Down").await?;
        cursor_on(window, "task 0 is done").await?;
        window.press("z").await?;
        window.find("button", "Close 40 repeats").await?;
        shows(window, "task 7 is done").await?;
        window.press("z").await?;
        window.find("button", "Open 40 repeats").await?;
        window.click("button", "First error").await?;
        cursor_on(window, "ends").await?;
        // A hit in the midst of them opens them.
        window.press("/").await?;
        window.type_text("task 23").await?;
        shows(window, "1 hit in").await?;
        focus().await?;
        window.press("Home").await?;
        window.press("n").await?;
        cursor_on(window, "task 23 is done").await?;
        window.find("button", "Close 40 repeats").await?;
        window.picture("jobs/repeats-open").await?;
        // The window remembers the choice, for this log and others.
        window.load(LOG).await?;
        window.find("button", "Open 40 repeats").await?;
        window.click("button", "Fold repeats").await?;
        shows(window, "task 7 is done").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_executor_in_a_line_leads_to_its_log_at_that_moment_and_back() -> Result<()> {
    const ROOT: &str = "emr-serverless/applications/00flead/jobs/00fleadrun";
    in_window(async |window| {
        let driver = "26/11/21 06:00:00 INFO A: begins\n\
            26/11/21 06:00:10 ERROR A: lost executor 7\n\
            26/11/21 06:05:00 ERROR A: executor 7 stays away\n";
        let beats = (0..40).map(|number| format!("26/11/21 06:00:{number:02} INFO B: beat {number}.\n"));
        let beats = beats.collect::<Vec<_>>().concat();
        let files = [("SPARK_DRIVER", driver), ("SPARK_EXECUTOR/7", beats.as_str())];
        for (folder, text) in files {
            Estate::shared()?.put("lake-logs", &format!("{ROOT}/{folder}/stderr.gz"), text.as_bytes())?;
        }
        let names = files.map(|(folder, _)| format!("s3://lake-logs/{ROOT}/{folder}/stderr.gz"));
        window.load(&format!("/jobs/log?log={}", names.join("%0A").replace(':', "%3A"))).await?;
        window.find("grid", "Log lines").await?;
        shows(window, "merged on one clock").await?;
        shows(window, "lost executor 7").await?;
        window.click("button", "First error").await?;
        cursor_on(window, "lost executor 7").await?;
        window.web().execute("document.querySelector('.log').focus()", vec![]).await?;
        window.press("l").await?;
        cursor_on(window, "beat 10.").await?;
        window.picture("jobs/led").await?;
        window.web().back().await?;
        shows(window, "merged on one clock").await?;
        cursor_on(window, "lost executor 7").await?;
        // What the executor said last, where it said nothing any more.
        window.press("n").await?;
        cursor_on(window, "stays away").await?;
        window.press("l").await?;
        cursor_on(window, "beat 39.").await?;
        window.press("l").await?;
        shows(window, "This line leads nowhere else").await?;
        Ok(())
    })
}
