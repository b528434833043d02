//! Evidently's snapshots are added in Settings, stand among the monitors, and are compared with Model Monitor.

use crate::path::{first_row_shows, shows};
use anyhow::Result;
use tests::window::{Window, in_window};

const PREFIX: &str = "s3://ml-monitoring/evidently/";
const ENDPOINT: &str = "dynamic-pricing-emea-live";

/// Types into a field by its id, whatever stands in it.
async fn fill(window: &Window, id: &str, value: &str) -> Result<()> {
    let script = "const field = document.getElementById(arguments[0]);
        if (!field) return false;
        field.value = arguments[1];
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return true;";
    window
        .wait_for(&format!("the field {id}"), async || {
            let set = window.web().execute(script, vec![id.into(), value.into()]).await?;
            Ok((set.json() == true).then_some(()))
        })
        .await
}

/// The driver takes a row of a table for something that cannot be clicked.
async fn choose_row(window: &Window, table: &str, id: &str) -> Result<()> {
    let script =
        "const row = document.querySelector(`table[aria-label='${arguments[0]}'] [data-id='${arguments[1]}']`);
        row?.click();
        return row != null;";
    window
        .wait_for(&format!("the row {id} of {table}"), async || {
            let found = window.web().execute(script, vec![table.into(), id.into()]).await?;
            Ok((found.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_source_is_added_and_what_it_follows_is_compared() -> Result<()> {
    in_window(async |window| {
        window.load("/settings").await?;
        window.find("button", "Add source").await?;
        fill(window, "source-address", "evidently").await?;
        window.click("button", "Add source").await?;
        shows(window, "Give an address").await?;
        fill(window, "source-address", "http://ml.example.com").await?;
        shows(window, "This address is not encrypted").await?;
        // What was typed for another place is not sent with this one, which takes no token.
        fill(window, "source-token", "typed-for-mlflow").await?;
        fill(window, "source-address", "s3://ml-monitoring/evidently/{endpoint}/").await?;
        fill(window, "source-names", "no mapping").await?;
        window.click("button", "Try").await?;
        shows(window, "\"no mapping\" is not NAME = ENDPOINT.").await?;
        fill(window, "source-names", "").await?;
        window.click("button", "Try").await?;
        shows(window, "5 folders of snapshots were found.").await?;
        window.picture("drift/sources").await?;
        window.click("button", "Add source").await?;
        window.by_id(PREFIX).await?;

        window.load(&format!("/drift?q=source:evidently%20endpoint:={ENDPOINT}")).await?;
        first_row_shows(window, "Endpoints", "Evidently").await?;
        let place = format!("{PREFIX}{ENDPOINT}/");
        window.by_id(&place).await?.click().await?;
        window.find("region", &place).await?;
        window.click("link", "Open monitor").await?;
        window.find("table", "Tests").await?;
        shows(window, "drift at or above 0.1").await?;
        choose_row(window, "Tests", "competitor_rate").await?;
        window.find("region", "competitor_rate").await?;
        window.picture("drift/followed").await?;

        window.click("link", &format!("compare with {ENDPOINT}-data")).await?;
        window.find("table", "Agreement").await?;
        shows(window, "both drifted").await?;
        window.picture("drift/agreement").await?;

        window.load("/settings").await?;
        let remove = format!("Remove {PREFIX}");
        window.click("button", &remove).await?;
        window.gone("button", &remove).await?;
        Ok(())
    })
}
