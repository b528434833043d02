//! Settings that are kept and show at once: the look, the zone of times, single keys, what a profile is; copies of logs and
//! files of signatures that are removed; what cannot be read and is set aside.

use crate::{
    job_logs::open_files,
    path::{SALES, holds, shows},
};
use anyhow::{Result, ensure};
use std::{fs, time::Duration};
use tests::{
    computer::Computer,
    stored,
    window::{Window, in_window, on_computer},
};

/// Chooses a word of a group: several groups have the same words.
async fn pick(window: &Window, group: &str, word: &str) -> Result<()> {
    let group = window.find("radiogroup", group).await?;
    let choice = window.find_in(&group, "radio", word).await?;
    choice.scroll_into_view().await?;
    choice.click().await?;
    Ok(())
}

/// Waits until the core has kept the settings: what follows loads the window anew.
async fn kept(window: &Window) -> Result<()> {
    let script = "const section = document.querySelector('section[aria-labelledby=watching-title]');
        return section?.getAttribute('aria-busy') === 'false'";
    holds(window, "the settings to be kept", script).await
}

/// Waits until the window is drawn in a theme and density.
async fn looks(window: &Window, theme: &str, density: &str) -> Result<()> {
    let script = "const { theme, density } = document.documentElement.dataset;
        return theme === arguments[0] && density === arguments[1]";
    window
        .wait_for(&format!("the theme {theme}, {density}"), async || {
            let drawn = window.web().execute(script, vec![theme.into(), density.into()]).await?;
            Ok((drawn.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_look_and_single_keys_change_at_once_and_stay() -> Result<()> {
    in_window(async |window| {
        window.load("/settings").await?;
        pick(window, "Theme", "Light").await?;
        looks(window, "light", "comfortable").await?;
        pick(window, "Theme", "High contrast").await?;
        pick(window, "Density", "Compact").await?;
        looks(window, "contrast", "compact").await?;
        window.click("switch", "Single keys").await?;
        kept(window).await?;

        window.load("/objects").await?;
        window.by_id("lake-raw").await?;
        looks(window, "contrast", "compact").await?;
        window.press("g").await?;
        window.press("s").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        ensure!(window.all(None, "heading", Some("Objects")).await?.len() == 1, "letters alone go nowhere");
        window.press("Control+k").await?;
        window.find("dialog", "Command palette").await?;
        window.press("Escape").await?;
        window.gone("dialog", "Command palette").await?;

        window.load("/settings").await?;
        window.click("switch", "Single keys").await?;
        kept(window).await?;
        window.press("g").await?;
        window.press("o").await?;
        window.find("grid", "Buckets").await?;
        Ok(())
    })
}

/// Minutes east of UTC, all year.
const KOLKATA: i32 = 330;

/// Waits until a grid says its zone, and each of its times is so many minutes east of UTC.
async fn times_are(window: &Window, label: &str, minutes: i32) -> Result<()> {
    let script = "const grid = document.querySelector(\"[role=grid][aria-label='Buckets']\");
        const times = [...grid?.querySelectorAll('time[datetime]') ?? []];
        const clock = time => new Date(Date.parse(time.dateTime) + arguments[1] * 60000).toISOString().slice(11, 19);
        return times.length > 0 && grid.textContent.includes(`Created (${arguments[0]})`)
            && times.every(time => time.textContent.trim().endsWith(clock(time)))";
    window
        .wait_for(&format!("times that are {label}"), async || {
            let shown = window.web().execute(script, vec![label.into(), minutes.into()]).await?;
            Ok((shown.json() == true).then_some(()))
        })
        .await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn times_are_shown_in_the_chosen_zone() -> Result<()> {
    on_computer(
        "settings-zone",
        |estate| Ok(Computer::on(estate)?.with("TZ", "Asia/Kolkata")),
        async |computer| {
            let window = Window::open(computer, "settings-zone").await?;
            window
                .run(async |window| {
                    window.load("/objects").await?;
                    times_are(window, "UTC", 0).await?;
                    let east = window.web().execute("return -new Date(0).getTimezoneOffset()", vec![]).await?;
                    ensure!(east.json() == KOLKATA, "the window keeps another zone: {:?}", east.json());
                    window.visit("/settings").await?;
                    pick(window, "Times", "Local").await?;
                    kept(window).await?;
                    window.visit("/objects").await?;
                    times_are(window, "local", KOLKATA).await?;
                    window.load("/objects").await?;
                    times_are(window, "local", KOLKATA).await?;
                    // Where a time stands alone, it says its distance.
                    window.visit(SALES).await?;
                    shows(window, "UTC+5:30").await?;
                    // The switch in the top bar is the same setting.
                    window.visit("/objects").await?;
                    pick(window, "Time zone", "UTC").await?;
                    times_are(window, "UTC", 0).await?;
                    window.visit("/settings").await?;
                    let utc = "const group = document.querySelector(\"[role=radiogroup][aria-label='Times']\");
                        return group?.querySelector('[aria-checked=true]')?.textContent === 'UTC'";
                    holds(window, "UTC in the settings too", utc).await
                })
                .await
        },
    )
}

/// Bytes of what is kept, as Settings say on hover. `None` until they are known.
async fn kept_bytes(window: &Window, name: &str) -> Result<Option<u64>> {
    let script = "const section = document.querySelector('section[aria-labelledby=log-copies-title]');
        const names = [...section?.querySelectorAll('dt') ?? []];
        return names.find(one => one.textContent === arguments[0])?.nextElementSibling?.title ?? null";
    let title = window.web().execute(script, vec![name.into()]).await?;
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok();
    Ok(title.json().as_str().and_then(digits))
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn copies_of_logs_are_counted_and_removed() -> Result<()> {
    in_window(async |window| {
        open_files(window).await?;
        window.click("button", "Merge these files on one clock").await?;
        window.find("grid", "Log lines").await?;
        shows(window, "merged on one clock").await?;
        window.visit("/settings").await?;
        let some = async || Ok(kept_bytes(window, "Logs").await?.filter(|bytes| *bytes > 0));
        window.wait_for("copies of the logs that were read", some).await?;
        shows(window, "of at most 2.0 GB").await?;
        ensure!(kept_bytes(window, "Reports of monitors").await?.is_some(), "reports are counted beside them");
        window.click("button", "Remove copies").await?;
        let none = async || Ok((kept_bytes(window, "Logs").await? == Some(0)).then_some(()));
        window.wait_for("no copies", none).await?;
        shows(window, "0 B of at most 2.0 GB").await?;
        let off = async || Ok((!window.find("button", "Remove copies").await?.is_enabled().await?).then_some(()));
        window.wait_for("nothing to remove", off).await?;
        window.picture("settings/log-copies").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_profile_that_is_called_production_is_locked() -> Result<()> {
    in_window(async |window| {
        window.load("/settings").await?;
        window.choose("Environment of practice", "production").await?;
        let locked = "const mode = document.querySelector(\"select[aria-label='Mode of practice']\");
            return document.querySelector('.guard.prod') !== null && mode?.disabled === true && mode.value === 'read-only'";
        holds(window, "production in the top bar", locked).await?;
        window.load(SALES).await?;
        shows(window, "READ-ONLY: the badge in the top bar").await?;
        window.load("/settings").await?;
        window.choose("Environment of practice", "guess").await?;
        holds(window, "the guess again", "return document.querySelector('.guard.prod') === null").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_file_of_signatures_says_what_is_wrong_and_is_deleted() -> Result<()> {
    on_computer(
        "settings-signatures",
        |estate| {
            let computer = Computer::on(estate)?;
            let folder = computer.data().join("signatures");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("broken.toml"), "[[signature")?;
            Ok(computer)
        },
        async |computer| {
            let window = Window::open(computer, "settings-signatures").await?;
            let file = computer.data().join("signatures").join("broken.toml");
            window
                .run(async |window| {
                    window.load("/settings").await?;
                    window.by_id("broken.toml").await?;
                    let wrong = "return document.querySelector(\"[data-id='broken.toml'] .bad\") !== null";
                    holds(window, "what is wrong with the file", wrong).await?;
                    window.click("button", "Delete broken.toml").await?;
                    window.find("dialog", "Delete broken.toml").await?;
                    shows(window, "No signature in it can be used.").await?;
                    ensure!(file.exists(), "nothing is deleted before it is said so");
                    window.click("button", "Delete file").await?;
                    window.gone("button", "Delete broken.toml").await?;
                    ensure!(!file.exists(), "the file is still there");
                    Ok(())
                })
                .await
        },
    )
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn general_settings_that_cannot_be_read_are_kept_until_they_are_set_aside() -> Result<()> {
    on_computer("settings-general", Computer::on, async |computer| {
        let window = Window::open(computer, "settings-general").await?;
        let data = computer.data();
        window
            .run(async |window| {
                window.load("/settings").await?;
                window.find("button", "Add source").await?;
                ensure!(window.all(None, "heading", Some("General settings")).await?.is_empty(), "nothing is wrong");
                let written = "{\"theme\":\"Light\",\"density\":\"Roomy\"}";
                stored::put(&data, "settings", written)?;
                window.load("/settings").await?;
                shows(window, "key settings").await?;
                looks(window, "light", "comfortable").await?;
                window.picture("settings/general-unreadable").await?;
                // A change goes back, and what is kept stays as it was.
                pick(window, "Density", "Compact").await?;
                kept(window).await?;
                looks(window, "light", "comfortable").await?;
                ensure!(stored::get(&data, "settings")?.as_deref() == Some(written), "it was written over");

                window.click("button", "Set aside the general settings").await?;
                window.gone("button", "Set aside the general settings").await?;
                let told = "const section = document.querySelector('section[aria-labelledby=general-title]');
                    return section?.textContent.includes('key set_aside/')";
                holds(window, "where the old text is", told).await?;
                looks(window, "light", "comfortable").await?;
                pick(window, "Density", "Compact").await?;
                kept(window).await?;
                window.load("/settings").await?;
                looks(window, "light", "compact").await?;
                ensure!(window.all(None, "heading", Some("General settings")).await?.is_empty(), "nothing is wrong");
                Ok(())
            })
            .await
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn what_cannot_be_read_is_set_aside() -> Result<()> {
    on_computer("settings-set-aside", Computer::on, async |computer| {
        let window = Window::open(computer, "settings-set-aside").await?;
        let data = computer.data();
        window
            .run(async |window| {
                // The database is there once the window is.
                window.load("/settings").await?;
                window.find("button", "Add source").await?;
                stored::put(&data, "drift_sources/practice", "[{")?;
                stored::put(&data, "gate_policy/practice", "{\"blocking\":[\"Weather\"]}")?;
                window.load("/settings").await?;
                shows(window, "key drift_sources/practice").await?;
                shows(window, "key gate_policy/practice").await?;
                window.picture("settings/unreadable").await?;
                window.click("button", "Set aside the drift sources").await?;
                window.gone("button", "Set aside the drift sources").await?;
                let list = "const section = document.querySelector('section[aria-labelledby=drift-sources-title]');
                    return section?.textContent.includes('None yet.') && section.textContent.includes('key set_aside/')";
                holds(window, "an empty list, and where the old one is", list).await?;
                ensure!(stored::get(&data, "drift_sources/practice")?.is_none(), "it has another key");
                window.click("button", "Set aside the approval gates").await?;
                window.find("table", "Approval gates").await?;
                window.gone("button", "Set aside the approval gates").await?;
                window.load("/activity?tab=audit").await?;
                shows(window, "settings.set_aside").await?;
                Ok(())
            })
            .await
    })
}
