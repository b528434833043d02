//! Writes as a person meets them: by keyboard alone, on production, at a moment, under another key; and what is typed in
//! secret.

use crate::path::{SALES, first_row_shows, shows};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use tests::{
    computer::Computer,
    window::{Window, in_window, on_computer},
};

/// Presses Tab until the focus is on what has this name.
pub async fn tab_to(window: &Window, name: &str) -> Result<()> {
    for _ in 0..60 {
        let script = "const at = document.activeElement; return at.getAttribute('aria-label') ?? at.innerText ?? ''";
        if window.web().execute(script, vec![]).await?.json().as_str().is_some_and(|text| text.trim() == name) {
            return Ok(());
        }
        window.press("Tab").await?;
    }
    anyhow::bail!("60 times Tab did not lead to `{name}`")
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_restore_itself_by_keyboard() -> Result<()> {
    in_window(async |window| {
        window.load(SALES).await?;
        window.find("grid", "Versions").await?;
        shows(window, "Starts daily-sales-pipeline").await?;
        tab_to(window, "Restore this version").await?;
        window.press("Enter").await?;
        shows(window, "Verified.").await?;
        first_row_shows(window, "Versions", "1.2 MB").await?;
        tab_to(window, "Receipt").await?;
        window.press("Enter").await?;
        shows(window, "What was written").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn production_is_unlocked_by_a_reason_and_confirmed_by_its_name() -> Result<()> {
    on_computer(
        "writes-production",
        |estate| Ok(Computer::on(estate)?.with("AWS_PROFILE", "practice-prod")),
        async |computer| {
            let window = Window::open(computer, "writes-production").await?;
            window
                .run(async |window| {
                    window.load(SALES).await?;
                    window.find("grid", "Versions").await?;
                    window.click("button", "Mode: READ-ONLY").await?;
                    window.find("dialog", "Unlock practice-prod").await?;
                    window.type_text("short").await?;
                    window.click("button", "Unlock for 15 minutes").await?;
                    shows(window, "Say in 8 letters or more why.").await?;
                    window.find("textbox", "Reason, kept in the audit log").await?.send_keys(": ticket 4711").await?;
                    window.click("button", "Unlock for 15 minutes").await?;
                    shows(window, "CONFIRM · 15 min left").await?;

                    window.click("button", "Restore this version").await?;
                    let dialog = window.find("dialog", "Restore daily_sales.csv").await?;
                    let go = window.find_in(&dialog, "button", "Restore daily_sales.csv").await?;
                    ensure!(!go.is_enabled().await? || go.attr("aria-disabled").await?.as_deref() == Some("true"));
                    window.picture("writes/typed-confirmation").await?;
                    window
                        .find_in(&dialog, "textbox", "Type daily_sales.csv to confirm on production")
                        .await?
                        .click()
                        .await?;
                    window.type_text("daily_sales.csv").await?;
                    window.press("Enter").await?;
                    shows(window, "Verified.").await?;
                    first_row_shows(window, "Versions", "1.2 MB").await?;

                    window.visit("/activity?tab=audit").await?;
                    shows(window, "ticket 4711").await?;
                    Ok(())
                })
                .await
        },
    )
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn by_date_and_under_another_key() -> Result<()> {
    in_window(async |window| {
        window.load(SALES).await?;
        window.find("grid", "Versions").await?;
        shows(window, "The current version is much smaller.").await?;
        window.click("button", "Restore to another key…").await?;
        let dialog = window.find("dialog", "Restore to another key").await?;
        shows(window, "archive/20").await?;
        window.find_in(&dialog, "button", "Restore to this key").await?;
        window.click("button", "Restore to this key").await?;
        shows(window, "Verified.").await?;
        window.press("Escape").await?;

        window.load(SALES).await?;
        shows(window, "23 versions, in stored order").await?;
        window.click("button", "Restore by date…").await?;
        window.find("dialog", "Restore by date").await?;
        // Before the accident at any hour: the story's morning may be yesterday's.
        window.type_text("now-2d").await?;
        shows(window, "This version was current.").await?;
        // The button moves down when the plan stands above it.
        shows(window, "Copy: a copy was asked for.").await?;
        window.picture("writes/by-date").await?;
        let dialog = window.find("dialog", "Restore by date").await?;
        window.find_in(&dialog, "button", "Restore this version").await?.click().await?;
        shows(window, "24 versions, in stored order").await?;
        first_row_shows(window, "Versions", "1.2 MB").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn keys_that_are_typed_are_seen_nowhere() -> Result<()> {
    const CANARY: &str = "kanarienvogel/Wx7PqLm2RtZ9";
    on_computer("writes-canary", Computer::on, async |computer| {
        let window = Window::open(computer, "writes-canary").await?;
        let home = computer.home().to_path_buf();
        window
            .run(async |window| {
                window.load("/settings").await?;
                window.click("button", "Add access keys").await?;
                for (name, text) in [
                    ("Profile name", "night-watch"),
                    ("Region", "eu-west-1"),
                    ("Access key id", "AKIACANARY0000000001"),
                    ("Secret access key", CANARY),
                ] {
                    window.find("textbox", name).await?.send_keys(text).await?;
                }
                window.click("button", "Keep keys in the keychain").await?;
                shows(window, "night-watch").await?;
                window.find("grid", "Buckets").await.ok();
                let script = "return document.documentElement.outerHTML.includes(arguments[0])
                    || [...document.querySelectorAll('input, textarea')].some(field => field.value.includes(arguments[0]))
                    || JSON.stringify({ ...localStorage, ...sessionStorage }).includes(arguments[0])";
                let seen = window.web().execute(script, vec![CANARY.into()]).await?;
                ensure!(seen.json() == false, "the secret stands in the window");
                ensure!(!window.log().contains(CANARY), "the secret stands in the log");
                let mut folders = vec![home.clone()];
                while let Some(folder) = folders.pop() {
                    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
                        let path = entry?.path();
                        if path.is_dir() && !path.is_symlink() {
                            folders.push(path);
                        } else if let Ok(bytes) = fs::read(&path) {
                            let found = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
                            ensure!(!found, "the secret stands in {}", path.display());
                        }
                    }
                }
                Ok(())
            })
            .await
    })
}
