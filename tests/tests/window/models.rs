//! A decision on a model: from what waits, by the gates and their evidence, to a rejection with its receipt.

use crate::{
    path::{first_row_shows, holds, shows},
    writes::tab_to,
};
use anyhow::{Result, ensure};
use tests::window::{Window, in_window};

/// Trained on old data: its baseline is drifted against what its endpoint is asked today.
const DRIFTED: &str = "/models?q=group:demand-forecast-dach";
const REASON: &str = "does not fit the traffic of today, train it on newer data";

/// A gate of the version on screen is red, by its identity.
async fn red(window: &Window, gate: &str) -> Result<()> {
    let script = format!("return document.querySelector(\".gate[data-id='{gate}'] .st\")?.innerText.trim() === 'red'");
    holds(window, &format!("the red gate {gate}"), &script).await
}

/// Runs the plan on screen, and opens its receipt, which tells the reason.
pub async fn run_plan(window: &Window, reason: &str) -> Result<()> {
    window.web().execute("document.querySelector('dialog[open] button[type=submit]').click()", vec![]).await?;
    window.find("group", "Result").await?;
    window.click("link", "Receipt").await?;
    shows(window, "What was written").await?;
    shows(window, reason).await
}

/// The comment field holds the template of the draft on screen.
async fn draft_there(window: &Window) -> Result<()> {
    let script = "return (document.querySelector('.decision textarea')?.value ?? '').endsWith('Why:')
        || (document.querySelector('.decision textarea')?.value ?? '').endsWith('Why: ')";
    holds(window, "the template of the comment", script).await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_red_gate_leads_to_its_evidence_and_to_a_rejection() -> Result<()> {
    in_window(async |window| {
        window.area("Models").await?;
        window.find("heading", "Models").await?;
        // The oldest waits first: nobody has decided on it for 41 days.
        first_row_shows(window, "Model versions", "dynamic-pricing-apac").await?;
        window.picture("models/waiting").await?;

        window.load(DRIFTED).await?;
        first_row_shows(window, "Model versions", "demand-forecast-dach").await?;
        window.press("Down").await?;
        red(window, "Traffic").await?;
        shows(window, "holds the approval").await?;
        shows(window, "Approving is held").await?;
        let approve = "const all = [...document.querySelectorAll('.decision .acts button')];
            return all.some(button => button.innerText.startsWith('Approve version') && button.getAttribute('aria-disabled') === 'true')";
        ensure!(window.web().execute(approve, vec![]).await?.json() == true, "approving is held by a red gate");
        window.picture("models/decide").await?;

        // The evidence of the gate is a feature or a file: it opens, and the way back leads here.
        let click = "const link = document.querySelector(\".gate[data-id='Traffic'] .gate-evidence :is(a, button)\");
            link?.click(); return link !== null";
        ensure!(window.web().execute(click, vec![]).await?.json() == true, "a red gate has evidence");
        holds(
            window,
            "the evidence",
            "return !location.pathname.startsWith('/models') || location.search.includes('tab=')",
        )
        .await?;
        window.picture("models/evidence").await?;

        window.load(DRIFTED).await?;
        first_row_shows(window, "Model versions", "demand-forecast-dach").await?;
        window.press("Down").await?;
        draft_there(window).await?;
        window.press("c").await?;
        window.type_text(&format!(" {REASON}")).await?;
        let reject = "const all = [...document.querySelectorAll('.decision .acts button')];
            all.find(button => button.innerText.startsWith('Reject version'))?.click()";
        window.web().execute(reject, vec![]).await?;
        holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
        shows(window, "aws sagemaker update-model-package").await?;
        window.picture("models/plan").await?;
        run_plan(window, REASON).await?;
        // Each file with what it was when the decision was made, and a bundle of what is there now.
        window.find("table", "Evidence as it was read").await?;
        let files = "const cells = [...document.querySelectorAll(\"table[aria-label='Evidence as it was read'] td\")];
            return cells.some(cell => /^sha256 [0-9a-f]{64}$/.test(cell.innerText.trim()))";
        holds(window, "the digest of a file", files).await?;
        shows(window, "The bundle holds the evidence as it is now").await?;
        window.picture("models/receipt").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_decision_by_keyboard_alone() -> Result<()> {
    in_window(async |window| {
        window.find("grid", "Now").await?;
        window.press("g").await?;
        window.press("m").await?;
        window.find("grid", "Model versions").await?;
        window.press("/").await?;
        window.type_text("group:booking-cancellation-emea").await?;
        window.press("Enter").await?;
        first_row_shows(window, "Model versions", "booking-cancellation-emea").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("table", "Model versions").await?;
        red(window, "Quality").await?;
        window.picture("models/version").await?;
        draft_there(window).await?;
        window.press("c").await?;
        window.type_text(" it is worse than the version that is approved").await?;
        let name = "return [...document.querySelectorAll('.decision .acts button')]
            .map(button => button.innerText.trim()).find(text => text.startsWith('Reject version'))";
        let name = window.web().execute(name, vec![]).await?.json().as_str().unwrap_or_default().to_owned();
        tab_to(window, &name).await?;
        window.press("Enter").await?;
        holds(window, "the plan", "return document.querySelector('dialog[open] .steps') !== null").await?;
        let verb = "return document.querySelector('dialog[open] button[type=submit]').innerText.trim()";
        let verb = window.web().execute(verb, vec![]).await?.json().as_str().unwrap_or_default().to_owned();
        ensure!(verb.starts_with("Reject version"), "the button says what it does: {verb}");
        tab_to(window, &verb).await?;
        window.press("Enter").await?;
        window.find("group", "Result").await?;
        // The group is read again: its strip and table say it too.
        let table = "return [...document.querySelectorAll('table[aria-label=\"Model versions\"] td')].some(cell => cell.innerText.includes('rejected'))";
        holds(window, "the table to say so", table).await?;
        shows(window, "rejected").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_group_shows_its_versions_and_what_is_different() -> Result<()> {
    in_window(async |window| {
        window.load("/models?show=all&q=name:food-waste-emea").await?;
        first_row_shows(window, "Model groups", "food-waste-emea").await?;
        window.press("Down").await?;
        window.find("region", "food-waste-emea").await?;
        window.press("Enter").await?;
        window.find("group", "Versions, oldest first").await?;
        window.find("table", "Model versions").await?;
        window.find("region", "Metric over versions").await?;
        window.picture("models/group").await?;
        // Measured on another test set: no verdict is given.
        window.click("tab", "Metrics").await?;
        shows(window, "not comparable").await?;
        window.picture("models/metrics").await?;
        // Arrows of the strip choose another version.
        window.web().execute("document.querySelector(\".version-cell[aria-pressed='true']\").focus()", vec![]).await?;
        window.press("Left").await?;
        holds(window, "the version before", "return location.search.includes('sel=')").await?;
        window.click("tab", "History").await?;
        window.find("list", "History").await?;
        window.click("tab", "Lineage").await?;
        window.find("table", "Files of the version").await?;
        window.find("group", "Lineage graph").await?;
        let edges =
            "return document.querySelectorAll(\".graph[aria-label='Lineage graph'] path.graph-line\").length > 0
            && document.querySelector(\"ol[aria-label='From cause to result']\") !== null";
        holds(window, "the edges of the lineage", edges).await?;
        window.picture("models/lineage").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn groups_stand_below_their_team() -> Result<()> {
    in_window(async |window| {
        window.load("/models?show=all").await?;
        window.find("grid", "Model groups").await?;
        window.click("button", "Group by team").await?;
        // A heading is a line of its own, and says how many rows follow.
        let heading =
            "const lines = [...document.querySelectorAll(\"[aria-label='Model groups'] .grid-body [aria-rowindex]\")]
                .sort((one, other) => one.getAttribute('aria-rowindex') - other.getAttribute('aria-rowindex'));
            const headings = lines.filter(line => line.matches('.grid-section'));
            if (headings.length < 2 || lines[0] !== headings[0]) return false;
            const [team, count] = headings[0].innerText.trim().split(/\\s+/);
            const between = headings[1].getAttribute('aria-rowindex') - headings[0].getAttribute('aria-rowindex') - 1;
            return team.length > 0 && Number(count) === between && location.search.includes('sort=team')";
        holds(window, "groups below their teams", heading).await?;
        window.picture("models/by-team").await?;
        // The arrows go from row to row, past the headings.
        window.press("Home").await?;
        let on = "const on = document.querySelector(\"[aria-label='Model groups'] .grid-row.on\");
            return on?.getAttribute('aria-rowindex') === arguments[0]";
        let stands = async |line: &str| -> Result<()> {
            window
                .wait_for(&format!("the cursor in line {line}"), async || {
                    let found = window.web().execute(on, vec![line.into()]).await?;
                    Ok((found.json() == true).then_some(()))
                })
                .await
        };
        stands("3").await?;
        let script = "const [, second] = [...document.querySelectorAll('.grid-section')]
                .map(line => Number(line.getAttribute('aria-rowindex'))).sort((one, other) => one - other);
            return second";
        let second = window.web().execute(script, vec![]).await?.json().as_u64().unwrap_or_default();
        ensure!(second > 3, "the second heading stands in line {second}");
        for _ in 3..second {
            window.press("j").await?;
        }
        stands(&(second + 1).to_string()).await?;
        // The choice is in the address, and another press takes it back.
        window.load("/models?show=all&sort=team").await?;
        holds(window, "the headings again", heading).await?;
        window.click("button", "Group by team").await?;
        holds(window, "no headings", "return document.querySelector('.grid-section') === null").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn an_image_whose_tag_was_moved_is_red_and_shown_with_its_container() -> Result<()> {
    in_window(async |window| {
        window.load("/models?q=group:dynamic-pricing-apac").await?;
        first_row_shows(window, "Model versions", "dynamic-pricing-apac").await?;
        window.press("Down").await?;
        red(window, "Intact").await?;
        window.press("Enter").await?;
        window.find("table", "Model versions").await?;
        window.click("tab", "Lineage").await?;
        window.find("region", "Containers").await?;
        shows(window, "its tag points at another image now: sha256:").await?;
        window.picture("models/moved-tag").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn the_model_card_is_read_with_the_version() -> Result<()> {
    in_window(async |window| {
        window.load("/models?q=group:guest-churn-emea").await?;
        first_row_shows(window, "Model versions", "guest-churn-emea").await?;
        window.press("Down").await?;
        window.press("Enter").await?;
        window.find("table", "Model versions").await?;
        window.click("tab", "Lineage").await?;
        window.find("tree", "Model card").await?;
        shows(window, "intended_uses").await?;
        window.picture("models/card").await?;
        Ok(())
    })
}

/// The page of two versions, by its address and its title.
async fn beside(window: &Window, left: u32, right: u32) -> Result<()> {
    let script = format!(
        "const asked = new URLSearchParams(location.search);
        return location.pathname === '/models/compare' && asked.get('left')?.endsWith('/{left}') && asked.get('right')?.endsWith('/{right}')"
    );
    holds(window, &format!("version {right} beside version {left} in the address"), &script).await?;
    shows(window, &format!("Version {right} beside version {left}")).await
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn compare_any_two_versions_of_a_group() -> Result<()> {
    const GROUP: &str = "/models/group?name=food-waste-emea";
    in_window(async |window| {
        window.load(GROUP).await?;
        window.find("table", "Model versions").await?;
        // By keyboard, from the row of any version to the one that is shown.
        window.web().execute("document.querySelector(\".version-cell[aria-pressed='true']\").focus()", vec![]).await?;
        tab_to(window, "Compare version 8 with 3").await?;
        window.press("Enter").await?;
        beside(window, 3, 8).await?;
        window.find("region", "Differences").await?;
        window.picture("models/compare").await?;
        // Either side can be another one.
        let arn = "return new URLSearchParams(location.search).get(arguments[0])";
        let right =
            window.web().execute(arn, vec!["right".into()]).await?.json().as_str().unwrap_or_default().to_owned();
        let of = |version: u32| right.replace("/8", &format!("/{version}"));
        window.choose("Left version", &of(5)).await?;
        beside(window, 5, 8).await?;
        window.choose("Right version", &of(6)).await?;
        beside(window, 5, 6).await?;
        let itself = "return [...document.querySelectorAll('select[aria-label=\"Left version\"] option')]
            .filter(option => option.disabled).map(option => option.value).join()";
        let itself = window.web().execute(itself, vec![]).await?.json().as_str().unwrap_or_default().to_owned();
        ensure!(itself == of(6), "a version is not compared with itself: {itself}");
        // The strip leads to the left neighbour.
        window.load(GROUP).await?;
        window.click("link", "Compare with version 7").await?;
        beside(window, 7, 8).await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_model_of_many_classes_shows_each_of_them() -> Result<()> {
    in_window(async |window| {
        window.load("/models/group?name=loyalty-tier-apac").await?;
        window.find("group", "Versions, oldest first").await?;
        window.click("tab", "Metrics").await?;
        window.find("table", "Version 3 beside version 2, by class").await?;
        shows(window, "precision of silver").await?;
        window.find("table", "Confusion matrix of version 2").await?;
        window.find("table", "Confusion matrix of version 3").await?;
        // Shares of a true class, and its rows: each row comes to all of them.
        let rows = "const table = document.querySelector(\"table[aria-label='Confusion matrix of version 3']\");
            const rows = [...table.querySelectorAll('tbody tr')].map(row => [...row.querySelectorAll('td')].map(cell => cell.innerText));
            const counts = cells => cells.slice(0, -1).map(cell => Number(/\\((\\d+)\\)/.exec(cell)?.[1]));
            return rows.length === 3 && rows.every(cells => cells.length === 4
                && counts(cells).reduce((sum, count) => sum + count, 0) === Number(cells.at(-1)))";
        holds(window, "rows that come to their support", rows).await?;
        window.picture("models/confusion").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_version_says_where_it_serves() -> Result<()> {
    in_window(async |window| {
        window.load("/models/group?name=demand-forecast-emea").await?;
        window.find("table", "Model versions").await?;
        let serves = "const row = [...document.querySelectorAll('table[aria-label=\"Model versions\"] tbody tr')]
                .find(row => row.innerText.includes('demand-forecast-emea-live'));
            row?.querySelector('button').click();
            return row !== undefined";
        holds(window, "the version that serves", serves).await?;
        window.click("tab", "Lineage").await?;
        window.find("list", "Serves at").await?;
        let told = "return document.querySelector(\"[aria-label='Serves at'] li\")?.innerText.startsWith('demand-forecast-emea-live, InService, model ')";
        holds(window, "the endpoint with its state and model", told).await?;
        window.picture("models/serves-at").await?;
        let open = "document.querySelector(\"[aria-label='Serves at'] a\").click()";
        window.web().execute(open, vec![]).await?;
        window.find("region", "demand-forecast-emea-live").await?;
        // What nothing serves says so.
        window.load("/models/version?arn=version%3Adynamic-pricing-emea%2F5&tab=lineage").await?;
        shows(window, "no endpoint").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_version_shows_the_steps_of_the_execution_that_made_it() -> Result<()> {
    in_window(async |window| {
        window.load("/models/version?arn=version%3Adynamic-pricing-emea%2F5&tab=lineage").await?;
        window.find("list", "Steps of the pipeline execution").await?;
        let steps =
            "const steps = [...document.querySelectorAll(\"[aria-label='Steps of the pipeline execution'] li\")];
            return steps.length >= 6 && ['PrepareData', 'Train', 'Evaluate', 'Bias', 'GoodEnough', 'Register']
                .every(name => steps.some(step => step.dataset.id === name && step.innerText.includes('succeeded')))";
        holds(window, "each step with how it ended", steps).await?;
        window.picture("models/made-by").await?;
        let open = "document.querySelector(\"[aria-label='Pipeline execution'] h3 a\").click()";
        window.web().execute(open, vec![]).await?;
        window.find("table", "Steps").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn a_package_without_a_group_has_a_page_that_says_what_it_lacks() -> Result<()> {
    in_window(async |window| {
        window.load("/models/version?arn=package%3Aloyalty-tier-partners").await?;
        window.find("region", "Model package loyalty-tier-partners").await?;
        shows(window, "no version number, no approval and no stage").await?;
        window.find("region", "Containers").await?;
        shows(window, "as registered").await?;
        window.find("table", "Numbers of the model package").await?;
        window.find("table", "Confusion matrix of model package").await?;
        window.click("tab", "Features").await?;
        window.find("table", "Features by importance").await?;
        window.click("tab", "History").await?;
        window.find("list", "History").await?;
        shows(window, "Registered").await?;
        let decides = "return document.querySelector('.decision') === null";
        ensure!(window.web().execute(decides, vec![]).await?.json() == true, "nobody decides on it");
        window.picture("models/package").await?;
        Ok(())
    })
}

#[test]
#[ignore = "needs a display: cargo xtask e2e"]
fn numbers_are_shown_where_no_version_is_approved() -> Result<()> {
    in_window(async |window| {
        window.load("/models/group?name=loyalty-tier-apac").await?;
        window.find("group", "Versions, oldest first").await?;
        window.click("tab", "Metrics").await?;
        window.find("table", "Version 3 beside version 2").await?;
        // The first one has nothing before it.
        window.web().execute("document.querySelector('.version-cell').click()", vec![]).await?;
        window.find("table", "Numbers of version 1").await?;
        window.picture("models/alone").await?;
        window.click("tab", "Features").await?;
        window.find("table", "Features by importance").await?;
        shows(window, "Place in 1").await?;
        shows(window, "Partial dependence on").await?;
        // They leave as a file that names the version alone.
        window.click("button", "Export…").await?;
        window.find("dialog", "Export numbers").await?;
        window.press("Escape").await?;
        window.gone("dialog", "Export numbers").await?;
        Ok(())
    })
}
