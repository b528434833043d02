//! From "something is red" to the failed state, its reason, and a rerun.

use crate::path::{first_row_shows, holds, shows};
use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use tests::{
    estate::Estate,
    window::{Window, in_window},
};

const PREFIX: &str = "arn:aws:states:eu-west-1:123456789012";

fn list(machine: &str) -> String {
    format!("/executions/list?machine={PREFIX}:stateMachine:{machine}")
}

/// The identity of the first row of a grid.
async fn first_row(window: &Window, grid: &str) -> Result<String> {
    let script = "return document.querySelector(`[role=grid][aria-label='${arguments[0]}'] [aria-rowindex='2']`)?.dataset.id ?? null";
    window
        .wait_for(&format!("a row of {grid}"), async || {
            let found = window.web().execute(script, vec![grid.into()]).await?;
            Ok(found.json().as_str().map(str::to_owned))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_failure_is_found_from_now() -> Result<()> {
    in_window(async |window| {
        window.load("/now?q=what:daily-sales-pipeline%20kind:failed").await?;
        window.find("grid", "Now").await?;
        first_row_shows(window, "Now", "caught failure").await?;
        first_row_shows(window, "Now", "SubmitEMRServerlessJob").await?;
        let row = first_row(window, "Now").await?;
        window.by_id(&row).await?.click().await?;
        window.find("region", "daily-sales-pipeline").await?;
        shows(window, "the job run failed, three attempts").await?;
        shows(window, "BadRecordException").await?;
        window.click("link", "Open execution").await?;
        window.find("grid", "Executions").await?;
        shows(window, "The Catch led to SendFailureNotification").await?;
        // A caught failure ended as SUCCEEDED: it is started again, not redriven.
        shows(window, "Start again").await?;
        window.picture("executions/failed").await?;
        window.area("Executions").await?;
        window.find("grid", "State machines").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_graph_is_walked_by_keyboard_and_a_state_opens() -> Result<()> {
    in_window(async |window| {
        window.load(&list("daily-sales-pipeline")).await?;
        first_row_shows(window, "Executions", "caught failure").await?;
        let arn = first_row(window, "Executions").await?;
        window.visit(&format!("{}&execution={arn}", list("daily-sales-pipeline"))).await?;
        window.find("group", "State graph").await?;
        // The failed state is the tab stop of the graph.
        let failed = window.by_id("SubmitEMRServerlessJob").await?;
        window.web().execute("arguments[0].focus()", vec![failed.to_json()?]).await?;
        window.press("Up").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        shows(window, "Attempt 3").await?;
        shows(window, "EMR Serverless job run").await?;
        window.click("tab", "Error").await?;
        shows(window, "Malformed").await?;
        window.click("button", "Close the state").await?;
        let focused = "return document.activeElement?.classList.contains('graph-node') === true";
        holds(window, "the focus to return to the graph", focused).await?;
        window.click("tab", "Compare").await?;
        shows(window, "Different from the last success").await?;
        shows(window, "$.detail.object.size").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_execution_is_redriven_with_a_receipt() -> Result<()> {
    in_window(async |window| {
        window.load(&format!("{}&q=status:failed", list("store-fanout"))).await?;
        first_row_shows(window, "Executions", "failed").await?;
        let arn = first_row(window, "Executions").await?;
        let name = arn.rsplit(':').next().context("a name")?.to_owned();
        window.visit(&format!("{}&q=status:failed&execution={arn}", list("store-fanout"))).await?;
        window.click("button", "Redrive execution").await?;
        let dialog = window.find("dialog", &format!("Redrive execution {name}")).await?;
        window.find_in(&dialog, "button", &format!("Redrive execution {name}")).await?.click().await?;
        shows(window, &format!("Done: Redrive execution {name}")).await?;
        window.click("link", "Receipt").await?;
        shows(window, "What was written").await?;
        shows(window, "aws stepfunctions redrive-execution").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_missing_permission_of_the_role_is_shown_before_the_redrive() -> Result<()> {
    const LACKS: &str = "role/service-role/menu-images may not perform states:RedriveExecution";
    in_window(async |window| {
        let arn = open_first(window, "menu-images", "status%3Afailed").await?;
        let name = arn.rsplit(':').next().context("a name")?;
        shows(window, LACKS).await?;
        window.click("button", "Redrive execution").await?;
        let dialog = window.find("dialog", &format!("Redrive execution {name}")).await?;
        let text = dialog.text().await?;
        ensure!(text.contains("(role/service-role/menu-images) may not perform states:RedriveExecution on"), "{text}");
        ensure!(text.contains("(for the Map Run of ResizeImages)"), "{text}");
        // It is advice: whoever knows better goes on.
        let redrive = window.find_in(&dialog, "button", &format!("Redrive execution {name}")).await?;
        ensure!(redrive.is_enabled().await?);
        window.picture("executions/permission-plan").await?;
        Ok(())
    })
}

/// Opens the newest execution of a machine that passes a filter, beside the list, and answers with its ARN.
async fn open_first(window: &Window, machine: &str, filter: &str) -> Result<String> {
    let list = format!("{}&q={filter}", list(machine));
    window.load(&list).await?;
    let arn = first_row(window, "Executions").await?;
    window.visit(&format!("{list}&execution={arn}")).await?;
    Ok(arn)
}

/// Empties a field and types into it, as a person does.
async fn retype(window: &Window, field: &str, text: &str) -> Result<()> {
    window.find("textbox", field).await?.click().await?;
    window.press("Control+a").await?;
    window.press("Delete").await?;
    window.type_text(text).await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failure_is_compared_with_the_last_success() -> Result<()> {
    in_window(async |window| {
        open_first(window, "daily-sales-pipeline", "status%3A%22caught%20failure%22").await?;
        window.click("tab", "Compare").await?;
        shows(window, "Different from the last success").await?;
        let differences = window.find("list", "Differences").await?;
        let first = window.all(Some(&differences), "listitem", None).await?;
        let told = first.first().context("something is different")?.text().await?;
        ensure!(told.contains("$.detail.object.size") && told.contains('−') && told.contains('+'), "{told}");
        shows(window, "The same:").await?;
        shows(window, "not entered").await?;
        // A state's own input beside that of the success, in place.
        window.click("tab", "States").await?;
        window.by_id(&state_row(window, "SubmitEMRServerlessJob").await?).await?.click().await?;
        window.press("Enter").await?;
        window.click("tab", "Input").await?;
        window.choose("Compare the input with", "success").await?;
        shows(window, "Compared with").await?;
        shows(window, "\"event_time\"").await?;
        Ok(())
    })
}

/// The identity of the row of a state.
async fn state_row(window: &Window, name: &str) -> Result<String> {
    let script = "return [...document.querySelectorAll('[role=grid][aria-label=States] [role=row][data-id]')]
        .find(row => row.innerText.includes(arguments[0]))?.dataset.id ?? null";
    window
        .wait_for(&format!("the row of {name}"), async || {
            let found = window.web().execute(script, vec![name.into()]).await?;
            Ok(found.json().as_str().map(str::to_owned))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_edited_input_is_checked_compared_and_started_and_the_window_follows() -> Result<()> {
    const EDITOR: &str = "Input, JSON";
    in_window(async |window| {
        let old = open_first(window, "price-refresh", "status%3Afailed").await?;
        window.click("button", "Edit and start…").await?;
        window.find("dialog", "Start again").await?;
        let name = window.find("textbox", "Name, unique for 90 days").await?;
        let proposed = name.prop("value").await?.unwrap_or_default();
        ensure!(!proposed.is_empty() && !old.ends_with(&format!(":{proposed}")), "a free name is proposed: {proposed}");
        let editor = window.find("textbox", EDITOR).await?;
        let original = editor.prop("value").await?.unwrap_or_default();
        ensure!(original.trim_start().starts_with('{'), "the input stands in the editor: {original}");

        retype(window, EDITOR, "{ \"prices\": [1, }").await?;
        shows(window, "Line 1, column").await?;
        let plan = window.find("button", "Plan to start").await?;
        ensure!(!plan.is_enabled().await?, "what is no JSON is not sent");
        window.picture("executions/edited-wrong").await?;

        let edited = original.trim_end().trim_end_matches('}').trim_end().replace(['\n', '\r'], " ");
        retype(window, EDITOR, &format!("{edited}, \"by\": \"the test\" }}")).await?;
        shows(window, "the original").await?;
        shows(window, "\"by\": \"the test\"").await?;
        window.picture("executions/edited").await?;
        retype(window, "Name, unique for 90 days", "edited-by-the-test").await?;
        window.click("button", "Plan to start").await?;

        let name = old.rsplit(':').next().context("a name")?;
        let verb = format!("Start execution again {name}");
        let dialog = window.find("dialog", &verb).await?;
        shows(window, "starts edited-by-the-test on the latest definition with an edited input").await?;
        window.find_in(&dialog, "button", &verb).await?.click().await?;
        // The window follows the new run.
        window.find("region", "edited-by-the-test").await?;
        window.click("tab", "Input, output").await?;
        shows(window, "the test").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn thirty_are_redriven_at_once_and_three_are_left_out_with_their_reasons() -> Result<()> {
    in_window(async |window| {
        window.load(&format!("{}&q=status%3Afailed", list("orders-backfill"))).await?;
        first_row_shows(window, "Executions", "failed").await?;
        // The shape of its history is the last thing known of the oldest.
        shows(window, "39 of 54 executions").await?;
        // The arrow key gives the grid the focus, so that all is selected in it and not on the page.
        window.press("Down").await?;
        window.press("Control+a").await?;
        let bar = window.find("group", "Selected executions").await?;
        shows(window, "39 executions selected").await?;
        window.find_in(&bar, "button", "Redrive 39 executions").await?.click().await?;
        let dialog = window.find("dialog", "Redrive 36 executions").await?;
        shows(window, "3 are left out").await?;
        let refused = window.find_in(&dialog, "list", "Left out").await?.text().await?;
        for (name, why) in [
            ("orders-2026-w34-uk-late", "14 days"),
            ("orders-2026-w33-italy-polling", "25,000"),
            ("orders-2023-w41-dach", "before"),
        ] {
            let line = refused.lines().find(|line| line.contains(name)).with_context(|| refused.clone())?;
            ensure!(line.contains(why), "{line}");
        }
        window.picture("executions/bulk-plan").await?;
        window.find_in(&dialog, "button", "Redrive 36 executions").await?.click().await?;
        shows(window, "Done: Redrive 36 executions").await?;
        window.click("link", "Receipt").await?;
        shows(window, "36 executions redriven").await?;
        let receipt = window.find("region", "Redrive 36 executions").await?;
        let text = receipt.text().await?;
        ensure!(text.matches("redrives").count() >= 36, "a row each: {}", text.matches("redrives").count());
        window.picture("executions/bulk-receipt").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_running_execution_is_stopped_with_error_and_cause() -> Result<()> {
    in_window(async |window| {
        let arn = open_first(window, "orders-backfill", "status%3Arunning").await?;
        let name = arn.rsplit(':').next().context("a name")?;
        window.click("button", "Stop execution…").await?;
        window.find("dialog", "Stop execution").await?;
        retype(window, "Error, kept with the execution", "StoppedByOperator").await?;
        retype(window, "Cause", "the wrong partition was loaded").await?;
        window.click("button", "Plan to stop").await?;
        let verb = format!("Stop execution {name}");
        let dialog = window.find("dialog", &verb).await?;
        shows(window, "--error StoppedByOperator").await?;
        window.find_in(&dialog, "button", &verb).await?.click().await?;
        shows(window, &format!("Done: {verb}")).await?;
        let region = window.find("region", name).await?;
        window
            .wait_for("the execution to end as aborted", async || {
                let text = region.text().await?;
                Ok((text.contains("aborted") && text.contains("StoppedByOperator")).then_some(()))
            })
            .await?;
        shows(window, "the wrong partition was loaded").await?;
        window.picture("executions/stopped").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_range_is_typed_picked_and_moved_by_keys_and_stays_in_the_address() -> Result<()> {
    in_window(async |window| {
        window.load("/executions?q=name%3Aweather-hourly").await?;
        first_row_shows(window, "State machines", "weather-hourly").await?;
        window.click("button", "Choose time range: last 24 h").await?;
        window.find("dialog", "Choose time range").await?;
        window.press("Control+a").await?;
        window.type_text("now-1d to 25:00").await?;
        shows(window, "is not a time of day").await?;
        window.picture("executions/range-wrong").await?;
        window.press("Control+a").await?;
        window.type_text("7d").await?;
        window.press("Enter").await?;
        window.find("button", "Choose time range: last 7 d").await?;
        let address = || async { anyhow::Ok(window.web().current_url().await?.to_string()) };
        ensure!(address().await?.contains("range=7d"), "{}", address().await?);
        // The keys move it by its own length, and back to now.
        window.by_id(&first_row(window, "State machines").await?).await?.click().await?;
        window.press("[").await?;
        window.gone("button", "Choose time range: last 7 d").await?;
        ensure!(address().await?.contains("Z/20"), "{}", address().await?);
        window.press("]").await?;
        window.find("button", "Choose time range: last 7 d").await?;
        // It goes along into the executions of the machine.
        first_row_shows(window, "State machines", "weather-hourly").await?;
        window.by_id(&first_row(window, "State machines").await?).await?.click().await?;
        window.press("Enter").await?;
        window.find("grid", "Executions").await?;
        window.find("button", "Choose time range: last 7 d").await?;
        window.click("button", "Choose time range: last 7 d").await?;
        let ranges = window.find("group", "Ranges").await?;
        window.find_in(&ranges, "button", "all").await?.click().await?;
        window.find("button", "Choose time range: all that is kept").await?;
        // Where nothing has a range, none is offered.
        window.area("Objects").await?;
        window.find("grid", "Buckets").await?;
        window.gone("button", "Choose time range: all that is kept").await?;
        Ok(())
    })
}

/// Changes the range of a list by a key, while one of the calls for its new rows takes long, and looks that the grid stays
/// what and where it was.
async fn range_moves_under(window: &Window, grid: &str, slow: &str) -> Result<()> {
    let of_grid = async |script: &str| -> Result<bool> {
        let script =
            format!("const grid = document.querySelector(`[role=grid][aria-label='${{arguments[0]}}']`); {script}");
        Ok(window.web().execute(script, vec![grid.into()]).await?.json() == true)
    };
    ensure!(
        of_grid("grid.marked = true; grid.focus(); return document.activeElement === grid").await?,
        "{grid} has the focus"
    );
    Estate::shared()?.fault(json!({ "action": slow }), 1, json!({ "delay_ms": 3000 }))?;
    window.press("[").await?;
    let wait = async |what: &str, script: &str| {
        window.wait_for(&format!("{grid} {what}"), async || Ok(of_grid(script).await?.then_some(()))).await
    };
    wait(
        "to be busy with its rows in place",
        "return grid?.marked && grid.ariaBusy === 'true' && grid.querySelector('[data-id]') !== null",
    )
    .await?;
    ensure!(of_grid("return document.activeElement === grid").await?, "{grid} keeps the focus while it reads");
    window.picture(&format!("executions/range-moves-{}", grid.replace(' ', "-").to_lowercase())).await?;
    wait("to show its new rows", "return grid?.marked && !grid.classList.contains('outdated')").await?;
    ensure!(of_grid("return document.activeElement === grid").await?, "{grid} has the focus afterwards");
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_changed_range_keeps_rows_and_focus_until_the_new_rows_are_there() -> Result<()> {
    in_window(async |window| {
        window.load("/executions?q=name%3Aweather-hourly").await?;
        first_row_shows(window, "State machines", "weather-hourly").await?;
        range_moves_under(window, "State machines", "GetMetricData").await?;
        window.load(&format!("{}&range=24h", list("weather-hourly"))).await?;
        first_row_shows(window, "Executions", "succeeded").await?;
        range_moves_under(window, "Executions", "ListExecutions").await?;
        // Now chooses among three.
        window.load("/now?q=kind:failed").await?;
        first_row_shows(window, "Now", "fail").await?;
        let mark = "document.querySelector(`[role=grid][aria-label=Now]`).marked = true";
        window.web().execute(mark, vec![]).await?;
        window.click("radio", "3 d").await?;
        window
            .wait_for("three days in the same grid", async || {
                let script = "const grid = document.querySelector(`[role=grid][aria-label=Now]`);
                    return grid?.marked === true && !grid.classList.contains('outdated') && document.body.innerText.includes('The last 3 days')";
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_arn_that_is_pasted_opens_its_execution() -> Result<()> {
    in_window(async |window| {
        window.load("/executions").await?;
        window.find("grid", "State machines").await?;
        window.press("Control+k").await?;
        window.find("dialog", "Command palette").await?;
        window.type_text(&format!("{PREFIX}:execution:menu-images:winter-menu")).await?;
        shows(window, "Go to execution winter-menu").await?;
        window.press("Enter").await?;
        window.find("region", "winter-menu").await?;
        shows(window, "more items failed than the Map tolerates").await?;
        Ok(())
    })
}

/// The button that was pressed is gone: what came in its place has the focus.
const FOCUS_ON_LOGS: &str = "
    const active = document.activeElement;
    return active.getAttribute('aria-label') === 'Logs of the task' && active.innerText.trim() !== ''
        && !active.innerText.includes('Finding its logs');";

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_task_of_ecs_leads_to_the_lines_of_its_container() -> Result<()> {
    in_window(async |window| {
        let arn = open_first(window, "menu-labels", "status%3Afailed&range=14d").await?;
        let name = arn.rsplit(':').next().context("a name")?.to_owned();
        shows(window, "ECS task").await?;
        // Only its task definition tells where it logs.
        window.click("button", "Find its logs").await?;
        let containers = window.find("list", "Containers").await?;
        holds(window, "the focus on what was found", FOCUS_ON_LOGS).await?;
        shows(window, "The task stopped: EssentialContainerExited: Essential container in task exited").await?;
        let lines = window.all(Some(&containers), "listitem", None).await?;
        let mut told = Vec::new();
        for line in &lines {
            told.push(line.text().await?);
        }
        let words = [
            vec!["render", "failed", "exit code 1", "Open log"],
            vec!["log_router", "exit code 0", "Open log"],
            vec!["metrics", "logs by the driver splunk"],
            vec!["audit", "Open log", "Sent by FireLens"],
        ];
        ensure!(told.len() == words.len(), "{told:?}");
        for (line, words) in told.iter().zip(words) {
            ensure!(words.iter().all(|word| line.contains(word)), "{line} lacks one of {words:?}");
        }
        window.picture("executions/task-logs").await?;
        let render = lines.first().context("the container that failed")?;
        window.find_in(render, "link", "Open log").await?.click().await?;
        window.find("grid", "Log lines").await?;
        shows(window, "AttributeError: 'NoneType' object has no attribute 'split'").await?;
        window.picture("executions/task-log-lines").await?;
        // Back to where it was opened from.
        window.find("link", &format!("Execution {name}")).await?;
        window.press("Escape").await?;
        window.find("region", &name).await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_task_whose_definition_is_gone_says_how_it_ended_and_that_nothing_tells_where_it_logged() -> Result<()> {
    in_window(async |window| {
        let gone =
            json!({ "status": 400, "code": "ClientException", "message": "Unable to describe task definition." });
        let odd = json!({ "status": 400, "code": "InvalidParameterException" });
        let calls = json!({ "action": "DescribeTaskDefinition" });
        open_first(window, "menu-labels", "status%3Afailed&range=14d").await?;
        shows(window, "ECS task").await?;
        // What may pass can be tried again.
        Estate::shared()?.fault(calls.clone(), 1, odd)?;
        window.click("button", "Find its logs").await?;
        window.find("button", "Try again").await?;
        holds(window, "the focus on what went wrong", FOCUS_ON_LOGS).await?;
        Estate::shared()?.fault(calls, 1, gone)?;
        window.click("button", "Try again").await?;
        window.find("list", "Containers").await?;
        holds(window, "the focus on what was found", FOCUS_ON_LOGS).await?;
        shows(window, "exit code 1").await?;
        shows(window, "menu-labels:1 was deleted").await?;
        window.picture("executions/task-logs-gone").await?;
        Ok(())
    })
}
