//! Rejections that change more than one line: of the version that serves, from where it is followed, and of those that
//! nobody decided on.

use crate::{
    models::run_plan,
    path::{holds, shows},
};
use anyhow::Result;
use tests::window::in_window;

const REASON: &str = "errors rose since it serves, the version before was fine";

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_version_that_serves_is_rejected_and_the_one_before_goes_back() -> Result<()> {
    in_window(async |window| {
        window.load("/models/group?name=demand-forecast-emea").await?;
        window.find("table", "Model versions").await?;
        let serves = "const row = [...document.querySelectorAll('table[aria-label=\"Model versions\"] tbody tr')]
                .find(row => row.innerText.includes('demand-forecast-emea-live'));
            row?.querySelector('button').click();
            return row !== undefined";
        holds(window, "the version that serves", serves).await?;
        // What became of its approval stands with what it started.
        window.find("list", "Pipelines that its approval starts").await?;
        shows(window, "the last day before its configuration was made").await?;
        window.picture("models/followed").await?;
        let template = "return /Why: ?$/.test(document.querySelector('.decision textarea')?.value ?? '')";
        holds(window, "the template of the comment", template).await?;
        // Without a reason it is asked for one, and nothing is planned.
        let back = "const button = [...document.querySelectorAll(\"[aria-label='Since it serves'] button\")]
                .find(button => /^Reject version \\d+: version \\d+ goes back$/.test(button.innerText.trim()));
            button?.click();
            return button !== undefined";
        holds(window, "the way back", back).await?;
        let refused = "return (document.querySelector('#decision-problem')?.innerText ?? '') !== ''
            && document.querySelector('dialog[open]') === null
            && document.activeElement === document.querySelector('.decision textarea')";
        holds(window, "the reason to be asked for", refused).await?;
        window.type_text(&format!(" {REASON}")).await?;
        holds(window, "the way back", back).await?;
        holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
        shows(window, "Rejecting it changes production").await?;
        shows(window, "in its place at demand-forecast-emea-live").await?;
        window.picture("models/roll-back").await?;
        run_plan(window, REASON).await
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn versions_that_nobody_decided_on_are_rejected_together() -> Result<()> {
    in_window(async |window| {
        window.load("/models/group?name=dynamic-pricing-apac").await?;
        window.find("region", "Stale versions").await?;
        window.click("button", "Reject 1 stale version…").await?;
        window.find("dialog", "Reject stale versions").await?;
        let disabled = "return document.querySelector('dialog[open] button[type=submit]').disabled";
        holds(window, "a reason to be asked for", disabled).await?;
        window.web().execute("document.querySelector('dialog[open] textarea').focus()", vec![]).await?;
        window.type_text(REASON).await?;
        window.click("button", "Plan to reject").await?;
        holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
        shows(window, "Reject 1 stale version of dynamic-pricing-apac").await?;
        window.picture("models/stale").await?;
        run_plan(window, REASON).await
    })
}
