//! Drift in the window: from the list to the feature that matters, what another threshold would do, why a run failed.

use crate::{
    exports::save,
    path::{first_row_shows, shows},
};
use anyhow::{Result, ensure};
use std::fs;
use tests::window::{By, Window, in_window};

/// A schedule of the practice estate in which one feature jumped nine days ago.
const JUMPED: &str = "dynamic-pricing-emea-live-data";

/// Chooses a feature of the open monitor by its row.
async fn choose_feature(window: &Window, name: &str) -> Result<()> {
    window.find("grid", "Features").await?;
    window.by_id(name).await?;
    // The driver takes a row of a table for something that cannot be clicked.
    let script = "document.querySelector(`[role=grid][aria-label=Features] [data-id='${arguments[0]}']`).click()";
    window.web().execute(script, vec![name.into()]).await?;
    window.find("region", name).await?;
    Ok(())
}

/// Sets a field as typing would, whatever stands in it.
async fn set_field(window: &Window, label: &str, value: &str) -> Result<()> {
    let script = "const field = document.querySelector(`input[aria-label='${arguments[0]}']`);
        if (!field) return false;
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return true;";
    window
        .wait_for(&format!("the field {label}"), async || {
            let set = window.web().execute(script, vec![label.into(), value.into()]).await?;
            Ok((set.json() == true).then_some(()))
        })
        .await
}

