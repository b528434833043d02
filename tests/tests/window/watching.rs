//! Another profile is watched, its failure is told on the desktop, and the window moves there to open it.

use crate::path::{first_row_shows, shows};
use anyhow::Result;
use tests::window::in_window;

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_watched_profile_shows_on_now_and_opens_in_its_place() -> Result<()> {
    in_window(async |window| {
        window.load("/settings").await?;
        window.find("button", "Watch").await?;
        let script = "const select = document.querySelector('.watch-form select'); select.value = 'practice-prod';
            select.dispatchEvent(new Event('change', { bubbles: true }));";
        window.web().execute(script, vec![]).await?;
        window.click("button", "Watch").await?;
        window.by_id("practice-prod eu-west-1").await?;
        window.click("radio", "Everywhere").await?;
        window.click("switch", "Quiet hours").await?;
        window.load("/now?q=profile:=practice-prod%20kind:failed%20daily-sales").await?;
        window.find("grid", "Now").await?;
        first_row_shows(window, "Now", "practice-prod").await?;
        window.press("Down").await?;
        shows(window, "Opening this moves it to practice-prod eu-west-1.").await?;
        window.click("link", "Switch to practice-prod and open execution").await?;
        window.find("grid", "Executions").await?;
        shows(window, "PRODUCTION").await?;
        window.area("Settings").await?;
        window.click("button", "Stop watching practice-prod eu-west-1").await?;
        shows(window, "Nothing is watched besides what is open.").await?;
        Ok(())
    })
}
