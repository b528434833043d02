//! What a team asks of a version, and its stage: the gates in the settings, and a change of stage with its receipt.

use crate::path::{first_row_shows, shows};
use anyhow::{Result, ensure};
use tests::window::{Window, in_window};

const DRIFTED: &str = "/models?q=group:demand-forecast-dach";
const PRICES: &str = "/models?q=group:dynamic-pricing-iberia";

async fn holds(window: &Window, what: &str, script: &str) -> Result<()> {
    window
        .wait_for(what, async || {
            let found = window.web().execute(script, vec![]).await?;
            Ok((found.json() == true).then_some(()))
        })
        .await
}

/// Types over what stands in a field of the settings.
async fn fill(window: &Window, label: &str, text: &str) -> Result<()> {
    window.find("textbox", label).await?;
    let script = "const field = [...document.querySelectorAll('.gate-options input')]
            .find(field => field.getAttribute('aria-label') === arguments[0]);
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));";
    window.web().execute(script, vec![label.into(), text.into()]).await?;
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_gate_that_advises_holds_nothing() -> Result<()> {
    in_window(async |window| {
        window.load(DRIFTED).await?;
        first_row_shows(window, "Model versions", "demand-forecast-dach").await?;
        window.press("Down").await?;
        holds(
            window,
            "the gate that holds",
            "return document.querySelector(\".gate[data-id='Traffic'] .chip\") !== null",
        )
        .await?;
        // The head names what is red, and not how many are.
        holds(
            window,
            "the red gates by name",
            "return (document.querySelector('.detail h2')?.innerText ?? '').includes('traffic')",
        )
        .await?;
        window.click("link", "Configure the gates").await?;
        window.find("table", "Approval gates").await?;
        fill(window, "Explainability", "1.5").await?;
        shows(window, "Type a number from 0 to 1.").await?;
        let disabled =
            "const save = [...document.querySelectorAll('button')].find(one => one.innerText.trim() === 'Save gates');
            return save.disabled";
        ensure!(window.web().execute(disabled, vec![]).await?.json() == true, "what cannot be read is not saved");
        fill(window, "Explainability", "0.8").await?;
        let advise = "[...document.querySelectorAll(\"tr[data-id='Traffic'] [role=radio]\")]
            .find(radio => radio.innerText.trim() === 'Advises').click()";
        window.web().execute(advise, vec![]).await?;
        shows(window, "Not saved yet.").await?;
        window.picture("settings/gates").await?;
        window.click("button", "Save gates").await?;
        holds(window, "what was saved", "return !document.body.innerText.includes('Not saved yet.')").await?;
        window.load(DRIFTED).await?;
        first_row_shows(window, "Model versions", "demand-forecast-dach").await?;
        window.press("Down").await?;
        let advises = "const gate = document.querySelector(\".gate[data-id='Traffic']\");
            return gate !== null && gate.querySelector('.st')?.innerText.trim() === 'red' && gate.querySelector('.chip') === null";
        holds(window, "a red gate that advises", advises).await?;
        window.load("/activity?tab=audit").await?;
        shows(window, "models.policy").await?;
        window.load("/settings?part=gates").await?;
        window.find("table", "Approval gates").await?;
        window.click("button", "Restore defaults").await?;
        window.click("button", "Save gates").await?;
        holds(window, "the defaults", "return !document.body.innerText.includes('Not saved yet.')").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_stage_is_changed_from_the_page_of_its_version() -> Result<()> {
    in_window(async |window| {
        window.load(PRICES).await?;
        first_row_shows(window, "Model versions", "dynamic-pricing-iberia").await?;
        window.press("Down").await?;
        window.click("button", "Change stage…").await?;
        window.find("dialog", "Change stage").await?;
        window.choose("Stage", "PreProduction").await?;
        window.choose("Status of the stage", "InProgress").await?;
        window.find("textbox", "Description, kept with the stage").await?.send_keys("canary since Monday").await?;
        window.picture("models/stage").await?;
        window.click("button", "Plan the change").await?;
        holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
        shows(window, "UpdatedModelPackageFields ModelLifeCycle").await?;
        shows(window, "--model-life-cycle").await?;
        window.picture("models/stage-plan").await?;
        window.web().execute("document.querySelector('dialog[open] button[type=submit]').click()", vec![]).await?;
        window.find("group", "Result").await?;
        shows(window, "PreProduction, InProgress").await?;
        window.click("tab", "History").await?;
        let told = "const rows = [...document.querySelectorAll(\"ol[aria-label='History'] li\")];
            const row = rows.find(row => row.innerText.includes('Stage PreProduction, InProgress'));
            return row !== undefined && row.innerText.includes('canary since Monday') && row.querySelector('a') !== null";
        holds(window, "the change with its receipt", told).await?;
        window.picture("models/history").await?;
        Ok(())
    })
}
