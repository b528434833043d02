//! From Now to what of models waits or is wrong.

use crate::path::shows;
use anyhow::{Context as _, Result, ensure};
use tests::window::{Window, in_window};

/// Presses the first link of one of the lists about models, and answers with its text.
async fn first_of(window: &Window, list: &str) -> Result<String> {
    window.find("list", list).await?;
    // Rows are drawn anew as long as parts come in.
    let script = "const link = document.querySelector(`.now-list[aria-label='${arguments[0]}'] li .link`);
        return document.querySelector('.now-models .skeleton') ? null : link?.innerText ?? null";
    let name = window
        .wait_for(&format!("a row of {list}"), async || {
            let found = window.web().execute(script, vec![list.into()]).await?;
            Ok(found.json().as_str().map(str::to_owned))
        })
        .await?;
    window.click("link", &name).await?;
    Ok(name)
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_oldest_pending_version_is_one_press_away() -> Result<()> {
    in_window(async |window| {
        window.load("/now").await?;
        let name = first_of(window, "Pending approvals").await?;
        let (group, version) = name.rsplit_once(' ').context("group and version")?;
        ensure!(group == "dynamic-pricing-apac" && version.parse::<u32>().is_ok(), "{name} waits for 41 days");
        window.find("heading", "Models").await?;
        shows(window, group).await?;
        let script = "return location.pathname + decodeURIComponent(location.search)";
        let address = window.web().execute(script, vec![]).await?;
        let address = address.json().as_str().unwrap_or_default().to_owned();
        ensure!(
            address.starts_with("/models/version?arn=")
                && address.contains(&format!(":model-package/{group}/{version}")),
            "{address}"
        );
        // Approve and reject are there, with the gates before them.
        window.find("table", "Model versions").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_silent_monitor_leads_to_its_page() -> Result<()> {
    in_window(async |window| {
        window.load("/now").await?;
        for list in ["Pending approvals", "Drift that matters", "Silent monitors", "Endpoints in trouble"] {
            window.find("list", list).await?;
        }
        shows(window, "RollingBack").await?;
        window.picture("now/models").await?;
        let schedule = first_of(window, "Silent monitors").await?;
        ensure!(schedule == "staffing-need-dach-live-data", "{schedule} is silent for 9 days");
        window.find("heading", "Drift").await?;
        shows(window, "has not run for ").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn which_news_of_models_are_told_is_a_setting_that_stays() -> Result<()> {
    in_window(async |window| {
        window.load("/settings").await?;
        let state = async |name: &str| -> Result<Option<String>> {
            Ok(window.find("switch", name).await?.attr("aria-checked").await?)
        };
        ensure!(state("Endpoints in trouble").await?.as_deref() == Some("true"));
        ensure!(state("Silent monitors").await?.as_deref() == Some("true"));
        ensure!(state("Drift").await?.as_deref() == Some("false"));
        ensure!(state("Pending approvals").await?.as_deref() == Some("false"));
        window.click("switch", "Pending approvals").await?;
        let script = "const field = document.querySelector('input.days');
            field.value = '9';
            field.dispatchEvent(new Event('change', { bubbles: true }));";
        window.web().execute(script, vec![]).await?;
        let kept = "return document.querySelector('section[aria-labelledby=watching-title]')?.getAttribute('aria-busy') === 'false'";
        window
            .wait_for("the setting to be kept", async || {
                Ok((window.web().execute(kept, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.load("/settings").await?;
        window.find("switch", "Pending approvals").await?;
        let script = "const field = document.querySelector('input.days');
            const on = document.querySelector('[role=switch][aria-labelledby=tell-pending]')?.getAttribute('aria-checked');
            return on === 'true' && field?.value === '9'";
        window
            .wait_for("nine days", async || {
                Ok((window.web().execute(script, vec![]).await?.json() == true).then_some(()))
            })
            .await?;
        window.picture("settings/news-of-models").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn drift_that_matters_leads_to_its_feature() -> Result<()> {
    in_window(async |window| {
        window.load("/now").await?;
        window.find("list", "Drift that matters").await?;
        // A schedule may stand in another list too, so the link is pressed where it stands.
        let press = "const links = document.querySelectorAll(\".now-list[aria-label='Drift that matters'] li .link\");
            const link = [...links].find((one) => (one.getAttribute('href') ?? '').includes('feature='));
            if (document.querySelector('.now-models .skeleton') || !link) return false;
            link.click();
            return true";
        let feature = "return location.pathname === '/drift/monitor'
            && new URLSearchParams(location.search).get('feature') !== null";
        for (what, script) in [("the link of a feature", press), ("its page", feature)] {
            window
                .wait_for(what, async || {
                    let found = window.web().execute(script, vec![]).await?;
                    Ok((found.json() == true).then_some(()))
                })
                .await?;
        }
        window.find("table", "Statistics").await?;
        shows(window, "L-infinity").await?;
        window.picture("now/drift-to-its-feature").await?;
        Ok(())
    })
}
