//! From a failed execution to its job, to the line that explains it.

use crate::{
    incident::open_incident,
    path::{first_row_shows, shows},
};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{
    estate::Estate,
    window::{Window, in_window},
};

/// The newest failed run of the pipeline of today.
const FAILED: &str = "/jobs?q=state:failed%20engine:*serverless";

async fn line_under_cursor(window: &Window) -> Result<()> {
    window
        .wait_for("the line under the cursor", async || {
            let script = "return document.querySelector('.log-row.on') !== null";
            Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
        })
        .await
}

/// The list of the newest failed run's log files.
pub async fn open_files(window: &Window) -> Result<()> {
    window.load(FAILED).await?;
    first_row_shows(window, "Job runs", "failed").await?;
    window.press("Down").await?;
    window.press("Enter").await?;
    window.click("tab", "Logs").await?;
    first_row_shows(window, "Log files", "Driver").await
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
fn log_files_are_searched_one_after_the_other_and_a_line_leads_to_its_file() -> Result<()> {
    in_window(async |window| {
        window.load(FAILED).await?;
        first_row_shows(window, "Job runs", "failed").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.click("tab", "Logs").await?;
        first_row_shows(window, "Log files", "Driver").await?;
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

/// A run that ran out of memory, asked for again with what its finding suggests, by keyboard from the list to the new run.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_run_out_of_memory_runs_again_with_what_its_finding_suggests() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs?home=emr-serverless:00fadh0canalyt1c&q=state:failed%20name:image-features").await?;
        first_row_shows(window, "Job runs", "image-features").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("region", "Finding").await?;
        shows(window, "spark.executor.memoryOverhead=2g").await?;
        window.press("a").await?;
        let sheet = window.find("dialog", "Run again").await?;
        window.find_in(&sheet, "list", "Differences").await?;
        shows(window, "aws emr-serverless start-job-run").await?;
        let settings = window.find_in(&sheet, "textbox", "Configuration, one key=value a line").await?;
        let value = settings.prop("value").await?.unwrap_or_default();
        let focused = "return document.activeElement.getAttribute('aria-labelledby') === 'again-settings'";
        ensure!(window.web().execute(focused, vec![]).await?.json() == true, "the first field has the focus");
        ensure!(value.contains("spark.executor.memoryOverhead=2g"), "the suggestion is filled in: {value}");
        window.picture("jobs/again").await?;
        // One more setting, typed: the difference says so before anything is planned.
        window.web().execute("document.activeElement.setSelectionRange(1e6, 1e6)", vec![]).await?;
        window.press("Enter").await?;
        window.type_text("spark.sql.shuffle.partitions=64").await?;
        window
            .wait_for("the difference of what was typed", async || {
                let script =
                    "const told = document.querySelector(`dialog[open] [aria-label='Differences']`)?.textContent ?? '';
                    return told.includes('spark.sql.shuffle.partitions') && told.includes('64')
                        && told.includes('spark.executor.memoryOverhead')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.click("button", "Plan to run").await?;
        let confirm = window.find("dialog", "Run image-features again").await?;
        window.picture("jobs/again-plan").await?;
        window.find_in(&confirm, "button", "Run image-features again").await?.click().await?;
        // The window follows the run that was started.
        window
            .wait_for("the run to succeed", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('succeeded'))";
                let found = window.web().execute(script, vec![]).await?;
                Ok((found.json() == true).then_some(()))
            })
            .await?;
        window.find("region", "Finding").await?;
        shows(window, "It did not fail").await?;
        window.picture("jobs/again-green").await?;
        window.visit("/activity?tab=audit").await?;
        shows(window, "job.done").await?;
        shows(window, "Run image-features again on EMR Serverless").await?;
        Ok(())
    })
}

/// A step that no run was asked for before, from the pane of its cluster to the step.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_step_is_added_to_a_cluster() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs/homes?q=id:j-2QD8SALESETL").await?;
        first_row_shows(window, "Clusters", "Cluster").await?;
        window.press("Down").await?;
        window.click("button", "Add step…").await?;
        let sheet = window.find("dialog", "Add step").await?;
        window.find_in(&sheet, "textbox", "Name").await?.click().await?;
        window.type_text("typed-by-hand").await?;
        shows(window, "The step needs a program").await?;
        let plan = window.find_in(&sheet, "button", "Plan to add").await?;
        ensure!(!plan.is_enabled().await?, "what is missing is typed first");
        window.find_in(&sheet, "textbox", "Program").await?.click().await?;
        window.type_text("s3://lake-code/jobs/by_hand.py").await?;
        window.choose("Action on failure", "CANCEL_AND_WAIT").await?;
        window
            .wait_for("the command of the step", async || {
                let script = "const told = document.querySelector('dialog[open]')?.textContent ?? '';
                    return told.includes('aws emr add-steps') && told.includes('by_hand.py')
                        && told.includes('spark-submit') && told.includes('\"CANCEL_AND_WAIT\"')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.picture("jobs/add-step").await?;
        window.click("button", "Plan to add").await?;
        shows(window, "Add step typed-by-hand to ").await?;
        window.picture("jobs/add-step-plan").await?;
        let confirm = "[...document.querySelectorAll('dialog[open] button')]
            .find(one => one.textContent.trim().startsWith('Add step typed-by-hand to ')).click()";
        window.web().execute(confirm, vec![]).await?;
        // The window follows the step.
        window.find("tablist", "Run").await?;
        shows(window, "typed-by-hand").await?;
        window
            .wait_for("the step to succeed", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('succeeded'))";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
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

/// A job run that goes on, stopped from its page.
#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_run_that_goes_on_is_stopped() -> Result<()> {
    in_window(async |window| {
        Estate::shared()?.post("pace", &json!({ "seconds": 0.02 }))?;
        window.load("/jobs?home=emr-serverless:00fadh0canalyt1c&q=state:running%20name:history-again").await?;
        first_row_shows(window, "Job runs", "history-again").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.click("button", "Cancel job run…").await?;
        let confirm = window.find("dialog", "Cancel job run history-again").await?;
        window.picture("jobs/cancel-plan").await?;
        window.find_in(&confirm, "button", "Cancel job run history-again").await?.click().await?;
        window
            .wait_for("the run to be cancelled", async || {
                let script =
                    "return [...document.querySelectorAll('.chip')].some(chip => chip.innerText.includes('cancelled'))";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.visit("/activity?tab=audit").await?;
        shows(window, "Cancel job run history-again").await?;
        Ok(())
    })
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
