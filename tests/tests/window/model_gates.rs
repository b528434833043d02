//! What a team asks of a version, and its stage: the gates in the settings, and a change of stage with its receipt.

use crate::path::{first_row_shows, holds, shows};
use anyhow::{Result, ensure};
use tests::{
    estate::Estate,
    window::{Window, in_window},
};

const DRIFTED: &str = "/models?q=group:demand-forecast-dach";
const PRICES: &str = "/models?q=group:dynamic-pricing-iberia";
const REASON: &str = "better on every metric and fit for the traffic of today";

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

/// Opens the version of prices that waits, and waits until the gate of two persons says this.
async fn prices_with_persons(window: &Window, verdict: &str, words: &str) -> Result<()> {
    window.load(PRICES).await?;
    first_row_shows(window, "Model versions", "dynamic-pricing-iberia").await?;
    window.press("Down").await?;
    persons_are(window, verdict, words).await
}

async fn persons_are(window: &Window, verdict: &str, words: &str) -> Result<()> {
    let script = format!(
        "const gate = document.querySelector(\".gate[data-id='TwoPersons']\");
        return gate?.querySelector('.st')?.innerText.trim() === '{verdict}' && gate.innerText.includes('{words}')"
    );
    holds(window, &format!("the gate of two persons to be {verdict}: {words}"), &script).await
}

/// Says why, presses the button that begins with this, and runs its plan.
async fn decide(window: &Window, button: &str) -> Result<()> {
    ask(window, button).await?;
    holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
    window.picture(&format!("models/two-persons-{}", button.to_lowercase())).await?;
    window.web().execute("document.querySelector('dialog[open] button[type=submit]').click()", vec![]).await?;
    window.find("group", "Result").await?;
    Ok(())
}

/// Says why, and presses the button that begins with this.
async fn ask(window: &Window, button: &str) -> Result<()> {
    let template = "return /Why: ?$/.test(document.querySelector('.decision textarea')?.value ?? '')";
    holds(window, "the template of the comment", template).await?;
    window.press("c").await?;
    window.type_text(&format!(" {REASON}")).await?;
    let press = format!(
        "const button = [...document.querySelectorAll('.decision .acts button')]
            .find(button => button.innerText.startsWith('{button}'));
        if (!button || button.disabled || button.getAttribute('aria-disabled') === 'true') return false;
        button.click();
        return true"
    );
    holds(window, &format!("the button {button}"), &press).await
}

/// Another person than the one who signed or approves.
async fn second_person(window: &Window) -> Result<()> {
    window.click("button", "Choose profile: practice").await?;
    window.by_id("practice-second").await?.click().await?;
    window.find("button", "Choose profile: practice-second").await?;
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn one_person_signs_and_another_one_approves() -> Result<()> {
    in_window(async |window| {
        prices_with_persons(window, "red", "nobody has signed yet").await?;
        decide(window, "Sign").await?;
        // Who has signed is not the second of two.
        persons_are(window, "red", "you have signed").await?;
        let held = "const held = [...document.querySelectorAll(\".decision .acts button[aria-disabled='true']\")];
            return held.some(button => button.innerText.startsWith('Approve'))
                && held.some(button => button.innerText.startsWith('Sign') && button.title.includes('you have signed'))";
        holds(window, "approving and signing to be held", held).await?;

        second_person(window).await?;
        prices_with_persons(window, "green", "oncall signed").await?;
        decide(window, "Approve").await?;
        window.click("link", "Receipt").await?;
        shows(window, "What was written").await?;
        shows(window, REASON).await?;
        window.picture("models/two-persons-receipt").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_approval_by_someone_else_meanwhile_is_told_and_nothing_is_written() -> Result<()> {
    in_window(async |window| {
        let estate = Estate::shared()?;
        prices_with_persons(window, "red", "nobody has signed yet").await?;
        decide(window, "Sign").await?;
        persons_are(window, "red", "you have signed").await?;
        second_person(window).await?;
        prices_with_persons(window, "green", "oncall signed").await?;
        let arn = window.web().execute("return document.querySelector('section.detail').dataset.id", vec![]).await?;
        let arn = arn.json().as_str().unwrap_or_default().to_owned();
        estate.approve_version(&arn, "looked at it from another window")?;
        let mark = estate.mark()?;
        ask(window, "Approve").await?;
        let told = "const fault = document.querySelector('.decision .fault')?.innerText ?? '';
            return /oncall changed it at \\d+ \\w+ \\d{4} \\d\\d:\\d\\d UTC: approval/.test(fault)
                && document.querySelector('dialog[open]') === null";
        holds(window, "who approved it, and when", told).await?;
        window.picture("models/approved-meanwhile").await?;
        // The page itself says so once it is looked at anew, and what was said of the old one goes.
        window.web().execute("document.activeElement.blur()", vec![]).await?;
        window.press("r").await?;
        let told = "const notices = document.querySelector(\".detail [aria-label='Notices']\")?.innerText ?? '';
            return notices.includes('Since you looked last: oncall changed it at')
                && document.querySelector('.decision .fault') === null";
        holds(window, "the news of the version", told).await?;
        shows(window, "it is approved already").await?;
        window.picture("models/approved-meanwhile-anew").await?;
        ensure!(estate.calls("UpdateModelPackage", mark)?.is_empty(), "nothing was written");
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn what_an_approval_starts_is_followed_without_asking() -> Result<()> {
    in_window(async |window| {
        let estate = Estate::shared()?;
        window.load("/models?q=group:demand-forecast-emea").await?;
        first_row_shows(window, "Model versions", "demand-forecast-emea").await?;
        window.press("Down").await?;
        let named = "return document.querySelector('section.detail')?.dataset.id?.includes(':model-package/') ?? false";
        holds(window, "the pane of the version", named).await?;
        let arn = window.web().execute("return document.querySelector('section.detail').dataset.id", vec![]).await?;
        let arn = arn.json().as_str().unwrap_or_default().to_owned();
        let version = arn.rsplit('/').next().unwrap_or_default().to_owned();
        estate.approve_version(&arn, "looked at it from another window")?;
        window.load(&format!("/models/version?arn={}", arn.replace(':', "%3A").replace('/', "%2F"))).await?;
        let told = "return document.querySelector(\"[aria-label='Since it serves'] p\") !== null";
        holds(window, "what became of the approval", told).await?;
        // From here on nobody presses anything.
        let mark = estate.mark()?;
        window
            .wait_for("the endpoint to be asked for again", async || {
                Ok((!estate.calls("DescribeEndpoint", mark)?.is_empty()).then_some(()))
            })
            .await?;
        let script = format!(
            "const told = document.querySelector(\"[aria-label='Since it serves']\")?.innerText ?? '';
            return /is InService and serves version {version}(?![0-9])/.test(told)"
        );
        holds(window, &format!("version {version} to serve"), &script).await?;
        window.picture("models/serves-by-itself").await.map(drop)
    })
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
