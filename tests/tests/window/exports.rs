//! Exports from the window, opened in a plain browser on the same WebKit.

use crate::{
    incident::open_incident,
    path::{first_row_shows, holds, shows},
};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tests::{
    computer::Computer,
    estate::Estate,
    window::{Window, on_computer},
};

/// Two versions beside each other, with charts.
pub const COMPARISON: &str =
    "/models/compare?left=version%3Abooking-cancellation-emea%2F1&right=version%3Abooking-cancellation-emea%2F2";
const MONITOR: &str = "dynamic-pricing-emea-live-data";

/// Fills the dialog that is open and saves; answers the one new file of the folder.
pub async fn save(window: &Window, dialog: &str, format: Option<&str>, folder: &Path) -> Result<PathBuf> {
    let files = || -> Result<Vec<PathBuf>> {
        Ok(fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path()).collect())
    };
    let before = files()?;
    window.find("dialog", dialog).await?;
    if let Some(format) = format {
        window.click("radio", format).await?;
    }
    window.click("textbox", "Folder or file").await?;
    window.press("Control+a").await?;
    window.type_text(&folder.display().to_string()).await?;
    window.picture(&format!("exports/{}", dialog.to_lowercase().replace(' ', "-"))).await?;
    window.click("button", "Save file").await?;
    window.find("button", "Copy path").await?;
    let saved = files()?.into_iter().find(|path| !before.contains(path)).context("a file was written")?;
    // The dialog says where it stands.
    shows(window, &saved.display().to_string()).await?;
    window.click("button", "Close").await?;
    window.gone("dialog", dialog).await?;
    Ok(saved)
}