/// What the trial of a threshold says, once it says something of this form.
async fn trial_says(window: &Window, words: &str) -> Result<String> {
    window
        .wait_for(&format!("the trial to say `{words}`"), async || {
            let said = window.web().find_all(By::Css(".what-if-said")).await?;
            let Some(said) = said.into_iter().next() else { return Ok(None) };
            let text = said.text().await?;
            Ok(text.contains(words).then_some(text))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn drift_is_followed_from_the_list_to_the_feature_that_matters() -> Result<()> {
    in_window(async |window| {
        window.area("Drift").await?;
        window.find("heading", "Drift").await?;
        window.find("grid", "Endpoints").await?;
        window.load(&format!("/drift?q=schedule:={JUMPED}")).await?;
        first_row_shows(window, "Endpoints", "dynamic-pricing-emea-live").await?;
        window.picture("drift/monitors").await?;
        window.by_id(JUMPED).await?.click().await?;
        window.find("region", JUMPED).await?;
        window.click("link", "Open monitor").await?;
        // What drifted most stands first, and its picture and numbers beside it.
        first_row_shows(window, "Features", "competitor_rate").await?;
        first_row_shows(window, "Features", "drifted").await?;
        choose_feature(window, "competitor_rate").await?;
        window.find("table", "Statistics").await?;
        ensure!(!window.all(None, "figure", None).await?.is_empty(), "a chart stands beside the list");
        shows(window, "Drifted in").await?;
        window.picture("drift/feature").await?;

        window.click("tab", "Violations").await?;
        window.find("region", "Violations").await?;
        shows(window, "drift from the baseline").await?;
        window.click("tab", "Settings").await?;
        window.find("region", "Baseline").await?;
        shows(window, "statistics.json").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn another_threshold_is_tried_before_it_is_written() -> Result<()> {
    in_window(async |window| {
        window.load(&format!("/drift/monitor?schedule={JUMPED}&feature=competitor_rate")).await?;
        window.find("region", "What if").await?;
        // Every report has a distance above nothing, and none above all.
        set_field(window, "Threshold", "0.99").await?;
        let none = trial_says(window, "would still be beyond it").await?;
        ensure!(none.starts_with("0 of "), "{none}");
        shows(window, "The change in constraints.json").await?;
        window.picture("drift/what-if").await?;
        set_field(window, "Threshold slider", "0.1").await?;
        let all = window
            .wait_for("the trial of the slider", async || {
                let text = trial_says(window, "would still be beyond it").await?;
                // Reports of the past come in meanwhile: their number changes, and none of them lies beyond 0.99.
                Ok((!text.starts_with("0 of ")).then_some(text))
            })
            .await?;
        ensure!(all.contains("; by distances alone the alert over all features ("), "{all}");
        set_field(window, "Threshold", "high").await?;
        shows(window, "A threshold is a number of 0 or more.").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_change_of_a_trial_is_saved_as_a_patch_or_as_the_whole_file() -> Result<()> {
    in_window(async |window| {
        let folder = tempfile::tempdir()?;
        // One that runs once a day: its past is read soon.
        window.load("/drift/monitor?schedule=food-waste-dach-live-data&feature=weather_temp").await?;
        window.find("region", "What if").await?;
        set_field(window, "Threshold", "0.42").await?;
        window
            .wait_for("all of the past to be read", async || {
                let said = trial_says(window, "would still be beyond it").await?;
                Ok((!said.contains("Read so far")).then_some(()))
            })
            .await?;
        window.click("button", "Save change…").await?;
        let file = save(window, "Save change", Some("Patch"), folder.path()).await?;
        let named = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_named = named.starts_with("food-waste-dach-live-data-constraints-20")
            && file.extension().is_some_and(|ending| ending == "patch");
        ensure!(is_named, "{file:?}");
        let patch = fs::read_to_string(&file)?;
        ensure!(patch.starts_with("--- a/constraints.json\n+++ b/constraints.json\n@@ -"), "{patch}");

        window.click("button", "Save change…").await?;
        let file = save(window, "Save change", Some("Whole file"), folder.path()).await?;
        ensure!(file.extension().is_some_and(|ending| ending == "json"), "{file:?}");
        let whole = fs::read_to_string(&file)?;
        let read: serde_json::Value = serde_json::from_str(&whole)?;
        let features = read["features"].as_array().map(Vec::as_slice).unwrap_or_default();
        let of = |feature: &serde_json::Value| {
            let own = &feature["monitoring_config_overrides"]["distribution_constraints"]["comparison_threshold"];
            feature["name"].as_str().map(str::to_owned).zip(own.as_f64())
        };
        let changed: Vec<(String, f64)> = features.iter().filter_map(of).collect();
        ensure!(changed == [("weather_temp".to_owned(), 0.42)] && features.len() > 3, "{changed:?} of {whole}");
        // The file stands in one line: the patch puts the new one in the place of the old one.
        let added: Vec<&str> = patch.lines().skip(2).filter_map(|line| line.strip_prefix('+')).collect();
        let written: Vec<&str> = whole.lines().collect();
        ensure!(added == written, "{patch}");
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_failed_run_says_which_hours_are_missing() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/monitor?schedule=delivery-eta-uk-live-data&tab=runs&q=status:failed").await?;
        first_row_shows(window, "Monitoring runs", "failed").await?;
        window.press("Down").await?;
        window.find("region", "Why it failed").await?;
        window.find("list", "Hours without captured data").await?;
        window.find("region", "Starting it again").await?;
        shows(window, "Next run: ").await?;
        window.picture("drift/run").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_silent_monitor_is_not_shown_as_good() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/monitor?schedule=staffing-need-dach-live-data").await?;
        window.find("list", "What is wrong with the monitor").await?;
        shows(window, "silent").await?;
        // It ran nine days ago: there is nothing to show of the last seven.
        shows(window, "No reports").await?;
        window.picture("drift/silent").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_endpoint_names_what_nobody_publishes() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/endpoint?name=review-sentiment-uk-live").await?;
        window.find("region", "review-sentiment-uk-live").await?;
        window.find("table", "Variants").await?;
        window.find("table", "Schedules").await?;
        window.find("button", "Export…").await?;
        window.find("region", "Not published").await?;
        shows(window, "Invocations").await?;
        window.picture("drift/endpoint").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn metrics_of_quality_and_bias_stand_with_their_limits() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/monitor?schedule=guest-churn-emea-live-quality&days=30").await?;
        window.find("grid", "Metrics").await?;
        first_row_shows(window, "Metrics", "violated").await?;
        window.by_id("f1").await?;
        // The driver takes a row of a table for something that cannot be clicked.
        let script = "document.querySelector(`[role=grid][aria-label=Metrics] [data-id='f1']`).click()";
        window.web().execute(script, vec![]).await?;
        window.find("region", "f1").await?;
        shows(window, "higher is better").await?;
        window.find("list", "Alerts and deployments").await?;
        ensure!(!window.all(None, "figure", None).await?.is_empty(), "the metric is drawn");
        window.picture("drift/quality").await?;

        window.load("/drift/monitor?schedule=payment-fraud-emea-live-bias&days=30").await?;
        first_row_shows(window, "Metrics", "violated").await?;
        window.find("region", "Not published").await?;
        window.find("list", "Metrics that are not published").await?;
        shows(window, "cannot be computed").await?;
        window.press("j").await?;
        window
            .wait_for("the next metric to be drawn", async || {
                let drawn = !window.all(None, "figure", None).await?.is_empty();
                Ok(drawn.then_some(()))
            })
            .await?;
        window.picture("drift/bias").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_feature_is_counted_over_the_days_that_are_looked_back_at() -> Result<()> {
    in_window(async |window| {
        // More is read first, and stays in the core.
        window.load(&format!("/drift/monitor?schedule={JUMPED}&days=30")).await?;
        first_row_shows(window, "Features", "competitor_rate").await?;
        window.load(&format!("/drift/monitor?schedule={JUMPED}&feature=competitor_rate")).await?;
        window.find("region", "competitor_rate").await?;
        let script =
            "const name = [...document.querySelectorAll('.detail dt')].find(dt => dt.textContent === 'Drifted in');
            return name ? name.nextElementSibling.textContent : '';";
        let said = window
            .wait_for("how often it drifted", async || {
                let said = window.web().execute(script, vec![]).await?;
                Ok(said.json().as_str().filter(|said| !said.is_empty()).map(str::to_owned))
            })
            .await?;
        let numbers: Vec<u32> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [drifted, of] = numbers.as_slice() else { anyhow::bail!("{said}") };
        ensure!(drifted <= of && *of <= 169, "of seven days: {said}");
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn drift_by_keyboard() -> Result<()> {
    in_window(async |window| {
        window.find("heading", "Now").await?;
        window.press("g").await?;
        window.press("d").await?;
        window.find("grid", "Endpoints").await?;
        window.press("/").await?;
        window.type_text(&format!("schedule:={JUMPED}")).await?;
        shows(window, "1 of").await?;
        window.press("Escape").await?;
        window.press("j").await?;
        window.press("Enter").await?;
        first_row_shows(window, "Features", "competitor_rate").await?;
        window.press("j").await?;
        window.find("region", "competitor_rate").await?;
        window.find("region", "What if").await?;
        let focused = "document.querySelector(\"input[aria-label='Threshold slider']\").focus()";
        window.web().execute(focused, vec![]).await?;
        window.press("Right").await?;
        trial_says(window, "would still be beyond it").await?;
        // The arrow moved the threshold, and not the list.
        window.find("region", "competitor_rate").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_endpoint_that_nothing_watches_is_found_in_the_list() -> Result<()> {
    in_window(async |window| {
        window.load("/drift").await?;
        window.find("grid", "Endpoints").await?;
        window.click("radio", "Endpoints").await?;
        window.find("grid", "All endpoints").await?;
        // What failed stands first, with its reason.
        first_row_shows(window, "All endpoints", "staffing-need-emea-live").await?;
        window.picture("drift/endpoints").await?;
        window.press("/").await?;
        window.type_text("name:=upsell-offer-iberia-live").await?;
        shows(window, "1 of").await?;
        first_row_shows(window, "All endpoints", "upsell-offer-iberia version").await?;
        window.press("Escape").await?;
        window.press("j").await?;
        window.find("region", "upsell-offer-iberia-live").await?;
        window.press("Enter").await?;
        window.find("table", "Variants").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_alert_is_raised_after_more_runs() -> Result<()> {
    in_window(async |window| {
        window.load("/drift/monitor?schedule=delivery-eta-uk-live-data&tab=settings").await?;
        window.find("list", "Alerts").await?;
        set_field(window, "Runs that fail", "7").await?;
        shows(window, "Of the last 6 runs, 1 to 6 can fail, not 7.").await?;
        let button = window.find("button", "Change alert").await?;
        ensure!(button.attr("aria-disabled").await?.as_deref() == Some("true"), "7 of 6 cannot be");
        set_field(window, "Runs that fail", "3").await?;
        window.picture("drift/alert").await?;
        window.click("button", "Change alert").await?;
        shows(window, "aws sagemaker update-monitoring-alert").await?;
        window.web().execute("document.querySelector('dialog[open] button[type=submit]').click()", vec![]).await?;
        shows(window, "3 of 6 runs").await?;
        Ok(())
    })
}
