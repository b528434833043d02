//! What is promised of the keyboard, on pages where nothing else tests it: the help, the way back, sorting.

use crate::{exports::COMPARISON, path::holds};
use anyhow::{Result, ensure};
use tests::window::in_window;

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_help_lists_the_keys_of_what_is_shown_and_esc_goes_back() -> Result<()> {
    in_window(async |window| {
        window.load(COMPARISON).await?;
        window.find("region", "Differences").await?;
        holds(window, "a chart", "return document.querySelector('.chart-ground') !== null").await?;
        window.press("?").await?;
        let help = window.find("dialog", "Show keys").await?;
        for place in ["Everywhere", "On this page", "In a chart"] {
            window.find_in(&help, "region", place).await?;
        }
        let told = window.find_in(&help, "region", "In a chart").await?.text().await?;
        ensure!(told.contains("Last point of the series"), "{told}");
        ensure!(window.all(Some(&help), "region", Some("In a graph")).await?.is_empty(), "no graph is shown");
        window.picture("keys/help").await?;
        window.press("Escape").await?;
        window.gone("dialog", "Show keys").await?;
        window.press("Escape").await?;
        // The last crumb: the version that the other one stands beside.
        window.find("table", "Model versions").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_grid_is_sorted_without_the_pointer() -> Result<()> {
    in_window(async |window| {
        window.load("/objects").await?;
        window.by_id("lake-raw").await?;
        let opener = window.find("button", "Columns and copies").await?;
        window.web().execute("arguments[0].focus()", vec![opener.to_json()?]).await?;
        window.press("Enter").await?;
        let sort = window.find("button", "Sort by Name: not sorted").await?;
        window.web().execute("arguments[0].focus()", vec![sort.to_json()?]).await?;
        window.press("Enter").await?;
        window.find("button", "Sort by Name: rising").await?;
        window.press("Enter").await?;
        window.find("button", "Sort by Name: falling").await?;
        let sorted = "return document.querySelector('[role=columnheader][aria-sort=descending]')?.innerText.trim()
            .startsWith('Name') === true";
        holds(window, "the header to say so", sorted).await?;
        window.picture("keys/sort").await?;
        // Out of the chooser, and the focus is on the button that opened it.
        window.press("Escape").await?;
        window.gone("button", "Sort by Name: falling").await?;
        let focused = "return document.activeElement?.getAttribute('aria-label') === 'Columns and copies'";
        holds(window, "the focus to return", focused).await?;
        window.find("grid", "Buckets").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn columns_are_made_wider_and_narrower_without_the_pointer() -> Result<()> {
    /// The edge that has the focus: its name, its value, and the width of its column as it is drawn.
    const EDGE: &str = "const edge = document.activeElement;
        const drawn = Math.round(edge.parentElement.getBoundingClientRect().width);
        return [edge.getAttribute('aria-label'), Number(edge.getAttribute('aria-valuenow')), drawn];";
    in_window(async |window| {
        let edge = async || -> Result<(String, i64, i64)> { Ok(window.web().execute(EDGE, vec![]).await?.convert()?) };
        // What is drawn follows the press.
        let comes_to = async |name: &str, width: i64| {
            window
                .wait_for(&format!("{name} at {width}"), async || {
                    Ok((edge().await? == (format!("Width of {name}"), width, width)).then_some(()))
                })
                .await
        };
        window.load("/objects").await?;
        window.by_id("lake-raw").await?;
        // An arrow key gives the grid the focus.
        window.press("Down").await?;
        window.press("Control+Right").await?;
        let (name, before, drawn) = edge().await?;
        ensure!((name.as_str(), before) == ("Width of Name", drawn), "{name}: {before} of {drawn}");
        window.press("Right").await?;
        window.press("Right").await?;
        comes_to("Name", before + 32).await?;
        window.press("Left").await?;
        comes_to("Name", before + 16).await?;
        window.press("Home").await?;
        comes_to("Name", 48).await?;
        window.picture("keys/width").await?;
        window.press("Enter").await?;
        comes_to("Name", before).await?;
        window.press("Control+Right").await?;
        ensure!(edge().await?.0 != "Width of Name", "the next column");
        window.press("Control+Left").await?;
        ensure!(edge().await?.0 == "Width of Name", "and back");
        window.press("?").await?;
        let help = window.find("dialog", "Show keys").await?;
        window.find_in(&help, "region", "On the edge of a column").await?;
        window.press("Escape").await?;
        window.gone("dialog", "Show keys").await?;
        window.press("Escape").await?;
        let focused = "return document.activeElement?.getAttribute('aria-label') === 'Buckets'";
        holds(window, "the focus to be with the rows", focused).await?;
        Ok(())
    })
}