/// Opens a file of the export as its reader would, and looks that all is there and nothing ran.
async fn read(reader: &Window, file: &Path, heading: &str, least: (u64, u64)) -> Result<()> {
    reader.web().goto(format!("file://{}", file.display())).await?;
    reader.find("heading", heading).await?;
    let seen = async |css: &str| -> Result<u64> {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(one => {
            const at = one.getBoundingClientRect();
            return at.width > 100 && at.height > 20 && getComputedStyle(one).visibility === 'visible';
        }).length";
        let told = reader.web().execute(script, vec![css.into()]).await?;
        told.json().as_u64().context("a count")
    };
    let (tables, charts) = (seen("table").await?, seen("figure.chart > svg").await?);
    ensure!(tables >= least.0 && charts >= least.1, "{tables} tables and {charts} charts are seen");
    let script = "const colour = getComputedStyle(document.querySelector('figure.chart > svg .chart-current, figure.chart > svg [class^=chart-h], figure.chart > svg .chart-s1')).color;
        return [document.scripts.length, performance.getEntriesByType('resource').length, colour]";
    let told = reader.web().execute(script, vec![]).await?;
    let told = told.json();
    ensure!(told[0] == 0 && told[1] == 0, "scripts and files that were fetched: {told}");
    ensure!(told[2].as_str().is_some_and(|colour| colour != "rgb(0, 0, 0)"), "the charts have their colours: {told}");
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn exports_are_opened_in_the_real_webkit() -> Result<()> {
    on_computer("exports", Computer::on, async |computer| {
        let folder = tempfile::tempdir()?;
        let window = Window::open(computer, "exports").await?;
        let (comparison, drift) = (folder.path().join("comparison.html"), folder.path().join("drift.html"));
        window
            .run(async |window| {
                window.load(COMPARISON).await?;
                window.find("region", "Differences").await?;
                window.click("button", "Export…").await?;
                let file = save(window, "Export comparison", Some("HTML"), folder.path()).await?;
                ensure!(file.display().to_string().contains("booking-cancellation-emea-v2-against-v1-"), "{file:?}");
                fs::rename(file, &comparison)?;
                window.click("button", "Export…").await?;
                let file = save(window, "Export comparison", Some("CSV"), folder.path()).await?;
                ensure!(fs::read_to_string(&file)?.starts_with("section,name,left,right,difference,verdict"), "{file:?}");
                // Each chart has a button of its own; the first is enough.
                let script = "[...document.querySelectorAll('button')].find(button => button.innerText.startsWith('Save picture')).click()";
                shows(window, "Save picture…").await?;
                window.web().execute(script, vec![]).await?;
                let file = save(window, "Save picture", None, folder.path()).await?;
                ensure!(fs::read(&file)?.starts_with(b"\x89PNG"), "{file:?}");

                window.load(&format!("/drift/monitor?schedule={MONITOR}")).await?;
                first_row_shows(window, "Features", "competitor_rate").await?;
                window.click("button", "Export…").await?;
                let file = save(window, "Export drift", Some("HTML"), folder.path()).await?;
                fs::rename(file, &drift)?;
                Ok(())
            })
            .await?;
        let reader = Window::reader(computer, "exports-read").await?;
        reader
            .run(async |reader| {
                let heading = "booking-cancellation-emea: version 2 against version 1";
                read(reader, &comparison, heading, (2, 1)).await?;
                reader.picture("exports/comparison").await?;
                read(reader, &drift, &format!("Drift of {MONITOR}, 7 days"), (2, 1)).await?;
                shows(reader, "competitor_rate").await?;
                reader.picture("exports/drift").await?;
                Ok(())
            })
            .await
    })
}

/// The dialog of an incident closes once its file is written.
async fn save_incident(window: &Window, format: &str, ending: &str, folder: &Path) -> Result<PathBuf> {
    window.click("button", "Export incident…").await?;
    window.find("dialog", "Export incident").await?;
    window.click("radio", format).await?;
    window.click("textbox", "Folder or file").await?;
    window.press("Control+a").await?;
    window.type_text(&folder.display().to_string()).await?;
    window.click("button", "Save file").await?;
    window.gone("dialog", "Export incident").await?;
    written(folder, ending)
}

/// The one file of this kind.
fn written(folder: &Path, ending: &str) -> Result<PathBuf> {
    let mut paths = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let found = paths.find(|path| path.extension().is_some_and(|one| one == ending));
    found.with_context(|| format!("no file of {ending} was written"))
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_incident_is_opened_in_the_real_webkit() -> Result<()> {
    on_computer("exports-incident", Computer::on, async |computer| {
        let folder = tempfile::tempdir()?;
        let window = Window::open(computer, "exports-incident").await?;
        window
            .run(async |window| {
                open_incident(window).await?;
                save_incident(window, "HTML", "html", folder.path()).await?;
                let text = fs::read_to_string(save_incident(window, "Markdown", "md", folder.path()).await?)?;
                for part in ["\n## Chain\n", "\n## What it read\n", "\n## What can be done\n", "\n## What happened\n"] {
                    ensure!(text.contains(part), "{part} is missing in {text}");
                }
                ensure!(text.contains("**Sizes of daily\\_sales.csv as it was stored**"), "{text}");
                ensure!(text.contains("Restore daily\\_sales.csv") && !text.contains("<svg"), "{text}");
                Ok(())
            })
            .await?;
        let file = written(folder.path(), "html")?;
        ensure!(fs::read_to_string(&file)?.contains("<svg"), "{}", file.display());
        let reader = Window::reader(computer, "exports-incident-read").await?;
        reader
            .run(async |reader| {
                read(reader, &file, "What happened", (2, 1)).await?;
                shows(reader, "Sizes of daily_sales.csv as it was stored").await?;
                shows(reader, "The failed run read 3.1 KB").await?;
                reader.picture("exports/incident").await?;
                Ok(())
            })
            .await
    })
}

/// What is seen of the picture of stages: its words, whether they are in their places, and its colours.
const STAGES: &str = "
    const figure = [...document.querySelectorAll('figure.chart')]
        .find(one => one.innerText.includes('Task times of the worst stages'));
    if (!figure) return null;
    figure.scrollIntoView();
    const svg = figure.querySelector(':scope > svg'), at = svg.getBoundingClientRect();
    const boxes = of => [...svg.querySelectorAll(of)].map(one => one.getBoundingClientRect());
    const texts = boxes('text').filter(one => one.width > 0);
    const within = one => one.left >= at.left - 1 && one.right <= at.right + 1
        && one.top >= at.top - 1 && one.bottom <= at.bottom + 1;
    const covers = (one, other) => one.left < other.right && other.left < one.right
        && one.top < other.bottom && other.top < one.bottom;
    const colour = ink => {
        const bar = svg.querySelector(`rect.chart-${ink}`);
        return bar && getComputedStyle(bar).color;
    };
    return {
        caption: figure.querySelector('figcaption').innerText,
        key: figure.querySelector('.key').innerText,
        names: [...svg.querySelectorAll('text.chart-label')].map(one => one.textContent),
        size: [at.width, at.height],
        texts: texts.length,
        within: texts.every(within),
        over: boxes('text.chart-note').some(note => boxes('rect').some(bar => covers(note, bar))),
        colours: [colour('current'), colour('breach')],
    };";

/// The newest failed execution of a machine whose job leaves Spark's event log.
fn failed_merge() -> Result<String> {
    let causes = Estate::shared()?.get("causes")?;
    let mut all = causes["causes"].as_array().into_iter().flatten();
    let found = all.find_map(|run| run["execution"].as_str().filter(|arn| arn.contains(":loyalty-merge:")));
    found.map(str::to_owned).context("a failed run of loyalty-merge")
}

/// Whether the window's own picture tells the failed stage by its name, a sign with a word, a colour, and to a reader.
const FAILED_STAGE: &str = "
    const plot = document.querySelector('.stage-plot'), sign = plot?.querySelector('.stage-failed');
    const [bar, other] = ['.stage-max.failed', '.stage-max:not(.failed)'].map(of => plot?.querySelector(of));
    if (!sign || !bar || !other) return false;
    const told = sign.parentElement.textContent, spoken = plot.querySelector('svg').getAttribute('aria-label');
    const fill = one => getComputedStyle(one).fill;
    return told === 'Stage 3✕ failedsave at loyalty_merge.py:43' && spoken.includes('Stage 3 failed.')
        && fill(sign) === fill(bar) && fill(bar) !== fill(other)
        && plot.textContent.includes('save at loyalty_merge.py:42');";

/// Looks at the stages of the job that an incident leads to, and comes back: only what was read is in its file.
async fn look_at_stages(window: &Window, incident: &str) -> Result<()> {
    // The line that explains it has the address of the job too, with its log.
    let job = "[...document.querySelectorAll(`[aria-label=Chain] a[href^='/jobs/run?']:not([href*='log='])`)].pop()";
    let read =
        format!("return {job} !== undefined && document.querySelector('.incident .reading')?.innerText.trim() === ''");
    window.load(incident).await?;
    holds(window, "the whole incident", &read).await?;
    window.web().execute(format!("{job}.click()"), vec![]).await?;
    window.find("tablist", "Run").await?;
    window.click("tab", "Stages").await?;
    window.find("grid", "Stages").await?;
    shows(window, "Stage 2 is skewed").await?;
    holds(window, "the stage that failed in the picture", FAILED_STAGE).await?;
    let script = "document.querySelector('.stage-plot').scrollIntoView({ block: 'center' })";
    window.web().execute(script, vec![]).await?;
    window.picture("stages/failed").await?;
    window.visit(incident).await?;
    holds(window, "the whole incident again", &read).await
}

/// The picture of the stages in a file that a reader has open.
async fn stages_are_seen(reader: &Window) -> Result<()> {
    let told = reader.web().execute(STAGES, vec![]).await?;
    let told = told.json();
    let has = |part: &str, word: &str| told[part].as_str().is_some_and(|text| text.contains(word));
    ensure!(has("caption", "Task times of the worst stages"), "{told}");
    ensure!(has("caption", "Stage 2 lost most time") && has("caption", "Stage 3 failed."), "{told}");
    ensure!(has("key", "Median task") && has("key", "Slowest task of a stage that failed"), "{told}");
    let names: Vec<&str> = told["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for name in ["Stage 2: save at loyalty_merge.py:42", "Stage 3: save at loyalty_merge.py:43"] {
        ensure!(names.contains(&name), "{name} is missing: {told}");
    }
    let (width, height) = (told["size"][0].as_f64(), told["size"][1].as_f64());
    ensure!(width > Some(400.0) && height > Some(80.0), "{told}");
    ensure!(told["texts"].as_u64() > Some(8), "{told}");
    ensure!(told["within"] == true && told["over"] == false, "{told}");
    let (fine, failed) = (&told["colours"][0], &told["colours"][1]);
    ensure!(fine.is_string() && failed.is_string() && fine != failed, "{told}");
    Ok(())
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_stages_of_an_incident_are_seen_in_the_real_webkit() -> Result<()> {
    on_computer("exports-stages", Computer::on, async |computer| {
        let folder = tempfile::tempdir()?;
        let window = Window::open(computer, "exports-stages").await?;
        window
            .run(async |window| {
                look_at_stages(window, &format!("/executions/incident?execution={}", failed_merge()?)).await?;
                save_incident(window, "HTML", "html", folder.path()).await?;
                Ok(())
            })
            .await?;
        let file = written(folder.path(), "html")?;
        let reader = Window::reader(computer, "exports-stages-read").await?;
        reader
            .run(async |reader| {
                read(reader, &file, "Slowest stages", (2, 1)).await?;
                shows(reader, "Stage 3 failed: Job aborted due to stage failure").await?;
                stages_are_seen(reader).await?;
                reader.picture("incident/export-stages").await?;
                Ok(())
            })
            .await
    })
}
